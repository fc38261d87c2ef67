//! The recorded timeline of levels: the one place that brings it in line with what the rules say.
//!
//! Whoever accepts a fact about a level (a contract, an exam, a staff decision, a closed month, a
//! correction) calls it in the same transaction, holding [`store::partners::lock_level`] or, for
//! all partners at once, [`store::partners::lock_all_levels`].

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::PartnerId;
use domain::level::{Timeline, timeline};
use domain::model::Model;
use domain::terms::TermsSchedule;
use serde_json::json;
use store::Connection;
use store::partners::{PartnerFacts, RecordedLevelChange};

use crate::audit::{self, Change};
use crate::{Actor, Error, Result, Standing};

/// A change of level or model that was recorded now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewLevelChange {
    /// The change.
    pub(crate) change: RecordedLevelChange,
    /// The model the record gave that day before; none before the contract.
    pub(crate) before: Option<Model>,
}

impl NewLevelChange {
    /// Whether the level or the model of the day is another now, not only the facts behind it.
    pub(crate) fn model_differs(&self) -> bool {
        self.before != Some(self.change.model)
    }
}

/// What one partner's record lacks: the first day on which it differs from the rules, and what stands there instead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordDifference {
    /// Recorded changes from this day on are replaced.
    pub(crate) from: BusinessDate,
    /// Whether there are any such recorded changes.
    pub(crate) replaces: bool,
    /// What is to be recorded.
    pub(crate) changes: Vec<NewLevelChange>,
}

/// The timeline through all days that the facts decide, dated decisions and billing sides included.
pub(crate) fn whole_timeline(facts: &PartnerFacts, terms: &TermsSchedule) -> Timeline {
    timeline(&facts.level, terms, BusinessDate::LAST)
}

/// Compares a partner's recorded changes, by day, with the rules' timeline.
pub(crate) fn record_difference(
    partner_id: PartnerId,
    recorded: &[RecordedLevelChange],
    decided: &Timeline,
) -> Result<Option<RecordDifference>> {
    let mut wanted = Vec::with_capacity(decided.changes.len());
    for change in &decided.changes {
        wanted.push(RecordedLevelChange {
            partner_id,
            from: change.from,
            level: change.level,
            model: change.model,
            rule: change.cause.rule().id().to_owned(),
            cause: serde_json::to_value(&change.cause).map_err(Error::unexpected)?,
            terms_version_id: change.terms,
        });
    }
    let same = recorded.iter().zip(&wanted).take_while(|(old, new)| old == new).count();
    let replaced = recorded.get(same);
    let added = wanted.split_off(same);
    let Some(from) = [replaced, added.first()].into_iter().flatten().map(|change| change.from).min() else {
        return Ok(None);
    };
    let model_before = |day: BusinessDate| recorded.iter().rev().find(|old| old.from <= day).map(|old| old.model);
    let changes = added.into_iter().map(|change| NewLevelChange { before: model_before(change.from), change }).collect();
    Ok(Some(RecordDifference { from, replaces: replaced.is_some(), changes }))
}

/// Brings one partner's recorded timeline in line with its facts, with an audit record for every change. Twice changes nothing.
pub(crate) async fn level_changes_record(
    connection: &mut Connection,
    actor: Actor<'_>,
    partner_id: PartnerId,
    at: DateTime<Utc>,
) -> Result<Vec<NewLevelChange>> {
    let standing = Standing::load(connection, partner_id).await?;
    let changes = level_changes_record_of(connection, actor, &[standing.facts], &standing.terms, at).await?;
    if !changes.is_empty() {
        // Another level or model of a month, past or to come, may give other money (REB-5, RATE-2).
        store::partner_month_sums::mark_for_recomputation(connection, &[partner_id], at).await?;
    }
    Ok(changes)
}

/// The same for several partners whose facts are loaded.
pub(crate) async fn level_changes_record_of(
    connection: &mut Connection,
    actor: Actor<'_>,
    partners: &[PartnerFacts],
    terms: &TermsSchedule,
    at: DateTime<Utc>,
) -> Result<Vec<NewLevelChange>> {
    let ids: Vec<PartnerId> = partners.iter().map(|facts| facts.partner.id).collect();
    let recorded = store::partners::level_changes(connection, &ids).await?;
    let mut changes: Vec<NewLevelChange> = Vec::new();
    for facts in partners {
        let id = facts.partner.id;
        let of_partner: Vec<RecordedLevelChange> = recorded.iter().filter(|change| change.partner_id == id).cloned().collect();
        let Some(difference) = record_difference(id, &of_partner, &whole_timeline(facts, terms))? else { continue };
        if difference.replaces {
            store::partners::supersede_level_changes(connection, id, difference.from, at).await?;
        }
        changes.extend(difference.changes);
    }
    let rows: Vec<RecordedLevelChange> = changes.iter().map(|new| new.change.clone()).collect();
    if !rows.is_empty() {
        store::partners::insert_level_changes(connection, &rows, at).await?;
    }
    for NewLevelChange { change, before } in &changes {
        let record = Change {
            action: "level.change",
            object_kind: "partner",
            object_id: &change.partner_id.to_string(),
            partner_id: Some(change.partner_id),
            before: before.map(|model| json!({ "level": model.level(), "model": model })),
            after: Some(json!({
                "from": change.from, "level": change.level, "model": change.model, "rule": change.rule, "cause": change.cause
            })),
        };
        audit::record(connection, actor, at, record).await?;
    }
    Ok(changes)
}
