//! Free months of clients: who may have one and when, and the calendar of a client (`FREE-1` to `FREE-6`).

pub mod calendar_island;

#[cfg(feature = "ssr")]
pub mod client_page;
#[cfg(feature = "ssr")]
pub mod clients_page;
#[cfg(feature = "ssr")]
pub mod server_fns;
