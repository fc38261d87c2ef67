//! What a page says after a gesture on a request that did not go through: what changed since the gesture's form was made, and what was typed
//! that no form of the page holds any more.

use domain::request::{ActName, Actor, Changes, Editable, FieldName, RequestStatus, Stage, TransitionError, changes_since};
use leptos::prelude::*;
use service::requests::{RequestDetail, RequestEvent};

use crate::components::date::InstantText;
use crate::components::request::{act_title, field_label};
use crate::form::{FormRefusal, FormState};
use crate::i18n::{Locale, td_string};

/// Both, where there is anything to say.
pub fn changes_view(locale: Locale, request: &RequestDetail, form: &FormState) -> impl IntoView + use<> {
    let is_undone = form.has_problems();
    (changed_view(locale, request, form), is_undone.then(|| unsent_view(locale, request, form)))
}

/// The form that came back, with what others entered meanwhile in fields that it left empty: saved again, it takes nothing away unseen.
pub fn merged(request: &RequestDetail, mut form: FormState) -> FormState {
    let (Some(changes), Some(work)) = (changes_since_form(request, form.refusal), request.editorial.as_deref()) else { return form };
    for field in changes.fields {
        let is_empty = form.values.get(field.as_str()).is_none_or(|text| text.trim().is_empty());
        if let Some(entered) = work.entries.get(&field).filter(|_| is_empty) {
            form.values.insert(field.to_string(), entered.clone());
        }
    }
    form
}

/// What changed since the form was made that came too late; none of any other form.
fn changes_since_form(request: &RequestDetail, refusal: Option<FormRefusal>) -> Option<Changes> {
    let Some(FormRefusal::Transition(TransitionError::Stale { expected, .. })) = refusal else { return None };
    let events: Vec<_> = request.events.iter().map(|recorded| recorded.event.clone()).collect();
    changes_since(&events, expected)
}

/// What happened since the version that the form was made of, and the fields that are other ones now.
fn changed_view(locale: Locale, request: &RequestDetail, form: &FormState) -> Option<impl IntoView + use<>> {
    let changes = changes_since_form(request, form.refusal)?;
    let first = changes.events.first()?.version;
    let mut told: Vec<&RequestEvent> = Vec::new();
    for recorded in request.events.iter().filter(|recorded| recorded.event.version >= first) {
        // Saves one after the other are one line.
        told.pop_if(|last| last.event.act == ActName::SaveDraft && recorded.event.act == ActName::SaveDraft);
        told.push(recorded);
    }
    let told: Vec<_> = told
        .into_iter()
        .map(|RequestEvent { event, actor_name }| {
            let who = match event.actor {
                Actor::Portal => td_string!(locale, requests.detail.by_portal).to_owned(),
                Actor::Person { .. } => actor_name.clone().unwrap_or_else(|| td_string!(locale, requests.detail.by_provider).to_owned()),
            };
            view! { <li>{act_title(locale, event.act)}" · "{who}" · "<InstantText locale at=event.at/></li> }
        })
        .collect();
    let fields: Vec<String> = changes.fields.iter().map(|field| field_label(locale, field)).collect();
    let fields = (!fields.is_empty()).then(|| view! { <p>{td_string!(locale, requests.changed.fields, fields = fields.join(", "))}</p> });
    // What stands in the request now, where the form holds something else.
    let entries = request.editorial.as_deref().map(|work| &work.entries);
    let now: Vec<_> = changes
        .fields
        .iter()
        .filter_map(|field| {
            let typed = form.values.get(field.as_str())?.replace("\r\n", "\n");
            let entered = entries?.get(field).filter(|entered| entered.trim() != typed.trim() && entered.as_str() != "true")?;
            let label = td_string!(locale, requests.changed.now, field = field_label(locale, field));
            Some(view! { <div><dt>{label}</dt><dd class="prose-lines">{entered.clone()}</dd></div> })
        })
        .collect();
    let now = (!now.is_empty()).then(|| view! { <dl class="dl">{now}</dl> });
    Some(view! {
        <section class="card stack" id="changed" aria-labelledby="changed-title">
            <h2 class="card-title" id="changed-title">{td_string!(locale, requests.changed.title)}</h2>
            <ul>{told}</ul>
            {fields}
            {now}
        </section>
    })
}

/// What was typed and stands in no form of the page: the request went on meanwhile.
fn unsent_view(locale: Locale, request: &RequestDetail, form: &FormState) -> Option<impl IntoView + use<>> {
    let parts: Vec<_> = form
        .values
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .filter_map(|(name, text)| Some((unsent_label(locale, request, name, text)?, text.clone())))
        .map(|(label, text)| view! { <div><dt>{label}</dt><dd class="prose-lines">{text}</dd></div> })
        .collect();
    (!parts.is_empty()).then(|| {
        view! {
            <section class="card stack" id="unsent" aria-labelledby="unsent-title">
                <h2 class="card-title" id="unsent-title">{td_string!(locale, requests.unsent.title)}</h2>
                <p class="muted">{td_string!(locale, requests.unsent.lead)}</p>
                <dl class="dl">{parts}</dl>
            </section>
        }
    })
}

/// What a control that the page does not show is called; none where it does, or where what it held stands in the request.
fn unsent_label(locale: Locale, request: &RequestDetail, name: &str, text: &str) -> Option<String> {
    let is_gone = |act: ActName, label: &str| (!request.may(act)).then(|| label.to_owned());
    match name {
        "slot_words" => return is_gone(ActName::DeclineSlots, td_string!(locale, editorial.decline_words)),
        "return_words" => return is_gone(ActName::ReturnText, td_string!(locale, editorial.return_words)),
        "recall_words" => return is_gone(ActName::Recall, td_string!(locale, requests.recall.words)),
        "cancel_words" => return is_gone(ActName::Cancel, td_string!(locale, requests.detail.cancel_words)),
        "reopen_words" => return is_gone(ActName::Reopen, td_string!(locale, inbox.reopen_words)),
        "text_version" => return is_gone(ActName::EditText, td_string!(locale, editorial.text_label)),
        "text" => return is_gone(ActName::Refuse, td_string!(locale, inbox.text)),
        _ => {}
    }
    let (inner, act) = match (name.strip_prefix("entries["), name.strip_prefix("notes[")) {
        (Some(rest), _) => (rest.strip_suffix(']')?, Some(ActName::Answer)),
        (_, Some(rest)) => (rest.strip_suffix(']')?, Some(ActName::AskForCorrection)),
        _ => (name, None),
    };
    let field: FieldName = inner.parse().ok()?;
    if let Some(act) = act {
        return is_gone(act, &field_label(locale, &field));
    }
    let work = request.editorial.as_deref().filter(|_| inner.contains('.'))?;
    // What is closed by its deadline shows what came too late itself.
    let is_closed = (request.line.status, request.line.stage) == (RequestStatus::Cancelled, Some(Stage::Answer));
    let stands = work.entries.get(&field).is_some_and(|entered| entered.trim() == text.replace("\r\n", "\n").trim());
    let is_shown = work.editable != Editable::Nothing && work.editable.allows(&field);
    (!is_closed && !stands && !is_shown && text != "true").then(|| field_label(locale, &field))
}
