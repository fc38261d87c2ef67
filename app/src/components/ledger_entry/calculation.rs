//! How an amount came about (`WHY-1`): base and rate, and where the base comes from. The one place that multiplies on a page.

use domain::accrual::{Accrual, Explanation, MonthNet, Nothing};
use domain::ledger::EntryKind;
use domain::money::Money;
use leptos::prelude::*;
use rust_decimal::Decimal;
use service::ledger::Entry;

use super::{explanation_of, why_nothing};
use crate::components::data_table::{Column, DataTable};
use crate::components::date::MonthText;
use crate::components::money::MoneyText;
use crate::components::verdict::RuleLink;
use crate::format;
use crate::i18n::{Locale, td_string};

/// What an amount was made of.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    kind: EntryKind,
    base: Money,
    rate: Option<Decimal>,
    amount: Money,
    nothing: Option<Nothing>,
}

impl From<&Entry> for Figures {
    fn from(entry: &Entry) -> Self {
        Self { kind: entry.kind, base: entry.base, rate: entry.rate, amount: entry.amount, nothing: entry.nothing }
    }
}

impl From<&Accrual> for Figures {
    fn from(accrual: &Accrual) -> Self {
        Self { kind: EntryKind::Accrual, base: accrual.base, rate: accrual.rate, amount: accrual.amount, nothing: accrual.nothing }
    }
}

impl Figures {
    /// Whether the amount is the rounded product. A sum of rounded rows may miss it by kopecks (`RATE-4`).
    fn is_product(&self, rate: Decimal) -> bool {
        self.base.times(rate) == self.amount
    }
}

/// Base and rate beside an amount in a table: `116 800,04 ₽ × 10 %`. A correction says what its base changes by; what was written by
/// hand, and what is no money, has no calculation.
pub fn calculation(locale: Locale, figures: impl Into<Figures>) -> Option<String> {
    let figures = figures.into();
    if figures.nothing.is_some() {
        return None;
    }
    let base = format::money(locale, figures.base);
    match (figures.kind, figures.rate) {
        (EntryKind::Accrual, Some(rate)) => {
            let words = format::percent(locale, rate);
            Some(if figures.is_product(rate) {
                td_string!(locale, ledger_entry.calculation.product, base = base, rate = words)
            } else {
                td_string!(locale, ledger_entry.calculation.about, base = base, rate = words)
            })
        }
        (EntryKind::Accrual, None) => Some(td_string!(locale, ledger_entry.calculation.several_rates, base = base)),
        (EntryKind::Correction, _) if figures.base.is_zero() => Some(td_string!(locale, ledger_entry.calculation.base_same).to_owned()),
        (EntryKind::Correction, _) => {
            let change = format::signed_money(locale, figures.base);
            Some(td_string!(locale, ledger_entry.calculation.base_change, change = change))
        }
        (EntryKind::Adjustment | EntryKind::Reversal, _) => None,
    }
}

/// Base, rate and amount in one line: `116 800,04 ₽ × 10 % = 11 680 ₽`, with `≈` where rows were rounded one by one.
pub fn formula(locale: Locale, figures: impl Into<Figures>) -> String {
    let figures = figures.into();
    let (base, amount) = (format::money(locale, figures.base), format::money(locale, figures.amount));
    match (figures.kind, figures.rate, figures.nothing) {
        (EntryKind::Accrual, Some(rate), None) => {
            let words = format::percent(locale, rate);
            if figures.is_product(rate) {
                td_string!(locale, ledger_entry.calculation.formula, base = base, rate = words, amount = amount)
            } else {
                td_string!(locale, ledger_entry.calculation.formula_about, base = base, rate = words, amount = amount)
            }
        }
        (EntryKind::Accrual, None, None) => td_string!(locale, ledger_entry.calculation.formula_rates, base = base, amount = amount),
        _ => td_string!(locale, ledger_entry.calculation.formula_plain, amount = amount),
    }
}

