//! Each partner's rows behind row-level security: what the catalogue says, and what the real roles can do.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::PartnerId;
use futures::future::join_all;
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};
use store::{Database, PoolLimits, Scope};
use uuid::Uuid;

/// Tables that only grow.
const APPEND_ONLY: [&str; 13] = [
    "audit_records",
    "brand_versions",
    "ledger_entries",
    "ledger_entry_events",
    "month_closes",
    "news_items",
    "request_comments",
    "request_events",
    "request_publications",
    "request_texts",
    "settlement_run_partners",
    "terms_versions",
    "usage_corrections",
];
/// What the database answers where a privilege or a policy is missing.
const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// What it answers where a key is taken.
const UNIQUE_VIOLATION: &str = "23505";
/// What the trigger of an append-only table answers.
const RESTRICT_VIOLATION: &str = "23001";

async fn owner(options: &PgConnectOptions) -> PgConnection {
    options.connect().await.expect("a connection of the owner")
}

fn sql(text: impl Into<String>) -> AssertSqlSafe<String> {
    AssertSqlSafe(text.into())
}

async fn names(connection: &mut PgConnection, query: &str) -> Vec<String> {
    sqlx::query_scalar(sql(query)).fetch_all(connection).await.expect("names")
}

/// Tables whose rows are a partner's, with the column that says whose.
async fn tenant_tables(connection: &mut PgConnection) -> BTreeMap<String, &'static str> {
    let tables = names(
        connection,
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'partner_id' and not a.attisdropped",
    )
    .await;
    let mut tables: BTreeMap<String, &str> = tables.into_iter().map(|table| (table, "partner_id")).collect();
    tables.insert("partners".to_owned(), "id");
    tables
}

/// Roles, command, what it shows, what it lets be written.
type Policy = (Vec<String>, String, Option<String>, Option<String>);

