//! Files of requests: what is known of them. Their contents are kept elsewhere, under their hashes.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, RequestFileId, RequestId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A file that came and is looked at.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedFile {
    /// Which file.
    pub id: RequestFileId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Of which request.
    pub request_id: RequestId,
    /// Its size as it came.
    pub bytes: i64,
    /// Who brought it.
    pub uploaded_by: UserId,
    /// Now.
    pub uploaded_at: DateTime<Utc>,
}

/// What is kept of a file.
#[derive(Clone, Debug)]
pub struct KeptFile<'a> {
    /// Which file.
    pub id: RequestFileId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The hash of what is kept.
    pub content_hash: &'a str,
    /// Of a picture: the hash of its small copy.
    pub preview_hash: Option<&'a str>,
    /// The name it is shown and saved under.
    pub name: &'a str,
    /// The code of its type.
    pub kind: &'a str,
    /// Its size as it is kept.
    pub bytes: i64,
    /// Of a picture: width and height in pixels.
    pub dimensions: Option<(i32, i32)>,
}

/// A file as it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RequestFile {
    /// Which file.
    #[sqlx(try_from = "Uuid")]
    pub id: RequestFileId,
    /// The stable text of its state.
    pub state: String,
    /// The hash of what is kept; none before it is ready.
    pub content_hash: Option<String>,
    /// Of a picture: the hash of its small copy.
    pub preview_hash: Option<String>,
    /// The name it is shown and saved under; none before it is ready.
    pub name: Option<String>,
    /// The code of its type; none before it is ready.
    pub kind: Option<String>,
    /// Its size.
    pub bytes: i64,
    /// Of a picture: pixels from left to right.
    pub width: Option<i32>,
    /// Of a picture: pixels from top to bottom.
    pub height: Option<i32>,
    /// When it came.
    pub uploaded_at: DateTime<Utc>,
}

/// Records a file that came.
pub async fn insert(connection: &mut Connection, file: &ReceivedFile) -> Result<()> {
    sqlx::query(
        "insert into request_files (id, partner_id, request_id, state, bytes, uploaded_by, uploaded_at)
         values ($1, $2, $3, 'received', $4, $5, $6)",
    )
    .bind(file.id.0)
    .bind(file.partner_id.0)
    .bind(file.request_id.0)
    .bind(file.bytes)
    .bind(file.uploaded_by.0)
    .bind(file.uploaded_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records what is kept of a file that was looked at; false where it is not looked at any more.
pub async fn mark_ready(connection: &mut Connection, file: &KeptFile<'_>) -> Result<bool> {
    let written = sqlx::query(
        "update request_files
            set state = 'ready', content_hash = $3, preview_hash = $4, name = $5, kind = $6, bytes = $7, width = $8, height = $9
          where id = $1 and partner_id = $2 and state = 'received'",
    )
    .bind(file.id.0)
    .bind(file.partner_id.0)
    .bind(file.content_hash)
    .bind(file.preview_hash)
    .bind(file.name)
    .bind(file.kind)
    .bind(file.bytes)
    .bind(file.dimensions.map(|(width, _)| width))
    .bind(file.dimensions.map(|(_, height)| height))
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The file of a request that holds the same content and is ready.
pub async fn find_twin(
    connection: &mut Connection,
    partner_id: PartnerId,
    request_id: RequestId,
    content_hash: &str,
) -> Result<Option<RequestFileId>> {
    let found: Option<Uuid> = sqlx::query_scalar(
        "select id from request_files where partner_id = $1 and request_id = $2 and content_hash = $3 and state = 'ready'",
    )
    .bind(partner_id.0)
    .bind(request_id.0)
    .bind(content_hash)
    .fetch_optional(connection)
    .await?;
    Ok(found.map(Into::into))
}

/// Ends a file that was looked at without keeping anything; its size, where it was still looked at. `problem`: why, as a code.
pub async fn mark_refused(
    connection: &mut Connection,
    partner_id: PartnerId,
    id: RequestFileId,
    problem: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar(
        "update request_files set state = 'removed', problem = $3, removed_at = $4
          where id = $1 and partner_id = $2 and state = 'received' returning bytes",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(problem)
    .bind(now)
    .fetch_optional(connection)
    .await?)
}

/// The size in which a file came that is looked at.
pub async fn size_underway(connection: &mut Connection, partner_id: PartnerId, id: RequestFileId) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar("select bytes from request_files where id = $1 and partner_id = $2 and state = 'received' for update")
        .bind(id.0)
        .bind(partner_id.0)
        .fetch_optional(connection)
        .await?)
}

/// Takes a file of a request away; its name and size, where it was ready.
pub async fn mark_removed(
    connection: &mut Connection,
    (partner_id, request_id): (PartnerId, RequestId),
    id: RequestFileId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<Option<(String, i64)>> {
    Ok(sqlx::query_as(
        "update request_files set state = 'removed', removed_by = $4, removed_at = $5
          where id = $1 and partner_id = $2 and request_id = $3 and state = 'ready' returning name, bytes",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(request_id.0)
    .bind(by.0)
    .bind(now)
    .fetch_optional(connection)
    .await?)
}

/// Whether a file of a request was there and is taken away.
pub async fn is_removed(connection: &mut Connection, (partner_id, request_id): (PartnerId, RequestId), id: RequestFileId) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (select from request_files where id = $1 and partner_id = $2 and request_id = $3 and state = 'removed')",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(request_id.0)
    .fetch_one(connection)
    .await?)
}

/// The files of a request that are looked at or ready, in order.
pub async fn list(connection: &mut Connection, partner_id: PartnerId, request_id: RequestId) -> Result<Vec<RequestFile>> {
    Ok(sqlx::query_as(
        "select id, state, content_hash, preview_hash, name, kind, bytes, width, height, uploaded_at
           from request_files where partner_id = $1 and request_id = $2 and state <> 'removed' order by uploaded_at, id",
    )
    .bind(partner_id.0)
    .bind(request_id.0)
    .fetch_all(connection)
    .await?)
}

/// How many files of a request are looked at or ready.
pub async fn count(connection: &mut Connection, partner_id: PartnerId, request_id: RequestId) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from request_files where partner_id = $1 and request_id = $2 and state <> 'removed'")
        .bind(partner_id.0)
        .bind(request_id.0)
        .fetch_one(connection)
        .await?)
}

