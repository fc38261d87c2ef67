//! The database goes away and comes back, under a portal that goes on.

use std::time::{Duration, Instant};

use server::embedded_postgres::EmbeddedPostgres;
use tempfile::TempDir;

use crate::fixtures::{PASSWORD, TestApp};
use crate::support::Process;

/// A folder that the user `postgres` may enter, too, when the tests are run by root.
fn folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::with_prefix("portal-").expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("its mode");
    folder
}

/// The address of a database behind a socket, for another process.
fn address(server: &EmbeddedPostgres) -> String {
    let options = server.connect_options();
    let socket = options.get_socket().expect("a socket").to_string_lossy().replace('/', "%2F");
    format!("postgres://{}@{socket}/{}", options.get_username(), options.get_database().expect("a database"))
}

#[tokio::test]
async fn while_the_database_is_away_everybody_is_told_and_two_seconds_after_it_is_back_served() {
    let folder = folder();
    let mut server = EmbeddedPostgres::start(folder.path()).await.expect("a server");
    store::database::migrate(&server.connect_options()).await.expect("the tables");
    let app = TestApp::start(server.connect_options(), "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let process = Process::start(&address(&server), &["--clock-start", "2026-10-05T12:00:00+03:00"], &[]);
    let cookie = process.sign_in(&partner.viewer.email, PASSWORD).await;
    assert_eq!(process.get("/partner", &cookie).await.0, 200);

    for _ in 0..2 {
        app.services.database().close().await;
        server.stop().await.expect("a stop");
        for path in ["/partner", "/partner/clients", "/ready"] {
            let (status, wait, page) = ask(&process, path, &cookie).await;
            assert_eq!((status, wait.as_str()), (503, "2"), "{path}");
            assert!(path == "/ready" || page.contains("Портал временно недоступен"), "{page}");
        }
        let form = [("face_1".to_owned(), "100".to_owned())];
        assert_eq!(process.post("/api/bonus-codes/submit", &cookie, &form).await.status().as_u16(), 503);
        assert_eq!(process.get("/sign-in", "").await.0, 200, "what needs no database is served");
        assert_eq!(process.get("/live", "").await.0, 200);

        server = EmbeddedPostgres::start(folder.path()).await.expect("a server");
        let back = Instant::now();
        while ask(&process, "/partner", &cookie).await.0 != 200 {
            assert!(back.elapsed() < Duration::from_secs(2), "the portal does not serve two seconds after the database came back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("served again after {:?}", back.elapsed());
    }
    drop(process);
    server.stop().await.expect("a stop");
}

/// Status, `Retry-After` and text of a page.
async fn ask(process: &Process, path: &str, cookie: &str) -> (u16, String, String) {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let request = client.get(format!("{}{path}", process.address)).header("accept", crate::support::PAGE).header("cookie", cookie);
    let response = request.send().await.expect("an answer");
    let wait = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok()).unwrap_or_default().to_owned();
    (response.status().as_u16(), wait, response.text().await.unwrap_or_default())
}
