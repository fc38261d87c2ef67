//! Bonus codes: the limits of a quarter (`CODE-1`, `CODE-2`, `CODE-4`, `CODE-5`), the text of a code and its life.

mod code_text;
mod redemption;

use serde::{Deserialize, Serialize};

pub use self::code_text::{CodeText, CodeTextError, ENTROPY_BYTES};
pub use self::redemption::{CodeState, RedeemRefusal, RevokeRefusal, redeem, revoke};
use crate::calendar::{BusinessDate, Quarter};
use crate::terms::Terms;
use crate::verdict::{Verdict, Violation};

/// What a partner's earlier requests hold of a quarter's limits (`CODE-5`): those submitted in it that are pending or
/// granted. Refused and withdrawn requests and codes revoked before use hold nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterUse {
    /// The quarter of submission.
    pub quarter: Quarter,
    /// Codes of approved requests.
    pub granted_codes: u32,
    /// Codes of requests that wait for a decision.
    pub pending_codes: u32,
    /// Face value of approved requests, whole RUB.
    pub granted_value: i64,
    /// Face value of requests that wait for a decision, whole RUB.
    pub pending_value: i64,
}

impl QuarterUse {
    /// A quarter in which nothing was asked for yet.
    pub fn none(quarter: Quarter) -> Self {
        Self { quarter, granted_codes: 0, pending_codes: 0, granted_value: 0, pending_value: 0 }
    }
}

/// How far a limit of the quarter is used: what the page draws and what a refusal cites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter<Amount> {
    /// What the quarter allows.
    pub limit: Amount,
    /// What is granted.
    pub granted: Amount,
    /// What waits for a decision.
    pub pending: Amount,
    /// What may still be asked for; never negative, even where newer terms allow less than is used.
    pub left: Amount,
    /// The day on which the whole limit is free again: the first of the next quarter.
    pub resets_on: BusinessDate,
}

/// Both limits of a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterMeters {
    /// The quarter.
    pub quarter: Quarter,
    /// Codes (`CODE-1`).
    pub codes: Meter<u32>,
    /// Face value in whole RUB (`CODE-2`).
    pub value: Meter<i64>,
}

/// How far the limits of the quarter are used (`CODE-1`, `CODE-2`).
pub fn meter(used: &QuarterUse, terms: &Terms) -> QuarterMeters {
    let resets_on = used.quarter.next().first_day();
    let codes_left = terms.codes_per_quarter.saturating_sub(used.granted_codes).saturating_sub(used.pending_codes);
    let value_left =
        whole_roubles(i128::from(terms.codes_value_per_quarter) - i128::from(used.granted_value) - i128::from(used.pending_value)).max(0);
    QuarterMeters {
        quarter: used.quarter,
        codes: Meter {
            limit: terms.codes_per_quarter,
            granted: used.granted_codes,
            pending: used.pending_codes,
            left: codes_left,
            resets_on,
        },
        value: Meter {
            limit: terms.codes_value_per_quarter,
            granted: used.granted_value,
            pending: used.pending_value,
            left: value_left,
            resets_on,
        },
    }
}

/// Whether a partner may ask for codes of these face values (whole RUB) in the quarter: every rule broken, at once.
///
/// `CODE-1` and `CODE-2` look at the faces as asked, also where `CODE-4` refuses some of them.
pub fn check(faces: &[i64], used: &QuarterUse, terms: &Terms) -> Verdict {
    let QuarterMeters { quarter, codes, value } = meter(used, terms);
    let asked = u32::try_from(faces.len()).unwrap_or(u32::MAX);
    let total = total(faces);
    let mut violations = Vec::new();
    if asked > codes.left {
        violations.push(Violation::CodesPerQuarter {
            quarter,
            limit: codes.limit,
            granted: codes.granted,
            pending: codes.pending,
            asked,
            left: codes.left,
            resets_on: codes.resets_on,
            possible_on: (asked <= codes.limit).then_some(codes.resets_on),
        });
    }
    if total > value.left {
        violations.push(Violation::CodeValuePerQuarter {
            quarter,
            limit: value.limit,
            granted: value.granted,
            pending: value.pending,
            asked: total,
            left: value.left,
            resets_on: value.resets_on,
            possible_on: (total <= value.limit).then_some(value.resets_on),
        });
    }
    if asked == 0 || asked > terms.codes_per_request {
        violations.push(Violation::CodesPerRequest { limit: terms.codes_per_request, asked });
    }
    let minimum = terms.code_minimum_face;
    violations.extend((1..).zip(faces).filter(|&(_, &face)| face < minimum).map(|(position, &face)| Violation::FaceTooSmall {
        position,
        minimum,
        asked: face,
    }));
    Verdict { violations }
}

