//! Comments on news (`TG-1`): opting in by topics, news to those who did, answers, the bonus, and what nobody answered.

#![expect(clippy::expect_used, reason = "a test may stop anywhere")]

mod support;

use std::collections::BTreeMap;

use domain::editorial::Slot;
use domain::form::FieldProblem;
use domain::model::BillingSide;
use domain::money::Money;
use domain::permission::Role;
use domain::request::{ActName, Detail, Entries, Position, RequestStatus, Stage, TransitionError, Version, Words};
use domain::rule::Rule;
use domain::telegram_comment::{Topic, Topics};
use service::editorial::SeenToPublish;
use service::request_life::Seen;
use service::requests::{InboxAmount, InboxFilter, InboxQueue, RequestDetail};
use service::{Error, Refusal, Viewer};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use support::{TestApp, TestPartner, date};
use uuid::Uuid;

fn entries(fields: &[(&str, &str)]) -> Entries {
    fields.iter().map(|(name, value)| (name.parse().expect("a field"), (*value).to_owned())).collect()
}

/// A news item on the market with a deadline.
fn news(deadline: &str) -> Entries {
    entries(&[
        ("title", "Выросли цены на память"),
        ("text", "Что это значит для ваших клиентов и что вы им советуете? Хватит трёх абзацев."),
        ("link", "https://habr.com/ru/news/1/"),
        ("topics.market", "true"),
        ("deadline", deadline),
    ])
}

/// A partner who comments on topics.
async fn subscriber(app: &TestApp, topics: &[Topic]) -> TestPartner {
    let partner = app.create_partner("2026-07-15").await;
    app.services.comment_topics_choose(&partner.viewer, &topics.iter().copied().collect()).await.expect("topics");
    partner
}

async fn count_notices(app: &TestApp, kind: &'static str) -> i64 {
    sqlx::query_scalar("select count(*) from partner_notices where kind = $1")
        .bind(kind)
        .fetch_one(&mut app.owner().await)
        .await
        .expect("a count")
}

