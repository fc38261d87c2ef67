//! `portal month close` killed with -9 at random points, and, apart from that, its PostgreSQL: all of a month or nothing of it,
//! and a second run completes it (`USE-3`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod processes;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use processes::children;
use rustix::process::{Pid, Signal, kill_process};
use server::embedded_postgres::{DATABASE, EmbeddedPostgres, OWNER};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

const PARTNERS: i32 = 250;
const POINTS: u32 = 20;

/// Partners with two clients and eight rows a month each, from January 2024 on: as the imports of two years left them.
const MAKE: &str = "
    insert into usage_imports (id, file_name, content_sha256, state, is_correction, row_count, new_count, changed_count, unchanged_count,
                               gross_total, problems, problem_count, months, uploaded_at, finished_at)
    values ('00000000-0000-4000-8000-000000000001', 'x.csv', '', 'committed', false, 0, 0, 0, 0, 0, '[]', 0, '{}', now(), now());
    insert into partners (id, code, name, inn, contract_date, billing_side, created_at)
    select md5('partner' || n)::uuid, 'P-' || n, 'Партнёр ' || n, lpad((9000000000 + n)::text, 10, '0'), '2024-01-01',
           case n % 2 when 0 then 'provider' else 'partner' end, now()
      from generate_series(1, $1) n;
    insert into clients (id, partner_id, inn, name, start_date, created_at)
    select md5('client' || n || '-' || c)::uuid, md5('partner' || n)::uuid, lpad((7000000000 + n * 10 + c)::text, 10, '0'), 'Клиент ' || c,
           '2024-01-01', now()
      from generate_series(1, $1) n cross join generate_series(1, 2) c;
    insert into usage_rows (client_id, month, service, resource, partner_id, gross, import_id)
    select md5('client' || n || '-' || c)::uuid, '2024-01-01'::date + make_interval(months => m), s.code, 'r', md5('partner' || n)::uuid,
           1000 + (n * 7919 + m * 104729) % 9000 + 0.37, '00000000-0000-4000-8000-000000000001'
      from generate_series(1, $1) n cross join generate_series(1, 2) c cross join generate_series(0, 23) m
      cross join (values ('kvm'), ('databases'), ('mont_office'), ('network')) s (code);
    insert into partner_month_revenues (partner_id, month, revenue)
    select partner_id, month, sum(gross) from usage_rows group by partner_id, month;
    analyze;
";

