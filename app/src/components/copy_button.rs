//! A code with a button that copies it.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::components::icon::{Icon, lucide};
use crate::i18n::{Locale, td_string};

/// What became of the last press.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copying {
    Idle,
    Done,
    Failed,
}

/// Text to copy. Without scripting it is text that a click selects whole; the button appears when the island is awake.
#[island]
pub fn CopyButton(
    /// The language.
    locale: Locale,
    /// What is shown and copied.
    text: String,
) -> impl IntoView {
    let (copying, set_copying) = signal(Copying::Idle);
    let (awake, set_awake) = signal(false);
    Effect::new(move |_| set_awake.set(true));
    let copied = text.clone();
    let copy = move |_| {
        let writing = window().navigator().clipboard().write_text(&copied);
        spawn_local(async move {
            let outcome = if JsFuture::from(writing).await.is_ok() { Copying::Done } else { Copying::Failed };
            set_copying.set(outcome);
        });
    };
    let said = move || match copying.get() {
        Copying::Idle => "",
        Copying::Done => td_string!(locale, common.copied),
        Copying::Failed => td_string!(locale, common.copy_failed),
    };
    view! {
        <span class="row">
            <code class="code">{text}</code>
            <button class="btn btn-sm btn-ghost" type="button" hidden=move || !awake.get() on:click=copy>
                <Icon icon=lucide::LuCopy/>
                {td_string!(locale, common.copy)}
            </button>
            <span class="small muted" role="status">{said}</span>
        </span>
    }
}
