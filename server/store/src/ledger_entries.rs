//! The ledger: entries, which are only ever added, and what became of them (`LED-1`).

use chrono::{DateTime, NaiveDate, Utc};
use domain::accrual::{Accrual, Correction, Nothing, Posted, Settlement};
use domain::calendar::{BusinessDate, Month, Period};
use domain::ids::{ClientId, LedgerEntryId, PartnerId, RequestId, SettlementRunId, TermsVersionId, UserId};
use domain::ledger::{EntryEvent, EntryKind, EntryState};
use domain::money::Money;
use domain::rule::Rule;
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// An entry to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// Which.
    pub id: LedgerEntryId,
    /// Whose.
    pub partner_id: PartnerId,
    /// What it is.
    pub kind: EntryKind,
    /// The rule.
    pub rule: Rule,
    /// What it is for.
    pub period: Period,
    /// RUB.
    pub base: Money,
    /// 0.27 is 27 %.
    pub rate: Option<Decimal>,
    /// RUB.
    pub amount: Money,
    /// How it reaches the partner.
    pub settlement: Settlement,
    /// The terms that decided.
    pub terms: TermsVersionId,
    /// The day it is dated.
    pub accrued_on: BusinessDate,
    /// The month whose close made it.
    pub closed_month: Option<Month>,
    /// The request that earned it.
    pub request_id: Option<RequestId>,
    /// The client it is for.
    pub client_id: Option<ClientId>,
    /// The entry it corrects or reverses.
    pub corrects: Option<LedgerEntryId>,
    /// Why it is no money.
    pub nothing: Option<Nothing>,
    /// The figures behind it.
    pub explanation: Value,
    /// Why staff adjusted or reversed: a code and words.
    pub reason: Option<(String, String)>,
}

impl NewEntry {
    /// The entry of an accrual.
    pub fn accrual(partner_id: PartnerId, accrual: &Accrual, closed_month: Month) -> Self {
        Self {
            id: LedgerEntryId(Uuid::now_v7()),
            partner_id,
            kind: EntryKind::Accrual,
            rule: accrual.rule,
            period: accrual.period,
            base: accrual.base,
            rate: accrual.rate,
            amount: accrual.amount,
            settlement: accrual.settlement,
            terms: accrual.terms,
            accrued_on: accrual.accrued_on,
            closed_month: Some(closed_month),
            request_id: None,
            client_id: None,
            corrects: None,
            nothing: accrual.nothing,
            explanation: serde_json::to_value(&accrual.explanation).unwrap_or_default(),
            reason: None,
        }
    }

    /// The entry of a correction (`REB-5`). `terms` stand where the rules give nothing any more.
    pub fn correction(partner_id: PartnerId, correction: &Correction, terms: TermsVersionId, closed_month: Month) -> Self {
        let now = correction.now.as_ref();
        Self {
            id: LedgerEntryId(Uuid::now_v7()),
            partner_id,
            kind: EntryKind::Correction,
            rule: correction.rule,
            period: correction.period,
            base: correction.base,
            rate: now.and_then(|now| now.rate),
            amount: correction.amount,
            settlement: correction.settlement,
            terms: now.map_or(terms, |now| now.terms),
            accrued_on: Period::Month(closed_month).accrual_date(),
            closed_month: Some(closed_month),
            request_id: None,
            client_id: None,
            corrects: None,
            nothing: None,
            explanation: now
                .map_or_else(|| Value::Object(serde_json::Map::new()), |now| serde_json::to_value(&now.explanation).unwrap_or_default()),
            reason: None,
        }
    }
}

