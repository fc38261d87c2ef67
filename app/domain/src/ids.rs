//! Typed identifiers, one per kind of thing, so that one can't stand in for another. Alphabetical.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

identifiers! {
    /// A bonus code that was drawn.
    BonusCodeId,
    /// An end client of a partner.
    ClientId,
    /// A name under which a partner's portal is reached.
    CustomHostId,
    /// The short-lived state of a form that came back with problems.
    FormStateId,
    /// An adjustment of the ledger by hand.
    LedgerAdjustmentId,
    /// An entry of the ledger.
    LedgerEntryId,
    /// A fact that would change the level of days already past.
    LateFactId,
    /// A news item that partners comment on.
    NewsItemId,
    /// A partner.
    PartnerId,
    /// A file that belongs to a request.
    RequestFileId,
    /// A request of a partner, of any kind.
    RequestId,
    /// A resource of a client: a virtual machine or another billed thing.
    ResourceId,
    /// A run that settles entries.
    SettlementRunId,
    /// A version of the terms.
    TermsVersionId,
    /// A trial of services for a client.
    TrialId,
    /// An import of a billing file.
    UsageImportId,
    /// A person who can sign in.
    UserId,
}
