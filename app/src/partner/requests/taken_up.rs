//! A refused or withdrawn request that its kind's form takes up again: what was entered, and why it was refused.

use domain::request::{Reference, RequestKind};
use leptos::prelude::*;
use service::Viewer;
pub use service::request_drafts::TakenUp;

use crate::components::request::refusal_notice;
use crate::context::{query_value, services};
use crate::error::AppError;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The request that the address of a form names, where it can be taken up again.
pub async fn taken_up(viewer: &Viewer, kind: RequestKind) -> Result<Option<TakenUp>, AppError> {
    let Some(reference) = query_value::<Reference>(paths::AGAIN) else { return Ok(None) };
    Ok(services()?.request_taken_up(viewer, kind, &reference.to_string()).await?)
}

/// Which request the form takes up, and why it was refused, with the reviewer's words to its fields.
pub fn taken_up_view(locale: Locale, again: &TakenUp) -> AnyView {
    let lead = td_string!(locale, requests.again.lead);
    let lead = view! { <p>{lead}" "<a class="figures" href=paths::partner_request(&again.reference)>{again.reference.clone()}</a></p> };
    let notice = match &again.refusal {
        Some(refusal) => refusal_notice(locale, refusal, &again.notes, Some(lead.into_any())),
        None => view! { <section class="notice notice--info"><div class="stack">{lead}</div></section> }.into_any(),
    };
    view! { <div id="again">{notice}</div> }.into_any()
}
