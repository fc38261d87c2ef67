//! How a form works here: the browser posts it natively, with and without scripting.
//!
//! `<form method="post" action={paths::API_..}>`, never `ActionForm`. The server function takes `String` fields with
//! `#[serde(default)]`, asks one use case and ends in a redirect ([`redirect`]). Where fields or rules speak against it, what was
//! typed is kept for a short while under an id, and the redirect leads back to the page with `?form=<id>`.

use std::collections::BTreeMap;

use domain::bonus_code::{RedeemRefusal, RevokeRefusal};
use domain::calendar::{BusinessDate, Month};
#[cfg(feature = "ssr")]
use domain::custom_host::HostProblem;
pub use domain::form::FieldProblem;
use domain::ledger::{AdjustmentState, EntryTransitionError, RunState, SecondPersonRequired};
use domain::money::Money;
use domain::request::{Entries, RequestStatus, TransitionError};
use domain::trial::TrialProblem;
use domain::verdict::Verdict;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::icon::{Icon, lucide};
use crate::components::verdict::VerdictView;
use crate::i18n::{Locale, td_string};

/// What is wrong with a form as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", content = "of", rename_all = "snake_case")]
pub enum FormRefusal {
    /// E-mail or password do not match.
    WrongCredentials,
    /// Too many attempts of late.
    TooManyAttempts,
    /// The facts changed while the form was filled in.
    ChangedMeanwhile,
    /// It arrived incomplete.
    Unreadable,
    /// The request was decided before, or was submitted by the same person.
    Transition(TransitionError),
    /// The code can't be redeemed.
    Redeem(RedeemRefusal),
    /// The code can't be revoked.
    Revoke(RevokeRefusal),
    /// There is no such code.
    UnknownCode,
    /// The text has not the shape of a code.
    CodeShape,
    /// The check character of the code does not fit.
    CodeMistyped,
    /// The trial's dates do not fit.
    Trial(TrialProblem),
    /// The client has this trial already.
    TrialKnown,
    /// The trial has a last day already.
    TrialEnded,
    /// The partner has this client already.
    ClientKnown,
    /// The exam is recorded already.
    ExamKnown,
    /// The date lies in the future.
    DateInFuture,
    /// The date lies in the past.
    DateInPast,
    /// The date lies too far ahead.
    DateTooFar {
        /// The last date that is taken.
        latest: BusinessDate,
    },
    /// The same exam waits for a decision already.
    LateFactKnown,
    /// The proposed fact was decided before.
    LateFactDecided,
    /// What the proposed fact corrects is another now.
    LateFactOutdated,
    /// The month is closed already.
    MonthClosed {
        /// The month.
        month: Month,
    },
    /// Another month comes first.
    MonthOutOfOrder {
        /// That month.
        next: Month,
    },
    /// The month is not over.
    MonthNotOver {
        /// The first day on which it can be closed.
        possible_on: BusinessDate,
    },
    /// There is no month to close.
    NothingToClose,
    /// The import was committed or discarded before.
    ImportFinished,
    /// The preview is out of date: the file has to be brought again.
    ImportOutdated,
    /// Terms begin on that day already, or are in force already.
    TermsKnown,
    /// Entries of the ledger are other ones than were shown.
    EntriesChanged,
    /// The entry can't change so.
    Entry(EntryTransitionError),
    /// There is nothing to settle.
    NothingToSettle,
    /// Nobody entered yet who pays.
    PayerUnknown,
    /// Somebody else has to carry the run out.
    SecondPerson(SecondPersonRequired),
    /// The run was carried out or dropped before.
    RunFinished(RunState),
    /// The day of the payment lies before the run.
    SettledBeforeMade,
    /// Taking the entry back would raise what the partner gets.
    ReversalRaises,
    /// Somebody else decides on the adjustment.
    OwnAdjustment,
    /// The adjustment was decided before.
    AdjustmentDecided(AdjustmentState),
    /// No partner who gets news chose one of the topics.
    NobodyReached,
    /// The news would go to another number of partners than was shown.
    AudienceChanged {
        /// How many it would go to now.
        reach: u32,
    },
    /// What would accrue is not the sum that was shown.
    SumChanged {
        /// What would accrue now, RUB.
        now: Money,
    },
    /// Files of the request can't change any more.
    FilesClosed,
    /// The draft of the brand was changed since.
    BrandChanged,
    /// Pairs of the brand's colours are not legible.
    BrandContrast,
    /// The partner has as many names as it may have.
    TooManyHosts {
        /// As many as it may have.
        most: u32,
    },
    /// The name leads to another portal.
    HostTaken,
    /// Staff forbade the name.
    HostForbidden,
    /// DNS gave no answer.
    HostNotLookedUp,
    /// The record is not in DNS.
    HostNotProven,
    /// Something else was done with the name.
    HostChanged,
    /// The name is taken.
    Taken,
}

