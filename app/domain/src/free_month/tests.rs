use proptest::prelude::*;

use super::*;
use crate::rule::Rule;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn date(text: &str) -> BusinessDate {
    text.parse().unwrap()
}

fn trial(start: &str, end: Option<&str>) -> Trial {
    Trial { start: date(start), end: end.map(date) }
}

fn client(trials: &[Trial], months: &[(&str, Standing)]) -> ClientFacts {
    let months = months.iter().map(|&(text, standing)| BonusMonth { month: month(text), standing, resources: vec!["vm-0".into()] });
    ClientFacts { resources: vec!["vm-0".into(), "vm-1".into()], trials: trials.to_vec(), months: months.collect() }
}

fn verdict(text: &str, client: &ClientFacts) -> Verdict {
    check(&Ask { month: month(text), resources: vec!["vm-0".into()] }, client, date("2026-03-10"), &Terms::default())
}

fn rules(text: &str, client: &ClientFacts) -> Vec<Rule> {
    verdict(text, client).rules()
}

use Standing::{Granted, Pending};

#[test]
fn an_approved_month_is_given_up_until_it_begins() {
    let act = |act, status, today| check_act(act, status, month("2026-10"), date(today));
    for given_up in [ActName::Cancel, ActName::Reopen] {
        assert_eq!(act(given_up, RequestStatus::Approved, "2026-09-30"), Ok(()));
        for today in ["2026-10-01", "2026-10-31", "2027-02-01"] {
            assert_eq!(act(given_up, RequestStatus::Approved, today), Err(TransitionError::MonthBegun), "{today}");
        }
    }
    // What was not approved the client does not have.
    assert_eq!(act(ActName::Reopen, RequestStatus::Refused, "2026-10-01"), Ok(()));
    assert_eq!(act(ActName::MarkFulfilled, RequestStatus::Approved, "2026-10-01"), Ok(()));
}

#[test]
fn a_client_gets_two_months_ever_pending_ones_included() {
    let two = client(&[], &[("2020-01", Granted), ("2026-05", Pending)]);
    assert_eq!(verdict("2026-09", &two).violations, [Violation::FreeMonthsPerClient { limit: 2, granted: 1, pending: 1 }]);
    assert_eq!(rules("2026-09", &client(&[], &[("2020-01", Granted)])), []);
}

#[test]
fn several_requests_for_a_month_count_once() {
    let one = client(&[], &[("2026-05", Pending), ("2026-05", Granted), ("2026-05", Pending)]);
    assert_eq!(rules("2026-09", &one), []);
    let two = client(&[], &[("2026-05", Pending), ("2026-05", Granted), ("2026-07", Pending)]);
    assert_eq!(verdict("2026-09", &two).violations, [Violation::FreeMonthsPerClient { limit: 2, granted: 1, pending: 1 }]);
}

#[test]
fn the_month_after_the_one_in_which_a_trial_ended_is_refused() {
    for end in ["2026-04-01", "2026-04-30"] {
        let client = client(&[trial("2026-03-20", Some(end))], &[]);
        assert_eq!(
            verdict("2026-05", &client).violations,
            [Violation::MonthAfterTrial { month: month("2026-05"), trial_ended: date(end), earliest: Some(month("2026-06")) }]
        );
        assert_eq!(rules("2026-06", &client), []);
    }
}

#[test]
fn a_whole_month_lies_between_two_bonus_months() {
    let client = client(&[], &[("2026-06", Granted)]);
    for (asked, expected) in [("2026-04", &[][..]), ("2026-05", &[Rule::Free3]), ("2026-07", &[Rule::Free3]), ("2026-08", &[])] {
        assert_eq!(rules(asked, &client), expected, "{asked}");
    }
    assert_eq!(
        verdict("2026-07", &client).violations,
        [Violation::TooCloseToFreeMonth { month: month("2026-07"), other: month("2026-06"), gap: 1, earliest: Some(month("2026-03")) }]
    );
    let terms = Terms { free_month_gap: 2, ..Terms::default() };
    let ask = |text| Ask { month: month(text), resources: vec!["vm-0".into()] };
    assert_eq!(check(&ask("2026-08"), &client, date("2026-03-10"), &terms).rules(), [Rule::Free3]);
    assert_eq!(check(&ask("2026-09"), &client, date("2026-03-10"), &terms).rules(), []);
}

#[test]
fn a_month_with_a_day_of_a_trial_is_refused() {
    let client = client(&[trial("2026-04-30", Some("2026-06-01"))], &[]);
    for (asked, expected) in [
        ("2026-03", &[][..]),
        ("2026-04", &[Rule::Free4]),
        ("2026-05", &[Rule::Free4]),
        ("2026-06", &[Rule::Free4]),
        ("2026-07", &[Rule::Free2]),
    ] {
        assert_eq!(rules(asked, &client), expected, "{asked}");
    }
}

