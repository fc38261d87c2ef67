//! The ledger as staff see it: entries of all partners, their approval one by one and in bulk, and taking one back (`LED-1`).

use std::collections::BTreeMap;

use domain::accrual::Settlement;
use domain::calendar::BusinessDate;
use domain::form;
use domain::ids::{LedgerEntryId, PartnerId, SettlementRunId};
use domain::ledger::{AdjustmentReason, EntryEvent, EntryKind, EntryState, may_be_taken_back};
use domain::money::Money;
use domain::permission::{Action, may};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::clients::Service;
pub use store::ledger_entries::{Balance, Entry, EntryFilter, RecordedEntryEvent};
use store::ledger_entries::{NewEntry, NewEntryEvent};
use store::{Connection, Scope};

use crate::audit::{self, Change};
use crate::clients::field;
use crate::notices::{News, announce};
use crate::paging::{cut_to_page, search_text};
use crate::partner_money::EntryTerms;
use crate::requests::Page;
use crate::rows_behind::{RowsBehind, RowsPlace, behind_entry};
use crate::{Actor, Error, Refusal, Result, Services, Standing, Viewer, error::FormProblems, secrets};

/// Entries on a page of the list.
pub const LEDGER_PAGE: i64 = 50;
/// Entries that are approved in one statement.
const CHUNK: usize = 1_000;
/// How often an approval looks again where somebody else approved the same entries at the same moment.
const TRIES: usize = 3;
/// Entries that the answer to an approval names one by one, and numbers that its audit record does.
const NAMED: usize = 500;

/// A page of the ledger.
#[derive(Clone, Debug)]
pub struct LedgerPage {
    /// The entries, the newest first.
    pub page: Page<Entry>,
    /// Sums of everything the filter shows, by form and state (`LED-2`).
    pub sums: Vec<Balance>,
    /// Whether the viewer may approve.
    pub may_approve: bool,
}

impl LedgerPage {
    /// How many of what the filter shows wait for approval, and their sum, RUB.
    pub fn waiting(&self) -> Tally {
        waiting(&self.sums)
    }
}

/// A number of entries and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub count: i64,
    /// RUB.
    pub amount: Money,
}

impl Tally {
    fn add(&mut self, amount: Money) {
        self.count += 1;
        self.amount += amount;
    }
}

fn waiting(sums: &[Balance]) -> Tally {
    let mut tally = Tally::default();
    for sum in sums.iter().filter(|sum| sum.state == EntryState::Accrued) {
        tally.count += sum.count;
        tally.amount += sum.amount;
    }
    tally
}

/// What became of an entry in an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "state")]
pub enum ApprovalOutcome {
    /// It is approved now.
    Approved,
    /// It was decided before, and stands here.
    Decided(EntryState),
    /// It is no money.
    Nothing,
}

/// An entry of an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalItem {
    /// Which.
    pub entry_id: LedgerEntryId,
    /// What people call it.
    pub number: i64,
    /// Whose.
    pub partner_name: String,
    /// RUB.
    pub amount: Money,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ApprovalOutcome,
}

/// What became of all entries of an approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Approved now.
    pub approved: Tally,
    /// Decided before.
    pub decided: Tally,
    /// No money.
    pub nothing: Tally,
    /// The entries one by one; of very many, the first.
    pub items: Vec<ApprovalItem>,
}

impl Approval {
    /// How many entries it was about.
    pub fn count(&self) -> i64 {
        self.approved.count + self.decided.count + self.nothing.count
    }
}

/// An entry with its life.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// The entry.
    pub entry: Entry,
    /// What billing calls the partner.
    pub partner_code: String,
    /// Name of the client it is for.
    pub client_name: Option<String>,
    /// The request that earned it, by its reference.
    pub request: Option<String>,
    /// What happened, in order, and who did it.
    pub events: Vec<(RecordedEntryEvent, Option<String>)>,
    /// References of the runs it was in.
    pub runs: BTreeMap<SettlementRunId, String>,
    /// The entry it corrects or reverses.
    pub corrects: Option<Entry>,
    /// Its corrections, and its reversal.
    pub referring: Vec<Entry>,
    /// The rows that make its base; none for what is not computed from usage.
    pub rows: Option<RowsBehind>,
    /// Names of services.
    pub services: Vec<Service>,
    /// The terms that decided.
    pub terms: Option<EntryTerms>,
    /// Whether the viewer may approve it now.
    pub may_approve: bool,
    /// Whether the viewer may take it back now.
    pub may_reverse: bool,
}

/// Why an entry is taken back, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReverseFields {
    /// The reason's stable text.
    pub reason: String,
    /// Why, in 10 to 2000 characters; the partner reads it.
    pub text: String,
}

