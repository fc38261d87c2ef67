//! What the portal makes of two colours: their scales and the colours of both themes, each legible where it stands.

use palette::Oklch;
use serde::{Deserialize, Serialize};

use super::Colour;
use super::contrast::{SHAPE, TEXT};

/// A theme of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrandTheme {
    /// `portal-light`.
    Light,
    /// `portal-dark`.
    Dark,
}

impl BrandTheme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// What of the theme every brand stands on.
    pub fn ground(self) -> &'static Ground {
        match self {
            Self::Light => &Ground::LIGHT,
            Self::Dark => &Ground::DARK,
        }
    }
}

/// The neutral colours of a theme that a brand meets: those of `style/tokens.css`, in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Cards, `--color-base-100`.
    pub base_100: Colour,
    /// The page, `--color-base-200`.
    pub base_200: Colour,
    /// What lies deeper or is pressed, `--color-base-300`.
    pub base_300: Colour,
    /// Text, `--color-base-content`.
    pub text: Colour,
    /// Quiet text, `--text-quiet`.
    pub quiet_text: Colour,
}

impl Ground {
    const LIGHT: Self = Self {
        base_100: Colour::WHITE,
        base_200: Colour::new(0xf8, 0xf9, 0xfb),
        base_300: Colour::new(0xee, 0xf0, 0xf3),
        text: Colour::new(0x1d, 0x22, 0x2a),
        quiet_text: Colour::new(0x5c, 0x61, 0x6a),
    };

    const DARK: Self = Self {
        base_100: Colour::new(0x18, 0x19, 0x1d),
        base_200: Colour::new(0x0f, 0x11, 0x14),
        base_300: Colour::new(0x23, 0x25, 0x2a),
        text: Colour::new(0xe4, 0xe6, 0xea),
        quiet_text: Colour::new(0xa1, 0xa5, 0xac),
    };

    /// The three surfaces.
    pub(super) fn surfaces(&self) -> [Colour; 3] {
        [self.base_100, self.base_200, self.base_300]
    }
}

/// Eleven steps of one hue, from the lightest to the darkest. One of them, the nearest in lightness, is the brand's colour itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColourScale([Colour; 11]);

impl ColourScale {
    /// The names of the steps.
    pub const STEPS: [u16; 11] = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950];

    /// The lightness of a step in OKLCH, and its share of the colour's chroma: near white and black less of it looks like the same colour.
    const LADDER: [(f64, f64); 11] = [
        (0.975, 0.15),
        (0.945, 0.25),
        (0.89, 0.45),
        (0.82, 0.7),
        (0.73, 0.9),
        (0.63, 1.0),
        (0.54, 1.0),
        (0.46, 0.95),
        (0.38, 0.85),
        (0.31, 0.75),
        (0.22, 0.6),
    ];

    fn of(colour: Colour) -> Self {
        let own = colour.oklch();
        let mut scale = Self::LADDER.map(|(lightness, share)| Colour::within_gamut(Oklch::new(lightness, own.chroma * share, own.hue)));
        let away = |(lightness, _): (f64, f64)| (lightness - own.l).abs();
        let nearest = scale.iter_mut().zip(Self::LADDER).min_by(|(_, left), (_, right)| away(*left).total_cmp(&away(*right)));
        if let Some((step, _)) = nearest {
            *step = colour;
        }
        Self(scale)
    }

    /// The steps by name, from the lightest to the darkest.
    pub fn steps(&self) -> impl Iterator<Item = (u16, Colour)> {
        Self::STEPS.into_iter().zip(self.0)
    }
}

/// The scales of both colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandScale {
    /// Of the primary colour.
    pub primary: ColourScale,
    /// Of the accent colour.
    pub accent: ColourScale,
}

/// The colours of a brand in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeColours {
    /// Main buttons. In the light theme the brand's colour itself.
    pub primary: Colour,
    /// Text on it, also under the pointer: black or white.
    pub on_primary: Colour,
    /// Main buttons under the pointer.
    pub primary_hover: Colour,
    /// The second colour. In the light theme the brand's colour itself.
    pub accent: Colour,
    /// Text on it: black or white.
    pub on_accent: Colour,
    /// Links, the focus ring, what is chosen.
    pub link: Colour,
    /// A ground with a touch of the brand.
    pub tint: Colour,
    /// Bars of charts and meters.
    pub data: Colour,
}

/// The lightness of white.
const WHITE: f64 = 1.0;
/// The lightness of black.
const BLACK: f64 = 0.0;

