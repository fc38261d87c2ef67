//! News that staff send to partners for comments (`TG-1`): to whom it would go, posting it, what came of it.

use std::collections::BTreeMap;

use domain::calendar::BusinessDate;
use domain::ids::{NewsItemId, PartnerId};
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::request::Entries;
use domain::telegram_comment::{NewsItem, Topic, Topics};
use store::news_items::NewNewsItem;
pub use store::news_items::PostedNews;
use store::{Connection, Scope};
use uuid::Uuid;

use crate::audit::{self, Actor, Change};
use crate::notices::{News, announce};
use crate::paging::cut_to_page;
use crate::requests::{PAGE, Page};
use crate::telegram_comments::by_control;
use crate::{Refusal, Result, Services, Viewer, model_on, secrets};

/// The form for another news item.
#[derive(Clone, Debug)]
pub struct NewsForm {
    /// How many partners each topic reaches.
    pub by_topic: BTreeMap<Topic, u32>,
    /// How many partners the chosen topics reach together, each counted once.
    pub reach: u32,
    /// Today, for the deadline.
    pub today: BusinessDate,
    /// The key of the form.
    pub key: Uuid,
}

/// A partner who gets news.
struct Subscriber {
    partner_id: PartnerId,
    topics: Topics,
}

/// Every partner who gets news now: opted in, and with the privilege in the model in force (`PRIV-1`).
async fn subscribers(connection: &mut Connection, today: BusinessDate) -> Result<Vec<Subscriber>> {
    let mut chosen = store::comment_topics::of_all(connection).await?;
    let ids: Vec<PartnerId> = chosen.keys().copied().collect();
    let terms = store::terms_versions::schedule(connection).await?;
    let facts = store::partners::facts(connection, &ids).await?;
    let subscriber = |facts: &store::partners::PartnerFacts| {
        let model = model_on(&facts.level, &terms, today);
        let topics = chosen.remove(&facts.partner.id)?;
        privilege::has(terms.on(today), model, Privilege::CommentBonus).then_some(Subscriber { partner_id: facts.partner.id, topics })
    };
    Ok(facts.iter().filter_map(subscriber).collect())
}

impl Services {
    /// A page of the news that was posted, newest first.
    pub async fn news_page(&self, viewer: &Viewer, after: Option<&str>) -> Result<Page<PostedNews>> {
        viewer.require(Action::PostNews)?;
        let place = after.and_then(|place| {
            let (microseconds, id) = place.split_once('_')?;
            Some((chrono::DateTime::from_timestamp_micros(microseconds.parse().ok()?)?, id.parse::<NewsItemId>().ok()?))
        });
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut lines = store::news_items::newest(&mut transaction, place, PAGE + 1).await?;
        let more = cut_to_page(&mut lines, PAGE);
        let next = lines.last().filter(|_| more).map(|last| format!("{}_{}", last.posted_at.timestamp_micros(), last.id));
        Ok(Page { lines, next })
    }

    /// The form for another news item, with how many partners the chosen topics reach.
    pub async fn news_form(&self, viewer: &Viewer, topics: &Topics) -> Result<NewsForm> {
        viewer.require(Action::PostNews)?;
        let today = self.today();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let subscribers = subscribers(&mut transaction, today).await?;
        let count = |reached: &dyn Fn(&Subscriber) -> bool| {
            u32::try_from(subscribers.iter().filter(|subscriber| reached(subscriber)).count()).unwrap_or(u32::MAX)
        };
        Ok(NewsForm {
            by_topic: Topic::ALL.into_iter().map(|topic| (topic, count(&|subscriber| subscriber.topics.contains(&topic)))).collect(),
            reach: count(&|subscriber| !subscriber.topics.is_disjoint(topics)),
            today,
            key: secrets::id(),
        })
    }

    /// Whether a news item could be posted as it was typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field.
    pub fn news_check(&self, viewer: &Viewer, entries: &Entries) -> Result<()> {
        viewer.require(Action::PostNews)?;
        NewsItem::read(entries, self.today()).map(|_| ()).map_err(by_control)
    }

    /// Posts a news item: every partner that its topics reach gets a request with the deadline, and a notice. `expected` is the number of
    /// partners that the person was shown. The same key again changes nothing. Gives how many it was sent to.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field; [`Refusal::NobodyReached`]; [`Refusal::AudienceChanged`] where it would go to another number of partners
    /// than was shown.
    pub async fn news_post(&self, viewer: &Viewer, entries: &Entries, expected: u32, key: Uuid) -> Result<u32> {
        viewer.require(Action::PostNews)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(Scope::Staff).await?;
        if let Some(sent) = store::news_items::sent_with_key(&mut transaction, key).await? {
            return Ok(u32::try_from(sent).unwrap_or(u32::MAX));
        }
        let item = NewsItem::read(entries, today).map_err(by_control)?;
        let mut readers = subscribers(&mut transaction, today).await?;
        readers.retain(|subscriber| item.is_for(&subscriber.topics));
        let reach = u32::try_from(readers.len()).unwrap_or(u32::MAX);
        if reach == 0 {
            return Err(Refusal::NobodyReached.into());
        }
        if reach != expected {
            return Err(Refusal::AudienceChanged { reach }.into());
        }
        let id: NewsItemId = secrets::id();
        let news = NewNewsItem { id, item: &item, posted_by: viewer.user_id, posted_at: now, idempotency_key: key };
        if !store::news_items::insert(&mut transaction, &news).await? {
            // Its twin was posted at the same instant.
            return Ok(reach);
        }
        let partners: Vec<PartnerId> = readers.iter().map(|reader| reader.partner_id).collect();
        let references = crate::telegram_comments::ask(&mut transaction, (id, &item), &partners, now).await?;
        let change = Change {
            action: "news.post",
            object_kind: "news_item",
            object_id: &id.to_string(),
            partner_id: None,
            before: None,
            after: Some(serde_json::json!({ "item": item, "requests": references })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        let told = partners.iter().zip(&references).map(|(partner_id, reference)| {
            (*partner_id, News::CommentAsked { reference: reference.clone(), title: item.title.clone(), deadline: item.deadline })
        });
        announce(&mut transaction, told, now).await?;
        transaction.commit().await?;
        Ok(reach)
    }
}
