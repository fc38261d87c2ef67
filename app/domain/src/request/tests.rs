use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::calendar::BusinessDate;
use crate::editorial::{Channel, Publication, Slot, SlotError, TextNumber};
use crate::ids::UserId;
use crate::money::Money;
use crate::permission::Role;
use crate::testing::date;

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn partner() -> Actor {
    Actor::Person { id: user(1), role: Role::PartnerMember }
}

fn reviewer() -> Actor {
    Actor::Person { id: user(2), role: Role::StaffReviewer }
}

fn admin() -> Actor {
    Actor::Person { id: user(3), role: Role::StaffAdmin }
}

/// Monday.
fn monday() -> DateTime<Utc> {
    date("2026-11-30").starts_at() + Duration::hours(10)
}

fn key() -> IdempotencyKey {
    IdempotencyKey(Uuid::from_u128(7))
}

fn field(name: &str) -> FieldName {
    name.parse().unwrap()
}

fn entries(fields: &[(&str, &str)]) -> Entries {
    fields.iter().map(|(name, text)| (field(name), (*text).to_owned())).collect()
}

fn words(text: &str) -> Words {
    text.to_owned().try_into().unwrap()
}

fn note(name: &str) -> FieldNote {
    FieldNote { field: field(name), words: words("исправьте, пожалуйста") }
}

fn refusal() -> Refusal {
    let text = RefusalText::try_from("a text that explains".to_owned()).unwrap();
    Refusal { reason: RefusalReason::Duplicate, text }
}

fn publication() -> Publication {
    Publication { channel: Channel::Telegram, link: "https://t.me/cloud_news/42".parse().unwrap(), published_on: date("2026-11-30") }
}

/// A request with its timeline, changed by acts that have to succeed.
struct Life {
    request: Request,
    events: Vec<Event>,
    at: DateTime<Utc>,
}

impl Life {
    fn of(kind: RequestKind) -> Self {
        Self { request: Request::draft(kind, key()), events: Vec::new(), at: monday() }
    }

    fn tried(&self, actor: Actor, act: Act) -> Result<(Request, Event), TransitionError> {
        let version = self.request.facts().version;
        self.request.clone().apply(act, actor, self.at, version)
    }

    fn then(mut self, actor: Actor, act: Act) -> Self {
        let name = act.name();
        let (request, event) = self.tried(actor, act).unwrap_or_else(|error| panic!("{name}: {error}"));
        self.request = request;
        self.events.push(event);
        self
    }

    fn submitted(kind: RequestKind) -> Self {
        Self::of(kind).then(partner(), Act::Submit { entries: Entries::new() })
    }

    fn on(mut self, day: &str) -> Self {
        self.at = date(day).starts_at() + Duration::hours(10);
        self
    }

    fn position(&self) -> String {
        self.request.facts().position.to_string()
    }

    fn effects(&self) -> Vec<Effect> {
        let kind = self.request.facts().kind;
        self.events.iter().flat_map(|event| event.effects(kind)).collect()
    }
}

#[test]
fn nobody_decides_on_what_they_submitted() {
    let own = Actor::Person { id: user(1), role: Role::StaffAdmin };
    let life = Life::submitted(RequestKind::BonusCodes);
    assert_eq!(life.tried(own, Act::Approve).unwrap_err(), TransitionError::OwnRequest);
    let refuse = Act::Refuse { refusal: refusal(), notes: Vec::new() };
    assert_eq!(life.tried(own, refuse).unwrap_err(), TransitionError::OwnRequest);
    assert!(life.tried(reviewer(), Act::Approve).is_ok());
}

#[test]
fn a_request_is_decided_once() {
    let refuse = || Act::Refuse { refusal: refusal(), notes: Vec::new() };
    let lives = [(reviewer(), Act::Approve), (reviewer(), refuse()), (partner(), Act::Withdraw { words: None })];
    for (actor, act) in lives {
        let decided = Life::submitted(RequestKind::FreeMonth).then(actor, act);
        let error = TransitionError::AlreadyDecided { status: decided.request.facts().position.status };
        assert_eq!(decided.tried(reviewer(), Act::Approve).unwrap_err(), error);
        assert_eq!(decided.tried(reviewer(), refuse()).unwrap_err(), error);
        assert_eq!(decided.tried(partner(), Act::Withdraw { words: None }).unwrap_err(), error);
    }
}

