//! A plan, and how it is written into an address that can be shared.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::snapshot::Snapshot;
use crate::calendar::{BusinessDate, Month};
use crate::form::{self, FieldProblem};
use crate::money::Money;

/// The most months a plan looks ahead.
pub const MOST_MONTHS: usize = 12;
/// How many months a plan looks ahead to begin with.
pub const DEFAULT_MONTHS: usize = 6;
/// The largest revenue of a planned month, whole RUB.
pub const MOST_REVENUE: i64 = 999_999_999;

/// The names of a plan's fields in a form and in an address.
pub mod field {
    /// The first month, `2026-11`.
    pub const FROM: &str = "from";
    /// Revenue by month: one field a month in a form, all months in one in a shared address (`30000x5_45000.50`).
    pub const REVENUE: &str = "r";
    /// Revenue of every month at once; where it is filled in, it decides.
    pub const EVERY: &str = "all";
    /// How many months.
    pub const MONTHS: &str = "months";
    /// The day of an exam.
    pub const EXAM: &str = "exam";
    /// The share of KVM, per cent.
    pub const KVM: &str = "kvm";
    /// The share of MONT Office, per cent.
    pub const MONT_OFFICE: &str = "office";
}

/// What a partner supposes of the months ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The first month.
    pub from: Month,
    /// Revenue of the months from the first on, RUB; 1 to [`MOST_MONTHS`]. A month is never below what is billed in it already.
    pub revenue: Vec<Money>,
    /// The day of an exam that is passed, if one is.
    pub exam: Option<BusinessDate>,
    /// The share of KVM in per cent of revenue; none as it was lately.
    pub kvm: Option<u32>,
    /// The share of MONT Office in per cent of revenue; none as it was lately.
    pub mont_office: Option<u32>,
}

/// What of a plan could not be taken as it was given. Each says what stands in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlanProblem {
    /// The first month can't be read; the plan begins with the month that runs.
    #[error("the first month can't be read")]
    From,
    /// The plan began with another month. Months that are over are left out, those it doesn't name go on with its last amount.
    #[error("the plan began with {from}")]
    Moved {
        /// That month.
        from: Month,
    },
    /// Not a number of months from 1 to [`MOST_MONTHS`]; the usual number stands in.
    #[error("not a number of months")]
    Months,
    /// The revenue of a month can't be taken; it goes on as today.
    #[error("the revenue of {month} is {problem}")]
    Revenue {
        /// The month.
        month: Month,
        /// Why.
        problem: FieldProblem,
    },
    /// The revenue of every month can't be taken; the fields of the months decide.
    #[error("the revenue of every month is {problem}")]
    Every {
        /// Why.
        problem: FieldProblem,
    },
    /// The day of the exam can't be read; there is none.
    #[error("the day of the exam is {problem}")]
    Exam {
        /// Why.
        problem: FieldProblem,
    },
    /// The day of the exam has passed; there is none.
    #[error("the day of the exam has passed")]
    ExamPassed,
    /// The share of KVM can't be taken; it is as lately.
    #[error("the share of KVM is {problem}")]
    Kvm {
        /// Why.
        problem: FieldProblem,
    },
    /// The share of MONT Office can't be taken; it is as lately.
    #[error("the share of MONT Office is {problem}")]
    MontOffice {
        /// Why.
        problem: FieldProblem,
    },
    /// Both shares are more than the whole; both are as lately.
    #[error("the shares are more than the whole")]
    SharesAboveWhole,
}

