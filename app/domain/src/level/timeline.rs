//! The level and the model of every day.

use serde::{Deserialize, Serialize};

use super::billing::{effective_changes, in_force_from};
use super::course::course;
use super::facts::LevelFacts;
use crate::calendar::{BusinessDate, Month};
use crate::ids::TermsVersionId;
use crate::model::{BillingSide, Level, Model};
use crate::money::Money;
use crate::rule::Rule;
use crate::terms::TermsSchedule;

/// Why a level or a model began, with the facts (`LVL-9`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// `LVL-1`: the contract gave it.
    Contract {
        /// The billing side picked with it.
        billing: BillingSide,
    },
    /// `LVL-3`: no counting month of the first window reached the minimum, and no exam was passed.
    FirstWindowMissed {
        /// The window's first day.
        from: BusinessDate,
        /// The day after its last.
        until: BusinessDate,
        /// The last month that counted.
        last_month: Month,
        /// The minimum on the day of the decision, RUB.
        minimum: Money,
        /// The counting month with the highest revenue.
        best_month: Month,
        /// That revenue, RUB.
        best_revenue: Money,
    },
    /// `LVL-5`: a watched month stayed below the minimum.
    MonthBelowMinimum {
        /// The month.
        month: Month,
        /// Its revenue, RUB.
        revenue: Money,
        /// What it had to reach, RUB.
        minimum: Money,
    },
    /// `LVL-6`: a month of the return window reached the minimum.
    ReturnedByRevenue {
        /// The month.
        month: Month,
        /// Its revenue, RUB.
        revenue: Money,
        /// What it had to reach, RUB.
        minimum: Money,
    },
    /// `LVL-6`: an exam was passed within the return window.
    ReturnedByExam {
        /// The day of the exam.
        exam: BusinessDate,
    },
    /// `LVL-8`: staff decided.
    StaffDecision {
        /// Their reason.
        reason: String,
    },
    /// `MODEL-2`: another billing side came into force; the level stayed.
    BillingSideChanged {
        /// The day of the approval.
        approved: BusinessDate,
        /// The new billing side.
        billing: BillingSide,
    },
}

impl Cause {
    /// The rule behind it.
    pub fn rule(&self) -> Rule {
        match self {
            Self::Contract { .. } => Rule::Level1,
            Self::FirstWindowMissed { .. } => Rule::Level3,
            Self::MonthBelowMinimum { .. } => Rule::Level5,
            Self::ReturnedByRevenue { .. } | Self::ReturnedByExam { .. } => Rule::Level6,
            Self::StaffDecision { .. } => Rule::Level8,
            Self::BillingSideChanged { .. } => Rule::Model2,
        }
    }
}

/// A day on which the level or the model became another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelChange {
    /// The first day of the new level or model.
    pub from: BusinessDate,
    /// The level from that day on.
    pub level: Level,
    /// The model from that day on.
    pub model: Model,
    /// Why. Where level and billing side change on one day, the cause is that of the level.
    pub cause: Cause,
    /// The terms that decided (`TERM-1`).
    pub terms: TermsVersionId,
}

/// The levels and models of a partner from its contract on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// In order of dates; the first is the contract's. Empty where the contract begins later.
    pub changes: Vec<LevelChange>,
}

/// Days of one level, whatever the billing side was in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelSpan<'a> {
    /// The first day of the level.
    pub since: BusinessDate,
    /// The change that began it, and so the cause of the level.
    pub began_with: &'a LevelChange,
}

impl Timeline {
    /// The change that is in force on a day; `None` before the contract. Beyond the timeline's last day the last one goes on.
    pub fn change_on(&self, date: BusinessDate) -> Option<&LevelChange> {
        self.changes.iter().rev().find(|change| change.from <= date)
    }

    /// The level on a day; `None` before the contract.
    pub fn level_on(&self, date: BusinessDate) -> Option<Level> {
        self.change_on(date).map(|change| change.level)
    }

    /// The model on a day (`MODEL-1`); `None` before the contract.
    pub fn model_on(&self, date: BusinessDate) -> Option<Model> {
        self.change_on(date).map(|change| change.model)
    }

    /// The model of a month's money (`RATE-3`): of its first day, in the contract's month of the contract date; `None` before.
    pub fn model_of_month(&self, month: Month) -> Option<Model> {
        let contract_date = self.changes.first()?.from;
        if month < contract_date.month() {
            return None;
        }
        self.model_on(month.first_day().max(contract_date))
    }

    /// The days of the level in force on a day: since when and why it holds; a change of the billing side alone doesn't begin new ones.
    pub fn span_on(&self, date: BusinessDate) -> Option<LevelSpan<'_>> {
        let mut past = self.changes.iter().rev().skip_while(|change| change.from > date).peekable();
        loop {
            let change = past.next()?;
            if past.peek().is_none_or(|earlier| earlier.level != change.level) {
                return Some(LevelSpan { since: change.from, began_with: change });
            }
        }
    }

    /// Since when the level of a day holds; `None` before the contract.
    pub fn since(&self, date: BusinessDate) -> Option<BusinessDate> {
        self.span_on(date).map(|span| span.since)
    }
}

/// The level and the model from the contract date through `as_of` (`LVL-1`..`LVL-8`, `MODEL-1`, `MODEL-2`), as the facts tell it.
pub fn timeline(facts: &LevelFacts, terms: &TermsSchedule, as_of: BusinessDate) -> Timeline {
    let steps = course(facts, terms, as_of).steps;
    let switches: Vec<_> = effective_changes(facts).into_iter().filter(|change| in_force_from(change) <= as_of).collect();
    // Every day on which one of them begins, in order, each once.
    let mut days: Vec<BusinessDate> = Vec::new();
    for day in steps.iter().map(|step| step.date).chain(switches.iter().copied().map(in_force_from)) {
        if let Err(place) = days.binary_search(&day) {
            days.insert(place, day);
        }
    }

    let mut changes: Vec<LevelChange> = Vec::new();
    for from in days {
        let (Some(step), switch) =
            (steps.iter().rev().find(|step| step.date <= from), switches.iter().rev().find(|change| in_force_from(change) <= from))
        else {
            continue;
        };
        let (level, model) = (step.level, Model::new(step.level, switch.map_or(facts.billing, |change| change.billing)));
        let last = changes.last();
        let cause = match (last, switch) {
            (Some(last), _) if last.model == model => continue,
            (Some(last), Some(change)) if last.level == level => {
                Cause::BillingSideChanged { approved: change.approved, billing: change.billing }
            }
            _ => step.cause.clone(),
        };
        changes.push(LevelChange { from, level, model, cause, terms: terms.version_on(from).id });
    }
    Timeline { changes }
}
