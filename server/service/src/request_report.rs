//! How long the provider takes to decide: by kind, by person, and what is late now.

use std::collections::BTreeMap;

use chrono::Duration;
use domain::calendar::BusinessDate;
use domain::ids::UserId;
use domain::permission::Action;
use domain::request::{ActName, DecisionClock, RequestKind, late_if_due_before};
use store::Scope;
use store::requests::{LateRequests, RequestEvent};

use crate::{Result, Services, Viewer};

/// The most decided requests that one report looks at.
pub const MOST: i64 = 2_000;

/// How long some decisions took, in working days of Moscow: the time in which the request waited for the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionTimes {
    days: Vec<u32>,
    in_time: usize,
}

impl DecisionTimes {
    fn add(&mut self, days: u32, is_in_time: bool) {
        self.days.push(days);
        self.in_time += usize::from(is_in_time);
    }

    /// How many decisions.
    pub fn count(&self) -> usize {
        self.days.len()
    }

    /// How many of them in the published time.
    pub fn in_time(&self) -> usize {
        self.in_time
    }

    /// Half of the decisions took no longer.
    pub fn median(&self) -> u32 {
        let mut days = self.days.clone();
        days.sort_unstable();
        days.get(days.len().saturating_sub(1) / 2).copied().unwrap_or_default()
    }

    /// The longest.
    pub fn longest(&self) -> u32 {
        self.days.iter().copied().max().unwrap_or_default()
    }
}

/// The report.
#[derive(Clone, Debug)]
pub struct RequestReport {
    /// The first day of decisions, Moscow.
    pub from: BusinessDate,
    /// The last.
    pub through: BusinessDate,
    /// By kind.
    pub kinds: BTreeMap<RequestKind, DecisionTimes>,
    /// By person, with the name.
    pub people: BTreeMap<(String, UserId), DecisionTimes>,
    /// What waits for the provider now: all of it and what is late, by kind and reviewer.
    pub waiting: Vec<LateRequests>,
    /// Whether there were more decisions than are looked at; the newest are.
    pub is_cut: bool,
}

impl Services {
    /// How long decisions of a period took, the last ninety days where none is named.
    pub async fn request_report(
        &self,
        viewer: &Viewer,
        from: Option<BusinessDate>,
        through: Option<BusinessDate>,
    ) -> Result<RequestReport> {
        viewer.require(Action::ViewRequestReport)?;
        let today = self.today();
        let through = through.unwrap_or(today);
        let from = from.unwrap_or_else(|| BusinessDate::of(through.starts_at() - Duration::days(89)));
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let period = (from.starts_at(), through.plus_days(1).starts_at());
        let decided = store::requests::decided_between(&mut transaction, period, MOST + 1).await?;
        let waiting = store::requests::late(&mut transaction, late_if_due_before(today)).await?;
        drop(transaction);
        let is_cut = i64::try_from(decided.len()).is_ok_and(|count| count > MOST);
        let mut report = RequestReport { from, through, kinds: BTreeMap::new(), people: BTreeMap::new(), waiting, is_cut };
        for (kind, events) in decided {
            let kind = kind.parse().map_err(|_| crate::requests::inconsistent("kind"))?;
            report.count(kind, &events, period);
        }
        Ok(report)
    }
}

impl RequestReport {
    /// Counts the decisions on one request that fall into the period: opened again, it is decided again.
    fn count(
        &mut self,
        kind: RequestKind,
        events: &[RequestEvent],
        period: (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>),
    ) {
        for (place, recorded) in events.iter().enumerate() {
            let event = &recorded.event;
            if !matches!(event.act, ActName::Approve | ActName::Refuse) || event.at < period.0 || event.at >= period.1 {
                continue;
            }
            let Some(clock) = DecisionClock::of(kind, events[..place].iter().map(|before| &before.event)) else { continue };
            let day = BusinessDate::of(event.at);
            let (days, is_in_time) = (clock.used_by(day), clock.overdue_by(day) == 0);
            self.kinds.entry(kind).or_default().add(days, is_in_time);
            if let (Some(person), Some(name)) = (event.actor.person(), &recorded.actor_name) {
                self.people.entry((name.clone(), person)).or_default().add(days, is_in_time);
            }
        }
    }
}
