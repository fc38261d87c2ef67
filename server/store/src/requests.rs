//! Requests of partners, of every kind.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{PartnerId, RequestId, TermsVersionId, UserId};
use domain::request::{Actor, Entries, Event, Performer, Position, RequestKind, Stage, Turn, Version};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::users::StaffMember;
use crate::{Connection, Error, Result};

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
    /// The last day on which its decision is in time.
    pub due_on: Option<BusinessDate>,
    /// What was entered, by field.
    pub entries: Value,
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
    /// The stable text of its status.
    pub status: String,
    /// The stable text of its stage; none where the kind has no stages.
    pub stage: Option<String>,
    /// How many times it was changed.
    pub version: i32,
    /// The reviewer who has it.
    pub assignee_id: Option<Uuid>,
    /// That reviewer's name; none where the reader may not know.
    pub assignee_name: Option<String>,
    /// The last Moscow day on which its decision is in time; none while that clock stands.
    pub due_on: Option<chrono::NaiveDate>,
    /// Key made with the form.
    pub idempotency_key: Uuid,
    /// Who submitted it; none while nobody ever did, as all that a submission records.
    pub submitted_by: Option<Uuid>,
    /// When.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Its place in lists: when it was submitted, or begun where it never was.
    pub listed_at: DateTime<Utc>,
    /// The model in force at the submission.
    pub model: Option<String>,
    /// What the rules said then.
    pub verdict: Option<Value>,
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
    /// Of a case: its title, as far as it was entered. Of a comment: that of the news.
    pub title: Option<String>,
    /// Of a comment: the last day for the answer.
    pub deadline: Option<chrono::NaiveDate>,
    /// Of a comment: the bonus that was set, RUB.
    pub bonus: Option<Decimal>,
}

/// The select list and joins of [`RequestRecord`].
macro_rules! select_requests {
    ($rest:literal) => {
        concat!(
            "select r.id, r.partner_id, p.name as partner_name, r.kind, r.reference, r.status, r.stage, r.version, r.assignee_id,
                    a.display_name as assignee_name, r.due_on, r.idempotency_key, r.submitted_by, r.submitted_at, r.listed_at,
                    r.model, r.verdict,
                    r.decided_at, r.refusal_code, r.refusal_text, b.codes, b.value, coalesce(b.quarter, f.month, s.month) as period,
                    c.id as client_id, c.name as client_name, s.manager_name, s.amount, coalesce(n.title, nullif(btrim(r.entries ->> 'brief.title'), '')) as title,
                    t.deadline, (t.bonus ->> 'amount')::numeric as bonus
               from requests r
               join partners p on p.id = r.partner_id
               left join users a on a.id = r.assignee_id
               left join bonus_code_requests b on b.request_id = r.id
               left join free_month_requests f on f.request_id = r.id
               left join sales_bonus_requests s on s.request_id = r.id
               left join telegram_comment_requests t on t.request_id = r.id
               left join news_items n on n.id = t.news_item_id
               left join clients c on c.id = coalesce(f.client_id, s.client_id) ",
            $rest
        )
    };
}

/// The next number of a kind's human references. Gaps are possible and mean nothing.
pub async fn next_number(connection: &mut Connection, kind: RequestKind) -> Result<i64> {
    let statement = match kind {
        RequestKind::BonusCodes => "select nextval('bonus_code_request_numbers')",
        RequestKind::FreeMonth => "select nextval('free_month_request_numbers')",
        RequestKind::SalesBonus => "select nextval('sales_bonus_request_numbers')",
        RequestKind::CaseStudy => "select nextval('case_study_request_numbers')",
        RequestKind::TelegramComment => "select nextval('telegram_comment_request_numbers')",
    };
    Ok(sqlx::query_scalar(statement).fetch_one(connection).await?)
}

