//! Partners with clients and usage, for the tests of what they earn.

use proptest::prelude::*;

use crate::accrual::{Accrual, accruals_through};
use crate::calendar::{BusinessDate, Month, Period};
use crate::level::{BillingSideChange, LevelFacts, StaffLevelDecision};
use crate::model::{BillingSide, Level};
use crate::money::Money;
use crate::rate::{PartnerMoney, Pick, RateChoice, SumsByMonth};
use crate::rule::Rule;
use crate::service::ServiceCode;
use crate::terms::{Terms, TermsSchedule};

pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

pub(crate) fn period(text: &str) -> Period {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

pub(crate) fn rub(text: &str) -> Money {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

pub(crate) fn service(code: &str) -> ServiceCode {
    code.parse().unwrap_or_else(|_| panic!("{code}"))
}

/// One row of usage of one of the partner's clients.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// The client's number, counted from 0.
    pub client: usize,
    pub service: ServiceCode,
    pub month: Month,
    pub gross: Money,
}

/// A partner with its clients and their usage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct History {
    /// Everything but the revenue, which the rows give.
    pub facts: LevelFacts,
    pub terms: TermsSchedule,
    pub picks: Vec<Pick>,
    pub rows: Vec<Row>,
}

impl History {
    /// A partner whose level nothing but decisions of staff changes: it has passed its exam before the contract.
    fn with_exam(contract: &str, billing: BillingSide) -> Self {
        let mut facts = LevelFacts::new(date(contract), billing);
        facts.exams.push(facts.contract_date.previous());
        Self { facts, terms: TermsSchedule::constant(Terms::default()), picks: Vec::new(), rows: Vec::new() }
    }

    pub(crate) fn agent(contract: &str) -> Self {
        Self::with_exam(contract, BillingSide::Provider)
    }

    pub(crate) fn white_label(contract: &str) -> Self {
        Self::with_exam(contract, BillingSide::Partner)
    }

    pub(crate) fn referral(contract: &str) -> Self {
        Self::agent(contract).basic_from(contract)
    }

    pub(crate) fn reseller(contract: &str) -> Self {
        Self::white_label(contract).basic_from(contract)
    }

    fn staff(mut self, day: &str, level: Level) -> Self {
        let recorded = self.facts.staff_decisions.len() as u64;
        self.facts.staff_decisions.push(StaffLevelDecision { date: date(day), recorded, level, reason: "a test".into() });
        self
    }

    pub(crate) fn basic_from(self, day: &str) -> Self {
        self.staff(day, Level::Basic)
    }

    pub(crate) fn professional_from(self, day: &str) -> Self {
        self.staff(day, Level::Professional)
    }

    pub(crate) fn billed_by(mut self, billing: BillingSide, approved: &str) -> Self {
        let recorded = self.facts.billing_changes.len() as u64;
        self.facts.billing_changes.push(BillingSideChange { approved: date(approved), recorded, billing });
        self
    }

    pub(crate) fn under(mut self, terms: Terms) -> Self {
        self.terms = TermsSchedule::constant(terms);
        self
    }

    /// A client more, with the next number.
    pub(crate) fn client(mut self, start: &str, choice: Option<RateChoice>) -> Self {
        self.picks.push(Pick { start_date: date(start), choice });
        self
    }

    pub(crate) fn usage(mut self, client: usize, code: &str, of: &str, gross: &str) -> Self {
        self.rows.push(Row { client, service: service(code), month: month(of), gross: rub(gross) });
        self
    }

    /// Usage of a client with nothing picked, which the first of these adds.
    pub(crate) fn sold(self, code: &str, of: &str, gross: &str) -> Self {
        let with_client = if self.picks.is_empty() { self.client("2020-01-01", None) } else { self };
        with_client.usage(0, code, of, gross)
    }

    /// The facts once every month through `last` is closed.
    pub(crate) fn closed(&self, last: Month) -> LevelFacts {
        let mut facts = self.facts.clone();
        for row in &self.rows {
            *facts.revenue.entry(row.month).or_default() += row.gross;
        }
        facts.closed_through = Some(last);
        facts
    }

    /// What the rows come to.
    pub(crate) fn sums(&self, money: &PartnerMoney<'_>) -> SumsByMonth {
        let mut sums = SumsByMonth::new();
        for row in &self.rows {
            if let Some(terms) = money.month_terms(row.month) {
                sums.entry(row.month).or_default().add_row(&terms, money.reward_share(self.picks[row.client]), &row.service, row.gross);
            }
        }
        sums
    }

    /// A run from scratch with every month through `last` closed.
    pub(crate) fn accruals(&self, last: Month) -> Vec<Accrual> {
        let facts = self.closed(last);
        let money = PartnerMoney::new(&facts, &self.terms);
        accruals_through(last, &money, &self.sums(&money))
    }

