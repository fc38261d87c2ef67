//! What the provider billed (`USE-1`), and the revenue of partners' months that follows from it.
//!
//! The writing functions work on the tables that `usage_imports::resolve` and `compare` made in the transaction.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::{ClientId, PartnerId, UsageImportId};
use domain::money::Money;
use domain::service::ServiceCode;
use domain::what_if::UsageGroup;
use rust_decimal::Decimal;
use sqlx::FromRow;

use crate::{Connection, Error, Result};

/// A row of a client, as the provider billed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRow {
    /// Which month.
    pub month: Month,
    /// Which service.
    pub service: ServiceCode,
    /// Which machine or other resource, by its name in billing.
    pub resource: String,
    /// Before any discount, RUB.
    pub gross: Money,
}

/// Where a page of rows begins: behind this month, service and resource.
pub type RowPlace = (Month, String, String);

/// Rows of a client in some months and services by month, service and resource, behind a place, at most `limit`.
pub async fn of_client(
    connection: &mut Connection,
    partner_id: PartnerId,
    client_id: ClientId,
    (months, services): (&[Month], &[ServiceCode]),
    after: Option<&RowPlace>,
    limit: i64,
) -> Result<Vec<ClientRow>> {
    let rows: Vec<(NaiveDate, String, String, Decimal)> = sqlx::query_as(
        "select month, service, resource, gross from usage_rows
          where partner_id = $1 and client_id = $2 and month = any($3) and service = any($4)
            and ($5::date is null or (month, service, resource) > ($5, $6, $7))
          order by month, service, resource limit $8",
    )
    .bind(partner_id.0)
    .bind(client_id.0)
    .bind(months.iter().map(|month| month.first_day().naive()).collect::<Vec<NaiveDate>>())
    .bind(services.iter().map(ServiceCode::as_str).collect::<Vec<&str>>())
    .bind(after.map(|(month, ..)| month.first_day().naive()))
    .bind(after.map(|(_, service, _)| service))
    .bind(after.map(|(.., resource)| resource))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(month, service, resource, gross)| {
            Ok(ClientRow {
                month: BusinessDate::from(month).month(),
                service: service.parse().map_err(|_| Error::inconsistent("usage_rows", "service"))?,
                resource,
                gross: Money::rounded(gross),
            })
        })
        .collect()
}

/// What a client was billed by month and service, every row by itself: what its pick is weighed on (`RATE-2`).
pub async fn amounts_of_client(
    connection: &mut Connection,
    partner_id: PartnerId,
    client_id: ClientId,
) -> Result<Vec<(Month, ServiceCode, Money)>> {
    let rows: Vec<(NaiveDate, String, Decimal)> =
        sqlx::query_as("select month, service, gross from usage_rows where partner_id = $1 and client_id = $2 order by month")
            .bind(partner_id.0)
            .bind(client_id.0)
            .fetch_all(connection)
            .await?;
    rows.into_iter()
        .map(|(month, service, gross)| {
            let service = service.parse().map_err(|_| Error::inconsistent("usage_rows", "service"))?;
            Ok((BusinessDate::from(month).month(), service, Money::rounded(gross)))
        })
        .collect()
}

/// Keeps months from being closed until the transaction ends. Several may do so at a time.
pub async fn lock_against_close(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock_shared(1)").execute(connection).await?;
    Ok(())
}

/// Lets one import be committed, or one month be closed, at a time.
pub async fn lock(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(1)").execute(connection).await?;
    Ok(())
}

