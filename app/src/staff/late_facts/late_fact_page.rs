//! `/staff/late-facts/{fact}`: both timelines, every rouble that would move, and the decision.

use domain::ids::LateFactId;
use domain::level::DifferingDays;
use domain::model::Model;
use domain::money::Money;
use leptos::prelude::*;
use service::late_facts::{Consequences, DecidedConsequences, LateFact, LateFactPage as Loaded, LateFactSubject, MoneyMove};

use super::late_facts_page::state_view;
use crate::components::data_table::{Column, DataTable};
use crate::components::ledger_entry::settlement_name;
use crate::components::level_change::LevelTimeline;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::context::{form_state, path_value, services};
use crate::form::{Choice, Control, ErrorSummary, Field, FormState, HiddenField, SubmitButton, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// One fact.
#[component]
pub fn LateFactPage() -> impl IntoView {
    let id = path_value::<LateFactId>("fact");
    staff_page(StaffSection::LateFacts, async move |viewer, state| {
        let locale = state.locale;
        let loaded = services()?.late_fact_page(&viewer, id?).await?;
        let form = form_state().await?;
        let fact = &loaded.fact;
        let title = td_string!(locale, late_facts.fact_title, partner = fact.partner_name.clone(), subject = subject_text(locale, fact));
        let consequences = loaded.consequences.as_ref().map(|found| consequences_view(locale, found));
        let decided = loaded.decided.as_ref().map(|found| decided_view(locale, found));
        let outdated =
            loaded.outdated.then(|| view! { <NoticeView tone=Tone::Warning text=td_string!(locale, late_facts.outdated).to_owned()/> });
        Ok(Page::new(
            title.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, late_facts.path)>
                    <a href=paths::STAFF_LATE_FACTS>{td_string!(locale, late_facts.title)}</a>
                </nav>
                <div class="page-head">
                    <div><h1>{title}</h1>{history_view(locale, fact)}</div>
                    {state_view(locale, &fact.state)}
                </div>
                {outdated}
                {consequences}
                {decided}
                {rows_view(locale, &loaded)}
                {decision_view(locale, &loaded, &form)}
            },
        ))
    })
}

/// What is proposed, in words.
pub(super) fn subject_text(locale: Locale, fact: &LateFact) -> String {
    match fact.subject {
        LateFactSubject::Exam { passed_on } => {
            td_string!(locale, late_facts.subject_exam, date = format::date_long(locale, passed_on))
        }
        LateFactSubject::UsageCorrection { .. } => td_string!(locale, late_facts.subject_correction).to_owned(),
    }
}

fn history_view(locale: Locale, fact: &LateFact) -> AnyView {
    let who = |name: &Option<String>| name.clone().unwrap_or_else(|| td_string!(locale, late_facts.by_command).to_owned());
    let proposed =
        td_string!(locale, late_facts.proposed_by, date = format::instant(locale, fact.proposed_at), who = who(&fact.proposed_by_name));
    let decided = fact.decided_at.map(|at| {
        let line = td_string!(locale, late_facts.decided_by, date = format::instant(locale, at), who = who(&fact.decided_by_name));
        let reason = fact.decision_reason.clone().unwrap_or_default();
        view! { <p>{line}</p><p>{td_string!(locale, late_facts.reason)} ": " {reason}</p> }
    });
    view! { <p>{proposed}</p>{decided} }.into_any()
}

fn model_name(locale: Locale, model: Option<Model>) -> &'static str {
    match model {
        Some(model) => format::model(locale, model),
        None => td_string!(locale, late_facts.before_contract),
    }
}

