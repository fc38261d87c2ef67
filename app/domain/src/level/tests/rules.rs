//! Each rule at its boundaries.

use super::*;
use crate::ids::TermsVersionId;
use crate::model::Model;
use crate::money::Money;
use crate::rule::Rule;
use crate::terms::TermsVersion;

/// The beginnings of levels through a day, as `2026-01-15 professional LVL-1`.
fn levels_under(facts: &LevelFacts, terms: &TermsSchedule, as_of: &str) -> Vec<String> {
    let all = timeline(facts, terms, date(as_of));
    all.changes.iter().map(|change| format!("{} {} {}", change.from, change.level, change.cause.rule())).collect()
}

fn levels(facts: &LevelFacts, as_of: &str) -> Vec<String> {
    levels_under(facts, &brochure(), as_of)
}

/// A version of the terms by its number.
fn version(number: u128, valid_from: &str, terms: Terms) -> TermsVersion {
    TermsVersion { id: TermsVersionId(uuid::Uuid::from_u128(number)), valid_from: date(valid_from), terms }
}

/// Watched from July 2026, met in January, every month at the minimum through August; September a kopeck too low: Basic from October.
fn fallen_in_october() -> LevelFacts {
    contract("2026-01-01")
        .revenue("2026-01", "30000.00")
        .revenue("2026-07", "30000.00")
        .revenue("2026-08", "30000.00")
        .revenue("2026-09", "29999.99")
        .closed("2026-09")
}

const FALLEN: [&str; 2] = ["2026-01-01 professional LVL-1", "2026-10-01 basic LVL-5"];

