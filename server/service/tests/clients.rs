//! Clients and trials: entering, showing, and whose they are.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use domain::calendar::Month;
use domain::form::FieldProblem;
use domain::free_month::Ask;
use domain::ids::ClientId;
use domain::model::Model;
use domain::money::Money;
use domain::permission::Role;
use domain::trial::TrialProblem;
use service::bonus_codes::AskedCode;
use service::clients::ClientFields;
use service::partners::LevelDecisionFields;
use service::trials::{TrialFields, TrialState};
use service::{Error, Refusal, secrets};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, count_statements, date, month};
use uuid::Uuid;

fn client_fields(inn: &str, name: &str) -> ClientFields {
    ClientFields { inn: inn.to_owned(), name: name.to_owned(), start_date: String::new() }
}

fn trial_fields(services: &[&str], start: &str) -> TrialFields {
    TrialFields { services: services.iter().map(ToString::to_string).collect(), start: start.to_owned() }
}

/// Makes a partner Basic from today on.
async fn make_basic(app: &TestApp, partner: &TestPartner) {
    let admin = app.create_staff(Role::StaffAdmin).await;
    let fields = LevelDecisionFields {
        level: "basic".to_owned(), date: String::new(), reason: "Для проверки пробных периодов".to_owned()
    };
    app.services.level_decide(&admin, partner.id, &fields).await.expect("a decision");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_client_is_entered_with_its_audit_record(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-01-15").await;
    let inn = app.inn();
    let id = app.services.client_add(&partner.viewer, &client_fields(&format!(" {inn} "), "  ООО «Ромашка» ")).await.expect("a client");
    let page = app.services.client_page(&partner.viewer, id).await.expect("the page");
    assert_eq!((page.client.inn, page.client.name.as_str()), (inn.clone(), "ООО «Ромашка»"));
    assert_eq!(page.client.start_date, date("2026-10-05"), "today where nothing was typed");
    assert_eq!(app.audited().await, ["client.add"]);
    assert_eq!(app.audited_after("client.add").await["inn"], inn.as_str());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_bad_field_of_a_client_is_named_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-01-15").await;
    let fields = ClientFields { inn: "7707083894".to_owned(), name: "\0".to_owned(), start_date: "soon".to_owned() };
    let Err(Error::Invalid(problems)) = app.services.client_add(&partner.viewer, &fields).await else { panic!("it has to be refused") };
    assert_eq!(problems["inn"], FieldProblem::InnChecksum);
    assert_eq!(problems["name"], FieldProblem::Required);
    assert_eq!(problems["start_date"], FieldProblem::NotADate);

    let long = client_fields(app.inn().as_str(), &"я".repeat(201));
    let Err(Error::Invalid(problems)) = app.services.client_add(&partner.viewer, &long).await else { panic!("it has to be refused") };
    assert_eq!(problems["name"], FieldProblem::TooLong { maximum: 200 });

    let late = ClientFields { start_date: "2027-10-06".to_owned(), ..client_fields(app.inn().as_str(), "Позже") };
    let refused = app.services.client_add(&partner.viewer, &late).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::DateTooFar { latest })) if latest == date("2027-10-05")), "{refused:?}");
    assert_eq!((app.count("clients").await, app.audited().await.len()), (0, 0));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_known_client_is_refused_and_another_partners_client_is_never_revealed(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (ours, theirs) = (app.create_partner("2026-01-15").await, app.create_partner("2026-01-15").await);
    let inn = app.inn();
    app.services.client_add(&theirs.viewer, &client_fields(inn.as_str(), "Их название")).await.expect("their client");
    app.services.client_add(&ours.viewer, &client_fields(inn.as_str(), "Наше название")).await.expect("the same company as our client");
    let again = app.services.client_add(&ours.viewer, &client_fields(inn.as_str(), "Ещё раз")).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::ClientKnown))), "{again:?}");
    assert_eq!(app.audited().await, ["client.add", "client.add"], "a refusal leaves no record");
    let names = |page: service::clients::ClientsPage| page.page.lines.into_iter().map(|line| line.client.name).collect::<Vec<_>>();
    assert_eq!(names(app.services.clients_page(&ours.viewer, Some(inn.as_str()), None).await.expect("a list")), ["Наше название"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn clients_are_listed_by_name_page_by_page_within_four_statements(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-01-15").await;
    let empty = app.services.clients_page(&partner.viewer, Some("  "), None).await.expect("a list");
    assert!(empty.page.lines.is_empty() && empty.search.is_none());
    // Two of one name stand at the edge of a page.
    for number in 0..60 {
        app.create_client(&partner, &format!("Клиент {:02}", number - i32::from(number == 25))).await;
    }
    let mut seen = Vec::new();
    let mut after: Option<ClientId> = None;
    let mut pages = 0;
    loop {
        let (page, statements) = count_statements(app.services.clients_page(&partner.viewer, None, after)).await;
        let page = page.expect("a list");
        assert!((1..=4).contains(&statements), "{statements} statements");
        pages += 1;
        seen.extend(page.page.lines.iter().map(|line| (line.client.name.clone(), line.client.id)));
        after = page.page.next.map(|next| next.parse().expect("a client"));
        if after.is_none() {
            break;
        }
    }
    assert_eq!((pages, seen.len()), (3, 60));
    let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.is_sorted());
    assert_eq!(seen.iter().map(|(_, id)| id).collect::<std::collections::BTreeSet<_>>().len(), 60, "each once");

    let found = app.services.clients_page(&partner.viewer, Some(" КЛИЕНТ 07"), None).await.expect("a list");
    assert_eq!(found.page.lines.len(), 1);
    let nothing = app.services.clients_page(&partner.viewer, Some("%"), None).await.expect("a list");
    assert!(nothing.page.lines.is_empty() && nothing.search.as_deref() == Some("%"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_clients_page_shows_what_it_runs_and_used(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2024-01-15").await;
    let client = app.create_client(&partner, "Ромашка").await;
    app.create_virtual_machines(&partner, client, &["vm-2", "vm-1"]).await;
    for (month, service, roubles) in
        [("2025-04", "kvm", 1), ("2025-05", "kvm", 2), ("2026-09", "kvm", 10_000), ("2026-09", "backup", 500), ("2026-10", "kvm", 7)]
    {
        app.load_usage(&partner, client, month, service, roubles).await;
    }
    let (page, statements) = count_statements(app.services.client_page(&partner.viewer, client)).await;
    let page = page.expect("the page");
    assert!(statements <= 9, "{statements} statements");
    assert_eq!(page.resources.iter().map(|resource| resource.name.as_str()).collect::<Vec<_>>(), ["vm-1", "vm-2"]);
    let months: Vec<(String, usize, Money)> =
        page.usage.iter().map(|line| (line.month.to_string(), line.services.len(), line.total)).collect();
    assert_eq!(
        months,
        [
            ("2026-10".to_owned(), 1, Money::roubles(7)),
            ("2026-09".to_owned(), 2, Money::roubles(10_500)),
            ("2025-05".to_owned(), 1, Money::roubles(2)),
        ],
        "18 months with the running one"
    );
    assert_eq!((page.free_months_limit, page.free_months.len(), page.bonus_codes.len()), (2, 0, 0));
    let line = &app.services.clients_page(&partner.viewer, None, None).await.expect("a list").page.lines[0];
    assert_eq!((line.virtual_machines, line.last_month, line.last_gross), (2, Month::new(2026, 10), Some(Money::roubles(7))));

    let staff = app.create_staff(Role::StaffReviewer).await;
    assert_eq!(app.services.client_page(&staff, client).await.expect("staff see it").client.id, client);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_professional_trial_runs_until_its_result_is_recorded_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-15").await;
    let client = app.create_client(&partner, "Ромашка").await;
    let fields = trial_fields(&["mont_office", "kvm", "kvm"], "2026-10-02");
    let trial = app.services.trial_record(&partner.viewer, client, &fields).await.expect("a trial");
    let page = app.services.client_page(&partner.viewer, client).await.expect("the page");
    assert_eq!((page.model, page.trial_end), (Model::Agent, None));
    let line = &page.trials[0];
    assert_eq!((line.state, line.trial.ended_on, line.trial.services.join(",").as_str()), (TrialState::Running, None, "kvm,mont_office"));
    assert!(app.services.clients_page(&partner.viewer, None, None).await.expect("a list").page.lines[0].on_trial);

    let again = app.services.trial_record(&partner.viewer, client, &fields).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::TrialKnown))), "{again:?}");
    let early = app.services.trial_end(&partner.viewer, trial, "2026-10-01").await;
    assert!(matches!(early, Err(Error::Refused(Refusal::Trial(TrialProblem::EndsBeforeStart)))), "{early:?}");
    let future = app.services.trial_end(&partner.viewer, trial, "2026-10-06").await;
    assert!(matches!(future, Err(Error::Refused(Refusal::DateInFuture))), "{future:?}");
    let unreadable = app.services.trial_end(&partner.viewer, trial, "31.02.2026").await;
    assert!(matches!(unreadable, Err(Error::Invalid(_))), "{unreadable:?}");

    assert_eq!(app.services.trial_end(&partner.viewer, trial, "04.10.2026").await.expect("the result"), client);
    let twice = app.services.trial_end(&partner.viewer, trial, "").await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::TrialEnded))), "{twice:?}");
    let page = app.services.client_page(&partner.viewer, client).await.expect("the page");
    assert_eq!((page.trials[0].state, page.trials[0].trial.ended_on), (TrialState::Ended, Some(date("2026-10-04"))));
    assert_eq!(app.audited().await, ["client.add", "trial.record", "trial.end"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_basic_trial_ends_after_fourteen_days(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-15").await;
    let client = app.create_client(&partner, "Ромашка").await;
    make_basic(&app, &partner).await;
    let staff = app.create_staff(Role::StaffReviewer).await;
    let trial = app.services.trial_record(&staff, client, &trial_fields(&["kvm"], "")).await.expect("staff may record it");
    let page = app.services.client_page(&partner.viewer, client).await.expect("the page");
    assert_eq!((page.model, page.trial_end), (Model::Referral, Some(date("2026-10-18"))));
    assert_eq!(page.trials[0].trial.ended_on, Some(date("2026-10-18")));
    let ended = app.services.trial_end(&partner.viewer, trial, "2026-10-05").await;
    assert!(matches!(ended, Err(Error::Refused(Refusal::TrialEnded))), "{ended:?}");
    // The model of the first day counts: before the decision the partner was Professional.
    app.services.trial_record(&partner.viewer, client, &trial_fields(&["kvm"], "2026-10-04")).await.expect("a trial");
    assert_eq!(app.audited_after("trial.record").await["end"], serde_json::Value::Null);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_trial_needs_services_of_the_catalogue_and_a_near_start(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-09-15").await;
    let client = app.create_client(&partner, "Ромашка").await;
    for (services, problem) in [(&[][..], FieldProblem::Required), (&["kvm", "abacus"][..], FieldProblem::UnknownChoice)] {
        let refused = app.services.trial_record(&partner.viewer, client, &trial_fields(services, "soon")).await;
        let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
        assert_eq!((problems["services"], problems["start"]), (problem, FieldProblem::NotADate));
    }
    let far = app.services.trial_record(&partner.viewer, client, &trial_fields(&["kvm"], "2027-01-06")).await;
    assert!(matches!(far, Err(Error::Refused(Refusal::DateTooFar { latest })) if latest == date("2027-01-05")), "{far:?}");
    app.services.trial_record(&partner.viewer, client, &trial_fields(&["kvm"], "2027-01-05")).await.expect("the last day is taken");
    let page = app.services.client_page(&partner.viewer, client).await.expect("the page");
    assert_eq!(page.trials[0].state, TrialState::Planned);
    assert_eq!(app.audited().await, ["client.add", "trial.record"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn another_partners_client_and_trial_are_not_found(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let (ours, theirs) = (app.create_partner("2026-01-15").await, app.create_partner("2026-01-15").await);
    let client = app.create_client(&theirs, "Их клиент").await;
    let trial = app.services.trial_record(&theirs.viewer, client, &trial_fields(&["kvm"], "")).await.expect("their trial");
    let before = app.audited().await;
    // A foreign one and one that never was answer alike.
    for (client, trial) in [(client, trial), (secrets::id(), secrets::id())] {
        let page = app.services.client_page(&ours.viewer, client).await;
        assert!(matches!(page, Err(Error::NotFound)), "{page:?}");
        let recorded = app.services.trial_record(&ours.viewer, client, &trial_fields(&["kvm"], "")).await;
        assert!(matches!(recorded, Err(Error::NotFound)), "{recorded:?}");
        let ended = app.services.trial_end(&ours.viewer, trial, "").await;
        assert!(matches!(ended, Err(Error::NotFound)), "{ended:?}");
    }
    let list = app.services.clients_page(&ours.viewer, None, Some(client)).await.expect("a list");
    assert!(list.page.lines.is_empty());
    assert_eq!(app.audited().await, before);
    assert_eq!(app.services.client_page(&theirs.viewer, client).await.expect("their page").trials[0].trial.ended_on, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn staff_have_no_client_list_of_their_own(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    for role in [Role::StaffReviewer, Role::StaffAdmin] {
        let staff = app.create_staff(role).await;
        assert!(matches!(app.services.clients_page(&staff, None, None).await, Err(Error::Forbidden)));
        let added = app.services.client_add(&staff, &client_fields(app.inn().as_str(), "Чей-то")).await;
        assert!(matches!(added, Err(Error::Forbidden)));
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_of_many_equal_submits_enters_the_client(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05");
    let partner = app.create_partner("2026-01-15").await;
    let fields = client_fields(app.inn().as_str(), "Ромашка");
    let second = app.another_process();
    let mut submits = tokio::task::JoinSet::new();
    for number in 0..16 {
        let services = if number % 2 == 0 { app.services.clone() } else { second.clone() };
        let (viewer, fields) = (partner.viewer.clone(), fields.clone());
        submits.spawn(async move { services.client_add(&viewer, &fields).await });
    }
    let answers = submits.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Error::Refused(Refusal::ClientKnown)))), "{answers:?}");
    assert_eq!(app.audited().await, ["client.add"]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn home_counts_what_waits_what_is_unused_and_the_clients_and_a_client_shows_what_it_was_given(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = TestApp::start(options, "2026-10-05");
    let (services, reviewer) = (&app.services, app.create_staff(Role::StaffReviewer).await);
    let (partner, other) = (app.create_partner("2026-09-01").await, app.create_partner("2026-09-01").await);
    let figures = async || {
        let home = services.home_page(&partner.viewer).await.expect("the page");
        (home.waiting, home.unused_codes, home.clients)
    };
    assert_eq!(figures().await, (0, 0, 0));
    let (client, stranger) = (app.create_client(&partner, "Ромашка").await, app.create_client(&other, "Лютик").await);
    app.create_client(&partner, "Пион").await;
    app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    let ask = async |partner: &TestPartner, client: ClientId, faces: &[i64]| {
        let asked = faces.iter().map(|face| AskedCode { face: *face, note: None, client_id: Some(client) }).collect();
        services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
    };
    let granted = ask(&partner, client, &[500, 100, 100]).await;
    ask(&partner, client, &[200]).await;
    let month_asked = Ask { month: month("2026-11"), resources: vec!["vm-1".to_owned()] };
    services.free_month_submit(&partner.viewer, client, month_asked, Uuid::new_v4()).await.expect("a request");
    // Another's counts for nobody else.
    services.request_approve(&reviewer, &ask(&other, stranger, &[100]).await).await.expect("granted");
    assert_eq!(figures().await, (3, 0, 2));
    services.request_approve(&reviewer, &granted).await.expect("granted");
    assert_eq!(figures().await, (2, 3, 2));
    let page = services.client_page(&partner.viewer, client).await.expect("the page");
    assert_eq!(page.bonus_codes.iter().map(|code| code.face).collect::<std::collections::BTreeSet<_>>(), [100, 500].into());
    assert_eq!(page.bonus_codes.len(), 3, "granted codes are on the page of their client, those that wait are not");
    // Redeemed and revoked codes are used up.
    let code = |at: usize| page.bonus_codes[at].code.parse().expect("a code");
    services.bonus_code_redeem(&reviewer, &code(0), &page.client.inn).await.expect("redeemed");
    services.bonus_code_revoke(&reviewer, &code(1), "Выдан по ошибке").await.expect("revoked");
    assert_eq!(figures().await, (2, 1, 2));
    let [pending] = page.free_months.as_slice() else { panic!("{:?}", page.free_months) };
    assert_eq!((pending.month, pending.granted, pending.resources.as_slice()), (month("2026-11"), false, ["vm-1".to_owned()].as_slice()));
    assert_eq!(page.free_months_limit, 2);
}