/// What is to be known beside the formula of an entry.
fn note(locale: Locale, entry: &Entry, is_explained: bool) -> Option<String> {
    match entry.kind {
        EntryKind::Accrual => {
            let is_about = entry.nothing.is_none() && entry.rate.is_some_and(|rate| !Figures::from(entry).is_product(rate));
            is_about.then(|| td_string!(locale, ledger_entry.calculation.formula_about_why).to_owned())
        }
        EntryKind::Correction => {
            let (base, amount) = (format::signed_money(locale, entry.base), format::signed_money(locale, entry.amount));
            Some(if is_explained {
                td_string!(locale, ledger_entry.calculation.correction, base = base, amount = amount)
            } else {
                td_string!(locale, ledger_entry.calculation.correction_none, base = base, amount = amount)
            })
        }
        EntryKind::Adjustment => Some(td_string!(locale, ledger_entry.calculation.adjustment).to_owned()),
        EntryKind::Reversal => Some(td_string!(locale, ledger_entry.calculation.reversal).to_owned()),
    }
}

/// How the amount of an entry came about, as a card.
#[component]
pub fn CalculationCard(
    /// The language.
    locale: Locale,
    /// The entry.
    entry: Entry,
    /// What else is said of it: the reason of staff, as the reader may read it.
    #[prop(optional_no_strip)]
    reason: Option<AnyView>,
) -> impl IntoView {
    let explanation = explanation_of(&entry);
    let note = note(locale, &entry, explanation.is_some()).map(|text| view! { <p>{text}</p> });
    let nothing = why_nothing(locale, &entry).map(|why| view! { <p>{td_string!(locale, ledger_entry.calculation.nothing, why = why)}</p> });
    let figures = explanation.as_ref().map(|explanation| explanation_view(locale, &entry, explanation));
    view! {
        <section class="card stack" aria-labelledby="calculation">
            <h2 class="card-title" id="calculation">
                {td_string!(locale, ledger_entry.calculation.title)} " " <RuleLink locale rule=entry.rule/>
            </h2>
            <p class="figures"><strong id="formula">{formula(locale, &entry)}</strong></p>
            {note}
            {reason}
            {nothing}
            {figures}
        </section>
    }
}

fn explanation_view(locale: Locale, entry: &Entry, explanation: &Explanation) -> AnyView {
    let money = |amount: Money| format::money(locale, amount);
    match explanation {
        Explanation::Reward { model, rate, base, amount, once } => {
            let text = td_string!(
                locale,
                ledger_entry.figures.reward,
                period = format::period(locale, entry.period),
                base = money(*base),
                model = format::model(locale, *model),
                rate = format::percent(locale, *rate),
                amount = money(*amount)
            );
            let once =
                (!once.is_zero()).then(|| view! { <p>{td_string!(locale, ledger_entry.figures.reward_once, once = money(*once))}</p> });
            view! { <p>{text}</p>{once} }.into_any()
        }
        Explanation::HalfYear { months } => {
            let rows: Vec<_> = months.iter().map(|month| (*month, counted(locale, month.counts))).collect();
            view! { <p>{td_string!(locale, ledger_entry.figures.half)}</p>{month_table(locale, rows)} }.into_any()
        }
        Explanation::Growth { this, previous, months, previous_months } => {
            let this = money(*this);
            let text = previous.map_or_else(
                || td_string!(locale, ledger_entry.figures.growth_first, this = this.clone()),
                |previous| td_string!(locale, ledger_entry.figures.growth, this = this.clone(), previous = money(previous)),
            );
            let before = previous_months.iter().map(|month| (*month, td_string!(locale, ledger_entry.figures.counts_minus)));
            let rows: Vec<_> = before.chain(months.iter().map(|month| (*month, counted(locale, true)))).collect();
            view! { <p>{text}</p>{month_table(locale, rows)} }.into_any()
        }
        Explanation::ClientMonth { gross, net } => {
            view! { <p>{td_string!(locale, ledger_entry.figures.client_month, gross = money(*gross), net = money(*net))}</p> }.into_any()
        }
        Explanation::Published { on } => {
            view! { <p>{td_string!(locale, ledger_entry.figures.published, date = format::date_long(locale, *on))}</p> }.into_any()
        }
    }
}

fn counted(locale: Locale, counts: bool) -> &'static str {
    if counts { td_string!(locale, ledger_entry.figures.counts_yes) } else { td_string!(locale, ledger_entry.figures.counts_no) }
}

