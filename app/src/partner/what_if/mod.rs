//! What if (`WHY-2`): months ahead as the partner plans them, beside the same months as they go on today.

#[cfg(feature = "ssr")]
mod result;
#[cfg(feature = "ssr")]
mod what_if_form;
#[cfg(feature = "ssr")]
pub mod what_if_page;
