//! `/staff/hosts`: the names under which partners' portals are reached; one can be forbidden, and admitted again.

use domain::custom_host::HostStatus;
use leptos::prelude::*;
use service::custom_hosts::{CustomHost, HOSTS_SHOWN};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::InstantText;
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Icon, lucide};
use crate::context::{form_state, query, services};
use crate::form::{Control, ErrorSummary, Field, FormState, HiddenField};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::partner::brand::hosts_view::status_view;
use crate::paths;

/// The name of the query in which the text stands that is looked for.
const SEARCH: &str = "search";
/// The name of the query in which the name stands that is to be forbidden.
const REVOKE: &str = "revoke";

/// The names.
#[component]
pub fn HostsPage() -> impl IntoView {
    staff_page(StaffSection::Hosts, async |viewer, state| {
        let locale = state.locale;
        let search = query(SEARCH).unwrap_or_default();
        let hosts = services()?.custom_hosts_page(&viewer, &search).await?;
        let form = form_state().await?;
        let title = td_string!(locale, brand.staff.title);
        let asked = form.values.get("id").cloned().or_else(|| query(REVOKE));
        let to_revoke = hosts.iter().find(|host| host.status != HostStatus::Revoked && asked.as_ref() == Some(&host.id.to_string()));
        let question = to_revoke.map(|host| question_view(locale, host, &form));
        let labels = vec![("words", td_string!(locale, brand.staff.words).to_owned())];
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, brand.staff.lead)}</p></div></div>
                <ErrorSummary locale form labels/>
                {question}
                {search_view(locale, &search)}
                {list_view(locale, &hosts, &search)}
            },
        ))
    })
}

fn search_view(locale: Locale, search: &str) -> AnyView {
    let field = FormState::default().field(SEARCH).or_value(search);
    view! {
        <form class="filters" method="get" action=paths::STAFF_HOSTS role="search">
            <Field locale field label=td_string!(locale, brand.staff.search) control=Control::Search maximum_length=200 condition=true/>
            <button class="btn" type="submit"><Icon icon=lucide::LuSearch/>{td_string!(locale, brand.staff.find)}</button>
        </form>
    }
    .into_any()
}

fn list_view(locale: Locale, hosts: &[CustomHost], search: &str) -> AnyView {
    if hosts.is_empty() {
        let text =
            if search.is_empty() { td_string!(locale, brand.staff.empty_text) } else { td_string!(locale, brand.staff.nothing_found) };
        return view! { <EmptyState title=td_string!(locale, brand.staff.empty_title) text/> }.into_any();
    }
    let full = i64::try_from(hosts.len()).is_ok_and(|count| count >= HOSTS_SHOWN);
    let more = full.then(|| view! { <p class="muted">{td_string!(locale, brand.staff.more, count = HOSTS_SHOWN)}</p> });
    let rows: Vec<_> = hosts.iter().map(|host| row_view(locale, host)).collect();
    let columns = vec![
        Column::text(td_string!(locale, brand.staff.column.host)),
        Column::text(td_string!(locale, brand.staff.column.status)),
        Column::text(td_string!(locale, brand.staff.column.added)),
        Column::text(td_string!(locale, brand.staff.column.checked)),
        Column::text(td_string!(locale, brand.staff.column.act)),
    ];
    view! { <DataTable caption=td_string!(locale, brand.staff.title) columns>{rows}</DataTable> {more} }.into_any()
}

/// Asks why a name is forbidden, before it is.
fn question_view(locale: Locale, host: &CustomHost, form: &FormState) -> AnyView {
    let title = td_string!(locale, brand.staff.revoke, host = host.host.to_string());
    view! {
        <section class="card stack" aria-labelledby="revoke-title">
            <h2 class="card-title" id="revoke-title">{title}</h2>
            <form class="form" method="post" action=paths::API_HOST_REVOKE>
                <HiddenField name="id" value=host.id.to_string()/>
                <Field locale field=form.field("words") label=td_string!(locale, brand.staff.words) control=Control::TextArea/>
                <div class="actions">
                    <button class="btn btn-error" type="submit" name="gesture" value="revoke">{td_string!(locale, brand.staff.revoke_button)}</button>
                    <a class="btn btn-ghost" href=paths::STAFF_HOSTS>{td_string!(locale, brand.staff.leave)}</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn row_view(locale: Locale, host: &CustomHost) -> impl IntoView + use<> {
    let id = host.id.to_string();
    let name = host.host.to_string();
    let act = if host.status == HostStatus::Revoked {
        view! {
            <form method="post" action=paths::API_HOST_REVOKE>
                <HiddenField name="id" value=id/>
                <button class="btn btn-sm" type="submit" name="gesture" value="readmit">{td_string!(locale, brand.staff.readmit, host = name.clone())}</button>
            </form>
        }
        .into_any()
    } else {
        let address = paths::with_query(paths::STAFF_HOSTS, &[(REVOKE, &id)]);
        view! { <a class="btn btn-sm" href=address>{td_string!(locale, brand.staff.revoke, host = name.clone())}</a> }.into_any()
    };
    let because = host.revoked_because.clone().map(|words| view! { <span class="muted small block">{words}</span> });
    let author = host.added_by_name.clone().unwrap_or_default();
    let partner = paths::staff_partner(host.partner_id);
    view! {
        <tr>
            <td class="data-table__main">{name.clone()}<span class="muted small block"><a href=partner>{host.partner_name.clone()}</a></span></td>
            <td>{status_view(locale, host.status)}{because}</td>
            <td><InstantText locale at=host.added_at/><span class="muted small block">{author}</span></td>
            <td>{host.checked_at.map(|at| view! { <InstantText locale at=at/> })}</td>
            <td>{act}</td>
        </tr>
    }
}
