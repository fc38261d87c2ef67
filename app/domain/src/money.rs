//! Amounts in roubles with kopecks.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount in RUB, never finer than a kopeck. It travels as a string with two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money(Decimal);

/// Why a text or a number is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// More than two digits after the point.
    #[error("finer than a kopeck")]
    TooFine,
    /// Beyond what the portal keeps: a trillion roubles.
    #[error("too large")]
    TooLarge,
}

/// The first amount that is too large: it would not fit `numeric(14, 2)`.
const BOUND: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Whole roubles.
    pub fn roubles(roubles: i64) -> Self {
        Self(Decimal::from(roubles))
    }

    /// An amount counted in kopecks.
    pub fn kopecks(kopecks: i64) -> Self {
        Self(Decimal::new(kopecks, 2))
    }

    /// The nearest kopeck, half away from zero: the only rounding the programme knows.
    pub fn rounded(exact: Decimal) -> Self {
        Self(exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// This amount times a rate (0.27 is 27 %), rounded to kopecks.
    #[must_use]
    pub fn times(self, rate: Decimal) -> Self {
        Self::rounded(self.0 * rate)
    }

    /// The bare number, in roubles.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// Whether there is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl TryFrom<Decimal> for Money {
    type Error = MoneyError;

    fn try_from(exact: Decimal) -> Result<Self, MoneyError> {
        if exact.abs() >= BOUND {
            return Err(MoneyError::TooLarge);
        }
        let rounded = Self::rounded(exact);
        if rounded.0 == exact { Ok(rounded) } else { Err(MoneyError::TooFine) }
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `1234.5` or `-0.05`: an optional minus, digits and at most one point.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        let starts_with_digit = digits.starts_with(|c: char| c.is_ascii_digit());
        if !plain || !starts_with_digit || digits.ends_with('.') {
            return Err(MoneyError::NotANumber);
        }
        if digits.len() > 30 {
            return Err(MoneyError::TooLarge);
        }
        let exact = Decimal::from_str_exact(text).map_err(|_| MoneyError::NotANumber)?;
        Self::try_from(exact)
    }
}

impl TryFrom<String> for Money {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

impl fmt::Display for Money {
    /// Two decimals, a point, no grouping: `1234.50`. Pages use the catalogue's format instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.0.is_zero() { Decimal::ZERO } else { self.0 };
        write!(f, "{value:.2}")
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_kopeck_is_rounded_away_from_zero() {
        assert_eq!(Money::rounded(Decimal::new(125, 3)), Money::kopecks(13));
        assert_eq!(Money::rounded(Decimal::new(-125, 3)), Money::kopecks(-13));
        assert_eq!(Money::rounded(Decimal::new(1249, 4)), Money::kopecks(12));
    }

    #[test]
    fn only_plain_decimals_with_at_most_two_places_are_read() {
        assert_eq!("1234.5".parse(), Ok(Money::kopecks(123_450)));
        assert_eq!("-0.05".parse(), Ok(Money::kopecks(-5)));
        for text in ["", "-", ".5", "5.", "1e3", "+1", " 1", "1_000", "NaN", "1,5", "١"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!("0.001".parse::<Money>(), Err(MoneyError::TooFine));
        assert_eq!("999999999999.99".parse::<Money>().map(|m| m.to_string()), Ok("999999999999.99".into()));
        assert_eq!("1000000000000".parse::<Money>(), Err(MoneyError::TooLarge));
    }

    #[test]
    fn it_is_written_with_two_decimals() {
        assert_eq!(Money::roubles(7).to_string(), "7.00");
        assert_eq!((-Money::ZERO).to_string(), "0.00");
        assert_eq!(serde_json::to_string(&Money::kopecks(-123_456)).ok().as_deref(), Some("\"-1234.56\""));
    }
}
