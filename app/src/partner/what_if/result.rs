//! What comes of a plan, in words and tables: on the server, and in the browser while one types.

use domain::accrual::{Accrual, Nothing, Settlement};
use domain::money::Money;
use domain::rebate::RebateKind;
use domain::what_if::{Comparison, MonthOutcome, Outcome, Plan};
use leptos::prelude::*;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{MonthText, ShortDate};
use crate::components::level_change::LevelTimeline;
use crate::components::money::MoneyText;
use crate::components::verdict::RuleLink;
use crate::format;
use crate::i18n::{Locale, td_string};

/// What the plan brings beside today, one sentence.
pub fn money_sentence(locale: Locale, comparison: &Comparison) -> String {
    let plan = format::money(locale, comparison.plan.totals().gain());
    let difference = comparison.difference();
    if difference.is_zero() {
        td_string!(locale, what_if.same, plan = plan)
    } else if difference.is_negative() {
        td_string!(locale, what_if.less, plan = plan, difference = format::money(locale, -difference))
    } else {
        td_string!(locale, what_if.more, plan = plan, difference = format::money(locale, difference))
    }
}

/// Which model the plan ends with, beside today, one sentence; nothing before the contract.
pub fn model_sentence(locale: Locale, comparison: &Comparison, plan: &Plan) -> Option<String> {
    let (planned, today) = (comparison.plan.model_after?, comparison.as_today.model_after?);
    let date = format::date_long(locale, plan.last_month().next().first_day());
    Some(if planned == today {
        td_string!(locale, what_if.model_same, date = date, model = format::model(locale, planned))
    } else {
        td_string!(locale, what_if.model_differs, date = date, plan = format::model(locale, planned), today = format::model(locale, today))
    })
}

/// Everything that comes of a plan.
pub fn result_view(locale: Locale, comparison: &Comparison, plan: &Plan) -> AnyView {
    let model = model_sentence(locale, comparison, plan).map(|text| view! { <p>{text}</p> });
    view! {
        <div class="stack">
            <section class="card" aria-labelledby="what-if-result">
                <h2 class="card-title" id="what-if-result">{td_string!(locale, what_if.result_title)}</h2>
                <p class="what-if__sum">{money_sentence(locale, comparison)}</p>
                {model}
                {totals_table(locale, comparison, plan)}
                <p class="muted small">{td_string!(locale, what_if.basis)}</p>
            </section>
            <div class="card-grid card-grid--wide">
                {outcome_view(locale, &comparison.as_today, plan, Side::AsToday)}
                {outcome_view(locale, &comparison.plan, plan, Side::Plan)}
            </div>
        </div>
    }
    .into_any()
}

/// The columns that stand beside each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    AsToday,
    Plan,
}

fn totals_table(locale: Locale, comparison: &Comparison, plan: &Plan) -> AnyView {
    let (today, planned) = (comparison.as_today.totals(), comparison.plan.totals());
    let count = u32::try_from(plan.revenue.len()).unwrap_or(u32::MAX);
    let line = move |label: &'static str, today: Money, planned: Money, class: Option<&'static str>| {
        view! {
            <tr class=class>
                <th scope="row">{label}</th>
                <td class="money"><MoneyText locale amount=today/></td>
                <td class="money"><MoneyText locale amount=planned/></td>
                <td class="money">{format::signed_money(locale, planned - today)}</td>
            </tr>
        }
    };
    // A form of gain that neither side has is left out.
    let some =
        move |label, today: Money, planned: Money| (!today.is_zero() || !planned.is_zero()).then(|| line(label, today, planned, None));
    let columns = vec![
        Column::text(td_string!(locale, what_if.table.what)),
        Column::figure(td_string!(locale, what_if.as_today)),
        Column::figure(td_string!(locale, what_if.my_plan)),
        Column::figure(td_string!(locale, what_if.difference)),
    ];
    let caption = td_string!(locale, what_if.table.totals, months = td_string!(locale, common.months, count = count));
    view! {
        <DataTable caption columns>
            {line(td_string!(locale, what_if.table.revenue), today.revenue, planned.revenue, None)}
            {some(td_string!(locale, what_if.table.rewards), today.rewards, planned.rewards)}
            {some(td_string!(locale, what_if.table.discounts), today.saved, planned.saved)}
            {some(td_string!(locale, what_if.table.rebates), today.rebates, planned.rebates)}
            {line(td_string!(locale, what_if.table.all), today.gain(), planned.gain(), Some("data-table__total"))}
        </DataTable>
    }
    .into_any()
}

