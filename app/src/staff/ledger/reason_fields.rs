//! Why an entry is made or taken back by hand: the two fields of every such form.

use leptos::prelude::*;

use super::words::reasons;
use crate::form::{Control, Field, FormState};
use crate::i18n::{Locale, td_string};

/// A reason from the list, and the words that the partner reads. The fields are named `reason` and `text`.
#[component]
pub fn ReasonFields(
    /// The language.
    locale: Locale,
    /// The form they belong to.
    form: FormState,
) -> impl IntoView {
    view! {
        <Field locale field=form.field("reason") label=td_string!(locale, ledger.entry.reason) control=Control::Radio(reasons(locale))/>
        <Field
            locale
            field=form.field("text")
            label=td_string!(locale, ledger.entry.reason_text)
            hint=td_string!(locale, ledger.entry.reason_hint).to_owned()
            control=Control::TextArea
            maximum_length=2000
        />
    }
}
