//! `/partner/brand/preview`: the elements of a page under the draft of the brand, to be looked at beside its form.

use leptos::prelude::*;
use service::brands::BrandPreview;

use crate::brand::PageBrand;
use crate::components::icon::lucide;
use crate::components::notice::NoticeView;
use crate::components::status::{Status, Tone};
use crate::context::{PageState, Theme, page_state, query, query_value, services, viewer};
use crate::error::AppError;
use crate::form::{Control, Field, FormState};
use crate::i18n::{Locale, td_string};
use crate::layouts::{Frame, NavigationEntry};
use crate::page::{Page, partner_page, settle};
use crate::paths;

/// What the address of a preview asks for.
pub struct AskedPreview {
    /// The theme, whatever the reader has chosen for the portal.
    pub theme: Theme,
    /// The style sheet of the draft; none of the look without a brand.
    pub style_sheet: Option<String>,
}

/// What the document around a page has to know of a preview; none around any other page.
pub fn asked_for_preview() -> Option<AskedPreview> {
    let path = page_state().path;
    (path.split('?').next() == Some(paths::PARTNER_BRAND_PREVIEW)).then(|| {
        let theme = if query("theme").as_deref() == Some("dark") { Theme::Dark } else { Theme::Light };
        let sheet = || paths::brand_draft_sheet(query_value("version").unwrap_or_default());
        AskedPreview { theme, style_sheet: (!without_brand()).then(sheet) }
    })
}

/// Whether what is asked for is how the portal looks when the brand is switched off.
fn without_brand() -> bool {
    query("brand").as_deref() == Some("none")
}

/// The preview.
#[component]
pub fn BrandPreviewPage() -> impl IntoView {
    let state = page_state();
    // Who may not see it is answered as everywhere.
    if viewer().map_or(true, |viewer| viewer.partner.is_none()) {
        return partner_page(crate::layouts::partner::PartnerSection::Brand, async |_, _| Ok(Page::new("", ())));
    }
    let without = without_brand();
    Suspend::new(async move {
        let locale = state.locale;
        let (brand, loaded) = match draft().await {
            Ok(draft) => {
                let brand = (!without).then(|| std::sync::Arc::new(PageBrand::of_draft(&draft)));
                // Beside the form it stands in a frame; this one is a page of its own, to be left again.
                let back = without.then(|| view! { <p><a href=paths::PARTNER_BRAND>{td_string!(locale, brand.preview.back)}</a></p> });
                let page = Page::new(td_string!(locale, brand.preview.title), view! { {back} {sample_view(locale)} });
                (brand, Ok(page))
            }
            Err(error) => (None, Err(error)),
        };
        let state = PageState { brand, moved_clock: None, ..state };
        let page = settle(&state, loaded);
        view! { <Frame state navigation=navigation(locale)>{page}</Frame> }
    })
    .into_any()
}

async fn draft() -> Result<BrandPreview, AppError> {
    Ok(services()?.brand_preview(&viewer()?).await?)
}

fn navigation(locale: Locale) -> Vec<NavigationEntry> {
    [
        (td_string!(locale, layout.partner_section.home), lucide::LuHouse, true),
        (td_string!(locale, layout.partner_section.money), lucide::LuWallet, false),
        (td_string!(locale, layout.partner_section.clients), lucide::LuUsers, false),
    ]
    .map(|(label, icon, current)| NavigationEntry { href: "#content", label, icon, current })
    .into()
}

/// One of every element that the brand colours.
fn sample_view(locale: Locale) -> AnyView {
    let field = FormState::default().field("sample").or_value(td_string!(locale, brand.preview.sample.value));
    view! {
        <div class="page-head"><div><h1>{td_string!(locale, brand.preview.sample.title)}</h1><p>{td_string!(locale, brand.preview.sample.lead)}</p></div></div>
        <NoticeView tone=Tone::Good text=td_string!(locale, brand.preview.sample.notice)/>
        <section class="card stack">
            <h2 class="card-title">{td_string!(locale, brand.preview.sample.card)}</h2>
            <p>{td_string!(locale, brand.preview.sample.text)} " " <a href="#content">{td_string!(locale, brand.preview.sample.link)}</a></p>
            <p class="row">
                <Status tone=Tone::Good icon=lucide::LuCheck label=td_string!(locale, brand.preview.sample.good)/>
                <Status tone=Tone::Waiting icon=lucide::LuClock label=td_string!(locale, brand.preview.sample.waiting)/>
            </p>
            <Field locale field label=td_string!(locale, brand.preview.sample.field) control=Control::Text optional=true/>
            <div class="actions">
                <button class="btn btn-primary" type="button">{td_string!(locale, brand.preview.sample.primary)}</button>
                <button class="btn btn-accent" type="button">{td_string!(locale, brand.preview.sample.accent)}</button>
                <button class="btn" type="button">{td_string!(locale, brand.preview.sample.plain)}</button>
            </div>
        </section>
    }
    .into_any()
}
