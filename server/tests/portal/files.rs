//! Files of requests over HTTP: uploaded by a form without scripting, refused in words and with the right status, handed out so that
//! nothing in them runs, and to nobody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use chrono::TimeDelta;
use domain::permission::Role;
use futures::StreamExt;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, StatusCode};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fixtures::{FILE_LIMIT, FILES_PER_REQUEST, TestPartner};
use crate::support::{Answer, Browser, PAGE, TestPortal};

/// Files made by hand, honest and not: those of crate `files`.
#[path = "../../files/tests/support/mod.rs"]
mod made;

use made::hostile_files;

const BOUNDARY: &str = "----portal-test-boundary";
/// What a program asks for.
const PROGRAM: &str = "application/json";

/// A part of a form with a file.
fn part(name: &str, bytes: &[u8]) -> Vec<u8> {
    typed_part(name, "application/octet-stream", bytes)
}

fn typed_part(name: &str, media_type: &str, bytes: &[u8]) -> Vec<u8> {
    // As browsers write them.
    let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut part =
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {media_type}\r\n\r\n")
            .into_bytes();
    part.extend_from_slice(bytes);
    part.extend_from_slice(b"\r\n");
    part
}

fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut form = parts.concat();
    form.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    form
}

/// A form as a browser or a program sends it, in pieces as a network brings them.
async fn send(browser: &mut Browser, reference: &str, accept: &str, body: Vec<u8>) -> Answer {
    let length = body.len();
    let pieces: Vec<_> = body.chunks(16 * 1024).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    let mut request = browser.request(Method::POST, &app::paths::request_files_upload(reference));
    if let Some(headers) = request.headers_mut() {
        headers.insert(ACCEPT, accept.parse().expect("a header"));
    }
    let request = request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}")).header(CONTENT_LENGTH, length);
    browser.send(request.body(Body::from_stream(futures::stream::iter(pieces))).expect("a request")).await
}

async fn upload(browser: &mut Browser, reference: &str, name: &str, bytes: &[u8]) -> Answer {
    send(browser, reference, PAGE, form(&[part(name, bytes)])).await
}

async fn bytes(browser: &mut Browser, path: &str) -> (StatusCode, http::HeaderMap, Bytes) {
    let request = browser.request(Method::GET, path).body(Body::empty()).expect("a request");
    let (parts, body) = browser.send_raw(request).await;
    (parts.status, parts.headers, body)
}

/// A partner with a claim that waits.
async fn claim(portal: &TestPortal) -> (TestPartner, String) {
    let partner = portal.app.create_partner("2026-09-01").await;
    let client = portal.app.create_client(&partner, "Клиент").await;
    let reference = portal.app.create_claim(&partner, client).await;
    (partner, reference)
}

/// The addresses of files on a page, in order.
fn addresses(page: &Answer) -> Vec<String> {
    let links = page.body.split("href=\"/files/").skip(1);
    links.filter_map(|rest| Some(format!("/files/{}", rest.split('"').next()?))).collect()
}

fn page_of(reference: &str) -> String {
    app::paths::partner_request(reference)
}