/// Adds entries, in one statement. Corrections find the first entry of their rule and period themselves.
pub async fn insert(connection: &mut Connection, entries: &[NewEntry], by: Option<UserId>, at: DateTime<Utc>) -> Result<()> {
    fn column<'a, T>(entries: &'a [NewEntry], value: impl Fn(&'a NewEntry) -> T) -> Vec<T> {
        entries.iter().map(value).collect()
    }
    if entries.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into ledger_entries (id, partner_id, kind, rule, period, period_first, period_last, base, rate, amount, settlement,
                                     terms_version_id, accrued_on, closed_month, request_id, client_id, corrects_id, nothing, explanation,
                                     reason_code, reason_text, recorded_by, recorded_at)
         select n.id, n.partner_id, n.kind, n.rule, n.period, n.period_first, n.period_last, n.base, n.rate, n.amount, n.settlement,
                n.terms, n.accrued_on, n.closed_month, n.request_id, n.client_id,
                coalesce(n.corrects_id, (select first.id from ledger_entries first
                                          where n.kind = 'correction' and first.partner_id = n.partner_id and first.kind = 'accrual'
                                            and first.rule = n.rule and first.period = n.period
                                            and first.request_id is not distinct from n.request_id)),
                n.nothing, n.explanation, n.reason_code, n.reason_text, $21, $22
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::numeric[], $9::numeric[],
                       $10::numeric[], $11::text[], $12::uuid[], $13::date[], $14::date[], $15::uuid[], $16::uuid[], $17::uuid[],
                       $18::text[], $19::jsonb[], $20::text[], $23::text[])
                with ordinality as n (id, partner_id, kind, rule, period, period_first, period_last, base, rate, amount, settlement, terms,
                      accrued_on, closed_month, request_id, client_id, corrects_id, nothing, explanation, reason_code, reason_text, place)
          order by n.place",
    )
    .bind(column(entries, |entry| entry.id.0))
    .bind(column(entries, |entry| entry.partner_id.0))
    .bind(column(entries, |entry| entry.kind.as_str()))
    .bind(column(entries, |entry| entry.rule.id()))
    .bind(column(entries, |entry| entry.period.to_string()))
    .bind(column(entries, |entry| entry.period.first_month().first_day().naive()))
    .bind(column(entries, |entry| entry.period.last_month().first_day().naive()))
    .bind(column(entries, |entry| entry.base.decimal()))
    .bind(column(entries, |entry| entry.rate))
    .bind(column(entries, |entry| entry.amount.decimal()))
    .bind(column(entries, |entry| entry.settlement.as_str()))
    .bind(column(entries, |entry| entry.terms.0))
    .bind(column(entries, |entry| entry.accrued_on.naive()))
    .bind(column(entries, |entry| entry.closed_month.map(|month| month.first_day().naive())))
    .bind(column(entries, |entry| entry.request_id.map(|id| id.0)))
    .bind(column(entries, |entry| entry.client_id.map(|id| id.0)))
    .bind(column(entries, |entry| entry.corrects.map(|id| id.0)))
    .bind(column(entries, |entry| entry.nothing.map(Nothing::as_str)))
    .bind(column(entries, |entry| &entry.explanation))
    .bind(column(entries, |entry| entry.reason.as_ref().map(|(code, _)| code.as_str())))
    .bind(by.map(|user| user.0))
    .bind(at)
    .bind(column(entries, |entry| entry.reason.as_ref().map(|(_, text)| text.as_str())))
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct PostedRow {
    partner_id: Uuid,
    rule: String,
    period: String,
    settlement: String,
    base: Decimal,
    amount: Decimal,
    taken_back: Decimal,
}

/// What is posted by rules for several partners: sums of accruals and corrections by rule, period and form of settlement, and what
/// of them was taken back; without what requests earned and what people added by hand.
pub async fn posted(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<(PartnerId, Posted)>> {
    let rows: Vec<PostedRow> = sqlx::query_as(
        "select partner_id, rule, period, settlement, sum(base) filter (where kind <> 'reversal') as base,
                sum(amount) filter (where kind <> 'reversal') as amount,
                -coalesce(sum(amount) filter (where kind = 'reversal'), 0) as taken_back
           from ledger_entries
          where partner_id = any($1) and kind in ('accrual', 'correction', 'reversal') and rule <> $2 and request_id is null
          group by partner_id, rule, period, settlement",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .bind(Rule::Ledger1.id())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let posted = Posted {
                rule: row.rule.parse().map_err(|_| Error::inconsistent("ledger_entries", "rule"))?,
                period: row.period.parse().map_err(|_| Error::inconsistent("ledger_entries", "period"))?,
                settlement: row.settlement.parse().map_err(|_| Error::inconsistent("ledger_entries", "settlement"))?,
                base: Money::rounded(row.base),
                amount: Money::rounded(row.amount),
                taken_back: Money::rounded(row.taken_back),
            };
            Ok((row.partner_id.into(), posted))
        })
        .collect()
}

