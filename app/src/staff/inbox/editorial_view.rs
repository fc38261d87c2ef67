//! What staff see and do of the work on a text, of a case and of a comment alike: what was entered, the interview, versions of the text,
//! the publication with the sum that accrues (`CASE-1`, `TG-1`).

use domain::calendar::BusinessDate;
use domain::case_study::{Brief, Quote, Section};
use domain::editorial::{Channel, Link, Slot, TextVersion};
use domain::request::{ActName, Entries, RequestKind, Stage};
use domain::telegram_comment::Answer;
use leptos::prelude::*;
use service::editorial::{Editorial, WrittenText};
use service::requests::InboxItem;

use crate::components::case_content::{CaseContent, entry, figures};
use crate::components::date::InstantText;
use crate::components::markdown::Markdown;
use crate::components::request::{section_name, slot_text, stage_name};
use crate::components::text_difference::TextDifference;
use crate::context::query_value;
use crate::form::{Choice, Control, Field, FormRefusal, FormState, HiddenField, error_summary, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::partner::requests::text_views::{channel_name, publication_view};
use crate::paths;
use crate::staff::inbox::place::InboxPlace;
use crate::staff::inbox::server_fns::{ACCRUES, VERSION};

/// The version of the text that the newest one is compared with, in the address.
pub(crate) const AGAINST: &str = "against";

/// Everything about the text of a request; nothing for kinds without one.
pub(super) fn editorial_view(
    locale: Locale,
    place: &InboxPlace,
    item: &InboxItem,
    form: &FormState,
    today: BusinessDate,
) -> Option<AnyView> {
    let work = item.detail.editorial.as_deref()?;
    let stage = item
        .detail
        .line
        .stage
        .map(|stage| view! { <p class="muted">{td_string!(locale, editorial.stage, stage = stage_name(locale, stage))}</p> });
    let content = (item.detail.line.kind == RequestKind::CaseStudy).then(|| {
        view! {
            <section class="card stack" aria-labelledby="content-title">
                <h3 id="content-title">{td_string!(locale, cases.content_title)}</h3>
                <CaseContent locale work=work.clone()/>
            </section>
        }
    });
    Some(
        view! {
            {stage}
            {publication_view(locale, work, paths::staff_ledger_entry)}
            {publish_view(locale, place, item, form, today)}
            {interview_view(locale, place, item, work, form)}
            {text_view(locale, place, item, work, form)}
            {content}
        }
        .into_any(),
    )
}

/// A form of one button.
fn button(place: &InboxPlace, item: &InboxItem, action: &'static str, label: String) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action>
            <HiddenField name="reference" value=item.detail.line.reference.clone()/>
            <HiddenField name=VERSION value=item.detail.version.to_string()/>
            {place.hidden_fields()}
            <button class="btn" type="submit">{label}</button>
        </form>
    }
}