/// Neither folder holds anything that is not under its hash.
fn assert_nothing_lies_around(portal: &TestPortal, what: &str) {
    let [kept, received] = portal.app.file_folders();
    assert_eq!(std::fs::read_dir(received).expect("a folder").count(), 0, "{what}: something is left on its way");
    let mut folders = vec![kept];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if path.is_dir() {
                assert!(name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{what}: {}", path.display());
                folders.push(path);
            } else {
                assert_eq!(files::ContentHash::of(&std::fs::read(&path).expect("a file")).to_string(), name, "{what}");
            }
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_picture_and_a_document_go_in_by_a_form_and_come_out_safely(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get(&page_of(&reference)).await;
    for said in ["Файлов пока нет", "Не больше 3 файлов на заявку", "до 4 МБ", "0 байт из 6 МБ"]
    {
        assert!(page.words().replace('\u{a0}', " ").contains(said), "{said} is missing: {}", page.words());
    }
    let photo = made::picture(900, 600, image::ImageFormat::Jpeg);
    let document = made::pdf_saying("", &[]);
    let answer = send(&mut browser, &reference, PAGE, form(&[part("Снимок «до».jpg", &photo), part("Акт № 1.pdf", &document)])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    assert_eq!(answer.location(), format!("{}?notice=files_attached#files", page_of(&reference)));

    let page = browser.get(&page_of(&reference)).await;
    let words = page.words().replace('\u{a0}', " ");
    for said in ["Снимок «до».jpg", "900 × 600", "Акт № 1.pdf", "Принят", "Удалить «Акт № 1.pdf»?"] {
        assert!(words.contains(said), "{said} is missing: {words}");
    }
    assert!(page.body.contains("alt=\"Картинка «Снимок «до».jpg»\""), "{}", page.body);
    let files = addresses(&page);
    assert_eq!(files.len(), 2);

    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut staff = portal.sign_in(&reviewer).await;
    let seen = staff.get(&app::paths::staff_request(&reference)).await;
    assert_eq!(addresses(&seen), files, "staff see the same files");
    assert!(!seen.body.contains("/files\" enctype") && !seen.words().contains("Удалить «"), "and change none");
    for reader in [&mut browser, &mut staff] {
        let (status, headers, content) = bytes(reader, &files[0]).await;
        assert_eq!((status, headers["content-type"].to_str().expect("text")), (StatusCode::OK, "image/jpeg"));
        assert_eq!(headers["content-length"], content.len().to_string().as_str());
        let copy = image::load_from_memory(&content).expect("a picture");
        assert_eq!((copy.width(), copy.height()), (900, 600));
        let disposition = headers["content-disposition"].to_str().expect("text").to_owned();
        assert!(
            disposition.starts_with("attachment; filename=\"") && disposition.contains("filename*=UTF-8''%D0%A1%D0%BD"),
            "{disposition}"
        );
        let (status, headers, small) = bytes(reader, &format!("{}/preview", files[0])).await;
        assert_eq!((status, image::load_from_memory(&small).expect("a picture").width()), (StatusCode::OK, 480));
        assert!(headers["content-disposition"].to_str().expect("text").starts_with("inline; "));
        let (status, headers, content) = bytes(reader, &files[1]).await;
        assert_eq!((status, &content[..]), (StatusCode::OK, &document[..]), "a document comes as it went");
        assert_eq!(headers["content-type"], "application/pdf");
        for (name, value) in [
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        assert_eq!(reader.get(&format!("{}/preview", files[1])).await.status, StatusCode::NOT_FOUND, "a document has no small picture");
    }
    let head = browser.request(Method::HEAD, &files[1]).body(Body::empty()).expect("a request");
    assert_eq!(browser.send(head).await.header("content-length"), document.len().to_string());
    assert_nothing_lies_around(&portal, "honest files");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_file_is_another_partners_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let file = portal.app.attach(&partner.viewer, &reference, "тайна.txt", "Тайна".as_bytes()).await.expect("a file");
    let stranger = portal.app.create_partner("2026-09-01").await;
    let colleague = portal.app.create_member(&partner).await;
    let address = app::paths::request_file(file);
    let mut theirs = portal.sign_in(&stranger.viewer).await;
    for other in [&address, &app::paths::request_file_preview(file), "/files/nonsense", "/files/00000000-0000-4000-8000-000000000000"] {
        let answer = theirs.get(other).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{other}");
        assert!(!answer.body.contains("Тайна") && !answer.body.contains("тайна"));
    }
    assert_eq!(upload(&mut theirs, &reference, "a.txt", b"mine").await.status, StatusCode::NOT_FOUND);
    let fields = [("reference", reference.as_str()), ("file", &file.to_string())];
    assert_eq!(theirs.post("/api/requests/files/remove", &fields).await.status, StatusCode::NOT_FOUND);
    let nobody = portal.browser().get(&address).await;
    assert_eq!((nobody.status, nobody.location()), (StatusCode::SEE_OTHER, format!("/sign-in?next={address}").as_str()));
    assert_eq!(upload(&mut portal.browser(), &reference, "a.txt", b"mine").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(portal.sign_in(&colleague).await.get(&address).await.body, "Тайна");
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut staff = portal.sign_in(&reviewer).await;
    assert_eq!(staff.get(&address).await.body, "Тайна");
    assert_eq!(upload(&mut staff, &reference, "a.txt", b"ours").await.status, StatusCode::NOT_FOUND, "staff attach nothing");
    // Another site's form brings the cookie, and nothing else.
    let mut own = portal.sign_in(&partner.viewer).await;
    let mut request = own.request(Method::POST, &app::paths::request_files_upload(&reference));
    if let Some(headers) = request.headers_mut() {
        headers.insert("sec-fetch-site", "cross-site".parse().expect("a header"));
    }
    let request = request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    let answer = own.send(request.body(Body::from(form(&[part("a.txt", b"forged")]))).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.app.count("request_files").await, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_file_that_means_harm_is_refused_or_loses_it(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let cases = hostile_files::all();
    assert!(cases.len() >= 60);
    let mut refused = 0;
    for case in &cases {
        // Nobody uploads so fast, and who does is slowed down.
        portal.app.clock.set(portal.app.services.now() + TimeDelta::seconds(5));
        // What the sender claims it to be is nothing that anybody looks at.
        let body = form(&[typed_part(case.name, "image/png", &case.bytes)]);
        let answer = send(&mut browser, &reference, PROGRAM, body).await;
        if case.verdict == "accepted" {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", case.what, answer.body);
            let page = browser.get(&page_of(&reference)).await;
            let address = addresses(&page).remove(0);
            for copy in [address.clone(), format!("{address}/preview")] {
                let (status, headers, content) = bytes(&mut browser, &copy).await;
                assert_eq!(status, StatusCode::OK, "{}", case.what);
                assert!(!made::contains(&content, case.gone), "{}: it is still there", case.what);
                assert!(["image/jpeg", "image/png"].contains(&headers["content-type"].to_str().expect("text")), "{}", case.what);
                assert_eq!(headers["content-security-policy"], files::CONTENT_SECURITY_POLICY);
            }
            let file = address.trim_start_matches("/files/");
            let answer = browser.post("/api/requests/files/remove", &[("reference", &reference), ("file", file)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        } else {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", case.what, answer.body);
            let told: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
            let problem = told["refused"][0]["problem"].as_str().expect("a problem");
            let expected = match case.verdict.split(' ').next().expect("a word") {
                "unsafe_path" | "external_entity" => "active_content",
                other => other,
            };
            assert_eq!(problem, expected, "{}", case.what);
            refused += 1;
        }
        assert_nothing_lies_around(&portal, case.what);
    }
    assert!(refused >= 60, "only {refused} were refused");
    let page = browser.get(&page_of(&reference)).await;
    assert!(addresses(&page).is_empty() && page.words().contains("Файлов пока нет"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_name_leads_anywhere(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let long = format!("{}.txt", "я".repeat(300));
    for (number, name) in [
        "../../../etc/passwd.txt",
        "..\\..\\windows\\evil.txt",
        "C:\\fakepath\\scan.txt",
        "a\r\nSet-Cookie: x=1.txt",
        "a\";filename=evil.exe;.txt",
        "photo\u{202e}gnp.txt",
        "CON.txt",
        "<img src=x onerror=alert(1)>.txt",
        "=cmd|'/c calc'!A0.txt",
        "…",
        "",
        long.as_str(),
    ]
    .into_iter()
    .enumerate()
    {
        portal.app.clock.set(portal.app.services.now() + TimeDelta::seconds(5));
        let answer = send(&mut browser, &reference, PROGRAM, form(&[part(name, format!("text {number}").as_bytes())])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name:?}: {}", answer.body);
        let page = browser.get(&page_of(&reference)).await;
        assert!(!page.body.contains("<img src=x"), "{name:?}");
        let address = addresses(&page).remove(0);
        let answer = browser.get(&address).await;
        assert_eq!(answer.body, format!("text {number}"), "{name:?}");
        assert!(answer.headers.get("set-cookie").is_none());
        let disposition = answer.header("content-disposition").to_owned();
        let (plain, encoded) = disposition
            .strip_prefix("attachment; filename=\"")
            .and_then(|rest| rest.split_once("\"; filename*=UTF-8''"))
            .unwrap_or_else(|| panic!("{name:?}: {disposition}"));
        assert!(
            plain.rsplit_once('.').is_some_and(|(_, extension)| extension == "txt")
                && !plain.contains(['"', '/', '\\', ':', ';', '%', '\r', '\n']),
            "{name:?}: {disposition}"
        );
        assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._%".contains(&byte)), "{name:?}: {disposition}");
        assert!(!encoded.contains("%E2%80%AE") && !encoded.contains("..") && plain.len() <= 200, "{name:?}: {disposition}");
        let file = address.trim_start_matches("/files/");
        browser.post("/api/requests/files/remove", &[("reference", &reference), ("file", file)]).await;
    }
    assert_nothing_lies_around(&portal, "names");
}

/// A body that comes in pieces and counts those that were asked for.
fn counted(pieces: usize, piece: Bytes) -> (Body, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let head = Bytes::from(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"));
    let stream = futures::stream::iter(std::iter::once(head).chain(std::iter::repeat_n(piece, pieces))).map(move |piece| {
        counter.fetch_add(piece.len(), Ordering::Relaxed);
        Ok::<_, std::io::Error>(piece)
    });
    (Body::from_stream(stream), asked)
}

/// The most memory this process has had, in kibibytes.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a figure");
    line.trim().trim_end_matches(" kB").parse().expect("a figure")
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_too_large_is_413_and_is_not_held_in_memory(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let address = app::paths::request_files_upload(&reference);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let limit = usize::try_from(FILE_LIMIT).expect("a size");
    let largest = FILES_PER_REQUEST * limit + (1 << 20);
    // Warm: what the first upload takes for good is not what is measured.
    upload(&mut browser, &reference, "empty.txt", b"").await;

    // Announced: not a byte is asked for.
    let (body, asked) = counted(1, Bytes::from_static(b"x"));
    let request = browser.request(Method::POST, &address).header(CONTENT_TYPE, &kind).header(CONTENT_LENGTH, largest + 1);
    let answer = browser.send(request.body(body).expect("a request")).await;
    assert_eq!((answer.status, asked.load(Ordering::Relaxed)), (StatusCode::PAYLOAD_TOO_LARGE, 0), "{}", answer.words());

    // Endless: it is asked for no more than the largest form, and none of it is held.
    let before = peak_memory();
    let (body, asked) = counted(1_000_000, Bytes::from(vec![b'x'; 64 * 1024]));
    let request = browser.request(Method::POST, &address).header(CONTENT_TYPE, &kind);
    let answer = browser.send(request.body(body).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.words());
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked <= largest + 128 * 1024, "{asked} bytes were asked for");
    let grown = peak_memory() - before;
    assert!(grown < 8 * 1024, "{grown} KiB were taken by a body of {} KiB", asked / 1024);

    // One file over the limit: a status, and words with a way back.
    let answer = upload(&mut browser, &reference, "Большой.txt", &vec![b'x'; limit + 1]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let words = answer.words().replace('\u{a0}', " ");
    assert!(
        words.contains("Большой.txt") && words.contains("файл больше 4 МБ") && words.contains(&format!("Вернуться к заявке {reference}")),
        "{words}"
    );
    assert!(
        answer.body.contains(&format!("href=\"{}#files\"", page_of(&reference))) && answer.header("content-type").starts_with("text/html")
    );
    let answer = send(&mut browser, &reference, PROGRAM, form(&[part("a.txt", &vec![b'x'; limit + 1]), part("b.txt", b"small")])).await;
    let told: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(
        (answer.status, told["refused"][0]["limit"].as_u64(), &told["attached"]),
        (StatusCode::PAYLOAD_TOO_LARGE, Some(FILE_LIMIT), &1.into())
    );

    assert_eq!(portal.app.count("request_files").await, 1);
    assert_nothing_lies_around(&portal, "too large");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_form_that_is_none_is_refused_and_fills_no_memory(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let many: Vec<u8> = (0..10_000)
        .flat_map(|number| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"field{number}\"\r\n\r\nx\r\n").into_bytes())
        .collect();
    let headers = (0..100_000).map(|number| format!("X-Header-{number}: {number}")).collect::<Vec<_>>().join("\r\n") + "\r\n";
    let nested = format!("--{BOUNDARY}\r\n").repeat(40_000);
    let long_header = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\nx\r\n", "n".repeat(3 << 20));
    let files: Vec<Vec<u8>> = (0..20).map(|number| part(&format!("{number}.exe"), b"MZ")).collect();
    for (what, kind, body) in [
        ("10 000 parts", kind.as_str(), form(&[many])),
        ("100 000 headers", &kind, form(&[format!("--{BOUNDARY}\r\n{headers}\r\nx\r\n").into_bytes()])),
        ("40 000 boundaries", &kind, form(&[nested.into_bytes()])),
        ("a header of 3 MiB", &kind, form(&[long_header.into_bytes()])),
        ("a form without an end", &kind, part("a.txt", b"cut off")[..100].to_vec()),
        ("a form with another boundary", &kind, b"--other\r\n\r\nx\r\n--other--".to_vec()),
        ("a name with NUL", &kind, form(&[part("report.txt\0.exe", b"x")])),
        ("no boundary", "multipart/form-data", form(&[part("a.txt", b"x")])),
        ("no form at all", "application/x-www-form-urlencoded", b"file=x".to_vec()),
        ("20 files", &kind, form(&files)),
    ] {
        portal.app.clock.set(portal.app.services.now() + TimeDelta::seconds(5));
        let before = peak_memory();
        let pieces: Vec<_> = body.chunks(16 * 1024).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
        let request = browser.request(Method::POST, &app::paths::request_files_upload(&reference)).header(CONTENT_TYPE, kind);
        let answer = browser.send(request.body(Body::from_stream(futures::stream::iter(pieces))).expect("a request")).await;
        assert!(answer.status.is_client_error(), "{what}: {} {}", answer.status, answer.location());
        assert!(peak_memory() - before < 24 * 1024, "{what}");
        assert_nothing_lies_around(&portal, what);
    }
    assert_eq!(portal.app.kept_contents(), 0);
    // Whatever the network brings at once, an honest form is read: three files in pieces of a megabyte.
    portal.app.clock.set(portal.app.services.now() + TimeDelta::seconds(30));
    let honest = form(&[part("1.txt", &vec![b'1'; 700_000]), part("2.txt", &vec![b'2'; 300_000]), part("3.txt", &vec![b'3'; 1_200_000])]);
    let pieces: Vec<_> = honest.chunks(1 << 20).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    let request = browser.request(Method::POST, &app::paths::request_files_upload(&reference)).header(CONTENT_TYPE, &kind);
    let answer = browser.send(request.body(Body::from_stream(futures::stream::iter(pieces))).expect("a request")).await;
    assert!(answer.location().contains("notice=files_attached"), "{} {}", answer.status, answer.words());
    assert_eq!(portal.app.kept_contents(), 3);
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    // Fields that no form of ours has are passed over.
    let mut odd = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n").into_bytes();
    odd.extend(part("a.txt", b"Hello"));
    assert_eq!(send(&mut browser, &reference, PAGE, form(&[odd])).await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.app.kept_contents(), 4);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_not_attached_is_told_on_the_page_with_what_to_do(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let told = async |browser: &mut Browser, parts: &[Vec<u8>]| {
        let answer = send(browser, &reference, PAGE, form(parts)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
        let back = answer.location().to_owned();
        assert!(back.starts_with(&format!("{}?files=", page_of(&reference))) && back.ends_with("#files"), "{back}");
        browser.get(back.trim_end_matches("#files")).await.words().replace('\u{a0}', " ")
    };
    let nothing = told(&mut browser, &[part("", b"")]).await;
    assert!(nothing.contains("Приложено не всё") && nothing.contains("файл не выбран"), "{nothing}");
    let mixed =
        told(&mut browser, &[part("logo.svg", b"<svg onload='x'/>"), part("a.txt", b"Hello"), part("b.png", &made::png()[..40])]).await;
    for said in ["logo.svg : файлы такого типа портал не принимает", "b.png : файл повреждён", "Остальное приложено: 1 файл", "a.txt"]
    {
        assert!(mixed.contains(said), "{said} is missing: {mixed}");
    }
    // Two more places, three files.
    let more = told(&mut browser, &[part("b.txt", b"b"), part("c.txt", b"c"), part("d.txt", b"d")]).await;
    assert!(more.contains("d.txt : в заявке может быть не больше 3 файлов"), "{more}");
    assert!(more.contains("В заявке уже 3 файла"), "the form says why it takes nothing more: {more}");
    let full = told(&mut browser, &[part("e.txt", b"e")]).await;
    assert!(full.contains("в заявке может быть не больше 3 файлов"), "{full}");

    // Room of the company.
    let other = portal.app.create_claim(&partner, portal.app.create_client(&partner, "Другой").await).await;
    let limit = usize::try_from(FILE_LIMIT).expect("a size");
    assert_eq!(upload(&mut browser, &other, "large.txt", &vec![b'x'; limit]).await.status, StatusCode::SEE_OTHER);
    let answer = send(&mut browser, &other, PROGRAM, form(&[part("more.txt", &vec![b'y'; limit])])).await;
    let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((answer.status, problem["refused"][0]["problem"].as_str()), (StatusCode::CONFLICT, Some("over_quota")));
    let answer = upload(&mut browser, &other, "more.txt", &vec![b'y'; limit]).await;
    let words = browser.get(answer.location().trim_end_matches("#files")).await.words().replace('\u{a0}', " ");
    assert!(words.contains("more.txt : у компании осталось 1,9 МБ места") && words.contains("4 МБ из 6 МБ"), "{words}");

    // Taken into review: nothing changes any more, and both gestures say so.
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let file = addresses(&browser.get(&page_of(&other)).await).remove(0);
    portal.app.services.request_take(&reviewer, &other).await.expect("taken");
    let answer = upload(&mut browser, &other, "late.txt", b"late").await;
    let words = browser.get(answer.location().trim_end_matches("#files")).await.words();
    assert!(words.contains("изменить уже нельзя"), "{words}");
    let fields = [("reference", other.as_str()), ("file", file.trim_start_matches("/files/"))];
    let answer = browser.post("/api/requests/files/remove", &fields).await;
    let words = browser.get(answer.location()).await.words();
    assert!(answer.location().contains("?form=") && words.contains("уже нельзя изменить"), "{words}");
    assert_eq!(browser.get(&file).await.status, StatusCode::OK);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_file_is_taken_away_by_a_form_and_is_gone_for_everybody(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, reference) = claim(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    upload(&mut browser, &reference, "a.png", &made::png()).await;
    let page = browser.get(&page_of(&reference)).await;
    let file = addresses(&page).remove(0);
    let fields = [("reference", reference.as_str()), ("file", file.trim_start_matches("/files/"))];
    for _ in 0..2 {
        let answer = browser.post("/api/requests/files/remove", &fields).await;
        assert_eq!(answer.location(), format!("{}?notice=file_removed#files", page_of(&reference)), "{}", answer.words());
    }
    let page = browser.get(&format!("{}?notice=file_removed", page_of(&reference))).await;
    assert!(page.words().contains("Файл удалён") && page.words().contains("Файлов пока нет"), "{}", page.words());
    for copy in [file.clone(), format!("{file}/preview")] {
        assert_eq!(browser.get(&copy).await.status, StatusCode::NOT_FOUND);
    }
    for odd in ["", "x", "00000000-0000-4000-8000-000000000000"] {
        let answer = browser.post("/api/requests/files/remove", &[("reference", &reference), ("file", odd)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{odd}");
    }
    // Who uploads without a pause is asked to wait.
    let mut slowed = None;
    for _ in 0..40 {
        let answer = upload(&mut browser, &reference, "", b"").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            slowed = Some(answer);
            break;
        }
    }
    assert_eq!(slowed.expect("a limit").header("retry-after"), "5");
}
