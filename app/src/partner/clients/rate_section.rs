//! The choice of reward on a client's page: what each gives on the client's own usage, and the form, or why it is locked (`RATE-2`).

use domain::rate::RateChoice;
use domain::rule::Rule;
use leptos::prelude::*;
use service::clients::ClientPage as ClientData;

use super::RATE;
use crate::components::data_table::{Column, DataTable};
use crate::components::money::MoneyText;
use crate::components::verdict::{RuleLink, VerdictView};
use crate::form::{Choice, Control, ErrorSummary, Field, FormState, HiddenField, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The section; its form comes back with what was chosen.
pub(super) fn rate_section(locale: Locale, client: &ClientData, form: FormState) -> AnyView {
    let rate = &client.rate;
    let month = format::month(locale, rate.once_month);
    let monthly = td_string!(locale, clients.rate.monthly);
    let once = td_string!(locale, clients.rate.once, month = month.clone());
    let now = match rate.chosen {
        Some(RateChoice::Once) => td_string!(locale, clients.rate.now_once, month = month),
        Some(RateChoice::Monthly) | None => td_string!(locale, clients.rate.now_monthly).to_owned(),
    };
    let is_referral = client.model == domain::model::Model::Referral;
    let compared = (is_referral && rate.billed_months > 0).then(|| {
        let to_come = (!rate.once_month_is_over)
            .then(|| view! { <span class="muted small block">{td_string!(locale, clients.rate.once_to_come, amount = format::money(locale, rate.once))}</span> });
        let columns = vec![Column::text(td_string!(locale, clients.rate.choice)), Column::figure(td_string!(locale, clients.rate.gives))];
        let overtaken =
            rate.overtaken_in.map(|number| view! { <p>{td_string!(locale, clients.rate.overtakes, number = number)}</p> });
        let (monthly_gives, once_gives, once) = (rate.monthly, rate.once, once.clone());
        view! {
            <DataTable caption=td_string!(locale, clients.rate.caption) columns>
                <tr>
                    <th scope="row">{monthly}</th>
                    <td class="money"><MoneyText locale amount=monthly_gives/></td>
                </tr>
                <tr>
                    <th scope="row">{once} {to_come}</th>
                    <td class="money"><MoneyText locale amount=once_gives/></td>
                </tr>
            </DataTable>
            {overtaken}
        }
    });
    let nothing =
        (is_referral && rate.billed_months == 0).then(|| view! { <p class="muted">{td_string!(locale, clients.rate.nothing_billed)}</p> });
    let state = is_referral.then(|| view! { <p>{now}</p> });
    let act = if rate.verdict.is_allowed() {
        let chosen = rate.chosen.unwrap_or(RateChoice::Monthly);
        let choices = vec![Choice::new(RateChoice::Monthly.as_str(), monthly), Choice::new(RateChoice::Once.as_str(), once)];
        let label = td_string!(locale, clients.rate.label);
        let refused = form.verdict.clone().map(|verdict| view! { <VerdictView locale verdict/> });
        view! {
            {refused}
            <form class="form" method="post" action=paths::API_RATE_CHOOSE>
                <ErrorSummary locale form=form.clone() labels=vec![(RATE, label.to_owned())]/>
                <HiddenField name="client" value=client.client.id.to_string()/>
                <Field locale field=form.field(RATE).or_value(chosen.as_str()) label control=Control::Radio(choices)/>
                <div class="actions"><SubmitButton label=td_string!(locale, clients.rate.submit)/></div>
            </form>
        }
        .into_any()
    } else {
        view! { <VerdictView locale verdict=rate.verdict.clone()/> }.into_any()
    };
    view! {
        <section class="stack" id="rate">
            <h2>{td_string!(locale, clients.rate.title)} " " <RuleLink locale rule=Rule::Rate2/></h2>
            <p class="muted">{td_string!(locale, clients.rate.text)}</p>
            {state}
            {compared}
            {nothing}
            {act}
        </section>
    }
    .into_any()
}
