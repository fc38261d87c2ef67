//! `/partner/rebates`: KVM, MONT Office and growth: the running period, its formula with figures in it, and history (`REB-1`..`REB-4`).

use domain::accrual::{Accrual, Explanation, MonthNet, Settlement, SumOfRows};
use domain::calendar::Month;
use domain::rebate::RebateKind;
use domain::rule::Rule;
use leptos::prelude::*;
use service::partner_money::{RebateCard, RebatesPage as RebatesData, RunningRebate};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::DataAsOf;
use crate::components::ledger_entry::calculation::calculation;
use crate::components::ledger_entry::{EntryStateView, kind_name, rebate_name, why_nothing};
use crate::components::money::MoneyText;
use crate::components::notice::NoticeView;
use crate::components::period_chart::{MonthMark, PeriodChart, PeriodMonth};
use crate::components::status::Tone;
use crate::components::verdict::{RuleLink, VerdictView};
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// The page of rebates.
#[component]
pub fn RebatesPage() -> impl IntoView {
    partner_page(PartnerSection::Rebates, async |partner, state| {
        let page = services()?.rebates_page(&partner.viewer).await?;
        let locale = state.locale;
        let title = td_string!(locale, money.rebates.title);
        let cards: Vec<_> = page.rebates.iter().map(|card| rebate_section(locale, &page, card)).collect();
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, money.rebates.lead)}</p>
                    </div>
                    <DataAsOf locale at=page.data_as_of/>
                </div>
                {cards}
            },
        ))
    })
}

fn rebate_section(locale: Locale, page: &RebatesData, card: &RebateCard) -> AnyView {
    let name = rebate_name(locale, card.kind);
    let rate = format::percent(locale, card.rate);
    let what = match card.kind {
        RebateKind::Kvm => td_string!(locale, money.rebates.kvm_what, rate = rate),
        RebateKind::MontOffice => td_string!(locale, money.rebates.mont_office_what, rate = rate),
        RebateKind::Growth => td_string!(locale, money.rebates.growth_what, rate = rate),
    };
    let due = card.due.as_ref().map(|due| {
        let period = format::sentence_start(format::period(locale, due.period));
        let text = td_string!(locale, money.rebates.due, period = period, amount = format::money(locale, due.amount));
        let href = paths::partner_money_sum(SumOfRows::Base(due.rule, due.period));
        let open_rows = td_string!(locale, money.sum.open, what = name, period = format::period(locale, due.period));
        view! { <NoticeView tone=Tone::Waiting text/> <p><a href=href>{open_rows}</a></p> }
    });
    let running = match &card.running {
        Some(running) => running_view(locale, page, card, running),
        None => view! {
            <p><strong>{td_string!(locale, money.rebates.locked)}</strong></p>
            {(!card.privilege.is_allowed()).then(|| view! { <VerdictView locale verdict=card.privilege.clone()/> })}
        }
        .into_any(),
    };
    let id = card.kind.as_str();
    view! {
        <section class="card stack" aria-labelledby=id>
            <h2 class="card-title" id=id>{name} " " <RuleLink locale rule=card.kind.rule()/></h2>
            <p>{what}</p>
            {due}
            {running}
            {history(locale, card, name)}
        </section>
    }
    .into_any()
}

fn running_view(locale: Locale, page: &RebatesData, card: &RebateCard, running: &RunningRebate) -> AnyView {
    let accrual = &running.accrual;
    let name = rebate_name(locale, card.kind);
    let open = |month: Month| page.closed_through.is_none_or(|last| last < month);
    let counted = |month: &MonthNet| card.kind == RebateKind::Growth || month.counts;
    let marked = |month: &MonthNet| PeriodMonth {
        month: month.month,
        amount: month.net,
        mark: match (counted(month), open(month.month)) {
            (false, _) => MonthMark::NotCounted,
            (true, true) => MonthMark::Open,
            (true, false) => MonthMark::Closed,
        },
    };
    let form = match accrual.settlement {
        Settlement::Bank => td_string!(locale, money.rebates.form_bank),
        Settlement::Discount => td_string!(locale, money.rebates.form_discount),
    };
    let when = td_string!(
        locale,
        money.rebates.when,
        date = format::date_long(locale, accrual.accrued_on),
        month = format::month(locale, running.period.last_month())
    );
    let all = running.period.months().collect::<Vec<_>>();
    let (months, previous) =
        (running.months.iter().map(marked).collect::<Vec<_>>(), running.previous.iter().map(marked).collect::<Vec<_>>());
    let href = paths::partner_money_sum(SumOfRows::Base(accrual.rule, accrual.period));
    let open_rows = td_string!(locale, money.sum.open, what = name, period = format::period(locale, running.period));
    let label = format!("{}. {open_rows}", format::money(locale, accrual.amount));
    // Months so far count, those of today's model do not.
    let will_lock = (!card.privilege.is_allowed()).then(|| {
        view! {
            <p>{td_string!(locale, money.rebates.will_lock)}</p>
            <VerdictView locale verdict=card.privilege.clone()/>
        }
    });
    view! {
        <div class="stat">
            <p class="stat__label">{td_string!(locale, money.rebates.running, period = format::period(locale, running.period))} " · " {td_string!(locale, money.rebates.so_far)}</p>
            <p class="stat__value"><a href=href aria-label=label><MoneyText locale amount=accrual.amount/></a></p>
            <p class="stat__note figures">{formula(locale, accrual)}</p>
        </div>
        <p>{when} " " {form} " " <RuleLink locale rule=Rule::Rebate4/></p>
        <PeriodChart
            locale
            label=td_string!(locale, money.chart.label, name = name)
            all
            months
            previous
        />
        {will_lock}
    }
    .into_any()
}

