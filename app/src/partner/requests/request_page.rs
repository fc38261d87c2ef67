//! `/partner/requests/{reference}`.

use domain::calendar::BusinessDate;
use domain::request::{ActName, Actor, Detail, Reference, RequestKind, RequestStatus, Stage, TransitionError};
use domain::telegram_comment::Answer;
use leptos::prelude::*;
use service::requests::{RequestDetail, RequestEvent, RequestLine, Subject};

use crate::components::attachments::{Attachments, file_report};
use crate::components::copy_button::CopyButton;
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{InstantText, MonthText};
use crate::components::notice::NoticeView;
use crate::components::request::{
    RequestStatusView, act_title, decision_time, field_label, kind_name, note_text, refusal_notice, slot_text, stage_name,
    status_explained, status_name, subject_text, turn_text,
};
use crate::components::request_changes::{changes_view, merged};
use crate::components::request_thread::{Reader, RequestThread};
use crate::components::status::Tone;
use crate::components::timeline::{Mark, Timeline, TimelineEntry};
use crate::components::verdict::VerdictView;
use crate::context::{form_state, path_value, query, services};
use crate::form::{Control, Field, FormRefusal, FormState, HiddenField, SubmitButton, error_summary, redirect, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::bonus_codes::bonus_codes_page::{CodeStateView, GrantedCode};
use crate::partner::cases::case_page::recall_view;
use crate::partner::requests::text_views::gesture_button;
use crate::partner::telegram_comments::answer_view::answer_view;
use crate::paths;

/// One request.
#[component]
pub fn RequestPage() -> impl IntoView {
    let reference = path_value::<Reference>("reference");
    partner_page(PartnerSection::Requests, async move |partner, state| {
        let reference = reference?;
        if reference.kind() == RequestKind::CaseStudy {
            // A case has a page of its own.
            let href = paths::partner_request(reference);
            redirect(&href);
            let text = reference.to_string();
            return Ok(Page::new(text.clone(), view! { <h1><a href=href>{text}</a></h1> }));
        }
        let request = services()?.request_page(&partner.viewer, &reference.to_string()).await?;
        let form = merged(&request, form_state().await?);
        let report = file_report().await?;
        let files = request.files.clone();
        let locale = state.locale;
        let line = &request.line;
        let title = format!("{} {}", kind_name(locale, line.kind), line.reference);
        let reader = Reader::Partner(partner.viewer.user_id);
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, requests.detail.path)>
                    <a href=paths::PARTNER_REQUESTS>{td_string!(locale, requests.title)}</a>
                </nav>
                {not_done_view(locale, &request, &form)}
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
                <p>{position_explained(locale, line)}</p>
                {due_view(locale, &request, services()?.today())}
                {correction_view(locale, &request, &form)}
                {refusal_view(locale, &request)}
                {withdrawn_view(locale, &request)}
                {answer_view(locale, &request, &form)}
                {codes_view(locale, &request)}
                <div class="split">
                    <section class="card stack" aria-labelledby="asked-title">
                        <h2 class="card-title" id="asked-title">{td_string!(locale, requests.detail.asked_title)}</h2>
                        {asked_view(locale, &request, true)}
                        {request.line.submitted_at.is_some().then(|| view! {
                            <details class="disclosure">
                                <summary>{td_string!(locale, requests.detail.verdict_title)}</summary>
                                <VerdictView locale verdict=request.verdict.clone()/>
                            </details>
                        })}
                    </section>
                    <section class="card" aria-labelledby="timeline-title">
                        <h2 class="card-title" id="timeline-title">{td_string!(locale, requests.detail.timeline_title)}</h2>
                        {timeline_view(locale, &request, &paths::partner_request(&line.reference))}
                        {recall_view(locale, &request, &form)}
                        {withdraw_view(locale, &request)}
                        {cancel_view(locale, &request, &form)}
                    </section>
                </div>
                {files.map(|files| view! { <Attachments locale reference=line.reference.clone() files own=true report/> })}
                <RequestThread locale reader request=request.clone() form/>
            },
        ))
    })
}

