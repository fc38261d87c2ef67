//! Comments on news (`TG-1`) as the partner has them: the topics it chose, the news it was sent, its answers.

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::{NewsItemId, PartnerId};
use domain::model::Model;
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::request::{Reference, RequestKind};
use domain::telegram_comment::{Bonus, NewsItem, Topics, rubric};
use domain::verdict::Verdict;
use store::Connection;
use store::telegram_comment_requests::NewInvitation;

use crate::audit::{self, Actor, Change};
use crate::requests::inconsistent;
use crate::{Refusal, Result, Services, Standing, Viewer, secrets};

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
}

impl Services {
    /// The topics, the rubric, and the news that wait for an answer.
    pub async fn telegram_comments_page(&self, viewer: &Viewer) -> Result<TelegramCommentsPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let topics = store::comment_topics::of_partner(&mut transaction, partner_id).await?;
        let (terms, model) = (standing.terms.on(today), standing.model_on(today));
        Ok(TelegramCommentsPage {
            model,
            privilege: privilege::check(terms, model, Privilege::CommentBonus).into_iter().collect(),
            topics,
            rubric: rubric(terms),
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
