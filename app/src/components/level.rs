//! The level in words (`LVL-9`): where it stands and why, what is asked, what follows. For the partner and for staff. What happened is
//! said by [`level_change`](super::level_change).
//!
//! Nothing is decided here: every sentence renders an [`Outlook`] as given.

use domain::calendar::Month;
use domain::level::{Consequence, MonthPart, MonthStanding, Outlook, Phase, Requirement};
use domain::model::Level;
use leptos::prelude::*;

use crate::components::data_table::{Column, DataTable};
use crate::components::date::{MonthText, ShortDate};
use crate::components::icon::lucide;
use crate::components::money::MoneyText;
use crate::components::status::{Status, Tone};
use crate::components::verdict::RuleLink;
use crate::format;
use crate::i18n::{Locale, td_string};

/// The level and until when it holds, one line: `Professional до 31 января 2027`.
pub fn headline(locale: Locale, outlook: &Outlook) -> String {
    let level = format::level(locale, outlook.level);
    let scheduled = outlook.scheduled.iter().find(|change| change.level != outlook.level).map(|change| change.from);
    if outlook.level == Level::Basic {
        return td_string!(locale, level.headline.since, level = level, date = format::date_long(locale, outlook.since));
    }
    match outlook.if_not.map(|consequence| consequence.from).or(scheduled) {
        None => td_string!(locale, level.headline.open_ended, level = level),
        // The month that decides waits to be closed.
        Some(from) if from <= outlook.day => {
            td_string!(locale, level.headline.until_closed, level = level, month = format::month(locale, from.previous().month()))
        }
        Some(from) => td_string!(locale, level.headline.until, level = level, date = format::date_long(locale, from.previous())),
    }
}

/// Whether the level is safe, as icon, word and colour.
#[component]
pub fn LevelStatus(
    /// The language.
    locale: Locale,
    /// The part of the rules the partner is in.
    phase: Phase,
) -> impl IntoView {
    let (tone, icon, label) = match phase {
        phase if phase.is_safe() => (Tone::Good, lucide::LuCircleCheck, td_string!(locale, level.state.safe)),
        Phase::SafeByExam { .. } | Phase::FirstWindowMet { .. } | Phase::Watched { .. } | Phase::FirstWindow { .. } => {
            (Tone::Waiting, lucide::LuHourglass, td_string!(locale, level.state.to_confirm))
        }
        Phase::AboutToFall { .. } => (Tone::Bad, lucide::LuTriangleAlert, td_string!(locale, level.state.about_to_fall)),
        Phase::ReturnWindow { .. } => (Tone::Warning, lucide::LuUndo2, td_string!(locale, level.state.lost)),
        Phase::ReturnWindowOver { .. } | Phase::HeldAtBasic { .. } => (Tone::Neutral, lucide::LuLock, td_string!(locale, level.state.held)),
    };
    view! { <Status tone icon label/> }
}

