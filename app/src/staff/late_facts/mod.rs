//! Facts that would change levels of days already past: what they lead to, and the decision.

#[cfg(feature = "ssr")]
pub mod late_fact_page;
#[cfg(feature = "ssr")]
pub mod late_facts_page;
pub mod server_fns;
