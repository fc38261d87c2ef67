//! `/staff/usage`: upload a billing file, and the history.

use leptos::prelude::*;
use service::usage::UsageImport;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::InstantText;
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::notice::NoticeView;
use crate::components::status::{Status, Tone};
use crate::context::{query, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The value of `?problem=` with which the upload route says that no file came.
const FILE_MISSING: &str = "file_missing";

/// Upload and history.
#[component]
pub fn UsagePage() -> impl IntoView {
    staff_page(StaffSection::Usage, async |viewer, state| {
        let locale = state.locale;
        let page = services()?.usage_imports_page(&viewer, query(AFTER).as_deref()).await?;
        let missing = (query("problem").as_deref() == Some(FILE_MISSING))
            .then(|| view! { <NoticeView tone=Tone::Bad text=td_string!(locale, usage.file_missing).to_owned()/> });
        let history = if page.lines.is_empty() {
            view! { <EmptyState title=td_string!(locale, usage.nothing_title) text=td_string!(locale, usage.nothing_text)/> }.into_any()
        } else {
            history_view(locale, page.lines).into_any()
        };
        let title = td_string!(locale, usage.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, usage.lead)}</p></div></div>
                {missing}
                <section class="card stack" aria-labelledby="upload-title">
                    <h2 class="card-title" id="upload-title">{td_string!(locale, usage.upload_title)}</h2>
                    <form class="form" method="post" enctype="multipart/form-data" action=paths::USAGE_UPLOAD>
                        <label class="choice">
                            <input class="checkbox" type="checkbox" name="correction" value="true"/>
                            <span>{td_string!(locale, usage.correction)}</span>
                        </label>
                        <div class="field">
                            <label class="field__label" for="usage-file">{td_string!(locale, usage.file)}</label>
                            <p class="field__hint" id="usage-file-hint">{td_string!(locale, usage.file_hint)}</p>
                            <input class="file-input" id="usage-file" type="file" name="file" accept=".csv,text/csv" required aria-describedby="usage-file-hint"/>
                        </div>
                        <button class="btn btn-primary" type="submit">{td_string!(locale, usage.upload)}</button>
                    </form>
                </section>
                <section class="stack" aria-labelledby="history-title">
                    <h2 id="history-title">{td_string!(locale, usage.history)}</h2>
                    {history}
                    <NextPage locale address=paths::STAFF_USAGE.to_owned() after=query(AFTER) next=page.next/>
                </section>
            },
        ))
    })
}

/// The state of an import as icon, word and colour.
pub(super) fn state_view(locale: Locale, state: &str) -> AnyView {
    let (tone, icon, label) = match state {
        "refused" => (Tone::Bad, lucide::LuCircleX, td_string!(locale, usage.state.refused)),
        "previewed" => (Tone::Waiting, lucide::LuClock, td_string!(locale, usage.state.previewed)),
        "committed" => (Tone::Good, lucide::LuCircleCheck, td_string!(locale, usage.state.committed)),
        _ => (Tone::Neutral, lucide::LuUndo2, td_string!(locale, usage.state.discarded)),
    };
    view! { <Status tone icon label/> }.into_any()
}

fn history_view(locale: Locale, imports: Vec<UsageImport>) -> impl IntoView {
    let rows: Vec<_> = imports
        .into_iter()
        .map(|import| {
            let who = import.uploaded_by_name.clone().unwrap_or_else(|| td_string!(locale, usage.by_command).to_owned());
            view! {
                <tr>
                    <td class="data-table__main"><a href=paths::staff_import(import.id)>{import.file_name.clone()}</a></td>
                    <td>{state_view(locale, &import.state)}</td>
                    <td class="money">{format::number(locale, import.row_count.into())}</td>
                    <td class="money">{format::money(locale, import.gross_total)}</td>
                    <td>{who}</td>
                    <td><InstantText locale at=import.uploaded_at/></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, usage.column_file)),
        Column::text(td_string!(locale, usage.column_state)),
        Column::figure(td_string!(locale, usage.column_rows)),
        Column::figure(td_string!(locale, usage.column_sum)),
        Column::text(td_string!(locale, usage.column_who)),
        Column::text(td_string!(locale, usage.column_when)),
    ];
    view! { <DataTable caption=td_string!(locale, usage.history) columns>{rows}</DataTable> }
}
