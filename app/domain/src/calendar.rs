//! The programme's calendar: days, months, quarters and halves of Europe/Moscow.
//!
//! Moscow keeps UTC+3 all year (since 2014-10-26), so a fixed offset is the whole zone.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Seconds that Moscow is ahead of UTC.
const MOSCOW_SECONDS: i32 = 3 * 60 * 60;

/// Why a text is no date or month, or a date lies outside the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a date of the calendar")]
pub struct CalendarError;

/// The offset of Moscow.
///
/// # Panics
/// Never: three hours is a valid offset.
pub fn moscow() -> FixedOffset {
    match FixedOffset::east_opt(MOSCOW_SECONDS) {
        Some(offset) => offset,
        None => unreachable!(),
    }
}

/// A day in Moscow: the only kind of date a rule sees. It travels as `2026-10-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BusinessDate(NaiveDate);

impl BusinessDate {
    /// A day after every other: through it, all days that facts decide are looked at.
    pub const LAST: Self = Self(NaiveDate::MAX);

    /// The day it is in Moscow at an instant.
    pub fn of(instant: DateTime<Utc>) -> Self {
        Self(instant.with_timezone(&moscow()).date_naive())
    }

    /// A day by its numbers; `None` where the calendar has no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The bare date.
    pub fn naive(self) -> NaiveDate {
        self.0
    }

    /// The instant at which the day begins in Moscow.
    pub fn starts_at(self) -> DateTime<Utc> {
        match moscow().from_local_datetime(&self.0.and_time(NaiveTime::MIN)).single() {
            Some(start) => start.with_timezone(&Utc),
            // A fixed offset has no gaps; only the calendar's very first day could fail.
            None => DateTime::<Utc>::MIN_UTC,
        }
    }

    /// The calendar month the day lies in.
    pub fn month(self) -> Month {
        Month::containing(self.0)
    }

    /// The calendar quarter the day lies in.
    pub fn quarter(self) -> Quarter {
        self.month().quarter()
    }

    /// The day so many months later; a day that does not exist there is clamped to the month's last (`LVL-2`).
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus_days(self, days: u64) -> Self {
        Self(self.0.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX))
    }

    /// The day before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.pred_opt().unwrap_or(NaiveDate::MIN))
    }

    /// Days from this day to a later one; negative where it is earlier.
    pub fn days_until(self, later: Self) -> i64 {
        (later.0 - self.0).num_days()
    }
}

impl From<NaiveDate> for BusinessDate {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

impl fmt::Display for BusinessDate {
    /// `2026-10-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BusinessDate {
    type Err = CalendarError;

    /// Reads `2026-10-01`, nothing else. By hand: chrono's reader of patterns is much code for a browser to load.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let (month, day) = text.rsplit_once('-').ok_or(CalendarError)?;
        let month: Month = month.parse()?;
        let day = digits(day, 2).ok_or(CalendarError)?;
        Self::from_ymd(month.year(), month.number(), day).ok_or(CalendarError)
    }
}

/// The number that exactly so many digits write.
fn digits(text: &str, length: usize) -> Option<u32> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.bytes().fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

impl TryFrom<String> for BusinessDate {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<BusinessDate> for String {
    fn from(date: BusinessDate) -> Self {
        date.to_string()
    }
}

/// A calendar month in Moscow. It travels as `2026-10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    /// Months since January of year 0.
    index: i32,
}

impl Month {
    /// The first month there is: January of year 1.
    pub const FIRST: Self = Self { index: 12 };

    /// A month by its numbers (month 1..=12, year 1..=9999).
    pub fn new(year: i32, month: u32) -> Option<Self> {
        let zero_based = i32::try_from(month.checked_sub(1)?).ok()?;
        ((1..=9999).contains(&year) && zero_based < 12).then_some(Self { index: year * 12 + zero_based })
    }

    fn containing(date: NaiveDate) -> Self {
        Self { index: date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0) }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(12)
    }

    /// The month of the year, 1..=12.
    pub fn number(self) -> u32 {
        self.index.rem_euclid(12).unsigned_abs() + 1
    }

    /// Its first day.
    pub fn first_day(self) -> BusinessDate {
        BusinessDate(NaiveDate::from_ymd_opt(self.year(), self.number(), 1).unwrap_or(NaiveDate::MAX))
    }

    /// Its last day.
    pub fn last_day(self) -> BusinessDate {
        self.next().first_day().previous()
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.plus(-1)
    }

    /// So many months later, or earlier where negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self { index: self.index.saturating_add(months) }
    }

    /// How many months a later month is away; negative where it is earlier.
    pub fn months_until(self, later: Self) -> i32 {
        later.index - self.index
    }

    /// The quarter it lies in.
    pub fn quarter(self) -> Quarter {
        Quarter { index: self.index.div_euclid(3) }
    }

    /// Every month from this one to `last`, both included.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> {
        (self.index..=last.index).map(|index| Self { index })
    }
}

