//! Why a file is not taken.

use thiserror::Error;

use crate::kind::Kind;

/// Why a file is not taken. Its words for people are the caller's; [`Refusal::code`] is what they are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    /// More bytes than allowed.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// How many bytes are allowed.
        limit: u64,
    },
    /// No bytes at all.
    #[error("empty")]
    Empty,
    /// Nothing that is known.
    #[error("of no known type")]
    UnknownType,
    /// Known, and not accepted: a program, a web page, a drawing with scripts, an archive, a film.
    #[error("of a type that is not accepted: {found}")]
    ForbiddenType {
        /// What was found: `svg`, `html`, `exe` ..
        found: &'static str,
    },
    /// The name says one type, the content another.
    #[error("the name says another type than the content, {found:?}")]
    NameMismatch {
        /// What the content is.
        found: Kind,
    },
    /// A picture with too many pixels.
    #[error("a picture of {width} x {height} pixels")]
    TooManyPixels {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// A picture that moves. Its first frame alone would not be what was sent.
    #[error("an animated picture")]
    Animated,
    /// It breaks the rules of its own format, or ends too early.
    #[error("damaged")]
    Damaged,
    /// Unpacked, it is far larger than it looks.
    #[error("unpacks to more than allowed")]
    ArchiveBomb,
    /// Entries with paths that lead elsewhere.
    #[error("an archive whose paths lead elsewhere")]
    UnsafePath,
    /// Something that runs, opens or loads by itself: macros, scripts, embedded files, remote templates.
    #[error("holds something that acts by itself: {found}")]
    ActiveContent {
        /// What was found: `macro`, `javascript`, `embedded_file` ..
        found: &'static str,
    },
    /// XML that declares entities.
    #[error("XML with a document type declaration")]
    ExternalEntity,
    /// Locked with a password, so nobody can look inside.
    #[error("encrypted")]
    Encrypted,
    /// Two types at once: data before, behind or between what the format allows.
    #[error("two types at once")]
    Polyglot,
    /// The request holds as many files as allowed.
    #[error("more than {limit} files")]
    TooManyFiles {
        /// How many files are allowed.
        limit: usize,
    },
    /// The company's files would take more room than it has.
    #[error("only {free} bytes are free")]
    OverQuota {
        /// How many bytes are free.
        free: u64,
    },
}

impl Refusal {
    /// The word it is stored, counted and translated by. These do not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::Empty => "empty",
            Self::UnknownType => "unknown_type",
            Self::ForbiddenType { .. } => "forbidden_type",
            Self::NameMismatch { .. } => "name_mismatch",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::Animated => "animated",
            Self::Damaged => "damaged",
            Self::ArchiveBomb => "archive_bomb",
            Self::UnsafePath => "unsafe_path",
            Self::ActiveContent { .. } => "active_content",
            Self::ExternalEntity => "external_entity",
            Self::Encrypted => "encrypted",
            Self::Polyglot => "polyglot",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::OverQuota { .. } => "over_quota",
        }
    }
}
