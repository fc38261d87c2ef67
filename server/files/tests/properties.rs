//! What holds for every file and every name.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use files::{
    ArchiveLimits, ContentHash, Disposition, Kind, Limits, LocalSettings, PdfLimits, SafeName, Store, StoreSettings, accept, inspect,
};
use futures::TryStreamExt;
use proptest::prelude::*;

mod support;

fn kinds() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.to_vec())
}

/// Small ones, so that a thousand bad files take no time.
fn limits() -> Limits {
    let usual = Limits::default();
    let archive = ArchiveLimits { entry_bytes: 1 << 20, total_bytes: 2 << 20, ..usual.archive };
    Limits { archive, pdf: PdfLimits { total_bytes: 2 << 20, ..usual.pdf }, ..usual }
}

/// Honest files of every kind.
fn honest() -> impl Strategy<Value = Vec<u8>> {
    let pdf = support::pdf_saying("/OpenAction 6 0 R", &[support::object_stream(6, "<< /S /GoTo /D [3 0 R /Fit] >>")]);
    let exif = support::jpeg_with(0xe1, &support::exif(6, "here"));
    let all = vec![
        support::png(),
        support::jpeg(),
        exif,
        support::webp(),
        support::transparent_webp(),
        support::animated_webp(),
        pdf,
        support::docx([]),
        support::xlsx(),
        b"Hello".to_vec(),
    ];
    proptest::sample::select(all)
}

/// What is done to a file: bytes overwritten, cut out, put in.
#[derive(Clone, Debug)]
enum Damage {
    Overwrite(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Overwrite(at, byte)),
        (any::<prop::sample::Index>(), 1_usize..64).prop_map(|(at, length)| Damage::Cut(at, length)),
        (any::<prop::sample::Index>(), proptest::collection::vec(any::<u8>(), 1..16)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: Vec<Damage>) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        match damage {
            Damage::Overwrite(at, byte) => *at.get_mut(&mut bytes) = byte,
            Damage::Cut(at, length) => {
                let start = at.index(bytes.len());
                bytes.drain(start..(start + length).min(bytes.len()));
            }
            Damage::Insert(at, more) => {
                let start = at.index(bytes.len());
                bytes.splice(start..start, more);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(
        beginning in proptest::sample::select(vec![
            b"".as_slice(), b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP", b"%PDF-1.7\n", b"PK\x03\x04", b"<?xml", b"\xd0\xcf\x11\xe0",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let _ = accept([beginning, &rest].concat(), "file", &limits());
    }

    #[test]
    fn no_damage_to_an_honest_file_panics(honest in honest(), damages in proptest::collection::vec(damage(), 1..6)) {
        let _ = accept(damaged(honest, damages), "file", &limits());
    }

    #[test]
    fn no_document_of_words_of_a_pdf_panics(words in proptest::collection::vec(proptest::sample::select(vec![
        "stream\n", "endstream", "obj", "endobj", "1 0 obj", "<<", ">>", "/OpenAction", "/ObjStm", "/Filter", "/FlateDecode", "[", "]", "/N", "/First", "5 0 R",
        "/#", "#4a", "(", ")", " ", "x\u{1}", "99999999999999999999", "startxref", "%%EOF", "\\",
    ]), 0..60)) {
        let body = words.concat();
        let _ = inspect(format!("%PDF-1.7\n1 0 obj {body}\nstartxref\n9\n%%EOF").as_bytes(), "file", &limits());
    }

    #[test]
    fn a_name_is_always_safe(sent in any::<String>(), kind in kinds()) {
        safe(&sent, kind)?;
    }

    #[test]
    fn a_name_of_nasty_pieces_is_always_safe(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "../", "..\\", ".", "/", "\0", "\u{202e}", "\u{200f}", "\u{feff}", "CON", "nul", "COM1", ".exe", "\r\n", "\"", ";", "%00", "e", "\u{301}", " ", "Ж", "漢", "12",
            "\u{3164}", "🎉", "-", "=", "№", "\u{1100}", "\u{1161}",
        ]), 0..80),
        kind in kinds(),
    ) {
        safe(&pieces.concat(), kind)?;
    }

    #[test]
    fn a_hash_is_read_back(bytes in any::<[u8; 32]>(), text in "[0-9a-fA-Fg]{62,66}") {
        let hash = ContentHash::from_bytes(bytes);
        prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        if let Ok(read) = text.parse::<ContentHash>() {
            prop_assert_eq!(read.to_string(), text);
        }
    }
}

/// What a name promises.
fn safe(sent: &str, kind: Kind) -> Result<(), TestCaseError> {
    let name = SafeName::new(sent, kind);
    let text = name.as_str();
    let extension = format!(".{}", kind.extension());
    prop_assert!(text.len() <= 200 && text.chars().count() <= 120);
    let stem = text.strip_suffix(&extension);
    prop_assert!(stem.is_some());
    let stem = stem.unwrap_or_default();
    prop_assert!(!stem.is_empty() && stem.trim() == stem, "{stem:?}");
    prop_assert!(!stem.starts_with(['.', '-', '=', '+', '@']) && !stem.ends_with('.'), "{stem:?}");
    let forbidden = |c: char| {
        c.is_control()
            || "/\\:*?\"<>|%;'`$&\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{feff}"
                .contains(c)
    };
    prop_assert!(!text.chars().any(forbidden), "{text:?}");
    // A dot but the last stands between digits only.
    let characters: Vec<char> = stem.chars().collect();
    for (index, _) in characters.iter().enumerate().filter(|(_, c)| **c == '.') {
        prop_assert!(characters[index - 1].is_ascii_digit() && characters[index + 1].is_ascii_digit(), "{stem:?}");
    }
    let device = stem.split('.').next().unwrap_or_default().to_uppercase();
    prop_assert!(!["CON", "PRN", "AUX", "NUL", "COM1", "LPT1"].contains(&device.as_str()), "{stem:?}");
    let again = SafeName::new(text, kind);
    prop_assert_eq!(again.as_str(), text, "once safe, it stays as it is");

    let header = name.content_disposition(Disposition::Attachment);
    prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{header}");
    prop_assert_eq!(header.matches('"').count(), 2);
    let encoded = header.rsplit("UTF-8''").next().unwrap_or_default();
    let mut decoded = Vec::new();
    let mut bytes = encoded.bytes();
    while let Some(byte) = bytes.next() {
        let pair: String = if byte == b'%' { bytes.by_ref().take(2).map(char::from).collect() } else { String::new() };
        decoded.push(if byte == b'%' { u8::from_str_radix(&pair, 16).expect("two digits") } else { byte });
    }
    prop_assert_eq!(String::from_utf8(decoded).expect("UTF-8"), text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stored_is_read_back_and_the_same_content_is_one_object(
        contents in proptest::collection::vec(proptest::collection::vec(0_u8..3, 0..4), 1..12),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let distinct: std::collections::HashSet<&Vec<u8>> = contents.iter().collect();
        runtime.block_on(async {
            let store = Store::open(&StoreSettings::Local(LocalSettings { folder: folder.path().to_owned() })).expect("a store");
            for content in &contents {
                let (hash, _) = store.put(Bytes::from(content.clone())).await.expect("put");
                let (size, pieces) = store.get(hash).await.expect("asked").expect("there");
                let pieces: Vec<Bytes> = pieces.try_collect().await.expect("read");
                assert_eq!(&pieces.concat(), content);
                assert_eq!(size, content.len() as u64);
            }
            let listed: Vec<_> = store.list().try_collect().await.expect("a list");
            assert_eq!(listed.len(), distinct.len());
        });
    }
}
