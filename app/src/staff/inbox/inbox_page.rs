//! `/staff/inbox` and `/staff/inbox/{reference}`: the list, and beside it the request that is open.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use domain::request::{Reference, RefusalReason, RefusalText, RequestKind};
use domain::rule::Rule;
use domain::verdict::Verdict;
use leptos::prelude::*;
use service::request_life::{BULK, BulkOutcome, BulkResult};
use service::requests::{Inbox, InboxAmount, InboxLine, InboxOwner, InboxQueue, Reviewer};

use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::next_page::NextPage;
use crate::components::notice::NoticeView;
use crate::components::request::{kind_name, refusal_reason_name, subject_text};
use crate::components::status::{Status, Tone};
use crate::components::tabs::{Tab, Tabs};
use crate::components::verdict::RuleLink;
use crate::context::{form_state, path_value, services};
use crate::form::{Choice, Control, Field, FormRefusal, FormState, HiddenField, error_summary, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::inbox::item_view::{item_view, keys_view};
use crate::staff::inbox::keys_island::{InboxKeys, NEXT_KEY};
use crate::staff::inbox::place::{InboxPlace, KIND, OVERDUE, OWNER, QUEUE, TEXT};
use crate::staff::inbox::server_fns::{BULK_CHOSEN, BULK_REASON, BULK_RESULT, BULK_TEXT, BULK_TO};

/// The inbox with no request open.
#[component]
pub fn InboxPage() -> impl IntoView {
    staff_page(StaffSection::Inbox, async |viewer, state| {
        let locale = state.locale;
        let place = InboxPlace::read();
        let inbox = services()?.inbox_page(&viewer, &place.filter(), place.after.as_deref()).await?;
        let form = form_state().await?;
        let result = form.values.get(BULK_RESULT).and_then(|text| serde_json::from_str::<BulkResult>(text).ok());
        let panel = inbox.page.lines.first().map(|first| {
            let first = place.address(&paths::staff_request(&first.request.reference));
            view! {
                <InboxKeys next=Some(first.clone()) previous=None/>
                {keys_view(locale)}
                <p class="muted">{td_string!(locale, inbox.choose)}</p>
                <p><a class="btn btn-sm" href=first>{td_string!(locale, inbox.open_first)}<kbd class="kbd">{NEXT_KEY}</kbd></a></p>
            }
        });
        Ok(Page::new(
            td_string!(locale, inbox.title),
            inbox_view(
                locale,
                &place,
                inbox,
                None,
                (&form, viewer.user_id),
                (result.map(|result| bulk_result_view(locale, &place, &result)), panel).into_any(),
            ),
        ))
    })
}

/// The inbox with a request open.
#[component]
pub fn InboxItemPage() -> impl IntoView {
    let reference = path_value::<Reference>("reference");
    staff_page(StaffSection::Inbox, async move |viewer, state| {
        let locale = state.locale;
        let reference = reference?.to_string();
        let place = InboxPlace::read();
        let services = services()?;
        let (inbox, item) = services.inbox_with_item(&viewer, &place.filter(), place.after.as_deref(), &reference).await?;
        let form = form_state().await?;
        let title = format!("{} {reference}", kind_name(locale, item.detail.line.kind));
        let panel = item_view(locale, &place, item, &form, (viewer.user_id, services.today())).into_any();
        // What came back is of the request that is open, not of the list.
        let list = FormState::default();
        Ok(Page::new(title, inbox_view(locale, &place, inbox, Some(&reference), (&list, viewer.user_id), panel)))
    })
}

fn inbox_view(
    locale: Locale,
    place: &InboxPlace,
    inbox: Inbox,
    open: Option<&str>,
    (form, viewer): (&FormState, UserId),
    panel: AnyView,
) -> impl IntoView + use<> {
    let address = place.beginning().address(paths::STAFF_INBOX);
    let condition = |name: &str, value: &str| FormState::default().field(name).or_value(value);
    let queues = InboxQueue::ALL
        .into_iter()
        .map(|queue| {
            let label = match queue {
                InboxQueue::Waiting => td_string!(locale, inbox.queue_waiting),
                InboxQueue::WithPartner => td_string!(locale, inbox.queue_with_partner),
                InboxQueue::Ended => td_string!(locale, inbox.queue_ended),
            };
            Choice::new(queue.as_str(), label)
        })
        .collect();
    let owners = InboxOwner::ALL
        .into_iter()
        .map(|owner| {
            let label = match owner {
                InboxOwner::Any => td_string!(locale, inbox.owner_any),
                InboxOwner::Mine => td_string!(locale, inbox.owner_mine),
                InboxOwner::Nobody => td_string!(locale, inbox.owner_nobody),
            };
            Choice::new(owner.as_str(), label)
        })
        .collect();
    let list = if inbox.page.lines.is_empty() {
        empty_view(locale, place).into_any()
    } else {
        let chosen: BTreeSet<&str> = form.values.get(BULK_CHOSEN).map(|text| text.split(' ').collect()).unwrap_or_default();
        let items: Vec<_> = inbox
            .page
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| {
                let is_chosen = chosen.contains(line.request.reference.as_str());
                line_view(locale, place, (number, line, is_chosen), open, inbox.now)
            })
            .collect();
        let hidden: Vec<_> =
            place.named_fields().into_iter().map(|(name, value)| view! { <HiddenField name=format!("place[{name}]") value/> }).collect();
        let bulk = (place.queue == InboxQueue::Waiting).then(|| bulk_view(locale, &inbox.reviewers, viewer, form));
        view! {
            <form class="stack" method="post" action=paths::API_REQUESTS_BULK>
                {hidden}
                <ol class="inbox" aria-label=td_string!(locale, inbox.list)>{items}</ol>
                {bulk}
            </form>
        }
        .into_any()
    };
    view! {
        <div class="page-head">
            <div>
                <h1>{td_string!(locale, inbox.title)}</h1>
                <p>{td_string!(locale, inbox.lead)}</p>
            </div>
            <div class="actions"><a class="btn" href=paths::STAFF_REQUEST_REPORT>{td_string!(locale, inbox.report.title)}</a></div>
        </div>
        <Tabs label=td_string!(locale, inbox.counts) tabs=tabs(locale, place, &inbox)/>
        <form class="filters" method="get" action=paths::STAFF_INBOX role="search">
            {place.kind.map(|kind| view! { <input type="hidden" name=KIND value=kind.as_str()/> })}
            <Field locale field=condition(QUEUE, place.queue.as_str()) label=td_string!(locale, inbox.queue) control=Control::Select(queues) condition=true/>
            <Field locale field=condition(OWNER, place.owner.as_str()) label=td_string!(locale, inbox.owner) control=Control::Select(owners) condition=true/>
            <Field
                locale
                field=condition(OVERDUE, if place.overdue { "true" } else { "" })
                label=td_string!(locale, inbox.only_overdue)
                control=Control::Checkbox
                condition=true
            />
            <div class="field">
                <label class="field__label" for="inbox-text">{td_string!(locale, inbox.search)}</label>
                <input class="input" id="inbox-text" type="search" name=TEXT maxlength="100" value=place.text.clone()/>
            </div>
            <button class="btn" type="submit">{td_string!(locale, inbox.find)}</button>
        </form>
        <div class=if open.is_some() { "sheet sheet--open" } else { "sheet" }>
            {open.map(|_| view! { <p class="sheet__back"><a href=place.address(paths::STAFF_INBOX)>{td_string!(locale, inbox.to_list)}</a></p> })}
            <div class="sheet__list">
                {list}
                <NextPage locale address after=place.after.clone() next=inbox.page.next/>
            </div>
            <div class="sheet__panel">{panel}</div>
        </div>
    }
}

