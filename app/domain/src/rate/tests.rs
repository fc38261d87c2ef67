//! Rates, picks and rounding, worked out by hand from the rules of record.

use proptest::prelude::*;

use super::*;
use crate::model::Level;
use crate::money::Money;
use crate::rule::Rule;
use crate::testing::{History, any_gross, any_history, date, month, nth_month, of, rub, service};
use crate::verdict::{Verdict, Violation};

fn percent(number: i64) -> Decimal {
    Decimal::new(number, 2)
}

const MAIN: [&str; 5] = ["kvm", "kvm_vgpu", "hyperv", "databases", "kubernetes"];
const ONCE: Option<RateChoice> = Some(RateChoice::Once);

#[test]
fn every_main_service_has_the_rate_of_the_model() {
    let rates = [(Model::Referral, 10), (Model::Reseller, 12), (Model::Agent, 27), (Model::WhiteLabel, 27)];
    for (model, rate) in rates {
        for code in MAIN {
            assert_eq!(rate_of(&service(code), model, &Terms::default()), percent(rate), "{code} {model}");
        }
    }
}

#[test]
fn every_other_service_has_no_rate_until_the_catalogue_says_otherwise() {
    let mut terms = Terms::default();
    for model in Model::ALL {
        for code in ["mont_office", "backup"] {
            assert_eq!(rate_of(&service(code), model, &terms), Decimal::ZERO, "{code} {model}");
        }
    }
    terms.service_rates = [(service("mont_office"), [(Model::Agent, percent(5))].into())].into();
    assert_eq!(rate_of(&service("mont_office"), Model::Agent, &terms), percent(5));
    assert_eq!(rate_of(&service("mont_office"), Model::WhiteLabel, &terms), Decimal::ZERO);
    assert_eq!(rate_of(&service("backup"), Model::Agent, &terms), Decimal::ZERO);
}

#[test]
fn a_main_service_keeps_the_rate_of_the_model_whatever_stands_in_the_catalogue() {
    let service_rates = [(service("kvm"), [(Model::Agent, percent(99))].into())].into();
    let terms = Terms { service_rates, ..Terms::default() };
    assert_eq!(rate_of(&service("kvm"), Model::Agent, &terms), percent(27));
}

#[test]
fn the_first_full_month_is_the_first_that_begins_on_or_after_the_start_and_not_before_the_contracts() {
    let cases = [
        ("2026-03-01", "2026-01-15", "2026-03"),
        ("2026-03-02", "2026-01-15", "2026-04"),
        ("2026-03-31", "2026-01-15", "2026-04"),
        ("2026-12-02", "2026-01-15", "2027-01"),
        // Before the contract: the contract's month, although it isn't whole.
        ("2025-11-20", "2026-01-15", "2026-01"),
        ("2026-01-01", "2026-01-15", "2026-01"),
        // The contract in the middle of the month the client starts in.
        ("2026-01-02", "2026-01-15", "2026-02"),
        ("2026-01-15", "2026-01-15", "2026-02"),
        ("2026-01-01", "2026-01-01", "2026-01"),
    ];
    for (start, contract, expected) in cases {
        assert_eq!(once_month(date(start), date(contract)), month(expected), "start {start}, contract {contract}");
    }
}

/// A Referral partner with one client that was picked *once* and starts on 10 March: its month is April.
fn once_in_april() -> History {
    let sold = |history: History, of| history.usage(0, "kvm", of, "1000.00");
    ["2026-03", "2026-04", "2026-05", "2026-06"].into_iter().fold(History::referral("2026-01-15").client("2026-03-10", ONCE), sold)
}

#[test]
fn once_earns_the_whole_of_the_first_full_month_and_nothing_of_other_referral_months() {
    let history = once_in_april();
    assert_eq!(history.money(Rule::Rate4, "2026-03"), of("0.00", "0.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-04"), of("1000.00", "1000.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-05"), of("0.00", "0.00"));
}

