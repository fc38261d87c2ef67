//! The bonus of a sales manager: claimed once per client for a closed month, granted into the ledger, corrected with the usage (`SALES-1`).

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::ids::ClientId;
use domain::money::Money;
use domain::permission::Role;
use domain::rule::Rule;
use service::requests::InboxFilter;
use service::{Actor, Error, Refusal};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, month};
use uuid::Uuid;

const COMMAND: Actor<'static> = Actor::Command("test");
const INN: &str = "7707083893";

/// A Professional partner whose client used 10 000.05 of KVM and 500.00 of backup in September, which is closed.
async fn world(app: &TestApp) -> (TestPartner, ClientId) {
    let partner = app.create_partner("2026-09-01").await;
    import(app, &partner, "2026-09", "10000.05", false).await;
    app.services.month_close(COMMAND, month("2026-09")).await.expect("a close");
    let id: Uuid =
        sqlx::query_scalar("select id from clients where inn = $1").bind(INN).fetch_one(&mut app.owner().await).await.expect("a client");
    (partner, id.into())
}

async fn import(app: &TestApp, partner: &TestPartner, of: &str, kvm: &str, correction: bool) {
    let file = format!(
        "partner;client_inn;client_name;service;resource;month;gross\n{0};{INN};Клиент;kvm;vm;{of};{kvm}\n{0};{INN};Клиент;backup;b;{of};500\n",
        partner.code
    );
    let preview = app.services.usage_preview(COMMAND, "x.csv", std::io::Cursor::new(file), correction).await.expect("a preview");
    assert_eq!(preview.import.problems, []);
    app.services.usage_commit(COMMAND, preview.import.id).await.expect("a commit");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_claim_is_worked_out_submitted_granted_and_corrected_with_the_usage(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, client) = world(&app).await;
    let page = app.services.sales_bonuses_page(&partner.viewer, Some((client, month("2026-09")))).await.expect("the page");
    let again = app.services.sales_bonuses_page(&partner.viewer, None).await.expect("the page");
    assert_ne!(page.key, again.key, "every form has a key of its own");
    let (_, _, now) = page.chosen.expect("an amount");
    // 10 000.05 less 2 700.01, and backup without a rate.
    assert_eq!((now.gross, now.net), (Money::kopecks(1_050_005), Money::kopecks(780_004)));
    assert!(now.verdict.is_allowed());

    let key = Uuid::new_v4();
    let submit = async |of: &str, key| app.services.sales_bonus_submit(&partner.viewer, client, month(of), "Ирина Котова", key).await;
    let reference = submit("2026-09", key).await.expect("a claim");
    assert_eq!(submit("2026-09", key).await.expect("the same form again"), reference);
    assert!(reference.starts_with("SB-2026-"), "{reference}");
    let Err(Error::Refused(Refusal::Rules(verdict))) = submit("2026-10", Uuid::new_v4()).await else { panic!("open, and claimed") };
    assert_eq!(verdict.rules(), [Rule::Sales1]);
    assert_eq!(verdict.violations.len(), 2, "everything that speaks against it: {verdict:?}");

    let inbox = app.services.inbox_page(&reviewer, &InboxFilter::default(), None).await.expect("the inbox");
    assert!(inbox.page.lines[0].verdict.as_ref().is_some_and(domain::verdict::Verdict::is_allowed));
    app.services.request_approve(&reviewer, &reference).await.expect("granted");
    let ledger = || async {
        let rows: Vec<(String, String, String, String)> =
            sqlx::query_as("select kind, period, amount::text, settlement from ledger_entries where rule = 'SALES-1' order by number")
                .fetch_all(&mut app.owner().await)
                .await
                .expect("entries");
        rows
    };
    let entry = |kind: &str, amount: &str| (kind.to_owned(), "2026-09".to_owned(), amount.to_owned(), "bank".to_owned());
    assert_eq!(ledger().await, [entry("accrual", "7800.04")]);
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);

    // The usage of the month is corrected: the next close brings the bonus in line.
    import(&app, &partner, "2026-09", "9000.00", true).await;
    app.clock.set(support::instant("2026-11-03T12:00:00+03:00"));
    app.services.month_close(COMMAND, month("2026-10")).await.expect("a close");
    assert_eq!(ledger().await, [entry("accrual", "7800.04"), entry("correction", "-730.04")]);
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_claims_at_the_same_instant_one_is_taken(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, client) = world(&app).await;
    let claims = (0..16).map(|_| {
        let (services, viewer) = (app.services.clone(), partner.viewer.clone());
        tokio::spawn(async move { services.sales_bonus_submit(&viewer, client, month("2026-09"), "Ирина", Uuid::new_v4()).await })
    });
    let mut taken = 0;
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.expect("a task") {
            Ok(_) => taken += 1,
            Err(Error::Refused(Refusal::Rules(verdict))) => assert_eq!(verdict.rules(), [Rule::Sales1]),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(taken, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_claim_needs_the_privilege_and_a_client_of_the_partner(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, client) = world(&app).await;
    let stranger = app.create_partner("2026-09-01").await;
    let claim =
        async |who: &TestPartner| app.services.sales_bonus_submit(&who.viewer, client, month("2026-09"), "Ирина", Uuid::new_v4()).await;
    assert!(matches!(claim(&stranger).await, Err(Error::NotFound)));
    sqlx::query("insert into staff_level_decisions (partner_id, decided_for, level, reason, recorded_at) values ($1, '2026-10-01', 'basic', 'причина решения', now())")
        .bind(partner.id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("a decision");
    let Err(Error::Refused(Refusal::Rules(verdict))) = claim(&partner).await else { panic!("Referral has no such bonus") };
    assert_eq!(verdict.rules(), [Rule::Privilege1]);
    assert_eq!(app.count("requests").await, 0);
}
