//! New terms: what they would have changed, publishing, and that earlier decisions keep theirs (`TERM-1`).

mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::form::FieldProblem;
use domain::free_month::Ask;
use domain::ids::PartnerId;
use domain::model::{BillingSide, Model};
use domain::money::Money;
use domain::permission::Role;
use domain::rule::Rule;
use domain::terms::parameters;
use service::bonus_codes::AskedCode;
use service::terms::{NOTE, Refused, VALID_FROM};
use service::{Actor, Error, Refusal};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, date, instant, month};
use uuid::Uuid;

const WHY: &str = "Решение правления от 1 октября";

/// The values of a form that changes one parameter of the brochure's terms.
fn values(valid_from: &str, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut values = parameters::write(&domain::terms::Terms::default(), &[]);
    values.insert(VALID_FROM.to_owned(), valid_from.to_owned());
    values.insert(NOTE.to_owned(), WHY.to_owned());
    values.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    values
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn new_terms_decide_from_their_day_on_and_not_before(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05T12:00:00+03:00");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let partner = app.create_partner("2026-09-01").await;
    app.services.terms_publish(&admin, &values("2026-10-06", &[("codes_per_quarter", "2")])).await.expect("published");
    assert_eq!(app.audited().await, ["terms.publish"]);

    let ask = async |codes: usize| {
        let asked = (0..codes).map(|_| AskedCode { face: 500, note: None, client_id: None }).collect();
        app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await
    };
    let today = ask(3).await.expect("ten codes a quarter still");
    app.clock.set(instant("2026-10-06T00:00:00+03:00"));
    let Err(Error::Refused(Refusal::Rules(verdict))) = ask(1).await else { panic!("two codes a quarter from today on") };
    assert_eq!(verdict.rules(), [Rule::Code1]);
    // The request of yesterday explains itself with the terms of yesterday.
    let versions: Vec<i32> =
        sqlx::query_scalar("select t.number from requests r join terms_versions t on t.id = r.terms_version_id where r.reference = $1")
            .bind(&today)
            .fetch_all(&mut app.owner().await)
            .await
            .expect("a version");
    assert_eq!(versions, [1]);
    let page = app.services.terms_page(&admin).await.expect("the page");
    assert_eq!((page.in_force, page.versions.len()), (2, 2));
    assert_eq!(page.changes, [vec![("codes_per_quarter".to_owned(), "10".to_owned(), "2".to_owned())]]);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_month_is_rewarded_by_the_terms_of_its_first_day_and_a_rebate_by_those_of_its_accrual(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = TestApp::start(options, "2026-04-15");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let partner = app.create_partner("2026-01-01").await;
    app.services.terms_publish(&admin, &values("2026-06-15", &[("rates.agent", "20"), ("rebate_kvm", "5")])).await.expect("published");
    let mut file = "partner;client_inn;client_name;service;resource;month;gross\n".to_owned();
    for of in 1..=7 {
        writeln!(file, "{};7707083893;Клиент;kvm;vm;2026-0{of};100000", partner.code).expect("a line");
    }
    app.clock.set(instant("2026-08-05T12:00:00+03:00"));
    let preview = app.services.usage_preview(Actor::Command("test"), "x.csv", std::io::Cursor::new(file), false).await.expect("a preview");
    app.services.usage_commit(Actor::Command("test"), preview.import.id).await.expect("a commit");
    for of in 1..=7 {
        app.services.month_close(Actor::Command("test"), month(&format!("2026-0{of}"))).await.expect("a close");
    }
    let entries: Vec<(String, String, String, i32)> = sqlx::query_as(
        "select e.rule, e.period, e.amount::text, t.number from ledger_entries e join terms_versions t on t.id = e.terms_version_id
          where e.amount <> 0 and e.period in ('2026-06', '2026-07', '2026-H1') order by e.rule, e.period",
    )
    .fetch_all(&mut app.owner().await)
    .await
    .expect("entries");
    let entry = |rule: &str, period: &str, amount: &str, version| (rule.to_owned(), period.to_owned(), amount.to_owned(), version);
    assert_eq!(
        entries,
        [
            entry("RATE-4", "2026-06", "27000.00", 1),
            entry("RATE-4", "2026-07", "20000.00", 2),
            // Six nets of 73 000 at the rate in force on 1 July.
            entry("REB-1", "2026-H1", "21900.00", 2),
        ]
    );
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);

    // What lower rates would have changed: the months from February to July, all of them and nobody else's.
    let (new, trial) = app.services.terms_try(&admin, &values("2026-09-01", &[("rates.agent", "10")])).await.expect("a trial");
    assert_eq!(new.valid_from, date("2026-09-01"));
    assert_eq!((trial.first, trial.last), (Some(month("2025-08")), Some(month("2026-07"))));
    let (before, after) = trial.rules[&Rule::Rate4];
    assert_eq!((before, after), (Money::roubles(6 * 27_000 + 20_000), Money::roubles(7 * 10_000)));
    assert_eq!((trial.partner_count, trial.partners[0].id), (1, partner.id));
    assert_eq!(app.count("terms_versions").await, 2, "a trial publishes nothing");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn terms_begin_on_a_day_to_come_differ_and_are_published_by_admins(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-10-05T23:59:59+03:00");
    let (admin, reviewer) = (app.create_staff(Role::StaffAdmin).await, app.create_staff(Role::StaffReviewer).await);
    let refused = app.services.terms_publish(&reviewer, &values("2026-10-06", &[("rebate_kvm", "5")])).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    let Err(Error::Invalid(problems)) = app.services.terms_publish(&admin, &values("2026-10-05", &[("rates.agent", "x")])).await else {
        panic!("a day that is here")
    };
    assert_eq!(problems[VALID_FROM], FieldProblem::NotInFuture);
    assert_eq!(problems["rates.agent"], FieldProblem::NotANumber);
    let same = app.services.terms_publish(&admin, &values("2026-10-06", &[])).await;
    assert!(matches!(same, Err(Error::Refused(Refusal::TermsKnown))), "{same:?}");
    app.services.terms_publish(&admin, &values("2026-10-06", &[("rebate_kvm", "5")])).await.expect("published");
    let again = app.services.terms_publish(&admin, &values("2026-10-06", &[("rebate_kvm", "6")])).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::TermsKnown))), "{again:?}");
    assert_eq!(app.count("terms_versions").await, 2);
    for statement in ["update terms_versions set valid_from = '2020-01-01'", "delete from terms_versions"] {
        sqlx::query(statement).execute(&mut app.owner().await).await.expect_err("versions are never changed");
    }
}