impl ThemeColours {
    /// The rules of `style/tokens.css`, and further towards black until it is legible.
    fn light(primary: Colour, accent: Colour) -> Self {
        let own = primary.oklch();
        let ground = BrandTheme::Light.ground();
        let tint = Colour::within_gamut(Oklch::new(0.964, own.chroma.min(0.016), own.hue));
        let link = reads_on(Oklch::new(own.l.min(0.5), own.chroma, own.hue), BLACK, ground, Some(tint), TEXT);
        // Charts use the colour of links, which reads wherever a bar is seen.
        Self::with(primary, accent, link, tint, link)
    }

    fn dark(primary: Colour, accent: Colour) -> Self {
        let own = primary.oklch();
        let ground = BrandTheme::Dark.ground();
        let tint = Colour::within_gamut(Oklch::new(0.28, own.chroma.min(0.04), own.hue));
        let link = reads_on(Oklch::new(own.l.max(0.76), own.chroma.min(0.12), own.hue), WHITE, ground, Some(tint), TEXT);
        let data = reads_on(Oklch::new(own.l.max(0.67), own.chroma.min(0.13), own.hue), WHITE, ground, None, SHAPE);
        let seen = |colour: Colour| reads_on(colour.oklch(), WHITE, ground, None, SHAPE);
        Self::with(seen(primary), seen(accent), link, tint, data)
    }

    fn with(primary: Colour, accent: Colour, link: Colour, tint: Colour, data: Colour) -> Self {
        let (on_primary, on_accent) = (text_on(primary), text_on(accent));
        Self { primary, on_primary, primary_hover: hover(primary, on_primary), accent, on_accent, link, tint, data }
    }

    /// The colours of a brand in a theme.
    pub(super) fn of(theme: BrandTheme, primary: Colour, accent: Colour) -> Self {
        match theme {
            BrandTheme::Light => Self::light(primary, accent),
            BrandTheme::Dark => Self::dark(primary, accent),
        }
    }
}

/// Black or white, whichever reads better. The better one always has 4.58 at least.
fn text_on(ground: Colour) -> Colour {
    if ground.contrast(Colour::WHITE) >= ground.contrast(Colour::BLACK) { Colour::WHITE } else { Colour::BLACK }
}

/// A button under the pointer: a step away from the colour of its text, and the other way only where there is no room left.
fn hover(colour: Colour, text: Colour) -> Colour {
    /// A step that is seen.
    const STEP: f64 = 0.06;
    let own = colour.oklch();
    let darker = if text == Colour::WHITE { own.l > 2.0 * STEP } else { own.l > WHITE - STEP };
    let lightness = if darker { own.l - STEP } else { own.l + STEP };
    Colour::within_gamut(Oklch::new(lightness, own.chroma, own.hue))
}

/// The colour, moved no further than it has to be until it has the contrast with every surface, and with the tint if one is given.
fn reads_on(wanted: Oklch<f64>, edge: f64, ground: &Ground, tint: Option<Colour>, required: f64) -> Colour {
    let reads = |colour: Colour| ground.surfaces().into_iter().chain(tint).all(|surface| colour.contrast(surface) >= required);
    let last = if edge < 0.5 { Colour::BLACK } else { Colour::WHITE };
    nearest_along(wanted, edge, reads).unwrap_or(last)
}

/// The first colour that passes on the way to a lightness, the hue the same, the chroma the same or what the screen shows of it.
pub(super) fn nearest_along(start: Oklch<f64>, edge: f64, passes: impl Fn(Colour) -> bool) -> Option<Colour> {
    const STEPS: i32 = 32;
    let at = |share: f64| Colour::within_gamut(Oklch::new(start.l + (edge - start.l) * share, start.chroma, start.hue));
    let first = (0..=STEPS).find(|step| passes(at(f64::from(*step) / f64::from(STEPS))))?;
    let mut enough = f64::from(first) / f64::from(STEPS);
    let mut too_little = f64::from((first - 1).max(0)) / f64::from(STEPS);
    // Down to less than a step of eight bits.
    for _ in 0..8 {
        let share = f64::midpoint(too_little, enough);
        if passes(at(share)) {
            enough = share;
        } else {
            too_little = share;
        }
    }
    Some(at(enough))
}

/// Everything that is made of the two colours of a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandColours {
    /// The scales, for pictures of the brand beyond the portal's tokens.
    pub scale: BrandScale,
    /// The light theme.
    pub light: ThemeColours,
    /// The dark theme.
    pub dark: ThemeColours,
}

impl BrandColours {
    /// What comes of two colours.
    pub fn derive(primary: Colour, accent: Colour) -> Self {
        Self {
            scale: BrandScale { primary: ColourScale::of(primary), accent: ColourScale::of(accent) },
            light: ThemeColours::light(primary, accent),
            dark: ThemeColours::dark(primary, accent),
        }
    }

    /// The colours of a theme.
    pub fn of(&self, theme: BrandTheme) -> &ThemeColours {
        match theme {
            BrandTheme::Light => &self.light,
            BrandTheme::Dark => &self.dark,
        }
    }
}
