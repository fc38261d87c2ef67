//! The programme's numbers as data (`TERM-1`).

pub mod onset;
pub mod parameters;
pub mod replay;
mod share;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{BusinessDate, Month};
use crate::ids::TermsVersionId;
use crate::model::Model;
use crate::money::Money;
use crate::privilege::{PrivilegeTable, brochure_table};
use crate::service::ServiceCode;

/// Every parameter of the programme. A missing one is the brochure's, an unknown one is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// Revenue that a month must reach (`LVL-2`, `LVL-5`, `LVL-6`), RUB.
    pub minimum_monthly_revenue: Money,
    /// Length of the first window (`LVL-2`), months.
    pub first_window_months: u32,
    /// Length of the return window (`LVL-6`), calendar months.
    pub return_window_months: u32,
    /// Rates on main services by model (`RATE-1`).
    pub rates: Rates,
    /// Codes per partner and quarter (`CODE-1`).
    pub codes_per_quarter: u32,
    /// Face value of codes per partner and quarter (`CODE-2`), whole RUB.
    pub codes_value_per_quarter: i64,
    /// Codes in one request (`CODE-4`).
    pub codes_per_request: u32,
    /// The least face value (`CODE-4`), whole RUB.
    pub code_minimum_face: i64,
    /// Bonus months per client, ever (`FREE-1`).
    pub free_months_per_client: u32,
    /// Whole months between two bonus months (`FREE-3`).
    pub free_month_gap: u32,
    /// How far ahead a bonus month may lie (`FREE-5`), months.
    pub free_month_horizon: u32,
    /// KVM rebate (`REB-1`).
    #[serde(with = "share")]
    pub rebate_kvm: Decimal,
    /// MONT Office rebate (`REB-2`).
    #[serde(with = "share")]
    pub rebate_mont_office: Decimal,
    /// Growth rebate (`REB-3`).
    #[serde(with = "share")]
    pub rebate_growth: Decimal,
    /// Bonus for a published case (`CASE-1`), RUB.
    pub case_bonus: Money,
    /// Least bonus for a comment (`TG-1`), RUB.
    pub comment_bonus_minimum: Money,
    /// Largest bonus for a comment (`TG-1`), RUB.
    pub comment_bonus_maximum: Money,
    /// Days of a trial under a Basic model, the first day included (`TRIAL-1`).
    pub trial_days_basic: u32,
    /// Months until a Cloudovka becomes paid after a fall (`CLOUD-2`).
    pub cloudovka_grace_months: u32,
    /// The partner's least share of a co-marketing budget (`COMK-1`).
    #[serde(with = "share")]
    pub comarketing_minimum_share: Decimal,
    /// Which models have which privilege (section 3).
    pub privileges: PrivilegeTable,
    /// Rates of other services by service and model (`RATE-1`); none means 0 %.
    #[serde(with = "share::by_service")]
    pub service_rates: BTreeMap<ServiceCode, BTreeMap<Model, Decimal>>,
}

/// Rates on main services (`RATE-1`): 0.27 is 27 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Referral, monthly.
    #[serde(with = "share")]
    pub referral: Decimal,
    /// Reseller.
    #[serde(with = "share")]
    pub reseller: Decimal,
    /// Agent.
    #[serde(with = "share")]
    pub agent: Decimal,
    /// White Label.
    #[serde(with = "share")]
    pub white_label: Decimal,
}

