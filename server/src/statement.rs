//! `GET /partner/money/statement.pdf`, `.xlsx`, `.csv`: files, so no pages. The words are the site's, the figures the use case's.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use app::partner::money::money_page::{FORM, FROM, RULE, STATE, TO};
use app::partner::money::statement::{StatementCell, StatementColumn, StatementText, statement};
use app::paths;
use axum::Router;
use axum::extract::{Extension, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use documents::{Brand, Cell, ColourError, Column, ColumnKind, Document, DocumentError, Fact, Language, Table};
use http::request::Parts;
use http::{StatusCode, Uri};
use service::partner_money::MoneyFilter;
use service::{Error, Services, Viewer};
use tokio::sync::Semaphore;

use crate::file_answer::file;
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
    let Some(filter) = filter(&query) else { return StatusCode::BAD_REQUEST.into_response() };
    let found = match statements.services.money_statement(&viewer, filter).await {
        Ok(found) => found,
        Err(error) => return failure(&error),
    };
    let brand = match viewer.partner_id() {
        Some(partner) => statements.services.brands_in_force().await.of_partner(partner),
        None => None,
    };
    let document = match document(statement(app::context::locale(&parts, Some(&viewer)), &found), brand.as_deref()) {
        Ok(document) => document,
        Err(error) => return broken(&error),
    };
    let prefix = brand.map(|brand| ascii_name(brand.content.name.as_str())).filter(|name| !name.is_empty());
    let Ok(_turn) = statements.turns.acquire().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    match tokio::task::spawn_blocking(move || (format.write)(&document)).await {
        Ok(Ok(bytes)) => file(&file_name(prefix.as_deref(), filter, format), format.media_type, bytes),
        Ok(Err(error)) => broken(&error),
        Err(error) => broken(&error),
    }
}

/// The conditions of the list that the statement is of. None where one can't be read: a statement of other entries would mislead.
fn filter(query: &HashMap<String, String>) -> Option<MoneyFilter> {
    Some(MoneyFilter {
        state: condition(query, STATE)?,
        rule: condition(query, RULE)?,
        settlement: condition(query, FORM)?,
        from: condition(query, FROM)?,
        to: condition(query, TO)?,
    })
}

/// A condition of the query: no condition where it is not named or empty, nothing where it can't be read.
#[expect(clippy::option_option, reason = "what can't be read is not the same as what was not asked")]
fn condition<T: FromStr>(query: &HashMap<String, String>, name: &str) -> Option<Option<T>> {
    match query.get(name).map(String::as_str) {
        None | Some("") => Some(None),
        Some(text) => text.parse().ok().map(Some),
    }
}

/// The name of the file says what is in it: `statement-2026-04-2026-06-accrued.csv`.
/// Under a brand its name comes first, in Latin letters.
fn file_name(prefix: Option<&str>, filter: MoneyFilter, format: Format) -> String {
    let MoneyFilter { state, rule, settlement, from, to } = filter;
    let months = from.into_iter().chain(to).map(|month| month.to_string());
    let others = [state.map(|state| state.to_string()), rule.map(|rule| rule.to_string()), settlement.map(|form| form.to_string())];
    let parts: Vec<String> = prefix
        .map(ToOwned::to_owned)
        .into_iter()
        .chain(["statement".to_owned()])
        .chain(months)
        .chain(others.into_iter().flatten())
        .collect();
    format!("{}.{}", parts.join("-"), format.extension)
}

/// A name as it can stand in the name of a file everywhere: `Acme Cloud` is `acme-cloud`, «Вега Облако» is `vega-oblako` (as ICAO Doc 9303
/// writes Cyrillic letters in passports).
fn ascii_name(name: &str) -> String {
    const LETTERS: [(char, &str); 33] = [
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ё', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "i"),
        ('к', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "kh"),
        ('ц', "ts"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('щ', "shch"),
        ('ъ', "ie"),
        ('ы', "y"),
        ('ь', ""),
        ('э', "e"),
        ('ю', "iu"),
        ('я', "ia"),
    ];
    let mut latin = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match LETTERS.iter().find(|(cyrillic, _)| *cyrillic == letter) {
            Some((_, letters)) => latin.push_str(letters),
            None if letter.is_ascii_alphanumeric() => latin.push(letter),
            None => latin.push(' '),
        }
    }
    latin.split_whitespace().collect::<Vec<_>>().join("-")
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
fn document(text: StatementText, brand: Option<&service::brands::Brand>) -> Result<Document, ColourError> {
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
        brand: match brand {
            None => Brand { name: text.name, primary: PRIMARY.parse()?, logo: None },
            Some(brand) => Brand {
                name: brand.content.name.to_string(),
                primary: brand.content.primary.to_string().parse()?,
                logo: brand.logo_light.as_ref().map(|logo| logo.bytes.clone()),
            },
        },
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

    /// A colour of the tokens, `oklch(46% 0.115 268)`, as documents write it.
    fn srgb(token: &str) -> String {
        let inside = token.strip_prefix("oklch(").and_then(|rest| rest.split(')').next()).expect("a colour in OKLCH");
        let parts: Vec<f64> = inside.split(' ').map(|part| part.trim_end_matches('%').parse().expect("a number")).collect();
        let [lightness, chroma, hue] = parts[..] else { panic!("{token} has three parts") };
        let (lightness, hue) = (lightness / 100.0, hue.to_radians());
        let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
        // The matrices of CSS Color 4, section 20: OKLab to the cubes of LMS, those to linear light.
        let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let light = [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ];
        let written = light.map(|linear| {
            let seen = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
            let rounded = (seen.clamp(0.0, 1.0) * 255.0).round();
            format!("{:02x}", (0..=u8::MAX).rev().find(|step| f64::from(*step) <= rounded).unwrap_or_default())
        });
        format!("#{}", written.concat())
    }

    #[test]
    fn the_colour_is_the_one_of_the_tokens() {
        let tokens = std::fs::read_to_string("../style/tokens.css").expect("the tokens");
        let primary = tokens.lines().find_map(|line| line.trim().strip_prefix("--brand-primary: ")).expect("the brand's colour");
        assert_eq!(srgb(primary), PRIMARY);
        // White, black and a colour that others worked out.
        assert_eq!(["oklch(100% 0 0)", "oklch(0% 0 0)", "oklch(62.796% 0.25768 29.234)"].map(srgb), ["#ffffff", "#000000", "#ff0000"]);
        assert_eq!(PRIMARY.parse().map(|colour: documents::Colour| colour.to_string()), Ok(PRIMARY.to_owned()));
    }

    #[test]
    fn conditions_are_read_or_refused_and_name_the_file() {
        let query = |name: &str, text: &str| HashMap::from([(name.to_owned(), text.to_owned())]);
        assert_eq!(filter(&query("from", "")), Some(MoneyFilter::default()));
        for (name, text, file) in [
            ("from", "2026-01", "statement-2026-01.csv"),
            ("state", "accrued", "statement-accrued.csv"),
            ("rule", "REB-1", "statement-REB-1.csv"),
            ("settlement", "bank", "statement-bank.csv"),
        ] {
            assert_eq!(filter(&query(name, text)).map(|filter| file_name(None, filter, CSV)).as_deref(), Some(file));
            assert_eq!(filter(&query(name, "2026-13")), None, "{name}");
        }
    }
}
