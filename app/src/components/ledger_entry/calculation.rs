//! The figures behind an entry (`WHY-1`): base x rate, and where the base comes from.

use domain::accrual::{Explanation, MonthNet};
use leptos::prelude::*;
use service::ledger::Entry;

use super::words::{nothing_text, rate_text};
use crate::components::data_table::{Column, DataTable};
use crate::components::verdict::RuleLink;
use crate::format;
use crate::i18n::{Locale, td_string};

/// The figures behind an entry.
pub fn explanation_view(locale: Locale, entry: &Entry) -> AnyView {
    let nothing = entry.nothing.map(|nothing| view! { <p>{nothing_text(locale, nothing)}</p> });
    let formula = entry.rate.map(|rate| {
        let text = td_string!(
            locale,
            ledger.why.formula,
            base = format::money(locale, entry.base),
            rate = format::percent(locale, rate),
            amount = format::money(locale, entry.amount)
        );
        view! { <p class="figures">{text}</p> }
    });
    // Reversals and adjustments have a reason in place of figures.
    let figures = serde_json::from_value::<Explanation>(entry.explanation.clone()).ok().map(|figures| figures_view(locale, &figures));
    view! {
        <section class="card stack" aria-labelledby="why-title">
            <h2 class="card-title" id="why-title">{td_string!(locale, ledger.why.title)} " " <RuleLink locale rule=entry.rule/></h2>
            <dl class="dl">
                <div><dt>{td_string!(locale, ledger.column_base)}</dt><dd class="figures">{format::money(locale, entry.base)}</dd></div>
                <div><dt>{td_string!(locale, ledger.column_rate)}</dt><dd class="figures">{rate_text(locale, entry.rate)}</dd></div>
                <div><dt>{td_string!(locale, ledger.column_amount)}</dt><dd class="figures">{format::money(locale, entry.amount)}</dd></div>
            </dl>
            {formula}
            {nothing}
            {figures}
        </section>
    }
    .into_any()
}

fn figures_view(locale: Locale, figures: &Explanation) -> AnyView {
    match figures {
        Explanation::Reward { model, rate, base, amount, once } => {
            let text = td_string!(
                locale,
                ledger.why.reward,
                model = format::model(locale, *model),
                rate = format::percent(locale, *rate),
                base = format::money(locale, *base),
                amount = format::money(locale, *amount)
            );
            let once =
                (!once.is_zero()).then(|| view! { <p>{td_string!(locale, ledger.why.once, amount = format::money(locale, *once))}</p> });
            view! { <p>{text}</p>{once} }.into_any()
        }
        Explanation::HalfYear { months } => months_view(locale, td_string!(locale, ledger.why.months), months),
        Explanation::Growth { this, previous, months, previous_months } => {
            let text = if let Some(previous) = previous {
                td_string!(
                    locale,
                    ledger.why.growth,
                    this = format::money(locale, *this),
                    previous = format::money(locale, *previous),
                    growth = format::money(locale, *this - *previous)
                )
            } else {
                td_string!(locale, ledger.why.growth_first, this = format::money(locale, *this))
            };
            view! {
                <p>{text}</p>
                {months_view(locale, td_string!(locale, ledger.why.months), months)}
                {months_view(locale, td_string!(locale, ledger.why.previous_months), previous_months)}
            }
            .into_any()
        }
        Explanation::ClientMonth { gross, net } => {
            let text =
                td_string!(locale, ledger.why.client_month, gross = format::money(locale, *gross), net = format::money(locale, *net));
            view! { <p>{text}</p> }.into_any()
        }
    }
}

fn months_view(locale: Locale, caption: &'static str, months: &[MonthNet]) -> AnyView {
    if months.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = months
        .iter()
        .map(|month| {
            let counts = if month.counts { td_string!(locale, ledger.why.counts) } else { td_string!(locale, ledger.why.counts_not) };
            view! {
                <tr>
                    <td class="data-table__main">{format::month(locale, month.month)}</td>
                    <td>{format::model(locale, month.model)}</td>
                    <td class="money">{format::money(locale, month.net)}</td>
                    <td>{counts}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, ledger.why.column_month)),
        Column::text(td_string!(locale, ledger.why.column_model)),
        Column::figure(td_string!(locale, ledger.why.column_net)),
        Column::text(td_string!(locale, ledger.why.column_counts)),
    ];
    view! { <h3>{caption}</h3><DataTable caption columns>{rows}</DataTable> }.into_any()
}