impl Rates {
    /// The rate of a model.
    pub fn of(&self, model: Model) -> Decimal {
        match model {
            Model::Referral => self.referral,
            Model::Reseller => self.reseller,
            Model::Agent => self.agent,
            Model::WhiteLabel => self.white_label,
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self { referral: Decimal::new(10, 2), reseller: Decimal::new(12, 2), agent: Decimal::new(27, 2), white_label: Decimal::new(27, 2) }
    }
}

impl Default for Terms {
    /// The brochure's terms.
    fn default() -> Self {
        Self {
            minimum_monthly_revenue: Money::roubles(30_000),
            first_window_months: 6,
            return_window_months: 6,
            rates: Rates::default(),
            codes_per_quarter: 10,
            codes_value_per_quarter: 30_000,
            codes_per_request: 10,
            code_minimum_face: 1,
            free_months_per_client: 2,
            free_month_gap: 1,
            free_month_horizon: 12,
            rebate_kvm: Decimal::new(10, 2),
            rebate_mont_office: Decimal::new(10, 2),
            rebate_growth: Decimal::new(30, 2),
            case_bonus: Money::roubles(40_000),
            comment_bonus_minimum: Money::roubles(10_000),
            comment_bonus_maximum: Money::roubles(30_000),
            trial_days_basic: 14,
            cloudovka_grace_months: 6,
            comarketing_minimum_share: Decimal::new(50, 2),
            privileges: brochure_table(),
            service_rates: BTreeMap::new(),
        }
    }
}

/// A parameter that no programme could have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the parameter `{parameter}` is out of its range")]
pub struct TermsError {
    /// Its name, as in section 11 of the programme.
    pub parameter: &'static str,
}

impl Terms {
    /// Refuses parameters out of any sensible range: a negative limit, a rate above 100 %, an empty window.
    pub fn validate(&self) -> Result<(), TermsError> {
        let share = |rate: Decimal| (Decimal::ZERO..=Decimal::ONE).contains(&rate);
        let window = |months: u32| (1..=120).contains(&months);
        let rates = &self.rates;
        let checks = [
            ("minimum_monthly_revenue", !self.minimum_monthly_revenue.is_negative()),
            ("first_window_months", window(self.first_window_months)),
            ("return_window_months", window(self.return_window_months)),
            ("rates", Model::ALL.into_iter().all(|model| share(rates.of(model)))),
            ("codes_per_quarter", self.codes_per_quarter <= 1_000_000),
            ("codes_value_per_quarter", (0..=1_000_000_000).contains(&self.codes_value_per_quarter)),
            ("codes_per_request", (1..=1_000).contains(&self.codes_per_request)),
            ("code_minimum_face", (1..=1_000_000_000).contains(&self.code_minimum_face)),
            ("free_months_per_client", self.free_months_per_client <= 1_200),
            ("free_month_gap", self.free_month_gap <= 120),
            ("free_month_horizon", self.free_month_horizon <= 120),
            ("rebate_kvm", share(self.rebate_kvm)),
            ("rebate_mont_office", share(self.rebate_mont_office)),
            ("rebate_growth", share(self.rebate_growth)),
            ("case_bonus", !self.case_bonus.is_negative()),
            ("comment_bonus_minimum", !self.comment_bonus_minimum.is_negative()),
            ("comment_bonus_maximum", self.comment_bonus_maximum >= self.comment_bonus_minimum),
            ("trial_days_basic", (1..=3_650).contains(&self.trial_days_basic)),
            ("cloudovka_grace_months", self.cloudovka_grace_months <= 120),
            ("comarketing_minimum_share", share(self.comarketing_minimum_share)),
            ("service_rates", self.service_rates.values().flat_map(BTreeMap::values).copied().all(share)),
        ];
        match checks.into_iter().find(|(_, holds)| !holds) {
            Some((parameter, _)) => Err(TermsError { parameter }),
            None => Ok(()),
        }
    }
}

/// Terms with the day from which they hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TermsVersion {
    /// Which version.
    pub id: TermsVersionId,
    /// Its first day of validity.
    pub valid_from: BusinessDate,
    /// The parameters.
    pub terms: Terms,
}

/// All versions of the terms: a decision uses the one in force on its date (`TERM-1`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TermsSchedule {
    first: TermsVersion,
    later: Vec<TermsVersion>,
}

impl TermsSchedule {
    /// The same terms for all time.
    pub fn constant(terms: Terms) -> Self {
        let first = TermsVersion { id: TermsVersionId(uuid::Uuid::nil()), valid_from: Month::FIRST.first_day(), terms };
        Self { first, later: Vec::new() }
    }

