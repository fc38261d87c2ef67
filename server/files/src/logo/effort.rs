//! How much work it is to draw a drawing, weighed before it is drawn.
//!
//! Drawing cannot be broken off, so it is not begun where it would take long: layers, clips and masks cost the room they take, shapes what
//! they cover and what they consist of. Nor is it begun where a shape reaches so far that drawing it is not exact. The unit is about the time one pixel takes to fill: a nanosecond or two.

use resvg::tiny_skia::{PathSegment, Point, Transform};
use resvg::usvg::{ClipPath, Group, Mask, Node, Paint, Path, Rect, Tree};

use super::LogoRefusal;
use crate::kind::Dimensions;

/// All of it.
const WORK: f64 = 200_000_000.0;
/// A piece of a shape's outline, or of its sides and corners where it is a line's.
const SEGMENT: f64 = 50.0;
const STROKED_SEGMENT: f64 = 600.0;
/// Pieces of one outline. All of them may cross one row of pixels, and then they are sorted there.
const SEGMENTS: usize = 20_000;
/// An outline that crosses a row of pixels ..
const CROSSING: f64 = 20.0;
/// .. and begins or ends something to be filled there, which happens no more often than there are pixels.
const EDGE: f64 = 180.0;
/// Dashes of one line.
const DASHES: f64 = 2_000.0;
/// A pixel of a line that is thinner than one.
const HAIR: f64 = 600.0;
/// Pieces that the side of a bent line falls into.
const BENDS: f64 = 16.0;
/// How often the pixels of a layer are touched, apart from what is drawn on it.
const LAYER: f64 = 6.0;
/// How far from the corner a shape may reach, in pixels: beyond that, positions are no longer exact, and filling goes astray.
const FARTHEST: f32 = 32_000.0;
/// The largest position whose surroundings are exact enough for the sides of a line to be found, in the smallest parts that are seen.
const EXACT: f32 = 150_000.0;
/// How far beyond the picture a layer may reach, in its sides.
const REACH: f32 = 5.0;

/// Refuses a drawing that would take too long to draw at a size, put through a transformation.
pub(super) fn bear(tree: &Tree, transform: Transform, size: Dimensions) -> Result<(), LogoRefusal> {
    #[expect(clippy::cast_precision_loss, reason = "sides of a few hundred pixels")]
    let (width, height) = (size.width as f32, size.height as f32);
    let mut effort = Effort { left: WORK, largest: Room { width: width * REACH, height: height * REACH } };
    effort.group(tree.root(), transform, Room { width, height })
}

/// Refuses a drawing whose shapes reach so far that the sides of their lines would be sought in vain.
pub(super) fn exact(tree: &Tree) -> Result<(), LogoRefusal> {
    exact_group(tree.root())
}

fn exact_group(group: &Group) -> Result<(), LogoRefusal> {
    let (mut clip, mut mask) = (group.clip_path(), group.mask());
    while let Some(next) = clip {
        exact_group(next.root())?;
        clip = next.clip_path();
    }
    while let Some(next) = mask {
        exact_group(next.root())?;
        mask = next.mask();
    }
    group.children().iter().try_for_each(|child| match child {
        Node::Group(group) => exact_group(group),
        Node::Path(path) if farthest(path.data().bounds()) > EXACT => Err(LogoRefusal::Measures),
        _ => Ok(()),
    })
}

fn farthest(bounds: Rect) -> f32 {
    [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()].into_iter().map(f32::abs).fold(0.0, f32::max)
}

/// A rectangle that is drawn upon, in pixels.
#[derive(Clone, Copy)]
struct Room {
    width: f32,
    height: f32,
}

impl Room {
    fn pixels(self) -> f64 {
        f64::from(self.width) * f64::from(self.height)
    }

    /// What a shape within these bounds covers of it at most.
    fn covered(self, bounds: Rect, transform: Transform) -> Self {
        // What has no bounds is taken for all there is.
        bounds
            .transform(transform)
            .map_or(self, |bounds| Self { width: (bounds.width() + 4.0).min(self.width), height: (bounds.height() + 4.0).min(self.height) })
    }
}

struct Effort {
    left: f64,
    largest: Room,
}

impl Effort {
    fn take(&mut self, work: f64) -> Result<(), LogoRefusal> {
        self.left -= work;
        // Not a number is no less than too much.
        if self.left > 0.0 { Ok(()) } else { Err(LogoRefusal::TooComplex) }
    }

    fn group(&mut self, group: &Group, transform: Transform, room: Room) -> Result<(), LogoRefusal> {
        let transform = transform.pre_concat(group.transform());
        let mut room = room;
        self.take(SEGMENT)?;
        if group.should_isolate() {
            room = self.largest.covered(group.layer_bounding_box().to_rect(), transform);
            self.take(room.pixels() * LAYER)?;
            if let Some(clip) = group.clip_path() {
                self.clip(clip, transform, room)?;
            }
            if let Some(mask) = group.mask() {
                self.mask(mask, transform, room)?;
            }
        }
        for child in group.children() {
            match child {
                Node::Group(group) => self.group(group, transform, room)?,
                Node::Path(path) => self.path(path, transform, room)?,
                // Refused long before.
                Node::Image(_) => return Err(LogoRefusal::EmbeddedPicture),
                Node::Text(_) => return Err(LogoRefusal::Text),
            }
        }
        Ok(())
    }

    fn clip(&mut self, clip: &ClipPath, transform: Transform, room: Room) -> Result<(), LogoRefusal> {
        self.take(room.pixels() * LAYER)?;
        self.clipping(clip.root(), transform.pre_concat(clip.transform()), room)?;
        clip.clip_path().map_or(Ok(()), |clip| self.clip(clip, transform, room))
    }

