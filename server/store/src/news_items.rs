//! News that staff post for comments (`TG-1`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{NewsItemId, UserId};
use domain::telegram_comment::{NewsItem, Topic, Topics};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A news item to be posted.
#[derive(Clone, Debug)]
pub struct NewNewsItem<'a> {
    /// Which.
    pub id: NewsItemId,
    /// What it says.
    pub item: &'a NewsItem,
    /// Who posts it.
    pub posted_by: UserId,
    /// When.
    pub posted_at: DateTime<Utc>,
    /// The key of its form.
    pub idempotency_key: Uuid,
}

/// Records a news item; false where the form with its key was recorded before.
pub async fn insert(connection: &mut Connection, news: &NewNewsItem<'_>) -> Result<bool> {
    let done = sqlx::query(
        "insert into news_items (id, title, text, link, topics, deadline, posted_by, posted_at, idempotency_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict on constraint news_items_idempotency_key do nothing",
    )
    .bind(news.id.0)
    .bind(&news.item.title)
    .bind(&news.item.text)
    .bind(news.item.link.as_str())
    .bind(news.item.topics.iter().map(|topic| topic.as_str()).collect::<Vec<&str>>())
    .bind(news.item.deadline.naive())
    .bind(news.posted_by.0)
    .bind(news.posted_at)
    .bind(news.idempotency_key)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many partners the news item with a key was sent to; none where there is no such news item.
pub async fn sent_with_key(connection: &mut Connection, key: Uuid) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "select (select count(*) from telegram_comment_requests t where t.news_item_id = n.id) from news_items n where n.idempotency_key = $1",
    )
    .bind(key)
    .fetch_optional(connection)
    .await?)
}

/// A news item with what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedNews {
    /// Which.
    pub id: NewsItemId,
    /// What it says.
    pub item: NewsItem,
    /// Who posted it.
    pub posted_by_name: Option<String>,
    /// When.
    pub posted_at: DateTime<Utc>,
    /// Partners that it was sent to.
    pub sent: i64,
    /// Of these, those whose answer is awaited.
    pub awaited: i64,
    /// Those that answered, published or not.
    pub answered: i64,
    /// Those whose comment is published.
    pub published: i64,
    /// Those whose request was closed, or given up, without an answer.
    pub unanswered: i64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    title: String,
    text: String,
    link: String,
    topics: Vec<String>,
    deadline: NaiveDate,
    posted_by_name: Option<String>,
    posted_at: DateTime<Utc>,
    sent: i64,
    awaited: i64,
    answered: i64,
    published: i64,
    unanswered: i64,
}

/// Puts a news item together from its columns.
pub(crate) fn news_item(title: String, text: String, link: &str, topics: &[String], deadline: NaiveDate) -> Result<NewsItem> {
    let wrong = |column| Error::inconsistent("news_items", column);
    Ok(NewsItem {
        title,
        text,
        link: link.parse().map_err(|_| wrong("link"))?,
        topics: topics
            .iter()
            .map(|topic| topic.parse::<Topic>())
            .collect::<std::result::Result<Topics, _>>()
            .map_err(|_| wrong("topics"))?,
        deadline: deadline.into(),
    })
}

impl TryFrom<Row> for PostedNews {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            item: news_item(row.title, row.text, &row.link, &row.topics, row.deadline)?,
            posted_by_name: row.posted_by_name,
            posted_at: row.posted_at,
            sent: row.sent,
            awaited: row.awaited,
            answered: row.answered,
            published: row.published,
            unanswered: row.unanswered,
        })
    }
}

/// News, newest first, at most `limit`, after a place: time of posting and id.
pub async fn newest(connection: &mut Connection, after: Option<(DateTime<Utc>, NewsItemId)>, limit: i64) -> Result<Vec<PostedNews>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select n.id, n.title, n.text, n.link, n.topics, n.deadline, a.display_name as posted_by_name, n.posted_at,
                s.sent, s.awaited, s.answered, s.published, s.unanswered
           from news_items n
           left join users a on a.id = n.posted_by
           cross join lateral (
                select count(*) as sent,
                       count(*) filter (where r.status = 'draft') as awaited,
                       count(*) filter (where r.stage = 'published') as published,
                       count(*) filter (where r.status <> 'draft' and not u.unanswered) as answered,
                       count(*) filter (where u.unanswered) as unanswered
                  from telegram_comment_requests t
                  join requests r on r.id = t.request_id
                 cross join lateral (
                        select r.status = 'cancelled' and r.stage = 'answer' or r.status = 'withdrawn' and r.submitted_at is null as unanswered
                 ) u
                 where t.news_item_id = n.id
           ) s
          where $1::timestamptz is null or (n.posted_at, n.id) < ($1, $2)
          order by n.posted_at desc, n.id desc limit $3",
    )
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id.0))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}