/// What can be done to the chosen requests at once.
fn bulk_view(locale: Locale, reviewers: &[Reviewer], viewer: UserId, form: &FormState) -> impl IntoView + use<> {
    let people: Vec<_> = reviewers
        .iter()
        .map(|person| {
            let is_viewer = person.id == viewer;
            view! { <option value=person.id.to_string() selected=is_viewer>{person.display_name.clone()}</option> }
        })
        .collect();
    let labels = [(BULK_REASON, td_string!(locale, inbox.bulk_refuse_reason)), (BULK_TEXT, td_string!(locale, inbox.bulk_refuse_text))];
    let own = |name: &String| labels.iter().any(|(label, _)| name == label);
    let is_open = form.values.keys().any(own);
    let only_fields = FormState { values: BTreeMap::default(), problems: form.problems.clone(), ..FormState::default() };
    let named = labels.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    view! {
        <div class="row" role="group" aria-label=td_string!(locale, inbox.bulk)>
            <button class="btn btn-sm" type="submit" name="gesture" value="approve">{td_string!(locale, inbox.bulk_approve)}</button>
            <button class="btn btn-sm" type="submit" name="gesture" value="assign">{td_string!(locale, inbox.bulk_assign)}</button>
            <label class="visually-hidden" for="bulk-to">{td_string!(locale, inbox.bulk_assign_to)}</label>
            <select class="select select-sm" id="bulk-to" name=BULK_TO>{people}</select>
        </div>
        <details class="disclosure" id="bulk-refuse" open=is_open>
            <summary>{td_string!(locale, inbox.bulk_refuse)}</summary>
            <div class="form">
                {error_summary(locale, &only_fields, named)}
                <p class="muted">{td_string!(locale, inbox.bulk_refuse_lead)}</p>
                // The other buttons send the form without them.
                <Field locale field=form.field(BULK_REASON) label=labels[0].1 control=Control::Select(refusal_reasons(locale)) condition=true/>
                <Field
                    locale
                    field=form.field(BULK_TEXT)
                    label=labels[1].1
                    hint=td_string!(locale, inbox.text_hint)
                    control=Control::TextArea
                    condition=true
                    maximum_length=RefusalText::LONGEST
                />
                <button class="btn btn-error" type="submit" name="gesture" value="refuse">{td_string!(locale, inbox.bulk_refuse_submit)}</button>
            </div>
        </details>
    }
}

