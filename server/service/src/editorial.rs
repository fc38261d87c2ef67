//! The work that follows the acceptance of a case or a comment: text or interview, versions of the text, agreement, publication, and the
//! bonus that accrues with it, once (`CASE-1`, `TG-1`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::accrual::{Explanation, Settlement};
use domain::calendar::{BusinessDate, Period};
use domain::case_study;
use domain::editorial::{Publication, PublicationProblems, Slot, TextNumber, TextVersion};
use domain::form::FieldProblem;
use domain::ids::LedgerEntryId;
use domain::ledger::EntryKind;
use domain::money::Money;
use domain::permission::Action;
use domain::request::{Act, ActName, Detail, Editable, Entries, Problems, RequestFacts, RequestKind, TransitionError, Version, Words};
use domain::rule::Rule;
use domain::terms::Terms;
use rust_decimal::Decimal;
use store::ledger_entries::NewEntry;
use store::request_publications::NewPublication;
pub use store::request_texts::WrittenText;
use store::requests::RequestEvent;
use store::{Connection, Scope};
use uuid::Uuid;

use crate::case_studies::Service;
use crate::error::FormProblems;
use crate::request_drafts::{changed, check_entered, is_open, problems};
use crate::request_life::{Loaded, Seen, lock};
use crate::requests::RequestLine;
use crate::{Error, Refusal, Result, Services, Standing, Viewer};

/// Versions of a text on a page.
const TEXTS: i64 = 50;

/// A request as the one who publishes saw it.
#[derive(Clone, Copy, Debug)]
pub struct SeenToPublish<'a> {
    /// The request, and the version that its page was made of.
    pub seen: Seen<'a>,
    /// What its page said would accrue, RUB; none where any sum will do.
    pub accrues: Option<Money>,
}

impl<'a> From<&'a str> for SeenToPublish<'a> {
    fn from(reference: &'a str) -> Self {
        Self { seen: reference.into(), accrues: None }
    }
}

impl<'a> From<&'a String> for SeenToPublish<'a> {
    fn from(reference: &'a String) -> Self {
        Self { seen: reference.into(), accrues: None }
    }
}

/// What was entered in a case or a comment, and the work on its text.
#[derive(Clone, Debug)]
pub struct Editorial {
    /// What the engine knows of it: slots, agreement, bonus, publication.
    pub facts: RequestFacts,
    /// What was entered, by field.
    pub entries: Entries,
    /// What the partner may edit now.
    pub editable: Editable,
    /// What is wrong with what was entered, where it may be edited.
    pub problems: Problems,
    /// Versions of the text, in order; to a partner those that were put before it.
    pub texts: Vec<WrittenText>,
    /// Of a case: the services to choose from.
    pub services: Vec<Service>,
    /// What it brought into the ledger: the entry, what people call it, RUB.
    pub earned: Option<(LedgerEntryId, i64, Money)>,
}

/// The same as it was read; none for kinds without a text.
pub(crate) async fn work_on(connection: &mut Connection, loaded: &Loaded, viewer: &Viewer) -> Result<Option<Box<Editorial>>> {
    let Loaded { line, request, events, .. } = loaded;
    if !line.kind.is_editorial() {
        return Ok(None);
    }
    let facts = request.facts().clone();
    let mut texts = Vec::new();
    if facts.text.is_some() {
        texts = store::request_texts::newest(connection, line.partner_id, line.id, TEXTS).await?;
        if !viewer.role.is_staff() {
            let shown = offered(events);
            texts.retain(|text| shown.contains(&text.version.number));
        }
    }
    let is_case = line.kind == RequestKind::CaseStudy;
    let services = if is_case { store::clients::services(connection).await? } else { Vec::new() };
    let earned =
        if facts.publication.is_some() { store::ledger_entries::earned_by(connection, line.partner_id, line.id).await? } else { None };
    let editable = request.editable();
    let entries = request.entries().clone();
    let problems = if is_open(&editable) { problems(connection, line.kind, line.stage, &entries).await? } else { Problems::new() };
    Ok(Some(Box::new(Editorial { facts, entries, editable, problems, texts, services, earned })))
}

/// The versions that were put before the partner.
fn offered(events: &[RequestEvent]) -> BTreeSet<TextNumber> {
    let (mut latest, mut offered) = (None, BTreeSet::new());
    for event in events.iter().map(|recorded| &recorded.event) {
        match (event.act, &event.detail) {
            (ActName::EditText, Detail::Text { number }) => latest = Some(*number),
            (ActName::OfferText, _) => offered.extend(latest),
            _ => {}
        }
    }
    offered
}

/// What accrues if a publication is recorded under these terms, RUB; none where it is not set yet.
pub(crate) fn bonus_now(facts: &RequestFacts, terms: &Terms) -> Option<Money> {
    match facts.kind {
        RequestKind::CaseStudy => Some(case_study::bonus(terms)),
        RequestKind::TelegramComment => facts.bonus.map(|set| set.amount),
        RequestKind::BonusCodes | RequestKind::FreeMonth | RequestKind::SalesBonus => None,
    }
}

