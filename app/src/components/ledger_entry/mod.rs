//! An entry of the ledger in words, the same for partners and staff: what it is, where it stands, how its amount came about.

pub mod calculation;
pub mod life;
pub mod rows;

use domain::accrual::{Explanation, Nothing, Settlement};
use domain::ledger::{EntryKind, EntryState};
use domain::rebate::RebateKind;
use domain::rule::Rule;
use leptos::prelude::*;
use service::ledger::Entry;

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
        Rule::Rate4 => td_string!(locale, ledger_entry.rule.reward),
        Rule::Rebate1 => td_string!(locale, ledger_entry.rule.kvm),
        Rule::Rebate2 => td_string!(locale, ledger_entry.rule.mont_office),
        Rule::Rebate3 => td_string!(locale, ledger_entry.rule.growth),
        Rule::Sales1 => td_string!(locale, ledger_entry.rule.sales),
        Rule::Case1 => td_string!(locale, ledger_entry.rule.case),
        Rule::Telegram1 => td_string!(locale, ledger_entry.rule.comment),
        Rule::Ledger1 => td_string!(locale, ledger_entry.rule.ledger),
        other => other.id(),
    }
}

/// What a rebate is called.
pub fn rebate_name(locale: Locale, kind: RebateKind) -> &'static str {
    rule_name(locale, kind.rule())
}

/// What an entry is, in the middle of a sentence.
pub fn kind_name(locale: Locale, kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Accrual => td_string!(locale, ledger_entry.kind.accrual),
        EntryKind::Correction => td_string!(locale, ledger_entry.kind.correction),
        EntryKind::Adjustment => td_string!(locale, ledger_entry.kind.adjustment),
        EntryKind::Reversal => td_string!(locale, ledger_entry.kind.reversal),
    }
}

/// How an amount reaches the partner, in the middle of a sentence.
pub fn settlement_name(locale: Locale, settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Bank => td_string!(locale, ledger_entry.form.bank),
        Settlement::Discount => td_string!(locale, ledger_entry.form.discount),
    }
}

