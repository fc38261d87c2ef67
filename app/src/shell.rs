//! The document around every page.

use http::header;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_i18n::Locale as _;

use crate::context::{Theme, manifest, page_state};
use crate::page::set_header;
use crate::policy;
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
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), &nonce) {
        set_header(&response, header::CONTENT_SECURITY_POLICY, &policy::page(nonce));
    }
    let fonts: Vec<_> = manifest
        .fonts
        .iter()
        .map(|font| view! { <link rel="preload" r#as="font" r#type="font/woff2" crossorigin="anonymous" href=font.clone()/> })
        .collect();
    view! {
        <!DOCTYPE html>
        <html lang=state.locale.as_str() data-theme=state.theme.style()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=state.theme.name().unwrap_or("light dark")/>
                {theme_color(state.theme)}
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                {fonts}
                <link rel="stylesheet" href=manifest.style.clone()/>
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

/// The colour of the browser's own frame: that of the page's ground in the theme it shows.
fn theme_color(theme: Theme) -> impl IntoView {
    match theme {
        Theme::Light => view! { <meta name="theme-color" content="#ffffff"/> }.into_any(),
        Theme::Dark => view! { <meta name="theme-color" content="#16181d"/> }.into_any(),
        Theme::System => (
            view! { <meta name="theme-color" content="#ffffff"/> }.attr("media", "(prefers-color-scheme: light)"),
            view! { <meta name="theme-color" content="#16181d"/> }.attr("media", "(prefers-color-scheme: dark)"),
        )
            .into_any(),
    }
}
