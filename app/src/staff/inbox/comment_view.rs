//! What staff see of a request for a comment beside what every request shows: the news, the answer, the bonus by the rubric (`TG-1`).

use domain::ids::UserId;
use domain::request::{ActName, RequestStatus, Stage, TransitionError};
use domain::telegram_comment::{Answer, Criterion};
use leptos::prelude::*;
use service::requests::InboxItem;
use service::telegram_comments::CommentDetail;

use crate::form::{Control, Field, FormState, HiddenField, error_summary};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::partner::telegram_comments::answer_view::{bonus_view, news_view};
use crate::partner::telegram_comments::telegram_comments_page::{criterion_name, criterion_text};
use crate::paths;
use crate::staff::inbox::place::InboxPlace;

/// The news, the answer and the bonus; nothing of another kind.
pub(super) fn comment_view(locale: Locale, place: &InboxPlace, item: &InboxItem, form: &FormState, viewer: UserId) -> Option<AnyView> {
    let comment = item.detail.comment.as_ref()?;
    Some((answer_view(locale, item, comment), set_bonus_view(locale, place, item, (comment, viewer), form)).into_any())
}

fn answer_view(locale: Locale, item: &InboxItem, comment: &CommentDetail) -> AnyView {
    let line = &item.detail.line;
    let entry = |field: &str| {
        item.detail.editorial.as_ref().and_then(|work| work.entries.get(field)).filter(|text| !text.trim().is_empty()).cloned()
    };
    let expired = line.status == RequestStatus::Cancelled && line.stage == Some(Stage::Answer);
    let answer = if expired {
        view! { <p><strong>{td_string!(locale, telegram_comments.staff.unanswered)}</strong></p> }.into_any()
    } else if line.status == RequestStatus::Draft {
        view! { <p class="muted">{td_string!(locale, telegram_comments.staff.awaited)}</p> }.into_any()
    } else {
        let text = entry(Answer::TEXT).map(|text| view! { <h4 class="muted small">{td_string!(locale, telegram_comments.answer.text)}</h4> <p class="prose-lines">{text}</p> });
        let wishes = entry(Answer::WISHES).map(|text| view! { <h4 class="muted small">{td_string!(locale, telegram_comments.answer.wishes)}</h4> <p class="prose-lines">{text}</p> });
        view! { {text} {wishes} }.into_any()
    };
    view! {
        {news_view(locale, comment)}
        <section class="card stack" id="answer" aria-labelledby="answer-title">
            <h3 id="answer-title">{td_string!(locale, telegram_comments.staff.answer_title)}</h3>
            {answer}
        </section>
    }
    .into_any()
}

/// The bonus as it stands, and the points by which it is set, where the work has come so far.
fn set_bonus_view(
    locale: Locale,
    place: &InboxPlace,
    item: &InboxItem,
    (comment, viewer): (&CommentDetail, UserId),
    form: &FormState,
) -> Option<AnyView> {
    let set = comment.bonus.as_ref().map(|bonus| bonus_view(locale, bonus));
    let by_viewer = item.detail.editorial.as_ref().and_then(|work| work.facts.bonus).is_some_and(|bonus| bonus.by == viewer);
    let second = (by_viewer && item.detail.line.stage != Some(Stage::Published))
        .then(|| view! { <p class="muted">{td_string!(locale, telegram_comments.staff.second_person)}</p> });
    let gesture = item.detail.gestures.iter().find(|gesture| gesture.act == ActName::SetBonus)?;
    let form = match gesture.refusal {
        None => Some(points_view(locale, place, item, comment, form)),
        Some(TransitionError::OwnRequest) => Some(view! { <p class="muted">{td_string!(locale, inbox.own)}</p> }.into_any()),
        Some(_) => None,
    };
    (set.is_some() || form.is_some()).then(|| (set, second, form).into_any())
}

fn points_view(locale: Locale, place: &InboxPlace, item: &InboxItem, comment: &CommentDetail, form: &FormState) -> AnyView {
    let labels = Criterion::ALL.map(|criterion| (criterion.field(), criterion_name(locale, criterion).to_owned())).to_vec();
    let most = |criterion: Criterion| {
        comment.rubric.parts.iter().find(|part| part.criterion == criterion).map(|part| part.amount).unwrap_or_default()
    };
    let fields: Vec<_> = Criterion::ALL
        .into_iter()
        .map(|criterion| {
            let set = comment.bonus.as_ref().and_then(|bonus| bonus.parts.iter().find(|part| part.criterion == criterion));
            let hint = td_string!(
                locale,
                telegram_comments.staff.points_hint,
                what = criterion_text(locale, criterion),
                most = Criterion::MOST_POINTS,
                sum = format::money(locale, most(criterion))
            );
            view! {
                <Field
                    locale
                    field=form.field(&criterion.field()).or_value(set.map(|part| part.points.to_string()).unwrap_or_default())
                    label=criterion_name(locale, criterion)
                    hint
                    control=Control::Number { minimum: 0, maximum: i64::from(Criterion::MOST_POINTS) }
                />
            }
        })
        .collect();
    let range = td_string!(
        locale,
        telegram_comments.rubric_range,
        least = format::money(locale, comment.rubric.base),
        most = format::money(locale, comment.rubric.amount)
    );
    view! {
        <section class="card stack" id="points" aria-labelledby="points-title">
            <h3 id="points-title">{td_string!(locale, telegram_comments.staff.points_title)}</h3>
            <p class="muted">{range} " " {td_string!(locale, telegram_comments.rubric_eyes)}</p>
            <form class="form" method="post" action=paths::API_REQUEST_BONUS>
                {error_summary(locale, &FormState { refusal: None, verdict: None, ..form.clone() }, labels)}
                <HiddenField name="reference" value=item.detail.line.reference.clone()/>
                <HiddenField name="version" value=item.detail.version.to_string()/>
                {place.hidden_fields()}
                {fields}
                <div class="actions"><button class="btn" type="submit">{td_string!(locale, telegram_comments.staff.set_bonus)}</button></div>
            </form>
        </section>
    }
    .into_any()
}
