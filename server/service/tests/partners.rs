//! Partners as staff see them: the list, the page, exams, decisions on the level, and the record of changes.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::accrual::Settlement;
use domain::bonus_code::CodeText;
use domain::form::FieldProblem;
use domain::free_month::Ask;
use domain::ids::{ClientId, LateFactId, LedgerAdjustmentId, LedgerEntryId, PartnerId, TrialId, UsageImportId};
use domain::level::Phase;
use domain::model::{BillingSide, Level, Model};
use domain::money::Money;
use domain::permission::Role;
use domain::request::{RefusalReason, RefusalText};
use service::accounts::{NewPartner, NewPerson};
use service::adjustments::AdjustmentFields;
use service::audit_search::AuditSearch;
use service::bank_accounts::SettingsFields;
use service::bonus_codes::AskedCode;
use service::clients::ClientFields;
use service::late_facts::LateFactFields;
use service::ledger::ReverseFields;
use service::partners::{ExamFields, ExamOutcome, LevelDecisionFields};
use service::trials::TrialFields;
use service::{Actor, Error, Refusal, Viewer, secrets};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, count_statements, date, month};
use uuid::Uuid;

const REASON: &str = "Сертификат пришёл с опозданием";

fn exam(passed_on: &str) -> ExamFields {
    ExamFields { passed_on: passed_on.to_owned() }
}

fn decision(level: &str, on: &str, reason: &str) -> LevelDecisionFields {
    LevelDecisionFields { level: level.to_owned(), date: on.to_owned(), reason: reason.to_owned() }
}

async fn level(app: &TestApp, staff: &Viewer, partner: &TestPartner) -> Level {
    app.services.partner_page(staff, partner.id).await.expect("the page").outlook.level
}

/// The recorded changes of level that hold, as days and rules.
async fn recorded(app: &TestApp, partner: &TestPartner) -> Vec<(String, String)> {
    sqlx::query_as("select from_date::text, rule from level_changes where partner_id = $1 and superseded_at is null order by from_date")
        .bind(partner.id.0)
        .fetch_all(&mut app.owner().await)
        .await
        .expect("changes")
}

fn changes(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(day, rule)| ((*day).to_owned(), (*rule).to_owned())).collect()
}

