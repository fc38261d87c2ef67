//! `/staff/ledger/approval` asks before everything that a filter shows is approved; `/staff/ledger/approved` says what became of
//! each entry.

use domain::ids::FormStateId;
use leptos::prelude::*;
use service::ledger::{Approval, ApprovalItem, ApprovalOutcome};

use super::place::LedgerPlace;
use super::words::tally_text;
use crate::components::data_table::{Column, DataTable};
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::ledger_entry::state_name;
use crate::components::money::MoneyText;
use crate::components::status::{Status, Tone};
use crate::context::{form_state, query_value, services};
use crate::form::{ErrorSummary, HiddenField};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The kept answer in the address.
pub(super) const RESULT: &str = "result";

/// The question.
#[component]
pub fn ApprovalQuestionPage() -> impl IntoView {
    staff_page(StaffSection::Ledger, async |viewer, state| {
        let locale = state.locale;
        let place = LedgerPlace::read().beginning();
        let waiting = services()?.ledger_waiting(&viewer, &place.filter()).await?;
        let form = form_state().await?;
        let back = place.address(paths::STAFF_LEDGER);
        let (title, body) = if waiting.count == 0 {
            let title = td_string!(locale, ledger.nothing_waits).to_owned();
            (title, view! { <p><a class="btn" href=back>{td_string!(locale, ledger.to_ledger)}</a></p> }.into_any())
        } else {
            let title = td_string!(locale, ledger.question, tally = tally_text(locale, waiting));
            let body = view! {
                <p>{td_string!(locale, ledger.question_text)}</p>
                <form class="form" method="post" action=paths::API_LEDGER_APPROVE_ALL>
                    <ErrorSummary locale form=form labels=Vec::new()/>
                    <HiddenField name="place" value=place.address(paths::STAFF_LEDGER)/>
                    <HiddenField name="count" value=waiting.count.to_string()/>
                    <HiddenField name="amount" value=waiting.amount.to_string()/>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit">{td_string!(locale, ledger.question_yes)}</button>
                        <a class="btn btn-ghost" href=back>{td_string!(locale, ledger.question_no)}</a>
                    </div>
                </form>
            };
            (title, body.into_any())
        };
        Ok(Page::new(
            title.clone(),
            view! {
                {crumbs(locale)}
                <section class="card stack"><h1>{title}</h1>{body}</section>
            },
        ))
    })
}

fn crumbs(locale: Locale) -> AnyView {
    view! {
        <nav class="crumbs" aria-label=td_string!(locale, ledger.path)>
            <a href=paths::STAFF_LEDGER>{td_string!(locale, ledger.title)}</a>
        </nav>
    }
    .into_any()
}

/// The answer.
#[component]
pub fn ApprovalResultPage() -> impl IntoView {
    staff_page(StaffSection::Ledger, async |viewer, state| {
        let locale = state.locale;
        let back = LedgerPlace::read().address(paths::STAFF_LEDGER);
        let approval = match query_value::<FormStateId>(RESULT) {
            Some(id) => services()?.form_state_find::<Approval>(Some(&viewer), id).await?,
            None => None,
        };
        let title = td_string!(locale, ledger.result);
        let body = match approval {
            None => view! { <EmptyState title=td_string!(locale, ledger.result_gone) text=td_string!(locale, ledger.result_gone_text)/> }
                .into_any(),
            Some(approval) => result_view(locale, &approval),
        };
        Ok(Page::new(
            title,
            view! {
                {crumbs(locale)}
                <div class="page-head"><div><h1>{title}</h1></div></div>
                {body}
                <p><a class="btn" href=back>{td_string!(locale, ledger.to_ledger)}</a></p>
            },
        ))
    })
}

fn result_view(locale: Locale, approval: &Approval) -> AnyView {
    let rows: Vec<_> = approval.items.iter().map(|item| item_view(locale, item)).collect();
    let columns = vec![
        Column::text(td_string!(locale, ledger.column_number)),
        Column::text(td_string!(locale, ledger.column_partner)),
        Column::figure(td_string!(locale, ledger.column_amount)),
        Column::text(td_string!(locale, ledger.column_result)),
    ];
    let rest = approval.count() - i64::try_from(approval.items.len()).unwrap_or(i64::MAX);
    let rest = (rest > 0).then(|| {
        let text = td_string!(locale, ledger.result_rest, entries = super::words::entries_text(locale, rest));
        view! { <p class="muted">{text}</p> }
    });
    view! {
        <dl class="dl">
            <div><dt>{td_string!(locale, ledger.result_approved)}</dt><dd class="figures">{tally_text(locale, approval.approved)}</dd></div>
            <div><dt>{td_string!(locale, ledger.result_decided)}</dt><dd class="figures">{tally_text(locale, approval.decided)}</dd></div>
            <div><dt>{td_string!(locale, ledger.result_nothing)}</dt><dd class="figures">{tally_text(locale, approval.nothing)}</dd></div>
        </dl>
        <DataTable caption=td_string!(locale, ledger.result) columns>{rows}</DataTable>
        {rest}
    }
    .into_any()
}

fn item_view(locale: Locale, item: &ApprovalItem) -> AnyView {
    let (tone, icon, label) = match item.outcome {
        ApprovalOutcome::Approved => (Tone::Good, lucide::LuCheck, td_string!(locale, ledger.outcome_approved).to_owned()),
        ApprovalOutcome::Decided(state) => {
            (Tone::Warning, lucide::LuInfo, td_string!(locale, ledger.outcome_decided, state = state_name(locale, state, None)))
        }
        ApprovalOutcome::Nothing => (Tone::Neutral, lucide::LuMinus, td_string!(locale, ledger.outcome_nothing).to_owned()),
    };
    view! {
        <tr>
            <td class="data-table__main"><a class="figures" href=paths::staff_ledger_entry(item.entry_id)>{td_string!(locale, ledger.number, number = item.number)}</a></td>
            <td>{item.partner_name.clone()}</td>
            <td class="money"><MoneyText locale amount=item.amount/></td>
            <td><Status tone icon label/></td>
        </tr>
    }
    .into_any()
}
