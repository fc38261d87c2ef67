//! Files made by hand: honest ones, and the parts dishonest ones are put together from.

#![expect(dead_code, reason = "every test uses some of it")]
#![expect(clippy::cast_possible_truncation, reason = "what is made here is small")]

pub mod hostile_files;

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use files::{Accepted, Limits, Refusal, accept};
use flate2::Crc;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A refusal in a word, or two where it names what it found.
pub fn verdict(result: &Result<Accepted, Refusal>) -> String {
    match result {
        Ok(_) => "accepted".to_owned(),
        Err(refusal @ (Refusal::ForbiddenType { found } | Refusal::ActiveContent { found })) => format!("{} {found}", refusal.code()),
        Err(refusal) => refusal.code().to_owned(),
    }
}

pub fn judge(bytes: &[u8], name: &str) -> Result<Accepted, Refusal> {
    accept(bytes.to_vec(), name, &Limits::default())
}

pub fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("it is encoded");
    bytes.into_inner()
}

/// A picture whose left half is red and whose right half is blue.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) };
    encode(&DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| colour(x))), format)
}

pub fn png() -> Vec<u8> {
    picture(32, 16, ImageFormat::Png)
}

pub fn jpeg() -> Vec<u8> {
    picture(32, 16, ImageFormat::Jpeg)
}

pub fn webp() -> Vec<u8> {
    picture(32, 16, ImageFormat::WebP)
}

pub fn transparent_webp() -> Vec<u8> {
    encode(&DynamicImage::ImageRgba8(RgbaImage::from_pixel(32, 16, Rgba([10, 200, 30, 100]))), ImageFormat::WebP)
}

/// A chunk of a PNG.
pub fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(&kind);
    chunk.extend_from_slice(data);
    chunk.extend_from_slice(&crc.sum().to_be_bytes());
    chunk
}

/// A PNG with more chunks behind its header.
pub fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = png();
    // Signature and header are 33 bytes.
    let rest = bytes.split_off(33);
    for chunk in chunks {
        bytes.extend_from_slice(chunk);
    }
    bytes.extend_from_slice(&rest);
    bytes
}

/// A PNG of a few bytes that claims to be large.
pub fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend_from_slice(&chunk(*b"IHDR", &header));
    bytes.extend_from_slice(&chunk(*b"IDAT", &zlib(&[0; 16])));
    bytes.extend_from_slice(&chunk(*b"IEND", &[]));
    bytes
}

/// A JPEG with a segment behind its beginning.
pub fn jpeg_with(marker: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, marker];
    bytes.extend_from_slice(&(data.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(&jpeg()[2..]);
    bytes
}

/// The metadata of a camera: how it was held, and where, in words.
pub fn exif(orientation: u16, place: &str) -> Vec<u8> {
    let mut data = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    // Orientation, one short.
    data.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1]);
    data.extend_from_slice(&orientation.to_be_bytes());
    data.extend_from_slice(&[0, 0]);
    // Image description, text at offset 38.
    data.extend_from_slice(&[0x01, 0x0e, 0, 2]);
    data.extend_from_slice(&(place.len() as u32).to_be_bytes());
    data.extend_from_slice(&38_u32.to_be_bytes());
    data.extend_from_slice(&[0, 0, 0, 0]);
    data.extend_from_slice(place.as_bytes());
    data
}

/// A JPEG whose frame claims to be large.
pub fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg();
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a baseline frame");
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// A WebP of one animated frame.
pub fn animated_webp() -> Vec<u8> {
    let still = webp();
    let mut body = b"WEBPVP8X\x0a\0\0\0\x02\0\0\0\x1f\0\0\x0f\0\0".to_vec();
    body.extend_from_slice(b"ANIM\x06\0\0\0\0\0\0\0\0\0");
    let frame = &still[12..];
    body.extend_from_slice(b"ANMF");
    body.extend_from_slice(&(16 + frame.len() as u32).to_le_bytes());
    body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0x1f, 0, 0, 0x0f, 0, 0, 100, 0, 0, 0]);
    body.extend_from_slice(frame);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

pub fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).expect("it is packed");
    encoder.finish().expect("it is packed")
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).expect("it is packed");
    encoder.finish().expect("it is packed")
}

/// A part of an archive, and the lies it tells.
#[derive(Clone)]
pub struct Part {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub local_name: Option<Vec<u8>>,
    pub flags: u16,
    pub method: u16,
    pub size: Option<u32>,
    pub crc: Option<u32>,
    pub mode: u32,
}

impl Part {
    pub fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref().to_vec();
        Self { name: name.as_bytes().to_vec(), content, local_name: None, flags: 0, method: 8, size: None, crc: None, mode: 0 }
    }
}

