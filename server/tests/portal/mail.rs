//! E-mails of notices, from the transaction that writes them to a real SMTP server.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::model::BillingSide;
use domain::money::Money;
use domain::permission::Role;
use domain::request::{RefusalReason, RequestKind};
use rust_decimal::Decimal;
use rustix::process::{Pid, Signal, kill_process};
use secrecy::SecretString;
use serde::Deserialize;
use server::configuration::MailArguments;
use server::jobs;
use server::mail::SmtpMailer;
use service::emails::Mailer;
use service::notices::{Decision, News, announce};
use service::{Actor, Services};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use store::Scope;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::brand;
use crate::fixtures::{TestApp, TestPartner, month};
use crate::support::ORIGIN;

/// aiosmtpd in a process of its own.
struct MailServer {
    child: Option<Child>,
    port: u16,
    folder: TempDir,
}

/// A letter that the server said yes to.
#[derive(Debug, Deserialize)]
struct Received {
    from: String,
    sender: String,
    reply_to: String,
    /// What its pictures are called.
    pictures: Vec<String>,
    recipients: Vec<String>,
    headers: Vec<String>,
    message_id: String,
    to: String,
    subject: String,
    plain: String,
    html: String,
}

/// The interpreter that has aiosmtpd: Debian's, where another one comes first.
fn python() -> &'static str {
    let has = |python: &&str| {
        let tried = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"].into_iter().find(has).expect("aiosmtpd (package python3-aiosmtpd)")
}

impl MailServer {
    fn start() -> Self {
        let mut server = Self { child: None, port: 0, folder: TempDir::with_prefix("portal-mail-").expect("a folder") };
        server.start_again();
        server
    }

