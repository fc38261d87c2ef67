//! Versions of the text of a case or a comment. They are added, never changed.

use chrono::{DateTime, Utc};
use domain::editorial::{TextNumber, TextVersion};
use domain::ids::{PartnerId, RequestId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A version with the name of who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenText {
    /// The version.
    pub version: TextVersion,
    /// That person's name; none where the reader may not know.
    pub author_name: Option<String>,
}

#[derive(FromRow)]
struct Row {
    number: i32,
    author_id: Uuid,
    author_name: Option<String>,
    at: DateTime<Utc>,
    text: String,
}

impl TryFrom<Row> for WrittenText {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let number = u32::try_from(row.number).ok().and_then(TextNumber::new);
        let number = number.ok_or_else(|| Error::inconsistent("request_texts", "number"))?;
        Ok(Self { version: TextVersion { number, by: row.author_id.into(), at: row.at, text: row.text }, author_name: row.author_name })
    }
}

/// Adds a version.
pub async fn insert(connection: &mut Connection, partner_id: PartnerId, id: RequestId, version: &TextVersion) -> Result<()> {
    sqlx::query("insert into request_texts (request_id, number, partner_id, author_id, at, text) values ($1, $2, $3, $4, $5, $6)")
        .bind(id.0)
        .bind(i32::try_from(version.number.get()).unwrap_or(i32::MAX))
        .bind(partner_id.0)
        .bind(version.by.0)
        .bind(version.at)
        .bind(&version.text)
        .execute(connection)
        .await?;
    Ok(())
}

/// The newest versions of a request, in order, at most `limit`.
pub async fn newest(connection: &mut Connection, partner_id: PartnerId, id: RequestId, limit: i64) -> Result<Vec<WrittenText>> {
    let mut rows: Vec<Row> = sqlx::query_as(
        "select t.number, t.author_id, u.display_name as author_name, t.at, t.text
           from request_texts t left join users u on u.id = t.author_id
          where t.request_id = $2 and t.partner_id = $1 order by t.number desc limit $3",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.reverse();
    rows.into_iter().map(TryInto::try_into).collect()
}
