//! The one most useful thing a partner can do next, by what its rules and meters say.

use serde::{Deserialize, Serialize};

use crate::bonus_code::QuarterMeters;
use crate::calendar::BusinessDate;
use crate::level::{Outlook, Phase};
use crate::model::Level;
use crate::money::Money;

/// What to do next. The first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum NextStep {
    /// The level is about to fall: bring the month to the minimum or pass the exam.
    KeepLevel {
        /// What the month still lacks, RUB.
        missing: Money,
        /// The day of the fall.
        falls_on: BusinessDate,
    },
    /// Fallen with a way back: one month at the minimum, or the exam.
    ReturnToLevel {
        /// The last day on which it can be done.
        until: BusinessDate,
    },
    /// In the first window, nothing met yet: the exam or one month at the minimum.
    MeetFirstWindow {
        /// The last day on which it can be done.
        until: BusinessDate,
    },
    /// Only a decision of staff restores the level: write to the manager.
    AskStaff,
    /// No clients yet: add the first.
    AddClient,
    /// Codes of the quarter are free: offer one to a client.
    RequestCodes {
        /// Codes left.
        codes: u32,
        /// Roubles left, whole RUB.
        value: i64,
        /// When the quarter's limits begin anew.
        resets_on: BusinessDate,
    },
    /// The quarter's codes are used up: a free month costs none of them.
    OfferFreeMonth,
}

/// Chooses it.
pub fn next_step(outlook: &Outlook, meters: &QuarterMeters, clients: u32) -> NextStep {
    match &outlook.phase {
        Phase::AboutToFall { revenue, minimum, falls_on, .. } => {
            return NextStep::KeepLevel { missing: *minimum - *revenue, falls_on: *falls_on };
        }
        Phase::ReturnWindow { stands_met_by: None, .. } | Phase::FirstWindow { stands_met_by: None, .. } => {
            if let Some(requirement) = &outlook.requirement {
                let until = requirement.exam_by.map_or(requirement.revenue_by, |exam| exam.max(requirement.revenue_by));
                return if outlook.level == Level::Basic { NextStep::ReturnToLevel { until } } else { NextStep::MeetFirstWindow { until } };
            }
        }
        Phase::ReturnWindowOver { .. } | Phase::HeldAtBasic { .. } => return NextStep::AskStaff,
        _ => {}
    }
    if clients == 0 {
        return NextStep::AddClient;
    }
    if meters.codes.left > 0 && meters.value.left > 0 {
        return NextStep::RequestCodes { codes: meters.codes.left, value: meters.value.left, resets_on: meters.codes.resets_on };
    }
    NextStep::OfferFreeMonth
}
