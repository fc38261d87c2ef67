//! What a month's usage is worth: the model of a month, the rates, the pick of a Referral partner (`RATE-1`..`RATE-4`).
//!
//! [`PartnerMoney`] knows the models and terms of a partner's months; [`MonthSums`] is what the rows of one month come to.

mod choice;
mod month_sums;

use rust_decimal::Decimal;

pub use self::choice::{Pick, RateChoice, RateChoiceFacts, RewardShare, check_choice, once_month, overtaking_month};
pub use self::month_sums::{MonthSums, RowAmounts, ServiceSum, SumsByMonth, row_amounts};
use crate::calendar::{BusinessDate, Month};
use crate::level::{LevelFacts, Timeline, timeline};
use crate::model::{BillingSide, Model};
use crate::service::ServiceCode;
use crate::terms::{Terms, TermsSchedule, TermsVersion};

#[cfg(test)]
mod tests;

/// The rate on a service (`RATE-1`): 0.27 is 27 %. Services that the terms do not name have none.
pub fn rate_of(service: &ServiceCode, model: Model, terms: &Terms) -> Decimal {
    if service.is_main() {
        return terms.rates.of(model);
    }
    terms.service_rates.get(service).and_then(|rates| rates.get(&model)).copied().unwrap_or(Decimal::ZERO)
}

/// What a month's money is computed by (`RATE-3`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthTerms<'a> {
    /// The month.
    pub month: Month,
    /// The model of its first day; in the month of the contract, of the contract date.
    pub model: Model,
    /// The terms in force on that day: a month's invoices can't know the terms of the day after it.
    pub version: &'a TermsVersion,
}

impl MonthTerms<'_> {
    /// Whether the rate is a reward to be paid and not a discount taken off the invoice (`RATE-4`).
    pub fn rewards(&self) -> bool {
        self.model.billing() == BillingSide::Provider
    }
}

/// The models and terms of a partner's months, from the contract's on.
#[derive(Clone, Debug)]
pub struct PartnerMoney<'a> {
    contract_date: BusinessDate,
    timeline: Timeline,
    terms: &'a TermsSchedule,
}

impl<'a> PartnerMoney<'a> {
    /// From accepted facts. Days to come stand as the facts leave them today.
    pub fn new(facts: &LevelFacts, terms: &'a TermsSchedule) -> Self {
        Self { contract_date: facts.contract_date, timeline: timeline(facts, terms, BusinessDate::LAST), terms }
    }

    /// The month of the contract: nothing before it is the partner's.
    pub fn first_month(&self) -> Month {
        self.contract_date.month()
    }

    /// The timeline of levels and models that the money follows.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// What a month's money is computed by; none before the contract.
    pub fn month_terms(&self, month: Month) -> Option<MonthTerms<'a>> {
        let model = self.timeline.model_of_month(month)?;
        Some(MonthTerms { month, model, version: self.terms.version_on(month.first_day().max(self.contract_date)) })
    }

    /// The terms in force on a day.
    pub fn version_on(&self, date: BusinessDate) -> &'a TermsVersion {
        self.terms.version_on(date)
    }

    /// The model on a day; none before the contract.
    pub fn model_on(&self, date: BusinessDate) -> Option<Model> {
        self.timeline.model_on(date)
    }

    /// What a client's pick comes to (`RATE-2`): *once* only where its month is a Referral month.
    pub fn reward_share(&self, pick: Pick) -> RewardShare {
        let month = once_month(pick.start_date, self.contract_date);
        match pick.choice {
            Some(RateChoice::Once) if self.timeline.model_of_month(month) == Some(Model::Referral) => RewardShare::Once { month },
            _ => RewardShare::Monthly,
        }
    }
}
