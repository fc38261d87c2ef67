//! Which colours of a brand meet, and whether they can be told apart: the page shows it, and publishing refuses what fails.

use serde::{Deserialize, Serialize};

use super::colours::{BrandColours, BrandTheme, Ground, ThemeColours, nearest_along};
use super::{BrandField, Colour};
use crate::model::stable_text;

/// What text needs (WCAG 2.2, 1.4.3, level AA).
pub(super) const TEXT: f64 = 4.5;
/// What controls and charts need (WCAG 2.2, 1.4.11, level AA).
pub(super) const SHAPE: f64 = 3.0;

/// One of the two colours that a brand chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourField {
    /// The primary colour.
    Primary,
    /// The accent colour.
    Accent,
}

impl ColourField {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Accent];

    /// Its field in the form.
    pub fn field(self) -> BrandField {
        match self {
            Self::Primary => BrandField::Primary,
            Self::Accent => BrandField::Accent,
        }
    }
}

/// A pair of colours in use: one in front, one behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContrastPair {
    /// Text on a main button.
    TextOnPrimary,
    /// The same under the pointer.
    TextOnPrimaryHover,
    /// Text on the accent colour.
    TextOnAccent,
    /// A link on a card.
    LinkOnBase100,
    /// A link on the page.
    LinkOnBase200,
    /// A link on the deepest ground.
    LinkOnBase300,
    /// A link on the tint of the brand.
    LinkOnTint,
    /// Text on the tint of the brand.
    TextOnTint,
    /// Quiet text on the tint of the brand.
    QuietTextOnTint,
    /// A main button on a card.
    PrimaryOnBase100,
    /// A main button on the page.
    PrimaryOnBase200,
    /// A shape of the accent colour on a card.
    AccentOnBase100,
    /// A bar of a chart on a card.
    DataOnBase100,
    /// The name of the brand in its primary colour on the white of e-mails and statements.
    NameOnWhite,
}

stable_text!(ContrastPair {
    TextOnPrimary => "text_on_primary",
    TextOnPrimaryHover => "text_on_primary_hover",
    TextOnAccent => "text_on_accent",
    LinkOnBase100 => "link_on_base100",
    LinkOnBase200 => "link_on_base200",
    LinkOnBase300 => "link_on_base300",
    LinkOnTint => "link_on_tint",
    TextOnTint => "text_on_tint",
    QuietTextOnTint => "quiet_text_on_tint",
    PrimaryOnBase100 => "primary_on_base100",
    PrimaryOnBase200 => "primary_on_base200",
    AccentOnBase100 => "accent_on_base100",
    DataOnBase100 => "data_on_base100",
    NameOnWhite => "name_on_white",
});

impl ContrastPair {
    /// Every pair.
    pub const ALL: [Self; 14] = [
        Self::TextOnPrimary,
        Self::TextOnPrimaryHover,
        Self::TextOnAccent,
        Self::LinkOnBase100,
        Self::LinkOnBase200,
        Self::LinkOnBase300,
        Self::LinkOnTint,
        Self::TextOnTint,
        Self::QuietTextOnTint,
        Self::PrimaryOnBase100,
        Self::PrimaryOnBase200,
        Self::AccentOnBase100,
        Self::DataOnBase100,
        Self::NameOnWhite,
    ];

    /// The least contrast that level AA takes.
    pub fn required(self) -> f64 {
        match self {
            Self::PrimaryOnBase100 | Self::PrimaryOnBase200 | Self::AccentOnBase100 | Self::DataOnBase100 => SHAPE,
            _ => TEXT,
        }
    }

    /// The colour of the brand that the pair is made of.
    pub fn field(self) -> ColourField {
        match self {
            Self::TextOnAccent | Self::AccentOnBase100 => ColourField::Accent,
            _ => ColourField::Primary,
        }
    }

