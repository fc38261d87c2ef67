//! The rules of the programme in plain sentences, each under its id: what the quiet link of a verdict leads to.

use domain::request::RequestKind;
use domain::rule::Rule;
use domain::terms::Terms;
use leptos::prelude::*;

use crate::components::request::{decision_time, kind_name};
use crate::context::services;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::page::{Page, public_page};

/// Every rule that the portal cites.
#[component]
pub fn RulesPage() -> impl IntoView {
    public_page(async |state| {
        let locale = state.locale;
        let terms = services()?.terms_in_force().await?;
        let title = td_string!(locale, public.rules.title);
        let rules: Vec<_> = Rule::ALL
            .iter()
            .map(|rule| {
                view! {
                    <div id=rule.id()>
                        <dt>{rule.id()}</dt>
                        <dd>{rule_sentence(locale, *rule, &terms)}</dd>
                    </div>
                }
            })
            .collect();
        let times: Vec<_> = RequestKind::ALL
            .into_iter()
            .map(|kind| view! { <div><dt>{kind_name(locale, kind)}</dt><dd>{decision_time(locale, kind)}</dd></div> })
            .collect();
        Ok(Page::new(
            title,
            view! {
                <section class="card stack">
                    <h1>{title}</h1>
                    <p>{td_string!(locale, public.rules.lead)}</p>
                    <dl class="dl">{rules}</dl>
                </section>
                <section class="card stack" aria-labelledby="decision-title">
                    <h2 class="card-title" id="decision-title">{td_string!(locale, public.rules.decision_title)}</h2>
                    <p>{td_string!(locale, public.rules.decision_lead)}</p>
                    <dl class="dl">{times}</dl>
                </section>
            },
        ))
    })
}

/// A rule in one plain sentence, with the numbers of the terms.
fn rule_sentence(locale: Locale, rule: Rule, terms: &Terms) -> String {
    let revenue = || format::money(locale, terms.minimum_monthly_revenue);
    let sentence = match rule {
        Rule::Case1 => return td_string!(locale, public.rules.sentence.case_1, amount = format::money(locale, terms.case_bonus)),
        Rule::Cloudovka1 => td_string!(locale, public.rules.sentence.cloud_1),
        Rule::Cloudovka2 => return td_string!(locale, public.rules.sentence.cloud_2, count = terms.cloudovka_grace_months),
        Rule::Comarketing1 => {
            let share = format::percent(locale, terms.comarketing_minimum_share);
            return td_string!(locale, public.rules.sentence.comk_1, share = share);
        }
        Rule::Code1 => return td_string!(locale, public.rules.sentence.code_1, count = terms.codes_per_quarter),
        Rule::Code2 => {
            return td_string!(locale, public.rules.sentence.code_2, amount = format::roubles(locale, terms.codes_value_per_quarter));
        }
        Rule::Code3 => td_string!(locale, public.rules.sentence.code_3),
        Rule::Code4 => {
            let minimum = terms.code_minimum_face;
            return td_string!(locale, public.rules.sentence.code_4, minimum = minimum, most = terms.codes_per_request);
        }
        Rule::Code5 => td_string!(locale, public.rules.sentence.code_5),
        Rule::Code6 => td_string!(locale, public.rules.sentence.code_6),
        Rule::Free1 => return td_string!(locale, public.rules.sentence.free_1, count = terms.free_months_per_client),
        Rule::Free2 => td_string!(locale, public.rules.sentence.free_2),
        Rule::Free3 => return td_string!(locale, public.rules.sentence.free_3, count = terms.free_month_gap),
        Rule::Free4 => td_string!(locale, public.rules.sentence.free_4),
        Rule::Free5 => return td_string!(locale, public.rules.sentence.free_5, count = terms.free_month_horizon),
        Rule::Free6 => td_string!(locale, public.rules.sentence.free_6),
        Rule::Level1 => td_string!(locale, public.rules.sentence.lvl_1),
        Rule::Level2 => return td_string!(locale, public.rules.sentence.lvl_2, count = terms.first_window_months, amount = revenue()),
        Rule::Level3 => td_string!(locale, public.rules.sentence.lvl_3),
        Rule::Level4 => td_string!(locale, public.rules.sentence.lvl_4),
        Rule::Level5 => return td_string!(locale, public.rules.sentence.lvl_5, amount = revenue()),
        Rule::Level6 => return td_string!(locale, public.rules.sentence.lvl_6, count = terms.return_window_months, amount = revenue()),
        Rule::Level7 => td_string!(locale, public.rules.sentence.lvl_7),
        Rule::Level8 => td_string!(locale, public.rules.sentence.lvl_8),
        Rule::Model1 => td_string!(locale, public.rules.sentence.model_1),
        Rule::Model2 => td_string!(locale, public.rules.sentence.model_2),
        Rule::Lead1 => td_string!(locale, public.rules.sentence.lead_1),
        Rule::Ledger1 => td_string!(locale, public.rules.sentence.led_1),
        Rule::Ledger2 => td_string!(locale, public.rules.sentence.led_2),
        Rule::Presale1 => td_string!(locale, public.rules.sentence.pres_1),
        Rule::Rate1 => {
            let rates = &terms.rates;
            let share = |rate| format::percent(locale, rate);
            return td_string!(
                locale,
                public.rules.sentence.rate_1,
                referral = share(rates.referral),
                reseller = share(rates.reseller),
                agent = share(rates.agent),
                white_label = share(rates.white_label)
            );
        }
        Rule::Rate2 => return td_string!(locale, public.rules.sentence.rate_2, share = format::percent(locale, terms.rates.referral)),
        Rule::Rate3 => td_string!(locale, public.rules.sentence.rate_3),
        Rule::Rate4 => td_string!(locale, public.rules.sentence.rate_4),
        Rule::Rebate1 => return td_string!(locale, public.rules.sentence.reb_1, share = format::percent(locale, terms.rebate_kvm)),
        Rule::Rebate2 => return td_string!(locale, public.rules.sentence.reb_2, share = format::percent(locale, terms.rebate_mont_office)),
        Rule::Rebate3 => return td_string!(locale, public.rules.sentence.reb_3, share = format::percent(locale, terms.rebate_growth)),
        Rule::Rebate4 => td_string!(locale, public.rules.sentence.reb_4),
        Rule::Rebate5 => td_string!(locale, public.rules.sentence.reb_5),
        Rule::Sales1 => td_string!(locale, public.rules.sentence.sales_1),
        Rule::Telegram1 => {
            let (least, most) = (format::money(locale, terms.comment_bonus_minimum), format::money(locale, terms.comment_bonus_maximum));
            return td_string!(locale, public.rules.sentence.tg_1, least = least, most = most);
        }
        Rule::Terms1 => td_string!(locale, public.rules.sentence.term_1),
        Rule::Privilege1 => td_string!(locale, public.rules.sentence.priv_1),
        Rule::Trial1 => return td_string!(locale, public.rules.sentence.trial_1, count = terms.trial_days_basic),
        Rule::Usage1 => td_string!(locale, public.rules.sentence.use_1),
        Rule::Usage2 => td_string!(locale, public.rules.sentence.use_2),
        Rule::Usage3 => td_string!(locale, public.rules.sentence.use_3),
        Rule::Usage4 => td_string!(locale, public.rules.sentence.use_4),
    };
    sentence.to_owned()
}
