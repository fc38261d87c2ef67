//! Topics of news: their names, and the boxes by which they are chosen.

use std::collections::BTreeMap;

use domain::telegram_comment::{NewsItem, Topic, Topics, topic_field};
use leptos::prelude::*;

use crate::form::{FieldProblem, control_id, problem_text};
use crate::i18n::{Locale, td_string};

/// The name of a topic.
pub fn topic_name(locale: Locale, topic: Topic) -> &'static str {
    match topic {
        Topic::Cloud => td_string!(locale, telegram_comments.topic.cloud),
        Topic::Containers => td_string!(locale, telegram_comments.topic.containers),
        Topic::Databases => td_string!(locale, telegram_comments.topic.databases),
        Topic::Security => td_string!(locale, telegram_comments.topic.security),
        Topic::ArtificialIntelligence => td_string!(locale, telegram_comments.topic.artificial_intelligence),
        Topic::ImportSubstitution => td_string!(locale, telegram_comments.topic.import_substitution),
        Topic::Regulation => td_string!(locale, telegram_comments.topic.regulation),
        Topic::Market => td_string!(locale, telegram_comments.topic.market),
    }
}

/// The names of several topics in one line.
pub fn topic_names(locale: Locale, topics: &Topics) -> String {
    topics.iter().map(|topic| topic_name(locale, *topic)).collect::<Vec<_>>().join(", ")
}

/// A box for every topic.
#[component]
pub fn TopicBoxes(
    /// The language.
    locale: Locale,
    /// What is chosen by them.
    #[prop(into)]
    label: String,
    /// Those that are ticked.
    chosen: Topics,
    /// How many partners each reaches, beside its name.
    #[prop(optional)]
    reach: BTreeMap<Topic, u32>,
    /// What is wrong with the choice.
    #[prop(optional_no_strip)]
    problem: Option<FieldProblem>,
) -> impl IntoView {
    let id = control_id(NewsItem::TOPICS);
    let problem_id = format!("{id}-problem");
    let described_by = problem.map(|_| problem_id.clone());
    let boxes: Vec<_> = Topic::ALL
        .into_iter()
        .map(|topic| {
            let name = topic_name(locale, topic);
            let label = match reach.get(&topic) {
                None => name.to_owned(),
                Some(count) => format!("{name}: {}", td_string!(locale, telegram_comments.partners, count = *count)),
            };
            view! {
                <label class="choice">
                    <input
                        class="checkbox"
                        type="checkbox"
                        name=topic_field(topic)
                        value="true"
                        checked=chosen.contains(&topic)
                        aria-describedby=described_by.clone()
                    />
                    <span>{label}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="choices" id=id tabindex="-1">
            <legend>{label}</legend>
            {problem.map(|problem| view! { <p class="field__error" id=problem_id>{problem_text(locale, &problem)}</p> })}
            {boxes}
        </fieldset>
    }
}
