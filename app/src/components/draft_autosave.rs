//! Saves a draft while it is written. Without scripting the form has its button for that.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlFormElement, XmlHttpRequest};

use crate::components::autosave::Autosave;
use crate::components::text_length::count;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// What the server answers where the request is another one since the form was made.
pub const CHANGED_ELSEWHERE: &str = "changed";
/// How long nobody typed before what stands in the form is saved.
const QUIET: Duration = Duration::from_secs(3);

/// A line that says how far the form around it is saved, and saves it. Lengths of its texts are counted meanwhile
/// ([`crate::components::text_length`]).
#[island]
pub fn DraftAutosave(
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    Effect::new(move |_| {
        if let Some(line) = line.get() {
            let address = paths::API_REQUEST_AUTOSAVE;
            Autosave { locale, address, quiet: QUIET, reads_page: false, typed: count, answered }.begin(line.into());
        }
    });
    view! { <p class="muted small" role="status" node_ref=line></p> }
}

/// The form then knows its draft and the version it has seen; what stands in it stays there where the request is another one by now.
fn answered(locale: Locale, form: &HtmlFormElement, request: &XmlHttpRequest) -> Option<String> {
    let text = request.response_text().ok().flatten()?;
    let text = text.trim_matches('"');
    if text == CHANGED_ELSEWHERE {
        return Some(td_string!(locale, asking.draft.stale).to_owned());
    }
    let mut parts = text.split(' ');
    let (reference, version, time) = (parts.next()?, parts.next()?, parts.next()?);
    let begun = set(form, "reference", reference);
    set(form, "version", version);
    if begun && let Ok(history) = window().history() {
        // Loaded again, the page is that of the draft.
        let address = format!("{}/{reference}", paths::PARTNER_CASES);
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
    Some(td_string!(locale, asking.draft.saved, time = time.to_owned()))
}

/// Writes a hidden value of the form; whether it was empty.
fn set(form: &HtmlFormElement, name: &str, value: &str) -> bool {
    let found = form.query_selector(&format!("input[name=\"{name}\"]")).ok().flatten();
    let Some(input) = found.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return false };
    let was_empty = input.value().is_empty();
    input.set_value(value);
    was_empty
}
