//! The one table of transitions. `tests/output/transitions.txt` is what it says, for a person to read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ActName, Performer, Position, RequestKind, RequestStatus, Stage};
use crate::permission::{Role, may};

/// Why an act is not possible. Words are chosen by the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "denial", rename_all = "snake_case")]
pub enum Denial {
    /// A member of the partner does that.
    ForPartner,
    /// The provider's staff do that.
    ForStaff,
    /// An administrator does that.
    ForAdmin,
    /// The portal does that by itself.
    ForPortal,
    /// Requests of this kind know no such act.
    OtherKind,
    /// Not as the request stands.
    InStatus {
        /// How it stands.
        status: RequestStatus,
    },
    /// Not at the stage that the work has come to.
    AtStage {
        /// Which.
        stage: Stage,
    },
    /// Codes were drawn at approval: what is unused is revoked code by code (`CODE-5`).
    CodesIssued,
    /// The money accrued at approval: the ledger takes it back (`LED-1`).
    MoneyAccrued,
    /// No request of this kind can be here.
    NoSuchPosition,
}

impl fmt::Display for Denial {
    /// The stable text, with the status or the stage it is about.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForPartner => f.write_str("for_partner"),
            Self::ForStaff => f.write_str("for_staff"),
            Self::ForAdmin => f.write_str("for_admin"),
            Self::ForPortal => f.write_str("for_portal"),
            Self::OtherKind => f.write_str("other_kind"),
            Self::InStatus { status } => write!(f, "in:{status}"),
            Self::AtStage { stage } => write!(f, "at:{stage}"),
            Self::CodesIssued => f.write_str("codes_issued"),
            Self::MoneyAccrued => f.write_str("money_accrued"),
            Self::NoSuchPosition => f.write_str("no_such_position"),
        }
    }
}

/// Where an act by somebody leads from a position of a request of the kind, or why it is denied. Pure, and the only place that says so:
/// the engine, the pages, the golden table and the tests ask it.
pub fn transition(kind: RequestKind, position: Position, act: ActName, performer: Performer) -> Result<Position, Denial> {
    if !position.is_legal(kind) {
        return Err(Denial::NoSuchPosition);
    }
    if !kind.knows(act) {
        return Err(Denial::OtherKind);
    }
    permitted(act, performer)?;
    target(kind, position, act)
}

/// Every act for somebody at a position: where it leads, or why not.
pub fn allowed(kind: RequestKind, position: Position, performer: Performer) -> Vec<(ActName, Result<Position, Denial>)> {
    ActName::ALL.iter().map(|act| (*act, transition(kind, position, *act, performer))).collect()
}

/// Whether the performer may do it at all, by the table of permissions.
fn permitted(act: ActName, performer: Performer) -> Result<(), Denial> {
    let Some(action) = act.action() else {
        return if performer == Performer::Portal { Ok(()) } else { Err(Denial::ForPortal) };
    };
    if performer.role().is_some_and(|role| may(role, action)) {
        Ok(())
    } else if may(Role::StaffReviewer, action) {
        Err(Denial::ForStaff)
    } else if may(Role::StaffAdmin, action) {
        Err(Denial::ForAdmin)
    } else {
        Err(Denial::ForPartner)
    }
}

