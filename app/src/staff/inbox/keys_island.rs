//! The inbox answers to keys; everything they do is a link or a button of the page too.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The key that opens the next request.
pub const NEXT_KEY: &str = "J";
/// The key that opens the previous request.
pub const PREVIOUS_KEY: &str = "K";
/// The key that goes to the approval.
pub const APPROVE_KEY: &str = "A";
/// The key that goes to asking for corrections.
pub const ASK_KEY: &str = "S";
/// The key that goes to the refusal.
pub const REFUSE_KEY: &str = "R";

/// Listens for the keys while nobody types. Approving only moves the focus to its button: a key alone decides nothing.
#[island]
pub fn InboxKeys(
    /// Where the next request is.
    next: Option<String>,
    /// Where the previous request is.
    previous: Option<String>,
) -> impl IntoView {
    Effect::new(move |_| {
        let (next, previous) = (next.clone(), previous.clone());
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
                return;
            }
            // The physical key, so that a Russian layout does not matter.
            let address = match event.code().as_str() {
                "KeyJ" | "ArrowRight" => next.as_ref(),
                "KeyK" | "ArrowLeft" => previous.as_ref(),
                "KeyA" => return focus("approve"),
                "KeyR" => return focus("field-reason"),
                "KeyS" => return focus_first("form[action$='/requests/ask'] input:not([type=hidden])"),
                "KeyG" => return focus("assign-to"),
                _ => None,
            };
            if let Some(address) = address {
                // A page that can't be left is where the reader stays.
                let _ = window().location().set_href(address);
            }
        });
        on_cleanup(move || handle.remove());
    });
}

fn is_typing(event: &leptos::ev::KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return false };
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
}

fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        open_and_focus(element);
    }
}

fn focus_first(selector: &str) {
    if let Some(element) = document().query_selector(selector).ok().flatten() {
        open_and_focus(element);
    }
}

fn open_and_focus(element: web_sys::Element) {
    if let Some(details) = element.closest("details").ok().flatten() {
        let _ = details.set_attribute("open", "");
    }
    if let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() {
        let _ = element.focus();
    }
}
