//! Imports of billing files and the rows that wait for their commit (`USE-1`, `USE-2`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::{PartnerId, UsageImportId, UserId};
use domain::money::Money;
use domain::usage::{KnownPartner, LineProblem, UsageRow};
use rust_decimal::Decimal;
use sqlx::postgres::{PgConnection, PgCopyIn};
use sqlx::types::Json;
use sqlx::{Executor, FromRow};
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// An import, as its history shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageImport {
    /// Which import.
    pub id: UsageImportId,
    /// Name of the file.
    pub file_name: String,
    /// SHA-256 of its bytes.
    pub content_sha256: Vec<u8>,
    /// The stable text of its state: `refused`, `previewed`, `committed` or `discarded`.
    pub state: String,
    /// Whether rows of closed months were meant as corrections.
    pub is_correction: bool,
    /// Rows in the file.
    pub row_count: i32,
    /// Rows with a key not seen before.
    pub new_count: i32,
    /// Rows with another amount than before.
    pub changed_count: i32,
    /// Rows that change nothing.
    pub unchanged_count: i32,
    /// Sum of the file's amounts, RUB.
    pub gross_total: Money,
    /// Bad rows, the first of them.
    pub problems: Vec<LineProblem>,
    /// How many problems there are.
    pub problem_count: i32,
    /// Months the file speaks of, in order.
    pub months: Vec<Month>,
    /// Name of the person who brought it; none where the command line did.
    pub uploaded_by_name: Option<String>,
    /// When.
    pub uploaded_at: DateTime<Utc>,
    /// When it was committed or discarded.
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct ImportRow {
    id: Uuid,
    file_name: String,
    content_sha256: Vec<u8>,
    state: String,
    is_correction: bool,
    row_count: i32,
    new_count: i32,
    changed_count: i32,
    unchanged_count: i32,
    gross_total: Decimal,
    problems: Json<Vec<LineProblem>>,
    problem_count: i32,
    months: Vec<NaiveDate>,
    uploaded_by_name: Option<String>,
    uploaded_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<ImportRow> for UsageImport {
    fn from(row: ImportRow) -> Self {
        Self {
            id: row.id.into(),
            file_name: row.file_name,
            content_sha256: row.content_sha256,
            state: row.state,
            is_correction: row.is_correction,
            row_count: row.row_count,
            new_count: row.new_count,
            changed_count: row.changed_count,
            unchanged_count: row.unchanged_count,
            gross_total: Money::rounded(row.gross_total),
            problems: row.problems.0,
            problem_count: row.problem_count,
            months: row.months.into_iter().map(|day| BusinessDate::from(day).month()).collect(),
            uploaded_by_name: row.uploaded_by_name,
            uploaded_at: row.uploaded_at,
            finished_at: row.finished_at,
        }
    }
}

/// The select list and joins of [`ImportRow`].
macro_rules! select_imports {
    ($rest:literal) => {
        concat!(
            "select i.id, i.file_name, i.content_sha256, i.state, i.is_correction, i.row_count, i.new_count, i.changed_count, i.unchanged_count,
                    i.gross_total, i.problems, i.problem_count, i.months, u.display_name as uploaded_by_name, i.uploaded_at, i.finished_at
               from usage_imports i left join users u on u.id = i.uploaded_by ",
            $rest
        )
    };
}

/// One import.
pub async fn find(connection: &mut Connection, id: UsageImportId) -> Result<Option<UsageImport>> {
    let row: Option<ImportRow> = sqlx::query_as(select_imports!("where i.id = $1")).bind(id.0).fetch_optional(connection).await?;
    Ok(row.map(Into::into))
}

/// The same, locked until the transaction ends: finished twice is finished once.
pub async fn find_for_update(connection: &mut Connection, id: UsageImportId) -> Result<Option<UsageImport>> {
    let row: Option<ImportRow> =
        sqlx::query_as(select_imports!("where i.id = $1 for update of i")).bind(id.0).fetch_optional(connection).await?;
    Ok(row.map(Into::into))
}

/// Imports, newest first, after a place, at most `limit`.
pub async fn newest(connection: &mut Connection, after: Option<(DateTime<Utc>, UsageImportId)>, limit: i64) -> Result<Vec<UsageImport>> {
    let rows: Vec<ImportRow> = sqlx::query_as(select_imports!(
        "where $1::timestamptz is null or (i.uploaded_at, i.id) < ($1, $2) order by i.uploaded_at desc, i.id desc limit $3"
    ))
    .bind(after.map(|(at, _)| at))
    .bind(after.map(|(_, id)| id.0))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// When billing data last came in; none where it never did.
pub async fn data_as_of(connection: &mut Connection) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar("select finished_at from usage_imports where state = 'committed' order by finished_at desc limit 1")
        .fetch_optional(connection)
        .await?)
}

