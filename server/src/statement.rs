//! `GET /partner/money/statement.pdf`, `.xlsx`, `.csv`: files, so no pages. The words are the site's, the figures the use case's.

use std::collections::HashMap;
use std::sync::Arc;

use app::partner::money::statement::{StatementCell, StatementColumn, StatementText, statement};
use app::paths;
use axum::Router;
use axum::extract::{Extension, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use documents::{Brand, Cell, ColourError, Column, ColumnKind, Document, DocumentError, Fact, Language, Table};
use domain::calendar::Month;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri};
use service::{Error, Services, Viewer};
use tokio::sync::Semaphore;

use crate::layers::request_identity::RequestId;

/// The primary colour of the site's tokens (`style/tokens.css`, `--brand-primary`).
const PRIMARY: &str = "#3d5398";

/// A format of the statement.
#[derive(Clone, Copy)]
struct Format {
    extension: &'static str,
    media_type: &'static str,
    write: fn(&Document) -> Result<Vec<u8>, DocumentError>,
}

const PDF: Format = Format { extension: "pdf", media_type: "application/pdf", write: documents::pdf };
const XLSX: Format =
    Format { extension: "xlsx", media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write: documents::xlsx };
const CSV: Format = Format { extension: "csv", media_type: "text/csv; charset=utf-8", write: documents::csv };

#[derive(Clone)]
struct Statements {
    services: Services,
    /// As many are written at a time as there are processors: setting one keeps a processor busy.
    turns: Arc<Semaphore>,
}

/// The routes.
pub fn routes(services: Services) -> Router {
    let turns = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let statements = Statements { services, turns: Arc::new(Semaphore::new(turns)) };
    let route = |format: Format| get(move |state, viewer, id, query, uri, parts| download(format, state, viewer, id, query, uri, parts));
    Router::new()
        .route(paths::STATEMENT_PDF, route(PDF))
        .route(paths::STATEMENT_XLSX, route(XLSX))
        .route(paths::STATEMENT_CSV, route(CSV))
        .with_state(statements)
}

async fn download(
    format: Format,
    State(statements): State<Statements>,
    viewer: Option<Extension<Viewer>>,
    Extension(request_id): Extension<RequestId>,
    Query(query): Query<HashMap<String, String>>,
    uri: Uri,
    parts: Parts,
) -> Response {
    // Who isn't signed in is led to the sign-in page, as from every page.
    let Some(Extension(mut viewer)) = viewer else {
        let asked = uri.path_and_query().map_or(paths::PARTNER_MONEY, http::uri::PathAndQuery::as_str);
        return Redirect::to(&paths::sign_in_then(asked)).into_response();
    };
    viewer.request_identity = Some(request_id.0);
    let (Ok(from), Ok(to)) = (month(&query, "from"), month(&query, "to")) else { return StatusCode::BAD_REQUEST.into_response() };
    let found = match statements.services.money_statement(&viewer, from, to).await {
        Ok(found) => found,
        Err(error) => return failure(&error),
    };
    let document = match document(statement(app::context::locale(&parts, Some(&viewer)), &found)) {
        Ok(document) => document,
        Err(error) => return broken(&error),
    };
    let Ok(_turn) = statements.turns.acquire().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    match tokio::task::spawn_blocking(move || (format.write)(&document)).await {
        Ok(Ok(bytes)) => file(format, from, to, bytes),
        Ok(Err(error)) => broken(&error),
        Err(error) => broken(&error),
    }
}

/// A month of the query; none where it is not named or empty.
fn month(query: &HashMap<String, String>, name: &str) -> Result<Option<Month>, StatusCode> {
    match query.get(name).map(String::as_str) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| StatusCode::BAD_REQUEST),
    }
}

fn file(format: Format, from: Option<Month>, to: Option<Month>, bytes: Vec<u8>) -> Response {
    let months: Vec<String> = from.iter().chain(&to).map(Month::to_string).collect();
    let name = [&["statement".to_owned()], months.as_slice()].concat().join("-");
    let name = format!("attachment; filename=\"{name}.{}\"", format.extension);
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}

fn failure(error: &Error) -> Response {
    let status = match error {
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Unexpected(_) => return broken(error),
        // Staff have no money of their own: to them there is no such address.
        _ => StatusCode::NOT_FOUND,
    };
    status.into_response()
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "a statement could not be written");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// The words of a statement as a document.
fn document(text: StatementText) -> Result<Document, ColourError> {
    let cells = |row: Vec<StatementCell>| row.into_iter().map(cell).collect::<Vec<Cell>>();
    let columns = text.columns.into_iter().map(|(title, kind)| {
        let kind = match kind {
            StatementColumn::Words => ColumnKind::Words,
            StatementColumn::Label => ColumnKind::Label,
            StatementColumn::Figures => ColumnKind::Figures,
        };
        Column { title, kind }
    });
    let table = Table {
        caption: text.caption,
        columns: columns.collect(),
        rows: text.rows.into_iter().map(cells).collect(),
        total: Some(cells(text.total)),
        empty: text.empty,
    };
    Ok(Document {
        title: text.title,
        subtitle: text.subtitle,
        language: if text.russian { Language::Russian } else { Language::English },
        brand: Brand { name: text.name, primary: PRIMARY.parse()? },
        facts: text.facts.into_iter().map(|(label, value)| Fact { label, value }).collect(),
        tables: vec![table],
        notes: vec![text.note],
        generated: text.generated,
        issued: text.issued,
    })
}

fn cell(cell: StatementCell) -> Cell {
    match cell {
        StatementCell::Empty => Cell::Empty,
        StatementCell::Text(text) => Cell::Text(text),
        StatementCell::Money(amount, shown) => Cell::Money { amount, shown },
        StatementCell::Date(date, shown) => Cell::Date { date, shown },
        StatementCell::Rate(share, shown) => Cell::Rate { share, shown },
        StatementCell::Count(count, shown) => Cell::Count { count, shown },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colour_is_the_one_of_the_tokens() {
        assert_eq!(PRIMARY.parse().map(|colour: documents::Colour| colour.to_string()), Ok(PRIMARY.to_owned()));
    }

    #[test]
    fn a_month_is_read_or_refused() {
        let query = |text: &str| HashMap::from([("from".to_owned(), text.to_owned())]);
        assert_eq!(month(&query(""), "from"), Ok(None));
        assert_eq!(month(&query("2026-01"), "to"), Ok(None));
        assert_eq!(month(&query("2026-01"), "from").map(|month| month.map(|month| month.to_string())), Ok(Some("2026-01".to_owned())));
        assert_eq!(month(&query("2026-13"), "from"), Err(StatusCode::BAD_REQUEST));
    }
}
