//! The partner's level: a pure function of accepted facts (`LVL-1`..`LVL-9`, `MODEL-1`, `MODEL-2`, `RATE-3`).
//!
//! [`timeline`] gives the level of every day, [`outlook`] what a partner sees of it today,
//! [`differences`] what a proposed fact would change. All three run the same course of the level.
//! The terms are expected to be validated ([`Terms::validate`](crate::terms::Terms::validate)).

mod billing;
mod course;
mod facts;
mod outlook;
mod proposal;
mod timeline;

pub use course::{FirstWindow, MonthPart, ReturnWindow};
pub use facts::{BillingSideChange, LevelFacts, StaffLevelDecision};
pub use outlook::{Consequence, MonthStanding, Outlook, Phase, Requirement, outlook};
pub use proposal::{DifferingDays, differences};
pub use timeline::{Cause, LevelChange, LevelSpan, Timeline, timeline};

#[cfg(test)]
mod tests;
