//! `GET /staff/settlements/{reference}/registry.txt` and `.csv`: a settlement run as a file for the bank or for people. Files are no
//! pages, so they are no part of the route table.

use app::context::chosen_locale as locale;
use app::i18n::Locale;
use app::paths;
use app::staff::settlements::registry::{RegistryWords, bank_purpose, discount_purpose, words};
use app::staff::settlements::run_page::PROBLEM;
use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use documents::bank::{BankAccountHolder, BankOrder, BankOrders, RegistryTitles, client_bank_exchange, registry_csv};
use documents::{Cell, Column, ColumnKind, Language, Table, csv_of_table};
use domain::calendar::{BusinessDate, moscow};
use http::{HeaderMap, StatusCode};
use service::bank_accounts::Payee;
use service::settlements::Registry;
use service::{Error, Services, Viewer};

use crate::file_answer::file;

/// The program that the exchange file names as its sender.
const SENDER: &str = "Partner portal";

/// The routes.
pub fn routes(services: Services) -> Router {
    Router::new()
        .route(paths::SETTLEMENT_REGISTRY_TEXT, get(exchange))
        .route(paths::SETTLEMENT_REGISTRY_CSV, get(table))
        .with_state(services)
}

/// The file for the client of a bank, windows-1251.
async fn exchange(State(services): State<Services>, viewer: Option<Extension<Viewer>>, Path(reference): Path<String>) -> Response {
    let registry = match load(&services, viewer, &reference).await {
        Ok(registry) => registry,
        Err(refused) => return refused,
    };
    // Discounts are no payments.
    let Some(orders) = orders(&registry) else { return StatusCode::NOT_FOUND.into_response() };
    match client_bank_exchange(&orders) {
        Ok(content) => file(&format!("{reference}.txt"), "text/plain; charset=windows-1251", content),
        Err(error) => not_written(&reference, &error),
    }
}

/// The same as a table for people, and the list of discounts.
async fn table(
    State(services): State<Services>,
    viewer: Option<Extension<Viewer>>,
    headers: HeaderMap,
    Path(reference): Path<String>,
) -> Response {
    let locale = locale(&headers, viewer.as_ref().map(|Extension(viewer)| viewer));
    let registry = match load(&services, viewer, &reference).await {
        Ok(registry) => registry,
        Err(refused) => return refused,
    };
    let language = match locale {
        Locale::ru => Language::Russian,
        Locale::en => Language::English,
    };
    let words = words(locale);
    let written = match orders(&registry) {
        Some(orders) => registry_csv(&orders, &titles(words), language),
        None => csv_of_table(&discounts(&registry, words, &discount_purpose(locale, &reference)), language),
    };
    match written {
        Ok(content) => file(&format!("{reference}.csv"), "text/csv; charset=utf-8", content),
        Err(error) => not_written(&reference, &error),
    }
}

async fn load(services: &Services, viewer: Option<Extension<Viewer>>, reference: &str) -> Result<Registry, Response> {
    let Some(Extension(viewer)) = viewer else {
        return Err(Redirect::to(&paths::sign_in_then(&paths::staff_settlement(reference))).into_response());
    };
    services.settlement_registry(&viewer, reference).await.map_err(|error| match error {
        Error::Forbidden | Error::NotFound | Error::BadText => StatusCode::NOT_FOUND.into_response(),
        Error::Refused(_) => StatusCode::CONFLICT.into_response(),
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        error => {
            tracing::error!(error = &error as &dyn std::error::Error, "a registry could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    })
}

/// The orders of a run for the bank; none of a run of discounts.
fn orders(registry: &Registry) -> Option<BankOrders> {
    let payer = registry.payer.clone()?;
    let date = BusinessDate::of(registry.run.made_at);
    let purpose = bank_purpose(&registry.run.reference);
    let orders = registry.lines.iter().filter_map(|(line, payee)| {
        Some(BankOrder {
            // The position is at least 1, and what does not fit is refused as a number.
            number: u32::try_from(line.position).unwrap_or(0),
            date,
            payee: holder(payee.clone()?),
            amount: line.amount,
            purpose: purpose.clone(),
        })
    });
    let now = registry.now.with_timezone(&moscow());
    Some(BankOrders {
        sender: SENDER.to_owned(),
        created_on: BusinessDate::of(registry.now),
        created_at: now.format("%H:%M:%S").to_string(),
        payer: holder(payer),
        orders: orders.collect(),
    })
}

fn holder(payee: Payee) -> BankAccountHolder {
    let Payee { name, inn, kpp, account } = payee;
    BankAccountHolder {
        name,
        inn,
        kpp: kpp.map(Into::into),
        account: account.account().to_string(),
        bank_name: account.bank_name().to_owned(),
        bik: account.bik().to_string(),
        correspondent_account: account.correspondent_account().to_string(),
    }
}

fn titles(words: RegistryWords) -> RegistryTitles {
    let RegistryWords { number, date, partner, inn, account, bik, amount, purpose, .. } = words;
    RegistryTitles { number, date, payee: partner, inn, account, bik, amount, purpose }
}

/// The discounts to apply, partner by partner.
fn discounts(registry: &Registry, words: RegistryWords, purpose: &str) -> Table {
    let RegistryWords { number, code, partner, amount, purpose: purpose_title, .. } = words;
    let column = |title: String| Column { title, kind: ColumnKind::Label };
    let rows = registry.lines.iter().map(|(line, _)| {
        vec![
            Cell::Count { count: line.position.into(), shown: String::new() },
            Cell::Text(line.partner_code.clone()),
            Cell::Text(line.partner_name.clone()),
            Cell::Money { amount: line.amount, shown: String::new() },
            Cell::Text(purpose.to_owned()),
        ]
    });
    Table {
        caption: String::new(),
        columns: [number, code, partner, amount, purpose_title].map(column).into(),
        rows: rows.collect(),
        total: None,
        empty: String::new(),
    }
}

/// Something in the orders would be refused by a bank: the page of the run says so, the log says what.
fn not_written(reference: &str, error: &(impl std::error::Error + 'static)) -> Response {
    tracing::warn!(error = error as &dyn std::error::Error, reference, "a registry could not be written");
    Redirect::to(&paths::with_query(&paths::staff_settlement(reference), &[(PROBLEM, "registry")])).into_response()
}
