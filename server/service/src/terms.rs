//! The terms of the programme as staff see them: versions, what new ones would have changed, publishing (`TERM-1`, `WHY-2`).

use std::collections::{BTreeMap, BTreeSet};

use domain::accrual::{Accrual, accruals_of};
use domain::calendar::{BusinessDate, Month};
use domain::form::{self, FieldProblem};
use domain::ids::{ClientId, PartnerId, TermsVersionId};
use domain::level::{DifferingDays, differences};
use domain::model::Model;
use domain::money::Money;
use domain::permission::{Action, may};
use domain::privilege::Privilege;
use domain::rebate::RebateKind;
use domain::rule::Rule;
use domain::service::ServiceCode;
use domain::terms::onset::{Onset, onset};
use domain::terms::replay::{Course, GrantedBonus, GrantedCodes, GrantedMonth};
use domain::terms::{Terms, TermsSchedule, TermsVersion, parameters};
use domain::trial::Trial;
use serde_json::json;
pub use store::clients::Service as CatalogueService;
use store::partner_month_sums::UsageLine;
use store::partners::PartnerFacts;
pub use store::terms_versions::PublishedVersion;
use store::{Connection, Scope};
use uuid::Uuid;

use crate::accruals::{PartnerBooks, by_partner};
use crate::audit::{self, Actor, Change};
use crate::error::FormProblems;
use crate::usage::BATCH;
use crate::{Error, Refusal, Result, Services, Viewer};

/// Closed months that a trial of new terms looks at.
const MONTHS_TRIED: i32 = 12;
/// Months before them whose sums a rebate of the first of them needs.
const MONTHS_BEFORE: i32 = 6;
/// Partners that the trial names; all are counted.
const PARTNERS_SHOWN: usize = 200;
/// The first day of new terms, as a control of the form.
pub const VALID_FROM: &str = "valid_from";
/// Why they are published, as a control of the form.
pub const NOTE: &str = "note";

/// The versions, and the values that a form of new ones begins with.
#[derive(Clone, Debug)]
pub struct TermsPage {
    /// Every version, the latest first.
    pub versions: Vec<PublishedVersion>,
    /// Today.
    pub today: BusinessDate,
    /// The number of the version in force.
    pub in_force: i32,
    /// The newest terms: what a form begins with.
    pub newest: BTreeMap<String, String>,
    /// What each version changed of the one before it, in the order of `versions`: control, text before, text after.
    pub changes: Vec<Vec<(String, String, String)>>,
    /// Services of the catalogue with their names in both languages.
    pub services: Vec<CatalogueService>,
    /// Whether the viewer may publish.
    pub may_publish: bool,
}

/// What new terms would have changed for one partner over the closed months tried.
#[derive(Clone, Debug, PartialEq)]
pub struct PartnerEffect {
    /// Which partner.
    pub id: PartnerId,
    /// Its name.
    pub name: String,
    /// Days on which its level or model would have been another.
    pub days: Vec<DifferingDays>,
    /// What it earned, RUB: rewards, rebates and bonuses.
    pub accrued_before: Money,
    /// What it would have earned.
    pub accrued_after: Money,
    /// What discounts took off its invoices, RUB.
    pub discount_before: Money,
    /// What they would have taken off.
    pub discount_after: Money,
    /// What was granted and would not have been.
    pub refused: Refused,
}

/// What was granted, and would not have been under new terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Requests for bonus codes (`CODE-1` to `CODE-4`, `PRIV-1`).
    pub code_requests: u32,
    /// Face value of their codes, whole RUB.
    pub code_value: i64,
    /// Bonus months of clients (`FREE-1` to `FREE-5`, `PRIV-1`).
    pub free_months: u32,
    /// Trials that would have ended on another day, or not begun (`TRIAL-1`, `PRIV-1`).
    pub trials: u32,
}

impl Refused {
    fn add(&mut self, other: Self) {
        self.code_requests += other.code_requests;
        self.code_value += other.code_value;
        self.free_months += other.free_months;
        self.trials += other.trials;
    }
}

