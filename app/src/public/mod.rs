//! Pages for everybody, and what they post to.

pub mod preferences;
#[cfg(feature = "ssr")]
pub mod rules_page;
pub mod session;
#[cfg(feature = "ssr")]
pub mod sign_in_page;
