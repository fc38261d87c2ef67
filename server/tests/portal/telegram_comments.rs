//! Comments on news over HTTP: what is typed survives, news is posted to as many as were shown, the job closes what nobody answered.

use std::time::{Duration, Instant};

use domain::permission::Role;
use server::jobs;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio_util::sync::CancellationToken;

use crate::fixtures::TestApp;
use crate::support::TestPortal;

const ANSWER: &str = "Память подорожала на треть";

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_text_that_comes_too_late_is_told_so_and_is_not_lost(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let reference = portal.app.ask_for_comment(&partner, &reviewer).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get(&format!("/partner/requests/{reference}")).await;
    assert!(
        page.words().contains("Выросли цены на память") && page.words().contains("до 10 октября 2026 включительно"),
        "{}",
        page.words()
    );
    let answer = async |browser: &mut crate::support::Browser, version: &str, gesture: &str| {
        let fields = [("reference", reference.as_str()), ("version", version), ("gesture", gesture), ("answer.text", ANSWER)];
        browser.post("/api/telegram-comments/answer", &fields).await
    };
    // Too short to be sent, it is kept as a draft.
    let back = answer(&mut browser, "1", "submit").await;
    assert!(back.location().contains("?form="), "{}", back.location());
    let page = browser.get(back.location()).await;
    assert!(page.body.contains("error-summary") && page.body.contains(ANSWER), "{}", page.words());
    assert!(browser.get(&format!("/partner/requests/{reference}")).await.body.contains(ANSWER), "the draft is kept");

    portal.app.set_clock("2026-10-11T00:00:00+03:00");
    assert_eq!(portal.app.services.telegram_comments_close_unanswered().await.expect("closed"), 1);
    let mut browser = portal.sign_in(&partner.viewer).await;
    let back = answer(&mut browser, "2", "submit").await;
    let page = browser.get(back.location()).await;
    assert_eq!(page.status, 200);
    let words = page.words();
    assert!(words.contains("Закрыто без ответа") && words.contains("Этот текст не отправлен") && words.contains(ANSWER), "{words}");
    assert!(words.contains("TG-1"), "the rule is named: {words}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn news_is_checked_with_its_reach_before_it_is_posted(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut own = portal.sign_in(&partner.viewer).await;
    let chosen = own.post("/api/telegram-comments/topics", &[("topics.market", "true"), ("topics.cloud", "true")]).await;
    assert_eq!(chosen.location(), "/partner/telegram-comments?notice=topics_chosen");
    assert!(own.get(chosen.location()).await.words().contains("Новости приходят по темам: Облака"));

    let mut staff = portal.sign_in(&reviewer).await;
    let mut fields = vec![
        ("title", "Выросли цены на память"),
        ("text", "Что это значит для ваших клиентов и что вы им советуете? Хватит трёх абзацев."),
        ("link", "https://habr.com/ru/news/1/"),
        ("deadline", "2026-10-09"),
        ("idempotency_key", "7a2f1f0e-6a53-4a64-9d0c-0f8c6f1f0b11"),
        ("topics.market", "true"),
        ("gesture", "check"),
    ];
    let checked = staff.post("/api/news/post", &fields).await;
    let page = staff.get(checked.location()).await;
    assert!(page.words().contains("Новость получит 1 партнёр") && page.words().contains("Отправить 1 партнёру"), "{}", page.words());
    assert_eq!(portal.app.count("news_items").await, 0, "nothing is posted by a check");
    // What would go to another number than was shown comes back with the number.
    fields.retain(|(name, _)| *name != "gesture");
    fields.extend([("gesture", "post"), ("reach", "2")]);
    let back = staff.post("/api/news/post", &fields).await;
    let page = staff.get(back.location()).await;
    assert!(page.words().contains("теперь новость получит 1 партнёр") && page.body.contains("Выросли цены на память"), "{}", page.words());
    fields.retain(|(name, _)| *name != "reach");
    fields.push(("reach", "1"));
    for _ in 0..2 {
        assert_eq!(staff.post("/api/news/post", &fields).await.location(), "/staff/news?notice=news_posted");
    }
    assert_eq!((portal.app.count("news_items").await, portal.app.count("telegram_comment_requests").await), (1, 1));
    let left = own.post("/api/telegram-comments/topics", &[]).await;
    assert_eq!(left.location(), "/partner/telegram-comments?notice=comments_left");
}

/// Waits until a condition holds of as many rows.
async fn until(app: &TestApp, rows: &'static str, count: i64) {
    let started = Instant::now();
    while app.count(rows).await != count {
        assert!(started.elapsed() < Duration::from_mins(2), "{rows}: {}", app.count(rows).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_worker_closes_what_nobody_answered_when_it_starts_and_by_its_job(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    app.ask_for_comment(&partner, &reviewer).await;
    app.set_clock("2026-10-11");
    let stop = CancellationToken::new();
    // Two processes on one database.
    let workers = [app.services.clone(), app.another_process()].map(|services| tokio::spawn(jobs::work(services, None, stop.clone())));
    until(&app, "requests where status = 'cancelled'", 1).await;
    // The schedule is known to the queue; its job comes every minute. Here it comes at once, twice.
    until(&app, "graphile_worker._private_known_crontabs where identifier = 'close_unanswered_comments'", 1).await;
    app.ask_for_comment(&partner, &reviewer).await;
    app.set_clock("2026-10-17");
    for _ in 0..2 {
        sqlx::query("select graphile_worker.add_job('close_unanswered_comments', '{}'::json)")
            .execute(&mut app.owner().await)
            .await
            .expect("a job");
    }
    until(&app, "requests where status = 'cancelled'", 2).await;
    until(&app, "graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'close_unanswered_comments' and j.run_at <= now()", 0).await;
    assert_eq!(app.count("partner_notices where kind = 'comment_closed'").await, 2, "each is closed once");
    assert_eq!(app.count("request_events where act = 'expire' and performer = 'portal'").await, 2);
    stop.cancel();
    for worker in workers {
        worker.await.expect("the worker ends");
    }
}
