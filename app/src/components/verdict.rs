//! What the rules say, in the one shape it has everywhere: the rule, the figures, when it becomes possible.

use domain::calendar::Month;
use domain::privilege::Privilege;
use domain::rule::Rule;
use domain::verdict::{Verdict, Violation};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::icon::{Icon, lucide};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// A broken rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationText {
    /// The rule that is broken.
    pub id: Rule,
    /// What the rule is, one plain sentence.
    pub rule: String,
    /// The figures behind it.
    pub figures: Option<String>,
    /// When or how it becomes possible.
    pub possible: Option<String>,
}

/// Puts a broken rule into words.
pub fn violation_text(locale: Locale, violation: &Violation) -> ViolationText {
    let (rule, figures, possible) = match violation {
        Violation::PrivilegeMissing { privilege, model } => (
            td_string!(locale, verdict.privilege_missing.rule, privilege = privilege_name(locale, *privilege)),
            Some(td_string!(locale, verdict.privilege_missing.figures, model = format::model(locale, *model))),
            None,
        ),
        Violation::CodesPerQuarter { quarter, limit, granted, pending, asked, left, resets_on, .. } => {
            let free = if *left == 0 {
                td_string!(locale, verdict.codes_per_quarter.none_left).to_owned()
            } else {
                td_string!(locale, verdict.codes_per_quarter.left, count = *left)
            };
            let quarter = format::quarter(locale, *quarter);
            (
                td_string!(locale, verdict.codes_per_quarter.rule, count = *limit),
                Some(td_string!(
                    locale,
                    verdict.codes_per_quarter.figures,
                    quarter = quarter,
                    granted = *granted,
                    pending = *pending,
                    asked = *asked,
                    left = free
                )),
                Some(td_string!(locale, verdict.codes_per_quarter.possible, date = format::date_long(locale, *resets_on), limit = *limit)),
            )
        }
        Violation::CodeValuePerQuarter { quarter, limit, granted, pending, asked, left, resets_on, .. } => {
            let roubles = |amount: i64| format::roubles(locale, amount);
            (
                td_string!(locale, verdict.code_value_per_quarter.rule, limit = roubles(*limit)),
                Some(td_string!(
                    locale,
                    verdict.code_value_per_quarter.figures,
                    quarter = format::quarter(locale, *quarter),
                    granted = roubles(*granted),
                    pending = roubles(*pending),
                    asked = roubles(*asked),
                    left = roubles(*left)
                )),
                Some(td_string!(
                    locale,
                    verdict.code_value_per_quarter.possible,
                    date = format::date_long(locale, *resets_on),
                    limit = roubles(*limit)
                )),
            )
        }
        Violation::CodesPerRequest { limit, asked } => (
            td_string!(locale, verdict.codes_per_request.rule, limit = *limit),
            Some(td_string!(locale, verdict.codes_per_request.figures, asked = *asked)),
            None,
        ),
        Violation::FaceTooSmall { position, minimum, asked } => (
            td_string!(locale, verdict.face_too_small.rule, minimum = format::roubles(locale, *minimum)),
            Some(td_string!(locale, verdict.face_too_small.figures, position = *position, asked = format::roubles(locale, *asked))),
            None,
        ),
        Violation::FreeMonthsPerClient { limit, granted, pending } => (
            td_string!(locale, verdict.free_months_per_client.rule, limit = *limit),
            Some(td_string!(locale, verdict.free_months_per_client.figures, granted = *granted, pending = *pending)),
            None,
        ),
        Violation::MonthAfterTrial { month, trial_ended, earliest: first } => (
            td_string!(locale, verdict.month_after_trial.rule).to_owned(),
            Some(td_string!(
                locale,
                verdict.month_after_trial.figures,
                date = format::date_long(locale, *trial_ended),
                month = format::month(locale, *month)
            )),
            earliest(locale, *first),
        ),
        Violation::TooCloseToFreeMonth { month, other, gap, earliest: first } => (
            td_string!(locale, verdict.too_close.rule, count = *gap),
            Some(td_string!(
                locale,
                verdict.too_close.figures,
                month = format::sentence_start(format::month(locale, *month)),
                other = format::month(locale, *other)
            )),
            earliest(locale, *first),
        ),
        Violation::TrialRuns { month, trial_started, trial_ends, earliest: first } => {
            let started = format::date_long(locale, *trial_started);
            let month = format::month(locale, *month);
            (
                td_string!(locale, verdict.trial_runs.rule).to_owned(),
                Some(if let Some(ends) = trial_ends {
                    let ended = format::date_long(locale, *ends);
                    td_string!(locale, verdict.trial_runs.figures, started = started, ended = ended, month = month)
                } else {
                    td_string!(locale, verdict.trial_runs.figures_open, started = started, month = month)
                }),
                earliest(locale, *first),
            )
        }
        Violation::MonthPassed { month, current, earliest: first } => (
            td_string!(locale, verdict.month_passed.rule).to_owned(),
            Some(td_string!(
                locale,
                verdict.month_passed.figures,
                month = format::sentence_start(format::month(locale, *month)),
                current = format::month(locale, *current)
            )),
            earliest(locale, *first),
        ),
        Violation::MonthTooFar { month, last, possible_on, .. } => (
            td_string!(locale, verdict.month_too_far.rule).to_owned(),
            Some(td_string!(locale, verdict.month_too_far.figures, last = format::month(locale, *last))),
            Some(td_string!(
                locale,
                verdict.month_too_far.possible,
                month = format::sentence_start(format::month(locale, *month)),
                date = format::date_long(locale, *possible_on)
            )),
        ),
        Violation::NoResources => (td_string!(locale, verdict.no_resources.rule).to_owned(), None, None),
        Violation::ForeignResources { resources } => (
            td_string!(locale, verdict.foreign_resources.rule).to_owned(),
            Some(td_string!(locale, verdict.foreign_resources.figures, resources = resources.join(", "))),
            None,
        ),
        other => page_violation_text(locale, other),
    };
    ViolationText { id: violation.rule(), rule, figures, possible }
}

