use proptest::prelude::*;

use super::*;
use crate::calendar::Month;
use crate::rule::Rule;

fn quarter(year: i32, month: u32) -> Quarter {
    Month::new(year, month).unwrap().quarter()
}

fn used(granted_codes: u32, pending_codes: u32, granted_value: i64, pending_value: i64) -> QuarterUse {
    QuarterUse { granted_codes, pending_codes, granted_value, pending_value, ..QuarterUse::none(quarter(2026, 2)) }
}

fn rules(faces: &[i64], used: &QuarterUse) -> Vec<Rule> {
    check(faces, used, &Terms::default()).rules()
}

#[test]
fn ten_codes_pass_and_eleven_do_not() {
    assert_eq!(rules(&[1; 10], &used(0, 0, 0, 0)), []);
    assert_eq!(rules(&[1; 11], &used(0, 0, 0, 0)), [Rule::Code1, Rule::Code4]);
    assert_eq!(rules(&[1], &used(4, 5, 9, 0)), []);
    assert_eq!(rules(&[1], &used(4, 6, 9, 0)), [Rule::Code1]);
}

#[test]
fn thirty_thousand_roubles_pass_and_one_more_does_not() {
    assert_eq!(rules(&[30_000], &used(0, 0, 0, 0)), []);
    assert_eq!(rules(&[30_001], &used(0, 0, 0, 0)), [Rule::Code2]);
    assert_eq!(rules(&[10_000], &used(1, 1, 10_000, 10_000)), []);
    assert_eq!(rules(&[10_001], &used(1, 1, 10_000, 10_000)), [Rule::Code2]);
}

#[test]
fn a_request_asks_for_one_to_ten_codes_of_at_least_a_rouble() {
    assert_eq!(rules(&[], &used(0, 0, 0, 0)), [Rule::Code4]);
    assert_eq!(rules(&[0], &used(0, 0, 0, 0)), [Rule::Code4]);
    assert_eq!(rules(&[1], &used(0, 0, 0, 0)), []);
    let verdict = check(&[5, 0, 7, -3], &used(0, 0, 0, 0), &Terms::default());
    let too_small = |position, asked| Violation::FaceTooSmall { position, minimum: 1, asked };
    assert_eq!(verdict.violations, [too_small(2, 0), too_small(4, -3)]);
}

#[test]
fn the_limits_look_at_the_faces_as_asked_also_where_some_are_refused() {
    assert_eq!(rules(&[40_000, -20_000], &used(0, 0, 0, 0)), [Rule::Code4]);
    assert_eq!(rules(&[30_000, 0], &used(9, 0, 1, 0)), [Rule::Code1, Rule::Code2, Rule::Code4]);
}

#[test]
fn a_refusal_carries_the_figures_of_the_meter_and_the_day_it_is_possible() {
    let verdict = check(&[5_000; 4], &used(5, 2, 6_000, 7_000), &Terms::default());
    let resets_on: BusinessDate = "2026-04-01".parse().unwrap();
    let codes = Violation::CodesPerQuarter {
        quarter: quarter(2026, 1),
        limit: 10,
        granted: 5,
        pending: 2,
        asked: 4,
        left: 3,
        resets_on,
        possible_on: Some(resets_on),
    };
    let value = Violation::CodeValuePerQuarter {
        quarter: quarter(2026, 1),
        limit: 30_000,
        granted: 6_000,
        pending: 7_000,
        asked: 20_000,
        left: 17_000,
        resets_on,
        possible_on: Some(resets_on),
    };
    assert_eq!(verdict.violations, [codes, value]);
}

#[test]
fn what_exceeds_the_whole_limit_is_possible_on_no_day() {
    let verdict = check(&[1_000_000; 11], &used(0, 0, 0, 0), &Terms::default());
    assert_eq!(verdict.violations.iter().map(Violation::possible_on).collect::<Vec<_>>(), [None, None, None]);
}

#[test]
fn the_meter_never_shows_less_than_nothing() {
    let terms = Terms { codes_per_quarter: 5, codes_value_per_quarter: 100, ..Terms::default() };
    let meters = meter(&used(4, 4, 200, i64::MAX), &terms);
    assert_eq!((meters.codes.left, meters.value.left), (0, 0));
}

#[test]
fn hostile_values_are_added_without_overflow() {
    let largest = QuarterUse {
        granted_codes: u32::MAX,
        pending_codes: u32::MAX,
        granted_value: i64::MAX,
        pending_value: i64::MAX,
        ..QuarterUse::none(quarter(2026, 1))
    };
    assert_eq!(rules(&[i64::MAX; 100], &largest), [Rule::Code1, Rule::Code2, Rule::Code4]);
    assert_eq!(rules(&[i64::MIN; 3], &used(0, 0, i64::MIN, i64::MIN)), [Rule::Code4]);
    assert_eq!(nearest(&[i64::MAX; 3], &largest, &Terms::default()), None);
}

#[test]
fn the_nearest_choice_raises_cuts_and_lowers_as_little_as_can_be() {
    let terms = Terms::default();
    let nearest = |faces: &[i64], used: QuarterUse| nearest(faces, &used, &terms);
    assert_eq!(nearest(&[0, -5, 10], used(0, 0, 0, 0)), Some(vec![1, 1, 10]));
    assert_eq!(nearest(&[100, 200, 300], used(8, 0, 0, 0)), Some(vec![100, 200]));
    assert_eq!(nearest(&[20_000, 5_000, 10_000], used(0, 0, 0, 0)), Some(vec![15_000, 5_000, 10_000]));
    assert_eq!(nearest(&[10_000, 5_000], used(9, 0, 24_000, 0)), Some(vec![5_000]));
    assert_eq!(nearest(&[10_000, 9_000], used(9, 0, 24_000, 0)), Some(vec![6_000]));
    assert_eq!(nearest(&[50_000, 50_000, 7], used(0, 0, 29_990, 0)), Some(vec![1, 2, 7]));
    assert_eq!(nearest(&[5, 5, 5], used(0, 0, 29_998, 0)), Some(vec![1, 1]));
    assert_eq!(nearest(&[0, 2], used(9, 0, 0, 0)), Some(vec![2]));
    assert_eq!(nearest(&[0, 50], used(9, 0, 29_997, 0)), Some(vec![3]));
    assert_eq!(nearest(&[], used(0, 0, 0, 0)), Some(vec![1]));
    assert_eq!(nearest(&[1], used(10, 0, 10, 0)), None);
    assert_eq!(nearest(&[1], used(1, 0, 30_000, 0)), None);
}

