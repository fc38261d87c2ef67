//! `portal ledger verify`: every level and accrual from the facts again, every balance from entries again, and the first difference.

use std::collections::{BTreeMap, BTreeSet};

use domain::accrual::{Accrual, Posted, Settlement, corrections, lacking};
use domain::calendar::{BusinessDate, Month};
use domain::case_study::bonus;
use domain::ids::{LedgerEntryId, PartnerId, TermsVersionId};
use domain::ledger::{EntryEvent, EntryKind, EntryState};
use domain::money::Money;
use domain::rule::Rule;
use domain::terms::TermsSchedule;
use serde::Serialize;
use store::ledger_entries::BareEntry;
use store::partners::PartnerFacts;
use store::{Connection, Scope};

use crate::accruals::{PartnerBooks, by_partner, from_scratch};
use crate::level_record::{record_difference, whole_timeline};
use crate::usage::BATCH;
use crate::{Error, Result, Services};

/// What was verified, and the first difference if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Partners looked at.
    pub partners: usize,
    /// Entries looked at.
    pub entries: usize,
    /// Partners of whom a fact was accepted since the last close: the next one computes them from scratch (`REB-5`).
    pub waiting: usize,
    /// The first difference; none where everything is right.
    pub difference: Option<Difference>,
}

/// What is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What billing calls the partner concerned; none for a settlement run.
    pub partner: Option<String>,
    /// What was looked at, such as `REB-1 2026-H1 bank`.
    pub what: String,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl Services {
    /// Verifies the whole ledger. It reads everything and changes nothing.
    pub async fn ledger_verify(&self) -> Result<Verification> {
        // A close meanwhile would look like a difference.
        let mut transaction = self.database.begin_snapshot(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        let terms = store::terms_versions::schedule(&mut transaction).await?;
        let closed_through = store::months::closed_through(&mut transaction).await?;
        let (mut verification, mut after) = (Verification::default(), None);
        loop {
            let ids = store::partners::ids_after(&mut transaction, after, i64::try_from(BATCH).unwrap_or(i64::MAX)).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            verify_batch(&mut transaction, &ids, &terms, closed_through, &mut verification).await?;
            if verification.difference.is_some() {
                return Ok(verification);
            }
        }
        if let Some((what, expected, found)) = store::ledger_entries::apart_from_its_books(&mut transaction).await? {
            verification.difference = Some(Difference { partner: None, what, expected, found });
            return Ok(verification);
        }
        if let Some((what, expected, found)) = store::request_publications::apart_from_the_ledger(&mut transaction).await? {
            verification.difference = Some(Difference { partner: None, what, expected, found });
            return Ok(verification);
        }
        if let Some((reference, total, found)) = store::ledger_entries::unbalanced_run(&mut transaction).await? {
            verification.difference = Some(Difference {
                partner: None,
                what: format!("settlement run {reference}"),
                expected: total.to_string(),
                found: found.to_string(),
            });
        }
        if verification.difference.is_none()
            && let Some((reference, state, event)) = store::settlement_runs::run_apart_from_its_entries(&mut transaction).await?
        {
            let what = format!("settlement run {reference}");
            verification.difference =
                Some(Difference { partner: None, what, expected: format!("entries of a run that is {state}"), found: event });
        }
        Ok(verification)
    }
}

async fn verify_batch(
    connection: &mut Connection,
    ids: &[PartnerId],
    terms: &TermsSchedule,
    closed_through: Option<Month>,
    verification: &mut Verification,
) -> Result<()> {
    let partners = store::partners::facts(connection, ids).await?;
    let entries = store::ledger_entries::bare(connection, ids).await?;
    verification.partners += partners.len();
    verification.entries += entries.len();
    if let Some(through) = closed_through {
        verify_accruals(connection, &partners, &entries, terms, through, verification).await?;
    }
    let recorded = store::partners::level_changes(connection, ids).await?;
    for facts in &partners {
        if verification.difference.is_some() {
            return Ok(());
        }
        let of_partner: Vec<_> = recorded.iter().filter(|change| change.partner_id == facts.partner.id).cloned().collect();
        if let Some(difference) = record_difference(facts.partner.id, &of_partner, &whole_timeline(facts, terms))? {
            verification.difference = Some(Difference {
                partner: Some(facts.partner.code.clone()),
                what: format!("recorded level from {}", difference.from),
                expected: difference.changes.first().map(|new| new.change.model.to_string()).unwrap_or_default(),
                found: of_partner.iter().rev().find(|old| old.from <= difference.from).map(|old| old.model.to_string()).unwrap_or_default(),
            });
            return Ok(());
        }
        let own: Vec<&BareEntry> = entries.iter().filter(|entry| entry.partner_id == facts.partner.id).collect();
        verification.difference = publication_difference(facts, &own, terms).or_else(|| states_difference(facts, &own));
        if verification.difference.is_none() {
            let shown = store::ledger_entries::balances(connection, facts.partner.id).await?;
            let shown: BTreeMap<_, _> = shown.into_iter().map(|sum| ((sum.settlement, sum.state), sum.amount)).collect();
            verification.difference = balance_difference(facts, &own, &shown);
        }
    }
    Ok(())
}

/// Usage and terms against what is posted, and the kept sums of months.
async fn verify_accruals(
    connection: &mut Connection,
    partners: &[PartnerFacts],
    entries: &[BareEntry],
    terms: &TermsSchedule,
    through: Month,
    verification: &mut Verification,
) -> Result<()> {
    let ids: Vec<PartnerId> = partners.iter().map(|facts| facts.partner.id).collect();
    let ids = ids.as_slice();
    let marked: BTreeSet<PartnerId> = store::partner_month_sums::marked(connection, ids).await?.into_iter().collect();
    verification.waiting += marked.len();
    let picks = store::client_rate_choices::once_picks(connection, ids).await?;
    let rows = by_partner(store::partner_month_sums::usage(connection, ids, Month::FIRST, through).await?);
    let mut kept: BTreeMap<(PartnerId, Month), _> = BTreeMap::new();
    for month in store::partner_month_sums::load(connection, ids, Month::FIRST, through).await? {
        kept.insert((month.partner_id, month.month), month.sums);
    }
    let mut posted: BTreeMap<PartnerId, Vec<Posted>> = BTreeMap::new();
    for (id, sum) in store::ledger_entries::posted(connection, ids).await? {
        posted.entry(id).or_default().push(sum);
    }
    let claims = store::ledger_entries::posted_claims(connection, ids).await?;
    for facts in partners.iter().filter(|facts| !marked.contains(&facts.partner.id)) {
        let id = facts.partner.id;
        let book = PartnerBooks::new(facts, terms, &picks);
        let own = rows.get(&id).map(Vec::as_slice).unwrap_or_default();
        let (sums, computed) = from_scratch(&book, own, through);
        let difference =
            |what: String, expected: String, found: String| Difference { partner: Some(facts.partner.code.clone()), what, expected, found };
        let held = posted.get(&id).map(Vec::as_slice).unwrap_or_default();
        if let Some(lack) = corrections(&computed, held).first() {
            let expected = lack.now.as_ref().map_or(Money::ZERO, |now| now.amount);
            verification.difference = Some(difference(
                format!("{} {} {}", lack.rule, lack.period, lack.settlement),
                format!("{expected} (base {})", lack.now.as_ref().map_or(Money::ZERO, |now| now.base)),
                format!("{} (off by {} on the base)", expected - lack.amount, lack.base),
            ));
            return Ok(());
        }
        if let Some((entry, expected)) = apart_from_its_accrual(id, entries, &computed) {
            let text = |accrual: (Money, Money, Option<rust_decimal::Decimal>, TermsVersionId, BusinessDate, Option<Month>)| {
                format!("{accrual:?}")
            };
            let found = (entry.base, entry.amount, entry.rate, entry.terms, entry.accrued_on, entry.closed_month);
            let last = expected.period.last_month();
            let expected = (expected.base, expected.amount, expected.rate, expected.terms, expected.accrued_on, Some(last));
            verification.difference = Some(difference(format!("entry {}", entry.number), text(expected), text(found)));
            return Ok(());
        }
        for month in facts.level.contract_date.month().through(through) {
            let (expected, found) = (sums.get(&month).cloned().unwrap_or_default(), kept.remove(&(id, month)).unwrap_or_default());
            if expected != found {
                let text = |sums| serde_json::to_string(sums).map_err(Error::unexpected);
                verification.difference = Some(difference(format!("sums of {month}"), text(&expected)?, text(&found)?));
                return Ok(());
            }
        }
        for claim in claims.iter().filter(|claim| claim.partner_id == id) {
            let (_, net) = book.client_net(claim.client_id, claim.month, own.iter());
            if !lacking(net, claim.amount, claim.taken_back).is_zero() {
                let what = format!("SALES-1 {} of request {}", claim.month, claim.request_id);
                verification.difference = Some(difference(what, net.to_string(), claim.amount.to_string()));
                return Ok(());
            }
        }
    }
    Ok(())
}

/// An accrual that no correction followed and that is not what the rules give, down to its rate, terms and dates.
fn apart_from_its_accrual<'a>(id: PartnerId, entries: &'a [BareEntry], computed: &'a [Accrual]) -> Option<(&'a BareEntry, &'a Accrual)> {
    let own = || entries.iter().filter(move |entry| entry.partner_id == id && entry.request_id.is_none());
    let key = |entry: &BareEntry| (entry.rule, entry.period);
    let corrected: BTreeSet<_> = own().filter(|entry| entry.kind == EntryKind::Correction).map(key).collect();
    own().filter(|entry| entry.kind == EntryKind::Accrual && !corrected.contains(&key(entry))).find_map(|entry| {
        let now = computed.iter().find(|now| (now.rule, now.period, now.settlement) == (entry.rule, entry.period, entry.settlement))?;
        let same = (entry.base, entry.amount, entry.terms, entry.accrued_on) == (now.base, now.amount, now.terms, now.accrued_on)
            && entry.closed_month == Some(now.period.last_month())
            // What is no money may have had another rate when it was none.
            && (entry.is_nothing || entry.rate == now.rate);
        (!same).then_some((entry, now))
    })
}

