//! Lucide icons: decoration beside a word, never instead of one.

pub use icondata_lu as lucide;
use leptos::prelude::*;

/// An icon, hidden from screen readers because the word beside it says the same.
#[component]
pub fn Icon(
    /// A constant of [`lucide`].
    icon: icondata_core::Icon,
) -> impl IntoView {
    // The drawings are constants of `icondata_lu`, never data.
    view! {
        <svg
            class="icon"
            aria-hidden="true"
            focusable="false"
            width="16"
            height="16"
            viewBox=icon.view_box.unwrap_or("0 0 24 24")
            fill=icon.fill.unwrap_or("none")
            stroke=icon.stroke.unwrap_or("currentColor")
            stroke-width=icon.stroke_width.unwrap_or("2")
            stroke-linecap=icon.stroke_linecap.unwrap_or("round")
            stroke-linejoin=icon.stroke_linejoin.unwrap_or("round")
            inner_html=icon.data
        ></svg>
    }
}
