//! `/staff/news`: the news that was posted, and what came of each.

use domain::request::RequestKind;
use leptos::prelude::*;
use service::news_items::PostedNews;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{InstantText, ShortDate};
use crate::components::empty_state::EmptyState;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::topics::topic_names;
use crate::context::{query, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The news.
#[component]
pub fn NewsPage() -> impl IntoView {
    staff_page(StaffSection::News, async |viewer, state| {
        let locale = state.locale;
        let after = query(AFTER);
        let news = services()?.news_page(&viewer, after.as_deref()).await?;
        let title = td_string!(locale, telegram_comments.staff.title);
        let inbox = paths::with_query(paths::STAFF_INBOX, &[("kind", RequestKind::TelegramComment.as_str())]);
        let list = if news.lines.is_empty() {
            let (title, text) =
                (td_string!(locale, telegram_comments.staff.empty_title), td_string!(locale, telegram_comments.staff.empty_text));
            view! { <EmptyState title text/> }.into_any()
        } else {
            table_view(locale, &news.lines)
        };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div><h1>{title}</h1><p>{td_string!(locale, telegram_comments.staff.lead)}</p></div>
                    <div class="row">
                        <a class="btn btn-primary" href=paths::STAFF_NEWS_NEW>{td_string!(locale, telegram_comments.staff.new)}</a>
                        <a class="btn" href=inbox>{td_string!(locale, telegram_comments.staff.answers)}</a>
                    </div>
                </div>
                {list}
                <NextPage locale address=paths::STAFF_NEWS after next=news.next/>
            },
        ))
    })
}

fn table_view(locale: Locale, lines: &[PostedNews]) -> AnyView {
    let number = |count: i64| format::number(locale, count);
    let rows: Vec<_> = lines
        .iter()
        .map(|news| {
            let author = news.posted_by_name.clone().unwrap_or_default();
            view! {
                <tr>
                    <td class="data-table__main">
                        <details class="disclosure">
                            <summary>{news.item.title.clone()}</summary>
                            <p class="prose-lines">{news.item.text.clone()}</p>
                            <p><a href=news.item.link.as_str().to_owned() rel="noopener noreferrer">{td_string!(locale, telegram_comments.open_link)}</a></p>
                        </details>
                        <span class="muted small block">{topic_names(locale, &news.item.topics)}</span>
                    </td>
                    <td><InstantText locale at=news.posted_at/><span class="muted small block">{author}</span></td>
                    <td class="figures"><ShortDate locale date=news.item.deadline/></td>
                    <td class="money">{number(news.sent)}</td>
                    <td class="money">{number(news.awaited)}</td>
                    <td class="money">{number(news.answered)}</td>
                    <td class="money">{number(news.published)}</td>
                    <td class="money">{number(news.unanswered)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, telegram_comments.staff.column.news)),
        Column::text(td_string!(locale, telegram_comments.staff.column.posted)),
        Column::text(td_string!(locale, telegram_comments.staff.column.deadline)),
        Column::figure(td_string!(locale, telegram_comments.staff.column.sent)),
        Column::figure(td_string!(locale, telegram_comments.staff.column.awaited)),
        Column::figure(td_string!(locale, telegram_comments.staff.column.answered)),
        Column::figure(td_string!(locale, telegram_comments.staff.column.published)),
        Column::figure(td_string!(locale, telegram_comments.staff.column.unanswered)),
    ];
    view! { <DataTable caption=td_string!(locale, telegram_comments.staff.title) columns>{rows}</DataTable> }.into_any()
}
