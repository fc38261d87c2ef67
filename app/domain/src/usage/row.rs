//! One row.

use std::collections::HashMap;

use super::amount::amount;
use super::columns::{Column, Columns};
use super::problem::{RowProblem, excerpt};
use crate::calendar::{BusinessDate, Month};
use crate::inn::Inn;
use crate::money::Money;
use crate::service::ServiceCode;

/// Characters of a client's name or a resource's.
const LONGEST_NAME: usize = 200;

/// A partner that a file may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPartner {
    /// Its code.
    pub code: String,
    /// Its INN.
    pub inn: String,
    /// The day of its contract.
    pub contract_date: BusinessDate,
}

/// What rows are held against.
#[derive(Clone, Debug)]
pub struct Reference {
    partners: HashMap<String, KnownPartner>,
    services: HashMap<String, ServiceCode>,
    current_month: Month,
    closed_through: Option<Month>,
    is_correction: bool,
}

impl Reference {
    /// Partners by code and INN; services by code and by the names that come with it. `is_correction`
    /// allows rows of months through `closed_through` (`USE-4`).
    pub fn new(
        partners: impl IntoIterator<Item = KnownPartner>,
        services: impl IntoIterator<Item = (ServiceCode, Vec<String>)>,
        today: BusinessDate,
        closed_through: Option<Month>,
        is_correction: bool,
    ) -> Self {
        let mut by_name = HashMap::new();
        for partner in partners {
            by_name.insert(partner.inn.clone(), partner.clone());
            by_name.insert(partner.code.clone(), partner);
        }
        let mut codes = HashMap::new();
        for (code, names) in services {
            for name in names {
                codes.insert(name.to_lowercase(), code.clone());
            }
            codes.insert(code.as_str().to_owned(), code);
        }
        Self { partners: by_name, services: codes, current_month: today.month(), closed_through, is_correction }
    }

    fn partner(&self, text: &str) -> Option<&KnownPartner> {
        self.partners.get(text).or_else(|| self.partners.get(&text.to_uppercase()))
    }

    fn service(&self, text: &str) -> Option<&ServiceCode> {
        self.services.get(text).or_else(|| self.services.get(&text.to_lowercase()))
    }
}

/// A good row (`USE-1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow<'a> {
    /// Code of the partner, whether the file names it by code or INN.
    pub partner: &'a str,
    /// INN of the client.
    pub client_inn: Inn,
    /// Name of the client.
    pub client_name: &'a str,
    /// The service.
    pub service: &'a ServiceCode,
    /// Name of the resource.
    pub resource: &'a str,
    /// The month.
    pub month: Month,
    /// The amount before any discount, RUB, never negative.
    pub gross: Money,
}

impl Columns {
    /// Reads a row, or says everything that is wrong with it.
    pub fn read<'a>(&self, fields: &[&'a str], reference: &'a Reference) -> Result<UsageRow<'a>, Vec<RowProblem>> {
        if fields.len() != self.width {
            return Err(vec![RowProblem::WrongFieldCount { expected: self.width, found: fields.len() }]);
        }
        let mut problems = Vec::new();
        let mut field = |column: Column| {
            let text = fields[self.places[column.index()]].trim();
            if text.is_empty() {
                problems.push(RowProblem::Empty { column });
                return None;
            }
            Some(text)
        };
        let partner_text = field(Column::Partner);
        let inn_text = field(Column::ClientInn);
        let client_name = field(Column::ClientName);
        let service_text = field(Column::Service);
        let resource = field(Column::Resource);
        let month_text = field(Column::Month);
        let gross_text = field(Column::Gross);

        for (column, text) in [(Column::ClientName, client_name), (Column::Resource, resource)] {
            let Some(text) = text else { continue };
            if text.len() > LONGEST_NAME {
                let length = text.chars().count();
                if length > LONGEST_NAME {
                    problems.push(RowProblem::TooLong { column, length, limit: LONGEST_NAME });
                }
            }
            if text.chars().any(char::is_control) {
                problems.push(RowProblem::ControlCharacter { column });
            }
        }
        let partner = partner_text.and_then(|text| {
            let known = reference.partner(text);
            if known.is_none() {
                problems.push(RowProblem::UnknownPartner { partner: excerpt(text) });
            }
            known
        });
        let client_inn = inn_text.and_then(|text| match text.parse::<Inn>() {
            Ok(inn) => Some(inn),
            Err(reason) => {
                problems.push(RowProblem::ClientInn { inn: excerpt(text), reason });
                None
            }
        });
        let service = service_text.and_then(|text| {
            let known = reference.service(text);
            if known.is_none() {
                problems.push(RowProblem::UnknownService { service: excerpt(text) });
            }
            known
        });
        let month = month_text.and_then(|text| {
            let month = month(text);
            match month {
                None => problems.push(RowProblem::MalformedMonth { text: excerpt(text) }),
                Some(month) => problems.extend(month_problem(month, partner, reference)),
            }
            month
        });
        let gross = gross_text.and_then(|text| match amount(text) {
            Ok(gross) => {
                if gross.is_negative() {
                    problems.push(RowProblem::NegativeAmount { gross });
                }
                Some(gross)
            }
            Err(reason) => {
                problems.push(RowProblem::MalformedAmount { text: excerpt(text), reason });
                None
            }
        });
        match (partner, client_inn, client_name, service, resource, month, gross) {
            (Some(partner), Some(client_inn), Some(client_name), Some(service), Some(resource), Some(month), Some(gross))
                if problems.is_empty() =>
            {
                Ok(UsageRow { partner: &partner.code, client_inn, client_name, service, resource, month, gross })
            }
            _ => Err(problems),
        }
    }
}

/// Why a row of a month can't be taken.
fn month_problem(month: Month, partner: Option<&KnownPartner>, reference: &Reference) -> Option<RowProblem> {
    if month > reference.current_month {
        return Some(RowProblem::MonthInFuture { month, latest: reference.current_month });
    }
    if let Some(partner) = partner.filter(|partner| month < partner.contract_date.month()) {
        return Some(RowProblem::MonthBeforeContract { month, contract_date: partner.contract_date });
    }
    match reference.closed_through {
        Some(closed_through) if month <= closed_through && !reference.is_correction => {
            Some(RowProblem::MonthClosed { month, closed_through })
        }
        _ => None,
    }
}

/// Reads `2026-10`, `10.2026` or `01.10.2026`.
fn month(text: &str) -> Option<Month> {
    if let Ok(month) = text.parse() {
        return Some(month);
    }
    let (number, year) = text.strip_prefix("01.").filter(|rest| rest.len() == 7).unwrap_or(text).split_once('.')?;
    format!("{year}-{number}").parse().ok()
}
