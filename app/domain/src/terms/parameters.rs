//! The parameters of the terms by their names in section 11 of the programme: what a form of new terms shows and reads (`TERM-1`).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Terms;
use crate::form::{self, FieldProblem};
use crate::model::Model;
use crate::money::Money;
use crate::privilege::Privilege;
use crate::rebate::RebateKind;
use crate::service::ServiceCode;

/// How a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// RUB with kopecks.
    Money,
    /// Whole RUB.
    Roubles,
    /// Months.
    Months,
    /// Days.
    Days,
    /// Something counted.
    Count,
    /// A share, typed in per cent: 27 is 0.27.
    Share,
}

/// A number among the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub kind: ParameterKind,
    get: fn(&Terms) -> Decimal,
    set: fn(&mut Terms, Decimal),
}

macro_rules! parameters {
    ($($name:literal $kind:ident $($field:ident).+),+ $(,)?) => {
        /// Every number, in the order of the programme's list.
        pub const NUMBERS: &[Parameter] = &[$(
            Parameter {
                name: $name,
                kind: ParameterKind::$kind,
                get: |terms| parameters!(@get $kind terms.$($field).+),
                set: |terms, value| parameters!(@set $kind terms.$($field).+, value),
            }
        ),+];
    };
    (@get Money $place:expr) => { $place.decimal() };
    (@get Share $place:expr) => { $place };
    (@get $kind:ident $place:expr) => { Decimal::from($place) };
    (@set Money $place:expr, $value:ident) => { $place = Money::rounded($value) };
    (@set Share $place:expr, $value:ident) => { $place = $value };
    // A form reads whole numbers within these types; what does not fit is left as it was and found by `validate`.
    (@set Roubles $place:expr, $value:ident) => { if let Some(value) = $value.to_i64() { $place = value } };
    (@set $kind:ident $place:expr, $value:ident) => { if let Some(value) = $value.to_u32() { $place = value } };
}

parameters! {
    "minimum_monthly_revenue" Money minimum_monthly_revenue,
    "first_window_months" Months first_window_months,
    "return_window_months" Months return_window_months,
    "rates.referral" Share rates.referral,
    "rates.reseller" Share rates.reseller,
    "rates.agent" Share rates.agent,
    "rates.white_label" Share rates.white_label,
    "codes_per_quarter" Count codes_per_quarter,
    "codes_value_per_quarter" Roubles codes_value_per_quarter,
    "codes_per_request" Count codes_per_request,
    "code_minimum_face" Roubles code_minimum_face,
    "free_months_per_client" Count free_months_per_client,
    "free_month_gap" Months free_month_gap,
    "free_month_horizon" Months free_month_horizon,
    "rebate_kvm" Share rebate_kvm,
    "rebate_mont_office" Share rebate_mont_office,
    "rebate_growth" Share rebate_growth,
    "case_bonus" Money case_bonus,
    "comment_bonus_minimum" Money comment_bonus_minimum,
    "comment_bonus_maximum" Money comment_bonus_maximum,
    "trial_days_basic" Days trial_days_basic,
    "cloudovka_grace_months" Months cloudovka_grace_months,
    "comarketing_minimum_share" Share comarketing_minimum_share,
}

impl Parameter {
    /// The text of its value as a form shows it: `30000.00`, `6`, `27`.
    pub fn text(&self, terms: &Terms) -> String {
        let value = (self.get)(terms);
        match self.kind {
            ParameterKind::Share => percent_text(value),
            ParameterKind::Money => format!("{value:.2}"),
            _ => value.to_string(),
        }
    }
}

/// The control of a cell of the privilege table.
pub fn privilege_name(privilege: Privilege, model: Model) -> String {
    format!("privileges.{privilege}.{model}")
}

/// The name of the share of a rebate.
pub fn rebate_name(kind: RebateKind) -> &'static str {
    match kind {
        RebateKind::Kvm => "rebate_kvm",
        RebateKind::MontOffice => "rebate_mont_office",
        RebateKind::Growth => "rebate_growth",
    }
}

/// Whether a parameter is one of those that a month takes from the terms of its first day (`RATE-3`).
pub fn is_of_a_month(name: &str) -> bool {
    let of_a_rebate = |privilege: Privilege| Model::ALL.into_iter().any(|model| privilege_name(privilege, model) == name);
    name.starts_with("rates.")
        || name.starts_with("service_rates.")
        || RebateKind::ALL.map(RebateKind::privilege).into_iter().any(of_a_rebate)
}

/// The control of a rate of another service (`RATE-1`).
pub fn service_rate_name(service: &ServiceCode, model: Model) -> String {
    format!("service_rates.{service}.{model}")
}

fn percent_text(share: Decimal) -> String {
    (share * Decimal::ONE_HUNDRED).normalize().to_string()
}

/// The terms as the values of a form. `services` are those of the catalogue; main services have the rates of models.
pub fn write(terms: &Terms, services: &[ServiceCode]) -> BTreeMap<String, String> {
    let numbers = NUMBERS.iter().map(|parameter| (parameter.name.to_owned(), parameter.text(terms)));
    let privileges = Privilege::ALL.into_iter().flat_map(|privilege| Model::ALL.map(|model| (privilege, model)));
    let privileges = privileges
        .filter(|(privilege, model)| crate::privilege::has(terms, *model, *privilege))
        .map(|(privilege, model)| (privilege_name(privilege, model), "true".to_owned()));
    let rates = services.iter().filter(|service| !service.is_main()).flat_map(|service| {
        Model::ALL.map(|model| {
            let rate = terms.service_rates.get(service).and_then(|rates| rates.get(&model)).copied().unwrap_or_default();
            (service_rate_name(service, model), percent_text(rate))
        })
    });
    numbers.chain(privileges).chain(rates).collect()
}

