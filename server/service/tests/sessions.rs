//! The store of sessions, asked in every order that requests running at the same time may ask it.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use service::Passwords;
use service::sessions::{Sessions, USER_KEY};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};

/// When a session was used last and when it was ended.
type Times = (DateTime<Utc>, Option<DateTime<Utc>>);

/// A session of a partner's person, as the layer begins it and as it reads it for the next request.
async fn begun(app: &TestApp, sessions: &Sessions, partner: &TestPartner) -> Record {
    let person = serde_json::to_value(partner.viewer.user_id).expect("an id");
    // The layer's own clock is the machine's; ours decides.
    let expiry_date = time::OffsetDateTime::UNIX_EPOCH;
    let mut record = Record { id: Id::default(), data: HashMap::from([(USER_KEY.to_owned(), person)]), expiry_date };
    sessions.create(&mut record).await.expect("a session");
    assert_eq!(app.count("user_sessions").await, 1);
    sessions.load(&record.id).await.expect("an answer").expect("a live session")
}

async fn times(app: &TestApp) -> Times {
    sqlx::query_as("select last_seen_at, revoked_at from user_sessions").fetch_one(&mut app.owner().await).await.expect("a session")
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn saving_an_ended_session_does_not_bring_it_back(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05T12:00:00+03:00");
    let partner = app.create_partner("2026-09-01").await;
    let sessions = Sessions::new(app.services.clone());
    let record = begun(&app, &sessions, &partner).await;
    app.services.session_end(&partner.viewer, record.id).await.expect("an end");
    let ended = times(&app).await;
    assert!(ended.1.is_some());

    sessions.save(&record).await.expect("it is not an error");
    assert_eq!(sessions.load(&record.id).await.expect("an answer"), None);
    assert_eq!(times(&app).await, ended);

    // Late enough for a use to be noted.
    app.set_clock("2026-10-05T12:02:00+03:00");
    assert_eq!(sessions.load(&record.id).await.expect("an answer"), None);
    sessions.save(&record).await.expect("it is not an error");
    assert_eq!(sessions.load(&record.id).await.expect("an answer"), None);
    assert_eq!(times(&app).await, ended);
    assert_eq!(app.audited().await, ["session.begin", "session.end"], "it ended once");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn saving_a_session_that_was_forgotten_does_not_bring_it_back_as_an_upsert_would(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05T12:00:00+03:00");
    let partner = app.create_partner("2026-09-01").await;
    let sessions = Sessions::new(app.services.clone());
    let record = begun(&app, &sessions, &partner).await;
    sqlx::query("delete from user_sessions").execute(&mut app.owner().await).await.expect("the row goes");

    sessions.save(&record).await.expect("it is not an error");
    assert_eq!(app.count("user_sessions").await, 0);
    assert_eq!(sessions.load(&record.id).await.expect("an answer"), None);

    // The negative control: a store that inserts what it does not find opens the session again. `create` inserts.
    sessions.create(&mut record.clone()).await.expect("an insert");
    assert!(sessions.load(&record.id).await.expect("an answer").is_some(), "the control shows what `save` must not do");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_request_that_read_the_session_before_it_ended_notes_no_use_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05T12:00:00+03:00");
    let partner = app.create_partner("2026-09-01").await;
    let sessions = Sessions::new(app.services.clone());
    let record = begun(&app, &sessions, &partner).await;
    app.set_clock("2026-10-05T12:02:00+03:00");

    let mut owner = app.owner().await;
    let mut sign_out = owner.begin().await.expect("a transaction");
    sqlx::query("update user_sessions set revoked_at = $1").bind(app.services.now()).execute(&mut *sign_out).await.expect("an end");
    let load = tokio::spawn({
        let (sessions, id) = (sessions.clone(), record.id);
        async move { sessions.load(&id).await }
    });
    // The request sees the session alive and waits for its row to note the use.
    let mut observer = app.owner().await;
    let waiting =
        "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database())";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut observer).await.expect("an answer") {
        assert!(!load.is_finished(), "the request did not wait for the row");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sign_out.commit().await.expect("a commit");
    let running = load.await.expect("a task").expect("an answer").expect("the request had begun before the end");

    let ended = times(&app).await;
    assert_eq!(ended, (support::instant("2026-10-05T12:00:00+03:00"), Some(app.services.now())), "no use is noted after the end");
    sessions.save(&running).await.expect("it is not an error");
    assert_eq!(sessions.load(&record.id).await.expect("an answer"), None);
    assert_eq!(times(&app).await, ended);
}

#[tokio::test]
async fn a_password_is_hashed_with_the_parameters_that_owasp_names() {
    let hash = Passwords::new(1).expect("a hasher").hash(support::PASSWORD.to_owned()).await.expect("a hash");
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}
