//! The form of suppositions and what comes of them. It is a `GET` form: the server answers for the address. What would wake in the
//! browser and run the same rules there is written, and waits for a module of its own: with it the portal's scripts were too large.

use domain::calendar::Month;
use domain::form::FieldProblem;
use domain::money::Money;
use domain::what_if::{MOST_MONTHS, MOST_REVENUE, Plan, PlanProblem, Snapshot, compare, field};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::components::icon::{Icon, lucide};
use crate::form::problem_text;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::partner::what_if::result::{money_sentence, result_view};
use crate::paths;

/// The step of the sliders, whole RUB.
const SLIDER_STEP: i64 = 1_000;

/// The field of a month: a text and a slider for the same amount.
#[derive(Clone, Copy)]
struct MonthField {
    month: Month,
    text: RwSignal<String>,
    input: NodeRef<html::Input>,
    slider: NodeRef<html::Input>,
}

impl MonthField {
    /// Shows an amount in the controls, too.
    fn fill(self, text: &str) {
        self.text.set(text.to_owned());
        if let Some(input) = self.input.get_untracked() {
            input.set_value(text);
        }
        self.slide(text);
    }

    /// Moves the slider to a typed amount.
    fn slide(self, text: &str) {
        if let (Some(slider), Ok(amount)) = (self.slider.get_untracked(), domain::form::amount(text)) {
            slider.set_value(&amount.to_string());
        }
    }
}

/// A control that holds one text.
#[derive(Clone, Copy)]
struct TextField {
    text: RwSignal<String>,
    input: NodeRef<html::Input>,
}

impl TextField {
    fn new(text: String) -> Self {
        Self { text: RwSignal::new(text), input: NodeRef::new() }
    }

    fn clear(self) {
        if !self.text.get_untracked().is_empty() {
            self.text.set(String::new());
            if let Some(input) = self.input.get_untracked() {
                input.set_value("");
            }
        }
    }

    /// What was typed before the island woke counts.
    fn wake(self) {
        if let Some(input) = self.input.get_untracked() {
            self.text.set(input.value());
        }
    }
}

