//! Billing files, months and the demo data on a real database.

mod accounts;
mod million;
mod months;
mod support;
mod usage;