/// Records an import as it came. `uploaded_by` is the person; the name in `import` is not written.
pub async fn insert(connection: &mut Connection, import: &UsageImport, uploaded_by: Option<UserId>) -> Result<()> {
    let months: Vec<NaiveDate> = import.months.iter().map(|month| month.first_day().naive()).collect();
    sqlx::query(
        "insert into usage_imports (id, file_name, content_sha256, state, is_correction, row_count, new_count, changed_count, unchanged_count,
                                    gross_total, problems, problem_count, months, uploaded_by, uploaded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(import.id.0)
    .bind(&import.file_name)
    .bind(&import.content_sha256)
    .bind(&import.state)
    .bind(import.is_correction)
    .bind(import.row_count)
    .bind(import.new_count)
    .bind(import.changed_count)
    .bind(import.unchanged_count)
    .bind(import.gross_total.decimal())
    .bind(Json(&import.problems))
    .bind(import.problem_count)
    .bind(months)
    .bind(uploaded_by.map(|user| user.0))
    .bind(import.uploaded_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a previewed import committed, with the counts as they were found then.
pub async fn commit(connection: &mut Connection, id: UsageImportId, differences: Differences, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "update usage_imports
            set state = 'committed', finished_at = $2, new_count = $3, changed_count = $4, unchanged_count = row_count - $3 - $4
          where id = $1 and state = 'previewed'",
    )
    .bind(id.0)
    .bind(at)
    .bind(differences.new)
    .bind(differences.changed)
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a previewed import discarded.
pub async fn discard(connection: &mut Connection, id: UsageImportId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query("update usage_imports set state = 'discarded', finished_at = $2 where id = $1 and state = 'previewed'")
        .bind(id.0)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Discards previews older than an instant, with their staged rows: nobody came back for them.
pub async fn discard_older(connection: &mut Connection, than: DateTime<Utc>, at: DateTime<Utc>) -> Result<Vec<UsageImportId>> {
    let discarded: Vec<Uuid> = sqlx::query_scalar(
        "with old as (update usage_imports set state = 'discarded', finished_at = $2 where state = 'previewed' and uploaded_at < $1 returning id),
              unstaged as (delete from usage_staging where import_id in (select id from old))
         select id from old",
    )
    .bind(than)
    .bind(at)
    .fetch_all(connection)
    .await?;
    Ok(discarded.into_iter().map(Into::into).collect())
}

/// Removes the staged rows of an import.
pub async fn clear_staging(connection: &mut Connection, id: UsageImportId) -> Result<()> {
    sqlx::query("delete from usage_staging where import_id = $1").bind(id.0).execute(connection).await?;
    Ok(())
}

/// How many rows of an import are staged.
pub async fn staged_rows(connection: &mut Connection, id: UsageImportId) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from usage_staging where import_id = $1").bind(id.0).fetch_one(connection).await?)
}

/// The partners a file may name.
pub async fn known_partners(connection: &mut Connection) -> Result<Vec<KnownPartner>> {
    let rows: Vec<(String, String, NaiveDate)> =
        sqlx::query_as("select code, inn, contract_date from partners").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(code, inn, contract_date)| KnownPartner { code, inn, contract_date: contract_date.into() }).collect())
}

/// An open COPY into the staging table. Dropped unfinished it takes nothing.
pub struct StagingCopy<'c> {
    copy: PgCopyIn<&'c mut PgConnection>,
}

/// Begins to stage rows.
pub async fn stage(connection: &mut Connection) -> Result<StagingCopy<'_>> {
    let copy = connection
        .copy_in_raw("copy usage_staging (import_id, line, partner, client_inn, client_name, service, resource, month, gross) from stdin")
        .await?;
    Ok(StagingCopy { copy })
}

impl StagingCopy<'_> {
    /// Sends lines made by [`staging_line`].
    pub async fn send(&mut self, lines: Vec<u8>) -> Result<()> {
        self.copy.send(lines).await?;
        Ok(())
    }

    /// Ends the COPY.
    pub async fn finish(self) -> Result<()> {
        self.copy.finish().await?;
        Ok(())
    }
}

/// Writes a row as a line of COPY's text format.
pub fn staging_line(buffer: &mut Vec<u8>, id: &str, line: u64, row: &UsageRow<'_>) {
    use std::io::Write;
    // Writing to a vector can't fail.
    let _ = write!(buffer, "{id}\t{line}\t{}\t{}\t", row.partner, row.client_inn);
    push_escaped(buffer, row.client_name);
    let _ = write!(buffer, "\t{}\t", row.service);
    push_escaped(buffer, row.resource);
    let _ = writeln!(buffer, "\t{}-01\t{}", row.month, row.gross);
}