/// What is wrong with the protection of tenant tables; empty where nothing is.
async fn weaknesses(connection: &mut PgConnection) -> Vec<String> {
    let mut found = Vec::new();
    for table in tenant_tables(connection).await.keys() {
        let (enabled, forced): (bool, bool) =
            sqlx::query_as("select relrowsecurity, relforcerowsecurity from pg_class where oid = $1::text::regclass")
                .bind(table)
                .fetch_one(&mut *connection)
                .await
                .expect("the table");
        if !enabled {
            found.push(format!("{table}: row-level security is not enabled"));
        }
        if !forced {
            found.push(format!("{table}: row-level security is not forced"));
        }
        let policies: Vec<Policy> =
            sqlx::query_as("select roles::text[], cmd, qual, with_check from pg_policies where schemaname = 'public' and tablename = $1")
                .bind(table)
                .fetch_all(&mut *connection)
                .await
                .expect("the policies");
        for (roles, command, seen, written) in &policies {
            if roles.iter().any(|role| role == "public") {
                found.push(format!("{table}: a policy for everybody"));
            }
            if roles.iter().any(|role| role == "portal_partner") {
                let own = |condition: &Option<String>| condition.as_ref().is_none_or(|text| text.contains("current_partner()"));
                if !own(seen) || !own(written) || (seen.is_none() && written.is_none()) {
                    found.push(format!("{table}: a policy shows a partner more than its own rows"));
                }
                if command == "INSERT" && written.is_none() {
                    found.push(format!("{table}: a policy lets a partner insert anything"));
                }
            }
        }
        for role in ["portal_partner", "portal_staff", "portal_application"] {
            for (privilege, command) in [("insert", "INSERT"), ("update", "UPDATE")] {
                let granted: bool = sqlx::query_scalar("select has_any_column_privilege($1, $2, $3)")
                    .bind(role)
                    .bind(table)
                    .bind(privilege)
                    .fetch_one(&mut *connection)
                    .await
                    .expect("the privilege");
                let mut applying =
                    policies.iter().filter(|(roles, on, ..)| roles.iter().any(|r| r == role) && (on == "ALL" || on == command));
                // The people's own policy of sessions covers hashes and languages, and says so by its condition alone.
                let by_condition = role == "portal_application" && table == "users";
                if granted && !by_condition && !applying.any(|(.., written)| written.is_some()) {
                    found.push(format!("{table}: {role} may {privilege} without a check"));
                }
            }
        }
    }
    found
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_table_of_partners_is_protected(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    assert!(tenant_tables(&mut owner).await.len() >= 20, "the search for tables has to find them");
    assert_eq!(weaknesses(&mut owner).await, Vec::<String>::new());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_gap_in_the_protection_is_found(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    for (gap, finding) in [
        ("alter table clients no force row level security", "clients: row-level security is not forced"),
        ("alter table trials disable row level security", "trials: row-level security is not enabled"),
        ("create table notes (partner_id uuid)", "notes: row-level security is not enabled"),
        ("create policy everybody on resources using (true)", "resources: a policy for everybody"),
        ("create policy more on requests to portal_partner using (true)", "requests: a policy shows a partner more than its own rows"),
        (
            "drop policy partner_rows on request_events; create policy partner_rows on request_events for select to portal_partner using (partner_id = current_partner())",
            "request_events: portal_partner may insert without a check",
        ),
    ] {
        owner.execute(sql(gap)).await.expect("a gap");
        let found = weaknesses(&mut owner).await;
        assert!(found.iter().any(|text| text == finding), "{gap}: {found:?}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_roles_can_neither_sign_in_nor_pass_the_policies(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    let roles = names(
        &mut owner,
        "select rolname::text from pg_roles
          where rolname like 'portal\\_%' and not (rolsuper or rolbypassrls or rolcanlogin or rolcreatedb or rolcreaterole or rolreplication or rolinherit)
          order by rolname",
    )
    .await;
    assert_eq!(roles, ["portal_application", "portal_partner", "portal_staff"]);
    let memberships =
        names(&mut owner, "select m.member::regrole::text || ' in ' || m.roleid::regrole::text from pg_auth_members m where m.member::regrole::text like 'portal\\_%'").await;
    assert_eq!(memberships, Vec::<String>::new());
    let owned = names(&mut owner, "select relname::text from pg_class where relowner::regrole::text like 'portal\\_%'").await;
    assert_eq!(owned, Vec::<String>::new(), "an owner may switch its policies off");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nothing_leads_around_the_policies(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    let views = names(
        &mut owner,
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace
            and (relkind = 'm' or relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false))",
    )
    .await;
    assert_eq!(views, Vec::<String>::new(), "a view reads as its owner");
    let functions = names(&mut owner, "select proname::text from pg_proc where pronamespace = 'public'::regnamespace and prosecdef").await;
    assert_eq!(functions, Vec::<String>::new(), "such a function acts as its owner");
    let hash_is_readable: bool = sqlx::query_scalar(
        "select has_column_privilege('portal_partner', 'users', 'password_hash', 'select') or has_column_privilege('portal_staff', 'users', 'password_hash', 'select')",
    )
    .fetch_one(&mut owner)
    .await
    .expect("the privilege");
    assert!(!hash_is_readable);
    // Figures of all partners together are no partner's business.
    for (table, seen) in [("usage_imports", "finished_at,state"), ("usage_staging", ""), ("month_closes", "month")] {
        let columns = names(
            &mut owner,
            &format!(
                "select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0
                    and has_column_privilege('portal_partner', attrelid, attnum, 'select') order by attname"
            ),
        )
        .await;
        assert_eq!(columns.join(","), seen, "{table}");
    }
    let counted = names(
        &mut owner,
        "select attname::text from pg_attribute where attrelid = 'user_notices'::regclass and attnum > 0
            and has_column_privilege('portal_application', attrelid, attnum, 'select') order by attname",
    )
    .await;
    assert_eq!(counted, ["read_at", "user_id"], "what finds sessions counts notices and does not know which");
    // The queue of jobs belongs to the worker; a partner has no part of it.
    let jobs: Vec<String> = names(
        &mut owner,
        "select c.relname::text from pg_class c where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind in ('r', 'v')
            and (has_schema_privilege('portal_partner', 'graphile_worker', 'usage') or has_table_privilege('portal_partner', c.oid, 'select'))",
    )
    .await;
    assert_eq!(jobs, Vec::<String>::new());
    for table in ["user_sessions", "sign_in_buckets", "form_states"] {
        for role in ["portal_partner", "portal_staff"] {
            let readable: bool = sqlx::query_scalar("select has_any_column_privilege($1, $2, 'select')")
                .bind(role)
                .bind(table)
                .fetch_one(&mut owner)
                .await
                .expect("the privilege");
            assert!(!readable, "{role} reads {table}");
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn records_are_never_changed_even_by_the_owner(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    fixture(&mut owner, 1).await;
    for table in APPEND_ONLY {
        let column =
            names(&mut owner, &format!("select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum = 1")).await;
        let column = &column[0];
        let assignment = if table == "month_closes" { "partner_count = 0".to_owned() } else { format!("{column} = default") };
        for statement in [format!("update {table} set {assignment}"), format!("delete from {table}"), format!("truncate {table} cascade")] {
            let error = owner.execute(sql(&statement)).await.expect_err(&statement);
            assert_eq!(code(&error), RESTRICT_VIOLATION, "{statement}: {error}");
        }
        let kept: i64 = sqlx::query_scalar(sql(format!("select count(*) from {table}"))).fetch_one(&mut owner).await.expect("a count");
        assert_eq!(kept, 1, "{table}");
    }
}

/// What the roles hold on an append-only table beyond reading and adding to it.
async fn powers_over_records(owner: &mut PgConnection) -> Vec<String> {
    let mut found = Vec::new();
    for table in APPEND_ONLY {
        for role in ["portal_application", "portal_partner", "portal_staff"] {
            for privilege in ["update", "delete", "truncate"] {
                // An update may be granted by column; the others by table alone.
                let column = privilege == "update";
                let held: bool =
                    sqlx::query_scalar("select has_table_privilege($1, $2, $3) or ($4 and has_any_column_privilege($1, $2, 'update'))")
                        .bind(role)
                        .bind(table)
                        .bind(privilege)
                        .bind(column)
                        .fetch_one(&mut *owner)
                        .await
                        .expect("the privilege");
                if held {
                    found.push(format!("{role} may {privilege} {table}"));
                }
            }
        }
    }
    found
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn no_role_is_granted_a_change_of_records(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    assert_eq!(powers_over_records(&mut owner).await, Vec::<String>::new());
    // A table that refuses changes by its trigger is an append-only one, so none is left out above.
    let guarded =
        names(&mut owner, "select distinct tgrelid::regclass::text from pg_trigger where tgfoid = 'refuse_change'::regproc order by 1")
            .await;
    assert_eq!(guarded, APPEND_ONLY);
    // The search finds what it is for.
    owner
        .execute("grant update (amount) on ledger_entries to portal_staff; grant truncate on audit_records to portal_partner")
        .await
        .expect("grants");
    let found = powers_over_records(&mut owner).await;
    assert_eq!(found, ["portal_partner may truncate audit_records", "portal_staff may update ledger_entries"]);
}

fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned()
}

/// The partner of a number, and likewise everything of it.
fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn scope(number: u128) -> Scope {
    Scope::Partner(PartnerId(id(number)))
}

/// Enters a partner with one row in every table. All its ids are the number's.
async fn fixture(owner: &mut PgConnection, number: u128) {
    let id = id(number);
    let statements = format!(
        "insert into partners (id, code, name, inn, contract_date, billing_side, created_at)
         values ('{id}', 'P-{number}', 'Partner {number}', lpad('{number}', 10, '7'), '2026-01-15', 'provider', now());
         insert into partner_exams (id, partner_id, passed_on, recorded_at) values ('{id}', '{id}', '2026-02-01', now());
         insert into staff_level_decisions (partner_id, decided_for, level, reason, recorded_at) values ('{id}', '2026-02-01', 'basic', 'because', now());
         insert into billing_side_changes (partner_id, approved_on, billing_side, recorded_at) values ('{id}', '2026-02-01', 'partner', now());
         insert into level_changes (partner_id, from_date, level, model, rule, cause, terms_version_id, recorded_at)
         select '{id}', '2026-01-15', 'professional', 'agent', 'LVL-1', '{{}}', t.id, now() from terms_versions t;
         insert into users (id, email, password_hash, display_name, role, partner_id, created_at)
         values ('{id}', 'p{number}@example.com', 'none', 'Person {number}', 'partner_member', '{id}', now());
         insert into clients (id, partner_id, inn, name, start_date, created_at)
         values ('{id}', '{id}', lpad('{number}', 10, '5'), 'Client {number}', '2026-01-15', now());
         insert into resources (id, partner_id, client_id, name, is_virtual_machine) values ('{id}', '{id}', '{id}', 'vm', true);
         insert into trials (id, partner_id, client_id, services, started_on, recorded_at) values ('{id}', '{id}', '{id}', '{{kvm}}', '2026-02-01', now());
         insert into usage_imports (id, file_name, content_sha256, state, is_correction, row_count, new_count, changed_count, unchanged_count,
                                    gross_total, problems, problem_count, months, uploaded_at)
         values ('{id}', 'usage.csv', '', 'committed', false, 1, 1, 0, 0, 1, '[]', 0, '{{2026-01-01}}', now());
         insert into usage_rows (client_id, month, service, resource, partner_id, gross, import_id)
         values ('{id}', '2026-01-01', 'kvm', 'vm', '{id}', 100, '{id}');
         insert into partner_month_revenues (partner_id, month, revenue) values ('{id}', '2026-01-01', 100);
         insert into usage_corrections (partner_id, client_id, month, service, resource, old_gross, new_gross, month_was_closed, import_id, recorded_at)
         values ('{id}', '{id}', '2026-01-01', 'kvm', 'vm', 90, 100, false, '{id}', now());
         insert into month_closes (month, closed_at, partner_count, revenue, level_change_count)
         values ('2026-01-01', now(), 1, 100, 0) on conflict do nothing;
         insert into requests (id, partner_id, kind, reference, status, version, idempotency_key, submitted_by, submitted_at, model, terms_version_id,
                               verdict)
         select '{id}', '{id}', 'bonus_codes', 'BC-2026-' || {number}, 'submitted', 2, '{id}', '{id}', now(), 'agent', t.id, '{{}}' from terms_versions t;
         insert into request_events (request_id, partner_id, version, act, performer, actor_id, detail, from_status, to_status, at)
         values ('{id}', '{id}', 2, 'submit', 'partner_member', '{id}', '{{}}', 'draft', 'submitted', now());
         insert into request_comments (request_id, partner_id, author_id, is_internal, words, idempotency_key, at)
         values ('{id}', '{id}', '{id}', false, 'Hello', '{id}', now());
         insert into request_texts (request_id, number, partner_id, author_id, at, text) values ('{id}', 1, '{id}', '{id}', now(), repeat('text ', 30));
         insert into request_publications (request_id, partner_id, channel, link, link_key, published_on, amount, recorded_by, recorded_at)
         values ('{id}', '{id}', 'press', 'https://example.com', 'example.com/{id}', '2026-03-01', 40000, '{id}', now());
         insert into comment_topics (partner_id, topic, chosen_by, chosen_at) values ('{id}', 'market', '{id}', now());
         insert into news_items (id, title, text, link, topics, deadline, posted_by, posted_at, idempotency_key)
         values ('{id}', 'News {number}', repeat('text ', 20), 'https://example.com', '{{market}}', '2026-03-01', '{id}', now(), '{id}');
         insert into telegram_comment_requests (request_id, partner_id, news_item_id, deadline) values ('{id}', '{id}', '{id}', '2026-03-01');
         insert into request_files (id, partner_id, request_id, state, bytes, uploaded_by, uploaded_at)
         values ('{id}', '{id}', '{id}', 'received', 1000, '{id}', now());
         insert into partner_file_usage (partner_id, bytes) values ('{id}', 1000);
         insert into bonus_code_quarters (partner_id, quarter, codes_limit, value_limit) values ('{id}', '2026-01-01', 10, 30000);
         insert into bonus_code_requests (request_id, partner_id, quarter, codes, value) values ('{id}', '{id}', '2026-01-01', 1, 100);
         insert into bonus_code_request_items (request_id, position, partner_id, face, client_id) values ('{id}', 1, '{id}', 100, '{id}');
         insert into bonus_codes (id, partner_id, request_id, position, quarter, code, face, state, issued_at)
         values ('{id}', '{id}', '{id}', 1, '2026-01-01', 'CODE-{number}', 100, 'issued', now());
         insert into free_month_requests (request_id, partner_id, client_id, month) values ('{id}', '{id}', '{id}', '2026-03-01');
         insert into free_month_request_resources (request_id, partner_id, resource_id) values ('{id}', '{id}', '{id}');
         insert into client_rate_choices (client_id, partner_id, choice, chosen_at) values ('{id}', '{id}', 'monthly', now());
         insert into partner_month_sums (partner_id, month, service, gross, deduction, reward_base, reward, once_base)
         values ('{id}', '2026-01-01', 'kvm', 100, 27, 100, 27, 0);
         insert into pending_recomputations (partner_id, marked_at) values ('{id}', now());
         insert into sales_bonus_requests (request_id, partner_id, client_id, month, manager_name, amount)
         values ('{id}', '{id}', '{id}', '2026-01-01', 'Manager', 73);
         insert into ledger_entries (id, partner_id, kind, rule, period, period_first, period_last, base, rate, amount, settlement,
                                     terms_version_id, accrued_on, closed_month, explanation, recorded_at)
         select '{id}', '{id}', 'accrual', 'RATE-4', '2026-01', '2026-01-01', '2026-01-01', 100, 0.27, 27, 'bank', t.id, '2026-02-01',
                '2026-01-01', '{{}}', now() from terms_versions t;
         insert into ledger_entry_events (entry_id, position, partner_id, event, state, at) values ('{id}', 1, '{id}', 'approved', 'approved', now());
         insert into ledger_adjustments (id, partner_id, amount, settlement, reason_code, reason_text, idempotency_key, state, proposed_by, proposed_at)
         values ('{id}', '{id}', 10, 'bank', 'goodwill', 'a reason in words', '{id}', 'proposed', '{id}', now());
         insert into partner_bank_accounts (partner_id, account, bank_name, bik, correspondent_account, recorded_at)
         values ('{id}', '40702810900000000001', 'Bank', '044525225', '30101810400000000225', now());
         insert into settlement_runs (id, reference, settlement, idempotency_key, entry_count, total, state, made_by, made_at, needs_second_person)
         values ('{id}', 'SR-2026-' || {number}, 'bank', '{id}', 1, 27, 'made', '{id}', now(), false);
         insert into settlement_run_partners (settlement_run_id, partner_id, position, amount) values ('{id}', '{id}', 1, 27);
         insert into late_facts (id, partner_id, kind, import_id, differences, money, state, proposed_at)
         values ('{id}', '{id}', 'usage_correction', '{id}', '[]', '[]', 'proposed', now());
         insert into late_fact_usage_rows (late_fact_id, partner_id, client_id, month, service, resource, old_gross, new_gross)
         values ('{id}', '{id}', '{id}', '2026-01-01', 'kvm', 'vm', 100, 90);
         insert into brand_pictures (partner_id, content_hash, bytes, width, height, sent_by, sent_at)
         values ('{id}', repeat('a', 64), '\\x00', 1, 1, '{id}', now());
         insert into brand_drafts (partner_id, form, logo_light, version, changed_by, changed_at)
         values ('{id}', '{{}}', repeat('a', 64), 1, '{id}', now());
         insert into brand_versions (partner_id, number, content, logo_light, published_by, published_at)
         values ('{id}', 1, '{{}}', repeat('a', 64), '{id}', now());
         insert into custom_hosts (id, partner_id, host, token, status, added_by, added_at)
         values ('{id}', '{id}', 'portal-{number}.example.com', repeat('0', 32), 'waiting', '{id}', now());
         insert into partner_notices (partner_id, kind, facts, at) values ('{id}', 'month_closed', '{{}}', now());
         insert into user_notices (user_id, notice_id, partner_id) select '{id}', n.id, '{id}' from partner_notices n where n.partner_id = '{id}';
         insert into emails (id, user_id, partner_id, notice_id, locale, state, queued_at)
         select '{id}', '{id}', '{id}', n.id, 'ru', 'queued', now() from partner_notices n where n.partner_id = '{id}';
         insert into audit_records (at, actor_name, action, object_kind, object_id, partner_id) values (now(), 'test', 'test', 'partner', '{id}', '{id}');"
    );
    owner.execute(sql(statements)).await.expect("a partner with one row in every table");
}

/// The row of a partner in every tenant table, as JSON. Fails where the fixture misses a table.
async fn rows_of(owner: &mut PgConnection, number: u128) -> BTreeMap<String, Value> {
    let mut rows = BTreeMap::new();
    for (table, column) in tenant_tables(owner).await {
        let row: Option<Value> = sqlx::query_scalar(sql(format!("select to_jsonb(t) from {table} t where {column} = $1")))
            .bind(id(number))
            .fetch_optional(&mut *owner)
            .await
            .expect("the row");
        let row = row.unwrap_or_else(|| panic!("`fixture` enters no row of {table}: add one"));
        rows.insert(table, row);
    }
    rows
}

/// Runs a statement alone; the transaction is thrown away. Rows affected, or the code of the refusal.
async fn tried(database: &Database, scope: Scope, statement: String, row: Option<&Value>) -> Result<u64, String> {
    let mut transaction = database.begin(scope).await.expect("a transaction");
    let query = sqlx::query(sql(statement));
    let query = if let Some(row) = row { query.bind(row) } else { query };
    query.execute(&mut *transaction).await.map(|done| done.rows_affected()).map_err(|error| code(&error))
}

/// Everything that partner 1 could do to rows of partner 2, in every table.
async fn try_everything(database: &Database, owner: &mut PgConnection, granted: bool) {
    let foreign = id(2);
    let own = id(1);
    let rows = rows_of(owner, 2).await;
    for (table, column) in tenant_tables(owner).await {
        for statement in [
            format!("select 1 from {table} where {column} = '{foreign}'"),
            format!("select 1 from {table} where {column} is distinct from '{own}'"),
            format!("update {table} set {column} = {column} where {column} = '{foreign}'"),
            format!("update {table} set {column} = '{own}' where {column} = '{foreign}'"),
            format!("delete from {table} where {column} = '{foreign}'"),
        ] {
            match tried(database, scope(1), statement.clone(), None).await {
                Ok(affected) => assert_eq!(affected, 0, "{statement}"),
                Err(code) => {
                    assert!([INSUFFICIENT_PRIVILEGE, RESTRICT_VIOLATION].contains(&code.as_str()), "{statement}: {code}");
                    assert!(!granted || code == RESTRICT_VIOLATION, "{statement}: {code}");
                }
            }
        }
        // Giving an own row away is refused as well.
        let gift = format!("update {table} set {column} = '{foreign}' where {column} = '{own}'");
        match tried(database, scope(1), gift.clone(), None).await {
            Ok(affected) => assert_eq!(affected, 0, "{gift}"),
            Err(code) => assert!([INSUFFICIENT_PRIVILEGE, RESTRICT_VIOLATION].contains(&code.as_str()), "{gift}: {code}"),
        }
        let insert = format!("insert into {table} overriding system value select (jsonb_populate_record(null::{table}, $1)).*");
        assert_eq!(tried(database, scope(1), insert.clone(), rows.get(&table)).await, Err(INSUFFICIENT_PRIVILEGE.to_owned()), "{insert}");
        if granted {
            // The partner itself gets as far as the key: it is the policy that stopped the other one.
            assert_eq!(tried(database, scope(2), insert.clone(), rows.get(&table)).await, Err(UNIQUE_VIOLATION.to_owned()), "{insert}");
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partner_reaches_no_row_of_another(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    fixture(&mut owner, 1).await;
    fixture(&mut owner, 2).await;
    let before = rows_of(&mut owner, 2).await;
    let database = Database::new(options, PoolLimits { connections: 2, ..PoolLimits::default() });
    try_everything(&database, &mut owner, false).await;

    // With every privilege there is, the policies alone hold.
    owner.execute("grant all on all tables in schema public to portal_partner").await.expect("a grant");
    try_everything(&database, &mut owner, true).await;
    assert_eq!(rows_of(&mut owner, 2).await, before);

    // And they show a partner its own row, so that the zeros above mean something.
    for (table, column) in tenant_tables(&mut owner).await {
        let seen = tried(&database, scope(1), format!("select 1 from {table} where {column} = '{}'", id(1)), None).await;
        let written_only = table == "audit_records";
        assert_eq!(seen, Ok(u64::from(!written_only)), "{table}");
    }
}

/// News is nobody's own: a partner reads what it was sent.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partner_reads_the_news_it_was_sent_and_no_other(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    fixture(&mut owner, 1).await;
    fixture(&mut owner, 2).await;
    let database = Database::new(options, PoolLimits { connections: 2, ..PoolLimits::default() });
    let seen =
        async |scope: Scope, of: u128| tried(&database, scope, format!("select 1 from news_items where id = '{}'", id(of)), None).await;
    assert_eq!((seen(scope(1), 1).await, seen(scope(1), 2).await), (Ok(1), Ok(0)));
    assert_eq!((seen(Scope::Staff, 1).await, seen(Scope::Staff, 2).await), (Ok(1), Ok(1)));
    owner.execute("grant all on news_items to portal_partner, portal_application").await.expect("a grant");
    assert_eq!((seen(scope(1), 2).await, seen(Scope::Application, 1).await), (Ok(0), Ok(0)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn without_a_partner_there_are_no_rows(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    fixture(&mut owner, 1).await;
    owner.execute("grant all on all tables in schema public to portal_partner, portal_application").await.expect("a grant");
    let tables = tenant_tables(&mut owner).await;
    let mut session = options.connect().await.expect("a connection");
    session.execute("set role portal_partner").await.expect("the role");
    for round in ["never set", "set by a transaction before"] {
        for table in tables.keys() {
            let rows: i64 =
                sqlx::query_scalar(sql(format!("select count(*) from {table}"))).fetch_one(&mut session).await.expect("a count");
            assert_eq!(rows, 0, "{table}, {round}");
        }
        let statement = format!("begin; select set_config('portal.partner_id', '{}', true); commit", id(1));
        session.execute(sql(statement)).await.expect("a transaction of the partner");
    }
    // What finds sessions sees people, names of partners and how much a person has not read, and nothing else.
    session.execute("reset role; set role portal_application").await.expect("the role");
    let mut seen = BTreeSet::new();
    for table in tables.keys() {
        let rows: i64 = sqlx::query_scalar(sql(format!("select count(*) from {table}"))).fetch_one(&mut session).await.expect("a count");
        if rows > 0 {
            seen.insert(table.as_str());
        }
    }
    assert_eq!(seen, BTreeSet::from(["partners", "user_notices", "users"]));
}

/// The next number of a plain generator, so that a failing run can be repeated.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_thousand_transactions_of_mixed_partners_show_no_foreign_row(_: PgPoolOptions, options: PgConnectOptions) {
    let mut owner = owner(&options).await;
    for number in 1..=4 {
        fixture(&mut owner, number).await;
    }
    let database =
        Database::new(options, PoolLimits { connections: 2, acquire: std::time::Duration::from_secs(30), ..PoolLimits::default() });
    let workers = (0..8_u64).map(|worker| {
        let database = database.clone();
        tokio::spawn(async move {
            let mut state = worker;
            for _ in 0..125 {
                let (kind, number) = (next(&mut state) % 5, u128::from(next(&mut state) % 4 + 1));
                let scope = if kind == 0 { Scope::Staff } else { scope(number) };
                let mut transaction = database.begin(scope).await.expect("a transaction");
                let seen: Vec<Uuid> =
                    sqlx::query_scalar("select distinct partner_id from clients union select id from partners order by 1")
                        .fetch_all(&mut *transaction)
                        .await
                        .expect("partners");
                if kind == 0 {
                    assert_eq!(seen.len(), 4);
                } else {
                    assert_eq!(seen, [id(number)]);
                }
                match kind {
                    1 => drop(transaction),
                    2 => {
                        let error = transaction.execute("select 1 / 0").await.expect_err("a division by zero");
                        assert_eq!(code(&error), "22012");
                    }
                    _ => transaction.commit().await.expect("a commit"),
                }
            }
        })
    });
    for worker in join_all(workers).await {
        worker.expect("no foreign row");
    }
}
