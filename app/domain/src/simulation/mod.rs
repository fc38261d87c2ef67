//! `simulate`: the rules on the facts of one partner from a file (`WHY-2`). The same functions as everywhere else.

mod scenario;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::scenario::{Client, Gesture, Partner, Request, Scenario, ScenarioError, UsageRow};
use crate::accrual::{Accrual, Settlement, accruals_through};
use crate::bonus_code::{self, QuarterUse};
use crate::calendar::{BusinessDate, Month, Period, Quarter};
use crate::free_month::{self, Ask, BonusMonth, ClientFacts, Standing};
use crate::inn::Inn;
use crate::level::{self, LevelFacts};
use crate::model::{Level, Model};
use crate::money::Money;
use crate::rate::{PartnerMoney, Pick, SumsByMonth};
use crate::rule::Rule;
use crate::service::ServiceCode;
use crate::terms::TermsSchedule;
use crate::verdict::{Verdict, Violation};

/// What the rules make of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The level and the model through time, an entry where either changes.
    pub levels: Vec<LevelEntry>,
    /// What became of each request, in order.
    pub decisions: Vec<Decision>,
    /// What the closed months earned, sorted by rule, then period; nothing of 0.00.
    pub accruals: Vec<AccrualEntry>,
}

/// A level and a model from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelEntry {
    /// Its first day.
    pub from: BusinessDate,
    /// The level.
    pub level: Level,
    /// The model.
    pub model: Model,
}

/// What a rule gave for a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccrualEntry {
    /// The rule.
    pub rule: Rule,
    /// The period.
    pub period: Period,
    /// What the rate was applied to, RUB.
    pub base: Money,
    /// RUB.
    pub amount: Money,
    /// How it reaches the partner.
    pub settlement: Settlement,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its position in the scenario, counted from 0.
    pub request: usize,
    /// Whether it was granted.
    pub allowed: bool,
    /// The rules it breaks, sorted, each once.
    pub rules: Vec<Rule>,
    /// The same with the facts behind each (`WHY-1`).
    pub violations: Vec<Violation>,
}

/// Runs the rules on a scenario.
pub fn run(scenario: &Scenario) -> Answer {
    let (facts, terms) = (level_facts(scenario), TermsSchedule::constant(scenario.terms.clone()));
    Answer {
        levels: levels(scenario, &facts, &terms),
        decisions: decisions(scenario),
        accruals: scenario.closed_through.map(|last| accruals(scenario, &facts, &terms, last)).unwrap_or_default(),
    }
}

fn level_facts(scenario: &Scenario) -> LevelFacts {
    let mut revenue: BTreeMap<Month, Money> = BTreeMap::new();
    for row in &scenario.usage {
        *revenue.entry(row.month).or_default() += row.gross;
    }
    LevelFacts {
        contract_date: scenario.partner.contract_date,
        billing: scenario.partner.billing,
        exams: scenario.exams.clone(),
        staff_decisions: scenario.staff_decisions.clone(),
        billing_changes: scenario.billing_changes.clone(),
        revenue,
        closed_through: scenario.closed_through,
    }
}

fn accruals(scenario: &Scenario, facts: &LevelFacts, terms: &TermsSchedule, last: Month) -> Vec<AccrualEntry> {
    let picks: BTreeMap<&Inn, Pick> =
        scenario.clients.iter().map(|client| (&client.inn, Pick { start_date: client.start_date, choice: client.rate_choice })).collect();
    let money = PartnerMoney::new(facts, terms);
    let mut sums = SumsByMonth::new();
    for row in scenario.usage.iter().filter(|row| row.month <= last) {
        // A service whose name is no code has no rate and counts for nothing; months before the contract are not the partner's.
        let (Ok(service), Some(month_terms), Some(pick)) =
            (row.service.parse::<ServiceCode>(), money.month_terms(row.month), picks.get(&row.client))
        else {
            continue;
        };
        sums.entry(row.month).or_default().add_row(&month_terms, money.reward_share(*pick), &service, row.gross);
    }
    let mut accruals: Vec<AccrualEntry> = accruals_through(last, &money, &sums)
        .into_iter()
        .filter(|accrual| !accrual.amount.is_zero())
        .map(|Accrual { rule, period, base, amount, settlement, .. }| AccrualEntry { rule, period, base, amount, settlement })
        .collect();
    accruals.sort_by_key(|entry| (entry.rule.id(), entry.period.to_string()));
    accruals
}

