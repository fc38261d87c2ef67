//! What the staff's gestures post to. Every form carries the place in the inbox to go back to.

use std::collections::{BTreeMap, HashMap};

use domain::form::{self, FieldProblem};
use domain::request::{Entries, FieldNote, Reference, Refusal, RefusalReason, RefusalText, Version, Words};
use leptos::prelude::*;
use service::request_life::{BulkGesture, Seen};

use crate::context::{NOTICE_ABOUT, services, viewer};
use crate::error::AppError;
use crate::form::{FormState, entries_of, redirect};
use crate::layouts::Notice;
use crate::partner::requests::server_fns::write;
use crate::paths;
use crate::staff::inbox::place::InboxPlace;

/// The control of the version that a form was made of.
pub(crate) const VERSION: &str = "version";
/// The control of the sum that a form named.
pub(crate) const ACCRUES: &str = "accrues";

/// What a gesture was about: the request, where in the inbox it was open, and everything else that was sent.
pub(super) struct Sent {
    pub(super) reference: Reference,
    place: InboxPlace,
    fields: HashMap<String, String>,
}

impl Sent {
    pub(super) fn read(fields: HashMap<String, String>) -> Result<Self, AppError> {
        let reference = fields.get("reference").and_then(|reference| reference.parse().ok()).ok_or(AppError::NotFound)?;
        Ok(Self { reference, place: InboxPlace::of_fields(&fields), fields })
    }

    /// The page of the request.
    pub(super) fn page(&self) -> String {
        self.place.address(&paths::staff_request(self.reference))
    }

    /// The request as the page of the form showed it.
    pub(super) fn seen<'a>(&self, reference: &'a str) -> Seen<'a> {
        Seen { reference, version: self.fields.get(VERSION).and_then(|text| text.parse().ok()).map(Version) }
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// What was typed into a control, for its form to hold again.
    fn typed(&self, name: &str) -> BTreeMap<String, String> {
        [(name.to_owned(), self.text(name))].into()
    }

    /// Words that somebody reads; what can't be taken is a problem of its control.
    fn words(&self, name: &str) -> Result<Words, FormState> {
        let typed = self.text(name);
        Words::try_from(typed.clone()).map_err(|error| FormState {
            values: [(name.to_owned(), typed)].into(),
            problems: [(name.to_owned(), error.0)].into(),
            ..FormState::default()
        })
    }

    /// Leads back to the request with a notice, or with what stood against the gesture.
    pub(super) async fn answer(&self, done: service::Result<()>, notice: Notice, values: BTreeMap<String, String>) -> Result<(), AppError> {
        match done {
            Ok(()) => {
                redirect(&paths::with_query(&self.page(), &[("notice", notice.code())]));
                Ok(())
            }
            Err(error) => FormState::refused(values, error)?.send_back(&self.page()).await,
        }
    }

    /// The next request opens by itself; after the last one the list. The notice names the one decided.
    fn go_on(&self, notice: Notice) {
        let next = self.text("next").parse::<Reference>().map_or_else(|_| paths::STAFF_INBOX.to_owned(), paths::staff_request);
        redirect(&paths::with_query(&self.place.address(&next), &[("notice", notice.code()), (NOTICE_ABOUT, &self.reference.to_string())]));
    }
}

/// Approves a request. One that no longer fits comes back with the rules' answer.
#[server(prefix = "/api", endpoint = "requests/approve")]
pub async fn request_approve(
    /// The request, and the one to open afterwards.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    match services()?.request_approve(&viewer()?, sent.seen(&sent.reference.to_string())).await {
        Ok(()) => {
            sent.go_on(Notice::RequestApproved);
            Ok(())
        }
        Err(error) => FormState::refused(BTreeMap::default(), error)?.send_back(&sent.page()).await,
    }
}

