//! A page costs a bounded number of statements, whatever the data: home at most 6, lists at most 4, the session's own among them.

use std::io::Cursor;

use domain::accrual::Settlement;
use domain::case_study::Brief;
use domain::free_month::Ask;
use domain::model::BillingSide;
use domain::permission::Role;
use domain::request::{Position, RequestKind, RequestStatus, Stage, Words};
use service::bonus_codes::AskedCode;
use service::trials::TrialFields;
use service::{Actor, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestPartner, count_statements, month};
use crate::isolation::Belongings;
use crate::support::{Browser, TestPortal};

/// Pages of a partner with what each may cost.
const PARTNER_PAGES: &[(&str, usize)] = &[
    ("/partner", 6),
    ("/partner/level", 4),
    ("/partner/what-if?r=40000x6&exam=2026-12-01", 4),
    // Balances, the list and its sum, what is projected and what was saved, each in one statement.
    ("/partner/money", 9),
    ("/partner/money?state=accrued&from=2026-01", 9),
    ("/partner/rebates", 8),
    ("/partner/privileges", 4),
    ("/partner/clients", 4),
    ("/partner/clients?search=ООО", 4),
    ("/partner/free-months", 4),
    ("/partner/requests", 4),
    ("/partner/requests?kind=bonus_codes", 4),
    ("/partner/notices", 4),
    ("/partner/notices?show=unread", 4),
    ("/partner/bonus-codes", 4),
    ("/partner/clients/new", 4),
];
/// The page of months also works out what closing the next one would decide, over all partners at once.
const MONTHS: &[(&str, usize)] = &[("/staff/months", 12)];
const STAFF_PAGES: &[(&str, usize)] = &[
    ("/staff/hosts", 4),
    ("/staff/inbox", 4),
    ("/staff/inbox?kind=free_month", 4),
    ("/staff/partners", 4),
    ("/staff/partners?search=ООО", 4),
    ("/staff/usage", 4),
    ("/staff/codes", 4),
    ("/staff/audit", 4),
    ("/staff/inbox/report", 4),
];

/// Clients with machines and usage of two months, every other one in a trial, the others with a free month asked for; two codes are asked for.
async fn add_clients(portal: &TestPortal, partner: &TestPartner, count: usize) {
    let app = &portal.app;
    for number in 0..count {
        let client = app.create_client(partner, &format!("ООО «Клиент {number}»")).await;
        app.create_virtual_machines(partner, client, &["vm-1", "vm-2"]).await;
        for used in ["2026-08", "2026-09"] {
            app.load_usage(partner, client, used, "kvm", 10_000).await;
        }
        // A client in a trial gets no free month.
        if number % 2 == 0 {
            let fields = TrialFields { services: vec!["databases".to_owned()], start: "2026-10-01".to_owned() };
            app.services.trial_record(&partner.viewer, client, &fields).await.expect("a trial");
        } else {
            let ask = Ask { month: month("2026-11"), resources: vec!["vm-1".to_owned()] };
            app.services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
        }
        if number < 2 {
            let asked = AskedCode { face: 100, note: None, client_id: Some(client) };
            app.services.bonus_codes_submit(&partner.viewer, vec![asked], Uuid::new_v4()).await.expect("a request");
        }
    }
}

