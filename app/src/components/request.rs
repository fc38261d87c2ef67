//! A request in words: its kind, what it asks for, where it stands.

use domain::request::{ActName, FieldName, RefusalReason, RequestKind, RequestStatus, Turn};
use leptos::prelude::*;
use service::requests::Subject;

use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::format;
use crate::i18n::{Locale, td_string};

/// The name of a kind.
pub fn kind_name(locale: Locale, kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::BonusCodes => td_string!(locale, requests.kind.bonus_codes),
        RequestKind::FreeMonth => td_string!(locale, requests.kind.free_month),
        RequestKind::SalesBonus => td_string!(locale, requests.kind.sales_bonus),
        RequestKind::CaseStudy => td_string!(locale, requests.kind.case_study),
        RequestKind::TelegramComment => td_string!(locale, requests.kind.telegram_comment),
    }
}

/// What a request asks for, in one line.
pub fn subject_text(locale: Locale, subject: &Subject) -> String {
    match subject {
        Subject::BonusCodes { codes, value, .. } => {
            let codes = td_string!(locale, common.codes, count = *codes);
            td_string!(locale, requests.subject.bonus_codes, codes = codes, sum = format::roubles(locale, *value))
        }
        Subject::FreeMonth { client_name, month, .. } => {
            let month = format::sentence_start(format::month(locale, *month));
            td_string!(locale, requests.subject.free_month, month = month, client = client_name.clone())
        }
        Subject::SalesBonus { client_name, month, manager_name, amount, .. } => {
            let month = format::sentence_start(format::month(locale, *month));
            td_string!(
                locale,
                requests.subject.sales_bonus,
                month = month,
                client = client_name.clone(),
                sum = format::money(locale, *amount),
                manager = manager_name.clone()
            )
        }
    }
}

/// The name of a state.
pub fn status_name(locale: Locale, status: RequestStatus) -> &'static str {
    match status {
        RequestStatus::Draft => td_string!(locale, requests.status.draft),
        RequestStatus::Submitted => td_string!(locale, requests.status.submitted),
        RequestStatus::InReview => td_string!(locale, requests.status.in_review),
        RequestStatus::ActionRequired => td_string!(locale, requests.status.action_required),
        RequestStatus::Approved => td_string!(locale, requests.status.approved),
        RequestStatus::Refused => td_string!(locale, requests.status.refused),
        RequestStatus::Withdrawn => td_string!(locale, requests.status.withdrawn),
        RequestStatus::Cancelled => td_string!(locale, requests.status.cancelled),
        RequestStatus::Fulfilled => td_string!(locale, requests.status.fulfilled),
    }
}

/// What a status means, in a sentence for the partner.
pub fn status_explained(locale: Locale, status: RequestStatus) -> &'static str {
    match status {
        RequestStatus::Draft => td_string!(locale, requests.explained.draft),
        RequestStatus::Submitted => td_string!(locale, requests.explained.submitted),
        RequestStatus::InReview => td_string!(locale, requests.explained.in_review),
        RequestStatus::ActionRequired => td_string!(locale, requests.explained.action_required),
        RequestStatus::Approved => td_string!(locale, requests.explained.approved),
        RequestStatus::Refused => td_string!(locale, requests.explained.refused),
        RequestStatus::Withdrawn => td_string!(locale, requests.explained.withdrawn),
        RequestStatus::Cancelled => td_string!(locale, requests.explained.cancelled),
        RequestStatus::Fulfilled => td_string!(locale, requests.explained.fulfilled),
    }
}

/// What happened, as a line of the timeline.
pub fn act_title(locale: Locale, act: ActName) -> &'static str {
    match act {
        ActName::SaveDraft => td_string!(locale, requests.detail.event.save_draft),
        ActName::Submit => td_string!(locale, requests.detail.event.submit),
        ActName::Recall => td_string!(locale, requests.detail.event.recall),
        ActName::Withdraw => td_string!(locale, requests.detail.event.withdraw),
        ActName::Revise => td_string!(locale, requests.detail.event.revise),
        ActName::Take => td_string!(locale, requests.detail.event.take),
        ActName::Assign => td_string!(locale, requests.detail.event.assign),
        ActName::Release => td_string!(locale, requests.detail.event.release),
        ActName::AskForCorrection => td_string!(locale, requests.detail.event.ask_for_correction),
        ActName::Answer => td_string!(locale, requests.detail.event.answer),
        ActName::Approve => td_string!(locale, requests.detail.event.approve),
        ActName::Refuse => td_string!(locale, requests.detail.event.refuse),
        ActName::Cancel => td_string!(locale, requests.detail.event.cancel),
        ActName::Reopen => td_string!(locale, requests.detail.event.reopen),
        ActName::MarkFulfilled => td_string!(locale, requests.detail.event.mark_fulfilled),
        // What the kinds with stages add has no page yet.
        _ => td_string!(locale, requests.detail.event.changed),
    }
}

