//! The way from what came to what may be kept.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::content_hash::ContentHash;
use crate::inspect::{Inspected, inspect};
use crate::kind::{Dimensions, Kind};
use crate::limits::Limits;
use crate::logo::{self, Logo, LogoPlace, LogoRefusal};
use crate::picture::redraw;
use crate::receive::Received;
use crate::refusal::Refusal;
use crate::safe_name::SafeName;

/// A file that may be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What it is, as it is kept: a WebP picture has become JPEG or PNG.
    pub kind: Kind,
    /// The name it is shown and saved under.
    pub name: SafeName,
    /// Of a picture: its size, upright.
    pub dimensions: Option<Dimensions>,
    /// The hash of what is kept.
    pub hash: ContentHash,
    /// What is kept.
    pub bytes: Bytes,
    /// Of a picture: a small copy of the same kind.
    pub preview: Option<Bytes>,
}

impl Accepted {
    /// How many bytes are kept; what counts against the company's allowance.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// No verdict, or not a good one.
#[derive(Debug, Error)]
pub enum ExamineError {
    /// The file is not accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was received could not be read back.
    #[error("reading failed")]
    Disk(#[source] io::Error),
}

/// Inspects a file and makes of it what is kept. Takes the processor for a while: [`Examiner`] calls it where that disturbs nobody.
///
/// # Errors
///
/// Every [`Refusal`] but those of quotas.
pub fn accept(bytes: Vec<u8>, sent_name: &str, limits: &Limits) -> Result<Accepted, Refusal> {
    let Inspected { mut kind, mut dimensions } = inspect(&bytes, sent_name, limits)?;
    let (mut bytes, mut preview) = (bytes, None);
    if kind.is_picture() {
        let picture = redraw(&bytes, kind, limits.picture)?;
        kind = picture.kind;
        dimensions = Some(picture.dimensions);
        bytes = picture.bytes;
        preview = Some(picture.preview.into());
        if bytes.len() as u64 > limits.bytes {
            return Err(Refusal::TooLarge { limit: limits.bytes });
        }
    }
    let hash = ContentHash::of(&bytes);
    Ok(Accepted { kind, name: SafeName::new(sent_name, kind), dimensions, hash, bytes: bytes.into(), preview })
}

/// How long a logo may wait for its turn and be drawn. Drawing itself is bounded by the work a drawing asks for; this is for a busy server.
const LOGO_LIMIT: Duration = Duration::from_secs(20);

/// Examines files one or two at a time, beside the threads that serve pages, so that many large pictures take memory and processor for few.
#[derive(Clone, Debug)]
pub struct Examiner {
    limits: Limits,
    permits: Arc<Semaphore>,
}

impl Examiner {
    /// One that works on so many files at once, at least one.
    pub fn new(limits: Limits, at_once: usize) -> Self {
        Self { limits, permits: Arc::new(Semaphore::new(at_once.max(1))) }
    }

    /// The limits it applies.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// [`accept`], in its turn. When the caller goes away, a file that waits is dropped and one that is worked on is finished in vain.
    ///
    /// # Errors
    ///
    /// See [`ExamineError`].
    pub async fn examine(&self, received: Received, sent_name: &str) -> Result<Accepted, ExamineError> {
        let (limits, sent_name) = (self.limits, sent_name.to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|error| ExamineError::Disk(io::Error::other(error)))?;
        let work = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _permit = permit;
            let bytes = received.read().map_err(ExamineError::Disk)?;
            Ok(accept(bytes, &sent_name, &limits)?)
        });
        work.await.unwrap_or_else(|error| {
            // A decoder that panics has met a file that is none.
            tracing::warn!(%error, "examining a file panicked");
            Err(Refusal::Damaged.into())
        })
    }
    /// [`logo::draw`], in its turn, within twenty seconds.
    ///
    /// # Errors
    ///
    /// See [`LogoRefusal`].
    pub async fn draw_logo(&self, bytes: Vec<u8>, place: LogoPlace) -> Result<Logo, LogoRefusal> {
        let permits = Arc::clone(&self.permits);
        let drawn = async move {
            let permit = permits.acquire_owned().await.ok();
            let work = tokio::task::spawn_blocking(move || {
                // Held until the work is done, even when nobody waits for it any more.
                let _permit = permit;
                logo::draw(&bytes, place)
            });
            work.await.unwrap_or_else(|error| {
                tracing::warn!(%error, "drawing a logo panicked");
                Err(Refusal::Damaged.into())
            })
        };
        tokio::time::timeout(LOGO_LIMIT, drawn).await.unwrap_or(Err(LogoRefusal::TooComplex))
    }
}
