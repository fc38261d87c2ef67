//! `/partner/sales-bonuses`: choose a client and a month, read what it comes to, claim it.

use domain::calendar::Month;
use domain::ids::ClientId;
use domain::request::RequestKind;
use domain::rule::Rule;
use leptos::prelude::*;
use service::sales_bonuses::{Client, SalesBonusNow, SalesBonusesPage as Loaded};

use crate::components::empty_state::EmptyState;
use crate::components::request::decision_time;
use crate::components::verdict::{RuleLink, VerdictView};
use crate::context::{form_state, query_value, services};
use crate::form::{Choice, Control, ErrorSummary, Field, FormState, HiddenField, IdempotencyKey, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::requests::taken_up::{TakenUp, taken_up, taken_up_view};
use crate::paths;

const CLIENT: &str = "client";
const MONTH: &str = "month";
const MANAGER: &str = "manager";

/// The form of a claim.
#[component]
pub fn SalesBonusesPage() -> impl IntoView {
    partner_page(PartnerSection::SalesBonuses, async |partner, state| {
        let locale = state.locale;
        let chosen = query_value::<ClientId>(CLIENT).zip(query_value::<Month>(MONTH));
        let loaded = services()?.sales_bonuses_page(&partner.viewer, chosen).await?;
        let form = form_state().await?;
        let again = taken_up(&partner.viewer, RequestKind::SalesBonus).await?;
        let title = td_string!(locale, sales_bonuses.title);
        let body = if !loaded.privilege.is_allowed() {
            view! {
                <VerdictView locale verdict=loaded.privilege.clone()>
                    <a class="btn btn-sm" href=paths::PARTNER_PRIVILEGES>{td_string!(locale, sales_bonuses.unlock)}</a>
                </VerdictView>
            }
            .into_any()
        } else if loaded.clients.is_empty() {
            let (title, text) = (td_string!(locale, sales_bonuses.no_clients_title), td_string!(locale, sales_bonuses.no_clients_text));
            view! {
                <EmptyState title text>
                    <a class="btn" href=paths::PARTNER_CLIENT_NEW>{td_string!(locale, sales_bonuses.add_client)}</a>
                </EmptyState>
            }
            .into_any()
        } else if loaded.months.is_empty() {
            view! { <p>{td_string!(locale, sales_bonuses.no_months)}</p> }.into_any()
        } else {
            let claim = loaded.chosen.as_ref().map(|(client, month, now)| claim_view(locale, &loaded, client, *month, now, form, again));
            view! { {choice_view(locale, &loaded, chosen)} {claim} }.into_any()
        };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div><h1>{title}</h1><p>{td_string!(locale, sales_bonuses.lead)} " " <RuleLink locale rule=Rule::Sales1/></p></div>
                </div>
                {body}
            },
        ))
    })
}

/// The choice: a form that only reads, so that its result has an address.
fn choice_view(locale: Locale, loaded: &Loaded, chosen: Option<(ClientId, Month)>) -> AnyView {
    let mut state = FormState::default();
    if let Some((client, month)) = chosen {
        state.values = [(CLIENT.to_owned(), client.to_string()), (MONTH.to_owned(), month.to_string())].into();
    }
    let clients = loaded.clients.iter().map(|client| Choice::new(client.id.to_string(), format!("{} · {}", client.name, client.inn)));
    let months = loaded.months.iter().map(|month| Choice::new(month.to_string(), format::month(locale, *month)));
    let cut = loaded.clients_cut.then(|| {
        view! { <p class="muted">{td_string!(locale, sales_bonuses.first_clients, shown = loaded.clients.len())}</p> }
    });
    view! {
        <section class="card stack" aria-labelledby="choose-title">
            <h2 class="card-title" id="choose-title">{td_string!(locale, sales_bonuses.choose_title)}</h2>
            <form class="form" method="get" action=paths::PARTNER_SALES_BONUSES>
                <Field locale field=state.field(CLIENT) label=td_string!(locale, sales_bonuses.client) control=Control::Select(clients.collect())/>
                {cut}
                <Field locale field=state.field(MONTH) label=td_string!(locale, sales_bonuses.month) control=Control::Select(months.collect())/>
                <div class="actions"><button class="btn" type="submit">{td_string!(locale, sales_bonuses.choose)}</button></div>
            </form>
        </section>
    }
    .into_any()
}

/// What the month comes to, and the claim where nothing speaks against it.
fn claim_view(
    locale: Locale,
    loaded: &Loaded,
    client: &Client,
    month: Month,
    now: &SalesBonusNow,
    mut form: FormState,
    again: Option<TakenUp>,
) -> AnyView {
    let title = td_string!(locale, sales_bonuses.amount_title, client = client.name.clone(), month = format::month(locale, month));
    let money = |amount| format::money(locale, amount);
    let reason = again.as_ref().map(|again| taken_up_view(locale, again));
    // What came back, else what the claim held that is taken up again.
    if let Some(manager) = again.as_ref().and_then(|again| again.entries.get(MANAGER)) {
        form.values.entry(MANAGER.to_owned()).or_insert_with(|| manager.clone());
    }
    let claim = now.verdict.is_allowed().then(|| {
        let labels = vec![(MANAGER, td_string!(locale, sales_bonuses.manager).to_owned())];
        view! {
            <form class="form" method="post" action=paths::API_SALES_BONUS_SUBMIT>
                <ErrorSummary locale form=form.clone() labels/>
                <HiddenField name=CLIENT value=client.id.to_string()/>
                <HiddenField name=MONTH value=month.to_string()/>
                <HiddenField name=paths::AGAIN value=again.map(|again| again.reference).unwrap_or_default()/>
                <IdempotencyKey key=loaded.key/>
                <Field
                    locale
                    field=form.field(MANAGER)
                    label=td_string!(locale, sales_bonuses.manager)
                    control=Control::Text
                    maximum_length=200
                />
                <p class="muted">{decision_time(locale, RequestKind::SalesBonus)}</p>
                <div class="actions"><SubmitButton label=td_string!(locale, sales_bonuses.submit, sum = money(now.net))/></div>
            </form>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="amount-title">
            <h2 class="card-title" id="amount-title">{title}</h2>
            {reason}
            <dl class="dl">
                <div><dt>{td_string!(locale, sales_bonuses.gross)}</dt><dd class="money">{money(now.gross)}</dd></div>
                <div><dt>{td_string!(locale, sales_bonuses.discount)}</dt><dd class="money">{money(now.net - now.gross)}</dd></div>
                <div><dt>{td_string!(locale, sales_bonuses.net)}</dt><dd class="money">{money(now.net)}</dd></div>
            </dl>
            <VerdictView locale verdict=now.verdict.clone()/>
            {claim}
        </section>
    }
    .into_any()
}