    /// The versions in any order; `None` where there is none.
    pub fn new(mut versions: Vec<TermsVersion>) -> Option<Self> {
        versions.sort_by_key(|version| version.valid_from);
        let mut versions = versions.into_iter();
        Some(Self { first: versions.next()?, later: versions.collect() })
    }

    /// The schedule as it would be had `terms` been in force from a day on, whatever came after (`WHY-2`).
    #[must_use]
    pub fn supposing(&self, from: BusinessDate, terms: Terms) -> Self {
        let supposed = TermsVersion { id: TermsVersionId(uuid::Uuid::nil()), valid_from: from, terms };
        let later = self.later.iter().filter(|version| version.valid_from < from).cloned().chain([supposed]).collect();
        Self { first: self.first.clone(), later }
    }

    /// Every version, in the order of their first days.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &TermsVersion> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The version in force on a day. Days before the first version use the first.
    pub fn version_on(&self, date: BusinessDate) -> &TermsVersion {
        self.later.iter().rev().find(|version| version.valid_from <= date).unwrap_or(&self.first)
    }

    /// A version with its number in the order of validity, from 1; none where there is no such version.
    pub fn numbered(&self, id: TermsVersionId) -> Option<(usize, &TermsVersion)> {
        (1..).zip(std::iter::once(&self.first).chain(&self.later)).find(|(_, version)| version.id == id)
    }

    /// The terms in force on a day.
    pub fn on(&self, date: BusinessDate) -> &Terms {
        &self.version_on(date).terms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_parameter_is_the_brochures_and_an_unknown_one_an_error() {
        let terms: Terms = serde_json::from_str(r#"{"codes_per_quarter": 5, "rates": {"agent": "0.30"}}"#).unwrap_or_default();
        assert_eq!(terms.codes_per_quarter, 5);
        assert_eq!(terms.rates.agent, Decimal::new(30, 2));
        assert_eq!(terms.rates.reseller, Decimal::new(12, 2));
        assert!(serde_json::from_str::<Terms>(r#"{"codes": 5}"#).is_err());
    }

    #[test]
    fn a_share_is_a_text_in_json_and_may_be_read_from_a_number() {
        let text = r#"{"rebate_kvm": 0.15, "rates": {"agent": 0.3}, "service_rates": {"dns": {"agent": 0.05, "referral": "0.10"}}}"#;
        let terms: Terms = serde_json::from_str(text).unwrap_or_default();
        assert_eq!((terms.rebate_kvm, terms.rates.agent), (Decimal::new(15, 2), Decimal::new(3, 1)));
        let written = serde_json::to_value(&terms).unwrap_or_default();
        assert_eq!(written["rebate_kvm"], "0.15");
        assert_eq!(written["rates"]["agent"], "0.3");
        assert_eq!(written["comarketing_minimum_share"], "0.50");
        assert_eq!(written["service_rates"], serde_json::json!({ "dns": { "agent": "0.05", "referral": "0.10" } }));
    }

    #[test]
    fn the_version_in_force_is_the_latest_that_has_begun() {
        let version = |day: &str, codes| TermsVersion {
            id: TermsVersionId(uuid::Uuid::nil()),
            valid_from: day.parse().unwrap_or_else(|_| panic!("{day}")),
            terms: Terms { codes_per_quarter: codes, ..Terms::default() },
        };
        let schedule = TermsSchedule::new(vec![version("2027-01-01", 5), version("2024-01-01", 10)]);
        let on = |day: &str| schedule.as_ref().map(|s| s.on(day.parse().unwrap_or_else(|_| panic!("{day}"))).codes_per_quarter);
        assert_eq!(on("2023-06-01"), Some(10));
        assert_eq!(on("2026-12-31"), Some(10));
        assert_eq!(on("2027-01-01"), Some(5));
    }

    #[test]
    fn senseless_terms_name_the_parameter() {
        let terms = Terms { rebate_kvm: Decimal::new(2, 0), ..Terms::default() };
        assert_eq!(terms.validate(), Err(TermsError { parameter: "rebate_kvm" }));
        assert_eq!(Terms::default().validate(), Ok(()));
    }
}
