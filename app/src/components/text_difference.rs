//! What changed between two versions of a text, for a person to read.

use domain::editorial::{Change, difference};
use leptos::prelude::*;

use crate::i18n::{Locale, td_string};

/// The later text with what was removed struck through and what was added marked; said in words to those who do not see it.
#[component]
pub fn TextDifference(
    /// The language.
    locale: Locale,
    /// The earlier text.
    #[prop(into)]
    earlier: String,
    /// The later text.
    #[prop(into)]
    later: String,
) -> impl IntoView {
    let pieces: Vec<_> = difference(&earlier, &later)
        .into_iter()
        .map(|piece| match piece.change {
            Change::Same => view! { <span>{piece.text}</span> }.into_any(),
            Change::Removed => {
                let word = td_string!(locale, editorial.removed);
                view! { <del><span class="visually-hidden">{word}": "</span>{piece.text}</del> }.into_any()
            }
            Change::Added => {
                let word = td_string!(locale, editorial.added);
                view! { <ins><span class="visually-hidden">{word}": "</span>{piece.text}</ins> }.into_any()
            }
        })
        .collect();
    view! { <div class="text-difference">{pieces}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_and_added_is_marked() {
        let html = view! { <TextDifference locale=Locale::ru earlier="12 серверов" later="14 серверов <b>"/> }.to_html();
        assert!(html.contains("12</del>") && html.contains("14</ins>"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }
}
