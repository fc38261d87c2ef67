//! How calls of server functions are run and answered.

#![expect(clippy::unwrap_used, clippy::unused_async, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, REFERER};
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use server::layers::error_pages::ErrorPages;
use server::server_functions::routes;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// An error as the site's own is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
enum TestError {
    Forbidden,
    Invalid { field: String },
    Refused,
    TooMany { retry_after_seconds: u64 },
    Unavailable,
    BadRequest,
    SomethingNew,
}

impl FromServerFnError for TestError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::BadRequest
    }
}

#[server(prefix = "/api", endpoint = "fail")]
async fn fail(how: String) -> Result<(), TestError> {
    Err(match how.as_str() {
        "forbidden" => TestError::Forbidden,
        "invalid" => TestError::Invalid { field: "amount".to_owned() },
        "refused" => TestError::Refused,
        "too_many" => TestError::TooMany { retry_after_seconds: 30 },
        "unavailable" => TestError::Unavailable,
        "panic" => panic!("secret of the inside"),
        _ => TestError::SomethingNew,
    })
}

#[server(prefix = "/api", endpoint = "go")]
async fn go(to: String) -> Result<(), TestError> {
    leptos_axum::redirect(&to);
    Ok(())
}

#[server(prefix = "/api", endpoint = "answer")]
async fn answer_function() -> Result<u32, TestError> {
    Ok(42)
}

static WRITTEN: AtomicBool = AtomicBool::new(false);

#[server(prefix = "/api", endpoint = "write_slowly")]
async fn write_slowly() -> Result<(), TestError> {
    tokio::time::sleep(Duration::from_millis(300)).await;
    WRITTEN.store(true, Ordering::SeqCst);
    Ok(())
}

fn api(tasks: TaskTracker) -> Router {
    routes(|| {}, ErrorPages::new(|occasion| format!("page {}", occasion.code.as_str())), tasks)
}

fn form(path: &str, accept: &str, body: &str) -> Request {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, accept)
        .header(REFERER, "https://evil.example/page")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

async fn call(request: Request) -> (Response<()>, String) {
    let (parts, body) = api(TaskTracker::new()).oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (Response::from_parts(parts, ()), String::from_utf8(bytes.to_vec()).unwrap())
}

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test]
async fn an_error_has_the_status_of_its_code() {
    for (how, status) in [("forbidden", 403), ("invalid", 422), ("refused", 409), ("unavailable", 503), ("new", 500)] {
        let (response, body) = call(form("/api/fail", "application/json", &format!("how={how}"))).await;
        assert_eq!(response.status().as_u16(), status, "{how}");
        assert!(body.starts_with(r#"{"error":""#), "{body}");
        let (response, page) = call(form("/api/fail", BROWSER, &format!("how={how}"))).await;
        assert_eq!(response.status().as_u16(), status, "{how}");
        assert!(page.starts_with("page ") && !response.headers().contains_key(LOCATION), "{page}");
        assert!(!response.headers().contains_key("serverfnerror"));
    }
}

#[tokio::test]
async fn the_fields_of_an_error_reach_the_island() {
    let (_, body) = call(form("/api/fail", "application/json", "how=invalid")).await;
    assert_eq!(body, r#"{"error":"invalid","field":"amount"}"#);
}

#[tokio::test]
async fn who_tried_too_often_learns_when_to_try_again() {
    for accept in ["application/json", BROWSER] {
        let (response, _) = call(form("/api/fail", accept, "how=too_many")).await;
        assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (429, "30"));
    }
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_a_bad_request_without_details() {
    for accept in ["application/json", BROWSER] {
        let (response, body) = call(form("/api/fail", accept, "what=x")).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(!body.contains("how") && !body.contains("missing"), "{body}");
    }
}

#[tokio::test]
async fn an_unknown_function_is_not_found_and_its_path_not_repeated() {
    for path in ["/api/canary", "/api/fail/canary"] {
        let (response, body) = call(form(path, "application/json", "")).await;
        assert_eq!((response.status(), body.contains("canary")), (StatusCode::NOT_FOUND, false));
    }
    let (response, _) = call(Request::get("/api/fail?how=refused").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn only_forms_and_json_are_read() {
    for kind in ["text/plain", "multipart/form-data; boundary=x", ""] {
        let mut request = form("/api/fail", "application/json", "how=refused");
        request.headers_mut().insert(CONTENT_TYPE, kind.parse().unwrap());
        assert_eq!(call(request).await.0.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
}

#[tokio::test]
async fn a_plain_form_is_redirected_and_an_island_told_where_to_go() {
    let (response, _) = call(form("/api/go", BROWSER, "to=/partner/requests%3Fnew%3D1")).await;
    assert_eq!((response.status(), response.headers()[LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/partner/requests?new=1"));
    assert!(!response.headers().contains_key("serverfnredirect"));
    let (response, _) = call(form("/api/go", "application/json", "to=/partner")).await;
    assert_eq!((response.status(), response.headers()[LOCATION].to_str().unwrap()), (StatusCode::OK, "/partner"));
    assert!(response.headers().contains_key("serverfnredirect"));
}

#[tokio::test]
async fn no_redirect_leaves_the_portal() {
    for to in ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil"] {
        for accept in ["application/json", BROWSER] {
            let (response, _) = call(form("/api/go", accept, &format!("to={}", to.replace('/', "%2F").replace('\\', "%5C")))).await;
            assert_eq!(response.headers()[LOCATION], "/", "{to}");
        }
    }
}

#[tokio::test]
async fn a_function_without_a_redirect_does_not_show_its_answer_as_a_page() {
    let (response, body) = call(form("/api/answer", BROWSER, "")).await;
    assert_eq!((response.status(), response.headers()[LOCATION].to_str().unwrap(), body.as_str()), (StatusCode::SEE_OTHER, "/", ""));
    assert_eq!(call(form("/api/answer", "application/json", "")).await.1, "42");
}

#[tokio::test]
async fn a_panic_is_an_error_like_any_other() {
    let (response, body) = call(form("/api/fail", "application/json", "how=panic")).await;
    assert_eq!((response.status(), body.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, ""));
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_a_write() {
    let tasks = TaskTracker::new();
    let call = api(tasks.clone()).oneshot(form("/api/write_slowly", "application/json", ""));
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err(), "the call was to be cut off in the middle");
    tasks.close();
    tasks.wait().await;
    assert!(WRITTEN.load(Ordering::SeqCst));
}