#[test]
fn the_turn_is_told_of_every_position() {
    let turns = RequestStatus::ALL.map(RequestStatus::turn);
    let (partner, provider, nobody) = (Turn::Partner, Turn::Provider, Turn::Nobody);
    assert_eq!(turns, [partner, provider, provider, partner, nobody, nobody, nobody, nobody, nobody]);
    let turn = |status, stage| Position { status, stage: Some(stage) }.turn();
    assert_eq!(turn(RequestStatus::Approved, Stage::Details), Turn::Partner);
    assert_eq!(turn(RequestStatus::Approved, Stage::Editing), Turn::Provider);
    assert_eq!(turn(RequestStatus::ActionRequired, Stage::Editing), Turn::Partner);
    assert_eq!(turn(RequestStatus::Fulfilled, Stage::Published), Turn::Nobody);
}

#[test]
fn a_correction_opens_the_listed_fields_only_and_keeps_the_place_in_the_queue() {
    let brief = entries(&[("brief.title", "Кейс"), ("brief.result", "быстрее")]);
    let life = Life::of(RequestKind::CaseStudy).then(partner(), Act::Submit { entries: brief });
    let life = life.on("2026-12-01").then(reviewer(), Act::AskForCorrection { notes: vec![note("brief.result")] });
    assert_eq!((life.position().as_str(), life.request.facts().assignee), ("action_required/brief", Some(user(2))));
    assert_eq!(life.request.editable(), Editable::Listed { fields: [field("brief.result")].into() });
    let locked = Act::SaveDraft { entries: entries(&[("brief.title", "Другой")]) };
    assert_eq!(life.tried(partner(), locked).unwrap_err(), TransitionError::FieldLocked);
    let answer = Act::Answer { entries: entries(&[("brief.result", "быстрее вдвое")]) };
    let life = life.on("2026-12-02").then(partner(), answer);
    let facts = life.request.facts();
    assert_eq!((life.position().as_str(), facts.submission), ("in_review/brief", Some(Submission { by: user(1), at: monday() })));
    assert!(facts.correction.is_empty());
    assert_eq!(life.request.entries(), &entries(&[("brief.title", "Кейс"), ("brief.result", "быстрее вдвое")]));
}

#[test]
fn a_correction_names_fields_of_its_stage_each_once() {
    let life = Life::submitted(RequestKind::CaseStudy);
    let ask = |notes| life.tried(reviewer(), Act::AskForCorrection { notes }).map(|_| ()).unwrap_err();
    assert_eq!(ask(Vec::new()), TransitionError::NoFieldNamed);
    assert_eq!(ask(vec![note("brief.title"), note("brief.title")]), TransitionError::FieldNamedTwice);
    assert_eq!(ask(vec![note("details.story")]), TransitionError::FieldLocked);
}

#[test]
fn a_refused_request_is_taken_up_again_with_everything_in_it_and_the_reason_beside_the_field() {
    let brief = entries(&[("brief.title", "Кейс")]);
    let life = Life::of(RequestKind::CaseStudy).then(partner(), Act::Submit { entries: brief.clone() });
    let life = life.then(reviewer(), Act::Refuse { refusal: refusal(), notes: vec![note("brief.title")] });
    let life = life.then(partner(), Act::Revise);
    assert_eq!((life.position().as_str(), life.request.entries()), ("draft/brief", &brief));
    assert_eq!(life.request.facts().notes(), [note("brief.title")]);
    let life = life.on("2026-12-03").then(partner(), Act::Submit { entries: Entries::new() }).then(reviewer(), Act::Approve);
    assert_eq!(life.request.facts().decisions.len(), 2, "both decisions are kept");
    assert!(life.request.facts().notes().is_empty());
}

#[test]
fn a_request_that_is_no_draft_is_taken_up_by_its_form_and_by_no_act() {
    for kind in RequestKind::ALL {
        let ended = [
            Life::submitted(kind).then(reviewer(), Act::Refuse { refusal: refusal(), notes: Vec::new() }),
            Life::submitted(kind).then(partner(), Act::Withdraw { words: None }),
        ];
        for life in ended {
            let status = life.request.facts().position.status;
            let revised = life.tried(partner(), Act::Revise).map(|_| ());
            // One way, and only one, leads on.
            assert_ne!(revised.is_ok(), kind.is_asked_again(status), "{kind} {status}");
            if kind.is_asked_again(status) {
                assert_eq!(revised, Err(TransitionError::Denied { denial: Denial::OtherKind }));
            }
        }
        let recalled = Life::submitted(kind).tried(partner(), Act::Recall { words: None }).map(|_| ());
        assert_eq!(recalled.is_ok(), kind.is_written_as_draft(), "{kind}");
        assert!(!kind.is_asked_again(RequestStatus::Submitted) && !kind.is_asked_again(RequestStatus::Approved));
    }
}

