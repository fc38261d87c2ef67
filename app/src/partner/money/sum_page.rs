//! `/partner/money/rows/{rule}/{period}` and `/partner/money/saved/{month}`: the rows behind a sum that stands in no entry: what open
//! periods would bring, and what the rate took off (`WHY-1`).

use domain::accrual::SumOfRows;
use domain::calendar::{Month, Period};
use domain::rule::Rule;
use leptos::prelude::*;
use service::partner_money::{SumAhead, SumPage};

use crate::components::date::DataAsOf;
use crate::components::ledger_entry::calculation::formula;
use crate::components::ledger_entry::rows::{RowsSection, rows_place};
use crate::components::ledger_entry::rule_name;
use crate::components::money::MoneyText;
use crate::components::verdict::RuleLink;
use crate::context::{path_value, services};
use crate::error::AppError;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// What a rule would bring for an open period.
#[component]
pub fn ProjectedSumPage() -> impl IntoView {
    let rule = path_value::<Rule>("rule");
    let period = path_value::<Period>("period");
    sum_page(rule.and_then(|rule| Ok(SumOfRows::Base(rule, period?))))
}

/// What the rate took off the invoices of a month.
#[component]
pub fn SavedSumPage() -> impl IntoView {
    sum_page(path_value::<Month>("month").map(SumOfRows::Saved))
}

fn sum_page(sum: Result<SumOfRows, AppError>) -> impl IntoView {
    partner_page(PartnerSection::Money, async move |partner, state| {
        let (sum, place) = (sum?, rows_place());
        let page = services()?.money_sum_page(&partner.viewer, sum, &place).await?;
        let locale = state.locale;
        let title = title(locale, &page);
        let projected = matches!(page.sum, SumAhead::Projected(_));
        let (amount, rule, text) = match &page.sum {
            SumAhead::Projected(accrual) => {
                let date = format::date_long(locale, accrual.accrued_on);
                (accrual.amount, accrual.rule, td_string!(locale, money.sum.projected_note, date = date))
            }
            SumAhead::Saved(saved) => {
                let (model, gross) = (format::model(locale, saved.model), format::money(locale, saved.gross));
                (saved.saved, Rule::Rate4, td_string!(locale, money.sum.saved_note, model = model, gross = gross))
            }
        };
        let calculation = match &page.sum {
            SumAhead::Projected(accrual) => Some(view! { <p class="figures"><strong id="formula">{formula(locale, accrual)}</strong></p> }),
            SumAhead::Saved(_) => None,
        };
        Ok(Page::new(
            title.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, money.crumbs)>
                    <a href=paths::PARTNER_MONEY>{td_string!(locale, money.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p class="stat__value"><MoneyText locale amount/></p>
                        <DataAsOf locale at=page.data_as_of/>
                    </div>
                </div>
                <section class="card stack">
                    {calculation}
                    <p>{text} " " <RuleLink locale rule/></p>
                </section>
                <RowsSection locale address=paths::partner_money_sum(sum) rows=page.rows services=page.services place projected/>
            },
        ))
    })
}

fn title(locale: Locale, page: &SumPage) -> String {
    match &page.sum {
        SumAhead::Projected(accrual) => {
            let (what, period) = (rule_name(locale, accrual.rule), format::period(locale, accrual.period));
            td_string!(locale, money.sum.projected_title, what = what, period = period)
        }
        SumAhead::Saved(saved) => td_string!(locale, money.sum.saved_title, month = format::month(locale, saved.month)),
    }
}
