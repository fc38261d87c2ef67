//! Requests of every kind: the partner's list, the staff's inbox, and how a new one is recorded. What happens to a request afterwards
//! stands in [`request_life`](crate::request_life), what a kind does then in the kind's own file (`bonus_codes`, `free_months`).

use std::collections::BTreeSet;

use domain::calendar::{BusinessDate, Month, Quarter};
use domain::free_month::Ask;
use domain::ids::{ClientId, PartnerId, RequestId, UserId};
use domain::level::{Outlook, outlook};
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::request::{
    Act, ActName, DecisionClock, Detail, Entries, FieldName, FieldNote, Position, RefusalReason, Request, RequestKind, RequestStatus,
    Stage, Turn, Version,
};
use domain::terms::{Terms, TermsSchedule};
use domain::verdict::Verdict;
use store::bonus_codes::{BonusCode, RequestItem};
pub use store::request_comments::Comment;
pub use store::requests::{Owner, Queue, RequestEvent};
use store::requests::{RequestFilter, RequestRecord};
use store::waiting_requests::WaitingFacts;
use store::{Connection, Scope};

use crate::audit::{self, Actor, Change};
use crate::bonus_codes::BonusCodesNow;
use crate::editorial::Editorial;
use crate::free_months::FreeMonthNow;
use crate::request_files::RequestFiles;
use crate::request_life::{Gesture, Loaded, actor};
use crate::sales_bonuses::SalesBonusNow;
use crate::telegram_comments::CommentDetail;
use crate::{Error, Refusal, Result, Services, Standing, Viewer};

/// Lines on a page of a list.
pub const PAGE: i64 = 25;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Bonus codes of a quarter.
    BonusCodes {
        /// How many.
        codes: u32,
        /// Face value together, whole RUB.
        value: i64,
        /// The quarter it belongs to (`CODE-5`).
        quarter: Quarter,
    },
    /// A free month of a client.
    FreeMonth {
        /// The client.
        client_id: ClientId,
        /// Its name.
        client_name: String,
        /// The month.
        month: Month,
    },
    /// The bonus of a sales manager for a client's month.
    SalesBonus {
        /// The client.
        client_id: ClientId,
        /// Its name.
        client_name: String,
        /// The month.
        month: Month,
        /// The manager.
        manager_name: String,
        /// What it came to when it was asked for, RUB.
        amount: Money,
    },
    /// A case study (`CASE-1`).
    CaseStudy {
        /// Its title; none while none was entered.
        title: Option<String>,
    },
    /// A comment on news (`TG-1`).
    TelegramComment {
        /// What happened.
        title: String,
        /// The last day for the answer.
        deadline: BusinessDate,
    },
}

/// A request as lists show it.
#[derive(Clone, Debug)]
pub struct RequestLine {
    /// Which request.
    pub id: RequestId,
    /// What people call it.
    pub reference: String,
    /// Its kind.
    pub kind: RequestKind,
    /// Whose.
    pub partner_id: PartnerId,
    /// That partner's name.
    pub partner_name: String,
    /// What it asks for.
    pub subject: Subject,
    /// Where it stands.
    pub status: RequestStatus,
    /// How many times it was changed.
    pub version: Version,
    /// How far its work has come; none where the kind has no stages.
    pub stage: Option<Stage>,
    /// Who has to act next.
    pub turn: Turn,
    /// Name of the reviewer who has it; none where nobody has, or the reader may not know.
    pub assignee_name: Option<String>,
    /// The last day on which its decision is in time; none while that clock stands.
    pub due_on: Option<BusinessDate>,
    /// When it was submitted; none where it never was.
    pub submitted_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Its place in lists: when it was submitted, or begun where it never was.
    pub listed_at: chrono::DateTime<chrono::Utc>,
    /// When it was decided or withdrawn.
    pub decided_at: Option<chrono::DateTime<chrono::Utc>>,
    /// What the rules said at submission.
    pub verdict: Verdict,
    /// Of a comment: the bonus that was set, RUB. To its partner it is shown once the comment is published.
    pub bonus: Option<Money>,
}

