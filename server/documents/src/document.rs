//! What a statement or an export consists of, whatever it is written as.

use std::fmt;
use std::str::FromStr;

use domain::calendar::{BusinessDate, Month};
use domain::money::Money;
use rust_decimal::Decimal;
use thiserror::Error;

/// A statement or an export: words of one language and typed values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is: `Statement of rebates`.
    pub title: String,
    /// Of what or for when; may be empty.
    pub subtitle: String,
    /// The language of all its words.
    pub language: Language,
    /// Under whose name it is issued.
    pub brand: Brand,
    /// What is to be known before the tables, in this order.
    pub facts: Vec<Fact>,
    /// The tables, in this order.
    pub tables: Vec<Table>,
    /// What is to be known after the tables, a paragraph each.
    pub notes: Vec<String>,
    /// When it was made, in words.
    pub generated: String,
    /// The day it was made: the date in the file's properties.
    pub issued: BusinessDate,
}

/// The language of a document's words, and so how its numbers and dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `ru`.
    Russian,
    /// `en`.
    English,
}

impl Language {
    /// Its ISO 639 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }
}

/// A name and a colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The name above the title.
    pub name: String,
    /// The colour of bars and lines; never of text, so that any colour will do.
    pub primary: Colour,
    /// A picture for white paper that stands in place of the name, PNG.
    pub logo: Option<Vec<u8>>,
}

/// A colour, written `#RRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour([u8; 3]);

/// The text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a colour is written #RRGGBB")]
pub struct ColourError;

impl Colour {
    /// Red, green and blue.
    pub fn channels(self) -> [u8; 3] {
        self.0
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    /// Reads `#1a2B3c`, nothing else.
    fn from_str(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').ok_or(ColourError)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ColourError);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| ColourError)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl TryFrom<String> for Colour {
    type Error = ColourError;

    fn try_from(text: String) -> Result<Self, ColourError> {
        text.parse()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value, in words.
    pub value: String,
}

/// Rows under titled columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its heading; also the name of its sheet.
    pub caption: String,
    /// At least one.
    pub columns: Vec<Column>,
    /// A cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// The last line, set apart: a cell for every column.
    pub total: Option<Vec<Cell>>,
    /// The words that stand where there are no rows.
    pub empty: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// What stands in it.
    pub kind: ColumnKind,
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words: to the left, broken into lines, as wide as there is room.
    Words,
    /// A date, a number of an account, a status: to the left, in one line.
    Label,
    /// Figures to be compared: to the right, in one line, all digits of one width.
    Figures,
}

/// What stands in one place of a table. `shown` is how it is printed, the value is what programs get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// An amount.
    Money {
        /// The value.
        amount: Money,
        /// In words.
        shown: String,
    },
    /// A day.
    Date {
        /// The value.
        date: BusinessDate,
        /// In words.
        shown: String,
    },
    /// A month.
    Month {
        /// The value.
        month: Month,
        /// In words.
        shown: String,
    },
    /// A share of one: 0.27 is 27 %.
    Rate {
        /// The value.
        share: Decimal,
        /// In words.
        shown: String,
    },
    /// How many.
    Count {
        /// The value.
        count: i64,
        /// In words.
        shown: String,
    },
}

impl Cell {
    /// How it is printed.
    pub fn shown(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(shown)
            | Self::Money { shown, .. }
            | Self::Date { shown, .. }
            | Self::Month { shown, .. }
            | Self::Rate { shown, .. }
            | Self::Count { shown, .. } => shown,
        }
    }
}

/// Why a document could not be written.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// There is nothing to export.
    #[error("the document has no table")]
    NoTable,
    /// A table without columns.
    #[error("table {table} has no columns")]
    NoColumns {
        /// Which table, from 0.
        table: usize,
    },
    /// A row or total that has not a cell for every column.
    #[error("a row of table {table} has {found} cells for {expected} columns")]
    RowLength {
        /// Which table, from 0.
        table: usize,
        /// How many columns there are.
        expected: usize,
        /// How many cells there are.
        found: usize,
    },
    /// The template failed: a mistake of ours.
    #[error("the document could not be set: {0}")]
    Typesetting(String),
    /// The spreadsheet could not be written.
    #[error("the spreadsheet could not be written")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
    /// The CSV could not be written.
    #[error("the CSV could not be written")]
    Csv(#[from] ::csv::Error),
    /// The orders of payment are not in order.
    #[error(transparent)]
    Orders(#[from] crate::bank::BankError),
}

impl Document {
    /// Whether every row has a cell for every column.
    pub(crate) fn check(&self) -> Result<(), DocumentError> {
        for (at, table) in self.tables.iter().enumerate() {
            let expected = table.columns.len();
            if expected == 0 {
                return Err(DocumentError::NoColumns { table: at });
            }
            for row in table.rows.iter().chain(&table.total) {
                if row.len() != expected {
                    return Err(DocumentError::RowLength { table: at, expected, found: row.len() });
                }
            }
        }
        Ok(())
    }

    /// As [`Document::check`], and there is a table: what an export needs.
    pub(crate) fn check_export(&self) -> Result<(), DocumentError> {
        if self.tables.is_empty() { Err(DocumentError::NoTable) } else { self.check() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!("#1a2B3c".parse().map(Colour::channels), Ok([0x1a, 0x2b, 0x3c]));
        assert_eq!("#1a2B3c".parse::<Colour>().map(|colour| colour.to_string()), Ok("#1a2b3c".to_owned()));
        for text in ["", "#", "1a2b3c", "#1a2b3", "#1a2b3c4", "#+12345", "#1a2b3g", "red", "#\u{430}bcde"] {
            assert_eq!(text.parse::<Colour>(), Err(ColourError), "{text}");
        }
    }
}
