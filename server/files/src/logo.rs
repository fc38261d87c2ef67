//! The logo and the favicon of a partner: whatever picture comes, what is kept is a PNG that this program drew.
//!
//! Scripts, metadata and everything else that is no pixel do not get through, because nothing of what was sent does. A drawing (SVG) is
//! never served: it is [looked at](svg) strictly, [weighed](effort), drawn once, and dropped. Nothing it names is fetched.

mod effort;
mod svg;

use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use thiserror::Error;

use crate::content_hash::ContentHash;
use crate::kind::{Dimensions, Kind};
use crate::limits::PictureLimits;
use crate::picture;
use crate::refusal::Refusal;

/// The largest drawing, in bytes.
pub const DRAWING_BYTES: u64 = 256 * 1024;
/// The largest PNG or WebP, in bytes.
pub const PICTURE_BYTES: u64 = 4 * 1024 * 1024;
/// The box a logo is fitted into, in pixels: twice what pages show, for fine screens.
pub const LOGO_BOX: Dimensions = Dimensions { width: 480, height: 120 };
/// The side of a favicon in pixels.
pub const FAVICON_SIDE: u32 = 64;

/// Of what is sent as PNG or WebP.
const PICTURE: PictureLimits = PictureLimits { side: 4096, pixels: 4096 * 4096, allocation: 64 * 1024 * 1024 };
/// A drawing is not thinner or smaller than this in its own units, so that scaling it stays within what numbers hold.
const SMALLEST_SIDE: f32 = 0.01;
const LARGEST_SIDE: f32 = 10_000_000.0;

/// Where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogoPlace {
    /// On a light ground.
    Light,
    /// On a dark ground.
    Dark,
    /// In the tab of a browser.
    Favicon,
}

impl LogoPlace {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Favicon];

    /// The word it is stored by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Favicon => "favicon",
        }
    }

    /// Reads what [`LogoPlace::code`] writes.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.code() == code)
    }
}

/// A logo, drawn by this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// A PNG without metadata, transparent where the logo is.
    pub bytes: Vec<u8>,
    /// A logo fits [`LOGO_BOX`]; a favicon is a square of [`FAVICON_SIDE`].
    pub dimensions: Dimensions,
    /// The hash of `bytes`.
    pub hash: ContentHash,
}

/// Why a logo is not taken. Its words for people are the caller's; [`LogoRefusal::code`] is what they are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum LogoRefusal {
    /// As any file may be refused: [`Refusal::TooLarge`], [`Refusal::Empty`], [`Refusal::ForbiddenType`] for JPEG,
    /// [`Refusal::TooManyPixels`], [`Refusal::Animated`], [`Refusal::Damaged`], [`Refusal::ArchiveBomb`], and
    /// [`Refusal::ExternalEntity`] for a drawing with a document type or entities.
    #[error(transparent)]
    File(#[from] Refusal),
    /// Neither SVG nor PNG nor WebP.
    #[error("neither SVG nor PNG nor WebP")]
    NotAPicture,
    /// A drawing with a script, or with something that would start one.
    #[error("a drawing with a script")]
    Script,
    /// A drawing that names something outside itself.
    #[error("a drawing that refers to something outside itself")]
    ExternalReference,
    /// A drawing with text. It would be drawn without: its fonts are not here. Its maker can turn text into outlines.
    #[error("a drawing with text")]
    Text,
    /// A drawing with a picture of pixels in it, which is better sent by itself.
    #[error("a drawing with an embedded picture")]
    EmbeddedPicture,
    /// A drawing with something this program does not draw.
    #[error("a drawing with something that is not drawn: {found}")]
    Unsupported {
        /// What was found: `animation`, `filter`, `pattern` ..
        found: &'static str,
    },
    /// A drawing that takes too much work.
    #[error("a drawing that takes too much work")]
    TooComplex,
    /// A drawing without a size, with a negative one, or with numbers out of all proportion.
    #[error("a drawing of impossible measures")]
    Measures,
    /// Nothing in it can be seen: it is wholly transparent.
    #[error("nothing can be seen")]
    Blank,
}

impl LogoRefusal {
    /// The word it is counted and translated by; those of [`LogoRefusal::File`] are [`Refusal::code`]'s. These do not change.
    pub fn code(self) -> &'static str {
        match self {
            Self::File(refusal) => refusal.code(),
            Self::NotAPicture => "not_a_picture",
            Self::Script => "script",
            Self::ExternalReference => "external_reference",
            Self::Text => "text",
            Self::EmbeddedPicture => "embedded_picture",
            Self::Unsupported { .. } => "unsupported",
            Self::TooComplex => "too_complex",
            Self::Measures => "measures",
            Self::Blank => "blank",
        }
    }
}

/// Draws what was sent anew, as a PNG: a logo scaled to fit [`LOGO_BOX`], a favicon centred in a square. A drawing takes all the room there
/// is; pixels are only ever made fewer, but for a favicon, which fills its square. Pictures that move are refused. Takes the processor for a
/// while: [`crate::Examiner::draw_logo`] calls it where that disturbs nobody.
///
/// # Errors
///
/// See [`LogoRefusal`].
pub fn draw(bytes: &[u8], place: LogoPlace) -> Result<Logo, LogoRefusal> {
    let image = match kind(bytes)? {
        Sent::Picture(kind) => picture(bytes, kind, place)?,
        Sent::Drawing => drawing(bytes, place)?,
    };
    if image.pixels().all(|pixel| pixel.0[3] == 0) {
        return Err(LogoRefusal::Blank);
    }
    let dimensions = Dimensions { width: image.width(), height: image.height() };
    let bytes = picture::write(&DynamicImage::ImageRgba8(image), Kind::Png)?;
    Ok(Logo { hash: ContentHash::of(&bytes), bytes, dimensions })
}

