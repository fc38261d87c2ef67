//! Comments on news (`TG-1`) as the partner has them: the topics it chose, the news it was sent, its answers.

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{NewsItemId, PartnerId};
use domain::model::Model;
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::request::{Act, ActName, Entries, Event, Problems, Reference, RequestKind, RequestStatus, Stage, Version};
use domain::telegram_comment::{self, Answer, Bonus, NewsItem, Scores, Topics, check_amount, rubric};
use domain::terms::Terms;
use domain::verdict::Verdict;
use store::requests::RequestFilter;
use store::telegram_comment_requests::NewInvitation;
use store::{Connection, Scope};

use crate::audit::{self, Actor, Change};
use crate::error::FormProblems;
use crate::notices::{News, announce};
use crate::request_life::lock;
use crate::requests::{PAGE, Page, RequestLine, inconsistent, into_page, place};
use crate::{Error, Refusal, Result, Services, Standing, Viewer, secrets};

/// Requests that are closed in one transaction.
const BATCH: i64 = 100;

/// The page of comments.
#[derive(Clone, Debug)]
pub struct TelegramCommentsPage {
    /// The model in force.
    pub model: Model,
    /// Whether the model has the privilege (`PRIV-1`), and why not.
    pub privilege: Verdict,
    /// The topics that the partner chose; none where it did not opt in.
    pub topics: Topics,
    /// What a comment is worth: the least, and the most that each criterion adds.
    pub rubric: Bonus,
    /// The news that the partner was sent, the newest first.
    pub requests: Page<RequestLine>,
}

/// What a request for a comment is about.
#[derive(Clone, Debug)]
pub struct CommentDetail {
    /// The news, with the deadline of this request.
    pub item: NewsItem,
    /// Whether an answer can still be given.
    pub is_open: bool,
    /// The bonus that was set, with its reckoning; none while it is not.
    pub bonus: Option<Bonus>,
    /// What a comment is worth under the terms in force: the least, and the most that each criterion adds.
    pub rubric: Bonus,
}

