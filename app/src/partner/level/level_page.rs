//! The level: what it is and why, what is still to be met, what happens if not, its history, revenue month by month.

use domain::level::Outlook;
use domain::model::BillingSide;
use leptos::prelude::*;

use crate::brand::ends_view;
use crate::components::date::DataAsOf;
use crate::components::level::{ConsequenceView, LevelStatus, MonthTable, PhaseText, RequirementView, headline};
use crate::components::level_change::LevelTimeline;
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// The level's page.
#[component]
pub fn LevelPage() -> impl IntoView {
    partner_page(PartnerSection::Level, async |partner, state| {
        let level = services()?.level_page(&partner.viewer).await?;
        let locale = state.locale;
        let title = td_string!(locale, level.title);
        let outlook = level.outlook;
        let months = outlook.months.iter().rev().copied().collect::<Vec<_>>();
        let day = outlook.day;
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, level.lead)}</p>
                    </div>
                    <DataAsOf locale at=level.data_as_of/>
                </div>
                {ends_view(locale, level.brand_ends_on)}
                {standing_card(locale, &outlook)}
                <div class="card-grid card-grid--wide">
                    <section class="card" aria-labelledby="requirement">
                        <h2 class="card-title" id="requirement">{td_string!(locale, level.requirement.title)}</h2>
                        <RequirementView locale outlook=outlook.clone()/>
                    </section>
                    <section class="card" aria-labelledby="consequence">
                        <h2 class="card-title" id="consequence">{td_string!(locale, level.consequence.title)}</h2>
                        <ConsequenceView locale outlook=outlook.clone()/>
                        <p class="card-foot">
                            <a href=paths::PARTNER_PRIVILEGES>{td_string!(locale, level.consequence.privileges)}</a>
                            <a href=paths::PARTNER_WHAT_IF>{td_string!(locale, level.consequence.what_if)}</a>
                        </p>
                    </section>
                </div>
                {scheduled_card(locale, &outlook)}
                <section class="card" aria-labelledby="history">
                    <h2 class="card-title" id="history">{td_string!(locale, level.timeline.title)}</h2>
                    <LevelTimeline locale changes=level.changes/>
                </section>
                <section class="stack">
                    <h2>{td_string!(locale, level.months.title)}</h2>
                    <MonthTable locale day months/>
                    <p class="muted small">{td_string!(locale, level.months.note)}</p>
                </section>
            },
        ))
    })
}

fn standing_card(locale: Locale, outlook: &Outlook) -> AnyView {
    let billing = match outlook.model.billing() {
        BillingSide::Provider => td_string!(locale, level.billing.provider),
        BillingSide::Partner => td_string!(locale, level.billing.partner),
    };
    let model = td_string!(locale, level.model, model = format::model(locale, outlook.model), billing = billing);
    let since =
        td_string!(locale, level.since, level = format::level(locale, outlook.level), date = format::date_long(locale, outlook.since));
    view! {
        <section class="card">
            <div class="card-head">
                <h2>{headline(locale, outlook)}</h2>
                <LevelStatus locale phase=outlook.phase.clone()/>
            </div>
            <PhaseText locale outlook=outlook.clone()/>
            <p class="muted">{since} ". " {model} "."</p>
        </section>
    }
    .into_any()
}

fn scheduled_card(locale: Locale, outlook: &Outlook) -> Option<AnyView> {
    (!outlook.scheduled.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2 class="card-title">{td_string!(locale, level.scheduled.title)}</h2>
                <LevelTimeline locale changes=outlook.scheduled.clone() to_come=true/>
            </section>
        }
        .into_any()
    })
}
