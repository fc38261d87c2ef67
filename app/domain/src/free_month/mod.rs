//! Free months of a client (`FREE-1` to `FREE-6`): the check of one request, and the calendar made of such checks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::{BusinessDate, Month};
use crate::model::stable_text;
use crate::request::{ActName, RequestStatus, TransitionError};
use crate::terms::Terms;
use crate::trial::Trial;
use crate::verdict::{Verdict, Violation};

/// How firmly a client has a bonus month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A request for it waits for a decision.
    Pending,
    /// A request for it was approved.
    Granted,
}

stable_text!(Standing { Pending => "pending", Granted => "granted" });

/// One live request for a bonus month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonusMonth {
    /// The month.
    pub month: Month,
    /// Whether the request waits or was approved.
    pub standing: Standing,
    /// The virtual machines it names.
    pub resources: Vec<String>,
}

/// What the rules look at of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFacts {
    /// Its virtual machines, by an id that requests use too.
    pub resources: Vec<String>,
    /// Its trials, with the dates as recorded.
    pub trials: Vec<Trial>,
    /// Its live requests for bonus months, from all time. Several for one month count once (`FREE-6`). To check again a
    /// request that is already stored, leave that one out.
    pub months: Vec<BonusMonth>,
}

impl ClientFacts {
    /// The months that count, each once; granted where any of its requests is.
    fn counting(&self) -> BTreeMap<Month, Standing> {
        let mut counting = BTreeMap::new();
        for BonusMonth { month, standing, .. } in &self.months {
            let known = counting.entry(*month).or_insert(*standing);
            *known = (*known).max(*standing);
        }
        counting
    }
}

/// Whether the calendar still lets an act be done to a request for a bonus month: an approved one is given up, or opened again, until its
/// month begins. Afterwards the client has had it, and it counts for ever (`FREE-1`, `FREE-3`).
pub fn check_act(act: ActName, status: RequestStatus, month: Month, today: BusinessDate) -> Result<(), TransitionError> {
    let gives_up = status == RequestStatus::Approved && matches!(act, ActName::Cancel | ActName::Reopen);
    if gives_up && month <= today.month() { Err(TransitionError::MonthBegun) } else { Ok(()) }
}

/// A request for a bonus month of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The month.
    pub month: Month,
    /// The virtual machines it is for. One named twice is one.
    pub resources: Vec<String>,
}

/// A month as the calendar shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarMonth {
    /// The month.
    pub month: Month,
    /// What [`check`] says of it, asked for all of the client's machines.
    pub verdict: Verdict,
    /// Whether the client has it already.
    pub standing: Option<Standing>,
    /// The months now allowed that would not be once this one is chosen.
    pub would_block: Vec<Month>,
}

/// Whether a client may have a bonus month, today: every rule broken, at once.
///
/// A further request for a month that already counts adds none, so `FREE-1` and `FREE-3` do not look at it; the others do.
pub fn check(ask: &Ask, client: &ClientFacts, today: BusinessDate, terms: &Terms) -> Verdict {
    let counting = client.counting();
    let mut violations = month_violations(ask.month, client, &counting, today, terms);
    if !violations.is_empty() {
        let first = earliest(client, today, terms);
        for violation in &mut violations {
            if let Violation::MonthAfterTrial { earliest, .. }
            | Violation::TooCloseToFreeMonth { earliest, .. }
            | Violation::TrialRuns { earliest, .. }
            | Violation::MonthPassed { earliest, .. }
            | Violation::MonthTooFar { earliest, .. } = violation
            {
                *earliest = first;
            }
        }
    }
    violations.extend(resource_violations(&ask.resources, client));
    Verdict { violations }
}

/// The first month that the client does not have yet and that passes every rule for its machines.
pub fn earliest(client: &ClientFacts, today: BusinessDate, terms: &Terms) -> Option<Month> {
    if client.resources.is_empty() {
        return None;
    }
    let counting = client.counting();
    months_on_offer(today, terms)
        .find(|month| !counting.contains_key(month) && month_violations(*month, client, &counting, today, terms).is_empty())
}