async fn post(app: &TestApp, staff: &Viewer, deadline: &str, reach: u32) {
    assert_eq!(app.services.news_post(staff, &news(deadline), reach, Uuid::new_v4()).await.expect("posted"), reach);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_partner_opts_in_by_topics_and_out_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let partner = app.create_partner("2026-07-15").await;
    let page = async || app.services.telegram_comments_page(&partner.viewer, None).await.expect("the page");
    let choose = async |topics: &[Topic]| {
        app.services.comment_topics_choose(&partner.viewer, &topics.iter().copied().collect()).await.expect("topics");
    };
    assert_eq!((page().await.topics, page().await.privilege.is_allowed()), (Topics::new(), true));
    choose(&[Topic::Market, Topic::Cloud]).await;
    choose(&[Topic::Market, Topic::Cloud]).await;
    choose(&[Topic::Market, Topic::Security]).await;
    assert_eq!(page().await.topics, [Topic::Security, Topic::Market].into());
    choose(&[]).await;
    assert_eq!(page().await.topics, Topics::new());
    // The same choice again is no change.
    assert_eq!(app.audited().await.iter().filter(|action| *action == "comment_topics.choose").count(), 3);
    let staff = app.create_staff(Role::StaffReviewer).await;
    assert!(matches!(app.services.comment_topics_choose(&staff, &[Topic::Cloud].into()).await, Err(Error::Forbidden)));
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn without_the_privilege_nobody_opts_in_or_is_asked_but_everybody_can_opt_out(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let reseller = app.create_partner_billed("2026-07-15", BillingSide::Partner).await;
    sqlx::query("insert into staff_level_decisions (partner_id, decided_for, level, reason, recorded_at) values ($1, '2026-08-01', 'basic', 'причина решения', now())")
        .bind(reseller.id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("a decision");
    let page = app.services.telegram_comments_page(&reseller.viewer, None).await.expect("the page");
    assert_eq!(page.privilege.rules(), [Rule::Privilege1], "{}", page.model);
    let refused = app.services.comment_topics_choose(&reseller.viewer, &[Topic::Market].into()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Rules(_)))), "{refused:?}");
    // It opted in while it had the privilege.
    sqlx::query("insert into comment_topics (partner_id, topic, chosen_by, chosen_at) values ($1, 'market', $2, now())")
        .bind(reseller.id.0)
        .bind(reseller.viewer.user_id.0)
        .execute(&mut app.owner().await)
        .await
        .expect("a topic");
    assert_eq!(app.services.news_form(&staff, &[Topic::Market].into()).await.expect("the form").reach, 0);
    let nobody = app.services.news_post(&staff, &news("2026-08-10"), 0, Uuid::new_v4()).await;
    assert!(matches!(nobody, Err(Error::Refused(Refusal::NobodyReached))), "{nobody:?}");
    app.services.comment_topics_choose(&reseller.viewer, &Topics::new()).await.expect("out");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn only_those_who_chose_a_topic_are_asked_each_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let (market, both) = (subscriber(&app, &[Topic::Market]).await, subscriber(&app, &[Topic::Market, Topic::Cloud]).await);
    let (cloud, nothing) = (subscriber(&app, &[Topic::Cloud]).await, app.create_partner("2026-07-15").await);

    let form = app.services.news_form(&staff, &[Topic::Market, Topic::Cloud].into()).await.expect("the form");
    let expected: BTreeMap<Topic, u32> =
        Topic::ALL.into_iter().map(|topic| (topic, if [Topic::Market, Topic::Cloud].contains(&topic) { 2 } else { 0 })).collect();
    assert_eq!((form.by_topic, form.reach), (expected, 3));
    assert_eq!(app.services.news_form(&staff, &Topics::new()).await.expect("the form").reach, 0);

    // Who was shown another number is asked again; what is wrong with the fields is said at once.
    let changed = app.services.news_post(&staff, &news("2026-08-10"), 3, Uuid::new_v4()).await;
    assert!(matches!(changed, Err(Error::Refused(Refusal::AudienceChanged { reach: 2 }))), "{changed:?}");
    let Err(Error::Invalid(problems)) = app.services.news_post(&staff, &Entries::new(), 2, Uuid::new_v4()).await else {
        panic!("nothing was entered")
    };
    assert_eq!(problems.values().filter(|problem| **problem == FieldProblem::Required).count(), 5, "{problems:?}");
    assert!(matches!(app.services.news_check(&staff, &news("2026-08-05")), Err(Error::Invalid(_))), "the day itself is no deadline");
    assert_eq!((app.count("news_items").await, app.count("requests").await), (0, 0));

    let key = Uuid::new_v4();
    for _ in 0..2 {
        assert_eq!(app.services.news_post(&staff, &news("2026-08-10"), 2, key).await.expect("posted"), 2);
    }
    assert_eq!((app.count("news_items").await, app.count("requests").await, count_notices(&app, "comment_asked").await), (1, 2, 2));
    let mut lines = Vec::new();
    for partner in [&market, &both, &cloud, &nothing] {
        lines.push(app.services.telegram_comments_page(&partner.viewer, None).await.expect("the page").requests.lines.len());
    }
    assert_eq!(lines, [1, 1, 0, 0]);
    let posted = app.services.news_page(&staff, None).await.expect("the news").lines;
    assert_eq!((posted.len(), posted[0].sent, posted[0].awaited, posted[0].answered), (1, 2, 2, 0));
    // News is the staff's to send and to look through.
    assert!(matches!(app.services.news_page(&market.viewer, None).await, Err(Error::Forbidden)));
    assert!(matches!(app.services.news_post(&market.viewer, &news("2026-08-10"), 2, Uuid::new_v4()).await, Err(Error::Forbidden)));
}

const TEXT: &str = "answer.text";

/// A text that is long enough, by its first word.
fn text(first: &str) -> String {
    format!("{first}: память подорожала, и мы советуем клиентам считать её не на год вперёд, а на квартал. {}", "Так дешевле. ".repeat(25))
}

