//! The level's rules against worked examples, boundary cases and properties.

mod examples;
mod outlooks;
mod properties;
mod rules;

use super::*;
use crate::calendar::{BusinessDate, Month};
use crate::model::{BillingSide, Level};
use crate::terms::{Terms, TermsSchedule};

fn date(text: &str) -> BusinessDate {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn brochure() -> TermsSchedule {
    TermsSchedule::constant(Terms::default())
}

/// Facts of a partner whose contract begins on a day, billed by the provider.
fn contract(day: &str) -> LevelFacts {
    LevelFacts::new(date(day), BillingSide::Provider)
}

impl LevelFacts {
    fn revenue(mut self, of: &str, amount: &str) -> Self {
        self.revenue.insert(month(of), amount.parse().unwrap_or_else(|_| panic!("{amount}")));
        self
    }

    fn closed(mut self, through: &str) -> Self {
        self.closed_through = Some(month(through));
        self
    }

    fn exam(mut self, day: &str) -> Self {
        self.exams.push(date(day));
        self
    }

    /// A decision of staff, recorded after those before it.
    fn staff(mut self, day: &str, level: Level) -> Self {
        let recorded = self.staff_decisions.len() as u64;
        self.staff_decisions.push(StaffLevelDecision { date: date(day), recorded, level, reason: format!("decision {recorded}") });
        self
    }

    /// An approved billing side, recorded after those before it.
    fn billed_by(mut self, billing: BillingSide, approved: &str) -> Self {
        let recorded = self.billing_changes.len() as u64;
        self.billing_changes.push(BillingSideChange { approved: date(approved), recorded, billing });
        self
    }
}
