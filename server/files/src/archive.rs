//! Archives, read strictly: what another program might read differently is refused, so that there is one reading.

use std::collections::HashSet;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::limits::ArchiveLimits;
use crate::refusal::Refusal;

const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
/// The longest data descriptor that may follow an entry.
const DESCRIPTOR_LENGTH: usize = 24;
const RATIO_COUNTS_FROM: u64 = 1024 * 1024;

/// What archives may still unpack to, counted over one file and all archives within it.
pub(crate) struct Budget {
    limits: ArchiveLimits,
    entries: usize,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(limits: ArchiveLimits) -> Self {
        Self { limits, entries: limits.entries, bytes: limits.total_bytes }
    }
}

/// An entry; its data is still packed.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    deflated: bool,
    crc: u32,
    size: u64,
    data: &'a [u8],
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Refusal> {
    let end = at.checked_add(2).ok_or(Refusal::Damaged)?;
    let raw = bytes.get(at..end).and_then(|raw| raw.try_into().ok()).ok_or(Refusal::Damaged)?;
    Ok(u16::from_le_bytes(raw))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Refusal> {
    let end = at.checked_add(4).ok_or(Refusal::Damaged)?;
    let raw = bytes.get(at..end).and_then(|raw| raw.try_into().ok()).ok_or(Refusal::Damaged)?;
    Ok(u32::from_le_bytes(raw))
}

fn length_at(bytes: &[u8], at: usize) -> Result<usize, Refusal> {
    usize::try_from(u32_at(bytes, at)?).map_err(|_| Refusal::Damaged)
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Result<&[u8], Refusal> {
    at.checked_add(length).and_then(|end| bytes.get(at..end)).ok_or(Refusal::Damaged)
}

/// The name of an entry, when it leads nowhere but below the archive.
fn safe_path(raw: &[u8]) -> Result<&str, Refusal> {
    let name = std::str::from_utf8(raw).map_err(|_| Refusal::UnsafePath)?;
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
    let segments = name.strip_suffix('/').unwrap_or(name);
    if name.chars().any(odd) || segments.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(Refusal::UnsafePath);
    }
    Ok(name)
}

/// The entries of an archive that fills all of `bytes`: nothing before, behind or between them.
pub(crate) fn entries<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<Vec<Entry<'a>>, Refusal> {
    let end = bytes.len().checked_sub(END_LENGTH).ok_or(Refusal::Damaged)?;
    if !bytes.get(end..).is_some_and(|tail| tail.starts_with(b"PK\x05\x06")) || u16_at(bytes, end + 20)? != 0 {
        // Its end further up: a comment or another file hangs behind.
        let tail = &bytes[bytes.len().saturating_sub(END_LENGTH + usize::from(u16::MAX))..];
        let hidden = tail.windows(4).any(|window| window == b"PK\x05\x06");
        return Err(if hidden { Refusal::Polyglot } else { Refusal::Damaged });
    }
    let count = u16_at(bytes, end + 10)?;
    if u16_at(bytes, end + 4)? != 0 || u16_at(bytes, end + 6)? != 0 || u16_at(bytes, end + 8)? != count {
        return Err(Refusal::Damaged);
    }
    budget.entries = budget.entries.checked_sub(usize::from(count)).ok_or(Refusal::ArchiveBomb)?;
    let (directory_size, directory) = (length_at(bytes, end + 12)?, length_at(bytes, end + 16)?);
    if directory.checked_add(directory_size) != Some(end) {
        return Err(Refusal::Polyglot);
    }

    let mut entries = Vec::with_capacity(usize::from(count));
    let mut spans = Vec::with_capacity(usize::from(count));
    let mut names = HashSet::with_capacity(usize::from(count));
    let mut at = directory;
    for _ in 0..count {
        if slice(bytes, at, CENTRAL_LENGTH)?.get(..4) != Some(b"PK\x01\x02") {
            return Err(Refusal::Damaged);
        }
        let (flags, method) = (u16_at(bytes, at + 8)?, u16_at(bytes, at + 10)?);
        // Encrypted, strongly encrypted, names encrypted.
        if flags & (1 | 1 << 6 | 1 << 13) != 0 {
            return Err(Refusal::Encrypted);
        }
        let (packed, size) = (length_at(bytes, at + 20)?, u32_at(bytes, at + 24)?);
        let name_length = usize::from(u16_at(bytes, at + 28)?);
        let (extra, comment) = (usize::from(u16_at(bytes, at + 30)?), usize::from(u16_at(bytes, at + 32)?));
        let (unix, link) = (bytes[at + 5] == 3, u32_at(bytes, at + 38)? >> 28 == 0o12);
        if unix && link {
            return Err(Refusal::UnsafePath);
        }
        let start = length_at(bytes, at + 42)?;
        let raw_name = slice(bytes, at + CENTRAL_LENGTH, name_length)?;
        let name = safe_path(raw_name)?;
        // Names of parts differ in more than capitals.
        if !names.insert(name.to_lowercase()) {
            return Err(Refusal::Damaged);
        }

        let local = slice(bytes, start, LOCAL_LENGTH)?;
        let agrees = local.starts_with(b"PK\x03\x04") && u16_at(local, 6)? & 1 == 0 && u16_at(local, 8)? == method;
        let local_name = usize::from(u16_at(local, 26)?);
        let data_at = start + LOCAL_LENGTH + local_name + usize::from(u16_at(local, 28)?);
        if !agrees || slice(bytes, start + LOCAL_LENGTH, local_name)? != raw_name {
            return Err(Refusal::Damaged);
        }
        let data = slice(bytes, data_at, packed)?;
        let deflated = match method {
            0 if u64::from(size) == data.len() as u64 => false,
            8 => true,
            _ => return Err(Refusal::Damaged),
        };
        spans.push((start, data_at + packed));
        entries.push(Entry { name, deflated, crc: u32_at(bytes, at + 16)?, size: u64::from(size), data });
        at += CENTRAL_LENGTH + name_length + extra + comment;
    }
    if at != end {
        return Err(Refusal::Damaged);
    }
    spans.sort_unstable();
    let mut previous = 0;
    for (index, (start, stop)) in spans.into_iter().chain([(directory, end)]).enumerate() {
        // One piece of data that is many entries is how a small archive becomes a very large one.
        if start < previous {
            return Err(Refusal::ArchiveBomb);
        }
        if start - previous > if index == 0 { 0 } else { DESCRIPTOR_LENGTH } {
            return Err(Refusal::Polyglot);
        }
        previous = stop;
    }
    Ok(entries)
}

