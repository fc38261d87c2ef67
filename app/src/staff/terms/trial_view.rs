//! What new terms would have changed over the closed months.

use domain::money::Money;
use domain::terms::parameters::{NUMBERS, ParameterKind};
use leptos::prelude::*;
use service::terms::{CatalogueService, PartnerEffect, Refused, TermsTrial};

use super::parameter_text::control_text;
use crate::components::data_table::{Column, DataTable};
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// A value of a parameter as people read it.
pub(super) fn value_text(locale: Locale, name: &str, value: &str) -> String {
    if name.starts_with("privileges.") {
        let yes = value == "true";
        return if yes { td_string!(locale, terms.flag_yes) } else { td_string!(locale, terms.flag_no) }.to_owned();
    }
    let kind = NUMBERS.iter().find(|parameter| parameter.name == name).map_or(ParameterKind::Share, |parameter| parameter.kind);
    match kind {
        ParameterKind::Money => value.parse::<Money>().map_or_else(|_| value.to_owned(), |amount| format::money(locale, amount)),
        ParameterKind::Roubles => value.parse().map_or_else(|_| value.to_owned(), |amount| format::roubles(locale, amount)),
        ParameterKind::Share => format!("{}\u{a0}%", if locale == Locale::ru { value.replace('.', ",") } else { value.to_owned() }),
        ParameterKind::Months | ParameterKind::Days | ParameterKind::Count => value.to_owned(),
    }
}

/// The trial: parameters, totals by rule, partners.
pub(super) fn trial_view(locale: Locale, trial: &TermsTrial, services: &[CatalogueService]) -> AnyView {
    let window = match (trial.first, trial.last) {
        (Some(first), Some(last)) => {
            td_string!(locale, terms.trial_window, from = format::month(locale, first), to = format::month(locale, last))
        }
        _ => td_string!(locale, terms.no_months).to_owned(),
    };
    view! {
        <section class="stack" aria-labelledby="trial-title">
            <h2 id="trial-title">{td_string!(locale, terms.trial_title)}</h2>
            <p>{window}</p>
            {changed_view(locale, trial, services)}
            {not_tried_view(locale, trial, services)}
            {totals_view(locale, trial)}
            {refused_view(locale, trial.refused)}
            {partners_view(locale, trial)}
        </section>
    }
    .into_any()
}

