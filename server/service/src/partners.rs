//! Partners as staff see them: the list, a partner's page, exams and decisions on its level.

use chrono::{DateTime, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::form;
use domain::ids::{LateFactId, PartnerId};
use domain::level::{LevelChange, Outlook, Phase, outlook};
use domain::model::{BillingSide, Level, Model};
use domain::money::Money;
use domain::permission::{Action, may};
use domain::terms::TermsSchedule;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Scope;
use store::late_facts::LateFactSubject;
use store::partners::{Partner, PartnerFacts, RecordedExam, RecordedLevelDecision};
use store::requests::{Queue, RequestFilter};
use store::users::PartnerUser;

use crate::audit::{self, Actor, Change};
use crate::clients::{date_or, field};
use crate::late_facts::{changes_past_level, consequences_of_exam, propose};
use crate::level_record::level_changes_record;
use crate::paging::{cut_to_page, search_text};
use crate::requests::{PAGE, Page, RequestLine};
use crate::{Error, Refusal, Result, Services, Standing, Viewer, error::FormProblems};

/// Months of the revenue trend, the running one included.
const TREND_MONTHS: i32 = 6;
/// Requests on a partner's page.
const NEWEST_REQUESTS: i64 = 10;
/// How far ahead a level may be decided, months.
const MOST_MONTHS_AHEAD: u32 = 12;
/// The length of a reason, in characters.
const REASON: (u32, u32) = (10, 2_000);

/// A line of the list of partners.
#[derive(Clone, Debug)]
pub struct PartnerLine {
    /// The partner.
    pub partner: Partner,
    /// The level in force.
    pub level: Level,
    /// The model in force.
    pub model: Model,
    /// The part of the rules it is in.
    pub phase: Phase,
    /// Last day of the first or return window it is in.
    pub window_end: Option<BusinessDate>,
    /// The next day on which the level falls, or the way back ends, if nothing is done.
    pub decided_on: Option<BusinessDate>,
    /// Revenue of the last six months, the running one last, RUB; none where nothing is loaded.
    pub revenue: Vec<(Month, Option<Money>)>,
    /// What a month must reach by the terms of the day, RUB.
    pub minimum: Money,
}

impl PartnerLine {
    fn new(facts: PartnerFacts, terms: &TermsSchedule, today: BusinessDate) -> Self {
        let outlook = outlook(&facts.level, terms, today);
        let first = today.month().plus(1 - TREND_MONTHS);
        let revenue = first.through(today.month()).map(|month| (month, facts.level.revenue.get(&month).copied())).collect();
        Self {
            partner: facts.partner,
            level: outlook.level,
            model: outlook.model,
            window_end: window_end(&outlook.phase),
            phase: outlook.phase,
            decided_on: outlook.if_not.map(|consequence| consequence.from),
            revenue,
            minimum: terms.on(today).minimum_monthly_revenue,
        }
    }
}

/// The last day of the window that a phase is in.
fn window_end(phase: &Phase) -> Option<BusinessDate> {
    match phase {
        Phase::FirstWindow { window, .. } | Phase::FirstWindowMet { window, .. } => Some(window.until.previous()),
        Phase::ReturnWindow { window, .. } | Phase::ReturnWindowOver { window, .. } => Some(window.last_day),
        Phase::AboutToFall { .. } | Phase::SafeByExam { .. } | Phase::Watched { .. } | Phase::HeldAtBasic { .. } => None,
    }
}

/// The list of partners.
#[derive(Clone, Debug)]
pub struct PartnersPage {
    /// The partners, by name. Its `next` is the last partner's id.
    pub page: Page<PartnerLine>,
    /// What was looked for.
    pub search: Option<String>,
    /// The model that was chosen.
    pub model: Option<Model>,
    /// When billing data last came in; none where it never did.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// A partner's page as staff see it.
#[derive(Clone, Debug)]
pub struct PartnerPage {
    /// The partner.
    pub partner: Partner,
    /// The day its contract began.
    pub contract_date: BusinessDate,
    /// The billing side picked with the contract.
    pub billing: BillingSide,
    /// Where it stands, month by month, as the partner sees it.
    pub outlook: Outlook,
    /// Every change of level and model so far with its cause, the newest first.
    pub changes: Vec<LevelChange>,
    /// When billing data last came in; none where it never did.
    pub data_as_of: Option<DateTime<Utc>>,
    /// Its clients.
    pub clients: i64,
    /// Its requests, newest first.
    pub requests: Vec<RequestLine>,
    /// Exams, newest first.
    pub exams: Vec<RecordedExam>,
    /// Decisions of staff on the level, the last recorded first.
    pub decisions: Vec<RecordedLevelDecision>,
    /// Its people.
    pub users: Vec<PartnerUser>,
    /// Whether the viewer may decide on the level (`LVL-8`).
    pub may_decide_level: bool,
    /// The last day for which a level may be decided.
    pub latest_decision: BusinessDate,
}

/// An exam as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExamFields {
    /// The day it was passed; today where nothing is typed.
    pub passed_on: String,
}

/// A decision on a level as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LevelDecisionFields {
    /// The level's stable text.
    pub level: String,
    /// The first day; today where nothing is typed.
    pub date: String,
    /// Why, in 10 to 2000 characters; the partner reads it.
    pub reason: String,
}

