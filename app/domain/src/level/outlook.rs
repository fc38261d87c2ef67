//! What a partner sees of its level (`LVL-9`).

use serde::{Deserialize, Serialize};

use super::billing::billing_on;
use super::course::{Course, FirstWindow, MonthPart, Position, ReturnWindow, course, decision_day, minimum_of, return_window};
use super::facts::LevelFacts;
use super::timeline::{Cause, LevelChange, timeline};
use crate::calendar::{BusinessDate, Month};
use crate::model::{Level, Model};
use crate::money::Money;
use crate::rule::Rule;
use crate::terms::TermsSchedule;

/// The level on a day, why it holds, what is still asked and what follows from it (`LVL-9`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// The day it was made for; before the contract, the contract date.
    pub day: BusinessDate,
    /// The level on that day.
    pub level: Level,
    /// The model on that day.
    pub model: Model,
    /// Since when the level holds.
    pub since: BusinessDate,
    /// Why it does.
    pub cause: Cause,
    /// The part of the rules the partner is in.
    pub phase: Phase,
    /// What is still to be met; `None` where nothing is, or only staff can change the level.
    pub requirement: Option<Requirement>,
    /// What happens if the requirement isn't met.
    pub if_not: Option<Consequence>,
    /// What is decided already for later days: approved billing sides and dated decisions of staff.
    pub scheduled: Vec<LevelChange>,
    /// Revenue against the minimum from the contract's month on, through the running month and any open window.
    pub months: Vec<MonthStanding>,
}

/// The part of the rules a partner is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// `LVL-2`: the first window's requirement isn't met yet.
    FirstWindow {
        /// The window.
        window: FirstWindow,
        /// An open month that stands at the minimum or above: closed so, it meets the requirement.
        stands_met_by: Option<Month>,
    },
    /// `LVL-2`: the first window's requirement is met by a month; months after the window are watched.
    FirstWindowMet {
        /// The window.
        window: FirstWindow,
        /// The closed month that met it.
        month: Month,
        /// Its revenue, RUB.
        revenue: Money,
    },
    /// `LVL-4`: an exam is passed and nothing more is asked.
    SafeByExam {
        /// The day of the exam.
        exam: BusinessDate,
    },
    /// `LVL-5`: every month must reach the minimum.
    Watched {
        /// The first month of this stretch.
        from: Month,
    },
    /// `LVL-3`, `LVL-5`: usage is loaded for the month that decides, and as it stands the level falls.
    AboutToFall {
        /// The month that decides.
        month: Month,
        /// Whether it has ended (and waits to be closed) or still runs.
        month_ended: bool,
        /// Its revenue so far, RUB.
        revenue: Money,
        /// What it must reach, RUB.
        minimum: Money,
        /// The day of the fall; it may have passed where the month is closed late.
        falls_on: BusinessDate,
        /// `LVL-3` in a first window, `LVL-5` after it.
        rule: Rule,
    },
    /// `LVL-6`: fallen, with a way back.
    ReturnWindow {
        /// The window.
        window: ReturnWindow,
        /// An open month that stands at the minimum or above: closed so, it restores the level.
        stands_met_by: Option<Month>,
    },
    /// `LVL-7`: fallen, and only a decision of staff restores the level.
    ReturnWindowOver {
        /// The window that has passed.
        window: ReturnWindow,
        /// An exam passed too late, which tells staff.
        exam: Option<BusinessDate>,
    },
    /// `LVL-8`: staff set Basic; neither exam nor revenue restores the level.
    HeldAtBasic {
        /// The date of the decision.
        since: BusinessDate,
        /// The reason staff gave.
        reason: String,
        /// An exam passed so far, which tells staff.
        exam: Option<BusinessDate>,
    },
}

impl Phase {
    /// Whether the level is kept without anything more to be done, as far as is known today.
    pub fn is_safe(&self) -> bool {
        matches!(
            self,
            Self::SafeByExam { .. } | Self::FirstWindowMet { .. } | Self::Watched { .. } | Self::FirstWindow { stands_met_by: Some(_), .. }
        )
    }
}

/// What is still to be met: by any one of the months, or by an exam.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// `LVL-2`, `LVL-5` or `LVL-6`.
    pub rule: Rule,
    /// Open months of which one must reach its minimum, in order. Watched months that stand at theirs already are left out.
    pub months: Vec<Month>,
    /// The last day of the last of them.
    pub revenue_by: BusinessDate,
    /// The last day on which an exam meets it; `None` where that has passed.
    pub exam_by: Option<BusinessDate>,
}

/// What follows where a requirement isn't met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// `LVL-3`, `LVL-5` (the level falls), or `LVL-7` (from then on only staff can restore it).
    pub rule: Rule,
    /// The first day; it may have passed where a month is closed late.
    pub from: BusinessDate,
    /// The level from that day on.
    pub level: Level,
    /// The model on that day, approved changes of the billing side included.
    pub model: Model,
    /// The day on which an exam already passed restores the level again.
    pub restored_on: Option<BusinessDate>,
}

