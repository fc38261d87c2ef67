//! End clients of partners, and what they run.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{ClientId, PartnerId, ResourceId};
use domain::inn::Inn;
use domain::money::Money;
use domain::service::ServiceCode;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Client {
    /// Which client.
    pub id: ClientId,
    /// Whose.
    pub partner_id: PartnerId,
    /// INN.
    pub inn: Inn,
    /// Name.
    pub name: String,
    /// The day its work with the provider began.
    pub start_date: domain::calendar::BusinessDate,
}

#[derive(FromRow)]
struct ClientRow {
    id: Uuid,
    partner_id: Uuid,
    inn: String,
    name: String,
    start_date: NaiveDate,
}

impl TryFrom<ClientRow> for Client {
    type Error = Error;

    fn try_from(row: ClientRow) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            partner_id: row.partner_id.into(),
            inn: row.inn.parse().map_err(|_| Error::inconsistent("clients", "inn"))?,
            name: row.name,
            start_date: row.start_date.into(),
        })
    }
}

/// One client by its id; for a partner, only its own.
pub async fn find(connection: &mut Connection, partner_id: Option<PartnerId>, id: ClientId) -> Result<Option<Client>> {
    let row: Option<ClientRow> =
        sqlx::query_as("select id, partner_id, inn, name, start_date from clients where id = $1 and ($2::uuid is null or partner_id = $2)")
            .bind(id.0)
            .bind(partner_id.map(|id| id.0))
            .fetch_optional(connection)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// Locks a client: what depends on its whole history (free months) is decided one at a time.
/// `false` where there is no such client of the partner.
pub async fn lock(connection: &mut Connection, partner_id: PartnerId, id: ClientId) -> Result<bool> {
    // An advisory lock, because a partner has no right to update the row. The transaction is READ COMMITTED:
    // every statement after this one sees what the lock's holder before us committed.
    let found: Option<Uuid> = sqlx::query_scalar("select id from clients where partner_id = $1 and id = $2")
        .bind(partner_id.0)
        .bind(id.0)
        .fetch_optional(&mut *connection)
        .await?;
    if found.is_none() {
        return Ok(false);
    }
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 1))").bind(id.to_string()).execute(connection).await?;
    Ok(true)
}

