//! Sides of one thing, each with its own address.

use leptos::prelude::*;

/// A tab: a link, so that it works without scripting and can be sent to a colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its address.
    pub href: String,
    /// Its word.
    pub label: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they divide.
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            view! { <a href=tab.href aria-current=tab.current.then_some("page")>{tab.label}</a> }
        })
        .collect();
    view! { <nav class="tabs" aria-label=label>{links}</nav> }
}
