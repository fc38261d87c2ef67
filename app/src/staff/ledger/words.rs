//! Entries as staff speak of them: how many, which, why by hand. What an entry is stands in `components::ledger_entry`.

use domain::ledger::AdjustmentReason;
use service::ledger::{Entry, Tally};

use crate::form::Choice;
use crate::format;
use crate::i18n::{Locale, td_string};

/// Why staff adjusted or took back.
pub fn reason_name(locale: Locale, reason: AdjustmentReason) -> &'static str {
    match reason {
        AdjustmentReason::BillingMistake => td_string!(locale, ledger.reason.billing_mistake),
        AdjustmentReason::Goodwill => td_string!(locale, ledger.reason.goodwill),
        AdjustmentReason::Agreement => td_string!(locale, ledger.reason.agreement),
        AdjustmentReason::BankReturn => td_string!(locale, ledger.reason.bank_return),
        AdjustmentReason::Other => td_string!(locale, ledger.reason.other),
    }
}

/// Every reason, to choose from.
pub fn reasons(locale: Locale) -> Vec<Choice> {
    AdjustmentReason::ALL.map(|reason| Choice::new(reason.as_str(), reason_name(locale, reason))).into()
}

/// `12 записей`.
pub fn entries_text(locale: Locale, count: i64) -> String {
    td_string!(locale, ledger.entries, count = u32::try_from(count).unwrap_or(u32::MAX))
}

/// `12 записей на 4 300 ₽`.
pub fn tally_text(locale: Locale, tally: Tally) -> String {
    td_string!(locale, ledger.tally, entries = entries_text(locale, tally.count), sum = format::money(locale, tally.amount))
}

/// What an entry is called in a sentence, `№ 12, ООО «Север», 1 000 ₽`.
pub fn entry_title(locale: Locale, entry: &Entry) -> String {
    td_string!(
        locale,
        ledger.entry_in_words,
        number = entry.number,
        partner = entry.partner_name.clone(),
        sum = format::money(locale, entry.amount)
    )
}
