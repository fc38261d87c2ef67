//! What every request passes before it reaches a page, and every answer before it leaves.
//!
//! From the outside in: identity of the request and its log line, headers of the answer, dress of bare errors, the
//! address of the client, the host it asked for, the origin it comes from, limits. [`Ground::under`] puts them in that order, so
//! that every refusal of an inner layer has the headers, the log line and the look the outer ones give.

pub mod client_address;
pub mod error_pages;
pub mod known_host;
pub mod limits;
pub mod origin_check;
pub mod request_identity;
pub mod security_headers;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use ipnet::IpNet;

use crate::configuration::Origin;
use error_pages::ErrorPages;
use known_host::PartnerHosts;
use limits::RequestLimits;

/// What the layers have to know.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Where people reach the portal, the first one canonical.
    pub origins: Vec<Origin>,
    /// Networks of trusted proxies.
    pub trusted_proxies: Vec<IpNet>,
    /// Sizes and times of a request.
    pub limits: RequestLimits,
    /// How an error looks.
    pub error_pages: ErrorPages,
    /// Names of partners' portals.
    pub partner_hosts: PartnerHosts,
}

impl Ground {
    /// Puts the layers around the portal's routes. `probes` (`/live`, `/ready`) are asked by machines that know an address and no
    /// host name, so they stand outside the checks of host and origin.
    pub fn under(self, portal: Router, probes: Router) -> Router {
        let secure = self.origins.first().is_some_and(|origin| origin.secure);
        let origins: Arc<[Origin]> = self.origins.into();
        let portal = limits::limit_requests(portal, self.limits)
            .layer(from_fn_with_state(origin_check::OriginPolicy::new(origins.clone()), origin_check::refuse_cross_origin))
            .layer(from_fn_with_state(known_host::KnownHosts::new(&origins, self.partner_hosts), known_host::refuse_unknown_hosts))
            .layer(from_fn_with_state(client_address::TrustedProxies::new(self.trusted_proxies), client_address::find_client_address));
        portal
            .merge(probes)
            .layer(from_fn_with_state(self.error_pages, error_pages::dress_errors))
            .layer(from_fn_with_state(security_headers::Transport { secure }, security_headers::add_security_headers))
            .layer(axum::middleware::from_fn(request_identity::identify_request))
    }
}
