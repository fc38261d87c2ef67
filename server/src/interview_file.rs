//! `GET /partner/requests/{reference}/interview.ics`, and the same of the staff's inbox: the time of an interview for a calendar. A file is
//! no page, so it is no part of the route table.

use app::context::chosen_locale;
use app::partner::requests::interview_words::interview_words;
use app::paths;
use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::editorial::calendar_file;
use domain::request::Reference;
use http::{HeaderMap, StatusCode, Uri};
use service::{Error, Services, Viewer};

use crate::file_answer::file;

/// The routes.
pub fn routes(services: Services) -> Router {
    Router::new().route(paths::INTERVIEW_FILE, get(download)).route(paths::STAFF_INTERVIEW_FILE, get(download)).with_state(services)
}

async fn download(
    State(services): State<Services>,
    viewer: Option<Extension<Viewer>>,
    headers: HeaderMap,
    uri: Uri,
    Path(reference): Path<String>,
) -> Response {
    let Some(Extension(viewer)) = viewer else { return Redirect::to(&paths::sign_in_then(uri.path())).into_response() };
    let Ok(reference) = reference.parse::<Reference>() else { return StatusCode::NOT_FOUND.into_response() };
    match services.request_interview(&viewer, &reference.to_string()).await {
        Ok((slot, picked_at)) => {
            let (title, description) = interview_words(chosen_locale(&headers, Some(&viewer)), reference);
            let content = calendar_file(slot, &format!("{reference}@portal"), &title, &description, picked_at);
            file(&format!("{reference}.ics"), "text/calendar; charset=utf-8", content.into_bytes())
        }
        Err(Error::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(Error::Forbidden | Error::SignInRequired) => StatusCode::FORBIDDEN.into_response(),
        Err(Error::Unavailable(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the time of an interview can't be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the time of an interview can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
