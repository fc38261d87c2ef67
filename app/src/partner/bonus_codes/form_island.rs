//! The form for bonus codes. It posts natively with and without scripting; awake, it asks the rules while one types.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use std::collections::BTreeMap;

use domain::bonus_code::QuarterUse;
use domain::terms::Terms;
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::icon::{Icon, lucide};
use crate::components::verdict::{verdict_view, violation_text};
use crate::form::{IDEMPOTENCY_KEY, problem_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::packed::Packed;
use crate::partner::bonus_codes::rows::{self, Judgement, LONGEST_NOTE, TypedRow};
use crate::paths;

/// The anchor of the list that the meters are made of.
pub const MADE_OF: &str = "quarter-requests";

/// A client as the form offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientChoice {
    /// The client's id.
    pub id: String,
    /// The client's name.
    pub name: String,
}

/// The numbers of the terms that decide about codes: what the browser needs of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeLimits {
    codes_per_quarter: u32,
    codes_value_per_quarter: i64,
    codes_per_request: u32,
    code_minimum_face: i64,
}

impl From<&Terms> for CodeLimits {
    fn from(terms: &Terms) -> Self {
        Self {
            codes_per_quarter: terms.codes_per_quarter,
            codes_value_per_quarter: terms.codes_value_per_quarter,
            codes_per_request: terms.codes_per_request,
            code_minimum_face: terms.code_minimum_face,
        }
    }
}

impl From<CodeLimits> for Terms {
    /// Everything else is the brochure's; the rules of codes don't look at it.
    fn from(limits: CodeLimits) -> Self {
        Self {
            codes_per_quarter: limits.codes_per_quarter,
            codes_value_per_quarter: limits.codes_value_per_quarter,
            codes_per_request: limits.codes_per_request,
            code_minimum_face: limits.code_minimum_face,
            ..Self::default()
        }
    }
}

/// What the form begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeFormFacts {
    /// The key that makes a double press harmless.
    pub key: String,
    /// What the quarter holds.
    pub used: QuarterUse,
    /// The limits of the terms in force.
    pub limits: CodeLimits,
    /// The partner's clients.
    pub clients: Vec<ClientChoice>,
    /// The rows to begin with.
    pub typed: Vec<TypedRow>,
    /// What was wrong with them, by control, in words.
    pub problems: BTreeMap<String, String>,
    /// The request that the form takes up again.
    pub again: Option<String>,
}

/// A row on the page. Only the face value is followed; note and client stay in their controls.
#[derive(Clone, Copy)]
struct Row {
    number: u32,
    initial: StoredValue<TypedRow>,
    face: RwSignal<String>,
    problem: RwSignal<Option<String>>,
    face_input: NodeRef<html::Input>,
    note_input: NodeRef<html::Input>,
    client_select: NodeRef<html::Select>,
}

impl Row {
    fn new(typed: TypedRow, problem: Option<String>) -> Self {
        Self {
            number: typed.number,
            face: RwSignal::new(typed.face.clone()),
            problem: RwSignal::new(problem),
            initial: StoredValue::new(typed),
            face_input: NodeRef::new(),
            note_input: NodeRef::new(),
            client_select: NodeRef::new(),
        }
    }

    /// What stands in the controls now.
    fn typed(&self) -> TypedRow {
        let value = |node: Option<String>| node.unwrap_or_default();
        TypedRow {
            number: self.number,
            face: value(self.face_input.get_untracked().map(|input| input.value())),
            note: value(self.note_input.get_untracked().map(|input| input.value())),
            client: value(self.client_select.get_untracked().map(|select| select.value())),
        }
    }

    /// Says what is wrong with the face value, once the reader has left it.
    fn judge(&self, locale: Locale) {
        let text = self.face.get_untracked();
        let problem = if text.trim().is_empty() { None } else { rows::face(&text).err() };
        self.problem.set(problem.map(|problem| problem_text(locale, &problem)));
    }
}