/// Times to offer, the one picked, and that the interview was held.
fn interview_view(locale: Locale, place: &InboxPlace, item: &InboxItem, work: &Editorial, form: &FormState) -> Option<AnyView> {
    let detail = &item.detail;
    if detail.line.stage != Some(Stage::Interview) {
        return None;
    }
    let reference = &detail.line.reference;
    let picked = work.facts.picked.map(|slot| {
        view! {
            <p><strong>{slot_text(locale, slot)}</strong></p>
            <p><a href=paths::staff_interview_file(reference) rel="external" download="">{td_string!(locale, editorial.calendar_file)}</a></p>
        }
    });
    let offered: Vec<_> = work.facts.slots.iter().map(|slot| view! { <li>{slot_text(locale, *slot)}</li> }).collect();
    let offered = (!offered.is_empty()).then(|| view! { <p>{td_string!(locale, editorial.slots_offered)}</p> <ul>{offered}</ul> });
    let held = detail
        .may(ActName::RecordInterview)
        .then(|| button(place, item, paths::API_INTERVIEW_RECORD, td_string!(locale, editorial.record_interview).to_owned()));
    let offer = detail.may(ActName::OfferSlots).then(|| {
        let rows: Vec<_> = (1..=Slot::MOST).map(|number| slot_row(locale, number, form)).collect();
        let came_back = form.values.keys().any(|name| name.starts_with("slot_"));
        let is_open = came_back || (work.facts.picked.is_none() && work.facts.slots.is_empty());
        view! {
            <details class="disclosure" open=is_open>
                <summary>{td_string!(locale, editorial.offer_slots)}</summary>
                <form class="form" method="post" action=paths::API_SLOTS_OFFER>
                    <HiddenField name="reference" value=reference.clone()/>
                    <HiddenField name=VERSION value=detail.version.to_string()/>
                    {place.hidden_fields()}
                    <p class="muted">{td_string!(locale, editorial.offer_slots_lead)}</p>
                    {rows}
                    <button class="btn btn-primary" type="submit">{td_string!(locale, editorial.offer_slots)}</button>
                </form>
            </details>
        }
    });
    Some(
        view! {
            <section class="card stack" aria-labelledby="interview-title">
                <h3 id="interview-title">{td_string!(locale, editorial.interview_title)}</h3>
                {picked}
                {offered}
                {held}
                {offer}
            </section>
        }
        .into_any(),
    )
}

/// The controls of one time: `slot_1_day`, `slot_1_time`, `slot_1_minutes`.
pub(super) fn slot_name(number: usize, part: &str) -> String {
    format!("slot_{number}_{part}")
}

fn slot_row(locale: Locale, number: usize, form: &FormState) -> impl IntoView + use<> {
    let lengths = Slot::LENGTHS.map(|minutes| Choice::new(minutes.to_string(), td_string!(locale, editorial.minutes, count = minutes)));
    view! {
        <fieldset class="card-grid">
            <legend class="visually-hidden">{td_string!(locale, editorial.slot_number, number = number)}</legend>
            <Field locale field=form.field(&slot_name(number, "day")) label=td_string!(locale, editorial.slot_day) control=Control::Date condition=true/>
            <Field locale field=form.field(&slot_name(number, "time")) label=td_string!(locale, editorial.slot_time) control=Control::Time condition=true/>
            <Field
                locale
                field=form.field(&slot_name(number, "minutes"))
                label=td_string!(locale, editorial.slot_minutes)
                control=Control::Select(lengths.to_vec())
                condition=true
            />
        </fieldset>
    }
}

/// The editor with the versions, what changed in the newest, and putting it before the partner.
fn text_view(locale: Locale, place: &InboxPlace, item: &InboxItem, work: &Editorial, form: &FormState) -> Option<AnyView> {
    let detail = &item.detail;
    if work.texts.is_empty() && !detail.may(ActName::EditText) {
        return None;
    }
    let latest = work.texts.last();
    let agreed = work.facts.agreed.map(|agreed| view! { <p>{td_string!(locale, editorial.agreed, number = agreed.get())}</p> });
    let editor = detail.may(ActName::EditText).then(|| {
        let text = latest.map_or_else(|| composed(locale, &work.entries), |latest| latest.version.text.clone());
        let warning = work.facts.agreed.is_some().then(|| view! { <p class="muted">{td_string!(locale, editorial.edit_ends_agreement)}</p> });
        view! {
            <form class="form" method="post" action=paths::API_TEXT_EDIT>
                <HiddenField name="reference" value=detail.line.reference.clone()/>
                <HiddenField name="version" value=detail.version.to_string()/>
                {place.hidden_fields()}
                {warning}
                <Field
                    locale
                    field=form.field("text_version").or_value(text)
                    label=td_string!(locale, editorial.text_label)
                    hint=td_string!(locale, editorial.text_hint, minimum = TextVersion::SHORTEST, maximum = TextVersion::LONGEST)
                    control=Control::LongText
                />
                <div class="actions">
                    <button class="btn" type="submit" name="gesture" value="save">{td_string!(locale, editorial.save_version)}</button>
                    <button class="btn btn-primary" type="submit" name="gesture" value="offer">{td_string!(locale, editorial.save_and_offer)}</button>
                </div>
            </form>
        }
    });
    let offer = detail.may(ActName::OfferText).then(|| {
        let number = latest.map_or(0, |latest| latest.version.number.get());
        button(place, item, paths::API_TEXT_OFFER, td_string!(locale, editorial.offer_text, number = number))
    });
    let shown = latest.filter(|_| !detail.may(ActName::EditText)).map(|latest| view! { <Markdown text=latest.version.text.clone()/> });
    Some(
        view! {
            <section class="card stack" id="text" aria-labelledby="text-title">
                <h3 id="text-title">{td_string!(locale, editorial.editor_title)}</h3>
                {agreed}
                {shown}
                {versions_view(locale, place, item, &work.texts)}
                {editor}
                {offer}
            </section>
        }
        .into_any(),
    )
}

