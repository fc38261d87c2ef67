//! Runs the server functions of the site under `POST /api/{*path}`.
//!
//! What the framework's own handler does, and this one does not:
//!
//! - It answers an unknown path with the path. Here it is "not found" like any other.
//! - It drops a function half done when the client hangs up. Here every function runs in its own task to its end, and a panic in it is a 500.
//! - It sends a form without scripting back to the `Referer`, with the error in the address. Here the framework believes that a
//!   program asks, and this handler makes the redirect or the error page.
//! - It answers every error with 500. Here an error has the status of its code.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::FutureExt;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFERER, RETRY_AFTER, SET_COOKIE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::layers::error_pages::{Asked, ErrorCode, ErrorPages};
use crate::layers::limits::panic_words;

/// The header by which the framework marks an error.
const ERROR_HEADER: HeaderName = HeaderName::from_static("serverfnerror");
/// The header by which the framework tells its own client to go to `Location`.
const REDIRECT_HEADER: HeaderName = HeaderName::from_static("serverfnredirect");
/// Errors are codes and a few figures.
const LARGEST_ERROR: usize = 64 * 1024;
/// What a function's arguments may be written in: what a form sends, and what an island sends.
const KINDS: [&str; 2] = ["application/x-www-form-urlencoded", "application/json"];

type ProvideContext = dyn Fn() + Send + Sync;

/// What the handler needs.
#[derive(Clone)]
struct Calls {
    provide_context: Arc<ProvideContext>,
    error_pages: ErrorPages,
    tasks: TaskTracker,
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Calls")
    }
}

/// The route of all server functions. `provide_context` gives a function what the site's context needs; `tasks` holds those that run:
/// close and await it after the listener has stopped.
pub fn routes(provide_context: impl Fn() + Send + Sync + 'static, error_pages: ErrorPages, tasks: TaskTracker) -> Router {
    Router::new().route("/api/{*path}", post(call)).with_state(Calls { provide_context: Arc::new(provide_context), error_pages, tasks })
}

async fn call(State(calls): State<Calls>, mut request: Request) -> Response {
    let asked = Asked::of(&request);
    let path = request.uri().path();
    if !server_fn::axum::server_fn_paths().any(|(known, method)| known == path && method == Method::POST) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !KINDS.contains(&kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().remove(REFERER);

    let provide_context = calls.provide_context.clone();
    let run = async move { leptos_axum::handle_server_fns_with_context(move || provide_context(), request).await.into_response() };
    let run = AssertUnwindSafe(run).catch_unwind().in_current_span();
    match calls.tasks.spawn(run).await {
        Ok(Ok(response)) => translate(response, &calls.error_pages, &asked).await,
        Ok(Err(panic)) => {
            tracing::error!(panic = panic_words(&*panic), "a server function panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a server function did not end");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Turns what the framework answered to a program into what this client asked for.
async fn translate(mut response: Response, pages: &ErrorPages, asked: &Asked) -> Response {
    if response.headers_mut().remove(ERROR_HEADER).is_some() {
        return answer_error(response, pages, asked).await;
    }
    let destination = response.headers_mut().remove(LOCATION).map(own_path);
    if let Some(destination) = destination {
        response.headers_mut().insert(LOCATION, destination);
        if asked.html() {
            response.headers_mut().remove(REDIRECT_HEADER);
            return see_other(response);
        }
    } else if asked.html() && response.status().is_success() {
        // A form that is sent without scripting always ends with a redirect; this function was made for islands.
        tracing::warn!("a server function called by a plain form does not redirect");
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
        return see_other(response);
    }
    response
}

fn see_other(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::SEE_OTHER;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// A redirect stays on our own origin.
fn own_path(location: HeaderValue) -> HeaderValue {
    let own = location.to_str().is_ok_and(|path| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && path.bytes().all(|byte| byte > b' ' && byte < 0x7f)
    });
    if own {
        location
    } else {
        tracing::error!("a server function redirects to another origin");
        HeaderValue::from_static("/")
    }
}

/// Gives an error the status of its code, and a page to a browser.
async fn answer_error(response: Response, pages: &ErrorPages, asked: &Asked) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST_ERROR).await.unwrap_or_default();
    let error = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
    let code = error["error"].as_str().map_or(ErrorCode::Unexpected, ErrorCode::parse);
    // A use case may have chosen a status itself; 500 is what the framework says of every error.
    let status = if parts.status == StatusCode::INTERNAL_SERVER_ERROR { code.status() } else { parts.status };
    if let Some(seconds) = error["retry_after_seconds"].as_u64() {
        parts.headers.insert(RETRY_AFTER, seconds.into());
    }
    if asked.html() {
        let mut page = pages.answer(code, status, asked);
        page.headers_mut().extend(parts.headers.remove(RETRY_AFTER).map(|seconds| (RETRY_AFTER, seconds)));
        for cookie in parts.headers.get_all(SET_COOKIE) {
            page.headers_mut().append(SET_COOKIE, cookie.clone());
        }
        return page;
    }
    parts.status = status;
    parts.headers.remove(LOCATION);
    parts.headers.remove(REDIRECT_HEADER);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Body::from(body))
}
