//! A sentence that needs to be noticed.

use leptos::prelude::*;

use crate::components::icon::{Icon, lucide};
use crate::components::status::Tone;

/// A sentence above the content, with an icon for its tone.
#[component]
pub fn NoticeView(
    /// What it means.
    tone: Tone,
    /// The sentence.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let (class, icon) = match tone {
        Tone::Good => ("alert alert-success", lucide::LuCircleCheck),
        Tone::Warning => ("alert alert-warning", lucide::LuTriangleAlert),
        Tone::Bad => ("alert alert-error", lucide::LuCircleX),
        Tone::Neutral | Tone::Waiting => ("alert", lucide::LuInfo),
    };
    view! {
        <div class=class role="status">
            <Icon icon/>
            <span>{text}</span>
        </div>
    }
}