impl RequestLine {
    /// Whether it is submitted and waits for the decision, on whichever side.
    pub fn is_undecided(&self) -> bool {
        Position { status: self.status, stage: self.stage }.is_undecided()
    }
}

/// A page of a list, and where the next one begins.
#[derive(Clone, Debug)]
pub struct Page<Line> {
    /// The lines.
    pub lines: Vec<Line>,
    /// Text that, given back, continues after the last line; none at the end.
    pub next: Option<String>,
}

/// A refusal as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRefusal {
    /// Why, as a code.
    pub reason: RefusalReason,
    /// Why, in words.
    pub text: String,
}

/// A request with everything its partner may see of it.
#[derive(Clone, Debug)]
pub struct RequestDetail {
    /// The request.
    pub line: RequestLine,
    /// The model in force at submission (`PRIV-1`); none while it was never submitted.
    pub model: Option<Model>,
    /// What the rules said at submission.
    pub verdict: Verdict,
    /// Why it was refused; of one taken up again, why it was.
    pub refusal: Option<RecordedRefusal>,
    /// The words beside fields that the refusal came with.
    pub refusal_notes: Vec<FieldNote>,
    /// How many times it was changed.
    pub version: Version,
    /// The reviewer who has it.
    pub assignee: Option<UserId>,
    /// The fields that the partner is asked to correct, with the words beside them.
    pub correction: Vec<FieldNote>,
    /// The fields that a reviewer may ask about, with what stands in them.
    pub fields: Vec<EnteredField>,
    /// What happened, in order.
    pub events: Vec<RequestEvent>,
    /// What the sides wrote to each other, in order; with the notes of staff where the reader is one.
    pub comments: Vec<Comment>,
    /// Every act, and why it is not possible where it is not.
    pub gestures: Vec<Gesture>,
    /// A fresh key for the form of a message.
    pub comment_key: uuid::Uuid,
    /// A fresh key for the form of a note.
    pub note_key: uuid::Uuid,
    /// Of bonus codes: what was asked for.
    pub items: Vec<RequestItem>,
    /// Of bonus codes: what was granted.
    pub codes: Vec<BonusCode>,
    /// Of a free month: names of the virtual machines.
    pub resources: Vec<String>,
    /// Of a case and a comment: what was entered, and the work on the text.
    pub editorial: Option<Box<Editorial>>,
    /// Of a comment: the news and the bonus.
    pub comment: Option<Box<CommentDetail>>,
    /// Its files; none where its kind takes none.
    pub files: Option<RequestFiles>,
}

/// A field of a request with what stands in it, as a form would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredField {
    /// Which.
    pub name: FieldName,
    /// What stands in it.
    pub value: String,
}

impl RequestDetail {
    /// Whether the viewer may do an act now.
    pub fn may(&self, act: ActName) -> bool {
        self.gestures.iter().any(|gesture| gesture.act == act && gesture.refusal.is_none())
    }

    /// Why the viewer may not do an act now; none where it may.
    pub fn why_not(&self, act: ActName) -> Option<domain::request::TransitionError> {
        self.gestures.iter().find(|gesture| gesture.act == act)?.refusal
    }

    /// Working days by which its decision is late as of a day; 0 while it is in time or its clock stands.
    pub fn overdue_by(&self, today: BusinessDate) -> u32 {
        DecisionClock::of(self.line.kind, self.events.iter().map(|recorded| &recorded.event)).map_or(0, |clock| clock.overdue_by(today))
    }
}

/// What the rules say now of a request that waits, with the figures behind it.
#[derive(Clone, Debug)]
pub enum RequestNow {
    /// Bonus codes: verdict and meters, the request itself left out.
    BonusCodes(BonusCodesNow),
    /// A free month: verdict and calendar, the request itself left out.
    FreeMonth(FreeMonthNow),
    /// A sales bonus: verdict and what the client's month comes to, the request itself left out.
    SalesBonus(SalesBonusNow),
    /// A case or a comment: what was said at submission stands (`PRIV-1`), whatever the model is since.
    Editorial(Verdict),
}

