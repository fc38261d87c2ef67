//! What a partner writes is never lost over HTTP: taken up again, saved by a form that heard no answer, typed in a tab that came too late.

use domain::case_study::{Brief, Section};
use domain::editorial::Slot;
use domain::permission::Role;
use domain::request::{RefusalReason, RefusalText, RequestKind, Words};
use domain::telegram_comment::Answer;
use service::Viewer;
use service::bonus_codes::AskedCode;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestApp, TestPartner};
use crate::support::{Answer as Page, Browser, TestPortal};

const WHY: &str = "Назовите клиента и уточните, для чего нужен каждый код";
const KEY: &str = "0198f6a2-0000-7000-8000-00000000c0de";

fn refusal() -> RefusalText {
    RefusalText::try_from(WHY.to_owned()).expect("a text")
}

/// The address of the first link that begins so.
fn link(page: &Page, beginning: &str) -> String {
    let start = page.body.find(&format!("href=\"{beginning}")).unwrap_or_else(|| panic!("no link to {beginning}: {}", page.words()));
    page.body[start + 6..].split('"').next().unwrap_or_default().replace("&amp;", "&")
}

/// The tag of a control of a form.
fn control<'page>(page: &'page Page, name: &str) -> &'page str {
    let found = page.body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")) && !tag.contains("type=\"submit\""));
    found.unwrap_or_else(|| panic!("no control {name}: {}", page.words()))
}