/// Reads terms from the values of a form, or every problem by its control.
pub fn read(values: &BTreeMap<String, String>, services: &[ServiceCode]) -> Result<Terms, BTreeMap<String, FieldProblem>> {
    let mut terms = Terms::default();
    let mut problems = BTreeMap::new();
    let text = |name: &str| values.get(name).map(String::as_str).unwrap_or_default();
    for parameter in NUMBERS {
        let read = match parameter.kind {
            ParameterKind::Money => form::amount(text(parameter.name)).map(Money::decimal),
            ParameterKind::Share => share(text(parameter.name)),
            _ => form::whole_roubles(text(parameter.name)).map(Decimal::from),
        };
        match read {
            Ok(value) => (parameter.set)(&mut terms, value),
            Err(problem) => drop(problems.insert(parameter.name.to_owned(), problem)),
        }
    }
    terms.privileges = Privilege::ALL
        .into_iter()
        .map(|privilege| {
            let has = |model: &Model| values.get(&privilege_name(privilege, *model)).is_some_and(|value| value == "true");
            (privilege, Model::ALL.into_iter().filter(has).collect())
        })
        .collect();
    for service in services.iter().filter(|service| !service.is_main()) {
        for model in Model::ALL {
            let name = service_rate_name(service, model);
            match values.get(&name).map_or(Ok(Decimal::ZERO), |value| share(value)) {
                Ok(rate) if rate.is_zero() => {}
                Ok(rate) => drop(terms.service_rates.entry(service.clone()).or_default().insert(model, rate)),
                Err(problem) => drop(problems.insert(name, problem)),
            }
        }
    }
    if problems.is_empty()
        && let Err(error) = terms.validate()
    {
        let control = NUMBERS.iter().map(|parameter| parameter.name).find(|name| name.starts_with(error.parameter));
        problems.insert(control.unwrap_or(error.parameter).to_owned(), FieldProblem::UnknownChoice);
    }
    if problems.is_empty() { Ok(terms) } else { Err(problems) }
}

/// Per cent as people type it, `27` or `12,5`: at most four digits after the comma.
fn share(text: &str) -> Result<Decimal, FieldProblem> {
    let plain: String = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
    if plain.is_empty() {
        return Err(FieldProblem::Required);
    }
    let value = Decimal::from_str_exact(&plain).map_err(|_| FieldProblem::NotANumber)?;
    if value.scale() > 4 {
        return Err(FieldProblem::TooFine);
    }
    if value.is_sign_negative() && !value.is_zero() {
        return Err(FieldProblem::TooSmall { minimum: 0 });
    }
    if value > Decimal::ONE_HUNDRED {
        return Err(FieldProblem::TooLarge { maximum: 100 });
    }
    Ok((value / Decimal::ONE_HUNDRED).normalize())
}

/// What is another in `new`: the control, the text before and the text after.
pub fn differences(old: &Terms, new: &Terms, services: &[ServiceCode]) -> Vec<(String, String, String)> {
    let (before, after) = (write(old, services), write(new, services));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |values: &BTreeMap<String, String>, name: &String| values.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| (name.clone(), text(&before, name), text(&after, name)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services() -> Vec<ServiceCode> {
        ["kvm", "backup", "mont_office"].iter().map(|code| code.parse().unwrap()).collect()
    }

    #[test]
    fn what_a_form_shows_it_reads_back() {
        let mut terms =
            Terms { rebate_growth: Decimal::new(333, 3), minimum_monthly_revenue: Money::kopecks(1_200_050), ..Terms::default() };
        terms.service_rates.entry("backup".parse().unwrap()).or_default().insert(Model::Agent, Decimal::new(125, 4));
        terms.privileges.entry(Privilege::Branding).or_default().insert(Model::Reseller);
        assert_eq!(read(&write(&terms, &services()), &services()), Ok(terms.clone()));
        let names: Vec<String> = differences(&Terms::default(), &terms, &services()).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["minimum_monthly_revenue", "privileges.branding.reseller", "rebate_growth", "service_rates.backup.agent"]);
        let shown = write(&terms, &services());
        assert_eq!((shown["rebate_growth"].as_str(), shown["service_rates.backup.agent"].as_str()), ("33.3", "1.25"));
    }

    #[test]
    fn every_number_of_the_terms_is_a_parameter_of_the_form() {
        let json = serde_json::to_value(Terms::default()).unwrap();
        let named = |name: &str| NUMBERS.iter().any(|parameter| parameter.name == name);
        for (name, value) in json.as_object().unwrap() {
            match name.as_str() {
                "privileges" | "service_rates" => {}
                "rates" => assert!(value.as_object().unwrap().keys().all(|model| named(&format!("rates.{model}")))),
                _ => assert!(named(name), "{name}"),
            }
        }
    }

    #[test]
    fn what_can_not_be_read_is_named_by_its_control_all_at_once() {
        let mut values = write(&Terms::default(), &services());
        values.insert("rates.agent".to_owned(), "120".to_owned());
        values.insert("codes_per_quarter".to_owned(), "ten".to_owned());
        values.insert("service_rates.backup.agent".to_owned(), "1,23456".to_owned());
        let problems = read(&values, &services()).unwrap_err();
        assert_eq!(problems["rates.agent"], FieldProblem::TooLarge { maximum: 100 });
        assert_eq!(problems["codes_per_quarter"], FieldProblem::NotANumber);
        assert_eq!(problems["service_rates.backup.agent"], FieldProblem::TooFine);
        let mut senseless = write(&Terms::default(), &services());
        senseless.insert("first_window_months".to_owned(), "0".to_owned());
        assert_eq!(read(&senseless, &services()).unwrap_err().keys().collect::<Vec<_>>(), ["first_window_months"]);
    }
}
