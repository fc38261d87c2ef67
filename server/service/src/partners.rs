//! Partners as staff see them: the list, a partner's page, exams and decisions on its level.

use chrono::{DateTime, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::form;
use domain::ids::PartnerId;
use domain::level::{DifferingDays, LevelChange, Outlook, Phase, Timeline, differences, outlook, timeline};
use domain::model::{BillingSide, Level, Model};
use domain::money::Money;
use domain::permission::{Action, may};
use domain::terms::TermsSchedule;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Scope;
use store::partners::{Partner, PartnerFacts, RecordedExam, RecordedLevelDecision};
use store::requests::RequestFilter;
use store::users::PartnerUser;

use crate::audit::{self, Actor, Change};
use crate::clients::{date_or, field};
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
    /// Whether the viewer may accept a fact that changes a level already past (section 2).
    pub may_decide_late_fact: bool,
    /// The last day for which a level may be decided.
    pub latest_decision: BusinessDate,
}

/// An exam as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExamFields {
    /// The day it was passed; today where nothing is typed.
    pub passed_on: String,
    /// Why a change of days already past is accepted; none where nobody was asked.
    pub acceptance: Option<String>,
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

/// What an exam would change of the level of days already past, for those who decide whether it is accepted (section 2).
#[derive(Clone, Debug)]
pub struct LateExam {
    /// The day it was passed.
    pub passed_on: BusinessDate,
    /// First day whose level would be another.
    pub from: BusinessDate,
    /// Last such day.
    pub to: BusinessDate,
    /// Every change of level and model so far, the newest first.
    pub accepted: Vec<LevelChange>,
    /// The same with the exam.
    pub proposed: Vec<LevelChange>,
}

/// Two timelines of a partner, and the past days on which they give another level.
struct LateFact {
    accepted: Timeline,
    proposed: Timeline,
    from: BusinessDate,
    to: BusinessDate,
}

/// What proposed facts would change of the level of days already past (section 2); none where nothing.
fn late_fact(standing: &Standing, proposed: &domain::level::LevelFacts, today: BusinessDate) -> Option<LateFact> {
    let yesterday = today.previous();
    let accepted = standing.timeline(yesterday);
    let proposed = timeline(proposed, &standing.terms, yesterday);
    let days: Vec<_> = differences(&accepted, &proposed, yesterday).into_iter().filter(DifferingDays::level_differs).collect();
    let (from, to) = (days.first()?.from, days.last()?.through);
    Some(LateFact { accepted, proposed, from, to })
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
        let filter = RequestFilter { partner_id: Some(id), ..RequestFilter::default() };
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
            may_decide_late_fact: may(viewer.role, Action::DecideLateFact),
            latest_decision: today.plus_months(MOST_MONTHS_AHEAD),
        })
    }

    /// What an exam would change of the level of days already past; none where nothing.
    pub async fn late_exam(&self, viewer: &Viewer, id: PartnerId, passed_on: BusinessDate) -> Result<Option<LateExam>> {
        viewer.require(Action::RecordExam)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let standing = Standing::load(&mut transaction, id).await?;
        drop(transaction);
        let mut proposed = standing.facts.level.clone();
        proposed.exams.push(passed_on);
        let newest_first = |timeline: Timeline| timeline.changes.into_iter().rev().collect();
        Ok(late_fact(&standing, &proposed, self.today()).map(|late| LateExam {
            passed_on,
            from: late.from,
            to: late.to,
            accepted: newest_first(late.accepted),
            proposed: newest_first(late.proposed),
        }))
    }

    /// Records a passed exam (`LVL-2`, `LVL-4`, `LVL-6`).
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `passed_on` and `acceptance`; [`Refusal::DateInFuture`], [`Refusal::ExamKnown`];
    /// [`Refusal::ChangesPastLevel`] where the level of days already past would be another and nobody accepted that with a
    /// reason; [`Error::Forbidden`] where somebody did who may not (`USE-4`).
    pub async fn exam_record(&self, viewer: &Viewer, id: PartnerId, fields: &ExamFields) -> Result<()> {
        viewer.require(Action::RecordExam)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut problems = FormProblems::new();
        let passed_on = field(&mut problems, "passed_on", date_or(&fields.passed_on, today));
        let acceptance =
            fields.acceptance.as_deref().map(|reason| field(&mut problems, "acceptance", form::text(reason, REASON.0, REASON.1)));
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
        let late = late_fact(&standing, &proposed, today);
        let accepted = match (&late, acceptance.flatten()) {
            (None, _) => None,
            (Some(late), None) => return Err(Refusal::ChangesPastLevel { from: late.from, to: late.to }.into()),
            (Some(late), Some(reason)) => {
                viewer.require(Action::DecideLateFact)?;
                Some(json!({
                    "reason": reason, "from": late.from, "to": late.to,
                    "timeline_before": late.accepted, "timeline_after": late.proposed,
                }))
            }
        };

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
            after: Some(json!({ "passed_on": passed_on, "accepted_change_of_past_levels": accepted })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        level_changes_record(&mut transaction, Actor::Person(viewer), id, now).await?;
        transaction.commit().await?;
        Ok(())
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
