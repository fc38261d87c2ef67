//! What happened, in order.

use leptos::prelude::*;

use crate::components::icon::Icon;

/// One event: when, what, and what stands behind it.
pub struct TimelineEntry {
    /// When: a `DateText` or an `InstantText`.
    pub when: AnyView,
    /// The icon.
    pub icon: icondata_core::Icon,
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
                <li class="timeline-entry">
                    <span class="timeline-when">{entry.when}</span>
                    <span class="timeline-title">
                        <Icon icon=entry.icon/>
                        {entry.title}
                    </span>
                    {entry.details.map(|details| view! { <div class="timeline-details">{details}</div> })}
                </li>
            }
        })
        .collect();
    view! { <ol class="timeline">{items}</ol> }
}
