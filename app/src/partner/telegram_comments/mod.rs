//! Comments on news (`TG-1`): the topics of the partner, what a comment is worth, the news that wait for an answer.

#[cfg(feature = "ssr")]
pub(crate) mod answer_view;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod telegram_comments_page;
