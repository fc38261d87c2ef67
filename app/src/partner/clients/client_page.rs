//! A client's page: machines, trials, usage by month, codes, free months.

use std::collections::BTreeSet;

use domain::calendar::BusinessDate;
use leptos::prelude::*;
use service::clients::{ClientMonth, ClientPage as ClientData};
use service::trials::{TrialLine, TrialState};

use super::rate_section::rate_section;
use super::{RATE, TRIAL, service_control};
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DataAsOf, DateText, MonthText, ShortDate};
use crate::components::icon::{Icon, lucide};
use crate::components::money::MoneyText;
use crate::components::status::{Status, Tone};
use crate::components::verdict::RuleLink;
use crate::context::{form_state, path_value, services};
use crate::form::{Choice, Control, ErrorSummary, Field, FormState, HiddenField, SubmitButton, problem_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::partner::bonus_codes::bonus_codes_page::{CLIENT, CodeStateView, GrantedCode};
use crate::paths;

/// A client's page.
#[component]
pub fn ClientPage() -> impl IntoView {
    partner_page(PartnerSection::Clients, async |partner, state| {
        let client = services()?.client_page(&partner.viewer, path_value("id")?).await?;
        let form = form_state().await?;
        let (rate_form, form) = if form.values.contains_key(RATE) { (form, FormState::default()) } else { (FormState::default(), form) };
        let locale = state.locale;
        let name = client.client.name.clone();
        let codes_for_client = paths::with_query(paths::PARTNER_BONUS_CODES, &[(CLIENT, &client.client.id.to_string())]);
        Ok(Page::new(
            name.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, clients.crumbs)>
                    <a href=paths::PARTNER_CLIENTS>{td_string!(locale, clients.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{name}</h1>
                        <p>
                            {td_string!(locale, clients.page.inn)} " " <span class="figures">{client.client.inn.to_string()}</span>
                            " · " {td_string!(locale, clients.page.started)} " " <DateText locale date=client.client.start_date/>
                        </p>
                    </div>
                    <div class="actions">
                        <a class="btn" href=paths::partner_free_months(client.client.id)>
                            <Icon icon=lucide::LuCalendarDays/>
                            {td_string!(locale, clients.page.calendar)}
                        </a>
                        <a class="btn" href=codes_for_client>
                            <Icon icon=lucide::LuTicket/>
                            {td_string!(locale, clients.page.request_codes)}
                        </a>
                    </div>
                </div>
                {rate_section(locale, &client, rate_form)}
                {trials_section(locale, &client, form)}
                {machines_section(locale, &client)}
                {usage_section(locale, &client)}
                {codes_section(locale, &client)}
                {free_months_section(locale, &client)}
            },
        ))
    })
}

/// The name of a service in the reader's language; a service that left the catalogue keeps its code.
fn service_name(locale: Locale, client: &ClientData, code: &str) -> String {
    client.services.iter().find(|service| service.code == code).map_or_else(
        || code.to_owned(),
        |service| match locale {
            Locale::ru => service.name_ru.clone(),
            Locale::en => service.name_en.clone(),
        },
    )
}

fn service_names(locale: Locale, client: &ClientData, codes: &[String]) -> String {
    codes.iter().map(|code| service_name(locale, client, code)).collect::<Vec<_>>().join(", ")
}

fn trials_section(locale: Locale, client: &ClientData, form: FormState) -> AnyView {
    let (end_form, record_form) = if form.values.contains_key(TRIAL) { (form, FormState::default()) } else { (FormState::default(), form) };
    let open: Vec<_> = client.trials.iter().filter(|line| line.is_open()).collect();
    let list = if client.trials.is_empty() {
        view! { <p class="muted">{td_string!(locale, clients.trials.none)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, clients.trials.services)),
            Column::text(td_string!(locale, clients.trials.start)),
            Column::text(td_string!(locale, clients.trials.end)),
            Column::text(td_string!(locale, clients.trials.state)),
        ];
        let rows: Vec<_> = client.trials.iter().map(|line| trial_row(locale, client, line)).collect();
        view! { <DataTable caption=td_string!(locale, clients.trials.caption) columns>{rows}</DataTable> }.into_any()
    };
    let end = (!open.is_empty()).then(|| end_trial_form(locale, client, &open, &end_form));
    view! {
        <section class="stack" id="trials">
            <h2>{td_string!(locale, clients.trials.title)}</h2>
            {list}
            <div class="card-grid card-grid--wide">
                {end}
                {record_trial_form(locale, client, &record_form)}
            </div>
        </section>
    }
    .into_any()
}

fn trial_row(locale: Locale, client: &ClientData, line: &TrialLine) -> impl IntoView + use<> {
    let (tone, icon, label) = match line.state {
        TrialState::Planned => (Tone::Neutral, lucide::LuCalendarDays, td_string!(locale, clients.trials.planned)),
        TrialState::Running => (Tone::Waiting, lucide::LuFlaskConical, td_string!(locale, clients.trials.running)),
        TrialState::Ended => (Tone::Neutral, lucide::LuCheck, td_string!(locale, clients.trials.ended)),
    };
    let end = match line.trial.ended_on {
        Some(date) => view! { <ShortDate locale date/> }.into_any(),
        None => td_string!(locale, clients.trials.no_end).into_any(),
    };
    view! {
        <tr>
            <th scope="row">{service_names(locale, client, &line.trial.services)}</th>
            <td class="figures"><ShortDate locale date=line.trial.started_on/></td>
            <td class="figures">{end}</td>
            <td><Status tone icon label/></td>
        </tr>
    }
}

