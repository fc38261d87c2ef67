//! Limits under many hands at once, over two processes on one database.

use std::collections::BTreeSet;

use domain::calendar::BusinessDate;
use domain::permission::Role;
use futures::future::join_all;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::fixtures::{PASSWORD, TestApp, TestPartner};
use crate::support::{Process, database_address};

const RACERS: usize = 64;
/// All racers wait for one row, on two cores and a build without optimisation.
const PATIENCE: [&str; 6] = ["--database-acquire-limit", "2m", "--database-lock-limit", "2m", "--request-limit", "5m"];

/// Two processes on the database of a test. They run by the machine's clock, and so do the fixtures.
struct TwoProcesses {
    app: TestApp,
    processes: [Process; 2],
}

impl TwoProcesses {
    /// Both wait as long as it takes.
    async fn start(options: PgConnectOptions) -> Self {
        let statement = ["--database-statement-limit", "2m"];
        Self::start_with(options, &PATIENCE.into_iter().chain(statement).collect::<Vec<_>>()).await
    }

    async fn start_with(options: PgConnectOptions, arguments: &[&str]) -> Self {
        let app = TestApp::start(options.clone(), &service::Clock::now(&service::SystemClock).to_rfc3339());
        // Where there are people already, no demo is loaded.
        app.create_staff(Role::StaffAdmin).await;
        let address = database_address(&options);
        let processes = [Process::start(&address, arguments, &[]), Process::start(&address, arguments, &[])];
        Self { app, processes }
    }

    /// A partner with a contract of this month: its first window is open, so it has the privilege.
    async fn partner(&self) -> TestPartner {
        let today = self.app.services.today();
        self.app.create_partner(&today.to_string()).await
    }

    /// Where every racer's form led to; every other racer goes to the other process.
    async fn race(&self, path: &str, cookie: &str, forms: Vec<Vec<(String, String)>>) -> Vec<String> {
        let answers = forms.iter().enumerate().map(|(number, form)| async move {
            let answer = self.processes[number % 2].post(path, cookie, form).await;
            assert_eq!(answer.status().as_u16(), 303, "{number}");
            answer.headers()["location"].to_str().expect("an address").to_owned()
        });
        join_all(answers).await
    }

    /// Asks once for codes, and demands that it passes.
    async fn ask(&self, cookie: &str, faces: &[i64]) {
        let answer = self.processes[0].post("/api/bonus-codes/submit", cookie, &codes(faces)).await;
        let target = answer.headers()["location"].to_str().expect("an address").to_owned();
        assert!(target.starts_with("/partner/requests/BC-"), "{target}");
    }
}

fn codes(faces: &[i64]) -> Vec<(String, String)> {
    let rows = faces.iter().zip(1..).map(|(face, number)| (format!("face_{number}"), face.to_string()));
    rows.chain([("idempotency_key".to_owned(), uuid::Uuid::new_v4().to_string())]).collect()
}

/// The part of a page that answers: from an element with an id to an end tag, with plain spaces.
fn part(page: &str, id: &str, end: &str) -> String {
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("the page has no {id}: {page}"));
    let (part, _) = rest.split_once(end).unwrap_or_else(|| panic!("{id} has no end: {page}"));
    part.replace(['\u{a0}', '\u{202f}'], " ")
}

