//! `/staff/settlements/new?settlement=bank`: what a run would hold, and what stays out and why.

use domain::accrual::Settlement;
use domain::ledger::{LeftOut, Unpayable};
use leptos::prelude::*;
use service::settlements::{PreviewLine, RunPreview};

use super::runs_page::run_name;
use crate::components::data_table::{Column, DataTable};
use crate::components::empty_state::EmptyState;
use crate::components::money::MoneyText;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::context::{form_state, query_value, services};
use crate::error::AppError;
use crate::form::{ErrorSummary, HiddenField, IdempotencyKey, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::ledger::words::tally_text;

/// The preview.
#[component]
pub fn RunPreviewPage() -> impl IntoView {
    let settlement = query_value::<Settlement>("settlement");
    staff_page(StaffSection::Settlements, async move |viewer, state| {
        let locale = state.locale;
        let preview = services()?.settlement_preview(&viewer, settlement.ok_or(AppError::NotFound)?).await?;
        let form = form_state().await?;
        let title = run_name(locale, preview.settlement);
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, ledger.path)>
                    <a href=paths::STAFF_SETTLEMENTS>{td_string!(locale, ledger.runs.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, ledger.runs.preview_lead)}</p></div></div>
                <ErrorSummary locale form=form labels=Vec::new()/>
                {taken_view(locale, &preview)}
                {left_view(locale, &preview)}
            },
        ))
    })
}

fn row_view(locale: Locale, line: &PreviewLine, why: Option<LeftOut>) -> AnyView {
    // Where the account is what is missing, the way leads to it.
    let (address, why) = match why {
        Some(LeftOut::Unpayable(Unpayable::NoAccount)) => {
            (paths::staff_bank_account(line.partner_id), Some(td_string!(locale, ledger.runs.no_account)))
        }
        Some(LeftOut::Unpayable(Unpayable::Name)) => {
            (paths::staff_partner(line.partner_id), Some(td_string!(locale, ledger.runs.name_not_for_bank)))
        }
        Some(LeftOut::CarriedOver) => (paths::staff_partner(line.partner_id), Some(td_string!(locale, ledger.runs.carried_over))),
        None => (paths::staff_partner(line.partner_id), None),
    };
    view! {
        <tr>
            <td class="data-table__main"><a href=address>{line.partner_name.clone()}</a></td>
            <td class="figures">{line.partner_code.clone()}</td>
            <td class="money">{format::number(locale, i64::try_from(line.entry_count).unwrap_or(i64::MAX))}</td>
            <td class="money"><MoneyText locale amount=line.amount/></td>
            {why.map(|why| view! { <td>{why}</td> })}
        </tr>
    }
    .into_any()
}

fn columns(locale: Locale) -> Vec<Column> {
    vec![
        Column::text(td_string!(locale, ledger.column_partner)),
        Column::text(td_string!(locale, ledger.column_code)),
        Column::figure(td_string!(locale, ledger.column_count)),
        Column::figure(td_string!(locale, ledger.column_amount)),
    ]
}

fn taken_view(locale: Locale, preview: &RunPreview) -> AnyView {
    if preview.taken.is_empty() {
        let (title, text) = (td_string!(locale, ledger.runs.nothing_title), td_string!(locale, ledger.runs.nothing_text));
        return view! { <EmptyState title text/> }.into_any();
    }
    let rows: Vec<_> = preview.taken.iter().map(|line| row_view(locale, line, None)).collect();
    let second = preview.needs_second_person().then(|| {
        let text = td_string!(locale, ledger.runs.second_person, sum = format::money(locale, preview.second_person_above));
        view! { <NoticeView tone=Tone::Neutral text/> }
    });
    let make = if preview.payer_is_known {
        view! {
            <form class="form" method="post" action=paths::API_SETTLEMENT_MAKE>
                <HiddenField name="settlement" value=preview.settlement.as_str()/>
                <HiddenField name="count" value=preview.total.count.to_string()/>
                <HiddenField name="amount" value=preview.total.amount.to_string()/>
                <IdempotencyKey key=preview.key/>
                <div class="actions">
                    <SubmitButton label=td_string!(locale, ledger.runs.make, tally = tally_text(locale, preview.total))/>
                </div>
            </form>
        }
        .into_any()
    } else {
        view! { <NoticeView tone=Tone::Warning text=td_string!(locale, ledger.runs.payer_unknown).to_owned()/> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="taken-title">
            <h2 id="taken-title">{td_string!(locale, ledger.runs.taken)}</h2>
            <DataTable caption=td_string!(locale, ledger.runs.taken) columns=columns(locale)>{rows}</DataTable>
            <p><strong>{td_string!(locale, ledger.runs.total)} ": " {tally_text(locale, preview.total)}</strong></p>
            {second}
            {make}
        </section>
    }
    .into_any()
}

fn left_view(locale: Locale, preview: &RunPreview) -> AnyView {
    if preview.left.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = preview.left.iter().map(|(line, why)| row_view(locale, line, Some(*why))).collect();
    let mut columns = columns(locale);
    columns.push(Column::text(td_string!(locale, ledger.runs.column_why)));
    view! {
        <section class="stack" aria-labelledby="left-title">
            <h2 id="left-title">{td_string!(locale, ledger.runs.left)}</h2>
            <DataTable caption=td_string!(locale, ledger.runs.left) columns>{rows}</DataTable>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::ids::PartnerId;
    use domain::money::Money;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_a_partner_without_an_account_leads_to_the_account() {
        let line = PreviewLine {
            partner_id: PartnerId(Uuid::nil()),
            partner_name: "ООО «Север»".to_owned(),
            partner_code: "P-0001".to_owned(),
            entry_count: 1,
            amount: Money::roubles(-5),
        };
        let row = |why| Owner::new().with(|| row_view(Locale::ru, &line, why).to_html());
        let account = paths::staff_bank_account(line.partner_id);
        assert!(row(Some(LeftOut::Unpayable(Unpayable::NoAccount))).contains(&account));
        assert!(!row(Some(LeftOut::CarriedOver)).contains(&account) && !row(None).contains(&account));
    }
}
