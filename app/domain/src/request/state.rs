//! The states of a request. It is decided once, and never by the one who submitted it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Refusal;
use crate::ids::UserId;
use crate::model::stable_text;

/// The state of a request, without who and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// It waits for the provider.
    Submitted,
    /// Staff approved it.
    Approved,
    /// Staff refused it.
    Refused,
    /// The partner took it back.
    Withdrawn,
}

stable_text!(RequestStatus {
    Submitted => "submitted",
    Approved => "approved",
    Refused => "refused",
    Withdrawn => "withdrawn",
});

impl RequestStatus {
    /// Every status, in the order of a request's life.
    pub const ALL: [Self; 4] = [Self::Submitted, Self::Approved, Self::Refused, Self::Withdrawn];

    /// Who has to act next.
    pub fn turn(self) -> Turn {
        match self {
            Self::Submitted => Turn::Provider,
            Self::Approved | Self::Refused | Self::Withdrawn => Turn::Nobody,
        }
    }

    /// Whether it holds capacity of a limit (`CODE-5`, `FREE-1`).
    pub fn is_live(self) -> bool {
        match self {
            Self::Submitted | Self::Approved => true,
            Self::Refused | Self::Withdrawn => false,
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

/// Why a request can't go on to that state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum TransitionError {
    /// It was decided or withdrawn before.
    #[error("the request is already {status}")]
    AlreadyDecided {
        /// The state it is in.
        status: RequestStatus,
    },
    /// Nobody approves what they submitted.
    #[error("the request was submitted by the same person")]
    OwnRequest,
}

/// A request that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Who submitted it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A request that staff approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// Its submission.
    pub submitted: Submitted,
    /// Who approved it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A request that staff refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its submission.
    pub submitted: Submitted,
    /// Who refused it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why; the partner reads it.
    pub refusal: Refusal,
}

/// A request that the partner took back while it waited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Its submission.
    pub submitted: Submitted,
    /// Who withdrew it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Submitted {
    /// Approves it; nobody approves what they submitted.
    pub fn approve(self, by: UserId, at: DateTime<Utc>) -> Result<Approved, TransitionError> {
        if self.by == by { Err(TransitionError::OwnRequest) } else { Ok(Approved { submitted: self, by, at }) }
    }

    /// Refuses it, with the reason and text that the partner will read; nobody decides on what they submitted.
    pub fn refuse(self, by: UserId, at: DateTime<Utc>, refusal: Refusal) -> Result<Refused, TransitionError> {
        if self.by == by { Err(TransitionError::OwnRequest) } else { Ok(Refused { submitted: self, by, at, refusal }) }
    }

    /// Takes it back.
    pub fn withdraw(self, by: UserId, at: DateTime<Utc>) -> Withdrawn {
        Withdrawn { submitted: self, by, at }
    }
}

/// A request in whatever state it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum RequestState {
    /// It waits for a decision.
    Submitted(Submitted),
    /// Staff approved it.
    Approved(Approved),
    /// Staff refused it.
    Refused(Refused),
    /// The partner took it back.
    Withdrawn(Withdrawn),
}

impl RequestState {
    /// The status.
    pub fn status(&self) -> RequestStatus {
        match self {
            Self::Submitted(_) => RequestStatus::Submitted,
            Self::Approved(_) => RequestStatus::Approved,
            Self::Refused(_) => RequestStatus::Refused,
            Self::Withdrawn(_) => RequestStatus::Withdrawn,
        }
    }

    /// Approves it, if it still waits.
    pub fn approve(self, by: UserId, at: DateTime<Utc>) -> Result<Self, TransitionError> {
        self.waiting()?.approve(by, at).map(Self::Approved)
    }

    /// Refuses it, if it still waits.
    pub fn refuse(self, by: UserId, at: DateTime<Utc>, refusal: Refusal) -> Result<Self, TransitionError> {
        Ok(Self::Refused(self.waiting()?.refuse(by, at, refusal)?))
    }

    /// Takes it back, if it still waits.
    pub fn withdraw(self, by: UserId, at: DateTime<Utc>) -> Result<Self, TransitionError> {
        Ok(Self::Withdrawn(self.waiting()?.withdraw(by, at)))
    }

    fn waiting(self) -> Result<Submitted, TransitionError> {
        match self {
            Self::Submitted(submitted) => Ok(submitted),
            decided => Err(TransitionError::AlreadyDecided { status: decided.status() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{RefusalReason, RefusalText};

    fn user(number: u128) -> UserId {
        UserId(uuid::Uuid::from_u128(number))
    }

    fn submitted() -> RequestState {
        RequestState::Submitted(Submitted { by: user(1), at: DateTime::UNIX_EPOCH })
    }

    fn refusal() -> Refusal {
        let text = RefusalText::try_from("a text that explains".to_owned()).unwrap();
        Refusal { reason: RefusalReason::Duplicate, text }
    }

    #[test]
    fn nobody_decides_on_what_they_submitted() {
        let at = DateTime::UNIX_EPOCH;
        assert_eq!(submitted().approve(user(1), at), Err(TransitionError::OwnRequest));
        assert_eq!(submitted().refuse(user(1), at, refusal()), Err(TransitionError::OwnRequest));
        assert!(submitted().approve(user(2), at).is_ok());
    }

    #[test]
    fn a_request_is_decided_once() {
        let at = DateTime::UNIX_EPOCH;
        let decided = [submitted().approve(user(2), at), submitted().refuse(user(2), at, refusal()), submitted().withdraw(user(1), at)];
        for state in decided.map(Result::unwrap) {
            let error = TransitionError::AlreadyDecided { status: state.status() };
            assert_eq!(state.clone().approve(user(3), at), Err(error));
            assert_eq!(state.clone().refuse(user(3), at, refusal()), Err(error));
            assert_eq!(state.withdraw(user(1), at), Err(error));
        }
    }

    #[test]
    fn it_is_the_providers_turn_while_a_request_waits() {
        let turns = RequestStatus::ALL.map(RequestStatus::turn);
        assert_eq!(turns, [Turn::Provider, Turn::Nobody, Turn::Nobody, Turn::Nobody]);
        assert_eq!(RequestStatus::ALL.map(RequestStatus::is_live), [true, true, false, false]);
    }
}
