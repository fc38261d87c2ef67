//! A drawing, looked at before it is drawn.
//!
//! What is looked at is the very tree that is drawn, so that no two readers can disagree about it. Elements are drawn only if they are
//! [known](DRAWN); what is refused has a reason that helps its maker.

use std::collections::HashMap;
use std::str::FromStr;

use resvg::usvg;
use resvg::usvg::roxmltree::{self, Document, Node, NodeId, ParsingOptions};
use simplecss::{AttributeOperator, DeclarationTokenizer, PseudoClass, StyleSheet};

use super::{LogoRefusal, effort};
use crate::refusal::Refusal;

/// Elements, texts and comments.
const NODES: u32 = 20_000;
/// Elements.
const ELEMENTS: usize = 4_000;
/// Elements within elements.
const DEPTH: usize = 48;
/// Attributes and namespaces of one element.
const ATTRIBUTES: usize = 64;
/// Elements, when everything that is referred to stands where it is referred from.
const UNFOLDED_ELEMENTS: u64 = 10_000;
/// Bytes of attributes, likewise. The outlines of lines are followed once while a drawing is read.
const UNFOLDED_BYTES: u64 = 512 * 1024;
/// Depth, likewise.
const UNFOLDED_DEPTH: usize = 64;
/// Stops of one gradient: each is looked at for each pixel.
const STOPS: usize = 64;
/// Selectors times declarations: a style sheet in memory is no larger.
const STYLES: usize = 100_000;
/// The largest number in a shape. An arc of a radius is drawn in pieces, the more the larger it is.
const LARGEST_NUMBER: f64 = 10_000_000.0;
/// The largest number in the width of a line.
const LARGEST_LINE: f64 = 10_000.0;
/// Puts every line away.
const WITHOUT_LINES: &str = "* { stroke: none !important }";

const SVG: &str = "http://www.w3.org/2000/svg";
const XHTML: &str = "http://www.w3.org/1999/xhtml";
const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";

/// What is drawn, or helps to. Not a link, a marker, a pattern or a filter, which logos live without.
const DRAWN: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "style",
    "title",
    "desc",
    "metadata",
];

/// Attributes and properties whose numbers make shapes.
const MEASURES: &[&str] = &[
    "d",
    "points",
    "transform",
    "gradienttransform",
    "transform-origin",
    "viewbox",
    "x",
    "y",
    "width",
    "height",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "fr",
    "offset",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-miterlimit",
    "font",
    "font-size",
];

fn unsupported(found: &'static str) -> LogoRefusal {
    LogoRefusal::Unsupported { found }
}

/// Without the mark of UTF-8 that editors put first.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Reads a drawing that may be drawn.
pub(super) fn read(bytes: &[u8]) -> Result<usvg::Tree, LogoRefusal> {
    let text = std::str::from_utf8(without_mark(bytes)).map_err(|_| Refusal::Damaged)?;
    declaration(text)?;
    beginning(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| of_parsing(&error))?;
    for node in document.descendants() {
        if let Some(instruction) = node.pi() {
            let fetches = instruction.target.eq_ignore_ascii_case("xml-stylesheet");
            return Err(if fetches { LogoRefusal::ExternalReference } else { unsupported("instruction") });
        }
    }
    elements(&document)?;
    let sheet = styles(&document)?;
    Unfolding::new(&document, &sheet).whole()?;
    // Reading a line follows its sides, which takes without end where numbers are so large that they are not exact. So it is read without
    // lines first.
    effort::exact(&tree(&document, Some(WITHOUT_LINES.to_owned()))?)?;
    tree(&document, None)
}

fn tree(document: &Document<'_>, style_sheet: Option<String>) -> Result<usvg::Tree, LogoRefusal> {
    let options = usvg::Options {
        style_sheet,
        // Asked for nothing, since pictures are refused; should that ever fail, it finds nothing.
        image_href_resolver: usvg::ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) },
        ..usvg::Options::default()
    };
    usvg::Tree::from_xmltree(document, &options).map_err(|error| match error {
        usvg::Error::InvalidSize => LogoRefusal::Measures,
        usvg::Error::ParsingFailed(error) => of_parsing(&error),
        _ => Refusal::Damaged.into(),
    })
}

fn of_parsing(error: &roxmltree::Error) -> LogoRefusal {
    match error {
        roxmltree::Error::DtdDetected | roxmltree::Error::UnknownEntityReference(..) | roxmltree::Error::EntityReferenceLoop(..) => {
            Refusal::ExternalEntity.into()
        }
        roxmltree::Error::NodesLimitReached | roxmltree::Error::AttributesLimitReached | roxmltree::Error::NamespacesLimitReached => {
            LogoRefusal::TooComplex
        }
        _ => Refusal::Damaged.into(),
    }
}

