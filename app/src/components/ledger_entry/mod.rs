//! What an entry is, in words.

use domain::accrual::{Explanation, Nothing, Settlement};
use domain::ledger::{EntryKind, EntryState};
use domain::money::Money;
use domain::rebate::RebateKind;
use domain::rule::Rule;
use leptos::prelude::*;
use rust_decimal::Decimal;
use service::partner_money::Entry;

use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::format;
use crate::i18n::{Locale, td_string};

/// Rules that earn money, in the order of the programme.
pub const EARNING_RULES: [Rule; 8] =
    [Rule::Rate4, Rule::Rebate1, Rule::Rebate2, Rule::Rebate3, Rule::Sales1, Rule::Case1, Rule::Telegram1, Rule::Ledger1];

/// What a rule earns: `Рибейт KVM`. A rule that earns nothing keeps its id.
pub fn rule_name(locale: Locale, rule: Rule) -> &'static str {
    match rule {
        Rule::Rate4 => td_string!(locale, money.rule.reward),
        Rule::Rebate1 => td_string!(locale, money.rule.kvm),
        Rule::Rebate2 => td_string!(locale, money.rule.mont_office),
        Rule::Rebate3 => td_string!(locale, money.rule.growth),
        Rule::Sales1 => td_string!(locale, money.rule.sales),
        Rule::Case1 => td_string!(locale, money.rule.case),
        Rule::Telegram1 => td_string!(locale, money.rule.comment),
        Rule::Ledger1 => td_string!(locale, money.rule.ledger),
        other => other.id(),
    }
}

/// What a rebate is called.
pub fn rebate_name(locale: Locale, kind: RebateKind) -> &'static str {
    rule_name(locale, kind.rule())
}

/// What an entry is.
pub fn kind_name(locale: Locale, kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => td_string!(locale, money.kind.accrual),
        EntryKind::Correction => td_string!(locale, money.kind.correction),
        EntryKind::Adjustment => td_string!(locale, money.kind.adjustment),
        EntryKind::Reversal => td_string!(locale, money.kind.reversal),
    }
}

/// How an amount reaches the partner.
pub fn settlement_name(locale: Locale, settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Bank => td_string!(locale, money.form.bank),
        Settlement::Discount => td_string!(locale, money.form.discount),
    }
}

/// Where an entry stands; what was settled says in which form.
pub fn state_name(locale: Locale, state: EntryState, settlement: Option<Settlement>) -> &'static str {
    match (state, settlement) {
        (EntryState::Accrued, _) => td_string!(locale, money.state.accrued),
        (EntryState::Approved, _) => td_string!(locale, money.state.approved),
        (EntryState::InSettlement, _) => td_string!(locale, money.state.in_settlement),
        (EntryState::Settled, Some(Settlement::Bank)) => td_string!(locale, money.state.paid),
        (EntryState::Settled, Some(Settlement::Discount)) => td_string!(locale, money.state.applied),
        (EntryState::Settled, None) => td_string!(locale, money.state.settled),
        (EntryState::Reversed, _) => td_string!(locale, money.state.reversed),
        (EntryState::Nothing, _) => td_string!(locale, money.state.nothing),
    }
}

/// Where an entry stands, as icon and word.
#[component]
pub fn EntryStateView(
    /// The language.
    locale: Locale,
    /// Where it stands.
    state: EntryState,
    /// In which form it reaches the partner.
    settlement: Settlement,
) -> impl IntoView {
    let (tone, icon) = match state {
        EntryState::Accrued => (Tone::Waiting, lucide::LuHourglass),
        EntryState::Approved => (Tone::Good, lucide::LuCheck),
        EntryState::InSettlement => (Tone::Waiting, lucide::LuSend),
        EntryState::Settled => (Tone::Good, lucide::LuCircleCheck),
        EntryState::Reversed => (Tone::Bad, lucide::LuUndo2),
        EntryState::Nothing => (Tone::Neutral, lucide::LuMinus),
    };
    view! { <Status tone icon label=state_name(locale, state, Some(settlement))/> }
}

/// Base and rate of an amount: `116 800,04 ₽ × 10 %`.
pub fn calculation(locale: Locale, base: Money, rate: Option<Decimal>) -> String {
    let rate = rate.map_or_else(|| td_string!(locale, money.list.several_rates).to_owned(), |rate| format::percent(locale, rate));
    format!("{} × {rate}", format::money(locale, base))
}

/// Why an entry is no money, with its figures.
pub fn why_nothing(locale: Locale, entry: &Entry) -> Option<String> {
    Some(match entry.nothing? {
        Nothing::NoUsage => td_string!(locale, money.nothing.no_usage).to_owned(),
        Nothing::FirstQuarter => td_string!(locale, money.nothing.first_quarter).to_owned(),
        Nothing::NoGrowth => match serde_json::from_value(entry.explanation.clone()) {
            Ok(Explanation::Growth { this, previous, .. }) => {
                let (this, previous) = (format::money(locale, this), format::money(locale, previous.unwrap_or_default()));
                td_string!(locale, money.nothing.no_growth, this = this, previous = previous)
            }
            _ => td_string!(locale, money.nothing.no_usage).to_owned(),
        },
        Nothing::TooLittle => {
            let rate = entry.rate.map_or_else(String::new, |rate| format::percent(locale, rate));
            td_string!(locale, money.nothing.too_little, base = format::money(locale, entry.base), rate = rate)
        }
    })
}
