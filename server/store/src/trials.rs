//! Trials of services for a client (`TRIAL-1`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{ClientId, PartnerId, TrialId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Which trial.
    pub id: TrialId,
    /// Whose client.
    pub partner_id: PartnerId,
    /// Which client.
    pub client_id: ClientId,
    /// What is tried, by service code.
    pub services: Vec<String>,
    /// First day.
    pub started_on: BusinessDate,
    /// Last day; none while it runs without an end.
    pub ended_on: Option<BusinessDate>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    partner_id: Uuid,
    client_id: Uuid,
    services: Vec<String>,
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
}

impl From<Row> for Trial {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            partner_id: row.partner_id.into(),
            client_id: row.client_id.into(),
            services: row.services,
            started_on: row.started_on.into(),
            ended_on: row.ended_on.map(Into::into),
        }
    }
}

/// A client's trials, newest first.
pub async fn of_client(connection: &mut Connection, partner_id: PartnerId, client_id: ClientId) -> Result<Vec<Trial>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, partner_id, client_id, services, started_on, ended_on from trials
          where partner_id = $1 and client_id = $2 order by started_on desc, id",
    )
    .bind(partner_id.0)
    .bind(client_id.0)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One trial; for a partner, only its own.
pub async fn find(connection: &mut Connection, partner_id: Option<PartnerId>, id: TrialId) -> Result<Option<Trial>> {
    let row: Option<Row> = sqlx::query_as(
        "select id, partner_id, client_id, services, started_on, ended_on from trials where id = $1 and ($2::uuid is null or partner_id = $2)",
    )
    .bind(id.0)
    .bind(partner_id.map(|id| id.0))
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Into::into))
}

/// Records a trial.
pub async fn insert(connection: &mut Connection, trial: &Trial, recorded_by: Option<UserId>, recorded_at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "insert into trials (id, partner_id, client_id, services, started_on, ended_on, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(trial.id.0)
    .bind(trial.partner_id.0)
    .bind(trial.client_id.0)
    .bind(&trial.services)
    .bind(trial.started_on.naive())
    .bind(trial.ended_on.map(BusinessDate::naive))
    .bind(recorded_by.map(|id| id.0))
    .bind(recorded_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records the last day of a trial that has none yet. `false` where it has one.
pub async fn end(connection: &mut Connection, partner_id: PartnerId, id: TrialId, ended_on: BusinessDate) -> Result<bool> {
    let done = sqlx::query("update trials set ended_on = $3 where id = $2 and partner_id = $1 and ended_on is null")
        .bind(partner_id.0)
        .bind(id.0)
        .bind(ended_on.naive())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
