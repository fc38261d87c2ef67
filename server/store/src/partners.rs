//! Partners and the facts their level rests on.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::{PartnerId, TermsVersionId, UserId};
use domain::level::{BillingSideChange, LevelFacts, StaffLevelDecision};
use domain::model::{BillingSide, Level, Model};
use domain::money::Money;
use domain::terms::TermsSchedule;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::terms_versions::schedule_from_json;
use crate::{Connection, Error, Result};

/// A partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Which partner.
    pub id: PartnerId,
    /// What billing calls it.
    pub code: String,
    /// Name.
    pub name: String,
    /// INN.
    pub inn: String,
}

/// A partner with every accepted fact about its level.
#[derive(Clone, Debug)]
pub struct PartnerFacts {
    /// The partner.
    pub partner: Partner,
    /// The facts.
    pub level: LevelFacts,
}

#[derive(FromRow)]
struct FactsRow {
    id: Uuid,
    code: String,
    name: String,
    inn: String,
    contract_date: NaiveDate,
    billing_side: String,
    exams: Value,
    staff_decisions: Value,
    billing_changes: Value,
    revenue: Value,
    closed_through: Option<NaiveDate>,
}

/// The columns of [`FactsRow`] from `partners p`.
macro_rules! facts_columns {
    () => {
        "p.id, p.code, p.name, p.inn, p.contract_date, p.billing_side,
         (select coalesce(jsonb_agg(e.passed_on), '[]') from partner_exams e where e.partner_id = p.id) as exams,
         (select coalesce(jsonb_agg(jsonb_build_object('date', d.decided_for, 'recorded', d.id, 'level', d.level, 'reason', d.reason)), '[]')
            from staff_level_decisions d where d.partner_id = p.id) as staff_decisions,
         (select coalesce(jsonb_agg(jsonb_build_object('approved', b.approved_on, 'recorded', b.id, 'billing', b.billing_side)), '[]')
            from billing_side_changes b where b.partner_id = p.id) as billing_changes,
         (select coalesce(jsonb_agg(jsonb_build_object('month', to_char(r.month, 'YYYY-MM'), 'revenue', r.revenue::text)), '[]')
            from partner_month_revenues r where r.partner_id = p.id) as revenue,
         (select max(month) from month_closes) as closed_through"
    };
}

#[derive(Deserialize)]
struct MonthRevenue {
    month: Month,
    revenue: Money,
}

fn read<T: DeserializeOwned>(json: Value, table: &'static str) -> Result<T> {
    serde_json::from_value(json).map_err(|_| Error::inconsistent(table, "facts"))
}

impl TryFrom<FactsRow> for PartnerFacts {
    type Error = Error;

    fn try_from(row: FactsRow) -> Result<Self> {
        let billing: BillingSide = row.billing_side.parse().map_err(|_| Error::inconsistent("partners", "billing_side"))?;
        let exams: Vec<BusinessDate> = read(row.exams, "partner_exams")?;
        let staff_decisions: Vec<StaffLevelDecision> = read(row.staff_decisions, "staff_level_decisions")?;
        let billing_changes: Vec<BillingSideChange> = read(row.billing_changes, "billing_side_changes")?;
        let revenue: Vec<MonthRevenue> = read(row.revenue, "partner_month_revenues")?;
        Ok(Self {
            partner: Partner { id: row.id.into(), code: row.code, name: row.name, inn: row.inn },
            level: LevelFacts {
                contract_date: row.contract_date.into(),
                billing,
                exams,
                staff_decisions,
                billing_changes,
                revenue: revenue.into_iter().map(|line| (line.month, line.revenue)).collect(),
                closed_through: row.closed_through.map(|date| BusinessDate::from(date).month()),
            },
        })
    }
}

#[derive(FromRow)]
struct FactsAndTermsRow {
    #[sqlx(flatten)]
    facts: FactsRow,
    terms: Option<Value>,
}

/// A partner's facts and the terms, in one statement: what every page of a partner begins with.
pub async fn facts_and_terms(connection: &mut Connection, id: PartnerId) -> Result<Option<(PartnerFacts, TermsSchedule)>> {
    const STATEMENT: &str = concat!(
        "select ",
        facts_columns!(),
        ", (select jsonb_agg(jsonb_build_object('id', t.id, 'valid_from', t.valid_from, 'parameters', t.parameters)) from terms_versions t) as terms
           from partners p where p.id = $1"
    );
    let row: Option<FactsAndTermsRow> = sqlx::query_as(STATEMENT).bind(id.0).fetch_optional(connection).await?;
    row.map(|row| Ok((row.facts.try_into()?, schedule_from_json(row.terms)?))).transpose()
}

