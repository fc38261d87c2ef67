//! A code with a button that copies it.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlButtonElement, HtmlElement};

use crate::components::icon::{Icon, lucide};
use crate::i18n::{Locale, td_string};

/// Text to copy. Without scripting it is text that a click selects whole; the button appears when the island is awake and the browser lets
/// it write, which it does under https only.
///
/// It writes into the page by itself and holds no signals, as [`crate::components::autosave`] does.
#[island]
pub fn CopyButton(
    /// The language.
    locale: Locale,
    /// What is shown and copied.
    text: String,
) -> impl IntoView {
    let (button, line) = (NodeRef::<html::Button>::new(), NodeRef::<html::Span>::new());
    let copied = text.clone();
    Effect::new(move |_| {
        if let (Some(button), Some(line)) = (button.get(), line.get())
            && window().is_secure_context()
        {
            listen(locale, copied.clone(), &button, line.into());
        }
    });
    view! {
        <span class="row">
            <code class="code">{text}</code>
            <button class="btn btn-sm btn-ghost" type="button" hidden node_ref=button>
                <Icon icon=lucide::LuCopy/>
                {td_string!(locale, common.copy)}
            </button>
            <span class="small muted" role="status" node_ref=line></span>
        </span>
    }
}

/// Shows the button, and copies when it is pressed.
fn listen(locale: Locale, text: String, button: &HtmlButtonElement, line: HtmlElement) {
    let pressed = Closure::<dyn FnMut()>::new(move || {
        let say = |words: &'static str| {
            let line = line.clone();
            Closure::<dyn FnMut(JsValue)>::new(move |_| line.set_text_content(Some(words)))
        };
        let (done, failed) = (say(td_string!(locale, common.copied)), say(td_string!(locale, common.copy_failed)));
        let _ = window().navigator().clipboard().write_text(&text).then2(&done, &failed);
        // From here on they are the browser's.
        let _ = (done.into_js_value(), failed.into_js_value());
    });
    button.set_onclick(Some(pressed.into_js_value().unchecked_ref()));
    button.set_hidden(false);
}
