//! What a partner reads when staff refuse: a reason from a fixed list, and a text.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::stable_text;

/// Why staff refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// A limit is reached.
    LimitReached,
    /// The client may not have it.
    ClientNotEligible,
    /// The same was asked for before.
    Duplicate,
    /// The request does not say enough.
    NotEnoughInformation,
    /// The programme seems to be abused.
    AbuseSuspected,
    /// Something else; the text says what.
    Other,
}

stable_text!(RefusalReason {
    LimitReached => "limit_reached",
    ClientNotEligible => "client_not_eligible",
    Duplicate => "duplicate",
    NotEnoughInformation => "not_enough_information",
    AbuseSuspected => "abuse_suspected",
    Other => "other",
});

impl RefusalReason {
    /// Every reason, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::LimitReached, Self::ClientNotEligible, Self::Duplicate, Self::NotEnoughInformation, Self::AbuseSuspected, Self::Other];
}

/// The text of a refusal: 10 to 2000 characters, spaces around it dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefusalText(String);

/// Why a text does not explain a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RefusalTextError {
    /// Fewer than 10 characters.
    #[error("the text of a refusal has at least {} characters", RefusalText::SHORTEST)]
    TooShort,
    /// More than 2000 characters.
    #[error("the text of a refusal has at most {} characters", RefusalText::LONGEST)]
    TooLong,
}

impl RefusalText {
    /// The least number of characters.
    pub const SHORTEST: u32 = 10;
    /// The largest number of characters.
    pub const LONGEST: u32 = 2000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RefusalText {
    type Error = RefusalTextError;

    fn try_from(text: String) -> Result<Self, RefusalTextError> {
        let text = text.trim();
        match u32::try_from(text.chars().count()).unwrap_or(u32::MAX) {
            ..Self::SHORTEST => Err(RefusalTextError::TooShort),
            Self::SHORTEST..=Self::LONGEST => Ok(Self(text.to_owned())),
            _ => Err(RefusalTextError::TooLong),
        }
    }
}

impl From<RefusalText> for String {
    fn from(text: RefusalText) -> Self {
        text.0
    }
}

/// A refusal as the partner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason.
    pub reason: RefusalReason,
    /// The explanation.
    pub text: RefusalText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_needs_ten_characters_that_are_no_spaces_around() {
        let text = |text: &str| RefusalText::try_from(text.to_owned()).map(String::from);
        assert_eq!(text("  девять 9 "), Err(RefusalTextError::TooShort));
        assert_eq!(text(" десять 10! "), Ok("десять 10!".into()));
        assert_eq!(text(&"я".repeat(2000)).map(|t| t.chars().count()), Ok(2000));
        assert_eq!(text(&"я".repeat(2001)), Err(RefusalTextError::TooLong));
    }

    #[test]
    fn every_reason_has_its_own_text() {
        for reason in RefusalReason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(serde_json::to_string(&reason).ok(), Some(format!("\"{reason}\"")));
        }
    }
}