    /// Starts it, on the port that it had.
    fn start_again(&mut self) {
        let mut child = Command::new(python())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal/mail_server.py"))
            .arg(self.port.to_string())
            .arg(self.folder.path().join("letters"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        self.port = line.trim().parse().expect("a port");
        self.child = Some(child);
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process");
            kill_process(id, Signal::TERM).expect("a signal");
            child.wait().expect("its end");
        }
    }

    fn received(&self) -> Vec<Received> {
        let text = std::fs::read_to_string(self.folder.path().join("letters")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a letter")).collect()
    }

    fn mailer(&self) -> Arc<dyn Mailer> {
        mailer(self.port)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn mailer(port: u16) -> Arc<dyn Mailer> {
    let arguments = MailArguments {
        smtp_url: Some(SecretString::from(format!("smtp://127.0.0.1:{port}"))),
        mail_from: Some("Портал <portal@provider.example>".parse().expect("a sender")),
    };
    let mailer = SmtpMailer::configured(&arguments, &ORIGIN.parse().expect("an origin")).expect("a configuration");
    Arc::new(mailer.expect("a mailer"))
}

/// The worker as `portal serve` runs it.
struct Worker {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Worker {
    fn start(services: &Services, mailer: Option<Arc<dyn Mailer>>) -> Self {
        let stop = CancellationToken::new();
        Self { running: tokio::spawn(jobs::work(services.clone(), mailer, stop.clone())), stop }
    }

    /// Stops it as a signal does, and how long that took.
    async fn stop(self) -> Duration {
        let started = Instant::now();
        self.stop.cancel();
        self.running.await.expect("the worker ends");
        started.elapsed()
    }
}

async fn tell(app: &TestApp, partner: &TestPartner, words: &str, times: usize) {
    let mut transaction = app.services.database().begin(Scope::Staff).await.expect("a transaction");
    let news = News::ActionRequired { reference: "BC-2026-000001".to_owned(), request: RequestKind::BonusCodes, words: words.to_owned() };
    announce(&mut transaction, vec![(partner.id, news); times], app.services.now()).await.expect("told");
    transaction.commit().await.expect("a commit");
}

/// Waits until no e-mail waits any more. Jobs that would be tried again later are tried now.
async fn until_settled(app: &TestApp) {
    let mut owner = app.owner().await;
    let started = Instant::now();
    while app.count("emails where state = 'queued'").await > 0 {
        assert!(started.elapsed() < Duration::from_mins(2), "{} e-mails still wait", app.count("emails where state = 'queued'").await);
        let hurry = "update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()";
        sqlx::query(hurry).execute(&mut owner).await.expect("a hurry");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nothing_is_lost_or_sent_twice_while_the_mail_server_comes_and_goes(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let mut server = MailServer::start();
    let mut partners = Vec::new();
    for _ in 0..4 {
        let partner = app.create_partner("2026-09-01").await;
        app.create_member(&partner).await;
        partners.push(partner);
    }
    // Two processes send at the same time.
    let (first, second) =
        (Worker::start(&app.services, Some(server.mailer())), Worker::start(&app.another_process(), Some(server.mailer())));
    for round in 0..5 {
        for partner in &partners {
            tell(&app, partner, "Добавьте ссылку на договор", 10).await;
        }
        tokio::time::sleep(Duration::from_millis(150 + 60 * round)).await;
        server.stop();
        for partner in &partners {
            tell(&app, partner, "Добавьте ссылку на договор", 2).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.start_again();
    }
    until_settled(&app).await;
    let expected = 5 * 4 * 2 * 12;
    assert_eq!(app.count("emails").await, expected);
    assert_eq!(app.count("emails where state = 'sent'").await, expected);
    assert!(app.count("emails where attempts > 1").await > 0, "the server has to be missed by some");

    let received = server.received();
    let ids: BTreeSet<String> = received.iter().map(|letter| letter.message_id.clone()).collect();
    assert_eq!((received.len(), ids.len()), (usize::try_from(expected).expect("a count"), received.len()), "a letter came twice");
    let recorded: Vec<String> =
        sqlx::query_scalar("select '<' || message_id || '>' from emails").fetch_all(&mut app.owner().await).await.expect("ids");
    assert_eq!(ids, recorded.into_iter().collect());
    for worker in [first, second] {
        assert!(worker.stop().await < Duration::from_secs(7));
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_letter_is_one_message_to_one_person_whatever_people_are_called(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let server = MailServer::start();
    let worker = Worker::start(&app.services, Some(server.mailer()));
    let long = "я".repeat(200);
    let names = [
        "Ирина Волкова",
        "Ирина\r\nBcc: victim@example.com",
        "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        "<victim@example.com>",
        "\"Ирина\", victim@example.com",
        "a\u{2028}b\tc\u{0b}d",
        "=?utf-8?B?YQ==?= <victim@example.com>",
        long.as_str(),
    ];
    let mut owner = app.owner().await;
    for name in names {
        let partner = app.create_partner("2026-09-01").await;
        let rename = sqlx::query("update users set display_name = $2 where id = $1").bind(partner.viewer.user_id.0).bind(name);
        rename.execute(&mut owner).await.expect("a name");
        tell(&app, &partner, &format!("{name}\r\n.\r\nRCPT TO:<victim@example.com>\r\n<script>alert(1)</script>"), 1).await;
        until_settled(&app).await;
        let mut received = server.received();
        let letter = received.pop().expect("a letter");
        assert_eq!(letter.recipients, std::slice::from_ref(&partner.viewer.email), "{name:?}");
        assert!(letter.to.ends_with(&format!("<{}>", partner.viewer.email)) && !letter.to.contains('\n'), "{:?}", letter.to);
        assert_eq!(letter.from, "portal@provider.example");
        let expected = ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"];
        assert_eq!(letter.headers, expected, "{name:?}");
        assert_eq!(letter.subject, "Заявка BC-2026-000001 ждёт вашего ответа");
        assert!(letter.plain.contains("http://portal.test/partner/notices/"), "{}", letter.plain);
        assert!(!letter.html.contains("<script") && letter.html.contains("&lt;script&gt;"), "{}", letter.html);
    }
    assert_eq!(server.received().len(), names.len());
    worker.stop().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_reads_english_is_written_to_in_english_and_who_is_refused_holds_nobody_up(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let server = MailServer::start();
    let partner = app.create_partner("2026-09-01").await;
    let refused = app.create_member(&partner).await;
    let mut owner = app.owner().await;
    let english = sqlx::query("update users set locale = 'en' where id = $1").bind(partner.viewer.user_id.0);
    english.execute(&mut owner).await.expect("a language");
    let unreachable = sqlx::query("update users set email = 'refused@example.com' where id = $1").bind(refused.user_id.0);
    unreachable.execute(&mut owner).await.expect("an address");
    tell(&app, &partner, "", 1).await;
    let worker = Worker::start(&app.services, Some(server.mailer()));
    until_settled(&app).await;
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].subject, "Request BC-2026-000001 waits for your answer");
    assert_eq!(app.count("emails where state = 'failed' and failure = 'refused' and attempts = 1").await, 1);
    worker.stop().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_letter_under_a_brand_comes_in_its_name_with_its_logo_and_leads_to_its_own_address(_: PgPoolOptions, options: PgConnectOptions) {
    const HOST_NAME: &str = "portal.acme.example";
    let app = TestApp::start(options, "2026-10-05");
    let server = MailServer::start();
    let (partner, plain) = (app.create_partner_billed("2026-09-01", BillingSide::Partner).await, app.create_partner("2026-09-01").await);
    brand::publish(&app, &partner, &brand::form("Акме Облако", "#1a5fb4"), true).await;
    brand::prove_host(&app, &partner, HOST_NAME).await;
    for partner in [&partner, &plain] {
        tell(&app, partner, "Добавьте ссылку на договор", 1).await;
    }
    let worker = Worker::start(&app.services, Some(server.mailer()));
    until_settled(&app).await;
    worker.stop().await;
    let (own, others): (Vec<Received>, Vec<Received>) =
        server.received().into_iter().partition(|letter| letter.recipients == std::slice::from_ref(&partner.viewer.email));
    let [own] = own.as_slice() else { panic!("one letter: {own:?}") };
    assert_eq!((own.sender.as_str(), own.reply_to.as_str()), ("Акме Облако <portal@provider.example>", "Акме Облако <help@acme.example>"));
    assert_eq!(own.pictures, ["<logo>"]);
    for text in [&own.plain, &own.html] {
        assert!(text.contains(&format!("http://{HOST_NAME}/partner/notices/")) && !text.contains("portal.test"), "{text}");
        assert!(text.contains("ООО «Акме», ИНН 7707083893"), "{text}");
        for trace in brand::PROVIDER {
            assert!(!text.contains(trace), "{trace}: {text}");
        }
    }
    assert!(own.html.contains("<img src=\"cid:logo\" alt=\"Акме Облако\"") && own.html.contains("#1a5fb4"), "{}", own.html);
    let [other] = others.as_slice() else { panic!("one letter: {others:?}") };
    assert_eq!((other.sender.as_str(), other.reply_to.as_str(), other.pictures.len()), ("Портал <portal@provider.example>", "", 0));
    assert!(!other.html.contains("Акме") && other.html.contains("http://portal.test/"), "{}", other.html);
}

/// The text of a page of HTML, spaces of every kind as one.
fn read(html: &str) -> String {
    let html = html.split_once("<body").expect("a body").1;
    let pieces = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words));
    let text = pieces.collect::<Vec<_>>().join(" ");
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    spaced(&text)
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a letter of each kind says: its subject, what stands in it, and what else does.
type Expected<'a> = [(String, String, &'a [&'a str]); 6];

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_kind_of_letter_reads_whole_in_both_languages(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let server = MailServer::start();
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let english = app.create_member(&partner).await;
    sqlx::query("update users set locale = 'en' where id = $1")
        .bind(english.user_id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("a language");
    // A claim, granted: what accrues with it is worked out by the rules. The letter about the close comes before.
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    app.load_usage(&partner, client, "2026-09", "kvm", 10_000).await;
    app.services.month_close(Actor::Command("test"), month("2026-09")).await.expect("a close");
    let claimed = app.services.sales_bonus_submit(&partner.viewer, client, month("2026-09"), "Ирина Котова", uuid::Uuid::new_v4()).await;
    let claim = claimed.expect("a claim");
    app.services.request_approve(&reviewer, &claim).await.expect("granted");
    let granted: (Decimal,) = sqlx::query_as("select amount from ledger_entries where rule = 'SALES-1'")
        .fetch_one(&mut app.owner().await)
        .await
        .expect("an entry");
    assert_eq!(granted.0, Decimal::new(730_000, 2));
    let told = [
        News::RequestDecided {
            reference: "BC-2026-000001".to_owned(),
            request: RequestKind::BonusCodes,
            decision: Decision::Refused {
                reason: RefusalReason::LimitReached, text: "Лимит квартала <исчерпан>".to_owned()
            },
        },
        News::ActionRequired {
            reference: "CS-2026-000001".to_owned(),
            request: RequestKind::CaseStudy,
            words: "Добавьте цифры\nи ссылку".to_owned(),
        },
        News::Published { reference: "CS-2026-000002".to_owned(), request: RequestKind::CaseStudy, accrued: Some(Money::roubles(40_000)) },
        News::Published {
            reference: "TC-2026-000001".to_owned(),
            request: RequestKind::TelegramComment,
            accrued: Some(Money::kopecks(2_200_050)),
        },
        News::MonthClosed { month: month("2026-08"), accrued: Money::kopecks(123_450), corrected: Money::roubles(-50) },
    ];
    let mut transaction = app.services.database().begin(Scope::Staff).await.expect("a transaction");
    announce(&mut transaction, told.map(|news| (partner.id, news)), app.services.now()).await.expect("told");
    transaction.commit().await.expect("a commit");

    let worker = Worker::start(&app.services, Some(server.mailer()));
    until_settled(&app).await;
    worker.stop().await;
    let received = server.received();
    let (russian, english): (Vec<Received>, Vec<Received>) =
        received.into_iter().partition(|letter| letter.recipients == std::slice::from_ref(&partner.viewer.email));
    // The subject, and what stands in the letter, its quotation apart.
    let expected: [(&[Received], Expected<'_>, &str); 2] = [
        (
            &russian,
            [
                (format!("Заявка {claim} одобрена"), format!("Заявка {claim} одобрена (Бонус менеджеру): начислено 7 300 ₽"), &[]),
                (
                    "В заявке BC-2026-000001 отказано".to_owned(),
                    "В заявке BC-2026-000001 отказано (Бонусные коды): Лимит исчерпан".to_owned(),
                    &["Лимит квартала <исчерпан>"],
                ),
                (
                    "Заявка CS-2026-000001 ждёт вашего ответа".to_owned(),
                    "Заявка CS-2026-000001 ждёт вашего ответа: Кейс".to_owned(),
                    &["Добавьте цифры", "и ссылку"],
                ),
                (
                    "Опубликовано по заявке CS-2026-000002".to_owned(),
                    "Опубликовано по заявке CS-2026-000002 (Кейс): начислено 40 000 ₽".to_owned(),
                    &[],
                ),
                (
                    "Опубликовано по заявке TC-2026-000001".to_owned(),
                    "Опубликовано по заявке TC-2026-000001 (Комментарий к новости): начислено 22 000,50 ₽".to_owned(),
                    &[],
                ),
                ("Закрыт август 2026".to_owned(), "Закрыт август 2026: начислено 1 234,50 ₽, исправления −50 ₽".to_owned(), &[]),
            ],
            "Открыть в портале",
        ),
        (
            &english,
            [
                (format!("Request {claim} was approved"), format!("Request {claim} was approved (Sales bonus): 7,300 ₽ accrued"), &[]),
                (
                    "Request BC-2026-000001 was refused".to_owned(),
                    "Request BC-2026-000001 was refused (Bonus codes): A limit is reached".to_owned(),
                    &["Лимит квартала <исчерпан>"],
                ),
                (
                    "Request CS-2026-000001 waits for your answer".to_owned(),
                    "Request CS-2026-000001 waits for your answer: Case study".to_owned(),
                    &["Добавьте цифры", "и ссылку"],
                ),
                (
                    "Published for request CS-2026-000002".to_owned(),
                    "Published for request CS-2026-000002 (Case study): 40,000 ₽ accrued".to_owned(),
                    &[],
                ),
                (
                    "Published for request TC-2026-000001".to_owned(),
                    "Published for request TC-2026-000001 (Comment on news): 22,000.50 ₽ accrued".to_owned(),
                    &[],
                ),
                ("August 2026 is closed".to_owned(), "August 2026 is closed: 1,234.50 ₽ accrued, corrections of −50 ₽".to_owned(), &[]),
            ],
            "Open in the portal",
        ),
    ];
    for (letters, expected, open) in expected {
        assert_eq!(letters.len(), expected.len() + 1, "one of each, and the close's own");
        for (subject, sentence, quoted) in expected {
            let letter = letters.iter().find(|letter| spaced(&letter.subject) == subject);
            let letter = letter.unwrap_or_else(|| panic!("no letter {subject:?} among {letters:?}"));
            let (plain, html) = (spaced(&letter.plain), read(&letter.html));
            for text in [&plain, &html] {
                assert!(text.contains(&sentence) && text.contains(open), "{sentence:?} is not in {text}");
                assert!(quoted.iter().all(|line| text.contains(line)), "{quoted:?} is not in {text}");
            }
            assert!(quoted.iter().all(|line| letter.plain.lines().any(|written| written == format!("> {line}"))), "{}", letter.plain);
            assert!(letter.plain.contains("http://portal.test/partner/notices/"), "{}", letter.plain);
            assert!(letter.html.contains("href=\"http://portal.test/partner/notices/"), "{}", letter.html);
            assert!(!letter.subject.contains('₽'), "a sum may be read over a shoulder: {}", letter.subject);
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn without_a_mail_server_every_e_mail_is_recorded_as_not_sent(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    tell(&app, &partner, "", 3).await;
    let worker = Worker::start(&app.services, None);
    until_settled(&app).await;
    assert_eq!(app.count("emails where state = 'failed' and failure = 'no_mail_server' and attempts = 0").await, 3);
    worker.stop().await;
    assert_eq!(app.count("graphile_worker.jobs").await, 0, "there is nothing left to try");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_mail_server_that_says_nothing_does_not_hold_up_the_stop(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-01").await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let worker = Worker::start(&app.services, Some(mailer(silent.local_addr().expect("an address").port())));
    tell(&app, &partner, "", 1).await;
    let _connection = silent.accept().await.expect("the portal asks");
    assert!(worker.stop().await < Duration::from_secs(9));
    assert_eq!(app.count("emails where state = 'queued'").await, 1);

    // The next start sends it.
    let server = MailServer::start();
    let worker = Worker::start(&app.services, Some(server.mailer()));
    until_settled(&app).await;
    assert_eq!(server.received().len(), 1);
    worker.stop().await;
}
