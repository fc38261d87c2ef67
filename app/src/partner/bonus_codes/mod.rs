//! Bonus codes: what the quarter still holds, the form that asks for codes, the codes granted (`CODE-1` to `CODE-6`).

pub mod form_island;
pub mod rows;

#[cfg(feature = "ssr")]
pub mod bonus_codes_page;
#[cfg(feature = "ssr")]
pub mod server_fns;
