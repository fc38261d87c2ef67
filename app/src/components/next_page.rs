//! From page to page of a list that is continued after its last line, without a count of all lines.

use leptos::prelude::*;

use crate::components::icon::{Icon, lucide};
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The name of the place in the address.
pub const AFTER: &str = "after";

/// Links to the beginning and to the lines that follow; nothing where one page holds everything.
#[component]
pub fn NextPage(
    /// The language.
    locale: Locale,
    /// The address of the list with its filters, without [`AFTER`].
    #[prop(into)]
    address: String,
    /// The place this page begins at; none at the beginning.
    #[prop(into)]
    after: Option<String>,
    /// The place where the next page begins; none at the end.
    #[prop(into)]
    next: Option<String>,
) -> impl IntoView {
    let next = next.map(|place| paths::with_query(&address, &[(AFTER, &place)]));
    let beginning = after.map(|_| address);
    (beginning.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=td_string!(locale, common.pager.name)>
                {beginning.map(|href| view! {
                    <a class="btn btn-sm" rel="first" href=href>
                        <Icon icon=lucide::LuChevronsLeft/>
                        {td_string!(locale, common.pager.beginning)}
                    </a>
                })}
                {next.map(|href| view! {
                    <a class="btn btn-sm" rel="next" href=href>
                        {td_string!(locale, common.pager.next)}
                        <Icon icon=lucide::LuChevronRight/>
                    </a>
                })}
            </nav>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(after: Option<&str>, next: Option<&str>) -> String {
        let (after, next) = (after.map(str::to_owned), next.map(str::to_owned));
        Owner::new().with(|| view! { <NextPage locale=Locale::ru address="/partner/requests?kind=free_month" after next/> }.to_html())
    }

    #[test]
    fn one_page_needs_no_links() {
        assert!(!render(None, None).contains("<nav"));
    }

    #[test]
    fn a_page_in_the_middle_leads_on_and_back_and_keeps_the_filters() {
        let html = render(Some("1_a"), Some("2_b"));
        assert!(html.contains("kind=free_month&amp;after=2_b") || html.contains("kind=free_month&after=2_b"), "{html}");
        assert!(html.contains(r#"rel="first""#), "{html}");
    }
}
