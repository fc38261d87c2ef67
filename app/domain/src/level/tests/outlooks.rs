//! What a partner sees in each part of the rules (`LVL-9`).

use super::*;
use crate::model::Model;
use crate::money::Money;
use crate::rule::Rule;

fn seen(facts: &LevelFacts, today: &str) -> Outlook {
    outlook(facts, &brochure(), date(today))
}

/// The rule, first day, model and day of restoring of what happens if the requirement isn't met.
fn if_not(outlook: &Outlook) -> Option<(Rule, BusinessDate, Model, Option<BusinessDate>)> {
    outlook.if_not.map(|consequence| (consequence.rule, consequence.from, consequence.model, consequence.restored_on))
}

fn requirement(outlook: &Outlook) -> (Vec<String>, BusinessDate, Option<BusinessDate>) {
    let requirement = outlook.requirement.as_ref().unwrap_or_else(|| panic!("{outlook:?}"));
    (requirement.months.iter().map(Month::to_string).collect(), requirement.revenue_by, requirement.exam_by)
}

/// Met in January 2026, so watched from July on.
fn watched() -> LevelFacts {
    contract("2026-01-01").revenue("2026-01", "30000.00").closed("2026-06")
}

#[test]
fn a_first_window_names_its_open_months_the_exam_and_the_day_of_the_fall() {
    let outlook = seen(&contract("2026-01-15").revenue("2026-01", "12.00").closed("2026-02"), "2026-03-10");
    assert!(matches!(outlook.phase, Phase::FirstWindow { stands_met_by: None, .. }));
    let months: Vec<String> = ["2026-03", "2026-04", "2026-05", "2026-06", "2026-07"].map(String::from).into();
    assert_eq!(requirement(&outlook), (months, date("2026-07-31"), Some(date("2026-08-01"))));
    assert_eq!(if_not(&outlook), Some((Rule::Level3, date("2026-08-01"), Model::Referral, None)));
    assert_eq!(outlook.months.len(), 7);
    let january = outlook.months[0];
    assert_eq!((january.part, january.missing, january.closed), (MonthPart::FirstWindow, Money::kopecks(2_998_800), true));
}

#[test]
fn an_open_month_at_the_minimum_is_shown_but_decides_nothing() {
    let outlook = seen(&contract("2026-01-15").revenue("2026-02", "30000.00").closed("2026-01"), "2026-03-10");
    assert!(matches!(outlook.phase, Phase::FirstWindow { stands_met_by: Some(february), .. } if february == month("2026-02")));
    assert!(outlook.requirement.is_some());
    let met = seen(&contract("2026-01-15").revenue("2026-02", "30000.00").closed("2026-02"), "2026-03-10");
    assert!(matches!(met.phase, Phase::FirstWindowMet { month: february, .. } if february == month("2026-02")));
    assert_eq!(requirement(&met), (vec!["2026-08".into()], date("2026-08-31"), Some(date("2026-09-01"))));
    assert_eq!(if_not(&met), Some((Rule::Level5, date("2026-09-01"), Model::Referral, None)));
}

#[test]
fn the_last_counting_month_below_the_minimum_warns_of_the_fall() {
    let facts = contract("2026-01-15").revenue("2026-07", "100.00").closed("2026-06");
    let Phase::AboutToFall { month_ended, falls_on, rule, .. } = seen(&facts, "2026-07-20").phase else { panic!() };
    assert_eq!((month_ended, falls_on, rule), (false, date("2026-08-01"), Rule::Level3));
    let late = seen(&facts, "2026-08-03");
    assert!(matches!(late.phase, Phase::AboutToFall { month_ended: true, .. }));
    assert_eq!(requirement(&late).2, None);
}

#[test]
fn an_exam_after_a_missed_day_that_is_not_decided_yet_limits_the_fall() {
    let facts = contract("2026-01-15").revenue("2026-07", "100.00").closed("2026-06").exam("2026-08-05");
    let outlook = seen(&facts, "2026-08-10");
    assert_eq!(if_not(&outlook), Some((Rule::Level3, date("2026-08-01"), Model::Referral, Some(date("2026-08-05")))));
}