/// Refuses a request with a reason and words that the partner reads.
#[server(prefix = "/api", endpoint = "requests/refuse")]
pub async fn request_refuse(
    /// The request, the reason, the words, and the request to open afterwards.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let (reason, text) = (sent.text("reason"), sent.text("text"));
    let beside = sent.fields.iter().filter_map(|(name, words)| Some((name.strip_prefix(REFUSAL_NOTE)?, words.clone())));
    let notes = notes_of(beside, refusal_note_name)?;
    let values: BTreeMap<_, _> = [("reason", &reason), ("text", &text)]
        .into_iter()
        .map(|(name, typed)| (name.to_owned(), typed.clone()))
        .chain(sent.fields.iter().filter(|(name, _)| name.starts_with(REFUSAL_NOTE)).map(|(name, words)| (name.clone(), words.clone())))
        .collect();
    let (refusal, notes) = match (refusal_of(("reason", &reason), ("text", &text)), notes) {
        (Ok(refusal), Ok(notes)) => (refusal, notes),
        (refusal, notes) => {
            let problems = refusal.err().into_iter().chain(notes.err()).flatten().collect();
            return FormState { values, problems, ..FormState::default() }.send_back(&sent.page()).await;
        }
    };
    match services()?.request_refuse_with_notes(&viewer()?, sent.seen(&sent.reference.to_string()), refusal, notes).await {
        Ok(()) => {
            sent.go_on(Notice::RequestRefused);
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(&sent.page()).await,
    }
}

/// What the control of the words beside a field of a refused request begins with.
pub(crate) const REFUSAL_NOTE: &str = "beside.";

/// The control of the words beside a field of a refused request.
pub(crate) fn refusal_note_name(field: &str) -> String {
    format!("{REFUSAL_NOTE}{field}")
}

/// The words that were written beside fields, in the order of the fields; what can't be taken is a problem of its control.
///
/// # Errors
/// [`AppError::BadRequest`] where a name is none of a field.
fn notes_of<'field>(
    beside: impl Iterator<Item = (&'field str, String)>,
    control: fn(&str) -> String,
) -> Result<Result<Vec<FieldNote>, BTreeMap<String, FieldProblem>>, AppError> {
    let (mut notes, mut problems) = (Vec::new(), BTreeMap::new());
    for (name, words) in beside.filter(|(_, words)| !words.trim().is_empty()) {
        let field = name.parse().map_err(|_| AppError::BadRequest)?;
        match Words::try_from(words) {
            Ok(words) => notes.push(FieldNote { field, words }),
            Err(error) => {
                problems.insert(control(name), error.0);
            }
        }
    }
    notes.sort_by(|one, other| one.field.cmp(&other.field));
    Ok(if problems.is_empty() { Ok(notes) } else { Err(problems) })
}

/// Takes a request into review.
#[server(prefix = "/api", endpoint = "requests/take")]
pub async fn request_take(
    /// The request.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let done = services()?.request_take(&viewer()?, &sent.reference.to_string()).await;
    sent.answer(done, Notice::RequestTaken, BTreeMap::default()).await
}

/// Puts a request back into the queue.
#[server(prefix = "/api", endpoint = "requests/release")]
pub async fn request_release(
    /// The request.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let done = services()?.request_release(&viewer()?, &sent.reference.to_string()).await;
    sent.answer(done, Notice::RequestReleased, BTreeMap::default()).await
}

/// Gives a request to a reviewer.
#[server(prefix = "/api", endpoint = "requests/assign")]
pub async fn request_assign(
    /// The request, and to whom.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let to = sent.text("to").parse().map_err(|_| AppError::BadRequest)?;
    let done = services()?.request_assign(&viewer()?, &sent.reference.to_string(), to).await;
    sent.answer(done, Notice::RequestAssigned, BTreeMap::default()).await
}

/// Asks the partner to correct fields: those beside which something was written.
#[server(prefix = "/api", endpoint = "requests/ask")]
pub async fn request_ask(
    /// The request by its reference.
    #[server(default)]
    reference: String,
    /// The words by field.
    #[server(default)]
    notes: HashMap<String, String>,
    /// The version that the form was made of.
    #[server(default)]
    version: String,
    /// Where in the inbox the reviewer stands.
    #[server(default)]
    place: HashMap<String, String>,
) -> Result<(), AppError> {
    let reference: Reference = reference.parse().map_err(|_| AppError::NotFound)?;
    let sent = Sent { reference, place: InboxPlace::of_fields(&place), fields: [(VERSION.to_owned(), version)].into() };
    let values: BTreeMap<_, _> = notes.iter().map(|(name, words)| (note_name(name), words.clone())).collect();
    let asked = match notes_of(notes.iter().map(|(name, words)| (name.as_str(), words.clone())), note_name)? {
        Ok(asked) => asked,
        Err(problems) => return FormState { values, problems, ..FormState::default() }.send_back(&sent.page()).await,
    };
    let done = services()?.request_ask_for_correction(&viewer()?, sent.seen(&reference.to_string()), asked).await;
    sent.answer(done, Notice::CorrectionAsked, values).await
}

/// The control of the words beside a field.
pub(crate) fn note_name(field: &str) -> String {
    format!("notes[{field}]")
}

/// Opens a decided request again.
#[server(prefix = "/api", endpoint = "requests/reopen")]
pub async fn request_reopen(
    /// The request and why.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let words = match sent.words("reopen_words") {
        Ok(words) => words,
        Err(state) => return state.send_back(&sent.page()).await,
    };
    let done = services()?.request_reopen(&viewer()?, sent.seen(&sent.reference.to_string()), words).await;
    sent.answer(done, Notice::RequestReopened, sent.typed("reopen_words")).await
}

