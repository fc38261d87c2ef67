//! The news behind a request for a comment, the form by which a partner answers it, and the bonus with its reckoning.

use domain::request::{ActName, RequestStatus, Stage};
use domain::rule::Rule;
use domain::telegram_comment::{Answer, Bonus};
use leptos::prelude::*;
use service::requests::RequestDetail;
use service::telegram_comments::CommentDetail;

use crate::components::data_table::{Column, DataTable};
use crate::components::draft_autosave::DraftAutosave;
use crate::components::notice::NoticeView;
use crate::components::request::{decision_time, refusal_notice};
use crate::components::status::Tone;
use crate::components::text_length::TextLength;
use crate::components::topics::topic_names;
use crate::components::verdict::{RuleLink, VerdictView};
use crate::form::{Control, Field, FormState, HiddenField, error_summary};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::partner::requests::text_views::{agreement_view, interview_view, publication_view};
use crate::partner::telegram_comments::telegram_comments_page::criterion_name;
use crate::paths;

/// The news: what happened, what is asked, where it can be read, until when an answer is taken.
pub(crate) fn news_view(locale: Locale, comment: &CommentDetail) -> AnyView {
    let item = &comment.item;
    let deadline = td_string!(locale, telegram_comments.deadline, date = format::date_long(locale, item.deadline));
    view! {
        <section class="card stack" id="news" aria-labelledby="news-title">
            <h2 class="card-title" id="news-title">{item.title.clone()}</h2>
            <p class="prose-lines">{item.text.clone()}</p>
            <p><a href=item.link.as_str().to_owned() rel="noopener noreferrer">{td_string!(locale, telegram_comments.open_link)}</a></p>
            <p class="muted">{deadline}" · "{topic_names(locale, &item.topics)}</p>
        </section>
    }
    .into_any()
}

/// What the partner can do about the news now: write, ask for an interview, or read that it is too late.
pub(crate) fn answer_view(locale: Locale, request: &RequestDetail, form: &FormState) -> Option<AnyView> {
    let comment = request.comment.as_ref()?;
    let answer = if request.line.status == RequestStatus::Cancelled && request.line.stage == Some(Stage::Answer) {
        Some(closed_view(locale, comment, form))
    } else if request.line.status == RequestStatus::Draft && request.may(ActName::SaveDraft) {
        Some(draft_view(locale, request, comment, form))
    } else {
        sent_view(locale, request)
    };
    let work = request.editorial.as_deref();
    // What is chosen of a draft is chosen in its form.
    let interview =
        work.filter(|_| request.line.status != RequestStatus::Draft).and_then(|work| interview_view(locale, request, work, form));
    let text = work.and_then(|work| agreement_view(locale, request, work, form));
    let publication = work.and_then(|work| publication_view(locale, work, paths::partner_money_entry));
    let bonus = comment.bonus.as_ref().filter(|_| request.line.stage == Some(Stage::Published)).map(|bonus| bonus_view(locale, bonus));
    Some((news_view(locale, comment), answer, interview, text, publication, bonus).into_any())
}

/// The form: a text, or what is wished of an interview. Every button of it keeps what was typed.
fn draft_view(locale: Locale, request: &RequestDetail, comment: &CommentDetail, form: &FormState) -> AnyView {
    let kept = |field: &str| request.editorial.as_ref().and_then(|work| work.entries.get(field).cloned()).unwrap_or_default();
    let is_interview = request.line.stage == Some(Stage::Interview);
    let (title, name, label) = if is_interview {
        (td_string!(locale, telegram_comments.answer.interview), Answer::WISHES, td_string!(locale, telegram_comments.answer.wishes))
    } else {
        (td_string!(locale, telegram_comments.answer.title), Answer::TEXT, td_string!(locale, telegram_comments.answer.text))
    };
    let labels = vec![(name.to_owned(), label.to_owned())];
    let value = form.values.get(name).cloned().unwrap_or_else(|| kept(name));
    let length = (!is_interview).then(|| {
        view! { <TextLength locale control=name text=value.clone() limits=Answer::TEXT_LENGTH/> }
    });
    let maximum = if is_interview { Answer::WISHES_LENGTH } else { Answer::TEXT_LENGTH.1 };
    let (other, other_label) = if is_interview {
        ("text", td_string!(locale, telegram_comments.answer.to_text))
    } else {
        ("interview", td_string!(locale, telegram_comments.answer.to_interview))
    };
    let hint = if is_interview {
        td_string!(locale, telegram_comments.answer.wishes_hint)
    } else {
        td_string!(locale, telegram_comments.answer.text_hint)
    };
    let submit = if is_interview {
        td_string!(locale, telegram_comments.answer.ask_interview)
    } else {
        td_string!(locale, telegram_comments.answer.submit)
    };
    // Of an answer that was refused and is taken up again: why, and what was said of this field.
    let refusal = request.refusal.as_ref().map(|refusal| refusal_notice(locale, refusal, &[], None));
    let notes: Vec<_> = request
        .refusal_notes
        .iter()
        .filter(|note| note.field.as_str() == name)
        .map(|note| {
            let text = td_string!(locale, cases.note, words = note.words.as_str());
            view! { <NoticeView tone=Tone::Warning text/> }
        })
        .collect();
    let late = (!comment.is_open).then(|| view! { <p><strong>{td_string!(locale, telegram_comments.answer.late)}</strong></p> });
    view! {
        <section class="card stack" id="answer" aria-labelledby="answer-title">
            <h2 class="card-title" id="answer-title">{title}</h2>
            {late}
            <form class="form" method="post" action=paths::API_COMMENT_ANSWER>
                {error_summary(locale, form, labels)}
                {refusal}
                <HiddenField name="reference" value=request.line.reference.clone()/>
                <HiddenField name="version" value=request.version.to_string()/>
                {notes}
                <Field
                    locale
                    field=form.field(name).or_value(value)
                    label
                    hint=hint.to_owned()
                    control=Control::TextArea
                    condition=true
                    maximum_length=maximum
                />
                {length}
                <p class="muted">{decision_time(locale, request.line.kind)}</p>
                <div class="actions">
                    <button class="btn btn-primary" type="submit" name="gesture" value="submit">{submit}</button>
                    <button class="btn" type="submit" name="gesture" value="save">{td_string!(locale, telegram_comments.answer.save)}</button>
                    <button class="btn btn-ghost" type="submit" name="gesture" value=other>{other_label}</button>
                </div>
                <DraftAutosave locale/>
            </form>
        </section>
    }
    .into_any()
}