/// The bonus of a publication must be that of its terms (`CASE-1`), or within their range (`TG-1`).
fn publication_difference(facts: &PartnerFacts, entries: &[&BareEntry], terms: &TermsSchedule) -> Option<Difference> {
    entries.iter().filter(|entry| entry.kind == EntryKind::Accrual).find_map(|entry| {
        let (least, most) = match (entry.rule, terms.numbered(entry.terms)) {
            (Rule::Case1, Some((_, version))) => (bonus(&version.terms), bonus(&version.terms)),
            (Rule::Telegram1, Some((_, version))) => (version.terms.comment_bonus_minimum, version.terms.comment_bonus_maximum),
            _ => return None,
        };
        let fits = (least..=most).contains(&entry.amount) && entry.base == entry.amount && entry.request_id.is_some();
        (!fits).then(|| Difference {
            partner: Some(facts.partner.code.clone()),
            what: format!("{} in entry {}", entry.rule, entry.number),
            expected: if least == most { least.to_string() } else { format!("{least} to {most}") },
            found: entry.amount.to_string(),
        })
    })
}

/// Every entry's events must be ones that may happen, and a reversal the opposite of what it reverses. Both are reversed, so that
/// they are no part of any other balance; nothing else is.
fn states_difference(facts: &PartnerFacts, entries: &[&BareEntry]) -> Option<Difference> {
    let by_id: BTreeMap<LedgerEntryId, &BareEntry> = entries.iter().map(|entry| (entry.id, *entry)).collect();
    let taken_back: BTreeSet<LedgerEntryId> = entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Reversal)
        .flat_map(|entry| entry.corrects.into_iter().chain([entry.id]))
        .collect();
    entries.iter().find_map(|entry| {
        let difference = |expected: String, found: String| {
            Some(Difference { partner: Some(facts.partner.code.clone()), what: format!("entry {}", entry.number), expected, found })
        };
        let months = (entry.period.first_month().first_day(), entry.period.last_month().first_day());
        if entry.months != months {
            return difference(entry.period.to_string(), format!("{} to {}", entry.months.0, entry.months.1));
        }
        let mut state = if entry.is_nothing { EntryState::Nothing } else { EntryState::Accrued };
        let mut entered = None;
        for (event, recorded, run) in &entry.events {
            match event {
                EntryEvent::EnteredSettlement => entered = *run,
                EntryEvent::Settled | EntryEvent::LeftSettlement if *run != entered => {
                    return difference("the end of the run that it entered".to_owned(), format!("{event} of another run"));
                }
                _ => {}
            }
            match state.after(*event) {
                Ok(next) if next == *recorded => state = next,
                Ok(next) => return difference(next.to_string(), recorded.to_string()),
                Err(error) => return difference("an event that may happen".to_owned(), error.to_string()),
            }
        }
        if taken_back.contains(&entry.id) != (state == EntryState::Reversed) {
            return difference("reversed together with its opposite, or not at all".to_owned(), state.to_string());
        }
        if entry.kind == EntryKind::Reversal {
            let reversed = entry.corrects.and_then(|id| by_id.get(&id));
            let opposite = reversed.is_some_and(|first| {
                (first.amount, first.base) == (-entry.amount, -entry.base)
                    && (first.rule, first.period, first.settlement) == (entry.rule, entry.period, entry.settlement)
            });
            if !opposite {
                return difference("the opposite of the entry it reverses".to_owned(), entry.amount.to_string());
            }
        }
        None
    })
}

/// What is shown must be the sum of entries, state by state (`LED-2`).
fn balance_difference(
    facts: &PartnerFacts,
    entries: &[&BareEntry],
    shown: &BTreeMap<(Settlement, EntryState), Money>,
) -> Option<Difference> {
    let mut sums: BTreeMap<(Settlement, EntryState), Money> = BTreeMap::new();
    for entry in entries {
        let first = if entry.is_nothing { EntryState::Nothing } else { EntryState::Accrued };
        let state = entry.events.last().map_or(first, |(_, state, _)| *state);
        *sums.entry((entry.settlement, state)).or_default() += entry.amount;
    }
    let keys: BTreeSet<_> = sums.keys().chain(shown.keys()).copied().collect();
    keys.into_iter().find_map(|(settlement, state)| {
        let (expected, found) = (sums.get(&(settlement, state)), shown.get(&(settlement, state)));
        (expected != found).then(|| Difference {
            partner: Some(facts.partner.code.clone()),
            what: format!("balance {settlement} {state}"),
            expected: expected.copied().unwrap_or_default().to_string(),
            found: found.copied().unwrap_or_default().to_string(),
        })
    })
}