    /// The themes it occurs in: paper has one only.
    fn themes(self) -> &'static [BrandTheme] {
        if self == Self::NameOnWhite { &[BrandTheme::Light] } else { &BrandTheme::ALL }
    }

    /// What stands before what.
    fn colours(self, colours: &ThemeColours, ground: &Ground) -> (Colour, Colour) {
        match self {
            Self::TextOnPrimary => (colours.on_primary, colours.primary),
            Self::TextOnPrimaryHover => (colours.on_primary, colours.primary_hover),
            Self::TextOnAccent => (colours.on_accent, colours.accent),
            Self::LinkOnBase100 => (colours.link, ground.base_100),
            Self::LinkOnBase200 => (colours.link, ground.base_200),
            Self::LinkOnBase300 => (colours.link, ground.base_300),
            Self::LinkOnTint => (colours.link, colours.tint),
            Self::TextOnTint => (ground.text, colours.tint),
            Self::QuietTextOnTint => (ground.quiet_text, colours.tint),
            Self::PrimaryOnBase100 => (colours.primary, ground.base_100),
            Self::PrimaryOnBase200 => (colours.primary, ground.base_200),
            Self::AccentOnBase100 => (colours.accent, ground.base_100),
            Self::DataOnBase100 => (colours.data, ground.base_100),
            Self::NameOnWhite => (colours.primary, Colour::WHITE),
        }
    }

    /// What stands behind the brand's colour, if the pair has it just as it was chosen. Only such pairs can fail: all others are
    /// derived until they pass.
    fn behind_chosen(self) -> Option<Colour> {
        let ground = BrandTheme::Light.ground();
        match self {
            Self::PrimaryOnBase100 | Self::AccentOnBase100 => Some(ground.base_100),
            Self::PrimaryOnBase200 => Some(ground.base_200),
            Self::NameOnWhite => Some(Colour::WHITE),
            _ => None,
        }
    }
}

/// A colour to choose instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// Which of the two.
    pub field: ColourField,
    /// What it would be.
    pub colour: Colour,
}

/// A pair in a theme, measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairContrast {
    /// The pair.
    pub pair: ContrastPair,
    /// The theme.
    pub theme: BrandTheme,
    /// What is in front.
    pub foreground: Colour,
    /// What is behind.
    pub background: Colour,
    /// The contrast, from 1 to 21.
    pub ratio: f64,
    /// The least that passes.
    pub required: f64,
    /// Whether it passes.
    pub passes: bool,
    /// Of a pair that fails: the nearest colour with which this pair and every other one of the same colour pass.
    pub mends: Option<Mend>,
}

impl BrandColours {
    /// Every pair in use in every theme.
    pub fn contrasts(&self) -> Vec<PairContrast> {
        let mends = nearest_passing(self.light.primary, self.light.accent);
        let pairs = ContrastPair::ALL.into_iter().flat_map(|pair| pair.themes().iter().map(move |theme| (pair, *theme)));
        let measured = pairs.map(|(pair, theme)| {
            let (foreground, background) = pair.colours(self.of(theme), theme.ground());
            let (ratio, required) = (foreground.contrast(background), pair.required());
            let passes = ratio >= required;
            let mends = mends.iter().find(|mend| !passes && mend.field == pair.field()).copied();
            PairContrast { pair, theme, foreground, background, ratio, required, passes, mends }
        });
        measured.collect()
    }

    /// Whether the brand may be published: every pair has the contrast of level AA.
    pub fn publishable(&self) -> bool {
        self.check_publishable().is_ok()
    }

    /// The same, with the pairs that fail.
    pub fn check_publishable(&self) -> Result<(), Vec<PairContrast>> {
        let failing: Vec<PairContrast> = self.contrasts().into_iter().filter(|pair| !pair.passes).collect();
        if failing.is_empty() { Ok(()) } else { Err(failing) }
    }
}

/// For each of the two colours that fails somewhere, the nearest one with which every pair of it passes: of the same hue, as much chroma
/// as the screen shows, and lighter or darker, whichever is nearer in `Oklab`. Empty where nothing fails.
pub fn nearest_passing(primary: Colour, accent: Colour) -> Vec<Mend> {
    let chosen = [(ColourField::Primary, primary), (ColourField::Accent, accent)];
    let failing = chosen.into_iter().filter(|(field, colour)| !passes(*field, *colour));
    failing.filter_map(|(field, colour)| nearest(field, colour).map(|colour| Mend { field, colour })).collect()
}

/// Whether every pair that has the colour as it was chosen passes with it.
pub(super) fn passes(field: ColourField, colour: Colour) -> bool {
    let mut pairs = ContrastPair::ALL.into_iter().filter(|pair| pair.field() == field);
    pairs.all(|pair| pair.behind_chosen().is_none_or(|ground| colour.contrast(ground) >= pair.required()))
}

fn nearest(field: ColourField, colour: Colour) -> Option<Colour> {
    let edges = [0.0, 1.0];
    let candidates = edges.into_iter().filter_map(|edge| nearest_along(colour.oklch(), edge, |candidate| passes(field, candidate)));
    candidates.min_by(|left, right| left.distance(colour).total_cmp(&right.distance(colour)))
}
