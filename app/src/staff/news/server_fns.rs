//! What the form for news posts to.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::error::AppError;

/// The control that says for how many partners the person decided to post.
#[cfg(feature = "ssr")]
pub(crate) const REACH: &str = "reach";
/// What a form that came back holds where it can be posted as it is.
#[cfg(feature = "ssr")]
pub(crate) const CHECKED: &str = "checked";

/// Checks a news item, which shows how many partners it would reach; or posts it (`TG-1`).
#[server(prefix = "/api", endpoint = "news/post")]
pub async fn news_post(
    /// The fields, the gesture (`check` or `post`), the reach that was shown, and the key.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, IDEMPOTENCY_KEY, entries_of, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    let services = services()?;
    let entries = entries_of(&fields);
    let mut values: std::collections::BTreeMap<String, String> = fields
        .iter()
        .filter(|(name, _)| *name != IDEMPOTENCY_KEY && *name != REACH && *name != "gesture")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    values.insert(CHECKED.to_owned(), "true".to_owned());
    if fields.get("gesture").is_none_or(|gesture| gesture != "post") {
        return match services.news_check(&viewer, &entries) {
            Ok(()) => FormState { values, ..FormState::default() }.send_back(paths::STAFF_NEWS_NEW).await,
            Err(error) => FormState::refused(values, error)?.send_back(paths::STAFF_NEWS_NEW).await,
        };
    }
    let key: uuid::Uuid = fields.get(IDEMPOTENCY_KEY).and_then(|key| key.parse().ok()).ok_or(AppError::BadRequest)?;
    let expected = fields.get(REACH).and_then(|reach| reach.parse().ok()).ok_or(AppError::BadRequest)?;
    match services.news_post(&viewer, &entries, expected, key).await {
        Ok(_) => {
            redirect(&paths::with_query(paths::STAFF_NEWS, &[("notice", Notice::NewsPosted.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(paths::STAFF_NEWS_NEW).await,
    }
}
