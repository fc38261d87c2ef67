//! `/staff/codes`: a code by its text, redeemed for a client or revoked.

use domain::bonus_code::{CodeState, CodeText, RedeemRefusal};
use domain::calendar::BusinessDate;
use leptos::prelude::*;
use service::bonus_codes::BonusCode;

use crate::components::date::InstantText;
use crate::components::notice::NoticeView;
use crate::components::status::Tone;
use crate::components::verdict::{RefusalView, ViolationText};
use crate::context::{form_state, services};
use crate::error::AppError;
use crate::form::{Control, ErrorSummary, Field, FormRefusal, FormState, HiddenField, SubmitButton, refusal_text};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::layouts::staff::StaffSection;
use crate::page::{Page, staff_page};
use crate::paths;

/// Find, redeem, revoke.
#[component]
pub fn CodesPage() -> impl IntoView {
    staff_page(StaffSection::Codes, async |viewer, state| {
        let locale = state.locale;
        let form = form_state().await?;
        // The form's state names the code that was looked for.
        let code = match form.values.get("code").and_then(|text| text.parse::<CodeText>().ok()) {
            None => None,
            Some(text) => match services()?.bonus_code_find(&viewer, &text).await {
                Ok(code) => Some(code),
                Err(service::Error::NotFound) => None,
                Err(error) => return Err(AppError::from(error)),
            },
        };
        let refused = form.refusal.map(|refusal| {
            if let (FormRefusal::Redeem(refusal), Some(code)) = (refusal, &code) {
                return redeem_refusal_view(locale, refusal, code, &form).into_any();
            }
            let text = td_string!(locale, codes.not_done, why = refusal_text(locale, refusal));
            view! { <NoticeView tone=Tone::Bad text/> }.into_any()
        });
        let title = td_string!(locale, codes.title);
        let found = code.map(|code| code_view(locale, &code, &form)).transpose()?;
        Ok(Page::new(
            title,
            view! {
                <div class="page-head"><div><h1>{title}</h1><p>{td_string!(locale, codes.lead)}</p></div></div>
                {refused}
                <section class="card stack" aria-labelledby="find-title">
                    <h2 class="card-title" id="find-title">{td_string!(locale, codes.find_title)}</h2>
                    <form class="form" method="post" action=paths::API_CODE_FIND>
                        <Field
                            locale
                            field=form.field("code")
                            label=td_string!(locale, codes.code)
                            hint=td_string!(locale, codes.code_hint).to_owned()
                            control=Control::Text
                            maximum_length=60
                        />
                        <SubmitButton label=td_string!(locale, codes.find)/>
                    </form>
                </section>
                {found}
            },
        ))
    })
}

/// Why a code was not redeemed: the rule, whose INN and which sum it is about, and when it was used.
fn redeem_refusal_view(locale: Locale, refusal: RedeemRefusal, code: &BonusCode, form: &FormState) -> impl IntoView + use<> {
    let sum = format::roubles(locale, code.face);
    let ended = code.ended_at.map(|at| format::date_long(locale, BusinessDate::of(at))).unwrap_or_default();
    let figures = match refusal {
        RedeemRefusal::AlreadyRedeemed => {
            let inn = code.redeemed_inn.clone().unwrap_or_default();
            td_string!(locale, codes.redeemed_figures, sum = sum, date = ended, inn = inn)
        }
        RedeemRefusal::Revoked => td_string!(locale, codes.revoked_figures, sum = sum, date = ended),
        RedeemRefusal::ClientHasRedeemed { on } => {
            let typed = form.values.get("inn").map_or("", String::as_str);
            let inn = domain::form::inn(typed).map_or_else(|_| typed.to_owned(), |inn| inn.to_string());
            td_string!(locale, codes.client_figures, inn = inn, date = format::date_long(locale, on), sum = sum)
        }
    };
    let text = ViolationText {
        id: refusal.rule(),
        rule: refusal_text(locale, FormRefusal::Redeem(refusal)),
        figures: Some(figures),
        possible: None,
    };
    view! { <div class="verdicts" role="status" id="refusal"><RefusalView locale text/></div> }
}

