//! The ledger by forms alone: ticked boxes, one question, a preview, a file for the bank, and what is refused on the way.

use domain::accrual::Settlement;
use domain::model::BillingSide;
use domain::permission::Role;
use service::adjustments::AdjustmentFields;
use service::{Actor, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fixtures::TestPartner;
use crate::support::TestPortal;

struct World {
    portal: TestPortal,
    partner: TestPartner,
    reviewer: Viewer,
    admin: Viewer,
}

impl World {
    async fn make(options: PgConnectOptions) -> Self {
        let portal = TestPortal::start(options, "2026-10-05");
        let partner = portal.app.create_partner("2026-09-01").await;
        let (reviewer, admin) = (portal.app.create_staff(Role::StaffReviewer).await, portal.app.create_staff(Role::StaffAdmin).await);
        Self { portal, partner, reviewer, admin }
    }

    fn people(&self) -> (&Viewer, &Viewer) {
        (&self.reviewer, &self.admin)
    }
}

/// The value of a hidden field of a page.
fn hidden(body: &str, name: &str) -> String {
    let at = body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no field {name} in {body}"));
    at.split('"').next().unwrap_or_default().replace("&amp;", "&")
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn entries_are_ticked_and_each_says_what_became_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let app = &world.portal.app;
    let first = app.adjust(&world.partner, world.people(), "100,50").await.to_string();
    let second = app.adjust(&world.partner, world.people(), "-40").await;
    let third = app.adjust(&world.partner, world.people(), "7").await.to_string();
    let mut browser = world.portal.sign_in(&world.reviewer).await;
    let page = browser.get("/staff/ledger?state=accrued").await;
    assert!(page.body.contains(&format!("value=\"{first}\"")) && page.words().contains("3 записи на 67,50"), "{}", page.words());
    // A colleague was quicker with one of them.
    app.services.ledger_approve(Actor::Person(&world.admin), &[second]).await.expect("an approval");
    let second = second.to_string();
    let place = hidden(&page.body, "place");
    // The boxes between them were left empty.
    let answer = browser.post("/api/ledger/approve", &[("place", &place), ("entries[1]", &second), ("entries[4]", &first)]).await;
    assert_eq!(answer.status, 303);
    let result = browser.get(answer.location()).await;
    assert!(result.words().contains("Решено раньше: Одобрено") && result.words().contains("1 запись на 100,50"), "{}", result.words());
    assert!(result.body.contains("/staff/ledger?state=accrued"), "back to the same filter");
    // Somebody else's answer is nobody's.
    let other = world.portal.sign_in(&world.admin).await.get(answer.location()).await;
    assert!(!other.words().contains("100,50"));

    let none = browser.post("/api/ledger/approve", &[("place", &place)]).await;
    let back = browser.get(none.location()).await;
    assert!(back.words().contains("Заполните поле"), "{}", back.words());
    let elsewhere = browser.post("/api/ledger/approve", &[("place", "//evil.example/staff/ledger")]).await;
    assert!(elsewhere.location().starts_with("/staff/ledger"), "{}", elsewhere.location());

    // Everything that the filter shows, after one question that names it; asked again where it changed.
    let question = browser.get("/staff/ledger/approval?state=accrued").await;
    assert!(question.words().contains("Одобрить 1 запись на 7"), "{}", question.words());
    let fields = ["place", "count", "amount"].map(|name| (name, hidden(&question.body, name)));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    app.adjust(&world.partner, world.people(), "9").await;
    let asked_again = browser.post("/api/ledger/approve-all", &fields).await;
    let again = browser.get(asked_again.location()).await;
    assert!(again.words().contains("Записи изменились") && again.words().contains("2 записи на 16"), "{}", again.words());
    let fields = ["place", "count", "amount"].map(|name| (name, hidden(&again.body, name)));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.post("/api/ledger/approve-all", &fields).await;
    assert!(browser.get(done.location()).await.words().contains("2 записи на 16"));

    // An entry with its life, and taking it back.
    let reverse = [("entry", third.as_str()), ("reason", "other"), ("text", "коротко")];
    let refused = browser.post("/api/ledger/reverse", &reverse).await;
    let refused = browser.get(refused.location()).await;
    assert!(refused.words().contains("Не короче 10 знаков") && refused.body.contains("коротко"), "{}", refused.words());
    let reverse = [("entry", third.as_str()), ("reason", "other"), ("text", "Записано по ошибке")];
    let reversed = browser.post("/api/ledger/reverse", &reverse).await;
    let page = browser.get(reversed.location()).await.words();
    assert!(page.contains("Отменено") && page.contains("Связанные записи"), "{page}");
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_run_is_handed_out_as_files_until_it_is_dropped(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let app = &world.portal.app;
    let entry = app.adjust(&world.partner, world.people(), "1234,50").await;
    app.services.ledger_approve(Actor::Person(&world.reviewer), &[entry]).await.expect("an approval");
    let reference = app.bank_run(&world.partner, world.people()).await;
    let mut browser = world.portal.sign_in(&world.reviewer).await;
    let page = browser.get(&format!("/staff/settlements/{reference}")).await;
    assert!(page.words().contains("Портал только записывает, он не платит"), "{}", page.words());
    // The payer is read when the file is written, and the page says so.
    assert!(page.words().contains("реквизиты плательщика — из настроек расчётов на день скачивания"), "{}", page.words());

    let text = browser.get(&format!("/staff/settlements/{reference}/registry.txt")).await;
    assert_eq!((text.status.as_u16(), text.header("content-type")), (200, "text/plain; charset=windows-1251"));
    assert_eq!(text.header("content-disposition"), format!("attachment; filename=\"{reference}.txt\""));
    assert!(text.body.starts_with("1CClientBankExchange\r\n") && text.body.contains("=1234.50\r\n"), "{}", text.body);
    let table = browser.get(&format!("/staff/settlements/{reference}/registry.csv")).await;
    assert!(table.body.starts_with('\u{feff}') && table.body.contains(";1234,50;") && table.body.contains(&reference), "{}", table.body);
    assert_eq!(browser.get("/staff/settlements/SR-2026-000999/registry.csv").await.status, 404);

    let dropped = browser.post("/api/settlements/drop", &[("reference", &reference)]).await;
    assert!(browser.get(dropped.location()).await.words().contains("Расчёт отменён"));
    assert_eq!(browser.get(&format!("/staff/settlements/{reference}/registry.txt")).await.status, 409);
    let late = browser.post("/api/settlements/settle", &[("reference", &reference), ("settled_on", "2026-10-05")]).await;
    assert!(browser.get(late.location()).await.words().contains("Расчёт уже отменён"));

    // The preview again, and the same form twice.
    let preview = browser.get("/staff/settlements/new?settlement=bank").await;
    let fields = ["settlement", "count", "amount", "idempotency_key"].map(|name| (name, hidden(&preview.body, name)));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let made = browser.post("/api/settlements/make", &fields).await.location().to_owned();
    assert_eq!(browser.post("/api/settlements/make", &fields).await.location(), made);
    let reference = made.split(['/', '?']).find(|part| part.starts_with("SR-")).expect("a reference").to_owned();
    let paid = browser.post("/api/settlements/settle", &[("reference", &reference), ("settled_on", "05.10.2026")]).await;
    assert!(browser.get(paid.location()).await.words().contains("Оплачен"));
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

/// Discounts are no payments: there is a list of them for those who write the invoices, and nothing for the bank.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_run_of_discounts_is_handed_out_as_a_list_and_not_for_the_bank(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let app = &world.portal.app;
    let services = &app.services;
    let partner = app.create_partner_billed("2026-09-01", BillingSide::Partner).await;
    let fields = AdjustmentFields {
        partner: partner.code.clone(),
        amount: "1234,50".to_owned(),
        settlement: "discount".to_owned(),
        reason: "agreement".to_owned(),
        text: "Договорились на встрече".to_owned(),
    };
    services.adjustment_propose(&world.reviewer, &fields, uuid::Uuid::new_v4()).await.expect("a proposal");
    let proposed = services.adjustments_page(&world.admin).await.expect("a list").adjustments[0].id;
    let entry = services.adjustment_decide(&world.admin, proposed, true).await.expect("accepted").expect("an entry");
    services.ledger_approve(Actor::Person(&world.reviewer), &[entry]).await.expect("an approval");
    let preview = services.settlement_preview(&world.reviewer, Settlement::Discount).await.expect("a preview");
    let reference = services.settlement_make(&world.reviewer, Settlement::Discount, preview.total, preview.key).await.expect("a run");

    let mut browser = world.portal.sign_in(&world.reviewer).await;
    let page = browser.get(&format!("/staff/settlements/{reference}")).await;
    assert!(page.body.contains("registry.csv") && !page.body.contains("registry.txt"), "{}", page.words());
    let table = browser.get(&format!("/staff/settlements/{reference}/registry.csv")).await;
    assert_eq!((table.status.as_u16(), table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(table.header("content-disposition"), format!("attachment; filename=\"{reference}.csv\""));
    let rows: Vec<&str> = table.body.strip_prefix('\u{feff}').expect("the mark that Excel looks for").lines().collect();
    let name = partner.viewer.partner.as_ref().expect("a partner").name.clone();
    assert!(rows.len() == 2 || rows.len() == 3, "{rows:?}");
    assert!(rows[1].contains(&name) && rows[1].contains("1234,50") && rows[1].contains(&reference), "{rows:?}");
    assert_eq!(browser.get(&format!("/staff/settlements/{reference}/registry.txt")).await.status, 404);
}
