//! Runs that settle approved entries, and the settings behind them (`LED-1`, `REB-4`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::accrual::Settlement;
use domain::calendar::BusinessDate;
use domain::ids::{LedgerEntryId, PartnerId, SettlementRunId, UserId};
use domain::ledger::{RunState, Unpayable, Unsettled};
use domain::money::Money;
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// Lets one run be made at a time, until the end of the transaction.
pub async fn lock(connection: &mut Connection) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(3)").execute(connection).await?;
    Ok(())
}

/// An approved entry that no run holds, with what a preview shows of its partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsettledEntry {
    /// What a plan takes or leaves.
    pub entry: Unsettled,
    /// How many events the entry has had.
    pub position: i32,
    /// The partner's name.
    pub partner_name: String,
    /// What billing calls it.
    pub partner_code: String,
}

/// Approved entries of one form that no run holds, partner by partner.
pub async fn unsettled(connection: &mut Connection, settlement: Settlement) -> Result<Vec<UnsettledEntry>> {
    type Row = (Uuid, Uuid, Decimal, Option<String>, i32, String, String);
    let rows: Vec<Row> = sqlx::query_as(
        "select s.id, s.partner_id, s.amount, a.bank_name, s.position, p.name, p.code
           from ledger_entry_states s join partners p on p.id = s.partner_id left join partner_bank_accounts a on a.partner_id = s.partner_id
          where s.state = 'approved' and s.settlement = $1 order by p.name, s.partner_id, s.number",
    )
    .bind(settlement.as_str())
    .fetch_all(connection)
    .await?;
    let unsettled = |(id, partner, amount, bank_name, position, partner_name, partner_code): Row| {
        let unpayable = Unpayable::check(&partner_name, bank_name.as_deref());
        let entry = Unsettled { entry_id: id.into(), partner_id: partner.into(), amount: Money::rounded(amount), unpayable };
        UnsettledEntry { entry, position, partner_name, partner_code }
    };
    Ok(rows.into_iter().map(unsettled).collect())
}

/// A run to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun<'a> {
    /// Which.
    pub id: SettlementRunId,
    /// What people call it.
    pub reference: &'a str,
    /// In which form.
    pub settlement: Settlement,
    /// The key of its form.
    pub idempotency_key: Uuid,
    /// How many entries it holds.
    pub entry_count: i32,
    /// Their sum, RUB.
    pub total: Money,
    /// Who makes it.
    pub made_by: UserId,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Whether somebody else has to carry it out.
    pub needs_second_person: bool,
}

/// The number of the next run.
pub async fn next_number(connection: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar("select nextval('settlement_run_numbers')").fetch_one(connection).await?)
}

/// Records a run.
pub async fn insert(connection: &mut Connection, run: &NewRun<'_>) -> Result<()> {
    sqlx::query(
        "insert into settlement_runs
            (id, reference, settlement, idempotency_key, entry_count, total, state, made_by, made_at, needs_second_person)
         values ($1, $2, $3, $4, $5, $6, 'made', $7, $8, $9)",
    )
    .bind(run.id.0)
    .bind(run.reference)
    .bind(run.settlement.as_str())
    .bind(run.idempotency_key)
    .bind(run.entry_count)
    .bind(run.total.decimal())
    .bind(run.made_by.0)
    .bind(run.made_at)
    .bind(run.needs_second_person)
    .execute(connection)
    .await?;
    Ok(())
}

/// A partner's line of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunLine {
    /// Whose.
    pub partner_id: PartnerId,
    /// That partner's name now.
    pub partner_name: String,
    /// What billing calls it.
    pub partner_code: String,
    /// Number of the order, from 1.
    pub position: i32,
    /// How many of its entries the run holds.
    pub entry_count: i64,
    /// Their sum, RUB.
    pub amount: Money,
    /// Name, INN and account when the run was made; none for discounts.
    pub payee: Option<Value>,
}