impl fmt::Display for Month {
    /// `2026-10`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = CalendarError;

    /// Reads `2026-10`, nothing else.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let (year, month) = text.split_once('-').ok_or(CalendarError)?;
        let year = digits(year, 4).and_then(|year| i32::try_from(year).ok()).ok_or(CalendarError)?;
        Self::new(year, digits(month, 2).ok_or(CalendarError)?).ok_or(CalendarError)
    }
}

impl TryFrom<String> for Month {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// A calendar quarter in Moscow (Q1 = January to March). It travels as `2026-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quarter {
    /// Quarters since the first of year 0.
    index: i32,
}

impl Quarter {
    /// The quarter an instant lies in (`CODE-5`).
    pub fn of(instant: DateTime<Utc>) -> Self {
        BusinessDate::of(instant).quarter()
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(4)
    }

    /// The quarter of the year, 1..=4.
    pub fn number(self) -> u32 {
        self.index.rem_euclid(4).unsigned_abs() + 1
    }

    /// Its first month.
    pub fn first_month(self) -> Month {
        Month { index: self.index * 3 }
    }

    /// Its first day.
    pub fn first_day(self) -> BusinessDate {
        self.first_month().first_day()
    }

    /// The quarter after.
    #[must_use]
    pub fn next(self) -> Self {
        Self { index: self.index + 1 }
    }
}

impl fmt::Display for Quarter {
    /// `2026-Q4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year(), self.number())
    }
}

impl TryFrom<String> for Quarter {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        let (year, number) = text.split_once("-Q").ok_or(CalendarError)?;
        let last_month = match number {
            "1" => 3,
            "2" => 6,
            "3" => 9,
            "4" => 12,
            _ => return Err(CalendarError),
        };
        let month: Month = format!("{year}-{last_month:02}").parse()?;
        Ok(month.quarter())
    }
}

impl From<Quarter> for String {
    fn from(quarter: Quarter) -> Self {
        quarter.to_string()
    }
}

impl FromStr for Quarter {
    type Err = CalendarError;

    /// Reads `2026-Q4`, nothing else.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        text.to_owned().try_into()
    }
}

/// A calendar half of a year in Moscow (H1 = January to June). It travels as `2026-H1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Half {
    /// Halves since the first of year 0.
    index: i32,
}

impl Half {
    /// The half a month lies in.
    pub fn of(month: Month) -> Self {
        Self { index: month.index.div_euclid(6) }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(2)
    }

    /// The half of the year, 1 or 2.
    pub fn number(self) -> u32 {
        self.index.rem_euclid(2).unsigned_abs() + 1
    }

    /// Its first month.
    pub fn first_month(self) -> Month {
        Month { index: self.index * 6 }
    }
}

impl fmt::Display for Half {
    /// `2026-H1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-H{}", self.year(), self.number())
    }
}

impl FromStr for Half {
    type Err = CalendarError;

    /// Reads `2026-H1`, nothing else.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let (year, number) = text.split_once("-H").ok_or(CalendarError)?;
        let first_month = match number {
            "1" => 1,
            "2" => 7,
            _ => return Err(CalendarError),
        };
        let month: Month = format!("{year}-{first_month:02}").parse()?;
        Ok(Self::of(month))
    }
}

/// What money is counted over: a month, a quarter or a half. It travels as `2026-02`, `2026-Q2` or `2026-H1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// A month.
    Month(Month),
    /// A quarter.
    Quarter(Quarter),
    /// A half of a year.
    Half(Half),
}

impl Period {
    /// Its first month.
    pub fn first_month(self) -> Month {
        match self {
            Self::Month(month) => month,
            Self::Quarter(quarter) => quarter.first_month(),
            Self::Half(half) => half.first_month(),
        }
    }

    /// Its last month.
    pub fn last_month(self) -> Month {
        match self {
            Self::Month(month) => month,
            Self::Quarter(quarter) => quarter.first_month().plus(2),
            Self::Half(half) => half.first_month().plus(5),
        }
    }

    /// Every month of it.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Month> {
        self.first_month().through(self.last_month())
    }

    /// The first day of the month after it (`REB-4`).
    pub fn accrual_date(self) -> BusinessDate {
        self.last_month().next().first_day()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(f),
            Self::Quarter(quarter) => quarter.fmt(f),
            Self::Half(half) => half.fmt(f),
        }
    }
}

impl FromStr for Period {
    type Err = CalendarError;

    /// Reads `2026-02`, `2026-Q2` or `2026-H1`, nothing else.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        if text.contains('Q') {
            text.parse().map(Self::Quarter)
        } else if text.contains('H') {
            text.parse().map(Self::Half)
        } else {
            text.parse().map(Self::Month)
        }
    }
}

