//! `/partner/requests/{reference}`.

use domain::request::{Reference, RequestStatus};
use leptos::prelude::*;
use service::requests::{RequestDetail, Subject};

use crate::components::copy_button::CopyButton;
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{InstantText, MonthText};
use crate::components::notice::NoticeView;
use crate::components::request::{RequestStatusView, kind_name, refusal_reason_name, subject_text, turn_text};
use crate::components::status::Tone;
use crate::components::timeline::{Mark, Timeline, TimelineEntry};
use crate::components::verdict::VerdictView;
use crate::context::{form_state, path_value, services};
use crate::form::{HiddenField, SubmitButton, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::bonus_codes::bonus_codes_page::{CodeStateView, GrantedCode};
use crate::paths;

/// One request.
#[component]
pub fn RequestPage() -> impl IntoView {
    let reference = path_value::<Reference>("reference");
    partner_page(PartnerSection::Requests, async move |partner, state| {
        let request = services()?.request_page(&partner.viewer, &reference?.to_string()).await?;
        let form = form_state().await?;
        let locale = state.locale;
        let line = &request.line;
        let title = format!("{} {}", kind_name(locale, line.kind), line.reference);
        let explained = match line.status {
            RequestStatus::Draft => td_string!(locale, requests.explained.draft),
            RequestStatus::Submitted => td_string!(locale, requests.explained.submitted),
            RequestStatus::InReview => td_string!(locale, requests.explained.in_review),
            RequestStatus::ActionRequired => td_string!(locale, requests.explained.action_required),
            RequestStatus::Approved => td_string!(locale, requests.explained.approved),
            RequestStatus::Refused => td_string!(locale, requests.explained.refused),
            RequestStatus::Withdrawn => td_string!(locale, requests.explained.withdrawn),
            RequestStatus::Cancelled => td_string!(locale, requests.explained.cancelled),
            RequestStatus::Fulfilled => td_string!(locale, requests.explained.fulfilled),
        };
        let not_withdrawn = form.refusal.map(|refusal| {
            let text = format!("{}. {}", td_string!(locale, requests.detail.not_withdrawn), refusal_text(locale, refusal));
            view! { <NoticeView tone=Tone::Warning text/> }
        });
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, requests.detail.path)>
                    <a href=paths::PARTNER_REQUESTS>{td_string!(locale, requests.title)}</a>
                </nav>
                {not_withdrawn}
                <div class="page-head">
                    <div>
                        <h1>{kind_name(locale, line.kind)}</h1>
                        <CopyButton locale text=line.reference.clone()/>
                    </div>
                    <div class="row">
                        <RequestStatusView locale status=line.status/>
                        <span class="muted">{turn_text(locale, line.turn)}</span>
                    </div>
                </div>
                <p>{explained}</p>
                {refusal_view(locale, &request)}
                {codes_view(locale, &request)}
                <div class="split">
                    <section class="card stack" aria-labelledby="asked-title">
                        <h2 class="card-title" id="asked-title">{td_string!(locale, requests.detail.asked_title)}</h2>
                        {asked_view(locale, &request, true)}
                        <details class="disclosure">
                            <summary>{td_string!(locale, requests.detail.verdict_title)}</summary>
                            <VerdictView locale verdict=request.verdict.clone()/>
                        </details>
                    </section>
                    <section class="card" aria-labelledby="timeline-title">
                        <h2 class="card-title" id="timeline-title">{td_string!(locale, requests.detail.timeline_title)}</h2>
                        {timeline_view(locale, &request)}
                        {withdraw_view(locale, &request)}
                    </section>
                </div>
            },
        ))
    })
}

/// Why staff refused, in their words, and where to try again.
fn refusal_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    let refusal = request.refusal.as_ref()?;
    let (again, href) = match &request.line.subject {
        Subject::BonusCodes { .. } => (td_string!(locale, requests.detail.again_codes), paths::PARTNER_BONUS_CODES.to_owned()),
        Subject::FreeMonth { client_id, .. } => (td_string!(locale, requests.detail.again_month), paths::partner_free_months(client_id)),
        Subject::SalesBonus { .. } => (td_string!(locale, requests.detail.again_bonus), paths::PARTNER_SALES_BONUSES.to_owned()),
    };
    Some(view! {
        <section class="notice notice--error">
            <div class="stack">
                <h2 class="notice__title">{td_string!(locale, requests.detail.refusal_title)}": "{refusal_reason_name(locale, refusal.reason)}</h2>
                <p>{refusal.text.clone()}</p>
                <div class="actions"><a class="btn btn-sm" href=href>{again}</a></div>
            </div>
        </section>
    })
}

fn codes_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    if request.codes.is_empty() {
        return None;
    }
    let rows: Vec<_> = request
        .codes
        .iter()
        .map(|code| {
            let purpose = code.client_name.iter().chain(&code.note).cloned().collect::<Vec<_>>().join(" · ");
            view! {
                <tr>
                    <td class="data-table__main"><GrantedCode locale code=code.code.clone() state=code.state.parse().ok()/></td>
                    <td class="money">{format::roubles(locale, code.face)}</td>
                    <td><CodeStateView locale state=code.state.parse().ok() ended=code.ended_at.map(domain::calendar::BusinessDate::of)/></td>
                    <td>{purpose}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, bonus_codes.column.code)),
        Column::figure(td_string!(locale, bonus_codes.column.face)),
        Column::text(td_string!(locale, bonus_codes.column.state)),
        Column::text(td_string!(locale, bonus_codes.column.purpose)),
    ];
    Some(view! {
        <section class="stack" aria-labelledby="granted-title">
            <h2 id="granted-title">{td_string!(locale, requests.detail.codes_title)}</h2>
            <DataTable caption=td_string!(locale, requests.detail.codes_caption) columns>{rows}</DataTable>
        </section>
    })
}