/// What new terms would have changed.
#[derive(Clone, Debug, PartialEq)]
pub struct TermsTrial {
    /// Parameters that differ from the terms in force on the day before: control, text before, text after.
    pub changed: Vec<(String, String, String)>,
    /// The controls among them whose effect the trial does not show.
    pub not_tried: Vec<String>,
    /// From when on money feels them.
    pub onset: Onset,
    /// The first month tried; none where no month is closed.
    pub first: Option<Month>,
    /// The last.
    pub last: Option<Month>,
    /// Partners with any difference, the largest difference of money first. At most a few hundred.
    pub partners: Vec<PartnerEffect>,
    /// How many there are.
    pub partner_count: usize,
    /// By rule: what accrued, and what would have.
    pub rules: BTreeMap<Rule, (Money, Money)>,
    /// Discounts of all partners, before and after, RUB.
    pub discounts: (Money, Money),
    /// What all partners were granted and would not have been.
    pub refused: Refused,
}

/// New terms as they were read from a form.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTerms {
    /// The first day.
    pub valid_from: BusinessDate,
    /// Why.
    pub note: String,
    /// The parameters.
    pub terms: Terms,
}

impl Services {
    /// The versions of the terms.
    pub async fn terms_page(&self, viewer: &Viewer) -> Result<TermsPage> {
        viewer.require(Action::ViewTerms)?;
        let today = self.today();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let versions = store::terms_versions::list(&mut transaction).await?;
        let services = store::clients::services(&mut transaction).await?;
        let codes = codes(&services)?;
        let in_force = versions.iter().find(|version| version.version.valid_from <= today).or(versions.last());
        let newest = versions.first().map(|newest| parameters::write(&newest.version.terms, &codes)).unwrap_or_default();
        let terms = |version: &PublishedVersion| version.version.terms.clone();
        let changes =
            versions.iter().zip(versions.iter().skip(1)).map(|(new, old)| parameters::differences(&terms(old), &terms(new), &codes));
        Ok(TermsPage {
            changes: changes.collect(),
            today,
            in_force: in_force.map_or(0, |version| version.number),
            newest,
            services,
            may_publish: may(viewer.role, Action::PublishTerms),
            versions,
        })
    }

    /// What terms typed into a form would have changed over the last twelve closed months, per partner and in total.
    ///
    /// # Errors
    /// [`Error::Invalid`] by control.
    pub async fn terms_try(&self, viewer: &Viewer, values: &BTreeMap<String, String>) -> Result<(NewTerms, TermsTrial)> {
        viewer.require(Action::ViewTerms)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        transaction.allow_long_statements().await?;
        let codes = codes(&store::clients::services(&mut transaction).await?)?;
        let new = read(values, &codes, self.today())?;
        let schedule = store::terms_versions::schedule(&mut transaction).await?;
        let changed = parameters::differences(schedule.on(new.valid_from.previous()), &new.terms, &codes);
        let mut trial = TermsTrial {
            not_tried: changed.iter().map(|(name, ..)| name).filter(|name| !is_tried(name)).cloned().collect(),
            onset: onset(new.valid_from, changed.iter().map(|(name, ..)| name.as_str())),
            changed,
            first: None,
            last: None,
            partners: Vec::new(),
            partner_count: 0,
            rules: BTreeMap::new(),
            discounts: (Money::ZERO, Money::ZERO),
            refused: Refused::default(),
        };
        let Some(last) = store::months::closed_through(&mut transaction).await? else { return Ok((new, trial)) };
        let first = last.plus(1 - MONTHS_TRIED);
        (trial.first, trial.last) = (Some(first), Some(last));
        let supposed = schedule.supposing(first.first_day(), new.terms.clone());
        let mut after = None;
        loop {
            let ids = store::partners::ids_after(&mut transaction, after, i64::try_from(BATCH).unwrap_or(i64::MAX)).await?;
            let Some(latest) = ids.last() else { break };
            after = Some(*latest);
            try_batch(&mut transaction, &ids, &schedule, &supposed, first, last, &mut trial).await?;
        }
        trial.partner_count = trial.partners.len();
        trial.partners.sort_by_key(|effect| {
            let moved = effect.accrued_after - effect.accrued_before + effect.discount_after - effect.discount_before;
            (std::cmp::Reverse(if moved.is_negative() { -moved } else { moved }), effect.name.clone())
        });
        trial.partners.truncate(PARTNERS_SHOWN);
        Ok((new, trial))
    }

