//! Notices over HTTP: the bell, the list, opening, marking as read, the switch of e-mails.

use domain::permission::Role;
use domain::request::{RefusalReason, RefusalText};
use http::StatusCode;
use service::bonus_codes::AskedCode;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::TestPortal;

const REASON: &str = "В этом квартале таких заявок больше не будет";

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_rings_the_bell_until_it_is_opened(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let mut references = Vec::new();
    for _ in 0..2 {
        let asked = vec![AskedCode { face: 500, note: None, client_id: None }];
        references.push(portal.app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request"));
    }
    assert!(browser.get("/partner").await.body.contains(r#"aria-label="Уведомления""#));
    portal.app.services.request_approve(&reviewer, &references[0]).await.expect("approved");
    let text = RefusalText::try_from(REASON.to_owned()).expect("a text");
    portal.app.services.request_refuse(&reviewer, &references[1], RefusalReason::LimitReached, text).await.expect("refused");

    // The number is on every page of the partner.
    for page in ["/partner", "/partner/clients", "/rules"] {
        assert!(browser.get(page).await.body.contains(r#"aria-label="Уведомления: 2 непрочитанных""#), "{page}");
    }
    let list = browser.get("/partner/notices?show=unread").await;
    assert!(list.words().contains(&format!("В заявке {} отказано", references[1])) && list.words().contains(REASON), "{}", list.words());
    assert!(list.words().contains("письмо в очереди"), "{}", list.words());

    // Opening leads to the request and counts as reading; so does the link of an e-mail, after signing in.
    let ids: Vec<i64> =
        sqlx::query_scalar("select id from partner_notices order by id").fetch_all(&mut portal.app.owner().await).await.expect("ids");
    let address = format!("/partner/notices/{}", ids[0]);
    let opened = browser.get(&address).await;
    assert_eq!((opened.status, opened.location()), (StatusCode::SEE_OTHER, format!("/partner/requests/{}", references[0]).as_str()));
    assert!(browser.get("/partner").await.body.contains(r#"aria-label="Уведомления: 1 непрочитанное""#));
    let stranger = portal.browser().get(&address).await;
    assert_eq!((stranger.status, stranger.location()), (StatusCode::SEE_OTHER, format!("/sign-in?next={address}").as_str()));

    let marked = browser.post("/api/notices/read", &[("through", &ids[1].to_string())]).await;
    assert_eq!((marked.status, marked.location()), (StatusCode::SEE_OTHER, "/partner/notices?notice=notices_read"));
    let list = browser.get(marked.location()).await;
    assert!(list.body.contains(r#"aria-label="Уведомления""#) && !list.body.contains("/api/notices/read"), "{}", list.words());
    assert!(browser.get("/partner/notices?show=unread").await.words().contains("Непрочитанных уведомлений нет"));
    // Staff have no bell.
    assert!(!portal.sign_in(&reviewer).await.get("/staff/inbox").await.body.contains("app-bell"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn e_mails_are_switched_off_and_on_by_a_form(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    assert!(browser.get("/partner/notices").await.words().contains(&partner.viewer.email));
    for (wanted, says) in [("false", "Письма выключены"), ("true", &*partner.viewer.email)] {
        let saved = browser.post("/api/notices/by-email", &[("wanted", wanted)]).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/partner/notices?notice=email_notices_saved"));
        assert!(browser.get(saved.location()).await.words().contains(says), "{wanted}");
    }
    assert_eq!(browser.post("/api/notices/by-email", &[("wanted", "perhaps")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(portal.app.count("audit_records where action = 'user.email_notices'").await, 2);
}
