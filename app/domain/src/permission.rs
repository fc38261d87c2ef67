//! Who may do what. The page hides what this refuses, and the service asks again.

use serde::{Deserialize, Serialize};

use crate::model::stable_text;

/// The role of a person who signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works for a partner and sees that partner only.
    PartnerMember,
    /// The provider's staff: decides on requests.
    StaffReviewer,
    /// The provider's staff: decides on levels, months and people too.
    StaffAdmin,
}

stable_text!(Role { PartnerMember => "partner_member", StaffReviewer => "staff_reviewer", StaffAdmin => "staff_admin" });

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::PartnerMember, Self::StaffReviewer, Self::StaffAdmin];

    /// Whether the person belongs to the provider.
    pub fn is_staff(self) -> bool {
        matches!(self, Self::StaffReviewer | Self::StaffAdmin)
    }
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $variant:ident => $text:literal),+ $(,)?) => {
        /// A gesture that needs a permission.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action {
            $($(#[doc = $doc])+ $variant,)+
        }

        stable_text!(Action { $($variant => $text),+ });

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

actions! {
    /// See the partner's own pages: home, level, privileges, clients, requests, codes.
    ViewOwnPages => "view_own_pages",
    /// Submit a request of any kind.
    SubmitRequest => "submit_request",
    /// Save a draft of a request.
    SaveDraft => "save_draft",
    /// Withdraw a request of the own partner while it waits.
    WithdrawRequest => "withdraw_request",
    /// Correct the fields that a reviewer asked about.
    AnswerCorrection => "answer_correction",
    /// Give up what was approved, with words for the other side.
    CancelRequest => "cancel_request",
    /// Attach files to a request of the own partner while it may be changed, and remove them.
    AttachFile => "attach_file",
    /// Write in the thread of a request, and read it.
    WriteComment => "write_comment",
    /// Write notes on a request that only staff read.
    WriteNote => "write_note",
    /// Write the long form of a case, or choose an interview and pick its time (`CASE-1`, `TG-1`).
    PrepareText => "prepare_text",
    /// Agree a text that staff edited, or ask for changes.
    AgreeText => "agree_text",
    /// Choose the topics to comment on (`TG-1`).
    ChooseTopics => "choose_topics",
    /// Edit the partner's own brand, publish it, and add names under which its portal is reached.
    EditBrand => "edit_brand",
    /// Add a client.
    AddClient => "add_client",
    /// Pick how a client is rewarded (`RATE-2`).
    ChooseRate => "choose_rate",
    /// Record a trial or its result (`TRIAL-1`).
    RecordTrial => "record_trial",
    /// See the inbox and the requests in it.
    ViewInbox => "view_inbox",
    /// See partners and their pages as staff.
    ViewPartners => "view_partners",
    /// Approve a request.
    ApproveRequest => "approve_request",
    /// Refuse a request.
    RefuseRequest => "refuse_request",
    /// Take a request, give it to a reviewer, or put it back.
    AssignRequest => "assign_request",
    /// Ask the partner to correct fields of a request.
    AskForCorrection => "ask_for_correction",
    /// Open a decided request again; the decision is kept.
    ReopenRequest => "reopen_request",
    /// Record that what was approved is carried out.
    FulfilRequest => "fulfil_request",
    /// Offer times for an interview, and record that it was held.
    ArrangeInterview => "arrange_interview",
    /// Edit a text for publication, and put it before the partner.
    EditText => "edit_text",
    /// Set the bonus of a comment within the range of the terms (`TG-1`).
    SetCommentBonus => "set_comment_bonus",
    /// Record a publication, which accrues the bonus; not of a bonus set by oneself.
    PublishText => "publish_text",
    /// Send a news item to partners who comment on its topic (`TG-1`).
    PostNews => "post_news",
    /// See how long decisions take, by kind and person.
    ViewRequestReport => "view_request_report",
    /// Redeem a code for a client (`CODE-3`).
    RedeemCode => "redeem_code",
    /// Revoke an unused code (`CODE-5`).
    RevokeCode => "revoke_code",
    /// Record a passed exam (`LVL-2`).
    RecordExam => "record_exam",
    /// Decide on a level (`LVL-8`).
    DecideLevel => "decide_level",
    /// Accept or decline a late fact that would change a level already past (`USE-4`).
    DecideLateFact => "decide_late_fact",
    /// See imports and months.
    ViewUsage => "view_usage",
    /// Import billing usage (`USE-2`).
    ImportUsage => "import_usage",
    /// Close a month (`USE-3`).
    CloseMonth => "close_month",
    /// See the versions of the terms, and try out new ones (`TERM-1`).
    ViewTerms => "view_terms",
    /// Publish new terms for a day to come (`TERM-1`).
    PublishTerms => "publish_terms",
    /// See the ledger, settlement runs and adjustments of all partners.
    ViewLedger => "view_ledger",
    /// Approve entries of the ledger, or take them back (`LED-1`).
    ApproveEntries => "approve_entries",
    /// Make a settlement run, or drop it.
    MakeSettlement => "make_settlement",
    /// Record that a settlement run was paid or applied; above an amount not one's own.
    CarryOutSettlement => "carry_out_settlement",
    /// Propose an adjustment of the ledger by hand.
    ProposeAdjustment => "propose_adjustment",
    /// Accept or decline somebody else's adjustment.
    DecideAdjustment => "decide_adjustment",
    /// Change where a partner is paid.
    EditBankAccount => "edit_bank_account",
    /// Change the payer and the amount above which a second person settles.
    EditSettlementSettings => "edit_settlement_settings",
    /// See the names under which partners' portals are reached, and take one back.
    RevokeHost => "revoke_host",
    /// Search the audit record.
    SearchAudit => "search_audit",
    /// Create a partner and its first member.
    CreatePartner => "create_partner",
    /// Create a member of staff.
    CreateStaff => "create_staff",
}

/// Whether a role may do it. Whose data it is done to is another question, asked by the database for every row.
pub fn may(role: Role, action: Action) -> bool {
    match action {
        Action::ViewOwnPages
        | Action::SubmitRequest
        | Action::SaveDraft
        | Action::WithdrawRequest
        | Action::AnswerCorrection
        | Action::AttachFile
        | Action::PrepareText
        | Action::AgreeText
        | Action::ChooseTopics
        | Action::EditBrand
        | Action::AddClient
        | Action::ChooseRate => role == Role::PartnerMember,
        Action::RecordTrial | Action::CancelRequest | Action::WriteComment => true,
        Action::ViewInbox
        | Action::ViewPartners
        | Action::ApproveRequest
        | Action::RefuseRequest
        | Action::WriteNote
        | Action::AssignRequest
        | Action::AskForCorrection
        | Action::FulfilRequest
        | Action::ArrangeInterview
        | Action::EditText
        | Action::SetCommentBonus
        | Action::PublishText
        | Action::PostNews
        | Action::ViewRequestReport
        | Action::RedeemCode
        | Action::RevokeCode
        | Action::RecordExam
        | Action::ViewUsage
        | Action::ImportUsage
        | Action::ViewTerms
        | Action::ViewLedger
        | Action::ApproveEntries
        | Action::MakeSettlement
        | Action::CarryOutSettlement
        | Action::ProposeAdjustment
        | Action::RevokeHost
        | Action::SearchAudit => role.is_staff(),
        Action::PublishTerms
        | Action::ReopenRequest
        | Action::DecideLevel
        | Action::DecideLateFact
        | Action::CloseMonth
        | Action::DecideAdjustment
        | Action::EditBankAccount
        | Action::EditSettlementSettings
        | Action::CreatePartner
        | Action::CreateStaff => role == Role::StaffAdmin,
    }
}