/// The event that follows on the last one of an entry, if the rules let it happen.
pub(crate) fn event_of(entry: &Entry, event: EntryEvent) -> Result<NewEntryEvent> {
    let state = entry.state.after(event).map_err(Refusal::Entry)?;
    Ok(NewEntryEvent {
        entry_id: entry.id,
        partner_id: entry.partner_id,
        position: entry.position + 1,
        event,
        state,
        settlement_run_id: None,
        settled_on: None,
    })
}

/// Records events; where somebody else recorded one of an entry meanwhile, it is refused.
pub(crate) async fn insert_events(
    connection: &mut Connection,
    events: &[NewEntryEvent],
    actor: Actor<'_>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let by = actor.person().map(|viewer| viewer.user_id);
    for chunk in events.chunks(CHUNK) {
        match store::ledger_entries::insert_events(connection, chunk, by, now).await {
            Err(error) if error.is_constraint("ledger_entry_events_pkey") => return Err(Refusal::EntriesChanged.into()),
            other => other?,
        }
    }
    Ok(())
}

impl Services {
    /// Entries of all partners, the newest first, with the sums of everything the filter shows. `before` continues behind a number.
    pub async fn ledger_page(&self, viewer: &Viewer, filter: &EntryFilter, before: Option<i64>) -> Result<LedgerPage> {
        viewer.require(Action::ViewLedger)?;
        let filter = readable(filter);
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut lines = store::ledger_entries::list(&mut transaction, &filter, before, LEDGER_PAGE + 1).await?;
        let sums = store::ledger_entries::sums(&mut transaction, &filter).await?;
        let more = cut_to_page(&mut lines, LEDGER_PAGE);
        let next = lines.last().filter(|_| more).map(|entry| entry.number.to_string());
        Ok(LedgerPage { page: Page { lines, next }, sums, may_approve: may(viewer.role, Action::ApproveEntries) })
    }

    /// How many entries that a filter shows wait for approval, and their sum: what approving all of them asks about.
    pub async fn ledger_waiting(&self, viewer: &Viewer, filter: &EntryFilter) -> Result<Tally> {
        viewer.require(Action::ApproveEntries)?;
        let filter = EntryFilter { state: Some(EntryState::Accrued), ..readable(filter) };
        let mut transaction = self.database.begin(Scope::Staff).await?;
        Ok(waiting(&store::ledger_entries::sums(&mut transaction, &filter).await?))
    }

    /// An entry with its explanation, the rows behind it and its life.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such entry, or the chosen client has no row in it.
    pub async fn ledger_entry_page(&self, viewer: &Viewer, id: LedgerEntryId, place: &RowsPlace) -> Result<EntryPage> {
        viewer.require(Action::ViewLedger)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let entry = store::ledger_entries::find(&mut transaction, None, id).await?.ok_or(Error::NotFound)?;
        let events = store::ledger_entries::events(&mut transaction, None, id).await?;
        let people = store::ledger_entries::event_people(&mut transaction, id).await?;
        let runs: Vec<SettlementRunId> = events.iter().filter_map(|event| event.settlement_run_id).collect();
        let runs = store::settlement_runs::references(&mut transaction, &runs).await?.into_iter().collect();
        let corrects = match entry.corrects {
            Some(first) => store::ledger_entries::find(&mut transaction, None, first).await?,
            None => None,
        };
        let referring = store::ledger_entries::referring(&mut transaction, id).await?;
        let client_name = match entry.client_id {
            Some(client) => store::clients::find(&mut transaction, Some(entry.partner_id), client).await?.map(|client| client.name),
            None => None,
        };
        let request = match entry.request_id {
            Some(id) => store::requests::reference_of(&mut transaction, entry.partner_id, id).await?,
            None => None,
        };
        let standing = Standing::load(&mut transaction, entry.partner_id).await?;
        let related = store::ledger_entries::related(&mut transaction, &entry).await?;
        let rows = behind_entry(&mut transaction, &standing, &entry, &related, place).await?;
        let services = store::clients::services(&mut transaction).await?;
        let possible = |event| may(viewer.role, Action::ApproveEntries) && entry.state.after(event).is_ok();
        Ok(EntryPage {
            may_approve: possible(EntryEvent::Approved),
            may_reverse: possible(EntryEvent::Reversed) && may_be_taken_back(entry.amount),
            terms: EntryTerms::of(&standing.terms, &entry),
            partner_code: standing.facts.partner.code,
            client_name,
            request,
            rows,
            services,
            events: events.into_iter().zip(people).collect(),
            runs,
            corrects,
            referring,
            entry,
        })
    }

