//! Rewards, corrections, and what holds for any history.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::level::LevelFacts;
use crate::rate::RateChoice;
use crate::testing::{History, MONTHS, Row, any_day, any_gross, any_history, date, month, nth_month, of, period, rub};

#[test]
fn a_reward_is_the_sum_of_rounded_rows_and_not_the_rounded_sum() {
    // 27 % of 1.50 is 0.405, a kopeck half away from zero; three times 0.41 against 1.215.
    let history =
        History::agent("2026-01-15").sold("kvm", "2026-02", "1.50").sold("kvm", "2026-02", "1.50").sold("hyperv", "2026-02", "1.50");
    assert_eq!(history.money(Rule::Rate4, "2026-02"), of("4.50", "1.23"));
    // 10 % of 0.05 is 0.005.
    let referral = History::referral("2026-01-15").sold("kvm", "2026-02", "0.05").sold("kvm", "2026-02", "0.04");
    assert_eq!(referral.money(Rule::Rate4, "2026-02"), of("0.09", "0.01"));
}

#[test]
fn the_base_is_the_gross_of_the_rows_that_earned() {
    let history = History::referral("2026-01-15")
        .client("2026-03-10", Some(RateChoice::Once))
        .client("2026-03-10", Some(RateChoice::Monthly))
        .usage(0, "kvm", "2026-04", "700.00")
        .usage(0, "mont_office", "2026-04", "300.00")
        .usage(1, "kvm", "2026-04", "1000.00")
        .usage(0, "kvm", "2026-05", "700.00")
        .usage(1, "kvm", "2026-05", "1000.00");
    // All of the one client's month, a tenth of the other's; one entry for both.
    let april = history.accrual(Rule::Rate4, "2026-04").unwrap();
    assert_eq!((april.base, april.amount, april.rate), (rub("1700.00"), rub("800.00"), None));
    assert_eq!(history.accruals(month("2026-04")).iter().filter(|accrual| accrual.period == period("2026-04")).count(), 1);
    let expected = Explanation::Reward {
        model: Model::Referral,
        rate: Decimal::new(10, 2),
        base: rub("1000.00"),
        amount: rub("100.00"),
        once: rub("700.00"),
    };
    assert_eq!(april.explanation, expected);
    // In May the client picked *once* has a row that earns nothing.
    let may = history.accrual(Rule::Rate4, "2026-05").unwrap();
    assert_eq!((may.base, may.amount, may.rate), (rub("1000.00"), rub("100.00"), Some(Decimal::new(10, 2))));
}

#[test]
fn a_month_of_nothing_but_once_is_paid_whole() {
    let history = History::referral("2026-01-15").client("2026-04-01", Some(RateChoice::Once)).usage(0, "kvm", "2026-04", "0.33");
    let april = history.accrual(Rule::Rate4, "2026-04").unwrap();
    assert_eq!((april.base, april.amount, april.rate), (rub("0.33"), rub("0.33"), Some(Decimal::ONE)));
}

#[test]
fn a_reward_accrues_after_its_month_and_is_settled_by_the_model_of_the_month_itself() {
    // White Label from 1 March: February's reward still goes to the bank.
    let history = History::agent("2026-01-15").sold("kvm", "2026-02", "100.00").billed_by(BillingSide::Partner, "2026-02-10");
    let february = history.accrual(Rule::Rate4, "2026-02").unwrap();
    assert_eq!((february.settlement, february.accrued_on), (Settlement::Bank, date("2026-03-01")));
    assert_eq!(history.accrual(Rule::Rate4, "2026-03"), None);
}

#[test]
fn a_month_without_a_reward_says_why() {
    let nothing = |history: History| history.accrual(Rule::Rate4, "2026-02").and_then(|accrual| accrual.nothing);
    assert_eq!(nothing(History::agent("2026-01-15")), Some(Nothing::NoUsage));
    assert_eq!(nothing(History::agent("2026-01-15").sold("mont_office", "2026-02", "500.00")), Some(Nothing::NoUsage));
    assert_eq!(nothing(History::agent("2026-01-15").sold("kvm", "2026-02", "0.01")), Some(Nothing::TooLittle));
    assert_eq!(nothing(History::agent("2026-01-15").sold("kvm", "2026-02", "1.00")), None);
}

