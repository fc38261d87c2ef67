//! What a partner sees and does of the work on a text, of a case and of a comment alike: choosing an interview, picking its time, agreeing
//! the text, what was published and earned (`CASE-1`, `TG-1`).

use domain::request::{ActName, RequestStatus, Stage, Words};
use leptos::prelude::*;
use service::editorial::Editorial;
use service::requests::{RequestDetail, RequestLine};

use crate::components::date::{InstantText, ShortDate};
use crate::components::markdown::Markdown;
use crate::components::request::slot_text;
use crate::components::text_difference::TextDifference;
use crate::form::{Control, Field, FormState, HiddenField, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// What a request waits for, in a sentence for the partner.
pub fn waits_for(locale: Locale, line: &RequestLine) -> &'static str {
    match (line.status, line.stage) {
        (RequestStatus::Draft, _) => td_string!(locale, editorial.waits.draft),
        (RequestStatus::Submitted | RequestStatus::InReview, _) => td_string!(locale, editorial.waits.decision),
        (RequestStatus::ActionRequired, Some(Stage::Interview)) => td_string!(locale, editorial.waits.slot),
        (RequestStatus::ActionRequired, Some(Stage::Editing)) => td_string!(locale, editorial.waits.agreement),
        (RequestStatus::ActionRequired, _) => td_string!(locale, editorial.waits.correction),
        (RequestStatus::Approved, Some(Stage::Details)) => td_string!(locale, editorial.waits.details),
        (RequestStatus::Approved, Some(Stage::Interview)) => td_string!(locale, editorial.waits.interview),
        (RequestStatus::Approved, Some(Stage::Agreed)) => td_string!(locale, editorial.waits.publication),
        (RequestStatus::Approved, _) => td_string!(locale, editorial.waits.editing),
        (RequestStatus::Refused, _) => td_string!(locale, editorial.waits.refused),
        (RequestStatus::Withdrawn, _) => td_string!(locale, editorial.waits.withdrawn),
        (RequestStatus::Cancelled, _) => td_string!(locale, editorial.waits.cancelled),
        (RequestStatus::Fulfilled, _) => td_string!(locale, editorial.waits.nothing),
    }
}

/// A button that does one thing to the request and needs nothing else.
pub fn gesture_button(reference: &str, action: &'static str, gesture: &'static str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action>
            <HiddenField name="reference" value=reference.to_owned()/>
            <HiddenField name="gesture" value=gesture/>
            <button class="btn" type="submit">{label}</button>
        </form>
    }
}

/// The interview: chosen instead of a text, its times, and the one picked with its calendar file.
pub fn interview_view(locale: Locale, request: &RequestDetail, work: &Editorial, form: &FormState) -> Option<AnyView> {
    let reference = &request.line.reference;
    let choose = request.may(ActName::ChooseInterview).then(|| {
        view! {
            <p class="muted">{td_string!(locale, editorial.interview_lead)}</p>
            {gesture_button(reference, paths::API_REQUEST_PREPARE, "interview", td_string!(locale, editorial.choose_interview))}
        }
    });
    let back = request
        .may(ActName::ChooseText)
        .then(|| gesture_button(reference, paths::API_REQUEST_PREPARE, "text", td_string!(locale, editorial.choose_text)));
    let picked = work.facts.picked.map(|slot| {
        view! {
            <p><strong>{slot_text(locale, slot)}</strong></p>
            <p><a href=paths::interview_file(reference) rel="external" download="">{td_string!(locale, editorial.calendar_file)}</a></p>
        }
    });
    let slots = request.may(ActName::PickSlot).then(|| slots_view(locale, request, work, form));
    let waiting = (request.line.stage == Some(Stage::Interview) && work.facts.picked.is_none() && work.facts.slots.is_empty())
        .then(|| view! { <p>{td_string!(locale, editorial.no_slots)}</p> });
    (choose.is_some() || back.is_some() || picked.is_some() || slots.is_some() || waiting.is_some()).then(|| {
        view! {
            <section class="card stack" id="interview" aria-labelledby="interview-title">
                <h2 class="card-title" id="interview-title">{td_string!(locale, editorial.interview_title)}</h2>
                {picked}
                {waiting}
                {slots}
                {choose}
                {back}
            </section>
        }
        .into_any()
    })
}

/// The times on offer as buttons, and what to write where none suits.
fn slots_view(locale: Locale, request: &RequestDetail, work: &Editorial, form: &FormState) -> impl IntoView + use<> {
    let reference = request.line.reference.clone();
    let choices: Vec<_> = work
        .facts
        .slots
        .iter()
        .map(|slot| {
            let label = td_string!(locale, editorial.pick_slot, slot = slot_text(locale, *slot));
            view! { <button class="btn" type="submit" name="slot" value=slot_value(*slot)>{label}</button> }
        })
        .collect();
    let is_open = form.values.contains_key("slot_words");
    view! {
        <form class="stack" method="post" action=paths::API_REQUEST_SLOT>
            <HiddenField name="reference" value=reference.clone()/>
            <HiddenField name="version" value=request.version.to_string()/>
            <p>{td_string!(locale, editorial.slots_lead)}</p>
            <div class="actions">{choices}</div>
        </form>
        <details class="disclosure" open=is_open>
            <summary>{td_string!(locale, editorial.decline_slots)}</summary>
            <form class="form" method="post" action=paths::API_REQUEST_SLOT>
                <HiddenField name="reference" value=reference/>
                <HiddenField name="version" value=request.version.to_string()/>
                <Field
                    locale
                    field=form.field("slot_words")
                    label=td_string!(locale, editorial.decline_words)
                    control=Control::TextArea
                    maximum_length=Words::LONGEST
                />
                <div class="actions"><SubmitButton label=td_string!(locale, editorial.decline_slots)/></div>
            </form>
        </details>
    }
}