/// An encoding other than the one it is read in would say things nobody looked at.
fn declaration(text: &str) -> Result<(), LogoRefusal> {
    let Some((declaration, _)) = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) else { return Ok(()) };
    let Some((_, encoding)) = declaration.split_once("encoding") else { return Ok(()) };
    let encoding = encoding.trim_start_matches(['=', ' ', '\t', '\r', '\n', '"', '\'']);
    let encoding = encoding.split(['"', '\'']).next().unwrap_or_default();
    let any = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(encoding));
    // Where every letter is one of ASCII's these do not differ, and old programs declare them.
    let same = text.is_ascii() && any(&["iso-8859-1", "windows-1251", "windows-1252"]);
    if same || any(&["utf-8", "utf8", "us-ascii"]) { Ok(()) } else { Err(Refusal::Damaged.into()) }
}

/// Whether its first element is a drawing's: a page or another document is none, however well or badly it is formed.
fn beginning(mut text: &str) -> Result<(), LogoRefusal> {
    loop {
        text = text.trim_start();
        let end = match text {
            _ if text.starts_with("<?") => "?>",
            _ if text.starts_with("<!--") => "-->",
            _ => break,
        };
        let (_, rest) = text.split_once(end).ok_or(Refusal::Damaged)?;
        text = rest;
    }
    let doctype = "<!doctype";
    if text.get(..doctype.len()).is_some_and(|start| start.eq_ignore_ascii_case(doctype)) {
        let name = text.get(doctype.len()..).unwrap_or_default().trim_start();
        let drawing = name.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("svg"));
        return Err(if drawing { Refusal::ExternalEntity.into() } else { LogoRefusal::NotAPicture });
    }
    let name = text.strip_prefix('<').unwrap_or_default();
    let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    if name.rsplit(':').next() == Some("svg") { Ok(()) } else { Err(LogoRefusal::NotAPicture) }
}

fn elements(document: &Document<'_>) -> Result<(), LogoRefusal> {
    let root = document.root_element();
    if !is_svg(root) {
        return Err(LogoRefusal::NotAPicture);
    }
    let mut depths: HashMap<NodeId, usize> = HashMap::new();
    for (count, node) in document.descendants().filter(Node::is_element).enumerate() {
        let depth = node.parent().and_then(|parent| depths.get(&parent.id())).map_or(1, |depth| depth + 1);
        if count >= ELEMENTS || depth > DEPTH || node.attributes().len() > ATTRIBUTES {
            return Err(LogoRefusal::TooComplex);
        }
        depths.insert(node.id(), depth);
        element(node)?;
        for attribute in node.attributes() {
            self::attribute(attribute.name(), attribute.value())?;
        }
        // Last, since there is more to say of a link to a script than that it is not drawn.
        let drawn = !is_svg(node) || DRAWN.contains(&node.tag_name().name());
        if !drawn {
            return Err(unsupported("element"));
        }
    }
    Ok(())
}

/// What stands in no namespace is taken for a drawing's as well.
fn is_svg(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().namespace(), None | Some(SVG))
}

/// Refuses what is known to be unwelcome.
fn element(node: Node<'_, '_>) -> Result<(), LogoRefusal> {
    let name = node.tag_name().name();
    // Before whose it is: a browser that reads this as a page would not ask either.
    match name.to_ascii_lowercase().as_str() {
        "script" | "handler" | "listener" => return Err(LogoRefusal::Script),
        "foreignobject" | "iframe" | "object" | "embed" | "html" | "body" => return Err(unsupported("foreign_object")),
        "set" | "mpath" | "discard" => return Err(unsupported("animation")),
        name if name.starts_with("animate") => return Err(unsupported("animation")),
        "image" | "feimage" | "img" | "video" | "audio" | "canvas" => return Err(LogoRefusal::EmbeddedPicture),
        _ => {}
    }
    match node.tag_name().namespace() {
        Some(XHTML) => Err(unsupported("foreign_object")),
        Some(XINCLUDE) => Err(LogoRefusal::ExternalReference),
        // What drawing programs note for themselves. It is not drawn.
        _ if !is_svg(node) => Ok(()),
        _ => match name {
            "text" | "tspan" | "tref" | "textPath" | "altGlyph" | "font" | "glyph" => Err(LogoRefusal::Text),
            "filter" => Err(unsupported("filter")),
            "pattern" => Err(unsupported("pattern")),
            "marker" => Err(unsupported("marker")),
            "linearGradient" | "radialGradient" if node.children().filter(Node::is_element).count() > STOPS => Err(LogoRefusal::TooComplex),
            _ => Ok(()),
        },
    }
}