/// The rules let no control characters through, so only the backslash needs one more.
fn push_escaped(buffer: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        if byte == b'\\' {
            buffer.push(b'\\');
        }
        buffer.push(byte);
    }
}

/// Two lines of a file with one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatedLine {
    /// The later line.
    pub line: i32,
    /// The first line with the key.
    pub first_line: i32,
}

/// How many rows of a file are new and how many change an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Differences {
    /// Rows with a key not seen before.
    pub new: i32,
    /// Rows with another amount than before.
    pub changed: i32,
}

/// Makes the tables of the transaction that [`repeated_lines`], [`compare`] and `usage_rows` work on: the file's rows
/// with their partners and clients. Owned by the transaction's role, so they can be analysed, which the planner needs.
pub async fn resolve(connection: &mut Connection, id: UsageImportId) -> Result<()> {
    connection
        .execute(
            "select set_config('work_mem', '128MB', true), set_config('jit', 'off', true);
             create temporary table usage_file (
                 line integer not null, partner_id uuid not null, client_id uuid, client_inn text not null, client_name text not null,
                 service text not null, resource text not null, month date not null, gross numeric(14, 2) not null) on commit drop;
             create temporary table usage_difference (
                 partner_id uuid not null, client_id uuid, service text not null, resource text not null, month date not null,
                 gross numeric(14, 2) not null, old_gross numeric(14, 2), line integer not null) on commit drop",
        )
        .await?;
    // The staging table has no statistics: a guess of few rows would make the planner look every client up by itself.
    connection.execute("select set_config('enable_nestloop', 'off', true)").await?;
    sqlx::query(
        "insert into usage_file
         select s.line, p.id, c.id, s.client_inn, s.client_name, s.service, s.resource, s.month, s.gross
           from usage_staging s join partners p on p.code = s.partner
           left join clients c on c.partner_id = p.id and c.inn = s.client_inn
          where s.import_id = $1",
    )
    .persistent(false)
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    connection.execute("select set_config('enable_nestloop', 'on', true); analyze usage_file").await?;
    Ok(())
}

/// Lines of the resolved file whose key an earlier line has, at most `limit`, and how many there are.
pub async fn repeated_lines(connection: &mut Connection, limit: i64) -> Result<(i64, Vec<RepeatedLine>)> {
    let rows: Vec<(i32, i32, i64)> = sqlx::query_as(
        "with repeated as (
             select partner_id, client_inn, service, resource, month, min(line) as first_line
               from usage_file group by partner_id, client_inn, service, resource, month having count(*) > 1)
         select f.line, r.first_line, count(*) over ()
           from repeated r join usage_file f using (partner_id, client_inn, service, resource, month)
          where f.line <> r.first_line order by f.line limit $1",
    )
    .persistent(false)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    let count = rows.first().map_or(0, |(_, _, count)| *count);
    Ok((count, rows.into_iter().map(|(line, first_line, _)| RepeatedLine { line, first_line }).collect()))
}

/// Leaves only the differences of some partners, until the end of the savepoint.
pub async fn keep_differences_of(connection: &mut Connection, ids: &[PartnerId]) -> Result<()> {
    sqlx::query("delete from usage_difference where partner_id <> all($1)")
        .persistent(false)
        .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// Compares the resolved file with what is known: new rows and those with another amount stand in `usage_difference` after it.
pub async fn compare(connection: &mut Connection) -> Result<Differences> {
    sqlx::query(
        "insert into usage_difference
         select f.partner_id, f.client_id, f.service, f.resource, f.month, f.gross, r.gross, f.line
           from usage_file f
           left join usage_rows r on r.client_id = f.client_id and r.month = f.month and r.service = f.service and r.resource = f.resource
          where r.gross is distinct from f.gross",
    )
    .persistent(false)
    .execute(&mut *connection)
    .await?;
    connection.execute("analyze usage_difference").await?;
    Ok(sqlx::query_as(
        "select (count(*) filter (where old_gross is null))::int as new, (count(*) filter (where old_gross is not null))::int as changed
           from usage_difference",
    )
    .persistent(false)
    .fetch_one(connection)
    .await?)
}

/// A row of a file that is new or changes an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDifference {
    /// Its line in the file.
    pub line: i32,
    /// Name of the partner.
    pub partner_name: String,
    /// Name of the client: as it is known, and for a new one as the file gives it.
    pub client_name: String,
    /// Code of the service.
    pub service: String,
    /// Name of the service in Russian.
    pub service_name_ru: String,
    /// Name of the service in English.
    pub service_name_en: String,
    /// The resource.
    pub resource: String,
    /// The month.
    pub month: Month,
    /// The amount so far, RUB; none for a new row.
    pub before: Option<Money>,
    /// The amount in the file, RUB.
    pub after: Money,
}

