//! The life of one request: what the engine knows of it, the acts, and the events that they leave.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Act, ActName, Actor, Denial, Detail, Editable, Entries, FieldName, FieldNote, IdempotencyKey, Position, Refusal, RequestKind,
    RequestStatus, Stage, transition,
};
use crate::calendar::BusinessDate;
use crate::editorial::{Publication, Slot, SlotError, TextNumber, check_offer};
use crate::ids::UserId;
use crate::model::stable_text;
use crate::money::Money;

/// How many times a request was changed: the optimistic lock. It travels with every form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u32);

impl Version {
    /// That of a request that nothing happened to yet.
    pub const FIRST: Self = Self(1);

    /// The one after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who submitted a request, and when: the instant is its place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a decision said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ruling", rename_all = "snake_case")]
pub enum Ruling {
    /// Yes.
    Approved,
    /// No.
    Refused {
        /// Why.
        refusal: Refusal,
        /// Words beside fields.
        notes: Vec<FieldNote>,
    },
}

/// A decision. A later one does not replace it: all are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who decided.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub ruling: Ruling,
}

/// A bonus that somebody set within the range of the terms (`TG-1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonusSet {
    /// Who set it; somebody else has to publish.
    pub by: UserId,
    /// RUB.
    pub amount: Money,
}

/// What the engine knows of a request, but for what was entered. Rebuilt from its events by [`RequestFacts::fold`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    /// Its kind.
    pub kind: RequestKind,
    /// The key that lives with its draft.
    pub key: IdempotencyKey,
    /// Where it is.
    pub position: Position,
    /// How many times it was changed.
    pub version: Version,
    /// Its submission, which a correction does not move; none while it is a draft.
    pub submission: Option<Submission>,
    /// The reviewer who has it.
    pub assignee: Option<UserId>,
    /// The fields that the partner is asked to correct, with the words beside them; empty but in *action required*.
    pub correction: Vec<FieldNote>,
    /// Every decision, in order; the last one is in force.
    pub decisions: Vec<Decision>,
    /// Times offered for an interview and not answered yet.
    pub slots: Vec<Slot>,
    /// The time picked.
    pub picked: Option<Slot>,
    /// The latest version of the text.
    pub text: Option<TextNumber>,
    /// The version that the partner agreed.
    pub agreed: Option<TextNumber>,
    /// The bonus that was set.
    pub bonus: Option<BonusSet>,
    /// Where it was published.
    pub publication: Option<Publication>,
}

/// Why facts make no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IllegalRequest {
    /// No request of the kind can be there.
    #[error("a request of kind {kind} can't be {position}")]
    Position {
        /// The kind.
        kind: RequestKind,
        /// The position.
        position: Position,
    },
    /// It was never submitted, and yet is past that.
    #[error("a request that is {position} was submitted")]
    NotSubmitted {
        /// The position.
        position: Position,
    },
    /// A correction is open where none can be, or is missing.
    #[error("the fields to correct do not fit a request that is {position}")]
    Correction {
        /// The position.
        position: Position,
    },
    /// It is published without a publication, or the other way round.
    #[error("the publication does not fit a request that is {position}")]
    Publication {
        /// The position.
        position: Position,
    },
}

/// Something that happened to a request, as the timeline keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The version that it made.
    pub version: Version,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub act: ActName,
    /// What else is to be told of it.
    pub detail: Detail,
    /// Where the request was before.
    pub from: Position,
    /// Where it is since.
    pub to: Position,
}

/// What the rest of the portal has to do in the same transaction as an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Hold the capacity that it draws on (`CODE-5`, `FREE-1`), the rules asked again.
    Hold,
    /// Give that capacity back.
    Release,
    /// Hand over what was asked for: codes, a month; the rules asked again.
    Grant,
    /// Accrue the bonus in the ledger.
    Accrue,
}

stable_text!(Effect { Hold => "hold", Release => "release", Grant => "grant", Accrue => "accrue" });

impl Effect {
    /// What an act that led a request of a kind from one position to another asks for.
    pub fn of(kind: RequestKind, act: ActName, from: Position, to: Position) -> Vec<Self> {
        let mut effects = Vec::new();
        match (from.status.is_live(), to.status.is_live()) {
            (false, true) => effects.push(Self::Hold),
            (true, false) => effects.push(Self::Release),
            _ => {}
        }
        match (kind, act) {
            (RequestKind::BonusCodes | RequestKind::FreeMonth, ActName::Approve) => effects.push(Self::Grant),
            (RequestKind::SalesBonus, ActName::Approve) | (RequestKind::CaseStudy | RequestKind::TelegramComment, ActName::Publish) => {
                effects.push(Self::Accrue);
            }
            _ => {}
        }
        effects
    }
}

