//! What the two sides write to each other about a request, and the notes of staff among themselves.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, RequestId, UserId};
use domain::request::Words;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A comment to be written.
#[derive(Clone, Debug)]
pub struct NewComment<'a> {
    /// About which request.
    pub request_id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Who writes it.
    pub author: UserId,
    /// Whether staff alone read it.
    pub is_internal: bool,
    /// The words.
    pub words: &'a Words,
    /// Key made with the form.
    pub idempotency_key: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A comment as it was written.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Comment {
    /// Who wrote it.
    #[sqlx(try_from = "Uuid", rename = "author_id")]
    pub author: UserId,
    /// That person's name; none where the reader may not know.
    pub author_name: Option<String>,
    /// Whether staff alone read it.
    pub is_internal: bool,
    /// The words.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes a comment; false where the same form wrote it before.
pub async fn insert(connection: &mut Connection, comment: &NewComment<'_>) -> Result<bool> {
    let written = sqlx::query(
        "insert into request_comments (request_id, partner_id, author_id, is_internal, words, idempotency_key, at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict on constraint request_comments_idempotency_key do nothing",
    )
    .bind(comment.request_id.0)
    .bind(comment.partner_id.0)
    .bind(comment.author.0)
    .bind(comment.is_internal)
    .bind(comment.words.as_str())
    .bind(comment.idempotency_key)
    .bind(comment.at)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The comments on a request, in order, at most `limit` of the newest. Row-level security leaves out of a partner's list what only staff read.
pub async fn list(connection: &mut Connection, partner_id: PartnerId, id: RequestId, limit: i64) -> Result<Vec<Comment>> {
    let mut comments: Vec<Comment> = sqlx::query_as(
        "select c.author_id, u.display_name as author_name, c.is_internal, c.words, c.at
           from request_comments c left join users u on u.id = c.author_id
          where c.request_id = $2 and c.partner_id = $1 order by c.id desc limit $3",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    comments.reverse();
    Ok(comments)
}
