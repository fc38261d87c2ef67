//! A partner's money over HTTP: sums that agree from the tile to the file, nothing of another's, the pick of `RATE-2`.

use domain::model::BillingSide;
use domain::money::Money;
use domain::permission::Role;
use http::Method;
use service::ledger::ReverseFields;
use service::{Actor, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestPartner, count_statements, month};
use crate::support::{Answer, Browser, TestPortal};

const COMMAND: Actor<'static> = Actor::Command("test");

/// A partner with two clients and usage of nine months, eight of which are closed.
async fn with_money(portal: &TestPortal) -> TestPartner {
    let app = &portal.app;
    let partner = app.create_partner_billed("2026-01-01", BillingSide::Provider).await;
    let (one, two) = (app.create_client(&partner, "ООО «Первый»").await, app.create_client(&partner, "ООО «Второй»").await);
    for (at, of) in (1_i64..).zip(month("2026-01").through(month("2026-09"))) {
        let of = of.to_string();
        app.load_usage(&partner, one, &of, "kvm", 30_000 + 1_111 * at).await;
        app.load_usage(&partner, two, &of, "mont_office", 777 * at).await;
    }
    for closed in month("2026-01").through(month("2026-08")) {
        app.services.month_close(COMMAND, closed).await.unwrap_or_else(|error| panic!("{closed}: {error:?}"));
    }
    partner
}

