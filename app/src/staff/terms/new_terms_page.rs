//! `/staff/terms/new`: every parameter in a form, what new ones would have changed, and the button that publishes them.

use domain::model::Model;
use domain::privilege::Privilege;
use domain::rule::Rule;
use domain::terms::onset::Onset;
use domain::terms::parameters::{NUMBERS, privilege_name, service_rate_name};
use leptos::prelude::*;
use service::terms::{CatalogueService, NOTE, NewTerms, TermsPage as Loaded, TermsTrial, VALID_FROM};

use super::parameter_text::{cell_text, control_text, number_text, service_text};
use super::trial_view::trial_view;
use crate::components::data_table::{Column, DataTable};
use crate::components::ledger_entry::rebate_name;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::{RuleLink, privilege_name as privilege_words};
use crate::context::{form_state, services};
use crate::error::AppError;
use crate::form::{Control, Field, FormState, HiddenField, SubmitButton, error_summary, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// The form.
#[component]
pub fn NewTermsPage() -> impl IntoView {
    staff_page(StaffSection::Terms, async |viewer, state| {
        let locale = state.locale;
        let services = services()?;
        let loaded = services.terms_page(&viewer).await?;
        if !loaded.may_publish {
            return Err(AppError::Forbidden);
        }
        let form = form_state().await?;
        let trial =
            if form.values.is_empty() || form.has_problems() { None } else { Some(services.terms_try(&viewer, &form.values).await?) };
        let trial = trial.map(|(new, trial)| {
            view! {
                {trial_view(locale, &trial, &loaded.services)}
                {publish_view(locale, &form, &new, &trial, &loaded.services)}
            }
        });
        let refused = form.refusal.map(|refusal| {
            let text = td_string!(locale, terms.not_done, why = refusal_text(locale, refusal));
            view! { <NoticeView tone=Tone::Warning text/> }
        });
        let title = td_string!(locale, terms.new_title);
        Ok(Page::new(
            title,
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, terms.path)>
                    <a href=paths::STAFF_TERMS>{td_string!(locale, terms.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, terms.new_lead)}</p></div></div>
                {refused}
                {trial}
                {form_view(locale, &loaded, form)}
            },
        ))
    })
}

/// What running months and periods will feel, and the button.
fn publish_view(locale: Locale, form: &FormState, new: &NewTerms, trial: &TermsTrial, services: &[CatalogueService]) -> Option<AnyView> {
    let fields: Vec<_> = form.values.iter().map(|(name, value)| view! { <HiddenField name=name.clone() value=value.clone()/> }).collect();
    let question = td_string!(locale, terms.publish_question, date = format::date_long(locale, new.valid_from));
    (!trial.changed.is_empty()).then(|| {
        view! {
            <section class="card stack" aria-labelledby="publish-title">
                <h2 class="card-title" id="publish-title">{td_string!(locale, terms.publish_title)}</h2>
                <p>{question}</p>
                {onset_view(locale, &trial.onset, services)}
                <form method="post" action=paths::API_TERMS_PUBLISH>
                    {fields}
                    <div class="actions"><SubmitButton label=td_string!(locale, terms.publish).to_owned()/></div>
                </form>
            </section>
        }
        .into_any()
    })
}

/// From when on the money of months and of periods that run already feels what changed.
fn onset_view(locale: Locale, onset: &Onset, services: &[CatalogueService]) -> AnyView {
    let rates = onset.month.map(|month| {
        let names: Vec<String> = onset.rates.iter().map(|name| control_text(locale, name, services)).collect();
        let text = td_string!(locale, terms.publish_rates, month = format::month(locale, month), names = names.join("; "));
        view! { <li>{text} " " <RuleLink locale rule=Rule::Rate3/></li> }
    });
    let rebates: Vec<_> = onset
        .rebates
        .iter()
        .map(|&(kind, period)| {
            let (period_words, date) = (format::period(locale, period), format::date_long(locale, period.accrual_date()));
            let text = td_string!(locale, terms.publish_rebate, name = rebate_name(locale, kind), period = period_words, date = date);
            view! { <li>{text} " " <RuleLink locale rule=Rule::Rebate4/></li> }
        })
        .collect();
    if rates.is_none() && rebates.is_empty() {
        return ().into_any();
    }
    view! { <ul>{rates}{rebates}</ul> }.into_any()
}

