//! By when the provider decides: the published time of a kind, in working days of Moscow.

use chrono::{DateTime, Datelike, Utc, Weekday};
use serde::{Deserialize, Serialize};

use super::{ActName, Event, RequestKind};
use crate::calendar::BusinessDate;

/// The clock of a decision. The day of submission does not count; while the partner has to act it stands, and after the answer it goes on
/// where it stood. A new submission, and a case opened again, start it anew. Saturdays and Sundays do not count; other holidays do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionClock {
    /// The published time, working days.
    days: u32,
    /// Working days used until it last stood.
    used: u32,
    /// The day from which it runs; none while it stands.
    running_since: Option<BusinessDate>,
}

impl DecisionClock {
    /// The clock of a request that was submitted on a day and was not touched since.
    pub fn submitted(kind: RequestKind, on: BusinessDate) -> Self {
        Self { days: kind.days_to_decide(), used: 0, running_since: Some(on) }
    }

    /// The clock after the events of a request, in order; none where it was never submitted.
    pub fn of<'event>(kind: RequestKind, events: impl IntoIterator<Item = &'event Event>) -> Option<Self> {
        let mut clock: Option<Self> = None;
        for event in events {
            let on = BusinessDate::of(event.at);
            match (event.from.waits_for_decision(), event.to.waits_for_decision()) {
                (false, true) => {
                    let stood = clock.filter(|_| matches!(event.act, ActName::Answer | ActName::Take));
                    clock = Some(stood.map_or(Self::submitted(kind, on), |clock| Self { running_since: Some(on), ..clock }));
                }
                (true, false) => clock = clock.map(|clock| Self { used: clock.used_by(on), running_since: None, ..clock }),
                _ => {}
            }
        }
        clock
    }

    /// The published time, working days.
    pub fn days(self) -> u32 {
        self.days
    }

    /// Whether it runs: whether the provider has to decide.
    pub fn is_running(self) -> bool {
        self.running_since.is_some()
    }

    /// Working days used by the end of a day.
    pub fn used_by(self, day: BusinessDate) -> u32 {
        self.used.saturating_add(self.running_since.map_or(0, |since| working_days(since, day)))
    }

    /// The last day on which the decision is in time; none while it stands. Where the time was used up before it stood, it lies as many
    /// working days before the day from which it runs again.
    pub fn due_on(self) -> Option<BusinessDate> {
        self.running_since.map(|since| match self.used.checked_sub(self.days) {
            Some(late) => minus_working_days(since, late),
            None => plus_working_days(since, self.days.saturating_sub(self.used)),
        })
    }

    /// Working days by which the decision is late, as of a day; 0 while it is in time or stands.
    pub fn overdue_by(self, today: BusinessDate) -> u32 {
        self.due_on().map_or(0, |due| working_days(due, today))
    }

    /// The same as of an instant.
    pub fn is_overdue(self, now: DateTime<Utc>) -> bool {
        self.overdue_by(BusinessDate::of(now)) > 0
    }
}

/// Whether people work on it: not on Saturday and Sunday.
fn is_working_day(day: BusinessDate) -> bool {
    !matches!(day.naive().weekday(), Weekday::Sat | Weekday::Sun)
}

/// Working days after a day, through another one: from Friday through Monday it is one. None where that is not later.
pub fn working_days(after: BusinessDate, through: BusinessDate) -> u32 {
    let days = u64::try_from(after.days_until(through)).unwrap_or(0);
    // Whole weeks have five each, wherever they begin.
    let rest = (1..=days % 7).filter(|&day| is_working_day(after.plus_days(day))).count();
    u32::try_from(days / 7 * 5).unwrap_or(u32::MAX).saturating_add(u32::try_from(rest).unwrap_or(0))
}

/// What was due before this day is late as of today: nothing becomes late on a weekend. Lists are filtered by it.
pub fn late_if_due_before(today: BusinessDate) -> BusinessDate {
    let mut day = today;
    while !is_working_day(day) {
        day = day.previous();
    }
    day
}

/// The day so many working days before a day; the day itself for none.
fn minus_working_days(before: BusinessDate, days: u32) -> BusinessDate {
    let mut day = before;
    let mut left = days;
    while left > 0 {
        left -= u32::from(is_working_day(day));
        day = day.previous();
    }
    day
}

/// The day so many working days after a day; the day itself for none.
pub fn plus_working_days(after: BusinessDate, days: u32) -> BusinessDate {
    let mut day = after.plus_days(u64::from(days / 5) * 7);
    // Five working days are a week; from a weekend they end on a Friday, not on a weekend.
    if days > 0 && days.is_multiple_of(5) {
        while !is_working_day(day) {
            day = day.previous();
        }
    }
    let mut left = days % 5;
    while left > 0 {
        day = day.plus_days(1);
        left -= u32::from(is_working_day(day));
    }
    day
}
