//! Requests of both kinds: how they are decided, what the inbox shows, and the free months of a client.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Debug;

use domain::calendar::Month;
use domain::free_month::{Ask, Standing};
use domain::ids::ClientId;
use domain::model::{Level, Model};
use domain::permission::Role;
use domain::privilege::Privilege;
use domain::request::{ActName, RefusalReason, RefusalText, RequestKind, RequestStatus, TransitionError};
use domain::rule::Rule;
use domain::verdict::{Verdict, Violation};
use serde_json::json;
use service::bonus_codes::AskedCode;
use service::free_months::FreeMonthsPage;
use service::partners::LevelDecisionFields;
use service::requests::{InboxFilter, InboxLine, RecordedRefusal, RequestEvent, RequestNow, Subject};
use service::trials::TrialFields;
use service::{Error, Refusal, Viewer, secrets};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, count_statements, date, instant, month};
use uuid::Uuid;

const REASON: &str = "Решение принято на встрече с партнёром";

fn text() -> RefusalText {
    RefusalText::try_from("  Такой запрос уже есть ".to_owned()).expect("a text")
}

async fn submit_codes(app: &TestApp, partner: &TestPartner, faces: &[i64]) -> String {
    let asked = faces.iter().map(|&face| AskedCode { face, note: None, client_id: None }).collect();
    app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
}

fn ask(of: &str, machines: &[&str]) -> Ask {
    Ask { month: month(of), resources: machines.iter().map(ToString::to_string).collect() }
}

async fn submit_month(app: &TestApp, partner: &TestPartner, client: ClientId, of: &str, machines: &[&str]) -> service::Result<String> {
    app.services.free_month_submit(&partner.viewer, client, ask(of, machines), Uuid::new_v4()).await
}

/// A client with machines.
async fn client_with(app: &TestApp, partner: &TestPartner, name: &str, machines: &[&str]) -> ClientId {
    let client = app.create_client(partner, name).await;
    app.create_virtual_machines(partner, client, machines).await;
    client
}

/// A trial of KVM; without a last day it runs.
async fn try_kvm(app: &TestApp, partner: &TestPartner, client: ClientId, start: &str, end: Option<&str>) {
    let fields = TrialFields { services: vec!["kvm".to_owned()], start: start.to_owned() };
    let trial = app.services.trial_record(&partner.viewer, client, &fields).await.expect("a trial");
    if let Some(end) = end {
        app.services.trial_end(&partner.viewer, trial, end).await.expect("its result");
    }
}

/// New terms from a day on.
async fn publish_terms(app: &TestApp, valid_from: &str, parameters: serde_json::Value) {
    sqlx::query("insert into terms_versions (id, valid_from, parameters, published_at) values ($1, $2, $3, now())")
        .bind(Uuid::new_v4())
        .bind(date(valid_from).naive())
        .bind(parameters)
        .execute(&mut app.owner().await)
        .await
        .expect("terms");
}

/// What the rules said against it.
fn refused<T: Debug>(answer: service::Result<T>) -> Verdict {
    let Err(Error::Refused(Refusal::Rules(verdict))) = answer else { panic!("the rules have to refuse: {answer:?}") };
    verdict
}

/// Says whether a request was already decided so.
fn is_decided<T: Debug>(answer: &service::Result<T>, so: RequestStatus) -> bool {
    matches!(answer, Err(Error::Refused(Refusal::Transition(TransitionError::AlreadyDecided { status }))) if *status == so)
}

async fn status(app: &TestApp, partner: &TestPartner, reference: &str) -> RequestStatus {
    app.services.request_page(&partner.viewer, reference).await.expect("the page").line.status
}

/// How often an action was recorded.
async fn times(app: &TestApp, action: &str) -> usize {
    app.audited().await.iter().filter(|recorded| *recorded == action).count()
}

/// What the rules say now of what waits, as the inbox lists it: reference and rules broken.
async fn inbox_verdicts(app: &TestApp, staff: &Viewer) -> Vec<(String, Vec<Rule>)> {
    let inbox = app.services.inbox_page(staff, &InboxFilter::default(), None).await.expect("the inbox");
    let verdict = |line: InboxLine| (line.request.reference, line.verdict.expect("it waits").rules());
    inbox.page.lines.into_iter().map(verdict).collect()
}

/// References of what waits, in the inbox's order.
async fn inbox(app: &TestApp, staff: &Viewer, filter: &InboxFilter) -> Vec<String> {
    let inbox = app.services.inbox_page(staff, filter, None).await.expect("the inbox");
    inbox.page.lines.into_iter().map(|line| line.request.reference).collect()
}

