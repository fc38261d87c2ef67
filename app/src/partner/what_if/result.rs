//! What comes of a plan, in words and tables: on the server, and in the browser while one types.

use domain::accrual::{Accrual, Nothing, Settlement};
use domain::money::Money;
use domain::rebate::RebateKind;
use domain::what_if::{Comparison, MonthOutcome, Outcome, Plan};

use crate::components::data_table::Column;
use crate::components::level_change::write_timeline;
use crate::components::markup::Markup;
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

/// The class of a remark under a figure.
const REMARK: &str = "muted small block";

/// Everything that comes of a plan, as HTML.
pub fn result_html(locale: Locale, comparison: &Comparison, plan: &Plan) -> String {
    let mut out = Markup::default();
    out.open("div", &[("class", "stack")]);
    out.open("section", &[("class", "card"), ("aria-labelledby", "what-if-result")]);
    out.element("h2", &[("class", "card-title"), ("id", "what-if-result")], td_string!(locale, what_if.result_title));
    out.element("p", &[("class", "what-if__sum")], &money_sentence(locale, comparison));
    if let Some(sentence) = model_sentence(locale, comparison, plan) {
        out.element("p", &[], &sentence);
    }
    write_totals(&mut out, locale, comparison, plan);
    out.element("p", &[("class", "muted small")], td_string!(locale, what_if.basis));
    out.close("section");
    out.open("div", &[("class", "card-grid card-grid--wide")]);
    write_outcome(&mut out, locale, &comparison.as_today, plan, Side::AsToday);
    write_outcome(&mut out, locale, &comparison.plan, plan, Side::Plan);
    out.close("div");
    out.close("div");
    out.into_html()
}

/// The columns that stand beside each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    AsToday,
    Plan,
}

fn write_totals(out: &mut Markup, locale: Locale, comparison: &Comparison, plan: &Plan) {
    let (today, planned) = (comparison.as_today.totals(), comparison.plan.totals());
    let count = u32::try_from(plan.revenue.len()).unwrap_or(u32::MAX);
    let columns = [
        Column::text(td_string!(locale, what_if.table.what)),
        Column::figure(td_string!(locale, what_if.as_today)),
        Column::figure(td_string!(locale, what_if.my_plan)),
        Column::figure(td_string!(locale, what_if.difference)),
    ];
    out.open_table(&td_string!(locale, what_if.table.totals, months = td_string!(locale, common.months, count = count)), &columns);
    let lines = [
        (td_string!(locale, what_if.table.revenue), today.revenue, planned.revenue),
        (td_string!(locale, what_if.table.rewards), today.rewards, planned.rewards),
        (td_string!(locale, what_if.table.discounts), today.saved, planned.saved),
        (td_string!(locale, what_if.table.rebates), today.rebates, planned.rebates),
        (td_string!(locale, what_if.table.all), today.gain(), planned.gain()),
    ];
    let last = lines.len() - 1;
    for (at, (label, today, planned)) in lines.into_iter().enumerate() {
        // A form of gain that neither side has is left out.
        if at > 0 && at < last && today.is_zero() && planned.is_zero() {
            continue;
        }
        out.open("tr", &[("class", if at == last { "data-table__total" } else { "" })]);
        out.element("th", &[("scope", "row")], label);
        write_amount(out, locale, today, "");
        write_amount(out, locale, planned, "");
        out.element("td", &[("class", "money")], &format::signed_money(locale, planned - today));
        out.close("tr");
    }
    out.close_table();
}

/// The cell of an amount, with a remark where there is one.
fn write_amount(out: &mut Markup, locale: Locale, amount: Money, remark: &str) {
    out.open("td", &[("class", "money")]);
    out.money(locale, amount);
    if !remark.is_empty() {
        out.text(" ");
        out.element("span", &[("class", REMARK)], remark);
    }
    out.close("td");
}

