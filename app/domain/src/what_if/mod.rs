//! What if (`WHY-2`): the months ahead as a partner plans them, beside the same months as they go on today.
//!
//! [`compare`] runs the rules themselves, [`level::timeline`](crate::level::timeline), the rates, [`accruals_of`](crate::accrual::accruals_of),
//! on hypothetical facts: planned usage, perhaps an exam, and every month closed through the last one planned. Nothing is computed a second
//! way. It runs in the browser as on the server.

mod mix;
mod outcome;
mod plan;
mod snapshot;

pub use self::outcome::{Comparison, MonthOutcome, Outcome, Totals, compare, outcome};
pub use self::plan::{DEFAULT_MONTHS, MOST_MONTHS, MOST_REVENUE, Plan, PlanProblem, field};
pub use self::snapshot::{Snapshot, UsageGroup};

#[cfg(test)]
mod tests;
