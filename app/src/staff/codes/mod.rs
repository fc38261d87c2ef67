//! Bonus codes as staff handle them: find, redeem, revoke.

#[cfg(feature = "ssr")]
pub mod codes_page;
pub mod server_fns;