    /// Publishes new terms for a day to come. Decisions of earlier days keep the terms then in force.
    ///
    /// # Errors
    /// [`Error::Invalid`] by control; [`Refusal::TermsKnown`] where a version begins on that day already, or the terms are those in force.
    pub async fn terms_publish(&self, viewer: &Viewer, values: &BTreeMap<String, String>) -> Result<TermsVersionId> {
        viewer.require(Action::PublishTerms)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        store::terms_versions::lock(&mut transaction).await?;
        let codes = codes(&store::clients::services(&mut transaction).await?)?;
        let new = read(values, &codes, BusinessDate::of(now))?;
        let schedule = store::terms_versions::schedule(&mut transaction).await?;
        let changed = parameters::differences(schedule.on(new.valid_from.previous()), &new.terms, &codes);
        if changed.is_empty() {
            return Err(Refusal::TermsKnown.into());
        }
        let version = TermsVersion { id: TermsVersionId(Uuid::now_v7()), valid_from: new.valid_from, terms: new.terms };
        match store::terms_versions::insert(&mut transaction, &version, &new.note, viewer.user_id, now).await {
            Err(error) if error.is_constraint("terms_versions_valid_from_key") => return Err(Refusal::TermsKnown.into()),
            other => other?,
        }
        let change = Change {
            action: "terms.publish",
            object_kind: "terms",
            object_id: &version.id.to_string(),
            partner_id: None,
            before: Some(json!(changed.iter().map(|(name, before, _)| (name, before)).collect::<BTreeMap<_, _>>())),
            after: Some(json!({
                "valid_from": version.valid_from, "note": new.note,
                "parameters": changed.iter().map(|(name, _, after)| (name, after)).collect::<BTreeMap<_, _>>()
            })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(version.id)
    }
}

fn codes(services: &[CatalogueService]) -> Result<Vec<ServiceCode>> {
    services.iter().map(|service| service.code.parse().map_err(Error::unexpected)).collect()
}

/// Reads new terms: parameters, a first day to come and a note.
fn read(values: &BTreeMap<String, String>, services: &[ServiceCode], today: BusinessDate) -> Result<NewTerms> {
    let text = |name: &str| values.get(name).map(String::as_str).unwrap_or_default();
    let mut problems = FormProblems::new();
    let terms = parameters::read(values, services).map_err(|found| problems.extend(found)).ok();
    let valid_from = form::date(text(VALID_FROM)).and_then(|date| if date > today { Ok(date) } else { Err(FieldProblem::NotInFuture) });
    let valid_from = valid_from.map_err(|problem| problems.insert(VALID_FROM.to_owned(), problem)).ok();
    let note = form::text(text(NOTE), 10, 2_000).map_err(|problem| problems.insert(NOTE.to_owned(), problem)).ok();
    match (terms, valid_from, note) {
        (Some(terms), Some(valid_from), Some(note)) if problems.is_empty() => Ok(NewTerms { valid_from, note, terms }),
        _ => Err(Error::Invalid(problems)),
    }
}

/// Whether a trial shows what a parameter does. What is left is what the portal keeps no decisions of: the free Cloudovka, co-marketing, and
/// privileges that nobody asks the portal for.
fn is_tried(name: &str) -> bool {
    let of_the_level = ["minimum_monthly_revenue", "first_window_months", "return_window_months"];
    let of_decisions = [
        "codes_per_quarter",
        "codes_value_per_quarter",
        "codes_per_request",
        "code_minimum_face",
        "free_months_per_client",
        "free_month_gap",
        "free_month_horizon",
        "case_bonus",
        "comment_bonus_minimum",
        "comment_bonus_maximum",
        "trial_days_basic",
    ];
    let asked_for = [
        Privilege::BonusCodes,
        Privilege::FreeMonths,
        Privilege::SalesBonus,
        Privilege::CaseBonus,
        Privilege::CommentBonus,
        Privilege::Trial,
    ];
    let is_asked_for =
        asked_for.iter().any(|privilege| Model::ALL.iter().any(|model| parameters::privilege_name(*privilege, *model) == name));
    let is_of_money = parameters::is_of_a_month(name) || RebateKind::ALL.map(parameters::rebate_name).contains(&name);
    of_the_level.contains(&name) || of_decisions.contains(&name) || is_of_money || is_asked_for
}

/// What some partners were granted, by partner.
#[derive(Default)]
struct Granted {
    codes: BTreeMap<PartnerId, Vec<GrantedCodes>>,
    months: BTreeMap<PartnerId, BTreeMap<ClientId, Vec<GrantedMonth>>>,
    trials: BTreeMap<PartnerId, BTreeMap<ClientId, Vec<Trial>>>,
    bonuses: BTreeMap<PartnerId, Vec<GrantedBonus>>,
}

impl Granted {
    async fn load(connection: &mut Connection, ids: &[PartnerId], first: Month, last: Month) -> Result<Self> {
        let mut granted = Self::default();
        for (partner, codes) in store::granted_benefits::codes(connection, ids, first.first_day().quarter().first_day()).await? {
            granted.codes.entry(partner).or_default().push(codes);
        }
        for (partner, client, month) in store::granted_benefits::months(connection, ids).await? {
            granted.months.entry(partner).or_default().entry(client).or_default().push(month);
        }
        for (partner, client, trial) in store::granted_benefits::trials(connection, ids).await? {
            granted.trials.entry(partner).or_default().entry(client).or_default().push(trial);
        }
        for (partner, bonus) in store::granted_benefits::bonuses(connection, ids, (first.first_day(), last.last_day())).await? {
            granted.bonuses.entry(partner).or_default().push(bonus);
        }
        Ok(granted)
    }

    /// What of a partner's the second course would have refused and the first lets through, from one day through another.
    fn refused(
        &self,
        id: PartnerId,
        (before, after): (&Decisions<'_>, &Decisions<'_>),
        (from, through): (BusinessDate, BusinessDate),
    ) -> Refused {
        let within = |day: BusinessDate| day >= from && day <= through;
        let mut refused = Refused::default();
        let codes = self.codes.get(&id).map(Vec::as_slice).unwrap_or_default();
        for ((codes, was), is) in codes.iter().zip(before.codes(codes)).zip(after.codes(codes)) {
            if within(codes.asked_on) && was && !is {
                refused.code_requests += 1;
                refused.code_value += codes.faces.iter().sum::<i64>();
            }
        }
        let trials_of = self.trials.get(&id);
        for (client, months) in self.months.get(&id).into_iter().flatten() {
            let trials = trials_of.and_then(|trials| trials.get(client)).map(Vec::as_slice).unwrap_or_default();
            for ((month, was), is) in months.iter().zip(before.months(months, trials)).zip(after.months(months, trials)) {
                refused.free_months += u32::from(within(month.asked_on) && was && !is);
            }
        }
        let begun = trials_of.into_iter().flatten().flat_map(|(_, trials)| trials).filter(|trial| within(trial.start));
        for trial in begun {
            let (was, is) = (before.trial(trial.start), after.trial(trial.start));
            refused.trials += u32::from(was.is_some() && was != is);
        }
        refused
    }
}

/// The decisions of a partner under one schedule.
type Decisions<'a> = Course<'a, Box<dyn Fn(BusinessDate) -> Option<Model> + 'a>>;

fn decisions<'a>(book: &'a PartnerBooks<'_>, terms: &'a TermsSchedule) -> Decisions<'a> {
    Course { model_on: Box::new(|day| book.money.model_on(day)), terms }
}

