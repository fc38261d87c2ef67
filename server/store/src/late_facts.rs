//! Facts that would change the level of days already past, until staff accept or decline them (section 2, `USE-4`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::{ClientId, LateFactId, PartnerId, UsageImportId, UserId};
use domain::money::Money;
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// What a proposed fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateFactSubject {
    /// An exam recorded late.
    Exam {
        /// The day it was passed.
        passed_on: BusinessDate,
    },
    /// A correction of usage.
    UsageCorrection {
        /// The import that brought it.
        import_id: UsageImportId,
    },
}

/// A fact as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct LateFact {
    /// Which.
    pub id: LateFactId,
    /// Whose level.
    pub partner_id: PartnerId,
    /// That partner's name.
    pub partner_name: String,
    /// What it is about.
    pub subject: LateFactSubject,
    /// The days it would change, as they were found when it was proposed.
    pub differences: Value,
    /// What would move in the ledger, as it was found then.
    pub money: Value,
    /// `proposed`, `accepted` or `declined`.
    pub state: String,
    /// Name of the person who proposed it; none where the command line did.
    pub proposed_by_name: Option<String>,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Name of the person who decided.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub decision_reason: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    partner_id: Uuid,
    partner_name: String,
    exam_on: Option<NaiveDate>,
    import_id: Option<Uuid>,
    differences: Value,
    money: Value,
    state: String,
    proposed_by_name: Option<String>,
    proposed_at: DateTime<Utc>,
    decided_by_name: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decision_reason: Option<String>,
}

impl TryFrom<Row> for LateFact {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let subject = match (row.exam_on, row.import_id) {
            (Some(passed_on), None) => LateFactSubject::Exam { passed_on: passed_on.into() },
            (None, Some(import)) => LateFactSubject::UsageCorrection { import_id: import.into() },
            _ => return Err(Error::inconsistent("late_facts", "kind")),
        };
        Ok(Self {
            id: row.id.into(),
            partner_id: row.partner_id.into(),
            partner_name: row.partner_name,
            subject,
            differences: row.differences,
            money: row.money,
            state: row.state,
            proposed_by_name: row.proposed_by_name,
            proposed_at: row.proposed_at,
            decided_by_name: row.decided_by_name,
            decided_at: row.decided_at,
            decision_reason: row.decision_reason,
        })
    }
}

/// The select list and joins of [`Row`].
macro_rules! select_late_facts {
    ($rest:literal) => {
        concat!(
            "select f.id, f.partner_id, p.name as partner_name, f.exam_on, f.import_id, f.differences, f.money, f.state,
                    a.display_name as proposed_by_name, f.proposed_at, d.display_name as decided_by_name, f.decided_at, f.decision_reason
               from late_facts f join partners p on p.id = f.partner_id
               left join users a on a.id = f.proposed_by left join users d on d.id = f.decided_by ",
            $rest
        )
    };
}

