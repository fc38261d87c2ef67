//! What the button that takes a request back posts to.

use leptos::prelude::*;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormState, redirect};
use crate::layouts::Notice;
use crate::paths;

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