/// An amount as one types it: `45000`, `45000.50`.
fn typed(amount: Money) -> String {
    let text = amount.to_string();
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

/// What stood in a field that could not be read, so that it can be put right; else what was read.
fn given_text(given: &[(String, String)], name: &str, problem: bool, read: Option<String>) -> String {
    let raw = || given.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if problem { raw().unwrap_or_default() } else { read.unwrap_or_default() }
}

/// The texts of the months' fields: as given where the form gave one a month and one can't be read, else as the plan has them.
fn month_texts(given: &[(String, String)], plan: &Plan, problems: &[PlanProblem]) -> Vec<String> {
    let raw: Vec<&String> = given.iter().filter(|(name, _)| name == field::REVENUE).map(|(_, value)| value).collect();
    let by_month = raw.len() == plan.revenue.len() && raw.iter().all(|text| !text.contains(['x', '_']));
    let wrong = |at: Month| problems.iter().any(|problem| matches!(problem, PlanProblem::Revenue { month, .. } if *month == at));
    let texts = plan.months().enumerate().map(|(number, (month, amount))| match raw.get(number) {
        Some(text) if by_month && wrong(month) => (*text).clone(),
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
#[component]
pub fn WhatIf(
    /// The language.
    locale: Locale,
    /// The partner's facts.
    snapshot: Snapshot,
    /// The fields of the address.
    given: Vec<(String, String)>,
) -> impl IntoView {
    let (first, problems) = Plan::read(&given, &snapshot);
    let has = |wanted: fn(&PlanProblem) -> bool| problems.iter().any(wanted);
    // What is said of the address as a whole holds until the plan is changed.
    let about_address: Vec<PlanProblem> = problems
        .iter()
        .filter(|problem| matches!(problem, PlanProblem::From | PlanProblem::Moved { .. } | PlanProblem::Months))
        .copied()
        .collect();
    let every = TextField::new(given_text(&given, field::EVERY, has(|problem| matches!(problem, PlanProblem::Every { .. })), None));
    let exam_wrong = has(|problem| matches!(problem, PlanProblem::Exam { .. } | PlanProblem::ExamPassed));
    let exam = TextField::new(given_text(&given, field::EXAM, exam_wrong, first.exam.map(|exam| exam.to_string())));
    let shares_wrong = has(|problem| matches!(problem, PlanProblem::SharesAboveWhole));
    let kvm_wrong = shares_wrong || has(|problem| matches!(problem, PlanProblem::Kvm { .. }));
    let kvm = TextField::new(given_text(&given, field::KVM, kvm_wrong, first.kvm.map(|share| share.to_string())));
    let office_wrong = shares_wrong || has(|problem| matches!(problem, PlanProblem::MontOffice { .. }));
    let mont_office =
        TextField::new(given_text(&given, field::MONT_OFFICE, office_wrong, first.mont_office.map(|share| share.to_string())));

    let mut texts = month_texts(&given, &first, &problems);
    let going_on = texts.last().cloned().unwrap_or_default();
    texts.resize(MOST_MONTHS, going_on);
    let month_fields: Vec<MonthField> = (0..)
        .zip(texts)
        .map(|(number, text)| MonthField {
            month: first.from.plus(number),
            text: RwSignal::new(text),
            input: NodeRef::new(),
            slider: NodeRef::new(),
        })
        .collect();
    let count = RwSignal::new(first.revenue.len());
    let count_select = NodeRef::<html::Select>::new();

    let (average, today) = (snapshot.average(), snapshot.today);
    let highest = first.revenue.iter().copied().max().unwrap_or_default().max(average);
    let minimum = snapshot.terms.on(today).minimum_monthly_revenue;
    let slider_end = slider_end(highest.max(minimum));
    let exam_known = !snapshot.facts.exams.is_empty();
    let so_far: Vec<Money> = month_fields.iter().map(|field| snapshot.so_far(field.month)).collect();

    let known = StoredValue::new(snapshot);
    let shown = StoredValue::new(month_fields.clone());
    let read = Memo::new(move |_| {
        let mut fields: Vec<(&str, String)> = vec![(field::MONTHS, count.get().to_string())];
        shown.with_value(|shown| fields.extend(shown.iter().take(count.get()).map(|month| (field::REVENUE, month.text.get()))));
        fields.extend([(field::EVERY, every.text.get()), (field::EXAM, exam.text.get())]);
        fields.extend([(field::KVM, kvm.text.get()), (field::MONT_OFFICE, mont_office.text.get())]);
        known.with_value(|snapshot| Plan::read(&fields, snapshot))
    });
    let plan = Memo::new(move |_| read.get().0);
    let comparison = Memo::new(move |_| plan.with(|plan| known.with_value(|snapshot| compare(snapshot, plan))));

    let awake = RwSignal::new(false);
    let waking = month_fields.clone();
    Effect::new(move |_| {
        // A browser fills a form in again, and readers type before scripts arrive.
        if let Some(months) = count_select.get_untracked().and_then(|select| select.value().parse().ok()) {
            count.set(months);
        }
        for month in &waking {
            if let Some(input) = month.input.get_untracked() {
                month.text.set(input.value());
                month.slide(&input.value());
            }
        }
        for text in [every, exam, kvm, mont_office] {
            text.wake();
        }
        awake.set(true);
    });
    Effect::new(move |before: Option<Plan>| {
        let plan = plan.get();
        if before.is_some_and(|before| before != plan)
            && let Ok(history) = window().history()
        {
            // Where the browser refuses (too often, say), only the address stays behind.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address(&plan)));
        }
        plan
    });

    let fill_all = StoredValue::new(month_fields.clone());
    let type_every = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        if domain::form::amount(&text).is_ok_and(|amount| !amount.is_negative() && amount <= Money::roubles(MOST_REVENUE)) {
            fill_all.with_value(|months| months.iter().for_each(|month| month.fill(&text)));
        }
        every.text.set(text);
    };

    let problem_of_month = move |month: Month| {
        read.with(|(_, problems)| {
            problems.iter().find_map(|problem| match problem {
                PlanProblem::Revenue { month: wrong, problem } if *wrong == month => Some(*problem),
                _ => None,
            })
        })
    };
    let stored_so_far = StoredValue::new(so_far);
    let month_view = move |number: usize| {
        let month = shown.with_value(|shown| shown[number]);
        let name = format::sentence_start(format::month(locale, month.month));
        let id = format!("what-if-{}", month.month);
        let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
        let so_far = stored_so_far.with_value(|so_far| so_far[number]);
        let hint = (!so_far.is_zero()).then(|| {
            let text = td_string!(locale, what_if.so_far, amount = format::money(locale, so_far));
            view! { <p class="field__hint" id=hint_id.clone()>{text}</p> }
        });
        let described_by = {
            let (hint_id, problem_id) = ((!so_far.is_zero()).then_some(hint_id), problem_id.clone());
            move || {
                let problem = problem_of_month(month.month).map(|_| problem_id.clone());
                let ids: Vec<String> = hint_id.iter().cloned().chain(problem).collect();
                (!ids.is_empty()).then(|| ids.join(" "))
            }
        };
        let position = month.text.get_untracked();
        let position = domain::form::amount(&position).map_or_else(|_| "0".to_owned(), |amount| amount.to_string());
        view! {
            <div class="field what-if__month">
                <label class="field__label" r#for=id.clone()>{td_string!(locale, what_if.revenue_of, month = name.clone())}</label>
                <input
                    class="input"
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    maxlength="20"
                    id=id
                    name=field::REVENUE
                    value=month.text.get_untracked()
                    aria-describedby=described_by
                    aria-invalid=move || problem_of_month(month.month).map(|_| "true")
                    node_ref=month.input
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        month.slide(&text);
                        month.text.set(text);
                        every.clear();
                    }
                />
                <input
                    class="what-if__slider"
                    type="range"
                    min="0"
                    max=slider_end.to_string()
                    step=SLIDER_STEP.to_string()
                    value=position
                    hidden=move || !awake.get()
                    autocomplete="off"
                    aria-label=td_string!(locale, what_if.slider, month = name)
                    node_ref=month.slider
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        if let Some(input) = month.input.get_untracked() {
                            input.set_value(&text);
                        }
                        month.text.set(text);
                        every.clear();
                    }
                />
                {hint}
                {move || {
                    problem_of_month(month.month)
                        .map(|problem| {
                            let text = td_string!(
                                locale,
                                what_if.problem.stands_in,
                                problem = problem_text(locale, &problem),
                                amount = format::money(locale, average)
                            );
                            problem_view(text, problem_id.clone())
                        })
                }}
            </div>
        }
    };

    let problem_at = move |wanted: fn(&PlanProblem) -> bool| {
        read.with(|(_, problems)| problems.iter().find(|problem| wanted(problem)).map(|problem| problem_words(locale, problem, average)))
    };
    let every_problem = move || problem_at(|problem| matches!(problem, PlanProblem::Every { .. }));
    let exam_problem = move || problem_at(|problem| matches!(problem, PlanProblem::Exam { .. } | PlanProblem::ExamPassed));
    let kvm_problem = move || problem_at(|problem| matches!(problem, PlanProblem::Kvm { .. } | PlanProblem::SharesAboveWhole));
    let office_problem = move || problem_at(|problem| matches!(problem, PlanProblem::MontOffice { .. } | PlanProblem::SharesAboveWhole));

    let address_words: Vec<String> = about_address
        .iter()
        .map(|problem| match problem {
            PlanProblem::Moved { from } => {
                td_string!(locale, what_if.problem.moved, old = format::month(locale, *from), month = format::month(locale, first.from))
            }
            PlanProblem::Months => td_string!(locale, what_if.problem.months, most = MOST_MONTHS, usual = domain::what_if::DEFAULT_MONTHS),
            _ => td_string!(locale, what_if.problem.from, month = format::month(locale, first.from)),
        })
        .collect();
    let about_address = (!address_words.is_empty()).then(|| {
        let lines: Vec<_> = address_words.into_iter().map(|text| view! { <p>{text}</p> }).collect();
        view! {
            <div class="notice notice--warning">
                <Icon icon=lucide::LuInfo/>
                <div>
                    <p class="notice__title">{td_string!(locale, what_if.problems_title)}</p>
                    {lines}
                </div>
            </div>
        }
    });

    let options: Vec<_> = (1..=MOST_MONTHS)
        .map(|months| {
            let label = td_string!(locale, common.months, count = u32::try_from(months).unwrap_or(u32::MAX));
            view! { <option value=months.to_string() selected=months == first.revenue.len()>{label}</option> }
        })
        .collect();
    let exam_hint = if exam_known {
        td_string!(locale, what_if.exam_passed).to_owned()
    } else {
        td_string!(locale, what_if.exam_hint, date = format::date_long(locale, today))
    };
    let lead = td_string!(locale, what_if.minimum, amount = format::money(locale, minimum), average = format::money(locale, average));

    // Spoken: what the plan brings, not every figure on every key.
    let spoken = Memo::new(move |_| comparison.with(|comparison| money_sentence(locale, comparison)));
    let result = move || plan.with(|plan| comparison.with(|comparison| result_view(locale, comparison, plan)));

    let copied = RwSignal::new("");
    let copy = move |_| {
        let origin = window().location().origin().unwrap_or_default();
        let writing = window().navigator().clipboard().write_text(&format!("{origin}{}", address(&plan.get_untracked())));
        spawn_local(async move {
            let done = JsFuture::from(writing).await.is_ok();
            copied.set(if done { td_string!(locale, common.copied) } else { td_string!(locale, common.copy_failed) });
        });
    };

    view! {
        <div class="stack">
            {about_address}
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
                <input type="hidden" name=field::FROM value=first.from.to_string() autocomplete="off"/>
                <div class="filters">
                    {text_field(
                        locale,
                        FieldWords { name: field::EVERY, label: td_string!(locale, what_if.every), hint: td_string!(locale, what_if.every_hint).to_owned() },
                        every,
                        every_problem,
                        type_every,
                    )}
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
                <div class="what-if__months">
                    <For each=move || 0..count.get().min(MOST_MONTHS) key=|number| *number children=month_view/>
                </div>
                <div class="filters">
                    {date_field(locale, exam_hint, exam, exam_problem, today)}
                    {text_field(
                        locale,
                        FieldWords { name: field::KVM, label: td_string!(locale, what_if.kvm), hint: td_string!(locale, what_if.shares_hint).to_owned() },
                        kvm,
                        kvm_problem,
                        move |event| kvm.text.set(event_target_value(&event)),
                    )}
                    {text_field(
                        locale,
                        FieldWords {
                            name: field::MONT_OFFICE,
                            label: td_string!(locale, what_if.mont_office),
                            hint: td_string!(locale, what_if.shares_hint).to_owned(),
                        },
                        mont_office,
                        office_problem,
                        move |event| mont_office.text.set(event_target_value(&event)),
                    )}
                </div>
                <div class="actions">
                    <button class="btn btn-primary" type="submit" hidden=move || awake.get()>{td_string!(locale, what_if.show)}</button>
                    <button class="btn" type="button" hidden=move || !awake.get() on:click=copy>
                        <Icon icon=lucide::LuCopy/>
                        {td_string!(locale, what_if.copy_link)}
                    </button>
                    <span class="small muted" role="status">{move || copied.get()}</span>
                    <a href=move || plan.with(address)>{td_string!(locale, what_if.share)}</a>
                    <a href=paths::PARTNER_WHAT_IF>{td_string!(locale, what_if.reset)}</a>
                </div>
            </form>
            <p class="visually-hidden" role="status">{move || awake.get().then(|| spoken.get())}</p>
            <div id="result">{result}</div>
        </div>
    }
}

/// The end of the sliders: twice the highest amount of the page, in round tens of thousands.
fn slider_end(highest: Money) -> i64 {
    let roubles = i64::try_from(highest.decimal().trunc().mantissa()).unwrap_or(MOST_REVENUE);
    (roubles.saturating_mul(2) / 10_000 + 1).saturating_mul(10_000).min(MOST_REVENUE)
}

/// What a field is called and how it is filled in.
struct FieldWords {
    name: &'static str,
    label: &'static str,
    hint: String,
}

fn text_field(
    locale: Locale,
    words: FieldWords,
    field: TextField,
    problem: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    on_input: impl Fn(leptos::ev::Event) + 'static,
) -> impl IntoView {
    let FieldWords { name, label, hint } = words;
    let id = format!("what-if-{name}");
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let described_by = {
        let (hint_id, problem_id) = (hint_id.clone(), problem_id.clone());
        move || if problem().is_some() { format!("{hint_id} {problem_id}") } else { hint_id.clone() }
    };
    view! {
        <div class="field">
            <label class="field__label" r#for=id.clone()>{label} {optional_mark(locale)}</label>
            <p class="field__hint" id=hint_id>{hint}</p>
            <input
                class="input"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                maxlength="20"
                id=id
                name=name
                value=field.text.get_untracked()
                aria-describedby=described_by
                aria-invalid=move || problem().map(|_| "true")
                node_ref=field.input
                on:input=on_input
            />
            {move || problem().map(|text| problem_view(text, problem_id.clone()))}
        </div>
    }
}

fn date_field(
    locale: Locale,
    hint: String,
    field: TextField,
    problem: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    today: domain::calendar::BusinessDate,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field__label" r#for="what-if-exam">{td_string!(locale, what_if.exam)} {optional_mark(locale)}</label>
            <p class="field__hint" id="what-if-exam-hint">{hint}</p>
            <input
                class="input"
                type="date"
                autocomplete="off"
                id="what-if-exam"
                name=field::EXAM
                min=today.to_string()
                value=field.text.get_untracked()
                aria-describedby=move || if problem().is_some() { "what-if-exam-hint what-if-exam-problem" } else { "what-if-exam-hint" }
                aria-invalid=move || problem().map(|_| "true")
                node_ref=field.input
                on:input=move |event| field.text.set(event_target_value(&event))
            />
            {move || problem().map(|text| problem_view(text, "what-if-exam-problem".to_owned()))}
        </div>
    }
}

fn optional_mark(locale: Locale) -> impl IntoView {
    view! { <span class="field__optional">{format!(" ({})", td_string!(locale, form.optional))}</span> }
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
    use domain::level::LevelFacts;
    use domain::model::BillingSide;
    use domain::service::ServiceCode;
    use domain::terms::{Terms, TermsSchedule};
    use domain::what_if::UsageGroup;

    use super::*;

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
        let html = Owner::new().with(|| view! { <WhatIf locale=Locale::ru snapshot=snapshot() given/> }.to_html());
        // What a reader sees: the island's props stand before it, and its spaces don't break.
        html.replace('\u{a0}', " ")
    }

    #[test]
    fn without_a_plan_the_months_go_on_as_today() {
        let html = render(&[]);
        assert!(html.contains("столько же, как если всё останется как сегодня"), "{html}");
        assert!(html.contains(r#"value="31000""#) && html.contains("Уже загружено 5 000 ₽"), "{html}");
        assert!(html.contains("Ноябрь 2026, ₽") && html.contains("Апрель 2027, ₽") && !html.contains("Май 2027, ₽"), "{html}");
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
