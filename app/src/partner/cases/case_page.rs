//! `/partner/cases/{reference}`: one case, from the draft of its brief to the bonus: what it waits for, and everything that can be done now.

use domain::request::{ActName, Editable, Reference, RequestKind, RequestStatus, Stage, TransitionError, Words, draft_problems};
use leptos::prelude::*;
use service::editorial::Editorial;
use service::requests::{RequestDetail, Subject};

use crate::components::attachments::{Attachments, file_report};
use crate::components::case_content::CaseContent;
use crate::components::copy_button::CopyButton;
use crate::components::request::{RequestStatusView, refusal_notice, stage_name, subject_text, turn_text};
use crate::components::request_changes::merged;
use crate::components::request_thread::{Reader, RequestThread};
use crate::components::verdict::VerdictView;
use crate::context::{form_state, path_value, query, services};
use crate::error::AppError;
use crate::form::{Control, Field, FormRefusal, FormState, HiddenField, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::cases::case_form::{Buttons, CaseForm, is_begun};
use crate::partner::requests::request_page::{
    again_view, cancel_view, due_view, not_done_view, timeline_view, withdraw_view, withdrawn_view,
};
use crate::partner::requests::text_fns::RECALL_WORDS;
use crate::partner::requests::text_views::{agreement_view, interview_view, publication_view, waits_for};
use crate::paths;

/// Whether the case is shown as it would be read, in the address.
pub(super) const PREVIEW: &str = "preview";

/// One case.
#[component]
pub fn CasePage() -> impl IntoView {
    let reference = path_value::<Reference>("reference");
    partner_page(PartnerSection::Cases, async move |partner, state| {
        let reference = reference?;
        if reference.kind() != RequestKind::CaseStudy {
            return Err(AppError::NotFound);
        }
        let request = services()?.request_page(&partner.viewer, &reference.to_string()).await?;
        let form = merged(&request, form_state().await?);
        let report = file_report().await?;
        let files = request.files.clone();
        let locale = state.locale;
        let Some(work) = request.editorial.as_deref() else { return Err(AppError::NotFound) };
        let line = &request.line;
        let title = format!("{} {}", subject_text(locale, &line.subject), line.reference);
        let reader = Reader::Partner(partner.viewer.user_id);
        let stage = line.stage.map(|stage| view! { <span class="muted">{stage_name(locale, stage)}</span> });
        let verdict = line.submitted_at.is_some().then(|| {
            view! {
                <details class="disclosure">
                    <summary>{td_string!(locale, requests.detail.verdict_title)}</summary>
                    <VerdictView locale verdict=request.verdict.clone()/>
                </details>
            }
        });
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, requests.detail.path)>
                    <a href=paths::PARTNER_CASES>{td_string!(locale, cases.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{subject_text(locale, &line.subject)}</h1>
                        <CopyButton locale text=line.reference.clone()/>
                    </div>
                    <div class="row">
                        <RequestStatusView locale status=line.status/>
                        {stage}
                        <span class="muted">{turn_text(locale, line.turn)}</span>
                    </div>
                </div>
                <p>{waits_for(locale, line)}</p>
                {due_view(locale, &request, services()?.today())}
                {not_done_view(locale, &request, &form)}
                {refusal_view(locale, &request)}
                {withdrawn_view(locale, &request)}
                {publication_view(locale, work, paths::partner_money_entry)}
                {form_view(locale, &request, work, &form)}
                {files.map(|files| view! { <Attachments locale reference=line.reference.clone() files own=true report/> })}
                {interview_view(locale, &request, work, &form)}
                {agreement_view(locale, &request, work, &form)}
                <div class="split">
                    {content_view(locale, &request, work)}
                    <section class="card stack" aria-labelledby="timeline-title">
                        <h2 class="card-title" id="timeline-title">{td_string!(locale, requests.detail.timeline_title)}</h2>
                        {timeline_view(locale, &request, &paths::partner_request(&line.reference))}
                        {verdict}
                        {recall_view(locale, &request, &form)}
                        {withdraw_view(locale, &request)}
                        {cancel_view(locale, &request, &form)}
                    </section>
                </div>
                <RequestThread locale reader request=request.clone() form/>
            },
        ))
    })
}

/// Why staff refused, in their words, with the button that takes it up again; once it is, the form says it.
fn refusal_view(locale: Locale, request: &RequestDetail) -> Option<impl IntoView + use<>> {
    let refusal = request.refusal.as_ref().filter(|_| request.line.status != RequestStatus::Draft)?;
    Some(refusal_notice(locale, refusal, &request.refusal_notes, again_view(locale, request)))
}