impl Event {
    /// What else is due in the same transaction, for a request of the kind.
    pub fn effects(&self, kind: RequestKind) -> Vec<Effect> {
        Effect::of(kind, self.act, self.from, self.to)
    }
}

/// Why an act was not done. Nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum TransitionError {
    /// Somebody changed the request since the actor looked at it; [`changes_since`] says what.
    #[error("the request was changed since: version {current}, not {expected}")]
    Stale {
        /// The version that the actor saw.
        expected: Version,
        /// The version it has.
        current: Version,
    },
    /// It was decided, or ended otherwise, before.
    #[error("the request is already {status}")]
    AlreadyDecided {
        /// The status it is in.
        status: RequestStatus,
    },
    /// Nobody decides on what they submitted.
    #[error("the request was submitted by the same person")]
    OwnRequest,
    /// The table does not have it.
    #[error("the act is denied: {denial}")]
    Denied {
        /// Why.
        denial: Denial,
    },
    /// A field was entered that may not be edited now; [`Request::editable`] says which may.
    #[error("a field is not open for editing")]
    FieldLocked,
    /// A correction has to name a field.
    #[error("no field is named")]
    NoFieldNamed,
    /// A field is named twice.
    #[error("a field is named twice")]
    FieldNamedTwice,
    /// The times offered, or the one picked, do not do.
    #[error("the times do not do")]
    Slots {
        /// Why.
        #[source]
        problem: SlotError,
    },
    /// The version of the text is not the one after the last.
    #[error("not the next version of the text")]
    TextNumber,
    /// There is no text yet.
    #[error("there is no text yet")]
    NoText,
    /// The bonus has to be set first.
    #[error("the bonus is not set")]
    BonusNotSet,
    /// Who set the bonus does not publish (four eyes).
    #[error("the bonus was set by the same person")]
    OwnBonus,
    /// The bonus month has begun, so it stays (`FREE-1`); [`crate::free_month::check_act`] says so.
    #[error("the bonus month has begun")]
    MonthBegun,
    /// The last day for an answer is over, so it does not become a draft again (`TG-1`); [`crate::telegram_comment::check_act`] says so.
    #[error("the deadline has passed")]
    DeadlinePassed {
        /// That day.
        deadline: BusinessDate,
    },
}

/// Events that make no life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("event {version} does not follow from those before it")]
pub struct FoldError {
    /// The version of the first event that does not fit.
    pub version: Version,
}

/// A request that is in a legal position. It changes by [`Request::apply`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    facts: RequestFacts,
    entries: Entries,
}

impl RequestFacts {
    /// Those of a new draft.
    pub fn new(kind: RequestKind, key: IdempotencyKey) -> Self {
        Self {
            kind,
            key,
            position: Position::first(kind),
            version: Version::FIRST,
            submission: None,
            assignee: None,
            correction: Vec::new(),
            decisions: Vec::new(),
            slots: Vec::new(),
            picked: None,
            text: None,
            agreed: None,
            bonus: None,
            publication: None,
        }
    }

