//! Files of requests: attached within limits, read by those who may, taken away, and collected when nobody needs them.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::ids::RequestFileId;
use domain::permission::Role;
use domain::request::{FieldNote, FileProblem, FileState};
use futures::TryStreamExt;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use service::request_files::{Collected, FileCopy, Kind};
use service::{Error, Refusal, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{FILE_LIMIT, FILES_PER_REQUEST, FILES_QUOTA, TestApp, TestPartner};
use uuid::Uuid;

/// A picture that differs with its seed.
fn png(width: u32, seed: u8) -> Vec<u8> {
    let image = RgbImage::from_fn(width, width / 2, |x, y| Rgb([seed, (x % 251) as u8, (y % 241) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// A text of a size that differs with its seed.
fn text(bytes: usize, seed: u8) -> Vec<u8> {
    let mut text = vec![b'a' + seed % 26; bytes];
    text[0] = b'A';
    text
}

async fn world(app: &TestApp) -> (TestPartner, String) {
    let partner = app.create_partner("2026-09-01").await;
    let client = app.create_client(&partner, "Клиент").await;
    let reference = app.create_claim(&partner, client).await;
    (partner, reference)
}

async fn read(app: &TestApp, viewer: &Viewer, id: RequestFileId, copy: FileCopy) -> (Kind, String, Vec<u8>) {
    let file = app.services.request_file_open(viewer, id, copy).await.expect("a file");
    let (kind, name, size) = (file.kind, file.name.to_string(), file.size);
    let pieces: Vec<bytes::Bytes> = file.content.try_collect().await.expect("a whole file");
    let content = pieces.concat();
    assert_eq!(content.len() as u64, size);
    (kind, name, content)
}

async fn used(app: &TestApp) -> (i64, i64) {
    let counted =
        sqlx::query_scalar("select coalesce(sum(bytes), 0)::bigint from partner_file_usage").fetch_one(&mut app.owner().await).await;
    let summed = sqlx::query_scalar("select coalesce(sum(bytes), 0)::bigint from request_files where state <> 'removed'")
        .fetch_one(&mut app.owner().await)
        .await;
    (counted.expect("a figure"), summed.expect("a sum"))
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_file_is_attached_shown_read_and_taken_away(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, reference) = world(&app).await;
    let picture = png(1000, 1);
    assert_eq!(app.services.request_files_admit(&partner.viewer, &reference).await.expect("an answer"), None);
    let id = app.attach(&partner.viewer, &reference, "Снимок экрана.PNG", &picture).await.expect("a picture");
    let document = app.attach(&partner.viewer, &reference, "акт.txt", "Услуги оказаны".as_bytes()).await.expect("a text");

    let files = app.services.request_page(&partner.viewer, &reference).await.expect("a page").files.expect("it takes files");
    let lines: Vec<_> = files.files.iter().map(|file| (file.name.as_deref(), file.state, file.dimensions)).collect();
    assert_eq!(lines, [(Some("Снимок экрана.png"), FileState::Ready, Some((1000, 500))), (Some("акт.txt"), FileState::Ready, None)]);
    assert!(files.changeable && files.has_place());
    assert_eq!(files.used, files.files.iter().map(|file| file.bytes).sum::<u64>());
    assert_eq!(files.free(), FILES_QUOTA - files.used);
    let seen = app.services.inbox_item(&reviewer, &reference, &service::requests::InboxFilter::default()).await.expect("an item");
    let seen = seen.detail.files.expect("files");
    assert_eq!((seen.files.len(), seen.changeable), (2, false));

    for viewer in [&partner.viewer, &reviewer] {
        let (kind, name, content) = read(&app, viewer, id, FileCopy::Whole).await;
        assert_eq!((kind, name.as_str()), (Kind::Png, "Снимок экрана.png"));
        assert_eq!(image::load_from_memory(&content).expect("a picture").width(), 1000);
        let (_, _, small) = read(&app, viewer, id, FileCopy::Preview).await;
        assert_eq!(image::load_from_memory(&small).expect("a picture").width(), 480);
        assert_eq!(read(&app, viewer, document, FileCopy::Whole).await.2, "Услуги оказаны".as_bytes());
        assert!(matches!(app.services.request_file_open(viewer, document, FileCopy::Preview).await, Err(Error::NotFound)));
    }

    app.services.request_file_remove(&partner.viewer, &reference, id).await.expect("removed");
    app.services.request_file_remove(&partner.viewer, &reference, id).await.expect("the same form again");
    for viewer in [&partner.viewer, &reviewer] {
        assert!(matches!(app.services.request_file_open(viewer, id, FileCopy::Whole).await, Err(Error::NotFound)));
    }
    let (counted, summed) = used(&app).await;
    assert_eq!((counted, summed), (i64::try_from("Услуги оказаны".len()).expect("a size"), counted));
    let records: Vec<String> = app.audited().await.into_iter().filter(|action| action.starts_with("request_file")).collect();
    assert_eq!(records, ["request_file.attach", "request_file.attach", "request_file.remove"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn files_are_nobody_elses(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, reference) = world(&app).await;
    let stranger = app.create_partner("2026-09-01").await;
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let id = app.attach(&partner.viewer, &reference, "a.txt", b"Hello").await.expect("a text");
    assert!(matches!(app.services.request_file_open(&stranger.viewer, id, FileCopy::Whole).await, Err(Error::NotFound)));
    assert!(matches!(app.services.request_files_admit(&stranger.viewer, &reference).await, Err(Error::NotFound)));
    assert!(matches!(app.services.request_file_remove(&stranger.viewer, &reference, id).await, Err(Error::NotFound)));
    // Staff read; what proves a claim is the partner's.
    assert!(matches!(app.services.request_files_admit(&reviewer, &reference).await, Err(Error::Forbidden)));
    assert!(matches!(app.services.request_file_remove(&reviewer, &reference, id).await, Err(Error::Forbidden)));
    // Nor is a file reached by another request of the same company.
    let other = app.create_claim(&partner, app.create_client(&partner, "Другой").await).await;
    assert!(matches!(app.services.request_file_remove(&partner.viewer, &other, id).await, Err(Error::NotFound)));
    assert_eq!(read(&app, &partner.viewer, id, FileCopy::Whole).await.2, b"Hello");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn files_change_while_the_request_is_the_partners(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, reference) = world(&app).await;
    let id = app.attach(&partner.viewer, &reference, "a.txt", b"Hello").await.expect("a text");
    app.services.request_take(&reviewer, &reference).await.expect("taken");
    assert_eq!(app.services.request_files_admit(&partner.viewer, &reference).await.expect("an answer"), Some(FileProblem::Closed));
    assert_eq!(app.attach(&partner.viewer, &reference, "b.txt", b"Too late").await, Err(FileProblem::Closed));
    assert!(matches!(app.services.request_file_remove(&partner.viewer, &reference, id).await, Err(Error::Refused(Refusal::FilesClosed))));
    assert!(!app.services.request_page(&partner.viewer, &reference).await.expect("a page").files.expect("files").changeable);
    let note = FieldNote {
        field: "manager".to_owned().try_into().expect("a field"),
        words: "Приложите акт".to_owned().try_into().expect("words"),
    };
    app.services.request_ask_for_correction(&reviewer, &reference, vec![note]).await.expect("asked");
    app.attach(&partner.viewer, &reference, "акт.txt", b"An act").await.expect("a text");
    app.services.request_file_remove(&partner.viewer, &reference, id).await.expect("removed");
    // Codes prove themselves.
    let asked = service::bonus_codes::AskedCode { face: 500, note: None, client_id: None };
    let codes = app.services.bonus_codes_submit(&partner.viewer, vec![asked], Uuid::new_v4()).await.expect("a request");
    assert!(matches!(app.services.request_files_admit(&partner.viewer, &codes).await, Err(Error::NotFound)));
    assert!(app.services.request_page(&partner.viewer, &codes).await.expect("a page").files.is_none());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_request_has_so_many_files_and_a_company_so_much_room(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, reference) = world(&app).await;
    let half = usize::try_from(FILES_QUOTA / 2).expect("a size");
    assert_eq!(
        app.attach(&partner.viewer, &reference, "a.txt", &text(usize::try_from(FILE_LIMIT).expect("a size") + 1, 0)).await,
        Err(FileProblem::TooLarge { limit: FILE_LIMIT })
    );
    let first = app.attach(&partner.viewer, &reference, "a.txt", &text(half, 0)).await.expect("a text");
    // Sent twice it is there once, and takes its room once.
    assert_eq!(app.attach(&partner.viewer, &reference, "copy.txt", &text(half, 0)).await, Ok(first));
    app.attach(&partner.viewer, &reference, "b.txt", &text(half - 10, 1)).await.expect("a text");
    assert_eq!(app.attach(&partner.viewer, &reference, "c.txt", &text(11, 2)).await, Err(FileProblem::OverQuota { free: 10 }));
    app.attach(&partner.viewer, &reference, "c.txt", &text(10, 2)).await.expect("a text");
    assert_eq!(used(&app).await, (i64::try_from(FILES_QUOTA).expect("a size"), i64::try_from(FILES_QUOTA).expect("a size")));
    // Room is the company's; other companies have their own.
    let other = app.create_claim(&partner, app.create_client(&partner, "Другой").await).await;
    assert_eq!(app.attach(&partner.viewer, &other, "d.txt", b"d").await, Err(FileProblem::OverQuota { free: 0 }));
    let (stranger, theirs) = world(&app).await;
    app.attach(&stranger.viewer, &theirs, "d.txt", b"d").await.expect("a text");

    app.services.request_file_remove(&partner.viewer, &reference, first).await.expect("removed");
    app.attach(&partner.viewer, &reference, "e.txt", b"e").await.expect("a text");
    let limit = u32::try_from(FILES_PER_REQUEST).expect("a count");
    assert_eq!(app.attach(&partner.viewer, &reference, "f.txt", b"f").await, Err(FileProblem::TooManyFiles { limit }));
    assert_eq!(
        app.services.request_files_admit(&partner.viewer, &reference).await.expect("an answer"),
        Some(FileProblem::TooManyFiles { limit })
    );
    let (counted, summed) = used(&app).await;
    assert_eq!(counted, summed);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_uploads_at_the_same_instant_no_more_pass_than_there_is_place_and_room(_: PgPoolOptions, options: PgConnectOptions) {
    let app = std::sync::Arc::new(TestApp::start(options, "2026-10-05"));
    let (partner, reference) = world(&app).await;
    let other = app.create_claim(&partner, app.create_client(&partner, "Другой").await).await;
    let third = usize::try_from(FILES_QUOTA / 4).expect("a size");
    let uploads: Vec<_> = (0..12_u8)
        .map(|seed| {
            let (app, viewer) = (app.clone(), partner.viewer.clone());
            let reference = if seed % 2 == 0 { reference.clone() } else { other.clone() };
            tokio::spawn(async move { app.attach(&viewer, &reference, &format!("{seed}.txt"), &text(third, seed)).await })
        })
        .collect();
    let mut passed = 0;
    for upload in uploads {
        match upload.await.expect("a task") {
            Ok(_) => passed += 1,
            Err(problem) => assert!(matches!(problem, FileProblem::OverQuota { .. } | FileProblem::TooManyFiles { .. }), "{problem:?}"),
        }
    }
    assert_eq!(passed, 4);
    assert_eq!(used(&app).await, (i64::try_from(FILES_QUOTA).expect("a size"), i64::try_from(FILES_QUOTA).expect("a size")));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_refused_leaves_nothing_but_the_reason(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, reference) = world(&app).await;
    for (name, bytes, problem) in [
        ("page.png", &b"<html><script>1</script>"[..], FileProblem::ForbiddenType),
        ("noise.bin", b"\x81\x92\xa3\xb4\xc5\xd6\xe7\xf8\x09", FileProblem::UnknownType),
        ("run.bat", b"echo hello", FileProblem::NameMismatch),
        ("empty.txt", b"", FileProblem::Empty),
    ] {
        assert_eq!(app.attach(&partner.viewer, &reference, name, bytes).await, Err(problem), "{name}");
    }
    assert_eq!((used(&app).await, app.kept_contents()), ((0, 0), 0));
    let codes: Vec<(String, Option<String>)> = sqlx::query_as("select state, problem from request_files order by uploaded_at, id")
        .fetch_all(&mut app.owner().await)
        .await
        .expect("rows");
    assert_eq!(codes.len(), 3, "what is empty never came");
    assert!(codes.iter().all(|(state, problem)| state == "removed" && problem.is_some()), "{codes:?}");
    assert_eq!(std::fs::read_dir(&app.file_folders()[1]).expect("a folder").count(), 0);
    assert!(app.services.request_page(&partner.viewer, &reference).await.expect("a page").files.expect("files").files.is_empty());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn contents_that_nobody_needs_are_collected_after_a_while(_: PgPoolOptions, options: PgConnectOptions) {
    // Contents carry the time of the machine.
    let now = service::Clock::now(&service::SystemClock);
    let app = TestApp::start(options, &now.to_rfc3339());
    let (partner, reference) = world(&app).await;
    let kept = app.attach(&partner.viewer, &reference, "a.png", &png(600, 7)).await.expect("a picture");
    let gone = app.attach(&partner.viewer, &reference, "b.png", &png(600, 8)).await.expect("a picture");
    assert_eq!(app.kept_contents(), 4, "two pictures and their small copies");
    // The same content in another request is needed there still.
    let other = app.create_claim(&partner, app.create_client(&partner, "Другой").await).await;
    let shared = app.attach(&partner.viewer, &other, "c.txt", b"shared").await.expect("a text");
    let twin = app.attach(&partner.viewer, &reference, "c.txt", b"shared").await.expect("a text");
    assert_ne!(shared, twin);
    app.services.request_file_remove(&partner.viewer, &reference, gone).await.expect("removed");
    app.services.request_file_remove(&partner.viewer, &reference, twin).await.expect("removed");

    assert_eq!(app.services.files_collect().await.expect("a collection"), Collected::default(), "within the time of grace");
    app.clock.set(now + chrono::TimeDelta::hours(25));
    let second = app.another_process();
    let (one, two) = tokio::join!(app.services.files_collect(), second.files_collect());
    let collected = one.expect("a collection").contents + two.expect("a collection").contents;
    assert!((2..=4).contains(&collected), "each content is deleted by one of them, or by both at once: {collected}");
    assert_eq!(app.services.files_collect().await.expect("a collection"), Collected::default(), "again, nothing more");
    assert_eq!(app.kept_contents(), 3);
    read(&app, &partner.viewer, kept, FileCopy::Whole).await;
    read(&app, &partner.viewer, kept, FileCopy::Preview).await;
    assert_eq!(read(&app, &partner.viewer, shared, FileCopy::Whole).await.2, b"shared");
    // What was collected can be attached again.
    app.attach(&partner.viewer, &reference, "b.png", &png(600, 8)).await.expect("a picture");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_upload_whose_process_died_gives_its_place_and_room_back(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, reference) = world(&app).await;
    sqlx::query(
        "insert into request_files (id, partner_id, request_id, state, bytes, uploaded_by, uploaded_at)
         select gen_random_uuid(), partner_id, id, 'received', 5000, submitted_by, $2 from requests where reference = $1",
    )
    .bind(&reference)
    .bind(app.services.now())
    .execute(&mut app.owner().await)
    .await
    .expect("a file");
    sqlx::query("insert into partner_file_usage (partner_id, bytes) values ($1, 5000)")
        .bind(partner.id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("room");
    let shown = app.services.request_page(&partner.viewer, &reference).await.expect("a page").files.expect("files");
    assert_eq!((shown.files[0].state, shown.used), (FileState::Received, 5000));
    assert_eq!(app.services.files_collect().await.expect("a collection").abandoned, 0);
    app.set_clock("2026-10-06");
    assert_eq!(app.services.files_collect().await.expect("a collection").abandoned, 1);
    assert_eq!(used(&app).await, (0, 0));
    assert_eq!(app.services.files_collect().await.expect("a collection").abandoned, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_person_uploads_at_a_pace(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, reference) = world(&app).await;
    for _ in 0..30 {
        assert_eq!(app.services.request_files_admit(&partner.viewer, &reference).await.expect("an answer"), None);
    }
    let refused = app.services.request_files_admit(&partner.viewer, &reference).await;
    assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
    app.clock.set(app.services.now() + chrono::TimeDelta::seconds(6));
    assert_eq!(app.services.request_files_admit(&partner.viewer, &reference).await.expect("an answer"), None);
}
