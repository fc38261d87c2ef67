//! Where the texts of cases and comments were published (`CASE-1`, `TG-1`).

use chrono::{DateTime, Utc};
use domain::editorial::Publication;
use domain::ids::{PartnerId, RequestId, UserId};
use domain::money::Money;

use crate::{Connection, Result};

/// A publication to record.
#[derive(Clone, Debug)]
pub struct NewPublication<'a> {
    /// Of which request.
    pub request_id: RequestId,
    /// Whose.
    pub partner_id: PartnerId,
    /// Where and when.
    pub publication: &'a Publication,
    /// What accrues with it, RUB.
    pub amount: Money,
    /// Who records it.
    pub recorded_by: UserId,
    /// Now.
    pub recorded_at: DateTime<Utc>,
}

/// Records a publication; false where the page was recorded before, for whichever request.
pub async fn insert(connection: &mut Connection, new: &NewPublication<'_>) -> Result<bool> {
    let written = sqlx::query(
        "insert into request_publications (request_id, partner_id, channel, link, link_key, published_on, amount, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict on constraint request_publications_link_key do nothing",
    )
    .bind(new.request_id.0)
    .bind(new.partner_id.0)
    .bind(new.publication.channel.as_str())
    .bind(new.publication.link.as_str())
    .bind(new.publication.link.key())
    .bind(new.publication.published_on.naive())
    .bind(new.amount.decimal())
    .bind(new.recorded_by.0)
    .bind(new.recorded_at)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The first publication that is not what the ledger has for it, or the other way round: what, what it should be, what it is.
pub async fn apart_from_the_ledger(connection: &mut Connection) -> Result<Option<(String, String, String)>> {
    Ok(sqlx::query_as(
        "select coalesce('publication of ' || p.reference, 'entry ' || e.number),
                coalesce(p.rule || ' ' || p.amount, 'a publication'), coalesce(e.rule || ' ' || e.amount, 'no entry')
           from (select p.request_id, p.partner_id, q.reference, p.amount,
                        case q.kind when 'case_study' then 'CASE-1' when 'telegram_comment' then 'TG-1' end as rule
                   from request_publications p join requests q on q.id = p.request_id) p
           full join (select * from ledger_entries where kind = 'accrual' and rule in ('CASE-1', 'TG-1')) e on e.request_id = p.request_id
          where (p.partner_id, p.rule, p.amount) is distinct from (e.partner_id, e.rule, e.amount)
         union all
         select 'request ' || q.reference, 'a publication', 'none'
           from requests q where q.stage = 'published' and not exists (select from request_publications p where p.request_id = q.id)
          limit 1",
    )
    .fetch_optional(connection)
    .await?)
}