/// What the partner sent: a text, or what it wished of an interview.
fn sent_view(locale: Locale, request: &RequestDetail) -> Option<AnyView> {
    let entry = |field: &str| {
        let text = request.editorial.as_ref()?.entries.get(field)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let answer = entry(Answer::TEXT).map(|text| (td_string!(locale, telegram_comments.answer.text), text));
    let wishes = entry(Answer::WISHES).map(|text| (td_string!(locale, telegram_comments.answer.wishes), text));
    let parts: Vec<_> =
        answer.into_iter().chain(wishes).map(|(label, text)| view! { <h3>{label}</h3> <p class="prose-lines">{text}</p> }).collect();
    (!parts.is_empty()).then(|| {
        view! {
            <section class="card stack" id="sent" aria-labelledby="sent-title">
                <h2 class="card-title" id="sent-title">{td_string!(locale, telegram_comments.answer.sent)}</h2>
                {parts}
            </section>
        }
        .into_any()
    })
}

/// Nobody answered in time. A text that came too late is shown, so that it can be copied.
fn closed_view(locale: Locale, comment: &CommentDetail, form: &FormState) -> AnyView {
    let text = td_string!(locale, telegram_comments.closed.text, date = format::date_long(locale, comment.item.deadline));
    let late = [Answer::TEXT, Answer::WISHES].iter().find_map(|name| form.values.get(*name)).filter(|text| !text.trim().is_empty());
    let late = late.map(|text| {
        view! {
            <h3>{td_string!(locale, telegram_comments.closed.not_sent)}</h3>
            <p class="prose-lines">{text.clone()}</p>
        }
    });
    let verdict = form.verdict.clone().filter(|verdict| !verdict.is_allowed()).map(|verdict| view! { <VerdictView locale verdict/> });
    view! {
        <section class="notice notice--warning" id="closed">
            <div class="stack">
                <h2 class="notice__title">{td_string!(locale, telegram_comments.closed.title)}</h2>
                <p>{text} " " <RuleLink locale rule=Rule::Telegram1/></p>
                {verdict}
                {late}
            </div>
        </section>
    }
    .into_any()
}

/// How a bonus comes about: what every comment earns, and what each criterion adds to it.
pub(crate) fn bonus_view(locale: Locale, bonus: &Bonus) -> AnyView {
    let row = |name: String, points: Option<u32>, amount| {
        view! {
            <tr>
                <td class="data-table__main">{name}</td>
                <td class="money">{points}</td>
                <td class="money">{format::money(locale, amount)}</td>
            </tr>
        }
    };
    let parts: Vec<_> =
        bonus.parts.iter().map(|part| row(criterion_name(locale, part.criterion).to_owned(), Some(part.points), part.amount)).collect();
    let base = row(td_string!(locale, telegram_comments.bonus.base).to_owned(), None, bonus.base);
    let sum = row(td_string!(locale, telegram_comments.bonus.sum).to_owned(), None, bonus.amount);
    let columns = vec![
        Column::text(td_string!(locale, telegram_comments.rubric_column.criterion)),
        Column::figure(td_string!(locale, telegram_comments.bonus.points)),
        Column::figure(td_string!(locale, telegram_comments.rubric_column.adds)),
    ];
    view! {
        <section class="card stack" id="bonus" aria-labelledby="bonus-title">
            <h2 class="card-title" id="bonus-title">{td_string!(locale, telegram_comments.bonus.title)}</h2>
            <DataTable caption=td_string!(locale, telegram_comments.bonus.title) columns>{base}{parts}{sum}</DataTable>
        </section>
    }
    .into_any()
}
