//! The life of a code after it was drawn: issued, then redeemed or revoked, once (`CODE-3`, `CODE-6`).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::BusinessDate;
use crate::model::stable_text;
use crate::rule::Rule;

/// Where a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeState {
    /// Drawn and not used.
    Issued,
    /// Used by a client.
    Redeemed,
    /// Taken back by staff before use; it holds nothing of the quarter's limits any more (`CODE-5`).
    Revoked,
}

stable_text!(CodeState { Issued => "issued", Redeemed => "redeemed", Revoked => "revoked" });

/// Why a code can't be redeemed. Neither says whose code it is nor which code the client used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedeemRefusal {
    /// `CODE-6`: the code was redeemed before.
    #[error("the code was redeemed before")]
    AlreadyRedeemed,
    /// `CODE-6`: the code was revoked.
    #[error("the code was revoked")]
    Revoked,
    /// `CODE-3`: the client has redeemed its one bonus code.
    #[error("the client has redeemed a bonus code before")]
    ClientHasRedeemed {
        /// The day it did.
        on: BusinessDate,
    },
}

impl RedeemRefusal {
    /// The rule that refuses.
    pub fn rule(self) -> Rule {
        match self {
            Self::AlreadyRedeemed | Self::Revoked => Rule::Code6,
            Self::ClientHasRedeemed { .. } => Rule::Code3,
        }
    }
}

/// Why a code can't be revoked: only an issued one can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokeRefusal {
    /// `CODE-5`: a client has used it.
    #[error("the code was redeemed")]
    Redeemed,
    /// It is revoked already.
    #[error("the code was revoked before")]
    AlreadyRevoked,
}

/// Redeems a code for a client that has redeemed a bonus code before, on a day, or none, whichever partner gave it (`CODE-3`).
pub fn redeem(state: CodeState, client_redeemed_on: Option<BusinessDate>) -> Result<CodeState, RedeemRefusal> {
    match (state, client_redeemed_on) {
        (CodeState::Redeemed, _) => Err(RedeemRefusal::AlreadyRedeemed),
        (CodeState::Revoked, _) => Err(RedeemRefusal::Revoked),
        (CodeState::Issued, Some(on)) => Err(RedeemRefusal::ClientHasRedeemed { on }),
        (CodeState::Issued, None) => Ok(CodeState::Redeemed),
    }
}

/// Takes back a code that nobody used (`CODE-5`).
pub fn revoke(state: CodeState) -> Result<CodeState, RevokeRefusal> {
    match state {
        CodeState::Issued => Ok(CodeState::Revoked),
        CodeState::Redeemed => Err(RevokeRefusal::Redeemed),
        CodeState::Revoked => Err(RevokeRefusal::AlreadyRevoked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_redeemed_once() {
        let redeemed = redeem(CodeState::Issued, None);
        assert_eq!(redeemed, Ok(CodeState::Redeemed));
        assert_eq!(redeemed.map(|state| redeem(state, None)), Ok(Err(RedeemRefusal::AlreadyRedeemed)));
    }

    #[test]
    fn a_client_redeems_one_code_in_its_life() {
        let on = BusinessDate::from(chrono::NaiveDate::MIN);
        assert_eq!(redeem(CodeState::Issued, Some(on)), Err(RedeemRefusal::ClientHasRedeemed { on }));
        assert_eq!(RedeemRefusal::ClientHasRedeemed { on }.rule(), Rule::Code3);
    }

    #[test]
    fn only_an_issued_code_is_revoked_and_a_revoked_one_is_never_redeemed() {
        let revoked = revoke(CodeState::Issued);
        assert_eq!(revoked, Ok(CodeState::Revoked));
        assert_eq!(revoked.map(revoke), Ok(Err(RevokeRefusal::AlreadyRevoked)));
        assert_eq!(revoke(CodeState::Redeemed), Err(RevokeRefusal::Redeemed));
        assert_eq!(redeem(CodeState::Revoked, None), Err(RedeemRefusal::Revoked));
    }
}
