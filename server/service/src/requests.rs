//! Requests of every kind: the partner's list, the staff's inbox, and what ends a request.
//!
//! What a kind does when it is approved, refused or withdrawn stands in the kind's own file
//! (`bonus_codes`, `free_months`); this file knows the life cycle and asks them.

use domain::calendar::{BusinessDate, Month, Quarter};
use domain::free_month::Ask;
use domain::ids::{ClientId, PartnerId, RequestId};
use domain::level::{Outlook, outlook};
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::request::{RefusalReason, RefusalText, RequestKind, RequestState, RequestStatus, Submitted, TransitionError, Turn};
use domain::verdict::Verdict;
use store::bonus_codes::{BonusCode, RequestItem};
use store::requests::{RequestFilter, RequestRecord};
use store::waiting_requests::WaitingFacts;
use store::{Connection, Scope};

use crate::audit::{self, Actor, Change};
use crate::bonus_codes::BonusCodesNow;
use crate::free_months::FreeMonthNow;
use crate::notices::{Decision, News, announce};
use crate::sales_bonuses::SalesBonusNow;
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
    /// Who has to act next.
    pub turn: Turn,
    /// When it was submitted.
    pub submitted_at: chrono::DateTime<chrono::Utc>,
    /// When it was decided or withdrawn.
    pub decided_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// A page of a list, and where the next one begins.
#[derive(Clone, Debug)]
pub struct Page<Line> {
    /// The lines.
    pub lines: Vec<Line>,
    /// Text that, given back, continues after the last line; none at the end.
    pub next: Option<String>,
}

/// What happened to a request.
pub type RequestEvent = store::requests::RequestEvent;

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
    /// The model in force at submission (`PRIV-1`).
    pub model: Model,
    /// What the rules said at submission.
    pub verdict: Verdict,
    /// Why it was refused.
    pub refusal: Option<RecordedRefusal>,
    /// What happened, in order.
    pub events: Vec<RequestEvent>,
    /// Of bonus codes: what was asked for.
    pub items: Vec<RequestItem>,
    /// Of bonus codes: what was granted.
    pub codes: Vec<BonusCode>,
    /// Of a free month: names of the virtual machines.
    pub resources: Vec<String>,
    /// Whether the viewer may withdraw it now.
    pub may_withdraw: bool,
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
}

impl RequestNow {
    /// The verdict as of now.
    pub fn verdict(&self) -> &Verdict {
        match self {
            Self::BonusCodes(now) => &now.verdict,
            Self::FreeMonth(now) => &now.verdict,
            Self::SalesBonus(now) => &now.verdict,
        }
    }

    /// The verdict alone.
    pub(crate) fn into_verdict(self) -> Verdict {
        match self {
            Self::BonusCodes(now) => now.verdict,
            Self::FreeMonth(now) => now.verdict,
            Self::SalesBonus(now) => now.verdict,
        }
    }
}

/// A request in the inbox.
#[derive(Clone, Debug)]
pub struct InboxLine {
    /// The request.
    pub request: RequestLine,
    /// What the rules say now; none where it was decided a moment ago.
    pub verdict: Option<Verdict>,
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
    /// Whether the viewer submitted it and so may not approve it.
    pub own: bool,
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
}

/// The inbox: what waits, oldest first.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// The requests.
    pub page: Page<InboxLine>,
    /// How many wait, by kind.
    pub counts: Vec<(RequestKind, u32)>,
    /// Now, for the age of each.
    pub now: chrono::DateTime<chrono::Utc>,
}

fn inconsistent(column: &'static str) -> Error {
    Error::unexpected(store::Error::Inconsistent { table: "requests", column })
}

impl TryFrom<RequestRecord> for RequestLine {
    type Error = Error;