/// The reasons of a refusal to choose from; none is chosen to begin with.
pub(super) fn refusal_reasons(locale: Locale) -> Vec<Choice> {
    std::iter::once(Choice::new("", td_string!(locale, inbox.reason_choose)))
        .chain(RefusalReason::ALL.map(|reason| Choice::new(reason.as_str(), refusal_reason_name(locale, reason))))
        .collect()
}

fn empty_view(locale: Locale, place: &InboxPlace) -> impl IntoView + use<> {
    if place.is_unconditional() {
        view! { <EmptyState title=td_string!(locale, inbox.empty_title) text=td_string!(locale, inbox.empty_text)/> }.into_any()
    } else {
        view! {
            <EmptyState title=td_string!(locale, inbox.nothing_found) text=td_string!(locale, inbox.nothing_found_text)>
                <a class="btn" href=paths::STAFF_INBOX>{td_string!(locale, inbox.reset)}</a>
            </EmptyState>
        }
        .into_any()
    }
}

fn tabs(locale: Locale, place: &InboxPlace, inbox: &Inbox) -> Vec<Tab> {
    let count = |kind: RequestKind| inbox.counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
    let tab = |kind: Option<RequestKind>| {
        let (name, waiting) = match kind {
            None => (td_string!(locale, inbox.all), RequestKind::ALL.into_iter().map(count).sum::<u32>()),
            Some(kind) => (kind_name(locale, kind), count(kind)),
        };
        Tab {
            href: InboxPlace { kind, ..place.beginning() }.address(paths::STAFF_INBOX),
            label: format!("{name} {waiting}"),
            current: kind == place.kind,
        }
    };
    std::iter::once(None).chain(RequestKind::ALL.map(Some)).map(tab).collect()
}

fn line_view(
    locale: Locale,
    place: &InboxPlace,
    (number, line, is_chosen): (usize, &InboxLine, bool),
    open: Option<&str>,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let InboxLine { request: line, verdict, amount } = line;
    let amount = amount.map(|amount| format!(" · {}", amount_text(locale, amount)));
    let is_recorded = line.kind.is_editorial();
    let today = domain::calendar::BusinessDate::of(now);
    let due = line.due_on.map(|due| {
        let date = format::date_short(locale, due);
        if due < today {
            view! { <Status tone=Tone::Warning icon=lucide::LuClock label=td_string!(locale, inbox.late, date = date)/> }.into_any()
        } else {
            view! { <span class="muted">{td_string!(locale, inbox.due, date = date)}</span> }.into_any()
        }
    });
    let owner = line.assignee_name.clone().map(|name| view! { <span class="muted">" · "{name}</span> });
    let choose = (place.queue == InboxQueue::Waiting).then(|| {
        let label = td_string!(locale, inbox.select, reference = line.reference.clone());
        let value = format!("{}@{}", line.reference, line.version);
        view! { <input class="checkbox" type="checkbox" name=format!("references[{number}]") value=value checked=is_chosen aria-label=label/> }
    });
    let current = (open == Some(line.reference.as_str())).then_some("true");
    view! {
        <li class="inbox__line">
            {choose}
            <a class="inbox__item" href=place.address(&paths::staff_request(&line.reference)) aria-current=current>
                <span class="inbox__title">{line.partner_name.clone()}</span>
                <span class="inbox__sum figures">{line.reference.clone()}</span>
                <span class="inbox__meta">{kind_name(locale, line.kind)}" · "{subject_text(locale, &line.subject)}{amount}</span>
                <span class="inbox__age">{age(locale, now - line.listed_at)}</span>
                <span class="inbox__due">{due}{owner}</span>
                {verdict.as_ref().map(|verdict| view! { <span class="inbox__verdict">{verdict_status(locale, verdict, is_recorded)}</span> })}
            </a>
        </li>
    }
}

