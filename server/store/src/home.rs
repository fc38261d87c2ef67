//! What the home page shows besides the level, in one statement: figures of several tables.

use chrono::{DateTime, Utc};
use domain::bonus_code::QuarterUse;
use domain::calendar::Quarter;
use domain::ids::PartnerId;
use sqlx::FromRow;

use crate::{Connection, Error, Result};

/// Figures of the home page.
#[derive(Clone, Debug)]
pub struct HomeFigures {
    /// What the quarter holds of bonus codes.
    pub quarter_use: QuarterUse,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
    /// Requests that wait for the provider.
    pub waiting: i64,
    /// Clients.
    pub clients: i64,
    /// Codes issued and not used yet.
    pub unused_codes: i64,
}

#[derive(FromRow)]
struct Row {
    granted_codes: Option<i32>,
    pending_codes: Option<i32>,
    granted_value: Option<i64>,
    pending_value: Option<i64>,
    data_as_of: Option<DateTime<Utc>>,
    waiting: i64,
    clients: i64,
    unused_codes: i64,
}

/// Reads them.
pub async fn figures(connection: &mut Connection, partner_id: PartnerId, quarter: Quarter) -> Result<HomeFigures> {
    let row: Row = sqlx::query_as(
        "select q.granted_codes, q.pending_codes, q.granted_value, q.pending_value,
                (select i.finished_at from usage_imports i where i.state = 'committed' order by i.finished_at desc limit 1) as data_as_of,
                (select count(*) from requests r where r.partner_id = $1 and r.status in ('submitted', 'in_review', 'action_required')) as waiting,
                (select count(*) from clients c where c.partner_id = $1) as clients,
                (select count(*) from bonus_codes b where b.partner_id = $1 and b.state = 'issued') as unused_codes
           from (select) as nothing
           left join bonus_code_quarters q on q.partner_id = $1 and q.quarter = $2",
    )
    .bind(partner_id.0)
    .bind(quarter.first_day().naive())
    .fetch_one(connection)
    .await?;
    let count = |number: Option<i32>| u32::try_from(number.unwrap_or(0)).map_err(|_| Error::inconsistent("bonus_code_quarters", "codes"));
    Ok(HomeFigures {
        quarter_use: QuarterUse {
            quarter,
            granted_codes: count(row.granted_codes)?,
            pending_codes: count(row.pending_codes)?,
            granted_value: row.granted_value.unwrap_or(0),
            pending_value: row.pending_value.unwrap_or(0),
        },
        data_as_of: row.data_as_of,
        waiting: row.waiting,
        clients: row.clients,
        unused_codes: row.unused_codes,
    })
}