/// Records the lines of a run, in one statement: whose, number of the order, sum and payee.
pub async fn insert_lines(
    connection: &mut Connection,
    id: SettlementRunId,
    lines: &[(PartnerId, i32, Money, Option<Value>)],
) -> Result<()> {
    sqlx::query(
        "insert into settlement_run_partners (settlement_run_id, partner_id, position, amount, payee)
         select $1, n.* from unnest($2::uuid[], $3::int[], $4::numeric[], $5::jsonb[]) as n",
    )
    .bind(id.0)
    .bind(lines.iter().map(|(partner, ..)| partner.0).collect::<Vec<Uuid>>())
    .bind(lines.iter().map(|(_, position, ..)| *position).collect::<Vec<i32>>())
    .bind(lines.iter().map(|(_, _, amount, _)| amount.decimal()).collect::<Vec<Decimal>>())
    .bind(lines.iter().map(|(.., payee)| payee.as_ref()).collect::<Vec<Option<&Value>>>())
    .execute(connection)
    .await?;
    Ok(())
}

/// The largest number of an order in the runs of one form made since an instant; 0 where there is none.
pub async fn last_position(connection: &mut Connection, settlement: Settlement, since: DateTime<Utc>) -> Result<i32> {
    let last: Option<i32> = sqlx::query_scalar(
        "select max(l.position) from settlement_run_partners l join settlement_runs r on r.id = l.settlement_run_id
          where r.settlement = $1 and r.made_at >= $2",
    )
    .bind(settlement.as_str())
    .bind(since)
    .fetch_one(connection)
    .await?;
    Ok(last.unwrap_or(0))
}

/// A run as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub id: SettlementRunId,
    /// What people call it.
    pub reference: String,
    /// In which form.
    pub settlement: Settlement,
    /// How many entries it holds.
    pub entry_count: i32,
    /// Their sum, RUB.
    pub total: Money,
    /// Where it stands.
    pub state: RunState,
    /// Who made it.
    pub made_by: UserId,
    /// Their name.
    pub made_by_name: Option<String>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Who carried it out or dropped it.
    pub finished_by: Option<UserId>,
    /// Their name.
    pub finished_by_name: Option<String>,
    /// When.
    pub finished_at: Option<DateTime<Utc>>,
    /// Date of the bank's payment or of the invoices.
    pub settled_on: Option<BusinessDate>,
    /// Whether somebody else than who made it has to carry it out.
    pub needs_second_person: bool,
}

#[derive(FromRow)]
struct RunRow {
    id: Uuid,
    reference: String,
    settlement: String,
    entry_count: i32,
    total: Decimal,
    state: String,
    made_by: Uuid,
    made_by_name: Option<String>,
    made_at: DateTime<Utc>,
    finished_by: Option<Uuid>,
    finished_by_name: Option<String>,
    finished_at: Option<DateTime<Utc>>,
    settled_on: Option<NaiveDate>,
    needs_second_person: bool,
}

/// The columns of a [`Run`] from `settlement_runs r`.
macro_rules! run_columns {
    () => {
        "select r.id, r.reference, r.settlement, r.entry_count, r.total, r.state, r.made_by, r.made_at, r.finished_by, r.finished_at,
                r.settled_on, r.needs_second_person, (select u.display_name from users u where u.id = r.made_by) as made_by_name,
                (select u.display_name from users u where u.id = r.finished_by) as finished_by_name
           from settlement_runs r "
    };
}

impl TryFrom<RunRow> for Run {
    type Error = Error;

    fn try_from(row: RunRow) -> Result<Self> {
        let unknown = |column| Error::inconsistent("settlement_runs", column);
        Ok(Self {
            id: row.id.into(),
            reference: row.reference,
            settlement: row.settlement.parse().map_err(|_| unknown("settlement"))?,
            entry_count: row.entry_count,
            total: Money::rounded(row.total),
            state: row.state.parse().map_err(|_| unknown("state"))?,
            made_by: row.made_by.into(),
            made_by_name: row.made_by_name,
            made_at: row.made_at,
            finished_by: row.finished_by.map(Into::into),
            finished_by_name: row.finished_by_name,
            finished_at: row.finished_at,
            settled_on: row.settled_on.map(Into::into),
            needs_second_person: row.needs_second_person,
        })
    }
}

