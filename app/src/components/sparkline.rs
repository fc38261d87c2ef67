//! A trend in a table's cell: columns without axes, and the same figures in words.

use domain::calendar::Month;
use domain::money::Money;
use leptos::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use crate::format;
use crate::i18n::{Locale, td_string};

/// Width of a month and height of the drawing, pixels.
const STEP: f64 = 14.0;
const HEIGHT: f64 = 28.0;

/// Revenue by month as small columns; the minimum tells the full ones from the pale ones. Read aloud, it is a list of figures.
#[component]
pub fn Sparkline(
    /// The language.
    locale: Locale,
    /// Revenue by month, in order; none where nothing is loaded.
    months: Vec<(Month, Option<Money>)>,
    /// What each month must reach.
    minimum: Money,
) -> impl IntoView {
    let figure = |amount: Money| amount.decimal().to_f64().unwrap_or(0.0);
    let highest = months.iter().filter_map(|(_, revenue)| *revenue).map(figure).fold(1.0_f64, f64::max);
    let said: Vec<String> = months
        .iter()
        .map(|(month, revenue)| {
            let amount =
                revenue.map_or_else(|| td_string!(locale, level.months.not_loaded).to_owned(), |amount| format::money(locale, amount));
            format!("{}: {amount}", format::month(locale, *month))
        })
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a handful of months")]
    let width = STEP * months.len() as f64;
    let mut left = -STEP;
    let columns: Vec<_> = months
        .iter()
        .map(|(_, revenue)| {
            left += STEP;
            let amount = revenue.unwrap_or_default();
            // A month without revenue keeps a foot, so that the months can be counted.
            let height = (figure(amount).max(0.0) / highest * HEIGHT * 10.0).round().max(15.0) / 10.0;
            let class = if amount >= minimum { "chart__bar" } else { "chart__bar chart__bar--below" };
            view! { <rect class=class x=left + 2.0 y=HEIGHT - height width=STEP - 4.0 height=height></rect> }
        })
        .collect();
    view! {
        <svg class="chart" width=width height=HEIGHT role="img" aria-label=said.join(", ")>
            {columns}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_reads_as_figures_and_tells_months_without_data() {
        let october = Month::new(2026, 10).expect("a month");
        let months = vec![(october, Some(Money::roubles(12_000))), (october.next(), None)];
        let html = Owner::new().with(|| view! { <Sparkline locale=Locale::ru months minimum=Money::roubles(30_000)/> }.to_html());
        assert!(html.contains("октябрь\u{a0}2026: 12\u{a0}000\u{a0}₽"), "{html}");
        assert_eq!(html.matches("<rect").count(), 2, "{html}");
        assert!(!html.contains("NaN"), "{html}");
    }
}