fn end_trial_form(locale: Locale, client: &ClientData, open: &[&TrialLine], form: &FormState) -> AnyView {
    let name = |line: &TrialLine| {
        let date = format::date_long(locale, line.trial.started_on);
        td_string!(locale, clients.trials.end_of, date = date, services = service_names(locale, client, &line.trial.services))
    };
    let which = match open {
        [only] => view! {
            <p>{name(only)}</p>
            <HiddenField name=TRIAL value=only.trial.id.to_string()/>
        }
        .into_any(),
        several => {
            let choices = several.iter().map(|line| Choice::new(line.trial.id.to_string(), name(line))).collect();
            let label = td_string!(locale, clients.trials.which);
            view! { <Field locale field=form.field(TRIAL) label control=Control::Select(choices)/> }.into_any()
        }
    };
    let label = td_string!(locale, clients.trials.end_label);
    view! {
        <form class="form card" method="post" action=paths::API_TRIAL_END>
            <h3 class="card-title">{td_string!(locale, clients.trials.end_title)} " " <RuleLink locale rule=domain::rule::Rule::Trial1/></h3>
            <ErrorSummary locale form=form.clone() labels=vec![("ended_on", label.to_owned())]/>
            <HiddenField name="client" value=client.client.id.to_string()/>
            {which}
            <Field locale field=form.field("ended_on") label hint=td_string!(locale, clients.trials.end_hint) control=Control::Date optional=true/>
            <div class="actions"><SubmitButton label=td_string!(locale, clients.trials.end_submit)/></div>
        </form>
    }
    .into_any()
}

fn record_trial_form(locale: Locale, client: &ClientData, form: &FormState) -> AnyView {
    let services_label = td_string!(locale, clients.trials.services_label);
    let start_label = td_string!(locale, clients.trials.start_label);
    let labels = vec![("services", services_label.to_owned()), ("start", start_label.to_owned())];
    let problem = form.problems.get("services").map(|problem| {
        view! {
            <p class="field__error" id="field-services-problem">
                <Icon icon=lucide::LuCircleAlert/>
                {problem_text(locale, problem)}
            </p>
        }
    });
    let described_by = problem.is_some().then_some("field-services-problem");
    let boxes: Vec<_> = client
        .services
        .iter()
        .enumerate()
        .map(|(at, service)| {
            let checked = form.values.contains_key(&service_control(&service.code));
            view! {
                <label class="choice">
                    <input
                        class="checkbox"
                        type="checkbox"
                        name=format!("services[{at}]")
                        value=service.code.clone()
                        checked=checked
                        aria-describedby=described_by
                    />
                    <span>{service_name(locale, client, &service.code)}</span>
                </label>
            }
        })
        .collect();
    let length = match client.trial_end {
        Some(end) => td_string!(locale, clients.trials.ends_on, date = format::date_long(locale, end)),
        None => td_string!(locale, clients.trials.until_result).to_owned(),
    };
    view! {
        <div class="card"><details class="disclosure" open=form.has_problems()>
            <summary>{td_string!(locale, clients.trials.record)}</summary>
            <form class="form" method="post" action=paths::API_TRIAL_RECORD>
                <ErrorSummary locale form=form.clone() labels/>
                <p class="muted">
                    {length} " " <RuleLink locale rule=domain::rule::Rule::Trial1/> " "
                    {td_string!(locale, clients.trials.free_months_note)} " " <RuleLink locale rule=domain::rule::Rule::Free2/>
                </p>
                <HiddenField name="client" value=client.client.id.to_string()/>
                <fieldset class="choices" id="field-services" tabindex="-1">
                    <legend>{services_label}</legend>
                    {problem}
                    {boxes}
                </fieldset>
                <Field
                    locale
                    field=form.field("start")
                    label=start_label
                    hint=td_string!(locale, clients.trials.start_hint)
                    control=Control::Date
                    optional=true
                />
                <div class="actions"><SubmitButton label=td_string!(locale, clients.trials.record)/></div>
            </form>
        </details></div>
    }
    .into_any()
}