/// The sentence of a broken rule, the figures behind it, and when it becomes possible.
type Sentences = (String, Option<String>, Option<String>);

/// What only pages tell: no island asks these rules, so the words stay out of the browser's module.
#[cfg(feature = "ssr")]
fn page_violation_text(locale: Locale, violation: &Violation) -> Sentences {
    match violation {
        Violation::RateChoiceModel { model } => (
            td_string!(locale, verdict.rate_choice_model.rule).to_owned(),
            Some(td_string!(locale, verdict.rate_choice_model.figures, model = format::model(locale, *model))),
            None,
        ),
        Violation::RateChoiceTooLate { first_billed } => (
            td_string!(locale, verdict.rate_choice_too_late.rule).to_owned(),
            Some(td_string!(locale, verdict.rate_choice_too_late.figures, month = format::month(locale, *first_billed))),
            None,
        ),
        Violation::SalesMonthOpen { month, possible_on, .. } => (
            td_string!(locale, verdict.sales_month_open.rule).to_owned(),
            Some(td_string!(locale, verdict.sales_month_open.figures, month = format::sentence_start(format::month(locale, *month)))),
            Some(td_string!(locale, verdict.sales_month_open.possible, date = format::date_long(locale, *possible_on))),
        ),
        Violation::SalesClientClaimed { month } => (
            td_string!(locale, verdict.sales_client_claimed.rule).to_owned(),
            Some(td_string!(locale, verdict.sales_client_claimed.figures, month = format::month(locale, *month))),
            None,
        ),
        Violation::SalesMonthEarnedOnce { month } => (
            td_string!(locale, verdict.sales_month_earned_once.rule).to_owned(),
            Some(td_string!(
                locale,
                verdict.sales_month_earned_once.figures,
                month = format::sentence_start(format::month(locale, *month))
            )),
            None,
        ),
        Violation::SalesNothingBilled { month } => (
            td_string!(locale, verdict.sales_nothing_billed.rule).to_owned(),
            Some(td_string!(locale, verdict.sales_nothing_billed.figures, month = format::month(locale, *month))),
            None,
        ),
        Violation::CommentDeadlinePassed { deadline } => (
            td_string!(locale, verdict.comment_deadline_passed.rule).to_owned(),
            Some(td_string!(locale, verdict.comment_deadline_passed.figures, date = format::date_long(locale, *deadline))),
            None,
        ),
        // Told above, where islands tell it, too.
        Violation::PrivilegeMissing { .. }
        | Violation::CodesPerQuarter { .. }
        | Violation::CodeValuePerQuarter { .. }
        | Violation::CodesPerRequest { .. }
        | Violation::FaceTooSmall { .. }
        | Violation::FreeMonthsPerClient { .. }
        | Violation::MonthAfterTrial { .. }
        | Violation::TooCloseToFreeMonth { .. }
        | Violation::TrialRuns { .. }
        | Violation::MonthPassed { .. }
        | Violation::MonthTooFar { .. }
        | Violation::NoResources
        | Violation::ForeignResources { .. } => (td_string!(locale, verdict.refused).to_owned(), None, None),
    }
}

