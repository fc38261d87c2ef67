//! How an error looks, whoever made it.
//!
//! Layers and the framework answer with a bare status; here it gets a body: a page for a browser, a code for a program. The words
//! are the site's, from its catalogue; what went wrong inside is in the log under the request's id and nowhere else.

use std::fmt;
use std::sync::{Arc, OnceLock};

use app::brand::PageBrand;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, RETRY_AFTER, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::request_identity::RequestId;

/// The codes an error can have on the wire and on a page. `app::error::AppError` has the same ones as its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// Nobody is signed in.
    SignInRequired,
    /// Not allowed to this viewer.
    Forbidden,
    /// There is no such thing, or it is another's.
    NotFound,
    /// A field is not filled in as it should be.
    Invalid,
    /// A rule refuses.
    Refused,
    /// Too many tries.
    TooMany,
    /// The database is away or the request took too long: later it may work.
    Unavailable,
    /// The request is not one this server understands.
    BadRequest,
    /// The body is too large.
    TooLarge,
    /// A mistake of ours.
    Unexpected,
}

impl ErrorCode {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::SignInRequired,
        Self::Forbidden,
        Self::NotFound,
        Self::Invalid,
        Self::Refused,
        Self::TooMany,
        Self::Unavailable,
        Self::BadRequest,
        Self::TooLarge,
        Self::Unexpected,
    ];

    /// The code as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignInRequired => "sign_in_required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
            Self::TooMany => "too_many",
            Self::Unavailable => "unavailable",
            Self::BadRequest => "bad_request",
            Self::TooLarge => "too_large",
            Self::Unexpected => "unexpected",
        }
    }

    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::SignInRequired => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code of a text; a text that is none of ours is a mistake of ours.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|code| code.as_str() == text).unwrap_or(Self::Unexpected)
    }

    /// The code that says best what a bare status says.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SignInRequired,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::METHOD_NOT_ALLOWED | StatusCode::MISDIRECTED_REQUEST => Self::NotFound,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid,
            StatusCode::CONFLICT => Self::Refused,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Unexpected,
        }
    }
}

/// What an error page has to say.
#[derive(Debug)]
pub struct ErrorOccasion<'a> {
    /// What happened.
    pub code: ErrorCode,
    /// Under which id the log has it.
    pub request_id: &'a str,
    /// `Accept-Language` and `Cookie` of the request, to choose the language by.
    pub headers: &'a HeaderMap,
    /// The brand to show in place of the provider's look.
    pub brand: Option<&'a PageBrand>,
}

type Render = dyn Fn(&ErrorOccasion<'_>) -> String + Send + Sync;

/// Renders error pages: a whole HTML document without scripts.
#[derive(Clone)]
pub struct ErrorPages {
    render: Arc<Render>,
}

impl fmt::Debug for ErrorPages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ErrorPages")
    }
}

/// Where the layers within write whose brand a request is answered under: an error made by any of them, and by none, gets its page further
/// out.
#[derive(Clone, Debug, Default)]
pub struct BrandFound(Arc<OnceLock<Arc<PageBrand>>>);

impl BrandFound {
    /// Writes it, for a request that the layer of error pages has seen.
    pub fn tell(request: &Request, brand: &Arc<PageBrand>) {
        if let Some(found) = request.extensions().get::<Self>() {
            // The first one, that of the name asked for, stays.
            let _ = found.0.set(brand.clone());
        }
    }
}

/// What of a request decides how its error looks. Taken before the request is given away.
#[derive(Clone, Debug)]
pub struct Asked {
    html: bool,
    request_id: String,
    headers: HeaderMap,
    brand: BrandFound,
}

impl Asked {
    /// Of a request.
    pub fn of(request: &Request) -> Self {
        let request_id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let headers = [ACCEPT_LANGUAGE, COOKIE].into_iter().filter_map(|name| Some((name.clone(), request.headers().get(name)?.clone())));
        let brand = request.extensions().get::<BrandFound>().cloned().unwrap_or_default();
        Self { html: accepts_html(request.headers()), request_id, headers: headers.collect(), brand }
    }

    /// Whether a browser asks for a page.
    pub fn html(&self) -> bool {
        self.html
    }
}

/// Whether a browser asks for a page.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

/// Marks a response whose body is final.
#[derive(Clone, Copy, Debug)]
struct Dressed;

impl ErrorPages {
    /// Error pages made by the site.
    pub fn new(render: impl Fn(&ErrorOccasion<'_>) -> String + Send + Sync + 'static) -> Self {
        Self { render: Arc::new(render) }
    }

    /// The whole answer for an error, with a status that may be another than the code's own.
    pub fn answer(&self, code: ErrorCode, status: StatusCode, asked: &Asked) -> Response {
        let (kind, body) = if asked.html {
            let occasion =
                ErrorOccasion { code, request_id: &asked.request_id, headers: &asked.headers, brand: asked.brand.0.get().map(Arc::as_ref) };
            ("text/html; charset=utf-8", (self.render)(&occasion))
        } else {
            let body = serde_json::json!({ "error": code.as_str(), "request_id": asked.request_id });
            ("application/json", body.to_string())
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response.extensions_mut().insert(Dressed);
        response
    }
}

/// The layer: gives bare errors their body, and says when to come back where that helps.
pub async fn dress_errors(State(pages): State<ErrorPages>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(BrandFound::default());
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    // Pages and server functions made their own body; what the framework says of itself is plain text or nothing.
    let own = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| !kind.starts_with("text/plain"));
    let mut response = if own || response.extensions().get::<Dressed>().is_some() {
        response
    } else {
        let (mut parts, _) = response.into_parts();
        let dressed = pages.answer(ErrorCode::of_status(status), status, &asked);
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.extend(dressed.headers().clone());
        Response::from_parts(parts, dressed.into_body())
    };
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from_static("2"));
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("accept, accept-language, cookie"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_as_it_is_written() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), code);
            assert_eq!(ErrorCode::of_status(code.status()), code);
        }
        assert_eq!(ErrorCode::parse("something new"), ErrorCode::Unexpected);
    }

    #[test]
    fn the_site_has_the_same_codes_with_the_same_statuses() {
        use app::error::AppError as E;
        let incident = uuid::Uuid::nil();
        for error in [
            E::SignInRequired,
            E::Forbidden,
            E::NotFound,
            E::Invalid,
            E::Refused,
            E::TooMany { retry_after_seconds: 1 },
            E::Unavailable,
            E::BadRequest,
            E::TooLarge,
            E::Unexpected { incident },
        ] {
            let code = ErrorCode::parse(error.code());
            assert_eq!((code.as_str(), code.status().as_u16()), (error.code(), error.status()));
        }
    }
}