#[test]
fn once_takes_no_effect_where_the_model_of_its_month_is_not_referral() {
    // An Agent in April: April earns 27 %, and the Referral months after it 10 %.
    let agent = once_in_april().professional_from("2026-04-01").basic_from("2026-05-01");
    assert_eq!(agent.money(Rule::Rate4, "2026-03"), of("1000.00", "100.00"));
    assert_eq!(agent.money(Rule::Rate4, "2026-04"), of("1000.00", "270.00"));
    assert_eq!(agent.money(Rule::Rate4, "2026-05"), of("1000.00", "100.00"));
    // A Reseller in April: a discount, and no reward.
    let reseller = once_in_april().billed_by(BillingSide::Partner, "2026-03-20").billed_by(BillingSide::Provider, "2026-04-20");
    assert_eq!(reseller.money(Rule::Rate4, "2026-04"), None);
    assert_eq!(reseller.money(Rule::Rate4, "2026-05"), of("1000.00", "100.00"));
}

#[test]
fn the_first_day_of_the_once_month_decides_whether_it_takes_effect() {
    let fallen_on_the_second = once_in_april().professional_from("2026-04-01").basic_from("2026-04-02");
    assert_eq!(fallen_on_the_second.money(Rule::Rate4, "2026-04"), of("1000.00", "270.00"));
    let risen_on_the_second = once_in_april().professional_from("2026-04-02").basic_from("2026-05-01");
    assert_eq!(risen_on_the_second.money(Rule::Rate4, "2026-04"), of("1000.00", "1000.00"));
    assert_eq!(risen_on_the_second.money(Rule::Rate4, "2026-05"), of("0.00", "0.00"));
}

#[test]
fn agent_months_before_and_after_the_once_month_earn_the_agent_rate() {
    let history = once_in_april().professional_from("2026-02-01").basic_from("2026-04-01").professional_from("2026-06-01");
    assert_eq!(history.money(Rule::Rate4, "2026-03"), of("1000.00", "270.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-04"), of("1000.00", "1000.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-05"), of("0.00", "0.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-06"), of("1000.00", "270.00"));
}

#[test]
fn a_once_month_without_usage_is_still_the_one_month() {
    let mut history = once_in_april();
    history.rows.retain(|row| row.month != month("2026-04"));
    assert_eq!(history.money(Rule::Rate4, "2026-04"), of("0.00", "0.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-05"), of("0.00", "0.00"));
}

#[test]
fn nothing_picked_means_monthly() {
    for choice in [None, Some(RateChoice::Monthly)] {
        let history = History::referral("2026-01-15").client("2026-03-01", choice).usage(0, "kvm", "2026-03", "1000.00");
        assert_eq!(history.money(Rule::Rate4, "2026-03"), of("1000.00", "100.00"));
    }
}

#[test]
fn a_once_pick_rewards_main_services_only_and_does_not_change_net() {
    let history = once_in_april().usage(0, "mont_office", "2026-04", "300.00");
    assert_eq!(history.money(Rule::Rate4, "2026-04"), of("1000.00", "1000.00"));
    let facts = history.closed(month("2026-06"));
    let money = PartnerMoney::new(&facts, &history.terms);
    let april = history.sums(&money)[&month("2026-04")].clone();
    assert_eq!(april.total(ServiceCode::is_main).net(), rub("900.00"));
    assert_eq!(april.total(|_| true).net(), rub("1200.00"));
}

fn choice_facts(model: Model, first_billed: Option<&str>, closed_through: Option<&str>) -> Verdict {
    check_choice(&RateChoiceFacts { model, first_billed: first_billed.map(month), closed_through: closed_through.map(month) })
}

#[test]
fn a_pick_is_taken_until_the_first_billed_month_closes() {
    for (first_billed, closed) in [(None, None), (None, Some("2026-06")), (Some("2026-03"), None), (Some("2026-03"), Some("2026-02"))] {
        assert!(choice_facts(Model::Referral, first_billed, closed).is_allowed(), "{first_billed:?} {closed:?}");
    }
    for closed in ["2026-03", "2026-04"] {
        let verdict = choice_facts(Model::Referral, Some("2026-03"), Some(closed));
        assert_eq!(verdict.violations, [Violation::RateChoiceTooLate { first_billed: month("2026-03") }], "{closed}");
    }
}

