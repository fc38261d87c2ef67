//! What is wrong with a row of a billing file, in words.

use domain::inn::InnError;
use domain::usage::{AmountProblem, Column, RowProblem};

use crate::format;
use crate::i18n::{Locale, td_string};

fn column_name(locale: Locale, column: Column) -> &'static str {
    match column {
        Column::Partner => td_string!(locale, usage.columns.partner),
        Column::ClientInn => td_string!(locale, usage.columns.client_inn),
        Column::ClientName => td_string!(locale, usage.columns.client_name),
        Column::Service => td_string!(locale, usage.columns.service),
        Column::Resource => td_string!(locale, usage.columns.resource),
        Column::Month => td_string!(locale, usage.columns.month),
        Column::Gross => td_string!(locale, usage.columns.gross),
    }
}

/// One problem in one sentence.
pub(super) fn problem_text(locale: Locale, problem: &RowProblem) -> String {
    let month = |month| format::sentence_start(format::month(locale, month));
    match problem {
        RowProblem::UnknownPartner { partner } => td_string!(locale, usage.problem.unknown_partner, value = partner.clone()),
        RowProblem::UnknownService { service } => td_string!(locale, usage.problem.unknown_service, value = service.clone()),
        RowProblem::ClientInn { inn, reason: InnError::Shape } => td_string!(locale, usage.problem.client_inn_shape, value = inn.clone()),
        RowProblem::ClientInn { inn, reason: InnError::Checksum } => {
            td_string!(locale, usage.problem.client_inn_checksum, value = inn.clone())
        }
        RowProblem::NegativeAmount { gross } => td_string!(locale, usage.problem.negative, value = format::money(locale, *gross)),
        RowProblem::MalformedAmount { text, reason } => match reason {
            AmountProblem::NotANumber => td_string!(locale, usage.problem.malformed_amount, value = text.clone()),
            AmountProblem::TooFine => td_string!(locale, usage.problem.too_fine, value = text.clone()),
            AmountProblem::TooLarge => td_string!(locale, usage.problem.too_large, value = text.clone()),
        },
        RowProblem::MalformedMonth { text } => td_string!(locale, usage.problem.malformed_month, value = text.clone()),
        RowProblem::MonthInFuture { month: named, .. } => td_string!(locale, usage.problem.month_in_future, month = month(*named)),
        RowProblem::MonthBeforeContract { month: named, contract_date } => {
            let date = format::date_long(locale, *contract_date);
            td_string!(locale, usage.problem.month_before_contract, month = month(*named), date = date)
        }
        RowProblem::MonthClosed { month: named, .. } => td_string!(locale, usage.problem.month_closed, month = month(*named)),
        RowProblem::DuplicateKey { first_line } => td_string!(locale, usage.problem.duplicate, line = *first_line),
        RowProblem::MissingColumn { column } => {
            td_string!(locale, usage.problem.missing_column, column = column_name(locale, *column))
        }
        RowProblem::RepeatedColumn { column } => {
            td_string!(locale, usage.problem.repeated_column, column = column_name(locale, *column))
        }
        RowProblem::WrongFieldCount { expected, found } => {
            td_string!(locale, usage.problem.field_count, expected = *expected, found = *found)
        }
        RowProblem::Empty { column } => td_string!(locale, usage.problem.empty, column = column_name(locale, *column)),
        RowProblem::TooLong { column, limit, .. } => {
            td_string!(locale, usage.problem.too_long, column = column_name(locale, *column), limit = *limit)
        }
        RowProblem::ControlCharacter { column } => td_string!(locale, usage.problem.control, column = column_name(locale, *column)),
        RowProblem::NotUtf8 => td_string!(locale, usage.problem.not_utf8).to_owned(),
        RowProblem::NoRows => td_string!(locale, usage.problem.no_rows).to_owned(),
    }
}
