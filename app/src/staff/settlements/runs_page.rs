//! `/staff/settlements`: what waits for a run, and the runs.

use domain::accrual::Settlement;
use domain::ids::SettlementRunId;
use domain::ledger::RunState;
use leptos::prelude::*;
use service::settlements::{Run, RunsPage as Loaded};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{InstantText, ShortDate};
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::money::MoneyText;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::status::{Status, Tone};
use crate::context::{query_value, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::ledger::words::tally_text;

/// The runs.
#[component]
pub fn RunsPage() -> impl IntoView {
    staff_page(StaffSection::Settlements, async |viewer, state| {
        let locale = state.locale;
        let after = query_value::<SettlementRunId>(AFTER);
        let loaded = services()?.settlements_page(&viewer, after).await?;
        let title = td_string!(locale, ledger.runs.title);
        let settings = loaded
            .may_edit_settings
            .then(|| view! { <a class="btn" href=paths::STAFF_SETTLEMENT_SETTINGS>{td_string!(locale, ledger.settings.title)}</a> });
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div><h1>{title}</h1><p>{td_string!(locale, ledger.runs.lead)}</p></div>
                    <div class="actions">{settings}</div>
                </div>
                {waiting_view(locale, &loaded)}
                {list_view(locale, loaded, after)}
            },
        ))
    })
}

/// The name of a run by its form.
pub fn run_name(locale: Locale, settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Bank => td_string!(locale, ledger.runs.bank),
        Settlement::Discount => td_string!(locale, ledger.runs.discount),
    }
}

/// Where a run stands.
pub(super) fn run_state_view(locale: Locale, run: &Run) -> AnyView {
    let (tone, icon, label) = match (run.state, run.settlement) {
        (RunState::Made, _) => (Tone::Waiting, lucide::LuHourglass, td_string!(locale, ledger.runs.state.made)),
        (RunState::Settled, Settlement::Bank) => (Tone::Good, lucide::LuCircleCheck, td_string!(locale, ledger.runs.state.paid)),
        (RunState::Settled, Settlement::Discount) => (Tone::Good, lucide::LuCircleCheck, td_string!(locale, ledger.runs.state.applied)),
        (RunState::Dropped, _) => (Tone::Neutral, lucide::LuX, td_string!(locale, ledger.runs.state.dropped)),
    };
    view! { <Status tone icon label/> }.into_any()
}

fn waiting_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let cards: Vec<_> = loaded
        .waiting
        .iter()
        .map(|(settlement, tally)| {
            let address = paths::with_query(paths::STAFF_SETTLEMENT_NEW, &[("settlement", settlement.as_str())]);
            let make = (loaded.may_make && tally.count > 0)
                .then(|| view! { <p><a class="btn btn-primary" href=address>{td_string!(locale, ledger.runs.prepare)}</a></p> });
            view! {
                <section class="card stack">
                    <h2 class="card-title">{run_name(locale, *settlement)}</h2>
                    <p>{td_string!(locale, ledger.runs.waiting, tally = tally_text(locale, *tally))}</p>
                    {make}
                </section>
            }
        })
        .collect();
    view! { <div class="card-grid card-grid--wide">{cards}</div> }.into_any()
}

fn list_view(locale: Locale, loaded: Loaded, after: Option<SettlementRunId>) -> AnyView {
    if loaded.page.lines.is_empty() {
        let (title, text) = (td_string!(locale, ledger.runs.empty_title), td_string!(locale, ledger.runs.empty_text));
        return view! { <EmptyState title text/> }.into_any();
    }
    let rows: Vec<_> = loaded.page.lines.iter().map(|run| row_view(locale, run)).collect();
    let columns = vec![
        Column::text(td_string!(locale, ledger.runs.column_run)),
        Column::text(td_string!(locale, ledger.column_settlement)),
        Column::figure(td_string!(locale, ledger.column_count)),
        Column::figure(td_string!(locale, ledger.column_amount)),
        Column::text(td_string!(locale, ledger.runs.column_made)),
        Column::text(td_string!(locale, ledger.column_state)),
        Column::text(td_string!(locale, ledger.runs.column_settled_on)),
    ];
    let after = after.map(|id| id.to_string());
    view! {
        <section class="stack" aria-labelledby="runs-title">
            <h2 id="runs-title">{td_string!(locale, ledger.runs.list)}</h2>
            <DataTable caption=td_string!(locale, ledger.runs.list) columns>{rows}</DataTable>
            <NextPage locale address=paths::STAFF_SETTLEMENTS after next=loaded.page.next/>
        </section>
    }
    .into_any()
}

fn row_view(locale: Locale, run: &Run) -> AnyView {
    let person = run.made_by_name.clone().map(|name| view! { <span class="muted small block">{name}</span> });
    view! {
        <tr>
            <td class="data-table__main"><a class="figures" href=paths::staff_settlement(&run.reference)>{run.reference.clone()}</a></td>
            <td>{run_name(locale, run.settlement)}</td>
            <td class="money">{format::number(locale, run.entry_count.into())}</td>
            <td class="money"><MoneyText locale amount=run.total/></td>
            <td class="figures"><InstantText locale at=run.made_at/>{person}</td>
            <td>{run_state_view(locale, run)}</td>
            <td class="figures">{run.settled_on.map(|date| view! { <ShortDate locale date/> })}</td>
        </tr>
    }
    .into_any()
}
