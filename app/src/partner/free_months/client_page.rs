//! `/partner/free-months/{client}`: the calendar of a client and the form.

use domain::calendar::Month;
use domain::ids::ClientId;
use domain::request::RequestKind;
use leptos::prelude::*;
use service::free_months::FreeMonthsPage as Facts;

use crate::components::empty_state::EmptyState;
use crate::components::request::decision_time;
use crate::components::verdict::VerdictView;
use crate::context::{form_state, path_value, query_value, services};
use crate::form::{FormState, problem_text, refusal_text};
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::packed::Packed;
use crate::page::{Page, partner_page};
use crate::partner::free_months::calendar_island::{FreeMonthFacts, FreeMonthForm, FreeMonthLimits, MONTH, resource_name};
use crate::partner::requests::taken_up::{TakenUp, taken_up, taken_up_view};
use crate::paths;

/// The calendar.
#[component]
pub fn ClientFreeMonthsPage() -> impl IntoView {
    let client = path_value::<ClientId>("client");
    partner_page(PartnerSection::FreeMonths, async move |partner, state| {
        let facts = services()?.free_months_page(&partner.viewer, client?).await?;
        let form = form_state().await?;
        let again = taken_up(&partner.viewer, RequestKind::FreeMonth).await?;
        let locale = state.locale;
        let title = td_string!(locale, free_months.client_title, client = facts.client.name.clone());
        let inn = facts.client.inn.to_string();
        let body = if !facts.privilege.is_allowed() {
            locked_view(locale, &facts).into_any()
        } else if facts.facts.resources.is_empty() {
            no_machines_view(locale, &facts).into_any()
        } else {
            form_view(locale, facts, form, again).into_any()
        };
        Ok(Page::new(
            title.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, free_months.path)>
                    <a href=paths::PARTNER_FREE_MONTHS>{td_string!(locale, free_months.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p class="figures">{td_string!(locale, free_months.client_lead, inn = inn)}</p>
                    </div>
                </div>
                <section class="card" aria-labelledby="calendar-title">
                    <h2 class="card-title" id="calendar-title">{td_string!(locale, free_months.calendar_title)}</h2>
                    {body}
                </section>
            },
        ))
    })
}

/// Why there is no form, and how to get it.
fn locked_view(locale: Locale, facts: &Facts) -> impl IntoView + use<> {
    view! {
        <VerdictView locale verdict=facts.privilege.clone()>
            <a class="btn btn-sm" href=paths::PARTNER_PRIVILEGES>{td_string!(locale, free_months.unlock)}</a>
        </VerdictView>
    }
}

fn no_machines_view(locale: Locale, facts: &Facts) -> impl IntoView + use<> {
    let client = paths::partner_client(facts.client.id);
    view! {
        <EmptyState title=td_string!(locale, free_months.no_machines_title) text=td_string!(locale, free_months.no_machines_text)>
            <a class="btn" href=client>{td_string!(locale, free_months.to_client)}</a>
        </EmptyState>
    }
}

fn form_view(locale: Locale, facts: Facts, form: FormState, again: Option<TakenUp>) -> impl IntoView {
    // What came back with problems, else what the address chooses, else what the request asked for that is taken up again.
    let entered = |name: &str| again.as_ref().and_then(|again| again.entries.get(name));
    let typed = form.values.get(MONTH).and_then(|text| text.parse::<Month>().ok());
    let chosen = typed.or_else(|| query_value(MONTH)).or_else(|| entered(MONTH)?.parse().ok());
    let came_back = form.values.keys().any(|name| name.starts_with("resource_")) || typed.is_some();
    let asked: Option<Vec<&str>> = entered("machines").map(|names| names.lines().collect());
    let is_marked = |(place, name): (usize, &String)| match &asked {
        _ if came_back => form.values.contains_key(&resource_name(place)),
        Some(asked) => asked.contains(&name.as_str()),
        None => true,
    };
    let marked: Vec<bool> = facts.facts.resources.iter().enumerate().map(is_marked).collect();
    let reason = again.as_ref().map(|again| taken_up_view(locale, again));
    let key: uuid::Uuid = service::secrets::id();
    let limits = FreeMonthLimits::from(&facts.terms);
    let known = FreeMonthFacts {
        key: key.to_string(),
        client: facts.client.id.to_string(),
        facts: facts.facts,
        limits,
        today: facts.today,
        chosen,
        marked,
        again: again.map(|again| again.reference),
    };
    view! {
        {reason}
        {summary_view(locale, &form)}
        <p class="muted">{decision_time(locale, RequestKind::FreeMonth)}</p>
        <FreeMonthForm locale known=Packed(known)/>
    }
}

/// What speaks against the form that came back.
fn summary_view(locale: Locale, form: &FormState) -> impl IntoView + use<> {
    let refused = form.verdict.as_ref().is_some_and(|verdict| !verdict.is_allowed());
    let problem = form.problems.get(MONTH).map(|problem| {
        let text = match problem {
            crate::form::FieldProblem::Required => td_string!(locale, free_months.month_required).to_owned(),
            other => problem_text(locale, other),
        };
        view! { <p><a href="#field-month">{text}</a></p> }
    });
    let refusal = form.refusal.map(|refusal| view! { <p>{refusal_text(locale, refusal)}</p> });
    let (title, link) = if refused {
        let link = view! { <p><a href="#verdict">{td_string!(locale, free_months.refused_text)}</a></p> };
        (td_string!(locale, free_months.refused_title), Some(link))
    } else {
        (td_string!(locale, free_months.problems_title), None)
    };
    form.has_problems().then(|| {
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus=true>
                <h3>{title}</h3>
                {link}
                {problem}
                {refusal}
            </div>
        }
    })
}
