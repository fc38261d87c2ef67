//! News for comments (`TG-1`): what was posted and what came of it, and a form for more.

#[cfg(feature = "ssr")]
pub mod new_news_page;
#[cfg(feature = "ssr")]
pub mod news_page;
pub mod server_fns;