/// Gives up what was approved, whichever side one is on.
#[server(prefix = "/api", endpoint = "requests/cancel")]
pub async fn request_cancel(
    /// The request and words for the partner.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let (sent, viewer) = (Sent::read(fields)?, viewer()?);
    let page = if viewer.role.is_staff() { sent.page() } else { paths::partner_request(sent.reference) };
    let words = match sent.words("cancel_words") {
        Ok(words) => words,
        Err(state) => return state.send_back(&page).await,
    };
    match services()?.request_cancel(&viewer, sent.seen(&sent.reference.to_string()), words).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::RequestCancelled.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(sent.typed("cancel_words"), error)?.send_back(&page).await,
    }
}

/// Records that what was approved is carried out.
#[server(prefix = "/api", endpoint = "requests/fulfil")]
pub async fn request_fulfil(
    /// The request.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let done = services()?.request_fulfil(&viewer()?, sent.seen(&sent.reference.to_string())).await;
    sent.answer(done, Notice::RequestFulfilled, BTreeMap::default()).await
}

/// Sets the bonus of a comment by the rubric (`TG-1`).
#[server(prefix = "/api", endpoint = "requests/bonus")]
pub async fn request_set_bonus(
    /// The request, the version that the form was made of, and the points by criterion.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let entries: Entries = entries_of(&sent.fields).into_iter().filter(|(name, _)| name.as_str().starts_with("rubric.")).collect();
    let values = entries.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let seen = Version(sent.text("version").parse().map_err(|_| AppError::BadRequest)?);
    let done = services()?.request_set_bonus(&viewer()?, &sent.reference.to_string(), &entries, seen).await;
    sent.answer(done, Notice::BonusSet, values).await
}

/// Writes a note that only staff read.
#[server(prefix = "/api", endpoint = "requests/note")]
pub async fn request_note(
    /// The request, the words and the key.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    write(&viewer()?, sent.reference, &sent.fields, "note", true, &sent.page()).await
}

