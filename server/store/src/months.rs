//! Closed months, and what the open ones hold (`USE-3`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::UserId;
use domain::money::Money;
use rust_decimal::Decimal;
use sqlx::FromRow;

use crate::{Connection, Result};

/// The last closed month.
pub async fn closed_through(connection: &mut Connection) -> Result<Option<Month>> {
    let last: Option<NaiveDate> = sqlx::query_scalar("select max(month) from month_closes").fetch_one(connection).await?;
    Ok(last.map(|day| BusinessDate::from(day).month()))
}

/// The month to close next: the one after the last closed, at first that of the earliest contract. None where there is no partner.
pub async fn next_to_close(connection: &mut Connection) -> Result<Option<Month>> {
    let day: Option<NaiveDate> = sqlx::query_scalar(
        "select coalesce((select (max(month) + interval '1 month')::date from month_closes), (select min(contract_date) from partners))",
    )
    .fetch_one(connection)
    .await?;
    Ok(day.map(|day| BusinessDate::from(day).month()))
}

/// The same, and when billing data last came in.
pub async fn next_to_close_and_data_as_of(connection: &mut Connection) -> Result<(Option<Month>, Option<DateTime<Utc>>)> {
    let (day, data_as_of): (Option<NaiveDate>, Option<DateTime<Utc>>) = sqlx::query_as(
        "select coalesce((select (max(month) + interval '1 month')::date from month_closes), (select min(contract_date) from partners)),
                (select finished_at from usage_imports where state = 'committed' order by finished_at desc limit 1)",
    )
    .fetch_one(connection)
    .await?;
    Ok((day.map(|day| BusinessDate::from(day).month()), data_as_of))
}

/// What a close records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthFigures {
    /// Partners with a contract in the month.
    pub partner_count: i32,
    /// Partners with usage in it.
    pub partners_with_usage: i32,
    /// Revenue of all partners, RUB.
    pub revenue: Money,
}

/// The figures of a month as they stand.
pub async fn figures(connection: &mut Connection, month: Month) -> Result<MonthFigures> {
    let (partner_count, partners_with_usage, revenue): (i32, i32, Decimal) = sqlx::query_as(
        "select (select count(*)::int from partners where contract_date <= $2), count(*)::int, coalesce(sum(revenue), 0)
           from partner_month_revenues where month = $1",
    )
    .bind(month.first_day().naive())
    .bind(month.last_day().naive())
    .fetch_one(connection)
    .await?;
    Ok(MonthFigures { partner_count, partners_with_usage, revenue: Money::rounded(revenue) })
}

/// What a close decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CloseCounts {
    /// Level changes that it recorded.
    pub level_changes: i32,
    /// Ledger entries that it made.
    pub entries: i32,
    /// Sum of its accruals, RUB.
    pub accrued: Money,
    /// Sum of its corrections of earlier periods, RUB.
    pub corrected: Money,
}

/// Records a close. A month closed already is refused: constraint `month_closes_pkey`.
pub async fn insert_close(
    connection: &mut Connection,
    month: Month,
    figures: &MonthFigures,
    decided: CloseCounts,
    closed_by: Option<UserId>,
    closed_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into month_closes (month, closed_at, closed_by, partner_count, revenue, level_change_count, entry_count, accrued, corrected)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(month.first_day().naive())
    .bind(closed_at)
    .bind(closed_by.map(|user| user.0))
    .bind(figures.partner_count)
    .bind(figures.revenue.decimal())
    .bind(decided.level_changes)
    .bind(decided.entries)
    .bind(decided.accrued.decimal())
    .bind(decided.corrected.decimal())
    .execute(connection)
    .await?;
    Ok(())
}

/// A month of the staff's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthLine {
    /// The month.
    pub month: Month,
    /// Revenue of all partners as it stands, RUB.
    pub revenue: Money,
    /// Partners with usage in it.
    pub partners_with_usage: i32,
    /// Its close; none while it is open.
    pub close: Option<MonthClose>,
}

/// A recorded close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthClose {
    /// When.
    pub closed_at: DateTime<Utc>,
    /// Name of the person; none where the command line did it.
    pub closed_by_name: Option<String>,
    /// Partners with a contract in the month.
    pub partner_count: i32,
    /// Revenue at the close, RUB; corrections change the month's, not this.
    pub revenue: Money,
    /// What it decided.
    pub decided: CloseCounts,
}

#[derive(FromRow)]
struct MonthRow {
    month: NaiveDate,
    revenue: Decimal,
    partners_with_usage: i32,
    closed_at: Option<DateTime<Utc>>,
    closed_by_name: Option<String>,
    partner_count: Option<i32>,
    closed_revenue: Option<Decimal>,
    level_change_count: Option<i32>,
    entry_count: Option<i32>,
    accrued: Option<Decimal>,
    corrected: Option<Decimal>,
}

impl From<MonthRow> for MonthLine {
    fn from(row: MonthRow) -> Self {
        let close = match (row.closed_at, row.partner_count, row.closed_revenue, row.level_change_count) {
            (Some(closed_at), Some(partner_count), Some(revenue), Some(level_changes)) => Some(MonthClose {
                closed_at,
                closed_by_name: row.closed_by_name,
                partner_count,
                revenue: Money::rounded(revenue),
                decided: CloseCounts {
                    level_changes,
                    entries: row.entry_count.unwrap_or_default(),
                    accrued: Money::rounded(row.accrued.unwrap_or_default()),
                    corrected: Money::rounded(row.corrected.unwrap_or_default()),
                },
            }),
            _ => None,
        };
        Self {
            month: BusinessDate::from(row.month).month(),
            revenue: Money::rounded(row.revenue),
            partners_with_usage: row.partners_with_usage,
            close,
        }
    }
}

/// The months from `first` through `last`, newest first, with or without usage.
pub async fn list(connection: &mut Connection, first: Month, last: Month) -> Result<Vec<MonthLine>> {
    let rows: Vec<MonthRow> = sqlx::query_as(
        "select m.month::date as month, coalesce(v.revenue, 0) as revenue, coalesce(v.partners, 0) as partners_with_usage,
                c.closed_at, u.display_name as closed_by_name, c.partner_count, c.revenue as closed_revenue, c.level_change_count,
                c.entry_count, c.accrued, c.corrected
           from generate_series($1::date, $2::date, interval '1 month') as m (month)
           left join (select month, sum(revenue) as revenue, count(*)::int as partners from partner_month_revenues
                       where month between $1 and $2 group by month) v on v.month = m.month::date
           left join month_closes c on c.month = m.month::date
           left join users u on u.id = c.closed_by
          order by m.month desc",
    )
    .bind(first.first_day().naive())
    .bind(last.first_day().naive())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
