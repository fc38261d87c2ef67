//! What a server function or a page may tell a browser of a failure: codes and data, never prose from the server.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A failure as it leaves the server. The page finds the words (`components::error_view`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("sign in required")]
    SignInRequired,
    /// The viewer's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// There is no such thing, or the viewer may not know of it.
    #[error("not found")]
    NotFound,
    /// Fields could not be read.
    #[error("invalid")]
    Invalid,
    /// The rules, or what happened meanwhile, speak against it.
    #[error("refused")]
    Refused,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// Seconds until the next attempt is heard.
        retry_after_seconds: u64,
    },
    /// The database is away.
    #[error("unavailable")]
    Unavailable,
    /// The request itself was malformed.
    #[error("bad request")]
    BadRequest,
    /// More was sent than this address takes.
    #[error("too large")]
    TooLarge,
    /// A fault of ours, recorded in the log under the incident.
    #[error("unexpected")]
    Unexpected {
        /// The id of the request, as it stands in the log.
        incident: Uuid,
    },
}

impl AppError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignInRequired => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Invalid => 422,
            Self::Refused => 409,
            Self::TooMany { .. } => 429,
            Self::Unavailable => 503,
            Self::BadRequest => 400,
            Self::TooLarge => 413,
            Self::Unexpected { .. } => 500,
        }
    }

    /// The failure of a code, for a layer that knows no more; an unknown one is unexpected.
    pub fn from_code(code: &str) -> Self {
        let plain = [
            Self::SignInRequired,
            Self::Forbidden,
            Self::NotFound,
            Self::Invalid,
            Self::Refused,
            Self::Unavailable,
            Self::BadRequest,
            Self::TooLarge,
            Self::TooMany { retry_after_seconds: 60 },
        ];
        plain.into_iter().find(|error| error.code() == code).unwrap_or(Self::Unexpected { incident: Uuid::nil() })
    }

    /// The code it travels under, `not_found`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignInRequired => "sign_in_required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::TooMany { .. } => "too_many",
            Self::Unavailable => "unavailable",
            Self::BadRequest => "bad_request",
            Self::TooLarge => "too_large",
            Self::Unexpected { .. } => "unexpected",
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// The framework's errors carry texts of parsers and paths of the server; only their kind is kept.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::BadRequest,
            _ => Self::Unexpected { incident: incident() },
        }
    }
}

/// The one mapping from what a use case says. The chain of an unexpected failure is logged here, once.
#[cfg(feature = "ssr")]
impl From<service::Error> for AppError {
    fn from(error: service::Error) -> Self {
        use service::Error;

        match error {
            Error::SignInRequired => Self::SignInRequired,
            Error::Forbidden => Self::Forbidden,
            Error::NotFound => Self::NotFound,
            Error::Invalid(_) => Self::Invalid,
            Error::BadText => Self::BadRequest,
            Error::Refused(_) => Self::Refused,
            Error::TooMany { retry_after_seconds } => Self::TooMany { retry_after_seconds },
            Error::Unavailable(ref source) => {
                tracing::warn!(error = source as &dyn std::error::Error, "the database is not available");
                Self::Unavailable
            }
            Error::Unexpected(ref source) => {
                tracing::error!(error = &**source as &dyn std::error::Error, "a use case failed");
                Self::Unexpected { incident: incident() }
            }
        }
    }
}

#[cfg(feature = "ssr")]
fn incident() -> Uuid {
    crate::context::request_id()
}

#[cfg(not(feature = "ssr"))]
fn incident() -> Uuid {
    Uuid::nil()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_holds_a_code_and_data_only() {
        let text = serde_json::to_string(&AppError::TooMany { retry_after_seconds: 30 }).unwrap_or_default();
        assert_eq!(text, r#"{"error":"too_many","retry_after_seconds":30}"#);
        let text = serde_json::to_string(&AppError::NotFound).unwrap_or_default();
        assert_eq!(text, r#"{"error":"not_found"}"#);
    }

    #[test]
    fn a_code_is_what_travels() {
        for error in [AppError::SignInRequired, AppError::Unavailable, AppError::BadRequest, AppError::Unexpected { incident: Uuid::nil() }]
        {
            let value = serde_json::to_value(&error).unwrap_or_default();
            assert_eq!(value["error"], error.code());
        }
    }

    #[test]
    fn no_text_of_the_framework_passes() {
        let secret = "missing field `secret_column` at /srv/portal/src/db.rs".to_owned();
        for error in
            [ServerFnErrorErr::Args(secret.clone()), ServerFnErrorErr::MissingArg(secret.clone()), ServerFnErrorErr::ServerError(secret)]
        {
            let wire = AppError::from_server_fn_error(error).ser();
            let text = String::from_utf8_lossy(&wire);
            assert!(!text.contains("secret") && !text.contains("/srv"), "{text}");
        }
    }
}