async fn costs(browser: &mut Browser, pages: &[(&str, usize)]) -> Vec<usize> {
    let mut costs = Vec::new();
    for (path, most) in pages {
        let path: String =
            path.chars().map(|c| if c.is_ascii() { c.to_string() } else { crate::support::encoded(&c.to_string()) }).collect();
        let (page, count) = count_statements(browser.get(&path)).await;
        assert_eq!(page.status, 200, "{path}");
        assert!((1..=*most).contains(&count), "{path} costs {count} statements, at most {most} are allowed");
        costs.push(count);
    }
    costs
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partners_page_costs_the_same_with_2_clients_and_with_40(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-07-10").await;
    add_clients(&portal, &partner, 2).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let few = costs(&mut browser, PARTNER_PAGES).await;
    add_clients(&portal, &partner, 38).await;
    assert_eq!(few, costs(&mut browser, PARTNER_PAGES).await);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_page_of_the_staff_costs_the_same_with_1_partner_and_with_12(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let reviewer: Viewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut browser = portal.sign_in(&reviewer).await;
    let partner = portal.app.create_partner("2026-07-10").await;
    add_clients(&portal, &partner, 2).await;
    let few = [costs(&mut browser, STAFF_PAGES).await, costs(&mut browser, MONTHS).await];
    for _ in 0..11 {
        let partner = portal.app.create_partner("2026-07-10").await;
        add_clients(&portal, &partner, 3).await;
    }
    assert_eq!(few, [costs(&mut browser, STAFF_PAGES).await, costs(&mut browser, MONTHS).await]);
}

/// What one page of each address may cost. Whoever adds an address says so here: `no_address_is_left_unmeasured`.
const ADDRESSES: &[(&str, usize)] = &[
    ("/", 2),
    ("/files/{file}", 4),
    ("/partner", 6),
    ("/partner/bonus-codes", 4),
    ("/partner/brand", 10),
    ("/partner/brand/preview", 8),
    ("/partner/cases", 4),
    ("/partner/cases/new", 4),
    ("/partner/cases/{reference}", 10),
    ("/partner/clients", 4),
    ("/partner/clients/new", 4),
    ("/partner/clients/{id}", 12),
    ("/partner/free-months", 4),
    ("/partner/free-months/{client}", 8),
    ("/partner/level", 4),
    ("/partner/money", 9),
    ("/partner/money/{entry}", 12),
    ("/partner/money/rows/{rule}/{period}", 12),
    ("/partner/money/saved/{month}", 12),
    ("/partner/money/statement.csv", 6),
    ("/partner/money/statement.pdf", 6),
    ("/partner/money/statement.xlsx", 6),
    ("/partner/notices", 4),
    ("/partner/notices/{notice}", 4),
    ("/partner/privileges", 4),
    ("/partner/rebates", 8),
    ("/partner/requests", 4),
    ("/partner/requests/{reference}", 10),
    ("/partner/requests/{reference}/interview.ics", 6),
    ("/partner/sales-bonuses", 12),
    ("/partner/telegram-comments", 4),
    ("/partner/what-if", 4),
    ("/rules", 2),
    ("/sign-in", 2),
    ("/staff/adjustments", 4),
    ("/staff/audit", 4),
    ("/staff/inbox/report", 4),
    ("/staff/codes", 4),
    ("/staff/hosts", 4),
    ("/staff/inbox", 4),
    ("/staff/inbox/{reference}", 16),
    ("/staff/inbox/{reference}/interview.ics", 6),
    ("/staff/late-facts", 4),
    // What accepting would lead to is worked out as if it were done, and undone.
    ("/staff/late-facts/{fact}", 18),
    ("/staff/ledger", 6),
    ("/staff/ledger/approval", 4),
    ("/staff/ledger/approved", 4),
    ("/staff/ledger/{entry}", 14),
    ("/staff/months", 12),
    ("/staff/news", 4),
    ("/staff/news/new", 5),
    ("/staff/partners", 4),
    ("/staff/partners/{id}", 14),
    ("/staff/partners/{id}/bank-account", 4),
    ("/staff/settlements", 4),
    ("/staff/settlements/new", 8),
    ("/staff/settlements/settings", 4),
    ("/staff/settlements/{reference}", 8),
    ("/staff/settlements/{reference}/registry.csv", 10),
    ("/staff/settlements/{reference}/registry.txt", 10),
    ("/staff/terms", 4),
    ("/staff/terms/new", 4),
    ("/staff/usage", 4),
    ("/staff/usage/{import}", 16),
];

/// What answers from memory, and the style sheet of a draft: `brand.rs` measures them.
pub const OF_BRANDS: [&str; 4] =
    [app::paths::BRAND_DRAFT_SHEET, app::paths::BRAND_STYLE_SHEET, app::paths::BRAND_PICTURE, app::paths::HOST_QUESTION];

#[test]
fn no_address_is_left_unmeasured() {
    let table = std::fs::read_to_string("tests/output/permissions.txt").expect("the table of who gets what");
    let pages = table.lines().filter_map(|line| line.strip_prefix("GET ")?.split_whitespace().next());
    let measured = |page: &str| OF_BRANDS.contains(&page) || ADDRESSES.iter().any(|(address, _)| *address == page);
    let left: Vec<&str> = pages.filter(|page| !measured(page)).collect();
    assert!(left.is_empty(), "say in ADDRESSES what these may cost: {left:?}");
}

/// A partner with everything that pages show, two closed months, and the two kinds of staff.
struct Provider {
    portal: TestPortal,
    partner: TestPartner,
    /// Whose clients it bills itself: a rate that saves.
    white_label: TestPartner,
    reviewer: Viewer,
    admin: Viewer,
    belongings: Belongings,
    /// A case whose text waits for the partner, with a version of it, a file and a message.
    case: String,
    /// An accrual of a closed month.
    accrual: Uuid,
    /// What the addresses of things that never change are filled with: those with more in them.
    larger: Option<Larger>,
}

/// Things with more in them than the first ones.
struct Larger {
    import: String,
    run: String,
}

impl Provider {
    async fn make(options: PgConnectOptions) -> Self {
        let portal = TestPortal::start(options, "2026-10-05");
        let app = &portal.app;
        let partner = app.create_partner("2026-07-10").await;
        let white_label = app.create_partner_billed("2026-07-10", BillingSide::Partner).await;
        let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
        add_clients(&portal, &partner, 2).await;
        add_clients(&portal, &white_label, 2).await;
        let belongings = Belongings::make(app, &partner, &reviewer, &admin).await;
        app.load_usage(&partner, belongings.client, "2026-08", "kvm", 900).await;
        for closed in ["2026-07", "2026-08"] {
            app.services.month_close(Actor::Command("test"), month(closed)).await.expect("a close");
        }
        let accrual = sqlx::query_scalar("select id from ledger_entries where partner_id = $1 and rule = 'RATE-4' and base > 0")
            .bind(partner.id.0)
            .fetch_one(&mut app.owner().await)
            .await
            .expect("an accrual");
        let waits = Position { status: RequestStatus::ActionRequired, stage: Some(Stage::Editing) };
        let case = app.case_at(&partner, &reviewer, waits).await;
        let provider = Self { portal, partner, white_label, reviewer, admin, belongings, case, accrual, larger: None };
        provider.talk(1).await;
        provider
    }

    /// Each side writes messages about the case, staff write notes, and the partner attaches a picture.
    async fn talk(&self, times: usize) {
        let (services, own) = (&self.portal.app.services, &self.partner.viewer);
        let words = || Words::try_from("Договорились на встрече".to_owned()).expect("words");
        for _ in 0..times {
            services.request_comment(own, &self.case, words(), false, Uuid::new_v4()).await.expect("a message");
            for is_internal in [false, true] {
                services.request_comment(&self.reviewer, &self.case, words(), is_internal, Uuid::new_v4()).await.expect("a message");
            }
        }
        let mut picture = Vec::new();
        let image = image::RgbImage::from_pixel(8, 8, image::Rgb([u8::try_from(times).unwrap_or(u8::MAX), 0, 0]));
        image.write_to(&mut Cursor::new(&mut picture), image::ImageFormat::Png).expect("a picture");
        self.portal.app.attach(own, &self.case, "до.png", &picture).await.expect("a file");
    }

    /// More of everything that belongs to requests: cases, news, drafts saved again and again, versions, messages, notes, files, events.
    async fn grow_requests(&self) {
        let app = &self.portal.app;
        let (services, own) = (&app.services, &self.partner.viewer);
        for position in Position::every().filter(|position| position.is_legal(RequestKind::CaseStudy)) {
            for _ in 0..2 {
                app.case_at(&self.partner, &self.reviewer, position).await;
            }
        }
        for _ in 0..12 {
            app.ask_for_comment(&self.partner, &self.reviewer).await;
        }
        for times in [12, 11] {
            self.talk(times).await;
        }
        let version = async |reference: &str| services.request_page(own, reference).await.expect("the page").version;
        let words = || Words::try_from("Поправьте, пожалуйста".to_owned()).expect("words");
        for number in 0..8 {
            services.request_return_text(own, &self.case, words()).await.expect("returned");
            let text = format!("Версия {number}. {}", "Текст кейса. ".repeat(20));
            services.request_edit_text(&self.reviewer, &self.case, &text, version(&self.case).await).await.expect("edited");
            services.request_offer_text(&self.reviewer, &self.case).await.expect("offered");
        }
        for draft in [self.belongings.draft(), self.belongings.comment()] {
            let field = if draft.starts_with("CS") { Brief::TITLE } else { "answer.text" };
            for number in 0..40 {
                let typed = vec![(field.to_owned(), format!("Сохранено {number}"))];
                services.request_save(own, draft, typed, version(draft).await).await.expect("saved");
            }
        }
    }

    /// More of everything that a list can hold.
    async fn grow(&mut self) {
        let app = &self.portal.app;
        add_clients(&self.portal, &self.partner, 38).await;
        add_clients(&self.portal, &self.white_label, 20).await;
        self.grow_requests().await;
        let mut entries = Vec::new();
        for _ in 0..6 {
            let other = app.create_partner("2026-07-10").await;
            add_clients(&self.portal, &other, 3).await;
            let belongings = Belongings::make(app, &other, &self.reviewer, &self.admin).await;
            app.adjust(&other, (&self.reviewer, &self.admin), "300").await;
            entries.push(belongings.ledger.entry);
        }
        for number in 0..30 {
            app.create_virtual_machines(&self.partner, self.belongings.client, &[&format!("vm-{number}")]).await;
        }
        app.services.ledger_approve(Actor::Person(&self.reviewer), &entries).await.expect("an approval");
        let preview = app.services.settlement_preview(&self.reviewer, Settlement::Bank).await.expect("a preview");
        let made = app.services.settlement_make(&self.reviewer, Settlement::Bank, preview.total, preview.key).await;
        // Enough is approved again for the next run.
        for entry in [self.belongings.ledger.entry, app.adjust(&self.partner, (&self.reviewer, &self.admin), "20").await] {
            app.services.ledger_approve(Actor::Person(&self.reviewer), &[entry]).await.expect("an approval");
        }
        let rows: String = (0..60)
            .map(|number| format!("{};7707083893;Клиент;kvm;vm-{number};2026-09;{number}\n", self.partner.code))
            .chain((0..60).map(|number| format!("{};{};Новый;kvm;vm-{number};2026-10;7\n", self.partner.code, app.inn())))
            .collect();
        let file = Cursor::new(format!("partner;client_inn;client_name;service;resource;month;gross\n{rows}"));
        let preview = app.services.usage_preview(Actor::Person(&self.reviewer), "много.csv", file, false).await.expect("a preview");
        assert_eq!(preview.import.problems, []);
        self.larger = Some(Larger { import: preview.import.id.to_string(), run: made.expect("a run") });
    }

    /// What is opened for an address of the table: the things, and the lists as they are usually reached.
    fn opened(&self, address: &str) -> Vec<String> {
        let client = self.belongings.client;
        let with = |query: &str| vec![address.to_owned(), format!("{address}?{query}")];
        match (address, &self.larger) {
            ("/partner/money/{entry}" | "/staff/ledger/{entry}", _) => {
                let entry = address.replace("{entry}", &self.accrual.to_string());
                let mut opened = self.belongings.addresses(address);
                opened.extend([entry.clone(), format!("{entry}?client={client}")]);
                opened
            }
            ("/partner/money/rows/{rule}/{period}", _) => {
                let sum = address.replace("{rule}", "REB-1").replace("{period}", "2026-H2");
                vec![sum.clone(), format!("{sum}?client={client}")]
            }
            ("/partner/money/saved/{month}", _) => {
                let sum = address.replace("{month}", "2026-08");
                vec![sum]
            }
            ("/partner/cases/{reference}" | "/staff/inbox/{reference}", _) => {
                let mut opened = self.belongings.addresses(address);
                opened.push(address.replace("{reference}", &self.case));
                opened
            }
            ("/partner/sales-bonuses", _) => with(&format!("client={client}&month=2026-08")),
            ("/staff/ledger" | "/staff/ledger/approval", _) => with("state=accrued"),
            ("/staff/settlements/new", _) => ["bank", "discount"].map(|form| format!("{address}?settlement={form}")).to_vec(),
            ("/staff/usage/{import}", Some(larger)) => vec![address.replace("{import}", &larger.import)],
            (_, Some(larger)) if address.starts_with("/staff/settlements/{reference}") => vec![address.replace("{reference}", &larger.run)],
            _ if address.contains("/registry.") => vec![address.replace("{reference}", &self.belongings.ledger.run)],
            _ => self.belongings.addresses(address),
        }
    }

    /// What every page costs, by its address in the table.
    async fn costs(&self) -> Vec<(&'static str, Vec<usize>)> {
        let (mut own, mut admin) = (self.portal.sign_in(&self.partner.viewer).await, self.portal.sign_in(&self.admin).await);
        let mut saves = self.portal.sign_in(&self.white_label.viewer).await;
        let (mut costs, mut excess) = (Vec::new(), Vec::new());
        for (address, most) in ADDRESSES {
            let mut measured = Vec::new();
            for opened in self.opened(address) {
                let browser = match *address {
                    "/partner/money/saved/{month}" => &mut saves,
                    staff if staff.starts_with("/staff") => &mut admin,
                    _ => &mut own,
                };
                let (page, count) = count_statements(browser.get(&opened)).await;
                let leads_on = ["/", "/sign-in", "/partner/notices/{notice}"].contains(address);
                assert_eq!(page.status.as_u16(), if leads_on { 303 } else { 200 }, "{opened}: {}", page.words());
                if !(1..=*most).contains(&count) {
                    excess.push(format!("{opened} costs {count} statements, at most {most} are allowed"));
                }
                measured.push(count);
            }
            costs.push((*address, measured));
        }
        assert_eq!(excess, Vec::<String>::new());
        costs
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_page_is_bounded_and_costs_the_same_with_more_of_everything(_: PgPoolOptions, options: PgConnectOptions) {
    let mut provider = Provider::make(options).await;
    let few = provider.costs().await;
    println!("{few:?}");
    provider.grow().await;
    assert_eq!(few, provider.costs().await);
}

/// What became of ticked entries is read back from one row, whether one was ticked or many.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_result_of_an_approval_costs_the_same_for_1_entry_and_for_20(_: PgPoolOptions, options: PgConnectOptions) {
    let provider = Provider::make(options).await;
    let mut browser = provider.portal.sign_in(&provider.reviewer).await;
    let mut costs = Vec::new();
    for count in [1, 20] {
        let mut ticked = Vec::new();
        for number in 0..count {
            let entry = provider.portal.app.adjust(&provider.partner, (&provider.reviewer, &provider.admin), "5").await;
            ticked.push((format!("entries[{number}]"), entry.to_string()));
        }
        let form: Vec<(&str, &str)> = ticked.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post("/api/ledger/approve", &form).await;
        let (page, cost) = count_statements(browser.get(answer.location())).await;
        assert!(page.status == 200 && page.words().contains('5'), "{}", page.words());
        costs.push(cost);
    }
    assert!(costs[0] == costs[1] && costs[0] <= 4, "{costs:?}");
}

/// Pages of one thing: the thing, its lists and what the rules need.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_page_of_one_thing_is_bounded_too(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-07-10").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    add_clients(&portal, &partner, 4).await;
    let entry = portal.app.add_entry(&partner, "100.00").await;
    let (client, reference): (Uuid, String) =
        sqlx::query_as("select f.client_id, r.reference from free_month_requests f join requests r on r.id = f.request_id limit 1")
            .fetch_one(&mut portal.app.owner().await)
            .await
            .expect("a request");
    let own = [
        (format!("/partner/clients/{client}"), 12),
        (format!("/partner/money/{entry}"), 6),
        (format!("/partner/free-months/{client}"), 8),
        (format!("/partner/requests/{reference}"), 8),
    ];
    let staff = [(format!("/staff/inbox/{reference}"), 14), (format!("/staff/partners/{}", partner.id), 14)];
    let mut few = Vec::new();
    for grown in [false, true] {
        if grown {
            add_clients(&portal, &partner, 38).await;
        }
        let mut measured = Vec::new();
        for (viewer, pages) in [(&partner.viewer, &own[..]), (&reviewer, &staff[..])] {
            let mut browser = portal.sign_in(viewer).await;
            let pages: Vec<(&str, usize)> = pages.iter().map(|(path, most)| (path.as_str(), *most)).collect();
            measured.push(costs(&mut browser, &pages).await);
        }
        if grown {
            assert_eq!(few, measured);
        } else {
            few = measured;
        }
    }
}
