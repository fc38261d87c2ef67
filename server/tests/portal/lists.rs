//! Lists as they are read: nothing in them, more than fits, and as of when their figures are.

use domain::free_month::Ask;
use domain::ids::ClientId;
use domain::permission::Role;
use domain::privilege::Privilege;
use service::bonus_codes::AskedCode;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestPartner, month};
use crate::support::{Browser, TestPortal};

/// Enters clients of a partner as an import would: many at once, named by their numbers.
async fn add_many(portal: &TestPortal, partner: &TestPartner, count: usize) {
    let inns: Vec<String> = (0..count).map(|_| portal.app.inn().to_string()).collect();
    sqlx::query(
        "insert into clients (id, partner_id, inn, name, start_date, created_at)
         select gen_random_uuid(), $1, inn, 'ООО «Клиент ' || inn || '»', '2026-09-01', now() from unnest($2::text[]) as given (inn)",
    )
    .bind(partner.id.0)
    .bind(inns)
    .execute(&mut portal.app.owner().await)
    .await
    .expect("clients");
}

/// The option of a select that is chosen.
fn chosen(page: &str) -> Vec<&str> {
    page.split("<option")
        .skip(1)
        .filter_map(|option| option.split_once("</option>"))
        .map(|(option, _)| option)
        .filter(|option| option.contains(" selected"))
        .collect()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_form_for_codes_says_that_its_list_of_clients_is_cut_and_takes_one_from_the_address(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (partner, stranger) = (portal.app.create_partner("2026-09-01").await, portal.app.create_partner("2026-09-01").await);
    let foreign = portal.app.create_client(&stranger, "Чужой клиент").await;
    let last = portal.app.create_client(&partner, "Яблоко").await;
    add_many(&portal, &partner, 499).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let said = "В списке клиентов первые 500 по алфавиту";
    let page = browser.get("/partner/bonus-codes").await;
    assert!(!page.words().contains(said) && page.body.contains("Яблоко"), "500 are no more than are listed");

    // Two more than fit.
    for name in ["Арбуз", "Банан"] {
        portal.app.create_client(&partner, name).await;
    }
    let page = browser.get("/partner/bonus-codes").await;
    assert!(page.words().contains(said) && !page.body.contains("Яблоко"), "{}", page.words());
    let named = browser.get(&format!("/partner/bonus-codes?client={last}")).await;
    assert!(matches!(chosen(&named.body).as_slice(), [option] if option.contains("Яблоко")), "{:?}", chosen(&named.body));
    let page = browser.get(&format!("/partner/clients/{last}")).await;
    assert!(page.body.contains(&format!("/partner/bonus-codes?client={last}")), "the client's page leads there");

    // What comes back with problems still has its client.
    let client = last.to_string();
    let form = [("face_1", "x"), ("client_1", client.as_str()), ("idempotency_key", "00000000-0000-4000-8000-000000000001")];
    let back = browser.post("/api/bonus-codes/submit", &form).await.location().to_owned();
    let page = browser.get(&back).await;
    assert!(matches!(chosen(&page.body).as_slice(), [option] if option.contains("Яблоко")), "{:?}", chosen(&page.body));

    let page = browser.get(&format!("/partner/bonus-codes?client={foreign}")).await;
    assert!(page.status == 200 && !page.body.contains("Чужой клиент"), "another's client is as good as none");
    assert!(chosen(&page.body).is_empty());
}

/// Reads a list page by page, by the link to the next: the addresses of its lines.
async fn page_by_page(browser: &mut Browser, first: &str, line: &str) -> Vec<Vec<ClientId>> {
    let (mut pages, mut address) = (Vec::new(), Some(first.to_owned()));
    while let Some(asked) = address {
        let page = browser.get(&asked).await;
        assert_eq!(page.status, 200, "{asked}");
        // The name of a client is the first link of its row.
        let rows = page.body.split("<tr>").skip(1).filter_map(|row| row.split(&format!("href=\"{line}/")).nth(1)?.get(..36)?.parse().ok());
        pages.push(rows.collect());
        let next = page.body.split("<a ").find(|link| link.contains("rel=\"next\""));
        address = next.and_then(|link| link.split("href=\"").nth(1)?.split('"').next()).map(|link| link.replace("&amp;", "&"));
    }
    pages
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_client_is_on_a_page_of_free_months(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    add_many(&portal, &partner, 230).await;
    portal.app.create_client(&partner, "Яблоко").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let pages = page_by_page(&mut browser, "/partner/free-months", "/partner/free-months").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 50, 50, 31]);
    let all: std::collections::BTreeSet<ClientId> = pages.into_iter().flatten().collect();
    assert_eq!(all.len(), 231, "each once");
    // The search goes on from page to page, too.
    let found =
        page_by_page(&mut browser, &format!("/partner/free-months?q={}", crate::support::encoded("клиент")), "/partner/free-months").await;
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 50, 50, 30]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_list_with_nothing_in_it_says_what_will_be_there(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    for (address, title, ways) in [
        ("/partner/requests", "Заявок пока нет", ["Запросить коды", "Запросить бесплатный месяц"].as_slice()),
        ("/partner/requests?kind=bonus_codes", "Заявок на бонусные коды пока нет", &["Запросить коды"]),
        ("/partner/requests?kind=free_month", "Заявок на бесплатные месяцы пока нет", &["Запросить бесплатный месяц"]),
    ] {
        let page = browser.get(address).await.words();
        assert!(page.contains(title), "{address}: {page}");
        for way in ["Запросить коды", "Запросить бесплатный месяц"] {
            assert_eq!(page.contains(way), ways.contains(&way), "{address} {way}: {page}");
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_figure_from_billing_says_as_of_when_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05T12:00:00+03:00");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let pages = ["/staff/partners".to_owned(), format!("/staff/partners/{}", partner.id), "/staff/months".to_owned()];
    let mut browser = portal.sign_in(&reviewer).await;
    for address in &pages {
        assert!(browser.get(address).await.words().contains("Данных биллинга ещё нет"), "{address}");
    }
    let client = portal.app.create_client(&partner, "ООО «Клиент»").await;
    portal.app.load_usage(&partner, client, "2026-09", "kvm", 1_000).await;
    for address in &pages {
        let page = browser.get(address).await.words().replace('\u{a0}', " ");
        assert!(page.contains("Данные на 05.10.2026, 12:00"), "{address}: {page}");
    }
    assert!(!browser.get("/staff/partners?search=nobody").await.words().contains("Данные на"), "nobody found has no figures");
}

/// A checked file that is discarded is said to be.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_discarded_file_is_said_to_be_discarded(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let admin = portal.app.create_staff(Role::StaffAdmin).await;
    let file = format!(
        "partner;client_inn;client_name;service;resource;month;gross\n{};7707083893;ООО «Клиент»;kvm;vm-1;2026-09;100,50\n",
        partner.code
    );
    let preview = portal
        .app
        .services
        .usage_preview(service::Actor::Person(&admin), "september.csv", std::io::Cursor::new(file.into_bytes()), false)
        .await
        .expect("a preview");
    let mut browser = portal.sign_in(&admin).await;
    let page = browser.get(&format!("/staff/usage/{}", preview.import.id)).await.words().replace('\u{a0}', " ");
    for said in ["Новые строки", "ООО «Клиент»", "ElasticCloud KVM", "vm-1", "100,50 ₽", "Показано 1 из 1."]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Изменённые строки"), "{page}");
    let id = preview.import.id.to_string();
    let answer = browser.post("/api/usage/discard", &[("import", &id)]).await;
    assert_eq!(answer.location(), "/staff/usage?notice=usage_discarded");
    assert!(browser.get(answer.location()).await.words().contains("Файл отклонён, из него ничего не загружено."));
}

/// Without scripting a button shows what a month would close; it asks for nothing.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_free_months_form_comes_back_with_what_the_month_would_close(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let client = portal.app.create_client(&partner, "ООО «Клиент»").await;
    portal.app.create_virtual_machines(&partner, client, &["vm-1", "vm-2"]).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let id = client.to_string();
    let form = [
        ("client", id.as_str()),
        ("month", "2026-12"),
        ("resource_1", "vm-2"),
        ("show", "1"),
        ("idempotency_key", "00000000-0000-4000-8000-000000000001"),
    ];
    let back = browser.post("/api/free-months/submit", &form).await.location().to_owned();
    assert!(back.starts_with(&format!("/partner/free-months/{id}?form=")), "{back}");
    let page = browser.get(&back).await;
    assert_eq!(portal.app.count("requests").await, 0);
    let control = |name: &str| {
        let input = page.body.split("<input").find(|input| input.contains(name)).unwrap_or_else(|| panic!("no {name}: {}", page.body));
        input.split('>').next().unwrap_or_default().contains(" checked")
    };
    assert_eq!([control("month-2026-12"), control("name=\"resource_0\""), control("name=\"resource_1\"")], [true, false, true]);
    let cell = |month: &str| page.body.split("<label").find(|label| label.contains(&format!("month-{month}"))).unwrap_or_default();
    for closed in ["2026-11", "2027-01"] {
        assert!(cell(closed).contains("закроется"), "{closed}: {}", cell(closed));
    }
    assert!(!cell("2027-02").contains("закроется") && !page.body.contains("error-summary"), "{}", page.body);

    // Nothing chosen: nothing to show, and nothing is lost.
    let form = [("client", id.as_str()), ("resource_0", "vm-1"), ("show", "1")];
    let back = browser.post("/api/free-months/submit", &form).await.location().to_owned();
    let page = browser.get(&back).await;
    assert!(page.status == 200 && !page.body.contains("error-summary"), "{}", page.body);
}

