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
    /// Address and name of the thing it is about.
    #[prop(optional_no_strip)]
    about: Option<(String, String)>,
) -> impl IntoView {
    let (class, icon) = match tone {
        Tone::Good => ("notice notice--success", lucide::LuCircleCheck),
        Tone::Warning => ("notice notice--warning", lucide::LuTriangleAlert),
        Tone::Bad => ("notice notice--error", lucide::LuCircleX),
        Tone::Neutral | Tone::Waiting => ("notice notice--info", lucide::LuInfo),
    };
    view! {
        <div class=class role="status">
            <Icon icon/>
            <div><p>{text}{about.map(|(href, name)| view! { " "<a class="figures" href=href>{name}</a> })}</p></div>
        </div>
    }
}
