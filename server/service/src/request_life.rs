//! What people do to a request: every act is looked up in the one table of `domain::request`, what it asks for is done in the same
//! transaction, and the timeline and the audit record are written with it.

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{PartnerId, UserId};
use domain::money::Money;
use domain::permission::Action;
use domain::request::{
    Act, ActName, Actor as RequestActor, DecisionClock, Detail, Effect, Entries, Event, FieldNote, IdempotencyKey,
    Refusal as RequestRefusal, RefusalReason, RefusalText, Request, RequestFacts, RequestKind, RequestStatus, TransitionError, Version,
    Words,
};
use domain::rule::Rule;
use serde::{Deserialize, Serialize};
use store::request_comments::NewComment;
use store::requests::{RequestChange, RequestEvent, RequestRecord, ReviewChange};
use store::{Connection, Scope};
use uuid::Uuid;

use crate::audit::{self, Actor, Change};
use crate::notices::{Decision, News, announce};
use crate::requests::{RequestLine, Subject, correctable, entered, inconsistent};
use crate::{Error, Refusal, Result, Services, Viewer};

/// The most requests that one gesture decides on.
pub const BULK: usize = 100;

/// A request with its life, as it was read.
pub(crate) struct Loaded {
    /// The request as lists show it.
    pub(crate) line: RequestLine,
    /// What the engine knows of it.
    pub(crate) request: Request,
    /// What happened to it, in order.
    pub(crate) events: Vec<RequestEvent>,
    /// When it was decided or ended otherwise.
    decided_at: Option<DateTime<Utc>>,
}

impl Loaded {
    /// Puts a request together from its row and its events. That they tell the same is checked. What was entered is needed only to
    /// change it.
    pub(crate) async fn of(connection: &mut Connection, record: RequestRecord, entries: Entries) -> Result<Self> {
        let events = store::requests::events(connection, record.partner_id, record.id).await?;
        let (key, decided_at, version) = (record.idempotency_key, record.decided_at, record.version);
        let line: RequestLine = record.try_into()?;
        let facts = RequestFacts::fold(line.kind, IdempotencyKey(key), events.iter().map(|recorded| &recorded.event));
        let facts = facts.map_err(Error::unexpected)?;
        if facts.position.status != line.status || i64::from(facts.version.0) != i64::from(version) {
            return Err(inconsistent("version"));
        }
        let request = Request::restore(facts, entries).map_err(Error::unexpected)?;
        Ok(Self { line, request, events, decided_at })
    }

    /// The same with what was entered.
    pub(crate) async fn with_entries(connection: &mut Connection, record: RequestRecord) -> Result<Self> {
        let entries = store::requests::entries(connection, record.partner_id, record.id).await?;
        Self::of(connection, record, entries).await
    }

    /// Every act for a person with the reason where it is not possible: the page offers what [`Services::perform`] does.
    pub(crate) fn gestures(&self, viewer: &Viewer, today: BusinessDate) -> Vec<Gesture> {
        let gestures = self.request.gestures(actor(viewer)).into_iter();
        gestures.map(|(act, possible)| Gesture { act, refusal: possible.err().or(in_time(&self.line, act, today).err()) }).collect()
    }
}

/// Whether the calendar still lets an act be done.
fn in_time(line: &RequestLine, act: ActName, today: BusinessDate) -> std::result::Result<(), TransitionError> {
    match line.subject {
        Subject::FreeMonth { month, .. } => domain::free_month::check_act(act, line.status, month, today),
        Subject::TelegramComment { deadline, .. } => domain::telegram_comment::check_act(act, deadline, today),
        Subject::BonusCodes { .. } | Subject::SalesBonus { .. } | Subject::CaseStudy { .. } => Ok(()),
    }
}

/// A request as somebody saw it: an act on it is refused where it was changed since.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The request.
    pub reference: &'a str,
    /// The version that its page was made of; none where any will do.
    pub version: Option<Version>,
}

impl<'a> From<&'a str> for Seen<'a> {
    fn from(reference: &'a str) -> Self {
        Self { reference, version: None }
    }
}

impl<'a> From<&'a String> for Seen<'a> {
    fn from(reference: &'a String) -> Self {
        Self { reference, version: None }
    }
}

