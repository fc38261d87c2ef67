//! Refuses requests that another site made a browser send.
//!
//! Leptos server functions have no protection of their own, and a session cookie travels with every one of them. So
//! everything that is not a plain `GET` or `HEAD` of a page must come from our own origin, by `Sec-Fetch-Site` where the browser
//! sends it, else by `Origin`; a request with neither is refused. Sibling hosts (`same-site`) are other sites to us.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN, UPGRADE};
use http::{HeaderMap, Method, StatusCode};

use super::known_host::HostPartner;
use crate::configuration::Origin;

/// The origins that are our own.
#[derive(Clone, Debug)]
pub struct OriginPolicy {
    origins: Arc<[String]>,
}

impl OriginPolicy {
    /// Exactly these origins are ours.
    pub fn new(origins: Arc<[Origin]>) -> Self {
        Self { origins: origins.iter().map(ToString::to_string).collect() }
    }

    /// Under a partner's name only that name's own origin is ours: even the portal's other names are other sites.
    fn under_own_name(&self, headers: &HeaderMap) -> Self {
        let scheme = self.origins.first().and_then(|origin| origin.split_once("://")).map_or("https", |(scheme, _)| scheme);
        let own = only(headers, HOST.as_str()).map(|host| format!("{scheme}://{}", host.to_ascii_lowercase()));
        Self { origins: own.into_iter().collect() }
    }

    /// Whether a request may pass.
    pub fn allows(&self, method: &Method, path: &str, headers: &HeaderMap) -> bool {
        let reads = method == Method::GET || method == Method::HEAD;
        let call = path == "/api" || path.starts_with("/api/");
        if reads && !call && !headers.contains_key(UPGRADE) {
            return true;
        }
        if headers.contains_key("sec-fetch-site") {
            return only(headers, "sec-fetch-site") == Some("same-origin");
        }
        only(headers, ORIGIN.as_str()).is_some_and(|origin| self.origins.iter().any(|ours| ours == origin))
    }
}

/// The value of a header that stands there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// The layer: 403 for what may not pass.
pub async fn refuse_cross_origin(State(policy): State<OriginPolicy>, request: Request, next: Next) -> Response {
    let policy = if request.extensions().get::<HostPartner>().is_some() { policy.under_own_name(request.headers()) } else { policy };
    if policy.allows(request.method(), request.uri().path(), request.headers()) {
        next.run(request).await
    } else {
        tracing::warn!("a request from another origin is refused");
        StatusCode::FORBIDDEN.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn allows(method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
        let origins: Vec<Origin> = vec!["https://portal.example.com".parse().unwrap()];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap());
        }
        OriginPolicy::new(origins.into()).allows(&Method::from_bytes(method.as_bytes()).unwrap(), path, &map)
    }

    #[test]
    fn pages_are_read_from_anywhere() {
        for method in ["GET", "HEAD"] {
            assert!(allows(method, "/partner", &[]));
            assert!(allows(method, "/partner", &[("sec-fetch-site", "cross-site")]));
            assert!(allows(method, "/apiary", &[]));
        }
    }

    #[test]
    fn writes_and_calls_pass_from_our_own_origin_only() {
        let refused: &[&[(&str, &str)]] = &[
            &[],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://portal.example.com")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://portal.example.com")],
            &[("origin", "https://portal.example.com:8443")],
            &[("origin", "https://portal.example.com.evil.example")],
            &[("origin", "https://portal.example.com"), ("origin", "https://evil.example")],
        ];
        let allowed: &[&[(&str, &str)]] = &[&[("sec-fetch-site", "same-origin")], &[("origin", "https://portal.example.com")]];
        for (method, path) in [
            ("POST", "/sign-in"),
            ("PUT", "/x"),
            ("PATCH", "/x"),
            ("DELETE", "/x"),
            ("OPTIONS", "/x"),
            ("QUERY", "/x"),
            ("POST", "/api/x"),
            ("GET", "/api/x"),
        ] {
            for headers in refused {
                assert!(!allows(method, path, headers), "{method} {path} {headers:?}");
            }
            for headers in allowed {
                assert!(allows(method, path, headers), "{method} {path} {headers:?}");
            }
        }
    }

    #[test]
    fn an_upgrade_to_a_socket_counts_as_a_call() {
        assert!(!allows("GET", "/partner", &[("upgrade", "websocket"), ("sec-fetch-site", "cross-site")]));
        assert!(allows("GET", "/partner", &[("upgrade", "websocket"), ("sec-fetch-site", "same-origin")]));
    }
}
