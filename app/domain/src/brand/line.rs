//! What a brand says in words: lines of text and ways to reach its support. Each is one line without anything invisible, so that
//! it can stand in the header of an e-mail as well as on a page.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::editorial::is_public_host;
use crate::form::{FieldProblem, required};

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident by $read:expr),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = FieldProblem;

            fn from_str(text: &str) -> Result<Self, FieldProblem> {
                let read: fn(&str) -> Result<String, FieldProblem> = $read;
                read(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = FieldProblem;

            fn try_from(text: String) -> Result<Self, FieldProblem> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(line: $name) -> Self {
                line.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

lines! {
    /// The name of a brand: 2 to 60 characters.
    BrandName by |text| line(text, 2, 60),
    /// The name that e-mails come from: 2 to 60 characters, none that has a meaning in the header of an e-mail (RFC 5322, 3.2.3).
    SenderName by sender_name,
    /// A line below every page and e-mail: 1 to 200 characters.
    FooterText by |text| line(text, 1, 200),
    /// The e-mail address of a support, of the plain kind: no quoted names, no numbers of a host.
    SupportEmail by email,
    /// The telephone number of a support, as people write it: 5 to 20 digits.
    SupportPhone by phone,
    /// An `https` address of a public host, perhaps with a port.
    WebAddress by web_address,
}

impl SenderName {
    /// What has a meaning in the header of an e-mail.
    const FORBIDDEN: [char; 8] = ['<', '>', '"', '@', ',', ';', ':', '\\'];

    /// The sender of a brand that chose none: its name without what can't stand in a header. Fails if too little is left.
    pub fn of(name: &BrandName) -> Result<Self, FieldProblem> {
        let plain = name.as_str().replace(Self::FORBIDDEN, " ");
        plain.split_whitespace().collect::<Vec<_>>().join(" ").parse()
    }
}

impl SupportPhone {
    /// The address of a link that dials: `tel:` with the digits.
    pub fn href(&self) -> String {
        let dialled = self.0.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+');
        std::iter::once("tel:").map(str::to_owned).chain(dialled.map(String::from)).collect()
    }
}

impl SupportEmail {
    /// The address of a link that writes: `mailto:` with the address.
    pub fn href(&self) -> String {
        format!("mailto:{}", self.0)
    }
}

/// A line of `minimum..=maximum` characters, spaces around it dropped.
fn line(text: &str, minimum: u32, maximum: u32) -> Result<String, FieldProblem> {
    let text = required(text)?;
    if let Some(character) = text.chars().find(|letter| !is_seen(*letter)) {
        return Err(FieldProblem::ForbiddenCharacter { character });
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if length < minimum {
        return Err(FieldProblem::TooShort { minimum });
    }
    if length > maximum {
        return Err(FieldProblem::TooLong { maximum });
    }
    Ok(text.to_owned())
}

fn sender_name(text: &str) -> Result<String, FieldProblem> {
    let line = line(text, 2, 60)?;
    match line.chars().find(|letter| SenderName::FORBIDDEN.contains(letter)) {
        Some(character) => Err(FieldProblem::ForbiddenCharacter { character }),
        None => Ok(line),
    }
}

/// Whether a character is one that a reader sees, or a plain space. Not so are controls and line ends, marks that turn the direction
/// of the text, everything without a width or a shape, and characters that nobody but their owner can name.
fn is_seen(letter: char) -> bool {
    if letter.is_whitespace() {
        return matches!(letter, ' ' | '\u{a0}');
    }
    let is_hidden = matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
        | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}');
    !letter.is_control() && !is_hidden
}

fn email(text: &str) -> Result<String, FieldProblem> {
    let text = required(text)?;
    let is_local = |local: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+');
        (1..=64).contains(&local.len()) && local.bytes().all(is_plain) && local.split('.').all(|part| !part.is_empty())
    };
    let is_domain = |domain: &str| domain.is_ascii() && is_public_host(&domain.to_ascii_lowercase());
    match text.split_once('@') {
        Some((local, domain)) if text.len() <= 254 && is_local(local) && is_domain(domain) => Ok(text.to_owned()),
        _ => Err(FieldProblem::NotAnEmail),
    }
}

fn phone(text: &str) -> Result<String, FieldProblem> {
    // What a copied number brings along.
    let text = required(text)?.replace('\u{a0}', " ").replace(['\u{2010}', '\u{2011}', '\u{2013}'], "-");
    let number = text.strip_prefix('+').unwrap_or(&text);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'(' | b')' | b'-'));
    let fits = is_plain
        && (5..=20).contains(&digits)
        && text.len() <= 40
        && number.starts_with(|letter: char| letter.is_ascii_digit() || letter == '(');
    if fits { Ok(text) } else { Err(FieldProblem::NotAPhone) }
}

/// The largest number of characters of an address.
const LONGEST_ADDRESS: usize = 300;

fn web_address(text: &str) -> Result<String, FieldProblem> {
    let text = required(text)?;
    let is_forbidden =
        |letter: char| letter == ' ' || !is_seen(letter) || letter == '\u{a0}' || matches!(letter, '<' | '>' | '"' | '\'' | '`' | '\\');
    let fits = text.chars().count() <= LONGEST_ADDRESS && !text.chars().any(is_forbidden) && !hides_a_control(text);
    let scheme = text.get(..8).filter(|scheme| fits && scheme.eq_ignore_ascii_case("https://")).ok_or(FieldProblem::NotALink)?;
    let rest = text.get(scheme.len()..).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    // A person before the host (`user@host`) fails too: no name of a host has that sign.
    if is_public_host(&host.to_lowercase()) && port.is_none_or(is_port) { Ok(text.to_owned()) } else { Err(FieldProblem::NotALink) }
}

/// Whether an escape stands for a control character: a line end that somebody may unescape into a header.
fn hides_a_control(address: &str) -> bool {
    address.split('%').skip(1).any(|escaped| {
        let code = escaped.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        code.is_some_and(|code| code.is_ascii_control())
    })
}
