//! What the portal tells a partner: given in the transaction that makes it true, read in the portal and by e-mail.

use chrono::{DateTime, Utc};
use domain::accrual::Settlement;
use domain::calendar::{BusinessDate, Month};
use domain::ids::{LedgerEntryId, PartnerId};
use domain::level::Cause;
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::request::{RefusalReason, RequestKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::partner_notices::{NewNotice, NoticeFilter, NoticeRecord};
use store::{Connection, Scope};

use crate::audit::{self, Change};
use crate::paging::cut_to_page;
use crate::requests::{PAGE, Page};
use crate::{Actor, Error, Result, Services, Viewer};

/// What happened: figures and codes, never prose. The page and the e-mail have the words.
///
/// A kind more is a variant here, its name in the constraint `partner_notices_kind`, and its words in `app::partner::notices`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "facts", rename_all = "snake_case")]
pub enum News {
    /// A month was closed (`USE-3`).
    MonthClosed {
        /// The month.
        month: Month,
        /// What was accrued for it, RUB.
        accrued: Money,
        /// What was corrected for months before, RUB; may be negative.
        corrected: Money,
    },
    /// The level or the model is another one.
    LevelChanged {
        /// From which day on.
        from: BusinessDate,
        /// The model from then on.
        model: Model,
        /// The model before.
        #[serde(default)]
        before: Option<Model>,
        /// Why.
        #[serde(default)]
        cause: Option<Cause>,
    },
    /// A settlement was carried out.
    Settled {
        /// How the money comes.
        #[serde(default)]
        settlement: Option<Settlement>,
        /// How much, RUB.
        #[serde(default)]
        amount: Option<Money>,
        /// On which day.
        #[serde(default)]
        settled_on: Option<BusinessDate>,
        /// The run, `SR-2026-000001`.
        #[serde(default)]
        reference: Option<String>,
    },
    /// Staff adjusted the balance by hand.
    Adjusted {
        /// The entry.
        entry: LedgerEntryId,
        /// By how much, RUB; may be negative.
        amount: Money,
    },
    /// Staff took an entry back.
    Reversed {
        /// The opposite entry.
        entry: LedgerEntryId,
        /// Its amount, RUB: what was accrued, with the other sign.
        amount: Money,
    },
    /// Staff decided on a request.
    RequestDecided {
        /// The request.
        reference: String,
        /// Its kind.
        request: RequestKind,
        /// What they decided.
        decision: Decision,
    },
    /// A request waits for the partner.
    ActionRequired {
        /// The request.
        reference: String,
        /// Its kind.
        request: RequestKind,
        /// The reviewer's words; may be empty.
        #[serde(default)]
        words: String,
    },
    /// Staff wrote in the thread of a request.
    MessageWritten {
        /// The request.
        reference: String,
        /// Its kind.
        request: RequestKind,
        /// What they wrote.
        words: String,
    },
    /// What a request was about is published.
    Published {
        /// The request.
        reference: String,
        /// Its kind.
        request: RequestKind,
        /// What accrued with it, RUB.
        #[serde(default)]
        accrued: Option<Money>,
    },
    /// A news item waits for a comment (`TG-1`).
    CommentAsked {
        /// The request.
        reference: String,
        /// What happened.
        title: String,
        /// The last day for the answer.
        deadline: BusinessDate,
    },
    /// The portal closed a request for a comment: nobody answered by the deadline (`TG-1`).
    CommentClosed {
        /// The request.
        reference: String,
        /// What happened.
        title: String,
        /// The last day that there was for the answer.
        deadline: BusinessDate,
    },
}

/// A decision on a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Decision {
    /// It was approved.
    Approved {
        /// What accrued with it, RUB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accrued: Option<Money>,
    },
    /// It was refused.
    Refused {
        /// Why, as a code.
        reason: RefusalReason,
        /// Why, in the reviewer's words.
        text: String,
    },
    /// What had been approved was given up.
    Cancelled {
        /// Why, in the words of the staff.
        text: String,
    },
    /// It was opened again: the decision of before does not hold.
    Reopened {
        /// Why, in the words of the staff.
        text: String,
    },
}

impl News {
    /// Reads what was recorded; none where it can't be read, such as a kind of a later release.
    pub(crate) fn from_record(kind: &str, facts: &Value) -> Option<Self> {
        serde_json::from_value(json!({ "kind": kind, "facts": facts })).ok()
    }

    fn into_record(self, partner_id: PartnerId) -> Result<NewNotice> {
        let mut record = serde_json::to_value(self).map_err(Error::unexpected)?;
        let (kind, facts) = (record["kind"].as_str().unwrap_or_default().to_owned(), record["facts"].take());
        Ok(NewNotice { partner_id, kind, facts })
    }
}

/// Tells partners what happened, in the transaction that makes it true: in the portal to everybody who can sign in for the partner, and
/// by e-mail to those who did not switch it off. Nothing is sent before the commit, and nothing at all after a rollback.
///
/// The transaction must be of [`Scope::Staff`].
pub async fn announce(connection: &mut Connection, news: impl IntoIterator<Item = (PartnerId, News)>, at: DateTime<Utc>) -> Result<()> {
    let notices: Vec<NewNotice> = news.into_iter().map(|(partner, news)| news.into_record(partner)).collect::<Result<_>>()?;
    Ok(store::partner_notices::insert(connection, &notices, at).await?)
}

