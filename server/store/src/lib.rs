//! The only SQL of the portal: one module per table or subject, functions on an open connection.
//!
//! Architecture invariant: nothing here decides. A function reads or writes what it is told, on the
//! transaction it is given; it never begins or commits one. "Not found" is `Ok(None)`.
//! Private row structs become domain values through `TryFrom`; a row that does not fit is
//! [`Error::Inconsistent`], never a panic.

pub mod database;
pub mod error;

pub mod audit_records;
pub mod bonus_codes;
pub mod brands;
pub mod client_rate_choices;
pub mod clients;
pub mod comment_topics;
pub mod custom_hosts;
pub mod emails;
pub mod form_states;
pub mod free_month_requests;
pub mod granted_benefits;
pub mod home;
pub mod jobs;
pub mod late_facts;
pub mod ledger_adjustments;
pub mod ledger_entries;
pub mod months;
pub mod news_items;
pub mod partner_bank_accounts;
pub mod partner_month_sums;
pub mod partner_notices;
pub mod partners;
pub mod request_comments;
pub mod request_files;
pub mod request_publications;
pub mod request_texts;
pub mod requests;
pub mod sales_bonus_requests;
pub mod settlement_runs;
pub mod sign_in_buckets;
pub mod telegram_comment_requests;
pub mod terms_versions;
pub mod trials;
pub mod usage_imports;
pub mod usage_rows;
pub mod user_sessions;
pub mod users;
pub mod waiting_requests;

use std::sync::LazyLock;

use sqlx::migrate::Migrator;

pub use database::{Connection, Database, PoolLimits, Scope, Transaction};
pub use error::{Error, Result};

/// The migrations, in order, those of the queue of jobs among them. They run as the owner of the database.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| jobs::with_jobs(sqlx::migrate!("../../migrations")));
