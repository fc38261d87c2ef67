//! Requests for a free month of a client (`FREE-1` to `FREE-6`).

use chrono::NaiveDate;
use domain::calendar::{BusinessDate, Month};
use domain::free_month::{BonusMonth, ClientFacts, Standing};
use domain::ids::{ClientId, PartnerId, RequestId, ResourceId};
use domain::trial::Trial;
use serde::Deserialize;
use sqlx::AssertSqlSafe;

use crate::clients::Client;
use crate::{Connection, Error, Result};

/// Records what a request for a free month asks for.
pub async fn insert(
    connection: &mut Connection,
    id: RequestId,
    partner_id: PartnerId,
    client_id: ClientId,
    month: Month,
    resources: &[ResourceId],
) -> Result<()> {
    sqlx::query("insert into free_month_requests (request_id, partner_id, client_id, month) values ($1, $2, $3, $4)")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(client_id.0)
        .bind(month.first_day().naive())
        .execute(&mut *connection)
        .await?;
    insert_resources(connection, id, partner_id, resources).await
}

/// Writes which month and machines a request is for after a correction.
pub async fn correct(
    connection: &mut Connection,
    id: RequestId,
    partner_id: PartnerId,
    month: Month,
    resources: &[ResourceId],
) -> Result<()> {
    sqlx::query("update free_month_requests set month = $3 where request_id = $1 and partner_id = $2")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(month.first_day().naive())
        .execute(&mut *connection)
        .await?;
    sqlx::query("delete from free_month_request_resources where request_id = $1 and partner_id = $2")
        .bind(id.0)
        .bind(partner_id.0)
        .execute(&mut *connection)
        .await?;
    insert_resources(connection, id, partner_id, resources).await
}

async fn insert_resources(connection: &mut Connection, id: RequestId, partner_id: PartnerId, resources: &[ResourceId]) -> Result<()> {
    let resources: Vec<_> = resources.iter().map(|resource| resource.0).collect();
    sqlx::query("insert into free_month_request_resources (request_id, partner_id, resource_id) select $1, $2, unnest($3::uuid[])")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(resources)
        .execute(connection)
        .await?;
    Ok(())
}

/// A live request (waiting or approved) for a month of a client.
#[derive(Clone, Debug)]
pub struct LiveFreeMonth {
    /// Which request.
    pub request_id: RequestId,
    /// The month.
    pub month: Month,
    /// Whether it is approved.
    pub granted: bool,
    /// Names of the virtual machines it is for.
    pub resources: Vec<String>,
}

/// The live requests for months of a client.
pub async fn live_of_client(connection: &mut Connection, partner_id: PartnerId, client_id: ClientId) -> Result<Vec<LiveFreeMonth>> {
    let rows: Vec<(uuid::Uuid, NaiveDate, bool, Vec<String>)> = sqlx::query_as(
        "select f.request_id, f.month, q.status in ('approved', 'fulfilled'),
                array(select r.name from free_month_request_resources x join resources r on r.id = x.resource_id
                       where x.request_id = f.request_id order by r.name)
           from free_month_requests f join requests q on q.id = f.request_id
          where f.partner_id = $1 and f.client_id = $2 and request_is_live(q.status)
          order by f.month, q.submitted_at",
    )
    .bind(partner_id.0)
    .bind(client_id.0)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, month, granted, resources)| LiveFreeMonth {
            request_id: id.into(),
            month: BusinessDate::from(month).month(),
            granted,
            resources,
        })
        .collect())
}

/// Names of the virtual machines a request is for.
pub async fn resources(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select r.name from free_month_request_resources x join resources r on r.id = x.resource_id
          where r.partner_id = $1 and x.request_id = $2 order by r.name",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .fetch_all(connection)
    .await?)
}

#[derive(Deserialize)]
struct MonthJson {
    request_id: RequestId,
    month: Month,
    granted: bool,
    resources: Vec<String>,
}

#[derive(Deserialize)]
struct TrialJson {
    start: BusinessDate,
    end: Option<BusinessDate>,
}

/// What [`CLIENT_FACTS`] gives.
#[derive(Deserialize)]
pub(crate) struct ClientFactsJson {
    resources: Vec<String>,
    trials: Vec<TrialJson>,
    months: Vec<MonthJson>,
}

impl ClientFactsJson {
    /// The facts, without one request where it is looked at again.
    pub(crate) fn into_facts(self, except: Option<RequestId>) -> ClientFacts {
        let trials = self.trials.into_iter().map(|trial| Trial { start: trial.start, end: trial.end }).collect();
        let months = self
            .months
            .into_iter()
            .filter(|line| Some(line.request_id) != except)
            .map(|line| BonusMonth {
                month: line.month,
                standing: if line.granted { Standing::Granted } else { Standing::Pending },
                resources: line.resources,
            })
            .collect();
        ClientFacts { resources: self.resources, trials, months }
    }
}

/// The facts that the calendar of the client `c` rests on, as one JSON value.
pub(crate) const CLIENT_FACTS: &str = "jsonb_build_object(
    'resources', array(select r.name from resources r where r.client_id = c.id and r.is_virtual_machine order by r.name),
    'trials', (select coalesce(jsonb_agg(jsonb_build_object('start', t.started_on, 'end', t.ended_on)), '[]') from trials t where t.client_id = c.id),
    'months', (select coalesce(jsonb_agg(jsonb_build_object('request_id', f.request_id, 'month', to_char(f.month, 'YYYY-MM'),
                          'granted', q.status in ('approved', 'fulfilled'),
                          'resources', array(select r.name from free_month_request_resources x join resources r on r.id = x.resource_id
                                              where x.request_id = f.request_id))), '[]')
                 from free_month_requests f join requests q on q.id = f.request_id
                where f.client_id = c.id and request_is_live(q.status)))";

/// Clients of a partner by name, after one of them, with the facts their calendars rest on, in one statement. `text` is looked for
/// in name and INN.
pub async fn facts_of_partner(
    connection: &mut Connection,
    partner_id: PartnerId,
    text: Option<&str>,
    after: Option<ClientId>,
    limit: i64,
) -> Result<Vec<(Client, ClientFacts)>> {
    type Row = (uuid::Uuid, String, String, NaiveDate, serde_json::Value);
    let statement = format!(
        "select c.id, c.inn, c.name, c.start_date, {CLIENT_FACTS}
           from clients c
          where c.partner_id = $1 and ($2::text is null or strpos(lower(c.name), $2) > 0 or strpos(c.inn, $2) > 0)
            and ($3::uuid is null or (lower(c.name), c.id) > (select lower(a.name), a.id from clients a where a.partner_id = $1 and a.id = $3))
          order by lower(c.name), c.id limit $4"
    );
    // Put together from texts of this crate alone.
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(statement))
        .bind(partner_id.0)
        .bind(text.map(str::to_lowercase))
        .bind(after.map(|id| id.0))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|(id, inn, name, start_date, facts)| {
            let inn = inn.parse().map_err(|_| Error::inconsistent("clients", "inn"))?;
            let facts: ClientFactsJson = serde_json::from_value(facts).map_err(|_| Error::inconsistent("clients", "facts"))?;
            Ok((Client { id: id.into(), partner_id, inn, name, start_date: start_date.into() }, facts.into_facts(None)))
        })
        .collect()
}
