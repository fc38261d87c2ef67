//! Rows of the provider's billing files (`USE-1`, `USE-2`): reading one and saying what is wrong with it.

mod amount;
mod columns;
mod problem;
mod row;

pub use columns::{Column, Columns, delimiter_of};
pub use problem::{AmountProblem, LineProblem, RowProblem};
pub use row::{KnownPartner, Reference, UsageRow};

#[cfg(test)]
mod tests;
