//! `/partner/money/{entry}`: base x rate, where the base comes from down to the machine, and the entry's path so far (`WHY-1`).

use domain::accrual::Settlement;
use domain::ids::{ClientId, LedgerEntryId};
use domain::ledger::EntryState;
use domain::money::Money;
use leptos::prelude::*;
use service::partner_money::{ClientPart, ClientRows, Entry, EntryPage as EntryData, RowBehind, RowsBehind, RowsPlace};

use super::money_page::EntryTable;
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DateText, MonthText};
use crate::components::ledger_entry::calculation::CalculationCard;
use crate::components::ledger_entry::{EntryStateView, kind_name, life, rule_name, settlement_name};
use crate::components::money::MoneyText;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::status::Tone;
use crate::components::timeline::{Mark, Timeline, TimelineEntry};
use crate::components::verdict::RuleLink;
use crate::components::{empty_state::EmptyState, notice::NoticeView};
use crate::context::{path_value, query, query_value, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

const CLIENT: &str = "client";

/// One entry.
#[component]
pub fn MoneyEntryPage() -> impl IntoView {
    let id = path_value::<LedgerEntryId>("entry");
    partner_page(PartnerSection::Money, async move |partner, state| {
        let place = RowsPlace { client: query_value::<ClientId>(CLIENT), after: query(AFTER) };
        let page = services()?.money_entry_page(&partner.viewer, id?, &place).await?;
        let locale = state.locale;
        let entry = &page.entry;
        let what = rule_name(locale, entry.rule);
        let title =
            td_string!(locale, money.entry.title, number = entry.number, what = what, period = format::period(locale, entry.period));
        let reason = entry
            .reason
            .as_ref()
            .map(|(_, text)| view! { <p>{td_string!(locale, money.entry.reason, text = text.clone())}</p> }.into_any());
        Ok(Page::new(
            title.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, money.crumbs)>
                    <a href=paths::PARTNER_MONEY>{td_string!(locale, money.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p class="stat__value"><MoneyText locale amount=entry.amount/></p>
                    </div>
                    <EntryStateView locale state=entry.state settlement=entry.settlement/>
                </div>
                <CalculationCard locale entry=entry.clone() reason/>
                <div class="card-grid card-grid--wide">
                    {life_card(locale, &page)}
                    {facts_card(locale, &page)}
                </div>
                {page.rows.as_ref().map(|rows| rows_section(locale, &page, rows, &place))}
                {related_section(locale, &page)}
            },
        ))
    })
}

fn life_card(locale: Locale, page: &EntryData) -> AnyView {
    let entry = &page.entry;
    let events = page.events.iter().map(|event| life::event(locale, entry.settlement, event, None));
    let next = next_step(locale, entry).map(|title| TimelineEntry {
        when: td_string!(locale, money.entry.next).into_any(),
        mark: Mark::Next,
        title: title.to_owned(),
        details: None,
    });
    let entries = std::iter::once(life::beginning(locale, entry)).chain(events).chain(next).collect::<Vec<_>>();
    view! {
        <section class="card" aria-labelledby="life">
            <h2 class="card-title" id="life">{td_string!(locale, ledger_entry.life.title)} " " <RuleLink locale rule=domain::rule::Rule::Ledger1/></h2>
            <Timeline entries/>
        </section>
    }
    .into_any()
}

/// What is expected to happen to an entry.
fn next_step(locale: Locale, entry: &Entry) -> Option<&'static str> {
    match (entry.state, entry.settlement) {
        (EntryState::Accrued, _) => Some(td_string!(locale, money.entry.next_approval)),
        (EntryState::Approved, Settlement::Bank) => Some(td_string!(locale, money.entry.next_settlement_bank)),
        (EntryState::Approved, Settlement::Discount) => Some(td_string!(locale, money.entry.next_settlement_discount)),
        (EntryState::InSettlement, Settlement::Bank) => Some(td_string!(locale, money.entry.next_payment)),
        (EntryState::InSettlement, Settlement::Discount) => Some(td_string!(locale, money.entry.next_invoice)),
        (EntryState::Settled | EntryState::Reversed | EntryState::Nothing, _) => None,
    }
}

fn facts_card(locale: Locale, page: &EntryData) -> AnyView {
    let entry = &page.entry;
    let terms = page.terms.map(|terms| {
        let text = td_string!(locale, money.entry.terms_version, number = terms.number, date = format::date_long(locale, terms.valid_from));
        view! { <div><dt>{td_string!(locale, money.entry.terms)}</dt><dd>{text}</dd></div> }
    });
    view! {
        <section class="card" aria-labelledby="facts">
            <h2 class="card-title" id="facts">{td_string!(locale, money.entry.facts)}</h2>
            <dl class="dl">
                <div><dt>{td_string!(locale, money.entry.rule)}</dt><dd>{rule_name(locale, entry.rule)} " " <RuleLink locale rule=entry.rule/></dd></div>
                <div><dt>{td_string!(locale, money.entry.period)}</dt><dd>{format::period(locale, entry.period)}</dd></div>
                <div><dt>{td_string!(locale, money.entry.kind)}</dt><dd>{kind_name(locale, entry.kind)}</dd></div>
                <div><dt>{td_string!(locale, money.entry.form)}</dt><dd>{settlement_name(locale, entry.settlement)}</dd></div>
                <div><dt>{td_string!(locale, money.entry.dated)}</dt><dd><DateText locale date=entry.accrued_on/></dd></div>
                {terms}
            </dl>
        </section>
    }
    .into_any()
}

fn related_section(locale: Locale, page: &EntryData) -> Option<AnyView> {
    (!page.related.is_empty()).then(|| {
        view! {
            <section class="stack" id="related">
                <h2>{td_string!(locale, money.entry.related)}</h2>
                <EntryTable locale caption=td_string!(locale, money.entry.related_caption) entries=page.related.clone()/>
            </section>
        }
        .into_any()
    })
}

