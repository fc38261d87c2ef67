//! Bonus codes: a quarter's capacity, what was asked for, and the codes themselves.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use domain::bonus_code::QuarterUse;
use domain::calendar::{BusinessDate, Quarter};
use domain::ids::{BonusCodeId, ClientId, PartnerId, RequestId, UserId};
use serde::Deserialize;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::clients::Client;
use crate::requests::{HOLDING_QUARTER, RequestRecord};
use crate::{Connection, Error, Result};

/// What a quarter holds, as it is stored.
#[derive(FromRow, Deserialize)]
pub(crate) struct QuarterRow {
    granted_codes: i32,
    pending_codes: i32,
    granted_value: i64,
    pending_value: i64,
}

impl QuarterRow {
    pub(crate) fn into_use(self, quarter: Quarter) -> Result<QuarterUse> {
        let count = |number: i32| u32::try_from(number).map_err(|_| Error::inconsistent("bonus_code_quarters", "codes"));
        Ok(QuarterUse {
            quarter,
            granted_codes: count(self.granted_codes)?,
            pending_codes: count(self.pending_codes)?,
            granted_value: self.granted_value,
            pending_value: self.pending_value,
        })
    }
}

/// What the form for bonus codes is filled from.
#[derive(Clone, Debug)]
pub struct FormFacts {
    /// What the quarter already holds.
    pub quarter_use: QuarterUse,
    /// The partner's clients by name: the first of them, and those asked for.
    pub clients: Vec<Client>,
    /// Whether there are more.
    pub more_clients: bool,
    /// The requests that hold the quarter's capacity, newest first.
    pub requests: Vec<RequestRecord>,
}

/// Reads it in one statement. `most_clients` bounds the choice of clients; those `named` are in it wherever they stand.
pub async fn form_facts(
    connection: &mut Connection,
    partner_id: PartnerId,
    quarter: Quarter,
    most_clients: i64,
    named: &[ClientId],
) -> Result<FormFacts> {
    #[derive(FromRow)]
    struct Row {
        granted_codes: Option<i32>,
        pending_codes: Option<i32>,
        granted_value: Option<i64>,
        pending_value: Option<i64>,
        clients: serde_json::Value,
        more_clients: bool,
        requests: serde_json::Value,
    }
    let statement = format!(
        "select q.granted_codes, q.pending_codes, q.granted_value, q.pending_value,
                (select coalesce(jsonb_agg(to_jsonb(x)), '[]')
                   from (select id, partner_id, inn, name, start_date from clients
                          where partner_id = $1
                            and (id = any ($4) or id in (select id from clients where partner_id = $1 order by lower(name), id limit $3))
                          order by lower(name), id) x) as clients,
                (select count(*) from (select from clients where partner_id = $1 limit $3 + 1) c) > $3 as more_clients,
                (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from ({HOLDING_QUARTER}) x) as requests
           from (select) as nothing
           left join bonus_code_quarters q on q.partner_id = $1 and q.quarter = $2"
    );
    // Put together from texts of this crate alone.
    let row: Row = sqlx::query_as(AssertSqlSafe(statement))
        .bind(partner_id.0)
        .bind(quarter.first_day().naive())
        .bind(most_clients)
        .bind(named.iter().map(|id| id.0).collect::<Vec<_>>())
        .fetch_one(connection)
        .await?;
    let used = QuarterRow {
        granted_codes: row.granted_codes.unwrap_or(0),
        pending_codes: row.pending_codes.unwrap_or(0),
        granted_value: row.granted_value.unwrap_or(0),
        pending_value: row.pending_value.unwrap_or(0),
    };
    Ok(FormFacts {
        quarter_use: used.into_use(quarter)?,
        clients: serde_json::from_value(row.clients).map_err(|_| Error::inconsistent("clients", "id"))?,
        more_clients: row.more_clients,
        requests: serde_json::from_value(row.requests).map_err(|_| Error::inconsistent("requests", "id"))?,
    })
}