impl RequestNow {
    /// The verdict as of now.
    pub fn verdict(&self) -> &Verdict {
        match self {
            Self::BonusCodes(now) => &now.verdict,
            Self::FreeMonth(now) => &now.verdict,
            Self::SalesBonus(now) => &now.verdict,
            Self::Editorial(verdict) => verdict,
        }
    }

    /// The verdict alone.
    pub(crate) fn into_verdict(self) -> Verdict {
        match self {
            Self::BonusCodes(now) => now.verdict,
            Self::FreeMonth(now) => now.verdict,
            Self::SalesBonus(now) => now.verdict,
            Self::Editorial(verdict) => verdict,
        }
    }
}

/// A request in the inbox.
#[derive(Clone, Debug)]
pub struct InboxLine {
    /// The request.
    pub request: RequestLine,
    /// What the rules say now; none where it was decided a moment ago. Of a case and a comment: what they said at submission.
    pub verdict: Option<Verdict>,
    /// What it is about to bring, where what it asks for does not say so itself.
    pub amount: Option<InboxAmount>,
}

/// What a case or a comment is about to bring its partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxAmount {
    /// This much, RUB.
    Sum(Money),
    /// From the least to the most, RUB: nobody set it yet.
    Range(Money, Money),
}

impl InboxAmount {
    /// Of a request under these terms; none where it ended, or where its subject names the sum.
    fn of(line: &RequestLine, terms: &Terms) -> Option<Self> {
        match line.kind {
            _ if line.turn == Turn::Nobody => None,
            RequestKind::CaseStudy => Some(Self::Sum(domain::case_study::bonus(terms))),
            RequestKind::TelegramComment => {
                Some(line.bonus.map_or(Self::Range(terms.comment_bonus_minimum, terms.comment_bonus_maximum), Self::Sum))
            }
            RequestKind::BonusCodes | RequestKind::FreeMonth | RequestKind::SalesBonus => None,
        }
    }
}

/// A request as staff see it before deciding.
#[derive(Clone, Debug)]
pub struct InboxItem {
    /// The request.
    pub detail: RequestDetail,
    /// What the rules say now; none once it is decided.
    pub now: Option<RequestNow>,
    /// Where the partner stands.
    pub outlook: Outlook,
    /// The partner's other requests, newest first.
    pub history: Vec<RequestLine>,
    /// Of a case and a comment: what accrues if its publication is recorded now, RUB; none where that is not set.
    pub accrues: Option<Money>,
    /// What it is about to bring, as its line in the inbox says.
    pub amount: Option<InboxAmount>,
    /// Whom it may be given to.
    pub reviewers: Vec<Reviewer>,
    /// The requests before and after it in the inbox, by reference.
    pub neighbours: (Option<String>, Option<String>),
}

/// What the inbox shows; an absent part matches all.
#[derive(Clone, Debug, Default)]
pub struct InboxFilter {
    /// Only this kind.
    pub kind: Option<RequestKind>,
    /// Part of the reference, the partner's or the client's name.
    pub text: Option<String>,
    /// Only this partner's.
    pub partner_id: Option<PartnerId>,
    /// Where they stand; what waits for the provider where nothing is said.
    pub queue: InboxQueue,
    /// Whose.
    pub owner: InboxOwner,
    /// Only those whose decision is late.
    pub overdue: bool,
}

/// Where the requests stand that the inbox shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InboxQueue {
    /// They wait for the provider.
    #[default]
    Waiting,
    /// They wait for the partner before the provider can go on.
    WithPartner,
    /// They are decided or ended otherwise.
    Ended,
}

impl InboxQueue {
    /// Every one, in the order of a request's life.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::WithPartner, Self::Ended];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::WithPartner => "with_partner",
            Self::Ended => "ended",
        }
    }

    /// The one of a name; nothing else is one.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.as_str() == name)
    }
}

/// Whose requests the inbox shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InboxOwner {
    /// Anybody's.
    #[default]
    Any,
    /// The viewer's own.
    Mine,
    /// Nobody's yet.
    Nobody,
}

impl InboxOwner {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Any, Self::Mine, Self::Nobody];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Mine => "mine",
            Self::Nobody => "nobody",
        }
    }

    /// The one of a name; nothing else is one.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owner| owner.as_str() == name)
    }
}

