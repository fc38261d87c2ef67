//! What the rules make of a plan.

use rust_decimal::Decimal;

use super::mix::Mix;
use super::plan::Plan;
use super::snapshot::{Snapshot, UsageGroup};
use crate::accrual::{Accrual, accruals_of};
use crate::calendar::Month;
use crate::level::{LevelChange, LevelFacts, timeline};
use crate::model::Model;
use crate::money::Money;
use crate::rate::{PartnerMoney, SumsByMonth};
use crate::rule::Rule;

/// A plan beside the months as they go on today.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// As it goes on today.
    pub as_today: Outcome,
    /// As planned.
    pub plan: Outcome,
}

/// What the months ahead bring.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What is in force today; none before the contract.
    pub now: Option<LevelChange>,
    /// Changes of level or model that follow, through the day after the last month, in order.
    pub changes: Vec<LevelChange>,
    /// The model on the day after the last month; none before the contract.
    pub model_after: Option<Model>,
    /// Month by month.
    pub months: Vec<MonthOutcome>,
    /// Rebates that fall due, those of 0.00 with their reason among them, in order of their accrual.
    pub rebates: Vec<Accrual>,
}

/// What one month brings.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthOutcome {
    /// The month.
    pub month: Month,
    /// Before any discount, RUB.
    pub revenue: Money,
    /// The model of the month (`RATE-3`).
    pub model: Model,
    /// Its rate on main services.
    pub rate: Decimal,
    /// The reward; none where the rate is a discount.
    pub reward: Option<Accrual>,
    /// What the rate takes off the invoices, RUB; nothing where it is a reward.
    pub saved: Money,
}

impl MonthOutcome {
    /// What the rate brings, as a reward or as a discount, RUB.
    pub fn gain(&self) -> Money {
        self.reward.as_ref().map_or(self.saved, |reward| reward.amount)
    }
}

/// The sums of an outcome, RUB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Revenue.
    pub revenue: Money,
    /// Rewards (`RATE-4`).
    pub rewards: Money,
    /// Discounts taken off invoices.
    pub saved: Money,
    /// Rebates (`REB-1`..`REB-3`).
    pub rebates: Money,
}

impl Totals {
    /// What the partner gets: rewards, discounts and rebates.
    pub fn gain(&self) -> Money {
        self.rewards + self.saved + self.rebates
    }
}

impl Outcome {
    /// The sums over all months.
    pub fn totals(&self) -> Totals {
        Totals {
            revenue: self.months.iter().map(|month| month.revenue).sum(),
            rewards: self.months.iter().filter_map(|month| month.reward.as_ref()).map(|reward| reward.amount).sum(),
            saved: self.months.iter().map(|month| month.saved).sum(),
            rebates: self.rebates.iter().map(|rebate| rebate.amount).sum(),
        }
    }
}

impl Comparison {
    /// How much more the plan brings than the months as they go on today, RUB; negative where less.
    pub fn difference(&self) -> Money {
        self.plan.totals().gain() - self.as_today.totals().gain()
    }
}

/// The plan and the same months as they go on today.
pub fn compare(snapshot: &Snapshot, plan: &Plan) -> Comparison {
    Comparison { as_today: outcome(snapshot, &snapshot.as_today(plan.revenue.len())), plan: outcome(snapshot, plan) }
}

/// What the rules give where a plan comes true and its months are closed.
pub fn outcome(snapshot: &Snapshot, plan: &Plan) -> Outcome {
    let usage = planned_usage(snapshot, plan);
    let facts = planned_facts(snapshot, plan, &usage);
    let money = PartnerMoney::new(&facts, &snapshot.terms);
    let mut sums = snapshot.closed.clone();
    for (month, group) in snapshot
        .open
        .iter()
        .filter(|(month, _)| **month < plan.from)
        .flat_map(|(month, groups)| groups.iter().map(move |group| (*month, group)))
    {
        add(&mut sums, &money, month, group);
    }
    for (month, group) in &usage {
        add(&mut sums, &money, *month, group);
    }

    let (mut months, mut rebates) = (Vec::new(), Vec::new());
    for month in plan.from.through(plan.last_month()) {
        let mut reward = None;
        for accrual in accruals_of(month, &money, &sums) {
            if accrual.rule == Rule::Rate4 { reward = Some(accrual) } else { rebates.push(accrual) }
        }
        let Some(terms) = money.month_terms(month) else { continue };
        let total = sums.get(&month).map(|sums| sums.total(|_| true)).unwrap_or_default();
        months.push(MonthOutcome {
            month,
            revenue: total.gross,
            model: terms.model,
            rate: terms.version.terms.rates.of(terms.model),
            saved: if terms.rewards() { Money::ZERO } else { total.deduction },
            reward,
        });
    }

    let known = timeline(&snapshot.facts, &snapshot.terms, snapshot.today);
    let after = plan.last_month().next().first_day();
    let follows = |change: &LevelChange| change.from <= after && (change.from > snapshot.today || !known.changes.contains(change));
    Outcome {
        now: known.change_on(snapshot.today).cloned(),
        changes: money.timeline().changes.iter().filter(|change| follows(change)).cloned().collect(),
        model_after: money.model_on(after),
        months,
        rebates,
    }
}

/// The usage of the planned months: what is billed already, and the rest of the planned revenue in the plan's mix.
pub(super) fn planned_usage(snapshot: &Snapshot, plan: &Plan) -> Vec<(Month, UsageGroup)> {
    let mix = Mix::of(snapshot, plan);
    let mut usage = Vec::new();
    for (month, revenue) in plan.months() {
        let so_far = snapshot.so_far(month);
        usage.extend(snapshot.open.get(&month).into_iter().flatten().map(|group| (month, group.clone())));
        if revenue > so_far {
            usage.extend(mix.split(revenue - so_far).into_iter().map(|group| (month, group)));
        }
    }
    usage
}

/// The partner's facts once the plan has come true and its months are closed.
fn planned_facts(snapshot: &Snapshot, plan: &Plan, usage: &[(Month, UsageGroup)]) -> LevelFacts {
    let mut facts = snapshot.facts.clone();
    facts.exams.extend(plan.exam);
    for (month, _) in plan.months() {
        facts.revenue.insert(month, Money::ZERO);
    }
    for (month, group) in usage {
        *facts.revenue.entry(*month).or_default() += group.gross;
    }
    facts.closed_through = facts.closed_through.max(Some(plan.last_month()));
    facts
}

fn add(sums: &mut SumsByMonth, money: &PartnerMoney<'_>, month: Month, group: &UsageGroup) {
    if let Some(terms) = money.month_terms(month) {
        sums.entry(month).or_default().add_row(&terms, money.reward_share(group.pick()), &group.service, group.gross);
    }
}
