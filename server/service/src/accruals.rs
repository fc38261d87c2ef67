//! What closing a month brings into the ledger: rewards, rebates, corrections (`USE-3`, `RATE-4`, `REB-1`..`REB-5`).
//!
//! The rules are `domain`'s: the month's rows are read in one statement a batch and folded by them. A partner of whom a fact
//! about closed months was accepted is computed from scratch, everybody else from the month alone, so that a close costs
//! what the month costs, however long the history is.

use std::collections::{BTreeMap, BTreeSet};

use domain::accrual::{Accrual, Posted, accruals_of, accruals_through, corrections, lacking};
use domain::calendar::{Month, Period};
use domain::ids::{ClientId, LedgerEntryId, PartnerId};
use domain::ledger::EntryKind;
use domain::money::Money;
use domain::rate::{PartnerMoney, RewardShare, SumsByMonth, once_month, row_amounts};
use domain::rule::Rule;
use domain::terms::TermsSchedule;
use serde_json::json;
use store::Connection;
use store::client_rate_choices::OncePick;
use store::ledger_entries::{NewEntry, PostedClaim};
use store::partner_month_sums::{PartnerMonth, UsageLine};
use store::partners::PartnerFacts;
use uuid::Uuid;

use crate::Result;

/// Months of sums that a rebate may need before the month itself: the quarter and the one before, or the half.
const MONTHS_BEFORE: i32 = 5;

/// What closing a month does to the money of some partners.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct BatchMoney {
    /// Partners computed from scratch.
    pub(crate) whole: Vec<PartnerId>,
    /// Sums to be written; those of `whole` replace all of theirs.
    pub(crate) sums: Vec<PartnerMonth>,
    /// Entries to be added.
    pub(crate) entries: Vec<NewEntry>,
}

/// A rule's part of what a close brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleTotal {
    /// Entries of money.
    pub entries: i32,
    /// Sum of accruals, RUB.
    pub accrued: Money,
    /// Sum of corrections, RUB.
    pub corrected: Money,
}

/// What a close brings into the ledger, by rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthMoney {
    /// By rule.
    pub rules: BTreeMap<Rule, RuleTotal>,
}

impl MonthMoney {
    pub(crate) fn add(&mut self, entries: &[NewEntry]) {
        for entry in entries.iter().filter(|entry| entry.nothing.is_none()) {
            let total = self.rules.entry(entry.rule).or_default();
            total.entries += 1;
            match entry.kind {
                EntryKind::Correction => total.corrected += entry.amount,
                _ => total.accrued += entry.amount,
            }
        }
    }

    /// Over all rules.
    pub fn total(&self) -> RuleTotal {
        self.rules.values().fold(RuleTotal::default(), |all, one| RuleTotal {
            entries: all.entries + one.entries,
            accrued: all.accrued + one.accrued,
            corrected: all.corrected + one.corrected,
        })
    }
}

/// Everything of one partner that its money is computed from.
pub(crate) struct PartnerBooks<'a> {
    facts: &'a PartnerFacts,
    /// The models and terms of its months.
    pub(crate) money: PartnerMoney<'a>,
    picks: BTreeMap<ClientId, OncePick>,
}

impl<'a> PartnerBooks<'a> {
    pub(crate) fn new(facts: &'a PartnerFacts, terms: &'a TermsSchedule, picks: &[OncePick]) -> Self {
        let id = facts.partner.id;
        let own = picks.iter().filter(|pick| pick.partner_id == id).map(|pick| (pick.client_id, *pick));
        Self { facts, money: PartnerMoney::new(&facts.level, terms), picks: own.collect() }
    }

    /// What a client's pick comes to.
    pub(crate) fn share(&self, client: ClientId) -> RewardShare {
        self.picks.get(&client).map_or(RewardShare::Monthly, |once| self.money.reward_share(once.pick))
    }

    /// Whether closing `month` may change what earlier months earned: a *once* whose month has not passed yet.
    fn waits_for_once(&self, month: Month) -> bool {
        self.picks.values().any(|once| once_month(once.pick.start_date, self.facts.level.contract_date) >= month)
    }