/// The form. Without scripting every button posts it; the buttons that only change the form bring it back changed.
#[island]
pub fn BonusCodeForm(
    /// The language.
    locale: Locale,
    /// What the form begins with.
    facts: Packed<CodeFormFacts>,
) -> impl IntoView {
    let CodeFormFacts { key, used, limits, clients, typed, problems, again } = facts.0;
    let terms = StoredValue::new(Terms::from(limits));
    let clients = StoredValue::new(clients);
    let problems = StoredValue::new(problems);
    let most_rows = usize::try_from(limits.codes_per_request).unwrap_or(usize::MAX);
    let owner = StoredValue::new(Owner::current());
    let new_row = move |typed: TypedRow| {
        // A row that is added later lives as long as the form.
        let problem = problems.with_value(|problems| problems.get(&rows::face_name(typed.number)).cloned());
        match owner.get_value() {
            Some(owner) => owner.with(|| Row::new(typed, problem)),
            None => Row::new(typed, problem),
        }
    };
    let rows = RwSignal::new(typed.into_iter().map(new_row).collect::<Vec<Row>>());
    let awake = RwSignal::new(false);
    Effect::new(move |_| {
        // What was typed before the island woke counts.
        for row in rows.get_untracked() {
            row.face.set(row.typed().face);
        }
        awake.set(true);
    });

    let judgement = Memo::new(move |_| {
        let faces: Vec<String> = rows.get().iter().map(|row| row.face.get()).collect();
        terms.with_value(|terms| Judgement::of(faces.iter().map(String::as_str), &used, terms))
    });
    let act = move || match judgement.get() {
        Some(judgement) => request_words(locale, &judgement.faces),
        None => td_string!(locale, asking.request_codes_empty).to_owned(),
    };

    let add = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let present = rows.get_untracked();
        let Some(number) = (1..=limits.codes_per_request).find(|number| present.iter().all(|row| row.number != *number)) else { return };
        let row = new_row(TypedRow::new(number));
        row.problem.set(None);
        rows.update(|rows| {
            let place = rows.partition_point(|other| other.number < row.number);
            rows.insert(place, row);
        });
        request_animation_frame(move || {
            if let Some(input) = row.face_input.get_untracked() {
                let _ = input.focus();
            }
        });
    };
    let remove = move |number: u32| {
        rows.update(|rows| rows.retain(|row| row.number != number));
        if let Some(input) = rows.with_untracked(|rows| rows.first().map(|row| row.face_input)).and_then(|input| input.get_untracked()) {
            let _ = input.focus();
        }
    };
    let take = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        let Some(nearest) = judgement.get_untracked().and_then(|judgement| judgement.nearest) else { return };
        let present = rows.get_untracked();
        let asked: Vec<TypedRow> = present.iter().map(Row::typed).collect();
        let taken = rows::take_offer(&asked, &nearest);
        // The controls that stay are filled anew, the rest goes.
        for (row, taken) in present.iter().zip(&taken) {
            if let Some(input) = row.face_input.get_untracked() {
                input.set_value(&taken.face);
            }
            if let Some(input) = row.note_input.get_untracked() {
                input.set_value(&taken.note);
            }
            if let Some(select) = row.client_select.get_untracked() {
                select.set_value(&taken.client);
            }
            row.face.set(taken.face.clone());
            row.problem.set(None);
        }
        rows.update(|rows| rows.truncate(taken.len()));
    };

    let full = move || rows.with(Vec::len) >= most_rows;
    let not_removable = move || !awake.get() || rows.with(Vec::len) < 2;
    let row_view = move |row: Row| {
        let number = row.number;
        let typed = row.initial.get_value();
        let (face_name, note_name, client_name) = (rows::face_name(number), rows::note_name(number), rows::client_name(number));
        let (face_id, note_id, client_id) = (format!("field-{face_name}"), format!("field-{note_name}"), format!("field-{client_name}"));
        let problem_id = format!("{face_id}-problem");
        let described_by = problem_id.clone();
        let position = move || rows.with(|rows| rows.iter().position(|other| other.number == number).unwrap_or_default() + 1);
        let title = move || td_string!(locale, asking.code_number, position = position());
        let note_problem = problems.with_value(|problems| problems.get(&note_name).cloned());
        let client_problem = problems.with_value(|problems| problems.get(&client_name).cloned());
        let options = clients.with_value(|clients| {
            clients
                .iter()
                .map(|client| view! { <option value=client.id.clone() selected=client.id == typed.client>{client.name.clone()}</option> })
                .collect::<Vec<_>>()
        });
        view! {
            <fieldset class="code-row">
                <legend>{title}</legend>
                <div class="field">
                    <label class="field__label" r#for=face_id.clone()>{td_string!(locale, asking.face)}</label>
                    <input
                        class="input"
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        maxlength="20"
                        id=face_id
                        name=face_name
                        value=typed.face
                        aria-describedby=move || row.problem.get().map(|_| described_by.clone())
                        aria-invalid=move || row.problem.get().map(|_| "true")
                        node_ref=row.face_input
                        on:input=move |event| {
                            row.face.set(event_target_value(&event));
                            if row.problem.get_untracked().is_some() {
                                row.judge(locale);
                            }
                        }
                        on:change=move |_| row.judge(locale)
                    />
                    {move || row.problem.get().map(|problem| problem_view(problem, Some(problem_id.clone())))}
                </div>
                <div class="field">
                    <label class="field__label" r#for=client_id.clone()>
                        {td_string!(locale, asking.client)}
                        {optional_mark(locale)}
                    </label>
                    <select class="select" id=client_id name=client_name node_ref=row.client_select>
                        <option value="">{td_string!(locale, asking.no_client)}</option>
                        {options}
                    </select>
                    {client_problem.map(|problem| problem_view(problem, None))}
                </div>
                <div class="field">
                    <label class="field__label" r#for=note_id.clone()>
                        {td_string!(locale, asking.note)}
                        {optional_mark(locale)}
                    </label>
                    <input
                        class="input"
                        type="text"
                        autocomplete="off"
                        id=note_id
                        name=note_name
                        maxlength=LONGEST_NOTE.to_string()
                        value=typed.note
                        node_ref=row.note_input
                    />
                    {note_problem.map(|problem| problem_view(problem, None))}
                </div>
                <button
                    class="btn btn-sm btn-ghost"
                    type="button"
                    hidden=not_removable
                    aria-label=move || td_string!(locale, asking.remove_code, position = position())
                    on:click=move |_| remove(number)
                >
                    <Icon icon=lucide::LuX/>
                    {td_string!(locale, asking.remove)}
                </button>
            </fieldset>
        }
    };

    // Spoken: only that the answer changed and which rules speak against it, not every figure on every key.
    let spoken = Memo::new(move |_| match judgement.get() {
        None => String::new(),
        Some(judgement) if judgement.verdict.is_allowed() => td_string!(locale, verdict.allowed).to_owned(),
        Some(judgement) => {
            let rules = judgement.verdict.violations.iter().map(|violation| violation_text(locale, violation).rule);
            format!("{}: {}", td_string!(locale, verdict.refused), rules.collect::<Vec<_>>().join("; "))
        }
    });
    let verdict = move || {
        judgement.get().map(|judgement| {
            let taken = used.granted_codes + used.pending_codes;
            let made_of = (taken > 0).then(|| {
                view! { <a class="btn btn-sm" href=format!("#{MADE_OF}")>{td_string!(locale, asking.made_of, count = taken)}</a> }
            });
            let nearest = judgement.nearest.map(|nearest| {
                let label = td_string!(locale, asking.take, offer = sum_words(locale, &nearest));
                view! {
                    <button
                        class="btn btn-sm"
                        type="submit"
                        formnovalidate=true
                        name="nearest"
                        value=rows::offer_text(&nearest)
                        on:click=take
                    >
                        {label}
                    </button>
                }
            });
            let action = (!judgement.verdict.is_allowed() && (nearest.is_some() || made_of.is_some())).then_some((nearest, made_of));
            verdict_view(locale, &judgement.verdict, action)
        })
    };

    view! {
        <form class="form code-form" method="post" action=paths::API_BONUS_CODES_SUBMIT id="ask">
            <input type="hidden" name=IDEMPOTENCY_KEY value=key autocomplete="off"/>
            <input type="hidden" name=paths::AGAIN value=again.unwrap_or_default() autocomplete="off"/>
            <For each=move || rows.get() key=|row| row.number children=row_view/>
            // The button that asks comes first: it is the one that the key Enter presses.
            <div class="actions">
                <button class="btn btn-primary" type="submit">{act}</button>
                <button
                    class="btn"
                    type="submit"
                    formnovalidate=true
                    name="add_row"
                    value="1"
                    hidden=full
                    on:click=add
                >
                    <Icon icon=lucide::LuPlus/>
                    {td_string!(locale, asking.add_code)}
                </button>
            </div>
            <p class="visually-hidden" role="status">{spoken}</p>
            <div id="verdict">{verdict}</div>
        </form>
    }
}

