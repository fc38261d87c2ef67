//! Answers for our own host names only.
//!
//! Whoever can choose the host can poison caches and links. The name is taken from the request line or `Host`, never
//! from a forwarding header; one that is not configured is answered with 421.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::HOST;
use http::{HeaderMap, StatusCode, Uri};

use crate::configuration::Origin;

/// The authorities that are ours, in lower case.
#[derive(Clone, Debug)]
pub struct KnownHosts {
    authorities: Arc<HashSet<String>>,
}

impl KnownHosts {
    /// The hosts of these origins; the scheme's own port may be written or not.
    pub fn new(origins: &[Origin]) -> Self {
        let authorities = origins.iter().flat_map(|origin| [origin.authority(), format!("{}:{}", origin.host, origin.port)]).collect();
        Self { authorities: Arc::new(authorities) }
    }

    /// Whether the request is for one of our hosts. Where both the request line and `Host` name one, both must be ours.
    pub fn knows(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let ours = |authority: &str| self.authorities.contains(&authority.to_ascii_lowercase());
        let hosts: Vec<_> = headers.get_all(HOST).iter().collect();
        let by_line = uri.authority().map(|authority| ours(authority.as_str()));
        let by_header = match hosts.as_slice() {
            [] => None,
            [host] => Some(host.to_str().is_ok_and(ours)),
            _ => Some(false),
        };
        match (by_line, by_header) {
            (None, None) => false,
            (line, header) => line.unwrap_or(true) && header.unwrap_or(true),
        }
    }
}

/// The layer: 421 for a host that is not ours.
pub async fn refuse_unknown_hosts(State(hosts): State<KnownHosts>, request: Request, next: Next) -> Response {
    if hosts.knows(request.uri(), request.headers()) { next.run(request).await } else { StatusCode::MISDIRECTED_REQUEST.into_response() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn knows(uri: &str, hosts: &[&str]) -> bool {
        let origins: Vec<Origin> =
            ["https://portal.example.com", "http://127.0.0.1:3000"].iter().map(|text| text.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::try_from(*host).unwrap());
        }
        KnownHosts::new(&origins).knows(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn our_hosts_are_known_however_they_are_written() {
        for host in ["portal.example.com", "PORTAL.example.com", "portal.example.com:443", "127.0.0.1:3000"] {
            assert!(knows("/x", &[host]), "{host}");
        }
        assert!(knows("https://portal.example.com/x", &[]));
    }

    #[test]
    fn every_other_host_is_misdirected() {
        for host in [
            "evil.example",
            "portal.example.com.",
            "portal.example.com:8443",
            "portal.example.com.evil.example",
            "127.0.0.1",
            "user@portal.example.com",
            "",
        ] {
            assert!(!knows("/x", &[host]), "{host}");
        }
        assert!(!knows("/x", &[]));
        assert!(!knows("/x", &["portal.example.com", "evil.example"]));
        assert!(!knows("https://portal.example.com/x", &["evil.example"]));
        assert!(!knows("https://evil.example/x", &["portal.example.com"]));
    }
}
