//! Requests for a comment on news (`TG-1`): one for each partner that a news item was sent to.

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{NewsItemId, PartnerId, RequestId};
use domain::request::{Position, RequestKind, Stage};
use uuid::Uuid;

use crate::{Connection, Result};

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
