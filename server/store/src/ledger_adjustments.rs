//! Adjustments of the ledger by hand: one person proposes, another decides (`LED-1`).

use chrono::{DateTime, Utc};
use domain::accrual::Settlement;
use domain::ids::{LedgerAdjustmentId, LedgerEntryId, PartnerId, UserId};
use domain::ledger::{AdjustmentReason, AdjustmentState};
use domain::money::Money;
use rust_decimal::Decimal;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// An adjustment to be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAdjustment<'a> {
    /// Which.
    pub id: LedgerAdjustmentId,
    /// Whose money.
    pub partner_id: PartnerId,
    /// RUB, not zero.
    pub amount: Money,
    /// In which form.
    pub settlement: Settlement,
    /// Why, as a code.
    pub reason: AdjustmentReason,
    /// Why, in words.
    pub text: &'a str,
    /// The key of its form.
    pub idempotency_key: Uuid,
    /// Who proposes it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: DateTime<Utc>,
}

/// Records a proposal; false where the form with its key was recorded before.
pub async fn insert(connection: &mut Connection, adjustment: &NewAdjustment<'_>) -> Result<bool> {
    let done = sqlx::query(
        "insert into ledger_adjustments
            (id, partner_id, amount, settlement, reason_code, reason_text, idempotency_key, state, proposed_by, proposed_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9)
         on conflict on constraint ledger_adjustments_idempotency_key do nothing",
    )
    .bind(adjustment.id.0)
    .bind(adjustment.partner_id.0)
    .bind(adjustment.amount.decimal())
    .bind(adjustment.settlement.as_str())
    .bind(adjustment.reason.as_str())
    .bind(adjustment.text)
    .bind(adjustment.idempotency_key)
    .bind(adjustment.proposed_by.0)
    .bind(adjustment.proposed_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An adjustment as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Which.
    pub id: LedgerAdjustmentId,
    /// Whose money.
    pub partner_id: PartnerId,
    /// That partner's name.
    pub partner_name: String,
    /// RUB.
    pub amount: Money,
    /// In which form.
    pub settlement: Settlement,
    /// Why, as a code.
    pub reason: AdjustmentReason,
    /// Why, in words.
    pub text: String,
    /// Where it stands.
    pub state: AdjustmentState,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// Their name.
    pub proposed_by_name: Option<String>,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Their name.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The entry it became.
    pub entry_id: Option<LedgerEntryId>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    partner_id: Uuid,
    partner_name: String,
    amount: Decimal,
    settlement: String,
    reason_code: String,
    reason_text: String,
    state: String,
    proposed_by: Uuid,
    proposed_by_name: Option<String>,
    proposed_at: DateTime<Utc>,
    decided_by: Option<Uuid>,
    decided_by_name: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    entry_id: Option<Uuid>,
}

/// The columns of an [`Adjustment`] from `ledger_adjustments a`.
macro_rules! adjustment_columns {
    () => {
        "select a.id, a.partner_id, p.name as partner_name, a.amount, a.settlement, a.reason_code, a.reason_text, a.state, a.proposed_by,
                a.proposed_at, a.decided_by, a.decided_at, a.entry_id,
                (select u.display_name from users u where u.id = a.proposed_by) as proposed_by_name,
                (select u.display_name from users u where u.id = a.decided_by) as decided_by_name
           from ledger_adjustments a join partners p on p.id = a.partner_id "
    };
}

impl TryFrom<Row> for Adjustment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unknown = |column| Error::inconsistent("ledger_adjustments", column);
        Ok(Self {
            id: row.id.into(),
            partner_id: row.partner_id.into(),
            partner_name: row.partner_name,
            amount: Money::rounded(row.amount),
            settlement: row.settlement.parse().map_err(|_| unknown("settlement"))?,
            reason: row.reason_code.parse().map_err(|_| unknown("reason_code"))?,
            text: row.reason_text,
            state: row.state.parse().map_err(|_| unknown("state"))?,
            proposed_by: row.proposed_by.into(),
            proposed_by_name: row.proposed_by_name,
            proposed_at: row.proposed_at,
            decided_by: row.decided_by.map(Into::into),
            decided_by_name: row.decided_by_name,
            decided_at: row.decided_at,
            entry_id: row.entry_id.map(Into::into),
        })
    }
}

/// Adjustments: those that wait, the oldest first, then the others, the newest first.
pub async fn list(connection: &mut Connection, limit: i64) -> Result<Vec<Adjustment>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        adjustment_columns!(),
        "order by a.state <> 'proposed', case when a.state = 'proposed' then a.proposed_at end, a.decided_at desc, a.id limit $1"
    ))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One adjustment, held until the end of the transaction.
pub async fn find_for_update(connection: &mut Connection, id: LedgerAdjustmentId) -> Result<Option<Adjustment>> {
    let row: Option<Row> =
        sqlx::query_as(concat!(adjustment_columns!(), "where a.id = $1 for update of a")).bind(id.0).fetch_optional(connection).await?;
    row.map(TryInto::try_into).transpose()
}

/// Records the decision: the entry it became, or none where it was declined.
pub async fn decide(
    connection: &mut Connection,
    id: LedgerAdjustmentId,
    entry_id: Option<LedgerEntryId>,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    let state = if entry_id.is_some() { AdjustmentState::Accepted } else { AdjustmentState::Declined };
    sqlx::query("update ledger_adjustments set state = $2, decided_by = $3, decided_at = $4, entry_id = $5 where id = $1")
        .bind(id.0)
        .bind(state.as_str())
        .bind(by.0)
        .bind(at)
        .bind(entry_id.map(|id| id.0))
        .execute(connection)
        .await?;
    Ok(())
}