#[test]
fn only_a_referral_partner_picks_and_all_that_is_wrong_is_said_at_once() {
    for model in [Model::Reseller, Model::Agent, Model::WhiteLabel] {
        assert_eq!(choice_facts(model, None, None).violations, [Violation::RateChoiceModel { model }]);
    }
    let both = choice_facts(Model::Agent, Some("2026-03"), Some("2026-03"));
    let expected = [Violation::RateChoiceModel { model: Model::Agent }, Violation::RateChoiceTooLate { first_billed: month("2026-03") }];
    assert_eq!(both.violations, expected);
    assert_eq!(both.rules(), [Rule::Rate2]);
}

#[test]
fn the_model_of_a_month_is_that_of_its_first_day_and_in_the_contracts_month_that_of_the_contract_date() {
    let history = History::agent("2026-01-15").basic_from("2026-01-16").professional_from("2026-03-02");
    let facts = history.closed(month("2026-04"));
    let money = PartnerMoney::new(&facts, &history.terms);
    let model = |of: &str| money.month_terms(month(of)).map(|terms| terms.model);
    assert_eq!(model("2025-12"), None);
    assert_eq!(model("2026-01"), Some(Model::Agent));
    assert_eq!(model("2026-02"), Some(Model::Referral));
    assert_eq!(model("2026-03"), Some(Model::Referral));
    assert_eq!(model("2026-04"), Some(Model::Agent));
    assert_eq!(money.model_on(date("2026-03-02")).map(Model::level), Some(Level::Professional));
}

#[test]
fn the_rate_of_a_month_is_that_of_the_terms_in_force_on_the_day_its_model_is_taken_from() {
    let version = |number, day: &str, agent: i64| {
        let mut terms = Terms::default();
        terms.rates.agent = percent(agent);
        TermsVersion { id: crate::ids::TermsVersionId(uuid::Uuid::from_u128(number)), valid_from: date(day), terms }
    };
    let mut history = History::agent("2026-01-15").sold("kvm", "2026-01", "100.00").sold("kvm", "2026-02", "100.00");
    history = history.sold("kvm", "2026-03", "100.00");
    history.terms =
        TermsSchedule::new(vec![version(1, "2020-01-01", 27), version(2, "2026-01-10", 30), version(3, "2026-02-02", 40)]).unwrap();
    assert_eq!(history.money(Rule::Rate4, "2026-01"), of("100.00", "30.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-02"), of("100.00", "30.00"));
    assert_eq!(history.money(Rule::Rate4, "2026-03"), of("100.00", "40.00"));
    assert_eq!(history.accrual(Rule::Rate4, "2026-03").unwrap().terms.0, uuid::Uuid::from_u128(3));
}

#[test]
fn a_row_is_rounded_half_away_from_zero_and_its_net_is_what_is_left() {
    let facts = History::agent("2026-01-01").closed(month("2026-01"));
    let terms = TermsSchedule::constant(Terms::default());
    let money = PartnerMoney::new(&facts, &terms);
    let january = money.month_terms(month("2026-01")).unwrap();
    // 27 %: 0.405 becomes 0.41, 0.0135 becomes 0.01, 0.0189 becomes 0.02.
    for (gross, deduction, net) in [("1.50", "0.41", "1.09"), ("0.05", "0.01", "0.04"), ("0.07", "0.02", "0.05"), ("0.00", "0.00", "0.00")]
    {
        let row = row_amounts(&january, &service("kvm"), rub(gross));
        assert_eq!((row.rate, row.deduction, row.net), (percent(27), rub(deduction), rub(net)), "{gross}");
    }
    let other = row_amounts(&january, &service("mont_office"), rub("100.00"));
    assert_eq!((other.rate, other.deduction, other.net), (Decimal::ZERO, rub("0.00"), rub("100.00")));
}

#[test]
fn a_discount_is_computed_like_a_reward_and_earns_nothing() {
    let history = History::white_label("2026-01-01").sold("kvm", "2026-01", "1.50").sold("kvm", "2026-01", "1.50");
    let facts = history.closed(month("2026-01"));
    let money = PartnerMoney::new(&facts, &history.terms);
    let total = history.sums(&money)[&month("2026-01")].total(|_| true);
    assert_eq!((total.gross, total.deduction, total.net()), (rub("3.00"), rub("0.82"), rub("2.18")));
    assert_eq!((total.reward_base, total.reward, total.once_base), (Money::ZERO, Money::ZERO, Money::ZERO));
    assert_eq!(history.money(Rule::Rate4, "2026-01"), None);
}

