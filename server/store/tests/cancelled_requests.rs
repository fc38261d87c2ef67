//! A request cancelled inside `begin` must cost no later write (finding 1 of the security review): sqlx 0.9.0 gives
//! such a connection back with a transaction open on it, and what is written next is rolled back with it, acknowledged or not.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use domain::ids::PartnerId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, Executor};
use store::database::pool_options;
use store::{Database, PoolLimits, Scope};
use uuid::Uuid;

/// How often a request is cancelled; it happens after one to eight steps of its future, near or far in time.
const CANCELLATIONS: usize = 40;
/// The same where the damage has to be seen: which step does it depends on how fast the server answers.
const CANCELLATIONS_UNTIL_SEEN: usize = 4_000;
/// Writes acknowledged after each.
const WRITES: i64 = 5;

/// One connection, so that the next request meets what the cancelled one left.
fn one_connection() -> PoolLimits {
    PoolLimits { connections: 1, ..PoolLimits::default() }
}

/// A pool as sqlx makes it, without the hook.
fn pool_without_hook() -> PgPoolOptions {
    PgPoolOptions::new().max_connections(1).test_before_acquire(false)
}

/// Lets a future make some steps, and drops it like a server whose client hung up.
async fn cancel<T>(mut future: Pin<Box<dyn Future<Output = T> + Send + '_>>, round: usize) {
    for _ in 0..=(round % 8) {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        if (round / 8).is_multiple_of(2) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        } else {
            tokio::task::yield_now().await;
        }
    }
}

/// Cancels requests over a pool of one connection, writes after each of them, and counts the acknowledged writes that are not there.
async fn lost_writes(pool: PgPool, options: &PgConnectOptions, cancellations: usize) -> i64 {
    let mut other = options.connect().await.expect("a connection");
    other.execute("create table writes (number bigint)").await.expect("a table");
    pool.execute("select 1").await.expect("a warm connection");
    let mut acknowledged = 0;
    for round in 0..cancellations {
        cancel(Box::pin(pool.begin()), round).await;
        for _ in 0..WRITES {
            if sqlx::query("insert into writes values ($1)").bind(acknowledged).execute(&pool).await.is_ok() {
                acknowledged += 1;
            }
        }
    }
    // What stays open ends with the process, as it would after a crash or a deployment.
    pool.close().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from writes").fetch_one(&mut other).await.expect("a count");
    assert!(acknowledged > 0, "the test has to write");
    acknowledged - kept
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_cancelled_request_loses_no_acknowledged_write(_: PgPoolOptions, options: PgConnectOptions) {
    let pool = pool_options(one_connection()).connect_lazy_with(options.clone());
    assert_eq!(lost_writes(pool, &options, CANCELLATIONS).await, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn without_the_hook_a_cancelled_request_loses_acknowledged_writes(_: PgPoolOptions, options: PgConnectOptions) {
    let pool = pool_without_hook().connect_lazy_with(options.clone());
    assert!(
        lost_writes(pool, &options, 10 * CANCELLATIONS).await > 0,
        "sqlx no longer needs the hook: the module `database` can do without it"
    );
}

/// The statement with which a partner's transaction begins.
const BEGIN_FOR_A_PARTNER: &str = "begin; select set_config('role', 'portal_partner', true)";

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_cancelled_request_hands_its_partner_to_nobody(_: PgPoolOptions, options: PgConnectOptions) {
    let database = Database::new(options, one_connection());
    drop(database.begin(Scope::Application).await.expect("a warm connection"));
    for round in 0..CANCELLATIONS {
        let partner = Scope::Partner(PartnerId(Uuid::from_u128(round as u128 + 1)));
        cancel(Box::pin(database.begin(partner)), round).await;
        let mut transaction = database.begin(Scope::Application).await.expect("a transaction");
        let (role, partner): (String, Option<Uuid>) =
            sqlx::query_as("select current_user::text, current_partner()").fetch_one(&mut *transaction).await.expect("the scope");
        assert_eq!((role.as_str(), partner), ("portal_application", None), "in round {round}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn without_the_hook_a_cancelled_request_hands_its_partner_on(_: PgPoolOptions, options: PgConnectOptions) {
    let pool = pool_without_hook().connect_lazy_with(options);
    pool.execute("select 1").await.expect("a warm connection");
    let mut handed_on = false;
    for round in 0..CANCELLATIONS_UNTIL_SEEN {
        cancel(Box::pin(pool.begin_with(BEGIN_FOR_A_PARTNER)), round).await;
        let Ok(mut transaction) = pool.begin().await else { continue };
        let role: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut *transaction).await.expect("the role");
        if role == "portal_partner" {
            handed_on = true;
            break;
        }
    }
    assert!(handed_on, "sqlx no longer needs the hook: the module `database` can do without it");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_dropped_transaction_leaves_nothing_open(_: PgPoolOptions, options: PgConnectOptions) {
    let database = Database::new(options.clone(), one_connection());
    let mut transaction = database.begin(Scope::Staff).await.expect("a transaction");
    transaction.execute("select 1").await.expect("a statement");
    drop(transaction);
    drop(database.begin(Scope::Application).await.expect("a transaction"));
    database.close().await;
    let mut other = options.connect().await.expect("a connection");
    let open: i64 =
        sqlx::query_scalar("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'")
            .fetch_one(&mut other)
            .await
            .expect("a count");
    assert_eq!(open, 0);
    other.close().await.expect("an end");
}
