//! Rebates at their boundaries, worked out by hand from the rules of record.

use super::*;
use crate::model::{BillingSide, Model};
use crate::testing::{History, date, month, of, rub, service};

const KVM: Rule = Rule::Rebate1;
const MONT_OFFICE: Rule = Rule::Rebate2;
const GROWTH: Rule = Rule::Rebate3;

/// The same gross of a service in each of the months.
fn sold_in(history: History, code: &str, months: &[&str], gross: &str) -> History {
    months.iter().fold(history, |history, of| history.sold(code, of, gross))
}

#[test]
fn the_kvm_rebate_is_a_tenth_of_the_halfs_net_and_counts_vgpu_but_not_hyperv() {
    let history = History::agent("2025-06-10")
        .sold("kvm", "2026-01", "1000.00")
        .sold("kvm_vgpu", "2026-06", "2000.00")
        .sold("hyperv", "2026-02", "9000.00")
        .sold("databases", "2026-02", "9000.00")
        .sold("mont_office", "2026-02", "9000.00");
    // Net 730.00 and 1460.00.
    assert_eq!(history.money(KVM, "2026-H1"), of("2190.00", "219.00"));
}

#[test]
fn the_mont_office_rebate_counts_mont_office_alone_at_its_net() {
    let history = History::white_label("2025-06-10").sold("mont_office", "2026-03", "1000.00").sold("kvm", "2026-03", "9000.00");
    assert_eq!(history.money(MONT_OFFICE, "2026-H1"), of("1000.00", "100.00"));
    // Five per cent off in the catalogue leave 950.00.
    let service_rates = [(service("mont_office"), [(Model::WhiteLabel, Decimal::new(5, 2))].into())].into();
    let terms = Terms { service_rates, ..Terms::default() };
    assert_eq!(history.under(terms).money(MONT_OFFICE, "2026-H1"), of("950.00", "95.00"));
}

#[test]
fn a_half_ends_with_june_and_with_december() {
    let history =
        sold_in(History::agent("2025-06-10"), "kvm", &["2025-12", "2026-01", "2026-06", "2026-07", "2026-12", "2027-01"], "1000.00");
    assert_eq!(history.money(KVM, "2025-H2"), of("730.00", "73.00"));
    assert_eq!(history.money(KVM, "2026-H1"), of("1460.00", "146.00"));
    assert_eq!(history.money(KVM, "2026-H2"), of("1460.00", "146.00"));
}

#[test]
fn only_agent_and_white_label_months_count() {
    // Agent in January to March, White Label in April and May, Basic in June.
    let months = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"];
    let history = sold_in(History::agent("2025-06-10"), "kvm", &months, "1000.00")
        .billed_by(BillingSide::Partner, "2026-03-31")
        .basic_from("2026-06-01");
    assert_eq!(history.money(KVM, "2026-H1"), of("3650.00", "365.00"));
    let Explanation::HalfYear { months } = history.accrual(KVM, "2026-H1").unwrap().explanation else { panic!("a half is expected") };
    assert_eq!(months.iter().map(|month| month.counts).collect::<Vec<_>>(), [true, true, true, true, true, false]);
    // A Reseller's net of June: 12 % off.
    assert_eq!((months[5].model, months[5].net), (Model::Reseller, rub("880.00")));
}

#[test]
fn without_an_agent_or_white_label_month_there_is_no_rebate_at_all() {
    for history in [History::referral("2025-06-10"), History::reseller("2025-06-10")] {
        let history = history.sold("kvm", "2026-01", "1000.00").sold("mont_office", "2026-01", "1000.00");
        assert_eq!(history.accrual(KVM, "2026-H1"), None);
        assert_eq!(history.accrual(MONT_OFFICE, "2026-H1"), None);
        assert_eq!(history.accrual(GROWTH, "2026-Q1"), None);
    }
}

#[test]
fn a_half_with_nothing_to_count_says_so() {
    let none = History::agent("2025-06-10").accrual(KVM, "2026-H1").unwrap();
    assert_eq!((none.base, none.amount, none.nothing), (Money::ZERO, Money::ZERO, Some(Nothing::NoUsage)));
    // 0.05 of gross is 0.04 of net, and a tenth of that is less than half a kopeck.
    let little = History::agent("2025-06-10").sold("kvm", "2026-01", "0.05").accrual(KVM, "2026-H1").unwrap();
    assert_eq!((little.base, little.amount, little.nothing), (rub("0.04"), Money::ZERO, Some(Nothing::TooLittle)));
}

