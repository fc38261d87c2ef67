//! How a request stands, and whose turn it is.

use serde::{Deserialize, Serialize};

use crate::model::stable_text;

/// How a request stands, without who and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// The partner writes it; nobody else sees it.
    Draft,
    /// It waits for somebody of the provider to take it.
    Submitted,
    /// Somebody of the provider looks at it.
    InReview,
    /// The provider needs something of the partner before it can go on.
    ActionRequired,
    /// Staff approved it.
    Approved,
    /// Staff refused it.
    Refused,
    /// The partner took it back before it was decided.
    Withdrawn,
    /// It was given up after it was approved, or its deadline passed without an answer.
    Cancelled,
    /// Everything it asked for is done.
    Fulfilled,
}

stable_text!(RequestStatus {
    Draft => "draft",
    Submitted => "submitted",
    InReview => "in_review",
    ActionRequired => "action_required",
    Approved => "approved",
    Refused => "refused",
    Withdrawn => "withdrawn",
    Cancelled => "cancelled",
    Fulfilled => "fulfilled",
});

impl RequestStatus {
    /// Every status, in the order of a request's life.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Submitted,
        Self::InReview,
        Self::ActionRequired,
        Self::Approved,
        Self::Refused,
        Self::Withdrawn,
        Self::Cancelled,
        Self::Fulfilled,
    ];

    /// Who has to act next on a request of a kind without stages; [`super::Position::turn`] knows the others too.
    pub fn turn(self) -> Turn {
        match self {
            Self::Draft | Self::ActionRequired => Turn::Partner,
            Self::Submitted | Self::InReview => Turn::Provider,
            Self::Approved | Self::Refused | Self::Withdrawn | Self::Cancelled | Self::Fulfilled => Turn::Nobody,
        }
    }

    /// Whether it holds capacity of a limit (`CODE-5`, `FREE-1`).
    pub fn is_live(self) -> bool {
        match self {
            Self::Submitted | Self::InReview | Self::ActionRequired | Self::Approved | Self::Fulfilled => true,
            Self::Draft | Self::Refused | Self::Withdrawn | Self::Cancelled => false,
        }
    }

    /// Whether a decision, or the partner, has ended the wait for one.
    pub fn is_decided(self) -> bool {
        match self {
            Self::Draft | Self::Submitted | Self::InReview | Self::ActionRequired => false,
            Self::Approved | Self::Refused | Self::Withdrawn | Self::Cancelled | Self::Fulfilled => true,
        }
    }
}

/// Who has to act next on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The partner.
    Partner,
    /// The provider's staff.
    Provider,
    /// Nobody: it is done.
    Nobody,
}

stable_text!(Turn { Partner => "partner", Provider => "provider", Nobody => "nobody" });

impl Turn {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Partner, Self::Provider, Self::Nobody];
}
