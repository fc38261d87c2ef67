//! `/staff/settlements/settings`: who pays, and above which amount a second person settles.

use leptos::prelude::*;

use crate::context::{form_state, services};
use crate::form::{Control, ErrorSummary, Field, SubmitButton};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::partners::bank_account_page::{AccountFields, AccountValues, account_labels};

/// The settings.
#[component]
pub fn SettlementSettingsPage() -> impl IntoView {
    staff_page(StaffSection::Settlements, async |viewer, state| {
        let locale: Locale = state.locale;
        let settings = services()?.settlement_settings_page(&viewer).await?;
        let form = form_state().await?;
        let title = td_string!(locale, ledger.settings.title);
        let mut labels = vec![
            ("second_person_above", td_string!(locale, ledger.settings.above).to_owned()),
            ("name", td_string!(locale, ledger.settings.name).to_owned()),
            ("inn", td_string!(locale, ledger.account.inn).to_owned()),
        ];
        labels.extend(account_labels(locale));
        let payer = settings.payer;
        let values = AccountValues {
            kpp: payer.kpp.unwrap_or_default(),
            account: payer.account,
            bank_name: payer.bank_name,
            bik: payer.bik,
            correspondent_account: payer.correspondent_account,
        };
        // A comma, as people type it.
        let above = settings.second_person_above.to_string().replace('.', ",");
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, ledger.path)>
                    <a href=paths::STAFF_SETTLEMENTS>{td_string!(locale, ledger.runs.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, ledger.settings.lead)}</p></div></div>
                <form class="form card" method="post" action=paths::API_SETTLEMENT_SETTINGS>
                    <ErrorSummary locale form=form.clone() labels/>
                    <Field
                        locale
                        field=form.field("second_person_above").or_value(above)
                        label=td_string!(locale, ledger.settings.above)
                        hint=td_string!(locale, ledger.settings.above_hint).to_owned()
                        control=Control::Text
                    />
                    <Field locale field=form.field("name").or_value(payer.name) label=td_string!(locale, ledger.settings.name) control=Control::Text maximum_length=160/>
                    <Field locale field=form.field("inn").or_value(payer.inn) label=td_string!(locale, ledger.account.inn) control=Control::Text/>
                    <AccountFields locale form=form.clone() values/>
                    <div class="actions"><SubmitButton label=td_string!(locale, ledger.settings.submit)/></div>
                </form>
            },
        ))
    })
}
