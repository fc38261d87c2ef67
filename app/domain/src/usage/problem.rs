//! What can be wrong with a row.

use serde::{Deserialize, Serialize};

use super::columns::Column;
use crate::calendar::{BusinessDate, Month};
use crate::inn::InnError;
use crate::money::Money;

/// Characters of a bad value that a problem repeats.
const EXCERPT: usize = 60;

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountProblem {
    /// Not a decimal number.
    NotANumber,
    /// More than two digits after the point.
    TooFine,
    /// Beyond what the portal keeps.
    TooLarge,
}

/// What is wrong with a row of a billing file, or with its header, with the facts (`USE-2`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum RowProblem {
    /// No partner has this code or INN.
    UnknownPartner {
        /// What the file says.
        partner: String,
    },
    /// The catalogue has no such service.
    UnknownService {
        /// What the file says.
        service: String,
    },
    /// The client's INN has a wrong shape or wrong check digits.
    ClientInn {
        /// What the file says.
        inn: String,
        /// What is wrong with it.
        reason: InnError,
    },
    /// The amount is below zero.
    NegativeAmount {
        /// The amount, RUB.
        gross: Money,
    },
    /// The amount can't be read.
    MalformedAmount {
        /// What the file says.
        text: String,
        /// What is wrong with it.
        reason: AmountProblem,
    },
    /// The month can't be read.
    MalformedMonth {
        /// What the file says.
        text: String,
    },
    /// The month has not begun.
    MonthInFuture {
        /// The month.
        month: Month,
        /// The last month that may be loaded.
        latest: Month,
    },
    /// The month ended before the partner's contract.
    MonthBeforeContract {
        /// The month.
        month: Month,
        /// The day of the contract.
        contract_date: BusinessDate,
    },
    /// The month is closed, and the file was not brought as a correction (`USE-4`).
    MonthClosed {
        /// The month.
        month: Month,
        /// The last closed month.
        closed_through: Month,
    },
    /// Another line has the same client, service, resource and month.
    DuplicateKey {
        /// The first such line.
        first_line: u64,
    },
    /// The header lacks a column.
    MissingColumn {
        /// Which.
        column: Column,
    },
    /// The header names a column twice.
    RepeatedColumn {
        /// Which.
        column: Column,
    },
    /// The row has more or fewer fields than the header.
    WrongFieldCount {
        /// Fields of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A field is empty.
    Empty {
        /// Which.
        column: Column,
    },
    /// A field is too long.
    TooLong {
        /// Which.
        column: Column,
        /// Its length in characters.
        length: usize,
        /// The largest length.
        limit: usize,
    },
    /// A field holds control characters, such as a line break.
    ControlCharacter {
        /// Which.
        column: Column,
    },
    /// The row is not UTF-8.
    NotUtf8,
    /// The file has no rows.
    NoRows,
}

/// A problem with the line it stands on. A file's first line is 1; a problem of the header or the whole file stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProblem {
    /// The line on which the row begins.
    pub line: u64,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: RowProblem,
}

/// The beginning of a bad value: enough to find it in the file.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}