/// The value that a hidden control carries.
fn hidden(page: &Page, name: &str) -> String {
    let tag = control(page, name);
    tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

fn brief(title: &str) -> Vec<(String, String)> {
    let fields = [
        (Brief::TITLE, title.to_owned()),
        (Brief::CLIENT, "ООО «Ромашка»".to_owned()),
        (Brief::INDUSTRY, "retail".to_owned()),
        ("brief.services.kvm", "true".to_owned()),
        (Brief::DONE, "перенесли ".repeat(15)),
        (Brief::RESULT, "ускорили ".repeat(10)),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// A case whose long form is handed in and whose text is put before the partner.
async fn offered(app: &TestApp, partner: &TestPartner, reviewer: &Viewer) -> String {
    let (services, own) = (&app.services, &partner.viewer);
    let saved =
        services.request_draft_save(own, RequestKind::CaseStudy, Uuid::new_v4(), brief("Переезд магазина"), None).await.expect("a draft");
    let reference = saved.reference;
    services.request_submit(own, &reference, Vec::new(), saved.version).await.expect("submitted");
    services.request_approve(reviewer, &reference).await.expect("accepted");
    let details = Section::ALL.into_iter().map(|section| (section.field(), "слово ".repeat(60))).collect();
    let seen = services.request_page(own, &reference).await.expect("a page").version;
    services.request_send_details(own, &reference, details, seen).await.expect("sent");
    let seen = services.request_page(own, &reference).await.expect("a page").version;
    services.request_edit_text(reviewer, &reference, &"Текст для газеты. ".repeat(20), seen).await.expect("a text");
    services.request_offer_text(reviewer, &reference).await.expect("offered");
    reference
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refused_request_for_codes_opens_its_form_with_everything_in_it_and_the_reason(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let client = portal.app.create_client(&partner, "ООО «Ромашка»").await;
    let asked = vec![
        AskedCode { face: 2_000, note: Some("перенос сайта".to_owned()), client_id: Some(client) },
        AskedCode { face: 700, note: None, client_id: None },
    ];
    let reference = services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request");
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get(&format!("/partner/requests/{reference}")).await;
    assert!(!page.words().contains("Вернуть в черновики"), "what is no draft is not recalled: {}", page.words());
    services.request_refuse(&reviewer, &reference, RefusalReason::NotEnoughInformation, refusal()).await.expect("refused");

    let page = browser.get(&format!("/partner/requests/{reference}")).await;
    let address = link(&page, "/partner/bonus-codes?again=");
    assert_eq!(address, format!("/partner/bonus-codes?again={reference}"));
    let form = browser.get(&address).await;
    let words = form.words();
    assert!(words.contains("Не хватает сведений") && words.contains(WHY), "{words}");
    assert!(control(&form, "face_1").contains("value=\"2000\"") && control(&form, "face_2").contains("value=\"700\""), "{}", form.body);
    assert!(control(&form, "note_1").contains("value=\"перенос сайта\""), "{}", control(&form, "note_1"));
    let chosen = form.body.split('<').find(|tag| tag.contains(&format!("value=\"{client}\"")) && tag.contains("selected"));
    assert!(chosen.is_some(), "the client is chosen");

    // A form that comes back keeps the reason.
    let fields = [("face_1", "x"), ("note_1", "перенос сайта"), ("again", reference.as_str()), ("idempotency_key", KEY)];
    let back = browser.post("/api/bonus-codes/submit", &fields).await;
    let form = browser.get(back.location()).await;
    assert!(form.words().contains(WHY) && control(&form, "face_1").contains("value=\"x\""), "{}", form.words());
    // Sent anew it is a request of its own; the refused one stays.
    let fields = [("face_1", "2000"), ("note_1", "перенос сайта"), ("again", reference.as_str()), ("idempotency_key", KEY)];
    assert!(browser.post("/api/bonus-codes/submit", &fields).await.location().contains("request_submitted"));
    assert_eq!(portal.app.count("requests where status = 'refused'").await, 1);

    // What waits is not taken up, and what is somebody else's is not there.
    let waiting = services.bonus_codes_submit(&partner.viewer, vec![AskedCode { face: 900, note: None, client_id: None }], Uuid::new_v4());
    let waiting = waiting.await.expect("a request");
    let form = browser.get(&format!("/partner/bonus-codes?again={waiting}")).await;
    assert!(form.status == 200 && !form.body.contains("value=\"900\"") && !form.words().contains(WHY), "{}", form.words());
    let other = portal.app.create_partner("2026-09-01").await;
    assert_eq!(portal.sign_in(&other.viewer).await.get(&address).await.status, 404);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_refused_month_and_a_withdrawn_claim_are_taken_up_in_their_forms(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-07-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let client = portal.app.create_client(&partner, "ООО «Ромашка»").await;
    portal.app.create_virtual_machines(&partner, client, &["vm-1", "vm-2"]).await;
    let ask = domain::free_month::Ask { month: crate::fixtures::month("2026-12"), resources: vec!["vm-2".to_owned()] };
    let month = services.free_month_submit(&partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
    services.request_refuse(&reviewer, &month, RefusalReason::Other, refusal()).await.expect("refused");
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get(&format!("/partner/requests/{month}")).await;
    let form = browser.get(&link(&page, &format!("/partner/free-months/{client}?again="))).await;
    assert!(form.words().contains(WHY), "{}", form.words());
    let is_checked = |value: &str| {
        let tag = form.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&format!("value=\"{value}\"")));
        tag.unwrap_or_else(|| panic!("no control of {value}")).contains("checked")
    };
    assert!(is_checked("2026-12") && is_checked("vm-2") && !is_checked("vm-1"), "{}", form.body);

    portal.app.load_usage(&partner, client, "2026-09", "kvm", 10_000).await;
    portal.app.close_months("2026-07", "2026-09").await;
    let september = crate::fixtures::month("2026-09");
    let claim = services.sales_bonus_submit(&partner.viewer, client, september, "Ирина Котова", Uuid::new_v4()).await.expect("a claim");
    services.request_withdraw(&partner.viewer, &claim).await.expect("withdrawn");
    let page = browser.get(&format!("/partner/requests/{claim}")).await;
    let address = link(&page, "/partner/sales-bonuses?client=");
    assert!(address.ends_with(&format!("&again={claim}")), "{address}");
    let form = browser.get(&address).await;
    let words = form.words();
    assert!(words.contains(&claim) && !words.contains("Почему отказано"), "{words}");
    assert!(control(&form, "manager").contains("value=\"Ирина Котова\""), "{}", form.body);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_first_save_whose_answer_was_lost_leads_back_to_its_draft(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let mut browser = portal.sign_in(&partner.viewer).await;
    let save = async |browser: &mut Browser, title: &str| {
        let fields = [("idempotency_key", KEY), ("reference", ""), ("version", ""), (Brief::TITLE, title), ("gesture", "save")];
        browser.post("/api/cases/save", &fields).await
    };
    // The answer to this one never arrives: the form that is sent next knows no reference.
    let lost = save(&mut browser, "Переезд").await;
    let draft = lost.location().split('?').next().unwrap_or_default().to_owned();
    let back = save(&mut browser, "Переезд магазина за ночь").await;
    assert!(back.location().starts_with(&format!("{draft}?form=")), "{}", back.location());
    let page = browser.get(back.location()).await;
    assert!(control(&page, Brief::TITLE).contains("value=\"Переезд магазина за ночь\""), "{}", page.words());
    assert!(page.words().contains("Что изменилось с тех пор"), "{}", page.words());
    // The page knows the draft, so what is sent from it is kept.
    let (reference, version) = (hidden(&page, "reference"), hidden(&page, "version"));
    let fields =
        [("reference", reference.as_str()), ("version", &version), (Brief::TITLE, "Переезд магазина за ночь"), ("gesture", "save")];
    assert_eq!(browser.post("/api/cases/save", &fields).await.location(), format!("{draft}?notice=draft_saved"));
    assert_eq!(portal.app.count("requests").await, 1);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_tab_that_comes_too_late_sees_what_changed_and_keeps_what_was_typed(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let reference = portal.app.ask_for_comment(&partner, &reviewer).await;
    let address = format!("/partner/requests/{reference}");
    let mut first = portal.sign_in(&partner.viewer).await;
    let mut second = portal.sign_in(&partner.viewer).await;
    let (one, other) = (first.get(&address).await, second.get(&address).await);
    assert!(one.body.contains("DraftAutosave"), "the answer is saved as it is written");
    let version = hidden(&one, "version");
    assert_eq!(version, hidden(&other, "version"));
    let fields = |text: &'static str, gesture: &'static str, version: &str| {
        [
            ("reference", reference.clone()),
            ("version", version.to_owned()),
            (Answer::TEXT, text.to_owned()),
            ("gesture", gesture.to_owned()),
        ]
    };
    let post = async |browser: &mut Browser, path: &str, fields: [(&str, String); 4]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(path, &fields).await
    };
    // The first tab is saved while it is written; the second one is told, and its words stand in its form.
    post(&mut first, "/api/requests/autosave", fields("Память дорожает", "save", &version)).await;
    assert!(first.get(&address).await.body.contains("Память дорожает"));
    let back = post(&mut second, "/api/telegram-comments/answer", fields("Цены вырастут ещё", "save", &version)).await;
    let page = second.get(back.location()).await;
    let words = page.words();
    assert!(words.contains("Что изменилось с тех пор") && words.contains("Черновик сохранён · "), "{words}");
    assert!(words.contains("Изменены поля: Текст комментария") || words.contains("Изменены поля:"), "{words}");
    assert!(page.body.contains("Цены вырастут ещё") && hidden(&page, "version") != version, "{words}");

    // Sent in one tab, it can't be written in the other any more: what was typed there is shown, and not taken for sent.
    let long = "Облака дорожают вместе с памятью. ".repeat(12);
    let text = [(Answer::TEXT.to_owned(), long)];
    let seen = portal.app.services.request_page(&partner.viewer, &reference).await.expect("a page").version;
    portal.app.services.request_submit(&partner.viewer, &reference, text.to_vec(), seen).await.expect("submitted");
    let back = post(&mut second, "/api/telegram-comments/answer", fields("А мы думаем иначе", "submit", &seen.to_string())).await;
    assert!(back.location().contains("?form="), "other words are no repetition: {}", back.location());
    let words = second.get(back.location()).await.words();
    assert!(words.contains("Не отправлено") && words.contains("А мы думаем иначе") && words.contains("Заявка отправлена · "), "{words}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn words_are_kept_when_staff_went_on_meanwhile(_: PgPoolOptions, options: PgConnectOptions) {
    const WORDS: &str = "В третьем абзаце не те цифры";
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let reference = offered(&portal.app, &partner, &reviewer).await;
    let address = format!("/partner/cases/{reference}");
    let mut browser = portal.sign_in(&partner.viewer).await;
    let seen = hidden(&browser.get(&address).await, "version");
    // The text is taken back to be changed while the partner writes what it thinks of it.
    services.request_take(&reviewer, &reference).await.expect("taken back");
    let fields = [("reference", reference.as_str()), ("version", &seen), ("gesture", "return"), ("return_words", WORDS)];
    let back = browser.post("/api/requests/text-answer", &fields).await;
    let words = browser.get(back.location()).await.words();
    assert!(words.contains("Не отправлено") && words.contains(WORDS) && words.contains("Заявка взята в работу · "), "{words}");
    // Put before the partner again, the same words stand in their form, which is open.
    services.request_offer_text(&reviewer, &reference).await.expect("offered");
    let back = browser.post("/api/requests/text-answer", &fields).await;
    let page = browser.get(back.location()).await;
    assert!(page.body.contains(WORDS) && !page.words().contains("Не отправлено"), "{}", page.words());
    assert!(page.words().contains("Что изменилось с тех пор"), "{}", page.words());

    // Staff that come too late learn the same in their sheet.
    let mut desk = portal.sign_in(&reviewer).await;
    let version = services.request_page(&partner.viewer, &reference).await.expect("a page").version;
    services.request_return_text(&partner.viewer, &reference, Words::try_from(WORDS.to_owned()).expect("words")).await.expect("returned");
    let stale = version.to_string();
    let back = desk.post("/api/requests/text-offer", &[("reference", reference.as_str()), ("version", &stale)]).await;
    let words = desk.get(back.location()).await.words();
    assert!(words.contains("Что изменилось с тех пор") && words.contains("Текст возвращён с замечаниями · "), "{words}");
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_time_is_picked_of_those_that_were_seen(_: PgPoolOptions, options: PgConnectOptions) {
    const WORDS: &str = "Лучше в четверг после обеда";
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let own = &partner.viewer;
    let saved =
        services.request_draft_save(own, RequestKind::CaseStudy, Uuid::new_v4(), brief("Переезд магазина"), None).await.expect("a draft");
    let reference = saved.reference;
    services.request_submit(own, &reference, Vec::new(), saved.version).await.expect("submitted");
    services.request_approve(&reviewer, &reference).await.expect("accepted");
    services.request_choose_interview(own, &reference).await.expect("an interview");
    let slot = |time: &str| Slot::read("2026-10-08", time, 30).expect("a time");
    services.request_offer_slots(&reviewer, &reference, vec![slot("10:00")]).await.expect("offered");
    let mut browser = portal.sign_in(own).await;
    let page = browser.get(&format!("/partner/cases/{reference}")).await;
    let seen = hidden(&page, "version");
    services.request_offer_slots(&reviewer, &reference, vec![slot("12:00")]).await.expect("offered anew");
    let fields = [("reference", reference.as_str()), ("version", &seen), ("slot_words", WORDS)];
    let back = browser.post("/api/requests/slot", &fields).await;
    let page = browser.get(back.location()).await;
    assert!(page.words().contains("Что изменилось с тех пор") && page.body.contains(WORDS), "{}", page.words());
    assert!(services.request_page(own, &reference).await.expect("a page").line.status == domain::request::RequestStatus::ActionRequired);
}

/// Somebody's answer to a news item, sent on its last day.
async fn answered(portal: &TestPortal, partner: &TestPartner, reviewer: &Viewer) -> String {
    let reference = portal.app.ask_for_comment(partner, reviewer).await;
    let services = &portal.app.services;
    let seen = services.request_page(&partner.viewer, &reference).await.expect("a page").version;
    let text = vec![(Answer::TEXT.to_owned(), "Облака дорожают вместе с памятью. ".repeat(12))];
    services.request_submit(&partner.viewer, &reference, text, seen).await.expect("sent");
    reference
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn an_answer_becomes_a_draft_again_until_its_deadline_and_says_why_not_afterwards(_: PgPoolOptions, options: PgConnectOptions) {
    const LATE: &str = "Ответ принимали до 10 октября 2026 включительно";
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let reference = answered(&portal, &partner, &reviewer).await;
    let address = format!("/partner/requests/{reference}");
    portal.app.set_clock("2026-10-10T23:00:00+03:00");
    let mut browser = portal.sign_in(&partner.viewer).await;
    let words = browser.get(&address).await.words();
    assert!(words.contains("Вернуть в черновики") && words.contains("до 10 октября 2026 включительно"), "{words}");
    // In time it is taken back, with a reason that staff read.
    let recall = [("reference", reference.as_str()), ("recall_words", "Добавим цифры")];
    let back = browser.post("/api/requests/recall", &recall).await;
    assert_eq!(back.location(), format!("{address}?notice=request_recalled"));
    assert!(browser.get(&address).await.words().contains("Добавим цифры"), "the reason stands on the timeline");
    let seen = services.request_page(&partner.viewer, &reference).await.expect("a page").version;
    services.request_submit(&partner.viewer, &reference, Vec::new(), seen).await.expect("sent again");

    portal.app.set_clock("2026-10-11T00:30:00+03:00");
    let mut browser = portal.sign_in(&partner.viewer).await;
    let page = browser.get(&address).await;
    let words = page.words();
    assert!(words.contains(LATE) && !page.body.contains("name=\"recall_words\""), "{words}");
    let back = browser.post("/api/requests/recall", &recall).await;
    let words = browser.get(back.location()).await.words();
    assert!(words.contains(LATE) && words.contains("Не отправлено") && words.contains("Добавим цифры"), "{words}");
    assert_eq!(services.telegram_comments_close_unanswered().await.expect("closed"), 0, "what was sent in time is not closed");
    // Refused, it can't be taken up any more either, and the page says so where the button would be.
    services.request_refuse(&reviewer, &reference, RefusalReason::Other, refusal()).await.expect("refused");
    let page = browser.get(&address).await;
    assert!(page.words().contains(LATE) && !page.body.contains("/api/requests/revise"), "{}", page.words());
    let back = browser.post("/api/requests/revise", &[("reference", reference.as_str())]).await;
    assert!(browser.get(back.location()).await.words().contains(LATE));
    assert_eq!(portal.app.count("requests where status = 'refused'").await, 1);
}