/// A partner of January that earned nothing: on 1 July its level fell, and through November there is a way back.
async fn fallen_partner(app: &TestApp) -> TestPartner {
    app.close_months("2026-01", "2026-09").await;
    let partner = app.create_partner("2026-01-01").await;
    assert_eq!(recorded(app, &partner).await, changes(&[("2026-01-01", "LVL-1"), ("2026-07-01", "LVL-3")]));
    partner
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_exam_in_the_return_window_restores_the_level_and_records_the_change(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let partner = fallen_partner(&app).await;
    assert_eq!(level(&app, &reviewer, &partner).await, Level::Basic);
    app.services.exam_record(&reviewer, partner.id, &exam("")).await.expect("an exam of today changes no day already past");
    assert_eq!(level(&app, &reviewer, &partner).await, Level::Professional);
    assert_eq!(recorded(&app, &partner).await, changes(&[("2026-01-01", "LVL-1"), ("2026-07-01", "LVL-3"), ("2026-10-05", "LVL-6")]));
    assert_eq!(app.audited().await, ["exam.record", "level.change"]);
    let page = app.services.partner_page(&reviewer, partner.id).await.expect("the page");
    assert_eq!((page.exams[0].passed_on, page.exams[0].recorded_by.as_deref()), (date("2026-10-05"), Some(reviewer.display_name.as_str())));
    assert_eq!(page.outlook.phase, Phase::SafeByExam { exam: date("2026-10-05") });
    assert_eq!(page.changes.iter().map(|change| change.from).collect::<Vec<_>>(), ["2026-10-05", "2026-07-01", "2026-01-01"].map(date));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_late_exam_that_changes_past_days_waits_for_an_acceptance(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let partner = fallen_partner(&app).await;
    let outcome = app.services.exam_record(&reviewer, partner.id, &exam("15.06.2026")).await.expect("proposed");
    let ExamOutcome::Proposed(fact) = outcome else { panic!("{outcome:?}") };
    assert_eq!((app.count("partner_exams").await, app.audited().await), (0, vec!["late_fact.propose".to_owned()]));
    assert_eq!(level(&app, &admin, &partner).await, Level::Basic, "a proposal changes nothing");

    let decision = |reason: &str| LateFactFields { decision: "accept".to_owned(), reason: reason.to_owned() };
    let forbidden = app.services.late_fact_decide(Actor::Person(&reviewer), fact, &decision(REASON)).await;
    assert!(matches!(forbidden, Err(Error::Forbidden)), "{forbidden:?}");
    let unreasoned = app.services.late_fact_decide(Actor::Person(&admin), fact, &decision("да")).await;
    let Err(Error::Invalid(problems)) = unreasoned else { panic!("{unreasoned:?}") };
    assert_eq!(problems["reason"], FieldProblem::TooShort { minimum: 10 });
    let page = app.services.late_fact_page(&admin, fact).await.expect("the fact");
    assert!(page.may_decide);
    let found = page.consequences.expect("consequences");
    assert_eq!((found.days[0].from, found.days[0].through), (date("2026-07-01"), date("2026-10-05")));
    assert_eq!((found.accepted.len(), found.proposed.len()), (2, 1));
    assert_eq!(app.count("partner_exams").await, 0, "a look changes nothing");

    app.services.late_fact_decide(Actor::Person(&admin), fact, &decision(REASON)).await.expect("accepted");
    assert_eq!(level(&app, &admin, &partner).await, Level::Professional);
    assert_eq!(recorded(&app, &partner).await, changes(&[("2026-01-01", "LVL-1")]));
    let accepted = &app.audited_after("late_fact.accept").await;
    assert_eq!((accepted["reason"].as_str(), accepted["subject"]["exam"].as_str()), (Some(REASON), Some("2026-06-15")));
    assert_eq!(accepted["days"][0]["from"], "2026-07-01");
    let replaced: i64 = sqlx::query_scalar("select count(*) from level_changes where superseded_at is not null")
        .fetch_one(&mut app.owner().await)
        .await
        .expect("a count");
    assert_eq!(replaced, 1, "what was recorded before stays, marked");
    // What the fact led to stays readable after the decision.
    let page = app.services.late_fact_page(&admin, fact).await.expect("the fact");
    let decided = page.decided.expect("what it led to");
    assert!(decided.accepted && page.consequences.is_none() && !page.may_decide);
    assert_eq!(decided.days, found.days);
    assert_eq!(decided.money, found.money);
    app.clock.set(support::instant("2026-11-05"));
    app.services.month_close(Actor::Command("test"), month("2026-10")).await.expect("a close");
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_exam_is_recorded_once_and_never_for_the_future(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05T23:59:59+03:00");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let partner = app.create_partner("2026-09-01").await;
    let future = app.services.exam_record(&staff, partner.id, &exam("2026-10-06")).await;
    assert!(matches!(future, Err(Error::Refused(Refusal::DateInFuture))), "{future:?}");
    let unreadable = app.services.exam_record(&staff, partner.id, &exam("2026-02-30")).await;
    assert!(matches!(unreadable, Err(Error::Invalid(_))), "{unreadable:?}");

    let second = app.another_process();
    let fields = exam("2026-10-01");
    let mut records = tokio::task::JoinSet::new();
    for number in 0..8 {
        let services = if number % 2 == 0 { app.services.clone() } else { second.clone() };
        let (staff, fields, id) = (staff.clone(), fields.clone(), partner.id);
        records.spawn(async move { services.exam_record(&staff, id, &fields).await });
    }
    let answers = records.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Error::Refused(Refusal::ExamKnown)))), "{answers:?}");
    assert_eq!((app.count("partner_exams").await, app.audited().await), (1, vec!["exam.record".to_owned()]), "the level stayed as it was");

    app.set_clock("2026-10-06T00:00:00+03:00");
    app.services.exam_record(&staff, partner.id, &exam("2026-10-06")).await.expect("it is today now");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_overrides_the_level_from_its_day_on(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let partner = fallen_partner(&app).await;
    app.services.level_decide(&admin, partner.id, &decision("professional", "", REASON)).await.expect("a decision of today");
    app.services.level_decide(&admin, partner.id, &decision("basic", "2027-10-05", REASON)).await.expect("a year ahead is taken");
    assert_eq!(level(&app, &admin, &partner).await, Level::Professional);
    assert_eq!(
        recorded(&app, &partner).await,
        changes(&[("2026-01-01", "LVL-1"), ("2026-07-01", "LVL-3"), ("2026-10-05", "LVL-8"), ("2027-10-05", "LVL-8")])
    );
    assert_eq!(app.audited().await, ["level.decide", "level.change", "level.decide", "level.change"]);
    assert_eq!(app.audited_after("level.decide").await["reason"], REASON);
    let page = app.services.partner_page(&admin, partner.id).await.expect("the page");
    let made: Vec<_> = page.decisions.iter().map(|made| (made.date, made.level, made.recorded_by.as_deref())).collect();
    let name = Some(admin.display_name.as_str());
    assert_eq!(made, [(date("2027-10-05"), Level::Basic, name), (date("2026-10-05"), Level::Professional, name)]);
    assert_eq!(page.outlook.scheduled.len(), 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_needs_a_reason_and_a_day_within_a_year(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let partner = app.create_partner("2026-09-01").await;
    let refused = app.services.level_decide(&admin, partner.id, &decision("platinum", "never", "потому")).await;
    let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
    assert_eq!((problems["level"], problems["date"]), (FieldProblem::UnknownChoice, FieldProblem::NotADate));
    assert_eq!(problems["reason"], FieldProblem::TooShort { minimum: 10 });
    let past = app.services.level_decide(&admin, partner.id, &decision("basic", "2026-10-04", REASON)).await;
    assert!(matches!(past, Err(Error::Refused(Refusal::DateInPast))), "{past:?}");
    let far = app.services.level_decide(&admin, partner.id, &decision("basic", "2027-10-06", REASON)).await;
    assert!(matches!(far, Err(Error::Refused(Refusal::DateTooFar { latest })) if latest == date("2027-10-05")), "{far:?}");
    let long = app.services.level_decide(&admin, partner.id, &decision("basic", "", &"я".repeat(2_001))).await;
    assert!(matches!(long, Err(Error::Invalid(_))), "{long:?}");

    let later = app.create_partner("2026-12-01").await;
    let before_contract = app.services.level_decide(&admin, later.id, &decision("basic", "2026-11-30", REASON)).await;
    assert!(matches!(before_contract, Err(Error::Refused(Refusal::DateInPast))), "{before_contract:?}");
    assert_eq!((app.count("staff_level_decisions").await, app.audited().await.len()), (0, 0));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn partners_are_listed_with_level_window_and_trend(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let fallen = fallen_partner(&app).await;
    let new = app.create_partner_billed("2026-09-15", BillingSide::Partner).await;
    app.add_revenue(&new, "2026-09", 12_000).await;
    app.add_revenue(&new, "2026-10", 500).await;
    let (page, statements) = count_statements(app.services.partners_page(&staff, None, None, None)).await;
    let page = page.expect("the list");
    assert!((1..=4).contains(&statements), "{statements} statements");
    let line = |id: PartnerId| page.page.lines.iter().find(|line| line.partner.id == id).expect("a line");
    let (low, fresh) = (line(fallen.id), line(new.id));
    assert_eq!(
        (low.level, low.model, low.window_end, low.decided_on),
        (Level::Basic, Model::Referral, Some(date("2026-11-30")), Some(date("2026-12-01")))
    );
    assert!(matches!(low.phase, Phase::ReturnWindow { .. }));
    assert_eq!(
        (fresh.level, fresh.model, fresh.window_end, fresh.decided_on),
        (Level::Professional, Model::WhiteLabel, Some(date("2027-03-14")), Some(date("2027-04-01")),)
    );
    let trend: Vec<_> = month("2026-05").through(month("2026-10")).map(|month| (month, None)).collect();
    assert_eq!(low.revenue, trend);
    assert_eq!(fresh.revenue[4..], [(month("2026-09"), Some(Money::roubles(12_000))), (month("2026-10"), Some(Money::roubles(500)))]);

    let only = |model| app.services.partners_page(&staff, None, Some(model), None);
    let ids = |page: service::partners::PartnersPage| page.page.lines.into_iter().map(|line| line.partner.id).collect::<Vec<_>>();
    assert_eq!(ids(only(Model::Referral).await.expect("a list")), [fallen.id]);
    assert_eq!(ids(only(Model::WhiteLabel).await.expect("a list")), [new.id]);
    assert_eq!(ids(only(Model::Agent).await.expect("a list")), []);
    let by_code = app.services.partners_page(&staff, Some(&new.code.to_lowercase()), None, None).await.expect("a list");
    assert_eq!(ids(by_code), [new.id]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_list_of_partners_goes_on_page_by_page(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    for _ in 0..30 {
        app.create_partner("2026-09-01").await;
    }
    let first = app.services.partners_page(&staff, None, None, None).await.expect("a page").page;
    let after: PartnerId = first.next.as_deref().expect("another page").parse().expect("a partner");
    let (second, statements) = count_statements(app.services.partners_page(&staff, None, None, Some(after))).await;
    let second = second.expect("a page").page;
    assert!(statements <= 4, "{statements} statements");
    assert_eq!((first.lines.len(), second.lines.len(), second.next), (25, 5, None));
    let names: Vec<_> = first.lines.iter().chain(&second.lines).map(|line| line.partner.name.as_str()).collect();
    assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partners_page_counts_its_clients_and_names_its_people(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let admin = app.create_staff(Role::StaffAdmin).await;
    let (partner, other) = (app.create_partner("2026-09-01").await, app.create_partner("2026-09-01").await);
    let colleague = app.create_member(&partner).await;
    app.create_client(&partner, "Ромашка").await;
    app.create_client(&other, "Лютик").await;
    let (page, statements) = count_statements(app.services.partner_page(&staff, partner.id)).await;
    let page = page.expect("the page");
    assert!(statements <= 6, "{statements} statements");
    assert_eq!((page.clients, page.requests.len(), page.contract_date, page.billing), (1, 0, date("2026-09-01"), BillingSide::Provider));
    let people: Vec<_> = page.users.iter().map(|user| user.email.as_str()).collect();
    assert_eq!(people, [partner.viewer.email.as_str(), colleague.email.as_str()]);
    assert!(!page.may_decide_level);
    let page = app.services.partner_page(&admin, partner.id).await.expect("the page");
    assert_eq!((page.may_decide_level, page.latest_decision), (true, date("2027-10-05")));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_staff_do_is_forbidden_to_partners_even_for_themselves(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (ours, theirs) = (app.create_partner("2026-09-01").await, app.create_partner("2026-09-01").await);
    let viewer = &ours.viewer;
    assert!(matches!(app.services.partners_page(viewer, None, None, None).await, Err(Error::Forbidden)));
    assert!(matches!(app.services.audit_page(viewer, &AuditSearch::default(), None).await, Err(Error::Forbidden)));
    // One's own, another's and nobody's answer alike.
    for id in [ours.id, theirs.id, secrets::id()] {
        assert!(matches!(app.services.partner_page(viewer, id).await, Err(Error::Forbidden)));
        assert!(matches!(app.services.exam_record(viewer, id, &exam("")).await, Err(Error::Forbidden)));
        assert!(matches!(app.services.level_decide(viewer, id, &decision("professional", "", REASON)).await, Err(Error::Forbidden)));
    }
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    assert!(matches!(app.services.level_decide(&reviewer, ours.id, &decision("basic", "", REASON)).await, Err(Error::Forbidden)));
    assert_eq!(app.audited().await, Vec::<String>::new());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partner_that_never_was_is_not_found(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let id: PartnerId = secrets::id();
    assert!(matches!(app.services.partner_page(&admin, id).await, Err(Error::NotFound)));
    assert!(matches!(app.services.exam_record(&admin, id, &exam("")).await, Err(Error::NotFound)));
    assert!(matches!(app.services.level_decide(&admin, id, &decision("basic", "", REASON)).await, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_record_of_changes_is_searched_and_paged(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let reviewer = app.create_staff(Role::StaffReviewer).await;
    let (partner, other) = (app.create_partner("2026-09-01").await, app.create_partner("2026-09-01").await);
    for number in 0..52 {
        app.create_client(&partner, &format!("Клиент {number}")).await;
    }
    app.set_clock("2026-10-06T00:00:00+03:00");
    app.services.exam_record(&reviewer, other.id, &exam("")).await.expect("an exam");

    let search = AuditSearch::default();
    let (first, statements) = count_statements(app.services.audit_page(&reviewer, &search, None)).await;
    let first = first.expect("a page");
    assert!((1..=4).contains(&statements), "{statements} statements");
    assert_eq!(first.actions, ["client.add", "exam.record"]);
    assert_eq!((first.page.lines.len(), first.page.lines[0].action.as_str()), (50, "exam.record"));
    let before = first.page.next.as_deref().expect("another page").parse().ok();
    let second = app.services.audit_page(&reviewer, &search, before).await.expect("a page");
    assert_eq!((second.page.lines.len(), second.page.next), (3, None));

    let count = |search: AuditSearch| {
        let (app, reviewer) = (&app, &reviewer);
        async move { app.services.audit_page(reviewer, &search, None).await.expect("a page").page.lines.len() }
    };
    let by_text = |text: &str| AuditSearch { text: Some(text.to_owned()), ..AuditSearch::default() };
    assert_eq!(count(AuditSearch { action: Some("exam.record".to_owned()), ..AuditSearch::default() }).await, 1);
    assert_eq!(count(by_text(&reviewer.display_name.to_uppercase())).await, 1);
    assert_eq!(count(by_text(&other.id.to_string())).await, 1);
    assert_eq!(count(by_text("никто")).await, 0);
    assert_eq!(count(by_text(" \0 ")).await, 50, "nothing typed matches all");
    assert_eq!(count(AuditSearch { from: Some(date("2026-10-06")), ..AuditSearch::default() }).await, 1);
    assert_eq!(count(AuditSearch { through: Some(date("2026-10-04")), ..AuditSearch::default() }).await, 0);
    let day = AuditSearch { from: Some(date("2026-10-05")), through: Some(date("2026-10-05")), ..AuditSearch::default() };
    assert_eq!(count(AuditSearch { text: Some("ПАРТНЁР".to_owned()), ..day }).await, 50);
}

/// Things that wait for a gesture, made while records can be written.
struct Waiting {
    client: ClientId,
    trial: TrialId,
    asked: String,
    asked_month: String,
    codes: [CodeText; 2],
    import: UsageImportId,
    entry: LedgerEntryId,
    approved: LedgerEntryId,
    adjustment: LedgerAdjustmentId,
    late_fact: LateFactId,
    run: String,
}

impl Waiting {
    async fn make(app: &TestApp, partner: &TestPartner, people: (&Viewer, &Viewer)) -> Self {
        let (services, (reviewer, admin)) = (&app.services, people);
        let client = app.create_client(partner, "Ромашка").await;
        app.create_virtual_machines(partner, client, &["vm-1"]).await;
        let kvm = TrialFields { services: vec!["kvm".to_owned()], start: String::new() };
        let on_trial = app.create_client(partner, "Пион").await;
        let trial = services.trial_record(&partner.viewer, on_trial, &kvm).await.expect("a trial");
        let ask = async |faces: &[i64]| {
            let asked = faces.iter().map(|face| AskedCode { face: *face, note: None, client_id: None }).collect();
            services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
        };
        services.request_approve(reviewer, &ask(&[500, 500]).await).await.expect("granted");
        let codes: Vec<String> = sqlx::query_scalar("select code from bonus_codes").fetch_all(&mut app.owner().await).await.expect("codes");
        let codes: Vec<CodeText> = codes.iter().map(|code| code.parse().expect("a code")).collect();
        let month_asked = Ask { month: month("2026-12"), resources: vec!["vm-1".to_owned()] };
        let asked_month = services.free_month_submit(&partner.viewer, client, month_asked, Uuid::new_v4()).await.expect("a request");
        let import = services.usage_preview(Actor::Person(reviewer), "x.csv", file_of(partner), false).await.expect("a preview").import.id;
        let in_run = app.adjust(partner, people, "900").await;
        services.ledger_approve(Actor::Person(reviewer), &[in_run]).await.expect("approved");
        let run = app.bank_run(partner, people).await;
        let approved = app.adjust(partner, people, "700").await;
        services.ledger_approve(Actor::Person(reviewer), &[approved]).await.expect("approved");
        let fallen = app.create_partner("2026-01-01").await;
        let proposed = services.exam_record(reviewer, fallen.id, &exam("15.06.2026")).await.expect("proposed");
        let ExamOutcome::Proposed(late_fact) = proposed else { panic!("{proposed:?}") };
        let entry = app.adjust(partner, (reviewer, admin), "500").await;
        let adjustment = app.propose_adjustment(partner, reviewer, "200").await;
        let asked = ask(&[100]).await;
        let codes = codes.try_into().expect("two codes");
        Self { client, trial, asked, asked_month, codes, import, entry, approved, adjustment, late_fact, run }
    }
}

/// A billing file with one row of a partner.
fn file_of(partner: &TestPartner) -> std::io::Cursor<String> {
    let header = "partner;client_inn;client_name;service;resource;month;gross";
    std::io::Cursor::new(format!("{header}\n{};7707083893;Клиент;kvm;vm;2026-10;100\n", partner.code))
}

/// Every gesture that changes something, tried while no record can be written: the record is each one's last wish, and without it the
/// whole transaction has to go.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_leaves_no_record_is_not_done(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (admin, reviewer) = (app.create_staff(Role::StaffAdmin).await, app.create_staff(Role::StaffReviewer).await);
    app.close_months("2026-01", "2026-08").await;
    let partner = app.create_partner("2026-09-01").await;
    let waiting = Waiting::make(&app, &partner, (&reviewer, &admin)).await;
    let (services, member, client) = (&app.services, &partner.viewer, waiting.client);
    let inn = services.client_page(member, client).await.expect("the page").client.inn;
    let preview = services.settlement_preview(&reviewer, Settlement::Bank).await.expect("a preview");
    let before = contents(&app).await;
    sqlx::query("revoke insert on audit_records from portal_partner, portal_staff, portal_application")
        .execute(&mut app.owner().await)
        .await
        .expect("a revocation");

    let (as_reviewer, as_admin) = (Actor::Person(&reviewer), Actor::Person(&admin));
    let fields = ClientFields { inn: app.inn().to_string(), name: "Лютик".to_owned(), ..ClientFields::default() };
    let backup = TrialFields { services: vec!["backup".to_owned()], start: String::new() };
    let asked = vec![AskedCode { face: 100, note: None, client_id: None }];
    let month_asked = Ask { month: month("2027-06"), resources: vec!["vm-1".to_owned()] };
    let text = RefusalText::try_from("В этом квартале таких заявок больше не будет".to_owned()).expect("a text");
    let person = |email: &str| NewPerson { email: email.to_owned(), display_name: "Анна".to_owned(), password: None };
    let new = NewPartner {
        code: "P-9999".to_owned(),
        name: "Новый".to_owned(),
        inn: app.inn(),
        contract_date: date("2026-10-01"),
        billing: BillingSide::Provider,
        member: person("new@partner.example"),
    };
    let adjustment = AdjustmentFields {
        partner: partner.code.clone(),
        amount: "5".to_owned(),
        settlement: "bank".to_owned(),
        reason: "agreement".to_owned(),
        text: REASON.to_owned(),
    };
    let settings = SettingsFields {
        second_person_above: "7".to_owned(),
        name: "ООО «Облако»".to_owned(),
        inn: "7707083893".to_owned(),
        account: support::bank_account("99"),
    };
    let late = LateFactFields { decision: "accept".to_owned(), reason: REASON.to_owned() };
    let reverse = ReverseFields { reason: "billing_mistake".to_owned(), text: REASON.to_owned() };
    let mut terms = domain::terms::parameters::write(&domain::terms::Terms::default(), &[]);
    for (name, value) in [("valid_from", "2026-11-01"), ("note", REASON), ("rebate_kvm", "5")] {
        terms.insert(name.to_owned(), value.to_owned());
    }
    let account = support::bank_account("777");
    let answers = [
        ("client.add", services.client_add(member, &fields).await.map(drop)),
        ("client's trial.record", services.trial_record(member, client, &backup).await.map(drop)),
        ("trial.end", services.trial_end(member, waiting.trial, "").await.map(drop)),
        ("request.submit of codes", services.bonus_codes_submit(member, asked, Uuid::new_v4()).await.map(drop)),
        ("request.submit of a month", services.free_month_submit(member, client, month_asked, Uuid::new_v4()).await.map(drop)),
        ("request.withdraw", services.request_withdraw(member, &waiting.asked).await),
        ("request.approve of codes", services.request_approve(&reviewer, &waiting.asked).await),
        ("request.approve of a month", services.request_approve(&reviewer, &waiting.asked_month).await),
        ("request.refuse", services.request_refuse(&reviewer, &waiting.asked, RefusalReason::Other, text).await),
        ("code.redeem", services.bonus_code_redeem(&reviewer, &waiting.codes[0], &inn).await.map(drop)),
        ("code.revoke", services.bonus_code_revoke(&reviewer, &waiting.codes[1], REASON).await.map(drop)),
        ("exam.record", services.exam_record(&admin, partner.id, &exam("")).await.map(drop)),
        ("level.decide", services.level_decide(&admin, partner.id, &decision("basic", "", REASON)).await),
        ("late_fact.accept", services.late_fact_decide(as_admin, waiting.late_fact, &late).await),
        ("usage_import.preview", services.usage_preview(as_reviewer, "y.csv", file_of(&partner), false).await.map(drop)),
        ("usage_import.commit", services.usage_commit(as_reviewer, waiting.import).await.map(drop)),
        ("usage_import.discard", services.usage_discard(as_reviewer, waiting.import).await),
        ("month.close", services.month_close(as_admin, month("2026-09")).await.map(drop)),
        ("partner.create", services.partner_create(Actor::Command("test"), new).await.map(drop)),
        ("user.create", services.staff_create(Actor::Command("test"), Role::StaffAdmin, person("new@provider.example")).await.map(drop)),
        ("terms.publish", services.terms_publish(&admin, &terms).await.map(drop)),
        ("ledger.approve", services.ledger_approve(as_reviewer, &[waiting.entry]).await.map(drop)),
        ("ledger.reverse", services.ledger_reverse(as_reviewer, waiting.approved, &reverse).await.map(drop)),
        ("adjustment.propose", services.adjustment_propose(&reviewer, &adjustment, Uuid::new_v4()).await),
        ("adjustment.accept", services.adjustment_decide(&admin, waiting.adjustment, true).await.map(drop)),
        ("settlement.make", services.settlement_make(&reviewer, Settlement::Bank, preview.total, preview.key).await.map(drop)),
        ("settlement.drop", services.settlement_drop(&reviewer, &waiting.run).await),
        ("bank_account.edit", services.bank_account_edit(as_admin, partner.id, &account).await),
        ("settlement_settings.edit", services.settlement_settings_edit(as_admin, &settings).await),
    ];
    for (gesture, answer) in answers {
        assert!(matches!(answer, Err(Error::Unexpected(_))), "{gesture}: {answer:?}");
    }
    for ((table, before), (_, after)) in before.iter().zip(&contents(&app).await) {
        assert_eq!(before, after, "{table}");
    }
}

/// The rows of every table but those of sessions, as one text each.
async fn contents(app: &TestApp) -> Vec<(String, String)> {
    let mut owner = app.owner().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
            and relname not in ('user_sessions', 'sign_in_buckets', 'form_states') order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("tables");
    let mut contents = Vec::new();
    for table in tables {
        let rows = format!("select coalesce(string_agg(t::text, e'\\n' order by t::text), '') from {table} t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_one(&mut owner).await.expect("rows");
        contents.push((table, rows));
    }
    contents
}