/// One gesture for the chosen requests. What became of each is shown above the list.
#[server(prefix = "/api", endpoint = "requests/bulk")]
pub async fn requests_bulk(
    /// The chosen requests by their references, each with the version in the list: `BC-2026-000001@3`.
    #[server(default)]
    references: Vec<String>,
    /// `approve`, `refuse` or `assign`.
    #[server(default)]
    gesture: String,
    /// To whom they are given.
    #[server(default)]
    to: String,
    /// Why they are refused, as a code.
    #[server(default)]
    bulk_reason: String,
    /// Why, in words that the partners read.
    #[server(default)]
    bulk_text: String,
    /// Where in the inbox the reviewer stands.
    #[server(default)]
    place: HashMap<String, String>,
) -> Result<(), AppError> {
    let viewer = viewer()?;
    let page = InboxPlace::of_fields(&place).address(paths::STAFF_INBOX);
    let typed = [(BULK_REASON, &bulk_reason), (BULK_TEXT, &bulk_text)].map(|(name, text)| (name.to_owned(), text.clone()));
    let gesture = match gesture.as_str() {
        "approve" => BulkGesture::Approve,
        "assign" => BulkGesture::Assign { to: to.parse().map_err(|_| AppError::BadRequest)? },
        "refuse" => match refusal_of((BULK_REASON, &bulk_reason), (BULK_TEXT, &bulk_text)) {
            Ok(Refusal { reason, text }) => BulkGesture::Refuse { reason, text },
            Err(problems) => {
                let chosen = references.iter().map(|text| text.split_once('@').map_or(text.as_str(), |(reference, _)| reference));
                let chosen = (BULK_CHOSEN.to_owned(), chosen.collect::<Vec<_>>().join(" "));
                let values = typed.into_iter().chain([chosen]).collect();
                return FormState { values, problems, ..FormState::default() }.send_back(&page).await;
            }
        },
        _ => return Err(AppError::BadRequest),
    };
    // Only a reference as the portal writes it is looked for.
    let requests: Vec<(String, Option<Version>)> = references
        .iter()
        .filter_map(|text| {
            let (reference, version) = text.split_once('@').unwrap_or((text, ""));
            Some((reference.parse::<Reference>().ok()?.to_string(), version.parse().ok().map(Version)))
        })
        .collect();
    let result = services()?.requests_bulk(&viewer, &requests, &gesture).await?;
    let mut values = BTreeMap::from([(BULK_RESULT.to_owned(), serde_json::to_string(&result).map_err(service::Error::unexpected)?)]);
    if result.items.is_empty() && matches!(gesture, BulkGesture::Refuse { .. }) {
        // Nothing was chosen: what was typed is still to be sent.
        values.extend(typed);
    }
    FormState { values, ..FormState::default() }.send_back(&page).await
}

/// Where the result of a bulk gesture travels.
pub(crate) const BULK_RESULT: &str = "bulk";
/// The references that were chosen in a form that came back.
pub(crate) const BULK_CHOSEN: &str = "bulk_chosen";
/// The control of whom the chosen requests are given to.
pub(crate) const BULK_TO: &str = "to";
/// The control of the reason for refusing the chosen requests.
pub(crate) const BULK_REASON: &str = "bulk_reason";
/// The control of the words for refusing them.
pub(crate) const BULK_TEXT: &str = "bulk_text";

/// A refusal as it was entered in two controls; what can't be taken is a problem of its control.
fn refusal_of((reason, chosen): (&str, &str), (text, typed): (&str, &str)) -> Result<Refusal, BTreeMap<String, FieldProblem>> {
    let words = form::text(typed, RefusalText::SHORTEST, RefusalText::LONGEST)
        .and_then(|words| RefusalText::try_from(words).map_err(|_| FieldProblem::Required));
    match (form::choice::<RefusalReason>(chosen), words) {
        (Ok(reason), Ok(text)) => Ok(Refusal { reason, text }),
        (chosen, words) => {
            let problems = [(reason, chosen.err()), (text, words.err())];
            Err(problems.into_iter().filter_map(|(name, problem)| Some((name.to_owned(), problem?))).collect())
        }
    }
}
