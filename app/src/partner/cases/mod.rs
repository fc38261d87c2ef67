//! Case studies (`CASE-1`): all of them, a new one, one on its way to the bonus.

#[cfg(feature = "ssr")]
mod case_form;
#[cfg(feature = "ssr")]
pub mod case_page;
#[cfg(feature = "ssr")]
pub mod cases_page;
#[cfg(feature = "ssr")]
pub mod new_case_page;
#[cfg(feature = "ssr")]
pub mod server_fns;
