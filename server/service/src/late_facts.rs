//! Facts that would change the level of days already past: proposed, then accepted or declined (section 2, `USE-4`, `REB-5`).
//!
//! What a fact would lead to is found by taking it, computing everything from scratch, and undoing it: the same code as for
//! facts that are accepted, so that the preview can't differ from what follows.

use std::collections::BTreeMap;

use domain::accrual::{Accrual, Correction, Posted, Settlement, corrections, lacking};
use domain::calendar::{BusinessDate, Month, Period};
use domain::form;
use domain::ids::{LateFactId, PartnerId, UsageImportId};
use domain::level::{DifferingDays, LevelChange, differences, timeline};
use domain::money::Money;
use domain::permission::{Action, may};
use domain::rule::Rule;
use domain::terms::TermsSchedule;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
pub use store::late_facts::{LateFact, LateFactSubject, ProposedUsageRow};
use store::ledger_entries::PostedClaim;
use store::partners::PartnerFacts;
use store::{Connection, Scope, Transaction};
use uuid::Uuid;

use crate::accruals::{PartnerBooks, by_partner, from_scratch};
use crate::audit::{self, Change};
use crate::level_record::level_changes_record;
use crate::{Actor, Error, Refusal, Result, Services, Standing, Viewer, error::FormProblems};

/// Facts on the staff's list.
const LISTED: i64 = 200;
/// The record of an acceptance, and what it is about.
const ACCEPT: &str = "late_fact.accept";
const LATE_FACT: &str = "late_fact";

/// What would move in the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoneyMove {
    /// The rule.
    pub rule: Rule,
    /// The period.
    pub period: Period,
    /// The form of settlement.
    pub settlement: Settlement,
    /// What the base changes by, RUB.
    pub base: Money,
    /// What the amount changes by, RUB.
    pub amount: Money,
}

impl From<Correction> for MoneyMove {
    fn from(correction: Correction) -> Self {
        let Correction { rule, period, settlement, base, amount, .. } = correction;
        Self { rule, period, settlement, base, amount }
    }
}

/// What accepting a fact leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Consequences {
    /// The days whose level or model would be another.
    pub days: Vec<DifferingDays>,
    /// Every change of level and model so far, the newest first.
    pub accepted: Vec<LevelChange>,
    /// The same with the fact.
    pub proposed: Vec<LevelChange>,
    /// What would move in the ledger with the next close.
    pub money: Vec<MoneyMove>,
}

/// What a decided fact was found to lead to: when it was accepted, or where it was declined, when it was proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidedConsequences {
    /// Whether it was accepted.
    pub accepted: bool,
    /// The days whose level or model became, or would have become, another.
    pub days: Vec<DifferingDays>,
    /// What moved, or would have moved, in the ledger.
    pub money: Vec<MoneyMove>,
}

/// A fact with what it leads to.
#[derive(Clone, Debug)]
pub struct LateFactPage {
    /// The fact.
    pub fact: LateFact,
    /// What accepting it leads to now, while it waits.
    pub consequences: Option<Consequences>,
    /// What it was found to lead to, once it is decided.
    pub decided: Option<DecidedConsequences>,
    /// The rows of a correction.
    pub rows: Vec<ProposedUsageRow>,
    /// Whether amounts of the correction are other ones now than when it was proposed: it can only be declined.
    pub outdated: bool,
    /// Whether the viewer may decide.
    pub may_decide: bool,
}

/// A decision on a fact as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LateFactFields {
    /// `accept` or `decline`.
    pub decision: String,
    /// Why, in 10 to 2000 characters.
    pub reason: String,
}

/// Everything that follows from the accepted facts about one partner.
struct Course {
    standing: Standing,
    computed: Vec<Accrual>,
    /// Granted claims, and the net of their client's month (`SALES-1`).
    claims: Vec<(PostedClaim, Money)>,
    /// What staff took back of what is posted.
    taken_back: BTreeMap<(Rule, Period, Settlement), Money>,
}

impl Course {
    async fn load(connection: &mut Connection, id: PartnerId) -> Result<Self> {
        Self::load_all(connection, &[id]).await?.remove(&id).ok_or(Error::NotFound)
    }

