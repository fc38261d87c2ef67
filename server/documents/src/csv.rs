//! A document as CSV, for programs and for Excel: UTF-8 with a mark, semicolons, CRLF, quotes by RFC 4180.

use ::csv::{QuoteStyle, Terminator, WriterBuilder};
use chrono::Datelike;

use crate::document::{Cell, Column, Document, DocumentError, Language, Table};
use crate::text::printable;

/// Without it Excel takes the file for one of the system's old code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The tables as CSV: titles and rows. Where there are several, each follows its caption, and an empty line parts them.
///
/// There is no total line: programs would count it twice.
pub fn csv(document: &Document) -> Result<Vec<u8>, DocumentError> {
    document.check_export()?;
    let captions = document.tables.len() > 1;
    let mut bytes = BYTE_ORDER_MARK.as_bytes().to_vec();
    for (at, table) in document.tables.iter().enumerate() {
        if at > 0 {
            bytes.extend(b"\r\n");
        }
        append_table(&mut bytes, table, captions, document.language)?;
    }
    Ok(bytes)
}

/// One table as CSV, by the conventions of [`csv()`].
pub fn csv_of_table(table: &Table, language: Language) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = BYTE_ORDER_MARK.as_bytes().to_vec();
    append_table(&mut bytes, table, false, language)?;
    Ok(bytes)
}

fn append_table(bytes: &mut Vec<u8>, table: &Table, caption: bool, language: Language) -> Result<(), ::csv::Error> {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .flexible(true)
        .from_writer(bytes);
    if caption {
        writer.write_record([neutral(&table.caption)])?;
    }
    writer.write_record(table.columns.iter().map(|Column { title, .. }| neutral(title)))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| value(cell, language)))?;
    }
    writer.flush()?;
    Ok(())
}

/// A cell's value as programs of that language read it.
fn value(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => neutral(text),
        Cell::Money { amount, .. } => decimal(&amount.to_string(), language),
        Cell::Rate { share, .. } => decimal(&share.normalize().to_string(), language),
        Cell::Count { count, .. } => count.to_string(),
        Cell::Date { date, .. } => match language {
            Language::Russian => {
                let day = date.naive();
                format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
            }
            Language::English => date.to_string(),
        },
        Cell::Month { month, .. } => match language {
            Language::Russian => format!("{:02}.{:04}", month.number(), month.year()),
            Language::English => month.to_string(),
        },
    }
}

fn decimal(plain: &str, language: Language) -> String {
    match language {
        Language::Russian => plain.replace('.', ","),
        Language::English => plain.to_owned(),
    }
}

/// A text that no spreadsheet takes for a formula: an apostrophe stands before one that begins like a formula.
///
/// It also stands before a text that begins so after apostrophes of its own, so that the text can be told from what is
/// written: one apostrophe less.
fn neutral(text: &str) -> String {
    let text = printable(text);
    if begins_like_a_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text }
}

