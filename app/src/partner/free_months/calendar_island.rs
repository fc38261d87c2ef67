//! The calendar of a client with its form. It posts natively with and without scripting; awake, it answers for the month and the
//! machines chosen. The months are radio buttons, closed ones too: the arrow keys reach each of them, and it says why it is closed.
#![expect(missing_docs, reason = "`#[island]` makes public items that take no comment")]

use domain::calendar::{BusinessDate, Month};
use domain::free_month::{Ask, CalendarMonth, ClientFacts, Standing, calendar, check, earliest};
use domain::terms::Terms;
use domain::verdict::Violation;
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;

use crate::components::verdict::{verdict_view, violation_text};
use crate::form::IDEMPOTENCY_KEY;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::packed::Packed;
use crate::paths;

/// The control of the month.
pub const MONTH: &str = "month";
/// The control of the client.
pub const CLIENT: &str = "client";
/// The button that only brings the form back with what the chosen month would close.
pub const SHOW: &str = "show";

/// The control of a machine by its place in the list.
pub fn resource_name(place: usize) -> String {
    format!("resource_{place}")
}

/// The numbers of the terms that decide about free months: what the browser needs of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the fields are named as the terms name them")]
pub struct FreeMonthLimits {
    free_months_per_client: u32,
    free_month_gap: u32,
    free_month_horizon: u32,
}

impl From<&Terms> for FreeMonthLimits {
    fn from(terms: &Terms) -> Self {
        Self {
            free_months_per_client: terms.free_months_per_client,
            free_month_gap: terms.free_month_gap,
            free_month_horizon: terms.free_month_horizon,
        }
    }
}

impl From<FreeMonthLimits> for Terms {
    /// Everything else is the brochure's; the rules of free months don't look at it.
    fn from(limits: FreeMonthLimits) -> Self {
        Self {
            free_months_per_client: limits.free_months_per_client,
            free_month_gap: limits.free_month_gap,
            free_month_horizon: limits.free_month_horizon,
            ..Self::default()
        }
    }
}

/// What the form begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeMonthFacts {
    /// The key that makes a double press harmless.
    pub key: String,
    /// The client's id.
    pub client: String,
    /// What the rules look at.
    pub facts: ClientFacts,
    /// The numbers of the terms in force.
    pub limits: FreeMonthLimits,
    /// Today.
    pub today: BusinessDate,
    /// The month to begin with.
    pub chosen: Option<Month>,
    /// Whether each machine is marked to begin with.
    pub marked: Vec<bool>,
    /// The request that the form takes up again.
    pub again: Option<String>,
}

/// The month in one or two words: what its cell says.
fn word(locale: Locale, cell: &CalendarMonth) -> String {
    match (cell.standing, cell.verdict.violations.first()) {
        (Some(Standing::Granted), _) => td_string!(locale, asking.word.granted).to_owned(),
        (Some(Standing::Pending), _) => td_string!(locale, asking.word.pending).to_owned(),
        (None, None) => td_string!(locale, asking.word.free).to_owned(),
        (None, Some(violation)) => violation_word(locale, violation),
    }
}

/// A broken rule in one or two words.
pub fn violation_word(locale: Locale, violation: &Violation) -> String {
    match violation {
        Violation::FreeMonthsPerClient { limit, .. } => td_string!(locale, asking.word.limit, limit = *limit),
        Violation::MonthAfterTrial { .. } => td_string!(locale, asking.word.after_trial).to_owned(),
        Violation::TooCloseToFreeMonth { .. } => td_string!(locale, asking.word.gap).to_owned(),
        Violation::TrialRuns { .. } => td_string!(locale, asking.word.trial).to_owned(),
        Violation::MonthPassed { .. } => td_string!(locale, asking.word.passed).to_owned(),
        Violation::MonthTooFar { .. } => td_string!(locale, asking.word.too_far).to_owned(),
        Violation::NoResources | Violation::ForeignResources { .. } => td_string!(locale, asking.word.no_machines).to_owned(),
        Violation::PrivilegeMissing { .. }
        | Violation::CodesPerQuarter { .. }
        | Violation::CodeValuePerQuarter { .. }
        | Violation::CodesPerRequest { .. }
        | Violation::FaceTooSmall { .. }
        | Violation::RateChoiceModel { .. }
        | Violation::RateChoiceTooLate { .. }
        | Violation::SalesMonthOpen { .. }
        | Violation::SalesClientClaimed { .. }
        | Violation::SalesMonthEarnedOnce { .. }
        | Violation::SalesNothingBilled { .. }
        | Violation::CommentDeadlinePassed { .. } => violation_text(locale, violation).rule,
    }
}

