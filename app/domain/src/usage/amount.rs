//! Amounts as billing files write them: as people type them, so the form's reader reads them.

use super::problem::AmountProblem;
use crate::form::{self, FieldProblem};
use crate::money::Money;

/// Reads `1234.5`, `1234,50` or `1 234,50`: a point or a comma before kopecks, spaces between groups of three digits.
pub(super) fn amount(text: &str) -> Result<Money, AmountProblem> {
    // Nearly every amount of a long file is plain, and this is the cheaper reader.
    if let Ok(plain) = text.parse() {
        return Ok(plain);
    }
    form::amount(text).map_err(|problem| match problem {
        FieldProblem::TooFine => AmountProblem::TooFine,
        FieldProblem::TooLarge { .. } => AmountProblem::TooLarge,
        _ => AmountProblem::NotANumber,
    })
}