/// The versions, and the difference between the newest and an earlier one.
fn versions_view(locale: Locale, place: &InboxPlace, item: &InboxItem, texts: &[WrittenText]) -> Option<impl IntoView + use<>> {
    let (latest, earlier) = texts.split_last()?;
    let asked = query_value::<u32>(AGAINST);
    let against = earlier.iter().find(|text| Some(text.version.number.get()) == asked).or(earlier.last());
    let page = place.address(&paths::staff_request(&item.detail.line.reference));
    let lines: Vec<_> = texts
        .iter()
        .rev()
        .map(|text| {
            let number = text.version.number.get();
            let is_latest = text.version.number == latest.version.number;
            let compare = (!is_latest).then(|| {
                let href = format!("{}#text", paths::with_query(&page, &[(AGAINST, &number.to_string())]));
                view! { <a href=href>{td_string!(locale, editorial.compare, number = number)}</a> }
            });
            view! {
                <li class="row">
                    <span>{td_string!(locale, requests.detail.text_version, number = number)}</span>
                    <span class="muted small">{text.author_name.clone()} " · " <InstantText locale at=text.version.at/></span>
                    {compare}
                </li>
            }
        })
        .collect();
    let difference = against.map(|against| {
        let (from, to) = (against.version.number.get(), latest.version.number.get());
        view! {
            <h4>{td_string!(locale, editorial.difference_title, earlier = from, later = to)}</h4>
            <TextDifference locale earlier=against.version.text.clone() later=latest.version.text.clone()/>
        }
    });
    Some(view! {
        <details class="disclosure" open=asked.is_some()>
            <summary>{td_string!(locale, editorial.versions, count = u32::try_from(texts.len()).unwrap_or(u32::MAX))}</summary>
            <div class="stack"><ul class="stack">{lines}</ul>{difference}</div>
        </details>
    })
}

/// A first text made of what the partner entered, so that nobody copies it field by field.
fn composed(locale: Locale, entries: &Entries) -> String {
    let text = |field: &str| entry(entries, field).trim().to_owned();
    let comment = text(Answer::TEXT);
    if !comment.is_empty() {
        return comment;
    }
    let mut parts = Vec::new();
    let title = text(Brief::TITLE);
    if !title.is_empty() {
        parts.push(format!("# {title}"));
    }
    let sections: Vec<(&str, String)> = Section::ALL.map(|section| (section_name(locale, section), text(&section.field()))).to_vec();
    let has_details = sections.iter().any(|(_, written)| !written.is_empty());
    let brief = [
        (td_string!(locale, requests.field.brief.done), text(Brief::DONE)),
        (td_string!(locale, requests.field.brief.result), text(Brief::RESULT)),
    ];
    let used: Vec<(&str, String)> = if has_details { sections } else { brief.to_vec() };
    parts.extend(used.into_iter().filter(|(_, written)| !written.is_empty()).map(|(name, written)| format!("## {name}\n\n{written}")));
    let rows: Vec<String> = figures(entries).into_iter().map(|[what, before, after]| format!("- {what}: {before} → {after}")).collect();
    if !rows.is_empty() {
        parts.push(format!("## {}\n\n{}", td_string!(locale, requests.field.details.figures), rows.join("\n")));
    }
    let quote = text(Quote::TEXT);
    if !quote.is_empty() && text(Quote::CONSENT) == "true" {
        let who: Vec<String> = [Quote::AUTHOR, Quote::POSITION].iter().map(|field| text(field)).filter(|part| !part.is_empty()).collect();
        parts.push(format!("> {}\n>\n> {}", quote.replace('\n', "\n> "), who.join(", ")));
    }
    parts.join("\n\n")
}

