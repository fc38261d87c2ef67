//! Each rule at its boundaries.

use super::*;
use crate::terms::{Terms, TermsSchedule};

fn brochure() -> TermsSchedule {
    TermsSchedule::constant(Terms::default())
}

/// The level's beginnings through a day, as `2026-01-15 professional`.
fn levels(facts: &LevelFacts, as_of: &str) -> Vec<String> {
    let all = timeline(facts, &brochure(), date(as_of));
    all.changes.iter().map(|change| format!("{} {}", change.from, change.level)).collect()
}

#[test]
fn the_first_window_is_met_by_the_minimum_and_missed_by_a_kopeck_less() {
    let facts = contract("2026-01-15").closed("2026-07");
    assert_eq!(levels(&facts.clone().revenue("2026-07", "30000.00"), "2026-08-31"), ["2026-01-15 professional"]);
    let missed = facts.revenue("2026-07", "29999.99");
    assert_eq!(levels(&missed, "2026-08-31"), ["2026-01-15 professional", "2026-08-01 basic"]);
    assert_eq!(levels(&missed.exam("2026-07-31"), "2026-08-31"), ["2026-01-15 professional"]);
}
