//! `/staff/ledger/{entry}`: an entry with the figures behind it, its life with dates, and taking it back.

use domain::ids::LedgerEntryId;
use domain::ledger::EntryKind;
use leptos::prelude::*;
use service::ledger::{Entry, EntryPage as Loaded};

use super::reason_fields::ReasonFields;
use super::words::{entry_title, reason_name};
use crate::components::date::DateText;
use crate::components::ledger_entry::calculation::CalculationCard;
use crate::components::ledger_entry::rows::{RowsSection, rows_place};
use crate::components::ledger_entry::{EntryStateView, kind_name, life, rule_name, settlement_name};
use crate::components::timeline::{Timeline, TimelineEntry};
use crate::context::{form_state, path_value, services};
use crate::form::{ErrorSummary, FormState, HiddenField, SubmitButton};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// One entry.
#[component]
pub fn EntryPage() -> impl IntoView {
    let id = path_value::<LedgerEntryId>("entry");
    staff_page(StaffSection::Ledger, async move |viewer, state| {
        let locale = state.locale;
        let place = rows_place();
        let loaded = services()?.ledger_entry_page(&viewer, id?, &place).await?;
        let form = form_state().await?;
        let entry = &loaded.entry;
        let title = td_string!(locale, ledger.entry.title, number = entry.number, sum = format::money(locale, entry.amount));
        let approve = loaded.may_approve.then(|| {
            view! {
                <form method="post" action=paths::API_LEDGER_APPROVE>
                    <HiddenField name="entries[0]" value=entry.id.to_string()/>
                    <HiddenField name="place" value=paths::staff_ledger_entry(entry.id)/>
                    <button class="btn btn-primary" type="submit">{td_string!(locale, ledger.approve_entry)}</button>
                </form>
            }
        });
        Ok(Page::new(
            title.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, ledger.path)>
                    <a href=paths::STAFF_LEDGER>{td_string!(locale, ledger.title)}</a>
                </nav>
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>
                            <a href=paths::staff_partner(entry.partner_id)>{entry.partner_name.clone()}</a>
                            " · "<span class="figures">{loaded.partner_code.clone()}</span>
                            " · "{rule_name(locale, entry.rule)}
                            " · "{kind_name(locale, entry.kind)}
                            " · "{format::period(locale, entry.period)}
                            " · "{settlement_name(locale, entry.settlement)}
                        </p>
                    </div>
                    <EntryStateView locale state=entry.state settlement=entry.settlement/>
                </div>
                {approve}
                <div class="card-grid card-grid--wide">
                    <CalculationCard locale entry=entry.clone()/>
                    <section class="card stack" aria-labelledby="path-title">
                        <h2 class="card-title" id="path-title">{td_string!(locale, ledger_entry.life.title)}</h2>
                        <Timeline entries=life(locale, &loaded)/>
                    </section>
                </div>
                {facts_view(locale, &loaded)}
                {loaded.rows.clone().map(|rows| {
                    let address = paths::staff_ledger_entry(entry.id);
                    view! { <RowsSection locale address rows services=loaded.services.clone() place/> }
                })}
                {reverse_view(locale, &loaded, &form)}
            },
        ))
    })
}

fn life(locale: Locale, loaded: &Loaded) -> Vec<TimelineEntry> {
    let entry = &loaded.entry;
    let events = loaded.events.iter().map(|(event, person)| {
        let run = event.settlement_run_id.and_then(|id| loaded.runs.get(&id)).map(|reference| {
            view! { " " <a class="figures" href=paths::staff_settlement(reference)>{reference.clone()}</a> }
        });
        let person = person.clone().unwrap_or_else(|| td_string!(locale, ledger.by_command).to_owned());
        life::event(locale, entry.settlement, event, Some(view! { <p>{person}{run}</p> }.into_any()))
    });
    std::iter::once(life::beginning(locale, entry)).chain(events).collect()
}

/// What it is for and what it refers to.
fn facts_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let entry = &loaded.entry;
    let link = |entry: &Entry| {
        view! {
            <li>
                {format::sentence_start(kind_name(locale, entry.kind).to_owned())} ": "
                <a href=paths::staff_ledger_entry(entry.id)>{entry_title(locale, entry)}</a>
            </li>
        }
    };
    let related: Vec<_> = loaded.corrects.iter().chain(&loaded.referring).map(link).collect();
    let related =
        (!related.is_empty()).then(|| view! { <div><dt>{td_string!(locale, ledger.entry.related)}</dt><dd><ul>{related}</ul></dd></div> });
    let client =
        loaded.client_name.clone().map(|name| view! { <div><dt>{td_string!(locale, ledger.entry.client)}</dt><dd>{name}</dd></div> });
    let request = loaded.request.clone().map(|reference| {
        let href = paths::staff_request(&reference);
        view! { <div><dt>{td_string!(locale, ledger_entry.request)}</dt><dd><a class="figures" href=href>{reference}</a></dd></div> }
    });
    let closed = entry.closed_month.map(|month| {
        view! { <div><dt>{td_string!(locale, ledger.filter_closed)}</dt><dd>{format::month(locale, month)}</dd></div> }
    });
    let terms = loaded.terms.map(|terms| {
        let text =
            td_string!(locale, ledger_entry.terms_version, number = terms.number, date = format::date_long(locale, terms.valid_from));
        view! { <div><dt>{td_string!(locale, ledger_entry.terms)}</dt><dd>{text}</dd></div> }
    });
    let reason = entry.reason.as_ref().map(|(code, text)| {
        let code = code.parse().map_or_else(|_| code.clone(), |reason| reason_name(locale, reason).to_owned());
        view! { <div><dt>{td_string!(locale, ledger.entry.reason)}</dt><dd>{code} ": " {text.clone()}</dd></div> }
    });
    view! {
        <section class="card stack" aria-labelledby="facts-title">
            <h2 class="card-title" id="facts-title">{td_string!(locale, ledger.entry.facts)}</h2>
            <dl class="dl">
                <div><dt>{td_string!(locale, ledger.entry.dated_on)}</dt><dd><DateText locale date=entry.accrued_on/></dd></div>
                {closed}{request}{client}{terms}{reason}{related}
            </dl>
        </section>
    }
    .into_any()
}

fn reverse_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    let entry = &loaded.entry;
    // Of an entry that can't be taken back any more, what came back is still said.
    if !loaded.may_reverse {
        return view! { <ErrorSummary locale form=form.clone() labels=Vec::new()/> }.into_any();
    }
    let labels = vec![
        ("reason", td_string!(locale, ledger.entry.reason).to_owned()),
        ("text", td_string!(locale, ledger.entry.reason_text).to_owned()),
    ];
    let what = if entry.kind == EntryKind::Adjustment {
        td_string!(locale, ledger.entry.reverse_adjustment)
    } else {
        td_string!(locale, ledger.entry.reverse_text)
    };
    view! {
        <div class="card"><details class="disclosure" open=form.has_problems()>
            <summary>{td_string!(locale, ledger.entry.reverse)}</summary>
            <form class="form" method="post" action=paths::API_LEDGER_REVERSE>
                <ErrorSummary locale form=form.clone() labels/>
                <p>{what}</p>
                <HiddenField name="entry" value=entry.id.to_string()/>
                <ReasonFields locale form=form.clone()/>
                <div class="actions">
                    <SubmitButton label=td_string!(locale, ledger.entry.reverse_submit, sum = format::money(locale, entry.amount)) destructive=true/>
                </div>
            </form>
        </details></div>
    }
    .into_any()
}
