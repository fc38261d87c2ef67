//! Answers for our own host names, and those that partners have proven, only.
//!
//! Whoever can choose the host can poison caches and links. The name is taken from the request line or `Host`, never
//! from a forwarding header; one that is not configured is answered with 421.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use app::brand::PageBrand;
use app::paths;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::custom_host::HostName;
use domain::ids::PartnerId;
use http::header::HOST;
use http::{HeaderMap, StatusCode, Uri};
use service::Services;

use super::error_pages::BrandFound;
use crate::configuration::Origin;

/// Where the files of the built site are: its style sheet, fonts and scripts.
const SITE_FILES: &str = "/pkg/";

/// Whose portal is reached under the name of a request: in the extensions of one under a partner's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostPartner(pub PartnerId);

/// Where people reach the portal under a partner's own name, `https://portal.partner.ru`: in the extensions of a request under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostOrigin(pub String);

/// The names that partners have proven; none without use cases to ask.
#[derive(Clone, Debug, Default)]
pub struct PartnerHosts(Option<Services>);

impl PartnerHosts {
    /// The names that the use cases know.
    pub fn new(services: Services) -> Self {
        Self(Some(services))
    }

    /// `GET /hosts/ask?domain=..`, which whoever makes certificates asks: 200 where one may be made for a name, 404 where not
    /// (Caddy's `on_demand_tls`). Asked beside the portal, under whatever name the proxy knows it by.
    pub fn question(&self) -> Router {
        let answer = async |State(hosts): State<Self>, Query(asked): Query<HashMap<String, String>>| match (&hosts.0, asked.get("domain")) {
            (_, None) => StatusCode::BAD_REQUEST,
            (Some(services), Some(domain)) if services.custom_host_is_served(&domain.to_ascii_lowercase()).await => StatusCode::OK,
            _ => StatusCode::NOT_FOUND,
        };
        Router::new().route(paths::HOST_QUESTION, get(answer)).with_state(self.clone())
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
        // As it is kept, letter for letter: a dot at the end is another name to a browser.
        let partner = brands.partner_of_host(&name.parse().ok().filter(|host: &HostName| host.as_str() == name)?)?;
        Some((partner, brands.of_partner(partner).map(|brand| Arc::new(PageBrand::of(&brand)))))
    }
}

/// The authorities that are ours, in lower case.
#[derive(Clone, Debug)]
pub struct KnownHosts {
    authorities: Arc<HashSet<String>>,
    port: u16,
    secure: bool,
    partners: PartnerHosts,
}

impl KnownHosts {
    /// The hosts of these origins; the scheme's own port may be written or not.
    pub fn new(origins: &[Origin], partners: PartnerHosts) -> Self {
        let authorities = origins.iter().flat_map(|origin| [origin.authority(), format!("{}:{}", origin.host, origin.port)]).collect();
        let port = origins.first().map_or(443, |origin| origin.port);
        let secure = origins.first().is_none_or(|origin| origin.secure);
        Self { authorities: Arc::new(authorities), port, secure, partners }
    }

    /// The origin of an authority that was found to be a partner's.
    fn origin_of(&self, authority: &str) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, authority.to_ascii_lowercase())
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
    // The page that refuses has to look like one, and these hold nothing of anybody's.
    if request.uri().path().starts_with(SITE_FILES) {
        return next.run(request).await;
    }
    let Some(authority) = only_authority(request.uri(), request.headers()) else { return StatusCode::MISDIRECTED_REQUEST.into_response() };
    let Some((partner, brand)) = hosts.partners.find(&authority, hosts.port).await else {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    };
    request.extensions_mut().insert(HostPartner(partner));
    request.extensions_mut().insert(HostOrigin(hosts.origin_of(&authority)));
    if let Some(brand) = brand {
        BrandFound::tell(&request, &brand);
        request.extensions_mut().insert(brand);
    }
    let mut response = next.run(request).await;
    response.extensions_mut().insert(HostPartner(partner));
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