/// An archive of parts.
pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let packed = if part.method == 8 { deflate(&part.content) } else { part.content.clone() };
        let mut crc = Crc::new();
        crc.update(&part.content);
        let start = bytes.len() as u32;
        let mut facts = part.flags.to_le_bytes().to_vec();
        facts.extend_from_slice(&part.method.to_le_bytes());
        facts.extend_from_slice(&[0; 4]);
        facts.extend_from_slice(&part.crc.unwrap_or_else(|| crc.sum()).to_le_bytes());
        facts.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        facts.extend_from_slice(&part.size.unwrap_or(part.content.len() as u32).to_le_bytes());
        let local_name = part.local_name.as_ref().unwrap_or(&part.name);
        bytes.extend_from_slice(b"PK\x03\x04\x14\0");
        bytes.extend_from_slice(&facts);
        bytes.extend_from_slice(&(local_name.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(local_name);
        bytes.extend_from_slice(&packed);
        directory.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0");
        directory.extend_from_slice(&facts);
        directory.extend_from_slice(&(part.name.len() as u16).to_le_bytes());
        directory.extend_from_slice(&[0; 8]);
        directory.extend_from_slice(&(part.mode << 16).to_le_bytes());
        directory.extend_from_slice(&start.to_le_bytes());
        directory.extend_from_slice(&part.name);
    }
    let at = bytes.len() as u32;
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&(parts.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&(parts.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&at.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

pub const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

pub fn content_types(main: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{main}\"/>{more}</Types>"
    )
}

pub fn relationships(inner: &str) -> String {
    format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>")
}

pub fn relationship(kind: &str, target: &str, more: &str) -> String {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    relationships(&format!("<Relationship Id=\"rId1\" Type=\"{office}/{kind}\" Target=\"{target}\" {more}/>"))
}

pub fn document(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>{body}</w:body></w:document>"
    )
}

/// The parts of a Word document with one paragraph.
pub fn word_parts() -> Vec<Part> {
    vec![
        Part::new("[Content_Types].xml", content_types(WORD, "")),
        Part::new("_rels/.rels", relationship("officeDocument", "word/document.xml", "")),
        Part::new("word/document.xml", document("<w:p><w:r><w:t>Было &amp; стало</w:t></w:r></w:p>")),
    ]
}

/// A Word document with one part more, or another in its place.
pub fn docx(extra: impl IntoIterator<Item = Part>) -> Vec<u8> {
    let mut parts = word_parts();
    for part in extra {
        match parts.iter_mut().find(|known| known.name == part.name) {
            Some(known) => *known = part,
            None => parts.push(part),
        }
    }
    zip(&parts)
}

/// A workbook by a library that writes what Excel writes.
pub fn xlsx() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "Выручка").expect("a cell");
    sheet.write(1, 0, 1250.5).expect("a cell");
    sheet.write_formula(2, 0, "=SUM(A2:A2)&\"|\"").expect("a cell");
    sheet.write_url(3, 0, "https://partner.example/import").expect("a cell");
    let mut chart = rust_xlsxwriter::Chart::new(rust_xlsxwriter::ChartType::Line);
    chart.add_series().set_values("Sheet1!$A$2:$A$3");
    sheet.insert_chart(5, 0, &chart).expect("a chart");
    workbook.save_to_buffer().expect("a workbook")
}

/// A PDF document of these objects; the first is the catalogue.
pub fn pdf<B: AsRef<[u8]>>(objects: &[B], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", bytes.len()).expect("written");
        bytes.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        bytes.extend_from_slice(object.as_ref());
        bytes.extend_from_slice(b"\nendobj\n");
    }
    let at = bytes.len();
    bytes.extend_from_slice(table.as_bytes());
    let end = format!("trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1);
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

/// A stream with its dictionary.
pub fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dictionary} /Length {} >>\nstream\n", data.len()).into_bytes();
    object.extend_from_slice(data);
    object.extend_from_slice(b"\nendstream");
    object
}

/// A page with words, packed as usual, and a catalogue that says more.
pub fn pdf_saying(catalogue: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>").into_bytes(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>".to_vec(),
        stream("/Filter /FlateDecode", &zlib(b"BT /F1 12 Tf 72 720 Td (Case study) Tj ET")),
    ];
    objects.extend_from_slice(more);
    pdf(&objects, "")
}

/// A stream that holds one object.
pub fn object_stream(number: usize, object: &str) -> Vec<u8> {
    let pair = format!("{number} 0 ");
    stream(&format!("/Type /ObjStm /N 1 /First {} /Filter /FlateDecode", pair.len()), &zlib(format!("{pair}{object}").as_bytes()))
}