#[test]
fn closing_a_month_makes_due_its_reward_and_the_rebates_whose_period_ends() {
    let history = History::agent("2026-01-15").sold("kvm", "2026-01", "100.00");
    let facts = history.closed(month("2026-12"));
    let money = PartnerMoney::new(&facts, &history.terms);
    let due = |of: &str| {
        let accruals = accruals_of(month(of), &money, &history.sums(&money));
        accruals.iter().map(|accrual| format!("{} {}", accrual.rule, accrual.period)).collect::<Vec<_>>()
    };
    assert_eq!(due("2026-02"), ["RATE-4 2026-02"]);
    assert_eq!(due("2026-03"), ["RATE-4 2026-03", "REB-3 2026-Q1"]);
    assert_eq!(due("2026-06"), ["RATE-4 2026-06", "REB-1 2026-H1", "REB-2 2026-H1", "REB-3 2026-Q2"]);
    assert_eq!(due("2026-12"), ["RATE-4 2026-12", "REB-1 2026-H2", "REB-2 2026-H2", "REB-3 2026-Q4"]);
}

#[test]
fn months_before_the_contract_are_not_the_partners() {
    let history = History::agent("2026-03-15").sold("kvm", "2026-02", "100.00").sold("kvm", "2026-03", "100.00");
    assert_eq!(history.accruals(month("2026-03")).first().map(|accrual| accrual.period), Some(period("2026-03")));
    assert_eq!(history.accruals(month("2026-02")), []);
    assert_eq!(history.money(Rule::Rate4, "2026-03"), of("100.00", "27.00"));
}

/// What is posted where every accrual stands in the ledger.
fn posted(accruals: &[Accrual]) -> Vec<Posted> {
    accruals
        .iter()
        .map(|accrual| Posted {
            rule: accrual.rule,
            period: accrual.period,
            settlement: accrual.settlement,
            base: accrual.base,
            amount: accrual.amount,
            taken_back: Money::ZERO,
        })
        .collect()
}

/// Corrections as `RATE-4 2026-02 bank -100.00 -27.00`.
fn corrected(now: &[Accrual], before: &[Accrual]) -> Vec<String> {
    let line = |correction: Correction| {
        let Correction { rule, period, settlement, base, amount, .. } = correction;
        format!("{rule} {period} {settlement} {base} {amount}")
    };
    corrections(now, &posted(before)).into_iter().map(line).collect()
}

#[test]
fn a_ledger_that_is_right_needs_no_correction() {
    let accruals = History::agent("2026-01-15").sold("kvm", "2026-02", "100.00").accruals(month("2026-06"));
    assert_eq!(corrected(&accruals, &accruals), [""; 0]);
    // Entries that say why nothing accrued are no money, whether they are posted or not.
    assert_eq!(corrected(&History::agent("2026-01-15").accruals(month("2026-06")), &[]), [""; 0]);
}

#[test]
fn a_corrected_amount_makes_entries_of_the_difference_up_and_down() {
    let sold = |gross| History::agent("2026-01-15").sold("kvm", "2026-02", gross).accruals(month("2026-06"));
    let (small, large) = (sold("100.00"), sold("200.00"));
    assert_eq!(corrected(&large, &small), ["RATE-4 2026-02 bank 100.00 27.00", "REB-1 2026-H1 bank 73.00 7.30"]);
    assert_eq!(corrected(&small, &large), ["RATE-4 2026-02 bank -100.00 -27.00", "REB-1 2026-H1 bank -73.00 -7.30"]);
    // 0.01 more of gross is a hundredth more of base and no kopeck of reward.
    assert_eq!(corrected(&sold("100.01"), &small), ["RATE-4 2026-02 bank 0.01 0.00", "REB-1 2026-H1 bank 0.01 0.00"]);
}

#[test]
fn another_form_of_settlement_takes_back_the_one_and_gives_the_other() {
    let half = |history: History| history.sold("mont_office", "2026-02", "100.00").accruals(month("2026-06"));
    let bank = half(History::agent("2026-01-15"));
    let discount = half(History::agent("2026-01-15").billed_by(BillingSide::Partner, "2026-06-15"));
    assert_eq!(corrected(&discount, &bank), ["REB-2 2026-H1 bank -100.00 -10.00", "REB-2 2026-H1 discount 100.00 10.00"]);
    let corrections = corrections(&discount, &posted(&bank));
    assert_eq!(corrections[0].now, None);
    assert_eq!(corrections[1].now.as_ref().map(|now| now.settlement), Some(Settlement::Discount));
}

