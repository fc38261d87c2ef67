//! What case studies and comments share: versions of a text, times for an interview, publications (`CASE-1`, `TG-1`).

mod difference;
mod publication;
mod slot;
mod text;

pub use self::difference::{Change, Piece, difference};
pub(crate) use self::publication::is_public_host;
pub use self::publication::{Channel, Link, Publication, PublicationProblems};
pub use self::slot::{Slot, SlotError, calendar_file, check_offer};
pub use self::text::{TextNumber, TextVersion, latest};
