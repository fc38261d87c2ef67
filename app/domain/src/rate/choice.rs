//! The pick of a Referral partner for a client: a share of every month, or the whole of one (`RATE-2`).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::calendar::{BusinessDate, Month};
use crate::model::{Model, stable_text};
use crate::money::Money;
use crate::verdict::{Verdict, Violation};

/// How a Referral partner is rewarded for a client (`RATE-2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateChoice {
    /// A share of every month; also where nothing was picked.
    Monthly,
    /// The whole of one month.
    Once,
}

stable_text!(RateChoice { Monthly => "monthly", Once => "once" });

impl RateChoice {
    /// Both choices.
    pub const ALL: [Self; 2] = [Self::Monthly, Self::Once];
}

/// What was picked for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The first day of the client's paid work.
    pub start_date: BusinessDate,
    /// The pick; none means monthly.
    pub choice: Option<RateChoice>,
}

/// What a pick comes to, given the models of the months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardShare {
    /// The rate of every month.
    Monthly,
    /// The whole of this month, and nothing of other Referral months.
    Once {
        /// The month.
        month: Month,
    },
}

/// The client's first full calendar month of paid work: the first that begins on or after its start, never before the contract's.
pub fn once_month(start_date: BusinessDate, contract_date: BusinessDate) -> Month {
    let month = start_date.month();
    let first_full = if month.first_day() == start_date { month } else { month.next() };
    first_full.max(contract_date.month())
}

/// The month, counted from the client's first billed one, in which the shares of every month come to more than the one whole month;
/// its bills taken as they were on average. `monthly` is what `months` billed months gave. None where there is nothing to go by.
pub fn overtaking_month(monthly: Money, months: usize, once: Money) -> Option<u32> {
    if monthly <= Money::ZERO || once <= Money::ZERO {
        return None;
    }
    // With an average of monthly / months, the last month that is not enough is once / average.
    let equal = once.decimal() * Decimal::from(months) / monthly.decimal();
    (equal.floor() + Decimal::ONE).to_u32()
}

/// What a pick is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateChoiceFacts {
    /// The partner's model today.
    pub model: Model,
    /// The client's first month with a billed row; none before it is billed.
    pub first_billed: Option<Month>,
    /// The last closed month.
    pub closed_through: Option<Month>,
}

/// `RATE-2`: a Referral partner picks, before the client's first billed month closes.
pub fn check_choice(facts: &RateChoiceFacts) -> Verdict {
    let model = (facts.model != Model::Referral).then_some(Violation::RateChoiceModel { model: facts.model });
    let closed = facts.first_billed.filter(|first| facts.closed_through.is_some_and(|last| *first <= last));
    model.into_iter().chain(closed.map(|first_billed| Violation::RateChoiceTooLate { first_billed })).collect()
}
