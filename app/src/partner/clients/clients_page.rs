//! The list of clients, with a search.

use domain::ids::ClientId;
use leptos::prelude::*;
use service::clients::ClientsPage as ClientsData;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DataAsOf, MonthText};
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Icon, lucide};
use crate::components::money::MoneyText;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::status::{Status, Tone};
use crate::context::{query, query_value, services};
use crate::form::{Control, Field, FormState};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// What is looked for.
const SEARCH: &str = "search";

/// The list of clients.
#[component]
pub fn ClientsPage() -> impl IntoView {
    partner_page(PartnerSection::Clients, async |partner, state| {
        let (search, after) = (query(SEARCH), query_value::<ClientId>(AFTER));
        let clients = services()?.clients_page(&partner.viewer, search.as_deref(), after).await?;
        let locale = state.locale;
        let title = td_string!(locale, clients.title);
        let search = search_form(locale, clients.search.as_deref());
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <DataAsOf locale at=clients.data_as_of/>
                    </div>
                    <div class="actions">
                        <a class="btn btn-primary" href=paths::PARTNER_CLIENT_NEW>
                            <Icon icon=lucide::LuPlus/>
                            {td_string!(locale, clients.add)}
                        </a>
                    </div>
                </div>
                {search}
                {list(locale, clients, after)}
            },
        ))
    })
}

fn search_form(locale: Locale, search: Option<&str>) -> AnyView {
    let field = FormState::default().field(SEARCH).or_value(search.unwrap_or_default());
    let clear =
        search.map(|_| view! { <a class="btn btn-ghost" href=paths::PARTNER_CLIENTS>{td_string!(locale, clients.search.clear)}</a> });
    view! {
        <form class="filters" method="get" action=paths::PARTNER_CLIENTS role="search">
            <Field locale field label=td_string!(locale, clients.search.label) control=Control::Search maximum_length=200 condition=true/>
            <button class="btn" type="submit">
                <Icon icon=lucide::LuSearch/>
                {td_string!(locale, clients.search.action)}
            </button>
            {clear}
        </form>
    }
    .into_any()
}

fn list(locale: Locale, clients: ClientsData, after: Option<ClientId>) -> AnyView {
    let search = clients.search;
    if clients.page.lines.is_empty() {
        return match search {
            Some(text) => view! {
                <EmptyState
                    title=td_string!(locale, clients.empty.nothing_found)
                    text=td_string!(locale, clients.empty.nothing_found_text, text = text)
                />
            }
            .into_any(),
            None => view! {
                <EmptyState title=td_string!(locale, clients.empty.title) text=td_string!(locale, clients.empty.text)>
                    <a class="btn btn-primary" href=paths::PARTNER_CLIENT_NEW>{td_string!(locale, clients.add)}</a>
                </EmptyState>
            }
            .into_any(),
        };
    }
    let columns = vec![
        Column::text(td_string!(locale, clients.list.client)),
        Column::text(td_string!(locale, clients.list.inn)),
        Column::figure(td_string!(locale, clients.list.machines)),
        Column::figure(td_string!(locale, clients.list.usage)),
        Column::text(td_string!(locale, clients.list.trial)),
        Column::figure(td_string!(locale, clients.list.free_months)),
    ];
    let rows: Vec<_> = clients
        .page
        .lines
        .into_iter()
        .map(|line| {
            let usage = match (line.last_gross, line.last_month) {
                (Some(amount), Some(month)) => {
                    view! { <MoneyText locale amount/> <span class="muted small block"><MonthText locale month/></span> }.into_any()
                }
                _ => view! { <span class="muted">{td_string!(locale, clients.list.no_usage)}</span> }.into_any(),
            };
            let trial = line.on_trial.then(
                || view! { <Status tone=Tone::Waiting icon=lucide::LuFlaskConical label=td_string!(locale, clients.list.on_trial)/> },
            );
            view! {
                <tr>
                    <th scope="row" class="data-table__main"><a href=paths::partner_client(line.client.id)>{line.client.name}</a></th>
                    <td class="figures">{line.client.inn.to_string()}</td>
                    <td class="money">{format::number(locale, line.virtual_machines)}</td>
                    <td class="money">{usage}</td>
                    <td>{trial}</td>
                    <td class="money">{format::number(locale, line.free_months)}</td>
                </tr>
            }
        })
        .collect();
    let text = search.unwrap_or_default();
    let after = after.map(|client| client.to_string());
    let address = paths::with_query(paths::PARTNER_CLIENTS, &[(SEARCH, &text)]);
    view! {
        <DataTable caption=td_string!(locale, clients.list.caption) columns>{rows}</DataTable>
        <NextPage locale address after next=clients.page.next/>
    }
    .into_any()
}
