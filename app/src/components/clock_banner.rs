//! Says that the portal's clock was moved (`serve --clock-start`): on every page, for nothing on it is of today.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::components::icon::{Icon, lucide};
use crate::format;
use crate::i18n::{Locale, td_string};

/// The banner; nothing where the clock is the world's.
#[component]
pub fn ClockBanner(
    /// The language.
    locale: Locale,
    /// The portal's present, where its clock was moved.
    moved_clock: Option<DateTime<Utc>>,
) -> impl IntoView {
    moved_clock.map(|now| {
        let text = td_string!(locale, layout.clock_banner, instant = format::instant(locale, now));
        view! {
            <p class="clock-banner" role="status">
                <Icon icon=lucide::LuClock/>
                {text}
            </p>
        }
    })
}
