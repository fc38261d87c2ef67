//! A late fact over HTTP: what it would lead to while it waits, and what it led to once it is decided.

use domain::model::BillingSide;
use domain::permission::Role;
use service::Actor;
use service::partners::{ExamFields, ExamOutcome};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fixtures::month;
use crate::support::TestPortal;

const REASON: &str = "Сертификат пришёл с опозданием";

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_days_and_roubles_of_a_fact_stay_readable_after_its_decision(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let (app, services) = (&portal.app, &portal.app.services);
    let admin = app.create_staff(Role::StaffAdmin).await;
    let mut partners = Vec::new();
    for name in ["ООО «Первый»", "ООО «Второй»"] {
        let partner = app.create_partner_billed("2026-01-01", BillingSide::Provider).await;
        let client = app.create_client(&partner, name).await;
        app.load_usage(&partner, client, "2026-07", "kvm", 10_000).await;
        partners.push(partner);
    }
    for closed in month("2026-01").through(month("2026-07")) {
        services.month_close(Actor::Command("test"), closed).await.expect("a close");
    }
    let mut facts = Vec::new();
    for partner in &partners {
        let exam = ExamFields { passed_on: "2026-06-15".to_owned() };
        match services.exam_record(&admin, partner.id, &exam).await.expect("proposed") {
            ExamOutcome::Proposed(fact) => facts.push(fact),
            other @ ExamOutcome::Recorded => panic!("{other:?}"),
        }
    }
    let mut browser = portal.sign_in(&admin).await;
    let days = "С 1 июля 2026 по 5 октября 2026";
    for (fact, decision, title, line, money) in [
        (facts[0], "accept", "Какие дни изменились", "было Referral, стало Agent", "Что изменилось в деньгах"),
        (facts[1], "decline", "Какие дни изменились бы", "записано Referral, было бы Agent", "Что изменилось бы в деньгах"),
    ] {
        let address = format!("/staff/late-facts/{fact}");
        let words = browser.get(&address).await.words();
        assert!(words.contains("Какие дни изменятся") && words.contains(&format!("{days}: записано Referral, будет Agent")), "{words}");
        // July at 27 % in the place of 10 %.
        assert!(words.contains("1 700 ₽"), "{words}");
        let id = fact.to_string();
        let decided = browser.post("/api/late-facts/decide", &[("fact", &id), ("decision", decision), ("reason", REASON)]).await;
        assert_eq!(decided.status, 303);
        let words = browser.get(&address).await.words();
        assert!(words.contains(title) && words.contains(&format!("{days}: {line}")), "{words}");
        assert!(words.contains(money) && words.contains("RATE-4") && words.contains("1 700 ₽") && words.contains(REASON), "{words}");
        assert!(!words.contains("будет Agent") && !words.contains("Записать решение"), "{words}");
    }
    // What was decided stays as it was found, whatever comes after.
    services.month_close(Actor::Command("test"), month("2026-08")).await.expect("a close");
    app.set_clock("2026-11-05");
    // A month is longer than a session.
    let mut browser = portal.sign_in(&admin).await;
    let words = browser.get(&format!("/staff/late-facts/{}", facts[0])).await.words();
    assert!(words.contains(days) && words.contains("1 700 ₽"), "{words}");
    assert_eq!(services.ledger_verify().await.expect("a verification").difference, None);
}
