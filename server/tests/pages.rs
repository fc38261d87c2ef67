//! Pages as a browser receives them: headers, scripts, titles, redirects.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use app::context::{Manifest, RequestContext, Services, Viewer, ViewerPartner};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::post;
use domain::permission::Role;
use http::{HeaderMap, Request, StatusCode};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context, render_app_async_with_context};
use tower::ServiceExt;
use uuid::Uuid;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn viewer(partner: Option<&str>) -> Viewer {
    Viewer {
        user_id: Uuid::nil().into(),
        role: if partner.is_some() { Role::PartnerMember } else { Role::StaffReviewer },
        partner: partner.map(|name| ViewerPartner { id: Uuid::nil().into(), name: name.to_owned() }),
        display_name: "Анна".to_owned(),
        email: "anna@example.ru".to_owned(),
        locale: service::Locale::Ru,
        email_notices: true,
        unread_notices: 0,
        request_identity: None,
    }
}

/// Use cases over a database that is never there: these pages ask it nothing.
fn services() -> Services {
    let database = store::Database::new(sqlx::postgres::PgConnectOptions::new(), store::PoolLimits::default());
    Services::new(database, Arc::new(service::SystemClock), service::Passwords::for_tests().expect("a hasher"))
}

fn site(viewer: Option<Viewer>) -> Router {
    let manifest = Manifest {
        script: "/pkg/portal.1.js".to_owned(),
        wasm: "/pkg/portal.1.wasm".to_owned(),
        style: "/pkg/portal.1.css".to_owned(),
        islands: "/pkg/islands.1.js".to_owned(),
        fonts: vec!["/pkg/font.1.woff2".to_owned()],
    };
    let request = RequestContext {
        brand: None,
        origin: "http://portal.test".to_owned(),
        host_partner: None,
        viewer,
        services: services(),
        manifest: Arc::new(manifest),
        request_id: Uuid::from_u128(7),
        moved_clock: None,
        session: None,
        client_address: std::net::Ipv4Addr::LOCALHOST.into(),
    };
    let context = move || provide_context(request.clone());
    let options = LeptosOptions::builder().output_name("portal").build();
    let fallback = render_app_async_with_context(context.clone(), app::shell);
    Router::new()
        .route(
            "/api/{*function}",
            post({
                let context = context.clone();
                move |request: Request<Body>| handle_server_fns_with_context(context.clone(), request)
            }),
        )
        .leptos_routes_with_context(&options, generate_route_list(app::App), context, app::shell)
        .fallback(fallback)
        .with_state(options)
}

async fn send(site: Router, request: Request<Body>) -> Answer {
    let response = site.oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

async fn get(viewer: Option<Viewer>, path: &str) -> Answer {
    let request = Request::get(path).header("accept", "text/html").body(Body::empty()).expect("a request");
    send(site(viewer), request).await
}

async fn submit(path: &str, form: &str) -> Answer {
    let request = Request::post(path)
        .header("accept", "text/html")
        .header("referer", "http://portal.example/rules")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .expect("a request");
    send(site(None), request).await
}

#[tokio::test]
async fn every_script_carries_the_nonce_of_the_policy_and_nothing_else_does() {
    let page = get(None, "/sign-in").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce in the policy");
    assert!(nonce.len() >= 16, "{policy}");
    let scripts = page.body.matches("<script").count();
    let carried = page.body.matches(&format!("nonce=\"{nonce}\"")).count();
    assert!(scripts >= 1);
    assert_eq!(scripts, carried, "{}", page.body);
    assert_eq!(page.body.matches(nonce).count(), carried, "{}", page.body);
}

#[tokio::test]
async fn a_nonce_is_never_used_twice() {
    let (first, second) = (get(None, "/sign-in").await, get(None, "/sign-in").await);
    assert_ne!(first.header("content-security-policy"), second.header("content-security-policy"));
}

#[tokio::test]
async fn a_page_has_no_inline_style_handler_or_script_address() {
    for path in ["/sign-in", "/rules", "/nowhere"] {
        let page = get(Some(viewer(Some("ООО «Север»"))), path).await;
        for banned in [" style=", "<style", "javascript:", " onclick=", " onload="] {
            assert!(!page.body.contains(banned), "{path} {banned}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn a_page_names_its_files_and_title() {
    let page = get(None, "/sign-in").await;
    assert!(page.body.contains("<title>Вход · Партнёрский портал</title>"), "{}", page.body);
    for file in [
        r#"href="/pkg/portal.1.css""#,
        r#"data-script="/pkg/portal.1.js""#,
        r#"data-wasm="/pkg/portal.1.wasm""#,
        r#"src="/pkg/islands.1.js""#,
    ] {
        assert!(page.body.contains(file), "{file}: {}", page.body);
    }
}

#[tokio::test]
async fn an_unknown_address_is_not_found_and_says_what_to_do() {
    let page = get(None, "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("Страница не найдена") && page.body.contains(&Uuid::from_u128(7).to_string()), "{}", page.body);
}

#[tokio::test]
async fn the_start_leads_each_to_their_own_page() {
    for (viewer, target) in [(None, "/sign-in"), (Some(viewer(Some("Север"))), "/partner"), (Some(viewer(None)), "/staff/inbox")] {
        let page = get(viewer, "/").await;
        assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, target));
    }
}

#[tokio::test]
async fn what_is_typed_into_an_address_stays_text() {
    let page = get(None, "/sign-in?next=%2F%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&notice=%3Cb%3E").await;
    assert!(!page.body.contains("<script>alert") && !page.body.contains("<b>"), "{}", page.body);
    let elsewhere = get(None, "/sign-in?next=%2F%2Fevil.example").await;
    assert!(!elsewhere.body.contains(r#"name="next" value="//"#), "{}", elsewhere.body);
}

#[tokio::test]
async fn a_choice_of_language_is_kept_and_leads_back() {
    let answer = submit("/api/language", "language=en&return_to=%2Frules").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/rules"));
    assert!(answer.header("set-cookie").starts_with("locale=en;"), "{:?}", answer.headers);
    assert_eq!(answer.headers.get_all("location").iter().count(), 1);
}

#[tokio::test]
async fn a_choice_leads_to_no_other_site() {
    let answer = submit("/api/theme", "theme=dark&return_to=https%3A%2F%2Fevil.example").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
}
