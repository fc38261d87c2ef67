//! Names under which partners' portals are reached.

use chrono::{DateTime, Utc};
use domain::custom_host::{HostName, HostStatus, ProofToken};
use domain::ids::{CustomHostId, PartnerId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A name that a partner added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomHost {
    /// Which.
    pub id: CustomHostId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The partner's name.
    pub partner_name: String,
    /// The name.
    pub host: HostName,
    /// What its record in DNS has to say.
    pub token: ProofToken,
    /// Where it stands.
    pub status: HostStatus,
    /// Who added it; none where the person is gone.
    pub added_by_name: Option<String>,
    /// When.
    pub added_at: DateTime<Utc>,
    /// When it was last looked for in DNS.
    pub checked_at: Option<DateTime<Utc>>,
    /// When the record was first found.
    pub proven_at: Option<DateTime<Utc>>,
    /// Since when the record of a proven name is gone.
    pub missing_since: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why, in the words of who did it.
    pub revoked_because: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    partner_id: Uuid,
    partner_name: String,
    host: String,
    token: String,
    status: String,
    added_by_name: Option<String>,
    added_at: DateTime<Utc>,
    checked_at: Option<DateTime<Utc>>,
    proven_at: Option<DateTime<Utc>>,
    missing_since: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_because: Option<String>,
}

impl TryFrom<Row> for CustomHost {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let wrong = |column| Error::inconsistent("custom_hosts", column);
        Ok(Self {
            id: row.id.into(),
            partner_id: row.partner_id.into(),
            partner_name: row.partner_name,
            host: row.host.parse().map_err(|_| wrong("host"))?,
            token: row.token.parse().map_err(|_| wrong("token"))?,
            status: row.status.parse().map_err(|_| wrong("status"))?,
            added_by_name: row.added_by_name,
            added_at: row.added_at,
            checked_at: row.checked_at,
            proven_at: row.proven_at,
            missing_since: row.missing_since,
            revoked_at: row.revoked_at,
            revoked_because: row.revoked_because,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "select h.id, h.partner_id, p.name as partner_name, h.host, h.token, h.status, u.display_name as added_by_name, h.added_at, \
                    h.checked_at, h.proven_at, h.missing_since, h.revoked_at, h.revoked_because \
               from custom_hosts h join partners p on p.id = h.partner_id left join users u on u.id = h.added_by ",
            $rest
        )
    };
}

/// Adds a name that waits for its proof; false where the partner claims it already.
pub async fn insert(
    connection: &mut Connection,
    id: CustomHostId,
    partner_id: PartnerId,
    host: &HostName,
    token: &ProofToken,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into custom_hosts (id, partner_id, host, token, status, added_by, added_at) values ($1, $2, $3, $4, 'waiting', $5, $6)
         on conflict do nothing",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(host.to_string())
    .bind(token.to_string())
    .bind(by.0)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The names of a partner, newest first, at most `limit`.
pub async fn of_partner(connection: &mut Connection, partner_id: PartnerId, limit: i64) -> Result<Vec<CustomHost>> {
    let rows: Vec<Row> = sqlx::query_as(columns!("where h.partner_id = $1 order by h.added_at desc, h.id desc limit $2"))
        .bind(partner_id.0)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The names of all partners that hold a text, or whose partner's name does, newest first, at most `limit`.
pub async fn newest(connection: &mut Connection, search: &str, limit: i64) -> Result<Vec<CustomHost>> {
    let rows: Vec<Row> = sqlx::query_as(columns!(
        "where $1 = '' or strpos(h.host, lower($1)) > 0 or strpos(lower(p.name), lower($1)) > 0 order by h.added_at desc, h.id desc limit $2"
    ))
    .bind(search)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A name; none where there is no such one, or it is another partner's.
pub async fn find(connection: &mut Connection, id: CustomHostId) -> Result<Option<CustomHost>> {
    let row: Option<Row> = sqlx::query_as(columns!("where h.id = $1")).bind(id.0).fetch_optional(connection).await?;
    row.map(TryInto::try_into).transpose()
}

/// Names that wait or are proven and were not looked for since an instant, longest ago first, at most `limit`.
pub async fn not_checked_since(connection: &mut Connection, since: DateTime<Utc>, limit: i64) -> Result<Vec<CustomHost>> {
    let rows: Vec<Row> = sqlx::query_as(columns!(
        "where h.status = 'proven' and (h.checked_at is null or h.checked_at < $1) order by h.checked_at nulls first, h.id limit $2"
    ))
    .bind(since)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Every proven name with its partner. What can't be read is left out and told to the log.
pub async fn proven(connection: &mut Connection) -> Result<Vec<(HostName, PartnerId)>> {
    let rows: Vec<(String, Uuid)> =
        sqlx::query_as("select host, partner_id from custom_hosts where status = 'proven'").fetch_all(connection).await?;
    let read = |(host, partner): (String, Uuid)| {
        let read = host.parse::<HostName>();
        read.map_err(|error| tracing::error!(host, %partner, error = &error as &dyn std::error::Error, "a name can't be read"))
            .map(|host| (host, partner.into()))
            .ok()
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Takes a name away that staff did not forbid; false where it is gone already.
pub async fn delete(connection: &mut Connection, id: CustomHostId) -> Result<bool> {
    let done = sqlx::query("delete from custom_hosts where id = $1 and status <> 'revoked'").bind(id.0).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Records what came of a look into DNS, if the name still stands where it was seen; false where it does not.
///
/// # Errors
/// [`Error::Constraint`] `custom_hosts_proven_key` where another partner has proven the name.
pub async fn record_check(
    connection: &mut Connection,
    id: CustomHostId,
    seen: HostStatus,
    status: HostStatus,
    missing_since: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update custom_hosts set status = $3, checked_at = $5, missing_since = $4,
                proven_at = case when $3 = 'proven' then coalesce(proven_at, $5) else proven_at end
          where id = $1 and status = $2",
    )
    .bind(id.0)
    .bind(seen.as_str())
    .bind(status.as_str())
    .bind(missing_since)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that staff forbade a name, with their words; or admitted it again, with a new token.
pub async fn record_decision(
    connection: &mut Connection,
    host: &CustomHost,
    status: HostStatus,
    token: &ProofToken,
    revoked: Option<(UserId, DateTime<Utc>, &str)>,
) -> Result<bool> {
    let done = sqlx::query(
        "update custom_hosts set status = $3, token = $4, revoked_by = $5, revoked_at = $6, revoked_because = $7, missing_since = null
          where id = $1 and status = $2",
    )
    .bind(host.id.0)
    .bind(host.status.as_str())
    .bind(status.as_str())
    .bind(token.to_string())
    .bind(revoked.map(|(by, _, _)| by.0))
    .bind(revoked.map(|(_, at, _)| at))
    .bind(revoked.map(|(_, _, words)| words))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
