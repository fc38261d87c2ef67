//! What holds for any facts.

use proptest::prelude::*;

use super::*;
use crate::ids::TermsVersionId;
use crate::money::Money;
use crate::rule::Rule;
use crate::terms::TermsVersion;

/// A month of the years the generated facts lie in, counted from January 2024.
fn nth_month(number: i32) -> Month {
    month("2024-01").plus(number)
}

/// A day from so many days after 1 January 2024.
fn nth_day(number: u64) -> BusinessDate {
    date("2024-01-01").plus_days(number)
}

/// Days drawn towards the edges of months, where the rules change their mind.
fn any_day(months: std::ops::Range<i32>) -> impl Strategy<Value = BusinessDate> {
    (months, prop_oneof![Just(0_u64), Just(1), Just(27), Just(28), Just(30), 0_u64..31])
        .prop_map(|(number, day)| nth_month(number).first_day().plus_days(day))
}

fn any_revenue() -> impl Strategy<Value = Money> {
    prop_oneof![Just(2_999_999), Just(3_000_000), Just(1_999_999), Just(2_000_000), Just(0), 0_i64..9_000_000].prop_map(Money::kopecks)
}

fn any_billing() -> impl Strategy<Value = BillingSide> {
    prop_oneof![Just(BillingSide::Provider), Just(BillingSide::Partner)]
}

fn any_level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Basic), Just(Level::Professional)]
}

prop_compose! {
    fn any_facts()(
        contract_date in any_day(0..8),
        billing in any_billing(),
        exams in prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(any_day(0..40), 1..3)],
        decisions in prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec((any_day(0..40), any_level()), 1..4)],
        changes in prop::collection::vec((any_day(0..40), any_billing()), 0..3),
        revenue in prop::collection::btree_map((0..40).prop_map(nth_month), any_revenue(), 0..40),
        closed_through in prop::option::weighted(0.95, (0..36).prop_map(nth_month)),
    ) -> LevelFacts {
        let mut facts = LevelFacts { contract_date, billing, exams, staff_decisions: Vec::new(), billing_changes: Vec::new(), revenue, closed_through };
        for (day, level) in decisions {
            facts = facts.staff(&day.to_string(), level);
        }
        for (day, billing) in changes {
            facts = facts.billed_by(billing, &day.to_string());
        }
        facts
    }
}

prop_compose! {
    /// The brochure's terms, then others from some day on.
    fn any_terms()(
        valid_from in any_day(0..40),
        minimum in prop_oneof![Just(20_000_i64), Just(30_000)],
        first_window_months in 1_u32..9,
        return_window_months in 1_u32..9,
    ) -> TermsSchedule {
        let later = Terms { minimum_monthly_revenue: Money::roubles(minimum), first_window_months, return_window_months, ..Terms::default() };
        let version = |id, valid_from, terms| TermsVersion { id: TermsVersionId(uuid::Uuid::from_u128(id)), valid_from, terms };
        TermsSchedule::new(vec![version(1, date("2020-01-01"), Terms::default()), version(2, valid_from, later)]).unwrap()
    }
}

/// The level of every day by the rules read one day at a time, without any of the code under test.
fn day_by_day(facts: &LevelFacts, terms: &TermsSchedule, as_of: BusinessDate) -> Vec<(BusinessDate, Level)> {
    #[derive(Clone, Copy)]
    enum Asked {
        FirstWindow(BusinessDate),
        Watched,
        Nothing,
        Return { low: Month, fell: BusinessDate },
    }
    let reached = |of: Month| {
        let minimum = terms.on(of.next().first_day()).minimum_monthly_revenue;
        facts.revenue.get(&of).copied().unwrap_or_default() >= minimum
    };
    let (mut level, mut asked) = (Level::Professional, Asked::FirstWindow(facts.contract_date));
    let mut days = Vec::new();
    let mut today = facts.contract_date;
    while today <= as_of {
        let exam_passed = facts.exams.iter().any(|exam| *exam <= today);
        let just_closed = Some(today.month().previous())
            .filter(|of| today == today.month().first_day() && facts.closed_through.is_some_and(|last| *of <= last));
        let decision = facts.staff_decisions.iter().filter(|decision| decision.date == today).max_by_key(|decision| decision.recorded);
        if let Some(decision) = decision {
            level = decision.level;
            asked = if level == Level::Basic { Asked::Nothing } else { Asked::FirstWindow(today) };
        }
        if level == Level::Professional && exam_passed {
            asked = Asked::Nothing;
        }
        let mut low = None;
        match (asked, just_closed) {
            (Asked::FirstWindow(from), Some(of)) if of >= from.month() => {
                let until = from.plus_months(terms.on(from).first_window_months);
                // The month before the first one that has no day in the window.
                if of.next().first_day() >= until {
                    let counting = from.month().through(of);
                    if counting.into_iter().any(reached) {
                        asked = Asked::Watched;
                    } else {
                        low = Some(of);
                    }
                }
            }
            (Asked::Watched, Some(of)) if !reached(of) => low = Some(of),
            (Asked::Return { low, fell }, closed) => {
                let months = i32::try_from(terms.on(fell).return_window_months).unwrap();
                if exam_passed && facts.exams.contains(&today) && low.months_until(today.month()) < months {
                    (level, asked) = (Level::Professional, Asked::Nothing);
                } else if closed.is_some_and(|of| low.months_until(of) < months && reached(of)) {
                    (level, asked) = (Level::Professional, Asked::Watched);
                }
            }
            _ => {}
        }
        if let Some(low) = low {
            (level, asked) = (Level::Basic, Asked::Return { low, fell: today });
        }
        days.push((today, level));
        today = today.plus_days(1);
    }
    days
}