enum Sent {
    Picture(Kind),
    Drawing,
}

fn kind(bytes: &[u8]) -> Result<Sent, LogoRefusal> {
    let within = |limit| if bytes.len() as u64 > limit { Err(Refusal::TooLarge { limit }) } else { Ok(()) };
    if bytes.is_empty() {
        return Err(Refusal::Empty.into());
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        within(PICTURE_BYTES)?;
        return Ok(Sent::Picture(Kind::Png));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        within(PICTURE_BYTES)?;
        return Ok(Sent::Picture(Kind::Webp));
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Err(Refusal::ForbiddenType { found: "jpeg" }.into());
    }
    if svg::without_mark(bytes).trim_ascii_start().starts_with(b"<") {
        within(DRAWING_BYTES)?;
        return Ok(Sent::Drawing);
    }
    Err(LogoRefusal::NotAPicture)
}

/// The size of something when it is as large as fits into a box, at least one pixel.
fn fitted(width: f32, height: f32, into: Dimensions) -> Dimensions {
    #[expect(clippy::cast_precision_loss, reason = "sides of a few hundred pixels")]
    let (into_width, into_height) = (into.width as f32, into.height as f32);
    let scale = (into_width / width).min(into_height / height);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between one and the side of the box")]
    let side = |side: f32, largest: u32| ((side * scale).round().max(1.0) as u32).clamp(1, largest);
    Dimensions { width: side(width, into.width), height: side(height, into.height) }
}

fn room(place: LogoPlace) -> Dimensions {
    match place {
        LogoPlace::Light | LogoPlace::Dark => LOGO_BOX,
        LogoPlace::Favicon => Dimensions { width: FAVICON_SIDE, height: FAVICON_SIDE },
    }
}

/// Puts what was drawn into the middle of a square, where a square is wanted.
fn placed(image: RgbaImage, place: LogoPlace) -> RgbaImage {
    if place != LogoPlace::Favicon || image.dimensions() == (FAVICON_SIDE, FAVICON_SIDE) {
        return image;
    }
    let mut square = RgbaImage::new(FAVICON_SIDE, FAVICON_SIDE);
    let middle = |side: u32| i64::from(FAVICON_SIDE.saturating_sub(side) / 2);
    imageops::replace(&mut square, &image, middle(image.width()), middle(image.height()));
    square
}

fn picture(bytes: &[u8], kind: Kind, place: LogoPlace) -> Result<RgbaImage, LogoRefusal> {
    let image = picture::decode(bytes, kind, PICTURE)?.into_rgba8();
    #[expect(clippy::cast_precision_loss, reason = "sides of a few thousand pixels")]
    let size = fitted(image.width() as f32, image.height() as f32, room(place));
    let shrinks = size.width < image.width() || size.height < image.height();
    if !shrinks && place != LogoPlace::Favicon {
        return Ok(image);
    }
    Ok(placed(scaled(image, size), place))
}

/// Scaled with colours weighed by how much of them is seen: what hides under transparency would darken the edges otherwise.
fn scaled(mut image: RgbaImage, to: Dimensions) -> RgbaImage {
    each_colour(&mut image, |colour, alpha| colour * alpha / 255);
    let mut image = imageops::resize(&image, to.width, to.height, FilterType::CatmullRom);
    each_colour(&mut image, |colour, alpha| colour * 255 / alpha.max(1));
    image
}

/// Changes red, green and blue of every pixel, knowing its alpha.
fn each_colour(image: &mut RgbaImage, change: impl Fn(u16, u16) -> u16) {
    for pixel in image.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let changed = |colour: u8| u8::try_from(change(colour.into(), alpha.into())).unwrap_or(u8::MAX);
        pixel.0 = [changed(red), changed(green), changed(blue), alpha];
    }
}

fn drawing(bytes: &[u8], place: LogoPlace) -> Result<RgbaImage, LogoRefusal> {
    let tree = svg::read(bytes)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let possible = |side: f32| (SMALLEST_SIDE..=LARGEST_SIDE).contains(&side);
    if !possible(width) || !possible(height) {
        return Err(LogoRefusal::Measures);
    }
    let size = fitted(width, height, room(place));
    #[expect(clippy::cast_precision_loss, reason = "sides of a few hundred pixels")]
    let scale = Transform::from_scale(size.width as f32 / width, size.height as f32 / height);
    effort::bear(&tree, scale, size)?;
    let mut pixels = Pixmap::new(size.width, size.height).ok_or(LogoRefusal::Measures)?;
    resvg::render(&tree, scale, &mut pixels.as_mut());
    let image = RgbaImage::from_raw(size.width, size.height, pixels.take_demultiplied()).ok_or(LogoRefusal::Measures)?;
    Ok(placed(image, place))
}
