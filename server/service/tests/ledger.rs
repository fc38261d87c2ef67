//! The ledger by the hands of staff: approval, settlement runs, taking back, adjustments. After every story the ledger is verified.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::io::Cursor;

use domain::accrual::Settlement;
use domain::ids::{LedgerAdjustmentId, LedgerEntryId};
use domain::ledger::{EntryEvent, EntryKind, EntryState, LeftOut, RunState, SecondPersonRequired, Unpayable};
use domain::model::BillingSide;
use domain::money::Money;
use domain::permission::Role;
use service::adjustments::AdjustmentFields;
use service::bank_accounts::{BankAccountFields, SettingsFields};
use service::ledger::{ApprovalOutcome, Entry, EntryFilter, ReverseFields, Tally};
use service::rows_behind::RowsPlace;
use service::settlements::SettleFields;
use service::{Actor, Error, Refusal, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, bank_account as account, date, month};
use uuid::Uuid;

const COMMAND: Actor<'static> = Actor::Command("test");
const WHY: &str = "Договорились на встрече";

/// A provider with two closed months: an agent who is paid by the bank, and one who bills by itself.
struct World {
    app: TestApp,
    agent: TestPartner,
    white_label: TestPartner,
    reviewer: Viewer,
    admin: Viewer,
}