/// Why the last gesture did not go through, what changed since its form was made, and what was typed and found no place.
pub(crate) fn not_done_view(locale: Locale, request: &RequestDetail, form: &FormState) -> impl IntoView + use<> {
    let not_done = form.refusal.map(|refusal| {
        let text = format!("{}. {}", td_string!(locale, requests.detail.not_done), refusal_text(locale, refusal));
        view! { <NoticeView tone=Tone::Warning text/> }
    });
    (not_done, changes_view(locale, request, form))
}

/// What the status means; of a comment that nobody answered, that the deadline closed it.
fn position_explained(locale: Locale, line: &RequestLine) -> &'static str {
    match (line.kind, line.status, line.stage) {
        (RequestKind::TelegramComment, RequestStatus::Cancelled, Some(Stage::Answer)) => td_string!(locale, requests.explained.expired),
        (RequestKind::TelegramComment, RequestStatus::Draft, _) => td_string!(locale, requests.explained.asked),
        _ => status_explained(locale, line.status),
    }
}

/// By when the decision is due, and how late it is.
pub(crate) fn due_view(locale: Locale, request: &RequestDetail, today: BusinessDate) -> Option<impl IntoView + use<>> {
    let due = request.line.due_on?;
    let late = request.overdue_by(today);
    let text = if late > 0 {
        td_string!(locale, requests.due.late, count = late)
    } else {
        td_string!(locale, requests.due.on, date = format::date_long(locale, due))
    };
    let usual = decision_time(locale, request.line.kind);
    Some(view! { <p class="muted">{text} " " {usual}</p> })
}

/// The fields that the provider asks to correct, with its words beside each, and nothing else to change.
fn correction_view(locale: Locale, request: &RequestDetail, form: &FormState) -> Option<impl IntoView + use<>> {
    if !request.may(ActName::Answer) {
        return None;
    }
    let labels: Vec<(String, String)> =
        request.correction.iter().map(|note| (control_name(note.field.as_str()), field_label(locale, &note.field))).collect();
    let fields: Vec<_> = request
        .correction
        .iter()
        .map(|note| {
            let value = request.fields.iter().find(|field| field.name == note.field).map(|field| field.value.clone()).unwrap_or_default();
            let control = match note.field.as_str() {
                "month" => Control::Month,
                "machines" | Answer::TEXT => Control::TextArea,
                _ => Control::Text,
            };
            view! {
                <Field
                    locale
                    field=form.field(&control_name(note.field.as_str())).or_value(value)
                    label=field_label(locale, &note.field)
                    hint=note.words.as_str().to_owned()
                    control
                    condition=note.field.as_str().starts_with("note_")
                    maximum_length=3000
                />
            }
        })
        .collect();
    Some(view! {
        <section class="card stack" id="correction" aria-labelledby="correction-title">
            <h2 class="card-title" id="correction-title">{td_string!(locale, requests.correction.title)}</h2>
            <p class="muted">{td_string!(locale, requests.correction.lead)}</p>
            <form class="form" method="post" action=paths::API_REQUEST_ANSWER>
                {error_summary(locale, form, labels)}
                <HiddenField name="reference" value=request.line.reference.clone()/>
                <HiddenField name="version" value=request.version.to_string()/>
                {fields}
                <div class="actions"><SubmitButton label=td_string!(locale, requests.correction.submit)/></div>
            </form>
        </section>
    })
}

/// The control of a field that is corrected.
pub(crate) fn control_name(field: &str) -> String {
    format!("entries[{field}]")
}

/// Why staff refused, in their words, and where to try again.
fn refusal_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    // Of one that is taken up again the form says it.
    let refusal = request.refusal.as_ref().filter(|_| request.line.status != RequestStatus::Draft)?;
    Some(refusal_notice(locale, refusal, &request.refusal_notes, again_view(locale, request)))
}

/// How a request that was withdrawn is taken up again.
pub(crate) fn withdrawn_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    let again = (request.line.status == RequestStatus::Withdrawn).then(|| again_view(locale, request))??;
    Some(view! { <div class="actions" id="again">{again}</div> })
}