/// What a granted claim for a client's month earned so far (`SALES-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedClaim {
    /// Whose.
    pub partner_id: PartnerId,
    /// Which request.
    pub request_id: RequestId,
    /// For which client.
    pub client_id: ClientId,
    /// For which month.
    pub month: Month,
    /// In which form.
    pub settlement: Settlement,
    /// The terms of the first entry.
    pub terms: TermsVersionId,
    /// The sum of its accrual and corrections, RUB.
    pub amount: Money,
    /// How much of it was taken back, above zero.
    pub taken_back: Money,
}

/// The granted claims of several partners with what they earned so far.
pub async fn posted_claims(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<PostedClaim>> {
    type Row = (Uuid, Uuid, Uuid, NaiveDate, String, Uuid, Decimal, Decimal);
    let rows: Vec<Row> = sqlx::query_as(
        "select e.partner_id, e.request_id, e.client_id, e.period_first, e.settlement, e.terms_version_id, held.amount, held.taken_back
           from ledger_entries e
           cross join lateral (
               select sum(a.amount) filter (where a.kind <> 'reversal') as amount,
                      -coalesce(sum(a.amount) filter (where a.kind = 'reversal'), 0) as taken_back
                 from ledger_entries a where a.partner_id = e.partner_id and a.request_id = e.request_id) held
          where e.partner_id = any($1) and e.kind = 'accrual' and e.rule = 'SALES-1' and e.request_id is not null and e.client_id is not null
          order by e.number",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(partner, request, client, month, settlement, terms, amount, taken_back)| {
            Ok(PostedClaim {
                partner_id: partner.into(),
                request_id: request.into(),
                client_id: client.into(),
                month: BusinessDate::from(month).month(),
                settlement: settlement.parse().map_err(|_| Error::inconsistent("ledger_entries", "settlement"))?,
                terms: terms.into(),
                amount: Money::rounded(amount),
                taken_back: Money::rounded(taken_back),
            })
        })
        .collect()
}

/// What a request earned: the entry, what people call it, and the amount, RUB.
pub async fn earned_by(connection: &mut Connection, partner_id: PartnerId, id: RequestId) -> Result<Option<(LedgerEntryId, i64, Money)>> {
    let row: Option<(Uuid, i64, Decimal)> =
        sqlx::query_as("select id, number, amount from ledger_entries where partner_id = $1 and request_id = $2 and kind = 'accrual'")
            .bind(partner_id.0)
            .bind(id.0)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(id, number, amount)| (id.into(), number, Money::rounded(amount))))
}

/// An entry as pages and files show it, with where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Which.
    pub id: LedgerEntryId,
    /// What people call it.
    pub number: i64,
    /// Whose.
    pub partner_id: PartnerId,
    /// That partner's name.
    pub partner_name: String,
    /// What it is.
    pub kind: EntryKind,
    /// The rule.
    pub rule: Rule,
    /// What it is for.
    pub period: Period,
    /// RUB.
    pub base: Money,
    /// 0.27 is 27 %.
    pub rate: Option<Decimal>,
    /// RUB.
    pub amount: Money,
    /// How it reaches the partner.
    pub settlement: Settlement,
    /// The terms that decided.
    pub terms: TermsVersionId,
    /// The day it is dated.
    pub accrued_on: BusinessDate,
    /// The month whose close made it.
    pub closed_month: Option<Month>,
    /// The request that earned it.
    pub request_id: Option<RequestId>,
    /// The client it is for.
    pub client_id: Option<ClientId>,
    /// The entry it corrects or reverses.
    pub corrects: Option<LedgerEntryId>,
    /// Why it is no money.
    pub nothing: Option<Nothing>,
    /// The figures behind it.
    pub explanation: Value,
    /// Why staff adjusted or reversed: a code and words.
    pub reason: Option<(String, String)>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Where it stands.
    pub state: EntryState,
    /// How many events it has had: what the next one follows on.
    pub position: i32,
    /// Since when it stands there; none before the first event.
    pub state_at: Option<DateTime<Utc>>,
    /// The run it stands in or was settled with.
    pub settlement_run_id: Option<SettlementRunId>,
    /// When it was paid or applied, where it was.
    pub settled_on: Option<BusinessDate>,
}

