//! How long a month close takes at the size of a whole market: 10 000 partners, 300 000 clients, a million rows a month.
//! `make bench` runs it; it prints figures, and no assertion rests on a duration.

#![expect(clippy::print_stdout, reason = "a measurement prints")]

mod support;

use std::time::Instant;

use service::Actor;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, month};

/// A number from the environment.
fn size(name: &str, default: i32) -> i32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Partners of both billing sides and clients, thirty each.
const PARTNERS: &str = "
    insert into usage_imports (id, file_name, content_sha256, state, is_correction, row_count, new_count, changed_count, unchanged_count,
                               gross_total, problems, problem_count, months, uploaded_at, finished_at)
    values ('00000000-0000-4000-8000-000000000001', 'x.csv', '', 'committed', false, 0, 0, 0, 0, 0, '[]', 0, '{}', now(), now());
    insert into partners (id, code, name, inn, contract_date, billing_side, created_at)
    select md5('partner' || n)::uuid, 'P-' || n, 'Партнёр ' || n, lpad((9000000000 + n)::text, 10, '0'), '2024-01-01',
           case n % 2 when 0 then 'provider' else 'partner' end, now()
      from generate_series(1, $partners) n;
    insert into clients (id, partner_id, inn, name, start_date, created_at)
    select md5('client' || n || '-' || c)::uuid, md5('partner' || n)::uuid, lpad((7000000000::bigint + n * 100 + c)::text, 10, '0'),
           'Клиент ' || c, '2024-01-01', now()
      from generate_series(1, $partners) n cross join generate_series(1, 30) c;
";

/// One month: a hundred rows a partner, over nine services.
const MONTH: &str = "
    insert into usage_rows (client_id, month, service, resource, partner_id, gross, import_id)
    select md5('client' || n || '-' || (1 + r % 30))::uuid, '$month-01',
           (array['kvm', 'kvm_vgpu', 'hyperv', 'databases', 'kubernetes', 'mont_office', 'backup', 'object_storage', 'network'])[1 + r % 9],
           'vm-' || r, md5('partner' || n)::uuid, 300 + (n::bigint * 7919 + r * 104729 + $number) % 600 + 0.37,
           '00000000-0000-4000-8000-000000000001'
      from generate_series(1, $partners) n cross join generate_series(0, 99) r;
    insert into partner_month_revenues (partner_id, month, revenue)
    select partner_id, month, sum(gross) from usage_rows where month = '$month-01' group by partner_id, month;
";

#[ignore = "a measurement: make bench"]
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_month_of_a_million_rows_closes(_: PgPoolOptions, options: PgConnectOptions) {
    let (partners, history) = (size("BENCH_PARTNERS", 10_000), size("BENCH_MONTHS", 36));
    let app = TestApp::start(options, "2030-01-05");
    let mut owner = app.owner().await;
    let script = PARTNERS.replace("$partners", &partners.to_string());
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut owner).await.expect("partners");
    println!("{partners} partners, {} clients, {} rows a month", partners * 30, partners * 100);
    let first = month("2024-01");
    for (number, closed) in first.through(first.plus(history - 1)).enumerate() {
        let script = MONTH
            .replace("$month", &closed.to_string())
            .replace("$partners", &partners.to_string())
            .replace("$number", &number.to_string());
        let loading = Instant::now();
        sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut owner).await.expect("a month");
        sqlx::raw_sql(
            "vacuum analyze usage_rows, partner_month_revenues, partner_month_sums, ledger_entries, level_changes, clients, partners",
        )
        .execute(&mut owner)
        .await
        .expect("statistics");
        let loaded = loading.elapsed();
        let closing = Instant::now();
        let decided = app.services.month_close(Actor::Command("bench"), closed).await.expect("a close");
        let total = decided.money.expect("money").total();
        println!("{closed}: loaded in {loaded:.1?}, closed in {:.1?}; {} entries, {}", closing.elapsed(), total.entries, total.accrued);
    }
    let verifying = Instant::now();
    if history <= 3 {
        assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
        println!("verified in {:.1?}", verifying.elapsed());
    }
}
