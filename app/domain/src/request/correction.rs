//! What people enter in a request, and what reviewers write beside it.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::Stage;
use crate::form::{self, FieldProblem};

/// The name of a field of a form, as its control carries it: `brief.title`, `details.figures.1.before`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(String);

/// A text that names no field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the name of a field")]
pub struct FieldNameError;

impl FieldName {
    /// The largest number of characters.
    pub const LONGEST: usize = 60;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a field of the stage: those of kinds with stages begin with the stage's name, as in `brief.title`.
    pub fn belongs_to(&self, stage: Option<Stage>) -> bool {
        stage.is_none_or(|stage| self.0 != stage.as_str() && self.is_under(stage.as_str()))
    }

    /// Whether it is the field, or a part of it: `details.figures.1.before` is one of `details.figures`.
    fn is_under(&self, field: &str) -> bool {
        self.0.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl FromStr for FieldName {
    type Err = FieldNameError;

    fn from_str(text: &str) -> Result<Self, FieldNameError> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for FieldName {
    type Error = FieldNameError;

    /// Small letters, digits, `_`, `-` and `.`; it begins with a letter.
    fn try_from(text: String) -> Result<Self, FieldNameError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
        let fits = text.len() <= Self::LONGEST && text.starts_with(|letter: char| letter.is_ascii_lowercase()) && text.bytes().all(plain);
        if fits { Ok(Self(text)) } else { Err(FieldNameError) }
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.0
    }
}

impl Borrow<str> for FieldName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was entered, by field, as it was typed. The kind reads it; a draft may hold what no rule would accept.
pub type Entries = BTreeMap<FieldName, String>;

/// What is wrong with what was entered, by field.
pub type Problems = BTreeMap<FieldName, FieldProblem>;

/// The problems that a draft shows while it is written: nothing is missing yet, and what is short may grow.
pub fn draft_problems(problems: &Problems) -> Problems {
    let unfinished =
        |problem: &FieldProblem| matches!(problem, FieldProblem::Required | FieldProblem::TooShort { .. } | FieldProblem::ConsentMissing);
    problems.iter().filter(|(_, problem)| !unfinished(problem)).map(|(field, problem)| (field.clone(), *problem)).collect()
}

/// Reads fields of a request, and keeps every problem by its field.
pub(crate) struct Reader<'entries> {
    entries: &'entries Entries,
    problems: Problems,
}

impl<'entries> Reader<'entries> {
    pub(crate) fn new(entries: &'entries Entries) -> Self {
        Self { entries, problems: Problems::new() }
    }

    /// What was entered in a field; nothing where it is not there.
    pub(crate) fn text(&self, field: &str) -> &'entries str {
        self.entries.get(field).map(String::as_str).unwrap_or_default()
    }

    /// Whether a box is ticked.
    pub(crate) fn is_ticked(&self, field: &str) -> bool {
        self.text(field) == "true"
    }

    /// Reads a field; a problem is kept, and none given.
    pub(crate) fn read<Value>(&mut self, field: &str, read: impl FnOnce(&str) -> Result<Value, FieldProblem>) -> Option<Value> {
        read(self.text(field)).map_err(|problem| self.problem(field, problem)).ok()
    }

    /// Keeps a problem of a field.
    pub(crate) fn problem(&mut self, field: &str, problem: FieldProblem) {
        if let Ok(field) = field.parse() {
            self.problems.insert(field, problem);
        }
    }

    /// What was read, if nothing was wrong.
    pub(crate) fn finish<Value>(self, value: Option<Value>) -> Result<Value, Problems> {
        value.filter(|_| self.problems.is_empty()).ok_or(self.problems)
    }
}

/// What one side writes to the other about a request: 1 to 2000 characters, spaces around dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Words(String);

/// Why a text is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not the words of a message: {0}")]
pub struct WordsError(pub FieldProblem);

impl Words {
    /// The largest number of characters.
    pub const LONGEST: u32 = 2000;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what a person typed, if anything.
    pub fn optional(entered: &str) -> Result<Option<Self>, FieldProblem> {
        form::optional_text(entered, Self::LONGEST).map(|text| text.map(Self))
    }
}

impl TryFrom<String> for Words {
    type Error = WordsError;

    fn try_from(text: String) -> Result<Self, WordsError> {
        form::text(&text, 1, Self::LONGEST).map(Self).map_err(WordsError)
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

/// A reviewer's words beside one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldNote {
    /// The field.
    pub field: FieldName,
    /// What the reviewer wrote of it.
    pub words: Words,
}

/// What of a request may be edited now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "editable", rename_all = "snake_case")]
pub enum Editable {
    /// Every field.
    Everything,
    /// Every field of the stage.
    OfStage {
        /// Which.
        stage: Stage,
    },
    /// These fields with their parts only: those that the reviewer asked about.
    Listed {
        /// Which.
        fields: BTreeSet<FieldName>,
    },
    /// Nothing.
    Nothing,
}

impl Editable {
    /// Whether this field may be edited.
    pub fn allows(&self, field: &FieldName) -> bool {
        match self {
            Self::Everything => true,
            Self::OfStage { stage } => field.belongs_to(Some(*stage)),
            Self::Listed { fields } => fields.iter().any(|listed| field.is_under(listed.as_str())),
            Self::Nothing => false,
        }
    }
}

/// The key that lives with a draft: submitting the same draft twice is one submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub Uuid);

impl From<Uuid> for IdempotencyKey {
    fn from(key: Uuid) -> Self {
        Self(key)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for IdempotencyKey {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_the_name_of_its_control() {
        for text in ["title", "figures.1.before", "quote_author"] {
            assert_eq!(text.parse::<FieldName>().map(String::from), Ok(text.to_owned()));
        }
        for text in ["", "Title", "1.before", "a b", "поле", ".x", &"a".repeat(61)] {
            assert_eq!(text.parse::<FieldName>(), Err(FieldNameError), "{text}");
        }
    }

    #[test]
    fn only_listed_fields_are_open() {
        let [title, result]: [FieldName; 2] = ["brief.title", "details.result"].map(|name| name.parse().unwrap());
        let listed = Editable::Listed { fields: [title.clone()].into() };
        assert!(listed.allows(&title) && !listed.allows(&result));
        let part = Editable::Listed { fields: ["details.figures".parse().unwrap()].into() };
        assert!(part.allows(&"details.figures.1.before".parse().unwrap()) && !part.allows(&"details.figuresque".parse().unwrap()));
        assert!(Editable::Everything.allows(&result) && !Editable::Nothing.allows(&title));
        let brief = Editable::OfStage { stage: Stage::Brief };
        assert!(brief.allows(&title) && !brief.allows(&result) && !brief.allows(&"briefing.x".parse().unwrap()));
    }

    #[test]
    fn words_are_neither_empty_nor_endless() {
        assert_eq!(Words::try_from(" ".to_owned()), Err(WordsError(FieldProblem::Required)));
        assert_eq!(Words::try_from(" да ".to_owned()).map(String::from), Ok("да".to_owned()));
        assert!(Words::try_from("я".repeat(2001)).is_err());
        assert_eq!(Words::optional(" "), Ok(None));
    }
}
