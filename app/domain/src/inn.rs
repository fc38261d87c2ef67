//! The taxpayer number (INN) by which a client is known (`CODE-3`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An INN of 10 digits (a company) or 12 (a person), its checksum verified.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Inn(String);

/// Why a text is no INN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InnError {
    /// Not 10 or 12 digits.
    #[error("an INN has 10 or 12 digits")]
    Shape,
    /// The check digits do not fit.
    #[error("the check digits of the INN do not fit")]
    Checksum,
}

const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

/// The check digit of `digits` under the last `digits.len()` weights.
fn check_digit(digits: &[u32]) -> u32 {
    let weights = &WEIGHTS[WEIGHTS.len() - digits.len()..];
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11 % 10
}

impl Inn {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Completes 9 or 10 digits with their check digits. `None` where the text is of another shape.
    pub fn complete(stem: &str) -> Option<Self> {
        if !stem.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(stem.len(), 9 | 10) {
            return None;
        }
        let mut digits: Vec<u32> = stem.bytes().map(|byte| u32::from(byte - b'0')).collect();
        digits.push(check_digit(&digits));
        if digits.len() == 11 {
            digits.push(check_digit(&digits));
        }
        digits.iter().map(ToString::to_string).collect::<String>().parse().ok()
    }
}

impl FromStr for Inn {
    type Err = InnError;

    fn from_str(text: &str) -> Result<Self, InnError> {
        let digits: Vec<u32> =
            text.chars().map(|c| c.to_digit(10).filter(|_| c.is_ascii())).collect::<Option<_>>().ok_or(InnError::Shape)?;
        let fits = match digits.len() {
            10 => check_digit(&digits[..9]) == digits[9],
            12 => check_digit(&digits[..10]) == digits[10] && check_digit(&digits[..11]) == digits[11],
            _ => return Err(InnError::Shape),
        };
        if fits { Ok(Self(text.to_owned())) } else { Err(InnError::Checksum) }
    }
}

impl TryFrom<String> for Inn {
    type Error = InnError;

    fn try_from(text: String) -> Result<Self, InnError> {
        text.parse()
    }
}

impl From<Inn> for String {
    fn from(inn: Inn) -> Self {
        inn.0
    }
}

impl fmt::Display for Inn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_numbers_pass_and_a_changed_digit_does_not() {
        for good in ["7707083893", "7736050003", "500100732259"] {
            assert!(good.parse::<Inn>().is_ok(), "{good}");
        }
        assert_eq!("7707083894".parse::<Inn>(), Err(InnError::Checksum));
        assert_eq!("500100732258".parse::<Inn>(), Err(InnError::Checksum));
        for shape in ["", "77070838", "77070838930", "77070838 3", "770708389a", "٧٧٠٧٠٨٣٨٩٣"] {
            assert_eq!(shape.parse::<Inn>(), Err(InnError::Shape), "{shape}");
        }
    }

    #[test]
    fn a_completed_number_is_valid() {
        assert_eq!(Inn::complete("770708389").map(|inn| inn.to_string()), Some("7707083893".into()));
        assert_eq!(Inn::complete("5001007322").map(|inn| inn.to_string()), Some("500100732259".into()));
        assert_eq!(Inn::complete("12"), None);
    }
}
