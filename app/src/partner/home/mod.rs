//! A partner's home: where it stands and the one thing to do next.

#[cfg(feature = "ssr")]
pub mod home_page;
