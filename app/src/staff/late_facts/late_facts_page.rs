//! `/staff/late-facts`: proposed facts, those that wait first.

use leptos::prelude::*;
use service::late_facts::LateFact;

use super::late_fact_page::subject_text;
use crate::components::data_table::{Column, DataTable};
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The facts.
#[component]
pub fn LateFactsPage() -> impl IntoView {
    staff_page(StaffSection::LateFacts, async |viewer, state| {
        let locale = state.locale;
        let facts = services()?.late_facts_page(&viewer).await?;
        let title = td_string!(locale, late_facts.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, late_facts.lead)}</p></div></div>
                {list_view(locale, facts)}
            },
        ))
    })
}

fn list_view(locale: Locale, facts: Vec<LateFact>) -> AnyView {
    if facts.is_empty() {
        let (title, text) = (td_string!(locale, late_facts.nothing_title), td_string!(locale, late_facts.nothing_text));
        return view! { <EmptyState title text/> }.into_any();
    }
    let rows: Vec<_> = facts
        .into_iter()
        .map(|fact| {
            view! {
                <tr>
                    <td class="data-table__main">
                        <a href=paths::staff_late_fact(fact.id)>{subject_text(locale, &fact)}</a>
                    </td>
                    <td><a href=paths::staff_partner(fact.partner_id)>{fact.partner_name.clone()}</a></td>
                    <td>{state_view(locale, &fact.state)}</td>
                    <td class="figures">{format::instant(locale, fact.proposed_at)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, late_facts.column_subject)),
        Column::text(td_string!(locale, late_facts.column_partner)),
        Column::text(td_string!(locale, late_facts.column_state)),
        Column::text(td_string!(locale, late_facts.column_proposed)),
    ];
    view! { <DataTable caption=td_string!(locale, late_facts.list) columns>{rows}</DataTable> }.into_any()
}

/// Where a fact stands.
pub(super) fn state_view(locale: Locale, state: &str) -> AnyView {
    let (tone, icon, label) = match state {
        "accepted" => (Tone::Good, lucide::LuCheck, td_string!(locale, late_facts.state.accepted)),
        "declined" => (Tone::Bad, lucide::LuX, td_string!(locale, late_facts.state.declined)),
        _ => (Tone::Waiting, lucide::LuHourglass, td_string!(locale, late_facts.state.proposed)),
    };
    view! { <Status tone icon label/> }.into_any()
}