fn changed_view(locale: Locale, trial: &TermsTrial, services: &[CatalogueService]) -> AnyView {
    if trial.changed.is_empty() {
        return view! { <p>{td_string!(locale, terms.nothing_changed)}</p> }.into_any();
    }
    let rows: Vec<_> = trial
        .changed
        .iter()
        .map(|(name, before, after)| {
            view! {
                <tr>
                    <td class="data-table__main">{control_text(locale, name, services)}</td>
                    <td class="money">{value_text(locale, name, before)}</td>
                    <td class="money">{value_text(locale, name, after)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(td_string!(locale, terms.column_parameter)),
        Column::figure(td_string!(locale, terms.column_before)),
        Column::figure(td_string!(locale, terms.column_after)),
    ];
    view! { <DataTable caption=td_string!(locale, terms.changed_title) columns>{rows}</DataTable> }.into_any()
}

/// Which of the changed parameters the trial says nothing of.
fn not_tried_view(locale: Locale, trial: &TermsTrial, services: &[CatalogueService]) -> Option<AnyView> {
    (!trial.not_tried.is_empty()).then(|| {
        let names: Vec<String> = trial.not_tried.iter().map(|name| control_text(locale, name, services)).collect();
        let text = td_string!(locale, terms.not_tried, names = names.join("; "));
        view! { <NoticeView tone=Tone::Warning text/> }.into_any()
    })
}

fn money_cells(locale: Locale, before: Money, after: Money) -> AnyView {
    view! {
        <td class="money">{format::money(locale, before)}</td>
        <td class="money">{format::money(locale, after)}</td>
        <td class="money">{format::money(locale, after - before)}</td>
    }
    .into_any()
}

fn totals_view(locale: Locale, trial: &TermsTrial) -> AnyView {
    let rules: Vec<_> = trial
        .rules
        .iter()
        .map(|(rule, (before, after))| {
            view! { <tr><td class="data-table__main"><RuleLink locale rule=*rule/></td>{money_cells(locale, *before, *after)}</tr> }
        })
        .collect();
    let (before, after) = trial.discounts;
    let columns = vec![
        Column::text(td_string!(locale, terms.column_rule)),
        Column::figure(td_string!(locale, terms.column_before)),
        Column::figure(td_string!(locale, terms.column_after)),
        Column::figure(td_string!(locale, terms.column_difference)),
    ];
    view! {
        <DataTable caption=td_string!(locale, terms.totals_title) columns>
            {rules}
            <tr><td class="data-table__main">{td_string!(locale, terms.discounts)}</td>{money_cells(locale, before, after)}</tr>
        </DataTable>
    }
    .into_any()
}

/// What was granted and would not have been, in words; none where there is nothing.
fn refused_words(locale: Locale, refused: Refused) -> Vec<String> {
    let mut words = Vec::new();
    if refused.code_requests > 0 {
        let value = format::roubles(locale, refused.code_value);
        words.push(td_string!(locale, terms.refused_codes, count = refused.code_requests, value = value));
    }
    if refused.free_months > 0 {
        words.push(td_string!(locale, terms.refused_months, count = refused.free_months));
    }
    if refused.trials > 0 {
        words.push(td_string!(locale, terms.refused_trials, count = refused.trials));
    }
    words
}

fn refused_view(locale: Locale, refused: Refused) -> AnyView {
    let words = refused_words(locale, refused);
    if words.is_empty() {
        return view! { <p>{td_string!(locale, terms.refused_none)}</p> }.into_any();
    }
    let items: Vec<_> = words.into_iter().map(|words| view! { <li>{words}</li> }).collect();
    view! {
        <h3>{td_string!(locale, terms.refused_title)}</h3>
        <ul id="refused">{items}</ul>
        <p class="muted">{td_string!(locale, terms.refused_text)}</p>
    }
    .into_any()
}

fn partners_view(locale: Locale, trial: &TermsTrial) -> AnyView {
    if trial.partners.is_empty() {
        return view! { <p>{td_string!(locale, terms.nobody)}</p> }.into_any();
    }
    let rows: Vec<_> = trial.partners.iter().map(|effect| partner_row(locale, effect)).collect();
    let count = u32::try_from(trial.partner_count).unwrap_or(u32::MAX);
    let first = (trial.partners.len() < trial.partner_count)
        .then(|| view! { <p class="muted">{td_string!(locale, terms.first_partners, shown = trial.partners.len())}</p> });
    let columns = vec![
        Column::text(td_string!(locale, terms.column_partner)),
        Column::text(td_string!(locale, terms.column_level)),
        Column::figure(td_string!(locale, terms.column_accrued)),
        Column::figure(td_string!(locale, terms.column_discount)),
        Column::text(td_string!(locale, terms.column_refused)),
    ];
    view! {
        <p>{td_string!(locale, terms.partner_count, count = count)}</p>
        <DataTable caption=td_string!(locale, terms.partners_title) columns>{rows}</DataTable>
        {first}
    }
    .into_any()
}

fn partner_row(locale: Locale, effect: &PartnerEffect) -> AnyView {
    let model = |model: Option<domain::model::Model>| match model {
        Some(model) => format::model(locale, model),
        None => td_string!(locale, terms.nothing),
    };
    let days: Vec<_> = effect
        .days
        .iter()
        .map(|days| {
            let text = td_string!(
                locale,
                terms.days,
                from = format::date_short(locale, days.from),
                after = model(days.proposed),
                before = model(days.accepted)
            );
            view! { <li>{text}</li> }
        })
        .collect();
    let level =
        if days.is_empty() { view! { {td_string!(locale, terms.same_level)} }.into_any() } else { view! { <ul>{days}</ul> }.into_any() };
    let refused = refused_words(locale, effect.refused);
    let pair = |before: Money, after: Money| format!("{} → {}", format::money(locale, before), format::money(locale, after));
    view! {
        <tr>
            <td class="data-table__main"><a href=paths::staff_partner(effect.id)>{effect.name.clone()}</a></td>
            <td>{level}</td>
            <td class="money">{pair(effect.accrued_before, effect.accrued_after)}</td>
            <td class="money">{pair(effect.discount_before, effect.discount_after)}</td>
            <td>{if refused.is_empty() { td_string!(locale, terms.nothing).to_owned() } else { refused.join("; ") }}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::terms::onset::Onset;

    use super::*;

    #[test]
    fn what_a_trial_does_not_try_is_named_and_nobody_means_only_what_it_tries() {
        let trial = TermsTrial {
            changed: vec![("cloudovka_grace_months".to_owned(), "6".to_owned(), "7".to_owned())],
            not_tried: vec!["cloudovka_grace_months".to_owned(), "comarketing_minimum_share".to_owned()],
            onset: Onset::default(),
            first: "2026-01".parse().ok(),
            last: "2026-08".parse().ok(),
            partners: Vec::new(),
            partner_count: 0,
            rules: BTreeMap::new(),
            discounts: (Money::ZERO, Money::ZERO),
            refused: Refused::default(),
        };
        let html = Owner::new().with(|| trial_view(Locale::ru, &trial, &[]).to_html());
        assert!(
            html.contains(
                "Расчёт не проверяет: Cloudовка бесплатна после перехода на Basic, месяцев; Доля партнёра в ко-маркетинге не меньше, %."
            ),
            "{html}"
        );
        assert!(html.contains("Заново посчитаны уровни, вознаграждения, скидки, рибейты и бонусы, и заново проверено"), "{html}");
        assert!(html.contains("У всех партнёров всё осталось бы таким же."), "{html}");
        let tried = TermsTrial { not_tried: Vec::new(), ..trial };
        assert!(!Owner::new().with(|| trial_view(Locale::ru, &tried, &[]).to_html()).contains("не проверяет"));
    }
}
