//! Files people really send.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use files::{CONTENT_SECURITY_POLICY, ContentHash, Disposition, Kind, Limits, SafeName, headers, inspect, readable_name};
use image::{GenericImageView, ImageFormat};

mod support;

use support::{
    Part, docx, exif, jpeg, jpeg_with, judge, object_stream, pdf_saying, picture, png, relationship, stream, transparent_webp, verdict,
    webp, xlsx, zlib,
};

#[test]
fn documents_are_kept_byte_for_byte() {
    let hyperlink = relationship("hyperlink", "https://partner.example/import/dde", "TargetMode=\"External\"");
    let field = support::document("<w:instrText>HYPERLINK \"https://partner.example/import\"</w:instrText><w:fldChar/>");
    let page = b"<< /S /GoTo /D [3 0 R /Fit] >>".to_vec();
    let table: &[(&str, &str, Vec<u8>, Kind)] = &[
        ("a document", "Кейс.docx", docx([]), Kind::Docx),
        ("a document with links", "Кейс.docx", docx([Part::new("word/_rels/document.xml.rels", hyperlink)]), Kind::Docx),
        ("a document with a field", "Кейс.docx", docx([Part::new("word/document.xml", field)]), Kind::Docx),
        ("a document with a picture", "Кейс.DOCX", docx([Part::new("word/media/image1.png", png())]), Kind::Docx),
        ("a document with the workbook of a chart", "Кейс.docx", docx([Part::new("word/embeddings/a.xlsx", xlsx())]), Kind::Docx),
        ("a workbook with a formula, a link and a chart", "Выручка.xlsx", xlsx(), Kind::Xlsx),
        ("a PDF", "Кейс.pdf", pdf_saying("", &[]), Kind::Pdf),
        ("a PDF that opens at a page", "Кейс.pdf", pdf_saying("/OpenAction [3 0 R /FitH 842]", &[]), Kind::Pdf),
        ("a PDF that opens by an action", "Кейс.pdf", pdf_saying("/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", &[]), Kind::Pdf),
        ("a PDF that says elsewhere where it opens", "Кейс.pdf", pdf_saying("/OpenAction 5 0 R", &[page]), Kind::Pdf),
        (
            "a PDF that says in an object stream where it opens, and has links and outlines",
            "Кейс.pdf",
            pdf_saying(
                "/OpenAction 6 0 R",
                &[object_stream(6, "<< /S /GoTo /D [3 0 R /Fit] >> << /S /URI /URI (https://a.example) >> << /Next 7 0 R >>")],
            ),
            Kind::Pdf,
        ),
        ("a PDF with a picture", "Кейс.pdf", pdf_saying("", &[stream("/Subtype /Image /Filter /DCTDecode", &jpeg())]), Kind::Pdf),
        (
            "a PDF with a profile of colours",
            "Кейс.pdf",
            pdf_saying("", &[stream("/N 3 /Filter /FlateDecode", &zlib(&[7; 3000]))]),
            Kind::Pdf,
        ),
        ("a text", "Записки.txt", "Было 5 < 7, стало 12 & больше.\r\n\tВсё.\n".as_bytes().to_vec(), Kind::Text),
        ("a text that begins like a bitmap", "cars.txt", b"BMW and others".to_vec(), Kind::Text),
        ("a text with a mark of order", "Записки.md", "\u{feff}# Кейс".as_bytes().to_vec(), Kind::Text),
        ("a text without an extension", "README", b"Hello".to_vec(), Kind::Text),
    ];
    for (what, name, bytes, kind) in table {
        let result = judge(bytes, name);
        assert_eq!(verdict(&result), "accepted", "{what}");
        let accepted = result.expect("accepted");
        assert_eq!(accepted.kind, *kind, "{what}");
        assert_eq!(accepted.bytes, bytes, "{what}");
        assert_eq!(accepted.hash, ContentHash::of(bytes));
        assert_eq!(accepted.dimensions, None);
    }
}

