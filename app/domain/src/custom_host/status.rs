use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ProofVerdict;
use crate::model::stable_text;

/// How long the record of a proof may be gone before the host name loses its proof: nobody loses a portal by moving a zone over a weekend.
pub const GRACE: Duration = Duration::days(7);

/// Where a host name of a partner stands.
///
/// ```text
/// (added) -> Waiting <-> Proven      the record is found; it's gone for longer than the grace
///               |           |
///               +-> Revoked <-+      by staff, at any time
///                      |
///                      +-> Waiting   by staff only, with a new token
/// ```
///
/// A name that staff revoked stays with the partner, who can neither remove it nor have it checked: otherwise the partner would only have to
/// enter it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostStatus {
    /// The record hasn't been found yet, or not for a long time.
    Waiting,
    /// The record was found.
    Proven,
    /// Staff forbade the name.
    Revoked,
}

stable_text!(HostStatus { Waiting => "waiting", Proven => "proven", Revoked => "revoked" });

/// Why a host name doesn't change its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostRefusal {
    /// Staff forbade the name, and only staff admits it again.
    #[error("the host name was revoked")]
    Revoked,
    /// There is no proof to be lost.
    #[error("the host name is not proven")]
    NotProven,
    /// Nobody forbade the name.
    #[error("the host name was not revoked")]
    NotRevoked,
}

impl HostStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Proven, Self::Revoked];

    /// That of a name which was just entered.
    pub const ADDED: Self = Self::Waiting;

    /// After a lookup. A proof that isn't found is not lost at once: [`recheck`] says when.
    pub fn checked(self, verdict: &ProofVerdict) -> Result<Self, HostRefusal> {
        match (self, verdict) {
            (Self::Revoked, _) => Err(HostRefusal::Revoked),
            (_, ProofVerdict::Proven) => Ok(Self::Proven),
            (status, ProofVerdict::Missing | ProofVerdict::Different { .. }) => Ok(status),
        }
    }

    /// After [`Recheck::Lost`]. The token stays: the partner puts the record back and is proven again.
    pub fn lost(self) -> Result<Self, HostRefusal> {
        match self {
            Self::Proven => Ok(Self::Waiting),
            Self::Waiting => Err(HostRefusal::NotProven),
            Self::Revoked => Err(HostRefusal::Revoked),
        }
    }

    /// After staff forbade the name. Doing it twice is as good as once.
    #[must_use]
    pub fn revoked(self) -> Self {
        Self::Revoked
    }

    /// After staff admitted a forbidden name again. It gets a new token: the old one may still stand in a DNS of somebody else by now.
    pub fn readmitted(self) -> Result<Self, HostRefusal> {
        match self {
            Self::Revoked => Ok(Self::Waiting),
            Self::Waiting | Self::Proven => Err(HostRefusal::NotRevoked),
        }
    }

    /// Whether the partner may take the name back.
    pub fn check_removal(self) -> Result<(), HostRefusal> {
        if self == Self::Revoked { Err(HostRefusal::Revoked) } else { Ok(()) }
    }

    /// Whether the partner's portal is shown under the name. Then no other partner can have it.
    pub fn is_served(self) -> bool {
        self == Self::Proven
    }
}

/// What another look at the record of a proven host name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recheck {
    /// The proof is there.
    Holds,
    /// The proof is gone, and the name is kept for a while.
    Missing {
        /// When that was first seen.
        since: DateTime<Utc>,
        /// From when on it's lost.
        lost_at: DateTime<Utc>,
    },
    /// The proof is gone for too long: [`HostStatus::lost`].
    Lost {
        /// When that was first seen.
        since: DateTime<Utc>,
    },
}

/// What follows from another look at `now` at the record of a proven host name that was found without its proof since `missing_since`
/// (`None` where the last look found the proof). Another text in its place is as good as none. The grace begins with the first look that
/// didn't find it, so two looks at least have to agree before a proof is lost.
pub fn recheck(missing_since: Option<DateTime<Utc>>, verdict: &ProofVerdict, now: DateTime<Utc>, grace: Duration) -> Recheck {
    if *verdict == ProofVerdict::Proven {
        return Recheck::Holds;
    }
    let Some(since) = missing_since else { return Recheck::Missing { since: now, lost_at: after(now, grace) } };
    let lost_at = after(since, grace);
    if now >= lost_at { Recheck::Lost { since } } else { Recheck::Missing { since, lost_at } }
}

fn after(instant: DateTime<Utc>, time: Duration) -> DateTime<Utc> {
    instant.checked_add_signed(time).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl Recheck {
    /// What to keep for the next look.
    pub fn missing_since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Holds => None,
            Self::Missing { since, .. } | Self::Lost { since } => Some(since),
        }
    }
}
