//! `/partner/money`: what is available, pending, settled and projected, and the entries that make every sum (`LED-2`).

use domain::accrual::{Accrual, Settlement, SumOfRows};
use domain::ledger::EntryState;
use domain::money::Money;
use leptos::prelude::*;
use service::partner_money::{Entry, MoneyFilter, MoneyPage as MoneyData, SavedMonth};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DataAsOf, MonthText, ShortDate};
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Icon, lucide};
use crate::components::ledger_entry::calculation::calculation;
use crate::components::ledger_entry::{EARNING_RULES, EntryStateView, kind_name, rule_name, settlement_name, state_name, why_nothing};
use crate::components::money::MoneyText;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::verdict::RuleLink;
use crate::context::query_value;
use crate::context::services;
use crate::form::{Choice, Control, Field, FormState};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// The state, in the address of the list and of its statement.
pub const STATE: &str = "state";
/// The rule.
pub const RULE: &str = "rule";
/// The form of settlement.
pub const FORM: &str = "settlement";
/// The first month.
pub const FROM: &str = "from";
/// The last month.
pub const TO: &str = "to";
/// Months of the saved discount that stand open; earlier ones are folded.
const SAVED_MONTHS: usize = 12;

/// The page of money.
#[component]
pub fn MoneyPage() -> impl IntoView {
    partner_page(PartnerSection::Money, async |partner, state| {
        let filter = MoneyFilter {
            state: query_value(STATE),
            rule: query_value(RULE),
            settlement: query_value(FORM),
            from: query_value(FROM),
            to: query_value(TO),
        };
        let before: Option<i64> = query_value(AFTER);
        let money = services()?.money_page(&partner.viewer, filter, before).await?;
        let locale = state.locale;
        let title = td_string!(locale, money.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, money.lead)}</p>
                        <DataAsOf locale at=money.data_as_of/>
                    </div>
                    <div class="actions">
                        <a class="btn" href=paths::PARTNER_REBATES>
                            <Icon icon=lucide::LuTrendingUp/>
                            {td_string!(locale, money.tiles.rebates)}
                        </a>
                    </div>
                </div>
                {tiles(locale, &money)}
                {projection(locale, &money)}
                {entries(locale, &money, filter, before)}
                {download(locale, filter)}
                {saved(locale, &money)}
            },
        ))
    })
}

/// The address of the list with a filter.
fn address(filter: MoneyFilter) -> String {
    filtered(paths::PARTNER_MONEY, filter)
}

/// The address of the list, or of its statement, with a filter.
fn filtered(path: &str, filter: MoneyFilter) -> String {
    let month = |month: Option<domain::calendar::Month>| month.map(|month| month.to_string()).unwrap_or_default();
    paths::with_query(
        path,
        &[
            (STATE, filter.state.map_or("", EntryState::as_str)),
            (RULE, filter.rule.map_or("", domain::rule::Rule::id)),
            (FORM, filter.settlement.map_or("", Settlement::as_str)),
            (FROM, &month(filter.from)),
            (TO, &month(filter.to)),
        ],
    )
}

