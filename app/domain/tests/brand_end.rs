//! `PRIV-1`: when a brand ends is told with the level's own warnings, and not without them.

#![expect(clippy::expect_used, reason = "a test that can't go on stops")]

use domain::brand::ends_on;
use domain::calendar::{BusinessDate, Month};
use domain::level::{LevelFacts, StaffLevelDecision, outlook};
use domain::model::{BillingSide, Level};
use domain::money::Money;
use domain::terms::{Terms, TermsSchedule};

fn day(text: &str) -> BusinessDate {
    text.parse().expect("a day")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

fn end(facts: &LevelFacts, today: &str) -> Option<BusinessDate> {
    let terms = TermsSchedule::constant(Terms::default());
    ends_on(&terms, &outlook(facts, &terms, day(today)))
}

fn white_label() -> LevelFacts {
    LevelFacts::new(day("2026-01-10"), BillingSide::Partner)
}

#[test]
fn a_first_window_that_is_not_met_yet_is_warned_of() {
    // LVL-2, LVL-3: the window ends before 10 July, its last month is July, and the level falls on 1 August.
    assert_eq!(end(&white_label(), "2026-02-01"), Some(day("2026-08-01")));
}

#[test]
fn whoever_is_safe_is_not_warned() {
    let mut met = white_label();
    met.revenue.insert(month("2026-02"), Money::roubles(40_000));
    met.closed_through = Some(month("2026-02"));
    assert_eq!(end(&met, "2026-03-05"), None);
    let examined = LevelFacts { exams: vec![day("2026-02-01")], ..white_label() };
    assert_eq!(end(&examined, "2026-03-05"), None);
}

#[test]
fn a_month_that_stands_below_the_minimum_is_warned_of_also_after_the_day_it_would_have_decided() {
    // LVL-5: every month after the first window is watched, and May 2026 is the first one that fails.
    let mut falling = LevelFacts::new(day("2025-01-10"), BillingSide::Partner);
    for later in 1..16 {
        falling.revenue.insert(month("2025-01").plus(later), Money::roubles(40_000));
    }
    falling.revenue.insert(month("2026-05"), Money::roubles(12_000));
    falling.closed_through = Some(month("2026-04"));
    assert_eq!(end(&falling, "2026-05-20"), Some(day("2026-06-01")));
    assert_eq!(end(&falling, "2026-06-04"), Some(day("2026-06-01")), "not closed yet");
    falling.closed_through = Some(month("2026-05"));
    assert_eq!(end(&falling, "2026-06-04"), None, "it is off already");
}

#[test]
fn what_staff_decided_for_a_day_to_come_is_warned_of_and_a_model_without_a_brand_is_not() {
    let decision = StaffLevelDecision { date: day("2026-03-01"), recorded: 1, level: Level::Basic, reason: "Решение".to_owned() };
    let held = LevelFacts { exams: vec![day("2026-02-01")], staff_decisions: vec![decision], ..white_label() };
    assert_eq!(end(&held, "2026-02-10"), Some(day("2026-03-01")));
    assert_eq!(end(&LevelFacts::new(day("2026-01-10"), BillingSide::Provider), "2026-02-01"), None);
}