/// New terms tried on a White Label, on who falls by them, and on a rebate: every figure is what closing the months under them would give.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_trial_shows_discounts_days_of_another_level_and_rebates(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let admin = app.create_staff(Role::StaffAdmin).await;
    let agent = app.create_partner("2026-01-01").await;
    let white_label = app.create_partner_billed("2026-01-01", BillingSide::Partner).await;
    let mut file = "partner;client_inn;client_name;service;resource;month;gross\n".to_owned();
    for of in 1..=7 {
        writeln!(file, "{};7707083893;Клиент;kvm;vm;2026-0{of};40000", agent.code).expect("a line");
        writeln!(file, "{};7728168971;Клиент;kvm;vm;2026-0{of};100000", white_label.code).expect("a line");
    }
    let preview = app.services.usage_preview(Actor::Command("test"), "x.csv", std::io::Cursor::new(file), false).await.expect("a preview");
    app.services.usage_commit(Actor::Command("test"), preview.import.id).await.expect("a commit");
    for of in 1..=7 {
        app.services.month_close(Actor::Command("test"), month(&format!("2026-0{of}"))).await.expect("a close");
    }
    let tried = async |name: &str, value: &str| {
        let (_, trial) = app.services.terms_try(&admin, &values("2026-09-01", &[(name, value)])).await.expect("a trial");
        trial
    };
    let of = |trial: &service::terms::TermsTrial, id: PartnerId| trial.partners.iter().find(|effect| effect.id == id).cloned();
    let roubles = Money::roubles;

    // Discounts of who bills the clients: seven months of 100 000; nothing of the agent's.
    let trial = tried("rates.white_label", "20").await;
    assert_eq!(trial.discounts, (roubles(7 * 27_000), roubles(7 * 20_000)));
    let effect = of(&trial, white_label.id).expect("an effect");
    assert_eq!((effect.discount_before, effect.discount_after), (roubles(7 * 27_000), roubles(7 * 20_000)));
    // What is left to pay grows, and with it the base of the half's rebate.
    assert_eq!((effect.accrued_before, effect.accrued_after), (roubles(43_800), roubles(48_000)));
    assert_eq!((of(&trial, agent.id), trial.partner_count), (None, 1));
    assert!(effect.days.is_empty() && trial.not_tried.is_empty());

    // A minimum that the agent missed in its first window, decided on 1 July: a Referral from that day on.
    let trial = tried("minimum_monthly_revenue", "50000").await;
    let effect = of(&trial, agent.id).expect("an effect");
    let [days] = effect.days.as_slice() else { panic!("{:?}", effect.days) };
    assert_eq!((days.from, days.through), (date("2026-07-01"), date("2026-08-01")));
    assert_eq!((days.accepted, days.proposed), (Some(Model::Agent), Some(Model::Referral)));
    // July's 40 000 at a tenth in the place of 27 %; the half before it counts with the models of its months.
    assert_eq!((effect.accrued_before - effect.accrued_after, of(&trial, white_label.id)), (roubles(6_800), None));

    // A rebate alone: its own rule and no other.
    let trial = tried("rebate_kvm", "5").await;
    assert_eq!(trial.rules[&Rule::Rebate1], (roubles(17_520 + 43_800), roubles(8_760 + 21_900)));
    for (rule, (before, after)) in trial.rules.iter().filter(|(rule, _)| **rule != Rule::Rebate1) {
        assert_eq!(before, after, "{rule}");
    }
    assert_eq!((trial.partner_count, trial.discounts.0), (2, trial.discounts.1));
}