/// A month's revenue against its minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthStanding {
    /// The month.
    pub month: Month,
    /// Revenue as loaded so far, RUB; `None` where nothing is loaded.
    pub revenue: Option<Money>,
    /// What it must reach, where it is asked for anything, RUB.
    pub minimum: Money,
    /// How much it still lacks, RUB.
    pub missing: Money,
    /// Whether it is closed; an open month decides nothing.
    pub closed: bool,
    /// What it is asked for.
    pub part: MonthPart,
    /// Whether the revenue stands at the minimum or above.
    pub reached: bool,
    /// The first day of the month after: when its revenue takes effect.
    pub takes_effect_on: BusinessDate,
}

/// What a partner sees on a day (`LVL-9`). Months that are not over by then count as open, and exams dated later as not passed.
pub fn outlook(facts: &LevelFacts, terms: &TermsSchedule, today: BusinessDate) -> Outlook {
    let day = today.max(facts.contract_date);
    let mut known = facts.clone();
    known.closed_through = facts.closed_through.map(|last| last.min(day.month().previous()));
    known.exams.retain(|exam| *exam <= day);

    let all_days = timeline(&known, terms, BusinessDate::from(chrono::NaiveDate::MAX));
    let Course { position, parts, .. } = course(&known, terms, day);
    let view = View {
        facts: &known,
        terms,
        day,
        next_decision: known.effective_decisions().into_iter().map(|decision| decision.date).find(|date| *date > day),
    };
    let open_watched = match &position {
        Position::Watched { open, .. } => Some(*open),
        Position::FirstWindow { window, met_by: Some(_) } => Some(window.last_month.next()),
        _ => None,
    };
    let (phase, requirement, if_not) = view.phase(position);

    let mut parts = parts;
    if let Some(first) = open_watched {
        let asked = requirement.as_ref().and_then(|requirement| requirement.months.last().copied());
        let last = asked.map_or(day.month(), |asked| asked.max(day.month()));
        let asked_for = |month: &Month| known.first_exam().is_none_or(|exam| exam > decision_day(*month));
        parts.extend(first.through(last).filter(asked_for).map(|month| (month, MonthPart::Watched)));
    }
    let last_month = parts.keys().next_back().copied().map_or(day.month(), |last| last.max(day.month()));
    let months = known
        .contract_date
        .month()
        .through(last_month)
        .map(|month| view.standing(month, parts.get(&month).copied().unwrap_or(MonthPart::None)))
        .collect();

    // The contract date is a day of the timeline, so both are there; the fallback is what `LVL-1` says.
    let level = all_days.level_on(day).unwrap_or(Level::Professional);
    let span = all_days.span_on(day);
    Outlook {
        day,
        level,
        model: all_days.model_on(day).unwrap_or(Model::new(level, known.billing)),
        since: span.map_or(known.contract_date, |span| span.since),
        cause: span.map_or(Cause::Contract { billing: known.billing }, |span| span.began_with.cause.clone()),
        phase,
        requirement,
        if_not,
        scheduled: all_days.changes.into_iter().filter(|change| change.from > day).collect(),
        months,
    }
}

type Answer = (Phase, Option<Requirement>, Option<Consequence>);

/// The facts as seen on a day.
struct View<'a> {
    facts: &'a LevelFacts,
    terms: &'a TermsSchedule,
    day: BusinessDate,
    /// The next dated decision of staff: what would happen from its day on is overridden.
    next_decision: Option<BusinessDate>,
}

