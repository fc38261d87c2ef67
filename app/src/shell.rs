//! The document around every page.

use domain::brand::{BrandFont, BrandTheme};
use http::header;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_i18n::Locale as _;

use crate::brand::PageBrand;
use crate::context::{Theme, manifest, origin, page_state};
use crate::page::set_header;
use crate::partner::brand::preview_page::asked_for_preview;
use crate::policy::{self, Frames};
use crate::routes::App;

/// The whole document. Not Leptos's `HydrationScripts`: that prints the nonce where any style sheet could read it.
pub fn shell() -> impl IntoView {
    // Nothing on a page but its islands hydrates, so no data is written for it.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    leptos_meta::provide_meta_context();
    let state = page_state();
    let manifest = manifest();
    let nonce = use_nonce();
    let preview = asked_for_preview();
    let without = preview.as_ref().is_some_and(|preview| preview.style_sheet.is_none());
    let brand = state.brand.as_deref().filter(|_| !without);
    let theme = preview.as_ref().map_or(state.theme, |preview| preview.theme);
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), &nonce) {
        let frames = if preview.is_some() { Frames::Own } else { Frames::None };
        set_header(&response, header::CONTENT_SECURITY_POLICY, &policy::page(nonce, frames));
    }
    // After the portal's own sheet, whose tokens it replaces. Both hold up the first picture of the page: no other look flashes by.
    let brand_sheet = preview.and_then(|preview| preview.style_sheet).or_else(|| brand.map(|brand| brand.style_sheet.clone()));
    let brand_sheet = brand_sheet.map(|address| view! { <link rel="stylesheet" href=address/> });
    let icon = match brand {
        None => Some(view! { <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/> }.into_any()),
        // A browser asks for /favicon.ico, which is not there, rather than to show another's icon.
        Some(brand) => {
            brand.favicon.as_ref().map(|icon| view! { <link rel="icon" href=icon.address.clone() r#type="image/png"/> }.into_any())
        }
    };
    let graph = brand.map(|brand| {
        let picture = brand
            .logo_light
            .as_ref()
            .or(brand.logo_dark.as_ref())
            // Who reads these wants whole addresses.
            .map(|logo| view! { <meta content=format!("{}{}", origin(), logo.address)/> }.attr("property", "og:image"));
        let name = view! { <meta content=brand.name.clone()/> }.attr("property", "og:site_name");
        let kind = view! { <meta content="website"/> }.attr("property", "og:type");
        (name, kind, picture)
    });
    // A brand in another font, or one that can't be read whole yet, is not kept waiting for the portal's.
    let own_font = brand.is_none_or(|brand| brand.content.as_ref().is_some_and(|content| content.font == BrandFont::GolosText));
    let fonts: Vec<_> = manifest
        .fonts
        .iter()
        .filter(|_| own_font)
        .map(|font| view! { <link rel="preload" r#as="font" r#type="font/woff2" crossorigin="anonymous" href=font.clone()/> })
        .collect();
    view! {
        <!DOCTYPE html>
        <html lang=state.locale.as_str() data-theme=theme.style()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=theme.name().unwrap_or("light dark")/>
                {theme_color(theme, brand)}
                {icon}
                {graph}
                {fonts}
                <link rel="stylesheet" href=manifest.style.clone()/>
                {brand_sheet}
                <script
                    r#type="module"
                    nonce=nonce
                    src=manifest.islands.clone()
                    data-script=manifest.script.clone()
                    data-wasm=manifest.wasm.clone()
                ></script>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The colour of the browser's own frame: the brand's, or that of the page's ground in the theme it shows.
fn theme_color(theme: Theme, brand: Option<&PageBrand>) -> impl IntoView + use<> {
    let colour = |theme: BrandTheme| {
        let ground = match theme {
            BrandTheme::Light => "#ffffff",
            BrandTheme::Dark => "#16181d",
        };
        brand.and_then(|brand| brand.frame_colour(theme)).unwrap_or_else(|| ground.to_owned())
    };
    match theme {
        Theme::Light => view! { <meta name="theme-color" content=colour(BrandTheme::Light)/> }.into_any(),
        Theme::Dark => view! { <meta name="theme-color" content=colour(BrandTheme::Dark)/> }.into_any(),
        Theme::System => (
            view! { <meta name="theme-color" content=colour(BrandTheme::Light)/> }.attr("media", "(prefers-color-scheme: light)"),
            view! { <meta name="theme-color" content=colour(BrandTheme::Dark)/> }.attr("media", "(prefers-color-scheme: dark)"),
        )
            .into_any(),
    }
}
