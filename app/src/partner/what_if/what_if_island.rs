//! The form of suppositions and what comes of them. It is a `GET` form: without scripting the server answers for the address; awake, the
//! browser runs the same rules while one types, and keeps the address in step.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use domain::calendar::Month;
use domain::form::FieldProblem;
use domain::money::Money;
use domain::what_if::{DEFAULT_MONTHS, MOST_MONTHS, MOST_REVENUE, Plan, PlanProblem, Snapshot, compare, field};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::components::icon::{Icon, lucide};
use crate::form::problem_text;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::packed::Packed;
use crate::partner::what_if::result::{money_sentence, result_html};
use crate::paths;

/// The step of the sliders, whole RUB.
const SLIDER_STEP: i64 = 1_000;

/// What the form begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhatIfFacts {
    /// The partner's facts.
    pub snapshot: Snapshot,
    /// The fields of the address.
    pub given: Vec<(String, String)>,
}

/// Which text field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    /// Revenue of every month at once.
    Every,
    /// Revenue of a month, by its number from 0.
    Month(usize),
    /// The day of an exam.
    Exam,
    /// The share of KVM.
    Kvm,
    /// The share of MONT Office.
    MontOffice,
}

impl Control {
    /// Its name in the form and in an address.
    fn name(self) -> &'static str {
        match self {
            Self::Every => field::EVERY,
            Self::Month(_) => field::REVENUE,
            Self::Exam => field::EXAM,
            Self::Kvm => field::KVM,
            Self::MontOffice => field::MONT_OFFICE,
        }
    }

    /// Whether a problem of a plan that begins with `first` is one of this field.
    fn has(self, problem: &PlanProblem, first: Month) -> bool {
        match problem {
            PlanProblem::Every { .. } => self == Self::Every,
            PlanProblem::Exam { .. } | PlanProblem::ExamPassed => self == Self::Exam,
            PlanProblem::Kvm { .. } => self == Self::Kvm,
            PlanProblem::MontOffice { .. } => self == Self::MontOffice,
            PlanProblem::SharesAboveWhole => matches!(self, Self::Kvm | Self::MontOffice),
            PlanProblem::Revenue { month, .. } => matches!(self, Self::Month(number) if month_at(first, number) == *month),
            PlanProblem::From | PlanProblem::Moved { .. } | PlanProblem::Months => false,
        }
    }
}

fn month_at(first: Month, number: usize) -> Month {
    first.plus(i32::try_from(number).unwrap_or(i32::MAX))
}

/// What a text field holds, with its control and, for a month, its slider.
#[derive(Clone, Copy)]
struct TextField {
    text: RwSignal<String>,
    input: NodeRef<html::Input>,
    slider: NodeRef<html::Input>,
}

impl TextField {
    fn new(text: String) -> Self {
        Self { text: RwSignal::new(text), input: NodeRef::new(), slider: NodeRef::new() }
    }

    /// Shows a text in the controls, too.
    fn fill(self, text: &str) {
        if let Some(input) = self.input.get_untracked() {
            input.set_value(text);
        }
        self.slide(text);
        self.text.set(text.to_owned());
    }

    /// Moves the slider to a typed amount.
    fn slide(self, text: &str) {
        if let (Some(slider), Ok(amount)) = (self.slider.get_untracked(), domain::form::amount(text)) {
            slider.set_value(&amount.to_string());
        }
    }

    /// What was typed before the island woke counts.
    fn wake(self) {
        if let Some(input) = self.input.get_untracked() {
            let text = input.value();
            self.slide(&text);
            self.text.set(text);
        }
    }
}

/// All that is entered, and what it reads as.
struct Form {
    locale: Locale,
    /// The first month of the plan.
    first: Month,
    /// What stands in for a month that can't be read, RUB.
    average: Money,
    count: RwSignal<usize>,
    every: TextField,
    months: [TextField; MOST_MONTHS],
    exam: TextField,
    kvm: TextField,
    mont_office: TextField,
    read: Memo<(Plan, Vec<PlanProblem>)>,
    awake: RwSignal<bool>,
}

