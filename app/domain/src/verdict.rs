//! The answer of the rules (`WHY-1`): allowed, or every violation with the figures behind it.

use serde::{Deserialize, Serialize};

use crate::calendar::{BusinessDate, Month, Quarter};
use crate::model::Model;
use crate::privilege::Privilege;
use crate::rule::Rule;

/// What the rules say of a request. No violation means it is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Everything that speaks against it, in the order of the rules.
    pub violations: Vec<Violation>,
}

/// One rule broken, with the facts it looked at. Words are chosen by the page, never here.
#[expect(missing_docs, reason = "the fields are named after what they hold; each variant says the rest")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "violation", rename_all = "snake_case")]
pub enum Violation {
    /// `PRIV-1`: the model in force lacks the privilege.
    PrivilegeMissing { privilege: Privilege, model: Model },
    /// `CODE-1`: more codes than the quarter has left. The whole limit is free again on `resets_on`; asked then, the
    /// same codes pass this rule from `possible_on`, or never.
    CodesPerQuarter {
        quarter: Quarter,
        limit: u32,
        granted: u32,
        pending: u32,
        asked: u32,
        left: u32,
        resets_on: BusinessDate,
        possible_on: Option<BusinessDate>,
    },
    /// `CODE-2`: more face value than the quarter has left, whole RUB. The dates are those of `CodesPerQuarter`.
    CodeValuePerQuarter {
        quarter: Quarter,
        limit: i64,
        granted: i64,
        pending: i64,
        asked: i64,
        left: i64,
        resets_on: BusinessDate,
        possible_on: Option<BusinessDate>,
    },
    /// `CODE-4`: no code at all, or more than one request may ask for.
    CodesPerRequest { limit: u32, asked: u32 },
    /// `CODE-4`: a face value below the least; positions count from 1, values are whole RUB.
    FaceTooSmall { position: u32, minimum: i64, asked: i64 },
    /// `FREE-1`: the client has all its bonus months. No later month would pass.
    FreeMonthsPerClient { limit: u32, granted: u32, pending: u32 },
    /// `FREE-2`: the month right after the one in which a trial ended.
    MonthAfterTrial { month: Month, trial_ended: BusinessDate, earliest: Option<Month> },
    /// `FREE-3`: too close to another bonus month of the client; `gap` whole months must lie between.
    TooCloseToFreeMonth { month: Month, other: Month, gap: u32, earliest: Option<Month> },
    /// `FREE-4`: a trial runs in the month, or one without an end has begun.
    TrialRuns { month: Month, trial_started: BusinessDate, trial_ends: Option<BusinessDate>, earliest: Option<Month> },
    /// `FREE-5`: the month has passed.
    MonthPassed { month: Month, current: Month, earliest: Option<Month> },
    /// `FREE-5`: the month is further ahead than may be asked; it can be asked for from `possible_on`.
    MonthTooFar { month: Month, last: Month, possible_on: BusinessDate, earliest: Option<Month> },
    /// `FREE-6`: no virtual machine is named.
    NoResources,
    /// `FREE-6`: a named virtual machine is not the client's.
    ForeignResources { resources: Vec<String> },
    /// `RATE-2`: only a Referral partner picks.
    RateChoiceModel { model: Model },
    /// `RATE-2`: the client's first billed month is closed, so the pick stands.
    RateChoiceTooLate { first_billed: Month },
    /// `SALES-1`: the month is not closed; where it will be, a claim passes this rule from `possible_on` at the earliest.
    SalesMonthOpen { month: Month, closed_through: Option<Month>, possible_on: BusinessDate },
    /// `SALES-1`: a claim for this client was made before.
    SalesClientClaimed { month: Month },
    /// `SALES-1`: the month earned the *once* reward of `RATE-2`.
    SalesMonthEarnedOnce { month: Month },
    /// `SALES-1`: nothing was billed to the client in this month, so there is nothing to claim.
    SalesNothingBilled { month: Month },
    /// `TG-1`: the deadline of the news item has passed.
    CommentDeadlinePassed { deadline: BusinessDate },
}

impl Violation {
    /// The first month that passes every rule for this client, where the rule is about a month and there is one.
    pub fn earliest(&self) -> Option<Month> {
        match self {
            Self::MonthAfterTrial { earliest, .. }
            | Self::TooCloseToFreeMonth { earliest, .. }
            | Self::TrialRuns { earliest, .. }
            | Self::MonthPassed { earliest, .. }
            | Self::MonthTooFar { earliest, .. } => *earliest,
            _ => None,
        }
    }

    /// The first day on which the same request passes this rule, where one is known.
    pub fn possible_on(&self) -> Option<BusinessDate> {
        match self {
            Self::CodesPerQuarter { possible_on, .. } | Self::CodeValuePerQuarter { possible_on, .. } => *possible_on,
            Self::MonthTooFar { possible_on, .. } | Self::SalesMonthOpen { possible_on, .. } => Some(*possible_on),
            _ => None,
        }
    }

    /// The rule that is broken.
    pub fn rule(&self) -> Rule {
        match self {
            Self::PrivilegeMissing { .. } => Rule::Privilege1,
            Self::CodesPerQuarter { .. } => Rule::Code1,
            Self::CodeValuePerQuarter { .. } => Rule::Code2,
            Self::CodesPerRequest { .. } | Self::FaceTooSmall { .. } => Rule::Code4,
            Self::FreeMonthsPerClient { .. } => Rule::Free1,
            Self::MonthAfterTrial { .. } => Rule::Free2,
            Self::TooCloseToFreeMonth { .. } => Rule::Free3,
            Self::TrialRuns { .. } => Rule::Free4,
            Self::MonthPassed { .. } | Self::MonthTooFar { .. } => Rule::Free5,
            Self::NoResources | Self::ForeignResources { .. } => Rule::Free6,
            Self::RateChoiceModel { .. } | Self::RateChoiceTooLate { .. } => Rule::Rate2,
            Self::SalesMonthOpen { .. }
            | Self::SalesClientClaimed { .. }
            | Self::SalesMonthEarnedOnce { .. }
            | Self::SalesNothingBilled { .. } => Rule::Sales1,
            Self::CommentDeadlinePassed { .. } => Rule::Telegram1,
        }
    }
}

impl Verdict {
    /// Whether nothing speaks against it.
    pub fn is_allowed(&self) -> bool {
        self.violations.is_empty()
    }

    /// The verdict with what `PRIV-1` says put before it.
    #[must_use]
    pub fn preceded_by(mut self, violation: Option<Violation>) -> Self {
        if let Some(violation) = violation {
            self.violations.insert(0, violation);
        }
        self
    }

    /// The ids of the rules it breaks, sorted, each once.
    pub fn rules(&self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = self.violations.iter().map(Violation::rule).collect();
        rules.sort_by_key(|rule| rule.id());
        rules.dedup();
        rules
    }
}

impl FromIterator<Violation> for Verdict {
    fn from_iter<I: IntoIterator<Item = Violation>>(violations: I) -> Self {
        Self { violations: violations.into_iter().collect() }
    }
}