    /// What a rule gives for a period that is closed, if anything.
    pub(crate) fn accrual(&self, rule: Rule, of: &str) -> Option<Accrual> {
        let of = period(of);
        self.accruals(of.last_month()).into_iter().find(|accrual| (accrual.rule, accrual.period) == (rule, of))
    }

    /// The same as base and amount; two zeros and a reason where nothing accrued.
    pub(crate) fn money(&self, rule: Rule, of: &str) -> Option<(String, String)> {
        self.accrual(rule, of).map(|accrual| (accrual.base.to_string(), accrual.amount.to_string()))
    }
}

/// Base and amount as [`History::money`] gives them.
#[expect(clippy::unnecessary_wraps, reason = "it stands for what may be none")]
pub(crate) fn of(base: &str, amount: &str) -> Option<(String, String)> {
    Some((base.to_owned(), amount.to_owned()))
}

/// A month of the two years that generated histories lie in, counted from January 2026.
pub(crate) fn nth_month(number: i32) -> Month {
    month("2026-01").plus(number)
}

/// How many months generated histories have, from January 2026 on.
pub(crate) const MONTHS: i32 = 20;

/// Days drawn towards the edges of months.
pub(crate) fn any_day() -> impl Strategy<Value = BusinessDate> {
    (0..MONTHS, prop_oneof![Just(0_u64), Just(1), Just(27), 0_u64..31])
        .prop_map(|(number, day)| nth_month(number).first_day().plus_days(day))
}

fn any_billing() -> impl Strategy<Value = BillingSide> {
    prop_oneof![Just(BillingSide::Provider), Just(BillingSide::Partner)]
}

/// Amounts around the minimum and amounts that leave halves of kopecks.
pub(crate) fn any_gross() -> impl Strategy<Value = Money> {
    prop_oneof![Just(2_999_999), Just(3_000_000), Just(150), Just(5), Just(0), 0_i64..9_000_000].prop_map(Money::kopecks)
}

fn any_service() -> impl Strategy<Value = ServiceCode> {
    prop_oneof![Just("kvm"), Just("kvm_vgpu"), Just("hyperv"), Just("databases"), Just("mont_office"), Just("backup")].prop_map(service)
}

fn any_pick() -> impl Strategy<Value = Pick> {
    let choice = prop_oneof![2 => Just(Some(RateChoice::Once)), 1 => Just(Some(RateChoice::Monthly)), 1 => Just(None)];
    (any_day(), choice).prop_map(|(start_date, choice)| Pick { start_date, choice })
}

/// The brochure's terms with rates on two of the other services.
fn priced_services() -> Terms {
    use crate::model::Model;
    let rates = |percent: i64| Model::ALL.into_iter().map(|model| (model, rust_decimal::Decimal::new(percent, 2))).collect();
    Terms { service_rates: [(service("mont_office"), rates(7)), (service("backup"), rates(3))].into(), ..Terms::default() }
}

/// Other rates than the brochure's, as a later version might have them.
fn other_rates() -> Terms {
    let mut terms = priced_services();
    (terms.rates.agent, terms.rates.referral) = (rust_decimal::Decimal::new(333, 3), rust_decimal::Decimal::new(55, 3));
    (terms.rebate_growth, terms.rebate_kvm) = (rust_decimal::Decimal::new(25, 2), rust_decimal::Decimal::new(125, 3));
    terms
}

prop_compose! {
    /// Any partner with up to three clients, under the brochure's terms and, from some day on, others.
    pub(crate) fn any_history()(
        contract_date in (0..6_i32, 0_u64..31).prop_map(|(number, day)| nth_month(number).first_day().plus_days(day)),
        billing in any_billing(),
        exams in prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(any_day(), 1..3)],
        decisions in prop::collection::vec((any_day(), prop_oneof![Just(Level::Basic), Just(Level::Professional)]), 0..3),
        changes in prop::collection::vec((any_day(), any_billing()), 0..3),
        picks in prop::collection::vec(any_pick(), 3),
        rows in prop::collection::vec((0_usize..3, any_service(), (0..MONTHS).prop_map(nth_month), any_gross()), 0..60),
        later_from in any_day(),
    ) -> History {
        let version = |id, valid_from, terms| {
            crate::terms::TermsVersion { id: crate::ids::TermsVersionId(uuid::Uuid::from_u128(id)), valid_from, terms }
        };
        let versions = vec![version(1, date("2020-01-01"), priced_services()), version(2, later_from, other_rates())];
        let mut history = History {
            facts: LevelFacts { exams, ..LevelFacts::new(contract_date, billing) },
            terms: TermsSchedule::new(versions).unwrap(),
            picks,
            rows: rows.into_iter().map(|(client, service, month, gross)| Row { client, service, month, gross }).collect(),
        };
        for (day, level) in decisions {
            history = history.staff(&day.to_string(), level);
        }
        for (day, billing) in changes {
            history = history.billed_by(billing, &day.to_string());
        }
        history
    }
}