/// Why the level stands as it does: the part of the rules the partner is in, with its facts.
pub fn phase_text(locale: Locale, outlook: &Outlook) -> String {
    let day = |date| format::date_long(locale, date);
    let named = |month| format::month(locale, month);
    let start = |month| format::sentence_start(format::month(locale, month));
    let money = |amount| format::money(locale, amount);
    match &outlook.phase {
        Phase::FirstWindow { window, stands_met_by } => {
            let (from, to) = (day(window.from), day(window.until.previous()));
            match stands_met_by {
                Some(month) => td_string!(locale, level.phase.first_window_stands, from = from, to = to, month = start(*month)),
                None if window.by_staff => td_string!(locale, level.phase.first_window_staff, from = from, to = to),
                None => td_string!(locale, level.phase.first_window_contract, from = from, to = to),
            }
        }
        Phase::FirstWindowMet { window, month, revenue } => td_string!(
            locale,
            level.phase.first_window_met,
            month = named(*month),
            revenue = money(*revenue),
            next = day(window.decided_on)
        ),
        Phase::SafeByExam { exam } => td_string!(locale, level.phase.safe_by_exam, date = day(*exam)),
        Phase::Watched { from } => td_string!(locale, level.phase.watched, date = day(from.first_day())),
        Phase::AboutToFall { month, month_ended, revenue, minimum, falls_on, .. } => {
            let (month, revenue, minimum, date) = (start(*month), money(*revenue), money(*minimum), day(*falls_on));
            if *month_ended {
                td_string!(locale, level.phase.about_to_fall_ended, month = month, revenue = revenue, minimum = minimum, date = date)
            } else {
                td_string!(locale, level.phase.about_to_fall_running, month = month, revenue = revenue, minimum = minimum, date = date)
            }
        }
        Phase::ReturnWindow { window, stands_met_by: None } => td_string!(
            locale,
            level.phase.return_window,
            fell = day(window.fell_on),
            low = named(window.low_month),
            last = day(window.last_day)
        ),
        Phase::ReturnWindow { window, stands_met_by: Some(month) } => td_string!(
            locale,
            level.phase.return_window_stands,
            fell = day(window.fell_on),
            low = named(window.low_month),
            month = start(*month),
            date = day(takes_effect_on(outlook, *month))
        ),
        Phase::ReturnWindowOver { window, exam } => {
            let text = td_string!(locale, level.phase.return_window_over, last = day(window.last_day));
            with_exam(locale, text, *exam)
        }
        Phase::HeldAtBasic { since, reason, exam } => {
            let text = td_string!(locale, level.phase.held_at_basic, since = day(*since), reason = reason.clone());
            with_exam(locale, text, *exam)
        }
    }
}

fn with_exam(locale: Locale, text: String, exam: Option<domain::calendar::BusinessDate>) -> String {
    match exam {
        Some(exam) => format!("{text} {}", td_string!(locale, level.phase.exam_noted, date = format::date_long(locale, exam))),
        None => text,
    }
}

fn standing(outlook: &Outlook, month: Month) -> Option<&MonthStanding> {
    outlook.months.iter().find(|standing| standing.month == month)
}

/// Every month of an open window stands in the outlook.
fn takes_effect_on(outlook: &Outlook, month: Month) -> domain::calendar::BusinessDate {
    standing(outlook, month).map_or(month.next().first_day(), |standing| standing.takes_effect_on)
}

/// The rule of the part the partner is in.
fn phase_rule(phase: &Phase) -> domain::rule::Rule {
    use domain::rule::Rule;

    match phase {
        Phase::FirstWindow { .. } | Phase::FirstWindowMet { .. } => Rule::Level2,
        Phase::SafeByExam { .. } => Rule::Level4,
        Phase::Watched { .. } => Rule::Level5,
        Phase::AboutToFall { rule, .. } => *rule,
        Phase::ReturnWindow { .. } => Rule::Level6,
        Phase::ReturnWindowOver { .. } => Rule::Level7,
        Phase::HeldAtBasic { .. } => Rule::Level8,
    }
}

/// Why the level stands as it does, with its rule.
#[component]
pub fn PhaseText(
    /// The language.
    locale: Locale,
    /// Where the partner stands.
    outlook: Outlook,
) -> impl IntoView {
    view! { <p>{phase_text(locale, &outlook)} " " <RuleLink locale rule=phase_rule(&outlook.phase)/></p> }
}

/// What is still to be met and by which day: the ways, of which one is enough.
#[component]
pub fn RequirementView(
    /// The language.
    locale: Locale,
    /// Where the partner stands.
    outlook: Outlook,
) -> impl IntoView {
    let Some(requirement) = &outlook.requirement else {
        let only_staff = matches!(outlook.phase, Phase::ReturnWindowOver { .. } | Phase::HeldAtBasic { .. });
        let said =
            if only_staff { td_string!(locale, level.requirement.only_staff) } else { td_string!(locale, level.requirement.nothing) };
        return view! { <p>{said} " " <RuleLink locale rule=phase_rule(&outlook.phase)/></p> }.into_any();
    };
    let ways = requirement_ways(locale, &outlook, requirement);
    let alone = ways.len() == 1;
    let items: Vec<_> = ways
        .into_iter()
        .map(|way| {
            let note = way.note.map(|note| view! { <span class="muted small block">{note}</span> });
            view! { <li>{way.text} {note}</li> }
        })
        .collect();
    let lead = (!alone).then(|| td_string!(locale, level.requirement.enough));
    let passed =
        requirement.exam_by.is_none().then(|| view! { <p class="muted small">{td_string!(locale, level.requirement.no_exam)}</p> });
    view! {
        <div class="stack gap-2">
            <p>{lead} " " <RuleLink locale rule=requirement.rule/></p>
            <ul class="list-disc ps-5">{items}</ul>
            {passed}
        </div>
    }
    .into_any()
}

