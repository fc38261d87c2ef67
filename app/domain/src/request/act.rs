//! What people and the portal do to a request.

use serde::{Deserialize, Serialize};

use super::{Entries, FieldName, FieldNote, Refusal, Words};
use crate::editorial::{Publication, Slot, TextNumber};
use crate::ids::UserId;
use crate::model::stable_text;
use crate::money::Money;
use crate::permission::{Action, Role};

/// Who does something: a person in a role, or the portal itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", rename_all = "snake_case")]
pub enum Actor {
    /// A person who signed in.
    Person {
        /// Who.
        id: UserId,
        /// In which role.
        role: Role,
    },
    /// The portal, at a deadline.
    Portal,
}

impl Actor {
    /// The person, if it is one.
    pub fn person(self) -> Option<UserId> {
        match self {
            Self::Person { id, .. } => Some(id),
            Self::Portal => None,
        }
    }

    /// The row of the table that it stands in.
    pub fn performer(self) -> Performer {
        match self {
            Self::Person { role, .. } => role.into(),
            Self::Portal => Performer::Portal,
        }
    }
}

/// Who performs an act, without which person: the roles, and the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Performer {
    /// Works for the partner whose request it is.
    PartnerMember,
    /// The provider's staff.
    StaffReviewer,
    /// The provider's staff with more rights.
    StaffAdmin,
    /// The portal itself.
    Portal,
}

stable_text!(Performer {
    PartnerMember => "partner_member",
    StaffReviewer => "staff_reviewer",
    StaffAdmin => "staff_admin",
    Portal => "portal",
});

impl Performer {
    /// Every performer.
    pub const ALL: [Self; 4] = [Self::PartnerMember, Self::StaffReviewer, Self::StaffAdmin, Self::Portal];

    /// The role; none for the portal.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::PartnerMember => Some(Role::PartnerMember),
            Self::StaffReviewer => Some(Role::StaffReviewer),
            Self::StaffAdmin => Some(Role::StaffAdmin),
            Self::Portal => None,
        }
    }
}

impl From<Role> for Performer {
    fn from(role: Role) -> Self {
        match role {
            Role::PartnerMember => Self::PartnerMember,
            Role::StaffReviewer => Self::StaffReviewer,
            Role::StaffAdmin => Self::StaffAdmin,
        }
    }
}

