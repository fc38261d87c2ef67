//! Reading what people type, the same in the browser and on the server. Problems are codes; the page has the words.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::bank_account::{AccountNumber, BankLineError, Bik, Kpp, NAME_LENGTH, bank_line};
use crate::calendar::{BusinessDate, Month};
use crate::custom_host::HostProblem;
use crate::inn::{Inn, InnError};
use crate::money::{Money, MoneyError};

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum FieldProblem {
    /// Nothing was entered.
    #[error("required")]
    Required,
    /// Not a number.
    #[error("not a number")]
    NotANumber,
    /// Kopecks where only whole roubles go.
    #[error("not a whole number")]
    NotWhole,
    /// More than two digits after the comma.
    #[error("finer than a kopeck")]
    TooFine,
    /// Less than the least.
    #[error("less than {minimum}")]
    TooSmall {
        /// The least.
        minimum: i64,
    },
    /// More than the largest.
    #[error("more than {maximum}")]
    TooLarge {
        /// The largest.
        maximum: i64,
    },
    /// Not a date.
    #[error("not a date")]
    NotADate,
    /// A day that is not to come.
    #[error("not in the future")]
    NotInFuture,
    /// Not a month.
    #[error("not a month")]
    NotAMonth,
    /// Not 10 or 12 digits.
    #[error("not the digits of an INN")]
    InnShape,
    /// The check digits of the INN do not fit.
    #[error("the check digits of the INN do not fit")]
    InnChecksum,
    /// Not 9 digits.
    #[error("not the digits of a BIK")]
    BikShape,
    /// Not 20 digits.
    #[error("not the digits of an account")]
    AccountShape,
    /// The key of the account does not fit the bank.
    #[error("the account does not belong to the bank")]
    AccountKey,
    /// Not the 9 characters of a KPP.
    #[error("not the digits of a KPP")]
    KppShape,
    /// Too few characters.
    #[error("shorter than {minimum} characters")]
    TooShort {
        /// The least number of characters.
        minimum: u32,
    },
    /// Too many characters.
    #[error("longer than {maximum} characters")]
    TooLong {
        /// The largest number of characters.
        maximum: u32,
    },
    /// A character that a bank's file can't carry.
    #[error("no bank's file carries {character:?}")]
    NotForBank {
        /// The first such character.
        character: char,
    },
    /// None of the values on offer.
    #[error("unknown choice")]
    UnknownChoice,
    /// Not a time of day.
    #[error("not a time")]
    NotATime,
    /// A day to come where it has to have come.
    #[error("in the future")]
    InFuture,
    /// Not an `https` address of a page on a public host.
    #[error("not a public https address")]
    NotALink,
    /// An address of another channel than the one chosen.
    #[error("an address of another channel")]
    OtherChannel,
    /// A post of a private channel, or no post: not everybody can open it.
    #[error("not a public post")]
    NotAPublicPost,
    /// The page is recorded already, for this publication or another one.
    #[error("recorded already")]
    LinkKnown,
    /// The consent is missing.
    #[error("not agreed to")]
    ConsentMissing,
    /// Not a colour like `#1a4fa0`.
    #[error("not a colour")]
    NotAColour,
    /// Not a host name.
    #[error("not a host name: {host}")]
    NotAHost {
        /// What is wrong with it.
        host: HostProblem,
    },
    /// Not an e-mail address.
    #[error("not an e-mail address")]
    NotAnEmail,
    /// Not a telephone number.
    #[error("not a telephone number")]
    NotAPhone,
    /// A character that can't stand here: invisible ones, line ends, or one that would end the text around it.
    #[error("{character:?} can't stand here")]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
    },
}

/// The largest number of roubles that a form takes: what the portal keeps, less than a trillion.
const MOST_ROUBLES: i64 = 999_999_999_999;

/// Whole roubles: `1500`, `1 500`, `1 500 ₽`. Kopecks are refused, even none (`,00`). A minus is read, so that the rule can name the value.
pub fn whole_roubles(text: &str) -> Result<i64, FieldProblem> {
    let number = number(text)?;
    if number.fraction.is_some() {
        return Err(FieldProblem::NotWhole);
    }
    let roubles: i64 = number.integer.parse().map_err(|_| FieldProblem::TooLarge { maximum: MOST_ROUBLES })?;
    if roubles > MOST_ROUBLES {
        return Err(FieldProblem::TooLarge { maximum: MOST_ROUBLES });
    }
    Ok(if number.negative { -roubles } else { roubles })
}

