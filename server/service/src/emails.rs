//! Sending what waits in the outbox: one e-mail at a time, by whatever mailer the process has.
//!
//! An e-mail is handed over while its row is locked, and marked in the same transaction. So no two processes hand it over at once, and
//! once the mail server's yes is recorded nobody does it again. Between the yes and the commit lies the one gap that no protocol
//! closes: a process that dies there sends a copy later, with the same Message-ID.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::custom_host::HostName;
use domain::ids::PartnerId;
use store::Scope;
use uuid::Uuid;

use crate::brands::Brand;
use crate::notices::News;
use crate::{Locale, Result, Services};

/// The longest that a mailer may take. The row is locked meanwhile.
pub const SENDING_LIMIT: Duration = Duration::from_secs(45);

/// What goes into an e-mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Which e-mail: the same at every try.
    pub id: Uuid,
    /// The address.
    pub address: String,
    /// How the portal addresses the person.
    pub display_name: String,
    /// The language they read.
    pub locale: Locale,
    /// The notice it tells.
    pub notice_id: i64,
    /// What happened.
    pub news: News,
    /// When.
    pub at: DateTime<Utc>,
    /// The brand it comes under; none of the provider's own.
    pub brand: Option<Arc<Brand>>,
    /// The partner's own name for its portal, to which its links lead.
    pub host: Option<HostName>,
}

/// Why a mailer did not get rid of a letter. It logs the details itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// The mail server refuses this letter, and will refuse it again.
    Refused,
    /// There was no answer that settles it: another try may pass.
    Unanswered,
}

/// Hands letters to a mail server.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one over; the Message-ID it went under.
    async fn send(&self, letter: &Letter) -> std::result::Result<String, SendFailure>;
}

/// What became of an e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailOutcome {
    /// The mail server took it.
    Sent,
    /// It was settled before.
    SettledBefore,
    /// It will not be sent.
    Failed,
    /// It still waits: try again later.
    Waits,
}

impl Services {
    /// Sends an e-mail that waits. `last_try`: where this one gets no answer either, it is given up. Without a mailer it is recorded
    /// that there is none, and it will not be sent later, when it would be no news any more.
    pub async fn email_send(&self, id: Uuid, last_try: bool, mailer: Option<&dyn Mailer>) -> Result<EmailOutcome> {
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_waiting(SENDING_LIMIT * 2).await?;
        let Some(waiting) = store::emails::find_waiting_for_update(&mut transaction, id).await? else {
            return Ok(EmailOutcome::SettledBefore);
        };
        let brands = self.brands_in_force().await;
        if !brands.is_known() {
            // Whose name a letter comes under is not known: it waits.
            return Err(crate::Error::unexpected(std::io::Error::other("brands were never read")));
        }
        let partner_id = waiting.partner_id.map(PartnerId::from);
        let news = News::from_record(&waiting.kind, &waiting.facts);
        let outcome = match (news, mailer) {
            _ if !waiting.wanted => {
                store::emails::mark_failed(&mut transaction, id, "unwanted", false).await?;
                EmailOutcome::Failed
            }
            (_, None) => {
                store::emails::mark_failed(&mut transaction, id, "no_mail_server", false).await?;
                EmailOutcome::Failed
            }
            (None, Some(_)) => {
                tracing::error!(email = %id, kind = waiting.kind, "a notice can't be read and is not sent");
                store::emails::mark_failed(&mut transaction, id, "gave_up", false).await?;
                EmailOutcome::Failed
            }
            (Some(news), Some(mailer)) => {
                let letter = Letter {
                    id,
                    address: waiting.address,
                    display_name: waiting.display_name,
                    locale: Locale::from_tag(&waiting.locale).unwrap_or_default(),
                    notice_id: waiting.notice_id,
                    news,
                    at: waiting.at,
                    brand: partner_id.and_then(|partner| brands.of_partner(partner)),
                    host: partner_id.and_then(|partner| brands.host_of(partner)),
                };
                // A mailer that hangs counts as one that does not answer.
                let sending = tokio::time::timeout(SENDING_LIMIT, mailer.send(&letter)).await;
                match sending.unwrap_or(Err(SendFailure::Unanswered)) {
                    Ok(message_id) => {
                        store::emails::mark_sent(&mut transaction, id, &message_id, self.now()).await?;
                        EmailOutcome::Sent
                    }
                    Err(SendFailure::Refused) => {
                        store::emails::mark_failed(&mut transaction, id, "refused", true).await?;
                        EmailOutcome::Failed
                    }
                    Err(SendFailure::Unanswered) if last_try => {
                        store::emails::mark_failed(&mut transaction, id, "gave_up", true).await?;
                        EmailOutcome::Failed
                    }
                    Err(SendFailure::Unanswered) => {
                        store::emails::note_attempt(&mut transaction, id).await?;
                        EmailOutcome::Waits
                    }
                }
            }
        };
        transaction.commit().await?;
        Ok(outcome)
    }

    /// The same use cases over a pool of their own, for work that waits for others while it holds a connection.
    #[must_use]
    pub fn apart(&self, connections: u32) -> Self {
        Self { database: self.database.apart(connections), ..self.clone() }
    }
}
