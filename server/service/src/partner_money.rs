//! What a partner sees of its money: balances, entries, what makes them, rebates that run, statements (`LED-2`, `WHY-1`).
//!
//! Sums that are shown come from entries alone; what is projected is computed by the rules of a close on the months so far.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::accrual::{Accrual, MonthNet, RowFacts, RowPart, first_month_behind, reward, row_part};
use domain::calendar::{BusinessDate, Month, Period};
use domain::ids::{ClientId, LedgerEntryId, PartnerId};
use domain::ledger::EntryState;
use domain::model::{BillingSide, Model};
use domain::money::Money;
use domain::permission::Action;
use domain::privilege;
use domain::rate::SumsByMonth;
use domain::rebate::{RebateKind, month_nets, rebate};
use domain::rule::Rule;
use domain::service::ServiceCode;
use domain::verdict::Verdict;
use rust_decimal::Decimal;
use store::Connection;
use store::clients::Service;
pub use store::ledger_entries::{Balance, Entry, EntryFilter, RecordedEntryEvent};
use store::partner_month_sums::UsageLine;
use store::partners::Partner;
use store::usage_rows::RowPlace;

use crate::accruals::PartnerBooks;
use crate::paging::cut_to_page;
use crate::requests::{PAGE, Page};
use crate::{Error, Result, Services, Standing, Viewer};

/// Clients on a page of what makes an entry.
const CLIENTS_SHOWN: usize = 50;
/// Rows of a client on a page of what makes an entry.
const ROWS_SHOWN: i64 = 100;
/// Closed months of which the saved discount is shown.
const SAVED_MONTHS: i32 = 12;
/// Periods of a rebate that its history shows.
const HISTORY: i64 = 12;
/// The most entries of a statement: more than any partner earns in its life.
const STATEMENT_ENTRIES: i64 = 50_000;

/// Which of the partner's entries are shown. Everything unset shows all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoneyFilter {
    /// In this state.
    pub state: Option<EntryState>,
    /// By this rule.
    pub rule: Option<Rule>,
    /// Reaching the partner in this form.
    pub settlement: Option<domain::accrual::Settlement>,
    /// Whose period ends in this month or later.
    pub from: Option<Month>,
    /// Whose period ends in this month or earlier.
    pub to: Option<Month>,
}

impl MoneyFilter {
    fn of(self, partner_id: PartnerId) -> EntryFilter {
        let Self { state, rule, settlement, from, to } = self;
        EntryFilter { partner_id: Some(partner_id), state, rule, settlement, from, to, closed_month: None, partner: None }
    }
}

/// The rebates that accrue next, as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextRebates {
    /// The day they are dated.
    pub date: BusinessDate,
    /// What their months so far give, RUB.
    pub amount: Money,
}

/// What the rate took off the invoices of a month (`RATE-4`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedMonth {
    /// The month.
    pub month: Month,
    /// Its model.
    pub model: Model,
    /// Before the discount, RUB.
    pub gross: Money,
    /// The discount, RUB.
    pub saved: Money,
}

/// The page of money.
#[derive(Clone, Debug)]
pub struct MoneyPage {
    /// Today.
    pub today: BusinessDate,
    /// Sums of entries by form and state, and nothing else (`LED-2`).
    pub balances: Vec<Balance>,
    /// What the open months would bring if they were closed as they stand: rewards, then rebates, by period.
    pub projected: Vec<Accrual>,
    /// The rebates that accrue next; none where no month of a running period counts.
    pub next_rebates: Option<NextRebates>,
    /// Discounts of closed months, the newest first; empty where every month had a reward instead.
    pub saved: Vec<SavedMonth>,
    /// The entries, the newest first.
    pub page: Page<Entry>,
    /// How many entries the filter shows in all.
    pub count: i64,
    /// The sum of their amounts, RUB.
    pub total: Money,
    /// The month of the contract.
    pub first_month: Month,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

impl MoneyPage {
    /// What is projected in all, RUB.
    pub fn projected_total(&self) -> Money {
        self.projected.iter().map(|accrual| accrual.amount).sum()
    }
}

/// A client's part of the base of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPart {
    /// Which client.
    pub client_id: ClientId,
    /// Its name.
    pub name: String,
    /// Gross of its rows, RUB.
    pub gross: Money,
    /// What they add to the base, RUB.
    pub part: Money,
    /// How many rows.
    pub rows: usize,
}

