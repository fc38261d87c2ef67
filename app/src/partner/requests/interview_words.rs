//! The words of an interview in a calendar.

use domain::request::{Reference, RequestKind};

use crate::components::request::kind_name;
use crate::i18n::{Locale, td_string};

/// Title and description.
pub fn interview_words(locale: Locale, reference: Reference) -> (String, String) {
    let kind: RequestKind = reference.kind();
    (
        td_string!(locale, editorial.calendar_title, reference = reference.to_string()),
        td_string!(locale, editorial.calendar_text, kind = kind_name(locale, kind), reference = reference.to_string()),
    )
}
