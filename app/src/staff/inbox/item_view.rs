//! A request as staff see it before they decide: the rules as of now, the partner, the decision.

use std::collections::BTreeMap;

use domain::calendar::BusinessDate;
use domain::ids::UserId;
use domain::request::{ActName, RefusalText, RequestStatus, TransitionError, Words};
use domain::rule::Rule;
use leptos::prelude::*;
use service::requests::{EnteredField, InboxItem, RequestDetail, RequestNow};

use crate::components::attachments::Attachments;
use crate::components::date::InstantText;
use crate::components::meter::{Meter, Taken};
use crate::components::notice::NoticeView;
use crate::components::request::{RequestStatusView, field_label, kind_name, refusal_reason_name, subject_text};
use crate::components::request_changes::changes_view;
use crate::components::request_thread::{Reader, RequestThread, StaffNotes};
use crate::components::status::Tone;
use crate::components::verdict::{RuleLink, VerdictView};
use crate::form::{Control, Field, FormRefusal, FormState, HiddenField, SubmitButton, error_summary, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::partner::requests::request_page::{asked_view, due_view, timeline_view};
use crate::paths;
use crate::staff::inbox::comment_view::comment_view;
use crate::staff::inbox::editorial_view::editorial_view;
use crate::staff::inbox::inbox_page::{amount_text, refusal_reasons};
use crate::staff::inbox::keys_island::{APPROVE_KEY, ASK_KEY, ASSIGN_KEY, HELP_KEY, InboxKeys, NEXT_KEY, PANEL, PREVIOUS_KEY, REFUSE_KEY};
use crate::staff::inbox::place::InboxPlace;
use crate::staff::inbox::server_fns::{VERSION, note_name, refusal_note_name};

/// The open request.
pub(super) fn item_view(
    locale: Locale,
    place: &InboxPlace,
    item: InboxItem,
    form: &FormState,
    (viewer, today): (UserId, BusinessDate),
) -> impl IntoView + use<> {
    let line = &item.detail.line;
    let reader = Reader::Staff(viewer);
    let amount = item.amount.map(|amount| format!(" · {}", amount_text(locale, amount)));
    let neighbour = |reference: &Option<String>| reference.as_ref().map(|reference| place.address(&paths::staff_request(reference)));
    let (previous, next) = (neighbour(&item.neighbours.0), neighbour(&item.neighbours.1));
    let link = |address: &Option<String>, label: &'static str, key: &'static str, rel: &'static str| {
        address.clone().map(|href| view! { <a class="btn btn-sm" href=href rel=rel>{label}<kbd class="kbd">{key}</kbd></a> })
    };
    view! {
        <article class="stack" aria-label=td_string!(locale, inbox.panel, reference = line.reference.clone())>
            <div class="row">
                {link(&previous, td_string!(locale, inbox.previous), PREVIOUS_KEY, "prev")}
                {link(&next, td_string!(locale, inbox.next), NEXT_KEY, "next")}
            </div>
            <div class="card-head">
                <h2>{kind_name(locale, line.kind)}" "<span class="figures">{line.reference.clone()}</span></h2>
                <RequestStatusView locale status=line.status/>
            </div>
            <p><strong>{line.partner_name.clone()}</strong>" · "{subject_text(locale, &line.subject)}{amount}</p>
            {problems_view(locale, form, item.now.is_none()).into_any()}
            {changes_view(locale, &item.detail, form).into_any()}
            {owner_view(locale, place, &item, viewer, today).into_any()}
            {now_view(locale, &item).into_any()}
            {comment_view(locale, place, &item, form, viewer)}
            {decision_view(locale, place, &item, form).into_any()}
            {correction_view(locale, place, &item, form).into_any()}
            {editorial_view(locale, place, &item, form, today)}
            <section class="card stack">
                <h3>{td_string!(locale, inbox.asked_title)}</h3>
                {asked_view(locale, &item.detail, false).into_any()}
                <details class="disclosure">
                    <summary>{td_string!(locale, inbox.then_title)}</summary>
                    <VerdictView locale verdict=item.detail.verdict.clone()/>
                </details>
            </section>
            {item.detail.files.clone().map(|files| view! { <Attachments locale reference=line.reference.clone() files own=false/> }).into_any()}
            <RequestThread locale reader request=item.detail.clone() form=form.clone() hidden=Some(place.hidden_fields().into_any())/>
            <StaffNotes locale reader request=item.detail.clone() form=form.clone() hidden=Some(place.hidden_fields().into_any())/>
            {partner_view(locale, &item).into_any()}
            {keys_view(locale)}
            <InboxKeys next=next.clone() previous=previous.clone()/>
            <section class="card">
                <h3 id="timeline-title">{td_string!(locale, inbox.timeline_title)}</h3>
                {timeline_view(locale, &item.detail, &place.address(&paths::staff_request(&line.reference))).into_any()}
            </section>
        </article>
    }
}

