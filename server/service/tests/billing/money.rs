//! What closing months brings into the ledger, and what late facts change of it (`RATE-4`, `REB-1`..`REB-5`, `USE-4`).

use std::fmt::Write;
use std::path::Path;

use domain::ids::{ClientId, LateFactId, PartnerId};
use domain::model::BillingSide;
use domain::money::Money;
use domain::permission::Role;
use domain::rate::RateChoice;
use domain::simulation::{Scenario, run};
use service::late_facts::LateFactFields;
use service::ledger::ReverseFields;
use service::partners::{ExamFields, ExamOutcome};
use service::{Actor, Error, Locale, Refusal, Viewer, ViewerPartner};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{COMMAND, HEADER, Portal, inn, month, staff};

const REASON: &str = "Документы пришли с опозданием";

/// A row of the ledger: rule, period, kind, base, amount, settlement.
type Line = (String, String, String, String, String, String);

impl Portal {
    /// The ledger of a partner in the order of recording.
    async fn ledger(&self, partner: PartnerId) -> Vec<Line> {
        sqlx::query_as(
            "select rule, period, kind, base::text, amount::text, settlement from ledger_entries where partner_id = $1 order by accrued_on, rule, number",
        )
        .bind(partner.0)
        .fetch_all(&self.owner)
        .await
        .expect("the ledger")
    }

    async fn close(&self, closed: &str) {
        self.services.month_close(COMMAND, month(closed)).await.unwrap_or_else(|error| panic!("{closed}: {error:?}"));
    }

    async fn assert_ledger_is_right(&self) -> service::ledger_verify::Verification {
        let verification = self.services.ledger_verify().await.expect("a verification");
        assert_eq!(verification.difference, None);
        verification
    }

    async fn accept(&self, fact: LateFactId) {
        let fields = LateFactFields { decision: "accept".to_owned(), reason: REASON.to_owned() };
        self.services.late_fact_decide(COMMAND, fact, &fields).await.expect("accepted");
    }

    async fn client(&self, partner: PartnerId, client: &domain::inn::Inn) -> ClientId {
        let id: uuid::Uuid = sqlx::query_scalar("select id from clients where partner_id = $1 and inn = $2")
            .bind(partner.0)
            .bind(client.as_str())
            .fetch_one(&self.owner)
            .await
            .expect("a client");
        id.into()
    }
}