impl Form {
    fn field(&self, control: Control) -> TextField {
        match control {
            Control::Every => self.every,
            Control::Month(number) => self.months[number % MOST_MONTHS],
            Control::Exam => self.exam,
            Control::Kvm => self.kvm,
            Control::MontOffice => self.mont_office,
        }
    }

    /// What is wrong with a field, in words.
    fn problem(&self, control: Control) -> Option<String> {
        self.read.with(|(_, problems)| {
            let problem = problems.iter().find(|problem| control.has(problem, self.first))?;
            Some(problem_words(self.locale, problem, self.average))
        })
    }

    /// Takes over what somebody typed.
    fn take(&self, control: Control, text: String) {
        match control {
            Control::Every => {
                if domain::form::amount(&text).is_ok_and(|amount| !amount.is_negative() && amount <= Money::roubles(MOST_REVENUE)) {
                    self.months.iter().for_each(|month| month.fill(&text));
                }
            }
            Control::Month(_) => {
                self.field(control).slide(&text);
                self.forget_every();
            }
            Control::Exam | Control::Kvm | Control::MontOffice => {}
        }
        self.field(control).text.set(text);
    }

    /// Takes over where somebody moved the slider of a month to.
    fn take_slider(&self, control: Control, text: &str) {
        self.field(control).fill(text);
        self.forget_every();
    }

    /// A word on one month takes back the word on all of them.
    fn forget_every(&self) {
        if !self.every.text.get_untracked().is_empty() {
            self.every.fill("");
        }
    }
}

