//! What the desk offers is what the rules allow, wherever a request stands and whoever looks: the page asks the table, it does not guess.

use std::collections::BTreeSet;

use domain::editorial::Slot;
use domain::free_month::Ask;
use domain::permission::Role;
use domain::request::{ActName, FieldNote, Position, RefusalReason, RefusalText, RequestKind, RequestStatus, Stage, Words};
use service::Viewer;
use service::bonus_codes::AskedCode;
use service::requests::InboxFilter;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::fixtures::{TestPartner, month};
use crate::html::elements;
use crate::support::{Answer, TestPortal};

/// What staff do to a request, and where the form of it posts to.
const FORMS: [(ActName, &str); 15] = [
    (ActName::Take, "/api/requests/take"),
    (ActName::Assign, "/api/requests/assign"),
    (ActName::Release, "/api/requests/release"),
    (ActName::AskForCorrection, "/api/requests/ask"),
    (ActName::Approve, "/api/requests/approve"),
    (ActName::Refuse, "/api/requests/refuse"),
    (ActName::Cancel, "/api/requests/cancel"),
    (ActName::Reopen, "/api/requests/reopen"),
    (ActName::MarkFulfilled, "/api/requests/fulfil"),
    (ActName::OfferSlots, "/api/requests/slots-offer"),
    (ActName::RecordInterview, "/api/requests/interview"),
    (ActName::EditText, "/api/requests/text"),
    (ActName::OfferText, "/api/requests/text-offer"),
    (ActName::SetBonus, "/api/requests/bonus"),
    (ActName::Publish, "/api/requests/publish"),
];

/// The acts of a page: those whose form has a button that can be pressed.
fn offered(page: &Answer) -> BTreeSet<ActName> {
    let (mut offered, mut act) = (BTreeSet::new(), None);
    for element in elements(&page.body) {
        match element.name.as_str() {
            "form" => act = FORMS.iter().find(|(_, action)| element.attribute("action") == Some(action)).map(|(act, _)| *act),
            "button" if element.attribute("type") == Some("submit") && element.attribute("disabled").is_none() => offered.extend(act),
            _ => {}
        }
    }
    offered
}

fn words(text: &str) -> Words {
    Words::try_from(text.to_owned()).expect("words")
}

/// Requests of one partner, and the people who work on them.
struct Desk {
    portal: TestPortal,
    partner: TestPartner,
    reviewer: Viewer,
    admin: Viewer,
    /// Every request with what it is an example of.
    requests: Vec<(String, String)>,
}

impl Desk {
    fn note(&mut self, what: &str, reference: &str) {
        self.requests.push((what.to_owned(), reference.to_owned()));
    }

    async fn codes(&self) -> String {
        let asked = vec![AskedCode { face: 100, note: None, client_id: None }];
        self.portal.app.services.bonus_codes_submit(&self.partner.viewer, asked, Uuid::new_v4()).await.expect("a request")
    }

    async fn refuse(&self, reference: &str) {
        let text = RefusalText::try_from("Не хватает сведений о клиенте".to_owned()).expect("a text");
        self.portal.app.services.request_refuse(&self.reviewer, reference, RefusalReason::Other, text).await.expect("refused");
    }

    /// Codes and months wherever they can be.
    async fn plain_requests(&mut self) {
        let services = self.portal.app.services.clone();
        let [waits, mine, anothers, asked, granted, refused, back] = [
            self.codes().await,
            self.codes().await,
            self.codes().await,
            self.codes().await,
            self.codes().await,
            self.codes().await,
            self.codes().await,
        ];
        services.request_take(&self.reviewer, &mine).await.expect("taken");
        services.request_take(&self.admin, &anothers).await.expect("taken");
        let note = FieldNote { field: "face_1".parse().expect("a field"), words: words("Проверьте сумму") };
        services.request_ask_for_correction(&self.reviewer, &asked, vec![note]).await.expect("asked");
        services.request_approve(&self.reviewer, &granted).await.expect("granted");
        self.refuse(&refused).await;
        services.request_withdraw(&self.partner.viewer, &back).await.expect("withdrawn");
        for (what, reference) in [
            ("codes that wait", waits),
            ("codes in the reviewer's hands", mine),
            ("codes in the administrator's hands", anothers),
            ("codes to correct", asked),
            ("granted codes", granted),
            ("refused codes", refused),
            ("withdrawn codes", back),
        ] {
            self.note(what, &reference);
        }
        for (name, what) in [("vm-1", "a granted month"), ("vm-2", "a month that was given up"), ("vm-3", "a month carried out")] {
            let client = self.portal.app.create_client(&self.partner, &format!("ООО «{name}»")).await;
            self.portal.app.create_virtual_machines(&self.partner, client, &[name]).await;
            let ask = Ask { month: month("2026-12"), resources: vec![name.to_owned()] };
            let reference = services.free_month_submit(&self.partner.viewer, client, ask, Uuid::new_v4()).await.expect("a request");
            services.request_approve(&self.reviewer, &reference).await.expect("approved");
            match name {
                "vm-2" => services.request_cancel(&self.partner.viewer, &reference, words("Клиент передумал")).await.expect("given up"),
                "vm-3" => services.request_fulfil(&self.reviewer, &reference).await.expect("carried out"),
                _ => {}
            }
            self.note(what, &reference);
        }
    }

