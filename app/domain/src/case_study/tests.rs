use super::*;
use crate::form::FieldProblem;
use crate::request::{Entries, RequestKind, draft_problems};
use crate::rule::Rule;
use crate::service::ServiceCode;
use crate::testing::service;

fn services() -> Vec<ServiceCode> {
    vec![service("kvm"), service("kvm_vgpu"), service("databases")]
}

fn entries(fields: &[(&str, &str)]) -> Entries {
    fields.iter().map(|(name, text)| (name.parse().unwrap(), (*text).to_owned())).collect()
}

fn brief() -> Entries {
    let (done, result) = ("сделали ".repeat(20), "получили ".repeat(10));
    entries(&[
        (Brief::TITLE, " Переезд интернет-магазина "),
        (Brief::CLIENT, "ООО «Ромашка»"),
        (Brief::INDUSTRY, "retail"),
        ("brief.services.kvm", "true"),
        ("brief.services.databases", "true"),
        (Brief::DONE, &done),
        (Brief::RESULT, &result),
    ])
}

#[test]
fn a_brief_is_read_as_it_was_typed() {
    let read = Brief::read(&brief(), &services()).unwrap();
    assert_eq!((read.title.as_str(), read.industry), ("Переезд интернет-магазина", Industry::Retail));
    assert_eq!(read.client, CaseClient::Named { name: "ООО «Ромашка»".to_owned() });
    assert_eq!(read.services, [service("databases"), service("kvm")].into());
}

#[test]
fn a_client_that_wants_not_to_be_named_needs_no_name() {
    let mut entered = brief();
    entered.insert(Brief::ANONYMOUS.parse().unwrap(), "true".to_owned());
    entered.remove(Brief::CLIENT);
    assert_eq!(Brief::read(&entered, &services()).unwrap().client, CaseClient::Anonymous);
}

#[test]
fn every_problem_of_a_brief_is_told_at_once_and_a_draft_shows_what_waiting_does_not_mend() {
    let problems = Brief::read(&Entries::new(), &services()).unwrap_err();
    let fields: Vec<&str> = problems.keys().map(crate::request::FieldName::as_str).collect();
    let mut expected = Brief::FIELDS.to_vec();
    expected.sort_unstable();
    assert_eq!(fields, expected);
    assert!(draft_problems(&problems).is_empty());
    let long = "а".repeat(3_001);
    let entered = entries(&[(Brief::TITLE, "коротко"), (Brief::INDUSTRY, "magic"), (Brief::DONE, &long), ("brief.services.magic", "true")]);
    let problems = Brief::read(&entered, &services()).unwrap_err();
    assert_eq!(problems[Brief::TITLE], FieldProblem::TooShort { minimum: 10 });
    assert_eq!(problems[Brief::SERVICES], FieldProblem::Required);
    let shown = draft_problems(&problems);
    assert_eq!((shown[Brief::INDUSTRY], shown[Brief::DONE]), (FieldProblem::UnknownChoice, FieldProblem::TooLong { maximum: 3_000 }));
    assert_eq!(shown.len(), 2);
}

fn details() -> Entries {
    let required = Section::ALL.into_iter().filter(|section| !section.is_optional());
    required.map(|section| (section.field().parse().unwrap(), "слово ".repeat(60))).collect()
}

fn with(mut entered: Entries, fields: &[(&str, &str)]) -> Entries {
    entered.extend(entries(fields));
    entered
}

#[test]
fn the_long_form_has_its_sections_and_may_have_figures_and_a_quote() {
    let bare = Details::read(&details()).unwrap();
    assert_eq!((bare.sections.len(), bare.figures.len(), bare.quote), (4, 0, None));
    let entered = with(
        details(),
        &[
            ("details.figures.2.what", "Время запуска"),
            ("details.figures.2.before", "3 дня"),
            ("details.figures.2.after", "20 минут"),
            (Quote::TEXT, "Мы забыли, что у нас есть серверы."),
            (Quote::AUTHOR, "Анна Иванова"),
            (Quote::POSITION, "директор"),
            (Quote::CONSENT, "true"),
        ],
    );
    let read = Details::read(&entered).unwrap();
    assert_eq!(read.figures[0].after, "20 минут");
    assert_eq!(read.quote.map(|quote| quote.author), Some("Анна Иванова".to_owned()));
}

#[test]
fn a_half_filled_row_and_a_quote_without_consent_are_told() {
    let entered = with(details(), &[("details.figures.1.after", "20 минут"), (Quote::AUTHOR, "Анна Иванова")]);
    let problems = Details::read(&entered).unwrap_err();
    let told: Vec<(&str, FieldProblem)> = problems.iter().map(|(field, problem)| (field.as_str(), *problem)).collect();
    assert_eq!(
        told,
        [
            ("details.figures.1.before", FieldProblem::Required),
            ("details.figures.1.what", FieldProblem::Required),
            (Quote::CONSENT, FieldProblem::ConsentMissing),
            (Quote::TEXT, FieldProblem::Required),
        ]
    );
    assert_eq!(Details::read(&Entries::new()).unwrap_err().len(), 4);
}

#[test]
fn the_model_at_submission_decides_and_the_bonus_is_that_of_the_terms() {
    let terms = Terms::default();
    let allowed = Model::ALL.map(|model| check(model, &terms).is_allowed());
    assert_eq!(allowed, [false, false, true, true]);
    assert_eq!(check(Model::Referral, &terms).rules(), [Rule::Privilege1]);
    assert_eq!(RequestKind::CaseStudy.privilege(), Privilege::CaseBonus);
    assert_eq!(bonus(&terms), Money::roubles(40_000));
}