/// An amount as one types it: `45000`, `45000.50`.
fn typed(amount: Money) -> String {
    let text = amount.to_string();
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

/// The texts of the months' fields: as given where the form gave one a month and one can't be read, else as the plan has them.
fn month_texts(given: &[(String, String)], plan: &Plan, problems: &[PlanProblem]) -> Vec<String> {
    let raw: Vec<&String> = given.iter().filter(|(name, _)| name == field::REVENUE).map(|(_, value)| value).collect();
    let by_month = raw.len() == plan.revenue.len() && raw.iter().all(|text| !text.contains(['x', '_']));
    let wrong = |number| problems.iter().any(|problem| Control::Month(number).has(problem, plan.from));
    let texts = plan.months().enumerate().map(|(number, (_, amount))| match raw.get(number) {
        Some(text) if by_month && wrong(number) => (*text).clone(),
        _ => typed(amount),
    });
    texts.collect()
}

/// The address of a plan.
pub fn address(plan: &Plan) -> String {
    let parameters = plan.parameters();
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    paths::with_query(paths::PARTNER_WHAT_IF, &parameters)
}

/// The form and its result.
#[island]
pub fn WhatIf(
    /// The language.
    locale: Locale,
    /// What the form begins with.
    facts: Packed<WhatIfFacts>,
) -> impl IntoView {
    let WhatIfFacts { snapshot, given } = facts.0;
    let (plan, problems) = Plan::read(&given, &snapshot);
    let first = plan.from;
    let (average, today) = (snapshot.average(), snapshot.today);

    // What stood in a field that could not be read, so that it can be put right; else what was read.
    let begin = |control: Control, read: Option<String>| {
        let wrong = problems.iter().any(|problem| control.has(problem, first));
        let raw = given.iter().find(|(name, _)| wrong && name == control.name()).map(|(_, value)| value.clone());
        TextField::new(raw.or(read).unwrap_or_default())
    };
    let every = begin(Control::Every, None);
    let exam = begin(Control::Exam, plan.exam.map(|exam| exam.to_string()));
    let kvm = begin(Control::Kvm, plan.kvm.map(|share| share.to_string()));
    let mont_office = begin(Control::MontOffice, plan.mont_office.map(|share| share.to_string()));
    let texts = month_texts(&given, &plan, &problems);
    let months: [TextField; MOST_MONTHS] =
        std::array::from_fn(|number| TextField::new(texts.get(number).or(texts.last()).cloned().unwrap_or_default()));
    let count = RwSignal::new(plan.revenue.len());
    let count_select = NodeRef::<html::Select>::new();

    let highest = plan.revenue.iter().copied().max().unwrap_or_default().max(average);
    let minimum = snapshot.terms.on(today).minimum_monthly_revenue;
    let slider_end = slider_end(highest.max(minimum));
    let exam_hint = if snapshot.facts.exams.is_empty() {
        td_string!(locale, what_if.exam_hint, date = format::date_long(locale, today))
    } else {
        td_string!(locale, what_if.exam_passed).to_owned()
    };
    let so_far: Vec<Money> = (0..MOST_MONTHS).map(|number| snapshot.so_far(month_at(first, number))).collect();

    let known = StoredValue::new(snapshot);
    let read = Memo::new(move |_| {
        let mut fields: Vec<(&str, String)> = vec![(field::MONTHS, count.get().to_string())];
        fields.extend(months.iter().take(count.get()).map(|month| (field::REVENUE, month.text.get())));
        for control in [Control::Every, Control::Exam, Control::Kvm, Control::MontOffice] {
            let text = match control {
                Control::Exam => exam.text,
                Control::Kvm => kvm.text,
                Control::MontOffice => mont_office.text,
                Control::Every | Control::Month(_) => every.text,
            };
            fields.push((control.name(), text.get()));
        }
        known.with_value(|snapshot| Plan::read(&fields, snapshot))
    });
    let awake = RwSignal::new(false);
    let form = StoredValue::new(Form { locale, first, average, count, every, months, exam, kvm, mont_office, read, awake });
    // What comes of the plan is spoken in one sentence, not every figure on every key.
    let answer = Memo::new(move |_| {
        read.with(|(plan, _)| {
            let comparison = known.with_value(|snapshot| compare(snapshot, plan));
            (address(plan), money_sentence(locale, &comparison), result_html(locale, &comparison, plan))
        })
    });
    let shared = Signal::derive(move || answer.with(|(address, ..)| address.clone()));
    let spoken = Signal::derive(move || if awake.get() { answer.with(|(_, sentence, _)| sentence.clone()) } else { String::new() });
    let result = Signal::derive(move || answer.with(|(.., html)| html.clone()));

    Effect::new(move |_| {
        // A browser fills a form in again, and readers type before scripts arrive.
        if let Some(months) = count_select.get_untracked().and_then(|select| select.value().parse().ok()) {
            count.set(months);
        }
        months.iter().chain([&every, &exam, &kvm, &mont_office]).for_each(|field| field.wake());
        awake.set(true);
    });
    Effect::new(move |before: Option<String>| {
        let address = shared.get();
        if before.is_some_and(|before| before != address)
            && let Ok(history) = window().history()
        {
            // Where the browser refuses (too often, say), only the address stays behind.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
        address
    });

    let copied = RwSignal::new("");
    let copy = move |_| {
        let origin = window().location().origin().unwrap_or_default();
        let writing = window().navigator().clipboard().write_text(&format!("{origin}{}", shared.get_untracked()));
        spawn_local(async move {
            let done = JsFuture::from(writing).await.is_ok();
            copied.set(if done { td_string!(locale, common.copied) } else { td_string!(locale, common.copy_failed) });
        });
    };

    let options: Vec<_> = (1..=MOST_MONTHS)
        .map(|months| {
            let label = td_string!(locale, common.months, count = u32::try_from(months).unwrap_or(u32::MAX));
            view! { <option value=months.to_string() selected=months == plan.revenue.len()>{label}</option> }
        })
        .collect();
    let month_views: Vec<_> = so_far
        .into_iter()
        .enumerate()
        .map(|(number, so_far)| {
            let name = format::sentence_start(format::month(locale, month_at(first, number)));
            let hint = (!so_far.is_zero()).then(|| td_string!(locale, what_if.so_far, amount = format::money(locale, so_far)));
            let label = td_string!(locale, what_if.revenue_of, month = name.clone());
            let slider = Slider { label: td_string!(locale, what_if.slider, month = name), end: slider_end.to_string() };
            field_view(form, Control::Month(number), Words { label, hint, earliest: None, slider: Some(slider) })
        })
        .collect();
    let other_view = |control, label: &'static str, hint, earliest| {
        field_view(form, control, Words { label: label.to_owned(), hint: Some(hint), earliest, slider: None })
    };
    let shares_hint = || td_string!(locale, what_if.shares_hint).to_owned();
    let every_view = other_view(Control::Every, td_string!(locale, what_if.every), td_string!(locale, what_if.every_hint).to_owned(), None);
    let other_views = vec![
        other_view(Control::Exam, td_string!(locale, what_if.exam), exam_hint, Some(today.to_string())),
        other_view(Control::Kvm, td_string!(locale, what_if.kvm), shares_hint(), None),
        other_view(Control::MontOffice, td_string!(locale, what_if.mont_office), shares_hint(), None),
    ];
    let lead = td_string!(locale, what_if.minimum, amount = format::money(locale, minimum), average = format::money(locale, average));
    let (is_awake, asleep) = (Signal::derive(move || awake.get()), Signal::derive(move || !awake.get()));

    view! {
        <div class="stack">
            {address_view(locale, &problems, first)}
            <form
                class="card"
                method="get"
                action=paths::PARTNER_WHAT_IF
                id="suppose"
                on:submit=move |event| {
                    if awake.get_untracked() {
                        event.prevent_default();
                    }
                }
            >
                <h2 class="card-title">{td_string!(locale, what_if.months_title)}</h2>
                <p class="muted">{lead}</p>
                <input type="hidden" name=field::FROM value=first.to_string() autocomplete="off"/>
                <div class="filters">
                    {every_view}
                    <div class="field">
                        <label class="field__label" r#for="what-if-months">{td_string!(locale, what_if.horizon)}</label>
                        <select
                            class="select"
                            id="what-if-months"
                            name=field::MONTHS
                            autocomplete="off"
                            node_ref=count_select
                            on:change=move |event| {
                                if let Ok(months) = event_target_value(&event).parse() {
                                    count.set(months);
                                }
                            }
                        >
                            {options}
                        </select>
                    </div>
                </div>
                <div class="what-if__months">{month_views}</div>
                <div class="filters">{other_views}</div>
                <div class="actions">
                    <button class="btn btn-primary" type="submit" hidden=is_awake>{td_string!(locale, what_if.show)}</button>
                    <button class="btn" type="button" hidden=asleep on:click=copy>
                        <Icon icon=lucide::LuCopy/>
                        {td_string!(locale, what_if.copy_link)}
                    </button>
                    <span class="small muted" role="status">{move || copied.get()}</span>
                    <a href=shared>{td_string!(locale, what_if.share)}</a>
                    <a href=paths::PARTNER_WHAT_IF>{td_string!(locale, what_if.reset)}</a>
                </div>
            </form>
            <p class="visually-hidden" role="status">{spoken}</p>
            // Written by `Markup`, which escapes every text.
            <div id="result" inner_html=result></div>
        </div>
    }
}

/// What of the address as a whole could not be taken as it was given. It holds until the plan is changed.
fn address_view(locale: Locale, problems: &[PlanProblem], first: Month) -> Option<impl IntoView + use<>> {
    let words = |problem: &PlanProblem| match problem {
        PlanProblem::Moved { from } => {
            Some(td_string!(locale, what_if.problem.moved, old = format::month(locale, *from), month = format::month(locale, first)))
        }
        PlanProblem::Months => Some(td_string!(locale, what_if.problem.months, most = MOST_MONTHS, usual = DEFAULT_MONTHS)),
        PlanProblem::From => Some(td_string!(locale, what_if.problem.from, month = format::month(locale, first))),
        _ => None,
    };
    let lines: Vec<_> = problems.iter().filter_map(words).map(|text| view! { <p>{text}</p> }).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <div class="notice notice--warning">
                <Icon icon=lucide::LuInfo/>
                <div>
                    <p class="notice__title">{td_string!(locale, what_if.problems_title)}</p>
                    {lines}
                </div>
            </div>
        }
    })
}

