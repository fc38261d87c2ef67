//! A running period against the one before: pairs of columns drawn on the server, with the same figures as a table.

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
const HEIGHT: f64 = 200.0;
const COLUMN_HEIGHT: f64 = 176.0;

/// How a month of the running period stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthMark {
    /// Closed: its figure stays.
    Closed,
    /// Not closed: a projection.
    Open,
    /// Its model does not have what the chart is about.
    NotCounted,
}

/// A month of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodMonth {
    /// The month.
    pub month: Month,
    /// Its figure, RUB.
    pub amount: Money,
    /// How it stands.
    pub mark: MonthMark,
}

/// Columns of a running period beside those of the period before, and the figures as a table under "показать числами".
#[component]
pub fn PeriodChart(
    /// The language.
    locale: Locale,
    /// What is shown.
    #[prop(into)]
    label: String,
    /// All months of the running period, in order.
    all: Vec<Month>,
    /// Its months that have begun.
    months: Vec<PeriodMonth>,
    /// Months of the period before.
    previous: Vec<PeriodMonth>,
) -> impl IntoView {
    let length = i32::try_from(all.len()).unwrap_or(i32::MAX);
    let pairs: Vec<(Month, Option<PeriodMonth>, Option<PeriodMonth>)> = all
        .iter()
        .map(|month| {
            let find = |months: &[PeriodMonth], wanted: Month| months.iter().find(|known| known.month == wanted).copied();
            (*month, find(&months, *month), find(&previous, month.plus(-length)))
        })
        .collect();
    let highest = months.iter().chain(&previous).map(|month| month.amount).max().unwrap_or(Money::ZERO);
    let top = highest.decimal().to_f64().filter(|top| *top > 0.0).unwrap_or(1.0);
    let scale = |amount: Money| {
        let share = amount.decimal().to_f64().unwrap_or(0.0) / top;
        (share.clamp(0.0, 1.0) * COLUMN_HEIGHT * 10.0).round() / 10.0
    };
    // Across, everything is in per cent: text keeps its size on a phone.
    #[expect(clippy::cast_precision_loss, reason = "six months at most")]
    let step = 100.0 / pairs.len().max(1) as f64;
    #[expect(clippy::cast_precision_loss, reason = "six months at most")]
    let left = |at: usize| step * at as f64;
    let bar = |class: &'static str, x: f64, amount: Money| {
        let height = scale(amount);
        let (x, width) = (format!("{x:.2}%"), format!("{:.2}%", step * 0.34));
        view! { <rect class=class x=x width=width y=COLUMN_HEIGHT - height height=height></rect> }
    };
    let columns: Vec<_> = pairs
        .iter()
        .enumerate()
        .map(|(at, (month, this, before))| {
            let before = before.map(|before| bar("chart__bar chart__bar--below", left(at) + step * 0.14, before.amount));
            let this = this.map(|this| {
                let class = if this.mark == MonthMark::Open { "chart__bar chart__bar--now" } else { "chart__bar" };
                bar(class, left(at) + step * 0.52, this.amount)
            });
            view! {
                {before}
                {this}
                <text class="chart__label" x=format!("{:.2}%", left(at) + step / 2.0) y=HEIGHT - 6.0 text-anchor="middle">
                    {format::month_short(locale, *month)}
                </text>
            }
        })
        .collect();
    let sum = |months: &[PeriodMonth]| format::money(locale, months.iter().map(|month| month.amount).sum());
    let summary = td_string!(
        locale,
        money.chart.summary,
        label = label.clone(),
        this = sum(&months),
        months = months.len(),
        previous = sum(&previous)
    );
    let rows: Vec<_> = pairs.iter().map(|(month, this, before)| pair_row(locale, *month, *this, *before)).collect();
    let heads = vec![
        Column::text(td_string!(locale, money.chart.month)),
        Column::figure(td_string!(locale, money.chart.this)),
        Column::text(td_string!(locale, money.chart.state)),
        Column::figure(td_string!(locale, money.chart.previous)),
    ];
    let open = months.iter().any(|month| month.mark == MonthMark::Open);
    let open = open.then(|| view! { <li><i class="legend__key legend__key--open"></i>{td_string!(locale, money.chart.open)}</li> });
    view! {
        <figure>
            <svg class="chart" width="100%" height=HEIGHT role="img" aria-label=summary>
                {columns}
            </svg>
            <figcaption>
                <ul class="legend">
                    <li><i class="legend__key legend__key--used"></i>{td_string!(locale, money.chart.this)}</li>
                    {open}
                    <li><i class="legend__key legend__key--before"></i>{td_string!(locale, money.chart.previous)}</li>
                </ul>
            </figcaption>
            <details class="disclosure">
                <summary>{td_string!(locale, common.show_figures)}</summary>
                <DataTable caption=label columns=heads>{rows}</DataTable>
            </details>
        </figure>
    }
}

fn pair_row(locale: Locale, month: Month, this: Option<PeriodMonth>, before: Option<PeriodMonth>) -> impl IntoView {
    let mark = match this.map(|this| this.mark) {
        None => td_string!(locale, money.chart.not_yet),
        Some(MonthMark::Closed) => td_string!(locale, money.chart.closed),
        Some(MonthMark::Open) => td_string!(locale, money.chart.open_mark),
        Some(MonthMark::NotCounted) => td_string!(locale, money.chart.not_counted),
    };
    let amount = |month: Option<PeriodMonth>| month.map(|month| view! { <MoneyText locale amount=month.amount/> });
    view! {
        <tr>
            <th scope="row"><MonthText locale month/></th>
            <td class="money">{amount(this)}</td>
            <td>{mark}</td>
            <td class="money">{amount(before)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_marks_what_is_open_and_has_a_table() {
        let july = Month::new(2026, 7).expect("a month");
        let one = |month, roubles, mark| PeriodMonth { month, amount: Money::roubles(roubles), mark };
        let all: Vec<Month> = july.through(july.plus(2)).collect();
        let html = Owner::new().with(|| {
            view! {
                <PeriodChart
                    locale=Locale::ru
                    label="KVM"
                    all
                    months=vec![one(july, 100, MonthMark::Closed), one(july.next(), 50, MonthMark::Open)]
                    previous=vec![one(july.plus(-3), 70, MonthMark::Closed)]
                />
            }
            .to_html()
        });
        assert!(html.contains(r#"role="img""#) && html.contains("150\u{a0}₽"), "{html}");
        assert!(html.contains("chart__bar--now") && html.contains("прогноз") && html.contains("ещё не наступил"), "{html}");
        assert!(!html.contains("style=") && !html.contains("NaN"), "{html}");
    }
}
