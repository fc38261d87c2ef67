//! An amount of money in a page.

use domain::money::Money;
use leptos::prelude::*;

use crate::format;
use crate::i18n::Locale;

/// An amount in tabular figures, `1 234,50 ₽`.
#[component]
pub fn MoneyText(
    /// The language.
    locale: Locale,
    /// The amount.
    amount: Money,
) -> impl IntoView {
    view! { <data class="money" value=amount.to_string()>{format::money(locale, amount)}</data> }
}