fn shuffled<T: Clone + std::fmt::Debug + 'static>(items: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    Just(items).prop_shuffle()
}

/// The same facts with their vectors in another order.
fn reordered(facts: LevelFacts) -> impl Strategy<Value = (LevelFacts, LevelFacts)> {
    (shuffled(facts.exams.clone()), shuffled(facts.staff_decisions.clone()), shuffled(facts.billing_changes.clone())).prop_map(
        move |(exams, staff_decisions, billing_changes)| {
            (facts.clone(), LevelFacts { exams, staff_decisions, billing_changes, ..facts.clone() })
        },
    )
}

/// The facts as an outlook of a day sees them: later exams aren't passed, months that aren't over are open.
fn known_on(facts: &LevelFacts, day: BusinessDate) -> LevelFacts {
    let mut known = facts.clone();
    known.exams.retain(|exam| *exam <= day);
    known.closed_through = known.closed_through.map(|last| last.min(day.month().previous()));
    known
}

/// The requirement's months at nothing but `but`, and everything closed through the last of them.
fn closed_unmet(known: &LevelFacts, requirement: &Requirement, but: Option<(Month, Money)>) -> LevelFacts {
    let mut facts = known.clone();
    for month in &requirement.months {
        facts.revenue.insert(*month, Money::ZERO);
    }
    facts.revenue.extend(but);
    facts.closed_through = facts.closed_through.max(requirement.months.last().copied());
    facts
}

