//! `/staff/months`: the month to close next with what closing decides, and all months.

use domain::calendar::BusinessDate;
use domain::permission::{Action, may};
use leptos::prelude::*;
use service::accruals::{MonthMoney, RuleTotal};
use service::months::{LevelDecision, MonthDecisions, MonthsPage as Months};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::DataAsOf;
use crate::components::ledger_entry::rule_name;
use crate::components::money::MoneyText;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::context::{form_state, query, services};
use crate::form::{HiddenField, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;
use crate::staff::ledger::place::CLOSED;

/// Level changes that are shown; all are counted.
const CHANGES_SHOWN: usize = 200;

/// Field of the query: what closing would bring into the ledger is worked out as well.
const WITH_MONEY: &str = "money";

/// The months.
#[component]
pub fn MonthsPage() -> impl IntoView {
    staff_page(StaffSection::Months, async |viewer, state| {
        let locale = state.locale;
        let (months, decisions) = services()?.months_with_preview(&viewer, query(WITH_MONEY).is_some()).await?;
        let form = form_state().await?;
        let not_closed = form.refusal.map(|refusal| {
            let text = td_string!(locale, usage.months_page.not_closed, why = refusal_text(locale, refusal));
            view! { <NoticeView tone=Tone::Warning text/> }
        });
        let title = td_string!(locale, usage.months_page.title);
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, usage.months_page.lead)}</p>
                        <DataAsOf locale at=months.data_as_of/>
                    </div>
                </div>
                {not_closed}
                {next_view(locale, &months, decisions, may(viewer.role, Action::CloseMonth)).into_any()}
                {list_view(locale, &months).into_any()}
            },
        ))
    })
}

