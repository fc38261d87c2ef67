//! Settlement runs: what waits, a preview, a run with its registry, and the settings behind them.

#[cfg(feature = "ssr")]
pub mod preview_page;
#[cfg(feature = "ssr")]
pub mod registry;
#[cfg(feature = "ssr")]
pub mod run_page;
#[cfg(feature = "ssr")]
pub mod runs_page;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod settings_page;
