//! `/staff/settlements/{reference}`: a run with its partners, its registry, and how it ends.

use domain::accrual::Settlement;
use domain::calendar::BusinessDate;
use domain::ledger::RunState;
use leptos::prelude::*;
use service::settlements::{RunLine, RunPage as Loaded};

use super::runs_page::{run_name, run_state_view};
use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DateText, InstantText};
use crate::components::money::MoneyText;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::context::{form_state, path_value, query, services};
use crate::form::{Control, ErrorSummary, Field, FormState, HiddenField, SubmitButton, second_person_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::ledger::words::entries_text;

/// In the address: the registry could not be written.
pub const PROBLEM: &str = "problem";

/// One run.
#[component]
pub fn RunPage() -> impl IntoView {
    let reference = path_value::<String>("reference");
    staff_page(StaffSection::Settlements, async move |viewer, state| {
        let locale = state.locale;
        let loaded = services()?.settlement_page(&viewer, &reference?).await?;
        let form = form_state().await?;
        let run = &loaded.run;
        let problem = (query(PROBLEM).as_deref() == Some("registry"))
            .then(|| view! { <NoticeView tone=Tone::Warning text=td_string!(locale, ledger.run.registry_problem).to_owned()/> });
        Ok(Page::new(
            run.reference.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, ledger.path)>
                    <a href=paths::STAFF_SETTLEMENTS>{td_string!(locale, ledger.runs.title)}</a>
                </nav>
                <div class="page-head">
                    <div><h1 class="figures">{run.reference.clone()}</h1><p>{run_name(locale, run.settlement)}</p></div>
                    {run_state_view(locale, run)}
                </div>
                {problem}
                {facts_view(locale, &loaded)}
                {registry_view(locale, &loaded)}
                {end_view(locale, &loaded, &form)}
                {lines_view(locale, &loaded)}
            },
        ))
    })
}

fn facts_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let run = &loaded.run;
    let person = |name: &Option<String>| name.clone().unwrap_or_else(|| td_string!(locale, ledger.by_command).to_owned());
    let finished = run.finished_at.map(|at| {
        let label = match run.state {
            RunState::Dropped => td_string!(locale, ledger.run.dropped_at),
            RunState::Settled | RunState::Made => td_string!(locale, ledger.run.finished_at),
        };
        view! { <div><dt>{label}</dt><dd><InstantText locale at=at/> ", " {person(&run.finished_by_name)}</dd></div> }
    });
    let settled = run.settled_on.map(|date| {
        let label = match run.settlement {
            Settlement::Bank => td_string!(locale, ledger.run.paid_on),
            Settlement::Discount => td_string!(locale, ledger.run.applied_on),
        };
        view! { <div><dt>{label}</dt><dd><DateText locale date/></dd></div> }
    });
    view! {
        <dl class="dl">
            <div><dt>{td_string!(locale, ledger.runs.total)}</dt><dd class="figures">{format::money(locale, run.total)}</dd></div>
            <div><dt>{td_string!(locale, ledger.run.holds)}</dt><dd>{entries_text(locale, run.entry_count.into())}</dd></div>
            <div><dt>{td_string!(locale, ledger.run.made_at)}</dt><dd><InstantText locale at=run.made_at/> ", " {person(&run.made_by_name)}</dd></div>
            {finished}
            {settled}
        </dl>
    }
    .into_any()
}

fn registry_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let run = &loaded.run;
    if run.state == RunState::Dropped {
        return ().into_any();
    }
    let (lead, exchange) = match run.settlement {
        Settlement::Bank => (
            td_string!(locale, ledger.run.registry_bank),
            Some(
                view! { <a class="btn" href=paths::staff_settlement_registry(&run.reference, "txt") download="">{td_string!(locale, ledger.run.download_exchange)}</a> },
            ),
        ),
        Settlement::Discount => (td_string!(locale, ledger.run.registry_discount), None),
    };
    view! {
        <section class="card stack" aria-labelledby="registry-title">
            <h2 class="card-title" id="registry-title">{td_string!(locale, ledger.run.registry)}</h2>
            <p>{lead}</p>
            <div class="actions">
                {exchange}
                <a class="btn" href=paths::staff_settlement_registry(&run.reference, "csv") download="">{td_string!(locale, ledger.run.download_csv)}</a>
            </div>
        </section>
    }
    .into_any()
}

