//! Requests of partners, whatever they ask for: one life cycle for every kind.
//!
//! - [`Position`]: where a request is. Its *status* says how it stands, its *stage* how far the work of its kind has come.
//! - [`transition`]: the one table. From a position, by a role, an act leads to a position or is denied with the reason; [`allowed`] lists
//!   all acts by it, so a page shows what the engine permits and says why not.
//! - [`Request::apply`]: does an act to a request and gives the [`Event`] of it; [`RequestFacts::fold`] rebuilds what the engine knows from
//!   the events.
//! - [`DecisionClock`]: by when the provider decides.
//!
//! A new kind is a variant of [`RequestKind`], a row in the matches of `kind.rs`, and a folder with its own content and rules.

mod act;
mod clock;
mod correction;
mod files;
mod kind;
mod life;
mod position;
mod reference;
mod refusal;
mod status;
mod table;
#[cfg(test)]
mod tests;

pub use self::act::{Act, ActName, Actor, Detail, Performer};
pub use self::clock::{DecisionClock, late_if_due_before, plus_working_days, working_days};
pub(crate) use self::correction::Reader;
pub use self::correction::{
    Editable, Entries, FieldName, FieldNameError, FieldNote, IdempotencyKey, Problems, Words, WordsError, draft_problems,
};
pub use self::files::{FileProblem, FileState, FileUse};
pub use self::kind::RequestKind;
pub use self::life::{
    BonusSet, Changes, Decision, Effect, Event, FoldError, IllegalRequest, Request, RequestFacts, Ruling, Submission, TransitionError,
    Version, changes_since,
};
pub use self::position::{Position, Stage};
pub use self::reference::{Reference, ReferenceError};
pub use self::refusal::{Refusal, RefusalReason, RefusalText, RefusalTextError};
pub use self::status::{RequestStatus, Turn};
pub use self::table::{Denial, allowed, transition};
