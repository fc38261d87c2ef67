//! What a settlement run takes and what it leaves (`LED-1`, `REB-4`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::accrual::Settlement;
use crate::bank_account::{NAME_LENGTH, bank_line};
use crate::ids::{LedgerEntryId, PartnerId};
use crate::money::Money;

/// An approved entry that no run holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// Which.
    pub entry_id: LedgerEntryId,
    /// Whose.
    pub partner_id: PartnerId,
    /// RUB; corrections and reversed payments are negative.
    pub amount: Money,
    /// Why the bank can't be told to pay the partner; none where it can. Of no matter for discounts.
    pub unpayable: Option<Unpayable>,
}

/// Why a bank can't be told to pay a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpayable {
    /// It is not known where to pay.
    NoAccount,
    /// The name of the partner or of its bank can't be written into the bank's file.
    Name,
}

impl Unpayable {
    /// Looks at the names that a bank's file would carry; there is no bank where no account is known.
    pub fn check(partner: &str, bank: Option<&str>) -> Option<Self> {
        let Some(bank) = bank else { return Some(Self::NoAccount) };
        let fits = |name| bank_line(name, NAME_LENGTH).is_ok();
        (!fits(partner) || !fits(bank)).then_some(Self::Name)
    }
}

/// Why a partner stays out of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// Its entries come to nothing or less: they wait for ones that outweigh them.
    CarriedOver,
    /// The bank can't be told to pay.
    Unpayable(Unpayable),
}

/// The entries of one partner together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerSum {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which.
    pub entries: Vec<LedgerEntryId>,
    /// Their sum, RUB.
    pub amount: Money,
}

/// What a run would hold, partner by partner in the order of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunPlan {
    /// What is settled; every sum is above zero.
    pub taken: Vec<PartnerSum>,
    /// What waits, and why.
    pub left: Vec<(PartnerSum, LeftOut)>,
}

impl RunPlan {
    /// The total of what is settled, RUB.
    pub fn total(&self) -> Money {
        self.taken.iter().map(|sum| sum.amount).sum()
    }

    /// How many entries are settled.
    pub fn entry_count(&self) -> usize {
        self.taken.iter().map(|sum| sum.entries.len()).sum()
    }
}

/// Plans a run of one form. A partner is settled whole or not at all, so that what was paid too much is set off first.
pub fn plan_run(settlement: Settlement, unsettled: &[Unsettled]) -> RunPlan {
    let mut places: BTreeMap<PartnerId, usize> = BTreeMap::new();
    let mut sums: Vec<(PartnerSum, Option<Unpayable>)> = Vec::new();
    for entry in unsettled {
        let place = *places.entry(entry.partner_id).or_insert_with(|| {
            sums.push((PartnerSum { partner_id: entry.partner_id, entries: Vec::new(), amount: Money::ZERO }, entry.unpayable));
            sums.len() - 1
        });
        sums[place].0.entries.push(entry.entry_id);
        sums[place].0.amount += entry.amount;
    }
    let mut plan = RunPlan::default();
    for (sum, unpayable) in sums {
        if sum.amount <= Money::ZERO {
            plan.left.push((sum, LeftOut::CarriedOver));
        } else if let Some(why) = unpayable.filter(|_| settlement == Settlement::Bank) {
            plan.left.push((sum, LeftOut::Unpayable(why)));
        } else {
            plan.taken.push(sum);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn entry(number: u128, partner: u128, kopecks: i64, payable: bool) -> Unsettled {
        Unsettled {
            entry_id: Uuid::from_u128(number).into(),
            partner_id: Uuid::from_u128(partner).into(),
            amount: Money::kopecks(kopecks),
            unpayable: (!payable).then_some(Unpayable::NoAccount),
        }
    }

    #[test]
    fn a_partner_is_settled_whole_and_a_negative_sum_waits() {
        let entries =
            [entry(1, 1, 500, true), entry(2, 2, 300, true), entry(3, 2, -300, true), entry(4, 1, -100, true), entry(5, 3, 7, false)];
        let plan = plan_run(Settlement::Bank, &entries);
        assert_eq!((plan.total(), plan.entry_count()), (Money::kopecks(400), 2));
        assert_eq!(
            plan.left.iter().map(|(_, why)| *why).collect::<Vec<_>>(),
            [LeftOut::CarriedOver, LeftOut::Unpayable(Unpayable::NoAccount)]
        );
        // A discount needs no account.
        assert_eq!(plan_run(Settlement::Discount, &entries).total(), Money::kopecks(407));
        assert_eq!(plan_run(Settlement::Bank, &[]), RunPlan::default());
    }

    proptest! {
        #[test]
        fn every_entry_is_taken_or_left_once_and_sums_stay(
            drawn in proptest::collection::vec((0_u128..6, -1_000_i64..1_000), 0..60), bank in any::<bool>()
        ) {
            let entries: Vec<Unsettled> =
                drawn.iter().enumerate().map(|(at, (partner, kopecks))| entry(at as u128, *partner, *kopecks, partner % 3 > 0)).collect();
            let settlement = if bank { Settlement::Bank } else { Settlement::Discount };
            let plan = plan_run(settlement, &entries);
            let left: Money = plan.left.iter().map(|(sum, _)| sum.amount).sum();
            prop_assert_eq!(plan.total() + left, entries.iter().map(|entry| entry.amount).sum());
            prop_assert!(plan.taken.iter().all(|sum| sum.amount > Money::ZERO));
            let mut ids: Vec<_> =
                plan.taken.iter().chain(plan.left.iter().map(|(sum, _)| sum)).flat_map(|sum| sum.entries.clone()).collect();
            ids.sort_unstable();
            prop_assert_eq!(ids, entries.iter().map(|entry| entry.entry_id).collect::<Vec<_>>());
        }
    }
}
