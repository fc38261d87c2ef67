//! Closing months.

#[cfg(feature = "ssr")]
pub mod months_page;
pub mod server_fns;
