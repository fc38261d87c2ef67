//! What may become of an entry, and who settles.

use uuid::Uuid;

use super::*;

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    use EntryState::{Accrued, Approved, InSettlement, Nothing, Reversed, Settled};
    // Columns: approved, entered a settlement, left it, settled, reversed.
    let table: [(EntryState, [Option<EntryState>; 5]); 6] = [
        (Accrued, [Some(Approved), None, None, None, Some(Reversed)]),
        (Approved, [None, Some(InSettlement), None, None, Some(Reversed)]),
        (InSettlement, [None, None, Some(Approved), Some(Settled), None]),
        (Settled, [None; 5]),
        (Reversed, [None; 5]),
        (Nothing, [None; 5]),
    ];
    assert_eq!(table.map(|(state, _)| state), EntryState::ALL);
    for (state, row) in table {
        for (event, expected) in EntryEvent::ALL.into_iter().zip(row) {
            assert_eq!(state.after(event), expected.ok_or(EntryTransitionError { state, event }), "{state} {event}");
        }
    }
}

#[test]
fn only_the_way_over_approval_and_a_settlement_pays_an_entry() {
    let way = [
        EntryEvent::Approved,
        EntryEvent::EnteredSettlement,
        EntryEvent::LeftSettlement,
        EntryEvent::EnteredSettlement,
        EntryEvent::Settled,
    ];
    assert_eq!(way.into_iter().try_fold(EntryState::Accrued, EntryState::after), Ok(EntryState::Settled));
}

#[test]
fn a_refused_event_says_where_the_entry_stands() {
    let error = EntryState::Settled.after(EntryEvent::Reversed).unwrap_err();
    assert_eq!(error.to_string(), "an entry that is settled can't be reversed");
}

#[test]
fn the_rules_give_again_accruals_and_corrections_only() {
    assert_eq!(EntryKind::ALL.map(EntryKind::is_computed), [true, true, false, false]);
}

#[test]
fn the_stable_texts_are_read_as_they_are_written() {
    for kind in EntryKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    for state in EntryState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    for event in EntryEvent::ALL {
        assert_eq!(event.as_str().parse(), Ok(event));
    }
    for reason in AdjustmentReason::ALL {
        assert_eq!(reason.as_str().parse(), Ok(reason));
    }
}

#[test]
fn above_the_amount_of_a_day_or_after_an_own_change_somebody_else_settles() {
    let (anna, boris) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
    let above = Money::roubles(100_000);
    let too_much = Err(SecondPersonRequired::Amount { above });
    let own_change = Err(SecondPersonRequired::OwnChange { days: 30 });
    for (settler, total, alone_today, changed, expected) in [
        (anna, 9_999_999, 0, false, Ok(())),
        (anna, 10_000_000, 0, false, Ok(())),
        (anna, 10_000_001, 0, false, too_much),
        // Slices of a day count together.
        (anna, 5_000_000, 5_000_000, false, Ok(())),
        (anna, 5_000_000, 5_000_001, false, too_much),
        // Who raised the amount or changed the account asks somebody, however little it is.
        (anna, 1, 0, true, own_change),
        (boris, 10_000_001, 10_000_000, true, Ok(())),
    ] {
        let (total, alone_today) = (Money::kopecks(total), Money::kopecks(alone_today));
        let settling = Settling { made_by: anna, settler, total, alone_today, above, was_above: false, own_change: changed };
        assert_eq!(check_settler(&settling), expected, "{settling:?}");
        let was_above = Settling { was_above: true, ..settling };
        assert_eq!(check_settler(&was_above), if settler == anna { too_much } else { Ok(()) }, "{was_above:?}");
    }
}

#[test]
fn one_person_takes_back_only_what_lowers_a_balance() {
    for (kopecks, may) in [(1, true), (0, false), (-1, false)] {
        assert_eq!(may_be_taken_back(Money::kopecks(kopecks)), may, "{kopecks}");
    }
}

#[test]
fn a_bank_is_told_to_pay_only_whom_its_file_can_name() {
    let check = |partner: &str, bank| Unpayable::check(partner, bank);
    assert_eq!(check("ООО «Ёлка № 1 — Юг»", Some("ПАО Сбербанк")), None);
    assert_eq!(check("ООО «Ёлка»", None), Some(Unpayable::NoAccount));
    assert_eq!(check("ТОО «Қазақ»", Some("ПАО Сбербанк")), Some(Unpayable::Name));
    assert_eq!(check("ООО «Ёлка»", Some("Банк 漢")), Some(Unpayable::Name));
    assert_eq!(check(&"Я".repeat(160), Some("Б")), None);
    assert_eq!(check(&"Я".repeat(161), Some("Б")), Some(Unpayable::Name));
}
