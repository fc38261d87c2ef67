//! Shows what comes of a brand while it is edited. Without scripting a button does the same.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Event, HtmlFormElement, HtmlInputElement, XmlHttpRequest};

use crate::components::autosave::Autosave;
use crate::i18n::Locale;
use crate::paths;

/// How long nobody typed before the draft is saved and looked at.
const QUIET: Duration = Duration::from_millis(500);
/// What stands beside the form and follows from it.
const FOLLOWS: [&str; 3] = ["brand-contrasts", "brand-state", "brand-version"];
/// The frames of the preview.
const PREVIEWS: [&str; 2] = ["preview-light", "preview-dark"];

/// Saves the form around it as it is typed, and takes what the page says of the draft from the page made anew.
#[island]
pub fn BrandEditor(
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    Effect::new(move |_| {
        if let Some(line) = line.get() {
            Autosave { locale, address: paths::API_BRAND_SAVE, quiet: QUIET, reads_page: true, typed, answered }.begin(line.into());
        }
    });
    view! { <p class="muted small" role="status" node_ref=line></p> }
}

/// A colour that is picked is written into its field.
fn typed(_: Locale, event: &Event) {
    let picked = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(picked) = picked else { return };
    let field = picked.get_attribute("data-colour").and_then(|id| document().get_element_by_id(&id));
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        field.set_value(&picked.value());
    }
}

/// Takes the version, the contrasts and the addresses of the previews from the page made anew.
fn answered(_: Locale, _: &HtmlFormElement, request: &XmlHttpRequest) -> Option<String> {
    let page = request.response().ok()?.dyn_into::<Document>().ok()?;
    // Saved by a colleague meanwhile, or too long to be kept: the words of the page say so, and nothing is taken over.
    if let Some(refused) = page.get_element_by_id("error-summary") {
        return refused.text_content();
    }
    let here = document();
    for id in FOLLOWS {
        let (old, new) = (here.get_element_by_id(id)?, page.get_element_by_id(id)?);
        old.replace_with_with_node_1(&new).ok()?;
    }
    for id in PREVIEWS {
        let (old, new) = (here.get_element_by_id(id)?, page.get_element_by_id(id)?);
        old.set_attribute("src", &new.get_attribute("src")?).ok()?;
    }
    Some(String::new())
}
