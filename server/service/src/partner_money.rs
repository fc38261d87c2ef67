//! What a partner sees of its money: balances, entries, what makes them, rebates that run, statements (`LED-2`, `WHY-1`).
//!
//! Sums that are shown come from entries alone; what is projected is computed by the rules of a close on the months so far.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::accrual::{Accrual, MonthNet, SumOfRows, reward};
use domain::calendar::{BusinessDate, Month, Period};
use domain::ids::{LedgerEntryId, PartnerId};
use domain::ledger::EntryState;
use domain::model::{BillingSide, Model};
use domain::money::Money;
use domain::permission::Action;
use domain::privilege;
use domain::rate::SumsByMonth;
use domain::rebate::{RebateKind, month_nets, rebate};
use domain::rule::Rule;
use domain::terms::TermsSchedule;
use domain::verdict::Verdict;
use rust_decimal::Decimal;
use store::Connection;
pub use store::clients::Service;
pub use store::ledger_entries::{Balance, Entry, EntryFilter, RecordedEntryEvent};
use store::partner_month_sums::UsageLine;
use store::partners::Partner;

use crate::accruals::PartnerBooks;
use crate::paging::cut_to_page;
use crate::requests::{PAGE, Page};
use crate::rows_behind::{RowsBehind, RowsPlace, behind_entry, rows_behind};
use crate::{Error, Result, Services, Standing, Viewer};

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

/// The terms that an entry was decided under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryTerms {
    /// The number of the version, from 1.
    pub number: usize,
    /// Its first day of validity.
    pub valid_from: BusinessDate,
}

impl EntryTerms {
    /// The version that an entry names.
    pub(crate) fn of(terms: &TermsSchedule, entry: &Entry) -> Option<Self> {
        terms.numbered(entry.terms).map(|(number, version)| Self { number, valid_from: version.valid_from })
    }
}

/// An entry's own page.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// The entry.
    pub entry: Entry,
    /// The request that earned it, by its reference.
    pub request: Option<String>,
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

/// What a sum that is no entry is, with the rows behind it.
#[derive(Clone, Debug)]
pub struct SumPage {
    /// What it is.
    pub sum: SumAhead,
    /// The rows that make it.
    pub rows: RowsBehind,
    /// Names of services.
    pub services: Vec<Service>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// A sum of money that stands in no entry.
#[derive(Clone, Debug, PartialEq)]
pub enum SumAhead {
    /// What the months so far would bring, closed as they stand.
    Projected(Accrual),
    /// What the rate took off the invoices of a closed month.
    Saved(SavedMonth),
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
            Some(last) => {
                let first = running.standing.facts.level.contract_date.month();
                store::partner_month_sums::load(&mut transaction, &[partner_id], first, last).await?
            }
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
        let rows = behind_entry(&mut transaction, &standing, &entry, &related, place).await?;
        let request = match entry.request_id {
            Some(id) => store::requests::reference_of(&mut transaction, partner_id, id).await?,
            None => None,
        };
        drop(transaction);
        let terms = EntryTerms::of(&standing.terms, &entry);
        Ok(EntryPage { entry, request, events, related, terms, rows, services })
    }

    /// A sum of the viewer's partner that is no entry, with the rows behind it: a reward or a rebate of an open period as it stands, or
    /// the discount of a closed month.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no page shows such a sum, or the chosen client has no row in it.
    pub async fn money_sum_page(&self, viewer: &Viewer, sum: SumOfRows, place: &RowsPlace) -> Result<SumPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let running = Running::load(&mut transaction, partner_id, today).await?;
        let ahead = match sum {
            SumOfRows::Base(rule, period) => {
                let mut projected = running.projected(today).into_iter();
                projected.find(|accrual| accrual.rule == rule && accrual.period == period).map(SumAhead::Projected)
            }
            SumOfRows::Saved(month) if running.standing.facts.level.closed_through.is_some_and(|last| month <= last) => {
                let months = store::partner_month_sums::load(&mut transaction, &[partner_id], month, month).await?;
                saved_months(&running.standing, &months).into_iter().next().map(SumAhead::Saved)
            }
            SumOfRows::Saved(_) => None,
        };
        let ahead = ahead.ok_or(Error::NotFound)?;
        let posted = match &ahead {
            SumAhead::Projected(accrual) => accrual.base,
            SumAhead::Saved(saved) => saved.saved,
        };
        let rows = rows_behind(&mut transaction, &running.standing, sum, None, posted, place).await?;
        let services = store::clients::services(&mut transaction).await?;
        let data_as_of = store::usage_imports::data_as_of(&mut transaction).await?;
        Ok(SumPage { sum: ahead, rows, services, data_as_of })
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
