//! Sessions of signed-in people, found by the hash of their id. Saving never inserts, so an ended one stays ended.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A live session with the person as they are now, read in one statement.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// What the session keeps besides the person.
    pub data: serde_json::Value,
    /// When it ends even if used.
    pub expires_at: DateTime<Utc>,
    /// Whose.
    pub user_id: UserId,
    /// Address.
    pub email: String,
    /// How the portal addresses them.
    pub display_name: String,
    /// The stable text of the role.
    pub role: String,
    /// The language they chose.
    pub locale: String,
    /// The partner they work for, with its name.
    pub partner: Option<(PartnerId, String)>,
    /// Whether they are told by e-mail, too.
    pub email_notices: bool,
    /// Notices they have not read, counted up to [`UNREAD_COUNTED`].
    pub unread_notices: i64,
}

/// As many unread notices are counted, and no more: the count belongs to every request.
pub const UNREAD_COUNTED: i64 = 100;

#[derive(FromRow)]
struct Row {
    data: serde_json::Value,
    expires_at: DateTime<Utc>,
    user_id: Uuid,
    email: String,
    display_name: String,
    role: String,
    locale: String,
    partner_id: Option<Uuid>,
    partner_name: Option<String>,
    email_notices: bool,
    unread_notices: i64,
}

/// A session that is neither ended nor expired, of a person who may sign in; once a minute the same statement notes its use.
/// `idle_since` is the earliest last use that still counts.
pub async fn find_live(
    connection: &mut Connection,
    id_hash: &[u8],
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Option<LiveSession>> {
    let row: Option<Row> = sqlx::query_as(
        "with live as (
            select s.id_hash, s.data, s.expires_at, u.id as user_id, u.email, u.display_name, u.role, u.locale,
                   p.id as partner_id, p.name as partner_name, u.email_notices
              from user_sessions s
              join users u on u.id = s.user_id
              left join partners p on p.id = u.partner_id
             where s.id_hash = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3 and u.disabled_at is null
         ), used as (
            update user_sessions s set last_seen_at = $2 from live
             where s.id_hash = live.id_hash and s.revoked_at is null and s.last_seen_at < $2 - interval '1 minute'
         )
         select data, expires_at, user_id, email, display_name, role, locale, partner_id, partner_name, email_notices,
                (select count(*) from (select from user_notices n where n.user_id = live.user_id and n.read_at is null limit $4) as unread)
                    as unread_notices
           from live",
    )
    .bind(id_hash)
    .bind(now)
    .bind(idle_since)
    .bind(UNREAD_COUNTED)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| LiveSession {
        data: row.data,
        expires_at: row.expires_at,
        user_id: row.user_id.into(),
        email: row.email,
        display_name: row.display_name,
        role: row.role,
        locale: row.locale,
        partner: row.partner_id.map(PartnerId::from).zip(row.partner_name),
        email_notices: row.email_notices,
        unread_notices: row.unread_notices,
    }))
}

/// Begins a session. `false` where the hash is taken already.
pub async fn insert(
    connection: &mut Connection,
    id_hash: &[u8],
    user_id: UserId,
    data: &serde_json::Value,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into user_sessions (id_hash, user_id, data, created_at, last_seen_at, expires_at)
         values ($1, $2, $3, $4, $4, $5) on conflict (id_hash) do nothing",
    )
    .bind(id_hash)
    .bind(user_id.0)
    .bind(data)
    .bind(now)
    .bind(expires_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Saves what a live session keeps. Nothing happens to one that has ended.
pub async fn update(connection: &mut Connection, id_hash: &[u8], data: &serde_json::Value, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("update user_sessions set data = $2, last_seen_at = $3 where id_hash = $1 and revoked_at is null and expires_at > $3")
        .bind(id_hash)
        .bind(data)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a session. `false` where there is none or it has ended.
pub async fn revoke(connection: &mut Connection, id_hash: &[u8], now: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query("update user_sessions set revoked_at = $2 where id_hash = $1 and revoked_at is null")
        .bind(id_hash)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets sessions that ended before a moment.
pub async fn delete_ended_before(connection: &mut Connection, moment: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query("delete from user_sessions where expires_at < $1 or revoked_at < $1").bind(moment).execute(connection).await?;
    Ok(done.rows_affected())
}
