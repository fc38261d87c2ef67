//! What both sides do to a request on its way: review, corrections, messages, opening again, several at once.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::free_month::Ask;
use domain::permission::Role;
use domain::request::{
    ActName, Denial, FieldNote, Position, RefusalReason, RefusalText, RequestKind, RequestStatus, TransitionError, Version, Words,
};
use domain::rule::Rule;
use service::bonus_codes::AskedCode;
use service::notices::{Decision, News};
use service::request_life::{BULK, BulkGesture, BulkOutcome, Seen};
use service::requests::{InboxFilter, InboxOwner, InboxQueue, RequestDetail};
use service::trials::TrialFields;
use service::{Error, Refusal, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, date, month};
use uuid::Uuid;

fn words(text: &str) -> Words {
    Words::try_from(text.to_owned()).expect("words")
}

fn refusal() -> RefusalText {
    RefusalText::try_from("Не хватает сведений о клиенте".to_owned()).expect("a text")
}

fn note(field: &str, text: &str) -> FieldNote {
    FieldNote { field: field.parse().expect("a field"), words: words(text) }
}

fn typed(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn codes(app: &TestApp, partner: &TestPartner, faces: &[i64]) -> String {
    let asked = faces.iter().map(|&face| AskedCode { face, note: None, client_id: None }).collect();
    app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
}

async fn page(app: &TestApp, viewer: &Viewer, reference: &str) -> RequestDetail {
    app.services.request_page(viewer, reference).await.expect("the page")
}

async fn item(app: &TestApp, staff: &Viewer, reference: &str) -> RequestDetail {
    app.services.inbox_item(staff, reference, &InboxFilter::default()).await.expect("the item").detail
}

async fn inbox(app: &TestApp, staff: &Viewer, filter: InboxFilter) -> Vec<String> {
    let inbox = app.services.inbox_page(staff, &filter, None).await.expect("the inbox");
    inbox.page.lines.into_iter().map(|line| line.request.reference).collect()
}

/// What of the quarter is held: codes and roubles that wait.
async fn pending(app: &TestApp, partner: &TestPartner) -> (u32, i64) {
    let used = app.services.bonus_codes_page(&partner.viewer, None, &[]).await.expect("the page").quarter_use;
    (used.pending_codes, used.pending_value)
}

fn transition<T: std::fmt::Debug>(answer: service::Result<T>) -> TransitionError {
    let Err(Error::Refused(Refusal::Transition(error))) = answer else { panic!("its life has to forbid it: {answer:?}") };
    error
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_database_allows_the_positions_that_the_rules_allow_and_no_other(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let mut owner = app.owner().await;
    let mut compared = 0;
    for kind in RequestKind::ALL {
        for position in Position::every() {
            let legal: bool = sqlx::query_scalar("select request_position_is_legal($1, $2, $3)")
                .bind(kind.as_str())
                .bind(position.status.as_str())
                .bind(position.stage.map(domain::request::Stage::as_str))
                .fetch_one(&mut owner)
                .await
                .expect("an answer");
            assert_eq!(legal, position.is_legal(kind), "{kind} {position}");
            compared += 1;
        }
    }
    assert_eq!(compared, 5 * 9 * 8);
    for status in RequestStatus::ALL {
        let live: bool =
            sqlx::query_scalar("select request_is_live($1)").bind(status.as_str()).fetch_one(&mut owner).await.expect("an answer");
        assert_eq!(live, status.is_live(), "{status}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_reviewer_takes_hands_over_and_puts_back(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (anna, boris) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffReviewer).await);
    let partner = app.create_partner("2026-07-15").await;
    let (first, second) = (codes(&app, &partner, &[100]).await, codes(&app, &partner, &[200]).await);
    app.services.request_take(&anna, &first).await.expect("taken");
    assert_eq!(page(&app, &partner.viewer, &first).await.line.status, RequestStatus::InReview);
    let mine = |viewer| inbox(&app, viewer, InboxFilter { owner: InboxOwner::Mine, ..InboxFilter::default() });
    assert_eq!((mine(&anna).await, mine(&boris).await), (vec![first.clone()], vec![]));
    let nobodys = InboxFilter { owner: InboxOwner::Nobody, ..InboxFilter::default() };
    assert_eq!(inbox(&app, &anna, nobodys).await, std::slice::from_ref(&second));
    app.services.request_assign(&anna, &first, boris.user_id).await.expect("handed over");
    assert_eq!(item(&app, &anna, &first).await.assignee, Some(boris.user_id));
    // Whom a partner's request is with is no business of partners; and only staff get one.
    assert_eq!(page(&app, &partner.viewer, &first).await.line.assignee_name, None);
    assert!(matches!(app.services.request_assign(&anna, &first, partner.viewer.user_id).await, Err(Error::NotFound)));
    assert!(matches!(app.services.request_take(&partner.viewer, &first).await, Err(Error::Forbidden)));
    app.services.request_release(&boris, &first).await.expect("put back");
    // The queue is in the order of submission all along.
    assert_eq!(inbox(&app, &anna, InboxFilter::default()).await, [first.clone(), second]);
    assert_eq!(item(&app, &anna, &first).await.line.status, RequestStatus::Submitted);
    let acts: Vec<_> = item(&app, &anna, &first).await.events.iter().map(|recorded| recorded.event.act).collect();
    assert_eq!(acts, [ActName::Submit, ActName::Take, ActName::Assign, ActName::Release]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_request_sent_back_for_one_field_keeps_its_place_and_everything_else(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let (first, second) = (codes(&app, &partner, &[5000, 700]).await, codes(&app, &partner, &[200]).await);
    assert!(matches!(
        app.services.request_ask_for_correction(&reviewer, &first, vec![]).await,
        Err(Error::Refused(Refusal::Transition(TransitionError::NoFieldNamed)))
    ));
    let asked = vec![note("face_1", "Клиент просил 3 000 ₽")];
    app.services.request_ask_for_correction(&reviewer, &first, asked.clone()).await.expect("asked");
    let open = page(&app, &partner.viewer, &first).await;
    assert_eq!((open.line.status, &open.correction), (RequestStatus::ActionRequired, &asked));
    assert_eq!((open.line.due_on, pending(&app, &partner).await), (None, (3, 5900)), "the clock stands, the capacity is held");
    let with_partner = InboxFilter { queue: InboxQueue::WithPartner, ..InboxFilter::default() };
    assert_eq!(
        (inbox(&app, &reviewer, InboxFilter::default()).await, inbox(&app, &reviewer, with_partner).await),
        (vec![second.clone()], vec![first.clone()])
    );

    let answer = async |fields: &[(&str, &str)], seen| app.services.request_answer(&partner.viewer, &first, typed(fields), seen).await;
    assert_eq!(transition(answer(&[("face_2", "1")], open.version).await), TransitionError::FieldLocked);
    assert!(matches!(transition(answer(&[("face_1", "3000")], Version(2)).await), TransitionError::Stale { .. }));
    let Err(Error::Invalid(problems)) = answer(&[("face_1", "три тысячи")], open.version).await else { panic!("no number") };
    assert_eq!(problems.keys().collect::<Vec<_>>(), ["face_1"]);
    assert!(matches!(answer(&[("face_1", "90000")], open.version).await, Err(Error::Refused(Refusal::Rules(_)))));
    // None of that left a trace.
    assert_eq!((page(&app, &partner.viewer, &first).await.version, pending(&app, &partner).await), (open.version, (3, 5900)));

    answer(&[("face_1", "3000")], open.version).await.expect("corrected");
    let corrected = page(&app, &partner.viewer, &first).await;
    assert_eq!((corrected.line.status, pending(&app, &partner).await), (RequestStatus::InReview, (3, 3900)));
    assert_eq!(corrected.items.iter().map(|item| item.face).collect::<Vec<_>>(), [3000, 700]);
    assert!(corrected.correction.is_empty() && corrected.line.due_on.is_some());
    assert_eq!(inbox(&app, &reviewer, InboxFilter::default()).await, [first.clone(), second], "the first place is kept");
    app.services.request_approve(&reviewer, &first).await.expect("approved");
    let granted = page(&app, &partner.viewer, &first).await;
    assert_eq!(granted.codes.iter().map(|code| code.face).collect::<Vec<_>>(), [3000, 700]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn months_and_claims_are_corrected_too_and_the_rules_are_asked_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-06-01").await;
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    app.create_virtual_machines(&partner, client, &["vm-1", "vm-2"]).await;
    let ask = Ask { month: month("2026-10"), resources: vec!["vm-1".to_owned()] };
    let reference = app.services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
    let asked = vec![note("month", "В октябре клиент уходит"), note("machines", "Нужны обе машины")];
    app.services.request_ask_for_correction(&reviewer, &reference, asked).await.expect("asked");
    let seen = page(&app, &partner.viewer, &reference).await.version;
    let answer = async |fields: &[(&str, &str)]| app.services.request_answer(&partner.viewer, &reference, typed(fields), seen).await;
    assert!(matches!(answer(&[("machines", "vm-9")]).await, Err(Error::Invalid(_))));
    assert!(matches!(answer(&[("month", "2026-07")]).await, Err(Error::Refused(Refusal::Rules(_)))), "no free month in the past");
    let odd = answer(&[("Ы", "1")]).await;
    assert!(matches!(odd, Err(Error::Refused(Refusal::Transition(TransitionError::FieldLocked)))), "{odd:?}");
    // One named twice is one.
    answer(&[("month", "2026-11"), ("machines", "vm-1\nvm-2\nvm-1")]).await.expect("corrected");
    let corrected = page(&app, &partner.viewer, &reference).await;
    assert_eq!(corrected.resources, ["vm-1", "vm-2"]);
    assert_eq!(corrected.fields.iter().map(|field| field.value.as_str()).collect::<Vec<_>>(), ["2026-11", "vm-1\nvm-2"]);
    app.services.request_approve(&reviewer, &reference).await.expect("approved");
    app.services.request_fulfil(&reviewer, &reference).await.expect("carried out");
    assert_eq!(page(&app, &partner.viewer, &reference).await.line.status, RequestStatus::Fulfilled);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_month_is_given_up_until_it_begins_and_not_afterwards(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-09-30");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = app.create_partner("2026-06-01").await;
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    let approved = async |of: &str| {
        let ask = Ask { month: month(of), resources: vec!["vm-1".to_owned()] };
        let reference = app.services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
        app.services.request_approve(&reviewer, &reference).await.expect("approved");
        reference
    };
    let reference = approved("2026-10").await;
    assert!(page(&app, &partner.viewer, &reference).await.may(ActName::Cancel));
    app.services.request_cancel(&partner.viewer, &reference, words("Клиент передумал")).await.expect("given up in time");
    // Given up, it is free again: also for opening the same request again.
    app.services.request_reopen(&admin, &reference, words("Клиент передумал ещё раз")).await.expect("opened again");
    app.services.request_approve(&reviewer, &reference).await.expect("approved again");
    app.set_clock("2026-10-01");
    for gone in [
        transition(app.services.request_cancel(&partner.viewer, &reference, words("Клиент передумал")).await),
        transition(app.services.request_cancel(&admin, &reference, words("Клиент передумал")).await),
        transition(app.services.request_reopen(&admin, &reference, words("Клиент передумал")).await),
    ] {
        assert_eq!(gone, TransitionError::MonthBegun);
    }
    let shown = page(&app, &partner.viewer, &reference).await;
    assert!(!shown.may(ActName::Cancel) && shown.line.status == RequestStatus::Approved);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_claim_is_corrected_refused_and_opened_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-09-20");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = app.create_partner("2026-07-01").await;
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    for of in ["2026-07", "2026-08"] {
        app.load_usage(&partner, client, of, "kvm", 10_000).await;
    }
    for closed in month("2026-07").through(month("2026-08")) {
        app.services.month_close(service::Actor::Command("test"), closed).await.expect("closed");
    }
    let claimed = app.services.sales_bonus_submit(&partner.viewer, client, month("2026-07"), "Ирина", Uuid::new_v4()).await;
    let reference = claimed.expect("a claim");
    let asked = vec![note("month", "Нужен август"), note("manager", "Напишите фамилию")];
    app.services.request_ask_for_correction(&reviewer, &reference, asked).await.expect("asked");
    let seen = page(&app, &partner.viewer, &reference).await.version;
    let entered = typed(&[("month", "2026-08"), ("manager", "Ирина Лебедева")]);
    app.services.request_answer(&partner.viewer, &reference, entered, seen).await.expect("corrected");
    let corrected = page(&app, &partner.viewer, &reference).await;
    assert_eq!(corrected.fields.iter().map(|field| field.value.as_str()).collect::<Vec<_>>(), ["2026-08", "Ирина Лебедева"]);
    app.services.request_refuse(&reviewer, &reference, RefusalReason::Other, refusal()).await.expect("refused");
    app.services.request_reopen(&admin, &reference, words("Ошиблись")).await.expect("opened again");
    app.services.request_approve(&reviewer, &reference).await.expect("approved");
    assert_eq!(app.count("ledger_entries where rule = 'SALES-1'").await, 1);
    assert_eq!(app.services.ledger_verify().await.expect("verified").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn staff_decide_on_what_they_saw_and_ask_about_fields_that_are_there(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let reference = codes(&app, &partner, &[3_000]).await;
    let unknown = app.services.request_ask_for_correction(&reviewer, &reference, vec![note("client_1", "Кто это?")]).await;
    assert_eq!(transition(unknown), TransitionError::FieldLocked);
    let old = item(&app, &reviewer, &reference).await.version;
    app.services.request_ask_for_correction(&reviewer, &reference, vec![note("face_1", "Проверьте сумму")]).await.expect("asked");
    let seen = page(&app, &partner.viewer, &reference).await.version;
    app.services.request_answer(&partner.viewer, &reference, typed(&[("face_1", "5000")]), seen).await.expect("corrected");
    // Somebody who still has the page of before decides on nothing.
    let stale = app.services.request_approve(&reviewer, Seen { reference: &reference, version: Some(old) }).await;
    assert!(matches!(transition(stale), TransitionError::Stale { .. }));
    let now = item(&app, &reviewer, &reference).await.version;
    app.services.request_approve(&reviewer, Seen { reference: &reference, version: Some(now) }).await.expect("approved");
    // What is decided says so, whatever was seen.
    let again = app.services.request_approve(&reviewer, Seen { reference: &reference, version: Some(old) }).await;
    assert_eq!(transition(again), TransitionError::AlreadyDecided { status: RequestStatus::Approved });
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refused_request_is_opened_again_where_the_quarter_still_has_room(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = app.create_partner("2026-07-15").await;
    let reference = codes(&app, &partner, &[20_000]).await;
    app.services.request_refuse(&reviewer, &reference, RefusalReason::NotEnoughInformation, refusal()).await.expect("refused");
    assert_eq!(pending(&app, &partner).await, (0, 0));
    assert!(matches!(app.services.request_reopen(&reviewer, &reference, words("Ошиблись")).await, Err(Error::Forbidden)));
    let other = codes(&app, &partner, &[15_000]).await;
    let full = app.services.request_reopen(&admin, &reference, words("Ошиблись")).await;
    assert!(matches!(full, Err(Error::Refused(Refusal::Rules(_)))), "{full:?}");
    app.services.request_withdraw(&partner.viewer, &other).await.expect("withdrawn");
    app.services.request_reopen(&admin, &reference, words("Ошиблись")).await.expect("open again");
    assert_eq!(pending(&app, &partner).await, (1, 20_000));
    let opened = item(&app, &admin, &reference).await;
    assert_eq!((opened.line.status, opened.refusal.is_none()), (RequestStatus::InReview, true));
    // Both decisions stand on the timeline.
    app.services.request_approve(&reviewer, &reference).await.expect("approved");
    let acts: Vec<_> = item(&app, &admin, &reference).await.events.iter().map(|recorded| recorded.event.act).collect();
    assert_eq!(acts, [ActName::Submit, ActName::Refuse, ActName::Reopen, ActName::Approve]);
    let again = transition(app.services.request_reopen(&admin, &reference, words("Ещё раз")).await);
    assert_eq!(again, TransitionError::Denied { denial: Denial::CodesIssued });
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_sides_write_to_each_other_and_notes_of_staff_stay_with_staff(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, other) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let reference = codes(&app, &partner, &[100]).await;
    let key = Uuid::new_v4();
    for _ in 0..2 {
        app.services.request_comment(&partner.viewer, &reference, words("Когда ответите?"), false, key).await.expect("written");
    }
    app.services.request_comment(&reviewer, &reference, words("Завтра"), false, Uuid::new_v4()).await.expect("written");
    app.services.request_comment(&reviewer, &reference, words("Проверить клиента"), true, Uuid::new_v4()).await.expect("noted");
    // Only what staff write to the partner is told to it.
    let news = app.services.notices_page(&partner.viewer, false, None).await.expect("notices").lines;
    let written = news.iter().filter_map(|notice| match &notice.news {
        Some(News::MessageWritten { words, .. }) => Some(words.as_str()),
        _ => None,
    });
    assert_eq!(written.collect::<Vec<_>>(), ["Завтра"]);
    let told = |detail: &RequestDetail| detail.comments.iter().map(|comment| comment.words.clone()).collect::<Vec<_>>();
    assert_eq!(told(&page(&app, &partner.viewer, &reference).await), ["Когда ответите?", "Завтра"]);
    assert_eq!(told(&item(&app, &reviewer, &reference).await), ["Когда ответите?", "Завтра", "Проверить клиента"]);
    let foreign = app.services.request_comment(&other.viewer, &reference, words("Чужое"), false, Uuid::new_v4()).await;
    assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
    let note = app.services.request_comment(&partner.viewer, &reference, words("Заметка"), true, Uuid::new_v4()).await;
    assert!(matches!(note, Err(Error::Forbidden)), "{note:?}");
    let audited = app.audited().await;
    assert_eq!(audited.iter().filter(|action| *action == "request.comment").count(), 2);
    assert_eq!(audited.iter().filter(|action| *action == "request.note").count(), 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn several_are_decided_at_once_and_what_one_is_refused_does_not_stop_the_others(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = app.create_partner("2026-07-15").await;
    let good = codes(&app, &partner, &[100]).await;
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    let ask = Ask { month: month("2026-10"), resources: vec!["vm-1".to_owned()] };
    let late = app.services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
    let taken_back = codes(&app, &partner, &[300]).await;
    app.services.request_withdraw(&partner.viewer, &taken_back).await.expect("withdrawn");
    // Meanwhile the client tries something out, and a client in a trial gets no free month (FREE-4).
    let trial = TrialFields { services: vec!["databases".to_owned()], start: "2026-08-04".to_owned() };
    app.services.trial_record(&partner.viewer, client, &trial).await.expect("a trial");
    let all = [good.clone(), late.clone(), taken_back.clone(), "BC-2026-000999".to_owned()];
    let seen = |references: &[String]| references.iter().map(|reference| (reference.clone(), None)).collect::<Vec<_>>();
    let result = app.services.requests_bulk(&reviewer, &seen(&all), &BulkGesture::Approve).await.expect("a result");
    let outcomes: Vec<_> = result.items.iter().map(|(_, outcome)| outcome.clone()).collect();
    let withdrawn = BulkOutcome::Refused { error: TransitionError::AlreadyDecided { status: RequestStatus::Withdrawn } };
    let against = BulkOutcome::Rules { rules: vec![Rule::Free4] };
    assert_eq!(outcomes, [BulkOutcome::Done, against, withdrawn, BulkOutcome::NotFound]);
    assert_eq!(result.done(), 1);
    // The same again does nothing twice.
    let again = app.services.requests_bulk(&admin, &seen(&all[..1]), &BulkGesture::Approve).await.expect("a result");
    assert_eq!(again.items[0].1, BulkOutcome::Already { status: RequestStatus::Approved });
    // Nor does an assignment: one event, and the version that a page holds stays.
    let assign = BulkGesture::Assign { to: reviewer.user_id };
    let first = app.services.requests_bulk(&reviewer, &seen(&all[1..2]), &assign).await.expect("a result");
    let version = item(&app, &reviewer, &late).await.version;
    let second = app.services.requests_bulk(&reviewer, &seen(&all[1..2]), &assign).await.expect("a result");
    assert_eq!((first.done(), second.done(), item(&app, &reviewer, &late).await.version), (1, 0, version));
    // What is beyond the most is said, not dropped.
    let many: Vec<_> = (0..=BULK).map(|number| (format!("BC-2026-{number:06}"), None)).collect();
    let beyond = app.services.requests_bulk(&reviewer, &many, &assign).await.expect("a result");
    assert_eq!((beyond.items.len(), beyond.items.last().map(|(_, outcome)| outcome.clone())), (BULK + 1, Some(BulkOutcome::TooMany)));
    assert_eq!(app.count("bonus_codes").await, 1);
    let refuse = BulkGesture::Refuse { reason: RefusalReason::Other, text: refusal() };
    let refused = app.services.requests_bulk(&reviewer, &seen(&all[1..2]), &refuse).await.expect("a result");
    assert_eq!(refused.done(), 1);
    assert!(matches!(app.services.requests_bulk(&partner.viewer, &seen(&all), &BulkGesture::Approve).await, Err(Error::Forbidden)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refusal_carries_words_beside_the_fields_that_are_there(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let reference = codes(&app, &partner, &[100, 200]).await;
    let because = domain::request::Refusal { reason: RefusalReason::NotEnoughInformation, text: refusal() };
    let refuse = async |notes: Vec<FieldNote>| app.services.request_refuse_with_notes(&reviewer, &reference, because.clone(), notes).await;
    assert_eq!(transition(refuse(vec![note("face_3", "Третьего кода нет")]).await), TransitionError::FieldLocked);
    assert_eq!(transition(refuse(vec![note("face_1", "Раз"), note("face_1", "Два")]).await), TransitionError::FieldNamedTwice);
    assert_eq!(page(&app, &partner.viewer, &reference).await.line.status, RequestStatus::Submitted, "nothing was decided");
    let notes = vec![note("face_1", "Клиент просил 300 ₽"), note("note_2", "Для кого второй код?")];
    refuse(notes.clone()).await.expect("refused");
    let refused = page(&app, &partner.viewer, &reference).await;
    assert_eq!((refused.refusal.map(|refusal| refusal.text), refused.refusal_notes), (Some(String::from(refusal())), notes));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_that_is_late_is_late_for_both_sides(_: PgPoolOptions, options: PgConnectOptions) {
    // A Wednesday: two working days are over on Friday.
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let reference = codes(&app, &partner, &[100]).await;
    let due = page(&app, &partner.viewer, &reference).await;
    assert_eq!((due.line.due_on, due.overdue_by(date("2026-08-09"))), (Some(date("2026-08-07")), 0));
    let overdue = InboxFilter { overdue: true, ..InboxFilter::default() };
    app.set_clock("2026-08-07");
    assert!(inbox(&app, &reviewer, overdue.clone()).await.is_empty());
    app.set_clock("2026-08-11");
    assert_eq!(inbox(&app, &reviewer, overdue).await, std::slice::from_ref(&reference));
    assert_eq!(page(&app, &partner.viewer, &reference).await.overdue_by(date("2026-08-11")), 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_report_tells_how_long_decisions_took_and_what_is_late(_: PgPoolOptions, options: PgConnectOptions) {
    // A Wednesday.
    let app = TestApp::start(options, "2026-08-05");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = app.create_partner("2026-07-15").await;
    let (quick, slow, waits) =
        (codes(&app, &partner, &[100]).await, codes(&app, &partner, &[200]).await, codes(&app, &partner, &[300]).await);
    app.set_clock("2026-08-06");
    app.services.request_approve(&reviewer, &quick).await.expect("approved");
    app.set_clock("2026-08-12");
    app.services.request_refuse(&admin, &slow, RefusalReason::Other, refusal()).await.expect("refused");
    app.services.request_take(&reviewer, &waits).await.expect("taken");
    let report = app.services.request_report(&reviewer, None, None).await.expect("a report");
    assert_eq!((report.from, report.through, report.is_cut), (date("2026-05-15"), date("2026-08-12"), false));
    let codes = &report.kinds[&RequestKind::BonusCodes];
    // One working day of two, and five of two.
    assert_eq!((codes.count(), codes.in_time(), codes.median(), codes.longest()), (2, 1, 1, 5));
    let people: Vec<_> = report.people.iter().map(|((_, id), times)| (*id, times.longest())).collect();
    assert!(people.contains(&(reviewer.user_id, 1)) && people.contains(&(admin.user_id, 5)), "{people:?}");
    let waiting: Vec<_> = report.waiting.iter().map(|line| (line.kind.as_str(), line.waiting, line.late)).collect();
    assert_eq!(waiting, [("bonus_codes", 1, 1)]);
    assert_eq!(report.waiting[0].assignee_name.as_deref(), Some(reviewer.display_name.as_str()));
    // Of another period there is nothing; a partner has no report.
    let before = app.services.request_report(&reviewer, Some(date("2026-07-01")), Some(date("2026-08-05"))).await.expect("a report");
    assert!(before.kinds.is_empty() && before.people.is_empty());
    assert!(matches!(app.services.request_report(&partner.viewer, None, None).await, Err(Error::Forbidden)));
    // What was approved and is given up, or is opened again, is told to the partner in the words of the staff.
    app.services.request_reopen(&admin, &slow, words("Разобрались заново")).await.expect("opened again");
    let news = app.services.notices_page(&partner.viewer, false, None).await.expect("notices").lines;
    let told = news.iter().any(|notice| {
        matches!(&notice.news, Some(News::RequestDecided { decision: Decision::Reopened { text }, .. }) if text == "Разобрались заново")
    });
    assert!(told, "{news:?}");
}