/// A way to meet a requirement.
struct Way {
    text: String,
    /// How far it is.
    note: Option<String>,
}

fn requirement_ways(locale: Locale, outlook: &Outlook, requirement: &Requirement) -> Vec<Way> {
    let exam = requirement
        .exam_by
        .map(|date| Way { text: td_string!(locale, level.requirement.exam, date = format::date_long(locale, date)), note: None });
    exam.into_iter().chain(revenue_way(locale, outlook, requirement)).collect()
}

fn revenue_way(locale: Locale, outlook: &Outlook, requirement: &Requirement) -> Option<Way> {
    let (first, last) = (*requirement.months.first()?, *requirement.months.last()?);
    let money = |amount| format::money(locale, amount);
    let by = format::date_long(locale, requirement.revenue_by);
    if first == last {
        let standing = standing(outlook, first)?;
        let (revenue, missing) = (money(standing.revenue.unwrap_or_default()), money(standing.missing));
        let note = if standing.reached {
            td_string!(locale, level.requirement.month_reached, revenue = revenue)
        } else if requirement.revenue_by < outlook.day {
            td_string!(locale, level.requirement.month_ended, revenue = revenue, missing = missing)
        } else {
            td_string!(locale, level.requirement.month_missing, revenue = revenue, missing = missing)
        };
        let text =
            td_string!(locale, level.requirement.month, minimum = money(standing.minimum), month = format::month(locale, first), date = by);
        return Some(Way { text, note: Some(note) });
    }
    let text = td_string!(
        locale,
        level.requirement.months,
        minimum = money(standing(outlook, first)?.minimum),
        count = requirement.months.len(),
        first = format::month(locale, first),
        last = format::month(locale, last)
    );
    let now = standing(outlook, outlook.day.month()).filter(|now| requirement.months.contains(&now.month));
    let note = now.map(|now| {
        let (month, revenue) = (format::sentence_start(format::month(locale, now.month)), money(now.revenue.unwrap_or_default()));
        if now.reached {
            td_string!(locale, level.requirement.month_reached, revenue = revenue)
        } else {
            td_string!(locale, level.requirement.current_missing, month = month, revenue = revenue, missing = money(now.missing))
        }
    });
    Some(Way { text, note })
}

/// What happens if the requirement isn't met.
pub fn consequence_text(locale: Locale, outlook: &Outlook, consequence: &Consequence) -> String {
    let day = |date| format::date_long(locale, date);
    if outlook.level == consequence.level {
        return td_string!(locale, level.consequence.return_over, date = day(consequence.from));
    }
    let (date, model) = (day(consequence.from), format::model(locale, consequence.model));
    let falls = if consequence.from <= outlook.day {
        td_string!(locale, level.consequence.falls_when_closed, date = date, model = model)
    } else {
        td_string!(locale, level.consequence.falls, date = date, model = model)
    };
    match consequence.restored_on {
        Some(restored) => format!("{falls} {}", td_string!(locale, level.consequence.restored, date = day(restored))),
        None => falls,
    }
}

/// What happens if the requirement isn't met, with its rule; nothing where nothing follows.
#[component]
pub fn ConsequenceView(
    /// The language.
    locale: Locale,
    /// Where the partner stands.
    outlook: Outlook,
) -> impl IntoView {
    match outlook.if_not {
        Some(consequence) => {
            let text = consequence_text(locale, &outlook, &consequence);
            view! { <p>{text} " " <RuleLink locale rule=consequence.rule/></p> }.into_any()
        }
        None => view! { <p>{td_string!(locale, level.consequence.nothing)}</p> }.into_any(),
    }
}

