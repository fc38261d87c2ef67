//! `POST /staff/usage/upload`: the one route with a large body, so it is no server function.

use std::io::{Seek, SeekFrom, Write};

use app::paths;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Router, extract::DefaultBodyLimit};
use http::StatusCode;
use service::{Actor, Error, Services, Viewer};
use tokio_util::task::TaskTracker;

use crate::layers::request_identity::RequestId;

#[derive(Clone)]
struct Upload {
    services: Services,
    tasks: TaskTracker,
}

/// The route. The layer of limits bounds the body; `tasks` holds imports whose client went away.
pub fn routes(services: Services, tasks: TaskTracker) -> Router {
    Router::new().route(paths::USAGE_UPLOAD, post(upload)).layer(DefaultBodyLimit::disable()).with_state(Upload { services, tasks })
}

/// What the form holds.
struct File {
    name: String,
    content: std::fs::File,
    is_correction: bool,
}

async fn upload(
    State(upload): State<Upload>,
    viewer: Option<Extension<Viewer>>,
    Extension(request_id): Extension<RequestId>,
    form: Multipart,
) -> Response {
    let Some(Extension(mut viewer)) = viewer else { return StatusCode::UNAUTHORIZED.into_response() };
    viewer.request_identity = Some(request_id.0);
    // Before the body is read: who may not import sends nothing to the disk.
    if let Err(error) = viewer.require(domain::permission::Action::ImportUsage) {
        return failure(&error);
    }
    let file = match receive(form).await {
        Ok(Some(file)) => file,
        Ok(None) => return Redirect::to(&paths::with_query(paths::STAFF_USAGE, &[("problem", "file_missing")])).into_response(),
        Err(status) => return status.into_response(),
    };
    let services = upload.services;
    let import = upload.tasks.spawn(async move {
        services.usage_preview(Actor::Person(&viewer), &file.name, std::io::BufReader::new(file.content), file.is_correction).await
    });
    match import.await {
        Ok(Ok(preview)) => Redirect::to(&paths::staff_import(preview.import.id)).into_response(),
        Ok(Err(error)) => failure(&error),
        Err(error) => {
            tracing::error!(%error, "an import did not end");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn failure(error: &Error) -> Response {
    let status = match error {
        Error::SignInRequired => StatusCode::UNAUTHORIZED,
        Error::Forbidden | Error::NotFound => StatusCode::NOT_FOUND,
        Error::BadText => StatusCode::BAD_REQUEST,
        Error::Invalid(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    if status.is_server_error() {
        tracing::error!(error = error as &dyn std::error::Error, "an upload failed");
    }
    status.into_response()
}

/// Streams the file to a temporary one without a name, so that nothing is left behind whatever happens.
async fn receive(mut form: Multipart) -> Result<Option<File>, StatusCode> {
    let mut file = None;
    let mut is_correction = false;
    while let Some(field) = form.next_field().await.map_err(|error| bad_body(&error))? {
        match field.name() {
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let (content, size) = store(field).await?;
                file = (size > 0).then_some((name, content));
            }
            Some("correction") => is_correction = field.text().await.map_err(|error| bad_body(&error))? == "true",
            _ => {}
        }
    }
    Ok(file.map(|(name, content)| File { name, content, is_correction }))
}

async fn store(mut field: Field<'_>) -> Result<(std::fs::File, u64), StatusCode> {
    let mut content = tempfile::tempfile().map_err(|error| no_space(&error))?;
    let mut size = 0;
    while let Some(piece) = field.chunk().await.map_err(|error| bad_body(&error))? {
        size += piece.len() as u64;
        let written = tokio::task::spawn_blocking(move || content.write_all(&piece).map(|()| content)).await;
        content = written.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.map_err(|error| no_space(&error))?;
    }
    content.seek(SeekFrom::Start(0)).map_err(|error| no_space(&error))?;
    Ok((content, size))
}

fn bad_body(error: &MultipartError) -> StatusCode {
    tracing::info!(%error, "an upload could not be read");
    error.status()
}

fn no_space(error: &std::io::Error) -> StatusCode {
    tracing::error!(%error, "an upload could not be kept");
    StatusCode::SERVICE_UNAVAILABLE
}
