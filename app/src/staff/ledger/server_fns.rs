//! What the ledger's forms post to.

use leptos::prelude::*;

use crate::error::AppError;

/// Approves chosen entries (`LED-1`).
#[server(prefix = "/api", endpoint = "ledger/approve")]
pub async fn ledger_approve(
    /// The entries.
    #[server(default)]
    entries: Vec<String>,
    /// The page of the ledger they were chosen on.
    #[server(default)]
    place: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::FormState;

    let viewer = viewer()?;
    let ids: Vec<domain::ids::LedgerEntryId> =
        entries.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|_| AppError::NotFound)?;
    match services()?.ledger_approve(service::Actor::Person(&viewer), &ids).await {
        Ok(approval) => show(&viewer, &approval, &place).await,
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(ledger_address(&place)).await,
    }
}

/// Approves everything that waits and that a filter shows, as it was asked about.
#[server(prefix = "/api", endpoint = "ledger/approve-all")]
pub async fn ledger_approve_all(
    /// The page of the ledger with the filter.
    #[server(default)]
    place: String,
    /// How many entries the question named.
    #[server(default)]
    count: String,
    /// Their sum, RUB.
    #[server(default)]
    amount: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::FormState;
    use crate::paths;

    let viewer = viewer()?;
    let read = super::place::LedgerPlace::of_query(&place);
    // What is no number can't be what was asked about.
    let count = count.parse().unwrap_or(-1);
    let expected = service::ledger::Tally { count, amount: amount.parse().unwrap_or_default() };
    match services()?.ledger_approve_matching(service::Actor::Person(&viewer), &read.filter(), expected).await {
        Ok(approval) => show(&viewer, &approval, &place).await,
        Err(error) => {
            let page = read.beginning().address(paths::STAFF_LEDGER_APPROVAL);
            FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(&page).await
        }
    }
}

/// Takes an entry back (`LED-1`).
#[server(prefix = "/api", endpoint = "ledger/reverse")]
pub async fn ledger_reverse(
    /// The entry.
    #[server(default)]
    entry: String,
    /// Why, as a code.
    #[server(default)]
    reason: String,
    /// Why, in words.
    #[server(default)]
    text: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let id: domain::ids::LedgerEntryId = entry.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::staff_ledger_entry(id);
    let viewer = viewer()?;
    let fields = service::ledger::ReverseFields { reason, text };
    match services()?.ledger_reverse(service::Actor::Person(&viewer), id, &fields).await {
        Ok(_) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::EntryReversed.code())]));
            Ok(())
        }
        Err(error) => {
            let values = [("reason".to_owned(), fields.reason), ("text".to_owned(), fields.text)].into();
            FormState::refused(values, error)?.send_back(&page).await
        }
    }
}

/// Keeps the answer to an approval for its reader and leads to it.
#[cfg(feature = "ssr")]
async fn show(viewer: &service::Viewer, approval: &service::ledger::Approval, place: &str) -> Result<(), AppError> {
    use super::approval_page::RESULT;
    use super::place::LedgerPlace;
    use crate::form::redirect;
    use crate::paths;

    let id = crate::context::services()?.form_state_save(Some(viewer), approval).await?;
    let page = LedgerPlace::of_query(place).address(paths::STAFF_LEDGER_APPROVED);
    redirect(&paths::with_query(&page, &[(RESULT, &id.to_string())]));
    Ok(())
}

/// A page of the ledger, or its beginning where the form names another one.
#[cfg(feature = "ssr")]
fn ledger_address(place: &str) -> &str {
    use crate::paths;

    paths::local(place).filter(|address| address.starts_with(paths::STAFF_LEDGER)).unwrap_or(paths::STAFF_LEDGER)
}