#[test]
fn what_the_rules_give_no_more_is_taken_back_whole_and_what_they_give_anew_is_given() {
    let sold =
        |history: History| history.sold("mont_office", "2026-02", "100.00").sold("kvm", "2026-02", "100.00").accruals(month("2026-06"));
    let (agent, referral) = (sold(History::agent("2026-01-15")), sold(History::referral("2026-01-15")));
    let lost = ["RATE-4 2026-02 bank 0.00 -17.00", "REB-1 2026-H1 bank -73.00 -7.30", "REB-2 2026-H1 bank -100.00 -10.00"];
    assert_eq!(corrected(&referral, &agent), lost);
    let gained = ["RATE-4 2026-02 bank 0.00 17.00", "REB-1 2026-H1 bank 73.00 7.30", "REB-2 2026-H1 bank 100.00 10.00"];
    assert_eq!(corrected(&agent, &referral), gained);
}

#[test]
fn the_ledgers_several_entries_of_a_period_count_as_their_sum() {
    let accruals = History::agent("2026-01-15").sold("kvm", "2026-02", "100.00").accruals(month("2026-02"));
    let entry = |base, amount| Posted {
        rule: Rule::Rate4,
        period: period("2026-02"),
        settlement: Settlement::Bank,
        base: rub(base),
        amount: rub(amount),
        taken_back: Money::ZERO,
    };
    assert_eq!(corrections(&accruals, &[entry("150.00", "40.50"), entry("-50.00", "-13.50")]), []);
    let short = corrections(&accruals, &[entry("50.00", "13.50"), entry("20.00", "5.40")]);
    assert_eq!(short.iter().map(|correction| (correction.base, correction.amount)).collect::<Vec<_>>(), [(rub("30.00"), rub("8.10"))]);
}

#[test]
fn what_staff_took_back_is_neither_accrued_anew_nor_taken_twice() {
    // Of 27.00 accrued 27.00 was taken back.
    let lacks = |computed, posted| lacking(rub(computed), rub(posted), rub("27.00"));
    assert_eq!(lacks("27.00", "27.00"), Money::ZERO);
    // The usage behind it is corrected to nothing: the partner has nothing of it already.
    assert_eq!(lacks("0.00", "27.00"), Money::ZERO);
    // More usage: what goes beyond the 27.00 is owed, once.
    assert_eq!(lacks("30.00", "27.00"), rub("3.00"));
    assert_eq!(lacks("30.00", "30.00"), Money::ZERO);
    assert_eq!(lacks("0.00", "30.00"), rub("-3.00"));
    // Of 27.00 only 10.00 was taken back, and then the usage falls.
    assert_eq!(lacking(rub("5.40"), rub("27.00"), rub("10.00")), rub("-17.00"));
    assert_eq!(lacking(rub("20.00"), rub("27.00"), rub("10.00")), rub("-7.00"));
}

/// A row that arrives late, or was another amount at first.
#[derive(Clone, Debug)]
struct Arrival {
    /// How many months after its own the row is loaded.
    late_by: i32,
    /// The amount it had until so many months later.
    at_first: Option<(i32, Money)>,
}

prop_compose! {
    fn any_arrival()(
        late_by in prop_oneof![3 => Just(0), 1 => 1..6_i32],
        at_first in prop::option::weighted(0.4, (1..6_i32, any_gross())),
    ) -> Arrival {
        Arrival { late_by, at_first }
    }
}

/// A history with what was known of it when.
#[derive(Clone, Debug)]
struct Late {
    history: History,
    arrivals: Vec<Arrival>,
    /// An exam that is accepted only with the close of this month.
    exam: Option<(BusinessDate, Month)>,
    /// From which close on decisions of staff and changes of the billing side are known.
    decisions_known: Month,
}

