//! The bonus of a partner's sales manager: one month of a client's work, after the discount (`SALES-1`).

use serde::{Deserialize, Serialize};

use crate::calendar::{BusinessDate, Month};
use crate::money::Money;
use crate::verdict::{Verdict, Violation};

#[cfg(test)]
mod tests;

/// What a claim for a client is checked against. Whether the model has the bonus is `PRIV-1`'s question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesFacts {
    /// The last closed month.
    pub closed_through: Option<Month>,
    /// The month of a live claim for this client.
    pub claimed: Option<Month>,
    /// The month in which the client earned the *once* reward (`RATE-2`).
    pub once_month: Option<Month>,
    /// Net of the client in the month asked for, over all services, RUB: the amount of the bonus.
    pub net: Money,
}

/// `SALES-1`: a closed month with usage, once per client, not the month that earned a *once* reward. All violations at once.
pub fn check(month: Month, facts: &SalesFacts) -> Verdict {
    let open = facts.closed_through.is_none_or(|last| month > last);
    let violations = [
        open.then(|| Violation::SalesMonthOpen { month, closed_through: facts.closed_through, possible_on: month.next().first_day() }),
        facts.claimed.map(|month| Violation::SalesClientClaimed { month }),
        (facts.once_month == Some(month)).then_some(Violation::SalesMonthEarnedOnce { month }),
        // What an open month comes to is not known yet.
        (!open && facts.net <= Money::ZERO).then_some(Violation::SalesNothingBilled { month }),
    ];
    violations.into_iter().flatten().collect()
}

/// The first day on which a claim for a month can be made.
pub fn possible_from(month: Month) -> BusinessDate {
    month.next().first_day()
}
