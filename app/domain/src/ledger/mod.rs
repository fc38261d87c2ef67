//! The ledger: what became of an entry, and what may become of it (`LED-1`). Amounts never change; states are events.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::UserId;
use crate::model::stable_text;
use crate::money::Money;

mod run;

pub use self::run::{LeftOut, PartnerSum, RunPlan, Unsettled, plan_run};

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

/// Why a settlement run can't be carried out by this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("above {above} a second person settles")]
pub struct SecondPersonRequired {
    /// The amount above which somebody else than who made the run carries it out, RUB.
    pub above: Money,
}

/// Who carries out a run: above an amount, not the one who made it.
pub fn check_settler(made_by: UserId, settler: UserId, total: Money, above: Money) -> Result<(), SecondPersonRequired> {
    if total > above && made_by == settler { Err(SecondPersonRequired { above }) } else { Ok(()) }
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