/// Somebody who may have a request.
pub type Reviewer = store::users::StaffMember;

/// The inbox: what waits, oldest first.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// The requests.
    pub page: Page<InboxLine>,
    /// How many wait, by kind.
    pub counts: Vec<(RequestKind, u32)>,
    /// Whom requests may be given to.
    pub reviewers: Vec<Reviewer>,
    /// Now, for the age of each.
    pub now: chrono::DateTime<chrono::Utc>,
}

pub(crate) fn inconsistent(column: &'static str) -> Error {
    Error::unexpected(store::Error::Inconsistent { table: "requests", column })
}

impl TryFrom<RequestRecord> for RequestLine {
    type Error = Error;

    fn try_from(record: RequestRecord) -> Result<Self> {
        let kind: RequestKind = record.kind.parse().map_err(|_| inconsistent("kind"))?;
        let status: RequestStatus = record.status.parse().map_err(|_| inconsistent("status"))?;
        let stage = record.stage.as_deref().map(str::parse).transpose().map_err(|_| inconsistent("stage"))?;
        let period = || record.period.map(BusinessDate::from).ok_or_else(|| inconsistent("period"));
        let subject = match kind {
            RequestKind::BonusCodes => Subject::BonusCodes {
                codes: record.codes.and_then(|codes| u32::try_from(codes).ok()).ok_or_else(|| inconsistent("codes"))?,
                value: record.value.ok_or_else(|| inconsistent("value"))?,
                quarter: period()?.quarter(),
            },
            RequestKind::FreeMonth => Subject::FreeMonth {
                client_id: record.client_id.ok_or_else(|| inconsistent("client_id"))?.into(),
                client_name: record.client_name.ok_or_else(|| inconsistent("client_name"))?,
                month: period()?.month(),
            },
            RequestKind::SalesBonus => Subject::SalesBonus {
                client_id: record.client_id.ok_or_else(|| inconsistent("client_id"))?.into(),
                client_name: record.client_name.ok_or_else(|| inconsistent("client_name"))?,
                month: period()?.month(),
                manager_name: record.manager_name.ok_or_else(|| inconsistent("manager_name"))?,
                amount: Money::rounded(record.amount.ok_or_else(|| inconsistent("amount"))?),
            },
            RequestKind::CaseStudy => Subject::CaseStudy { title: record.title },
            RequestKind::TelegramComment => Subject::TelegramComment {
                title: record.title.ok_or_else(|| inconsistent("title"))?,
                deadline: record.deadline.ok_or_else(|| inconsistent("deadline"))?.into(),
            },
        };
        Ok(Self {
            id: record.id,
            reference: record.reference,
            kind,
            partner_id: record.partner_id,
            partner_name: record.partner_name,
            subject,
            status,
            version: Version(u32::try_from(record.version).map_err(|_| inconsistent("version"))?),
            stage,
            turn: Position { status, stage }.turn(),
            assignee_name: record.assignee_name,
            due_on: record.due_on.map(BusinessDate::from),
            submitted_at: record.submitted_at,
            listed_at: record.listed_at,
            decided_at: record.decided_at,
            verdict: record.verdict.map(serde_json::from_value).transpose().map_err(Error::unexpected)?.unwrap_or_default(),
            bonus: record.bonus.map(Money::rounded),
        })
    }
}

/// Turns one line more than a page into the page and the place where the next begins.
pub(crate) fn into_page(mut records: Vec<RequestRecord>) -> Result<Page<RequestLine>> {
    let more = records.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    records.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = records.last().filter(|_| more).map(|last| format!("{}_{}", last.listed_at.timestamp_micros(), last.id));
    let lines = records.into_iter().map(TryInto::try_into).collect::<Result<_>>()?;
    Ok(Page { lines, next })
}

/// Reads the place that a page named. A place nobody gave is the beginning.
pub(crate) fn place(text: Option<&str>) -> Option<(chrono::DateTime<chrono::Utc>, RequestId)> {
    let (microseconds, id) = text?.split_once('_')?;
    Some((chrono::DateTime::from_timestamp_micros(microseconds.parse().ok()?)?, id.parse().ok()?))
}

/// Comments on a page of a request.
const COMMENTS: i64 = 200;