/// A batch of partners under both schedules.
async fn try_batch(
    connection: &mut Connection,
    ids: &[PartnerId],
    schedule: &TermsSchedule,
    supposed: &TermsSchedule,
    first: Month,
    last: Month,
    trial: &mut TermsTrial,
) -> Result<()> {
    let partners = store::partners::facts(connection, ids).await?;
    let picks = store::client_rate_choices::once_picks(connection, ids).await?;
    let rows = by_partner(store::partner_month_sums::usage(connection, ids, first.plus(-MONTHS_BEFORE), last).await?);
    let granted = Granted::load(connection, ids, first, last).await?;
    for facts in &partners {
        let own = rows.get(&facts.partner.id).map(Vec::as_slice).unwrap_or_default();
        let (before, after) = (PartnerBooks::new(facts, schedule, &picks), PartnerBooks::new(facts, supposed, &picks));
        let (accrued_before, discount_before) = course(&before, facts, own, first, last);
        let (accrued_after, discount_after) = course(&after, facts, own, first, last);
        let (asked_before, asked_after) = (decisions(&before, schedule), decisions(&after, supposed));
        let refused = granted.refused(facts.partner.id, (&asked_before, &asked_after), (first.first_day(), last.last_day()));
        trial.refused.add(refused);
        let mut bonuses = (Money::ZERO, Money::ZERO);
        for bonus in granted.bonuses.get(&facts.partner.id).into_iter().flatten() {
            let (was, is) = (bonus.amount, asked_after.bonus(bonus));
            let total = trial.rules.entry(bonus.rule).or_default();
            *total = (total.0 + was, total.1 + is);
            bonuses = (bonuses.0 + was, bonuses.1 + is);
        }
        for (accruals, is_after) in [(&accrued_before, false), (&accrued_after, true)] {
            for accrual in accruals {
                let total = trial.rules.entry(accrual.rule).or_default();
                *(if is_after { &mut total.1 } else { &mut total.0 }) += accrual.amount;
            }
        }
        trial.discounts.0 += discount_before;
        trial.discounts.1 += discount_after;
        let sum = |accruals: &[Accrual]| accruals.iter().map(|accrual| accrual.amount).sum::<Money>();
        let mut days = differences(before.money.timeline(), after.money.timeline(), last.next().first_day());
        days.retain(|days| days.through >= first.first_day());
        let effect = PartnerEffect {
            id: facts.partner.id,
            name: facts.partner.name.clone(),
            days,
            accrued_before: sum(&accrued_before) + bonuses.0,
            accrued_after: sum(&accrued_after) + bonuses.1,
            discount_before,
            discount_after,
            refused,
        };
        let differs = (effect.accrued_before, effect.discount_before) != (effect.accrued_after, effect.discount_after);
        if differs || !effect.days.is_empty() || refused != Refused::default() {
            trial.partners.push(effect);
        }
    }
    Ok(())
}