/// Records a request; false where one with the same key is there already.
pub async fn insert(connection: &mut Connection, request: &NewRequest<'_>) -> Result<bool> {
    let written = sqlx::query(
        "insert into requests
            (id, partner_id, kind, reference, status, version, idempotency_key, submitted_by, submitted_at, model, terms_version_id, verdict,
             due_on, entries, listed_at)
         values ($1, $2, $3, $4, 'submitted', 2, $5, $6, $7, $8, $9, $10, $11, $12, $7)
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
    .bind(request.due_on.map(BusinessDate::naive))
    .bind(&request.entries)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// A draft to begin.
#[derive(Clone, Debug)]
pub struct NewDraft<'a> {
    /// Which request.
    pub id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Its kind.
    pub kind: RequestKind,
    /// What people call it.
    pub reference: &'a str,
    /// The key that lives with it.
    pub idempotency_key: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Begins a draft, in the first position of its kind and with nothing entered; false where one with the same key is there already.
pub async fn insert_draft(connection: &mut Connection, draft: &NewDraft<'_>) -> Result<bool> {
    let first = Position::first(draft.kind);
    let written = sqlx::query(
        "insert into requests (id, partner_id, kind, reference, status, stage, version, idempotency_key, listed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict on constraint requests_idempotency_key do nothing",
    )
    .bind(draft.id.0)
    .bind(draft.partner_id.0)
    .bind(draft.kind.as_str())
    .bind(draft.reference)
    .bind(first.status.as_str())
    .bind(first.stage.map(Stage::as_str))
    .bind(version(Version::FIRST))
    .bind(draft.idempotency_key)
    .bind(draft.at)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// What a submission records of the moment.
#[derive(Clone, Debug)]
pub struct NewSubmission<'a> {
    /// Of which request.
    pub id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Who submits it.
    pub submitted_by: UserId,
    /// Now: its place in lists, too.
    pub submitted_at: DateTime<Utc>,
    /// The stable text of the model in force.
    pub model: &'a str,
    /// The terms in force.
    pub terms_version_id: TermsVersionId,
    /// What the rules said.
    pub verdict: Value,
}

/// Records the submission of a draft; an earlier one, from before it was taken up again, stays on the timeline only.
pub async fn record_submission(connection: &mut Connection, new: &NewSubmission<'_>) -> Result<()> {
    sqlx::query(
        "update requests set submitted_by = $3, submitted_at = $4, listed_at = $4, model = $5, terms_version_id = $6, verdict = $7
          where id = $1 and partner_id = $2 and status = 'draft'",
    )
    .bind(new.id.0)
    .bind(new.partner_id.0)
    .bind(new.submitted_by.0)
    .bind(new.submitted_at)
    .bind(new.model)
    .bind(new.terms_version_id.0)
    .bind(&new.verdict)
    .execute(connection)
    .await?;
    Ok(())
}

/// The reference of the request that was made with a key.
pub async fn find_by_idempotency_key(connection: &mut Connection, partner_id: PartnerId, key: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select reference from requests where partner_id = $1 and idempotency_key = $2")
        .bind(partner_id.0)
        .bind(key)
        .fetch_optional(connection)
        .await?)
}

/// The reference of a partner's request by its id.
pub async fn reference_of(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select reference from requests where partner_id = $1 and id = $2")
        .bind(partner_id.0)
        .bind(id.0)
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

/// The request that was made with a key, locked until the transaction ends.
pub async fn find_by_key_for_update(connection: &mut Connection, partner_id: PartnerId, key: Uuid) -> Result<Option<RequestRecord>> {
    Ok(sqlx::query_as(select_requests!("where r.partner_id = $1 and r.idempotency_key = $2 for update of r"))
        .bind(partner_id.0)
        .bind(key)
        .fetch_optional(connection)
        .await?)
}

/// Which requests a list shows by where they stand. What a partner only drafts is in its own lists alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queue {
    /// All of them, drafts too.
    #[default]
    All,
    /// All that were submitted or are the provider's business otherwise.
    NoDrafts,
    /// Those that wait for the provider: for the decision, or for the work that follows it.
    Waiting,
    /// Those that wait for the partner before the provider can go on.
    WithPartner,
    /// Those that wait for nobody.
    Ended,
}

impl Queue {
    /// Whose turn it is; none for anybody's.
    fn turn(self) -> Option<&'static str> {
        match self {
            Self::All | Self::NoDrafts => None,
            Self::Waiting => Some(Turn::Provider.as_str()),
            Self::WithPartner => Some(Turn::Partner.as_str()),
            Self::Ended => Some(Turn::Nobody.as_str()),
        }
    }
}

