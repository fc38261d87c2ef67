//! What the claim for a sales bonus posts to.

use leptos::prelude::*;

use crate::error::AppError;

/// Claims the bonus for a client's month (`SALES-1`).
#[server(prefix = "/api", endpoint = "sales-bonuses/submit")]
pub async fn sales_bonus_submit(
    /// The client.
    #[server(default)]
    client: String,
    /// The month, as `2026-10`.
    #[server(default)]
    month: String,
    /// The manager's name.
    #[server(default)]
    manager: String,
    /// The key made with the form.
    #[server(default)]
    idempotency_key: String,
    /// The claim that the form takes up again.
    #[server(default)]
    again: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    let client_id: domain::ids::ClientId = client.parse().map_err(|_| AppError::NotFound)?;
    let of: domain::calendar::Month = month.parse().map_err(|_| AppError::BadRequest)?;
    let key: uuid::Uuid = idempotency_key.parse().map_err(|_| AppError::BadRequest)?;
    match services()?.sales_bonus_submit(&viewer, client_id, of, &manager, key).await {
        Ok(reference) => {
            redirect(&paths::with_query(&paths::partner_request(reference), &[("notice", Notice::RequestSubmitted.code())]));
            Ok(())
        }
        Err(error) => {
            let again = again.parse::<domain::request::Reference>().map(|reference| reference.to_string()).unwrap_or_default();
            let page = [("client", client.as_str()), ("month", month.as_str()), (paths::AGAIN, again.as_str())];
            let page = paths::with_query(paths::PARTNER_SALES_BONUSES, &page);
            let values = [("manager".to_owned(), manager)].into();
            FormState::refused(values, error)?.send_back(&page).await
        }
    }
}
