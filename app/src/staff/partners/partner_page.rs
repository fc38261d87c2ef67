//! `/staff/partners/{id}`: a partner as staff see it.

use domain::model::BillingSide;
use leptos::prelude::*;
use service::partners::PartnerPage as Partner;

use super::level_forms::{decision_form, exam_form};
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DataAsOf, DateText, InstantText, ShortDate};
use crate::components::level::{ConsequenceView, LevelStatus, MonthTable, PhaseText, RequirementView, headline};
use crate::components::level_change::LevelTimeline;
use crate::components::request::{RequestStatusView, kind_name, subject_text};
use crate::context::{form_state, path_value, services};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// A partner's page.
#[component]
pub fn PartnerPage() -> impl IntoView {
    let id = path_value("id");
    staff_page(StaffSection::Partners, async move |viewer, state| {
        let locale = state.locale;
        let services = services()?;
        let partner = services.partner_page(&viewer, id?).await?;
        let form = form_state().await?;
        let name = partner.partner.name.clone();
        let day = partner.outlook.day;
        let months = partner.outlook.months.iter().rev().copied().collect::<Vec<_>>();
        Ok(Page::new(
            name.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, partners.crumbs)>
                    <a href=paths::STAFF_PARTNERS>{td_string!(locale, partners.title)}</a>
                </nav>
                {head_view(locale, &partner, name)}
                {standing_view(locale, &partner)}
                <div class="card-grid card-grid--wide">
                    {exam_form(locale, &partner, &form)}
                    {decision_form(locale, &partner, &form)}
                </div>
                <div class="card-grid card-grid--wide">
                    <section class="card" aria-labelledby="history-title">
                        <h2 class="card-title" id="history-title">{td_string!(locale, partners.history)}</h2>
                        <LevelTimeline locale changes=partner.changes.clone()/>
                    </section>
                    <div class="stack">
                        {exams_view(locale, &partner)}
                        {decisions_view(locale, &partner)}
                        {people_view(locale, &partner)}
                        {requests_view(locale, &partner)}
                    </div>
                </div>
                <section class="stack" aria-labelledby="months-title">
                    <h2 id="months-title">{td_string!(locale, level.months.title)}</h2>
                    <DataAsOf locale at=partner.data_as_of/>
                    <MonthTable locale day months/>
                </section>
            },
        ))
    })
}

fn head_view(locale: Locale, partner: &Partner, name: String) -> AnyView {
    let billing = match partner.billing {
        BillingSide::Provider => td_string!(locale, partners.billing.provider),
        BillingSide::Partner => td_string!(locale, partners.billing.partner),
    };
    let changes = paths::with_query(paths::STAFF_AUDIT, &[("text", &name)]);
    let entries = paths::with_query(paths::STAFF_LEDGER, &[("partner", &partner.partner.code)]);
    let account = paths::staff_bank_account(partner.partner.id);
    view! {
        <div class="page-head">
            <div>
                <h1>{name}</h1>
                <p>
                    <span class="figures">{partner.partner.code.clone()}</span>
                    " · "{td_string!(locale, partners.inn)}" "<span class="figures">{partner.partner.inn.clone()}</span>
                    " · "{td_string!(locale, partners.contract)}" "<DateText locale date=partner.contract_date/>
                    " · "{billing}
                    " · "{td_string!(locale, partners.clients, count = u32::try_from(partner.clients).unwrap_or(u32::MAX))}
                </p>
            </div>
            <div class="actions"><a class="btn" href=account>{td_string!(locale, ledger.account.title)}</a><a class="btn" href=entries>{td_string!(locale, ledger.title)}</a><a class="btn" href=changes>{td_string!(locale, partners.audit)}</a></div>
        </div>
    }
    .into_any()
}

/// Where the level stands, what is asked and what follows: what the partner reads on its own page.
fn standing_view(locale: Locale, partner: &Partner) -> AnyView {
    let outlook = &partner.outlook;
    let scheduled = (!outlook.scheduled.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="scheduled-title">
                <h2 class="card-title" id="scheduled-title">{td_string!(locale, level.scheduled.title)}</h2>
                <LevelTimeline locale changes=outlook.scheduled.clone() to_come=true/>
            </section>
        }
    });
    view! {
        <section class="card" aria-labelledby="standing-title">
            <div class="card-head">
                <h2 id="standing-title">{headline(locale, outlook)}</h2>
                <LevelStatus locale phase=outlook.phase.clone()/>
            </div>
            <PhaseText locale outlook=outlook.clone()/>
            <p class="muted">{td_string!(locale, partners.model_now, model = format::model(locale, outlook.model))}</p>
        </section>
        <div class="card-grid card-grid--wide">
            <section class="card" aria-labelledby="requirement-title">
                <h2 class="card-title" id="requirement-title">{td_string!(locale, level.requirement.title)}</h2>
                <RequirementView locale outlook=outlook.clone()/>
            </section>
            <section class="card" aria-labelledby="consequence-title">
                <h2 class="card-title" id="consequence-title">{td_string!(locale, level.consequence.title)}</h2>
                <ConsequenceView locale outlook=outlook.clone()/>
            </section>
        </div>
        {scheduled}
        <p class="muted small">{td_string!(locale, partners.as_partner_sees)}</p>
    }
    .into_any()
}

