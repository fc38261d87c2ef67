//! The course of the level: what the facts make of it, day by day, and where it stands on the last one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::{LevelFacts, StaffLevelDecision};
use super::timeline::Cause;
use crate::calendar::{BusinessDate, Month};
use crate::model::Level;
use crate::money::Money;
use crate::terms::TermsSchedule;

/// A first window (`LVL-2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstWindow {
    /// Its first day: the contract date, or the date of the staff decision that began it.
    pub from: BusinessDate,
    /// The day after its last.
    pub until: BusinessDate,
    /// The first month that counts.
    pub first_month: Month,
    /// The last month that counts.
    pub last_month: Month,
    /// The day it is decided on (`LVL-3`).
    pub decided_on: BusinessDate,
    /// Whether a staff decision began it (`LVL-8`).
    pub by_staff: bool,
}

/// A return window (`LVL-6`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnWindow {
    /// The day the level fell.
    pub fell_on: BusinessDate,
    /// The month that was too low: the window's first, which can't meet the requirement any more.
    pub low_month: Month,
    /// The window's last month.
    pub last_month: Month,
    /// The window's last day: the last for an exam.
    pub last_day: BusinessDate,
}

/// What the revenue of a month is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthPart {
    /// Nothing: an exam, a decision of staff or the end of the return window leaves it without meaning.
    None,
    /// One of the counting months of a first window (`LVL-2`).
    FirstWindow,
    /// It must reach the minimum (`LVL-5`).
    Watched,
    /// It can restore the level (`LVL-6`).
    ReturnWindow,
}

/// A day on which a level began, also where it was the same before.
pub(super) struct Step {
    pub date: BusinessDate,
    pub level: Level,
    pub cause: Cause,
}

/// Where the level stands after everything that was decided.
pub(super) enum Position<'a> {
    /// In a first window, or after one whose last month is still open; met by a closed month or not yet.
    FirstWindow { window: FirstWindow, met_by: Option<Month> },
    /// Month by month; `open` is the first one not decided.
    Watched { from: Month, open: Month },
    /// Nothing more is asked (`LVL-4`).
    Safe { exam: BusinessDate },
    /// Fallen, with months still open that can restore the level.
    Return(ReturnWindow),
    /// Fallen, and only staff can restore the level (`LVL-7`).
    ReturnOver(ReturnWindow),
    /// Basic by a decision of staff (`LVL-8`).
    Held { decision: &'a StaffLevelDecision },
    /// The contract begins later.
    BeforeContract,
}

/// The course of the level through a day.
pub(super) struct Course<'a> {
    pub steps: Vec<Step>,
    pub position: Position<'a>,
    /// What the decided months, and all months of the first and return windows, were asked for.
    pub parts: BTreeMap<Month, MonthPart>,
}

/// The day on which a month's revenue is decided: the first of the month after.
pub(super) fn decision_day(month: Month) -> BusinessDate {
    month.next().first_day()
}

/// What a month must reach: the minimum of the terms in force on its decision day (`TERM-1`).
pub(super) fn minimum_of(terms: &TermsSchedule, month: Month) -> Money {
    terms.on(decision_day(month)).minimum_monthly_revenue
}

/// The first window that begins on a day (`LVL-2`).
pub(super) fn first_window(terms: &TermsSchedule, from: BusinessDate, by_staff: bool) -> FirstWindow {
    let until = from.plus_months(terms.on(from).first_window_months);
    let first_month = from.month();
    let last_month = until.previous().month().max(first_month);
    FirstWindow { from, until, first_month, last_month, decided_on: decision_day(last_month), by_staff }
}

/// The return window after a month that was too low (`LVL-6`).
pub(super) fn return_window(terms: &TermsSchedule, low_month: Month) -> ReturnWindow {
    let fell_on = decision_day(low_month);
    let further = terms.on(fell_on).return_window_months.saturating_sub(1);
    let last_month = low_month.plus(i32::try_from(further).unwrap_or(i32::MAX));
    ReturnWindow { fell_on, low_month, last_month, last_day: last_month.last_day() }
}

/// Follows the level from the contract through `as_of`.
pub(super) fn course<'a>(facts: &'a LevelFacts, terms: &'a TermsSchedule, as_of: BusinessDate) -> Course<'a> {
    let mut course = Course { steps: Vec::new(), position: Position::BeforeContract, parts: BTreeMap::new() };
    if as_of < facts.contract_date {
        return course;
    }
    let decisions = facts.effective_decisions();
    // A decision on the contract date replaces `LVL-1`.
    let contract = if decisions.first().is_some_and(|first| first.date == facts.contract_date) { None } else { Some(None) };
    let mut episodes = contract.into_iter().chain(decisions.into_iter().map(Some)).peekable();
    while let Some(decision) = episodes.next() {
        let from = decision.map_or(facts.contract_date, |decision| decision.date);
        if from > as_of {
            break;
        }
        // What would happen on the day of the next decision is overridden by it.
        let last_day = episodes.peek().copied().flatten().map_or(as_of, |next| next.date.previous().min(as_of));
        Episode { facts, terms, exam: facts.first_exam().filter(|exam| *exam <= last_day), last_day, course: &mut course }
            .run(from, decision);
    }
    course
}

