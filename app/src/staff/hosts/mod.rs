//! Names under which partners' portals are reached: all of them, and taking one back.

#[cfg(feature = "ssr")]
pub mod hosts_page;
pub mod server_fns;
