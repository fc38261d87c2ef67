//! `/partner/money/{entry}`: base x rate, where the base comes from down to the machine, and the entry's path so far (`WHY-1`).

use domain::accrual::Settlement;
use domain::ids::LedgerEntryId;
use domain::ledger::EntryState;
use leptos::prelude::*;
use service::partner_money::{Entry, EntryPage as EntryData};

use super::money_page::EntryTable;
use crate::components::date::DateText;
use crate::components::ledger_entry::calculation::CalculationCard;
use crate::components::ledger_entry::rows::{RowsSection, rows_place};
use crate::components::ledger_entry::{EntryStateView, kind_name, life, rule_name, settlement_name};
use crate::components::money::MoneyText;
use crate::components::timeline::{Mark, Timeline, TimelineEntry};
use crate::components::verdict::RuleLink;
use crate::context::{path_value, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// One entry.
#[component]
pub fn MoneyEntryPage() -> impl IntoView {
    let id = path_value::<LedgerEntryId>("entry");
    partner_page(PartnerSection::Money, async move |partner, state| {
        let place = rows_place();
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
                {page.rows.clone().map(|rows| {
                    let address = paths::partner_money_entry(entry.id);
                    view! { <RowsSection locale address rows services=page.services.clone() place/> }
                })}
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
        let text =
            td_string!(locale, ledger_entry.terms_version, number = terms.number, date = format::date_long(locale, terms.valid_from));
        view! { <div><dt>{td_string!(locale, ledger_entry.terms)}</dt><dd>{text}</dd></div> }
    });
    let request = page.request.clone().map(|reference| {
        let href = paths::partner_request(&reference);
        view! { <div><dt>{td_string!(locale, ledger_entry.request)}</dt><dd><a class="figures" href=href>{reference}</a></dd></div> }
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
                {request}
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
