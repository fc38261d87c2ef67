//! Closing months (`USE-3`).

use domain::level::Cause;
use domain::model::{BillingSide, Model};
use domain::money::Money;
use domain::permission::Role;
use service::months::MonthDecisions;
use service::{Actor, Error, Refusal};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{COMMAND, Portal, day, month, staff};

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn months_close_once_in_order_and_when_they_are_over(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-03-31T23:59:59+03:00").await;
    let none = portal.services.month_close(COMMAND, month("2026-02")).await;
    assert!(matches!(none, Err(Error::Refused(Refusal::NothingToClose))), "{none:?}");
    portal.partner(1, "2026-02-10", BillingSide::Provider).await;
    let early = portal.services.month_close(COMMAND, month("2026-03")).await;
    assert!(matches!(early, Err(Error::Refused(Refusal::MonthOutOfOrder { next })) if next == month("2026-02")), "{early:?}");
    portal.services.month_close(COMMAND, month("2026-02")).await.expect("February");
    let twice = portal.services.month_close(COMMAND, month("2026-02")).await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::MonthClosed(closed))) if closed == month("2026-02")), "{twice:?}");
    let running = portal.services.month_close(COMMAND, month("2026-03")).await;
    assert!(
        matches!(running, Err(Error::Refused(Refusal::MonthNotOver { possible_on })) if possible_on == day("2026-04-01")),
        "{running:?}"
    );
    portal.at("2026-04-01T00:00:00+03:00").services.month_close(COMMAND, month("2026-03")).await.expect("March");
    assert_eq!(portal.number("select count(*) from month_closes").await, 2);
    assert_eq!(portal.number("select count(*) from audit_records where action = 'month.close'").await, 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn eight_operators_at_once_close_a_month_once(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-04-10T12:00:00+03:00").await;
    portal.partner(1, "2026-02-10", BillingSide::Provider).await;
    let closes = (0..8).map(|_| {
        let services = portal.services.clone();
        tokio::spawn(async move { services.month_close(COMMAND, month("2026-02")).await })
    });
    let mut closed = 0;
    for close in closes.collect::<Vec<_>>() {
        match close.await.expect("a task") {
            Ok(_) => closed += 1,
            Err(Error::Refused(Refusal::MonthClosed(_))) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(closed, 1);
    assert_eq!(portal.number("select count(*) from audit_records where action = 'month.close'").await, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_close_decides_what_its_preview_said_and_records_the_cause(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-02T12:00:00+03:00").await;
    // First windows through July: the first partner meets the requirement and misses August, the second misses the window.
    portal.partner(1, "2026-02-01", BillingSide::Partner).await;
    portal.partner(2, "2026-01-15", BillingSide::Provider).await;
    portal.revenue(1, "2026-03", "30000.00").await;
    portal.revenue(1, "2026-08", "29999.99").await;
    portal.revenue(2, "2026-05", "12000").await;
    let admin = staff(Role::StaffAdmin);
    for closed in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"] {
        let money = portal.services.month_money_preview(&admin, month(closed)).await.expect("a preview");
        let decisions = portal.services.month_close(Actor::Person(&admin), month(closed)).await.expect("a close");
        assert_eq!(decisions.changes, [], "{closed}");
        assert_eq!(decisions.money, Some(money), "{closed}");
    }
    let preview = portal.services.month_close_preview(&admin, month("2026-07")).await.expect("a preview");
    assert_eq!(portal.number("select count(*) from level_changes").await, 2, "a preview records nothing");
    let july = portal.services.month_close(Actor::Person(&admin), month("2026-07")).await.expect("July");
    assert_eq!(MonthDecisions { money: None, ..july.clone() }, preview);
    assert_eq!(july.changes.len(), 1);
    let fall = &july.changes[0];
    assert_eq!(
        (fall.partner_code.as_str(), fall.before, fall.model, fall.from),
        ("P-0002", Some(Model::Agent), Model::Referral, day("2026-08-01"))
    );
    assert!(matches!(fall.cause, Cause::FirstWindowMissed { best_revenue, .. } if best_revenue == Money::roubles(12_000)));

    let august = portal.services.month_close(Actor::Person(&admin), month("2026-08")).await.expect("August");
    assert_eq!(august.changes.len(), 1);
    assert!(matches!(august.changes[0].cause, Cause::MonthBelowMinimum { revenue, .. } if revenue == Money::kopecks(2_999_999)));
    assert_eq!(august.figures.revenue, Money::kopecks(2_999_999));
    let recorded = "select count(*) from level_changes where rule in ('LVL-3', 'LVL-5') and superseded_at is null and cause ? 'minimum'";
    assert_eq!(portal.number(recorded).await, 2);
    let audited = "select count(*) from audit_records where action = 'level.change' and before is not null and after ->> 'rule' in ('LVL-3', 'LVL-5')";
    assert_eq!(portal.number(audited).await, 2);

    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
    let page = portal.services.months_page(&admin).await.expect("the months");
    assert_eq!((page.next, page.next_is_over), (Some(month("2026-09")), false));
    assert_eq!(page.months[1].close.as_ref().map(|close| close.decided.level_changes), Some(1));
    let reviewer = staff(Role::StaffReviewer);
    assert!(matches!(portal.services.month_close(Actor::Person(&reviewer), month("2026-09")).await, Err(Error::Forbidden)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_close_and_an_import_exclude_each_other(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-03-05T12:00:00+03:00").await;
    portal.partner(1, "2026-02-10", BillingSide::Provider).await;
    let file = format!("{}P-0001;{};Клиент;kvm;vm-1;2026-02;40000\n", crate::support::HEADER, crate::support::inn(1));
    let preview = portal.preview(file, false).await;
    let (close, commit) =
        tokio::join!(portal.services.month_close(COMMAND, month("2026-02")), portal.services.usage_commit(COMMAND, preview.import.id));
    let close = close.expect("the close");
    match commit {
        // The rows came first, so the close counted them.
        Ok(_) => assert_eq!(close.figures.revenue, Money::roubles(40_000)),
        Err(Error::Refused(Refusal::ImportOutdated)) => assert_eq!(close.figures.revenue, Money::ZERO),
        Err(other) => panic!("{other:?}"),
    }
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
}
