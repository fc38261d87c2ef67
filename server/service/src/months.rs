//! Closing months: what turns revenue into levels (`USE-3`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::ids::PartnerId;
use domain::ledger::EntryKind;
use domain::level::Cause;
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::terms::TermsSchedule;
use serde_json::json;
use store::months::{CloseCounts, MonthFigures, MonthLine};
use store::partners::{PartnerFacts, RecordedLevelChange};
use store::{Connection, Scope};

use crate::accruals::{self, BatchMoney, MonthMoney};
use crate::audit::{self, Change};
use crate::level_record::{NewLevelChange, level_changes_record_of, record_difference, whole_timeline};
use crate::notices::{News, announce};
use crate::usage::BATCH;
use crate::{Actor, Error, Refusal, Result, Services, Viewer};

/// Closed months that the list shows.
const MONTHS_SHOWN: i32 = 24;

/// The staff's list of months.
#[derive(Clone, Debug)]
pub struct MonthsPage {
    /// The month to close next; none where there is no partner.
    pub next: Option<Month>,
    /// The first day on which that is possible.
    pub next_possible_on: Option<BusinessDate>,
    /// Whether that day has come.
    pub next_is_over: bool,
    /// Open months through the running one and the last closed ones, newest first.
    pub months: Vec<MonthLine>,
    /// When billing data last came in; none where it never did.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// A change of level that a month close decides.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelDecision {
    /// Whose level.
    pub partner_id: PartnerId,
    /// What billing calls the partner.
    pub partner_code: String,
    /// Its name.
    pub partner_name: String,
    /// The model before; none before the contract.
    pub before: Option<Model>,
    /// The first day of the new one.
    pub from: BusinessDate,
    /// The model from that day on; its level is [`Model::level`].
    pub model: Model,
    /// The rule behind it is [`Cause::rule`].
    pub cause: Cause,
}

/// What closing a month decides.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthDecisions {
    /// The month.
    pub month: Month,
    /// Its partners and revenue.
    pub figures: MonthFigures,
    /// The changes of level.
    pub changes: Vec<LevelDecision>,
    /// What comes into the ledger; none where it was not asked for.
    pub money: Option<MonthMoney>,
}

impl Services {
    /// The months, and what closing the next one decides where that is possible already; with what it would bring
    /// into the ledger where that is asked for, which reads every row of the month.
    pub async fn months_with_preview(&self, viewer: &Viewer, with_money: bool) -> Result<(MonthsPage, Option<MonthDecisions>)> {
        let months = self.months_page(viewer).await?;
        let Some(next) = months.next.filter(|_| months.next_is_over) else { return Ok((months, None)) };
        let mut decisions = self.month_close_preview(viewer, next).await?;
        if with_money {
            decisions.money = Some(self.month_money_preview(viewer, next).await?);
        }
        Ok((months, Some(decisions)))
    }

    /// The months, open and closed.
    pub async fn months_page(&self, viewer: &Viewer) -> Result<MonthsPage> {
        viewer.require(Action::ViewUsage)?;
        let today = self.today();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let (next, data_as_of) = store::months::next_to_close_and_data_as_of(&mut transaction).await?;
        let Some(open) = next else {
            return Ok(MonthsPage { next, next_possible_on: None, next_is_over: false, months: Vec::new(), data_as_of });
        };
        let possible_on = open.next().first_day();
        let last = today.month().max(open);
        let months = store::months::list(&mut transaction, open.plus(-MONTHS_SHOWN), last).await?;
        // Months before the first close were never open.
        let months = months.into_iter().filter(|line| line.close.is_some() || line.month >= open).collect();
        Ok(MonthsPage { next, next_possible_on: Some(possible_on), next_is_over: possible_on <= today, months, data_as_of })
    }

    /// What closing a month would decide now. The same refusals as [`Services::month_close`].
    pub async fn month_close_preview(&self, viewer: &Viewer, month: Month) -> Result<MonthDecisions> {
        viewer.require(Action::ViewUsage)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        check_next(&mut transaction, month, self.today()).await?;
        let terms = store::terms_versions::schedule(&mut transaction).await?;
        let figures = store::months::figures(&mut transaction, month).await?;
        // All partners in one batch: a page costs the same number of statements however many there are.
        let (mut changes, mut after) = (Vec::new(), None);
        let partners = next_batch(&mut transaction, &mut after, month, usize::MAX).await?.unwrap_or_default();
        let ids: Vec<PartnerId> = partners.iter().map(|facts| facts.partner.id).collect();
        let mut recorded: BTreeMap<PartnerId, Vec<RecordedLevelChange>> = BTreeMap::new();
        for change in store::partners::level_changes(&mut transaction, &ids).await? {
            recorded.entry(change.partner_id).or_default().push(change);
        }
        for facts in &partners {
            let of_partner = recorded.remove(&facts.partner.id).unwrap_or_default();
            if let Some(difference) = record_difference(facts.partner.id, &of_partner, &whole_timeline(facts, &terms))? {
                changes.extend(decisions(std::slice::from_ref(facts), difference.changes)?);
            }
        }
        Ok(MonthDecisions { month, figures, changes, money: None })
    }

    /// What closing a month would bring into the ledger now: it reads the month's rows. The same refusals as [`Services::month_close`].
    pub async fn month_money_preview(&self, viewer: &Viewer, month: Month) -> Result<MonthMoney> {
        viewer.require(Action::ViewUsage)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        check_next(&mut transaction, month, self.today()).await?;
        let terms = store::terms_versions::schedule(&mut transaction).await?;
        let (mut money, mut after) = (MonthMoney::default(), None);
        while let Some(batch) = next_batch(&mut transaction, &mut after, month, BATCH).await? {
            money.add(&accruals::money_of_close(&mut transaction, &batch, &terms, month).await?.entries);
        }
        Ok(money)
    }