impl Late {
    /// What is known when a month is closed.
    fn known(&self, closing: Month) -> History {
        let mut known = self.history.clone();
        known.rows = self
            .history
            .rows
            .iter()
            .zip(&self.arrivals)
            .filter(|(row, arrival)| row.month.plus(arrival.late_by) <= closing)
            .map(|(row, arrival)| {
                let first = arrival.at_first.filter(|(months, _)| closing < row.month.plus(arrival.late_by + months));
                Row { gross: first.map_or(row.gross, |(_, gross)| gross), ..row.clone() }
            })
            .collect();
        if closing < self.decisions_known {
            known.facts.staff_decisions.clear();
            known.facts.billing_changes.clear();
        }
        known.facts.exams.extend(self.exam.filter(|(_, known)| closing >= *known).map(|(day, _)| day));
        known
    }

    /// The history as it is once everything is known.
    fn whole(&self) -> History {
        let mut whole = self.history.clone();
        whole.facts.exams.extend(self.exam.map(|(day, _)| day));
        whole
    }
}

prop_compose! {
    fn any_late_history()(history in any_history())(
        arrivals in prop::collection::vec(any_arrival(), history.rows.len()),
        exam in prop::option::weighted(0.4, (any_day(), (0..MONTHS).prop_map(nth_month))),
        decisions_known in (0..MONTHS).prop_map(nth_month),
        history in Just(history),
    ) -> Late {
        Late { history, arrivals, exam, decisions_known }
    }
}

/// The sums of a ledger by rule, period and form, without those that are nothing.
fn sums(ledger: &[Posted]) -> BTreeMap<(Rule, Period, Settlement), (Money, Money)> {
    let mut sums: BTreeMap<_, (Money, Money)> = BTreeMap::new();
    for entry in ledger {
        let sum = sums.entry((entry.rule, entry.period, entry.settlement)).or_default();
        sum.0 += entry.base;
        sum.1 += entry.amount;
    }
    sums.retain(|_, (base, amount)| !base.is_zero() || !amount.is_zero());
    sums
}

/// The entries of month closes one after another, each with what was known by then, through `last`.
fn closed_month_by_month(late: &Late, last: Month) -> Vec<Posted> {
    let mut ledger: Vec<Posted> = Vec::new();
    for closing in late.history.facts.contract_date.month().through(last) {
        let known = late.known(closing);
        let facts = known.closed(closing);
        let money = PartnerMoney::new(&facts, &known.terms);
        let sums = known.sums(&money);
        let corrections = corrections(&accruals_through(closing.previous(), &money, &sums), &ledger);
        ledger.extend(corrections.into_iter().map(|Correction { rule, period, settlement, base, amount, .. }| Posted {
            rule,
            period,
            settlement,
            base,
            amount,
            taken_back: Money::ZERO,
        }));
        ledger.extend(posted(&accruals_of(closing, &money, &sums)));
    }
    ledger
}

fn shuffled<T: Clone + std::fmt::Debug + 'static>(items: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    Just(items).prop_shuffle()
}

/// The same history with everything in another order.
fn reordered(history: History) -> impl Strategy<Value = (History, History)> {
    let facts = history.facts.clone();
    (
        shuffled(history.rows.clone()),
        shuffled(facts.exams.clone()),
        shuffled(facts.staff_decisions.clone()),
        shuffled(facts.billing_changes.clone()),
    )
        .prop_map(move |(rows, exams, staff_decisions, billing_changes)| {
            let facts = LevelFacts { exams, staff_decisions, billing_changes, ..history.facts.clone() };
            (history.clone(), History { facts, rows, ..history.clone() })
        })
}