fn end_view(locale: Locale, loaded: &Loaded, form: &FormState) -> AnyView {
    let run = &loaded.run;
    if run.state != RunState::Made {
        return view! { <ErrorSummary locale form=form.clone() labels=Vec::new()/> }.into_any();
    }
    let label = match run.settlement {
        Settlement::Bank => td_string!(locale, ledger.run.paid_on),
        Settlement::Discount => td_string!(locale, ledger.run.applied_on),
    };
    let settle = match loaded.may_settle {
        None => ().into_any(),
        Some(Err(refused)) => {
            let text = second_person_text(locale, refused);
            view! { <NoticeView tone=Tone::Neutral text/> }.into_any()
        }
        Some(Ok(())) => {
            let submit = match run.settlement {
                Settlement::Bank => td_string!(locale, ledger.run.settle_bank),
                Settlement::Discount => td_string!(locale, ledger.run.settle_discount),
            };
            let field = form.field("settled_on").or_value(loaded.today.to_string());
            let hint = td_string!(locale, ledger.run.settled_on_hint, date = format::date_long(locale, BusinessDate::of(run.made_at)));
            view! {
                <form class="form" method="post" action=paths::API_SETTLEMENT_SETTLE>
                    <ErrorSummary locale form=form.clone() labels=vec![("settled_on", label.to_owned())]/>
                    <HiddenField name="reference" value=run.reference.clone()/>
                    <Field locale field label hint control=Control::Date/>
                    <p class="muted">{td_string!(locale, ledger.run.only_records)}</p>
                    <div class="actions"><SubmitButton label=submit/></div>
                </form>
            }
            .into_any()
        }
    };
    let summary =
        matches!(loaded.may_settle, Some(Err(_)) | None).then(|| view! { <ErrorSummary locale form=form.clone() labels=Vec::new()/> });
    let drop = loaded.may_drop.then(|| {
        view! {
            <div class="card"><details class="disclosure">
                <summary>{td_string!(locale, ledger.run.drop)}</summary>
                <form class="form" method="post" action=paths::API_SETTLEMENT_DROP>
                    <HiddenField name="reference" value=run.reference.clone()/>
                    <p>{td_string!(locale, ledger.run.drop_text)}</p>
                    <div class="actions">
                        <SubmitButton label=td_string!(locale, ledger.run.drop_submit, reference = run.reference.clone()) destructive=true/>
                    </div>
                </form>
            </details></div>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="end-title">
            <h2 class="card-title" id="end-title">{td_string!(locale, ledger.run.end)}</h2>
            {summary}
            {settle}
        </section>
        {drop}
    }
    .into_any()
}

fn lines_view(locale: Locale, loaded: &Loaded) -> AnyView {
    let is_bank = loaded.run.settlement == Settlement::Bank;
    let rows: Vec<_> = loaded.lines.iter().map(|line| line_view(locale, line, is_bank)).collect();
    let mut columns = vec![
        Column::figure(td_string!(locale, ledger.column_number)),
        Column::text(td_string!(locale, ledger.column_partner)),
        Column::text(td_string!(locale, ledger.column_code)),
        Column::figure(td_string!(locale, ledger.column_count)),
        Column::figure(td_string!(locale, ledger.column_amount)),
    ];
    if is_bank {
        columns.insert(3, Column::text(td_string!(locale, ledger.account.account)));
    }
    view! {
        <section class="stack" aria-labelledby="lines-title">
            <h2 id="lines-title">{td_string!(locale, ledger.run.lines)}</h2>
            <DataTable caption=td_string!(locale, ledger.run.lines) columns>{rows}</DataTable>
        </section>
    }
    .into_any()
}

fn line_view(locale: Locale, line: &RunLine, is_bank: bool) -> AnyView {
    let account = is_bank.then(|| {
        let account = line.payee.as_ref().and_then(|payee| payee["account"].as_str()).unwrap_or_default().to_owned();
        view! { <td class="figures">{account}</td> }
    });
    let entries = paths::with_query(paths::STAFF_LEDGER, &[("partner", &line.partner_code)]);
    view! {
        <tr>
            <td class="money">{line.position}</td>
            <td class="data-table__main"><a href=paths::staff_partner(line.partner_id)>{line.partner_name.clone()}</a></td>
            <td class="figures">{line.partner_code.clone()}</td>
            {account}
            <td class="money"><a href=entries>{format::number(locale, line.entry_count)}</a></td>
            <td class="money"><MoneyText locale amount=line.amount/></td>
        </tr>
    }
    .into_any()
}
