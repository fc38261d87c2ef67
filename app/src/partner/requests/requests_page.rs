//! `/partner/requests`.

use domain::calendar::BusinessDate;
use domain::request::RequestKind;
use leptos::prelude::*;
use service::requests::RequestLine;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::ShortDate;
use crate::components::empty_state::EmptyState;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::request::{RequestStatusView, kind_name, subject_text, turn_text};
use crate::components::tabs::{Tab, Tabs};
use crate::context::{query, query_value, services};
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// The kind shown, in the address.
const KIND: &str = "kind";

/// The list.
#[component]
pub fn RequestsPage() -> impl IntoView {
    partner_page(PartnerSection::Requests, async |partner, state| {
        let kind = query_value::<RequestKind>(KIND);
        let after = query(AFTER);
        let page = services()?.requests_page(&partner.viewer, kind, after.as_deref()).await?;
        let locale = state.locale;
        let title = td_string!(locale, requests.title);
        let address = list_address(kind);
        let list = if page.lines.is_empty() { empty_view(locale, kind).into_any() } else { list_view(locale, page.lines).into_any() };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, requests.lead)}</p>
                    </div>
                </div>
                <Tabs label=td_string!(locale, requests.filter) tabs=tabs(locale, kind)/>
                {list}
                <NextPage locale address after next=page.next/>
            },
        ))
    })
}

/// Nothing yet of what is shown, and where to begin it.
fn empty_view(locale: Locale, kind: Option<RequestKind>) -> impl IntoView {
    let (title, text) = match kind {
        None => (td_string!(locale, requests.nothing_title), td_string!(locale, requests.nothing_text)),
        Some(RequestKind::BonusCodes) => (td_string!(locale, requests.no_codes_title), td_string!(locale, requests.no_codes_text)),
        Some(RequestKind::FreeMonth) => (td_string!(locale, requests.no_month_title), td_string!(locale, requests.no_month_text)),
        Some(RequestKind::SalesBonus) => (td_string!(locale, requests.no_bonus_title), td_string!(locale, requests.no_bonus_text)),
        Some(RequestKind::CaseStudy) => (td_string!(locale, requests.no_case_title), td_string!(locale, requests.no_case_text)),
        Some(RequestKind::TelegramComment) => (td_string!(locale, requests.no_comment_title), td_string!(locale, requests.no_comment_text)),
    };
    let asked = |own: RequestKind| kind.is_none_or(|kind| kind == own);
    let codes = asked(RequestKind::BonusCodes)
        .then(|| view! { <a class="btn" href=paths::PARTNER_BONUS_CODES>{td_string!(locale, requests.ask_codes)}</a> });
    let month = asked(RequestKind::FreeMonth)
        .then(|| view! { <a class="btn" href=paths::PARTNER_FREE_MONTHS>{td_string!(locale, requests.ask_month)}</a> });
    let bonus = asked(RequestKind::SalesBonus)
        .then(|| view! { <a class="btn" href=paths::PARTNER_SALES_BONUSES>{td_string!(locale, requests.ask_bonus)}</a> });
    let topics = asked(RequestKind::TelegramComment)
        .then(|| view! { <a class="btn" href=paths::PARTNER_TELEGRAM_COMMENTS>{td_string!(locale, requests.choose_topics)}</a> });
    let case = asked(RequestKind::CaseStudy)
        .then(|| view! { <a class="btn" href=paths::PARTNER_CASES>{td_string!(locale, requests.ask_case)}</a> });
    view! { <EmptyState title text><div class="actions">{codes}{month}{bonus}{case}{topics}</div></EmptyState> }
}

fn list_address(kind: Option<RequestKind>) -> String {
    paths::with_query(paths::PARTNER_REQUESTS, &[(KIND, kind.map_or("", RequestKind::as_str))])
}

fn tabs(locale: Locale, current: Option<RequestKind>) -> Vec<Tab> {
    let tab = |kind: Option<RequestKind>| Tab {
        href: list_address(kind),
        label: kind.map_or(td_string!(locale, requests.all), |kind| kind_name(locale, kind)).to_owned(),
        current: kind == current,
    };
    std::iter::once(None).chain(RequestKind::ALL.map(Some)).map(tab).collect()
}

fn list_view(locale: Locale, lines: Vec<RequestLine>) -> impl IntoView {
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <td class="data-table__main"><a class="figures" href=paths::partner_request(&line.reference)>{line.reference.clone()}</a></td>
                    <td>{kind_name(locale, line.kind)}</td>
                    <td>{subject_text(locale, &line.subject)}</td>
                    <td><RequestStatusView locale status=line.status/></td>
                    <td>{turn_text(locale, line.turn)}</td>
                    <td class="figures"><ShortDate locale date=BusinessDate::of(line.listed_at)/></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, requests.column.reference)),
        Column::text(td_string!(locale, requests.column.kind)),
        Column::text(td_string!(locale, requests.column.what)),
        Column::text(td_string!(locale, requests.column.status)),
        Column::text(td_string!(locale, requests.column.turn)),
        Column::text(td_string!(locale, requests.column.submitted)),
    ];
    view! { <DataTable caption=td_string!(locale, requests.title) columns>{rows}</DataTable> }
}