    /// Rebuilds the facts from the events, each checked against the table: a gap, or a position that does not follow, is an error.
    pub fn fold<'event>(
        kind: RequestKind,
        key: IdempotencyKey,
        events: impl IntoIterator<Item = &'event Event>,
    ) -> Result<Self, FoldError> {
        let mut facts = Self::new(kind, key);
        for event in events {
            let leads = transition(kind, facts.position, event.act, event.actor.performer());
            if event.version != facts.version.next() || event.from != facts.position || leads != Ok(event.to) {
                return Err(FoldError { version: event.version });
            }
            facts.record(event);
        }
        Ok(facts)
    }

    /// The notes to show beside the fields: of an open correction, else of the refusal that the partner takes up.
    pub fn notes(&self) -> &[FieldNote] {
        if !self.correction.is_empty() {
            return &self.correction;
        }
        match (self.position.status, self.refusal()) {
            (RequestStatus::Refused | RequestStatus::Draft, Some((_, notes))) => notes,
            _ => &[],
        }
    }

    /// The refusal in force, with its notes: also that of a draft which was taken up again after it.
    pub fn refusal(&self) -> Option<(&Refusal, &[FieldNote])> {
        match &self.decisions.last()?.ruling {
            Ruling::Refused { refusal, notes } => Some((refusal, notes)),
            Ruling::Approved => None,
        }
    }

    /// Whether the facts fit each other.
    fn check(&self) -> Result<(), IllegalRequest> {
        let Self { kind, position, .. } = *self;
        if !position.is_legal(kind) {
            return Err(IllegalRequest::Position { kind, position });
        }
        let never_submitted = matches!(position.status, RequestStatus::Draft | RequestStatus::Withdrawn | RequestStatus::Cancelled);
        if self.submission.is_none() && !never_submitted {
            return Err(IllegalRequest::NotSubmitted { position });
        }
        if self.correction.is_empty() == asks_for_correction(position) {
            return Err(IllegalRequest::Correction { position });
        }
        if self.publication.is_some() != (position.stage == Some(Stage::Published)) {
            return Err(IllegalRequest::Publication { position });
        }
        Ok(())
    }

    /// Takes in what happened. `apply` and `fold` both go this way, so they can't come to differ.
    fn record(&mut self, event: &Event) {
        self.version = event.version;
        self.position = event.to;
        if !asks_for_correction(event.to) {
            self.correction.clear();
        }
        match (event.act, &event.detail, event.actor.person()) {
            (ActName::Submit, _, Some(by)) => self.submission = Some(Submission { by, at: event.at }),
            (ActName::Recall | ActName::Revise | ActName::Expire, ..) => (self.submission, self.assignee) = (None, None),
            (ActName::Take, _, by) => self.assignee = by,
            (ActName::Assign, Detail::Assignee { to }, _) => self.assignee = Some(*to),
            (ActName::Release, ..) => self.assignee = None,
            (ActName::AskForCorrection, Detail::Correction { notes }, by) => {
                self.correction.clone_from(notes);
                self.assignee = self.assignee.or(by);
            }
            (ActName::Approve, _, Some(by)) => self.decisions.push(Decision { by, at: event.at, ruling: Ruling::Approved }),
            (ActName::Refuse, Detail::Refusal { refusal, notes }, Some(by)) => {
                let ruling = Ruling::Refused { refusal: refusal.clone(), notes: notes.clone() };
                self.decisions.push(Decision { by, at: event.at, ruling });
            }
            (ActName::OfferSlots, Detail::Slots { slots }, _) => {
                self.slots.clone_from(slots);
                self.picked = None;
            }
            (ActName::PickSlot, Detail::Slots { slots }, _) => {
                self.picked = slots.first().copied();
                self.slots.clear();
            }
            (ActName::DeclineSlots, ..) => self.slots.clear(),
            (ActName::ChooseText | ActName::Cancel, ..) => {
                self.slots.clear();
                self.picked = None;
            }
            (ActName::EditText, Detail::Text { number }, _) => {
                self.text = Some(*number);
                self.agreed = None;
            }
            (ActName::AgreeText, ..) => self.agreed = self.text,
            (ActName::SetBonus, Detail::Bonus { amount }, Some(by)) => self.bonus = Some(BonusSet { by, amount: *amount }),
            (ActName::Publish, Detail::Publication { publication }, _) => self.publication = Some(publication.clone()),
            _ => {}
        }
    }
}

/// Whether the partner is asked about fields here, and not to agree a text or to pick a time.
fn asks_for_correction(position: Position) -> bool {
    position.status == RequestStatus::ActionRequired && !matches!(position.stage, Some(Stage::Interview | Stage::Editing))
}

impl Request {
    /// A new draft.
    pub fn draft(kind: RequestKind, key: IdempotencyKey) -> Self {
        Self { facts: RequestFacts::new(kind, key), entries: Entries::new() }
    }

    /// A request as it was stored.
    pub fn restore(facts: RequestFacts, entries: Entries) -> Result<Self, IllegalRequest> {
        facts.check()?;
        Ok(Self { facts, entries })
    }

    /// What the engine knows of it.
    pub fn facts(&self) -> &RequestFacts {
        &self.facts
    }

    /// What was entered.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// Takes it apart, for the store.
    pub fn into_parts(self) -> (RequestFacts, Entries) {
        (self.facts, self.entries)
    }

    /// Whether a submission with this key was taken before: then the answer is the first one's, and nothing is done again.
    pub fn repeats(&self, key: IdempotencyKey) -> bool {
        self.facts.key == key && self.facts.position.status != RequestStatus::Draft
    }

    /// Whether an act would give the request to the reviewer who has it: sent twice, it changes nothing.
    pub fn repeats_assignment(&self, act: &Act, actor: Actor) -> bool {
        let to = match act {
            Act::Take => actor.person(),
            Act::Assign { to } => Some(*to),
            _ => return false,
        };
        let stays = self.possible(act.name(), actor).is_ok_and(|position| position == self.facts.position);
        stays && to.is_some() && to == self.facts.assignee
    }

    /// What the partner may edit now.
    pub fn editable(&self) -> Editable {
        let partner = super::Performer::PartnerMember;
        if transition(self.facts.kind, self.facts.position, ActName::SaveDraft, partner).is_err() {
            Editable::Nothing
        } else if asks_for_correction(self.facts.position) {
            Editable::Listed { fields: self.facts.correction.iter().map(|note| note.field.clone()).collect() }
        } else {
            self.facts.position.stage.map_or(Editable::Everything, |stage| Editable::OfStage { stage })
        }
    }

