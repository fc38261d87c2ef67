//! Widgets that know nothing of who looks at them. Those that islands use compile for the browser too.

pub mod copy_button;
pub mod data_table;
pub mod date;
pub mod icon;
pub mod level_change;
pub mod markup;
pub mod money;
pub mod timeline;
pub mod verdict;

#[cfg(feature = "ssr")]
pub mod bar_chart;
#[cfg(feature = "ssr")]
pub mod clock_banner;
#[cfg(feature = "ssr")]
pub mod empty_state;
#[cfg(feature = "ssr")]
pub mod error_view;
#[cfg(feature = "ssr")]
pub mod level;
#[cfg(feature = "ssr")]
pub mod meter;
#[cfg(feature = "ssr")]
pub mod next_page;
#[cfg(feature = "ssr")]
pub mod notice;
#[cfg(feature = "ssr")]
pub mod period_chart;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod sparkline;
#[cfg(feature = "ssr")]
pub mod status;
#[cfg(feature = "ssr")]
pub mod tabs;
