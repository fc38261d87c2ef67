//! The inbox: what waits, the request beside it, the decision.

#[cfg(feature = "ssr")]
pub mod inbox_page;
#[cfg(feature = "ssr")]
mod item_view;
pub mod keys_island;
#[cfg(feature = "ssr")]
pub(crate) mod place;
#[cfg(feature = "ssr")]
pub mod server_fns;
