//! Home: the level and until when it holds, the next step, the quarter's meters, revenue against the minimum, what is under way.

use domain::bonus_code::{Meter as DomainMeter, QuarterMeters};
use domain::level::{Outlook, Phase};
use domain::next_step::NextStep;
use domain::request::RequestKind;
use leptos::prelude::*;
use service::notices::Notice;
use service::partner_pages::HomePage as HomeData;
use service::requests::RequestLine;

use crate::brand::ends_view;
use crate::components::bar_chart::BarChart;
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DataAsOf, InstantText};
use crate::components::level::{ConsequenceView, LevelStatus, PhaseText, headline};
use crate::components::meter::{Meter, Taken};
use crate::components::request::{RequestStatusView, subject_text};
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::notices::words::words;
use crate::paths;

/// Months of the chart, the running one included.
const CHART_MONTHS: usize = 13;

/// The home page.
#[component]
pub fn HomePage() -> impl IntoView {
    partner_page(PartnerSection::Home, async |partner, state| {
        let home = services()?.home_page(&partner.viewer).await?;
        Ok(Page::new(td_string!(state.locale, home.title), home_view(state.locale, home)))
    })
}

fn home_view(locale: Locale, home: HomeData) -> AnyView {
    let model = format::model(locale, home.outlook.model);
    let level = format::level(locale, home.outlook.level);
    view! {
        <div class="page-head">
            <div>
                <h1>{home.partner.name.clone()}</h1>
                <p>{level} " · " {model}</p>
            </div>
            <DataAsOf locale at=home.data_as_of/>
        </div>
        {ends_view(locale, home.brand_ends_on)}
        <div class="card-grid">
            {level_card(locale, &home.outlook)}
            {meters_card(locale, &home.meters)}
            {next_step_card(locale, &home)}
        </div>
        {chart_card(locale, &home.outlook)}
        {news_card(locale, &home.notices)}
        {requests_card(locale, home.requests)}
    }
    .into_any()
}

fn level_card(locale: Locale, outlook: &Outlook) -> AnyView {
    let if_not = outlook.if_not.is_some().then(|| {
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, home.if_not)}</summary>
                <ConsequenceView locale outlook=outlook.clone()/>
            </details>
        }
    });
    view! {
        <section class="card" aria-labelledby="level">
            <div class="card-head">
                <h2 class="card-title" id="level">{td_string!(locale, home.level_card)}</h2>
                <LevelStatus locale phase=outlook.phase.clone()/>
            </div>
            <p class="text-lg font-semibold">{headline(locale, outlook)}</p>
            <PhaseText locale outlook=outlook.clone()/>
            {if_not}
            <p class="card-foot"><a href=paths::PARTNER_LEVEL>{td_string!(locale, home.level_more)}</a></p>
        </section>
    }
    .into_any()
}

fn meters_card(locale: Locale, meters: &QuarterMeters) -> AnyView {
    let codes = DomainMeter {
        limit: i64::from(meters.codes.limit),
        granted: i64::from(meters.codes.granted),
        pending: i64::from(meters.codes.pending),
        left: i64::from(meters.codes.left),
        resets_on: meters.codes.resets_on,
    };
    let may_ask = (meters.codes.left > 0 && meters.value.left > 0).then(|| {
        view! { <p class="card-foot"><a class="btn" href=paths::PARTNER_BONUS_CODES>{td_string!(locale, home.meters.action)}</a></p> }
    });
    view! {
        <section class="card" aria-labelledby="meters">
            <h2 class="card-title" id="meters">{td_string!(locale, home.meters.title, quarter = format::quarter(locale, meters.quarter))}</h2>
            {meter_view(locale, td_string!(locale, home.meters.codes), codes, format::number)}
            {meter_view(locale, td_string!(locale, home.meters.value), meters.value, format::roubles)}
            <p class="muted small">
                {td_string!(locale, home.meters.resets, date = format::date_long(locale, meters.codes.resets_on))}
            </p>
            {may_ask}
        </section>
    }
    .into_any()
}

