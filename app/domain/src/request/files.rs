//! Files of a request: which kinds take them, while when they may change, and what can be wrong with one.

use serde::{Deserialize, Serialize};

use super::{Position, RequestKind, RequestStatus, Turn};
use crate::model::stable_text;

/// What files are for, where a kind takes any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUse {
    /// Pictures to be published with a text.
    Pictures,
    /// Documents and pictures that prove what is asked for.
    Proof,
}

impl FileUse {
    /// Whether a file may be of use: any that is accepted as proof, pictures alone for a publication.
    pub fn takes(self, is_picture: bool) -> bool {
        is_picture || self == Self::Proof
    }
}

impl RequestKind {
    /// What files are for; none where the kind takes none. **Reading:** the programme names files for cases alone; a sales bonus takes
    /// what proves it.
    pub fn takes_files(self) -> Option<FileUse> {
        match self {
            Self::CaseStudy => Some(FileUse::Pictures),
            Self::SalesBonus => Some(FileUse::Proof),
            Self::BonusCodes | Self::FreeMonth | Self::TelegramComment => None,
        }
    }
}

impl Position {
    /// Whether the partner may attach and remove files: while the request is the partner's to work on, and until somebody of the provider
    /// takes it, so that nobody decides by one set of files and finds another.
    pub fn files_may_change(self) -> bool {
        self.turn() == Turn::Partner || self.status == RequestStatus::Submitted
    }
}

/// How a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It came and is looked at.
    Received,
    /// It was accepted and is kept.
    Ready,
    /// It was taken away, or not accepted; its content goes after a while.
    Removed,
}

stable_text!(FileState { Received => "received", Ready => "ready", Removed => "removed" });

/// What is wrong with a file. Sizes are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum FileProblem {
    /// No file was chosen.
    Missing,
    /// Larger than allowed.
    TooLarge {
        /// How much is allowed.
        limit: u64,
    },
    /// There is nothing in it.
    Empty,
    /// Nothing that is known.
    UnknownType,
    /// Known and not accepted.
    ForbiddenType,
    /// Its name says one type, its content another.
    NameMismatch,
    /// The request takes pictures alone.
    NotAPicture,
    /// A picture with too many pixels.
    TooManyPixels {
        /// From left to right.
        width: u32,
        /// From top to bottom.
        height: u32,
    },
    /// A picture that moves.
    Animated,
    /// It breaks off, or the rules of its own format.
    Damaged,
    /// Unpacked, it is far larger than it looks.
    ArchiveBomb,
    /// It holds something that acts by itself: macros, scripts, other files, references that lead out of it.
    ActiveContent,
    /// It is locked with a password.
    Encrypted,
    /// It is two types at once.
    Polyglot,
    /// The request has as many files as allowed.
    TooManyFiles {
        /// How many are allowed.
        limit: u32,
    },
    /// The company has no room for it.
    OverQuota {
        /// How much room it has.
        free: u64,
    },
    /// Files of the request can't change any more.
    Closed,
}

impl FileProblem {
    /// The word it is recorded and counted by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLarge { .. } => "too_large",
            Self::Empty => "empty",
            Self::UnknownType => "unknown_type",
            Self::ForbiddenType => "forbidden_type",
            Self::NameMismatch => "name_mismatch",
            Self::NotAPicture => "not_a_picture",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::Animated => "animated",
            Self::Damaged => "damaged",
            Self::ArchiveBomb => "archive_bomb",
            Self::ActiveContent => "active_content",
            Self::Encrypted => "encrypted",
            Self::Polyglot => "polyglot",
            Self::TooManyFiles { .. } => "too_many_files",
            Self::OverQuota { .. } => "over_quota",
            Self::Closed => "closed",
        }
    }

    /// Whether it speaks against the state of the request or the company, and not against the file itself.
    pub fn is_about_the_request(self) -> bool {
        matches!(self, Self::TooManyFiles { .. } | Self::OverQuota { .. } | Self::Closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Stage;

    #[test]
    fn files_change_while_the_request_is_the_partners_to_change() {
        let at = |status, stage| Position { status, stage };
        for open in [
            at(RequestStatus::Draft, None),
            at(RequestStatus::Submitted, None),
            at(RequestStatus::ActionRequired, None),
            at(RequestStatus::Draft, Some(Stage::Brief)),
            at(RequestStatus::Approved, Some(Stage::Details)),
            at(RequestStatus::ActionRequired, Some(Stage::Editing)),
        ] {
            assert!(open.files_may_change(), "{open}");
        }
        for closed in [
            at(RequestStatus::InReview, None),
            at(RequestStatus::Approved, None),
            at(RequestStatus::Refused, None),
            at(RequestStatus::Withdrawn, None),
            at(RequestStatus::Approved, Some(Stage::Editing)),
            at(RequestStatus::Fulfilled, Some(Stage::Published)),
        ] {
            assert!(!closed.files_may_change(), "{closed}");
        }
    }

    #[test]
    fn cases_take_pictures_and_a_claim_takes_what_proves_it() {
        let kinds: Vec<_> = RequestKind::ALL.into_iter().filter_map(|kind| Some((kind, kind.takes_files()?))).collect();
        assert_eq!(kinds, [(RequestKind::SalesBonus, FileUse::Proof), (RequestKind::CaseStudy, FileUse::Pictures)]);
        assert!(FileUse::Proof.takes(false) && FileUse::Proof.takes(true) && FileUse::Pictures.takes(true));
        assert!(!FileUse::Pictures.takes(false));
    }

    #[test]
    fn a_problem_travels_under_its_code() {
        for problem in [FileProblem::Missing, FileProblem::TooLarge { limit: 5 }, FileProblem::OverQuota { free: 7 }, FileProblem::Closed] {
            let value = serde_json::to_value(problem).unwrap();
            assert_eq!(value["problem"], problem.code());
            assert_eq!(serde_json::from_value::<FileProblem>(value).unwrap(), problem);
        }
    }
}
