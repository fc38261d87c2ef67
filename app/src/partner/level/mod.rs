//! A partner's level.

#[cfg(feature = "ssr")]
pub mod level_page;
