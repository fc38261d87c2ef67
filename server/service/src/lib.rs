//! Use cases: one method of [`Services`] per gesture. Each finds out who asks, opens one transaction,
//! lets `domain` decide, writes through `store` together with the audit record, and commits once.
//!
//! Architecture invariants: no SQL here; no rule here; nothing outside this crate opens a transaction.
//! Methods are named resource first, verb second (`bonus_codes_submit`), so that they stand together.

pub mod clock;
pub mod error;
pub mod passwords;
pub mod secrets;
pub mod sessions;
pub mod viewer;

pub mod accounts;
pub mod accruals;
pub mod adjustments;
pub mod audit_search;
pub mod bank_accounts;
pub mod bonus_codes;
pub mod brands;
pub mod case_studies;
pub mod clients;
pub mod custom_hosts;
pub mod demo;
pub mod editorial;
pub mod emails;
pub mod form_states;
pub mod free_months;
pub mod late_facts;
pub mod ledger;
pub mod ledger_verify;
pub mod months;
pub mod news_items;
pub mod notices;
pub mod paging;
pub mod partner_money;
pub mod partner_pages;
pub mod partners;
pub mod rate_choices;
pub mod request_drafts;
pub mod request_files;
pub mod request_life;
pub mod request_report;
pub mod requests;
pub mod rows_behind;
pub mod sales_bonuses;
pub mod settlements;
pub mod sign_in;
pub mod telegram_comments;
pub mod terms;
pub mod trials;
pub mod usage;
pub mod what_if;

pub mod audit;
pub(crate) mod level_record;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::calendar::BusinessDate;
use domain::ids::PartnerId;
use domain::level::{LevelFacts, Timeline, timeline};
use domain::model::Model;
use domain::terms::{Terms, TermsSchedule};
use store::partners::PartnerFacts;
use store::{Database, Scope};

pub use audit::Actor;
pub use clock::{Clock, MockClock, ShiftedClock, SystemClock};
pub use error::{Error, Refusal, Result};
pub use passwords::Passwords;
pub use viewer::{Locale, Viewer, ViewerPartner};

/// Everything a gesture needs: the database, the clock and the password hasher. Cheap to clone.
///
/// It keeps no state that a decision depends on, so any number of processes may share one database.
#[derive(Clone)]
pub struct Services {
    database: Database,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    files: Option<Arc<request_files::FileKeeping>>,
    brands: Arc<brands::BrandDirectory>,
    host_proofs: Option<custom_hosts::HostProofs>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// The use cases over a database and a clock.
    pub fn new(database: Database, clock: Arc<dyn Clock>, passwords: Passwords) -> Self {
        Self { database, clock, passwords, files: None, brands: Arc::default(), host_proofs: None }
    }

    /// The instant it is.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The day it is in Moscow.
    pub fn today(&self) -> BusinessDate {
        BusinessDate::of(self.now())
    }

    /// Whether the clock runs apart from the world's, for demos and tests: every page says so.
    pub fn clock_is_shifted(&self) -> bool {
        self.clock.is_shifted()
    }

    /// The programme's numbers of today (`TERM-1`).
    pub async fn terms_in_force(&self) -> Result<Terms> {
        let mut transaction = self.database.begin(Scope::Application).await?;
        let schedule = store::terms_versions::schedule(&mut transaction).await?;
        Ok(schedule.on(self.today()).clone())
    }

    /// The database, for readiness and shutdown.
    pub fn database(&self) -> &Database {
        &self.database
    }
}

/// A partner's facts with the terms: what every decision about a partner begins with.
pub(crate) struct Standing {
    pub(crate) facts: PartnerFacts,
    pub(crate) terms: TermsSchedule,
}

impl Standing {
    pub(crate) async fn load(connection: &mut store::Connection, id: PartnerId) -> Result<Self> {
        let (facts, terms) = store::partners::facts_and_terms(connection, id).await?.ok_or(Error::NotFound)?;
        Ok(Self { facts, terms })
    }

    pub(crate) fn timeline(&self, as_of: BusinessDate) -> Timeline {
        timeline(&self.facts.level, &self.terms, as_of)
    }

    /// The model in force on a day. Before the contract it is the contract's.
    pub(crate) fn model_on(&self, date: BusinessDate) -> Model {
        model_on(&self.facts.level, &self.terms, date)
    }
}

/// The model in force on a day; before the contract the one the contract begins with.
pub(crate) fn model_on(facts: &LevelFacts, terms: &TermsSchedule, date: BusinessDate) -> Model {
    let date = date.max(facts.contract_date);
    // From the contract on there always is a level; the fallback is what `LVL-1` gives.
    timeline(facts, terms, date).model_on(date).unwrap_or(Model::new(domain::model::Level::Professional, facts.billing))
}
