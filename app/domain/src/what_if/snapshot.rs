//! What of a partner's facts the hypothetical months begin with.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use crate::calendar::{BusinessDate, Half, Month, Period};
use crate::level::LevelFacts;
use crate::money::Money;
use crate::rate::{PartnerMoney, Pick, RateChoice, SumsByMonth};
use crate::service::ServiceCode;
use crate::terms::TermsSchedule;

/// Usage of one service in one month by clients that are rewarded alike, RUB.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UsageGroup {
    /// The service.
    pub service: ServiceCode,
    /// The start of clients that were picked *once* (`RATE-2`); none for all others.
    pub once_start: Option<BusinessDate>,
    /// Before any discount, RUB.
    pub gross: Money,
}

impl UsageGroup {
    /// The pick of the group's clients.
    pub(super) fn pick(&self) -> Pick {
        match self.once_start {
            Some(start_date) => Pick { start_date, choice: Some(RateChoice::Once) },
            None => Pick { start_date: Month::FIRST.first_day(), choice: None },
        }
    }
}

/// How many closed months tell how business goes today.
const RECENT_MONTHS: i32 = 3;

/// A partner's facts as they are known today: everything the months ahead depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Today.
    pub today: BusinessDate,
    /// What the level rests on.
    pub facts: LevelFacts,
    /// All terms.
    pub terms: TermsSchedule,
    /// The sums of closed months as far back as a rebate of a month ahead may look.
    pub closed: SumsByMonth,
    /// Usage of the last three closed months together: how revenue is split.
    pub recent: Vec<UsageGroup>,
    /// Usage so far of months that are not closed.
    pub open: BTreeMap<Month, Vec<UsageGroup>>,
}

/// The first month whose usage a [`Snapshot`] asks for: where the half or the quarter before begins, or the split of recent months.
fn first_of_interest(first_open: Month) -> Month {
    let half = Half::of(first_open).first_month();
    let quarter_before = Period::Quarter(first_open.quarter()).first_month().plus(-3);
    half.min(quarter_before).min(first_open.plus(-RECENT_MONTHS))
}

impl Snapshot {
    /// From a partner's facts and its usage by month. Older usage than is needed is dropped.
    pub fn new(today: BusinessDate, facts: LevelFacts, terms: TermsSchedule, usage: impl IntoIterator<Item = (Month, UsageGroup)>) -> Self {
        let money = PartnerMoney::new(&facts, &terms);
        let first_open = first_open(&facts);
        let (mut closed, mut open) = (SumsByMonth::new(), BTreeMap::<Month, Vec<UsageGroup>>::new());
        let mut recent: BTreeMap<(ServiceCode, Option<BusinessDate>), Money> = BTreeMap::new();
        for (month, group) in usage {
            let Some(terms) = money.month_terms(month).filter(|_| month >= first_of_interest(first_open)) else { continue };
            if !facts.is_closed(month) {
                open.entry(month).or_default().push(group);
                continue;
            }
            closed.entry(month).or_default().add_row(&terms, money.reward_share(group.pick()), &group.service, group.gross);
            if month.months_until(first_open) <= RECENT_MONTHS {
                *recent.entry((group.service, group.once_start)).or_default() += group.gross;
            }
        }
        let recent = recent.into_iter().map(|((service, once_start), gross)| UsageGroup { service, once_start, gross }).collect();
        Self { today, facts, terms, closed, recent, open }
    }

    /// The first month whose usage [`Snapshot::new`] makes use of.
    pub fn first_of_interest(facts: &LevelFacts) -> Month {
        first_of_interest(first_open(facts))
    }

    /// The first month that can be planned: the one that runs, or the contract's where that is still to come.
    pub fn first_month(&self) -> Month {
        self.today.month().max(first_open(&self.facts))
    }

    /// What was billed so far in a month that is not closed, RUB.
    pub fn so_far(&self, month: Month) -> Money {
        self.open.get(&month).map(|groups| groups.iter().map(|group| group.gross).sum()).unwrap_or_default()
    }

    /// The monthly revenue of today, RUB: the average of the last three closed months since the contract. Where none is closed, what the
    /// running month has so far.
    pub fn average(&self) -> Money {
        let first_open = first_open(&self.facts);
        let first = first_open.plus(-RECENT_MONTHS).max(self.facts.contract_date.month());
        let months: Vec<Month> = first.through(first_open.previous()).collect();
        if months.is_empty() {
            return self.so_far(self.today.month());
        }
        let sum: Money = months.iter().map(|month| self.facts.revenue_of(*month)).sum();
        Money::rounded(sum.decimal() / Decimal::from(months.len()))
    }

    /// The months ahead as they go on today: the average in every month, and no exam.
    pub fn as_today(&self, months: usize) -> Plan {
        Plan { from: self.first_month(), revenue: vec![self.average(); months], exam: None, kvm: None, mont_office: None }
    }
}

/// The first month that is not closed.
fn first_open(facts: &LevelFacts) -> Month {
    let contract = facts.contract_date.month();
    facts.closed_through.map_or(contract, |last| last.next().max(contract))
}
