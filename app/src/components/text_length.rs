//! How long a text is, beside its limits: a line that the server writes, and that the form around it keeps true while somebody types.

use domain::telegram_comment::text_length;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::i18n::{Locale, td_string};

/// The id of the line that tells the length of a control's text.
fn line_id(control: &str) -> String {
    format!("length-{control}")
}

/// The number of characters in a control. Without scripting it is the number in what was saved.
#[cfg(feature = "ssr")]
#[component]
pub fn TextLength(
    /// The language.
    locale: Locale,
    /// The name of the control.
    control: &'static str,
    /// The text in it.
    text: String,
    /// The least and the largest number.
    limits: (u32, u32),
) -> impl IntoView {
    let (minimum, maximum) = limits;
    let words = td_string!(locale, form.length, count = text_length(&text), minimum = minimum, maximum = maximum);
    view! { <p class="field__hint" id=line_id(control) data-minimum=minimum data-maximum=maximum>{words}</p> }
}

/// Counts the text of the control that somebody types in, where a line tells its length.
pub(crate) fn count(locale: Locale, event: &web_sys::Event) {
    let Some(area) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlTextAreaElement>().ok()) else { return };
    let Some(line) = document().get_element_by_id(&line_id(&area.name())) else { return };
    let limit = |name: &str| line.get_attribute(name).unwrap_or_default();
    let (minimum, maximum) = (limit("data-minimum"), limit("data-maximum"));
    let words = td_string!(locale, form.length, count = text_length(&area.value()), minimum = minimum, maximum = maximum);
    line.set_text_content(Some(&words));
}
