//! The ledger of all partners: what waits for approval, what became of it, one entry with its life.

#[cfg(feature = "ssr")]
pub mod approval_page;
#[cfg(feature = "ssr")]
pub mod entry_page;
#[cfg(feature = "ssr")]
pub mod ledger_page;
#[cfg(feature = "ssr")]
pub(super) mod place;
#[cfg(feature = "ssr")]
pub mod reason_fields;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod words;
