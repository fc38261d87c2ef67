//! The headers every answer carries: pages, errors, redirects, static files, server functions, probes.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SERVER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::known_host::HostPartner;

/// How the portal is reached.
#[derive(Clone, Copy, Debug)]
pub struct Transport {
    /// Whether the canonical origin is https.
    pub secure: bool,
}

/// Puts in what is missing, and what nobody may choose.
fn complete(headers: &mut HeaderMap, transport: Transport, own_name: bool) {
    let fixed: [(HeaderName, &'static str); 6] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Same-origin and not `no-referrer`, which makes browsers send `Origin: null` with a form.
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What the portal may show inside of itself says so by its policy.
    let own_frames = headers
        .get(CONTENT_SECURITY_POLICY)
        .is_some_and(|policy| policy.to_str().is_ok_and(|policy| policy.contains("frame-ancestors 'self'")));
    if own_frames {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    if transport.secure {
        // What lies under a partner's name is the partner's own business.
        let value = if own_name { "max-age=31536000; includeSubDomains" } else { "max-age=31536000" };
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(value));
    }
    headers.remove(SERVER);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // A page of the router sets its own, with its nonce.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(app::policy::STATIC_PAGE));
}

/// The layer.
pub async fn add_security_headers(State(transport): State<Transport>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let own_name = response.extensions().get::<HostPartner>().is_none();
    complete(response.headers_mut(), transport, own_name);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(secure: bool, given: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
        complete(&mut headers, Transport { secure }, true);
        headers
    }

    #[test]
    fn what_nobody_sets_is_strict() {
        let headers = completed(false, &[(SERVER, "portal/1.0")]);
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert_eq!(headers[CONTENT_SECURITY_POLICY], app::policy::STATIC_PAGE);
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!headers.contains_key(SERVER) && !headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_page_keeps_its_policy_and_a_file_its_caching_and_nothing_else() {
        let headers = completed(
            true,
            &[(CONTENT_SECURITY_POLICY, "script-src 'nonce-x'"), (CACHE_CONTROL, "public, immutable"), (X_FRAME_OPTIONS, "SAMEORIGIN")],
        );
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "script-src 'nonce-x'");
        assert_eq!(headers[CACHE_CONTROL], "public, immutable");
        assert_eq!(headers[X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[STRICT_TRANSPORT_SECURITY], "max-age=31536000; includeSubDomains");
    }

    #[test]
    fn a_partners_name_says_nothing_about_the_names_below_it() {
        let mut headers = HeaderMap::new();
        complete(&mut headers, Transport { secure: true }, false);
        assert_eq!(headers[STRICT_TRANSPORT_SECURITY], "max-age=31536000");
    }
}
