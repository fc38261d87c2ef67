//! `/staff/usage/{import}`: what a billing file would change, or everything that is wrong with it.

use domain::ids::UsageImportId;
use leptos::prelude::*;
use service::usage::{CorrectionMoney, ImportPreview, RowDifference};

use crate::components::data_table::{Column, DataTable};
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::context::{form_state, path_value, services};
use crate::form::{HiddenField, SubmitButton, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::usage::problem_text::problem_text;
use crate::staff::usage::usage_page::state_view;

/// One import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let id = path_value::<UsageImportId>("import");
    staff_page(StaffSection::Usage, async move |viewer, state| {
        let preview = services()?.usage_import_detail(&viewer, id?).await?;
        let form = form_state().await?;
        let locale = state.locale;
        let import = &preview.import;
        let title = td_string!(locale, usage.import_title, name = import.file_name.clone());
        let not_done = form.refusal.map(|refusal| {
            let text = td_string!(locale, usage.not_done, why = refusal_text(locale, refusal));
            view! { <NoticeView tone=Tone::Warning text/> }
        });
        Ok(Page::new(
            title.clone(),
            view! {
                <nav class="crumbs" aria-label=td_string!(locale, usage.path)>
                    <a href=paths::STAFF_USAGE>{td_string!(locale, usage.title)}</a>
                </nav>
                <div class="page-head"><div><h1>{title}</h1></div>{state_view(locale, &import.state)}</div>
                {not_done}
                {refused_view(locale, &preview).into_any()}
                {counts_view(locale, &preview).into_any()}
                {levels_view(locale, &preview).into_any()}
                {money_view(locale, &preview.money)}
                {decision_view(locale, &preview).into_any()}
                {totals_view(locale, &preview).into_any()}
                {rows_view(locale, td_string!(locale, usage.changed_rows), &preview.changed_rows, preview.import.changed_count).into_any()}
                {rows_view(locale, td_string!(locale, usage.new_rows), &preview.new_rows, preview.import.new_count).into_any()}
            },
        ))
    })
}

fn refused_view(locale: Locale, preview: &ImportPreview) -> Option<impl IntoView + use<>> {
    let import = &preview.import;
    let count = u32::try_from(import.problem_count).ok().filter(|count| *count > 0)?;
    let rows: Vec<_> = import
        .problems
        .iter()
        .map(|line| {
            view! { <tr><td class="money">{line.line}</td><td>{problem_text(locale, &line.problem)}</td></tr> }
        })
        .collect();
    let shown = import.problems.len();
    let first = (shown < usize::try_from(count).unwrap_or(usize::MAX))
        .then(|| view! { <p class="muted">{td_string!(locale, usage.first_problems, shown = shown)}</p> });
    let columns = vec![Column::figure(td_string!(locale, usage.column_line)), Column::text(td_string!(locale, usage.column_problem))];
    Some(view! {
        <section class="stack" aria-labelledby="problems-title">
            <h2 id="problems-title">{td_string!(locale, usage.refused_title)}</h2>
            <p>{td_string!(locale, usage.refused_text, count = count)}</p>
            <DataTable caption=td_string!(locale, usage.problems) columns>{rows}</DataTable>
            {first}
        </section>
    })
}

fn counts_view(locale: Locale, preview: &ImportPreview) -> impl IntoView + use<> {
    let import = &preview.import;
    let count = |number: i32| format::number(locale, number.into());
    let months = import.months.iter().map(|month| format::month(locale, *month)).collect::<Vec<_>>().join(", ");
    let correction = import.is_correction.then(|| view! { <p class="muted">{td_string!(locale, usage.kind_correction)}</p> });
    view! {
        <section class="card stack">
            <dl class="dl">
                <div><dt>{td_string!(locale, usage.rows)}</dt><dd class="figures">{count(import.row_count)}</dd></div>
                <div><dt>{td_string!(locale, usage.new)}</dt><dd class="figures">{count(import.new_count)}</dd></div>
                <div><dt>{td_string!(locale, usage.changed)}</dt><dd class="figures">{count(import.changed_count)}</dd></div>
                <div><dt>{td_string!(locale, usage.unchanged)}</dt><dd class="figures">{count(import.unchanged_count)}</dd></div>
                <div><dt>{td_string!(locale, usage.gross)}</dt><dd class="figures">{format::money(locale, import.gross_total)}</dd></div>
                <div><dt>{td_string!(locale, usage.months)}</dt><dd>{months}</dd></div>
            </dl>
            {correction}
        </section>
    }
}

