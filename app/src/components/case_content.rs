//! What was entered in a case, to be read: the brief and the long form, with their Markdown.

use domain::case_study::{Brief, Figure, Industry, Quote, Section, service_field};
use domain::request::Entries;
use leptos::prelude::*;
use service::case_studies::Service;
use service::editorial::Editorial;

use crate::components::data_table::{Column, DataTable};
use crate::components::markdown::Markdown;
use crate::components::request::section_name;
use crate::i18n::{Locale, td_string};

/// A service as a reader calls it.
pub fn service_name(locale: Locale, service: &Service) -> String {
    match locale {
        Locale::ru => service.name_ru.clone(),
        Locale::en => service.name_en.clone(),
    }
}

/// What the client of a case does.
pub fn industry_name(locale: Locale, industry: Industry) -> &'static str {
    match industry {
        Industry::InformationTechnology => td_string!(locale, cases.industry.information_technology),
        Industry::Retail => td_string!(locale, cases.industry.retail),
        Industry::Finance => td_string!(locale, cases.industry.finance),
        Industry::Manufacturing => td_string!(locale, cases.industry.manufacturing),
        Industry::Logistics => td_string!(locale, cases.industry.logistics),
        Industry::Construction => td_string!(locale, cases.industry.construction),
        Industry::Healthcare => td_string!(locale, cases.industry.healthcare),
        Industry::Education => td_string!(locale, cases.industry.education),
        Industry::Media => td_string!(locale, cases.industry.media),
        Industry::Government => td_string!(locale, cases.industry.government),
        Industry::Other => td_string!(locale, cases.industry.other),
    }
}

/// What stands in a field.
pub fn entry<'a>(entries: &'a Entries, field: &str) -> &'a str {
    entries.get(field).map_or("", String::as_str)
}

/// Everything that was entered.
#[component]
pub fn CaseContent(
    /// The language.
    locale: Locale,
    /// What was entered, with the services that it may name.
    work: Editorial,
) -> impl IntoView {
    let entries = &work.entries;
    let text = |field: &str| entry(entries, field).trim().to_owned();
    let services: Vec<String> = work
        .services
        .iter()
        .filter(|service| service.code.parse().is_ok_and(|code| entry(entries, &service_field(&code)) == "true"))
        .map(|service| service_name(locale, service))
        .collect();
    let client = if text(Brief::ANONYMOUS) == "true" { td_string!(locale, cases.anonymous).to_owned() } else { text(Brief::CLIENT) };
    let industry = text(Brief::INDUSTRY).parse().map_or("", |industry| industry_name(locale, industry));
    let nothing = || td_string!(locale, cases.nothing_entered).to_owned();
    let or_nothing = |text: String| if text.is_empty() { nothing() } else { text };
    let section = |title: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <section class="stack"><h3>{title}</h3><Markdown text/></section> })
    };
    let sections: Vec<_> = Section::ALL.into_iter().filter_map(|part| section(section_name(locale, part), text(&part.field()))).collect();
    view! {
        <div class="stack">
            <dl class="dl">
                <div><dt>{td_string!(locale, requests.field.brief.client)}</dt><dd>{or_nothing(client)}</dd></div>
                <div><dt>{td_string!(locale, requests.field.brief.industry)}</dt><dd>{or_nothing(industry.to_owned())}</dd></div>
                <div><dt>{td_string!(locale, requests.field.brief.services)}</dt><dd>{or_nothing(services.join(", "))}</dd></div>
            </dl>
            {section(td_string!(locale, requests.field.brief.done), text(Brief::DONE))}
            {section(td_string!(locale, requests.field.brief.result), text(Brief::RESULT))}
            {sections}
            {figures_view(locale, entries)}
            {quote_view(locale, entries)}
        </div>
    }
}

/// The figures that were entered: what, before, after.
pub fn figures(entries: &Entries) -> Vec<[String; 3]> {
    let rows = (1..=Figure::MOST).map(|number| Figure::fields(number).map(|field| entry(entries, &field).trim().to_owned()));
    rows.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect()
}

fn figures_view(locale: Locale, entries: &Entries) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = figures(entries)
        .into_iter()
        .map(|[what, before, after]| view! { <tr><th scope="row">{what}</th><td>{before}</td><td>{after}</td></tr> })
        .collect();
    (!rows.is_empty()).then(|| {
        let columns = vec![
            Column::text(td_string!(locale, cases.figure)),
            Column::text(td_string!(locale, cases.before)),
            Column::text(td_string!(locale, cases.after)),
        ];
        view! {
            <section class="stack">
                <h3>{td_string!(locale, requests.field.details.figures)}</h3>
                <DataTable caption=td_string!(locale, requests.field.details.figures) columns>{rows}</DataTable>
            </section>
        }
    })
}

fn quote_view(locale: Locale, entries: &Entries) -> Option<impl IntoView + use<>> {
    let text = entry(entries, Quote::TEXT).trim().to_owned();
    let who: Vec<&str> =
        [Quote::AUTHOR, Quote::POSITION].iter().map(|field| entry(entries, field).trim()).filter(|part| !part.is_empty()).collect();
    let who = who.join(", ");
    (!text.is_empty()).then(|| {
        let agreed = if entry(entries, Quote::CONSENT) == "true" {
            td_string!(locale, cases.consent_given)
        } else {
            td_string!(locale, cases.consent_missing)
        };
        view! {
            <figure class="stack">
                <blockquote class="prose-lines">{text}</blockquote>
                <figcaption>{who}" "<span class="muted">{agreed}</span></figcaption>
            </figure>
        }
    })
}
