//! What a late fact would change (section 2 of the programme, `USE-4`).

use serde::{Deserialize, Serialize};

use super::timeline::Timeline;
use crate::calendar::BusinessDate;
use crate::model::Model;

/// Days whose model would be another; the level is the model's ([`Model::level`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferingDays {
    /// The first of them.
    pub from: BusinessDate,
    /// The last of them.
    pub through: BusinessDate,
    /// The model of record; `None` before the contract.
    pub accepted: Option<Model>,
    /// The model with the proposed fact; `None` before the contract.
    pub proposed: Option<Model>,
}

impl DifferingDays {
    /// Whether the level itself differs, not only the billing side.
    pub fn level_differs(&self) -> bool {
        self.accepted.map(Model::level) != self.proposed.map(Model::level)
    }
}

/// The days through `last` on which two timelines of a partner differ, in order. None of them with
/// [`DifferingDays::level_differs`] means that the fact may be accepted at once.
pub fn differences(accepted: &Timeline, proposed: &Timeline, last: BusinessDate) -> Vec<DifferingDays> {
    let mut days: Vec<BusinessDate> = accepted.changes.iter().chain(&proposed.changes).map(|change| change.from).collect();
    days.retain(|day| *day <= last);
    days.sort_unstable();
    days.dedup();
    let ends = days.iter().skip(1).map(|next| next.previous()).chain([last]);
    let spans = days.iter().zip(ends).map(|(&from, through)| DifferingDays {
        from,
        through,
        accepted: accepted.model_on(from),
        proposed: proposed.model_on(from),
    });

    let mut differing: Vec<DifferingDays> = Vec::new();
    for span in spans.filter(|span| span.accepted != span.proposed) {
        match differing.last_mut() {
            Some(before)
                if before.through == span.from.previous() && before.accepted == span.accepted && before.proposed == span.proposed =>
            {
                before.through = span.through;
            }
            _ => differing.push(span),
        }
    }
    differing
}
