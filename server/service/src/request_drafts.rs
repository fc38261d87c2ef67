//! Requests that are written as drafts: saved as one goes, submitted, taken back, and taken up again with everything that was entered.
//!
//! What a kind is asked stands in three places here: [`known_fields`], what its form may send, [`submission_verdict`], whether it may be
//! submitted, and [`problems`], what is wrong with what was entered. A kind that is no draft is sent as its form stands; refused or withdrawn, it
//! is taken up again by a new form that holds what was entered, [`Services::request_taken_up`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::case_study;
use domain::form::FieldProblem;
use domain::ids::{PartnerId, RequestId};
use domain::model::Model;
use domain::permission::Action;
use domain::privilege;
use domain::request::{
    Act, ActName, Editable, Entries, FieldNote, Problems, RequestKind, RequestStatus, Stage, Version, Words, draft_problems,
};
use domain::terms::Terms;
use domain::verdict::Verdict;
use store::Connection;
use store::requests::{NewDraft, NewSubmission};
use uuid::Uuid;

use crate::request_life::{Loaded, actor, lock};
use crate::requests::{RecordedRefusal, RequestLine, entered, inconsistent, next_reference};
use crate::{Error, Refusal, Result, Services, Standing, Viewer, secrets};

/// The longest text of a field that a draft keeps, in characters: more than any rule accepts.
const LONGEST_ENTRY: usize = 20_000;

/// A draft after a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedDraft {
    /// What people call it.
    pub reference: String,
    /// How many times it was changed: what the next save has to have seen.
    pub version: Version,
    /// What is wrong with it that more writing does not mend.
    pub problems: Problems,
}

/// A refused or withdrawn request as the form of its kind takes it up again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenUp {
    /// What people call it.
    pub reference: String,
    /// Everything that was entered, by the controls of the form.
    pub entries: Entries,
    /// Why it was refused; none where the partner withdrew it.
    pub refusal: Option<RecordedRefusal>,
    /// The words beside fields that the refusal came with.
    pub notes: Vec<FieldNote>,
}

impl Services {
    /// What was entered in a refused or withdrawn request of a kind that is no draft, for a new form of it; none where it stands otherwise.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the partner has no such request of the kind.
    pub async fn request_taken_up(&self, viewer: &Viewer, kind: RequestKind, reference: &str) -> Result<Option<TakenUp>> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let record = store::requests::find(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        let Loaded { line, request, .. } = Loaded::with_entries(&mut transaction, record).await?;
        if line.kind != kind {
            return Err(Error::NotFound);
        }
        if !kind.is_asked_again(line.status) {
            return Ok(None);
        }
        let refused = request.facts().refusal().filter(|_| line.status == RequestStatus::Refused);
        let recorded = refused.map(|(refusal, _)| RecordedRefusal { reason: refusal.reason, text: refusal.text.as_str().to_owned() });
        let notes = refused.map(|(_, notes)| notes.to_vec()).unwrap_or_default();
        Ok(Some(TakenUp { reference: line.reference, entries: request.entries().clone(), refusal: recorded, notes }))
    }

    /// Saves what was entered under the key that lives with the form: the first time it begins a draft, after that it is the same one.
    /// `seen` is the version that the form was made of; none of a new form. Boxes of the form that are not named are not ticked.
    ///
    /// # Errors
    /// [`Refusal::Transition`] with `Stale` where the draft changed since; [`Error::NotFound`] for a kind that a partner does not begin.
    pub async fn request_draft_save(
        &self,
        viewer: &Viewer,
        kind: RequestKind,
        key: Uuid,
        typed: Vec<(String, String)>,
        seen: Option<Version>,
    ) -> Result<SavedDraft> {
        let partner_id = viewer.partner_for(Action::SaveDraft)?;
        if kind != RequestKind::CaseStudy {
            return Err(Error::NotFound);
        }
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = self.begin_draft(&mut transaction, partner_id, kind, key).await?;
        let saved = self.save(&mut transaction, viewer, loaded, typed, seen.unwrap_or(Version::FIRST)).await?;
        transaction.commit().await?;
        Ok(saved)
    }

    /// The draft that a form began, by the key that lives with it; none where it began none. So finds its way back who never heard what became
    /// of the first save.
    pub async fn request_draft_of_key(&self, viewer: &Viewer, key: Uuid) -> Result<Option<String>> {
        let partner_id = viewer.partner_for(Action::SaveDraft)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        Ok(store::requests::find_by_idempotency_key(&mut transaction, partner_id, key).await?)
    }

    /// Saves what was entered in a draft, or in what may be edited of a request later.
    ///
    /// # Errors
    /// Those of [`Services::request_draft_save`].
    pub async fn request_save(&self, viewer: &Viewer, reference: &str, typed: Vec<(String, String)>, seen: Version) -> Result<SavedDraft> {
        let partner_id = viewer.partner_for(Action::SaveDraft)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        let saved = self.save(&mut transaction, viewer, loaded, typed, seen).await?;
        transaction.commit().await?;
        Ok(saved)
    }

