//! Who changed what.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, UserId};
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A change to record, in the transaction of the change.
#[derive(Clone, Debug)]
pub struct NewAuditRecord<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// The person; none for the command line.
    pub actor_id: Option<UserId>,
    /// The person's name now, or the command.
    pub actor_name: &'a str,
    /// What was done, such as `request.approve`.
    pub action: &'a str,
    /// The kind of thing it was done to.
    pub object_kind: &'a str,
    /// Which one.
    pub object_id: &'a str,
    /// The partner concerned.
    pub partner_id: Option<PartnerId>,
    /// How it was.
    pub before: Option<Value>,
    /// How it is.
    pub after: Option<Value>,
    /// The request id of the call.
    pub request_identity: Option<Uuid>,
}

/// Records a change.
pub async fn insert(connection: &mut Connection, record: &NewAuditRecord<'_>) -> Result<()> {
    sqlx::query(
        "insert into audit_records
            (at, actor_id, actor_name, action, object_kind, object_id, partner_id, before, after, request_identity)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(record.at)
    .bind(record.actor_id.map(|id| id.0))
    .bind(record.actor_name)
    .bind(record.action)
    .bind(record.object_kind)
    .bind(record.object_id)
    .bind(record.partner_id.map(|id| id.0))
    .bind(&record.before)
    .bind(&record.after)
    .bind(record.request_identity)
    .execute(connection)
    .await?;
    Ok(())
}

/// A recorded change, as the staff page shows it.
#[derive(Clone, Debug, FromRow)]
pub struct AuditRecord {
    /// Order of recording.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The person's name then, or the command.
    pub actor_name: String,
    /// What was done.
    pub action: String,
    /// The kind of thing.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// The partner concerned.
    pub partner_id: Option<Uuid>,
    /// Name of the partner concerned.
    pub partner_name: Option<String>,
    /// How it was.
    pub before: Option<Value>,
    /// How it is.
    pub after: Option<Value>,
    /// The request id of the call.
    pub request_identity: Option<Uuid>,
}

/// What the newest record of an action on one thing says after the change; none where there is no such record.
pub async fn newest_after(connection: &mut Connection, object_kind: &str, object_id: &str, action: &str) -> Result<Option<Value>> {
    let after: Option<Option<Value>> = sqlx::query_scalar(
        "select after from audit_records where object_kind = $1 and object_id = $2 and action = $3 order by id desc limit 1",
    )
    .bind(object_kind)
    .bind(object_id)
    .bind(action)
    .fetch_optional(connection)
    .await?;
    Ok(after.flatten())
}

/// What to look for; an absent part matches all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Part of the actor's name, object or partner's name.
    pub text: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// Only records before this one: the place where the page before ended.
    pub before: Option<i64>,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// The newest records that match, at most `limit`.
pub async fn search(connection: &mut Connection, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRecord>> {
    Ok(sqlx::query_as(
        "select a.id, a.at, a.actor_name, a.action, a.object_kind, a.object_id, a.partner_id, p.name as partner_name, a.before, a.after, a.request_identity
           from audit_records a
           left join partners p on p.id = a.partner_id
          where ($1::bigint is null or a.id < $1)
            and ($2::text is null or a.action = $2)
            and ($3::timestamptz is null or a.at >= $3)
            and ($4::timestamptz is null or a.at < $4)
            and ($5::text is null or strpos(lower(a.actor_name), $5) > 0 or strpos(lower(a.object_id), $5) > 0 or strpos(lower(p.name), $5) > 0)
          order by a.id desc
          limit $6",
    )
    .bind(filter.before)
    .bind(filter.action.as_deref())
    .bind(filter.from)
    .bind(filter.to)
    .bind(filter.text.as_ref().map(|text| text.to_lowercase()))
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// Every action ever recorded, for the filter's list. It goes from one to the next in the index, however many records there are.
pub async fn actions(connection: &mut Connection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "with recursive actions as (
            select min(action) as action from audit_records
            union all
            select (select min(r.action) from audit_records r where r.action > a.action) from actions a where a.action is not null
         )
         select action from actions where action is not null order by action",
    )
    .fetch_all(connection)
    .await?)
}
