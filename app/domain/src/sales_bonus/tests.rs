//! Claims for sales managers at the boundaries of their rule.

use super::*;
use crate::rule::Rule;
use crate::testing::{date, month, rub};

/// A client billed in March, which is closed, with nothing against a claim.
fn billed_in_march() -> SalesFacts {
    SalesFacts { closed_through: Some(month("2026-03")), claimed: None, once_month: None, net: rub("730.00") }
}

#[test]
fn a_closed_month_with_usage_may_be_claimed() {
    assert!(check(month("2026-03"), &billed_in_march()).is_allowed());
    assert!(check(month("2026-01"), &billed_in_march()).is_allowed());
    assert!(check(month("2026-03"), &SalesFacts { net: rub("0.01"), ..billed_in_march() }).is_allowed());
}

#[test]
fn an_open_month_waits_for_its_close() {
    let verdict = check(month("2026-04"), &billed_in_march());
    let open = |of: &str, closed_through, possible_on| Violation::SalesMonthOpen {
        month: month(of),
        closed_through,
        possible_on: date(possible_on),
    };
    assert_eq!(verdict.violations, [open("2026-04", Some(month("2026-03")), "2026-05-01")]);
    let nothing_closed = SalesFacts { closed_through: None, ..billed_in_march() };
    assert_eq!(check(month("2026-12"), &nothing_closed).violations, [open("2026-12", None, "2027-01-01")]);
    assert_eq!(possible_from(month("2026-12")), date("2027-01-01"));
}

#[test]
fn a_client_is_claimed_once_whatever_the_month() {
    let facts = SalesFacts { claimed: Some(month("2026-01")), ..billed_in_march() };
    for of in ["2026-01", "2026-03"] {
        assert_eq!(check(month(of), &facts).violations, [Violation::SalesClientClaimed { month: month("2026-01") }], "{of}");
    }
}

#[test]
fn the_month_that_earned_a_once_reward_is_refused_and_only_that_one() {
    let facts = SalesFacts { once_month: Some(month("2026-03")), ..billed_in_march() };
    assert_eq!(check(month("2026-03"), &facts).violations, [Violation::SalesMonthEarnedOnce { month: month("2026-03") }]);
    assert!(check(month("2026-02"), &facts).is_allowed());
}

#[test]
fn a_closed_month_without_usage_has_nothing_to_claim() {
    let facts = SalesFacts { net: Money::ZERO, ..billed_in_march() };
    assert_eq!(check(month("2026-03"), &facts).violations, [Violation::SalesNothingBilled { month: month("2026-03") }]);
}

#[test]
fn everything_that_speaks_against_a_claim_is_said_at_once() {
    let closed = SalesFacts { claimed: Some(month("2026-01")), once_month: Some(month("2026-03")), net: Money::ZERO, ..billed_in_march() };
    let verdict = check(month("2026-03"), &closed);
    let expected = [
        Violation::SalesClientClaimed { month: month("2026-01") },
        Violation::SalesMonthEarnedOnce { month: month("2026-03") },
        Violation::SalesNothingBilled { month: month("2026-03") },
    ];
    assert_eq!(verdict.violations, expected);
    assert_eq!(verdict.rules(), [Rule::Sales1]);
    // What an open month comes to isn't known, so its being empty so far is not held against it.
    let open = SalesFacts { closed_through: Some(month("2026-02")), ..closed };
    assert_eq!(check(month("2026-03"), &open).violations.len(), 3);
}