/// What was granted is asked about again: codes in the order of their quarter, months of a client, trials; bonuses by the terms of their day.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_trial_asks_again_about_what_was_granted(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-07-05");
    let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let (partner, other) = (app.create_partner("2026-06-01").await, app.create_partner("2026-06-01").await);
    let client = app.create_client(&partner, "ООО «Ромашка»").await;
    app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    let asked = async |of: &TestPartner, faces: &[i64]| {
        let asked = faces.iter().map(|&face| AskedCode { face, note: None, client_id: None }).collect();
        let reference = app.services.bonus_codes_submit(&of.viewer, asked, Uuid::new_v4()).await.expect("a request");
        app.services.request_approve(&reviewer, &reference).await.expect("approved");
    };
    asked(&partner, &[1_000; 6]).await;
    asked(&partner, &[1_000; 3]).await;
    asked(&other, &[1_000; 2]).await;
    for of in ["2026-08", "2026-10"] {
        let ask = Ask { month: month(of), resources: vec!["vm-1".to_owned()] };
        let reference = app.services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
        app.services.request_approve(&reviewer, &reference).await.expect("approved");
    }
    app.set_clock("2026-08-05");
    for of in ["2026-06", "2026-07"] {
        app.services.month_close(Actor::Command("test"), month(of)).await.expect("a close");
    }
    let tried = async |name: &str, value: &str| {
        let (_, trial) = app.services.terms_try(&admin, &values("2026-09-01", &[(name, value)])).await.expect("a trial");
        assert!(trial.not_tried.is_empty(), "{name}");
        trial
    };
    // Six of seven leave no room for three; the other partner's two fit.
    let trial = tried("codes_per_quarter", "7").await;
    let expected = Refused { code_requests: 1, code_value: 3_000, ..Refused::default() };
    assert_eq!((trial.refused, trial.partner_count), (expected, 1));
    assert_eq!((trial.partners[0].id, trial.partners[0].refused), (partner.id, expected));
    assert_eq!(tried("code_minimum_face", "1001").await.refused.code_requests, 3);
    assert_eq!(tried("codes_per_quarter", "9").await.refused, Refused::default());
    let one_month = Refused { free_months: 1, ..Refused::default() };
    assert_eq!(tried("free_months_per_client", "1").await.refused, one_month);
    assert_eq!(tried("free_month_gap", "2").await.refused, one_month);
    // A privilege that is taken away takes what it gave.
    let mut without = values("2026-09-01", &[]);
    without.remove("privileges.free_months.agent");
    let (_, trial) = app.services.terms_try(&admin, &without).await.expect("a trial");
    assert_eq!(trial.refused, Refused { free_months: 2, ..Refused::default() });
}
