//! The rows of the form for bonus codes as they were typed: names of controls, reading, and what the rules say of them.
//! The same in the browser and on the server.

use std::collections::BTreeMap;

use domain::bonus_code::{QuarterUse, check, nearest};
use domain::form;
use domain::terms::Terms;
use domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

use crate::form::FieldProblem;

/// The most characters of a note.
pub const LONGEST_NOTE: u32 = 500;
/// The most rows that are read, whatever the terms: a bound for what is posted by hand.
const MOST_ROWS: u32 = 100;

/// The control of a row's face value.
pub fn face_name(number: u32) -> String {
    format!("face_{number}")
}

/// The control of a row's note.
pub fn note_name(number: u32) -> String {
    format!("note_{number}")
}

/// The control of a row's client.
pub fn client_name(number: u32) -> String {
    format!("client_{number}")
}

/// A row as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedRow {
    /// Its number, from 1, which names its controls.
    pub number: u32,
    /// The face value.
    pub face: String,
    /// The note.
    pub note: String,
    /// The id of the client; empty for none.
    pub client: String,
}

impl TypedRow {
    /// An empty row.
    pub fn new(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    /// Whether nothing was typed into it; such a row asks for nothing.
    pub fn is_empty(&self) -> bool {
        [&self.face, &self.note, &self.client].iter().all(|text| text.trim().is_empty())
    }
}

/// The rows among posted or kept values, by number; rows without any value are absent.
pub fn read(values: &BTreeMap<String, String>) -> Vec<TypedRow> {
    let value = |name: String| values.get(&name).cloned();
    (1..=MOST_ROWS)
        .filter_map(|number| {
            let (face, note, client) = (value(face_name(number)), value(note_name(number)), value(client_name(number)));
            let present = face.is_some() || note.is_some() || client.is_some();
            let text = Option::unwrap_or_default;
            present.then(|| TypedRow { number, face: text(face), note: text(note), client: text(client) })
        })
        .collect()
}

/// Values of a form that holds these rows.
pub fn write(rows: &[TypedRow]) -> BTreeMap<String, String> {
    rows.iter()
        .flat_map(|row| {
            [
                (face_name(row.number), row.face.clone()),
                (note_name(row.number), row.note.clone()),
                (client_name(row.number), row.client.clone()),
            ]
        })
        .collect()
}

/// A face value as typed, in whole roubles.
pub fn face(text: &str) -> Result<i64, FieldProblem> {
    form::whole_roubles(text)
}

/// What the rules say of the face values typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The values that can be read, in order.
    pub faces: Vec<i64>,
    /// What the rules say of them.
    pub verdict: Verdict,
    /// The nearest request that the rules allow, where it is another one.
    pub nearest: Option<Vec<i64>>,
}

impl Judgement {
    /// Asks the rules; none where nothing was typed yet or something typed can't be read: sent so, nothing would be asked for.
    pub fn of<'a>(faces: impl IntoIterator<Item = &'a str>, used: &QuarterUse, terms: &Terms) -> Option<Self> {
        let typed = faces.into_iter().filter(|text| !text.trim().is_empty());
        let faces: Vec<i64> = typed.map(face).collect::<Result<_, _>>().ok()?;
        if faces.is_empty() {
            return None;
        }
        let verdict = check(&faces, used, terms);
        let nearest = if verdict.is_allowed() { None } else { nearest(&faces, used, terms) };
        Some(Self { faces, verdict, nearest })
    }

    /// The face value of all codes together, RUB.
    pub fn total(&self) -> i64 {
        total(&self.faces)
    }
}

/// The face value of codes together, RUB.
pub fn total(faces: &[i64]) -> i64 {
    faces.iter().fold(0, |sum, face| sum.saturating_add(*face))
}

