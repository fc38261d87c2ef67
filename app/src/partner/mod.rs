//! The pages of a partner.

pub mod bonus_codes;
pub mod free_months;
#[cfg(feature = "ssr")]
pub mod requests;