/// Whose requests a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    /// Anybody's.
    #[default]
    Any,
    /// Nobody's yet.
    Nobody,
    /// This reviewer's.
    Person(UserId),
}

/// What a list of requests shows; an absent part matches all.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// Only this partner's.
    pub partner_id: Option<PartnerId>,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only those that stand so.
    pub queue: Queue,
    /// Only those of this reviewer.
    pub owner: Owner,
    /// Only those whose decision was due before this day.
    pub due_before: Option<BusinessDate>,
    /// Part of the reference, the title, the partner's or the client's name.
    pub text: Option<String>,
    /// The place where the page before ended: place in lists and id.
    pub after: Option<(DateTime<Utc>, RequestId)>,
}

/// Binds a [`RequestFilter`] and its place: `$1` to `$10`.
macro_rules! bind_filter {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.partner_id.map(|id| id.0))
            .bind($filter.kind.as_deref())
            .bind($filter.queue.turn())
            .bind($filter.text.as_ref().map(|text| text.to_lowercase()))
            .bind($filter.owner == Owner::Nobody)
            .bind(if let Owner::Person(id) = $filter.owner { Some(id.0) } else { None })
            .bind($filter.due_before.map(BusinessDate::naive))
            .bind($filter.queue == Queue::All)
            .bind($filter.after.map(|(at, _)| at))
            .bind($filter.after.map(|(_, id)| id.0))
    };
}

/// The condition of a [`RequestFilter`], but for the place: `$1` to `$8`.
macro_rules! filter_condition {
    () => {
        "($1::uuid is null or r.partner_id = $1) and ($2::text is null or r.kind = $2) and ($3::text is null or request_turn(r.status, r.stage) = $3)
           and ($4::text is null or strpos(lower(r.reference), $4) > 0 or strpos(lower(p.name), $4) > 0 or strpos(lower(c.name), $4) > 0
                                 or strpos(lower(coalesce(n.title, r.entries ->> 'brief.title')), $4) > 0)
           and (not $5 or r.assignee_id is null) and ($6::uuid is null or r.assignee_id = $6) and ($7::date is null or r.due_on < $7)
           and ($8 or r.status <> 'draft')"
    };
}

/// A partner's requests, newest first, at most `limit`.
pub async fn newest(connection: &mut Connection, filter: &RequestFilter, limit: i64) -> Result<Vec<RequestRecord>> {
    let statement = concat!(
        select_requests!("where "),
        filter_condition!(),
        " and ($9::timestamptz is null or (r.listed_at, r.id) < ($9, $10)) order by r.listed_at desc, r.id desc limit $11"
    );
    bind_filter!(sqlx::query_as(statement), filter).bind(limit).fetch_all(connection).await.map_err(Into::into)
}

/// Requests of all partners, oldest first, at most `limit`.
pub async fn oldest(connection: &mut Connection, filter: &RequestFilter, limit: i64) -> Result<Vec<RequestRecord>> {
    let statement = concat!(
        select_requests!("where "),
        filter_condition!(),
        " and ($9::timestamptz is null or (r.listed_at, r.id) > ($9, $10)) order by r.listed_at, r.id limit $11"
    );
    bind_filter!(sqlx::query_as(statement), filter).bind(limit).fetch_all(connection).await.map_err(Into::into)
}