/// An amount with kopecks, with a decimal comma or point: `1 234,50`, `1234.5`.
pub fn amount(text: &str) -> Result<Money, FieldProblem> {
    let number = number(text)?;
    let sign = if number.negative { "-" } else { "" };
    let fraction = number.fraction.unwrap_or("0");
    // Zeros beyond the kopeck say nothing.
    let kopecks = fraction.trim_end_matches('0');
    let plain = format!("{sign}{}.{}", number.integer, if kopecks.is_empty() { "0" } else { kopecks });
    plain.parse().map_err(|error| match error {
        MoneyError::NotANumber => FieldProblem::NotANumber,
        MoneyError::TooFine => FieldProblem::TooFine,
        MoneyError::TooLarge => FieldProblem::TooLarge { maximum: MOST_ROUBLES },
    })
}

/// A taxpayer number; spaces are dropped.
pub fn inn(text: &str) -> Result<Inn, FieldProblem> {
    without_spaces(text)?.parse().map_err(|error| match error {
        InnError::Shape => FieldProblem::InnShape,
        InnError::Checksum => FieldProblem::InnChecksum,
    })
}

/// The identifier of a bank; spaces are dropped.
pub fn bik(text: &str) -> Result<Bik, FieldProblem> {
    without_spaces(text)?.parse().map_err(|_| FieldProblem::BikShape)
}

/// The number of an account; spaces are dropped.
pub fn account_number(text: &str) -> Result<AccountNumber, FieldProblem> {
    without_spaces(text)?.parse().map_err(|_| FieldProblem::AccountShape)
}

/// The reason code of a company, which sole proprietors don't have; spaces are dropped.
pub fn optional_kpp(text: &str) -> Result<Option<Kpp>, FieldProblem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    without_spaces(text)?.parse().map(Some).map_err(|_| FieldProblem::KppShape)
}

/// A date: `2026-10-01` or `01.10.2026`, of this century or the one around it.
pub fn date(text: &str) -> Result<BusinessDate, FieldProblem> {
    let text = required(text)?;
    let date = match numbers(text, '.').as_deref() {
        Some(&[day, month, year]) => BusinessDate::from_ymd(i32::try_from(year).unwrap_or(0), month, day),
        _ => text.parse().ok(),
    };
    date.filter(|date| is_plausible(date.month())).ok_or(FieldProblem::NotADate)
}

/// A time of day as controls and people write it: `09:30`, `9:30`; hour and minute.
pub fn time_of_day(text: &str) -> Result<(u32, u32), FieldProblem> {
    match numbers(required(text)?, ':').as_deref() {
        Some(&[hour @ 0..24, minute @ 0..60]) => Ok((hour, minute)),
        _ => Err(FieldProblem::NotATime),
    }
}

/// A month: `2026-10` or `10.2026`.
pub fn month(text: &str) -> Result<Month, FieldProblem> {
    let text = required(text)?;
    let month = match numbers(text, '.').as_deref() {
        Some(&[month, year]) => Month::new(i32::try_from(year).unwrap_or(0), month),
        _ => text.parse().ok(),
    };
    month.filter(|month| is_plausible(*month)).ok_or(FieldProblem::NotAMonth)
}

/// A text of `minimum..=maximum` characters, spaces around it and control characters but line ends dropped.
pub fn text(text: &str, minimum: u32, maximum: u32) -> Result<String, FieldProblem> {
    // The database takes no NUL, and no person types one.
    let text: String = text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
    let text = if minimum == 0 { text.trim() } else { required(&text)? };
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if length < minimum {
        return Err(FieldProblem::TooShort { minimum });
    }
    if length > maximum {
        return Err(FieldProblem::TooLong { maximum });
    }
    Ok(text.to_owned())
}

/// A name that a bank's file can carry: of the bank, or of who pays.
pub fn bank_name(entered: &str) -> Result<String, FieldProblem> {
    let maximum = u32::try_from(NAME_LENGTH).unwrap_or(u32::MAX);
    bank_line(&text(entered, 1, maximum)?, NAME_LENGTH).map_err(|error| match error {
        BankLineError::Empty => FieldProblem::Required,
        BankLineError::Unencodable { character } => FieldProblem::NotForBank { character },
        BankLineError::TooLong { .. } => FieldProblem::TooLong { maximum },
    })
}

