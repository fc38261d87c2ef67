//! What every request and every answer passes, over the whole stack.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, RETRY_AFTER};
use server::layers::Ground;
use server::layers::client_address::ClientAddress;
use server::layers::error_pages::ErrorPages;
use server::layers::limits::RequestLimits;
use server::layers::request_identity::RequestId;
use tower::ServiceExt;

static WRITES: AtomicU32 = AtomicU32::new(0);

async fn panics() -> StatusCode {
    tokio::task::yield_now().await;
    panic!("secret of the inside")
}

fn portal() -> Router {
    Router::new()
        .route("/", get(|| async { Html("<p>home") }))
        .route("/moved", get(|| async { Redirect::to("/") }))
        .route(
            "/write",
            post(|| async {
                WRITES.fetch_add(1, Ordering::SeqCst);
                "written"
            }),
        )
        .route(
            "/read-body",
            post(|body: Body| async { to_bytes(body, usize::MAX).await.map_or(StatusCode::PAYLOAD_TOO_LARGE, |_| StatusCode::OK) }),
        )
        .route(
            "/upload",
            post(|body: Body| async { to_bytes(body, usize::MAX).await.map_or(StatusCode::PAYLOAD_TOO_LARGE, |_| StatusCode::OK) }),
        )
        .route("/panic", get(panics))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_mins(1)).await }))
        .route("/long", get(|| async { tokio::time::sleep(Duration::from_millis(700)).await }))
        .route("/away", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/many", get(|| async { StatusCode::TOO_MANY_REQUESTS }))
        .route("/invalid", get(|| async { (StatusCode::UNPROCESSABLE_ENTITY, "serde: missing field `x` at src/main.rs:1") }))
        .route("/own-error", get(|| async { (StatusCode::CONFLICT, Html("<p>mine")) }))
        .route(
            "/who",
            get(|request: Request| async move {
                let id = request.extensions().get::<RequestId>().unwrap().to_string();
                format!("{} {id}", request.extensions().get::<ClientAddress>().unwrap())
            }),
        )
}

fn stack(secure: bool) -> Router {
    let origins = if secure { vec!["https://portal.example.com".parse().unwrap()] } else { vec!["http://127.0.0.1:3000".parse().unwrap()] };
    let limits =
        RequestLimits { upload_paths: &["/upload"], long_paths: &["/long"], time: Duration::from_millis(500), ..RequestLimits::default() };
    let error_pages = ErrorPages::new(|occasion| format!("page {} {}", occasion.code.as_str(), occasion.request_id));
    let probes = Router::new().route("/live", get(|| async { "live" }));
    Ground { partner_hosts: server::layers::known_host::PartnerHosts::default(), origins, trusted_proxies: Vec::new(), limits, error_pages }
        .under(portal(), probes)
}

fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(HOST, "127.0.0.1:3000").header("sec-fetch-site", "same-origin")
}

async fn answer(router: Router, request: Request) -> (Response<()>, String) {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (Response::from_parts(parts, ()), String::from_utf8(bytes.to_vec()).unwrap())
}