/// A limit as a bar, and its parts as links to what makes them.
fn meter_view(locale: Locale, label: &'static str, meter: DomainMeter<i64>, figure: fn(Locale, i64) -> String) -> impl IntoView {
    let waiting = paths::with_query(paths::PARTNER_REQUESTS, &[("kind", RequestKind::BonusCodes.as_str())]);
    let parts = [
        (td_string!(locale, home.meters.used), meter.granted, paths::PARTNER_BONUS_CODES.to_owned()),
        (td_string!(locale, home.meters.waiting), meter.pending, waiting),
        (td_string!(locale, home.meters.free), meter.left, paths::PARTNER_BONUS_CODES.to_owned()),
    ]
    .map(|(part, amount, href)| {
        let amount = figure(locale, amount);
        let name = format!("{label}: {part}, {amount}");
        view! { <li>{part} " " <a class="figures" href=href aria-label=name>{amount}</a></li> }
    });
    let taken = Taken { used: meter.granted, waiting: meter.pending, limit: meter.limit };
    view! {
        <div>
            <Meter locale label taken figure/>
            <ul class="legend">{parts.into_iter().collect::<Vec<_>>()}</ul>
        </div>
    }
}

/// A step in words: its name, what it is about, where it is done.
struct StepText {
    title: &'static str,
    text: String,
    action: &'static str,
    href: &'static str,
}

fn step_text(locale: Locale, step: &NextStep, outlook: &Outlook) -> StepText {
    macro_rules! step {
        ($name:ident, $text:expr, $href:expr) => {
            StepText {
                title: td_string!(locale, home.next.$name.title),
                text: $text,
                action: td_string!(locale, home.next.$name.action),
                href: $href,
            }
        };
    }
    let day = |date| format::date_long(locale, date);
    match step {
        NextStep::KeepLevel { missing, falls_on } => {
            let (missing, date) = (format::money(locale, *missing), day(*falls_on));
            let may_pass_exam = outlook.requirement.as_ref().is_some_and(|requirement| requirement.exam_by.is_some());
            let text = match outlook.phase {
                Phase::AboutToFall { month_ended: false, .. } => {
                    td_string!(locale, home.next.keep_level.running, missing = missing, date = date)
                }
                _ if may_pass_exam => td_string!(locale, home.next.keep_level.ended, missing = missing, date = date),
                _ => td_string!(locale, home.next.keep_level.late, missing = missing),
            };
            step!(keep_level, text, paths::PARTNER_LEVEL)
        }
        NextStep::ReturnToLevel { until } => {
            step!(return_to_level, td_string!(locale, home.next.return_to_level.text, date = day(*until)), paths::PARTNER_LEVEL)
        }
        NextStep::MeetFirstWindow { until } => {
            step!(meet_first_window, td_string!(locale, home.next.meet_first_window.text, date = day(*until)), paths::PARTNER_LEVEL)
        }
        NextStep::AskStaff => step!(ask_staff, td_string!(locale, home.next.ask_staff.text).to_owned(), paths::PARTNER_LEVEL),
        NextStep::AddClient => step!(add_client, td_string!(locale, home.next.add_client.text).to_owned(), paths::PARTNER_CLIENT_NEW),
        NextStep::RequestCodes { codes, value, resets_on } => {
            let (value, date) = (format::roubles(locale, *value), day(*resets_on));
            let text = td_string!(locale, home.next.request_codes.text, count = *codes, value = value, date = date);
            step!(request_codes, text, paths::PARTNER_BONUS_CODES)
        }
        NextStep::OfferFreeMonth => {
            step!(offer_free_month, td_string!(locale, home.next.offer_free_month.text).to_owned(), paths::PARTNER_FREE_MONTHS)
        }
    }
}

