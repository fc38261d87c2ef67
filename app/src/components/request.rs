//! A request in words: its kind, what it asks for, where it stands.

use domain::case_study::{Brief, Quote, Section};
use domain::editorial::Slot;
use domain::request::{ActName, FieldName, FieldNote, RefusalReason, RequestKind, RequestStatus, Stage, Turn};
use domain::telegram_comment::Answer;
use leptos::prelude::*;
use service::requests::{RecordedRefusal, Subject};

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
        Subject::TelegramComment { title, .. } => title.clone(),
        Subject::CaseStudy { title } => title.clone().unwrap_or_else(|| td_string!(locale, requests.subject.untitled).to_owned()),
    }
}

/// The name of a stage.
pub fn stage_name(locale: Locale, stage: Stage) -> &'static str {
    match stage {
        Stage::Brief => td_string!(locale, requests.stage.brief),
        Stage::Answer => td_string!(locale, requests.stage.answer),
        Stage::Details => td_string!(locale, requests.stage.details),
        Stage::Interview => td_string!(locale, requests.stage.interview),
        Stage::Editing => td_string!(locale, requests.stage.editing),
        Stage::Agreed => td_string!(locale, requests.stage.agreed),
        Stage::Published => td_string!(locale, requests.stage.published),
    }
}

/// How long a decision usually takes: the published time of the kind.
pub fn decision_time(locale: Locale, kind: RequestKind) -> String {
    td_string!(locale, requests.due.usual, count = kind.days_to_decide())
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
        ActName::Expire => td_string!(locale, requests.detail.event.expire),
        ActName::ChooseInterview => td_string!(locale, requests.detail.event.choose_interview),
        ActName::ChooseText => td_string!(locale, requests.detail.event.choose_text),
        ActName::SendDetails => td_string!(locale, requests.detail.event.send_details),
        ActName::OfferSlots => td_string!(locale, requests.detail.event.offer_slots),
        ActName::PickSlot => td_string!(locale, requests.detail.event.pick_slot),
        ActName::DeclineSlots => td_string!(locale, requests.detail.event.decline_slots),
        ActName::RecordInterview => td_string!(locale, requests.detail.event.record_interview),
        ActName::EditText => td_string!(locale, requests.detail.event.edit_text),
        ActName::OfferText => td_string!(locale, requests.detail.event.offer_text),
        ActName::AgreeText => td_string!(locale, requests.detail.event.agree_text),
        ActName::ReturnText => td_string!(locale, requests.detail.event.return_text),
        ActName::SetBonus => td_string!(locale, requests.detail.event.set_bonus),
        ActName::Publish => td_string!(locale, requests.detail.event.publish),
    }
}

/// A reviewer's words with the name of the field that they stand beside.
pub fn note_text(locale: Locale, note: &FieldNote) -> String {
    format!("{}: {}", field_label(locale, &note.field), note.words.as_str())
}

/// Why staff refused a request, in their words, with those beside its fields; below it what can be done about it.
pub fn refusal_notice(locale: Locale, refusal: &RecordedRefusal, beside: &[FieldNote], action: Option<AnyView>) -> AnyView {
    let beside: Vec<_> = beside.iter().map(|note| view! { <li>{note_text(locale, note)}</li> }).collect();
    let beside = (!beside.is_empty()).then(|| view! { <ul>{beside}</ul> });
    let action = action.map(|action| view! { <div class="actions">{action}</div> });
    view! {
        <section class="notice notice--error" id="refusal">
            <div class="stack">
                <h2 class="notice__title">{td_string!(locale, requests.detail.refusal_title)}": "{refusal_reason_name(locale, refusal.reason)}</h2>
                <p>{refusal.text.clone()}</p>
                {beside}
                {action}
            </div>
        </section>
    }
    .into_any()
}

