//! `/staff/audit`: who changed what and when, newest first.

use domain::calendar::BusinessDate;
use domain::request::ActName;
use leptos::prelude::*;
use serde_json::Value;
use service::audit_search::{AuditPage as Audit, AuditRecord, AuditSearch};

use crate::components::date::InstantText;
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Icon, lucide};
use crate::components::next_page::{AFTER, NextPage};
use crate::components::request::act_title;
use crate::context::{query, query_value, services};
use crate::form::{Choice, Control, Field, FormState};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

const TEXT: &str = "text";
const ACTION: &str = "action";
const FROM: &str = "from";
const THROUGH: &str = "through";

/// The record of changes.
#[component]
pub fn AuditPage() -> impl IntoView {
    staff_page(StaffSection::Audit, async |viewer, state| {
        let locale = state.locale;
        let (text, action) = (query(TEXT), query(ACTION));
        let search = AuditSearch { text, action, from: query_value::<BusinessDate>(FROM), through: query_value::<BusinessDate>(THROUGH) };
        let before = query_value::<i64>(AFTER);
        let audit = services()?.audit_page(&viewer, &search, before).await?;
        let title = td_string!(locale, audit.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, audit.lead)}</p></div></div>
                {filters_view(locale, &search, &audit)}
                {list_view(locale, &search, audit, before)}
            },
        ))
    })
}

/// The name of an action; one of another version of the portal keeps its code.
fn action_name(locale: Locale, action: &str) -> String {
    let name = match action {
        "bonus_code.redeem" => td_string!(locale, audit.action.bonus_code_redeem),
        "bonus_code.revoke" => td_string!(locale, audit.action.bonus_code_revoke),
        "client.rate" => td_string!(locale, audit.action.client_rate),
        "client.add" => td_string!(locale, audit.action.client_add),
        "exam.record" => td_string!(locale, audit.action.exam_record),
        "late_fact.accept" => td_string!(locale, audit.action.late_fact_accept),
        "late_fact.decline" => td_string!(locale, audit.action.late_fact_decline),
        "late_fact.propose" => td_string!(locale, audit.action.late_fact_propose),
        "adjustment.accept" => td_string!(locale, audit.action.adjustment_accept),
        "adjustment.decline" => td_string!(locale, audit.action.adjustment_decline),
        "adjustment.propose" => td_string!(locale, audit.action.adjustment_propose),
        "bank_account.edit" => td_string!(locale, audit.action.bank_account_edit),
        "ledger.approve" => td_string!(locale, audit.action.ledger_approve),
        "ledger.reverse" => td_string!(locale, audit.action.ledger_reverse),
        "settlement.download" => td_string!(locale, audit.action.settlement_download),
        "settlement.drop" => td_string!(locale, audit.action.settlement_drop),
        "settlement.make" => td_string!(locale, audit.action.settlement_make),
        "settlement.settle" => td_string!(locale, audit.action.settlement_settle),
        "settlement_settings.edit" => td_string!(locale, audit.action.settlement_settings_edit),
        "level.change" => td_string!(locale, audit.action.level_change),
        "level.decide" => td_string!(locale, audit.action.level_decide),
        "month.close" => td_string!(locale, audit.action.month_close),
        "partner.create" => td_string!(locale, audit.action.partner_create),
        "request.approve" => td_string!(locale, audit.action.request_approve),
        "request_file.attach" => td_string!(locale, audit.action.request_file_attach),
        "request_file.remove" => td_string!(locale, audit.action.request_file_remove),
        "request.refuse" => td_string!(locale, audit.action.request_refuse),
        "request.submit" => td_string!(locale, audit.action.request_submit),
        "request.withdraw" => td_string!(locale, audit.action.request_withdraw),
        "session.begin" => td_string!(locale, audit.action.session_begin),
        "session.end" => td_string!(locale, audit.action.session_end),
        "terms.publish" => td_string!(locale, audit.action.terms_publish),
        "trial.end" => td_string!(locale, audit.action.trial_end),
        "trial.record" => td_string!(locale, audit.action.trial_record),
        "usage_import.commit" => td_string!(locale, audit.action.usage_import_commit),
        "usage_import.discard" => td_string!(locale, audit.action.usage_import_discard),
        "usage_import.preview" => td_string!(locale, audit.action.usage_import_preview),
        "user.create" => td_string!(locale, audit.action.user_create),
        "user.locale" => td_string!(locale, audit.action.user_locale),
        "comment_topics.choose" => td_string!(locale, audit.action.comment_topics_choose),
        "news.post" => td_string!(locale, audit.action.news_post),
        "request.comment" => td_string!(locale, audit.action.request_comment),
        "request.note" => td_string!(locale, audit.action.request_note),
        // What is done to a request is called as on its timeline.
        other => match other.strip_prefix("request.").and_then(|act| act.parse::<ActName>().ok()) {
            Some(act) => act_title(locale, act),
            None => return other.to_owned(),
        },
    };
    name.to_owned()
}