proptest! {
    #[test]
    fn the_timeline_is_what_the_rules_say_read_day_by_day(facts in any_facts(), terms in any_terms(), as_of in any_day(0..40)) {
        let all = timeline(&facts, &terms, as_of);
        for (day, level) in day_by_day(&facts, &terms, as_of) {
            prop_assert_eq!(all.level_on(day), Some(level), "{}", day);
        }
    }

    #[test]
    fn the_order_in_which_facts_stand_does_not_matter((facts, other) in any_facts().prop_flat_map(reordered), terms in any_terms()) {
        let as_of = nth_day(1200);
        prop_assert_eq!(timeline(&facts, &terms, as_of), timeline(&other, &terms, as_of));
        prop_assert_eq!(outlook(&facts, &terms, as_of), outlook(&other, &terms, as_of));
    }

    #[test]
    fn closing_further_months_never_changes_earlier_days(facts in any_facts(), terms in any_terms(), further in 1..12_i32) {
        let before = timeline(&facts, &terms, nth_day(1500));
        let closed = facts.closed_through.unwrap_or(facts.contract_date.month().previous());
        let after = timeline(&LevelFacts { closed_through: Some(closed.plus(further)), ..facts }, &terms, nth_day(1500));
        // The first month closed anew takes effect on the first day of the month after it.
        let last = closed.next().last_day();
        prop_assert_eq!(differences(&before, &after, last), []);
    }

    #[test]
    fn the_timeline_of_an_earlier_day_is_the_beginning_of_a_later_ones(facts in any_facts(), terms in any_terms(), earlier in any_day(0..40)) {
        let whole = timeline(&facts, &terms, nth_day(1500));
        let mut beginning = whole.changes;
        beginning.retain(|change| change.from <= earlier);
        prop_assert_eq!(timeline(&facts, &terms, earlier).changes, beginning);
    }

    #[test]
    fn an_entry_stands_only_where_level_or_model_changes(facts in any_facts(), terms in any_terms()) {
        let changes = timeline(&facts, &terms, nth_day(1500)).changes;
        prop_assert_eq!(changes.first().map(|change| change.from), Some(facts.contract_date));
        for pair in changes.windows(2) {
            prop_assert!(pair[0].from < pair[1].from && pair[0].model != pair[1].model);
            prop_assert_eq!(matches!(pair[1].cause, Cause::BillingSideChanged { .. }), pair[0].level == pair[1].level);
        }
    }

    #[test]
    fn with_an_exam_before_the_contract_only_staff_changes_the_level(facts in any_facts(), terms in any_terms()) {
        let exam = facts.contract_date.previous();
        let facts = LevelFacts { exams: vec![exam], ..facts };
        for change in timeline(&facts, &terms, nth_day(1500)).changes {
            prop_assert!(matches!(change.cause.rule(), Rule::Level1 | Rule::Level8 | Rule::Model2), "{:?}", change);
        }
    }

    #[test]
    fn an_outlook_has_the_level_and_the_model_of_its_day(facts in any_facts(), terms in any_terms(), today in any_day(0..40)) {
        let seen = outlook(&facts, &terms, today);
        let all = timeline(&facts, &terms, seen.day);
        prop_assert_eq!(Some(seen.level), all.level_on(seen.day));
        prop_assert_eq!(Some(seen.model), all.model_on(seen.day));
        prop_assert_eq!(Some(seen.since), all.since(seen.day));
        prop_assert_eq!(Some(&seen.cause), all.span_on(seen.day).map(|span| &span.began_with.cause));
    }

    #[test]
    fn what_an_outlook_threatens_happens_where_its_requirement_is_not_met(facts in any_facts(), terms in any_terms(), today in any_day(0..40)) {
        let seen = outlook(&facts, &terms, today);
        prop_assert!(seen.requirement.is_some() || seen.if_not.is_none());
        let (Some(requirement), Some(consequence)) = (&seen.requirement, &seen.if_not) else { return Ok(()) };
        let known = known_on(&facts, seen.day);
        let all = timeline(&closed_unmet(&known, requirement, None), &terms, nth_day(4000));
        prop_assert_eq!(all.level_on(consequence.from), Some(consequence.level));
        prop_assert_eq!(all.model_on(consequence.from), Some(consequence.model));
        if consequence.rule == Rule::Level7 {
            // Neither an exam nor any revenue brings the level back from that day on.
            let mut late = closed_unmet(&known, requirement, None).exam(&consequence.from.to_string());
            late.revenue.extend(consequence.from.month().through(nth_month(80)).map(|month| (month, Money::roubles(90_000))));
            late.closed_through = Some(nth_month(80));
            let until = facts.staff_decisions.iter().map(|decision| decision.date).filter(|date| *date > seen.day).min();
            let last = until.map_or(nth_day(2400), BusinessDate::previous);
            prop_assert_eq!(timeline(&late, &terms, last).level_on(last), Some(Level::Basic));
        } else {
            let change = all.change_on(consequence.from).unwrap();
            prop_assert_eq!((change.from, change.cause.rule()), (consequence.from, consequence.rule));
            if let Some(restored) = consequence.restored_on {
                prop_assert_eq!(all.level_on(restored.previous()), Some(Level::Basic));
                prop_assert_eq!(all.level_on(restored), Some(Level::Professional));
            }
        }
    }

    #[test]
    fn meeting_an_outlooks_requirement_keeps_or_restores_the_level(facts in any_facts(), terms in any_terms(), today in any_day(0..40)) {
        let seen = outlook(&facts, &terms, today);
        let Some(requirement) = &seen.requirement else { return Ok(()) };
        let known = known_on(&facts, seen.day);
        let restores = requirement.rule == Rule::Level6;
        for month in &requirement.months {
            let standing = seen.months.iter().find(|standing| standing.month == *month).unwrap();
            let all = timeline(&closed_unmet(&known, requirement, Some((*month, standing.minimum))), &terms, nth_day(4000));
            let day = if restores { standing.takes_effect_on } else { requirement.months.last().unwrap().next().first_day() };
            prop_assert_eq!(all.level_on(day), Some(Level::Professional), "{} on {}", month, day);
        }
        if let Some(exam) = requirement.exam_by {
            let examined = closed_unmet(&known, requirement, None);
            let all = timeline(&examined.clone().exam(&exam.to_string()), &terms, nth_day(4000));
            prop_assert_eq!(all.level_on(exam), Some(Level::Professional));
            // It is the last day: one more, and the fall is seen, or the way back is closed.
            if seen.if_not.is_some() {
                let too_late = timeline(&examined.exam(&exam.plus_days(1).to_string()), &terms, nth_day(4000));
                prop_assert_eq!(too_late.level_on(exam), Some(Level::Basic));
            }
        }
    }

    #[test]
    fn facts_survive_being_written_and_read(facts in any_facts()) {
        let text = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(serde_json::from_str::<LevelFacts>(&text).unwrap(), facts);
    }
}
