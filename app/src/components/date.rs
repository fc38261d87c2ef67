//! Days, months and instants in a page.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::calendar::{BusinessDate, Month};
use leptos::prelude::*;

use crate::format;
use crate::i18n::{Locale, td_string};

/// A day in a sentence, `1 октября 2026`.
#[component]
pub fn DateText(
    /// The language.
    locale: Locale,
    /// The day.
    date: BusinessDate,
) -> impl IntoView {
    view! { <time datetime=date.to_string()>{format::date_long(locale, date)}</time> }
}

/// A day in a table, `01.10.2026`.
#[component]
pub fn ShortDate(
    /// The language.
    locale: Locale,
    /// The day.
    date: BusinessDate,
) -> impl IntoView {
    view! { <time datetime=date.to_string()>{format::date_short(locale, date)}</time> }
}

/// A month, `октябрь 2026`.
#[component]
pub fn MonthText(
    /// The language.
    locale: Locale,
    /// The month.
    month: Month,
) -> impl IntoView {
    view! { <time datetime=month.to_string()>{format::month(locale, month)}</time> }
}

/// An instant in Moscow, `22.11.2026, 03:10`.
#[component]
pub fn InstantText(
    /// The language.
    locale: Locale,
    /// The instant.
    at: DateTime<Utc>,
) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true)>{format::instant(locale, at)}</time> }
}

/// When billing data last came in, or that none did: beside every figure from billing.
#[component]
pub fn DataAsOf(
    /// The language.
    locale: Locale,
    /// The instant.
    at: Option<DateTime<Utc>>,
) -> impl IntoView {
    let text = match at {
        Some(at) => td_string!(locale, common.data_as_of, instant = format::instant(locale, at)),
        None => td_string!(locale, common.no_billing_data).to_owned(),
    };
    view! { <p class="data-as-of">{text}</p> }
}
