//! What a request brings with it: who asks, the use cases, the state of the page. The only `use_context` for server state.
//!
//! The server provides one [`RequestContext`] per request; everything else is read from the request's own parts.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::ids::{FormStateId, PartnerId, UserId};
use domain::request::Reference;
use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, COOKIE};
use http::request::Parts;
use leptos::prelude::{WithUntracked, use_context};
use leptos_i18n::Locale as _;
use leptos_router::hooks::use_params_map;
use serde::Deserialize;
use uuid::Uuid;

use crate::brand::PageBrand;
use crate::error::AppError;
use crate::form::FormState;
use crate::i18n::Locale;
use crate::layouts::Notice;
use crate::paths;

pub use service::{Services, Viewer, ViewerPartner};

/// The files of the browser's part by their hashed names, from `site/manifest.json`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Manifest {
    /// The glue of the WebAssembly module.
    pub script: String,
    /// The WebAssembly module.
    pub wasm: String,
    /// The style sheet.
    pub style: String,
    /// The script that wakes the islands.
    pub islands: String,
    /// The fonts that every page shows.
    #[serde(default)]
    pub fonts: Vec<String>,
}

/// Everything that the server hands to a request; provided through Leptos's context for pages and server functions alike.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// Who asks; nobody where no one is signed in.
    pub viewer: Option<Viewer>,
    /// The use cases.
    pub services: Services,
    /// The files of the browser's part.
    pub manifest: Arc<Manifest>,
    /// The id of the request, as it stands in the log.
    pub request_id: Uuid,
    /// The portal's present, where its clock was moved (`serve --clock-start`).
    pub moved_clock: Option<DateTime<Utc>>,
    /// The session of the browser; none outside of a request that may have one.
    pub session: Option<tower_sessions::Session>,
    /// The address of the client, as far as proxies are trusted.
    pub client_address: IpAddr,
    /// The brand to show: that of the viewer's partner, or of the name the portal was reached under.
    pub brand: Option<Arc<PageBrand>>,
    /// Where people reach the portal as they reach it now: from the configuration, or a name that its partner has proven.
    pub origin: String,
    /// Whose portal is reached under the name of the request; none under the portal's own.
    pub host_partner: Option<PartnerId>,
}

/// The session of a browser, to begin and to end.
#[derive(Clone, Debug)]
pub struct BrowserSession(tower_sessions::Session);

impl BrowserSession {
    /// Begins a session of a person under a new id: one known before the sign-in opens nothing after it.
    pub async fn begin(&self, person: UserId) -> Result<(), AppError> {
        self.end_present().await?;
        self.0.cycle_id().await.map_err(session_failure)?;
        self.0.insert(service::sessions::REQUEST_KEY, request_id()).await.map_err(session_failure)?;
        self.0.insert(service::sessions::USER_KEY, person).await.map_err(session_failure)
    }

    /// Ends it, in the database and in the browser.
    pub async fn end(&self) -> Result<(), AppError> {
        self.end_present().await?;
        self.0.flush().await.map_err(session_failure)
    }

    async fn end_present(&self) -> Result<(), AppError> {
        if let (Some(viewer), Some(id)) = (optional_viewer(), self.0.id()) {
            services()?.session_end(&viewer, id).await?;
        }
        Ok(())
    }
}

fn session_failure(error: tower_sessions::session::Error) -> AppError {
    tracing::warn!(error = &error as &dyn std::error::Error, "the session can't be changed");
    AppError::Unavailable
}

/// The session of the browser.
pub fn session() -> Result<BrowserSession, AppError> {
    use_context::<RequestContext>()
        .and_then(|context| context.session)
        .map(BrowserSession)
        .ok_or(AppError::Unexpected { incident: Uuid::nil() })
}

/// Whose portal is reached under the name of the request; none under the portal's own.
pub fn host_partner() -> Option<PartnerId> {
    use_context::<RequestContext>()?.host_partner
}

/// Where people reach the portal as they reach it now, without a path.
pub fn origin() -> String {
    use_context::<RequestContext>().map(|context| context.origin).unwrap_or_default()
}

/// The address of the client.
pub fn client_address() -> IpAddr {
    use_context::<RequestContext>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |context| context.client_address)
}

/// The look that the reader chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every choice, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of the cookie, and of the style property `color-scheme`; none follows the system.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The name of the theme in `style/tokens.css`, which `data-theme` fixes; none follows the system.
    pub fn style(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("portal-light"),
            Self::Dark => Some("portal-dark"),
        }
    }

    /// Reads a cookie; anything unknown follows the system.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == Some(name)).unwrap_or_default()
    }
}

/// What every page knows of its request.
#[derive(Clone, Debug)]
pub struct PageState {
    /// The language of the page.
    pub locale: Locale,
    /// The look of the page.
    pub theme: Theme,
    /// Path and query as asked for, on this portal.
    pub path: String,
    /// The id of the request.
    pub request_id: Uuid,
    /// The portal's present, where its clock was moved.
    pub moved_clock: Option<DateTime<Utc>>,
    /// The brand to show in place of the provider's look.
    pub brand: Option<Arc<PageBrand>>,
    /// What was just done, said once.
    pub notice: Option<Notice>,
    /// The request it was done to, where the page that follows shows another one.
    pub notice_about: Option<Reference>,
}

/// The signed-in viewer.
pub fn viewer() -> Result<Viewer, AppError> {
    optional_viewer().ok_or(AppError::SignInRequired)
}

/// The viewer, if somebody is signed in.
pub fn optional_viewer() -> Option<Viewer> {
    use_context::<RequestContext>()?.viewer
}

