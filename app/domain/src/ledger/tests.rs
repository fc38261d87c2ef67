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
fn above_the_amount_somebody_else_settles_and_at_it_anybody_may() {
    let (anna, boris) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
    let above = Money::roubles(100_000);
    for (settler, total, allowed) in [
        (anna, Money::kopecks(9_999_999), true),
        (anna, above, true),
        (anna, Money::kopecks(10_000_001), false),
        (boris, Money::kopecks(10_000_001), true),
        (boris, above, true),
    ] {
        let expected = if allowed { Ok(()) } else { Err(SecondPersonRequired { above }) };
        assert_eq!(check_settler(anna, settler, total, above), expected, "{total}");
    }
}
