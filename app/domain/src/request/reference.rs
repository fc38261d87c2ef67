//! The name by which people know a request: `BC-2026-000123`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::RequestKind;

/// Kind, year of submission (in Moscow) and number within the kind, which goes on over the years. It travels as its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    kind: RequestKind,
    year: u16,
    number: NonZeroU32,
}

/// A text or numbers that name no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a reference of a request")]
pub struct ReferenceError;

impl Reference {
    /// The reference of the `number`th request of a kind, submitted in a year of four digits; numbers count from 1.
    pub fn new(kind: RequestKind, year: i32, number: u32) -> Option<Self> {
        let year = u16::try_from(year).ok().filter(|year| (1000..=9999).contains(year))?;
        Some(Self { kind, year, number: NonZeroU32::new(number)? })
    }

    /// The kind.
    pub fn kind(self) -> RequestKind {
        self.kind
    }

    /// The year of submission.
    pub fn year(self) -> i32 {
        i32::from(self.year)
    }

    /// The number within kind and year.
    pub fn number(self) -> u32 {
        self.number.get()
    }
}

impl fmt::Display for Reference {
    /// `BC-2026-000123`; a number above 999999 takes the room it needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}-{:06}", self.kind.prefix(), self.year, self.number)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads a reference as a person types it: in either case, with spaces around, with or without leading zeros.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let mut parts = text.trim().splitn(3, '-');
        let (Some(prefix), Some(year), Some(number)) = (parts.next(), parts.next(), parts.next()) else { return Err(ReferenceError) };
        let digits = |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || !digits(year, 4) || !digits(number, 10) {
            return Err(ReferenceError);
        }
        let kind = RequestKind::ALL.into_iter().find(|kind| kind.prefix().eq_ignore_ascii_case(prefix)).ok_or(ReferenceError)?;
        let (Ok(year), Ok(number)) = (year.parse(), number.parse()) else { return Err(ReferenceError) };
        Self::new(kind, year, number).ok_or(ReferenceError)
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_written_with_six_digits_and_read_back() {
        let reference = Reference::new(RequestKind::BonusCodes, 2026, 123);
        assert_eq!(reference.map(|r| r.to_string()).as_deref(), Some("BC-2026-000123"));
        assert_eq!("BC-2026-000123".parse().ok(), reference);
        assert_eq!(" bc-2026-123 ".parse().ok(), reference);
        let large = Reference::new(RequestKind::FreeMonth, 2026, u32::MAX);
        assert_eq!(large.and_then(|r| r.to_string().parse().ok()), large);
    }

    #[test]
    fn what_names_no_request_is_refused() {
        for text in
            ["", "BC", "BC-2026", "BC-2026-", "BC-2026-000000", "XX-2026-000001", "BC-26-000001", "BC-2026-4294967296", "BC-2026-+1"]
        {
            assert_eq!(text.parse::<Reference>(), Err(ReferenceError), "{text}");
        }
        assert_eq!(Reference::new(RequestKind::BonusCodes, 999, 1), None);
        assert_eq!(Reference::new(RequestKind::BonusCodes, 2026, 0), None);
    }
}