/// Runs, the newest first, at most `limit`; `before` continues behind a run.
pub async fn list(connection: &mut Connection, before: Option<SettlementRunId>, limit: i64) -> Result<Vec<Run>> {
    let rows: Vec<RunRow> = sqlx::query_as(concat!(
        run_columns!(),
        "where $1::uuid is null or (r.made_at, r.reference) < (select b.made_at, b.reference from settlement_runs b where b.id = $1)
         order by r.made_at desc, r.reference desc limit $2"
    ))
    .bind(before.map(|id| id.0))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A run by its reference.
pub async fn find(connection: &mut Connection, reference: &str) -> Result<Option<Run>> {
    let row: Option<RunRow> =
        sqlx::query_as(concat!(run_columns!(), "where r.reference = $1")).bind(reference).fetch_optional(connection).await?;
    row.map(TryInto::try_into).transpose()
}

/// The same, held until the end of the transaction.
pub async fn find_for_update(connection: &mut Connection, reference: &str) -> Result<Option<Run>> {
    let row: Option<RunRow> = sqlx::query_as(concat!(run_columns!(), "where r.reference = $1 for update of r"))
        .bind(reference)
        .fetch_optional(connection)
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// The reference of the run that a form with this key made before.
pub async fn find_by_idempotency_key(connection: &mut Connection, key: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select reference from settlement_runs where idempotency_key = $1").bind(key).fetch_optional(connection).await?)
}

/// References of several runs.
pub async fn references(connection: &mut Connection, ids: &[SettlementRunId]) -> Result<Vec<(SettlementRunId, String)>> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as("select id, reference from settlement_runs where id = any($1)")
        .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|(id, reference)| (id.into(), reference)).collect())
}

/// The lines of a run in the order of their numbers.
pub async fn lines(connection: &mut Connection, id: SettlementRunId) -> Result<Vec<RunLine>> {
    type Row = (Uuid, String, String, i32, i64, Decimal, Option<Value>);
    let rows: Vec<Row> = sqlx::query_as(
        "with counts as (select partner_id, count(*) as entries from ledger_entry_events
                          where settlement_run_id = $1 and event = 'entered_settlement' group by partner_id)
         select l.partner_id, p.name, p.code, l.position, coalesce(c.entries, 0), l.amount, l.payee
           from settlement_run_partners l join partners p on p.id = l.partner_id left join counts c on c.partner_id = l.partner_id
          where l.settlement_run_id = $1 order by l.position",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    let line = |(partner, partner_name, partner_code, position, entry_count, amount, payee): Row| RunLine {
        partner_id: partner.into(),
        partner_name,
        partner_code,
        position,
        entry_count,
        amount: Money::rounded(amount),
        payee,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The entries that a run holds now, each with its partner and its place among the entry's events, by number.
pub async fn entries(connection: &mut Connection, id: SettlementRunId) -> Result<Vec<(LedgerEntryId, PartnerId, i32)>> {
    let rows: Vec<(Uuid, Uuid, i32)> = sqlx::query_as(
        "select s.id, s.partner_id, s.position from ledger_entry_states s
          where s.id in (select entry_id from ledger_entry_events where settlement_run_id = $1)
            and s.settlement_run_id = $1 and s.state = 'in_settlement' order by s.number",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(entry, partner, position)| (entry.into(), partner.into(), position)).collect())
}

/// Ends a run.
pub async fn finish(
    connection: &mut Connection,
    id: SettlementRunId,
    state: RunState,
    by: UserId,
    at: DateTime<Utc>,
    settled_on: Option<BusinessDate>,
) -> Result<()> {
    sqlx::query("update settlement_runs set state = $2, finished_by = $3, finished_at = $4, settled_on = $5 where id = $1")
        .bind(id.0)
        .bind(state.as_str())
        .bind(by.0)
        .bind(at)
        .bind(settled_on.map(BusinessDate::naive))
        .execute(connection)
        .await?;
    Ok(())
}

/// A run that stands elsewhere than an entry it holds: its reference, its state, and the state of the entry since.
pub async fn run_apart_from_its_entries(connection: &mut Connection) -> Result<Option<(String, String, String)>> {
    Ok(sqlx::query_as(
        "select r.reference, r.state, last.event
           from settlement_runs r
           join ledger_entry_events e on e.settlement_run_id = r.id and e.event = 'entered_settlement'
           join lateral (select v.event from ledger_entry_events v
                          where v.entry_id = e.entry_id and v.settlement_run_id = r.id order by v.position desc limit 1) last on true
          where last.event <> case r.state when 'made' then 'entered_settlement' when 'settled' then 'settled' else 'left_settlement' end
          order by r.reference limit 1",
    )
    .fetch_optional(connection)
    .await?)
}

/// How the provider settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Above this total, RUB, somebody else than who made a run carries it out.
    pub second_person_above: Money,
    /// The provider as it pays; empty texts where nothing was entered yet.
    pub payer: Payer,
}

/// Who pays, as it was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Payer {
    /// Its name.
    pub name: String,
    /// Its INN.
    pub inn: String,
    /// Its KPP.
    pub kpp: Option<String>,
    /// Its account.
    pub account: String,
    /// Name of its bank.
    pub bank_name: String,
    /// BIK of that bank.
    pub bik: String,
    /// Correspondent account of that bank.
    pub correspondent_account: String,
}