fn form_view(locale: Locale, loaded: &Loaded, mut form: FormState) -> AnyView {
    if form.values.is_empty() {
        form.values = loaded.newest.clone();
    }
    let labels = form
        .problems
        .keys()
        .map(|name| match name.as_str() {
            VALID_FROM => (VALID_FROM.to_owned(), td_string!(locale, terms.valid_from).to_owned()),
            NOTE => (NOTE.to_owned(), td_string!(locale, terms.note).to_owned()),
            other => (other.to_owned(), control_text(locale, other, &loaded.services)),
        })
        .collect::<Vec<(String, String)>>();
    let numbers: Vec<_> = NUMBERS
        .iter()
        .map(|parameter| {
            view! { <Field locale field=form.field(parameter.name) label=number_text(locale, parameter.name) control=Control::Text/> }
        })
        .collect();
    view! {
        <form class="form form--wide stack" method="post" action=paths::API_TERMS_PUBLISH>
            {error_summary(locale, &form, labels)}
            <section class="card stack" aria-labelledby="numbers-title">
                <h2 class="card-title" id="numbers-title">{td_string!(locale, terms.numbers)}</h2>
                <div class="card-grid">{numbers}</div>
            </section>
            {privileges_view(locale, &form)}
            {rates_view(locale, loaded, &form)}
            <section class="card stack">
                <Field
                    locale
                    field=form.field(VALID_FROM)
                    label=td_string!(locale, terms.valid_from)
                    hint=td_string!(locale, terms.valid_from_hint).to_owned()
                    control=Control::Date
                />
                <Field
                    locale
                    field=form.field(NOTE)
                    label=td_string!(locale, terms.note)
                    hint=td_string!(locale, terms.note_hint).to_owned()
                    control=Control::TextArea
                    maximum_length=2000
                />
                <div class="actions">
                    <button class="btn btn-primary" type="submit" name="try" value="true">{td_string!(locale, terms.try_out)}</button>
                </div>
            </section>
        </form>
    }
    .into_any()
}

fn model_columns(locale: Locale, first: &str) -> Vec<Column> {
    let models = Model::ALL.into_iter().map(|model| Column::text(format::model(locale, model)));
    std::iter::once(Column::text(first)).chain(models).collect()
}

fn privileges_view(locale: Locale, form: &FormState) -> AnyView {
    let rows: Vec<_> = Privilege::ALL
        .into_iter()
        .map(|privilege| {
            let words = privilege_words(locale, privilege);
            let cells: Vec<_> = Model::ALL
                .into_iter()
                .map(|model| {
                    let name = privilege_name(privilege, model);
                    let checked = form.values.get(&name).is_some_and(|value| value == "true");
                    view! {
                        <td><input class="checkbox" type="checkbox" name=name value="true" checked=checked aria-label=cell_text(locale, words, model)/></td>
                    }
                })
                .collect();
            view! { <tr><td class="data-table__main">{words}</td>{cells}</tr> }
        })
        .collect();
    let columns = model_columns(locale, td_string!(locale, terms.column_privilege));
    view! {
        <section class="stack" aria-labelledby="privileges-title">
            <h2 id="privileges-title">{td_string!(locale, terms.privileges)}</h2>
            <DataTable caption=td_string!(locale, terms.privileges) columns>{rows}</DataTable>
        </section>
    }
    .into_any()
}

fn rates_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    let services =
        loaded.services.iter().filter_map(|service| service.code.parse::<domain::service::ServiceCode>().ok().map(|code| (service, code)));
    let rows: Vec<_> = services
        .filter(|(_, code)| !code.is_main())
        .map(|(service, code)| {
            let words = service_text(locale, service);
            let cells: Vec<_> = Model::ALL
                .into_iter()
                .map(|model| {
                    let name = service_rate_name(&code, model);
                    let value = form.values.get(&name).cloned().unwrap_or_default();
                    let invalid = form.problems.contains_key(&name).then_some("true");
                    view! {
                        <td>
                            <input class="input input-sm" inputmode="decimal" size="5" id=format!("field-{name}") name=name value=value aria-invalid=invalid aria-label=cell_text(locale, &words, model)/>
                        </td>
                    }
                })
                .collect();
            view! { <tr><td class="data-table__main">{words}</td>{cells}</tr> }
        })
        .collect();
    let columns = model_columns(locale, td_string!(locale, terms.column_service));
    view! {
        <section class="stack" aria-labelledby="rates-title">
            <h2 id="rates-title">{td_string!(locale, terms.service_rates)}</h2>
            <DataTable caption=td_string!(locale, terms.service_rates) columns>{rows}</DataTable>
        </section>
    }
    .into_any()
}