impl View<'_> {
    fn phase(&self, position: Position<'_>) -> Answer {
        match position {
            Position::FirstWindow { window, met_by: None } => self.first_window(window),
            Position::FirstWindow { window, met_by: Some(month) } => {
                let calm = Phase::FirstWindowMet { window, month, revenue: self.facts.revenue_of(month) };
                self.watched(window.last_month.next(), calm)
            }
            Position::Watched { from, open } => self.watched(open, Phase::Watched { from }),
            Position::Safe { exam } => (Phase::SafeByExam { exam }, None, None),
            Position::Return(window) => self.return_window(window),
            Position::ReturnOver(window) => (Phase::ReturnWindowOver { window, exam: self.facts.first_exam() }, None, None),
            Position::Held { decision } => {
                (Phase::HeldAtBasic { since: decision.date, reason: decision.reason.clone(), exam: self.facts.first_exam() }, None, None)
            }
            // The day is never before the contract.
            Position::BeforeContract => (Phase::Watched { from: self.day.month() }, None, None),
        }
    }

    fn first_window(&self, window: FirstWindow) -> Answer {
        let months: Vec<Month> = window.first_month.through(window.last_month).filter(|month| !self.facts.is_closed(*month)).collect();
        let stands_met_by = months.iter().copied().find(|month| self.stands_reached(*month));
        let phase = match stands_met_by {
            None if self.stands_below(window.last_month) => self.about_to_fall(window.last_month, Rule::Level3),
            _ => Phase::FirstWindow { window, stands_met_by },
        };
        let (requirement, if_not) = self.or_fall(Rule::Level2, months, window.last_month, Rule::Level3);
        (phase, requirement, if_not)
    }

    /// The watched months from `open` on; `calm` is the phase where none of them stands to be too low.
    fn watched(&self, open: Month, calm: Phase) -> Answer {
        let mut month = open;
        // Months that wait to be closed at the minimum or above ask for nothing more.
        loop {
            if let Some(exam) = self.facts.first_exam().filter(|exam| *exam <= decision_day(month)) {
                return (Phase::SafeByExam { exam }, None, None);
            }
            if !self.stands_reached(month) {
                break;
            }
            month = month.next();
        }
        let phase = if self.stands_below(month) { self.about_to_fall(month, Rule::Level5) } else { calm };
        let (requirement, if_not) = self.or_fall(Rule::Level5, vec![month], month, Rule::Level5);
        (phase, requirement, if_not)
    }

    fn return_window(&self, window: ReturnWindow) -> Answer {
        let open = window.low_month.next().through(window.last_month);
        let months: Vec<Month> = open.filter(|month| !self.facts.is_closed(*month) && !self.overridden(decision_day(*month))).collect();
        let stands_met_by = months.iter().copied().find(|month| self.stands_reached(*month));
        let last_exam_day = self.next_decision.map_or(window.last_day, |decision| decision.previous().min(window.last_day));
        let exam_by = (self.day <= last_exam_day).then_some(last_exam_day);
        let over_on = decision_day(window.last_month);
        let requirement = (!months.is_empty() || exam_by.is_some()).then(|| Requirement {
            rule: Rule::Level6,
            revenue_by: months.last().map_or(last_exam_day, |month| month.last_day()),
            months,
            exam_by,
        });
        let if_not = (!self.overridden(over_on)).then(|| self.consequence(Rule::Level7, over_on));
        (Phase::ReturnWindow { window, stands_met_by }, requirement, if_not)
    }

    /// One of the months, or an exam, keeps the level; otherwise it falls after the last of them.
    fn or_fall(&self, rule: Rule, months: Vec<Month>, last: Month, fall: Rule) -> (Option<Requirement>, Option<Consequence>) {
        let falls_on = decision_day(last);
        if self.overridden(falls_on) {
            return (None, None);
        }
        // An exam on the very day of the fall restores the level that day (`LVL-6`).
        let exam_by = (self.day <= falls_on).then_some(falls_on);
        let mut consequence = self.consequence(fall, falls_on);
        consequence.restored_on =
            self.facts.first_exam().filter(|exam| *exam > falls_on && *exam <= return_window(self.terms, last).last_day);
        (Some(Requirement { rule, months, revenue_by: last.last_day(), exam_by }), Some(consequence))
    }

    fn about_to_fall(&self, month: Month, rule: Rule) -> Phase {
        Phase::AboutToFall {
            month,
            month_ended: month < self.day.month(),
            revenue: self.facts.revenue_of(month),
            minimum: minimum_of(self.terms, month),
            falls_on: decision_day(month),
            rule,
        }
    }

    fn consequence(&self, rule: Rule, from: BusinessDate) -> Consequence {
        let model = Model::new(Level::Basic, billing_on(self.facts, from));
        Consequence { rule, from, level: Level::Basic, model, restored_on: None }
    }

    /// Whether a dated decision of staff overrides what the rules say of a day.
    fn overridden(&self, date: BusinessDate) -> bool {
        self.next_decision.is_some_and(|decision| decision <= date)
    }

    /// Whether a month that runs or has ended stands at the minimum or above.
    fn stands_reached(&self, month: Month) -> bool {
        month <= self.day.month() && self.facts.revenue_of(month) >= minimum_of(self.terms, month)
    }

    /// Whether a month that runs or has ended has usage loaded and stands below the minimum. With nothing loaded nothing is known of it.
    fn stands_below(&self, month: Month) -> bool {
        month <= self.day.month() && self.facts.revenue.get(&month).is_some_and(|revenue| *revenue < minimum_of(self.terms, month))
    }

    fn standing(&self, month: Month, part: MonthPart) -> MonthStanding {
        let minimum = minimum_of(self.terms, month);
        let revenue = self.facts.revenue_of(month);
        let reached = revenue >= minimum;
        MonthStanding {
            month,
            revenue: self.facts.revenue.get(&month).copied(),
            minimum,
            missing: if reached { Money::ZERO } else { minimum - revenue },
            closed: self.facts.is_closed(month),
            part,
            reached,
            takes_effect_on: decision_day(month),
        }
    }
}
