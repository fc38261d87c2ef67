//! The two forms of a partner's page: a passed exam, and a decision on the level.

use domain::calendar::BusinessDate;
use domain::model::Level;
use domain::rule::Rule;
use leptos::prelude::*;
use service::partners::{LateExam, PartnerPage as Partner};

use crate::components::level_change::LevelTimeline;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::form::{Choice, Control, ErrorSummary, Field, FormRefusal, FormState, HiddenField, SubmitButton, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The controls by which the two forms are told apart.
const PASSED_ON: &str = "passed_on";
const LEVEL: &str = "level";

/// The state of the form that has this control; the other one came back if it has none.
fn state_of(form: &FormState, control: &str) -> FormState {
    if form.values.contains_key(control) { form.clone() } else { FormState::default() }
}

/// The day of an exam that came back because it changes days already past.
pub(super) fn exam_in_question(form: &FormState) -> Option<BusinessDate> {
    let asked = matches!(form.refusal, Some(FormRefusal::ChangesPastLevel { .. })) || form.values.contains_key("acceptance");
    form.values.get(PASSED_ON).filter(|_| asked)?.parse().ok()
}

/// Why the last try did not go through.
fn refusal_view(locale: Locale, form: &FormState) -> Option<AnyView> {
    let text = td_string!(locale, partners.not_done, why = refusal_text(locale, form.refusal?));
    Some(view! { <NoticeView tone=Tone::Warning text/> }.into_any())
}

/// A passed exam (`LVL-2`, `LVL-4`, `LVL-6`). Where it changes days already past, both timelines and what it takes to accept that.
pub(super) fn exam_form(locale: Locale, partner: &Partner, form: &FormState, late: Option<LateExam>) -> AnyView {
    let form = state_of(form, PASSED_ON);
    let labels = vec![
        (PASSED_ON, td_string!(locale, partners.exam_form.passed_on).to_owned()),
        ("acceptance", td_string!(locale, partners.exam_form.acceptance).to_owned()),
    ];
    let refused = refusal_view(locale, &form);
    let (question, submit) = match late {
        None => (None, td_string!(locale, partners.exam_form.submit).to_owned()),
        Some(late) => {
            let accept = partner.may_decide_late_fact;
            (Some(late_view(locale, late, accept, &form)), td_string!(locale, partners.exam_form.submit_late).to_owned())
        }
    };
    view! {
        <section class="card stack" aria-labelledby="exam-title">
            <h2 class="card-title" id="exam-title">{td_string!(locale, partners.exam_form.title)}</h2>
            <p class="muted">{td_string!(locale, partners.exam_form.lead)} " " <RuleLink locale rule=Rule::Level4/></p>
            {refused}
            <form class="form" method="post" action=paths::API_EXAM_RECORD>
                <ErrorSummary locale form=form.clone() labels/>
                <HiddenField name="partner" value=partner.partner.id.to_string()/>
                <Field
                    locale
                    field=form.field(PASSED_ON).or_value(partner.outlook.day.to_string())
                    label=td_string!(locale, partners.exam_form.passed_on)
                    control=Control::Date
                />
                {question}
                <div class="actions"><SubmitButton label=submit/></div>
            </form>
        </section>
    }
    .into_any()
}

fn late_view(locale: Locale, late: LateExam, may_accept: bool, form: &FormState) -> AnyView {
    let acceptance = if may_accept {
        view! {
            <Field
                locale
                field=form.field("acceptance")
                label=td_string!(locale, partners.exam_form.acceptance)
                hint=td_string!(locale, partners.exam_form.acceptance_hint).to_owned()
                control=Control::TextArea
                maximum_length=2000
            />
        }
        .into_any()
    } else {
        view! { <p class="muted">{td_string!(locale, partners.exam_form.admin_accepts)}</p> }.into_any()
    };
    view! {
        <p>
            {td_string!(
                locale,
                partners.exam_form.late,
                date = format::date_long(locale, late.passed_on),
                from = format::date_long(locale, late.from),
                to = format::date_long(locale, late.to)
            )}
        </p>
        <div>
            <h3>{td_string!(locale, partners.exam_form.as_recorded)}</h3>
            <LevelTimeline locale changes=late.accepted/>
        </div>
        <div>
            <h3>{td_string!(locale, partners.exam_form.as_proposed)}</h3>
            <LevelTimeline locale changes=late.proposed/>
        </div>
        {acceptance}
    }
    .into_any()
}

/// A decision on the level from a day on (`LVL-8`): shown to everybody, open to those who may decide.
pub(super) fn decision_form(locale: Locale, partner: &Partner, form: &FormState) -> AnyView {
    let form = state_of(form, LEVEL);
    let labels = vec![
        (LEVEL, td_string!(locale, partners.decision_form.level).to_owned()),
        ("date", td_string!(locale, partners.decision_form.date).to_owned()),
        ("reason", td_string!(locale, partners.decision_form.reason).to_owned()),
    ];
    let levels = [Level::Professional, Level::Basic].map(|level| Choice::new(level.as_str(), format::level(locale, level)));
    let levels: Vec<_> = std::iter::once(Choice::new("", td_string!(locale, partners.decision_form.choose))).chain(levels).collect();
    let closed = !partner.may_decide_level;
    let why_not =
        closed.then(|| view! { <p class="muted" id="decision-why-not">{td_string!(locale, partners.decision_form.admin_only)}</p> });
    let latest = format::date_long(locale, partner.latest_decision);
    view! {
        <section class="card stack" aria-labelledby="decision-title">
            <h2 class="card-title" id="decision-title">{td_string!(locale, partners.decision_form.title)}</h2>
            <p class="muted">{td_string!(locale, partners.decision_form.lead)} " " <RuleLink locale rule=Rule::Level8/></p>
            {refusal_view(locale, &form)}
            {why_not}
            <form method="post" action=paths::API_LEVEL_DECIDE>
                <fieldset class="form" disabled=closed aria-describedby=closed.then_some("decision-why-not")>
                    <legend class="visually-hidden">{td_string!(locale, partners.decision_form.title)}</legend>
                    <ErrorSummary locale form=form.clone() labels/>
                    <HiddenField name="partner" value=partner.partner.id.to_string()/>
                    <Field locale field=form.field(LEVEL) label=td_string!(locale, partners.decision_form.level) control=Control::Select(levels)/>
                    <Field
                        locale
                        field=form.field("date").or_value(partner.outlook.day.to_string())
                        label=td_string!(locale, partners.decision_form.date)
                        hint=td_string!(locale, partners.decision_form.date_hint, date = latest)
                        control=Control::Date
                    />
                    <Field
                        locale
                        field=form.field("reason")
                        label=td_string!(locale, partners.decision_form.reason)
                        hint=td_string!(locale, partners.decision_form.reason_hint).to_owned()
                        control=Control::TextArea
                        maximum_length=2000
                    />
                    <div class="actions"><SubmitButton label=td_string!(locale, partners.decision_form.submit)/></div>
                </fieldset>
            </form>
        </section>
    }
    .into_any()
}