/// What a partner's quarter holds, with its row locked until the transaction ends, made if it was missing. The limits of the terms in
/// force are written beside it; a limit lowered below what is held stays at what is held.
pub async fn lock_quarter(
    connection: &mut Connection,
    partner_id: PartnerId,
    quarter: Quarter,
    codes_limit: u32,
    value_limit: i64,
) -> Result<QuarterUse> {
    let codes_limit = i32::try_from(codes_limit).unwrap_or(i32::MAX);
    let row: QuarterRow = sqlx::query_as(
        "insert into bonus_code_quarters as q (partner_id, quarter, codes_limit, value_limit) values ($1, $2, $3, $4)
         on conflict (partner_id, quarter) do update
            set codes_limit = greatest($3, q.granted_codes + q.pending_codes),
                value_limit = greatest($4, q.granted_value + q.pending_value)
         returning granted_codes, pending_codes, granted_value, pending_value",
    )
    .bind(partner_id.0)
    .bind(quarter.first_day().naive())
    .bind(codes_limit)
    .bind(value_limit)
    .fetch_one(connection)
    .await?;
    row.into_use(quarter)
}

/// How a quarter's capacity changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct CapacityChange {
    /// Codes granted, more or less.
    pub granted_codes: i64,
    /// Codes waiting, more or less.
    pub pending_codes: i64,
    /// Face value granted, more or less, whole RUB.
    pub granted_value: i64,
    /// Face value waiting, more or less, whole RUB.
    pub pending_value: i64,
}

/// Changes a quarter's capacity. The table's checks refuse what would pass a limit.
pub async fn change_quarter(connection: &mut Connection, partner_id: PartnerId, quarter: Quarter, change: CapacityChange) -> Result<()> {
    sqlx::query(
        "update bonus_code_quarters
            set granted_codes = granted_codes + $3::int, pending_codes = pending_codes + $4::int,
                granted_value = granted_value + $5, pending_value = pending_value + $6
          where partner_id = $1 and quarter = $2",
    )
    .bind(partner_id.0)
    .bind(quarter.first_day().naive())
    .bind(change.granted_codes)
    .bind(change.pending_codes)
    .bind(change.granted_value)
    .bind(change.pending_value)
    .execute(connection)
    .await?;
    Ok(())
}

/// One code asked for.
#[derive(Clone, Debug)]
pub struct RequestItem {
    /// Place in the form, from 1.
    pub position: i32,
    /// Face value, whole RUB.
    pub face: i64,
    /// What the partner noted.
    pub note: Option<String>,
    /// The client it is meant for.
    pub client_id: Option<ClientId>,
    /// That client's name; not written.
    pub client_name: Option<String>,
}