/// A file that is ready; for a partner, only its own.
pub async fn find_ready(connection: &mut Connection, partner_id: Option<PartnerId>, id: RequestFileId) -> Result<Option<RequestFile>> {
    Ok(sqlx::query_as(
        "select id, state, content_hash, preview_hash, name, kind, bytes, width, height, uploaded_at
           from request_files where id = $1 and state = 'ready' and ($2::uuid is null or partner_id = $2)",
    )
    .bind(id.0)
    .bind(partner_id.map(|id| id.0))
    .fetch_optional(connection)
    .await?)
}

/// Files that came before a moment and were never settled: what looked at them died.
pub async fn abandoned(connection: &mut Connection, before: DateTime<Utc>) -> Result<Vec<(PartnerId, RequestFileId)>> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select partner_id, id from request_files where state = 'received' and uploaded_at < $1 order by uploaded_at, id limit 1000",
    )
    .bind(before)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(partner_id, id)| (partner_id.into(), id.into())).collect())
}

/// The hashes of all contents that a file needs.
pub async fn needed_hashes(connection: &mut Connection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select content_hash from request_files where state = 'ready'
          union select preview_hash from request_files where state = 'ready' and preview_hash is not null",
    )
    .fetch_all(connection)
    .await?)
}

/// Whether a file needs a content.
pub async fn is_needed(connection: &mut Connection, hash: &str) -> Result<bool> {
    let found =
        sqlx::query_scalar("select exists (select from request_files where state = 'ready' and (content_hash = $1 or preview_hash = $1))");
    Ok(found.bind(hash).fetch_one(connection).await?)
}

/// The lock of all contents: whoever keeps some shares it, whoever deletes one has it alone.
const CONTENTS: i64 = 0x0066_696c_6573;

/// Keeps contents from being deleted until the transaction ends.
pub async fn keep_contents(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock_shared($1)").bind(CONTENTS).execute(connection).await?;
    Ok(())
}

/// Keeps contents from being put until the transaction ends.
pub async fn stop_keeping(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(CONTENTS).execute(connection).await?;
    Ok(())
}

/// Takes room for a file, if the company has it; one statement, so that two uploads never take the same room. False where there is none.
pub async fn take_room(connection: &mut Connection, partner_id: PartnerId, bytes: i64, limit: i64) -> Result<bool> {
    let written = sqlx::query(
        "insert into partner_file_usage as u (partner_id, bytes) select $1, $2 where $2 <= $3
         on conflict (partner_id) do update set bytes = u.bytes + $2 where u.bytes + $2 <= $3",
    )
    .bind(partner_id.0)
    .bind(bytes)
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Gives room back.
pub async fn give_room_back(connection: &mut Connection, partner_id: PartnerId, bytes: i64) -> Result<()> {
    sqlx::query("update partner_file_usage set bytes = greatest(0, bytes - $2) where partner_id = $1")
        .bind(partner_id.0)
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(())
}

/// How much room the files of a company take, in bytes.
pub async fn used_room(connection: &mut Connection, partner_id: PartnerId) -> Result<i64> {
    let found: Option<i64> = sqlx::query_scalar("select bytes from partner_file_usage where partner_id = $1")
        .bind(partner_id.0)
        .fetch_optional(connection)
        .await?;
    Ok(found.unwrap_or(0))
}