    /// What rows come to, by month. Rows before the contract are not the partner's.
    pub(crate) fn sums<'r>(&self, rows: impl Iterator<Item = &'r UsageLine>) -> SumsByMonth {
        let mut sums = SumsByMonth::new();
        for row in rows {
            if let Some(terms) = self.money.month_terms(row.month) {
                sums.entry(row.month).or_default().add_row(&terms, self.share(row.client_id), &row.service, row.gross);
            }
        }
        sums
    }

    /// Net of a client in a month (`SALES-1`): the rows' nets, over all services.
    pub(crate) fn client_net<'r>(&self, client: ClientId, month: Month, rows: impl Iterator<Item = &'r UsageLine>) -> (Money, Money) {
        let Some(terms) = self.money.month_terms(month) else { return (Money::ZERO, Money::ZERO) };
        rows.filter(|row| row.client_id == client && row.month == month).fold((Money::ZERO, Money::ZERO), |(gross, net), row| {
            (gross + row.gross, net + row_amounts(&terms, &row.service, row.gross).net)
        })
    }
}

/// What closing `month` does to the money of a batch of partners, whose facts say that the month is closed.
pub(crate) async fn money_of_close(
    connection: &mut Connection,
    batch: &[PartnerFacts],
    terms: &TermsSchedule,
    month: Month,
) -> Result<BatchMoney> {
    let ids: Vec<PartnerId> = batch.iter().map(|facts| facts.partner.id).collect();
    let picks = store::client_rate_choices::once_picks(connection, &ids).await?;
    let marked: BTreeSet<PartnerId> = store::partner_month_sums::marked(connection, &ids).await?.into_iter().collect();
    let books: Vec<PartnerBooks<'_>> = batch.iter().map(|facts| PartnerBooks::new(facts, terms, &picks)).collect();
    let is_whole = |book: &PartnerBooks<'_>| marked.contains(&book.facts.partner.id) || book.waits_for_once(month);
    let (whole, plain): (Vec<&PartnerBooks<'_>>, Vec<&PartnerBooks<'_>>) = books.iter().partition(|book| is_whole(book));

    let mut money = BatchMoney::default();
    plain_months(connection, &plain, month, &mut money).await?;
    whole_months(connection, &whole, month, &mut money).await?;
    Ok(money)
}

