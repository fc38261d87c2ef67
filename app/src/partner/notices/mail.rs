//! The e-mail of a notice: its words as plain text and as HTML. `server` makes a message of them and hands it to a mail server.
//!
//! Nothing in it is loaded from anywhere: a logo comes with it. And what people typed is escaped. Its one link leads to the portal's own address, which comes
//! from the configuration and never from a request.

use chrono::{DateTime, Utc};
use domain::brand::BrandContent;
use service::notices::News;

use super::words::words;
use crate::format;
use crate::i18n::{Locale, td_string};
use crate::paths;

/// The longest subject, in characters.
const SUBJECT_LENGTH: usize = 150;

/// An e-mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailText {
    /// One line without control characters.
    pub subject: String,
    /// The whole as plain text.
    pub plain: String,
    /// The whole as a page of HTML.
    pub html: String,
}

/// What is told, to whom, and from where.
#[derive(Clone, Copy, Debug)]
pub struct MailOf<'a> {
    /// How the portal addresses the person.
    pub display_name: &'a str,
    /// Which notice.
    pub notice_id: i64,
    /// What happened.
    pub news: &'a News,
    /// When.
    pub at: DateTime<Utc>,
    /// Where people reach the portal: `https://portal.example.com`.
    pub origin: &'a str,
    /// The brand it comes under; none of the provider's own.
    pub brand: Option<&'a BrandContent>,
    /// Whether the brand's logo for light grounds comes with it, as the part [`LOGO_PART`].
    pub logo: bool,
}

/// The name (`Content-ID`) of the part that is a brand's logo.
pub const LOGO_PART: &str = "logo";
/// How high a logo is shown in a letter, pixels.
const LOGO_HEIGHT: u32 = 32;

/// The e-mail of a notice in a language.
pub fn mail(locale: service::Locale, of: MailOf<'_>) -> MailText {
    let locale = match locale {
        service::Locale::Ru => Locale::ru,
        service::Locale::En => Locale::en,
    };
    let words = words(locale, of.news);
    let subject = one_line(&words.subject, SUBJECT_LENGTH);
    let link = format!("{}{}", of.origin, paths::partner_notice(of.notice_id));
    let settings = format!("{}{}", of.origin, paths::PARTNER_NOTICES);
    let greeting = td_string!(locale, notices.mail.greeting, name = one_line(of.display_name, SUBJECT_LENGTH));
    let instant = td_string!(locale, notices.mail.instant, instant = format::instant(locale, of.at));
    let open = td_string!(locale, notices.mail.open);
    let why = td_string!(locale, notices.mail.why);
    let portal = of.brand.map_or_else(|| td_string!(locale, common.portal).to_owned(), |brand| brand.name.to_string());
    // The partner's own line, where it wrote one.
    let footer = of.brand.and_then(|brand| brand.footer.as_ref()).map(ToString::to_string);
    // A colour is printed from its numbers, and the name of a brand is legible in it on white: it could not be published else.
    let head = of.brand.map(|brand| {
        let name = escaped(&portal);
        let mark = if of.logo { format!("<img src=\"cid:{LOGO_PART}\" alt=\"{name}\" height=\"{LOGO_HEIGHT}\">") } else { name };
        format!(
            "<p style=\"margin:0 0 24px;padding:0 0 12px;border-bottom:3px solid {colour};color:{colour};font-size:20px;font-weight:600\">{mark}</p>\n",
            colour = brand.heading_colour(),
        )
    });

    let quoted = words.quote.as_ref().map(|quote| {
        let lines: Vec<String> = quote.lines().map(|line| format!("> {line}\n")).collect();
        lines.concat() + "\n"
    });
    let plain = format!(
        "{greeting}\n\n{}\n\n{}{open}: {link}\n\n{instant}\n\n-- \n{portal}\n{}{why} {settings}\n",
        words.text,
        quoted.unwrap_or_default(),
        footer.as_ref().map(|footer| format!("{footer}\n")).unwrap_or_default(),
    );
    let quote = words.quote.as_ref().map(|quote| {
        let lines: Vec<String> = quote.lines().map(escaped).collect();
        format!(
            "<blockquote style=\"margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #c7ccd6\">{}</blockquote>\n",
            lines.join("<br>")
        )
    });
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{subject}</title></head>\n\
         <body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1b1f27;background:#fff\">\n<div style=\"max-width:36em\">\n\
         {head}<p>{greeting}</p>\n<p>{text}</p>\n{quote}<p><a href=\"{link}\">{open}</a></p>\n\
         <p style=\"color:#5b6472\">{instant}</p>\n<hr style=\"border:0;border-top:1px solid #dfe3ea\">\n\
         <p style=\"color:#5b6472;font-size:14px\">{portal}. {footer}{why} <a href=\"{settings}\">{settings}</a></p>\n</div>\n</body>\n</html>\n",
        language = leptos_i18n::Locale::as_str(locale),
        subject = escaped(&subject),
        greeting = escaped(&greeting),
        text = escaped(&words.text),
        quote = quote.unwrap_or_default(),
        link = escaped(&link),
        open = escaped(open),
        instant = escaped(&instant),
        head = head.unwrap_or_default(),
        portal = escaped(&portal),
        footer = footer.map(|footer| format!("{} ", escaped(&footer))).unwrap_or_default(),
        why = escaped(why),
        settings = escaped(&settings),
    );
    MailText { subject, plain, html }
}