#[test]
fn nothing_passes_once_a_trial_without_an_end_has_begun() {
    let client = client(&[trial("2026-05-31", None)], &[]);
    assert_eq!(rules("2026-04", &client), []);
    for asked in ["2026-05", "2026-06", "2027-03"] {
        assert_eq!(rules(asked, &client), [Rule::Free4], "{asked}");
    }
}

#[test]
fn the_current_month_and_the_twelve_after_it_can_be_asked_for() {
    let client = client(&[], &[]);
    for (asked, expected) in [("2026-02", &[Rule::Free5][..]), ("2026-03", &[]), ("2027-03", &[]), ("2027-04", &[Rule::Free5])] {
        assert_eq!(rules(asked, &client), expected, "{asked}");
    }
    assert_eq!(
        verdict("2027-04", &client).violations,
        [Violation::MonthTooFar {
            month: month("2027-04"),
            last: month("2027-03"),
            possible_on: date("2026-04-01"),
            earliest: Some(month("2026-03"))
        }]
    );
}

#[test]
fn at_least_one_machine_is_named_and_all_are_the_clients() {
    let client = client(&[], &[]);
    let ask = |resources: &[&str]| {
        let resources = resources.iter().map(|&id| id.to_owned()).collect();
        check(&Ask { month: month("2026-03"), resources }, &client, date("2026-03-10"), &Terms::default()).violations
    };
    assert_eq!(ask(&[]), [Violation::NoResources]);
    assert_eq!(ask(&["vm-0", "vm-0", "vm-1"]), []);
    assert_eq!(ask(&["x", "vm-0", "a", "x"]), [Violation::ForeignResources { resources: vec!["a".into(), "x".into()] }]);
}

#[test]
fn a_further_request_for_a_month_skips_the_count_and_the_gap_and_nothing_else() {
    let full = client(&[], &[("2026-05", Granted), ("2026-07", Pending)]);
    assert_eq!(rules("2026-05", &full), []);
    assert_eq!(rules("2026-06", &full), [Rule::Free1, Rule::Free3]);
    // Newer terms may ask for a wider gap than there is between two months granted before.
    let close = client(&[], &[("2026-05", Granted), ("2026-06", Granted)]);
    assert_eq!(rules("2026-05", &close), []);
    let overtaken = client(&[trial("2026-05-02", None)], &[("2026-02", Granted), ("2026-05", Granted)]);
    assert_eq!(rules("2026-05", &overtaken), [Rule::Free4]);
    assert_eq!(rules("2026-02", &overtaken), [Rule::Free5]);
}

#[test]
fn every_violation_is_told_at_once() {
    let client =
        client(&[trial("2025-12-20", Some("2026-01-02")), trial("2026-02-03", None)], &[("2026-01", Granted), ("2026-03", Pending)]);
    let ask = Ask { month: month("2026-02"), resources: Vec::new() };
    let rules: Vec<&str> = check(&ask, &client, date("2026-03-10"), &Terms::default()).rules().into_iter().map(Rule::id).collect();
    assert_eq!(rules, ["FREE-1", "FREE-2", "FREE-3", "FREE-4", "FREE-5", "FREE-6"]);
}

#[test]
fn the_calendar_has_thirteen_months_and_tells_what_a_choice_blocks() {
    let client = client(&[], &[("2026-05", Pending)]);
    let calendar = calendar(&client, date("2026-03-10"), &Terms::default());
    assert_eq!(calendar.len(), 13);
    let may = calendar.iter().find(|entry| entry.month == month("2026-05")).unwrap();
    assert_eq!((may.standing, may.verdict.is_allowed(), may.would_block.len()), (Some(Pending), true, 0));
    // One more month is all that is left, so a choice blocks every other that is allowed now, and not the one held.
    let march = &calendar[0];
    assert!(march.verdict.is_allowed());
    assert!(!march.would_block.contains(&month("2026-05")));
    assert_eq!(march.would_block.len(), 9);
}

#[test]
fn a_first_choice_blocks_its_neighbours_only() {
    let calendar = calendar(&client(&[], &[]), date("2026-03-10"), &Terms::default());
    assert_eq!(calendar[0].would_block, [month("2026-04")]);
    assert_eq!(calendar[5].would_block, [month("2026-07"), month("2026-09")]);
}

#[test]
fn a_client_without_machines_has_no_earliest_month() {
    let nothing = ClientFacts::default();
    assert_eq!(earliest(&nothing, date("2026-03-10"), &Terms::default()), None);
    let calendar = calendar(&nothing, date("2026-03-10"), &Terms::default());
    assert!(calendar.iter().all(|entry| entry.verdict.violations == [Violation::NoResources]));
}