/// An act that a page may offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gesture {
    /// Which.
    pub act: ActName,
    /// Why it is not possible now; none where it is.
    pub refusal: Option<TransitionError>,
}

/// A gesture that staff do to several requests at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkGesture {
    /// Approve each.
    Approve,
    /// Refuse each with the same reason.
    Refuse {
        /// Why, as a code.
        reason: RefusalReason,
        /// Why, in words that the partners read.
        text: RefusalText,
    },
    /// Give each to a reviewer.
    Assign {
        /// To whom.
        to: UserId,
    },
}

/// What became of one request of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum BulkOutcome {
    /// It was done.
    Done,
    /// It was so before: somebody, perhaps the same form sent twice, did it already.
    Already {
        /// How it stands.
        status: RequestStatus,
    },
    /// The rules refuse it now; the request's own page says with which figures.
    Rules {
        /// Which, sorted, each once.
        rules: Vec<Rule>,
    },
    /// Its life does not allow it.
    Refused {
        /// Why.
        error: TransitionError,
    },
    /// There is no such request.
    NotFound,
    /// The portal failed; the others were tried all the same. The log says why.
    Failed,
    /// It is beyond the most that one gesture decides on, and was not touched.
    TooMany,
}

/// What became of several requests, each by its reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    /// In the order in which they were named.
    pub items: Vec<(String, BulkOutcome)>,
}

impl BulkResult {
    /// How many were done.
    pub fn done(&self) -> usize {
        self.items.iter().filter(|(_, outcome)| *outcome == BulkOutcome::Done).count()
    }
}

/// A person as the engine knows it.
pub(crate) fn actor(viewer: &Viewer) -> RequestActor {
    RequestActor::Person { id: viewer.user_id, role: viewer.role }
}

impl Services {
    /// Takes back a request before it is decided. What it held is free again (`CODE-5`, `FREE-1`).
    ///
    /// # Errors
    /// [`Refusal::Transition`] where it is decided already.
    pub async fn request_withdraw(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        let partner_id = viewer.partner_for(Action::WithdrawRequest)?;
        self.request_act(viewer, Some(partner_id), reference, Act::Withdraw { words: None }, None).await
    }