/// The portal's database on a folder, with months to close.
async fn portal(folder: &Path) {
    let server = EmbeddedPostgres::start(folder).await.unwrap();
    store::database::migrate(&server.connect_options()).await.unwrap();
    let mut owner = server.connect_options().connect().await.unwrap();
    let script = MAKE.replace("$1", &PARTNERS.to_string());
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut owner).await.unwrap();
    owner.close().await.unwrap();
    server.stop().await.unwrap();
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.args(words).arg("--data-dir").arg(folder).env_remove("DATABASE_URL").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn close(folder: &Path, month: &str) -> Child {
    command(folder, &["month", "close", month]).spawn().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether a month is closed, and how many of its entries, sums, notices and records there are.
async fn found(folder: &Path, month: &str) -> (bool, i64) {
    let server = EmbeddedPostgres::start_or_join(folder).await.unwrap();
    let mut owner: PgConnection = server.connect_options().connect().await.unwrap();
    let day = format!("{month}-01");
    // A level that a month decides is in force from the first day of the month after it.
    let found = sqlx::query_as(
        "select exists (select from month_closes where month = $1::date),
                (select count(*) from ledger_entries where closed_month = $1::date) + (select count(*) from partner_month_sums where month = $1::date)
                  + (select count(*) from level_changes where from_date = $1::date + interval '1 month')
                  + (select count(*) from partner_notices where kind = 'month_closed' and facts ->> 'month' = to_char($1::date, 'YYYY-MM'))
                  + (select count(*) from audit_records where action = 'month.close' and object_id = to_char($1::date, 'YYYY-MM'))",
    )
    .bind(day)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    owner.close().await.unwrap();
    server.stop().await.unwrap();
    found
}

/// A look into the database of a close that runs, or none where its server does not answer yet.
async fn beside(folder: &Path) -> Option<PgConnection> {
    let options = PgConnectOptions::new().socket(folder.join("postgres/socket")).username(OWNER).database(DATABASE);
    options.connect().await.ok()
}

/// Whether a transaction has written something that is not committed.
async fn writes(beside: &mut Option<PgConnection>) -> bool {
    let Some(connection) = beside else { return false };
    let found = sqlx::query_scalar(
        "select exists (select from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid() and datname = current_database())",
    );
    found.fetch_one(connection).await.unwrap_or(false)
}

/// Waits until a close has begun to write, or has ended.
async fn wait_until_it_writes(folder: &Path, running: &mut Child) -> Option<PgConnection> {
    let mut connection = None;
    while running.try_wait().unwrap().is_none() {
        if connection.is_none() {
            connection = beside(folder).await;
        }
        if writes(&mut connection).await {
            return connection;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    None
}

/// What is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Victim {
    Portal,
    Postgres,
}

/// How often kills hit.
#[derive(Debug, Default)]
struct Hits {
    /// Closes that were not committed.
    before: u32,
    /// Of them those that were seen to have written in the moment of the kill.
    while_writing: u32,
    /// Closes that were committed.
    after: u32,
}

/// Kills at random points of closes, month after month, every other one after the first write, and looks at what is left.
async fn kill_at_random_points(victim: Victim) -> Hits {
    let folder = tempfile::TempDir::with_prefix("portal-").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let folder = folder.path();
    portal(folder).await;
    // How long a close takes here, from start to end.
    let started = Instant::now();
    let whole = close(folder, "2024-01").wait_with_output().unwrap();
    assert!(whole.status.success(), "{}", words(&whole));
    let whole = started.elapsed();
    let mut hits = Hits::default();
    for point in 1..=POINTS {
        let month = format!("{}-{:02}", 2024 + point / 12, point % 12 + 1);
        let mut running = close(folder, &month);
        let random = u32::try_from(uuid::Uuid::new_v4().as_u128() % 80).unwrap();
        let mut look = None;
        if point % 2 == 0 {
            look = wait_until_it_writes(folder, &mut running).await;
            tokio::time::sleep(whole * random / 400).await;
        } else {
            // From a fifth of the time a close takes to all of it.
            tokio::time::sleep((whole * (20 + random) / 100).max(Duration::from_millis(20))).await;
        }
        let process = match victim {
            Victim::Portal => i32::try_from(running.id()).ok(),
            Victim::Postgres => fs::read_to_string(folder.join("postgres/data/postmaster.pid"))
                .ok()
                .and_then(|text| text.lines().next().and_then(|line| line.parse().ok())),
        };
        let victims = match (victim, process) {
            // Its backends with it: they would go on for a while.
            (Victim::Postgres, Some(postmaster)) => [vec![postmaster], children(postmaster)].concat(),
            (_, process) => process.into_iter().collect(),
        };
        let is_writing = writes(&mut look).await;
        for process in victims.into_iter().filter_map(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(process, Signal::KILL);
        }
        drop(look);
        running.wait().unwrap();
        let (closed, rows) = found(folder, &month).await;
        assert_eq!(closed, rows > 0, "{month} is closed: {closed}, and holds {rows} rows");
        if closed {
            hits.after += 1;
        } else {
            hits.before += 1;
            hits.while_writing += u32::from(is_writing);
        }
        let again = close(folder, &month).wait_with_output().unwrap();
        let said = words(&again);
        assert_eq!(again.status.code(), Some(i32::from(closed)), "{said}");
        assert!(!closed || said.contains("is closed already"), "{said}");
        let (closed, rows) = found(folder, &month).await;
        assert!(closed && rows > i64::from(PARTNERS), "{month}: {rows}");
    }
    let verified = command(folder, &["ledger", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", words(&verified));
    hits
}

#[tokio::test]
async fn a_close_killed_at_twenty_points_is_all_or_nothing_and_a_second_run_completes_it() {
    let hits = kill_at_random_points(Victim::Portal).await;
    assert!(hits.while_writing > 0, "no kill hit a transaction: {hits:?} of {POINTS}");
}

#[tokio::test]
async fn a_postgresql_killed_at_twenty_points_of_closes_leaves_all_or_nothing() {
    let hits = kill_at_random_points(Victim::Postgres).await;
    assert!(hits.while_writing > 0, "no kill hit a transaction: {hits:?} of {POINTS}");
}
