//! What the rows of partners' months come to, and the rows themselves as the rules read them (`RATE-4`).

use chrono::NaiveDate;
use domain::calendar::{BusinessDate, Month};
use domain::ids::{ClientId, PartnerId};
use domain::money::Money;
use domain::rate::{MonthSums, ServiceSum};
use domain::service::ServiceCode;
use rust_decimal::Decimal;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A usage row as the rules read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageLine {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which client's.
    pub client_id: ClientId,
    /// Which month.
    pub month: Month,
    /// Which service.
    pub service: ServiceCode,
    /// RUB.
    pub gross: Money,
}

#[derive(FromRow)]
struct UsageRow {
    partner_id: Uuid,
    client_id: Uuid,
    month: NaiveDate,
    service: String,
    gross: Decimal,
}

impl TryFrom<UsageRow> for UsageLine {
    type Error = Error;

    fn try_from(row: UsageRow) -> Result<Self> {
        Ok(Self {
            partner_id: row.partner_id.into(),
            client_id: row.client_id.into(),
            month: BusinessDate::from(row.month).month(),
            service: row.service.parse().map_err(|_| Error::inconsistent("usage_rows", "service"))?,
            gross: Money::rounded(row.gross),
        })
    }
}

/// The rows of several partners in the months from `first` through `last`, in no order.
pub async fn usage(connection: &mut Connection, ids: &[PartnerId], first: Month, last: Month) -> Result<Vec<UsageLine>> {
    let rows: Vec<UsageRow> = sqlx::query_as(
        "select partner_id, client_id, month, service, gross from usage_rows where partner_id = any($1) and month between $2 and $3",
    )
    .bind(uuids(ids))
    .bind(first.first_day().naive())
    .bind(last.first_day().naive())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What one partner's month comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerMonth {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which month.
    pub month: Month,
    /// By service.
    pub sums: MonthSums,
}

#[derive(FromRow)]
struct SumRow {
    partner_id: Uuid,
    month: NaiveDate,
    service: String,
    gross: Decimal,
    deduction: Decimal,
    reward_base: Decimal,
    reward: Decimal,
    once_base: Decimal,
}

/// The sums of several partners' closed months from `first` through `last`, by partner and month.
pub async fn load(connection: &mut Connection, ids: &[PartnerId], first: Month, last: Month) -> Result<Vec<PartnerMonth>> {
    let rows: Vec<SumRow> = sqlx::query_as(
        "select partner_id, month, service, gross, deduction, reward_base, reward, once_base
           from partner_month_sums where partner_id = any($1) and month between $2 and $3 order by partner_id, month",
    )
    .bind(uuids(ids))
    .bind(first.first_day().naive())
    .bind(last.first_day().naive())
    .fetch_all(connection)
    .await?;
    let mut months: Vec<PartnerMonth> = Vec::new();
    for row in rows {
        let (partner_id, month) = (row.partner_id.into(), BusinessDate::from(row.month).month());
        let service: ServiceCode = row.service.parse().map_err(|_| Error::inconsistent("partner_month_sums", "service"))?;
        let sum = ServiceSum {
            gross: Money::rounded(row.gross),
            deduction: Money::rounded(row.deduction),
            reward_base: Money::rounded(row.reward_base),
            reward: Money::rounded(row.reward),
            once_base: Money::rounded(row.once_base),
        };
        if months.last().is_none_or(|last| (last.partner_id, last.month) != (partner_id, month)) {
            months.push(PartnerMonth { partner_id, month, sums: MonthSums::default() });
        }
        if let Some(last) = months.last_mut() {
            last.sums.add(&service, sum);
        }
    }
    Ok(months)
}

/// Writes what partners' months come to, in one statement. A month that has sums is refused: constraint `partner_month_sums_pkey`.
pub async fn insert(connection: &mut Connection, months: &[PartnerMonth]) -> Result<()> {
    let lines = || months.iter().flat_map(|month| month.sums.services().map(move |(service, sum)| (month, service, sum)));
    let amounts = |amount: fn(&ServiceSum) -> Money| lines().map(|(_, _, sum)| amount(sum).decimal()).collect::<Vec<Decimal>>();
    sqlx::query(
        "insert into partner_month_sums (partner_id, month, service, gross, deduction, reward_base, reward, once_base)
         select * from unnest($1::uuid[], $2::date[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[])",
    )
    .bind(lines().map(|(month, ..)| month.partner_id.0).collect::<Vec<Uuid>>())
    .bind(lines().map(|(month, ..)| month.month.first_day().naive()).collect::<Vec<NaiveDate>>())
    .bind(lines().map(|(_, service, _)| service.as_str()).collect::<Vec<&str>>())
    .bind(amounts(|sum| sum.gross))
    .bind(amounts(|sum| sum.deduction))
    .bind(amounts(|sum| sum.reward_base))
    .bind(amounts(|sum| sum.reward))
    .bind(amounts(|sum| sum.once_base))
    .execute(connection)
    .await?;
    Ok(())
}

/// Drops the sums of several partners, which are computed from scratch.
pub async fn delete(connection: &mut Connection, ids: &[PartnerId]) -> Result<()> {
    sqlx::query("delete from partner_month_sums where partner_id = any($1)").bind(uuids(ids)).execute(connection).await?;
    Ok(())
}

/// Marks partners whose money the next close computes from scratch (`REB-5`).
pub async fn mark_for_recomputation(connection: &mut Connection, ids: &[PartnerId], at: chrono::DateTime<chrono::Utc>) -> Result<()> {
    sqlx::query(
        "insert into pending_recomputations (partner_id, marked_at) select unnest($1::uuid[]), $2
         on conflict on constraint pending_recomputations_pkey do nothing",
    )
    .bind(uuids(ids))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The marked ones among several partners.
pub async fn marked(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<PartnerId>> {
    let marked: Vec<Uuid> =
        sqlx::query_scalar("select partner_id from pending_recomputations where partner_id = any($1) order by partner_id")
            .bind(uuids(ids))
            .fetch_all(connection)
            .await?;
    Ok(marked.into_iter().map(Into::into).collect())
}

/// Takes the marks of several partners back: their money was computed.
pub async fn unmark(connection: &mut Connection, ids: &[PartnerId]) -> Result<()> {
    sqlx::query("delete from pending_recomputations where partner_id = any($1)").bind(uuids(ids)).execute(connection).await?;
    Ok(())
}

/// The partners as a statement takes them.
pub(crate) fn uuids(ids: &[PartnerId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}
