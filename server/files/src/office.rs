//! Word documents and Excel workbooks: archives of XML whose every part is looked at.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::archive::{Budget, entries, unpack};
use crate::kind::Kind;
use crate::refusal::Refusal;

/// How deep elements may be nested. Word stops at a few dozen.
const DEPTH: usize = 512;
/// Attributes that are looked at in one element.
const ATTRIBUTES: usize = 64;
/// Documents within documents: a chart holds the workbook of its figures, and that is all.
const NESTING: usize = 1;

/// Stands between the instructions of fields; XML cannot hold it.
const BETWEEN_FIELDS: char = '\0';

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

fn active(found: &'static str) -> Refusal {
    Refusal::ActiveContent { found }
}

/// What the parts say of the document as a whole.
#[derive(Default)]
struct Facts {
    /// The main parts: their names and what they make the document.
    main: Vec<(String, Kind)>,
    /// What a main part of another type makes it.
    other: Option<&'static str>,
}

/// What an archive is, after every part of it was looked at.
pub(crate) fn inspect(bytes: &[u8], budget: &mut Budget) -> Result<Kind, Refusal> {
    nested(bytes, budget, 0)
}

fn nested(bytes: &[u8], budget: &mut Budget, depth: usize) -> Result<Kind, Refusal> {
    let entries = entries(bytes, budget)?;
    let mut facts = Facts::default();
    let mut office = false;
    for entry in &entries {
        part_by_name(entry.name)?;
        let content = unpack(entry, budget)?;
        if entry.name == "[Content_Types].xml" {
            office = true;
        }
        if looks_like_xml(&content) {
            xml(&content, entry.name, &mut facts)?;
        } else if is_wide(&content) {
            // XML in another encoding would say things nobody looked at.
            return Err(Refusal::Damaged);
        } else if content.starts_with(b"PK\x03\x04") {
            if depth >= NESTING {
                return Err(active("embedded_file"));
            }
            nested(&content, budget, depth + 1).map_err(|refusal| match refusal {
                Refusal::UnknownType | Refusal::ForbiddenType { .. } => active("embedded_file"),
                other => other,
            })?;
        } else if forbidden_inside(&content) {
            return Err(active("embedded_file"));
        } else if is_xml_name(entry.name) && !content.is_empty() {
            return Err(Refusal::Damaged);
        }
    }
    if !office {
        return Err(Refusal::ForbiddenType { found: "zip" });
    }
    match (&facts.main[..], facts.other) {
        ([(name, kind)], None) if entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name)) => Ok(*kind),
        (_, Some(found)) => Err(Refusal::ForbiddenType { found }),
        _ => Err(Refusal::Damaged),
    }
}

fn part_by_name(name: &str) -> Result<(), Refusal> {
    let name = name.to_ascii_lowercase();
    let has = |word: &str| name.contains(word);
    if has("vbaproject") || has("vbadata") || has("macrosheets/") || has("dialogsheets/") {
        return Err(active("macro"));
    }
    if has("activex/") || has("/oleobject") || has("customui/") || has("webextensions/") {
        return Err(active("control"));
    }
    Ok(())
}

fn without_mark(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content)
}

fn looks_like_xml(content: &[u8]) -> bool {
    without_mark(content).trim_ascii_start().starts_with(b"<") && content.get(1) != Some(&0)
}

fn is_wide(content: &[u8]) -> bool {
    content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff") || content.starts_with(b"<\0") || content.starts_with(b"\0<")
}

fn is_xml_name(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or(name);
    ["xml", "rels", "vml"].iter().any(|xml| xml.eq_ignore_ascii_case(extension))
}

/// Programs, archives and old compound documents in which macros live.
fn forbidden_inside(content: &[u8]) -> bool {
    infer::get(content).is_some_and(|found| match found.matcher_type() {
        infer::MatcherType::App | infer::MatcherType::Archive | infer::MatcherType::Doc => true,
        _ => found.extension() == "html",
    }) || content.starts_with(b"\xd0\xcf\x11\xe0")
        || content.starts_with(b"{\\rtf")
        || content.starts_with(b"#!")
}

