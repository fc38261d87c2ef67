//! Pages of the provider's staff, and what they post to.

pub mod adjustments;
#[cfg(feature = "ssr")]
pub mod audit;
pub mod codes;
pub mod hosts;
pub mod inbox;
pub mod late_facts;
pub mod ledger;
pub mod months;
pub mod news;
pub mod partners;
pub mod settlements;
pub mod terms;
pub mod usage;
