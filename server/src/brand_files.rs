//! `GET /brand/{partner}/{version}.css` and `/brand/{partner}/pictures/{hash}.png`, which never change; the style sheet of a draft;
//! `POST /partner/brand/pictures`, a picture on its way in.

use app::layouts::Notice;
use app::partner::brand::brand_page::PICTURE_PROBLEM;
use app::paths;
use axum::Router;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::brand::style_sheet;
use domain::ids::PartnerId;
use domain::permission::Action;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderName, StatusCode};
use service::brands::LogoPlace;
use service::{Services, Viewer};

use crate::file_answer::failure;
use crate::layers::request_identity::RequestId;

/// What never changes may be kept by anybody for a year.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// A picture is looked at and does nothing, wherever it is opened.
const INERT: &str = "default-src 'none'; sandbox";

/// The routes. The layer of limits bounds the body of an upload.
pub fn routes(services: Services) -> Router {
    Router::new()
        .route(paths::BRAND_PICTURE_UPLOAD, post(upload))
        .layer(DefaultBodyLimit::disable())
        .route(paths::BRAND_DRAFT_SHEET, get(draft_sheet))
        .route(paths::BRAND_STYLE_SHEET, get(published_sheet))
        .route(paths::BRAND_PICTURE, get(picture))
        .with_state(services)
}

async fn published_sheet(State(services): State<Services>, Path((partner, sheet)): Path<(String, String)>) -> Response {
    let number = sheet.strip_suffix(".css").and_then(|number| number.parse::<i32>().ok());
    let (Ok(partner), Some(number)) = (partner.parse::<PartnerId>(), number) else { return StatusCode::NOT_FOUND.into_response() };
    match services.brand_style_sheet(partner, number).await {
        Ok(Some(sheet)) => ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, FOR_GOOD)], sheet).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failure(&error),
    }
}

async fn draft_sheet(State(services): State<Services>, viewer: Option<Extension<Viewer>>) -> Response {
    let Some(Extension(viewer)) = viewer else { return StatusCode::NOT_FOUND.into_response() };
    match services.brand_preview(&viewer).await {
        Ok(preview) => {
            let sheet = preview.content.as_ref().map(style_sheet).unwrap_or_default();
            ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-store")], sheet).into_response()
        }
        Err(error) => failure(&error),
    }
}

async fn picture(
    State(services): State<Services>,
    viewer: Option<Extension<Viewer>>,
    Path((partner, picture)): Path<(String, String)>,
) -> Response {
    let hash = picture.strip_suffix(".png").filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let (Ok(partner), Some(hash)) = (partner.parse::<PartnerId>(), hash) else { return StatusCode::NOT_FOUND.into_response() };
    let viewer = viewer.map(|Extension(viewer)| viewer);
    match services.brand_picture(viewer.as_ref(), partner, hash).await {
        Ok(Some(picture)) => {
            // What only a draft shows is for its own people.
            let kept = if services.brands_in_force().await.picture(partner, hash).is_some() { FOR_GOOD } else { "private, no-store" };
            let headers: [(HeaderName, &str); 3] = [(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, kept), (CONTENT_SECURITY_POLICY, INERT)];
            (headers, picture.bytes.clone()).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failure(&error),
    }
}

async fn upload(
    State(services): State<Services>,
    viewer: Option<Extension<Viewer>>,
    Extension(request_id): Extension<RequestId>,
    mut form: Multipart,
) -> Response {
    let Some(Extension(mut viewer)) = viewer else { return StatusCode::UNAUTHORIZED.into_response() };
    viewer.request_identity = Some(request_id.0);
    // Before the body is read: who may not have a brand sends no picture.
    if let Err(error) = viewer.require(Action::EditBrand) {
        return failure(&error);
    }
    let (mut place, mut bytes) = (None, None);
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => return unreadable(&error),
        };
        match field.name() {
            Some("place") => match field.text().await {
                Ok(name) => place = LogoPlace::from_code(&name),
                Err(error) => return unreadable(&error),
            },
            Some("picture") => match field.bytes().await {
                Ok(picture) => bytes = Some(picture),
                Err(error) => return unreadable(&error),
            },
            _ => {}
        }
    }
    let (Some(place), Some(bytes)) = (place, bytes) else { return StatusCode::BAD_REQUEST.into_response() };
    match services.brand_picture_save(&viewer, place, bytes.to_vec()).await {
        Ok(Err(refusal)) => {
            let address = paths::with_query(paths::PARTNER_BRAND, &[(PICTURE_PROBLEM, refusal.code())]);
            Redirect::to(&format!("{address}#pictures")).into_response()
        }
        Ok(Ok(_)) => {
            let address = paths::with_query(paths::PARTNER_BRAND, &[("notice", Notice::BrandPictureSaved.code())]);
            Redirect::to(&format!("{address}#pictures")).into_response()
        }
        Err(error) => failure(&error),
    }
}

/// A body that is no form. What the extractor calls a fault of ours is a sender who broke off, or who sent what no form holds.
fn unreadable(error: &MultipartError) -> Response {
    tracing::info!(%error, "a picture could not be read");
    let status = error.status();
    if status.is_server_error() { StatusCode::BAD_REQUEST.into_response() } else { status.into_response() }
}
