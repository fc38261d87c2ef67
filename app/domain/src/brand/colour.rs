//! A colour: read strictly, printed one way only, and carried through OKLCH by `palette`.

use std::fmt;
use std::str::FromStr;

use palette::color_difference::EuclideanDistance;
use palette::convert::FromColorUnclamped;
use palette::{Clamp, FromColor, IntoColor, LinSrgb, Oklab, Oklch, Srgb};
use serde::{Deserialize, Serialize};

use crate::form::FieldProblem;

/// An opaque sRGB colour. It travels as its text, `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

impl Colour {
    /// White, the paper of e-mails and statements.
    pub const WHITE: Self = Self([255, 255, 255]);
    /// Black.
    pub const BLACK: Self = Self([0, 0, 0]);

    pub(super) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// The contrast with another colour, from 1 to 21, whichever of them is in front (WCAG 2.2, *contrast ratio*).
    pub fn contrast(self, other: Self) -> f64 {
        let (first, second) = (self.luminance(), other.luminance());
        (first.max(second) + 0.05) / (first.min(second) + 0.05)
    }

    /// The relative luminance, from 0 to 1. With the weights that WCAG prints: those of `palette` have more digits, and a colour that
    /// just passes here has to pass for every other checker.
    fn luminance(self) -> f64 {
        let LinSrgb { red, green, blue, .. } = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn linear(self) -> LinSrgb<f64> {
        Srgb::from(self.0).into_linear()
    }

    /// The colour by lightness, chroma and hue.
    pub(super) fn oklch(self) -> Oklch<f64> {
        self.linear().into_color()
    }

    /// The screen's colour nearest to one that it may not be able to show: lightness and hue stay, chroma goes down as far as it has to.
    pub(super) fn within_gamut(wanted: Oklch<f64>) -> Self {
        if wanted.l <= 0.0 {
            return Self::BLACK;
        }
        if wanted.l >= 1.0 {
            return Self::WHITE;
        }
        if let Some(colour) = Self::shown(wanted) {
            return colour;
        }
        let (mut within, mut beyond) = (0.0, wanted.chroma);
        let mut colour = if wanted.l < 0.5 { Self::BLACK } else { Self::WHITE };
        // Halved so often, the chroma is known finer than eight bits show it.
        for _ in 0..12 {
            let chroma = f64::midpoint(within, beyond);
            if let Some(shown) = Self::shown(Oklch::new(wanted.l, chroma, wanted.hue)) {
                (within, colour) = (chroma, shown);
            } else {
                beyond = chroma;
            }
        }
        colour
    }

    /// The colour, if a screen shows it.
    fn shown(wanted: Oklch<f64>) -> Option<Self> {
        /// What is lost on the way to OKLCH and back; far less than a step of eight bits.
        const TOLERANCE: f64 = 1e-6;
        let linear = LinSrgb::<f64>::from_color_unclamped(wanted);
        let is_shown = [linear.red, linear.green, linear.blue].iter().all(|part| (-TOLERANCE..=1.0 + TOLERANCE).contains(part));
        is_shown.then(|| Self(Srgb::<u8>::from_linear(linear.clamp()).into()))
    }

    /// How far apart two colours are to the eye: the distance in `Oklab`.
    pub(super) fn distance(self, other: Self) -> f64 {
        Oklab::from_color(self.linear()).distance(Oklab::from_color(other.linear()))
    }
}

impl FromStr for Colour {
    type Err = FieldProblem;

    /// `#rrggbb` in small or capital letters, and nothing else: no names, no short form, no transparency, no spaces.
    fn from_str(text: &str) -> Result<Self, FieldProblem> {
        let digits = text.strip_prefix('#').map(str::as_bytes).ok_or(FieldProblem::NotAColour)?;
        let &[red_high, red_low, green_high, green_low, blue_high, blue_low] = digits else {
            return Err(FieldProblem::NotAColour);
        };
        let byte = |high, low| Some(16 * digit(high)? + digit(low)?);
        let colour = || Some(Self([byte(red_high, red_low)?, byte(green_high, green_low)?, byte(blue_high, blue_low)?]));
        colour().ok_or(FieldProblem::NotAColour)
    }
}

/// The value of a hexadecimal digit.
fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}

impl TryFrom<String> for Colour {
    type Error = FieldProblem;

    fn try_from(text: String) -> Result<Self, FieldProblem> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}