/// Unpacks an entry, when it is as long as it says and the budget bears it.
pub(crate) fn unpack(entry: &Entry<'_>, budget: &mut Budget) -> Result<Vec<u8>, Refusal> {
    let limits = budget.limits;
    budget.bytes = budget.bytes.checked_sub(entry.size).ok_or(Refusal::ArchiveBomb)?;
    let too_dense = entry.size > RATIO_COUNTS_FROM && entry.size / (entry.data.len() as u64).max(1) > limits.ratio;
    if entry.size > limits.entry_bytes || too_dense {
        return Err(Refusal::ArchiveBomb);
    }
    let bytes = if entry.deflated {
        let mut bytes = Vec::new();
        // One byte more than it says, to see whether it lies.
        let mut decoder = DeflateDecoder::new(entry.data).take(entry.size + 1);
        decoder.read_to_end(&mut bytes).map_err(|_| Refusal::Damaged)?;
        bytes
    } else {
        entry.data.to_vec()
    };
    if bytes.len() as u64 > entry.size {
        return Err(Refusal::ArchiveBomb);
    }
    let mut crc = Crc::new();
    crc.update(&bytes);
    if (bytes.len() as u64) < entry.size || crc.sum() != entry.crc {
        return Err(Refusal::Damaged);
    }
    Ok(bytes)
}