/// The end of the sliders: twice the highest amount of the page, in round tens of thousands.
fn slider_end(highest: Money) -> i64 {
    let roubles = i64::try_from(highest.decimal().trunc().mantissa()).unwrap_or(MOST_REVENUE);
    (roubles.saturating_mul(2) / 10_000 + 1).saturating_mul(10_000).min(MOST_REVENUE)
}

/// What a field is called and how it is filled in.
struct Words {
    label: String,
    hint: Option<String>,
    /// For a date, the first that is taken.
    earliest: Option<String>,
    slider: Option<Slider>,
}

/// What a slider is called, and where it ends.
struct Slider {
    label: String,
    end: String,
}

/// A text field of any kind: one view for all of them, so that the browser loads it once. Months beyond those that are planned are hidden.
fn field_view(form: StoredValue<Form>, control: Control, words: Words) -> impl IntoView + use<> {
    let Words { label, hint, earliest, slider } = words;
    let (locale, first, count, awake) = form.with_value(|form| (form.locale, form.first, form.count, form.awake));
    let field = form.with_value(|form| form.field(control));
    let problem = move || form.with_value(|form| form.problem(control));
    let number = if let Control::Month(number) = control { Some(number) } else { None };
    let id = match number {
        Some(number) => format!("what-if-{}", month_at(first, number)),
        None => format!("what-if-{}", control.name()),
    };
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let has_problem = Memo::new(move |_| problem().is_some());
    let described_by = {
        let (hint_id, problem_id) = (hint.is_some().then(|| hint_id.clone()), problem_id.clone());
        Signal::derive(move || {
            let problem_id = has_problem.get().then(|| problem_id.clone());
            match (hint_id.clone(), problem_id) {
                (Some(hint), Some(problem)) => Some(format!("{hint} {problem}")),
                (hint, problem) => hint.or(problem),
            }
        })
    };
    let invalid = Signal::derive(move || has_problem.get().then(|| "true".to_owned()));
    let absent = Signal::derive(move || number.is_some_and(|number| number >= count.get()));
    let hint = hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> });
    let (hint_above, hint_below) = if number.is_some() { (None, hint) } else { (hint, None) };
    let is_date = earliest.is_some();
    let optional =
        number.is_none().then(|| view! { <span class="field__optional">{format!(" ({})", td_string!(locale, form.optional))}</span> });
    let begin = field.text.get_untracked();
    let slider = slider.map(|slider| {
        let position = domain::form::amount(&begin).map_or_else(|_| "0".to_owned(), |amount| amount.to_string());
        view! {
            <input
                class="what-if__slider"
                type="range"
                min="0"
                max=slider.end
                step=SLIDER_STEP.to_string()
                value=position
                hidden=Signal::derive(move || !awake.get())
                autocomplete="off"
                aria-label=slider.label
                node_ref=field.slider
                on:input=move |event| form.with_value(|form| form.take_slider(control, &event_target_value(&event)))
            />
        }
    });
    view! {
        <div class="field" class:what-if__month=number.is_some() hidden=absent>
            <label class="field__label" r#for=id.clone()>
                {label}{optional}
            </label>
            {hint_above}
            <input
                class="input"
                type=if is_date { "date" } else { "text" }
                inputmode=(!is_date).then_some("decimal")
                autocomplete="off"
                maxlength=(!is_date).then_some("20")
                min=earliest
                id=id
                name=control.name()
                value=begin
                disabled=absent
                aria-describedby=described_by
                aria-invalid=invalid
                node_ref=field.input
                on:input=move |event| form.with_value(|form| form.take(control, event_target_value(&event)))
            />
            {slider}
            {hint_below}
            {move || problem().map(|text| problem_view(text, problem_id.clone()))}
        </div>
    }
}