    /// Approves a request. The rules are asked again in the transaction: one that no longer fits is refused to the reviewer.
    pub async fn request_approve<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>) -> Result<()> {
        viewer.require(Action::ApproveRequest)?;
        self.act_on_seen(viewer, None, seen.into(), Act::Approve).await
    }

    /// Refuses a request with a reason that the partner reads. What it held is free again.
    pub async fn request_refuse<'a>(
        &self,
        viewer: &Viewer,
        seen: impl Into<Seen<'a>>,
        reason: RefusalReason,
        text: RefusalText,
    ) -> Result<()> {
        self.request_refuse_with_notes(viewer, seen, RequestRefusal { reason, text }, Vec::new()).await
    }

    /// The same with words beside fields: they stand there when the partner takes the request up again.
    ///
    /// # Errors
    /// [`Refusal::Transition`] where a field is none that its partner could correct.
    pub async fn request_refuse_with_notes<'a>(
        &self,
        viewer: &Viewer,
        seen: impl Into<Seen<'a>>,
        refusal: RequestRefusal,
        notes: Vec<FieldNote>,
    ) -> Result<()> {
        viewer.require(Action::RefuseRequest)?;
        self.act_on_seen(viewer, None, seen.into(), Act::Refuse { refusal, notes }).await
    }

    /// Takes a request into review.
    pub async fn request_take(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        viewer.require(Action::AssignRequest)?;
        self.request_act(viewer, None, reference, Act::Take, None).await
    }

    /// Puts a request back into the queue.
    pub async fn request_release(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        viewer.require(Action::AssignRequest)?;
        self.request_act(viewer, None, reference, Act::Release, None).await
    }

    /// Gives a request to a reviewer.
    ///
    /// # Errors
    /// [`Error::NotFound`] where that person is no active member of staff.
    pub async fn request_assign(&self, viewer: &Viewer, reference: &str, to: UserId) -> Result<()> {
        viewer.require(Action::AssignRequest)?;
        self.request_act(viewer, None, reference, Act::Assign { to }, None).await
    }

    /// Opens a decided request again; the decision stays on its timeline. What it needs is held anew, so the rules are asked.
    pub async fn request_reopen<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, words: Words) -> Result<()> {
        viewer.require(Action::ReopenRequest)?;
        self.act_on_seen(viewer, None, seen.into(), Act::Reopen { words }).await
    }

    /// Gives up what was approved, with words for the other side.
    pub async fn request_cancel<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, words: Words) -> Result<()> {
        viewer.require(Action::CancelRequest)?;
        let partner_id = if viewer.role.is_staff() { None } else { Some(viewer.partner_for(Action::CancelRequest)?) };
        self.act_on_seen(viewer, partner_id, seen.into(), Act::Cancel { words }).await
    }

    /// Records that what was approved is carried out.
    pub async fn request_fulfil<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>) -> Result<()> {
        viewer.require(Action::FulfilRequest)?;
        self.act_on_seen(viewer, None, seen.into(), Act::MarkFulfilled).await
    }

    /// Asks the partner to correct fields; the request keeps its place in the queue.
    ///
    /// # Errors
    /// [`Refusal::Transition`] where a field is none that its partner could correct.
    pub async fn request_ask_for_correction<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, notes: Vec<FieldNote>) -> Result<()> {
        viewer.require(Action::AskForCorrection)?;
        self.act_on_seen(viewer, None, seen.into(), Act::AskForCorrection { notes }).await
    }

    /// Corrects the fields that a reviewer asked about, and no others; the request goes on where it stood in the queue. What it holds is
    /// changed with it, so the rules are asked of it as it is now. `seen` is the version that the form was made of.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field; [`Refusal::Rules`]; [`Refusal::Transition`] where a field is not open or the request changed since.
    pub async fn request_answer(&self, viewer: &Viewer, reference: &str, typed: Vec<(String, String)>, seen: Version) -> Result<()> {
        let partner_id = viewer.partner_for(Action::AnswerCorrection)?;
        // A name that no field has is none that was opened.
        let entries = entered(typed).map_err(|_| Refusal::Transition(TransitionError::FieldLocked))?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        let line = loaded.line.clone();
        self.perform(&mut transaction, viewer, loaded, Act::Answer { entries: entries.clone() }, Some(seen)).await?;
        match &line.subject {
            Subject::BonusCodes { quarter, .. } => {
                let terms = store::terms_versions::schedule(&mut transaction).await?;
                crate::bonus_codes::correct(&mut transaction, &line, *quarter, &entries, terms.on(self.today())).await?;
            }
            Subject::FreeMonth { .. } => {
                self.free_month_correct(&mut transaction, &line, &entries).await?;
                let record = store::requests::find(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
                let verdict = self.request_now(&mut transaction, &record.try_into()?).await?.into_verdict();
                if !verdict.is_allowed() {
                    return Err(Refusal::Rules(verdict).into());
                }
            }
            Subject::SalesBonus { .. } => self.sales_bonus_correct(&mut transaction, &line, &entries).await?,
            Subject::CaseStudy { .. } | Subject::TelegramComment { .. } => {
                crate::request_drafts::check_entered(&mut transaction, &line).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// One gesture for several requests, each in a transaction of its own: what one of them is refused does not stop the others, and the
    /// same form sent twice does nothing twice. Each request comes with the version that the list was made of.
    ///
    /// # Errors
    /// Those of the gesture's right alone; what is wrong with a request is said with it.
    pub async fn requests_bulk(
        &self,
        viewer: &Viewer,
        requests: &[(String, Option<Version>)],
        gesture: &BulkGesture,
    ) -> Result<BulkResult> {
        let (action, reached) = match gesture {
            BulkGesture::Approve => (Action::ApproveRequest, Some(RequestStatus::Approved)),
            BulkGesture::Refuse { .. } => (Action::RefuseRequest, Some(RequestStatus::Refused)),
            BulkGesture::Assign { .. } => (Action::AssignRequest, None),
        };
        viewer.require(action)?;
        let mut result = BulkResult::default();
        for (place, (reference, version)) in requests.iter().enumerate() {
            if place >= BULK {
                result.items.push((reference.clone(), BulkOutcome::TooMany));
                continue;
            }
            let act = match gesture.clone() {
                BulkGesture::Approve => Act::Approve,
                BulkGesture::Refuse { reason, text } => Act::Refuse { refusal: RequestRefusal { reason, text }, notes: Vec::new() },
                BulkGesture::Assign { to } => Act::Assign { to },
            };
            let outcome = match self.request_act_once(viewer, None, Seen { reference, version: *version }, act).await {
                Ok(None) => BulkOutcome::Done,
                Ok(Some(status)) => BulkOutcome::Already { status },
                Err(Error::NotFound) => BulkOutcome::NotFound,
                Err(Error::Refused(Refusal::Rules(verdict))) => BulkOutcome::Rules { rules: verdict.rules() },
                Err(Error::Refused(Refusal::Transition(TransitionError::AlreadyDecided { status }))) if reached == Some(status) => {
                    BulkOutcome::Already { status }
                }
                Err(Error::Refused(Refusal::Transition(error))) => BulkOutcome::Refused { error },
                Err(error) => {
                    tracing::error!(reference, error = &error as &dyn std::error::Error, "a request of several could not be decided");
                    BulkOutcome::Failed
                }
            };
            result.items.push((reference.clone(), outcome));
        }
        Ok(result)
    }

    /// Writes in the thread of a request, or, as a note, for staff alone. The same key again writes nothing.
    pub async fn request_comment(&self, viewer: &Viewer, reference: &str, words: Words, is_internal: bool, key: Uuid) -> Result<()> {
        viewer.require(if is_internal { Action::WriteNote } else { Action::WriteComment })?;
        let partner_id = if viewer.role.is_staff() { None } else { Some(viewer.partner_for(Action::WriteComment)?) };
        let now = self.now();
        let mut transaction = self.database.begin(if partner_id.is_some() { viewer.scope() } else { Scope::Staff }).await?;
        let record = store::requests::find(&mut transaction, partner_id, reference).await?.ok_or(Error::NotFound)?;
        let comment = NewComment {
            request_id: record.id,
            partner_id: record.partner_id,
            author: viewer.user_id,
            is_internal,
            words: &words,
            idempotency_key: key,
            at: now,
        };
        if store::request_comments::insert(&mut transaction, &comment).await? {
            let change = Change {
                action: if is_internal { "request.note" } else { "request.comment" },
                object_kind: "request",
                object_id: &record.reference,
                partner_id: Some(record.partner_id),
                before: None,
                after: Some(serde_json::json!({ "words": words })),
            };
            audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
            if viewer.role.is_staff() && !is_internal {
                let request = record.kind.parse().map_err(|_| inconsistent("kind"))?;
                let news = News::MessageWritten { reference: record.reference.clone(), request, words: words.as_str().to_owned() };
                announce(&mut transaction, [(record.partner_id, news)], now).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// One act in one transaction; `partner_id` binds it to a partner's own request, `expected` is the version that the person saw.
    pub(crate) async fn request_act(
        &self,
        viewer: &Viewer,
        partner_id: Option<PartnerId>,
        reference: &str,
        act: Act,
        expected: Option<Version>,
    ) -> Result<()> {
        self.act_on_seen(viewer, partner_id, Seen { reference, version: expected }, act).await
    }

    /// The same for a request as somebody saw it.
    pub(crate) async fn act_on_seen(&self, viewer: &Viewer, partner_id: Option<PartnerId>, seen: Seen<'_>, act: Act) -> Result<()> {
        self.request_act_once(viewer, partner_id, seen, act).await?;
        Ok(())
    }

    /// The same, and the status where the request was so before and nothing was done.
    async fn request_act_once(
        &self,
        viewer: &Viewer,
        partner_id: Option<PartnerId>,
        seen: Seen<'_>,
        act: Act,
    ) -> Result<Option<RequestStatus>> {
        let mut transaction = self.database.begin(if partner_id.is_some() { viewer.scope() } else { Scope::Staff }).await?;
        if let Act::Assign { to } = act
            && !store::users::is_active_staff(&mut transaction, to).await?
        {
            return Err(Error::NotFound);
        }
        let loaded = lock(&mut transaction, partner_id, seen.reference).await?;
        if loaded.request.repeats_assignment(&act, actor(viewer)) {
            return Ok(Some(loaded.line.status));
        }
        if let Act::AskForCorrection { notes } | Act::Refuse { notes, .. } = &act
            && !notes.is_empty()
        {
            let known = correctable(&mut transaction, &loaded.line, loaded.request.entries()).await?;
            if notes.iter().any(|note| !known.contains(&note.field)) {
                return Err(Refusal::Transition(TransitionError::FieldLocked).into());
            }
        }
        self.perform(&mut transaction, viewer, loaded, act, seen.version).await?;
        transaction.commit().await?;
        Ok(None)
    }

    /// Does an act of a person to a request that is locked; see [`Services::perform_by`].
    pub(crate) async fn perform(
        &self,
        connection: &mut Connection,
        viewer: &Viewer,
        loaded: Loaded,
        act: Act,
        expected: Option<Version>,
    ) -> Result<Event> {
        self.perform_by(connection, Actor::Person(viewer), loaded, act, expected).await
    }

    /// Does an act to a request that is locked: what it asks for, the new position, the event, the audit record. `expected` is the version
    /// that the person saw; none where any will do. What no person does, the portal does.
    pub(crate) async fn perform_by(
        &self,
        connection: &mut Connection,
        by: Actor<'_>,
        loaded: Loaded,
        act: Act,
        expected: Option<Version>,
    ) -> Result<Event> {
        let now = self.now();
        let is_partner = by.person().is_some_and(|viewer| !viewer.role.is_staff());
        let Loaded { line, request, events, decided_at } = loaded;
        in_time(&line, act.name(), BusinessDate::of(now)).map_err(Refusal::Transition)?;
        let expected = expected.unwrap_or(request.facts().version);
        let (request, event) =
            request.apply(act, by.person().map_or(RequestActor::Portal, actor), now, expected).map_err(Refusal::Transition)?;
        let effects = event.effects(line.kind);
        let facts = request.facts();
        let mut accrued = None;
        for effect in &effects {
            match effect {
                Effect::Release => release(connection, &line).await?,
                Effect::Grant | Effect::Accrue => accrued = self.grant(connection, by, &line, facts, now).await?,
                Effect::Hold => {}
            }
        }
        let clock = DecisionClock::of(line.kind, events.iter().map(|recorded| &recorded.event).chain([&event]));
        let status = event.to.status;
        // An approval stands while the partner is asked about the work that follows it.
        let goes_on = status == RequestStatus::ActionRequired && !event.to.is_undecided();
        let change = RequestChange {
            id: line.id,
            partner_id: line.partner_id,
            event: &event,
            ended_at: if status.is_decided() || goes_on { Some(decided_at.unwrap_or(now)) } else { None },
            due_on: clock.and_then(DecisionClock::due_on),
            entries: serde_json::to_value(request.entries()).map_err(Error::unexpected)?,
        };
        let written = if is_partner {
            store::requests::change(connection, &change).await?
        } else {
            let decided = goes_on
                || matches!(status, RequestStatus::Approved | RequestStatus::Refused | RequestStatus::Fulfilled | RequestStatus::Cancelled);
            let review = ReviewChange {
                assignee: facts.assignee,
                decided_by: facts.decisions.last().filter(|_| decided).map(|decision| decision.by),
                refusal: facts
                    .refusal()
                    .filter(|_| status == RequestStatus::Refused)
                    .map(|(refusal, _)| (refusal.reason.as_str(), refusal.text.as_str())),
            };
            store::requests::change_in_review(connection, &change, &review).await?
        };
        if !written {
            return Err(inconsistent("version"));
        }
        if effects.contains(&Effect::Hold) {
            // The rules are asked about it as it stands now.
            let live = RequestLine { status, turn: event.to.turn(), ..line.clone() };
            self.hold(connection, &live, now).await?;
        }
        let change = Change {
            action: &format!("request.{}", event.act),
            object_kind: "request",
            object_id: &line.reference,
            partner_id: Some(line.partner_id),
            before: Some(serde_json::json!({ "status": event.from.status, "stage": event.from.stage })),
            after: Some(serde_json::json!({ "status": event.to.status, "stage": event.to.stage, "detail": event.detail })),
        };
        audit::record(connection, by, now, change).await?;
        crate::telegram_comments::after_reopening(connection, &line, &event, now).await?;
        if !is_partner && let Some(news) = news_of(&line, &event, accrued) {
            announce(connection, [(line.partner_id, news)], now).await?;
        }
        Ok(event)
    }

    /// Hands over what was asked for, after asking the rules again; what it brought into the ledger, RUB.
    async fn grant(
        &self,
        connection: &mut Connection,
        by: Actor<'_>,
        line: &RequestLine,
        facts: &RequestFacts,
        now: DateTime<Utc>,
    ) -> Result<Option<Money>> {
        let viewer = by.person().ok_or(Error::Forbidden)?;
        match line.kind {
            RequestKind::BonusCodes => self.bonus_codes_grant(connection, line, now).await?,
            RequestKind::FreeMonth => self.free_month_grant(connection, line).await?,
            RequestKind::SalesBonus => return self.sales_bonus_grant(connection, viewer, line, now).await.map(Some),
            RequestKind::CaseStudy | RequestKind::TelegramComment => {
                return crate::editorial::accrue(connection, viewer, line, facts, now).await.map(Some);
            }
        }
        Ok(None)
    }

    /// Holds again what a request needs that was given back, if the rules still let it.
    async fn hold(&self, connection: &mut Connection, line: &RequestLine, now: DateTime<Utc>) -> Result<()> {
        match &line.subject {
            Subject::BonusCodes { codes, value, quarter } => {
                let terms = store::terms_versions::schedule(connection).await?;
                let terms = terms.on(BusinessDate::of(now));
                crate::bonus_codes::hold(connection, line, *quarter, (*codes, *value), terms).await
            }
            // What these hold is that they are live, so the rules are asked about them as they stand now.
            Subject::FreeMonth { client_id, .. } | Subject::SalesBonus { client_id, .. } => {
                store::clients::lock(connection, line.partner_id, *client_id).await?;
                let verdict = self.request_now(connection, line).await?.into_verdict();
                if verdict.is_allowed() { Ok(()) } else { Err(Refusal::Rules(verdict).into()) }
            }
            // They draw on no limit.
            Subject::CaseStudy { .. } | Subject::TelegramComment { .. } => Ok(()),
        }
    }
}

/// What the partner is told of something that staff did; none where it need not act on it and nothing is decided.
fn news_of(line: &RequestLine, event: &Event, accrued: Option<Money>) -> Option<News> {
    let (reference, request) = (line.reference.clone(), line.kind);
    match (event.act, &event.detail) {
        (ActName::Approve, _) => Some(News::RequestDecided { reference, request, decision: Decision::Approved { accrued } }),
        (ActName::Refuse, Detail::Refusal { refusal, .. }) => {
            let decision = Decision::Refused { reason: refusal.reason, text: refusal.text.as_str().to_owned() };
            Some(News::RequestDecided { reference, request, decision })
        }
        (ActName::AskForCorrection, Detail::Correction { notes }) => {
            let words = notes.iter().map(|note| note.words.as_str()).collect::<Vec<_>>().join("\n");
            Some(News::ActionRequired { reference, request, words })
        }
        (ActName::Cancel | ActName::Reopen, Detail::Words { words }) => {
            let text = words.as_str().to_owned();
            let decision = if event.act == ActName::Cancel { Decision::Cancelled { text } } else { Decision::Reopened { text } };
            Some(News::RequestDecided { reference, request, decision })
        }
        // What is to be done the page says.
        (ActName::OfferSlots | ActName::OfferText, _) => Some(News::ActionRequired { reference, request, words: String::new() }),
        (ActName::Publish, _) => Some(News::Published { reference, request, accrued }),
        _ => None,
    }
}

/// A request by its reference, locked until the transaction ends: decided twice is decided once.
pub(crate) async fn lock(connection: &mut Connection, partner_id: Option<PartnerId>, reference: &str) -> Result<Loaded> {
    let record = store::requests::find_for_update(connection, partner_id, reference).await?.ok_or(Error::NotFound)?;
    Loaded::with_entries(connection, record).await
}

/// Gives back what a live request held.
async fn release(connection: &mut Connection, line: &RequestLine) -> Result<()> {
    match line.subject {
        Subject::BonusCodes { codes, value, quarter } => {
            crate::bonus_codes::release(connection, line.partner_id, quarter, codes, value).await
        }
        // A month, or a claim, counts while its request is live, so there is nothing else to give back (`FREE-6`).
        // A case or a comment holds nothing.
        Subject::FreeMonth { .. } | Subject::SalesBonus { .. } | Subject::CaseStudy { .. } | Subject::TelegramComment { .. } => Ok(()),
    }
}