#[derive(FromRow)]
pub(crate) struct EntryRow {
    id: Uuid,
    number: i64,
    partner_id: Uuid,
    partner_name: String,
    kind: String,
    rule: String,
    period: String,
    base: Decimal,
    rate: Option<Decimal>,
    amount: Decimal,
    settlement: String,
    terms_version_id: Uuid,
    accrued_on: NaiveDate,
    closed_month: Option<NaiveDate>,
    request_id: Option<Uuid>,
    client_id: Option<Uuid>,
    corrects_id: Option<Uuid>,
    nothing: Option<String>,
    explanation: Value,
    reason_code: Option<String>,
    reason_text: Option<String>,
    recorded_at: DateTime<Utc>,
    state: String,
    position: i32,
    state_at: Option<DateTime<Utc>>,
    settlement_run_id: Option<Uuid>,
    settled_on: Option<NaiveDate>,
}

/// The columns of an [`Entry`] from `ledger_entry_states s join partners p`.
macro_rules! entry_columns {
    () => {
        "s.id, s.number, s.partner_id, p.name as partner_name, s.kind, s.rule, s.period, s.base, s.rate, s.amount, s.settlement,
         s.terms_version_id, s.accrued_on, s.closed_month, s.request_id, s.client_id, s.corrects_id, s.nothing, s.explanation,
         s.reason_code, s.reason_text, s.recorded_at, s.state, s.position, s.state_at, s.settlement_run_id, s.settled_on"
    };
}

impl TryFrom<EntryRow> for Entry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Self> {
        let unknown = |column| Error::inconsistent("ledger_entries", column);
        Ok(Self {
            id: row.id.into(),
            number: row.number,
            partner_id: row.partner_id.into(),
            partner_name: row.partner_name,
            kind: row.kind.parse().map_err(|_| unknown("kind"))?,
            rule: row.rule.parse().map_err(|_| unknown("rule"))?,
            period: row.period.parse().map_err(|_| unknown("period"))?,
            base: Money::rounded(row.base),
            rate: row.rate,
            amount: Money::rounded(row.amount),
            settlement: row.settlement.parse().map_err(|_| unknown("settlement"))?,
            terms: row.terms_version_id.into(),
            accrued_on: row.accrued_on.into(),
            closed_month: row.closed_month.map(|day| BusinessDate::from(day).month()),
            request_id: row.request_id.map(Into::into),
            client_id: row.client_id.map(Into::into),
            corrects: row.corrects_id.map(Into::into),
            nothing: row.nothing.map(|text| text.parse().map_err(|_| unknown("nothing"))).transpose()?,
            explanation: row.explanation,
            reason: row.reason_code.zip(row.reason_text),
            recorded_at: row.recorded_at,
            state: row.state.parse().map_err(|_| unknown("state"))?,
            position: row.position,
            state_at: row.state_at,
            settlement_run_id: row.settlement_run_id.map(Into::into),
            settled_on: row.settled_on.map(Into::into),
        })
    }
}

/// Which entries a list shows. Everything unset shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Of one partner.
    pub partner_id: Option<PartnerId>,
    /// In this state.
    pub state: Option<EntryState>,
    /// By this rule.
    pub rule: Option<Rule>,
    /// Settled in this form.
    pub settlement: Option<Settlement>,
    /// Whose period ends in this month or later.
    pub from: Option<Month>,
    /// Whose period ends in this month or earlier.
    pub to: Option<Month>,
    /// Made by the close of this month.
    pub closed_month: Option<Month>,
    /// Of partners with this code, or this in their name.
    pub partner: Option<String>,
}

impl EntryFilter {
    /// Writes a query's parameters `$1` to `$8`, in the order of [`entry_conditions`].
    fn bind<'q, Row>(
        &'q self,
        query: sqlx::query::QueryAs<'q, sqlx::Postgres, Row, sqlx::postgres::PgArguments>,
    ) -> sqlx::query::QueryAs<'q, sqlx::Postgres, Row, sqlx::postgres::PgArguments> {
        query
            .bind(self.partner_id.map(|id| id.0))
            .bind(self.state.map(EntryState::as_str))
            .bind(self.rule.map(Rule::id))
            .bind(self.settlement.map(Settlement::as_str))
            .bind(self.from.map(|month| month.first_day().naive()))
            .bind(self.to.map(|month| month.first_day().naive()))
            .bind(self.closed_month.map(|month| month.first_day().naive()))
            .bind(self.partner.as_deref())
    }
}

