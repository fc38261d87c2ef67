//! Where a text was published: press or a Telegram channel, the link checked for its form and known again when it comes a second time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::BusinessDate;
use crate::form::{self, FieldProblem};
use crate::model::stable_text;

/// Where texts are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A page of the press, or of the provider's site.
    Press,
    /// A post of a public Telegram channel.
    Telegram,
}

stable_text!(Channel { Press => "press", Telegram => "telegram" });

impl Channel {
    /// Both, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Press, Self::Telegram];
}

/// The address of a page that everybody can open, as it was given. It travels as its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link {
    address: String,
    host: String,
    /// Path and query, as given, without the fragment.
    path: String,
    query: Option<String>,
}

/// A text that is no address of a public page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a public https address")]
pub struct LinkError;

/// Hosts under which Telegram shows posts.
const TELEGRAM_HOSTS: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

/// What campaigns and networks add to a query: it changes nothing of the page.
const TRACKING: [&str; 9] = ["fbclid", "gclid", "yclid", "ysclid", "dclid", "_openstat", "openstat", "mc_cid", "mc_eid"];

impl Link {
    /// The largest number of characters.
    pub const LONGEST: usize = 500;

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The host, in small letters.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The channel that its host belongs to.
    pub fn channel(&self) -> Channel {
        if TELEGRAM_HOSTS.contains(&self.host.trim_start_matches("www.")) { Channel::Telegram } else { Channel::Press }
    }

    /// The same for every way to write the address of one page: what finds a duplicate. Host without `www.`, no fragment, no tracking,
    /// the rest of the query in order, no slash at the end; of a Telegram post the channel and the number.
    pub fn key(&self) -> String {
        if let Some((channel, post)) = self.telegram_post() {
            return format!("t.me/{channel}/{post}");
        }
        let host = self.host.strip_prefix("www.").unwrap_or(&self.host);
        let path = normal_escapes(&self.path);
        let mut parameters: Vec<&str> = self.query.iter().flat_map(|query| query.split('&')).filter(|part| !is_tracking(part)).collect();
        parameters.sort_unstable();
        let query = if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
        format!("{host}{}{query}", path.trim_end_matches('/'))
    }

    /// Of a post of a public Telegram channel: the channel in small letters, and the number. `t.me/s/…` is the same post in a browser;
    /// `t.me/c/…` is a private one.
    fn telegram_post(&self) -> Option<(String, u64)> {
        if self.channel() != Channel::Telegram {
            return None;
        }
        let mut parts = self.path.split('/').filter(|part| !part.is_empty());
        let first = parts.next()?;
        let channel = if first == "s" { parts.next()? } else { first };
        let post: u64 = parts.next().filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
        let plain = channel.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_name = plain && (4..=32).contains(&channel.len()) && channel.starts_with(|letter: char| letter.is_ascii_alphabetic());
        (parts.next().is_none() && is_name && post > 0).then(|| (channel.to_ascii_lowercase(), post))
    }
}

impl FromStr for Link {
    type Err = LinkError;

    /// An `https` address with a name of a host, without a port or a person in it.
    fn from_str(text: &str) -> Result<Self, LinkError> {
        let address = text.trim();
        let scheme = address.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).ok_or(LinkError)?;
        let forbidden = |letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>' | '"' | '\\' | '`');
        if address.chars().count() > Self::LONGEST || address.chars().any(forbidden) {
            return Err(LinkError);
        }
        let rest = &address[scheme.len()..];
        let rest = rest.split_once('#').map_or(rest, |(page, _)| page);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, page) = rest.split_at(end);
        let host = host.to_lowercase();
        if !is_public_host(&host) {
            return Err(LinkError);
        }
        let (path, query) = match page.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (page, None),
        };
        Ok(Self { address: address.to_owned(), host, path: path.to_owned(), query })
    }
}

impl TryFrom<String> for Link {
    type Error = LinkError;

