//! What a partner earns from usage, as the rules compute it (`RATE-4`, `REB-1`..`REB-5`), each with its explanation (`WHY-1`).
//!
//! [`accruals_of`] is what closing one month makes due, [`accruals_through`] a run from scratch. The ledger is brought in line
//! with them by [`corrections`], never by editing.

mod correction;
mod part;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use self::correction::{Correction, Posted, corrections, lacking};
pub use self::part::{RowFacts, RowPart, SumOfRows, first_month_behind, row_part};
use crate::calendar::{BusinessDate, Month, Period};
use crate::ids::TermsVersionId;
use crate::model::{BillingSide, Model, stable_text};
use crate::money::Money;
use crate::rate::{MonthSums, PartnerMoney, SumsByMonth};
use crate::rebate::{RebateKind, rebate};
use crate::rule::Rule;

#[cfg(test)]
mod tests;

/// How an amount reaches the partner (`REB-4`, `LED-1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// By bank order to the partner's account.
    Bank,
    /// As a one-time extra discount on the next invoice.
    Discount,
}

stable_text!(Settlement { Bank => "bank", Discount => "discount" });

impl Settlement {
    /// Both forms.
    pub const ALL: [Self; 2] = [Self::Bank, Self::Discount];

    /// The form by the model: who bills the client can't take a discount from the provider (`REB-4`).
    pub fn of(model: Model) -> Self {
        match model.billing() {
            BillingSide::Provider => Self::Bank,
            BillingSide::Partner => Self::Discount,
        }
    }
}

/// What a rule gives for a period. An amount of 0.00 says why (`nothing`), and is no money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accrual {
    /// The rule.
    pub rule: Rule,
    /// What it is for.
    pub period: Period,
    /// What the rate is applied to, RUB: gross for `RATE-4`, net or growth for rebates.
    pub base: Money,
    /// 0.27 is 27 %; none where rows have different rates.
    pub rate: Option<Decimal>,
    /// RUB, never negative.
    pub amount: Money,
    /// How it reaches the partner.
    pub settlement: Settlement,
    /// The first day of the month after the period.
    pub accrued_on: BusinessDate,
    /// The terms that decided.
    pub terms: TermsVersionId,
    /// Why the amount is 0.00, where it is.
    pub nothing: Option<Nothing>,
    /// The figures behind it.
    pub explanation: Explanation,
}

/// Why nothing accrued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nothing {
    /// No usage that counts.
    NoUsage,
    /// The quarter did not grow.
    NoGrowth,
    /// The contract's own quarter has nothing to be compared with.
    FirstQuarter,
    /// Less than half a kopeck, or a rate of nothing.
    TooLittle,
}

stable_text!(Nothing { NoUsage => "no_usage", NoGrowth => "no_growth", FirstQuarter => "first_quarter", TooLittle => "too_little" });

/// The figures behind an accrual (`WHY-1`): base x rate, and where the base comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "explanation", rename_all = "snake_case")]
pub enum Explanation {
    /// `RATE-4`: the share of the month, and the whole of it for clients picked *once*.
    Reward {
        /// The model of the month.
        model: Model,
        /// Its rate.
        rate: Decimal,
        /// Gross at that rate, RUB.
        base: Money,
        /// The sum of the rows' rounded shares, RUB.
        amount: Money,
        /// Gross of clients whose one month this is, RUB: all of it is the reward.
        once: Money,
    },
    /// `REB-1`, `REB-2`: the months of the half.
    HalfYear {
        /// In order.
        months: Vec<MonthNet>,
    },
    /// `REB-3`: this quarter against the one before.
    Growth {
        /// Net of main services in this quarter, RUB.
        this: Money,
        /// The same of the quarter before, RUB; none where that lies before the contract's.
        previous: Option<Money>,
        /// The months of this quarter.
        months: Vec<MonthNet>,
        /// The months of the quarter before.
        previous_months: Vec<MonthNet>,
    },
    /// `SALES-1`: a client's month.
    ClientMonth {
        /// What was billed, RUB.
        gross: Money,
        /// What is left after the rate, RUB.
        net: Money,
    },
    /// `CASE-1`, `TG-1`: a text that was published.
    Published {
        /// The day of the publication.
        on: BusinessDate,
    },
}

/// The net of a month in a rebate's base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthNet {
    /// The month.
    pub month: Month,
    /// Its model.
    pub model: Model,
    /// Net of the services that count, RUB.
    pub net: Money,
    /// Whether its model has the rebate. For growth only the last month is asked.
    pub counts: bool,
}

/// `RATE-4`: the reward of a month, settled by the model of the month itself. None where the rate is a discount.
pub fn reward(month: Month, money: &PartnerMoney<'_>, sums: &SumsByMonth) -> Option<Accrual> {
    let terms = money.month_terms(month).filter(super::rate::MonthTerms::rewards)?;
    let total = sums.get(&month).map(|sums: &MonthSums| sums.total(|_| true)).unwrap_or_default();
    let rate = terms.version.terms.rates.of(terms.model);
    let (base, amount) = (total.reward_base + total.once_base, total.reward + total.once_base);
    let shown_rate = match (total.reward_base.is_zero(), total.once_base.is_zero()) {
        (_, true) => Some(rate),
        (true, false) => Some(Decimal::ONE),
        (false, false) => None,
    };
    let nothing = amount.is_zero().then_some(if base.is_zero() { Nothing::NoUsage } else { Nothing::TooLittle });
    Some(Accrual {
        rule: Rule::Rate4,
        period: Period::Month(month),
        base,
        rate: shown_rate,
        amount,
        settlement: Settlement::of(terms.model),
        accrued_on: Period::Month(month).accrual_date(),
        terms: terms.version.id,
        nothing,
        explanation: Explanation::Reward { model: terms.model, rate, base: total.reward_base, amount: total.reward, once: total.once_base },
    })
}

/// What closing a month makes due (`USE-3`): its reward, and the rebates whose period ends with it.
pub fn accruals_of(month: Month, money: &PartnerMoney<'_>, sums: &SumsByMonth) -> Vec<Accrual> {
    let ending = RebateKind::ALL.into_iter().map(|kind| (kind, kind.period_of(month))).filter(|(_, period)| period.last_month() == month);
    let rebates = ending.filter_map(|(kind, period)| rebate(kind, period, money, sums));
    reward(month, money, sums).into_iter().chain(rebates).collect()
}

/// A run from scratch: everything due from the contract through the last closed month.
pub fn accruals_through(last: Month, money: &PartnerMoney<'_>, sums: &SumsByMonth) -> Vec<Accrual> {
    money.first_month().through(last).flat_map(|month| accruals_of(month, money, sums)).collect()
}
