//! Case studies (`CASE-1`): a brief that staff accept, then the long form or an interview, a text agreed and published, and the bonus.
//!
//! The life cycle is that of every request ([`crate::request`]); here is what the partner enters, and the rules.

mod brief;
mod details;

pub use self::brief::{Brief, CaseClient, Industry, service_field};
pub use self::details::{Details, Figure, Quote, Section};
use crate::model::Model;
use crate::money::Money;
use crate::privilege::{self, Privilege};
use crate::terms::Terms;
use crate::verdict::Verdict;

/// Whether a case may be submitted under the model in force now (`PRIV-1`). A later change of the model does not undo it.
pub fn check(model: Model, terms: &Terms) -> Verdict {
    Verdict::default().preceded_by(privilege::check(terms, model, Privilege::CaseBonus))
}

/// What accrues when the publication is recorded, RUB, by the terms in force on that day.
pub fn bonus(terms: &Terms) -> Money {
    terms.case_bonus
}

#[cfg(test)]
mod tests;