/// Partners of whom only the month itself is new.
async fn plain_months(connection: &mut Connection, plain: &[&PartnerBooks<'_>], month: Month, money: &mut BatchMoney) -> Result<()> {
    if plain.is_empty() {
        return Ok(());
    }
    let ids: Vec<PartnerId> = plain.iter().map(|book| book.facts.partner.id).collect();
    let rows = by_partner(store::partner_month_sums::usage(connection, &ids, month, month).await?);
    // Rebates fall due with every third month only.
    let mut earlier: BTreeMap<PartnerId, SumsByMonth> = BTreeMap::new();
    if month.next().quarter() != month.quarter() {
        for known in store::partner_month_sums::load(connection, &ids, month.plus(-MONTHS_BEFORE), month.previous()).await? {
            earlier.entry(known.partner_id).or_default().insert(known.month, known.sums);
        }
    }
    for book in plain {
        let id = book.facts.partner.id;
        let own = rows.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mut sums = book.sums(own.iter());
        money.sums.extend(sums.iter().map(|(month, sums)| PartnerMonth { partner_id: id, month: *month, sums: sums.clone() }));
        sums.append(&mut earlier.remove(&id).unwrap_or_default());
        money.entries.extend(accruals_of(month, &book.money, &sums).iter().map(|accrual| NewEntry::accrual(id, accrual, month)));
    }
    Ok(())
}

/// Partners computed from scratch: what the ledger lacks of earlier periods, and the month's own accruals (`REB-5`).
async fn whole_months(connection: &mut Connection, whole: &[&PartnerBooks<'_>], month: Month, money: &mut BatchMoney) -> Result<()> {
    if whole.is_empty() {
        return Ok(());
    }
    let ids: Vec<PartnerId> = whole.iter().map(|book| book.facts.partner.id).collect();
    let rows = by_partner(store::partner_month_sums::usage(connection, &ids, Month::FIRST, month).await?);
    let mut posted: BTreeMap<PartnerId, Vec<Posted>> = BTreeMap::new();
    for (id, sum) in store::ledger_entries::posted(connection, &ids).await? {
        posted.entry(id).or_default().push(sum);
    }
    let claims = store::ledger_entries::posted_claims(connection, &ids).await?;
    for book in whole {
        let id = book.facts.partner.id;
        let own = rows.get(&id).map(Vec::as_slice).unwrap_or_default();
        let (sums, computed) = from_scratch(book, own, month);
        money.sums.extend(sums.into_iter().map(|(month, sums)| PartnerMonth { partner_id: id, month, sums }));
        let (due, before): (Vec<Accrual>, Vec<Accrual>) = computed.into_iter().partition(|accrual| accrual.period.last_month() == month);
        let held = posted.get(&id).map(Vec::as_slice).unwrap_or_default();
        let version = book.money.version_on(Period::Month(month).accrual_date()).id;
        money.entries.extend(corrections(&before, held).iter().map(|correction| NewEntry::correction(id, correction, version, month)));
        money.entries.extend(due.iter().map(|accrual| NewEntry::accrual(id, accrual, month)));
        let own_claims = claims.iter().filter(|claim| claim.partner_id == id);
        money.entries.extend(own_claims.filter_map(|claim| claim_correction(book, claim, own, month)));
    }
    money.whole.extend(ids);
    Ok(())
}

/// A run from scratch through a month: the sums of all months, and everything that accrued.
pub(crate) fn from_scratch(book: &PartnerBooks<'_>, rows: &[UsageLine], through: Month) -> (SumsByMonth, Vec<Accrual>) {
    let sums = book.sums(rows.iter().filter(|row| row.month <= through));
    let computed = accruals_through(through, &book.money, &sums);
    (sums, computed)
}

/// What a granted claim lacks, now that the usage of its month is another (`SALES-1`, `REB-5`).
fn claim_correction(book: &PartnerBooks<'_>, claim: &PostedClaim, rows: &[UsageLine], closed_month: Month) -> Option<NewEntry> {
    let (gross, net) = book.client_net(claim.client_id, claim.month, rows.iter());
    let difference = lacking(net, claim.amount, claim.taken_back);
    (!difference.is_zero()).then(|| NewEntry {
        id: LedgerEntryId(Uuid::now_v7()),
        partner_id: claim.partner_id,
        kind: EntryKind::Correction,
        rule: Rule::Sales1,
        period: Period::Month(claim.month),
        base: difference,
        rate: None,
        amount: difference,
        settlement: claim.settlement,
        terms: claim.terms,
        accrued_on: Period::Month(closed_month).accrual_date(),
        closed_month: Some(closed_month),
        request_id: Some(claim.request_id),
        client_id: Some(claim.client_id),
        corrects: None,
        nothing: None,
        explanation: json!({ "explanation": "client_month", "gross": gross, "net": net }),
        reason: None,
    })
}

/// Rows by their partner.
pub(crate) fn by_partner(rows: Vec<UsageLine>) -> BTreeMap<PartnerId, Vec<UsageLine>> {
    let mut partners: BTreeMap<PartnerId, Vec<UsageLine>> = BTreeMap::new();
    for row in rows {
        partners.entry(row.partner_id).or_default().push(row);
    }
    partners
}

/// Writes what a close does to the money of a batch.
pub(crate) async fn record(
    connection: &mut Connection,
    money: &BatchMoney,
    by: Option<domain::ids::UserId>,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    if !money.whole.is_empty() {
        store::partner_month_sums::delete(connection, &money.whole).await?;
        store::partner_month_sums::unmark(connection, &money.whole).await?;
    }
    store::partner_month_sums::insert(connection, &money.sums).await?;
    Ok(store::ledger_entries::insert(connection, &money.entries, by, at).await?)
}
