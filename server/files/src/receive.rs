//! From a stream into a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use futures::{Stream, StreamExt, pin_mut};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::io::AsyncWriteExt;

use crate::content_hash::ContentHash;
use crate::limits::ReceiveLimits;
use crate::refusal::Refusal;

/// A file that came whole. It has no name on the disk: when this value goes, or the process dies, the disk has it no more.
#[derive(Debug)]
pub struct Received {
    file: File,
    size: u64,
    hash: ContentHash,
}

/// A stream that did not become a file. Nothing of it is left.
#[derive(Debug, Error)]
pub enum ReceiveError {
    /// It is too large, or empty.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The sender broke off, or what it sent could not be read.
    #[error("the stream broke off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sender took too long.
    #[error("the sender took too long")]
    TimedOut,
    /// The disk did not take it.
    #[error("writing failed")]
    Disk(#[source] io::Error),
}

impl Received {
    /// How many bytes came.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of what came. A picture is kept under another one, since it is drawn anew.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// All of it. Blocks.
    pub(crate) fn read(mut self) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).map_err(io::Error::other)?);
        self.file.take(self.size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Writes a stream into a file without a name in `folder` (0600, its room given back whatever happens), counting and hashing as it comes.
/// The stream is dropped as soon as it is longer than `limits.bytes`, whatever length it claimed.
///
/// # Errors
///
/// See [`ReceiveError`].
pub async fn receive<S, E>(stream: S, folder: &Path, limits: ReceiveLimits) -> Result<Received, ReceiveError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let folder = folder.to_owned();
    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder))
        .await
        .map_err(|error| ReceiveError::Disk(io::Error::other(error)))?
        .map_err(ReceiveError::Disk)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut hash = Sha256::new();
    let mut size = 0_u64;
    let started = Instant::now();
    pin_mut!(stream);
    loop {
        // Asked at every chunk, too: a stream that is always ready never lets a timer run.
        let left = limits.total.checked_sub(started.elapsed()).ok_or(ReceiveError::TimedOut)?;
        let next = tokio::time::timeout(left.min(limits.silence), stream.next()).await.map_err(|_| ReceiveError::TimedOut)?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|error| ReceiveError::Broken(error.into()))?;
        size = size.saturating_add(chunk.len() as u64);
        if size > limits.bytes {
            return Err(Refusal::TooLarge { limit: limits.bytes }.into());
        }
        if chunk.is_empty() {
            tokio::task::yield_now().await;
            continue;
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(ReceiveError::Disk)?;
    }
    if size == 0 {
        return Err(Refusal::Empty.into());
    }
    file.flush().await.map_err(ReceiveError::Disk)?;
    let file = file.into_std().await;
    Ok(Received { file, size, hash: ContentHash::from_bytes(hash.finalize().into()) })
}