/// The settings.
pub async fn settings(connection: &mut Connection) -> Result<Settings> {
    type Row = (Decimal, String, String, Option<String>, String, String, String, String);
    let (above, name, inn, kpp, account, bank_name, bik, correspondent_account): Row = sqlx::query_as(
        "select second_person_above, payer_name, payer_inn, payer_kpp, payer_account, payer_bank_name, payer_bik,
                payer_correspondent_account from settlement_settings",
    )
    .fetch_one(connection)
    .await?;
    let payer = Payer { name, inn, kpp, account, bank_name, bik, correspondent_account };
    Ok(Settings { second_person_above: Money::rounded(above), payer })
}

/// Changes the settings, and keeps who raised what one person may settle alone.
pub async fn update_settings(connection: &mut Connection, settings: &Settings, by: Option<UserId>, at: DateTime<Utc>) -> Result<()> {
    sqlx::query(
        "update settlement_settings set second_person_above = $1, payer_name = $2, payer_inn = $3, payer_kpp = $4, payer_account = $5,
                payer_bank_name = $6, payer_bik = $7, payer_correspondent_account = $8,
                above_raised_by = case when $1 > second_person_above then $9 else above_raised_by end,
                above_raised_at = case when $1 > second_person_above then $10 else above_raised_at end",
    )
    .bind(settings.second_person_above.decimal())
    .bind(&settings.payer.name)
    .bind(&settings.payer.inn)
    .bind(&settings.payer.kpp)
    .bind(&settings.payer.account)
    .bind(&settings.payer.bank_name)
    .bind(&settings.payer.bik)
    .bind(&settings.payer.correspondent_account)
    .bind(by.map(|by| by.0))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The total of runs that somebody both made and carried out since an instant, RUB.
pub async fn carried_out_alone(connection: &mut Connection, by: UserId, since: DateTime<Utc>) -> Result<Money> {
    let total: Option<Decimal> = sqlx::query_scalar(
        "select sum(total) from settlement_runs where state = 'settled' and made_by = $1 and finished_by = $1 and finished_at >= $2",
    )
    .bind(by.0)
    .bind(since)
    .fetch_one(connection)
    .await?;
    Ok(total.map(Money::rounded).unwrap_or_default())
}

/// Whether somebody raised what one person may settle alone, or changed an account that a run pays to, since an instant.
pub async fn has_own_change(connection: &mut Connection, run: SettlementRunId, by: UserId, since: DateTime<Utc>) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "select exists (select from settlement_settings where above_raised_by = $2 and above_raised_at >= $3)
             or exists (select from settlement_runs r
                          join settlement_run_partners l on l.settlement_run_id = r.id
                          join partner_bank_accounts a on a.partner_id = l.partner_id
                         where r.id = $1 and r.settlement = 'bank' and a.recorded_by = $2 and a.recorded_at >= $3)",
    )
    .bind(run.0)
    .bind(by.0)
    .bind(since)
    .fetch_one(connection)
    .await?)
}