#[test]
fn a_rebate_is_rounded_once_at_its_end_half_away_from_zero() {
    // Net 0.73 twice: a tenth of 1.46 is 0.146; rounded by month it would be 0.14.
    let history = sold_in(History::agent("2025-06-10"), "kvm", &["2026-01", "2026-02"], "1.00");
    assert_eq!(history.money(KVM, "2026-H1"), of("1.46", "0.15"));
    // A tenth of 0.25 is 0.025.
    let half = History::agent("2025-06-10").sold("mont_office", "2026-01", "0.25");
    assert_eq!(half.money(MONT_OFFICE, "2026-H1"), of("0.25", "0.03"));
}

#[test]
fn growth_is_thirty_per_cent_of_what_a_quarter_has_more_than_the_one_before() {
    let history = History::agent("2026-01-15")
        .sold("kvm", "2026-01", "1000.00")
        .sold("hyperv", "2026-04", "1000.00")
        .sold("kubernetes", "2026-06", "2000.00")
        // No main service.
        .sold("mont_office", "2026-06", "9000.00");
    // 2190.00 after 730.00.
    assert_eq!(history.money(GROWTH, "2026-Q2"), of("1460.00", "438.00"));
}

#[test]
fn a_quarter_that_is_level_or_falls_has_no_growth_and_takes_nothing_back() {
    for gross in ["1000.00", "999.99", "0.00"] {
        let history = History::agent("2026-01-15").sold("kvm", "2026-03", "1000.00").sold("kvm", "2026-04", gross);
        let accrual = history.accrual(GROWTH, "2026-Q2").unwrap();
        assert_eq!((accrual.base, accrual.amount, accrual.nothing), (Money::ZERO, Money::ZERO, Some(Nothing::NoGrowth)), "{gross}");
    }
    let one_kopeck = History::agent("2026-01-15").sold("kvm", "2026-03", "1000.00").sold("kvm", "2026-04", "1000.03");
    // 1000.03 leaves 730.02: two kopecks more, of which 30 % are 0.006.
    assert_eq!(one_kopeck.money(GROWTH, "2026-Q2"), of("0.02", "0.01"));
}

#[test]
fn the_contracts_own_quarter_has_no_growth_and_the_next_has() {
    // A contract of the last day of a quarter.
    let history =
        History::agent("2026-03-31").sold("kvm", "2026-02", "5000.00").sold("kvm", "2026-03", "1000.00").sold("kvm", "2026-04", "2000.00");
    let first = history.accrual(GROWTH, "2026-Q1").unwrap();
    assert_eq!((first.base, first.amount, first.nothing), (Money::ZERO, Money::ZERO, Some(Nothing::FirstQuarter)));
    let Explanation::Growth { this, previous, .. } = first.explanation else { panic!("growth is expected") };
    // February lies before the contract's month and is not the partner's.
    assert_eq!((this, previous), (rub("730.00"), None));
    assert_eq!(history.money(GROWTH, "2026-Q2"), of("730.00", "219.00"));
    // A contract of the first day of a quarter has no comparison either, although the quarter before ended the day before.
    let first_day = History::agent("2026-04-01").sold("kvm", "2026-03", "1000.00").sold("kvm", "2026-04", "2000.00");
    assert_eq!(first_day.accrual(GROWTH, "2026-Q2").unwrap().nothing, Some(Nothing::FirstQuarter));
}

#[test]
fn the_model_of_the_quarters_last_month_decides_and_both_quarters_count_whole() {
    let sold = |history: History| sold_in(history, "kvm", &["2026-03", "2026-04", "2026-05", "2026-06"], "1000.00");
    // Basic through May, at 10 %: 900.00 against 900 + 900 + 730.
    let risen = sold(History::referral("2026-01-15").professional_from("2026-06-01"));
    assert_eq!(risen.money(GROWTH, "2026-Q2"), of("1630.00", "489.00"));
    // A day too late: June is a Referral month.
    assert_eq!(sold(History::referral("2026-01-15").professional_from("2026-06-02")).accrual(GROWTH, "2026-Q2"), None);
    // An Agent in April and May only.
    assert_eq!(sold(History::agent("2026-01-15").basic_from("2026-06-01")).accrual(GROWTH, "2026-Q2"), None);
    // Fallen in June: June still counts, by its first day.
    let fallen = sold(History::agent("2026-01-15").basic_from("2026-06-02"));
    assert_eq!(fallen.money(GROWTH, "2026-Q2"), of("1460.00", "438.00"));
}

