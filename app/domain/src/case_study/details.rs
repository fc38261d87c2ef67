//! The long form of a case: sections, figures before and after, and a quote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::brief::within;
use crate::form::{self, FieldProblem};
use crate::model::stable_text;
use crate::request::{Entries, Problems, Reader};

/// A section of the long form. Its stable text is also the key of the guidance beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Who the client is and what it had.
    Situation,
    /// What had to be reached, and why as it was did not do.
    Task,
    /// What was built, step by step.
    Solution,
    /// What went otherwise than planned.
    Difficulties,
    /// What the client has of it.
    Outcome,
    /// What comes next.
    Plans,
}

stable_text!(Section {
    Situation => "situation",
    Task => "task",
    Solution => "solution",
    Difficulties => "difficulties",
    Outcome => "outcome",
    Plans => "plans",
});

impl Section {
    /// Every section, in the order of the form.
    pub const ALL: [Self; 6] = [Self::Situation, Self::Task, Self::Solution, Self::Difficulties, Self::Outcome, Self::Plans];

    /// Its field.
    pub fn field(self) -> String {
        format!("details.{self}")
    }

    /// The least and the largest number of characters; one that may be left out has no least.
    pub fn length(self) -> (u32, u32) {
        match self {
            Self::Situation | Self::Task => (100, 3_000),
            Self::Solution => (300, 8_000),
            Self::Outcome => (150, 4_000),
            Self::Difficulties | Self::Plans => (0, 3_000),
        }
    }

    /// Whether it may be left out.
    pub fn is_optional(self) -> bool {
        self.length().0 == 0
    }
}

/// A figure before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What is measured, with its unit.
    pub what: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

impl Figure {
    /// The largest number of figures.
    pub const MOST: u32 = 6;

    /// The fields of a figure, counted from 1: what, before, after.
    pub fn fields(number: u32) -> [String; 3] {
        ["what", "before", "after"].map(|part| format!("details.figures.{number}.{part}"))
    }
}

/// What somebody says, who agreed to be quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What was said.
    pub text: String,
    /// Who said it.
    pub author: String,
    /// What that person is.
    pub position: String,
}

impl Quote {
    /// The field of the words.
    pub const TEXT: &'static str = "details.quote.text";
    /// The field of the author.
    pub const AUTHOR: &'static str = "details.quote.author";
    /// The field of the author's position.
    pub const POSITION: &'static str = "details.quote.position";
    /// The box of the author's consent.
    pub const CONSENT: &'static str = "details.quote.consent";

    /// The least and the largest number of characters of the words.
    pub const TEXT_LENGTH: (u32, u32) = (20, 600);
    /// The same of author and position.
    pub const NAME_LENGTH: (u32, u32) = (2, 120);
}

/// The long form as it was handed in. Pictures are files of the request and stand apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The sections that were written, Markdown.
    pub sections: BTreeMap<Section, String>,
    /// Figures, in the order of the form.
    pub figures: Vec<Figure>,
    /// A quote, with its author's consent.
    pub quote: Option<Quote>,
}

impl Details {
    /// Reads what was entered; every problem at once, by its field.
    pub fn read(entries: &Entries) -> Result<Self, Problems> {
        let mut reader = Reader::new(entries);
        let sections = Section::ALL.into_iter().filter_map(|section| {
            let text = reader.read(&section.field(), within(section.length()))?;
            (!text.is_empty()).then_some((section, text))
        });
        let sections = sections.collect();
        let figures = (1..=Figure::MOST).filter_map(|number| figure(&mut reader, number)).collect();
        let quote = quote(&mut reader);
        reader.finish(Some(Self { sections, figures, quote }))
    }
}

/// A row of figures; one that is empty throughout is none.
fn figure(reader: &mut Reader<'_>, number: u32) -> Option<Figure> {
    let fields = Figure::fields(number);
    if fields.iter().all(|field| reader.text(field).trim().is_empty()) {
        return None;
    }
    let lengths = [(2, 100), (1, 40), (1, 40)];
    let mut read = fields.iter().zip(lengths).map(|(field, length)| reader.read(field, within(length)));
    // Every cell is read, so that every problem is kept.
    let [what, before, after] = [read.next(), read.next(), read.next()].map(Option::flatten);
    Some(Figure { what: what?, before: before?, after: after? })
}

/// The quote; none where neither words nor author were entered.
fn quote(reader: &mut Reader<'_>) -> Option<Quote> {
    if [Quote::TEXT, Quote::AUTHOR, Quote::POSITION].iter().all(|field| reader.text(field).trim().is_empty()) {
        return None;
    }
    let text = reader.read(Quote::TEXT, within(Quote::TEXT_LENGTH));
    let author = reader.read(Quote::AUTHOR, within(Quote::NAME_LENGTH));
    let position = reader.read(Quote::POSITION, |text| form::text(text, 0, Quote::NAME_LENGTH.1));
    if !reader.is_ticked(Quote::CONSENT) {
        reader.problem(Quote::CONSENT, FieldProblem::ConsentMissing);
    }
    Some(Quote { text: text?, author: author?, position: position? })
}