/// Where an act leads, whoever does it.
fn target(kind: RequestKind, position: Position, act: ActName) -> Result<Position, Denial> {
    use RequestStatus::{ActionRequired, Approved, Cancelled, Draft, Fulfilled, InReview, Refused, Submitted, Withdrawn};
    use Stage::{Agreed, Answer, Brief, Details, Editing, Interview, Published};

    let Position { status, stage } = position;
    let undecided = position.is_undecided();
    // A decided status says more than a stage; while the work goes on, the stage says more.
    let here = match stage {
        Some(stage) if matches!(status, Approved | ActionRequired) && !undecided => Denial::AtStage { stage },
        _ => Denial::InStatus { status },
    };
    let with = |status| Some((status, stage));
    let at = |status, stage| Some((status, Some(stage)));

    let to = match act {
        ActName::SaveDraft => match (status, stage) {
            (Draft, _) | (Approved | ActionRequired, Some(Details)) => with(status),
            (ActionRequired, _) if undecided => with(status),
            _ => None,
        },
        ActName::Submit if status == Draft => with(Submitted),
        ActName::Recall if undecided => with(Draft),
        ActName::Withdraw if undecided || status == Draft => with(Withdrawn),
        ActName::Revise if matches!(status, Refused | Withdrawn) => with(Draft),
        ActName::Take => match (status, stage) {
            _ if undecided => with(InReview),
            // What the partner was asked for in error: a correction of the long form, or to agree a text that is not ready.
            (ActionRequired, Some(Details | Editing)) => at(Approved, Editing),
            _ => None,
        },
        ActName::Assign => match status {
            Submitted | InReview => with(InReview),
            // The work that follows an approval has an owner too.
            ActionRequired => with(status),
            Approved if stage.is_some() => with(status),
            _ => None,
        },
        ActName::Release if status == InReview => with(Submitted),
        ActName::AskForCorrection => match (status, stage) {
            // An interview that was asked for has no fields to correct.
            (Submitted | InReview, Some(Interview)) => return Err(Denial::AtStage { stage: Interview }),
            (Submitted | InReview, _) => with(ActionRequired),
            (Approved, Some(Editing)) if kind == RequestKind::CaseStudy => at(ActionRequired, Details),
            _ => None,
        },
        ActName::Answer => match (status, stage) {
            (ActionRequired, Some(Details)) => at(Approved, Editing),
            (ActionRequired, _) if undecided => with(InReview),
            _ => None,
        },
        ActName::Approve if matches!(status, Submitted | InReview) => match stage {
            Some(Brief) => at(Approved, Details),
            Some(Answer) => at(Approved, Editing),
            _ => with(Approved),
        },
        ActName::Refuse if undecided => with(Refused),
        ActName::Cancel => match (kind, status) {
            (RequestKind::BonusCodes, Approved) => return Err(Denial::CodesIssued),
            (RequestKind::SalesBonus, Approved) => return Err(Denial::MoneyAccrued),
            (_, Approved) => with(Cancelled),
            (_, ActionRequired) if !undecided => with(Cancelled),
            _ => None,
        },
        ActName::Reopen => match (kind, status, stage) {
            (RequestKind::BonusCodes, Approved, _) => return Err(Denial::CodesIssued),
            (RequestKind::SalesBonus, Approved, _) => return Err(Denial::MoneyAccrued),
            (_, Refused, _) | (RequestKind::FreeMonth, Approved | Cancelled, _) => with(InReview),
            // Only the deadline cancels an answer that was not given: it is the partner's turn again.
            (_, Cancelled, Some(Answer)) => with(Draft),
            (_, Cancelled, Some(_)) => with(Approved),
            _ => None,
        },
        ActName::MarkFulfilled if status == Approved => with(Fulfilled),
        ActName::Expire if status == Draft => at(Cancelled, Answer),
        ActName::ChooseInterview => match (status, stage) {
            (Draft, Some(Answer)) | (Approved, Some(Details)) => at(status, Interview),
            _ => None,
        },
        ActName::ChooseText => match (kind, status, stage) {
            (RequestKind::TelegramComment, Draft, Some(Interview)) => at(Draft, Answer),
            (RequestKind::CaseStudy, Approved | ActionRequired, Some(Interview)) => at(Approved, Details),
            _ => None,
        },
        ActName::SendDetails if (status, stage) == (Approved, Some(Details)) => at(Approved, Editing),
        ActName::OfferSlots if matches!((status, stage), (Approved | ActionRequired, Some(Interview))) => with(ActionRequired),
        ActName::PickSlot | ActName::DeclineSlots if (status, stage) == (ActionRequired, Some(Interview)) => with(Approved),
        ActName::RecordInterview if (status, stage) == (Approved, Some(Interview)) => at(Approved, Editing),
        ActName::EditText if matches!((status, stage), (Approved, Some(Editing | Agreed))) => at(Approved, Editing),
        ActName::OfferText if (status, stage) == (Approved, Some(Editing)) => with(ActionRequired),
        ActName::AgreeText if (status, stage) == (ActionRequired, Some(Editing)) => at(Approved, Agreed),
        ActName::ReturnText if (status, stage) == (ActionRequired, Some(Editing)) => with(Approved),
        ActName::SetBonus if matches!((status, stage), (Approved, Some(Editing | Agreed))) => with(status),
        ActName::Publish if (status, stage) == (Approved, Some(Agreed)) => at(Fulfilled, Published),
        _ => None,
    };
    to.map(|(status, stage)| Position { status, stage }).ok_or(here)
}
