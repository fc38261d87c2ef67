//! What a usage row adds to the base of an accrual: the way from a sum down to the rows that make it (`WHY-1`).

use rust_decimal::Decimal;

use crate::calendar::{Month, Period};
use crate::money::Money;
use crate::privilege;
use crate::rate::{MonthSums, PartnerMoney, RewardShare, RowAmounts, row_amounts};
use crate::rebate::RebateKind;
use crate::rule::Rule;
use crate::service::ServiceCode;

/// A usage row as the rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFacts<'a> {
    /// The month.
    pub month: Month,
    /// The service.
    pub service: &'a ServiceCode,
    /// What was billed, RUB.
    pub gross: Money,
    /// What the client's pick comes to (`RATE-2`).
    pub share: RewardShare,
}

/// What a row is worth, and its part of a base, RUB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowPart {
    /// The rate of the month's model on the service.
    pub rate: Decimal,
    /// `round(gross x rate)`.
    pub deduction: Money,
    /// `gross - deduction`.
    pub net: Money,
    /// What it adds to the base: gross for `RATE-4`, net for rebates; less than nothing where growth is measured against it.
    pub part: Money,
}

/// The first month whose rows an accrual looks at: for growth, that of the quarter before.
pub fn first_month_behind(rule: Rule, period: Period) -> Month {
    match RebateKind::of_rule(rule) {
        Some(RebateKind::Growth) => period.first_month().plus(-3),
        _ => period.first_month(),
    }
}

/// The part of a row in the base that a rule has for a period; none where the row does not count.
///
/// The sum of the parts of all rows is the base, but for growth below nothing, whose base is 0.00.
pub fn row_part(rule: Rule, period: Period, row: &RowFacts<'_>, money: &PartnerMoney<'_>) -> Option<RowPart> {
    let terms = money.month_terms(row.month)?;
    let within = period.first_month() <= row.month && row.month <= period.last_month();
    let RowAmounts { rate, deduction, net } = row_amounts(&terms, row.service, row.gross);
    let part = match (rule, RebateKind::of_rule(rule)) {
        (Rule::Rate4, _) if within => {
            let mut sums = MonthSums::default();
            sums.add_row(&terms, row.share, row.service, row.gross);
            let total = sums.total(|_| true);
            // A row that earns nothing is no part of the reward.
            let earns =
                terms.rewards() && row.service.is_main() && (row.gross.is_zero() || !(total.reward_base + total.once_base).is_zero());
            earns.then_some(total.reward_base + total.once_base)?
        }
        (Rule::Sales1, _) if within => net,
        (_, Some(RebateKind::Growth)) if row.service.is_main() => growth_part(period, row.month, within, net, money)?,
        (_, Some(kind)) if within && kind.counts(row.service) => {
            privilege::has(&terms.version.terms, terms.model, kind.privilege()).then_some(net)?
        }
        _ => return None,
    };
    Some(RowPart { rate, deduction, net, part })
}

/// A sum of money that usage rows make, so that it can be opened down to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SumOfRows {
    /// The base that a rule has for a period.
    Base(Rule, Period),
    /// What the rate took off the invoices of a month with a discount (`RATE-4`).
    Saved(Month),
}

impl SumOfRows {
    /// The first month with rows in it.
    pub fn first_month(self) -> Month {
        match self {
            Self::Base(rule, period) => first_month_behind(rule, period),
            Self::Saved(month) => month,
        }
    }

    /// The last month with rows in it.
    pub fn last_month(self) -> Month {
        match self {
            Self::Base(_, period) => period.last_month(),
            Self::Saved(month) => month,
        }
    }

    /// The part of a row in the sum, RUB; none where the row does not count.
    pub fn part(self, row: &RowFacts<'_>, money: &PartnerMoney<'_>) -> Option<RowPart> {
        match self {
            Self::Base(rule, period) => row_part(rule, period, row, money),
            Self::Saved(month) if month == row.month => {
                let terms = money.month_terms(month).filter(|terms| !terms.rewards())?;
                let RowAmounts { rate, deduction, net } = row_amounts(&terms, row.service, row.gross);
                Some(RowPart { rate, deduction, net, part: deduction })
            }
            Self::Saved(_) => None,
        }
    }
}