/// The formula of a rebate with its figures in it.
fn formula(locale: Locale, accrual: &Accrual) -> String {
    let money = |amount| format::money(locale, amount);
    let rate = accrual.rate.map_or_else(String::new, |rate| format::percent(locale, rate));
    let amount = money(accrual.amount);
    match &accrual.explanation {
        Explanation::Growth { previous: None, .. } => td_string!(locale, money.rebates.formula_growth_first).to_owned(),
        Explanation::Growth { this, previous: Some(previous), .. } if this <= previous => {
            td_string!(locale, money.rebates.formula_growth_none, this = money(*this), previous = money(*previous))
        }
        Explanation::Growth { this, previous: Some(previous), .. } => {
            td_string!(locale, money.rebates.formula_growth, rate = rate, this = money(*this), previous = money(*previous), amount = amount)
        }
        _ => td_string!(locale, money.rebates.formula, rate = rate, base = money(accrual.base), amount = amount),
    }
}

fn history(locale: Locale, card: &RebateCard, name: &'static str) -> AnyView {
    if card.history.is_empty() {
        return view! { <p class="muted">{td_string!(locale, money.rebates.history_empty)}</p> }.into_any();
    }
    let columns = vec![
        Column::text(td_string!(locale, money.list.number)),
        Column::text(td_string!(locale, money.list.period)),
        Column::figure(td_string!(locale, money.list.calculation)),
        Column::figure(td_string!(locale, money.list.amount)),
        Column::text(td_string!(locale, money.list.state)),
    ];
    let rows: Vec<_> = card
        .history
        .iter()
        .map(|entry| {
            let kind = (entry.kind != domain::ledger::EntryKind::Accrual)
                .then(|| view! { <span class="muted small block">{kind_name(locale, entry.kind)}</span> });
            let why = why_nothing(locale, entry).map(|why| view! { <span class="muted small block">{why}</span> });
            view! {
                <tr>
                    <th scope="row" class="figures"><a href=paths::partner_money_entry(entry.id)>{td_string!(locale, money.list.entry, number = entry.number)}</a></th>
                    <td class="min-w-44">{format::period(locale, entry.period)} {kind} {why}</td>
                    <td class="money">{calculation(locale, entry)}</td>
                    <td class="money"><MoneyText locale amount=entry.amount/></td>
                    <td><EntryStateView locale state=entry.state settlement=entry.settlement/></td>
                </tr>
            }
        })
        .collect();
    let all = paths::with_query(paths::PARTNER_MONEY, &[("rule", card.kind.rule().id())]);
    let label = format!("{}: {name}", td_string!(locale, money.rebates.all));
    view! {
        <h3>{td_string!(locale, money.rebates.history)}</h3>
        <DataTable caption=td_string!(locale, money.rebates.history_caption, name = name) columns>{rows}</DataTable>
        <p class="card-foot"><a href=format!("{all}#entries") aria-label=label>{td_string!(locale, money.rebates.all)}</a></p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::ids::TermsVersionId;
    use domain::money::Money;
    use rust_decimal::Decimal;

    use super::*;

    /// A rebate of the running period, RUB in kopecks, its rate in per cent.
    fn rebate(base: i64, rate: i64, amount: i64, explanation: Explanation) -> Accrual {
        Accrual {
            rule: Rule::Rebate1,
            period: "2026-H2".parse().expect("a half"),
            base: Money::kopecks(base),
            rate: Some(Decimal::new(rate, 2)),
            amount: Money::kopecks(amount),
            settlement: Settlement::Bank,
            accrued_on: "2027-01-01".parse().expect("a day"),
            terms: TermsVersionId(uuid::Uuid::nil()),
            nothing: None,
            explanation,
        }
    }

    fn growth(this: i64, previous: Option<i64>) -> Explanation {
        let previous = previous.map(Money::kopecks);
        Explanation::Growth { this: Money::kopecks(this), previous, months: Vec::new(), previous_months: Vec::new() }
    }

    #[test]
    fn the_formula_of_a_half_is_its_rate_times_its_base() {
        let half = rebate(11_680_004, 10, 1_168_000, Explanation::HalfYear { months: Vec::new() });
        assert_eq!(formula(Locale::ru, &half), "10\u{a0}% × 116\u{a0}800,04\u{a0}₽ = 11\u{a0}680\u{a0}₽");
    }

    #[test]
    fn the_formula_of_growth_shows_both_quarters() {
        let grown = rebate(1_459_996, 30, 437_999, growth(6_570_000, Some(5_110_004)));
        let expected = "30\u{a0}% × (65\u{a0}700\u{a0}₽ − 51\u{a0}100,04\u{a0}₽) = 4\u{a0}379,99\u{a0}₽";
        assert_eq!(formula(Locale::ru, &grown), expected);
    }

    #[test]
    fn a_quarter_that_has_not_grown_multiplies_nothing() {
        for this in [5_110_003, 5_110_004] {
            let shown = formula(Locale::ru, &rebate(0, 30, 0, growth(this, Some(5_110_004))));
            assert!(shown.contains("− 51\u{a0}100,04\u{a0}₽: прироста пока нет") && !shown.contains('×'), "{shown}");
        }
        let by_a_kopeck = formula(Locale::ru, &rebate(1, 30, 0, growth(5_110_005, Some(5_110_004))));
        assert!(by_a_kopeck.contains('×'), "{by_a_kopeck}");
    }

    #[test]
    fn the_contracts_own_quarter_has_nothing_to_be_compared_with() {
        let shown = formula(Locale::ru, &rebate(0, 30, 0, growth(6_570_000, None)));
        assert!(shown.contains("сравнивать не с чем") && !shown.contains('×'), "{shown}");
    }
}
