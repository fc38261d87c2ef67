//! `/partner/brand/preview`: the elements of a page under the draft of the brand, to be looked at beside its form.

use leptos::prelude::*;

use crate::brand::PageBrand;
use crate::components::icon::lucide;
use crate::components::notice::NoticeView;
use crate::components::status::{Status, Tone};
use crate::context::{Theme, page_state, query, query_value, services, viewer};
use crate::form::{Control, Field, FormState};
use crate::i18n::{Locale, td_string};
use crate::layouts::{Frame, NavigationEntry};
use crate::page::{Page, partner_page};
use crate::paths;

/// What the address of a preview asks for.
pub struct AskedPreview {
    /// The theme, whatever the reader has chosen for the portal.
    pub theme: Theme,
    /// The style sheet of the draft.
    pub style_sheet: String,
}

/// What the document around a page has to know of a preview; none around any other page.
pub fn asked_for_preview() -> Option<AskedPreview> {
    let path = page_state().path;
    (path.split('?').next() == Some(paths::PARTNER_BRAND_PREVIEW)).then(|| {
        let theme = if query("theme").as_deref() == Some("dark") { Theme::Dark } else { Theme::Light };
        AskedPreview { theme, style_sheet: paths::brand_draft_sheet(query_value("version").unwrap_or_default()) }
    })
}

/// The preview.
#[component]
pub fn BrandPreviewPage() -> impl IntoView {
    let state = page_state();
    // Who may not see it is answered as everywhere.
    if viewer().map_or(true, |viewer| viewer.partner.is_none()) {
        return partner_page(crate::layouts::partner::PartnerSection::Brand, async |_, _| Ok(Page::new("", ())));
    }
    Suspend::new(async move {
        let draft = match (services(), viewer()) {
            (Ok(services), Ok(viewer)) => services.brand_preview(&viewer).await.ok(),
            _ => None,
        };
        let locale = state.locale;
        let brand = draft.map(|draft| std::sync::Arc::new(PageBrand::of_draft(&draft)));
        let state = crate::context::PageState { brand, ..state };
        view! { <Frame state navigation=navigation(locale)>{sample_view(locale)}</Frame> }
    })
    .into_any()
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
