//! Bonuses of the partner's sales managers (`SALES-1`).

#[cfg(feature = "ssr")]
pub mod sales_bonuses_page;
pub mod server_fns;