/// What is asked for; to a partner the client is a link to its page.
pub(crate) fn asked_view(locale: Locale, request: &RequestDetail, links: bool) -> impl IntoView + use<> {
    let line = &request.line;
    let fact = |term: &'static str, value: AnyView| view! { <div><dt>{term}</dt><dd>{value}</dd></div> };
    let mut facts = Vec::new();
    let mut items = None;
    match &line.subject {
        Subject::BonusCodes { quarter, .. } => {
            let sum = subject_text(locale, &line.subject);
            facts.push(fact(td_string!(locale, requests.detail.total), sum.into_any()));
            facts.push(fact(td_string!(locale, requests.detail.quarter), format::quarter(locale, *quarter).into_any()));
            items = Some(items_view(locale, request));
        }
        Subject::FreeMonth { client_id, client_name, month } => {
            facts.push(fact(td_string!(locale, requests.detail.client), client_view(client_id, client_name, links)));
            facts.push(fact(td_string!(locale, requests.detail.month), view! { <MonthText locale month=*month/> }.into_any()));
            facts.push(fact(td_string!(locale, requests.detail.machines), request.resources.join(", ").into_any()));
        }
        Subject::SalesBonus { client_id, client_name, month, manager_name, amount } => {
            facts.push(fact(td_string!(locale, requests.detail.client), client_view(client_id, client_name, links)));
            facts.push(fact(td_string!(locale, requests.detail.month), view! { <MonthText locale month=*month/> }.into_any()));
            facts.push(fact(td_string!(locale, requests.detail.manager), manager_name.clone().into_any()));
            facts.push(fact(td_string!(locale, requests.detail.amount), format::money(locale, *amount).into_any()));
        }
    }
    facts.push(fact(td_string!(locale, requests.detail.submitted), view! { <InstantText locale at=line.submitted_at/> }.into_any()));
    facts.push(fact(td_string!(locale, requests.detail.model), format::model(locale, request.model).into_any()));
    view! {
        <dl class="dl">{facts}</dl>
        {items}
    }
}

/// A client's name; to a partner a link to its page.
fn client_view(client: &domain::ids::ClientId, name: &str, links: bool) -> AnyView {
    if links { view! { <a href=paths::partner_client(client)>{name.to_owned()}</a> }.into_any() } else { name.to_owned().into_any() }
}

fn items_view(locale: Locale, request: &RequestDetail) -> impl IntoView + use<> {
    let rows: Vec<_> = request
        .items
        .iter()
        .map(|item| {
            view! {
                <tr>
                    <td>{item.position}</td>
                    <td class="money">{format::roubles(locale, item.face)}</td>
                    <td>{item.client_name.clone()}</td>
                    <td>{item.note.clone()}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, requests.detail.item.position)),
        Column::figure(td_string!(locale, requests.detail.item.face)),
        Column::text(td_string!(locale, requests.detail.item.client)),
        Column::text(td_string!(locale, requests.detail.item.note)),
    ];
    view! { <DataTable caption=td_string!(locale, requests.detail.items_caption) columns>{rows}</DataTable> }
}

/// What happened to a request.
pub(crate) fn timeline_view(locale: Locale, request: &RequestDetail) -> impl IntoView + use<> {
    let entries = request
        .events
        .iter()
        .map(|event| {
            let (mark, title) = match event.event.parse::<RequestStatus>().ok() {
                Some(RequestStatus::Submitted) => (Mark::Waiting, td_string!(locale, requests.detail.event.submitted)),
                Some(RequestStatus::Approved) => (Mark::Ok, td_string!(locale, requests.detail.event.approved)),
                Some(RequestStatus::Refused) => (Mark::Refused, td_string!(locale, requests.detail.event.refused)),
                _ => (Mark::Neutral, td_string!(locale, requests.detail.event.withdrawn)),
            };
            let who = event.actor_name.clone().unwrap_or_else(|| td_string!(locale, requests.detail.by_provider).to_owned());
            TimelineEntry {
                when: view! { <InstantText locale at=event.at/> }.into_any(),
                mark,
                title: title.to_owned(),
                details: Some(view! { <p>{who}</p> }.into_any()),
            }
        })
        .collect::<Vec<_>>();
    view! { <Timeline entries/> }
}

/// The button that takes the request back; it asks once, in the page.
fn withdraw_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    let line = &request.line;
    request.may_withdraw.then(|| {
        let subject = subject_text(locale, &line.subject);
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, requests.detail.withdraw)}</summary>
                <form class="stack" method="post" action=paths::API_REQUEST_WITHDRAW>
                    <p>{td_string!(locale, requests.detail.withdraw_question, reference = line.reference.clone(), subject = subject)}</p>
                    <HiddenField name="reference" value=line.reference.clone()/>
                    <div class="actions">
                        <SubmitButton
                            destructive=true
                            label=td_string!(locale, requests.detail.withdraw_confirm, reference = line.reference.clone())
                        />
                    </div>
                </form>
            </details>
        }
    })
}