/// The days from the contract or a staff decision to the next one: in them the level follows from revenue and exams.
struct Episode<'a, 'c> {
    facts: &'a LevelFacts,
    terms: &'a TermsSchedule,
    /// The earliest exam, where it was passed by the last day.
    exam: Option<BusinessDate>,
    last_day: BusinessDate,
    course: &'c mut Course<'a>,
}

impl<'a> Episode<'a, '_> {
    fn run(&mut self, from: BusinessDate, decision: Option<&'a StaffLevelDecision>) {
        // From the month of its beginning on, the months are asked for anew.
        drop(self.course.parts.split_off(&from.month()));
        let (level, cause) = match decision {
            None => (Level::Professional, Cause::Contract { billing: self.facts.billing }),
            Some(decision) => (decision.level, Cause::StaffDecision { reason: decision.reason.clone() }),
        };
        self.step(from, level, cause);
        self.course.position = match (level, decision) {
            (Level::Basic, Some(decision)) => Position::Held { decision },
            _ => self.first_window(first_window(self.terms, from, decision.is_some())),
        };
    }

    fn first_window(&mut self, window: FirstWindow) -> Position<'a> {
        self.mark(window.first_month, window.last_month, MonthPart::FirstWindow);
        // On the very day of the decision the exam would restore what was lost that day (`LVL-6`).
        if let Some(exam) = self.exam.filter(|exam| *exam <= window.decided_on) {
            return self.safe(exam);
        }
        let met_by = window.first_month.through(window.last_month).find(|month| self.decided(*month) && self.reached(*month));
        match met_by {
            _ if !self.decided(window.last_month) => Position::FirstWindow { window, met_by },
            Some(_) => self.watch(window.last_month.next()),
            None => {
                let best_month = window
                    .first_month
                    .through(window.last_month)
                    .max_by_key(|month| (self.facts.revenue_of(*month), std::cmp::Reverse(*month)))
                    .unwrap_or(window.last_month);
                let cause = Cause::FirstWindowMissed {
                    from: window.from,
                    until: window.until,
                    last_month: window.last_month,
                    minimum: minimum_of(self.terms, window.last_month),
                    best_month,
                    best_revenue: self.facts.revenue_of(best_month),
                };
                self.fall(window.last_month, cause)
            }
        }
    }

    /// Month by month, through every fall and return that revenue brings (`LVL-5`, `LVL-6`).
    fn watch(&mut self, first: Month) -> Position<'a> {
        let mut from = first;
        let mut month = first;
        loop {
            if let Some(exam) = self.exam.filter(|exam| *exam <= decision_day(month)) {
                return self.safe(exam);
            }
            if !self.decided(month) {
                return Position::Watched { from, open: month };
            }
            self.mark(month, month, MonthPart::Watched);
            if !self.reached(month) {
                let (revenue, minimum) = (self.facts.revenue_of(month), minimum_of(self.terms, month));
                match self.return_after(month, Cause::MonthBelowMinimum { month, revenue, minimum }) {
                    Ok(restored_by) => {
                        month = restored_by;
                        from = month.next();
                    }
                    Err(position) => return position,
                }
            }
            month = month.next();
        }
    }

    /// A fall, and everything after it.
    fn fall(&mut self, low_month: Month, cause: Cause) -> Position<'a> {
        match self.return_after(low_month, cause) {
            Ok(restored_by) => self.watch(restored_by.next()),
            Err(position) => position,
        }
    }

    /// A fall and its return window: the month whose revenue restored the level, or where the level stands otherwise.
    fn return_after(&mut self, low_month: Month, cause: Cause) -> Result<Month, Position<'a>> {
        let window = return_window(self.terms, low_month);
        self.step(window.fell_on, Level::Basic, cause);
        self.mark(low_month.next(), window.last_month, MonthPart::ReturnWindow);
        let exam = self.exam.filter(|exam| (window.fell_on..=window.last_day).contains(exam));
        for month in low_month.next().through(window.last_month) {
            match exam {
                // An open month may yet restore the level on an earlier day; until it does, the exam's date stands.
                Some(exam) if exam <= decision_day(month) || !self.decided(month) => {
                    self.step(exam, Level::Professional, Cause::ReturnedByExam { exam });
                    return Err(self.safe(exam));
                }
                None if !self.decided(month) => return Err(Position::Return(window)),
                _ => {}
            }
            if self.reached(month) {
                let (revenue, minimum) = (self.facts.revenue_of(month), minimum_of(self.terms, month));
                self.step(decision_day(month), Level::Professional, Cause::ReturnedByRevenue { month, revenue, minimum });
                drop(self.course.parts.split_off(&month.next()));
                return Ok(month);
            }
        }
        Err(Position::ReturnOver(window))
    }

    /// Nothing more is asked from the exam on (`LVL-4`).
    fn safe(&mut self, exam: BusinessDate) -> Position<'a> {
        self.course.parts.retain(|month, _| decision_day(*month) < exam);
        Position::Safe { exam }
    }

    fn decided(&self, month: Month) -> bool {
        self.facts.is_closed(month) && decision_day(month) <= self.last_day
    }

    fn reached(&self, month: Month) -> bool {
        self.facts.revenue_of(month) >= minimum_of(self.terms, month)
    }

    fn mark(&mut self, first: Month, last: Month, part: MonthPart) {
        self.course.parts.extend(first.through(last).map(|month| (month, part)));
    }

    fn step(&mut self, date: BusinessDate, level: Level, cause: Cause) {
        self.course.steps.push(Step { date, level, cause });
    }
}