/// A text that may be left out: `None` where there are only spaces.
pub fn optional_text(entered: &str, maximum: u32) -> Result<Option<String>, FieldProblem> {
    text(entered, 0, maximum).map(|text| Some(text).filter(|text| !text.is_empty()))
}

/// One of the values on offer, by its stable text.
pub fn choice<Choice: FromStr>(text: &str) -> Result<Choice, FieldProblem> {
    required(text)?.parse().map_err(|_| FieldProblem::UnknownChoice)
}

/// The text without spaces around it, if there is any.
pub(crate) fn required(text: &str) -> Result<&str, FieldProblem> {
    let text = text.trim();
    if text.is_empty() { Err(FieldProblem::Required) } else { Ok(text) }
}

/// A number that people write in groups, if there is any.
fn without_spaces(text: &str) -> Result<String, FieldProblem> {
    Ok(required(text)?.chars().filter(|letter| !is_space(*letter)).collect())
}

/// Whether the month is one that a person could mean, and not a slip like the year 0206.
fn is_plausible(month: Month) -> bool {
    (1990..=2199).contains(&month.year())
}

/// Spaces that separate thousands: the plain, the no-break, the thin and the figure ones.
fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}')
}

/// The parts of a text between separators as numbers of one to four digits.
fn numbers(text: &str, separator: char) -> Option<Vec<u32>> {
    text.split(separator)
        .map(|part| {
            let fits = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| part.parse().ok()).flatten()
        })
        .collect()
}

/// A number as it was typed: digits only, thousands joined.
struct Number<'text> {
    negative: bool,
    integer: String,
    fraction: Option<&'text str>,
}

