//! `/staff/inbox` and `/staff/inbox/{reference}`: the list, and beside it the request that is open.

use chrono::{DateTime, TimeDelta, Utc};
use domain::request::{Reference, RequestKind};
use leptos::prelude::*;
use service::requests::{Inbox, InboxFilter, RequestLine};

use crate::components::empty_state::EmptyState;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::request::{kind_name, subject_text};
use crate::components::tabs::{Tab, Tabs};
use crate::context::{form_state, path_value, query, query_value, services};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::inbox::item_view::item_view;

const KIND: &str = "kind";
const TEXT: &str = "q";

/// The conditions in the address: they stay while the reader goes from request to request.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    kind: Option<RequestKind>,
    text: String,
}

impl Conditions {
    fn read() -> Self {
        Self { kind: query_value(KIND), text: query(TEXT).unwrap_or_default() }
    }

    fn filter(&self) -> InboxFilter {
        let text = self.text.trim();
        InboxFilter { kind: self.kind, text: (!text.is_empty()).then(|| text.to_owned()), partner_id: None }
    }

    fn is_empty(&self) -> bool {
        self.kind.is_none() && self.text.trim().is_empty()
    }

    /// A page of the inbox under the same conditions.
    pub(super) fn address(&self, page: &str) -> String {
        paths::with_query(page, &[(KIND, self.kind.map_or("", RequestKind::as_str)), (TEXT, self.text.trim())])
    }
}

/// The inbox with no request open.
#[component]
pub fn InboxPage() -> impl IntoView {
    staff_page(StaffSection::Inbox, async |viewer, state| {
        let locale = state.locale;
        let conditions = Conditions::read();
        let inbox = services()?.inbox_page(&viewer, &conditions.filter(), query(AFTER).as_deref()).await?;
        let panel = (!inbox.page.lines.is_empty()).then(|| view! { <p class="muted">{td_string!(locale, inbox.choose)}</p> });
        Ok(Page::new(td_string!(locale, inbox.title), inbox_view(locale, &conditions, inbox, None, panel.into_any())))
    })
}

/// The inbox with a request open.
#[component]
pub fn InboxItemPage() -> impl IntoView {
    let reference = path_value::<Reference>("reference");
    staff_page(StaffSection::Inbox, async move |viewer, state| {
        let locale = state.locale;
        let reference = reference?.to_string();
        let conditions = Conditions::read();
        let services = services()?;
        let (inbox, item) = services.inbox_with_item(&viewer, &conditions.filter(), query(AFTER).as_deref(), &reference).await?;
        let form = form_state().await?;
        let title = format!("{} {reference}", kind_name(locale, item.detail.line.kind));
        let panel = item_view(locale, &conditions, item, &form).into_any();
        Ok(Page::new(title, inbox_view(locale, &conditions, inbox, Some(&reference), panel)))
    })
}

fn inbox_view(locale: Locale, conditions: &Conditions, inbox: Inbox, open: Option<&str>, panel: AnyView) -> impl IntoView + use<> {
    let address = conditions.address(paths::STAFF_INBOX);
    let list = if inbox.page.lines.is_empty() {
        empty_view(locale, conditions).into_any()
    } else {
        let items: Vec<_> = inbox.page.lines.iter().map(|line| line_view(locale, conditions, line, open, inbox.now)).collect();
        view! { <ol class="inbox" aria-label=td_string!(locale, inbox.list)>{items}</ol> }.into_any()
    };
    view! {
        <div class="page-head">
            <div>
                <h1>{td_string!(locale, inbox.title)}</h1>
                <p>{td_string!(locale, inbox.lead)}</p>
            </div>
        </div>
        <Tabs label=td_string!(locale, inbox.counts) tabs=tabs(locale, conditions, &inbox)/>
        <form class="filters" method="get" action=paths::STAFF_INBOX role="search">
            {conditions.kind.map(|kind| view! { <input type="hidden" name=KIND value=kind.as_str()/> })}
            <div class="field">
                <label class="field__label" for="inbox-text">{td_string!(locale, inbox.search)}</label>
                <input class="input" id="inbox-text" type="search" name=TEXT maxlength="100" value=conditions.text.clone()/>
            </div>
            <button class="btn" type="submit">{td_string!(locale, inbox.find)}</button>
        </form>
        <div class="sheet">
            <div class="sheet__list">
                {list}
                <NextPage locale address after=query(AFTER) next=inbox.page.next/>
            </div>
            <div class="sheet__panel">{panel}</div>
        </div>
    }
}

fn empty_view(locale: Locale, conditions: &Conditions) -> impl IntoView + use<> {
    if conditions.is_empty() {
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

fn tabs(locale: Locale, conditions: &Conditions, inbox: &Inbox) -> Vec<Tab> {
    let count = |kind: RequestKind| inbox.counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
    let tab = |kind: Option<RequestKind>| {
        let (name, waiting) = match kind {
            None => (td_string!(locale, inbox.all), RequestKind::ALL.into_iter().map(count).sum::<u32>()),
            Some(kind) => (kind_name(locale, kind), count(kind)),
        };
        Tab {
            href: Conditions { kind, text: conditions.text.clone() }.address(paths::STAFF_INBOX),
            label: format!("{name} {waiting}"),
            current: kind == conditions.kind,
        }
    };
    std::iter::once(None).chain(RequestKind::ALL.map(Some)).map(tab).collect()
}

fn line_view(locale: Locale, conditions: &Conditions, line: &RequestLine, open: Option<&str>, now: DateTime<Utc>) -> impl IntoView + use<> {
    let current = (open == Some(line.reference.as_str())).then_some("true");
    view! {
        <li>
            <a class="inbox__item" href=conditions.address(&paths::staff_request(&line.reference)) aria-current=current>
                <span class="inbox__title">{line.partner_name.clone()}</span>
                <span class="inbox__sum figures">{line.reference.clone()}</span>
                <span class="inbox__meta">{kind_name(locale, line.kind)}" · "{subject_text(locale, &line.subject)}</span>
                <span class="inbox__age">{age(locale, now - line.submitted_at)}</span>
            </a>
        </li>
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