fn month_table(locale: Locale, months: Vec<(MonthNet, &'static str)>) -> AnyView {
    let columns = vec![
        Column::text(td_string!(locale, ledger_entry.figures.month)),
        Column::text(td_string!(locale, ledger_entry.figures.model)),
        Column::figure(td_string!(locale, ledger_entry.figures.net)),
        Column::text(td_string!(locale, ledger_entry.figures.counts)),
    ];
    let rows: Vec<_> = months
        .into_iter()
        .map(|(month, counts)| {
            view! {
                <tr>
                    <th scope="row"><MonthText locale month=month.month/></th>
                    <td>{format::model(locale, month.model)}</td>
                    <td class="money"><MoneyText locale amount=month.net/></td>
                    <td>{counts}</td>
                </tr>
            }
        })
        .collect();
    view! { <DataTable caption=td_string!(locale, ledger_entry.figures.months_caption) columns>{rows}</DataTable> }.into_any()
}

#[cfg(test)]
mod tests {
    use domain::model::Model;

    use super::super::tests::entry;
    use super::*;

    fn card(entry: &Entry) -> String {
        Owner::new().with(|| view! { <CalculationCard locale=Locale::ru entry=entry.clone()/> }.to_html())
    }

    #[test]
    fn a_product_stands_where_it_is_the_amount() {
        let reward = entry(EntryKind::Accrual, 1_000_000, Some(27), 270_000);
        assert_eq!(calculation(Locale::ru, &reward).as_deref(), Some("10\u{a0}000\u{a0}₽ × 27\u{a0}%"));
        assert_eq!(formula(Locale::ru, &reward), "10\u{a0}000\u{a0}₽ × 27\u{a0}% = 2\u{a0}700\u{a0}₽");
        assert!(!card(&reward).contains('≈'));
    }

    #[test]
    fn a_sum_of_rounded_rows_is_about_the_product() {
        // Three rows of 0.05 at 10 % are a kopeck each; a tenth of 0.15 is two.
        let reward = entry(EntryKind::Accrual, 15, Some(10), 3);
        assert_eq!(calculation(Locale::ru, &reward).as_deref(), Some("≈ 0,15\u{a0}₽ × 10\u{a0}%"));
        assert_eq!(formula(Locale::ru, &reward), "0,15\u{a0}₽ × 10\u{a0}% ≈ 0,03\u{a0}₽");
        assert!(card(&reward).contains("Доля каждой строки округлена до копейки"));
    }

    #[test]
    fn a_correction_says_what_changes_and_multiplies_nothing() {
        // The rate of the month became another one: the base is the same, the amount is not.
        let mut correction = entry(EntryKind::Correction, 0, Some(27), 170_000);
        assert_eq!(calculation(Locale::ru, &correction).as_deref(), Some("база прежняя"));
        assert_eq!(formula(Locale::ru, &correction), "Сумма: 1\u{a0}700\u{a0}₽");
        let html = card(&correction);
        assert!(!html.contains('×') && html.contains("база меняется на 0\u{a0}₽, сумма на +1\u{a0}700\u{a0}₽"), "{html}");
        correction.base = Money::kopecks(-500_000);
        assert_eq!(calculation(Locale::ru, &correction).as_deref(), Some("база \u{2212}5\u{a0}000\u{a0}₽"));
        let now = Explanation::Reward {
            model: Model::Agent,
            rate: Decimal::new(27, 2),
            base: Money::roubles(5_000),
            amount: Money::roubles(1_350),
            once: Money::ZERO,
        };
        correction.explanation = serde_json::to_value(now).expect("figures");
        assert!(card(&correction).contains("Ниже — что правила дают теперь"));
    }

    #[test]
    fn what_is_written_by_hand_and_what_is_no_money_multiplies_nothing() {
        for kind in [EntryKind::Adjustment, EntryKind::Reversal] {
            let by_hand = entry(kind, 1_000_000, Some(27), -270_000);
            assert_eq!(calculation(Locale::ru, &by_hand), None);
            assert_eq!(formula(Locale::ru, &by_hand), "Сумма: \u{2212}2\u{a0}700\u{a0}₽");
            assert!(!card(&by_hand).contains('×'));
        }
        let mut none = entry(EntryKind::Accrual, 0, Some(27), 0);
        none.nothing = Some(Nothing::NoUsage);
        assert_eq!((calculation(Locale::ru, &none), formula(Locale::ru, &none).as_str()), (None, "Сумма: 0\u{a0}₽"));
    }

    #[test]
    fn rows_of_several_rates_say_so() {
        let mixed = entry(EntryKind::Accrual, 1_000_000, None, 500_000);
        assert_eq!(calculation(Locale::ru, &mixed).as_deref(), Some("10\u{a0}000\u{a0}₽, ставки у строк разные"));
    }
}
