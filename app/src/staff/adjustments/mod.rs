//! Adjustments of the ledger by hand: proposed by one person, decided by another.

#[cfg(feature = "ssr")]
pub mod adjustments_page;
pub mod server_fns;
