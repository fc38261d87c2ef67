//! Around pages for everybody.

use leptos::prelude::*;

use crate::context::{PageState, optional_viewer};
use crate::layouts::Frame;

/// The frame without a navigation.
#[component]
pub fn PublicLayout(
    /// The state of the page.
    state: PageState,
    /// Whether the page is one narrow card in the middle.
    narrow: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let person = optional_viewer().map(|viewer| viewer.display_name);
    view! { <Frame state person navigation=Vec::new() narrow>{children()}</Frame> }
}