/// Both quarters count whole if the model of the last month has the rebate; a quarter before the contract's is not compared with.
fn growth_part(period: Period, month: Month, within: bool, net: Money, money: &PartnerMoney<'_>) -> Option<Money> {
    let last = money.month_terms(period.last_month())?;
    let has = privilege::has(&last.version.terms, last.model, RebateKind::Growth.privilege());
    let before = Period::Quarter(period.first_month().previous().quarter());
    // Of the contract's own quarter there is nothing to share.
    if !has || before.last_month() < money.first_month() {
        return None;
    }
    if within {
        return Some(net);
    }
    (before.first_month() <= month && month <= before.last_month()).then_some(-net)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::accrual::accruals_through;
    use crate::level::LevelFacts;
    use crate::model::BillingSide;
    use crate::rate::{Pick, RateChoice, SumsByMonth};
    use crate::terms::{Terms, TermsSchedule};

    fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    const SERVICES: [&str; 4] = ["kvm", "databases", "mont_office", "backup"];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_parts_of_all_rows_are_the_base_of_every_accrual(
            rows in proptest::collection::vec((0..12_i32, 0..4_usize, 0..3_usize, 0..9_000_000_i64), 0..60),
            provider in any::<bool>(),
            revenue_first in 0..60_000_i64,
        ) {
            let first = month("2025-11");
            let rows: Vec<(Month, ServiceCode, usize, Money)> = rows
                .into_iter()
                .map(|(at, service, client, kopecks)| (first.plus(at), SERVICES[service].parse().expect("a code"), client, Money::kopecks(kopecks)))
                .collect();
            let contract_date = "2025-11-15".parse().expect("a date");
            let facts = LevelFacts {
                revenue: first.through(month("2026-10")).map(|at| (at, Money::roubles(revenue_first))).collect(),
                closed_through: Some(month("2026-10")),
                ..LevelFacts::new(contract_date, if provider { BillingSide::Provider } else { BillingSide::Partner })
            };
            let terms = TermsSchedule::constant(Terms::default());
            let money = PartnerMoney::new(&facts, &terms);
            // One of three clients is picked once.
            let start_date = "2026-06-10".parse().expect("a date");
            let share = |client: usize| if client == 0 { money.reward_share(Pick { start_date, choice: Some(RateChoice::Once) }) } else { RewardShare::Monthly };
            let mut sums = SumsByMonth::new();
            for (at, service, client, gross) in &rows {
                let terms = money.month_terms(*at).expect("a month of the partner");
                sums.entry(*at).or_default().add_row(&terms, share(*client), service, *gross);
            }
            for accrual in accruals_through(month("2026-10"), &money, &sums) {
                let parts: Money = rows
                    .iter()
                    .filter_map(|(at, service, client, gross)| {
                        let row = RowFacts { month: *at, service, gross: *gross, share: share(*client) };
                        row_part(accrual.rule, accrual.period, &row, &money)
                    })
                    .map(|part| part.part)
                    .sum();
                let base = if accrual.rule == Rule::Rebate3 { parts.max(Money::ZERO) } else { parts };
                prop_assert_eq!(base, accrual.base, "{} {}", accrual.rule, accrual.period);
            }
        }
    }

    #[test]
    fn what_a_month_saves_is_what_the_rate_takes_off_its_rows() {
        let month_of = month("2026-03");
        let contract_date = "2026-01-10".parse().expect("a date");
        let terms = TermsSchedule::constant(Terms::default());
        let service: ServiceCode = "kvm".parse().expect("a code");
        let row = |month| RowFacts { month, service: &service, gross: Money::kopecks(100_005), share: RewardShare::Monthly };
        let saved = |side, at| {
            let facts = LevelFacts::new(contract_date, side);
            SumOfRows::Saved(month_of).part(&row(at), &PartnerMoney::new(&facts, &terms))
        };
        let found = saved(BillingSide::Partner, month_of).expect("a part");
        assert_eq!((found.part, found.part + found.net), (found.deduction, Money::kopecks(100_005)));
        assert!(!found.part.is_zero());
        assert_eq!(saved(BillingSide::Partner, month_of.next()), None, "another month");
        // Where the rate is a reward nothing is saved: it is paid.
        assert_eq!(saved(BillingSide::Provider, month_of), None);
    }

    #[test]
    fn growth_looks_at_the_quarter_before_and_nothing_else_does() {
        let quarter = Period::Quarter(month("2026-05").quarter());
        assert_eq!(first_month_behind(Rule::Rebate3, quarter), month("2026-01"));
        assert_eq!(first_month_behind(Rule::Rebate1, "2026-H1".parse().expect("a half")), month("2026-01"));
    }
}
