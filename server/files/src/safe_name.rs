//! The name a file is shown and saved under.

use std::fmt;
use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::kind::Kind;
use crate::serving::Disposition;

/// The longest name in characters, extension included.
const CHARACTERS: usize = 120;
/// The longest name in bytes of UTF-8; file systems end at 255.
const BYTES: usize = 200;
/// Marks on one letter. Two are a language, ten are a prank.
const MARKS: usize = 2;
/// A file that was sent with no name to speak of.
const NAMELESS: &str = "file";

/// A name that is safe to show, to write into a header and to save a file under, on any system: one extension, that of what was found;
/// letters, digits and little else; no path, nothing invisible, no direction of writing turned round, no device of Windows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SafeName(String);

impl SafeName {
    /// Makes one from what was sent. Always succeeds: a name that consists of what is not allowed becomes `file`.
    pub fn new(sent: &str, kind: Kind) -> Self {
        let sent = last_segment(sent);
        let stem = match extension(sent) {
            Some(extension) => &sent[..sent.len() - extension.len() - 1],
            None => sent,
        };
        let characters: Vec<char> = stem.chars().filter(|c| !is_invisible(*c)).take(CHARACTERS * 8).nfc().collect();
        let mut name = String::new();
        let mut marks = 0;
        for (index, c) in characters.iter().copied().enumerate() {
            let before = index.checked_sub(1).and_then(|before| characters.get(before));
            let between_digits = before.is_some_and(char::is_ascii_digit) && characters.get(index + 1).is_some_and(char::is_ascii_digit);
            marks = if is_combining_mark(c) { marks + 1 } else { 0 };
            let kept = match c {
                // A mark belongs to a letter.
                _ if is_combining_mark(c)
                    && (marks > MARKS || !name.ends_with(char::is_alphanumeric) && !name.ends_with(is_combining_mark)) =>
                {
                    continue;
                }
                // A date, a version. Any other dot would begin a second extension.
                '.' if between_digits => '.',
                _ if c.is_whitespace() => ' ',
                '-' | '–' | '—' | '(' | ')' | '[' | ']' | '№' | ',' | '+' | '«' | '»' => c,
                _ if c.is_alphanumeric() || is_combining_mark(c) => c,
                _ => '_',
            };
            if matches!(kept, ' ' | '_') && name.ends_with(kept) {
                continue;
            }
            name.push(kept);
        }
        // At its end, blanks vanish on Windows; at its beginning, a sign makes an option or a formula of it.
        let trimmed = name
            .trim_matches(|c: char| matches!(c, ' ' | '_' | '.'))
            .trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '[' | '«' | '№'));
        let mut name = if trimmed.chars().any(char::is_alphanumeric) { trimmed.to_owned() } else { NAMELESS.to_owned() };
        if is_reserved(&name) {
            name.insert(0, '_');
        }
        let extension = kind.extension();
        let (characters, bytes) = (CHARACTERS - extension.len() - 1, BYTES - extension.len() - 1);
        while name.len() > bytes || name.chars().count() > characters {
            name.pop();
        }
        let mut name = name.trim_end_matches([' ', '_', '.']).to_owned();
        name.push('.');
        name.push_str(extension);
        // Cutting or dropping may have brought together what has a composed form.
        Self(name.nfc().collect())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of `Content-Disposition` (RFC 6266): the name in ASCII for what knows no better, and the whole of it (RFC 8187).
    pub fn content_disposition(&self, disposition: Disposition) -> String {
        let kind = match disposition {
            Disposition::Inline => "inline",
            Disposition::Attachment => "attachment",
        };
        let plain: String = self.0.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
        let mut value = format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''");
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
                value.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(value, "%{byte:02X}");
            }
        }
        value
    }
}

impl fmt::Display for SafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name as it was sent, for telling its sender of it: on one line, nothing invisible, not too long. Never to save anything under.
pub fn readable_name(sent: &str) -> String {
    let visible = last_segment(sent).chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_whitespace() { ' ' } else { c });
    visible.take(CHARACTERS).collect::<String>().trim().to_owned()
}

/// What stands behind the last separator of either world.
fn last_segment(sent: &str) -> &str {
    sent.rsplit(['/', '\\']).next().unwrap_or(sent)
}

/// The extension of a name as it was sent, without the dot. A name that ends in a dot, or whose last dot begins no word, has none.
pub(crate) fn extension(sent: &str) -> Option<&str> {
    let (_, extension) = last_segment(sent).rsplit_once('.')?;
    let is_word = (1..=10).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric());
    // `Act 12.03.2026` ends in a year.
    (is_word && !extension.bytes().all(|byte| byte.is_ascii_digit())).then_some(extension)
}

/// Characters that are not seen, or that change how others are.
fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Names that are devices on Windows, whatever follows the first dot.
fn is_reserved(stem: &str) -> bool {
    let stem = stem.split('.').next().unwrap_or(stem).trim_end().to_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut characters = number.chars();
        let digit = characters.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
        digit && characters.next().is_none()
    })
}
