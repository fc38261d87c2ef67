//! What the rows of a partner's month come to. Rows are rounded, sums are not rounded again (conventions of the programme).

use std::collections::BTreeMap;
use std::ops::AddAssign;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{MonthTerms, RewardShare, rate_of};
use crate::calendar::Month;
use crate::model::Model;
use crate::money::Money;
use crate::service::ServiceCode;

/// What one usage row is worth (`RATE-4`), RUB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowAmounts {
    /// The rate of the month's model on the service.
    pub rate: Decimal,
    /// `round(gross x rate)`: the discount, or the reward.
    pub deduction: Money,
    /// `gross - deduction`.
    pub net: Money,
}

/// `net = gross - round(gross x rate)`, whether the rate is a reward or a discount (`RATE-4`).
pub fn row_amounts(terms: &MonthTerms<'_>, service: &ServiceCode, gross: Money) -> RowAmounts {
    let rate = rate_of(service, terms.model, &terms.version.terms);
    let deduction = gross.times(rate);
    RowAmounts { rate, deduction, net: gross - deduction }
}

/// What the rows of one service come to in a partner's month, RUB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSum {
    /// Before any discount.
    pub gross: Money,
    /// The sum of the rows' `round(gross x rate)`.
    pub deduction: Money,
    /// The gross of rows that earn the reward of the month's model (`RATE-4`).
    pub reward_base: Money,
    /// That reward: the sum of the rows' `round(gross x rate)`.
    pub reward: Money,
    /// The gross of rows that earn the whole of this month (`RATE-2`, once): base and reward alike.
    pub once_base: Money,
}

impl ServiceSum {
    /// What is left after the rate.
    pub fn net(&self) -> Money {
        self.gross - self.deduction
    }
}

impl AddAssign for ServiceSum {
    fn add_assign(&mut self, other: Self) {
        self.gross += other.gross;
        self.deduction += other.deduction;
        self.reward_base += other.reward_base;
        self.reward += other.reward;
        self.once_base += other.once_base;
    }
}

/// What the rows of a partner's month come to, by service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthSums {
    services: BTreeMap<ServiceCode, ServiceSum>,
}

impl MonthSums {
    /// Adds a row. `share` is what the client's pick comes to ([`PartnerMoney::reward_share`](super::PartnerMoney::reward_share)).
    pub fn add_row(&mut self, terms: &MonthTerms<'_>, share: RewardShare, service: &ServiceCode, gross: Money) {
        let RowAmounts { deduction, .. } = row_amounts(terms, service, gross);
        let mut row = ServiceSum { gross, deduction, ..ServiceSum::default() };
        if terms.rewards() && service.is_main() {
            match (share, terms.model) {
                (RewardShare::Once { month }, Model::Referral) if month == terms.month => row.once_base = gross,
                (RewardShare::Once { .. }, Model::Referral) => {}
                _ => (row.reward_base, row.reward) = (gross, deduction),
            }
        }
        self.add(service, row);
    }

    /// Adds what was summed before.
    pub fn add(&mut self, service: &ServiceCode, sum: ServiceSum) {
        if let Some(known) = self.services.get_mut(service) {
            *known += sum;
        } else {
            self.services.insert(service.clone(), sum);
        }
    }

    /// By service, in the order of codes.
    pub fn services(&self) -> impl Iterator<Item = (&ServiceCode, &ServiceSum)> {
        self.services.iter()
    }

    /// Over the services that `wanted` names.
    pub fn total(&self, wanted: impl Fn(&ServiceCode) -> bool) -> ServiceSum {
        self.services.iter().filter(|(service, _)| wanted(service)).fold(ServiceSum::default(), |mut total, (_, sum)| {
            total += *sum;
            total
        })
    }
}

/// The sums of a partner's months. A month without an entry has no usage.
pub type SumsByMonth = BTreeMap<Month, MonthSums>;
