//! `/staff/inbox` and `/staff/inbox/{reference}`: the list, and beside it the request that is open.

use chrono::{DateTime, TimeDelta, Utc};
use domain::request::{Reference, RequestKind};
use domain::rule::Rule;
use domain::verdict::Verdict;
use leptos::prelude::*;
use service::request_life::{BULK, BulkOutcome, BulkResult};
use service::requests::{Inbox, InboxLine, InboxOwner, InboxQueue};

use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::next_page::NextPage;
use crate::components::notice::NoticeView;
use crate::components::request::{kind_name, subject_text};
use crate::components::status::{Status, Tone};
use crate::components::tabs::{Tab, Tabs};
use crate::context::{form_state, path_value, services};
use crate::form::{Choice, Control, Field, FormRefusal, FormState, HiddenField, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::inbox::item_view::{item_view, keys_view};
use crate::staff::inbox::keys_island::{InboxKeys, NEXT_KEY};
use crate::staff::inbox::place::{InboxPlace, KIND, OVERDUE, OWNER, QUEUE, TEXT};
use crate::staff::inbox::server_fns::BULK_RESULT;

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
            inbox_view(locale, &place, inbox, None, (result.map(|result| bulk_result_view(locale, &place, &result)), panel).into_any()),
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
        Ok(Page::new(title, inbox_view(locale, &place, inbox, Some(&reference), panel)))
    })
}

fn inbox_view(locale: Locale, place: &InboxPlace, inbox: Inbox, open: Option<&str>, panel: AnyView) -> impl IntoView + use<> {
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
        let items: Vec<_> =
            inbox.page.lines.iter().enumerate().map(|(number, line)| line_view(locale, place, (number, line), open, inbox.now)).collect();
        let hidden: Vec<_> =
            place.named_fields().into_iter().map(|(name, value)| view! { <HiddenField name=format!("place[{name}]") value/> }).collect();
        let bulk = (place.queue == InboxQueue::Waiting).then(|| {
            view! {
                <div class="row" role="group" aria-label=td_string!(locale, inbox.bulk)>
                    <button class="btn btn-sm" type="submit" name="gesture" value="approve">{td_string!(locale, inbox.bulk_approve)}</button>
                    <button class="btn btn-sm" type="submit" name="gesture" value="assign">{td_string!(locale, inbox.bulk_assign)}</button>
                </div>
            }
        });
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
    (number, line): (usize, &InboxLine),
    open: Option<&str>,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let InboxLine { request: line, verdict } = line;
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
        view! { <input class="checkbox" type="checkbox" name=format!("references[{number}]") value=value aria-label=label/> }
    });
    let current = (open == Some(line.reference.as_str())).then_some("true");
    view! {
        <li class="inbox__line">
            {choose}
            <a class="inbox__item" href=place.address(&paths::staff_request(&line.reference)) aria-current=current>
                <span class="inbox__title">{line.partner_name.clone()}</span>
                <span class="inbox__sum figures">{line.reference.clone()}</span>
                <span class="inbox__meta">{kind_name(locale, line.kind)}" · "{subject_text(locale, &line.subject)}</span>
                <span class="inbox__age">{age(locale, now - line.listed_at)}</span>
                <span class="inbox__due">{due}{owner}</span>
                {verdict.as_ref().map(|verdict| view! { <span class="inbox__verdict">{verdict_status(locale, verdict)}</span> })}
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
                BulkOutcome::Rules => td_string!(locale, inbox.bulk_rules).to_owned(),
                BulkOutcome::Refused { error } => {
                    td_string!(locale, inbox.bulk_refused, why = refusal_text(locale, FormRefusal::Transition(*error)))
                }
                BulkOutcome::NotFound => td_string!(locale, inbox.bulk_missing).to_owned(),
                BulkOutcome::Failed => td_string!(locale, inbox.bulk_failed).to_owned(),
                BulkOutcome::TooMany => td_string!(locale, inbox.bulk_beyond, count = BULK),
            };
            view! { <li><a class="figures" href=place.address(&paths::staff_request(reference))>{reference.clone()}</a>": "{words}</li> }
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

/// Whether the rules let it through now, and if not, which ones stand against it.
fn verdict_status(locale: Locale, verdict: &Verdict) -> impl IntoView + use<> {
    if verdict.is_allowed() {
        return view! { <Status tone=Tone::Good icon=lucide::LuCircleCheck label=td_string!(locale, inbox.fits)/> };
    }
    let rules: Vec<_> = verdict.rules().into_iter().map(Rule::id).collect();
    let label = td_string!(locale, inbox.does_not_fit, rules = rules.join(", "));
    view! { <Status tone=Tone::Bad icon=lucide::LuCircleX label/> }
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