fn attribute(name: &str, value: &str) -> Result<(), LogoRefusal> {
    let name = name.to_ascii_lowercase();
    if name.starts_with("on") {
        return Err(LogoRefusal::Script);
    }
    no_script(value)?;
    match name.as_str() {
        "href" | "src" => {
            local(value)?;
        }
        // Everything local would mean something else.
        "base" => return Err(LogoRefusal::ExternalReference),
        "style" => {
            style(value)?;
            for declaration in DeclarationTokenizer::from(value) {
                property(declaration.name, declaration.value)?;
            }
        }
        _ => {
            references(value)?;
        }
    }
    property(&name, value)
}

fn property(name: &str, value: &str) -> Result<(), LogoRefusal> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "filter" if value.trim() != "none" => Err(unsupported("filter")),
        // It would be another's.
        "mask" | "clip-path" if value.trim() == "inherit" => Err(unsupported("style")),
        // A share of something whose size comes out later.
        "stroke-width" if value.contains(['%', 'e', 'E']) => Err(LogoRefusal::Measures),
        "stroke-width" if !is_measured(value, LARGEST_LINE) => Err(LogoRefusal::Measures),
        _ if MEASURES.contains(&name.as_str()) && !is_measured(value, LARGEST_NUMBER) => Err(LogoRefusal::Measures),
        _ => Ok(()),
    }
}

/// Whether no number in a text is larger.
fn is_measured(text: &str, largest: f64) -> bool {
    let mut rest = text.as_bytes();
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    while let Some(&first) = rest.first() {
        let mut length = digits(rest);
        if rest.get(length) == Some(&b'.') {
            length += 1 + digits(&rest[length + 1..]);
        }
        if length == 0 || (length == 1 && first == b'.') {
            rest = &rest[1..];
            continue;
        }
        if matches!(rest.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
            let exponent = digits(&rest[(length + 1 + sign).min(rest.len())..]);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        let number = std::str::from_utf8(&rest[..length]).ok().and_then(|number| f64::from_str(number).ok());
        if number.is_none_or(|number| number > largest) {
            return false;
        }
        rest = &rest[length..];
    }
    true
}

fn no_script(value: &str) -> Result<(), LogoRefusal> {
    if !value.contains(':') {
        return Ok(());
    }
    // As browsers read addresses.
    let bare: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).map(|c| c.to_ascii_lowercase()).collect();
    if ["javascript:", "vbscript:", "data:text/html"].iter().any(|scheme| bare.contains(scheme)) {
        return Err(LogoRefusal::Script);
    }
    Ok(())
}

/// The name behind `#`, where there is nothing else.
fn local(value: &str) -> Result<&str, LogoRefusal> {
    let name = value.trim().strip_prefix('#').ok_or(LogoRefusal::ExternalReference)?;
    if !name.is_empty() && name.chars().all(is_of_name) { Ok(name) } else { Err(unsupported("reference")) }
}

/// Those that every reader takes for part of a name.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

/// The names in `url(#name)`; nothing else may stand there.
fn references(value: &str) -> Result<Vec<&str>, LogoRefusal> {
    let mut names = Vec::new();
    let lower = value.to_ascii_lowercase();
    for (at, call) in lower.match_indices("url(") {
        let (inside, _) = value[at + call.len()..].split_once(')').ok_or_else(|| unsupported("reference"))?;
        names.push(local(inside.trim().trim_matches(['"', '\'']))?);
    }
    Ok(names)
}

/// Declarations or a whole style sheet, as text.
fn style(text: &str) -> Result<(), LogoRefusal> {
    no_script(text)?;
    let lower = text.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    if has("expression(") || has("-moz-binding") || has("behavior:") {
        return Err(LogoRefusal::Script);
    }
    if has("@import") || has("@font-face") || has("image(") || has("image-set(") || has("src(") {
        return Err(LogoRefusal::ExternalReference);
    }
    // Letters written as numbers, and rules that hold at times.
    if has("\\") || has("@") {
        return Err(unsupported("style"));
    }
    references(text).map(|_| ())
}

