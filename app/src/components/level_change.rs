//! Changes of level and model in words: what changed, the facts behind it, the rule. Islands speak them too.

use domain::level::{Cause, LevelChange};
use domain::model::{BillingSide, Level};
use leptos::prelude::*;

use crate::components::date::DateText;
use crate::components::markup::Markup;
use crate::components::timeline::{Mark, Timeline, TimelineEntry};
use crate::components::verdict::RuleLink;
use crate::format;
use crate::i18n::{Locale, td_string};

/// What changed, one line.
pub fn change_title(locale: Locale, change: &LevelChange) -> String {
    let (level, model) = (format::level(locale, change.level), format::model(locale, change.model));
    match &change.cause {
        Cause::Contract { .. } => td_string!(locale, level_change.title.contract, level = level, model = model),
        Cause::FirstWindowMissed { .. } | Cause::MonthBelowMinimum { .. } => td_string!(locale, level_change.title.fell, model = model),
        Cause::ReturnedByRevenue { .. } | Cause::ReturnedByExam { .. } => td_string!(locale, level_change.title.returned, model = model),
        Cause::StaffDecision { .. } => td_string!(locale, level_change.title.staff, level = level, model = model),
        Cause::BillingSideChanged { .. } => td_string!(locale, level_change.title.billing, model = model),
    }
}

/// The facts behind a change.
pub fn cause_text(locale: Locale, cause: &Cause) -> String {
    let day = |date| format::date_long(locale, date);
    let named = |month| format::month(locale, month);
    let start = |month| format::sentence_start(format::month(locale, month));
    let money = |amount| format::money(locale, amount);
    match cause {
        Cause::Contract { billing: BillingSide::Provider } => td_string!(locale, level_change.cause.contract_provider).to_owned(),
        Cause::Contract { billing: BillingSide::Partner } => td_string!(locale, level_change.cause.contract_partner).to_owned(),
        Cause::FirstWindowMissed { from, until, last_month, minimum, best_month, best_revenue } => {
            let (from, to, last, minimum) = (day(*from), day(until.previous()), named(*last_month), money(*minimum));
            if best_revenue.is_zero() {
                td_string!(locale, level_change.cause.first_window_empty, from = from, to = to, last = last, minimum = minimum)
            } else {
                td_string!(
                    locale,
                    level_change.cause.first_window_missed,
                    from = from,
                    to = to,
                    last = last,
                    minimum = minimum,
                    best = named(*best_month),
                    revenue = money(*best_revenue)
                )
            }
        }
        Cause::MonthBelowMinimum { month, revenue, minimum } => {
            td_string!(locale, level_change.cause.month_below, month = start(*month), revenue = money(*revenue), minimum = money(*minimum))
        }
        Cause::ReturnedByRevenue { month, revenue, minimum } => {
            td_string!(
                locale,
                level_change.cause.returned_by_revenue,
                month = start(*month),
                revenue = money(*revenue),
                minimum = money(*minimum)
            )
        }
        Cause::ReturnedByExam { exam } => td_string!(locale, level_change.cause.returned_by_exam, date = day(*exam)),
        Cause::StaffDecision { reason } => td_string!(locale, level_change.cause.staff, reason = reason.clone()),
        Cause::BillingSideChanged { approved, billing: BillingSide::Provider } => {
            td_string!(locale, level_change.cause.billing_provider, date = day(*approved))
        }
        Cause::BillingSideChanged { approved, billing: BillingSide::Partner } => {
            td_string!(locale, level_change.cause.billing_partner, date = day(*approved))
        }
    }
}

fn change_mark(change: &LevelChange) -> Mark {
    match (&change.cause, change.level) {
        (Cause::Contract { .. } | Cause::BillingSideChanged { .. }, _) => Mark::Neutral,
        (_, Level::Professional) => Mark::Ok,
        (_, Level::Basic) => Mark::Refused,
    }
}

/// Changes of level and model in the order given, each with its facts and its rule.
#[component]
pub fn LevelTimeline(
    /// The language.
    locale: Locale,
    /// The changes.
    changes: Vec<LevelChange>,
    /// Whether they are still to come.
    #[prop(optional)]
    to_come: bool,
) -> impl IntoView {
    let entries = changes
        .into_iter()
        .map(|change| TimelineEntry {
            when: view! { <DateText locale date=change.from/> }.into_any(),
            mark: if to_come { Mark::Next } else { change_mark(&change) },
            title: change_title(locale, &change),
            details: Some(view! { <p>{cause_text(locale, &change.cause)} " " <RuleLink locale rule=change.cause.rule()/></p> }.into_any()),
        })
        .collect();
    view! { <Timeline entries/> }
}

/// What [`LevelTimeline`] is, for changes that are in force or supposed to be.
pub fn write_timeline(out: &mut Markup, locale: Locale, changes: &[LevelChange]) {
    out.open("ol", &[("class", "timeline")]);
    for change in changes {
        out.open("li", &[("class", change_mark(change).class())]);
        out.open("p", &[("class", "timeline__date")]);
        out.date(locale, change.from);
        out.close("p");
        out.element("p", &[("class", "timeline__title")], &change_title(locale, change));
        out.open("p", &[]);
        out.text(&cause_text(locale, &change.cause));
        out.text(" ");
        out.rule(locale, change.cause.rule());
        out.close("p");
        out.close("li");
    }
    out.close("ol");
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::ids::TermsVersionId;
    use domain::model::Model;

    use super::*;

    #[test]
    fn what_is_written_is_what_the_component_shows_and_the_words_of_staff_stay_text() {
        let change = |cause| LevelChange {
            from: "2026-11-05".parse().expect("a date"),
            level: Level::Professional,
            model: Model::Agent,
            cause,
            terms: TermsVersionId(uuid::Uuid::nil()),
        };
        let changes = vec![
            change(Cause::Contract { billing: BillingSide::Provider }),
            change(Cause::StaffDecision { reason: "<b>\"Так\" & надо</b>".to_owned() }),
        ];
        let mut out = Markup::default();
        write_timeline(&mut out, Locale::ru, &changes);
        let written = out.into_html();
        let shown = Owner::new().with(|| view! { <LevelTimeline locale=Locale::ru changes/> }.to_html()).replace("<!>", "");
        // In a text a quotation mark may stand as it is.
        assert_eq!(written.replace("&quot;Так&quot;", "\"Так\""), shown);
        assert!(!written.contains("<b>"), "{written}");
    }
}
