//! Trials of services for a client, as facts with dates (`TRIAL-1`).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{BusinessDate, Month};
use crate::model::{Level, Model};
use crate::terms::Terms;

/// A trial of a client, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Its first day.
    pub start: BusinessDate,
    /// Its last day; none while it runs without an end.
    pub end: Option<BusinessDate>,
}

impl Trial {
    /// Whether it runs on any day of the month. Without an end it runs in every month from its start on (`FREE-4`).
    pub fn runs_in(&self, month: Month) -> bool {
        self.start.month() <= month && self.end.is_none_or(|end| end.month() >= month)
    }
}

/// Why a trial can't be recorded like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum TrialProblem {
    /// The last day lies before the first.
    #[error("the trial ends before it starts")]
    EndsBeforeStart,
    /// `TRIAL-1`: under a Basic model it can't be longer.
    #[error("the trial ends after {latest}, the last day it may run")]
    EndsTooLate {
        /// The last day it may run.
        latest: BusinessDate,
    },
}

/// The last day of a trial that begins under a model, `None` where it runs until somebody records the result.
pub fn end_of(start: BusinessDate, model: Model, terms: &Terms) -> Option<BusinessDate> {
    match model.level() {
        Level::Basic => Some(start.plus_days(u64::from(terms.trial_days_basic.saturating_sub(1)))),
        Level::Professional => None,
    }
}

/// The trial to record: under a Basic model its end is known, and only an earlier one can be recorded instead.
pub fn record(start: BusinessDate, end: Option<BusinessDate>, model: Model, terms: &Terms) -> Result<Trial, TrialProblem> {
    let latest = end_of(start, model, terms);
    match (end, latest) {
        (Some(end), _) if end < start => Err(TrialProblem::EndsBeforeStart),
        (Some(end), Some(latest)) if end > latest => Err(TrialProblem::EndsTooLate { latest }),
        (end, latest) => Ok(Trial { start, end: end.or(latest) }),
    }
}
