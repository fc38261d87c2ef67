//! The words of a statement. `server` makes a file of them: typed values here, formats there.

use chrono::{DateTime, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ledger::EntryState;
use domain::money::Money;
use rust_decimal::Decimal;
use service::partner_money::{Entry, MoneyFilter, Statement};

use crate::components::ledger_entry::{kind_name, rule_name, settlement_name, state_name};
use crate::format;
use crate::i18n::{Locale, td_string};

/// What stands in one place of a statement: how it is printed, and the value that programs get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementCell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// An amount, RUB.
    Money(Money, String),
    /// A day.
    Date(BusinessDate, String),
    /// A share of one: 0.27 is 27 %.
    Rate(Decimal, String),
    /// A number.
    Count(i64, String),
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementColumn {
    /// Words, broken into lines.
    Words,
    /// A date, a state: in one line.
    Label,
    /// Figures, to the right.
    Figures,
}

/// A statement in the words of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementText {
    /// Whether its language is Russian; English otherwise.
    pub russian: bool,
    /// What it is.
    pub title: String,
    /// For which months.
    pub subtitle: String,
    /// Under whose name.
    pub name: String,
    /// Labels and values above the table.
    pub facts: Vec<(String, String)>,
    /// The table's heading.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<(String, StatementColumn)>,
    /// Its rows: a cell for every column.
    pub rows: Vec<Vec<StatementCell>>,
    /// Its last line.
    pub total: Vec<StatementCell>,
    /// What stands where there are no rows.
    pub empty: String,
    /// What is to be known after the table.
    pub note: String,
    /// When it was made, in words.
    pub generated: String,
    /// The day it was made.
    pub issued: BusinessDate,
}

/// The months of a statement: `январь 2026 — июнь 2026`.
pub fn period_text(locale: Locale, from: Option<Month>, to: Option<Month>) -> String {
    let month = |month| format::month(locale, month);
    match (from, to) {
        (None, None) => td_string!(locale, money.statement.all_time).to_owned(),
        (Some(from), None) => td_string!(locale, money.statement.from, from = month(from)),
        (None, Some(to)) => td_string!(locale, money.statement.to, to = month(to)),
        (Some(from), Some(to)) if from == to => month(from),
        (Some(from), Some(to)) => td_string!(locale, money.statement.from_to, from = month(from), to = month(to)),
    }
}

/// What a statement is limited to beside its months: label and value.
fn conditions(locale: Locale, filter: MoneyFilter) -> Vec<(String, String)> {
    let state = filter.state.map(|state| (td_string!(locale, money.filter.state), state_name(locale, state, filter.settlement)));
    let rule = filter.rule.map(|rule| (td_string!(locale, money.filter.rule), rule_name(locale, rule)));
    let form = filter.settlement.map(|form| (td_string!(locale, money.filter.form), settlement_name(locale, form)));
    [state, rule, form].into_iter().flatten().map(|(label, value)| (label.to_owned(), value.to_owned())).collect()
}

/// The period and conditions of a statement in one line: `Период: январь 2026; Состояние: Одобрено`.
pub fn conditions_text(locale: Locale, filter: MoneyFilter) -> String {
    let period = (td_string!(locale, money.statement.period).to_owned(), period_text(locale, filter.from, filter.to));
    let parts = std::iter::once(period).chain(conditions(locale, filter));
    let parts: Vec<String> =
        parts.map(|(label, value)| td_string!(locale, money.statement.condition, label = label, value = value)).collect();
    parts.join("; ")
}

/// A statement in words.
pub fn statement(locale: Locale, statement: &Statement) -> StatementText {
    let period = period_text(locale, statement.filter.from, statement.filter.to);
    let mut facts = vec![
        (td_string!(locale, money.statement.partner).to_owned(), statement.partner.name.clone()),
        (td_string!(locale, money.statement.inn).to_owned(), statement.partner.inn.clone()),
        (td_string!(locale, money.statement.period).to_owned(), period.clone()),
    ];
    facts.extend(conditions(locale, statement.filter));
    facts.extend(statement.balances.iter().filter(|balance| !balance.amount.is_zero()).map(|balance| {
        let (state, form) = (state_name(locale, balance.state, Some(balance.settlement)), settlement_name(locale, balance.settlement));
        // What is settled says its form by itself.
        let label = if balance.state == EntryState::Settled {
            state.to_owned()
        } else {
            td_string!(locale, money.statement.balance, state = state, form = form)
        };
        (label, format::money(locale, balance.amount))
    }));
    facts.push((td_string!(locale, money.statement.total).to_owned(), format::money(locale, statement.total)));
    let column = |title: &str, kind| (title.to_owned(), kind);
    let columns = vec![
        column(td_string!(locale, money.statement.number), StatementColumn::Label),
        column(td_string!(locale, money.statement.date), StatementColumn::Label),
        column(td_string!(locale, money.statement.entry_period), StatementColumn::Label),
        column(td_string!(locale, money.statement.rule), StatementColumn::Label),
        column(td_string!(locale, money.statement.what), StatementColumn::Words),
        column(td_string!(locale, money.statement.kind), StatementColumn::Words),
        column(td_string!(locale, money.statement.base), StatementColumn::Figures),
        column(td_string!(locale, money.statement.rate), StatementColumn::Figures),
        column(td_string!(locale, money.statement.amount), StatementColumn::Figures),
        column(td_string!(locale, money.statement.state), StatementColumn::Words),
        column(td_string!(locale, money.statement.form), StatementColumn::Label),
        column(td_string!(locale, money.statement.settled_on), StatementColumn::Label),
    ];
    let mut total = vec![StatementCell::Empty; columns.len()];
    total[4] = StatementCell::Text(td_string!(locale, money.statement.total).to_owned());
    total[8] = StatementCell::Money(statement.total, format::money(locale, statement.total));
    StatementText {
        russian: locale == Locale::ru,
        title: td_string!(locale, money.statement.title).to_owned(),
        subtitle: period,
        name: statement.partner.name.clone(),
        facts,
        caption: td_string!(locale, money.list.title).to_owned(),
        columns,
        rows: statement.entries.iter().map(|entry| row(locale, entry)).collect(),
        total,
        empty: td_string!(locale, money.statement.empty).to_owned(),
        note: td_string!(locale, money.statement.note).to_owned(),
        generated: generated(locale, statement.made_at),
        issued: BusinessDate::of(statement.made_at),
    }
}

fn generated(locale: Locale, at: DateTime<Utc>) -> String {
    td_string!(locale, money.statement.generated, instant = format::instant(locale, at))
}

fn row(locale: Locale, entry: &Entry) -> Vec<StatementCell> {
    let text = |text: &str| StatementCell::Text(text.to_owned());
    let date = |date: BusinessDate| StatementCell::Date(date, format::date_short(locale, date));
    let money = |amount: Money| StatementCell::Money(amount, format::money(locale, amount));
    vec![
        StatementCell::Count(entry.number, entry.number.to_string()),
        date(entry.accrued_on),
        StatementCell::Text(format::period(locale, entry.period)),
        text(entry.rule.id()),
        text(rule_name(locale, entry.rule)),
        text(kind_name(locale, entry.kind)),
        money(entry.base),
        entry.rate.map_or(StatementCell::Empty, |rate| StatementCell::Rate(rate, format::percent(locale, rate))),
        money(entry.amount),
        text(state_name(locale, entry.state, Some(entry.settlement))),
        text(settlement_name(locale, entry.settlement)),
        entry.settled_on.map_or(StatementCell::Empty, date),
    ]
}
