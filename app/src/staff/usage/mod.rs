//! Billing files: upload, preview, commit, history.

#[cfg(feature = "ssr")]
pub mod import_page;
#[cfg(feature = "ssr")]
mod problem_text;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod usage_page;
