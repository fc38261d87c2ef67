//! What holds of every answer of the portal, whatever was asked: headers, sizes, no failure of ours by anybody's input.

use std::fmt::Write;

use app::server_functions;
use axum::body::Body;
use domain::permission::Role;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use http::{HeaderMap, Method, StatusCode};
use leptos_axum::generate_route_list;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::isolation::Belongings;
use crate::support::{Answer, Browser, TestPortal, encoded};

/// A partner's member, a reviewer and a stranger.
async fn callers(portal: &TestPortal) -> Vec<Browser> {
    let partner = portal.app.create_partner("2026-09-01").await;
    let admin = portal.app.create_staff(Role::StaffAdmin).await;
    vec![portal.sign_in(&partner.viewer).await, portal.sign_in(&admin).await, portal.browser()]
}

/// What a browser has to be told with every answer.
fn assert_headers(headers: &HeaderMap, what: &str) {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(value("x-content-type-options"), "nosniff", "{what}");
    // The page of a brand shows its preview inside of itself; nothing else is shown inside of anything.
    let (frames, ancestors) = if what.contains(app::paths::PARTNER_BRAND_PREVIEW) && value("x-frame-options") == "SAMEORIGIN" {
        ("SAMEORIGIN", "frame-ancestors 'self'")
    } else {
        ("DENY", "frame-ancestors 'none'")
    };
    assert_eq!(value("x-frame-options"), frames, "{what}");
    assert_eq!(value("referrer-policy"), "same-origin", "{what}");
    assert_eq!(value("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(value("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(value("permissions-policy").contains("camera=()"), "{what}");
    assert_eq!(value("x-request-id").len(), 36, "{what}");
    let policy = value("content-security-policy");
    for directive in ["default-src 'none'", ancestors, "base-uri 'none'"] {
        assert!(policy.contains(directive), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"), "{what}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_answer_has_its_headers_and_no_page_is_kept(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    for browser in &mut callers(&portal).await {
        for route in generate_route_list(app::App) {
            let page = browser.get(&route.path().replace(['{', '}'], "")).await;
            assert_headers(&page.headers, route.path());
            assert_eq!(page.header("cache-control"), "no-store", "{}", route.path());
            assert!(page.headers.get(ETAG).is_none(), "{}", route.path());
        }
        for (path, _) in server_functions::all().iter().filter(|(path, _)| *path != "/api/sign-out") {
            let answer = browser.post(path, &[]).await;
            assert_headers(&answer.headers, path);
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn files_are_kept_by_their_hash_and_confirmed_with_the_same_headers(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let mut browser = portal.browser();
    for (path, kept) in [("/pkg/portal.1.js", "public, max-age=31536000, immutable"), ("/favicon.svg", "public, max-age=3600")] {
        let file = browser.get(path).await;
        assert_eq!((file.status, file.header("cache-control")), (StatusCode::OK, kept), "{path}");
        assert_headers(&file.headers, path);
        let mut again = browser.request(Method::GET, path).header(IF_MODIFIED_SINCE, file.header("last-modified"));
        if let Some(tag) = file.headers.get(ETAG) {
            again = again.header(IF_NONE_MATCH, tag);
        }
        let unchanged = browser.send(again.body(Body::empty()).expect("a request")).await;
        assert_eq!((unchanged.status, unchanged.header("cache-control")), (StatusCode::NOT_MODIFIED, kept), "{path}");
        assert_headers(&unchanged.headers, path);
    }
    for path in ["/pkg/portal.2.js", "/pkg/", "/pkg/../manifest.json", "/pkg/%2e%2e/manifest.json", "/manifest.json", "/pkg/%2fetc/passwd"]
    {
        let missing = browser.get(path).await;
        assert_eq!((missing.status, missing.header("cache-control")), (StatusCode::NOT_FOUND, "no-store"), "{path}");
        assert_headers(&missing.headers, path);
    }
}

/// What no form of ours sends.
const ODD: &[&str] = &[
    "",
    "\0",
    "0",
    "-1",
    "9223372036854775808",
    "1e400",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    "999999-12-31",
    "-271821-04-20",
    "00000000-0000-0000-0000-000000000000",
    "BC-2026-000001",
    "BC-9999-999999999999999999999",
    "' or 1=1 --",
    "<script>alert(1)</script>",
    "\u{202e}\u{feff}\u{1f468}\u{200d}\u{1f469}",
    "%%%s{}",
    "/etc/passwd",
    "＀",
];

/// No panic, no word of the inside, no failure of ours.
fn assert_sound(answer: &Answer, what: &str) {
    assert!(answer.status.as_u16() < 500, "{what}: {} {}", answer.status, answer.words());
    for inside in ["sqlx", "panicked", ".rs:", "postgres", "relation ", "serde", "<script>alert"] {
        assert!(!answer.body.contains(inside), "{what} tells `{inside}`");
    }
}

/// Names of fields that no form of ours has, beside some that it has, so that the form is read.
const ODD_NAMES: &str = "reference=BC-2026-000001&version=1&entries%5B%D0%AB%5D=x&entries%5B%5D=x&entries%5Bface_1%5D%5Bb%5D=x&notes%5B%D0%AB%5D=long%20enough%20words\
    &notes%5Bnothing%5D=long%20enough%20words&references%5B0%5D=BC-2026-000001&references%5B999%5D=x&gesture=approve&to=x";

/// The fields of a form: those that a well-formed call holds, and those that only some of its pages have.
fn field_names<'a>(belongings: &'a Belongings, path: &str) -> Vec<&'a str> {
    let also = [
        "next",
        "return_to",
        "start_date",
        "note_1",
        "nearest",
        "resource_x",
        "place",
        "count",
        "amount",
        "form",
        "words",
        "version",
        "to",
        "rates.agent",
        "settlement",
        "second_person_above",
        "choice",
        "code",
        "month",
        "reference",
        "text",
        "fact",
        "import",
    ];
    let (fields, _) = belongings.form(path);
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    names.extend(also.into_iter().filter(|name| !fields.iter().any(|(field, _)| field == name)));
    names
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_form_makes_a_failure_of_ours(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let belongings = Belongings::of_nobody();
    for browser in &mut callers(&portal).await {
        for (path, _) in server_functions::all().iter().filter(|(path, _)| !["/api/sign-out", "/api/sign-in"].contains(path)) {
            let names = field_names(&belongings, path);
            for odd in ODD {
                let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, *odd)).collect();
                let answer = browser.post(path, &fields).await;
                assert_sound(&answer, &format!("{path} {odd:?}"));
                if answer.location().contains("form=") {
                    let back = browser.get(answer.location()).await;
                    assert_sound(&back, &format!("{path} {odd:?} came back"));
                }
            }
            for (kind, body) in [
                ("application/x-www-form-urlencoded", &b"\xff\xfe=%zz&&&=&face_1"[..]),
                ("application/x-www-form-urlencoded", b"services[0][1][2]=x&services=y&services[a]=z"),
                ("application/x-www-form-urlencoded", ODD_NAMES.as_bytes()),
                ("application/json", b"{\"client\": {\"a\": [[[[[[]]]]]]}}"),
                ("application/json", b"{"),
                ("application/json", b"\xff"),
            ] {
                let request = browser.request(Method::POST, path).header(CONTENT_TYPE, kind).body(Body::from(body));
                let answer = browser.send(request.expect("a request")).await;
                assert_sound(&answer, &format!("{path} {kind} {:?}", String::from_utf8_lossy(body)));
            }
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_address_makes_a_failure_of_ours(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let conditions =
        ["form", "after", "search", "q", "kind", "month", "page", "notice", "next", "from", "to", "partner", "level", "status"];
    for browser in &mut callers(&portal).await {
        for route in generate_route_list(app::App) {
            let pattern = route.path();
            for odd in ODD {
                let odd = encoded(odd);
                let mut address = String::new();
                for part in pattern.split_inclusive('/') {
                    address.push_str(if part.starts_with('{') { if odd.is_empty() { "x" } else { &odd } } else { part });
                }
                let mut query = "?x=".to_owned();
                for condition in conditions {
                    let _ = write!(query, "&{condition}={odd}");
                }
                let answer = browser.get(&(address + &query)).await;
                assert_sound(&answer, &format!("{pattern} {odd}"));
            }
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_body_that_is_too_large_is_refused_in_words(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let mut browser = callers(&portal).await.remove(0);
    let large = 65 * 1024;
    for announced in [true, false] {
        let mut request = browser.request(Method::POST, "/api/clients/add").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if announced {
            request = request.header(CONTENT_LENGTH, large);
        }
        let pieces = (0..large / 1024).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024]));
        let answer = browser.send(request.body(Body::from_stream(futures::stream::iter(pieces))).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{announced}: {}", answer.words());
        assert!(answer.words().contains("Слишком большой запрос"), "{}", answer.words());
        assert_headers(&answer.headers, "a body that is too large");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_rules_are_open_to_everybody_with_the_numbers_in_force(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let mut browser = portal.browser();
    let page = browser.get("/rules").await;
    for rule in domain::rule::Rule::ALL {
        assert!(page.body.contains(&format!("id=\"{rule}\"")), "{rule}");
    }
    let said = "Не больше 10\u{a0}бонусных кодов на партнёра за квартал.";
    assert!(page.body.contains(said) && page.body.contains("30\u{a0}000"), "{}", page.words());
    sqlx::query(
        "insert into terms_versions (id, valid_from, parameters, published_at) values (gen_random_uuid(), '2026-10-01', $1, now())",
    )
    .bind(serde_json::json!({ "codes_per_quarter": 21 }))
    .execute(&mut portal.app.owner().await)
    .await
    .expect("new terms");
    let page = browser.get("/rules").await;
    assert!(page.body.contains("Не больше 21\u{a0}бонусного кода на партнёра за квартал."), "{}", page.words());
}

/// A clock of one's own is said on every page, the pages of errors among them.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_moved_clock_is_shown_everywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let said = "Часы портала переведены: сейчас 05.10.2026, 12:00";
    for browser in &mut callers(&portal).await {
        for route in generate_route_list(app::App) {
            let page = browser.get(&route.path().replace(['{', '}'], "")).await;
            // A part of the page around it, which says so.
            if page.status.is_redirection() || (page.status.is_success() && route.path() == app::paths::PARTNER_BRAND_PREVIEW) {
                continue;
            }
            assert!(page.words().replace('\u{a0}', " ").contains(said), "{} {}: {}", page.status, route.path(), page.words());
        }
        let refused = browser.post("/api/nothing", &[]).await;
        assert!(refused.words().replace('\u{a0}', " ").contains(said), "{}", refused.words());
    }
}

/// The page of one form and one without: the shell writes the scripts of islands, too.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_page_with_islands_carries_the_nonce_on_its_scripts_only(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get("/partner/bonus-codes").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<leptos-island"), "{}", page.body);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce in the policy");
    let scripts = page.body.matches("<script").count();
    assert!(scripts >= 1 && nonce.len() >= 16, "{policy}");
    assert_eq!(scripts, page.body.matches(&format!("nonce=\"{nonce}\"")).count(), "{}", page.body);
    assert_eq!(scripts, page.body.matches(nonce).count(), "{}", page.body);
}
