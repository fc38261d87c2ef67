//! The inbox keeps the reader's place, decides on several at once, and says what a request is about to bring.

use domain::free_month::Ask;
use domain::permission::Role;
use domain::request::{Position, RequestStatus, Stage};
use service::bonus_codes::AskedCode;
use service::requests::InboxFilter;
use service::trials::TrialFields;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestPartner, month};
use crate::html::elements;
use crate::support::{Answer, TestPortal};

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_decision_leads_on_under_the_same_conditions(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let mut references = Vec::new();
    for face in [100, 200, 300] {
        let asked = vec![AskedCode { face, note: None, client_id: None }];
        references.push(portal.app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request"));
    }
    let mut browser = portal.sign_in(&reviewer).await;
    let page = browser.get(&format!("/staff/inbox/{}?kind=bonus_codes&q=BC-2026", references[0])).await;
    // Every gesture and the search carry the kind: two decisions, taking, handing over, a message, a note; the gestures the words, too.
    assert_eq!(page.body.matches(r#"type="hidden" name="kind" value="bonus_codes""#).count(), 7);
    assert_eq!(page.body.matches(r#"type="hidden" name="q" value="BC-2026""#).count(), 6);
    let place = [("kind", "bonus_codes"), ("q", "BC-2026")];
    let approve = [&[("reference", references[0].as_str()), ("next", references[1].as_str())], &place[..]].concat();
    let approved = browser.post("/api/requests/approve", &approve).await;
    let then = format!("/staff/inbox/{}?kind=bonus_codes&q=BC-2026&notice=request_approved&about={}", references[1], references[0]);
    assert_eq!(approved.location(), then);
    let words = browser.get(&then).await.words();
    assert!(words.contains(&format!("Заявка одобрена. {}", references[0])), "the notice names what was decided: {words}");
    let refuse = [&[("reference", references[1].as_str()), ("reason", "other"), ("text", "no")], &place[..]].concat();
    let sent_back = browser.post("/api/requests/refuse", &refuse).await;
    assert!(
        sent_back.location().starts_with(&format!("/staff/inbox/{}?kind=bonus_codes&q=BC-2026&form=", references[1])),
        "{}",
        sent_back.location()
    );
    let page = browser.get(sent_back.location()).await;
    assert!(page.body.contains("error-summary") && page.body.contains("autofocus"), "the reader is led to what is wrong: {}", page.words());
}

/// Who decides sees what is left: of the quarter without the request that is open, granted and waiting apart.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_open_request_shows_the_meters_of_its_quarter(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let ask = async |faces: &[i64]| {
        let asked = faces.iter().map(|face| AskedCode { face: *face, note: None, client_id: None }).collect();
        services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
    };
    let granted = ask(&[1_000, 500]).await;
    services.request_approve(&reviewer, &granted).await.expect("granted");
    ask(&[2_000, 100, 100]).await;
    let open = ask(&[300]).await;
    let words = portal.sign_in(&reviewer).await.get(&format!("/staff/inbox/{open}")).await.words();
    assert!(words.contains("Квартал без этой заявки"), "{words}");
    assert!(words.contains("Коды: использовано 2, ждёт решения 3, свободно 5 из 10"), "{words}");
    let roubles = "Рубли: использовано 1 500 ₽, ждёт решения 2 200 ₽, свободно 26 300 ₽ из 30 000 ₽";
    assert!(words.replace('\u{a0}', " ").contains(roubles), "{words}");
}

const BULK: &str = "/api/requests/bulk";

async fn ask(portal: &TestPortal, partner: &TestPartner, face: i64) -> String {
    let asked = vec![AskedCode { face, note: None, client_id: None }];
    portal.app.services.bonus_codes_submit(&partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
}

/// The text of a page with plain spaces.
fn plain(page: &Answer) -> String {
    page.words().replace('\u{a0}', " ")
}

/// The value of a hidden field in the form that posts to an address.
fn hidden(page: &Answer, action: &str, name: &str) -> String {
    let elements = elements(&page.body);
    let of_form = elements.iter().skip_while(|element| element.attribute("action") != Some(action));
    let field = of_form.into_iter().find(|element| element.name == "input" && element.attribute("name") == Some(name));
    field.and_then(|field| field.attribute("value")).unwrap_or_else(|| panic!("{action} has no {name}")).to_owned()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn several_are_refused_by_one_form_and_nothing_typed_is_lost(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let references = [ask(&portal, &partner, 100).await, ask(&portal, &partner, 200).await];
    let chosen = references.each_ref().map(|reference| format!("{reference}@2"));
    let mut browser = portal.sign_in(&reviewer).await;
    let refuse = |reason: &'static str, text: &'static str| {
        let chosen = [("references[0]", chosen[0].as_str()), ("references[1]", chosen[1].as_str())];
        let rest = [("gesture", "refuse"), ("bulk_reason", reason), ("bulk_text", text), ("place[kind]", "bonus_codes")];
        [chosen.as_slice(), rest.as_slice()].concat()
    };
    // Without a reason nothing is decided: what was chosen and typed stands there again.
    let back = browser.post(BULK, &refuse("", "Клиент <не> тот, проверьте")).await;
    assert!(back.location().starts_with("/staff/inbox?kind=bonus_codes&form="), "{}", back.location());
    let page = browser.get(back.location()).await;
    assert!(page.body.contains("error-summary") && page.body.contains("Клиент &lt;не&gt; тот, проверьте"), "{}", page.words());
    let ticked = elements(&page.body).into_iter().filter(|element| {
        element.attribute("name").is_some_and(|name| name.starts_with("references[")) && element.attribute("checked").is_some()
    });
    assert_eq!(ticked.count(), 2);
    assert_eq!(portal.app.count("requests where status = 'refused'").await, 0);

    let filled = refuse("client_not_eligible", "Клиент не тот, проверьте");
    let back = browser.post(BULK, &filled).await;
    let words = browser.get(back.location()).await.words();
    assert!(words.contains("Сделано: 2 из 2"), "{words}");
    // The same form once more does nothing twice.
    let back = browser.post(BULK, &filled).await;
    let words = browser.get(back.location()).await.words();
    assert!(words.contains("Сделано: 0 из 2") && words.matches("Уже было сделано").count() == 2, "{words}");
    assert_eq!(portal.app.count("request_events where act = 'refuse'").await, 2);
    let mut own = portal.sign_in(&partner.viewer).await;
    let words = own.get(&format!("/partner/requests/{}", references[1])).await.words();
    assert!(words.contains("Клиенту это не положено") && words.contains("Клиент не тот, проверьте"), "{words}");
    assert_eq!(browser.post(BULK, &[("references[0]", chosen[0].as_str()), ("gesture", "forget")]).await.status, 400);
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn of_several_one_is_refused_by_a_rule_that_is_named_and_a_colleague_gets_the_rest(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let (reviewer, colleague) = (portal.app.create_staff(Role::StaffReviewer).await, portal.app.create_staff(Role::StaffReviewer).await);
    let good = ask(&portal, &partner, 100).await;
    let client = portal.app.create_client(&partner, "ООО «Ромашка»").await;
    portal.app.create_virtual_machines(&partner, client, &["vm-1"]).await;
    let month = Ask { month: month("2026-12"), resources: vec!["vm-1".to_owned()] };
    let late = services.free_month_submit(&partner.viewer, client, month, Uuid::new_v4()).await.expect("a request");
    let trial = TrialFields { services: vec!["databases".to_owned()], start: "2026-10-04".to_owned() };
    services.trial_record(&partner.viewer, client, &trial).await.expect("a trial");
    let mut browser = portal.sign_in(&reviewer).await;
    let chosen = [format!("{good}@2"), format!("{late}@2")];
    let both = [("references[0]", chosen[0].as_str()), ("references[1]", chosen[1].as_str())];
    let back = browser.post(BULK, &[&both[..], &[("gesture", "approve")]].concat()).await;
    let page = browser.get(back.location()).await;
    let result = page.body.split_once("bulk-result").and_then(|(_, rest)| rest.split_once("</section>")).expect("a result").0;
    assert!(result.contains("Сделано: 1 из 2") && result.contains(r#"href="/rules#FREE-4""#), "{result}");

    // The page offers everybody who may have it, oneself first; whom nobody named gets nothing.
    let people: Vec<_> =
        elements(&page.body).into_iter().skip_while(|element| element.attribute("id") != Some("bulk-to")).skip(1).collect();
    let people: Vec<_> = people.iter().take_while(|element| element.name == "option").collect();
    assert_eq!(people.len(), 2);
    let selected = people.iter().find(|person| person.attribute("selected").is_some()).and_then(|person| person.attribute("value"));
    assert_eq!(selected, Some(reviewer.user_id.to_string().as_str()));
    let to = colleague.user_id.to_string();
    let assign = [("references[0]", chosen[1].as_str()), ("gesture", "assign"), ("to", to.as_str())];
    let back = browser.post(BULK, &assign).await;
    assert!(browser.get(back.location()).await.words().contains("Сделано: 1 из 1"));
    let item = services.inbox_item(&reviewer, &late, &InboxFilter::default()).await.expect("the item");
    assert_eq!(item.detail.assignee, Some(colleague.user_id));
    assert_eq!(browser.post(BULK, &assign[..2]).await.status, 400);
}

/// A case brings what the terms say, a comment what was set, or anything of the range. Of both it is told what held at submission.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn cases_and_comments_say_what_they_bring_and_what_was_said_at_submission(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let reviewer = portal.app.create_staff(Role::StaffReviewer).await;
    let brief = Position { status: RequestStatus::Submitted, stage: Some(Stage::Brief) };
    let case = portal.app.case_at(&partner, &reviewer, brief).await;
    let comment = portal.app.ask_for_comment(&partner, &reviewer).await;
    let answer = vec![("answer.text".to_owned(), "Память подорожала, и мы советуем считать на квартал. ".repeat(10))];
    let seen = services.request_page(&partner.viewer, &comment).await.expect("the page").version;
    services.request_submit(&partner.viewer, &comment, answer, seen).await.expect("submitted");
    let mut browser = portal.sign_in(&reviewer).await;
    let list = plain(&browser.get("/staff/inbox").await);
    assert!(list.contains("Переезд интернет-магазина · 40 000 ₽"), "{list}");
    assert!(list.contains("Выросли цены на память · 10 000 ₽ – 30 000 ₽"), "{list}");
    assert_eq!(list.matches("Проходила при отправке").count(), 2, "{list}");

    let page = plain(&browser.get(&format!("/staff/inbox/{case}")).await);
    let model =
        |words: &str, label: &str| words.split_once(label).map(|(_, rest)| rest.trim().split(' ').next().unwrap_or_default().to_owned());
    let then = model(&page, "Модель при отправке").expect("the model of then");
    assert_eq!(model(&page, "Модель сегодня").as_ref(), Some(&then));
    assert!(!page.contains("Правила сейчас"), "nothing is asked anew: {page}");
    portal.app.let_fall(&partner).await;
    let page = plain(&browser.get(&format!("/staff/inbox/{case}")).await);
    assert_eq!(model(&page, "Модель при отправке").as_ref(), Some(&then));
    assert!(page.contains("Право на бонус решает модель при отправке") && page.contains("PRIV-1"), "{page}");
}

/// The form of the publication holds the version and the sum of its page, so that no other sum accrues by it.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn a_bonus_set_anew_between_page_and_press_accrues_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let services = &portal.app.services;
    let partner = portal.app.create_partner("2026-09-01").await;
    let (setter, publisher) = (portal.app.create_staff(Role::StaffReviewer).await, portal.app.create_staff(Role::StaffReviewer).await);
    let reference = portal.app.ask_for_comment(&partner, &setter).await;
    let text = "Память подорожала, и мы советуем считать на квартал. ".repeat(10);
    let version = async || services.request_page(&partner.viewer, &reference).await.expect("the page").version;
    let answer = vec![("answer.text".to_owned(), text.clone())];
    services.request_submit(&partner.viewer, &reference, answer, version().await).await.expect("submitted");
    services.request_approve(&setter, &reference).await.expect("approved");
    services.request_edit_text(&setter, &reference, &text, version().await).await.expect("edited");
    services.request_offer_text(&setter, &reference).await.expect("offered");
    services.request_agree_text(&partner.viewer, &reference, version().await).await.expect("agreed");
    let set = async |points: &str| {
        let criteria = ["substance", "experience", "clarity", "promptness"];
        let entries = criteria.iter().map(|name| (format!("rubric.{name}").parse().expect("a field"), points.to_owned())).collect();
        services.request_set_bonus(&setter, &reference, &entries, version().await).await.expect("a bonus");
    };
    set("2").await;
    let mut browser = portal.sign_in(&publisher).await;
    let address = format!("/staff/inbox/{reference}");
    let page = browser.get(&address).await;
    assert!(plain(&page).contains("20 000 ₽"), "{}", page.words());
    let publish = "/api/requests/publish";
    let fields = |page: &Answer| {
        let own = ["reference", "version", "accrues"].map(|name| (name, hidden(page, publish, name)));
        let rest = [("channel", "telegram"), ("link", "https://t.me/oblako/42"), ("published_on", "2026-10-05")];
        own.into_iter().chain(rest.map(|(name, value)| (name, value.to_owned()))).collect::<Vec<_>>()
    };
    let seen = fields(&page);
    set("4").await;
    let sent: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let back = browser.post(publish, &sent).await;
    let page = browser.get(back.location()).await;
    assert!(page.words().contains("Данные изменились"), "{}", page.words());
    assert!(page.body.contains("https://t.me/oblako/42"), "what was typed is there");
    assert_eq!(portal.app.count("ledger_entries").await, 0);
    let seen = fields(&page);
    let sent: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(browser.post(publish, &sent).await.location().contains("notice="));
    assert_eq!(portal.app.count("ledger_entries where amount = 30000").await, 1);
}