/// What a field of a request is called: `face_2` is the face value of the second code.
pub fn field_label(locale: Locale, name: &FieldName) -> String {
    let numbered = |prefix: &str| name.as_str().strip_prefix(prefix).and_then(|number| number.parse::<u32>().ok());
    match name.as_str() {
        "month" => td_string!(locale, requests.field.month).to_owned(),
        "machines" => td_string!(locale, requests.field.machines).to_owned(),
        "manager" => td_string!(locale, requests.field.manager).to_owned(),
        Answer::TEXT => td_string!(locale, telegram_comments.answer.text).to_owned(),
        Answer::WISHES => td_string!(locale, telegram_comments.answer.wishes).to_owned(),
        Brief::TITLE => td_string!(locale, requests.field.brief.title).to_owned(),
        Brief::CLIENT => td_string!(locale, requests.field.brief.client).to_owned(),
        Brief::ANONYMOUS => td_string!(locale, requests.field.brief.anonymous).to_owned(),
        Brief::INDUSTRY => td_string!(locale, requests.field.brief.industry).to_owned(),
        Brief::SERVICES => td_string!(locale, requests.field.brief.services).to_owned(),
        Brief::DONE => td_string!(locale, requests.field.brief.done).to_owned(),
        Brief::RESULT => td_string!(locale, requests.field.brief.result).to_owned(),
        "details.figures" => td_string!(locale, requests.field.details.figures).to_owned(),
        "details.quote" => td_string!(locale, requests.field.details.quote).to_owned(),
        Quote::TEXT => td_string!(locale, requests.field.details.quote_text).to_owned(),
        Quote::AUTHOR => td_string!(locale, requests.field.details.quote_author).to_owned(),
        Quote::POSITION => td_string!(locale, requests.field.details.quote_position).to_owned(),
        Quote::CONSENT => td_string!(locale, requests.field.details.quote_consent).to_owned(),
        other => match (numbered("face_"), numbered("note_"), numbered("client_")) {
            (Some(number), ..) => td_string!(locale, requests.field.face, number = number),
            (_, Some(number), _) => td_string!(locale, requests.field.note, number = number),
            (.., Some(number)) => td_string!(locale, requests.field.client_of, number = number),
            _ => section_or_figure(locale, other).unwrap_or_else(|| td_string!(locale, requests.field.other, name = other.to_owned())),
        },
    }
}

/// What a section of the long form of a case is called.
pub fn section_name(locale: Locale, section: Section) -> &'static str {
    match section {
        Section::Situation => td_string!(locale, requests.field.details.situation),
        Section::Task => td_string!(locale, requests.field.details.task),
        Section::Solution => td_string!(locale, requests.field.details.solution),
        Section::Difficulties => td_string!(locale, requests.field.details.difficulties),
        Section::Outcome => td_string!(locale, requests.field.details.outcome),
        Section::Plans => td_string!(locale, requests.field.details.plans),
    }
}

/// What a field of the long form of a case is called: `details.task`, `details.figures.2.before`.
fn section_or_figure(locale: Locale, name: &str) -> Option<String> {
    let rest = name.strip_prefix("details.")?;
    if let Ok(section) = rest.parse::<Section>() {
        return Some(section_name(locale, section).to_owned());
    }
    let (number, part) = rest.strip_prefix("figures.")?.split_once('.')?;
    let number: u32 = number.parse().ok()?;
    match part {
        "what" => Some(td_string!(locale, requests.field.details.figure_what, number = number)),
        "before" => Some(td_string!(locale, requests.field.details.figure_before, number = number)),
        "after" => Some(td_string!(locale, requests.field.details.figure_after, number = number)),
        _ => None,
    }
}

/// A time for an interview, in Moscow: `1 декабря 2026, 10:00–10:30`.
pub fn slot_text(locale: Locale, slot: Slot) -> String {
    let time = |(hour, minute): (u32, u32)| format!("{hour:02}:{minute:02}");
    let end = Slot { starts_at: slot.ends_at(), minutes: 0 };
    let day = format::date_long(locale, slot.day());
    td_string!(locale, requests.slot, day = day, from = time(slot.time_of_day()), to = time(end.time_of_day()))
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