/// How far the e-mail of a notice got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailStatus {
    /// There is none: the person wanted none, or came later.
    None,
    /// It waits for its turn.
    Queued,
    /// The mail server took it.
    Sent(DateTime<Utc>),
    /// It was not sent: no mail server is configured.
    NoMailServer,
    /// It was not sent: the mail server refused it or never answered.
    Undeliverable,
    /// It was not sent: the person does not want it any more.
    Unwanted,
}

/// A notice as one person has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Which notice; later ones have larger numbers.
    pub id: i64,
    /// What happened; none where it can't be read.
    pub news: Option<News>,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the person has not read it.
    pub unread: bool,
    /// Its e-mail to the person.
    pub email: EmailStatus,
}

impl From<NoticeRecord> for Notice {
    fn from(record: NoticeRecord) -> Self {
        let email = match (record.email_state.as_deref(), record.email_failure.as_deref(), record.email_sent_at) {
            (Some("sent"), _, Some(at)) => EmailStatus::Sent(at),
            (Some("queued"), ..) => EmailStatus::Queued,
            (Some(_), Some("no_mail_server"), _) => EmailStatus::NoMailServer,
            (Some(_), Some("unwanted"), _) => EmailStatus::Unwanted,
            (Some(_), ..) => EmailStatus::Undeliverable,
            (None, ..) => EmailStatus::None,
        };
        let news = News::from_record(&record.kind, &record.facts);
        Self { id: record.id, news, at: record.at, unread: record.unread, email }
    }
}

impl Services {
    /// A page of what the partner was told, newest first; only what the person has not read where that is asked for.
    pub async fn notices_page(&self, viewer: &Viewer, unread: bool, after: Option<&str>) -> Result<Page<Notice>> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let filter = NoticeFilter { unread, before: after.and_then(|place| place.parse().ok()) };
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let mut records = store::partner_notices::newest(&mut transaction, partner_id, viewer.user_id, filter, PAGE + 1).await?;
        let more = cut_to_page(&mut records, PAGE);
        let next = records.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Page { lines: records.into_iter().map(Into::into).collect(), next })
    }

    /// What a notice says, and that the person has read it now. Opened again it says the same.
    pub async fn notice_open(&self, viewer: &Viewer, id: i64) -> Result<Option<News>> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let now = self.now();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let found = store::partner_notices::open(&mut transaction, partner_id, viewer.user_id, id, now).await?;
        let (kind, facts) = found.ok_or(Error::NotFound)?;
        transaction.commit().await?;
        Ok(News::from_record(&kind, &facts))
    }

    /// The person has read everything through a notice, the newest one that their page showed.
    pub async fn notices_mark_read(&self, viewer: &Viewer, through: i64) -> Result<u64> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let now = self.now();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let marked = store::partner_notices::mark_read(&mut transaction, partner_id, viewer.user_id, through, now).await?;
        transaction.commit().await?;
        Ok(marked)
    }

    /// Whether the person is told by e-mail, too, from now on. What waits already is not sent either.
    pub async fn notices_by_email(&self, viewer: &Viewer, wanted: bool) -> Result<()> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let mut transaction = self.database.begin(Scope::Application).await?;
        store::users::update_email_notices(&mut transaction, viewer.user_id, wanted).await?;
        let change = Change {
            action: "user.email_notices",
            object_kind: "user",
            object_id: &viewer.user_id.to_string(),
            partner_id: Some(partner_id),
            before: Some(json!({ "email_notices": viewer.email_notices })),
            after: Some(json!({ "email_notices": wanted })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), self.now(), change).await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_is_read_back() {
        let refused = Decision::Refused { reason: RefusalReason::LimitReached, text: "Лимит исчерпан".to_owned() };
        let news = [
            News::MonthClosed { month: "2026-10".parse().expect("a month"), accrued: Money::roubles(5), corrected: Money::ZERO },
            News::RequestDecided { reference: "BC-2026-000001".to_owned(), request: RequestKind::BonusCodes, decision: refused },
            News::RequestDecided {
                reference: "SB-2026-000001".to_owned(),
                request: RequestKind::SalesBonus,
                decision: Decision::Approved { accrued: Some(Money::kopecks(780_004)) },
            },
            News::Published { reference: "BC-2026-000001".to_owned(), request: RequestKind::BonusCodes, accrued: None },
        ];
        for news in news {
            let record = news.clone().into_record(PartnerId(uuid::Uuid::nil())).expect("a record");
            assert_eq!(News::from_record(&record.kind, &record.facts), Some(news));
        }
    }

    #[test]
    fn what_was_recorded_before_is_read_too() {
        let settled = News::from_record("settled", &json!({ "settlement": "bank", "amount": "12.50" }));
        assert!(matches!(settled, Some(News::Settled { amount: Some(_), .. })), "{settled:?}");
        let approved = json!({ "reference": "BC-2026-000001", "request": "bonus_codes", "decision": { "outcome": "approved" } });
        let approved = News::from_record("request_decided", &approved);
        assert!(matches!(approved, Some(News::RequestDecided { decision: Decision::Approved { accrued: None }, .. })), "{approved:?}");
        assert_eq!(News::from_record("of_a_later_release", &json!({})), None);
    }
}