/// What a form held when it came back: everything typed that may be shown again, and everything that speaks against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormState {
    /// By the control's name. Never a password.
    pub values: BTreeMap<String, String>,
    /// By the control's name.
    pub problems: BTreeMap<String, FieldProblem>,
    /// What is wrong with the whole.
    pub refusal: Option<FormRefusal>,
    /// What the rules say, where they were asked.
    pub verdict: Option<Verdict>,
}

impl FormState {
    /// The state of one control.
    pub fn field(&self, name: &str) -> FieldState {
        FieldState { name: name.to_owned(), value: self.values.get(name).cloned(), problem: self.problems.get(name).copied() }
    }

    /// Whether the form came back with anything against it.
    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty() || self.refusal.is_some() || self.verdict.as_ref().is_some_and(|verdict| !verdict.is_allowed())
    }
}

#[cfg(feature = "ssr")]
impl FormState {
    /// Keeps what was typed with what a use case says against it. A failure that is not about the form is passed on.
    pub fn refused(values: BTreeMap<String, String>, error: service::Error) -> Result<Self, crate::error::AppError> {
        let mut state = Self { values, ..Self::default() };
        match error {
            service::Error::Invalid(problems) => state.problems = problems,
            service::Error::Refused(service::Refusal::Rules(verdict)) => state.verdict = Some(verdict),
            service::Error::Refused(refusal) => state.refusal = Some(refusal.into()),
            other => return Err(other.into()),
        }
        Ok(state)
    }

    /// Stores the state and leads back to its page, which shows it.
    pub async fn send_back(&self, page: &str) -> Result<(), crate::error::AppError> {
        self.send_back_to(page, "").await
    }

    /// The same for a form in a part of the page, named by its anchor: `#hosts`.
    pub async fn send_back_to(&self, page: &str, anchor: &str) -> Result<(), crate::error::AppError> {
        let viewer = crate::context::optional_viewer();
        let id = crate::context::services()?.form_state_save(viewer.as_ref(), self).await?;
        redirect(&format!("{}{anchor}", crate::paths::with_query(page, &[("form", &id.to_string())])));
        Ok(())
    }
}

#[cfg(feature = "ssr")]
impl From<service::Refusal> for FormRefusal {
    fn from(refusal: service::Refusal) -> Self {
        use service::Refusal;

        match refusal {
            // A verdict stands in the form's own field; here it would only be a change since.
            Refusal::Rules(_) => Self::ChangedMeanwhile,
            Refusal::Transition(error) => Self::Transition(error),
            Refusal::Redeem(refusal) => Self::Redeem(refusal),
            Refusal::Revoke(refusal) => Self::Revoke(refusal),
            Refusal::Trial(problem) => Self::Trial(problem),
            Refusal::TrialKnown => Self::TrialKnown,
            Refusal::TrialEnded => Self::TrialEnded,
            Refusal::ClientKnown => Self::ClientKnown,
            Refusal::ExamKnown => Self::ExamKnown,
            Refusal::DateInFuture => Self::DateInFuture,
            Refusal::DateInPast => Self::DateInPast,
            Refusal::DateTooFar { latest } => Self::DateTooFar { latest },
            Refusal::LateFactKnown => Self::LateFactKnown,
            Refusal::LateFactDecided => Self::LateFactDecided,
            Refusal::LateFactOutdated => Self::LateFactOutdated,
            Refusal::MonthClosed(month) => Self::MonthClosed { month },
            Refusal::MonthOutOfOrder { next } => Self::MonthOutOfOrder { next },
            Refusal::MonthNotOver { possible_on } => Self::MonthNotOver { possible_on },
            Refusal::NothingToClose => Self::NothingToClose,
            Refusal::ImportFinished => Self::ImportFinished,
            Refusal::ImportOutdated => Self::ImportOutdated,
            Refusal::TermsKnown => Self::TermsKnown,
            Refusal::EntriesChanged => Self::EntriesChanged,
            Refusal::Entry(error) => Self::Entry(error),
            Refusal::NothingToSettle => Self::NothingToSettle,
            Refusal::PayerUnknown => Self::PayerUnknown,
            Refusal::SecondPerson(required) => Self::SecondPerson(required),
            Refusal::RunFinished(state) => Self::RunFinished(state),
            Refusal::SettledBeforeMade => Self::SettledBeforeMade,
            Refusal::ReversalRaises => Self::ReversalRaises,
            Refusal::OwnAdjustment => Self::OwnAdjustment,
            Refusal::AdjustmentDecided(state) => Self::AdjustmentDecided(state),
            Refusal::NobodyReached => Self::NobodyReached,
            Refusal::AudienceChanged { reach } => Self::AudienceChanged { reach },
            Refusal::SumChanged { now } => Self::SumChanged { now },
            Refusal::FilesClosed => Self::FilesClosed,
            Refusal::BrandChanged => Self::BrandChanged,
            Refusal::BrandContrast(_) => Self::BrandContrast,
            Refusal::TooManyHosts { most } => Self::TooManyHosts { most },
            Refusal::HostTaken => Self::HostTaken,
            Refusal::HostForbidden => Self::HostForbidden,
            Refusal::HostNotLookedUp => Self::HostNotLookedUp,
            Refusal::HostChanged => Self::HostChanged,
            Refusal::Taken => Self::Taken,
        }
    }
}

