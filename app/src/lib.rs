//! The site: pages, which only the server renders, and islands, which also wake in the browser.
//!
//! Architecture invariant: pages and layouts exist under the feature `ssr` alone and call use cases of `service` directly. The
//! feature `hydrate` builds the islands, their words and the rules of `domain`, and nothing else.

// Views are types: a page nests as deep as its elements.
#![recursion_limit = "512"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` is the server's build and `hydrate` the browser's: one at a time");

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));

pub mod components;
pub mod error;
pub mod form;
pub mod format;
pub mod packed;
pub mod partner;
pub mod paths;
pub mod plural;
pub mod public;
pub mod staff;

#[cfg(feature = "ssr")]
pub mod brand;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod layouts;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod policy;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
pub mod server_functions;
#[cfg(feature = "ssr")]
mod shell;

#[cfg(feature = "ssr")]
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