#[cfg(not(feature = "ssr"))]
fn page_violation_text(locale: Locale, _: &Violation) -> Sentences {
    (td_string!(locale, verdict.refused).to_owned(), None, None)
}

fn earliest(locale: Locale, month: Option<Month>) -> Option<String> {
    month.map(|month| td_string!(locale, verdict.earliest, month = format::month(locale, month)))
}

/// The name of a privilege, as in the brochure's table.
pub fn privilege_name(locale: Locale, privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::ClientInvoice => td_string!(locale, verdict.privilege_name.client_invoice),
        Privilege::Cloudovka => td_string!(locale, verdict.privilege_name.cloudovka),
        Privilege::Presale => td_string!(locale, verdict.privilege_name.presale),
        Privilege::Trial => td_string!(locale, verdict.privilege_name.trial),
        Privilege::WarmLeads => td_string!(locale, verdict.privilege_name.warm_leads),
        Privilege::Comarketing => td_string!(locale, verdict.privilege_name.comarketing),
        Privilege::SalesBonus => td_string!(locale, verdict.privilege_name.sales_bonus),
        Privilege::Branding => td_string!(locale, verdict.privilege_name.branding),
        Privilege::KvmRebate => td_string!(locale, verdict.privilege_name.kvm_rebate),
        Privilege::MontOfficeRebate => td_string!(locale, verdict.privilege_name.mont_office_rebate),
        Privilege::GrowthRebate => td_string!(locale, verdict.privilege_name.growth_rebate),
        Privilege::CaseBonus => td_string!(locale, verdict.privilege_name.case_bonus),
        Privilege::CommentBonus => td_string!(locale, verdict.privilege_name.comment_bonus),
        Privilege::KnowledgeBase => td_string!(locale, verdict.privilege_name.knowledge_base),
        Privilege::BonusCodes => td_string!(locale, verdict.privilege_name.bonus_codes),
        Privilege::FreeMonths => td_string!(locale, verdict.privilege_name.free_months),
    }
}

/// A rule's id as a quiet link to its sentence.
#[component]
pub fn RuleLink(
    /// The language.
    locale: Locale,
    /// The rule.
    rule: Rule,
) -> impl IntoView {
    view! {
        <a class="rule-id" href=paths::rule(rule) aria-label=td_string!(locale, verdict.rule_link, id = rule.id())>
            {rule.id()}
        </a>
    }
}

