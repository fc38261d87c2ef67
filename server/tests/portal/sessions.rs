//! Sessions from sign-in to sign-out, over every process.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use domain::ids::UserId;
use domain::permission::Role;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{Method, Request, StatusCode};
use service::sessions::{Sessions, USER_KEY};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tower::ServiceExt;
use tower_sessions::{Session, SessionManagerLayer};

use crate::fixtures::{PASSWORD, TestApp};
use crate::support::{Browser, TestPortal};

/// Whether a browser is let in to its partner's home.
async fn is_in(browser: &mut Browser) -> bool {
    let page = browser.get("/partner").await;
    match page.status.as_u16() {
        200 => true,
        303 => {
            assert!(page.location().starts_with("/sign-in"), "{}", page.location());
            false
        }
        status => panic!("{status}: {}", page.body),
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_cookie_is_for_this_host_and_not_for_scripts(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options.clone(), "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let form = [("email", partner.viewer.email.as_str()), ("password", PASSWORD)];
    let answer = portal.browser().post("/api/sign-in", &form).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Domain") && cookie.contains("Path=/"), "{cookie}");

    let secure = TestPortal::over(TestApp::start(options, "2026-10-05"), "https://portal.test");
    let answer = secure.browser().post("/api/sign-in", &form).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("Secure"), "{cookie}");
    let mut browser = secure.sign_in(&partner.viewer).await;
    let removal = browser.post("/api/sign-out", &[]).await;
    assert!(removal.header("set-cookie").contains("Secure"), "a browser ignores a removal without it: {removal:?}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_id_is_new_after_every_sign_in_and_the_database_does_not_know_it(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let first = browser.cookies["session"].clone();
    // An id that somebody else put into the browser before is not the one that is signed in.
    browser.sign_in(&partner.viewer.email, PASSWORD).await;
    assert_ne!(browser.cookies["session"], first);
    browser.cookies.insert("session".to_owned(), first.clone());
    assert!(!is_in(&mut browser).await, "the id from before the sign-in is no session any more");
    let stored: String = sqlx::query_scalar("select coalesce(string_agg(s::text, ' '), '') from user_sessions s")
        .fetch_one(&mut portal.app.owner().await)
        .await
        .expect("sessions");
    assert!(!stored.contains(&first), "{stored}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_running_at_the_sign_out_does_not_bring_the_session_back(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let mut elsewhere = portal.at_another_process(&browser);
    let mut copy = browser.clone();
    for round in 0..20 {
        let mut late = browser.clone();
        // Each of these reads the session, and some of them write it, while it is ended.
        let (page, choice, ended) = tokio::join!(
            elsewhere.get("/partner"),
            late.post("/api/language", &[("language", "en"), ("return_to", "/partner")]),
            browser.post("/api/sign-out", &[])
        );
        assert!(page.status.as_u16() < 500 && choice.status.as_u16() < 500, "{round}");
        assert_eq!(ended.location(), "/sign-in?notice=signed_out");
        assert!(!browser.cookies.contains_key("session"), "the browser forgets it, too");
        assert!(!is_in(&mut copy).await && !is_in(&mut late).await, "{round}");
        browser.sign_in(&partner.viewer.email, PASSWORD).await;
        copy = browser.clone();
        elsewhere = portal.at_another_process(&browser);
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05T08:00:00+03:00");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    portal.app.set_clock("2026-10-05T09:59:00+03:00");
    assert!(is_in(&mut browser).await);
    portal.app.set_clock("2026-10-05T11:58:00+03:00");
    assert!(is_in(&mut browser).await, "it was used two hours ago, less a minute");
    portal.app.set_clock("2026-10-05T13:59:00+03:00");
    assert!(!is_in(&mut browser).await, "it was not used for two hours");

    let mut browser = portal.sign_in(&partner.viewer).await;
    for hour in (14..24).step_by(1) {
        portal.app.set_clock(&format!("2026-10-05T{hour}:59:00+03:00"));
        assert!(is_in(&mut browser).await, "{hour}");
    }
    portal.app.set_clock("2026-10-06T01:58:00+03:00");
    assert!(is_in(&mut browser).await);
    portal.app.set_clock("2026-10-06T02:00:00+03:00");
    assert!(!is_in(&mut browser).await, "twelve hours are over however much it was used");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_is_disabled_or_gets_another_role_is_so_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let admin = portal.app.create_staff(Role::StaffAdmin).await;
    let mut staff = portal.sign_in(&admin).await;
    assert_eq!(staff.get("/staff/audit").await.status, 200);
    sqlx::query("update users set role = 'staff_reviewer' where id = $1")
        .bind(admin.user_id.0)
        .execute(&mut portal.app.owner().await)
        .await
        .expect("an update");
    let refused = staff.post("/api/months/close", &[("month", "2026-09")]).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.words().contains("Нет доступа"), "{}", refused.words());

    let mut member = portal.sign_in(&partner.viewer).await;
    assert!(is_in(&mut member).await);
    sqlx::query("update users set disabled_at = now() where id = $1")
        .bind(partner.viewer.user_id.0)
        .execute(&mut portal.app.owner().await)
        .await
        .expect("an update");
    assert!(!is_in(&mut member).await);
    let again = portal.browser().post("/api/sign-in", &[("email", &partner.viewer.email), ("password", PASSWORD)]).await;
    assert!(again.location().contains("form="), "{}", again.location());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_account_is_not_guessed_at_over_two_processes(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browsers = [portal.browser(), portal.at_another_process(&portal.browser())];
    for email in [partner.viewer.email.as_str(), "nobody@example.com"] {
        let mut words = Vec::new();
        for attempt in 0..12 {
            let browser = &mut browsers[attempt % 2];
            let answer = browser.post("/api/sign-in", &[("email", email), ("password", "wrong")]).await;
            words.push(browser.get(answer.location()).await.words());
        }
        let limited: Vec<bool> = words.iter().map(|words| words.contains("Слишком много попыток")).collect();
        assert_eq!(limited, [[false; 10].as_slice(), &[true; 2]].concat(), "{email}");
    }
    let right = browsers[0].post("/api/sign-in", &[("email", &partner.viewer.email), ("password", PASSWORD)]).await;
    assert!(right.location().contains("form="), "the right password is not heard either: {}", right.location());
    portal.app.set_clock("2026-10-05T12:01:00+03:00");
    let later = browsers[0].post("/api/sign-in", &[("email", &partner.viewer.email), ("password", PASSWORD)]).await;
    assert_eq!(later.location(), "/");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_cookie_that_is_no_session_is_a_stranger(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    for value in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "%00", &"A".repeat(4000), "../../etc/passwd", "\u{feff}"] {
        let browser = portal.browser();
        let mut request = browser.request(Method::GET, "/partner").body(Body::empty()).expect("a request");
        request.headers_mut().insert(COOKIE, format!("session={value}").as_bytes().try_into().expect("a header"));
        let answer = browser.clone().send(request).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in?next=/partner"), "{value}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_form_from_another_site_does_nothing_even_signed_in(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let browser = portal.sign_in(&partner.viewer).await;
    let form = "face_1=100&idempotency_key=00000000-0000-4000-8000-000000000001";
    let headers: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("referer", "http://portal.test/partner/bonus-codes")],
        &[],
    ];
    for given in headers {
        let mut request = browser
            .request(Method::POST, "/api/bonus-codes/submit")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .expect("a request");
        request.headers_mut().remove("sec-fetch-site");
        for (name, value) in given {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        assert_eq!(browser.clone().send(request).await.status, 403, "{given:?}");
    }
    let upload = browser.request(Method::POST, "/staff/usage/upload").header("sec-fetch-site", "cross-site").body(Body::empty());
    assert_eq!(browser.clone().send(upload.expect("a request")).await.status, 403);
    assert_eq!(portal.app.count("requests").await, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_address_is_not_used_to_guess_at_many_accounts(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.browser();
    for number in 0..60 {
        let email = format!("somebody-{number}@example.com");
        browser.post("/api/sign-in", &[("email", &email), ("password", "wrong")]).await;
    }
    let form = [("email", partner.viewer.email.as_str()), ("password", PASSWORD)];
    let back = browser.post("/api/sign-in", &form).await.location().to_owned();
    assert!(browser.get(&back).await.words().contains("Слишком много попыток"), "{back}");
    portal.app.set_clock("2026-10-05T12:00:10+03:00");
    assert_eq!(browser.post("/api/sign-in", &form).await.location(), "/", "ten seconds later the address is heard again");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_session_begins_and_ends_with_its_record(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    browser.post("/api/language", &[("language", "en")]).await;
    // Signing in again ends the session that was there.
    browser.sign_in(&partner.viewer.email, PASSWORD).await;
    browser.post("/api/sign-out", &[]).await;
    browser.post("/api/sign-out", &[]).await;
    let expected = ["session.begin", "user.locale", "session.end", "session.begin", "session.end"];
    assert_eq!(portal.app.audited().await, expected);
    let unnamed: i64 = sqlx::query_scalar("select count(*) from audit_records where request_identity is null or actor_id is null")
        .fetch_one(&mut portal.app.owner().await)
        .await
        .expect("a count");
    assert_eq!(unnamed, 0, "every record names the person and the request");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refused_answer_keeps_what_a_session_changed_and_a_failed_one_drops_it(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let person: UserId = partner.viewer.user_id;
    // The layer as the portal uses it, around a handler that begins a session and answers as it is told to.
    let begin = async move |Path(status): Path<u16>, session: Session| {
        session.insert(USER_KEY, person).await.expect("a session");
        StatusCode::from_u16(status).expect("a status")
    };
    let router = Router::new().route("/{status}", get(begin)).layer(SessionManagerLayer::new(Sessions::new(app.services.clone())));
    let mut sessions = 0;
    for (status, kept) in [(200, true), (303, true), (400, true), (409, true), (500, false), (503, false)] {
        let request = Request::builder().uri(format!("/{status}")).body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers().contains_key(SET_COOKIE), kept, "{status}");
        sessions += i64::from(kept);
        assert_eq!(app.count("user_sessions").await, sessions, "{status}: a cookie and a row belong together");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refused_sign_in_leaves_the_session_that_is_there(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let email = partner.viewer.email.as_str();
    let mut browser = portal.sign_in(&partner.viewer).await;
    let cookie = browser.cookies["session"].clone();
    let attempts: [(&[(&str, &str)], u16); 4] = [
        (&[("email", email), ("password", "wrong")], 303),
        (&[("email", "nobody@example.com"), ("password", PASSWORD)], 303),
        (&[], 303),
        (&[("email", "a\0b@example.com"), ("password", PASSWORD)], 400),
    ];
    for (form, status) in attempts {
        let answer = browser.post("/api/sign-in", form).await;
        assert_eq!(answer.status.as_u16(), status, "{form:?}");
        assert_eq!(answer.header("set-cookie"), "", "{form:?}");
        assert!(is_in(&mut browser).await, "{form:?}");

        let mut stranger = portal.browser();
        assert_eq!(stranger.post("/api/sign-in", form).await.header("set-cookie"), "", "{form:?}");
        assert!(!is_in(&mut stranger).await, "{form:?}");
    }
    assert_eq!(browser.cookies["session"], cookie);
    assert_eq!(portal.app.count("user_sessions").await, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_sign_in_whose_session_can_not_be_written_says_so_and_the_next_one_works(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let form = [("email", partner.viewer.email.as_str()), ("password", PASSWORD)];
    let mut signed_in = portal.sign_in(&partner.viewer).await;
    let old = signed_in.clone();
    let mut owner = portal.app.owner().await;
    sqlx::query("revoke insert on user_sessions from portal_application").execute(&mut owner).await.expect("a revoke");
    let mut stranger = portal.browser();
    for browser in [&mut stranger, &mut signed_in] {
        let answer = browser.post("/api/sign-in", &form).await;
        assert_eq!(answer.status, 500, "{}", answer.body);
        assert!(answer.words().contains("Что-то сломалось"), "a page in words: {}", answer.words());
        assert_eq!((answer.header("set-cookie"), answer.location()), ("", ""), "neither a cookie nor a way on");
        assert!(!is_in(browser).await, "who is told that it failed is not signed in");
    }
    assert_eq!(portal.app.audited().await, ["session.begin", "session.end"], "the session from before ended, none began");

    sqlx::query("grant insert on user_sessions to portal_application").execute(&mut owner).await.expect("a grant");
    for mut browser in [stranger, signed_in, old] {
        browser.sign_in(&partner.viewer.email, PASSWORD).await;
        assert!(is_in(&mut browser).await);
    }
}
