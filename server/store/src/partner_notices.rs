//! What the portal tells partners, and what each of their people has read of it.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, UserId};
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::jobs::{EMAIL_ATTEMPTS, SEND_EMAIL};
use crate::{Connection, Result};

/// A notice to be given.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotice {
    /// Whom.
    pub partner_id: PartnerId,
    /// What happened, as the constraint `partner_notices_kind` knows it.
    pub kind: String,
    /// The figures.
    pub facts: Value,
}

/// Gives notices, in one statement: to everybody who can sign in for the partner, with an e-mail to those who want one and a job that
/// sends it. Only staff's transactions may.
pub async fn insert(connection: &mut Connection, notices: &[NewNotice], at: DateTime<Utc>) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "with given as (
            insert into partner_notices (partner_id, kind, facts, at)
            select n.*, $4 from unnest($1::uuid[], $2::text[], $3::jsonb[]) as n
            returning id, partner_id
         ), readers as (
            select u.id as user_id, u.locale, u.email_notices, g.id as notice_id, g.partner_id
              from given g join users u on u.partner_id = g.partner_id and u.disabled_at is null
         ), told as (
            insert into user_notices (user_id, notice_id, partner_id) select user_id, notice_id, partner_id from readers
         ), written as (
            insert into emails (id, user_id, partner_id, notice_id, locale, state, queued_at)
            select gen_random_uuid(), user_id, partner_id, notice_id, locale, 'queued', $4 from readers where email_notices
            returning id
         ), jobs as (
            select array_agg((($5, json_build_object('email', id), null, null, $6, null, null, null)::graphile_worker.job_spec)) as specs
              from written
         )
         select count(j.id) from jobs cross join lateral graphile_worker.add_jobs(jobs.specs) j where jobs.specs is not null",
    )
    .bind(notices.iter().map(|notice| notice.partner_id.0).collect::<Vec<Uuid>>())
    .bind(notices.iter().map(|notice| notice.kind.as_str()).collect::<Vec<&str>>())
    .bind(notices.iter().map(|notice| &notice.facts).collect::<Vec<&Value>>())
    .bind(at)
    .bind(SEND_EMAIL)
    .bind(EMAIL_ATTEMPTS)
    .execute(connection)
    .await?;
    Ok(())
}

/// A notice as one person has it.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct NoticeRecord {
    /// Which notice; later ones have larger numbers.
    pub id: i64,
    /// What happened.
    pub kind: String,
    /// The figures.
    pub facts: Value,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the person has not read it.
    pub unread: bool,
    /// How far its e-mail to the person got; none where there is none.
    pub email_state: Option<String>,
    /// Why it will not be sent.
    pub email_failure: Option<String>,
    /// When the mail server took it.
    pub email_sent_at: Option<DateTime<Utc>>,
}

/// Which notices are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Only what the person has not read.
    pub unread: bool,
    /// Only notices before this one.
    pub before: Option<i64>,
}

/// Notices of a partner as one of its people has them, newest first.
pub async fn newest(
    connection: &mut Connection,
    partner_id: PartnerId,
    user_id: UserId,
    filter: NoticeFilter,
    limit: i64,
) -> Result<Vec<NoticeRecord>> {
    Ok(sqlx::query_as(
        "select n.id, n.kind, n.facts, n.at, coalesce(un.read_at is null and un.notice_id is not null, false) as unread,
                e.state as email_state, e.failure as email_failure, e.sent_at as email_sent_at
           from partner_notices n
           left join user_notices un on un.notice_id = n.id and un.user_id = $2
           left join emails e on e.notice_id = n.id and e.user_id = $2
          where n.partner_id = $1 and ($3::bigint is null or n.id < $3) and (not $4 or (un.notice_id is not null and un.read_at is null))
          order by n.id desc limit $5",
    )
    .bind(partner_id.0)
    .bind(user_id.0)
    .bind(filter.before)
    .bind(filter.unread)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// One notice of a partner: kind and figures. The person has read it from now on.
pub async fn open(
    connection: &mut Connection,
    partner_id: PartnerId,
    user_id: UserId,
    id: i64,
    now: DateTime<Utc>,
) -> Result<Option<(String, Value)>> {
    Ok(sqlx::query_as(
        "with opened as (
            update user_notices set read_at = $4 where user_id = $2 and notice_id = $3 and partner_id = $1 and read_at is null
         )
         select kind, facts from partner_notices where partner_id = $1 and id = $3",
    )
    .bind(partner_id.0)
    .bind(user_id.0)
    .bind(id)
    .bind(now)
    .fetch_optional(connection)
    .await?)
}

/// A person has read everything up to a notice. What came after it stays unread. How many that were.
pub async fn mark_read(
    connection: &mut Connection,
    partner_id: PartnerId,
    user_id: UserId,
    through: i64,
    now: DateTime<Utc>,
) -> Result<u64> {
    let done =
        sqlx::query("update user_notices set read_at = $4 where user_id = $2 and partner_id = $1 and notice_id <= $3 and read_at is null")
            .bind(partner_id.0)
            .bind(user_id.0)
            .bind(through)
            .bind(now)
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}