/// Where a changed thing can be seen, and its short name; ids that say nothing to a person are left out.
fn object(locale: Locale, record: &AuditRecord) -> (Option<String>, String) {
    let id = record.object_id.as_str();
    match record.object_kind.as_str() {
        "request" => (Some(paths::staff_request(id)), id.to_owned()),
        // A code is named by its request and its place.
        "bonus_code" => (id.split_once('/').map(|(reference, _)| paths::staff_request(reference)), id.replace('/', ", № ")),
        "settlement_run" => (Some(paths::staff_settlement(id)), id.to_owned()),
        "ledger_entry" => (Some(paths::staff_ledger_entry(id)), td_string!(locale, audit.object.ledger_entry).to_owned()),
        "usage_import" => (Some(paths::staff_import(id)), td_string!(locale, audit.object.usage_import).to_owned()),
        "month" => {
            (Some(paths::STAFF_MONTHS.to_owned()), id.parse().map_or_else(|_| id.to_owned(), |month| crate::format::month(locale, month)))
        }
        _ => (None, String::new()),
    }
}

fn filters_view(locale: Locale, search: &AuditSearch, audit: &Audit) -> AnyView {
    let empty = FormState::default();
    let field = |name: &str, value: Option<String>| empty.field(name).or_value(value.unwrap_or_default());
    let day = |date: Option<BusinessDate>| date.map(|date| date.to_string());
    let actions: Vec<_> = std::iter::once(Choice::new("", td_string!(locale, audit.every_action)))
        .chain(audit.actions.iter().map(|action| Choice::new(action.clone(), action_name(locale, action))))
        .collect();
    let reset = (*search != AuditSearch::default())
        .then(|| view! { <a class="btn btn-ghost" href=paths::STAFF_AUDIT>{td_string!(locale, audit.reset)}</a> });
    view! {
        <form class="filters" method="get" action=paths::STAFF_AUDIT role="search">
            <Field locale field=field(TEXT, search.text.clone()) label=td_string!(locale, audit.text) control=Control::Search maximum_length=200 condition=true/>
            <Field locale field=field(ACTION, search.action.clone()) label=td_string!(locale, audit.what) control=Control::Select(actions) condition=true/>
            <Field locale field=field(FROM, day(search.from)) label=td_string!(locale, audit.from) control=Control::Date condition=true/>
            <Field locale field=field(THROUGH, day(search.through)) label=td_string!(locale, audit.through) control=Control::Date condition=true/>
            <button class="btn" type="submit">
                <Icon icon=lucide::LuSearch/>
                {td_string!(locale, audit.find)}
            </button>
            {reset}
        </form>
    }
    .into_any()
}

fn list_view(locale: Locale, search: &AuditSearch, audit: Audit, before: Option<i64>) -> AnyView {
    if audit.page.lines.is_empty() {
        return view! {
            <EmptyState title=td_string!(locale, audit.nothing_found) text=td_string!(locale, audit.nothing_found_text)>
                <a class="btn" href=paths::STAFF_AUDIT>{td_string!(locale, audit.reset)}</a>
            </EmptyState>
        }
        .into_any();
    }
    let day = |date: Option<BusinessDate>| date.map(|date| date.to_string()).unwrap_or_default();
    let address = paths::with_query(
        paths::STAFF_AUDIT,
        &[
            (TEXT, search.text.as_deref().unwrap_or_default()),
            (ACTION, search.action.as_deref().unwrap_or_default()),
            (FROM, &day(search.from)),
            (THROUGH, &day(search.through)),
        ],
    );
    let records: Vec<_> = audit.page.lines.iter().map(|record| record_view(locale, record).into_any()).collect();
    let after = before.map(|before| before.to_string());
    view! {
        <ol class="records" aria-label=td_string!(locale, audit.caption)>{records}</ol>
        <NextPage locale address after next=audit.page.next/>
    }
    .into_any()
}

fn record_view(locale: Locale, record: &AuditRecord) -> impl IntoView + use<> {
    let (address, name) = object(locale, record);
    let thing = match address {
        Some(address) => view! { <a href=address>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let partner = record.partner_name.clone().map(|name| match record.partner_id {
        Some(id) => view! { <a href=paths::staff_partner(id)>{name}</a> }.into_any(),
        None => name.into_any(),
    });
    let side = |title: &'static str, value: &Option<Value>| {
        value.as_ref().map(|value| {
            view! {
                <div>
                    <p class="small muted">{title}</p>
                    <pre class="record__facts">{serde_json::to_string_pretty(value).unwrap_or_default()}</pre>
                </div>
            }
        })
    };
    let request = record.request_identity.map(
        |id| view! { <p class="small muted">{td_string!(locale, audit.request_id)}" "<span class="figures">{id.to_string()}</span></p> },
    );
    let (before, after) = (side(td_string!(locale, audit.before), &record.before), side(td_string!(locale, audit.after), &record.after));
    let details = (before.is_some() || after.is_some() || request.is_some()).then(|| {
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, audit.details)}</summary>
                <div class="record__sides">{before}{after}</div>
                {request}
            </details>
        }
    });
    view! {
        <li class="record">
            <p class="record__head">
                <span class="figures muted"><InstantText locale at=record.at/></span>
                <strong>{action_name(locale, &record.action)}</strong>
                {thing}
                {partner}
                <span class="muted">{record.actor_name.clone()}</span>
            </p>
            {details}
        </li>
    }
}