/// Records what a request for bonus codes asks for.
pub async fn insert_request(
    connection: &mut Connection,
    id: RequestId,
    partner_id: PartnerId,
    quarter: Quarter,
    items: &[RequestItem],
) -> Result<()> {
    let count = i32::try_from(items.len()).unwrap_or(i32::MAX);
    sqlx::query("insert into bonus_code_requests (request_id, partner_id, quarter, codes, value) values ($1, $2, $3, $4, $5)")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(quarter.first_day().naive())
        .bind(count)
        .bind(items.iter().map(|item| item.face).sum::<i64>())
        .execute(&mut *connection)
        .await?;
    let positions: Vec<i32> = items.iter().map(|item| item.position).collect();
    let faces: Vec<i64> = items.iter().map(|item| item.face).collect();
    let notes: Vec<Option<String>> = items.iter().map(|item| item.note.clone()).collect();
    let clients: Vec<Option<Uuid>> = items.iter().map(|item| item.client_id.map(|client| client.0)).collect();
    sqlx::query(
        "insert into bonus_code_request_items (request_id, partner_id, position, face, note, client_id)
         select $1, $2, position, face, note, client_id
           from unnest($3::int[], $4::bigint[], $5::text[], $6::uuid[]) as item (position, face, note, client_id)",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(positions)
    .bind(faces)
    .bind(notes)
    .bind(clients)
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what the items of a request are after a correction; their number stays.
pub async fn correct_items(connection: &mut Connection, id: RequestId, partner_id: PartnerId, items: &[RequestItem]) -> Result<()> {
    for item in items {
        sqlx::query("update bonus_code_request_items set face = $4, note = $5 where request_id = $1 and partner_id = $2 and position = $3")
            .bind(id.0)
            .bind(partner_id.0)
            .bind(item.position)
            .bind(item.face)
            .bind(&item.note)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("update bonus_code_requests set value = $3 where request_id = $1 and partner_id = $2")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(items.iter().map(|item| item.face).sum::<i64>())
        .execute(connection)
        .await?;
    Ok(())
}

/// The codes a request asks for, in their order.
pub async fn items(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Vec<RequestItem>> {
    type Row = (i32, i64, Option<String>, Option<Uuid>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "select i.position, i.face, i.note, i.client_id, c.name
           from bonus_code_request_items i left join clients c on c.id = i.client_id
          where i.partner_id = $1 and i.request_id = $2 order by i.position",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(position, face, note, client, client_name)| RequestItem {
            position,
            face,
            note,
            client_id: client.map(Into::into),
            client_name,
        })
        .collect())
}

/// A code that was drawn. `Debug` does not show it: it is a bearer secret.
#[derive(Clone, FromRow)]
pub struct BonusCode {
    /// Which code.
    #[sqlx(try_from = "Uuid")]
    pub id: BonusCodeId,
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub partner_id: PartnerId,
    /// Name of that partner.
    pub partner_name: String,
    /// Reference of the request it was granted by.
    pub reference: String,
    /// Place in that request.
    pub position: i32,
    /// First day of the quarter whose capacity it holds.
    pub quarter: NaiveDate,
    /// The code in its canonical form.
    pub code: String,
    /// Face value, whole RUB.
    pub face: i64,
    /// The stable text of its state.
    pub state: String,
    /// When it was drawn.
    pub issued_at: DateTime<Utc>,
    /// When it was redeemed or revoked.
    pub ended_at: Option<DateTime<Utc>>,
    /// INN of the client that redeemed it.
    pub redeemed_inn: Option<String>,
    /// What the partner noted for it.
    pub note: Option<String>,
    /// The client it was meant for.
    pub client_name: Option<String>,
}

impl BonusCode {
    /// The quarter whose capacity it holds.
    pub fn quarter(&self) -> Quarter {
        BusinessDate::from(self.quarter).quarter()
    }
}

/// The select list and joins of [`BonusCode`].
macro_rules! select_codes {
    ($rest:literal) => {
        concat!(
            "select b.id, b.partner_id, p.name as partner_name, r.reference, b.position, b.quarter, b.code, b.face, b.state, b.issued_at,
                    b.ended_at, b.redeemed_inn, i.note, c.name as client_name
               from bonus_codes b
               join partners p on p.id = b.partner_id
               join requests r on r.id = b.request_id
               join bonus_code_request_items i on i.request_id = b.request_id and i.position = b.position
               left join clients c on c.id = i.client_id ",
            $rest
        )
    };
}

/// A partner's codes, newest first, at most `limit`, after a place.
pub async fn of_partner(
    connection: &mut Connection,
    partner_id: PartnerId,
    after: Option<(DateTime<Utc>, BonusCodeId)>,
    limit: i64,
) -> Result<Vec<BonusCode>> {
    Ok(sqlx::query_as(select_codes!(
        "where b.partner_id = $1 and ($2::timestamptz is null or (b.issued_at, b.id) < ($2, $3))
         order by b.issued_at desc, b.id desc limit $4"
    ))
    .bind(partner_id.0)
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id.0))
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// The codes a request was granted, in their order.
pub async fn of_request(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Vec<BonusCode>> {
    Ok(sqlx::query_as(select_codes!("where b.partner_id = $1 and b.request_id = $2 order by b.position"))
        .bind(partner_id.0)
        .bind(id.0)
        .fetch_all(connection)
        .await?)
}

/// The codes meant for a client or redeemed by it, newest first.
pub async fn of_client(connection: &mut Connection, partner_id: PartnerId, client_id: ClientId, inn: &str) -> Result<Vec<BonusCode>> {
    Ok(sqlx::query_as(select_codes!(
        "where b.partner_id = $1 and (i.client_id = $2 or b.redeemed_inn = $3) order by b.issued_at desc, b.id limit 100"
    ))
    .bind(partner_id.0)
    .bind(client_id.0)
    .bind(inn)
    .fetch_all(connection)
    .await?)
}

/// A code by its text (canonical form).
pub async fn find(connection: &mut Connection, code: &str) -> Result<Option<BonusCode>> {
    Ok(sqlx::query_as(select_codes!("where b.code = $1")).bind(code).fetch_optional(connection).await?)
}

/// A code by its text, locked until the transaction ends.
pub async fn find_for_update(connection: &mut Connection, code: &str) -> Result<Option<BonusCode>> {
    Ok(sqlx::query_as(select_codes!("where b.code = $1 for update of b")).bind(code).fetch_optional(connection).await?)
}

impl fmt::Debug for BonusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, reference, position, face, state, .. } = self;
        write!(f, "BonusCode({id}, {reference}/{position}, {face} RUB, {state})")
    }
}

