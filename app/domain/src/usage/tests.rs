use super::*;
use crate::calendar::{BusinessDate, Month};
use crate::inn::InnError;
use crate::money::Money;

fn day(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

const HEADER: [&str; 7] = ["партнёр", "ИНН клиента", "Клиент", "Услуга", "ВМ", "Месяц", "Сумма"];

fn reference(is_correction: bool) -> Reference {
    let partner = KnownPartner { code: "P-0001".to_owned(), inn: "7707083893".to_owned(), contract_date: day("2026-01-15") };
    let services = [("kvm", "ElasticCloud KVM"), ("databases", "Базы данных")];
    let services = services.map(|(code, name)| (code.parse().expect("a code"), vec![name.to_owned()]));
    Reference::new([partner], services, day("2026-10-10"), Some(month("2026-08")), is_correction)
}

fn good() -> [&'static str; 7] {
    ["P-0001", "7736050003", "ООО «Вектор»", "kvm", "vm-1", "2026-09", "1234.50"]
}

fn problems(change: impl Fn(&mut [&'static str; 7])) -> Vec<RowProblem> {
    let mut fields = good();
    change(&mut fields);
    Columns::find(&HEADER).expect("a header").read(&fields, &reference(false)).err().unwrap_or_default()
}

#[test]
fn a_good_row_is_read_whoever_names_the_partner_and_the_service() {
    let reference = reference(false);
    let columns = Columns::find(&HEADER).expect("a header");
    for (partner, service) in [("P-0001", "kvm"), ("p-0001", "KVM"), ("7707083893", "elasticcloud kvm"), (" P-0001 ", " kvm ")] {
        let mut fields = good();
        (fields[0], fields[3]) = (partner, service);
        let row = columns.read(&fields, &reference).expect("a good row");
        assert_eq!((row.partner, row.service.as_str()), ("P-0001", "kvm"));
        assert_eq!((row.month, row.gross), (month("2026-09"), Money::kopecks(123_450)));
    }
}

#[test]
fn months_and_amounts_are_read_in_every_usual_form() {
    let reference = reference(false);
    let columns = Columns::find(&HEADER).expect("a header");
    for text in ["2026-09", "09.2026", "01.09.2026"] {
        let mut fields = good();
        fields[5] = text;
        assert_eq!(columns.read(&fields, &reference).map(|row| row.month), Ok(month("2026-09")), "{text}");
    }
    let forms = [
        ("1234.5", 123_450),
        ("1234,50", 123_450),
        ("1 234,50", 123_450),
        ("1\u{a0}234\u{a0}567,00", 123_456_700),
        ("12\u{202f}345", 1_234_500),
        ("0", 0),
    ];
    for (text, kopecks) in forms {
        let mut fields = good();
        fields[6] = text;
        assert_eq!(columns.read(&fields, &reference).map(|row| row.gross), Ok(Money::kopecks(kopecks)), "{text}");
    }
}

#[test]
fn every_bad_field_names_its_problem() {
    let text = |text: &str| text.to_owned();
    assert_eq!(problems(|row| row[0] = "P-9"), [RowProblem::UnknownPartner { partner: text("P-9") }]);
    assert_eq!(problems(|row| row[3] = "kvn"), [RowProblem::UnknownService { service: text("kvn") }]);
    assert_eq!(problems(|row| row[1] = "773605000"), [RowProblem::ClientInn { inn: text("773605000"), reason: InnError::Shape }]);
    assert_eq!(problems(|row| row[1] = "7736050004"), [RowProblem::ClientInn { inn: text("7736050004"), reason: InnError::Checksum }]);
    assert_eq!(problems(|row| row[6] = "-0,01"), [RowProblem::NegativeAmount { gross: Money::kopecks(-1) }]);
    for (value, reason) in [
        ("12a", AmountProblem::NotANumber),
        ("1,234.50", AmountProblem::NotANumber),
        ("1 23,00", AmountProblem::NotANumber),
        ("1234 567", AmountProblem::NotANumber),
        ("1,5,0", AmountProblem::NotANumber),
        ("NaN", AmountProblem::NotANumber),
        ("1e5", AmountProblem::NotANumber),
        (",50", AmountProblem::NotANumber),
        ("0,125", AmountProblem::TooFine),
        ("1000000000000", AmountProblem::TooLarge),
    ] {
        assert_eq!(problems(|row| row[6] = value), [RowProblem::MalformedAmount { text: text(value), reason }], "{value}");
    }
    for value in ["2026-13", "2026", "октябрь", "02.10.2026", "10-2026", "2026-10-01", "01.13.2026"] {
        assert_eq!(problems(|row| row[5] = value), [RowProblem::MalformedMonth { text: text(value) }], "{value}");
    }
    let future = RowProblem::MonthInFuture { month: month("2026-11"), latest: month("2026-10") };
    assert_eq!(problems(|row| row[5] = "2026-11"), [future]);
    let early = RowProblem::MonthBeforeContract { month: month("2025-12"), contract_date: day("2026-01-15") };
    assert_eq!(problems(|row| row[5] = "2025-12"), [early]);
    let closed = RowProblem::MonthClosed { month: month("2026-08"), closed_through: month("2026-08") };
    assert_eq!(problems(|row| row[5] = "2026-08"), [closed]);
    assert_eq!(problems(|row| row[2] = " "), [RowProblem::Empty { column: Column::ClientName }]);
    assert_eq!(problems(|row| row[4] = "a\tb"), [RowProblem::ControlCharacter { column: Column::Resource }]);
    let long: &'static str = "я".repeat(201).leak();
    assert_eq!(problems(|row| row[2] = long), [RowProblem::TooLong { column: Column::ClientName, length: 201, limit: 200 }]);
}

#[test]
fn all_problems_of_a_row_come_at_once() {
    let found = problems(|row| (row[0], row[1], row[6]) = ("P-9", "1", "x"));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_correction_may_speak_of_closed_months_and_of_no_others_that_are_out_of_reach() {
    let reference = reference(true);
    let columns = Columns::find(&HEADER).expect("a header");
    let mut fields = good();
    fields[5] = "2026-08";
    assert!(columns.read(&fields, &reference).is_ok());
    fields[5] = "2025-12";
    assert!(columns.read(&fields, &reference).is_err());
}

#[test]
fn headers_are_found_in_both_languages_and_any_order() {
    let russian = Columns::find(&["\u{feff}ПАРТНЕР", "инн_клиента", "клиент", "услуга", "ресурс", "месяц", "сумма"]).expect("Russian");
    let english = Columns::find(&["partner", "Client INN", "client_name", "service", "resource", "month", "gross"]).expect("English");
    assert_eq!(russian, english);
    let shuffled = Columns::find(&["gross", "month", "note", "resource", "service", "client", "inn", "partner"]).expect("any order");
    let reference = reference(false);
    let row = ["5", "2026-09", "ignored", "vm-1", "kvm", "ООО «Вектор»", "7736050003", "P-0001"];
    assert_eq!(shuffled.read(&row, &reference).map(|row| row.gross), Ok(Money::roubles(5)));
    assert_eq!(shuffled.read(&row[1..], &reference).map(|row| row.gross), Err(vec![RowProblem::WrongFieldCount { expected: 8, found: 7 }]));
}

#[test]
fn a_header_names_what_it_lacks_and_what_it_repeats() {
    let problems = Columns::find(&["partner", "inn", "client", "service", "resource", "month", "month"]).expect_err("a bad header");
    assert_eq!(problems, [RowProblem::RepeatedColumn { column: Column::Month }, RowProblem::MissingColumn { column: Column::Gross }]);
}

#[test]
fn the_delimiter_is_told_from_the_header() {
    assert_eq!(delimiter_of("партнер;инн;сумма\n1,2,3,4,5".as_bytes()), b';');
    assert_eq!(delimiter_of(b"partner,inn,gross\n1;2;3;4;5"), b',');
    assert_eq!(delimiter_of(b"partner,\"a;b;c;d\",gross"), b',');
}
