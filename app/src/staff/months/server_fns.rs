//! What the button that closes a month posts to.

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

/// Closes a month (`USE-3`).
#[server(prefix = "/api", endpoint = "months/close")]
pub async fn month_close(
    /// The month, as `2026-10`.
    #[server(default)]
    month: String,
) -> Result<(), AppError> {
    let month: domain::calendar::Month = month.parse().map_err(|_| AppError::BadRequest)?;
    let viewer = viewer()?;
    match services()?.month_close(service::Actor::Person(&viewer), month).await {
        Ok(_) => {
            redirect(&paths::with_query(paths::STAFF_MONTHS, &[("notice", Notice::MonthClosed.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(paths::STAFF_MONTHS).await,
    }
}
