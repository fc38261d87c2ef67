//! What the pages of comments post to.

use std::collections::HashMap;

use leptos::prelude::*;

use crate::error::AppError;

/// Chooses the topics to comment on; none opts out (`TG-1`).
#[server(prefix = "/api", endpoint = "telegram-comments/topics")]
pub async fn comment_topics_choose(
    /// A box of each topic.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    use domain::telegram_comment::NewsItem;

    use crate::context::{services, viewer};
    use crate::form::{FormState, entries_of, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let topics = NewsItem::topics_in(&entries_of(&fields));
    match services()?.comment_topics_choose(&viewer()?, &topics).await {
        Ok(()) => {
            let notice = if topics.is_empty() { Notice::CommentsLeft } else { Notice::TopicsChosen };
            redirect(&paths::with_query(paths::PARTNER_TELEGRAM_COMMENTS, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(fields.into_iter().collect(), error)?.send_back(paths::PARTNER_TELEGRAM_COMMENTS).await,
    }
}