#[test]
fn a_rebate_accrues_on_the_first_day_after_its_period() {
    let history = sold_in(History::agent("2025-06-10"), "kvm", &["2026-03", "2026-12"], "1000.00");
    let accrued = |rule, period: &str| history.accrual(rule, period).unwrap().accrued_on;
    assert_eq!(accrued(KVM, "2026-H1"), date("2026-07-01"));
    assert_eq!(accrued(MONT_OFFICE, "2026-H2"), date("2027-01-01"));
    assert_eq!(accrued(GROWTH, "2026-Q1"), date("2026-04-01"));
    assert_eq!(accrued(GROWTH, "2026-Q4"), date("2027-01-01"));
}

#[test]
fn the_model_of_the_day_of_accrual_settles_whatever_the_period_had() {
    let sold = |history: History| history.sold("kvm", "2026-05", "1000.00").accrual(KVM, "2026-H1").map(|accrual| accrual.settlement);
    assert_eq!(sold(History::agent("2026-01-15")), Some(Settlement::Bank));
    assert_eq!(sold(History::white_label("2026-01-15")), Some(Settlement::Discount));
    // The other billing side is in force on 1 July where it was approved in June, and a month later where on 1 July.
    assert_eq!(sold(History::agent("2026-01-15").billed_by(BillingSide::Partner, "2026-06-30")), Some(Settlement::Discount));
    assert_eq!(sold(History::agent("2026-01-15").billed_by(BillingSide::Partner, "2026-07-01")), Some(Settlement::Bank));
    assert_eq!(sold(History::white_label("2026-01-15").billed_by(BillingSide::Provider, "2026-06-01")), Some(Settlement::Bank));
    // Basic on 1 July: a Referral partner is paid, a Reseller has a discount, and the half still earned it.
    assert_eq!(sold(History::agent("2026-01-15").basic_from("2026-07-01")), Some(Settlement::Bank));
    assert_eq!(sold(History::white_label("2026-01-15").basic_from("2026-07-01")), Some(Settlement::Discount));
}

#[test]
fn the_terms_of_the_day_of_accrual_give_the_rate() {
    let mut history = History::agent("2026-01-15").sold("mont_office", "2026-05", "1000.00");
    let version = |number, day: &str, rebate: i64| crate::terms::TermsVersion {
        id: crate::ids::TermsVersionId(uuid::Uuid::from_u128(number)),
        valid_from: date(day),
        terms: Terms { rebate_mont_office: Decimal::new(rebate, 2), ..Terms::default() },
    };
    let schedule = |day: &str| crate::terms::TermsSchedule::new(vec![version(1, "2020-01-01", 10), version(2, day, 20)]).unwrap();
    history.terms = schedule("2026-07-01");
    assert_eq!(history.money(MONT_OFFICE, "2026-H1"), of("1000.00", "200.00"));
    history.terms = schedule("2026-07-02");
    assert_eq!(history.money(MONT_OFFICE, "2026-H1"), of("1000.00", "100.00"));
}

#[test]
fn a_running_period_is_what_its_months_so_far_give() {
    let history = History::agent("2026-01-15").sold("kvm", "2026-02", "1000.00");
    let facts = history.closed(month("2026-02"));
    let money = PartnerMoney::new(&facts, &history.terms);
    let so_far = rebate(RebateKind::Kvm, RebateKind::Kvm.period_of(month("2026-02")), &money, &history.sums(&money)).unwrap();
    assert_eq!((so_far.base, so_far.amount), (rub("730.00"), rub("73.00")));
}

#[test]
fn a_rebate_is_found_by_its_rule_and_no_other_rule_is_one() {
    for kind in RebateKind::ALL {
        assert_eq!(RebateKind::of_rule(kind.rule()), Some(kind));
    }
    assert_eq!(RebateKind::of_rule(Rule::Rate4), None);
}