/// What a field of a request is called: `face_2` is the face value of the second code.
pub fn field_label(locale: Locale, name: &FieldName) -> String {
    let numbered = |prefix: &str| name.as_str().strip_prefix(prefix).and_then(|number| number.parse::<u32>().ok());
    match name.as_str() {
        "month" => td_string!(locale, requests.field.month).to_owned(),
        "machines" => td_string!(locale, requests.field.machines).to_owned(),
        "manager" => td_string!(locale, requests.field.manager).to_owned(),
        other => match (numbered("face_"), numbered("note_"), numbered("client_")) {
            (Some(number), ..) => td_string!(locale, requests.field.face, number = number),
            (_, Some(number), _) => td_string!(locale, requests.field.note, number = number),
            (.., Some(number)) => td_string!(locale, requests.field.client_of, number = number),
            _ => td_string!(locale, requests.field.other, name = other.to_owned()),
        },
    }
}

/// Whose turn it is.
pub fn turn_text(locale: Locale, turn: Turn) -> &'static str {
    match turn {
        Turn::Partner => td_string!(locale, requests.turn.partner),
        Turn::Provider => td_string!(locale, requests.turn.provider),
        Turn::Nobody => td_string!(locale, requests.turn.nobody),
    }
}

/// Why staff refused.
pub fn refusal_reason_name(locale: Locale, reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::LimitReached => td_string!(locale, requests.refusal_reason.limit_reached),
        RefusalReason::ClientNotEligible => td_string!(locale, requests.refusal_reason.client_not_eligible),
        RefusalReason::Duplicate => td_string!(locale, requests.refusal_reason.duplicate),
        RefusalReason::NotEnoughInformation => td_string!(locale, requests.refusal_reason.not_enough_information),
        RefusalReason::AbuseSuspected => td_string!(locale, requests.refusal_reason.abuse_suspected),
        RefusalReason::Other => td_string!(locale, requests.refusal_reason.other),
    }
}

/// A state as icon, word and colour.
#[component]
pub fn RequestStatusView(
    /// The language.
    locale: Locale,
    /// The state.
    status: RequestStatus,
) -> impl IntoView {
    let (tone, icon) = match status {
        RequestStatus::Draft => (Tone::Neutral, lucide::LuPencil),
        RequestStatus::Submitted | RequestStatus::InReview => (Tone::Waiting, lucide::LuClock),
        RequestStatus::ActionRequired => (Tone::Warning, lucide::LuPencil),
        RequestStatus::Approved | RequestStatus::Fulfilled => (Tone::Good, lucide::LuCircleCheck),
        RequestStatus::Refused => (Tone::Bad, lucide::LuCircleX),
        RequestStatus::Withdrawn | RequestStatus::Cancelled => (Tone::Neutral, lucide::LuUndo2),
    };
    view! { <Status tone icon label=status_name(locale, status)/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_what_it_asks_for() {
        let quarter = "2026-Q4".to_owned().try_into().expect("a quarter");
        let codes = Subject::BonusCodes { codes: 3, value: 9_000, quarter };
        assert_eq!(subject_text(Locale::ru, &codes), "3\u{a0}кода на 9\u{a0}000\u{a0}₽");
        let month = Subject::FreeMonth {
            client_id: uuid::Uuid::nil().into(),
            client_name: "ООО «Ромашка»".to_owned(),
            month: "2026-12".parse().expect("a month"),
        };
        assert_eq!(subject_text(Locale::ru, &month), "Декабрь\u{a0}2026, ООО «Ромашка»");
    }
}