fn nothing(text: &'static str) -> AnyView {
    view! { <p class="muted">{text}</p> }.into_any()
}

/// Who recorded a fact; what the command line or the demo brought names nobody.
fn recorder(locale: Locale, name: Option<&str>) -> String {
    name.map_or_else(|| td_string!(locale, partners.by_command).to_owned(), str::to_owned)
}

fn exams_view(locale: Locale, partner: &Partner) -> AnyView {
    let body = if partner.exams.is_empty() {
        nothing(td_string!(locale, partners.exams.none))
    } else {
        let columns = vec![
            Column::text(td_string!(locale, partners.exams.passed_on)),
            Column::text(td_string!(locale, partners.recorded_by)),
            Column::text(td_string!(locale, partners.recorded_at)),
        ];
        let rows: Vec<_> = partner
            .exams
            .iter()
            .map(|exam| {
                view! {
                    <tr>
                        <th scope="row"><ShortDate locale date=exam.passed_on/></th>
                        <td>{recorder(locale, exam.recorded_by.as_deref())}</td>
                        <td class="figures"><InstantText locale at=exam.recorded_at/></td>
                    </tr>
                }
            })
            .collect();
        view! { <DataTable caption=td_string!(locale, partners.exams.title) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="exams-title">
            <h2 class="card-title" id="exams-title">{td_string!(locale, partners.exams.title)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn decisions_view(locale: Locale, partner: &Partner) -> AnyView {
    let body = if partner.decisions.is_empty() {
        nothing(td_string!(locale, partners.decisions.none))
    } else {
        let columns = vec![
            Column::text(td_string!(locale, partners.decisions.date)),
            Column::text(td_string!(locale, partners.decisions.level)),
            Column::text(td_string!(locale, partners.decisions.reason)),
            Column::text(td_string!(locale, partners.recorded_by)),
        ];
        let rows: Vec<_> = partner
            .decisions
            .iter()
            .map(|decision| {
                view! {
                    <tr>
                        <th scope="row"><ShortDate locale date=decision.date/></th>
                        <td>{format::level(locale, decision.level)}</td>
                        <td>{decision.reason.clone()}</td>
                        <td>
                            {recorder(locale, decision.recorded_by.as_deref())}
                            <span class="muted small block"><InstantText locale at=decision.recorded_at/></span>
                        </td>
                    </tr>
                }
            })
            .collect();
        view! { <DataTable caption=td_string!(locale, partners.decisions.title) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="decisions-title">
            <h2 class="card-title" id="decisions-title">{td_string!(locale, partners.decisions.title)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn people_view(locale: Locale, partner: &Partner) -> AnyView {
    let people: Vec<_> = partner
        .users
        .iter()
        .map(|person| {
            let disabled =
                person.disabled_at.map(|_| view! { " " <span class="muted">{td_string!(locale, partners.people.disabled)}</span> });
            view! { <div><dt>{person.display_name.clone()}{disabled}</dt><dd>{person.email.clone()}</dd></div> }
        })
        .collect();
    let body = if people.is_empty() {
        nothing(td_string!(locale, partners.people.none))
    } else {
        view! { <dl class="dl">{people}</dl> }.into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="people-title">
            <h2 class="card-title" id="people-title">{td_string!(locale, partners.people.title)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn requests_view(locale: Locale, partner: &Partner) -> AnyView {
    let body = if partner.requests.is_empty() {
        nothing(td_string!(locale, partners.requests.none))
    } else {
        let lines: Vec<_> = partner
            .requests
            .iter()
            .map(|line| {
                view! {
                    <li class="row">
                        <a class="figures" href=paths::staff_request(&line.reference)>{line.reference.clone()}</a>
                        <span>{kind_name(locale, line.kind)}": "{subject_text(locale, &line.subject)}</span>
                        <RequestStatusView locale status=line.status/>
                    </li>
                }
            })
            .collect();
        view! { <ul class="stack">{lines}</ul> }.into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="requests-title">
            <h2 class="card-title" id="requests-title">{td_string!(locale, partners.requests.title)}</h2>
            {body}
        </section>
    }
    .into_any()
}
