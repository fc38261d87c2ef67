//! A private PostgreSQL on real folders, and the portal around it as a process.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod processes;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use processes::children;
use rustix::process::{Pid, Signal, kill_process};
use server::embedded_postgres::{EmbeddedPostgres, Error};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, Row};
use tempfile::TempDir;

/// A folder that the user `postgres` may enter, too, when the tests are run by root.
fn folder() -> TempDir {
    let folder = TempDir::with_prefix("portal-").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn connect(server: &EmbeddedPostgres) -> PgConnection {
    server.connect_options().connect().await.unwrap()
}

fn pid_file(folder: &Path) -> PathBuf {
    folder.join("postgres/data/postmaster.pid")
}

fn server_process(folder: &Path) -> Option<i32> {
    fs::read_to_string(pid_file(folder)).ok()?.lines().next()?.parse().ok()
}

fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

/// Waits until something holds; a test that waits in vain fails.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if holds() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{what} did not come about");
}

#[tokio::test]
async fn a_cluster_is_made_once_and_keeps_what_is_written() {
    let folder = folder();
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    let mut connection = connect(&server).await;
    let row = connection
        .fetch_one(
            "select current_user::text, current_database()::text, rolsuper, rolcreaterole, rolbypassrls, current_setting('fsync'),
                    current_setting('synchronous_commit'), current_setting('listen_addresses'), current_setting('data_checksums'),
                    current_setting('server_encoding'), current_setting('timezone')
             from pg_roles where rolname = current_user",
        )
        .await
        .unwrap();
    let text = |column: usize| row.get::<String, _>(column);
    let flag = |column: usize| row.get::<bool, _>(column);
    assert_eq!((text(0).as_str(), text(1).as_str(), flag(2), flag(3), flag(4)), ("portal_owner", "portal", false, true, false));
    assert_eq!([text(5), text(6), text(7), text(8), text(9), text(10)], ["on", "on", "", "on", "UTF8", "UTC"]);
    connection.execute("create table kept (word text); insert into kept values ('ё'), ('е'), ('я'), ('Ж')").await.unwrap();
    connection.close().await.unwrap();
    server.stop().await.unwrap();
    assert_eq!(server_process(folder.path()), None, "the server has stopped");

    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    let words: Vec<String> =
        sqlx::query_scalar("select word from kept order by word").fetch_all(&mut connect(&server).await).await.unwrap();
    assert_eq!(words, ["е", "ё", "Ж", "я"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn only_its_own_user_and_root_get_in() {
    let folder = folder();
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    for part in ["postgres", "postgres/data", "postgres/socket"] {
        assert_eq!(fs::metadata(folder.path().join(part)).unwrap().permissions().mode() & 0o777, 0o700, "{part}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_portal_is_refused_and_a_command_joins_the_first() {
    let folder = folder();
    let first = EmbeddedPostgres::start(folder.path()).await.unwrap();
    let refused = EmbeddedPostgres::start(folder.path()).await;
    assert!(matches!(&refused, Err(Error::InUse { .. })), "{refused:?}");

    let joined = EmbeddedPostgres::start_or_join(folder.path()).await.unwrap();
    connect(&joined).await.close().await.unwrap();
    joined.stop().await.unwrap();
    connect(&first).await.close().await.unwrap();
    first.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_left_running_is_adopted() {
    let folder = folder();
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    let pid = server.process_id();
    // As when the portal is killed: the lock goes, the server stays.
    drop(server);
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    assert_eq!(server.process_id(), pid);
    connect(&server).await.close().await.unwrap();
    server.stop().await.unwrap();
    assert_eq!(server_process(folder.path()), None);
}

#[tokio::test]
async fn a_server_that_was_killed_is_recovered() {
    let folder = folder();
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    let mut connection = connect(&server).await;
    connection.execute("create table kept (number int); insert into kept values (7)").await.unwrap();
    let pid = server.process_id().unwrap();
    drop(server);
    kill(pid, Signal::KILL);
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    assert_ne!(server.process_id(), Some(pid));
    let number: i32 = sqlx::query_scalar("select number from kept").fetch_one(&mut connect(&server).await).await.unwrap();
    assert_eq!(number, 7);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_a_stranger_is_removed_and_the_stranger_left_alone() {
    let folder = folder();
    EmbeddedPostgres::start(folder.path()).await.unwrap().stop().await.unwrap();
    let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
    let data = folder.path().join("postgres/data");
    fs::write(pid_file(folder.path()), format!("{}\n{}\n0\n5432\n\n\n", stranger.id(), data.display())).unwrap();
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    assert_ne!(server.process_id(), i32::try_from(stranger.id()).ok());
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger was ended");
    server.stop().await.unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_a_server_nobody_has_waited_for_is_removed() {
    let folder = folder();
    EmbeddedPostgres::start(folder.path()).await.unwrap().stop().await.unwrap();
    let data = folder.path().join("postgres/data");
    // Until its parent waits for it, the kernel counts a process that has ended as one that is there, and so does PostgreSQL when both
    // are of one user.
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", "true"]);
        command
    } else {
        Command::new("true")
    };
    let mut ended = command.spawn().unwrap();
    let state = PathBuf::from(format!("/proc/{}/stat", ended.id()));
    eventually("the end of the process", || fs::read_to_string(&state).unwrap().contains(") Z "));
    let names_it = format!("{}\n{}\n0\n5432\n\n\n", ended.id(), data.display());
    fs::write(pid_file(folder.path()), &names_it).unwrap();
    fs::write(folder.path().join("postgres/socket/.s.PGSQL.5432.lock"), &names_it).unwrap();
    let server = EmbeddedPostgres::start(folder.path()).await.unwrap();
    server.stop().await.unwrap();
    ended.wait().unwrap();
}

#[tokio::test]
async fn a_folder_with_a_long_path_has_its_socket_elsewhere() {
    let base = folder();
    let long = base.path().join("x".repeat(100));
    fs::create_dir(&long).unwrap();
    let server = EmbeddedPostgres::start(&long).await.unwrap();
    connect(&server).await.close().await.unwrap();
    let socket = server.connect_options().get_socket().unwrap().clone();
    assert!(!socket.starts_with(base.path()), "{}", socket.display());
    server.stop().await.unwrap();
    fs::remove_dir_all(socket).unwrap();
}

#[tokio::test]
async fn a_folder_the_server_may_not_enter_is_named() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let closed = TempDir::with_prefix("portal-").unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let inner = closed.path().join("inner");
    let refused = EmbeddedPostgres::start(&inner).await.unwrap_err();
    assert!(refused.to_string().contains(closed.path().to_str().unwrap()), "{refused}");
}

/// `portal serve` on a folder, with the address it printed.
struct Portal {
    process: Child,
    address: String,
    /// What it printed before its address.
    printed: String,
}

fn serve(folder: &Path) -> Command {
    let site = folder.join("site");
    fs::create_dir_all(&site).unwrap();
    fs::write(site.join("manifest.json"), r#"{"script":"/s.js","wasm":"/s.wasm","style":"/s.css","islands":"/i.js"}"#).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder)
        .arg("--site-dir")
        .arg(site)
        .env_remove("DATABASE_URL");
    command
}

fn start(folder: &Path) -> Portal {
    start_as(&mut serve(folder))
}

fn start_as(command: &mut Command) -> Portal {
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut printed = String::new();
    let line = loop {
        let line = lines.next().expect("the portal prints its address").unwrap();
        if line.contains("http://") {
            break line;
        }
        printed += &line;
        printed.push('\n');
    };
    let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    // What it prints later is read on, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    Portal { process, address, printed }
}

async fn get_status(address: &str, path: &str) -> u16 {
    reqwest::get(format!("http://{address}{path}")).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_portal_stops_with_its_server_and_survives_being_killed() {
    let folder = folder();
    let mut portal = start(folder.path());
    assert!(portal.printed.contains("Demo accounts, password ") && portal.printed.contains("admin@provider.example"), "{}", portal.printed);
    assert_eq!(get_status(&portal.address, "/live").await, 200);
    assert_eq!(get_status(&portal.address, "/ready").await, 200);
    let first_server = server_process(folder.path()).unwrap();

    let second = serve(folder.path()).output().unwrap();
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{words}");
    assert!(words.contains("another portal is running"), "{words}");

    portal.process.kill().unwrap();
    portal.process.wait().unwrap();
    let mut portal = start(folder.path());
    assert_eq!(server_process(folder.path()), Some(first_server), "the server that was still running is used");
    assert_eq!(get_status(&portal.address, "/ready").await, 200);

    kill(i32::try_from(portal.process.id()).unwrap(), Signal::INT);
    assert!(portal.process.wait().unwrap().success());
    assert_eq!(server_process(folder.path()), None, "the server stops with the portal");
}

/// Whoever started it is gone, and with it the reader of its log.
#[tokio::test]
async fn a_portal_whose_log_nobody_reads_answers_and_stops() {
    let folder = folder();
    let mut portal = start_as(serve(folder.path()).stderr(Stdio::piped()));
    drop(portal.process.stderr.take());
    assert_eq!(get_status(&portal.address, "/live").await, 200);
    kill(i32::try_from(portal.process.id()).unwrap(), Signal::TERM);
    let mut ended = None;
    eventually("the end of the portal", || {
        ended = portal.process.try_wait().unwrap();
        ended.is_some()
    });
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
}

#[tokio::test]
async fn the_portal_is_not_ready_while_the_database_is_away_and_ready_again_when_it_is_back() {
    let folder = folder();
    let mut portal = start(folder.path());
    let server = server_process(folder.path()).unwrap();
    kill(server, Signal::STOP);
    // Backends are processes of their own; without the postmaster no new connection is made, and with them stopped nothing answers.
    let backends: Vec<i32> = children(server);
    for pid in &backends {
        kill(*pid, Signal::STOP);
    }
    let mut statuses = (0, 0);
    for _ in 0..3 {
        statuses = (get_status(&portal.address, "/live").await, get_status(&portal.address, "/ready").await);
    }
    for pid in backends.iter().chain([&server]) {
        kill(*pid, Signal::CONT);
    }
    assert_eq!(statuses, (200, 503));
    let mut ready = 0;
    for _ in 0..100 {
        ready = get_status(&portal.address, "/ready").await;
        if ready == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(ready, 200);
    kill(i32::try_from(portal.process.id()).unwrap(), Signal::TERM);
    assert!(portal.process.wait().unwrap().success());
    eventually("the end of the server", || server_process(folder.path()).is_none());
}

/// A command on a folder: exit code, JSON on standard output, words on standard error.
fn command(folder: &Path, arguments: &[&str]) -> (Option<i32>, serde_json::Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_portal"))
        .args(arguments)
        .arg("--data-dir")
        .arg(folder)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), answer, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn commands_start_the_server_of_a_folder_and_join_one_that_runs() {
    let folder = folder();
    for made in [true, false] {
        let (code, answer, words) = command(folder.path(), &["demo", "--seed", "7"]);
        assert_eq!((code, &answer["made"]), (Some(0), &serde_json::Value::from(made)), "{words}");
        assert_eq!(server_process(folder.path()), None, "the server stops with the command");
    }
    let explain = ["level", "explain", "P-0001", "--on", "2026-11-01"];
    let (code, alone, words) = command(folder.path(), &explain);
    assert_eq!((code, &alone["partner"]), (Some(0), &serde_json::Value::from("P-0001")), "{words}");
    assert!(alone["timeline"].as_array().is_some_and(|changes| !changes.is_empty()), "{alone}");
    assert_eq!(server_process(folder.path()), None);

    let mut portal = start(folder.path());
    let server = server_process(folder.path());
    assert_eq!(command(folder.path(), &explain), (Some(0), alone, words), "the same beside a portal that serves");
    let (code, _, words) = command(folder.path(), &["level", "explain", "P-99"]);
    assert!(code == Some(1) && words.contains("P-99"), "{words}");
    assert!(server.is_some() && server_process(folder.path()) == server, "the server that was running still does");
    assert_eq!(get_status(&portal.address, "/ready").await, 200);
    kill(i32::try_from(portal.process.id()).unwrap(), Signal::INT);
    assert!(portal.process.wait().unwrap().success());
    assert_eq!(server_process(folder.path()), None);
}