    /// Submits a draft, after what was typed is saved: that is kept whatever the rules say. Submitted twice it is submitted once; with other words
    /// the second time, these are refused and not dropped unheard.
    ///
    /// # Errors
    /// [`Refusal::Rules`] (`PRIV-1`); [`Error::Invalid`] by field; those of [`Services::request_save`].
    pub async fn request_submit(&self, viewer: &Viewer, reference: &str, typed: Vec<(String, String)>, seen: Version) -> Result<()> {
        let partner_id = viewer.partner_for(Action::SubmitRequest)?;
        let saved = match self.request_save(viewer, reference, typed.clone(), seen).await {
            Ok(saved) => saved,
            // The same form, sent a second time: it was submitted the first time.
            Err(error) => return self.submitted_or_late(viewer, partner_id, (reference, typed), error).await,
        };
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        if is_submitted(&loaded.line) {
            return Ok(());
        }
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let (model, version) = (standing.model_on(today), standing.terms.version_on(today));
        let verdict = submission_verdict(&mut transaction, &loaded.line, model, &version.terms, now).await?;
        if !verdict.is_allowed() {
            return Err(Refusal::Rules(verdict).into());
        }
        // What is past its draft is told so, and not what a later form of it still lacks.
        loaded.request.possible(ActName::Submit, actor(viewer)).map_err(Refusal::Transition)?;
        check_entered(&mut transaction, &loaded.line).await?;
        let submission = NewSubmission {
            id: loaded.line.id,
            partner_id,
            submitted_by: viewer.user_id,
            submitted_at: now,
            model: model.as_str(),
            terms_version_id: version.id,
            verdict: serde_json::to_value(&verdict).map_err(Error::unexpected)?,
        };
        store::requests::record_submission(&mut transaction, &submission).await?;
        self.perform(&mut transaction, viewer, loaded, Act::Submit { entries: Entries::new() }, Some(saved.version)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes a request back to go on writing; its place in the queue is lost.
    ///
    /// # Errors
    /// [`Refusal::Transition`] where it is decided, or its kind is not written as a draft.
    pub async fn request_recall(&self, viewer: &Viewer, reference: &str, words: Option<Words>) -> Result<()> {
        let partner_id = viewer.partner_for(Action::WithdrawRequest)?;
        self.on_draft(viewer, partner_id, reference, Act::Recall { words }).await
    }

    /// Takes up a refused or withdrawn request again, with everything that was entered.
    ///
    /// # Errors
    /// [`Refusal::Transition`] where it is neither, or its kind is not written as a draft.
    pub async fn request_revise(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        let partner_id = viewer.partner_for(Action::SubmitRequest)?;
        self.on_draft(viewer, partner_id, reference, Act::Revise).await
    }

    async fn on_draft(&self, viewer: &Viewer, partner_id: PartnerId, reference: &str, act: Act) -> Result<()> {
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let loaded = lock(&mut transaction, Some(partner_id), reference).await?;
        self.perform(&mut transaction, viewer, loaded, act, None).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The draft of a key, locked until the transaction ends; a new one where there is none. The scope may be the partner's or staff's:
    /// a news item begins a draft for everybody it is sent to (`TG-1`).
    pub(crate) async fn begin_draft(
        &self,
        connection: &mut Connection,
        partner_id: PartnerId,
        kind: RequestKind,
        key: Uuid,
    ) -> Result<Loaded> {
        if let Some(record) = store::requests::find_by_key_for_update(connection, partner_id, key).await? {
            return Loaded::with_entries(connection, record).await;
        }
        let now = self.now();
        let reference = next_reference(connection, kind, now).await?;
        let id: RequestId = secrets::id();
        let draft = NewDraft { id, partner_id, kind, reference: &reference, idempotency_key: key, at: now };
        // Its twin may have begun it at the same instant; then that one is the draft.
        store::requests::insert_draft(connection, &draft).await?;
        let record = store::requests::find_by_key_for_update(connection, partner_id, key).await?;
        Loaded::with_entries(connection, record.ok_or_else(|| inconsistent("idempotency_key"))?).await
    }

    /// Saves what was changed. A form that changes nothing is saved already, whatever it had seen.
    async fn save(
        &self,
        connection: &mut Connection,
        viewer: &Viewer,
        loaded: Loaded,
        typed: Vec<(String, String)>,
        seen: Version,
    ) -> Result<SavedDraft> {
        let (kind, stage) = (loaded.line.kind, loaded.line.stage);
        let changed = changed(connection, &loaded, typed).await?;
        let reference = loaded.line.reference.clone();
        let mut entries = loaded.request.entries().clone();
        entries.extend(changed.clone());
        let version = if changed.is_empty() {
            loaded.request.facts().version
        } else {
            self.perform(connection, viewer, loaded, Act::SaveDraft { entries: changed }, Some(seen)).await?.version
        };
        let problems = draft_problems(&problems(connection, kind, stage, &entries).await?);
        Ok(SavedDraft { reference, version, problems })
    }

    /// What a draft that could not be saved says to its submission: it was submitted before, its deadline passed, or the error itself.
    async fn submitted_or_late(
        &self,
        viewer: &Viewer,
        partner_id: PartnerId,
        (reference, typed): (&str, Vec<(String, String)>),
        error: Error,
    ) -> Result<()> {
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let record = store::requests::find(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        let loaded = Loaded::with_entries(&mut transaction, record).await?;
        if is_submitted(&loaded.line) {
            // Other words than those submitted are no repetition: who typed them has to know that they were not sent.
            let is_repeated = changed(&mut transaction, &loaded, typed).await?.is_empty();
            return if is_repeated { Ok(()) } else { Err(error) };
        }
        let line = loaded.line;
        if crate::telegram_comments::is_closed_by_deadline(&line) {
            let standing = Standing::load(&mut transaction, partner_id).await?;
            let verdict = submission_verdict(&mut transaction, &line, standing.model_on(today), standing.terms.on(today), now).await?;
            return Err(if verdict.is_allowed() { error } else { Refusal::Rules(verdict).into() });
        }
        Err(error)
    }
}

/// Whether it waits for its decision as it was submitted.
fn is_submitted(line: &RequestLine) -> bool {
    matches!(line.status, RequestStatus::Submitted | RequestStatus::InReview)
}

/// The fields that the form of a draft may send at its stage, each with whether it is a box; none of a kind that is no draft.
async fn known_fields(connection: &mut Connection, line: &RequestLine) -> Result<BTreeMap<String, bool>> {
    match line.kind {
        RequestKind::CaseStudy => crate::case_studies::known_fields(connection, line.stage).await,
        RequestKind::TelegramComment => {
            Ok(crate::telegram_comments::known_fields(line.stage).iter().map(|name| ((*name).to_owned(), false)).collect())
        }
        RequestKind::BonusCodes | RequestKind::FreeMonth | RequestKind::SalesBonus => Ok(BTreeMap::new()),
    }
}

/// What was typed and is not what stands in the request. Fields that the kind does not know are left out; a box of the form that is open
/// for editing and was not sent is not ticked.
///
/// # Errors
/// [`Error::Invalid`] where a text is longer than a draft keeps.
pub(crate) async fn changed(connection: &mut Connection, loaded: &Loaded, typed: Vec<(String, String)>) -> Result<Entries> {
    // Nothing sent at all is no form.
    if typed.is_empty() {
        return Ok(Entries::new());
    }
    // Browsers send line ends as two characters.
    let mut typed = entered(typed.into_iter().map(|(name, text)| (name, text.replace("\r\n", "\n"))))?;
    let editable = loaded.request.editable();
    let fields = known_fields(connection, &loaded.line).await?;
    typed.retain(|field, _| fields.contains_key(field.as_str()));
    for (name, _) in fields.iter().filter(|(_, is_box)| **is_box) {
        let name = name.clone().try_into().map_err(Error::unexpected)?;
        if editable.allows(&name) {
            typed.entry(name).or_default();
        }
    }
    let too_long = |text: &String| text.chars().count() > LONGEST_ENTRY;
    let problems: BTreeMap<String, FieldProblem> = typed
        .iter()
        .filter(|(_, text)| too_long(text))
        .map(|(field, _)| (field.to_string(), FieldProblem::TooLong { maximum: u32::try_from(LONGEST_ENTRY).unwrap_or(u32::MAX) }))
        .collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    typed.retain(|field, text| loaded.request.entries().get(field).map_or("", String::as_str) != text);
    Ok(typed)
}

/// Whether a request may be submitted now, under the model and the terms in force (`PRIV-1`).
pub(crate) async fn submission_verdict(
    connection: &mut Connection,
    line: &RequestLine,
    model: Model,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    match line.kind {
        RequestKind::CaseStudy => Ok(case_study::check(model, terms)),
        RequestKind::TelegramComment => crate::telegram_comments::verdict(connection, line, model, terms, now).await,
        kind @ (RequestKind::BonusCodes | RequestKind::FreeMonth | RequestKind::SalesBonus) => {
            Ok(privilege::check(terms, model, kind.privilege()).into_iter().collect())
        }
    }
}

/// What is wrong with what was entered at a stage, by field; nothing where the stage has no form.
pub(crate) async fn problems(connection: &mut Connection, kind: RequestKind, stage: Option<Stage>, entries: &Entries) -> Result<Problems> {
    match kind {
        RequestKind::CaseStudy => crate::case_studies::problems(connection, stage, entries).await,
        RequestKind::TelegramComment => Ok(crate::telegram_comments::problems(stage, entries)),
        RequestKind::BonusCodes | RequestKind::FreeMonth | RequestKind::SalesBonus => Ok(Problems::new()),
    }
}

/// Refuses what can't be handed in as it was entered. The stage is the one that the request was read at.
pub(crate) async fn check_entered(connection: &mut Connection, line: &RequestLine) -> Result<()> {
    let entries = store::requests::entries(connection, line.partner_id, line.id).await?;
    let problems = problems(connection, line.kind, line.stage, &entries).await?;
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Invalid(problems.into_iter().map(|(field, problem)| (field.to_string(), problem)).collect()))
}

/// Whether the partner may edit anything of it now.
pub(crate) fn is_open(editable: &Editable) -> bool {
    *editable != Editable::Nothing
}
