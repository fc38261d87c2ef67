//! Settlement runs: approved entries put together for the bank, or as discounts to apply (`LED-1`, `REB-4`).
//!
//! The portal records and never pays: a run is made, people carry it out elsewhere, and somebody says that they did.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::accrual::Settlement;
use domain::calendar::BusinessDate;
use domain::form;
use domain::ids::{LedgerEntryId, PartnerId, SettlementRunId};
use domain::ledger::{
    EntryEvent, EntryState, LeftOut, OWN_CHANGE_DAYS, PartnerSum, RunPlan, RunState, SecondPersonRequired, Settling, Unsettled,
    check_settler, plan_run,
};
use domain::money::Money;
use domain::permission::{Action, may};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::ledger_entries::{EntryFilter, NewEntryEvent};
use store::settlement_runs::{NewRun, UnsettledEntry};
pub use store::settlement_runs::{Payer, Run, RunLine, Settings};
use store::{Connection, Scope};
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::bank_accounts::{Payee, payer_of};
use crate::clients::field;
use crate::ledger::{Tally, insert_events, sum_of};
use crate::notices::{News, announce};
use crate::paging::cut_to_page;
use crate::requests::{PAGE, Page};
use crate::{Actor, Error, Refusal, Result, Services, Viewer, error::FormProblems, secrets};

/// The list of runs.
#[derive(Clone, Debug)]
pub struct RunsPage {
    /// The runs, the newest first. Its `next` is the last run's id.
    pub page: Page<Run>,
    /// Approved entries that no run holds, by form.
    pub waiting: Vec<(Settlement, Tally)>,
    /// Whether the viewer may make runs.
    pub may_make: bool,
    /// Whether the viewer may change the settings.
    pub may_edit_settings: bool,
}

/// A partner in a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewLine {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its name.
    pub partner_name: String,
    /// What billing calls it.
    pub partner_code: String,
    /// How many entries.
    pub entry_count: usize,
    /// Their sum, RUB.
    pub amount: Money,
}

/// What a run would hold now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPreview {
    /// In which form.
    pub settlement: Settlement,
    /// What would be settled.
    pub taken: Vec<PreviewLine>,
    /// What would wait, and why.
    pub left: Vec<(PreviewLine, LeftOut)>,
    /// Entries that would be settled, and their sum.
    pub total: Tally,
    /// The amount above which somebody else carries it out, RUB.
    pub second_person_above: Money,
    /// Whether a registry could be written: a bank has to know who pays. Always so for discounts.
    pub payer_is_known: bool,
    /// The key of the form.
    pub key: Uuid,
}

impl RunPreview {
    /// Whether somebody else than who makes it has to carry it out.
    pub fn needs_second_person(&self) -> bool {
        self.total.amount > self.second_person_above
    }
}

/// A run with its lines.
#[derive(Clone, Debug)]
pub struct RunPage {
    /// The run.
    pub run: Run,
    /// Its partners, in the order of their numbers.
    pub lines: Vec<RunLine>,
    /// Whether the viewer may carry it out, and if not, why; none where it is finished or the role does not allow it.
    pub may_settle: Option<std::result::Result<(), SecondPersonRequired>>,
    /// Whether the viewer may drop it.
    pub may_drop: bool,
    /// Today in Moscow: what the form begins with.
    pub today: BusinessDate,
}

/// What a registry of a run consists of.
#[derive(Clone, Debug)]
pub struct Registry {
    /// The run.
    pub run: Run,
    /// Who pays; none for discounts.
    pub payer: Option<Payee>,
    /// The lines with their payees, who are none for discounts.
    pub lines: Vec<(RunLine, Option<Payee>)>,
    /// Now: when the file is made.
    pub now: DateTime<Utc>,
}

/// The day of the payment as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettleFields {
    /// Date of the bank's payment or of the invoices.
    pub settled_on: String,
}

/// The reference of a run: `SR-2026-000001`.
fn reference(at: DateTime<Utc>, number: i64) -> String {
    format!("SR-{}-{number:06}", BusinessDate::of(at).month().year())
}

impl Services {
    /// Runs, the newest first, and what waits for the next ones.
    pub async fn settlements_page(&self, viewer: &Viewer, before: Option<SettlementRunId>) -> Result<RunsPage> {
        viewer.require(Action::ViewLedger)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut lines = store::settlement_runs::list(&mut transaction, before, PAGE + 1).await?;
        let approved = EntryFilter { state: Some(EntryState::Approved), ..EntryFilter::default() };
        let sums = store::ledger_entries::sums(&mut transaction, &approved).await?;
        let more = cut_to_page(&mut lines, PAGE);
        let next = lines.last().filter(|_| more).map(|run| run.id.to_string());
        let waiting = Settlement::ALL.map(|settlement| (settlement, sum_of(&sums, Some(settlement), EntryState::Approved)));
        Ok(RunsPage {
            page: Page { lines, next },
            waiting: waiting.into(),
            may_make: may(viewer.role, Action::MakeSettlement),
            may_edit_settings: may(viewer.role, Action::EditSettlementSettings),
        })
    }