/// The text of an offer as a button sends it.
pub fn offer_text(faces: &[i64]) -> String {
    faces.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Reads an offer; none where the text is something else.
pub fn offer(text: &str) -> Option<Vec<i64>> {
    let faces: Option<Vec<i64>> = text.split_whitespace().map(|face| face.parse().ok()).collect();
    faces.filter(|faces| !faces.is_empty() && faces.len() <= MOST_ROWS as usize)
}

/// The rows with the faces of an offer in them: an offered face stays in the row that asked for it, with its note and client, where
/// there is one; rows that the offer leaves out go. The rows are numbered anew.
pub fn take_offer(rows: &[TypedRow], offer: &[i64]) -> Vec<TypedRow> {
    let mut asked: Vec<&TypedRow> = rows.iter().filter(|row| !row.face.trim().is_empty()).collect();
    let mut taken = Vec::with_capacity(offer.len());
    for (at, offered) in offer.iter().enumerate() {
        // As many rows must stay behind as faces are still to be placed.
        let last = asked.len().saturating_sub(offer.len() - at);
        let same = asked.iter().take(last + 1).position(|row| face(&row.face) == Ok(*offered));
        let chosen = same.unwrap_or(0);
        let row = asked.get(chosen).map(|row| (*row).clone()).unwrap_or_default();
        asked.drain(..(chosen + 1).min(asked.len()));
        taken.push(TypedRow { number: u32::try_from(at + 1).unwrap_or(u32::MAX), face: offered.to_string(), ..row });
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, face: &str, note: &str) -> TypedRow {
        TypedRow { number, face: face.to_owned(), note: note.to_owned(), client: String::new() }
    }

    fn used() -> QuarterUse {
        let quarter = "2026-Q4".to_owned().try_into().expect("a quarter");
        QuarterUse { granted_codes: 8, pending_codes: 1, granted_value: 18_000, pending_value: 3_000, ..QuarterUse::none(quarter) }
    }

    #[test]
    fn rows_survive_the_way_through_a_form() {
        let rows = vec![row(1, "1 500", "a"), row(3, "x", "")];
        assert_eq!(read(&write(&rows)), rows);
    }

    #[test]
    fn a_form_with_an_unreadable_face_gets_no_judgement_and_an_empty_row_is_no_face() {
        let of = |faces: &[&str]| Judgement::of(faces.iter().copied(), &used(), &Terms::default());
        let judgement = of(&["", "3 000", " "]).expect("a judgement");
        assert_eq!((judgement.faces.as_slice(), judgement.verdict.is_allowed(), judgement.nearest), ([3_000].as_slice(), true, None));
        for unreadable in [&["3 000", "12,5"][..], &["", "-"], &[""], &[]] {
            assert_eq!(of(unreadable), None, "{unreadable:?}");
        }
    }

    #[test]
    fn what_is_too_much_comes_with_an_offer_that_passes() {
        let judgement = Judgement::of(["3000", "3000", "3000"], &used(), &Terms::default()).expect("a judgement");
        let nearest = judgement.nearest.expect("an offer");
        assert!(!judgement.verdict.is_allowed());
        assert!(check(&nearest, &used(), &Terms::default()).is_allowed());
    }

    #[test]
    fn an_offer_keeps_the_note_of_the_row_that_asked_for_it() {
        let rows = vec![row(1, "9000", "large"), row(2, "", ""), row(4, "1000", "small"), row(5, "2000", "middle")];
        assert_eq!(take_offer(&rows, &[1_000, 2_000]), vec![row(1, "1000", "small"), row(2, "2000", "middle")]);
        assert_eq!(
            take_offer(&rows, &[9_000, 1_000, 500]),
            vec![row(1, "9000", "large"), row(2, "1000", "small"), row(3, "500", "middle")]
        );
        assert_eq!(take_offer(&[], &[700]), vec![row(1, "700", "")]);
    }

    #[test]
    fn an_offer_is_read_back_and_nothing_else_is() {
        assert_eq!(offer(&offer_text(&[3_000, 1])), Some(vec![3_000, 1]));
        for text in ["", " ", "a", "1 b", &"1 ".repeat(200)] {
            assert_eq!(offer(text), None, "{text}");
        }
    }
}