    /// Closes a month: one transaction, once, in order (`USE-3`). Imports and other closes wait meanwhile.
    ///
    /// # Errors
    /// [`Refusal::MonthClosed`] where it is closed already, also by somebody else at the same moment;
    /// [`Refusal::MonthOutOfOrder`], [`Refusal::MonthNotOver`], [`Refusal::NothingToClose`].
    pub async fn month_close(&self, actor: Actor<'_>, month: Month) -> Result<MonthDecisions> {
        actor.require(Action::CloseMonth)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        store::usage_rows::lock(&mut transaction).await?;
        store::partners::lock_all_levels(&mut transaction).await?;
        check_next(&mut transaction, month, BusinessDate::of(now)).await?;
        let terms: TermsSchedule = store::terms_versions::schedule(&mut transaction).await?;
        let figures = store::months::figures(&mut transaction, month).await?;
        let closed_by = actor.person().map(|viewer| viewer.user_id);
        let (mut changes, mut money, mut after) = (Vec::new(), MonthMoney::default(), None);
        while let Some(batch) = next_batch(&mut transaction, &mut after, month, BATCH).await? {
            let recorded = level_changes_record_of(&mut transaction, actor, &batch, &terms, now).await?;
            let decided = decisions(&batch, recorded)?;
            let batch_money = accruals::money_of_close(&mut transaction, &batch, &terms, month).await?;
            accruals::record(&mut transaction, &batch_money, closed_by, now).await?;
            announce(&mut transaction, news_of_close(&batch, &batch_money, &decided, month), now).await?;
            money.add(&batch_money.entries);
            changes.extend(decided);
        }
        let total = money.total();
        let decided = CloseCounts {
            level_changes: store::usage_imports::row_count(u64::try_from(changes.len()).unwrap_or(u64::MAX))?,
            entries: total.entries,
            accrued: total.accrued,
            corrected: total.corrected,
        };
        store::months::insert_close(&mut transaction, month, &figures, decided, closed_by, now).await?;
        let change = Change {
            action: "month.close",
            object_kind: "month",
            object_id: &month.to_string(),
            partner_id: None,
            before: None,
            after: Some(json!({ "partners": figures.partner_count, "revenue": figures.revenue, "level_changes": decided.level_changes,
                                "entries": decided.entries, "accrued": decided.accrued, "corrected": decided.corrected })),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        transaction.commit().await?;
        Ok(MonthDecisions { month, figures, changes, money: Some(money) })
    }
}

/// What partners are told of a close: what it brought, and another model.
fn news_of_close(batch: &[PartnerFacts], money: &BatchMoney, changes: &[LevelDecision], month: Month) -> Vec<(PartnerId, News)> {
    let mut sums: BTreeMap<PartnerId, (Money, Money)> = BTreeMap::new();
    for entry in money.entries.iter().filter(|entry| entry.nothing.is_none()) {
        let (accrued, corrected) = sums.entry(entry.partner_id).or_default();
        *(if entry.kind == EntryKind::Correction { corrected } else { accrued }) += entry.amount;
    }
    let closed = batch.iter().filter_map(|facts| {
        let (accrued, corrected) = *sums.get(&facts.partner.id)?;
        Some((facts.partner.id, News::MonthClosed { month, accrued, corrected }))
    });
    let changed = changes.iter().map(|change| {
        let (from, model, before, cause) = (change.from, change.model, change.before, Some(change.cause.clone()));
        (change.partner_id, News::LevelChanged { from, model, before, cause })
    });
    closed.chain(changed).collect()
}

/// Refuses every month but the next one in order, and that one until it is over in Moscow.
async fn check_next(connection: &mut Connection, month: Month, today: BusinessDate) -> Result<()> {
    let next = store::months::next_to_close(connection).await?.ok_or(Refusal::NothingToClose)?;
    let closed_through = store::months::closed_through(connection).await?;
    if closed_through.is_some_and(|last| month <= last) {
        return Err(Refusal::MonthClosed(month).into());
    }
    if month != next {
        return Err(Refusal::MonthOutOfOrder { next }.into());
    }
    let possible_on = month.next().first_day();
    if today < possible_on {
        return Err(Refusal::MonthNotOver { possible_on }.into());
    }
    Ok(())
}

/// The facts of the next partners as they are once the month is closed; none after the last partner.
async fn next_batch(
    connection: &mut Connection,
    after: &mut Option<PartnerId>,
    month: Month,
    size: usize,
) -> Result<Option<Vec<PartnerFacts>>> {
    let ids = store::partners::ids_after(connection, *after, i64::try_from(size).unwrap_or(i64::MAX)).await?;
    let Some(last) = ids.last() else { return Ok(None) };
    *after = Some(*last);
    let mut batch = store::partners::facts(connection, &ids).await?;
    for facts in &mut batch {
        facts.level.closed_through = Some(month);
    }
    Ok(Some(batch))
}

/// The changes of level or model among what was recorded, with names. A recorded change whose facts alone are others is left out.
fn decisions(partners: &[PartnerFacts], changes: Vec<NewLevelChange>) -> Result<Vec<LevelDecision>> {
    let named = changes.into_iter().filter(NewLevelChange::model_differs).filter_map(|NewLevelChange { change, before }| {
        let facts = partners.iter().find(|facts| facts.partner.id == change.partner_id)?;
        Some(serde_json::from_value(change.cause).map_err(Error::unexpected).map(|cause| LevelDecision {
            partner_id: change.partner_id,
            partner_code: facts.partner.code.clone(),
            partner_name: facts.partner.name.clone(),
            before,
            from: change.from,
            model: change.model,
            cause,
        }))
    });
    named.collect()
}