/// What became of an exam that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExamOutcome {
    /// It is a fact: it changes no day already past.
    Recorded,
    /// It would change the level of days already past, so it waits for a decision (section 2).
    Proposed(LateFactId),
}

impl Services {
    /// Partners by name, in three statements. `after` continues behind a partner.
    pub async fn partners_page(
        &self,
        viewer: &Viewer,
        search: Option<&str>,
        model: Option<Model>,
        after: Option<PartnerId>,
    ) -> Result<PartnersPage> {
        viewer.require(Action::ViewPartners)?;
        let today = self.today();
        let search = search_text(search);
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut lines = store::partners::list(&mut transaction, search.as_deref(), model, after, today, PAGE + 1).await?;
        let more = cut_to_page(&mut lines, PAGE);
        let data_as_of = lines.first().and_then(|line| line.data_as_of);
        let ids: Vec<PartnerId> = lines.into_iter().map(|line| line.id).collect();
        let terms = store::terms_versions::schedule(&mut transaction).await?;
        let mut facts = store::partners::facts(&mut transaction, &ids).await?;
        drop(transaction);
        // The facts come by id, the page is by name.
        facts.sort_by_key(|facts| ids.iter().position(|id| *id == facts.partner.id));
        let next = ids.last().filter(|_| more).map(ToString::to_string);
        let lines = facts.into_iter().map(|facts| PartnerLine::new(facts, &terms, today)).collect();
        Ok(PartnersPage { page: Page { lines, next }, search, model, data_as_of })
    }

    /// A partner's page as staff see it.
    pub async fn partner_page(&self, viewer: &Viewer, id: PartnerId) -> Result<PartnerPage> {
        viewer.require(Action::ViewPartners)?;
        let today = self.today();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let standing = Standing::load(&mut transaction, id).await?;
        let (clients, data_as_of) = store::clients::count_and_data_as_of(&mut transaction, id).await?;
        let filter = RequestFilter { partner_id: Some(id), queue: Queue::NoDrafts, ..RequestFilter::default() };
        let requests = store::requests::newest(&mut transaction, &filter, NEWEST_REQUESTS).await?;
        let exams = store::partners::exams(&mut transaction, id).await?;
        let decisions = store::partners::level_decisions(&mut transaction, id).await?;
        let users = store::users::of_partner(&mut transaction, id).await?;
        drop(transaction);
        let mut changes = standing.timeline(today).changes;
        changes.reverse();
        Ok(PartnerPage {
            contract_date: standing.facts.level.contract_date,
            billing: standing.facts.level.billing,
            outlook: outlook(&standing.facts.level, &standing.terms, today),
            partner: standing.facts.partner,
            changes,
            data_as_of,
            clients,
            requests: requests.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
            exams,
            decisions,
            users,
            may_decide_level: may(viewer.role, Action::DecideLevel),
            latest_decision: today.plus_months(MOST_MONTHS_AHEAD),
        })
    }

