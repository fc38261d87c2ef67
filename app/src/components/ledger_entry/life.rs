//! What happened to an entry of the ledger, in order.

use domain::accrual::Settlement;
use domain::ledger::EntryEvent;
use leptos::prelude::*;
use service::ledger::{Entry, RecordedEntryEvent};

use crate::components::date::{DateText, InstantText};
use crate::components::timeline::{Mark, TimelineEntry};
use crate::format;
use crate::i18n::{Locale, td_string};

/// The beginning of an entry: the day it is dated, and when it was recorded.
pub fn beginning(locale: Locale, entry: &Entry) -> TimelineEntry {
    let instant = format::instant(locale, entry.recorded_at);
    let recorded = match entry.closed_month {
        None => td_string!(locale, ledger_entry.life.recorded_by_hand, instant = instant),
        Some(month) => td_string!(locale, ledger_entry.life.recorded, instant = instant, month = format::month(locale, month)),
    };
    let (mark, title) = match entry.nothing {
        Some(_) => (Mark::Neutral, td_string!(locale, ledger_entry.state.nothing)),
        None => (Mark::Ok, td_string!(locale, ledger_entry.life.accrued)),
    };
    TimelineEntry {
        when: view! { <DateText locale date=entry.accrued_on/> }.into_any(),
        mark,
        title: title.to_owned(),
        details: Some(view! { <p class="muted small">{recorded}</p> }.into_any()),
    }
}

/// What happened then. Who did it is for staff alone.
pub fn event(locale: Locale, settlement: Settlement, event: &RecordedEntryEvent, who: Option<AnyView>) -> TimelineEntry {
    let (mark, title) = match (event.event, settlement) {
        (EntryEvent::Approved, _) => (Mark::Ok, td_string!(locale, ledger_entry.life.approved)),
        (EntryEvent::EnteredSettlement, _) => (Mark::Waiting, td_string!(locale, ledger_entry.life.entered)),
        (EntryEvent::LeftSettlement, _) => (Mark::Neutral, td_string!(locale, ledger_entry.life.left)),
        (EntryEvent::Settled, Settlement::Bank) => (Mark::Ok, td_string!(locale, ledger_entry.life.paid)),
        (EntryEvent::Settled, Settlement::Discount) => (Mark::Ok, td_string!(locale, ledger_entry.life.applied)),
        (EntryEvent::Reversed, _) => (Mark::Refused, td_string!(locale, ledger_entry.life.reversed)),
    };
    let day = event.settled_on.map(|date| {
        let date = format::date_long(locale, date);
        let text = match settlement {
            Settlement::Bank => td_string!(locale, ledger_entry.life.paid_on, date = date),
            Settlement::Discount => td_string!(locale, ledger_entry.life.applied_on, date = date),
        };
        view! { <p>{text}</p> }
    });
    let details = (who.is_some() || day.is_some()).then(|| view! { {who}{day} }.into_any());
    TimelineEntry { when: view! { <InstantText locale at=event.at/> }.into_any(), mark, title: title.to_owned(), details }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_entry_is_called_by_its_form() {
        let settled = RecordedEntryEvent {
            event: EntryEvent::Settled,
            settlement_run_id: None,
            settled_on: "2026-10-05".parse().ok(),
            at: "2026-10-06T10:00:00Z".parse().expect("an instant"),
        };
        let shown = |settlement| {
            Owner::new().with(|| {
                let entry = event(Locale::ru, settlement, &settled, None);
                (entry.title, entry.details.map(RenderHtml::to_html).unwrap_or_default())
            })
        };
        let (title, details) = shown(Settlement::Discount);
        assert_eq!(title, "Применено скидкой в счёте");
        assert!(details.contains("Дата счёта со скидкой: 5\u{a0}октября\u{a0}2026"), "{details}");
        let (title, details) = shown(Settlement::Bank);
        assert_eq!(title, "Выплачено на счёт");
        assert!(details.contains("Дата платежа: 5\u{a0}октября\u{a0}2026"), "{details}");
    }
}