/// What was entered in a form whose controls are named as the fields of `domain`; what names no field there is left out.
pub fn entries_of<'field>(fields: impl IntoIterator<Item = (&'field String, &'field String)>) -> Entries {
    fields.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.clone()))).collect()
}

/// The state of one control of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldState {
    name: String,
    value: Option<String>,
    problem: Option<FieldProblem>,
}

impl FieldState {
    /// The same, showing `value` where nothing was typed yet.
    #[must_use]
    pub fn or_value(mut self, value: impl Into<String>) -> Self {
        self.value.get_or_insert_with(|| value.into());
        self
    }

    fn value(&self) -> String {
        self.value.clone().unwrap_or_default()
    }
}

/// The id of a control on its page, as `#field-email`.
pub(crate) fn control_id(name: &str) -> String {
    format!("field-{name}")
}

/// A choice of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice that sends `value` and reads `label`.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// The kinds of control.
#[derive(Clone, Debug)]
pub enum Control {
    /// One line of text.
    Text,
    /// An e-mail address.
    Email,
    /// A password: never filled in by the portal.
    Password,
    /// Words to search for.
    Search,
    /// A whole number.
    Number {
        /// The least.
        minimum: i64,
        /// The most.
        maximum: i64,
    },
    /// A day.
    Date,
    /// A month.
    Month,
    /// One of a list, folded.
    Select(Vec<Choice>),
    /// One of a list, unfolded.
    Radio(Vec<Choice>),
    /// Yes or nothing.
    Checkbox,
    /// A time of day.
    Time,
    /// Several lines of text.
    TextArea,
    /// A text of several paragraphs.
    LongText,
    /// A file; its form needs `enctype="multipart/form-data"`.
    File,
}

/// A labelled control with its hint and its problem.
#[component]
pub fn Field(
    /// The language.
    locale: Locale,
    /// Its state, from [`FormState::field`]; also names it.
    field: FieldState,
    /// The label above it.
    #[prop(into)]
    label: String,
    /// The kind of control.
    control: Control,
    /// What to know before filling it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it may stay empty, which the label says.
    #[prop(optional)]
    optional: bool,
    /// Whether it is a condition of a list: those may all stay empty, and no label says so.
    #[prop(optional)]
    condition: bool,
    /// What browsers may fill in, as `username`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// The most characters it takes.
    #[prop(optional)]
    maximum_length: Option<u32>,
) -> impl IntoView {
    let id = control_id(&field.name);
    let hint_id = hint.as_ref().map(|_| format!("{id}-hint"));
    let problem_id = field.problem.as_ref().map(|_| format!("{id}-problem"));
    let described_by = match (&hint_id, &problem_id) {
        (None, None) => None,
        (hint, problem) => Some(hint.iter().chain(problem).cloned().collect::<Vec<_>>().join(" ")),
    };
    let frame = Frame {
        id: id.clone(),
        described_by,
        invalid: field.problem.is_some(),
        required: !optional && !condition,
        autocomplete,
        maximum_length,
    };
    let grouped = matches!(control, Control::Radio(_));
    let boxed = matches!(control, Control::Checkbox);
    let optional_mark =
        (optional && !boxed).then(|| view! { <span class="muted">{format!(" ({})", td_string!(locale, form.optional))}</span> });
    let hint = hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> });
    let problem = field.problem.as_ref().map(|problem| {
        view! {
            <p class="field__error" id=problem_id>
                <Icon icon=lucide::LuCircleAlert/>
                {problem_text(locale, problem)}
            </p>
        }
    });
    let control = control_view(&field, control, frame);
    if grouped {
        view! {
            <fieldset class="choices" id=id tabindex="-1">
                <legend>{label}{optional_mark}</legend>
                {hint}
                {problem}
                {control}
            </fieldset>
        }
        .into_any()
    } else if boxed {
        view! {
            <div class="field">
                <label class="choice" r#for=id>{control}<span>{label}</span></label>
                {hint}
                {problem}
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="field">
                <label class="field__label" r#for=id>{label}{optional_mark}</label>
                {hint}
                {control}
                {problem}
            </div>
        }
        .into_any()
    }
}

/// What every control carries.
struct Frame {
    id: String,
    described_by: Option<String>,
    invalid: bool,
    required: bool,
    autocomplete: Option<&'static str>,
    maximum_length: Option<u32>,
}