#[test]
fn a_case_goes_from_brief_to_accrued_bonus() {
    let life = Life::submitted(RequestKind::CaseStudy).then(reviewer(), Act::Take).then(reviewer(), Act::Approve);
    assert_eq!(life.position(), "approved/details");
    let details = entries(&[("details.story", "…")]);
    let life = life.then(partner(), Act::SaveDraft { entries: details.clone() }).then(partner(), Act::SendDetails { entries: details });
    assert_eq!(life.tried(reviewer(), Act::OfferText).unwrap_err(), TransitionError::NoText);
    let text = |number| Act::EditText { number: TextNumber::new(number).unwrap() };
    assert_eq!(life.tried(reviewer(), text(2)).unwrap_err(), TransitionError::TextNumber);
    let life = life.then(reviewer(), text(1)).then(reviewer(), Act::OfferText);
    assert_eq!((life.position().as_str(), life.request.facts().position.turn()), ("action_required/editing", Turn::Partner));
    let life = life.then(partner(), Act::ReturnText { words: words("цифры не те") }).then(reviewer(), text(2));
    let life = life.then(reviewer(), Act::OfferText).then(partner(), Act::AgreeText);
    assert_eq!(life.request.facts().agreed, TextNumber::new(2));
    // What is edited after the agreement has to be agreed again.
    let life = life.then(reviewer(), text(3));
    assert_eq!((life.position().as_str(), life.request.facts().agreed), ("approved/editing", None));
    let life = life.then(reviewer(), Act::OfferText).then(partner(), Act::AgreeText);
    assert_eq!(life.effects(), [Effect::Hold], "nothing accrues before the publication");
    let life = life.then(reviewer(), Act::Publish { publication: publication() });
    assert_eq!((life.position().as_str(), life.effects()), ("fulfilled/published", vec![Effect::Hold, Effect::Accrue]));
    let again = life.tried(admin(), Act::Publish { publication: publication() }).unwrap_err();
    assert_eq!(again, TransitionError::AlreadyDecided { status: RequestStatus::Fulfilled });
}

#[test]
fn a_partner_picks_one_of_the_times_that_staff_offer() {
    let slot = |time: &str| Slot::read("2026-12-02", time, 30).unwrap();
    let life = Life::submitted(RequestKind::CaseStudy).then(reviewer(), Act::Approve).then(partner(), Act::ChooseInterview);
    let passed = Act::OfferSlots { slots: vec![Slot::read("2026-11-30", "09:00", 30).unwrap()] };
    assert_eq!(life.tried(reviewer(), passed).unwrap_err(), TransitionError::Slots { problem: SlotError::Passed });
    let life = life.then(reviewer(), Act::OfferSlots { slots: vec![slot("10:00"), slot("15:00")] });
    assert_eq!(life.position(), "action_required/interview");
    let other = life.tried(partner(), Act::PickSlot { slot: slot("12:00") }).unwrap_err();
    assert_eq!(other, TransitionError::Slots { problem: SlotError::NotOffered });
    let life = life.then(partner(), Act::PickSlot { slot: slot("15:00") });
    assert_eq!((life.position().as_str(), life.request.facts().picked), ("approved/interview", Some(slot("15:00"))));
    let life = life.then(reviewer(), Act::RecordInterview);
    assert_eq!(life.position(), "approved/editing");
}

#[test]
fn who_sets_a_bonus_does_not_publish() {
    let life = Life::submitted(RequestKind::TelegramComment).then(reviewer(), Act::Approve);
    let life = life.then(reviewer(), Act::EditText { number: TextNumber::FIRST }).then(reviewer(), Act::OfferText);
    let life = life.then(partner(), Act::AgreeText);
    let publish = || Act::Publish { publication: publication() };
    assert_eq!(life.tried(reviewer(), publish()).unwrap_err(), TransitionError::BonusNotSet);
    let life = life.then(reviewer(), Act::SetBonus { amount: Money::roubles(15_000) });
    assert_eq!(life.tried(reviewer(), publish()).unwrap_err(), TransitionError::OwnBonus);
    assert_eq!(life.then(admin(), publish()).position(), "fulfilled/published");
}

