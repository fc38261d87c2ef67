//! Parameters of the terms in words.

use domain::model::Model;
use domain::privilege::Privilege;
use domain::service::ServiceCode;
use domain::terms::parameters::{privilege_name, service_rate_name};
use service::terms::CatalogueService;

use crate::components::verdict::privilege_name as privilege_words;
use crate::format;
use crate::i18n::{Locale, td_string};

/// The name of a number; one of another version of the portal keeps its own.
pub(super) fn number_text(locale: Locale, name: &str) -> String {
    let text = match name {
        "minimum_monthly_revenue" => td_string!(locale, terms.parameter.minimum_monthly_revenue),
        "first_window_months" => td_string!(locale, terms.parameter.first_window_months),
        "return_window_months" => td_string!(locale, terms.parameter.return_window_months),
        "rates.referral" => td_string!(locale, terms.parameter.rates_referral),
        "rates.reseller" => td_string!(locale, terms.parameter.rates_reseller),
        "rates.agent" => td_string!(locale, terms.parameter.rates_agent),
        "rates.white_label" => td_string!(locale, terms.parameter.rates_white_label),
        "codes_per_quarter" => td_string!(locale, terms.parameter.codes_per_quarter),
        "codes_value_per_quarter" => td_string!(locale, terms.parameter.codes_value_per_quarter),
        "codes_per_request" => td_string!(locale, terms.parameter.codes_per_request),
        "code_minimum_face" => td_string!(locale, terms.parameter.code_minimum_face),
        "free_months_per_client" => td_string!(locale, terms.parameter.free_months_per_client),
        "free_month_gap" => td_string!(locale, terms.parameter.free_month_gap),
        "free_month_horizon" => td_string!(locale, terms.parameter.free_month_horizon),
        "rebate_kvm" => td_string!(locale, terms.parameter.rebate_kvm),
        "rebate_mont_office" => td_string!(locale, terms.parameter.rebate_mont_office),
        "rebate_growth" => td_string!(locale, terms.parameter.rebate_growth),
        "case_bonus" => td_string!(locale, terms.parameter.case_bonus),
        "comment_bonus_minimum" => td_string!(locale, terms.parameter.comment_bonus_minimum),
        "comment_bonus_maximum" => td_string!(locale, terms.parameter.comment_bonus_maximum),
        "trial_days_basic" => td_string!(locale, terms.parameter.trial_days_basic),
        "cloudovka_grace_months" => td_string!(locale, terms.parameter.cloudovka_grace_months),
        "comarketing_minimum_share" => td_string!(locale, terms.parameter.comarketing_minimum_share),
        other => other,
    };
    text.to_owned()
}

/// The name of a service.
pub(super) fn service_text(locale: Locale, service: &CatalogueService) -> String {
    match locale {
        Locale::ru => service.name_ru.clone(),
        Locale::en => service.name_en.clone(),
    }
}

/// What a cell of a table is about, for who can't see the table.
pub(super) fn cell_text(locale: Locale, row: &str, model: Model) -> String {
    td_string!(locale, terms.cell, row = row.to_owned(), model = format::model(locale, model))
}

/// The name of any control of the form.
pub(super) fn control_text(locale: Locale, name: &str, services: &[CatalogueService]) -> String {
    if name.starts_with("privileges.") {
        let cells = Privilege::ALL.into_iter().flat_map(|privilege| Model::ALL.map(|model| (privilege, model)));
        let found = cells.into_iter().find(|(privilege, model)| privilege_name(*privilege, *model) == name);
        return found.map_or_else(|| name.to_owned(), |(privilege, model)| cell_text(locale, privilege_words(locale, privilege), model));
    }
    if name.starts_with("service_rates.") {
        let cells = services.iter().flat_map(|service| Model::ALL.map(|model| (service, model)));
        let named = |service: &CatalogueService, model| {
            service.code.parse::<ServiceCode>().is_ok_and(|code| service_rate_name(&code, model) == name)
        };
        let found = cells.into_iter().find(|(service, model)| named(service, *model));
        return found.map_or_else(|| name.to_owned(), |(service, model)| cell_text(locale, &service_text(locale, service), model));
    }
    number_text(locale, name)
}