fn control_view(field: &FieldState, control: Control, frame: Frame) -> AnyView {
    let input = |kind: &'static str, value: Option<String>, frame: Frame, range: Option<(i64, i64)>| {
        view! {
            <input
                class="input"
                type=kind
                id=frame.id
                name=field.name.clone()
                value=value
                required=frame.required
                autocomplete=frame.autocomplete
                maxlength=frame.maximum_length
                min=range.map(|(minimum, _)| minimum)
                max=range.map(|(_, maximum)| maximum)
                aria-describedby=frame.described_by
                aria-invalid=frame.invalid.then_some("true")
            />
        }
        .into_any()
    };
    match control {
        Control::Text => input("text", Some(field.value()), frame, None),
        Control::Email => input("email", Some(field.value()), frame, None),
        Control::Password => input("password", None, frame, None),
        Control::Search => input("search", Some(field.value()), Frame { required: false, ..frame }, None),
        Control::Number { minimum, maximum } => input("number", Some(field.value()), frame, Some((minimum, maximum))),
        Control::Date => input("date", Some(field.value()), frame, None),
        Control::Time => input("time", Some(field.value()), frame, None),
        Control::Month => input("month", Some(field.value()), frame, None),
        Control::File => view! {
            <input
                class="file-input"
                type="file"
                id=frame.id
                name=field.name.clone()
                required=frame.required
                aria-describedby=frame.described_by
                aria-invalid=frame.invalid.then_some("true")
            />
        }
        .into_any(),
        Control::Select(choices) => {
            let selected = field.value();
            let options: Vec<_> = choices
                .into_iter()
                .map(|choice| {
                    let is_selected = choice.value == selected;
                    view! { <option value=choice.value selected=is_selected>{choice.label}</option> }
                })
                .collect();
            view! {
                <select
                    class="select"
                    id=frame.id
                    name=field.name.clone()
                    required=frame.required
                    autocomplete=frame.autocomplete
                    aria-describedby=frame.described_by
                    aria-invalid=frame.invalid.then_some("true")
                >
                    {options}
                </select>
            }
            .into_any()
        }
        Control::Radio(choices) => {
            let selected = field.value();
            choices
                .into_iter()
                .map(|choice| {
                    let is_selected = choice.value == selected;
                    view! {
                        <label class="choice">
                            <input
                                class="radio"
                                type="radio"
                                name=field.name.clone()
                                value=choice.value
                                checked=is_selected
                                required=frame.required
                                aria-describedby=frame.described_by.clone()
                            />
                            <span>{choice.label}</span>
                        </label>
                    }
                })
                .collect::<Vec<_>>()
                .into_any()
        }
        Control::Checkbox => view! {
            <input
                class="checkbox"
                type="checkbox"
                id=frame.id
                name=field.name.clone()
                value="true"
                checked=field.value() == "true"
                aria-describedby=frame.described_by
                aria-invalid=frame.invalid.then_some("true")
            />
        }
        .into_any(),
        Control::TextArea | Control::LongText => view! {
            <textarea
                class="textarea"
                rows=if matches!(control, Control::LongText) { "12" } else { "4" }
                id=frame.id
                name=field.name.clone()
                required=frame.required
                maxlength=frame.maximum_length
                aria-describedby=frame.described_by
                aria-invalid=frame.invalid.then_some("true")
                inner_html=text_area_content(&field.value())
            ></textarea>
        }
        .into_any(),
    }
}

/// The content of a text area as HTML. Leptos 0.8 writes the children of `<textarea>` unescaped, so this is the one place that
/// fills one. A parser drops the first line break after the tag; one more keeps the reader's own.
fn text_area_content(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    html.push('\n');
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(other),
        }
    }
    html
}

/// Everything that speaks against a form, on top of it, each field's problem leading to the field.
#[component]
pub fn ErrorSummary(
    /// The language.
    locale: Locale,
    /// The state of the form.
    form: FormState,
    /// The labels by the names of the controls, in the order of the page.
    labels: Vec<(&'static str, String)>,
) -> impl IntoView {
    error_summary(locale, &form, labels.into_iter().map(|(name, label)| (name.to_owned(), label)).collect())
}

/// The same for a form whose controls are named by data.
pub fn error_summary(locale: Locale, form: &FormState, labels: Vec<(String, String)>) -> impl IntoView + use<> {
    let items: Vec<_> = labels
        .into_iter()
        .filter_map(|(name, label)| {
            let problem = form.problems.get(&name)?;
            let text = format!("{label}: {}", problem_text(locale, problem));
            Some(view! { <li><a href=format!("#{}", control_id(&name))>{text}</a></li> })
        })
        .collect();
    let list = (!items.is_empty()).then(|| {
        view! {
            <h2>{td_string!(locale, form.summary_title)}</h2>
            <ul>{items}</ul>
        }
    });
    let refusal = form.refusal.map(|refusal| view! { <p>{refusal_text(locale, refusal)}</p> });
    let verdict = form.verdict.clone().filter(|verdict| !verdict.is_allowed()).map(|verdict| view! { <VerdictView locale verdict/> });
    form.has_problems().then(|| {
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus=true id="error-summary">
                {refusal}
                {list}
                {verdict}
            </div>
        }
    })
}

