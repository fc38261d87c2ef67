//! What will be here, and the first step to it.

use leptos::prelude::*;

/// An empty list that says what will be in it; the children are the first step.
#[component]
pub fn EmptyState(
    /// What will be here.
    #[prop(into)]
    title: String,
    /// How it gets here.
    #[prop(into)]
    text: String,
    /// The first step, as a link or a form.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty__title">{title}</p>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
