//! The rules of the partner programme, as pure functions.
//!
//! Architecture invariant: nothing here does input or output, reads a clock or draws random
//! numbers. Every rule takes its facts and a date, an instant or a month, and returns a value.
//! The page, the submit, the approval, the explanation and `simulate` call the same function.

pub mod accrual;
pub mod bank_account;
pub mod bonus_code;
pub mod brand;
pub mod calendar;
pub mod case_study;
pub mod custom_host;
pub mod editorial;
pub mod form;
pub mod free_month;
pub mod ids;
pub mod inn;
pub mod ledger;
pub mod level;
pub mod model;
pub mod money;
pub mod next_step;
pub mod permission;
pub mod privilege;
pub mod rate;
pub mod rebate;
pub mod request;
pub mod rule;
pub mod sales_bonus;
pub mod service;
pub mod simulation;
pub mod telegram_comment;
pub mod terms;
#[cfg(test)]
mod testing;
pub mod trial;
pub mod usage;
pub mod verdict;
pub mod what_if;