/// Proposes a fact. The same exam proposed twice is refused: constraint `late_facts_exam_key`.
#[expect(clippy::too_many_arguments, reason = "the columns of the row")]
pub async fn insert(
    connection: &mut Connection,
    id: LateFactId,
    partner_id: PartnerId,
    subject: LateFactSubject,
    differences: &Value,
    money: &Value,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<()> {
    let (kind, exam_on, import_id) = match subject {
        LateFactSubject::Exam { passed_on } => ("exam", Some(passed_on.naive()), None),
        LateFactSubject::UsageCorrection { import_id } => ("usage_correction", None, Some(import_id.0)),
    };
    sqlx::query(
        "insert into late_facts (id, partner_id, kind, exam_on, import_id, differences, money, state, proposed_by, proposed_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9)",
    )
    .bind(id.0)
    .bind(partner_id.0)
    .bind(kind)
    .bind(exam_on)
    .bind(import_id)
    .bind(differences)
    .bind(money)
    .bind(by.map(|user| user.0))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// One fact.
pub async fn find(connection: &mut Connection, id: LateFactId) -> Result<Option<LateFact>> {
    let row: Option<Row> = sqlx::query_as(select_late_facts!("where f.id = $1")).bind(id.0).fetch_optional(connection).await?;
    row.map(TryInto::try_into).transpose()
}

/// The same, locked until the transaction ends: decided twice is decided once.
pub async fn find_for_update(connection: &mut Connection, id: LateFactId) -> Result<Option<LateFact>> {
    let row: Option<Row> =
        sqlx::query_as(select_late_facts!("where f.id = $1 for update of f")).bind(id.0).fetch_optional(connection).await?;
    row.map(TryInto::try_into).transpose()
}

/// Facts that wait first, the oldest of them first; then the decided ones, the newest first. At most `limit`.
pub async fn list(connection: &mut Connection, partner_id: Option<PartnerId>, limit: i64) -> Result<Vec<LateFact>> {
    let rows: Vec<Row> = sqlx::query_as(select_late_facts!(
        "where $1::uuid is null or f.partner_id = $1
         order by f.decided_at desc nulls first, f.proposed_at, f.id limit $2"
    ))
    .bind(partner_id.map(|id| id.0))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many wait.
pub async fn waiting(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from late_facts where state = 'proposed'").fetch_one(connection).await?)
}

/// Records the decision on a fact that waits.
pub async fn decide(
    connection: &mut Connection,
    id: LateFactId,
    accepted: bool,
    reason: &str,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update late_facts set state = $2, decided_by = $3, decided_at = $4, decision_reason = $5 where id = $1 and state = 'proposed'",
    )
    .bind(id.0)
    .bind(if accepted { "accepted" } else { "declined" })
    .bind(by.map(|user| user.0))
    .bind(at)
    .bind(reason)
    .execute(connection)
    .await?;
    Ok(())
}

/// A row of a proposed correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedUsageRow {
    /// Which client's.
    pub client_id: ClientId,
    /// That client's name.
    pub client_name: String,
    /// Which month.
    pub month: Month,
    /// Service code.
    pub service: String,
    /// Name of the resource.
    pub resource: String,
    /// The amount when it was proposed, RUB; none where there was no such row.
    pub old_gross: Option<Money>,
    /// The amount proposed, RUB.
    pub new_gross: Money,
}

/// Takes a partner's rows of months closed through `closed_through` out of the compared file and keeps them with the fact.
pub async fn set_rows_aside(connection: &mut Connection, id: LateFactId, partner_id: PartnerId, closed_through: Month) -> Result<u64> {
    let last = closed_through.first_day().naive();
    sqlx::query(
        "insert into late_fact_usage_rows (late_fact_id, partner_id, client_id, month, service, resource, old_gross, new_gross)
         select $1, partner_id, client_id, month, service, resource, old_gross, gross from usage_difference where partner_id = $2 and month <= $3",
    )
    .persistent(false)
    .bind(id.0)
    .bind(partner_id.0)
    .bind(last)
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query("delete from usage_difference where partner_id = $1 and month <= $2")
        .persistent(false)
        .bind(partner_id.0)
        .bind(last)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// The rows of a proposed correction, by client, month, service and resource.
pub async fn rows(connection: &mut Connection, id: LateFactId) -> Result<Vec<ProposedUsageRow>> {
    type Columns = (Uuid, String, NaiveDate, String, String, Option<Decimal>, Decimal);
    let rows: Vec<Columns> = sqlx::query_as(
        "select r.client_id, c.name, r.month, r.service, r.resource, r.old_gross, r.new_gross
           from late_fact_usage_rows r join clients c on c.id = r.client_id
          where r.late_fact_id = $1 order by lower(c.name), c.id, r.month, r.service, r.resource",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(client, client_name, month, service, resource, old, new)| ProposedUsageRow {
            client_id: client.into(),
            client_name,
            month: BusinessDate::from(month).month(),
            service,
            resource,
            old_gross: old.map(Money::rounded),
            new_gross: Money::rounded(new),
        })
        .collect())
}

/// Makes a proposed correction a difference like any other, as `usage_imports::resolve` and `compare` do for a file:
/// `usage_rows` writes it. `false` where an amount is no longer what it was when the correction was proposed.
pub async fn compare_rows(connection: &mut Connection, id: LateFactId) -> Result<bool> {
    use sqlx::Executor;
    connection
        .execute(
            "create temporary table usage_difference (
                 partner_id uuid not null, client_id uuid, service text not null, resource text not null, month date not null,
                 gross numeric(14, 2) not null, old_gross numeric(14, 2)) on commit drop",
        )
        .await?;
    sqlx::query(
        "insert into usage_difference
         select l.partner_id, l.client_id, l.service, l.resource, l.month, l.new_gross, r.gross
           from late_fact_usage_rows l
           left join usage_rows r on r.client_id = l.client_id and r.month = l.month and r.service = l.service and r.resource = l.resource
          where l.late_fact_id = $1",
    )
    .persistent(false)
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    let changed: i64 = sqlx::query_scalar(
        "select count(*) from usage_difference d join late_fact_usage_rows l
             on l.late_fact_id = $1 and l.client_id = d.client_id and l.month = d.month and l.service = d.service and l.resource = d.resource
          where d.old_gross is distinct from l.old_gross",
    )
    .persistent(false)
    .bind(id.0)
    .fetch_one(connection)
    .await?;
    Ok(changed == 0)
}
