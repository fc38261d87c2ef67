//! How much is taken, and how much work a file may cause.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// All the limits of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes, as it comes and as it is kept.
    pub bytes: u64,
    /// Of pictures.
    pub picture: PictureLimits,
    /// Of documents that are archives.
    pub archive: ArchiveLimits,
    /// Of PDF documents.
    pub pdf: PdfLimits,
}

/// Limits of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureLimits {
    /// The longest side, in pixels.
    pub side: u32,
    /// Width times height.
    pub pixels: u64,
    /// What decoding may allocate, in bytes.
    pub allocation: u64,
}

/// Limits of an archive, counted over it and the archives within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// How many entries it has.
    pub entries: usize,
    /// What one entry unpacks to, in bytes.
    pub entry_bytes: u64,
    /// What all entries unpack to, in bytes.
    pub total_bytes: u64,
    /// How many times larger an entry of more than a mebibyte may become.
    pub ratio: u64,
}

/// Limits of a PDF document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfLimits {
    /// What its streams unpack to, all together, in bytes.
    pub total_bytes: u64,
    /// How many streams it has.
    pub streams: usize,
}

/// Limits of receiving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiveLimits {
    /// The largest file, in bytes.
    pub bytes: u64,
    /// How long the sender may be silent.
    pub silence: Duration,
    /// How long all of it may take.
    pub total: Duration,
}

impl Default for Limits {
    /// 20 MiB, 16.7 million pixels, and unpacking to no more than a server with little memory bears.
    fn default() -> Self {
        Self {
            bytes: 20 * MIB,
            picture: PictureLimits { side: 8192, pixels: 4096 * 4096, allocation: 96 * MIB },
            archive: ArchiveLimits { entries: 2000, entry_bytes: 32 * MIB, total_bytes: 96 * MIB, ratio: 150 },
            pdf: PdfLimits { total_bytes: 384 * MIB, streams: 100_000 },
        }
    }
}

impl Default for ReceiveLimits {
    /// As large as [`Limits`] allows, half a minute of silence, ten minutes in all.
    fn default() -> Self {
        Self { bytes: Limits::default().bytes, silence: Duration::from_secs(30), total: Duration::from_mins(10) }
    }
}