/// The facts of several partners, by id.
pub async fn facts(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<PartnerFacts>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<FactsRow> = sqlx::query_as(concat!("select ", facts_columns!(), " from partners p where p.id = any($1) order by p.id"))
        .bind(ids)
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Ids of partners in order, after one, at most `limit`: for work that goes through all of them.
pub async fn ids_after(connection: &mut Connection, after: Option<PartnerId>, limit: i64) -> Result<Vec<PartnerId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from partners where $1::uuid is null or id > $1 order by id limit $2")
        .bind(after.map(|id| id.0))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// A partner by what billing or people call it: code, INN or id.
pub async fn find_by_name(connection: &mut Connection, text: &str) -> Result<Option<PartnerId>> {
    let id: Option<Uuid> = sqlx::query_scalar("select id from partners where code = upper($1) or inn = $1 or id::text = lower($1)")
        .bind(text)
        .fetch_optional(connection)
        .await?;
    Ok(id.map(Into::into))
}

/// Enters a partner. Its code and INN must be free: constraints `partners_code_key`, `partners_inn_key`.
pub async fn insert(
    connection: &mut Connection,
    partner: &Partner,
    contract_date: BusinessDate,
    billing: BillingSide,
    created_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("insert into partners (id, code, name, inn, contract_date, billing_side, created_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(partner.id.0)
        .bind(&partner.code)
        .bind(&partner.name)
        .bind(&partner.inn)
        .bind(contract_date.naive())
        .bind(billing.as_str())
        .bind(created_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks a partner's level: facts about it are recorded one at a time, and not while a month is closed.
pub async fn lock_level(connection: &mut Connection, id: PartnerId) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock_shared(2), pg_advisory_xact_lock(hashtextextended($1, 2))")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks the levels of all partners, for a month close or a correction. One lock, however many partners there are.
pub async fn lock_all_levels(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(2)").execute(connection).await?;
    Ok(())
}

/// Records a passed exam. The same day again is refused: constraint `partner_exams_day_key`.
pub async fn insert_exam(
    connection: &mut Connection,
    id: PartnerId,
    passed_on: BusinessDate,
    recorded_by: Option<UserId>,
    recorded_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into partner_exams (id, partner_id, passed_on, recorded_by, recorded_at) values (gen_random_uuid(), $1, $2, $3, $4)",
    )
    .bind(id.0)
    .bind(passed_on.naive())
    .bind(recorded_by.map(|user| user.0))
    .bind(recorded_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records a staff decision on the level (`LVL-8`).
pub async fn insert_level_decision(
    connection: &mut Connection,
    id: PartnerId,
    date: BusinessDate,
    level: Level,
    reason: &str,
    recorded_by: Option<UserId>,
    recorded_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into staff_level_decisions (partner_id, decided_for, level, reason, recorded_by, recorded_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.0)
    .bind(date.naive())
    .bind(level.as_str())
    .bind(reason)
    .bind(recorded_by.map(|user| user.0))
    .bind(recorded_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records an approved change of the billing side (`MODEL-2`).
pub async fn insert_billing_side_change(
    connection: &mut Connection,
    id: PartnerId,
    approved_on: BusinessDate,
    billing: BillingSide,
    recorded_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("insert into billing_side_changes (partner_id, approved_on, billing_side, recorded_at) values ($1, $2, $3, $4)")
        .bind(id.0)
        .bind(approved_on.naive())
        .bind(billing.as_str())
        .bind(recorded_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// A change of level as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedLevelChange {
    /// Whose.
    pub partner_id: PartnerId,
    /// First day.
    pub from: BusinessDate,
    /// The level from that day.
    pub level: Level,
    /// The model from that day.
    pub model: Model,
    /// The id of the rule behind it.
    pub rule: String,
    /// The facts behind it.
    pub cause: Value,
    /// The terms it was decided under.
    pub terms_version_id: TermsVersionId,
}

#[derive(FromRow)]
struct LevelChangeRow {
    partner_id: Uuid,
    from_date: NaiveDate,
    level: String,
    model: String,
    rule: String,
    cause: Value,
    terms_version_id: Uuid,
}

impl TryFrom<LevelChangeRow> for RecordedLevelChange {
    type Error = Error;

    fn try_from(row: LevelChangeRow) -> Result<Self> {
        Ok(Self {
            partner_id: row.partner_id.into(),
            from: row.from_date.into(),
            level: row.level.parse().map_err(|_| Error::inconsistent("level_changes", "level"))?,
            model: row.model.parse().map_err(|_| Error::inconsistent("level_changes", "model"))?,
            rule: row.rule,
            cause: row.cause,
            terms_version_id: row.terms_version_id.into(),
        })
    }
}

/// The recorded changes that hold, of several partners, by partner and day.
pub async fn level_changes(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<RecordedLevelChange>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<LevelChangeRow> = sqlx::query_as(
        "select partner_id, from_date, level, model, rule, cause, terms_version_id
           from level_changes where partner_id = any($1) and superseded_at is null order by partner_id, from_date",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Marks recorded changes of a partner from a day on as replaced.
pub async fn supersede_level_changes(connection: &mut Connection, id: PartnerId, from: BusinessDate, at: DateTime<Utc>) -> Result<u64> {
    let done =
        sqlx::query("update level_changes set superseded_at = $3 where partner_id = $1 and from_date >= $2 and superseded_at is null")
            .bind(id.0)
            .bind(from.naive())
            .bind(at)
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}

/// Records changes of level, of any partners, in one statement.
pub async fn insert_level_changes(connection: &mut Connection, changes: &[RecordedLevelChange], at: DateTime<Utc>) -> Result<()> {
    let partners: Vec<Uuid> = changes.iter().map(|change| change.partner_id.0).collect();
    let days: Vec<NaiveDate> = changes.iter().map(|change| change.from.naive()).collect();
    let levels: Vec<&str> = changes.iter().map(|change| change.level.as_str()).collect();
    let models: Vec<&str> = changes.iter().map(|change| change.model.as_str()).collect();
    let rules: Vec<&str> = changes.iter().map(|change| change.rule.as_str()).collect();
    let causes: Vec<&Value> = changes.iter().map(|change| &change.cause).collect();
    let terms: Vec<Uuid> = changes.iter().map(|change| change.terms_version_id.0).collect();
    sqlx::query(
        "insert into level_changes (partner_id, from_date, level, model, rule, cause, terms_version_id, recorded_at)
         select partner_id, from_date, level, model, rule, cause, terms_version_id, $1
           from unnest($2::uuid[], $3::date[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::uuid[])
                as change (partner_id, from_date, level, model, rule, cause, terms_version_id)",
    )
    .bind(at)
    .bind(partners)
    .bind(days)
    .bind(levels)
    .bind(models)
    .bind(rules)
    .bind(causes)
    .bind(terms)
    .execute(connection)
    .await?;
    Ok(())
}

/// A line of the staff's list of partners.
#[derive(Clone, Debug, FromRow)]
pub struct PartnerLine {
    /// Which partner.
    #[sqlx(try_from = "Uuid")]
    pub id: PartnerId,
    /// Name.
    pub name: String,
    /// When billing data last came in; none where it never did.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// A page of partners by name, after one of them. `text` is looked for in name, code and INN; `model` is the one recorded for `today`.
pub async fn list(
    connection: &mut Connection,
    text: Option<&str>,
    model: Option<Model>,
    after: Option<PartnerId>,
    today: BusinessDate,
    limit: i64,
) -> Result<Vec<PartnerLine>> {
    Ok(sqlx::query_as(
        "select p.id, p.name,
                (select i.finished_at from usage_imports i where i.state = 'committed' order by i.finished_at desc limit 1) as data_as_of
           from partners p
          where ($1::text is null or strpos(lower(p.name), $1) > 0 or strpos(lower(p.code), $1) > 0 or strpos(p.inn, $1) > 0)
            and ($2::text is null or $2 = (select l.model from level_changes l where l.partner_id = p.id and l.superseded_at is null
                                             and l.from_date <= $4 order by l.from_date desc limit 1))
            and ($3::uuid is null or (lower(p.name), p.id) > (select lower(a.name), a.id from partners a where a.id = $3))
          order by lower(p.name), p.id limit $5",
    )
    .bind(text.map(str::to_lowercase))
    .bind(model.map(Model::as_str))
    .bind(after.map(|id| id.0))
    .bind(today.naive())
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// A passed exam as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedExam {
    /// The day it was passed.
    pub passed_on: BusinessDate,
    /// Name of the person who recorded it; none where the demo or the command line did.
    pub recorded_by: Option<String>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// A partner's exams, newest first. Names of staff stay hidden from partners by row-level security.
pub async fn exams(connection: &mut Connection, id: PartnerId) -> Result<Vec<RecordedExam>> {
    let rows: Vec<(NaiveDate, Option<String>, DateTime<Utc>)> = sqlx::query_as(
        "select e.passed_on, u.display_name, e.recorded_at
           from partner_exams e left join users u on u.id = e.recorded_by
          where e.partner_id = $1 order by e.passed_on desc",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    let exam =
        |(passed_on, recorded_by, recorded_at): (NaiveDate, _, _)| RecordedExam { passed_on: passed_on.into(), recorded_by, recorded_at };
    Ok(rows.into_iter().map(exam).collect())
}

/// A staff decision on a level as it was recorded (`LVL-8`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedLevelDecision {
    /// The day from which it holds.
    pub date: BusinessDate,
    /// The level decided.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// Name of the person who decided; none where the command line did.
    pub recorded_by: Option<String>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct LevelDecisionRow {
    decided_for: NaiveDate,
    level: String,
    reason: String,
    recorded_by: Option<String>,
    recorded_at: DateTime<Utc>,
}

/// The decisions of staff on a partner's level, the last recorded first.
pub async fn level_decisions(connection: &mut Connection, id: PartnerId) -> Result<Vec<RecordedLevelDecision>> {
    let rows: Vec<LevelDecisionRow> = sqlx::query_as(
        "select d.decided_for, d.level, d.reason, u.display_name as recorded_by, d.recorded_at
           from staff_level_decisions d left join users u on u.id = d.recorded_by
          where d.partner_id = $1 order by d.id desc",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RecordedLevelDecision {
                date: row.decided_for.into(),
                level: row.level.parse().map_err(|_| Error::inconsistent("staff_level_decisions", "level"))?,
                reason: row.reason,
                recorded_by: row.recorded_by,
                recorded_at: row.recorded_at,
            })
        })
        .collect()
}
