//! What the form for new terms posts to.

use std::collections::{BTreeMap, HashMap};

use leptos::prelude::*;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FormState, redirect};
use crate::layouts::Notice;
use crate::paths;

/// Publishes new terms (`TERM-1`); with the button `try`, brings the form back with what they would have changed.
#[server(prefix = "/api", endpoint = "terms/publish")]
pub async fn terms_publish(
    /// The parameters by control, with the first day, the note and the button pressed.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let viewer = viewer()?;
    let mut values: BTreeMap<String, String> = fields.into_iter().collect();
    if values.remove("try").is_some() {
        // The page tries the values out; here only what can't be read is found.
        let state = match services()?.terms_try(&viewer, &values).await {
            Ok(_) => FormState { values, ..FormState::default() },
            Err(error) => FormState::refused(values, error)?,
        };
        return state.send_back(paths::STAFF_TERMS_NEW).await;
    }
    match services()?.terms_publish(&viewer, &values).await {
        Ok(_) => {
            redirect(&paths::with_query(paths::STAFF_TERMS, &[("notice", Notice::TermsPublished.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(paths::STAFF_TERMS_NEW).await,
    }
}
