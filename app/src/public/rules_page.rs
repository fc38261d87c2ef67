//! The rules of the programme in plain sentences, each under its id: what the quiet link of a verdict leads to.

use domain::rule::Rule;
use leptos::prelude::*;

use crate::i18n::{Locale, td_string};
use crate::page::{Page, public_page};

/// Every rule that the portal cites.
#[component]
pub fn RulesPage() -> impl IntoView {
    public_page(async |state| {
        let locale = state.locale;
        let title = td_string!(locale, public.rules.title);
        let rules: Vec<_> = Rule::ALL
            .iter()
            .map(|rule| {
                view! {
                    <div id=rule.id()>
                        <dt>{rule.id()}</dt>
                        <dd>{rule_sentence(locale, *rule)}</dd>
                    </div>
                }
            })
            .collect();
        Ok(Page::new(
            title,
            view! {
                <section class="card stack">
                    <h1>{title}</h1>
                    <p>{td_string!(locale, public.rules.lead)}</p>
                    <dl class="dl">{rules}</dl>
                </section>
            },
        ))
    })
}

/// A rule in one plain sentence.
pub fn rule_sentence(locale: Locale, rule: Rule) -> &'static str {
    match rule {
        Rule::Code1 => td_string!(locale, public.rules.sentence.code_1),
        Rule::Code2 => td_string!(locale, public.rules.sentence.code_2),
        Rule::Code3 => td_string!(locale, public.rules.sentence.code_3),
        Rule::Code4 => td_string!(locale, public.rules.sentence.code_4),
        Rule::Code5 => td_string!(locale, public.rules.sentence.code_5),
        Rule::Code6 => td_string!(locale, public.rules.sentence.code_6),
        Rule::Free1 => td_string!(locale, public.rules.sentence.free_1),
        Rule::Free2 => td_string!(locale, public.rules.sentence.free_2),
        Rule::Free3 => td_string!(locale, public.rules.sentence.free_3),
        Rule::Free4 => td_string!(locale, public.rules.sentence.free_4),
        Rule::Free5 => td_string!(locale, public.rules.sentence.free_5),
        Rule::Free6 => td_string!(locale, public.rules.sentence.free_6),
        Rule::Level1 => td_string!(locale, public.rules.sentence.lvl_1),
        Rule::Level2 => td_string!(locale, public.rules.sentence.lvl_2),
        Rule::Level3 => td_string!(locale, public.rules.sentence.lvl_3),
        Rule::Level4 => td_string!(locale, public.rules.sentence.lvl_4),
        Rule::Level5 => td_string!(locale, public.rules.sentence.lvl_5),
        Rule::Level6 => td_string!(locale, public.rules.sentence.lvl_6),
        Rule::Level7 => td_string!(locale, public.rules.sentence.lvl_7),
        Rule::Level8 => td_string!(locale, public.rules.sentence.lvl_8),
        Rule::Model1 => td_string!(locale, public.rules.sentence.model_1),
        Rule::Model2 => td_string!(locale, public.rules.sentence.model_2),
        Rule::Privilege1 => td_string!(locale, public.rules.sentence.priv_1),
        Rule::Trial1 => td_string!(locale, public.rules.sentence.trial_1),
        Rule::Usage1 => td_string!(locale, public.rules.sentence.use_1),
        Rule::Usage2 => td_string!(locale, public.rules.sentence.use_2),
        Rule::Usage3 => td_string!(locale, public.rules.sentence.use_3),
        Rule::Usage4 => td_string!(locale, public.rules.sentence.use_4),
    }
}
