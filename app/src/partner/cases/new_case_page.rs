//! `/partner/cases/new`: the form of a brief. The draft begins with the first save.

use domain::case_study::Brief;
use domain::request::{Editable, Entries, Problems, RequestKind, Stage};
use domain::rule::Rule;
use leptos::prelude::*;

use crate::components::verdict::{RuleLink, VerdictView};
use crate::context::{form_state, services};
use crate::form::IDEMPOTENCY_KEY;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::cases::case_form::CaseForm;
use crate::paths;

/// The form of a new case.
#[component]
pub fn NewCasePage() -> impl IntoView {
    partner_page(PartnerSection::Cases, async |partner, state| {
        let locale = state.locale;
        let loaded = services()?.new_case_page(&partner.viewer).await?;
        let form = form_state().await?;
        let title = td_string!(locale, cases.new_title);
        let body = if loaded.privilege.is_allowed() {
            // A form that came back is the same draft.
            let key = form.values.get(IDEMPOTENCY_KEY).and_then(|key| key.parse().ok()).unwrap_or(loaded.key);
            let case = CaseForm {
                locale,
                reference: None,
                key,
                version: None,
                came_back: &form,
                entries: &Entries::new(),
                editable: &Editable::OfStage { stage: Stage::Brief },
                notes: &[],
                refusal: None,
                problems: &Problems::new(),
                services: &loaded.services,
            };
            let buttons = vec![
                ("submit", td_string!(locale, cases.submit).to_owned()),
                ("save", td_string!(locale, cases.save).to_owned()),
                ("preview", td_string!(locale, cases.preview).to_owned()),
            ];
            view! {
                {needed_view(locale)}
                <section class="card" aria-labelledby="form-title">
                    <h2 class="card-title" id="form-title">{td_string!(locale, requests.stage.brief)}</h2>
                    {case.view(Some(Stage::Brief), buttons)}
                </section>
            }
            .into_any()
        } else {
            view! {
                <VerdictView locale verdict=loaded.privilege.clone()>
                    <a class="btn btn-sm" href=paths::PARTNER_PRIVILEGES>{td_string!(locale, cases.unlock)}</a>
                </VerdictView>
            }
            .into_any()
        };
        let lead = td_string!(locale, cases.new_lead, bonus = format::money(locale, loaded.bonus));
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, requests.detail.path)>
                    <a href=paths::PARTNER_CASES>{td_string!(locale, cases.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1><p>{lead} " " <RuleLink locale rule=Rule::Case1/></p></div></div>
                {body}
            },
        ))
    })
}

/// What to have at hand before one begins, what may come afterwards, and how long the decision takes.
fn needed_view(locale: Locale) -> impl IntoView {
    let least = |(least, _): (u32, u32)| format::number(locale, i64::from(least));
    let story = td_string!(locale, cases.needed.story_text, done = least(Brief::DONE_LENGTH), result = least(Brief::RESULT_LENGTH));
    let decision = td_string!(locale, cases.needed.decision_text, count = RequestKind::CaseStudy.days_to_decide());
    let facts = [
        (td_string!(locale, cases.needed.client), td_string!(locale, cases.needed.client_text).to_owned()),
        (td_string!(locale, cases.needed.services), td_string!(locale, cases.needed.services_text).to_owned()),
        (td_string!(locale, cases.needed.story), story),
        (td_string!(locale, cases.needed.decision), decision),
        (td_string!(locale, cases.needed.later), td_string!(locale, cases.needed.later_text).to_owned()),
    ];
    let facts = facts.map(|(term, text)| view! { <div><dt>{term}</dt><dd>{text}</dd></div> }).into_iter().collect::<Vec<_>>();
    view! {
        <section class="card card--quiet stack" id="needed" aria-labelledby="needed-title">
            <h2 class="card-title" id="needed-title">{td_string!(locale, cases.needed.title)}</h2>
            <dl class="dl">{facts}</dl>
        </section>
    }
}