/// A code to write. `Debug` does not show it.
#[derive(Clone)]
pub struct NewBonusCode {
    /// Which code.
    pub id: BonusCodeId,
    /// Place in the request.
    pub position: i32,
    /// The code in its canonical form.
    pub code: String,
    /// Face value, whole RUB.
    pub face: i64,
}

impl fmt::Debug for NewBonusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewBonusCode({}, {}, {} RUB)", self.id, self.position, self.face)
    }
}

/// Writes the codes drawn for a request.
pub async fn insert(
    connection: &mut Connection,
    request_id: RequestId,
    partner_id: PartnerId,
    quarter: Quarter,
    codes: &[NewBonusCode],
    issued_at: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<Uuid> = codes.iter().map(|code| code.id.0).collect();
    let positions: Vec<i32> = codes.iter().map(|code| code.position).collect();
    let texts: Vec<&str> = codes.iter().map(|code| code.code.as_str()).collect();
    let faces: Vec<i64> = codes.iter().map(|code| code.face).collect();
    sqlx::query(
        "insert into bonus_codes (id, partner_id, request_id, position, quarter, code, face, state, issued_at)
         select id, $1, $2, position, $3, code, face, 'issued', $4
           from unnest($5::uuid[], $6::int[], $7::text[], $8::bigint[]) as drawn (id, position, code, face)",
    )
    .bind(partner_id.0)
    .bind(request_id.0)
    .bind(quarter.first_day().naive())
    .bind(issued_at)
    .bind(ids)
    .bind(positions)
    .bind(texts)
    .bind(faces)
    .execute(connection)
    .await?;
    Ok(())
}

/// When a client redeemed its code, whichever partner gave it (`CODE-3`); none where it has not.
pub async fn client_redeemed_at(connection: &mut Connection, inn: &str) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar("select ended_at from bonus_codes where redeemed_inn = $1").bind(inn).fetch_optional(connection).await?)
}

/// Marks an issued code redeemed. A client that already used one is refused: constraint `bonus_codes_redeemed_inn_key`.
pub async fn redeem(connection: &mut Connection, id: BonusCodeId, inn: &str, by: UserId, at: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query(
        "update bonus_codes set state = 'redeemed', redeemed_inn = $2, ended_by = $3, ended_at = $4 where id = $1 and state = 'issued'",
    )
    .bind(id.0)
    .bind(inn)
    .bind(by.0)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks an issued code revoked.
pub async fn revoke(connection: &mut Connection, id: BonusCodeId, reason: &str, by: UserId, at: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query(
        "update bonus_codes set state = 'revoked', revocation_reason = $2, ended_by = $3, ended_at = $4 where id = $1 and state = 'issued'",
    )
    .bind(id.0)
    .bind(reason)
    .bind(by.0)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
