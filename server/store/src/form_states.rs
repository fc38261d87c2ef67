//! What a person typed into a form that came back with problems.

use chrono::{DateTime, Utc};
use domain::ids::{FormStateId, UserId};
use serde_json::Value;

use crate::{Connection, Result};

/// Keeps a form's state and forgets those older than `expired_before`.
pub async fn insert(
    connection: &mut Connection,
    id: FormStateId,
    user_id: UserId,
    form: &str,
    fields: &Value,
    problems: &Value,
    now: DateTime<Utc>,
    expired_before: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with expired as (delete from form_states where created_at < $7)
         insert into form_states (id, user_id, form, fields, problems, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.0)
    .bind(user_id.0)
    .bind(form)
    .bind(fields)
    .bind(problems)
    .bind(now)
    .bind(expired_before)
    .execute(connection)
    .await?;
    Ok(())
}

/// Values and problems of a form, only for the person who typed them.
pub async fn find(
    connection: &mut Connection,
    id: FormStateId,
    user_id: UserId,
    form: &str,
    not_before: DateTime<Utc>,
) -> Result<Option<(Value, Value)>> {
    Ok(sqlx::query_as("select fields, problems from form_states where id = $1 and user_id = $2 and form = $3 and created_at >= $4")
        .bind(id.0)
        .bind(user_id.0)
        .bind(form)
        .bind(not_before)
        .fetch_optional(connection)
        .await?)
}
