//! Versions of a text that staff edit and the partner agrees.

use std::fmt;
use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::form::{self, FieldProblem};
use crate::ids::UserId;

/// The number of a version, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextNumber(NonZeroU32);

impl TextNumber {
    /// The first version.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// A version by its number; none for 0.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number that follows the last version, or the first number.
    #[must_use]
    pub fn after(last: Option<Self>) -> Self {
        last.map_or(Self::FIRST, |last| Self(last.0.saturating_add(1)))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for TextNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version of a text. Versions are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextVersion {
    /// Its number.
    pub number: TextNumber,
    /// Who wrote it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// The text, Markdown.
    pub text: String,
}

impl TextVersion {
    /// The least number of characters.
    pub const SHORTEST: u32 = 100;
    /// The largest number of characters.
    pub const LONGEST: u32 = 20_000;

    /// Reads what was typed as the version after `last`. None where nothing was changed, so that saving twice makes no version.
    pub fn next(last: Option<&Self>, entered: &str, by: UserId, at: DateTime<Utc>) -> Result<Option<Self>, FieldProblem> {
        let text = form::text(entered, Self::SHORTEST, Self::LONGEST)?;
        let number = TextNumber::after(last.map(|last| last.number));
        Ok(last.is_none_or(|last| last.text != text).then_some(Self { number, by, at, text }))
    }
}

/// The version with the largest number.
pub fn latest(versions: &[TextVersion]) -> Option<&TextVersion> {
    versions.iter().max_by_key(|version| version.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_was_not_changed_makes_no_version() {
        let by = UserId(uuid::Uuid::nil());
        let at = DateTime::UNIX_EPOCH;
        let long = "слово ".repeat(20);
        let first = TextVersion::next(None, &long, by, at).unwrap().unwrap();
        assert_eq!((first.number.get(), first.text.as_str()), (1, long.trim()));
        assert_eq!(TextVersion::next(Some(&first), &format!(" {long}"), by, at), Ok(None));
        let second = TextVersion::next(Some(&first), &format!("{long} и ещё"), by, at).unwrap().unwrap();
        assert_eq!(second.number.get(), 2);
        assert_eq!(latest(&[second.clone(), first]), Some(&second));
        assert_eq!(TextVersion::next(None, "коротко", by, at), Err(FieldProblem::TooShort { minimum: 100 }));
    }
}
