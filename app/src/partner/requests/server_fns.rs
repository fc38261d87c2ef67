//! What a partner does to its request: takes it back, corrects it, writes about it.

use std::collections::{BTreeMap, HashMap};

use domain::calendar::moscow;
use domain::request::{Version, Words};
use leptos::prelude::*;

use crate::components::draft_autosave::CHANGED_ELSEWHERE;
use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormRefusal, FormState, IDEMPOTENCY_KEY, redirect};
use crate::layouts::Notice;
use crate::partner::cases::server_fns::Sent;
use crate::partner::requests::request_page::control_name;
use crate::paths;
use crate::staff::inbox::place::InboxPlace;

/// Takes back a request that waits. One decided meanwhile stays as it is, and its page says so.
#[server(prefix = "/api", endpoint = "requests/withdraw")]
pub async fn request_withdraw(
    /// The request by its reference.
    #[server(default)]
    reference: String,
) -> Result<(), AppError> {
    // Only a reference as the portal writes it becomes part of an address.
    let reference: domain::request::Reference = reference.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::partner_request(reference);
    match services()?.request_withdraw(&viewer()?, &reference.to_string()).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::RequestWithdrawn.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(&page).await,
    }
}

/// Saves the form of a draft while it is written: the draft, its version and the time of day in Moscow, between spaces; or
/// [`CHANGED_ELSEWHERE`], where the request is another one since the form was made.
#[server(prefix = "/api", endpoint = "requests/autosave")]
pub async fn request_autosave(
    /// The draft, its key and version, and the fields.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<String, AppError> {
    let sent = Sent::read(&fields)?;
    let (reference, version) = match sent.save().await?.ok_or(AppError::BadRequest)? {
        Ok(saved) => saved,
        // That is an answer and no failure: the form goes on holding what was typed.
        Err(service::Error::Refused(_)) => return Ok(CHANGED_ELSEWHERE.to_owned()),
        Err(error) => return Err(error.into()),
    };
    let time = services()?.now().with_timezone(&moscow()).format("%H:%M");
    Ok(format!("{reference} {version} {time}"))
}

/// Corrects the fields that a reviewer asked about. What can't be taken comes back in its field.
#[server(prefix = "/api", endpoint = "requests/answer")]
pub async fn request_answer(
    /// The request by its reference.
    #[server(default)]
    reference: String,
    /// The version that the form was made of.
    #[server(default)]
    version: String,
    /// The corrected fields by name.
    #[server(default)]
    entries: HashMap<String, String>,
) -> Result<(), AppError> {
    let reference: domain::request::Reference = reference.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::partner_request(reference);
    let values: BTreeMap<String, String> = entries.iter().map(|(name, value)| (control_name(name), value.clone())).collect();
    let Ok(seen) = version.parse().map(Version) else {
        return FormState { values, refusal: Some(FormRefusal::Unreadable), ..FormState::default() }.send_back(&page).await;
    };
    let typed = entries.into_iter().collect();
    match services()?.request_answer(&viewer()?, &reference.to_string(), typed, seen).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::RequestAnswered.code())]));
            Ok(())
        }
        Err(error) => {
            let mut state = FormState::refused(values, error)?;
            state.problems = state.problems.into_iter().map(|(name, problem)| (control_name(&name), problem)).collect();
            state.send_back(&page).await
        }
    }
}

/// Takes a file of a request away. Where files can't change any more, the request's page says so.
#[server(prefix = "/api", endpoint = "requests/files/remove")]
pub async fn request_file_remove(
    /// The request by its reference.
    #[server(default)]
    reference: String,
    /// The file.
    #[server(default)]
    file: String,
) -> Result<(), AppError> {
    let reference: domain::request::Reference = reference.parse().map_err(|_| AppError::NotFound)?;
    let file: domain::ids::RequestFileId = file.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::partner_request(reference);
    match services()?.request_file_remove(&viewer()?, &reference.to_string(), file).await {
        Ok(()) => {
            redirect(&format!("{}#files", paths::with_query(&page, &[("notice", Notice::FileRemoved.code())])));
            Ok(())
        }
        Err(error) => FormState::refused(BTreeMap::default(), error)?.send_back(&page).await,
    }
}

/// Writes a message about a request, whichever side one is on.
#[server(prefix = "/api", endpoint = "requests/comment")]
pub async fn request_comment(
    /// The request, the words, the key, and where in the inbox a reviewer stands.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let reference: domain::request::Reference =
        fields.get("reference").and_then(|reference| reference.parse().ok()).ok_or(AppError::NotFound)?;
    let viewer = viewer()?;
    let page = if viewer.role.is_staff() {
        InboxPlace::of_fields(&fields).address(&paths::staff_request(reference))
    } else {
        paths::partner_request(reference)
    };
    write(&viewer, reference, &fields, "words", false, &page).await
}

/// Writes a message, or a note for staff, and leads back to its page.
pub(crate) async fn write(
    viewer: &service::Viewer,
    reference: domain::request::Reference,
    fields: &HashMap<String, String>,
    control: &str,
    is_internal: bool,
    page: &str,
) -> Result<(), AppError> {
    let typed = fields.get(control).cloned().unwrap_or_default();
    let values: BTreeMap<String, String> = [(control.to_owned(), typed.clone())].into();
    let words = match Words::try_from(typed) {
        Ok(words) => words,
        Err(error) => {
            let problems = [(control.to_owned(), error.0)].into();
            return FormState { values, problems, ..FormState::default() }.send_back(page).await;
        }
    };
    let Some(key) = fields.get(IDEMPOTENCY_KEY).and_then(|key| key.parse().ok()) else {
        return FormState { values, refusal: Some(FormRefusal::Unreadable), ..FormState::default() }.send_back(page).await;
    };
    match services()?.request_comment(viewer, &reference.to_string(), words, is_internal, key).await {
        Ok(()) => {
            let notice = if is_internal { Notice::NoteWritten } else { Notice::CommentWritten };
            redirect(&paths::with_query(page, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(page).await,
    }
}
