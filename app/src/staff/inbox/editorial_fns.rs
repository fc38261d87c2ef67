//! What staff do to a text on its way to publication, and to the interview before it.

use std::collections::{BTreeMap, HashMap};

use domain::editorial::Slot;
use domain::form::FieldProblem;
use domain::request::Version;
use leptos::prelude::*;
use service::editorial::SeenToPublish;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormRefusal, FormState};
use crate::layouts::Notice;
use crate::staff::inbox::editorial_view::slot_name;
use crate::staff::inbox::server_fns::{ACCRUES, Sent};

/// Offers times for an interview: those rows in which anything was entered.
#[server(prefix = "/api", endpoint = "requests/slots-offer")]
pub async fn request_slots_offer(
    /// The request, and the times row by row.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let (mut slots, mut problems, mut values) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for number in 1..=Slot::MOST {
        let [day, time, minutes] = ["day", "time", "minutes"].map(|part| slot_name(number, part));
        for name in [&day, &time, &minutes] {
            values.insert(name.clone(), sent.text(name));
        }
        if sent.text(&day).trim().is_empty() && sent.text(&time).trim().is_empty() {
            continue;
        }
        let length = sent.text(&minutes).parse().unwrap_or(0);
        match Slot::read(&sent.text(&day), &sent.text(&time), length) {
            Ok(slot) => slots.push(slot),
            Err(problem @ (FieldProblem::NotADate | FieldProblem::Required))
                if sent.text(&day).trim().is_empty() || problem == FieldProblem::NotADate =>
            {
                problems.insert(day, problem);
            }
            Err(problem) => {
                problems.insert(time, problem);
            }
        }
    }
    if !problems.is_empty() {
        return FormState { values, problems, ..FormState::default() }.send_back(&sent.page()).await;
    }
    let done = services()?.request_offer_slots(&viewer()?, sent.seen(&sent.reference.to_string()), slots).await;
    sent.answer(done, Notice::SlotsOffered, values).await
}

/// Records that the interview was held.
#[server(prefix = "/api", endpoint = "requests/interview")]
pub async fn request_interview_record(
    /// The request.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let done = services()?.request_record_interview(&viewer()?, sent.seen(&sent.reference.to_string())).await;
    sent.answer(done, Notice::InterviewRecorded, BTreeMap::default()).await
}

/// Stores a version of the text, and puts it before the partner where the button says so.
#[server(prefix = "/api", endpoint = "requests/text")]
pub async fn request_text_edit(
    /// The request, the version of it that was seen, the text, and `save` or `offer`.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let (services, viewer, text) = (services()?, viewer()?, sent.text("text_version"));
    let values: BTreeMap<String, String> = [("text_version".to_owned(), text.clone())].into();
    let Ok(seen) = sent.text("version").parse().map(Version) else {
        let state = FormState { values, refusal: Some(FormRefusal::Unreadable), ..FormState::default() };
        return state.send_back(&sent.page()).await;
    };
    let reference = sent.reference.to_string();
    match services.request_edit_text(&viewer, &reference, &text, seen).await {
        Ok(()) if sent.text("gesture") == "offer" => {
            sent.answer(services.request_offer_text(&viewer, &reference).await, Notice::TextOffered, values).await
        }
        Ok(()) => sent.answer(Ok(()), Notice::TextSaved, values).await,
        Err(error) => {
            let mut state = FormState::refused(values, error)?;
            state.problems = state.problems.into_values().map(|problem| ("text_version".to_owned(), problem)).collect();
            state.send_back(&sent.page()).await
        }
    }
}

/// Puts the newest version before the partner.
#[server(prefix = "/api", endpoint = "requests/text-offer")]
pub async fn request_text_offer(
    /// The request.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let done = services()?.request_offer_text(&viewer()?, sent.seen(&sent.reference.to_string())).await;
    sent.answer(done, Notice::TextOffered, BTreeMap::default()).await
}

/// Records the publication; the bonus accrues with it.
#[server(prefix = "/api", endpoint = "requests/publish")]
pub async fn request_publish(
    /// The request, its version and the sum that were seen, channel, link and day.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let sent = Sent::read(fields)?;
    let [channel, link, published_on] = ["channel", "link", "published_on"].map(|name| sent.text(name));
    let reference = sent.reference.to_string();
    let seen = SeenToPublish { seen: sent.seen(&reference), accrues: sent.text(ACCRUES).parse().ok() };
    let done = services()?.request_publish(&viewer()?, seen, &channel, &link, &published_on).await;
    let values = [("channel", channel), ("link", link), ("published_on", published_on)];
    sent.answer(done, Notice::PublicationRecorded, values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()).await
}