/// "Запросить 3 кода на 9 000 ₽".
fn request_words(locale: Locale, faces: &[i64]) -> String {
    td_string!(locale, asking.request_codes, what = sum_words(locale, faces))
}

/// "3 кода на 9 000 ₽".
fn sum_words(locale: Locale, faces: &[i64]) -> String {
    let codes = td_string!(locale, common.codes, count = u32::try_from(faces.len()).unwrap_or(u32::MAX));
    td_string!(locale, asking.codes_worth, codes = codes, sum = format::roubles(locale, rows::total(faces)))
}

fn optional_mark(locale: Locale) -> impl IntoView {
    view! { <span class="field__optional">{format!(" ({})", td_string!(locale, form.optional))}</span> }
}

fn problem_view(problem: String, id: Option<String>) -> impl IntoView {
    view! {
        <p class="field__error" id=id>
            <Icon icon=lucide::LuCircleAlert/>
            {problem}
        </p>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::form::FieldProblem;
    use crate::packed::tests::survives;

    fn facts(faces: &[&str]) -> CodeFormFacts {
        let quarter = "2026-Q4".to_owned().try_into().unwrap_or_else(|_| panic!("a quarter"));
        let used =
            QuarterUse { granted_codes: 8, pending_codes: 1, granted_value: 18_000, pending_value: 3_000, ..QuarterUse::none(quarter) };
        let limits = CodeLimits::from(&Terms::default());
        let clients = vec![ClientChoice { id: "c-1".to_owned(), name: "<b>Ромашка</b>".to_owned() }];
        let row = |(number, face): (u32, &&str)| TypedRow { face: (*face).to_owned(), ..TypedRow::new(number) };
        let typed: Vec<TypedRow> = (1..).zip(faces).map(row).collect();
        let problems = BTreeMap::from([("face_1".to_owned(), problem_text(Locale::ru, &FieldProblem::NotANumber))]);
        CodeFormFacts { key: "k".to_owned(), used, limits, clients, typed, problems, again: None }
    }

    fn render(faces: &[&str]) -> String {
        Owner::new().with(|| view! { <BonusCodeForm locale=Locale::ru facts=Packed(facts(faces))/> }.to_html())
    }

    #[test]
    fn the_facts_survive_the_way_into_the_browser() {
        survives(&facts(&["3000", "x"]));
        survives(&facts(&[]));
    }

    #[test]
    fn without_scripting_the_answer_and_the_way_out_are_in_the_page() {
        let html = render(&["3000", "3000"]);
        assert!(html.contains("Кодов в квартале не больше 10"), "{html}");
        assert!(html.contains(r#"name="nearest""#) && html.contains(r#"value="3000""#), "{html}");
        assert!(html.contains("Запросить 2\u{a0}кода на 6\u{a0}000\u{a0}₽"), "{html}");
        assert!(html.contains(&format!("#{MADE_OF}")), "{html}");
    }

    #[test]
    fn the_key_enter_presses_the_button_that_asks() {
        let html = render(&["3000", "3000"]);
        let first = html.split("<button").find(|button| button.contains(r#"type="submit""#)).unwrap_or_default();
        assert!(first.contains("Запросить") && !first.contains("name="), "{first}");
    }

    #[test]
    fn nothing_typed_needs_no_answer() {
        let html = render(&[""]);
        assert!(html.contains("Запросить коды") && !html.contains("verdict__rule"), "{html}");
    }

    #[test]
    fn a_client_is_text_and_a_problem_stands_at_its_field() {
        let html = render(&["x"]);
        assert!(!html.contains("<b>"), "{html}");
        assert!(html.contains(r#"id="field-face_1-problem""#) && html.contains(r#"aria-invalid="true""#), "{html}");
    }
}
