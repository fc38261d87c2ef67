//! What a partner sees of its money: every sum is that of entries, every base that of rows (`LED-2`, `WHY-1`, `RATE-2`).

use std::fmt::Write;

use domain::accrual::{Settlement, SumOfRows};
use domain::ids::{ClientId, LedgerEntryId, PartnerId};
use domain::ledger::{EntryEvent, EntryState};
use domain::model::{BillingSide, Model};
use domain::money::Money;
use domain::permission::Role;
use domain::rate::RateChoice;
use domain::rebate::RebateKind;
use domain::rule::Rule;
use service::partner_money::{MoneyFilter, SumAhead};
use service::rows_behind::RowsPlace;
use service::{Error, Locale, Refusal, Viewer, ViewerPartner};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use store::Scope;
use store::ledger_entries::NewEntryEvent;

use crate::support::{COMMAND, HEADER, Portal, day, inn, instant, month};

/// Somebody who works for a partner.
fn member(id: PartnerId) -> Viewer {
    Viewer {
        user_id: uuid::Uuid::from_u128(9).into(),
        role: Role::PartnerMember,
        partner: Some(ViewerPartner { id, name: "Партнёр".to_owned() }),
        display_name: "Человек".to_owned(),
        email: "p@partner.example".to_owned(),
        locale: Locale::Ru,
        email_notices: true,
        unread_notices: 0,
        request_identity: None,
    }
}

/// Closes months in order.
async fn close(portal: &Portal, first: &str, last: &str) {
    for closed in month(first).through(month(last)) {
        portal.services.month_close(COMMAND, closed).await.unwrap_or_else(|error| panic!("{closed}: {error:?}"));
    }
}

/// Two clients with several machines and services from January to a month.
async fn load_usage(portal: &Portal, last: &str) {
    let mut rows = String::new();
    for (at, of) in (1_u32..).zip(month("2026-01").through(month(last))) {
        let (one, two) = (inn(1), inn(2));
        writeln!(rows, "P-0001;{one};ООО «Первый»;kvm;vm-1;{of};{}.37", 10_000 + 1_700 * at).expect("a line");
        writeln!(rows, "P-0001;{one};ООО «Первый»;kvm;vm-2;{of};3333.33").expect("a line");
        writeln!(rows, "P-0001;{two};ООО «Второй»;databases;db-1;{of};{}.99", 20_000 + 900 * at).expect("a line");
        writeln!(rows, "P-0001;{two};ООО «Второй»;mont_office;seats;{of};1234.56").expect("a line");
        writeln!(rows, "P-0001;{two};ООО «Второй»;backup;store-1;{of};777.77").expect("a line");
    }
    portal.import(&rows).await;
}

async fn client(portal: &Portal, partner: PartnerId, number: u32) -> ClientId {
    let id: uuid::Uuid = sqlx::query_scalar("select id from clients where partner_id = $1 and inn = $2")
        .bind(partner.0)
        .bind(inn(number).as_str())
        .fetch_one(&portal.owner)
        .await
        .expect("a client");
    id.into()
}