macro_rules! acts {
    ($($(#[doc = $doc:literal])+ $variant:ident $({ $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty),+ $(,)? })? => $text:literal),+ $(,)?) => {
        /// An act with what it needs.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "act", rename_all = "snake_case")]
        pub enum Act {
            $($(#[doc = $doc])+ $variant $({ $($(#[doc = $field_doc])+ $field: $type),+ })?,)+
        }

        /// An act by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ActName {
            $($(#[doc = $doc])+ $variant,)+
        }

        stable_text!(ActName { $($variant => $text),+ });

        impl ActName {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl Act {
            /// Its name.
            pub fn name(&self) -> ActName {
                match self { $(Self::$variant { .. } => ActName::$variant),+ }
            }
        }
    };
}

acts! {
    /// The partner saves what was entered so far; fields not named stay.
    SaveDraft {
        /// What was entered.
        entries: Entries,
    } => "save_draft",
    /// The partner submits it; the kind's rules have been asked (`PRIV-1`).
    Submit {
        /// What was entered since the last save.
        entries: Entries,
    } => "submit",
    /// The partner takes it back to go on writing; its place in the queue is lost.
    Recall {
        /// Why, if the partner says so.
        words: Option<Words>,
    } => "recall",
    /// The partner gives it up before it is decided.
    Withdraw {
        /// Why, if the partner says so.
        words: Option<Words>,
    } => "withdraw",
    /// The partner takes up a refused or withdrawn one again, with everything that was entered.
    Revise => "revise",
    /// A reviewer takes it, also from somebody else or from a partner who was asked in error.
    Take => "take",
    /// Staff give it to a reviewer.
    Assign {
        /// To whom.
        to: UserId,
    } => "assign",
    /// The reviewer puts it back into the queue.
    Release => "release",
    /// A reviewer asks the partner to correct fields; it keeps its place in the queue.
    AskForCorrection {
        /// The fields, with words beside each; at least one.
        notes: Vec<FieldNote>,
    } => "ask_for_correction",
    /// The partner answers with the corrected fields.
    Answer {
        /// The corrected fields; those left out stay as they are.
        entries: Entries,
    } => "answer",
    /// Staff approve it.
    Approve => "approve",
    /// Staff refuse it.
    Refuse {
        /// Why; the partner reads it.
        refusal: Refusal,
        /// Words beside fields, shown when the partner takes it up again.
        notes: Vec<FieldNote>,
    } => "refuse",
    /// One side gives up what was approved.
    Cancel {
        /// Why; the other side reads it.
        words: Words,
    } => "cancel",
    /// An administrator opens it again; the earlier decision is kept.
    Reopen {
        /// Why; the partner reads it.
        words: Words,
    } => "reopen",
    /// Staff record that what was approved is carried out.
    MarkFulfilled => "mark_fulfilled",
    /// The portal closes what nobody answered by the deadline (`TG-1`).
    Expire => "expire",
    /// The partner chooses an interview instead of a text.
    ChooseInterview => "choose_interview",
    /// The partner chooses to write after all.
    ChooseText => "choose_text",
    /// The partner hands in the long form (`CASE-1`).
    SendDetails {
        /// What was entered since the last save.
        entries: Entries,
    } => "send_details",
    /// Staff offer times for an interview.
    OfferSlots {
        /// The times; at least one, all to come.
        slots: Vec<Slot>,
    } => "offer_slots",
    /// The partner picks one of them.
    PickSlot {
        /// Which.
        slot: Slot,
    } => "pick_slot",
    /// None of them suits the partner.
    DeclineSlots {
        /// What would suit.
        words: Words,
    } => "decline_slots",
    /// Staff record that the interview was held.
    RecordInterview => "record_interview",
    /// Staff store a new version of the text; an agreement to an earlier one ends.
    EditText {
        /// Its number: one more than the last.
        number: TextNumber,
    } => "edit_text",
    /// Staff ask the partner to agree the text.
    OfferText => "offer_text",
    /// The partner agrees the text.
    AgreeText => "agree_text",
    /// The partner wants the text changed.
    ReturnText {
        /// How.
        words: Words,
    } => "return_text",
    /// Staff set the bonus (`TG-1`); somebody else has to publish.
    SetBonus {
        /// RUB, within the range of the terms.
        amount: Money,
    } => "set_bonus",
    /// Staff record the publication; the bonus accrues (`CASE-1`, `TG-1`).
    Publish {
        /// Where and when.
        publication: Publication,
    } => "publish",
}

impl ActName {
    /// The permission that a person needs; none for what only the portal does.
    pub fn action(self) -> Option<Action> {
        Some(match self {
            Self::SaveDraft => Action::SaveDraft,
            Self::Submit | Self::Revise => Action::SubmitRequest,
            Self::Recall | Self::Withdraw => Action::WithdrawRequest,
            Self::Take | Self::Assign | Self::Release => Action::AssignRequest,
            Self::AskForCorrection => Action::AskForCorrection,
            Self::Answer => Action::AnswerCorrection,
            Self::Approve => Action::ApproveRequest,
            Self::Refuse => Action::RefuseRequest,
            Self::Cancel => Action::CancelRequest,
            Self::Reopen => Action::ReopenRequest,
            Self::MarkFulfilled => Action::FulfilRequest,
            Self::Expire => return None,
            Self::ChooseInterview | Self::ChooseText | Self::SendDetails | Self::PickSlot | Self::DeclineSlots => Action::PrepareText,
            Self::OfferSlots | Self::RecordInterview => Action::ArrangeInterview,
            Self::EditText | Self::OfferText => Action::EditText,
            Self::AgreeText | Self::ReturnText => Action::AgreeText,
            Self::SetBonus => Action::SetCommentBonus,
            Self::Publish => Action::PublishText,
        })
    }
}

/// What an act leaves on the timeline beside its name. What was entered stays with the request; the timeline names the fields only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "detail", rename_all = "snake_case")]
pub enum Detail {
    /// Nothing.
    Nothing,
    /// The fields that were entered.
    Fields {
        /// Which.
        fields: Vec<FieldName>,
    },
    /// What was written to the other side.
    Words {
        /// The text.
        words: Words,
    },
    /// To whom it was given.
    Assignee {
        /// Who.
        to: UserId,
    },
    /// What is to be corrected.
    Correction {
        /// The fields with the words beside them.
        notes: Vec<FieldNote>,
    },
    /// Why it was refused.
    Refusal {
        /// Reason and text.
        refusal: Refusal,
        /// Words beside fields.
        notes: Vec<FieldNote>,
    },
    /// Times for an interview.
    Slots {
        /// Those offered, or the one picked.
        slots: Vec<Slot>,
    },
    /// A version of the text.
    Text {
        /// Its number.
        number: TextNumber,
    },
    /// The bonus that was set.
    Bonus {
        /// RUB.
        amount: Money,
    },
    /// Where it was published.
    Publication {
        /// Where and when.
        publication: Publication,
    },
}

impl Act {
    /// Takes the act apart: what was entered, and what the timeline keeps.
    pub(super) fn into_parts(self) -> (ActName, Entries, Detail) {
        let name = self.name();
        let mut entered = Entries::new();
        let words = |words: Option<Words>| words.map_or(Detail::Nothing, |words| Detail::Words { words });
        let detail = match self {
            Self::SaveDraft { entries } | Self::Submit { entries } | Self::Answer { entries } | Self::SendDetails { entries } => {
                entered = entries;
                Detail::Fields { fields: entered.keys().cloned().collect() }
            }
            Self::Recall { words: said } | Self::Withdraw { words: said } => words(said),
            Self::Assign { to } => Detail::Assignee { to },
            Self::AskForCorrection { notes } => Detail::Correction { notes },
            Self::Refuse { refusal, notes } => Detail::Refusal { refusal, notes },
            Self::Cancel { words } | Self::Reopen { words } | Self::DeclineSlots { words } | Self::ReturnText { words } => {
                Detail::Words { words }
            }
            Self::OfferSlots { slots } => Detail::Slots { slots },
            Self::PickSlot { slot } => Detail::Slots { slots: vec![slot] },
            Self::EditText { number } => Detail::Text { number },
            Self::SetBonus { amount } => Detail::Bonus { amount },
            Self::Publish { publication } => Detail::Publication { publication },
            Self::Revise
            | Self::Take
            | Self::Release
            | Self::Approve
            | Self::MarkFulfilled
            | Self::Expire
            | Self::ChooseInterview
            | Self::ChooseText
            | Self::RecordInterview
            | Self::OfferText
            | Self::AgreeText => Detail::Nothing,
        };
        (name, entered, detail)
    }
}
