//! The accepted facts that a partner's level rests on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::{BusinessDate, Month};
use crate::model::{BillingSide, Level};
use crate::money::Money;

/// Everything accepted about one partner that its level and model depend on. The vectors may stand in any order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelFacts {
    /// The day the contract begins (`LVL-1`).
    pub contract_date: BusinessDate,
    /// The billing side picked with the contract (`MODEL-1`).
    pub billing: BillingSide,
    /// Days of passed exams, also of those before the contract (`LVL-2`).
    pub exams: Vec<BusinessDate>,
    /// Levels set by staff (`LVL-8`); those dated before the contract are without effect.
    pub staff_decisions: Vec<StaffLevelDecision>,
    /// Approved changes of the billing side (`MODEL-2`).
    pub billing_changes: Vec<BillingSideChange>,
    /// Gross of all services by month, RUB; a month without an entry has no usage.
    pub revenue: BTreeMap<Month, Money>,
    /// The last closed month; months are closed in order (`USE-3`). Later months decide nothing.
    pub closed_through: Option<Month>,
}

/// A level set by staff (`LVL-8`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StaffLevelDecision {
    /// The first day it holds on.
    pub date: BusinessDate,
    /// Order of recording: of two decisions on one day the higher wins.
    pub recorded: u64,
    /// The level set.
    pub level: Level,
    /// Why, in the words of staff.
    pub reason: String,
}

/// An approved change of the billing side (`MODEL-2`), in force from the first day of the month after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BillingSideChange {
    /// The day of the approval.
    pub approved: BusinessDate,
    /// Order of recording: of two approvals on one day the higher wins.
    pub recorded: u64,
    /// The billing side approved.
    pub billing: BillingSide,
}

impl LevelFacts {
    /// A new contract, and nothing known beyond it.
    pub fn new(contract_date: BusinessDate, billing: BillingSide) -> Self {
        Self {
            contract_date,
            billing,
            exams: Vec::new(),
            staff_decisions: Vec::new(),
            billing_changes: Vec::new(),
            revenue: BTreeMap::new(),
            closed_through: None,
        }
    }

    /// The revenue of a month as loaded so far, RUB; nothing loaded is 0.00.
    pub fn revenue_of(&self, month: Month) -> Money {
        self.revenue.get(&month).copied().unwrap_or(Money::ZERO)
    }

    /// Whether a month is closed.
    pub fn is_closed(&self, month: Month) -> bool {
        self.closed_through.is_some_and(|last| month <= last)
    }

    /// The earliest passed exam. No rule asks for another: where it doesn't count any more, a later one doesn't either.
    pub(super) fn first_exam(&self) -> Option<BusinessDate> {
        self.exams.iter().copied().min()
    }

    /// The decisions that have effect, one a day at most, in the order of their dates.
    pub(super) fn effective_decisions(&self) -> Vec<&StaffLevelDecision> {
        let mut decisions: Vec<&StaffLevelDecision> = Vec::new();
        for decision in self.staff_decisions.iter().filter(|decision| decision.date >= self.contract_date) {
            match decisions.binary_search_by_key(&decision.date, |known| known.date) {
                // Of two on one day the last recorded wins.
                Ok(place) => decisions[place] = decisions[place].max(decision),
                Err(place) => decisions.insert(place, decision),
            }
        }
        decisions
    }
}
