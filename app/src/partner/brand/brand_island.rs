//! Shows what comes of a brand while it is edited. Without scripting a button does the same.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, HtmlInputElement, XmlHttpRequest, XmlHttpRequestResponseType};

use crate::i18n::{Locale, td_string};
use crate::paths;

/// How long nobody typed before the draft is saved and looked at.
const QUIET: Duration = Duration::from_millis(500);

/// Saves the form around it as it is typed, and takes what the page says of the draft from the page made anew.
#[island]
pub fn BrandEditor(
    /// The language.
    locale: Locale,
) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    let said = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let running = StoredValue::new(false);
    Effect::new(move |_| {
        let Some(form) = line.get().and_then(|line| line.closest("form").ok().flatten()) else { return };
        let Ok(form) = form.dyn_into::<web_sys::HtmlFormElement>() else { return };
        let stop = move || {
            if let Some(handle) = timer.try_update_value(Option::take).flatten() {
                handle.clear();
            }
        };
        let own: web_sys::Element = form.clone().into();
        let save = StoredValue::new_local(move || {
            // One at a time: the answer to the first says which version the second has seen.
            if running.get_value() {
                return false;
            }
            running.set_value(true);
            said.set(td_string!(locale, asking.draft.saving).to_owned());
            let ended = move |done: bool| {
                said.set(if done { String::new() } else { td_string!(locale, asking.draft.not_saved).to_owned() });
                running.set_value(false);
            };
            if post(&form, ended).is_none() {
                ended(false);
            }
            true
        });
        let inputs = window_event_listener_untyped("input", move |event: web_sys::Event| {
            let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
            if target.closest("form").ok().flatten().as_ref() != Some(&own) {
                return;
            }
            // A colour that is picked is written into its field, and the other way round.
            if let Some(other) = target.get_attribute("data-colour").and_then(|id| document().get_element_by_id(&id)) {
                if let Ok(other) = other.dyn_into::<HtmlInputElement>() {
                    other.set_value(&target.value());
                }
            }
            stop();
            let again = move || {
                if !save.with_value(|save| save()) {
                    timer.set_value(
                        set_timeout_with_handle(
                            move || {
                                save.with_value(|save| save());
                            },
                            QUIET,
                        )
                        .ok(),
                    );
                }
            };
            timer.set_value(set_timeout_with_handle(again, QUIET).ok());
        });
        on_cleanup(move || {
            inputs.remove();
            stop();
        });
    });
    view! { <p class="muted small" role="status" node_ref=line>{said}</p> }
}

/// Sends what stands in the form, and reads the page again: `ended` hears whether it is saved.
fn post(form: &web_sys::HtmlFormElement, ended: impl Fn(bool) + Copy + 'static) -> Option<()> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let body = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", paths::API_BRAND_SAVE).ok()?;
    // With this the answer is the page that follows: the browser goes there itself.
    request.set_request_header("Accept", "text/html").ok()?;
    request.set_response_type(XmlHttpRequestResponseType::Document);
    let asked = request.clone();
    let answered = Closure::once_into_js(move || {
        let page = asked.response().ok().and_then(|page| page.dyn_into::<Document>().ok()).filter(|_| asked.status() == Ok(200));
        ended(page.and_then(|page| take(&page)).is_some());
    });
    request.set_onloadend(Some(answered.unchecked_ref()));
    request.send_with_opt_url_search_params(Some(&body)).ok()
}

/// Takes the version, the contrasts and the addresses of the previews from the page made anew.
fn take(page: &Document) -> Option<()> {
    let here = document();
    let version = page.get_element_by_id("brand-version")?.dyn_into::<HtmlInputElement>().ok()?.value();
    here.get_element_by_id("brand-version")?.dyn_into::<HtmlInputElement>().ok()?.set_value(&version);
    for id in ["brand-contrasts", "brand-state"] {
        if let (Some(old), Some(new)) = (here.get_element_by_id(id), page.get_element_by_id(id)) {
            let new = here.import_node_with_deep(&new, true).ok()?;
            old.replace_with_with_node_1(&new).ok()?;
        }
    }
    for id in ["preview-light", "preview-dark"] {
        if let (Some(old), Some(new)) = (here.get_element_by_id(id), page.get_element_by_id(id)) {
            old.set_attribute("src", &new.get_attribute("src")?).ok()?;
        }
    }
    Some(())
}
