//! Privileges of the model: which the partner has, which are locked, what unlocks them.

use domain::model::{Level, Model};
use domain::privilege::Privilege;
use domain::rule::Rule;
use domain::terms::Terms;
use leptos::prelude::*;
use service::partner_pages::PrivilegeRow;

use crate::components::data_table::{Column, DataTable};
use crate::components::icon::lucide;
use crate::components::status::{Status, Tone};
use crate::components::verdict::{RuleLink, privilege_name};
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::partner::PartnerSection;
use crate::page::{Page, partner_page};
use crate::paths;

/// The page of privileges.
#[component]
pub fn PrivilegesPage() -> impl IntoView {
    partner_page(PartnerSection::Privileges, async |partner, state| {
        let page = services()?.privileges_page(&partner.viewer).await?;
        let locale = state.locale;
        let model = page.outlook.model;
        let title = td_string!(locale, privileges.title);
        let (open, locked): (Vec<_>, Vec<_>) = page.rows.into_iter().partition(|row| row.has);
        let locked_count = locked.len();
        let have = td_string!(locale, privileges.have, count = open.len());
        let locked_view = if locked.is_empty() {
            view! { <p>{td_string!(locale, privileges.all_open, model = format::model(locale, model))}</p> }.into_any()
        } else {
            let caption = td_string!(locale, privileges.locked, count = locked_count);
            view! {
                <section class="stack">
                    <h2>{caption.clone()}</h2>
                    {table(locale, caption, model, &page.terms, locked)}
                </section>
            }
            .into_any()
        };
        Ok(Page::new(
            title,
            view! {
                <div class="page-head">
                    <div>
                        <h1>{title}</h1>
                        <p>{td_string!(locale, privileges.lead, model = format::model(locale, model))}</p>
                    </div>
                </div>
                {locked_view}
                <section class="stack">
                    <h2>{have.clone()}</h2>
                    {table(locale, have, model, &page.terms, open)}
                </section>
            },
        ))
    })
}

fn table(locale: Locale, caption: String, model: Model, terms: &Terms, rows: Vec<PrivilegeRow>) -> impl IntoView + use<> {
    let locked = rows.iter().any(|row| !row.has);
    let mut columns =
        vec![Column::text(td_string!(locale, privileges.column.privilege)), Column::text(td_string!(locale, privileges.column.state))];
    columns.push(if locked {
        Column::text(td_string!(locale, privileges.column.unlock))
    } else {
        Column::text(td_string!(locale, privileges.column.models))
    });
    columns.push(Column::text(td_string!(locale, privileges.column.rule)));
    let rows: Vec<_> = rows.into_iter().map(|row| row_view(locale, model, terms, row)).collect();
    view! { <DataTable caption columns>{rows}</DataTable> }
}

fn row_view(locale: Locale, model: Model, terms: &Terms, row: PrivilegeRow) -> impl IntoView + use<> {
    let status = if row.has {
        view! { <Status tone=Tone::Good icon=lucide::LuCircleCheck label=td_string!(locale, privileges.state.has)/> }
    } else {
        view! { <Status tone=Tone::Neutral icon=lucide::LuLock label=td_string!(locale, privileges.state.locked)/> }
    };
    let models = model_names(locale, &row.models);
    let how = if row.has { view! { <span>{models}</span> }.into_any() } else { unlock_view(locale, model, &row, models).into_any() };
    let action = action(locale, &row);
    view! {
        <tr>
            <th scope="row" class="data-table__main">
                {privilege_name(locale, row.privilege)}
                <span class="muted small block">{condition(locale, row.privilege, model, terms)}</span>
            </th>
            <td>{status}</td>
            <td>
                {how}
                {action.map(|(href, label)| view! { <a class="block" href=href>{label}</a> })}
            </td>
            <td><RuleLink locale rule=rule(row.privilege)/></td>
        </tr>
    }
}

fn model_names(locale: Locale, models: &[Model]) -> String {
    models.iter().map(|model| format::model(locale, *model)).collect::<Vec<_>>().join(", ")
}

fn unlock_view(locale: Locale, model: Model, row: &PrivilegeRow, models: String) -> impl IntoView + use<> {
    let by_billing = row.models.iter().any(|other| other.level() == model.level());
    let text = if row.unlocked_by_level {
        td_string!(locale, privileges.unlock.level).to_owned()
    } else if by_billing {
        let same_level: Vec<_> = row.models.iter().copied().filter(|other| other.level() == model.level()).collect();
        td_string!(locale, privileges.unlock.billing, models = model_names(locale, &same_level))
    } else {
        td_string!(locale, privileges.unlock.both, models = models)
    };
    let level_link = (model.level() == Level::Basic && !by_billing)
        .then(|| view! { <a href=paths::PARTNER_LEVEL>{td_string!(locale, privileges.unlock.level_link)}</a> });
    let billing_rule = (!row.unlocked_by_level).then(|| view! { <RuleLink locale rule=Rule::Model2/> });
    view! { <span>{text} " " {billing_rule} " " {level_link}</span> }
}

