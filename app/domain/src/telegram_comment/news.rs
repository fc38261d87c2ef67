//! News items that staff post, and the topics by which they find their readers.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::BusinessDate;
use crate::editorial::Link;
use crate::form::{self, FieldProblem};
use crate::model::stable_text;
use crate::request::{Entries, Problems, Reader};

/// What news is about, and what a partner comments on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Clouds and virtual machines.
    Cloud,
    /// Kubernetes and how software is delivered.
    Containers,
    /// Databases.
    Databases,
    /// Information security.
    Security,
    /// Artificial intelligence, graphics processors.
    ArtificialIntelligence,
    /// Replacing foreign software and hardware.
    ImportSubstitution,
    /// Laws and standards.
    Regulation,
    /// Prices, companies, people.
    Market,
}

stable_text!(Topic {
    Cloud => "cloud",
    Containers => "containers",
    Databases => "databases",
    Security => "security",
    ArtificialIntelligence => "artificial_intelligence",
    ImportSubstitution => "import_substitution",
    Regulation => "regulation",
    Market => "market",
});

impl Topic {
    /// Every topic, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Cloud,
        Self::Containers,
        Self::Databases,
        Self::Security,
        Self::ArtificialIntelligence,
        Self::ImportSubstitution,
        Self::Regulation,
        Self::Market,
    ];
}

/// The box of a topic.
pub fn topic_field(topic: Topic) -> String {
    format!("topics.{topic}")
}

/// Topics chosen: of a partner, none means that it opted out.
pub type Topics = BTreeSet<Topic>;

/// A news item as it is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsItem {
    /// What happened.
    pub title: String,
    /// What is asked, Markdown.
    pub text: String,
    /// Where it can be read.
    pub link: Link,
    /// What it is about; at least one topic.
    pub topics: Topics,
    /// The last day for an answer, Moscow, to its end.
    pub deadline: BusinessDate,
}

impl NewsItem {
    /// The field of the title.
    pub const TITLE: &'static str = "title";
    /// The field of the text.
    pub const TEXT: &'static str = "text";
    /// The field of the link.
    pub const LINK: &'static str = "link";
    /// The field of the topics as a whole, for its problem; each topic has a box of its own, [`topic_field`].
    pub const TOPICS: &'static str = "topics";
    /// The field of the deadline.
    pub const DEADLINE: &'static str = "deadline";
    /// The largest number of days ahead of a deadline.
    pub const MOST_DAYS: i64 = 60;
    /// Days that a partner gets after the day on which an expired request is opened again. **Reading:** the programme names none.
    pub const DAYS_AFTER_REOPENING: u64 = 3;

    /// Reads what was typed, today; every problem at once, by its field.
    pub fn read(entries: &Entries, today: BusinessDate) -> Result<Self, Problems> {
        let mut reader = Reader::new(entries);
        let title = reader.read(Self::TITLE, |text| form::text(text, 5, 150));
        let text = reader.read(Self::TEXT, |text| form::text(text, 50, 4_000));
        let link = reader.read(Self::LINK, |text| {
            if text.trim().is_empty() { Err(FieldProblem::Required) } else { text.parse::<Link>().map_err(|_| FieldProblem::NotALink) }
        });
        let deadline = reader.read(Self::DEADLINE, |text| match form::date(text)? {
            day if day <= today => Err(FieldProblem::NotInFuture),
            day if today.days_until(day) > Self::MOST_DAYS => Err(FieldProblem::TooLarge { maximum: Self::MOST_DAYS }),
            day => Ok(day),
        });
        let topics = read_topics(&reader);
        if topics.is_empty() {
            reader.problem(Self::TOPICS, FieldProblem::Required);
        }
        let item = title.zip(text).zip(link).zip(deadline);
        reader.finish(item.map(|(((title, text), link), deadline)| Self { title, text, link, topics, deadline }))
    }

    /// The topics that a partner ticked.
    pub fn topics_in(entries: &Entries) -> Topics {
        read_topics(&Reader::new(entries))
    }

    /// Whether it goes to a partner who chose these topics.
    pub fn is_for(&self, topics: &Topics) -> bool {
        !self.topics.is_disjoint(topics)
    }

    /// The instant at which it closes: midnight in Moscow after the last day.
    pub fn closes_at(&self) -> DateTime<Utc> {
        self.deadline.plus_days(1).starts_at()
    }

    /// The last day for an answer to an expired request that is opened again today.
    pub fn reopened_until(&self, today: BusinessDate) -> BusinessDate {
        self.deadline.max(today.plus_days(Self::DAYS_AFTER_REOPENING))
    }

    /// Whether an answer can still be given.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        now < self.closes_at()
    }
}

fn read_topics(reader: &Reader<'_>) -> Topics {
    Topic::ALL.into_iter().filter(|topic| reader.is_ticked(&topic_field(*topic))).collect()
}