    fn try_from(text: String) -> Result<Self, LinkError> {
        text.parse()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.address
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

/// Names that only resolve inside a network or on one machine.
const PRIVATE_ENDINGS: [&str; 7] = ["localhost", "local", "internal", "lan", "home", "test", "invalid"];

/// Whether a host is a name with a dot that could be anybody's: no number of an address, no port, no user.
pub(crate) fn is_public_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let plain = label.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
        !label.is_empty() && label.chars().count() <= 63 && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    let is_name = |label: &&str| label.chars().count() >= 2 && label.starts_with(char::is_alphabetic) && !PRIVATE_ENDINGS.contains(label);
    labels.len() >= 2 && labels.iter().copied().all(is_label) && labels.last().is_some_and(is_name)
}

/// Whether a parameter of a query only says where a reader came from.
fn is_tracking(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.is_empty() || name.starts_with("utm_") || TRACKING.contains(&name.as_str())
}

/// A path with its escapes in capital letters, and none where a plain letter says the same.
fn normal_escapes(path: &str) -> String {
    let mut normal = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        normal.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(code) = code else {
            normal.push('%');
            rest = &rest[at + 1..];
            continue;
        };
        match u8::from_str_radix(code, 16).map(char::from) {
            Ok(letter) if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '~') => normal.push(letter),
            _ => {
                normal.push('%');
                normal.push_str(&code.to_ascii_uppercase());
            }
        }
        rest = &rest[at + 3..];
    }
    normal.push_str(rest);
    normal
}

/// A text that was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Where.
    pub channel: Channel,
    /// The page or the post.
    pub link: Link,
    /// The day in Moscow.
    pub published_on: BusinessDate,
}

/// What is wrong with the fields of a publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationProblems {
    /// Of the channel.
    pub channel: Option<FieldProblem>,
    /// Of the link.
    pub link: Option<FieldProblem>,
    /// Of the day.
    pub published_on: Option<FieldProblem>,
}

impl Publication {
    /// Reads what was typed, today: every problem at once. Whether the link was used before is the database's question, by [`Link::key`].
    pub fn read(channel: &str, link: &str, published_on: &str, today: BusinessDate) -> Result<Self, PublicationProblems> {
        let channel = form::choice::<Channel>(channel);
        let link = link_in(link, channel.ok());
        let published_on = form::date(published_on).and_then(|day| if day > today { Err(FieldProblem::InFuture) } else { Ok(day) });
        match (channel, link, published_on) {
            (Ok(channel), Ok(link), Ok(published_on)) => Ok(Self { channel, link, published_on }),
            (channel, link, published_on) => {
                Err(PublicationProblems { channel: channel.err(), link: link.err(), published_on: published_on.err() })
            }
        }
    }
}