/// Enters a client. Its INN must be new to the partner: constraint `clients_partner_inn_key`.
pub async fn insert(connection: &mut Connection, client: &Client, created_at: DateTime<Utc>) -> Result<()> {
    sqlx::query("insert into clients (id, partner_id, inn, name, start_date, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(client.id.0)
        .bind(client.partner_id.0)
        .bind(client.inn.as_str())
        .bind(&client.name)
        .bind(client.start_date.naive())
        .bind(created_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// All clients of a partner by name, for a choice: id, name, INN. At most `limit`.
pub async fn choices(connection: &mut Connection, partner_id: PartnerId, limit: i64) -> Result<Vec<Client>> {
    let rows: Vec<ClientRow> =
        sqlx::query_as("select id, partner_id, inn, name, start_date from clients where partner_id = $1 order by lower(name), id limit $2")
            .bind(partner_id.0)
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Names of some clients of a partner.
pub async fn names(connection: &mut Connection, partner_id: PartnerId, ids: &[ClientId]) -> Result<Vec<(ClientId, String)>> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as("select id, name from clients where partner_id = $1 and id = any($2)")
        .bind(partner_id.0)
        .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

/// How many clients a partner has, and when billing data last came in.
pub async fn count_and_data_as_of(connection: &mut Connection, partner_id: PartnerId) -> Result<(i64, Option<DateTime<Utc>>)> {
    Ok(sqlx::query_as(
        "select (select count(*) from clients where partner_id = $1),
                (select finished_at from usage_imports where state = 'committed' order by finished_at desc limit 1)",
    )
    .bind(partner_id.0)
    .fetch_one(connection)
    .await?)
}

/// A line of the list of clients.
#[derive(Clone, Debug)]
pub struct ClientLine {
    /// The client.
    pub client: Client,
    /// How many virtual machines it has.
    pub virtual_machines: i64,
    /// Gross of the last month with usage, RUB.
    pub last_gross: Option<Money>,
    /// That month.
    pub last_month: Option<domain::calendar::Month>,
    /// Whether a trial runs today.
    pub on_trial: bool,
    /// Live free months (waiting or granted).
    pub free_months: i64,
}

#[derive(FromRow)]
struct ClientLineRow {
    #[sqlx(flatten)]
    client: ClientRow,
    virtual_machines: i64,
    last_gross: Option<Decimal>,
    last_month: Option<NaiveDate>,
    on_trial: bool,
    free_months: i64,
}

/// A page of a partner's clients by name, starting after one of them; `text` is looked for in name and INN.
/// One more than `limit` is read by callers who want to know whether there is a next page.
pub async fn list(
    connection: &mut Connection,
    partner_id: PartnerId,
    text: Option<&str>,
    after: Option<ClientId>,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<ClientLine>> {
    let rows: Vec<ClientLineRow> = sqlx::query_as(
        "select c.id, c.partner_id, c.inn, c.name, c.start_date,
                (select count(*) from resources r where r.client_id = c.id and r.is_virtual_machine) as virtual_machines,
                last.gross as last_gross, last.month as last_month,
                exists (select from trials t where t.client_id = c.id and t.started_on <= $4 and (t.ended_on is null or t.ended_on >= $4)) as on_trial,
                (select count(distinct f.month) from free_month_requests f join requests q on q.id = f.request_id
                  where f.client_id = c.id and request_is_live(q.status)) as free_months
           from clients c
           left join lateral (
                select u.month, sum(u.gross) as gross from usage_rows u where u.client_id = c.id group by u.month order by u.month desc limit 1
           ) last on true
          where c.partner_id = $1
            and ($2::text is null or strpos(lower(c.name), $2) > 0 or strpos(c.inn, $2) > 0)
            and ($3::uuid is null or (lower(c.name), c.id) > (select lower(a.name), a.id from clients a where a.partner_id = $1 and a.id = $3))
          order by lower(c.name), c.id
          limit $5",
    )
    .bind(partner_id.0)
    .bind(text.map(str::to_lowercase))
    .bind(after.map(|id| id.0))
    .bind(today)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ClientLine {
                client: row.client.try_into()?,
                virtual_machines: row.virtual_machines,
                last_gross: row.last_gross.map(Money::rounded),
                last_month: row.last_month.map(|date| domain::calendar::BusinessDate::from(date).month()),
                on_trial: row.on_trial,
                free_months: row.free_months,
            })
        })
        .collect()
}

/// Something a client runs.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Resource {
    /// Which resource.
    #[sqlx(try_from = "Uuid")]
    pub id: ResourceId,
    /// The name in billing.
    pub name: String,
    /// Whether it is a virtual machine.
    pub is_virtual_machine: bool,
}

/// What a client runs, by name.
pub async fn resources(connection: &mut Connection, partner_id: PartnerId, id: ClientId) -> Result<Vec<Resource>> {
    Ok(sqlx::query_as(
        "select id, name, is_virtual_machine from resources where partner_id = $1 and client_id = $2 order by is_virtual_machine desc, name",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .fetch_all(connection)
    .await?)
}

/// Usage of a client in one month and service.
#[derive(Clone, Debug)]
pub struct ClientUsage {
    /// The month.
    pub month: domain::calendar::Month,
    /// The service.
    pub service: ServiceCode,
    /// Its resources in the month.
    pub resources: i64,
    /// Gross, RUB.
    pub gross: Money,
}

/// A client's usage by month and service, newest first, from a month on.
pub async fn usage(connection: &mut Connection, partner_id: PartnerId, id: ClientId, from: NaiveDate) -> Result<Vec<ClientUsage>> {
    let rows: Vec<(NaiveDate, String, i64, Decimal)> = sqlx::query_as(
        "select u.month, u.service, count(*), sum(u.gross)
           from usage_rows u join services s on s.code = u.service
          where u.partner_id = $1 and u.client_id = $2 and u.month >= $3
          group by u.month, u.service, s.position
          order by u.month desc, s.position",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .bind(from)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(month, service, resources, gross)| {
            Ok(ClientUsage {
                month: domain::calendar::BusinessDate::from(month).month(),
                service: service.parse().map_err(|_| Error::inconsistent("usage_rows", "service"))?,
                resources,
                gross: Money::rounded(gross),
            })
        })
        .collect()
}

/// A service of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Service {
    /// Its code.
    pub code: String,
    /// Its name in Russian.
    pub name_ru: String,
    /// Its name in English.
    pub name_en: String,
}

/// The catalogue, in its order.
pub async fn services(connection: &mut Connection) -> Result<Vec<Service>> {
    Ok(sqlx::query_as("select code, name_ru, name_en from services order by position").fetch_all(connection).await?)
}
