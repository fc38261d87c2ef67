//! Accounts at Russian banks: the numbers they consist of, and whether they belong together.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a number is none of an account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankAccountError {
    /// Not the digits such a number has.
    #[error("not of the shape of such a number")]
    Shape,
    /// The key of the account does not fit the bank.
    #[error("the key of the account does not fit the bank")]
    Key,
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident by $shape:expr),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The number as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BankAccountError;

            fn from_str(text: &str) -> Result<Self, BankAccountError> {
                let has_shape: fn(&str) -> bool = $shape;
                if has_shape(text) { Ok(Self(text.to_owned())) } else { Err(BankAccountError::Shape) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BankAccountError;

            fn try_from(text: String) -> Result<Self, BankAccountError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

numbers! {
    /// The identifier of a bank (BIK): 9 digits.
    Bik by |text| is_digits(text, 9),
    /// The number of an account: 20 digits, its key the ninth.
    AccountNumber by |text| is_digits(text, 20),
    /// The reason code of a company (KPP): 9 digits, of which the fifth and sixth may be capital letters.
    Kpp by is_kpp,
}

/// The most characters that a bank takes for a name.
pub const NAME_LENGTH: usize = 160;

/// Why a text can't stand in a bank's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum BankLineError {
    /// Nothing is left of it.
    #[error("empty")]
    Empty,
    /// The encoding of the file, windows-1251, has no such character.
    #[error("windows-1251 has no {character:?}")]
    Unencodable {
        /// The first such character.
        character: char,
    },
    /// It is too long. It is not cut: the rest may be what matters.
    #[error("{length} characters, {at_most} are allowed")]
    TooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        at_most: usize,
    },
}

/// A text as one line of a bank's file: spaces folded, the sign of the rouble and odd hyphens written in characters that
/// windows-1251 has.
pub fn bank_line(text: &str, at_most: usize) -> Result<String, BankLineError> {
    let mut line = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '₽' => {
                line.push_str("руб.");
                // At the end of a sentence one full stop does for both.
                characters.next_if_eq(&'.');
            }
            '\u{2212}' | '\u{2011}' => line.push('-'),
            space if space.is_whitespace() || space.is_control() => {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            other if is_windows_1251(other) => line.push(other),
            other => return Err(BankLineError::Unencodable { character: other }),
        }
    }
    line.truncate(line.trim_end().len());
    match line.chars().count() {
        0 => Err(BankLineError::Empty),
        length if length > at_most => Err(BankLineError::TooLong { length, at_most }),
        _ => Ok(line),
    }
}

/// Whether windows-1251 has a printable character.
pub fn is_windows_1251(character: char) -> bool {
    const OTHERS: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";
    matches!(character, ' '..='~' | 'А'..='я') || OTHERS.contains(character)
}

/// An account at a bank. Its numbers fit the bank: [`BankAccount::new`] is the only way to make one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedAccount")]
pub struct BankAccount {
    account: AccountNumber,
    bank_name: String,
    bik: Bik,
    correspondent_account: AccountNumber,
}

/// What of an account does not fit its bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountMismatch {
    /// The account itself.
    #[error("the account does not belong to the bank")]
    Account,
    /// The bank's account at the Bank of Russia.
    #[error("the correspondent account does not belong to the bank")]
    CorrespondentAccount,
}

#[derive(Deserialize)]
struct UncheckedAccount {
    account: AccountNumber,
    bank_name: String,
    bik: Bik,
    correspondent_account: AccountNumber,
}

impl TryFrom<UncheckedAccount> for BankAccount {
    type Error = AccountMismatch;

    fn try_from(read: UncheckedAccount) -> Result<Self, AccountMismatch> {
        Self::new(read.account, read.bank_name, read.bik, read.correspondent_account)
    }
}

impl BankAccount {
    /// An account whose keys fit the bank.
    pub fn new(account: AccountNumber, bank_name: String, bik: Bik, correspondent_account: AccountNumber) -> Result<Self, AccountMismatch> {
        if !account_matches_bik(account.as_str(), bik.as_str()) {
            return Err(AccountMismatch::Account);
        }
        if !account_matches_bik(correspondent_account.as_str(), bik.as_str()) {
            return Err(AccountMismatch::CorrespondentAccount);
        }
        Ok(Self { account, bank_name, bik, correspondent_account })
    }