/// The button that sends a form; it says the act.
#[component]
pub fn SubmitButton(
    /// What happens, as "Запросить 3 кода на 9 000 ₽".
    #[prop(into)]
    label: String,
    /// For an act that can't be taken back.
    #[prop(optional)]
    destructive: bool,
) -> impl IntoView {
    let class = if destructive { "btn btn-error" } else { "btn btn-primary" };
    view! { <button class=class type="submit">{label}</button> }
}

/// A value that travels with a form unseen.
#[component]
pub fn HiddenField(
    /// The name of the control.
    #[prop(into)]
    name: std::borrow::Cow<'static, str>,
    /// What is sent.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// The name of the control that makes a repeated submit harmless.
pub const IDEMPOTENCY_KEY: &str = "idempotency_key";

/// The key that makes a double press harmless: the use case answers a repeat with what the first one did. One per rendered form.
#[component]
pub fn IdempotencyKey(
    /// A fresh key; the use case that loads the page draws it.
    key: uuid::Uuid,
) -> impl IntoView {
    view! { <HiddenField name=IDEMPOTENCY_KEY value=key.to_string()/> }
}

/// The words for a problem of a field.
pub fn problem_text(locale: Locale, problem: &FieldProblem) -> String {
    let number = |number: i64| crate::format::number(locale, number);
    match problem {
        FieldProblem::Required => td_string!(locale, form.problem.required).to_owned(),
        FieldProblem::NotANumber => td_string!(locale, form.problem.not_a_number).to_owned(),
        FieldProblem::NotWhole => td_string!(locale, form.problem.not_whole).to_owned(),
        FieldProblem::TooFine => td_string!(locale, form.problem.too_fine).to_owned(),
        FieldProblem::TooSmall { minimum } => td_string!(locale, form.problem.too_small, minimum = number(*minimum)),
        FieldProblem::TooLarge { maximum } => td_string!(locale, form.problem.too_large, maximum = number(*maximum)),
        FieldProblem::NotADate => td_string!(locale, form.problem.not_a_date).to_owned(),
        FieldProblem::NotInFuture => td_string!(locale, form.problem.not_in_future).to_owned(),
        FieldProblem::NotAMonth => td_string!(locale, form.problem.not_a_month).to_owned(),
        FieldProblem::TooShort { minimum } => td_string!(locale, form.problem.too_short, count = *minimum),
        FieldProblem::TooLong { maximum } => td_string!(locale, form.problem.too_long, count = *maximum),
        FieldProblem::UnknownChoice => td_string!(locale, form.problem.unknown_choice).to_owned(),
        FieldProblem::InFuture => td_string!(locale, form.problem.in_future).to_owned(),
        other => page_problem_text(locale, other),
    }
}

/// What only fields of pages can have. No island has such a field, so the words stay out of the browser's module.
#[cfg(feature = "ssr")]
fn page_problem_text(locale: Locale, problem: &FieldProblem) -> String {
    match problem {
        FieldProblem::InnShape => td_string!(locale, form.problem.inn_shape).to_owned(),
        FieldProblem::InnChecksum => td_string!(locale, form.problem.inn_checksum).to_owned(),
        FieldProblem::BikShape => td_string!(locale, form.problem.bik_shape).to_owned(),
        FieldProblem::AccountShape => td_string!(locale, form.problem.account_shape).to_owned(),
        FieldProblem::AccountKey => td_string!(locale, form.problem.account_key).to_owned(),
        FieldProblem::KppShape => td_string!(locale, form.problem.kpp_shape).to_owned(),
        FieldProblem::NotForBank { character } => td_string!(locale, form.problem.not_for_bank, character = character.to_string()),
        FieldProblem::NotATime => td_string!(locale, form.problem.not_a_time).to_owned(),
        FieldProblem::NotALink => td_string!(locale, form.problem.not_a_link).to_owned(),
        FieldProblem::OtherChannel => td_string!(locale, form.problem.other_channel).to_owned(),
        FieldProblem::NotAPublicPost => td_string!(locale, form.problem.not_a_public_post).to_owned(),
        FieldProblem::LinkKnown => td_string!(locale, form.problem.link_known).to_owned(),
        FieldProblem::ConsentMissing => td_string!(locale, form.problem.consent_missing).to_owned(),
        FieldProblem::NotAColour => td_string!(locale, form.problem.not_a_colour).to_owned(),
        FieldProblem::NotAnEmail => td_string!(locale, form.problem.not_an_email).to_owned(),
        FieldProblem::NotAPhone => td_string!(locale, form.problem.not_a_phone).to_owned(),
        FieldProblem::ForbiddenCharacter { character } => {
            let code = format!("U+{:04X}", u32::from(*character));
            td_string!(locale, form.problem.forbidden_character, code = code)
        }
        FieldProblem::NotAHost { host } => host_problem_text(locale, *host).to_owned(),
        // Said above, where islands say it, too.
        FieldProblem::Required
        | FieldProblem::NotANumber
        | FieldProblem::NotWhole
        | FieldProblem::TooFine
        | FieldProblem::TooSmall { .. }
        | FieldProblem::TooLarge { .. }
        | FieldProblem::NotADate
        | FieldProblem::NotInFuture
        | FieldProblem::NotAMonth
        | FieldProblem::TooShort { .. }
        | FieldProblem::TooLong { .. }
        | FieldProblem::UnknownChoice
        | FieldProblem::InFuture => td_string!(locale, form.problem.other).to_owned(),
    }
}

#[cfg(not(feature = "ssr"))]
fn page_problem_text(locale: Locale, _: &FieldProblem) -> String {
    td_string!(locale, form.problem.other).to_owned()
}

/// What is wrong with the name of a host.
#[cfg(feature = "ssr")]
fn host_problem_text(locale: Locale, problem: HostProblem) -> &'static str {
    match problem {
        HostProblem::Required => td_string!(locale, form.problem.required),
        HostProblem::Address | HostProblem::Port => td_string!(locale, form.host.address),
        HostProblem::IpAddress => td_string!(locale, form.host.ip_address),
        HostProblem::Wildcard => td_string!(locale, form.host.wildcard),
        HostProblem::NeedsPunycode => td_string!(locale, form.host.needs_punycode),
        HostProblem::MixedAlphabets => td_string!(locale, form.host.mixed_alphabets),
        HostProblem::NotPublic => td_string!(locale, form.host.not_public),
        HostProblem::OneLabel => td_string!(locale, form.host.one_label),
        HostProblem::TooLong { .. }
        | HostProblem::LabelTooLong { .. }
        | HostProblem::Character { .. }
        | HostProblem::EmptyLabel
        | HostProblem::Hyphen
        | HostProblem::Ending => td_string!(locale, form.problem.host),
    }
}

