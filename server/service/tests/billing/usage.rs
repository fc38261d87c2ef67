//! Imports (`USE-1`, `USE-2`, `USE-4`).

use domain::calendar::Month;
use domain::model::BillingSide;
use domain::money::Money;
use domain::permission::Role;
use domain::usage::{AmountProblem, Column, LineProblem, RowProblem};
use service::{Actor, Error, Refusal};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{COMMAND, HEADER, Portal, day, inn, month, staff};

const NOW: &str = "2026-10-10T12:00:00+03:00";

async fn portal(pool: PgPoolOptions, options: PgConnectOptions) -> Portal {
    let portal = Portal::new(pool, options, NOW).await;
    portal.partner(1, "2026-01-15", BillingSide::Provider).await;
    portal
}

fn row(service: &str, resource: &str, month: &str, gross: &str) -> String {
    format!("P-0001;{};ООО «Вектор»;{service};{resource};{month};{gross}\n", inn(1))
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_bad_row_is_reported_with_its_line_and_nothing_is_taken(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    for closed in ["2026-01", "2026-02"] {
        portal.services.month_close(COMMAND, month(closed)).await.expect("a close");
    }
    let good = inn(1);
    let text = |text: &str| text.to_owned();
    let cases: Vec<(String, RowProblem)> = vec![
        (format!("P-0009;{good};a;kvm;vm-1;2026-09;1"), RowProblem::UnknownPartner { partner: text("P-0009") }),
        (format!("P-0001;{good};a;kwm;vm-1;2026-09;1"), RowProblem::UnknownService { service: text("kwm") }),
        (text("P-0001;77;a;kvm;vm-1;2026-09;1"), RowProblem::ClientInn { inn: text("77"), reason: domain::inn::InnError::Shape }),
        (
            text("P-0001;7707083894;a;kvm;vm-1;2026-09;1"),
            RowProblem::ClientInn { inn: text("7707083894"), reason: domain::inn::InnError::Checksum },
        ),
        (format!("P-0001;{good};a;kvm;vm-1;2026-09;-1"), RowProblem::NegativeAmount { gross: Money::roubles(-1) }),
        (
            format!("P-0001;{good};a;kvm;vm-1;2026-09;1x"),
            RowProblem::MalformedAmount { text: text("1x"), reason: AmountProblem::NotANumber },
        ),
        (
            format!("P-0001;{good};a;kvm;vm-1;2026-09;0,001"),
            RowProblem::MalformedAmount { text: text("0,001"), reason: AmountProblem::TooFine },
        ),
        (format!("P-0001;{good};a;kvm;vm-1;сентябрь;1"), RowProblem::MalformedMonth { text: text("сентябрь") }),
        (format!("P-0001;{good};a;kvm;vm-1;2026-11;1"), RowProblem::MonthInFuture { month: month("2026-11"), latest: month("2026-10") }),
        (
            format!("P-0001;{good};a;kvm;vm-1;2025-12;1"),
            RowProblem::MonthBeforeContract { month: month("2025-12"), contract_date: day("2026-01-15") },
        ),
        (
            format!("P-0001;{good};a;kvm;vm-1;2026-02;1"),
            RowProblem::MonthClosed { month: month("2026-02"), closed_through: month("2026-02") },
        ),
        (format!("P-0001;{good};a;kvm;vm-1;2026-09"), RowProblem::WrongFieldCount { expected: 7, found: 6 }),
        (format!("P-0001;{good};;kvm;vm-1;2026-09;1"), RowProblem::Empty { column: Column::ClientName }),
        (
            format!("P-0001;{good};{};kvm;vm-1;2026-09;1", "x".repeat(201)),
            RowProblem::TooLong { column: Column::ClientName, length: 201, limit: 200 },
        ),
        (format!("P-0001;{good};a;kvm;\"vm\t1\";2026-09;1"), RowProblem::ControlCharacter { column: Column::Resource }),
        (format!("P-0001;{good};a;kvm;vm-7;2026-09;1"), RowProblem::DuplicateKey { first_line: 2 }),
    ];
    // The partner is named by its INN here and by its code below: that is one key.
    let mut file = format!("{HEADER}{};{good};a;kvm;vm-7;2026-09;5\n", inn(9_000_001));
    for (line, _) in &cases {
        file.push_str(line);
        file.push('\n');
    }
    let mut bytes = file.into_bytes();
    bytes.extend_from_slice(b"P-0001;7707083893;\xff\xfe;kvm;vm-1;2026-09;1\n");
    let preview = portal.preview(bytes, false).await;

    let mut expected: Vec<LineProblem> = (3_u64..).zip(cases).map(|(line, (_, problem))| LineProblem { line, problem }).collect();
    expected.push(LineProblem { line: 19, problem: RowProblem::NotUtf8 });
    assert_eq!(preview.import.problems, expected);
    assert_eq!(preview.import.problem_count, 17);
    assert_eq!(preview.import.row_count, 18);
    assert_eq!(preview.import.state, "refused");
    assert_eq!(portal.number("select count(*) from usage_staging").await, 0);
    let refusal = portal.services.usage_commit(COMMAND, preview.import.id).await;
    assert!(matches!(refusal, Err(Error::Refused(Refusal::ImportFinished))), "{refusal:?}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_file_without_its_header_or_rows_says_so(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let problems = |preview: service::usage::ImportPreview| -> Vec<RowProblem> {
        preview.import.problems.into_iter().map(|problem| problem.problem).collect()
    };
    let missing = portal.preview("partner;client_inn;client_name;service;resource;month\nP-0001;1;a;kvm;b;2026-09\n", false).await;
    assert_eq!(problems(missing), [RowProblem::MissingColumn { column: Column::Gross }]);
    assert_eq!(problems(portal.preview(HEADER, false).await), [RowProblem::NoRows]);
    assert_eq!(problems(portal.preview("", false).await), [RowProblem::NoRows]);
    // What Excel writes in a Russian Windows.
    assert_eq!(problems(portal.preview(b"\xcf\xe0\xf0\xf2\xed\xe5\xf0;\xc8\xcd\xcd\n".to_vec(), false).await), [RowProblem::NotUtf8]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn problems_are_counted_whole_and_kept_to_a_thousand(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let bad = row("kvm", "vm-1", "2026-09", "-1").repeat(1_500);
    let preview = portal.preview(format!("{HEADER}{bad}"), false).await;
    assert_eq!((preview.import.problem_count, preview.import.problems.len()), (1_500, 1_000));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_same_rows_in_every_form_are_the_same_rows(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    portal
        .import(&(row("kvm", "vm-1", "2026-09", "1234.50") + &row("databases", "db;\\1", "2026-08", "7").replace("db;\\1", "\"db;\\1\"")))
        .await;
    let inn = inn(1);
    let forms = [
        format!("\u{feff}{HEADER}P-0001;{inn};a;kvm;vm-1;2026-09;1234.50\nP-0001;{inn};a;databases;\"db;\\1\";2026-08;7\n"),
        format!(
            "partner,client_inn,client_name,service,resource,month,gross\r\nP-0001,{inn},a,kvm,vm-1,2026-09,1234.50\r\nP-0001,{inn},a,databases,db;\\1,2026-08,7\r\n"
        ),
        format!(
            "Партнёр;ИНН клиента;Клиент;Услуга;ВМ;Месяц;Сумма\n{};{inn};a;KVM;vm-1;09.2026;1 234,50\nP-0001;{inn};a;Базы данных;\"db;\\1\";01.08.2026;7,00\n",
            crate::support::inn(9_000_001)
        ),
    ];
    for form in forms {
        let import = portal.preview(form.clone(), false).await.import;
        assert_eq!((import.new_count, import.changed_count, import.unchanged_count), (0, 0, 2), "{form} {:?}", import.problems);
        assert_eq!(import.months, [month("2026-08"), month("2026-09")]);
        assert_eq!(import.gross_total, Money::kopecks(124_150));
    }
    portal.assert_revenue_is_the_sum_of_rows().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_preview_tells_new_changed_and_unchanged_and_the_months_before_and_after(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    portal.import(&(row("kvm", "vm-1", "2026-09", "100") + &row("kvm", "vm-2", "2026-09", "10"))).await;
    let next = row("kvm", "vm-1", "2026-09", "150") + &row("kvm", "vm-2", "2026-09", "10") + &row("network", "ip", "2026-08", "1");
    let preview = portal.preview(format!("{HEADER}{next}"), false).await;
    let import = &preview.import;
    assert_eq!((import.new_count, import.changed_count, import.unchanged_count), (1, 1, 1));
    let totals: Vec<(Month, Money, Money)> = preview.totals.iter().map(|total| (total.month, total.before, total.after)).collect();
    assert_eq!(totals, [(month("2026-08"), Money::ZERO, Money::roubles(1)), (month("2026-09"), Money::roubles(110), Money::roubles(160)),]);
    assert_eq!(portal.number("select count(*) from usage_rows").await, 2, "a preview writes no rows");

    portal.services.usage_commit(COMMAND, import.id).await.expect("a commit");
    // Each step leaves its record: of the first file and of this one.
    let recorded = "select count(*) from audit_records where action in ('usage_import.preview', 'usage_import.commit') and object_kind = 'usage_import'";
    assert_eq!(portal.number(recorded).await, 4);
    let told = "select count(*) from audit_records where action = 'usage_import.commit' and before ->> 'state' = 'previewed'
                   and after ->> 'state' = 'committed' and after ->> 'changed' = '1' and actor_name = 'test'";
    assert_eq!(portal.number(told).await, 1);
    assert_eq!(portal.number("select count(*) from usage_rows").await, 3);
    assert_eq!(
        portal.number("select count(*) from usage_corrections where old_gross = 100 and new_gross = 150 and not month_was_closed").await,
        1
    );
    assert_eq!(portal.number("select count(*) from usage_corrections").await, 1);
    assert_eq!(portal.number("select count(*) from clients where start_date = '2026-09-01'").await, 1);
    assert_eq!(portal.number("select count(*) from resources where is_virtual_machine").await, 2);
    assert_eq!(portal.number("select count(*) from usage_staging").await, 0);
    portal.assert_revenue_is_the_sum_of_rows().await;
    let again = portal.services.usage_commit(COMMAND, import.id).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::ImportFinished))), "{again:?}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_preview_shows_the_first_rows_it_changes_and_adds_with_the_amounts_before(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let rows = |gross: &str| (0..60).map(|number| row("kvm", &format!("vm-{number}"), "2026-09", gross)).collect::<String>();
    portal.import(&rows("100")).await;
    let stranger = format!("P-0001;{};ООО «Новый»;network;ip;2026-08;7,50\n", inn(2));
    // The first line changes nothing.
    let file = format!("{HEADER}{}{stranger}", rows("150,25").replacen("150,25", "100", 1));
    let preview = portal.preview(file, false).await;
    assert_eq!((preview.import.new_count, preview.import.changed_count, preview.import.unchanged_count), (1, 59, 1));

    assert_eq!(preview.changed_rows.len(), 50, "the first of 59");
    let first = &preview.changed_rows[0];
    assert_eq!((first.line, first.client_name.as_str(), first.partner_name.as_str()), (3, "ООО «Вектор»", "Партнёр 1"));
    assert_eq!((first.service.as_str(), first.service_name_ru.as_str(), first.resource.as_str()), ("kvm", "ElasticCloud KVM", "vm-1"));
    assert_eq!((first.month, first.before, first.after), (month("2026-09"), Some(Money::roubles(100)), Money::kopecks(15_025)));
    assert!(preview.changed_rows.is_sorted_by_key(|row| row.line));
    let [new] = preview.new_rows.as_slice() else { panic!("one new row: {:?}", preview.new_rows) };
    assert_eq!((new.line, new.client_name.as_str(), new.before, new.after), (62, "ООО «Новый»", None, Money::kopecks(750)));

    // Opened again it says the same; once it is taken there is nothing to come.
    let viewer = staff(Role::StaffReviewer);
    let opened = portal.services.usage_import_detail(&viewer, preview.import.id).await.expect("the page");
    assert_eq!((opened.changed_rows, opened.new_rows), (preview.changed_rows, preview.new_rows));
    portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a commit");
    let taken = portal.services.usage_import_detail(&viewer, preview.import.id).await.expect("the page");
    assert!(taken.changed_rows.is_empty() && taken.new_rows.is_empty());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_same_file_twice_changes_nothing(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let file = row("kvm", "vm-1", "2026-09", "100") + &row("backup", "vm-1", "2026-09", "10");
    portal.import(&file).await;
    let second = portal.import(&file).await;
    assert_eq!((second.new_count, second.changed_count, second.unchanged_count), (0, 0, 2));
    assert_eq!(portal.number("select count(*) from usage_rows").await, 2);
    assert_eq!(portal.number("select count(*) from usage_corrections").await, 0);
    assert_eq!(portal.number("select count(*) from resources").await, 1, "one name is one resource, whatever the service");
    portal.assert_revenue_is_the_sum_of_rows().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_imports_of_new_rows_at_once_are_both_taken_once(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let file = format!("{HEADER}{}", row("kvm", "vm-1", "2026-09", "100"));
    let (first, second) = (portal.preview(file.clone(), false).await, portal.preview(file, false).await);
    let (first, second) =
        tokio::join!(portal.services.usage_commit(COMMAND, first.import.id), portal.services.usage_commit(COMMAND, second.import.id));
    let new = first.expect("the first").import.new_count + second.expect("the second").import.new_count;
    assert_eq!(new, 1, "the second finds the row unchanged");
    portal.assert_revenue_is_the_sum_of_rows().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_closed_month_takes_corrections_that_change_no_level_and_proposes_the_others(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    portal.revenue(1, "2026-01", "35000").await;
    for closed in ["2026-01", "2026-02", "2026-03"] {
        portal.services.month_close(COMMAND, month(closed)).await.expect("a close");
    }
    // January met the first window; 31 000 still does.
    let harmless = portal.preview(format!("{HEADER}P-0001;{};Клиент;kvm;vm-1;2026-01;31000\n", inn(1)), true).await;
    assert_eq!((harmless.import.changed_count, harmless.level_differences.len()), (1, 0));
    portal.services.usage_commit(COMMAND, harmless.import.id).await.expect("a correction");
    assert_eq!(portal.number("select count(*) from usage_corrections where month_was_closed").await, 1);
    assert_eq!(portal.number("select count(*) from level_changes").await, 1);

    for closed in ["2026-04", "2026-05", "2026-06", "2026-07"] {
        portal.services.month_close(COMMAND, month(closed)).await.expect("a close");
    }
    // Without January's revenue the level would have fallen on 1 August.
    let harmful = portal.preview(format!("{HEADER}P-0001;{};Клиент;kvm;vm-1;2026-01;29999,99\n", inn(1)), true).await;
    assert_eq!(harmful.level_differences.len(), 1);
    let partners = &harmful.level_differences;
    assert_eq!(partners[0].partner_code, "P-0001");
    assert_eq!((partners[0].days[0].from, partners[0].days[0].through), (day("2026-08-01"), day("2026-10-10")));
    let committed = portal.services.usage_commit(COMMAND, harmful.import.id).await.expect("a commit");
    assert_eq!((committed.import.state.as_str(), committed.proposed.len()), ("committed", 1));
    assert_eq!(portal.number("select count(*) from usage_rows where gross = 31000").await, 1, "the row waits for a decision");
    assert_eq!(portal.number("select count(*) from late_fact_usage_rows where new_gross = 29999.99 and old_gross = 31000").await, 1);
    assert_eq!(portal.number("select count(*) from usage_staging").await, 0);
    portal.assert_revenue_is_the_sum_of_rows().await;
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_discarded_file_leaves_its_record_and_nothing_else(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let preview = portal.preview(format!("{HEADER}{}", row("kvm", "vm-1", "2026-09", "100")), false).await;
    portal.services.usage_discard(Actor::Person(&staff(Role::StaffReviewer)), preview.import.id).await.expect("discarded");
    let told = "select count(*) from audit_records where action = 'usage_import.discard' and before ->> 'state' = 'previewed'
                   and after ->> 'state' = 'discarded' and actor_name = 'Сотрудник' and actor_id is not null";
    assert_eq!(portal.number(told).await, 1);
    // What waited too long goes the same way when the next file comes.
    let old = portal.preview(format!("{HEADER}{}", row("kvm", "vm-1", "2026-09", "200")), false).await;
    portal.at("2026-10-12T12:00:00+03:00").preview(format!("{HEADER}{}", row("kvm", "vm-1", "2026-09", "300")), false).await;
    let expired: Vec<String> =
        sqlx::query_scalar("select object_id from audit_records where action = 'usage_import.discard' and actor_name like '%expiry%'")
            .fetch_all(&portal.owner)
            .await
            .expect("records");
    assert_eq!(expired, [old.import.id.to_string()]);
    let rows = "select (select count(*) from usage_rows) + (select count(*) from usage_staging)";
    assert_eq!(portal.number(rows).await, 1, "the last file waits");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_month_closed_after_the_preview_makes_it_outdated(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    let preview = portal.preview(format!("{HEADER}{}", row("kvm", "vm-1", "2026-01", "1")), false).await;
    portal.services.month_close(COMMAND, month("2026-01")).await.expect("a close");
    let refused = portal.services.usage_commit(COMMAND, preview.import.id).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::ImportOutdated))), "{refused:?}");
    assert_eq!(portal.number("select count(*) from usage_rows").await, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn partners_may_not_import_and_staff_see_the_history(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    portal.revenue(1, "2026-09", "1").await;
    let member = staff(Role::PartnerMember);
    let file = std::io::Cursor::new(Vec::new());
    let refused = portal.services.usage_preview(Actor::Person(&member), "x", file, false).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{:?}", refused.err());
    assert!(matches!(portal.services.usage_imports_page(&member, None).await, Err(Error::Forbidden)));
    let reviewer = staff(Role::StaffReviewer);
    let page = portal.services.usage_imports_page(&reviewer, None).await.expect("the history");
    assert_eq!(page.lines.len(), 1);
    assert_eq!(page.lines[0].state, "committed");
    let detail = portal.services.usage_import_detail(&reviewer, page.lines[0].id).await.expect("the import");
    assert_eq!(detail.import, page.lines[0]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_row_of_an_unknown_service_or_import_is_refused_by_the_table_itself(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = portal(pool, options).await;
    portal.revenue(1, "2026-09", "1").await;
    let refused = [
        ("update usage_rows set service = 'cloud'", "usage_rows_service_fkey"),
        ("update usage_rows set import_id = gen_random_uuid()", "usage_rows_import_id_fkey"),
        (
            "insert into usage_rows select client_id, month, 'cloud', resource, partner_id, gross, import_id from usage_rows",
            "usage_rows_service_fkey",
        ),
        (
            "insert into usage_rows select client_id, month, 'network', resource, partner_id, gross, gen_random_uuid() from usage_rows",
            "usage_rows_import_id_fkey",
        ),
    ];
    for (statement, constraint) in refused {
        let error = sqlx::query(statement).execute(&portal.owner).await.expect_err(statement);
        assert_eq!(error.as_database_error().and_then(|error| error.constraint()), Some(constraint), "{statement}");
    }
}