#[test]
fn an_unanswered_news_item_is_closed_by_the_portal_and_opened_by_an_administrator() {
    let draft = Life::of(RequestKind::TelegramComment).then(partner(), Act::SaveDraft { entries: entries(&[("answer.text", "начало")]) });
    let denied = |denial| TransitionError::Denied { denial };
    assert_eq!(draft.tried(admin(), Act::Expire).unwrap_err(), denied(Denial::ForPortal));
    let closed = draft.then(Actor::Portal, Act::Expire);
    assert_eq!((closed.position().as_str(), closed.effects()), ("cancelled/answer", Vec::new()));
    let reopen = || Act::Reopen { words: words("срок продлён") };
    assert_eq!(closed.tried(reviewer(), reopen()).unwrap_err(), denied(Denial::ForAdmin));
    let open = closed.then(admin(), reopen());
    assert_eq!((open.position().as_str(), open.request.entries()), ("draft/answer", &entries(&[("answer.text", "начало")])));
    let answered = Life::submitted(RequestKind::TelegramComment);
    assert!(answered.tried(Actor::Portal, Act::Expire).is_err(), "what was answered is not closed");
}

#[test]
fn one_that_comes_too_late_learns_what_changed() {
    let life = Life::of(RequestKind::CaseStudy).then(partner(), Act::SaveDraft { entries: entries(&[("brief.title", "а")]) });
    let seen = life.request.facts().version;
    let life = life.then(partner(), Act::SaveDraft { entries: entries(&[("brief.result", "б")]) });
    let life = life.then(partner(), Act::Submit { entries: entries(&[("brief.title", "в")]) });
    let late = life.request.clone().apply(Act::Withdraw { words: None }, partner(), life.at, seen).unwrap_err();
    let current = life.request.facts().version;
    assert_eq!(late, TransitionError::Stale { expected: seen, current });
    let changes = changes_since(&life.events, seen).unwrap();
    assert_eq!((changes.from.to_string(), changes.to.to_string()), ("draft/brief".to_owned(), "submitted/brief".to_owned()));
    assert_eq!(changes.fields, [field("brief.result"), field("brief.title")].into());
    assert_eq!(changes.events.len(), 2);
    assert_eq!(changes_since(&life.events, current), None);
    assert!(life.request.repeats(key()) && !Request::draft(RequestKind::CaseStudy, key()).repeats(key()));
}

#[test]
fn facts_that_do_not_fit_make_no_request() {
    let new = || RequestFacts::new(RequestKind::CaseStudy, key());
    let at = |status, stage| Position { status, stage };
    let restored = |facts| Request::restore(facts, Entries::new()).map(|_| ()).unwrap_err();
    let position = at(RequestStatus::Approved, Some(Stage::Brief));
    assert_eq!(restored(RequestFacts { position, ..new() }), IllegalRequest::Position { kind: RequestKind::CaseStudy, position });
    let position = at(RequestStatus::InReview, Some(Stage::Brief));
    assert_eq!(restored(RequestFacts { position, ..new() }), IllegalRequest::NotSubmitted { position });
    let submission = Some(Submission { by: user(1), at: monday() });
    let position = at(RequestStatus::ActionRequired, Some(Stage::Brief));
    assert_eq!(restored(RequestFacts { position, submission, ..new() }), IllegalRequest::Correction { position });
    let position = at(RequestStatus::Fulfilled, Some(Stage::Published));
    assert_eq!(restored(RequestFacts { position, submission, ..new() }), IllegalRequest::Publication { position });
}