fn write_outcome(out: &mut Markup, locale: Locale, outcome: &Outcome, plan: &Plan, side: Side) {
    let (title, id) = match side {
        Side::AsToday => (td_string!(locale, what_if.as_today), "what-if-today"),
        Side::Plan => (td_string!(locale, what_if.my_plan), "what-if-plan"),
    };
    out.open("section", &[("class", "card"), ("aria-labelledby", id)]);
    out.element("h2", &[("class", "card-title"), ("id", id)], title);
    out.element("h3", &[], td_string!(locale, what_if.level_title));
    if let Some(now) = &outcome.now {
        let (level, model) = (format::level(locale, now.level), format::model(locale, now.model));
        let date = format::date_long(locale, now.from);
        out.element("p", &[], &td_string!(locale, what_if.now, level = level, model = model, date = date));
    }
    if outcome.changes.is_empty() {
        let until = format::date_long(locale, plan.last_month().next().first_day());
        out.element("p", &[], &td_string!(locale, what_if.no_changes, date = until));
    } else {
        write_timeline(out, locale, &outcome.changes);
    }
    write_months(out, locale, outcome, side);
    out.element("h3", &[], td_string!(locale, what_if.rebates_title));
    write_rebates(out, locale, outcome, side);
    out.close("section");
}

fn write_months(out: &mut Markup, locale: Locale, outcome: &Outcome, side: Side) {
    let caption = match side {
        Side::AsToday => td_string!(locale, what_if.table.caption_today),
        Side::Plan => td_string!(locale, what_if.table.caption_plan),
    };
    let columns = [
        Column::text(td_string!(locale, what_if.table.month)),
        Column::figure(td_string!(locale, what_if.table.revenue)),
        Column::figure(td_string!(locale, what_if.table.gain)),
    ];
    out.open_table(caption, &columns);
    for month in &outcome.months {
        write_month(out, locale, month);
    }
    out.close_table();
}

fn write_month(out: &mut Markup, locale: Locale, month: &MonthOutcome) {
    let rate = format::percent(locale, month.rate);
    let form = if month.reward.is_some() {
        td_string!(locale, what_if.table.reward, rate = rate)
    } else {
        td_string!(locale, what_if.table.saved, rate = rate)
    };
    out.open("tr", &[]);
    out.open("th", &[("scope", "row")]);
    out.month(locale, month.month);
    out.text(" ");
    out.element("span", &[("class", REMARK)], format::model(locale, month.model));
    out.close("th");
    write_amount(out, locale, month.revenue, "");
    write_amount(out, locale, month.gain(), &form);
    out.close("tr");
}

fn write_rebates(out: &mut Markup, locale: Locale, outcome: &Outcome, side: Side) {
    if outcome.rebates.is_empty() {
        return out.element("p", &[("class", "muted")], td_string!(locale, what_if.no_rebates));
    }
    let caption = match side {
        Side::AsToday => td_string!(locale, what_if.table.rebates_today),
        Side::Plan => td_string!(locale, what_if.table.rebates_plan),
    };
    let columns = [
        Column::text(td_string!(locale, what_if.table.rebate)),
        Column::text(td_string!(locale, what_if.table.accrues)),
        Column::figure(td_string!(locale, what_if.table.amount)),
        Column::text(td_string!(locale, what_if.table.settlement)),
    ];
    out.open_table(caption, &columns);
    for rebate in &outcome.rebates {
        write_rebate(out, locale, rebate);
    }
    out.close_table();
}

fn write_rebate(out: &mut Markup, locale: Locale, rebate: &Accrual) {
    let name = RebateKind::of_rule(rebate.rule).map_or("", |kind| match kind {
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
    out.open("tr", &[]);
    out.open("th", &[("scope", "row")]);
    out.text(name);
    out.text(" ");
    out.open("span", &[("class", REMARK)]);
    out.text(&format::period(locale, rebate.period));
    out.text(" ");
    out.rule(locale, rebate.rule);
    out.close("span");
    out.close("th");
    out.open("td", &[("class", "figures")]);
    out.short_date(locale, rebate.accrued_on);
    out.close("td");
    write_amount(out, locale, rebate.amount, "");
    out.element("td", &[], how);
    out.close("tr");
}