    /// The courses of several partners, in as many statements as that of one.
    async fn load_all(connection: &mut Connection, ids: &[PartnerId]) -> Result<BTreeMap<PartnerId, Self>> {
        let terms = store::terms_versions::schedule(connection).await?;
        let partners = store::partners::facts(connection, ids).await?;
        let picks = store::client_rate_choices::once_picks(connection, ids).await?;
        let closed_through = partners.iter().filter_map(|facts| facts.level.closed_through).max();
        let rows = match closed_through {
            Some(last) => by_partner(store::partner_month_sums::usage(connection, ids, Month::FIRST, last).await?),
            None => BTreeMap::new(),
        };
        let claims = store::ledger_entries::posted_claims(connection, ids).await?;
        let posted = store::ledger_entries::posted(connection, ids).await?;
        let course = |facts: PartnerFacts| {
            let id = facts.partner.id;
            let standing = Standing { facts, terms: terms.clone() };
            let own = rows.get(&id).map(Vec::as_slice).unwrap_or_default();
            let book = PartnerBooks::new(&standing.facts, &standing.terms, &picks);
            let computed = standing.facts.level.closed_through.map_or_else(Vec::new, |last| from_scratch(&book, own, last).1);
            let claims = claims.iter().filter(|claim| claim.partner_id == id).map(|claim| {
                let (_, net) = book.client_net(claim.client_id, claim.month, own.iter());
                (claim.clone(), net)
            });
            let claims = claims.collect();
            let posted = posted.iter().filter(|(partner, posted)| *partner == id && !posted.taken_back.is_zero());
            let taken_back = posted.map(|(_, posted)| ((posted.rule, posted.period, posted.settlement), posted.taken_back)).collect();
            (id, Self { standing, computed, claims, taken_back })
        };
        Ok(partners.into_iter().map(course).collect())
    }

    /// What the ledger holds once it is in line with these facts.
    fn posted(&self) -> Vec<Posted> {
        let mut taken_back = self.taken_back.clone();
        let mut posted: Vec<Posted> = self
            .computed
            .iter()
            .map(|accrual| {
                let Accrual { rule, period, settlement, base, amount, .. } = *accrual;
                let taken_back = taken_back.remove(&(rule, period, settlement)).unwrap_or_default();
                Posted { rule, period, settlement, base, amount: amount.max(taken_back), taken_back }
            })
            .collect();
        posted.extend(taken_back.into_iter().map(|((rule, period, settlement), taken_back)| Posted {
            rule,
            period,
            settlement,
            base: Money::ZERO,
            amount: taken_back,
            taken_back,
        }));
        posted
    }

    /// What granted claims lack where their clients' months come to something else there.
    fn claim_moves<'a>(&'a self, there: &'a Self) -> impl Iterator<Item = MoneyMove> + 'a {
        there.claims.iter().filter_map(|(claim, net)| {
            let (_, before) = self.claims.iter().find(|(known, _)| known.request_id == claim.request_id)?;
            let amount = lacking(*net, (*before).max(claim.taken_back), claim.taken_back);
            let (period, settlement) = (Period::Month(claim.month), claim.settlement);
            (!amount.is_zero()).then_some(MoneyMove { rule: Rule::Sales1, period, settlement, base: *net - *before, amount })
        })
    }

    /// What becomes different from here to there, through today.
    fn consequences(&self, there: &Self, today: BusinessDate) -> Consequences {
        let (accepted, proposed) = (self.standing.timeline(today), there.standing.timeline(today));
        let newest_first = |changes: Vec<LevelChange>| changes.into_iter().rev().collect();
        Consequences {
            days: differences(&accepted, &proposed, today),
            money: corrections(&there.computed, &self.posted()).into_iter().map(Into::into).chain(self.claim_moves(there)).collect(),
            accepted: newest_first(accepted.changes),
            proposed: newest_first(proposed.changes),
        }
    }
}

/// What corrections of a compared file lead to, for some of its partners. Only their rows are written, and that is undone.
pub(crate) async fn consequences_of_file(
    transaction: &mut Transaction,
    ids: &[PartnerId],
    import_id: UsageImportId,
    today: BusinessDate,
) -> Result<BTreeMap<PartnerId, Consequences>> {
    let before = Course::load_all(transaction, ids).await?;
    transaction
        .try_out(async |connection| {
            store::usage_imports::keep_differences_of(connection, ids).await?;
            write_rows(connection, import_id).await?;
            let after = Course::load_all(connection, ids).await?;
            let both = before.iter().filter_map(|(id, before)| Some((*id, before.consequences(after.get(id)?, today))));
            Ok(both.collect())
        })
        .await
}

