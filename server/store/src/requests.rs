//! Requests of partners, of every kind.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, RequestId, TermsVersionId, UserId};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A request to record.
#[derive(Clone, Debug)]
pub struct NewRequest<'a> {
    /// Which request.
    pub id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The stable text of its kind.
    pub kind: &'a str,
    /// What people call it.
    pub reference: &'a str,
    /// Key made with the form.
    pub idempotency_key: Uuid,
    /// Who submits it.
    pub submitted_by: UserId,
    /// Now.
    pub submitted_at: DateTime<Utc>,
    /// The stable text of the model in force.
    pub model: &'a str,
    /// The terms in force.
    pub terms_version_id: TermsVersionId,
    /// What the rules said.
    pub verdict: Value,
}

/// A request as it stands.
#[derive(Clone, Debug, FromRow, Deserialize)]
pub struct RequestRecord {
    /// Which request.
    #[sqlx(try_from = "Uuid")]
    pub id: RequestId,
    /// Whose.
    #[sqlx(try_from = "Uuid")]
    pub partner_id: PartnerId,
    /// Name of that partner.
    pub partner_name: String,
    /// The stable text of its kind.
    pub kind: String,
    /// What people call it.
    pub reference: String,
    /// The stable text of its state.
    pub state: String,
    /// Who submitted it.
    #[sqlx(try_from = "Uuid")]
    pub submitted_by: UserId,
    /// When.
    pub submitted_at: DateTime<Utc>,
    /// The model in force then.
    pub model: String,
    /// What the rules said then.
    pub verdict: Value,
    /// When it was decided or withdrawn.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused, as a code.
    pub refusal_code: Option<String>,
    /// Why it was refused, in words.
    pub refusal_text: Option<String>,
    /// Of bonus codes: how many.
    pub codes: Option<i32>,
    /// Of bonus codes: their face value together, whole RUB.
    pub value: Option<i64>,
    /// Of bonus codes: first day of the quarter. Of a free month or a sales bonus: first day of the month.
    pub period: Option<chrono::NaiveDate>,
    /// Of a free month or a sales bonus: the client.
    pub client_id: Option<Uuid>,
    /// Of a free month or a sales bonus: the client's name.
    pub client_name: Option<String>,
    /// Of a sales bonus: the manager.
    pub manager_name: Option<String>,
    /// Of a sales bonus: what it came to when it was asked for, RUB.
    pub amount: Option<Decimal>,
}

/// The select list and joins of [`RequestRecord`].
macro_rules! select_requests {
    ($rest:literal) => {
        concat!(
            "select r.id, r.partner_id, p.name as partner_name, r.kind, r.reference, r.state, r.submitted_by, r.submitted_at, r.model, r.verdict,
                    r.decided_at, r.refusal_code, r.refusal_text, b.codes, b.value, coalesce(b.quarter, f.month, s.month) as period,
                    c.id as client_id, c.name as client_name, s.manager_name, s.amount
               from requests r
               join partners p on p.id = r.partner_id
               left join bonus_code_requests b on b.request_id = r.id
               left join free_month_requests f on f.request_id = r.id
               left join sales_bonus_requests s on s.request_id = r.id
               left join clients c on c.id = coalesce(f.client_id, s.client_id) ",
            $rest
        )
    };
}

/// The next number of a kind's human references. Gaps are possible and mean nothing.
pub async fn next_number(connection: &mut Connection, kind: domain::request::RequestKind) -> Result<i64> {
    let statement = match kind {
        domain::request::RequestKind::BonusCodes => "select nextval('bonus_code_request_numbers')",
        domain::request::RequestKind::FreeMonth => "select nextval('free_month_request_numbers')",
        domain::request::RequestKind::SalesBonus => "select nextval('sales_bonus_request_numbers')",
        domain::request::RequestKind::CaseStudy => "select nextval('case_study_request_numbers')",
        domain::request::RequestKind::TelegramComment => "select nextval('telegram_comment_request_numbers')",
    };
    Ok(sqlx::query_scalar(statement).fetch_one(connection).await?)
}

