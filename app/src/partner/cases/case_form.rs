//! The forms of a case: the brief, and the long form. Both are one `<form>` whose buttons save, show, or send what stands in it.

use std::collections::BTreeMap;

use domain::case_study::{Brief, Figure, Industry, Quote, Section, service_field};
use domain::request::{Editable, Entries, FieldNote, Problems, Stage};
use leptos::prelude::*;
use service::case_studies::Service;
use service::requests::RecordedRefusal;

use crate::components::case_content::{entry, industry_name, service_name};
use crate::components::draft_autosave::DraftAutosave;
use crate::components::notice::NoticeView;
use crate::components::request::{field_label, refusal_notice};
use crate::components::status::Tone;
use crate::form::{Choice, Control, Field, FormState, HiddenField, IDEMPOTENCY_KEY, error_summary, problem_text};
use crate::i18n::{Locale, td_string};
use crate::paths;

/// Everything that a form is made of.
pub(super) struct CaseForm<'a> {
    pub(super) locale: Locale,
    /// The draft; none of a new one.
    pub(super) reference: Option<&'a str>,
    /// The key that lives with it.
    pub(super) key: uuid::Uuid,
    /// The version that the form is made of; none of a new one.
    pub(super) version: Option<u32>,
    /// Of a form that came back: what was typed, and what speaks against it.
    pub(super) came_back: &'a FormState,
    pub(super) entries: &'a Entries,
    pub(super) editable: &'a Editable,
    /// The reviewer's words beside fields.
    pub(super) notes: &'a [FieldNote],
    /// Why it was refused, where it is taken up again.
    pub(super) refusal: Option<&'a RecordedRefusal>,
    /// What is wrong with what was entered.
    pub(super) problems: &'a Problems,
    pub(super) services: &'a [Service],
}

