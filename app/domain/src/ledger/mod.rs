//! The ledger: what became of an entry, and what may become of it (`LED-1`). Amounts never change; states are events.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::UserId;
use crate::model::stable_text;
use crate::money::Money;

mod run;

pub use self::run::{LeftOut, PartnerSum, RunPlan, Unpayable, Unsettled, plan_run};

#[cfg(test)]
mod tests;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// What a rule gave when its period was closed, or a request earned.
    Accrual,
    /// What a later fact changed of it (`REB-5`).
    Correction,
    /// What staff added or took, with a reason and a second person.
    Adjustment,
    /// The opposite of another entry.
    Reversal,
}

stable_text!(EntryKind { Accrual => "accrual", Correction => "correction", Adjustment => "adjustment", Reversal => "reversal" });

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Accrual, Self::Correction, Self::Adjustment, Self::Reversal];

    /// Whether a run of the rules from scratch gives it again.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Accrual | Self::Correction)
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// It waits for the provider's approval.
    Accrued,
    /// Approved: it waits for a settlement.
    Approved,
    /// It stands in a settlement run that is not carried out yet.
    InSettlement,
    /// Paid by bank order, or applied as a discount.
    Settled,
    /// Taken back by an opposite entry.
    Reversed,
    /// No money: it says why nothing accrued.
    Nothing,
}

stable_text!(EntryState {
    Accrued => "accrued",
    Approved => "approved",
    InSettlement => "in_settlement",
    Settled => "settled",
    Reversed => "reversed",
    Nothing => "nothing",
});

impl EntryState {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Accrued, Self::Approved, Self::InSettlement, Self::Settled, Self::Reversed, Self::Nothing];

    /// The state after an event.
    pub fn after(self, event: EntryEvent) -> Result<Self, EntryTransitionError> {
        match (self, event) {
            (Self::Accrued, EntryEvent::Approved) | (Self::InSettlement, EntryEvent::LeftSettlement) => Ok(Self::Approved),
            (Self::Approved, EntryEvent::EnteredSettlement) => Ok(Self::InSettlement),
            (Self::InSettlement, EntryEvent::Settled) => Ok(Self::Settled),
            (Self::Accrued | Self::Approved, EntryEvent::Reversed) => Ok(Self::Reversed),
            (state, event) => Err(EntryTransitionError { state, event }),
        }
    }
}

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryEvent {
    /// Staff approved it.
    Approved,
    /// It was put into a settlement run.
    EnteredSettlement,
    /// The run was dropped; it waits for another.
    LeftSettlement,
    /// The run was carried out.
    Settled,
    /// An opposite entry took it back.
    Reversed,
}

stable_text!(EntryEvent {
    Approved => "approved",
    EnteredSettlement => "entered_settlement",
    LeftSettlement => "left_settlement",
    Settled => "settled",
    Reversed => "reversed",
});

impl EntryEvent {
    /// Every event.
    pub const ALL: [Self; 5] = [Self::Approved, Self::EnteredSettlement, Self::LeftSettlement, Self::Settled, Self::Reversed];
}

/// Why an event can't happen to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("an entry that is {state} can't be {event}")]
pub struct EntryTransitionError {
    /// Where the entry stands.
    pub state: EntryState,
    /// What was to happen.
    pub event: EntryEvent,
}

/// Whether one person may take an entry of this amount back: not where that raises what the partner gets. That is an adjustment,
/// which a second person decides.
pub fn may_be_taken_back(amount: Money) -> bool {
    amount > Money::ZERO
}

/// Why a settlement run can't be carried out by the one who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum SecondPersonRequired {
    /// Its total, with what the same person carried out alone on the same day, is above the amount.
    #[error("above {above} a day a second person settles")]
    Amount {
        /// What one person may carry out alone on a Moscow day, RUB.
        above: Money,
    },
    /// The same person raised the amount, or changed the account of somebody whom the run pays, not long ago.
    #[error("who changed the amount or an account does not settle alone for {days} days")]
    OwnChange {
        /// For how many days.
        days: u32,
    },
}

/// For how many days somebody who raised the amount or changed an account does not settle alone by it. Our reading: as long as
/// from one monthly settlement to the next.
pub const OWN_CHANGE_DAYS: u32 = 30;

/// What decides who may carry out a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settling {
    /// Who made the run.
    pub made_by: UserId,
    /// Who wants to carry it out.
    pub settler: UserId,
    /// The run's total, RUB.
    pub total: Money,
    /// What the settler made and carried out alone on the same Moscow day, RUB.
    pub alone_today: Money,
    /// What one person may carry out alone on a day now, RUB.
    pub above: Money,
    /// Whether the run was above that amount as it was when the run was made: more freedom later changes nothing for it.
    pub was_above: bool,
    /// Whether the settler raised that amount, or changed an account that the run pays to, within [`OWN_CHANGE_DAYS`].
    pub own_change: bool,
}

/// Who carries out a run: not the one who made it, where the amount is above what one person may do in a day, or where they set
/// that amount or the account themselves.
pub fn check_settler(settling: &Settling) -> Result<(), SecondPersonRequired> {
    let Settling { made_by, settler, total, alone_today, above, was_above, own_change } = *settling;
    if made_by != settler {
        Ok(())
    } else if was_above || total + alone_today > above {
        Err(SecondPersonRequired::Amount { above })
    } else if own_change {
        Err(SecondPersonRequired::OwnChange { days: OWN_CHANGE_DAYS })
    } else {
        Ok(())
    }
}

/// Why staff adjust by hand, or take an entry back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentReason {
    /// A mistake of billing that usage can't express.
    BillingMistake,
    /// A complaint of the partner was met.
    Goodwill,
    /// Something was agreed apart from the programme.
    Agreement,
    /// A bank returned or lost a payment.
    BankReturn,
    /// Something else; the text says what.
    Other,
}

stable_text!(AdjustmentReason {
    BillingMistake => "billing_mistake",
    Goodwill => "goodwill",
    Agreement => "agreement",
    BankReturn => "bank_return",
    Other => "other",
});

impl AdjustmentReason {
    /// Every reason, in the order of the form.
    pub const ALL: [Self; 5] = [Self::BillingMistake, Self::Goodwill, Self::Agreement, Self::BankReturn, Self::Other];
}

/// Where an adjustment by hand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentState {
    /// It waits for a second person.
    Proposed,
    /// It became an entry.
    Accepted,
    /// It came to nothing.
    Declined,
}

stable_text!(AdjustmentState { Proposed => "proposed", Accepted => "accepted", Declined => "declined" });

/// Where a settlement run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It waits to be carried out.
    Made,
    /// It was paid, or applied as discounts.
    Settled,
    /// It was given up: its entries wait for another run.
    Dropped,
}

stable_text!(RunState { Made => "made", Settled => "settled", Dropped => "dropped" });
