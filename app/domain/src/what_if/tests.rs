//! What if, against the rules run on facts that came true.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::outcome::planned_usage;
use super::*;
use crate::accrual::Settlement;
use crate::calendar::{BusinessDate, Month, Period};
use crate::form::FieldProblem;
use crate::level::timeline;
use crate::model::{BillingSide, Model};
use crate::money::Money;
use crate::rate::{Pick, RateChoice};
use crate::rule::Rule;
use crate::service::ServiceCode;
use crate::testing::{History, Row, any_gross, any_history, date, month, nth_month, rub, service};

/// Fields of a form or an address.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// What is known of a history on a day, with months closed through one.
fn known(history: &History, today: BusinessDate, closed: Month) -> Snapshot {
    let loaded = History { rows: history.rows.iter().filter(|row| row.month <= today.month()).cloned().collect(), ..history.clone() };
    let usage = loaded.rows.iter().map(|row| {
        let pick = loaded.picks[row.client];
        let once_start = pick.choice.filter(|choice| *choice == RateChoice::Once).map(|_| pick.start_date);
        (row.month, UsageGroup { service: row.service.clone(), once_start, gross: row.gross })
    });
    let mut facts = loaded.closed(closed);
    facts.exams.retain(|exam| *exam <= today);
    Snapshot::new(today, facts, loaded.terms.clone(), usage)
}

fn plan(snapshot: &Snapshot, revenue: &[&str]) -> Plan {
    Plan { revenue: revenue.iter().map(|amount| rub(amount)).collect(), ..snapshot.as_today(0) }
}

fn changes(outcome: &Outcome) -> Vec<String> {
    outcome.changes.iter().map(|change| format!("{} {} {}", change.from, change.model, change.cause.rule())).collect()
}

/// An Agent of January 2026 who met the first window in March, sells 31 000 of KVM a month, and has everything closed through October.
fn watched() -> Snapshot {
    let mut history = History::agent("2026-01-15");
    history.facts.exams.clear();
    for of in month("2026-03").through(month("2026-10")) {
        history = history.sold("kvm", &of.to_string(), "31000.00");
    }
    known(&history, date("2026-11-25"), month("2026-10"))
}

#[test]
fn as_today_goes_on_with_the_average_of_the_last_three_closed_months() {
    let history = History::agent("2026-01-15")
        .sold("kvm", "2026-01", "90000.00")
        .sold("kvm", "2026-02", "100.00")
        .sold("kvm", "2026-03", "200.00")
        // Closed without usage: it counts as nothing.
        .sold("kvm", "2026-05", "777.00");
    let snapshot = known(&history, date("2026-05-10"), month("2026-04"));
    assert_eq!(snapshot.average(), rub("100.00"));
    assert_eq!(snapshot.first_month(), month("2026-05"));
    // The month that runs is not below what is billed in it.
    let revenue: Vec<Money> = outcome(&snapshot, &snapshot.as_today(3)).months.iter().map(|month| month.revenue).collect();
    assert_eq!(revenue, [rub("777.00"), rub("100.00"), rub("100.00")]);
}

#[test]
fn the_average_does_not_reach_before_the_contract() {
    let history =
        History::agent("2026-03-15").sold("kvm", "2026-02", "900.00").sold("kvm", "2026-03", "100.00").sold("kvm", "2026-04", "200.01");
    assert_eq!(known(&history, date("2026-05-10"), month("2026-04")).average(), rub("150.01"));
    // Nothing closed: what the running month has so far.
    let new = History::agent("2026-03-15").sold("kvm", "2026-03", "123.00");
    assert_eq!(known(&new, date("2026-03-20"), month("2026-02")).average(), rub("123.00"));
}