fn number(text: &str) -> Result<Number<'_>, FieldProblem> {
    let text = required(text)?;
    let text = text.strip_suffix('₽').unwrap_or(text).trim_end();
    let unsigned = text.strip_prefix(['-', '\u{2212}']);
    let (whole, fraction) = match unsigned.unwrap_or(text).split_once([',', '.']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned.unwrap_or(text), None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = whole.split(is_space).collect();
    // Thousands come in threes; anything else is more likely two numbers, or a slip.
    let grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    if !grouped || !groups.iter().copied().all(is_digits) || !fraction.is_none_or(is_digits) {
        return Err(FieldProblem::NotANumber);
    }
    Ok(Number { negative: unsigned.is_some(), integer: groups.concat(), fraction })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::RefusalReason;

    #[test]
    fn roubles_are_read_with_the_spaces_people_type() {
        for text in ["1500", " 1 500 ", "1\u{a0}500", "1\u{202f}500 ₽", "1500₽", "0001500"] {
            assert_eq!(whole_roubles(text), Ok(1500), "{text}");
        }
        assert_eq!(whole_roubles("-5"), Ok(-5));
        assert_eq!(whole_roubles("\u{2212}1 000"), Ok(-1000));
        assert_eq!(whole_roubles("999 999 999 999"), Ok(MOST_ROUBLES));
    }

    #[test]
    fn kopecks_and_what_is_no_number_are_told_apart() {
        assert_eq!(whole_roubles(" "), Err(FieldProblem::Required));
        for text in ["1500,50", "1500.00", "1 500,0"] {
            assert_eq!(whole_roubles(text), Err(FieldProblem::NotWhole), "{text}");
        }
        for text in ["abc", "1 50", "1500 2000", "15 00 0", "1,2,3", "1.", ".5", "-", "₽", "1e3", "+1", "١٥", "--1", "1  500"] {
            assert_eq!(whole_roubles(text), Err(FieldProblem::NotANumber), "{text}");
        }
        for text in ["1000000000000", "99999999999999999999999999"] {
            assert_eq!(whole_roubles(text), Err(FieldProblem::TooLarge { maximum: MOST_ROUBLES }), "{text}");
        }
    }

    #[test]
    fn amounts_take_a_comma_or_a_point() {
        for text in ["1234,5", "1234.50", "1 234,50", "1\u{a0}234,500 ₽"] {
            assert_eq!(amount(text), Ok(Money::kopecks(123_450)), "{text}");
        }
        assert_eq!(amount("-0,05"), Ok(Money::kopecks(-5)));
        assert_eq!(amount("7"), Ok(Money::roubles(7)));
        assert_eq!(amount("0,001"), Err(FieldProblem::TooFine));
        assert_eq!(amount("1.234,50"), Err(FieldProblem::NotANumber));
        assert_eq!(amount("1000000000000"), Err(FieldProblem::TooLarge { maximum: MOST_ROUBLES }));
        assert_eq!(amount(&format!("1{}", "0".repeat(60))), Err(FieldProblem::TooLarge { maximum: MOST_ROUBLES }));
    }

    #[test]
    fn dates_are_read_in_both_spellings() {
        let expected: BusinessDate = "2026-10-01".parse().unwrap();
        for text in ["2026-10-01", " 01.10.2026 ", "1.10.2026"] {
            assert_eq!(date(text), Ok(expected), "{text}");
        }
        assert_eq!(date(""), Err(FieldProblem::Required));
        for text in ["2026-02-29", "31.04.2026", "1.10.26", "10/01/2026", "2026-10", "0226-10-01", "1.1.1.2026", "сегодня"] {
            assert_eq!(date(text), Err(FieldProblem::NotADate), "{text}");
        }
    }

    #[test]
    fn months_are_read_in_both_spellings() {
        for text in ["2026-10", "10.2026"] {
            assert_eq!(month(text).map(|month| month.to_string()), Ok("2026-10".into()), "{text}");
        }
        for text in ["2026-13", "0.2026", "2026", "10.26", "2026-10-01"] {
            assert_eq!(month(text), Err(FieldProblem::NotAMonth), "{text}");
        }
    }

    #[test]
    fn an_inn_is_checked_by_shape_and_by_its_digits() {
        assert_eq!(inn(" 7707 083893 ").map(String::from), Ok("7707083893".into()));
        assert_eq!(inn("770708389"), Err(FieldProblem::InnShape));
        assert_eq!(inn("7707083894"), Err(FieldProblem::InnChecksum));
        assert_eq!(inn("\u{a0}"), Err(FieldProblem::Required));
    }

    #[test]
    fn the_numbers_of_an_account_are_read_in_groups() {
        assert_eq!(bik(" 044 525 225 ").map(String::from), Ok("044525225".into()));
        assert_eq!(bik("44525225"), Err(FieldProblem::BikShape));
        assert_eq!(account_number("4070 2810 0000 0001 2345").map(String::from), Ok("40702810000000012345".into()));
        assert_eq!(account_number(""), Err(FieldProblem::Required));
        assert_eq!(account_number("4070281"), Err(FieldProblem::AccountShape));
        assert_eq!(optional_kpp(" "), Ok(None));
        assert_eq!(optional_kpp("7707"), Err(FieldProblem::KppShape));
    }

    #[test]
    fn texts_are_measured_in_characters_without_the_spaces_around() {
        assert_eq!(text(" да ", 2, 3), Ok("да".into()));
        assert_eq!(text("д", 2, 3), Err(FieldProblem::TooShort { minimum: 2 }));
        assert_eq!(text("дада", 2, 3), Err(FieldProblem::TooLong { maximum: 3 }));
        assert_eq!(text("  ", 2, 3), Err(FieldProblem::Required));
        assert_eq!(optional_text("  ", 3), Ok(None));
        assert_eq!(optional_text(" да", 3), Ok(Some("да".into())));
        assert_eq!(choice("duplicate"), Ok(RefusalReason::Duplicate));
        assert_eq!(choice::<RefusalReason>("whim"), Err(FieldProblem::UnknownChoice));
    }

    #[test]
    fn problems_travel_as_codes() {
        let json = serde_json::to_string(&FieldProblem::TooShort { minimum: 2 }).unwrap();
        assert_eq!(json, r#"{"problem":"too_short","minimum":2}"#);
        assert_eq!(serde_json::from_str::<FieldProblem>(r#"{"problem":"inn_shape"}"#).ok(), Some(FieldProblem::InnShape));
    }

    /// Any text, and texts near to numbers and dates.
    fn typed() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[-−0-9 .,₽\u{a0}]{0,40}", "[0-9]{1,5}[.-][0-9]{1,5}[.-]?[0-9]{0,5}"]
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(typed in typed()) {
            let _ = (whole_roubles(&typed), amount(&typed), inn(&typed), date(&typed), month(&typed));
            let _ = (text(&typed, 1, 10), optional_text(&typed, 10), choice::<RefusalReason>(&typed));
        }

        #[test]
        fn what_is_written_is_read_back(kopecks in -99_999_999_999_999_i64..=99_999_999_999_999) {
            let money = Money::kopecks(kopecks);
            prop_assert_eq!(amount(&money.to_string().replace('.', ",")), Ok(money));
            prop_assert_eq!(whole_roubles(&(kopecks / 100).to_string()), Ok(kopecks / 100));
        }
    }
}
