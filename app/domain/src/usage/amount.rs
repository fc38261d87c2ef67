//! Amounts as billing files write them.

use super::problem::AmountProblem;
use crate::money::Money;

/// Spaces that group digits: plain, no-break, narrow no-break, thin.
const GROUPING: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

/// Reads `1234.5`, `1234,50` or `1 234,50`: a point or a comma before kopecks, spaces between groups of three digits.
pub(super) fn amount(text: &str) -> Result<Money, AmountProblem> {
    let text = text.trim();
    // The common case needs no copy.
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') {
        return text.parse().map_err(Into::into);
    }
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once([',', '.']).map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(GROUPING);
    let first = groups.next().unwrap_or_default();
    let mut plain = format!("{sign}{first}");
    let grouped = whole.contains(GROUPING);
    if grouped && !(1..=3).contains(&first.len()) {
        return Err(AmountProblem::NotANumber);
    }
    for group in groups {
        if group.len() != 3 {
            return Err(AmountProblem::NotANumber);
        }
        plain.push_str(group);
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    plain.parse().map_err(Into::into)
}