/// What a [`EntryFilter`] asks for of `ledger_entry_states s join partners p`.
macro_rules! entry_conditions {
    () => {
        " from ledger_entry_states s join partners p on p.id = s.partner_id
          where ($1::uuid is null or s.partner_id = $1) and ($2::text is null or s.state = $2) and ($3::text is null or s.rule = $3)
            and ($4::text is null or s.settlement = $4) and ($5::date is null or s.period_last >= $5) and ($6::date is null or s.period_last <= $6)
            and ($7::date is null or s.closed_month = $7)
            and ($8::text is null or p.code = upper($8) or strpos(lower(p.name), lower($8)) > 0) "
    };
}

/// Entries, the newest first, older than the number `before`, at most `limit`.
pub async fn list(connection: &mut Connection, filter: &EntryFilter, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    let query = sqlx::query_as(concat!(
        "select ",
        entry_columns!(),
        entry_conditions!(),
        " and ($9::bigint is null or s.number < $9) order by s.number desc limit $10"
    ));
    let rows: Vec<EntryRow> = filter.bind(query).bind(before).bind(limit).fetch_all(connection).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many entries a list shows in all, and the sum of their amounts, RUB (`LED-2`).
pub async fn total(connection: &mut Connection, filter: &EntryFilter) -> Result<(i64, Money)> {
    let query = sqlx::query_as(concat!("select count(*), coalesce(sum(s.amount), 0)", entry_conditions!()));
    let (count, amount): (i64, Decimal) = filter.bind(query).fetch_one(connection).await?;
    Ok((count, Money::rounded(amount)))
}

/// What stands with an entry, in the order of numbers and without the entry itself: the accrual and corrections of the same rule,
/// period and request, the entry it corrects or reverses, and what corrects or reverses it.
pub async fn related(connection: &mut Connection, entry: &Entry) -> Result<Vec<Entry>> {
    let rows: Vec<EntryRow> = sqlx::query_as(concat!(
        "select ",
        entry_columns!(),
        " from ledger_entry_states s join partners p on p.id = s.partner_id
          where s.partner_id = $1 and s.id <> $2
            and (s.corrects_id = $2 or s.id = $3
                 or ($4 and s.rule = $5 and s.period = $6 and s.request_id is not distinct from $7 and s.kind in ('accrual', 'correction')))
          order by s.number"
    ))
    .bind(entry.partner_id.0)
    .bind(entry.id.0)
    .bind(entry.corrects.map(|id| id.0))
    .bind(entry.kind.is_computed())
    .bind(entry.rule.id())
    .bind(entry.period.to_string())
    .bind(entry.request_id.map(|id| id.0))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Sums of the entries that a filter shows, by form and state.
pub async fn sums(connection: &mut Connection, filter: &EntryFilter) -> Result<Vec<Balance>> {
    let query = sqlx::query_as(concat!(
        "select s.settlement, s.state, count(*), sum(s.amount)",
        entry_conditions!(),
        " group by s.settlement, s.state order by 1, 2"
    ));
    let rows: Vec<(String, String, i64, Decimal)> = filter.bind(query).fetch_all(connection).await?;
    rows.into_iter().map(balance).collect()
}

/// The ids of the entries that a filter shows, in the order of their numbers.
pub async fn ids(connection: &mut Connection, filter: &EntryFilter) -> Result<Vec<LedgerEntryId>> {
    let query = sqlx::query_as(concat!("select s.id", entry_conditions!(), " order by s.number"));
    let rows: Vec<(Uuid,)> = filter.bind(query).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// One entry; for a partner, only its own.
pub async fn find(connection: &mut Connection, partner_id: Option<PartnerId>, id: LedgerEntryId) -> Result<Option<Entry>> {
    let row: Option<EntryRow> = sqlx::query_as(concat!(
        "select ",
        entry_columns!(),
        " from ledger_entry_states s join partners p on p.id = s.partner_id where s.id = $1 and ($2::uuid is null or s.partner_id = $2)"
    ))
    .bind(id.0)
    .bind(partner_id.map(|id| id.0))
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Several entries by id, in the order of their numbers.
pub async fn find_all(connection: &mut Connection, ids: &[LedgerEntryId]) -> Result<Vec<Entry>> {
    let rows: Vec<EntryRow> = sqlx::query_as(concat!(
        "select ",
        entry_columns!(),
        " from ledger_entry_states s join partners p on p.id = s.partner_id where s.id = any($1) order by s.number"
    ))
    .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A sum of entries that stand alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// In which form they reach the partner.
    pub settlement: Settlement,
    /// Where they stand.
    pub state: EntryState,
    /// How many.
    pub count: i64,
    /// RUB.
    pub amount: Money,
}

/// A partner's balances (`LED-2`): sums of entries by form and state, and nothing else.
pub async fn balances(connection: &mut Connection, partner_id: PartnerId) -> Result<Vec<Balance>> {
    let rows: Vec<(String, String, i64, Decimal)> = sqlx::query_as(
        "select settlement, state, count(*), sum(amount) from ledger_entry_states where partner_id = $1 group by settlement, state order by 1, 2",
    )
    .bind(partner_id.0)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(balance).collect()
}

fn balance((settlement, state, count, amount): (String, String, i64, Decimal)) -> Result<Balance> {
    Ok(Balance {
        settlement: settlement.parse().map_err(|_| Error::inconsistent("ledger_entries", "settlement"))?,
        state: state.parse().map_err(|_| Error::inconsistent("ledger_entry_events", "state"))?,
        count,
        amount: Money::rounded(amount),
    })
}

/// An event to be recorded. Its `position` is one after the last the caller saw: who comes second is refused by
/// the constraint `ledger_entry_events_pkey`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntryEvent {
    /// Of which entry.
    pub entry_id: LedgerEntryId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Its place among the entry's events, from 1.
    pub position: i32,
    /// What happened.
    pub event: EntryEvent,
    /// Where the entry stands since.
    pub state: EntryState,
    /// The run concerned.
    pub settlement_run_id: Option<SettlementRunId>,
    /// The day of the payment or invoice.
    pub settled_on: Option<BusinessDate>,
}

/// Records what happened to entries, in one statement.
pub async fn insert_events(connection: &mut Connection, events: &[NewEntryEvent], by: Option<UserId>, at: DateTime<Utc>) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into ledger_entry_events (entry_id, partner_id, position, event, state, settlement_run_id, settled_on, by_user, at)
         select n.*, $8, $9 from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::uuid[], $7::date[]) as n",
    )
    .bind(events.iter().map(|event| event.entry_id.0).collect::<Vec<Uuid>>())
    .bind(events.iter().map(|event| event.partner_id.0).collect::<Vec<Uuid>>())
    .bind(events.iter().map(|event| event.position).collect::<Vec<i32>>())
    .bind(events.iter().map(|event| event.event.as_str()).collect::<Vec<&str>>())
    .bind(events.iter().map(|event| event.state.as_str()).collect::<Vec<&str>>())
    .bind(events.iter().map(|event| event.settlement_run_id.map(|id| id.0)).collect::<Vec<Option<Uuid>>>())
    .bind(events.iter().map(|event| event.settled_on.map(BusinessDate::naive)).collect::<Vec<Option<NaiveDate>>>())
    .bind(by.map(|user| user.0))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Something that happened to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEntryEvent {
    /// What.
    pub event: EntryEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// The run concerned.
    pub settlement_run_id: Option<SettlementRunId>,
    /// The day of the payment or invoice.
    pub settled_on: Option<BusinessDate>,
}

/// What happened to an entry, in order.
pub async fn events(connection: &mut Connection, partner_id: Option<PartnerId>, id: LedgerEntryId) -> Result<Vec<RecordedEntryEvent>> {
    type Row = (String, DateTime<Utc>, Option<Uuid>, Option<NaiveDate>);
    let rows: Vec<Row> = sqlx::query_as(
        "select event, at, settlement_run_id, settled_on from ledger_entry_events
          where entry_id = $1 and ($2::uuid is null or partner_id = $2) order by position",
    )
    .bind(id.0)
    .bind(partner_id.map(|id| id.0))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(event, at, run, settled_on)| {
            Ok(RecordedEntryEvent {
                event: event.parse().map_err(|_| Error::inconsistent("ledger_entry_events", "event"))?,
                at,
                settlement_run_id: run.map(Into::into),
                settled_on: settled_on.map(Into::into),
            })
        })
        .collect()
}

