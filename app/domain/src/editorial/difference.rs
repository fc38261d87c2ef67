//! The difference between two versions of a text, word by word, for a person to read.
//!
//! Only pages made on the server need it: an island that called this would load the whole of `similar`.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What became of a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It stands in both.
    Same,
    /// It stands in the earlier text only.
    Removed,
    /// It stands in the later text only.
    Added,
}

/// A piece of one of the texts, or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What became of it.
    pub change: Change,
    /// The words with the spaces between them.
    pub text: String,
}

/// The pieces in order; what was removed stands before what came in its place. *Same* and *removed* together are the earlier text,
/// *same* and *added* the later one. A space alone between two changes goes with them: nobody reads a text cut up word by word.
pub fn difference(earlier: &str, later: &str) -> Vec<Piece> {
    let (old, new) = (tokens(earlier), tokens(later));
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    for (index, operation) in operations.iter().enumerate() {
        let (from, to) = (old[operation.old_range()].concat(), new[operation.new_range()].concat());
        let changes_follow = operations.get(index + 1).is_some();
        let is_gap = changes_follow && !(removed.is_empty() && added.is_empty()) && from.chars().all(|letter| letter == ' ');
        match operation {
            DiffOp::Equal { .. } if !is_gap => {
                push(&mut pieces, Change::Removed, &mut removed);
                push(&mut pieces, Change::Added, &mut added);
                push(&mut pieces, Change::Same, &mut from.clone());
            }
            _ => {
                removed.push_str(&from);
                added.push_str(&to);
            }
        }
    }
    push(&mut pieces, Change::Removed, &mut removed);
    push(&mut pieces, Change::Added, &mut added);
    pieces
}

/// Adds a piece, unless it is empty, and empties the text.
fn push(pieces: &mut Vec<Piece>, change: Change, text: &mut String) {
    if !text.is_empty() {
        pieces.push(Piece { change, text: std::mem::take(text) });
    }
}

/// Words, runs of spaces, line ends and other marks, each a token; together they are the text.
fn tokens(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Sort {
        Word,
        Space,
        Other,
    }
    let sort = |letter: char| match letter {
        _ if letter.is_alphanumeric() => Sort::Word,
        '\n' => Sort::Other,
        _ if letter.is_whitespace() => Sort::Space,
        _ => Sort::Other,
    };
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let first_sort = sort(first);
        // Marks and line ends stand alone, so that a comma more changes a comma only.
        let end =
            if first_sort == Sort::Other { first.len_utf8() } else { rest.find(|letter| sort(letter) != first_sort).unwrap_or(rest.len()) };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pieces as one line: `[-removed-]{+added+}`.
    fn shown(earlier: &str, later: &str) -> String {
        let show = |Piece { change, text }| match change {
            Change::Same => text,
            Change::Removed => format!("[-{text}-]"),
            Change::Added => format!("{{+{text}+}}"),
        };
        difference(earlier, later).into_iter().map(show).collect()
    }

    #[test]
    fn what_changed_is_shown_in_whole_words() {
        assert_eq!(shown("Мы перенесли 12 серверов", "Мы перенесли 14 серверов"), "Мы перенесли [-12-]{+14+} серверов");
        assert_eq!(shown("быстро и дёшево", "быстро, и дёшево"), "быстро{+,+} и дёшево");
        assert_eq!(shown("один два три", "раз два-с три"), "[-один-]{+раз+} два{+-с+} три");
        assert_eq!(shown("", "новое"), "{+новое+}");
        assert_eq!(shown("то же", "то же"), "то же");
    }

    #[test]
    fn a_space_between_two_changes_does_not_cut_them_up() {
        assert_eq!(shown("старый добрый сервер", "новый быстрый сервер"), "[-старый добрый-]{+новый быстрый+} сервер");
        assert_eq!(shown("a\nb", "c\nd"), "[-a-]{+c+}\n[-b-]{+d+}");
    }

    #[test]
    fn two_long_texts_without_a_word_in_common_are_compared_in_time() {
        let words = |prefix: &str| (0..2_000).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>().join(" ");
        assert_eq!(difference(&words("a"), &words("b")).len(), 2);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_pieces(earlier in "[абв ,.\n]{0,60}", later in "[абв ,.\n]{0,60}") {
            let pieces = difference(&earlier, &later);
            let without = |change: Change| pieces.iter().filter(|piece| piece.change != change).map(|piece| piece.text.as_str()).collect::<String>();
            prop_assert_eq!(without(Change::Added), earlier);
            prop_assert_eq!(without(Change::Removed), later);
            prop_assert!(pieces.windows(2).all(|pair| pair[0].change != pair[1].change));
        }
    }
}
