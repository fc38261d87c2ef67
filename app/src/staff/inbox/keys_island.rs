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
/// The key that goes to the choice of a reviewer.
pub const ASSIGN_KEY: &str = "G";
/// The key that names the keys.
pub const HELP_KEY: &str = "?";

/// The panel that names the keys: hidden until somebody listens for them.
pub const PANEL: &str = "keys";

/// Where the browser keeps that somebody turned the keys off.
const OFF: &str = "inbox-keys-off";

/// Listens for the keys while nobody types, and shows the panel that names them. Approving only moves the focus to its button: a key alone decides nothing.
/// Who speaks to the computer, or strikes keys by accident, turns them off (WCAG 2.1.4). Without scripting there are no keys to name.
#[island]
pub fn InboxKeys(
    /// Where the next request is.
    next: Option<String>,
    /// Where the previous request is.
    previous: Option<String>,
) -> impl IntoView {
    Effect::new(move |_| {
        let panel = document().get_element_by_id(PANEL);
        let switch = panel.as_ref().and_then(|panel| panel.query_selector("input").ok().flatten()).map(JsCast::unchecked_into);
        let switch: Option<web_sys::HtmlInputElement> = switch;
        if let (Some(panel), Some(switch)) = (panel, &switch) {
            switch.set_checked(storage().and_then(|storage| storage.get_item(OFF).ok().flatten()).is_some());
            let _ = panel.remove_attribute("hidden");
        }
        let switches = window_event_listener_untyped("change", {
            let switch = switch.clone();
            move |_| {
                let (Some(switch), Some(storage)) = (&switch, storage()) else { return };
                // Where the browser keeps nothing, the choice holds for this page.
                let _ = if switch.checked() { storage.set_item(OFF, "true") } else { storage.remove_item(OFF) };
            }
        });
        let (next, previous) = (next.clone(), previous.clone());
        let handle = window_event_listener_untyped("keydown", move |event| {
            let event: web_sys::KeyboardEvent = event.unchecked_into();
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
                return;
            }
            // The sign, wherever the layout has it.
            if event.key() == HELP_KEY {
                return toggle_help();
            }
            if switch.as_ref().is_some_and(web_sys::HtmlInputElement::checked) {
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
        on_cleanup(move || {
            handle.remove();
            switches.remove();
        });
    });
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Opens the panel that names the keys, or closes it.
fn toggle_help() {
    let Some(panel) = document().get_element_by_id(PANEL) else { return };
    if panel.has_attribute("open") {
        let _ = panel.remove_attribute("open");
    } else {
        let _ = panel.set_attribute("open", "");
        focus_first("#keys summary");
    }
}

fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
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