/// Waiting requests by kind, stable text and count, and staff who may sign in, by name: what every page of the inbox shows, in one statement.
pub async fn waiting_counts_and_staff(connection: &mut Connection) -> Result<(BTreeMap<String, u32>, Vec<StaffMember>)> {
    let (counts, staff): (Json<BTreeMap<String, u32>>, Json<Vec<StaffMember>>) = sqlx::query_as(
        "select coalesce((select jsonb_object_agg(k.kind, k.waiting)
                            from (select kind, count(*) as waiting from requests where request_turn(status, stage) = 'provider' group by kind) k), '{}'),
                coalesce((select jsonb_agg(jsonb_build_object('id', u.id, 'display_name', u.display_name) order by u.display_name, u.id)
                            from (select id, display_name from users where partner_id is null and disabled_at is null
                                   order by display_name, id limit 200) u), '[]')",
    )
    .fetch_one(connection)
    .await?;
    Ok((counts.0, staff.0))
}

/// What an act made of a request.
#[derive(Clone, Debug)]
pub struct RequestChange<'a> {
    /// Which request.
    pub id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The event, which carries the new version, status and stage.
    pub event: &'a Event,
    /// When it was decided or ended otherwise; none while it is not.
    pub ended_at: Option<DateTime<Utc>>,
    /// The last day on which its decision is in time; none while that clock stands.
    pub due_on: Option<BusinessDate>,
    /// What was entered, by field.
    pub entries: Value,
}

/// What staff alone change with it.
#[derive(Clone, Debug)]
pub struct ReviewChange<'a> {
    /// The reviewer who has it.
    pub assignee: Option<UserId>,
    /// Who decided on it; none while nobody did.
    pub decided_by: Option<UserId>,
    /// Why it was refused: code and words.
    pub refusal: Option<(&'a str, &'a str)>,
}

/// Writes what a person of the partner did to its request; false where another version is there by now.
pub async fn change(connection: &mut Connection, change: &RequestChange<'_>) -> Result<bool> {
    let event = change.event;
    let written = sqlx::query(
        // Taken up again, or withdrawn, it is nobody's to review, and no decision is in force.
        "update requests set status = $3, stage = $4, version = $5, decided_at = $6, due_on = $7, entries = $8,
                             assignee_id = case when $3 = 'draft' then null else assignee_id end,
                             decided_by = case when $3 in ('draft', 'withdrawn') then null else decided_by end,
                             refusal_code = case when $3 = 'refused' then refusal_code end,
                             refusal_text = case when $3 = 'refused' then refusal_text end
          where id = $1 and partner_id = $2 and version = $5 - 1",
    )
    .bind(change.id.0)
    .bind(change.partner_id.0)
    .bind(event.to.status.as_str())
    .bind(event.to.stage.map(Stage::as_str))
    .bind(version(event.version))
    .bind(change.ended_at)
    .bind(change.due_on.map(BusinessDate::naive))
    .bind(&change.entries)
    .execute(&mut *connection)
    .await?;
    insert_event(connection, change.id, change.partner_id, event).await?;
    Ok(written.rows_affected() == 1)
}

/// Writes what staff, or the portal itself, did to a request; false where another version is there by now.
pub async fn change_in_review(connection: &mut Connection, change: &RequestChange<'_>, review: &ReviewChange<'_>) -> Result<bool> {
    let event = change.event;
    let written = sqlx::query(
        "update requests set status = $3, stage = $4, version = $5, decided_at = $6, due_on = $7, entries = $8, assignee_id = $9,
                             decided_by = $10, refusal_code = $11, refusal_text = $12
          where id = $1 and partner_id = $2 and version = $5 - 1",
    )
    .bind(change.id.0)
    .bind(change.partner_id.0)
    .bind(event.to.status.as_str())
    .bind(event.to.stage.map(Stage::as_str))
    .bind(version(event.version))
    .bind(change.ended_at)
    .bind(change.due_on.map(BusinessDate::naive))
    .bind(&change.entries)
    .bind(review.assignee.map(|id| id.0))
    .bind(review.decided_by.map(|id| id.0))
    .bind(review.refusal.map(|(code, _)| code))
    .bind(review.refusal.map(|(_, text)| text))
    .execute(&mut *connection)
    .await?;
    insert_event(connection, change.id, change.partner_id, event).await?;
    Ok(written.rows_affected() == 1)
}

