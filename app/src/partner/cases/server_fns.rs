//! What the form of a case posts to.

use std::collections::{BTreeMap, HashMap};

use domain::request::{FieldName, Reference, RequestKind, Version};
use leptos::prelude::*;
use uuid::Uuid;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormRefusal, FormState, IDEMPOTENCY_KEY, redirect};
use crate::layouts::Notice;
use crate::partner::cases::case_page::PREVIEW;
use crate::paths;

/// Whether a control holds a field of a draft: those of kinds with stages begin with the stage.
fn is_entered(name: &str) -> bool {
    name.contains('.') && name.parse::<FieldName>().is_ok()
}

/// The form of a draft as it was sent.
pub(crate) struct Sent {
    reference: Option<Reference>,
    key: Option<Uuid>,
    version: Option<Version>,
    typed: Vec<(String, String)>,
}

impl Sent {
    pub(crate) fn read(fields: &HashMap<String, String>) -> Result<Self, AppError> {
        let text = |name: &str| fields.get(name).map_or("", String::as_str);
        let reference = match text("reference") {
            "" => None,
            // Only a reference as the portal writes it becomes part of an address.
            reference => Some(reference.parse().map_err(|_| AppError::NotFound)?),
        };
        let typed = fields.iter().filter(|(name, _)| is_entered(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(Self { reference, key: text(IDEMPOTENCY_KEY).parse().ok(), version: text("version").parse().ok().map(Version), typed })
    }

    /// What goes back into the form.
    fn values(&self) -> BTreeMap<String, String> {
        let key = self.key.map(|key| (IDEMPOTENCY_KEY.to_owned(), key.to_string()));
        self.typed.iter().cloned().chain(key).collect()
    }

    /// Saves what was typed: the draft and its version. A form that knows no draft begins a case.
    pub(crate) async fn save(&self) -> Result<Option<service::Result<(Reference, Version)>>, AppError> {
        let (services, viewer) = (services()?, viewer()?);
        let saved = match (self.reference, self.version, self.key) {
            (Some(reference), Some(seen), _) => services.request_save(&viewer, &reference.to_string(), self.typed.clone(), seen).await,
            (None, _, Some(key)) => services.request_draft_save(&viewer, RequestKind::CaseStudy, key, self.typed.clone(), None).await,
            _ => return Ok(None),
        };
        Ok(Some(saved.and_then(|saved| {
            let reference = saved.reference.parse().map_err(service::Error::unexpected)?;
            Ok((reference, saved.version))
        })))
    }
}

/// Saves the form, and does with it what its button says: `save`, `preview`, `submit`, `send` or `answer`.
#[server(prefix = "/api", endpoint = "cases/save")]
pub async fn case_save(
    /// The draft, its key and version, the fields, and the gesture.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(&fields)?;
    let (services, viewer) = (services()?, viewer()?);
    let page = sent.reference.map_or_else(|| paths::PARTNER_CASE_NEW.to_owned(), paths::partner_request);
    let gesture = fields.get("gesture").map_or("save", String::as_str);
    // What is submitted late, or twice, is told by the use case: it saves by itself.
    let (reference, seen, typed) = match (gesture, sent.reference, sent.version) {
        ("submit" | "send" | "answer", Some(reference), Some(seen)) => (reference, seen, sent.typed.clone()),
        _ => match sent.save().await? {
            Some(Ok((reference, seen))) => (reference, seen, Vec::new()),
            Some(Err(error)) => {
                // The answer to the first save may have been lost: then its draft is there, and this form does not know it.
                let begun = match (sent.reference, sent.key) {
                    (None, Some(key)) => services.request_draft_of_key(&viewer, key).await?,
                    _ => None,
                };
                let page = begun.map_or(page, paths::partner_request);
                return FormState::refused(sent.values(), error)?.send_back(&page).await;
            }
            None => {
                let state = FormState { values: sent.values(), refusal: Some(FormRefusal::Unreadable), ..FormState::default() };
                return state.send_back(&page).await;
            }
        },
    };
    let (name, page) = (reference.to_string(), paths::partner_request(reference));
    let (done, notice) = match gesture {
        "submit" => (services.request_submit(&viewer, &name, typed, seen).await, Notice::RequestSubmitted),
        "send" => (services.request_send_details(&viewer, &name, typed, seen).await, Notice::DetailsSent),
        "answer" => (services.request_answer_in_form(&viewer, &name, typed, seen).await, Notice::RequestAnswered),
        "preview" => {
            redirect(&format!("{}#preview", paths::with_query(&page, &[(PREVIEW, "true")])));
            return Ok(());
        }
        _ => (Ok(()), Notice::DraftSaved),
    };
    match done {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(sent.values(), error)?.send_back(&page).await,
    }
}