/// The fields that a reviewer may ask about, with what stands in them.
fn fields(line: &RequestLine, entries: &Entries, items: &[RequestItem], resources: &[String]) -> Result<Vec<EnteredField>> {
    match &line.subject {
        Subject::BonusCodes { .. } => {
            let of_item = |item: &RequestItem| {
                let (face, note) = (item.face.to_string(), item.note.clone().unwrap_or_default());
                [(format!("face_{}", item.position), face), (format!("note_{}", item.position), note)]
            };
            entered_fields(items.iter().flat_map(of_item))
        }
        Subject::FreeMonth { month, .. } => {
            entered_fields([("month".to_owned(), month.to_string()), ("machines".to_owned(), resources.join("\n"))])
        }
        Subject::SalesBonus { month, manager_name, .. } => {
            entered_fields([("month".to_owned(), month.to_string()), ("manager".to_owned(), manager_name.clone())])
        }
        Subject::CaseStudy { .. } => entered_fields(crate::case_studies::fields_to_ask_about(line.stage, entries)),
        Subject::TelegramComment { .. } => entered_fields(crate::telegram_comments::fields_to_ask_about(line.stage, entries)),
    }
}

/// The names of the fields that a reviewer may ask about: those that the page of the request shows.
pub(crate) async fn correctable(connection: &mut Connection, line: &RequestLine, entries: &Entries) -> Result<BTreeSet<FieldName>> {
    let items = match line.kind {
        RequestKind::BonusCodes => store::bonus_codes::items(connection, line.partner_id, line.id).await?,
        _ => Vec::new(),
    };
    Ok(fields(line, entries, &items, &[])?.into_iter().map(|field| field.name).collect())
}

