//! `/partner/bonus-codes`.

use domain::bonus_code::{CodeState, CodeText, QuarterMeters};
use domain::ids::ClientId;
use domain::request::RequestKind;
use leptos::prelude::*;
use service::bonus_codes::BonusCodesPage as Facts;

use crate::components::copy_button::CopyButton;
use crate::components::data_table::{Column, DataTable};
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::meter::{Meter, Taken};
use crate::components::next_page::{AFTER, NextPage};
use crate::components::request::{RequestStatusView, decision_time, subject_text};
use crate::components::status::{Status, Tone};
use crate::components::verdict::VerdictView;
use crate::context::{form_state, query, query_value, services};
use crate::form::{FormState, problem_text, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::packed::Packed;
use crate::page::{Page, partner_page};
use crate::partner::bonus_codes::form_island::{BonusCodeForm, ClientChoice, CodeFormFacts, CodeLimits, MADE_OF};
use crate::partner::bonus_codes::rows::{self, TypedRow};
use crate::partner::requests::taken_up::{TakenUp, taken_up, taken_up_view};
use crate::paths;

/// The client to ask for, in the address.
pub const CLIENT: &str = "client";

/// Meters, form and codes.
#[component]
pub fn BonusCodesPage() -> impl IntoView {
    partner_page(PartnerSection::BonusCodes, async |partner, state| {
        let after = query(AFTER);
        let form = form_state().await?;
        let again = taken_up(&partner.viewer, RequestKind::BonusCodes).await?;
        let typed = typed_rows(&form, again.as_ref());
        let named: Vec<ClientId> = typed.iter().filter_map(|row| row.client.parse().ok()).collect();
        let facts = services()?.bonus_codes_page(&partner.viewer, after.as_deref(), &named).await?;
        let locale = state.locale;
        let title = td_string!(locale, bonus_codes.title);
        let asking = if facts.privilege.is_allowed() { form_view(locale, &facts, form, typed, again) } else { locked_view(locale, &facts) };
        let quarter = format::quarter(locale, facts.meters.quarter);
        let time = facts.privilege.is_allowed().then(|| view! { <p class="muted">{decision_time(locale, RequestKind::BonusCodes)}</p> });
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, bonus_codes.lead)}</p>
                    </div>
                </div>
                <div class="split">
                    <section class="card" aria-labelledby="ask-title">
                        <h2 class="card-title" id="ask-title">{td_string!(locale, bonus_codes.ask_title)}</h2>
                        {time}
                        {asking}
                    </section>
                    <section class="card" aria-labelledby="meters-title">
                        <h2 class="card-title" id="meters-title">{td_string!(locale, bonus_codes.meters_title, quarter = quarter)}</h2>
                        {meters_view(locale, &facts.meters)}
                        {made_of_view(locale, &facts)}
                    </section>
                </div>
                {codes_view(locale, facts, after)}
            },
        ))
    })
}

fn meters_view(locale: Locale, meters: &QuarterMeters) -> impl IntoView + use<> {
    let codes = Taken { used: meters.codes.granted.into(), waiting: meters.codes.pending.into(), limit: meters.codes.limit.into() };
    let value = Taken { used: meters.value.granted, waiting: meters.value.pending, limit: meters.value.limit };
    let free = td_string!(
        locale,
        bonus_codes.free,
        codes = td_string!(locale, common.codes, count = meters.codes.left),
        sum = format::roubles(locale, meters.value.left)
    );
    let resets_on = meters.codes.resets_on;
    view! {
        <div class="stack">
            <Meter locale label=td_string!(locale, bonus_codes.codes_meter) taken=codes figure=format::number resets_on/>
            <Meter locale label=td_string!(locale, bonus_codes.value_meter) taken=value figure=format::roubles resets_on/>
            <p>{free}</p>
        </div>
    }
}

