//! The inbox: what waits, the request beside it, the decision.

#[cfg(feature = "ssr")]
mod comment_view;
#[cfg(feature = "ssr")]
pub mod editorial_fns;
#[cfg(feature = "ssr")]
mod editorial_view;
#[cfg(feature = "ssr")]
pub mod inbox_page;
#[cfg(feature = "ssr")]
mod item_view;
pub mod keys_island;
#[cfg(feature = "ssr")]
pub(crate) mod place;
#[cfg(feature = "ssr")]
pub mod report_page;
#[cfg(feature = "ssr")]
pub mod server_fns;
