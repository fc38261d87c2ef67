//! Requests of all kinds: the list, one request, taking it back.

pub mod interview_words;
pub mod request_page;
pub mod requests_page;
pub mod server_fns;
pub mod taken_up;
pub mod text_fns;
pub mod text_views;