/// The use cases.
pub fn services() -> Result<Services, AppError> {
    use_context::<RequestContext>().map(|context| context.services).ok_or(AppError::Unexpected { incident: Uuid::nil() })
}

/// The files of the browser's part.
pub fn manifest() -> Arc<Manifest> {
    use_context::<RequestContext>().map(|context| context.manifest).unwrap_or_default()
}

/// The id of the request; nil outside of one.
pub fn request_id() -> Uuid {
    use_context::<RequestContext>().map_or_else(Uuid::nil, |context| context.request_id)
}

/// What the page knows of its request.
pub fn page_state() -> PageState {
    let parts = use_context::<Parts>();
    let context = use_context::<RequestContext>();
    let viewer = context.as_ref().and_then(|context| context.viewer.as_ref());
    PageState {
        locale: parts.as_ref().map_or_else(Locale::default, |parts| locale(parts, viewer)),
        theme: parts.as_ref().and_then(|parts| cookie(&parts.headers, THEME_COOKIE)).map(Theme::from_name).unwrap_or_default(),
        path: parts.as_ref().and_then(|parts| parts.uri.path_and_query()).map_or_else(|| paths::START.to_owned(), ToString::to_string),
        request_id: context.as_ref().map_or_else(Uuid::nil, |context| context.request_id),
        moved_clock: context.as_ref().and_then(|context| context.moved_clock),
        brand: context.as_ref().and_then(|context| context.brand.clone()),
        notice: query("notice").and_then(|code| Notice::from_code(&code)),
        notice_about: query_value(NOTICE_ABOUT),
    }
}

/// The reference of a request in an address: the one a notice is about.
pub const NOTICE_ABOUT: &str = "about";
/// The cookie that holds the choice of language.
pub const LOCALE_COOKIE: &str = "locale";
/// The cookie that holds the choice of look.
pub const THEME_COOKIE: &str = "theme";

/// The language of a request of which only the headers are known.
pub fn locale_of(headers: &HeaderMap) -> Locale {
    chosen_locale(headers, None)
}

/// The language of a request: chosen by cookie, else the viewer's own, else the browser's, else Russian.
pub fn locale(parts: &Parts, viewer: Option<&Viewer>) -> Locale {
    chosen_locale(&parts.headers, viewer)
}

/// The language of a request that is no page: by its headers and its viewer.
pub fn chosen_locale(headers: &HeaderMap, viewer: Option<&Viewer>) -> Locale {
    let chosen = cookie(headers, LOCALE_COOKIE).and_then(|name| name.parse().ok());
    let own = || viewer.and_then(|viewer| viewer.locale.as_str().parse().ok());
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(accepted_locale);
    chosen.or_else(own).or_else(accepted).unwrap_or_default()
}

/// The portal's language that `Accept-Language` weighs most; the first of equals.
fn accepted_locale(header: &str) -> Option<Locale> {
    let mut best: Option<(Locale, f32)> = None;
    for part in header.split(',') {
        let (tag, weight) = part.split_once(";q=").map_or((part, 1.0), |(tag, weight)| (tag, weight.trim().parse().unwrap_or(0.0)));
        let language = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let Some(locale) = Locale::get_all().iter().copied().find(|locale| locale.as_str() == language) else { continue };
        if weight > 0.0 && best.is_none_or(|(_, most)| weight > most) {
            best = Some((locale, weight));
        }
    }
    best.map(|(locale, _)| locale)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A part of the page's path; what can't be read names no page of ours.
pub fn path_value<T: FromStr>(name: &str) -> Result<T, AppError> {
    let text = use_params_map().with_untracked(|values| values.get(name)).ok_or(AppError::NotFound)?;
    text.parse().map_err(|_| AppError::NotFound)
}

/// A value of the page's query.
pub fn query(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let query = parts.uri.query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Every field of the page's query, in order: no more than a form of ours has, and none longer than a field of ours.
pub fn query_fields() -> Vec<(String, String)> {
    const MOST: usize = 40;
    const LONGEST: usize = 400;
    let parts = use_context::<Parts>();
    let query = parts.as_ref().and_then(|parts| parts.uri.query()).unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .filter(|(name, value)| name.len() <= LONGEST && value.len() <= LONGEST)
        .take(MOST)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// A value of the page's query as a number, a date or whatever can be read; nothing where it can't.
pub fn query_value<T: FromStr>(name: &str) -> Option<T> {
    query(name)?.parse().ok()
}

/// The state of the page's form where it came back with problems (`?form=<id>`), else an empty one.
pub async fn form_state() -> Result<FormState, AppError> {
    let Some(id) = query_value::<FormStateId>("form") else { return Ok(FormState::default()) };
    let viewer = optional_viewer();
    Ok(services()?.form_state_find(viewer.as_ref(), id).await?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri("/partner");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn the_language_is_the_cookie_then_the_browser_then_russian() {
        assert_eq!(locale(&parts(&[]), None), Locale::ru);
        assert_eq!(locale(&parts(&[("accept-language", "de-DE,en-GB;q=0.7,ru;q=0.3")]), None), Locale::en);
        assert_eq!(locale(&parts(&[("accept-language", "en;q=0.2, ru")]), None), Locale::ru);
        assert_eq!(locale(&parts(&[("accept-language", "en"), ("cookie", "id=1; locale=ru")]), None), Locale::ru);
        assert_eq!(locale(&parts(&[("accept-language", "en"), ("cookie", "locale=xx")]), None), Locale::en);
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        assert_eq!(cookie(&parts(&[("cookie", "xtheme=dark; theme2=dark")]).headers, "theme"), None);
        assert_eq!(cookie(&parts(&[("cookie", "a=b; theme=dark")]).headers, "theme"), Some("dark"));
    }
}