/// Moves an entry on as staff do.
async fn approve(portal: &Portal, partner: PartnerId, entry: LedgerEntryId) {
    let mut transaction = portal.services.database().begin(Scope::Staff).await.expect("a transaction");
    let event = NewEntryEvent {
        entry_id: entry,
        partner_id: partner,
        position: 1,
        event: EntryEvent::Approved,
        state: EntryState::Approved,
        settlement_run_id: None,
        settled_on: None,
    };
    store::ledger_entries::insert_events(&mut transaction, &[event], None, portal.services.now()).await.expect("an event");
    transaction.commit().await.expect("a commit");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_balance_is_the_sum_of_the_list_it_opens(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-08-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    load_usage(&portal, "2026-07").await;
    close(&portal, "2026-01", "2026-07").await;
    let viewer = member(partner);
    let page = portal.services.money_page(&viewer, MoneyFilter::default(), None).await.expect("the page");
    approve(&portal, partner, page.page.lines.last().expect("an entry").id).await;

    let page = portal.services.money_page(&viewer, MoneyFilter::default(), None).await.expect("the page");
    assert_eq!(page.total, page.balances.iter().map(|balance| balance.amount).sum());
    assert_eq!(page.total, page.page.lines.iter().map(|entry| entry.amount).sum());
    assert!(page.balances.iter().any(|balance| balance.state == EntryState::Approved));
    for balance in &page.balances {
        let filter = MoneyFilter { state: Some(balance.state), settlement: Some(balance.settlement), ..MoneyFilter::default() };
        let list = portal.services.money_page(&viewer, filter, None).await.expect("a list");
        assert_eq!((list.count, list.total), (balance.count, balance.amount));
        assert_eq!(list.total, list.page.lines.iter().map(|entry| entry.amount).sum());
        let statement = portal.services.money_statement(&viewer, filter).await.expect("a statement");
        assert_eq!(statement.total, list.total, "taken away, it is the same list");
    }
    let half = MoneyFilter { from: Some(month("2026-04")), to: Some(month("2026-06")), ..MoneyFilter::default() };
    let list = portal.services.money_page(&viewer, half, None).await.expect("a list");
    let statement = portal.services.money_statement(&viewer, half).await.expect("a statement");
    assert_eq!((list.total, list.count), (statement.total, i64::try_from(statement.entries.len()).expect("a few")));
    assert_eq!(statement.total, statement.balances.iter().map(|balance| balance.amount).sum());
    assert!(statement.entries.is_sorted_by_key(|entry| entry.number));
    assert!(!statement.total.is_zero());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_rows_behind_every_entry_are_its_base_to_the_kopeck(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2025-10-20", BillingSide::Provider).await;
    portal.import(&format!("P-0001;{};ООО «Первый»;kvm;vm-1;2025-12;31000.01\n", inn(1))).await;
    load_usage(&portal, "2026-07").await;
    close(&portal, "2025-10", "2026-06").await;
    // A correction of a closed month adds a correcting entry; then the rows are the sum of both.
    let file = format!("{HEADER}P-0001;{};ООО «Первый»;kvm;vm-2;2026-02;4444.44\n", inn(1));
    let preview = portal.preview(file, true).await;
    portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a correction");
    close(&portal, "2026-07", "2026-07").await;

    let viewer = member(partner);
    let entries = portal.services.money_statement(&viewer, MoneyFilter::default()).await.expect("a statement").entries;
    let rules: std::collections::BTreeSet<Rule> = entries.iter().map(|entry| entry.rule).collect();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), [Rule::Rate4, Rule::Rebate1, Rule::Rebate2, Rule::Rebate3]);
    assert!(entries.iter().any(|entry| entry.kind == domain::ledger::EntryKind::Correction));
    for entry in &entries {
        let page = portal.services.money_entry_page(&viewer, entry.id, &RowsPlace::default()).await.expect("an entry");
        let rows = page.rows.expect("rows");
        assert_eq!(rows.base(), rows.posted, "{} {}", entry.rule, entry.period);
        assert_eq!(rows.total, rows.clients.lines.iter().map(|client| client.part).sum());
        for part in &rows.clients.lines {
            let place = RowsPlace { client: Some(part.client_id), after: None };
            let page = portal.services.money_entry_page(&viewer, entry.id, &place).await.expect("rows of a client");
            let chosen = page.rows.and_then(|rows| rows.chosen).expect("a client");
            assert_eq!(chosen.client.part, chosen.page.lines.iter().map(|row| row.worth.part).sum());
            assert_eq!((chosen.client.rows, chosen.page.next), (chosen.page.lines.len(), None));
            assert!(!chosen.client.name.is_empty());
        }
        assert!(page.terms.is_some() && !page.entry.explanation.is_null());
        if entry.kind == domain::ledger::EntryKind::Correction {
            assert!(page.related.iter().any(|first| Some(first.id) == entry.corrects));
        }
    }
    // Nothing of it is there for another.
    let other = member(portal.partner(2, "2026-01-01", BillingSide::Partner).await);
    let error = portal.services.money_entry_page(&other, entries[0].id, &RowsPlace::default()).await;
    assert!(matches!(error, Err(Error::NotFound)));
    let elsewhere = RowsPlace { client: Some(ClientId(uuid::Uuid::from_u128(1))), after: None };
    assert!(matches!(portal.services.money_entry_page(&viewer, entries[0].id, &elsewhere).await, Err(Error::NotFound)));
    assert!(portal.services.money_statement(&other, MoneyFilter::default()).await.expect("a statement").entries.is_empty());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_projected_is_what_a_close_then_brings(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-06-20T12:00:00+03:00").await;
    let partner = portal.partner(1, "2025-12-01", BillingSide::Provider).await;
    portal.import(&format!("P-0001;{};ООО «Первый»;kvm;vm-1;2025-12;40000\n", inn(1))).await;
    load_usage(&portal, "2026-06").await;
    close(&portal, "2025-12", "2026-05").await;
    let viewer = member(partner);
    let before = portal.services.money_page(&viewer, MoneyFilter::default(), None).await.expect("the page");
    let rebates = portal.services.rebates_page(&viewer).await.expect("the page");
    assert_eq!(before.next_rebates.as_ref().map(|next| next.date), Some(day("2026-07-01")));
    for card in &rebates.rebates {
        let running = card.running.as_ref().expect("it runs");
        assert!(before.projected.contains(&running.accrual), "{:?}", card.kind);
        assert!(card.privilege.is_allowed() && card.due.is_none());
        assert_eq!(running.months.last().map(|last| last.month), Some(month("2026-06")));
    }
    // Every one of them opens the rows that make it, down to the machine; nobody else's does.
    let other = member(portal.partner(2, "2026-01-01", BillingSide::Partner).await);
    for accrual in &before.projected {
        let sum = SumOfRows::Base(accrual.rule, accrual.period);
        let opened = portal.services.money_sum_page(&viewer, sum, &RowsPlace::default()).await.expect("rows");
        assert_eq!(opened.sum, SumAhead::Projected(accrual.clone()));
        assert_eq!((opened.rows.base(), opened.rows.posted), (accrual.base, accrual.base), "{} {}", accrual.rule, accrual.period);
        for client in &opened.rows.clients.lines {
            let place = RowsPlace { client: Some(client.client_id), after: None };
            let chosen =
                portal.services.money_sum_page(&viewer, sum, &place).await.expect("rows of a client").rows.chosen.expect("a client");
            assert_eq!(chosen.page.lines.iter().map(|row| row.worth.part).sum::<Money>(), client.part);
            assert!(matches!(portal.services.money_sum_page(&other, sum, &place).await, Err(Error::NotFound)));
        }
    }
    // What is closed stands in entries.
    let closed = SumOfRows::Base(Rule::Rate4, "2026-05".parse().expect("a period"));
    assert!(matches!(portal.services.money_sum_page(&viewer, closed, &RowsPlace::default()).await, Err(Error::NotFound)));
    portal.at("2026-07-02T12:00:00+03:00");
    let due = portal.services.rebates_page(&viewer).await.expect("the page");
    assert!(due.rebates.iter().all(|card| card.due.is_some()), "June waits to be closed");
    close(&portal, "2026-06", "2026-06").await;
    let june = MoneyFilter { from: Some(month("2026-06")), to: Some(month("2026-06")), ..MoneyFilter::default() };
    let entries = portal.services.money_statement(&viewer, june).await.expect("a statement").entries;
    let closed: Vec<(Rule, Money)> = entries.iter().map(|entry| (entry.rule, entry.amount)).collect();
    let projected: Vec<(Rule, Money)> = before.projected.iter().map(|accrual| (accrual.rule, accrual.amount)).collect();
    assert_eq!(closed, projected);
    let rebate_sum: Money = entries.iter().filter(|entry| RebateKind::of_rule(entry.rule).is_some()).map(|entry| entry.amount).sum();
    assert_eq!(before.next_rebates.map(|next| next.amount), Some(rebate_sum));
    assert!(before.saved.is_empty(), "an agent has rewards and no discount");
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_discount_is_shown_as_saved_and_rebates_of_a_basic_partner_are_locked(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2026-01-01", BillingSide::Partner).await;
    portal.import(&format!("P-0001;{};ООО «Первый»;kvm;vm-1;2026-01;1000.05\n", inn(1))).await;
    close(&portal, "2026-01", "2026-07").await;
    let viewer = member(partner);
    let page = portal.services.money_page(&viewer, MoneyFilter::default(), None).await.expect("the page");
    let saved: Vec<_> = page.saved.iter().map(|saved| (saved.month, saved.gross, saved.saved)).collect();
    assert_eq!(saved, [(month("2026-01"), Money::kopecks(100_005), Money::kopecks(27_001))]);
    assert!(page.page.lines.iter().all(|entry| entry.settlement == Settlement::Discount || entry.rule == Rule::Rate4));
    let january = SumOfRows::Saved(month("2026-01"));
    let opened = portal.services.money_sum_page(&viewer, january, &RowsPlace::default()).await.expect("rows");
    assert_eq!(opened.sum, SumAhead::Saved(page.saved[0]));
    assert_eq!((opened.rows.total, opened.rows.client_count), (Money::kopecks(27_001), 1));
    let open = SumOfRows::Saved(month("2026-09"));
    assert!(matches!(portal.services.money_sum_page(&viewer, open, &RowsPlace::default()).await, Err(Error::NotFound)));
    // The minimum was never reached: a Reseller since July, whose discount is another one.
    let preview = portal.preview(format!("{HEADER}P-0001;{};ООО «Первый»;kvm;vm-1;2026-07;1000.05\n", inn(1)), true).await;
    portal.services.usage_commit(COMMAND, preview.import.id).await.expect("a correction");
    close(&portal, "2026-08", "2026-08").await;
    let page = portal.services.money_page(&viewer, MoneyFilter::default(), None).await.expect("the page");
    let saved: Vec<_> = page.saved.iter().map(|saved| (saved.month, saved.model, saved.gross, saved.saved)).collect();
    let line = |of: &str, model, saved| (month(of), model, Money::kopecks(100_005), Money::kopecks(saved));
    assert_eq!(saved, [line("2026-07", Model::Reseller, 12_001), line("2026-01", Model::WhiteLabel, 27_001)]);
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
    let rebates = portal.services.rebates_page(&viewer).await.expect("the page").rebates;
    assert!(rebates.iter().all(|card| card.running.is_none() && !card.privilege.is_allowed()));
    assert!(!rebates[0].history.is_empty());
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_referral_partner_picks_once_or_monthly_before_the_first_billed_month_closes(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-09-10T12:00:00+03:00").await;
    let partner = portal.partner(1, "2026-01-01", BillingSide::Provider).await;
    portal.import(&format!("P-0001;{};ООО «Первый»;kvm;vm-1;2026-02;100\n", inn(1))).await;
    close(&portal, "2026-01", "2026-07").await;
    portal.import(&format!("P-0001;{0};ООО «Второй»;kvm;vm-1;2026-08;1000\nP-0001;{0};ООО «Второй»;kvm;vm-1;2026-09;500\n", inn(2))).await;
    let viewer = member(partner);
    let (early, fresh) = (client(&portal, partner, 1).await, client(&portal, partner, 2).await);
    let rate = portal.services.client_page(&viewer, fresh).await.expect("a client").rate;
    assert!(rate.verdict.is_allowed());
    assert_eq!((rate.once_month, rate.once_month_is_over, rate.chosen), (month("2026-08"), true, None));
    assert_eq!((rate.monthly, rate.once), (Money::roubles(150), Money::roubles(1000)));

    assert!(matches!(portal.services.rate_choose(&viewer, fresh, "").await, Err(Error::Invalid(_))));
    assert!(matches!(portal.services.rate_choose(&viewer, early, "once").await, Err(Error::Refused(Refusal::Rules(_)))));
    let other = member(portal.partner(2, "2026-01-01", BillingSide::Provider).await);
    assert!(matches!(portal.services.rate_choose(&other, fresh, "once").await, Err(Error::NotFound)));
    portal.services.rate_choose(&viewer, fresh, "once").await.expect("picked");
    portal.services.rate_choose(&viewer, fresh, "once").await.expect("again changes nothing");
    assert_eq!(portal.number("select count(*) from audit_records where action = 'client.rate'").await, 1);
    assert_eq!(portal.services.client_page(&viewer, fresh).await.expect("a client").rate.chosen, Some(RateChoice::Once));

    close(&portal, "2026-08", "2026-08").await;
    let august = portal
        .services
        .money_statement(&viewer, MoneyFilter { from: Some(month("2026-08")), ..MoneyFilter::default() })
        .await
        .expect("a statement");
    assert_eq!(august.total, Money::roubles(1000));
    assert!(matches!(portal.services.rate_choose(&viewer, fresh, "monthly").await, Err(Error::Refused(Refusal::Rules(_)))));
    assert_eq!(portal.services.ledger_verify().await.expect("a verification").difference, None);
    assert_eq!(portal.services.now(), instant("2026-09-10T12:00:00+03:00"));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_entry_of_the_demo_is_the_sum_of_its_rows(pool: PgPoolOptions, options: PgConnectOptions) {
    let portal = Portal::new(pool, options, "2026-11-22T12:00:00+03:00").await;
    portal.services.demo_load(service::demo::DEMO_SEED).await.expect("a demo");
    let partners: Vec<uuid::Uuid> =
        sqlx::query_scalar("select partner_id from ledger_entries group by partner_id order by count(*) desc limit 4")
            .fetch_all(&portal.owner)
            .await
            .expect("partners");
    let mut compared = 0;
    for partner in partners {
        let viewer = member(partner.into());
        for entry in portal.services.money_statement(&viewer, MoneyFilter::default()).await.expect("a statement").entries {
            let page = portal.services.money_entry_page(&viewer, entry.id, &RowsPlace::default()).await.expect("an entry");
            if let Some(rows) = page.rows {
                assert_eq!(rows.base(), rows.posted, "{} {} {}", entry.partner_name, entry.rule, entry.period);
                compared += 1;
            }
        }
        portal.services.rebates_page(&viewer).await.expect("the page of rebates");
    }
    assert!(compared > 60, "only {compared} entries were compared");
}
