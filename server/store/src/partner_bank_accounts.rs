//! Where partners are paid.

use chrono::{DateTime, Utc};
use domain::bank_account::{BankAccount, Kpp};
use domain::ids::{PartnerId, UserId};
use domain::inn::Inn;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Error, Result};

/// A partner as it is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Its name.
    pub name: String,
    /// Its INN.
    pub inn: Inn,
    /// Its KPP; a sole proprietor has none.
    pub kpp: Option<Kpp>,
    /// Its account.
    #[serde(flatten)]
    pub account: BankAccount,
}

#[derive(FromRow)]
struct Row {
    partner_id: Uuid,
    name: String,
    inn: String,
    kpp: Option<String>,
    account: String,
    bank_name: String,
    bik: String,
    correspondent_account: String,
    recorded_at: DateTime<Utc>,
    recorded_by_name: Option<String>,
}

impl TryFrom<Row> for Payee {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unknown = |column| Error::inconsistent("partner_bank_accounts", column);
        let account = BankAccount::new(
            row.account.parse().map_err(|_| unknown("account"))?,
            row.bank_name,
            row.bik.parse().map_err(|_| unknown("bik"))?,
            row.correspondent_account.parse().map_err(|_| unknown("correspondent_account"))?,
        );
        Ok(Self {
            name: row.name,
            inn: row.inn.parse().map_err(|_| unknown("inn"))?,
            kpp: row.kpp.map(|kpp| kpp.parse().map_err(|_| unknown("kpp"))).transpose()?,
            account: account.map_err(|_| unknown("account"))?,
        })
    }
}

/// Several partners as they are paid; those without an account are left out.
pub async fn payees(connection: &mut Connection, ids: &[PartnerId]) -> Result<Vec<(PartnerId, Payee)>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.partner_id, p.name, p.inn, a.kpp, a.account, a.bank_name, a.bik, a.correspondent_account, a.recorded_at,
                (select u.display_name from users u where u.id = a.recorded_by) as recorded_by_name
           from partner_bank_accounts a join partners p on p.id = a.partner_id where a.partner_id = any($1)",
    )
    .bind(ids.iter().map(|id| id.0).collect::<Vec<Uuid>>())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| Ok((row.partner_id.into(), row.try_into()?))).collect()
}

/// A partner's account, and who recorded it when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedAccount {
    /// The account.
    pub payee: Payee,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// By whom; none where a command did.
    pub recorded_by_name: Option<String>,
}

/// Where a partner is paid; none where it is not known.
pub async fn find(connection: &mut Connection, id: PartnerId) -> Result<Option<RecordedAccount>> {
    let row: Option<Row> = sqlx::query_as(
        "select a.partner_id, p.name, p.inn, a.kpp, a.account, a.bank_name, a.bik, a.correspondent_account, a.recorded_at,
                (select u.display_name from users u where u.id = a.recorded_by) as recorded_by_name
           from partner_bank_accounts a join partners p on p.id = a.partner_id where a.partner_id = $1",
    )
    .bind(id.0)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let (recorded_at, recorded_by_name) = (row.recorded_at, row.recorded_by_name.clone());
        Ok(RecordedAccount { payee: row.try_into()?, recorded_at, recorded_by_name })
    })
    .transpose()
}

/// Records where a partner is paid from now on.
pub async fn upsert(
    connection: &mut Connection,
    id: PartnerId,
    kpp: Option<&Kpp>,
    account: &BankAccount,
    by: Option<UserId>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into partner_bank_accounts (partner_id, kpp, account, bank_name, bik, correspondent_account, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (partner_id) do update set kpp = excluded.kpp, account = excluded.account, bank_name = excluded.bank_name,
            bik = excluded.bik, correspondent_account = excluded.correspondent_account, recorded_by = excluded.recorded_by,
            recorded_at = excluded.recorded_at",
    )
    .bind(id.0)
    .bind(kpp.map(Kpp::as_str))
    .bind(account.account().as_str())
    .bind(account.bank_name())
    .bind(account.bik().as_str())
    .bind(account.correspondent_account().as_str())
    .bind(by.map(|user| user.0))
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}