/// A row behind an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct RowBehind {
    /// Which month.
    pub month: Month,
    /// Which service.
    pub service: ServiceCode,
    /// Which machine or other resource.
    pub resource: String,
    /// What was billed, RUB.
    pub gross: Money,
    /// What it is worth.
    pub worth: RowPart,
}

/// The rows of one client behind an entry.
#[derive(Clone, Debug)]
pub struct ClientRows {
    /// The client, with its sums over all pages.
    pub client: ClientPart,
    /// The rows by month, service and resource.
    pub page: Page<RowBehind>,
}

/// The rows behind an entry, as billing has them today.
#[derive(Clone, Debug)]
pub struct RowsBehind {
    /// Clients of this page, the largest part first.
    pub clients: Page<ClientPart>,
    /// How many clients there are in all.
    pub client_count: usize,
    /// The sum of all parts, RUB.
    pub total: Money,
    /// What all entries of this rule and period have as their base together, RUB.
    pub posted: Money,
    /// The rows of the chosen client.
    pub chosen: Option<ClientRows>,
}

impl RowsBehind {
    /// The base that the rows give: growth below nothing is nothing.
    pub fn base(&self, rule: Rule) -> Money {
        if rule == Rule::Rebate3 { self.total.max(Money::ZERO) } else { self.total }
    }
}

/// The terms that an entry was decided under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryTerms {
    /// The number of the version, from 1.
    pub number: usize,
    /// Its first day of validity.
    pub valid_from: BusinessDate,
}

/// An entry's own page.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// The entry.
    pub entry: Entry,
    /// What happened to it.
    pub events: Vec<RecordedEntryEvent>,
    /// Other entries of the same rule and period, and what it corrects or reverses.
    pub related: Vec<Entry>,
    /// The terms that decided.
    pub terms: Option<EntryTerms>,
    /// The rows that make its base; none for what is not computed from usage.
    pub rows: Option<RowsBehind>,
    /// Names of services.
    pub services: Vec<Service>,
}

/// Where a reader stands in the rows behind an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowsPlace {
    /// The client whose rows are shown.
    pub client: Option<ClientId>,
    /// The list of clients, or of the chosen one's rows, continues behind this.
    pub after: Option<String>,
}

/// A rebate that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningRebate {
    /// The period.
    pub period: Period,
    /// What its months so far give.
    pub accrual: Accrual,
    /// The months of the period up to today's.
    pub months: Vec<MonthNet>,
    /// The months of the period before.
    pub previous: Vec<MonthNet>,
}

/// A rebate on its page.
#[derive(Clone, Debug)]
pub struct RebateCard {
    /// Which.
    pub kind: RebateKind,
    /// Its rate today: 0.10 is 10 %.
    pub rate: Decimal,
    /// Whether today's model has it (`PRIV-1`).
    pub privilege: Verdict,
    /// The period that ended and waits for its last month to be closed.
    pub due: Option<Accrual>,
    /// The running period; none where none of its months counts.
    pub running: Option<RunningRebate>,
    /// Entries, the newest first.
    pub history: Vec<Entry>,
}

/// The page of rebates.
#[derive(Clone, Debug)]
pub struct RebatesPage {
    /// Today.
    pub today: BusinessDate,
    /// The last closed month.
    pub closed_through: Option<Month>,
    /// Every rebate.
    pub rebates: Vec<RebateCard>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// The entries that a list shows, to be taken away.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Whose.
    pub partner: Partner,
    /// Of which entries it is.
    pub filter: MoneyFilter,
    /// The entries in the order of their numbers.
    pub entries: Vec<Entry>,
    /// Sums by form and state, RUB.
    pub balances: Vec<Balance>,
    /// The sum of all amounts, RUB.
    pub total: Money,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Everything that the open months and running periods are computed from.
struct Running {
    standing: Standing,
    picks: Vec<store::client_rate_choices::OncePick>,
    usage: Vec<UsageLine>,
}

impl Running {
    /// Reads the rows of a partner from the beginning of the half before the oldest running period.
    async fn load(connection: &mut Connection, id: PartnerId, today: BusinessDate) -> Result<Self> {
        let standing = Standing::load(connection, id).await?;
        let picks = store::client_rate_choices::once_picks(connection, &[id]).await?;
        let oldest = first_open(&standing, today);
        let first = Period::Half(domain::calendar::Half::of(oldest)).first_month().plus(-6);
        let usage = store::partner_month_sums::usage(connection, &[id], first, today.month()).await?;
        Ok(Self { standing, picks, usage })
    }