fn next_view(locale: Locale, months: &Months, decisions: Option<MonthDecisions>, may_close: bool) -> impl IntoView + use<> {
    let Some(next) = months.next else {
        return view! { <p>{td_string!(locale, usage.months_page.nothing)}</p> }.into_any();
    };
    let name = format::month(locale, next);
    let body = match decisions {
        None => {
            let date = months.next_possible_on.map(|date| format::date_long(locale, date)).unwrap_or_default();
            view! { <p>{td_string!(locale, usage.months_page.not_over, date = date)}</p> }.into_any()
        }
        Some(decisions) => {
            let close = if may_close {
                view! {
                    <details class="disclosure">
                        <summary>{td_string!(locale, usage.months_page.close, month = name.clone())}</summary>
                        <form class="stack" method="post" action=paths::API_MONTH_CLOSE>
                            <p>{td_string!(locale, usage.months_page.close_question)}</p>
                            <HiddenField name="month" value=next.to_string()/>
                            <div class="actions">
                                <button class="btn btn-primary" type="submit">
                                    {td_string!(locale, usage.months_page.close_confirm, month = name.clone())}
                                </button>
                            </div>
                        </form>
                    </details>
                }
                .into_any()
            } else {
                view! { <p class="muted">{td_string!(locale, usage.months_page.admin_only)}</p> }.into_any()
            };
            view! {
                {decisions_view(locale, &decisions).into_any()}
                {close}
            }
            .into_any()
        }
    };
    view! {
        <section class="card stack" aria-labelledby="next-title">
            <h2 class="card-title" id="next-title">{td_string!(locale, usage.months_page.next_title, month = name)}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// What closing decides.
fn decisions_view(locale: Locale, decisions: &MonthDecisions) -> impl IntoView + use<> {
    let figures = &decisions.figures;
    view! {
        <dl class="dl">
            <div><dt>{td_string!(locale, usage.months_page.partners)}</dt><dd class="figures">{format::number(locale, figures.partner_count.into())}</dd></div>
            <div><dt>{td_string!(locale, usage.months_page.with_usage)}</dt><dd class="figures">{format::number(locale, figures.partners_with_usage.into())}</dd></div>
            <div><dt>{td_string!(locale, usage.months_page.revenue)}</dt><dd class="figures">{format::money(locale, figures.revenue)}</dd></div>
        </dl>
        <h3>{td_string!(locale, usage.months_page.changes_title)}</h3>
        {changes_view(locale, &decisions.changes)}
        <h3 id="money">{td_string!(locale, usage.months_page.money_title)}</h3>
        {money_view(locale, decisions.money.as_ref())}
    }
}

/// What closing brings into the ledger, rule by rule, or the way to it.
fn money_view(locale: Locale, money: Option<&MonthMoney>) -> AnyView {
    let Some(money) = money else {
        let address = format!("{}#money", paths::with_query(paths::STAFF_MONTHS, &[(WITH_MONEY, "1")]));
        return view! {
            <div class="stack">
                <p class="muted">{td_string!(locale, usage.months_page.money_lead)}</p>
                <div class="actions"><a class="btn" href=address>{td_string!(locale, usage.months_page.money_show)}</a></div>
            </div>
        }
        .into_any();
    };
    if money.rules.is_empty() {
        return view! { <p>{td_string!(locale, usage.months_page.money_nothing)}</p> }.into_any();
    }
    let columns = vec![
        Column::text(td_string!(locale, usage.months_page.column_rule)),
        Column::figure(td_string!(locale, usage.months_page.column_entries)),
        Column::figure(td_string!(locale, usage.months_page.column_accrued)),
        Column::figure(td_string!(locale, usage.months_page.column_corrected)),
    ];
    let figures = move |total: RuleTotal| {
        view! {
            <td class="money">{format::number(locale, total.entries.into())}</td>
            <td class="money"><MoneyText locale amount=total.accrued/></td>
            <td class="money"><MoneyText locale amount=total.corrected/></td>
        }
    };
    let rows: Vec<_> = money
        .rules
        .iter()
        .map(|(rule, total)| {
            let rule = *rule;
            view! {
                <tr>
                    <td class="data-table__main">{rule_name(locale, rule)} " " <RuleLink locale rule/></td>
                    {figures(*total)}
                </tr>
            }
        })
        .collect();
    let total = figures(money.total());
    view! {
        <DataTable caption=td_string!(locale, usage.months_page.money_title) columns>
            {rows}
            <tr class="data-table__total">
                <td>{td_string!(locale, usage.months_page.money_total)}</td>
                {total}
            </tr>
        </DataTable>
    }
    .into_any()
}

/// The first changes of level, and how many there are.
fn changes_view(locale: Locale, changes: &[LevelDecision]) -> AnyView {
    let rows: Vec<_> = changes
        .iter()
        .take(CHANGES_SHOWN)
        .map(|change| {
            let before = change.before.map(|model| format::model(locale, model)).unwrap_or_default();
            let rule = change.cause.rule();
            view! {
                <tr>
                    <td class="data-table__main"><a href=paths::staff_partner(change.partner_id)>{change.partner_name.clone()}</a></td>
                    <td>{before}</td>
                    <td>{format::model(locale, change.model)}</td>
                    <td class="figures">{format::date_short(locale, change.from)}</td>
                    <td><a class="rule-id" href=paths::rule(rule)>{rule.id()}</a></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, usage.column_partner)),
        Column::text(td_string!(locale, usage.months_page.column_before)),
        Column::text(td_string!(locale, usage.months_page.column_model)),
        Column::text(td_string!(locale, usage.months_page.column_from)),
        Column::text(td_string!(locale, usage.months_page.column_rule)),
    ];
    if rows.is_empty() {
        return view! { <p>{td_string!(locale, usage.months_page.no_changes)}</p> }.into_any();
    }
    let first = (changes.len() > CHANGES_SHOWN).then(|| {
        let number = |count: usize| format::number(locale, i64::try_from(count).unwrap_or(i64::MAX));
        let text = td_string!(locale, usage.first_totals, shown = number(CHANGES_SHOWN), total = number(changes.len()));
        view! { <p class="muted">{text}</p> }
    });
    view! {
        <DataTable caption=td_string!(locale, usage.months_page.changes_title) columns>{rows}</DataTable>
        {first}
    }
    .into_any()
}

fn list_view(locale: Locale, months: &Months) -> impl IntoView + use<> {
    let rows: Vec<_> = months
        .months
        .iter()
        .map(|line| {
            let (state, changes, ledger, who) = match &line.close {
                None => (td_string!(locale, usage.months_page.open).to_owned(), String::new(), None, String::new()),
                Some(close) => (
                    td_string!(locale, usage.months_page.closed, date = format::date_short(locale, BusinessDate::of(close.closed_at))),
                    format::number(locale, close.decided.level_changes.into()),
                    Some(view! {
                        <a href=paths::with_query(paths::STAFF_LEDGER, &[(CLOSED, &line.month.to_string())])>
                            <MoneyText locale amount=close.decided.accrued + close.decided.corrected/>
                        </a>
                    }),
                    close.closed_by_name.clone().unwrap_or_else(|| td_string!(locale, usage.by_command).to_owned()),
                ),
            };
            view! {
                <tr>
                    <td class="data-table__main">{format::sentence_start(format::month(locale, line.month))}</td>
                    <td>{state}</td>
                    <td class="money">{format::money(locale, line.revenue)}</td>
                    <td class="money">{changes}</td>
                    <td class="money">{ledger}</td>
                    <td>{who}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, usage.months_page.column_month)),
        Column::text(td_string!(locale, usage.months_page.column_state)),
        Column::figure(td_string!(locale, usage.months_page.column_revenue)),
        Column::figure(td_string!(locale, usage.months_page.column_changes)),
        Column::figure(td_string!(locale, usage.months_page.column_ledger)),
        Column::text(td_string!(locale, usage.months_page.column_who)),
    ];
    view! {
        <section class="stack" aria-labelledby="months-title">
            <h2 id="months-title">{td_string!(locale, usage.months_page.list)}</h2>
            <DataTable caption=td_string!(locale, usage.months_page.list) columns>{rows}</DataTable>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use domain::level::Cause;
    use domain::model::{BillingSide, Model};

    use super::*;

    fn render(count: usize) -> String {
        let day: BusinessDate = "2026-11-01".parse().expect("a day");
        let change = LevelDecision {
            partner_id: uuid::Uuid::nil().into(),
            partner_code: "P-0001".to_owned(),
            partner_name: "ООО «Север»".to_owned(),
            before: Some(Model::Agent),
            from: day,
            model: Model::Agent,
            cause: Cause::Contract { billing: BillingSide::Provider },
        };
        Owner::new().with(|| changes_view(Locale::ru, &vec![change; count]).to_html())
    }

    #[test]
    fn of_many_changes_the_first_are_shown_and_all_are_counted() {
        let html = render(205);
        assert_eq!(html.matches("Север").count(), 200);
        assert!(html.contains("Показаны первые 200 из 205."), "{html}");
        let html = render(200);
        assert_eq!(html.matches("Север").count(), 200);
        assert!(!html.contains("Показаны"), "{html}");
        assert!(render(0).contains("Уровни не изменятся"));
    }
}
