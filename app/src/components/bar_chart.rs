//! Revenue by month against the minimum: columns and a line, drawn on the server, with the same figures as a table.

use domain::calendar::Month;
use domain::money::Money;
use leptos::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::MonthText;
use crate::components::money::MoneyText;
use crate::format;
use crate::i18n::{Locale, td_string};

/// Height of the drawing and of the columns in it; the rest holds the names of the months.
const HEIGHT: f64 = 220.0;
const COLUMN_HEIGHT: f64 = 196.0;

/// Columns of revenue, the minimum as a line, and the figures as a table under "показать числами".
#[component]
pub fn BarChart(
    /// The language.
    locale: Locale,
    /// What is shown.
    #[prop(into)]
    label: String,
    /// Revenue by month, in order.
    months: Vec<(Month, Money)>,
    /// What each month must reach.
    minimum: Money,
) -> impl IntoView {
    let highest = months.iter().map(|(_, revenue)| *revenue).chain([minimum]).max().unwrap_or(Money::ZERO);
    let scale = |amount: Money| {
        let share = amount.decimal().to_f64().unwrap_or(0.0) / highest.decimal().to_f64().filter(|top| *top > 0.0).unwrap_or(1.0);
        (share.clamp(0.0, 1.0) * COLUMN_HEIGHT * 10.0).round() / 10.0
    };
    // Across, everything is in per cent: text keeps its size on a phone.
    #[expect(clippy::cast_precision_loss, reason = "a handful of months")]
    let step = 100.0 / months.len().max(1) as f64;
    #[expect(clippy::cast_precision_loss, reason = "a handful of months")]
    let left = |at: usize| step * at as f64;
    let line = COLUMN_HEIGHT - scale(minimum);
    let reached = months.iter().filter(|(_, revenue)| *revenue >= minimum).count();
    let summary = td_string!(
        locale,
        common.chart.summary,
        label = label.clone(),
        total = months.len(),
        minimum = format::money(locale, minimum),
        reached = reached
    );
    let columns: Vec<_> = months
        .iter()
        .enumerate()
        .map(|(at, (month, revenue))| {
            let height = scale(*revenue);
            let class = if *revenue >= minimum { "chart__bar" } else { "chart__bar chart__bar--below" };
            // On a phone there is room for every third name.
            let label = if (months.len() - 1 - at).is_multiple_of(3) { "chart__label" } else { "chart__label chart__label--minor" };
            view! {
                <rect
                    class=class
                    x=format!("{:.2}%", left(at) + step * 0.15)
                    width=format!("{:.2}%", step * 0.7)
                    y=COLUMN_HEIGHT - height
                    height=height
                ></rect>
                <text class=label x=format!("{:.2}%", left(at) + step / 2.0) y=HEIGHT - 6.0 text-anchor="middle">
                    {format::month_short(locale, *month)}
                </text>
            }
        })
        .collect();
    let rows: Vec<_> = months
        .iter()
        .map(|(month, revenue)| {
            let said = if *revenue >= minimum { td_string!(locale, common.chart.reached) } else { td_string!(locale, common.chart.missed) };
            view! {
                <tr>
                    <td><MonthText locale month=*month/></td>
                    <td class="money"><MoneyText locale amount=*revenue/></td>
                    <td>{said}</td>
                </tr>
            }
        })
        .collect();
    let heads = vec![
        Column::text(td_string!(locale, common.chart.column_month)),
        Column::figure(td_string!(locale, common.chart.column_value)),
        Column::text(td_string!(locale, common.chart.line)),
    ];
    view! {
        <figure>
            <svg class="chart" width="100%" height=HEIGHT role="img" aria-label=summary>
                {columns}
                <line class="chart__limit" x1="0" x2="100%" y1=line y2=line></line>
            </svg>
            <figcaption>
                <ul class="legend">
                    <li><i class="legend__key legend__key--limit"></i>{td_string!(locale, common.chart.line)} ": " <MoneyText locale amount=minimum/></li>
                </ul>
            </figcaption>
            <details class="disclosure">
                <summary>{td_string!(locale, common.show_figures)}</summary>
                <DataTable caption=label columns=heads>{rows}</DataTable>
            </details>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_name_a_table_and_no_inline_style() {
        let october = Month::new(2026, 10).expect("a month");
        let months = vec![(october, Money::kopecks(2_134_000)), (october.next(), Money::roubles(30_000))];
        let html =
            Owner::new().with(|| view! { <BarChart locale=Locale::ru label="Выручка" months minimum=Money::roubles(30_000)/> }.to_html());
        assert!(html.contains(r#"role="img""#) && html.contains("Выручка: месяцев 2"), "{html}");
        assert!(html.contains("21\u{a0}340\u{a0}₽") && html.contains("ниже минимума") && html.contains("минимум достигнут"), "{html}");
        assert!(!html.contains("style=") && !html.contains("NaN"), "{html}");
    }

    #[test]
    fn a_chart_without_any_revenue_can_be_drawn() {
        let october = Month::new(2026, 10).expect("a month");
        let html = Owner::new().with(|| {
            view! { <BarChart locale=Locale::en label="Revenue" months=vec![(october, Money::ZERO)] minimum=Money::ZERO/> }.to_html()
        });
        assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
    }
}