    /// Its number.
    pub fn account(&self) -> &AccountNumber {
        &self.account
    }

    /// The name of the bank.
    pub fn bank_name(&self) -> &str {
        &self.bank_name
    }

    /// The identifier of the bank.
    pub fn bik(&self) -> &Bik {
        &self.bik
    }

    /// The bank's own account at the Bank of Russia.
    pub fn correspondent_account(&self) -> &AccountNumber {
        &self.correspondent_account
    }
}

/// Whether the key (the ninth digit) of a 20-digit account fits the bank of that identifier, by the Bank of Russia's
/// rule of 1997 (no. 515). Accounts that banks and the treasury hold at the Bank of Russia (30101.., 40102..), and
/// any account at one of its own branches, are checked against the branch, others against the bank.
pub fn account_matches_bik(account: &str, bik: &str) -> bool {
    if !is_digits(account, 20) || !is_digits(bik, 9) {
        return false;
    }
    let at_the_bank_of_russia =
        account.starts_with("30101") || account.starts_with("40102") || ["000", "001", "002"].iter().any(|end| bik.ends_with(end));
    let (zero, bank) = if at_the_bank_of_russia { ("0", &bik[4..6]) } else { ("", &bik[6..9]) };
    let sum: u32 = [zero, bank, account]
        .iter()
        .flat_map(|part| part.bytes())
        .zip([7, 1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    sum.is_multiple_of(10)
}

/// The account with the key that fits the bank in its ninth place. None where the numbers are not of their shape.
pub fn with_fitting_key(account: &str, bik: &str) -> Option<AccountNumber> {
    let (before, after) = (account.get(..8)?, account.get(9..)?);
    (0..10).map(|key| format!("{before}{key}{after}")).find(|account| account_matches_bik(account, bik))?.parse().ok()
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Nine digits, of which the fifth and sixth may be capital letters.
fn is_kpp(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| byte.is_ascii_digit() || ((4..6).contains(&at) && byte.is_ascii_uppercase());
    text.len() == 9 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BIK: &str = "044525225";
    const CORRESPONDENT: &str = "30101810400000000225";

    fn account() -> AccountNumber {
        with_fitting_key("40702810000000012345", BIK).unwrap()
    }

    #[test]
    fn an_account_has_to_fit_its_bank() {
        let (bik, correspondent): (Bik, AccountNumber) = (BIK.parse().unwrap(), CORRESPONDENT.parse().unwrap());
        let made = BankAccount::new(account(), "Банк".to_owned(), bik.clone(), correspondent.clone()).unwrap();
        assert_eq!(serde_json::from_value::<BankAccount>(serde_json::to_value(&made).unwrap()).ok(), Some(made));
        let slipped: AccountNumber = account().as_str().replace("12345", "12346").parse().unwrap();
        assert_eq!(BankAccount::new(slipped.clone(), "Банк".to_owned(), bik.clone(), correspondent), Err(AccountMismatch::Account));
        assert_eq!(BankAccount::new(account(), "Банк".to_owned(), bik, slipped), Err(AccountMismatch::CorrespondentAccount));
    }

    #[test]
    fn numbers_have_their_shapes() {
        for text in ["", "04452522", "0445252255", "04452522a", "٠٤٤٥٢٥٢٢٥"] {
            assert_eq!(text.parse::<Bik>(), Err(BankAccountError::Shape), "{text}");
        }
        assert_eq!("4070281000000001234".parse::<AccountNumber>(), Err(BankAccountError::Shape));
        assert!("770701001".parse::<Kpp>().is_ok() && "7707AB001".parse::<Kpp>().is_ok());
        assert!("7707ab001".parse::<Kpp>().is_err() && "A70701001".parse::<Kpp>().is_err());
    }

    proptest! {
        #[test]
        fn every_account_has_exactly_one_key(serial in 0_u64..100_000_000_000) {
            let numbers = (0..10).map(|key| format!("40702810{key}{serial:011}"));
            prop_assert_eq!(numbers.filter(|account| account_matches_bik(account, BIK)).count(), 1);
        }

        #[test]
        fn no_text_makes_a_reader_panic(account in any::<String>(), bik in any::<String>()) {
            let _ = (account_matches_bik(&account, &bik), with_fitting_key(&account, &bik), account.parse::<Kpp>());
        }
    }
}
