//! Where a request is: its status and, where the kind has stages, its stage.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{RequestKind, RequestStatus, Turn};
use crate::model::stable_text;

/// How far the work of a kind with stages has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Of a case: the short description that staff accept or decline.
    Brief,
    /// Of a comment: the partner's text that staff accept or decline.
    Answer,
    /// Of a case: the partner writes the long form.
    Details,
    /// An interview instead of a text: asked for, arranged and held.
    Interview,
    /// Staff edit the text; the partner agrees or comments.
    Editing,
    /// The partner agreed the text.
    Agreed,
    /// It is published.
    Published,
}

stable_text!(Stage {
    Brief => "brief",
    Answer => "answer",
    Details => "details",
    Interview => "interview",
    Editing => "editing",
    Agreed => "agreed",
    Published => "published",
});

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 7] = [Self::Brief, Self::Answer, Self::Details, Self::Interview, Self::Editing, Self::Agreed, Self::Published];
}

/// Where a request is: two facts on one timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// How it stands.
    pub status: RequestStatus,
    /// How far its work has come; none where the kind has no stages.
    pub stage: Option<Stage>,
}

impl Position {
    /// Where a new request of a kind begins.
    pub fn first(kind: RequestKind) -> Self {
        Self { status: RequestStatus::Draft, stage: kind.first_stage() }
    }

    /// Every status with every stage and with none, legal or not.
    pub fn every() -> impl Iterator<Item = Self> {
        let stages = || std::iter::once(None).chain(Stage::ALL.map(Some));
        RequestStatus::ALL.into_iter().flat_map(move |status| stages().map(move |stage| Self { status, stage }))
    }

    /// Whether a request of the kind can be here. The database's checks say the same.
    pub fn is_legal(self, kind: RequestKind) -> bool {
        use RequestStatus::{ActionRequired, Approved, Cancelled, Draft, Fulfilled, InReview, Refused, Submitted, Withdrawn};
        let before_decision = matches!(self.status, Draft | Submitted | InReview | Refused | Withdrawn);
        match (kind, self.stage) {
            (RequestKind::BonusCodes | RequestKind::SalesBonus, None) => !matches!(self.status, Cancelled | Fulfilled),
            (RequestKind::FreeMonth, None) => true,
            (RequestKind::CaseStudy, Some(Stage::Brief)) => before_decision || self.status == ActionRequired,
            (RequestKind::CaseStudy, Some(Stage::Details | Stage::Interview))
            | (RequestKind::CaseStudy | RequestKind::TelegramComment, Some(Stage::Editing)) => {
                matches!(self.status, Approved | ActionRequired | Cancelled)
            }
            (RequestKind::CaseStudy | RequestKind::TelegramComment, Some(Stage::Agreed)) => matches!(self.status, Approved | Cancelled),
            (RequestKind::CaseStudy | RequestKind::TelegramComment, Some(Stage::Published)) => self.status == Fulfilled,
            (RequestKind::TelegramComment, Some(Stage::Answer)) => before_decision || matches!(self.status, ActionRequired | Cancelled),
            (RequestKind::TelegramComment, Some(Stage::Interview)) => {
                before_decision || matches!(self.status, Approved | ActionRequired | Cancelled)
            }
            _ => false,
        }
    }

    /// Whether it is submitted and waits for the decision, on whichever side.
    pub fn is_undecided(self) -> bool {
        match self.status {
            RequestStatus::Submitted | RequestStatus::InReview => true,
            // An interview asked for has nothing to correct: the partner is asked to act on it only once it is approved.
            RequestStatus::ActionRequired => matches!(self.stage, None | Some(Stage::Brief | Stage::Answer)),
            _ => false,
        }
    }

    /// Whether its decision is the provider's to make now: what the published time to decide counts.
    pub fn waits_for_decision(self) -> bool {
        matches!(self.status, RequestStatus::Submitted | RequestStatus::InReview)
    }

    /// Who has to act next.
    pub fn turn(self) -> Turn {
        match (self.status, self.stage) {
            (RequestStatus::Approved, Some(Stage::Details)) => Turn::Partner,
            (RequestStatus::Approved, Some(_)) => Turn::Provider,
            (status, _) => status.turn(),
        }
    }
}

impl fmt::Display for Position {
    /// `in_review`, `approved/editing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stage {
            None => write!(f, "{}", self.status),
            Some(stage) => write!(f, "{}/{stage}", self.status),
        }
    }
}
