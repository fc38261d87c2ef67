//! `/staff/partners/{id}/bank-account`: where a partner is paid.

use std::collections::BTreeMap;

use leptos::prelude::*;
use service::bank_accounts::{BankAccountFields, BankAccountPage as Loaded};

use crate::components::date::InstantText;
use crate::context::{form_state, path_value, services};
use crate::form::{Control, ErrorSummary, Field, FormState, HiddenField, SubmitButton};
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The account of a partner.
#[component]
pub fn BankAccountPage() -> impl IntoView {
    let id = path_value("id");
    staff_page(StaffSection::Partners, async move |viewer, state| {
        let locale = state.locale;
        let loaded = services()?.bank_account_page(&viewer, id?).await?;
        let form = form_state().await?;
        let title = td_string!(locale, ledger.account.title);
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, ledger.path)>
                    <a href=paths::staff_partner(loaded.partner_id)>{loaded.partner_name.clone()}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{loaded.partner_name.clone()} " · " {td_string!(locale, ledger.account.inn)} " " <span class="figures">{loaded.inn.clone()}</span></p>
                    </div>
                </div>
                {recorded_view(locale, &loaded)}
                {edit_view(locale, &loaded, &form)}
            },
        ))
    })
}

fn recorded_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let Some(recorded) = &loaded.recorded else {
        return view! { <p class="muted">{td_string!(locale, ledger.account.none)}</p> }.into_any();
    };
    let (payee, account) = (&recorded.payee, &recorded.payee.account);
    let person = recorded.recorded_by_name.clone().unwrap_or_else(|| td_string!(locale, ledger.by_command).to_owned());
    let kpp = payee
        .kpp
        .as_ref()
        .map(|kpp| view! { <div><dt>{td_string!(locale, ledger.account.kpp)}</dt><dd class="figures">{kpp.to_string()}</dd></div> });
    view! {
        <dl class="dl">
            {kpp}
            <div><dt>{td_string!(locale, ledger.account.account)}</dt><dd class="figures">{account.account().to_string()}</dd></div>
            <div><dt>{td_string!(locale, ledger.account.bank_name)}</dt><dd>{account.bank_name().to_owned()}</dd></div>
            <div><dt>{td_string!(locale, ledger.account.bik)}</dt><dd class="figures">{account.bik().to_string()}</dd></div>
            <div><dt>{td_string!(locale, ledger.account.correspondent)}</dt><dd class="figures">{account.correspondent_account().to_string()}</dd></div>
            <div><dt>{td_string!(locale, ledger.account.recorded)}</dt><dd><InstantText locale at=recorded.recorded_at/> ", " {person}</dd></div>
        </dl>
    }
    .into_any()
}

fn edit_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    if !loaded.may_edit {
        return view! { <p class="muted">{td_string!(locale, ledger.account.admin_only)}</p> }.into_any();
    }
    let values = loaded.recorded.as_ref().map_or_else(AccountValues::default, |recorded| AccountValues {
        kpp: recorded.payee.kpp.as_ref().map(ToString::to_string).unwrap_or_default(),
        account: recorded.payee.account.account().to_string(),
        bank_name: recorded.payee.account.bank_name().to_owned(),
        bik: recorded.payee.account.bik().to_string(),
        correspondent_account: recorded.payee.account.correspondent_account().to_string(),
    });
    view! {
        <section class="card stack" aria-labelledby="edit-title">
            <h2 class="card-title" id="edit-title">{td_string!(locale, ledger.account.edit)}</h2>
            <p>{td_string!(locale, ledger.account.edit_text)}</p>
            <form class="form" method="post" action=paths::API_BANK_ACCOUNT_EDIT>
                <ErrorSummary locale form=form.clone() labels=account_labels(locale)/>
                <HiddenField name="partner" value=loaded.partner_id.to_string()/>
                <AccountFields locale form=form.clone() values/>
                <div class="actions"><SubmitButton label=td_string!(locale, ledger.account.submit)/></div>
            </form>
        </section>
    }
    .into_any()
}

/// What an account's fields hold before anything is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountValues {
    /// The KPP.
    pub kpp: String,
    /// The account.
    pub account: String,
    /// The name of the bank.
    pub bank_name: String,
    /// Its BIK.
    pub bik: String,
    /// Its correspondent account.
    pub correspondent_account: String,
}

/// The labels of an account's fields.
pub fn account_labels(locale: Locale) -> Vec<(&'static str, String)> {
    vec![
        ("kpp", td_string!(locale, ledger.account.kpp).to_owned()),
        ("account", td_string!(locale, ledger.account.account).to_owned()),
        ("bank_name", td_string!(locale, ledger.account.bank_name).to_owned()),
        ("bik", td_string!(locale, ledger.account.bik).to_owned()),
        ("correspondent_account", td_string!(locale, ledger.account.correspondent).to_owned()),
    ]
}

/// The fields of an account, wherever one is entered.
#[component]
pub fn AccountFields(
    /// The language.
    locale: Locale,
    /// The state of the form.
    form: FormState,
    /// What they hold before anything is typed.
    values: AccountValues,
) -> impl IntoView {
    view! {
        <Field locale field=form.field("kpp").or_value(values.kpp) label=td_string!(locale, ledger.account.kpp) hint=td_string!(locale, ledger.account.kpp_hint).to_owned() control=Control::Text optional=true/>
        <Field locale field=form.field("account").or_value(values.account) label=td_string!(locale, ledger.account.account) hint=td_string!(locale, ledger.account.account_hint).to_owned() control=Control::Text/>
        <Field locale field=form.field("bank_name").or_value(values.bank_name) label=td_string!(locale, ledger.account.bank_name) control=Control::Text maximum_length=160/>
        <Field locale field=form.field("bik").or_value(values.bik) label=td_string!(locale, ledger.account.bik) hint=td_string!(locale, ledger.account.bik_hint).to_owned() control=Control::Text/>
        <Field locale field=form.field("correspondent_account").or_value(values.correspondent_account) label=td_string!(locale, ledger.account.correspondent) control=Control::Text/>
    }
}

/// What was typed into an account's fields, by their names.
pub(crate) fn typed(fields: BankAccountFields) -> BTreeMap<String, String> {
    let BankAccountFields { kpp, account, bank_name, bik, correspondent_account } = fields;
    [("kpp", kpp), ("account", account), ("bank_name", bank_name), ("bik", bik), ("correspondent_account", correspondent_account)]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}
