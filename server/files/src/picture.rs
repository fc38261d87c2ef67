//! Pictures: measured before they are decoded, decoded within limits, and written anew.
//!
//! What is kept is what this program wrote: no metadata, no place where it was taken, nothing before, behind or between the pixels.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError};

use crate::kind::{Dimensions, Kind};
use crate::limits::PictureLimits;
use crate::refusal::Refusal;

/// Fine enough for a page and for print, a third of the size of the finest.
const JPEG_QUALITY: u8 = 88;
/// The longest side of the small copy that pages show, in pixels: twice what they show, for fine screens.
const PREVIEW_SIDE: u32 = 480;

/// A picture, written by this program.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// JPEG or PNG.
    pub kind: Kind,
    /// As it stands upright.
    pub dimensions: Dimensions,
    /// All of it.
    pub bytes: Vec<u8>,
    /// A small copy of the same kind, for a list of pictures.
    pub preview: Vec<u8>,
}

fn damaged(error: &ImageError) -> Refusal {
    match error {
        // Its dimensions were allowed: what else it wants to allocate is out of proportion.
        ImageError::Limits(_) => Refusal::ArchiveBomb,
        _ => Refusal::Damaged,
    }
}

/// A decoder whose dimensions are known and allowed, before a pixel was decoded.
fn open<'a>(bytes: &'a [u8], kind: Kind, limits: PictureLimits) -> Result<Box<dyn ImageDecoder + 'a>, Refusal> {
    let within = |width: u32, height: u32| {
        let dimensions = Dimensions { width, height };
        if width == 0 || height == 0 {
            return Err(Refusal::Damaged);
        }
        if width > limits.side || height > limits.side || dimensions.pixels() > limits.pixels {
            return Err(Refusal::TooManyPixels { width, height });
        }
        Ok(())
    };
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.allocation);
    let cursor = Cursor::new(bytes);
    let mut decoder: Box<dyn ImageDecoder + 'a> = match kind {
        Kind::Png => {
            // The first chunk has them; asked here so that a decoder never sees the absurd ones.
            let side =
                |at: usize| bytes.get(at..at + 4).and_then(|raw| raw.try_into().ok()).map(u32::from_be_bytes).ok_or(Refusal::Damaged);
            within(side(16)?, side(20)?)?;
            let decoder = PngDecoder::with_limits(cursor, allowed.clone()).map_err(|error| damaged(&error))?;
            if decoder.is_apng().map_err(|error| damaged(&error))? {
                return Err(Refusal::Animated);
            }
            Box::new(decoder)
        }
        Kind::Jpeg => Box::new(JpegDecoder::new(cursor).map_err(|error| damaged(&error))?),
        Kind::Webp => {
            let decoder = WebPDecoder::new(cursor).map_err(|error| damaged(&error))?;
            if decoder.has_animation() {
                return Err(Refusal::Animated);
            }
            Box::new(decoder)
        }
        _ => return Err(Refusal::UnknownType),
    };
    let (width, height) = decoder.dimensions();
    within(width, height)?;
    if decoder.total_bytes() > limits.allocation {
        return Err(Refusal::TooManyPixels { width, height });
    }
    decoder.set_limits(allowed).map_err(|error| damaged(&error))?;
    Ok(decoder)
}

/// The dimensions a picture claims, when they are allowed. Decodes nothing.
pub(crate) fn measure(bytes: &[u8], kind: Kind, limits: PictureLimits) -> Result<Dimensions, Refusal> {
    let (width, height) = open(bytes, kind, limits)?.dimensions();
    Ok(Dimensions { width, height })
}

/// Decodes a picture, turns it upright and writes it anew: a JPEG as JPEG, a PNG as PNG, a WebP as PNG where it is transparent and as JPEG
/// where it is not. Eight bits a channel; a colour profile is dropped with the other metadata. Takes the processor for a while:
/// [`crate::Examiner`] calls it where that disturbs nobody.
///
/// # Errors
///
/// [`Refusal::TooManyPixels`], [`Refusal::Animated`], [`Refusal::Damaged`], [`Refusal::ArchiveBomb`].
pub fn redraw(bytes: &[u8], kind: Kind, limits: PictureLimits) -> Result<Picture, Refusal> {
    let image = decode(bytes, kind, limits)?;
    let transparent = image.color().has_alpha();
    let kind = match kind {
        Kind::Png => Kind::Png,
        Kind::Webp if transparent => Kind::Png,
        _ => Kind::Jpeg,
    };
    let bytes = write(&image, kind)?;
    let is_small = image.width() <= PREVIEW_SIDE && image.height() <= PREVIEW_SIDE;
    let preview = if is_small { bytes.clone() } else { write(&image.thumbnail(PREVIEW_SIDE, PREVIEW_SIDE), kind)? };
    Ok(Picture { kind, dimensions: Dimensions { width: image.width(), height: image.height() }, bytes, preview })
}

/// The pixels of a picture, upright, eight bits a channel.
pub(crate) fn decode(bytes: &[u8], kind: Kind, limits: PictureLimits) -> Result<DynamicImage, Refusal> {
    let mut decoder = open(bytes, kind, limits)?;
    // A picture whose metadata is broken stands as it is.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| damaged(&error))?;
    image = match (image.color().has_alpha(), image.color().has_color()) {
        (true, true) => DynamicImage::ImageRgba8(image.into_rgba8()),
        (true, false) => DynamicImage::ImageLumaA8(image.into_luma_alpha8()),
        (false, true) => DynamicImage::ImageRgb8(image.into_rgb8()),
        (false, false) => DynamicImage::ImageLuma8(image.into_luma8()),
    };
    image.apply_orientation(orientation);
    Ok(image)
}

/// A picture as PNG or JPEG.
pub(crate) fn write(image: &DynamicImage, kind: Kind) -> Result<Vec<u8>, Refusal> {
    let mut written = Vec::new();
    let result = if kind == Kind::Png {
        image.write_with_encoder(PngEncoder::new_with_quality(&mut written, CompressionType::Default, FilterType::Adaptive))
    } else {
        image.write_with_encoder(JpegEncoder::new_with_quality(&mut written, JPEG_QUALITY))
    };
    result.map_err(|error| damaged(&error))?;
    Ok(written)
}