/// The fields of a Russian statement, row by row.
fn rows(csv: &Answer) -> Vec<Vec<String>> {
    let text = csv.body.strip_prefix('\u{feff}').expect("the mark that Excel looks for");
    text.lines().skip(1).map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

/// The sum of its column of amounts.
fn sum(csv: &Answer) -> Money {
    rows(csv).iter().map(|row| row[8].replace(',', ".").parse::<Money>().expect("a number")).sum()
}

fn data_values(page: &Answer, around: &str) -> Vec<String> {
    let rest = page.body.split_once(around).map_or_else(|| panic!("no {around}"), |(_, rest)| rest);
    rest.split("<data")
        .skip(1)
        .filter_map(|piece| piece.split_once("value=\"")?.1.split_once('"').map(|(value, _)| value.to_owned()))
        .collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_tile_its_list_and_the_statement_have_the_same_sum(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = with_money(&portal).await;
    portal.app.add_entry(&partner, "-1000.50").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get("/partner/money").await;
    assert_eq!(page.status, 200);
    let tile = data_values(&page, "data-balance=\"accrued\"")[0].clone();
    let list = browser.get("/partner/money?state=accrued").await;
    assert_eq!(data_values(&list, "id=\"entries-sum\"")[0], tile);
    assert!(list.body.contains("\u{2212}1\u{a0}000,50"), "a true minus");

    let csv = browser.get("/partner/money/statement.csv").await;
    assert_eq!((csv.status.as_u16(), csv.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(sum(&csv).to_string(), tile, "everything is still accrued");
    assert!(csv.header("content-disposition").starts_with("attachment; filename=\"statement."));

    let period = "?from=2026-04&to=2026-06";
    let (list, csv) =
        (browser.get(&format!("/partner/money{period}")).await, browser.get(&format!("/partner/money/statement.csv{period}")).await);
    assert_eq!(sum(&csv).to_string(), data_values(&list, "id=\"entries-sum\"")[0]);
    assert!(!sum(&csv).is_zero());
    assert!(csv.header("content-disposition").contains("statement-2026-04-2026-06.csv"));
    for (file, media_type, begins) in [
        ("statement.pdf", "application/pdf", "%PDF"),
        ("statement.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"),
    ] {
        let answer = browser.get(&format!("/partner/money/{file}{period}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, media_type), "{file}");
        assert!(answer.body.starts_with(begins), "{file}");
    }
    // The other conditions of the list are those of the statement, too.
    let conditions = "?state=accrued&rule=REB-1&settlement=bank";
    let (list, csv) = (
        browser.get(&format!("/partner/money{conditions}")).await,
        browser.get(&format!("/partner/money/statement.csv{conditions}")).await,
    );
    assert_eq!(sum(&csv).to_string(), data_values(&list, "id=\"entries-sum\"")[0]);
    assert!(!sum(&csv).is_zero() && sum(&csv).to_string() != tile, "a part of all");
    assert!(list.body.contains("statement.csv?state=accrued&amp;rule=REB-1&amp;settlement=bank"), "{}", list.body);
    assert!(list.words().contains("Состояние: Ждёт одобрения; За что: Рибейт KVM"), "{}", list.words());
    assert!(csv.header("content-disposition").contains("statement-accrued-REB-1-bank.csv"));
    assert_eq!(browser.get("/partner/money/statement.csv?from=2026-13").await.status, 400);
    assert_eq!(browser.get("/partner/money/statement.csv?state=lost").await.status, 400);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn another_partner_sees_and_takes_away_its_own_entries_only(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = with_money(&portal).await;
    let stranger = portal.app.create_partner("2026-09-01").await;
    let (entry, client): (Uuid, Uuid) =
        sqlx::query_as("select e.id, c.id from ledger_entries e join clients c using (partner_id) where e.rule = 'REB-1' limit 1")
            .fetch_one(&mut portal.app.owner().await)
            .await
            .expect("an entry");
    let mut browser = portal.sign_in(&stranger.viewer).await;
    assert_eq!(browser.get(&format!("/partner/money/{entry}")).await.status, 404);
    assert_eq!(browser.get(&format!("/partner/money/{entry}?client={client}")).await.status, 404);
    assert!(rows(&browser.get("/partner/money/statement.csv").await).is_empty());
    assert!(!browser.get("/partner/money").await.body.contains(&entry.to_string()));
    let anonymous = portal.browser().get("/partner/money/statement.csv?from=2026-01").await;
    assert_eq!((anonymous.status.as_u16(), anonymous.location()), (303, "/sign-in?next=/partner/money/statement.csv%3Ffrom%3D2026-01"));
    let reviewer: Viewer = portal.app.create_staff(Role::StaffReviewer).await;
    assert_eq!(portal.sign_in(&reviewer).await.get("/partner/money/statement.csv").await.status, 404);
    assert_eq!(portal.sign_in(&partner.viewer).await.get(&format!("/partner/money/{entry}")).await.status, 200);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_rebate_leads_down_to_the_rows_that_make_it(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = with_money(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let list = browser.get("/partner/money?rule=REB-1").await;
    let address = list.body.split("href=\"").find(|piece| piece.starts_with("/partner/money/0")).and_then(|piece| piece.split('"').next());
    let (page, cost) = count_statements(browser.get(address.expect("an entry"))).await;
    assert!(cost <= 11, "an entry with its rows costs {cost} statements");
    let words = page.words();
    assert!(words.contains("равна базе записей"), "{words}");
    assert!(words.contains("версия 1, действует с"), "{words}");
    let client = page
        .body
        .split("href=\"")
        .find(|piece| piece.contains("?client="))
        .and_then(|piece| piece.split(['"', '#']).next())
        .expect("a client");
    let (rows, cost) = count_statements(browser.get(client)).await;
    assert!(cost <= 12, "the rows of a client cost {cost} statements");
    let words = rows.words();
    assert!(words.contains("ООО «Первый»: строки") && words.contains("vm-1") && words.contains("июнь 2026"), "{words}");
    let rebates = browser.get("/partner/rebates").await.words();
    assert!(rebates.contains("Идёт II полугодие 2026") && rebates.contains("Рибейт за рост"), "{rebates}");
    let home = browser.get("/partner").await.words();
    assert!(home.contains("Новое") && home.contains("Закрыт август 2026: начислено"), "{home}");
}

/// Chooses for a client and follows where the form leads.
async fn choose(browser: &mut Browser, client: &str, choice: &str) -> String {
    let answer = browser.post("/api/clients/rate", &[("client", client), ("choice", choice)]).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
    browser.get(answer.location()).await.words()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_referral_partner_picks_on_the_clients_page(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = portal.app.create_partner("2026-01-01").await;
    let client = portal.app.create_client(&partner, "ООО «Новый»").await.to_string();
    for closed in month("2026-01").through(month("2026-08")) {
        portal.app.services.month_close(COMMAND, closed).await.expect("closed");
    }
    let mut browser = portal.sign_in(&partner.viewer).await;
    let words = browser.get(&format!("/partner/clients/{client}")).await.words();
    assert!(words.contains("Клиенту ещё ничего не выставлено"), "{words}");
    let words = choose(&mut browser, &client, "once").await;
    assert!(words.contains("Выбор вознаграждения записан") && words.contains("Сейчас действует: один месяц целиком"), "{words}");
    // A few months of the share beside one whole month mislead: the page says when the share comes to more.
    let id = client.parse::<Uuid>().expect("a client").into();
    portal.app.load_usage(&partner, id, "2026-10", "kvm", 10_000).await;
    let words = browser.get(&format!("/partner/clients/{client}")).await.words();
    assert!(words.contains("процент в сумме станет больше на 11-м месяце"), "{words}");
    let words = choose(&mut browser, &client, "both").await;
    assert!(words.contains("Исправьте") || words.contains("Выберите"), "{words}");
    // An agent reads why there is nothing to pick.
    let agent = portal.app.create_partner("2026-09-01").await;
    let of_agent = portal.app.create_client(&agent, "ООО «Чужой»").await;
    let words = portal.sign_in(&agent.viewer).await.get(&format!("/partner/clients/{of_agent}")).await.words();
    assert!(words.contains("Вознаграждение по клиенту выбирает партнёр модели Referral"), "{words}");
    let request = browser.request(Method::GET, &format!("/partner/clients/{of_agent}")).body(axum::body::Body::empty()).expect("a request");
    assert_eq!(browser.send(request).await.status, 404);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn home_tells_what_staff_did_to_an_entry_and_leads_to_it(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = with_money(&portal).await;
    let (reviewer, admin) = (portal.app.create_staff(Role::StaffReviewer).await, portal.app.create_staff(Role::StaffAdmin).await);
    let services = &portal.app.services;
    let proposed = portal.app.propose_adjustment(&partner, &reviewer, "1 234,50").await;
    let entry = services.adjustment_decide(&admin, proposed, true).await.expect("accepted").expect("an entry");
    let mut browser = portal.sign_in(&partner.viewer).await;
    let home = browser.get("/partner").await;
    assert!(home.words().contains("Корректировка вручную: +1 234,50 ₽"), "{}", home.words());
    assert!(home.body.contains(&format!("/partner/money/{entry}")));
    // Taken back, it says what was taken back, not the opposite.
    let why =
        ReverseFields { reason: "billing_mistake".to_owned(), text: "Ошиблись партнёром, извините.".to_owned() };
    let opposite = services.ledger_reverse(Actor::Person(&admin), entry, &why).await.expect("reversed");
    let home = browser.get("/partner").await;
    assert!(home.words().contains("Начисление отменено: 1 234,50 ₽"), "{}", home.words());
    assert!(home.body.contains(&format!("/partner/money/{opposite}")));
    // Sent again it says nothing twice.
    services.ledger_reverse(Actor::Person(&admin), entry, &why).await.expect("the same");
    assert_eq!(portal.app.count("partner_notices where kind in ('adjusted', 'reversed')").await, 2);
}