/// Who did what happened to an entry, event by event; none where the command line did.
pub async fn event_people(connection: &mut Connection, id: LedgerEntryId) -> Result<Vec<Option<String>>> {
    Ok(sqlx::query_scalar(
        "select (select u.display_name from users u where u.id = v.by_user) from ledger_entry_events v where v.entry_id = $1 order by v.position",
    )
    .bind(id.0)
    .fetch_all(connection)
    .await?)
}

/// Entries that refer to one: its corrections and its reversal, in order.
pub async fn referring(connection: &mut Connection, id: LedgerEntryId) -> Result<Vec<Entry>> {
    let rows: Vec<EntryRow> = sqlx::query_as(concat!(
        "select ",
        entry_columns!(),
        " from ledger_entry_states s join partners p on p.id = s.partner_id where s.corrects_id = $1 order by s.number"
    ))
    .bind(id.0)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Who recorded an entry.
pub async fn recorded_by(connection: &mut Connection, id: LedgerEntryId) -> Result<Option<UserId>> {
    let by: Option<Option<Uuid>> =
        sqlx::query_scalar("select recorded_by from ledger_entries where id = $1").bind(id.0).fetch_optional(connection).await?;
    Ok(by.flatten().map(Into::into))
}

/// An entry and its events, bare: what the ledger's own arithmetic is checked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareEntry {
    /// Which.
    pub id: LedgerEntryId,
    /// What people call it.
    pub number: i64,
    /// Whose.
    pub partner_id: PartnerId,
    /// What it is.
    pub kind: EntryKind,
    /// The rule.
    pub rule: Rule,
    /// What it is for.
    pub period: Period,
    /// The first and the last month that lists find it by.
    pub months: (BusinessDate, BusinessDate),
    /// RUB.
    pub base: Money,
    /// 0.27 is 27 %.
    pub rate: Option<Decimal>,
    /// In which form.
    pub settlement: Settlement,
    /// RUB.
    pub amount: Money,
    /// The terms that decided.
    pub terms: TermsVersionId,
    /// The day it is dated.
    pub accrued_on: BusinessDate,
    /// The month whose close made it.
    pub closed_month: Option<Month>,
    /// The request that earned it.
    pub request_id: Option<RequestId>,
    /// Whether it only says why nothing accrued.
    pub is_nothing: bool,
    /// The entry it corrects or reverses.
    pub corrects: Option<LedgerEntryId>,
    /// Its events in order: what happened, where it stood since, and the run concerned.
    pub events: Vec<(EntryEvent, EntryState, Option<SettlementRunId>)>,
}

