//! Looks up the record in DNS by which a partner proves that a host name is its own.
//!
//! What the record is called, what it has to say and what follows from it is told by `domain::custom_host`; this crate only asks. A caller
//! holds a [`ProofLookup`]: [`DnsLookup`] asks the servers of DNS, [`FixedLookup`] answers from a table, for tests and the demonstration.
//!
//! An answer is never kept: a partner who has just made the record and asks again is told what is so now. (A server of DNS between us and
//! the partner's may keep that there is no record for as long as the partner's zone says, usually minutes.)

mod answer;
mod dns;
mod error;
mod fixed;

use std::fmt::Debug;

use async_trait::async_trait;

pub use self::answer::{MOST_CHARACTERS, MOST_RECORDS};
pub use self::dns::{DnsLookup, SettingsError};
pub use self::error::LookupError;
pub use self::fixed::FixedLookup;

/// Asks for the texts that stand under a name.
#[async_trait]
pub trait ProofLookup: Send + Sync + Debug {
    /// The texts of the TXT records of `name`, which is taken as complete, with or without a dot at its end: no search domain is tried.
    /// Not more than [`MOST_RECORDS`], each cut after [`MOST_CHARACTERS`]. None where there is no such name or no such record.
    ///
    /// An error says that nobody knows: the question got no answer, and nothing follows about the record.
    async fn text_records(&self, name: &str) -> Result<Vec<String>, LookupError>;
}