prop_compose! {
    fn any_trial()(start in 0_u64..800, days in prop::option::of(0_u64..90)) -> Trial {
        let start = date("2025-01-01").plus_days(start);
        Trial { start, end: days.map(|days| start.plus_days(days)) }
    }
}

prop_compose! {
    fn any_client()(
        machines in 0_usize..3,
        trials in prop::collection::vec(any_trial(), 0..3),
        months in prop::collection::vec((0_i32..30, any::<bool>()), 0..4),
    ) -> ClientFacts {
        let months = months.into_iter().map(|(later, granted)| BonusMonth {
            month: month("2025-01").plus(later),
            standing: if granted { Granted } else { Pending },
            resources: vec!["vm-0".into()],
        });
        ClientFacts { resources: (0..machines).map(|at| format!("vm-{at}")).collect(), trials, months: months.collect() }
    }
}

prop_compose! {
    fn any_terms()(limit in 0_u32..5, gap in 0_u32..4, horizon in 0_u32..15) -> Terms {
        Terms { free_months_per_client: limit, free_month_gap: gap, free_month_horizon: horizon, ..Terms::default() }
    }
}

proptest! {
    #[test]
    fn the_calendar_says_what_the_submit_says(client in any_client(), terms in any_terms(), day in 0_u64..600) {
        let today = date("2025-01-01").plus_days(day);
        let calendar = calendar(&client, today, &terms);
        prop_assert_eq!(calendar.len(), usize::try_from(terms.free_month_horizon).unwrap() + 1);
        for entry in &calendar {
            let ask = Ask { month: entry.month, resources: client.resources.clone() };
            prop_assert_eq!(&entry.verdict, &check(&ask, &client, today, &terms));
        }
    }

    #[test]
    fn the_earliest_month_passes_and_none_before_it_does(
        client in any_client(), terms in any_terms(), day in 0_u64..600, asked in -20_i32..40,
    ) {
        let today = date("2025-01-01").plus_days(day);
        let ask = |month| Ask { month, resources: client.resources.clone() };
        let verdict = check(&ask(today.month().plus(asked)), &client, today, &terms);
        let first = earliest(&client, today, &terms);
        for violation in &verdict.violations {
            let about_month = !matches!(
                violation,
                Violation::FreeMonthsPerClient { .. } | Violation::NoResources | Violation::ForeignResources { .. }
            );
            prop_assert_eq!(violation.earliest(), first.filter(|_| about_month));
        }
        let new_and_allowed: Vec<Month> = calendar(&client, today, &terms)
            .into_iter()
            .filter(|entry| entry.standing.is_none() && entry.verdict.is_allowed())
            .map(|entry| entry.month)
            .collect();
        prop_assert_eq!(first, new_and_allowed.first().copied());
        if let Some(first) = first {
            prop_assert!(check(&ask(first), &client, today, &terms).is_allowed());
        }
    }

    #[test]
    fn a_month_too_far_ahead_is_in_reach_on_the_day_named_and_not_before(
        client in any_client(), terms in any_terms(), day in 0_u64..600, ahead in 0_i32..40,
    ) {
        let today = date("2025-01-01").plus_days(day);
        let ask = Ask { month: today.month().plus(ahead), resources: client.resources.clone() };
        let verdict = check(&ask, &client, today, &terms);
        if let Some(possible_on) = verdict.violations.iter().find_map(Violation::possible_on) {
            let then = check(&ask, &client, possible_on, &terms);
            prop_assert!(!then.rules().contains(&Rule::Free5));
            prop_assert!(check(&ask, &client, possible_on.previous(), &terms).rules().contains(&Rule::Free5));
            prop_assert_eq!(then.is_allowed(), verdict.rules() == [Rule::Free5]);
        }
    }

    #[test]
    fn choosing_a_month_blocks_just_what_was_said(client in any_client(), terms in any_terms(), day in 0_u64..600) {
        let today = date("2025-01-01").plus_days(day);
        let before = calendar(&client, today, &terms);
        for chosen in before.iter().filter(|entry| entry.verdict.is_allowed()) {
            let mut after = client.clone();
            after.months.push(BonusMonth { month: chosen.month, standing: Pending, resources: client.resources.clone() });
            let blocked: Vec<Month> = before
                .iter()
                .zip(calendar(&after, today, &terms))
                .filter(|(before, after)| before.verdict.is_allowed() && !after.verdict.is_allowed())
                .map(|(before, _)| before.month)
                .collect();
            prop_assert_eq!(&chosen.would_block, &blocked);
        }
    }
}
