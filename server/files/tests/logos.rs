//! Logos: honest ones come out as they look, and of those that mean harm comes out nothing or a picture.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use files::logo::{DRAWING_BYTES, FAVICON_SIDE, LOGO_BOX, Logo, LogoPlace, LogoRefusal, PICTURE_BYTES, draw};
use files::{ContentHash, Dimensions, Examiner, Limits, Refusal};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;

mod support;

use support::{chunk, contains, exif, jpeg, pdf_saying, png, png_claiming, png_with, transparent_webp, webp, zlib};

/// What no logo may hold, and every upload below does.
const MARKER: &str = "MARKER";
/// Tests run unoptimised, on busy machines; what draws is optimised.
const LONGEST: Duration = Duration::from_secs(2);

/// A drawing of 240 by 60 with something in it, and a disc that is seen.
fn svg(inner: &str) -> String {
    svg_with("", inner)
}

fn svg_with(attributes: &str, inner: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 240 60\" {attributes}>\
         <!-- {MARKER} --><circle cx=\"30\" cy=\"30\" r=\"25\" fill=\"#c02020\"/>{inner}</svg>"
    )
}

/// What drawing programs write.
const HONEST: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<!-- Generator: a drawing program, https://example.com -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
     xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" version="1.1" width="300px" height="60px" viewBox="0 0 300 60">
  <title>Облако</title>
  <metadata><rdf:RDF><rdf:Description rdf:about="http://purl.org/dc/dcmitype/StillImage"/></rdf:RDF></metadata>
  <sodipodi:namedview pagecolor="#ffffff"/>
  <defs>
    <style type="text/css"><![CDATA[
      .cls-1, .cls-2 { fill: url(#градиент_1); }
      .cls-2 { clip-path: url(#clip); }
    ]]></style>
    <linearGradient id="градиент_1" x1="0" x2="1"><stop offset="0" stop-color="#ff0000"/><stop offset="1" stop-color="#0000ff"/></linearGradient>
    <linearGradient id="again" xlink:href="#градиент_1" gradientTransform="rotate(45)"/>
    <path id="square" d="M0 0h20v20H0z"/>
    <clipPath id="clip"><use xlink:href="#square" transform="translate(100 20)"/></clipPath>
    <mask id="mask"><rect class="cls-3" width="300" height="60" fill="#fff"/></mask>
  </defs>
  <g mask="url('#mask')"><rect class="cls-1" width="60" height="60"/></g>
  <rect class="cls-2" x="90" width="60" height="60"/>
  <g style="fill:url(&quot;#again&quot;);opacity:.5"><use href="#square" x="200" y="20"/></g>
  <path d="M270 10a20 20 0 0 1 0 40" fill="none" stroke="#000" stroke-width="4" stroke-dasharray="6 3"/>
</svg>"##;

fn seen(logo: &Logo) -> RgbaImage {
    let image = image::load_from_memory_with_format(&logo.bytes, ImageFormat::Png).expect("a PNG").into_rgba8();
    assert_eq!(logo.dimensions, Dimensions { width: image.width(), height: image.height() });
    assert_eq!(logo.hash, ContentHash::of(&logo.bytes));
    image
}

fn encoded(image: RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(image).write_to(&mut bytes, format).expect("it is encoded");
    bytes.into_inner()
}

/// A red disc on nothing; what hides in the nothing is green.
fn disc(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let (x0, y0, radius) = (i64::from(width) / 2, i64::from(height) / 2, i64::from(width.min(height)) / 2 - 1);
    let within = |x: u32, y: u32| (i64::from(x) - x0).pow(2) + (i64::from(y) - y0).pow(2) < radius.pow(2);
    let pixel = |x, y| if within(x, y) { Rgba([200, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) };
    encoded(RgbaImage::from_fn(width, height, pixel), format)
}

fn chunks(png: &[u8]) -> Vec<String> {
    let (mut at, mut names) = (8, Vec::new());
    while let Some(header) = png.get(at..at + 8) {
        names.push(String::from_utf8_lossy(&header[4..]).into_owned());
        at += 12 + u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
    }
    assert_eq!(at, png.len(), "nothing stands behind the last chunk");
    names
}

#[test]
fn an_honest_drawing_is_drawn_as_large_as_there_is_room() {
    let logo = draw(HONEST.as_bytes(), LogoPlace::Light).expect("it is drawn");
    assert_eq!(logo.dimensions, Dimensions { width: 480, height: 96 });
    let image = seen(&logo);
    let [red, _, blue, alpha] = image.get_pixel(2, 48).0;
    assert!(red > 230 && blue < 25 && alpha == 255, "the gradient begins red: {:?}", image.get_pixel(2, 48));
    assert_eq!(image.get_pixel(130, 48).0[3], 0, "between the squares is nothing");
    assert_eq!(image.get_pixel(150, 40).0[3], 0, "the clip cuts away");
    assert_eq!(image.get_pixel(176, 48).0[3], 255, "and leaves");
    let half = image.get_pixel(336, 48).0[3];
    assert!((120..136).contains(&half), "half transparent: {half}");
}

#[test]
fn a_drawing_keeps_its_proportions_in_every_place() {
    for (size, place, expected) in [
        ("viewBox=\"0 0 10 10\"", LogoPlace::Dark, (120, 120)),
        ("viewBox=\"0 0 4000 100\"", LogoPlace::Light, (480, 12)),
        ("width=\"2\" height=\"1\" viewBox=\"0 0 9 9\"", LogoPlace::Light, (240, 120)),
        ("width=\"24cm\" height=\"6cm\" viewBox=\"0 0 24000 6000\"", LogoPlace::Light, (480, 120)),
        ("viewBox=\"0 0 40 10\"", LogoPlace::Favicon, (64, 64)),
    ] {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' {size}><rect width='100%' height='100%'/></svg>");
        let image = seen(&draw(svg.as_bytes(), place).expect("it is drawn"));
        assert_eq!(image.dimensions(), expected, "{size}");
    }
}

#[test]
fn a_favicon_stands_in_the_middle_of_a_square() {
    let wide = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 20'><rect width='40' height='20'/></svg>";
    for bytes in [wide.as_bytes().to_vec(), encoded(RgbaImage::from_pixel(400, 200, Rgba([0, 0, 0, 255])), ImageFormat::Png)] {
        let image = seen(&draw(&bytes, LogoPlace::Favicon).expect("it is drawn"));
        assert_eq!(image.dimensions(), (FAVICON_SIDE, FAVICON_SIDE));
        let column: Vec<u8> = [8, 15, 16, 47, 48, 56].map(|y| image.get_pixel(32, y).0[3]).to_vec();
        assert_eq!(column, [0, 0, 255, 255, 0, 0]);
    }
}

#[test]
fn an_honest_picture_is_made_smaller_and_stays_transparent() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let image = seen(&draw(&disc(900, 600, format), LogoPlace::Light).expect("it is drawn"));
        assert_eq!(image.dimensions(), (180, 120));
        assert_eq!(image.get_pixel(0, 0).0[3], 0);
        let Rgba([red, green, _, alpha]) = *image.get_pixel(90, 60);
        assert!(red.abs_diff(200) < 3 && green < 3 && alpha == 255);
        for pixel in image.pixels().filter(|pixel| pixel.0[3] > 16) {
            assert!(pixel.0[1] < 30, "what hid in the transparency does not come out at the edges: {pixel:?}");
        }
    }
}

#[test]
fn a_small_picture_is_not_made_larger_unless_it_is_a_favicon() {
    let small = disc(32, 16, ImageFormat::Png);
    assert_eq!(seen(&draw(&small, LogoPlace::Dark).expect("it is drawn")).dimensions(), (32, 16));
    let favicon = seen(&draw(&disc(16, 16, ImageFormat::WebP), LogoPlace::Favicon).expect("it is drawn"));
    assert_eq!(favicon.get_pixel(32, 12).0[3], 255, "it fills the square");
}

#[test]
fn what_is_drawn_holds_pixels_and_nothing_else() {
    for bytes in [HONEST.as_bytes().to_vec(), disc(900, 600, ImageFormat::Png), webp(), transparent_webp()] {
        let logo = draw(&bytes, LogoPlace::Light).expect("it is drawn");
        assert!(chunks(&logo.bytes).iter().all(|name| ["IHDR", "IDAT", "IEND"].contains(&name.as_str())), "{:?}", chunks(&logo.bytes));
        assert_eq!(draw(&bytes, LogoPlace::Light), Ok(logo), "the same comes out of the same");
    }
}

#[test]
fn places_and_refusals_have_codes_of_their_own() {
    assert!(LogoPlace::ALL.iter().all(|place| LogoPlace::from_code(place.code()) == Some(*place)));
    assert_eq!(LogoPlace::from_code("marker"), None);
    let all = [
        LogoRefusal::NotAPicture,
        LogoRefusal::Script,
        LogoRefusal::ExternalReference,
        LogoRefusal::Text,
        LogoRefusal::EmbeddedPicture,
        LogoRefusal::Unsupported { found: "filter" },
        LogoRefusal::TooComplex,
        LogoRefusal::Measures,
        LogoRefusal::Blank,
        Refusal::Damaged.into(),
        Refusal::Empty.into(),
        Refusal::TooLarge { limit: 1 }.into(),
    ];
    let codes: std::collections::BTreeSet<&str> = all.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), all.len());
}

#[tokio::test]
async fn logos_are_drawn_in_turn_beside_the_threads_that_serve() {
    let examiner = Examiner::new(Limits::default(), 1);
    let work = (0..4).map(|_| examiner.draw_logo(HONEST.as_bytes().to_vec(), LogoPlace::Light));
    for logo in futures::future::join_all(work).await {
        assert_eq!(logo, draw(HONEST.as_bytes(), LogoPlace::Light));
    }
    assert_eq!(examiner.draw_logo(Vec::new(), LogoPlace::Dark).await, Err(Refusal::Empty.into()));
}

fn joined(numbers: std::ops::Range<usize>, piece: impl Fn(usize) -> String) -> String {
    numbers.map(piece).collect()
}

/// An upload that means harm, and what becomes of it: `drawn`, or the code of its refusal, with what was found.
struct Case {
    what: &'static str,
    bytes: Vec<u8>,
    verdict: &'static str,
}

fn case(what: &'static str, bytes: impl Into<Vec<u8>>, verdict: &'static str) -> Case {
    Case { what, bytes: bytes.into(), verdict }
}

fn verdict(result: &Result<Logo, LogoRefusal>) -> String {
    match result {
        Ok(_) => "drawn".to_owned(),
        Err(refusal @ (LogoRefusal::Unsupported { found } | LogoRefusal::File(Refusal::ForbiddenType { found }))) => {
            format!("{} {found}", refusal.code())
        }
        Err(refusal) => refusal.code().to_owned(),
    }
}

/// What comes out, and how long the processor was busy with it: how long it took also depends on what else the machine does.
fn timed(bytes: &[u8], place: LogoPlace) -> (Result<Logo, LogoRefusal>, Duration) {
    // Linux counts the nanoseconds of each thread.
    let busy = || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok().map(Duration::from_nanos);
    let (started, before) = (Instant::now(), busy());
    let result = draw(bytes, place);
    let took = busy().zip(before).map_or_else(|| started.elapsed(), |(after, before)| after.saturating_sub(before));
    (result, took)
}

/// Every hostile upload is judged in every place.
fn judge(cases: Vec<Case>, least: usize) {
    assert!(cases.len() >= least, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        for place in [LogoPlace::Light, LogoPlace::Favicon] {
            let (result, took) = timed(&case.bytes, place);
            if verdict(&result) != case.verdict {
                wrong.push(format!("{}: {}, not {}", case.what, verdict(&result), case.verdict));
            }
            if took > LONGEST {
                wrong.push(format!("{}: took {took:?}", case.what));
            }
            if let Ok(logo) = result {
                let image = seen(&logo);
                assert!(image.width() <= LOGO_BOX.width && image.height() <= LOGO_BOX.height);
                chunks(&logo.bytes);
                assert!(!contains(&logo.bytes, MARKER.as_bytes()) && !contains(&logo.bytes, b"script"), "{}", case.what);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn script() -> Vec<Case> {
    let run = format!("alert('{MARKER}')");
    let foreign = "unsupported foreign_object";
    vec![
        case("a script", svg(&format!("<script>{run}</script>")), "script"),
        case("a script in CDATA", svg(&format!("<script><![CDATA[{run}]]></script>")), "script"),
        case("a script from afar", svg("<script href='https://evil.example/a.js'/>"), "script"),
        case("a script in large letters", svg(&format!("<SCRIPT>{run}</SCRIPT>")), "script"),
        case("a script in mixed letters", svg(&format!("<sCrIpT>{run}</sCrIpT>")), "script"),
        case("a script in the definitions", svg(&format!("<defs><g><script>{run}</script></g></defs>")), "script"),
        case("a script in the metadata", svg(&format!("<metadata><script>{run}</script></metadata>")), "script"),
        case("a script in the title", svg(&format!("<title><script>{run}</script></title>")), "script"),
        case("a script under another prefix", svg(&format!("<x:script xmlns:x='http://www.w3.org/2000/svg'>{run}</x:script>")), "script"),
        case(
            "a script under a prefix written in numbers",
            svg(&format!("<x:script xmlns:x='http://www.w3.org/2000/sv&#103;'>{run}</x:script>")),
            "script",
        ),
        case("a script of HTML", svg(&format!("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>{run}</h:script>")), "script"),
        case("a script of nobody", svg(&format!("<script xmlns=''>{run}</script>")), "script"),
        case("a script in a namespace that changes", svg(&format!("<g xmlns='urn:x'><script>{run}</script></g>")), "script"),
        case("a handler of events of SVG Tiny", svg(&format!("<handler type='text/ecmascript'>{run}</handler>")), "script"),
        case("an event when it loads", svg_with(&format!("onload=\"{run}\""), ""), "script"),
        case("an event in large letters", svg_with(&format!("ONLOAD=\"{run}\""), ""), "script"),
        case("an event on a shape", svg(&format!("<rect onclick=\"{run}\" width='1' height='1'/>")), "script"),
        case("an event on a gradient", svg(&format!("<linearGradient onfocusin=\"{run}\"/>")), "script"),
        case("an event of another namespace", svg(&format!("<g xmlns:x='urn:x' x:onload=\"{run}\"/>")), "script"),
        case("an event in the metadata", svg(&format!("<metadata><x:a xmlns:x='urn:x' onload=\"{run}\"/></metadata>")), "script"),
        case("a link to a script", svg(&format!("<a href=\"javascript:{run}\"><g/></a>")), "script"),
        case("a link to a script, spaced", svg(&format!("<use xlink:href=\" java&#10;script&#9;:{run}\"/>")), "script"),
        case("a link to a script in large letters", svg(&format!("<use href=\"JavaScript:{run}\"/>")), "script"),
        case("a link to another script", svg("<use href='vbscript:MARKER'/>"), "script"),
        case("a colour that is a script", svg(&format!("<rect fill=\"url(javascript:{run})\"/>")), "script"),
        case("any attribute with a script", svg(&format!("<rect x=\"javascript:{run}\"/>")), "script"),
        case("a style with a script", svg("<rect style=\"width: expression(MARKER)\"/>"), "script"),
        case("a style sheet with a script", svg("<style>* { background: url(javascript:MARKER) }</style>"), "script"),
        case("a style sheet with a binding", svg("<style>* { -moz-binding: none }</style>"), "script"),
        case("a page within", svg("<foreignObject><p>MARKER</p></foreignObject>"), foreign),
        case("a page within, in small letters", svg("<foreignobject/>"), foreign),
        case("a frame", svg("<iframe xmlns='http://www.w3.org/1999/xhtml' src='#a'/>"), foreign),
        case("a paragraph of HTML", svg("<p xmlns='http://www.w3.org/1999/xhtml'>MARKER</p>"), foreign),
        case(
            "an animation that sets a link",
            svg("<g><animate attributeName='href' to='javascript:MARKER'/></g>"),
            "unsupported animation",
        ),
        case("an animation of a transformation", svg("<animateTransform/>"), "unsupported animation"),
        case("an animation of motion", svg("<animateMotion><mpath href='#a'/></animateMotion>"), "unsupported animation"),
        case("a set", svg("<set attributeName='onload' to='MARKER'/>"), "unsupported animation"),
        case("a script in a comment", svg(&format!("<!-- <script>{run}</script> -->")), "drawn"),
        case("a script in the text of a title", svg(&format!("<title>&lt;script&gt;{run}&lt;/script&gt;</title>")), "drawn"),
        case("a script in CDATA of a description", svg(&format!("<desc><![CDATA[<script>{run}</script>]]></desc>")), "drawn"),
        case("a script in a name", svg(&format!("<g id=\"&lt;script&gt;{run}\"/>")), "drawn"),
        case("a script of a foreign kind that nobody knows", svg("<x:y xmlns:x='urn:x'>MARKER</x:y>"), "drawn"),
        case("a script behind the end", format!("{}<script>{run}</script>", svg("")), "damaged"),
        case("an element nobody knows", svg("<blink/>"), "unsupported element"),
        case("an element in large letters", svg("<RECT width='10' height='10'/>"), "unsupported element"),
    ]
}

fn references() -> Vec<Case> {
    let external = "external_reference";
    let mut cases = vec![
        case("a use from afar", svg("<use href='https://evil.example/MARKER.svg#a'/>"), external),
        case("a use of a file", svg("<use xlink:href='file:///etc/passwd#MARKER'/>"), external),
        case("a use of data", svg("<use href='data:image/svg+xml;base64,TUFSS0VS'/>"), external),
        case("a use of a page of data", svg("<use href='data:text/html,MARKER'/>"), "script"),
        case("a use without a scheme", svg("<use href='//evil.example/MARKER'/>"), external),
        case("a use of a path", svg("<use href='MARKER.svg#a'/>"), external),
        case("a use of nothing", svg("<use href='#'/>"), "unsupported reference"),
        case("a gradient from afar", svg("<linearGradient href='http://evil.example/MARKER#g'/>"), external),
        case("a link", svg("<a href='https://evil.example/MARKER'/>"), external),
        case("a link in another namespace", svg("<x:a xmlns:x='urn:x' x:href='https://evil.example/MARKER'/>"), external),
        case("a base", svg_with("xml:base='https://evil.example/MARKER/'", ""), external),
        case("a source", svg("<g src='https://evil.example/MARKER'/>"), external),
        case("an inclusion", svg("<x:include xmlns:x='http://www.w3.org/2001/XInclude' parse='text'/>"), external),
        case("a style sheet from afar", format!("<?xml-stylesheet href='https://evil.example/MARKER.css'?>{}", svg("")), external),
        case("an instruction", svg("<?php MARKER ?>"), "unsupported instruction"),
        case("an import", svg("<style>@import 'https://evil.example/MARKER.css';</style>"), external),
        case("an import in large letters", svg("<style>@IMPORT url(#MARKER);</style>"), external),
        case("an import in CDATA", svg("<style><![CDATA[@import url(//evil.example/MARKER);]]></style>"), external),
        case("an import in pieces", svg("<style>@im<!-- MARKER -->port 'evil';</style>"), external),
        case("a font from afar", svg("<style>@font-face { src: url(https://evil.example/MARKER) }</style>"), external),
        case("a style sheet with an address", svg("<style>.a { fill: url(https://evil.example/MARKER#a) }</style>"), external),
        case(
            "a style sheet in letters of numbers",
            svg("<style>.a { fill: u\\72l(https://evil.example/MARKER) }</style>"),
            "unsupported style",
        ),
        case("a style sheet in a foreign element", svg("<x:STYLE xmlns:x='urn:x'>@import 'MARKER'</x:STYLE>"), external),
        case("a style with a set of pictures", svg("<g style='background: image-set(\"https://evil.example/MARKER\" 1x)'/>"), external),
        case("a style for a medium", svg("<style>@media print { .a { fill: red } }</style>"), "unsupported style"),
        case("a style with an end missing", svg("<g style='fill: url(#MARKER'/>"), "unsupported reference"),
        case("an embedded picture", svg("<image href='data:image/png;base64,TUFSS0VS'/>"), "embedded_picture"),
        case("a picture from afar", svg("<image xlink:href='http://evil.example/MARKER'/>"), "embedded_picture"),
        case("a picture that is a file", svg("<image href='/etc/passwd'/>"), "embedded_picture"),
        case("a picture in large letters", svg("<IMAGE href='file:///MARKER'/>"), "embedded_picture"),
        case("a picture of a filter", svg("<defs><feImage href='#MARKER'/></defs>"), "embedded_picture"),
        case("a picture of HTML", svg("<img xmlns='http://www.w3.org/1999/xhtml' src='x'/>"), "embedded_picture"),
        case("a film", svg("<video src='https://evil.example/MARKER'/>"), "embedded_picture"),
        case("text", svg("<text y='20'>MARKER</text>"), "text"),
        case("text in the definitions", svg("<defs><g><text>MARKER</text></g></defs>"), "text"),
        case("an address in a comment of a style", svg("<style>/* https://example.com/MARKER */ .a { fill: red }</style>"), "drawn"),
        case("an address that is a name", svg("<g id='https://evil.example/MARKER'/>"), "drawn"),
        case("a reference to what is not there", svg("<use href='#MARKER'/><rect fill='url(#MARKER)' width='9' height='9'/>"), "drawn"),
    ];
    // Whatever attribute asks for it, nothing is fetched.
    for name in ["fill", "stroke", "mask", "clip-path", "filter", "marker-start", "cursor", "color-profile", "background", "x", "begin"] {
        for address in
            ["https://evil.example/MARKER#a", "file:///etc/MARKER", "//evil.example/MARKER", "data:image/png,MARKER", "MARKER.svg#a"]
        {
            let written = svg(&format!("<rect {name}=\"url( '{address}' )\" width='9' height='9'/>"));
            cases.push(case("an address in an attribute", written, external));
            let styled = svg(&format!("<rect style=\"{name}: URL({address})\" width='9' height='9'/>"));
            cases.push(case("an address in a style", styled, external));
        }
    }
    cases
}

fn entities() -> Vec<Case> {
    let typed = |declarations: &str, inner: &str| format!("<?xml version='1.0'?><!DOCTYPE svg [{declarations}]>{}", svg(inner));
    let laughs: String = joined(1..10, |level| format!("<!ENTITY l{level} '{}'>", format!("&l{};", level - 1).repeat(10)));
    let entity = "external_entity";
    let public = "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>";
    vec![
        case("a billion laughs", typed(&format!("<!ENTITY l0 'MARKER'>{laughs}"), "<title>&l9;</title>"), entity),
        case(
            "a quadratic blowup",
            typed(&format!("<!ENTITY a '{}'>", "MARKER".repeat(5_000)), &format!("<title>{}</title>", "&a;".repeat(5_000))),
            entity,
        ),
        case("an external entity", typed("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "<title>&a;MARKER</title>"), entity),
        case("an entity of parameters", typed("<!ENTITY % a SYSTEM 'http://evil.example/MARKER'> %a;", ""), entity),
        case("an entity that holds a script", typed("<!ENTITY a '<script>MARKER</script>'>", "&a;"), entity),
        case("an entity in an attribute", typed("<!ENTITY a 'javascript:MARKER'>", "<use href='&a;'/>"), entity),
        case("an entity nobody declared", svg("<title>&MARKER;</title>"), entity),
        case("a document type", format!("{public}{}", svg("")), entity),
        case("a document type in small letters", format!("<!doctype svg>{}", svg("")), entity),
        case("a document type behind a comment", format!("<!-- MARKER --><!DOCTYPE svg>{}", svg("")), entity),
        case("a document type with its default attributes", typed("<!ATTLIST svg onload CDATA 'MARKER'>", ""), entity),
        case("a document type within", svg("<!DOCTYPE svg []>"), "damaged"),
        case("a lonely ampersand", svg("<title>a & MARKER</title>"), "damaged"),
    ]
}

/// A chain of groups, each with the one before, ten times.
fn bomb(levels: usize, link: impl Fn(usize) -> String, open: &str, close: &str) -> String {
    let level = |level: usize| format!("<{open} id='n{level}'>{}</{close}>", link(level - 1).repeat(10));
    let chain: String = joined(1..levels + 1, level);
    svg(&format!("<defs><g id='n0'><rect width='9' height='9'/></g>{chain}</defs>{}", link(levels)))
}

fn bombs() -> Vec<Case> {
    let complex = "too_complex";
    let used = |level: usize| format!("<use href='#n{level}'/>");
    let masked = |level: usize| format!("<rect width='9' height='9' mask='url(#n{level})'/>");
    let clipped = |level: usize| format!("<rect width='9' height='9' style='clip-path: url(#n{level})'/>");
    let nested = |depth: usize| svg(&format!("{}{}", "<g>".repeat(depth), "</g>".repeat(depth)));
    let many = |count: usize, element: &str| svg(&element.repeat(count));
    let zigzag = |count: usize| {
        let points: String = joined(0..count, |index| format!("{} {} ", (index * 7919) % 240, if index % 2 == 0 { 0 } else { 60 }));
        format!("<polyline points='{points}' fill-rule='evenodd'/>")
    };
    let stops: String = joined(0..200, |stop| format!("<stop offset='{}%' stop-color='red'/>", stop / 2));
    let styled: String = joined(0..2_000, |class| format!(".c{class},"));
    let declared = "fill:red;".repeat(2_000);
    vec![
        case("a bomb of uses", bomb(9, used, "g", "g"), complex),
        case("a bomb of masks", bomb(6, masked, "mask", "mask"), complex),
        case("a bomb of masks by units of boxes", bomb(6, masked, "mask maskContentUnits='objectBoundingBox'", "mask"), complex),
        case("a bomb of clips", bomb(6, clipped, "clipPath clipPathUnits='objectBoundingBox'", "clipPath"), complex),
        case(
            "a bomb of masks by a style sheet",
            bomb(6, |level| format!("<rect class='m{level}' width='9' height='9'/>"), "mask", "mask")
                .replace("<defs>", &format!("<style>{}</style><defs>", joined(0..7, |n| format!(".m{n}{{mask:url(#n{n})}}")))),
            complex,
        ),
        case("a use of itself", svg("<use id='a' href='#a'/>"), complex),
        case("a use of what it is in", svg("<g id='a'><use href='#a'/></g>"), complex),
        case("uses of each other", svg("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>"), complex),
        case("uses of a name borne twice", svg("<g id='a'/><g id='a'><use href='#a'/></g>"), complex),
        case("a gradient of itself", svg("<linearGradient id='a' href='#a'/><rect fill='url(#a)' width='9' height='9'/>"), complex),
        case(
            "gradients of each other",
            svg("<linearGradient id='a' href='#b'/><radialGradient id='b' href='#a'/><rect fill='url(#a)' width='9' height='9'/>"),
            complex,
        ),
        case("a mask of itself", svg("<mask id='a' mask='url(#a)'><rect width='9' height='9'/></mask>"), complex),
        case("a mask within itself", svg("<mask id='a'><rect mask='url(#a)' width='9' height='9'/></mask>"), complex),
        case("a clip of itself", svg("<clipPath id='a'><rect clip-path='url(#a)' width='9' height='9'/></clipPath>"), complex),
        case(
            "a clip of itself by a style sheet",
            svg("<style>rect { clip-path: url(#a) }</style><clipPath id='a'><rect width='9' height='9'/></clipPath>"),
            complex,
        ),
        case("a long chain of gradients", svg(&joined(0..1_000, |n| format!("<linearGradient id='g{n}' href='#g{}'/>", n + 1))), complex),
        case("a thousand levels", nested(1_000), complex),
        case("fifteen thousand levels", nested(15_000), complex),
        case("levels that nobody closes", format!("<svg xmlns='http://www.w3.org/2000/svg'>{}", "<g>".repeat(50_000)), complex),
        case("ten thousand elements", many(10_000, "<path d='M0 0h9v9'/>"), complex),
        case("a hundred thousand elements", many(100_000, "<g/>"), "too_large"),
        case("twenty thousand comments", many(20_000, "<!--x-->"), complex),
        case("a hundred attributes", svg(&format!("<g {}/>", joined(0..100, |n| format!("a{n}='' ")))), complex),
        case("elements with namespaces of their own", svg(&joined(0..4_500, |n| format!("<g xmlns:n{n}='u{n}'/>"))), complex),
        case(
            "a use of many shapes many times",
            svg(&format!("<g id='a'>{}</g>{}", "<path d='M0 0h9v9'/>".repeat(500), "<use href='#a'/>".repeat(500))),
            complex,
        ),
        case("a shape of too many lines", svg(&zigzag(25_000)), complex),
        case("many gradients of many stops", svg(&format!("<linearGradient id='g'>{stops}</linearGradient>")), complex),
        case("a style sheet of many by many", svg(&format!("<style>{styled}.d {{ {declared} }}</style>")), complex),
        case("a style of relations", svg("<style>* * * * * rect { fill: red }</style>"), "unsupported style"),
        case("a style of neighbours", svg("<style>g + g { fill: red }</style>"), "unsupported style"),
        case("a filter", svg("<filter id='a'><feGaussianBlur stdDeviation='1000'/></filter>"), "unsupported filter"),
        case("a filter of a giant region", svg("<filter id='a' x='-1e9' y='-1e9' width='1e18' height='1e18'/>"), "unsupported filter"),
        case("a filter by a word", svg("<g filter='blur(1000px)'/>"), "unsupported filter"),
        case("a filter by a style", svg("<g style='filter: drop-shadow(0 0 1000px red)'/>"), "unsupported filter"),
        case("a filter by a style sheet", svg("<style>g { filter: blur(1000px) }</style>"), "unsupported filter"),
        case("a pattern within itself", svg("<pattern id='a'><rect fill='url(#a)'/></pattern>"), "unsupported pattern"),
        case("a giant pattern", svg("<pattern id='a' width='1000000' height='1000000'/>"), "unsupported pattern"),
        case("a marker at every corner", svg("<marker id='a'><path d='M0 0h9' marker-mid='url(#a)'/></marker>"), "unsupported marker"),
        case("dashes without number", svg("<path d='M0 0H240' stroke='red' stroke-dasharray='.0001'/>"), complex),
        case(
            "dashes in a giant list",
            svg(&format!("<path d='M0 0H240' stroke='red' stroke-dasharray='{}'/>", "1 ".repeat(50_000))),
            complex,
        ),
        case("dashes on a giant line", svg("<path d='M0 0H15000' stroke='red' stroke-dasharray='1'/>"), complex),
        case("dashes of nothing", svg("<path d='M0 0H240' stroke='red' stroke-dasharray='0 0'/>"), "drawn"),
    ]
}

fn measures() -> Vec<Case> {
    let sized = |size: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg' {size}><!-- {MARKER} --><rect width='100%' height='100%' fill='red'/></svg>")
    };
    let wrong = "measures";
    vec![
        case("a giant box", sized("viewBox='0 0 1e9 1e9'"), wrong),
        case("a giant width", sized("width='1e9' height='1e9'"), wrong),
        case("a width beyond all numbers", sized("width='1e999' height='10'"), wrong),
        case("a width written out", sized(&format!("width='{}' height='1'", "9".repeat(400))), wrong),
        case("a giant width in inches", sized("width='9000000in' height='9000000in'"), wrong),
        case("a negative width", sized("width='-10' height='-10'"), wrong),
        case("no width", sized("width='0' height='0'"), wrong),
        case("a box of no width", sized("viewBox='0 0 0 0' width='0'"), wrong),
        case("a width of nearly nothing", sized("width='1e-30' height='1e-30'"), wrong),
        case("a giant shape", svg("<circle r='1e30'/>"), wrong),
        case("an arc of a giant radius", svg("<path d='M0 0A1e300 1e300 0 0 1 9 9'/>"), wrong),
        case("a giant arc by a style", svg("<rect style='font-size: 1e30px' rx='1em' width='9' height='9'/>"), wrong),
        case("a giant transformation", svg("<g transform='scale(1e30)'><path d='M0 0h9v9'/></g>"), wrong),
        case("a giant dash", svg("<path d='M0 0h9' stroke='red' stroke-dasharray='1e30'/>"), wrong),
        case("a giant line width", svg("<path d='M0 0h9' stroke='red' style='stroke-width: 1e30'/>"), wrong),
        case(
            "a giant line width by a style sheet",
            svg("<style>path { stroke-width: 1e30 }</style><path d='M0 0h9' stroke='red'/>"),
            wrong,
        ),
        case(
            "lines so far away that their sides are not found",
            svg(&"<path d='M1e7 1e7C-1e7 1e7 0 0 9 9' stroke='red' stroke-width='9999'/>".repeat(20)),
            wrong,
        ),
        case("lines as wide as something unknown", svg("<path d='M0 0h9' stroke='red' stroke-width='9000%'/>"), wrong),
        case(
            "lines as wide as letters",
            svg("<g font-size='9999'><path d='M0 0h9' stroke='red' style='stroke-width: 9999em'/></g>"),
            wrong,
        ),
        case(
            "steps that lead ever farther",
            svg(&format!("<path d='M0 0{}' stroke='red'/>", "c99999 0 9 9 99999 99999".repeat(1_000))),
            wrong,
        ),
        case(
            "lines in far finer parts than are seen",
            svg("<path d='M0 99999c9 9 0 0 9 1' transform='scale(9999999 .0001)' stroke='red'/>"),
            wrong,
        ),
        case("a width that is no number", sized("width='NaN' height='NaN' viewBox='0 0 NaN NaN'"), "drawn"),
        case("a width that is infinite", sized("width='Infinity' height='inf' viewBox='0 0 9 9'"), "drawn"),
        case("a box of negative width", sized("viewBox='0 0 -9 -9' width='9' height='9'"), "drawn"),
        case("a line thinner than any", sized("width='480' height='0.02'"), "drawn"),
        case(
            "a shape that repeats its growth",
            svg(&format!("{}<path d='M0 0h9v9'/>{}", "<g transform='scale(9999999)'>".repeat(40), "</g>".repeat(40))),
            "drawn",
        ),
        case(
            "a shape that repeats its shrinking",
            svg(&format!("{}<path d='M0 0h9v9' stroke='red'/>{}", "<g transform='scale(1e-9)'>".repeat(40), "</g>".repeat(40))),
            "drawn",
        ),
        case(
            "a layer that grows without end",
            svg(&format!("{}<path d='M0 0h9v9'/>{}", "<g opacity='.5' transform='scale(9999999)'>".repeat(9), "</g>".repeat(9))),
            "drawn",
        ),
        case(
            "boxes within boxes that grow",
            svg(&format!("{}<path d='M0 0h9v9'/>{}", "<svg viewBox='0 0 1e-30 1e-30'>".repeat(9), "</svg>".repeat(9))),
            wrong,
        ),
        case("nothing", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>", "blank"),
        case(
            "something nobody sees",
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><g opacity='0'><rect width='9' height='9'/></g></svg>",
            "blank",
        ),
        case(
            "something elsewhere",
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect x='50' width='9' height='9'/></svg>",
            "blank",
        ),
        case("a picture nobody sees", encoded(RgbaImage::new(40, 40), ImageFormat::Png), "blank"),
    ]
}

fn wide(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff).into_iter();
    mark.chain(text.encode_utf16()).flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).expect("it is packed");
    encoder.finish().expect("it is packed")
}

/// A PNG whose pixels are far more than its bytes.
fn png_bomb(side: u32) -> Vec<u8> {
    let mut header = [side.to_be_bytes(), side.to_be_bytes()].concat();
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let rows = vec![0; (side as usize * 4 + 1) * side as usize];
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend_from_slice(&chunk(*b"IHDR", &header));
    bytes.extend_from_slice(&chunk(*b"IDAT", &zlib(&rows)));
    bytes.extend_from_slice(&chunk(*b"IEND", &[]));
    bytes
}

fn disguises() -> Vec<Case> {
    let harm = svg("<script>MARKER</script>");
    let behind = |bytes: Vec<u8>, more: &[u8]| [bytes.as_slice(), more].concat();
    let not = "not_a_picture";
    let text_chunk = |kind: [u8; 4], data: &str| png_with(&[chunk(kind, data.as_bytes())]);
    let compressed = [b"MARKER\0\0".as_slice(), &zlib(b"<script>MARKER</script>")].concat();
    let animated = png_with(&[chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0])]);
    let mut webp_with_metadata = webp();
    webp_with_metadata.extend_from_slice(b"XMP \x18\0\0\0<script>MARKER</script> ");
    let size = u32::try_from(webp_with_metadata.len() - 8).expect("small").to_le_bytes();
    webp_with_metadata[4..8].copy_from_slice(&size);
    let mut cut = png();
    cut.truncate(60);
    let mut cut_webp = webp();
    cut_webp.truncate(30);
    let mut long = png();
    long.resize(usize::try_from(PICTURE_BYTES).expect("small") + 1, 0);
    vec![
        case("nothing at all", "", "empty"),
        case("a photo", jpeg(), "forbidden_type jpeg"),
        case("a photo with a place", support::jpeg_with(0xe1, &exif(1, MARKER)), "forbidden_type jpeg"),
        case("a film of pictures", [b"GIF89a".as_slice(), &[0; 64]].concat(), not),
        case("a drawing with the beginning of a GIF", format!("GIF89a{harm}"), not),
        case("a drawing with the beginning of a PDF", format!("%PDF-1.7\n{harm}"), not),
        case("a document", pdf_saying("", &[]), not),
        case("an archive", support::docx([]), not),
        case("a program", [b"MZ\x90\0".as_slice(), &[0; 64]].concat(), not),
        case("a page", "<!DOCTYPE html><html><body onload=MARKER><svg></svg></body></html>", not),
        case("a page without a type", "<html><script>MARKER</script></html>", not),
        case("a page behind a comment", "<!-- <svg> --><html>MARKER</html>", not),
        case("a page that calls itself a drawing", "<svg xmlns='http://www.w3.org/1999/xhtml'>MARKER</svg>", not),
        case("another document of XML", "<rss><svg xmlns='http://www.w3.org/2000/svg'/></rss>", not),
        case("a drawing in large letters", "<SVG xmlns='http://www.w3.org/2000/svg'/>", not),
        case("text", "MARKER", not),
        case("a drawing behind text", format!("MARKER {harm}"), not),
        case("a packed drawing", gzip(svg("").as_bytes()), not),
        case("a packed bomb", gzip(&vec![b' '; 32 << 20]), not),
        case("a drawing in UTF-16", wide(&harm, false, true), not),
        case("a drawing in UTF-16, the other way round", wide(&harm, true, true), not),
        case("a drawing in UTF-16 without its mark", wide(&harm, false, false), not),
        case("a drawing that says it is UTF-16", format!("<?xml version='1.0' encoding='UTF-16'?>{}", svg("")), "damaged"),
        case(
            "a drawing in UTF-7",
            format!("<?xml version='1.0' encoding='UTF-7'?>{}", svg("<title>+ADw-script+AD4-MARKER+ADw-/script+AD4-</title>")),
            "damaged",
        ),
        case("UTF-7 without saying so", svg("<title>+ADw-script+AD4-MARKER</title>"), "drawn"),
        case("a drawing in EBCDIC", format!("<?xml version='1.0' encoding='cp037'?>{}", svg("")), "damaged"),
        case("bytes that are no letters", [svg("").as_bytes(), b"\xff\xfe"].concat(), "damaged"),
        case("letters written too long", svg("<title>MARKER</title>").replace('M', "\u{0}"), "damaged"),
        case("a mark before a script", format!("\u{feff}{harm}"), "script"),
        case("two marks before a script", format!("\u{feff}\u{feff}{harm}"), not),
        case("a mark before a drawing", format!("\u{feff}{}", svg("")), "drawn"),
        case("a mark within", svg("<\u{feff}script>MARKER</\u{feff}script>"), "unsupported element"),
        case("a declaration that comes late", format!(" <?xml version='1.0'?>{}", svg("")), "damaged"),
        case("a drawing without an end", svg("").replace("</svg>", ""), "damaged"),
        case("a drawing of two", format!("{}{}", svg(""), svg("")), "damaged"),
        case("an attribute twice", svg("<g id='a' id='MARKER'/>"), "damaged"),
        case("a prefix nobody declared", svg("<x:script>MARKER</x:script>"), "damaged"),
        case("a drawing that is too long", svg(&" ".repeat(usize::try_from(DRAWING_BYTES).expect("small"))), "too_large"),
        case("a PNG that is too long", long, "too_large"),
        case("a PNG and an archive", behind(png(), &support::docx([])), "drawn"),
        case("a PNG and a page", behind(png(), b"<html><script>MARKER</script></html>"), "drawn"),
        case("a PNG and a script", behind(png(), b"/*MARKER*/=1;alert(1)//script"), "drawn"),
        case("a PNG and a document", behind(png(), &pdf_saying("/OpenAction MARKER", &[])), "drawn"),
        case("a PNG with text", text_chunk(*b"tEXt", "Comment\0<script>MARKER</script>"), "drawn"),
        case(
            "a PNG with text in letters of all nations",
            text_chunk(*b"iTXt", "XML:com.adobe.xmp\0\0\0\0\0<script>MARKER</script>"),
            "drawn",
        ),
        case("a PNG with packed text", png_with(&[chunk(*b"zTXt", &compressed)]), "drawn"),
        case("a PNG with a place", png_with(&[chunk(*b"eXIf", &exif(1, "<script>MARKER</script>")[6..])]), "drawn"),
        case("a PNG with a colour profile", png_with(&[chunk(*b"iCCP", &compressed)]), "drawn"),
        case("a PNG with a chunk of its own", text_chunk(*b"maRk", "<?php MARKER script ?>"), "drawn"),
        case("a PNG that moves", animated, "animated"),
        case("a WebP that moves", support::animated_webp(), "animated"),
        case("a WebP with metadata", webp_with_metadata, "drawn"),
        case("a WebP and a page", behind(webp(), b"<script>MARKER</script>"), "drawn"),
        case("a PNG that claims to be giant", png_claiming(100_000, 100_000), "too_many_pixels"),
        case("a PNG that claims to be long", png_claiming(1_000_000, 1), "too_many_pixels"),
        case("a PNG of no width", png_claiming(0, 10), "damaged"),
        case("a PNG of many nothings", png_bomb(5_000), "too_many_pixels"),
        case("a PNG with less than it claims", png_claiming(1_000, 1_000), "damaged"),
        case("a PNG cut short", cut, "damaged"),
        case("a WebP cut short", cut_webp, "damaged"),
        case("a PNG of its signature", b"\x89PNG\r\n\x1a\n".to_vec(), "damaged"),
        case("a WebP of its signature", b"RIFF\0\0\0\0WEBP".to_vec(), "damaged"),
    ]
}

#[test]
fn a_drawing_with_a_script_is_refused_or_loses_it() {
    judge(script(), 40);
}

#[test]
fn a_drawing_that_names_something_outside_is_refused() {
    judge(references(), 120);
}

#[test]
fn a_drawing_with_entities_is_refused() {
    judge(entities(), 12);
}

#[test]
fn a_drawing_that_multiplies_is_refused_before_it_does() {
    judge(bombs(), 40);
}

#[test]
fn what_is_too_much_work_at_one_size_may_be_little_at_another() {
    let layers = "<g opacity='.5'><rect width='240' height='60'/><rect x='9' width='240' height='60'/></g>".repeat(1_000);
    let lines: String = joined(0..100, |index| format!("{} {} ", (index * 79) % 240, if index % 2 == 0 { 0 } else { 60 }));
    let lines = format!("<polyline id='a' points='{lines}'/>{}", "<use href='#a'/>".repeat(250));
    for drawing in [svg(&layers), svg(&lines)] {
        let (large, took) = timed(drawing.as_bytes(), LogoPlace::Light);
        assert_eq!(large, Err(LogoRefusal::TooComplex));
        assert!(took < LONGEST, "{took:?}");
        let (small, took) = timed(drawing.as_bytes(), LogoPlace::Favicon);
        assert!(small.is_ok() && took < LONGEST, "{small:?} {took:?}");
    }
}

#[test]
fn a_drawing_at_the_limits_is_drawn_in_time() {
    let curves: String = joined(0..2_000, |n| format!("Q{} {} {} {}", n * 7919 % 240, n * 31 % 60, n * 8747 % 240, n * 17 % 60));
    let stops: String = joined(0..64, |stop| format!("<stop offset='{stop}%' stop-color='red'/>"));
    let wide = "x='-900' y='-900' width='2400' height='1600'";
    let drawings = [
        format!("<path d='M0 0{curves}' fill='none' stroke='red' stroke-width='9' stroke-linejoin='round'/>"),
        format!("<mask id='m'><rect {wide} fill='#fff'/></mask>{}", format!("<rect {wide} mask='url(#m)'/>").repeat(6)),
        format!(
            "<linearGradient id='g' spreadMethod='reflect'>{stops}</linearGradient>{}",
            "<rect width='240' height='60' fill='url(#g)'/>".repeat(40)
        ),
        "<path d='M0 30C99 0 0 0 240 0' stroke='red' stroke-width='50' stroke-dasharray='.3'/>".repeat(5),
        format!("{}<path d='M0 0h9v9'/>{}", "<g style='isolation: isolate'>".repeat(20), "</g>".repeat(20)),
        "<circle cx='9' cy='9' r='5'/>".repeat(3_900),
    ];
    for (number, drawing) in drawings.iter().enumerate() {
        let (logo, took) = timed(svg(drawing).as_bytes(), LogoPlace::Light);
        assert!(logo.is_ok() && took < LONGEST, "{number}: {:?} {took:?}", logo.err());
    }
}

#[test]
fn a_drawing_of_impossible_measures_is_refused_or_drawn_in_bounds() {
    judge(measures(), 25);
}

#[test]
fn what_is_disguised_is_known_by_what_it_holds() {
    judge(disguises(), 55);
}

/// What is done to a drawing: bytes overwritten, cut out, doubled, and pieces of drawings put in.
#[derive(Clone, Debug)]
enum Damage {
    Overwrite(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
}

/// Pieces that are dangerous at the wrong place.
const PIECES: &[&str] = &[
    "<g>",
    "</g>",
    "<svg viewBox='0 0 1e-9 1e-9'>",
    "<g transform='scale(9999999)' opacity='.5'>",
    "<g transform='matrix(0 0 0 0 0 0)'>",
    "<g transform='scale(1e-30) rotate(9)'>",
    "<use href='#square'/>",
    "<use href='#clip'/>",
    "<use href='#mask' width='0'/>",
    "<symbol id='s' viewBox='0 0 0 1'>",
    "<path d='M0 0A1 1 0 0 0 9 9zM1 1zm1 1z' stroke='red'/>",
    "<path d='M1e7 1e7C-1e7 1e7 1e-40 1e-40 9 9' stroke='red' stroke-width='1e-30'/>",
    "<line stroke='url(#again)' x2='0'/>",
    "<rect rx='1e7' width='1e-38' height='9' stroke='url(#g)'/>",
    "<radialGradient id='g' r='0' fx='9' fr='1e7'><stop offset='2'/><stop offset='-1'/></radialGradient>",
    " stroke-dasharray='1 0 1' stroke='red'",
    " stroke-dashoffset='-1e7'",
    " clip-path='url(#clip)'",
    " mask='url(#mask)'",
    " maskContentUnits='objectBoundingBox'",
    " clipPathUnits='objectBoundingBox'",
    " style='mix-blend-mode: hue; isolation: isolate; font: 9px/1 x'",
    " opacity='1e-9'",
    " transform-origin='1e7'",
    " preserveAspectRatio='xMaxYMin slice'",
    "<style>.a{}/*}*/.cls-1{fill:url(#again)!important}</style>",
    "<style>}{</style>",
    "<style>a,,{;:}</style>",
    "9999999",
    "-",
    "e-40",
    "%",
    "&#x10ffff;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "\u{feff}",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Overwrite(at, byte)),
        1 => (at(), 1_usize..64).prop_map(|(at, length)| Damage::Cut(at, length)),
        1 => (at(), 1_usize..200).prop_map(|(at, length)| Damage::Double(at, length)),
        4 => (at(), proptest::sample::select(PIECES)).prop_map(|(at, piece)| Damage::Insert(at, piece)),
    ]
}

/// Where something fits: before an element, or behind the name of one.
fn seam(text: &[u8], at: prop::sample::Index, attribute: bool) -> usize {
    let start = at.index(text.len().max(1));
    let rest = &text[start.min(text.len())..];
    let next = if attribute { rest.iter().position(|byte| *byte == b' ') } else { rest.iter().position(|byte| *byte == b'<') };
    start + next.unwrap_or(0)
}

fn damaged(mut bytes: Vec<u8>, damages: Vec<Damage>) -> Vec<u8> {
    for damage in damages {
        let length = bytes.len();
        match damage {
            _ if length == 0 => break,
            Damage::Overwrite(at, byte) => *at.get_mut(&mut bytes) = byte,
            Damage::Cut(at, cut) => drop(bytes.drain(at.index(length)..(at.index(length) + cut).min(length))),
            Damage::Double(at, doubled) => {
                let piece = bytes[at.index(length)..(at.index(length) + doubled).min(length)].to_vec();
                drop(bytes.splice(at.index(length)..at.index(length), piece));
            }
            Damage::Insert(at, piece) => {
                let start = seam(&bytes, at, piece.starts_with(' '));
                drop(bytes.splice(start..start, piece.bytes()));
            }
        }
    }
    bytes
}

const CONTAINERS: &[&str] = &["g", "g", "svg", "symbol id='s'", "mask id='m'", "clipPath id='c'", "defs", "use href='#s'"];
const SHAPES: &[&str] = &[
    "rect",
    "circle",
    "ellipse",
    "line",
    "path",
    "polyline",
    "polygon",
    "use href='#s'",
    "use href='#m'",
    "linearGradient id='l'",
    "radialGradient id='r' href='#l'",
    "stop",
];
/// Values from nothing to the largest that is allowed, in every attribute that is drawn by.
const VALUES: &[(&str, &[&str])] = &[
    (
        "d",
        &[
            "M0 0A1 1 0 0 0 9 9zM1 1zm1 1z",
            "M0 0h9v9z",
            "M1e7 1e7C-1e7 1e7 1e-40 1e-40 9 9",
            "M1e5 1e5C-1e5 1e5 1e-40 1e-40 9 9",
            "M0 0Q1e-30 0 0 1e-30t0 0a0 9 0 1 1 0 0",
            "M",
            "M0 0z",
        ],
    ),
    ("points", &["0 0 9 9", "0 0 0 0 0 0", "1e7 1e7 -1e7 1e-30 5", "1"]),
    ("x", &["0", "-1e7", "1e7", "50%", "1e-38"]),
    ("y", &["0", "9", "-1e7em"]),
    ("width", &["0", "-1", "1e-38", "9", "1e7", "1e7%", "100%"]),
    ("height", &["0", "9", "1e-38", "1e7", "240"]),
    ("r", &["0", "-9", "9", "1e7", "1e-40"]),
    ("rx", &["0", "9", "1e7", "1e-38"]),
    ("x1", &["0", "9", "1e7"]),
    ("x2", &["0", "9", "-1e7"]),
    ("fr", &["0", "2", "1e7"]),
    ("fx", &["-9", "1e7"]),
    ("offset", &["-1", ".5", "2", "1e-9"]),
    ("viewBox", &["0 0 9 9", "0 0 0 0", "1e7 -1e7 1e-38 1e7", "0 0 1e-30 1e-30", "0 0 1e7 .01"]),
    ("preserveAspectRatio", &["none", "xMaxYMin slice"]),
    ("transform", &["scale(9999999)", "scale(1e-30)", "scale(0)", "matrix(1 2 3 6 0 0)", "rotate(45)skewX(90)", "translate(1e7)"]),
    ("gradientTransform", &["scale(0)", "scale(1e-38)", "rotate(9)", "skewX(90)"]),
    ("transform-origin", &["1e7", "50% 50%"]),
    ("gradientUnits", &["userSpaceOnUse"]),
    ("spreadMethod", &["reflect", "repeat"]),
    ("maskUnits", &["userSpaceOnUse"]),
    ("maskContentUnits", &["objectBoundingBox"]),
    ("clipPathUnits", &["objectBoundingBox"]),
    ("fill", &["red", "url(#l)", "url(#r)", "none", "url(#m) blue", "context-stroke"]),
    ("stroke", &["red", "url(#l)", "url(#r)", "currentColor", "context-fill"]),
    ("stroke-width", &["0", "1e-38", "1e4", "9", "9000in"]),
    ("stroke-dasharray", &["1 0 1", "9", "0", "1e7", "-1", "1e-3 1e7"]),
    ("stroke-dashoffset", &["-1e7", "1e7", "3"]),
    ("stroke-linejoin", &["round", "bevel", "miter-clip", "arcs"]),
    ("stroke-linecap", &["round", "square"]),
    ("stroke-miterlimit", &["0", "1e7", "1"]),
    ("opacity", &["0", ".5", "1e-9", "-1", "9"]),
    ("mask", &["url(#m)"]),
    ("clip-path", &["url(#c)"]),
    ("style", &["mix-blend-mode: hue", "isolation: isolate", "font: 1e7px/1 x", "display: none", "visibility: hidden", "marker: url(#m)"]),
    ("overflow", &["visible", "hidden"]),
];

/// A name with attributes: no attribute twice.
fn tag(names: &'static [&'static str]) -> impl Strategy<Value = (String, &'static str)> {
    let attributes = proptest::sample::subsequence(VALUES, 0..9).prop_flat_map(|chosen| {
        let one = |(name, values): (&'static str, &'static [&'static str])| {
            proptest::sample::select(values).prop_map(move |value| format!(" {name}='{value}'"))
        };
        chosen.into_iter().map(one).collect::<Vec<_>>()
    });
    (proptest::sample::select(names), attributes).prop_map(|(name, attributes)| {
        let bare = name.split(' ').next().unwrap_or(name);
        (format!("{name}{}", attributes.concat()), bare)
    })
}

fn drawing() -> impl Strategy<Value = String> {
    let shape = tag(SHAPES).prop_map(|(tag, _)| format!("<{tag}/>"));
    let element = shape.prop_recursive(6, 40, 5, |inner| {
        (tag(CONTAINERS), proptest::collection::vec(inner, 1..5))
            .prop_map(|((tag, name), inner)| format!("<{tag}>{}</{name}>", inner.concat()))
    });
    proptest::collection::vec(element, 1..6).prop_map(|elements| svg(&elements.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_drawing_panics_or_takes_long(damages in proptest::collection::vec(damage(), 1..8), place in proptest::sample::select(&LogoPlace::ALL)) {
        let (result, took) = timed(&damaged(HONEST.as_bytes().to_vec(), damages), place);
        prop_assert!(took < LONGEST, "{:?}", took);
        if let Ok(logo) = result {
            chunks(&logo.bytes);
        }
    }

    #[test]
    fn no_damage_to_a_picture_panics(
        picture in proptest::sample::select(vec![png(), webp(), transparent_webp()]),
        damages in proptest::collection::vec(damage(), 1..4),
        place in proptest::sample::select(&LogoPlace::ALL),
    ) {
        let _ = draw(&damaged(picture, damages), place);
    }

    #[test]
    fn no_drawing_of_extreme_values_panics_or_takes_long(drawing in drawing(), place in proptest::sample::select(&LogoPlace::ALL)) {
        let (result, took) = timed(drawing.as_bytes(), place);
        prop_assert!(took < LONGEST, "{:?}", took);
        // They are well formed, and what is seen in all of them is a disc.
        prop_assert!(matches!(result, Ok(_) | Err(LogoRefusal::TooComplex | LogoRefusal::Measures)), "{:?}", result);
    }
}
