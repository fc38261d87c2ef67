//! The text of a bonus code (`CODE-6`): hard to guess, easy to read out and to type.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Digits and letters of which none is taken for another. Their number is prime, so the check character below finds
/// every single mistake and every swap.
const ALPHABET: &[u8; BASE as usize] = b"23456789ACEFHJKMNPRTWXY";
const BASE: u8 = 23;
/// Characters drawn; 19 of 23 are 85.9 bits.
const DRAWN: usize = 19;
/// Characters with the check character.
const LENGTH: usize = DRAWN + 1;
/// Characters in a group as it is read.
const GROUP: usize = 4;

/// Random bytes that one code takes. More than the text holds, so that no character is noticeably likelier.
pub const ENTROPY_BYTES: usize = 16;

/// The text of a bonus code, normalised: 20 characters without dashes, the last a check character.
///
/// It is a bearer secret: neither `Debug` nor `Display` shows it; [`CodeText::grouped`] does.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CodeText([u8; LENGTH]);

/// Why a text is no bonus code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeTextError {
    /// Too short, too long, or with a character that no code has.
    #[error("a code has 20 letters and digits")]
    Shape,
    /// The check character does not fit: something was mistyped.
    #[error("the check character of the code does not fit")]
    Check,
}

impl CodeText {
    /// The code that random bytes of the system's secure generator make.
    pub fn from_entropy(entropy: [u8; ENTROPY_BYTES]) -> Self {
        let mut rest = u128::from_be_bytes(entropy);
        let mut digits = [0; LENGTH];
        for digit in &mut digits[..DRAWN] {
            *digit = u8::try_from(rest % u128::from(BASE)).unwrap_or(0);
            rest /= u128::from(BASE);
        }
        digits[DRAWN] = (BASE - weighted(&digits)) % BASE;
        Self(digits.map(|digit| ALPHABET[usize::from(digit)]))
    }

    /// The code as it is kept and compared: without dashes.
    pub fn as_str(&self) -> &str {
        // The alphabet is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The code as it is shown and read out: `XXXX-XXXX-XXXX-XXXX-XXXX`.
    pub fn grouped(&self) -> String {
        let groups: Vec<&str> = self.0.chunks(GROUP).map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
        groups.join("-")
    }
}

/// The sum of the digits, each by its own weight 20..=1, modulo 23: zero for a code whose check character fits. Weights
/// differ from each other and from zero modulo a prime, so one changed digit or two swapped ones always change the sum.
fn weighted(digits: &[u8; LENGTH]) -> u8 {
    let sum: u32 = (1..).zip(digits.iter().rev()).map(|(weight, &digit)| weight * u32::from(digit)).sum();
    u8::try_from(sum % u32::from(BASE)).unwrap_or(0)
}

/// The Latin letter that a Cyrillic one looks like: codes are typed with the keyboard that happens to be on.
fn latin(letter: char) -> char {
    match letter {
        'А' => 'A',
        'С' => 'C',
        'Е' | 'Ё' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        other => other,
    }
}

impl FromStr for CodeText {
    type Err = CodeTextError;

    /// Reads a code in either case, with any spaces and dashes between its characters.
    fn from_str(text: &str) -> Result<Self, CodeTextError> {
        let mut digits = [0; LENGTH];
        let mut length = 0;
        let separator = |letter: &char| letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        for letter in text.chars().filter(|letter| !separator(letter)) {
            let upper = latin(letter.to_uppercase().next().unwrap_or(letter));
            let digit = ALPHABET.iter().position(|&known| char::from(known) == upper).ok_or(CodeTextError::Shape)?;
            *digits.get_mut(length).ok_or(CodeTextError::Shape)? = u8::try_from(digit).unwrap_or(0);
            length += 1;
        }
        if length != LENGTH {
            return Err(CodeTextError::Shape);
        }
        if weighted(&digits) != 0 {
            return Err(CodeTextError::Check);
        }
        Ok(Self(digits.map(|digit| ALPHABET[usize::from(digit)])))
    }
}

impl fmt::Debug for CodeText {
    /// Never the code: it would end in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeText(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(entropy: u128) -> CodeText {
        CodeText::from_entropy(entropy.to_be_bytes())
    }