/// What accepting the fact leads to, while it waits.
fn consequences_view(locale: Locale, found: &Consequences) -> AnyView {
    let line = |days: &DifferingDays| {
        td_string!(
            locale,
            late_facts.days,
            from = format::date_long(locale, days.from),
            to = format::date_long(locale, days.through),
            accepted = model_name(locale, days.accepted),
            proposed = model_name(locale, days.proposed)
        )
    };
    let (title, none) = (td_string!(locale, late_facts.days_title), td_string!(locale, late_facts.no_days));
    let money = MoneyWords {
        title: td_string!(locale, late_facts.money_title),
        lead: td_string!(locale, late_facts.money_lead),
        none: td_string!(locale, late_facts.no_money),
    };
    view! {
        {days_view(title, none, found.days.iter().map(line).collect())}
        <div class="card-grid card-grid--wide">
            <section class="card stack" aria-labelledby="recorded-title">
                <h2 class="card-title" id="recorded-title">{td_string!(locale, late_facts.as_recorded)}</h2>
                <LevelTimeline locale changes=found.accepted.clone()/>
            </section>
            <section class="card stack" aria-labelledby="proposed-title">
                <h2 class="card-title" id="proposed-title">{td_string!(locale, late_facts.as_proposed)}</h2>
                <LevelTimeline locale changes=found.proposed.clone()/>
            </section>
        </div>
        {money_view(locale, &money, &found.money)}
    }
    .into_any()
}

/// The days and the money of a fact that was decided.
fn decided_view(locale: Locale, found: &DecidedConsequences) -> AnyView {
    let line = |days: &DifferingDays| {
        let (from, to) = (format::date_long(locale, days.from), format::date_long(locale, days.through));
        let (before, after) = (model_name(locale, days.accepted), model_name(locale, days.proposed));
        if found.accepted {
            td_string!(locale, late_facts.days_accepted, from = from, to = to, accepted = before, proposed = after)
        } else {
            td_string!(locale, late_facts.days_declined, from = from, to = to, accepted = before, proposed = after)
        }
    };
    let none = td_string!(locale, late_facts.no_money_decided);
    let (title, money) = if found.accepted {
        let (title, lead) = (td_string!(locale, late_facts.money_title_accepted), td_string!(locale, late_facts.money_lead_accepted));
        (td_string!(locale, late_facts.days_title_accepted), MoneyWords { title, lead, none })
    } else {
        let (title, lead) = (td_string!(locale, late_facts.money_title_declined), td_string!(locale, late_facts.money_lead_declined));
        (td_string!(locale, late_facts.days_title_declined), MoneyWords { title, lead, none })
    };
    view! {
        {days_view(title, td_string!(locale, late_facts.no_days_decided), found.days.iter().map(line).collect())}
        {money_view(locale, &money, &found.money)}
    }
    .into_any()
}

fn days_view(title: &'static str, none: &'static str, lines: Vec<String>) -> AnyView {
    let days = if lines.is_empty() {
        view! { <p>{none}</p> }.into_any()
    } else {
        view! { <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>()}</ul> }.into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="days-title">
            <h2 class="card-title" id="days-title">{title}</h2>
            {days}
        </section>
    }
    .into_any()
}

/// What is said around the money that a fact moves.
struct MoneyWords {
    title: &'static str,
    lead: &'static str,
    none: &'static str,
}

