//! The record of changes.

pub mod audit_page;
