//! `/partner/free-months`: which clients may have a free month, and when.

use domain::free_month::Standing;
use domain::ids::ClientId;
use leptos::prelude::*;
use service::free_months::FreeMonthClient;
use service::requests::Page as Lines;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::MonthText;
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::status::{Status, Tone};
use crate::components::verdict::RuleLink;
use crate::context::{query, query_value, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::free_months::calendar_island::{MONTH, violation_word};
use crate::paths;

/// What is looked for, in the address.
const SEARCH: &str = "q";

/// The list.
#[component]
pub fn FreeMonthsPage() -> impl IntoView {
    partner_page(PartnerSection::FreeMonths, async |partner, state| {
        let search = query(SEARCH).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let after = query_value::<ClientId>(AFTER);
        let clients = services()?.free_month_clients(&partner.viewer, search.as_deref(), after).await?;
        let locale = state.locale;
        let title = td_string!(locale, free_months.title);
        let list = if !clients.lines.is_empty() {
            list_view(locale, clients, search.as_deref(), after).into_any()
        } else if search.is_some() || after.is_some() {
            view! {
                <EmptyState title=td_string!(locale, free_months.not_found_title) text=td_string!(locale, free_months.not_found_text)>
                    <a class="btn" href=paths::PARTNER_FREE_MONTHS>{td_string!(locale, free_months.all)}</a>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState title=td_string!(locale, free_months.nobody_title) text=td_string!(locale, free_months.nobody_text)>
                    <a class="btn" href=paths::PARTNER_CLIENT_NEW>{td_string!(locale, free_months.add_client)}</a>
                </EmptyState>
            }
            .into_any()
        };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, free_months.lead)}</p>
                    </div>
                </div>
                <form class="filters" method="get" action=paths::PARTNER_FREE_MONTHS role="search">
                    <div class="field">
                        <label class="field__label" r#for="field-q">{td_string!(locale, free_months.search)}</label>
                        <p class="field__hint" id="field-q-hint">{td_string!(locale, free_months.search_hint)}</p>
                        <input class="input" type="search" id="field-q" name=SEARCH value=search.unwrap_or_default() aria-describedby="field-q-hint"/>
                    </div>
                    <button class="btn" type="submit">{td_string!(locale, free_months.find)}</button>
                </form>
                {list}
            },
        ))
    })
}

fn list_view(locale: Locale, clients: Lines<FreeMonthClient>, search: Option<&str>, after: Option<ClientId>) -> impl IntoView + use<> {
    let address = paths::with_query(paths::PARTNER_FREE_MONTHS, &[(SEARCH, search.unwrap_or_default())]);
    let (after, next) = (after.map(|client| client.to_string()), clients.next);
    let rows: Vec<_> = clients
        .lines
        .into_iter()
        .map(|line| {
            let page = paths::partner_free_months(line.client.id);
            let earliest = match (line.earliest, line.verdict.violations.first()) {
                (Some(month), _) => {
                    let href = paths::with_query(&page, &[(MONTH, &month.to_string())]);
                    view! { <a href=href><MonthText locale month/></a> }.into_any()
                }
                (None, reason) => {
                    let reason = reason.map(|violation| {
                        let rule = violation.rule();
                        view! { <span class="small">{violation_word(locale, violation)} " " <RuleLink locale rule/></span> }
                    });
                    view! {
                        <span class="row">
                            <Status tone=Tone::Neutral icon=lucide::LuMinus label=td_string!(locale, free_months.not_now)/>
                            {reason}
                        </span>
                    }
                    .into_any()
                }
            };
            let count = line.months.len();
            let names: Vec<_> = line.months.iter().map(|(month, standing)| held_words(locale, *month, *standing)).collect();
            let taken = td_string!(locale, free_months.taken, months = count, limit = line.limit);
            view! {
                <tr>
                    <td class="data-table__main"><a href=page>{line.client.name}</a></td>
                    <td class="figures">{line.client.inn.to_string()}</td>
                    <td>{earliest}</td>
                    <td>
                        {taken}
                        {(count > 0).then(|| view! { <p class="muted small">{names.join(", ")}</p> })}
                    </td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, free_months.column.client)),
        Column::text(td_string!(locale, free_months.column.inn)),
        Column::text(td_string!(locale, free_months.column.earliest)),
        Column::text(td_string!(locale, free_months.column.taken)),
    ];
    view! {
        <DataTable caption=td_string!(locale, free_months.list_caption) columns>{rows}</DataTable>
        <NextPage locale address after next/>
    }
}

fn held_words(locale: Locale, month: domain::calendar::Month, standing: Standing) -> String {
    let word = match standing {
        Standing::Granted => td_string!(locale, free_months.standing.granted),
        Standing::Pending => td_string!(locale, free_months.standing.pending),
    };
    format!("{} ({word})", format::month(locale, month))
}
