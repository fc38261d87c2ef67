//! What happened, in order.

use leptos::prelude::*;

/// How an event went; decides its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is so.
    Ok,
    /// It waits for somebody.
    Waiting,
    /// It was refused or lost.
    Refused,
    /// Neither good nor bad.
    Neutral,
    /// Still to come.
    Next,
}

impl Mark {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Ok => "timeline__item timeline__item--ok",
            Self::Waiting => "timeline__item timeline__item--waiting",
            Self::Refused => "timeline__item timeline__item--refused",
            Self::Neutral => "timeline__item timeline__item--neutral",
            Self::Next => "timeline__item timeline__item--next",
        }
    }
}

/// One event: when, what, and what stands behind it.
pub struct TimelineEntry {
    /// When: a `DateText` or an `InstantText`.
    pub when: AnyView,
    /// How it went. The title says it in words.
    pub mark: Mark,
    /// What happened, one line.
    pub title: String,
    /// The facts behind it: rules, figures, reasons.
    pub details: Option<AnyView>,
}

/// Events in the order given.
#[component]
pub fn Timeline(
    /// The events.
    entries: Vec<TimelineEntry>,
) -> impl IntoView {
    let items: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            view! {
                <li class=entry.mark.class()>
                    <p class="timeline__date">{entry.when}</p>
                    <p class="timeline__title">{entry.title}</p>
                    {entry.details}
                </li>
            }
        })
        .collect();
    view! { <ol class="timeline">{items}</ol> }
}