    fn try_from(record: RequestRecord) -> Result<Self> {
        let kind: RequestKind = record.kind.parse().map_err(|_| inconsistent("kind"))?;
        let status: RequestStatus = record.state.parse().map_err(|_| inconsistent("state"))?;
        let period = BusinessDate::from(record.period.ok_or_else(|| inconsistent("period"))?);
        let subject = match kind {
            RequestKind::BonusCodes => Subject::BonusCodes {
                codes: record.codes.and_then(|codes| u32::try_from(codes).ok()).ok_or_else(|| inconsistent("codes"))?,
                value: record.value.ok_or_else(|| inconsistent("value"))?,
                quarter: period.quarter(),
            },
            RequestKind::FreeMonth => Subject::FreeMonth {
                client_id: record.client_id.ok_or_else(|| inconsistent("client_id"))?.into(),
                client_name: record.client_name.ok_or_else(|| inconsistent("client_name"))?,
                month: period.month(),
            },
            RequestKind::SalesBonus => Subject::SalesBonus {
                client_id: record.client_id.ok_or_else(|| inconsistent("client_id"))?.into(),
                client_name: record.client_name.ok_or_else(|| inconsistent("client_name"))?,
                month: period.month(),
                manager_name: record.manager_name.ok_or_else(|| inconsistent("manager_name"))?,
                amount: Money::rounded(record.amount.ok_or_else(|| inconsistent("amount"))?),
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
            turn: status.turn(),
            submitted_at: record.submitted_at,
            decided_at: record.decided_at,
        })
    }
}

/// Turns one line more than a page into the page and the place where the next begins.
fn into_page(mut records: Vec<RequestRecord>) -> Result<Page<RequestLine>> {
    let more = records.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    records.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = records.last().filter(|_| more).map(|last| format!("{}_{}", last.submitted_at.timestamp_micros(), last.id));
    let lines = records.into_iter().map(TryInto::try_into).collect::<Result<_>>()?;
    Ok(Page { lines, next })
}

/// Reads the place that a page named. A place nobody gave is the beginning.
fn place(text: Option<&str>) -> Option<(chrono::DateTime<chrono::Utc>, RequestId)> {
    let (microseconds, id) = text?.split_once('_')?;
    Some((chrono::DateTime::from_timestamp_micros(microseconds.parse().ok()?)?, id.parse().ok()?))
}

/// The life cycle's own value of a recorded request.
fn state_of(record: &RequestRecord) -> Result<RequestState> {
    let status: RequestStatus = record.state.parse().map_err(|_| inconsistent("state"))?;
    if status == RequestStatus::Submitted {
        Ok(RequestState::Submitted(Submitted { by: record.submitted_by, at: record.submitted_at }))
    } else {
        Err(Refusal::Transition(TransitionError::AlreadyDecided { status }).into())
    }
}