impl Plan {
    /// The months with their revenue, RUB.
    pub fn months(&self) -> impl Iterator<Item = (Month, Money)> + '_ {
        (0..).zip(&self.revenue).map(|(number, revenue)| (self.from.plus(number), *revenue))
    }

    /// The last month.
    pub fn last_month(&self) -> Month {
        self.from.plus(i32::try_from(self.revenue.len()).unwrap_or(0) - 1)
    }

    /// The plan in the fields of an address, short and always the same; read again, they give the same plan.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut runs: Vec<(Money, usize)> = Vec::new();
        for revenue in &self.revenue {
            match runs.last_mut() {
                Some((amount, count)) if amount == revenue => *count += 1,
                _ => runs.push((*revenue, 1)),
            }
        }
        let run = |(amount, count): &(Money, usize)| {
            let amount = plain(*amount);
            if *count == 1 { amount } else { format!("{amount}x{count}") }
        };
        let revenue = runs.iter().map(run).collect::<Vec<_>>().join("_");
        let mut parameters = vec![(field::FROM, self.from.to_string()), (field::REVENUE, revenue)];
        parameters.extend(self.exam.map(|exam| (field::EXAM, exam.to_string())));
        parameters.extend(self.kvm.map(|share| (field::KVM, share.to_string())));
        parameters.extend(self.mont_office.map(|share| (field::MONT_OFFICE, share.to_string())));
        parameters
    }

    /// Reads a plan from the fields of a form or an address. What can't be read is named, and something sensible stands in for it.
    pub fn read<N: AsRef<str>, V: AsRef<str>>(fields: &[(N, V)], snapshot: &Snapshot) -> (Self, Vec<PlanProblem>) {
        let mut problems = Vec::new();
        let value = |name: &str| fields.iter().find(|(key, _)| key.as_ref() == name).map_or("", |(_, value)| value.as_ref().trim());
        let first = snapshot.first_month();
        let from = match value(field::FROM) {
            "" => first,
            text => text.parse().unwrap_or_else(|_| {
                problems.push(PlanProblem::From);
                first
            }),
        };
        let given = fields.iter().filter(|(key, _)| key.as_ref() == field::REVENUE).map(|(_, value)| value.as_ref().trim());
        let mut revenue = read_revenue(given, from, &mut problems);
        let named = revenue.len();
        if from != first {
            problems.push(PlanProblem::Moved { from });
            let over = usize::try_from(from.months_until(first)).unwrap_or(0);
            // A plan that is over altogether still says how it went on.
            revenue.drain(..over.min(revenue.len().saturating_sub(1)));
        }
        let months = match value(field::MONTHS) {
            "" if named == 0 => DEFAULT_MONTHS,
            "" => named,
            text => text.parse().ok().filter(|months| (1..=MOST_MONTHS).contains(months)).unwrap_or_else(|| {
                problems.push(PlanProblem::Months);
                DEFAULT_MONTHS
            }),
        };
        let average = snapshot.average();
        let last = revenue.last().copied().flatten().unwrap_or(average);
        let mut revenue: Vec<Money> = revenue.into_iter().map(|amount| amount.unwrap_or(average)).collect();
        revenue.resize(months, last);
        match value(field::EVERY) {
            "" => {}
            text => match read_amount(text) {
                Ok(every) => revenue.fill(every),
                Err(problem) => problems.push(PlanProblem::Every { problem }),
            },
        }
        let (kvm, mont_office) = read_shares(value(field::KVM), value(field::MONT_OFFICE), &mut problems);
        let exam = read_exam(value(field::EXAM), snapshot.today, &mut problems);
        (Self { from: first, revenue, exam, kvm, mont_office }, problems)
    }
}

/// `45000`, `45000.50`.
fn plain(amount: Money) -> String {
    let text = amount.to_string();
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

/// Revenue by month, none where nothing is given or it can't be taken. At most [`MOST_MONTHS`] months are looked at.
fn read_revenue<'a>(given: impl Iterator<Item = &'a str>, from: Month, problems: &mut Vec<PlanProblem>) -> Vec<Option<Money>> {
    let mut revenue = Vec::new();
    for text in given.flat_map(|value| value.split('_')) {
        let (amount, count) = match text.split_once('x') {
            Some((amount, count)) => (amount, count.parse().ok().filter(|count| (1..=MOST_MONTHS).contains(count))),
            None => (text, Some(1)),
        };
        let month = from.plus(i32::try_from(revenue.len()).unwrap_or(0));
        let amount = match (amount.trim(), count) {
            ("", _) => None,
            (_, None) => {
                problems.push(PlanProblem::Revenue { month, problem: FieldProblem::NotANumber });
                None
            }
            (amount, _) => read_amount(amount).map_err(|problem| problems.push(PlanProblem::Revenue { month, problem })).ok(),
        };
        let room = MOST_MONTHS - revenue.len();
        revenue.extend(std::iter::repeat_n(amount, count.unwrap_or(1).min(room)));
        if revenue.len() == MOST_MONTHS {
            break;
        }
    }
    revenue
}

fn read_amount(text: &str) -> Result<Money, FieldProblem> {
    let amount = form::amount(text)?;
    if amount.is_negative() {
        Err(FieldProblem::TooSmall { minimum: 0 })
    } else if amount > Money::roubles(MOST_REVENUE) {
        Err(FieldProblem::TooLarge { maximum: MOST_REVENUE })
    } else {
        Ok(amount)
    }
}

fn read_share(text: &str) -> Result<Option<u32>, FieldProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    match form::whole_roubles(text)? {
        share if share < 0 => Err(FieldProblem::TooSmall { minimum: 0 }),
        share => u32::try_from(share).ok().filter(|share| *share <= 100).map(Some).ok_or(FieldProblem::TooLarge { maximum: 100 }),
    }
}

fn read_shares(kvm: &str, mont_office: &str, problems: &mut Vec<PlanProblem>) -> (Option<u32>, Option<u32>) {
    let kvm = read_share(kvm).unwrap_or_else(|problem| {
        problems.push(PlanProblem::Kvm { problem });
        None
    });
    let mont_office = read_share(mont_office).unwrap_or_else(|problem| {
        problems.push(PlanProblem::MontOffice { problem });
        None
    });
    if kvm.unwrap_or(0) + mont_office.unwrap_or(0) > 100 {
        problems.push(PlanProblem::SharesAboveWhole);
        return (None, None);
    }
    (kvm, mont_office)
}

fn read_exam(text: &str, today: BusinessDate, problems: &mut Vec<PlanProblem>) -> Option<BusinessDate> {
    if text.is_empty() {
        return None;
    }
    match form::date(text) {
        Ok(exam) if exam < today => {
            problems.push(PlanProblem::ExamPassed);
            None
        }
        Ok(exam) => Some(exam),
        Err(problem) => {
            problems.push(PlanProblem::Exam { problem });
            None
        }
    }
}
