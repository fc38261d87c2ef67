use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::proof::PROOF_LABEL;

/// The name of a host in the public DNS: small letters, digits and hyphens in at least two labels, without a dot at its end
/// (RFC 1123, 2.1). Names in other scripts are in Punycode (RFC 5891).
///
/// Parsing makes letters small and cuts one dot at the end, and repairs nothing else: what a browser may send as `Host` and what is kept
/// are the same text. A form cuts the spaces around before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

/// Why a text is no host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum HostProblem {
    /// Nothing was entered.
    #[error("required")]
    Required,
    /// Too many characters.
    #[error("longer than {maximum} characters")]
    TooLong {
        /// The largest number of characters.
        maximum: u32,
    },
    /// An address of a page (`https://portal.partner.ru/`) or of a mailbox.
    #[error("an address and not a host name")]
    Address,
    /// A name with a port.
    #[error("a host name with a port")]
    Port,
    /// The address of a host in any form that a browser takes for one.
    #[error("an IP address")]
    IpAddress,
    /// A pattern for many names (`*.partner.ru`).
    #[error("a pattern and not a host name")]
    Wildcard,
    /// Letters of another script than Latin, or with accents: such a name goes in Punycode (`xn--..`).
    #[error("a name that goes in Punycode")]
    NeedsPunycode,
    /// Latin and Cyrillic or Greek letters in one label: one of them only looks like the letter that's meant.
    #[error("letters of two alphabets in one label")]
    MixedAlphabets,
    /// A character that stands in no host name.
    #[error("no host name has {character:?}")]
    Character {
        /// The first such character.
        character: char,
    },
    /// Two dots side by side, or a dot at the start.
    #[error("an empty label")]
    EmptyLabel,
    /// Too many characters between two dots.
    #[error("a label longer than {maximum} characters")]
    LabelTooLong {
        /// The largest number of characters.
        maximum: u32,
    },
    /// A label begins or ends with a hyphen.
    #[error("a label begins or ends with a hyphen")]
    Hyphen,
    /// No name of the public DNS: `localhost`, `.local`, `.internal` and the like.
    #[error("a name that is not public")]
    NotPublic,
    /// Only one label, which is a whole top-level domain at best (`ru`).
    #[error("only one label")]
    OneLabel,
    /// What stands after the last dot is no top-level domain.
    #[error("no top-level domain")]
    Ending,
}

/// Domains that lead nowhere in the public DNS, or to the machine itself: RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, ICANN's
/// `.internal`, and what networks of companies use (RFC 6762, appendix G). `.test` and `.example` lead nowhere either and can't be proven;
/// they are left for tests.
const NOT_PUBLIC: [&str; 13] =
    ["alt", "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "onion", "private"];

impl HostName {
    /// The largest number of characters. DNS has names of 253 (RFC 1035, 2.3.4), one of which has to be that of the record of the proof.
    pub const MAXIMUM_LENGTH: u32 = 253 - 14;

    /// The largest number of characters of a label (RFC 1035, 2.3.4).
    pub const MAXIMUM_LABEL_LENGTH: u32 = 63;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name is `other` or lies below it: `a.b.ru` and `b.ru` are under `b.ru`, `ab.ru` isn't.
    pub fn is_under(&self, other: &Self) -> bool {
        self.0.strip_suffix(&other.0).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

// The name of the record is the label of the proof, a dot, and the host name.
const _: () = assert!(PROOF_LABEL.len() + 1 == 14);

/// Whether a count of characters is more than a limit.
fn exceeds(count: usize, maximum: u32) -> bool {
    u32::try_from(count).map_or(true, |count| count > maximum)
}

/// Whether a label holds letters of Latin and of an alphabet that has letters of the same look.
fn mixes_alphabets(label: &str) -> bool {
    let foreign = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}');
    label.chars().any(|c| c.is_ascii_alphabetic()) && label.chars().any(foreign)
}

/// What is wrong with the characters, told by what the text was probably meant to be.
fn check_characters(text: &str) -> Result<(), HostProblem> {
    if let Some(character) = text.chars().find(|c| c.is_control()) {
        return Err(HostProblem::Character { character });
    }
    if text.contains(['/', '\\', '@', '?', '#']) {
        return Err(HostProblem::Address);
    }
    if text.parse::<IpAddr>().is_ok() || text.starts_with('[') || text.matches(':').count() > 1 {
        return Err(HostProblem::IpAddress);
    }
    if text.contains(':') {
        return Err(HostProblem::Port);
    }
    if text.contains('*') {
        return Err(HostProblem::Wildcard);
    }
    let stands_in_names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let has_a_code = |c: char| !c.is_ascii() && c.is_alphanumeric();
    if let Some(character) = text.chars().find(|c| !stands_in_names(*c) && !has_a_code(*c)) {
        return Err(HostProblem::Character { character });
    }
    if text.is_ascii() {
        return Ok(());
    }
    Err(if text.split('.').any(mixes_alphabets) { HostProblem::MixedAlphabets } else { HostProblem::NeedsPunycode })
}

fn check_label(label: &str) -> Result<(), HostProblem> {
    if label.is_empty() {
        Err(HostProblem::EmptyLabel)
    } else if exceeds(label.len(), HostName::MAXIMUM_LABEL_LENGTH) {
        Err(HostProblem::LabelTooLong { maximum: HostName::MAXIMUM_LABEL_LENGTH })
    } else if label.starts_with('-') || label.ends_with('-') {
        Err(HostProblem::Hyphen)
    } else {
        Ok(())
    }
}

/// What is wrong with the end of a name of small ASCII characters. A browser takes a name that ends in a number, also a hexadecimal one,
/// for an IPv4 address (WHATWG URL, "ends in a number").
fn check_ending(name: &str) -> Result<(), HostProblem> {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if is_number {
        Err(HostProblem::IpAddress)
    } else if NOT_PUBLIC.contains(&last) {
        Err(HostProblem::NotPublic)
    } else if last.len() == name.len() {
        Err(HostProblem::OneLabel)
    } else if last.starts_with("xn--") || last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Ok(())
    } else {
        Err(HostProblem::Ending)
    }
}

impl FromStr for HostName {
    type Err = HostProblem;

    fn from_str(text: &str) -> Result<Self, HostProblem> {
        if text.is_empty() {
            return Err(HostProblem::Required);
        }
        check_characters(text)?;
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        name.split('.').try_for_each(check_label)?;
        if exceeds(name.len(), Self::MAXIMUM_LENGTH) {
            return Err(HostProblem::TooLong { maximum: Self::MAXIMUM_LENGTH });
        }
        check_ending(&name)?;
        Ok(Self(name))
    }
}

impl TryFrom<String> for HostName {
    type Error = HostProblem;

    fn try_from(text: String) -> Result<Self, HostProblem> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