/// What a partner has and waits for stands on its pages, and each privilege names its rule.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn home_a_client_and_the_privileges_show_what_there_is(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let partner = portal.app.create_partner("2026-09-01").await;
    let client = portal.app.create_client(&partner, "ООО «Ромашка»").await;
    portal.app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    let ask_codes = async |face| {
        let asked = AskedCode { face, note: None, client_id: Some(client) };
        services.bonus_codes_submit(&partner.viewer, vec![asked], Uuid::new_v4()).await.expect("a request")
    };
    let granted = ask_codes(1_500).await;
    services.request_approve(&reviewer, &granted).await.expect("approved");
    ask_codes(700).await;
    let ask = Ask { month: month("2026-12"), resources: vec!["vm-1".to_owned()] };
    services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
    let code = services.request_page(&partner.viewer, &granted).await.expect("the request").codes[0].code.clone();

    let mut browser = portal.sign_in(&partner.viewer).await;
    let home = browser.get("/partner").await.words();
    for said in ["2 заявки ждут решения провайдера", "1 код выдан и ещё не использован", "1 клиент"]
    {
        assert!(home.contains(said), "{said}: {home}");
    }
    // A code is shown in groups.
    let page = browser.get(&format!("/partner/clients/{client}")).await.words().replace('-', "");
    for said in [code.as_str(), "1 500 ₽", "Занято 1 из 2.", "декабрь 2026"] {
        assert!(page.to_lowercase().contains(&said.to_lowercase()), "{said}: {page}");
    }
    let privileges = browser.get("/partner/privileges").await;
    let rows: Vec<&str> = privileges.body.split("<tr").filter(|row| row.contains("scope=\"row\"")).collect();
    assert_eq!(rows.len(), Privilege::ALL.len(), "{}", privileges.words());
    for row in rows {
        assert!(row.contains("href=\"/rules#"), "no rule: {row}");
    }
}