/// A text that stays one line whatever stands in it, and not a long one.
pub fn one_line(text: &str, most: usize) -> String {
    let breaks = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let line: String = text.chars().map(|letter| if breaks(letter) { ' ' } else { letter }).take(most).collect();
    line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text as HTML shows it. The control characters that no HTML may hold are left out.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter if letter.is_control() => html.push(' '),
            letter => html.push(letter),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use domain::money::Money;
    use domain::request::{RefusalReason, RequestKind};
    use service::notices::Decision;

    use super::*;

    fn of<'a>(news: &'a News, display_name: &'a str) -> MailOf<'a> {
        let at = "2026-10-05T09:00:00Z".parse().expect("an instant");
        MailOf { display_name, notice_id: 7, news, at, origin: "https://portal.example.com", brand: None, logo: false }
    }

    fn refused(text: &str) -> News {
        let decision = Decision::Refused { reason: RefusalReason::LimitReached, text: text.to_owned() };
        News::RequestDecided { reference: "BC-2026-000123".to_owned(), request: RequestKind::BonusCodes, decision }
    }

    #[test]
    fn a_refusal_says_why_in_both_languages_and_leads_to_the_portal() {
        let news = refused("Лимит квартала исчерпан");
        let russian = mail(service::Locale::Ru, of(&news, "Ирина"));
        assert_eq!(russian.subject, "В заявке BC-2026-000123 отказано");
        for text in [&russian.plain, &russian.html] {
            assert!(text.contains("Ирина") && text.contains("Лимит квартала исчерпан"), "{text}");
            assert!(text.contains("https://portal.example.com/partner/notices/7"), "{text}");
        }
        let english = mail(service::Locale::En, of(&news, "Irina"));
        assert_eq!(english.subject, "Request BC-2026-000123 was refused");
        assert!(english.html.contains("lang=\"en\""));
    }

    #[test]
    fn what_people_typed_is_text_and_nothing_is_loaded_from_anywhere() {
        let news = refused("<img src=x onerror=alert(1)>\n\"&'</blockquote><script>");
        let text = mail(service::Locale::Ru, of(&news, "<b>Ирина</b>\r\nBcc: all@example.com"));
        assert!(!text.html.contains("<img") && !text.html.contains("<script") && !text.html.contains("<b>"), "{}", text.html);
        assert!(text.html.contains("&lt;img src=x onerror=alert(1)&gt;<br>&quot;&amp;&#39;"), "{}", text.html);
        for loading in ["src=\"", "url(", "<link", "@import", "http://"] {
            assert!(!text.html.contains(loading), "{loading}");
        }
        assert!(!text.plain.contains("\r\nBcc") && !text.plain.contains("\nBcc"), "{}", text.plain);
    }

    #[test]
    fn a_subject_is_one_line_without_amounts() {
        let month = "2026-10".parse().expect("a month");
        let news = News::MonthClosed { month, accrued: Money::roubles(24_260), corrected: -Money::roubles(5) };
        let text = mail(service::Locale::Ru, of(&news, "Ирина"));
        assert_eq!(text.subject, "Закрыт октябрь\u{a0}2026");
        assert!(text.plain.contains("24\u{a0}260\u{a0}₽"), "{}", text.plain);
        assert_eq!(one_line("a\r\n\tb\0c\u{2028}d  e", 150), "a b c d e");
        assert_eq!(one_line(&"x".repeat(999), SUBJECT_LENGTH).chars().count(), SUBJECT_LENGTH);
    }
}