fn levels(scenario: &Scenario, facts: &LevelFacts, terms: &TermsSchedule) -> Vec<LevelEntry> {
    let timeline = level::timeline(facts, terms, scenario.as_of);
    let mut levels: Vec<LevelEntry> =
        timeline.changes.iter().map(|change| LevelEntry { from: change.from, level: change.level, model: change.model }).collect();
    // A decision of staff may confirm what is in force: a cause of its own, and no change.
    levels.dedup_by(|later, earlier| (later.level, later.model) == (earlier.level, earlier.model));
    levels
}

/// What an earlier request was granted, for a later withdrawal to give back.
enum Granted {
    Codes { quarter: Quarter, codes: u32, value: i64 },
    FreeMonth { client: Inn, month: Month },
}

/// The requests in order. All that are allowed count as granted until they are withdrawn.
fn decisions(scenario: &Scenario) -> Vec<Decision> {
    let terms = &scenario.terms;
    let mut quarters: BTreeMap<Quarter, QuarterUse> = BTreeMap::new();
    let mut clients: BTreeMap<&Inn, ClientFacts> = scenario
        .clients
        .iter()
        .map(|client| {
            let facts = ClientFacts { resources: client.resources.clone(), trials: client.trials.clone(), months: Vec::new() };
            (&client.inn, facts)
        })
        .collect();
    let mut granted: Vec<Option<Granted>> = Vec::new();
    let mut decisions = Vec::new();
    for (position, request) in scenario.requests.iter().enumerate() {
        let today = BusinessDate::of(request.at);
        let (verdict, grant) = match &request.gesture {
            Gesture::BonusCodes { faces } => {
                let used = quarters.entry(today.quarter()).or_insert_with(|| QuarterUse::none(today.quarter()));
                let verdict = bonus_code::check(faces, used, terms);
                let grant = verdict.is_allowed().then(|| {
                    let codes = u32::try_from(faces.len()).unwrap_or(u32::MAX);
                    let value = faces.iter().sum();
                    used.granted_codes += codes;
                    used.granted_value += value;
                    Granted::Codes { quarter: used.quarter, codes, value }
                });
                (verdict, grant)
            }
            Gesture::FreeMonth { client, month, resources } => {
                // The scenario names no client it does not list.
                let facts = clients.entry(client).or_default();
                let verdict = free_month::check(&Ask { month: *month, resources: resources.clone() }, facts, today, terms);
                let grant = verdict.is_allowed().then(|| {
                    facts.months.push(BonusMonth { month: *month, standing: Standing::Granted, resources: resources.clone() });
                    Granted::FreeMonth { client: client.clone(), month: *month }
                });
                (verdict, grant)
            }
            Gesture::Withdraw { request } => {
                match granted.get_mut(*request).and_then(Option::take) {
                    Some(Granted::Codes { quarter, codes, value }) => {
                        if let Some(used) = quarters.get_mut(&quarter) {
                            used.granted_codes -= codes;
                            used.granted_value -= value;
                        }
                    }
                    Some(Granted::FreeMonth { client, month }) => {
                        if let Some(facts) = clients.get_mut(&client)
                            && let Some(at) = facts.months.iter().position(|bonus| bonus.month == month)
                        {
                            facts.months.remove(at);
                        }
                    }
                    None => {}
                }
                (Verdict::default(), None)
            }
        };
        granted.push(grant);
        decisions.push(Decision {
            request: position,
            allowed: verdict.is_allowed(),
            rules: verdict.rules(),
            violations: verdict.violations,
        });
    }
    decisions
}

#[cfg(test)]
mod tests;