/// Levels that a correction would change: these rows become proposals (`USE-4`).
fn levels_view(locale: Locale, preview: &ImportPreview) -> Option<impl IntoView + use<>> {
    if preview.level_differences.is_empty() {
        return None;
    }
    let lines: Vec<_> = preview
        .level_differences
        .iter()
        .flat_map(|difference| difference.days.iter().map(move |days| (difference, days)))
        .map(|(difference, days)| {
            let model = days.proposed.map(|model| format::model(locale, model)).unwrap_or_default();
            let (from, to) = (format::date_long(locale, days.from), format::date_long(locale, days.through));
            view! { <li>{td_string!(locale, usage.level_days, partner = difference.partner_name.clone(), from = from, to = to, model = model)}</li> }
        })
        .collect();
    Some(view! {
        <section class="notice notice--warning">
            <div class="stack"><p>{td_string!(locale, usage.level_differs)}</p><ul>{lines}</ul></div>
        </section>
    })
}

/// What the file's corrections move in the ledger.
fn money_view(locale: Locale, money: &CorrectionMoney) -> Option<AnyView> {
    if money.partner_count == 0 {
        return None;
    }
    let body = if money.moves.is_empty() {
        view! { <p>{td_string!(locale, usage.money_nothing)}</p> }.into_any()
    } else {
        let rows: Vec<_> = money
            .moves
            .iter()
            .map(|(partner, name, moved)| {
                view! {
                    <tr>
                        <td class="data-table__main"><a href=paths::staff_partner(*partner)>{name.clone()}</a></td>
                        <td><RuleLink locale rule=moved.rule/></td>
                        <td>{format::period(locale, moved.period)}</td>
                        <td class="money">{format::signed_money(locale, moved.base)}</td>
                        <td class="money">{format::signed_money(locale, moved.amount)}</td>
                    </tr>
                }
            })
            .collect();
        let total = format::signed_money(locale, money.total);
        let columns = vec![
            Column::text(td_string!(locale, usage.column_partner)),
            Column::text(td_string!(locale, late_facts.column_rule)),
            Column::text(td_string!(locale, late_facts.column_period)),
            Column::figure(td_string!(locale, late_facts.column_base)),
            Column::figure(td_string!(locale, late_facts.column_amount)),
        ];
        view! {
            <DataTable caption=td_string!(locale, usage.money_title) columns>
                {rows}
                <tr class="data-table__total">
                    <td>{td_string!(locale, usage.money_total)}</td>
                    <td></td>
                    <td></td>
                    <td></td>
                    <td class="money">{total}</td>
                </tr>
            </DataTable>
        }
        .into_any()
    };
    let number = |count: usize| format::number(locale, i64::try_from(count).unwrap_or(i64::MAX));
    let largest = (money.move_count > money.moves.len()).then(|| {
        let text = td_string!(locale, usage.money_largest, shown = number(money.moves.len()), total = number(money.move_count));
        view! { <p class="muted">{text}</p> }
    });
    let first = (money.partner_count > money.computed_count).then(|| {
        let text = td_string!(locale, usage.money_computed, shown = number(money.computed_count), total = number(money.partner_count));
        view! { <p class="muted">{text}</p> }
    });
    let view = view! {
        <section class="stack" aria-labelledby="money-title">
            <h2 id="money-title">{td_string!(locale, usage.money_title)}</h2>
            <p class="muted">{td_string!(locale, usage.money_lead)}</p>
            {body}
            {largest}
            {first}
        </section>
    };
    Some(view.into_any())
}