/// The form of what may be edited now.
fn form_view(locale: Locale, request: &RequestDetail, work: &Editorial, form: &FormState) -> Option<AnyView> {
    if work.editable == Editable::Nothing {
        return None;
    }
    let line = &request.line;
    let asks = line.status == RequestStatus::ActionRequired;
    let is_details = line.stage == Some(Stage::Details);
    let buttons: Buttons = if asks {
        vec![("answer", td_string!(locale, requests.correction.submit).to_owned()), ("save", td_string!(locale, cases.save).to_owned())]
    } else {
        let main = if is_details { ("send", td_string!(locale, cases.send)) } else { ("submit", td_string!(locale, cases.submit)) };
        vec![
            (main.0, main.1.to_owned()),
            ("save", td_string!(locale, cases.save).to_owned()),
            ("preview", td_string!(locale, cases.preview).to_owned()),
        ]
    };
    // While it is written nothing is missing yet; what a reviewer asks about is shown as it is.
    let problems = draft_problems(&work.problems);
    let case = CaseForm {
        locale,
        reference: Some(&line.reference),
        key: work.facts.key.0,
        version: Some(request.version.0),
        came_back: form,
        entries: &work.entries,
        editable: &work.editable,
        notes: work.facts.notes(),
        refusal: request.refusal.as_ref().filter(|_| line.status == RequestStatus::Draft),
        problems: &problems,
        services: &work.services,
    };
    let (title, lead) = if asks {
        (td_string!(locale, requests.correction.title), td_string!(locale, requests.correction.lead))
    } else if is_details {
        (td_string!(locale, requests.stage.details), td_string!(locale, cases.details_lead))
    } else {
        (td_string!(locale, requests.stage.brief), td_string!(locale, cases.brief_lead))
    };
    Some(
        view! {
            <section class="card stack" aria-labelledby="form-title">
                <h2 class="card-title" id="form-title">{title}</h2>
                <p class="muted">{lead}</p>
                {case.view(line.stage, buttons)}
            </section>
        }
        .into_any(),
    )
}

/// What was entered, as it reads: open where it is all there is to see, or asked for.
fn content_view(locale: Locale, request: &RequestDetail, work: &Editorial) -> impl IntoView + use<> {
    let is_written = work.editable != Editable::Nothing;
    let begun = is_begun(&work.entries, Stage::Brief) || is_begun(&work.entries, Stage::Details);
    let is_open = !is_written || query(PREVIEW).is_some();
    let title = if is_written { td_string!(locale, cases.preview_title) } else { td_string!(locale, cases.content_title) };
    let nothing = (!begun).then(|| view! { <p class="muted">{td_string!(locale, cases.nothing_entered)}</p> });
    let reference = request.line.reference.clone();
    view! {
        <section class="card stack" id="preview" aria-label=td_string!(locale, cases.preview_of, reference = reference)>
            <details class="disclosure" open=is_open>
                <summary><h2 class="card-title">{title}</h2></summary>
                {nothing}
                {begun.then(|| view! { <CaseContent locale work=work.clone()/> })}
            </details>
        </section>
    }
}

/// What takes it back to go on writing, with words for the provider if one likes; after the deadline of an answer, why not.
pub(crate) fn recall_view(locale: Locale, request: &RequestDetail, form: &FormState) -> Option<AnyView> {
    if let Some(late @ TransitionError::DeadlinePassed { .. }) = request.why_not(ActName::Recall) {
        let text = refusal_text(locale, FormRefusal::Transition(late));
        return Some(view! { <p class="muted" id="recall-why-not">{text}</p> }.into_any());
    }
    let is_open = form.values.contains_key(RECALL_WORDS);
    let deadline = match &request.line.subject {
        Subject::TelegramComment { deadline, .. } => {
            let text = td_string!(locale, requests.recall.deadline, date = format::date_long(locale, *deadline));
            Some(view! { <p>{text}</p> })
        }
        _ => None,
    };
    request.may(ActName::Recall).then(|| {
        view! {
            <details class="disclosure" open=is_open>
                <summary>{td_string!(locale, cases.recall)}</summary>
                <form class="form" method="post" action=paths::API_REQUEST_RECALL>
                    <p>{td_string!(locale, cases.recall_question)}</p>
                    {deadline}
                    <HiddenField name="reference" value=request.line.reference.clone()/>
                    <Field
                        locale
                        field=form.field(RECALL_WORDS)
                        label=td_string!(locale, requests.recall.words)
                        control=Control::TextArea
                        optional=true
                        maximum_length=Words::LONGEST
                    />
                    <div class="actions"><button class="btn" type="submit">{td_string!(locale, cases.recall)}</button></div>
                </form>
            </details>
        }
        .into_any()
    })
}