impl TryFrom<String> for Period {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap_or_else(|_| panic!("{text}")).with_timezone(&Utc)
    }

    #[test]
    fn a_quarter_ends_at_midnight_in_moscow() {
        assert_eq!(Quarter::of(instant("2026-03-31T20:59:59Z")).to_string(), "2026-Q1");
        assert_eq!(Quarter::of(instant("2026-03-31T21:00:00Z")).to_string(), "2026-Q2");
    }

    #[test]
    fn a_day_that_does_not_exist_is_clamped() {
        assert_eq!(date("2026-08-31").plus_months(6), date("2027-02-28"));
        assert_eq!(date("2027-08-31").plus_months(6), date("2028-02-29"));
    }

    #[test]
    fn months_know_their_neighbours_and_days() {
        let december = Month::new(2026, 12);
        assert_eq!(december.map(|m| m.next().to_string()), Some("2027-01".into()));
        assert_eq!(december.map(|m| m.last_day().to_string()), Some("2026-12-31".into()));
        assert_eq!(Month::new(2026, 13), None);
        assert_eq!(Month::new(2026, 0), None);
        assert_eq!("2026-1".parse::<Month>(), Err(CalendarError));
        assert_eq!("2026-+1".parse::<Month>(), Err(CalendarError));
    }

    #[test]
    fn a_period_knows_its_months_and_the_day_it_accrues_on() {
        let cases = [
            ("2026-02", "2026-02", "2026-02", "2026-03-01"),
            ("2026-Q4", "2026-10", "2026-12", "2027-01-01"),
            ("2026-H1", "2026-01", "2026-06", "2026-07-01"),
        ];
        for (text, first, last, accrues) in cases {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.to_string(), text);
            assert_eq!((period.first_month().to_string(), period.last_month().to_string()), (first.to_owned(), last.to_owned()));
            assert_eq!(period.accrual_date(), date(accrues));
        }
        for text in ["2026", "2026-H3", "2026-H0", "2026-Q5", "26-H1", "2026-H1 ", "2026-Q+1"] {
            assert_eq!(text.parse::<Period>(), Err(CalendarError), "{text}");
        }
    }

    /// As days were read before they were read by hand: the shape, then chrono's pattern, then the years that there are.
    fn by_pattern(text: &str) -> Option<BusinessDate> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| shape && date.year() != 0)?;
        Some(BusinessDate(date))
    }

    #[test]
    fn a_day_is_read_as_chrono_reads_its_pattern() {
        for year in [0, 1, 4, 100, 400, 999, 1900, 2000, 2026, 2028, 9999] {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    assert_eq!(text.parse().ok(), by_pattern(&text), "{text}");
                }
            }
        }
        let odd = [
            "",
            "-",
            "--",
            "---",
            "2026",
            "2026-10",
            "2026-10-",
            "-10-01",
            "2026--01",
            "2026-10-1",
            "2026-1-01",
            "226-10-01",
            "02026-10-01",
            "12026-10-01",
            "+2026-10-01",
            "-2026-10-01",
            "2026-10-01 ",
            " 2026-10-01",
            "2026-10-01T00:00",
            "2026-10-01-01",
            "2026/10/01",
            "2026-10 01",
            "20261001",
            "2026-+1-01",
            "2026-10-+1",
            "2026- 1-01",
            "2026-10- 1",
            "2026-10-0x",
            "202x-10-01",
            "٢٠٢٦-10-01",
            "2026-1\u{660}-1",
            "2026\u{2013}10-01",
            "2026-10-01\n",
            "2026-10-01\0",
            "99999-01-01",
            "2026-99-99",
            "2026-10-99",
        ];
        for text in odd {
            assert_eq!(text.parse().ok(), by_pattern(text), "{text:?}");
            assert_eq!(text.parse::<BusinessDate>(), Err(CalendarError), "{text:?}");
        }
        assert_eq!("0001-01-01".parse(), Ok(Month::FIRST.first_day()));
        assert_eq!(date("2028-02-29").to_string(), "2028-02-29");
        assert_eq!(date("9999-12-31").to_string(), "9999-12-31");
    }

    #[test]
    fn a_month_is_four_digits_and_two() {
        for (text, month) in [("0001-01", Month::new(1, 1)), ("2026-10", Month::new(2026, 10)), ("9999-12", Month::new(9999, 12))] {
            assert_eq!(text.parse().ok(), month, "{text}");
        }
        let odd = [
            "",
            "-",
            "0000-01",
            "2026-00",
            "2026-13",
            "2026-1",
            "2026-010",
            "226-10",
            "02026-10",
            "+226-10",
            "2026-+1",
            "2026 10",
            "2026-10-",
            "2026-10-01",
            " 2026-10",
            "2026-10 ",
            "٢٠٢٦-10",
            "202x-10",
            "2026-1x",
            "2026--1",
            "-2026-1",
        ];
        for text in odd {
            assert_eq!(text.parse::<Month>(), Err(CalendarError), "{text:?}");
        }
    }

    #[test]
    fn a_day_begins_three_hours_before_utc() {
        assert_eq!(date("2026-10-01").starts_at(), instant("2026-09-30T21:00:00Z"));
    }
}