/// Everything about a request that the viewer may see.
async fn detail(
    services: &Services,
    connection: &mut Connection,
    record: RequestRecord,
    viewer: &Viewer,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<RequestDetail> {
    let model = record.model.as_deref().map(str::parse).transpose().map_err(|_| inconsistent("model"))?;
    let mut refusal = match (&record.refusal_code, &record.refusal_text) {
        (Some(code), Some(text)) => {
            Some(RecordedRefusal { reason: code.parse().map_err(|_| inconsistent("refusal_code"))?, text: text.clone() })
        }
        _ => None,
    };
    let is_own_draft = viewer.role.is_staff() && record.status == RequestStatus::Draft.as_str();
    let entries = if record.kind.parse().is_ok_and(RequestKind::is_editorial) && !is_own_draft {
        store::requests::entries(connection, record.partner_id, record.id).await?
    } else {
        Entries::new()
    };
    let loaded = Loaded::of(connection, record, entries).await?;
    let gestures = loaded.gestures(viewer, BusinessDate::of(now));
    let editorial = crate::editorial::work_on(connection, &loaded, viewer).await?;
    let Loaded { line, request, mut events, .. } = loaded;
    if !viewer.role.is_staff() && line.stage != Some(Stage::Published) {
        // A bonus may be set anew until the publication: that it is set the partner may know, not how much.
        events.iter_mut().filter(|event| event.event.act == ActName::SetBonus).for_each(|event| event.event.detail = Detail::Nothing);
    }
    let comment = crate::telegram_comments::detail(connection, &line, now).await?;
    if line.status == RequestStatus::Draft {
        refusal = request
            .facts()
            .refusal()
            .map(|(refusal, _)| RecordedRefusal { reason: refusal.reason, text: refusal.text.as_str().to_owned() });
    }
    let comments = store::request_comments::list(connection, line.partner_id, line.id, COMMENTS).await?;
    let (items, codes, resources) = match line.kind {
        RequestKind::BonusCodes => {
            let items = store::bonus_codes::items(connection, line.partner_id, line.id).await?;
            (items, store::bonus_codes::of_request(connection, line.partner_id, line.id).await?, Vec::new())
        }
        RequestKind::FreeMonth => {
            (Vec::new(), Vec::new(), store::free_month_requests::resources(connection, line.partner_id, line.id).await?)
        }
        RequestKind::SalesBonus | RequestKind::CaseStudy | RequestKind::TelegramComment => (Vec::new(), Vec::new(), Vec::new()),
    };
    let facts = request.facts();
    let refusal_notes = facts.refusal().filter(|_| refusal.is_some()).map(|(_, notes)| notes.to_vec()).unwrap_or_default();
    let fields = fields(&line, request.entries(), &items, &resources)?;
    let files = services.request_files_shown(connection, viewer, (line.partner_id, line.id), line.kind, facts.position).await?;
    Ok(RequestDetail {
        model,
        verdict: line.verdict.clone(),
        refusal,
        refusal_notes,
        version: facts.version,
        assignee: facts.assignee,
        correction: facts.correction.clone(),
        fields,
        events,
        comments,
        gestures,
        comment_key: crate::secrets::id(),
        note_key: crate::secrets::id(),
        items,
        codes,
        resources,
        editorial,
        comment,
        files,
        line,
    })
}

impl Services {
    /// A page of the partner's own requests, newest first.
    pub async fn requests_page(&self, viewer: &Viewer, kind: Option<RequestKind>, after: Option<&str>) -> Result<Page<RequestLine>> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let filter = RequestFilter {
            partner_id: Some(partner_id),
            kind: kind.map(|kind| kind.as_str().to_owned()),
            after: place(after),
            ..RequestFilter::default()
        };
        into_page(store::requests::newest(&mut transaction, &filter, PAGE + 1).await?)
    }

    /// One of the partner's own requests.
    pub async fn request_page(&self, viewer: &Viewer, reference: &str) -> Result<RequestDetail> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let record = store::requests::find(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        detail(self, &mut transaction, record, viewer, self.now()).await
    }

    /// What waits for staff, oldest first.
    pub async fn inbox_page(&self, viewer: &Viewer, filter: &InboxFilter, after: Option<&str>) -> Result<Inbox> {
        viewer.require(Action::ViewInbox)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let (counts, reviewers) = store::requests::waiting_counts_and_staff(&mut transaction).await?;
        let counts = counts.into_iter().map(|(kind, count)| Ok((kind.parse().map_err(|_| inconsistent("kind"))?, count)));
        let counts = counts.collect::<Result<_>>()?;
        let filter = RequestFilter { after: place(after), ..waiting(filter, viewer, self.today()) };
        // What waits longest comes first; of what has ended, what came last.
        let records = if filter.queue == Queue::Ended {
            store::requests::newest(&mut transaction, &filter, PAGE + 1).await?
        } else {
            store::requests::oldest(&mut transaction, &filter, PAGE + 1).await?
        };
        let Page { lines, next } = into_page(records)?;
        let (terms, verdicts) = self.requests_now(&mut transaction, &lines).await?;
        let terms = terms.on(self.today());
        let line = |(request, now): (RequestLine, Option<RequestNow>)| {
            let amount = InboxAmount::of(&request, terms);
            InboxLine { request, verdict: now.map(RequestNow::into_verdict), amount }
        };
        let lines = lines.into_iter().zip(verdicts).map(line).collect();
        Ok(Inbox { page: Page { lines, next }, counts, reviewers, now: self.now() })
    }

    /// The inbox and the request that is open beside it.
    pub async fn inbox_with_item(
        &self,
        viewer: &Viewer,
        filter: &InboxFilter,
        after: Option<&str>,
        reference: &str,
    ) -> Result<(Inbox, InboxItem)> {
        let inbox = self.inbox_page(viewer, filter, after).await?;
        Ok((inbox, self.inbox_item(viewer, reference, filter).await?))
    }

    /// A request with what staff need to decide on it. `filter` tells which requests are its neighbours.
    pub async fn inbox_item(&self, viewer: &Viewer, reference: &str, filter: &InboxFilter) -> Result<InboxItem> {
        viewer.require(Action::ViewInbox)?;
        let today = self.today();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let record = store::requests::find(&mut transaction, None, reference).await?.ok_or(Error::NotFound)?;
        // What a partner only drafts is its own business; that a comment is awaited is the staff's, too, but not what is written of it.
        if record.status == RequestStatus::Draft.as_str() && record.kind != RequestKind::TelegramComment.as_str() {
            return Err(Error::NotFound);
        }
        let place = (record.listed_at, record.id);
        let detail = detail(self, &mut transaction, record, viewer, self.now()).await?;
        let standing = Standing::load(&mut transaction, detail.line.partner_id).await?;
        let undecided = detail.line.is_undecided();
        let now = if undecided { Some(self.request_now(&mut transaction, &detail.line).await?) } else { None };
        let reviewers = if detail.may(ActName::Assign) { store::users::active_staff(&mut transaction).await? } else { Vec::new() };
        let outlook = outlook(&standing.facts.level, &standing.terms, today);
        let of_partner = RequestFilter { partner_id: Some(detail.line.partner_id), queue: Queue::NoDrafts, ..RequestFilter::default() };
        let history = store::requests::newest(&mut transaction, &of_partner, 8).await?;
        let history = history.into_iter().filter(|record| record.id != detail.line.id).map(TryInto::try_into).collect::<Result<_>>()?;
        let neighbours_of = waiting(filter, viewer, today);
        let (earlier, later) = store::requests::neighbours(&mut transaction, &neighbours_of, place).await?;
        // In the order of the list.
        let neighbours = if neighbours_of.queue == Queue::Ended { (later, earlier) } else { (earlier, later) };
        let accrues = detail.editorial.as_deref().and_then(|work| crate::editorial::bonus_now(&work.facts, standing.terms.on(today)));
        let amount = InboxAmount::of(&detail.line, standing.terms.on(today));
        Ok(InboxItem { detail, now, outlook, history, accrues, amount, reviewers, neighbours })
    }

    /// What the rules say now of a request that waits.
    pub(crate) async fn request_now(&self, connection: &mut Connection, line: &RequestLine) -> Result<RequestNow> {
        let (_, mut now) = self.requests_now(connection, std::slice::from_ref(line)).await?;
        now.pop().flatten().ok_or_else(|| inconsistent("status"))
    }

    /// The same of each of several, in one statement, with the terms; none for one that does not wait.
    async fn requests_now(&self, connection: &mut Connection, lines: &[RequestLine]) -> Result<(TermsSchedule, Vec<Option<RequestNow>>)> {
        let ids: Vec<RequestId> = lines.iter().map(|line| line.id).collect();
        let (schedule, mut facts) = store::waiting_requests::facts(connection, &ids).await?;
        let today = self.today();
        let terms = schedule.on(today);
        let mut claims = crate::sales_bonuses::claims_now(connection, lines).await?;
        let now = |line: &RequestLine| {
            match line.subject {
                Subject::SalesBonus { .. } => return claims.remove(&line.id).map(RequestNow::SalesBonus),
                Subject::CaseStudy { .. } | Subject::TelegramComment { .. } => {
                    return line.is_undecided().then(|| RequestNow::Editorial(line.verdict.clone()));
                }
                Subject::BonusCodes { .. } | Subject::FreeMonth { .. } => {}
            }
            match (facts.remove(&line.id)?, &line.subject) {
                (WaitingFacts::BonusCodes { faces, quarter_use }, Subject::BonusCodes { .. }) => {
                    Some(RequestNow::BonusCodes(BonusCodesNow::new(&faces, &quarter_use, terms)))
                }
                (WaitingFacts::FreeMonth { resources, client }, Subject::FreeMonth { month, .. }) => {
                    Some(RequestNow::FreeMonth(FreeMonthNow::new(&Ask { month: *month, resources }, &client, today, terms)))
                }
                _ => None,
            }
        };
        let now = lines.iter().map(now).collect();
        Ok((schedule, now))
    }
}