    #[test]
    fn a_code_holds_at_least_eighty_bits() {
        assert!(u128::from(BASE).checked_pow(u32::try_from(DRAWN).unwrap()).unwrap() >= 1 << 80);
    }

    #[test]
    fn no_character_is_taken_for_another() {
        for confusing in [b"0OQD", b"1ILi", b"2Z2z", b"5S5s", b"8B8b", b"6G6g", b"UVuv"] {
            let present = confusing.iter().filter(|letter| ALPHABET.contains(letter)).collect::<std::collections::BTreeSet<_>>();
            assert!(present.len() <= 1, "{present:?}");
        }
    }

    #[test]
    fn a_code_is_read_in_five_groups_of_four() {
        let code = code(0);
        assert_eq!(code.as_str(), "22222222222222222222");
        assert_eq!(code.grouped(), "2222-2222-2222-2222-2222");
    }

    #[test]
    fn the_wrong_length_or_a_foreign_letter_is_no_code() {
        for text in ["", "2222", "222222222222222222222", "2222-2222-2222-2222-222O", "2222-2222-2222-2222-222🦀"] {
            assert_eq!(text.parse::<CodeText>(), Err(CodeTextError::Shape), "{text}");
        }
        assert_eq!("2222-2222-2222-2222-2223".parse::<CodeText>(), Err(CodeTextError::Check));
    }

    #[test]
    fn letters_of_the_russian_keyboard_that_look_alike_are_read() {
        let latin = CodeText::from_str(&with_check("ACEHKMPTXYACEHKMPTX")).unwrap();
        let russian: String = latin
            .as_str()
            .chars()
            .map(|letter| "ACEHKMPTXY".chars().position(|known| known == letter).map_or(letter, |at| "асенкмртху".chars().nth(at).unwrap()))
            .collect();
        assert_ne!(russian, latin.as_str());
        assert_eq!(russian.parse(), Ok(latin));
    }

    /// The characters drawn with the check character that fits.
    fn with_check(drawn: &str) -> String {
        let fits = ALPHABET.iter().map(|&check| format!("{drawn}{}", char::from(check))).filter(|text| text.parse::<CodeText>().is_ok());
        let fits: Vec<String> = fits.collect();
        assert_eq!(fits.len(), 1);
        fits.into_iter().next().unwrap()
    }

    proptest! {
        #[test]
        fn a_code_is_read_back_however_it_is_typed(entropy: u128, spaces in prop::collection::vec(0_usize..40, 0..6)) {
            let code = code(entropy);
            prop_assert_eq!(code.as_str().parse(), Ok(code.clone()));
            prop_assert_eq!(code.grouped().to_lowercase().parse(), Ok(code.clone()));
            let mut typed: Vec<char> = code.grouped().chars().collect();
            for at in spaces {
                typed.insert(at.min(typed.len()), if at % 2 == 0 { ' ' } else { '\u{2013}' });
            }
            prop_assert_eq!(typed.into_iter().collect::<String>().parse(), Ok(code));
        }

        #[test]
        fn one_wrong_character_is_noticed(entropy: u128, at in 0..LENGTH, other in 0..usize::from(BASE)) {
            let mut typed = code(entropy).0;
            prop_assume!(typed[at] != ALPHABET[other]);
            typed[at] = ALPHABET[other];
            prop_assert_eq!(std::str::from_utf8(&typed).unwrap().parse::<CodeText>(), Err(CodeTextError::Check));
        }

        #[test]
        fn two_swapped_characters_are_noticed(entropy: u128, at in 0..LENGTH - 1) {
            let mut typed = code(entropy).0;
            prop_assume!(typed[at] != typed[at + 1]);
            typed.swap(at, at + 1);
            prop_assert_eq!(std::str::from_utf8(&typed).unwrap().parse::<CodeText>(), Err(CodeTextError::Check));
        }

        #[test]
        fn debug_output_never_holds_the_code(entropy: u128) {
            let code = code(entropy);
            prop_assert_eq!(format!("{code:?} {:#?}", Some(code.clone())), "CodeText(..) Some(\n    CodeText(..),\n)");
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*") {
            let _ = text.parse::<CodeText>();
        }
    }
}
