//! The billing side over time (`MODEL-2`).

use super::facts::{BillingSideChange, LevelFacts};
use crate::calendar::BusinessDate;
use crate::model::BillingSide;

/// The day from which an approved change is in force.
pub(super) fn in_force_from(change: &BillingSideChange) -> BusinessDate {
    change.approved.month().next().first_day()
}

/// The changes that have effect, one a month at most, in order. One in force by the contract date gives way to the contract's pick.
pub(super) fn effective_changes(facts: &LevelFacts) -> Vec<&BillingSideChange> {
    let mut changes: Vec<&BillingSideChange> = Vec::new();
    for change in facts.billing_changes.iter().filter(|change| in_force_from(change) > facts.contract_date) {
        match changes.binary_search_by_key(&in_force_from(change), |known| in_force_from(known)) {
            Ok(place) => changes[place] = changes[place].max(change),
            Err(place) => changes.insert(place, change),
        }
    }
    changes
}

/// The billing side in force on a day.
pub(super) fn billing_on(facts: &LevelFacts, date: BusinessDate) -> BillingSide {
    effective_changes(facts).into_iter().rev().find(|change| in_force_from(change) <= date).map_or(facts.billing, |change| change.billing)
}
