//! PDF documents: whether one does anything by itself.
//!
//! No reader agrees with another on broken documents, so this is no reader. Names are looked for in every byte of the file and of every
//! stream that unpacks, wherever its tables point, and an object stream that cannot be unpacked is refused. A text that spells out
//! `/JavaScript` is refused, too: that is the price.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::limits::PdfLimits;
use crate::refusal::Refusal;

/// Names that stand for something that runs, opens, sends or plays, or for a file within the file.
const ACTIVE: &[(&[u8], &str)] = &[
    (b"JavaScript", "javascript"),
    (b"Launch", "launch"),
    (b"EmbeddedFile", "embedded_file"),
    (b"EmbeddedFiles", "embedded_file"),
    (b"GoToE", "embedded_file"),
    (b"RichMedia", "media"),
    (b"Movie", "media"),
    (b"Rendition", "media"),
    (b"XFA", "form"),
    (b"SubmitForm", "form"),
    (b"ImportData", "form"),
    // What happens when a page is shown or a field is touched, and going to a file elsewhere.
    (b"AA", "additional_action"),
    (b"GoToR", "remote_file"),
];

/// What says what happens on opening is there once in an honest document, and once more for each revision. Each is looked for in the whole
/// document.
const OPEN_ACTIONS: usize = 16;

/// The longest name that is read; the ones looked for are short even with every byte escaped.
const NAME_LENGTH: usize = 127;
/// Where the end of a document may be.
const TAIL: usize = 2048;
/// All object streams of a document, unpacked.
const OBJECT_STREAMS: usize = 32 * 1024 * 1024;
/// What lies before streams is read once in an honest document.
const DICTIONARIES: usize = 64 * 1024 * 1024;
/// How far an object is read to learn its kind.
const OBJECT: usize = 1024;

fn find(bytes: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let first = *word.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(word) {
            return Some(at);
        }
        at += 1;
    }
}

fn find_last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Calls `seen` with every name, its escapes resolved, and the offset behind it.
fn names(bytes: &[u8], mut seen: impl FnMut(&[u8], usize) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut at = 0;
    let mut name = [0_u8; NAME_LENGTH];
    while let Some(slash) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'/')) {
        at += slash + 1;
        let mut length = 0;
        while length < NAME_LENGTH {
            let Some(byte) = bytes.get(at).copied().filter(|byte| is_regular(*byte)) else { break };
            let escaped = match (byte, bytes.get(at + 1), bytes.get(at + 2)) {
                (b'#', Some(high), Some(low)) => hexadecimal(*high).zip(hexadecimal(*low)).map(|(high, low)| high << 4 | low),
                _ => None,
            };
            name[length] = escaped.unwrap_or(byte);
            length += 1;
            at += if escaped.is_some() { 3 } else { 1 };
        }
        seen(&name[..length], at)?;
    }
    Ok(())
}

fn hexadecimal(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn refuse_active(name: &[u8]) -> Result<(), Refusal> {
    match ACTIVE.iter().find(|(active, _)| *active == name) {
        Some((_, found)) => Err(Refusal::ActiveContent { found }),
        None => Ok(()),
    }
}

/// Whether a PDF document is whole, unlocked, and does nothing by itself.
pub(crate) fn inspect(bytes: &[u8], limits: PdfLimits) -> Result<(), Refusal> {
    shape(bytes)?;
    names(bytes, |name, _| if name == b"Encrypt" { Err(Refusal::Encrypted) } else { Ok(()) })?;
    names(bytes, |name, _| refuse_active(name))?;
    let object_streams = streams(bytes, limits)?;
    let mut open_actions = 0;
    for part in object_streams.iter().map(Vec::as_slice).chain([bytes]) {
        names(part, |name, at| {
            if name != b"OpenAction" {
                return Ok(());
            }
            open_actions += 1;
            if open_actions <= OPEN_ACTIONS && opens_a_page(&part[at..], bytes, &object_streams) {
                Ok(())
            } else {
                Err(Refusal::ActiveContent { found: "open_action" })
            }
        })?;
    }
    Ok(())
}

/// Begins as a PDF, ends as one, and is nothing else.
fn shape(bytes: &[u8]) -> Result<(), Refusal> {
    let version = bytes.get(5..8).ok_or(Refusal::Damaged)?;
    if !(version[0].is_ascii_digit() && version[1] == b'.' && version[2].is_ascii_digit()) {
        return Err(Refusal::Damaged);
    }
    let head = bytes[..bytes.len().min(1024)].to_ascii_lowercase();
    if [b"<script".as_slice(), b"<html", b"<svg", b"<!doctype", b"<?php", b"<body"].iter().any(|tag| find(&head, tag, 0).is_some()) {
        return Err(Refusal::Polyglot);
    }
    let archive = &bytes[bytes.len().saturating_sub(22 + usize::from(u16::MAX))..];
    if find(archive, b"PK\x05\x06", 0).is_some() {
        return Err(Refusal::Polyglot);
    }
    let Some(end) = find_last(bytes, b"%%EOF") else { return Err(Refusal::Damaged) };
    if bytes[end + 5..].iter().any(|byte| !is_space(*byte)) {
        return Err(Refusal::Polyglot);
    }
    let tail = &bytes[end.saturating_sub(TAIL)..end];
    let start = find_last(tail, b"startxref").ok_or(Refusal::Damaged)?;
    let (number, _) = integer(tail, start + 9).ok_or(Refusal::Damaged)?;
    let table = bytes.get(number..).ok_or(Refusal::Damaged)?;
    let table = &table[table.iter().position(|byte| !is_space(*byte)).ok_or(Refusal::Damaged)?..];
    if table.starts_with(b"xref") || table[0].is_ascii_digit() { Ok(()) } else { Err(Refusal::Damaged) }
}

/// The number at an offset, blanks before it skipped, and the offset behind it.
fn integer(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let start = at + bytes.get(at..)?.iter().position(|byte| !is_space(*byte))?;
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).take(19).count();
    let number = std::str::from_utf8(&bytes[start..start + length]).ok()?.parse().ok()?;
    Some((number, start + length))
}

