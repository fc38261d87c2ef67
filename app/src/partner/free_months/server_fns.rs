//! What the form for a free month posts to.

use std::collections::{BTreeMap, HashMap};

use domain::form as read;
use domain::free_month::Ask;
use domain::ids::ClientId;
use domain::request::Reference;
use leptos::prelude::*;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormRefusal, FormState, IDEMPOTENCY_KEY, redirect};
use crate::layouts::Notice;
use crate::partner::free_months::calendar_island::{CLIENT, MONTH, SHOW};
use crate::paths;

/// Asks for the month chosen, for the machines marked; or brings the form back with what the month would close.
#[server(prefix = "/api", endpoint = "free-months/submit")]
pub async fn free_month_submit(
    /// The month, the machines, the client and the key by control.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let viewer = viewer()?;
    let client: ClientId = fields.get(CLIENT).and_then(|id| id.parse().ok()).ok_or(AppError::BadRequest)?;
    let page = paths::partner_free_months(client);
    let again = fields.get(paths::AGAIN).and_then(|reference| reference.parse::<Reference>().ok());
    let page = again.map_or(page.clone(), |reference| paths::asked_again(&page, reference));
    let resources: Vec<String> = fields.iter().filter(|(name, _)| name.starts_with("resource_")).map(|(_, name)| name.clone()).collect();
    let key = fields.get(IDEMPOTENCY_KEY).and_then(|key| key.parse().ok());
    let show = fields.contains_key(SHOW);
    let values: BTreeMap<String, String> = fields.into_iter().filter(|(name, _)| name.starts_with("resource_") || name == MONTH).collect();

    if show {
        return FormState { values, ..FormState::default() }.send_back(&page).await;
    }
    let month = match (read::month(values.get(MONTH).map_or("", String::as_str)), key) {
        (Ok(month), Some(_)) => month,
        (Err(problem), _) => {
            let problems = [(MONTH.to_owned(), problem)].into();
            return FormState { values, problems, ..FormState::default() }.send_back(&page).await;
        }
        (Ok(_), None) => {
            return FormState { values, refusal: Some(FormRefusal::Unreadable), ..FormState::default() }.send_back(&page).await;
        }
    };
    match services()?.free_month_submit(&viewer, client, Ask { month, resources }, key.unwrap_or_default()).await {
        Ok(reference) => {
            redirect(&paths::with_query(&paths::partner_request(reference), &[("notice", Notice::RequestSubmitted.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(&page).await,
    }
}