fn version(version: Version) -> i32 {
    i32::try_from(version.0).unwrap_or(i32::MAX)
}

/// What was entered in a request, by field.
pub async fn entries(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Entries> {
    let entries: Value = sqlx::query_scalar("select entries from requests where id = $2 and partner_id = $1")
        .bind(partner_id.0)
        .bind(id.0)
        .fetch_one(connection)
        .await?;
    serde_json::from_value(entries).map_err(|_| Error::inconsistent("requests", "entries"))
}

/// Something that happened to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestEvent {
    /// What the engine knows of it.
    pub event: Event,
    /// Name of the person who did it; none where the reader may not know, and of the portal itself.
    pub actor_name: Option<String>,
}

#[derive(FromRow)]
struct EventRow {
    version: i32,
    act: String,
    performer: String,
    actor_id: Option<Uuid>,
    actor_name: Option<String>,
    detail: Value,
    from_status: String,
    from_stage: Option<String>,
    to_status: String,
    to_stage: Option<String>,
    at: DateTime<Utc>,
}

impl TryFrom<EventRow> for RequestEvent {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self> {
        let wrong = |column| Error::inconsistent("request_events", column);
        let position = |status: &str, stage: Option<&str>, column| -> Result<Position> {
            Ok(Position {
                status: status.parse().map_err(|_| wrong(column))?,
                stage: stage.map(str::parse).transpose().map_err(|_| wrong(column))?,
            })
        };
        let performer: Performer = row.performer.parse().map_err(|_| wrong("performer"))?;
        let actor = match (performer.role(), row.actor_id) {
            (Some(role), Some(id)) => Actor::Person { id: id.into(), role },
            (None, None) => Actor::Portal,
            _ => return Err(wrong("actor_id")),
        };
        Ok(Self {
            event: Event {
                version: Version(u32::try_from(row.version).map_err(|_| wrong("version"))?),
                actor,
                at: row.at,
                act: row.act.parse().map_err(|_| wrong("act"))?,
                detail: serde_json::from_value(row.detail).map_err(|_| wrong("detail"))?,
                from: position(&row.from_status, row.from_stage.as_deref(), "from_status")?,
                to: position(&row.to_status, row.to_stage.as_deref(), "to_status")?,
            },
            actor_name: row.actor_name,
        })
    }
}

