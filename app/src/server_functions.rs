//! Every server function with what its caller must be allowed to do. The test of permissions over HTTP is made from it.

use domain::permission::Action;

use crate::paths;

/// Where each one is posted to, and the action its role needs; none where anybody may call it.
pub fn all() -> &'static [(&'static str, Option<Action>)] {
    &[
        (paths::API_SIGN_IN, None),
        (paths::API_SIGN_OUT, None),
        (paths::API_LANGUAGE, None),
        (paths::API_THEME, None),
        (paths::API_CLIENT_ADD, Some(Action::AddClient)),
        (paths::API_RATE_CHOOSE, Some(Action::ChooseRate)),
        (paths::API_TRIAL_RECORD, Some(Action::RecordTrial)),
        (paths::API_TRIAL_END, Some(Action::RecordTrial)),
        (paths::API_BONUS_CODES_SUBMIT, Some(Action::SubmitRequest)),
        (paths::API_FREE_MONTH_SUBMIT, Some(Action::SubmitRequest)),
        (paths::API_SALES_BONUS_SUBMIT, Some(Action::SubmitRequest)),
        (paths::API_COMMENT_TOPICS, Some(Action::ChooseTopics)),
        (paths::API_COMMENT_ANSWER, Some(Action::SaveDraft)),
        (paths::API_REQUEST_BONUS, Some(Action::SetCommentBonus)),
        (paths::API_NEWS_POST, Some(Action::PostNews)),
        (paths::API_REQUEST_WITHDRAW, Some(Action::WithdrawRequest)),
        (paths::API_CASE_SAVE, Some(Action::SaveDraft)),
        (paths::API_REQUEST_AUTOSAVE, Some(Action::SaveDraft)),
        (paths::API_REQUEST_RECALL, Some(Action::WithdrawRequest)),
        (paths::API_REQUEST_REVISE, Some(Action::SubmitRequest)),
        (paths::API_REQUEST_PREPARE, Some(Action::PrepareText)),
        (paths::API_REQUEST_SLOT, Some(Action::PrepareText)),
        (paths::API_REQUEST_TEXT_ANSWER, Some(Action::AgreeText)),
        (paths::API_SLOTS_OFFER, Some(Action::ArrangeInterview)),
        (paths::API_INTERVIEW_RECORD, Some(Action::ArrangeInterview)),
        (paths::API_TEXT_EDIT, Some(Action::EditText)),
        (paths::API_TEXT_OFFER, Some(Action::EditText)),
        (paths::API_PUBLISH, Some(Action::PublishText)),
        (paths::API_BRAND_SAVE, Some(Action::EditBrand)),
        (paths::API_BRAND_PICTURE_REMOVE, Some(Action::EditBrand)),
        (paths::API_BRAND_VERSION, Some(Action::EditBrand)),
        (paths::API_HOST_ADD, Some(Action::EditBrand)),
        (paths::API_HOST_CHECK, Some(Action::EditBrand)),
        (paths::API_HOST_REVOKE, Some(Action::RevokeHost)),
        (paths::API_NOTICES_READ, Some(Action::ViewOwnPages)),
        (paths::API_NOTICES_BY_EMAIL, Some(Action::ViewOwnPages)),
        (paths::API_REQUEST_APPROVE, Some(Action::ApproveRequest)),
        (paths::API_REQUEST_REFUSE, Some(Action::RefuseRequest)),
        (paths::API_REQUEST_COMMENT, Some(Action::WriteComment)),
        (paths::API_REQUEST_ANSWER, Some(Action::AnswerCorrection)),
        (paths::API_REQUEST_FILE_REMOVE, Some(Action::AttachFile)),
        (paths::API_REQUEST_NOTE, Some(Action::WriteNote)),
        (paths::API_REQUEST_TAKE, Some(Action::AssignRequest)),
        (paths::API_REQUEST_RELEASE, Some(Action::AssignRequest)),
        (paths::API_REQUEST_ASSIGN, Some(Action::AssignRequest)),
        (paths::API_REQUEST_ASK, Some(Action::AskForCorrection)),
        (paths::API_REQUEST_REOPEN, Some(Action::ReopenRequest)),
        (paths::API_REQUEST_CANCEL, Some(Action::CancelRequest)),
        (paths::API_REQUEST_FULFIL, Some(Action::FulfilRequest)),
        (paths::API_REQUESTS_BULK, Some(Action::AssignRequest)),
        (paths::API_EXAM_RECORD, Some(Action::RecordExam)),
        (paths::API_LEVEL_DECIDE, Some(Action::DecideLevel)),
        (paths::API_LATE_FACT_DECIDE, Some(Action::DecideLateFact)),
        (paths::API_TERMS_PUBLISH, Some(Action::PublishTerms)),
        (paths::API_LEDGER_APPROVE, Some(Action::ApproveEntries)),
        (paths::API_LEDGER_APPROVE_ALL, Some(Action::ApproveEntries)),
        (paths::API_LEDGER_REVERSE, Some(Action::ApproveEntries)),
        (paths::API_SETTLEMENT_MAKE, Some(Action::MakeSettlement)),
        (paths::API_SETTLEMENT_SETTLE, Some(Action::CarryOutSettlement)),
        (paths::API_SETTLEMENT_DROP, Some(Action::MakeSettlement)),
        (paths::API_SETTLEMENT_SETTINGS, Some(Action::EditSettlementSettings)),
        (paths::API_ADJUSTMENT_PROPOSE, Some(Action::ProposeAdjustment)),
        (paths::API_ADJUSTMENT_DECIDE, Some(Action::DecideAdjustment)),
        (paths::API_BANK_ACCOUNT_EDIT, Some(Action::EditBankAccount)),
        (paths::API_USAGE_COMMIT, Some(Action::ImportUsage)),
        (paths::API_USAGE_DISCARD, Some(Action::ImportUsage)),
        (paths::API_MONTH_CLOSE, Some(Action::CloseMonth)),
        (paths::API_CODE_FIND, Some(Action::RedeemCode)),
        (paths::API_CODE_REDEEM, Some(Action::RedeemCode)),
        (paths::API_CODE_REVOKE, Some(Action::RevokeCode)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_server_function_is_listed() {
        let listed: BTreeSet<&str> = all().iter().map(|(path, _)| *path).collect();
        let registered: BTreeSet<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
        assert_eq!(listed, registered);
    }
}
