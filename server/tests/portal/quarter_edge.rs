//! The edge of a quarter is Moscow's midnight, wherever the server stands (`CODE-5`).

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fixtures::{PASSWORD, TestApp};
use crate::support::{Process, TestPortal, database_address};

const TEN: [&str; 10] = ["100"; 10];

fn codes(faces: &[&str]) -> Vec<(String, String)> {
    let rows = faces.iter().zip(1..).map(|(face, number)| (format!("face_{number}"), (*face).to_owned()));
    rows.chain([("idempotency_key".to_owned(), uuid::Uuid::new_v4().to_string())]).collect()
}

/// Asks at the last second and at the first, in a portal whose clock stands.
async fn the_two_seconds_are_in_different_quarters(portal: &TestPortal) {
    let partner = portal.app.create_partner("2026-03-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let mut ask = async |faces: &[&str]| {
        let fields = codes(faces);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/api/bonus-codes/submit", &fields).await.location().to_owned()
    };
    assert!(ask(&TEN).await.contains("/requests/BC-2026-"), "ten in the old quarter");
    assert!(ask(&["100"]).await.contains("?form="), "no eleventh in the old quarter");
    portal.app.set_clock("2026-04-01T00:00:00+03:00");
    assert!(ask(&TEN).await.contains("/requests/BC-2026-"), "ten in the new quarter");
    assert!(ask(&["100"]).await.contains("?form="), "no eleventh in the new quarter");
    let quarters: Vec<chrono::NaiveDate> = sqlx::query_scalar("select distinct quarter from bonus_code_requests order by 1")
        .fetch_all(&mut portal.app.owner().await)
        .await
        .expect("quarters");
    assert_eq!(quarters.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-01-01", "2026-04-01"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_last_second_and_the_first_are_in_different_quarters(_: PgPoolOptions, options: PgConnectOptions) {
    the_two_seconds_are_in_different_quarters(&TestPortal::start(options, "2026-03-31T23:59:59+03:00")).await;
}

/// Every connection of the portal reckons in another time zone: no statement takes its day from the session.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn so_they_are_where_postgresql_reckons_in_vladivostok(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-03-31T23:59:59+03:00");
    let database = portal.app.services.database();
    // The pool begins its sessions in UTC, so the zone is set in each connection it may ever have (8 of them).
    let mut connections = Vec::new();
    for _ in 0..8 {
        let mut connection = database.connection().await.expect("a connection");
        sqlx::query("set time zone 'Asia/Vladivostok'").execute(&mut *connection).await.expect("a time zone");
        connections.push(connection);
    }
    drop(connections);
    the_two_seconds_are_in_different_quarters(&portal).await;
    let mut connections = Vec::new();
    for _ in 0..8 {
        let mut connection = database.connection().await.expect("a connection");
        let zone: String = sqlx::query_scalar("show time zone").fetch_one(&mut *connection).await.expect("a time zone");
        assert_eq!(zone, "Asia/Vladivostok");
        connections.push(connection);
    }
}

/// A server whose own day is still the 31st at Moscow's midnight, and one where it has long been the 1st.
async fn the_edge_is_moscows(options: PgConnectOptions, time_zone: &str) {
    let app = TestApp::start(options.clone(), "2026-03-31");
    let partner = app.create_partner("2026-03-01").await;
    let database = database_address(&options);
    let before = Process::start(&database, &["--clock-start", "2026-03-31T23:50:00+03:00"], &[("TZ", time_zone)]);
    let after = Process::start(&database, &["--clock-start", "2026-04-01T00:00:00+03:00"], &[("TZ", time_zone)]);
    let cookie = before.sign_in(&partner.viewer.email, PASSWORD).await;
    let ask = async |process: &Process, faces: &[&str]| {
        let answer = process.post("/api/bonus-codes/submit", &cookie, &codes(faces)).await;
        answer.headers()["location"].to_str().expect("an address").to_owned()
    };
    assert!(ask(&before, &TEN).await.contains("/requests/BC-2026-"), "ten in the old quarter");
    let refused = ask(&before, &["100"]).await;
    let (_, page) = before.get(&refused, &cookie).await;
    assert!(page.contains("#CODE-1") && page.replace('\u{a0}', " ").contains("1 апреля 2026"), "{page}");
    assert!(ask(&after, &TEN).await.contains("/requests/BC-2026-"), "ten in the new quarter");
    assert!(ask(&after, &["100"]).await.contains("?form="), "no eleventh in the new quarter");
    let quarters: Vec<chrono::NaiveDate> = sqlx::query_scalar("select distinct quarter from bonus_code_requests order by 1")
        .fetch_all(&mut app.owner().await)
        .await
        .expect("quarters");
    assert_eq!(quarters.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-01-01", "2026-04-01"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_edge_is_moscows_on_a_server_in_utc(_: PgPoolOptions, options: PgConnectOptions) {
    the_edge_is_moscows(options, "UTC").await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_edge_is_moscows_on_a_server_in_vladivostok(_: PgPoolOptions, options: PgConnectOptions) {
    the_edge_is_moscows(options, "Asia/Vladivostok").await;
}