/// Brings the bonus of a publication into the ledger; how much, RUB. The ledger takes one accrual of a request, so it is there once.
pub(crate) async fn accrue(
    connection: &mut Connection,
    viewer: &Viewer,
    line: &RequestLine,
    facts: &RequestFacts,
    now: DateTime<Utc>,
) -> Result<Money> {
    let today = BusinessDate::of(now);
    let standing = Standing::load(connection, line.partner_id).await?;
    let version = standing.terms.version_on(today);
    let Some(publication) = &facts.publication else { return Err(Error::NotFound) };
    let amount = bonus_now(facts, &version.terms).ok_or(Refusal::Transition(TransitionError::BonusNotSet))?;
    let explanation = Explanation::Published { on: publication.published_on };
    let entry = NewEntry {
        id: LedgerEntryId(Uuid::now_v7()),
        partner_id: line.partner_id,
        kind: EntryKind::Accrual,
        rule: if line.kind == RequestKind::CaseStudy { Rule::Case1 } else { Rule::Telegram1 },
        period: Period::Month(today.month()),
        base: amount,
        rate: Some(Decimal::ONE),
        amount,
        settlement: Settlement::of(standing.model_on(today)),
        terms: version.id,
        accrued_on: today,
        closed_month: None,
        request_id: Some(line.id),
        client_id: None,
        corrects: None,
        nothing: None,
        explanation: serde_json::to_value(&explanation).map_err(Error::unexpected)?,
        reason: None,
    };
    store::ledger_entries::insert(connection, &[entry], Some(viewer.user_id), now).await?;
    let recorded = NewPublication {
        request_id: line.id,
        partner_id: line.partner_id,
        publication,
        amount,
        recorded_by: viewer.user_id,
        recorded_at: now,
    };
    if store::request_publications::insert(connection, &recorded).await? {
        Ok(amount)
    } else {
        Err(Error::Invalid(FormProblems::from([("link".to_owned(), FieldProblem::LinkKnown)])))
    }
}

impl Services {
    /// The partner chooses an interview instead of a text.
    pub async fn request_choose_interview(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        let partner_id = viewer.partner_for(Action::PrepareText)?;
        self.request_act(viewer, Some(partner_id), reference, Act::ChooseInterview, None).await
    }

    /// The partner chooses to write after all.
    pub async fn request_choose_text(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        let partner_id = viewer.partner_for(Action::PrepareText)?;
        self.request_act(viewer, Some(partner_id), reference, Act::ChooseText, None).await
    }

    /// The partner hands in the long form, after what was typed is saved: that is kept whatever is wrong with it.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field; [`Refusal::Transition`] where it is not open, or changed since `seen`.
    pub async fn request_send_details(&self, viewer: &Viewer, reference: &str, typed: Vec<(String, String)>, seen: Version) -> Result<()> {
        let partner_id = viewer.partner_for(Action::PrepareText)?;
        let saved = self.request_save(viewer, reference, typed, seen).await?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        check_entered(&mut transaction, &loaded.line).await?;
        self.perform(&mut transaction, viewer, loaded, Act::SendDetails { entries: Entries::new() }, Some(saved.version)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The partner answers what a reviewer asked, after what was typed is saved: that is kept whatever is wrong with it.
    ///
    /// # Errors
    /// Those of [`Services::request_send_details`].
    pub async fn request_answer_in_form(
        &self,
        viewer: &Viewer,
        reference: &str,
        typed: Vec<(String, String)>,
        seen: Version,
    ) -> Result<()> {
        let partner_id = viewer.partner_for(Action::AnswerCorrection)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        let mut seen = seen;
        let entries = changed(&mut transaction, &loaded, typed).await?;
        if !entries.is_empty() {
            seen = self.perform(&mut transaction, viewer, loaded, Act::SaveDraft { entries }, Some(seen)).await?.version;
            transaction.commit().await?;
            transaction = self.database.begin(viewer.scope()).await?;
        }
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        check_entered(&mut transaction, &loaded.line).await?;
        self.perform(&mut transaction, viewer, loaded, Act::Answer { entries: Entries::new() }, Some(seen)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Staff offer times for an interview; the partner is told.
    pub async fn request_offer_slots<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, slots: Vec<Slot>) -> Result<()> {
        viewer.require(Action::ArrangeInterview)?;
        self.act_on_seen(viewer, None, seen.into(), Act::OfferSlots { slots }).await
    }

    /// The partner picks one of the times.
    pub async fn request_pick_slot<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, slot: Slot) -> Result<()> {
        let partner_id = viewer.partner_for(Action::PrepareText)?;
        self.act_on_seen(viewer, Some(partner_id), seen.into(), Act::PickSlot { slot }).await
    }

    /// None of the times suits the partner.
    pub async fn request_decline_slots<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, words: Words) -> Result<()> {
        let partner_id = viewer.partner_for(Action::PrepareText)?;
        self.act_on_seen(viewer, Some(partner_id), seen.into(), Act::DeclineSlots { words }).await
    }

    /// The time that was picked for an interview, and when; for a calendar.
    ///
    /// # Errors
    /// [`Error::NotFound`] where none is picked.
    pub async fn request_interview(&self, viewer: &Viewer, reference: &str) -> Result<(Slot, DateTime<Utc>)> {
        let partner_id = if viewer.role.is_staff() {
            viewer.require(Action::ViewInbox)?;
            None
        } else {
            Some(viewer.partner_for(Action::ViewOwnPages)?)
        };
        let mut transaction = self.database.begin(if partner_id.is_some() { viewer.scope() } else { Scope::Staff }).await?;
        let record = store::requests::find(&mut transaction, partner_id, reference).await?.ok_or(Error::NotFound)?;
        let loaded = Loaded::of(&mut transaction, record, Entries::new()).await?;
        let slot = loaded.request.facts().picked.ok_or(Error::NotFound)?;
        let picked = loaded.events.iter().rev().find(|recorded| recorded.event.act == ActName::PickSlot);
        Ok((slot, picked.map_or(slot.starts_at, |recorded| recorded.event.at)))
    }

    /// Staff record that the interview was held.
    pub async fn request_record_interview<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>) -> Result<()> {
        viewer.require(Action::ArrangeInterview)?;
        self.act_on_seen(viewer, None, seen.into(), Act::RecordInterview).await
    }