fn machines_section(locale: Locale, client: &ClientData) -> AnyView {
    let content = if client.resources.is_empty() {
        view! { <p class="muted">{td_string!(locale, clients.page.no_machines)}</p> }.into_any()
    } else {
        let columns =
            vec![Column::text(td_string!(locale, clients.page.machine)), Column::text(td_string!(locale, clients.page.machine_kind))];
        let rows: Vec<_> = client
            .resources
            .iter()
            .map(|resource| {
                let kind = if resource.is_virtual_machine {
                    td_string!(locale, clients.page.virtual_machine)
                } else {
                    td_string!(locale, clients.page.other_resource)
                };
                view! {
                    <tr>
                        <th scope="row">{resource.name.clone()}</th>
                        <td>{kind}</td>
                    </tr>
                }
            })
            .collect();
        view! { <DataTable caption=td_string!(locale, clients.page.machines_caption) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="stack">
            <h2>{td_string!(locale, clients.page.machines)}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn usage_section(locale: Locale, client: &ClientData) -> AnyView {
    let content = if client.usage.is_empty() {
        view! { <p class="muted">{td_string!(locale, clients.page.no_usage)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, clients.page.month)),
            Column::text(td_string!(locale, clients.page.service)),
            Column::figure(td_string!(locale, clients.page.gross)),
        ];
        let rows: Vec<_> = client.usage.iter().map(|month| usage_row(locale, client, month)).collect();
        view! { <DataTable caption=td_string!(locale, clients.page.usage_caption) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="stack">
            <div class="card-head">
                <h2>{td_string!(locale, clients.page.usage)}</h2>
                <DataAsOf locale at=client.data_as_of/>
            </div>
            {content}
        </section>
    }
    .into_any()
}

fn usage_row(locale: Locale, client: &ClientData, month: &ClientMonth) -> impl IntoView + use<> {
    let parts: Vec<_> = month
        .services
        .iter()
        .map(|usage| {
            let resources = td_string!(locale, clients.page.resources, count = usize::try_from(usage.resources).unwrap_or(0));
            view! {
                <li>
                    {service_name(locale, client, usage.service.as_str())} ": " <MoneyText locale amount=usage.gross/>
                    <span class="muted">" · " {resources}</span>
                </li>
            }
        })
        .collect();
    view! {
        <tr>
            <th scope="row"><MonthText locale month=month.month/></th>
            <td class="min-w-60"><ul>{parts}</ul></td>
            <td class="money"><MoneyText locale amount=month.total/></td>
        </tr>
    }
}

fn codes_section(locale: Locale, client: &ClientData) -> AnyView {
    let content = if client.bonus_codes.is_empty() {
        view! { <p class="muted">{td_string!(locale, clients.page.no_codes)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, clients.page.code)),
            Column::figure(td_string!(locale, clients.page.face)),
            Column::text(td_string!(locale, clients.page.state)),
            Column::text(td_string!(locale, clients.page.issued)),
            Column::text(td_string!(locale, clients.page.request)),
        ];
        let rows: Vec<_> = client
            .bonus_codes
            .iter()
            .map(|code| {
                let state = code.state.parse().ok();
                view! {
                    <tr>
                        <th scope="row"><GrantedCode locale code=code.code.clone() state/></th>
                        <td class="money">{format::roubles(locale, code.face)}</td>
                        <td><CodeStateView locale state ended=code.ended_at.map(BusinessDate::of)/></td>
                        <td class="figures"><ShortDate locale date=BusinessDate::of(code.issued_at)/></td>
                        <td class="figures"><a href=paths::partner_request(&code.reference)>{code.reference.clone()}</a></td>
                    </tr>
                }
            })
            .collect();
        view! { <DataTable caption=td_string!(locale, clients.page.codes_caption) columns>{rows}</DataTable> }.into_any()
    };
    view! {
        <section class="stack">
            <h2>{td_string!(locale, clients.page.codes)}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn free_months_section(locale: Locale, client: &ClientData) -> AnyView {
    let limit = client.free_months_limit;
    let used = client.free_months.iter().map(|live| live.month).collect::<BTreeSet<_>>().len();
    let content = if client.free_months.is_empty() {
        view! { <p class="muted">{td_string!(locale, clients.page.no_free_months, limit = limit)}</p> }.into_any()
    } else {
        let columns = vec![
            Column::text(td_string!(locale, clients.page.month)),
            Column::text(td_string!(locale, clients.page.state)),
            Column::text(td_string!(locale, clients.page.month_machines)),
        ];
        let rows: Vec<_> = client
            .free_months
            .iter()
            .map(|live| {
                let (tone, icon, label) = if live.granted {
                    (Tone::Good, lucide::LuGift, td_string!(locale, clients.page.granted))
                } else {
                    (Tone::Waiting, lucide::LuHourglass, td_string!(locale, clients.page.pending))
                };
                view! {
                    <tr>
                        <th scope="row"><MonthText locale month=live.month/></th>
                        <td><Status tone icon label/></td>
                        <td>{live.resources.join(", ")}</td>
                    </tr>
                }
            })
            .collect();
        view! {
            <p>
                {td_string!(locale, clients.page.free_months_used, used = used, limit = limit)} " "
                <RuleLink locale rule=domain::rule::Rule::Free1/>
            </p>
            <DataTable caption=td_string!(locale, clients.page.free_months_caption) columns>{rows}</DataTable>
        }
        .into_any()
    };
    view! {
        <section class="stack">
            <h2>{td_string!(locale, clients.page.free_months)}</h2>
            {content}
            <p><a class="btn" href=paths::partner_free_months(client.client.id)>{td_string!(locale, clients.page.calendar)}</a></p>
        </section>
    }
    .into_any()
}