/// What the keys of the inbox do, and the box that turns them off (WCAG 2.1.4). Without scripting there are none, and it stays hidden.
pub(super) fn keys_view(locale: Locale) -> impl IntoView + use<> {
    let keys = [
        (NEXT_KEY, td_string!(locale, inbox.key_next)),
        (PREVIOUS_KEY, td_string!(locale, inbox.key_previous)),
        (APPROVE_KEY, td_string!(locale, inbox.key_approve)),
        (REFUSE_KEY, td_string!(locale, inbox.key_refuse)),
        (ASK_KEY, td_string!(locale, inbox.key_ask)),
        (ASSIGN_KEY, td_string!(locale, inbox.key_assign)),
        (HELP_KEY, td_string!(locale, inbox.key_help)),
    ];
    let keys: Vec<_> =
        keys.map(|(key, what)| view! { <div><dt><kbd class="kbd">{key}</kbd></dt><dd>{what}</dd></div> }).into_iter().collect();
    view! {
        <details class="disclosure" id=PANEL hidden>
            <summary>{td_string!(locale, inbox.keys_title)}" "<kbd class="kbd">{HELP_KEY}</kbd></summary>
            <dl class="dl">{keys}</dl>
            <label class="choice"><input class="checkbox" type="checkbox"/><span>{td_string!(locale, inbox.keys_off)}</span></label>
        </details>
    }
}

/// Why the last try to decide did not go through; with the rules' answer where it does not stand below anyway.
fn problems_view(locale: Locale, form: &FormState, with_verdict: bool) -> impl IntoView + use<> {
    let refusal = form.refusal.map(|refusal| {
        let text = td_string!(locale, inbox.not_done, why = refusal_text(locale, refusal));
        view! { <NoticeView tone=Tone::Warning text/> }
    });
    let against = form.verdict.clone().map(|verdict| {
        view! {
            <NoticeView tone=Tone::Warning text=td_string!(locale, inbox.against_rules).to_owned()/>
            {with_verdict.then(|| view! { <VerdictView locale verdict/> })}
        }
    });
    (refusal, against)
}

