//! `/staff/partners`: every partner with its level, its window and the trend of its revenue.

use domain::ids::PartnerId;
use domain::level::Phase;
use domain::model::Model;
use leptos::prelude::*;
use service::partners::{PartnerLine, PartnersPage as Partners};

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{DataAsOf, MonthText, ShortDate};
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Icon, lucide};
use crate::components::level::LevelStatus;
use crate::components::money::MoneyText;
use crate::components::next_page::{AFTER, NextPage};
use crate::components::sparkline::Sparkline;
use crate::context::{query, query_value, services};
use crate::form::{Choice, Control, Field, FormState};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

const SEARCH: &str = "search";
const MODEL: &str = "model";

/// The list of partners.
#[component]
pub fn PartnersPage() -> impl IntoView {
    staff_page(StaffSection::Partners, async |viewer, state| {
        let locale = state.locale;
        let (search, model, after) = (query(SEARCH), query_value::<Model>(MODEL), query_value::<PartnerId>(AFTER));
        let partners = services()?.partners_page(&viewer, search.as_deref(), model, after).await?;
        let title = td_string!(locale, partners.title);
        let filters = filters_view(locale, &partners);
        // Nobody found has no figures.
        let as_of = (!partners.page.lines.is_empty()).then(|| view! { <DataAsOf locale at=partners.data_as_of/> });
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, partners.lead)}</p>{as_of}</div></div>
                {filters}
                {list_view(locale, partners, after)}
            },
        ))
    })
}

fn filters_view(locale: Locale, partners: &Partners) -> AnyView {
    let empty = FormState::default();
    let search = empty.field(SEARCH).or_value(partners.search.clone().unwrap_or_default());
    let model = empty.field(MODEL).or_value(partners.model.map_or("", Model::as_str));
    let models: Vec<_> = std::iter::once(Choice::new("", td_string!(locale, partners.every_model)))
        .chain(Model::ALL.map(|model| Choice::new(model.as_str(), format::model(locale, model))))
        .collect();
    let filtered = partners.search.is_some() || partners.model.is_some();
    let reset = filtered.then(|| view! { <a class="btn btn-ghost" href=paths::STAFF_PARTNERS>{td_string!(locale, partners.reset)}</a> });
    view! {
        <form class="filters" method="get" action=paths::STAFF_PARTNERS role="search">
            <Field locale field=search label=td_string!(locale, partners.search) control=Control::Search maximum_length=200 condition=true/>
            <Field locale field=model label=td_string!(locale, partners.model) control=Control::Select(models) condition=true/>
            <button class="btn" type="submit">
                <Icon icon=lucide::LuSearch/>
                {td_string!(locale, partners.find)}
            </button>
            {reset}
        </form>
    }
    .into_any()
}

fn list_view(locale: Locale, partners: Partners, after: Option<PartnerId>) -> AnyView {
    if partners.page.lines.is_empty() {
        return if partners.search.is_some() || partners.model.is_some() || after.is_some() {
            view! {
                <EmptyState title=td_string!(locale, partners.nothing_found) text=td_string!(locale, partners.nothing_found_text)>
                    <a class="btn" href=paths::STAFF_PARTNERS>{td_string!(locale, partners.reset)}</a>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState title=td_string!(locale, partners.empty) text=td_string!(locale, partners.empty_text)/> }.into_any()
        };
    }
    let columns = vec![
        Column::text(td_string!(locale, partners.column.partner)),
        Column::text(td_string!(locale, partners.column.level)),
        Column::text(td_string!(locale, partners.column.model)),
        Column::text(td_string!(locale, partners.column.window)),
        Column::text(td_string!(locale, partners.column.trend)),
        Column::figure(td_string!(locale, partners.column.revenue)),
    ];
    let rows: Vec<_> = partners.page.lines.into_iter().map(|line| row_view(locale, line).into_any()).collect();
    let (text, model) = (partners.search.unwrap_or_default(), partners.model.map_or("", Model::as_str));
    let address = paths::with_query(paths::STAFF_PARTNERS, &[(SEARCH, &text), (MODEL, model)]);
    let after = after.map(|partner| partner.to_string());
    view! {
        <DataTable caption=td_string!(locale, partners.caption) columns>{rows}</DataTable>
        <NextPage locale address after next=partners.page.next/>
    }
    .into_any()
}

fn row_view(locale: Locale, line: PartnerLine) -> impl IntoView {
    let none = || view! { <span class="muted">{td_string!(locale, partners.no_window)}</span> }.into_any();
    let over = matches!(line.phase, Phase::ReturnWindowOver { .. });
    let window = match (line.window_end, line.decided_on) {
        (Some(date), _) if over => view! { {td_string!(locale, partners.window_over)} " " <ShortDate locale date/> }.into_any(),
        (Some(date), _) => view! { <ShortDate locale date/> }.into_any(),
        // No window runs, but a low month will be decided on.
        (None, Some(date)) => view! { {td_string!(locale, partners.decided_on)} " " <ShortDate locale date/> }.into_any(),
        (None, None) => none(),
    };
    // The running month is not over: the last whole one is the figure to read.
    let last = match line.revenue.iter().rev().nth(1).copied() {
        Some((month, Some(amount))) => {
            view! { <MoneyText locale amount/> <span class="muted small block"><MonthText locale month/></span> }.into_any()
        }
        _ => view! { <span class="muted">{td_string!(locale, level.months.not_loaded)}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="data-table__main">
                <a href=paths::staff_partner(line.partner.id)>{line.partner.name}</a>
                <span class="muted small block figures">{line.partner.code}" · "{line.partner.inn}</span>
            </th>
            <td>
                {format::level(locale, line.level)}
                <span class="block"><LevelStatus locale phase=line.phase/></span>
            </td>
            <td>{format::model(locale, line.model)}</td>
            <td class="figures">{window}</td>
            <td><Sparkline locale months=line.revenue minimum=line.minimum/></td>
            <td class="money">{last}</td>
        </tr>
    }
}
