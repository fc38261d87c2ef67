//! Answers for our own host names, and those that partners have proven, only.
//!
//! Whoever can choose the host can poison caches and links. The name is taken from the request line or `Host`, never
//! from a forwarding header; one that is not configured is answered with 421.

use std::collections::HashSet;
use std::sync::Arc;

use app::brand::PageBrand;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::ids::PartnerId;
use http::header::HOST;
use http::{HeaderMap, StatusCode, Uri};
use service::Services;

use crate::configuration::Origin;

/// Whose portal is reached under the name of a request: in the extensions of one under a partner's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostPartner(pub PartnerId);

/// The names that partners have proven; none without use cases to ask.
#[derive(Clone, Debug, Default)]
pub struct PartnerHosts(Option<Services>);

impl PartnerHosts {
    /// The names that the use cases know.
    pub fn new(services: Services) -> Self {
        Self(Some(services))
    }

    /// Whose portal is reached under an authority, and the brand to show there. The port may be left out or be the portal's own.
    async fn find(&self, authority: &str, port: u16) -> Option<(PartnerId, Option<Arc<PageBrand>>)> {
        let services = self.0.as_ref()?;
        let authority = authority.to_ascii_lowercase();
        let name = match authority.split_once(':') {
            None => authority.as_str(),
            Some((name, written)) if written == port.to_string() => name,
            Some(_) => return None,
        };
        let brands = services.brands_in_force().await;
        let partner = brands.partner_of_host(&name.parse().ok()?)?;
        Some((partner, brands.of_partner(partner).map(|brand| Arc::new(PageBrand::of(&brand)))))
    }
}

/// The authorities that are ours, in lower case.
#[derive(Clone, Debug)]
pub struct KnownHosts {
    authorities: Arc<HashSet<String>>,
    port: u16,
    partners: PartnerHosts,
}

impl KnownHosts {
    /// The hosts of these origins; the scheme's own port may be written or not.
    pub fn new(origins: &[Origin], partners: PartnerHosts) -> Self {
        let authorities = origins.iter().flat_map(|origin| [origin.authority(), format!("{}:{}", origin.host, origin.port)]).collect();
        let port = origins.first().map_or(443, |origin| origin.port);
        Self { authorities: Arc::new(authorities), port, partners }
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

/// The one authority that a request names; none where it names none, or two.
fn only_authority(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut named = headers.get_all(HOST).iter();
    let by_header = match (named.next(), named.next()) {
        (None, _) => None,
        (Some(host), None) => Some(host.to_str().ok()?.to_owned()),
        (Some(_), Some(_)) => return None,
    };
    match (uri.authority().map(ToString::to_string), by_header) {
        (Some(line), Some(header)) => (line == header).then_some(line),
        (line, header) => line.or(header),
    }
}

/// The layer: 421 for a host that is neither ours nor a partner's.
pub async fn refuse_unknown_hosts(State(hosts): State<KnownHosts>, mut request: Request, next: Next) -> Response {
    if hosts.knows(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    let Some(authority) = only_authority(request.uri(), request.headers()) else { return StatusCode::MISDIRECTED_REQUEST.into_response() };
    let Some((partner, brand)) = hosts.partners.find(&authority, hosts.port).await else {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    };
    request.extensions_mut().insert(HostPartner(partner));
    if let Some(brand) = &brand {
        request.extensions_mut().insert(brand.clone());
    }
    let mut response = next.run(request).await;
    // An error gets its page further out.
    if let (Some(brand), None) = (brand, response.extensions().get::<Arc<PageBrand>>()) {
        response.extensions_mut().insert(brand);
    }
    response
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
        KnownHosts::new(&origins, PartnerHosts::default()).knows(&uri.parse().unwrap(), &headers)
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