/// The buttons of a form, the main one first: what they send as `gesture`, and their words.
pub(super) type Buttons = Vec<(&'static str, String)>;

impl CaseForm<'_> {
    /// The form of a stage; nothing where the stage has none.
    pub(super) fn view(&self, stage: Option<Stage>, buttons: Buttons) -> AnyView {
        let Self { locale, reference, key, version, .. } = *self;
        let state = self.state();
        let (fields, names) = match stage {
            Some(Stage::Details) => self.details(&state),
            _ => self.brief(&state),
        };
        let labels = names.into_iter().map(|name| (name.clone(), self.label(&name))).collect();
        let buttons: Vec<_> = buttons
            .into_iter()
            .enumerate()
            .map(|(number, (gesture, label))| {
                let class = if number == 0 { "btn btn-primary" } else { "btn" };
                view! { <button class=class type="submit" name="gesture" value=gesture>{label}</button> }
            })
            .collect();
        view! {
            <form class="form" id="case-form" method="post" action=paths::API_CASE_SAVE>
                {error_summary(locale, &state, labels)}
                {self.refusal.map(|refusal| refusal_notice(locale, refusal, &[], None))}
                // Enter in a field saves: the first button of a form is the one that Enter presses.
                <button class="visually-hidden" type="submit" name="gesture" value="save" tabindex="-1" aria-hidden="true"></button>
                <HiddenField name="reference" value=reference.unwrap_or_default().to_owned()/>
                <HiddenField name=IDEMPOTENCY_KEY value=key.to_string()/>
                <HiddenField name="version" value=version.map(|version| version.to_string()).unwrap_or_default()/>
                {fields}
                <div class="actions">{buttons}</div>
                <DraftAutosave locale/>
            </form>
        }
        .into_any()
    }

    /// What the controls show: what was typed where the form came back, else what was entered; and what is wrong with it.
    fn state(&self) -> FormState {
        let mut state = self.came_back.clone();
        // What stands against other forms of the page, and what the page says on top, is not said here.
        state.problems.retain(|name, _| is_field(name));
        if self.reference.is_some() {
            state.refusal = None;
        }
        // A browser sends no box that is not ticked: what came back says of every box what it is.
        let came_back = state.values.keys().any(|name| is_field(name));
        let entries: BTreeMap<String, String> = self.entries.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        for (name, value) in entries {
            let is_box = value == "true";
            if !(came_back && is_box) {
                state.values.entry(name).or_insert(value);
            }
        }
        if state.problems.is_empty() {
            state.problems = self.problems.iter().map(|(name, problem)| (name.to_string(), *problem)).collect();
        }
        state
    }

    fn label(&self, name: &str) -> String {
        name.parse().map_or_else(|_| name.to_owned(), |name| field_label(self.locale, &name))
    }

    fn is_open(&self, name: &str) -> bool {
        name.parse().is_ok_and(|name| self.editable.allows(&name))
    }

    /// The reviewer's words beside a field.
    fn note(&self, name: &str) -> Option<impl IntoView + use<>> {
        let words: Vec<&str> = self.notes.iter().filter(|note| note.field.as_str() == name).map(|note| note.words.as_str()).collect();
        (!words.is_empty()).then(|| {
            let text = td_string!(self.locale, cases.note, words = words.join(" "));
            view! { <NoticeView tone=Tone::Warning text/> }
        })
    }

    /// A field with what to know about it and the reviewer's words.
    fn field(&self, state: &FormState, name: &str, hint: Option<String>, control: Control, optional: bool) -> AnyView {
        if !self.is_open(name) {
            return ().into_any();
        }
        let (locale, label) = (self.locale, self.label(name));
        // An unfinished draft may be saved, so no control keeps the form from being sent.
        let (field, condition) = (state.field(name), !optional);
        let control = match hint {
            Some(hint) => view! { <Field locale field label hint control optional condition/> }.into_any(),
            None => view! { <Field locale field label control optional condition/> }.into_any(),
        };
        view! { <div class="stack">{self.note(name)}{control}</div> }.into_any()
    }

    fn length(&self, (minimum, maximum): (u32, u32)) -> String {
        if minimum == 0 {
            td_string!(self.locale, cases.length_up_to, maximum = maximum)
        } else {
            td_string!(self.locale, cases.length, minimum = minimum, maximum = maximum)
        }
    }

    /// The brief, with the names of its fields in order.
    fn brief(&self, state: &FormState) -> (AnyView, Vec<String>) {
        let locale = self.locale;
        let industries = std::iter::once(Choice::new("", td_string!(locale, cases.choose_industry)))
            .chain(Industry::ALL.map(|industry| Choice::new(industry.as_str(), industry_name(locale, industry))));
        let fields = view! {
            {self.field(state, Brief::TITLE, Some(self.length(Brief::TITLE_LENGTH)), Control::Text, false)}
            {self.field(state, Brief::CLIENT, Some(td_string!(locale, cases.hint.client).to_owned()), Control::Text, false)}
            {self.field(state, Brief::ANONYMOUS, None, Control::Checkbox, false)}
            {self.field(state, Brief::INDUSTRY, None, Control::Select(industries.collect()), false)}
            {self.services_view(state)}
            {self.text(state, Brief::DONE, td_string!(locale, cases.hint.done), Brief::DONE_LENGTH)}
            {self.text(state, Brief::RESULT, td_string!(locale, cases.hint.result), Brief::RESULT_LENGTH)}
        };
        (fields.into_any(), Brief::FIELDS.iter().map(|name| (*name).to_owned()).collect())
    }

    /// A text in Markdown.
    fn text(&self, state: &FormState, name: &str, guidance: &str, length: (u32, u32)) -> AnyView {
        let hint = format!("{guidance} {} {}", self.length(length), td_string!(self.locale, cases.markdown));
        self.field(state, name, Some(hint), Control::LongText, length.0 == 0)
    }

    /// The services as boxes, with one problem for all of them.
    fn services_view(&self, state: &FormState) -> Option<impl IntoView + use<>> {
        if !self.is_open(Brief::SERVICES) {
            return None;
        }
        let locale = self.locale;
        let problem = state.problems.get(Brief::SERVICES).map(|problem| {
            view! { <p class="field__error" id="field-brief.services-problem">{problem_text(locale, problem)}</p> }
        });
        let boxes: Vec<_> = self
            .services
            .iter()
            .filter_map(|service| Some((service_field(&service.code.parse().ok()?), service)))
            .map(|(name, service)| {
                view! { <Field locale field=state.field(&name) label=service_name(locale, service) control=Control::Checkbox condition=true/> }
            })
            .collect();
        let described_by = problem.is_some().then_some("field-brief.services-problem");
        Some(view! {
            <div class="stack">
                {self.note(Brief::SERVICES)}
                <fieldset class="choices" id="field-brief.services" tabindex="-1" aria-describedby=described_by>
                    <legend>{self.label(Brief::SERVICES)}</legend>
                    {problem}
                    {boxes}
                </fieldset>
            </div>
        })
    }

    /// The long form, with the names of its fields in order.
    fn details(&self, state: &FormState) -> (AnyView, Vec<String>) {
        let mut names: Vec<String> = Section::ALL.map(Section::field).to_vec();
        names.extend((1..=Figure::MOST).flat_map(Figure::fields));
        names.extend([Quote::TEXT, Quote::AUTHOR, Quote::POSITION, Quote::CONSENT].map(str::to_owned));
        let sections: Vec<_> = Section::ALL
            .into_iter()
            .map(|section| self.text(state, &section.field(), guidance(self.locale, section), section.length()))
            .collect();
        let fields = view! {
            {sections}
            {self.figures_view(state)}
            {self.quote_view(state)}
        };
        (fields.into_any(), names)
    }

    fn figures_view(&self, state: &FormState) -> Option<impl IntoView + use<>> {
        if !self.is_open("details.figures") {
            return None;
        }
        let locale = self.locale;
        let is_filled = |number: u32| Figure::fields(number).iter().any(|name| state.values.get(name).is_some_and(|text| !text.is_empty()));
        // Two rows are there to begin with, and one more than are filled.
        let filled = (1..=Figure::MOST).rev().find(|number| is_filled(*number)).unwrap_or(0);
        let rows: Vec<_> = (1..=Figure::MOST)
            .map(|number| {
                let [what, before, after] = Figure::fields(number);
                let (what, before, after) = (
                    self.field(state, &what, None, Control::Text, true),
                    self.field(state, &before, None, Control::Text, true),
                    self.field(state, &after, None, Control::Text, true),
                );
                view! { <div class="card-grid">{what}{before}{after}</div> }.into_any()
            })
            .collect();
        let shown = usize::try_from((filled + 1).clamp(2, Figure::MOST)).unwrap_or(2);
        let mut rows = rows.into_iter();
        let first: Vec<_> = rows.by_ref().take(shown).collect();
        let rest: Vec<_> = rows.collect();
        let rest = (!rest.is_empty()).then(|| {
            view! { <details class="disclosure"><summary>{td_string!(locale, cases.more_figures)}</summary><div class="stack">{rest}</div></details> }
        });
        Some(view! {
            <fieldset class="stack" id="field-details.figures" tabindex="-1">
                <legend><strong>{td_string!(locale, requests.field.details.figures)}</strong></legend>
                <p class="muted">{td_string!(locale, cases.hint.figures)}</p>
                {self.note("details.figures")}
                {first}
                {rest}
            </fieldset>
        })
    }

    fn quote_view(&self, state: &FormState) -> Option<impl IntoView + use<>> {
        if !self.is_open("details.quote") {
            return None;
        }
        let locale = self.locale;
        Some(view! {
            <fieldset class="stack" id="field-details.quote" tabindex="-1">
                <legend><strong>{td_string!(locale, requests.field.details.quote)}</strong></legend>
                <p class="muted">{td_string!(locale, cases.hint.quote)}</p>
                {self.note("details.quote")}
                {self.field(state, Quote::TEXT, Some(self.length((Quote::TEXT_LENGTH.0, Quote::TEXT_LENGTH.1))), Control::TextArea, true)}
                {self.field(state, Quote::AUTHOR, None, Control::Text, true)}
                {self.field(state, Quote::POSITION, None, Control::Text, true)}
                {self.field(state, Quote::CONSENT, None, Control::Checkbox, true)}
            </fieldset>
        })
    }
}

/// Whether a control is one of the case's own.
pub(super) fn is_field(name: &str) -> bool {
    name.starts_with("brief.") || name.starts_with("details.")
}

/// What to write in a section.
fn guidance(locale: Locale, section: Section) -> &'static str {
    match section {
        Section::Situation => td_string!(locale, cases.guidance.situation),
        Section::Task => td_string!(locale, cases.guidance.task),
        Section::Solution => td_string!(locale, cases.guidance.solution),
        Section::Difficulties => td_string!(locale, cases.guidance.difficulties),
        Section::Outcome => td_string!(locale, cases.guidance.outcome),
        Section::Plans => td_string!(locale, cases.guidance.plans),
    }
}

/// Whether anything was entered at a stage.
pub(super) fn is_begun(entries: &Entries, stage: Stage) -> bool {
    entries.keys().any(|name| name.belongs_to(Some(stage)) && !entry(entries, name.as_str()).trim().is_empty())
}