fn code_view(locale: Locale, code: &BonusCode, form: &FormState) -> Result<AnyView, AppError> {
    let state = code.state.parse::<CodeState>().map_err(service::Error::unexpected)?;
    let word = match state {
        CodeState::Issued => td_string!(locale, codes.state_name.issued),
        CodeState::Redeemed => td_string!(locale, codes.state_name.redeemed),
        CodeState::Revoked => td_string!(locale, codes.state_name.revoked),
    };
    let redeemed = code.redeemed_inn.clone().map(|inn| view! { <p>{td_string!(locale, codes.redeemed_by, inn = inn)}</p> });
    let text = code.code.parse::<CodeText>().map_err(service::Error::unexpected)?.grouped();
    let forms = (state == CodeState::Issued).then(|| forms_view(locale, code, &text, form).into_any());
    Ok(view! {
        <section class="card stack" aria-labelledby="code-title">
            <h2 class="card-title" id="code-title"><span class="code">{text}</span></h2>
            <dl class="dl">
                <div><dt>{td_string!(locale, codes.state)}</dt><dd>{word}</dd></div>
                <div><dt>{td_string!(locale, codes.face)}</dt><dd class="figures">{format::roubles(locale, code.face)}</dd></div>
                <div><dt>{td_string!(locale, codes.partner)}</dt><dd><a href=paths::staff_partner(code.partner_id)>{code.partner_name.clone()}</a></dd></div>
                <div><dt>{td_string!(locale, codes.request)}</dt><dd><a class="figures" href=paths::staff_request(&code.reference)>{code.reference.clone()}</a></dd></div>
                <div><dt>{td_string!(locale, codes.issued)}</dt><dd><InstantText locale at=code.issued_at/></dd></div>
            </dl>
            {redeemed}
        </section>
        {forms}
    }
    .into_any())
}

fn forms_view(locale: Locale, code: &BonusCode, text: &str, form: &FormState) -> impl IntoView + use<> {
    let only_fields = FormState { values: form.values.clone(), problems: form.problems.clone(), ..FormState::default() };
    let labels = vec![("inn", td_string!(locale, codes.inn).to_owned()), ("reason", td_string!(locale, codes.reason).to_owned())];
    view! {
        <ErrorSummary locale form=only_fields labels/>
        <div class="card-grid">
            <section class="card stack" aria-labelledby="redeem-title">
                <h2 class="card-title" id="redeem-title">{td_string!(locale, codes.redeem_title)}</h2>
                <form class="form" method="post" action=paths::API_CODE_REDEEM>
                    <HiddenField name="code" value=code.code.clone()/>
                    <Field locale field=form.field("inn") label=td_string!(locale, codes.inn) control=Control::Text maximum_length=20/>
                    <SubmitButton label=td_string!(locale, codes.redeem, sum = format::roubles(locale, code.face))/>
                </form>
            </section>
            <section class="card stack" aria-labelledby="revoke-title">
                <h2 class="card-title" id="revoke-title">{td_string!(locale, codes.revoke_title)}</h2>
                {revoke_view(locale, code, text, form)}
            </section>
        </div>
    }
}

/// Revoking asks once, in the page; the button names the code by its last group.
fn revoke_view(locale: Locale, code: &BonusCode, text: &str, form: &FormState) -> impl IntoView + use<> {
    let sum = format::roubles(locale, code.face);
    let ending = text.rsplit('-').next().unwrap_or(text).to_owned();
    view! {
        <details class="disclosure" open=form.problems.contains_key("reason")>
            <summary>{td_string!(locale, codes.revoke)}</summary>
            <form class="form" method="post" action=paths::API_CODE_REVOKE>
                <p>{td_string!(locale, codes.revoke_question, code = text.to_owned(), sum = sum)}</p>
                <HiddenField name="code" value=code.code.clone()/>
                <Field
                    locale
                    field=form.field("reason")
                    label=td_string!(locale, codes.reason)
                    hint=td_string!(locale, codes.reason_hint).to_owned()
                    control=Control::TextArea
                    maximum_length=2000
                />
                <div class="actions">
                    <SubmitButton destructive=true label=td_string!(locale, codes.revoke_confirm, ending = ending)/>
                </div>
            </form>
        </details>
    }
}