#[test]
fn a_month_below_the_minimum_falls_and_costs_what_the_rules_say() {
    let snapshot = watched();
    let seen = compare(&snapshot, &plan(&snapshot, &["31000", "29999.99", "31000", "31000"]));
    assert_eq!(changes(&seen.as_today), [""; 0]);
    assert_eq!(changes(&seen.plan), ["2027-01-01 referral LVL-5", "2027-02-01 agent LVL-6"]);
    let models: Vec<Model> = seen.plan.months.iter().map(|month| month.model).collect();
    assert_eq!(models, [Model::Agent, Model::Agent, Model::Referral, Model::Agent]);
    // 27 % of 31000.00 and of 29999.99, then 10 %, then 27 % again.
    let gains: Vec<Money> = seen.plan.months.iter().map(MonthOutcome::gain).collect();
    assert_eq!(gains, [rub("8370.00"), rub("8100.00"), rub("3100.00"), rub("8370.00")]);
    // Due in January: the KVM rebate of the half, six times 22630.00 of net at today's pace, and a thousand less gross in December.
    let kvm = |outcome: &Outcome| {
        outcome.rebates.iter().find(|rebate| rebate.rule == Rule::Rebate1).map(|rebate| (rebate.period.to_string(), rebate.amount))
    };
    assert_eq!(kvm(&seen.as_today), Some(("2026-H2".to_owned(), rub("13578.00"))));
    // December leaves 21899.99: 135049.99 in all.
    assert_eq!(kvm(&seen.plan), Some(("2026-H2".to_owned(), rub("13505.00"))));
    assert!(seen.difference().is_negative());
}

#[test]
fn chosen_shares_lose_none_of_the_revenue() {
    // So far everything is KVM: a plan without any sells something else.
    let snapshot = watched();
    for (kvm, mont_office) in
        [(Some(0), None), (Some(0), Some(0)), (None, Some(0)), (None, Some(100)), (Some(100), Some(0)), (Some(40), Some(60))]
    {
        let plan = Plan { kvm, mont_office, ..plan(&snapshot, &["31000", "31000"]) };
        let seen = outcome(&snapshot, &plan);
        assert_eq!(seen.totals().revenue, rub("62000.00"), "{kvm:?} {mont_office:?}");
    }
}

#[test]
fn an_exam_in_the_plan_keeps_the_level_whatever_the_revenue() {
    let snapshot = watched();
    let without = plan(&snapshot, &["0", "0", "0"]);
    assert_eq!(changes(&outcome(&snapshot, &without)), ["2026-12-01 referral LVL-5"]);
    let with_exam = Plan { exam: Some(date("2026-11-30")), ..without };
    let seen = outcome(&snapshot, &with_exam);
    assert_eq!((changes(&seen), seen.model_after), (vec![], Some(Model::Agent)));
}

#[test]
fn a_white_label_partner_saves_and_is_rewarded_with_rebates_only() {
    let mut history = History::white_label("2026-01-15");
    for of in month("2026-01").through(month("2026-10")) {
        history = history.sold("kvm", &of.to_string(), "1000.00").sold("mont_office", &of.to_string(), "1000.00");
    }
    let snapshot = known(&history, date("2026-11-25"), month("2026-10"));
    let seen = outcome(&snapshot, &plan(&snapshot, &["4000", "4000"]));
    let totals = seen.totals();
    // Half of each month is KVM at 27 %.
    assert_eq!((totals.revenue, totals.rewards, totals.saved), (rub("8000.00"), rub("0.00"), rub("1080.00")));
    // Four months of 730.00 and two of 1460.00; four of 1000.00 and two of 2000.00; and growth of 1460.00 at 30 %.
    let rebates: Vec<_> = seen.rebates.iter().map(|rebate| (rebate.rule, rebate.amount, rebate.settlement)).collect();
    let discount = Settlement::Discount;
    assert_eq!(
        rebates,
        [(Rule::Rebate1, rub("584.00"), discount), (Rule::Rebate2, rub("800.00"), discount), (Rule::Rebate3, rub("438.00"), discount)]
    );
    assert_eq!(totals.gain(), rub("2902.00"));
}

#[test]
fn a_month_that_ended_and_is_not_closed_counts_as_it_is_loaded() {
    let history =
        History::agent("2025-01-15").sold("kvm", "2026-09", "1000.00").sold("kvm", "2026-10", "5000.00").sold("kvm", "2026-11", "10.00");
    let snapshot = known(&history, date("2026-11-25"), month("2026-09"));
    let seen = outcome(&snapshot, &plan(&snapshot, &["1000", "1000"]));
    assert_eq!(seen.months.first().map(|month| month.month), Some(month("2026-11")));
    // 730.00 each of September, November and December, and 3650.00 of October.
    assert_eq!(seen.rebates[0].base, rub("5840.00"));
}