/// When every late thing has arrived at last.
const SETTLED: i32 = MONTHS + 10;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn after_a_reversal_corrections_settle_and_take_nobody_below_nothing(
        computed in 0_i64..5_000, posted in 0_i64..5_000, part in 0_i64..=100, later in 0_i64..5_000
    ) {
        let taken_back = Money::kopecks(posted * part / 100);
        let mut posted = Money::kopecks(posted);
        for computed in [Money::kopecks(computed), Money::kopecks(later)] {
            posted += lacking(computed, posted, taken_back);
            prop_assert_eq!(lacking(computed, posted, taken_back), Money::ZERO, "settled");
            prop_assert!(posted - taken_back >= Money::ZERO);
            prop_assert_eq!(posted - taken_back, (computed - taken_back).max(Money::ZERO));
        }
    }

    #[test]
    fn what_was_posted_and_its_corrections_sum_to_a_run_from_scratch(late in any_late_history()) {
        let last = nth_month(SETTLED);
        let ledger = closed_month_by_month(&late, last);
        let scratch = late.whole().accruals(last);
        prop_assert_eq!(sums(&ledger), sums(&posted(&scratch)));
        // Nothing is left to correct, so a second run adds nothing.
        prop_assert_eq!(corrections(&scratch, &ledger), []);
        // By rule and period alone, whatever the forms were in between.
        let by_period = |ledger: &[Posted]| {
            let mut sums: BTreeMap<(Rule, Period), Money> = BTreeMap::new();
            for entry in ledger {
                *sums.entry((entry.rule, entry.period)).or_default() += entry.amount;
            }
            sums.retain(|_, amount| !amount.is_zero());
            sums
        };
        prop_assert_eq!(by_period(&ledger), by_period(&posted(&scratch)));
    }

    #[test]
    fn every_close_leaves_the_ledger_at_what_was_known_then(late in any_late_history(), number in 6..MONTHS) {
        let last = nth_month(number);
        prop_assert_eq!(sums(&closed_month_by_month(&late, last)), sums(&posted(&late.known(last).accruals(last))));
    }

    #[test]
    fn corrections_do_not_care_for_the_order_of_the_ledger(late in any_late_history(), other in any_history()) {
        let ledger = closed_month_by_month(&late, nth_month(12));
        let (mut backwards, mut computed) = (ledger.clone(), other.accruals(nth_month(12)));
        let wanted = corrections(&computed, &ledger);
        backwards.reverse();
        computed.reverse();
        prop_assert_eq!(&corrections(&computed, &backwards), &wanted);
        // Once they are posted, nothing more is lacking.
        let mut whole = ledger;
        whole.extend(wanted.into_iter().map(|Correction { rule, period, settlement, base, amount, .. }| Posted { rule, period, settlement, base, amount, taken_back: Money::ZERO }));
        prop_assert_eq!(corrections(&computed, &whole), []);
    }

    #[test]
    fn the_order_of_rows_and_facts_never_matters((history, other) in any_history().prop_flat_map(reordered)) {
        prop_assert_eq!(history.accruals(nth_month(MONTHS)), other.accruals(nth_month(MONTHS)));
    }

    #[test]
    fn no_rule_gives_a_negative_accrual_and_nothing_says_why(history in any_history()) {
        for accrual in history.accruals(nth_month(MONTHS)) {
            prop_assert!(!accrual.base.is_negative() && !accrual.amount.is_negative(), "{:?}", accrual);
            prop_assert_eq!(accrual.amount.is_zero(), accrual.nothing.is_some(), "{:?}", accrual);
        }
    }

    #[test]
    fn the_amount_is_the_base_times_the_rate_it_names(history in any_history()) {
        for accrual in history.accruals(nth_month(MONTHS)) {
            let Some(rate) = accrual.rate else { continue };
            // Rows are rounded one by one for a reward, a rebate once.
            let rows = history.rows.iter().filter(|row| accrual.rule == Rule::Rate4 && accrual.period == Period::Month(row.month)).count();
            let allowed = Decimal::new(5, 3) * Decimal::from(rows.max(1));
            prop_assert!((accrual.amount.decimal() - accrual.base.decimal() * rate).abs() <= allowed, "{:?}", accrual);
        }
    }

    #[test]
    fn a_reward_is_always_settled_by_the_bank(history in any_history()) {
        for accrual in history.accruals(nth_month(MONTHS)) {
            if accrual.rule == Rule::Rate4 {
                prop_assert_eq!(accrual.settlement, Settlement::Bank);
            }
            prop_assert_eq!(accrual.accrued_on, accrual.period.accrual_date());
        }
    }

    #[test]
    fn a_rule_gives_one_entry_a_period_at_most(history in any_history()) {
        let accruals = history.accruals(nth_month(MONTHS));
        let mut keys: Vec<_> = accruals.iter().map(|accrual| (accrual.rule, accrual.period)).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), accruals.len());
    }

    #[test]
    fn closing_a_further_month_never_changes_what_earlier_ones_gave(mut history in any_history(), number in 6..MONTHS) {
        // Usage before a client's start would follow a *once* month that is still open, whose model may yet become another.
        history.rows.retain(|row| row.month >= history.picks[row.client].start_date.month());
        let before = history.accruals(nth_month(number));
        let mut after = history.accruals(nth_month(number + 1));
        after.truncate(before.len());
        prop_assert_eq!(after, before);
    }
}