/// Why the one who made a settlement run does not carry it out.
pub fn second_person_text(locale: Locale, required: SecondPersonRequired) -> String {
    match required {
        SecondPersonRequired::Amount { above } => td_string!(locale, form.refusal.second_person, sum = crate::format::money(locale, above)),
        SecondPersonRequired::OwnChange { days } => td_string!(locale, form.refusal.second_person_own_change, days = days),
    }
}

/// The words for what refuses a form as a whole.
pub fn refusal_text(locale: Locale, refusal: FormRefusal) -> String {
    let day = |date: BusinessDate| crate::format::date_long(locale, date);
    match refusal {
        FormRefusal::WrongCredentials => td_string!(locale, form.refusal.wrong_credentials).to_owned(),
        FormRefusal::TooManyAttempts => td_string!(locale, form.refusal.too_many_attempts).to_owned(),
        FormRefusal::ChangedMeanwhile | FormRefusal::Transition(TransitionError::Stale { .. }) => {
            td_string!(locale, form.refusal.changed_meanwhile).to_owned()
        }
        FormRefusal::Unreadable => td_string!(locale, form.refusal.unreadable).to_owned(),
        FormRefusal::Transition(TransitionError::OwnRequest) => td_string!(locale, form.refusal.own_request).to_owned(),
        FormRefusal::Transition(TransitionError::AlreadyDecided { status }) => match status {
            RequestStatus::Approved => td_string!(locale, form.refusal.already_approved).to_owned(),
            RequestStatus::Refused => td_string!(locale, form.refusal.already_refused).to_owned(),
            RequestStatus::Withdrawn => td_string!(locale, form.refusal.already_withdrawn).to_owned(),
            RequestStatus::Cancelled => td_string!(locale, form.refusal.already_cancelled).to_owned(),
            RequestStatus::Fulfilled => td_string!(locale, form.refusal.already_fulfilled).to_owned(),
            RequestStatus::Draft | RequestStatus::Submitted | RequestStatus::InReview | RequestStatus::ActionRequired => {
                td_string!(locale, form.refusal.not_possible_now).to_owned()
            }
        },
        FormRefusal::Transition(TransitionError::FieldLocked) => td_string!(locale, form.refusal.field_locked).to_owned(),
        FormRefusal::Transition(TransitionError::MonthBegun) => td_string!(locale, form.refusal.month_begun).to_owned(),
        FormRefusal::Transition(TransitionError::DeadlinePassed { deadline }) => {
            td_string!(locale, form.refusal.deadline_passed, date = day(deadline))
        }
        FormRefusal::Transition(TransitionError::OwnBonus) => td_string!(locale, form.refusal.own_bonus).to_owned(),
        FormRefusal::Transition(TransitionError::BonusNotSet) => td_string!(locale, form.refusal.bonus_not_set).to_owned(),
        FormRefusal::Transition(TransitionError::NoText) => td_string!(locale, form.refusal.no_text).to_owned(),
        FormRefusal::Transition(TransitionError::NoFieldNamed | TransitionError::FieldNamedTwice) => {
            td_string!(locale, form.refusal.no_field_named).to_owned()
        }
        FormRefusal::Transition(TransitionError::Slots { .. }) => td_string!(locale, form.refusal.slots).to_owned(),
        FormRefusal::Transition(TransitionError::TextNumber | TransitionError::Denied { .. }) => {
            td_string!(locale, form.refusal.not_possible_now).to_owned()
        }
        FormRefusal::Redeem(RedeemRefusal::AlreadyRedeemed) => td_string!(locale, form.refusal.code_redeemed).to_owned(),
        FormRefusal::Redeem(RedeemRefusal::Revoked) | FormRefusal::Revoke(RevokeRefusal::AlreadyRevoked) => {
            td_string!(locale, form.refusal.code_revoked).to_owned()
        }
        FormRefusal::Redeem(RedeemRefusal::ClientHasRedeemed { .. }) => td_string!(locale, form.refusal.client_has_redeemed).to_owned(),
        FormRefusal::Revoke(RevokeRefusal::Redeemed) => td_string!(locale, form.refusal.revoke_redeemed).to_owned(),
        FormRefusal::UnknownCode => td_string!(locale, form.refusal.unknown_code).to_owned(),
        FormRefusal::CodeShape => td_string!(locale, form.refusal.code_shape).to_owned(),
        FormRefusal::CodeMistyped => td_string!(locale, form.refusal.code_mistyped).to_owned(),
        FormRefusal::Trial(_) => td_string!(locale, form.refusal.trial_dates).to_owned(),
        FormRefusal::TrialKnown => td_string!(locale, form.refusal.trial_known).to_owned(),
        FormRefusal::TrialEnded => td_string!(locale, form.refusal.trial_ended).to_owned(),
        FormRefusal::ClientKnown => td_string!(locale, form.refusal.client_known).to_owned(),
        FormRefusal::ExamKnown => td_string!(locale, form.refusal.exam_known).to_owned(),
        FormRefusal::DateInFuture => td_string!(locale, form.refusal.date_in_future).to_owned(),
        FormRefusal::DateInPast => td_string!(locale, form.refusal.date_in_past).to_owned(),
        FormRefusal::DateTooFar { latest } => td_string!(locale, form.refusal.date_too_far, date = day(latest)),
        FormRefusal::LateFactKnown => td_string!(locale, form.refusal.late_fact_known).to_owned(),
        FormRefusal::LateFactDecided => td_string!(locale, form.refusal.late_fact_decided).to_owned(),
        FormRefusal::LateFactOutdated => td_string!(locale, form.refusal.late_fact_outdated).to_owned(),
        FormRefusal::MonthClosed { month } => {
            td_string!(locale, form.refusal.month_closed, month = crate::format::month(locale, month))
        }
        FormRefusal::MonthOutOfOrder { next } => {
            td_string!(locale, form.refusal.month_out_of_order, month = crate::format::month(locale, next))
        }
        FormRefusal::MonthNotOver { possible_on } => td_string!(locale, form.refusal.month_not_over, date = day(possible_on)),
        FormRefusal::NothingToClose => td_string!(locale, form.refusal.nothing_to_close).to_owned(),
        FormRefusal::ImportFinished => td_string!(locale, form.refusal.import_finished).to_owned(),
        FormRefusal::ImportOutdated => td_string!(locale, form.refusal.import_outdated).to_owned(),
        FormRefusal::TermsKnown => td_string!(locale, form.refusal.terms_known).to_owned(),
        FormRefusal::EntriesChanged => td_string!(locale, form.refusal.entries_changed).to_owned(),
        FormRefusal::Entry(_) => td_string!(locale, form.refusal.entry_state).to_owned(),
        FormRefusal::NothingToSettle => td_string!(locale, form.refusal.nothing_to_settle).to_owned(),
        FormRefusal::PayerUnknown => td_string!(locale, form.refusal.payer_unknown).to_owned(),
        FormRefusal::SecondPerson(required) => second_person_text(locale, required),
        FormRefusal::RunFinished(RunState::Dropped) => td_string!(locale, form.refusal.run_dropped).to_owned(),
        FormRefusal::RunFinished(RunState::Settled | RunState::Made) => td_string!(locale, form.refusal.run_settled).to_owned(),
        FormRefusal::SettledBeforeMade => td_string!(locale, form.refusal.settled_before_made).to_owned(),
        FormRefusal::ReversalRaises => td_string!(locale, form.refusal.reversal_raises).to_owned(),
        FormRefusal::OwnAdjustment => td_string!(locale, form.refusal.own_adjustment).to_owned(),
        FormRefusal::AdjustmentDecided(_) => td_string!(locale, form.refusal.adjustment_decided).to_owned(),
        FormRefusal::NobodyReached => td_string!(locale, form.refusal.nobody_reached).to_owned(),
        FormRefusal::AudienceChanged { reach } => td_string!(locale, form.refusal.audience_changed, count = reach),
        FormRefusal::SumChanged { now } => td_string!(locale, form.refusal.sum_changed, sum = crate::format::money(locale, now)),
        FormRefusal::FilesClosed => td_string!(locale, form.refusal.files_closed).to_owned(),
        FormRefusal::BrandChanged => td_string!(locale, form.refusal.brand_changed).to_owned(),
        FormRefusal::BrandContrast => td_string!(locale, form.refusal.brand_contrast).to_owned(),
        FormRefusal::TooManyHosts { most } => td_string!(locale, form.refusal.too_many_hosts, most = most),
        FormRefusal::HostTaken => td_string!(locale, form.refusal.host_taken).to_owned(),
        FormRefusal::HostForbidden => td_string!(locale, form.refusal.host_forbidden).to_owned(),
        FormRefusal::HostNotLookedUp => td_string!(locale, form.refusal.host_not_looked_up).to_owned(),
        FormRefusal::HostNotProven => td_string!(locale, form.refusal.host_not_proven).to_owned(),
        FormRefusal::HostChanged => td_string!(locale, form.refusal.host_changed).to_owned(),
        FormRefusal::Taken => td_string!(locale, form.refusal.taken).to_owned(),
    }
}

