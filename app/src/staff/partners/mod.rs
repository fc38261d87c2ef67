//! Partners as staff see them: the list, a partner's page, exams and decisions on its level.

#[cfg(feature = "ssr")]
pub mod bank_account_page;
#[cfg(feature = "ssr")]
mod level_forms;
#[cfg(feature = "ssr")]
pub mod partner_page;
#[cfg(feature = "ssr")]
pub mod partners_page;
pub mod server_fns;
