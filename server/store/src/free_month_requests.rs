//! Requests for a free month of a client (`FREE-1` to `FREE-6`).

use chrono::NaiveDate;
use domain::calendar::{BusinessDate, Month};
use domain::ids::{ClientId, PartnerId, RequestId, ResourceId};

use crate::{Connection, Result};

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
pub async fn live_of_client(connection: &mut Connection, client_id: ClientId) -> Result<Vec<LiveFreeMonth>> {
    let rows: Vec<(uuid::Uuid, NaiveDate, bool, Vec<String>)> = sqlx::query_as(
        "select f.request_id, f.month, q.state = 'approved',
                array(select r.name from free_month_request_resources x join resources r on r.id = x.resource_id
                       where x.request_id = f.request_id order by r.name)
           from free_month_requests f join requests q on q.id = f.request_id
          where f.client_id = $1 and q.state in ('submitted', 'approved')
          order by f.month, q.submitted_at",
    )
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
pub async fn resources(connection: &mut Connection, id: RequestId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select r.name from free_month_request_resources x join resources r on r.id = x.resource_id where x.request_id = $1 order by r.name",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?)
}