/// The requests that hold the quarter's capacity.
fn made_of_view(locale: Locale, facts: &Facts) -> impl IntoView + use<> {
    let items: Vec<_> = facts
        .requests
        .iter()
        .map(|line| {
            view! {
                <li class="row">
                    <a class="code" href=paths::partner_request(&line.reference)>{line.reference.clone()}</a>
                    <span>{subject_text(locale, &line.subject)}</span>
                    <RequestStatusView locale status=line.status/>
                </li>
            }
        })
        .collect();
    let list = if items.is_empty() {
        view! { <p>{td_string!(locale, bonus_codes.made_of_nothing)}</p> }.into_any()
    } else {
        view! {
            <ul class="stack">{items}</ul>
            <p class="muted small">{td_string!(locale, bonus_codes.made_of_note)}</p>
        }
        .into_any()
    };
    view! {
        <details class="disclosure">
            <summary>{td_string!(locale, bonus_codes.made_of)}</summary>
            <div id=MADE_OF>{list}</div>
        </details>
    }
}

/// Why there is no form, and how to get it.
fn locked_view(locale: Locale, facts: &Facts) -> AnyView {
    view! {
        <VerdictView locale verdict=facts.privilege.clone()>
            <a class="btn btn-sm" href=paths::PARTNER_PRIVILEGES>{td_string!(locale, bonus_codes.unlock)}</a>
        </VerdictView>
    }
    .into_any()
}

/// What the form holds: what came back, else what the request asked for that is taken up again, else one row, for the client that the address
/// names.
fn typed_rows(form: &FormState, again: Option<&TakenUp>) -> Vec<TypedRow> {
    let mut typed = rows::read(&form.values);
    if let Some(again) = again.filter(|_| typed.is_empty()) {
        typed = rows::read(&again.entries.iter().map(|(name, value)| (name.to_string(), value.clone())).collect());
    }
    if typed.is_empty() {
        let client = query_value::<ClientId>(CLIENT).map(|client| client.to_string()).unwrap_or_default();
        typed.push(TypedRow { client, ..TypedRow::new(1) });
    }
    typed
}

fn form_view(locale: Locale, facts: &Facts, form: FormState, mut typed: Vec<TypedRow>, again: Option<TakenUp>) -> AnyView {
    typed.truncate(usize::try_from(facts.terms.codes_per_request).unwrap_or(usize::MAX).max(1));
    let labels = labels(locale, &typed);
    let problems = form.problems.iter().map(|(name, problem)| (name.clone(), problem_text(locale, problem))).collect();
    let refused = form.verdict.as_ref().is_some_and(|verdict| !verdict.is_allowed());
    // What the rules say stands beside the button, as of now; on top it is only said that they refused.
    let summary = if refused {
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus=true>
                <h3>{td_string!(locale, bonus_codes.refused_title)}</h3>
                <p><a href="#verdict">{td_string!(locale, bonus_codes.refused_text)}</a></p>
            </div>
        }
        .into_any()
    } else {
        summary_view(locale, &form, &labels).into_any()
    };
    let clients =
        facts.clients.iter().map(|client| ClientChoice { id: client.id.to_string(), name: client.name.clone() }).collect::<Vec<_>>();
    let key: uuid::Uuid = service::secrets::id();
    let limits = CodeLimits::from(&facts.terms);
    let reason = again.as_ref().map(|again| taken_up_view(locale, again));
    let again = again.map(|again| again.reference);
    let begin = CodeFormFacts { key: key.to_string(), used: facts.quarter_use, limits, clients, typed, problems, again };
    let more = facts.more_clients.then(|| {
        let count = format::number(locale, service::bonus_codes::CHOICES);
        view! { <p class="muted">{td_string!(locale, bonus_codes.more_clients, count = count)}</p> }
    });
    view! {
        {reason}
        {summary}
        {more}
        <BonusCodeForm locale facts=Packed(begin)/>
    }
    .into_any()
}

/// What can't be read, each leading to its control.
fn summary_view(locale: Locale, form: &FormState, labels: &[(String, String)]) -> impl IntoView + use<> {
    let items: Vec<_> = labels
        .iter()
        .filter_map(|(name, label)| {
            let text = format!("{label}: {}", problem_text(locale, form.problems.get(name)?));
            Some(view! { <li><a href=format!("#field-{name}")>{text}</a></li> })
        })
        .collect();
    let refusal = form.refusal.map(|refusal| view! { <p>{refusal_text(locale, refusal)}</p> });
    form.has_problems().then(|| {
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus=true>
                <h3>{td_string!(locale, bonus_codes.problems_title)}</h3>
                {refusal}
                <ul>{items}</ul>
            </div>
        }
    })
}