/// The attributes of an element by their names without prefix, unescaped.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refusal> {
    // Without the check for doubles, which takes the square of their number.
    for attribute in element.attributes().with_checks(false).take(ATTRIBUTES) {
        let attribute = attribute.map_err(|_| Refusal::Damaged)?;
        if attribute.key.local_name().as_ref() == name.as_bytes() {
            let raw = std::str::from_utf8(&attribute.value).map_err(|_| Refusal::Damaged)?;
            let value = quick_xml::escape::unescape(raw).map_err(|_| Refusal::Damaged)?;
            return Ok(Some(value.into_owned()));
        }
    }
    if element.attributes().with_checks(false).nth(ATTRIBUTES).is_some() {
        return Err(Refusal::Damaged);
    }
    Ok(None)
}

/// Which text is being collected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Collecting {
    Nothing,
    /// The instruction of a field, in pieces.
    Field,
    /// A formula.
    Formula,
}

fn xml(content: &[u8], part: &str, facts: &mut Facts) -> Result<(), Refusal> {
    let content = without_mark(content);
    // Once for all of it: what is read below is text.
    let content = std::str::from_utf8(content).map_err(|_| Refusal::Damaged)?;
    let mut reader = Reader::from_str(content.trim_start());
    let mut depth = 0_usize;
    let mut collecting = Collecting::Nothing;
    let mut fields = String::new();
    let mut formula = String::new();
    loop {
        let event = reader.read_event().map_err(|_| Refusal::Damaged)?;
        match event {
            Event::Decl(declaration) => {
                if let Some(encoding) = declaration.encoding() {
                    let encoding = encoding.map_err(|_| Refusal::Damaged)?;
                    let known: [&[u8]; 3] = [b"utf-8", b"utf8", b"us-ascii"];
                    if !known.iter().any(|known| known.eq_ignore_ascii_case(&encoding)) {
                        return Err(Refusal::Damaged);
                    }
                }
            }
            Event::DocType(_) => return Err(Refusal::ExternalEntity),
            Event::Start(element) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Refusal::ArchiveBomb);
                }
                collecting = match element.local_name().as_ref() {
                    b"instrText" => Collecting::Field,
                    b"f" | b"definedName" => {
                        formula.clear();
                        Collecting::Formula
                    }
                    _ => collecting,
                };
                look_at(&element, part, facts, &mut fields)?;
            }
            Event::Empty(element) => look_at(&element, part, facts, &mut fields)?,
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                match element.local_name().as_ref() {
                    b"instrText" => collecting = Collecting::Nothing,
                    b"f" | b"definedName" => {
                        if part.starts_with("xl/") {
                            harmless_formula(&formula)?;
                        }
                        collecting = Collecting::Nothing;
                    }
                    _ => {}
                }
            }
            Event::Text(text) => collect(collecting, &text, &mut fields, &mut formula)?,
            Event::CData(text) => collect(collecting, &text, &mut fields, &mut formula)?,
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|_| Refusal::Damaged)?;
                let text = quick_xml::escape::unescape(&format!("&{name};")).map_err(|_| Refusal::ExternalEntity)?.into_owned();
                collect(collecting, text.as_bytes(), &mut fields, &mut formula)?;
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if depth != 0 {
        return Err(Refusal::Damaged);
    }
    harmless_fields(&fields)
}

fn collect(collecting: Collecting, text: &[u8], fields: &mut String, formula: &mut String) -> Result<(), Refusal> {
    let into = match collecting {
        Collecting::Nothing => return Ok(()),
        Collecting::Field => fields,
        Collecting::Formula => formula,
    };
    into.push_str(std::str::from_utf8(text).map_err(|_| Refusal::Damaged)?);
    Ok(())
}