/// Takes up a refused or withdrawn request with everything that was entered: as a draft, or in the form of its kind. What can't be taken up
/// any more says why.
pub(crate) fn again_view(locale: Locale, request: &RequestDetail) -> Option<AnyView> {
    let line = &request.line;
    if request.may(ActName::Revise) {
        let label = if line.kind == RequestKind::TelegramComment {
            td_string!(locale, requests.detail.again_comment)
        } else {
            td_string!(locale, requests.detail.again_case)
        };
        return Some(gesture_button(&line.reference, paths::API_REQUEST_REVISE, "revise", label).into_any());
    }
    if !line.kind.is_asked_again(line.status) {
        let why = request.why_not(ActName::Revise).filter(|why| matches!(why, TransitionError::DeadlinePassed { .. }))?;
        return Some(view! { <p class="muted">{refusal_text(locale, FormRefusal::Transition(why))}</p> }.into_any());
    }
    let (label, form) = match &line.subject {
        Subject::FreeMonth { client_id, .. } => (td_string!(locale, requests.detail.again_month), paths::partner_free_months(client_id)),
        Subject::SalesBonus { client_id, month, .. } => {
            let chosen = [("client", client_id.to_string()), ("month", month.to_string())];
            let chosen = chosen.each_ref().map(|(name, value)| (*name, value.as_str()));
            (td_string!(locale, requests.detail.again_bonus), paths::with_query(paths::PARTNER_SALES_BONUSES, &chosen))
        }
        Subject::BonusCodes { .. } | Subject::CaseStudy { .. } | Subject::TelegramComment { .. } => {
            (td_string!(locale, requests.detail.again_codes), paths::PARTNER_BONUS_CODES.to_owned())
        }
    };
    let href = paths::asked_again(&form, &line.reference);
    Some(view! { <a class="btn btn-sm" href=href>{label}</a> }.into_any())
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
        Subject::CaseStudy { .. } | Subject::TelegramComment { .. } => {}
    }
    let submitted = line.submitted_at.map(|at| view! { <InstantText locale at/> }.into_any());
    let submitted = submitted.unwrap_or_else(|| td_string!(locale, requests.detail.not_submitted).into_any());
    facts.push(fact(td_string!(locale, requests.detail.submitted), submitted));
    if let Some(model) = request.model {
        facts.push(fact(td_string!(locale, requests.detail.model), format::model(locale, model).into_any()));
    }
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

/// Whether everything that happened is shown, in the address.
pub(crate) const HISTORY: &str = "history";
/// How many lines of what happened a page shows at first: the newest.
const NEWEST_LINES: usize = 30;

