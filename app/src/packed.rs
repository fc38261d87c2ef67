//! How facts travel from the page into its islands.
//!
//! Leptos writes the props of an island as JSON. What reads JSON back into structs, names, numbers and all, was a fifth of the browser's
//! module; `postcard`, which writes no names, is read back by very little code. So an island takes its facts as one [`Packed`] prop.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

/// A value that travels as one text: `postcard`, each byte as two hexadecimal digits.
///
/// Only for the way between a page and the module of the same build: there are no names in it that could outlive a change of the type.
/// `postcard` reads no type that asks the format what comes next: no `#[serde(tag)]`, `untagged`, `flatten` or `skip_serializing_if`. A type
/// that is packed has a test that packs it and reads it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed<T>(pub T);

impl<T: Serialize> Serialize for Packed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = postcard::to_extend(&self.0, Vec::new()).map_err(ser::Error::custom)?;
        serializer.serialize_str(&hexadecimal(&bytes))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Packed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let value = bytes(&text).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        value.map(Self).ok_or_else(|| D::Error::custom("not packed by this build"))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// What [`hexadecimal`] wrote; none where it didn't.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.as_bytes().chunks(2) {
        let [high, low] = *pair else { return None };
        bytes.push(half(high)? << 4 | half(low)?);
    }
    Some(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fmt::Debug;

    use super::*;

    /// Packs a value as a page does and reads it back as an island does.
    pub(crate) fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
        let text = serde_json::to_string(&Packed(value)).expect("a value that can be packed");
        let read: Packed<T> = serde_json::from_str(&text).expect("a value that can be read back");
        assert_eq!(&read.0, value);
    }

    #[test]
    fn every_byte_survives_the_way_through_the_text() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&hexadecimal(&all)), Some(all));
        assert_eq!(hexadecimal(&[0x0a, 0xf0]), "0af0");
        survives(&("три".to_owned(), Some(-7_i64), vec![true, false]));
    }

    #[test]
    fn what_was_not_packed_is_refused() {
        for text in [r#""0""#, r#""0g""#, r#""0A""#, r#""ю""#, r#""""#, "7", r#""05""#] {
            assert!(serde_json::from_str::<Packed<String>>(text).is_err(), "{text}");
        }
    }
}