/// The style sheets of a drawing, as they will be applied.
fn styles<'a>(document: &'a Document<'_>) -> Result<StyleSheet<'a>, LogoRefusal> {
    let mut sheet = StyleSheet::new();
    for node in document.descendants().filter(|node| node.tag_name().name().eq_ignore_ascii_case("style")) {
        // A text in pieces is applied in part; it is looked at as a whole and in its parts.
        let whole: String = node.descendants().filter(Node::is_text).filter_map(|piece| piece.text()).collect();
        style(&whole)?;
        let count = |mark: &[char]| whole.matches(mark).count() + 1;
        if count(&[',', '{']).saturating_mul(count(&[':', ';'])) > STYLES {
            return Err(LogoRefusal::TooComplex);
        }
        let text = node.text().unwrap_or_default();
        style(text)?;
        sheet.parse_more(text);
    }
    for rule in &sheet.rules {
        // Relations between elements take far more work to find, and no drawing program writes them.
        if rule.selector.to_string().contains([' ', '+', '>', ':']) {
            return Err(unsupported("style"));
        }
        for declaration in &rule.declarations {
            property(declaration.name, declaration.value)?;
        }
    }
    Ok(sheet)
}

/// An element as rules of style see it.
struct Styled<'a, 'input>(Node<'a, 'input>);

impl simplecss::Element for Styled<'_, '_> {
    fn parent_element(&self) -> Option<Self> {
        self.0.parent_element().map(Styled)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.0.prev_sibling_element().map(Styled)
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: AttributeOperator<'_>) -> bool {
        self.0.attribute(name).is_some_and(|value| operator.matches(value))
    }

    fn pseudo_class_matches(&self, _: PseudoClass<'_>) -> bool {
        false
    }
}

/// How much an element becomes when everything it refers to stands in its place.
#[derive(Clone, Copy, Default)]
struct Size {
    elements: u64,
    bytes: u64,
    depth: usize,
}

/// Unfolds a drawing on paper: references that run in circles or multiply without end are found before anything follows them.
struct Unfolding<'a, 'input> {
    root: Node<'a, 'input>,
    sheet: &'a StyleSheet<'a>,
    /// Several may bear one name, and readers differ about which is meant: all are.
    named: HashMap<&'a str, Vec<Node<'a, 'input>>>,
    /// `None` while it is being unfolded.
    sizes: HashMap<NodeId, Option<Size>>,
}

impl<'a, 'input> Unfolding<'a, 'input> {
    fn new(document: &'a Document<'input>, sheet: &'a StyleSheet<'a>) -> Self {
        let mut named: HashMap<&str, Vec<Node<'_, '_>>> = HashMap::new();
        for node in document.descendants().filter(Node::is_element) {
            for attribute in node.attributes().filter(|attribute| attribute.name() == "id") {
                named.entry(attribute.value()).or_default().push(node);
            }
        }
        Self { root: document.root_element(), sheet, named, sizes: HashMap::new() }
    }

    fn whole(mut self) -> Result<(), LogoRefusal> {
        self.size(self.root, 1).map(|_| ())
    }

    fn size(&mut self, node: Node<'a, 'input>, depth: usize) -> Result<Size, LogoRefusal> {
        match self.sizes.get(&node.id()) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(LogoRefusal::TooComplex),
            None if depth > UNFOLDED_DEPTH => return Err(LogoRefusal::TooComplex),
            None => {}
        }
        self.sizes.insert(node.id(), None);
        let bytes: usize = node.attributes().map(|attribute| attribute.value().len()).sum();
        let mut size = Size { elements: 1, bytes: bytes as u64, depth: 1 };
        let children: Vec<_> = node.children().filter(Node::is_element).collect();
        for part in children.into_iter().chain(self.referred(node)?) {
            let part = self.size(part, depth + 1)?;
            size.elements = size.elements.saturating_add(part.elements);
            size.bytes = size.bytes.saturating_add(part.bytes);
            size.depth = size.depth.max(part.depth + 1);
        }
        if size.elements > UNFOLDED_ELEMENTS || size.bytes > UNFOLDED_BYTES || size.depth > UNFOLDED_DEPTH {
            return Err(LogoRefusal::TooComplex);
        }
        self.sizes.insert(node.id(), Some(size));
        Ok(size)
    }

    /// What an element refers to, by attributes and by styles.
    fn referred(&self, node: Node<'a, 'input>) -> Result<Vec<Node<'a, 'input>>, LogoRefusal> {
        let mut names = Vec::new();
        for attribute in node.attributes() {
            if attribute.name() == "href" {
                names.push(local(attribute.value())?);
            } else {
                names.extend(references(attribute.value())?);
            }
        }
        for rule in &self.sheet.rules {
            let refers = rule.declarations.iter().any(|declaration| declaration.value.contains('#'));
            if refers && rule.selector.matches(&Styled(node)) {
                for declaration in &rule.declarations {
                    names.extend(references(declaration.value)?);
                }
            }
        }
        Ok(names.into_iter().filter_map(|name| self.named.get(name)).flatten().copied().collect())
    }
}