#[test]
fn the_decision_is_due_working_days_after_the_submission() {
    let due = |day: &str, kind| DecisionClock::submitted(kind, date(day)).due_on().map(|day| day.to_string()).unwrap();
    // 2026-11-27 is a Friday.
    assert_eq!(due("2026-11-27", RequestKind::BonusCodes), "2026-12-01");
    assert_eq!(due("2026-11-28", RequestKind::BonusCodes), "2026-12-01");
    assert_eq!(due("2026-11-27", RequestKind::CaseStudy), "2026-12-04");
    assert_eq!(due("2026-11-28", RequestKind::CaseStudy), "2026-12-04");
    let clock = DecisionClock::submitted(RequestKind::BonusCodes, date("2026-11-27"));
    let overdue = ["2026-11-27", "2026-12-01", "2026-12-02", "2026-12-07"].map(|day| clock.overdue_by(date(day)));
    assert_eq!(overdue, [0, 0, 1, 4]);
    // The day is Moscow's: 21:00 UTC is midnight there.
    assert!(!clock.is_overdue(DateTime::parse_from_rfc3339("2026-12-01T20:59:59Z").unwrap().with_timezone(&Utc)));
    assert!(clock.is_overdue(DateTime::parse_from_rfc3339("2026-12-01T21:00:00Z").unwrap().with_timezone(&Utc)));
}

#[test]
fn the_clock_stands_while_the_partner_has_to_act() {
    let kind = RequestKind::BonusCodes;
    let clock = |life: &Life| DecisionClock::of(kind, &life.events);
    assert_eq!(clock(&Life::of(kind)), None);
    // Monday to Tuesday is one day of two; then the partner takes two weeks.
    let life = Life::submitted(kind).then(reviewer(), Act::Take);
    let life = life.on("2026-12-01").then(reviewer(), Act::AskForCorrection { notes: vec![note("codes")] });
    let standing = clock(&life).unwrap();
    assert_eq!((standing.is_running(), standing.due_on(), standing.overdue_by(date("2027-02-01"))), (false, None, 0));
    let life = life.on("2026-12-15").then(partner(), Act::Answer { entries: Entries::new() });
    let running = clock(&life).unwrap();
    assert_eq!((running.due_on(), running.used_by(date("2026-12-15"))), (Some(date("2026-12-16")), 1));
    assert_eq!(running.overdue_by(date("2026-12-18")), 2);
    let life = life.on("2026-12-18").then(reviewer(), Act::Refuse { refusal: refusal(), notes: Vec::new() });
    assert_eq!(clock(&life).map(|clock| (clock.is_running(), clock.used_by(date("2027-01-01")))), Some((false, 4)));
    // Opened again, the time begins anew.
    let life = life.on("2026-12-21").then(admin(), Act::Reopen { words: words("ошибка") });
    assert_eq!(clock(&life).and_then(DecisionClock::due_on), Some(date("2026-12-23")));
}

proptest! {
    #[test]
    fn a_list_and_a_page_call_the_same_request_late(since in 0_u64..14, worked in 0_u64..30, stood in 0_u64..30, later in 0_u64..40) {
        let day = date("2026-11-23").plus_days(since);
        let kind = RequestKind::BonusCodes;
        let text = |day: BusinessDate| day.to_string();
        let asked = day.plus_days(worked);
        let life = Life::of(kind).on(&text(day)).then(partner(), Act::Submit { entries: Entries::new() });
        let life = life.on(&text(asked)).then(reviewer(), Act::AskForCorrection { notes: vec![note("codes")] });
        let answered = asked.plus_days(stood);
        let life = life.on(&text(answered)).then(partner(), Act::Answer { entries: Entries::new() });
        let clock = DecisionClock::of(kind, &life.events).unwrap();
        let today = answered.plus_days(later);
        prop_assert_eq!(clock.overdue_by(today) > 0, clock.due_on().unwrap() < late_if_due_before(today));
        // Being asked in between takes nothing off.
        prop_assert_eq!(clock.overdue_by(today), clock.used_by(today).saturating_sub(clock.days()));
    }
}

/// Every position that acts lead to from a new draft of the kind.
fn reachable(kind: RequestKind) -> Vec<Position> {
    let mut reached = vec![Position::first(kind)];
    let mut next = 0;
    while let Some(position) = reached.get(next).copied() {
        next += 1;
        for performer in Performer::ALL {
            for to in allowed(kind, position, performer).into_iter().filter_map(|(_, to)| to.ok()) {
                if !reached.contains(&to) {
                    reached.push(to);
                }
            }
        }
    }
    reached
}

#[test]
fn every_legal_position_is_reached_and_no_other() {
    for kind in RequestKind::ALL {
        let mut reached = reachable(kind);
        reached.sort_unstable();
        let legal: Vec<Position> = {
            let mut legal: Vec<Position> = Position::every().filter(|position| position.is_legal(kind)).collect();
            legal.sort_unstable();
            legal
        };
        assert_eq!(reached, legal, "{kind}");
    }
}

