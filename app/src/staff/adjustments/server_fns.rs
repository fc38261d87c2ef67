//! What the forms of adjustments post to.

use leptos::prelude::*;

use crate::error::AppError;

/// Proposes an adjustment (`LED-1`).
#[server(prefix = "/api", endpoint = "adjustments/propose")]
pub async fn adjustment_propose(
    /// What billing calls the partner, or its INN.
    #[server(default)]
    partner: String,
    /// RUB, below zero where it takes.
    #[server(default)]
    amount: String,
    /// In which form.
    #[server(default)]
    settlement: String,
    /// Why, as a code.
    #[server(default)]
    reason: String,
    /// Why, in words.
    #[server(default)]
    text: String,
    /// The key of the form.
    #[server(default)]
    idempotency_key: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    viewer.require(domain::permission::Action::ProposeAdjustment)?;
    let key: uuid::Uuid = idempotency_key.parse().map_err(|_| AppError::BadRequest)?;
    let fields = service::adjustments::AdjustmentFields { partner, amount, settlement, reason, text };
    match services()?.adjustment_propose(&viewer, &fields, key).await {
        Ok(()) => {
            redirect(&paths::with_query(paths::STAFF_ADJUSTMENTS, &[("notice", Notice::AdjustmentProposed.code())]));
            Ok(())
        }
        Err(error) => {
            let service::adjustments::AdjustmentFields { partner, amount, settlement, reason, text } = fields;
            let values = [("partner", partner), ("amount", amount), ("settlement", settlement), ("reason", reason), ("text", text)];
            let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            FormState::refused(values, error)?.send_back(paths::STAFF_ADJUSTMENTS).await
        }
    }
}

/// Accepts or declines somebody else's adjustment.
#[server(prefix = "/api", endpoint = "adjustments/decide")]
pub async fn adjustment_decide(
    /// The adjustment.
    #[server(default)]
    adjustment: String,
    /// `accept` or `decline`.
    #[server(default)]
    decision: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    let id: domain::ids::LedgerAdjustmentId = adjustment.parse().map_err(|_| AppError::NotFound)?;
    let accept = decision == "accept";
    match services()?.adjustment_decide(&viewer, id, accept).await {
        Ok(_) => {
            let notice = if accept { Notice::AdjustmentAccepted } else { Notice::AdjustmentDeclined };
            redirect(&paths::with_query(paths::STAFF_ADJUSTMENTS, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(paths::STAFF_ADJUSTMENTS).await,
    }
}
