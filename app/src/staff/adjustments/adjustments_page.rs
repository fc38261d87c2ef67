//! `/staff/adjustments`: adjustments that wait for a second person, the decided ones, and a form for another.

use domain::accrual::Settlement;
use domain::ledger::AdjustmentState;
use leptos::prelude::*;
use service::Viewer;
use service::adjustments::{Adjustment, AdjustmentsPage as Loaded};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::InstantText;
use crate::components::empty_state::EmptyState;
use crate::components::icon::lucide;
use crate::components::ledger_entry::settlement_name;
use crate::components::money::MoneyText;
use crate::components::status::{Status, Tone};
use crate::context::{form_state, query, services};
use crate::form::{Choice, Control, ErrorSummary, Field, FormState, HiddenField, IdempotencyKey, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::ledger::reason_fields::ReasonFields;
use crate::staff::ledger::words::reason_name;

/// The adjustments.
#[component]
pub fn AdjustmentsPage() -> impl IntoView {
    staff_page(StaffSection::Adjustments, async |viewer, state| {
        let locale = state.locale;
        let loaded = services()?.adjustments_page(&viewer).await?;
        let form = form_state().await?;
        let title = td_string!(locale, ledger.adjustments.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, ledger.adjustments.lead)}</p></div></div>
                {propose_view(locale, &loaded, &form)}
                {list_view(locale, &viewer, &loaded)}
            },
        ))
    })
}

fn propose_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    let labels = vec![
        ("partner", td_string!(locale, ledger.adjustments.partner).to_owned()),
        ("amount", td_string!(locale, ledger.adjustments.amount).to_owned()),
        ("settlement", td_string!(locale, ledger.column_settlement).to_owned()),
        ("reason", td_string!(locale, ledger.entry.reason).to_owned()),
        ("text", td_string!(locale, ledger.entry.reason_text).to_owned()),
    ];
    let forms =
        Settlement::ALL.map(|form| Choice::new(form.as_str(), format::sentence_start(settlement_name(locale, form).to_owned()))).into();
    let named = query("partner");
    let is_open = form.has_problems() || named.is_some();
    view! {
        <div class="card"><details class="disclosure" open=is_open>
            <summary>{td_string!(locale, ledger.adjustments.propose)}</summary>
            <form class="form" method="post" action=paths::API_ADJUSTMENT_PROPOSE>
                <ErrorSummary locale form=form.clone() labels/>
                <IdempotencyKey key=loaded.key/>
                <Field
                    locale
                    field=form.field("partner").or_value(named.unwrap_or_default())
                    label=td_string!(locale, ledger.adjustments.partner)
                    hint=td_string!(locale, ledger.adjustments.partner_hint).to_owned()
                    control=Control::Text
                />
                <Field
                    locale
                    field=form.field("amount")
                    label=td_string!(locale, ledger.adjustments.amount)
                    hint=td_string!(locale, ledger.adjustments.amount_hint).to_owned()
                    control=Control::Text
                />
                <Field locale field=form.field("settlement") label=td_string!(locale, ledger.column_settlement) control=Control::Radio(forms)/>
                <ReasonFields locale form=form.clone()/>
                <div class="actions"><SubmitButton label=td_string!(locale, ledger.adjustments.submit)/></div>
            </form>
        </details></div>
    }
    .into_any()
}

fn list_view(locale: Locale, viewer: &Viewer, loaded: &Loaded) -> AnyView {
    if loaded.adjustments.is_empty() {
        let (title, text) = (td_string!(locale, ledger.adjustments.empty_title), td_string!(locale, ledger.adjustments.empty_text));
        return view! { <EmptyState title text/> }.into_any();
    }
    let rows: Vec<_> = loaded.adjustments.iter().map(|adjustment| row_view(locale, viewer, loaded.may_decide, adjustment)).collect();
    let columns = vec![
        Column::text(td_string!(locale, ledger.column_partner)),
        Column::figure(td_string!(locale, ledger.column_amount)),
        Column::text(td_string!(locale, ledger.column_settlement)),
        Column::text(td_string!(locale, ledger.entry.reason)),
        Column::text(td_string!(locale, ledger.adjustments.proposed)),
        Column::text(td_string!(locale, ledger.column_state)),
    ];
    view! {
        <section class="stack" aria-labelledby="list-title">
            <h2 id="list-title">{td_string!(locale, ledger.adjustments.list)}</h2>
            <DataTable caption=td_string!(locale, ledger.adjustments.list) columns>{rows}</DataTable>
        </section>
    }
    .into_any()
}

fn row_view(locale: Locale, viewer: &Viewer, may_decide: bool, adjustment: &Adjustment) -> AnyView {
    let person = |name: &Option<String>| name.clone().unwrap_or_else(|| td_string!(locale, ledger.by_command).to_owned());
    view! {
        <tr>
            <td class="data-table__main"><a href=paths::staff_partner(adjustment.partner_id)>{adjustment.partner_name.clone()}</a></td>
            <td class="money"><MoneyText locale amount=adjustment.amount/></td>
            <td>{settlement_name(locale, adjustment.settlement)}</td>
            <td>{reason_name(locale, adjustment.reason)}<span class="muted small block">{adjustment.text.clone()}</span></td>
            <td><InstantText locale at=adjustment.proposed_at/><span class="muted small block">{person(&adjustment.proposed_by_name)}</span></td>
            <td>{state_view(locale, viewer, may_decide, adjustment)}</td>
        </tr>
    }
    .into_any()
}

fn state_view(locale: Locale, viewer: &Viewer, may_decide: bool, adjustment: &Adjustment) -> AnyView {
    let (tone, icon, label) = match adjustment.state {
        AdjustmentState::Proposed => (Tone::Waiting, lucide::LuHourglass, td_string!(locale, ledger.adjustments.state.proposed)),
        AdjustmentState::Accepted => (Tone::Good, lucide::LuCheck, td_string!(locale, ledger.adjustments.state.accepted)),
        AdjustmentState::Declined => (Tone::Bad, lucide::LuX, td_string!(locale, ledger.adjustments.state.declined)),
    };
    let next = match (adjustment.state, adjustment.entry_id) {
        (_, Some(entry)) => {
            view! { <a class="small block" href=paths::staff_ledger_entry(entry)>{td_string!(locale, ledger.adjustments.entry)}</a> }
                .into_any()
        }
        (AdjustmentState::Proposed, None) if may_decide && adjustment.proposed_by != viewer.user_id => {
            let name = |act: &'static str| format!("{act}: {}", adjustment.partner_name);
            let (accept, decline) = (td_string!(locale, ledger.adjustments.accept), td_string!(locale, ledger.adjustments.decline));
            view! {
                <form class="row" method="post" action=paths::API_ADJUSTMENT_DECIDE>
                    <HiddenField name="adjustment" value=adjustment.id.to_string()/>
                    <button class="btn btn-sm btn-primary" type="submit" name="decision" value="accept" aria-label=name(accept)>{accept}</button>
                    <button class="btn btn-sm" type="submit" name="decision" value="decline" aria-label=name(decline)>{decline}</button>
                </form>
            }
            .into_any()
        }
        (AdjustmentState::Proposed, None) => {
            view! { <span class="muted small block">{td_string!(locale, ledger.adjustments.second_person)}</span> }.into_any()
        }
        (_, None) => ().into_any(),
    };
    view! { <Status tone icon label/> {next} }.into_any()
}
