//! Earlier decisions asked again under other terms (`WHY-2`): which of what was granted the rules would have refused, and what bonuses
//! would have come to. The rules asked are those that decide.

use crate::bonus_code::{self, QuarterUse};
use crate::calendar::{BusinessDate, Month};
use crate::free_month::{self, Ask, BonusMonth, ClientFacts, Standing};
use crate::model::Model;
use crate::money::Money;
use crate::privilege::{self, Privilege};
use crate::rule::Rule;
use crate::terms::{Terms, TermsSchedule};
use crate::trial::{Trial, end_of};
use crate::verdict::Verdict;

/// Bonus codes that were granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedCodes {
    /// When they were asked for.
    pub asked_on: BusinessDate,
    /// Their face values, whole RUB.
    pub faces: Vec<i64>,
}

/// A bonus month that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedMonth {
    /// When it was asked for.
    pub asked_on: BusinessDate,
    /// The month.
    pub month: Month,
}

/// A bonus that accrued with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantedBonus {
    /// `CASE-1`, `TG-1` or `SALES-1`.
    pub rule: Rule,
    /// When it was asked for.
    pub asked_on: BusinessDate,
    /// When it accrued.
    pub accrued_on: BusinessDate,
    /// What accrued, RUB.
    pub amount: Money,
}

/// A course of levels and terms under which decisions are asked again.
pub struct Course<'a, ModelOn: Fn(BusinessDate) -> Option<Model>> {
    /// The partner's model on a day; none before the contract.
    pub model_on: ModelOn,
    /// The terms.
    pub terms: &'a TermsSchedule,
}