/// How many codes differ between what was asked and what is offered, those left out included.
fn changes(asked: &[i64], offered: &[i64]) -> usize {
    // Both are short; the offer keeps the order, so the longest common subsequence is what stayed.
    let mut common = vec![vec![0; offered.len() + 1]; asked.len() + 1];
    for (a, face) in asked.iter().enumerate() {
        for (o, other) in offered.iter().enumerate() {
            common[a + 1][o + 1] = if face == other { common[a][o] + 1 } else { common[a][o + 1].max(common[a + 1][o]) };
        }
    }
    asked.len() - common[asked.len()][offered.len()]
}

proptest! {
    #[test]
    fn the_nearest_choice_is_accepted(
        faces in prop::collection::vec(prop_oneof![-5_i64..50, 0_i64..20_000, any::<i64>()], 0..15),
        granted in 0_u32..12, pending in 0_u32..4, value in 0_i64..31_000,
        minimum in prop_oneof![Just(1_i64), 1_i64..2_000],
    ) {
        let terms = Terms { code_minimum_face: minimum, ..Terms::default() };
        let used = used(granted, pending, value, 0);
        let meters = meter(&used, &terms);
        match nearest(&faces, &used, &terms) {
            Some(offer) => {
                prop_assert!(check(&offer, &used, &terms).is_allowed(), "{offer:?}");
                if check(&faces, &used, &terms).is_allowed() {
                    prop_assert_eq!(offer, faces);
                }
            }
            // Where nothing is offered, the least request there is would be refused.
            None => prop_assert!(!check(&[minimum], &used, &terms).is_allowed(), "{meters:?}"),
        }
    }

    #[test]
    fn no_legal_choice_keeps_more_of_what_was_asked(
        faces in prop::collection::vec(0_i64..8, 1..5), left in 0_i64..12, codes in 0_u32..5,
    ) {
        let terms = Terms { codes_per_quarter: codes, codes_value_per_quarter: left, ..Terms::default() };
        let used = QuarterUse::none(quarter(2026, 1));
        if let Some(offer) = nearest(&faces, &used, &terms) {
            // Every legal choice of as many codes, by brute force over which are kept and how low the rest goes.
            let best = legal_choices(&faces, offer.len(), left).into_iter().map(|choice| changes(&faces, &choice)).min();
            prop_assert_eq!(Some(changes(&faces, &offer)), best, "{:?}", offer);
        }
    }

    #[test]
    fn a_refused_request_passes_on_the_day_it_is_said_to(
        faces in prop::collection::vec(1_i64..40_000, 1..13), granted in 0_u32..11, value in 0_i64..30_001,
    ) {
        let terms = Terms::default();
        let verdict = check(&faces, &used(granted, 0, value, 0), &terms);
        let days: Vec<Option<BusinessDate>> = verdict.violations.iter().map(Violation::possible_on).collect();
        if let Some(day) = days.iter().copied().collect::<Option<Vec<_>>>().and_then(|days| days.into_iter().max()) {
            prop_assert!(check(&faces, &QuarterUse::none(day.quarter()), &terms).is_allowed());
            prop_assert_ne!(day.previous().quarter(), day.quarter());
        } else if !verdict.is_allowed() {
            prop_assert!(!check(&faces, &QuarterUse::none(quarter(2030, 1)), &terms).is_allowed());
        }
    }

    #[test]
    fn what_is_said_to_be_left_is_accepted_and_one_more_is_not(
        granted in 0_u32..10, pending in 0_u32..10, value in 0_i64..30_000, waiting in 0_i64..30_000,
    ) {
        let terms = Terms::default();
        let used = used(granted, pending, value, waiting);
        let QuarterMeters { codes, value, .. } = meter(&used, &terms);
        if codes.left > 0 && value.left > 0 {
            prop_assert!(check(&[value.left], &used, &terms).is_allowed());
            prop_assert_eq!(check(&[value.left + 1], &used, &terms).rules(), [Rule::Code2]);
            let codes = usize::try_from(codes.left).unwrap();
            prop_assert!(!check(&vec![1; codes], &used, &terms).rules().contains(&Rule::Code1));
            prop_assert!(check(&vec![1; codes + 1], &used, &terms).rules().contains(&Rule::Code1));
        }
    }
}

/// Every legal choice of `count` codes: any of the faces left out, each of the rest as asked or changed.
fn legal_choices(faces: &[i64], count: usize, left: i64) -> Vec<Vec<i64>> {
    let mut choices = vec![Vec::new()];
    for &face in faces {
        let mut longer = choices.clone();
        for choice in choices.iter().filter(|choice| choice.len() < count) {
            for other in [face, 1] {
                let mut next = choice.clone();
                next.push(other);
                longer.push(next);
            }
        }
        choices = longer;
    }
    choices.retain(|choice| choice.len() == count && choice.iter().all(|&face| face >= 1) && choice.iter().sum::<i64>() <= left);
    choices
}
