//! `/partner/telegram-comments`: opt in by topics, what a comment is worth, the news that wait for an answer.

use domain::rule::Rule;
use domain::telegram_comment::{Bonus, Criterion, NewsItem, Topics};
use leptos::prelude::*;
use service::requests::{RequestLine, Subject};
use service::telegram_comments::TelegramCommentsPage as Loaded;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::ShortDate;
use crate::components::empty_state::EmptyState;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::request::{RequestStatusView, subject_text, turn_text};
use crate::components::topics::{TopicBoxes, topic_names};
use crate::components::verdict::{RuleLink, VerdictView};
use crate::context::{form_state, query, services};
use crate::form::{ErrorSummary, FormState, SubmitButton, entries_of};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// The comments of a partner.
#[component]
pub fn TelegramCommentsPage() -> impl IntoView {
    partner_page(PartnerSection::TelegramComments, async |partner, state| {
        let locale = state.locale;
        let after = query(AFTER);
        let loaded = services()?.telegram_comments_page(&partner.viewer, after.as_deref()).await?;
        let form = form_state().await?;
        let title = td_string!(locale, telegram_comments.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, telegram_comments.lead)} " " <RuleLink locale rule=Rule::Telegram1/></p>
                    </div>
                </div>
                {topics_view(locale, &loaded, &form)}
                {list_view(locale, &loaded)}
                <NextPage locale address=paths::PARTNER_TELEGRAM_COMMENTS after next=loaded.requests.next.clone()/>
                {rubric_view(locale, &loaded.rubric)}
            },
        ))
    })
}

/// The topics: a form, or why there is none. Who lost the privilege can still opt out.
fn topics_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    let title = td_string!(locale, telegram_comments.topics_title);
    let standing = if loaded.topics.is_empty() {
        td_string!(locale, telegram_comments.opted_out).to_owned()
    } else {
        td_string!(locale, telegram_comments.opted_in, topics = topic_names(locale, &loaded.topics))
    };
    let leave = (!loaded.topics.is_empty()).then(|| {
        view! {
            <form method="post" action=paths::API_COMMENT_TOPICS>
                <button class="btn" type="submit">{td_string!(locale, telegram_comments.leave)}</button>
            </form>
        }
    });
    let body = if loaded.privilege.is_allowed() {
        // A form that came back shows what was ticked, even where nothing was.
        let chosen: Topics = if form.has_problems() { NewsItem::topics_in(&entries_of(&form.values)) } else { loaded.topics.clone() };
        let submit = if loaded.topics.is_empty() {
            td_string!(locale, telegram_comments.join)
        } else {
            td_string!(locale, telegram_comments.save_topics)
        };
        view! {
            <form class="form" method="post" action=paths::API_COMMENT_TOPICS>
                <ErrorSummary locale form=form.clone() labels=Vec::new()/>
                <TopicBoxes locale label=td_string!(locale, telegram_comments.topics) chosen/>
                <div class="actions"><SubmitButton label=submit/></div>
            </form>
        }
        .into_any()
    } else {
        view! {
            <VerdictView locale verdict=loaded.privilege.clone()>
                <a class="btn btn-sm" href=paths::PARTNER_PRIVILEGES>{td_string!(locale, telegram_comments.unlock)}</a>
            </VerdictView>
        }
        .into_any()
    };
    view! {
        <section class="card stack" id="topics" aria-labelledby="topics-title">
            <h2 class="card-title" id="topics-title">{title}</h2>
            <p>{standing}</p>
            {body}
            {leave}
        </section>
    }
    .into_any()
}

/// The news that the partner was sent, with the last day for each answer.
fn list_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let title = td_string!(locale, telegram_comments.list.title);
    let list = if loaded.requests.lines.is_empty() {
        let (title, text) = (td_string!(locale, telegram_comments.list.empty_title), td_string!(locale, telegram_comments.list.empty_text));
        view! { <EmptyState title text/> }.into_any()
    } else {
        let rows: Vec<_> = loaded.requests.lines.iter().map(|line| row_view(locale, line)).collect();
        let columns = vec![
            Column::text(td_string!(locale, telegram_comments.list.news)),
            Column::text(td_string!(locale, telegram_comments.list.deadline)),
            Column::text(td_string!(locale, telegram_comments.list.status)),
            Column::text(td_string!(locale, telegram_comments.list.turn)),
        ];
        view! { <DataTable caption=title columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="stack" id="requests" aria-labelledby="requests-title">
            <h2 id="requests-title">{title}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn row_view(locale: Locale, line: &RequestLine) -> AnyView {
    let (news, deadline) = match &line.subject {
        Subject::TelegramComment { title, deadline } => (title.clone(), Some(*deadline)),
        other => (subject_text(locale, other), None),
    };
    view! {
        <tr>
            <td class="data-table__main">
                <a href=paths::partner_request(&line.reference)>{news}</a>
                <span class="muted small block figures">{line.reference.clone()}</span>
            </td>
            <td class="figures">{deadline.map(|date| view! { <ShortDate locale date/> })}</td>
            <td><RequestStatusView locale status=line.status/></td>
            <td>{turn_text(locale, line.turn)}</td>
        </tr>
    }
    .into_any()
}

/// The name of a criterion.
pub(crate) fn criterion_name(locale: Locale, criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Substance => td_string!(locale, telegram_comments.criterion.substance),
        Criterion::Experience => td_string!(locale, telegram_comments.criterion.experience),
        Criterion::Clarity => td_string!(locale, telegram_comments.criterion.clarity),
        Criterion::Promptness => td_string!(locale, telegram_comments.criterion.promptness),
    }
}

/// What a criterion looks at.
pub(crate) fn criterion_text(locale: Locale, criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Substance => td_string!(locale, telegram_comments.earns.substance),
        Criterion::Experience => td_string!(locale, telegram_comments.earns.experience),
        Criterion::Clarity => td_string!(locale, telegram_comments.earns.clarity),
        Criterion::Promptness => td_string!(locale, telegram_comments.earns.promptness),
    }
}

/// The published rubric: what every comment earns, and what each criterion adds at most.
pub(crate) fn rubric_view(locale: Locale, rubric: &Bonus) -> AnyView {
    let rows: Vec<_> = rubric
        .parts
        .iter()
        .map(|part| {
            view! {
                <tr>
                    <td class="data-table__main">
                        {criterion_name(locale, part.criterion)}
                        <span class="muted small block">{criterion_text(locale, part.criterion)}</span>
                    </td>
                    <td class="money">{td_string!(locale, telegram_comments.up_to, sum = format::money(locale, part.amount))}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, telegram_comments.rubric_column.criterion)),
        Column::figure(td_string!(locale, telegram_comments.rubric_column.adds)),
    ];
    let range = td_string!(
        locale,
        telegram_comments.rubric_range,
        least = format::money(locale, rubric.base),
        most = format::money(locale, rubric.amount)
    );
    let points = td_string!(locale, telegram_comments.rubric_points, points = Criterion::MOST_POINTS);
    view! {
        <section class="card stack" id="rubric" aria-labelledby="rubric-title">
            <h2 class="card-title" id="rubric-title">{td_string!(locale, telegram_comments.rubric_title)}</h2>
            <p>{range}</p>
            <DataTable caption=td_string!(locale, telegram_comments.rubric_title) columns>{rows}</DataTable>
            <p class="muted">{points} " " {td_string!(locale, telegram_comments.rubric_eyes)}</p>
        </section>
    }
    .into_any()
}