/// Reads a link for a channel, if one was chosen.
fn link_in(text: &str, channel: Option<Channel>) -> Result<Link, FieldProblem> {
    if text.trim().is_empty() {
        return Err(FieldProblem::Required);
    }
    let link: Link = text.parse().map_err(|_| FieldProblem::NotALink)?;
    match channel {
        Some(channel) if channel != link.channel() => Err(FieldProblem::OtherChannel),
        _ if link.channel() == Channel::Telegram && link.telegram_post().is_none() => Err(FieldProblem::NotAPublicPost),
        _ => Ok(link),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::date;

    fn key(text: &str) -> String {
        text.parse::<Link>().unwrap_or_else(|_| panic!("{text}")).key()
    }

    #[test]
    fn only_an_https_address_of_a_public_host_is_a_link() {
        let refused = [
            "",
            "example.ru/a",
            "http://example.ru/a",
            "javascript:alert(1)",
            "https://",
            "https://localhost/a",
            "https://server/a",
            "https://192.168.0.1/a",
            "https://[::1]/a",
            "https://example.ru:8443/a",
            "https://user@example.ru/a",
            "https://user:word@example.ru/",
            "https://exa mple.ru/",
            "https://example.ru/<b>",
            "https://-example.ru/",
            "https://example..ru/",
            "https://example.ru./",
            "https://printer.local/",
            "https://example.r/",
            "https://example.ru\\@evil.ru/",
        ];
        for text in refused {
            assert_eq!(text.parse::<Link>(), Err(LinkError), "{text}");
        }
        assert_eq!(format!("https://example.ru/{}", "a".repeat(500)).parse::<Link>(), Err(LinkError));
        for text in ["https://example.ru", "HTTPS://Example.RU/a?b=c#d", " https://habr.com/ru/articles/1/ ", "https://пример.рф/новость"]
        {
            assert!(text.parse::<Link>().is_ok(), "{text}");
        }
    }

    #[test]
    fn one_page_has_one_key_however_it_is_written() {
        let same = [
            "https://example.ru/news/1",
            "https://www.Example.ru/news/1/",
            "https://example.ru/news/1#top",
            "https://example.ru/news/1?utm_source=tg&utm_medium=post",
            "https://example.ru/news/%31?yclid=5",
            "https://example.ru/news/1?",
        ];
        for text in same {
            assert_eq!(key(text), "example.ru/news/1", "{text}");
        }
        assert_eq!(key("https://example.ru/?b=2&a=1&fbclid=x"), key("https://example.ru?a=1&b=2"));
        assert_ne!(key("https://example.ru/news/1"), key("https://example.ru/news/2"));
        assert_ne!(key("https://example.ru/a?id=1"), key("https://example.ru/a?id=2"));
        assert_eq!(key("https://example.ru/%d0%b0%2f"), key("https://example.ru/%D0%B0%2F"));
    }

    #[test]
    fn a_post_is_known_by_its_channel_and_number() {
        for text in [
            "https://t.me/cloud_news/42",
            "https://telegram.me/Cloud_News/42/",
            "https://t.me/s/cloud_news/42?single",
            "https://www.t.me/cloud_news/042",
        ] {
            assert_eq!(key(text), "t.me/cloud_news/42", "{text}");
        }
    }

    #[test]
    fn every_problem_of_a_publication_is_told_at_once() {
        let today = date("2026-12-01");
        let read = |channel: &str, link: &str, day: &str| Publication::read(channel, link, day, today);
        let problems = read("", "", "02.12.2026").unwrap_err();
        assert_eq!(
            (problems.channel, problems.link, problems.published_on),
            (Some(FieldProblem::Required), Some(FieldProblem::Required), Some(FieldProblem::InFuture))
        );
        let link_problem = |channel, link| read(channel, link, "2026-12-01").err().and_then(|problems| problems.link);
        assert_eq!(link_problem("press", "https://t.me/cloud_news/42"), Some(FieldProblem::OtherChannel));
        assert_eq!(link_problem("telegram", "https://habr.com/ru/articles/1/"), Some(FieldProblem::OtherChannel));
        for private in [
            "https://t.me/c/12345/42",
            "https://t.me/cloud_news",
            "https://t.me/+AbCd",
            "https://t.me/cloud_news/0",
            "https://t.me/cloud_news/1/2/3",
        ] {
            assert_eq!(link_problem("telegram", private), Some(FieldProblem::NotAPublicPost), "{private}");
        }
        assert_eq!(link_problem("press", "ftp://habr.com"), Some(FieldProblem::NotALink));
        let published = read("telegram", "https://t.me/cloud_news/42", "2026-12-01").unwrap();
        assert_eq!((published.channel, published.published_on), (Channel::Telegram, today));
    }

    #[test]
    fn a_link_travels_as_its_text() {
        let link: Link = " https://Example.ru/a#b ".parse().unwrap();
        let json = serde_json::to_string(&link).unwrap();
        assert_eq!(json, "\"https://Example.ru/a#b\"");
        assert_eq!(serde_json::from_str::<Link>(&json).unwrap(), link);
        assert!(serde_json::from_str::<Link>("\"http://example.ru\"").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in prop_oneof![any::<String>(), "https://[a-zа-я0-9./%?&=#@:]{0,40}"]) {
            if let Ok(link) = text.parse::<Link>() {
                let _ = link.key();
                prop_assert_eq!(link.as_str().parse::<Link>(), Ok(link));
            }
        }
    }
}