/// The store's filter of the inbox.
fn waiting(filter: &InboxFilter, viewer: &Viewer, today: BusinessDate) -> RequestFilter {
    RequestFilter {
        partner_id: filter.partner_id,
        kind: filter.kind.map(|kind| kind.as_str().to_owned()),
        queue: match filter.queue {
            InboxQueue::Waiting => Queue::Waiting,
            InboxQueue::WithPartner => Queue::WithPartner,
            InboxQueue::Ended => Queue::Ended,
        },
        owner: match filter.owner {
            InboxOwner::Any => Owner::Any,
            InboxOwner::Mine => Owner::Person(viewer.user_id),
            InboxOwner::Nobody => Owner::Nobody,
        },
        due_before: filter.overdue.then(|| domain::request::late_if_due_before(today)),
        text: filter.text.clone(),
        after: None,
    }
}

/// What people will call a new request of a kind.
pub(crate) async fn next_reference(connection: &mut Connection, kind: RequestKind, now: chrono::DateTime<chrono::Utc>) -> Result<String> {
    let number = store::requests::next_number(connection, kind).await?;
    let number = u32::try_from(number).map_err(|_| inconsistent("reference"))?;
    let reference = domain::request::Reference::new(kind, BusinessDate::of(now).month().year(), number);
    Ok(reference.ok_or_else(|| inconsistent("reference"))?.to_string())
}

