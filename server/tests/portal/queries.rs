//! A page costs a bounded number of statements, whatever the data: home at most 6, lists at most 4, the session's own among them.

use domain::free_month::Ask;
use domain::permission::Role;
use service::Viewer;
use service::bonus_codes::AskedCode;
use service::trials::TrialFields;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestPartner, count_statements, month};
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
    ("/staff/inbox", 4),
    ("/staff/inbox?kind=free_month", 4),
    ("/staff/partners", 4),
    ("/staff/partners?search=ООО", 4),
    ("/staff/usage", 4),
    ("/staff/codes", 4),
    ("/staff/audit", 4),
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
    for (viewer, pages) in [(&partner.viewer, &own[..]), (&reviewer, &staff[..])] {
        let mut browser = portal.sign_in(viewer).await;
        let pages: Vec<(&str, usize)> = pages.iter().map(|(path, most)| (path.as_str(), *most)).collect();
        println!("{pages:?} {:?}", costs(&mut browser, &pages).await);
    }
}