    /// Every act for an actor, with the reason where it is not possible: what the page offers. It asks the same as [`Request::apply`],
    /// but for what comes with the act.
    pub fn gestures(&self, actor: Actor) -> Vec<(ActName, Result<Position, TransitionError>)> {
        ActName::ALL.iter().map(|act| (*act, self.possible(*act, actor))).collect()
    }

    /// Whether an actor may do an act now, what comes with it left aside.
    pub fn possible(&self, act: ActName, actor: Actor) -> Result<Position, TransitionError> {
        let RequestFacts { kind, position, .. } = self.facts;
        let to = transition(kind, position, act, actor.performer()).map_err(|denial| match denial {
            Denial::InStatus { status } if status.is_decided() => TransitionError::AlreadyDecided { status },
            denial => TransitionError::Denied { denial },
        })?;
        let decides = matches!(act, ActName::Approve | ActName::Refuse | ActName::Reopen | ActName::SetBonus | ActName::Publish);
        if decides && self.facts.submission.is_some_and(|submission| actor.person() == Some(submission.by)) {
            return Err(TransitionError::OwnRequest);
        }
        match act {
            ActName::OfferText if self.facts.text.is_none() => Err(TransitionError::NoText),
            ActName::Publish if kind.has_chosen_bonus() => match self.facts.bonus {
                None => Err(TransitionError::BonusNotSet),
                Some(bonus) if actor.person() == Some(bonus.by) => Err(TransitionError::OwnBonus),
                Some(_) => Ok(to),
            },
            _ => Ok(to),
        }
    }

    /// Does an act at an instant, or says why not. `expected` is the version that the actor saw.
    pub fn apply(mut self, act: Act, actor: Actor, at: DateTime<Utc>, expected: Version) -> Result<(Self, Event), TransitionError> {
        let current = self.facts.version;
        if expected != current {
            // That it is decided says more than that it changed.
            return Err(match self.possible(act.name(), actor) {
                Err(decided @ TransitionError::AlreadyDecided { .. }) => decided,
                _ => TransitionError::Stale { expected, current },
            });
        }
        let from = self.facts.position;
        let to = self.possible(act.name(), actor)?;
        let (act, entries, detail) = act.into_parts();
        self.check_detail(act, &detail, to.stage, at)?;
        let editable = self.editable();
        if !entries.keys().all(|field| editable.allows(field)) {
            return Err(TransitionError::FieldLocked);
        }
        let event = Event { version: current.next(), actor, at, act, detail, from, to };
        self.entries.extend(entries);
        self.facts.record(&event);
        Ok((self, event))
    }

    /// Whether what comes with an act does. `stage` is the one it leads to.
    fn check_detail(&self, act: ActName, detail: &Detail, stage: Option<Stage>, at: DateTime<Utc>) -> Result<(), TransitionError> {
        let times = |checked: Result<(), SlotError>| checked.map_err(|problem| TransitionError::Slots { problem });
        match (act, detail) {
            (_, Detail::Correction { notes }) if notes.is_empty() => Err(TransitionError::NoFieldNamed),
            (_, Detail::Correction { notes } | Detail::Refusal { notes, .. }) => {
                let named: BTreeSet<&FieldName> = notes.iter().map(|note| &note.field).collect();
                if named.len() < notes.len() {
                    Err(TransitionError::FieldNamedTwice)
                } else if named.iter().all(|field| field.belongs_to(stage)) {
                    Ok(())
                } else {
                    Err(TransitionError::FieldLocked)
                }
            }
            (ActName::PickSlot, Detail::Slots { slots }) => times(
                slots.iter().try_for_each(|slot| if self.facts.slots.contains(slot) { slot.check(at) } else { Err(SlotError::NotOffered) }),
            ),
            (_, Detail::Slots { slots }) => times(check_offer(slots, at)),
            (_, Detail::Text { number }) if *number != TextNumber::after(self.facts.text) => Err(TransitionError::TextNumber),
            _ => Ok(()),
        }
    }
}

/// What changed since the version that somebody saw: what a page shows to the one whose form came too late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Where the request was then.
    pub from: Position,
    /// Where it is now.
    pub to: Position,
    /// The events since, in order.
    pub events: Vec<Event>,
    /// The fields entered since.
    pub fields: BTreeSet<FieldName>,
}

/// What changed since a version, by the events of the request; none where nothing did.
pub fn changes_since(events: &[Event], seen: Version) -> Option<Changes> {
    let since: Vec<Event> = events.iter().filter(|event| event.version > seen).cloned().collect();
    let (from, to) = (since.first()?.from, since.last()?.to);
    let fields = since.iter().filter_map(|event| match &event.detail {
        Detail::Fields { fields } => Some(fields.iter().cloned()),
        _ => None,
    });
    let fields = fields.flatten().collect();
    Some(Changes { from, to, events: since, fields })
}