/// Records a request; false where one with the same key is there already.
pub async fn insert(connection: &mut Connection, request: &NewRequest<'_>) -> Result<bool> {
    let written = sqlx::query(
        "insert into requests
            (id, partner_id, kind, reference, state, idempotency_key, submitted_by, submitted_at, model, terms_version_id, verdict)
         values ($1, $2, $3, $4, 'submitted', $5, $6, $7, $8, $9, $10)
         on conflict on constraint requests_idempotency_key do nothing",
    )
    .bind(request.id.0)
    .bind(request.partner_id.0)
    .bind(request.kind)
    .bind(request.reference)
    .bind(request.idempotency_key)
    .bind(request.submitted_by.0)
    .bind(request.submitted_at)
    .bind(request.model)
    .bind(request.terms_version_id.0)
    .bind(&request.verdict)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The reference of the request that was made with a key.
pub async fn find_by_idempotency_key(connection: &mut Connection, partner_id: PartnerId, key: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select reference from requests where partner_id = $1 and idempotency_key = $2")
        .bind(partner_id.0)
        .bind(key)
        .fetch_optional(connection)
        .await?)
}

/// One request by its reference; for a partner, only its own.
pub async fn find(connection: &mut Connection, partner_id: Option<PartnerId>, reference: &str) -> Result<Option<RequestRecord>> {
    Ok(sqlx::query_as(select_requests!("where r.reference = $1 and ($2::uuid is null or r.partner_id = $2)"))
        .bind(reference)
        .bind(partner_id.map(|id| id.0))
        .fetch_optional(connection)
        .await?)
}

/// The same, locked until the transaction ends: decided twice is decided once.
pub async fn find_for_update(connection: &mut Connection, partner_id: Option<PartnerId>, reference: &str) -> Result<Option<RequestRecord>> {
    Ok(sqlx::query_as(select_requests!("where r.reference = $1 and ($2::uuid is null or r.partner_id = $2) for update of r"))
        .bind(reference)
        .bind(partner_id.map(|id| id.0))
        .fetch_optional(connection)
        .await?)
}

/// What a list of requests shows; an absent part matches all.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// Only this partner's.
    pub partner_id: Option<PartnerId>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this state.
    pub state: Option<String>,
    /// Part of the reference, the partner's or the client's name.
    pub text: Option<String>,
    /// The place where the page before ended: time of submission and id.
    pub after: Option<(DateTime<Utc>, RequestId)>,
}

/// A partner's requests, newest first, at most `limit`.
pub async fn newest(connection: &mut Connection, filter: &RequestFilter, limit: i64) -> Result<Vec<RequestRecord>> {
    let statement = select_requests!(
        "where ($1::uuid is null or r.partner_id = $1) and ($2::text is null or r.kind = $2) and ($3::text is null or r.state = $3)
           and ($4::text is null or strpos(lower(r.reference), $4) > 0 or strpos(lower(p.name), $4) > 0 or strpos(lower(c.name), $4) > 0)
           and ($5::timestamptz is null or (r.submitted_at, r.id) < ($5, $6))
         order by r.submitted_at desc, r.id desc limit $7"
    );
    bind_filter(statement, filter, limit).fetch_all(connection).await.map_err(Into::into)
}

/// Requests of all partners, oldest first, at most `limit`.
pub async fn oldest(connection: &mut Connection, filter: &RequestFilter, limit: i64) -> Result<Vec<RequestRecord>> {
    let statement = select_requests!(
        "where ($1::uuid is null or r.partner_id = $1) and ($2::text is null or r.kind = $2) and ($3::text is null or r.state = $3)
           and ($4::text is null or strpos(lower(r.reference), $4) > 0 or strpos(lower(p.name), $4) > 0 or strpos(lower(c.name), $4) > 0)
           and ($5::timestamptz is null or (r.submitted_at, r.id) > ($5, $6))
         order by r.submitted_at, r.id limit $7"
    );
    bind_filter(statement, filter, limit).fetch_all(connection).await.map_err(Into::into)
}

fn bind_filter<'q>(
    statement: &'static str,
    filter: &'q RequestFilter,
    limit: i64,
) -> sqlx::query::QueryAs<'q, sqlx::Postgres, RequestRecord, sqlx::postgres::PgArguments> {
    sqlx::query_as(statement)
        .bind(filter.partner_id.map(|id| id.0))
        .bind(filter.kind.as_deref())
        .bind(filter.state.as_deref())
        .bind(filter.text.as_ref().map(|text| text.to_lowercase()))
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id.0))
        .bind(limit)
}