#[derive(FromRow)]
struct BareRow {
    id: Uuid,
    number: i64,
    partner_id: Uuid,
    kind: String,
    rule: String,
    period: String,
    period_first: NaiveDate,
    period_last: NaiveDate,
    base: Decimal,
    rate: Option<Decimal>,
    settlement: String,
    amount: Decimal,
    terms_version_id: Uuid,
    accrued_on: NaiveDate,
    closed_month: Option<NaiveDate>,
    request_id: Option<Uuid>,
    is_nothing: bool,
    corrects_id: Option<Uuid>,
    events: Value,
}

/// Every entry of several partners with its events, by partner and number.
pub async fn bare(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<BareEntry>> {
    let rows: Vec<BareRow> = sqlx::query_as(
        "select e.id, e.number, e.partner_id, e.kind, e.rule, e.period, e.period_first, e.period_last, e.base, e.rate, e.settlement,
                e.amount, e.terms_version_id, e.accrued_on, e.closed_month, e.request_id, e.nothing is not null as is_nothing, e.corrects_id,
                (select coalesce(jsonb_agg(jsonb_build_array(v.event, v.state, v.settlement_run_id) order by v.position), '[]')
                   from ledger_entry_events v where v.entry_id = e.id) as events
           from ledger_entries e where e.partner_id = any($1) order by e.partner_id, e.number",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(BareEntry {
                id: row.id.into(),
                number: row.number,
                partner_id: row.partner_id.into(),
                kind: row.kind.parse().map_err(|_| Error::inconsistent("ledger_entries", "kind"))?,
                rule: row.rule.parse().map_err(|_| Error::inconsistent("ledger_entries", "rule"))?,
                period: row.period.parse().map_err(|_| Error::inconsistent("ledger_entries", "period"))?,
                months: (row.period_first.into(), row.period_last.into()),
                base: Money::rounded(row.base),
                rate: row.rate,
                settlement: row.settlement.parse().map_err(|_| Error::inconsistent("ledger_entries", "settlement"))?,
                amount: Money::rounded(row.amount),
                terms: row.terms_version_id.into(),
                accrued_on: row.accrued_on.into(),
                closed_month: row.closed_month.map(|day| BusinessDate::from(day).month()),
                request_id: row.request_id.map(Into::into),
                is_nothing: row.is_nothing,
                corrects: row.corrects_id.map(Into::into),
                events: serde_json::from_value(row.events).map_err(|_| Error::inconsistent("ledger_entry_events", "event"))?,
            })
        })
        .collect()
}

