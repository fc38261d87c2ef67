//! The kinds of requests, and what the engine has to know of each.

use serde::{Deserialize, Serialize};

use super::{ActName, RequestStatus, Stage};
use crate::model::stable_text;
use crate::privilege::Privilege;

/// What a request asks for. A new kind is a variant here; the compiler then names every place that must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Bonus top-up codes (section 4).
    BonusCodes,
    /// A free month for a client (section 5).
    FreeMonth,
    /// The bonus of a sales manager for a client's month (`SALES-1`).
    SalesBonus,
    /// A case study, published (`CASE-1`).
    CaseStudy,
    /// A comment on news, published (`TG-1`).
    TelegramComment,
}

stable_text!(RequestKind {
    BonusCodes => "bonus_codes",
    FreeMonth => "free_month",
    SalesBonus => "sales_bonus",
    CaseStudy => "case_study",
    TelegramComment => "telegram_comment",
});

impl RequestKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::BonusCodes, Self::FreeMonth, Self::SalesBonus, Self::CaseStudy, Self::TelegramComment];

    /// The letters with which its references begin.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::BonusCodes => "BC",
            Self::FreeMonth => "FM",
            Self::SalesBonus => "SB",
            Self::CaseStudy => "CS",
            Self::TelegramComment => "TC",
        }
    }

    /// The privilege it needs (`PRIV-1`).
    pub fn privilege(self) -> Privilege {
        match self {
            Self::BonusCodes => Privilege::BonusCodes,
            Self::FreeMonth => Privilege::FreeMonths,
            Self::SalesBonus => Privilege::SalesBonus,
            Self::CaseStudy => Privilege::CaseBonus,
            Self::TelegramComment => Privilege::CommentBonus,
        }
    }

    /// The published time to decide, working days of Moscow after the day of submission. **Reading:** the programme names none.
    pub fn days_to_decide(self) -> u32 {
        match self {
            Self::BonusCodes | Self::FreeMonth | Self::TelegramComment => 2,
            Self::SalesBonus | Self::CaseStudy => 5,
        }
    }

    /// The stage in which a draft of it begins; none where the kind has no stages.
    pub fn first_stage(self) -> Option<Stage> {
        match self {
            Self::BonusCodes | Self::FreeMonth | Self::SalesBonus => None,
            Self::CaseStudy => Some(Stage::Brief),
            Self::TelegramComment => Some(Stage::Answer),
        }
    }

    /// Whether a text is written, agreed and published for it, its bonus accruing then and not at approval.
    pub fn is_editorial(self) -> bool {
        self.first_stage().is_some()
    }

    /// Whether a partner writes it as a draft, which is saved, recalled and revised. Any other is sent at once, as its form stands.
    pub fn is_written_as_draft(self) -> bool {
        self.is_editorial()
    }

    /// Whether a request in this status is taken up again by its kind's form, which then holds everything that was entered. What is written
    /// as a draft is revised instead ([`ActName::Revise`]).
    pub fn is_asked_again(self, status: RequestStatus) -> bool {
        !self.is_written_as_draft() && matches!(status, RequestStatus::Refused | RequestStatus::Withdrawn)
    }

    /// Whether staff choose the amount, so that a second person has to publish it (four eyes).
    pub fn has_chosen_bonus(self) -> bool {
        self == Self::TelegramComment
    }

    /// Whether the act exists for the kind at all.
    pub fn knows(self, act: ActName) -> bool {
        match act {
            ActName::SaveDraft
            | ActName::Submit
            | ActName::Withdraw
            | ActName::Take
            | ActName::Assign
            | ActName::Release
            | ActName::AskForCorrection
            | ActName::Answer
            | ActName::Approve
            | ActName::Refuse
            | ActName::Cancel
            | ActName::Reopen => true,
            ActName::Recall | ActName::Revise => self.is_written_as_draft(),
            ActName::MarkFulfilled => self == Self::FreeMonth,
            ActName::SendDetails => self == Self::CaseStudy,
            ActName::SetBonus => self.has_chosen_bonus(),
            ActName::Expire => self == Self::TelegramComment,
            ActName::ChooseInterview
            | ActName::ChooseText
            | ActName::OfferSlots
            | ActName::PickSlot
            | ActName::DeclineSlots
            | ActName::RecordInterview
            | ActName::EditText
            | ActName::OfferText
            | ActName::AgreeText
            | ActName::ReturnText
            | ActName::Publish => self.is_editorial(),
        }
    }
}
