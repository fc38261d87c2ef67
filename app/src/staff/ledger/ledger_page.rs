//! `/staff/ledger`: entries of all partners, what waits for approval among them, and sums of what is shown.

use domain::accrual::Settlement;
use domain::calendar::Month;
use domain::ledger::EntryState;
use domain::rule::Rule;
use leptos::prelude::*;
use service::ledger::{Entry, LedgerPage as Loaded};

use super::place::{CLOSED, FROM, LedgerPlace, PARTNER, RULE, SETTLEMENT, STATE, TO};
use super::words::{entry_title, tally_text};
use crate::components::data_table::{Column, DataTable};
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Icon, lucide};
use crate::components::ledger_entry::calculation::calculation;
use crate::components::ledger_entry::{EntryStateView, kind_name, settlement_name, state_name};
use crate::components::money::MoneyText;
use crate::components::next_page::NextPage;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::context::{form_state, services};
use crate::form::{Choice, Control, Field, FormState, HiddenField, problem_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// Rules that make entries.
const RULES: [Rule; 6] = [Rule::Rate4, Rule::Rebate1, Rule::Rebate2, Rule::Rebate3, Rule::Sales1, Rule::Ledger1];

/// The entries.
#[component]
pub fn LedgerPage() -> impl IntoView {
    staff_page(StaffSection::Ledger, async |viewer, state| {
        let locale = state.locale;
        let place = LedgerPlace::read();
        let loaded = services()?.ledger_page(&viewer, &place.filter(), place.after).await?;
        let form = form_state().await?;
        let title = td_string!(locale, ledger.title);
        let problem = form.problems.get("entries").map(|problem| {
            let text = format!("{}: {}", td_string!(locale, ledger.list), problem_text(locale, problem));
            view! { <NoticeView tone=Tone::Warning text/> }
        });
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div><h1>{title}</h1><p>{td_string!(locale, ledger.lead)}</p></div>
                    <div class="actions">
                        <a class="btn" href=paths::STAFF_SETTLEMENTS>{td_string!(locale, ledger.to_settlements)}</a>
                    </div>
                </div>
                {filters_view(locale, &place)}
                {problem}
                {sums_view(locale, &place, &loaded)}
                {list_view(locale, &place, loaded)}
            },
        ))
    })
}

fn filters_view(locale: Locale, place: &LedgerPlace) -> AnyView {
    let empty = FormState::default();
    let field = |name: &str, value: String| empty.field(name).or_value(value);
    let month = |month: Option<Month>| month.map(|month| month.to_string()).unwrap_or_default();
    let any = || std::iter::once(Choice::new("", td_string!(locale, ledger.any)));
    let states = any().chain(EntryState::ALL.map(|state| Choice::new(state.as_str(), state_name(locale, state, None)))).collect();
    let rules = any().chain(RULES.map(|rule| Choice::new(rule.id(), rule.id()))).collect();
    let forms = any().chain(Settlement::ALL.map(|form| Choice::new(form.as_str(), settlement_name(locale, form)))).collect();
    let reset = (place.beginning() != LedgerPlace::default())
        .then(|| view! { <a class="btn btn-ghost" href=paths::STAFF_LEDGER>{td_string!(locale, ledger.reset)}</a> });
    view! {
        <form class="filters" method="get" action=paths::STAFF_LEDGER role="search">
            <Field locale field=field(PARTNER, place.partner.clone()) label=td_string!(locale, ledger.filter_partner) control=Control::Search maximum_length=200 condition=true/>
            <Field locale field=field(STATE, place.state.map_or("", EntryState::as_str).to_owned()) label=td_string!(locale, ledger.column_state) control=Control::Select(states) condition=true/>
            <Field locale field=field(RULE, place.rule.map_or("", Rule::id).to_owned()) label=td_string!(locale, ledger.column_rule) control=Control::Select(rules) condition=true/>
            <Field locale field=field(SETTLEMENT, place.settlement.map_or("", Settlement::as_str).to_owned()) label=td_string!(locale, ledger.column_settlement) control=Control::Select(forms) condition=true/>
            <Field locale field=field(CLOSED, month(place.closed)) label=td_string!(locale, ledger.filter_closed) control=Control::Month condition=true/>
            <Field locale field=field(FROM, month(place.from)) label=td_string!(locale, ledger.filter_from) control=Control::Month condition=true/>
            <Field locale field=field(TO, month(place.to)) label=td_string!(locale, ledger.filter_to) control=Control::Month condition=true/>
            <button class="btn" type="submit">
                <Icon icon=lucide::LuSearch/>
                {td_string!(locale, ledger.find)}
            </button>
            {reset}
        </form>
    }
    .into_any()
}

