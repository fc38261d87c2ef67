//! `/staff/terms`: every version of the terms, with what each changed.

use domain::calendar::BusinessDate;
use leptos::prelude::*;
use service::terms::TermsPage as Loaded;

use super::parameter_text::control_text;
use super::trial_view::value_text;
use crate::components::data_table::{Column, DataTable};
use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The versions.
#[component]
pub fn TermsPage() -> impl IntoView {
    staff_page(StaffSection::Terms, async |viewer, state| {
        let locale = state.locale;
        let loaded = services()?.terms_page(&viewer).await?;
        let title = td_string!(locale, terms.title);
        let new = if loaded.may_publish {
            view! { <a class="btn btn-primary" href=paths::STAFF_TERMS_NEW>{td_string!(locale, terms.new)}</a> }.into_any()
        } else {
            view! { <p class="muted">{td_string!(locale, terms.admin_only)}</p> }.into_any()
        };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, terms.lead)}</p></div>{new}</div>
                {list_view(locale, &loaded)}
            },
        ))
    })
}

fn list_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let rows: Vec<_> = loaded
        .versions
        .iter()
        .enumerate()
        .map(|(place, version)| {
            let status = if version.number == loaded.in_force {
                Some(view! { <Status tone=Tone::Good icon=lucide::LuCheck label=td_string!(locale, terms.in_force)/> }.into_any())
            } else if version.version.valid_from > loaded.today {
                Some(view! { <Status tone=Tone::Waiting icon=lucide::LuHourglass label=td_string!(locale, terms.to_come)/> }.into_any())
            } else {
                None
            };
            let changed: Vec<_> = loaded
                .changes
                .get(place)
                .into_iter()
                .flatten()
                .map(|(name, before, after)| {
                    let (before, after) = (value_text(locale, name, before), value_text(locale, name, after));
                    view! { <li>{control_text(locale, name, &loaded.services)} ": " {before} " → " {after}</li> }
                })
                .collect();
            let (who, when) = match &version.published_by_name {
                None => (td_string!(locale, terms.brochure).to_owned(), String::new()),
                Some(name) => (name.clone(), format::date_short(locale, BusinessDate::of(version.published_at))),
            };
            view! {
                <tr>
                    <td class="data-table__main figures">{version.number} " " {status}</td>
                    <td class="figures">{format::date_short(locale, version.version.valid_from)}</td>
                    <td>{when} " " {who}</td>
                    <td>{version.note.clone()}</td>
                    <td><ul>{changed}</ul></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, terms.column_number)),
        Column::text(td_string!(locale, terms.column_from)),
        Column::text(td_string!(locale, terms.column_published)),
        Column::text(td_string!(locale, terms.column_note)),
        Column::text(td_string!(locale, terms.column_changed)),
    ];
    view! { <DataTable caption=td_string!(locale, terms.list) columns>{rows}</DataTable> }.into_any()
}
