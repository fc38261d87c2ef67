use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::calendar::BusinessDate;
use crate::form::FieldProblem;
use crate::money::Money;
use crate::rule::Rule;
use crate::testing::date;

fn entries(fields: &[(&str, &str)]) -> Entries {
    fields.iter().map(|(name, text)| (name.parse().unwrap(), (*text).to_owned())).collect()
}

fn today() -> BusinessDate {
    date("2026-12-01")
}

fn item() -> NewsItem {
    let text = "Что вы об этом думаете? ".repeat(4);
    let fields = [
        (NewsItem::TITLE, "Выросли цены на память"),
        (NewsItem::TEXT, text.as_str()),
        (NewsItem::LINK, "https://habr.com/ru/news/1/"),
        ("topics.market", "true"),
        (NewsItem::DEADLINE, "05.12.2026"),
    ];
    NewsItem::read(&entries(&fields), today()).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

#[test]
fn an_answer_that_was_sent_is_not_a_draft_again_after_the_last_day() {
    let deadline = date("2026-10-10");
    for act in [ActName::Recall, ActName::Revise] {
        assert_eq!(check_act(act, deadline, deadline), Ok(()));
        assert_eq!(check_act(act, deadline, date("2026-10-11")), Err(TransitionError::DeadlinePassed { deadline }));
    }
    // Staff go on with it, and the partner may still give it up.
    for act in [ActName::Approve, ActName::Answer, ActName::Withdraw, ActName::Reopen] {
        assert_eq!(check_act(act, deadline, date("2026-10-11")), Ok(()));
    }
}

#[test]
fn an_item_goes_to_those_who_chose_one_of_its_topics() {
    assert!(item().is_for(&[Topic::Market, Topic::Cloud].into()));
    assert!(!item().is_for(&[Topic::Cloud].into()) && !item().is_for(&Topics::new()));
    assert_eq!(NewsItem::topics_in(&entries(&[("topics.cloud", "true"), ("topics.magic", "true")])), [Topic::Cloud].into());
}

#[test]
fn every_problem_of_an_item_is_told_at_once() {
    let problems = NewsItem::read(&Entries::new(), today()).unwrap_err();
    assert!(problems.values().all(|problem| *problem == FieldProblem::Required), "{problems:?}");
    assert_eq!(problems.len(), 5);
    let of = |day: &str| NewsItem::read(&entries(&[(NewsItem::DEADLINE, day)]), today()).unwrap_err().get(NewsItem::DEADLINE).copied();
    assert_eq!(of("2026-12-01"), Some(FieldProblem::NotInFuture));
    assert_eq!(of("2026-12-02"), None);
    assert_eq!(of("2027-01-30"), None);
    assert_eq!(of("2027-01-31"), Some(FieldProblem::TooLarge { maximum: 60 }));
}

#[test]
fn an_item_closes_at_midnight_in_moscow_after_its_last_day() {
    let (item, terms) = (item(), Terms::default());
    let (before, after) = (at("2026-12-05T20:59:59Z"), at("2026-12-05T21:00:00Z"));
    assert!(check(&item, Model::Agent, &terms, before).is_allowed());
    assert_eq!(check(&item, Model::Agent, &terms, after).rules(), [Rule::Telegram1]);
    assert_eq!(check(&item, Model::Reseller, &terms, after).rules(), [Rule::Privilege1, Rule::Telegram1]);
    let kind = RequestKind::TelegramComment;
    let closes = |position, now| expires(&item, kind, position, now);
    let draft = Position::first(kind);
    assert_eq!((closes(draft, before), closes(draft, after)), (false, true));
    // Opened again it waits anew; a deadline is never moved back.
    assert_eq!(item.reopened_until(date("2026-12-06")), date("2026-12-09"));
    assert_eq!(item.reopened_until(date("2026-12-01")), item.deadline);
    // What was answered in time is not closed, however long the decision takes.
    for position in Position::every().filter(|position| position.is_legal(kind) && position.status != RequestStatus::Draft) {
        assert!(!closes(position, after + Duration::days(100)), "{position}");
    }
}

#[test]
fn an_answer_is_a_text_or_an_interview() {
    let problem = |text: &str| Answer::read_text(&entries(&[(Answer::TEXT, text)])).unwrap_err()[Answer::TEXT];
    assert_eq!(problem(" "), FieldProblem::Required);
    assert_eq!(problem(&"я".repeat(299)), FieldProblem::TooShort { minimum: 300 });
    assert_eq!(problem(&"я".repeat(3_001)), FieldProblem::TooLong { maximum: 3_000 });
    assert!(Answer::read_text(&entries(&[(Answer::TEXT, &"я".repeat(300))])).is_ok());
    assert_eq!(text_length(" яя \n"), 2);
    assert_eq!(Answer::read_interview(&Entries::new()), Ok(Answer::Interview { wishes: None }));
}

#[test]
fn the_rubric_is_published_with_what_each_criterion_can_add() {
    let rubric = rubric(&Terms::default());
    let most: Vec<String> = rubric.parts.iter().map(|part| part.amount.to_string()).collect();
    assert_eq!(most, ["8000.00", "6000.00", "4000.00", "2000.00"]);
    assert_eq!((rubric.base, rubric.amount), (Money::roubles(10_000), Money::roubles(30_000)));
    assert_eq!(Criterion::ALL.map(Criterion::weight).iter().sum::<u32>(), 100);
    assert_eq!(bonus(&Scores::all(0), &Terms::default()).amount, Money::roubles(10_000));
    let scored = entries(&[("rubric.substance", "4"), ("rubric.experience", "2"), ("rubric.clarity", "1"), ("rubric.promptness", "0")]);
    assert_eq!(bonus(&Scores::read(&scored).unwrap(), &Terms::default()).amount, Money::roubles(22_000));
    let problems = Scores::read(&entries(&[("rubric.substance", "5"), ("rubric.clarity", "-1")])).unwrap_err();
    assert_eq!(problems["rubric.substance"], FieldProblem::TooLarge { maximum: 4 });
    assert_eq!(
        (problems["rubric.clarity"], problems["rubric.promptness"]),
        (FieldProblem::TooSmall { minimum: 0 }, FieldProblem::Required)
    );
}

#[test]
fn an_amount_outside_the_range_is_refused() {
    let terms = Terms::default();
    let checked = |amount| check_amount(amount, &terms);
    assert_eq!(checked(Money::kopecks(999_999)), Err(FieldProblem::TooSmall { minimum: 10_000 }));
    assert_eq!(checked(Money::kopecks(3_000_001)), Err(FieldProblem::TooLarge { maximum: 30_000 }));
    assert!(checked(Money::roubles(10_000)).is_ok() && checked(Money::roubles(30_000)).is_ok());
}

proptest! {
    #[test]
    fn the_parts_of_a_bonus_add_up_to_the_kopeck_within_the_range(
        points in prop::array::uniform4(0_u32..=4),
        minimum in 0_i64..5_000_000,
        span in 0_i64..5_000_000,
    ) {
        let terms = Terms {
            comment_bonus_minimum: Money::kopecks(minimum),
            comment_bonus_maximum: Money::kopecks(minimum + span),
            ..Terms::default()
        };
        let fields: Entries = Criterion::ALL.iter().zip(points).map(|(criterion, points)| (criterion.field().parse().unwrap(), points.to_string())).collect();
        let bonus = bonus(&Scores::read(&fields).unwrap(), &terms);
        let sum: Money = bonus.parts.iter().map(|part| part.amount).sum();
        prop_assert_eq!(bonus.base + sum, bonus.amount);
        prop_assert!(bonus.parts.iter().all(|part| !part.amount.is_negative()));
        prop_assert_eq!(check_amount(bonus.amount, &terms), Ok(bonus.amount));
    }
}