/// Unpacks every stream, looks at the names within, and hands back those that hold objects.
fn streams(bytes: &[u8], limits: PdfLimits) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut found = Vec::new();
    let (mut from, mut dictionary_at) = (0, 0);
    let (mut left, mut objects_left) = (limits.total_bytes, OBJECT_STREAMS);
    let (mut streams_left, mut dictionaries_left) = (limits.streams, DICTIONARIES);
    while let Some(at) = find(bytes, b"stream", from) {
        from = at + 6;
        if bytes[..at].ends_with(b"end") {
            dictionary_at = from;
            continue;
        }
        streams_left = streams_left.checked_sub(1).ok_or(Refusal::ArchiveBomb)?;
        let dictionary = &bytes[dictionary_at..at];
        dictionaries_left = dictionaries_left.checked_sub(dictionary.len()).ok_or(Refusal::ArchiveBomb)?;
        let packing = object_stream(dictionary)?;

        let mut data = &bytes[from..];
        while let [b' ' | b'\t', rest @ ..] = data {
            data = rest;
        }
        data = data.strip_prefix(b"\r").unwrap_or(data);
        data = data.strip_prefix(b"\n").unwrap_or(data);
        match packing {
            Some(Packing::Plain) => {
                // Its names were seen with those of the file.
                let end = find(data, b"endstream", 0).ok_or(Refusal::Damaged)?;
                objects_left = objects_left.checked_sub(end).ok_or(Refusal::ArchiveBomb)?;
                found.push(data[..end].to_vec());
            }
            Some(Packing::Flate) => {
                let allowed = left.min(objects_left as u64);
                let mut objects = Vec::new();
                ZlibDecoder::new(data).take(allowed + 1).read_to_end(&mut objects).map_err(|_| Refusal::Damaged)?;
                let length = objects.len() as u64;
                left = left.checked_sub(length).ok_or(Refusal::ArchiveBomb)?;
                objects_left = objects_left.checked_sub(objects.len()).ok_or(Refusal::ArchiveBomb)?;
                names(&objects, |name, _| refuse_active(name))?;
                found.push(objects);
            }
            None if looks_deflated(data) => left = look_through(data, left)?,
            None => {}
        }
    }
    Ok(found)
}

