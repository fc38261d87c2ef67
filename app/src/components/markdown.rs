//! Markdown that people typed, as HTML that can do no harm: no HTML of theirs, no pictures from elsewhere, links to public pages only.

use leptos::prelude::*;
use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Levels of headings that the page around a text has.
const PAGE_LEVELS: usize = 2;

/// Schemes that a link may have.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Markdown as a block of text.
#[component]
pub fn Markdown(
    /// What was typed.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <div class="prose" inner_html=markdown_html(&text)></div> }
}

/// The same as HTML. Everything that a person typed is text, or an element that the parser made of it.
pub fn markdown_html(text: &str) -> String {
    let mut open_links: Vec<bool> = Vec::new();
    let mut level = PAGE_LEVELS;
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES).filter_map(|event| {
        Some(match event {
            // HTML is shown as it was typed.
            Event::Html(typed) | Event::InlineHtml(typed) => Event::Text(typed),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            // The page has its own first and second headings; those that follow leave no level out.
            Event::Start(Tag::Heading { level: typed, .. }) => {
                level = (typed as usize + PAGE_LEVELS).min(level + 1).min(6);
                Event::Start(Tag::Heading { level: heading(level), id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(heading(level))),
            // The parser would make a class of what is typed after a fence, and styles of a table's colons: attributes that people chose.
            Event::Start(Tag::CodeBlock(_)) => Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)),
            Event::Start(Tag::Table(columns)) => Event::Start(Tag::Table(vec![Alignment::None; columns.len()])),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let is_public = is_public(&dest_url);
                open_links.push(is_public);
                if !is_public {
                    return None;
                }
                // Made here, of an address that is escaped: the one way by which an element gets around the parser.
                Event::InlineHtml(CowStr::from(format!("<a href=\"{}\" rel=\"nofollow noopener noreferrer ugc\">", escaped(&dest_url))))
            }
            Event::End(TagEnd::Link) => {
                if open_links.pop() != Some(true) {
                    return None;
                }
                Event::InlineHtml(CowStr::from("</a>"))
            }
            // A picture from elsewhere would tell its server who reads; its words stay.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            other => other,
        })
    });
    let mut written = String::with_capacity(text.len() + text.len() / 4);
    html::push_html(&mut written, events);
    written
}

/// A level of heading by its number; what is no level is the lowest.
fn heading(level: usize) -> HeadingLevel {
    HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6)
}

/// Whether a link leads to a page or a mailbox that everybody can reach: no script, no file, nothing of this portal.
fn is_public(address: &str) -> bool {
    SCHEMES.iter().any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        && !address.chars().any(|letter| letter.is_control() || letter.is_whitespace())
}

/// A text as the value of an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_markdown_becomes_elements() {
        let html = markdown_html("# Итог\n\nСтало **быстрее**:\n\n- раз\n- два\n\n[сайт](https://example.com/a?b=1&c=2)");
        assert!(html.contains("<h3>Итог</h3>") && html.contains("<strong>быстрее</strong>") && html.contains("<li>раз</li>"), "{html}");
        assert!(html.contains("<a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"nofollow noopener noreferrer ugc\">сайт</a>"), "{html}");
    }

    #[test]
    fn headings_leave_no_level_out() {
        let html = markdown_html("## Раздел\n\n#### Глубже\n\n# Сначала");
        assert!(html.contains("<h3>Раздел</h3>") && html.contains("<h4>Глубже</h4>") && html.contains("<h3>Сначала</h3>"), "{html}");
    }

    #[test]
    fn nothing_that_was_typed_becomes_an_element_of_its_own() {
        for typed in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "text <b onclick=alert(1)>b</b>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "[x](/api/sign-out)",
            "[x](//evil.example)",
            "[x](vbscript:x)",
            "![x](https://evil.example/pixel.png)",
            "![x\" onerror=\"alert(1)](javascript:alert(1))",
            "[x](https://example.com/\"onmouseover=\"alert(1))",
            "<javascript:alert(1)>",
            "<div\n><script>alert(1)</script>",
            "[a]: javascript:alert(1)\n\n[a]",
            "<!-- --><svg/onload=alert(1)>",
            "`<script>`\n\n```html\n<script>alert(1)</script>\n```",
        ] {
            let html = markdown_html(typed).to_lowercase();
            let outside = html.replace("<a href=\"https://example.com/", "");
            for forbidden in ["<script", "<img", "<svg", "<b ", "<div", "href=\"javascript", "href=\"data", "href=\"/", "href=\"vbscript"] {
                assert!(!outside.contains(forbidden), "{typed:?} became {html:?}");
            }
            // In text a quote ends nothing; in a tag it would.
            let mut tags = outside.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(tag, _)| tag);
            assert!(tags.all(|tag| !tag.contains("\" on")), "{typed:?} became {html:?}");
        }
    }

    #[test]
    fn nobody_chooses_a_class_or_a_style() {
        let html = markdown_html("```x y\nкод\n```\n\n| раз | два |\n|:-:|--:|\n| 1 | 2 |");
        assert!(html.contains("<pre><code>код") && html.contains("<th>раз</th>") && html.contains("<td>2</td>"), "{html}");
        assert!(!html.contains("class") && !html.contains("style"), "{html}");
    }

    #[test]
    fn a_link_in_a_link_that_is_left_out_closes_what_it_opened() {
        let html = markdown_html("[bad](javascript:x) and [good](https://example.com)");
        assert_eq!(html.matches("<a ").count(), html.matches("</a>").count());
        assert!(html.contains("bad and"), "{html}");
    }
}