#[test]
fn a_fall_that_waits_for_a_close_is_among_the_changes_to_come() {
    let mut history = History::agent("2026-01-01").sold("kvm", "2026-02", "40000.00");
    history.facts.exams.clear();
    for of in ["2026-07", "2026-08"] {
        history = history.sold("kvm", of, "30000.00");
    }
    // September ended low and is not closed: the level fell on 1 October, which nobody has decided yet.
    let snapshot = known(&history, date("2026-10-10"), month("2026-08"));
    let seen = outcome(&snapshot, &plan(&snapshot, &["30000", "30000"]));
    assert_eq!(seen.now.as_ref().map(|now| now.model), Some(Model::Agent));
    assert_eq!(changes(&seen), ["2026-10-01 referral LVL-5", "2026-11-01 agent LVL-6"]);
}

/// Parts of a planned month by service.
fn parts(snapshot: &Snapshot, plan: &Plan) -> Vec<(String, String)> {
    planned_usage(snapshot, plan).into_iter().map(|(_, group)| (group.service.to_string(), group.gross.to_string())).collect()
}

fn amounts(parts: &[(&str, &str)]) -> Vec<(String, String)> {
    parts.iter().map(|(service, gross)| ((*service).to_owned(), (*gross).to_owned())).collect()
}

#[test]
fn revenue_is_split_as_lately_or_by_the_chosen_shares() {
    let history = History::agent("2026-01-15")
        .sold("kvm", "2026-01", "600.00")
        .sold("kvm_vgpu", "2026-02", "200.00")
        .sold("mont_office", "2026-02", "100.00")
        .sold("databases", "2026-03", "100.00");
    let snapshot = known(&history, date("2026-04-10"), month("2026-03"));
    let hundred = plan(&snapshot, &["100"]);
    let shares = |kvm, mont_office| Plan { kvm, mont_office, ..hundred.clone() };
    let lately = amounts(&[("kvm", "60.00"), ("kvm_vgpu", "20.00"), ("mont_office", "10.00"), ("databases", "10.00")]);
    assert_eq!(parts(&snapshot, &hundred), lately);
    let both = amounts(&[("kvm", "15.00"), ("kvm_vgpu", "5.00"), ("mont_office", "50.00"), ("databases", "30.00")]);
    assert_eq!(parts(&snapshot, &shares(Some(20), Some(50))), both);
    // What is left goes on as lately: eight to one.
    let office = amounts(&[("kvm", "6.67"), ("kvm_vgpu", "2.22"), ("mont_office", "90.00"), ("databases", "1.11")]);
    assert_eq!(parts(&snapshot, &shares(None, Some(90))), office);
    assert_eq!(parts(&snapshot, &shares(Some(0), Some(100))), amounts(&[("mont_office", "100.00")]));
}

#[test]
fn a_part_that_had_no_usage_is_stood_for_by_its_main_service() {
    let kvm_only = History::agent("2026-01-15").sold("kvm_vgpu", "2026-03", "600.00");
    let snapshot = known(&kvm_only, date("2026-04-10"), month("2026-03"));
    let shares = Plan { kvm: Some(70), mont_office: Some(10), ..plan(&snapshot, &["100"]) };
    assert_eq!(parts(&snapshot, &shares), amounts(&[("kvm_vgpu", "70.00"), ("mont_office", "10.00"), ("hyperv", "20.00")]));
    let kvm_alone = Plan { mont_office: None, ..shares };
    assert_eq!(parts(&snapshot, &kvm_alone), amounts(&[("kvm_vgpu", "70.00"), ("hyperv", "30.00")]));
    // A partner without any usage begins with KVM.
    let snapshot = known(&History::agent("2026-01-15"), date("2026-04-10"), month("2026-03"));
    assert_eq!(parts(&snapshot, &plan(&snapshot, &["100"])), amounts(&[("kvm", "100.00")]));
}

#[test]
fn a_client_whose_one_month_is_over_earns_nothing_of_referral_months_ahead_either() {
    let history = History::referral("2026-01-15")
        .client("2026-02-01", Some(RateChoice::Once))
        .client("2026-02-01", None)
        .usage(0, "kvm", "2026-03", "500.00")
        .usage(1, "kvm", "2026-03", "500.00");
    let snapshot = known(&history, date("2026-04-10"), month("2026-03"));
    let seen = outcome(&snapshot, &plan(&snapshot, &["1000"]));
    assert_eq!((seen.months[0].gain(), seen.months[0].rate), (rub("50.00"), Decimal::new(10, 2)));
}

