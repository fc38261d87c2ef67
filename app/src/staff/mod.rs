//! Pages of the provider's staff, and what they post to.

pub mod codes;
pub mod inbox;
pub mod months;
pub mod usage;
