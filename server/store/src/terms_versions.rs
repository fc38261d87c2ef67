//! Versions of the terms (`TERM-1`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{TermsVersionId, UserId};
use domain::terms::{Terms, TermsSchedule, TermsVersion};
use serde::Deserialize;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// One version as the database writes it into JSON.
#[derive(Deserialize)]
struct Row {
    id: TermsVersionId,
    valid_from: BusinessDate,
    parameters: Terms,
}

/// Reads versions aggregated as a JSON array of [`Row`].
pub(crate) fn schedule_from_json(json: Option<serde_json::Value>) -> Result<TermsSchedule> {
    let unknown = || Error::inconsistent("terms_versions", "parameters");
    let rows: Vec<Row> = serde_json::from_value(json.ok_or_else(unknown)?).map_err(|_| unknown())?;
    let versions = rows.into_iter().map(|row| TermsVersion { id: row.id, valid_from: row.valid_from, terms: row.parameters });
    TermsSchedule::new(versions.collect()).ok_or_else(unknown)
}

/// All versions.
pub async fn schedule(connection: &mut Connection) -> Result<TermsSchedule> {
    let json = sqlx::query_scalar(
        "select jsonb_agg(jsonb_build_object('id', id, 'valid_from', valid_from, 'parameters', parameters)) from terms_versions",
    )
    .fetch_one(connection)
    .await?;
    schedule_from_json(json)
}

/// A version as the staff's list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedVersion {
    /// The version.
    pub version: TermsVersion,
    /// Counts from 1, for people.
    pub number: i32,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Name of the person; none for the brochure's.
    pub published_by_name: Option<String>,
    /// Why.
    pub note: Option<String>,
}

/// Every version, the latest first day first.
pub async fn list(connection: &mut Connection) -> Result<Vec<PublishedVersion>> {
    type Columns = (Uuid, NaiveDate, serde_json::Value, i32, DateTime<Utc>, Option<String>, Option<String>);
    let rows: Vec<Columns> = sqlx::query_as(
        "select t.id, t.valid_from, t.parameters, t.number, t.published_at, u.display_name, t.note
           from terms_versions t left join users u on u.id = t.published_by order by t.valid_from desc",
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(id, valid_from, parameters, number, published_at, published_by_name, note)| {
            let terms = serde_json::from_value(parameters).map_err(|_| Error::inconsistent("terms_versions", "parameters"))?;
            let version = TermsVersion { id: id.into(), valid_from: valid_from.into(), terms };
            Ok(PublishedVersion { version, number, published_at, published_by_name, note })
        })
        .collect()
}

/// Lets one version be published at a time.
pub async fn lock(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(4)").execute(connection).await?;
    Ok(())
}

/// Publishes a version. A second one for the same first day is refused: constraint `terms_versions_valid_from_key`.
pub async fn insert(connection: &mut Connection, version: &TermsVersion, note: &str, by: UserId, at: DateTime<Utc>) -> Result<()> {
    let parameters = serde_json::to_value(&version.terms).map_err(|_| Error::inconsistent("terms_versions", "parameters"))?;
    sqlx::query(
        "insert into terms_versions (id, valid_from, parameters, published_at, published_by, note) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(version.id.0)
    .bind(version.valid_from.naive())
    .bind(parameters)
    .bind(at)
    .bind(by.0)
    .bind(note)
    .execute(connection)
    .await?;
    Ok(())
}
