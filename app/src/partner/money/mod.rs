//! A partner's money: balances, entries and what makes them, statements.

pub mod entry_page;
pub mod money_page;
pub mod statement;
pub mod sum_page;
