//! The inbox keeps the reader's place.

use domain::permission::Role;
use service::bonus_codes::AskedCode;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::TestPortal;

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_leads_on_under_the_same_conditions(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut references = Vec::new();
    for face in [100, 200, 300] {
        let asked = vec![AskedCode { face, note: None, client_id: None }];
        references.push(portal.app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request"));
    }
    let mut browser = portal.sign_in(&reviewer).await;
    let page = browser.get(&format!("/staff/inbox/{}?kind=bonus_codes&q=BC-2026", references[0])).await;
    // Every gesture and the search carry the kind: two decisions, taking, handing over, a message, a note; the gestures the words, too.
    assert_eq!(page.body.matches(r#"type="hidden" name="kind" value="bonus_codes""#).count(), 7);
    assert_eq!(page.body.matches(r#"type="hidden" name="q" value="BC-2026""#).count(), 6);
    let place = [("kind", "bonus_codes"), ("q", "BC-2026")];
    let approve = [&[("reference", references[0].as_str()), ("next", references[1].as_str())], &place[..]].concat();
    let approved = browser.post("/api/requests/approve", &approve).await;
    let then = format!("/staff/inbox/{}?kind=bonus_codes&q=BC-2026&notice=request_approved&about={}", references[1], references[0]);
    assert_eq!(approved.location(), then);
    let words = browser.get(&then).await.words();
    assert!(words.contains(&format!("Заявка одобрена. {}", references[0])), "the notice names what was decided: {words}");
    let refuse = [&[("reference", references[1].as_str()), ("reason", "other"), ("text", "no")], &place[..]].concat();
    let sent_back = browser.post("/api/requests/refuse", &refuse).await;
    assert!(
        sent_back.location().starts_with(&format!("/staff/inbox/{}?kind=bonus_codes&q=BC-2026&form=", references[1])),
        "{}",
        sent_back.location()
    );
    let page = browser.get(sent_back.location()).await;
    assert!(page.body.contains("error-summary") && page.body.contains("autofocus"), "the reader is led to what is wrong: {}", page.words());
}

/// Who decides sees what is left: of the quarter without the request that is open, granted and waiting apart.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_open_request_shows_the_meters_of_its_quarter(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let ask = async |faces: &[i64]| {
        let asked = faces.iter().map(|face| AskedCode { face: *face, note: None, client_id: None }).collect();
        services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
    };
    let granted = ask(&[1_000, 500]).await;
    services.request_approve(&reviewer, &granted).await.expect("granted");
    ask(&[2_000, 100, 100]).await;
    let open = ask(&[300]).await;
    let words = portal.sign_in(&reviewer).await.get(&format!("/staff/inbox/{open}")).await.words();
    assert!(words.contains("Квартал без этой заявки"), "{words}");
    assert!(words.contains("Коды: использовано 2, ждёт решения 3, свободно 5 из 10"), "{words}");
    let roubles = "Рубли: использовано 1 500 ₽, ждёт решения 2 200 ₽, свободно 26 300 ₽ из 30 000 ₽";
    assert!(words.replace('\u{a0}', " ").contains(roubles), "{words}");
}
