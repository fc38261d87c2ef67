//! Terms of the programme: versions, trying out new ones, publishing.

#[cfg(feature = "ssr")]
pub mod new_terms_page;
#[cfg(feature = "ssr")]
mod parameter_text;
#[cfg(feature = "ssr")]
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod terms_page;
#[cfg(feature = "ssr")]
mod trial_view;
