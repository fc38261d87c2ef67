use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::HostName;

/// The label below which the record of a proof stands. No host name begins with `_`, so it's in nobody's way (RFC 8552).
pub const PROOF_LABEL: &str = "_portal-proof";

/// What stands before the token in the record.
const PROOF_KEY: &str = "portal-proof=";

/// The largest number of characters of a found record that is told.
pub const FOUND_LENGTH: usize = 100;

/// What a partner puts into its DNS: 128 bits as 32 small hexadecimal digits. It's no secret once it's there; it has to be such that nobody
/// knows it before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProofToken(String);

/// Not 32 small hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a token of a proof has 32 small hexadecimal digits")]
pub struct ProofTokenError;

impl ProofToken {
    /// Writes out bytes that the caller drew by chance.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProofToken {
    type Err = ProofTokenError;

    fn from_str(text: &str) -> Result<Self, ProofTokenError> {
        let fits = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if fits { Ok(Self(text.to_owned())) } else { Err(ProofTokenError) }
    }
}

impl TryFrom<String> for ProofToken {
    type Error = ProofTokenError;

    fn try_from(text: String) -> Result<Self, ProofTokenError> {
        text.parse()
    }
}

impl From<ProofToken> for String {
    fn from(token: ProofToken) -> Self {
        token.0
    }
}

impl fmt::Display for ProofToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of the record of a proof: `_portal-proof.portal.partner.ru`, without a dot at its end.
pub fn proof_record(host: &HostName) -> String {
    format!("{PROOF_LABEL}.{host}")
}

/// The text of the record of a proof: `portal-proof=<token>`.
pub fn proof_value(token: &ProofToken) -> String {
    format!("{PROOF_KEY}{token}")
}

/// What the records under [`proof_record`] say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum ProofVerdict {
    /// One of them is the proof.
    Proven,
    /// There is none.
    Missing,
    /// There are some, none of which is the proof.
    Different {
        /// The one that most looks as if it were meant, at most [`FOUND_LENGTH`] characters. Characters that can't be seen are `�`.
        found: String,
    },
}

/// Whether one of the records is the proof: the same text, but for spaces around it. An empty record is none.
pub fn proves(records: &[String], token: &ProofToken) -> ProofVerdict {
    let expected = proof_value(token);
    let mut records = records.iter().map(|record| record.trim()).filter(|record| !record.is_empty()).peekable();
    let Some(first) = records.peek().copied() else { return ProofVerdict::Missing };
    let mut meant = None;
    for record in records {
        if record == expected {
            return ProofVerdict::Proven;
        }
        if meant.is_none() && record.to_ascii_lowercase().contains("portal-proof") {
            meant = Some(record);
        }
    }
    ProofVerdict::Different { found: meant.unwrap_or(first).chars().take(FOUND_LENGTH).map(visible).collect() }
}

/// The text comes from whoever owns the name: nothing in it may hide a part of it or turn the words around it.
fn visible(character: char) -> char {
    let hidden = character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    if hidden { char::REPLACEMENT_CHARACTER } else { character }
}
