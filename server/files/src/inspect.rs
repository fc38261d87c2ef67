//! What a file is, by what it holds.

use crate::archive::Budget;
use crate::kind::{Dimensions, Kind};
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::{office, pdf, picture, safe_name};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Its type.
    pub kind: Kind,
    /// Of a picture: what its header claims, before it is turned upright.
    pub dimensions: Option<Dimensions>,
}

/// Finds out what a file is, from its content alone; the name it was sent under may only contradict. Decodes no picture: [`crate::redraw`] does.
///
/// # Errors
///
/// Every [`Refusal`] but those of quotas.
pub fn inspect(bytes: &[u8], sent_name: &str, limits: &Limits) -> Result<Inspected, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() as u64 > limits.bytes {
        return Err(Refusal::TooLarge { limit: limits.bytes });
    }
    let kind = by_content(bytes, limits)?;
    let dimensions = if kind.is_picture() { Some(picture::measure(bytes, kind, limits.picture)?) } else { None };
    let extension = safe_name::extension(sent_name);
    if extension.is_some_and(|extension| !kind.allows_extension(extension)) {
        return Err(Refusal::NameMismatch { found: kind });
    }
    Ok(Inspected { kind, dimensions })
}

fn by_content(bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Kind::Webp);
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf::inspect(bytes, limits.pdf).map(|()| Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return office::inspect(bytes, &mut Budget::new(limits.archive));
    }
    if bytes.starts_with(b"PK\x05\x06") {
        return Err(Refusal::ForbiddenType { found: "zip" });
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        // Office locks a document by putting it into the format of 1997, as a stream of this name in UTF-16.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(name.len()).any(|window| window == name);
        return Err(if encrypted { Refusal::Encrypted } else { Refusal::ForbiddenType { found: "ole" } });
    }
    if let Some(found) = as_a_browser_would(bytes) {
        return Err(Refusal::ForbiddenType { found });
    }
    if is_text(bytes) {
        return Ok(Kind::Text);
    }
    // Asked last: some types begin with two letters, as texts do.
    Err(match infer::get(bytes).map(|found| found.extension()) {
        // One that begins further on: a reader shows it, and something else runs what stands before.
        Some("pdf") => Refusal::Polyglot,
        Some(found) => Refusal::ForbiddenType { found },
        None => Refusal::UnknownType,
    })
}

/// What a browser or a shell would make of a text.
fn as_a_browser_would(bytes: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: &[(&str, &str)] = &[
        ("#!", "script"),
        ("%!", "postscript"),
        ("{\\rtf", "rtf"),
        ("x5o!p%@ap[4\\pzx54(p^)7cc)7}$eicar", "eicar"),
        ("gif8", "gif"),
        ("mime-version:", "mhtml"),
        ("<?xml", "xml"),
        ("<!doctype", "html"),
    ];
    const TAGS: &[(&str, &str)] = &[
        ("<svg", "svg"),
        ("<!doctype svg", "svg"),
        ("<!doctype html", "html"),
        ("<html", "html"),
        ("<head", "html"),
        ("<body", "html"),
        ("<script", "html"),
        ("<iframe", "html"),
        ("<object", "html"),
        ("<embed", "html"),
        ("<img", "html"),
        ("<?php", "php"),
    ];
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Browsers look at less; a drawing may begin with a long comment.
    let head = bytes.get(..bytes.len().min(4096))?;
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let head = head.trim_start();
    let tag = TAGS.iter().find(|(tag, _)| head.contains(tag));
    let beginning = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning));
    tag.or(beginning).map(|(_, found)| *found)
}

fn is_text(bytes: &[u8]) -> bool {
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(odd))
}