/// The current month through the horizon, each with its verdict and with what choosing it would cost.
pub fn calendar(client: &ClientFacts, today: BusinessDate, terms: &Terms) -> Vec<CalendarMonth> {
    let counting = client.counting();
    let verdicts: Vec<(Month, Verdict)> = months_on_offer(today, terms)
        .map(|month| (month, check(&Ask { month, resources: client.resources.clone() }, client, today, terms)))
        .collect();
    let allowed: Vec<Month> = verdicts.iter().filter(|(_, verdict)| verdict.is_allowed()).map(|(month, _)| *month).collect();
    verdicts
        .into_iter()
        .map(|(month, verdict)| {
            let would_block = if verdict.is_allowed() && !counting.contains_key(&month) {
                let mut after = counting.clone();
                after.insert(month, Standing::Pending);
                allowed.iter().copied().filter(|other| !month_violations(*other, client, &after, today, terms).is_empty()).collect()
            } else {
                Vec::new()
            };
            CalendarMonth { month, verdict, standing: counting.get(&month).copied(), would_block }
        })
        .collect()
}

/// The months that `FREE-5` lets through today.
fn months_on_offer(today: BusinessDate, terms: &Terms) -> impl Iterator<Item = Month> {
    today.month().through(last_month(today, terms))
}

/// The last month that may be asked for today (`FREE-5`).
fn last_month(today: BusinessDate, terms: &Terms) -> Month {
    today.month().plus(horizon(terms))
}

fn horizon(terms: &Terms) -> i32 {
    i32::try_from(terms.free_month_horizon).unwrap_or(i32::MAX)
}

/// What speaks against a month whatever the machines, `earliest` still open.
fn month_violations(
    month: Month,
    client: &ClientFacts,
    counting: &BTreeMap<Month, Standing>,
    today: BusinessDate,
    terms: &Terms,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let is_new = !counting.contains_key(&month);
    let of = |wanted: Standing| u32::try_from(counting.values().filter(|&&standing| standing == wanted).count()).unwrap_or(u32::MAX);
    let (granted, pending) = (of(Standing::Granted), of(Standing::Pending));
    if is_new && granted.saturating_add(pending) >= terms.free_months_per_client {
        violations.push(Violation::FreeMonthsPerClient { limit: terms.free_months_per_client, granted, pending });
    }
    violations.extend(client.trials.iter().filter_map(|trial| {
        let trial_ended = trial.end.filter(|end| end.month().next() == month)?;
        Some(Violation::MonthAfterTrial { month, trial_ended, earliest: None })
    }));
    if is_new {
        let gap = terms.free_month_gap;
        violations.extend(
            counting
                .keys()
                .filter(|other| month.months_until(**other).unsigned_abs() <= gap)
                .map(|&other| Violation::TooCloseToFreeMonth { month, other, gap, earliest: None }),
        );
    }
    violations.extend(client.trials.iter().filter(|trial| trial.runs_in(month)).map(|trial| Violation::TrialRuns {
        month,
        trial_started: trial.start,
        trial_ends: trial.end,
        earliest: None,
    }));
    let (current, last) = (today.month(), last_month(today, terms));
    if month < current {
        violations.push(Violation::MonthPassed { month, current, earliest: None });
    }
    if month > last {
        let possible_on = month.plus(-horizon(terms)).first_day();
        violations.push(Violation::MonthTooFar { month, last, possible_on, earliest: None });
    }
    violations
}

/// `FREE-6`: at least one machine, all of them the client's.
fn resource_violations(asked: &[String], client: &ClientFacts) -> Option<Violation> {
    if asked.is_empty() {
        return Some(Violation::NoResources);
    }
    let mut foreign: Vec<String> = Vec::new();
    for resource in asked.iter().filter(|resource| !client.resources.contains(resource)) {
        // In order, each once.
        if let Err(place) = foreign.binary_search(resource) {
            foreign.insert(place, resource.clone());
        }
    }
    (!foreign.is_empty()).then_some(Violation::ForeignResources { resources: foreign })
}

#[cfg(test)]
mod tests;