/// The legal request nearest to the one asked for, always accepted by [`check`]: codes beyond a limit are left out, faces
/// below the least are raised, then values are lowered until the sum fits. Of the ways to leave codes out it takes the
/// one that changes the fewest of the others, and of those the one with the most face value. What is legal comes back as
/// it is; `None` where nothing can be granted in this quarter.
pub fn nearest(faces: &[i64], used: &QuarterUse, terms: &Terms) -> Option<Vec<i64>> {
    let QuarterMeters { codes, value, .. } = meter(used, terms);
    let minimum = terms.code_minimum_face.max(1);
    let affordable = usize::try_from(value.left / minimum).unwrap_or(usize::MAX);
    let [in_quarter, in_request] = [codes.left, terms.codes_per_request].map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let count = faces.len().max(1).min(in_quarter).min(in_request).min(affordable);
    if count == 0 {
        return None;
    }
    if faces.is_empty() {
        return Some(vec![minimum]);
    }
    // What is likely meant least goes first: the last codes, the empty ones, the largest ones.
    let first = kept(faces, count, &|_| 0);
    let filled = kept(faces, count, &|face| i64::from(face < minimum));
    let smallest = kept(faces, count, &|face| face);
    let filled_smallest = kept(faces, count, &|face| if face < minimum { i64::MAX } else { face });
    let offers = [first, filled, smallest, filled_smallest].map(|asked| {
        let offer = lowered(asked.iter().map(|&face| face.max(minimum)).collect(), minimum, value.left);
        let changed = asked.iter().zip(&offer).filter(|(asked, offered)| asked != offered).count();
        (changed, std::cmp::Reverse(total(&offer)), offer)
    });
    offers.into_iter().min_by_key(|(changed, value, _)| (*changed, *value)).map(|(_, _, offer)| offer)
}

/// The `count` faces of the lowest rank, in the order in which they were asked for; of equal ones the first.
fn kept(faces: &[i64], count: usize, rank: &dyn Fn(i64) -> i64) -> Vec<i64> {
    let mut keep = vec![false; faces.len()];
    for position in ranked(faces, rank).into_iter().take(count) {
        keep[position] = true;
    }
    faces.iter().zip(keep).filter(|(_, keep)| *keep).map(|(&face, _)| face).collect()
}

/// The positions of the faces from the lowest rank to the highest; of equal ones the first comes first. Not generic: a browser loads the
/// sorting once.
fn ranked(faces: &[i64], rank: &dyn Fn(i64) -> i64) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..faces.len()).collect();
    positions.sort_by_key(|&position| rank(faces[position]));
    positions
}

/// Lowers the largest faces, none below `minimum`, until their sum is at most `most`. Needs room for the minimum of each.
fn lowered(mut faces: Vec<i64>, minimum: i64, most: i64) -> Vec<i64> {
    let mut excess = faces.iter().map(|&face| i128::from(face)).sum::<i128>() - i128::from(most);
    // The complement of a face falls as the face grows, and there is one of every face.
    for position in ranked(&faces, &|face| !face) {
        let cut = excess.min(i128::from(faces[position]) - i128::from(minimum)).max(0);
        faces[position] = whole_roubles(i128::from(faces[position]) - cut);
        excess -= cut;
    }
    faces
}

/// The sum of the faces, held within what an `i64` can say.
fn total(faces: &[i64]) -> i64 {
    whole_roubles(faces.iter().map(|&face| i128::from(face)).sum())
}

fn whole_roubles(exact: i128) -> i64 {
    i64::try_from(exact).unwrap_or(if exact < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests;
