//! What stands in the files of a statement.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use documents::{Document, Language, csv, pdf, xlsx};
use domain::money::Money;

mod support;

use support::{money, statement, text};

fn sheets(document: &Document) -> Vec<(String, Range<Data>)> {
    let bytes = xlsx(document).expect("it is written");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).expect("a sheet");
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{name} has formulas");
    }
    workbook.worksheets()
}

#[test]
fn a_pdf_is_the_same_bytes_every_time_and_holds_its_fonts() {
    let document = statement(Language::Russian, 5);
    let bytes = pdf(&document).expect("it is written");
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let has = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(has("GolosText-Regular") && has("GolosText-SemiBold"));
    assert_eq!(bytes, pdf(&document).expect("it is written"));
    let mut other = document;
    other.notes.clear();
    assert_ne!(bytes, pdf(&other).expect("it is written"));
}

#[test]
fn a_workbook_is_the_same_bytes_every_time() {
    let document = statement(Language::Russian, 5);
    assert_eq!(xlsx(&document).expect("it is written"), xlsx(&document).expect("it is written"));
}

#[test]
fn a_workbook_has_a_sheet_for_every_table() {
    let document = statement(Language::Russian, 5);
    let sheets = sheets(&document);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["По месяцам", "Начисления по клиентам", "Корректировки"]);
    assert_eq!(sheets[2].1.get_value((1, 0)), Some(&Data::String("За период корректировок не было.".to_owned())));
}

#[test]
fn figures_of_a_workbook_are_numbers_and_dates_are_dates() {
    let document = statement(Language::Russian, 8);
    let sheets = sheets(&document);
    let (months, accruals) = (&sheets[0].1, &sheets[1].1);
    let day = |cell: Option<&Data>| match cell {
        Some(Data::DateTime(day)) => day.to_ymd_hms_milli(),
        other => panic!("{other:?} is no date"),
    };
    assert_eq!(day(months.get_value((1, 0))), (2026, 7, 1, 0, 0, 0, 0));
    assert_eq!(months.get_value((1, 1)), Some(&Data::Float(12.0)));
    assert_eq!(months.get_value((1, 2)), Some(&Data::Float(1_204_500.50)));
    assert_eq!(day(accruals.get_value((2, 0))), (2026, 7, 2, 0, 0, 0, 0));
    assert_eq!(accruals.get_value((1, 3)), Some(&Data::Float(123.45)));
    assert_eq!(accruals.get_value((8, 3)), Some(&Data::Float(-55_517.04)));
    assert_eq!(accruals.get_value((1, 4)), Some(&Data::Float(0.1)));
    assert_eq!(accruals.get_value((9, 0)), Some(&Data::String("Итого".to_owned())));
    assert!(matches!(accruals.get_value((9, 3)), Some(Data::Float(_))));
}

#[test]
fn the_largest_amounts_keep_their_kopecks_in_a_workbook() {
    let mut document = statement(Language::Russian, 1);
    for kopecks in [99_999_999_999_999, -99_999_999_999_999, 1, 10_000_000_000_001] {
        let amount = Money::kopecks(kopecks);
        document.tables[1].rows[0][3] = money(Language::Russian, amount);
        let Some(Data::Float(read)) = sheets(&document)[1].1.get_value((1, 3)).cloned() else { panic!("a number") };
        assert_eq!(format!("{read:.2}").parse(), Ok(amount));
    }
}

#[test]
fn a_text_in_a_workbook_is_never_a_formula() {
    for words in ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "\t=1", "https://example.org", "00123", "1e5", "a\u{1}b\0"] {
        let mut document = statement(Language::Russian, 1);
        words.clone_into(&mut document.tables[1].caption);
        words.clone_into(&mut document.tables[1].columns[1].title);
        document.tables[1].rows[0][1] = text(words);
        let expected = Data::String(words.replace(['\u{1}', '\0'], ""));
        let sheets = sheets(&document);
        assert_eq!(sheets[1].1.get_value((0, 1)), Some(&expected));
        assert_eq!(sheets[1].1.get_value((1, 1)), Some(&expected));
    }
}

#[test]
fn a_csv_holds_the_tables_one_after_the_other() {
    let mut document = statement(Language::Russian, 2);
    document.tables[1].rows[0][1] = text("=HYPERLINK(\"http://example.org\";\"x\")");
    let text = String::from_utf8(csv(&document).expect("it is written")).expect("UTF-8");
    insta::assert_snapshot!(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
}
