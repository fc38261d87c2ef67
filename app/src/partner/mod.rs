//! The pages of a partner.

pub mod bonus_codes;
pub mod brand;
pub mod cases;
pub mod clients;
pub mod free_months;
pub mod home;
pub mod level;
#[cfg(feature = "ssr")]
pub mod money;
#[cfg(feature = "ssr")]
pub mod notices;
pub mod privileges;
#[cfg(feature = "ssr")]
pub mod rebates;
#[cfg(feature = "ssr")]
pub mod requests;
pub mod sales_bonuses;
pub mod telegram_comments;
pub mod what_if;
