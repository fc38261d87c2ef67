//! Texts that others typed.

/// The text without what no file should carry: NUL and the other control characters, line breaks and tabs excepted.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|&character| !character.is_control() || matches!(character, '\t' | '\n' | '\r')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_dropped_and_line_breaks_stay() {
        assert_eq!(printable("a\0b\u{7f}\u{85}\u{1b}[0m\r\n\tc"), "ab[0m\r\n\tc");
    }
}
