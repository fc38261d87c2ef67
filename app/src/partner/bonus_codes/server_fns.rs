//! What the form for bonus codes posts to.

use std::collections::{BTreeMap, HashMap};

use domain::form as read;
use domain::ids::ClientId;
use domain::request::Reference;
use leptos::prelude::*;
use service::bonus_codes::AskedCode;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::{FieldProblem, FormRefusal, FormState, IDEMPOTENCY_KEY, redirect};
use crate::layouts::Notice;
use crate::partner::bonus_codes::rows::{self, LONGEST_NOTE, TypedRow};
use crate::paths;

/// Asks for the codes typed in, or brings the form back changed where one of its other buttons was pressed.
#[server(prefix = "/api", endpoint = "bonus-codes/submit")]
pub async fn bonus_codes_submit(
    /// The rows by control, with the key and the button pressed.
    #[server(flatten)]
    fields: HashMap<String, String>,
) -> Result<(), AppError> {
    let viewer = viewer()?;
    let fields: BTreeMap<String, String> = fields.into_iter().collect();
    let typed = rows::read(&fields);
    let bring_back = async |state: FormState| state.send_back(&page_of(&fields)).await;

    if let Some(offer) = fields.get("nearest").and_then(|text| rows::offer(text)) {
        return bring_back(FormState { values: rows::write(&rows::take_offer(&typed, &offer)), ..FormState::default() }).await;
    }
    if fields.contains_key("add_row") {
        let number = typed.iter().map(|row| row.number).max().unwrap_or(0) + 1;
        let rows: Vec<TypedRow> = typed.into_iter().chain([TypedRow::new(number)]).collect();
        return bring_back(FormState { values: rows::write(&rows), ..FormState::default() }).await;
    }

    let key = fields.get(IDEMPOTENCY_KEY).and_then(|key| key.parse().ok());
    let mut state = FormState { values: rows::write(&typed), ..FormState::default() };
    let asked = read_rows(&typed, &mut state.problems);
    let Some(key) = key else {
        state.refusal = Some(FormRefusal::Unreadable);
        return bring_back(state).await;
    };
    if state.has_problems() {
        return bring_back(state).await;
    }
    match services()?.bonus_codes_submit(&viewer, asked, key).await {
        Ok(reference) => {
            redirect(&paths::with_query(&paths::partner_request(reference), &[("notice", Notice::RequestSubmitted.code())]));
            Ok(())
        }
        Err(error) => bring_back(FormState::refused(state.values, error)?).await,
    }
}

/// Reads the rows; what can't be read is named by its control.
fn read_rows(typed: &[TypedRow], problems: &mut BTreeMap<String, FieldProblem>) -> Vec<AskedCode> {
    let mut asked = Vec::new();
    for row in typed.iter().filter(|row| !row.is_empty()) {
        let face = rows::face(&row.face).map_err(|problem| problems.insert(rows::face_name(row.number), problem));
        let note = read::optional_text(&row.note, LONGEST_NOTE).map_err(|problem| problems.insert(rows::note_name(row.number), problem));
        let client_id = match row.client.trim() {
            "" => Ok(None),
            text => {
                text.parse::<ClientId>().map(Some).map_err(|_| problems.insert(rows::client_name(row.number), FieldProblem::UnknownChoice))
            }
        };
        if let (Ok(face), Ok(note), Ok(client_id)) = (face, note, client_id) {
            asked.push(AskedCode { face, note, client_id });
        }
    }
    if asked.is_empty() && problems.is_empty() {
        let number = typed.first().map_or(1, |row| row.number);
        problems.insert(rows::face_name(number), FieldProblem::Required);
    }
    asked
}

/// The page of the form, with the request that it takes up again.
fn page_of(fields: &BTreeMap<String, String>) -> String {
    let again = fields.get(paths::AGAIN).and_then(|reference| reference.parse::<Reference>().ok());
    again.map_or_else(|| paths::PARTNER_BONUS_CODES.to_owned(), |reference| paths::asked_again(paths::PARTNER_BONUS_CODES, reference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_rows_ask_for_nothing_and_every_problem_is_named_at_once() {
        let row =
            |number, face: &str, client: &str| TypedRow { number, face: face.to_owned(), note: String::new(), client: client.to_owned() };
        let mut problems = BTreeMap::new();
        let asked = read_rows(&[row(1, "1 500", ""), row(2, "", ""), row(3, "x", "nobody")], &mut problems);
        assert_eq!(asked, vec![AskedCode { face: 1_500, note: None, client_id: None }]);
        assert_eq!(problems.keys().collect::<Vec<_>>(), ["client_3", "face_3"]);
    }

    #[test]
    fn a_form_without_any_row_needs_its_first_face() {
        let mut problems = BTreeMap::new();
        assert_eq!(read_rows(&[TypedRow::new(1)], &mut problems), Vec::new());
        assert_eq!(problems.get("face_1"), Some(&FieldProblem::Required));
    }
}
