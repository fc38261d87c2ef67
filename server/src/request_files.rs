//! `POST /partner/requests/{reference}/files` and `GET /files/{file}`, `/files/{file}/preview`: files of requests on their way in and out.
//! The one takes a large body and the others are no pages, so none is a part of the route table.
//!
//! A body is read piece by piece: what is a file goes to the disk as it comes, and what the reader of multipart holds in memory meanwhile
//! is counted and bounded.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use app::brand::PageBrand;
use app::components::attachments::{FILE_FIELD, FILE_REPORT, not_attached_page};
use app::components::error_view::Look;
use app::context::{Manifest, chosen_locale};
use app::i18n::Locale;
use app::layouts::Notice;
use app::paths;
use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Extension, FromRequest, Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::ids::RequestFileId;
use domain::request::{FileProblem, Reference};
use futures::{Stream, StreamExt};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use service::request_files::{Disposition, FileCopy, FileReport, RefusedFile, receive_problem};
use service::{Services, Viewer};
use thiserror::Error as ThisError;
use tokio_util::task::TaskTracker;

use crate::file_answer::failure;
use crate::layers::error_pages::accepts_html;
use crate::layers::request_identity::RequestId;

/// How much of a body may lie in memory, not yet taken as part of a field: headers of parts, boundaries, what came a moment ago.
const IN_MEMORY: u64 = 256 * 1024;
/// How often the reader of multipart may ask for more than that before it is clear that it finds no field in what it has.
const PATIENCE: u32 = 500;
/// Parts beyond the files that a request may have, before a body is no form of ours.
const OTHER_PARTS: usize = 8;

#[derive(Clone)]
struct RequestFileRoutes {
    services: Services,
    tasks: TaskTracker,
    manifest: Arc<Manifest>,
}

/// The routes. The layer of limits bounds the body; `tasks` holds attachments whose client went away.
pub fn routes(services: Services, tasks: TaskTracker, manifest: Arc<Manifest>) -> Router {
    let whole = |state, viewer, file, uri| download((FileCopy::Whole, Disposition::Attachment), state, viewer, file, uri);
    let preview = |state, viewer, file, uri| download((FileCopy::Preview, Disposition::Inline), state, viewer, file, uri);
    Router::new()
        .route(paths::REQUEST_FILES_UPLOAD, post(upload))
        .layer(DefaultBodyLimit::disable())
        .route(paths::REQUEST_FILE, get(whole))
        .route(paths::REQUEST_FILE_PREVIEW, get(preview))
        .with_state(RequestFileRoutes { services, tasks, manifest })
}

async fn upload(
    State(routes): State<RequestFileRoutes>,
    viewer: Option<Extension<Viewer>>,
    Extension(request_id): Extension<RequestId>,
    Path(reference): Path<String>,
    request: Request,
) -> Response {
    let Some(Extension(mut viewer)) = viewer else { return StatusCode::UNAUTHORIZED.into_response() };
    viewer.request_identity = Some(request_id.0);
    // Only a reference as the portal writes it becomes part of an address.
    let Ok(reference) = reference.parse::<Reference>() else { return StatusCode::NOT_FOUND.into_response() };
    let answering = Answering {
        routes: &routes,
        viewer: &viewer,
        reference,
        html: accepts_html(request.headers()),
        locale: locale(request.headers(), &viewer),
    };
    // Before the body is read: who may not attach anything sends nothing to the disk.
    match routes.services.request_files_admit(&viewer, &reference.to_string()).await {
        Ok(None) => {}
        Ok(Some(problem)) => {
            // A browser that is answered while it still sends shows that the connection broke.
            drain(request.into_body()).await;
            let report = FileReport { attached: 0, refused: vec![RefusedFile::new("", problem)] };
            return answering.answer(&report).await;
        }
        Err(error) => return failure(&error),
    }
    match receive(&routes, &viewer, reference, request).await {
        Ok(report) => answering.answer(&report).await,
        Err(refused) => refused,
    }
}

fn locale(headers: &HeaderMap, viewer: &Viewer) -> Locale {
    chosen_locale(headers, Some(viewer))
}

async fn drain(body: Body) {
    let mut pieces = body.into_data_stream();
    while let Some(Ok(_)) = pieces.next().await {}
}

