//! How a page is made: a guard, one use case, a title and a view, inside its layout.
//!
//! ```ignore
//! #[component]
//! pub fn LevelPage() -> impl IntoView {
//!     partner_page(PartnerSection::Level, async |partner, state| {
//!         let level = services()?.level_page(&partner.viewer).await?;
//!         let locale = state.locale;
//!         Ok(Page::new(td_string!(locale, level.title), view! { <LevelTimeline locale level/> }))
//!     })
//! }
//! ```

use std::future::Future;

use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::{Viewer, ViewerPartner};

use crate::brand::site_name;
use crate::components::error_view::{ErrorView, error_text};
use crate::context::{PageState, optional_viewer, page_state, viewer};
use crate::error::AppError;
use crate::layouts::partner::{PartnerLayout, PartnerSection};
use crate::layouts::public::PublicLayout;
use crate::layouts::staff::{StaffLayout, StaffSection};
use crate::{form, paths};

/// What a page shows inside its layout.
pub struct Page {
    title: String,
    body: AnyView,
    narrow: bool,
}

impl Page {
    /// A page with its title, which is also the name of the browser's tab.
    pub fn new(title: impl Into<String>, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), body: body.into_any(), narrow: false }
    }

    /// The same as one narrow card in the middle; only public pages are.
    #[must_use]
    pub fn narrow(self) -> Self {
        Self { narrow: true, ..self }
    }
}

/// A signed-in person of a partner.
#[derive(Clone, Debug)]
pub struct PartnerViewer {
    /// The person.
    pub viewer: Viewer,
    /// The partner the person works for.
    pub partner: ViewerPartner,
}

/// A page for everybody.
pub fn public_page<F, Loading>(load: F) -> AnyView
where
    F: FnOnce(PageState) -> Loading + Send + 'static,
    Loading: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    let state = page_state();
    let viewer = optional_viewer();
    let loading = load(state.clone());
    Suspend::new(async move {
        let loaded = loading.await;
        let narrow = loaded.as_ref().map_or(true, |page| page.narrow);
        let page = settle(&state, loaded);
        // Whoever is signed in keeps their sections at hand.
        match viewer {
            None => view! { <PublicLayout state narrow>{page}</PublicLayout> }.into_any(),
            Some(viewer) => match partner_viewer(viewer.clone()) {
                Ok(partner) => view! { <PartnerLayout state partner section=None>{page}</PartnerLayout> }.into_any(),
                Err(_) => view! { <StaffLayout state viewer section=None>{page}</StaffLayout> }.into_any(),
            },
        }
    })
    .into_any()
}

/// A page for people of a partner; anybody else is told so, and who isn't signed in is led to the sign-in page.
pub fn partner_page<F, Loading>(section: PartnerSection, load: F) -> AnyView
where
    F: FnOnce(PartnerViewer, PageState) -> Loading + Send + 'static,
    Loading: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    let state = page_state();
    match viewer().and_then(partner_viewer) {
        Err(error) => refused(&state, &error),
        Ok(partner) => {
            let loading = load(partner.clone(), state.clone());
            Suspend::new(async move {
                let page = settle(&state, loading.await);
                view! { <PartnerLayout state partner section>{page}</PartnerLayout> }
            })
            .into_any()
        }
    }
}

/// A page for staff; as [`partner_page`].
pub fn staff_page<F, Loading>(section: StaffSection, load: F) -> AnyView
where
    F: FnOnce(Viewer, PageState) -> Loading + Send + 'static,
    Loading: Future<Output = Result<Page, AppError>> + Send + 'static,
{
    let state = page_state();
    match viewer().and_then(staff_viewer) {
        Err(error) => refused(&state, &error),
        Ok(viewer) => {
            let loading = load(viewer.clone(), state.clone());
            Suspend::new(async move {
                let page = settle(&state, loading.await);
                view! { <StaffLayout state viewer section>{page}</StaffLayout> }
            })
            .into_any()
        }
    }
}

/// Where a signed-in person begins: a partner's home or the staff's inbox.
pub fn start_path(viewer: &Viewer) -> &'static str {
    if viewer.partner.is_some() { paths::PARTNER_HOME } else { paths::STAFF_INBOX }
}

/// Nothing to see: leads on to the viewer's own start page.
#[component]
pub fn StartPage() -> impl IntoView {
    form::redirect(optional_viewer().as_ref().map_or(paths::SIGN_IN, start_path));
}

/// An address that names no page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    public_page(async |_| Err(AppError::NotFound))
}

/// The partner that a viewer works for. Pages of partners don't exist for staff.
fn partner_viewer(viewer: Viewer) -> Result<PartnerViewer, AppError> {
    let partner = viewer.partner.clone().ok_or(AppError::NotFound)?;
    Ok(PartnerViewer { viewer, partner })
}

/// Pages of the staff don't exist for partners.
fn staff_viewer(viewer: Viewer) -> Result<Viewer, AppError> {
    if viewer.partner.is_none() { Ok(viewer) } else { Err(AppError::NotFound) }
}

/// A page that its guard refuses.
fn refused(state: &PageState, error: &AppError) -> AnyView {
    if *error == AppError::SignInRequired {
        form::redirect(&paths::sign_in_then(&state.path));
        return ().into_any();
    }
    let page = settle(state, Err(error.clone()));
    let state = state.clone();
    view! { <PublicLayout state narrow=true>{page}</PublicLayout> }.into_any()
}

/// The content of a page, or of its failure with the status that says so.
pub(crate) fn settle(state: &PageState, loaded: Result<Page, AppError>) -> AnyView {
    let locale = state.locale;
    match loaded {
        Ok(page) => {
            set_title(&format!("{} · {}", page.title, site_name(locale, state.brand.as_deref())));
            page.body
        }
        Err(error) => {
            set_status(&error);
            set_title(&format!("{} · {}", error_text(locale, &error).title, site_name(locale, state.brand.as_deref())));
            view! { <ErrorView locale error request_id=state.request_id/> }.into_any()
        }
    }
}

fn set_status(error: &AppError) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    response.set_status(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    let wait = match error {
        AppError::TooMany { retry_after_seconds } => *retry_after_seconds,
        AppError::Unavailable => 2,
        _ => return,
    };
    set_header(&response, header::RETRY_AFTER, &wait.to_string());
}

/// Sets a header; a value that no header can carry is left out.
pub(crate) fn set_header(response: &ResponseOptions, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.insert_header(name, value);
    }
}

/// Names the browser's tab. `leptos_meta` writes a title unescaped, and titles hold names of clients.
fn set_title(title: &str) {
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = view! { <leptos_meta::Title text=escaped/> }.to_html();
}
