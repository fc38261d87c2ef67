//! What a partner does to a request that is written and published, a case or a comment.

use std::collections::{BTreeMap, HashMap};

use domain::request::{Reference, Version, Words};
use leptos::prelude::*;
use service::request_life::Seen;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormRefusal, FormState, redirect};
use crate::layouts::Notice;
use crate::partner::requests::text_views::slot_of_value;
use crate::paths;

/// The control of the words that come with a recall.
pub(crate) const RECALL_WORDS: &str = "recall_words";

/// Only a reference as the portal writes it becomes part of an address.
fn reference_of(fields: &HashMap<String, String>) -> Result<Reference, AppError> {
    fields.get("reference").and_then(|reference| reference.parse().ok()).ok_or(AppError::NotFound)
}

/// Words of a control; what can't be taken is a problem of it.
fn words(fields: &HashMap<String, String>, name: &str) -> Result<Words, FormState> {
    let typed = fields.get(name).cloned().unwrap_or_default();
    Words::try_from(typed.clone()).map_err(|error| FormState {
        values: [(name.to_owned(), typed)].into(),
        problems: [(name.to_owned(), error.0)].into(),
        ..FormState::default()
    })
}

/// The request as the page of the form showed it.
fn seen<'a>(fields: &HashMap<String, String>, reference: &'a str) -> Seen<'a> {
    Seen { reference, version: fields.get("version").and_then(|version| version.parse().ok()).map(Version) }
}

/// What was typed into a control, for its form to hold again.
fn typed(fields: &HashMap<String, String>, name: &str) -> BTreeMap<String, String> {
    fields.get(name).map(|text| (name.to_owned(), text.clone())).into_iter().collect()
}

/// Leads back to the request with a notice, or with what stood against the gesture and what was typed.
async fn answer(done: service::Result<()>, reference: Reference, notice: Notice, values: BTreeMap<String, String>) -> Result<(), AppError> {
    let page = paths::partner_request(reference);
    match done {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(&page).await,
    }
}

/// Takes a request back to go on writing.
#[server(prefix = "/api", endpoint = "requests/recall")]
pub async fn request_recall(
    /// The request, and why if one likes to say so.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let (services, viewer, reference) = (services()?, viewer()?, reference_of(&fields)?);
    let values = typed(&fields, RECALL_WORDS);
    let words = match Words::optional(values.get(RECALL_WORDS).map_or("", String::as_str)) {
        Ok(words) => words,
        Err(problem) => {
            let problems = [(RECALL_WORDS.to_owned(), problem)].into();
            return FormState { values, problems, ..FormState::default() }.send_back(&paths::partner_request(reference)).await;
        }
    };
    answer(services.request_recall(&viewer, &reference.to_string(), words).await, reference, Notice::RequestRecalled, values).await
}

/// Takes up a refused or withdrawn request again, with everything that was entered.
#[server(prefix = "/api", endpoint = "requests/revise")]
pub async fn request_revise(
    /// The request.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let reference = reference_of(&fields)?;
    let done = services()?.request_revise(&viewer()?, &reference.to_string()).await;
    answer(done, reference, Notice::RequestRevised, BTreeMap::default()).await
}

/// Chooses an interview instead of a text, or a text after all.
#[server(prefix = "/api", endpoint = "requests/prepare")]
pub async fn request_prepare(
    /// The request, and `interview` or `text`.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let (services, viewer, reference) = (services()?, viewer()?, reference_of(&fields)?);
    let done = match fields.get("gesture").map(String::as_str) {
        Some("interview") => services.request_choose_interview(&viewer, &reference.to_string()).await,
        Some("text") => services.request_choose_text(&viewer, &reference.to_string()).await,
        _ => return Err(AppError::BadRequest),
    };
    answer(done, reference, Notice::ChoiceSaved, BTreeMap::default()).await
}

/// Picks a time for an interview, or says what would suit instead.
#[server(prefix = "/api", endpoint = "requests/slot")]
pub async fn request_slot(
    /// The request, the version of it that was seen, and the time or the words.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let (services, viewer, reference) = (services()?, viewer()?, reference_of(&fields)?);
    let name = reference.to_string();
    let request = seen(&fields, &name);
    if let Some(value) = fields.get("slot") {
        let slot = slot_of_value(value).ok_or(AppError::BadRequest)?;
        let done = services.request_pick_slot(&viewer, request, slot).await;
        return answer(done, reference, Notice::SlotPicked, BTreeMap::default()).await;
    }
    match words(&fields, "slot_words") {
        Ok(words) => {
            let done = services.request_decline_slots(&viewer, request, words).await;
            answer(done, reference, Notice::SlotsDeclined, typed(&fields, "slot_words")).await
        }
        Err(state) => state.send_back(&paths::partner_request(reference)).await,
    }
}

/// Agrees the text that was read, or returns it with words.
#[server(prefix = "/api", endpoint = "requests/text-answer")]
pub async fn request_text_answer(
    /// The request, the version of it that was read, and `agree` or `return` with words.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let (services, viewer, reference) = (services()?, viewer()?, reference_of(&fields)?);
    let page = paths::partner_request(reference);
    match fields.get("gesture").map(String::as_str) {
        Some("agree") => {
            let Some(seen) = fields.get("version").and_then(|version| version.parse().ok()).map(Version) else {
                return FormState { refusal: Some(FormRefusal::Unreadable), ..FormState::default() }.send_back(&page).await;
            };
            let done = services.request_agree_text(&viewer, &reference.to_string(), seen).await;
            answer(done, reference, Notice::TextAgreed, BTreeMap::default()).await
        }
        Some("return") => match words(&fields, "return_words") {
            Ok(words) => {
                let name = reference.to_string();
                let done = services.request_return_text(&viewer, seen(&fields, &name), words).await;
                answer(done, reference, Notice::TextReturned, typed(&fields, "return_words")).await
            }
            Err(state) => state.send_back(&page).await,
        },
        _ => Err(AppError::BadRequest),
    }
}