    fn book(&self) -> PartnerBooks<'_> {
        PartnerBooks::new(&self.standing.facts, &self.standing.terms, &self.picks)
    }

    /// What the open months would bring, closed as they stand.
    fn projected(&self, today: BusinessDate) -> Vec<Accrual> {
        let book = self.book();
        let sums = book.sums(self.usage.iter());
        let open: Vec<Month> = first_open(&self.standing, today).through(today.month()).collect();
        let rewards = open.iter().filter_map(|month| reward(*month, &book.money, &sums));
        let rebates = RebateKind::ALL.into_iter().flat_map(|kind| {
            let periods: BTreeSet<Period> = open.iter().map(|month| kind.period_of(*month)).collect();
            periods.into_iter().filter_map(|period| rebate(kind, period, &book.money, &sums)).collect::<Vec<_>>()
        });
        rewards.chain(rebates).collect()
    }
}

/// The first month that is not closed: of the contract or later, today's at the latest.
fn first_open(standing: &Standing, today: BusinessDate) -> Month {
    let level = &standing.facts.level;
    let contract = level.contract_date.month();
    level.closed_through.map_or(contract, |last| last.next().max(contract)).min(today.month())
}

/// The rebates of the earliest accrual date with any money so far, else of the earliest date.
fn next_rebates(projected: &[Accrual]) -> Option<NextRebates> {
    let rebates = || projected.iter().filter(|accrual| RebateKind::of_rule(accrual.rule).is_some());
    let earliest = |amounts: &mut dyn Iterator<Item = &Accrual>| amounts.map(|accrual| accrual.accrued_on).min();
    let date = earliest(&mut rebates().filter(|accrual| !accrual.amount.is_zero())).or_else(|| earliest(&mut rebates()))?;
    let amount = rebates().filter(|accrual| accrual.accrued_on == date).map(|accrual| accrual.amount).sum();
    Some(NextRebates { date, amount })
}

/// What the rate took off the invoices of closed months whose model has a discount, the newest first.
fn saved_months(standing: &Standing, months: &[store::partner_month_sums::PartnerMonth]) -> Vec<SavedMonth> {
    let money = domain::rate::PartnerMoney::new(&standing.facts.level, &standing.terms);
    let saved = months.iter().rev().filter_map(|known| {
        let model = money.month_terms(known.month)?.model;
        let total = known.sums.total(|_| true);
        let saved = SavedMonth { month: known.month, model, gross: total.gross, saved: total.deduction };
        (model.billing() == BillingSide::Partner).then_some(saved)
    });
    saved.collect()
}

