//! What the decision posts to.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::context::{NOTICE_ABOUT, services, viewer};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::form::{FormState, redirect};
#[cfg(feature = "ssr")]
use crate::layouts::Notice;
#[cfg(feature = "ssr")]
use crate::paths;
#[cfg(feature = "ssr")]
use crate::staff::inbox::place::InboxPlace;

/// Approves a request. One that no longer fits comes back with the rules' answer.
#[server(prefix = "/api", endpoint = "requests/approve")]
pub async fn request_approve(
    /// The request by its reference.
    #[server(default)]
    reference: String,
    /// The request to open afterwards.
    #[server(default)]
    next: String,
    /// The place in the inbox to go on from: the kind chosen,
    #[server(default)]
    kind: String,
    /// the words looked for
    #[server(default)]
    q: String,
    /// and where the page of the list begins.
    #[server(default)]
    after: String,
) -> Result<(), AppError> {
    let reference: domain::request::Reference = reference.parse().map_err(|_| AppError::NotFound)?;
    let place = InboxPlace::of_form(&kind, q, after);
    match services()?.request_approve(&viewer()?, &reference.to_string()).await {
        Ok(()) => {
            redirect(&after_decision(&place, &next, reference, Notice::RequestApproved));
            Ok(())
        }
        Err(error) => {
            FormState::refused(std::collections::BTreeMap::default(), error)?
                .send_back(&place.address(&paths::staff_request(reference)))
                .await
        }
    }
}

/// Refuses a request with a reason and words that the partner reads.
#[server(prefix = "/api", endpoint = "requests/refuse")]
pub async fn request_refuse(
    /// The request by its reference.
    #[server(default)]
    reference: String,
    /// The request to open afterwards.
    #[server(default)]
    next: String,
    /// The place in the inbox to go on from: the kind chosen,
    #[server(default)]
    kind: String,
    /// the words looked for
    #[server(default)]
    q: String,
    /// and where the page of the list begins.
    #[server(default)]
    after: String,
    /// The reason's code.
    #[server(default)]
    reason: String,
    /// The words.
    #[server(default)]
    text: String,
) -> Result<(), AppError> {
    use domain::form;
    use domain::request::{RefusalReason, RefusalText};

    let reference: domain::request::Reference = reference.parse().map_err(|_| AppError::NotFound)?;
    let place = InboxPlace::of_form(&kind, q, after);
    let page = place.address(&paths::staff_request(reference));
    let chosen = form::choice::<RefusalReason>(&reason);
    let words = form::text(&text, RefusalText::SHORTEST, RefusalText::LONGEST);
    let mut state = FormState { values: [("reason".to_owned(), reason), ("text".to_owned(), text)].into(), ..FormState::default() };
    let (chosen, words) = match (chosen, words) {
        (Ok(chosen), Ok(words)) => (chosen, words),
        (chosen, words) => {
            let problems = [("reason", chosen.err()), ("text", words.err())];
            state.problems = problems.into_iter().filter_map(|(name, problem)| Some((name.to_owned(), problem?))).collect();
            return state.send_back(&page).await;
        }
    };
    let words = RefusalText::try_from(words).map_err(|_| AppError::BadRequest)?;
    match services()?.request_refuse(&viewer()?, &reference.to_string(), chosen, words).await {
        Ok(()) => {
            redirect(&after_decision(&place, &next, reference, Notice::RequestRefused));
            Ok(())
        }
        Err(error) => FormState::refused(state.values, error)?.send_back(&page).await,
    }
}

/// The next request opens by itself; after the last one the list. The notice names the one decided.
#[cfg(feature = "ssr")]
fn after_decision(place: &InboxPlace, next: &str, decided: domain::request::Reference, notice: Notice) -> String {
    let page = next.parse::<domain::request::Reference>().map_or_else(|_| paths::STAFF_INBOX.to_owned(), paths::staff_request);
    paths::with_query(&place.address(&page), &[("notice", notice.code()), (NOTICE_ABOUT, &decided.to_string())])
}