    /// What a run would hold if it were made now.
    pub async fn settlement_preview(&self, viewer: &Viewer, settlement: Settlement) -> Result<RunPreview> {
        viewer.require(Action::MakeSettlement)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let settings = store::settlement_runs::settings(&mut transaction).await?;
        let unsettled = store::settlement_runs::unsettled(&mut transaction, settlement).await?;
        let plan = plan_of(settlement, &unsettled);
        let names: BTreeMap<PartnerId, (&str, &str)> =
            unsettled.iter().map(|found| (found.entry.partner_id, (found.partner_name.as_str(), found.partner_code.as_str()))).collect();
        let line = |sum: &PartnerSum| {
            let (name, code) = names.get(&sum.partner_id).copied().unwrap_or_default();
            PreviewLine {
                partner_id: sum.partner_id,
                partner_name: name.to_owned(),
                partner_code: code.to_owned(),
                entry_count: sum.entries.len(),
                amount: sum.amount,
            }
        };
        Ok(RunPreview {
            settlement,
            taken: plan.taken.iter().map(line).collect(),
            left: plan.left.iter().map(|(sum, why)| (line(sum), *why)).collect(),
            total: total_of(&plan),
            second_person_above: settings.second_person_above,
            payer_is_known: settlement == Settlement::Discount || payer_of(&settings).is_some(),
            key: secrets::id(),
        })
    }