/// A time as a form sends it: seconds and minutes.
pub fn slot_value(slot: domain::editorial::Slot) -> String {
    format!("{}_{}", slot.starts_at.timestamp(), slot.minutes)
}

/// Reads it back.
pub fn slot_of_value(value: &str) -> Option<domain::editorial::Slot> {
    let (seconds, minutes) = value.split_once('_')?;
    let starts_at = chrono::DateTime::from_timestamp(seconds.parse().ok()?, 0)?;
    Some(domain::editorial::Slot { starts_at, minutes: minutes.parse().ok()? })
}

/// The text that was put before the partner, what changed in it, and the partner's answer.
pub fn agreement_view(locale: Locale, request: &RequestDetail, work: &Editorial, form: &FormState) -> Option<AnyView> {
    let latest = work.texts.last()?;
    let previous = work.texts.iter().rev().nth(1);
    let number = latest.version.number.get();
    let changes = previous.map(|previous| {
        let title = td_string!(locale, editorial.difference_title, earlier = previous.version.number.get(), later = number);
        view! {
            <details class="disclosure" open=true>
                <summary>{title}</summary>
                <TextDifference locale earlier=previous.version.text.clone() later=latest.version.text.clone()/>
            </details>
        }
    });
    let answer = request.may(ActName::AgreeText).then(|| {
        let is_open = form.values.contains_key("return_words");
        view! {
            <form class="stack" method="post" action=paths::API_REQUEST_TEXT_ANSWER>
                <HiddenField name="reference" value=request.line.reference.clone()/>
                <HiddenField name="version" value=request.version.to_string()/>
                <HiddenField name="gesture" value="agree"/>
                <div class="actions"><SubmitButton label=td_string!(locale, editorial.agree, number = number)/></div>
            </form>
            <details class="disclosure" open=is_open>
                <summary>{td_string!(locale, editorial.return_text)}</summary>
                <form class="form" method="post" action=paths::API_REQUEST_TEXT_ANSWER>
                    <HiddenField name="reference" value=request.line.reference.clone()/>
                    <HiddenField name="version" value=request.version.to_string()/>
                    <HiddenField name="gesture" value="return"/>
                    <Field
                        locale
                        field=form.field("return_words")
                        label=td_string!(locale, editorial.return_words)
                        control=Control::TextArea
                        maximum_length=Words::LONGEST
                    />
                    <div class="actions"><button class="btn" type="submit">{td_string!(locale, editorial.return_text)}</button></div>
                </form>
            </details>
        }
    });
    let agreed = work.facts.agreed.map(|agreed| view! { <p>{td_string!(locale, editorial.agreed, number = agreed.get())}</p> });
    Some(
        view! {
            <section class="card stack" id="text" aria-labelledby="text-title">
                <h2 class="card-title" id="text-title">{td_string!(locale, editorial.text_title, number = number)}</h2>
                <p class="muted small"><InstantText locale at=latest.version.at/></p>
                <Markdown text=latest.version.text.clone()/>
                {changes}
                {agreed}
                {answer}
            </section>
        }
        .into_any(),
    )
}

/// Where it was published, and the entry of the ledger that it earned.
pub fn publication_view(locale: Locale, work: &Editorial, entry: fn(domain::ids::LedgerEntryId) -> String) -> Option<AnyView> {
    let publication = work.facts.publication.as_ref()?;
    let earned = work.earned.map(|(id, number, amount)| {
        view! {
            <div>
                <dt>{td_string!(locale, editorial.earned)}</dt>
                <dd>
                    <span class="money">{format::money(locale, amount)}</span>
                    " · "
                    <a href=entry(id)>{td_string!(locale, editorial.entry, number = number)}</a>
                </dd>
            </div>
        }
    });
    let (href, link) = (publication.link.to_string(), publication.link.to_string());
    Some(
        view! {
            <section class="card stack" id="publication" aria-labelledby="publication-title">
                <h2 class="card-title" id="publication-title">{td_string!(locale, editorial.publication_title)}</h2>
                <dl class="dl">
                    <div>
                        <dt>{channel_name(locale, publication.channel)}</dt>
                        <dd><a href=href rel="external noopener noreferrer">{link}</a></dd>
                    </div>
                    <div><dt>{td_string!(locale, editorial.published_on)}</dt><dd><ShortDate locale date=publication.published_on/></dd></div>
                    {earned}
                </dl>
            </section>
        }
        .into_any(),
    )
}

/// Where texts are published.
pub fn channel_name(locale: Locale, channel: domain::editorial::Channel) -> &'static str {
    match channel {
        domain::editorial::Channel::Press => td_string!(locale, editorial.channel.press),
        domain::editorial::Channel::Telegram => td_string!(locale, editorial.channel.telegram),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_back_as_it_was_sent() {
        let slot = domain::editorial::Slot::read("2026-12-01", "10:30", 45).expect("a time");
        assert_eq!(slot_of_value(&slot_value(slot)), Some(slot));
        for odd in ["", "_", "x_30", "1_-2", "99999999999999999999_30"] {
            assert_eq!(slot_of_value(odd), None, "{odd}");
        }
    }
}