/// What became of each request of a bulk gesture.
fn bulk_result_view(locale: Locale, place: &InboxPlace, result: &BulkResult) -> AnyView {
    if result.items.is_empty() {
        return view! { <NoticeView tone=Tone::Warning text=td_string!(locale, inbox.bulk_none).to_owned()/> }.into_any();
    }
    let lines: Vec<_> = result
        .items
        .iter()
        .map(|(reference, outcome)| {
            let words = match outcome {
                BulkOutcome::Done => td_string!(locale, inbox.bulk_done).to_owned(),
                BulkOutcome::Already { .. } => td_string!(locale, inbox.bulk_already).to_owned(),
                BulkOutcome::Rules { .. } => td_string!(locale, inbox.bulk_rules).to_owned(),
                BulkOutcome::Refused { error } => {
                    td_string!(locale, inbox.bulk_refused, why = refusal_text(locale, FormRefusal::Transition(*error)))
                }
                BulkOutcome::NotFound => td_string!(locale, inbox.bulk_missing).to_owned(),
                BulkOutcome::Failed => td_string!(locale, inbox.bulk_failed).to_owned(),
                BulkOutcome::TooMany => td_string!(locale, inbox.bulk_beyond, count = BULK),
            };
            let rules = if let BulkOutcome::Rules { rules } = outcome { rules.as_slice() } else { &[] };
            let rules: Vec<_> = rules.iter().map(|rule| view! { " "<RuleLink locale rule=*rule/> }).collect();
            view! { <li><a class="figures" href=place.address(&paths::staff_request(reference))>{reference.clone()}</a>": "{words}{rules}</li> }
        })
        .collect();
    let summary = td_string!(locale, inbox.bulk_summary, done = result.done(), count = result.items.len());
    view! {
        <section class="card stack" id="bulk-result" role="status" aria-labelledby="bulk-title">
            <h2 class="card-title" id="bulk-title">{td_string!(locale, inbox.bulk_title)}</h2>
            <p>{summary}</p>
            <ul class="stack">{lines}</ul>
        </section>
    }
    .into_any()
}

/// Whether the rules let it through now, or did when that was recorded, and if not, which ones stand against it.
fn verdict_status(locale: Locale, verdict: &Verdict, is_recorded: bool) -> impl IntoView + use<> {
    if verdict.is_allowed() {
        let label = if is_recorded { td_string!(locale, inbox.fitted) } else { td_string!(locale, inbox.fits) };
        return view! { <Status tone=Tone::Good icon=lucide::LuCircleCheck label/> };
    }
    let rules: Vec<_> = verdict.rules().into_iter().map(Rule::id).collect();
    let rules = rules.join(", ");
    let label = if is_recorded {
        td_string!(locale, inbox.did_not_fit, rules = rules)
    } else {
        td_string!(locale, inbox.does_not_fit, rules = rules)
    };
    view! { <Status tone=Tone::Bad icon=lucide::LuCircleX label/> }
}

/// What a request is about to bring, in words.
pub(super) fn amount_text(locale: Locale, amount: InboxAmount) -> String {
    match amount {
        InboxAmount::Sum(sum) => format::money(locale, sum),
        InboxAmount::Range(least, most) => {
            td_string!(locale, inbox.amount_range, least = format::money(locale, least), most = format::money(locale, most))
        }
    }
}

/// How long a request has waited, in the largest whole unit.
fn age(locale: Locale, waited: TimeDelta) -> String {
    let whole = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    match (waited.num_days(), waited.num_hours(), waited.num_minutes()) {
        (days @ 1.., _, _) => td_string!(locale, inbox.age_days, count = whole(days)),
        (_, hours @ 1.., _) => td_string!(locale, inbox.age_hours, count = whole(hours)),
        (_, _, minutes @ 1..) => td_string!(locale, inbox.age_minutes, count = whole(minutes)),
        _ => td_string!(locale, inbox.age_now).to_owned(),
    }
}
