//! The two forms of a partner's page: a passed exam, and a decision on the level.

use domain::model::Level;
use domain::rule::Rule;
use leptos::prelude::*;
use service::partners::PartnerPage as Partner;

use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::RuleLink;
use crate::form::{Choice, Control, ErrorSummary, Field, FormState, HiddenField, SubmitButton, refusal_text};
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

/// Why the last try did not go through.
fn refusal_view(locale: Locale, form: &FormState) -> Option<AnyView> {
    let text = td_string!(locale, partners.not_done, why = refusal_text(locale, form.refusal?));
    Some(view! { <NoticeView tone=Tone::Warning text/> }.into_any())
}

/// A passed exam (`LVL-2`, `LVL-4`, `LVL-6`). Where it changes days already past, it becomes a proposal.
pub(super) fn exam_form(locale: Locale, partner: &Partner, form: &FormState) -> AnyView {
    let form = state_of(form, PASSED_ON);
    let labels = vec![(PASSED_ON, td_string!(locale, partners.exam_form.passed_on).to_owned())];
    let refused = refusal_view(locale, &form);
    let submit = td_string!(locale, partners.exam_form.submit).to_owned();
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
                    hint=td_string!(locale, partners.exam_form.late_hint).to_owned()
                    control=Control::Date
                />
                <div class="actions"><SubmitButton label=submit/></div>
            </form>
        </section>
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
