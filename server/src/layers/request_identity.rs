//! A name for every request, and one log line.
//!
//! The id is made here; one that comes from outside is thrown away, for it could repeat another's or forge log
//! lines. The line has the pattern of the route and not what stands in it or after it: paths carry tokens of
//! invitations, queries what people typed.

use std::fmt;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use tracing::Instrument;
use uuid::Uuid;

/// Name of the header that carries the id in the answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: in its extensions, the log, the audit record, the answer and on error pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The layer.
pub async fn identify_request(mut request: Request, next: Next) -> Response {
    let id = RequestId(Uuid::new_v4());
    request.headers_mut().remove(REQUEST_ID);
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = tracing::field::Empty);
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        span.record("path", route.as_str());
    }
    let started = Instant::now();
    async move {
        let mut response = next.run(request).await;
        let status = response.status();
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), milliseconds, "answered");
        } else {
            tracing::info!(status = status.as_u16(), milliseconds, "answered");
        }
        if let Ok(value) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
    .instrument(span)
    .await
}

/// The same layer's inner half, for routes inside another router, whose pattern is known only there.
pub async fn name_route(request: Request, next: Next) -> Response {
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        tracing::Span::current().record("path", route.as_str());
    }
    next.run(request).await
}
