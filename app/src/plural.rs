//! Plural forms of whole numbers in the portal's languages.
//!
//! The generated catalogues would ask ICU, whose rules for every language and whose reading of locale names are a tenth of what
//! a browser loads. The build script leads them here instead; a test compares every answer with ICU's.

use leptos_i18n::reexports::icu::plurals::{PluralCategory, PluralRuleType};

use crate::i18n::Locale;

/// A whole number that things are counted with.
pub trait Count {
    /// Its distance from zero: a minus changes no form.
    fn magnitude(self) -> u64;
}

macro_rules! counts {
    (unsigned $($type:ty),+; signed $($signed:ty),+) => {
        $(impl Count for $type {
            fn magnitude(self) -> u64 {
                self as u64
            }
        })+
        $(impl Count for $signed {
            fn magnitude(self) -> u64 {
                self.unsigned_abs() as u64
            }
        })+
    };
}

#[expect(clippy::cast_lossless, trivial_numeric_casts, reason = "one body for every width; none is wider than 64 bits")]
mod widths {
    use super::Count;

    counts!(unsigned u8, u16, u32, u64, usize; signed i8, i16, i32, i64, isize);
}

/// A count that a view reads again whenever it changes.
pub trait CountReader: Fn() -> Self::Count + Clone + 'static + Send + Sync {
    /// What it counts with.
    type Count: Count;
}

impl<Number: Count, Reader: Fn() -> Number + Clone + 'static + Send + Sync> CountReader for Reader {
    type Count = Number;
}

/// The plural forms of a language.
#[derive(Clone, Copy, Debug)]
pub struct PluralForms(Locale);

/// The plural forms of a language. The catalogues count things; they have no ordinals ("1st"), which the build script sees to.
pub fn forms(locale: Locale, _cardinal: PluralRuleType) -> PluralForms {
    PluralForms(locale)
}

impl PluralForms {
    /// The form of the noun that follows a count.
    pub fn category_for(self, count: impl Count) -> PluralCategory {
        let count = count.magnitude();
        match self.0 {
            Locale::en if count == 1 => PluralCategory::One,
            Locale::en => PluralCategory::Other,
            Locale::ru => match (count % 10, count % 100) {
                (1, rest) if rest != 11 => PluralCategory::One,
                (2..=4, rest) if !(12..=14).contains(&rest) => PluralCategory::Few,
                _ => PluralCategory::Many,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use leptos_i18n::reexports::icu::plurals::{PluralRules, PluralRulesOptions};

    use super::*;

    #[test]
    fn every_form_is_that_of_icu() {
        for locale in [Locale::ru, Locale::en] {
            let name: leptos_i18n::reexports::icu::locid::Locale = locale.to_string().parse().expect("a locale");
            let icu = PluralRules::try_new(name.into(), PluralRulesOptions::default()).expect("rules");
            for count in (0..2_500).chain([10_011, 1_000_000, 1_000_001, u64::MAX]) {
                assert_eq!(forms(locale, PluralRuleType::Cardinal).category_for(count), icu.category_for(count), "{locale} {count}");
            }
        }
    }

    #[test]
    fn a_minus_changes_no_form() {
        let russian = forms(Locale::ru, PluralRuleType::Cardinal);
        assert_eq!(russian.category_for(-21), russian.category_for(21));
    }
}