/// The address of the rows of a client behind an entry.
fn client_address(entry: &Entry, client: ClientId) -> String {
    paths::with_query(&paths::partner_money_entry(entry.id), &[(CLIENT, &client.to_string())])
}

fn rows_section(locale: Locale, page: &EntryData, rows: &RowsBehind, place: &RowsPlace) -> AnyView {
    let money = |amount: Money| format::money(locale, amount);
    let base = rows.base(page.entry.rule);
    let (tone, compared) = if base != rows.posted {
        let (shown, posted, difference) = (money(base), money(rows.posted), money(base - rows.posted));
        (Tone::Warning, td_string!(locale, money.rows.differs, rows = shown, posted = posted, difference = difference))
    } else if base != rows.total {
        (Tone::Neutral, td_string!(locale, money.rows.floor, rows = money(rows.total)))
    } else {
        (Tone::Good, td_string!(locale, money.rows.equal, rows = money(rows.total)))
    };
    let content = match &rows.chosen {
        Some(chosen) => client_rows(locale, page, chosen, place),
        None if rows.client_count == 0 => {
            view! { <EmptyState title=td_string!(locale, money.rows.empty) text=td_string!(locale, money.rows.text)/> }.into_any()
        }
        None => client_table(locale, page, rows, place),
    };
    view! {
        <section class="stack" id="rows">
            <h2>{td_string!(locale, money.rows.title)}</h2>
            <p class="muted">{td_string!(locale, money.rows.text)}</p>
            <NoticeView tone text=compared/>
            {content}
        </section>
    }
    .into_any()
}

fn client_table(locale: Locale, page: &EntryData, rows: &RowsBehind, place: &RowsPlace) -> AnyView {
    let columns = vec![
        Column::text(td_string!(locale, money.rows.client)),
        Column::figure(td_string!(locale, money.rows.count)),
        Column::figure(td_string!(locale, money.rows.gross)),
        Column::figure(td_string!(locale, money.rows.part)),
    ];
    let count = move |rows: usize| format::number(locale, i64::try_from(rows).unwrap_or(i64::MAX));
    let line = |client: &ClientPart| {
        view! {
            <tr>
                <th scope="row" class="data-table__main">
                    <a href=format!("{}#rows", client_address(&page.entry, client.client_id))>{client.name.clone()}</a>
                </th>
                <td class="money">{count(client.rows)}</td>
                <td class="money"><MoneyText locale amount=client.gross/></td>
                <td class="money"><MoneyText locale amount=client.part/></td>
            </tr>
        }
    };
    let lines: Vec<_> = rows.clients.lines.iter().map(line).collect();
    let (client_count, total) = (count(rows.client_count), rows.total);
    view! {
        <DataTable caption=td_string!(locale, money.rows.clients_caption) columns>
            {lines}
            <tr class="data-table__total">
                <th scope="row">{td_string!(locale, money.rows.total)}</th>
                <td class="money">{client_count}</td>
                <td></td>
                <td class="money"><MoneyText locale amount=total/></td>
            </tr>
        </DataTable>
        <NextPage locale address=paths::partner_money_entry(page.entry.id) after=place.after.clone() next=rows.clients.next.clone()/>
    }
    .into_any()
}

fn client_rows(locale: Locale, page: &EntryData, chosen: &ClientRows, place: &RowsPlace) -> AnyView {
    let client = &chosen.client;
    let columns = vec![
        Column::text(td_string!(locale, money.rows.month)),
        Column::text(td_string!(locale, money.rows.service)),
        Column::text(td_string!(locale, money.rows.resource)),
        Column::figure(td_string!(locale, money.rows.gross)),
        Column::figure(td_string!(locale, money.rows.rate)),
        Column::figure(td_string!(locale, money.rows.net)),
        Column::figure(td_string!(locale, money.rows.part)),
    ];
    let service_name = |code: &str| {
        let known = page.services.iter().find(|service| service.code == code);
        known.map_or_else(
            || code.to_owned(),
            |service| match locale {
                Locale::ru => service.name_ru.clone(),
                Locale::en => service.name_en.clone(),
            },
        )
    };
    let line = |row: &RowBehind| {
        view! {
            <tr>
                <td><MonthText locale month=row.month/></td>
                <td>{service_name(row.service.as_str())}</td>
                <td>{row.resource.clone()}</td>
                <td class="money"><MoneyText locale amount=row.gross/></td>
                <td class="money">{format::percent(locale, row.worth.rate)}</td>
                <td class="money"><MoneyText locale amount=row.worth.net/></td>
                <td class="money"><MoneyText locale amount=row.worth.part/></td>
            </tr>
        }
    };
    let lines: Vec<_> = chosen.page.lines.iter().map(line).collect();
    let (gross, part) = (client.gross, client.part);
    view! {
        <div class="card-head">
            <h3>{td_string!(locale, money.rows.client_title, client = client.name.clone())}</h3>
            <a href=format!("{}#rows", paths::partner_money_entry(page.entry.id))>{td_string!(locale, money.rows.all_clients)}</a>
        </div>
        <DataTable caption=td_string!(locale, money.rows.client_caption) columns>
            {lines}
            <tr class="data-table__total">
                <th scope="row" colspan="3">{td_string!(locale, money.rows.client_total)}</th>
                <td class="money"><MoneyText locale amount=gross/></td>
                <td></td>
                <td></td>
                <td class="money"><MoneyText locale amount=part/></td>
            </tr>
        </DataTable>
        <NextPage locale address=client_address(&page.entry, client.client_id) after=place.after.clone() next=chosen.page.next.clone()/>
    }
    .into_any()
}
