//! Files people send: a stream is [received](receive) within limits, [examined](Examiner) by what it holds, pictures are drawn anew,
//! and what is accepted is kept in a [`Store`] under the hash of its bytes.
//!
//! The crate knows neither HTTP nor SQL. The way of one file:
//!
//! 1. [`receive`] writes the stream into a file without a name, counts and hashes while it writes, and breaks the stream off at the limit.
//! 2. [`Examiner::examine`] finds out what it is ([`inspect`]), never from its name or the type its sender claims, and either says why it
//!    is refused ([`Refusal`]) or hands back what may be kept ([`Accepted`]): documents as they came, pictures decoded and written again.
//! 3. [`Usage::admit`] says whether it fits the company.
//! 4. [`Store::put`] keeps it. What no row refers to any more is found by [`orphans`].
//!
//! A caller serves it with [`headers`], after asking who may see it.
//!
//! The [`logo`] of a partner is another way: whatever comes, what is kept is a small PNG that this program drew.

mod archive;
mod content_hash;
mod examiner;
mod inspect;
mod kind;
mod limits;
pub mod logo;
mod office;
mod pdf;
mod picture;
mod quota;
mod receive;
mod refusal;
mod safe_name;
mod serving;
mod store;

pub use self::content_hash::{ContentHash, ContentHashError};
pub use self::examiner::{Accepted, ExamineError, Examiner, accept};
pub use self::inspect::{Inspected, inspect};
pub use self::kind::{Dimensions, Kind};
pub use self::limits::{ArchiveLimits, Limits, PdfLimits, PictureLimits, ReceiveLimits};
pub use self::picture::{Picture, redraw};
pub use self::quota::{Allowance, Usage, fits};
pub use self::receive::{ReceiveError, Received, receive};
pub use self::refusal::Refusal;
pub use self::safe_name::{SafeName, readable_name};
pub use self::serving::{CONTENT_SECURITY_POLICY, Disposition, headers};
pub use self::store::{LocalSettings, Put, S3Settings, Store, StoreError, StoreSettings, Stored, orphans};
