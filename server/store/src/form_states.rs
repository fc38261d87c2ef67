//! What a person typed into a form that came back with problems.

use chrono::{DateTime, Utc};
use domain::ids::{FormStateId, UserId};
use serde_json::Value;

use crate::{Connection, Result};

/// Keeps a form's state and forgets those older than `expired_before`.
pub async fn insert(
    connection: &mut Connection,
    id: FormStateId,
    user_id: Option<UserId>,
    state: &Value,
    now: DateTime<Utc>,
    expired_before: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with expired as (delete from form_states where created_at < $5)
         insert into form_states (id, user_id, state, created_at) values ($1, $2, $3, $4)",
    )
    .bind(id.0)
    .bind(user_id.map(|id| id.0))
    .bind(state)
    .bind(now)
    .bind(expired_before)
    .execute(connection)
    .await?;
    Ok(())
}

/// The state of a form, only for the person who typed it.
pub async fn find(
    connection: &mut Connection,
    id: FormStateId,
    user_id: Option<UserId>,
    not_before: DateTime<Utc>,
) -> Result<Option<Value>> {
    Ok(sqlx::query_scalar("select state from form_states where id = $1 and user_id is not distinct from $2 and created_at >= $3")
        .bind(id.0)
        .bind(user_id.map(|id| id.0))
        .bind(not_before)
        .fetch_optional(connection)
        .await?)
}
