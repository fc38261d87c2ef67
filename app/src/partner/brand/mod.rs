//! The brand of a White Label partner (`PRIV-1`): edited with a preview beside it, published, brought back; names for its portal.

pub mod brand_island;
#[cfg(feature = "ssr")]
pub mod brand_page;
#[cfg(feature = "ssr")]
pub mod hosts_view;
#[cfg(feature = "ssr")]
pub mod preview_page;
pub mod server_fns;
