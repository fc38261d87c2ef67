//! An entry in words: its state, its kind, its form of settlement, why it is there.

use domain::accrual::{Nothing, Settlement};
use domain::ledger::{AdjustmentReason, EntryKind, EntryState};
use leptos::prelude::*;
use rust_decimal::Decimal;
use service::ledger::{Entry, Tally};

use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::form::Choice;
use crate::format;
use crate::i18n::{Locale, td_string};

/// The name of a state.
pub fn state_name(locale: Locale, state: EntryState) -> &'static str {
    match state {
        EntryState::Accrued => td_string!(locale, ledger.state.accrued),
        EntryState::Approved => td_string!(locale, ledger.state.approved),
        EntryState::InSettlement => td_string!(locale, ledger.state.in_settlement),
        EntryState::Settled => td_string!(locale, ledger.state.settled),
        EntryState::Reversed => td_string!(locale, ledger.state.reversed),
        EntryState::Nothing => td_string!(locale, ledger.state.nothing),
    }
}

/// A state as icon, word and colour.
pub fn state_view(locale: Locale, state: EntryState) -> AnyView {
    let (tone, icon) = match state {
        EntryState::Accrued => (Tone::Waiting, lucide::LuHourglass),
        EntryState::Approved => (Tone::Good, lucide::LuCheck),
        EntryState::InSettlement => (Tone::Waiting, lucide::LuClock),
        EntryState::Settled => (Tone::Good, lucide::LuCircleCheck),
        EntryState::Reversed => (Tone::Bad, lucide::LuUndo2),
        EntryState::Nothing => (Tone::Neutral, lucide::LuMinus),
    };
    view! { <Status tone icon label=state_name(locale, state)/> }.into_any()
}

/// What an entry is.
pub fn kind_name(locale: Locale, kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => td_string!(locale, ledger.kind.accrual),
        EntryKind::Correction => td_string!(locale, ledger.kind.correction),
        EntryKind::Adjustment => td_string!(locale, ledger.kind.adjustment),
        EntryKind::Reversal => td_string!(locale, ledger.kind.reversal),
    }
}

/// How it reaches the partner.
pub fn settlement_name(locale: Locale, settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Bank => td_string!(locale, ledger.settlement.bank),
        Settlement::Discount => td_string!(locale, ledger.settlement.discount),
    }
}

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

/// Why nothing accrued.
pub fn nothing_text(locale: Locale, nothing: Nothing) -> &'static str {
    match nothing {
        Nothing::NoUsage => td_string!(locale, ledger.nothing.no_usage),
        Nothing::NoGrowth => td_string!(locale, ledger.nothing.no_growth),
        Nothing::FirstQuarter => td_string!(locale, ledger.nothing.first_quarter),
        Nothing::TooLittle => td_string!(locale, ledger.nothing.too_little),
    }
}

/// A rate, or that there is none.
pub fn rate_text(locale: Locale, rate: Option<Decimal>) -> String {
    rate.map_or_else(|| td_string!(locale, ledger.no_rate).to_owned(), |rate| format::percent(locale, rate))
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
