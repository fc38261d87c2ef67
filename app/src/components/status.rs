//! A state as icon, word and colour together.

use leptos::prelude::*;

use crate::components::icon::Icon;

/// What a state means to the reader; decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Neutral,
    /// Something is under way.
    Waiting,
    /// It went well.
    Good,
    /// It needs attention.
    Warning,
    /// It went wrong.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => "status status--neutral",
            Self::Waiting => "status status--waiting",
            Self::Good => "status status--ok",
            Self::Warning => "status status--info",
            Self::Bad => "status status--refused",
        }
    }
}

/// A state: the icon and the word say it, the colour repeats it.
#[component]
pub fn Status(
    /// What it means.
    tone: Tone,
    /// The icon.
    icon: icondata_core::Icon,
    /// The word.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <span class=tone.class()>
            <Icon icon/>
            {label}
        </span>
    }
}
