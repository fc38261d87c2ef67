//! What the decision on a late fact posts to.

use leptos::prelude::*;

use crate::error::AppError;

/// Accepts or declines a late fact (`USE-4`).
#[server(prefix = "/api", endpoint = "late-facts/decide")]
pub async fn late_fact_decide(
    /// The fact.
    #[server(default)]
    fact: String,
    /// `accept` or `decline`.
    #[server(default)]
    decision: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let id: domain::ids::LateFactId = fact.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::staff_late_fact(id);
    let viewer = viewer()?;
    let fields = service::late_facts::LateFactFields { decision, reason };
    match services()?.late_fact_decide(service::Actor::Person(&viewer), id, &fields).await {
        Ok(()) => {
            let notice = if fields.decision == "accept" { Notice::LateFactAccepted } else { Notice::LateFactDeclined };
            redirect(&paths::with_query(&page, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => {
            let values = [("decision", fields.decision), ("reason", fields.reason)];
            let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            FormState::refused(values, error)?.send_back(&page).await
        }
    }
}