    /// Cases at every position but the draft, which is its partner's alone.
    async fn cases(&mut self) {
        let positions = Position::every().filter(|position| position.is_legal(RequestKind::CaseStudy));
        for position in positions.filter(|position| position.status != RequestStatus::Draft) {
            let reference = self.portal.app.case_at(&self.partner, &self.reviewer, position).await;
            self.note(&format!("a case that is {position}"), &reference);
        }
        let slot = Slot::read("2026-10-09", "15:00", 30).expect("a time");
        let other = Position { status: RequestStatus::ActionRequired, stage: Some(Stage::Interview) };
        let picked = self.portal.app.case_at(&self.partner, &self.reviewer, other).await;
        let services = &self.portal.app.services;
        services.request_offer_slots(&self.reviewer, &picked, vec![slot]).await.expect("offered anew");
        services.request_pick_slot(&self.partner.viewer, &picked, slot).await.expect("picked");
        self.note("a case with a time for its interview", &picked);
    }

    /// Comments from the news to the accrued bonus.
    async fn comments(&mut self) {
        const TEXT: &str = "answer.text";
        let long = "Память подорожала, и мы советуем считать на квартал. ".repeat(10);
        let services = self.portal.app.services.clone();
        let steps = [
            "draft",
            "interview asked",
            "answered",
            "to correct",
            "refused",
            "accepted",
            "edited",
            "offered",
            "agreed",
            "set",
            "published",
        ];
        for (place, step) in steps.into_iter().enumerate() {
            let reference = self.portal.app.ask_for_comment(&self.partner, &self.admin).await;
            self.note(&format!("a comment: {step}"), &reference);
            let version = async || services.request_page(&self.partner.viewer, &reference).await.expect("the page").version;
            if step == "interview asked" {
                services.request_choose_interview(&self.partner.viewer, &reference).await.expect("chosen");
            }
            if place < 2 {
                continue;
            }
            let answer = vec![(TEXT.to_owned(), long.clone())];
            services.request_submit(&self.partner.viewer, &reference, answer, version().await).await.expect("submitted");
            match step {
                "answered" => continue,
                "to correct" => {
                    let note = FieldNote { field: TEXT.parse().expect("a field"), words: words("Добавьте цифры") };
                    services.request_ask_for_correction(&self.reviewer, &reference, vec![note]).await.expect("asked");
                    continue;
                }
                "refused" => {
                    self.refuse(&reference).await;
                    continue;
                }
                _ => services.request_approve(&self.reviewer, &reference).await.expect("approved"),
            }
            if step == "accepted" {
                continue;
            }
            services.request_edit_text(&self.reviewer, &reference, &long, version().await).await.expect("edited");
            if step == "edited" {
                continue;
            }
            services.request_offer_text(&self.reviewer, &reference).await.expect("offered");
            if step == "offered" {
                continue;
            }
            services.request_agree_text(&self.partner.viewer, &reference, version().await).await.expect("agreed");
            if step == "agreed" {
                continue;
            }
            let criteria = ["substance", "experience", "clarity", "promptness"];
            let points = criteria.map(|name| (format!("rubric.{name}").parse().expect("a field"), "2".to_owned())).into();
            services.request_set_bonus(&self.reviewer, &reference, &points, version().await).await.expect("a bonus");
            if step == "published" {
                let link = "https://t.me/oblako/42";
                services.request_publish(&self.admin, &reference, "telegram", link, "2026-10-05").await.expect("published");
            }
        }
    }
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn the_page_of_a_request_offers_what_the_rules_allow_at_every_position(_: PgPoolOptions, options: PgConnectOptions) {
    let portal = TestPortal::start(options, "2026-10-05");
    let partner = portal.app.create_partner("2026-09-01").await;
    let (reviewer, admin) = (portal.app.create_staff(Role::StaffReviewer).await, portal.app.create_staff(Role::StaffAdmin).await);
    let mut desk = Desk { portal, partner, reviewer, admin, requests: Vec::new() };
    desk.plain_requests().await;
    desk.cases().await;
    desk.comments().await;
    // One whose deadline nobody met.
    let unanswered = desk.portal.app.ask_for_comment(&desk.partner, &desk.admin).await;
    desk.note("a comment that nobody wrote", &unanswered);

    let mut seen = BTreeSet::new();
    for late in [false, true] {
        if late {
            desk.portal.app.set_clock("2026-10-12");
            desk.portal.app.services.telegram_comments_close_unanswered().await.expect("closed");
        }
        for viewer in [&desk.reviewer, &desk.admin] {
            let mut browser = desk.portal.sign_in(viewer).await;
            for (what, reference) in &desk.requests {
                let page = browser.get(&format!("/staff/inbox/{reference}")).await;
                assert_eq!(page.status, 200, "{what}");
                let item = desk.portal.app.services.inbox_item(viewer, reference, &InboxFilter::default()).await.expect("the item");
                // Who reviews it already has nothing to take.
                let has_it = item.detail.assignee == Some(viewer.user_id) && item.detail.line.status == RequestStatus::InReview;
                let allowed: BTreeSet<ActName> =
                    FORMS.iter().map(|(act, _)| *act).filter(|act| item.detail.may(*act) && !(has_it && *act == ActName::Take)).collect();
                assert_eq!(offered(&page), allowed, "{what}, as {} sees it", viewer.role);
                let is_open = !item.detail.line.status.is_decided();
                assert_eq!(
                    page.body.contains("refuse-why-not"),
                    is_open && !allowed.contains(&ActName::Refuse),
                    "{what}: what can't be refused says why"
                );
                seen.extend(allowed);
            }
        }
    }
    let never: Vec<ActName> = FORMS.iter().map(|(act, _)| *act).filter(|act| !seen.contains(act)).collect();
    assert!(never.is_empty(), "no position lets anybody do {never:?}: this test shows nothing of them");
}