    /// Approves entries and says of each what became of it. Who comes second finds them decided; nobody gets an error for it.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the field `entries` where there is none; [`Error::NotFound`] where none of them exists.
    pub async fn ledger_approve(&self, actor: Actor<'_>, ids: &[LedgerEntryId]) -> Result<Approval> {
        actor.require(Action::ApproveEntries)?;
        if ids.is_empty() {
            return Err(Error::Invalid(FormProblems::from([("entries".to_owned(), form::FieldProblem::Required)])));
        }
        self.approve(actor, Chosen::Listed(ids)).await
    }

    /// Approves everything that waits and that a filter shows, if it is still what the person was asked about.
    ///
    /// # Errors
    /// [`Refusal::EntriesChanged`] where it is another number or sum by now.
    pub async fn ledger_approve_matching(&self, actor: Actor<'_>, filter: &EntryFilter, expected: Tally) -> Result<Approval> {
        actor.require(Action::ApproveEntries)?;
        let filter = EntryFilter { state: Some(EntryState::Accrued), ..readable(filter) };
        self.approve(actor, Chosen::Matching(&filter, expected)).await
    }

    async fn approve(&self, actor: Actor<'_>, chosen: Chosen<'_>) -> Result<Approval> {
        for _ in 1..TRIES {
            match self.try_to_approve(actor, &chosen).await {
                // Somebody approved one of them between our reading and writing: look again, it is decided now.
                Err(Error::Refused(Refusal::EntriesChanged)) if matches!(chosen, Chosen::Listed(_)) => {}
                other => return other,
            }
        }
        self.try_to_approve(actor, &chosen).await
    }

    async fn try_to_approve(&self, actor: Actor<'_>, chosen: &Chosen<'_>) -> Result<Approval> {
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        let ids = match chosen {
            Chosen::Listed(ids) => ids.to_vec(),
            Chosen::Matching(filter, expected) => {
                if waiting(&store::ledger_entries::sums(&mut transaction, filter).await?) != *expected {
                    return Err(Refusal::EntriesChanged.into());
                }
                store::ledger_entries::ids(&mut transaction, filter).await?
            }
        };
        let (mut approval, mut numbers) = (Approval::default(), Vec::new());
        for chunk in ids.chunks(CHUNK) {
            let mut events = Vec::new();
            for entry in store::ledger_entries::find_all(&mut transaction, chunk).await? {
                let outcome = match (entry.state, event_of(&entry, EntryEvent::Approved)) {
                    (EntryState::Nothing, _) => {
                        approval.nothing.add(entry.amount);
                        ApprovalOutcome::Nothing
                    }
                    (_, Ok(event)) => {
                        events.push(event);
                        numbers.push(entry.number);
                        approval.approved.add(entry.amount);
                        ApprovalOutcome::Approved
                    }
                    (state, Err(_)) => {
                        approval.decided.add(entry.amount);
                        ApprovalOutcome::Decided(state)
                    }
                };
                if approval.items.len() < NAMED {
                    let Entry { id, number, partner_name, amount, .. } = entry;
                    approval.items.push(ApprovalItem { entry_id: id, number, partner_name, amount, outcome });
                }
            }
            insert_events(&mut transaction, &events, actor, now).await?;
        }
        if approval.count() == 0 {
            return Err(Error::NotFound);
        }
        // A close may commit between the sums and the list.
        if matches!(chosen, Chosen::Matching(_, expected) if approval.approved != *expected) {
            return Err(Refusal::EntriesChanged.into());
        }
        if approval.approved.count > 0 {
            // Each event names its entry and its person; the record says it once for all of them.
            let (first, last) = (numbers.iter().min(), numbers.iter().max());
            let after = json!({ "count": approval.approved.count, "amount": approval.approved.amount, "first": first, "last": last,
                                "numbers": numbers.iter().take(NAMED).collect::<Vec<_>>() });
            let change = Change {
                action: "ledger.approve",
                object_kind: "ledger",
                object_id: &first.map(ToString::to_string).unwrap_or_default(),
                partner_id: None,
                before: None,
                after: Some(after),
            };
            audit::record(&mut transaction, actor, now, change).await?;
        }
        transaction.commit().await?;
        Ok(approval)
    }