/// Writes the compared rows, and what follows from them at once.
async fn write_rows(connection: &mut Connection, import_id: UsageImportId) -> Result<()> {
    store::usage_rows::insert_resources(connection).await?;
    store::usage_rows::write_differences(connection, import_id).await?;
    store::usage_rows::refresh_revenues(connection).await?;
    Ok(())
}

/// What an exam leads to.
pub(crate) async fn consequences_of_exam(
    transaction: &mut Transaction,
    id: PartnerId,
    passed_on: BusinessDate,
    today: BusinessDate,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Consequences> {
    let before = Course::load(transaction, id).await?;
    transaction
        .try_out(async |connection| {
            store::partners::insert_exam(connection, id, passed_on, None, now).await?;
            Ok(before.consequences(&Course::load(connection, id).await?, today))
        })
        .await
}

/// Records a proposal, with what it was found to lead to.
pub(crate) async fn propose(
    connection: &mut Connection,
    actor: Actor<'_>,
    partner_id: PartnerId,
    subject: LateFactSubject,
    found: &Consequences,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<LateFactId> {
    let id = LateFactId(Uuid::now_v7());
    let (days, money) =
        (serde_json::to_value(&found.days).map_err(Error::unexpected)?, serde_json::to_value(&found.money).map_err(Error::unexpected)?);
    let by = actor.person().map(|viewer| viewer.user_id);
    match store::late_facts::insert(connection, id, partner_id, subject, &days, &money, by, now).await {
        Err(error) if error.is_constraint("late_facts_exam_key") => return Err(Refusal::LateFactKnown.into()),
        other => other?,
    }
    let change = Change {
        action: "late_fact.propose",
        object_kind: LATE_FACT,
        object_id: &id.to_string(),
        partner_id: Some(partner_id),
        before: None,
        after: Some(json!({ "subject": subject_json(subject), "days": days, "money": money })),
    };
    audit::record(connection, actor, now, change).await?;
    Ok(id)
}

fn subject_json(subject: LateFactSubject) -> Value {
    match subject {
        LateFactSubject::Exam { passed_on } => json!({ "exam": passed_on }),
        LateFactSubject::UsageCorrection { import_id } => json!({ "import": import_id }),
    }
}

/// Whether a fact changes the level of a day before `today`; what happens today is no late fact.
pub(crate) fn changes_past_level(
    standing: &Standing,
    proposed: &domain::level::LevelFacts,
    terms: &TermsSchedule,
    today: BusinessDate,
) -> bool {
    let yesterday = today.previous();
    let days = differences(&standing.timeline(yesterday), &timeline(proposed, terms, yesterday), yesterday);
    days.iter().any(DifferingDays::level_differs)
}

impl Services {
    /// Proposed facts, those that wait first, and how many of them wait.
    pub async fn late_facts_page(&self, viewer: &Viewer) -> Result<Vec<LateFact>> {
        viewer.require(Action::ViewPartners)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        Ok(store::late_facts::list(&mut transaction, None, LISTED).await?)
    }

    /// A fact with both timelines and every rouble that would move.
    pub async fn late_fact_page(&self, viewer: &Viewer, id: LateFactId) -> Result<LateFactPage> {
        viewer.require(Action::ViewPartners)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let fact = store::late_facts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let rows = store::late_facts::rows(&mut transaction, id).await?;
        let may_decide = may(viewer.role, Action::DecideLateFact) && fact.state == "proposed";
        let (mut consequences, mut decided, mut outdated) = (None, None, false);
        if fact.state == "proposed" {
            transaction.allow_long_statements().await?;
            let before = Course::load(&mut transaction, fact.partner_id).await?;
            (consequences, outdated) = transaction
                .try_out(async |connection| match take(connection, &fact, now).await {
                    Ok(()) => Ok((Some(before.consequences(&Course::load(connection, fact.partner_id).await?, today)), false)),
                    Err(Error::Refused(Refusal::LateFactOutdated)) => Ok((None, true)),
                    Err(error) => Err(error),
                })
                .await?;
        } else {
            decided = Some(decided_consequences(&mut transaction, &fact).await?);
        }
        Ok(LateFactPage { fact, consequences, decided, rows, outdated, may_decide })
    }

    /// Accepts or declines a fact, with a reason. Accepted, it is a fact like any other: the timeline follows at once, the
    /// money with the next close (`REB-5`).
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `decision` and `reason`; [`Refusal::LateFactDecided`]; [`Refusal::LateFactOutdated`] where
    /// amounts are other ones since.
    pub async fn late_fact_decide(&self, actor: Actor<'_>, id: LateFactId, fields: &LateFactFields) -> Result<()> {
        actor.require(Action::DecideLateFact)?;
        let now = self.now();
        let mut problems = FormProblems::new();
        let accepted = match fields.decision.as_str() {
            "accept" => Some(true),
            "decline" => Some(false),
            _ => {
                problems.insert("decision".to_owned(), form::FieldProblem::Required);
                None
            }
        };
        let reason = crate::clients::field(&mut problems, "reason", form::text(&fields.reason, 10, 2_000));
        let (Some(accepted), Some(reason)) = (accepted, reason) else { return Err(Error::Invalid(problems)) };

        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        store::usage_rows::lock(&mut transaction).await?;
        let fact = store::late_facts::find_for_update(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        if fact.state != "proposed" {
            return Err(Refusal::LateFactDecided.into());
        }
        let mut after = json!({ "accepted": accepted, "reason": reason, "subject": subject_json(fact.subject) });
        store::partners::lock_level(&mut transaction, fact.partner_id).await?;
        if accepted {
            let before = Course::load(&mut transaction, fact.partner_id).await?;
            take(&mut transaction, &fact, now).await?;
            if let LateFactSubject::UsageCorrection { import_id } = fact.subject {
                let closed_through = before.standing.facts.level.closed_through;
                store::usage_rows::insert_corrections(&mut transaction, import_id, closed_through, now).await?;
            }
            let found = before.consequences(&Course::load(&mut transaction, fact.partner_id).await?, BusinessDate::of(now));
            after["days"] = serde_json::to_value(&found.days).map_err(Error::unexpected)?;
            after["money"] = serde_json::to_value(&found.money).map_err(Error::unexpected)?;
            level_changes_record(&mut transaction, actor, fact.partner_id, now).await?;
            store::partner_month_sums::mark_for_recomputation(&mut transaction, &[fact.partner_id], now).await?;
        }
        store::late_facts::decide(&mut transaction, id, accepted, &reason, actor.person().map(|viewer| viewer.user_id), now).await?;
        let change = Change {
            action: if accepted { ACCEPT } else { "late_fact.decline" },
            object_kind: LATE_FACT,
            object_id: &id.to_string(),
            partner_id: Some(fact.partner_id),
            before: Some(json!({ "state": "proposed" })),
            after: Some(after),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// What the decision on a fact led to stands in its record; what a declined one would have led to, in the fact.
async fn decided_consequences(connection: &mut Connection, fact: &LateFact) -> Result<DecidedConsequences> {
    let accepted = fact.state == "accepted";
    let (mut days, mut money) = (fact.differences.clone(), fact.money.clone());
    if accepted && let Some(record) = store::audit_records::newest_after(connection, LATE_FACT, &fact.id.to_string(), ACCEPT).await? {
        (days, money) = (record["days"].clone(), record["money"].clone());
    }
    let days = serde_json::from_value(days).map_err(Error::unexpected)?;
    let money = serde_json::from_value(money).map_err(Error::unexpected)?;
    Ok(DecidedConsequences { accepted, days, money })
}

/// Takes a fact: what `late_fact_decide` keeps and `late_fact_page` undoes.
async fn take(connection: &mut Connection, fact: &LateFact, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    match fact.subject {
        LateFactSubject::Exam { passed_on } => {
            match store::partners::insert_exam(connection, fact.partner_id, passed_on, None, now).await {
                Err(error) if error.is_constraint("partner_exams_day_key") => Err(Refusal::LateFactOutdated.into()),
                other => Ok(other?),
            }
        }
        LateFactSubject::UsageCorrection { import_id } => {
            if !store::late_facts::compare_rows(connection, fact.id).await? {
                return Err(Refusal::LateFactOutdated.into());
            }
            write_rows(connection, import_id).await
        }
    }
}