/// A verdict in a page: [`verdict_view`] with what to do next as children.
#[component]
pub fn VerdictView(
    /// The language.
    locale: Locale,
    /// What the rules say.
    verdict: Verdict,
    /// Buttons for the nearest legal choice.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    verdict_view(locale, &verdict, children.map(|children| children()))
}

/// A verdict: every broken rule, or the word that nothing speaks against it; below it what to do next. Islands call this and no component
/// with children: those are views of any type, which the browser's module would hold in every way a view can come about.
pub fn verdict_view<A: IntoView>(locale: Locale, verdict: &Verdict, action: Option<A>) -> impl IntoView + use<A> {
    let action = action.map(|action| view! { <div class="actions">{action}</div> });
    if verdict.is_allowed() {
        Either::Left(view! {
            <section class="verdict verdict--ok">
                <Icon icon=lucide::LuCircleCheck/>
                <div class="verdict__body">
                    <p class="verdict__rule">{td_string!(locale, verdict.allowed)}</p>
                    {action}
                </div>
            </section>
        })
    } else {
        let violations: Vec<_> = verdict.violations.iter().map(|violation| violation_view(locale, violation)).collect();
        Either::Right(view! {
            <div class="verdicts" role="group" aria-label=td_string!(locale, verdict.refused)>
                {violations}
                {action}
            </div>
        })
    }
}

fn violation_view(locale: Locale, violation: &Violation) -> impl IntoView + use<> {
    view! { <RefusalView locale text=violation_text(locale, violation)/> }
}

/// A rule that refuses: its sentence and its id, the figures, when or how it becomes possible.
#[component]
pub fn RefusalView(
    /// The language.
    locale: Locale,
    /// The words.
    text: ViolationText,
) -> impl IntoView {
    view! {
        <section class="verdict verdict--refused">
            <Icon icon=lucide::LuCircleX/>
            <div class="verdict__body">
                <p class="verdict__rule">{text.rule} " " <RuleLink locale rule=text.id/></p>
                {text.figures.map(|figures| view! { <p>{figures}</p> })}
                {text.possible.map(|possible| view! { <p>{possible}</p> })}
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_many_codes(left: u32) -> Violation {
        let resets_on = "2027-01-01".parse().expect("a date");
        let quarter = Quarter::try_from("2026-Q4".to_owned()).expect("a quarter");
        Violation::CodesPerQuarter {
            quarter,
            limit: 10,
            granted: 9 - left,
            pending: 1,
            asked: 3,
            left,
            resets_on,
            possible_on: Some(resets_on),
        }
    }

    use domain::calendar::Quarter;

    #[test]
    fn a_refusal_says_the_rule_the_figures_and_the_date() {
        let text = violation_text(Locale::ru, &too_many_codes(1));
        assert_eq!(text.id, Rule::Code1);
        assert_eq!(text.rule, "Кодов в квартале не больше 10");
        let figures = text.figures.unwrap_or_default();
        assert!(figures.ends_with("выдано 8, ждут решения 1, вы просите 3 — свободен 1."), "{figures}");
        assert_eq!(text.possible.as_deref(), Some("С 1\u{a0}января\u{a0}2027 снова доступно 10."));
    }

    #[test]
    fn nothing_left_is_said_in_words() {
        let figures = violation_text(Locale::ru, &too_many_codes(0)).figures.unwrap_or_default();
        assert!(figures.ends_with("свободных нет."), "{figures}");
        let figures = violation_text(Locale::en, &too_many_codes(2)).figures.unwrap_or_default();
        assert!(figures.ends_with("2 are left."), "{figures}");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_resource_named_by_a_client_is_escaped() {
        let verdict = Verdict { violations: vec![Violation::ForeignResources { resources: vec!["<img src=x>".to_owned()] }] };
        let html = Owner::new().with(|| view! { <VerdictView locale=Locale::ru verdict/> }.to_html());
        assert!(!html.contains("<img"), "{html}");
        assert!(html.contains(r#"href="/rules#FREE-6""#), "{html}");
    }
}