/// The labels of the rows' controls for the summary of errors.
fn labels(locale: Locale, typed: &[TypedRow]) -> Vec<(String, String)> {
    let mut labels = Vec::with_capacity(typed.len() * 3);
    for (position, row) in (1_usize..).zip(typed) {
        let of_code = |word: &str| format!("{}, {word}", td_string!(locale, asking.code_number, position = position));
        labels.push((rows::face_name(row.number), of_code(td_string!(locale, asking.face))));
        labels.push((rows::client_name(row.number), of_code(td_string!(locale, asking.client))));
        labels.push((rows::note_name(row.number), of_code(td_string!(locale, asking.note))));
    }
    labels
}

fn codes_view(locale: Locale, facts: Facts, after: Option<String>) -> impl IntoView {
    let title = td_string!(locale, bonus_codes.codes_title);
    let next = facts.codes.next;
    let rows: Vec<_> = facts
        .codes
        .lines
        .into_iter()
        .map(|code| {
            let purpose = code.client_name.into_iter().chain(code.note).collect::<Vec<_>>().join(" · ");
            view! {
                <tr>
                    <td class="data-table__main"><GrantedCode locale code=code.code state=code.state.parse().ok()/></td>
                    <td class="money">{format::roubles(locale, code.face)}</td>
                    <td><CodeStateView locale state=code.state.parse().ok() ended=code.ended_at.map(domain::calendar::BusinessDate::of)/></td>
                    <td>{purpose}</td>
                    <td><a class="figures" href=paths::partner_request(&code.reference)>{code.reference.clone()}</a></td>
                </tr>
            }
        })
        .collect();
    let list = if rows.is_empty() {
        view! { <EmptyState title=td_string!(locale, bonus_codes.no_codes_title) text=td_string!(locale, bonus_codes.no_codes_text)/> }
            .into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, bonus_codes.column.code)),
            Column::figure(td_string!(locale, bonus_codes.column.face)),
            Column::text(td_string!(locale, bonus_codes.column.state)),
            Column::text(td_string!(locale, bonus_codes.column.purpose)),
            Column::text(td_string!(locale, bonus_codes.column.request)),
        ];
        view! {
            <DataTable caption=title columns>{rows}</DataTable>
            <NextPage locale address=paths::PARTNER_BONUS_CODES after next/>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="codes-title">
            <h2 id="codes-title">{title}</h2>
            {list}
        </section>
    }
}

/// A code in groups; one that can still be used has a button that copies it.
#[component]
pub fn GrantedCode(
    /// The language.
    locale: Locale,
    /// The code in its canonical form.
    code: String,
    /// Where it stands.
    #[prop(optional_no_strip)]
    state: Option<CodeState>,
) -> impl IntoView {
    let text = code.parse::<CodeText>().map_or(code, |text| text.grouped());
    match state {
        Some(CodeState::Issued) => view! { <CopyButton locale text/> }.into_any(),
        _ => view! { <code class="code muted">{text}</code> }.into_any(),
    }
}

/// Where a code stands.
#[component]
pub fn CodeStateView(
    /// The language.
    locale: Locale,
    /// The state; none where it is one that this page does not know.
    #[prop(optional_no_strip)]
    state: Option<CodeState>,
    /// The day on which it was redeemed or revoked.
    #[prop(optional_no_strip)]
    ended: Option<domain::calendar::BusinessDate>,
) -> impl IntoView {
    let on = |word: &str| match ended {
        Some(date) => format!("{word} {}", format::date_short(locale, date)),
        None => word.to_owned(),
    };
    state.map(|state| {
        let (tone, icon, label) = match state {
            CodeState::Issued => (Tone::Good, lucide::LuCircleCheck, td_string!(locale, bonus_codes.state.issued).to_owned()),
            CodeState::Redeemed => (Tone::Neutral, lucide::LuCheckCheck, on(td_string!(locale, bonus_codes.state.redeemed))),
            CodeState::Revoked => (Tone::Bad, lucide::LuBan, on(td_string!(locale, bonus_codes.state.revoked))),
        };
        view! { <Status tone icon label/> }
    })
}
