//! A document as an Excel workbook.

use std::collections::HashSet;

use chrono::{Datelike, NaiveDate};
use domain::money::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::document::{Brand, Cell, ColumnKind, Document, DocumentError, Language, Table};
use crate::text::printable;

/// Excel's limit of a sheet's name, in UTF-16 units.
const SHEET_NAME: usize = 31;
/// Excel's number of the paper.
const A4: u8 = 9;
/// Widths of columns, in characters: none is narrower or, for long texts, wider.
const WIDTHS: (usize, usize) = (9, 48);

/// The tables as a workbook, a sheet each: figures and dates are typed, texts are never formulas. The same document
/// gives the same bytes.
pub fn xlsx(document: &Document) -> Result<Vec<u8>, DocumentError> {
    document.check_export()?;
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(document)?);
    let formats = Formats::new(document);
    let mut names = HashSet::new();
    for table in &document.tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&table.caption, &mut names))?;
        write_table(sheet, table, &formats)?;
        set_print(sheet, document)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn properties(document: &Document) -> Result<DocProperties, XlsxError> {
    let properties = DocProperties::new()
        .set_title(printable(&document.title))
        .set_subject(printable(&document.subtitle))
        .set_author(printable(&document.brand.name))
        .set_comment(printable(&document.generated))
        .set_creation_datetime(&excel_date(document.issued.naive())?);
    Ok(properties)
}

struct Formats {
    header: Format,
    header_of_figures: Format,
    words: Format,
    money: Format,
    count: Format,
    date: Format,
    month: Format,
    whole_rate: Format,
    rate: Format,
}

impl Formats {
    fn new(document: &Document) -> Self {
        let Document { brand: Brand { primary, .. }, language, .. } = document;
        let [red, green, blue] = primary.channels();
        let header = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(u32::from_be_bytes([0, red, green, blue]));
        let top = || Format::new().set_align(FormatAlign::Top);
        // A file's comma and point stand for the separators of the reader's own Excel: 1 234,50 in Russian.
        let (date, month) = match language {
            Language::Russian => ("dd.mm.yyyy", "mm.yyyy"),
            Language::English => ("d mmm yyyy", "mmm yyyy"),
        };
        Self {
            header_of_figures: header.clone().set_align(FormatAlign::Right),
            header,
            words: top().set_text_wrap(),
            money: top().set_num_format("#,##0.00"),
            count: top().set_num_format("#,##0"),
            date: top().set_num_format(date).set_align(FormatAlign::Left),
            month: top().set_num_format(month).set_align(FormatAlign::Left),
            whole_rate: top().set_num_format("0%"),
            rate: top().set_num_format("0.00%"),
        }
    }
}