#[test]
fn no_position_is_a_dead_end_while_it_is_somebodys_turn() {
    for kind in RequestKind::ALL {
        for position in Position::every().filter(|position| position.is_legal(kind)) {
            let may_go_on = |performer| allowed(kind, position, performer).iter().any(|(_, to)| to.is_ok_and(|to| to != position));
            match position.turn() {
                Turn::Partner => assert!(may_go_on(Performer::PartnerMember), "{kind} {position}"),
                Turn::Provider => assert!(may_go_on(Performer::StaffReviewer), "{kind} {position}"),
                Turn::Nobody => {}
            }
        }
    }
}

/// An act by number, with what comes with it made to fit more often than not.
fn act(name: ActName, request: &Request, draw: u32, at: DateTime<Utc>) -> Act {
    let facts = request.facts();
    let stage = facts.position.stage.map_or_else(String::new, |stage| format!("{stage}."));
    let name_of = |number: u32| format!("{stage}field{number}");
    let listed = facts.correction.first().map(|note| note.field.to_string());
    let entered = || {
        let name = listed.clone().filter(|_| !draw.is_multiple_of(4)).unwrap_or_else(|| name_of(draw % 3));
        entries(&[(&name, &format!("text {draw}"))])
    };
    let day = BusinessDate::of(at).plus_days(u64::from(draw % 3));
    let slot = Slot::on(day, 12, 0, 30).unwrap();
    match name {
        ActName::SaveDraft => Act::SaveDraft { entries: entered() },
        ActName::Submit => Act::Submit { entries: entered() },
        ActName::Recall => Act::Recall { words: None },
        ActName::Withdraw => Act::Withdraw { words: Some(words("не нужно")) },
        ActName::Revise => Act::Revise,
        ActName::Take => Act::Take,
        ActName::Assign => Act::Assign { to: user(u128::from(draw % 4)) },
        ActName::Release => Act::Release,
        ActName::AskForCorrection => {
            let to = if facts.position.stage == Some(Stage::Editing) { "details.field1".to_owned() } else { name_of(draw % 3) };
            Act::AskForCorrection { notes: vec![note(&to)] }
        }
        ActName::Answer => Act::Answer { entries: if draw.is_multiple_of(2) { entered() } else { Entries::new() } },
        ActName::Approve => Act::Approve,
        ActName::Refuse => Act::Refuse { refusal: refusal(), notes: vec![note(&name_of(1))] },
        ActName::Cancel => Act::Cancel { words: words("передумали") },
        ActName::Reopen => Act::Reopen { words: words("ошибка") },
        ActName::MarkFulfilled => Act::MarkFulfilled,
        ActName::Expire => Act::Expire,
        ActName::ChooseInterview => Act::ChooseInterview,
        ActName::ChooseText => Act::ChooseText,
        ActName::SendDetails => Act::SendDetails { entries: entered() },
        ActName::OfferSlots => Act::OfferSlots { slots: vec![slot] },
        ActName::PickSlot => Act::PickSlot { slot: facts.slots.first().copied().unwrap_or(slot) },
        ActName::DeclineSlots => Act::DeclineSlots { words: words("никак") },
        ActName::RecordInterview => Act::RecordInterview,
        ActName::EditText => Act::EditText { number: TextNumber::after(facts.text) },
        ActName::OfferText => Act::OfferText,
        ActName::AgreeText => Act::AgreeText,
        ActName::ReturnText => Act::ReturnText { words: words("не так") },
        ActName::SetBonus => Act::SetBonus { amount: Money::roubles(i64::from(draw)) },
        ActName::Publish => Act::Publish { publication: publication() },
    }
}

