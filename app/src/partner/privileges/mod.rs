//! A partner's privileges.

#[cfg(feature = "ssr")]
pub mod privileges_page;
