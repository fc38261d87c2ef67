//! HTML as text, for a region that the browser writes anew on every key.
//!
//! A view is compiled once for every way it can come about: built, taken over from the server, changed. For tables that come anew as a whole
//! that is much code for a browser to load; text is written one way only, by the server and by the browser alike.

use domain::calendar::{BusinessDate, Month};
use domain::money::Money;
use domain::rule::Rule;

use crate::components::data_table::Column;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// HTML that is being written. Names of elements and attributes are constants of the program; every text and every value is escaped.
#[derive(Debug, Default)]
pub struct Markup {
    html: String,
}

impl Markup {
    /// The HTML written so far.
    pub fn into_html(self) -> String {
        self.html
    }

    /// Opens an element. Attributes without a value are left out.
    pub fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.html.push('<');
        self.html.push_str(tag);
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            self.text(value);
            self.html.push('"');
        }
        self.html.push('>');
    }

    /// Closes an element.
    pub fn close(&mut self, tag: &'static str) {
        self.html.push_str("</");
        self.html.push_str(tag);
        self.html.push('>');
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                other => self.html.push(other),
            }
        }
    }

    /// An element that holds text.
    pub fn element(&mut self, tag: &'static str, attributes: &[(&'static str, &str)], text: &str) {
        self.open(tag, attributes);
        self.text(text);
        self.close(tag);
    }

    /// Opens what [`DataTable`](crate::components::data_table::DataTable) is; the rows follow, then [`Markup::close_table`].
    pub fn open_table(&mut self, caption: &str, columns: &[Column]) {
        self.open("div", &[("role", "group"), ("tabindex", "0"), ("aria-label", caption), ("class", "table-frame")]);
        self.open("table", &[("class", "data-table")]);
        self.element("caption", &[("class", "visually-hidden")], caption);
        self.open("thead", &[]);
        self.open("tr", &[]);
        for column in columns {
            self.element("th", &[("scope", "col"), ("class", column.class.unwrap_or_default())], &column.label);
        }
        self.close("tr");
        self.close("thead");
        self.open("tbody", &[]);
    }

    /// Closes what [`Markup::open_table`] opened.
    pub fn close_table(&mut self) {
        for tag in ["tbody", "table", "div"] {
            self.close(tag);
        }
    }

    /// What [`MoneyText`](crate::components::money::MoneyText) is.
    pub fn money(&mut self, locale: Locale, amount: Money) {
        self.element("data", &[("value", &amount.to_string()), ("class", "money")], &format::money(locale, amount));
    }

    /// A day or a month in the words of the reader: what the components of [`date`](crate::components::date) are.
    fn time(&mut self, machine: &str, words: &str) {
        self.element("time", &[("datetime", machine)], words);
    }

    /// What [`DateText`](crate::components::date::DateText) is.
    pub fn date(&mut self, locale: Locale, date: BusinessDate) {
        self.time(&date.to_string(), &format::date_long(locale, date));
    }

    /// What [`ShortDate`](crate::components::date::ShortDate) is.
    pub fn short_date(&mut self, locale: Locale, date: BusinessDate) {
        self.time(&date.to_string(), &format::date_short(locale, date));
    }

    /// What [`MonthText`](crate::components::date::MonthText) is.
    pub fn month(&mut self, locale: Locale, month: Month) {
        self.time(&month.to_string(), &format::month(locale, month));
    }

    /// What [`RuleLink`](crate::components::verdict::RuleLink) is.
    pub fn rule(&mut self, locale: Locale, rule: Rule) {
        let label = td_string!(locale, verdict.rule_link, id = rule.id());
        self.element("a", &[("href", &paths::rule(rule)), ("aria-label", &label), ("class", "rule-id")], rule.id());
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::*;
    use crate::components::data_table::DataTable;
    use crate::components::date::{DateText, MonthText, ShortDate};
    use crate::components::money::MoneyText;
    use crate::components::verdict::RuleLink;

    const LOCALE: Locale = Locale::ru;

    /// The HTML of a view without the marks between its parts and without empty classes.
    fn html_of<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
        Owner::new().with(|| view().to_html()).replace("<!>", "").replace(" class=\"\"", "")
    }

    fn written(write: impl FnOnce(&mut Markup)) -> String {
        let mut markup = Markup::default();
        write(&mut markup);
        markup.into_html()
    }

    #[test]
    fn what_is_written_is_what_the_components_show() {
        let day: BusinessDate = "2026-11-05".parse().expect("a date");
        let amount = Money::kopecks(-123_450);
        assert_eq!(written(|out| out.money(LOCALE, amount)), html_of(|| view! { <MoneyText locale=LOCALE amount/> }));
        assert_eq!(written(|out| out.date(LOCALE, day)), html_of(|| view! { <DateText locale=LOCALE date=day/> }));
        assert_eq!(written(|out| out.short_date(LOCALE, day)), html_of(|| view! { <ShortDate locale=LOCALE date=day/> }));
        assert_eq!(written(|out| out.month(LOCALE, day.month())), html_of(|| view! { <MonthText locale=LOCALE month=day.month()/> }));
        let rule = Rule::Rebate1;
        assert_eq!(written(|out| out.rule(LOCALE, rule)), html_of(|| view! { <RuleLink locale=LOCALE rule/> }));
        let columns = vec![Column::text("Что & где"), Column::figure("Сумма")];
        let table = written(|out| {
            out.open_table("Итог & месяц", &columns);
            out.open("tr", &[]);
            out.element("td", &[], "1 < 2");
            out.close("tr");
            out.close_table();
        });
        let shown = html_of(|| {
            view! {
                <DataTable caption="Итог & месяц" columns>
                    <tr>
                        <td>"1 < 2"</td>
                    </tr>
                </DataTable>
            }
        });
        assert_eq!(table, shown);
    }

    #[test]
    fn a_text_can_not_become_an_element_or_leave_its_attribute() {
        let html = written(|out| out.element("p", &[("title", "\"><script>"), ("class", "")], "<img src=x onerror=\"a\"> & 'b'"));
        assert_eq!(html, "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;img src=x onerror=&quot;a&quot;&gt; &amp; 'b'</p>");
    }
}