impl Services {
    /// The page of money. `before` continues the list behind the entry of that number.
    pub async fn money_page(&self, viewer: &Viewer, filter: MoneyFilter, before: Option<i64>) -> Result<MoneyPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let filter = filter.of(partner_id);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let running = Running::load(&mut transaction, partner_id, today).await?;
        let balances = store::ledger_entries::balances(&mut transaction, partner_id).await?;
        let mut lines = store::ledger_entries::list(&mut transaction, &filter, before, PAGE + 1).await?;
        let (count, total) = store::ledger_entries::total(&mut transaction, &filter).await?;
        let months = match running.standing.facts.level.closed_through {
            Some(last) => store::partner_month_sums::load(&mut transaction, &[partner_id], last.plus(1 - SAVED_MONTHS), last).await?,
            None => Vec::new(),
        };
        let data_as_of = store::usage_imports::data_as_of(&mut transaction).await?;
        drop(transaction);
        let more = cut_to_page(&mut lines, PAGE);
        let next = lines.last().filter(|_| more).map(|last| last.number.to_string());
        let projected = running.projected(today);
        Ok(MoneyPage {
            today,
            balances,
            next_rebates: next_rebates(&projected),
            projected,
            saved: saved_months(&running.standing, &months),
            page: Page { lines, next },
            count,
            total,
            first_month: running.standing.facts.level.contract_date.month(),
            data_as_of,
        })
    }

    /// An entry of the viewer's partner with everything behind it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such entry, it is another partner's, or the chosen client has no row in it.
    pub async fn money_entry_page(&self, viewer: &Viewer, id: LedgerEntryId, place: &RowsPlace) -> Result<EntryPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let entry = store::ledger_entries::find(&mut transaction, Some(partner_id), id).await?.ok_or(Error::NotFound)?;
        let events = store::ledger_entries::events(&mut transaction, Some(partner_id), id).await?;
        let related = store::ledger_entries::related(&mut transaction, &entry).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let services = store::clients::services(&mut transaction).await?;
        let rows = rows_behind(&mut transaction, &standing, &entry, &related, place).await?;
        drop(transaction);
        let terms = standing.terms.numbered(entry.terms).map(|(number, version)| EntryTerms { number, valid_from: version.valid_from });
        Ok(EntryPage { entry, events, related, terms, rows, services })
    }

    /// The page of rebates.
    pub async fn rebates_page(&self, viewer: &Viewer) -> Result<RebatesPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let running = Running::load(&mut transaction, partner_id, today).await?;
        let mut histories = Vec::new();
        for kind in RebateKind::ALL {
            let filter = MoneyFilter { rule: Some(kind.rule()), ..MoneyFilter::default() }.of(partner_id);
            histories.push(store::ledger_entries::list(&mut transaction, &filter, None, HISTORY).await?);
        }
        let data_as_of = store::usage_imports::data_as_of(&mut transaction).await?;
        drop(transaction);
        let book = running.book();
        let sums = book.sums(running.usage.iter());
        let terms = running.standing.terms.on(today);
        let model = running.standing.model_on(today);
        let closed_through = running.standing.facts.level.closed_through;
        let rebates = RebateKind::ALL.into_iter().zip(histories).map(|(kind, history)| RebateCard {
            kind,
            rate: kind.rate(terms),
            privilege: privilege::check(terms, model, kind.privilege()).into_iter().collect(),
            due: due_rebate(kind, &running, &book, &sums, today),
            running: running_rebate(kind, &book, &sums, today),
            history,
        });
        Ok(RebatesPage { today, closed_through, rebates: rebates.collect(), data_as_of })
    }

    /// The statement of the viewer's partner: the same entries and sum as the page of money shows under this filter.
    pub async fn money_statement(&self, viewer: &Viewer, filter: MoneyFilter) -> Result<Statement> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let mut entries = store::ledger_entries::list(&mut transaction, &filter.of(partner_id), None, STATEMENT_ENTRIES).await?;
        drop(transaction);
        entries.reverse();
        let mut balances: BTreeMap<_, Balance> = BTreeMap::new();
        for entry in &entries {
            let (settlement, state) = (entry.settlement, entry.state);
            let balance = balances.entry((settlement, state)).or_insert(Balance { settlement, state, count: 0, amount: Money::ZERO });
            balance.count += 1;
            balance.amount += entry.amount;
        }
        Ok(Statement {
            partner: standing.facts.partner,
            filter,
            total: entries.iter().map(|entry| entry.amount).sum(),
            entries,
            balances: balances.into_values().collect(),
            made_at: self.now(),
        })
    }
}

/// A period that is over and whose last month is not closed.
fn due_rebate(kind: RebateKind, running: &Running, book: &PartnerBooks<'_>, sums: &SumsByMonth, today: BusinessDate) -> Option<Accrual> {
    let period = kind.period_of(first_open(&running.standing, today));
    (period.last_month() < today.month()).then(|| rebate(kind, period, &book.money, sums)).flatten()
}

/// The period of today's month.
fn running_rebate(kind: RebateKind, book: &PartnerBooks<'_>, sums: &SumsByMonth, today: BusinessDate) -> Option<RunningRebate> {
    let period = kind.period_of(today.month());
    let accrual = rebate(kind, period, &book.money, sums)?;
    let mut months = month_nets(kind, period, &book.money, sums);
    months.retain(|month| month.month <= today.month());
    let previous = month_nets(kind, kind.period_of(period.first_month().previous()), &book.money, sums);
    Some(RunningRebate { period, accrual, months, previous })
}

