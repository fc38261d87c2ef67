//! The e-mails of notices: the outbox.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// An e-mail that waits to be sent, with everything that is written into it.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct WaitingEmail {
    /// Which e-mail.
    pub id: Uuid,
    /// The language it was written for.
    pub locale: String,
    /// The address.
    pub address: String,
    /// How the portal addresses the person.
    pub display_name: String,
    /// Whether the person may sign in and wants e-mails.
    pub wanted: bool,
    /// The partner the person works for.
    pub partner_id: Option<Uuid>,
    /// Which notice it tells.
    pub notice_id: i64,
    /// What happened.
    pub kind: String,
    /// The figures.
    pub facts: Value,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// An e-mail that waits, locked until the transaction ends; none where it was settled before. One that another process is sending is
/// waited for.
pub async fn find_waiting_for_update(connection: &mut Connection, id: Uuid) -> Result<Option<WaitingEmail>> {
    Ok(sqlx::query_as(
        "select e.id, e.locale, u.email as address, u.display_name, u.disabled_at is null and u.email_notices as wanted, u.partner_id,
                n.id as notice_id, n.kind, n.facts, n.at
           from emails e
           join users u on u.id = e.user_id
           join partner_notices n on n.id = e.notice_id
          where e.id = $1 and e.state = 'queued'
            for update of e",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?)
}

/// The mail server said yes.
pub async fn mark_sent(connection: &mut Connection, id: Uuid, message_id: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "update emails set state = 'sent', attempts = attempts + 1, message_id = $2, sent_at = $3 where id = $1 and state = 'queued'",
    )
    .bind(id)
    .bind(message_id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// It will not be sent. `asked`: whether the mail server was asked this time.
pub async fn mark_failed(connection: &mut Connection, id: Uuid, failure: &str, asked: bool) -> Result<()> {
    sqlx::query("update emails set state = 'failed', failure = $2, attempts = attempts + $3::int where id = $1 and state = 'queued'")
        .bind(id)
        .bind(failure)
        .bind(i32::from(asked))
        .execute(connection)
        .await?;
    Ok(())
}

/// The mail server was asked and gave no answer that settles it.
pub async fn note_attempt(connection: &mut Connection, id: Uuid) -> Result<()> {
    sqlx::query("update emails set attempts = attempts + 1 where id = $1 and state = 'queued'").bind(id).execute(connection).await?;
    Ok(())
}

/// Nothing that waits will be sent.
pub async fn fail_waiting(connection: &mut Connection, failure: &str) -> Result<()> {
    sqlx::query("update emails set state = 'failed', failure = $1 where state = 'queued'").bind(failure).execute(connection).await?;
    Ok(())
}