impl Services {
    /// The topics, the rubric, and a page of the news that the partner was sent.
    pub async fn telegram_comments_page(&self, viewer: &Viewer, after: Option<&str>) -> Result<TelegramCommentsPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let topics = store::comment_topics::of_partner(&mut transaction, partner_id).await?;
        let filter = RequestFilter {
            partner_id: Some(partner_id),
            kind: Some(RequestKind::TelegramComment.as_str().to_owned()),
            after: place(after),
            ..RequestFilter::default()
        };
        let requests = into_page(store::requests::newest(&mut transaction, &filter, PAGE + 1).await?)?;
        let (terms, model) = (standing.terms.on(today), standing.model_on(today));
        Ok(TelegramCommentsPage {
            model,
            privilege: privilege::check(terms, model, Privilege::CommentBonus).into_iter().collect(),
            topics,
            rubric: rubric(terms),
            requests,
        })
    }

    /// Chooses the topics to comment on; none opts out. News that was sent before stays with the partner.
    ///
    /// # Errors
    /// [`Refusal::Rules`] where topics are chosen without the privilege (`PRIV-1`). Opting out is always possible.
    pub async fn comment_topics_choose(&self, viewer: &Viewer, topics: &Topics) -> Result<()> {
        let partner_id = viewer.partner_for(Action::ChooseTopics)?;
        let now = self.now();
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let missing = privilege::check(standing.terms.on(today), standing.model_on(today), Privilege::CommentBonus);
        if let (Some(missing), false) = (missing, topics.is_empty()) {
            return Err(Refusal::Rules(std::iter::once(missing).collect()).into());
        }
        let before = store::comment_topics::of_partner(&mut transaction, partner_id).await?;
        if before == *topics {
            return Ok(());
        }
        store::comment_topics::replace(&mut transaction, partner_id, topics, viewer.user_id, now).await?;
        let change = Change {
            action: "comment_topics.choose",
            object_kind: "partner",
            object_id: &partner_id.to_string(),
            partner_id: Some(partner_id),
            before: Some(serde_json::json!({ "topics": before })),
            after: Some(serde_json::json!({ "topics": topics })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Sets the bonus by points for each criterion of the rubric. Until it is published it may be set anew; somebody else publishes.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field; [`Refusal::Transition`] where the work has not come so far, or the request changed since `seen`.
    pub async fn request_set_bonus(&self, viewer: &Viewer, reference: &str, entries: &Entries, seen: Version) -> Result<()> {
        viewer.require(Action::SetCommentBonus)?;
        let scores = Scores::read(entries).map_err(by_control)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let loaded = lock(&mut transaction, None, reference).await?;
        let (id, partner_id) = (loaded.line.id, loaded.line.partner_id);
        let schedule = store::terms_versions::schedule(&mut transaction).await?;
        let terms = schedule.on(self.today());
        let bonus = telegram_comment::bonus(&scores, terms);
        let amount =
            check_amount(bonus.amount, terms).map_err(|problem| Error::Invalid(FormProblems::from([("rubric".to_owned(), problem)])))?;
        self.perform(&mut transaction, viewer, loaded, Act::SetBonus { amount }, Some(seen)).await?;
        store::telegram_comment_requests::set_bonus(&mut transaction, partner_id, id, &bonus).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Closes requests for a comment that nobody answered by their deadline, and tells the partners; how many. It may be done at any time,
    /// by several processes at once and again: each request is closed once.
    pub async fn telegram_comments_close_unanswered(&self) -> Result<usize> {
        let mut closed = 0;
        loop {
            let batch = self.close_batch().await?;
            closed += batch;
            if i64::try_from(batch).unwrap_or(i64::MAX) < BATCH {
                return Ok(closed);
            }
        }
    }

    async fn close_batch(&self) -> Result<usize> {
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let due = store::telegram_comment_requests::unanswered_for_update(&mut transaction, BusinessDate::of(now), BATCH).await?;
        let mut told = Vec::new();
        for (partner_id, reference) in due {
            let loaded = lock(&mut transaction, Some(partner_id), &reference).await?;
            let found = store::telegram_comment_requests::find(&mut transaction, partner_id, loaded.line.id).await?;
            let item = found.ok_or_else(|| inconsistent("id"))?.item;
            if telegram_comment::expires(&item, loaded.line.kind, loaded.request.facts().position, now) {
                self.perform_by(&mut transaction, Actor::Command("deadline"), loaded, Act::Expire, None).await?;
                told.push((partner_id, News::CommentClosed { reference, title: item.title, deadline: item.deadline }));
            }
        }
        let closed = told.len();
        announce(&mut transaction, told, now).await?;
        transaction.commit().await?;
        Ok(closed)
    }
}

/// Problems by the names of controls.
pub(crate) fn by_control(problems: Problems) -> Error {
    Error::Invalid(problems.into_iter().map(|(field, problem)| (field.to_string(), problem)).collect())
}

/// The fields that a form of the stage may send.
pub(crate) fn known_fields(stage: Option<Stage>) -> &'static [&'static str] {
    match stage {
        Some(Stage::Answer) => &[Answer::TEXT],
        Some(Stage::Interview) => &[Answer::WISHES],
        _ => &[],
    }
}

/// What is wrong with what was entered at a stage, by field.
pub(crate) fn problems(stage: Option<Stage>, entries: &Entries) -> Problems {
    match stage {
        Some(Stage::Answer) => Answer::read_text(entries).err().unwrap_or_default(),
        Some(Stage::Interview) => Answer::read_interview(entries).err().unwrap_or_default(),
        _ => Problems::new(),
    }
}

/// The fields that a reviewer may ask about, with what stands in them.
pub(crate) fn fields_to_ask_about(stage: Option<Stage>, entries: &Entries) -> Vec<(String, String)> {
    let text = || entries.get(Answer::TEXT).cloned().unwrap_or_default();
    if stage == Some(Stage::Answer) { vec![(Answer::TEXT.to_owned(), text())] } else { Vec::new() }
}

/// Whether an answer may be submitted now: the privilege, and the deadline.
pub(crate) async fn verdict(
    connection: &mut Connection,
    line: &RequestLine,
    model: Model,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    let found = store::telegram_comment_requests::find(connection, line.partner_id, line.id).await?;
    let item = found.ok_or_else(|| inconsistent("id"))?.item;
    Ok(telegram_comment::check(&item, model, terms, now))
}

/// What a request for a comment is about; none for another kind.
pub(crate) async fn detail(connection: &mut Connection, line: &RequestLine, now: DateTime<Utc>) -> Result<Option<Box<CommentDetail>>> {
    if line.kind != RequestKind::TelegramComment {
        return Ok(None);
    }
    let found = store::telegram_comment_requests::find(connection, line.partner_id, line.id).await?.ok_or_else(|| inconsistent("id"))?;
    let terms = store::terms_versions::schedule(connection).await?;
    let is_open = found.item.is_open(now);
    let rubric = rubric(terms.on(BusinessDate::of(now)));
    Ok(Some(Box::new(CommentDetail { item: found.item, is_open, bonus: found.bonus, rubric })))
}

/// Whether the deadline closed a request: an answer to it comes too late.
pub(crate) fn is_closed_by_deadline(line: &RequestLine) -> bool {
    line.kind == RequestKind::TelegramComment && line.status == RequestStatus::Cancelled && line.stage == Some(Stage::Answer)
}

/// Gives the partner some days more where an expired request was opened again, and tells it.
pub(crate) async fn after_reopening(connection: &mut Connection, line: &RequestLine, event: &Event, now: DateTime<Utc>) -> Result<()> {
    if line.kind != RequestKind::TelegramComment || event.act != ActName::Reopen || event.to.status != RequestStatus::Draft {
        return Ok(());
    }
    let found = store::telegram_comment_requests::find(connection, line.partner_id, line.id).await?.ok_or_else(|| inconsistent("id"))?;
    let deadline = found.item.reopened_until(BusinessDate::of(now));
    store::telegram_comment_requests::set_deadline(connection, line.partner_id, line.id, deadline).await?;
    let news = News::CommentAsked { reference: line.reference.clone(), title: found.item.title, deadline };
    announce(connection, [(line.partner_id, news)], now).await
}

/// Begins a request of each of several partners for a comment on a news item; their references, in the same order.
pub(crate) async fn ask(
    connection: &mut Connection,
    (news_item_id, item): (NewsItemId, &NewsItem),
    partners: &[PartnerId],
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let numbers = store::telegram_comment_requests::next_numbers(connection, partners.len()).await?;
    let year = BusinessDate::of(now).month().year();
    let invitations: Vec<NewInvitation> = partners
        .iter()
        .zip(numbers)
        .map(|(partner_id, number)| {
            let number = u32::try_from(number).ok();
            let reference = number.and_then(|number| Reference::new(RequestKind::TelegramComment, year, number));
            let reference = reference.ok_or_else(|| inconsistent("reference"))?.to_string();
            Ok(NewInvitation { request_id: secrets::id(), partner_id: *partner_id, reference, idempotency_key: secrets::id() })
        })
        .collect::<Result<_>>()?;
    store::telegram_comment_requests::insert(connection, news_item_id, item.deadline, &invitations, now).await?;
    Ok(invitations.into_iter().map(|invitation| invitation.reference).collect())
}
