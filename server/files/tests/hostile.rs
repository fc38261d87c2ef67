//! Files that mean harm, and names that do. Each with what becomes of it.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use files::{ArchiveLimits, Kind, Limits, Refusal, SafeName, accept};

mod support;

use support::hostile_files::{all, limits, stripes};
use support::{Part, contains, docx, png, verdict};

#[test]
fn every_file_that_means_harm_is_refused_for_its_reason_or_loses_it() {
    let cases = all();
    let mut wrong = Vec::new();
    for case in &cases {
        let result = accept(case.bytes.clone(), case.name, &limits());
        let found = verdict(&result);
        if found != case.verdict {
            wrong.push(format!("{} ({}): {found}, not {}", case.what, case.name, case.verdict));
        }
        if let Ok(accepted) = result {
            assert!(!case.gone.is_empty(), "{}: accepted as it is", case.what);
            assert!(contains(&case.bytes, case.gone), "{}: the test holds what it looks for", case.what);
            assert!(!contains(&accepted.bytes, case.gone), "{}: it is still there", case.what);
            assert!(accepted.kind.is_picture());
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_is_larger_than_allowed_is_not_looked_at() {
    let limits = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(accept(png(), "a.png", &limits).map(|_| ()), Err(Refusal::TooLarge { limit: 10 }));
}

#[test]
fn a_picture_that_grows_by_being_drawn_anew_is_refused() {
    let photo = support::picture(200, 200, image::ImageFormat::WebP);
    let limits = Limits { bytes: photo.len() as u64 + 1, ..Limits::default() };
    assert_eq!(accept(photo, "a.webp", &limits).map(|_| ()), Err(Refusal::TooLarge { limit: limits.bytes }));
}

#[test]
fn archives_within_share_one_budget() {
    let inner = docx([Part::new("word/a.txt", stripes(600))]);
    let outer = docx([Part::new("word/a.docx", &inner), Part::new("word/b.docx", &inner)]);
    let archive = ArchiveLimits { entries: 11, ..Limits::default().archive };
    let verdict = |archive| accept(outer.clone(), "a.docx", &Limits { archive, ..Limits::default() }).map(|_| ());
    assert_eq!(verdict(Limits::default().archive), Ok(()));
    assert_eq!(verdict(archive), Err(Refusal::ArchiveBomb), "five entries outside, four inside each of two");
}

/// What is sent as a name, and what becomes of it.
const NAMES: &[(&str, Kind, &str)] = &[
    ("Кейс: перенос 1С.pdf", Kind::Pdf, "Кейс_ перенос 1С.pdf"),
    ("Акт № 12 от 12.03.2026.pdf", Kind::Pdf, "Акт № 12 от 12.03.2026.pdf"),
    ("photo.webp", Kind::Jpeg, "photo.jpg"),
    ("photo", Kind::Png, "photo.png"),
    ("../../../etc/passwd", Kind::Text, "passwd.txt"),
    ("..\\..\\windows\\system32\\evil.txt", Kind::Text, "evil.txt"),
    ("C:\\fakepath\\scan.pdf", Kind::Pdf, "scan.pdf"),
    ("C:scan.pdf", Kind::Pdf, "C_scan.pdf"),
    ("..", Kind::Png, "file.png"),
    ("...", Kind::Png, "file.png"),
    (".htaccess", Kind::Text, "file.txt"),
    ("", Kind::Png, "file.png"),
    ("   ", Kind::Png, "file.png"),
    ("/", Kind::Png, "file.png"),
    ("photo.png\0.exe", Kind::Png, "photo_png.png"),
    ("a\0b.png", Kind::Png, "ab.png"),
    ("a\r\nSet-Cookie: x=1.png", Kind::Png, "a Set-Cookie_ x_1.png"),
    ("a\";filename=evil.exe;.png", Kind::Png, "a_filename_evil_exe.png"),
    ("gpj.\u{202e}exe.png", Kind::Png, "gpj_exe.png"),
    ("photo\u{202e}gnp.exe", Kind::Png, "photognp.png"),
    ("in\u{200b}vis\u{feff}ible\u{ad}.png", Kind::Png, "invisible.png"),
    ("\u{3164}\u{115f}.png", Kind::Png, "file.png"),
    ("CON.png", Kind::Png, "_CON.png"),
    ("con.txt.png", Kind::Png, "con_txt.png"),
    ("nul", Kind::Text, "_nul.txt"),
    ("LPT1.docx", Kind::Docx, "_LPT1.docx"),
    ("com¹.pdf", Kind::Pdf, "_com¹.pdf"),
    ("COM10.pdf", Kind::Pdf, "COM10.pdf"),
    ("shell.php.jpg", Kind::Jpeg, "shell_php.jpg"),
    ("offer.pdf.exe", Kind::Pdf, "offer_pdf.pdf"),
    ("=cmd|'/c calc'!A0.xlsx", Kind::Xlsx, "c calc_A0.xlsx"),
    ("-rf.txt", Kind::Text, "rf.txt"),
    ("--output=x.txt", Kind::Text, "output_x.txt"),
    ("<img src=x onerror=alert(1)>.png", Kind::Png, "img src_x onerror_alert(1).png"),
    ("%2e%2e%2fpasswd.txt", Kind::Text, "2e_2e_2fpasswd.txt"),
    ("trailing. .pdf", Kind::Pdf, "trailing.pdf"),
    ("a／b＼c．exe.png", Kind::Png, "a_b_c_exe.png"),
    ("e\u{301}te\u{301}.png", Kind::Png, "été.png"),
    ("Z\u{300}\u{301}\u{302}\u{303}\u{304}algo.png", Kind::Png, "Z\u{300}\u{301}algo.png"),
    ("🎉.png", Kind::Png, "file.png"),
    ("$(reboot).pdf", Kind::Pdf, "(reboot).pdf"),
    ("`id`;a&b|c.pdf", Kind::Pdf, "id_a_b_c.pdf"),
    ("file:///etc/passwd", Kind::Text, "passwd.txt"),
    ("photo.png:stream", Kind::Png, "photo_png_stream.png"),
];

#[test]
fn every_name_becomes_a_safe_one() {
    let wrong: Vec<String> = NAMES
        .iter()
        .filter_map(|(sent, kind, expected)| {
            let name = SafeName::new(sent, *kind);
            (name.as_str() != *expected).then(|| format!("{sent:?}: {:?}, not {expected:?}", name.as_str()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_long_name_is_cut_and_keeps_its_extension() {
    for sent in ["a".repeat(300), "Ы".repeat(300), "漢".repeat(300), format!("{}.docx", "x".repeat(5000))] {
        let name = SafeName::new(&sent, Kind::Docx);
        assert!(name.as_str().len() <= 200 && name.as_str().chars().count() <= 120, "{name}");
        assert!(name.as_str().strip_suffix(".docx").is_some(), "{name}");
    }
}
