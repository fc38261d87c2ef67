//! What the portal tells partners.

use chrono::{DateTime, Utc};
use domain::ids::PartnerId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Connection, Result};

/// A notice to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotice {
    /// Whom.
    pub partner_id: PartnerId,
    /// What happened: `month_closed`, `level_changed`, `settled`, `adjusted`, `reversed`.
    pub kind: &'static str,
    /// The figures.
    pub facts: Value,
}

/// Gives notices, in one statement.
pub async fn insert(connection: &mut Connection, notices: &[NewNotice], at: DateTime<Utc>) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into partner_notices (partner_id, kind, facts, at) select n.*, $4 from unnest($1::uuid[], $2::text[], $3::jsonb[]) as n",
    )
    .bind(notices.iter().map(|notice| notice.partner_id.0).collect::<Vec<Uuid>>())
    .bind(notices.iter().map(|notice| notice.kind).collect::<Vec<&str>>())
    .bind(notices.iter().map(|notice| &notice.facts).collect::<Vec<&Value>>())
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// A notice as the partner reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What happened.
    pub kind: String,
    /// The figures.
    pub facts: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// The newest notices of a partner.
pub async fn newest(connection: &mut Connection, partner_id: PartnerId, limit: i64) -> Result<Vec<Notice>> {
    let rows: Vec<(String, Value, DateTime<Utc>)> =
        sqlx::query_as("select kind, facts, at from partner_notices where partner_id = $1 order by id desc limit $2")
            .bind(partner_id.0)
            .bind(limit)
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(kind, facts, at)| Notice { kind, facts, at }).collect())
}