/// What happened to a request: the newest of it, and at the page's address everything before.
pub(crate) fn timeline_view(locale: Locale, request: &RequestDetail, page: &str) -> impl IntoView + use<> {
    // Saves one after the other are one line: the last of them, with how many there were.
    let mut lines: Vec<(&RequestEvent, u32)> = Vec::new();
    for event in &request.events {
        match lines.last_mut() {
            Some((last, count)) if last.event.act == ActName::SaveDraft && event.event.act == ActName::SaveDraft => {
                (*last, *count) = (event, count.saturating_add(1));
            }
            _ => lines.push((event, 1)),
        }
    }
    let hidden = if query(HISTORY).is_some() { 0 } else { lines.len().saturating_sub(NEWEST_LINES) };
    let lines = lines.split_off(hidden);
    let earlier = (hidden > 0).then(|| {
        let count = u32::try_from(hidden).unwrap_or(u32::MAX);
        let href = format!("{}#timeline-title", paths::with_query(page, &[(HISTORY, "all")]));
        view! { <p><a href=href>{td_string!(locale, requests.detail.earlier, count = count)}</a></p> }
    });
    let entries = lines
        .into_iter()
        .map(|(event, count)| {
            let RequestEvent { event, actor_name } = event;
            let mark = match event.act {
                ActName::Submit | ActName::Take | ActName::Answer | ActName::OfferText | ActName::OfferSlots => Mark::Waiting,
                ActName::Approve | ActName::MarkFulfilled | ActName::AgreeText | ActName::Publish => Mark::Ok,
                ActName::Refuse => Mark::Refused,
                _ => Mark::Neutral,
            };
            let who = match event.actor {
                Actor::Portal => td_string!(locale, requests.detail.by_portal).to_owned(),
                Actor::Person { .. } => actor_name.clone().unwrap_or_else(|| td_string!(locale, requests.detail.by_provider).to_owned()),
            };
            let words = match &event.detail {
                Detail::Words { words } => vec![words.as_str().to_owned()],
                Detail::Refusal { refusal, notes } => {
                    let beside = notes.iter().map(|note| note_text(locale, note));
                    std::iter::once(refusal.text.as_str().to_owned()).chain(beside).collect()
                }
                Detail::Correction { notes } => notes.iter().map(|note| note_text(locale, note)).collect(),
                Detail::Slots { slots } => slots.iter().map(|slot| slot_text(locale, *slot)).collect(),
                Detail::Text { number } => vec![td_string!(locale, requests.detail.text_version, number = number.get())],
                Detail::Bonus { amount } => vec![format::money(locale, *amount)],
                Detail::Publication { publication } => vec![publication.link.to_string()],
                Detail::Nothing | Detail::Fields { .. } | Detail::Assignee { .. } => Vec::new(),
            };
            let words: Vec<_> = words.into_iter().map(|text| view! { <p class="muted">{text}</p> }).collect();
            // State and stage are two facts; each is told where it changed.
            let status = (event.from.status != event.to.status)
                .then(|| td_string!(locale, requests.detail.became_status, status = status_name(locale, event.to.status)));
            let stage = (event.from.stage != event.to.stage)
                .then_some(event.to.stage)
                .flatten()
                .map(|stage| td_string!(locale, requests.detail.became_stage, stage = stage_name(locale, stage)));
            let became: Vec<_> = [status, stage].into_iter().flatten().map(|fact| view! { <p class="small">{fact}</p> }).collect();
            TimelineEntry {
                when: view! { <InstantText locale at=event.at/> }.into_any(),
                mark,
                title: if count > 1 {
                    td_string!(locale, requests.detail.saves, count = count)
                } else {
                    act_title(locale, event.act).to_owned()
                },
                details: Some(view! { <p>{who}</p> {became} {words} }.into_any()),
            }
        })
        .collect::<Vec<_>>();
    view! { {earlier} <Timeline entries/> }
}

/// Gives up what was approved, with words for the provider.
pub(crate) fn cancel_view(locale: Locale, request: &RequestDetail, form: &FormState) -> Option<impl IntoView + use<>> {
    request.may(ActName::Cancel).then(|| {
        let is_open = form.problems.contains_key("cancel_words") || form.values.contains_key("cancel_words");
        view! {
            <details class="disclosure" open=is_open>
                <summary>{td_string!(locale, requests.detail.cancel)}</summary>
                <form class="form" method="post" action=paths::API_REQUEST_CANCEL>
                    <HiddenField name="reference" value=request.line.reference.clone()/>
                    <HiddenField name="version" value=request.version.to_string()/>
                    <Field
                        locale
                        field=form.field("cancel_words")
                        label=td_string!(locale, requests.detail.cancel_words)
                        control=Control::TextArea
                        maximum_length=domain::request::Words::LONGEST
                    />
                    <div class="actions"><SubmitButton destructive=true label=td_string!(locale, requests.detail.cancel)/></div>
                </form>
            </details>
        }
    })
}

/// The button that takes the request back; it asks once, in the page.
pub(crate) fn withdraw_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    let line = &request.line;
    request.may(ActName::Withdraw).then(|| {
        let (reference, subject) = (line.reference.clone(), subject_text(locale, &line.subject));
        let question = if line.kind.is_editorial() {
            td_string!(locale, requests.detail.withdraw_question_draft, reference = reference, subject = subject)
        } else {
            td_string!(locale, requests.detail.withdraw_question, reference = reference, subject = subject)
        };
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, requests.detail.withdraw)}</summary>
                <form class="stack" method="post" action=paths::API_REQUEST_WITHDRAW>
                    <p>{question}</p>
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