fn any_model() -> impl Strategy<Value = Model> {
    prop::sample::select(Model::ALL.to_vec())
}

proptest! {
    #[test]
    fn any_split_of_rows_comes_to_the_whole_within_half_a_kopeck_a_row(
        model in any_model(),
        grosses in prop::collection::vec(any_gross(), 1..20),
        code in prop::sample::select(vec!["kvm", "databases", "mont_office"]),
    ) {
        let history = match model {
            Model::Referral => History::referral("2026-01-01"),
            Model::Reseller => History::reseller("2026-01-01"),
            Model::Agent => History::agent("2026-01-01"),
            Model::WhiteLabel => History::white_label("2026-01-01"),
        };
        let facts = history.closed(month("2026-01"));
        let money = PartnerMoney::new(&facts, &history.terms);
        let terms = money.month_terms(month("2026-01")).unwrap();
        prop_assert_eq!(terms.model, model);
        let mut sums = MonthSums::default();
        for gross in &grosses {
            sums.add_row(&terms, RewardShare::Monthly, &service(code), *gross);
        }
        let (total, whole) = (sums.total(|_| true), grosses.iter().copied().sum::<Money>());
        prop_assert_eq!(total.gross, whole);
        prop_assert_eq!(total.net() + total.deduction, whole);
        let exact = whole.decimal() * rate_of(&service(code), model, &Terms::default());
        let allowed = Decimal::new(5, 3) * Decimal::from(grosses.len());
        prop_assert!((total.deduction.decimal() - exact).abs() <= allowed, "{} against {}", total.deduction, exact);
        let earned = model.billing() == BillingSide::Provider && code != "mont_office";
        prop_assert_eq!(total.reward, if earned { total.deduction } else { Money::ZERO });
    }

    #[test]
    fn a_row_is_never_worth_more_than_its_gross_and_earns_at_most_once(history in any_history()) {
        let facts = history.closed(nth_month(19));
        let money = PartnerMoney::new(&facts, &history.terms);
        for sum in history.sums(&money).values().flat_map(MonthSums::services).map(|(_, sum)| sum) {
            prop_assert!(!sum.deduction.is_negative() && !sum.net().is_negative());
            prop_assert!(sum.reward_base + sum.once_base <= sum.gross);
            prop_assert!(!sum.reward.is_negative() && sum.reward <= sum.reward_base);
        }
    }

    #[test]
    fn sums_added_up_in_parts_are_the_sums_of_all_rows(history in any_history(), cut in 0_usize..60) {
        let facts = history.closed(nth_month(19));
        let money = PartnerMoney::new(&facts, &history.terms);
        let (first, second) = history.rows.split_at(cut.min(history.rows.len()));
        let mut parts = History { rows: first.to_vec(), ..history.clone() }.sums(&money);
        for (of, sums) in (History { rows: second.to_vec(), ..history.clone() }).sums(&money) {
            let month = parts.entry(of).or_default();
            for (service, sum) in sums.services() {
                month.add(service, *sum);
            }
        }
        prop_assert_eq!(parts, history.sums(&money));
    }
}

#[test]
fn a_share_of_every_month_overtakes_the_one_whole_month_after_as_many_months_as_it_takes() {
    // A tenth of the same bill every month: equal in the tenth month, more in the eleventh.
    assert_eq!(overtaking_month(rub("1000.00"), 1, rub("10000.00")), Some(11));
    assert_eq!(overtaking_month(rub("2000.00"), 2, rub("10000.00")), Some(11));
    // Bills that grow, with a whole month smaller than their average.
    assert_eq!(overtaking_month(rub("3000.00"), 2, rub("10000.00")), Some(7));
    assert_eq!(overtaking_month(rub("1000.00"), 3, rub("999.99")), Some(3));
    assert_eq!(overtaking_month(Money::ZERO, 1, rub("10000.00")), None);
    assert_eq!(overtaking_month(rub("1000.00"), 1, Money::ZERO), None);
}