fn now_view(locale: Locale, item: &InboxItem) -> Option<impl IntoView + use<>> {
    let now = item.now.as_ref()?;
    let mut title = td_string!(locale, inbox.now_title);
    let figures = match now {
        RequestNow::BonusCodes(now) => {
            let codes = Taken {
                used: now.meters.codes.granted.into(),
                waiting: now.meters.codes.pending.into(),
                limit: now.meters.codes.limit.into(),
            };
            let value = Taken { used: now.meters.value.granted, waiting: now.meters.value.pending, limit: now.meters.value.limit };
            let resets_on = now.meters.codes.resets_on;
            view! {
                <h4 class="muted small">{td_string!(locale, inbox.meters_title)}</h4>
                <Meter locale label=td_string!(locale, inbox.codes_meter) taken=codes figure=format::number resets_on/>
                <Meter locale label=td_string!(locale, inbox.value_meter) taken=value figure=format::roubles resets_on/>
            }
            .into_any()
        }
        RequestNow::FreeMonth(now) => {
            let months: Vec<_> = now
                .months
                .iter()
                .filter_map(|month| {
                    let word = match month.standing? {
                        domain::free_month::Standing::Granted => td_string!(locale, inbox.month_granted),
                        domain::free_month::Standing::Pending => td_string!(locale, inbox.month_pending),
                    };
                    Some(view! { <div><dt>{format::sentence_start(format::month(locale, month.month))}</dt><dd>{word}</dd></div> })
                })
                .collect();
            let none = months.is_empty().then(|| view! { <p class="muted">{td_string!(locale, inbox.months_none)}</p> });
            view! {
                <h4 class="muted small">{td_string!(locale, inbox.months_title)}</h4>
                {none}
                <dl class="dl">{months}</dl>
            }
            .into_any()
        }
        RequestNow::SalesBonus(now) => view! {
            <h4 class="muted small">{td_string!(locale, inbox.bonus_title)}</h4>
            <dl class="dl">
                <div><dt>{td_string!(locale, inbox.bonus_gross)}</dt><dd class="money">{format::money(locale, now.gross)}</dd></div>
                <div><dt>{td_string!(locale, inbox.bonus_net)}</dt><dd class="money">{format::money(locale, now.net)}</dd></div>
            </dl>
        }
        .into_any(),
        RequestNow::Editorial(_) => {
            title = td_string!(locale, inbox.then_title);
            let then = item.detail.model.map(|model| {
                view! { <div><dt>{td_string!(locale, inbox.model_then)}</dt><dd>{format::model(locale, model)}</dd></div> }
            });
            view! {
                <dl class="dl">
                    {then}
                    <div><dt>{td_string!(locale, inbox.model_now)}</dt><dd>{format::model(locale, item.outlook.model)}</dd></div>
                </dl>
                <p class="muted">{td_string!(locale, inbox.model_decides)}" "<RuleLink locale rule=Rule::Privilege1/></p>
            }
            .into_any()
        }
    };
    Some(view! {
        <section class="card stack" aria-labelledby="now-title">
            <h3 id="now-title">{title}</h3>
            <VerdictView locale verdict=now.verdict().clone()/>
            {figures}
        </section>
    })
}

/// What says which request a form is about, and how it stood on the page.
fn of_request(detail: &RequestDetail) -> impl IntoView + use<> {
    view! {
        <HiddenField name="reference" value=detail.line.reference.clone()/>
        <HiddenField name=VERSION value=detail.version.to_string()/>
    }
}

/// A button that does one act and needs nothing but the request.
fn act_button(place: &InboxPlace, item: &InboxItem, act: ActName, action: &'static str, label: &'static str) -> Option<AnyView> {
    item.detail.may(act).then(|| {
        view! {
            <form method="post" action=action>
                {of_request(&item.detail)}
                {place.hidden_fields()}
                <button class="btn btn-sm" type="submit">{label}</button>
            </form>
        }
        .into_any()
    })
}

/// Who has the request, by when it is to be decided, and whom it may be given to.
fn owner_view(locale: Locale, place: &InboxPlace, item: &InboxItem, viewer: UserId, today: BusinessDate) -> impl IntoView + use<> {
    let detail = &item.detail;
    let owner = detail.line.assignee_name.clone().unwrap_or_else(|| td_string!(locale, inbox.owner_none).to_owned());
    let assign = detail.may(ActName::Assign).then(|| {
        let options: Vec<_> = item
            .reviewers
            .iter()
            .map(|person| {
                let selected = detail.assignee.unwrap_or(viewer) == person.id;
                view! { <option value=person.id.to_string() selected=selected>{person.display_name.clone()}</option> }
            })
            .collect();
        view! {
            <form class="row" method="post" action=paths::API_REQUEST_ASSIGN>
                <HiddenField name="reference" value=detail.line.reference.clone()/>
                {place.hidden_fields()}
                <label class="visually-hidden" for="assign-to">{td_string!(locale, inbox.assign_to)}</label>
                <select class="select select-sm" id="assign-to" name="to">{options}</select>
                <button class="btn btn-sm" id="assign" type="submit">{td_string!(locale, inbox.assign)}<kbd class="kbd">{ASSIGN_KEY}</kbd></button>
            </form>
        }
    });
    // Who reviews it has it; what was sent to the partner in error is taken back by the same button.
    let has_it = detail.assignee == Some(viewer) && detail.line.status == RequestStatus::InReview;
    let take = (!has_it).then(|| act_button(place, item, ActName::Take, paths::API_REQUEST_TAKE, td_string!(locale, inbox.take))).flatten();
    view! {
        <section class="card stack" aria-labelledby="owner-title">
            <h3 id="owner-title">{td_string!(locale, inbox.owner_title)}": "{owner}</h3>
            {due_view(locale, detail, today)}
            <div class="row">
                {take}
                {act_button(place, item, ActName::Release, paths::API_REQUEST_RELEASE, td_string!(locale, inbox.release))}
                {assign}
            </div>
        </section>
    }
}

