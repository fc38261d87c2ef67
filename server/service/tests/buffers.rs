//! The home page reads as little of a large provider as of a small one.
//!
//! `auto_explain` gives `EXPLAIN (ANALYZE, BUFFERS)` of exactly the statements that the use case sends.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::sync::{Arc, Mutex};

use service::{Clock, MockClock, Passwords, Services, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgConnection};
use store::{Database, PoolLimits};
use support::{TestApp, TestPartner, instant};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata};

const NOW: &str = "2026-10-05";

/// Partners by number with 5 clients each and 100 rows of usage over ten months, each with what the rest of a portal's life leaves.
const MAKE_PARTNERS: &str = "
    insert into partners (id, code, name, inn, contract_date, billing_side, created_at)
    select md5('partner' || n)::uuid, 'L-' || n, 'ООО «Большой ' || n || '»', lpad((9000000000 + n)::text, 10, '0'), '2026-01-12', 'provider', now()
    from generate_series($1, $2) n;
    insert into level_changes (partner_id, from_date, level, model, rule, cause, terms_version_id, recorded_at)
    select md5('partner' || n)::uuid, from_date, level, model, rule, cause, terms_version_id, recorded_at
    from generate_series($1, $2) n cross join (select * from level_changes where partner_id = '$3') as pattern;
    insert into clients (id, partner_id, inn, name, start_date, created_at)
    select md5('client' || n || '-' || c)::uuid, md5('partner' || n)::uuid, lpad((7000000000 + n * 10 + c)::text, 10, '0'), 'Клиент ' || c, '2026-01-12', now()
    from generate_series($1, $2) n cross join generate_series(1, 5) c;
    insert into usage_rows (client_id, month, service, resource, partner_id, gross, import_id)
    select md5('client' || n || '-' || c)::uuid, '2026-01-01'::date + make_interval(months => m), 'kvm', 'vm-' || r, md5('partner' || n)::uuid, 1000, (select id from usage_imports limit 1)
    from generate_series($1, $2) n cross join generate_series(1, 5) c cross join generate_series(0, 9) m cross join generate_series(1, 2) r;
    insert into partner_month_revenues (partner_id, month, revenue)
    select md5('partner' || n)::uuid, '2026-01-01'::date + make_interval(months => m), 10000
    from generate_series($1, $2) n cross join generate_series(0, 9) m;
    insert into audit_records (at, actor_name, action, object_kind, object_id, partner_id)
    select now(), 'test', 'client.add', 'client', n::text, md5('partner' || n)::uuid from generate_series($1, $2) n;
    insert into bonus_code_quarters (partner_id, quarter, codes_limit, value_limit)
    select md5('partner' || n)::uuid, '2026-07-01', 10, 30000 from generate_series($1, $2) n;
";

async fn make_partners(owner: &mut PgConnection, pattern: &TestPartner, first: i32, last: i32) {
    let script = MAKE_PARTNERS.replace("$1", &first.to_string()).replace("$2", &last.to_string()).replace("$3", &pattern.id.to_string());
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *owner).await.expect("partners");
    sqlx::raw_sql("vacuum analyze").execute(owner).await.expect("statistics");
}

/// The blocks that the statements of the home page touch, and how many statements they are.
async fn home_costs(options: &PgConnectOptions, viewer: &Viewer) -> (u64, usize) {
    let database = Database::new(options.clone(), PoolLimits { connections: 1, ..PoolLimits::default() });
    let clock: Arc<dyn Clock> = Arc::new(MockClock::at(instant(NOW)));
    let services = Services::new(database, clock, Passwords::for_tests().expect("a hasher"));
    // Once before, so that what a connection learns of the tables at its first use is not counted.
    services.home_page(viewer).await.expect("the page");
    let mut connection = services.database().connection().await.expect("a connection");
    sqlx::raw_sql(
        "set role none; load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
         set auto_explain.log_buffers = on; set auto_explain.log_timing = off; set auto_explain.log_format = json;
         set auto_explain.log_level = notice; set client_min_messages = notice; set role portal_application",
    )
    .execute(&mut *connection)
    .await
    .expect("auto_explain, of PostgreSQL's own modules");
    drop(connection);
    let notices = Notices::default();
    let guard = tracing::subscriber::set_default(notices.clone());
    services.home_page(viewer).await.expect("the page");
    drop(guard);
    let plans = notices.0.lock().expect("the plans").clone();
    let blocks = plans.iter().map(|plan| blocks(plan)).sum();
    services.database().close().await;
    (blocks, plans.len())
}

/// Blocks of a plan's topmost node, which count those of all nodes below it.
fn blocks(notice: &str) -> u64 {
    let plan: serde_json::Value = notice.find('{').and_then(|begin| serde_json::from_str(&notice[begin..]).ok()).expect("a plan");
    ["Shared Hit Blocks", "Shared Read Blocks"].iter().map(|key| plan["Plan"][key].as_u64().expect("a number of blocks")).sum()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn with_10_000_partners_and_a_million_rows_home_touches_less_than_twice_the_blocks_of_100(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = TestApp::start(options.clone(), NOW);
    let partner = app.create_partner("2026-01-12").await;
    for number in 0..5 {
        let client = app.create_client(&partner, &format!("ООО «Клиент {number}»")).await;
        app.load_usage(&partner, client, "2026-09", "kvm", 10_000).await;
    }
    let mut owner = app.owner().await;
    make_partners(&mut owner, &partner, 1, 100).await;
    let (few, statements) = home_costs(&options, &partner.viewer).await;
    make_partners(&mut owner, &partner, 101, 10_000).await;
    assert!(app.count("usage_rows").await >= 1_000_000 && app.count("partners").await > 10_000);
    let (many, statements_later) = home_costs(&options, &partner.viewer).await;
    println!("blocks with 100 partners: {few}, with 10 000: {many}, in {statements} statements");
    assert_eq!(statements, statements_later);
    assert!((1..=6).contains(&statements), "{statements}");
    assert!(few > 0 && many < 2 * few, "{few} blocks with 100 partners, {many} with 10 000");
}

/// Hears what PostgreSQL says to its client.
#[derive(Clone, Default)]
struct Notices(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Notices {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Message(String);
        impl tracing::field::Visit for Message {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                if field.name() == "message" {
                    value.clone_into(&mut self.0);
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        // The beginning of the transaction chooses the role; it reads no table.
        if message.0.contains("plan:") && !message.0.contains("set_config") {
            self.0.lock().expect("the plans").push(message.0);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
