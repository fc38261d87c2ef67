//! Saves a draft while it is written. Without scripting the form has its button for that.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::components::text_length::count;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// What the server answers where the request is another one since the form was made.
pub const CHANGED_ELSEWHERE: &str = "changed";
/// How long nobody typed before what stands in the form is saved.
const QUIET: Duration = Duration::from_secs(3);

/// A line that says how far the form around it is saved, and saves it. Lengths of its texts are counted meanwhile
/// ([`crate::components::text_length`]).
///
/// It writes into the page by itself and holds no signals: the module is loaded by every page that has an island, and they weigh.
#[island]
pub fn DraftAutosave(
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let running = StoredValue::new(false);
    let stop = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    Effect::new(move |_| {
        let Some(line) = line.get() else { return };
        let Some(form) = line.closest("form").ok().flatten() else { return };
        let Ok(form) = form.dyn_into::<web_sys::HtmlFormElement>() else { return };
        let own: web_sys::Element = form.clone().into();
        let save = move || {
            // One at a time: the answer to the first says which version the second has seen.
            if running.get_value() {
                return false;
            }
            running.set_value(true);
            line.set_text_content(Some(td_string!(locale, asking.draft.saving)));
            let said = line.clone();
            let answered = move |outcome: Outcome| {
                let words = match outcome {
                    Outcome::Saved(time) => td_string!(locale, asking.draft.saved, time = time),
                    Outcome::ChangedElsewhere => td_string!(locale, asking.draft.stale).to_owned(),
                    Outcome::Failed => td_string!(locale, asking.draft.not_saved).to_owned(),
                };
                said.set_text_content(Some(&words));
                running.set_value(false);
            };
            if post(&form, answered.clone()).is_none() {
                answered(Outcome::Failed);
            }
            true
        };
        let save = StoredValue::new_local(save);
        let of_form = {
            let own = own.clone();
            move |event: &web_sys::Event| {
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                target.and_then(|target| target.closest("form").ok().flatten()).is_some_and(|form| form == own)
            }
        };
        let typed = {
            let of_form = of_form.clone();
            move |event: web_sys::Event| {
                if !of_form(&event) {
                    return;
                }
                count(locale, &event);
                stop();
                let again = move || {
                    save.with_value(|save| save());
                };
                timer.set_value(set_timeout_with_handle(again, QUIET).ok());
            }
        };
        let inputs = window_event_listener_untyped("input", typed.clone());
        let changes = window_event_listener_untyped("change", typed);
        // What is sent is saved by that.
        let submits = window_event_listener_untyped("submit", move |event: web_sys::Event| {
            if of_form(&event) {
                stop();
            }
        });
        on_cleanup(move || {
            inputs.remove();
            changes.remove();
            submits.remove();
            stop();
        });
    });
    view! { <p class="muted small" role="status" node_ref=line></p> }
}

/// What became of a save.
enum Outcome {
    /// It was saved at this time of day.
    Saved(String),
    /// The request is another one since the form was made; what stands in the form stays there.
    ChangedElsewhere,
    /// It was not saved.
    Failed,
}

/// Sends what stands in the form; `answered` hears what became of it. The form then knows its draft and the version it has seen. (The older of the browser's two ways to ask, for it brings less code with it.)
fn post(form: &web_sys::HtmlFormElement, answered: impl Fn(Outcome) + 'static) -> Option<()> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let body = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let request = web_sys::XmlHttpRequest::new().ok()?;
    request.open("POST", paths::API_REQUEST_AUTOSAVE).ok()?;
    let (form, asked) = (form.clone(), request.clone());
    let ended = Closure::once_into_js(move || answered(outcome(&form, &asked).unwrap_or(Outcome::Failed)));
    request.set_onloadend(Some(ended.unchecked_ref()));
    request.send_with_opt_url_search_params(Some(&body)).ok()
}

/// What the answer says: the draft, its version and the time.
fn outcome(form: &web_sys::HtmlFormElement, request: &web_sys::XmlHttpRequest) -> Option<Outcome> {
    let text = request.response_text().ok().flatten().filter(|_| request.status() == Ok(200))?;
    let text = text.trim_matches('"');
    if text == CHANGED_ELSEWHERE {
        return Some(Outcome::ChangedElsewhere);
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
    Some(Outcome::Saved(time.to_owned()))
}

/// Writes a hidden value of the form; whether it was empty.
fn set(form: &web_sys::HtmlFormElement, name: &str, value: &str) -> bool {
    let found = form.query_selector(&format!("input[name=\"{name}\"]")).ok().flatten();
    let Some(input) = found.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return false };
    let was_empty = input.value().is_empty();
    input.set_value(value);
    was_empty
}