/// The rows that make an entry's base; none where no usage does.
async fn rows_behind(
    connection: &mut Connection,
    standing: &Standing,
    entry: &Entry,
    related: &[Entry],
    place: &RowsPlace,
) -> Result<Option<RowsBehind>> {
    let (rule, period) = (entry.rule, entry.period);
    let from_usage = rule == Rule::Rate4 || RebateKind::of_rule(rule).is_some() || (rule == Rule::Sales1 && entry.client_id.is_some());
    if !entry.kind.is_computed() || !from_usage {
        return if place.client.is_some() { Err(Error::NotFound) } else { Ok(None) };
    }
    let partner_id = entry.partner_id;
    let picks = store::client_rate_choices::once_picks(connection, &[partner_id]).await?;
    let book = PartnerBooks::new(&standing.facts, &standing.terms, &picks);
    let first = first_month_behind(rule, period);
    let usage = store::partner_month_sums::usage(connection, &[partner_id], first, period.last_month()).await?;
    let part_of = |client: ClientId, month: Month, service: &ServiceCode, gross: Money| {
        row_part(rule, period, &RowFacts { month, service, gross, share: book.share(client) }, &book.money)
    };
    let (mut parts, mut months, mut services) = (BTreeMap::<ClientId, ClientPart>::new(), BTreeSet::new(), BTreeSet::new());
    for line in usage.iter().filter(|line| rule != Rule::Sales1 || Some(line.client_id) == entry.client_id) {
        let Some(worth) = part_of(line.client_id, line.month, &line.service, line.gross) else { continue };
        months.insert(line.month);
        services.insert(line.service.clone());
        let client_id = line.client_id;
        let empty = ClientPart { client_id, name: String::new(), gross: Money::ZERO, part: Money::ZERO, rows: 0 };
        let client = parts.entry(client_id).or_insert(empty);
        client.gross += line.gross;
        client.part += worth.part;
        client.rows += 1;
    }
    let computed = std::iter::once(entry).chain(related).filter(|one| one.kind.is_computed() && one.rule == rule && one.period == period);
    let (total, client_count) = (parts.values().map(|client| client.part).sum(), parts.len());
    let posted = computed.map(|one| one.base).sum();

    let chosen = match place.client {
        None => None,
        Some(client) => Some(parts.get(&client).cloned().ok_or(Error::NotFound)?),
    };
    let mut clients = if chosen.is_some() { Page { lines: Vec::new(), next: None } } else { page_of_clients(parts, place)? };
    let named: Vec<ClientId> = clients.lines.iter().chain(&chosen).map(|client| client.client_id).collect();
    let names: BTreeMap<ClientId, String> = store::clients::names(connection, partner_id, &named).await?.into_iter().collect();
    for client in &mut clients.lines {
        client.name = names.get(&client.client_id).cloned().unwrap_or_default();
    }
    let chosen = match chosen {
        None => None,
        Some(mut client) => {
            client.name = names.get(&client.client_id).cloned().unwrap_or_default();
            let (months, services): (Vec<_>, Vec<_>) = (months.into_iter().collect(), services.into_iter().collect());
            let after = place.after.as_deref().map(row_place).transpose()?;
            let id = client.client_id;
            let read = (months.as_slice(), services.as_slice());
            let mut rows = store::usage_rows::of_client(connection, partner_id, id, read, after.as_ref(), ROWS_SHOWN + 1).await?;
            let more = cut_to_page(&mut rows, ROWS_SHOWN);
            let next = rows.last().filter(|_| more).map(|last| format!("{}/{}/{}", last.month, last.service, last.resource));
            let lines = rows.into_iter().filter_map(|row| {
                let worth = part_of(id, row.month, &row.service, row.gross)?;
                Some(RowBehind { month: row.month, service: row.service, resource: row.resource, gross: row.gross, worth })
            });
            Some(ClientRows { client, page: Page { lines: lines.collect(), next } })
        }
    };
    Ok(Some(RowsBehind { clients, client_count, total, posted, chosen }))
}

/// A page of clients, the largest part first.
fn page_of_clients(parts: BTreeMap<ClientId, ClientPart>, place: &RowsPlace) -> Result<Page<ClientPart>> {
    let mut lines: Vec<ClientPart> = parts.into_values().collect();
    lines.sort_by(|one, other| other.part.cmp(&one.part).then(one.client_id.cmp(&other.client_id)));
    if let Some(after) = &place.after {
        let after: ClientId = after.parse().map_err(|_| Error::NotFound)?;
        let at = lines.iter().position(|client| client.client_id == after).ok_or(Error::NotFound)?;
        lines.drain(..=at);
    }
    let more = lines.len() > CLIENTS_SHOWN;
    lines.truncate(CLIENTS_SHOWN);
    let next = lines.last().filter(|_| more).map(|last| last.client_id.to_string());
    Ok(Page { lines, next })
}

/// The place of a row in an address: `2026-01/kvm/vm-1`.
fn row_place(text: &str) -> Result<RowPlace> {
    let mut pieces = text.splitn(3, '/');
    let (Some(month), Some(service), Some(resource)) = (pieces.next(), pieces.next(), pieces.next()) else { return Err(Error::NotFound) };
    Ok((month.parse().map_err(|_| Error::NotFound)?, service.to_owned(), resource.to_owned()))
}