    /// Makes a run of everything approved in one form, if it is still what the preview showed. The same form sent twice makes one
    /// run. Answers its reference.
    ///
    /// # Errors
    /// [`Refusal::EntriesChanged`] where it is another number or sum by now, [`Refusal::NothingToSettle`], [`Refusal::PayerUnknown`].
    pub async fn settlement_make(&self, viewer: &Viewer, settlement: Settlement, shown: Tally, key: Uuid) -> Result<String> {
        viewer.require(Action::MakeSettlement)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        store::settlement_runs::lock(&mut transaction).await?;
        if let Some(made) = store::settlement_runs::find_by_idempotency_key(&mut transaction, key).await? {
            return Ok(made);
        }
        let settings = store::settlement_runs::settings(&mut transaction).await?;
        if settlement == Settlement::Bank && payer_of(&settings).is_none() {
            return Err(Refusal::PayerUnknown.into());
        }
        let unsettled = store::settlement_runs::unsettled(&mut transaction, settlement).await?;
        let plan = plan_of(settlement, &unsettled);
        let total = total_of(&plan);
        if total != shown {
            return Err(Refusal::EntriesChanged.into());
        }
        if plan.taken.is_empty() {
            return Err(Refusal::NothingToSettle.into());
        }
        let reference = reference(now, store::settlement_runs::next_number(&mut transaction).await?);
        let run = NewRun {
            id: secrets::id(),
            reference: &reference,
            settlement,
            idempotency_key: key,
            entry_count: i32::try_from(total.count).map_err(Error::unexpected)?,
            total: total.amount,
            made_by: viewer.user_id,
            made_at: now,
            needs_second_person: total.amount > settings.second_person_above,
        };
        store::settlement_runs::insert(&mut transaction, &run).await?;
        insert_lines(&mut transaction, &run, &plan).await?;
        let taken: BTreeSet<LedgerEntryId> = plan.taken.iter().flat_map(|sum| sum.entries.iter().copied()).collect();
        let entered: Vec<NewEntryEvent> = unsettled
            .iter()
            .filter(|found| taken.contains(&found.entry.entry_id))
            .map(|found| entered(found, run.id))
            .collect::<Result<_>>()?;
        let actor = Actor::Person(viewer);
        insert_events(&mut transaction, &entered, actor, now).await?;
        let change = Change {
            action: "settlement.make",
            object_kind: "settlement_run",
            object_id: &reference,
            partner_id: None,
            before: None,
            after: Some(json!({ "settlement": settlement, "entries": total.count, "total": total.amount,
                                "partners": plan.taken.len(), "needs_second_person": run.needs_second_person })),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        transaction.commit().await?;
        Ok(reference)
    }

    /// A run with its lines.
    pub async fn settlement_page(&self, viewer: &Viewer, reference: &str) -> Result<RunPage> {
        viewer.require(Action::ViewLedger)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let run = store::settlement_runs::find(&mut transaction, reference).await?.ok_or(Error::NotFound)?;
        let settings = store::settlement_runs::settings(&mut transaction).await?;
        let lines = store::settlement_runs::lines(&mut transaction, run.id).await?;
        let open = run.state == RunState::Made;
        let may_settle = if open && may(viewer.role, Action::CarryOutSettlement) {
            Some(check_person(&mut transaction, &run, viewer, &settings, self.now()).await?)
        } else {
            None
        };
        let may_drop = open && may(viewer.role, Action::MakeSettlement);
        Ok(RunPage { run, lines, may_settle, may_drop, today: self.today() })
    }

    /// What the registry of a run is written from; that it was taken is recorded.
    ///
    /// # Errors
    /// [`Refusal::RunFinished`] where the run was dropped: nobody pays by it. [`Refusal::PayerUnknown`].
    pub async fn settlement_registry(&self, viewer: &Viewer, reference: &str) -> Result<Registry> {
        viewer.require(Action::ViewLedger)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let run = store::settlement_runs::find(&mut transaction, reference).await?.ok_or(Error::NotFound)?;
        if run.state == RunState::Dropped {
            return Err(Refusal::RunFinished(run.state).into());
        }
        let payer = match run.settlement {
            Settlement::Bank => {
                let settings = store::settlement_runs::settings(&mut transaction).await?;
                Some(payer_of(&settings).ok_or(Refusal::PayerUnknown)?)
            }
            Settlement::Discount => None,
        };
        let mut lines = Vec::new();
        for line in store::settlement_runs::lines(&mut transaction, run.id).await? {
            let payee = line.payee.clone().map(serde_json::from_value).transpose().map_err(Error::unexpected)?;
            lines.push((line, payee));
        }
        let now = self.now();
        // Whoever drops the run afterwards can be asked whether the bank has the file.
        let change = Change {
            action: "settlement.download",
            object_kind: "settlement_run",
            object_id: &run.reference,
            partner_id: None,
            before: None,
            after: Some(json!({ "state": run.state, "total": run.total })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(Registry { run, payer, lines, now })
    }

    /// Records that a run was paid by the bank, or applied to the invoices. Sent again by the same person with the same day it
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the field `settled_on`; [`Refusal::DateInFuture`], [`Refusal::SettledBeforeMade`];
    /// [`Refusal::SecondPerson`]; [`Refusal::RunFinished`].
    pub async fn settlement_settle(&self, viewer: &Viewer, reference: &str, fields: &SettleFields) -> Result<()> {
        viewer.require(Action::CarryOutSettlement)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        let run = store::settlement_runs::find_for_update(&mut transaction, reference).await?.ok_or(Error::NotFound)?;
        let mut problems = FormProblems::new();
        let Some(settled_on) = field(&mut problems, "settled_on", form::date(&fields.settled_on)) else {
            return Err(Error::Invalid(problems));
        };
        if run.state != RunState::Made {
            let same = run.finished_by == Some(viewer.user_id) && run.settled_on == Some(settled_on);
            return if same { Ok(()) } else { Err(Refusal::RunFinished(run.state).into()) };
        }
        if settled_on > BusinessDate::of(now) {
            return Err(Refusal::DateInFuture.into());
        }
        if settled_on < BusinessDate::of(run.made_at) {
            return Err(Refusal::SettledBeforeMade.into());
        }
        let settings = store::settlement_runs::settings(&mut transaction).await?;
        check_person(&mut transaction, &run, viewer, &settings, now).await?.map_err(Refusal::SecondPerson)?;
        end_entries(&mut transaction, &run, viewer, EntryEvent::Settled, Some(settled_on), now).await?;
        let lines = store::settlement_runs::lines(&mut transaction, run.id).await?;
        let news = lines.iter().map(|line| {
            let told = News::Settled {
                settlement: Some(run.settlement),
                amount: Some(line.amount),
                settled_on: Some(settled_on),
                reference: Some(run.reference.clone()),
            };
            (line.partner_id, told)
        });
        announce(&mut transaction, news, now).await?;
        self.finish(transaction, &run, viewer, RunState::Settled, Some(settled_on), now).await
    }

    /// Gives a run up: its entries wait for another one. Dropped again by the same person it changes nothing.
    ///
    /// # Errors
    /// [`Refusal::RunFinished`].
    pub async fn settlement_drop(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        viewer.require(Action::MakeSettlement)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        let run = store::settlement_runs::find_for_update(&mut transaction, reference).await?.ok_or(Error::NotFound)?;
        if run.state != RunState::Made {
            let same = run.state == RunState::Dropped && run.finished_by == Some(viewer.user_id);
            return if same { Ok(()) } else { Err(Refusal::RunFinished(run.state).into()) };
        }
        end_entries(&mut transaction, &run, viewer, EntryEvent::LeftSettlement, None, now).await?;
        self.finish(transaction, &run, viewer, RunState::Dropped, None, now).await
    }

    async fn finish(
        &self,
        mut transaction: store::Transaction,
        run: &Run,
        viewer: &Viewer,
        state: RunState,
        settled_on: Option<BusinessDate>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        store::settlement_runs::finish(&mut transaction, run.id, state, viewer.user_id, now, settled_on).await?;
        let change = Change {
            action: if state == RunState::Settled { "settlement.settle" } else { "settlement.drop" },
            object_kind: "settlement_run",
            object_id: &run.reference,
            partner_id: None,
            before: Some(json!({ "state": run.state })),
            after: Some(json!({ "state": state, "total": run.total, "settled_on": settled_on })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        Ok(transaction.commit().await?)
    }
}

fn plan_of(settlement: Settlement, unsettled: &[UnsettledEntry]) -> RunPlan {
    let entries: Vec<Unsettled> = unsettled.iter().map(|found| found.entry).collect();
    plan_run(settlement, &entries)
}

fn total_of(plan: &RunPlan) -> Tally {
    Tally { count: i64::try_from(plan.entry_count()).unwrap_or(i64::MAX), amount: plan.total() }
}

/// Whether the viewer may carry a run out: by the amount of today, and by the one of the day it was made.
async fn check_person(
    connection: &mut Connection,
    run: &Run,
    viewer: &Viewer,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<std::result::Result<(), SecondPersonRequired>> {
    let today = BusinessDate::of(now).starts_at();
    let changes_from = now - TimeDelta::days(OWN_CHANGE_DAYS.into());
    Ok(check_settler(&Settling {
        made_by: run.made_by,
        settler: viewer.user_id,
        total: run.total,
        alone_today: store::settlement_runs::carried_out_alone(connection, viewer.user_id, today).await?,
        above: settings.second_person_above,
        was_above: run.needs_second_person,
        own_change: store::settlement_runs::has_own_change(connection, run.id, viewer.user_id, changes_from).await?,
    }))
}

fn entered(found: &UnsettledEntry, run: SettlementRunId) -> Result<NewEntryEvent> {
    let event = EntryEvent::EnteredSettlement;
    Ok(NewEntryEvent {
        entry_id: found.entry.entry_id,
        partner_id: found.entry.partner_id,
        position: found.position + 1,
        event,
        state: EntryState::Approved.after(event).map_err(Refusal::Entry)?,
        settlement_run_id: Some(run),
        settled_on: None,
    })
}

/// Records the lines of a run: numbers of orders go on through a day, and payees stay as they are now.
async fn insert_lines(connection: &mut Connection, run: &NewRun<'_>, plan: &RunPlan) -> Result<()> {
    let mut payees: BTreeMap<PartnerId, Value> = BTreeMap::new();
    if run.settlement == Settlement::Bank {
        let ids: Vec<PartnerId> = plan.taken.iter().map(|sum| sum.partner_id).collect();
        for (id, payee) in store::partner_bank_accounts::payees(connection, &ids).await? {
            payees.insert(id, serde_json::to_value(payee).map_err(Error::unexpected)?);
        }
    }
    let day = BusinessDate::of(run.made_at).starts_at();
    let first = store::settlement_runs::last_position(connection, run.settlement, day).await? + 1;
    let lines: Vec<(PartnerId, i32, Money, Option<Value>)> =
        (first..).zip(&plan.taken).map(|(position, sum)| (sum.partner_id, position, sum.amount, payees.remove(&sum.partner_id))).collect();
    Ok(store::settlement_runs::insert_lines(connection, run.id, &lines).await?)
}

/// Records the end of a run on each of its entries.
async fn end_entries(
    connection: &mut Connection,
    run: &Run,
    viewer: &Viewer,
    event: EntryEvent,
    settled_on: Option<BusinessDate>,
    now: DateTime<Utc>,
) -> Result<()> {
    let state = EntryState::InSettlement.after(event).map_err(Refusal::Entry)?;
    let events: Vec<NewEntryEvent> = store::settlement_runs::entries(connection, run.id)
        .await?
        .into_iter()
        .map(|(entry_id, partner_id, position)| NewEntryEvent {
            entry_id,
            partner_id,
            position: position + 1,
            event,
            state,
            settlement_run_id: Some(run.id),
            settled_on,
        })
        .collect();
    insert_events(connection, &events, Actor::Person(viewer), now).await
}
