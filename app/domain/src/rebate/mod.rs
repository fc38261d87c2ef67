//! Rebates: KVM and MONT Office for a half, growth for a quarter (`REB-1`..`REB-4`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accrual::{Accrual, Explanation, MonthNet, Nothing, Settlement};
use crate::calendar::{Half, Month, Period};
use crate::model::stable_text;
use crate::money::Money;
use crate::privilege::{self, Privilege};
use crate::rate::{PartnerMoney, SumsByMonth};
use crate::rule::Rule;
use crate::service::ServiceCode;
use crate::terms::Terms;

#[cfg(test)]
mod tests;

/// A rebate of the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebateKind {
    /// On virtual machines on ElasticCloud KVM (`REB-1`).
    Kvm,
    /// On MONT Office (`REB-2`).
    MontOffice,
    /// On the growth of main services (`REB-3`).
    Growth,
}

stable_text!(RebateKind { Kvm => "kvm", MontOffice => "mont_office", Growth => "growth" });

impl RebateKind {
    /// Every rebate, in the order of the rules.
    pub const ALL: [Self; 3] = [Self::Kvm, Self::MontOffice, Self::Growth];

    /// Its rule.
    pub fn rule(self) -> Rule {
        match self {
            Self::Kvm => Rule::Rebate1,
            Self::MontOffice => Rule::Rebate2,
            Self::Growth => Rule::Rebate3,
        }
    }

    /// The rebate of a rule.
    pub fn of_rule(rule: Rule) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.rule() == rule)
    }

    /// The privilege that a month's model must have for it.
    pub fn privilege(self) -> Privilege {
        match self {
            Self::Kvm => Privilege::KvmRebate,
            Self::MontOffice => Privilege::MontOfficeRebate,
            Self::Growth => Privilege::GrowthRebate,
        }
    }

    /// Its rate under these terms: 0.10 is 10 %.
    pub fn rate(self, terms: &Terms) -> Decimal {
        match self {
            Self::Kvm => terms.rebate_kvm,
            Self::MontOffice => terms.rebate_mont_office,
            Self::Growth => terms.rebate_growth,
        }
    }

    /// Whether usage of a service counts for it.
    pub fn counts(self, service: &ServiceCode) -> bool {
        match self {
            Self::Kvm => service.is_kvm(),
            Self::MontOffice => service.is_mont_office(),
            Self::Growth => service.is_main(),
        }
    }

    /// The period that a month belongs to.
    pub fn period_of(self, month: Month) -> Period {
        match self {
            Self::Kvm | Self::MontOffice => Period::Half(Half::of(month)),
            Self::Growth => Period::Quarter(month.quarter()),
        }
    }
}

/// What a rebate of a period comes to, given the sums of its months (for growth, also of the quarter before). None where no
/// month of the period counts. Used for a period that still runs, it is what its months so far give.
pub fn rebate(kind: RebateKind, period: Period, money: &PartnerMoney<'_>, sums: &SumsByMonth) -> Option<Accrual> {
    let accrued_on = period.accrual_date();
    let version = money.version_on(accrued_on);
    let rate = kind.rate(&version.terms);
    let months = |period: Period| month_nets(kind, period, money, sums);
    let these = months(period);
    let (base, explanation, nothing) = match kind {
        RebateKind::Kvm | RebateKind::MontOffice => {
            if !these.iter().any(|month| month.counts) {
                return None;
            }
            let base: Money = these.iter().filter(|month| month.counts).map(|month| month.net).sum();
            (base, Explanation::HalfYear { months: these }, Nothing::NoUsage)
        }
        RebateKind::Growth => {
            if !these.iter().any(|month| month.month == period.last_month() && month.counts) {
                return None;
            }
            let before = Period::Quarter(period.first_month().previous().quarter());
            let net = |months: &[MonthNet]| months.iter().map(|month| month.net).sum::<Money>();
            let this = net(&these);
            // A quarter before the contract's is no base to compare with.
            let comparable = before.last_month() >= money.first_month();
            let previous_months = if comparable { months(before) } else { Vec::new() };
            let previous = comparable.then(|| net(&previous_months));
            let growth = previous.map_or(Money::ZERO, |previous| (this - previous).max(Money::ZERO));
            let nothing = if comparable { Nothing::NoGrowth } else { Nothing::FirstQuarter };
            (growth, Explanation::Growth { this, previous, months: these, previous_months }, nothing)
        }
    };
    let amount = base.times(rate);
    let nothing = amount.is_zero().then_some(if base.is_zero() { nothing } else { Nothing::TooLittle });
    // After the contract there is a model on every day.
    let settlement = Settlement::of(money.model_on(accrued_on)?);
    Some(Accrual {
        rule: kind.rule(),
        period,
        base,
        rate: Some(rate),
        amount,
        settlement,
        accrued_on,
        terms: version.id,
        nothing,
        explanation,
    })
}

/// The net of every month of a period that counts for a rebate, from the contract's month on: what a chart of the period shows.
pub fn month_nets(kind: RebateKind, period: Period, money: &PartnerMoney<'_>, sums: &SumsByMonth) -> Vec<MonthNet> {
    period.months().filter_map(|month| month_net(kind, month, money, sums)).collect()
}

/// The net of one month that counts for a rebate; none before the contract.
fn month_net(kind: RebateKind, month: Month, money: &PartnerMoney<'_>, sums: &SumsByMonth) -> Option<MonthNet> {
    let terms = money.month_terms(month)?;
    let net = sums.get(&month).map_or(Money::ZERO, |sums| sums.total(|service| kind.counts(service)).net());
    let counts = privilege::has(&terms.version.terms, terms.model, kind.privilege());
    Some(MonthNet { month, model: terms.model, net, counts })
}