/// The whole file is taken or, after one question, discarded.
fn decision_view(locale: Locale, preview: &ImportPreview) -> Option<impl IntoView + use<>> {
    let import = &preview.import;
    (import.state == "previewed").then(|| {
        let id = import.id.to_string();
        view! {
            <section class="card stack">
                <p>{td_string!(locale, usage.commit_lead)}</p>
                <div class="actions">
                    <form method="post" action=paths::API_USAGE_COMMIT>
                        <HiddenField name="import" value=id.clone()/>
                        <button class="btn btn-primary" type="submit">{td_string!(locale, usage.commit)}</button>
                    </form>
                </div>
                <details class="disclosure">
                    <summary>{td_string!(locale, usage.discard)}</summary>
                    <form class="stack" method="post" action=paths::API_USAGE_DISCARD>
                        <p>{td_string!(locale, usage.discard_question, name = import.file_name.clone())}</p>
                        <HiddenField name="import" value=id/>
                        <div class="actions"><SubmitButton destructive=true label=td_string!(locale, usage.discard_confirm)/></div>
                    </form>
                </details>
            </section>
        }
    })
}

fn totals_view(locale: Locale, preview: &ImportPreview) -> Option<impl IntoView + use<>> {
    if preview.totals.is_empty() {
        return None;
    }
    let rows: Vec<_> = preview
        .totals
        .iter()
        .map(|total| {
            view! {
                <tr>
                    <td class="data-table__main"><a href=paths::staff_partner(total.partner_id)>{total.partner_name.clone()}</a></td>
                    <td>{format::month(locale, total.month)}</td>
                    <td class="money">{format::money(locale, total.before)}</td>
                    <td class="money">{format::money(locale, total.after)}</td>
                </tr>
            }
        })
        .collect();
    let shown = i64::try_from(preview.totals.len()).unwrap_or(i64::MAX);
    let first = (shown < preview.total_count).then(|| {
        let (shown, total) = (format::number(locale, shown), format::number(locale, preview.total_count));
        view! { <p class="muted">{td_string!(locale, usage.first_totals, shown = shown, total = total)}</p> }
    });
    let columns = vec![
        Column::text(td_string!(locale, usage.column_partner)),
        Column::text(td_string!(locale, usage.column_month)),
        Column::figure(td_string!(locale, usage.column_before)),
        Column::figure(td_string!(locale, usage.column_after)),
    ];
    Some(view! {
        <section class="stack" aria-labelledby="totals-title">
            <h2 id="totals-title">{td_string!(locale, usage.totals)}</h2>
            <DataTable caption=td_string!(locale, usage.totals) columns>{rows}</DataTable>
            {first}
        </section>
    })
}

/// The first rows that the file changes or adds, with what is there now.
fn rows_view(locale: Locale, title: &'static str, differences: &[RowDifference], count: i32) -> Option<impl IntoView + use<>> {
    if differences.is_empty() {
        return None;
    }
    let rows: Vec<_> = differences
        .iter()
        .map(|row| {
            let service = match locale {
                Locale::ru => row.service_name_ru.clone(),
                Locale::en => row.service_name_en.clone(),
            };
            let before = row.before.map(|before| view! { <td class="money">{format::money(locale, before)}</td> });
            view! {
                <tr>
                    <td class="money">{format::number(locale, row.line.into())}</td>
                    <td class="data-table__main">{row.client_name.clone()}<br/><span class="muted small">{row.partner_name.clone()}</span></td>
                    <td>{service}</td>
                    <td>{row.resource.clone()}</td>
                    <td>{format::month(locale, row.month)}</td>
                    {before}
                    <td class="money">{format::money(locale, row.after)}</td>
                </tr>
            }
        })
        .collect();
    let shown = i64::try_from(differences.len()).unwrap_or(i64::MAX);
    let shown = td_string!(locale, usage.shown_rows, shown = format::number(locale, shown), total = format::number(locale, count.into()));
    let mut columns = vec![
        Column::figure(td_string!(locale, usage.column_line)),
        Column::text(td_string!(locale, usage.column_client)),
        Column::text(td_string!(locale, usage.column_service)),
        Column::text(td_string!(locale, usage.column_resource)),
        Column::text(td_string!(locale, usage.column_month)),
    ];
    // A new row has nothing before it.
    columns.extend(differences.first().and_then(|row| row.before).map(|_| Column::figure(td_string!(locale, usage.column_before))));
    columns.push(Column::figure(td_string!(locale, usage.column_after)));
    Some(view! {
        <section class="stack">
            <h2>{title}</h2>
            <DataTable caption=title columns>{rows}</DataTable>
            <p class="muted">{shown}</p>
        </section>
    })
}