impl<ModelOn: Fn(BusinessDate) -> Option<Model>> Course<'_, ModelOn> {
    /// The terms of a day, and whether the model of that day lacks a privilege (`PRIV-1`).
    fn on(&self, day: BusinessDate, privilege: Privilege) -> (&Terms, Verdict) {
        let terms = self.terms.on(day);
        let missing = (self.model_on)(day).and_then(|model| privilege::check(terms, model, privilege));
        (terms, Verdict::default().preceded_by(missing))
    }

    /// Whether each of a partner's granted codes, in the order in which they were asked for, would be granted (`CODE-1`, `CODE-2`,
    /// `CODE-4`, `CODE-5`). What is refused holds nothing of its quarter. Of a quarter all have to be given.
    pub fn codes(&self, granted: &[GrantedCodes]) -> Vec<bool> {
        let mut used: Option<QuarterUse> = None;
        let ask = |codes: &GrantedCodes| {
            let quarter = codes.asked_on.quarter();
            let used = used.get_or_insert(QuarterUse::none(quarter));
            if used.quarter != quarter {
                *used = QuarterUse::none(quarter);
            }
            let (terms, privilege) = self.on(codes.asked_on, Privilege::BonusCodes);
            let passes = privilege.is_allowed() && bonus_code::check(&codes.faces, used, terms).is_allowed();
            if passes {
                used.granted_codes = used.granted_codes.saturating_add(u32::try_from(codes.faces.len()).unwrap_or(u32::MAX));
                used.granted_value = codes.faces.iter().fold(used.granted_value, |sum, face| sum.saturating_add(*face));
            }
            passes
        };
        granted.iter().map(ask).collect()
    }

    /// Whether each of a client's granted months, in the order in which they were asked for, would be granted (`FREE-1` to `FREE-5`). What
    /// is refused does not count. All of a client's have to be given.
    pub fn months(&self, granted: &[GrantedMonth], trials: &[Trial]) -> Vec<bool> {
        // That the machines were the client's own no terms change.
        let machine = vec![String::new()];
        let mut client = ClientFacts { resources: machine.clone(), trials: trials.to_vec(), months: Vec::new() };
        let ask = |granted: &GrantedMonth| {
            let (terms, privilege) = self.on(granted.asked_on, Privilege::FreeMonths);
            let asked = Ask { month: granted.month, resources: machine.clone() };
            let passes = privilege.is_allowed() && free_month::check(&asked, &client, granted.asked_on, terms).is_allowed();
            if passes {
                client.months.push(BonusMonth { month: granted.month, standing: Standing::Granted, resources: machine.clone() });
            }
            passes
        };
        granted.iter().map(ask).collect()
    }

    /// What a bonus would have come to, RUB (`CASE-1`, `TG-1`, `SALES-1`): nothing without the privilege; a comment's keeps its amount
    /// within the range.
    pub fn bonus(&self, granted: &GrantedBonus) -> Money {
        let privilege = match granted.rule {
            Rule::Case1 => Privilege::CaseBonus,
            Rule::Telegram1 => Privilege::CommentBonus,
            _ => Privilege::SalesBonus,
        };
        let terms = self.terms.on(granted.accrued_on);
        match granted.rule {
            _ if !self.on(granted.asked_on, privilege).1.is_allowed() => Money::ZERO,
            Rule::Case1 => terms.case_bonus,
            Rule::Telegram1 => granted.amount.max(terms.comment_bonus_minimum).min(terms.comment_bonus_maximum),
            _ => granted.amount,
        }
    }

    /// The last day that a trial begun on a day would have (`TRIAL-1`): the inner none is one without an end, the outer one that the model
    /// has no trials, or there was no contract.
    pub fn trial(&self, start: BusinessDate) -> Option<Option<BusinessDate>> {
        let model = (self.model_on)(start)?;
        let (terms, privilege) = self.on(start, Privilege::Trial);
        privilege.is_allowed().then(|| end_of(start, model, terms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{date, month};

    fn course(terms: Terms) -> (TermsSchedule, impl Fn(BusinessDate) -> Option<Model>) {
        (TermsSchedule::constant(terms), |_| Some(Model::Agent))
    }

    #[test]
    fn what_is_refused_leaves_its_room_to_what_comes_after() {
        let granted = [("2026-07-01", 6), ("2026-07-02", 5), ("2026-09-30", 3), ("2026-10-01", 8)]
            .map(|(day, codes)| GrantedCodes { asked_on: date(day), faces: vec![100; codes] });
        let asked = |limit| {
            let (terms, model_on) = course(Terms { codes_per_quarter: limit, codes_per_request: limit.max(1), ..Terms::default() });
            Course { model_on, terms: &terms }.codes(&granted)
        };
        assert_eq!(asked(14), [true; 4]);
        // Six of eight leave room for two: five do not fit, three do not either.
        assert_eq!(asked(8), [true, false, false, true]);
        assert_eq!(asked(9), [true, false, true, true]);
        assert_eq!(asked(5), [false, true, false, false]);
    }

    #[test]
    fn a_smaller_value_a_larger_least_face_and_a_lost_privilege_refuse_codes() {
        let granted = [GrantedCodes { asked_on: date("2026-07-01"), faces: vec![500, 1_500] }];
        let asked = |terms: Terms| {
            let (terms, model_on) = course(terms);
            Course { model_on, terms: &terms }.codes(&granted)[0]
        };
        assert!(asked(Terms::default()));
        assert!(!asked(Terms { codes_value_per_quarter: 1_999, ..Terms::default() }));
        assert!(!asked(Terms { code_minimum_face: 501, ..Terms::default() }));
        let mut without = Terms::default();
        without.privileges.remove(&Privilege::BonusCodes);
        assert!(!asked(without));
    }

    #[test]
    fn months_are_asked_again_one_after_the_other() {
        let granted =
            [("2026-01-10", "2026-02"), ("2026-01-10", "2026-05")].map(|(day, of)| GrantedMonth { asked_on: date(day), month: month(of) });
        let asked = |terms: Terms, trials: &[Trial]| {
            let (terms, model_on) = course(terms);
            Course { model_on, terms: &terms }.months(&granted, trials)
        };
        assert_eq!(asked(Terms::default(), &[]), [true, true]);
        assert_eq!(asked(Terms { free_months_per_client: 1, ..Terms::default() }, &[]), [true, false]);
        assert_eq!(asked(Terms { free_month_gap: 3, ..Terms::default() }, &[]), [true, false]);
        assert_eq!(asked(Terms { free_month_horizon: 3, ..Terms::default() }, &[]), [true, false]);
        let trial = Trial { start: date("2026-02-01"), end: Some(date("2026-02-10")) };
        assert_eq!(asked(Terms { free_months_per_client: 1, ..Terms::default() }, &[trial]), [false, true]);
    }

    #[test]
    fn bonuses_follow_the_terms_of_the_day_on_which_they_accrue() {
        let bonus = |rule, amount| GrantedBonus {
            rule,
            asked_on: date("2026-07-01"),
            accrued_on: date("2026-08-01"),
            amount: Money::roubles(amount),
        };
        let terms = Terms {
            case_bonus: Money::roubles(50_000),
            comment_bonus_minimum: Money::roubles(15_000),
            comment_bonus_maximum: Money::roubles(20_000),
            ..Terms::default()
        };
        let (schedule, model_on) = course(terms.clone());
        let course = Course { model_on, terms: &schedule };
        let came = |rule, amount| course.bonus(&bonus(rule, amount));
        assert_eq!(came(Rule::Case1, 40_000), Money::roubles(50_000));
        assert_eq!([12_000, 17_000, 30_000].map(|amount| came(Rule::Telegram1, amount)), [15_000, 17_000, 20_000].map(Money::roubles));
        assert_eq!(came(Rule::Sales1, 700), Money::roubles(700));
        let mut without = terms;
        without.privileges.clear();
        let schedule = TermsSchedule::constant(without);
        let course = Course { model_on: |_| Some(Model::Agent), terms: &schedule };
        for rule in [Rule::Case1, Rule::Telegram1, Rule::Sales1] {
            assert_eq!(course.bonus(&bonus(rule, 40_000)), Money::ZERO, "{rule}");
        }
    }

    #[test]
    fn a_basic_trial_takes_another_time_and_a_professional_one_none() {
        let schedule = TermsSchedule::constant(Terms { trial_days_basic: 7, ..Terms::default() });
        let of = |model| Course { model_on: move |_| Some(model), terms: &schedule }.trial(date("2026-09-20"));
        assert_eq!(of(Model::Referral), Some(Some(date("2026-09-26"))));
        assert_eq!(of(Model::Agent), Some(None));
    }
}
