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

/// Answers a news item: keeps what was typed, and then sends it, or goes on with an interview or a text instead (`TG-1`).
#[server(prefix = "/api", endpoint = "telegram-comments/answer")]
pub async fn comment_answer(
    /// The request, the version that the form was made of, what was typed, and the gesture: `save`, `submit`, `interview` or `text`.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    use domain::request::{Reference, Version};
    use domain::telegram_comment::Answer;

    use crate::context::{services, viewer};
    use crate::form::{FormRefusal, FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let reference: Reference = fields.get("reference").and_then(|reference| reference.parse().ok()).ok_or(AppError::NotFound)?;
    let page = paths::partner_request(reference);
    let reference = reference.to_string();
    let typed: Vec<(String, String)> =
        [Answer::TEXT, Answer::WISHES].into_iter().filter_map(|name| Some((name.to_owned(), fields.get(name)?.clone()))).collect();
    let values = typed.iter().cloned().collect();
    let Some(seen) = fields.get("version").and_then(|version| version.parse().ok()).map(Version) else {
        return FormState { values, refusal: Some(FormRefusal::Unreadable), ..FormState::default() }.send_back(&page).await;
    };
    let (services, viewer) = (services()?, viewer()?);
    let gesture = fields.get("gesture").map(String::as_str).unwrap_or_default();
    let done = match gesture {
        "submit" => services.request_submit(&viewer, &reference, typed, seen).await.map(|()| Notice::RequestSubmitted),
        "interview" | "text" => match services.request_save(&viewer, &reference, typed, seen).await {
            Ok(_) if gesture == "text" => services.request_choose_text(&viewer, &reference).await.map(|()| Notice::DraftSaved),
            Ok(_) => services.request_choose_interview(&viewer, &reference).await.map(|()| Notice::DraftSaved),
            Err(error) => Err(error),
        },
        _ => services.request_save(&viewer, &reference, typed, seen).await.map(|_| Notice::DraftSaved),
    };
    match done {
        Ok(notice) => {
            redirect(&paths::with_query(&page, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(values, error)?.send_back(&page).await,
    }
}