fn line(rule: &str, period: &str, kind: &str, base: &str, amount: &str, settlement: &str) -> Line {
    (rule.to_owned(), period.to_owned(), kind.to_owned(), base.to_owned(), amount.to_owned(), settlement.to_owned())
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_close_accrues_the_reward_and_the_rebates_that_fall_due_once(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-08-10T12:00:00+03:00").await;
    let agent = portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    for (of, gross) in [("2026-01", "40000"), ("2026-02", "10000.05"), ("2026-03", "20000"), ("2026-04", "60000"), ("2026-06", "30000")] {
        portal.revenue(1, of, gross).await;
    }
    portal.import(&format!("P-0001;{};Клиент;mont_office;seats;2026-05;1000.55\n", inn(1))).await;
    for closed in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"] {
        portal.close(closed).await;
    }
    assert_eq!(
        portal.ledger(agent).await,
        [
            line("RATE-4", "2026-01", "accrual", "40000.00", "10800.00", "bank"),
            line("RATE-4", "2026-02", "accrual", "10000.05", "2700.01", "bank"),
            line("RATE-4", "2026-03", "accrual", "20000.00", "5400.00", "bank"),
            // The contract's own quarter has nothing to be compared with, and says so.
            line("REB-3", "2026-Q1", "accrual", "0.00", "0.00", "bank"),
            line("RATE-4", "2026-04", "accrual", "60000.00", "16200.00", "bank"),
            line("RATE-4", "2026-05", "accrual", "0.00", "0.00", "bank"),
            line("RATE-4", "2026-06", "accrual", "30000.00", "8100.00", "bank"),
            // 160 000.05 less 43 200.01.
            line("REB-1", "2026-H1", "accrual", "116800.04", "11680.00", "bank"),
            line("REB-2", "2026-H1", "accrual", "1000.55", "100.06", "bank"),
            // 65 700 less 51 100.04.
            line("REB-3", "2026-Q2", "accrual", "14599.96", "4379.99", "bank"),
        ]
    );
    let why: Vec<(String, Option<String>)> = sqlx::query_as("select rule, nothing from ledger_entries where amount = 0 order by number")
        .fetch_all(&portal.owner)
        .await
        .expect("reasons");
    assert_eq!(why, [("REB-3".to_owned(), Some("first_quarter".to_owned())), ("RATE-4".to_owned(), Some("no_usage".to_owned()))]);
    let verification = portal.assert_ledger_is_right().await;
    assert_eq!((verification.partners, verification.entries, verification.waiting), (1, 10, 0));
    let notices: Vec<serde_json::Value> = sqlx::query_scalar("select facts from partner_notices where kind = 'month_closed' order by id")
        .fetch_all(&portal.owner)
        .await
        .expect("notices");
    assert_eq!(notices.len(), 5, "May brought nothing");
    assert_eq!(notices[4]["accrued"], "24260.05");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_correction_makes_a_correcting_entry_with_the_next_close_and_edits_nothing(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2025-12-01", BillingSide::Partner).await;
    for of in ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07"] {
        portal.revenue(1, of, "40000").await;
    }
    for closed in ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"] {
        portal.close(closed).await;
    }
    let before = portal.ledger(partner).await;
    // Ten thousand more in February: the half's rebate grows, the first quarter grows, the second shrinks against it.
    let preview = portal.preview(format!("{HEADER}P-0001;{};Клиент;kvm;vm-1;2026-02;50000\n", inn(1)), true).await;
    let detail = portal.services.usage_import_detail(&staff(Role::StaffAdmin), preview.import.id).await.expect("a page");
    let foreseen: Vec<String> =
        detail.money.moves.iter().map(|(_, _, moved)| format!("{} {} {} {}", moved.rule, moved.period, moved.base, moved.amount)).collect();
    assert_eq!(foreseen, ["REB-3 2026-Q1 7300.00 2190.00", "REB-1 2026-H1 7300.00 730.00"], "the largest first");
    assert_eq!((detail.money.total, detail.money.move_count, detail.money.computed_count), (Money::roubles(2_920), 2, 1));
    portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a correction");
    assert_eq!(portal.ledger(partner).await, before, "nothing moves before the next close");
    assert_eq!(portal.assert_ledger_is_right().await.waiting, 1);
    portal.close("2026-07").await;
    let after = portal.ledger(partner).await;
    assert_eq!(after[..before.len()], before);
    assert_eq!(
        after[before.len()..],
        [
            line("REB-1", "2026-H1", "correction", "7300.00", "730.00", "discount"),
            line("REB-3", "2026-Q1", "correction", "7300.00", "2190.00", "discount"),
        ]
    );
    assert_eq!(portal.assert_ledger_is_right().await.waiting, 0);
    let linked = portal
        .number("select count(*) from ledger_entries c join ledger_entries f on f.id = c.corrects_id where c.kind = 'correction' and f.kind = 'accrual' and f.rule = c.rule and f.period = c.period")
        .await;
    assert_eq!(linked, 2);
    assert_eq!(portal.number("select count(*) from pending_recomputations").await, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_was_taken_back_is_not_taken_again_by_a_correction(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-10T12:00:00+03:00").await;
    portal.partner(1, "2026-06-01", BillingSide::Provider).await;
    portal.revenue(1, "2026-06", "40000").await;
    portal.revenue(1, "2026-07", "35000").await;
    portal.close("2026-06").await;
    let admin = staff(Role::StaffAdmin);
    let june: uuid::Uuid = sqlx::query_scalar("select id from ledger_entries where rule = 'RATE-4' and period = '2026-06'")
        .fetch_one(&portal.owner)
        .await
        .expect("June's reward");
    let why = ReverseFields { reason: "billing_mistake".to_owned(), text: "Счёт выставлен дважды".to_owned() };
    portal.services.ledger_reverse(Actor::Person(&admin), june.into(), &why).await.expect("taken back");
    let held = "select coalesce(sum(amount) * 100, 0)::bigint from ledger_entries where rule = 'RATE-4' and period = '2026-06'";
    assert_eq!(portal.number(held).await, 0);
    // The usage behind it goes, too: the partner has nothing of it already.
    for (gross, closed, expected) in [("0", "2026-07", 0), ("50000", "2026-08", 270_000), ("40000", "2026-09", 0), ("0", "2026-10", 0)] {
        let preview = portal.preview(format!("{HEADER}P-0001;{};Клиент;kvm;vm-1;2026-06;{gross}\n", inn(1)), true).await;
        portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a correction");
        portal.close(closed).await;
        assert_eq!(portal.number(held).await, expected, "{gross}");
        portal.assert_ledger_is_right().await;
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_correction_between_services_of_a_month_moves_money_though_the_revenue_stays(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2026-06-01", BillingSide::Provider).await;
    portal.import(&format!("P-0001;{0};Клиент;kvm;vm-1;2026-06;30000\nP-0001;{0};Клиент;backup;vm-1;2026-06;5000\n", inn(1))).await;
    portal.close("2026-06").await;
    let file = format!("{HEADER}P-0001;{0};Клиент;kvm;vm-1;2026-06;35000\nP-0001;{0};Клиент;backup;vm-1;2026-06;0\n", inn(1));
    let preview = portal.preview(file, true).await;
    portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a correction");
    portal.close("2026-07").await;
    assert!(portal.ledger(partner).await.contains(&line("RATE-4", "2026-06", "correction", "5000.00", "1350.00", "bank")));
    portal.assert_ledger_is_right().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_correction_that_would_change_past_levels_is_put_aside_until_staff_accept_it(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-10-10T12:00:00+03:00").await;
    let (late, other) =
        (portal.partner(1, "2026-01-01", BillingSide::Provider).await, portal.partner(2, "2026-01-01", BillingSide::Provider).await);
    portal.revenue(1, "2026-01", "35000").await;
    portal.revenue(1, "2026-07", "31000").await;
    portal.revenue(2, "2026-01", "35000").await;
    for closed in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07"] {
        portal.close(closed).await;
    }
    let file = format!(
        "{HEADER}P-0001;{};Клиент;kvm;vm-1;2026-01;29999,99\nP-0001;{0};Клиент;kvm;vm-2;2026-08;500\nP-0002;{};Клиент;kvm;vm-1;2026-01;36000\n",
        inn(1),
        inn(2)
    );
    let preview = portal.preview(file, true).await;
    assert_eq!(preview.level_differences.len(), 1);
    let committed = portal.services.usage_commit(COMMAND, preview.import.id).await.expect("the rest is taken");
    let [fact] = committed.proposed[..] else { panic!("{:?}", committed.proposed) };
    assert_eq!(portal.number("select gross::bigint from usage_rows where month = '2026-01-01' and gross < 36000").await, 35_000);
    assert_eq!(
        portal.number("select gross::bigint from usage_rows where month = '2026-08-01'").await,
        500,
        "an open month is no late fact"
    );
    assert_eq!(portal.number("select count(*) from usage_rows where gross = 36000").await, 1, "another partner's correction is taken");

    let reviewer = staff(Role::StaffReviewer);
    let page = portal.services.late_fact_page(&reviewer, fact).await.expect("the fact");
    assert!(!page.may_decide);
    let found = page.consequences.expect("consequences");
    assert_eq!((found.accepted.len(), found.proposed.len()), (1, 3), "the level would have fallen on 1 July and come back on 1 August");
    let moved: Vec<(String, String, Money)> =
        found.money.iter().map(|moved| (moved.rule.to_string(), moved.period.to_string(), moved.amount)).collect();
    let kopecks = Money::kopecks;
    assert_eq!(
        moved,
        [
            ("RATE-4".to_owned(), "2026-01".to_owned(), kopecks(-135_000)),
            // July was Referral: 10 % and not 27 %.
            ("RATE-4".to_owned(), "2026-07".to_owned(), kopecks(-527_000)),
            ("REB-1".to_owned(), "2026-H1".to_owned(), kopecks(-36_500)),
        ]
    );
    assert_eq!(portal.number("select count(*) from audit_records where action = 'late_fact.propose'").await, 1);

    let forbidden = LateFactFields { decision: "accept".to_owned(), reason: REASON.to_owned() };
    let refused = portal.services.late_fact_decide(Actor::Person(&reviewer), fact, &forbidden).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    portal.accept(fact).await;
    let twice = portal.services.late_fact_decide(COMMAND, fact, &forbidden).await;
    assert!(matches!(twice, Err(Error::Refused(Refusal::LateFactDecided))), "{twice:?}");
    portal.close("2026-08").await;
    let ledger = portal.ledger(late).await;
    let corrected: Vec<&Line> = ledger.iter().filter(|line| line.2 == "correction").collect();
    assert_eq!(corrected.iter().map(|line| line.4.as_str()).collect::<Vec<_>>(), ["-1350.00", "-5270.00", "-365.00"]);
    assert!(portal.ledger(other).await.contains(&line("RATE-4", "2026-01", "correction", "1000.00", "270.00", "bank")));
    portal.assert_ledger_is_right().await;
    portal.assert_revenue_is_the_sum_of_rows().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_declined_or_outdated_correction_changes_nothing(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-10T12:00:00+03:00").await;
    portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    portal.revenue(1, "2026-01", "35000").await;
    for closed in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07"] {
        portal.close(closed).await;
    }
    let propose = async |gross: &str| {
        let preview = portal.preview(format!("{HEADER}P-0001;{};Клиент;kvm;vm-1;2026-01;{gross}\n", inn(1)), true).await;
        portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a commit").proposed
    };
    let first = propose("100").await[0];
    let declined = LateFactFields { decision: "decline".to_owned(), reason: REASON.to_owned() };
    portal.services.late_fact_decide(COMMAND, first, &declined).await.expect("declined");
    let second = propose("200").await[0];
    // Meanwhile a correction that changes no level makes the proposal speak of an amount that is gone.
    assert_eq!(propose("34000").await, []);
    let accepted = LateFactFields { decision: "accept".to_owned(), reason: REASON.to_owned() };
    let outdated = portal.services.late_fact_decide(COMMAND, second, &accepted).await;
    assert!(matches!(outdated, Err(Error::Refused(Refusal::LateFactOutdated))), "{outdated:?}");
    assert!(portal.services.late_fact_page(&staff(Role::StaffAdmin), second).await.expect("the fact").outdated);
    assert_eq!(portal.number("select gross::bigint from usage_rows").await, 34_000);
    portal.close("2026-08").await;
    portal.assert_ledger_is_right().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_exam_accepted_late_gives_back_the_professional_rate_with_the_next_close(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-10-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    portal.revenue(1, "2026-07", "10000").await;
    portal.revenue(1, "2026-08", "10000").await;
    for closed in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07"] {
        portal.close(closed).await;
    }
    assert!(portal.ledger(partner).await.contains(&line("RATE-4", "2026-07", "accrual", "10000.00", "1000.00", "bank")));
    let admin = staff(Role::StaffAdmin);
    let outcome = portal.services.exam_record(&admin, partner, &ExamFields { passed_on: "2026-06-15".to_owned() }).await.expect("proposed");
    let ExamOutcome::Proposed(fact) = outcome else { panic!("{outcome:?}") };
    let again = portal.services.exam_record(&admin, partner, &ExamFields { passed_on: "2026-06-15".to_owned() }).await;
    assert!(matches!(again, Err(Error::Refused(Refusal::LateFactKnown))), "{again:?}");
    assert_eq!(portal.number("select count(*) from partner_exams").await, 0);
    portal.accept(fact).await;
    portal.close("2026-08").await;
    let ledger = portal.ledger(partner).await;
    assert!(ledger.contains(&line("RATE-4", "2026-07", "correction", "0.00", "1700.00", "bank")), "{ledger:?}");
    assert!(ledger.contains(&line("RATE-4", "2026-08", "accrual", "10000.00", "2700.00", "bank")), "{ledger:?}");
    portal.assert_ledger_is_right().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_pick_of_once_earns_the_first_full_month_whole_and_takes_back_what_came_before(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-12-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    for closed in ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"] {
        portal.close(closed).await;
    }
    // Referral since 1 July. The client begins in July's middle, so August is its month.
    for of in ["2026-07", "2026-08", "2026-09"] {
        portal.revenue(1, of, "5000").await;
    }
    sqlx::query("update clients set start_date = '2026-07-15'").execute(&portal.owner).await.expect("a start");
    let client = portal.client(partner, &inn(1)).await;
    let mut connection = portal.owner.acquire().await.expect("a connection");
    store::client_rate_choices::set(&mut connection, partner, client, RateChoice::Once, None, portal.services.now()).await.expect("a pick");
    for closed in ["2026-07", "2026-08", "2026-09"] {
        portal.close(closed).await;
    }
    let rewards: Vec<Line> =
        portal.ledger(partner).await.into_iter().filter(|line| line.0 == "RATE-4" && line.1.as_str() > "2026-06").collect();
    assert_eq!(
        rewards,
        [
            line("RATE-4", "2026-07", "accrual", "0.00", "0.00", "bank"),
            line("RATE-4", "2026-08", "accrual", "5000.00", "5000.00", "bank"),
            line("RATE-4", "2026-09", "accrual", "0.00", "0.00", "bank"),
        ]
    );
    portal.assert_ledger_is_right().await;
}

/// The examples of `simulate`, through the database: the ledger must hold what the independent answers demand.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_examples_of_simulate_give_the_same_through_imports_and_closes(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2030-01-10T12:00:00+03:00").await;
    let folder = Path::new("../../app/domain/tests/simulate-examples");
    let mut played = Vec::new();
    let mut last = month("2020-01");
    for number in 1..=25_u32 {
        let json = std::fs::read_to_string(folder.join(format!("{number:02}.json"))).expect("an example");
        let scenario = Scenario::read(&json).expect("a scenario");
        // Terms and the last closed month hold for the whole portal, so only examples under the brochure's terms are played,
        // and all are closed through the same month; `run` then tells what that gives.
        if scenario.terms != domain::terms::Terms::default() {
            continue;
        }
        last = last.max(scenario.usage.iter().map(|row| row.month).max().unwrap_or(last));
        played.push((number, scenario));
    }
    assert!(played.len() >= 15, "{} examples", played.len());
    let mut partners = Vec::new();
    for (number, scenario) in &mut played {
        let id = portal.partner(*number, &scenario.partner.contract_date.to_string(), scenario.partner.billing).await;
        let mut connection = portal.owner.acquire().await.expect("a connection");
        let now = portal.services.now();
        for client in &scenario.clients {
            let known = store::clients::Client {
                id: ClientId(uuid::Uuid::new_v4()),
                partner_id: id,
                inn: client.inn.clone(),
                name: "Клиент".to_owned(),
                start_date: client.start_date,
            };
            store::clients::insert(&mut connection, &known, now).await.expect("a client");
            if let Some(choice) = client.rate_choice {
                store::client_rate_choices::set(&mut connection, id, known.id, choice, None, now).await.expect("a pick");
            }
        }
        for exam in &scenario.exams {
            // A day on which two exams were passed is one fact.
            let _ = store::partners::insert_exam(&mut connection, id, *exam, None, now).await;
        }
        for decision in &scenario.staff_decisions {
            store::partners::insert_level_decision(&mut connection, id, decision.date, decision.level, "решение", None, now)
                .await
                .expect("a decision");
        }
        for change in &scenario.billing_changes {
            store::partners::insert_billing_side_change(&mut connection, id, change.approved, change.billing, now).await.expect("a change");
        }
        // Rows of services that the catalogue lacks carry no money; they count as revenue, as backup does here.
        let known = ["kvm", "kvm_vgpu", "hyperv", "databases", "kubernetes", "mont_office", "backup", "object_storage", "network"];
        let contract = scenario.partner.contract_date.month();
        let mut rows = String::new();
        for (at, row) in scenario.usage.iter().enumerate().filter(|(_, row)| row.month >= contract) {
            let service = if known.contains(&row.service.as_str()) { row.service.clone() } else { "backup".to_owned() };
            writeln!(rows, "P-{number:04};{};Клиент;{service};{at}-{};{};{}", row.client, row.resource, row.month, row.gross)
                .expect("a line");
        }
        if !rows.is_empty() {
            portal.import(&rows).await;
        }
        scenario.closed_through = Some(last);
        scenario.as_of = last.next().first_day();
        partners.push(id);
    }
    let first = portal.services.months_page(&staff(Role::StaffAdmin)).await.expect("months").next.expect("a month");
    for closed in first.through(last) {
        portal.services.month_close(COMMAND, closed).await.unwrap_or_else(|error| panic!("{closed}: {error:?}"));
    }
    for ((number, scenario), id) in played.iter().zip(&partners) {
        let found: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "select rule, period, sum(base)::text, sum(amount)::text, settlement from ledger_entries
              where partner_id = $1 group by rule, period, settlement having sum(amount) <> 0 order by rule collate \"C\", period collate \"C\"",
        )
        .bind(id.0)
        .fetch_all(&portal.owner)
        .await
        .expect("the ledger");
        let expected: Vec<_> = run(scenario)
            .accruals
            .into_iter()
            .map(|entry| {
                (
                    entry.rule.to_string(),
                    entry.period.to_string(),
                    entry.base.to_string(),
                    entry.amount.to_string(),
                    entry.settlement.to_string(),
                )
            })
            .collect();
        assert_eq!(found, expected, "example {number:02}");
    }
    let verification = portal.assert_ledger_is_right().await;
    assert_eq!((verification.partners, verification.waiting), (played.len(), 0));
}

/// Chance that a test can repeat.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Somebody who works for the partner of a number.
fn member(number: u32, id: PartnerId) -> Viewer {
    let name = format!("Партнёр {number}");
    Viewer {
        user_id: uuid::Uuid::from_u128(u128::from(1_000 + number)).into(),
        role: Role::PartnerMember,
        partner: Some(ViewerPartner { id, name: name.clone() }),
        display_name: name,
        email: format!("p{number}@partner.example"),
        locale: Locale::Ru,
        request_identity: None,
        email_notices: false,
        unread_notices: 0,
    }
}

/// What people do to the money beside what billing brings.
#[derive(Debug, Default)]
struct Gestures {
    picks: usize,
    claims: usize,
    reversals: usize,
}

impl Gestures {
    /// Counts what was done; what the rules refuse is no gesture, and what fails otherwise is a fault.
    fn count<T: std::fmt::Debug>(counter: &mut usize, answer: Result<T, Error>) -> Option<T> {
        match answer {
            Ok(done) => {
                *counter += 1;
                Some(done)
            }
            Err(Error::Refused(_)) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// A new client, for whom its partner picks *once* where it may (`RATE-2`).
    async fn pick(&mut self, portal: &Portal, number: u32, partner: PartnerId, of: domain::calendar::Month) {
        let client = inn(1_000_000 + 100 * number + of.number());
        portal.import(&format!("P-{number:04};{client};Новый клиент;kvm;r;{of};4321.05\n")).await;
        let client = portal.client(partner, &client).await;
        Self::count(&mut self.picks, portal.services.rate_choose(&member(number, partner), client, "once").await);
    }

    /// A claim for a client's closed month, granted at once (`SALES-1`).
    async fn claim(&mut self, portal: &Portal, number: u32, partner: PartnerId, of: domain::calendar::Month) {
        let known: Option<uuid::Uuid> = sqlx::query_scalar("select id from clients where partner_id = $1 order by inn limit 1")
            .bind(partner.0)
            .fetch_optional(&portal.owner)
            .await
            .expect("a client");
        let Some(client) = known else { return };
        let (viewer, key) = (member(number, partner), uuid::Uuid::new_v4());
        let claimed = portal.services.sales_bonus_submit(&viewer, client.into(), of, "Ирина Котова", key).await;
        if let Some(reference) = Self::count(&mut self.claims, claimed) {
            portal.services.request_approve(&staff(Role::StaffReviewer), &reference).await.expect("granted");
        }
    }

    /// An entry that waits is taken back.
    async fn reverse(&mut self, portal: &Portal, place: u64) {
        let id: Option<uuid::Uuid> = sqlx::query_scalar(
            "select e.id from ledger_entries e
              where e.kind in ('accrual', 'correction') and e.amount > 0 and not exists (select from ledger_entry_events v where v.entry_id = e.id)
              order by e.number offset $1 limit 1",
        )
        .bind(i64::try_from(place).unwrap_or(0))
        .fetch_optional(&portal.owner)
        .await
        .expect("an entry");
        let Some(id) = id else { return };
        let why = ReverseFields { reason: "billing_mistake".to_owned(), text: REASON.to_owned() };
        let admin = staff(Role::StaffAdmin);
        Self::count(&mut self.reversals, portal.services.ledger_reverse(Actor::Person(&admin), id.into(), &why).await);
    }
}

/// Two hundred partners with histories of their own: usage around the minimum, corrections of closed months, exams recorded late,
/// accepted in whatever order; clients picked *once*, claims for sales managers, entries taken back. Once all is accepted and the next month closed, levels and sums are those of a run from scratch.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_hundred_random_histories_with_corrections_end_where_a_run_from_scratch_does(pool: PgPoolOptions, options: PgConnectOptions) {
    const PARTNERS: u32 = 200;
    let portal = Portal::new(pool, options, "2027-03-10T12:00:00+03:00").await;
    let mut chance = Chance(20_261_125);
    let admin = staff(Role::StaffAdmin);
    let (mut partners, mut contracts) = (Vec::new(), Vec::new());
    for number in 1..=PARTNERS {
        let contract = format!("2026-0{}-{:02}", 1 + chance.below(4), 1 + chance.below(28));
        let billing = if chance.below(2) == 0 { BillingSide::Provider } else { BillingSide::Partner };
        partners.push(portal.partner(number, &contract, billing).await);
        contracts.push(month(&contract[..7]));
    }
    let contract_of = |number: u32| contracts[usize::try_from(number).unwrap_or(0) - 1];
    let services = ["kvm", "kvm_vgpu", "hyperv", "mont_office", "backup"];
    // Around half the minimum and the minimum itself, so that a kopeck decides.
    let amounts = ["0", "9.99", "4321.05", "14999.99", "15000.01", "15000", "29999.99", "30000"];
    let mut waiting: Vec<LateFactId> = Vec::new();
    let mut gestures = Gestures::default();
    let months: Vec<_> = month("2026-01").through(month("2026-12")).collect();
    for closed in &months {
        let mut rows = String::new();
        for number in 1..=PARTNERS {
            if *closed < contract_of(number) {
                continue;
            }
            for service in services {
                if chance.below(3) == 0 {
                    let amount = amounts[usize::try_from(chance.below(8)).unwrap_or(0)];
                    writeln!(rows, "P-{number:04};{};Клиент;{service};r;{closed};{amount}", inn(number)).expect("a line");
                }
            }
        }
        portal.import(&rows).await;
        let someone = |chance: &mut Chance| 1 + u32::try_from(chance.below(u64::from(PARTNERS))).unwrap_or(0);
        let of_number = |number: u32| partners[usize::try_from(number).unwrap_or(1) - 1];
        // Few are referral partners by then, so many are asked.
        for _ in 0..14 {
            let number = someone(&mut chance);
            if *closed >= contract_of(number) {
                gestures.pick(&portal, number, of_number(number), *closed).await;
            }
        }
        portal.services.month_close(COMMAND, *closed).await.unwrap_or_else(|error| panic!("{closed}: {error:?}"));
        for _ in 0..6 {
            let number = someone(&mut chance);
            gestures.claim(&portal, number, of_number(number), *closed).await;
        }
        for _ in 0..3 {
            gestures.reverse(&portal, chance.below(400)).await;
        }
        // Corrections of closed months, for some partners.
        let mut corrections = String::new();
        for number in 1..=PARTNERS {
            let age = contract_of(number).months_until(*closed);
            if age >= 0 && chance.below(5) == 0 {
                let of = contract_of(number).plus(i32::try_from(chance.below(u64::try_from(age).unwrap_or(0) + 1)).unwrap_or(0));
                let service = services[usize::try_from(chance.below(5)).unwrap_or(0)];
                let amount = amounts[usize::try_from(chance.below(8)).unwrap_or(0)];
                writeln!(corrections, "P-{number:04};{};Клиент;{service};r;{of};{amount}", inn(number)).expect("a line");
            }
        }
        if !corrections.is_empty() {
            let preview = portal.preview(format!("{HEADER}{corrections}"), true).await;
            assert_eq!(preview.import.problems, []);
            waiting.extend(portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a correction").proposed);
        }
        // An exam recorded late, and facts accepted in no order.
        for _ in 0..3 {
            let partner = partners[usize::try_from(chance.below(u64::from(PARTNERS))).unwrap_or(0)];
            let passed_on = closed.first_day().plus_days(chance.below(28)).to_string();
            if let Ok(ExamOutcome::Proposed(fact)) = portal.services.exam_record(&admin, partner, &ExamFields { passed_on }).await {
                waiting.push(fact);
            }
        }
        while !waiting.is_empty() && chance.below(2) == 0 {
            let fact = waiting.swap_remove(usize::try_from(chance.below(u64::try_from(waiting.len()).unwrap_or(1))).unwrap_or(0));
            decide(&portal, fact).await;
        }
        portal.assert_ledger_is_right().await;
    }
    for fact in waiting {
        decide(&portal, fact).await;
    }
    let accepted = portal.number("select count(*) from late_facts where state = 'accepted'").await;
    assert!(accepted > 10, "only {accepted} facts were accepted");
    assert!(gestures.picks > 4 && gestures.claims > 20 && gestures.reversals > 15, "too tame: {gestures:?}");
    portal.services.month_close(COMMAND, month("2027-01")).await.expect("the next month");
    let verification = portal.assert_ledger_is_right().await;
    assert_eq!((verification.partners, verification.waiting), (usize::try_from(PARTNERS).unwrap_or(0), 0));
    assert!(portal.number("select count(*) from ledger_entries where kind = 'correction' and amount < 0").await > 20, "too tame");
    assert_eq!(portal.number("select count(*) from ledger_entries where kind = 'accrual' and amount < 0").await, 0);
    portal.assert_revenue_is_the_sum_of_rows().await;
}

/// Accepts a fact, or declines it where its amounts are gone.
async fn decide(portal: &Portal, fact: LateFactId) {
    let fields = |decision: &str| LateFactFields { decision: decision.to_owned(), reason: REASON.to_owned() };
    match portal.services.late_fact_decide(COMMAND, fact, &fields("accept")).await {
        Ok(()) => {}
        Err(Error::Refused(Refusal::LateFactOutdated)) => {
            portal.services.late_fact_decide(COMMAND, fact, &fields("decline")).await.expect("declined");
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// A verification that finds nothing would be worth nothing: each of these must be found.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_verification_names_the_first_difference(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-08-10T12:00:00+03:00").await;
    portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    portal.revenue(1, "2026-02", "40000").await;
    portal.close("2026-01").await;
    portal.close("2026-02").await;
    portal.assert_ledger_is_right().await;
    // The owner may switch a trigger off; the portal's roles may not.
    let faults = [
        ("update usage_rows set gross = 40000.01", "update usage_rows set gross = 40000", "RATE-4 2026-02 bank"),
        ("update partner_month_sums set deduction = 1", "update partner_month_sums set deduction = 10800", "sums of 2026-02"),
        (
            "update ledger_entries set amount = 10800.01 where amount > 0",
            "update ledger_entries set amount = 10800 where amount > 0",
            "RATE-4 2026-02 bank",
        ),
        ("update ledger_entries set rate = 0.3 where amount > 0", "update ledger_entries set rate = 0.27 where amount > 0", "entry 2"),
        (
            "update ledger_entries set accrued_on = '2026-03-02' where amount > 0",
            "update ledger_entries set accrued_on = '2026-03-01' where amount > 0",
            "entry 2",
        ),
        (
            "update ledger_entries set period_last = '2026-03-01' where amount > 0",
            "update ledger_entries set period_last = '2026-02-01' where amount > 0",
            "entry 2",
        ),
        ("update month_closes set accrued = 1 where month = '2026-02-01'", "update month_closes set accrued = 10800 where month = '2026-02-01'", "close of 2026-02"),
        (
            "insert into ledger_entries (id, partner_id, kind, rule, period, period_first, period_last, base, amount, settlement, terms_version_id,
                                         accrued_on, explanation, reason_code, reason_text, recorded_at)
             select gen_random_uuid(), partner_id, 'adjustment', 'LED-1', period, period_first, period_last, 5, 5, settlement, terms_version_id,
                    accrued_on, '{}', 'goodwill', 'Никто об этом не знает', now() from ledger_entries where amount > 0",
            "delete from ledger_entries where kind = 'adjustment'",
            "adjustment in entry 3",
        ),
        ("update level_changes set model = 'referral'", "update level_changes set model = 'agent'", "recorded level from 2026-01-01"),
        (
            "insert into ledger_entry_events (entry_id, position, partner_id, event, state, at, settlement_run_id)
             select id, 1, partner_id, 'reversed', 'reversed', now(), null from ledger_entries where nothing is not null",
            "delete from ledger_entry_events",
            "entry 1",
        ),
    ];
    for (fault, mend, what) in faults {
        let mut connection = portal.owner.acquire().await.expect("a connection");
        for statement in ["set session_replication_role = replica", fault] {
            sqlx::query(statement).execute(&mut *connection).await.expect(statement);
        }
        let found = portal.services.ledger_verify().await.expect("a verification").difference.expect(fault);
        assert_eq!(found.what, what, "{found:?}");
        for statement in [mend, "set session_replication_role = origin"] {
            sqlx::query(statement).execute(&mut *connection).await.expect(statement);
        }
        portal.assert_ledger_is_right().await;
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_edits_the_ledger_not_even_its_owner(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-08-10T12:00:00+03:00").await;
    portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    portal.revenue(1, "2026-01", "40000").await;
    portal.close("2026-01").await;
    for statement in [
        "update ledger_entries set amount = 1",
        "delete from ledger_entries",
        "truncate ledger_entries cascade",
        "update terms_versions set note = 'x'",
    ] {
        let error = sqlx::query(statement).execute(&portal.owner).await.expect_err(statement);
        assert!(error.to_string().contains("never changed or deleted"), "{statement}: {error}");
    }
}
