//! `REB-5`: what the ledger lacks, so that its sum is what a run from scratch gives. What was accrued is never edited.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Accrual, Settlement};
use crate::calendar::Period;
use crate::money::Money;
use crate::rule::Rule;

/// What the ledger holds for a rule, a period and a form of settlement: the sum of its accruals and corrections, RUB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The rule.
    pub rule: Rule,
    /// The period.
    pub period: Period,
    /// The form of settlement.
    pub settlement: Settlement,
    /// The sum of bases.
    pub base: Money,
    /// The sum of amounts.
    pub amount: Money,
    /// How much of it staff took back by reversals, above zero.
    pub taken_back: Money,
}

/// A correcting entry, positive or negative, RUB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The rule.
    pub rule: Rule,
    /// The period.
    pub period: Period,
    /// The form of settlement of what is corrected.
    pub settlement: Settlement,
    /// What the base changes by.
    pub base: Money,
    /// What the amount changes by.
    pub amount: Money,
    /// What the rules give now; none where they give nothing in this form any more.
    pub now: Option<Accrual>,
}

/// What an accrual lacks: what the rules give now against what is posted, of which staff took a part back.
///
/// What was taken back stays taken back: it is not accrued anew, and no later fact takes it a second time. Only what goes beyond
/// it is owed.
pub fn lacking(computed: Money, posted: Money, taken_back: Money) -> Money {
    (computed - taken_back).max(Money::ZERO) - (posted - taken_back)
}

/// The entries that bring what is posted in line with what the rules give. `posted` holds only what the rules can give again:
/// no adjustments. Both may stand in any order.
pub fn corrections(computed: &[Accrual], posted: &[Posted]) -> Vec<Correction> {
    let mut expected: BTreeMap<(Rule, Period, Settlement), &Accrual> =
        computed.iter().map(|accrual| ((accrual.rule, accrual.period, accrual.settlement), accrual)).collect();
    let mut held: BTreeMap<(Rule, Period, Settlement), (Money, Money, Money)> = BTreeMap::new();
    for sum in posted {
        let (base, amount, taken_back) = held.entry((sum.rule, sum.period, sum.settlement)).or_default();
        *base += sum.base;
        *amount += sum.amount;
        *taken_back += sum.taken_back;
    }
    let keys: std::collections::BTreeSet<_> = expected.keys().chain(held.keys()).copied().collect();
    let differences = keys.into_iter().map(|key @ (rule, period, settlement)| {
        let now = expected.remove(&key);
        let (base, amount, taken_back) = held.get(&key).copied().unwrap_or_default();
        let (wanted_base, wanted_amount) = now.map_or((Money::ZERO, Money::ZERO), |now| (now.base, now.amount));
        let amount = lacking(wanted_amount, amount, taken_back);
        Correction { rule, period, settlement, base: wanted_base - base, amount, now: now.cloned() }
    });
    differences.filter(|correction| !correction.base.is_zero() || !correction.amount.is_zero()).collect()
}
