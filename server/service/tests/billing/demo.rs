//! The demo.

use std::collections::BTreeSet;

use domain::level::{Cause, Phase};
use domain::model::Model;
use domain::permission::Role;
use service::demo::{DEMO_PASSWORD, DEMO_SEED, demo_accounts};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{COMMAND, Portal, staff};

const TABLES: [&str; 22] = [
    "partners",
    "partner_exams",
    "staff_level_decisions",
    "level_changes",
    "users",
    "clients",
    "resources",
    "trials",
    "usage_imports",
    "usage_rows",
    "month_closes",
    "requests",
    "bonus_codes",
    "audit_records",
    "ledger_entries",
    "ledger_entry_events",
    "settlement_runs",
    "partner_bank_accounts",
    "ledger_adjustments",
    "partner_notices",
    "user_notices",
    "emails",
];

async fn counts(portal: &Portal) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        counts.push(sqlx::query_scalar(statement).fetch_one(&portal.owner).await.expect("a count"));
    }
    counts
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_demo_twice_is_the_demo_once_and_everybody_signs_in(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-22T15:00:00+03:00").await;
    let first = portal.services.demo_load(DEMO_SEED).await.expect("a demo");
    assert!(first.made);
    let before = counts(&portal).await;
    let second = portal.services.demo_load(DEMO_SEED).await.expect("the same demo");
    assert!(!second.made);
    assert_eq!(second.accounts, first.accounts);
    assert_eq!(counts(&portal).await, before);

    let address = "127.0.0.1".parse().expect("an address");
    for account in demo_accounts() {
        let user = portal.services.sign_in(&account.email, DEMO_PASSWORD.to_owned(), address, None).await.expect("a sign-in");
        assert!(user.is_some(), "{}", account.email);
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_database_in_use_gets_no_demo(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-22T15:00:00+03:00").await;
    portal.partner(1, "2026-01-12", domain::model::BillingSide::Provider).await;
    let before = counts(&portal).await;
    let outcome = portal.services.demo_load(DEMO_SEED).await.expect("an answer");
    assert_eq!((outcome.made, outcome.accounts.len()), (false, 0));
    assert_eq!(counts(&portal).await, before);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_interrupted_demo_is_finished_by_the_next_run(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-22T15:00:00+03:00").await;
    portal.services.demo_load(DEMO_SEED).await.expect("a demo");
    let before = counts(&portal).await;
    // As if the process had died before its last step.
    sqlx::query("delete from users where email = 'admin@provider.example'").execute(&portal.owner).await.expect("a deletion");
    assert!(portal.services.demo_load(DEMO_SEED).await.expect("the rest").made);
    let mut after = counts(&portal).await;
    // The last month's file is brought again and changes nothing, with its audit records; the administrator is entered again.
    let (imports, audit) = (8, 13);
    after[imports] -= 1;
    after[audit] -= 3;
    assert_eq!(after, before);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_demo_shows_every_state_in_the_middle_of_a_quarter(pool: PgPoolOptions, options: PgConnectOptions) {
    shows_every_state(Portal::new(pool, options, "2026-11-22T15:00:00+03:00").await).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_demo_shows_every_state_in_the_first_seconds_of_a_quarter(pool: PgPoolOptions, options: PgConnectOptions) {
    shows_every_state(Portal::new(pool, options, "2027-04-01T00:00:05+03:00").await).await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_demo_shows_every_state_on_the_last_day_of_a_long_month(pool: PgPoolOptions, options: PgConnectOptions) {
    shows_every_state(Portal::new(pool, options, "2026-03-31T23:59:50+03:00").await).await;
}

async fn shows_every_state(portal: Portal) {
    portal.services.demo_load(DEMO_SEED).await.expect("a demo");
    let mut models = BTreeSet::new();
    let mut phases = BTreeSet::new();
    let mut returned = BTreeSet::new();
    for number in 1..=11 {
        let outlook = portal.services.level_explain(&format!("P-{number:04}"), None).await.expect("an explanation").outlook;
        models.insert(outlook.model);
        phases.insert(match outlook.phase {
            Phase::FirstWindow { .. } => "first window",
            Phase::FirstWindowMet { .. } => "first window met",
            Phase::SafeByExam { .. } => "safe by exam",
            Phase::Watched { .. } => "watched",
            Phase::AboutToFall { month_ended, .. } => {
                assert!(month_ended, "the month that decides waits to be closed");
                "about to fall"
            }
            Phase::ReturnWindow { stands_met_by: None, .. } => "return window",
            Phase::ReturnWindow { stands_met_by: Some(_), .. } => "about to return",
            Phase::ReturnWindowOver { .. } => "return window over",
            Phase::HeldAtBasic { .. } => "held at basic",
        });
        match outlook.cause {
            Cause::ReturnedByRevenue { .. } => returned.insert("revenue"),
            Cause::ReturnedByExam { .. } => returned.insert("exam"),
            _ => false,
        };
    }
    assert_eq!(models, Model::ALL.into_iter().collect());
    assert_eq!(phases.len(), 9, "{phases:?}");
    assert_eq!(returned.len(), 2);

    assert!(portal.number("select count(*) from clients").await > 60);
    assert_eq!(portal.number("select count(distinct service) from usage_rows").await, 9);
    assert_eq!(portal.number("select count(distinct month) from usage_rows").await, 18);
    assert_eq!(portal.number("select count(*) from month_closes").await, 17);
    assert_eq!(portal.number("select count(distinct status) from requests where kind = 'bonus_codes'").await, 4);
    assert_eq!(portal.number("select count(distinct status) from requests where kind = 'free_month'").await, 4);
    assert_eq!(portal.number("select count(distinct state) from bonus_codes").await, 3);
    assert_eq!(portal.number("select count(*) from trials").await, 4);
    assert_eq!(portal.number("select count(*) from usage_staging").await, 0);
    portal.assert_revenue_is_the_sum_of_rows().await;
    // Paid, waiting for a run, waiting for approval; one partner without an account; an adjustment for somebody to decide on.
    let states = "select count(distinct state) from ledger_entry_states where state in ('settled', 'approved', 'accrued', 'nothing')";
    assert_eq!(portal.number(states).await, 4);
    assert_eq!(portal.number("select count(distinct settlement) from settlement_runs where state = 'settled'").await, 2);
    assert_eq!(portal.number("select count(*) from partner_bank_accounts").await, 5);
    assert_eq!(portal.number("select count(*) from ledger_adjustments where state = 'proposed'").await, 1);
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);

    // The month that is left open: one partner falls, one returns.
    let admin = staff(Role::StaffAdmin);
    let next = portal.services.months_page(&admin).await.expect("the months");
    assert!(next.next_is_over);
    let closed = portal.services.month_close(COMMAND, next.next.expect("a month")).await.expect("a close");
    let causes: Vec<bool> = closed.changes.iter().map(|change| matches!(change.cause, Cause::MonthBelowMinimum { .. })).collect();
    assert_eq!(causes.iter().filter(|fell| **fell).count(), 1, "{:?}", closed.changes);
    assert!(closed.changes.iter().any(|change| matches!(change.cause, Cause::ReturnedByRevenue { .. })));
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
}

/// What a seed decides: the clients, and the sum of every month.
async fn made_by(portal: &Portal, seed: u64) -> (Vec<(String, String)>, Vec<(chrono::NaiveDate, rust_decimal::Decimal)>) {
    assert!(portal.services.demo_load(seed).await.expect("a demo").made);
    let clients = sqlx::query_as("select inn, name from clients order by partner_id, inn").fetch_all(&portal.owner).await;
    let sums = sqlx::query_as("select month, sum(gross) from usage_rows group by month order by month").fetch_all(&portal.owner).await;
    (clients.expect("clients"), sums.expect("sums"))
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_seed_makes_one_demo_and_another_seed_another(pool: PgPoolOptions, options: PgConnectOptions) {
    const NOW: &str = "2026-11-22T15:00:00+03:00";
    let name = options.get_database().expect("a database").to_owned();
    let first = Portal::new(pool.clone(), options.clone(), NOW).await;
    let mut demos = vec![made_by(&first, 7).await];
    for (copy, seed) in [("again", 7), ("other", 8)] {
        // A name of PostgreSQL has at most 63 characters, and the test's own database has a name as long as that.
        let copy = format!("{}_{copy}", name.get(..40).unwrap_or(&name));
        for statement in ["drop database if exists", "create database"] {
            let statement = sqlx::AssertSqlSafe(format!("{statement} \"{copy}\""));
            sqlx::query(statement).execute(&first.owner).await.expect("a database");
        }
        let options = options.clone().database(&copy);
        store::database::migrate(&options).await.expect("the tables");
        let portal = Portal::new(pool.clone(), options, NOW).await;
        demos.push(made_by(&portal, seed).await);
        portal.services.database().close().await;
        portal.owner.close().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("drop database \"{copy}\" with (force)"))).execute(&first.owner).await.expect("it goes");
    }
    let [first, again, other] = demos.try_into().expect("three demos");
    assert!(first.0.len() > 60 && first.1.len() >= 18, "{} clients, {} months", first.0.len(), first.1.len());
    assert_eq!(first, again);
    assert_ne!(first.0, other.0);
    assert_ne!(first.1, other.1);
}
