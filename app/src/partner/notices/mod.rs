//! What the portal tells a partner: the list, its words, the e-mails.

pub mod mail;
pub mod notices_page;
pub mod open_page;
pub mod server_fns;
pub mod words;