fn outcome_view(locale: Locale, outcome: &Outcome, plan: &Plan, side: Side) -> AnyView {
    let (title, id) = match side {
        Side::AsToday => (td_string!(locale, what_if.as_today), "what-if-today"),
        Side::Plan => (td_string!(locale, what_if.my_plan), "what-if-plan"),
    };
    let now = outcome.now.as_ref().map(|now| {
        let (level, model) = (format::level(locale, now.level), format::model(locale, now.model));
        view! { <p>{td_string!(locale, what_if.now, level = level, model = model, date = format::date_long(locale, now.from))}</p> }
    });
    let changes = if outcome.changes.is_empty() {
        let until = format::date_long(locale, plan.last_month().next().first_day());
        view! { <p>{td_string!(locale, what_if.no_changes, date = until)}</p> }.into_any()
    } else {
        view! { <LevelTimeline locale changes=outcome.changes.clone()/> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby=id>
            <h2 class="card-title" id=id>{title}</h2>
            <h3>{td_string!(locale, what_if.level_title)}</h3>
            {now}
            {changes}
            {months_table(locale, outcome, side)}
            <h3>{td_string!(locale, what_if.rebates_title)}</h3>
            {rebates_view(locale, outcome, side)}
        </section>
    }
    .into_any()
}

fn months_table(locale: Locale, outcome: &Outcome, side: Side) -> AnyView {
    let caption = match side {
        Side::AsToday => td_string!(locale, what_if.table.caption_today),
        Side::Plan => td_string!(locale, what_if.table.caption_plan),
    };
    let columns = vec![
        Column::text(td_string!(locale, what_if.table.month)),
        Column::figure(td_string!(locale, what_if.table.revenue)),
        Column::figure(td_string!(locale, what_if.table.gain)),
    ];
    let rows: Vec<_> = outcome.months.iter().map(|month| month_row(locale, month)).collect();
    view! { <DataTable caption columns>{rows}</DataTable> }.into_any()
}

fn month_row(locale: Locale, month: &MonthOutcome) -> impl IntoView + use<> {
    let rate = format::percent(locale, month.rate);
    let form = if month.reward.is_some() {
        td_string!(locale, what_if.table.reward, rate = rate)
    } else {
        td_string!(locale, what_if.table.saved, rate = rate)
    };
    view! {
        <tr>
            <th scope="row">
                <MonthText locale month=month.month/> <span class="muted small block">{format::model(locale, month.model)}</span>
            </th>
            <td class="money"><MoneyText locale amount=month.revenue/></td>
            <td class="money"><MoneyText locale amount=month.gain()/> <span class="muted small block">{form}</span></td>
        </tr>
    }
}

fn rebates_view(locale: Locale, outcome: &Outcome, side: Side) -> AnyView {
    if outcome.rebates.is_empty() {
        return view! { <p class="muted">{td_string!(locale, what_if.no_rebates)}</p> }.into_any();
    }
    let caption = match side {
        Side::AsToday => td_string!(locale, what_if.table.rebates_today),
        Side::Plan => td_string!(locale, what_if.table.rebates_plan),
    };
    let columns = vec![
        Column::text(td_string!(locale, what_if.table.rebate)),
        Column::text(td_string!(locale, what_if.table.accrues)),
        Column::figure(td_string!(locale, what_if.table.amount)),
        Column::text(td_string!(locale, what_if.table.settlement)),
    ];
    let rows: Vec<_> = outcome.rebates.iter().map(|rebate| rebate_row(locale, rebate)).collect();
    view! { <DataTable caption columns>{rows}</DataTable> }.into_any()
}

fn rebate_row(locale: Locale, rebate: &Accrual) -> impl IntoView + use<> {
    let name = RebateKind::of_rule(rebate.rule).map(|kind| match kind {
        RebateKind::Kvm => td_string!(locale, what_if.rebate.kvm),
        RebateKind::MontOffice => td_string!(locale, what_if.rebate.mont_office),
        RebateKind::Growth => td_string!(locale, what_if.rebate.growth),
    });
    let how = match (rebate.nothing, rebate.settlement) {
        (Some(Nothing::NoUsage), _) => td_string!(locale, what_if.nothing.no_usage),
        (Some(Nothing::NoGrowth), _) => td_string!(locale, what_if.nothing.no_growth),
        (Some(Nothing::FirstQuarter), _) => td_string!(locale, what_if.nothing.first_quarter),
        (Some(Nothing::TooLittle), _) => td_string!(locale, what_if.nothing.too_little),
        (None, Settlement::Bank) => td_string!(locale, what_if.settlement.bank),
        (None, Settlement::Discount) => td_string!(locale, what_if.settlement.discount),
    };
    view! {
        <tr>
            <th scope="row">
                {name} <span class="muted small block">{format::period(locale, rebate.period)} " " <RuleLink locale rule=rebate.rule/></span>
            </th>
            <td class="figures"><ShortDate locale date=rebate.accrued_on/></td>
            <td class="money"><MoneyText locale amount=rebate.amount/></td>
            <td>{how}</td>
        </tr>
    }
}
