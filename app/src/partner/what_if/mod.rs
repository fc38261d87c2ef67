//! What if (`WHY-2`): months ahead as the partner plans them, beside the same months as they go on today.

pub mod result;
pub mod what_if_island;

#[cfg(feature = "ssr")]
pub mod what_if_page;
