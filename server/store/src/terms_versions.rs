//! Versions of the terms (`TERM-1`).

use domain::calendar::BusinessDate;
use domain::ids::TermsVersionId;
use domain::terms::{Terms, TermsSchedule, TermsVersion};
use serde::Deserialize;

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
