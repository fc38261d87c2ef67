//! `/staff/hosts`: the names under which partners' portals are reached; one can be forbidden, and admitted again.

use domain::custom_host::HostStatus;
use leptos::prelude::*;
use service::custom_hosts::CustomHost;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::InstantText;
use crate::components::empty_state::EmptyState;
use crate::context::{form_state, services};
use crate::form::{Control, ErrorSummary, Field, FormState, HiddenField};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::partner::brand::hosts_view::status_view;
use crate::paths;

/// The names.
#[component]
pub fn HostsPage() -> impl IntoView {
    staff_page(StaffSection::Hosts, async |viewer, state| {
        let locale = state.locale;
        let hosts = services()?.custom_hosts_page(&viewer).await?;
        let form = form_state().await?;
        let title = td_string!(locale, brand.staff.title);
        let list = if hosts.is_empty() {
            view! { <EmptyState title=td_string!(locale, brand.staff.empty_title) text=td_string!(locale, brand.staff.empty_text)/> }
                .into_any()
        } else {
            let rows: Vec<_> = hosts.iter().map(|host| row_view(locale, host, &form)).collect();
            let columns = vec![
                Column::text(td_string!(locale, brand.staff.column.host)),
                Column::text(td_string!(locale, brand.staff.column.status)),
                Column::text(td_string!(locale, brand.staff.column.added)),
                Column::text(td_string!(locale, brand.staff.column.checked)),
                Column::text(td_string!(locale, brand.staff.column.act)),
            ];
            view! { <DataTable caption=title columns>{rows}</DataTable> }.into_any()
        };
        let labels = vec![("words", td_string!(locale, brand.staff.words).to_owned())];
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, brand.staff.lead)}</p></div></div>
                <ErrorSummary locale form labels/>
                {list}
            },
        ))
    })
}

fn row_view(locale: Locale, host: &CustomHost, form: &FormState) -> impl IntoView + use<> {
    let id = host.id.to_string();
    let came_back = form.values.get("id") == Some(&id);
    let state = if came_back { form.clone() } else { FormState::default() };
    let name = host.host.to_string();
    let act = if host.status == HostStatus::Revoked {
        view! {
            <form method="post" action=paths::API_HOST_REVOKE>
                <HiddenField name="id" value=id/>
                <button class="btn btn-sm" type="submit">{td_string!(locale, brand.staff.readmit, host = name.clone())}</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <details class="disclosure" open=came_back>
                <summary>{td_string!(locale, brand.staff.revoke, host = name.clone())}</summary>
                <form class="stack" method="post" action=paths::API_HOST_REVOKE>
                    <HiddenField name="id" value=id/>
                    <Field locale field=state.field("words") label=td_string!(locale, brand.staff.words) control=Control::TextArea/>
                    <button class="btn btn-sm btn-error" type="submit">{td_string!(locale, brand.staff.revoke_button)}</button>
                </form>
            </details>
        }
        .into_any()
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
