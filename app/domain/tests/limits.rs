//! Whatever is asked, withdrawn, approved and refused in whatever order: no limit is ever passed.

#![expect(clippy::unwrap_used, reason = "a test that can't go on stops")]

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use domain::bonus_code::{self, QuarterUse};
use domain::calendar::{BusinessDate, Month, Quarter};
use domain::free_month::{self, Ask, BonusMonth, ClientFacts, Standing};
use domain::ids::UserId;
use domain::permission::Role;
use domain::request::{Act, Actor, Entries, IdempotencyKey, Refusal, RefusalReason, RefusalText, Request, RequestKind, RequestStatus};
use domain::terms::Terms;
use domain::trial::Trial;
use domain::verdict::Verdict;
use proptest::prelude::*;

const PARTNER: Actor = Actor::Person { id: UserId(uuid::Uuid::from_u128(1)), role: Role::PartnerMember };
const REVIEWER: Actor = Actor::Person { id: UserId(uuid::Uuid::from_u128(2)), role: Role::StaffReviewer };

/// A gesture, some minutes after the one before it. Decisions pick a request by its position, modulo how many there are.
#[derive(Clone, Debug)]
enum Gesture {
    AskCodes(Vec<i64>),
    AskMonth(i32),
    Withdraw(usize),
    Approve(usize),
    Refuse(usize),
}

fn gestures() -> impl Strategy<Value = Vec<(i64, Gesture)>> {
    let face = prop_oneof![3 => 1_i64..6_000, 1 => -10_i64..3, 1 => 20_000_i64..40_000];
    let gesture = prop_oneof![
        4 => prop::collection::vec(face, 0..6).prop_map(Gesture::AskCodes),
        4 => (-2_i32..15).prop_map(Gesture::AskMonth),
        1 => any::<usize>().prop_map(Gesture::Withdraw),
        2 => any::<usize>().prop_map(Gesture::Approve),
        1 => any::<usize>().prop_map(Gesture::Refuse),
    ];
    // From the same minute to three weeks later.
    prop::collection::vec((prop_oneof![Just(0_i64), 0_i64..30_000], gesture), 1..80)
}

#[derive(Clone, Debug)]
enum Subject {
    Codes { quarter: Quarter, faces: Vec<i64> },
    Month { month: Month },
}

/// A portal of one partner with one client, as small as it can be: it keeps requests and asks the rules.
struct Portal {
    terms: Terms,
    trials: Vec<Trial>,
    requests: Vec<(Subject, Request)>,
}

impl Portal {
    fn used(&self, quarter: Quarter) -> QuarterUse {
        let mut used = QuarterUse::none(quarter);
        for (subject, state) in &self.requests {
            if let Subject::Codes { quarter: of, faces } = subject
                && *of == quarter
            {
                let (codes, value) = (u32::try_from(faces.len()).unwrap(), faces.iter().sum::<i64>());
                match state.facts().position.status {
                    RequestStatus::Submitted => {
                        (used.pending_codes, used.pending_value) = (used.pending_codes + codes, used.pending_value + value);
                    }
                    RequestStatus::Approved => {
                        (used.granted_codes, used.granted_value) = (used.granted_codes + codes, used.granted_value + value);
                    }
                    _ => {}
                }
            }
        }
        used
    }

    fn client(&self) -> ClientFacts {
        let months = self.requests.iter().filter_map(|(subject, state)| {
            let standing = match state.facts().position.status {
                RequestStatus::Submitted => Standing::Pending,
                RequestStatus::Approved => Standing::Granted,
                _ => return None,
            };
            match subject {
                Subject::Month { month } => Some(BonusMonth { month: *month, standing, resources: vec!["vm-0".into()] }),
                Subject::Codes { .. } => None,
            }
        });
        ClientFacts { resources: vec!["vm-0".into()], trials: self.trials.clone(), months: months.collect() }
    }

    fn submit(&mut self, subject: Subject, verdict: &Verdict, at: DateTime<Utc>) {
        if verdict.is_allowed() {
            let kind = match subject {
                Subject::Codes { .. } => RequestKind::BonusCodes,
                Subject::Month { .. } => RequestKind::FreeMonth,
            };
            let draft = Request::draft(kind, IdempotencyKey(uuid::Uuid::from_u128(1)));
            let version = draft.facts().version;
            let (submitted, _) = draft.apply(Act::Submit { entries: Entries::new() }, PARTNER, at, version).unwrap();
            self.requests.push((subject, submitted));
        }
    }

    fn decide(&mut self, position: usize, actor: Actor, at: DateTime<Utc>, act: Act) {
        let Some(position) = position.checked_rem(self.requests.len()) else { return };
        let request = self.requests[position].1.clone();
        let version = request.facts().version;
        if let Ok((request, _)) = request.apply(act, actor, at, version) {
            self.requests[position].1 = request;
        }
    }