#[derive(FromRow)]
struct RowDifferenceRow {
    line: i32,
    partner_name: String,
    client_name: String,
    service: String,
    service_name_ru: String,
    service_name_en: String,
    resource: String,
    month: NaiveDate,
    before: Option<Decimal>,
    after: Decimal,
}

impl From<RowDifferenceRow> for RowDifference {
    fn from(row: RowDifferenceRow) -> Self {
        Self {
            line: row.line,
            partner_name: row.partner_name,
            client_name: row.client_name,
            service: row.service,
            service_name_ru: row.service_name_ru,
            service_name_en: row.service_name_en,
            resource: row.resource,
            month: BusinessDate::from(row.month).month(),
            before: row.before.map(Money::rounded),
            after: Money::rounded(row.after),
        }
    }
}

/// The first rows of the compared file that change an amount and the first new ones, at most `limit` of each, by their lines.
pub async fn row_differences(connection: &mut Connection, limit: i64) -> Result<Vec<RowDifference>> {
    let rows: Vec<RowDifferenceRow> = sqlx::query_as(
        "with first as (
             (select * from usage_difference where old_gross is not null order by line limit $1)
             union all
             (select * from usage_difference where old_gross is null order by line limit $1))
         select d.line, p.name as partner_name, coalesce(c.name, f.client_name) as client_name, d.service,
                s.name_ru as service_name_ru, s.name_en as service_name_en, d.resource, d.month, d.old_gross as before, d.gross as after
           from first d
           join usage_file f on f.line = d.line
           join partners p on p.id = d.partner_id
           join services s on s.code = d.service
           left join clients c on c.id = d.client_id
          order by d.line",
    )
    .persistent(false)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A partner's month before and after an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthTotal {
    /// Which partner.
    pub partner_id: domain::ids::PartnerId,
    /// What billing calls it.
    pub partner_code: String,
    /// Its name.
    pub partner_name: String,
    /// The month.
    pub month: Month,
    /// Revenue so far, RUB.
    pub before: Money,
    /// Revenue with the file, RUB.
    pub after: Money,
}

#[derive(FromRow)]
struct MonthTotalRow {
    partner_id: Uuid,
    partner_code: String,
    partner_name: String,
    month: NaiveDate,
    before: Decimal,
    after: Decimal,
}

impl From<MonthTotalRow> for MonthTotal {
    fn from(row: MonthTotalRow) -> Self {
        Self {
            partner_id: row.partner_id.into(),
            partner_code: row.partner_code,
            partner_name: row.partner_name,
            month: BusinessDate::from(row.month).month(),
            before: Money::rounded(row.before),
            after: Money::rounded(row.after),
        }
    }
}

/// Months of partners that the compared file speaks of, by partner's name and month, at most `limit`. With
/// `changed_through`, only those through that month whose revenue the file changes.
pub async fn month_totals(connection: &mut Connection, changed_through: Option<Month>, limit: i64) -> Result<Vec<MonthTotal>> {
    let rows: Vec<MonthTotalRow> = sqlx::query_as(
        "with delta as (
             select partner_id, month, sum(gross - coalesce(old_gross, 0)) as delta from usage_difference group by partner_id, month)
         select t.partner_id, p.code as partner_code, p.name as partner_name, t.month,
                coalesce(v.revenue, 0) as before, coalesce(v.revenue, 0) + coalesce(d.delta, 0) as after
           from (select partner_id, month from usage_file group by partner_id, month) t
           join partners p on p.id = t.partner_id
           left join partner_month_revenues v on v.partner_id = t.partner_id and v.month = t.month
           left join delta d on d.partner_id = t.partner_id and d.month = t.month
          where $1::date is null or (t.month <= $1 and d.delta <> 0)
          order by lower(p.name), p.id, t.month limit $2",
    )
    .persistent(false)
    .bind(changed_through.map(|month| month.first_day().naive()))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The partners whose closed months the compared file changes, also where their revenue stays the same.
pub async fn corrected_partners(connection: &mut Connection, closed_through: Option<Month>) -> Result<Vec<domain::ids::PartnerId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar("select distinct partner_id from usage_difference where month <= $1 order by partner_id")
        .persistent(false)
        .bind(closed_through.map(|month| month.first_day().naive()))
        .fetch_all(connection)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// How many months of partners the resolved file speaks of.
pub async fn month_total_count(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from (select from usage_file group by partner_id, month) t")
        .persistent(false)
        .fetch_one(connection)
        .await?)
}

/// Reads a count that must fit the table.
pub fn row_count(count: u64) -> Result<i32> {
    i32::try_from(count).map_err(|_| Error::inconsistent("usage_imports", "row_count"))
}
