//! What pages say of a request's way: what each case waits for, what happened to it, how long a decision takes and what is late.

use domain::permission::Role;
use domain::request::{Position, RequestKind, RequestStatus, Stage};
use service::bonus_codes::AskedCode;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::month;
use crate::support::{Answer, TestPortal};

/// The part of a page between two texts.
fn between<'a>(page: &'a Answer, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.body.split_once(from).unwrap_or_else(|| panic!("{from} is not in {}", page.words()));
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

/// What a case waits for at a position, as its partner reads it.
fn waits_for(position: Position) -> &'static str {
    match (position.status, position.stage) {
        (RequestStatus::Draft, _) => "Допишите и отправьте",
        (RequestStatus::Submitted | RequestStatus::InReview, _) => "Провайдер решает, берётся ли он за эту историю",
        (RequestStatus::ActionRequired, Some(Stage::Interview)) => "Выберите время интервью",
        (RequestStatus::ActionRequired, Some(Stage::Editing)) => "Прочитайте текст и согласуйте его",
        (RequestStatus::ActionRequired, _) => "Поправьте поля, о которых просит провайдер",
        (RequestStatus::Approved, Some(Stage::Details)) => "Расскажите подробно или выберите интервью",
        (RequestStatus::Approved, Some(Stage::Interview)) => "Провайдер готовит интервью",
        (RequestStatus::Approved, Some(Stage::Agreed)) => "Текст согласован, провайдер публикует его",
        (RequestStatus::Approved, _) => "Провайдер готовит текст",
        (RequestStatus::Refused, _) => "Провайдер отказал",
        (RequestStatus::Withdrawn, _) => "Вы отозвали заявку",
        (RequestStatus::Cancelled, _) => "Работа прекращена",
        (RequestStatus::Fulfilled, _) => "Опубликовано, бонус начислен",
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_page_of_all_cases_says_of_every_position_what_it_waits_for_and_whose_turn_it_is(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut cases = Vec::new();
    for position in Position::every().filter(|position| position.is_legal(RequestKind::CaseStudy)) {
        let reference = portal.app.case_at(&partner, &reviewer, position).await;
        let stands = portal.app.services.request_page(&partner.viewer, &reference).await.expect("the page").line;
        assert_eq!((stands.status, stands.stage), (position.status, position.stage), "it was brought where it should be");
        cases.push((position, reference));
    }
    assert!(cases.len() >= 18, "{}", cases.len());
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get("/partner/cases").await;
    for (position, reference) in &cases {
        let row = between(&page, &format!("/partner/cases/{reference}"), "</tr>");
        assert!(row.contains(waits_for(*position)), "{position} waits for something else: {row}");
        let turn = match position.turn() {
            domain::request::Turn::Partner => "Ответ за вами",
            domain::request::Turn::Provider => "Ответ за провайдером",
            domain::request::Turn::Nobody => "Завершена",
        };
        assert!(row.contains(turn), "{position} is the turn of somebody else: {row}");
        // The page of the case says the same.
        let own = browser.get(&format!("/partner/cases/{reference}")).await;
        assert!(own.words().contains(waits_for(*position)), "{position}: {}", own.words());
    }
    assert_eq!(portal.app.services.ledger_verify().await.expect("a verification").difference, None);
}

/// State and stage are two facts: each is told where it changed, and only there.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_timeline_tells_state_and_stage_where_they_changed(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let partner = portal.app.create_partner("2026-09-01").await;
    let published = Position { status: RequestStatus::Fulfilled, stage: Some(Stage::Published) };
    let reference = portal.app.case_at(&partner, &reviewer, published).await;
    let (mut own, mut staff) = (portal.sign_in(&partner.viewer).await, portal.sign_in(&reviewer).await);
    let expected = [
        &["Состояние: Ждёт решения"][..],
        &["Состояние: Одобрена", "Этап: Подробный рассказ"],
        &["Этап: Редактирование"],
        &["Состояние: Нужны правки"],
        &["Состояние: Одобрена", "Этап: Текст согласован"],
        &["Состояние: Выполнена", "Этап: Опубликовано"],
    ];
    for page in [own.get(&format!("/partner/cases/{reference}")).await, staff.get(&format!("/staff/inbox/{reference}")).await] {
        let timeline = between(&page, "<ol class=\"timeline\">", "</ol>");
        let lines = timeline.split("</li>").map(|line| {
            let facts =
                line.split("<p").filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.split("</p>").next().unwrap_or_default());
            facts.filter(|text| text.starts_with("Состояние: ") || text.starts_with("Этап: ")).collect::<Vec<_>>()
        });
        let told: Vec<Vec<&str>> = lines.filter(|facts| !facts.is_empty()).collect();
        assert_eq!(told, expected, "{timeline}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_long_history_is_shown_from_its_end_and_whole_where_that_is_asked_for(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let partner = portal.app.create_partner("2026-09-01").await;
    let details = Position { status: RequestStatus::Approved, stage: Some(Stage::Details) };
    let reference = portal.app.case_at(&partner, &reviewer, details).await;
    for _ in 0..20 {
        portal.app.services.request_choose_interview(&partner.viewer, &reference).await.expect("an interview");
        portal.app.services.request_choose_text(&partner.viewer, &reference).await.expect("a text");
    }
    let (mut own, mut staff) = (portal.sign_in(&partner.viewer).await, portal.sign_in(&reviewer).await);
    for (browser, path) in
        [(&mut own, format!("/partner/cases/{reference}")), (&mut staff, format!("/staff/inbox/{reference}?kind=case_study"))]
    {
        let page = browser.get(&path).await;
        let lines = |page: &Answer| between(page, "<ol class=\"timeline\">", "</ol>").matches("<li").count();
        assert_eq!(lines(&page), 30, "{path}");
        let (before, _) = page.body.split_once("#timeline-title").expect("a link to what was before");
        let href = before.rsplit("href=\"").next().expect("an address").replace("&amp;", "&");
        let whole = browser.get(&href).await;
        assert!(lines(&whole) > 40 && !whole.words().contains("до этого"), "{href}");
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn what_is_late_is_late_on_the_pages_of_both_sides(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let partner = portal.app.create_partner("2026-09-01").await;
    let asked = vec![AskedCode { face: 500, note: None, client_id: None }];
    let codes = portal.app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request");
    let waiting = Position { status: RequestStatus::Submitted, stage: Some(Stage::Brief) };
    let case = portal.app.case_at(&partner, &reviewer, waiting).await;
    let pages = [(codes.clone(), format!("/partner/requests/{codes}")), (case.clone(), format!("/partner/cases/{case}"))];
    // On the last day nothing is late; after it the codes are, and on the day after the case's own last day both are.
    for (day, late) in [("2026-10-07", [0, 0]), ("2026-10-09", [2, 0]), ("2026-10-13", [4, 1])] {
        portal.app.set_clock(day);
        let (mut own, mut staff) = (portal.sign_in(&partner.viewer).await, portal.sign_in(&reviewer).await);
        let inbox = staff.get("/staff/inbox").await;
        let overdue = staff.get("/staff/inbox?overdue=true").await;
        for ((reference, path), days) in pages.iter().zip(late) {
            let page = own.get(path).await.words();
            let sheet = staff.get(&format!("/staff/inbox/{reference}")).await.words();
            let row = between(&inbox, &format!("/staff/inbox/{reference}"), "</tr>");
            for told in [&page, &sheet] {
                let delay = format!("Решение задерживается на {days} рабоч");
                assert_eq!(told.contains(&delay), days > 0, "{day} {reference}: {told}");
                assert_eq!(told.contains("Решение — до"), days == 0, "{day} {reference}: {told}");
                assert!(told.contains("Обычно решаем за"), "{day} {reference}: {told}");
            }
            assert_eq!(row.contains("просрочена, было до"), days > 0, "{day} {reference}: {row}");
            assert_eq!(overdue.body.contains(&format!("/staff/inbox/{reference}")), days > 0, "{day} {reference}");
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_form_says_how_long_the_decision_takes_and_so_do_the_rules(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let partner = portal.app.create_partner("2026-09-01").await;
    let client = portal.app.create_client(&partner, "ООО «Ромашка»").await;
    portal.app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    portal.app.load_usage(&partner, client, "2026-09", "kvm", 10_000).await;
    portal.app.services.month_close(service::Actor::Command("test"), month("2026-09")).await.expect("a close");
    let comment = portal.app.ask_for_comment(&partner, &reviewer).await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let forms = [
        (RequestKind::BonusCodes, "/partner/bonus-codes".to_owned()),
        (RequestKind::FreeMonth, format!("/partner/free-months/{client}")),
        (RequestKind::SalesBonus, format!("/partner/sales-bonuses?client={client}&month=2026-09")),
        (RequestKind::CaseStudy, "/partner/cases/new".to_owned()),
        (RequestKind::TelegramComment, format!("/partner/requests/{comment}")),
    ];
    assert_eq!(forms.len(), RequestKind::ALL.len());
    let rules = browser.get("/rules").await.words();
    for (kind, path) in forms {
        let page = browser.get(&path).await;
        let days = kind.days_to_decide();
        assert!(page.body.contains("type=\"submit\""), "{path} has a form: {}", page.words());
        let told = [format!("Обычно решаем за {days} рабочих д"), format!("Провайдер ответит за {days} рабочих д")];
        assert!(told.iter().any(|told| page.words().contains(told)), "{path}: {}", page.words());
        let name = match kind {
            RequestKind::BonusCodes => "Бонусные коды",
            RequestKind::FreeMonth => "Бесплатный месяц",
            RequestKind::SalesBonus => "Бонус менеджеру",
            RequestKind::CaseStudy => "Кейс",
            RequestKind::TelegramComment => "Комментарий к новости",
        };
        assert!(rules.contains(&format!("{name} Обычно решаем за {days} рабочих д")), "{name}: {rules}");
    }
}
