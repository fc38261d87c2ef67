//! The rows of billing behind a sum, down to client, month and machine (`WHY-1`), for partners and staff alike.

use domain::accrual::SumOfRows;
use domain::ids::ClientId;
use domain::money::Money;
use leptos::prelude::*;
use service::partner_money::Service;
use service::rows_behind::{ClientPart, ClientRows, RowBehind, RowsBehind, RowsPlace};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::MonthText;
use crate::components::empty_state::EmptyState;
use crate::components::money::MoneyText;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::context::{query, query_value};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

const CLIENT: &str = "client";

/// Where the reader stands in the rows, as the address of the page says.
pub fn rows_place() -> RowsPlace {
    RowsPlace { client: query_value::<ClientId>(CLIENT), after: query(AFTER) }
}

/// The address of the rows of a client on the page of a sum.
fn client_address(address: &str, client: ClientId) -> String {
    paths::with_query(address, &[(CLIENT, &client.to_string())])
}

/// The rows that make a sum: by client, or those of the chosen one.
#[component]
pub fn RowsSection(
    /// The language.
    locale: Locale,
    /// The address of the page.
    address: String,
    /// The rows.
    rows: RowsBehind,
    /// Names of services.
    services: Vec<Service>,
    /// Where the reader stands.
    place: RowsPlace,
    /// Whether the sum is a projection, and in no entry yet.
    #[prop(optional)]
    projected: bool,
) -> impl IntoView {
    let money = |amount: Money| format::money(locale, amount);
    let base = rows.base();
    let is_saved = matches!(rows.sum, SumOfRows::Saved(_));
    let (tone, compared) = if base != rows.posted {
        let (shown, posted, difference) = (money(base), money(rows.posted), money(base - rows.posted));
        (Tone::Warning, td_string!(locale, ledger_entry.rows.differs, rows = shown, posted = posted, difference = difference))
    } else if base != rows.total {
        (Tone::Neutral, td_string!(locale, ledger_entry.rows.floor, rows = money(rows.total)))
    } else if projected {
        (Tone::Good, td_string!(locale, ledger_entry.rows.projected, rows = money(rows.total)))
    } else if is_saved {
        (Tone::Good, td_string!(locale, ledger_entry.rows.saved, rows = money(rows.total)))
    } else {
        (Tone::Good, td_string!(locale, ledger_entry.rows.equal, rows = money(rows.total)))
    };
    let (part, caption) = if is_saved {
        (td_string!(locale, ledger_entry.rows.saved_part), td_string!(locale, ledger_entry.rows.saved_caption))
    } else {
        (td_string!(locale, ledger_entry.rows.part), td_string!(locale, ledger_entry.rows.clients_caption))
    };
    let content = match &rows.chosen {
        Some(chosen) => client_rows(locale, &address, part, &services, chosen, &place),
        None if rows.client_count == 0 => {
            view! { <EmptyState title=td_string!(locale, ledger_entry.rows.empty) text=td_string!(locale, ledger_entry.rows.text)/> }
                .into_any()
        }
        None => client_table(locale, &address, (part, caption), &rows, &place),
    };
    view! {
        <section class="stack" id="rows">
            <h2>{td_string!(locale, ledger_entry.rows.title)}</h2>
            <p class="muted">{td_string!(locale, ledger_entry.rows.text)}</p>
            <NoticeView tone text=compared/>
            {content}
        </section>
    }
}

fn client_table(
    locale: Locale,
    address: &str,
    (part, caption): (&'static str, &'static str),
    rows: &RowsBehind,
    place: &RowsPlace,
) -> AnyView {
    let columns = vec![
        Column::text(td_string!(locale, ledger_entry.rows.client)),
        Column::figure(td_string!(locale, ledger_entry.rows.count)),
        Column::figure(td_string!(locale, ledger_entry.rows.gross)),
        Column::figure(part),
    ];
    let count = move |rows: usize| format::number(locale, i64::try_from(rows).unwrap_or(i64::MAX));
    let line = |client: &ClientPart| {
        view! {
            <tr>
                <th scope="row" class="data-table__main">
                    <a href=format!("{}#rows", client_address(address, client.client_id))>{client.name.clone()}</a>
                </th>
                <td class="money">{count(client.rows)}</td>
                <td class="money"><MoneyText locale amount=client.gross/></td>
                <td class="money"><MoneyText locale amount=client.part/></td>
            </tr>
        }
    };
    let lines: Vec<_> = rows.clients.lines.iter().map(line).collect();
    let (client_count, total) = (count(rows.client_count), rows.total);
    view! {
        <DataTable caption columns>
            {lines}
            <tr class="data-table__total">
                <th scope="row">{td_string!(locale, ledger_entry.rows.total)}</th>
                <td class="money">{client_count}</td>
                <td></td>
                <td class="money"><MoneyText locale amount=total/></td>
            </tr>
        </DataTable>
        <NextPage locale address=address.to_owned() after=place.after.clone() next=rows.clients.next.clone()/>
    }
    .into_any()
}

fn client_rows(
    locale: Locale,
    address: &str,
    part_name: &'static str,
    services: &[Service],
    chosen: &ClientRows,
    place: &RowsPlace,
) -> AnyView {
    let client = &chosen.client;
    let columns = vec![
        Column::text(td_string!(locale, ledger_entry.rows.month)),
        Column::text(td_string!(locale, ledger_entry.rows.service)),
        Column::text(td_string!(locale, ledger_entry.rows.resource)),
        Column::figure(td_string!(locale, ledger_entry.rows.gross)),
        Column::figure(td_string!(locale, ledger_entry.rows.rate)),
        Column::figure(td_string!(locale, ledger_entry.rows.net)),
        Column::figure(part_name),
    ];
    let service_name = |code: &str| {
        let known = services.iter().find(|service| service.code == code);
        known.map_or_else(
            || code.to_owned(),
            |service| match locale {
                Locale::ru => service.name_ru.clone(),
                Locale::en => service.name_en.clone(),
            },
        )
    };
    let line = |row: &RowBehind| {
        view! {
            <tr>
                <td><MonthText locale month=row.month/></td>
                <td>{service_name(row.service.as_str())}</td>
                <td>{row.resource.clone()}</td>
                <td class="money"><MoneyText locale amount=row.gross/></td>
                <td class="money">{format::percent(locale, row.worth.rate)}</td>
                <td class="money"><MoneyText locale amount=row.worth.net/></td>
                <td class="money"><MoneyText locale amount=row.worth.part/></td>
            </tr>
        }
    };
    let lines: Vec<_> = chosen.page.lines.iter().map(line).collect();
    let (gross, part) = (client.gross, client.part);
    view! {
        <div class="card-head">
            <h3>{td_string!(locale, ledger_entry.rows.client_title, client = client.name.clone())}</h3>
            <a href=format!("{address}#rows")>{td_string!(locale, ledger_entry.rows.all_clients)}</a>
        </div>
        <DataTable caption=td_string!(locale, ledger_entry.rows.client_caption) columns>
            {lines}
            <tr class="data-table__total">
                <th scope="row" colspan="3">{td_string!(locale, ledger_entry.rows.client_total)}</th>
                <td class="money"><MoneyText locale amount=gross/></td>
                <td></td>
                <td></td>
                <td class="money"><MoneyText locale amount=part/></td>
            </tr>
        </DataTable>
        <NextPage locale address=client_address(address, client.client_id) after=place.after.clone() next=chosen.page.next.clone()/>
    }
    .into_any()
}
