//! `/staff/inbox/report`: how long decisions take, by kind and person, and what is late now.

use domain::calendar::BusinessDate;
use domain::request::RequestKind;
use leptos::prelude::*;
use service::request_report::{DecisionTimes, MOST, RequestReport};

use crate::components::data_table::{Column, DataTable};
use crate::components::notice::NoticeView;
use crate::components::request::kind_name;
use crate::components::status::Tone;
use crate::context::{query_value, services};
use crate::form::{Control, Field, FormState};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

const FROM: &str = "from";
const THROUGH: &str = "through";

/// The report.
#[component]
pub fn RequestReportPage() -> impl IntoView {
    staff_page(StaffSection::Inbox, async |viewer, state| {
        let locale = state.locale;
        let (from, through) = (query_value::<BusinessDate>(FROM), query_value::<BusinessDate>(THROUGH));
        let report = services()?.request_report(&viewer, from, through).await?;
        let title = td_string!(locale, inbox.report.title);
        let cut = report.is_cut.then(|| {
            view! { <NoticeView tone=Tone::Warning text=td_string!(locale, inbox.report.cut, count = format::number(locale, MOST))/> }
        });
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, inbox.report.path)>
                    <a href=paths::STAFF_INBOX>{td_string!(locale, inbox.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, inbox.report.lead)}</p></div></div>
                {period_view(locale, &report)}
                {cut}
                {kinds_view(locale, &report)}
                {people_view(locale, &report)}
                {waiting_view(locale, &report)}
            },
        ))
    })
}

fn period_view(locale: Locale, report: &RequestReport) -> impl IntoView + use<> {
    let field = |name: &str, day: BusinessDate| FormState::default().field(name).or_value(day.to_string());
    view! {
        <form class="filters" method="get" action=paths::STAFF_REQUEST_REPORT>
            <Field locale field=field(FROM, report.from) label=td_string!(locale, inbox.report.from) control=Control::Date condition=true/>
            <Field locale field=field(THROUGH, report.through) label=td_string!(locale, inbox.report.through) control=Control::Date condition=true/>
            <button class="btn" type="submit">{td_string!(locale, inbox.report.show)}</button>
        </form>
    }
}

fn columns(locale: Locale, of: &'static str) -> Vec<Column> {
    vec![
        Column::text(of),
        Column::figure(td_string!(locale, inbox.report.decided)),
        Column::figure(td_string!(locale, inbox.report.in_time)),
        Column::figure(td_string!(locale, inbox.report.median)),
        Column::figure(td_string!(locale, inbox.report.longest)),
    ]
}

fn cells(locale: Locale, times: &DecisionTimes) -> impl IntoView + use<> {
    let count = |number: usize| format::number(locale, i64::try_from(number).unwrap_or(i64::MAX));
    view! {
        <td class="money">{count(times.count())}</td>
        <td class="money">{count(times.in_time())}</td>
        <td class="money">{format::number(locale, times.median().into())}</td>
        <td class="money">{format::number(locale, times.longest().into())}</td>
    }
}

fn kinds_view(locale: Locale, report: &RequestReport) -> impl IntoView + use<> {
    let rows: Vec<_> = RequestKind::ALL
        .into_iter()
        .map(|kind| {
            let times = report.kinds.get(&kind).cloned().unwrap_or_default();
            let promised = td_string!(locale, inbox.report.promised, count = kind.days_to_decide());
            view! {
                <tr>
                    <th scope="row">{kind_name(locale, kind)}<small class="muted">" · "{promised}</small></th>
                    {cells(locale, &times)}
                </tr>
            }
        })
        .collect();
    view! {
        <section class="stack">
            <h2>{td_string!(locale, inbox.report.by_kind)}</h2>
            <DataTable caption=td_string!(locale, inbox.report.by_kind) columns=columns(locale, td_string!(locale, inbox.report.kind))>{rows}</DataTable>
        </section>
    }
}

fn people_view(locale: Locale, report: &RequestReport) -> impl IntoView + use<> {
    let rows: Vec<_> = report
        .people
        .iter()
        .map(|((name, _), times)| view! { <tr><th scope="row">{name.clone()}</th>{cells(locale, times)}</tr> })
        .collect();
    let table = if rows.is_empty() {
        view! { <p class="muted">{td_string!(locale, inbox.report.nobody)}</p> }.into_any()
    } else {
        let columns = columns(locale, td_string!(locale, inbox.report.person));
        view! { <DataTable caption=td_string!(locale, inbox.report.by_person) columns>{rows}</DataTable> }.into_any()
    };
    view! { <section class="stack"><h2>{td_string!(locale, inbox.report.by_person)}</h2>{table}</section> }
}

fn waiting_view(locale: Locale, report: &RequestReport) -> impl IntoView + use<> {
    let rows: Vec<_> = report
        .waiting
        .iter()
        .map(|waiting| {
            let kind = waiting.kind.parse::<RequestKind>().map_or_else(|_| waiting.kind.clone(), |kind| kind_name(locale, kind).to_owned());
            let who = waiting.assignee_name.clone().unwrap_or_else(|| td_string!(locale, inbox.owner_none).to_owned());
            let late = paths::with_query(paths::STAFF_INBOX, &[("kind", &waiting.kind), ("overdue", "true")]);
            let late = if waiting.late > 0 {
                view! { <a href=late>{format::number(locale, waiting.late)}</a> }.into_any()
            } else {
                format::number(locale, 0).into_any()
            };
            view! {
                <tr>
                    <th scope="row">{kind}</th>
                    <td>{who}</td>
                    <td class="money">{format::number(locale, waiting.waiting)}</td>
                    <td class="money">{late}</td>
                </tr>
            }
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p class="muted">{td_string!(locale, inbox.report.nothing_waits)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, inbox.report.kind)),
            Column::text(td_string!(locale, inbox.report.person)),
            Column::figure(td_string!(locale, inbox.report.waits)),
            Column::figure(td_string!(locale, inbox.report.late)),
        ];
        view! { <DataTable caption=td_string!(locale, inbox.report.now) columns>{rows}</DataTable> }.into_any()
    };
    view! { <section class="stack"><h2>{td_string!(locale, inbox.report.now)}</h2>{table}</section> }
}
