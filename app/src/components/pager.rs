//! From page to page of a long list.

use leptos::prelude::*;

use crate::components::icon::{Icon, lucide};
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// Where in a list a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PagePosition {
    /// The page, from 1.
    pub page: i64,
    /// Rows of a page.
    pub page_size: i64,
    /// Rows of the whole list.
    pub total: i64,
}

impl PagePosition {
    fn first(self) -> i64 {
        (self.page - 1) * self.page_size + 1
    }

    fn last(self) -> i64 {
        (self.page * self.page_size).min(self.total)
    }
}

/// Links to the page before and after; nothing where one page holds everything.
#[component]
pub fn Pager(
    /// The language.
    locale: Locale,
    /// Where the page stands.
    position: PagePosition,
    /// The address of the list with its filters, without `page`.
    #[prop(into)]
    address: String,
) -> impl IntoView {
    let link = |page: i64| paths::with_query(&address, &[("page", &page.to_string())]);
    let previous = (position.page > 1).then(|| link(position.page - 1));
    let next = (position.last() < position.total).then(|| link(position.page + 1));
    (previous.is_some() || next.is_some()).then(|| {
        let number = |count| format::number(locale, count);
        view! {
            <nav class="pager" aria-label=td_string!(locale, common.pager.name)>
                {previous.map(|href| view! {
                    <a class="btn btn-sm" rel="prev" href=href>
                        <Icon icon=lucide::LuChevronLeft/>
                        {td_string!(locale, common.pager.previous)}
                    </a>
                })}
                <p>
                    {td_string!(
                        locale,
                        common.pager.position,
                        first = number(position.first()),
                        last = number(position.last()),
                        total = number(position.total)
                    )}
                </p>
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

    fn render(page: i64, total: i64) -> String {
        let position = PagePosition { page, page_size: 20, total };
        Owner::new().with(|| view! { <Pager locale=Locale::ru position address="/partner/clients?q=a"/> }.to_html())
    }

    #[test]
    fn one_page_needs_no_links() {
        assert!(!render(1, 20).contains("<nav"));
    }

    #[test]
    fn a_page_in_the_middle_leads_both_ways_and_keeps_the_filters() {
        let html = render(2, 45);
        assert!(html.contains("page=1") && html.contains("page=3") && html.contains("q=a"), "{html}");
        assert!(html.contains("21–40 из 45"), "{html}");
    }
}