/// Where a privilege is used in the portal.
fn action(locale: Locale, row: &PrivilegeRow) -> Option<(&'static str, &'static str)> {
    let action = match row.privilege {
        Privilege::BonusCodes => (paths::PARTNER_BONUS_CODES, td_string!(locale, privileges.action.bonus_codes)),
        Privilege::FreeMonths => (paths::PARTNER_FREE_MONTHS, td_string!(locale, privileges.action.free_months)),
        Privilege::Trial => (paths::PARTNER_CLIENTS, td_string!(locale, privileges.action.trial)),
        Privilege::CaseBonus => (paths::PARTNER_CASES, td_string!(locale, privileges.action.case_bonus)),
        Privilege::SalesBonus => (paths::PARTNER_SALES_BONUSES, td_string!(locale, privileges.action.sales_bonus)),
        Privilege::CommentBonus => (paths::PARTNER_TELEGRAM_COMMENTS, td_string!(locale, privileges.action.comment_bonus)),
        _ => return None,
    };
    row.has.then_some(action)
}

/// The rule that says most of a privilege.
fn rule(privilege: Privilege) -> Rule {
    match privilege {
        Privilege::Trial => Rule::Trial1,
        Privilege::BonusCodes => Rule::Code1,
        Privilege::FreeMonths => Rule::Free1,
        Privilege::Cloudovka => Rule::Cloudovka1,
        Privilege::Presale => Rule::Presale1,
        Privilege::WarmLeads => Rule::Lead1,
        Privilege::Comarketing => Rule::Comarketing1,
        Privilege::SalesBonus => Rule::Sales1,
        Privilege::KvmRebate => Rule::Rebate1,
        Privilege::MontOfficeRebate => Rule::Rebate2,
        Privilege::GrowthRebate => Rule::Rebate3,
        Privilege::CaseBonus => Rule::Case1,
        Privilege::CommentBonus => Rule::Telegram1,
        Privilege::ClientInvoice | Privilege::Branding | Privilege::KnowledgeBase => Rule::Privilege1,
    }
}

/// What a privilege is worth under the terms in force.
fn condition(locale: Locale, privilege: Privilege, model: Model, terms: &Terms) -> String {
    let money = |amount| format::money(locale, amount);
    match privilege {
        Privilege::ClientInvoice => td_string!(locale, privileges.condition.client_invoice).to_owned(),
        Privilege::Cloudovka => td_string!(locale, privileges.condition.cloudovka).to_owned(),
        Privilege::Presale => td_string!(locale, privileges.condition.presale).to_owned(),
        Privilege::Trial => match model.level() {
            Level::Basic => td_string!(locale, privileges.condition.trial_days, count = terms.trial_days_basic),
            Level::Professional => td_string!(locale, privileges.condition.trial_until_result).to_owned(),
        },
        Privilege::WarmLeads => td_string!(locale, privileges.condition.warm_leads).to_owned(),
        Privilege::Comarketing => {
            td_string!(locale, privileges.condition.comarketing, share = format::percent(locale, terms.comarketing_minimum_share))
        }
        Privilege::SalesBonus => td_string!(locale, privileges.condition.sales_bonus).to_owned(),
        Privilege::Branding => td_string!(locale, privileges.condition.branding).to_owned(),
        Privilege::KvmRebate => td_string!(locale, privileges.condition.kvm_rebate, rate = format::percent(locale, terms.rebate_kvm)),
        Privilege::MontOfficeRebate => {
            td_string!(locale, privileges.condition.mont_office_rebate, rate = format::percent(locale, terms.rebate_mont_office))
        }
        Privilege::GrowthRebate => {
            td_string!(locale, privileges.condition.growth_rebate, rate = format::percent(locale, terms.rebate_growth))
        }
        Privilege::CaseBonus => td_string!(locale, privileges.condition.case_bonus, amount = money(terms.case_bonus)),
        Privilege::CommentBonus => td_string!(
            locale,
            privileges.condition.comment_bonus,
            minimum = money(terms.comment_bonus_minimum),
            maximum = money(terms.comment_bonus_maximum)
        ),
        Privilege::KnowledgeBase => td_string!(locale, privileges.condition.knowledge_base).to_owned(),
        Privilege::BonusCodes => td_string!(
            locale,
            privileges.condition.bonus_codes,
            count = terms.codes_per_quarter,
            value = format::roubles(locale, terms.codes_value_per_quarter)
        ),
        Privilege::FreeMonths => td_string!(locale, privileges.condition.free_months, count = terms.free_months_per_client),
    }
}
