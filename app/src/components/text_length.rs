//! How long a text is, beside its limits.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use domain::telegram_comment::text_length;
use leptos::prelude::*;

use crate::i18n::{Locale, td_string};

/// The number of characters in a control, counted anew on every key. Without scripting it is the number in what was saved.
#[island]
pub fn TextLength(
    /// The language.
    locale: Locale,
    /// The name of the control.
    control: String,
    /// How many there are to begin with.
    count: u32,
    /// The least and the largest number.
    limits: (u32, u32),
) -> impl IntoView {
    let (count, set_count) = signal(count);
    Effect::new(move |_| {
        let control = control.clone();
        let handle = window_event_listener(leptos::ev::input, move |event| {
            let name = event_target::<web_sys::HtmlElement>(&event).get_attribute("name");
            if name.as_deref() == Some(control.as_str()) {
                set_count.set(text_length(&event_target_value(&event)));
            }
        });
        on_cleanup(move || handle.remove());
    });
    let (minimum, maximum) = limits;
    view! {
        <p class="field__hint">
            {move || td_string!(locale, form.length, count = count.get(), minimum = minimum, maximum = maximum)}
        </p>
    }
}
