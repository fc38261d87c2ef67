//! Claims for the bonus of a sales manager (`SALES-1`).

use chrono::NaiveDate;
use domain::calendar::{BusinessDate, Month};
use domain::ids::{ClientId, PartnerId, RequestId};
use domain::money::Money;
use uuid::Uuid;

use crate::{Connection, Result};

/// Records what a claim asks for. `amount` is what the client's month comes to now, RUB.
pub async fn insert(
    connection: &mut Connection,
    id: RequestId,
    partner_id: PartnerId,
    client_id: ClientId,
    month: Month,
    manager_name: &str,
    amount: Money,
) -> Result<()> {
    sqlx::query(
        "insert into sales_bonus_requests (request_id, partner_id, client_id, month, manager_name, amount) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(client_id.0)
    .bind(month.first_day().naive())
    .bind(manager_name)
    .bind(amount.decimal())
    .execute(connection)
    .await?;
    Ok(())
}

/// The months of live claims (waiting or approved) for several clients, without some requests.
pub async fn live(connection: &mut Connection, clients: &[ClientId], except: &[RequestId]) -> Result<Vec<(ClientId, Month)>> {
    let rows: Vec<(Uuid, NaiveDate)> = sqlx::query_as(
        "select s.client_id, s.month from sales_bonus_requests s join requests q on q.id = s.request_id
          where s.client_id = any($1) and request_is_live(q.status) and s.request_id <> all($2) order by q.submitted_at",
    )
    .bind(clients.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .bind(except.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(client, month)| (client.into(), BusinessDate::from(month).month())).collect())
}

/// Writes what a claim is for after a correction.
pub async fn correct(
    connection: &mut Connection,
    id: RequestId,
    partner_id: PartnerId,
    month: Month,
    manager_name: &str,
    amount: Money,
) -> Result<()> {
    sqlx::query("update sales_bonus_requests set month = $3, manager_name = $4, amount = $5 where request_id = $1 and partner_id = $2")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(month.first_day().naive())
        .bind(manager_name)
        .bind(amount.decimal())
        .execute(connection)
        .await?;
    Ok(())
}
