//! Pages of the provider's staff, and what they post to.

pub mod inbox;
