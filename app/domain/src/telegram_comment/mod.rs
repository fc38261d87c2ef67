//! Comments on news (`TG-1`): topics a partner opts in to, news items with a deadline, the answer, and the bonus by a published rubric.
//!
//! The life cycle is that of every request ([`crate::request`]). A request begins when the item is sent to the partner; one that nobody
//! answered is closed by the portal once [`NewsItem::closes_at`] has come.

mod news;
mod rubric;

use serde::{Deserialize, Serialize};

pub use self::news::{NewsItem, Topic, Topics, topic_field};
pub use self::rubric::{Bonus, Criterion, Part, Scores, bonus, check_amount, rubric};
use crate::calendar::BusinessDate;
use crate::form;
use crate::model::Model;
use crate::privilege::{self, Privilege};
use crate::request::{ActName, Entries, Position, Problems, Reader, RequestKind, RequestStatus, TransitionError};
use crate::terms::Terms;
use crate::verdict::{Verdict, Violation};

/// What a partner answers to a news item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// With a text.
    Text {
        /// The text.
        text: String,
    },
    /// With a short interview.
    Interview {
        /// When, and about what.
        wishes: Option<String>,
    },
}

impl Answer {
    /// The field of the text.
    pub const TEXT: &'static str = "answer.text";
    /// The field of the wishes for an interview.
    pub const WISHES: &'static str = "interview.wishes";

    /// The least and the largest number of characters of the text.
    pub const TEXT_LENGTH: (u32, u32) = (300, 3_000);
    /// The largest number of characters of the wishes.
    pub const WISHES_LENGTH: u32 = 500;

    /// Reads a text.
    pub fn read_text(entries: &Entries) -> Result<Self, Problems> {
        let mut reader = Reader::new(entries);
        let (minimum, maximum) = Self::TEXT_LENGTH;
        let text = reader.read(Self::TEXT, |text| form::text(text, minimum, maximum));
        reader.finish(text.map(|text| Self::Text { text }))
    }

    /// Reads what is wished of an interview.
    pub fn read_interview(entries: &Entries) -> Result<Self, Problems> {
        let mut reader = Reader::new(entries);
        let wishes = reader.read(Self::WISHES, |text| form::optional_text(text, Self::WISHES_LENGTH));
        reader.finish(wishes.map(|wishes| Self::Interview { wishes }))
    }
}

/// The length of a text in characters, as the limits count it: spaces around are none of it.
pub fn text_length(text: &str) -> u32 {
    u32::try_from(text.trim().chars().count()).unwrap_or(u32::MAX)
}

/// Whether an answer may be submitted now: the privilege of the model in force (`PRIV-1`), and the deadline.
pub fn check(item: &NewsItem, model: Model, terms: &Terms, now: chrono::DateTime<chrono::Utc>) -> Verdict {
    let late = (!item.is_open(now)).then_some(Violation::CommentDeadlinePassed { deadline: item.deadline });
    let verdict: Verdict = late.into_iter().collect();
    verdict.preceded_by(privilege::check(terms, model, Privilege::CommentBonus))
}

/// Whether the portal closes a request now: nobody answered by the deadline. The act is [`crate::request::Act::Expire`].
pub fn expires(item: &NewsItem, kind: RequestKind, position: Position, now: chrono::DateTime<chrono::Utc>) -> bool {
    kind == RequestKind::TelegramComment && position.status == RequestStatus::Draft && !item.is_open(now)
}

/// Whether the deadline still lets an act be done: an answer that was sent does not become a draft again after the last day, for it could not
/// be sent any more and the portal would close it at once.
pub fn check_act(act: ActName, deadline: BusinessDate, today: BusinessDate) -> Result<(), TransitionError> {
    let makes_a_draft = matches!(act, ActName::Recall | ActName::Revise);
    if makes_a_draft && today > deadline { Err(TransitionError::DeadlinePassed { deadline }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
