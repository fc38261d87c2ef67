//! The whole portal over HTTP, on real PostgreSQL.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../../service/tests/support/mod.rs"]
mod fixtures;
mod support;

mod answers;
mod brand;
mod case_studies;
mod commands;
mod drafts;
mod english;
mod files;
mod hostile_texts;
mod html;
mod inbox;
mod inbox_forms;
mod isolation;
mod late_facts;
mod ledger;
mod limits;
mod lists;
mod mail;
mod money;
mod notices;
mod quarter_edge;
mod queries;
mod sessions;
mod telegram_comments;
mod unavailable;
