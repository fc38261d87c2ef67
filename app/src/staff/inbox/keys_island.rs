//! The inbox answers to keys; everything they do is a link or a button of the page too.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
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

/// The words of the panel that names the keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeysWords {
    /// What the panel is called.
    pub title: String,
    /// Beside the box that turns the keys off.
    pub off: String,
    /// Each key with what it does.
    pub keys: Vec<(String, String)>,
}

/// Where the browser keeps that somebody turned the keys off.
const OFF: &str = "inbox-keys-off";

/// Listens for the keys while nobody types, and names them. Approving only moves the focus to its button: a key alone decides nothing.
/// Who speaks to the computer, or strikes keys by accident, turns them off (WCAG 2.1.4). Without scripting there are no keys to name.
#[island]
pub fn InboxKeys(
    /// Where the next request is.
    next: Option<String>,
    /// Where the previous request is.
    previous: Option<String>,
    /// The words of the panel.
    words: KeysWords,
) -> impl IntoView {
    let (ready, off) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        off.set(storage().and_then(|storage| storage.get_item(OFF).ok().flatten()).is_some());
        ready.set(true);
        let (next, previous) = (next.clone(), previous.clone());
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
                return;
            }
            // The sign, wherever the layout has it.
            if event.key() == HELP_KEY {
                return toggle_help();
            }
            if off.get_untracked() {
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
    let turn = move |event| {
        let is_off = event_target_checked(&event);
        off.set(is_off);
        // Where the browser keeps nothing, the choice holds for this page.
        if let Some(storage) = storage() {
            let _ = if is_off { storage.set_item(OFF, "true") } else { storage.remove_item(OFF) };
        }
    };
    let keys: Vec<_> =
        words.keys.into_iter().map(|(key, what)| view! { <div><dt><kbd class="kbd">{key}</kbd></dt><dd>{what}</dd></div> }).collect();
    view! {
        <details class="disclosure" id="keys" hidden=move || !ready.get()>
            <summary>{words.title}" "<kbd class="kbd">{HELP_KEY}</kbd></summary>
            <dl class="dl">{keys}</dl>
            <label class="choice"><input class="checkbox" type="checkbox" prop:checked=off on:change=turn/><span>{words.off}</span></label>
        </details>
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Opens the panel that names the keys, or closes it.
fn toggle_help() {
    let Some(panel) = document().get_element_by_id("keys") else { return };
    if panel.has_attribute("open") {
        let _ = panel.remove_attribute("open");
    } else {
        let _ = panel.set_attribute("open", "");
        focus_first("#keys summary");
    }
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