    /// Within a clip every layer is as large as the one that is clipped.
    fn clipping(&mut self, group: &Group, transform: Transform, room: Room) -> Result<(), LogoRefusal> {
        self.take(SEGMENT)?;
        for child in group.children() {
            match child {
                Node::Group(group) => {
                    let transform = transform.pre_concat(group.transform());
                    if let Some(clip) = group.clip_path() {
                        self.take(room.pixels() * LAYER)?;
                        self.clip(clip, transform, room)?;
                    }
                    self.clipping(group, transform, room)?;
                }
                Node::Path(path) => self.path(path, transform, room)?,
                Node::Image(_) => return Err(LogoRefusal::EmbeddedPicture),
                Node::Text(_) => return Err(LogoRefusal::Text),
            }
        }
        Ok(())
    }

    fn mask(&mut self, mask: &Mask, transform: Transform, room: Room) -> Result<(), LogoRefusal> {
        self.take(room.pixels() * LAYER)?;
        self.group(mask.root(), transform, room)?;
        mask.mask().map_or(Ok(()), |mask| self.mask(mask, transform, room))
    }

    fn path(&mut self, path: &Path, transform: Transform, room: Room) -> Result<(), LogoRefusal> {
        let segments = path.data().len();
        if segments > SEGMENTS {
            return Err(LogoRefusal::TooComplex);
        }
        let near = path.stroke_bounding_box().transform(transform).is_some_and(|bounds| farthest(bounds) <= FARTHEST);
        // A line is drawn before it is transformed, as fine as it will be seen.
        let (across, along) = transform.get_scale();
        let near = near && (path.stroke().is_none() || farthest(path.stroke_bounding_box()) * across.max(along) <= EXACT);
        if !near {
            return Err(LogoRefusal::Measures);
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let segments = segments as f64;
        let covered = room.covered(path.stroke_bounding_box(), transform);
        if let Some(fill) = path.fill() {
            let outline = Outline::of(path, transform, covered, 0.0);
            self.take(segments * SEGMENT + outline.work(covered) + covered.pixels() * shading(fill.paint()))?;
        }
        if let Some(stroke) = path.stroke() {
            let outline = Outline::of(path, transform, covered, stroke.width().get());
            let dashes = stroke.dasharray().map_or(0.0, |dashes| outline.dashes(dashes));
            // Not a number is no less than too many.
            if !(0.0..=DASHES).contains(&dashes) {
                return Err(LogoRefusal::TooComplex);
            }
            let dashed = Outline { crossings: outline.crossings + dashes * outline.end, ..outline };
            let hair = if outline.end > 2.0 { 0.0 } else { outline.pixels * HAIR };
            self.take((segments + dashes) * STROKED_SEGMENT + dashed.work(covered) + hair + covered.pixels() * shading(stroke.paint()))?;
        }
        Ok(())
    }
}

/// What the outline of a shape, or of the two sides of a line, is like.
#[derive(Clone, Copy)]
struct Outline {
    /// How many rows of pixels it crosses.
    crossings: f64,
    /// How many the end of a line crosses.
    end: f64,
    /// How many pixels lie along it.
    pixels: f64,
    /// How long it is, before it is transformed.
    length: f64,
}

impl Outline {
    /// At most, since a curve is no longer and no higher than the way over the points that bend it.
    fn of(path: &Path, transform: Transform, room: Room, line: f32) -> Self {
        let rows = f64::from(room.height);
        let sides = if line > 0.0 { 2.0 } else { 1.0 };
        let (across, along) = transform.get_scale();
        let end = (f64::from(line) * f64::from(across.max(along)) * sides).min(rows);
        let mut outline = Self { crossings: 0.0, end, pixels: 0.0, length: 0.0 };
        let (mut at, mut start) = (Point::zero(), Point::zero());
        for segment in path.data().segments() {
            let over: &[Point] = match segment {
                PathSegment::MoveTo(point) => {
                    (at, start) = (point, point);
                    &[]
                }
                PathSegment::LineTo(point) => &[point],
                PathSegment::QuadTo(a, point) => &[a, point],
                PathSegment::CubicTo(a, b, point) => &[a, b, point],
                PathSegment::Close => &[start],
            };
            let pieces = if line > 0.0 && over.len() > 1 { BENDS } else { 1.0 };
            for &point in over {
                let mut ends = [at, point];
                outline.length += f64::from((point - at).length());
                transform.map_points(&mut ends);
                // What is not a number is taken for all there is.
                outline.crossings += (f64::from((ends[1].y - ends[0].y).abs()) * sides).min(rows * sides) + (end + 1.0) * pieces;
                outline.pixels += f64::from((ends[1] - ends[0]).length()).min(f64::from(room.width + room.height));
                at = point;
            }
        }
        outline
    }

    fn work(self, room: Room) -> f64 {
        self.crossings * CROSSING + self.crossings.min(room.pixels()) * EDGE
    }

    /// Into how many dashes and gaps a line falls.
    fn dashes(self, dashes: &[f32]) -> f64 {
        let whole: f64 = dashes.iter().map(|dash| f64::from(*dash)).sum();
        #[expect(clippy::cast_precision_loss, reason = "as many as stand in a file")]
        let count = dashes.len() as f64;
        (self.length / whole + 1.0) * count
    }
}

/// How much longer a pixel takes than one of a plain colour.
fn shading(paint: &Paint) -> f64 {
    let stops = match paint {
        Paint::Color(_) => return 1.0,
        Paint::LinearGradient(gradient) => gradient.stops().len(),
        Paint::RadialGradient(gradient) => gradient.stops().len(),
        // Refused long before.
        Paint::Pattern(_) => return f64::INFINITY,
    };
    #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
    let stops = stops as f64;
    3.0 + stops
}