/// Waiting requests by kind: stable text and count.
pub async fn waiting_counts(connection: &mut Connection) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as("select kind, count(*) from requests where state = 'submitted' group by kind order by kind")
        .fetch_all(connection)
        .await?)
}

/// Marks a submitted request approved.
pub async fn approve(connection: &mut Connection, id: RequestId, by: UserId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query("update requests set state = 'approved', decided_by = $2, decided_at = $3 where id = $1 and state = 'submitted'")
        .bind(id.0)
        .bind(by.0)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks a submitted request refused.
pub async fn refuse(connection: &mut Connection, id: RequestId, by: UserId, at: DateTime<Utc>, code: &str, text: &str) -> Result<()> {
    sqlx::query(
        "update requests set state = 'refused', decided_by = $2, decided_at = $3, refusal_code = $4, refusal_text = $5
          where id = $1 and state = 'submitted'",
    )
    .bind(id.0)
    .bind(by.0)
    .bind(at)
    .bind(code)
    .bind(text)
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a submitted request withdrawn.
pub async fn withdraw(connection: &mut Connection, partner_id: PartnerId, id: RequestId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query("update requests set state = 'withdrawn', decided_at = $3 where id = $2 and partner_id = $1 and state = 'submitted'")
        .bind(partner_id.0)
        .bind(id.0)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Something that happened to a request.
#[derive(Clone, Debug, FromRow)]
pub struct RequestEvent {
    /// What happened.
    pub event: String,
    /// Name of the person who did it; none where the reader may not know.
    pub actor_name: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Records what happened.
pub async fn insert_event(
    connection: &mut Connection,
    id: RequestId,
    partner_id: PartnerId,
    event: &str,
    actor: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("insert into request_events (request_id, partner_id, event, actor_id, at) values ($1, $2, $3, $4, $5)")
        .bind(id.0)
        .bind(partner_id.0)
        .bind(event)
        .bind(actor.0)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// What happened to a request, in order. Names of staff stay hidden from partners by row-level security.
pub async fn events(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Vec<RequestEvent>> {
    Ok(sqlx::query_as(
        "select e.event, u.display_name as actor_name, e.at
           from request_events e left join users u on u.id = e.actor_id
          where e.request_id = $2 and e.partner_id = $1 order by e.id",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .fetch_all(connection)
    .await?)
}

/// References of the requests before and after a place among those that match, oldest first.
pub async fn neighbours(
    connection: &mut Connection,
    filter: &RequestFilter,
    place: (DateTime<Utc>, RequestId),
) -> Result<(Option<String>, Option<String>)> {
    Ok(sqlx::query_as(
        "with matching as (
            select r.reference, r.submitted_at, r.id
              from requests r
              join partners p on p.id = r.partner_id
              left join free_month_requests f on f.request_id = r.id
              left join sales_bonus_requests s on s.request_id = r.id
              left join clients c on c.id = coalesce(f.client_id, s.client_id)
             where ($1::uuid is null or r.partner_id = $1) and ($2::text is null or r.kind = $2) and ($3::text is null or r.state = $3)
               and ($4::text is null or strpos(lower(r.reference), $4) > 0 or strpos(lower(p.name), $4) > 0 or strpos(lower(c.name), $4) > 0)
         )
         select (select reference from matching where (submitted_at, id) < ($5, $6) order by submitted_at desc, id desc limit 1),
                (select reference from matching where (submitted_at, id) > ($5, $6) order by submitted_at, id limit 1)",
    )
    .bind(filter.partner_id.map(|id| id.0))
    .bind(filter.kind.as_deref())
    .bind(filter.state.as_deref())
    .bind(filter.text.as_ref().map(|text| text.to_lowercase()))
    .bind(place.0)
    .bind(place.1.0)
    .fetch_one(connection)
    .await?)
}

/// The live requests for bonus codes of a partner's quarter, newest first: what its meters are made of. A part of
/// [`crate::bonus_codes::form_facts`]: `$1` is the partner, `$2` the first day of the quarter.
pub(crate) const HOLDING_QUARTER: &str = select_requests!(
    "where r.partner_id = $1 and b.quarter = $2 and r.state in ('submitted', 'approved') order by r.submitted_at desc, r.id desc limit 100"
);
