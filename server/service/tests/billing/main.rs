//! Billing files, months and the demo data on a real database.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a test says what it expects, and the measurement prints")]

mod accounts;
mod demo;
mod million;
mod money;
mod months;
mod partner_money;
mod support;
mod usage;