/// Revenue month by month against the minimum, in the order given.
#[component]
pub fn MonthTable(
    /// The language.
    locale: Locale,
    /// The day it is read on.
    day: domain::calendar::BusinessDate,
    /// The months.
    months: Vec<MonthStanding>,
) -> impl IntoView {
    let columns = vec![
        Column::text(td_string!(locale, level.months.month)),
        Column::figure(td_string!(locale, level.months.revenue)),
        Column::figure(td_string!(locale, level.months.minimum)),
        Column::figure(td_string!(locale, level.months.missing)),
        Column::text(td_string!(locale, level.months.part)),
        Column::text(td_string!(locale, level.months.state)),
        Column::text(td_string!(locale, level.months.effect)),
    ];
    let rows: Vec<_> = months.into_iter().map(|standing| month_row(locale, day, standing)).collect();
    view! { <DataTable caption=td_string!(locale, level.months.caption) columns>{rows}</DataTable> }
}

fn month_row(locale: Locale, day: domain::calendar::BusinessDate, standing: MonthStanding) -> impl IntoView {
    let asked = standing.part != MonthPart::None;
    let part = match standing.part {
        MonthPart::None => td_string!(locale, level.months.parts.none),
        MonthPart::FirstWindow => td_string!(locale, level.months.parts.first_window),
        MonthPart::Watched => td_string!(locale, level.months.parts.watched),
        MonthPart::ReturnWindow => td_string!(locale, level.months.parts.return_window),
    };
    let (tone, icon, state) = if standing.month > day.month() {
        (Tone::Neutral, lucide::LuMinus, td_string!(locale, level.months.states.ahead))
    } else {
        match (asked, standing.closed, standing.reached) {
            (false, true, _) => (Tone::Neutral, lucide::LuLock, td_string!(locale, level.months.states.closed)),
            (false, false, _) => (Tone::Waiting, lucide::LuHourglass, td_string!(locale, level.months.states.open)),
            (true, true, true) => (Tone::Good, lucide::LuCircleCheck, td_string!(locale, level.months.states.reached)),
            (true, true, false) => (Tone::Bad, lucide::LuCircleX, td_string!(locale, level.months.states.below)),
            (true, false, true) => (Tone::Waiting, lucide::LuHourglass, td_string!(locale, level.months.states.reached_open)),
            (true, false, false) => (Tone::Waiting, lucide::LuHourglass, td_string!(locale, level.months.states.below_open)),
        }
    };
    let revenue = match standing.revenue {
        Some(amount) => view! { <MoneyText locale amount/> }.into_any(),
        None => view! { <span class="muted">{td_string!(locale, level.months.not_loaded)}</span> }.into_any(),
    };
    let none = || view! { <span aria-hidden="true">"—"</span> }.into_any();
    let amount = |shown: bool, amount| if shown { view! { <MoneyText locale amount/> }.into_any() } else { none() };
    let effect = if asked { view! { <ShortDate locale date=standing.takes_effect_on/> }.into_any() } else { none() };
    view! {
        <tr>
            <th scope="row"><MonthText locale month=standing.month/></th>
            <td class="money">{revenue}</td>
            <td class="money">{amount(asked, standing.minimum)}</td>
            <td class="money">{amount(asked && !standing.missing.is_zero() && standing.month <= day.month(), standing.missing)}</td>
            <td>{part}</td>
            <td><Status tone icon label=state/></td>
            <td class="figures">{effect}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use domain::level::{LevelFacts, StaffLevelDecision, outlook, timeline};
    use domain::model::BillingSide;
    use domain::money::Money;
    use domain::terms::{Terms, TermsSchedule};

    use super::*;
    use crate::components::level_change::{LevelTimeline, cause_text, change_title};

    fn day(text: &str) -> domain::calendar::BusinessDate {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    fn month(text: &str) -> Month {
        day(&format!("{text}-01")).month()
    }

    /// A contract of 5 January 2026 with the provider billing, the revenue given in roubles, everything closed through a month.
    fn facts(revenue: &[(&str, i64)], closed_through: Option<&str>) -> LevelFacts {
        LevelFacts {
            revenue: revenue.iter().map(|(named, roubles)| (month(named), Money::roubles(*roubles))).collect(),
            closed_through: closed_through.map(month),
            ..LevelFacts::new(day("2026-01-05"), BillingSide::Provider)
        }
    }

    fn seen(facts: &LevelFacts, today: &str) -> Outlook {
        outlook(facts, &TermsSchedule::constant(Terms::default()), day(today))
    }

    /// With plain spaces, so that the tests can be read.
    fn plain(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    fn phase(locale: Locale, facts: &LevelFacts, today: &str) -> String {
        plain(&phase_text(locale, &seen(facts, today)))
    }

    const WATCHED: &[(&str, i64)] = &[("2026-01", 9_000), ("2026-02", 45_000), ("2026-07", 31_000), ("2026-08", 32_000)];
    const MISSED: &[(&str, i64)] = &[("2026-01", 9_000), ("2026-03", 12_500), ("2026-07", 8_000)];

    #[test]
    fn a_first_window_says_its_days_and_what_stands() {
        let window = facts(&[("2026-01", 9_000)], Some("2026-01"));
        let text = phase(Locale::ru, &window, "2026-02-10");
        assert!(text.starts_with("Идёт первый период: с 5 января 2026 по 4 июля 2026."), "{text}");
        assert_eq!(plain(&headline(Locale::ru, &seen(&window, "2026-02-10"))), "Professional до 31 июля 2026");
        let stands = facts(&[("2026-01", 9_000), ("2026-02", 30_000)], Some("2026-01"));
        let text = phase(Locale::ru, &stands, "2026-02-27");
        assert!(text.contains("Февраль 2026 уже не ниже минимума"), "{text}");
    }

    #[test]
    fn a_window_that_is_met_names_the_month_and_what_follows() {
        let met = facts(WATCHED, Some("2026-02"));
        let text = phase(Locale::ru, &met, "2026-03-02");
        assert_eq!(text, "Условие первого периода выполнено: февраль 2026 — 45 000 ₽. С 1 августа 2026 выручка проверяется каждый месяц.");
    }

    #[test]
    fn an_exam_leaves_nothing_to_be_met() {
        let mut safe = facts(&[("2026-01", 9_000)], Some("2026-01"));
        safe.exams.push(day("2026-02-03"));
        let outlook = seen(&safe, "2026-03-01");
        assert!(plain(&phase_text(Locale::ru, &outlook)).starts_with("Экзамен сдан 3 февраля 2026."));
        assert_eq!(headline(Locale::ru, &outlook), "Professional без срока");
        assert!(outlook.requirement.is_none());
    }

    #[test]
    fn a_level_about_to_fall_says_the_figures_and_the_day() {
        let mut low = facts(WATCHED, Some("2026-08"));
        low.revenue.insert(month("2026-09"), Money::kopecks(2_134_050));
        let running = phase(Locale::ru, &low, "2026-09-20");
        assert_eq!(
            running,
            "Сентябрь 2026 ещё идёт: выручка 21 340,50 ₽ из 30 000 ₽. Если так и останется, с 1 октября 2026 уровень — Basic."
        );
        let ended = phase(Locale::en, &low, "2026-10-02");
        assert!(ended.starts_with("September 2026 ended with revenue of 21,340.50 ₽ against a minimum of 30,000 ₽."), "{ended}");
        let outlook = seen(&low, "2026-10-02");
        assert_eq!(plain(&headline(Locale::ru, &outlook)), "Professional, пока не закрыт сентябрь 2026");
        let consequence = outlook.if_not.expect("a consequence");
        assert!(
            plain(&consequence_text(Locale::ru, &outlook, &consequence))
                .starts_with("Когда месяц закроют, уровень станет Basic с 1 октября 2026")
        );
    }

    #[test]
    fn a_lost_level_says_until_when_it_can_be_regained() {
        let lost = facts(MISSED, Some("2026-07"));
        let outlook = seen(&lost, "2026-09-01");
        assert_eq!(plain(&headline(Locale::ru, &outlook)), "Basic с 1 августа 2026");
        let text = plain(&phase_text(Locale::ru, &outlook));
        assert_eq!(text, "Professional потерян 1 августа 2026: июль 2026 — ниже минимума. Вернуть его можно до 31 декабря 2026.");
        let requirement = outlook.requirement.clone().expect("a requirement");
        let ways: Vec<_> = requirement_ways(Locale::ru, &outlook, &requirement).into_iter().map(|way| plain(&way.text)).collect();
        assert_eq!(
            ways,
            ["сдать экзамен не позже 31 декабря 2026", "выручка не ниже 30 000 ₽ хотя бы за один из 5 месяцев: август 2026 — декабрь 2026"]
        );
        let consequence = outlook.if_not.expect("a consequence");
        let text = plain(&consequence_text(Locale::ru, &outlook, &consequence));
        assert_eq!(text, "С 1 января 2027 вернуть Professional сможет только решение сотрудника.");
    }

    #[test]
    fn a_level_lost_for_good_and_one_held_by_staff_say_who_decides() {
        let months: Vec<_> = month("2026-08").through(month("2026-12")).collect();
        let mut over = facts(MISSED, Some("2026-12"));
        over.revenue.extend(months.into_iter().map(|month| (month, Money::ZERO)));
        over.exams.push(day("2027-01-15"));
        let text = phase(Locale::ru, &over, "2027-02-01");
        assert!(text.starts_with("Время на возврат закончилось 31 декабря 2026.") && text.contains("15 января 2027"), "{text}");

        let mut held = facts(WATCHED, Some("2026-02"));
        let reason = "Нарушение <правил>".to_owned();
        held.staff_decisions.push(StaffLevelDecision { date: day("2026-03-03"), recorded: 1, level: Level::Basic, reason });
        let text = phase(Locale::ru, &held, "2026-04-01");
        assert!(text.contains("«Нарушение <правил>»"), "{text}");
        let html = Owner::new().with(|| view! { <PhaseText locale=Locale::ru outlook=seen(&held, "2026-04-01")/> }.to_html());
        assert!(!html.contains("<правил>") && html.contains("#LVL-8"), "{html}");
    }

    #[test]
    fn every_change_says_its_facts_and_its_rule() {
        let mut course = facts(MISSED, Some("2026-09"));
        course.revenue.insert(month("2026-08"), Money::roubles(30_000));
        course.revenue.insert(month("2026-09"), Money::roubles(1_000));
        let changes = timeline(&course, &TermsSchedule::constant(Terms::default()), day("2026-10-05")).changes;
        let said: Vec<_> = changes
            .iter()
            .map(|change| (plain(&change_title(Locale::ru, change)), plain(&cause_text(Locale::ru, &change.cause))))
            .collect();
        let expected = [
            ("Договор: Professional, модель Agent", "Professional даётся с даты договора. Счёт клиенту выставляет провайдер."),
            (
                "Уровень снижен до Basic, модель Referral",
                "С 5 января 2026 по 4 июля 2026 экзамен не сдан, и ни один месяц по июль 2026 не набрал 30 000 ₽. Лучший месяц — март 2026: 12 500 ₽.",
            ),
            ("Professional вернулся, модель Agent", "Август 2026: выручка 30 000 ₽ при минимуме 30 000 ₽."),
            ("Уровень снижен до Basic, модель Referral", "Сентябрь 2026: выручка 1 000 ₽, нужно 30 000 ₽. Экзамен не сдан."),
        ]
        .map(|(title, facts)| (title.to_owned(), facts.to_owned()));
        assert_eq!(said, expected);
        let html = Owner::new().with(|| view! { <LevelTimeline locale=Locale::ru changes/> }.to_html());
        for rule in ["#LVL-1", "#LVL-3", "#LVL-6", "#LVL-5"] {
            assert!(html.contains(rule), "{rule}: {html}");
        }
    }

    #[test]
    fn months_say_in_words_how_they_stand() {
        let outlook = seen(&facts(WATCHED, Some("2026-07")), "2026-08-20");
        let html = Owner::new().with(|| view! { <MonthTable locale=Locale::ru day=outlook.day months=outlook.months/> }.to_html());
        for words in ["минимум набран", "ниже минимума", "набран, не закрыт", "первый период", "каждый месяц"]
        {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("style="), "{html}");
    }
}
