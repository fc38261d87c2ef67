//! A case study from the brief to the bonus in the ledger, sent back and taken up again on its way (`CASE-1`).

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::case_study::{Brief, Quote, Section};
use domain::editorial::{Slot, SlotError};
use domain::form::FieldProblem;
use domain::money::Money;
use domain::permission::Role;
use domain::request::{
    ActName, Denial, Editable, FieldNote, RefusalReason, RefusalText, RequestKind, RequestStatus, Stage, TransitionError, Turn, Version,
    Words,
};
use domain::rule::Rule;
use service::editorial::Editorial;
use service::notices::News;
use service::requests::{InboxFilter, InboxQueue, RequestDetail, Subject};
use service::{Error, Refusal, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, date, instant};
use uuid::Uuid;

const LINK: &str = "https://press.example.com/cases/shop";

type Typed = Vec<(String, String)>;

fn typed(fields: &[(&str, &str)]) -> Typed {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn brief() -> Typed {
    let (done, result) = ("перенесли ".repeat(15), "ускорили ".repeat(10));
    typed(&[
        (Brief::TITLE, "Переезд интернет-магазина"),
        (Brief::CLIENT, "ООО «Ромашка»"),
        (Brief::INDUSTRY, "retail"),
        ("brief.services.kvm", "true"),
        (Brief::DONE, &done),
        (Brief::RESULT, &result),
    ])
}

fn details() -> Typed {
    let required = Section::ALL.into_iter().filter(|section| !section.is_optional());
    let mut fields: Typed = required.map(|section| (section.field(), "слово ".repeat(60))).collect();
    fields.extend(typed(&[
        ("details.figures.1.what", "Время запуска"),
        ("details.figures.1.before", "3 дня"),
        ("details.figures.1.after", "20 минут"),
        (Quote::TEXT, "Мы забыли, что у нас есть серверы."),
        (Quote::AUTHOR, "Анна Иванова"),
        (Quote::CONSENT, "true"),
    ]));
    fields
}

fn with(mut fields: Typed, name: &str, value: &str) -> Typed {
    fields.retain(|(field, _)| field != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

fn words(text: &str) -> Words {
    Words::try_from(text.to_owned()).expect("words")
}

fn note(field: &str, text: &str) -> FieldNote {
    FieldNote { field: field.parse().expect("a field"), words: words(text) }
}

fn transition<T: std::fmt::Debug>(answer: service::Result<T>) -> TransitionError {
    let Err(Error::Refused(Refusal::Transition(error))) = answer else { panic!("its life has to forbid it: {answer:?}") };
    error
}

fn invalid<T: std::fmt::Debug>(answer: service::Result<T>) -> Vec<(String, FieldProblem)> {
    let Err(Error::Invalid(problems)) = answer else { panic!("the fields have to be refused: {answer:?}") };
    problems.into_iter().collect()
}

async fn page(app: &TestApp, viewer: &Viewer, reference: &str) -> RequestDetail {
    app.services.request_page(viewer, reference).await.expect("the page")
}

fn work(detail: &RequestDetail) -> &Editorial {
    detail.editorial.as_deref().expect("the work on a text")
}

async fn item(app: &TestApp, staff: &Viewer, reference: &str) -> RequestDetail {
    app.services.inbox_item(staff, reference, &InboxFilter::default()).await.expect("the item").detail
}

async fn version(app: &TestApp, viewer: &Viewer, reference: &str) -> Version {
    page(app, viewer, reference).await.version
}

async fn queue(app: &TestApp, staff: &Viewer, queue: InboxQueue) -> Vec<String> {
    let filter = InboxFilter { queue, ..InboxFilter::default() };
    let inbox = app.services.inbox_page(staff, &filter, None).await.expect("the inbox");
    inbox.page.lines.into_iter().map(|line| line.request.reference).collect()
}

/// A case whose brief is accepted.
async fn accepted(app: &TestApp, partner: &TestPartner, reviewer: &Viewer) -> String {
    let reference = submitted(app, partner).await;
    app.services.request_approve(reviewer, &reference).await.expect("accepted");
    reference
}

/// A case that waits for the decision.
async fn submitted(app: &TestApp, partner: &TestPartner) -> String {
    let save = app.services.request_draft_save(&partner.viewer, RequestKind::CaseStudy, Uuid::new_v4(), brief(), None);
    let saved = save.await.expect("a draft");
    app.services.request_submit(&partner.viewer, &saved.reference, brief(), saved.version).await.expect("submitted");
    saved.reference
}

/// A case whose text is agreed.
async fn agreed(app: &TestApp, partner: &TestPartner, reviewer: &Viewer) -> String {
    let reference = accepted(app, partner, reviewer).await;
    let seen = version(app, &partner.viewer, &reference).await;
    app.services.request_send_details(&partner.viewer, &reference, details(), seen).await.expect("sent");
    agree(app, partner, reviewer, &reference).await;
    reference
}

/// Brings a case whose long form is handed in to an agreed text.
async fn agree(app: &TestApp, partner: &TestPartner, reviewer: &Viewer, reference: &str) {
    let seen = item(app, reviewer, reference).await.version;
    app.services.request_edit_text(reviewer, reference, &"Текст кейса. ".repeat(20), seen).await.expect("a text");
    app.services.request_offer_text(reviewer, reference).await.expect("offered");
    let seen = version(app, &partner.viewer, reference).await;
    app.services.request_agree_text(&partner.viewer, reference, seen).await.expect("agreed");
}

async fn ledger(app: &TestApp) -> Vec<(String, String, String, String)> {
    sqlx::query_as("select rule, period, amount::text, settlement from ledger_entries order by number")
        .fetch_all(&mut app.owner().await)
        .await
        .expect("entries")
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_draft_keeps_everything_and_is_the_same_draft_all_along(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, other) = (app.create_partner("2026-09-01").await, app.create_partner("2026-09-01").await);
    let key = Uuid::new_v4();
    let save =
        async |fields: Typed, seen| app.services.request_draft_save(&partner.viewer, RequestKind::CaseStudy, key, fields, seen).await;
    let long = "я".repeat(4_000);
    let first = save(typed(&[(Brief::TITLE, "Пере"), (Brief::DONE, &long), ("brief.services.kvm", "true"), ("brief.magic", "x")]), None);
    let first = first.await.expect("a draft that no rule would accept");
    assert!(first.reference.starts_with("CS-2026-"), "{}", first.reference);
    // What is short may grow; what is too long is told.
    assert_eq!(first.problems.len(), 1, "{:?}", first.problems);
    assert_eq!(first.problems[Brief::DONE], FieldProblem::TooLong { maximum: 3_000 });
    let again = save(typed(&[(Brief::TITLE, "Пере"), (Brief::DONE, &long), ("brief.services.kvm", "true")]), None).await.expect("the same");
    assert_eq!(again, first, "the same form sent twice");
    let stale = transition(save(typed(&[(Brief::TITLE, "Другое")]), None).await);
    assert!(matches!(stale, TransitionError::Stale { .. }), "{stale:?}");
    // A box that is not sent is not ticked; a field that is not sent stays.
    let second = save(typed(&[(Brief::TITLE, "Переезд магазина"), (Brief::ANONYMOUS, "true")]), Some(first.version)).await.expect("saved");
    assert_eq!((&second.reference, second.version), (&first.reference, first.version.next()));
    let kept = page(&app, &partner.viewer, &first.reference).await;
    let entries = &work(&kept).entries;
    let text = |field: &str| entries.get(field).map(String::as_str).unwrap_or_default();
    assert_eq!((text(Brief::TITLE), text(Brief::ANONYMOUS), text("brief.services.kvm")), ("Переезд магазина", "true", ""));
    assert_eq!((text(Brief::DONE).chars().count(), text("brief.magic")), (4_000, ""));
    assert_eq!((kept.line.status, kept.line.turn, kept.line.submitted_at, kept.model), (RequestStatus::Draft, Turn::Partner, None, None));
    assert_eq!(kept.line.subject, Subject::CaseStudy { title: Some("Переезд магазина".to_owned()) });
    assert!(
        invalid(save(typed(&[(Brief::DONE, &"я".repeat(20_001))]), Some(second.version)).await)
            .iter()
            .any(|(field, _)| field == Brief::DONE)
    );

    // Nobody else sees it: not staff, not another partner.
    assert!(matches!(app.services.inbox_item(&reviewer, &first.reference, &InboxFilter::default()).await, Err(Error::NotFound)));
    for of in InboxQueue::ALL {
        assert_eq!(queue(&app, &reviewer, of).await, Vec::<String>::new());
    }
    assert!(matches!(app.services.request_page(&other.viewer, &first.reference).await, Err(Error::NotFound)));
    let foreign = app.services.request_save(&other.viewer, &first.reference, brief(), second.version).await;
    assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
    assert!(app.services.cases_page(&other.viewer, None).await.expect("the page").page.lines.is_empty());
    assert_eq!(app.services.cases_page(&partner.viewer, None).await.expect("the page").page.lines.len(), 1);
    // What a partner does not begin itself it can't draft.
    let codes = app.services.request_draft_save(&partner.viewer, RequestKind::BonusCodes, Uuid::new_v4(), brief(), None).await;
    assert!(matches!(codes, Err(Error::NotFound)), "{codes:?}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_brief_is_submitted_once_after_the_rules_are_asked(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let key = Uuid::new_v4();
    let saved = app.services.request_draft_save(&partner.viewer, RequestKind::CaseStudy, key, Vec::new(), None).await.expect("a draft");
    let short = with(brief(), Brief::TITLE, "Коротко");
    let answer = app.services.request_submit(&partner.viewer, &saved.reference, short, saved.version).await;
    assert_eq!(invalid(answer), [(Brief::TITLE.to_owned(), FieldProblem::TooShort { minimum: 10 })]);
    let kept = page(&app, &partner.viewer, &saved.reference).await;
    assert_eq!(kept.line.status, RequestStatus::Draft);
    assert_eq!(work(&kept).entries[Brief::TITLE], "Коротко", "what was typed is kept");
    for _ in 0..2 {
        app.services.request_submit(&partner.viewer, &saved.reference, brief(), kept.version).await.expect("submitted, once");
    }
    let waiting = page(&app, &partner.viewer, &saved.reference).await;
    assert_eq!((waiting.line.status, waiting.line.due_on), (RequestStatus::Submitted, Some(date("2026-10-12"))), "five working days");
    assert_eq!((waiting.line.submitted_at, waiting.may(ActName::Recall)), (Some(instant("2026-10-05")), true));
    assert_eq!(queue(&app, &reviewer, InboxQueue::Waiting).await, std::slice::from_ref(&saved.reference));
    assert_eq!(app.audited().await.iter().filter(|action| *action == "request.submit").count(), 1);

    // Taken back it is a draft again, with everything; staff do not see it any more.
    app.services.request_recall(&partner.viewer, &saved.reference, None).await.expect("taken back");
    let draft = page(&app, &partner.viewer, &saved.reference).await;
    assert_eq!((draft.line.status, work(&draft).entries.len()), (RequestStatus::Draft, work(&waiting).entries.len()));
    assert_eq!(queue(&app, &reviewer, InboxQueue::Waiting).await, Vec::<String>::new());

    // Without the privilege it is not submitted, whatever was begun.
    sqlx::query("insert into staff_level_decisions (partner_id, decided_for, level, reason, recorded_at) values ($1, '2026-10-01', 'basic', 'причина решения', now())")
        .bind(partner.id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("a decision");
    let refused = app.services.request_submit(&partner.viewer, &saved.reference, brief(), draft.version).await;
    let Err(Error::Refused(Refusal::Rules(verdict))) = refused else { panic!("Referral has no such bonus: {refused:?}") };
    assert_eq!(verdict.rules(), [Rule::Privilege1]);
    assert!(!app.services.cases_page(&partner.viewer, None).await.expect("the page").privilege.is_allowed());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn asked_for_two_fields_the_partner_answers_those_and_types_nothing_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let (first, second) = (submitted(&app, &partner).await, submitted(&app, &partner).await);
    let foreign = vec![note("details.task", "Не та форма")];
    assert_eq!(transition(app.services.request_ask_for_correction(&reviewer, &first, foreign).await), TransitionError::FieldLocked);
    let asked = vec![note(Brief::RESULT, "Добавьте цифры"), note(Brief::SERVICES, "А базы данных?")];
    app.services.request_ask_for_correction(&reviewer, &first, asked.clone()).await.expect("asked");
    let open = page(&app, &partner.viewer, &first).await;
    assert_eq!((open.line.status, &open.correction), (RequestStatus::ActionRequired, &asked));
    assert!(matches!(&work(&open).editable, Editable::Listed { fields } if fields.len() == 2));
    assert_eq!(queue(&app, &reviewer, InboxQueue::WithPartner).await, std::slice::from_ref(&first));

    let answer = async |fields: Typed, seen| app.services.request_answer_in_form(&partner.viewer, &first, fields, seen).await;
    let locked = answer(typed(&[(Brief::TITLE, "Совсем другое название")]), open.version).await;
    assert_eq!(transition(locked), TransitionError::FieldLocked);
    let short = answer(typed(&[(Brief::RESULT, "Быстрее"), ("brief.services.kvm", "true")]), open.version).await;
    assert_eq!(invalid(short), [(Brief::RESULT.to_owned(), FieldProblem::TooShort { minimum: 50 })]);
    let kept = page(&app, &partner.viewer, &first).await;
    assert_eq!(work(&kept).entries[Brief::RESULT], "Быстрее", "what was typed is kept");
    let result = "Вдвое быстрее: страница открывается за 0,8 секунды вместо 1,7.";
    let fields = typed(&[(Brief::RESULT, result), ("brief.services.kvm", "true"), ("brief.services.databases", "true")]);
    answer(fields, kept.version).await.expect("answered");
    let answered = item(&app, &reviewer, &first).await;
    assert_eq!(answered.line.status, RequestStatus::InReview);
    let entries = &work(&answered).entries;
    assert_eq!((entries[Brief::RESULT].as_str(), entries["brief.services.databases"].as_str()), (result, "true"));
    assert_eq!(entries[Brief::TITLE], "Переезд интернет-магазина");
    assert_eq!(queue(&app, &reviewer, InboxQueue::Waiting).await, [first, second], "the place in the queue is kept");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refused_case_is_taken_up_again_with_the_reason_beside_it(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let reference = submitted(&app, &partner).await;
    let text = RefusalText::try_from("Пока не видно, чем кейс интересен".to_owned()).expect("a text");
    let because = domain::request::Refusal { reason: RefusalReason::NotEnoughInformation, text };
    let notes = vec![note(Brief::RESULT, "Добавьте цифры")];
    app.services.request_refuse_with_notes(&reviewer, &reference, because, notes.clone()).await.expect("refused");
    assert_eq!(queue(&app, &reviewer, InboxQueue::Ended).await, std::slice::from_ref(&reference));
    app.services.request_revise(&partner.viewer, &reference).await.expect("taken up");
    let draft = page(&app, &partner.viewer, &reference).await;
    assert_eq!(draft.line.status, RequestStatus::Draft);
    assert_eq!(draft.refusal.as_ref().map(|refusal| refusal.text.as_str()), Some("Пока не видно, чем кейс интересен"));
    assert_eq!((work(&draft).facts.notes(), &draft.refusal_notes), (notes.as_slice(), &notes), "the words stand beside their field");
    assert_eq!(work(&draft).entries[Brief::CLIENT], "ООО «Ромашка»");
    app.set_clock("2026-10-07");
    app.services.request_submit(&partner.viewer, &reference, brief(), draft.version).await.expect("submitted again, as it was");
    let again = item(&app, &reviewer, &reference).await;
    assert_eq!((again.line.status, again.refusal.is_none()), (RequestStatus::Submitted, true));
    assert!(again.refusal_notes.is_empty() && work(&again).facts.notes().is_empty());
    assert_eq!(again.line.submitted_at, Some(instant("2026-10-07")));
    app.services.request_approve(&reviewer, &reference).await.expect("accepted");
    let acts: Vec<_> = item(&app, &reviewer, &reference).await.events.iter().map(|recorded| recorded.event.act).collect();
    assert_eq!(acts[1..], [ActName::Submit, ActName::Refuse, ActName::Revise, ActName::Submit, ActName::Approve]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_case_goes_from_the_brief_to_the_bonus_in_the_ledger(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let reference = accepted(&app, &partner, &reviewer).await;
    let open = page(&app, &partner.viewer, &reference).await;
    assert_eq!((open.line.status, open.line.stage, open.line.turn), (RequestStatus::Approved, Some(Stage::Details), Turn::Partner));
    assert_eq!(queue(&app, &reviewer, InboxQueue::WithPartner).await, std::slice::from_ref(&reference));

    // The long form is saved as one goes, and handed in once it is whole.
    let half = typed(&[("details.situation", "Магазин на своём железе")]);
    let saved = app.services.request_save(&partner.viewer, &reference, half, open.version).await.expect("saved");
    let early = app.services.request_send_details(&partner.viewer, &reference, Vec::new(), saved.version).await;
    assert_eq!(invalid(early).len(), 4);
    let without = with(details(), Quote::CONSENT, "");
    let answer = app.services.request_send_details(&partner.viewer, &reference, without, saved.version).await;
    assert_eq!(invalid(answer), [(Quote::CONSENT.to_owned(), FieldProblem::ConsentMissing)]);
    let seen = version(&app, &partner.viewer, &reference).await;
    app.services.request_send_details(&partner.viewer, &reference, details(), seen).await.expect("sent");
    assert_eq!(queue(&app, &reviewer, InboxQueue::Waiting).await, std::slice::from_ref(&reference), "the work is the provider's now");

    // A text, in versions.
    assert_eq!(transition(app.services.request_offer_text(&reviewer, &reference).await), TransitionError::NoText);
    let edit = async |text: &str| {
        let seen = item(&app, &reviewer, &reference).await.version;
        app.services.request_edit_text(&reviewer, &reference, text, seen).await
    };
    let text = "Магазин переехал за выходные. ".repeat(5);
    assert_eq!(invalid(edit("коротко").await), [("text".to_owned(), FieldProblem::TooShort { minimum: 100 })]);
    edit(&text).await.expect("the first version");
    edit(&text).await.expect("nothing changed");
    assert_eq!(app.count("request_texts").await, 1);
    assert!(work(&page(&app, &partner.viewer, &reference).await).texts.is_empty(), "a partner reads what is put before it");
    app.services.request_offer_text(&reviewer, &reference).await.expect("offered");
    let offered = page(&app, &partner.viewer, &reference).await;
    assert_eq!((offered.line.turn, work(&offered).texts.len()), (Turn::Partner, 1));
    app.services.request_return_text(&partner.viewer, &reference, words("Не за выходные, а за ночь")).await.expect("returned");
    let longer = text.replace("за выходные", "за ночь");
    edit(&longer).await.expect("the second version");
    app.services.request_offer_text(&reviewer, &reference).await.expect("offered");
    let stale = app.services.request_agree_text(&partner.viewer, &reference, offered.version).await;
    assert!(matches!(transition(stale), TransitionError::Stale { .. }), "nobody agrees a text that they did not see");
    let early = app.services.request_publish(&reviewer, &reference, "press", LINK, "2026-10-05").await;
    assert_eq!(transition(early), TransitionError::Denied { denial: Denial::AtStage { stage: Stage::Editing } });
    let shown = page(&app, &partner.viewer, &reference).await;
    assert_eq!(work(&shown).texts.iter().map(|text| text.version.number.get()).collect::<Vec<_>>(), [1, 2]);
    app.services.request_agree_text(&partner.viewer, &reference, shown.version).await.expect("agreed");

    let publish = async |channel: &str, link: &str, on: &str| app.services.request_publish(&reviewer, &reference, channel, link, on).await;
    let wrong = invalid(publish("telegram", LINK, "2026-10-06").await);
    assert_eq!(wrong, [("link".to_owned(), FieldProblem::OtherChannel), ("published_on".to_owned(), FieldProblem::InFuture)]);
    let before = app.services.inbox_item(&reviewer, &reference, &InboxFilter::default()).await.expect("the item");
    assert_eq!((before.accrues, before.detail.may(ActName::Publish)), (Some(Money::roubles(40_000)), true));
    publish("press", LINK, "2026-10-05").await.expect("published");
    assert_eq!(
        transition(publish("press", LINK, "2026-10-05").await),
        TransitionError::AlreadyDecided { status: RequestStatus::Fulfilled }
    );
    assert_eq!(ledger(&app).await, [("CASE-1".to_owned(), "2026-10".to_owned(), "40000.00".to_owned(), "bank".to_owned())]);
    let done = page(&app, &partner.viewer, &reference).await;
    assert_eq!((done.line.status, done.line.stage, done.line.turn), (RequestStatus::Fulfilled, Some(Stage::Published), Turn::Nobody));
    assert_eq!(work(&done).earned.map(|(_, _, amount)| amount), Some(Money::roubles(40_000)));
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);

    // The partner was told of every step that is its business.
    let notices = app.services.notices_page(&partner.viewer, false, None).await.expect("notices").lines;
    let told: Vec<_> = notices
        .into_iter()
        .rev()
        .map(|notice| match notice.news.expect("news") {
            News::RequestDecided { .. } => "decided",
            News::ActionRequired { .. } => "action",
            News::Published { accrued, .. } if accrued == Some(Money::roubles(40_000)) => "published",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["decided", "action", "action", "published"]);
}

/// The privilege is asked at submission (`PRIV-1`): a case submitted under it accrues whatever becomes of the level.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_level_that_falls_after_the_brief_takes_no_bonus_away(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let reference = submitted(&app, &partner).await;
    let begun = app.services.request_draft_save(&partner.viewer, RequestKind::CaseStudy, Uuid::new_v4(), brief(), None).await;
    let begun = begun.expect("a draft");

    // Between the brief and its acceptance, and ever after.
    app.let_fall(&partner).await;
    assert!(!app.services.cases_page(&partner.viewer, None).await.expect("the page").privilege.is_allowed());
    let late = app.services.request_submit(&partner.viewer, &begun.reference, brief(), begun.version).await;
    let Err(Error::Refused(Refusal::Rules(verdict))) = late else { panic!("submitted without the privilege: {late:?}") };
    assert_eq!(verdict.rules(), [Rule::Privilege1]);

    app.services.request_approve(&reviewer, &reference).await.expect("accepted");
    let seen = version(&app, &partner.viewer, &reference).await;
    app.services.request_send_details(&partner.viewer, &reference, details(), seen).await.expect("sent");
    agree(&app, &partner, &reviewer, &reference).await;
    app.services.request_publish(&reviewer, &reference, "press", LINK, "2026-10-05").await.expect("published");
    assert_eq!(ledger(&app).await, [("CASE-1".to_owned(), "2026-10".to_owned(), "40000.00".to_owned(), "bank".to_owned())]);
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_interview_is_arranged_instead_of_the_long_form(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, other) = (app.create_partner("2026-09-01").await, app.create_partner("2026-09-01").await);
    let reference = accepted(&app, &partner, &reviewer).await;
    app.services.request_choose_interview(&partner.viewer, &reference).await.expect("chosen");
    app.services.request_choose_text(&partner.viewer, &reference).await.expect("after all a text");
    app.services.request_choose_interview(&partner.viewer, &reference).await.expect("an interview");
    assert_eq!(queue(&app, &reviewer, InboxQueue::Waiting).await, std::slice::from_ref(&reference));
    let slot = |day: &str, time: &str| Slot::read(day, time, 30).expect("a time");
    let (tuesday, friday) = (slot("2026-10-06", "10:00"), slot("2026-10-09", "15:30"));
    let past = app.services.request_offer_slots(&reviewer, &reference, vec![slot("2026-10-05", "09:00")]).await;
    assert_eq!(transition(past), TransitionError::Slots { problem: SlotError::Passed });
    app.services.request_offer_slots(&reviewer, &reference, vec![tuesday]).await.expect("offered");
    app.services.request_decline_slots(&partner.viewer, &reference, words("Лучше в конце недели")).await.expect("declined");
    app.services.request_offer_slots(&reviewer, &reference, vec![tuesday, friday]).await.expect("offered");
    assert!(matches!(app.services.request_interview(&partner.viewer, &reference).await, Err(Error::NotFound)), "none is picked yet");
    let odd = app.services.request_pick_slot(&partner.viewer, &reference, slot("2026-10-07", "10:00")).await;
    assert_eq!(transition(odd), TransitionError::Slots { problem: SlotError::NotOffered });
    let foreign = app.services.request_pick_slot(&other.viewer, &reference, friday).await;
    assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
    app.services.request_pick_slot(&partner.viewer, &reference, friday).await.expect("picked");
    for viewer in [&partner.viewer, &reviewer] {
        assert_eq!(app.services.request_interview(viewer, &reference).await.expect("the time").0, friday);
    }
    assert!(matches!(app.services.request_interview(&other.viewer, &reference).await, Err(Error::NotFound)));
    app.services.request_record_interview(&reviewer, &reference).await.expect("held");
    assert_eq!(item(&app, &reviewer, &reference).await.line.stage, Some(Stage::Editing));
    // The decision of October stands through all of it.
    assert!(page(&app, &partner.viewer, &reference).await.line.decided_at.is_some());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_page_is_published_once_and_a_case_accrues_once_whoever_comes_at_the_same_moment(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let (first, second) = (agreed(&app, &partner, &reviewer).await, agreed(&app, &partner, &reviewer).await);
    let tries = (0..8).map(|_| {
        let (services, reviewer, reference) = (app.services.clone(), reviewer.clone(), first.clone());
        tokio::spawn(async move { services.request_publish(&reviewer, &reference, "press", LINK, "2026-10-05").await })
    });
    let mut published = 0;
    for answer in tries.collect::<Vec<_>>() {
        match answer.await.expect("a task") {
            Ok(()) => published += 1,
            Err(Error::Refused(Refusal::Transition(TransitionError::AlreadyDecided { .. }))) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((published, ledger(&app).await.len(), app.count("request_publications").await), (1, 1, 1));
    // The same page under another spelling of its address.
    let again =
        app.services.request_publish(&reviewer, &second, "press", "https://www.press.example.com/cases/shop/?utm_source=x", "2026-10-05");
    assert_eq!(invalid(again.await), [("link".to_owned(), FieldProblem::LinkKnown)]);
    assert_eq!(
        (ledger(&app).await.len(), item(&app, &reviewer, &second).await.line.status),
        (1, RequestStatus::Approved),
        "nothing is left of it"
    );
    let post = "https://t.me/provider_news/17";
    app.services.request_publish(&reviewer, &second, "telegram", post, "2026-10-04").await.expect("another page");
    assert_eq!(ledger(&app).await.len(), 2);
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);

    // What the ledger holds of publications is compared with them.
    let mut owner = app.owner().await;
    for statement in [
        "alter table request_publications disable trigger request_publications_append_only",
        "alter table request_publications no force row level security",
        "update request_publications set amount = 39999 where channel = 'press'",
    ] {
        sqlx::query(statement).execute(&mut owner).await.expect("a change behind the portal");
    }
    let found = app.services.ledger_verify().await.expect("a verification").difference.expect("a difference");
    assert_eq!(
        (found.what, found.expected, found.found),
        (format!("publication of {first}"), "CASE-1 39999.00".to_owned(), "CASE-1 40000.00".to_owned())
    );
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_partner_decides_nothing_even_past_the_portal(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let reference = submitted(&app, &partner).await;
    let scope = store::Scope::Partner(partner.id);
    let mut transaction = app.services.database().begin(scope).await.expect("a transaction");
    let answer =
        sqlx::query("update requests set status = 'approved', stage = 'details', decided_at = now(), decided_by = $2 where reference = $1")
            .bind(&reference)
            .bind(Uuid::new_v4())
            .execute(&mut *transaction)
            .await;
    assert!(answer.is_err_and(|error| error.to_string().contains("does not decide")));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_database_and_the_rules_agree_whose_turn_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let mut owner = app.owner().await;
    for position in domain::request::Position::every() {
        let turn: String = sqlx::query_scalar("select request_turn($1, $2)")
            .bind(position.status.as_str())
            .bind(position.stage.map(Stage::as_str))
            .fetch_one(&mut owner)
            .await
            .expect("an answer");
        assert_eq!(turn, position.turn().as_str(), "{position}");
    }
}