fn typed(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn points(each: &str) -> Entries {
    ["substance", "experience", "clarity", "promptness"]
        .iter()
        .map(|name| (format!("rubric.{name}").parse().expect("a field"), each.to_owned()))
        .collect()
}

/// A partner that was sent a news item, and the reference of its request.
async fn asked(app: &TestApp, staff: &Viewer, deadline: &str) -> (TestPartner, String) {
    let partner = subscriber(app, &[Topic::Market]).await;
    post(app, staff, deadline, 1).await;
    let page = app.services.telegram_comments_page(&partner.viewer, None).await.expect("the page");
    let reference = page.requests.lines[0].reference.clone();
    (partner, reference)
}

async fn page(app: &TestApp, viewer: &Viewer, reference: &str) -> RequestDetail {
    app.services.request_page(viewer, reference).await.expect("the page")
}

async fn position(app: &TestApp, partner: &TestPartner, reference: &str) -> Position {
    page(app, &partner.viewer, reference).await.editorial.expect("the work").facts.position
}

async fn submit(app: &TestApp, partner: &TestPartner, reference: &str, fields: &[(&str, &str)]) -> service::Result<()> {
    let seen = page(app, &partner.viewer, reference).await.version;
    app.services.request_submit(&partner.viewer, reference, typed(fields), seen).await
}

fn transition<T: std::fmt::Debug>(answer: service::Result<T>) -> TransitionError {
    let Err(Error::Refused(Refusal::Transition(error))) = answer else { panic!("its life has to forbid it: {answer:?}") };
    error
}

/// Brings a submitted answer to an agreed text.
async fn agree(app: &TestApp, partner: &TestPartner, staff: &Viewer, reference: &str) {
    app.services.request_approve(staff, reference).await.expect("approved");
    let seen = page(app, &partner.viewer, reference).await.version;
    app.services.request_edit_text(staff, reference, &text("Правленый"), seen).await.expect("edited");
    app.services.request_offer_text(staff, reference).await.expect("offered");
    let seen = page(app, &partner.viewer, reference).await.version;
    app.services.request_agree_text(&partner.viewer, reference, seen).await.expect("agreed");
}

async fn set_bonus(app: &TestApp, staff: &Viewer, reference: &str, entries: &Entries) -> service::Result<()> {
    let seen = app.services.inbox_item(staff, reference, &InboxFilter::default()).await.expect("the item").detail.version;
    app.services.request_set_bonus(staff, reference, entries, seen).await
}

async fn publish(app: &TestApp, staff: &Viewer, reference: &str, link: &str) -> service::Result<()> {
    app.services.request_publish(staff, reference, "telegram", link, "2026-08-05").await
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_answer_goes_from_a_draft_to_one_accrual(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (anna, boris) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let (partner, reference) = asked(&app, &anna, "2026-08-10").await;
    let stranger = app.create_partner("2026-07-15").await;

    let first = page(&app, &partner.viewer, &reference).await;
    let comment = first.comment.as_ref().expect("the news");
    assert_eq!((comment.item.title.as_str(), comment.is_open), ("Выросли цены на память", true));
    assert_eq!((first.line.status, first.line.stage), (RequestStatus::Draft, Some(Stage::Answer)));
    assert!(matches!(app.services.request_page(&stranger.viewer, &reference).await, Err(Error::NotFound)));
    let stranger_page = app.services.telegram_comments_page(&stranger.viewer, None).await.expect("the page");
    assert_eq!((stranger_page.requests.lines.len(), stranger_page.topics.len()), (0, 0));

    // A draft is kept however short; nobody else reads it.
    let saved = app.services.request_save(&partner.viewer, &reference, typed(&[(TEXT, "Начало")]), first.version).await.expect("saved");
    assert!(saved.problems.is_empty(), "it may grow");
    assert_eq!(page(&app, &partner.viewer, &reference).await.editorial.expect("the work").entries[TEXT], "Начало");
    let unread = app.services.inbox_item(&anna, &reference, &InboxFilter::default()).await;
    assert!(unread.is_ok_and(|item| item.detail.editorial.is_some_and(|work| work.entries.is_empty())), "a draft is the partner's own");
    let Err(Error::Invalid(problems)) = submit(&app, &partner, &reference, &[(TEXT, "Короткий")]).await else {
        panic!("too short")
    };
    assert_eq!(problems[TEXT], FieldProblem::TooShort { minimum: 300 });
    let answer = text("Ответ");
    assert!(matches!(
        app.services.request_save(&stranger.viewer, &reference, typed(&[(TEXT, &answer)]), first.version).await,
        Err(Error::NotFound)
    ));
    submit(&app, &partner, &reference, &[(TEXT, &answer)]).await.expect("submitted");

    let item = app.services.inbox_item(&anna, &reference, &InboxFilter::default()).await.expect("the item");
    assert_eq!(item.detail.editorial.as_ref().expect("the work").entries[TEXT], answer);
    agree(&app, &partner, &anna, &reference).await;

    // The bonus lies within the range by the rubric, and who set it does not publish.
    assert_eq!(transition(publish(&app, &boris, &reference, "https://t.me/oblako/42").await), TransitionError::BonusNotSet);
    let Err(Error::Invalid(problems)) = set_bonus(&app, &anna, &reference, &points("5")).await else { panic!("five of four points") };
    assert_eq!(problems["rubric.substance"], FieldProblem::TooLarge { maximum: 4 });
    assert!(matches!(set_bonus(&app, &anna, &reference, &Entries::new()).await, Err(Error::Invalid(_))));
    set_bonus(&app, &anna, &reference, &points("0")).await.expect("the least");
    set_bonus(&app, &anna, &reference, &points("4")).await.expect("the most");
    set_bonus(&app, &anna, &reference, &points("2")).await.expect("half");
    assert_eq!(transition(publish(&app, &anna, &reference, "https://t.me/oblako/42").await), TransitionError::OwnBonus);
    assert_eq!(app.count("ledger_entries").await, 0);
    publish(&app, &boris, &reference, "https://t.me/oblako/42").await.expect("published");
    assert!(publish(&app, &boris, &reference, "https://t.me/oblako/43").await.is_err(), "once");
    let entries: Vec<(String, rust_decimal::Decimal)> = sqlx::query_as("select rule, amount from ledger_entries where partner_id = $1")
        .bind(partner.id.0)
        .fetch_all(&mut app.owner().await)
        .await
        .expect("entries");
    assert_eq!(entries, [("TG-1".to_owned(), rust_decimal::Decimal::new(2_000_000, 2))]);
    let done = page(&app, &partner.viewer, &reference).await;
    assert_eq!((done.line.status, done.line.stage), (RequestStatus::Fulfilled, Some(Stage::Published)));
    assert_eq!(done.comment.expect("the news").bonus.expect("the bonus").amount, Money::roubles(20_000));
    assert_eq!((count_notices(&app, "published").await, count_notices(&app, "action_required").await), (1, 1));
    let posted = app.services.news_page(&anna, None).await.expect("the news").lines;
    assert_eq!((posted[0].answered, posted[0].published, posted[0].awaited), (1, 1, 0));
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

/// Four eyes see one sum: one that is set anew after the second person looked accrues by nobody's press.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_bonus_set_anew_is_not_published_by_who_saw_the_old_one(_: PgPoolOptions, options: PgConnectOptions) {
    const LINK: &str = "https://t.me/oblako/42";
    let app = TestApp::start(options, "2026-08-05");
    let (anna, boris) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let (partner, reference) = asked(&app, &anna, "2026-08-10").await;
    submit(&app, &partner, &reference, &[(TEXT, &text("Ответ"))]).await.expect("submitted");
    let item = async || app.services.inbox_item(&boris, &reference, &InboxFilter::default()).await.expect("the item");
    let range = InboxAmount::Range(Money::roubles(10_000), Money::roubles(30_000));
    assert_eq!((item().await.amount, item().await.accrues), (Some(range), None));
    agree(&app, &partner, &anna, &reference).await;
    set_bonus(&app, &anna, &reference, &points("1")).await.expect("a bonus");
    let shown = item().await;
    assert_eq!((shown.amount, shown.accrues), (Some(InboxAmount::Sum(Money::roubles(15_000))), Some(Money::roubles(15_000))));
    let publish = async |version: Version, accrues: Option<Money>| {
        let seen = SeenToPublish { seen: Seen { reference: &reference, version: Some(version) }, accrues };
        app.services.request_publish(&boris, seen, "telegram", LINK, "2026-08-05").await
    };
    set_bonus(&app, &anna, &reference, &points("4")).await.expect("another one");
    let stale = transition(publish(shown.detail.version, shown.accrues).await);
    assert!(matches!(stale, TransitionError::Stale { .. }), "{stale:?}");
    // Nor does the sum of before go through with the version of now.
    let now = item().await;
    let other = publish(now.detail.version, shown.accrues).await;
    assert!(matches!(other, Err(Error::Refused(Refusal::SumChanged { now })) if now == Money::roubles(30_000)), "{other:?}");
    let status = page(&app, &partner.viewer, &reference).await.line.status;
    assert_eq!((app.count("ledger_entries").await, app.count("request_publications").await, status), (0, 0, RequestStatus::Approved));
    // How much was set the partner learns with the publication.
    let told = async || {
        let events = page(&app, &partner.viewer, &reference).await.events;
        events
            .into_iter()
            .filter(|recorded| recorded.event.act == ActName::SetBonus)
            .map(|recorded| recorded.event.detail)
            .collect::<Vec<_>>()
    };
    assert_eq!(told().await, [Detail::Nothing, Detail::Nothing]);
    publish(now.detail.version, now.accrues).await.expect("published");
    let amounts: Vec<rust_decimal::Decimal> =
        sqlx::query_scalar("select amount from ledger_entries").fetch_all(&mut app.owner().await).await.expect("entries");
    assert_eq!(amounts, [rust_decimal::Decimal::new(3_000_000, 2)]);
    assert_eq!(told().await.last(), Some(&Detail::Bonus { amount: Money::roubles(30_000) }));
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

/// The privilege is asked at submission (`PRIV-1`): what was answered under it accrues whatever becomes of the level.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_level_that_falls_after_the_answer_takes_no_bonus_away(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (anna, boris) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let (partner, answered) = asked(&app, &anna, "2026-08-10").await;
    post(&app, &anna, "2026-08-10", 1).await;
    let lines = app.services.telegram_comments_page(&partner.viewer, None).await.expect("the page").requests.lines;
    let unanswered = lines.into_iter().map(|line| line.reference).find(|reference| *reference != answered).expect("a second request");
    submit(&app, &partner, &answered, &[(TEXT, &text("Ответ"))]).await.expect("submitted");

    app.let_fall(&partner).await;
    let privilege = app.services.telegram_comments_page(&partner.viewer, None).await.expect("the page").privilege;
    assert_eq!(privilege.rules(), [Rule::Privilege1], "it has the privilege no more");
    let late = submit(&app, &partner, &unanswered, &[(TEXT, &text("Поздно"))]).await;
    let Err(Error::Refused(Refusal::Rules(verdict))) = late else { panic!("submitted without the privilege: {late:?}") };
    assert_eq!(verdict.rules(), [Rule::Privilege1]);

    agree(&app, &partner, &anna, &answered).await;
    set_bonus(&app, &anna, &answered, &points("4")).await.expect("a bonus");
    publish(&app, &boris, &answered, "https://t.me/oblako/42").await.expect("published");
    let amounts: Vec<rust_decimal::Decimal> = sqlx::query_scalar("select amount from ledger_entries where rule = 'TG-1'")
        .fetch_all(&mut app.owner().await)
        .await
        .expect("entries");
    assert_eq!(amounts, [rust_decimal::Decimal::new(3_000_000, 2)]);
    assert_eq!(app.services.ledger_verify().await.expect("a verification").difference, None);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_interview_is_asked_for_instead_of_a_text(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    let (partner, reference) = asked(&app, &staff, "2026-08-10").await;
    app.services.request_choose_interview(&partner.viewer, &reference).await.expect("an interview");
    app.services.request_choose_text(&partner.viewer, &reference).await.expect("a text after all");
    app.services.request_choose_interview(&partner.viewer, &reference).await.expect("an interview");
    submit(&app, &partner, &reference, &[("interview.wishes", "Лучше после 16:00")]).await.expect("submitted");
    app.services.request_approve(&staff, &reference).await.expect("approved");
    assert_eq!(position(&app, &partner, &reference).await, Position { status: RequestStatus::Approved, stage: Some(Stage::Interview) });
    let slot = Slot::read("2026-08-07", "16:00", 30).expect("a time");
    app.services.request_offer_slots(&staff, &reference, vec![slot]).await.expect("offered");
    app.services.request_pick_slot(&partner.viewer, &reference, slot).await.expect("picked");
    app.services.request_record_interview(&staff, &reference).await.expect("held");
    assert_eq!(position(&app, &partner, &reference).await, Position { status: RequestStatus::Approved, stage: Some(Stage::Editing) });
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_nobody_answered_is_closed_once_at_the_deadline_and_can_be_opened_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let (staff, admin) = (app.create_staff(Role::StaffReviewer).await, app.create_staff(Role::StaffAdmin).await);
    let (silent, answers) = (subscriber(&app, &[Topic::Market]).await, subscriber(&app, &[Topic::Market]).await);
    post(&app, &staff, "2026-08-10", 2).await;
    let of = async |partner: &TestPartner| {
        app.services.telegram_comments_page(&partner.viewer, None).await.expect("the page").requests.lines[0].reference.clone()
    };
    let (late, early) = (of(&silent).await, of(&answers).await);
    submit(&app, &answers, &early, &[(TEXT, &text("Вовремя"))]).await.expect("submitted");
    let close = async || app.services.telegram_comments_close_unanswered().await.expect("closed");
    app.set_clock("2026-08-10T23:59:59+03:00");
    assert_eq!(close().await, 0, "the last day is the partner's to its end");
    app.set_clock("2026-08-11T00:00:00+03:00");

    // The job did not come yet, but it is late all the same, and the draft is kept.
    let answer = text("Опоздал");
    let Err(Error::Refused(Refusal::Rules(verdict))) = submit(&app, &silent, &late, &[(TEXT, &answer)]).await else { panic!("too late") };
    assert_eq!(verdict.rules(), [Rule::Telegram1]);
    // Two processes at once, and again: closed once.
    let other = app.another_process();
    let (one, two) = tokio::join!(app.services.telegram_comments_close_unanswered(), other.telegram_comments_close_unanswered());
    assert_eq!(one.expect("closed") + two.expect("closed"), 1);
    assert_eq!(close().await, 0);
    let closed = page(&app, &silent.viewer, &late).await;
    assert_eq!((closed.line.status, closed.line.stage), (RequestStatus::Cancelled, Some(Stage::Answer)));
    let expiries = closed.events.iter().filter(|recorded| recorded.event.act == ActName::Expire).count();
    assert_eq!((expiries, count_notices(&app, "comment_closed").await), (1, 1));
    assert_eq!(position(&app, &answers, &early).await.status, RequestStatus::Submitted, "what was answered is not closed");
    let Err(Error::Refused(Refusal::Rules(verdict))) = submit(&app, &silent, &late, &[(TEXT, &answer)]).await else { panic!("too late") };
    assert_eq!(verdict.rules(), [Rule::Telegram1], "a late answer is told the rule, closed or not");
    // Staff see it, too.
    let posted = app.services.news_page(&staff, None).await.expect("the news").lines;
    assert_eq!((posted[0].sent, posted[0].answered, posted[0].unanswered), (2, 1, 1));
    let ended = InboxFilter { queue: InboxQueue::Ended, ..InboxFilter::default() };
    let inbox = app.services.inbox_page(&staff, &ended, None).await.expect("the inbox");
    assert_eq!(inbox.page.lines.iter().map(|line| line.request.reference.as_str()).collect::<Vec<_>>(), [late.as_str()]);

    // Opened again it waits for some days more, with what was written.
    let words = Words::try_from("Ждём ваш комментарий ещё три дня".to_owned()).expect("words");
    app.services.request_reopen(&admin, &late, words).await.expect("opened again");
    assert_eq!(close().await, 0);
    assert_eq!(page(&app, &silent.viewer, &late).await.comment.expect("the news").item.deadline, date("2026-08-14"));
    submit(&app, &silent, &late, &[(TEXT, &answer)]).await.expect("in time now");
    app.set_clock("2026-08-20");
    assert_eq!(close().await, 0);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn many_unanswered_requests_are_closed_in_one_go(_: PgPoolOptions, options: PgConnectOptions) {
    let app = TestApp::start(options, "2026-08-05");
    let staff = app.create_staff(Role::StaffReviewer).await;
    for _ in 0..3 {
        subscriber(&app, &[Topic::Market]).await;
    }
    for _ in 0..40 {
        post(&app, &staff, "2026-08-10", 3).await;
    }
    app.set_clock("2026-08-11");
    assert_eq!(app.services.telegram_comments_close_unanswered().await.expect("closed"), 120);
    assert_eq!(app.count("requests where status = 'draft'").await, 0);
    assert_eq!(count_notices(&app, "comment_closed").await, 120);
}