/// Why a month is closed, in whole sentences.
fn reason(locale: Locale, cell: &CalendarMonth) -> String {
    let sentences = cell.verdict.violations.iter().map(|violation| {
        let text = violation_text(locale, violation);
        format!("{}. {}", text.rule, text.figures.unwrap_or_default())
    });
    sentences.collect::<Vec<_>>().join(" ")
}

fn month_words(locale: Locale, months: &[Month]) -> String {
    months.iter().map(|month| format::month(locale, *month)).collect::<Vec<_>>().join(", ")
}

/// The form.
#[island]
pub fn FreeMonthForm(
    /// The language.
    locale: Locale,
    /// What the form begins with.
    known: Packed<FreeMonthFacts>,
) -> impl IntoView {
    let FreeMonthFacts { key, client, facts, limits, today, chosen, marked, again } = known.0;
    let terms = Terms::from(limits);
    let months = calendar(&facts, today, &terms);
    let first = earliest(&facts, today, &terms);
    let chosen = RwSignal::new(chosen);
    let strip = NodeRef::<html::Div>::new();
    let list = NodeRef::<html::Div>::new();
    let machines: Vec<(String, RwSignal<bool>)> = facts
        .resources
        .iter()
        .enumerate()
        .map(|(place, name)| (name.clone(), RwSignal::new(marked.get(place).copied().unwrap_or(true))))
        .collect();

    let choose = move |month: Month| {
        if let Some(radio) = radio(strip, month) {
            radio.set_checked(true);
            let _ = radio.focus();
        }
        chosen.set(Some(month));
    };
    let signals: Vec<RwSignal<bool>> = machines.iter().map(|(_, marked)| *marked).collect();
    let awake = RwSignal::new(false);
    Effect::new(move |_| {
        // What was chosen before the island woke counts.
        let checked = strip.get_untracked().and_then(|strip| strip.query_selector("input:checked").ok().flatten());
        if let Some(month) = checked.and_then(|input| input.get_attribute("value")).and_then(|value| value.parse().ok()) {
            chosen.set(Some(month));
        }
        let boxes = list.get_untracked().and_then(|list| list.query_selector_all("input").ok());
        for (place, marked) in (0..).zip(&signals) {
            let input =
                boxes.as_ref().and_then(|boxes| boxes.get(place)).and_then(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok());
            if let Some(input) = input {
                marked.set(input.checked());
            }
        }
        awake.set(true);
    });

    let known = StoredValue::new(months.clone());
    let blocked = Memo::new(move |_| {
        let chosen = chosen.get();
        known.with_value(|months| {
            months.iter().find(|cell| Some(cell.month) == chosen).map(|cell| cell.would_block.clone()).unwrap_or_default()
        })
    });
    let asked = machines.clone();
    let verdict = Memo::new(move |_| {
        let month = chosen.get()?;
        let resources = asked.iter().filter(|(_, marked)| marked.get()).map(|(name, _)| name.clone()).collect();
        Some(check(&Ask { month, resources }, &facts, today, &terms))
    });

    let cells: Vec<_> = months
        .iter()
        .map(|cell| {
            let month = cell.month;
            let id = format!("month-{month}");
            let reason_id = format!("{id}-reason");
            let kind = match (cell.standing, cell.verdict.is_allowed()) {
                (Some(_), _) => "strip__month strip__month--granted",
                (None, true) => "strip__month strip__month--free",
                (None, false) => "strip__month strip__month--blocked",
            };
            let own = word(locale, cell);
            let is_free = cell.standing.is_none() && cell.verdict.is_allowed();
            let word = move || {
                if is_free && chosen.get() == Some(month) {
                    td_string!(locale, asking.word.chosen).to_owned()
                } else if blocked.with(|blocked| blocked.contains(&month)) && chosen.get() != Some(month) {
                    td_string!(locale, asking.word.would_block).to_owned()
                } else {
                    own.clone()
                }
            };
            let begins = chosen.get_untracked() == Some(month);
            view! {
                <label class=kind class:strip__month--dimmed=move || blocked.with(|blocked| blocked.contains(&month)) && chosen.get() != Some(month)>
                    <input
                        type="radio"
                        name=MONTH
                        id=id
                        value=month.to_string()
                        checked=begins
                        aria-describedby=(!cell.verdict.is_allowed()).then_some(reason_id)
                        on:change=move |_| chosen.set(Some(month))
                    />
                    <span class="strip__name">{format::month_short(locale, month)}</span>
                    <span class="strip__year">{month.year()}</span>
                    <span class="strip__word">{word}</span>
                </label>
            }
        })
        .collect();
    let reasons: Vec<_> = months
        .iter()
        .filter(|cell| !cell.verdict.is_allowed())
        .map(|cell| view! { <p id=format!("month-{}-reason", cell.month)>{reason(locale, cell)}</p> })
        .collect();
    let boxes: Vec<_> = machines
        .iter()
        .enumerate()
        .map(|(place, (name, marked))| {
            let marked = *marked;
            view! {
                <label class="choice">
                    <input
                        class="checkbox"
                        type="checkbox"
                        name=resource_name(place)
                        value=name.clone()
                        checked=marked.get_untracked()
                        on:change=move |event| marked.set(event_target_checked(&event))
                    />
                    <span>{name.clone()}</span>
                </label>
            }
        })
        .collect();

    let keyed = months.clone();
    let move_to_end = move |event: leptos::ev::KeyboardEvent| {
        let target = match event.key().as_str() {
            "Home" => keyed.first(),
            "End" => keyed.last(),
            _ => return,
        };
        if let Some(cell) = target {
            event.prevent_default();
            choose(cell.month);
        }
    };
    let page = paths::partner_free_months(&client);
    let earliest_link = first.map(|month| {
        let href = paths::with_query(&page, &[(MONTH, &month.to_string())]);
        let label = td_string!(locale, asking.earliest, month = format::month(locale, month));
        view! {
            <a
                class="btn btn-sm"
                href=href
                on:click=move |event| {
                    event.prevent_default();
                    choose(month);
                }
            >
                {label}
            </a>
        }
    });
    let act = move || match chosen.get() {
        Some(month) => td_string!(locale, asking.request_month, month = format::month(locale, month)),
        None => td_string!(locale, asking.request_month_empty).to_owned(),
    };
    let cost = move || {
        let month = chosen.get()?;
        let (held, allowed) = known.with_value(|months| {
            let cell = months.iter().find(|cell| cell.month == month);
            (cell.is_some_and(|cell| cell.standing.is_some()), cell.is_some_and(|cell| cell.verdict.is_allowed()))
        });
        let name = format::month(locale, month);
        let blocked = blocked.get();
        let others: Vec<Month> = blocked.into_iter().filter(|other| *other != month).collect();
        if !allowed {
            None
        } else if held {
            Some(td_string!(locale, asking.adds_machines, month = format::sentence_start(name)))
        } else if others.is_empty() {
            Some(td_string!(locale, asking.blocks_nothing, chosen = format::sentence_start(name)))
        } else {
            let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
            Some(td_string!(locale, asking.would_block, count = count, chosen = name, months = month_words(locale, &others)))
        }
    };
    let answer = move || {
        verdict.get().map(|verdict| {
            let nearest = verdict.violations.iter().find_map(Violation::earliest).filter(|month| chosen.get_untracked() != Some(*month));
            let take = nearest.map(|month| {
                let label = td_string!(locale, asking.take_earliest, month = format::month(locale, month));
                let href = paths::with_query(&page, &[(MONTH, &month.to_string())]);
                view! {
                    <a
                        class="btn btn-sm"
                        href=href
                        on:click=move |event| {
                            event.prevent_default();
                            choose(month);
                        }
                    >
                        {label}
                    </a>
                }
            });
            verdict_view(locale, &verdict, take)
        })
    };

    view! {
        <form class="stack" method="post" action=paths::API_FREE_MONTH_SUBMIT>
            <input type="hidden" name=IDEMPOTENCY_KEY value=key autocomplete="off"/>
            <input type="hidden" name=CLIENT value=client/>
            <input type="hidden" name=paths::AGAIN value=again.unwrap_or_default() autocomplete="off"/>
            <fieldset class="strip" id="field-month" tabindex="-1" aria-describedby="month-hint">
                <legend>{td_string!(locale, asking.choose_month)}</legend>
                <p class="field__hint" id="month-hint">{td_string!(locale, asking.month_hint)}</p>
                <div class="strip__months" node_ref=strip on:keydown=move_to_end>{cells}</div>
                <div hidden=true>{reasons}</div>
            </fieldset>
            <div class="actions">{earliest_link}</div>
            <div id="verdict" class="stack" role="status">
                {answer}
                {move || cost().map(|text| view! { <p>{text}</p> })}
            </div>
            <fieldset class="choices" id="field-resources" tabindex="-1">
                <legend>{td_string!(locale, asking.machines)}</legend>
                <p class="field__hint">{td_string!(locale, asking.machines_hint)}</p>
                <div class="stack" node_ref=list>{boxes}</div>
            </fieldset>
            <div class="actions">
                <button class="btn btn-primary" type="submit">{act}</button>
                // Awake, the calendar shows it by itself.
                <button class="btn" type="submit" name=SHOW value="1" hidden=move || awake.get()>
                    {td_string!(locale, asking.show_blocked)}
                </button>
            </div>
        </form>
    }
}