fn next_step_card(locale: Locale, home: &HomeData) -> AnyView {
    let step = step_text(locale, &home.next_step, &home.outlook);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let waiting = (home.waiting > 0).then(|| {
        view! { <li><a href=paths::PARTNER_REQUESTS>{td_string!(locale, home.attention.waiting, count = count(home.waiting))}</a></li> }
    });
    let unused = (home.unused_codes > 0).then(|| {
        let text = td_string!(locale, home.attention.unused_codes, count = count(home.unused_codes));
        view! { <li><a href=paths::PARTNER_BONUS_CODES>{text}</a></li> }
    });
    let clients = (home.clients > 0).then(|| {
        view! { <li><a href=paths::PARTNER_CLIENTS>{td_string!(locale, home.attention.clients, count = count(home.clients))}</a></li> }
    });
    let nothing =
        (home.waiting == 0 && home.unused_codes == 0).then(|| view! { <p class="muted">{td_string!(locale, home.attention.nothing)}</p> });
    view! {
        <section class="card" aria-labelledby="next-step">
            <p class="muted small">{td_string!(locale, home.next_title)}</p>
            <h2 id="next-step">{step.title}</h2>
            <p>{step.text}</p>
            <p><a class="btn btn-primary" href=step.href>{step.action}</a></p>
            <h3 class="card-title">{td_string!(locale, home.attention.title)}</h3>
            {nothing}
            <ul class="list-disc ps-5">{waiting}{unused}{clients}</ul>
        </section>
    }
    .into_any()
}

fn chart_card(locale: Locale, outlook: &Outlook) -> AnyView {
    let past: Vec<_> = outlook.months.iter().filter(|standing| standing.month <= outlook.day.month()).collect();
    let shown = &past[past.len().saturating_sub(CHART_MONTHS)..];
    let minimum = shown.last().map(|standing| standing.minimum).unwrap_or_default();
    let known = shown.iter().any(|standing| standing.revenue.is_some());
    let months: Vec<_> = shown.iter().map(|standing| (standing.month, standing.revenue.unwrap_or_default())).collect();
    let content = if known {
        view! { <BarChart locale label=td_string!(locale, home.chart.label) months minimum/> }.into_any()
    } else {
        view! { <p class="muted">{td_string!(locale, home.chart.empty)}</p> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="revenue">
            <h2 class="card-title" id="revenue">{td_string!(locale, home.chart.title)}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// The newest of what the portal told the partner.
fn news_card(locale: Locale, notices: &[Notice]) -> AnyView {
    let items: Vec<_> = notices
        .iter()
        .filter_map(|notice| {
            let text = words(locale, notice.news.as_ref()?).text;
            let href = paths::partner_notice(notice.id);
            Some(view! { <li><a href=href>{text}</a> " " <span class="muted small"><InstantText locale at=notice.at/></span></li> })
        })
        .collect();
    let content = if items.is_empty() {
        view! { <p class="muted">{td_string!(locale, home.news.empty)}</p> }.into_any()
    } else {
        view! { <ul class="list-disc ps-5">{items}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="news">
            <div class="card-head">
                <h2 class="card-title" id="news">{td_string!(locale, home.news.title)}</h2>
                <a href=paths::PARTNER_NOTICES>{td_string!(locale, home.news.all)}</a>
            </div>
            {content}
        </section>
    }
    .into_any()
}

fn requests_card(locale: Locale, requests: Vec<RequestLine>) -> AnyView {
    let content = if requests.is_empty() {
        view! { <p class="muted">{td_string!(locale, home.requests.empty)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, home.requests.reference)),
            Column::text(td_string!(locale, home.requests.subject)),
            Column::text(td_string!(locale, home.requests.status)),
            Column::text(td_string!(locale, home.requests.submitted)),
        ];
        let rows: Vec<_> = requests.into_iter().map(|request| request_row(locale, request)).collect();
        view! { <DataTable caption=td_string!(locale, home.requests.caption) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="stack">
            <div class="card-head">
                <h2>{td_string!(locale, home.requests.title)}</h2>
                <a href=paths::PARTNER_REQUESTS>{td_string!(locale, home.requests.all)}</a>
            </div>
            {content}
        </section>
    }
    .into_any()
}

fn request_row(locale: Locale, request: RequestLine) -> impl IntoView {
    view! {
        <tr>
            <td class="figures"><a href=paths::partner_request(&request.reference)>{request.reference.clone()}</a></td>
            <td class="min-w-44">{subject_text(locale, &request.subject)}</td>
            <td><RequestStatusView locale status=request.status/></td>
            <td class="figures"><InstantText locale at=request.listed_at/></td>
        </tr>
    }
}