/// One passed; each of the others has its own page whose verdict says why, with figures and a date.
async fn assert_one_passed(two: &TwoProcesses, cookie: &str, targets: &[String], rule: &str, figures: &[&str]) {
    let passed = targets.iter().filter(|target| target.starts_with("/partner/requests/BC-")).count();
    let refused: BTreeSet<&String> = targets.iter().filter(|target| target.contains("?form=")).collect();
    assert_eq!((passed, refused.len()), (1, targets.len() - 1), "{targets:?}");
    let next_quarter = two.app.services.today().quarter().next().first_day();
    let date = app::format::date_long(app::i18n::Locale::ru, next_quarter);
    for target in refused {
        let (status, page) = two.processes[1].get(target, cookie).await;
        assert_eq!(status, 200);
        let verdict = part(&page, "verdict", "</form>");
        assert!(verdict.contains(&format!("#{rule}\"")), "{rule} is not named: {verdict}");
        for figure in figures {
            assert!(verdict.contains(figure), "{figure} is missing: {verdict}");
        }
        assert!(verdict.contains(&date.replace('\u{a0}', " ")), "{date} is missing: {verdict}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_64_at_9_of_10_codes_one_passes_and_the_others_learn_why(_: PgPoolOptions, options: PgConnectOptions) {
    let two = TwoProcesses::start(options).await;
    let partner = two.partner().await;
    let cookie = two.processes[0].sign_in(&partner.viewer.email, PASSWORD).await;
    two.ask(&cookie, &[100; 9]).await;
    let targets = two.race("/api/bonus-codes/submit", &cookie, (0..RACERS).map(|_| codes(&[100])).collect()).await;
    assert_one_passed(&two, &cookie, &targets, "CODE-1", &["ждут решения 10, вы просите 1", "свободных нет", "снова доступно 10"]).await;
    assert_eq!(two.app.count("requests").await, 2);
}

/// As operators start it: nobody of 64 waits for a connection, a statement or a row longer than is allowed.
#[sqlx::test(migrator = "store::MIGRATOR")]
#[ignore = "a measurement: what a busy machine can't answer in time it turns away"]
async fn of_64_within_the_usual_time_limits_nobody_is_turned_away(_: PgPoolOptions, options: PgConnectOptions) {
    let two = TwoProcesses::start_with(options, &[]).await;
    let partner = two.partner().await;
    let cookie = two.processes[0].sign_in(&partner.viewer.email, PASSWORD).await;
    two.ask(&cookie, &[100; 9]).await;
    // `race` demands of each that it is answered with 303, and so with no 503.
    let started = std::time::Instant::now();
    let targets = two.race("/api/bonus-codes/submit", &cookie, (0..RACERS).map(|_| codes(&[100])).collect()).await;
    println!("{RACERS} submits took {:?}", started.elapsed());
    assert_one_passed(&two, &cookie, &targets, "CODE-1", &["ждут решения 10, вы просите 1", "свободных нет"]).await;
    assert_eq!(two.app.count("requests").await, 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_64_at_29_000_of_30_000_roubles_one_passes_and_the_others_learn_why(_: PgPoolOptions, options: PgConnectOptions) {
    let two = TwoProcesses::start(options).await;
    let partner = two.partner().await;
    let cookie = two.processes[0].sign_in(&partner.viewer.email, PASSWORD).await;
    two.ask(&cookie, &[29_000]).await;
    let targets = two.race("/api/bonus-codes/submit", &cookie, (0..RACERS).map(|_| codes(&[1_000])).collect()).await;
    assert_one_passed(&two, &cookie, &targets, "CODE-2", &["ждут решения 30 000 ₽, вы просите 1 000 ₽"]).await;
    assert_eq!(two.app.count("requests").await, 2);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_64_who_redeem_one_code_one_passes_and_the_others_learn_why(_: PgPoolOptions, options: PgConnectOptions) {
    let two = TwoProcesses::start(options).await;
    let partner = two.partner().await;
    let reviewer = two.app.create_staff(Role::StaffReviewer).await;
    let asked = service::bonus_codes::AskedCode { face: 1_000, note: None, client_id: None };
    let services = &two.app.services;
    let reference = services.bonus_codes_submit(&partner.viewer, vec![asked], uuid::Uuid::new_v4()).await.expect("a request");
    services.request_approve(&reviewer, &reference).await.expect("approved");
    let code: String = sqlx::query_scalar("select code from bonus_codes").fetch_one(&mut two.app.owner().await).await.expect("a code");
    let mut forms = Vec::new();
    for number in 0..RACERS {
        // Every racer has a client of its own, so that nothing but the code itself can be what refuses.
        let client = two.app.create_client(&partner, &format!("ООО «Клиент {number}»")).await;
        let inn: String = sqlx::query_scalar("select inn from clients where id = $1")
            .bind(client.0)
            .fetch_one(&mut two.app.owner().await)
            .await
            .expect("an INN");
        forms.push(vec![("code".to_owned(), code.clone()), ("inn".to_owned(), inn)]);
    }
    let cookie = two.processes[0].sign_in(&reviewer.email, PASSWORD).await;
    let targets = two.race("/api/codes/redeem", &cookie, forms).await;
    let (passed, refused): (Vec<_>, Vec<_>) = targets.iter().partition(|target| target.contains("notice="));
    assert_eq!((passed.len(), refused.len()), (1, RACERS - 1), "{targets:?}");
    let (used_by, used_at): (String, chrono::DateTime<chrono::Utc>) =
        sqlx::query_as("select redeemed_inn, ended_at from bonus_codes").fetch_one(&mut two.app.owner().await).await.expect("the code");
    let used_on = app::format::date_long(app::i18n::Locale::ru, BusinessDate::of(used_at)).replace('\u{a0}', " ");
    for target in refused {
        let (status, page) = two.processes[1].get(target, &cookie).await;
        assert_eq!(status, 200, "{page}");
        let refusal = part(&page, "refusal", "</section>");
        for said in ["Код уже использован", "#CODE-6\"", "1 000 ₽", used_by.as_str(), used_on.as_str()] {
            assert!(refusal.contains(said), "{said} is missing: {refusal}");
        }
    }
    // A client that has used its code learns that, with the day, of every other code.
    let asked = service::bonus_codes::AskedCode { face: 2_000, note: None, client_id: None };
    let reference = services.bonus_codes_submit(&partner.viewer, vec![asked], uuid::Uuid::new_v4()).await.expect("a request");
    services.request_approve(&reviewer, &reference).await.expect("approved");
    let another: String = sqlx::query_scalar("select code from bonus_codes where state = 'issued'")
        .fetch_one(&mut two.app.owner().await)
        .await
        .expect("a code");
    let form = [("code".to_owned(), another), ("inn".to_owned(), used_by.clone())];
    let answer = two.processes[0].post("/api/codes/redeem", &cookie, &form).await;
    let target = answer.headers()["location"].to_str().expect("an address").to_owned();
    let refusal = part(&two.processes[1].get(&target, &cookie).await.1, "refusal", "</section>");
    for said in ["уже использовал бонусный код", "#CODE-3\"", "2 000 ₽", used_by.as_str(), used_on.as_str()] {
        assert!(refusal.contains(said), "{said} is missing: {refusal}");
    }
    let redeemed: i64 = sqlx::query_scalar("select count(*) from audit_records where action = 'bonus_code.redeem'")
        .fetch_one(&mut two.app.owner().await)
        .await
        .expect("a count");
    assert_eq!(redeemed, 1);
}