/// The radio button of a month.
fn radio(strip: NodeRef<html::Div>, month: Month) -> Option<web_sys::HtmlInputElement> {
    let found = strip.get_untracked()?.query_selector(&format!("input[value='{month}']")).ok()??;
    found.dyn_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::tests::survives;

    fn day(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn cells(facts: &ClientFacts) -> Vec<(String, String)> {
        let months = calendar(facts, day("2026-11-22"), &Terms::default());
        months.iter().map(|cell| (cell.month.to_string(), word(Locale::ru, cell))).collect()
    }

    #[test]
    fn every_month_says_whether_it_is_free_or_which_rule_closes_it() {
        let facts = ClientFacts {
            resources: vec!["vm-1".to_owned()],
            trials: vec![domain::trial::Trial { start: day("2026-10-20"), end: Some(day("2026-11-10")) }],
            months: vec![domain::free_month::BonusMonth {
                month: "2027-03".parse().expect("a month"),
                standing: Standing::Granted,
                resources: vec!["vm-1".to_owned()],
            }],
        };
        let cells = cells(&facts);
        let said = |month: &str| cells.iter().find(|(name, _)| name == month).map(|(_, word)| word.as_str());
        assert_eq!(cells.len(), 13);
        assert_eq!(said("2026-11"), Some("идёт тест"));
        assert_eq!(said("2026-12"), Some("после теста"));
        assert_eq!(said("2027-01"), Some("свободен"));
        assert_eq!(said("2027-02"), Some("нужен перерыв"));
        assert_eq!(said("2027-03"), Some("одобрен"));
    }

    #[test]
    fn the_facts_survive_the_way_into_the_browser() {
        let facts = FreeMonthFacts {
            key: "k".to_owned(),
            client: "c".to_owned(),
            facts: ClientFacts {
                resources: vec!["vm-1".to_owned(), "ВМ".to_owned()],
                trials: vec![domain::trial::Trial { start: day("2026-10-20"), end: None }],
                months: vec![domain::free_month::BonusMonth {
                    month: day("2027-03-01").month(),
                    standing: Standing::Pending,
                    resources: vec!["vm-1".to_owned()],
                }],
            },
            limits: FreeMonthLimits::from(&Terms::default()),
            today: day("2026-11-22"),
            chosen: Some(day("2026-12-01").month()),
            marked: vec![true, false],
            again: None,
        };
        survives(&facts);
        survives(&FreeMonthFacts { facts: ClientFacts::default(), chosen: None, marked: Vec::new(), ..facts });
    }

    #[test]
    fn a_client_without_machines_has_no_month() {
        let cells = cells(&ClientFacts::default());
        assert!(cells.iter().all(|(_, word)| word == "нет машин"), "{cells:?}");
    }
}