async fn calendar(app: &TestApp, partner: &TestPartner, client: ClientId) -> FreeMonthsPage {
    app.services.free_months_page(&partner.viewer, client).await.expect("the calendar")
}

/// Months that the calendar allows.
fn allowed(page: &FreeMonthsPage) -> Vec<Month> {
    page.months.iter().filter(|line| line.verdict.is_allowed()).map(|line| line.month).collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_request_is_decided_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (first, second) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = app.create_partner("2026-07-15").await;
    let approved = submit_codes(&app, &partner, &[1, 2]).await;
    let refused = submit_codes(&app, &partner, &[3]).await;
    let withdrawn = submit_codes(&app, &partner, &[4]).await;
    app.services.request_approve(&first, &approved).await.expect("an approval");
    app.services.request_refuse(&first, &refused, RefusalReason::Duplicate, text()).await.expect("a refusal");
    app.services.request_withdraw(&partner.viewer, &withdrawn).await.expect("a withdrawal");
    let before = app.audited().await;
    assert_eq!(before[3..], ["request.approve", "request.refuse", "request.withdraw"]);

    let ended = [(approved, RequestStatus::Approved), (refused, RequestStatus::Refused), (withdrawn, RequestStatus::Withdrawn)];
    for (reference, so) in &ended {
        for staff in [&first, &second] {
            let approve = app.services.request_approve(staff, reference).await;
            assert!(is_decided(&approve, *so), "{approve:?}");
            let refuse = app.services.request_refuse(staff, reference, RefusalReason::Other, text()).await;
            assert!(is_decided(&refuse, *so), "{refuse:?}");
        }
        let withdraw = app.services.request_withdraw(&partner.viewer, reference).await;
        assert!(is_decided(&withdraw, *so), "{withdraw:?}");
        let page = app.services.request_page(&partner.viewer, reference).await.expect("the page");
        assert_eq!((page.line.status, page.events.len(), page.may(ActName::Withdraw)), (*so, 2, false));
    }
    assert_eq!((app.count("bonus_codes").await, app.audited().await), (2, before));
    let used = app.services.bonus_codes_page(&partner.viewer, None, &[]).await.expect("the page").quarter_use;
    assert_eq!((used.granted_codes, used.pending_codes, used.granted_value, used.pending_value), (2, 0, 3, 0));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_request_approved_refused_and_withdrawn_at_once_ends_one_way(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (first, second) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffReviewer).await);
    let partner = app.create_partner("2026-07-15").await;
    let another = app.another_process();
    for _ in 0..6 {
        let reference = submit_codes(&app, &partner, &[1]).await;
        let (approve, refuse, withdraw) = tokio::join!(
            app.services.request_approve(&first, &reference),
            another.request_refuse(&second, &reference, RefusalReason::Other, text()),
            another.request_withdraw(&partner.viewer, &reference),
        );
        let so = status(&app, &partner, &reference).await;
        let answers = [(approve, RequestStatus::Approved), (refuse, RequestStatus::Refused), (withdraw, RequestStatus::Withdrawn)];
        for (answer, of) in answers {
            assert!(if of == so { answer.is_ok() } else { is_decided(&answer, so) }, "{so}: {answer:?}");
        }
    }
    let used = app.services.bonus_codes_page(&partner.viewer, None, &[]).await.expect("the page").quarter_use;
    assert_eq!((i64::from(used.granted_codes), used.pending_codes), (app.count("bonus_codes").await, 0));
    assert_eq!(app.audited().await.len(), 12);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_decides_on_what_they_submitted(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let partner = app.create_partner("2026-07-15").await;
    let reference = submit_codes(&app, &partner, &[1]).await;
    // The same person, working for the provider by now.
    let turncoat = Viewer { role: Role::StaffReviewer, partner: None, ..partner.viewer.clone() };
    let item = app.services.inbox_item(&turncoat, &reference, &InboxFilter::default()).await.expect("the item");
    let approve = item.detail.gestures.iter().find(|gesture| gesture.act == ActName::Approve).and_then(|gesture| gesture.refusal);
    assert_eq!(approve, Some(TransitionError::OwnRequest));
    let own = app.services.request_approve(&turncoat, &reference).await;
    assert!(matches!(own, Err(Error::Refused(Refusal::Transition(TransitionError::OwnRequest)))), "{own:?}");
    let own = app.services.request_refuse(&turncoat, &reference, RefusalReason::Other, text()).await;
    assert!(matches!(own, Err(Error::Refused(Refusal::Transition(TransitionError::OwnRequest)))), "{own:?}");
    assert_eq!((status(&app, &partner, &reference).await, app.count("bonus_codes").await), (RequestStatus::Submitted, 0));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn deciding_and_the_inbox_are_for_staff_and_submitting_for_partners(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffAdmin).await;
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let client = client_with(&app, &ours, "Ромашка", &["vm-1"]).await;
    let (own, foreign) = (submit_codes(&app, &ours, &[1]).await, submit_codes(&app, &theirs, &[1]).await);
    let (viewer, filter) = (&ours.viewer, InboxFilter::default());
    // One's own, another's and nobody's answer alike.
    for reference in [own.as_str(), foreign.as_str(), "BC-2026-000099"] {
        assert!(matches!(app.services.request_approve(viewer, reference).await, Err(Error::Forbidden)));
        let refuse = app.services.request_refuse(viewer, reference, RefusalReason::Other, text()).await;
        assert!(matches!(refuse, Err(Error::Forbidden)), "{refuse:?}");
        assert!(matches!(app.services.inbox_item(viewer, reference, &filter).await, Err(Error::Forbidden)));
        assert!(matches!(app.services.inbox_with_item(viewer, &filter, None, reference).await, Err(Error::Forbidden)));
    }
    assert!(matches!(app.services.inbox_page(viewer, &filter, None).await, Err(Error::Forbidden)));

    assert!(matches!(app.services.bonus_codes_submit(&staff, Vec::new(), Uuid::new_v4()).await, Err(Error::Forbidden)));
    let free = app.services.free_month_submit(&staff, client, ask("2026-10", &["vm-1"]), Uuid::new_v4()).await;
    assert!(matches!(free, Err(Error::Forbidden)), "{free:?}");
    assert!(matches!(app.services.request_withdraw(&staff, &own).await, Err(Error::Forbidden)));
    let unknown = app.services.request_approve(&staff, "BC-2026-000099").await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    assert_eq!(inbox(&app, &staff, &filter).await, [own, foreign], "both still wait");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refusal_shows_its_partner_why_but_not_who(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let reference = submit_codes(&app, &partner, &[1]).await;
    app.set_clock("2026-08-06");
    app.services.request_refuse(&reviewer, &reference, RefusalReason::Duplicate, text()).await.expect("a refusal");

    let page = app.services.request_page(&partner.viewer, &reference).await.expect("the page");
    let refusal = RecordedRefusal { reason: RefusalReason::Duplicate, text: "Такой запрос уже есть".to_owned() };
    assert_eq!((page.line.status, page.line.decided_at), (RequestStatus::Refused, Some(instant("2026-08-06"))));
    assert_eq!(page.refusal.as_ref(), Some(&refusal));
    let submitted = (ActName::Submit, Some(partner.viewer.display_name.as_str()), instant("2026-08-05"));
    let told = |recorded: &'_ RequestEvent| (recorded.event.act, recorded.event.at);
    let events: Vec<_> = page.events.iter().map(|event| (told(event).0, event.actor_name.as_deref(), told(event).1)).collect();
    assert_eq!(events, [submitted, (ActName::Refuse, None, instant("2026-08-06"))]);

    let item = app.services.inbox_item(&reviewer, &reference, &InboxFilter::default()).await.expect("the item");
    let events: Vec<_> = item.detail.events.iter().map(|event| (told(event).0, event.actor_name.as_deref(), told(event).1)).collect();
    assert_eq!(events, [submitted, (ActName::Refuse, Some(reviewer.display_name.as_str()), instant("2026-08-06"))]);
    assert!(item.now.is_none(), "what is decided is not asked again");
    let after = app.audited_after("request.refuse").await;
    assert_eq!(
        (&after["status"], &after["detail"]["refusal"]),
        (&json!("refused"), &json!({ "reason": "duplicate", "text": "Такой запрос уже есть" }))
    );
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_people_of_the_partner_see_and_withdraw_a_request(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let colleague = app.create_member(&ours).await;
    let reference = submit_codes(&app, &ours, &[1]).await;
    // A foreign one and one that never was answer alike.
    for reference in [reference.as_str(), "BC-2026-000099"] {
        let page = app.services.request_page(&theirs.viewer, reference).await;
        assert!(matches!(page, Err(Error::NotFound)), "{page:?}");
        let withdraw = app.services.request_withdraw(&theirs.viewer, reference).await;
        assert!(matches!(withdraw, Err(Error::NotFound)), "{withdraw:?}");
    }
    assert!(app.services.requests_page(&theirs.viewer, None, None).await.expect("a list").lines.is_empty());
    assert_eq!((status(&app, &ours, &reference).await, times(&app, "request.withdraw").await), (RequestStatus::Submitted, 0));
    app.services.request_withdraw(&colleague, &reference).await.expect("a colleague may");
    assert_eq!(app.audited_after("request.withdraw").await["status"], json!("withdrawn"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn codes_that_no_longer_fit_are_refused_to_the_reviewer_and_go_on_waiting(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    publish_terms(&app, "2026-08-10", json!({ "codes_per_quarter": 4, "codes_value_per_quarter": 1_000 })).await;
    let granted = submit_codes(&app, &partner, &[100; 2]).await;
    let too_much = submit_codes(&app, &partner, &[300; 3]).await;
    let fits = submit_codes(&app, &partner, &[400; 2]).await;
    app.services.request_approve(&reviewer, &granted).await.expect("the old terms");
    app.set_clock("2026-08-10");
    let item = app.services.inbox_item(&reviewer, &too_much, &InboxFilter::default()).await.expect("the item");
    let verdict = refused(app.services.request_approve(&reviewer, &too_much).await);
    let (quarter, resets_on) = (date("2026-08-10").quarter(), date("2026-10-01"));
    let codes = Violation::CodesPerQuarter {
        quarter,
        limit: 4,
        granted: 2,
        pending: 2,
        asked: 3,
        left: 0,
        resets_on,
        possible_on: Some(resets_on),
    };
    let value = Violation::CodeValuePerQuarter {
        quarter,
        limit: 1_000,
        granted: 200,
        pending: 800,
        asked: 900,
        left: 0,
        resets_on,
        possible_on: Some(resets_on),
    };
    assert_eq!(verdict.violations, [codes, value], "its own codes are left out");
    assert_eq!(item.now.as_ref().map(RequestNow::verdict), Some(&verdict), "the reviewer saw it before");
    assert_eq!(item.detail.verdict, Verdict::default(), "what the rules said at submission stays");
    // The other one would fit if this one did not wait before it: two codes are granted, three more are asked for.
    let both = [(too_much.clone(), verdict.rules()), (fits.clone(), vec![Rule::Code1, Rule::Code2])];
    assert_eq!(inbox_verdicts(&app, &reviewer).await, both, "the list says it too");
    let page = app.services.request_page(&partner.viewer, &too_much).await.expect("the page");
    assert_eq!(
        (page.line.status, page.events.len(), page.codes.len(), page.may(ActName::Withdraw)),
        (RequestStatus::Submitted, 1, 0, true)
    );
    assert_eq!(times(&app, "request.approve").await, 1);

    app.services.request_refuse(&reviewer, &too_much, RefusalReason::LimitReached, text()).await.expect("it can be refused");
    assert_eq!(inbox_verdicts(&app, &reviewer).await, [(fits.clone(), Vec::new())]);
    app.services.request_approve(&reviewer, &fits).await.expect("with that gone the other one fits");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_fall_of_the_level_after_submission_undoes_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    publish_terms(&app, "2026-08-01", json!({ "privileges": { "bonus_codes": ["agent"], "free_months": ["agent"] } })).await;
    let admin = app.create_staff(Role::StaffAdmin).await;
    let partner = app.create_partner("2026-07-15").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-1"]).await;
    let codes = submit_codes(&app, &partner, &[1]).await;
    let free = submit_month(&app, &partner, client, "2026-10", &["vm-1"]).await.expect("a free month");
    let fields = LevelDecisionFields { level: "basic".to_owned(), date: String::new(), reason: REASON.to_owned() };
    app.services.level_decide(&admin, partner.id, &fields).await.expect("a decision");

    let missing = |privilege| Violation::PrivilegeMissing { privilege, model: Model::Referral };
    let verdict = refused(submit_month(&app, &partner, client, "2026-12", &["vm-1"]).await);
    assert_eq!(verdict.violations, [missing(Privilege::FreeMonths)]);
    assert_eq!(calendar(&app, &partner, client).await.privilege, verdict);
    let listed = app.services.free_month_clients(&partner.viewer, None, None).await.expect("the clients").lines;
    assert_eq!(listed[0].earliest, None, "what the submit refuses is not offered");
    assert_eq!(listed[0].verdict.violations[0], missing(Privilege::FreeMonths));
    for reference in [codes, free] {
        let item = app.services.inbox_item(&admin, &reference, &InboxFilter::default()).await.expect("the item");
        assert_eq!(
            (item.detail.model, item.outlook.level),
            (Some(Model::Agent), Level::Basic),
            "the model at submission, the level of today"
        );
        assert_eq!(item.now.as_ref().map(RequestNow::verdict), Some(&Verdict::default()));
        app.services.request_approve(&admin, &reference).await.expect("the model at submission had the privilege");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partners_requests_are_listed_newest_first_page_by_page(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let partner = app.create_partner("2026-07-15").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-1"]).await;
    let free = submit_month(&app, &partner, client, "2026-10", &["vm-1"]).await.expect("a free month");
    for number in 0..29 {
        app.set_clock(&format!("2026-08-{:02}", 6 + number / 3));
        let reference = submit_codes(&app, &partner, &[1]).await;
        app.services.request_withdraw(&partner.viewer, &reference).await.expect("a withdrawal");
    }
    let first = app.services.requests_page(&partner.viewer, None, None).await.expect("a list");
    let second = app.services.requests_page(&partner.viewer, None, first.next.as_deref()).await.expect("a list");
    assert_eq!((first.lines.len(), second.lines.len(), second.next), (25, 5, None));
    let lines: Vec<_> = first.lines.iter().chain(&second.lines).collect();
    assert!(lines.is_sorted_by(|one, other| one.submitted_at >= other.submitted_at));
    assert_eq!(lines.iter().map(|line| line.id).collect::<BTreeSet<_>>().len(), 30, "each once");
    assert_eq!(lines[29].reference, free);

    let months = app.services.requests_page(&partner.viewer, Some(RequestKind::FreeMonth), None).await.expect("a list");
    assert_eq!(months.lines.iter().map(|line| line.reference.as_str()).collect::<Vec<_>>(), [free.as_str()]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_inbox_shows_what_waits_oldest_first_and_narrows(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let client = client_with(&app, &theirs, "Ромашка", &["vm-1"]).await;
    app.set_clock("2026-08-07");
    let third = submit_codes(&app, &ours, &[5, 6]).await;
    app.set_clock("2026-08-05");
    let first = submit_month(&app, &theirs, client, "2026-10", &["vm-1"]).await.expect("a free month");
    app.set_clock("2026-08-06");
    let second = submit_codes(&app, &theirs, &[1]).await;
    let withdrawn = submit_codes(&app, &ours, &[2]).await;
    app.services.request_withdraw(&ours.viewer, &withdrawn).await.expect("a withdrawal");

    let all = InboxFilter::default();
    assert_eq!(inbox(&app, &staff, &all).await, [first.as_str(), &second, &third]);
    let kind = |kind| InboxFilter { kind: Some(kind), ..InboxFilter::default() };
    assert_eq!(inbox(&app, &staff, &kind(RequestKind::BonusCodes)).await, [second.as_str(), &third]);
    assert_eq!(inbox(&app, &staff, &kind(RequestKind::FreeMonth)).await, [first.as_str()]);
    let of_theirs = InboxFilter { partner_id: Some(theirs.id), ..InboxFilter::default() };
    assert_eq!(inbox(&app, &staff, &of_theirs).await, [first.as_str(), &second]);
    let with_text = |text: &str| InboxFilter { text: Some(text.to_owned()), ..InboxFilter::default() };
    let name = ours.viewer.partner.as_ref().expect("a partner").name.to_uppercase();
    for (text, found) in [(third.to_lowercase(), &third), ("РОМАШ".to_owned(), &first), (name, &third)] {
        assert_eq!(inbox(&app, &staff, &with_text(&text)).await, [found.as_str()], "{text}");
    }
    assert_eq!(inbox(&app, &staff, &with_text("%")).await, Vec::<String>::new());
    let page = app.services.inbox_page(&staff, &kind(RequestKind::FreeMonth), None).await.expect("the inbox");
    assert_eq!(page.counts, [(RequestKind::BonusCodes, 2), (RequestKind::FreeMonth, 1)], "counts do not narrow");

    let item = app.services.inbox_item(&staff, &second, &all).await.expect("the item");
    assert_eq!(item.neighbours, (Some(first.clone()), Some(third.clone())));
    assert!(item.detail.may(ActName::Approve));
    assert_eq!(item.history.iter().map(|line| line.reference.as_str()).collect::<Vec<_>>(), [first.as_str()]);
    let item = app.services.inbox_item(&staff, &second, &kind(RequestKind::BonusCodes)).await.expect("the item");
    assert_eq!(item.neighbours, (None, Some(third)));
    app.services.request_approve(&staff, &first).await.expect("an approval");
    assert!(!inbox(&app, &staff, &all).await.contains(&first), "what is decided waits no more");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_inbox_asks_the_database_as_often_with_forty_requests_as_with_three(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let filter = InboxFilter::default();
    let mut partners = Vec::new();
    for _ in 0..4 {
        partners.push(app.create_partner("2026-07-15").await);
    }
    let mut counts = Vec::new();
    for (first, last) in [(0, 3), (3, 40)] {
        for number in first..last {
            app.set_clock(&format!("2026-08-{:02}", 5 + number / 10));
            submit_codes(&app, &partners[number % 4], &[1]).await;
        }
        let (page, of_page) = count_statements(app.services.inbox_page(&staff, &filter, None)).await;
        assert_eq!(page.expect("the inbox").page.lines.len(), last.min(25));
        let (item, of_item) = count_statements(app.services.inbox_item(&staff, "BC-2026-000001", &filter)).await;
        assert_eq!(item.expect("the item").history.len(), if last == 3 { 0 } else { 8 });
        assert!((1..=3).contains(&of_page) && (1..=11).contains(&of_item), "{of_page} and {of_item} statements");
        counts.push((of_page, of_item));
    }
    assert_eq!(counts[0], counts[1]);

    // The page ends in the midst of ten requests of one instant.
    let first = app.services.inbox_page(&staff, &filter, None).await.expect("the inbox").page;
    let second = app.services.inbox_page(&staff, &filter, first.next.as_deref()).await.expect("the inbox").page;
    assert_eq!((first.lines.len(), second.lines.len(), second.next), (25, 15, None));
    let lines: Vec<_> = first.lines.iter().chain(&second.lines).collect();
    assert!(lines.is_sorted_by_key(|line| line.request.submitted_at));
    assert_eq!(lines.iter().map(|line| line.request.id).collect::<BTreeSet<_>>().len(), 40, "each once");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_free_month_is_asked_for_once_and_granted(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-15").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-3", "vm-1", "vm-2"]).await;
    let key = Uuid::new_v4();
    let wanted = ask("2026-12", &["vm-2", "vm-1", "vm-2"]);
    let reference = app.services.free_month_submit(&partner.viewer, client, wanted.clone(), key).await.expect("a request");
    assert_eq!(reference, "FM-2026-000001");
    app.set_clock("2027-03-05");
    let again = app.services.free_month_submit(&partner.viewer, client, wanted, key).await.expect("the same, though the month has passed");
    assert_eq!((again, app.count("requests").await, times(&app, "request.submit").await), (reference.clone(), 1, 1));
    app.set_clock("2026-10-05");
    let asked = json!({ "client": client, "month": "2026-12", "resources": ["vm-2", "vm-1", "vm-2"] });
    assert_eq!(app.audited_after("request.submit").await, asked);

    let page = app.services.request_page(&partner.viewer, &reference).await.expect("the page");
    assert_eq!(page.resources, ["vm-1", "vm-2"]);
    let subject = Subject::FreeMonth { client_id: client, client_name: "Ромашка".to_owned(), month: month("2026-12") };
    assert_eq!((page.line.subject, page.verdict), (subject, Verdict::default()));
    let standing = async || calendar(&app, &partner, client).await.months[2].standing;
    assert_eq!(standing().await, Some(Standing::Pending));
    app.services.request_approve(&reviewer, &reference).await.expect("an approval");
    assert_eq!(standing().await, Some(Standing::Granted));
    assert_eq!((status(&app, &partner, &reference).await, times(&app, "request.approve").await), (RequestStatus::Approved, 1));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn each_rule_of_free_months_refuses_with_its_figures(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-31T23:59:59+03:00");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-08-01").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-1", "vm-2"]).await;
    client_with(&app, &partner, "Лютик", &["vm-9"]).await;
    try_kvm(&app, &partner, client, "2026-08-20", Some("2026-09-10")).await;
    let asked = async |of: &str, machines: &[&str]| refused(submit_month(&app, &partner, client, of, machines).await).violations;
    let earliest = Some(month("2026-11"));

    let after_trial = Violation::MonthAfterTrial { month: month("2026-10"), trial_ended: date("2026-09-10"), earliest };
    assert_eq!(asked("2026-10", &["vm-1"]).await, [after_trial]);
    let runs =
        Violation::TrialRuns { month: month("2026-09"), trial_started: date("2026-08-20"), trial_ends: Some(date("2026-09-10")), earliest };
    let passed = Violation::MonthPassed { month: month("2026-09"), current: month("2026-10"), earliest };
    assert_eq!(asked("2026-09", &["vm-1"]).await, [runs, passed]);
    let (last, possible_on) = (month("2027-10"), date("2026-11-01"));
    let too_far = Violation::MonthTooFar { month: month("2027-11"), last, possible_on, earliest };
    let foreign = Violation::ForeignResources { resources: vec!["vm-9".to_owned()] };
    assert_eq!(asked("2027-11", &["vm-1", "vm-9"]).await, [too_far, foreign]);
    assert_eq!(asked("2026-11", &[]).await, [Violation::NoResources]);
    assert_eq!((app.count("requests").await, times(&app, "request.submit").await), (0, 0), "a refusal leaves nothing");

    let granted = submit_month(&app, &partner, client, "2027-02", &["vm-1"]).await.expect("a free month");
    app.services.request_approve(&reviewer, &granted).await.expect("an approval");
    let too_close = |of| Violation::TooCloseToFreeMonth { month: month(of), other: month("2027-02"), gap: 1, earliest };
    for of in ["2027-01", "2027-03"] {
        assert_eq!(asked(of, &["vm-1"]).await, [too_close(of)]);
    }
    app.set_clock("2026-11-01T00:00:00+03:00");
    submit_month(&app, &partner, client, "2027-11", &["vm-1"]).await.expect("the day it was said to pass");
    assert_eq!(asked("2027-06", &["vm-1"]).await, [Violation::FreeMonthsPerClient { limit: 2, granted: 1, pending: 1 }]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_calendar_says_of_every_month_what_submitting_it_answers(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-08-01").await;
    let fresh = client_with(&app, &partner, "Без истории", &["vm-1", "vm-2"]).await;
    let bare = client_with(&app, &partner, "Без машин", &[]).await;
    let ended = client_with(&app, &partner, "После пробного", &["vm-1"]).await;
    try_kvm(&app, &partner, ended, "2026-08-20", Some("2026-09-10")).await;
    submit_month(&app, &partner, ended, "2027-03", &["vm-1"]).await.expect("a free month");
    let planned = client_with(&app, &partner, "Перед пробным", &["vm-1"]).await;
    try_kvm(&app, &partner, planned, "2026-12-31", None).await;
    let full = client_with(&app, &partner, "Два месяца", &["vm-1", "vm-2"]).await;
    let granted = submit_month(&app, &partner, full, "2026-10", &["vm-1"]).await.expect("a free month");
    app.services.request_approve(&reviewer, &granted).await.expect("an approval");
    submit_month(&app, &partner, full, "2027-01", &["vm-1"]).await.expect("another");

    let clients = app.services.free_month_clients(&partner.viewer, None, None).await.expect("the clients").lines;
    let mut allowed_counts = Vec::new();
    for client in [fresh, bare, ended, planned, full] {
        let page = calendar(&app, &partner, client).await;
        assert_eq!((page.months.len(), page.months[0].month), (13, month("2026-10")));
        let line = clients.iter().find(|line| line.client.id == client).expect("in the list");
        assert_eq!((line.earliest, line.limit), (page.earliest, 2));
        assert_eq!(line.verdict, if line.earliest.is_some() { Verdict::default() } else { page.months[0].verdict.clone() });
        let free = page.months.iter().find(|line| line.verdict.is_allowed() && line.standing.is_none());
        assert_eq!(page.earliest, free.map(|line| line.month));
        for line in &page.months {
            let asked = Ask { month: line.month, resources: page.facts.resources.clone() };
            match app.services.free_month_submit(&partner.viewer, client, asked, Uuid::new_v4()).await {
                Ok(reference) => {
                    assert!(line.verdict.is_allowed(), "{} is offered as blocked: {:?}", line.month, line.verdict);
                    let after = allowed(&calendar(&app, &partner, client).await);
                    let blocked: Vec<_> = allowed(&page).into_iter().filter(|month| !after.contains(month)).collect();
                    assert_eq!(blocked, line.would_block, "{}", line.month);
                    app.services.request_withdraw(&partner.viewer, &reference).await.expect("a withdrawal");
                }
                answer => assert_eq!(refused(answer), line.verdict, "{}", line.month),
            }
        }
        allowed_counts.push(allowed(&page).len());
    }
    // Ended: not October, nor February and April beside March. Planned: October and November. Full: the two it has.
    assert_eq!(allowed_counts, [13, 0, 10, 2, 2]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_free_month_that_no_longer_fits_is_refused_to_the_reviewer_and_goes_on_waiting(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-15").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-1"]).await;
    let (in_time, late) = (client_with(&app, &partner, "Лютик", &["vm-1"]).await, client_with(&app, &partner, "Василёк", &["vm-1"]).await);
    let tried = submit_month(&app, &partner, client, "2026-12", &["vm-1"]).await.expect("a free month");
    let in_time = submit_month(&app, &partner, in_time, "2026-10", &["vm-1"]).await.expect("a free month");
    let late = submit_month(&app, &partner, late, "2026-10", &["vm-1"]).await.expect("a free month");

    try_kvm(&app, &partner, client, "2026-12-10", None).await;
    let item = app.services.inbox_item(&reviewer, &tried, &InboxFilter::default()).await.expect("the item");
    let verdict = refused(app.services.request_approve(&reviewer, &tried).await);
    assert_eq!(verdict.rules(), [Rule::Free4]);
    let Some(RequestNow::FreeMonth(now)) = item.now else { panic!("{:?}", item.now) };
    assert_eq!((&now.verdict, now.months[2].standing), (&verdict, None), "the request itself is left out");

    app.set_clock("2026-10-31T23:59:59+03:00");
    app.services.request_approve(&reviewer, &in_time).await.expect("the last second of the month");
    app.set_clock("2026-11-01T00:00:00+03:00");
    assert_eq!(refused(app.services.request_approve(&reviewer, &late).await).rules(), [Rule::Free5]);
    let both = [(tried, vec![Rule::Free4]), (late, vec![Rule::Free5])];
    assert_eq!(inbox_verdicts(&app, &reviewer).await, both, "both still wait, and the list says why");
    assert_eq!(times(&app, "request.approve").await, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_further_request_for_a_month_adds_machines_and_counts_no_new_month(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-15").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-1", "vm-2"]).await;
    let first = submit_month(&app, &partner, client, "2026-11", &["vm-1"]).await.expect("a free month");
    submit_month(&app, &partner, client, "2027-01", &["vm-1"]).await.expect("the second month");
    let further = submit_month(&app, &partner, client, "2026-11", &["vm-2"]).await.expect("another machine");
    app.services.request_withdraw(&partner.viewer, &first).await.expect("a withdrawal");
    let verdict = refused(submit_month(&app, &partner, client, "2027-05", &["vm-1"]).await);
    assert_eq!(
        verdict.violations,
        [Violation::FreeMonthsPerClient { limit: 2, granted: 0, pending: 2 }],
        "one live request keeps the month"
    );
    app.services.request_refuse(&reviewer, &further, RefusalReason::ClientNotEligible, text()).await.expect("a refusal");
    submit_month(&app, &partner, client, "2027-05", &["vm-1"]).await.expect("with the last one the month is free again");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn free_months_of_another_partners_client_are_not_found(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (ours, theirs) = (app.create_partner("2026-09-15").await, app.create_partner("2026-09-15").await);
    let client = client_with(&app, &theirs, "Их клиент", &["vm-1"]).await;
    // A foreign one and one that never was answer alike.
    for client in [client, secrets::id()] {
        let page = app.services.free_months_page(&ours.viewer, client).await;
        assert!(matches!(page, Err(Error::NotFound)), "{page:?}");
        let submit = submit_month(&app, &ours, client, "2026-10", &["vm-1"]).await;
        assert!(matches!(submit, Err(Error::NotFound)), "{submit:?}");
    }
    assert!(app.services.free_month_clients(&ours.viewer, None, None).await.expect("the clients").lines.is_empty());
    assert_eq!(app.count("requests").await, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn free_months_asked_for_at_the_same_instant_stay_within_two(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-15").await;
    let client = client_with(&app, &partner, "Ромашка", &["vm-1"]).await;
    let second = app.another_process();
    let mut submits = tokio::task::JoinSet::new();
    for (number, of) in ["2026-11", "2027-01", "2027-03", "2027-05", "2027-07", "2027-09"].into_iter().enumerate() {
        let key = Uuid::new_v4();
        // Each form is sent twice.
        for services in [&app.services, &second] {
            let (services, viewer) = (services.clone(), partner.viewer.clone());
            submits.spawn(async move { (number, services.free_month_submit(&viewer, client, ask(of, &["vm-1"]), key).await) });
        }
    }
    let mut passed = BTreeSet::new();
    for (number, answer) in submits.join_all().await {
        match answer {
            Ok(reference) => drop(passed.insert((number, reference))),
            answer => assert_eq!(refused(answer).rules(), [Rule::Free1]),
        }
    }
    assert_eq!((passed.len(), app.count("requests").await, times(&app, "request.submit").await), (2, 2, 2), "{passed:?}");
}