/// Ends a server function: the browser goes on to `path` with a GET (303). Call it last; it does not return for the caller.
#[cfg(feature = "ssr")]
pub fn redirect(path: &str) {
    use http::{HeaderValue, StatusCode, header};

    let Some(response) = use_context::<leptos_axum::ResponseOptions>() else { return };
    // A path that no header can carry leads to the start page rather than nowhere.
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static(crate::paths::START));
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::SEE_OTHER);
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn state(name: &str, value: &str, problem: Option<FieldProblem>) -> FormState {
        FormState {
            values: [(name.to_owned(), value.to_owned())].into(),
            problems: problem.map(|problem| (name.to_owned(), problem)).into_iter().collect(),
            ..FormState::default()
        }
    }

    fn render(control: Control, value: &str) -> String {
        let owner = Owner::new();
        owner.with(|| {
            let field = state("note", value, Some(FieldProblem::Required)).field("note");
            view! { <Field locale=Locale::ru field label="Заметка" hint="Не больше строки" control/> }.to_html()
        })
    }

    #[test]
    fn what_was_typed_into_a_text_area_stays_text() {
        let html = render(Control::TextArea, "</textarea><img src=x onerror=alert(1)>&amp;");
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;</textarea>"), "{html}");
    }

    #[test]
    fn what_was_typed_into_an_input_stays_inside_its_attribute() {
        let html = render(Control::Text, r#""><script>alert(1)</script>"#);
        assert!(!html.contains("<script>"), "{html}");
        assert!(!html.contains(r#"value="">"#), "{html}");
    }

    #[test]
    fn a_choice_is_escaped_and_the_chosen_one_is_selected() {
        let choices = vec![Choice::new("a", "<b>A</b>"), Choice::new("b", "B")];
        let html = render(Control::Select(choices), "b");
        assert!(!html.contains("<b>"), "{html}");
        let selected = html.split("<option").find(|option| option.contains(" selected")).unwrap_or_default();
        assert!(selected.contains(r#"value="b""#), "{html}");
    }

    #[test]
    fn a_control_names_its_hint_and_its_problem() {
        let html = render(Control::Text, "x");
        assert!(html.contains(r#"aria-describedby="field-note-hint field-note-problem""#), "{html}");
        assert!(html.contains(r#"id="field-note-problem""#) && html.contains("Заполните поле"), "{html}");
    }

    #[test]
    fn a_password_is_never_filled_in() {
        assert!(!render(Control::Password, "hunter2").contains("hunter2"));
    }

    #[test]
    fn the_summary_leads_to_each_field_and_is_absent_without_problems() {
        let summary = |form: FormState| {
            Owner::new().with(|| {
                let labels = vec![("email", "Почта".to_owned())];
                view! { <ErrorSummary locale=Locale::ru form labels/> }.to_html()
            })
        };
        let html = summary(state("email", "x", Some(FieldProblem::NotADate)));
        assert!(html.contains(r##"href="#field-email""##) && html.contains("Почта: "), "{html}");
        assert!(!summary(FormState::default()).contains("error-summary"));
    }
}
