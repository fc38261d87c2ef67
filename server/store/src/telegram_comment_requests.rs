//! Requests for a comment on news (`TG-1`): one for each partner that a news item was sent to.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{NewsItemId, PartnerId, RequestId};
use domain::request::{Position, RequestKind, Stage};
use domain::telegram_comment::{Bonus, NewsItem};
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::news_items::news_item;
use crate::{Connection, Error, Result};

/// A request to begin for a partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// Which request.
    pub request_id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// What people call it.
    pub reference: String,
    /// The key that lives with its draft.
    pub idempotency_key: Uuid,
}

/// The next numbers of human references. Gaps are possible and mean nothing.
pub async fn next_numbers(connection: &mut Connection, count: usize) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar("select nextval('telegram_comment_request_numbers') from generate_series(1, $1)")
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?)
}

/// Begins a draft for each of several partners, in one statement.
pub async fn insert(
    connection: &mut Connection,
    news_item_id: NewsItemId,
    deadline: BusinessDate,
    invitations: &[NewInvitation],
    at: DateTime<Utc>,
) -> Result<()> {
    let kind = RequestKind::TelegramComment;
    let first = Position::first(kind);
    sqlx::query(
        "with new as (
            select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as n (id, partner_id, reference, idempotency_key)
         ), drafts as (
            insert into requests (id, partner_id, kind, reference, status, stage, version, idempotency_key, listed_at)
            select id, partner_id, $5, reference, $6, $7, 1, idempotency_key, $8 from new
            returning id, partner_id
         )
         insert into telegram_comment_requests (request_id, partner_id, news_item_id, deadline)
         select id, partner_id, $9, $10 from drafts",
    )
    .bind(invitations.iter().map(|new| new.request_id.0).collect::<Vec<Uuid>>())
    .bind(invitations.iter().map(|new| new.partner_id.0).collect::<Vec<Uuid>>())
    .bind(invitations.iter().map(|new| new.reference.as_str()).collect::<Vec<&str>>())
    .bind(invitations.iter().map(|new| new.idempotency_key).collect::<Vec<Uuid>>())
    .bind(kind.as_str())
    .bind(first.status.as_str())
    .bind(first.stage.map(Stage::as_str))
    .bind(at)
    .bind(news_item_id.0)
    .bind(deadline.naive())
    .execute(connection)
    .await?;
    Ok(())
}

/// What a request for a comment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentRecord {
    /// The news, with the deadline of this request.
    pub item: NewsItem,
    /// The bonus that was set, with its reckoning; none while it is not.
    pub bonus: Option<Bonus>,
}

#[derive(FromRow)]
struct Row {
    title: String,
    text: String,
    link: String,
    topics: Vec<String>,
    deadline: NaiveDate,
    bonus: Option<Value>,
}

/// What a request is about; none where it is no request for a comment.
pub async fn find(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Option<CommentRecord>> {
    let row: Option<Row> = sqlx::query_as(
        "select n.title, n.text, n.link, n.topics, t.deadline, t.bonus
           from telegram_comment_requests t join news_items n on n.id = t.news_item_id
          where t.request_id = $2 and t.partner_id = $1",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let bonus = row.bonus.map(serde_json::from_value).transpose();
    Ok(Some(CommentRecord {
        item: news_item(row.title, row.text, &row.link, &row.topics, row.deadline)?,
        bonus: bonus.map_err(|_| Error::inconsistent("telegram_comment_requests", "bonus"))?,
    }))
}

/// Writes the bonus that is set, with its reckoning.
pub async fn set_bonus(connection: &mut Connection, partner_id: PartnerId, id: RequestId, bonus: &Bonus) -> Result<()> {
    let bonus = serde_json::to_value(bonus).map_err(|_| Error::inconsistent("telegram_comment_requests", "bonus"))?;
    sqlx::query("update telegram_comment_requests set bonus = $3 where request_id = $2 and partner_id = $1")
        .bind(partner_id.0)
        .bind(id.0)
        .bind(bonus)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves the last day for the answer.
pub async fn set_deadline(connection: &mut Connection, partner_id: PartnerId, id: RequestId, deadline: BusinessDate) -> Result<()> {
    sqlx::query("update telegram_comment_requests set deadline = $3 where request_id = $2 and partner_id = $1")
        .bind(partner_id.0)
        .bind(id.0)
        .bind(deadline.naive())
        .execute(connection)
        .await?;
    Ok(())
}

/// References of drafts whose last day for the answer lies before a day, with whose they are: the oldest first, at most `limit`. They are
/// locked until the transaction ends, but for those that another one has.
pub async fn unanswered_for_update(connection: &mut Connection, before: BusinessDate, limit: i64) -> Result<Vec<(PartnerId, String)>> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "select r.partner_id, r.reference
           from telegram_comment_requests t join requests r on r.id = t.request_id
          where t.deadline < $1 and r.status = 'draft'
          order by t.deadline, r.id limit $2 for update of r skip locked",
    )
    .bind(before.naive())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(partner, reference)| (partner.into(), reference)).collect())
}