fn money_view(locale: Locale, words: &MoneyWords, money: &[MoneyMove]) -> AnyView {
    let body = if money.is_empty() {
        view! { <p>{words.none}</p> }.into_any()
    } else {
        let row = |moved: &MoneyMove| {
            view! {
                <tr>
                    <td class="data-table__main"><RuleLink locale rule=moved.rule/></td>
                    <td>{format::period(locale, moved.period)}</td>
                    <td>{settlement_name(locale, moved.settlement)}</td>
                    <td class="money">{format::money(locale, moved.base)}</td>
                    <td class="money">{format::money(locale, moved.amount)}</td>
                </tr>
            }
        };
        let rows: Vec<_> = money.iter().map(row).collect();
        let total: Money = money.iter().map(|moved| moved.amount).sum();
        let columns = vec![
            Column::text(td_string!(locale, late_facts.column_rule)),
            Column::text(td_string!(locale, late_facts.column_period)),
            Column::text(td_string!(locale, late_facts.column_settlement)),
            Column::figure(td_string!(locale, late_facts.column_base)),
            Column::figure(td_string!(locale, late_facts.column_amount)),
        ];
        view! {
            <p>{words.lead}</p>
            <DataTable caption=words.title columns>{rows}</DataTable>
            <p><strong>{td_string!(locale, late_facts.total)} ": " <span class="money">{format::money(locale, total)}</span></strong></p>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="money-title">
            <h2 id="money-title">{words.title}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// The rows of a correction.
fn rows_view(locale: Locale, loaded: &Loaded) -> Option<AnyView> {
    if loaded.rows.is_empty() {
        return None;
    }
    let rows: Vec<_> = loaded
        .rows
        .iter()
        .map(|row| {
            let old = row.old_gross.map_or_else(|| td_string!(locale, late_facts.no_row).to_owned(), |old| format::money(locale, old));
            view! {
                <tr>
                    <td class="data-table__main">{row.client_name.clone()}</td>
                    <td>{format::month(locale, row.month)}</td>
                    <td>{row.service.clone()}</td>
                    <td>{row.resource.clone()}</td>
                    <td class="money">{old}</td>
                    <td class="money">{format::money(locale, row.new_gross)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, late_facts.column_client)),
        Column::text(td_string!(locale, late_facts.column_month)),
        Column::text(td_string!(locale, late_facts.column_service)),
        Column::text(td_string!(locale, late_facts.column_resource)),
        Column::figure(td_string!(locale, late_facts.column_old)),
        Column::figure(td_string!(locale, late_facts.column_new)),
    ];
    Some(
        view! {
            <section class="stack" aria-labelledby="rows-title">
                <h2 id="rows-title">{td_string!(locale, late_facts.rows_title)}</h2>
                <DataTable caption=td_string!(locale, late_facts.rows_title) columns>{rows}</DataTable>
            </section>
        }
        .into_any(),
    )
}

fn decision_view(locale: Locale, loaded: &Loaded, form: &FormState) -> Option<AnyView> {
    if loaded.fact.state != "proposed" {
        return None;
    }
    if !loaded.may_decide {
        return Some(view! { <p class="muted">{td_string!(locale, late_facts.admin_decides)}</p> }.into_any());
    }
    let mut choices = vec![Choice::new("accept", td_string!(locale, late_facts.accept))];
    if loaded.outdated {
        choices.clear();
    }
    choices.push(Choice::new("decline", td_string!(locale, late_facts.decline)));
    let labels = vec![
        ("decision", td_string!(locale, late_facts.decision).to_owned()),
        ("reason", td_string!(locale, late_facts.reason).to_owned()),
    ];
    let refused = form.refusal.map(|refusal| view! { <NoticeView tone=Tone::Warning text=refusal_text(locale, refusal)/> });
    Some(
        view! {
            <section class="card stack" aria-labelledby="decide-title">
                <h2 class="card-title" id="decide-title">{td_string!(locale, late_facts.decide_title)}</h2>
                {refused}
                <form class="form" method="post" action=paths::API_LATE_FACT_DECIDE>
                    <ErrorSummary locale form=form.clone() labels/>
                    <HiddenField name="fact" value=loaded.fact.id.to_string()/>
                    <Field locale field=form.field("decision") label=td_string!(locale, late_facts.decision) control=Control::Radio(choices)/>
                    <Field
                        locale
                        field=form.field("reason")
                        label=td_string!(locale, late_facts.reason)
                        hint=td_string!(locale, late_facts.reason_hint).to_owned()
                        control=Control::TextArea
                        maximum_length=2000
                    />
                    <div class="actions"><SubmitButton label=td_string!(locale, late_facts.submit).to_owned()/></div>
                </form>
            </section>
        }
        .into_any(),
    )
}