/// Two partners' members, two reviewers (one of whom is a partner's member as well, by mistake), an administrator and the portal.
fn any_actor() -> impl Strategy<Value = Actor> {
    let person = |id, role| Just(Actor::Person { id: user(id), role });
    prop_oneof![
        4 => person(1, Role::PartnerMember),
        1 => person(4, Role::PartnerMember),
        3 => person(2, Role::StaffReviewer),
        1 => person(1, Role::StaffReviewer),
        2 => person(3, Role::StaffAdmin),
        1 => Just(Actor::Portal),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Of the acts drawn those that are possible are done, so that lives get far; now and then any act at all is tried.
    #[test]
    fn no_sequence_of_acts_breaks_a_request(
        kind in prop::sample::select(RequestKind::ALL.to_vec()),
        steps in prop::collection::vec((any_actor(), any::<u32>(), 0_i64..40), 1..60),
    ) {
        let mut request = Request::draft(kind, key());
        let mut events: Vec<Event> = Vec::new();
        let mut entered: BTreeMap<FieldName, String> = BTreeMap::new();
        let mut effects: Vec<Effect> = Vec::new();
        let (mut at, mut held) = (monday(), false);
        for (actor, draw, hours) in steps {
            at += Duration::hours(hours);
            let offered: Vec<ActName> = request.gestures(actor).into_iter().filter_map(|(act, to)| to.is_ok().then_some(act)).collect();
            let choices: &[ActName] = if offered.is_empty() || draw.is_multiple_of(5) { ActName::ALL } else { &offered };
            let name = choices[(draw / 5) as usize % choices.len()];
            let act = act(name, &request, draw, at);
            let version = request.facts().version;
            let stale = Version(version.0 + 1 - 2 * (draw % 2));
            let refused = request.clone().apply(act.clone(), actor, at, stale);
            let expected = match request.possible(act.name(), actor) {
                Err(decided @ TransitionError::AlreadyDecided { .. }) => decided,
                _ => TransitionError::Stale { expected: stale, current: version },
            };
            prop_assert_eq!(refused.unwrap_err(), expected);
            let before = request.clone();
            let typed = match &act {
                Act::SaveDraft { entries } | Act::Submit { entries } | Act::Answer { entries } | Act::SendDetails { entries } => entries.clone(),
                _ => Entries::new(),
            };
            let Ok((after, event)) = request.clone().apply(act, actor, at, version) else {
                continue;
            };
            // What may be edited is decided before, and what was entered before stays.
            prop_assert!(typed.keys().all(|field| before.editable().allows(field)));
            entered.extend(typed);
            prop_assert_eq!(after.entries(), &entered);
            // The page offered it, and it led where the table says.
            prop_assert!(offered.contains(&name));
            prop_assert_eq!(transition(kind, before.facts().position, name, actor.performer()), Ok(after.facts().position));
            prop_assert!(after.facts().position.is_legal(kind));
            prop_assert!(Request::restore(after.facts().clone(), entered.clone()).is_ok());
            // Nobody decides on their own, and the earlier decisions stay.
            prop_assert!(after.facts().decisions.starts_with(&before.facts().decisions));
            for effect in event.effects(kind) {
                match effect {
                    Effect::Hold => prop_assert!(!std::mem::replace(&mut held, true), "held twice"),
                    Effect::Release => prop_assert!(std::mem::replace(&mut held, false), "released what was not held"),
                    Effect::Grant | Effect::Accrue => effects.push(effect),
                }
            }
            prop_assert_eq!(held, after.facts().position.status.is_live());
            events.push(event);
            request = after;
            let folded = RequestFacts::fold(kind, key(), &events);
            prop_assert_eq!(folded.as_ref(), Ok(request.facts()));
        }
        prop_assert!(effects.iter().filter(|effect| **effect == Effect::Accrue).count() <= 1, "accrued twice");
        // Events that were lost or changed are found.
        if events.len() > 1 {
            prop_assert!(RequestFacts::fold(kind, key(), &events[1..]).is_err());
        }
        let told: Vec<Event> = serde_json::from_str(&serde_json::to_string(&events).unwrap()).unwrap();
        prop_assert_eq!(told, events);
    }

    #[test]
    fn working_days_are_counted_as_one_would_on_fingers(start in 0_u64..400, days in 0_u32..60) {
        let start = date("2026-01-01").plus_days(start);
        let end = plus_working_days(start, days);
        prop_assert_eq!(working_days(start, end), days);
        if days > 0 {
            prop_assert_eq!(working_days(start, end.previous()), days - 1, "no later than needed");
        }
        let counted = (1..=u64::try_from(start.days_until(end)).unwrap()).filter(|&day| {
            use chrono::{Datelike, Weekday};
            !matches!(start.plus_days(day).naive().weekday(), Weekday::Sat | Weekday::Sun)
        });
        prop_assert_eq!(u32::try_from(counted.count()).unwrap(), days);
    }
}