/// Receives the files of a form one after the other and attaches each.
async fn receive(routes: &RequestFileRoutes, viewer: &Viewer, reference: Reference, request: Request) -> Result<FileReport, Response> {
    let Some(keeping) = routes.services.files() else { return Err(StatusCode::NOT_FOUND.into_response()) };
    let most = usize::try_from(keeping.limits().files_per_request).unwrap_or(usize::MAX);
    let meter = Arc::new(Meter::default());
    let (parts, body) = request.into_parts();
    let body = Body::from_stream(Metered { pieces: body.into_data_stream(), meter: meter.clone(), rests: false, asked_in_vain: 0 });
    let form = Multipart::from_request(Request::from_parts(parts, body), &()).await;
    let mut form = form.map_err(IntoResponse::into_response)?;
    let mut report = FileReport::default();
    let (mut parts, mut files) = (0, 0);
    while let Some(mut field) = form.next_field().await.map_err(|error| bad_body(&error, &meter))? {
        parts += 1;
        if parts > most.saturating_add(OTHER_PARTS) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        let sent_name = field.file_name().unwrap_or_default().to_owned();
        if field.name() != Some(FILE_FIELD) || files >= most {
            if field.name() == Some(FILE_FIELD) {
                let limit = keeping.limits().files_per_request;
                report.refused.push(RefusedFile::new(&sent_name, FileProblem::TooManyFiles { limit }));
            }
            while let Some(piece) = piece(&mut field, &meter).await.transpose().map_err(|error| bad_body(&error, &meter))? {
                drop(piece);
            }
            continue;
        }
        let received = {
            let pieces = futures::stream::unfold((&mut field, &*meter), |(field, meter)| async move {
                let piece = piece(field, meter).await?;
                Some((piece, (field, meter)))
            });
            keeping.receive(pieces).await
        };
        let received = match received {
            Ok(received) => received,
            Err(error) => {
                let Some(problem) = receive_problem(&error) else { return Err(not_received(&error)) };
                // The form's other files are still to come, and a browser reads no answer before it has sent them.
                while let Some(piece) = piece(&mut field, &meter).await.transpose().map_err(|error| bad_body(&error, &meter))? {
                    drop(piece);
                }
                // What a form sends where nothing was chosen.
                if !(sent_name.is_empty() && problem == FileProblem::Empty) {
                    files += 1;
                    report.refused.push(RefusedFile::new(&sent_name, problem));
                }
                continue;
            }
        };
        files += 1;
        let (services, viewer, name) = (routes.services.clone(), viewer.clone(), sent_name.clone());
        let attaching =
            routes.tasks.spawn(async move { services.request_file_attach(&viewer, &reference.to_string(), &name, received).await });
        match attaching.await {
            Ok(Ok(Ok(_))) => report.attached += 1,
            Ok(Ok(Err(problem))) => report.refused.push(RefusedFile::new(&sent_name, problem)),
            Ok(Err(error)) => return Err(failure(&error)),
            Err(error) => {
                tracing::error!(%error, "an attachment did not end");
                return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
            }
        }
    }
    if files == 0 && report.refused.is_empty() {
        report.refused.push(RefusedFile::new("", FileProblem::Missing));
    }
    Ok(report)
}

/// The next piece of a file. What was read is no longer counted as lying around.
async fn piece(field: &mut Field<'_>, meter: &Meter) -> Option<Result<Bytes, MultipartError>> {
    let piece = field.chunk().await.transpose()?;
    if let Ok(piece) = &piece {
        meter.taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
    }
    Some(piece)
}

/// How much of a body came, how much of that was part of a field and taken, and whether the rest was no form of ours.
#[derive(Debug, Default)]
struct Meter {
    came: AtomicU64,
    taken: AtomicU64,
    exceeded: AtomicBool,
}

/// More of a body came than its files explain.
#[derive(Debug, ThisError)]
#[error("a form holds more around its files than a form does")]
struct TooMuchAround;

/// A body that hands out one piece at a time and then rests, for the reader of multipart takes into memory whatever is there at once; and
/// none while too much lies in memory, until that is taken or it is clear that it never will be.
struct Metered {
    pieces: BodyDataStream,
    meter: Arc<Meter>,
    rests: bool,
    asked_in_vain: u32,
}

