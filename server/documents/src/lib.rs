//! Statements and exports: a [`Document`] as PDF, XLSX or CSV, and orders of payment for a bank.
//!
//! The crate knows no words and no clock: every text comes from the caller (the site's catalogues), every figure as a
//! typed value. What is printed is the caller's wording of it; what a spreadsheet or a program reads is the value.
//! Nothing here touches the disk or the network: the template and the fonts are part of the binary.

pub mod bank;
mod csv;
mod document;
mod pdf;
mod text;
mod xlsx;

pub use self::csv::{csv, csv_of_table};
pub use self::document::{Brand, Cell, Colour, ColourError, Column, ColumnKind, Document, DocumentError, Fact, Language, Table};
pub use self::pdf::pdf;
pub use self::xlsx::xlsx;

#[cfg(test)]
extern crate self as documents;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
