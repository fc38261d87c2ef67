//! Notices: who is told what, what each person has read, and what becomes of the e-mails in the outbox.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::sync::Mutex;
use std::time::Duration;

use domain::money::Money;
use domain::permission::Role;
use domain::request::{RefusalReason, RefusalText, RequestKind};
use service::bonus_codes::AskedCode;
use service::emails::{EmailOutcome, Letter, Mailer, SendFailure};
use service::notices::{Decision, EmailStatus, News, Notice, announce};
use service::{Error, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use store::Scope;
use support::{TestApp, TestPartner};
use uuid::Uuid;

async fn submit(app: &TestApp, partner: &TestPartner) -> String {
    let asked = vec![AskedCode { face: 500, note: None, client_id: None }];
    app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
}

fn text(words: &str) -> RefusalText {
    RefusalText::try_from(words.to_owned()).expect("a text")
}

async fn notices(app: &TestApp, viewer: &Viewer, unread: bool) -> Vec<Notice> {
    app.services.notices_page(viewer, unread, None).await.expect("notices").lines
}

/// E-mails that wait, oldest first.
async fn waiting(app: &TestApp) -> Vec<Uuid> {
    sqlx::query_scalar("select id from emails where state = 'queued' order by notice_id, user_id")
        .fetch_all(&mut app.owner().await)
        .await
        .expect("e-mails")
}

/// A partner that was told something, with the e-mail that waits for its only person.
async fn told(app: &TestApp) -> (TestPartner, Uuid) {
    let partner = app.create_partner("2026-09-01").await;
    tell(app, &partner, 1).await;
    let waiting = waiting(app).await;
    assert_eq!(waiting.len(), 1);
    (partner, waiting[0])
}

async fn tell(app: &TestApp, partner: &TestPartner, times: usize) {
    let mut transaction = app.services.database().begin(Scope::Staff).await.expect("a transaction");
    let news =
        News::Published { reference: "BC-2026-000001".to_owned(), request: RequestKind::BonusCodes, accrued: Some(Money::roubles(9)) };
    announce(&mut transaction, vec![(partner.id, news); times], app.services.now()).await.expect("told");
    transaction.commit().await.expect("a commit");
}

/// A mailer that answers as it is told and keeps what it was given.
struct Answering {
    answer: Result<(), SendFailure>,
    delay: Duration,
    taken: Mutex<Vec<Letter>>,
}

impl Answering {
    fn new(answer: Result<(), SendFailure>) -> Self {
        Self { answer, delay: Duration::ZERO, taken: Mutex::default() }
    }

    fn count(&self) -> usize {
        self.taken.lock().expect("letters").len()
    }
}

#[async_trait::async_trait]
impl Mailer for Answering {
    async fn send(&self, letter: &Letter) -> Result<String, SendFailure> {
        tokio::time::sleep(self.delay).await;
        self.taken.lock().expect("letters").push(letter.clone());
        self.answer.map(|()| format!("{}@test", letter.id))
    }
}

/// State, failure, attempts and Message-ID of an e-mail.
async fn email(app: &TestApp, id: Uuid) -> (String, Option<String>, i32, Option<String>) {
    sqlx::query_as("select state, failure, attempts, message_id from emails where id = $1")
        .bind(id)
        .fetch_one(&mut app.owner().await)
        .await
        .expect("an e-mail")
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn everybody_of_the_partner_is_told_of_a_decision_with_its_reason(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let colleague = app.create_member(&partner).await;
    let stranger = app.create_partner("2026-09-01").await;
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (approved, refused) = (submit(&app, &partner).await, submit(&app, &partner).await);
    app.services.request_approve(&reviewer, &approved).await.expect("approved");
    let words = "В этом квартале таких заявок больше не будет";
    app.services.request_refuse(&reviewer, &refused, RefusalReason::LimitReached, text(words)).await.expect("refused");

    let decision = Decision::Refused { reason: RefusalReason::LimitReached, text: words.to_owned() };
    for viewer in [&partner.viewer, &colleague] {
        let told = notices(&app, viewer, false).await;
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|notice| notice.unread && notice.email == EmailStatus::Queued));
        let expected = News::RequestDecided { reference: refused.clone(), request: RequestKind::BonusCodes, decision: decision.clone() };
        assert_eq!(told[0].news, Some(expected));
    }
    assert_eq!(notices(&app, &stranger.viewer, false).await, []);
    assert!(matches!(app.services.notices_page(&reviewer, false, None).await, Err(Error::Forbidden)));
    assert_eq!(app.count("emails").await, 4);
    assert_eq!(app.count("graphile_worker.jobs where task_identifier = 'send_email'").await, 4);

    // A decision that does not happen tells nobody anything.
    app.services.request_approve(&reviewer, &refused).await.expect_err("decided before");
    assert_eq!((app.count("partner_notices").await, app.count("emails").await), (2, 4));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_rolled_back_was_never_told(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let mut transaction = app.services.database().begin(Scope::Staff).await.expect("a transaction");
    let news = News::ActionRequired { reference: "BC-2026-000001".to_owned(), request: RequestKind::BonusCodes, words: String::new() };
    announce(&mut transaction, [(partner.id, news)], app.services.now()).await.expect("told");
    drop(transaction);
    for table in ["partner_notices", "user_notices", "emails", "graphile_worker.jobs"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_switched_e_mails_off_or_left_gets_none(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let (silent, gone) = (app.create_member(&partner).await, app.create_member(&partner).await);
    app.services.notices_by_email(&silent, false).await.expect("switched off");
    assert_eq!(app.audited_after("user.email_notices").await["email_notices"], false);
    sqlx::query("update users set disabled_at = now() where id = $1")
        .bind(gone.user_id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("gone");
    tell(&app, &partner, 1).await;
    assert_eq!(app.count("emails").await, 1);
    assert_eq!(notices(&app, &silent, true).await[0].email, EmailStatus::None);
    assert_eq!(app.count("user_notices").await, 2, "who can't sign in has nothing to read");

    // What waits for somebody who switches it off now is not sent either.
    app.services.notices_by_email(&partner.viewer, false).await.expect("switched off");
    let mailer = Answering::new(Ok(()));
    let id = waiting(&app).await[0];
    assert_eq!(app.services.email_send(id, false, Some(&mailer)).await.expect("an outcome"), EmailOutcome::Failed);
    assert_eq!((mailer.count(), notices(&app, &partner.viewer, true).await[0].email), (0, EmailStatus::Unwanted));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_notice_is_read_by_who_opened_it(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let (colleague, stranger) = (app.create_member(&partner).await, app.create_partner("2026-09-01").await);
    tell(&app, &partner, 3).await;
    let told = notices(&app, &partner.viewer, true).await;
    let opened = app.services.notice_open(&partner.viewer, told[1].id).await.expect("a notice");
    assert_eq!(opened, told[1].news);
    app.services.notice_open(&partner.viewer, told[1].id).await.expect("the same notice");
    assert!(matches!(app.services.notice_open(&stranger.viewer, told[1].id).await, Err(Error::NotFound)));
    assert_eq!(notices(&app, &partner.viewer, true).await.len(), 2);
    assert_eq!(notices(&app, &colleague, true).await.len(), 3);

    // Everything through what the page showed; what came meanwhile stays.
    let shown = notices(&app, &partner.viewer, false).await[0].id;
    tell(&app, &partner, 1).await;
    assert_eq!(app.services.notices_mark_read(&partner.viewer, shown).await.expect("marked"), 2);
    assert_eq!(notices(&app, &partner.viewer, true).await.len(), 1);
    assert_eq!((notices(&app, &colleague, true).await.len(), notices(&app, &partner.viewer, false).await.len()), (4, 4));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_long_list_comes_in_pages(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    tell(&app, &partner, 60).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = app.services.notices_page(&partner.viewer, false, after.as_deref()).await.expect("a page");
        seen.extend(page.lines.iter().map(|notice| notice.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 60);
    assert!(seen.is_sorted_by(|newer, older| newer > older));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_e_mail_is_handed_over_once_even_by_two_processes_at_the_same_instant(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, id) = told(&app).await;
    let mailer = Answering { delay: Duration::from_millis(200), ..Answering::new(Ok(())) };
    let other = app.another_process();
    let (first, second) = tokio::join!(app.services.email_send(id, false, Some(&mailer)), other.email_send(id, false, Some(&mailer)));
    let mut outcomes = [first.expect("an outcome"), second.expect("an outcome")];
    outcomes.sort_by_key(|outcome| *outcome != EmailOutcome::Sent);
    assert_eq!(outcomes, [EmailOutcome::Sent, EmailOutcome::SettledBefore]);
    assert_eq!(mailer.count(), 1);
    assert_eq!(email(&app, id).await, ("sent".to_owned(), None, 1, Some(format!("{id}@test"))));
    assert!(matches!(notices(&app, &partner.viewer, true).await[0].email, EmailStatus::Sent(_)));
    let letter = mailer.taken.lock().expect("letters")[0].clone();
    assert_eq!((letter.address, letter.locale), (partner.viewer.email, service::Locale::Ru));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_e_mail_without_an_answer_waits_and_is_given_up_at_last(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, id) = told(&app).await;
    let mailer = Answering::new(Err(SendFailure::Unanswered));
    for attempts in 1..=2 {
        assert_eq!(app.services.email_send(id, false, Some(&mailer)).await.expect("an outcome"), EmailOutcome::Waits);
        assert_eq!(email(&app, id).await, ("queued".to_owned(), None, attempts, None));
    }
    assert_eq!(app.services.email_send(id, true, Some(&mailer)).await.expect("an outcome"), EmailOutcome::Failed);
    assert_eq!(email(&app, id).await, ("failed".to_owned(), Some("gave_up".to_owned()), 3, None));
    assert_eq!(notices(&app, &partner.viewer, true).await[0].email, EmailStatus::Undeliverable);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_e_mail_that_is_refused_or_has_no_server_is_not_tried_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (partner, id) = told(&app).await;
    let mailer = Answering::new(Err(SendFailure::Refused));
    assert_eq!(app.services.email_send(id, false, Some(&mailer)).await.expect("an outcome"), EmailOutcome::Failed);
    assert_eq!(email(&app, id).await, ("failed".to_owned(), Some("refused".to_owned()), 1, None));
    assert_eq!(app.services.email_send(id, false, Some(&mailer)).await.expect("an outcome"), EmailOutcome::SettledBefore);
    assert_eq!(mailer.count(), 1);

    tell(&app, &partner, 1).await;
    let id = waiting(&app).await[0];
    assert_eq!(app.services.email_send(id, false, None).await.expect("an outcome"), EmailOutcome::Failed);
    assert_eq!(email(&app, id).await, ("failed".to_owned(), Some("no_mail_server".to_owned()), 0, None));
    assert_eq!(notices(&app, &partner.viewer, true).await[0].email, EmailStatus::NoMailServer);
}

/// A process that dies after the mail server's yes and before its own commit sends a copy later, which its Message-ID tells apart.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_try_whose_commit_was_lost_is_repeated_under_the_same_id(_: PgPoolOptions, options: PgConnectOptions) {
    struct CutsTheLine<'a>(&'a TestApp, Answering);

    #[async_trait::async_trait]
    impl Mailer for CutsTheLine<'_> {
        async fn send(&self, letter: &Letter) -> Result<String, SendFailure> {
            let cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";
            sqlx::query(cut).execute(&mut self.0.owner().await).await.expect("a cut line");
            self.1.send(letter).await
        }
    }

    let app = TestApp::start(options, "2026-10-05");
    let (_, id) = told(&app).await;
    let mailer = CutsTheLine(&app, Answering::new(Ok(())));
    app.services.email_send(id, false, Some(&mailer)).await.expect_err("the line is cut");
    assert_eq!(email(&app, id).await, ("queued".to_owned(), None, 0, None));
    assert_eq!(app.services.email_send(id, false, Some(&mailer.1)).await.expect("an outcome"), EmailOutcome::Sent);
    let letters = mailer.1.taken.lock().expect("letters");
    assert_eq!((letters.len(), letters[0].id), (2, letters[1].id));
}