/// The publication, with the sum that accrues; before it is possible, why it is not.
fn publish_view(locale: Locale, place: &InboxPlace, item: &InboxItem, form: &FormState, today: BusinessDate) -> Option<AnyView> {
    let detail = &item.detail;
    let sum = item.accrues.map(|amount| format::money(locale, amount));
    if !detail.may(ActName::Publish) {
        // From the work on the text on, it is what everything leads to.
        if !matches!(detail.line.stage, Some(Stage::Editing | Stage::Agreed)) {
            return None;
        }
        let gesture = detail.gestures.iter().find(|gesture| gesture.act == ActName::Publish)?;
        let why = match detail.line.stage {
            Some(Stage::Editing) => td_string!(locale, editorial.publish_after_agreement).to_owned(),
            _ => refusal_text(locale, FormRefusal::Transition(gesture.refusal?)),
        };
        return Some(view! { <p class="muted">{td_string!(locale, inbox.why_not, why = why)}</p> }.into_any());
    }
    let channels = Channel::ALL.map(|channel| Choice::new(channel.as_str(), channel_name(locale, channel))).to_vec();
    // A comment is asked for the channel of the provider in Telegram.
    let usual = if detail.line.kind == RequestKind::TelegramComment { Channel::Telegram } else { Channel::Press };
    let names = ["channel", "link", "published_on"];
    let labels =
        [td_string!(locale, editorial.channel_label), td_string!(locale, editorial.link), td_string!(locale, editorial.published_on)];
    let own = FormState {
        values: form.values.clone(),
        problems: form
            .problems
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .map(|(name, problem)| (name.clone(), *problem))
            .collect(),
        ..FormState::default()
    };
    let summary =
        error_summary(locale, &own, names.iter().zip(labels).map(|(name, label)| ((*name).to_owned(), label.to_owned())).collect());
    let lead = sum.clone().map(|sum| view! { <p>{td_string!(locale, editorial.accrues, sum = sum)}</p> });
    let label =
        sum.map_or_else(|| td_string!(locale, editorial.publish).to_owned(), |sum| td_string!(locale, editorial.publish_sum, sum = sum));
    Some(
        view! {
            <section class="card stack" id="publish" aria-labelledby="publish-title">
                <h3 id="publish-title">{td_string!(locale, editorial.publish)}</h3>
                {lead}
                <form class="form" method="post" action=paths::API_PUBLISH>
                    {summary}
                    <HiddenField name="reference" value=detail.line.reference.clone()/>
                    <HiddenField name=VERSION value=detail.version.to_string()/>
                    <HiddenField name=ACCRUES value=item.accrues.map(|amount| amount.to_string()).unwrap_or_default()/>
                    {place.hidden_fields()}
                    <Field locale field=own.field("channel").or_value(usual.as_str()) label=labels[0] control=Control::Radio(channels)/>
                    <Field
                        locale
                        field=own.field("link")
                        label=labels[1]
                        hint=td_string!(locale, editorial.link_hint)
                        control=Control::Text
                        maximum_length=u32::try_from(Link::LONGEST).unwrap_or(u32::MAX)
                    />
                    <Field locale field=own.field("published_on").or_value(today.to_string()) label=labels[2] control=Control::Date/>
                    <button class="btn btn-primary" type="submit">{label}</button>
                </form>
            </section>
        }
        .into_any(),
    )
}
