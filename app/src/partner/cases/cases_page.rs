//! `/partner/cases`: all cases, what each waits for and whose turn it is.

use domain::rule::Rule;
use leptos::prelude::*;
use service::requests::RequestLine;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::ShortDate;
use crate::components::empty_state::EmptyState;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::request::{RequestStatusView, stage_name, subject_text, turn_text};
use crate::components::verdict::{RuleLink, VerdictView};
use crate::context::{query, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::requests::text_views::waits_for;
use crate::paths;

/// The partner's cases.
#[component]
pub fn CasesPage() -> impl IntoView {
    partner_page(PartnerSection::Cases, async |partner, state| {
        let locale = state.locale;
        let after = query(AFTER);
        let loaded = services()?.cases_page(&partner.viewer, after.as_deref()).await?;
        let title = td_string!(locale, cases.title);
        let bonus = format::money(locale, loaded.bonus);
        let is_allowed = loaded.privilege.is_allowed();
        let begin =
            is_allowed.then(|| view! { <a class="btn btn-primary" href=paths::PARTNER_CASE_NEW>{td_string!(locale, cases.begin)}</a> });
        let locked = (!is_allowed).then(|| {
            view! {
                <VerdictView locale verdict=loaded.privilege.clone()>
                    <a class="btn btn-sm" href=paths::PARTNER_PRIVILEGES>{td_string!(locale, cases.unlock)}</a>
                </VerdictView>
            }
        });
        let (is_first_page, next) = (after.is_none(), loaded.page.next);
        let list = if loaded.page.lines.is_empty() && is_first_page {
            let first = is_allowed.then(|| view! { <a class="btn" href=paths::PARTNER_CASE_NEW>{td_string!(locale, cases.begin)}</a> });
            view! {
                <EmptyState title=td_string!(locale, cases.nothing_title) text=td_string!(locale, cases.nothing_text, bonus = bonus.clone())>{first}</EmptyState>
            }
            .into_any()
        } else {
            list_view(locale, loaded.page.lines).into_any()
        };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, cases.lead, bonus = bonus)} " " <RuleLink locale rule=Rule::Case1/></p>
                    </div>
                    <div class="actions">{begin}</div>
                </div>
                {locked}
                {list}
                <NextPage locale address=paths::PARTNER_CASES after next/>
            },
        ))
    })
}

fn list_view(locale: Locale, lines: Vec<RequestLine>) -> impl IntoView {
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <td class="data-table__main">
                        <a href=paths::partner_request(&line.reference)>{subject_text(locale, &line.subject)}</a>
                        <p class="muted small figures">{line.reference.clone()}</p>
                    </td>
                    <td>
                        <RequestStatusView locale status=line.status/>
                        <p class="muted small">{line.stage.map(|stage| stage_name(locale, stage))}</p>
                    </td>
                    <td>{waits_for(locale, &line)}</td>
                    <td>{turn_text(locale, line.turn)}</td>
                    <td class="figures"><ShortDate locale date=domain::calendar::BusinessDate::of(line.listed_at)/></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, cases.column.title)),
        Column::text(td_string!(locale, cases.column.status)),
        Column::text(td_string!(locale, cases.column.waits)),
        Column::text(td_string!(locale, requests.column.turn)),
        Column::text(td_string!(locale, cases.column.date)),
    ];
    view! { <DataTable caption=td_string!(locale, cases.title) columns>{rows}</DataTable> }
}