/// Enters the clients of the import's staged rows that are not known yet. They start on the first day of their first month in the file.
pub async fn insert_clients(connection: &mut Connection, id: UsageImportId, at: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query(
        "insert into clients (id, partner_id, inn, name, start_date, created_at)
         select gen_random_uuid(), p.id, s.client_inn, (array_agg(s.client_name order by s.line desc))[1], min(s.month), $2
           from (select partner, client_inn, client_name, min(month) as month, max(line) as line
                   from usage_staging where import_id = $1 group by partner, client_inn, client_name) s
           join partners p on p.code = s.partner
          where not exists (select from clients c where c.partner_id = p.id and c.inn = s.client_inn)
          group by p.id, s.client_inn
         on conflict on constraint clients_partner_inn_key do nothing",
    )
    .bind(id.0)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Enters the resources of new rows. A name once a virtual machine stays one.
pub async fn insert_resources(connection: &mut Connection) -> Result<u64> {
    let done = sqlx::query(
        "insert into resources as known (partner_id, client_id, name, is_virtual_machine)
         select d.partner_id, d.client_id, d.resource, bool_or(s.is_virtual_machine)
           from (select partner_id, client_id, resource, service from usage_difference where old_gross is null
                  group by partner_id, client_id, resource, service) d
           join services s on s.code = d.service
          group by d.partner_id, d.client_id, d.resource order by d.client_id
         on conflict on constraint resources_client_name_key do update set is_virtual_machine = true
            where excluded.is_virtual_machine and not known.is_virtual_machine",
    )
    .persistent(false)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Writes the new rows and the changed amounts.
pub async fn write_differences(connection: &mut Connection, id: UsageImportId) -> Result<()> {
    sqlx::query(
        "update usage_rows r set gross = d.gross, import_id = $1
           from usage_difference d
          where d.old_gross is not null
            and r.client_id = d.client_id and r.month = d.month and r.service = d.service and r.resource = d.resource",
    )
    .persistent(false)
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    // In the order of the key, so that the index grows page by page.
    sqlx::query(
        "insert into usage_rows (client_id, month, service, resource, partner_id, gross, import_id)
         select client_id, month, service, resource, partner_id, gross, $1
           from usage_difference where old_gross is null order by client_id, month",
    )
    .persistent(false)
    .bind(id.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records the corrections among the differences: changed amounts, and new rows of months closed through `closed_through`.
pub async fn insert_corrections(
    connection: &mut Connection,
    id: UsageImportId,
    closed_through: Option<Month>,
    at: DateTime<Utc>,
) -> Result<u64> {
    let done = sqlx::query(
        "insert into usage_corrections
             (partner_id, client_id, month, service, resource, old_gross, new_gross, month_was_closed, import_id, recorded_at)
         select partner_id, client_id, month, service, resource, old_gross, gross, coalesce(month <= $2, false), $1, $3
           from usage_difference where old_gross is not null or month <= $2
          order by partner_id, client_id, month, service, resource",
    )
    .persistent(false)
    .bind(id.0)
    .bind(closed_through.map(|month| month.first_day().naive()))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Brings the revenue of the months that the differences touch in line with the rows. A month of nothing but zeros has revenue, too.
pub async fn refresh_revenues(connection: &mut Connection) -> Result<u64> {
    let done = sqlx::query(
        "insert into partner_month_revenues as known (partner_id, month, revenue)
         select r.partner_id, r.month, sum(r.gross)
           from (select partner_id, month from usage_difference group by partner_id, month) t
           join usage_rows r on r.partner_id = t.partner_id and r.month = t.month
          group by r.partner_id, r.month
         on conflict on constraint partner_month_revenues_pkey do update set revenue = excluded.revenue
            where known.revenue <> excluded.revenue",
    )
    .persistent(false)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// What a partner's clients used by month, and when billing data last came in.
#[derive(Clone, Debug, Default)]
pub struct UsageByMonth {
    /// By month, service and whether the clients were picked *once* (`RATE-2`).
    pub groups: Vec<(Month, UsageGroup)>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct GroupRow {
    data_as_of: Option<DateTime<Utc>>,
    month: Option<NaiveDate>,
    service: Option<String>,
    once_start: Option<NaiveDate>,
    gross: Option<Decimal>,
}

/// Reads a partner's usage from a month on.
pub async fn by_month_and_service(connection: &mut Connection, partner_id: PartnerId, from: Month) -> Result<UsageByMonth> {
    let rows: Vec<GroupRow> = sqlx::query_as(
        "select (select i.finished_at from usage_imports i where i.state = 'committed' order by i.finished_at desc limit 1) as data_as_of,
                u.month, u.service, u.once_start, u.gross
           from (select) as nothing
           left join (select r.month, r.service, c.start_date as once_start, sum(r.gross) as gross
                        from usage_rows r
                        left join client_rate_choices k on k.client_id = r.client_id and k.partner_id = $1 and k.choice = 'once'
                        left join clients c on c.id = k.client_id and c.partner_id = $1
                       where r.partner_id = $1 and r.month >= $2
                       group by r.month, r.service, c.start_date) u on true
          order by u.month, u.service, u.once_start",
    )
    .bind(partner_id.0)
    .bind(from.first_day().naive())
    .fetch_all(connection)
    .await?;
    let mut usage = UsageByMonth { data_as_of: rows.first().and_then(|row| row.data_as_of), groups: Vec::with_capacity(rows.len()) };
    for row in rows {
        let (Some(month), Some(service), Some(gross)) = (row.month, row.service, row.gross) else { continue };
        let service = service.parse().map_err(|_| Error::inconsistent("usage_rows", "service"))?;
        let gross = Money::try_from(gross).map_err(|_| Error::inconsistent("usage_rows", "gross"))?;
        usage.groups.push((BusinessDate::from(month).month(), UsageGroup { service, once_start: row.once_start.map(Into::into), gross }));
    }
    Ok(usage)
}
