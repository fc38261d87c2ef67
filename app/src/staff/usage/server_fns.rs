//! What the preview of a billing file posts to.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::context::{services, viewer};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::form::{FormState, redirect};
#[cfg(feature = "ssr")]
use crate::layouts::Notice;
#[cfg(feature = "ssr")]
use crate::paths;

/// Takes a checked file.
#[server(prefix = "/api", endpoint = "usage/commit")]
pub async fn usage_commit(
    /// The import.
    #[server(default)]
    import: String,
) -> Result<(), AppError> {
    let id: domain::ids::UsageImportId = import.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::staff_import(id);
    let viewer = viewer()?;
    match services()?.usage_commit(service::Actor::Person(&viewer), id).await {
        Ok(committed) => {
            let (page, notice) = match committed.proposed.first() {
                None => (page, Notice::UsageImported),
                Some(_) => (paths::STAFF_LATE_FACTS.to_owned(), Notice::LateFactProposed),
            };
            redirect(&paths::with_query(&page, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(&page).await,
    }
}

/// Leaves a checked file.
#[server(prefix = "/api", endpoint = "usage/discard")]
pub async fn usage_discard(
    /// The import.
    #[server(default)]
    import: String,
) -> Result<(), AppError> {
    let id: domain::ids::UsageImportId = import.parse().map_err(|_| AppError::NotFound)?;
    let viewer = viewer()?;
    match services()?.usage_discard(service::Actor::Person(&viewer), id).await {
        Ok(()) => {
            redirect(&paths::with_query(paths::STAFF_USAGE, &[("notice", Notice::UsageDiscarded.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(&paths::staff_import(id)).await,
    }
}
