//! How large a request may be, how long it may take, and what becomes of a panic.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// Sizes and times of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// Paths that take a file.
    pub upload_paths: &'static [&'static str],
    /// Paths of long gestures: those that reckon over all partners.
    pub long_paths: &'static [&'static str],
    /// Paths that take long texts.
    pub text_paths: &'static [&'static str],
    /// Paths that take a picture of a brand.
    pub picture_paths: &'static [&'static str],
    /// Largest body anywhere else, in bytes.
    pub size: usize,
    /// Largest body with long texts, in bytes: a Russian letter takes six of a form's.
    pub text_size: usize,
    /// Largest body of a picture, in bytes.
    pub picture_size: usize,
    /// Largest body of an upload, in bytes.
    pub upload_size: usize,
    /// Largest body of an upload of files for a request, in bytes: [`app::paths::is_request_files_upload`].
    pub attachments_size: usize,
    /// How long a request may take.
    pub time: Duration,
    /// How long a long gesture may take.
    pub long_time: Duration,
    /// How long an upload may take, with what follows from it.
    pub upload_time: Duration,
    /// How long the next piece of a body may let wait.
    pub body: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            upload_paths: &[],
            long_paths: &[],
            text_paths: &[],
            picture_paths: &[],
            size: 64 * 1024,
            text_size: 1024 * 1024,
            picture_size: 5 * 1024 * 1024,
            upload_size: 256 * 1024 * 1024,
            attachments_size: 201 * 1024 * 1024,
            time: Duration::from_secs(30),
            long_time: Duration::from_mins(3),
            upload_time: Duration::from_mins(10),
            body: Duration::from_secs(10),
        }
    }
}

/// Puts the limits around routes. A body that is announced too large is answered with 413 before a byte is read, one that grows too large
/// as soon as it does; a request that takes too long is answered with 503 (what it began to write in its own
/// task goes on), a panic with 500.
pub fn limit_requests(router: Router, limits: RequestLimits) -> Router {
    router
        // Ours is counted on the body itself; axum's is only looked at by some extractors.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn_with_state(limits, limit_request))
        .layer(RequestBodyTimeoutLayer::new(limits.body))
}

async fn limit_request(State(limits): State<RequestLimits>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (size, time) = if limits.upload_paths.contains(&path) {
        (limits.upload_size, limits.upload_time)
    } else if app::paths::is_request_files_upload(path) {
        (limits.attachments_size, limits.upload_time)
    } else if limits.long_paths.contains(&path) {
        (limits.size, limits.long_time)
    } else if limits.picture_paths.contains(&path) {
        (limits.picture_size, limits.time)
    } else if limits.text_paths.contains(&path) {
        (limits.text_size, limits.time)
    } else {
        (limits.size, limits.time)
    };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| usize::try_from(announced).map_or(true, |announced| announced > size)) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    // What reads the body knows only that it could not, so the layer remembers why.
    let outgrown = Arc::new(AtomicBool::new(false));
    let noticed = outgrown.clone();
    let request = request.map(|body| {
        Body::new(Limited::new(body, size).map_err(move |error| {
            noticed.fetch_or(error.is::<LengthLimitError>(), Ordering::Relaxed);
            error
        }))
    });
    if let Ok(response) = tokio::time::timeout(time, next.run(request)).await {
        let refused = response.status().is_client_error() || response.status().is_server_error();
        if refused && outgrown.load(Ordering::Relaxed) { StatusCode::PAYLOAD_TOO_LARGE.into_response() } else { response }
    } else {
        tracing::error!("a request took too long");
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

fn answer_panic(panic: Box<dyn Any + Send>) -> Response {
    tracing::error!(panic = panic_words(&*panic), "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// What a panic said.
pub(crate) fn panic_words(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no words)")
}
