//! What Referral partners picked for their clients (`RATE-2`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{ClientId, PartnerId, UserId};
use domain::rate::{Pick, RateChoice};
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A client for which *once* was picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OncePick {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which client.
    pub client_id: ClientId,
    /// The pick, with the client's start.
    pub pick: Pick,
}

/// The picks of *once* of several partners; all other clients are monthly.
pub async fn once_picks(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<OncePick>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Uuid, NaiveDate)> = sqlx::query_as(
        "select k.partner_id, k.client_id, c.start_date from client_rate_choices k join clients c on c.id = k.client_id
          where k.partner_id = any($1) and k.choice = 'once' order by k.partner_id, k.client_id",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(partner, client, start)| OncePick {
            partner_id: partner.into(),
            client_id: client.into(),
            pick: Pick { start_date: BusinessDate::from(start), choice: Some(RateChoice::Once) },
        })
        .collect())
}

/// What was picked for one client.
pub async fn of_client(connection: &mut Connection, partner_id: PartnerId, client_id: ClientId) -> Result<Option<RateChoice>> {
    let choice: Option<String> = sqlx::query_scalar("select choice from client_rate_choices where partner_id = $1 and client_id = $2")
        .bind(partner_id.0)
        .bind(client_id.0)
        .fetch_optional(connection)
        .await?;
    choice.map(|text| text.parse().map_err(|_| Error::inconsistent("client_rate_choices", "choice"))).transpose()
}

/// Picks for a client, or picks again.
pub async fn set(
    connection: &mut Connection,
    partner_id: PartnerId,
    client_id: ClientId,
    choice: RateChoice,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into client_rate_choices (client_id, partner_id, choice, chosen_by, chosen_at) values ($1, $2, $3, $4, $5)
         on conflict on constraint client_rate_choices_pkey do update set choice = excluded.choice, chosen_by = excluded.chosen_by, chosen_at = excluded.chosen_at",
    )
    .bind(client_id.0)
    .bind(partner_id.0)
    .bind(choice.as_str())
    .bind(by.map(|user| user.0))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}
