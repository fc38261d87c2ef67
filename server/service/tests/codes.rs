//! Bonus codes: what a quarter allows, what is drawn at approval, and how a code ends.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use domain::bonus_code::{CodeText, RedeemRefusal, RevokeRefusal};
use domain::calendar::Quarter;
use domain::model::Model;
use domain::permission::Role;
use domain::privilege::Privilege;
use domain::request::{ActName, RefusalReason, RefusalText, RequestStatus, TransitionError};
use domain::rule::Rule;
use domain::verdict::{Verdict, Violation};
use serde_json::json;
use service::bonus_codes::AskedCode;
use service::partners::LevelDecisionFields;
use service::requests::Subject;
use service::{Error, MockClock, Passwords, Refusal, Services, Viewer, secrets};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, count_statements, date, instant};
use tokio::task::{AbortHandle, JoinSet};
use uuid::Uuid;

const REASON: &str = "Код отозван по просьбе партнёра";

fn asked(faces: &[i64]) -> Vec<AskedCode> {
    faces.iter().map(|&face| AskedCode { face, note: None, client_id: None }).collect()
}

fn quarter(first_day: &str) -> Quarter {
    date(first_day).quarter()
}

async fn submit(app: &TestApp, partner: &TestPartner, faces: &[i64]) -> service::Result<String> {
    app.services.bonus_codes_submit(&partner.viewer, asked(faces), Uuid::new_v4()).await
}

/// Codes that a reviewer granted, by their texts.
async fn granted(app: &TestApp, reviewer: &Viewer, partner: &TestPartner, faces: &[i64]) -> Vec<CodeText> {
    let reference = submit(app, partner, faces).await.expect("a request");
    app.services.request_approve(reviewer, &reference).await.expect("an approval");
    let codes = app.services.request_page(&partner.viewer, &reference).await.expect("the page").codes;
    codes.iter().map(|code| code.code.parse().expect("a code")).collect()
}

/// What today's quarter holds: codes granted and pending, roubles granted and pending.
async fn held(app: &TestApp, partner: &TestPartner) -> (u32, u32, i64, i64) {
    let used = app.services.bonus_codes_page(&partner.viewer, None, &[]).await.expect("the page").quarter_use;
    (used.granted_codes, used.pending_codes, used.granted_value, used.pending_value)
}

/// What the rules said against it.
fn refused<T: Debug>(answer: service::Result<T>) -> Verdict {
    let Err(Error::Refused(Refusal::Rules(verdict))) = answer else { panic!("the rules have to refuse: {answer:?}") };
    verdict
}

/// The object that the newest record of an action names.
async fn audited_object(app: &TestApp, action: &str) -> String {
    sqlx::query_scalar("select object_id from audit_records where action = $1 order by id desc limit 1")
        .bind(action)
        .fetch_one(&mut app.owner().await)
        .await
        .expect("a record")
}