fn looks_deflated(data: &[u8]) -> bool {
    matches!(data, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

/// Looks at the names in a stream, piece by piece, as far as it unpacks; what is left of the bytes allowed.
fn look_through(data: &[u8], mut left: u64) -> Result<u64, Refusal> {
    const PIECE: usize = 32 * 1024;
    // A name that begins in one piece ends in the next.
    const OVERLAP: usize = 3 * NAME_LENGTH;
    let mut decoder = ZlibDecoder::new(data);
    let mut piece = vec![0; OVERLAP + PIECE];
    let mut kept = 0;
    loop {
        // No zlib stream at all, or one that breaks off: a reader shows what came until then.
        let Ok(read) = decoder.read(&mut piece[kept..]) else { return Ok(left) };
        if read == 0 {
            return Ok(left);
        }
        left = left.checked_sub(read as u64).ok_or(Refusal::ArchiveBomb)?;
        let filled = kept + read;
        names(&piece[..filled], |name, at| if at < filled { refuse_active(name) } else { Ok(()) })?;
        kept = filled.min(OVERLAP);
        piece.copy_within(filled - kept..filled, 0);
    }
}

/// How an object stream is packed.
enum Packing {
    Plain,
    Flate,
}

/// Whether what lies before a stream makes it one that holds objects.
fn object_stream(dictionary: &[u8]) -> Result<Option<Packing>, Refusal> {
    let own = find_last(dictionary, b"obj").unwrap_or(0);
    let (mut typed, mut count, mut first, mut predicted, mut elsewhere) = (false, false, false, false, false);
    let mut packing = Packing::Plain;
    let mut readable = true;
    names(dictionary, |name, at| {
        match name {
            b"ObjStm" => typed = true,
            b"N" if at > own => count = true,
            b"First" if at > own => first = true,
            b"Predictor" if at > own => predicted = true,
            b"F" | b"FFilter" if at > own => elsewhere = true,
            b"Filter" if at > own => {
                let mut one = 0;
                let rest = &dictionary[at..];
                let list = rest.iter().position(|byte| !is_space(*byte)).map_or(rest, |start| &rest[start..]);
                let list = match list {
                    [b'[', inner @ ..] => inner.split(|byte| *byte == b']').next().unwrap_or(inner),
                    [b'/', inner @ ..] => {
                        let length = inner.iter().take_while(|byte| is_regular(**byte)).count();
                        &list[..=length]
                    }
                    _ => &[],
                };
                names(list, |filter, _| {
                    one += 1;
                    readable &= matches!(filter, b"FlateDecode" | b"Fl");
                    Ok(())
                })?;
                readable &= one == 1;
                packing = Packing::Flate;
            }
            _ => {}
        }
        Ok(())
    })?;
    let holds_objects = typed || (count && first);
    if !holds_objects {
        return Ok(None);
    }
    // Objects nobody can look at.
    if !readable || predicted || elsewhere { Err(Refusal::Damaged) } else { Ok(Some(packing)) }
}

/// Whether what happens on opening is that a page is shown, be it said here or in another object.
fn opens_a_page(value: &[u8], bytes: &[u8], object_streams: &[Vec<u8>]) -> bool {
    shows_a_page(value) || integer(value, 0).is_some_and(|(number, _)| object_shows_a_page(number, bytes, object_streams))
}

/// A place in the document, or the action of going there.
fn shows_a_page(object: &[u8]) -> bool {
    let object = &object[..object.len().min(OBJECT)];
    let object = object.iter().position(|byte| !is_space(*byte)).map_or(object, |start| &object[start..]);
    if object.starts_with(b"[") || object.starts_with(b"null") {
        return true;
    }
    if !object.starts_with(b"<<") {
        return false;
    }
    let object = dictionary(object);
    let (mut action, mut goes, mut other) = (false, false, false);
    let result = names(object, |name, _| {
        if action {
            goes |= name == b"GoTo";
            other |= name != b"GoTo";
        }
        // What follows the action, wherever it stands, is another one.
        other |= name == b"Next";
        // The name behind this one says what the action is.
        action = name == b"S";
        Ok(())
    });
    result.is_ok() && goes && !other
}

/// The dictionary that begins here, to its end; all there is when it has none.
fn dictionary(bytes: &[u8]) -> &[u8] {
    let (mut depth, mut parentheses, mut at) = (0_usize, 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'\\', _) if parentheses > 0 => at += 1,
            (b'(', _) => parentheses += 1,
            (b')', _) => parentheses = parentheses.saturating_sub(1),
            (b'<', Some(b'<')) if parentheses == 0 => {
                depth += 1;
                at += 1;
            }
            (b'>', Some(b'>')) if parentheses == 0 => {
                depth = depth.saturating_sub(1);
                at += 1;
                if depth == 0 {
                    return &bytes[..=at];
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes
}

/// Whether every object of this number, in all revisions, only goes to a page; one that is not found does not.
fn object_shows_a_page(number: usize, bytes: &[u8], object_streams: &[Vec<u8>]) -> bool {
    let mut found = false;
    let digits = number.to_string();
    let mut from = 0;
    while let Some(at) = find(bytes, digits.as_bytes(), from) {
        from = at + 1;
        let whole = at == 0 || !bytes[at - 1].is_ascii_digit();
        let Some((_, behind)) = integer(bytes, at + digits.len()).filter(|_| whole) else { continue };
        if behind == at + digits.len() {
            continue;
        }
        let Some(start) = bytes[behind..].iter().position(|byte| !is_space(*byte)).map(|blanks| behind + blanks) else { continue };
        if bytes[start..].starts_with(b"obj") {
            found = true;
            if !shows_a_page(&bytes[start + 3..]) {
                return false;
            }
        }
    }
    for objects in object_streams {
        // Pairs of number and offset, then the objects, in the order of the pairs.
        let (mut at, mut offsets) = (0, Vec::new());
        while let Some((pair, next)) =
            integer(objects, at).and_then(|(key, at)| integer(objects, at).map(|(offset, at)| ((key, offset), at)))
        {
            offsets.push(pair);
            at = next;
        }
        let first = objects.get(at..).and_then(|rest| rest.iter().position(|byte| !is_space(*byte))).map_or(at, |blanks| at + blanks);
        for (_, offset) in offsets.iter().filter(|(key, _)| *key == number) {
            found = true;
            let Some(object) = first.checked_add(*offset).and_then(|start| objects.get(start..)) else { return false };
            if !shows_a_page(object) {
                return false;
            }
        }
    }
    found
}