    /// Staff store a new version of the text. One that is not changed makes no version.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the field `text`; [`Refusal::Transition`] where the request changed since `seen`.
    pub async fn request_edit_text(&self, viewer: &Viewer, reference: &str, text: &str, seen: Version) -> Result<()> {
        viewer.require(Action::EditText)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let loaded = lock(&mut transaction, None, reference).await?;
        let (id, partner_id) = (loaded.line.id, loaded.line.partner_id);
        let last = store::request_texts::newest(&mut transaction, partner_id, id, 1).await?.pop();
        let text = text.replace("\r\n", "\n");
        let next = TextVersion::next(last.as_ref().map(|last| &last.version), &text, viewer.user_id, now)
            .map_err(|problem| Error::Invalid(FormProblems::from([("text".to_owned(), problem)])))?;
        let Some(next) = next else { return Ok(()) };
        self.perform(&mut transaction, viewer, loaded, Act::EditText { number: next.number }, Some(seen)).await?;
        store::request_texts::insert(&mut transaction, partner_id, id, &next).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Staff ask the partner to agree the text; the partner is told.
    pub async fn request_offer_text<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>) -> Result<()> {
        viewer.require(Action::EditText)?;
        self.act_on_seen(viewer, None, seen.into(), Act::OfferText).await
    }

    /// The partner agrees the text that it saw: the one of version `seen` of the request.
    pub async fn request_agree_text(&self, viewer: &Viewer, reference: &str, seen: Version) -> Result<()> {
        let partner_id = viewer.partner_for(Action::AgreeText)?;
        self.request_act(viewer, Some(partner_id), reference, Act::AgreeText, Some(seen)).await
    }

    /// The partner wants the text changed.
    pub async fn request_return_text<'a>(&self, viewer: &Viewer, seen: impl Into<Seen<'a>>, words: Words) -> Result<()> {
        let partner_id = viewer.partner_for(Action::AgreeText)?;
        self.act_on_seen(viewer, Some(partner_id), seen.into(), Act::ReturnText { words }).await
    }

    /// Staff record the publication, and the bonus accrues with it; the partner is told. The same form sent twice is one publication.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `channel`, `link` and `published_on`, also where the page is recorded already;
    /// [`Refusal::Transition`] where the text is not agreed, the request is published, or it changed since it was seen;
    /// [`Refusal::SumChanged`].
    pub async fn request_publish<'a>(
        &self,
        viewer: &Viewer,
        seen: impl Into<SeenToPublish<'a>>,
        channel: &str,
        link: &str,
        published_on: &str,
    ) -> Result<()> {
        viewer.require(Action::PublishText)?;
        let today = self.today();
        let publication = Publication::read(channel, link, published_on, today).map_err(|found| Error::Invalid(by_field(found)))?;
        let SeenToPublish { seen, accrues } = seen.into();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let loaded = lock(&mut transaction, None, seen.reference).await?;
        let terms = store::terms_versions::schedule(&mut transaction).await?;
        let now = bonus_now(loaded.request.facts(), terms.on(today));
        self.perform(&mut transaction, viewer, loaded, Act::Publish { publication }, seen.version).await?;
        // Four eyes saw one sum: another one is not accrued in their name.
        if let (Some(shown), Some(now)) = (accrues, now)
            && shown != now
        {
            return Err(Refusal::SumChanged { now }.into());
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn by_field(found: PublicationProblems) -> FormProblems {
    let fields = [("channel", found.channel), ("link", found.link), ("published_on", found.published_on)];
    fields.into_iter().filter_map(|(field, problem)| Some((field.to_owned(), problem?))).collect()
}