/// Where an entry stands; what was settled says in which form, where that is known.
pub fn state_name(locale: Locale, state: EntryState, settlement: Option<Settlement>) -> &'static str {
    match (state, settlement) {
        (EntryState::Accrued, _) => td_string!(locale, ledger_entry.state.accrued),
        (EntryState::Approved, _) => td_string!(locale, ledger_entry.state.approved),
        (EntryState::InSettlement, _) => td_string!(locale, ledger_entry.state.in_settlement),
        (EntryState::Settled, Some(Settlement::Bank)) => td_string!(locale, ledger_entry.state.paid),
        (EntryState::Settled, Some(Settlement::Discount)) => td_string!(locale, ledger_entry.state.applied),
        (EntryState::Settled, None) => td_string!(locale, ledger_entry.state.settled),
        (EntryState::Reversed, _) => td_string!(locale, ledger_entry.state.reversed),
        (EntryState::Nothing, _) => td_string!(locale, ledger_entry.state.nothing),
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

/// The figures behind an entry (`WHY-1`). Reversals and adjustments have a reason in their place.
pub fn explanation_of(entry: &Entry) -> Option<Explanation> {
    serde_json::from_value(entry.explanation.clone()).ok()
}

/// Why an entry is no money, with its figures.
pub fn why_nothing(locale: Locale, entry: &Entry) -> Option<String> {
    Some(match entry.nothing? {
        Nothing::NoUsage => td_string!(locale, ledger_entry.nothing.no_usage).to_owned(),
        Nothing::FirstQuarter => td_string!(locale, ledger_entry.nothing.first_quarter).to_owned(),
        Nothing::NoGrowth => match explanation_of(entry) {
            Some(Explanation::Growth { this, previous, .. }) => {
                let (this, previous) = (format::money(locale, this), format::money(locale, previous.unwrap_or_default()));
                td_string!(locale, ledger_entry.nothing.no_growth, this = this, previous = previous)
            }
            _ => td_string!(locale, ledger_entry.nothing.no_usage).to_owned(),
        },
        Nothing::TooLittle => {
            let rate = entry.rate.map_or_else(String::new, |rate| format::percent(locale, rate));
            td_string!(locale, ledger_entry.nothing.too_little, base = format::money(locale, entry.base), rate = rate)
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::calendar::Period;
    use domain::ids::{LedgerEntryId, PartnerId, TermsVersionId};
    use domain::money::Money;
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;

    /// A `RATE-4` entry of August 2026, RUB in kopecks, its rate in per cent.
    pub(crate) fn entry(kind: EntryKind, base: i64, rate: Option<i64>, amount: i64) -> Entry {
        Entry {
            id: LedgerEntryId(Uuid::nil()),
            number: 12,
            partner_id: PartnerId(Uuid::nil()),
            partner_name: "ООО «Север»".to_owned(),
            kind,
            rule: Rule::Rate4,
            period: Period::Month("2026-08".parse().expect("a month")),
            base: Money::kopecks(base),
            rate: rate.map(|per_cent| Decimal::new(per_cent, 2)),
            amount: Money::kopecks(amount),
            settlement: Settlement::Bank,
            terms: TermsVersionId(Uuid::nil()),
            accrued_on: "2026-09-01".parse().expect("a day"),
            closed_month: None,
            request_id: None,
            client_id: None,
            corrects: None,
            nothing: None,
            explanation: serde_json::Value::Null,
            reason: None,
            recorded_at: "2026-09-02T10:00:00Z".parse().expect("an instant"),
            state: EntryState::Accrued,
            position: 0,
            state_at: None,
            settlement_run_id: None,
            settled_on: None,
        }
    }

    #[test]
    fn what_is_settled_is_called_by_its_form() {
        let names =
            |locale| [None, Some(Settlement::Bank), Some(Settlement::Discount)].map(|form| state_name(locale, EntryState::Settled, form));
        assert_eq!(names(Locale::ru), ["Выплачено или применено", "Выплачено", "Применено скидкой"]);
        assert_eq!(names(Locale::en), ["Paid or applied", "Paid", "Applied as a discount"]);
        let shown =
            |settlement| Owner::new().with(|| view! { <EntryStateView locale=Locale::ru state=EntryState::Settled settlement/> }.to_html());
        assert!(shown(Settlement::Discount).contains("Применено скидкой"));
        assert!(shown(Settlement::Bank).contains("Выплачено"));
    }

    #[test]
    fn an_entry_without_money_says_why_with_its_figures() {
        let mut none = entry(EntryKind::Accrual, 4, Some(10), 0);
        none.nothing = Some(Nothing::TooLittle);
        assert_eq!(why_nothing(Locale::ru, &none).as_deref(), Some("0,04\u{a0}₽ × 10\u{a0}% — меньше половины копейки"));
        none.nothing = None;
        assert_eq!(why_nothing(Locale::ru, &none), None);
    }

    #[test]
    fn a_quarter_that_did_not_grow_says_what_it_was_compared_with_and_that_there_is_nothing_to_share() {
        let mut none = entry(EntryKind::Accrual, 0, Some(30), 0);
        none.nothing = Some(Nothing::NoGrowth);
        let growth = Explanation::Growth {
            this: Money::kopecks(5_110_004),
            previous: Some(Money::roubles(65_700)),
            months: Vec::new(),
            previous_months: Vec::new(),
        };
        none.explanation = serde_json::to_value(growth).expect("figures");
        let why = |locale| why_nothing(locale, &none).expect("a reason");
        assert_eq!(why(Locale::ru), "роста не было: 51\u{a0}100,04\u{a0}₽ после 65\u{a0}700\u{a0}₽, доли с прироста нет");
        assert_eq!(why(Locale::en), "there was no growth to share: 51,100.04\u{a0}₽ after 65,700\u{a0}₽");
    }
}
