//! The published rubric of the bonus (`TG-1`): what a comment is worth within the range of the terms. **Reading:** the programme gives the
//! range only.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::form::{self, FieldProblem};
use crate::model::stable_text;
use crate::money::Money;
use crate::request::{Entries, Problems, Reader};
use crate::terms::Terms;

/// What a comment is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// It says something that the news does not.
    Substance,
    /// It speaks from own experience, with facts and figures.
    Experience,
    /// It can be published with little editing.
    Clarity,
    /// It came early.
    Promptness,
}

stable_text!(Criterion {
    Substance => "substance",
    Experience => "experience",
    Clarity => "clarity",
    Promptness => "promptness",
});

impl Criterion {
    /// Every criterion, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Substance, Self::Experience, Self::Clarity, Self::Promptness];

    /// The largest number of points.
    pub const MOST_POINTS: u32 = 4;

    /// Its share of what lies between the least and the largest bonus, per cent; together they are 100.
    pub fn weight(self) -> u32 {
        match self {
            Self::Substance => 40,
            Self::Experience => 30,
            Self::Clarity => 20,
            Self::Promptness => 10,
        }
    }

    /// Its field.
    pub fn field(self) -> String {
        format!("rubric.{self}")
    }
}

/// Points by criterion, 0 to [`Criterion::MOST_POINTS`] each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scores(BTreeMap<Criterion, u32>);

impl Scores {
    /// The same points for every criterion, at most the most.
    pub fn all(points: u32) -> Self {
        Self(Criterion::ALL.map(|criterion| (criterion, points.min(Criterion::MOST_POINTS))).into())
    }

    /// Reads points for every criterion; every problem at once, by its field.
    pub fn read(entries: &Entries) -> Result<Self, Problems> {
        let mut reader = Reader::new(entries);
        let most = i64::from(Criterion::MOST_POINTS);
        let points = Criterion::ALL.map(|criterion| {
            let points = reader.read(&criterion.field(), |text| match form::whole_roubles(text)? {
                ..0 => Err(FieldProblem::TooSmall { minimum: 0 }),
                points if points > most => Err(FieldProblem::TooLarge { maximum: most }),
                points => u32::try_from(points).map_err(|_| FieldProblem::NotANumber),
            });
            (criterion, points.unwrap_or_default())
        });
        reader.finish(Some(Self(points.into())))
    }

    /// The points of a criterion.
    pub fn points(&self, criterion: Criterion) -> u32 {
        self.0.get(&criterion).copied().unwrap_or_default().min(Criterion::MOST_POINTS)
    }
}

/// What a criterion adds to the bonus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub criterion: Criterion,
    /// The points given.
    pub points: u32,
    /// What they add, RUB.
    pub amount: Money,
}

/// A bonus with its reckoning: the least amount of the terms and the parts are the amount, to the kopeck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonus {
    /// What every published comment earns, RUB.
    pub base: Money,
    /// What each criterion adds.
    pub parts: Vec<Part>,
    /// Together, RUB.
    pub amount: Money,
}

/// The bonus for these scores under the terms: from the least (no points) to the largest (all points), both exactly.
pub fn bonus(scores: &Scores, terms: &Terms) -> Bonus {
    let base = terms.comment_bonus_minimum;
    let span = (terms.comment_bonus_maximum - base).decimal().max(Decimal::ZERO);
    let whole = Decimal::from(100 * Criterion::MOST_POINTS);
    let (mut reached, mut given) = (0_u32, Money::ZERO);
    let parts = Criterion::ALL.map(|criterion| {
        let points = scores.points(criterion);
        reached += criterion.weight() * points;
        // Sums are rounded, not parts, so that the parts add up.
        let sum = Money::rounded(span * Decimal::from(reached) / whole);
        let amount = sum - given;
        given = sum;
        Part { criterion, points, amount }
    });
    Bonus { base, parts: parts.into(), amount: base + given }
}

/// The rubric as it is published: the most that each criterion can add.
pub fn rubric(terms: &Terms) -> Bonus {
    bonus(&Scores::all(Criterion::MOST_POINTS), terms)
}

/// Whether an amount lies within the range of the terms; what is told are whole RUB.
pub fn check_amount(amount: Money, terms: &Terms) -> Result<Money, FieldProblem> {
    let whole = |amount: Money| i64::try_from(amount.decimal().trunc().mantissa()).unwrap_or(i64::MAX);
    if amount < terms.comment_bonus_minimum {
        Err(FieldProblem::TooSmall { minimum: whole(terms.comment_bonus_minimum) })
    } else if amount > terms.comment_bonus_maximum {
        Err(FieldProblem::TooLarge { maximum: whole(terms.comment_bonus_maximum) })
    } else {
        Ok(amount)
    }
}