async fn get_page(path: &str) -> (Response<()>, String) {
    answer(stack(false), request("GET", path).header(ACCEPT, "text/html").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_kind_of_answer_has_the_headers() {
    let cases = [
        ("GET", "/", StatusCode::OK),
        ("HEAD", "/", StatusCode::OK),
        ("GET", "/moved", StatusCode::SEE_OTHER),
        ("GET", "/nothing", StatusCode::NOT_FOUND),
        ("GET", "/write", StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/read-body", StatusCode::PAYLOAD_TOO_LARGE),
        ("GET", "/invalid", StatusCode::UNPROCESSABLE_ENTITY),
        ("GET", "/many", StatusCode::TOO_MANY_REQUESTS),
        ("GET", "/panic", StatusCode::INTERNAL_SERVER_ERROR),
        ("GET", "/away", StatusCode::SERVICE_UNAVAILABLE),
        ("GET", "/slow", StatusCode::SERVICE_UNAVAILABLE),
        // Longer than other requests may take, and named as one of those that may.
        ("GET", "/long", StatusCode::OK),
        ("GET", "/live", StatusCode::OK),
    ];
    for (method, path, status) in cases {
        for secure in [false, true] {
            let host = if secure { "portal.example.com" } else { "127.0.0.1:3000" };
            let body = if path == "/read-body" { Body::from(vec![b'x'; 65 * 1024]) } else { Body::empty() };
            let request = Request::builder().method(method).uri(path).header(HOST, host).header("sec-fetch-site", "same-origin");
            let (response, _) = answer(stack(secure), request.body(body).unwrap()).await;
            let headers = response.headers();
            assert_eq!(response.status(), status, "{method} {path}");
            assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(headers["x-frame-options"], "DENY", "{path}");
            assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
            assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
            assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{path}");
            assert!(headers.contains_key("permissions-policy"), "{path}");
            assert_eq!(headers[CACHE_CONTROL], "no-store", "{path}");
            assert_eq!(headers[CONTENT_SECURITY_POLICY], app::policy::STATIC_PAGE, "{path}");
            assert_eq!(headers.contains_key("strict-transport-security"), secure, "{path}");
            assert_eq!(headers["x-request-id"].len(), 36, "{path}");
            assert_eq!(headers.contains_key(RETRY_AFTER), matches!(status.as_u16(), 429 | 503), "{path}");
        }
    }
}

#[tokio::test]
async fn a_bare_error_becomes_a_page_for_a_browser_and_a_code_for_a_program() {
    let (response, page) = get_page("/nothing").await;
    let id = response.headers()["x-request-id"].to_str().unwrap();
    assert_eq!(page, format!("page not_found {id}"));
    assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(response.headers().get(CONTENT_LENGTH).is_none_or(|length| length.to_str().unwrap() == page.len().to_string()));

    let (response, json) = answer(stack(false), request("GET", "/nothing").body(Body::empty()).unwrap()).await;
    let id = response.headers()["x-request-id"].to_str().unwrap();
    assert_eq!(json, format!(r#"{{"error":"not_found","request_id":"{id}"}}"#));
    assert_eq!(get_page("/own-error").await.1, "<p>mine");
}

#[tokio::test]
async fn nothing_of_the_inside_is_told() {
    for path in ["/panic", "/invalid"] {
        let (_, page) = get_page(path).await;
        assert!(!page.contains("inside") && !page.contains("serde") && !page.contains(".rs"), "{page}");
    }
}

#[tokio::test]
async fn a_write_from_another_site_does_nothing() {
    for (header, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null"), ("x-nothing", "x")] {
        let request = Request::post("/write").header(HOST, "127.0.0.1:3000").header(header, value).body(Body::empty()).unwrap();
        let (response, _) = answer(stack(false), request).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{header}: {value}");
    }
    assert_eq!(WRITES.load(Ordering::SeqCst), 0);
    let (response, _) = answer(stack(false), request("POST", "/write").body(Body::empty()).unwrap()).await;
    assert_eq!((response.status(), WRITES.load(Ordering::SeqCst)), (StatusCode::OK, 1));
}

#[tokio::test]
async fn an_unknown_host_is_misdirected_but_a_probe_may_ask_by_address() {
    for (path, status) in [("/", StatusCode::MISDIRECTED_REQUEST), ("/live", StatusCode::OK)] {
        let request = Request::get(path).header(HOST, "evil.example").body(Body::empty()).unwrap();
        assert_eq!(answer(stack(false), request).await.0.status(), status);
    }
}

#[tokio::test]
async fn an_identity_from_outside_is_thrown_away() {
    let (response, text) = answer(stack(false), request("GET", "/who").header("x-request-id", "forged").body(Body::empty()).unwrap()).await;
    let id = response.headers()["x-request-id"].to_str().unwrap();
    assert_ne!(id, "forged");
    assert!(text.ends_with(id), "{text}");
}

#[tokio::test]
async fn a_body_is_limited_whether_its_length_is_announced_or_not() {
    let large = 65 * 1024;
    for (path, status) in [("/read-body", StatusCode::PAYLOAD_TOO_LARGE), ("/upload", StatusCode::OK)] {
        for announced in [true, false] {
            let body = if announced {
                Body::from(vec![b'x'; large])
            } else {
                Body::from_stream(futures::stream::iter((0..large / 1024).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024]))))
            };
            let mut request = request("POST", path).body(body).unwrap();
            if announced {
                request.headers_mut().insert(CONTENT_LENGTH, large.into());
            }
            assert_eq!(answer(stack(false), request).await.0.status(), status, "{path} {announced}");
        }
    }
}

#[tokio::test]
async fn the_log_names_the_request_and_its_route_and_neither_its_values_nor_the_query() {
    let log = Arc::new(std::sync::Mutex::new(Vec::new()));
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || Lines(writer.clone())).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let portal = Router::new().route("/invitation/{token}", get(|| async { StatusCode::NO_CONTENT.into_response() }));
    let origins = vec!["http://127.0.0.1:3000".parse().unwrap()];
    let error_pages = ErrorPages::new(|_| String::new());
    let stack = Ground {
        partner_hosts: server::layers::known_host::PartnerHosts::default(),
        origins,
        trusted_proxies: Vec::new(),
        limits: RequestLimits::default(),
        error_pages,
    }
    .under(portal, Router::new());
    let canary = request("GET", "/invitation/canary-token?password=canary-password").header("user-agent", "canary-agent");
    let (response, _) = answer(stack, canary.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let text = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/invitation/{token}") && text.contains("204"), "{text}");
    // Who reads an id on an error page or in a header finds the line by it.
    let line: serde_json::Value = text.lines().map(|line| serde_json::from_str(line).unwrap()).find(is_answered).unwrap();
    assert_eq!(line["span"]["id"], response.headers()["x-request-id"].to_str().unwrap());
    assert!(!text.contains("canary"), "{text}");
}

fn is_answered(line: &serde_json::Value) -> bool {
    line["fields"]["message"] == "answered"
}

struct Lines(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
