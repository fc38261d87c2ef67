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

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_basic_trial_lasts_fourteen_days_with_its_first() {
        let terms = Terms::default();
        assert_eq!(end_of(date("2026-09-20"), Model::Referral, &terms), Some(date("2026-10-03")));
        assert_eq!(end_of(date("2026-09-20"), Model::Reseller, &terms), Some(date("2026-10-03")));
        let one_day = Terms { trial_days_basic: 1, ..terms };
        assert_eq!(end_of(date("2026-09-20"), Model::Referral, &one_day), Some(date("2026-09-20")));
    }

    #[test]
    fn a_professional_trial_has_no_end_until_it_is_recorded() {
        let terms = Terms::default();
        for model in [Model::Agent, Model::WhiteLabel] {
            assert_eq!(end_of(date("2026-09-20"), model, &terms), None);
            assert_eq!(record(date("2026-09-20"), None, model, &terms), Ok(Trial { start: date("2026-09-20"), end: None }));
        }
    }

    #[test]
    fn a_trial_ends_no_earlier_than_it_starts_and_a_basic_one_no_later_than_it_may() {
        let terms = Terms::default();
        let record = |end: &str, model| record(date("2026-09-20"), Some(date(end)), model, &terms).map(|trial| trial.end);
        assert_eq!(record("2026-09-19", Model::Agent), Err(TrialProblem::EndsBeforeStart));
        assert_eq!(record("2026-09-20", Model::Agent), Ok(Some(date("2026-09-20"))));
        assert_eq!(record("2026-10-03", Model::Referral), Ok(Some(date("2026-10-03"))));
        assert_eq!(record("2026-10-04", Model::Referral), Err(TrialProblem::EndsTooLate { latest: date("2026-10-03") }));
        assert_eq!(record("2027-10-04", Model::WhiteLabel), Ok(Some(date("2027-10-04"))));
    }
}