impl Stream for Metered {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (came, taken) = (self.meter.came.load(Ordering::Relaxed), self.meter.taken.load(Ordering::Relaxed));
        let full = came.saturating_sub(taken) > IN_MEMORY;
        if full && self.asked_in_vain >= PATIENCE {
            self.meter.exceeded.store(true, Ordering::Relaxed);
            return Poll::Ready(Some(Err(TooMuchAround.into())));
        }
        if full || std::mem::take(&mut self.rests) {
            self.asked_in_vain += u32::from(full);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.asked_in_vain = 0;
        let next = ready!(self.pieces.poll_next_unpin(context));
        if let Some(Ok(piece)) = &next {
            self.meter.came.fetch_add(piece.len() as u64, Ordering::Relaxed);
            self.rests = true;
        }
        Poll::Ready(next.map(|piece| piece.map_err(Into::into)))
    }
}

/// Who is answered, and how.
struct Answering<'a> {
    routes: &'a RequestFileRoutes,
    viewer: &'a Viewer,
    reference: Reference,
    html: bool,
    locale: Locale,
}

impl Answering<'_> {
    /// Success leads back to the request. So do problems of a browser's form, which the page says; but what is too large says so by its
    /// status as well, on a page of its own. A program gets a status and codes.
    async fn answer(&self, report: &FileReport) -> Response {
        let page = paths::partner_request(self.reference);
        if report.refused.is_empty() {
            return to_files(&paths::with_query(&page, &[("notice", Notice::FilesAttached.code())]));
        }
        let status = status(report);
        if !self.html {
            let body = serde_json::json!({ "error": "refused", "attached": report.attached, "refused": report.refused });
            return (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response();
        }
        let services = &self.routes.services;
        if let (StatusCode::PAYLOAD_TOO_LARGE, Some(keeping)) = (status, services.files()) {
            let limits = keeping.limits();
            let moved_clock = services.clock_is_shifted().then(|| services.now());
            let brand = match self.viewer.partner_id() {
                Some(partner) => services.brands_in_force().await.of_partner(partner).map(|brand| PageBrand::of(&brand)),
                None => None,
            };
            let look = Look { style: &self.routes.manifest.style, brand: brand.as_ref(), moved_clock };
            let page = not_attached_page(self.locale, report, self.reference, limits, look);
            return (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
        }
        match services.form_state_save(Some(self.viewer), report).await {
            Ok(id) => to_files(&paths::with_query(&page, &[(FILE_REPORT, &id.to_string())])),
            Err(error) => failure(&error),
        }
    }
}

/// To the part of a request's page that shows its files.
fn to_files(page: &str) -> Response {
    Redirect::to(&format!("{page}#files")).into_response()
}

fn status(report: &FileReport) -> StatusCode {
    let problems = || report.refused.iter().map(|file| file.problem);
    if problems().any(|problem| matches!(problem, FileProblem::TooLarge { .. })) {
        StatusCode::PAYLOAD_TOO_LARGE
    } else if problems().any(FileProblem::is_about_the_request) {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// A body that is no form. What the extractor calls a fault of ours is a sender who broke off, or who sent what no form holds.
fn bad_body(error: &MultipartError, meter: &Meter) -> Response {
    tracing::info!(%error, "an upload could not be read");
    let status = if meter.exceeded.load(Ordering::Relaxed) { StatusCode::PAYLOAD_TOO_LARGE } else { error.status() };
    if status.is_server_error() { StatusCode::BAD_REQUEST.into_response() } else { status.into_response() }
}

fn not_received(error: &(impl std::error::Error + 'static)) -> Response {
    // The sender's fault has a source that is the body's; a disk that is full is ours.
    let disk = matches!(error.source(), Some(source) if source.is::<std::io::Error>());
    tracing::warn!(error = error as &dyn std::error::Error, "an upload was not received");
    if disk { StatusCode::SERVICE_UNAVAILABLE.into_response() } else { StatusCode::BAD_REQUEST.into_response() }
}

async fn download(
    (copy, disposition): (FileCopy, Disposition),
    State(routes): State<RequestFileRoutes>,
    viewer: Option<Extension<Viewer>>,
    Path(file): Path<String>,
    uri: Uri,
) -> Response {
    // Who isn't signed in is led to the sign-in page, as from every page.
    let Some(Extension(viewer)) = viewer else { return Redirect::to(&paths::sign_in_then(uri.path())).into_response() };
    let Ok(file) = file.parse::<RequestFileId>() else { return StatusCode::NOT_FOUND.into_response() };
    let file = match routes.services.request_file_open(&viewer, file, copy).await {
        Ok(file) => file,
        Err(error) => return failure(&error),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in file.headers(disposition) {
        let Ok(value) = HeaderValue::try_from(value) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        headers.insert(HeaderName::from_static(name), value);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(file.size));
    (headers, Body::from_stream(file.content)).into_response()
}
