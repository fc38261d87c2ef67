//! What partners were granted: codes, bonus months, bonuses, and the trials of their clients. A trial of new terms asks about them again.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::{ClientId, PartnerId};
use domain::money::Money;
use domain::terms::replay::{GrantedBonus, GrantedCodes, GrantedMonth};
use domain::trial::Trial;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::partner_month_sums::uuids;
use crate::{Connection, Error, Result};

/// The codes granted to partners from a day on, each partner's in the order in which they were asked for.
pub async fn codes(connection: &mut Connection, ids: &[PartnerId], from: BusinessDate) -> Result<Vec<(PartnerId, GrantedCodes)>> {
    let rows: Vec<(Uuid, DateTime<Utc>, Vec<i64>)> = sqlx::query_as(
        "select r.partner_id, r.submitted_at, array_agg(i.face order by i.position)
           from requests r
           join bonus_code_requests b on b.request_id = r.id
           join bonus_code_request_items i on i.request_id = r.id
          where r.partner_id = any($1) and b.quarter >= $2 and r.status in ('approved', 'fulfilled')
          group by r.id order by r.submitted_at, r.id",
    )
    .bind(uuids(ids))
    .bind(from.naive())
    .fetch_all(connection)
    .await?;
    let granted = |(partner, at, faces): (Uuid, _, _)| (partner.into(), GrantedCodes { asked_on: BusinessDate::of(at), faces });
    Ok(rows.into_iter().map(granted).collect())
}

/// The bonus months granted to clients of partners ever, in the order in which they were asked for.
pub async fn months(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<(PartnerId, ClientId, GrantedMonth)>> {
    let rows: Vec<(Uuid, Uuid, NaiveDate, DateTime<Utc>)> = sqlx::query_as(
        "select f.partner_id, f.client_id, f.month, r.submitted_at
           from free_month_requests f join requests r on r.id = f.request_id
          where f.partner_id = any($1) and r.status in ('approved', 'fulfilled')
          order by r.submitted_at, r.id",
    )
    .bind(uuids(ids))
    .fetch_all(connection)
    .await?;
    let granted = |(partner, client, month, at): (Uuid, Uuid, NaiveDate, _)| {
        let month: Month = BusinessDate::from(month).month();
        (partner.into(), client.into(), GrantedMonth { asked_on: BusinessDate::of(at), month })
    };
    Ok(rows.into_iter().map(granted).collect())
}

/// The trials of clients of partners, ever.
pub async fn trials(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<(PartnerId, ClientId, Trial)>> {
    let rows: Vec<(Uuid, Uuid, NaiveDate, Option<NaiveDate>)> =
        sqlx::query_as("select partner_id, client_id, started_on, ended_on from trials where partner_id = any($1) order by started_on, id")
            .bind(uuids(ids))
            .fetch_all(connection)
            .await?;
    let trial = |(partner, client, start, end): (Uuid, Uuid, NaiveDate, Option<NaiveDate>)| {
        (partner.into(), client.into(), Trial { start: start.into(), end: end.map(Into::into) })
    };
    Ok(rows.into_iter().map(trial).collect())
}

/// The bonuses that accrued with requests of partners between two days (`CASE-1`, `TG-1`, `SALES-1`); what was taken back is left out.
pub async fn bonuses(
    connection: &mut Connection,
    ids: &[PartnerId],
    (from, through): (BusinessDate, BusinessDate),
) -> Result<Vec<(PartnerId, GrantedBonus)>> {
    let rows: Vec<(Uuid, String, DateTime<Utc>, NaiveDate, Decimal)> = sqlx::query_as(
        "select e.partner_id, e.rule, r.submitted_at, e.accrued_on, e.amount
           from ledger_entries e join requests r on r.id = e.request_id
          where e.partner_id = any($1) and e.kind = 'accrual' and e.rule in ('CASE-1', 'TG-1', 'SALES-1')
            and e.accrued_on between $2 and $3
            and not exists (select from ledger_entries o where o.corrects_id = e.id and o.kind = 'reversal')
          order by e.number",
    )
    .bind(uuids(ids))
    .bind(from.naive())
    .bind(through.naive())
    .fetch_all(connection)
    .await?;
    let granted = |(partner, rule, asked, accrued_on, amount): (Uuid, String, _, NaiveDate, _)| {
        let rule = rule.parse().map_err(|_| Error::inconsistent("ledger_entries", "rule"))?;
        let (asked_on, accrued_on) = (BusinessDate::of(asked), accrued_on.into());
        Ok((partner.into(), GrantedBonus { rule, asked_on, accrued_on, amount: Money::rounded(amount) }))
    };
    rows.into_iter().map(granted).collect()
}
