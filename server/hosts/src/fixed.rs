use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{LookupError, ProofLookup};

type Answers = BTreeMap<String, Result<Vec<String>, LookupError>>;

/// Answers from a table instead of DNS. A name that stands in no row has no record.
#[derive(Debug, Default)]
pub struct FixedLookup {
    answers: Mutex<Answers>,
}

impl FixedLookup {
    /// Under no name stands anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on these records stand under `name`, instead of what stood there.
    pub fn set(&self, name: &str, records: impl IntoIterator<Item = impl Into<String>>) {
        self.answers().insert(key(name), Ok(records.into_iter().map(Into::into).collect()));
    }

    /// From now on a question for `name` gets no answer.
    pub fn fail(&self, name: &str, error: LookupError) {
        self.answers().insert(key(name), Err(error));
    }

    /// From now on there is no record under `name`.
    pub fn remove(&self, name: &str) {
        self.answers().remove(&key(name));
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        // Nothing panics while it's held, and a table is whole at any time.
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name means the same in letters of either case, with or without a dot at its end.
fn key(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[async_trait]
impl ProofLookup for FixedLookup {
    async fn text_records(&self, name: &str) -> Result<Vec<String>, LookupError> {
        self.answers().get(&key(name)).cloned().unwrap_or_else(|| Ok(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_table_answers_what_was_put_in_it() {
        let lookup = FixedLookup::new();
        assert_eq!(lookup.text_records("a.example").await, Ok(Vec::new()));
        lookup.set("a.example", ["portal-proof=1"]);
        assert_eq!(lookup.text_records("A.example.").await, Ok(vec!["portal-proof=1".to_owned()]));
        lookup.fail("a.example", LookupError::TimedOut);
        assert_eq!(lookup.text_records("a.example").await, Err(LookupError::TimedOut));
        lookup.remove("a.example.");
        assert_eq!(lookup.text_records("a.example").await, Ok(Vec::new()));
    }
}