/// Waits until every call stands in a queue of the database, or one ended without standing there.
async fn until_all_wait(app: &TestApp, calls: &[AbortHandle]) {
    let mut owner = app.owner().await;
    loop {
        let waiting: i64 =
            sqlx::query_scalar("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                .fetch_one(&mut owner)
                .await
                .expect("a count");
        if usize::try_from(waiting) == Ok(calls.len()) || calls.iter().any(AbortHandle::is_finished) {
            return;
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn codes_are_asked_for_with_a_reference_and_an_audit_record(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let partner = app.create_partner("2026-07-15").await;
    let client = app.create_client(&partner, "Ромашка").await;
    let codes = vec![
        AskedCode { face: 5_000, note: Some("На новый сервер".to_owned()), client_id: Some(client) },
        AskedCode { face: 1, note: None, client_id: None },
    ];
    let reference = app.services.bonus_codes_submit(&partner.viewer, codes, Uuid::new_v4()).await.expect("a request");
    assert_eq!(reference, "BC-2026-000001");
    assert_eq!(submit(&app, &partner, &[7]).await.expect("another"), "BC-2026-000002");

    let page = app.services.request_page(&partner.viewer, &reference).await.expect("the page");
    assert_eq!(page.line.subject, Subject::BonusCodes { codes: 2, value: 5_001, quarter: quarter("2026-07-01") });
    assert_eq!((page.line.status, page.line.submitted_at), (RequestStatus::Submitted, Some(instant("2026-08-05"))));
    assert_eq!(
        (page.model, page.verdict.clone(), page.may(ActName::Withdraw), page.codes.len()),
        (Some(Model::Agent), Verdict::default(), true, 0)
    );
    let items: Vec<_> = page.items.iter().map(|item| (item.face, item.note.as_deref(), item.client_name.as_deref())).collect();
    assert_eq!(items, [(5_000, Some("На новый сервер"), Some("Ромашка")), (1, None, None)]);
    assert_eq!(held(&app, &partner).await, (0, 3, 0, 5_008));
    assert_eq!(app.audited().await, ["client.add", "request.submit", "request.submit"]);
    assert_eq!(app.audited_after("request.submit").await, json!({ "quarter": "2026-Q3", "faces": [7] }));
    assert_eq!(audited_object(&app, "request.submit").await, "BC-2026-000002");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_same_form_sent_again_is_one_request(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-09-30T23:59:59+03:00");
    let (partner, other) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let key = Uuid::new_v4();
    let first = app.services.bonus_codes_submit(&partner.viewer, asked(&[100; 10]), key).await.expect("a request");
    let again =
        app.services.bonus_codes_submit(&partner.viewer, asked(&[100; 10]), key).await.expect("the same, though the quarter is full");
    app.set_clock("2026-10-01T00:00:00+03:00");
    let later =
        app.services.bonus_codes_submit(&partner.viewer, asked(&[100; 10]), key).await.expect("the same, though the quarter is over");
    assert_eq!((&again, &later), (&first, &first));
    assert_eq!(held(&app, &partner).await, (0, 0, 0, 0), "the new quarter holds nothing of it");
    assert_eq!((app.count("requests").await, app.audited().await.len()), (1, 1));

    let theirs = app.services.bonus_codes_submit(&other.viewer, asked(&[1]), key).await.expect("their own request");
    assert_ne!(theirs, first, "a key is the partner's own");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_form_sent_many_times_at_once_is_one_request(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let partner = app.create_partner("2026-07-15").await;
    let second = app.another_process();
    let key = Uuid::new_v4();
    let mut submits = JoinSet::new();
    for number in 0..12 {
        let services = if number % 2 == 0 { app.services.clone() } else { second.clone() };
        let viewer = partner.viewer.clone();
        submits.spawn(async move { services.bonus_codes_submit(&viewer, asked(&[500, 600]), key).await });
    }
    let references: BTreeSet<_> = submits.join_all().await.into_iter().map(|answer| answer.expect("the one request")).collect();
    assert_eq!(references.len(), 1, "{references:?}");
    assert_eq!((app.count("requests").await, held(&app, &partner).await), (1, (0, 2, 0, 1_100)));
    assert_eq!(app.audited().await, ["request.submit"]);
}

/// Each copy locks the quarter that its own clock says, so the lock does not keep them apart.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_form_sent_on_both_sides_of_a_quarters_edge_is_one_request(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-09-30T23:59:59+03:00");
    let partner = app.create_partner("2026-09-15").await;
    let clock = Arc::new(MockClock::at(instant("2026-10-01T00:00:00+03:00")));
    let later = Services::new(app.another_process().database().clone(), clock, Passwords::for_tests().expect("a hasher"));
    for round in 0..10 {
        let key = Uuid::new_v4();
        let (one, other) = tokio::join!(
            app.services.bonus_codes_submit(&partner.viewer, asked(&[100]), key),
            later.bonus_codes_submit(&partner.viewer, asked(&[100]), key)
        );
        assert_eq!(one.expect("a request"), other.expect("the same request"), "{round}");
    }
    assert_eq!(app.count("requests").await, 10);
}

#[test]
fn a_code_is_not_shown_where_it_might_be_logged() {
    let text = "23456789ABCDEFGHJKMN".to_owned();
    let code = store::bonus_codes::NewBonusCode { id: secrets::id(), position: 1, code: text.clone(), face: 100 };
    assert!(!format!("{code:?}").contains(&text));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refusal_names_every_violation_with_figures_and_the_day_it_is_possible(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    granted(&app, &reviewer, &partner, &[3_000, 5_000]).await;
    submit(&app, &partner, &[4_000; 3]).await.expect("three more");
    let before = (app.count("requests").await, app.audited().await);

    let (this, resets_on) = (quarter("2026-07-01"), date("2026-10-01"));
    let codes = |asked, possible_on| Violation::CodesPerQuarter {
        quarter: this,
        limit: 10,
        granted: 2,
        pending: 3,
        asked,
        left: 5,
        resets_on,
        possible_on,
    };
    let value = Violation::CodeValuePerQuarter {
        quarter: this,
        limit: 30_000,
        granted: 8_000,
        pending: 12_000,
        asked: 12_000,
        left: 10_000,
        resets_on,
        possible_on: Some(resets_on),
    };
    let too_small = Violation::FaceTooSmall { position: 6, minimum: 1, asked: 0 };
    let verdict = refused(submit(&app, &partner, &[2_400, 2_400, 2_400, 2_400, 2_400, 0]).await);
    assert_eq!(verdict.violations, [codes(6, Some(resets_on)), value, too_small]);
    let verdict = refused(submit(&app, &partner, &[1; 11]).await);
    assert_eq!(verdict.violations, [codes(11, None), Violation::CodesPerRequest { limit: 10, asked: 11 }], "eleven at once pass on no day");
    assert_eq!(refused(submit(&app, &partner, &[]).await).rules(), [Rule::Code4]);
    assert_eq!((app.count("requests").await, app.audited().await), before, "a refusal leaves nothing");

    app.set_clock("2026-09-30T23:59:59+03:00");
    assert_eq!(refused(submit(&app, &partner, &[2_000; 6]).await).rules(), [Rule::Code1, Rule::Code2]);
    submit(&app, &partner, &[2_000; 5]).await.expect("exactly what is left");
    app.set_clock("2026-10-01T00:00:00+03:00");
    submit(&app, &partner, &[2_000; 6]).await.expect("the day it was said to pass");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn requests_at_the_same_instant_never_pass_a_limit_between_them(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let second = app.another_process();
    // Of single roubles the tenth is the last, of four thousand the seventh.
    for (face, passing, rule) in [(1, 10, Rule::Code1), (4_000, 7, Rule::Code2)] {
        let partner = app.create_partner("2026-07-15").await;
        let mut submits = JoinSet::new();
        for number in 0..14 {
            let services = if number % 2 == 0 { app.services.clone() } else { second.clone() };
            let viewer = partner.viewer.clone();
            submits.spawn(async move { services.bonus_codes_submit(&viewer, asked(&[face]), Uuid::new_v4()).await });
        }
        let (passed, others): (Vec<_>, Vec<_>) = submits.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!(passed.len(), passing, "{others:?}");
        for answer in others {
            assert!(refused(answer).rules().contains(&rule));
        }
        let codes = u32::try_from(passing).expect("a count");
        assert_eq!(held(&app, &partner).await, (0, codes, 0, i64::from(codes) * face));
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn refused_withdrawn_and_revoked_codes_give_their_capacity_back(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let codes = granted(&app, &reviewer, &partner, &[1_000; 4]).await;
    let to_refuse = submit(&app, &partner, &[2_000; 3]).await.expect("a request");
    let to_withdraw = submit(&app, &partner, &[3_000; 3]).await.expect("a request");
    assert_eq!(held(&app, &partner).await, (4, 6, 4_000, 15_000));
    assert_eq!(refused(submit(&app, &partner, &[1]).await).rules(), [Rule::Code1]);

    let text = RefusalText::try_from("Не хватает описания".to_owned()).expect("a text");
    app.services.request_refuse(&reviewer, &to_refuse, RefusalReason::NotEnoughInformation, text).await.expect("a refusal");
    assert_eq!(held(&app, &partner).await, (4, 3, 4_000, 9_000));
    app.services.request_withdraw(&partner.viewer, &to_withdraw).await.expect("a withdrawal");
    assert_eq!(held(&app, &partner).await, (4, 0, 4_000, 0));
    app.services.bonus_code_revoke(&reviewer, &codes[0], REASON).await.expect("a revocation");
    app.services.bonus_code_redeem(&reviewer, &codes[1], &app.inn()).await.expect("used, a code keeps what it holds");
    assert_eq!(held(&app, &partner).await, (3, 0, 3_000, 0));

    let page = app.services.bonus_codes_page(&partner.viewer, None, &[]).await.expect("the page");
    assert_eq!((page.meters.codes.left, page.meters.value.left), (7, 27_000));
    assert_eq!(page.requests.iter().map(|line| line.reference.as_str()).collect::<Vec<_>>(), ["BC-2026-000001"], "what holds capacity");
    submit(&app, &partner, &[3_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000]).await.expect("all that is free again");
    assert_eq!(refused(submit(&app, &partner, &[1]).await).rules(), [Rule::Code1, Rule::Code2]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_last_second_of_march_and_the_first_of_april_count_in_different_quarters(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-03-31T23:59:59+03:00");
    let partner = app.create_partner("2026-01-15").await;
    let march = submit(&app, &partner, &[3_000; 10]).await.expect("all of the first quarter");
    assert_eq!(refused(submit(&app, &partner, &[1]).await).rules(), [Rule::Code1, Rule::Code2]);
    app.set_clock("2026-04-01T00:00:00+03:00");
    assert_eq!(held(&app, &partner).await, (0, 0, 0, 0));
    let april = submit(&app, &partner, &[3_000; 10]).await.expect("all of the second quarter");
    for (reference, of) in [(march, "2026-01-01"), (april, "2026-04-01")] {
        let line = app.services.request_page(&partner.viewer, &reference).await.expect("the page").line;
        assert_eq!(line.subject, Subject::BonusCodes { codes: 10, value: 30_000, quarter: quarter(of) });
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_in_the_next_quarter_moves_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-03-31");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-01-15").await;
    let granted = submit(&app, &partner, &[2_000; 8]).await.expect("a request of March");
    let withdrawn = submit(&app, &partner, &[1, 2]).await.expect("a request of March");
    app.set_clock("2026-04-02");
    submit(&app, &partner, &[3_000; 10]).await.expect("all of the second quarter");
    app.services.request_approve(&reviewer, &granted).await.expect("an approval");
    app.services.request_withdraw(&partner.viewer, &withdrawn).await.expect("a withdrawal");
    let codes = app.services.request_page(&partner.viewer, &granted).await.expect("the page").codes;
    assert_eq!((codes[0].quarter(), codes[0].issued_at), (quarter("2026-01-01"), instant("2026-04-02")));
    app.services.bonus_code_revoke(&reviewer, &codes[0].code.parse().expect("a code"), REASON).await.expect("a revocation");
    assert_eq!(held(&app, &partner).await, (0, 10, 0, 30_000));
    app.set_clock("2026-03-31");
    assert_eq!(held(&app, &partner).await, (7, 0, 14_000, 0));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_model_without_the_privilege_is_refused_first_of_all(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    sqlx::query("insert into terms_versions (id, valid_from, parameters, published_at) values ($1, '2026-08-01', $2, now())")
        .bind(Uuid::new_v4())
        .bind(json!({ "privileges": { "bonus_codes": ["agent", "white_label"] } }))
        .execute(&mut app.owner().await)
        .await
        .expect("terms");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let (basic, professional) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let fields = LevelDecisionFields { level: "basic".to_owned(), date: String::new(), reason: REASON.to_owned() };
    app.services.level_decide(&admin, basic.id, &fields).await.expect("a decision");

    let missing = Violation::PrivilegeMissing { privilege: Privilege::BonusCodes, model: Model::Referral };
    let page = app.services.bonus_codes_page(&basic.viewer, None, &[]).await.expect("the page");
    assert_eq!((page.model, page.privilege.violations), (Model::Referral, vec![missing.clone()]));
    let too_small = Violation::FaceTooSmall { position: 1, minimum: 1, asked: 0 };
    assert_eq!(refused(submit(&app, &basic, &[0]).await).violations, [missing, too_small]);
    submit(&app, &professional, &[1]).await.expect("an Agent has it");
    assert_eq!((app.count("requests").await, held(&app, &basic).await), (1, (0, 0, 0, 0)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_is_never_meant_for_another_partners_client(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let client = app.create_client(&theirs, "Их клиент").await;
    // A foreign one and one that never was answer alike.
    for client in [client, secrets::id()] {
        let codes = vec![AskedCode { face: 1, note: None, client_id: Some(client) }];
        let answer = app.services.bonus_codes_submit(&ours.viewer, codes, Uuid::new_v4()).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
    }
    assert_eq!((app.count("requests").await, held(&app, &ours).await), (0, (0, 0, 0, 0)));
    assert_eq!(app.audited().await, ["client.add"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn codes_are_drawn_at_approval_and_stand_in_no_audit_record(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, other) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let reference = submit(&app, &partner, &[10, 20, 30]).await.expect("a request");
    assert_eq!(app.count("bonus_codes").await, 0);
    app.set_clock("2026-08-06");
    app.services.request_approve(&reviewer, &reference).await.expect("an approval");
    let page = app.services.request_page(&partner.viewer, &reference).await.expect("the page");
    assert_eq!(
        (page.line.status, page.line.decided_at, page.may(ActName::Withdraw)),
        (RequestStatus::Approved, Some(instant("2026-08-06")), false)
    );
    let drawn: Vec<_> = page.codes.iter().map(|code| (code.position, code.face, code.state.as_str(), code.issued_at)).collect();
    assert_eq!(drawn, [(1, 10), (2, 20), (3, 30)].map(|(position, face)| (position, face, "issued", instant("2026-08-06"))));
    let texts: BTreeSet<&str> = page.codes.iter().map(|code| code.code.as_str()).collect();
    assert_eq!(texts.len(), 3, "each is another");
    for text in texts {
        let code: CodeText = text.parse().expect("twenty characters with the check character that fits");
        assert_eq!(code.as_str(), text, "kept in its canonical form");
        app.services.bonus_code_redeem(&reviewer, &code, &app.inn()).await.expect("it can be redeemed");
        let recorded: i64 = sqlx::query_scalar("select count(*) from audit_records a where strpos(a::text, $1) + strpos(a::text, $2) > 0")
            .bind(code.as_str())
            .bind(code.grouped())
            .fetch_one(&mut app.owner().await)
            .await
            .expect("a count");
        assert_eq!(recorded, 0);
    }
    assert_eq!(held(&app, &partner).await, (3, 0, 60, 0));
    assert!(app.services.bonus_codes_page(&other.viewer, None, &[]).await.expect("the page").codes.lines.is_empty(), "nobody else's");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_of_many_approvals_at_once_draws_the_codes(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewers = [app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffReviewer).await];
    let processes = [app.services.clone(), app.another_process()];
    let partner = app.create_partner("2026-07-15").await;
    let reference = submit(&app, &partner, &[10, 20, 30]).await.expect("a request");
    // All meet at the request before any is let through.
    let mut owner = app.owner().await;
    let mut holder = owner.begin().await.expect("a transaction");
    sqlx::query("select from requests for update").execute(&mut *holder).await.expect("a lock");
    let mut approvals = JoinSet::new();
    let mut calls = Vec::new();
    for number in 0..6 {
        let (services, reviewer, reference) = (processes[number % 2].clone(), reviewers[number % 2].clone(), reference.clone());
        calls.push(approvals.spawn(async move { services.request_approve(&reviewer, &reference).await }));
    }
    until_all_wait(&app, &calls).await;
    holder.rollback().await.expect("the lock is gone");

    let (passed, others): (Vec<_>, Vec<_>) = approvals.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(passed.len(), 1, "{others:?}");
    let decided = TransitionError::AlreadyDecided { status: RequestStatus::Approved };
    for answer in others {
        assert!(matches!(&answer, Err(Error::Refused(Refusal::Transition(error))) if *error == decided), "{answer:?}");
    }
    assert_eq!(app.audited().await, ["request.submit", "request.approve"]);
    assert_eq!((app.count("bonus_codes").await, held(&app, &partner).await), (3, (3, 0, 60, 0)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn codes_are_listed_newest_first_page_by_page(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2025-02-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2025-01-15").await;
    for day in ["2025-02-05", "2025-05-05", "2025-08-05", "2025-11-05", "2026-02-05", "2026-05-05"] {
        app.set_clock(day);
        granted(&app, &reviewer, &partner, &[1; 10]).await;
    }
    let (first, statements) = count_statements(app.services.bonus_codes_page(&partner.viewer, None, &[])).await;
    let first = first.expect("a page").codes;
    assert!((1..=6).contains(&statements), "{statements} statements");
    let second = app.services.bonus_codes_page(&partner.viewer, first.next.as_deref(), &[]).await.expect("a page").codes;
    assert_eq!((first.lines.len(), second.lines.len(), second.next), (50, 10, None));
    let lines: Vec<_> = first.lines.iter().chain(&second.lines).collect();
    assert!(lines.is_sorted_by(|one, other| one.issued_at >= other.issued_at));
    assert_eq!(lines.iter().map(|code| code.id).collect::<BTreeSet<_>>().len(), 60, "each once");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_client_redeems_one_code_in_its_life_whichever_partner_gave_it(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let (our_codes, their_codes) = (granted(&app, &reviewer, &ours, &[100, 200]).await, granted(&app, &reviewer, &theirs, &[300]).await);
    let (client, another) = (app.inn(), app.inn());
    app.set_clock("2031-08-05");
    let redeemed = app.services.bonus_code_redeem(&reviewer, &our_codes[1], &client).await.expect("a code does not expire");
    assert_eq!((redeemed.state.as_str(), redeemed.redeemed_inn.as_deref()), ("redeemed", Some(client.as_str())));
    assert_eq!(app.audited_after("bonus_code.redeem").await, json!({ "state": "redeemed", "inn": client }));
    assert_eq!(audited_object(&app, "bonus_code.redeem").await, "BC-2026-000001/2", "the request and the place, never the code");
    let before = app.audited().await;

    for code in [&our_codes[0], &their_codes[0]] {
        let answer = app.services.bonus_code_redeem(&reviewer, code, &client).await;
        let used = RedeemRefusal::ClientHasRedeemed { on: date("2031-08-05") };
        assert!(matches!(&answer, Err(Error::Refused(Refusal::Redeem(refusal))) if *refusal == used), "{answer:?}");
        assert_eq!(app.services.bonus_code_find(&reviewer, code).await.expect("the code").state, "issued");
    }
    for inn in [&client, &another] {
        let answer = app.services.bonus_code_redeem(&reviewer, &our_codes[1], inn).await;
        assert!(matches!(answer, Err(Error::Refused(Refusal::Redeem(RedeemRefusal::AlreadyRedeemed)))), "{answer:?}");
    }
    let unknown = app.services.bonus_code_redeem(&reviewer, &secrets::code_text().expect("a code"), &another).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    assert_eq!(app.audited().await, before, "a refusal changes nothing");
    let found = app.services.bonus_code_find(&reviewer, &our_codes[1]).await.expect("the code");
    assert_eq!((found.redeemed_inn.as_deref(), found.ended_at), (Some(client.as_str()), Some(instant("2031-08-05"))));
    app.services.bonus_code_redeem(&reviewer, &their_codes[0], &another).await.expect("another client may");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_an_unused_code_is_revoked_and_a_revoked_one_is_never_redeemed(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let codes = granted(&app, &reviewer, &partner, &[100, 200]).await;
    app.services.bonus_code_redeem(&reviewer, &codes[0], &app.inn()).await.expect("a redemption");
    let used = app.services.bonus_code_revoke(&reviewer, &codes[0], REASON).await;
    assert!(matches!(used, Err(Error::Refused(Refusal::Revoke(RevokeRefusal::Redeemed)))), "{used:?}");

    app.services.bonus_code_revoke(&reviewer, &codes[1], REASON).await.expect("a revocation");
    assert_eq!(app.audited_after("bonus_code.revoke").await, json!({ "state": "revoked", "reason": REASON }));
    let again = app.services.bonus_code_revoke(&reviewer, &codes[1], REASON).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::Revoke(RevokeRefusal::AlreadyRevoked)))), "{again:?}");
    let redeemed = app.services.bonus_code_redeem(&reviewer, &codes[1], &app.inn()).await;
    assert!(matches!(redeemed, Err(Error::Refused(Refusal::Redeem(RedeemRefusal::Revoked)))), "{redeemed:?}");
    assert_eq!(held(&app, &partner).await, (1, 0, 100, 0), "what the revoked one held came back once");
    let states = app.services.request_page(&partner.viewer, "BC-2026-000001").await.expect("the page").codes;
    assert_eq!(states.iter().map(|code| code.state.as_str()).collect::<Vec<_>>(), ["redeemed", "revoked"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_ends_a_code_is_forbidden_to_partners(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let own = granted(&app, &reviewer, &ours, &[1]).await.remove(0);
    let foreign = granted(&app, &reviewer, &theirs, &[1]).await.remove(0);
    // One's own, another's and nobody's answer alike.
    for code in [own.clone(), foreign, secrets::code_text().expect("a code")] {
        assert!(matches!(app.services.bonus_code_find(&ours.viewer, &code).await, Err(Error::Forbidden)));
        assert!(matches!(app.services.bonus_code_redeem(&ours.viewer, &code, &app.inn()).await, Err(Error::Forbidden)));
        assert!(matches!(app.services.bonus_code_revoke(&ours.viewer, &code, REASON).await, Err(Error::Forbidden)));
    }
    assert_eq!(app.services.bonus_code_find(&reviewer, &own).await.expect("the code").state, "issued");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_of_many_redemptions_at_once_uses_the_code(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let code = granted(&app, &reviewer, &partner, &[100]).await.remove(0);
    let second = app.another_process();
    // All meet at the code before any is let through.
    let mut owner = app.owner().await;
    let mut holder = owner.begin().await.expect("a transaction");
    sqlx::query("select from bonus_codes for update").execute(&mut *holder).await.expect("a lock");
    let mut redemptions = JoinSet::new();
    let mut calls = Vec::new();
    for number in 0..6 {
        let services = if number % 2 == 0 { app.services.clone() } else { second.clone() };
        let (reviewer, code, inn) = (reviewer.clone(), code.clone(), app.inn());
        calls.push(redemptions.spawn(async move { services.bonus_code_redeem(&reviewer, &code, &inn).await }));
    }
    until_all_wait(&app, &calls).await;
    holder.rollback().await.expect("the lock is gone");

    let (redeemed, others): (Vec<_>, Vec<_>) = redemptions.join_all().await.into_iter().partition(Result::is_ok);
    let [Ok(redeemed)] = redeemed.as_slice() else { panic!("exactly one passes: {redeemed:?}") };
    for answer in others {
        assert!(matches!(answer, Err(Error::Refused(Refusal::Redeem(RedeemRefusal::AlreadyRedeemed)))), "{answer:?}");
    }
    let found = app.services.bonus_code_find(&reviewer, &code).await.expect("the code");
    assert_eq!(found.redeemed_inn, redeemed.redeemed_inn);
    assert_eq!(app.audited().await.iter().filter(|action| *action == "bonus_code.redeem").count(), 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_client_with_many_codes_at_once_redeems_one(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (ours, theirs) = (app.create_partner("2026-07-15").await, app.create_partner("2026-07-15").await);
    let mut codes = granted(&app, &reviewer, &ours, &[1; 3]).await;
    codes.extend(granted(&app, &reviewer, &theirs, &[1; 3]).await);
    let second = app.another_process();
    let (inn, mut held_back) = (app.inn(), granted(&app, &reviewer, &ours, &[1]).await);
    // Another redemption of the client that is not committed yet: nobody sees it, and all have to wait what becomes of it.
    let mut owner = app.owner().await;
    let mut holder = owner.begin().await.expect("a transaction");
    sqlx::query("update bonus_codes set state = 'redeemed', redeemed_inn = $1, ended_at = now() where code = $2")
        .bind(inn.as_str())
        .bind(held_back.remove(0).as_str())
        .execute(&mut *holder)
        .await
        .expect("a redemption");
    let mut redemptions = JoinSet::new();
    let mut calls = Vec::new();
    for (number, code) in codes.into_iter().enumerate() {
        let services = if number % 2 == 0 { app.services.clone() } else { second.clone() };
        let (reviewer, inn) = (reviewer.clone(), inn.clone());
        calls.push(redemptions.spawn(async move { services.bonus_code_redeem(&reviewer, &code, &inn).await }));
    }
    until_all_wait(&app, &calls).await;
    holder.rollback().await.expect("it never was");

    let (redeemed, others): (Vec<_>, Vec<_>) = redemptions.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((redeemed.len(), others.len()), (1, 5));
    let used = RedeemRefusal::ClientHasRedeemed { on: date("2026-08-05") };
    for answer in others {
        assert!(matches!(&answer, Err(Error::Refused(Refusal::Redeem(refusal))) if *refusal == used), "{answer:?}");
    }
    assert_eq!(app.audited().await.iter().filter(|action| *action == "bonus_code.redeem").count(), 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_code_redeemed_and_revoked_at_once_ends_one_way(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-07-15").await;
    let second = app.another_process();
    let (mut used, mut revoked) = (0, 0);
    for code in granted(&app, &reviewer, &partner, &[1; 10]).await {
        let inn = app.inn();
        let (redeem, revoke) =
            tokio::join!(app.services.bonus_code_redeem(&reviewer, &code, &inn), second.bonus_code_revoke(&reviewer, &code, REASON));
        match (redeem, revoke) {
            (Ok(_), Err(Error::Refused(Refusal::Revoke(RevokeRefusal::Redeemed)))) => used += 1,
            (Err(Error::Refused(Refusal::Redeem(RedeemRefusal::Revoked))), Ok(_)) => revoked += 1,
            both => panic!("exactly one passes: {both:?}"),
        }
    }
    assert_eq!((used + revoked, held(&app, &partner).await), (10, (used, 0, i64::from(used), 0)));
}