fn write_table(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    for (at, column) in (0..).zip(&table.columns) {
        let format = match column.kind {
            ColumnKind::Figures => &formats.header_of_figures,
            ColumnKind::Words | ColumnKind::Label => &formats.header,
        };
        sheet.write_string_with_format(0, at, printable(&column.title), format)?;
        sheet.set_column_width(at, width(table, usize::from(at)))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut line = 1;
    for row in &table.rows {
        write_row(sheet, line, row, formats, Format::clone)?;
        line += 1;
    }
    if table.rows.is_empty() {
        sheet.write_string(line, 0, printable(&table.empty))?;
        line += 1;
    }
    if let Some(total) = &table.total {
        write_row(sheet, line, total, formats, |format| format.clone().set_bold().set_border_top(FormatBorder::Thin))?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    row: &[Cell],
    formats: &Formats,
    adapt: impl Fn(&Format) -> Format,
) -> Result<(), XlsxError> {
    for (at, cell) in (0..).zip(row) {
        match cell {
            Cell::Empty => sheet.write_blank(line, at, &adapt(&formats.words))?,
            Cell::Text(text) => sheet.write_string_with_format(line, at, printable(text), &adapt(&formats.words))?,
            Cell::Money { amount, .. } => {
                sheet.write_number_with_format(line, at, nearest(Money::decimal(*amount)), &adapt(&formats.money))?
            }
            Cell::Count { count, .. } => {
                sheet.write_number_with_format(line, at, nearest(Decimal::from(*count)), &adapt(&formats.count))?
            }
            Cell::Rate { share, .. } => {
                let whole = (share * Decimal::ONE_HUNDRED).fract().is_zero();
                let format = if whole { &formats.whole_rate } else { &formats.rate };
                sheet.write_number_with_format(line, at, nearest(*share), &adapt(format))?
            }
            Cell::Date { date, .. } => sheet.write_datetime_with_format(line, at, excel_date(date.naive())?, &adapt(&formats.date))?,
            Cell::Month { month, .. } => {
                let first = month.first_day().naive();
                sheet.write_datetime_with_format(line, at, excel_date(first)?, &adapt(&formats.month))?
            }
        };
    }
    Ok(())
}

/// The floating-point number of a cell. Amounts have at most 14 digits, and 15 survive.
fn nearest(exact: Decimal) -> f64 {
    exact.to_f64().unwrap_or_default()
}

fn excel_date(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let narrow = |number: u32| u8::try_from(number).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(date.year()).unwrap_or_default(), narrow(date.month()), narrow(date.day()))
}

/// The width of a column, in characters: of the longest line of its texts, within bounds.
fn width(table: &Table, at: usize) -> f64 {
    let cells = table.rows.iter().chain(&table.total).filter_map(|row| row.get(at)).map(Cell::shown);
    let words = table.columns.get(at).map(|column| column.title.as_str()).into_iter().flat_map(str::split_whitespace);
    let longest = cells.flat_map(str::lines).chain(words).map(|text| text.chars().count()).max().unwrap_or_default();
    let characters = longest.saturating_add(2).clamp(WIDTHS.0, WIDTHS.1);
    u16::try_from(characters).map_or(9.0, f64::from)
}

/// On paper: A4, as wide as the page, titles on every page.
fn set_print(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_header(format!("&L{}&R{}", print_text(&document.brand.name), print_text(&document.title)));
    sheet.set_footer(format!("&L{}&R&P / &N", print_text(&document.generated)));
    Ok(())
}

/// Words for the margin of a printed page, where `&` begins a command and there is room for 255 characters in all.
fn print_text(text: &str) -> String {
    let line: String = printable(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(50).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short.replace('&', "&&")
}

/// A name Excel takes, unlike those given before (Excel does not tell capitals from small letters).
fn sheet_name(caption: &str, taken: &mut HashSet<String>) -> String {
    let plain: String =
        printable(caption).chars().map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let stem = words.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    // Excel keeps this name for itself.
    let stem = if stem.is_empty() || stem.eq_ignore_ascii_case("history") { "1" } else { stem };
    for number in 1_u32.. {
        let suffix = if number == 1 { String::new() } else { format!(" ({number})") };
        let name = format!("{}{suffix}", cut(stem, SHEET_NAME - suffix.len()));
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    stem.to_owned()
}

/// The beginning of a text, at most so many UTF-16 units long.
fn cut(text: &str, units: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, character)| {
        used += character.len_utf16();
        used > units
    });
    let beginning = end.map_or(text, |(at, _)| &text[..at]);
    beginning.trim_end_matches(|c: char| c == '\'' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(captions: &[&str]) -> Vec<String> {
        let mut taken = HashSet::new();
        captions.iter().map(|caption| sheet_name(caption, &mut taken)).collect()
    }

    #[test]
    fn a_sheet_gets_a_name_that_excel_takes() {
        assert_eq!(names(&["Рибейты за 01/2026: [все]*"]), ["Рибейты за 01 2026 все"]);
        assert_eq!(names(&["'quoted'", "  ", "History", "a\nb\0"]), ["quoted", "1", "1 (2)", "a b"]);
    }

    #[test]
    fn names_are_short_and_differ() {
        let long = "Начисления рибейтов по клиентам за квартал";
        let [first, second, third] = &names(&[long, &long.to_uppercase(), long])[..] else { panic!("three names") };
        assert_eq!(first, "Начисления рибейтов по клиентам");
        assert_eq!(second, "НАЧИСЛЕНИЯ РИБЕЙТОВ ПО КЛИЕ (2)");
        assert_eq!(third, "Начисления рибейтов по клие (3)");
        assert!(names(&["😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"])[0].encode_utf16().count() <= SHEET_NAME);
    }

    #[test]
    fn words_on_the_margin_are_no_commands() {
        assert_eq!(print_text("R&D &P\n\tLtd"), "R&&D &&P Ltd");
    }
}