fn look_at(element: &BytesStart<'_>, part: &str, facts: &mut Facts, fields: &mut String) -> Result<(), Refusal> {
    match element.local_name().as_ref() {
        b"Relationship" => relationship(element),
        b"Override" | b"Default" if part == "[Content_Types].xml" => content_type(element, facts),
        b"fldSimple" => {
            if let Some(instruction) = attribute(element, "instr")? {
                fields.push(BETWEEN_FIELDS);
                fields.push_str(&instruction);
                fields.push(BETWEEN_FIELDS);
            }
            Ok(())
        }
        // One field ends, the next begins.
        b"fldChar" => {
            fields.push(BETWEEN_FIELDS);
            Ok(())
        }
        b"ddeLink" | b"oleLink" => Err(active("external_link")),
        b"OLEObject" | b"oleObject" | b"control" => Err(active("control")),
        b"altChunk" => Err(active("embedded_file")),
        _ => Ok(()),
    }
}

/// A document may name pages on the web for its reader to click on; whatever else it would fetch or hold is refused.
fn relationship(element: &BytesStart<'_>) -> Result<(), Refusal> {
    let kind = attribute(element, "Type")?.unwrap_or_default().to_ascii_lowercase();
    let external = attribute(element, "TargetMode")?.is_some_and(|mode| mode.trim().eq_ignore_ascii_case("external"));
    let ends = |word: &str| kind.ends_with(word);
    if external && !ends("/hyperlink") {
        return Err(active("external_link"));
    }
    if ends("/vbaproject") || ends("/xlmacrosheet") || ends("/wordvbadata") {
        return Err(active("macro"));
    }
    if ends("/oleobject") || ends("/control") || ends("/activexcontrolbinary") {
        return Err(active("control"));
    }
    if ends("/afchunk") {
        return Err(active("embedded_file"));
    }
    Ok(())
}

fn content_type(element: &BytesStart<'_>, facts: &mut Facts) -> Result<(), Refusal> {
    let kind = attribute(element, "ContentType")?.unwrap_or_default().trim().to_ascii_lowercase();
    let has = |word: &str| kind.contains(word);
    if has("macroenabled") || has("vbaproject") || has("vbadata") || has("macrosheet") || has("dialogsheet") {
        return Err(active("macro"));
    }
    if has("activex") || has("oleobject") {
        return Err(active("control"));
    }
    let kind = match kind.as_str() {
        WORD => Kind::Docx,
        EXCEL => Kind::Xlsx,
        _ => {
            if has("presentationml") && has("main+xml") {
                facts.other = Some("pptx");
            } else if has("template.main+xml") {
                facts.other = Some("template");
            } else if has("sheet.binary.main") {
                facts.other = Some("xlsb");
            }
            return Ok(());
        }
    };
    let name = attribute(element, "PartName")?.unwrap_or_default();
    // One type for all parts of an extension: nobody writes the main part so but who wants it overlooked.
    let name = name.strip_prefix('/').ok_or(Refusal::Damaged)?;
    facts.main.push((name.to_owned(), kind));
    Ok(())
}

/// Fields that start a program or fetch a file.
fn harmless_fields(fields: &str) -> Result<(), Refusal> {
    const BAD: [&str; 4] = ["DDE", "DDEAUTO", "INCLUDETEXT", "IMPORT"];
    for instruction in fields.split(BETWEEN_FIELDS) {
        let mut words = instruction.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
        // What an address consists of is nobody's instruction.
        if words.peek().is_some_and(|first| first.eq_ignore_ascii_case("HYPERLINK")) {
            continue;
        }
        if words.any(|word| BAD.iter().any(|bad| bad.eq_ignore_ascii_case(word))) {
            return Err(active("field"));
        }
    }
    Ok(())
}

/// `program|argument!item` starts a program.
fn harmless_formula(formula: &str) -> Result<(), Refusal> {
    let mut quoted = false;
    for c in formula.chars() {
        match c {
            '"' => quoted = !quoted,
            '|' if !quoted => return Err(active("formula")),
            _ => {}
        }
    }
    Ok(())
}