/// Records what happened.
pub async fn insert_event(connection: &mut Connection, id: RequestId, partner_id: PartnerId, event: &Event) -> Result<()> {
    let detail = serde_json::to_value(&event.detail).map_err(|_| Error::inconsistent("request_events", "detail"))?;
    sqlx::query(
        "insert into request_events
            (request_id, partner_id, version, act, performer, actor_id, detail, from_status, from_stage, to_status, to_stage, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(version(event.version))
    .bind(event.act.as_str())
    .bind(event.actor.performer().as_str())
    .bind(event.actor.person().map(|id| id.0))
    .bind(detail)
    .bind(event.from.status.as_str())
    .bind(event.from.stage.map(Stage::as_str))
    .bind(event.to.status.as_str())
    .bind(event.to.stage.map(Stage::as_str))
    .bind(event.at)
    .execute(connection)
    .await?;
    Ok(())
}

/// What happened to a request, in order. Names of staff stay hidden from partners by row-level security.
pub async fn events(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Vec<RequestEvent>> {
    let rows: Vec<EventRow> = sqlx::query_as(
        "select e.version, e.act, e.performer, e.actor_id, u.display_name as actor_name, e.detail, e.from_status, e.from_stage,
                e.to_status, e.to_stage, e.at
           from request_events e left join users u on u.id = e.actor_id
          where e.request_id = $2 and e.partner_id = $1 order by e.version",
    )
    .bind(partner_id.0)
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The requests that were approved or refused in a period, from its first instant until before its last, each with its kind and all that
/// happened to it: those decided last first, at most so many.
pub async fn decided_between(
    connection: &mut Connection,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    most: i64,
) -> Result<Vec<(String, Vec<RequestEvent>)>> {
    #[derive(FromRow)]
    struct Row {
        request_id: Uuid,
        kind: String,
        #[sqlx(flatten)]
        event: EventRow,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select e.request_id, r.kind, e.version, e.act, e.performer, e.actor_id, u.display_name as actor_name, e.detail, e.from_status,
                e.from_stage, e.to_status, e.to_stage, e.at
           from (select request_id from request_events
                  where act in ('approve', 'refuse') and at >= $1 and at < $2
                  group by request_id order by max(at) desc limit $3) decided
           join request_events e using (request_id)
           join requests r on r.id = e.request_id
           left join users u on u.id = e.actor_id
          order by e.request_id, e.version",
    )
    .bind(from)
    .bind(until)
    .bind(most)
    .fetch_all(connection)
    .await?;
    let mut found: Vec<(String, Vec<RequestEvent>)> = Vec::new();
    let mut of = None;
    for row in rows {
        if of != Some(row.request_id) {
            of = Some(row.request_id);
            found.push((row.kind, Vec::new()));
        }
        if let Some((_, events)) = found.last_mut() {
            events.push(row.event.try_into()?);
        }
    }
    Ok(found)
}

/// What waits for a decision: how many requests of a kind a reviewer has, and how many of them are late.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LateRequests {
    /// The kind, as its stable text.
    pub kind: String,
    /// Who has them; none where nobody does.
    pub assignee_name: Option<String>,
    /// How many wait.
    pub waiting: i64,
    /// How many of them were due before the day.
    pub late: i64,
}

/// What waits for a decision, by kind and reviewer; late is what was due before a day.
pub async fn late(connection: &mut Connection, day: BusinessDate) -> Result<Vec<LateRequests>> {
    let found = sqlx::query_as(
        "select r.kind, u.display_name as assignee_name, count(*) as waiting, count(*) filter (where r.due_on < $1) as late
           from requests r left join users u on u.id = r.assignee_id
          where r.status in ('submitted', 'in_review')
          group by r.kind, u.display_name order by late desc, waiting desc, r.kind",
    );
    Ok(found.bind(day.naive()).fetch_all(connection).await?)
}

/// References of the requests before and after a place among those that match, oldest first.
pub async fn neighbours(
    connection: &mut Connection,
    filter: &RequestFilter,
    place: (DateTime<Utc>, RequestId),
) -> Result<(Option<String>, Option<String>)> {
    let statement = sqlx::query_as(concat!(
        "with matching as not materialized (
                select r.reference, r.listed_at, r.id
                  from requests r
                  join partners p on p.id = r.partner_id
                  left join free_month_requests f on f.request_id = r.id
                  left join sales_bonus_requests s on s.request_id = r.id
                  left join telegram_comment_requests t on t.request_id = r.id
                  left join news_items n on n.id = t.news_item_id
                  left join clients c on c.id = coalesce(f.client_id, s.client_id)
                 where ",
        filter_condition!(),
        ")
             select (select reference from matching where (listed_at, id) < ($9, $10) order by listed_at desc, id desc limit 1),
                    (select reference from matching where (listed_at, id) > ($9, $10) order by listed_at, id limit 1)"
    ));
    let filter = RequestFilter { after: Some(place), ..filter.clone() };
    Ok(bind_filter!(statement, filter).fetch_one(connection).await?)
}

/// The live requests for bonus codes of a partner's quarter, newest first: what its meters are made of. A part of
/// [`crate::bonus_codes::form_facts`]: `$1` is the partner, `$2` the first day of the quarter.
pub(crate) const HOLDING_QUARTER: &str = select_requests!(
    "where r.partner_id = $1 and b.quarter = $2 and request_is_live(r.status) order by r.submitted_at desc, r.id desc limit 100"
);
