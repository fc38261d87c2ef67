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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bonus_code::{QuarterUse, meter};
    use crate::level::{LevelFacts, StaffLevelDecision, outlook};
    use crate::model::BillingSide;
    use crate::terms::{Terms, TermsSchedule};
    use crate::testing::{date, month, rub};

    /// The step of a partner since 10 January on a day: revenue by month from January on, how many of those months are closed, clients,
    /// codes and roubles of the quarter that are granted already.
    fn step(revenue: &[i64], closed: i32, exam: Option<&str>, today: &str, clients: u32, used: (u32, i64)) -> NextStep {
        let mut facts = LevelFacts::new(date("2026-01-10"), BillingSide::Provider);
        let january = month("2026-01");
        facts.revenue = january.through(january.plus(11)).zip(revenue.iter().map(|roubles| Money::roubles(*roubles))).collect();
        facts.closed_through = (closed > 0).then(|| january.plus(closed - 1));
        facts.exams.extend(exam.map(date));
        of(&facts, today, clients, used)
    }

    fn of(facts: &LevelFacts, today: &str, clients: u32, (granted_codes, granted_value): (u32, i64)) -> NextStep {
        let today = date(today);
        let used = QuarterUse { granted_codes, granted_value, ..QuarterUse::none(today.quarter()) };
        next_step(&outlook(facts, &TermsSchedule::constant(Terms::default()), today), &meter(&used, &Terms::default()), clients)
    }

    #[test]
    fn in_the_first_window_it_is_to_meet_it_and_afterwards_to_keep_the_level() {
        assert!(matches!(step(&[], 0, None, "2026-01-20", 0, (0, 0)), NextStep::MeetFirstWindow { until } if until > date("2026-01-20")));
        // Met by a month: nothing is asked but to work.
        assert_eq!(step(&[45_000], 1, None, "2026-02-05", 0, (0, 0)), NextStep::AddClient);
        // The window's months are January to July. August runs and lacks what the minimum asks.
        let falling = step(&[45_000, 0, 0, 0, 0, 0, 0, 20_000], 7, None, "2026-08-20", 3, (0, 0));
        assert_eq!(falling, NextStep::KeepLevel { missing: rub("10000.00"), falls_on: date("2026-09-01") });
    }

    #[test]
    fn fallen_it_is_to_return_while_there_is_a_way_and_then_to_ask() {
        // Fallen on 1 September; the months that can restore the level end with January.
        let fallen = |today: &str, closed| step(&[45_000], closed, None, today, 3, (0, 0));
        assert_eq!(fallen("2026-09-10", 8), NextStep::ReturnToLevel { until: date("2027-01-31") });
        assert_eq!(fallen("2027-02-10", 13), NextStep::AskStaff);
        let mut held = LevelFacts::new(date("2026-01-10"), BillingSide::Provider);
        let decision = StaffLevelDecision { date: date("2026-02-01"), recorded: 1, level: Level::Basic, reason: "Долги".to_owned() };
        held.staff_decisions.push(decision);
        assert_eq!(of(&held, "2026-02-02", 3, (0, 0)), NextStep::AskStaff);
    }

    #[test]
    fn a_safe_partner_is_led_to_clients_then_codes_then_free_months() {
        let safe = |clients, used| step(&[], 0, Some("2026-01-15"), "2026-02-10", clients, used);
        assert_eq!(safe(0, (0, 0)), NextStep::AddClient);
        let (codes, value) = (Terms::default().codes_per_quarter, Terms::default().codes_value_per_quarter);
        assert_eq!(safe(1, (1, 700)), NextStep::RequestCodes { codes: codes - 1, value: value - 700, resets_on: date("2026-04-01") });
        // Either limit reached ends it.
        assert_eq!(safe(1, (codes, 700)), NextStep::OfferFreeMonth);
        assert_eq!(safe(1, (1, value)), NextStep::OfferFreeMonth);
    }
}