#[test]
fn pictures_are_drawn_anew_and_look_the_same() {
    let table: &[(&str, Vec<u8>, Kind)] = &[
        ("Снимок.png", png(), Kind::Png),
        ("IMG_0001.JPEG", jpeg(), Kind::Jpeg),
        ("photo.webp", webp(), Kind::Jpeg),
        ("logo.webp", transparent_webp(), Kind::Png),
        // Telephones and messengers mix these up.
        ("photo.png", jpeg(), Kind::Jpeg),
        ("photo.jpg", png(), Kind::Png),
    ];
    for (name, bytes, kind) in table {
        let accepted = judge(bytes, name).expect("accepted");
        assert_eq!(accepted.kind, *kind, "{name}");
        assert_eq!(accepted.dimensions.map(|found| (found.width, found.height)), Some((32, 16)), "{name}");
        assert!(accepted.name.as_str().ends_with(kind.extension()), "{}", accepted.name);
        let (before, after) =
            (image::load_from_memory(bytes).expect("a picture"), image::load_from_memory(&accepted.bytes).expect("a picture"));
        for (x, y) in [(4, 8), (28, 8)] {
            let (before, after) = (before.get_pixel(x, y), after.get_pixel(x, y));
            assert!(before.0.iter().zip(after.0).all(|(before, after)| before.abs_diff(after) < 12), "{name}: {before:?} became {after:?}");
        }
    }
}

#[test]
fn the_same_picture_is_drawn_to_the_same_bytes() {
    for bytes in [png(), jpeg(), webp()] {
        assert_eq!(judge(&bytes, "").expect("accepted").hash, judge(&bytes, "").expect("accepted").hash);
    }
}

#[test]
fn a_picture_taken_sideways_stands_upright_and_says_no_more() {
    let taken = jpeg_with(0xe1, &exif(6, "55.7558 N"));
    let claimed = inspect(&taken, "a.jpg", &Limits::default()).expect("a picture").dimensions.expect("dimensions");
    assert_eq!((claimed.width, claimed.height), (32, 16), "before it is turned");
    let accepted = judge(&taken, "a.jpg").expect("accepted");
    let dimensions = accepted.dimensions.expect("dimensions");
    assert_eq!((dimensions.width, dimensions.height), (16, 32));
    let image = image::load_from_memory(&accepted.bytes).expect("a picture");
    let (top, bottom) = (image.get_pixel(8, 4), image.get_pixel(8, 28));
    assert!(top.0[0] > top.0[2] && bottom.0[2] > bottom.0[0], "left became top: {top:?} {bottom:?}");
    assert!(!support::contains(&accepted.bytes, b"Exif"));
}

#[test]
fn a_picture_has_a_small_copy_and_a_document_none() {
    let accepted = judge(&picture(1600, 800, ImageFormat::Png), "a.png").expect("accepted");
    let preview = accepted.preview.expect("a copy");
    let copy = image::load_from_memory(&preview).expect("a picture");
    assert_eq!((copy.width(), copy.height()), (480, 240));
    assert!(copy.get_pixel(40, 100).0[0] > 150 && copy.get_pixel(440, 100).0[2] > 150);
    let small = judge(&png(), "a.png").expect("accepted");
    assert_eq!(small.preview, Some(small.bytes));
    assert_eq!(judge("Было и стало".as_bytes(), "a.txt").expect("accepted").preview, None);
}

#[test]
fn a_name_is_told_as_it_was_sent_but_for_what_is_not_seen() {
    for (sent, told) in [
        ("Отчёт 2026.exe", "Отчёт 2026.exe"),
        ("C:\\fakepath\\a\r\nb.png", "a  b.png"),
        ("photo\u{202e}gnp.exe", "photognp.exe"),
        ("../../x", "x"),
    ] {
        assert_eq!(readable_name(sent), told);
    }
    assert!(readable_name(&"я".repeat(500)).chars().count() <= 120);
}

#[test]
fn a_photograph_of_twelve_million_pixels_is_accepted() {
    let photo = picture(4000, 3000, ImageFormat::Jpeg);
    assert_eq!(verdict(&judge(&photo, "IMG_1234.jpg")), "accepted");
}

#[test]
fn a_file_is_served_so_that_nothing_in_it_runs() {
    let name = SafeName::new("Кейс № 1.pdf", Kind::Pdf);
    let served = headers(Kind::Pdf, &name, Disposition::Inline);
    let value = |header: &str| served.iter().find(|(name, _)| *name == header).map(|(_, value)| value.as_str());
    assert_eq!(value("content-type"), Some("application/pdf"));
    let attachment = "attachment; filename=\"____ _ 1.pdf\"; filename*=UTF-8''%D0%9A%D0%B5%D0%B9%D1%81%20%E2%84%96%201.pdf";
    assert_eq!(value("content-disposition"), Some(attachment), "a document is saved, whatever is asked");
    assert_eq!(value("content-security-policy"), Some(CONTENT_SECURITY_POLICY));
    assert_eq!(value("x-content-type-options"), Some("nosniff"));
    assert_eq!(value("cross-origin-resource-policy"), Some("same-origin"));
    let picture = headers(Kind::Png, &SafeName::new("a.png", Kind::Png), Disposition::Inline);
    assert_eq!(picture[1].1, "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
}