fn read(snapshot: &Snapshot, fields: Fields<'_>) -> (Plan, Vec<PlanProblem>) {
    Plan::read(fields, snapshot)
}

#[test]
fn nothing_given_is_six_months_as_today() {
    let snapshot = watched();
    assert_eq!(read(&snapshot, &[]), (snapshot.as_today(6), vec![]));
    assert_eq!(read(&snapshot, &[("months", "3"), ("exam", ""), ("r", ""), ("r", ""), ("all", " ")]), (snapshot.as_today(3), vec![]));
}

#[test]
fn a_form_and_a_shared_address_are_read_alike() {
    let snapshot = watched();
    let form = [
        ("from", "2026-11"),
        ("r", "40 000"),
        ("r", "40000,00"),
        ("r", "1 234,5"),
        ("months", "3"),
        ("all", ""),
        ("exam", "30.11.2026"),
        ("kvm", "70"),
        ("office", ""),
    ];
    let (from_form, problems) = read(&snapshot, &form);
    assert_eq!(problems, []);
    assert_eq!(from_form.revenue, [rub("40000.00"), rub("40000.00"), rub("1234.50")]);
    let shared = from_form.parameters();
    let expected = [("from", "2026-11"), ("r", "40000x2_1234.50"), ("exam", "2026-11-30"), ("kvm", "70")];
    assert_eq!(shared, expected.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(Plan::read(&shared, &snapshot), (from_form, vec![]));
}

#[test]
fn one_amount_for_all_months_decides_and_more_months_go_on_with_the_last_amount() {
    let snapshot = watched();
    let (every, _) = read(&snapshot, &[("r", "1"), ("r", "2"), ("months", "3"), ("all", "50000")]);
    assert_eq!(every.revenue, [rub("50000.00"); 3]);
    let (more, _) = read(&snapshot, &[("r", "1"), ("r", "2"), ("months", "4")]);
    assert_eq!(more.revenue, [rub("1.00"), rub("2.00"), rub("2.00"), rub("2.00")]);
    let (fewer, _) = read(&snapshot, &[("r", "1"), ("r", "2"), ("months", "1")]);
    assert_eq!(fewer.revenue, [rub("1.00")]);
}

#[test]
fn what_can_not_be_taken_is_named_and_stood_in_for() {
    let snapshot = watched();
    let average = rub("31000.00");
    let november = month("2026-11");
    let revenue = |month, problem| PlanProblem::Revenue { month, problem };
    let cases: [(Fields<'_>, PlanProblem, Plan); 12] = [
        (&[("from", "soon")], PlanProblem::From, snapshot.as_today(6)),
        (&[("months", "13")], PlanProblem::Months, snapshot.as_today(6)),
        (&[("months", "0")], PlanProblem::Months, snapshot.as_today(6)),
        (
            &[("r", "1"), ("r", "much")],
            revenue(november.next(), FieldProblem::NotANumber),
            Plan { revenue: vec![rub("1.00"), average], ..snapshot.as_today(0) },
        ),
        (&[("r", "-1")], revenue(november, FieldProblem::TooSmall { minimum: 0 }), snapshot.as_today(1)),
        (&[("r", "1000000000")], revenue(november, FieldProblem::TooLarge { maximum: MOST_REVENUE }), snapshot.as_today(1)),
        (&[("r", "1x99")], revenue(november, FieldProblem::NotANumber), snapshot.as_today(1)),
        (&[("all", "?")], PlanProblem::Every { problem: FieldProblem::NotANumber }, snapshot.as_today(6)),
        (&[("exam", "31.11.2026")], PlanProblem::Exam { problem: FieldProblem::NotADate }, snapshot.as_today(6)),
        (&[("exam", "2026-11-24")], PlanProblem::ExamPassed, snapshot.as_today(6)),
        (&[("kvm", "101")], PlanProblem::Kvm { problem: FieldProblem::TooLarge { maximum: 100 } }, snapshot.as_today(6)),
        (&[("kvm", "60"), ("office", "41")], PlanProblem::SharesAboveWhole, snapshot.as_today(6)),
    ];
    for (fields, problem, stands_in) in cases {
        assert_eq!(read(&snapshot, fields), (stands_in, vec![problem]), "{fields:?}");
    }
    assert_eq!(read(&snapshot, &[("exam", "2026-11-25"), ("kvm", "60"), ("office", "40")]).1, []);
    // More months than there may be are left out.
    assert_eq!(read(&snapshot, &[("r", "5x12_6x12")]).0.revenue, [rub("5.00"); 12]);
}

#[test]
fn a_plan_opened_later_leaves_out_months_that_are_over_and_says_so() {
    let snapshot = watched();
    let moved = |from: &str| vec![PlanProblem::Moved { from: month(from) }];
    let (september, problems) = read(&snapshot, &[("from", "2026-09"), ("r", "1_2_3_4")]);
    assert_eq!((september.from, problems), (month("2026-11"), moved("2026-09")));
    assert_eq!(september.revenue, [rub("3.00"), rub("4.00"), rub("4.00"), rub("4.00")]);
    let (long_over, problems) = read(&snapshot, &[("from", "2020-01"), ("r", "1_2")]);
    assert_eq!((long_over.revenue, problems), (vec![rub("2.00"), rub("2.00")], moved("2020-01")));
    let (to_come, problems) = read(&snapshot, &[("from", "2027-01"), ("r", "1_2")]);
    assert_eq!((to_come.from, to_come.revenue, problems), (month("2026-11"), vec![rub("1.00"), rub("2.00")], moved("2027-01")));
}

fn any_plan() -> impl Strategy<Value = (Vec<Money>, Option<u64>, Option<u32>, Option<u32>)> {
    let revenue = prop::collection::vec(prop_oneof![any_gross(), Just(Money::roubles(31_000))], 1..=MOST_MONTHS);
    let share = || prop::option::of(0_u32..=50);
    (revenue, prop::option::of(0_u64..300), share(), share())
}

prop_compose! {
    /// A snapshot of any history, closed through some month, on a day of the months after, with any plan.
    fn any_question()(
        history in any_history(),
        closed in 6_i32..14,
        days in 0_u64..75,
        (revenue, exam, kvm, mont_office) in any_plan(),
    ) -> (History, Snapshot, Plan) {
        let today = nth_month(closed + 1).first_day().plus_days(days);
        let snapshot = known(&history, today, nth_month(closed));
        let plan = Plan { from: snapshot.first_month(), revenue, exam: exam.map(|days| today.plus_days(days)), kvm, mont_office };
        (history, snapshot, plan)
    }
}

/// The history in which the plan came true: its usage is rows of clients, its exam is passed, its months are closed.
fn come_true(history: &History, snapshot: &Snapshot, plan: &Plan) -> History {
    let mut real = history.clone();
    real.rows.retain(|row| row.month < plan.from);
    real.facts.exams.retain(|exam| *exam <= snapshot.today);
    real.facts.exams.extend(plan.exam);
    for (month, group) in planned_usage(snapshot, plan) {
        let choice = group.once_start.map(|_| RateChoice::Once);
        real.picks.push(Pick { start_date: group.once_start.unwrap_or(date("2020-01-01")), choice });
        real.rows.push(Row { client: real.picks.len() - 1, service: group.service, month, gross: group.gross });
    }
    real
}

proptest! {
    #[test]
    fn a_plan_that_comes_true_gives_what_was_foreseen((history, snapshot, plan) in any_question()) {
        let foreseen = outcome(&snapshot, &plan);
        let real = come_true(&history, &snapshot, &plan);
        let last = plan.last_month();
        let facts = real.closed(last);
        let days = timeline(&facts, &real.terms, last.next().first_day());
        for change in &foreseen.changes {
            prop_assert!(days.changes.contains(change), "{:?}", change);
        }
        prop_assert_eq!(foreseen.model_after, days.model_on(last.next().first_day()));
        for month in &foreseen.months {
            prop_assert_eq!(Some(month.model), days.model_of_month(month.month));
            prop_assert_eq!(month.revenue, facts.revenue_of(month.month));
        }
        // Every accrual of the months ahead, whole, and no other.
        let due: Vec<_> = real.accruals(last).into_iter().filter(|accrual| accrual.period.last_month() >= plan.from).collect();
        let (rewards, rebates): (Vec<_>, Vec<_>) = due.into_iter().partition(|accrual| accrual.rule == Rule::Rate4);
        prop_assert_eq!(foreseen.months.iter().filter_map(|month| month.reward.clone()).collect::<Vec<_>>(), rewards);
        prop_assert_eq!(foreseen.rebates, rebates);
    }

    #[test]
    fn the_planned_usage_of_a_month_is_its_revenue_to_the_kopeck((_, snapshot, plan) in any_question()) {
        let usage = planned_usage(&snapshot, &plan);
        for (month, revenue) in plan.months() {
            let billed: Money = usage.iter().filter(|(of, _)| *of == month).map(|(_, group)| group.gross).sum();
            prop_assert_eq!(billed, revenue.max(snapshot.so_far(month)), "{}", month);
        }
        prop_assert!(usage.iter().all(|(_, group)| !group.gross.is_negative()));
    }

    #[test]
    fn a_plan_written_into_an_address_is_read_again((_, snapshot, plan) in any_question()) {
        let parameters = plan.parameters();
        prop_assert_eq!(Plan::read(&parameters, &snapshot), (plan, vec![]));
        let unreserved = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        prop_assert!(parameters.iter().all(|(_, value)| unreserved(value)), "{:?}", parameters);
    }

    #[test]
    fn any_address_gives_a_plan_that_can_be_run(
        (_, snapshot, _) in any_question(),
        fields in prop::collection::vec((prop::sample::select(vec!["from", "r", "all", "months", "exam", "kvm", "office"]), "[0-9x_., -]{0,12}|\\PC{0,6}"), 0..9),
    ) {
        let (plan, _) = Plan::read(&fields, &snapshot);
        prop_assert!((1..=MOST_MONTHS).contains(&plan.revenue.len()));
        prop_assert_eq!(plan.from, snapshot.first_month());
        let seen = compare(&snapshot, &plan);
        prop_assert_eq!(seen.plan.months.len(), plan.revenue.len());
        // What was read is what is written for sharing.
        prop_assert_eq!(Plan::read(&plan.parameters(), &snapshot), (plan, vec![]));
    }

    #[test]
    fn a_snapshot_survives_the_way_into_the_browser((_, snapshot, plan) in any_question()) {
        let text = serde_json::to_string(&snapshot).unwrap();
        let read: Snapshot = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, &snapshot);
        prop_assert_eq!(outcome(&read, &plan), outcome(&snapshot, &plan));
    }
}

#[test]
fn the_totals_are_the_sums_of_what_is_shown() {
    let snapshot = watched();
    let seen = outcome(&snapshot, &plan(&snapshot, &["40000", "50000"]));
    let totals = seen.totals();
    assert_eq!(totals.revenue, rub("90000.00"));
    assert_eq!(totals.rewards, seen.months.iter().map(MonthOutcome::gain).sum());
    assert_eq!(totals.gain(), totals.rewards + seen.rebates.iter().map(|rebate| rebate.amount).sum());
    let due: Vec<_> = seen.rebates.iter().map(|rebate| (rebate.rule, rebate.period)).collect();
    let period = |text: &str| text.parse::<Period>().unwrap();
    assert_eq!(due, [(Rule::Rebate1, period("2026-H2")), (Rule::Rebate2, period("2026-H2")), (Rule::Rebate3, period("2026-Q4"))]);
}

#[test]
fn another_billing_side_approved_for_the_months_ahead_is_seen() {
    let history = History::agent("2026-01-15").sold("kvm", "2026-03", "1000.00").billed_by(BillingSide::Partner, "2026-04-05");
    let snapshot = known(&history, date("2026-04-10"), month("2026-03"));
    let seen = outcome(&snapshot, &plan(&snapshot, &["1000", "1000"]));
    assert_eq!(changes(&seen), ["2026-05-01 white_label MODEL-2"]);
    assert_eq!((seen.months[0].saved, seen.months[1].saved), (rub("0.00"), rub("270.00")));
    assert!(seen.months[1].reward.is_none() && seen.months[1].gain() == rub("270.00"));
    assert_eq!(parts(&snapshot, &plan(&snapshot, &["7"])), [(service("kvm").to_string(), "7.00".to_owned())]);
    assert_eq!(ServiceCode::kvm(), service("kvm"));
    assert_eq!([ServiceCode::hyperv(), ServiceCode::mont_office()], [service("hyperv"), service("mont_office")]);
}