fn sums_view(locale: Locale, place: &LedgerPlace, loaded: &Loaded) -> AnyView {
    if loaded.sums.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = loaded
        .sums
        .iter()
        .map(|sum| {
            let shown = LedgerPlace { state: Some(sum.state), settlement: Some(sum.settlement), ..place.beginning() };
            view! {
                <tr>
                    <td class="data-table__main"><a href=shown.address(paths::STAFF_LEDGER)>{state_name(locale, sum.state, Some(sum.settlement))}</a></td>
                    <td>{settlement_name(locale, sum.settlement)}</td>
                    <td class="money">{format::number(locale, sum.count)}</td>
                    <td class="money"><MoneyText locale amount=sum.amount/></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, ledger.column_state)),
        Column::text(td_string!(locale, ledger.column_settlement)),
        Column::figure(td_string!(locale, ledger.column_count)),
        Column::figure(td_string!(locale, ledger.column_amount)),
    ];
    let waiting = loaded.waiting();
    let all = (loaded.may_approve && waiting.count > 0).then(|| {
        let label = td_string!(locale, ledger.approve_all, tally = tally_text(locale, waiting));
        view! { <p><a class="btn" href=place.beginning().address(paths::STAFF_LEDGER_APPROVAL)>{label}</a></p> }
    });
    view! {
        <section class="stack" aria-labelledby="sums-title">
            <h2 id="sums-title">{td_string!(locale, ledger.sums)}</h2>
            <DataTable caption=td_string!(locale, ledger.sums) columns>{rows}</DataTable>
            {all}
        </section>
    }
    .into_any()
}

fn list_view(locale: Locale, place: &LedgerPlace, loaded: Loaded) -> AnyView {
    if loaded.page.lines.is_empty() {
        let reset = view! { <a class="btn" href=paths::STAFF_LEDGER>{td_string!(locale, ledger.reset)}</a> };
        return if *place == LedgerPlace::default() {
            view! { <EmptyState title=td_string!(locale, ledger.empty_title) text=td_string!(locale, ledger.empty_text)/> }.into_any()
        } else {
            view! { <EmptyState title=td_string!(locale, ledger.nothing_found) text=td_string!(locale, ledger.nothing_found_text)>{reset}</EmptyState> }
                .into_any()
        };
    }
    let choosable = loaded.may_approve && loaded.page.lines.iter().any(|entry| entry.state == EntryState::Accrued);
    let rows: Vec<_> = loaded.page.lines.iter().enumerate().map(|(at, entry)| row_view(locale, at, entry, choosable)).collect();
    let mut columns = vec![
        Column::text(td_string!(locale, ledger.column_number)),
        Column::text(td_string!(locale, ledger.column_partner)),
        Column::text(td_string!(locale, ledger.column_rule)),
        Column::text(td_string!(locale, ledger.column_period)),
        Column::figure(td_string!(locale, money.list.calculation)),
        Column::figure(td_string!(locale, ledger.column_amount)),
        Column::text(td_string!(locale, ledger.column_state)),
    ];
    if choosable {
        columns.insert(0, Column::text(td_string!(locale, ledger.column_chosen)));
    }
    let table = view! { <DataTable caption=td_string!(locale, ledger.list) columns>{rows}</DataTable> };
    let body = if choosable {
        view! {
            <form class="stack" method="post" action=paths::API_LEDGER_APPROVE>
                <HiddenField name="place" value=place.address(paths::STAFF_LEDGER)/>
                {table}
                <div class="actions">
                    <button class="btn btn-primary" type="submit">{td_string!(locale, ledger.approve_chosen)}</button>
                    <span class="muted">{td_string!(locale, ledger.approve_chosen_note)}</span>
                </div>
            </form>
        }
        .into_any()
    } else {
        table.into_any()
    };
    let address = place.beginning().address(paths::STAFF_LEDGER);
    let after = place.after.map(|number| number.to_string());
    view! {
        <section class="stack" aria-labelledby="list-title">
            <h2 id="list-title">{td_string!(locale, ledger.list)}</h2>
            {body}
            <NextPage locale address after next=loaded.page.next/>
        </section>
    }
    .into_any()
}

fn row_view(locale: Locale, at: usize, entry: &Entry, choosable: bool) -> AnyView {
    let chosen = choosable.then(|| {
        let control = (entry.state == EntryState::Accrued).then(|| {
            let label = td_string!(locale, ledger.choose, entry = entry_title(locale, entry));
            view! { <input class="checkbox" type="checkbox" name=format!("entries[{at}]") value=entry.id.to_string() aria-label=label/> }
        });
        view! { <td>{control}</td> }
    });
    let kind = (entry.kind != domain::ledger::EntryKind::Accrual)
        .then(|| view! { <span class="muted small block">{kind_name(locale, entry.kind)}</span> });
    view! {
        <tr>
            {chosen}
            <td><a class="figures" href=paths::staff_ledger_entry(entry.id)>{td_string!(locale, ledger.number, number = entry.number)}</a>{kind}</td>
            <td class="data-table__main"><a href=paths::staff_partner(entry.partner_id)>{entry.partner_name.clone()}</a></td>
            <td><RuleLink locale rule=entry.rule/></td>
            <td>{format::period(locale, entry.period)}</td>
            <td class="money">{calculation(locale, entry)}</td>
            <td class="money"><MoneyText locale amount=entry.amount/></td>
            <td><EntryStateView locale state=entry.state settlement=entry.settlement/> <span class="muted small block">{settlement_name(locale, entry.settlement)}</span></td>
        </tr>
    }
    .into_any()
}
