//! Requests of partners, whatever they ask for: kinds, references, states and refusals.

mod reference;
mod refusal;
mod state;

use serde::{Deserialize, Serialize};

pub use self::reference::{Reference, ReferenceError};
pub use self::refusal::{Refusal, RefusalReason, RefusalText, RefusalTextError};
pub use self::state::{Approved, Refused, RequestState, RequestStatus, Submitted, TransitionError, Turn, Withdrawn};
use crate::model::stable_text;
use crate::privilege::Privilege;

/// What a request asks for. A new kind is a variant here; the compiler then names every place that must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Bonus top-up codes (section 4).
    BonusCodes,
    /// A free month for a client (section 5).
    FreeMonth,
    /// The bonus of a sales manager for a client's month (`SALES-1`).
    SalesBonus,
}

stable_text!(RequestKind { BonusCodes => "bonus_codes", FreeMonth => "free_month", SalesBonus => "sales_bonus" });

impl RequestKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::BonusCodes, Self::FreeMonth, Self::SalesBonus];

    /// The letters with which its references begin.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::BonusCodes => "BC",
            Self::FreeMonth => "FM",
            Self::SalesBonus => "SB",
        }
    }

    /// The privilege it needs (`PRIV-1`).
    pub fn privilege(self) -> Privilege {
        match self {
            Self::BonusCodes => Privilege::BonusCodes,
            Self::FreeMonth => Privilege::FreeMonths,
            Self::SalesBonus => Privilege::SalesBonus,
        }
    }
}