/// Records a new request and its first event; the caller has locked what it draws on.
pub(crate) async fn submit(
    connection: &mut Connection,
    viewer: &Viewer,
    request: NewRequest<'_>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Submission> {
    let reference = next_reference(connection, request.kind, now).await?;
    let id: RequestId = crate::secrets::id();
    let record = store::requests::NewRequest {
        id,
        partner_id: request.partner_id,
        kind: request.kind.as_str(),
        reference: &reference,
        idempotency_key: request.idempotency_key,
        submitted_by: viewer.user_id,
        submitted_at: now,
        model: request.model.as_str(),
        terms_version_id: request.terms_version_id,
        verdict: serde_json::to_value(request.verdict).map_err(Error::unexpected)?,
        due_on: DecisionClock::submitted(request.kind, BusinessDate::of(now)).due_on(),
        entries: serde_json::to_value(&request.entries).map_err(Error::unexpected)?,
    };
    // What is submitted at once was a draft for no time at all: the engine tells it as one.
    let draft = Request::draft(request.kind, request.idempotency_key.into());
    let (_, event) =
        draft.apply(Act::Submit { entries: request.entries }, actor(viewer), now, Version::FIRST).map_err(Refusal::Transition)?;
    if !store::requests::insert(connection, &record).await? {
        // Its twin was submitted at the same instant, on the other side of a quarter's edge, where no lock holds both.
        let first = store::requests::find_by_idempotency_key(connection, request.partner_id, request.idempotency_key).await?;
        return first.map(Submission::Before).ok_or_else(|| inconsistent("idempotency_key"));
    }
    store::requests::insert_event(connection, id, request.partner_id, &event).await?;
    let change = Change {
        action: "request.submit",
        object_kind: "request",
        object_id: &reference,
        partner_id: Some(request.partner_id),
        before: None,
        after: Some(request.asked),
    };
    audit::record(connection, Actor::Person(viewer), now, change).await?;
    Ok(Submission::New(id, reference))
}

/// What became of a submission.
pub(crate) enum Submission {
    /// It was recorded; the kind's own part is still to be written.
    New(RequestId, String),
    /// The same form was recorded before, under this reference.
    Before(String),
}

/// What [`submit`] records.
pub(crate) struct NewRequest<'a> {
    pub(crate) kind: RequestKind,
    pub(crate) partner_id: PartnerId,
    pub(crate) idempotency_key: uuid::Uuid,
    pub(crate) model: Model,
    pub(crate) terms_version_id: domain::ids::TermsVersionId,
    pub(crate) verdict: &'a Verdict,
    /// What was entered, by field of the form.
    pub(crate) entries: Entries,
    /// What was asked for, for the audit record.
    pub(crate) asked: serde_json::Value,
}

/// Fields in the order of their form.
fn entered_fields(fields: impl IntoIterator<Item = (String, String)>) -> Result<Vec<EnteredField>> {
    let read = |(name, value): (String, String)| Ok(EnteredField { name: name.try_into().map_err(Error::unexpected)?, value });
    fields.into_iter().map(read).collect()
}

/// What was entered, by the names that the form's controls have.
pub(crate) fn entered(fields: impl IntoIterator<Item = (String, String)>) -> Result<Entries> {
    fields.into_iter().map(|(name, value)| Ok((name.try_into().map_err(Error::unexpected)?, value))).collect()
}
