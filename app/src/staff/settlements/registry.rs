//! The words of a registry. The file itself is written by the server, which knows the formats.

use crate::i18n::{Locale, td_string};

/// The titles of a registry's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryWords {
    /// Of the numbers of orders.
    pub number: String,
    /// Of their days.
    pub date: String,
    /// Of partners.
    pub partner: String,
    /// Of what billing calls them.
    pub code: String,
    /// Of their INN.
    pub inn: String,
    /// Of their accounts.
    pub account: String,
    /// Of their banks.
    pub bik: String,
    /// Of amounts.
    pub amount: String,
    /// Of what it is for.
    pub purpose: String,
}

/// The titles in the reader's language.
pub fn words(locale: Locale) -> RegistryWords {
    RegistryWords {
        number: td_string!(locale, ledger.column_number).to_owned(),
        date: td_string!(locale, ledger.registry.date).to_owned(),
        partner: td_string!(locale, ledger.column_partner).to_owned(),
        code: td_string!(locale, ledger.column_code).to_owned(),
        inn: td_string!(locale, ledger.account.inn).to_owned(),
        account: td_string!(locale, ledger.account.account).to_owned(),
        bik: td_string!(locale, ledger.account.bik).to_owned(),
        amount: td_string!(locale, ledger.column_amount).to_owned(),
        purpose: td_string!(locale, ledger.registry.purpose_title).to_owned(),
    }
}

/// What an order is for. Banks read Russian, whoever downloads the file.
pub fn bank_purpose(reference: &str) -> String {
    td_string!(Locale::ru, ledger.registry.purpose, reference = reference.to_owned())
}

/// What a discount is for.
pub fn discount_purpose(locale: Locale, reference: &str) -> String {
    td_string!(locale, ledger.registry.discount, reference = reference.to_owned())
}
