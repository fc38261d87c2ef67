//! A partner's money over HTTP: sums that agree from the tile to the file, nothing of another's, the pick of `RATE-2`.

use calamine::{Data, DataType, Reader, Xlsx};
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

/// The sum of the same column of a workbook.
fn sum_of_workbook(workbook: &Answer, csv: &Answer) -> Money {
    let heads: Vec<&str> = csv.body.trim_start_matches('\u{feff}').lines().next().expect("heads").split(';').collect();
    let mut workbook: Xlsx<_> = Xlsx::new(std::io::Cursor::new(workbook.bytes.clone())).expect("a workbook");
    let sheets = workbook.worksheets();
    let is_head = |row: &[Data]| row.iter().zip(&heads).all(|(cell, head)| cell.get_string() == Some(head));
    let entries = sheets.iter().find_map(|(_, sheet)| Some((sheet, sheet.rows().position(is_head)?)));
    let (sheet, head) = entries.unwrap_or_else(|| panic!("no sheet has the heads {heads:?}"));
    let amounts = sheet.rows().skip(head + 1).take_while(|row| row[0] != Data::Empty).filter_map(|row| row[8].get_float());
    amounts.map(|amount| amount.to_string().parse::<Money>().expect("kopecks at most")).sum()
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
        if begins == "PK" {
            assert_eq!(sum_of_workbook(&answer, &csv), sum(&csv));
        }
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

async fn where_the_newest_notice_leads(browser: &mut Browser, home: &Answer) -> String {
    let link = home.body.split("href=\"").find(|rest| rest.starts_with("/partner/notices/")).expect("a notice");
    browser.get(link.split('"').next().unwrap_or_default()).await.location().to_owned()
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
    assert_eq!(where_the_newest_notice_leads(&mut browser, &home).await, format!("/partner/money/{entry}"));
    // Taken back, it says what was taken back, not the opposite.
    let why =
        ReverseFields { reason: "billing_mistake".to_owned(), text: "Ошиблись партнёром, извините.".to_owned() };
    let opposite = services.ledger_reverse(Actor::Person(&admin), entry, &why).await.expect("reversed");
    let home = browser.get("/partner").await;
    assert!(home.words().contains("Начисление отменено: 1 234,50 ₽"), "{}", home.words());
    assert_eq!(where_the_newest_notice_leads(&mut browser, &home).await, format!("/partner/money/{opposite}"));
    // Sent again it says nothing twice.
    services.ledger_reverse(Actor::Person(&admin), entry, &why).await.expect("the same");
    assert_eq!(portal.app.count("partner_notices where kind in ('adjusted', 'reversed')").await, 2);
}

/// A link on a page by the beginning of its address.
fn link(page: &Answer, begins: &str) -> String {
    let found = page.body.split("href=\"").skip(1).filter_map(|piece| piece.split('"').next()).find(|href| href.starts_with(begins));
    found.unwrap_or_else(|| panic!("no link to {begins}: {}", page.words())).replace("&amp;", "&")
}

/// Follows a sum to its clients and to the rows of the first of them, which is what is opened last.
async fn down_to_the_rows(browser: &mut Browser, from: &Answer, begins: &str) -> (Answer, Answer) {
    let sum = link(from, begins);
    let clients = browser.get(&sum).await;
    assert_eq!(clients.status, 200, "{sum}");
    let rows = browser.get(link(&clients, &format!("{sum}?client=")).split('#').next().unwrap_or_default()).await;
    assert_eq!(rows.status, 200, "{sum}");
    (clients, rows)
}

/// What is not in the ledger yet, and what never will be, leads down to the machine as well (`WHY-1`).
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_projected_and_a_running_sum_lead_down_to_the_machine(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = with_money(&portal).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    // Of September, which is open: 27 % of 39 999.
    let money = browser.get("/partner/money").await;
    // What the nearest period to end has come to so far is on its tile, with the first day after it.
    assert!(money.words().contains("Ближайший рибейт 2 189,78 ₽ Набрано пока. Начислится 1 октября 2026"), "{}", money.words());
    let (clients, rows) = down_to_the_rows(&mut browser, &money, "/partner/money/rows/RATE-4/2026-09").await;
    assert!(clients.words().contains("39 999 ₽ × 27 % = 10 799,73 ₽"), "{}", clients.words());
    assert!(clients.words().contains("прогноз"), "{}", clients.words());
    assert!(rows.words().contains("vm-1") && rows.words().contains("ООО «Первый»: строки"), "{}", rows.words());
    // Of the running half, from the page of rebates.
    let rebates = browser.get("/partner/rebates").await;
    let (clients, rows) = down_to_the_rows(&mut browser, &rebates, "/partner/money/rows/REB-1/2026-H2").await;
    let shown = data_values(&clients, "class=\"stat__value\"")[0].clone();
    // July, August and September less 27 %: a tenth of 73 % of 37 777, 38 888 and 39 999.
    assert_eq!(shown, "8516.47", "{}", clients.words());
    for of in ["июль 2026", "август 2026", "сентябрь 2026"] {
        assert!(rows.words().contains(of), "{of}: {}", rows.words());
    }
    assert!(rows.words().contains("vm-1"), "{}", rows.words());
}

/// Who bills the clients has discounts in the place of rewards: month by month, with their sum, down to the machine (`RATE-4`).
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_the_rate_saved_stands_month_by_month_and_leads_down_to_the_machine(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let app = &portal.app;
    // Both are of January: the one keeps its level by revenue, the other loses it in July.
    let (white_label, reseller) = (
        app.create_partner_billed("2026-01-01", BillingSide::Partner).await,
        app.create_partner_billed("2026-01-01", BillingSide::Partner).await,
    );
    let clients = [app.create_client(&white_label, "ООО «Первый»").await, app.create_client(&reseller, "ООО «Второй»").await];
    for of in month("2026-01").through(month("2026-08")) {
        app.load_usage(&white_label, clients[0], &of.to_string(), "kvm", 40_000).await;
        app.load_usage(&reseller, clients[1], &of.to_string(), "kvm", 10_000).await;
    }
    for closed in month("2026-01").through(month("2026-08")) {
        app.services.month_close(COMMAND, closed).await.expect("a close");
    }
    for (partner, model, saved, total) in [
        (&white_label, "White Label", "10800.00", 8 * 10_800),
        // Six months as White Label, two as a Reseller at 12 %.
        (&reseller, "Reseller", "1200.00", 6 * 2_700 + 2 * 1_200),
    ] {
        let mut browser = portal.sign_in(&partner.viewer).await;
        let page = browser.get("/partner/money").await;
        let section = page.words();
        assert!(section.contains("Сэкономлено скидкой") && section.contains(model), "{section}");
        let values = data_values(&page, "id=\"saved\"");
        assert!(values.contains(&saved.to_owned()) && values.contains(&format!("{total}.00")), "{model}: {values:?}");
        let (clients, rows) = down_to_the_rows(&mut browser, &page, "/partner/money/saved/2026-08").await;
        assert_eq!(data_values(&clients, "class=\"stat__value\"")[0], saved);
        assert!(clients.words().contains("август 2026") && clients.words().contains(model), "{}", clients.words());
        assert!(rows.words().contains("vm-1"), "{}", rows.words());
    }
    // A partner whose clients the provider bills has rewards, and no such section.
    let agent = app.create_partner("2026-01-01").await;
    let page = portal.sign_in(&agent.viewer).await.get("/partner/money").await;
    assert!(!page.words().contains("Сэкономлено скидкой"), "{}", page.words());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn more_than_a_year_of_discounts_is_folded_and_nothing_is_left_out_of_its_sum(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-03-20");
    let app = &portal.app;
    let partner = app.create_partner_billed("2025-01-01", BillingSide::Partner).await;
    let client = app.create_client(&partner, "ООО «Первый»").await;
    let months = || month("2025-01").through(month("2026-02"));
    for of in months() {
        app.load_usage(&partner, client, &of.to_string(), "kvm", 10_000).await;
    }
    for closed in months() {
        app.services.month_close(COMMAND, closed).await.expect("a close");
    }
    // Six months at 27 %, eight at 12 %.
    let page = portal.sign_in(&partner.viewer).await.get("/partner/money").await;
    let words = page.words();
    assert!(words.contains("Ещё 2 месяца до этого") && words.contains("Всего сэкономлено за всё время: 25 800 ₽"), "{words}");
    for part in ["За эти месяцы 120 000 ₽ 20 400 ₽", "За эти месяцы 20 000 ₽ 5 400 ₽"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(page.body.contains("/partner/money/saved/2025-01"), "the first month opens its rows, too");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_bonus_of_a_sales_manager_is_worked_out_claimed_once_and_shown_to_staff(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-09-20");
    let partner = with_money(&portal).await;
    let client: Uuid = sqlx::query_scalar("select id from clients where name = 'ООО «Первый»'")
        .fetch_one(&mut portal.app.owner().await)
        .await
        .expect("a client");
    let client = client.to_string();
    let mut browser = portal.sign_in(&partner.viewer).await;
    let address = format!("/partner/sales-bonuses?client={client}&month=2026-08");
    let page = browser.get(&address).await;
    // August brought 38 888 of KVM, less 27 %.
    assert!(page.words().contains("Запросить 28 388,24 ₽"), "{}", page.words());

    let hidden = |page: &Answer, name: &str| {
        let field = format!("name=\"{name}\" value=\"");
        page.body.split(&field).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    let key = hidden(&page, "idempotency_key");
    let claim = |manager: &'static str| {
        let (client, key) = (client.clone(), key.clone());
        async move |browser: &mut Browser| {
            let fields = [("client", client.as_str()), ("month", "2026-08"), ("manager", manager), ("idempotency_key", key.as_str())];
            browser.post("/api/sales-bonuses/submit", &fields).await
        }
    };
    let back = claim(" ")(&mut browser).await;
    assert!(back.location().starts_with(&address), "the choice is kept: {}", back.location());
    let page = browser.get(back.location()).await;
    assert!(page.words().contains("Заполните поле") && page.words().contains("28 388,24"), "{}", page.words());
    let long: &'static str = Box::leak("Я".repeat(201).into_boxed_str());
    let back = claim(long)(&mut browser).await;
    assert!(browser.get(back.location()).await.body.contains(long), "what was typed is kept");

    let made = claim("Ирина Котова")(&mut browser).await;
    let request = browser.get(made.location()).await;
    assert!(made.location().starts_with("/partner/requests/SB-2026-") && request.words().contains("Ирина Котова"), "{}", request.words());
    assert!(request.words().contains("28 388,24"), "{}", request.words());

    // Once per client: the page says so and has no form, and a form sent all the same is refused with the rule.
    let page = browser.get(&address).await;
    assert!(page.words().contains("SALES-1") && !page.body.contains("/api/sales-bonuses/submit"), "{}", page.words());
    let fields = [
        ("client", client.as_str()),
        ("month", "2026-07"),
        ("manager", "Ирина"),
        ("idempotency_key", "00000000-0000-4000-8000-000000000001"),
    ];
    let second = browser.post("/api/sales-bonuses/submit", &fields).await;
    assert!(second.location().starts_with("/partner/sales-bonuses?"), "{}", second.location());
    let count = portal.app.count("sales_bonus_requests").await;
    assert_eq!(count, 1);

    let reviewer: Viewer = portal.app.create_staff(Role::StaffReviewer).await;
    let reference = made.location().split(['/', '?']).find(|part| part.starts_with("SB-")).expect("a reference").to_owned();
    let item = portal.sign_in(&reviewer).await.get(&format!("/staff/inbox/{reference}")).await;
    let words = item.words();
    assert!(words.contains("Месяц клиента сейчас") && words.contains("28 388,24 ₽") && words.contains("Ирина Котова"), "{words}");
}