fn begins_like_a_formula(text: &str) -> bool {
    // The full-width forms of = + - @ are formulas to some spreadsheets, and so are the plain ones after a line break.
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

#[cfg(test)]
mod tests {
    use domain::money::Money;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::document::{Brand, ColumnKind};

    fn document(language: Language, tables: Vec<Table>) -> Document {
        Document {
            title: "=title".to_owned(),
            subtitle: String::new(),
            language,
            brand: Brand { name: String::new(), primary: "#000000".parse().expect("a colour"), logo: None },
            facts: Vec::new(),
            tables,
            notes: Vec::new(),
            generated: String::new(),
            issued: "2026-10-01".parse().expect("a date"),
        }
    }

    fn table(caption: &str, titles: &[&str], rows: Vec<Vec<Cell>>) -> Table {
        Table {
            caption: caption.to_owned(),
            columns: titles.iter().map(|&title| Column { title: title.to_owned(), kind: ColumnKind::Words }).collect(),
            rows,
            total: None,
            empty: "nothing".to_owned(),
        }
    }

    fn typed() -> Vec<Cell> {
        let shown = String::new;
        vec![
            Cell::Text("ООО «Север»; \"филиал\"".to_owned()),
            Cell::Money { amount: Money::kopecks(-1_000_000), shown: shown() },
            Cell::Date { date: "2026-10-01".parse().expect("a date"), shown: shown() },
            Cell::Month { month: "2026-10".parse().expect("a month"), shown: shown() },
            Cell::Rate { share: Decimal::new(2750, 4), shown: shown() },
            Cell::Count { count: -3, shown: shown() },
            Cell::Empty,
        ]
    }

    const TITLES: &[&str] = &["name", "amount", "date", "month", "rate", "count", "nothing"];

    fn written(document: &Document) -> String {
        let text = String::from_utf8(csv(document).expect("it is written")).expect("UTF-8");
        text.strip_prefix(BYTE_ORDER_MARK).expect("a mark").to_owned()
    }

    #[test]
    fn values_are_written_as_a_russian_excel_reads_them() {
        let russian = document(Language::Russian, vec![table("one", TITLES, vec![typed()])]);
        assert_eq!(
            written(&russian),
            "name;amount;date;month;rate;count;nothing\r\n\
             \"ООО «Север»; \"\"филиал\"\"\";-10000,00;01.10.2026;10.2026;0,275;-3;\r\n"
        );
    }

    #[test]
    fn values_are_written_as_an_english_program_reads_them() {
        let english = document(Language::English, vec![table("one", TITLES, vec![typed()])]);
        assert_eq!(
            written(&english),
            "name;amount;date;month;rate;count;nothing\r\n\
             \"ООО «Север»; \"\"филиал\"\"\";-10000.00;2026-10-01;2026-10;0.275;-3;\r\n"
        );
    }

    #[test]
    fn several_tables_follow_each_other_under_their_captions() {
        let cell = |text: &str| vec![Cell::Text(text.to_owned())];
        let two = document(
            Language::Russian,
            vec![table("=first", &["a"], vec![cell("1"), cell("")]), table("second", &["b", "-c"], Vec::new())],
        );
        assert_eq!(written(&two), "'=first\r\na\r\n1\r\n\"\"\r\n\r\nsecond\r\nb;'-c\r\n");
    }

    #[test]
    fn a_text_that_begins_like_a_formula_gets_an_apostrophe() {
        for text in ["=1+1", "+7 495", "-x", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", "'=1"] {
            assert_eq!(neutral(text), format!("'{text}"));
        }
        assert_eq!(neutral("\0=1"), "'=1");
        for text in ["", "a=1", "'quoted'", "1-2", "−5"] {
            assert_eq!(neutral(text), text);
        }
    }

    #[test]
    fn a_document_without_tables_is_refused() {
        assert!(matches!(csv(&document(Language::English, Vec::new())), Err(DocumentError::NoTable)));
    }

    /// The text that was handed in, from what is written.
    fn recovered(written: &str) -> &str {
        match written.strip_prefix('\'') {
            Some(text) if begins_like_a_formula(text.trim_start_matches('\'')) => text,
            _ => written,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_comes_back_and_none_is_a_formula(rows in vec(vec(cell_text(), 3), 1..6)) {
            let cells = rows.iter().map(|row| row.iter().cloned().map(Cell::Text).collect()).collect();
            let text = written(&document(Language::Russian, vec![table("", &["a", "b", "c"], cells)]));
            let mut reader = ::csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
            let read: Vec<_> = reader.records().collect::<Result<_, _>>().expect("it is CSV");
            prop_assert_eq!(read.len(), rows.len());
            for (record, row) in read.iter().zip(&rows) {
                prop_assert_eq!(record.len(), 3);
                for (field, text) in record.iter().zip(row) {
                    prop_assert!(!begins_like_a_formula(field), "{:?}", field);
                    prop_assert!(field.chars().all(|c| !c.is_control() || "\t\r\n".contains(c)));
                    prop_assert_eq!(recovered(field), printable(text));
                }
            }
        }

        #[test]
        fn an_amount_stays_a_plain_number(kopecks in -99_999_999_999_999..99_999_999_999_999_i64) {
            let amount = Money::kopecks(kopecks);
            let written = value(&Cell::Money { amount, shown: String::new() }, Language::Russian);
            prop_assert_eq!(written.replace(',', ".").parse::<Money>(), Ok(amount));
        }
    }

    /// Any text, but often one with what CSV and spreadsheets care about.
    fn cell_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "['=+@\\-\t\r\n\0\";,＝＋－＠ аb1]{0,8}"]
    }
}