/// Everything about a request that its partner may see.
async fn detail(connection: &mut Connection, record: RequestRecord, viewer: &Viewer) -> Result<RequestDetail> {
    let events = store::requests::events(connection, record.partner_id, record.id).await?;
    let model = record.model.parse().map_err(|_| inconsistent("model"))?;
    let verdict = serde_json::from_value(record.verdict.clone()).map_err(Error::unexpected)?;
    let refusal = match (&record.refusal_code, &record.refusal_text) {
        (Some(code), Some(text)) => {
            Some(RecordedRefusal { reason: code.parse().map_err(|_| inconsistent("refusal_code"))?, text: text.clone() })
        }
        _ => None,
    };
    let line: RequestLine = record.try_into()?;
    let (items, codes, resources) = match line.kind {
        RequestKind::BonusCodes => {
            let items = store::bonus_codes::items(connection, line.partner_id, line.id).await?;
            (items, store::bonus_codes::of_request(connection, line.partner_id, line.id).await?, Vec::new())
        }
        RequestKind::FreeMonth => {
            (Vec::new(), Vec::new(), store::free_month_requests::resources(connection, line.partner_id, line.id).await?)
        }
        RequestKind::SalesBonus => (Vec::new(), Vec::new(), Vec::new()),
    };
    let may_withdraw = line.status == RequestStatus::Submitted && viewer.require(Action::WithdrawRequest).is_ok();
    Ok(RequestDetail { line, model, verdict, refusal, events, items, codes, resources, may_withdraw })
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
        detail(&mut transaction, record, viewer).await
    }

    /// Takes back a request that waits. What it held is free again (`CODE-5`, `FREE-1`).
    pub async fn request_withdraw(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        let partner_id = viewer.partner_for(Action::WithdrawRequest)?;
        let now = self.now();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let record = store::requests::find_for_update(&mut transaction, Some(partner_id), reference).await?.ok_or(Error::NotFound)?;
        state_of(&record)?.withdraw(viewer.user_id, now).map_err(Refusal::Transition)?;
        let before = record.state.clone();
        let line: RequestLine = record.try_into()?;
        self.release(&mut transaction, &line).await?;
        store::requests::withdraw(&mut transaction, partner_id, line.id, now).await?;
        store::requests::insert_event(&mut transaction, line.id, line.partner_id, "withdrawn", viewer.user_id, now).await?;
        let change = Change {
            action: "request.withdraw",
            object_kind: "request",
            object_id: &line.reference,
            partner_id: Some(line.partner_id),
            before: Some(serde_json::json!({ "state": before })),
            after: Some(serde_json::json!({ "state": "withdrawn" })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What waits for staff, oldest first.
    pub async fn inbox_page(&self, viewer: &Viewer, filter: &InboxFilter, after: Option<&str>) -> Result<Inbox> {
        viewer.require(Action::ViewInbox)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let counts = store::requests::waiting_counts(&mut transaction).await?;
        let counts = counts
            .into_iter()
            .map(|(kind, count)| Ok((kind.parse().map_err(|_| inconsistent("kind"))?, u32::try_from(count).unwrap_or(u32::MAX))))
            .collect::<Result<_>>()?;
        let filter = RequestFilter { after: place(after), ..waiting(filter) };
        let Page { lines, next } = into_page(store::requests::oldest(&mut transaction, &filter, PAGE + 1).await?)?;
        let verdicts = self.requests_now(&mut transaction, &lines).await?;
        let lines = lines.into_iter().zip(verdicts);
        let lines = lines.map(|(request, now)| InboxLine { request, verdict: now.map(RequestNow::into_verdict) }).collect();
        Ok(Inbox { page: Page { lines, next }, counts, now: self.now() })
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
        let own = record.submitted_by == viewer.user_id;
        let place = (record.submitted_at, record.id);
        let detail = detail(&mut transaction, record, viewer).await?;
        let standing = Standing::load(&mut transaction, detail.line.partner_id).await?;
        let now = if detail.line.status == RequestStatus::Submitted {
            Some(self.request_now(&mut transaction, &detail.line).await?)
        } else {
            None
        };
        let outlook = outlook(&standing.facts.level, &standing.terms, today);
        let of_partner = RequestFilter { partner_id: Some(detail.line.partner_id), ..RequestFilter::default() };
        let history = store::requests::newest(&mut transaction, &of_partner, 8).await?;
        let history = history.into_iter().filter(|record| record.id != detail.line.id).map(TryInto::try_into).collect::<Result<_>>()?;
        let neighbours = store::requests::neighbours(&mut transaction, &waiting(filter), place).await?;
        Ok(InboxItem { detail, now, outlook, history, own, neighbours })
    }

    /// Approves a request. The rules are asked again in the transaction: one that no longer fits is refused to the reviewer.
    pub async fn request_approve(&self, viewer: &Viewer, reference: &str) -> Result<()> {
        viewer.require(Action::ApproveRequest)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let record = store::requests::find_for_update(&mut transaction, None, reference).await?.ok_or(Error::NotFound)?;
        state_of(&record)?.approve(viewer.user_id, now).map_err(Refusal::Transition)?;
        let line: RequestLine = record.try_into()?;
        match line.kind {
            RequestKind::BonusCodes => self.bonus_codes_grant(&mut transaction, &line, now).await?,
            RequestKind::FreeMonth => self.free_month_grant(&mut transaction, &line).await?,
            RequestKind::SalesBonus => self.sales_bonus_grant(&mut transaction, viewer, &line, now).await?,
        }
        store::requests::approve(&mut transaction, line.id, viewer.user_id, now).await?;
        store::requests::insert_event(&mut transaction, line.id, line.partner_id, "approved", viewer.user_id, now).await?;
        announce(&mut transaction, [decided(&line, Decision::Approved)], now).await?;
        let change = Change {
            action: "request.approve",
            object_kind: "request",
            object_id: &line.reference,
            partner_id: Some(line.partner_id),
            before: Some(serde_json::json!({ "state": "submitted" })),
            after: Some(serde_json::json!({ "state": "approved" })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses a request with a reason that the partner reads. What it held is free again.
    pub async fn request_refuse(&self, viewer: &Viewer, reference: &str, reason: RefusalReason, text: RefusalText) -> Result<()> {
        viewer.require(Action::RefuseRequest)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let record = store::requests::find_for_update(&mut transaction, None, reference).await?.ok_or(Error::NotFound)?;
        let refusal = domain::request::Refusal { reason, text };
        state_of(&record)?.refuse(viewer.user_id, now, refusal.clone()).map_err(Refusal::Transition)?;
        let line: RequestLine = record.try_into()?;
        self.release(&mut transaction, &line).await?;
        store::requests::refuse(&mut transaction, line.id, viewer.user_id, now, reason.as_str(), refusal.text.as_str()).await?;
        store::requests::insert_event(&mut transaction, line.id, line.partner_id, "refused", viewer.user_id, now).await?;
        let told = Decision::Refused { reason, text: refusal.text.as_str().to_owned() };
        announce(&mut transaction, [decided(&line, told)], now).await?;
        let change = Change {
            action: "request.refuse",
            object_kind: "request",
            object_id: &line.reference,
            partner_id: Some(line.partner_id),
            before: Some(serde_json::json!({ "state": "submitted" })),
            after: Some(serde_json::json!({ "state": "refused", "reason": reason, "text": refusal.text })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What the rules say now of a request that waits.
    pub(crate) async fn request_now(&self, connection: &mut Connection, line: &RequestLine) -> Result<RequestNow> {
        self.requests_now(connection, std::slice::from_ref(line)).await?.pop().flatten().ok_or_else(|| inconsistent("state"))
    }

    /// The same of each of several, in one statement; none for one that does not wait.
    async fn requests_now(&self, connection: &mut Connection, lines: &[RequestLine]) -> Result<Vec<Option<RequestNow>>> {
        let ids: Vec<RequestId> = lines.iter().map(|line| line.id).collect();
        let (terms, mut facts) = store::waiting_requests::facts(connection, &ids).await?;
        let today = self.today();
        let terms = terms.on(today);
        let mut claims = crate::sales_bonuses::claims_now(connection, lines).await?;
        let now = |line: &RequestLine| {
            if let Subject::SalesBonus { .. } = line.subject {
                return claims.remove(&line.id).map(RequestNow::SalesBonus);
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
        Ok(lines.iter().map(now).collect())
    }

    /// Gives back what a waiting request held.
    async fn release(&self, connection: &mut Connection, line: &RequestLine) -> Result<()> {
        match line.subject {
            Subject::BonusCodes { codes, value, quarter } => {
                crate::bonus_codes::release(connection, line.partner_id, quarter, codes, value).await
            }
            // A month counts while a request for it is live, so there is nothing else to give back (`FREE-6`).
            Subject::FreeMonth { .. } | Subject::SalesBonus { .. } => Ok(()),
        }
    }
}

/// What a partner is told of a decision.
fn decided(line: &RequestLine, decision: Decision) -> (PartnerId, News) {
    (line.partner_id, News::RequestDecided { reference: line.reference.clone(), request: line.kind, decision })
}

/// The store's filter of the inbox.
fn waiting(filter: &InboxFilter) -> RequestFilter {
    RequestFilter {
        partner_id: filter.partner_id,
        kind: filter.kind.map(|kind| kind.as_str().to_owned()),
        state: Some(RequestStatus::Submitted.as_str().to_owned()),
        text: filter.text.clone(),
        after: None,
    }
}

/// Records a new request and its first event; the caller has locked what it draws on.
pub(crate) async fn submit(
    connection: &mut Connection,
    viewer: &Viewer,
    request: NewRequest<'_>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Submission> {
    let number = store::requests::next_number(connection, request.kind).await?;
    let year = BusinessDate::of(now).month().year();
    let reference = u32::try_from(number)
        .ok()
        .and_then(|number| domain::request::Reference::new(request.kind, year, number))
        .ok_or_else(|| inconsistent("reference"))?
        .to_string();
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
    };
    if !store::requests::insert(connection, &record).await? {
        // Its twin was submitted at the same instant, on the other side of a quarter's edge, where no lock holds both.
        let first = store::requests::find_by_idempotency_key(connection, request.partner_id, request.idempotency_key).await?;
        return first.map(Submission::Before).ok_or_else(|| inconsistent("idempotency_key"));
    }
    store::requests::insert_event(connection, id, request.partner_id, "submitted", viewer.user_id, now).await?;
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
    /// What was asked for, for the audit record.
    pub(crate) asked: serde_json::Value,
}