#[test]
fn watched_months_are_asked_for_one_by_one() {
    let calm = seen(&watched(), "2026-07-10");
    assert_eq!(calm.phase, Phase::Watched { from: month("2026-07") });
    assert_eq!(requirement(&calm), (vec!["2026-07".into()], date("2026-07-31"), Some(date("2026-08-01"))));
    // July waits to be closed at the minimum, so August is the one to work for.
    let august = seen(&watched().revenue("2026-07", "30000.00").revenue("2026-08", "29999.99"), "2026-08-10");
    assert!(matches!(august.phase, Phase::AboutToFall { month: of, month_ended: false, .. } if of == month("2026-08")));
    assert_eq!(if_not(&august), Some((Rule::Level5, date("2026-09-01"), Model::Referral, None)));
    let parts: Vec<_> = august.months.iter().skip(6).map(|standing| (standing.part, standing.closed, standing.reached)).collect();
    assert_eq!(parts, [(MonthPart::Watched, false, true), (MonthPart::Watched, false, false)]);
    // The running month is done: the next one is asked for.
    let next = seen(&watched().revenue("2026-07", "30000.00"), "2026-07-20");
    assert_eq!(requirement(&next).0, ["2026-08"]);
}

#[test]
fn with_an_exam_nothing_is_asked() {
    let outlook = seen(&watched().exam("2026-07-08").closed("2026-07"), "2026-09-10");
    assert_eq!(outlook.phase, Phase::SafeByExam { exam: date("2026-07-08") });
    assert_eq!((outlook.requirement, outlook.if_not), (None, None));
    assert_eq!(outlook.months.last().map(|standing| standing.part), Some(MonthPart::None));
    // An exam that lies ahead isn't passed.
    assert_eq!(seen(&watched().exam("2026-07-08"), "2026-07-07").phase, Phase::Watched { from: month("2026-07") });
}

#[test]
fn a_return_window_names_its_months_and_last_day() {
    let fallen = watched().closed("2026-07");
    let outlook = seen(&fallen, "2026-09-10");
    assert_eq!((outlook.level, outlook.since, outlook.cause.rule()), (Level::Basic, date("2026-08-01"), Rule::Level5));
    let months: Vec<String> = ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12"].map(String::from).into();
    assert_eq!(requirement(&outlook), (months, date("2026-12-31"), Some(date("2026-12-31"))));
    assert_eq!(if_not(&outlook), Some((Rule::Level7, date("2027-01-01"), Model::Referral, None)));
    // Once the last day has passed, open months may still restore the level, an exam can't.
    let waiting = seen(&fallen.clone().closed("2026-11"), "2027-01-05");
    assert_eq!(requirement(&waiting), (vec!["2026-12".into()], date("2026-12-31"), None));
    let over = seen(&fallen.closed("2026-12").exam("2027-01-03"), "2027-01-05");
    assert!(matches!(over.phase, Phase::ReturnWindowOver { exam: Some(_), .. }));
    assert_eq!((over.requirement, over.if_not), (None, None));
}

#[test]
fn basic_by_staff_says_so() {
    let outlook = seen(&contract("2026-01-15").staff("2026-03-10", Level::Basic).exam("2026-04-01"), "2026-05-01");
    let phase = Phase::HeldAtBasic { since: date("2026-03-10"), reason: "decision 0".into(), exam: Some(date("2026-04-01")) };
    assert_eq!((outlook.phase, outlook.requirement, outlook.if_not), (phase, None, None));
}

#[test]
fn what_is_decided_for_later_days_is_announced_and_counted_in() {
    let facts = watched().billed_by(BillingSide::Partner, "2026-07-09");
    let outlook = seen(&facts, "2026-07-10");
    assert_eq!(outlook.model, Model::Agent);
    assert_eq!(
        outlook.scheduled.iter().map(|change| (change.from, change.model)).collect::<Vec<_>>(),
        [(date("2026-08-01"), Model::WhiteLabel)]
    );
    assert_eq!(if_not(&outlook), Some((Rule::Level5, date("2026-08-01"), Model::Reseller, None)));
    // A dated decision of staff comes before the fall, so nothing is threatened.
    let decided = seen(&facts.staff("2026-08-01", Level::Professional), "2026-07-10");
    assert_eq!((decided.requirement, decided.if_not), (None, None));
}

#[test]
fn a_past_day_is_seen_as_it_was_and_before_the_contract_stands_its_first_day() {
    let facts = watched().closed("2026-09");
    assert_eq!(seen(&facts, "2026-07-31").phase, Phase::Watched { from: month("2026-07") });
    assert_eq!(seen(&facts, "2025-07-31"), seen(&facts, "2026-01-01"));
}