fn problem_view(text: String, id: String) -> impl IntoView + use<> {
    view! {
        <p class="field__error" id=id>
            <Icon icon=lucide::LuCircleAlert/>
            {text}
        </p>
    }
}

/// A problem of a field in words, with what stands in for it.
fn problem_words(locale: Locale, problem: &PlanProblem, average: Money) -> String {
    let field = |problem: &FieldProblem| problem_text(locale, problem);
    match problem {
        PlanProblem::Every { problem } => td_string!(locale, what_if.problem.every, problem = field(problem)),
        PlanProblem::Exam { problem } => td_string!(locale, what_if.problem.exam, problem = field(problem)),
        PlanProblem::ExamPassed => td_string!(locale, what_if.problem.exam_past).to_owned(),
        PlanProblem::Kvm { problem } | PlanProblem::MontOffice { problem } => {
            td_string!(locale, what_if.problem.share, problem = field(problem))
        }
        PlanProblem::SharesAboveWhole => td_string!(locale, what_if.problem.shares).to_owned(),
        PlanProblem::Revenue { problem, .. } => {
            td_string!(locale, what_if.problem.stands_in, problem = field(problem), amount = format::money(locale, average))
        }
        PlanProblem::From | PlanProblem::Moved { .. } | PlanProblem::Months => td_string!(locale, what_if.problems_title).to_owned(),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::calendar::BusinessDate;
    use domain::ids::TermsVersionId;
    use domain::level::{BillingSideChange, LevelFacts, StaffLevelDecision};
    use domain::model::{BillingSide, Level, Model};
    use domain::service::ServiceCode;
    use domain::terms::{Terms, TermsSchedule, TermsVersion};
    use domain::what_if::UsageGroup;
    use rust_decimal::Decimal;

    use super::*;
    use crate::packed::tests::survives;

    fn day(text: &str) -> BusinessDate {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    /// An Agent who sells 31 000 of KVM a month and has everything closed through October; November has 5 000 so far.
    fn snapshot() -> Snapshot {
        let mut facts = LevelFacts::new(day("2026-01-15"), BillingSide::Provider);
        let march = day("2026-03-01").month();
        let mut usage = Vec::new();
        for month in march.through(day("2026-11-01").month()) {
            let gross = Money::roubles(if month == day("2026-11-01").month() { 5_000 } else { 31_000 });
            facts.revenue.insert(month, gross);
            usage.push((month, UsageGroup { service: ServiceCode::kvm(), once_start: None, gross }));
        }
        facts.closed_through = Some(day("2026-10-01").month());
        Snapshot::new(day("2026-11-25"), facts, TermsSchedule::constant(Terms::default()), usage)
    }

    fn render(given: &[(&str, &str)]) -> String {
        let given: Vec<(String, String)> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let html =
            Owner::new().with(|| view! { <WhatIf locale=Locale::ru facts=Packed(WhatIfFacts { snapshot: snapshot(), given })/> }.to_html());
        // What a reader sees: the island's props stand before it, and its spaces don't break.
        html.replace('\u{a0}', " ")
    }

    #[test]
    fn the_facts_survive_the_way_into_the_browser() {
        let given = vec![("r".to_owned(), "много_2".to_owned()), ("kvm".to_owned(), String::new())];
        survives(&WhatIfFacts { snapshot: snapshot(), given: given.clone() });

        let mut full = snapshot();
        full.facts.exams.push(day("2026-03-02"));
        full.facts.staff_decisions.push(StaffLevelDecision {
            date: day("2026-05-01"),
            recorded: 7,
            level: Level::Basic,
            reason: "так <решили>".to_owned(),
        });
        full.facts.billing_changes.push(BillingSideChange { approved: day("2026-06-15"), recorded: 8, billing: BillingSide::Partner });
        let rates = [(Model::Agent, Decimal::new(125, 3)), (Model::Referral, Decimal::ZERO)];
        let terms = |from, rebate| TermsVersion {
            id: TermsVersionId(uuid::Uuid::from_u128(7)),
            valid_from: day(from),
            terms: Terms { rebate_growth: rebate, service_rates: [(ServiceCode::mont_office(), rates.into())].into(), ..Terms::default() },
        };
        let versions = vec![terms("2024-01-01", Decimal::new(3, 1)), terms("2026-10-01", Decimal::ONE)];
        full.terms = TermsSchedule::new(versions).unwrap_or_else(|| panic!("two versions"));
        full.recent.push(UsageGroup { service: ServiceCode::hyperv(), once_start: Some(day("2026-09-05")), gross: Money::kopecks(-105) });
        survives(&WhatIfFacts { snapshot: full, given });
    }

    #[test]
    fn without_a_plan_the_months_go_on_as_today() {
        let html = render(&[]);
        assert!(html.contains("столько же, как если всё останется как сегодня"), "{html}");
        assert!(html.contains(r#"value="31000""#) && html.contains("Уже загружено 5 000 ₽"), "{html}");
        assert!(html.contains("Ноябрь 2026, ₽") && html.contains("Апрель 2027, ₽"), "{html}");
        // The months beyond are there, and neither seen nor sent.
        let (seen, beyond) = html.split_once("<div hidden").unwrap_or_default();
        assert!(!seen.contains("Май 2027, ₽") && !seen.contains(" disabled"), "{html}");
        assert!(beyond.contains("Май 2027, ₽") && beyond.matches(" disabled").count() == 6, "{html}");
        assert!(!html.contains("field__error") && !html.contains("style="), "{html}");
    }

    #[test]
    fn without_scripting_the_server_answers_for_the_address() {
        let html = render(&[("from", "2026-11"), ("r", "31000"), ("r", "29999,99"), ("months", "2"), ("kvm", "100")]);
        assert!(html.contains("меньше, чем если всё останется как сегодня"), "{html}");
        assert!(html.contains("1 января 2027 модель будет Referral по плану и Agent, если всё останется как сегодня"), "{html}");
        assert!(html.contains("Декабрь 2026: выручка 29 999,99 ₽, нужно 30 000 ₽"), "{html}");
        // The address to share is the short one.
        assert!(html.contains("/partner/what-if?from=2026-11&amp;r=31000_29999.99&amp;kvm=100"), "{html}");
    }

    #[test]
    fn what_can_not_be_read_stays_in_its_field_with_a_word_on_what_stands_in() {
        let html = render(&[("r", "<b>много"), ("r", "1"), ("months", "2"), ("exam", "2020-01-01"), ("kvm", "60"), ("office", "50")]);
        assert!(html.contains("&lt;b&gt;много") && !html.contains("<b>"), "{html}");
        assert!(html.contains("Пока считаем 31 000 ₽, как сегодня"), "{html}");
        assert!(html.contains("Эта дата уже прошла") && html.contains("Вместе доли больше 100"), "{html}");
        assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 4, "{html}");
    }

    #[test]
    fn a_plan_of_an_earlier_month_says_that_it_was_moved() {
        let html = render(&[("from", "2026-09"), ("r", "1_2_40000")]);
        assert!(html.contains("Расчёт в ссылке начинался с месяца «сентябрь 2026»"), "{html}");
    }

    #[test]
    fn the_end_of_the_sliders_lies_beyond_every_amount() {
        assert_eq!(slider_end(Money::ZERO), 10_000);
        assert_eq!(slider_end(Money::roubles(31_000)), 70_000);
        assert_eq!(slider_end(Money::roubles(MOST_REVENUE)), MOST_REVENUE);
        assert_eq!(slider_end(Money::kopecks(3_000_050)), 70_000);
    }
}