    /// Records a passed exam (`LVL-2`, `LVL-4`, `LVL-6`); one that would change the level of days already past is proposed (`USE-4`).
    ///
    /// # Errors
    /// [`Error::Invalid`] by the field `passed_on`; [`Refusal::DateInFuture`], [`Refusal::ExamKnown`], [`Refusal::LateFactKnown`].
    pub async fn exam_record(&self, viewer: &Viewer, id: PartnerId, fields: &ExamFields) -> Result<ExamOutcome> {
        viewer.require(Action::RecordExam)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut problems = FormProblems::new();
        let passed_on = field(&mut problems, "passed_on", date_or(&fields.passed_on, today));
        let (Some(passed_on), true) = (passed_on, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
        if passed_on > today {
            return Err(Refusal::DateInFuture.into());
        }

        let mut transaction = self.database.begin(Scope::Staff).await?;
        store::partners::lock_level(&mut transaction, id).await?;
        let standing = Standing::load(&mut transaction, id).await?;
        if standing.facts.level.exams.contains(&passed_on) {
            return Err(Refusal::ExamKnown.into());
        }
        let mut proposed = standing.facts.level.clone();
        proposed.exams.push(passed_on);
        if changes_past_level(&standing, &proposed, &standing.terms, today) {
            let found = consequences_of_exam(&mut transaction, id, passed_on, today, now).await?;
            let subject = LateFactSubject::Exam { passed_on };
            let fact = propose(&mut transaction, Actor::Person(viewer), id, subject, &found, now).await?;
            transaction.commit().await?;
            return Ok(ExamOutcome::Proposed(fact));
        }

        match store::partners::insert_exam(&mut transaction, id, passed_on, Some(viewer.user_id), now).await {
            Err(error) if error.is_constraint("partner_exams_day_key") => return Err(Refusal::ExamKnown.into()),
            other => other?,
        }
        let object_id = id.to_string();
        let change = Change {
            action: "exam.record",
            object_kind: "partner",
            object_id: &object_id,
            partner_id: Some(id),
            before: None,
            after: Some(json!({ "passed_on": passed_on })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        level_changes_record(&mut transaction, Actor::Person(viewer), id, now).await?;
        transaction.commit().await?;
        Ok(ExamOutcome::Recorded)
    }

    /// Decides on a partner's level from a day on (`LVL-8`).
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `level`, `date` and `reason`; [`Refusal::DateInPast`] before today or before the contract,
    /// where it would be without effect; [`Refusal::DateTooFar`] beyond a year.
    pub async fn level_decide(&self, viewer: &Viewer, id: PartnerId, fields: &LevelDecisionFields) -> Result<()> {
        viewer.require(Action::DecideLevel)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut problems = FormProblems::new();
        let level = field(&mut problems, "level", form::choice::<Level>(&fields.level));
        let date = field(&mut problems, "date", date_or(&fields.date, today));
        let reason = field(&mut problems, "reason", form::text(&fields.reason, REASON.0, REASON.1));
        let (Some(level), Some(date), Some(reason)) = (level, date, reason) else { return Err(Error::Invalid(problems)) };
        let latest = today.plus_months(MOST_MONTHS_AHEAD);
        if date > latest {
            return Err(Refusal::DateTooFar { latest }.into());
        }

        let mut transaction = self.database.begin(Scope::Staff).await?;
        store::partners::lock_level(&mut transaction, id).await?;
        let standing = Standing::load(&mut transaction, id).await?;
        if date < today.max(standing.facts.level.contract_date) {
            return Err(Refusal::DateInPast.into());
        }
        let before = standing.timeline(date).level_on(date);
        store::partners::insert_level_decision(&mut transaction, id, date, level, &reason, Some(viewer.user_id), now).await?;
        let object_id = id.to_string();
        let change = Change {
            action: "level.decide",
            object_kind: "partner",
            object_id: &object_id,
            partner_id: Some(id),
            before: Some(json!({ "level": before })),
            after: Some(json!({ "level": level, "date": date, "reason": reason })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        level_changes_record(&mut transaction, Actor::Person(viewer), id, now).await?;
        transaction.commit().await?;
        Ok(())
    }
}