fn tiles(locale: Locale, money: &MoneyData) -> AnyView {
    let tile = |state, name: &'static str, note: &'static str| balance_tile(locale, money, state, name, note);
    let (next, note) = match &money.next_rebates {
        Some(next) => (
            format::money(locale, next.amount),
            td_string!(locale, money.tiles.next_rebate_note, date = format::date_long(locale, next.date)),
        ),
        None => (td_string!(locale, money.tiles.no_rebate).to_owned(), td_string!(locale, money.tiles.no_rebate_note).to_owned()),
    };
    view! {
        <section aria-labelledby="balances">
            <h2 class="visually-hidden" id="balances">{td_string!(locale, money.tiles.title)}</h2>
            <div class="card-grid">
                {tile(EntryState::Approved, td_string!(locale, money.tiles.available), td_string!(locale, money.tiles.available_note))}
                {tile(EntryState::Accrued, td_string!(locale, money.tiles.pending), td_string!(locale, money.tiles.pending_note))}
                {tile(EntryState::InSettlement, td_string!(locale, money.tiles.in_settlement), td_string!(locale, money.tiles.in_settlement_note))}
                {tile(EntryState::Settled, td_string!(locale, money.tiles.settled), td_string!(locale, money.tiles.settled_note))}
                <div class="card stat">
                    <p class="stat__label">{td_string!(locale, money.tiles.projected)}</p>
                    <p class="stat__value"><a href="#projection"><MoneyText locale amount=money.projected_total()/></a></p>
                    <p class="stat__note">{td_string!(locale, money.tiles.projected_note)}</p>
                </div>
                <div class="card stat">
                    <p class="stat__label">{td_string!(locale, money.tiles.next_rebate)}</p>
                    <p class="stat__value"><a href=paths::PARTNER_REBATES>{next}</a></p>
                    <p class="stat__note">{note}</p>
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// A balance: its sum opens the entries that make it, and so does each form's part.
fn balance_tile(locale: Locale, money: &MoneyData, state: EntryState, name: &'static str, note: &'static str) -> AnyView {
    let of = |settlement: Option<Settlement>| -> Money {
        let balances = money.balances.iter().filter(|balance| balance.state == state);
        balances.filter(|balance| settlement.is_none_or(|form| balance.settlement == form)).map(|balance| balance.amount).sum()
    };
    let link = |settlement: Option<Settlement>, name: String| {
        let amount = of(settlement);
        let href = address(MoneyFilter { state: Some(state), settlement, ..MoneyFilter::default() });
        let label = td_string!(locale, money.tiles.link, name = name, amount = format::money(locale, amount));
        view! { <a href=format!("{href}#entries") aria-label=label><MoneyText locale amount/></a> }
    };
    let parts: Vec<_> = Settlement::ALL
        .into_iter()
        .filter(|form| !of(Some(*form)).is_zero())
        .map(|form| {
            let words = settlement_name(locale, form);
            view! { <li>{words} " " {link(Some(form), format!("{name}, {words}"))}</li> }
        })
        .collect();
    view! {
        <div class="card stat" data-balance=state.as_str()>
            <p class="stat__label">{name}</p>
            <p class="stat__value">{link(None, name.to_owned())}</p>
            <p class="stat__note">{note}</p>
            <ul class="legend">{parts}</ul>
        </div>
    }
    .into_any()
}

fn projection(locale: Locale, money: &MoneyData) -> AnyView {
    let content = if money.projected.is_empty() {
        view! { <p class="muted">{td_string!(locale, money.projection.empty)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, money.list.what)),
            Column::text(td_string!(locale, money.list.period)),
            Column::figure(td_string!(locale, money.list.calculation)),
            Column::figure(td_string!(locale, money.list.amount)),
            Column::text(td_string!(locale, money.list.form)),
            Column::text(td_string!(locale, money.projection.date)),
        ];
        let row = |accrual: &Accrual| {
            let (name, period) = (rule_name(locale, accrual.rule), format::period(locale, accrual.period));
            let href = paths::partner_money_sum(SumOfRows::Base(accrual.rule, accrual.period));
            let label = format!(
                "{}. {}",
                format::money(locale, accrual.amount),
                td_string!(locale, money.sum.open, what = name, period = period.clone())
            );
            view! {
                <tr>
                    <th scope="row" class="data-table__main">{name} " " <RuleLink locale rule=accrual.rule/></th>
                    <td>{period}</td>
                    <td class="money">{calculation(locale, accrual)}</td>
                    <td class="money"><a href=href aria-label=label><MoneyText locale amount=accrual.amount/></a></td>
                    <td>{settlement_name(locale, accrual.settlement)}</td>
                    <td class="figures"><ShortDate locale date=accrual.accrued_on/></td>
                </tr>
            }
        };
        let rows: Vec<_> = money.projected.iter().map(row).collect();
        view! { <DataTable caption=td_string!(locale, money.projection.caption) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="stack" id="projection">
            <h2>{td_string!(locale, money.projection.title)}</h2>
            <p class="muted">{td_string!(locale, money.projection.text)}</p>
            {content}
        </section>
    }
    .into_any()
}

fn filters(locale: Locale, filter: MoneyFilter) -> AnyView {
    let any = || Choice::new("", td_string!(locale, money.filter.any));
    let states = EntryState::ALL.into_iter().map(|state| Choice::new(state.as_str(), state_name(locale, state, None)));
    let rules = EARNING_RULES.into_iter().map(|rule| Choice::new(rule.id(), rule_name(locale, rule)));
    let forms = Settlement::ALL.into_iter().map(|form| Choice::new(form.as_str(), settlement_name(locale, form)));
    let list = |choices: &mut dyn Iterator<Item = Choice>| Control::Select(std::iter::once(any()).chain(choices).collect());
    let field = |name: &str, value: Option<String>| FormState::default().field(name).or_value(value.unwrap_or_default());
    let (state, rule) = (field(STATE, filter.state.map(|state| state.to_string())), field(RULE, filter.rule.map(|rule| rule.to_string())));
    let form = field(FORM, filter.settlement.map(|form| form.to_string()));
    let (from, to) = (field(FROM, filter.from.map(|month| month.to_string())), field(TO, filter.to.map(|month| month.to_string())));
    let clear = (filter != MoneyFilter::default()).then(
        || view! { <a class="btn btn-ghost" href=format!("{}#entries", paths::PARTNER_MONEY)>{td_string!(locale, money.filter.clear)}</a> },
    );
    let (states, rules, forms) = (list(&mut { states }), list(&mut { rules }), list(&mut { forms }));
    view! {
        <form class="filters" method="get" action=format!("{}#entries", paths::PARTNER_MONEY) aria-label=td_string!(locale, money.filter.name)>
            <Field locale field=state label=td_string!(locale, money.filter.state) control=states condition=true/>
            <Field locale field=rule label=td_string!(locale, money.filter.rule) control=rules condition=true/>
            <Field locale field=form label=td_string!(locale, money.filter.form) control=forms condition=true/>
            <Field locale field=from label=td_string!(locale, money.filter.from) control=Control::Month condition=true/>
            <Field locale field=to label=td_string!(locale, money.filter.to) control=Control::Month condition=true/>
            <button class="btn" type="submit">{td_string!(locale, money.filter.apply)}</button>
            {clear}
        </form>
    }
    .into_any()
}

fn entries(locale: Locale, money: &MoneyData, filter: MoneyFilter, before: Option<i64>) -> AnyView {
    let content = if money.page.lines.is_empty() {
        let (title, text) = if filter == MoneyFilter::default() && before.is_none() {
            (td_string!(locale, money.list.empty), td_string!(locale, money.list.empty_text))
        } else {
            (td_string!(locale, money.list.nothing_found), td_string!(locale, money.list.nothing_found_text))
        };
        view! { <EmptyState title text/> }.into_any()
    } else {
        view! {
            <EntryTable locale caption=td_string!(locale, money.list.caption) entries=money.page.lines.clone()/>
            <NextPage locale address=address(filter) after=before.map(|number| number.to_string()) next=money.page.next.clone()/>
        }
        .into_any()
    };
    let count = u64::try_from(money.count).unwrap_or(0);
    view! {
        <section class="stack" id="entries">
            <div class="card-head">
                <h2>{td_string!(locale, money.list.title)}</h2>
                <p id="entries-sum">
                    {td_string!(locale, money.list.count, count = count)} " · " {td_string!(locale, money.list.sum)} " "
                    <strong><MoneyText locale amount=money.total/></strong>
                </p>
            </div>
            {filters(locale, filter)}
            {content}
        </section>
    }
    .into_any()
}

/// Entries as a table, each leading to its own page.
#[component]
pub fn EntryTable(
    /// The language.
    locale: Locale,
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// The entries.
    entries: Vec<Entry>,
) -> impl IntoView {
    let columns = vec![
        Column::text(td_string!(locale, money.list.number)),
        Column::text(td_string!(locale, money.list.period)),
        Column::text(td_string!(locale, money.list.what)),
        Column::figure(td_string!(locale, money.list.calculation)),
        Column::figure(td_string!(locale, money.list.amount)),
        Column::text(td_string!(locale, money.list.state)),
        Column::text(td_string!(locale, money.list.form)),
    ];
    let rows: Vec<_> = entries.iter().map(|entry| entry_row(locale, entry)).collect();
    view! { <DataTable caption columns>{rows}</DataTable> }
}

fn entry_row(locale: Locale, entry: &Entry) -> impl IntoView + use<> {
    let kind = (entry.kind != domain::ledger::EntryKind::Accrual)
        .then(|| view! { <span class="muted small block">{kind_name(locale, entry.kind)}</span> });
    let why = why_nothing(locale, entry).map(|why| view! { <span class="muted small block">{why}</span> });
    view! {
        <tr>
            <th scope="row" class="figures"><a href=paths::partner_money_entry(entry.id)>{td_string!(locale, money.list.entry, number = entry.number)}</a></th>
            <td>{format::period(locale, entry.period)}</td>
            <td class="data-table__main min-w-44">{rule_name(locale, entry.rule)} " " <RuleLink locale rule=entry.rule/> {kind} {why}</td>
            <td class="money">{calculation(locale, entry)}</td>
            <td class="money"><MoneyText locale amount=entry.amount/></td>
            <td><EntryStateView locale state=entry.state settlement=entry.settlement/></td>
            <td>{settlement_name(locale, entry.settlement)}</td>
        </tr>
    }
}

fn download(locale: Locale, filter: MoneyFilter) -> AnyView {
    let link = |path: &str, words: &'static str| {
        view! { <a class="btn" href=filtered(path, filter) download="" rel="nofollow"><Icon icon=lucide::LuDownload/> {words}</a> }
    };
    let text = if filter == MoneyFilter::default() {
        td_string!(locale, money.download.text).to_owned()
    } else {
        td_string!(locale, money.download.text_filtered, conditions = super::statement::conditions_text(locale, filter))
    };
    view! {
        <section class="card stack" aria-labelledby="statement">
            <h2 class="card-title" id="statement">{td_string!(locale, money.download.title)}</h2>
            <p>{text}</p>
            <div class="actions">
                {link(paths::STATEMENT_PDF, td_string!(locale, money.download.pdf))}
                {link(paths::STATEMENT_XLSX, td_string!(locale, money.download.xlsx))}
                {link(paths::STATEMENT_CSV, td_string!(locale, money.download.csv))}
            </div>
        </section>
    }
    .into_any()
}

fn saved(locale: Locale, money: &MoneyData) -> Option<AnyView> {
    if money.saved.is_empty() {
        return None;
    }
    let (newest, older) = money.saved.split_at(money.saved.len().min(SAVED_MONTHS));
    let sums = |months: &[SavedMonth]| -> (Money, Money) {
        (months.iter().map(|saved| saved.gross).sum(), months.iter().map(|saved| saved.saved).sum())
    };
    let older_table = (!older.is_empty()).then(|| {
        let caption = td_string!(locale, money.saved.caption_older);
        let total = td_string!(locale, money.saved.total_of_these);
        view! {
            <details class="disclosure">
                <summary>{td_string!(locale, money.saved.older, count = older.len())}</summary>
                {saved_table(locale, caption, older, total, sums(older))}
            </details>
            <p><strong>
                {td_string!(locale, money.saved.all, amount = format::money(locale, sums(&money.saved).1))}
            </strong></p>
        }
    });
    let total = if older.is_empty() { td_string!(locale, money.saved.total) } else { td_string!(locale, money.saved.total_of_these) };
    Some(
        view! {
            <section class="stack" id="saved">
                <h2>{td_string!(locale, money.saved.title)}</h2>
                <p class="muted">{td_string!(locale, money.saved.text)} " " <RuleLink locale rule=domain::rule::Rule::Rate4/></p>
                {saved_table(locale, td_string!(locale, money.saved.caption), newest, total, sums(newest))}
                {older_table}
            </section>
        }
        .into_any(),
    )
}

/// Months with their discount and the sum of them.
fn saved_table(
    locale: Locale,
    caption: &'static str,
    months: &[SavedMonth],
    total: &'static str,
    (gross, saved): (Money, Money),
) -> impl IntoView + use<> {
    let columns = vec![
        Column::text(td_string!(locale, money.saved.month)),
        Column::text(td_string!(locale, money.saved.model)),
        Column::figure(td_string!(locale, money.saved.gross)),
        Column::figure(td_string!(locale, money.saved.amount)),
        Column::figure(td_string!(locale, money.saved.net)),
    ];
    let rows: Vec<_> = months
        .iter()
        .map(|saved| {
            let href = paths::partner_money_sum(SumOfRows::Saved(saved.month));
            let (what, month) = (td_string!(locale, money.saved.amount), format::month(locale, saved.month));
            let label =
                format!("{}. {}", format::money(locale, saved.saved), td_string!(locale, money.sum.open, what = what, period = month));
            view! {
                <tr>
                    <th scope="row"><MonthText locale month=saved.month/></th>
                    <td>{format::model(locale, saved.model)}</td>
                    <td class="money"><MoneyText locale amount=saved.gross/></td>
                    <td class="money"><a href=href aria-label=label><MoneyText locale amount=saved.saved/></a></td>
                    <td class="money"><MoneyText locale amount=saved.gross - saved.saved/></td>
                </tr>
            }
        })
        .collect();
    view! {
        <DataTable caption columns>
            {rows}
            <tr class="data-table__total">
                <th scope="row">{total}</th>
                <td></td>
                <td class="money"><MoneyText locale amount=gross/></td>
                <td class="money"><MoneyText locale amount=saved/></td>
                <td class="money"><MoneyText locale amount=gross - saved/></td>
            </tr>
        </DataTable>
    }
}