fn fallen_and(more: &[&'static str]) -> Vec<&'static str> {
    FALLEN.iter().chain(more).copied().collect()
}

#[test]
fn a_contract_gives_professional_from_its_day_and_nothing_before() {
    let facts = contract("2026-01-15");
    assert_eq!(levels(&facts, "2026-01-14"), [""; 0]);
    assert_eq!(levels(&facts, "2026-01-15"), ["2026-01-15 professional LVL-1"]);
    let all = timeline(&facts, &brochure(), date("2026-03-01"));
    assert_eq!(all.level_on(date("2026-01-14")), None);
    assert_eq!(all.model_on(date("2026-01-15")), Some(Model::Agent));
}

#[test]
fn the_first_window_is_met_by_the_minimum_and_missed_by_a_kopeck_less() {
    let facts = contract("2026-01-15").closed("2026-07");
    assert_eq!(levels(&facts.clone().revenue("2026-07", "30000.00"), "2026-08-31"), ["2026-01-15 professional LVL-1"]);
    let missed = facts.revenue("2026-06", "29999.99").revenue("2026-07", "5");
    assert_eq!(levels(&missed, "2026-08-31"), ["2026-01-15 professional LVL-1", "2026-08-01 basic LVL-3"]);
    let all = timeline(&missed, &brochure(), date("2026-08-31"));
    assert_eq!(
        all.changes[1].cause,
        Cause::FirstWindowMissed {
            from: date("2026-01-15"),
            until: date("2026-07-15"),
            last_month: month("2026-07"),
            minimum: Money::roubles(30_000),
            best_month: month("2026-06"),
            best_revenue: Money::kopecks(2_999_999),
        }
    );
}

#[test]
fn a_month_counts_if_any_of_its_days_lies_in_the_first_window() {
    // The window of 1 January ends with June; that of 2 January has one day of July.
    let july = |day: &str| contract(day).revenue("2026-07", "30000.00").closed("2026-07");
    assert_eq!(levels(&july("2026-01-01"), "2026-07-31"), ["2026-01-01 professional LVL-1", "2026-07-01 basic LVL-3"]);
    assert_eq!(levels(&july("2026-01-02"), "2026-07-31"), ["2026-01-02 professional LVL-1"]);
    // The contract's own month counts whole, the one before it doesn't.
    assert_eq!(levels(&contract("2026-01-31").revenue("2026-01", "30000.00").closed("2026-07"), "2026-08-01").len(), 1);
    assert_eq!(levels(&contract("2026-01-31").revenue("2025-12", "30000.00").closed("2026-07"), "2026-08-01").len(), 2);
}

#[test]
fn a_first_window_is_clamped_to_the_end_of_february() {
    let missed = |day: &str, closed: &str| levels(&contract(day).closed(closed), "2028-12-31");
    assert_eq!(missed("2026-08-31", "2027-02"), ["2026-08-31 professional LVL-1", "2027-03-01 basic LVL-3"]);
    assert_eq!(missed("2027-08-31", "2028-02"), ["2027-08-31 professional LVL-1", "2028-03-01 basic LVL-3"]);
    assert_eq!(missed("2027-08-31", "2028-01"), ["2027-08-31 professional LVL-1"]);
    let window = |day: &str| match outlook(&contract(day), &brochure(), date(day)).phase {
        Phase::FirstWindow { window, .. } => window.until,
        other => panic!("{other:?}"),
    };
    assert_eq!(window("2026-08-31"), date("2027-02-28"));
    assert_eq!(window("2027-08-31"), date("2028-02-29"));
    assert_eq!(window("2027-08-29"), date("2028-02-29"));
}

#[test]
fn a_first_window_is_decided_only_once_its_last_counting_month_is_closed() {
    let facts = contract("2026-01-01");
    assert_eq!(levels(&facts.clone().closed("2026-05"), "2026-09-15"), ["2026-01-01 professional LVL-1"]);
    assert_eq!(levels(&facts.clone().closed("2026-06"), "2026-06-30"), ["2026-01-01 professional LVL-1"]);
    assert_eq!(levels(&facts.closed("2026-06"), "2026-07-01"), ["2026-01-01 professional LVL-1", "2026-07-01 basic LVL-3"]);
}

#[test]
fn usage_of_an_open_month_decides_nothing() {
    let facts = fallen_in_october().revenue("2026-10", "90000.00");
    assert_eq!(levels(&facts, "2026-11-30"), FALLEN);
    assert_eq!(levels(&facts.closed("2026-10"), "2026-11-30"), fallen_and(&["2026-11-01 professional LVL-6"]));
}

#[test]
fn an_exam_by_the_day_of_the_fall_leaves_no_fall_and_a_day_later_a_fall_of_one_day() {
    let missed = contract("2026-01-15").closed("2026-12");
    let kept = ["2026-01-15 professional LVL-1"];
    assert_eq!(levels(&missed.clone().exam("2020-05-05"), "2027-01-31"), kept);
    assert_eq!(levels(&missed.clone().exam("2026-07-31"), "2027-01-31"), kept);
    assert_eq!(levels(&missed.clone().exam("2026-08-01"), "2027-01-31"), kept);
    let a_day_later = [kept[0], "2026-08-01 basic LVL-3", "2026-08-02 professional LVL-6"];
    assert_eq!(levels(&missed.exam("2026-08-02"), "2027-01-31"), a_day_later);
    assert_eq!(levels(&fallen_in_october().exam("2026-10-01"), "2027-01-31"), [FALLEN[0]]);
}

#[test]
fn an_exam_not_passed_by_the_day_asked_for_does_not_count_yet() {
    let facts = contract("2026-01-15").closed("2026-07").exam("2026-09-10");
    assert_eq!(levels(&facts, "2026-09-09"), ["2026-01-15 professional LVL-1", "2026-08-01 basic LVL-3"]);
}

#[test]
fn after_the_first_window_every_month_must_reach_the_minimum() {
    assert_eq!(levels(&fallen_in_october(), "2026-10-01"), FALLEN);
    // A low month inside the window is no matter once another met it.
    let low_june = contract("2026-01-01").revenue("2026-02", "30000.00").closed("2026-06");
    assert_eq!(levels(&low_june, "2026-07-01"), ["2026-01-01 professional LVL-1"]);
    // A month without any usage is a month below the minimum.
    assert_eq!(levels(&low_june.closed("2026-07"), "2026-08-01"), ["2026-01-01 professional LVL-1", "2026-08-01 basic LVL-5"]);
}

#[test]
fn months_two_to_six_of_the_return_window_restore_the_level() {
    // September is the first month, so February is the sixth.
    let sixth = fallen_in_october().revenue("2027-02", "30000.00").closed("2027-02");
    assert_eq!(levels(&sixth, "2027-03-01"), fallen_and(&["2027-03-01 professional LVL-6"]));
    let seventh = fallen_in_october().revenue("2027-02", "29999.99").revenue("2027-03", "90000.00").closed("2027-03");
    assert_eq!(levels(&seventh, "2027-06-01"), FALLEN);
}

#[test]
fn an_exam_through_the_last_day_of_the_return_window_restores_the_level_on_its_date() {
    let closed = fallen_in_october().closed("2027-04");
    assert_eq!(levels(&closed.clone().exam("2027-02-28"), "2027-05-01"), fallen_and(&["2027-02-28 professional LVL-6"]));
    assert_eq!(levels(&closed.exam("2027-03-01"), "2027-05-01"), FALLEN);
}

#[test]
fn of_exam_and_revenue_the_earlier_restores_the_level() {
    let november = fallen_in_october().revenue("2026-11", "30000.00").closed("2026-11");
    let restored = |exam: &str| timeline(&november.clone().exam(exam), &brochure(), date("2027-01-15")).changes[2].clone();
    assert_eq!(restored("2026-11-30").cause, Cause::ReturnedByExam { exam: date("2026-11-30") });
    assert_eq!(restored("2026-12-01").from, date("2026-12-01"));
    assert_eq!(restored("2026-12-02").from, date("2026-12-01"));
    assert!(matches!(restored("2026-12-02").cause, Cause::ReturnedByRevenue { .. }));
    // An exam after the return by revenue makes the level safe all the same.
    assert_eq!(levels(&november.closed("2027-06").exam("2026-12-20"), "2027-07-15"), fallen_and(&["2026-12-01 professional LVL-6"]));
}

#[test]
fn an_open_month_does_not_restore_the_level_before_an_exam_but_once_closed_it_does() {
    let facts = fallen_in_october().revenue("2026-10", "90000.00").exam("2026-11-05");
    assert_eq!(levels(&facts, "2026-11-30"), fallen_and(&["2026-11-05 professional LVL-6"]));
    assert_eq!(levels(&facts.closed("2026-10"), "2026-11-30"), fallen_and(&["2026-11-01 professional LVL-6"]));
}

#[test]
fn after_a_return_months_are_watched_from_the_month_of_the_return_on() {
    let again = fallen_in_october().revenue("2026-10", "30000.00").closed("2026-11");
    assert_eq!(levels(&again, "2026-12-31"), fallen_and(&["2026-11-01 professional LVL-6", "2026-12-01 basic LVL-5"]));
    // The new fall has a return window of its own: November is its first month, April its last.
    let april = again.revenue("2027-04", "30000.00").closed("2027-04");
    assert_eq!(levels(&april, "2027-05-01").last().map(String::as_str), Some("2027-05-01 professional LVL-6"));
    let months = outlook(&april, &brochure(), date("2027-05-01")).months;
    let part = |of: &str| months.iter().find(|standing| standing.month == month(of)).map(|standing| standing.part);
    assert_eq!(part("2026-09"), Some(MonthPart::Watched));
    assert_eq!(part("2026-10"), Some(MonthPart::ReturnWindow));
    assert_eq!(part("2026-11"), Some(MonthPart::Watched));
    assert_eq!(part("2027-04"), Some(MonthPart::ReturnWindow));
    assert_eq!(part("2027-05"), Some(MonthPart::Watched));
}

#[test]
fn after_the_return_window_only_staff_restores_the_level_and_a_new_first_window_begins() {
    let late = fallen_in_october().revenue("2027-03", "90000.00").closed("2027-12").exam("2030-01-01");
    assert_eq!(levels(&late, "2029-12-31"), FALLEN);
    let decided = late.clone().staff("2027-05-10", Level::Professional);
    assert_eq!(levels(&decided, "2027-11-30"), fallen_and(&["2027-05-10 professional LVL-8"]));
    assert_eq!(levels(&decided, "2027-12-01"), fallen_and(&["2027-05-10 professional LVL-8", "2027-12-01 basic LVL-3"]));
    // An exam that came too late for the return counts for the new window.
    let examined = fallen_in_october().closed("2027-12").exam("2027-03-15").staff("2027-05-10", Level::Professional);
    assert_eq!(levels(&examined, "2028-01-31"), fallen_and(&["2027-05-10 professional LVL-8"]));
}

#[test]
fn basic_by_staff_holds_until_the_next_decision() {
    let held = contract("2026-01-01").revenue("2026-04", "90000.00").exam("2026-04-02").staff("2026-03-10", Level::Basic).closed("2026-12");
    assert_eq!(levels(&held, "2027-01-31"), ["2026-01-01 professional LVL-1", "2026-03-10 basic LVL-8"]);
    let released = held.staff("2026-09-09", Level::Professional);
    assert_eq!(levels(&released, "2027-01-31").last().map(String::as_str), Some("2026-09-09 professional LVL-8"));
}

#[test]
fn professional_by_staff_starts_a_new_first_window_also_where_the_level_was_professional() {
    // Without the decision the window of 1 January would be missed on 1 July.
    let facts = contract("2026-01-01").staff("2026-05-20", Level::Professional).closed("2026-11");
    assert_eq!(levels(&facts, "2026-11-30"), ["2026-01-01 professional LVL-1"]);
    assert_eq!(levels(&facts, "2026-12-01"), ["2026-01-01 professional LVL-1", "2026-12-01 basic LVL-3"]);
    // The decision's own month counts whole.
    assert_eq!(levels(&facts.revenue("2026-05", "30000.00"), "2026-12-01"), ["2026-01-01 professional LVL-1"]);
}

#[test]
fn a_decision_on_the_day_of_a_fall_overrides_it() {
    let facts = fallen_in_october().staff("2026-10-01", Level::Professional);
    assert_eq!(levels(&facts, "2026-12-31"), [FALLEN[0]]);
    let a_day_later = fallen_in_october().staff("2026-10-02", Level::Professional);
    assert_eq!(levels(&a_day_later, "2026-12-31"), fallen_and(&["2026-10-02 professional LVL-8"]));
    let basic = timeline(&fallen_in_october().staff("2026-10-01", Level::Basic), &brochure(), date("2026-12-31"));
    assert_eq!(basic.changes[1].cause, Cause::StaffDecision { reason: "decision 0".into() });
}

#[test]
fn of_two_decisions_on_one_day_the_later_recorded_wins() {
    let facts = contract("2026-01-01").staff("2026-02-02", Level::Professional).staff("2026-02-02", Level::Basic);
    assert_eq!(levels(&facts, "2026-03-01"), ["2026-01-01 professional LVL-1", "2026-02-02 basic LVL-8"]);
    let other = contract("2026-01-01").staff("2026-02-02", Level::Basic).staff("2026-02-02", Level::Professional);
    assert_eq!(levels(&other, "2026-03-01"), ["2026-01-01 professional LVL-1"]);
}

#[test]
fn a_decision_on_the_contract_date_replaces_the_contracts_level_and_one_before_has_no_effect() {
    assert_eq!(levels(&contract("2026-01-15").staff("2026-01-15", Level::Basic), "2026-12-31"), ["2026-01-15 basic LVL-8"]);
    assert_eq!(levels(&contract("2026-01-15").staff("2026-01-14", Level::Basic), "2026-06-30"), ["2026-01-15 professional LVL-1"]);
}

#[test]
fn a_billing_side_is_in_force_from_the_month_after_its_approval() {
    let facts = contract("2026-01-15").billed_by(BillingSide::Partner, "2026-02-28").billed_by(BillingSide::Provider, "2026-03-01");
    let all = timeline(&facts, &brochure(), date("2026-06-30"));
    let models: Vec<_> = all.changes.iter().map(|change| (change.from, change.model)).collect();
    assert_eq!(models, [(date("2026-01-15"), Model::Agent), (date("2026-03-01"), Model::WhiteLabel), (date("2026-04-01"), Model::Agent)]);
    assert_eq!(all.changes[1].cause.rule(), Rule::Model2);
    assert_eq!(all.since(date("2026-06-30")), Some(date("2026-01-15")));
}

#[test]
fn of_two_approvals_in_a_month_the_later_wins_and_the_same_side_again_is_no_change() {
    let twice = contract("2026-01-15").billed_by(BillingSide::Provider, "2026-02-20").billed_by(BillingSide::Partner, "2026-02-10");
    assert_eq!(timeline(&twice, &brochure(), date("2026-06-30")).changes.len(), 1);
    let one_day = contract("2026-01-15").billed_by(BillingSide::Provider, "2026-02-10").billed_by(BillingSide::Partner, "2026-02-10");
    assert_eq!(timeline(&one_day, &brochure(), date("2026-06-30")).model_on(date("2026-03-01")), Some(Model::WhiteLabel));
}

#[test]
fn a_change_of_level_keeps_the_billing_side_and_one_day_may_change_both() {
    let all = timeline(&fallen_in_october().billed_by(BillingSide::Partner, "2026-09-10"), &brochure(), date("2026-12-31"));
    let last = all.changes.last().unwrap();
    assert_eq!((all.changes.len(), last.from, last.model), (2, date("2026-10-01"), Model::Reseller));
    assert_eq!(last.cause.rule(), Rule::Level5);
}

#[test]
fn the_model_of_a_month_is_that_of_its_first_day_or_of_the_contract_date() {
    let facts = contract("2026-01-15").staff("2026-01-20", Level::Basic).billed_by(BillingSide::Partner, "2026-02-10");
    let all = timeline(&facts, &brochure(), date("2026-06-30"));
    assert_eq!(all.model_of_month(month("2025-12")), None);
    assert_eq!(all.model_of_month(month("2026-01")), Some(Model::Agent));
    assert_eq!(all.model_of_month(month("2026-02")), Some(Model::Referral));
    assert_eq!(all.model_of_month(month("2026-03")), Some(Model::Reseller));
}

#[test]
fn a_months_minimum_is_that_of_the_terms_on_the_first_day_of_the_month_after() {
    let lower = |from: &str| {
        let terms = Terms { minimum_monthly_revenue: Money::roubles(20_000), ..Terms::default() };
        TermsSchedule::new(vec![version(1, "2024-01-01", Terms::default()), version(2, from, terms)]).unwrap()
    };
    assert_eq!(levels_under(&fallen_in_october(), &lower("2026-10-01"), "2026-10-01"), [FALLEN[0]]);
    assert_eq!(levels_under(&fallen_in_october(), &lower("2026-10-02"), "2026-10-01"), FALLEN);
    // October is judged by the lower minimum already, and the record says by which terms.
    let october = fallen_in_october().revenue("2026-10", "20000.00").closed("2026-10");
    let all = timeline(&october, &lower("2026-10-02"), date("2026-11-01"));
    let by: Vec<_> = all.changes.iter().map(|change| change.terms.0.as_u128()).collect();
    assert_eq!(by, [1, 1, 2]);
}

#[test]
fn window_lengths_are_those_of_the_windows_first_day_and_of_the_day_of_the_fall() {
    let shorter = |from: &str| {
        let terms = Terms { first_window_months: 3, return_window_months: 2, ..Terms::default() };
        TermsSchedule::new(vec![version(1, "2024-01-01", Terms::default()), version(2, from, terms)]).unwrap()
    };
    let missed = contract("2026-01-01").closed("2026-06");
    assert_eq!(levels_under(&missed, &shorter("2026-01-01"), "2026-12-31")[1], "2026-04-01 basic LVL-3");
    assert_eq!(levels_under(&missed, &shorter("2026-01-02"), "2026-12-31")[1], "2026-07-01 basic LVL-3");
    let november = fallen_in_october().revenue("2026-11", "30000.00").closed("2026-11");
    assert_eq!(levels_under(&november, &shorter("2026-10-01"), "2026-12-31"), FALLEN);
    assert_eq!(levels_under(&november, &shorter("2026-10-02"), "2026-12-31"), fallen_and(&["2026-12-01 professional LVL-6"]));
}

#[test]
fn a_late_fact_shows_the_days_it_would_change() {
    let accepted = timeline(&fallen_in_october(), &brochure(), date("2026-11-20"));
    let proposed = timeline(&fallen_in_october().exam("2026-10-05"), &brochure(), date("2026-11-20"));
    let days = differences(&accepted, &proposed, date("2026-11-20"));
    assert_eq!(
        days,
        [DifferingDays {
            from: date("2026-10-05"),
            through: date("2026-11-20"),
            accepted: Some(Model::Referral),
            proposed: Some(Model::Agent)
        }]
    );
    assert!(days[0].level_differs());
    assert_eq!(differences(&accepted, &accepted, date("2026-11-20")), []);
    assert_eq!(differences(&accepted, &proposed, date("2026-10-04")), []);
}