/// The beginning of what stands in a field, in one line: enough to know it by.
fn beginning(text: &str) -> String {
    const LONGEST: usize = 80;
    let line = text.trim().replace('\n', ", ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Words beside each field that the partner should correct.
fn correction_view(locale: Locale, place: &InboxPlace, item: &InboxItem, form: &FormState) -> Option<impl IntoView + use<>> {
    let detail = &item.detail;
    if !detail.may(ActName::AskForCorrection) || detail.fields.is_empty() {
        return None;
    }
    let fields: Vec<_> = detail
        .fields
        .iter()
        .map(|field| {
            let label = format!("{}: {}", field_label(locale, &field.name), beginning(&field.value));
            view! {
                <Field
                    locale
                    field=form.field(&note_name(field.name.as_str()))
                    label
                    hint=td_string!(locale, inbox.correction_hint)
                    control=Control::Text
                    condition=true
                    maximum_length=Words::LONGEST
                />
            }
        })
        .collect();
    let hidden: Vec<_> =
        place.named_fields().into_iter().map(|(name, value)| view! { <HiddenField name=format!("place[{name}]") value/> }).collect();
    let is_open = form.values.keys().any(|name| name.starts_with("notes["));
    Some(view! {
        <section class="card stack">
            <details class="disclosure" open=is_open>
                <summary>{td_string!(locale, inbox.correction_title)}" "<kbd class="kbd">{ASK_KEY}</kbd></summary>
                <form class="form" method="post" action=paths::API_REQUEST_ASK>
                    <p class="muted">{td_string!(locale, inbox.correction_lead)}</p>
                    {of_request(detail)}
                    {hidden}
                    {fields}
                    <button class="btn" type="submit">{td_string!(locale, inbox.correction_submit)}</button>
                </form>
            </details>
        </section>
    })
}

/// A decision can be opened again, given up, or recorded as carried out: what of that is possible, each with its words.
fn after_decision_view(locale: Locale, place: &InboxPlace, item: &InboxItem, form: &FormState) -> Option<AnyView> {
    let detail = &item.detail;
    let disclosure =
        |act: ActName, action: &'static str, name: &'static str, title: &'static str, label: &'static str, text: Option<&'static str>| {
            detail.may(act).then(|| {
                let is_open = form.problems.contains_key(name) || form.values.contains_key(name);
                view! {
                    <details class="disclosure" open=is_open>
                        <summary>{title}</summary>
                        <form class="form" method="post" action=action>
                            {text.map(|text| view! { <p class="muted">{text}</p> })}
                            {of_request(detail)}
                            {place.hidden_fields()}
                            <Field locale field=form.field(name) label control=Control::TextArea maximum_length=Words::LONGEST/>
                            <div class="actions"><SubmitButton label=title destructive=true/></div>
                        </form>
                    </details>
                }
            })
        };
    let reopen = disclosure(
        ActName::Reopen,
        paths::API_REQUEST_REOPEN,
        "reopen_words",
        td_string!(locale, inbox.reopen),
        td_string!(locale, inbox.reopen_words),
        Some(td_string!(locale, inbox.reopen_text)),
    );
    let cancel = disclosure(
        ActName::Cancel,
        paths::API_REQUEST_CANCEL,
        "cancel_words",
        td_string!(locale, inbox.cancel),
        td_string!(locale, inbox.cancel_words),
        None,
    );
    let fulfil = act_button(place, item, ActName::MarkFulfilled, paths::API_REQUEST_FULFIL, td_string!(locale, inbox.fulfil));
    (reopen.is_some() || cancel.is_some() || fulfil.is_some())
        .then(|| view! { <section class="card stack">{fulfil}{reopen}{cancel}</section> }.into_any())
}

/// The refusal: reason, text, and words beside the fields that the partner could correct; or why it can't be refused.
fn refusal_form_view(locale: Locale, place: &InboxPlace, item: &InboxItem, form: &FormState) -> AnyView {
    let detail = &item.detail;
    let refusal = detail.gestures.iter().find(|gesture| gesture.act == ActName::Refuse).and_then(|gesture| gesture.refusal);
    if let Some(error) = refusal {
        let why = match error {
            TransitionError::OwnRequest => td_string!(locale, inbox.refuse_own).to_owned(),
            _ if detail.line.status == RequestStatus::Draft => td_string!(locale, inbox.refuse_draft).to_owned(),
            _ if !detail.line.is_undecided() => td_string!(locale, inbox.refuse_in_work).to_owned(),
            error => refusal_text(locale, FormRefusal::Transition(error)),
        };
        return view! { <p class="muted" id="refuse-why-not">{why}</p> }.into_any();
    }
    let named = |field: &EnteredField| {
        let label = td_string!(locale, inbox.refuse_note, field = field_label(locale, &field.name));
        (refusal_note_name(field.name.as_str()), label)
    };
    let beside: Vec<(String, String)> = detail.fields.iter().map(named).collect();
    let labels: Vec<(String, String)> = [("reason", td_string!(locale, inbox.reason)), ("text", td_string!(locale, inbox.text))]
        .map(|(name, label)| (name.to_owned(), label.to_owned()))
        .into_iter()
        .chain(beside.clone())
        .collect();
    // Other forms of the page have problems of their own.
    let own = |name: &String| labels.iter().any(|(label, _)| label == name);
    let problems: BTreeMap<_, _> =
        form.problems.iter().filter(|(name, _)| own(name)).map(|(name, problem)| (name.clone(), *problem)).collect();
    let is_open = form.values.keys().any(own);
    let written = beside.iter().any(|(name, _)| form.values.get(name).is_some_and(|words| !words.is_empty()));
    let only_fields = FormState { values: form.values.clone(), problems, ..FormState::default() };
    let summary = error_summary(locale, &only_fields, labels);
    let notes: Vec<_> = beside
        .into_iter()
        .map(|(name, label)| {
            view! { <Field locale field=form.field(&name) label control=Control::Text condition=true maximum_length=Words::LONGEST/> }
        })
        .collect();
    let notes = (!notes.is_empty()).then(|| {
        view! {
            <details class="disclosure" open=written>
                <summary>{td_string!(locale, inbox.refuse_notes)}</summary>
                <div class="form"><p class="muted">{td_string!(locale, inbox.refuse_notes_lead)}</p>{notes}</div>
            </details>
        }
    });
    view! {
        <details class="disclosure" open=is_open>
            <summary>{td_string!(locale, inbox.refuse_title)}" "<kbd class="kbd">{REFUSE_KEY}</kbd></summary>
            <form class="form" method="post" action=paths::API_REQUEST_REFUSE>
                {summary}
                {of_request(detail)}
                <HiddenField name="next" value=item.neighbours.1.clone().unwrap_or_default()/>
                {place.hidden_fields()}
                <Field locale field=form.field("reason") label=td_string!(locale, inbox.reason) control=Control::Select(refusal_reasons(locale))/>
                <Field
                    locale
                    field=form.field("text")
                    label=td_string!(locale, inbox.text)
                    hint=td_string!(locale, inbox.text_hint).to_owned()
                    control=Control::TextArea
                    maximum_length=RefusalText::LONGEST
                />
                {notes}
                <button class="btn btn-error" type="submit">{td_string!(locale, inbox.refuse)}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Approve and refuse, or why the decision stands.
fn decision_view(locale: Locale, place: &InboxPlace, item: &InboxItem, form: &FormState) -> impl IntoView + use<> {
    let line = &item.detail.line;
    if line.status.is_decided() {
        let refusal = item.detail.refusal.as_ref().map(|refusal| {
            view! {
                <section class="card stack">
                    <h3>{td_string!(locale, inbox.refusal_title)}": "{refusal_reason_name(locale, refusal.reason)}</h3>
                    <p>{refusal.text.clone()}</p>
                </section>
            }
        });
        let granted = u32::try_from(item.detail.codes.len()).unwrap_or(u32::MAX);
        let granted = (granted > 0).then(|| {
            view! { <p>{td_string!(locale, inbox.granted)}": "{td_string!(locale, inbox.granted_codes, count = granted)}</p> }
        });
        return (refusal, granted, after_decision_view(locale, place, item, form)).into_any();
    }
    let fits = item.now.as_ref().is_some_and(|now| now.verdict().is_allowed());
    let why_not = match item.detail.gestures.iter().find(|gesture| gesture.act == ActName::Approve).and_then(|gesture| gesture.refusal) {
        Some(TransitionError::OwnRequest) => Some(td_string!(locale, inbox.own).to_owned()),
        Some(error) => Some(refusal_text(locale, FormRefusal::Transition(error))),
        None => (!fits).then(|| td_string!(locale, inbox.blocked).to_owned()),
    };
    let next = item.neighbours.1.clone().unwrap_or_default();
    view! {
        <section class="card stack" aria-labelledby="decision-title">
            <h3 id="decision-title">{td_string!(locale, inbox.decision_title)}</h3>
            <form method="post" action=paths::API_REQUEST_APPROVE>
                {of_request(&item.detail)}
                <HiddenField name="next" value=next/>
                {place.hidden_fields()}
                <button class="btn btn-primary" id="approve" type="submit" disabled=why_not.is_some() aria-describedby=why_not.as_ref().map(|_| "approve-why-not")>
                    {td_string!(locale, inbox.approve)}
                    <kbd class="kbd">{APPROVE_KEY}</kbd>
                </button>
            </form>
            {why_not.map(|why| view! { <p class="muted" id="approve-why-not">{why}</p> })}
            {refusal_form_view(locale, place, item, form)}
        </section>
        // What follows an approval waits for the partner at times, and can be given up then, too.
        {after_decision_view(locale, place, item, form)}
    }
    .into_any()
}

/// Who asks: level, model, and what else they asked for.
fn partner_view(locale: Locale, item: &InboxItem) -> impl IntoView + use<> {
    let outlook = &item.outlook;
    let history: Vec<_> = item
        .history
        .iter()
        .map(|line| {
            view! {
                <li class="row">
                    <a class="figures" href=paths::staff_request(&line.reference)>{line.reference.clone()}</a>
                    <span>{subject_text(locale, &line.subject)}</span>
                    <RequestStatusView locale status=line.status/>
                </li>
            }
        })
        .collect();
    let none = history.is_empty().then(|| view! { <p class="muted">{td_string!(locale, inbox.no_history)}</p> });
    view! {
        <section class="card stack" aria-labelledby="partner-title">
            <div class="card-head">
                <h3 id="partner-title">{item.detail.line.partner_name.clone()}</h3>
                <a href=paths::staff_partner(item.detail.line.partner_id)>{td_string!(locale, inbox.open_partner)}</a>
            </div>
            <dl class="dl">
                <div>
                    <dt>{td_string!(locale, inbox.level)}</dt>
                    <dd>{format::level(locale, outlook.level)}" "{td_string!(locale, inbox.since, date = format::date_long(locale, outlook.since))}</dd>
                </div>
                <div><dt>{td_string!(locale, inbox.model)}</dt><dd>{format::model(locale, outlook.model)}</dd></div>
                <div>
                    <dt>{td_string!(locale, inbox.submitted_at)}</dt>
                    <dd><InstantText locale at=item.detail.line.listed_at/></dd>
                </div>
            </dl>
            <h4 class="muted small">{td_string!(locale, inbox.history)}</h4>
            {none}
            <ul class="stack">{history}</ul>
        </section>
    }
}