    /// Takes an entry back that was not settled: its opposite is recorded, and both end as reversed.
    ///
    /// Both leave the balances together: the opposite never waits for approval or settlement by itself, where it could be settled
    /// without the other. Sent again by the same person it changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `reason` and `text`; [`Refusal::Entry`] where it stands elsewhere;
    /// [`Refusal::ReversalRaises`] where that is for two people to decide;
    /// [`Refusal::EntriesChanged`] where somebody decided on it at the same moment.
    pub async fn ledger_reverse(&self, actor: Actor<'_>, id: LedgerEntryId, fields: &ReverseFields) -> Result<LedgerEntryId> {
        actor.require(Action::ApproveEntries)?;
        let now = self.now();
        let mut problems = FormProblems::new();
        let reason = field(&mut problems, "reason", form::choice::<AdjustmentReason>(&fields.reason));
        let text = field(&mut problems, "text", form::text(&fields.text, 10, 2_000));
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let first = store::ledger_entries::find(&mut transaction, None, id).await?.ok_or(Error::NotFound)?;
        let (Some(reason), Some(text)) = (reason, text) else { return Err(Error::Invalid(problems)) };
        if let Some(before) = reversed_by(&mut transaction, &first, actor, (reason, &text)).await? {
            return Ok(before);
        }
        let ended = event_of(&first, EntryEvent::Reversed)?;
        if !may_be_taken_back(first.amount) {
            return Err(Refusal::ReversalRaises.into());
        }
        let opposite = NewEntry {
            id: secrets::id(),
            partner_id: first.partner_id,
            kind: EntryKind::Reversal,
            rule: first.rule,
            period: first.period,
            base: -first.base,
            rate: first.rate,
            amount: -first.amount,
            settlement: first.settlement,
            terms: first.terms,
            accrued_on: BusinessDate::of(now),
            closed_month: None,
            request_id: first.request_id,
            client_id: first.client_id,
            corrects: Some(first.id),
            nothing: None,
            explanation: json!({}),
            reason: Some((reason.as_str().to_owned(), text.clone())),
        };
        let by = actor.person().map(|viewer| viewer.user_id);
        match store::ledger_entries::insert(&mut transaction, std::slice::from_ref(&opposite), by, now).await {
            Err(error) if error.is_constraint("ledger_entries_reversal_key") => return Err(Refusal::EntriesChanged.into()),
            other => other?,
        }
        let of_opposite = NewEntryEvent { entry_id: opposite.id, position: 1, ..ended.clone() };
        insert_events(&mut transaction, &[ended, of_opposite], actor, now).await?;
        let news = News::Reversed { entry: opposite.id, amount: opposite.amount };
        announce(&mut transaction, [(opposite.partner_id, news)], now).await?;
        let change = Change {
            action: "ledger.reverse",
            object_kind: "ledger_entry",
            object_id: &id.to_string(),
            partner_id: Some(first.partner_id),
            before: Some(json!({ "number": first.number, "state": first.state, "amount": first.amount })),
            after: Some(json!({ "state": EntryState::Reversed, "reason": reason, "text": text, "opposite": opposite.id })),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        transaction.commit().await?;
        Ok(opposite.id)
    }
}

/// Which entries are approved.
enum Chosen<'a> {
    Listed(&'a [LedgerEntryId]),
    Matching(&'a EntryFilter, Tally),
}

/// The opposite of an entry, where the same person recorded it before for the same reason.
async fn reversed_by(
    connection: &mut Connection,
    first: &Entry,
    actor: Actor<'_>,
    reason: (AdjustmentReason, &str),
) -> Result<Option<LedgerEntryId>> {
    if first.state != EntryState::Reversed {
        return Ok(None);
    }
    let referring = store::ledger_entries::referring(connection, first.id).await?;
    let Some(opposite) = referring.into_iter().find(|entry| entry.kind == EntryKind::Reversal) else { return Ok(None) };
    let by = store::ledger_entries::recorded_by(connection, opposite.id).await?;
    let same = opposite.reason.as_ref().is_some_and(|(code, text)| code == reason.0.as_str() && text == reason.1);
    Ok((same && by == actor.person().map(|viewer| viewer.user_id)).then_some(opposite.id))
}

/// The filter with its text as it is searched for.
fn readable(filter: &EntryFilter) -> EntryFilter {
    EntryFilter { partner: search_text(filter.partner.as_deref()), ..filter.clone() }
}

/// The sum of balances in one form and state, RUB.
pub fn sum_of(sums: &[Balance], settlement: Option<Settlement>, state: EntryState) -> Tally {
    let mut tally = Tally::default();
    for sum in sums.iter().filter(|sum| sum.state == state && settlement.is_none_or(|wanted| wanted == sum.settlement)) {
        tally.count += sum.count;
        tally.amount += sum.amount;
    }
    tally
}

/// The filter that shows one partner's entries.
pub fn of_partner(partner_id: PartnerId) -> EntryFilter {
    EntryFilter { partner_id: Some(partner_id), ..EntryFilter::default() }
}