/// What the books outside the ledger say of it, and the ledger does not: a close whose counts and sums are not those of its entries, an
/// adjustment by hand without the two people who agreed on it. Answers what, what is expected and what was found.
pub async fn apart_from_its_books(connection: &mut Connection) -> Result<Option<(String, String, String)>> {
    Ok(sqlx::query_as(
        "select * from (
             select 'close of ' || to_char(c.month, 'YYYY-MM'), c.entry_count || ' entries, ' || c.accrued || ' and ' || c.corrected,
                    e.entry_count || ' entries, ' || e.accrued || ' and ' || e.corrected
               from month_closes c
               cross join lateral (
                   select count(*) as entry_count, coalesce(sum(amount) filter (where kind <> 'correction'), 0)::numeric(16, 2) as accrued,
                          coalesce(sum(amount) filter (where kind = 'correction'), 0)::numeric(16, 2) as corrected
                     from ledger_entries l where l.closed_month = c.month and l.nothing is null) e
              where (c.entry_count, c.accrued, c.corrected) is distinct from (e.entry_count, e.accrued, e.corrected)
             union all
             select 'adjustment in entry ' || coalesce(e.number::text, 'none'), coalesce(a.amount::text, 'a proposal that was accepted'),
                    coalesce(e.amount::text, 'no entry')
               from (select * from ledger_adjustments where state = 'accepted') a
               full join (select * from ledger_entries where kind = 'adjustment') e on e.id = a.entry_id
              where (a.partner_id, a.amount, a.amount, a.settlement, a.reason_code, a.reason_text)
                    is distinct from (e.partner_id, e.amount, e.base, e.settlement, e.reason_code, e.reason_text)
         ) as found limit 1",
    )
    .fetch_optional(connection)
    .await?)
}

/// A settlement run whose total, lines or number of entries are not those of the entries in it.
pub async fn unbalanced_run(connection: &mut Connection) -> Result<Option<(String, Money, Money)>> {
    let row: Option<(String, Decimal, Decimal)> = sqlx::query_as(
        "with entered as (
             select v.settlement_run_id, e.partner_id, sum(e.amount) as amount
               from ledger_entry_events v join ledger_entries e on e.id = v.entry_id
              where v.event = 'entered_settlement' group by v.settlement_run_id, e.partner_id)
         select r.reference, r.total, coalesce((select sum(n.amount) from entered n where n.settlement_run_id = r.id), 0)
           from settlement_runs r
          where r.total <> coalesce((select sum(n.amount) from entered n where n.settlement_run_id = r.id), 0)
             or r.entry_count <> (select count(*) from ledger_entry_events v
                                   where v.settlement_run_id = r.id and v.event = 'entered_settlement')
             or exists (select from (select * from settlement_run_partners l where l.settlement_run_id = r.id) l
                           full join (select * from entered n where n.settlement_run_id = r.id) n on n.partner_id = l.partner_id
                         where l.amount is distinct from n.amount)
          order by r.reference limit 1",
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(reference, total, found)| (reference, Money::rounded(total), Money::rounded(found))))
}
