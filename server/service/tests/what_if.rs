//! What if: a partner's own facts and nobody else's, at a bounded price.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::ids::ClientId;
use domain::money::Money;
use domain::permission::Role;
use domain::what_if::{Snapshot, compare};
use service::Error;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, count_statements, date, month};

/// A partner of January with one client that used KVM for 31 000 a month from June on, everything closed through August.
async fn selling(app: &TestApp) -> (TestPartner, ClientId) {
    let partner = app.create_partner("2026-01-15").await;
    let client = app.create_client(&partner, "ООО «Клиент»").await;
    for used in month("2026-06").through(month("2026-09")) {
        app.load_usage(&partner, client, &used.to_string(), "kvm", 31_000).await;
    }
    (partner, client)
}

async fn snapshot(app: &TestApp, partner: &TestPartner) -> Snapshot {
    app.services.what_if_page(&partner.viewer).await.expect("the page").snapshot
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partner_begins_with_its_closed_months_and_what_is_billed_of_the_open_ones(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, _) = selling(&app).await;
    app.close_months("2026-01", "2026-08").await;
    let page = app.services.what_if_page(&partner.viewer).await.expect("the page");
    assert!(page.data_as_of.is_some());
    let seen = page.snapshot;
    assert_eq!((seen.today, seen.first_month()), (date("2026-10-05"), month("2026-10")));
    assert_eq!(seen.average(), Money::roubles(31_000));
    assert_eq!((seen.so_far(month("2026-09")), seen.so_far(month("2026-10"))), (Money::roubles(31_000), Money::ZERO));
    let comparison = compare(&seen, &seen.as_today(3));
    // October to December at 27 %, and in January the KVM rebate of six months of 22 630.
    let totals = comparison.plan.totals();
    assert_eq!((totals.rewards, totals.rebates), (Money::roubles(25_110), Money::roubles(13_578)));
    assert!(comparison.difference().is_zero());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn clients_picked_once_are_told_apart(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, client) = selling(&app).await;
    app.close_months("2026-01", "2026-08").await;
    let once = |seen: &Snapshot| seen.recent.iter().map(|group| group.once_start).collect::<Vec<_>>();
    assert_eq!(once(&snapshot(&app, &partner).await), [None]);
    sqlx::query("insert into client_rate_choices (client_id, partner_id, choice, chosen_at) values ($1, $2, 'once', now())")
        .bind(client.0)
        .bind(partner.id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("a pick");
    assert_eq!(once(&snapshot(&app, &partner).await), [Some(date("2026-10-05"))]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partner_without_any_usage_has_nothing_to_begin_with(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (_, _) = selling(&app).await;
    let stranger = app.create_partner("2026-10-01").await;
    let seen = snapshot(&app, &stranger).await;
    assert!(seen.recent.is_empty() && seen.open.is_empty() && seen.closed.is_empty());
    assert_eq!(seen.average(), Money::ZERO);
    assert_eq!(seen.first_month(), month("2026-10"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_people_of_a_partner_suppose(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    assert!(matches!(app.services.what_if_page(&staff).await, Err(Error::Forbidden | Error::NotFound)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_page_costs_two_statements_and_goes_small_into_the_browser(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, client) = selling(&app).await;
    for service in ["kvm_vgpu", "hyperv", "databases", "kubernetes", "mont_office"] {
        for used in month("2026-01").through(month("2026-10")) {
            app.load_usage(&partner, client, &used.to_string(), service, 1_000).await;
        }
    }
    app.close_months("2026-01", "2026-08").await;
    let (page, statements) = count_statements(app.services.what_if_page(&partner.viewer)).await;
    assert!(statements <= 2, "{statements} statements");
    let size = serde_json::to_string(&page.expect("the page").snapshot).expect("JSON").len();
    assert!(size < 12_000, "{size} bytes");
}