    fn play(&mut self, at: DateTime<Utc>, gesture: Gesture) {
        let today = BusinessDate::of(at);
        match gesture {
            Gesture::AskCodes(faces) => {
                let verdict = bonus_code::check(&faces, &self.used(today.quarter()), &self.terms);
                self.submit(Subject::Codes { quarter: today.quarter(), faces }, &verdict, at);
            }
            Gesture::AskMonth(ahead) => {
                let month = today.month().plus(ahead);
                let verdict = free_month::check(&Ask { month, resources: vec!["vm-0".into()] }, &self.client(), today, &self.terms);
                self.submit(Subject::Month { month }, &verdict, at);
            }
            Gesture::Withdraw(position) => self.decide(position, PARTNER, at, Act::Withdraw { words: None }),
            Gesture::Approve(position) => self.decide(position, REVIEWER, at, Act::Approve),
            Gesture::Refuse(position) => {
                let text = RefusalText::try_from("not this time, sorry".to_owned()).unwrap();
                let refusal = Refusal { reason: RefusalReason::Other, text };
                self.decide(position, REVIEWER, at, Act::Refuse { refusal, notes: Vec::new() });
            }
        }
    }

    /// The limits, counted without the rules' own code.
    fn assert_limits(&self) {
        let live: Vec<&Subject> =
            self.requests.iter().filter(|(_, state)| state.facts().position.status.is_live()).map(|(subject, _)| subject).collect();
        let mut quarters: BTreeMap<Quarter, Vec<i64>> = BTreeMap::new();
        let mut months: Vec<Month> = Vec::new();
        for subject in live {
            match subject {
                Subject::Codes { quarter, faces } => quarters.entry(*quarter).or_default().extend(faces),
                Subject::Month { month } => months.push(*month),
            }
        }
        for (quarter, faces) in quarters {
            assert!(faces.len() <= usize::try_from(self.terms.codes_per_quarter).unwrap(), "CODE-1 in {quarter}: {faces:?}");
            assert!(faces.iter().sum::<i64>() <= self.terms.codes_value_per_quarter, "CODE-2 in {quarter}: {faces:?}");
            assert!(faces.iter().all(|&face| face >= self.terms.code_minimum_face), "CODE-4 in {quarter}: {faces:?}");
        }
        months.sort();
        months.dedup();
        assert!(months.len() <= usize::try_from(self.terms.free_months_per_client).unwrap(), "FREE-1: {months:?}");
        let gap = i32::try_from(self.terms.free_month_gap).unwrap();
        assert!(months.windows(2).all(|pair| pair[0].months_until(pair[1]) > gap), "FREE-3: {months:?}");
    }
}

proptest! {
    #[test]
    fn no_accepted_sequence_of_requests_passes_a_limit(
        gestures in gestures(),
        per_client in 1_u32..5,
        gap in 0_u32..3,
        trial in prop::option::of((0_u64..400, 1_u64..40)),
    ) {
        let terms = Terms { free_months_per_client: per_client, free_month_gap: gap, ..Terms::default() };
        let first: BusinessDate = "2026-01-01".parse().unwrap();
        let trials = trial.map(|(start, days)| Trial { start: first.plus_days(start), end: Some(first.plus_days(start + days)) });
        let mut portal = Portal { terms, trials: trials.into_iter().collect(), requests: Vec::new() };
        let mut at = first.starts_at();
        for (minutes, gesture) in gestures {
            at += Duration::minutes(minutes);
            portal.play(at, gesture);
            portal.assert_limits();
        }
    }
}

#[test]
fn a_quarter_begins_at_midnight_in_moscow_for_the_limits() {
    let terms = Terms::default();
    let mut portal = Portal { terms, trials: Vec::new(), requests: Vec::new() };
    let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
    let ask = || Gesture::AskCodes(vec![3_000; 10]);
    portal.play(at("2026-03-31T23:59:59+03:00"), ask());
    portal.play(at("2026-03-31T20:59:59Z"), ask());
    assert_eq!(portal.requests.len(), 1);
    portal.play(at("2026-04-01T00:00:00+03:00"), ask());
    assert_eq!(portal.requests.len(), 2);
}

#[test]
fn what_is_withdrawn_or_refused_gives_its_capacity_back_to_the_quarter_of_submission() {
    let mut portal = Portal { terms: Terms::default(), trials: Vec::new(), requests: Vec::new() };
    let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
    let ask = || Gesture::AskCodes(vec![1; 10]);
    portal.play(at("2026-03-01T12:00:00Z"), ask());
    portal.play(at("2026-03-02T12:00:00Z"), Gesture::Withdraw(0));
    portal.play(at("2026-03-03T12:00:00Z"), ask());
    portal.play(at("2026-04-04T12:00:00Z"), Gesture::Approve(1));
    let (march, april) = (Month::new(2026, 3).unwrap().quarter(), Month::new(2026, 4).unwrap().quarter());
    assert_eq!(portal.used(march).granted_codes, 10);
    assert_eq!(portal.used(april), QuarterUse::none(april));
}
