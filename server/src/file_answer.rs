//! Answers around files: one to keep, not a page to show, and what is said where there is none.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use service::Error;

/// A file under a name; its content is nobody's but the reader's, so nothing on the way keeps it.
pub fn file(name: &str, media_type: &'static str, content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store".to_owned())];
    (headers, content).into_response()
}

/// The answer to a failure around a file: what is not the reader's is not there.
pub fn failure(error: &Error) -> Response {
    let status = match error {
        Error::SignInRequired => StatusCode::UNAUTHORIZED,
        Error::Forbidden | Error::NotFound => StatusCode::NOT_FOUND,
        Error::BadText => StatusCode::BAD_REQUEST,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Refused(_) => StatusCode::CONFLICT,
        Error::TooMany { retry_after_seconds } => {
            let seconds = HeaderValue::from(*retry_after_seconds);
            return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)]).into_response();
        }
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status.is_server_error() {
        tracing::error!(error = error as &dyn std::error::Error, "a file could not be taken or read");
    }
    status.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_under_its_name_and_nowhere_on_the_way() {
        let answer = file("statement-2026-04.csv", "text/csv; charset=utf-8", vec![1]);
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(answer.headers()[CONTENT_DISPOSITION], "attachment; filename=\"statement-2026-04.csv\"");
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        // A name that no header may hold is no answer at all.
        assert!(file("a\nb", "text/csv", Vec::new()).status().is_server_error());
    }
}
