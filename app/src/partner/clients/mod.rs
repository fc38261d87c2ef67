//! A partner's clients and their trials.

#[cfg(feature = "ssr")]
pub mod client_page;
#[cfg(feature = "ssr")]
pub mod clients_page;
#[cfg(feature = "ssr")]
pub mod new_client_page;
#[cfg(feature = "ssr")]
mod rate_section;
pub mod server_fns;

/// The control that names a trial; in a form's state it also tells which of the page's forms came back.
#[cfg(feature = "ssr")]
const TRIAL: &str = "trial";

/// The control of the choice of reward; in a form's state it also tells which of the page's forms came back.
#[cfg(feature = "ssr")]
const RATE: &str = "choice";

/// Under which name a form's state keeps that a service was ticked.
#[cfg(feature = "ssr")]
fn service_control(code: &str) -> String {
    format!("service_{code}")
}