/// What the months from `first` through `last` bring a partner: accruals, and what discounts take off its invoices.
fn course(book: &PartnerBooks<'_>, facts: &PartnerFacts, rows: &[UsageLine], first: Month, last: Month) -> (Vec<Accrual>, Money) {
    let sums = book.sums(rows.iter());
    let months: BTreeSet<Month> = first.max(facts.level.contract_date.month()).through(last).collect();
    let accruals = months.iter().flat_map(|month| accruals_of(*month, &book.money, &sums)).collect();
    let discount = months
        .iter()
        .filter(|month| book.money.month_terms(**month).is_some_and(|terms| !terms.rewards()))
        .filter_map(|month| sums.get(month))
        .map(|sums| sums.total(|_| true).deduction)
        .sum();
    (accruals, discount)
}

#[cfg(test)]
mod tests {
    use domain::terms::parameters::NUMBERS;

    use super::*;

    #[test]
    fn a_trial_shows_what_everything_does_that_the_portal_keeps_decisions_of() {
        let left: Vec<&str> = NUMBERS.iter().map(|parameter| parameter.name).filter(|name| !is_tried(name)).collect();
        assert_eq!(left, ["cloudovka_grace_months", "comarketing_minimum_share"]);
        assert!(is_tried("service_rates.backup.agent"));
        assert!(is_tried(&parameters::privilege_name(Privilege::GrowthRebate, Model::Agent)));
        assert!(is_tried(&parameters::privilege_name(Privilege::SalesBonus, Model::Agent)));
        assert!(!is_tried(&parameters::privilege_name(Privilege::Presale, Model::Agent)));
    }
}