impl World {
    async fn make(options: PgConnectOptions) -> Self {
        let app = TestApp::start(options, "2026-08-05");
        let agent = app.create_partner("2026-06-01").await;
        let white_label = app.create_partner_billed("2026-01-01", BillingSide::Partner).await;
        let (reviewer, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
        let world = Self { app, agent, white_label, reviewer, admin };
        let row = |partner: &TestPartner, of: &str, gross: &str| {
            let inn = if partner.id == world.agent.id { "7707083893" } else { "7728168971" };
            format!("{};{inn};Клиент;kvm;vm-1;{of};{gross}\n", partner.code)
        };
        let mut rows = Vec::new();
        for (of, agent, white_label) in [("2026-06", "40000", "50000"), ("2026-07", "30000", "60000")] {
            rows.extend([row(&world.agent, of, agent), row(&world.white_label, of, white_label)]);
        }
        rows.extend(["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"].map(|of| row(&world.white_label, of, "35000")));
        world.import(&rows.concat(), false).await;
        for closed in month("2026-01").through(month("2026-07")) {
            world.app.services.month_close(COMMAND, closed).await.expect("a close");
        }
        world
    }

    async fn import(&self, rows: &str, is_correction: bool) {
        let file = format!("partner;client_inn;client_name;service;resource;month;gross\n{rows}");
        let preview = self.app.services.usage_preview(COMMAND, "usage.csv", Cursor::new(file), is_correction).await.expect("a preview");
        assert_eq!(preview.import.problems, []);
        self.app.services.usage_commit(COMMAND, preview.import.id).await.expect("a commit");
    }

    async fn entries(&self, filter: &EntryFilter) -> Vec<Entry> {
        self.app.services.ledger_page(&self.reviewer, filter, None).await.expect("a page").page.lines
    }

    async fn waiting(&self, filter: &EntryFilter) -> Tally {
        self.app.services.ledger_waiting(&self.reviewer, filter).await.expect("a tally")
    }

    /// Approves everything that waits.
    async fn approve_all(&self) -> Tally {
        let all = EntryFilter::default();
        let waiting = self.waiting(&all).await;
        let approval = self.app.services.ledger_approve_matching(Actor::Person(&self.reviewer), &all, waiting).await;
        assert_eq!(approval.expect("an approval").approved, waiting);
        waiting
    }

    async fn open_account(&self, partner: &TestPartner, serial: &str) {
        let fields = account(serial);
        self.app.services.bank_account_edit(Actor::Person(&self.admin), partner.id, &fields).await.expect("an account");
    }

    async fn settings(&self, above: &str) {
        let fields = SettingsFields {
            second_person_above: above.to_owned(),
            name: "ООО «Облако»".to_owned(),
            inn: "7707083893".to_owned(),
            account: account("99"),
        };
        self.app.services.settlement_settings_edit(Actor::Person(&self.admin), &fields).await.expect("settings");
    }

    async fn make_run(&self, by: &Viewer, settlement: Settlement) -> Result<String, Error> {
        let preview = self.app.services.settlement_preview(by, settlement).await.expect("a preview");
        self.app.services.settlement_make(by, settlement, preview.total, preview.key).await
    }

    async fn settle(&self, by: &Viewer, reference: &str, on: &str) -> Result<(), Error> {
        self.app.services.settlement_settle(by, reference, &SettleFields { settled_on: on.to_owned() }).await
    }

    /// Proposes an adjustment of the agent's money; its id.
    async fn propose(&self, by: &Viewer, amount: &str) -> LedgerAdjustmentId {
        self.app.propose_adjustment(&self.agent, by, amount).await
    }

    async fn verify(&self) {
        assert_eq!(self.app.services.ledger_verify().await.expect("a verification").difference, None);
    }
}

fn of(partner: &TestPartner) -> EntryFilter {
    EntryFilter { partner_id: Some(partner.id), ..EntryFilter::default() }
}

fn in_state(state: EntryState) -> EntryFilter {
    EntryFilter { state: Some(state), ..EntryFilter::default() }
}

fn why() -> ReverseFields {
    ReverseFields { reason: "billing_mistake".to_owned(), text: WHY.to_owned() }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn entries_are_approved_in_bulk_and_each_says_what_became_of_it(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    let all = world.entries(&EntryFilter::default()).await;
    assert!(all.iter().any(|entry| entry.state == EntryState::Nothing), "the contract's own quarter says why nothing accrued");
    let ids: Vec<LedgerEntryId> = all.iter().map(|entry| entry.id).collect();
    let waiting = world.waiting(&EntryFilter::default()).await;
    let approval = services.ledger_approve(Actor::Person(&world.reviewer), &ids).await.expect("an approval");
    assert_eq!(approval.approved, waiting);
    assert_eq!(approval.count(), i64::try_from(ids.len()).expect("few"));
    for (item, entry) in approval.items.iter().zip(all.iter().rev()) {
        let expected = if entry.state == EntryState::Nothing { ApprovalOutcome::Nothing } else { ApprovalOutcome::Approved };
        assert_eq!((item.entry_id, item.outcome), (entry.id, expected));
    }
    let again = services.ledger_approve(Actor::Person(&world.admin), &ids).await.expect("an approval");
    assert_eq!((again.approved.count, again.decided), (0, waiting));
    assert_eq!(world.app.audited().await.iter().filter(|action| *action == "ledger.approve").count(), 1);
    assert!(matches!(services.ledger_approve(COMMAND, &[]).await, Err(Error::Invalid(_))));
    assert!(matches!(services.ledger_approve(COMMAND, &[LedgerEntryId(Uuid::nil())]).await, Err(Error::NotFound)));
    assert!(matches!(services.ledger_approve(Actor::Person(&world.agent.viewer), &ids).await, Err(Error::Forbidden)));
    let approved = approval.items.iter().find(|item| item.outcome == ApprovalOutcome::Approved).expect("one");
    let page = services.ledger_entry_page(&world.admin, approved.entry_id, &RowsPlace::default()).await.expect("a page");
    assert_eq!(page.events[0].0.event, EntryEvent::Approved);
    assert_eq!(page.events[0].1.as_deref(), Some(world.reviewer.display_name.as_str()));
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_filter_is_approved_only_as_it_was_shown(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    let actor = Actor::Person(&world.reviewer);
    let shown = world.waiting(&of(&world.agent)).await;
    let by_name = EntryFilter { partner: Some(world.agent.code.clone()), ..EntryFilter::default() };
    assert_eq!(world.waiting(&by_name).await, shown);
    let first = world.entries(&of(&world.agent)).await.into_iter().find(|entry| entry.state == EntryState::Accrued).expect("one");
    services.ledger_approve(actor, &[first.id]).await.expect("an approval");
    assert_eq!(refusal(services.ledger_approve_matching(actor, &of(&world.agent), shown).await), Refusal::EntriesChanged);
    let rest = world.waiting(&of(&world.agent)).await;
    assert_eq!((rest.count, rest.amount), (shown.count - 1, shown.amount - first.amount));
    let approval = services.ledger_approve_matching(actor, &of(&world.agent), rest).await.expect("an approval");
    assert_eq!(approval.approved, rest);
    assert!(world.waiting(&of(&world.white_label)).await.count > 0, "another partner's were not asked for");
    // Sums of a page are those of its filter, state by state.
    let page = services.ledger_page(&world.reviewer, &in_state(EntryState::Approved), None).await.expect("a page");
    assert_eq!(page.sums.iter().map(|sum| sum.count).sum::<i64>(), shown.count);
    assert_eq!(page.waiting(), Tally::default());
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_people_approve_the_same_entries_at_the_same_instant(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let ids: Vec<LedgerEntryId> = world.entries(&EntryFilter::default()).await.iter().map(|entry| entry.id).collect();
    let waiting = world.waiting(&EntryFilter::default()).await;
    let other = world.app.another_process();
    let (one, two) = tokio::join!(
        world.app.services.ledger_approve(Actor::Person(&world.reviewer), &ids),
        other.ledger_approve(Actor::Person(&world.admin), &ids)
    );
    let (one, two) = (one.expect("an answer"), two.expect("an answer"));
    assert_eq!(one.approved.count + two.approved.count, waiting.count, "each entry once");
    assert_eq!(one.decided.count + two.decided.count, waiting.count, "and the other one is told");
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_bank_run_takes_whom_can_be_paid_and_is_carried_out_once(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    world.approve_all().await;
    // Nobody entered who pays, and where the agent is paid.
    assert_eq!(refusal(world.make_run(&world.reviewer, Settlement::Bank).await), Refusal::PayerUnknown);
    world.settings("100000").await;
    let preview = services.settlement_preview(&world.reviewer, Settlement::Bank).await.expect("a preview");
    assert_eq!(
        preview.left.iter().map(|(line, why)| (line.partner_id, *why)).collect::<Vec<_>>(),
        [(world.agent.id, LeftOut::Unpayable(Unpayable::NoAccount))]
    );
    assert_eq!(refusal(world.make_run(&world.reviewer, Settlement::Bank).await), Refusal::NothingToSettle);
    world.open_account(&world.agent, "12345").await;

    let preview = services.settlement_preview(&world.reviewer, Settlement::Bank).await.expect("a preview");
    assert!(!preview.needs_second_person() && preview.payer_is_known && preview.left.is_empty());
    let old = Tally { amount: preview.total.amount - Money::roubles(1), ..preview.total };
    assert_eq!(refusal(services.settlement_make(&world.reviewer, Settlement::Bank, old, preview.key).await), Refusal::EntriesChanged);
    let make = || services.settlement_make(&world.reviewer, Settlement::Bank, preview.total, preview.key);
    let reference = make().await.expect("a run");
    assert_eq!(reference, "SR-2026-000001");
    assert_eq!(make().await.expect("the same run"), reference);
    world.verify().await;

    let page = services.settlement_page(&world.reviewer, &reference).await.expect("a page");
    assert_eq!((page.run.total, i64::from(page.run.entry_count)), (preview.total.amount, preview.total.count));
    assert_eq!(page.lines.iter().map(|line| (line.position, line.amount)).collect::<Vec<_>>(), [(1, preview.total.amount)]);
    // The account of then is paid, whatever is entered later.
    world.open_account(&world.agent, "54321").await;
    let registry = services.settlement_registry(&world.reviewer, &reference).await.expect("a registry");
    let payee = registry.lines[0].1.as_ref().expect("a payee");
    assert_eq!(payee.account.account().as_str(), account("12345").account);
    assert!(registry.payer.is_some());

    assert_eq!(refusal(world.settle(&world.reviewer, &reference, "2026-08-06").await), Refusal::DateInFuture);
    assert_eq!(refusal(world.settle(&world.reviewer, &reference, "2026-08-04").await), Refusal::SettledBeforeMade);
    assert!(matches!(world.settle(&world.reviewer, &reference, "").await, Err(Error::Invalid(_))));
    world.app.set_clock("2026-08-07");
    world.settle(&world.reviewer, &reference, "2026-08-06").await.expect("settled");
    world.settle(&world.reviewer, &reference, "06.08.2026").await.expect("the same again");
    assert_eq!(refusal(world.settle(&world.reviewer, &reference, "2026-08-07").await), Refusal::RunFinished(RunState::Settled));
    assert_eq!(refusal(services.settlement_drop(&world.reviewer, &reference).await), Refusal::RunFinished(RunState::Settled));
    let settled = world.entries(&in_state(EntryState::Settled)).await;
    assert!(settled.iter().all(|entry| entry.partner_id == world.agent.id && entry.settled_on == Some(date("2026-08-06"))));
    assert_eq!(settled.iter().map(|entry| entry.amount).sum::<Money>(), preview.total.amount);
    let mut owner = world.app.owner().await;
    let told: Vec<(Uuid, serde_json::Value)> = sqlx::query_as("select partner_id, facts from partner_notices where kind = 'settled'")
        .fetch_all(&mut owner)
        .await
        .expect("notices");
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, &told[0].1["settled_on"]), (world.agent.id.0, &"2026-08-06".into()));
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn above_an_amount_a_second_person_carries_a_run_out(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    world.approve_all().await;
    world.settings("10").await;
    let reference = world.make_run(&world.reviewer, Settlement::Discount).await.expect("a run");
    assert!(matches!(refusal(world.settle(&world.reviewer, &reference, "2026-08-05").await), Refusal::SecondPerson(_)));
    // More freedom later changes nothing for a run that was made before.
    world.settings("1000000").await;
    assert!(matches!(refusal(world.settle(&world.reviewer, &reference, "2026-08-05").await), Refusal::SecondPerson(_)));
    let page = world.app.services.settlement_page(&world.reviewer, &reference).await.expect("a page");
    assert!(matches!(page.may_settle, Some(Err(_))));
    let page = world.app.services.settlement_page(&world.admin, &reference).await.expect("a page");
    assert_eq!(page.may_settle, Some(Ok(())));
    assert!(page.lines.iter().all(|line| line.payee.is_none() && line.partner_id == world.white_label.id));
    world.settle(&world.admin, &reference, "2026-08-05").await.expect("settled");
    // The table says it too, whoever writes.
    let mut owner = world.app.owner().await;
    let forged = sqlx::query("update settlement_runs set finished_by = made_by").execute(&mut owner).await;
    assert!(forged.expect_err("refused").to_string().contains("settlement_runs_second_person"));
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn who_set_the_amount_or_the_account_does_not_settle_alone_by_it(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let own_change = Refusal::SecondPerson(SecondPersonRequired::OwnChange { days: 30 });
    world.approve_all().await;
    // Raised first, made and settled then.
    world.settings("1000000").await;
    let discounts = world.make_run(&world.admin, Settlement::Discount).await.expect("a run");
    assert_eq!(refusal(world.settle(&world.admin, &discounts, "2026-08-05").await), own_change);
    let page = world.app.services.settlement_page(&world.admin, &discounts).await.expect("a page");
    assert!(matches!(page.may_settle, Some(Err(SecondPersonRequired::OwnChange { .. }))));
    world.settle(&world.reviewer, &discounts, "2026-08-05").await.expect("by somebody else");
    // Thirty days later only the account is new.
    world.app.set_clock("2026-09-05");
    world.open_account(&world.agent, "12345").await;
    let bank = world.make_run(&world.admin, Settlement::Bank).await.expect("a run");
    assert_eq!(refusal(world.settle(&world.admin, &bank, "2026-09-05").await), own_change);
    world.app.set_clock("2026-10-06");
    world.settle(&world.admin, &bank, "2026-09-05").await.expect("long after the change");
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_one_person_settles_in_slices_of_a_day_counts_together(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    world.settings("15000").await;
    world.open_account(&world.agent, "12345").await;
    let rewards = EntryFilter { state: Some(EntryState::Accrued), rule: Some(domain::rule::Rule::Rate4), ..of(&world.agent) };
    let accrued = world.entries(&rewards).await;
    let amounts: Vec<Money> = accrued.iter().map(|entry| entry.amount).collect();
    assert_eq!(amounts, [Money::roubles(8_100), Money::roubles(10_800)]);
    let mut references = Vec::new();
    for entry in &accrued {
        world.app.services.ledger_approve(Actor::Person(&world.reviewer), &[entry.id]).await.expect("approved");
        references.push(world.make_run(&world.reviewer, Settlement::Bank).await.expect("a run"));
    }
    world.settle(&world.reviewer, &references[0], "2026-08-05").await.expect("alone");
    let above = Money::roubles(15_000);
    let refused = refusal(world.settle(&world.reviewer, &references[1], "2026-08-05").await);
    assert_eq!(refused, Refusal::SecondPerson(SecondPersonRequired::Amount { above }));
    world.app.set_clock("2026-08-06");
    world.settle(&world.reviewer, &references[1], "2026-08-06").await.expect("alone on another day");
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn whom_the_banks_file_can_not_name_is_left_out_and_the_others_are_paid(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    world.approve_all().await;
    world.settings("1000000").await;
    world.open_account(&world.agent, "12345").await;
    sqlx::query("update partners set name = 'ТОО «Қазақ»' where id = $1")
        .bind(world.agent.id.0)
        .execute(&mut world.app.owner().await)
        .await
        .expect("another name");
    let preview = world.app.services.settlement_preview(&world.reviewer, Settlement::Bank).await.expect("a preview");
    assert_eq!(preview.left.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [LeftOut::Unpayable(Unpayable::Name)]);
    assert!(preview.taken.is_empty());
    // Nor can an account be recorded at a bank of such a name.
    let fields = service::bank_accounts::BankAccountFields { bank_name: "Банк «Ұлы»".to_owned(), ..account("12345") };
    match world.app.services.bank_account_edit(Actor::Person(&world.admin), world.agent.id, &fields).await {
        Err(Error::Invalid(problems)) => {
            assert_eq!(problems.get("bank_name"), Some(&domain::form::FieldProblem::NotForBank { character: 'Ұ' }));
        }
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn one_person_takes_nothing_back_that_would_raise_a_balance(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let id = world.propose(&world.reviewer, "-500").await;
    let entry = world.app.services.adjustment_decide(&world.admin, id, true).await.expect("accepted").expect("an entry");
    let reversed = world.app.services.ledger_reverse(Actor::Person(&world.reviewer), entry, &why()).await;
    assert_eq!(refusal(reversed), Refusal::ReversalRaises);
    assert!(!world.app.services.ledger_entry_page(&world.reviewer, entry, &RowsPlace::default()).await.expect("a page").may_reverse);
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_dropped_run_gives_its_entries_back(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    world.approve_all().await;
    let before = world.entries(&in_state(EntryState::Approved)).await.len();
    let reference = world.make_run(&world.reviewer, Settlement::Discount).await.expect("a run");
    let held = world.entries(&in_state(EntryState::InSettlement)).await;
    assert!(!held.is_empty());
    // What a run holds is not taken back behind its back.
    let reversed = world.app.services.ledger_reverse(Actor::Person(&world.admin), held[0].id, &why()).await;
    assert!(matches!(refusal(reversed), Refusal::Entry(_)));
    world.app.services.settlement_drop(&world.reviewer, &reference).await.expect("dropped");
    world.app.services.settlement_drop(&world.reviewer, &reference).await.expect("dropped already");
    assert_eq!(refusal(world.settle(&world.admin, &reference, "2026-08-05").await), Refusal::RunFinished(RunState::Dropped));
    assert!(matches!(refusal(world.app.services.settlement_registry(&world.admin, &reference).await), Refusal::RunFinished(_)));
    assert_eq!(world.entries(&in_state(EntryState::Approved)).await.len(), before);
    world.verify().await;
    let next = world.make_run(&world.reviewer, Settlement::Discount).await.expect("another run");
    assert_eq!(next, "SR-2026-000002");
    world.settle(&world.admin, &next, "2026-08-05").await.expect("settled");
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_entry_that_is_taken_back_leaves_the_balances_with_its_opposite(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    let actor = Actor::Person(&world.reviewer);
    let accrued = world.entries(&EntryFilter { state: Some(EntryState::Accrued), ..of(&world.agent) }).await;
    let (first, second) = (&accrued[0], &accrued[1]);
    assert!(matches!(services.ledger_reverse(actor, first.id, &ReverseFields::default()).await, Err(Error::Invalid(_))));
    let opposite = services.ledger_reverse(actor, first.id, &why()).await.expect("reversed");
    assert_eq!(services.ledger_reverse(actor, first.id, &why()).await.expect("the same again"), opposite);
    assert!(matches!(refusal(services.ledger_reverse(Actor::Person(&world.admin), first.id, &why()).await), Refusal::Entry(_)));
    assert!(matches!(refusal(services.ledger_reverse(actor, opposite, &why()).await), Refusal::Entry(_)), "nor is the opposite");
    let approval = services.ledger_approve(actor, &[first.id, opposite]).await.expect("an answer");
    assert_eq!(approval.decided.count, 2);
    services.ledger_approve(actor, &[second.id]).await.expect("approved");
    services.ledger_reverse(actor, second.id, &why()).await.expect("an approved one too");
    let reversed = world.entries(&in_state(EntryState::Reversed)).await;
    assert_eq!((reversed.len(), reversed.iter().map(|entry| entry.amount).sum::<Money>()), (4, Money::ZERO));
    let page = services.ledger_entry_page(&world.reviewer, first.id, &RowsPlace::default()).await.expect("a page");
    let back = &page.referring[0];
    assert_eq!((back.kind, back.amount, back.corrects), (EntryKind::Reversal, -first.amount, Some(first.id)));
    assert!(!page.may_approve && !page.may_reverse);
    assert_eq!(page.events.len(), 1);
    world.verify().await;

    // An entry taken back by hand is not accrued anew, and corrections go on from it.
    world.import(&format!("{};7707083893;Клиент;kvm;vm-1;2026-08;20000\n", world.agent.code), false).await;
    world.app.set_clock("2026-09-05");
    services.month_close(COMMAND, month("2026-08")).await.expect("a close");
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn two_people_take_back_and_approve_at_the_same_instant(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let other = world.app.another_process();
    for entry in world.entries(&in_state(EntryState::Accrued)).await {
        let fields = why();
        let ids = [entry.id];
        let (reversed, approved) = tokio::join!(
            world.app.services.ledger_reverse(Actor::Person(&world.reviewer), entry.id, &fields),
            other.ledger_approve(Actor::Person(&world.admin), &ids)
        );
        // Either may come first; the second finds the state it left, and never an error of ours.
        assert!(matches!(reversed, Ok(_) | Err(Error::Refused(_))), "{reversed:?}");
        approved.expect("an answer");
    }
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_adjustment_needs_four_eyes_and_becomes_an_entry(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    let bad = AdjustmentFields { partner: "P-9999".to_owned(), amount: "0".to_owned(), ..AdjustmentFields::default() };
    match services.adjustment_propose(&world.reviewer, &bad, Uuid::new_v4()).await {
        Err(Error::Invalid(problems)) => {
            assert_eq!(problems.keys().map(String::as_str).collect::<Vec<_>>(), ["amount", "partner", "reason", "settlement", "text"]);
        }
        other => panic!("{other:?}"),
    }
    let own = world.propose(&world.admin, "500").await;
    assert_eq!(refusal(services.adjustment_decide(&world.admin, own, true).await), Refusal::OwnAdjustment);
    assert!(matches!(services.adjustment_decide(&world.reviewer, own, true).await, Err(Error::Forbidden)));
    let second = world.app.create_staff(Role::StaffAdmin).await;
    assert_eq!(services.adjustment_decide(&second, own, false).await.expect("declined"), None);

    let id = world.propose(&world.reviewer, "-1 234,50").await;
    let before = world.app.count("ledger_entries").await;
    let entry = services.adjustment_decide(&world.admin, id, true).await.expect("accepted").expect("an entry");
    assert_eq!(services.adjustment_decide(&world.admin, id, true).await.expect("the same again"), Some(entry));
    assert!(matches!(refusal(services.adjustment_decide(&second, id, false).await), Refusal::AdjustmentDecided(_)));
    assert_eq!(world.app.count("ledger_entries").await, before + 1);
    let page = services.ledger_entry_page(&world.reviewer, entry, &RowsPlace::default()).await.expect("a page");
    let expected = Money::kopecks(-123_450);
    assert_eq!((page.entry.kind, page.entry.amount, page.entry.base), (EntryKind::Adjustment, expected, expected));
    assert_eq!((page.entry.state, page.entry.rate), (EntryState::Accrued, None));
    assert_eq!(page.entry.reason, Some(("agreement".to_owned(), WHY.to_owned())));
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_negative_sum_is_carried_over_until_others_outweigh_it(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    world.settings("1000000").await;
    world.open_account(&world.agent, "12345").await;
    let due = world.waiting(&of(&world.agent)).await.amount;
    let id = world.propose(&world.reviewer, "-900000").await;
    services.adjustment_decide(&world.admin, id, true).await.expect("accepted");
    world.approve_all().await;
    let preview = services.settlement_preview(&world.reviewer, Settlement::Bank).await.expect("a preview");
    assert!(preview.taken.is_empty());
    assert_eq!(
        preview.left.iter().map(|(line, why)| (line.amount, *why)).collect::<Vec<_>>(),
        [(due - Money::roubles(900_000), LeftOut::CarriedOver)]
    );
    assert_eq!(refusal(world.make_run(&world.reviewer, Settlement::Bank).await), Refusal::NothingToSettle);
    let id = world.propose(&world.reviewer, "900000").await;
    services.adjustment_decide(&world.admin, id, true).await.expect("accepted");
    world.approve_all().await;
    let reference = world.make_run(&world.reviewer, Settlement::Bank).await.expect("a run");
    assert_eq!(services.settlement_page(&world.reviewer, &reference).await.expect("a page").run.total, due);
    world.settle(&world.reviewer, &reference, "2026-08-05").await.expect("settled");
    world.verify().await;
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_account_has_to_fit_its_bank_and_only_an_administrator_changes_it(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    let right = account("12345");
    let edit =
        async |viewer: &Viewer, fields: &BankAccountFields| services.bank_account_edit(Actor::Person(viewer), world.agent.id, fields).await;
    assert!(matches!(edit(&world.reviewer, &right).await, Err(Error::Forbidden)));
    let slipped = BankAccountFields { account: right.account.replace("12345", "12354"), kpp: "7707".to_owned(), ..right.clone() };
    match edit(&world.admin, &slipped).await {
        Err(Error::Invalid(problems)) => assert_eq!(problems.keys().collect::<Vec<_>>(), ["account", "kpp"]),
        other => panic!("{other:?}"),
    }
    edit(&world.admin, &right).await.expect("recorded");
    edit(&world.admin, &right).await.expect("the same changes nothing");
    assert_eq!(world.app.audited().await.iter().filter(|action| *action == "bank_account.edit").count(), 1);
    let page = services.bank_account_page(&world.reviewer, world.agent.id).await.expect("a page");
    assert!(!page.may_edit);
    assert_eq!(page.recorded.expect("an account").payee.account.account().as_str(), right.account);
}

/// What `billing/money.rs` does for levels, sums and entries, here for runs, what was taken back and claims: each fault is found and named.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_verification_names_what_is_wrong_with_runs_reversals_and_claims(_: PgPoolOptions, options: PgConnectOptions) {
    let world = World::make(options).await;
    let services = &world.app.services;
    let mut owner = world.app.owner().await;
    world.approve_all().await;
    world.settings("1000000").await;
    let run = world.make_run(&world.reviewer, Settlement::Discount).await.expect("a run");
    let id = world.propose(&world.reviewer, "500").await;
    let adjusted = services.adjustment_decide(&world.admin, id, true).await.expect("accepted").expect("an entry");
    let reversal = services.ledger_reverse(Actor::Person(&world.reviewer), adjusted, &why()).await.expect("taken back");
    let client: Uuid = sqlx::query_scalar("select id from clients where partner_id = $1")
        .bind(world.agent.id.0)
        .fetch_one(&mut owner)
        .await
        .expect("a client");
    let claimed = services.sales_bonus_submit(&world.agent.viewer, client.into(), month("2026-07"), "Ирина Котова", Uuid::new_v4()).await;
    services.request_approve(&world.reviewer, &claimed.expect("a claim")).await.expect("granted");
    world.verify().await;

    let number: i64 = sqlx::query_scalar("select number from ledger_entries where id = $1")
        .bind(reversal.0)
        .fetch_one(&mut owner)
        .await
        .expect("a number");
    let (of_run, of_reversal) = (format!("settlement run {run}"), format!("entry {number}"));
    let faults = [
        ("update settlement_runs set total = total + 1", "update settlement_runs set total = total - 1", of_run.as_str()),
        ("update settlement_runs set entry_count = entry_count + 1", "update settlement_runs set entry_count = entry_count - 1", &of_run),
        ("update settlement_run_partners set amount = amount + 1", "update settlement_run_partners set amount = amount - 1", &of_run),
        // The run says that it was dropped, its entries that it holds them.
        (
            "update settlement_runs set state = 'dropped', finished_by = made_by, finished_at = made_at",
            "update settlement_runs set state = 'made', finished_by = null, finished_at = null",
            &of_run,
        ),
        (
            "update ledger_entries set amount = amount + 1, base = base + 1 where rule = 'SALES-1'",
            "update ledger_entries set amount = amount - 1, base = base - 1 where rule = 'SALES-1'",
            "SALES-1 2026-07 of request ",
        ),
        (
            "update ledger_entries set amount = amount + 1 where kind = 'reversal'",
            "update ledger_entries set amount = amount - 1 where kind = 'reversal'",
            &of_reversal,
        ),
        (
            "update ledger_entries set settlement = 'discount' where kind = 'reversal'",
            "update ledger_entries set settlement = 'bank' where kind = 'reversal'",
            &of_reversal,
        ),
    ];
    for (fault, mend, what) in faults {
        // The owner may switch a trigger off; the portal's roles may not.
        for statement in ["set session_replication_role = replica", fault] {
            sqlx::query(statement).execute(&mut owner).await.expect(statement);
        }
        let found = services.ledger_verify().await.expect("a verification").difference.expect(fault);
        assert!(found.what.starts_with(what), "{fault}: {found:?}");
        sqlx::query(mend).execute(&mut owner).await.expect(mend);
        world.verify().await;
    }
}
