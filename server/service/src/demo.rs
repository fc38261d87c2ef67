//! The demo: a provider with partners in every state, made through the use cases with a clock that moves.
//!
//! It is made month by month, as it would have happened: contracts, imports, closes, exams, requests. Every
//! step finds out whether it was done before, so a demo that was interrupted is finished by the next run,
//! and one that is complete is left alone.

mod brand;
mod names;
mod plan;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::accrual::Settlement;
use domain::calendar::{BusinessDate, Month};
use domain::case_study::Brief;
use domain::free_month::Ask;
use domain::ids::{ClientId, PartnerId};
use domain::inn::Inn;
use domain::ledger::AdjustmentReason;
use domain::model::{BillingSide, Level};
use domain::permission::Role;
use domain::request::{RefusalReason, RefusalText, RequestKind};
use domain::trial;
use serde_json::json;
use store::Scope;
use store::clients::Client;
use store::ledger_entries::EntryFilter;
use store::trials::Trial;
use uuid::Uuid;

use self::plan::{CLIENTS, ClientIds, MONTHS, Plan, STORIES};
use crate::accounts::ReadyPerson;
use crate::adjustments::AdjustmentFields;
use crate::audit::{self, Change};
use crate::bank_accounts::SettingsFields;
use crate::bonus_codes::AskedCode;
use crate::level_record::level_changes_record;
use crate::partners::ExamFields;
use crate::settlements::SettleFields;
use crate::viewer::ViewerPartner;
use crate::{Actor, Error, Locale, MockClock, Refusal, Result, Services, Standing, Viewer, secrets};

/// The password of every account of the demo.
pub const DEMO_PASSWORD: &str = "oblako-demo-portal";
/// The seed where none is given.
pub const DEMO_SEED: u64 = 2026;

const ACTOR: Actor<'static> = Actor::Command("portal demo");
const REVIEWER: &str = "reviewer@provider.example";
/// Carries out the runs that the reviewer makes.
const ACCOUNTANT: &str = "accountant@provider.example";
/// Entered last: with this account the demo is complete.
const ADMIN: &str = "admin@provider.example";

/// The newest notices of everybody, which stay unread.
const UNREAD_NOTICES: usize = 2;

/// What [`Services::demo_load`] found or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOutcome {
    /// Whether the demo was made or finished now; it was complete before otherwise.
    pub made: bool,
    /// The accounts, all with [`DEMO_PASSWORD`]; none where the database holds other data, which are left alone.
    pub accounts: Vec<DemoAccount>,
}

/// Somebody to sign in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// The address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The partner they work for.
    pub partner: Option<&'static str>,
}

/// The accounts of the demo.
pub fn demo_accounts() -> Vec<DemoAccount> {
    let staff = |email: &str, role| DemoAccount { email: email.to_owned(), role, partner: None };
    let members =
        STORIES.iter().map(|story| DemoAccount { email: address(story.slug), role: Role::PartnerMember, partner: Some(story.name) });
    let staff = [staff(ADMIN, Role::StaffAdmin), staff(REVIEWER, Role::StaffReviewer), staff(ACCOUNTANT, Role::StaffReviewer)];
    staff.into_iter().chain(members).collect()
}

fn address(slug: &str) -> String {
    format!("{slug}@partner.example")
}

/// Partners by their place among the stories.
mod place {
    pub(super) const SEVER: usize = 0;
    pub(super) const VOLNA: usize = 1;
    pub(super) const GORIZONT: usize = 2;
    pub(super) const KVADRAT: usize = 3;
    pub(super) const LOTOS: usize = 4;
    pub(super) const RUCHEY: usize = 5;
    pub(super) const ORION: usize = 6;
    pub(super) const GRANIT: usize = 7;
    pub(super) const VEGA: usize = 9;
}

/// How a request ends.
#[derive(Clone, Copy)]
enum End {
    Waits,
    Approved,
    Refused(RefusalReason, &'static str),
    Withdrawn,
}

/// One thing that happens.
enum Step {
    Partner(usize),
    Exam(usize, BusinessDate),
    /// An exam whose protocol arrives long after: it waits for a decision.
    LateExam(usize, BusinessDate),
    Held(usize, BusinessDate, &'static str),
    /// Import of the month so many months ago, and its close except for the last month.
    Month(i32),
    /// Partner, client, first day, last day where somebody recorded one.
    Trial(usize, usize, BusinessDate, Option<BusinessDate>),
    NewcomerTrial(usize, BusinessDate),
    /// A number for its key, the partner, faces, and how it ends a day later.
    Codes(u64, usize, &'static [i64], End),
    /// Request, place of the code in it, partner and client that redeem it.
    Redeem(u64, usize, usize, usize),
    /// Request and place of the code in it.
    Revoke(u64, usize),
    /// A number for its key, the partner, the client, the month, and how it ends a day later.
    FreeMonth(u64, usize, usize, Month, End),
    /// A number for its key, the partner, the title, and how the decision on the brief ends.
    Case(u64, usize, &'static str, End),
    /// A brand is published.
    Brand(usize),
    /// Who pays.
    Payer,
    /// Approval of everything whose period ends in this month or earlier.
    Approve(Month),
    /// A number for its key, the form, and the day it is carried out.
    Settle(u64, Settlement, BusinessDate),
    /// A number for its key, the partner and the amount as it is typed.
    Adjust(u64, usize, &'static str),
}

impl Services {
    /// Loads the demo, relative to today: the same for the same seed and month. Run again it changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Taken`] where other partners stand in the way.
    pub async fn demo_load(&self, seed: u64) -> Result<DemoOutcome> {
        let accounts = demo_accounts();
        let mut transaction = self.database.begin(Scope::Application).await?;
        if store::users::find_credentials(&mut transaction, ADMIN).await?.is_some() {
            return Ok(DemoOutcome { made: false, accounts });
        }
        // The reviewer comes first: where only others are, this is no demo that was interrupted.
        if store::users::find_credentials(&mut transaction, REVIEWER).await?.is_none() && store::users::any(&mut transaction).await? {
            return Ok(DemoOutcome { made: false, accounts: Vec::new() });
        }
        drop(transaction);
        let now = self.now();
        let clock = Arc::new(MockClock::at(now));
        let mut loader = Loader {
            services: Self { clock: clock.clone(), ..self.clone() },
            clock,
            now,
            seed,
            plan: Plan::new(seed, BusinessDate::of(now)),
            password_hash: self.passwords.hash(DEMO_PASSWORD.to_owned()).await?,
            members: BTreeMap::new(),
            reviewer: None,
            accountant: None,
            clients: BTreeMap::new(),
            requests: BTreeMap::new(),
        };
        loader.load().await?;
        Ok(DemoOutcome { made: true, accounts })
    }
}

struct Loader {
    /// The use cases with the clock that moves.
    services: Services,
    clock: Arc<MockClock>,
    /// The real now: nothing happens after it.
    now: DateTime<Utc>,
    seed: u64,
    plan: Plan,
    password_hash: String,
    /// Members by the place of their partner.
    members: BTreeMap<usize, Viewer>,
    reviewer: Option<Viewer>,
    accountant: Option<Viewer>,
    clients: BTreeMap<usize, ClientIds>,
    /// Requests of codes by their number: place of the partner and reference.
    requests: BTreeMap<u64, (usize, String)>,
}

impl Loader {
    /// What happens, and when.
    fn steps(&self) -> Vec<(DateTime<Utc>, Step)> {
        let hour = |day: BusinessDate, hour: i64| day.starts_at() + TimeDelta::hours(hour);
        let ago = |days: i64| self.now - TimeDelta::days(days);
        let day_ago = |days: i64| BusinessDate::of(ago(days));
        let running = self.plan.month(0);
        let mut steps = Vec::new();
        for (partner, story) in STORIES.iter().enumerate() {
            steps.push((hour(self.plan.day(story.contract), 10), Step::Partner(partner)));
            if let Some(exam) = story.exam {
                let day = self.plan.day(exam);
                steps.push((hour(day, 16), Step::Exam(partner, day)));
            }
            if let Some((months_ago, day, reason)) = story.held {
                let day = self.plan.day((months_ago, day));
                steps.push((hour(day, 11), Step::Held(partner, day, reason)));
            }
        }
        for months_ago in 1..=MONTHS {
            steps.push((hour(self.plan.day((months_ago - 1, 2)), 9), Step::Month(months_ago)));
        }
        let day = |months_ago, day| self.plan.day((months_ago, day));
        steps.extend([
            (hour(day(9, 3), 12), Step::Trial(place::GORIZONT, 0, day(9, 3), Some(day(9, 16)))),
            (hour(day(2, 25), 12), Step::Trial(place::KVADRAT, 1, day(2, 25), Some(day(1, 12)))),
            (ago(12), Step::NewcomerTrial(place::SEVER, day_ago(12))),
            (ago(4), Step::Trial(place::RUCHEY, 2, day_ago(4), None)),
        ]);
        steps.push((ago(35), Step::Brand(place::VEGA)));
        steps.push((ago(2), Step::LateExam(place::GRANIT, day(14, 10))));
        let limit = "Лимит квартала для этой категории клиентов уже исчерпан.";
        let again = "За этот месяц клиент уже получил скидку по другой акции.";
        steps.extend([
            (ago(70), Step::Codes(1, place::KVADRAT, &[2_000, 2_000, 2_000], End::Approved)),
            (ago(60), Step::Redeem(1, 0, place::KVADRAT, 0)),
            (ago(55), Step::Redeem(1, 1, place::KVADRAT, 1)),
            (ago(30), Step::Codes(2, place::GORIZONT, &[1_000, 1_000, 1_000, 1_000, 1_000], End::Approved)),
            (ago(15), Step::Codes(3, place::RUCHEY, &[10_000, 5_000], End::Refused(RefusalReason::LimitReached, limit))),
            (ago(9), Step::Codes(4, place::LOTOS, &[3_000], End::Withdrawn)),
            (ago(6), Step::Codes(5, place::KVADRAT, &[1_500, 1_500, 3_000, 500], End::Approved)),
            (ago(4), Step::Redeem(5, 0, place::KVADRAT, 2)),
            (ago(3), Step::Revoke(5, 3)),
            (ago(2), Step::Codes(6, place::VOLNA, &[5_000, 2_500, 2_500], End::Waits)),
            (ago(1), Step::Codes(7, place::KVADRAT, &[1_000, 1_000], End::Waits)),
        ]);
        let old = day(4, 20);
        steps.extend([
            (hour(old, 14), Step::FreeMonth(11, place::KVADRAT, 2, old.month().next(), End::Approved)),
            (ago(20), Step::FreeMonth(12, place::GORIZONT, 1, running.next(), End::Approved)),
            (ago(11), Step::FreeMonth(13, place::LOTOS, 0, running.next(), End::Refused(RefusalReason::ClientNotEligible, again))),
            (ago(8), Step::FreeMonth(14, place::ORION, 1, running.next(), End::Withdrawn)),
            (ago(3), Step::FreeMonth(15, place::KVADRAT, 3, running.plus(2), End::Waits)),
            (ago(40), Step::Case(16, place::KVADRAT, "Как интернет-магазин переехал за выходные", End::Approved)),
        ]);
        // What is older than three months is paid, the next month waits for a run, and the newest one for its approval.
        steps.extend([
            (hour(day(MONTHS, 1), 9), Step::Payer),
            (hour(day(1, 11), 12), Step::Approve(self.plan.month(4))),
            (hour(day(1, 12), 10), Step::Settle(21, Settlement::Bank, day(1, 14))),
            (hour(day(1, 12), 11), Step::Settle(22, Settlement::Discount, day(1, 15))),
            (hour(day(1, 20), 12), Step::Approve(self.plan.month(3))),
            (ago(5), Step::Adjust(23, place::KVADRAT, "-1 250,40")),
        ]);
        steps.sort_by_key(|(at, _)| *at);
        steps
    }

    async fn load(&mut self) -> Result<()> {
        self.clock.set(self.plan.month(MONTHS).first_day().starts_at());
        self.reviewer = Some(self.staff(REVIEWER, "Ольга Рябова", Role::StaffReviewer).await?);
        self.accountant = Some(self.staff(ACCOUNTANT, "Марина Егорова", Role::StaffReviewer).await?);
        for (at, step) in self.steps() {
            self.clock.set(at.min(self.now));
            match step {
                Step::Partner(partner) => self.partner(partner).await?,
                Step::Exam(partner, passed_on) => self.exam(partner, passed_on).await?,
                Step::LateExam(partner, passed_on) => self.late_exam(partner, passed_on).await?,
                Step::Held(partner, from, reason) => self.hold(partner, from, reason).await?,
                Step::Month(months_ago) => self.month(months_ago).await?,
                Step::Trial(partner, client, from, to) => {
                    let client = self.client(partner, client).await?;
                    self.trial(partner, client, from, to).await?;
                }
                Step::NewcomerTrial(partner, from) => {
                    let client = self.newcomer(partner, from).await?;
                    self.trial(partner, client, from, None).await?;
                }
                Step::Codes(key, partner, faces, end) => self.codes(key, partner, faces, end).await?,
                Step::Redeem(request, code, partner, client) => self.redeem(request, code, partner, client).await?,
                Step::Revoke(request, code) => self.revoke(request, code).await?,
                Step::Brand(partner) => self.brand(partner).await?,
                Step::Payer => self.payer().await?,
                Step::Approve(through) => self.approve(through).await?,
                Step::Settle(key, settlement, day) => self.settle(key, settlement, day).await?,
                Step::Adjust(key, partner, amount) => self.adjust(key, partner, amount).await?,
                Step::Case(key, partner, title, end) => self.case(key, partner, title, end).await?,
                Step::FreeMonth(key, partner, client, month, end) => self.free_month(key, partner, client, month, end).await?,
            }
        }
        self.clock.set(self.now);
        self.notices().await?;
        self.staff(ADMIN, "Андрей Власов", Role::StaffAdmin).await?;
        Ok(())
    }

    /// What was told over the demo's years is read, but for the newest, and nobody is written to about it.
    async fn notices(&self) -> Result<()> {
        for member in self.members.values() {
            let told = self.services.notices_page(member, true, None).await?.lines;
            if let Some(last_read) = told.get(UNREAD_NOTICES) {
                self.services.notices_mark_read(member, last_read.id).await?;
            }
        }
        let mut transaction = self.services.database.begin(Scope::Staff).await?;
        store::emails::fail_waiting(&mut transaction, "no_mail_server").await?;
        transaction.commit().await?;
        Ok(())
    }

    fn ready(&self, email: &str, display_name: &str) -> ReadyPerson {
        ReadyPerson {
            email: email.to_owned(),
            display_name: display_name.to_owned(),
            password_hash: self.password_hash.clone(),
            made_up_password: None,
        }
    }

    async fn staff(&self, email: &str, name: &str, role: Role) -> Result<Viewer> {
        let user_id = match self.user(email).await? {
            Some(user) => user,
            None => self.services.staff_enter(ACTOR, role, self.ready(email, name)).await?.user_id,
        };
        Ok(viewer(user_id, role, None, name, email))
    }

    async fn user(&self, email: &str) -> Result<Option<domain::ids::UserId>> {
        let mut transaction = self.services.database.begin(Scope::Application).await?;
        Ok(store::users::find_credentials(&mut transaction, email).await?.map(|person| person.id))
    }

    async fn partner(&mut self, place: usize) -> Result<()> {
        let story = &STORIES[place];
        let email = address(story.slug);
        let code = plan::code(place);
        let mut transaction = self.services.database.begin(Scope::Staff).await?;
        let known = store::partners::find_by_name(&mut transaction, &code).await?;
        drop(transaction);
        let (id, user_id) = match (known, self.user(&email).await?) {
            (Some(id), Some(user)) => (id, user),
            (None, None) => {
                let inn = self.plan.partner_inns.get(place).ok_or(Error::NotFound)?;
                let partner = store::partners::Partner { id: secrets::id(), code, name: story.name.to_owned(), inn: inn.to_string() };
                let contract_date = self.plan.day(story.contract);
                let member = self.ready(&email, story.member);
                let created = self.services.partner_enter(ACTOR, &partner, contract_date, story.billing, member).await?;
                (partner.id, created.user_id)
            }
            // Half of a partner is nobody's demo.
            _ => return Err(Refusal::Taken.into()),
        };
        let partner = ViewerPartner { id, name: story.name.to_owned() };
        // One partner has not said yet where it is paid.
        if story.billing == BillingSide::Provider && place != place::GRANIT {
            self.services.bank_account_edit(ACTOR, id, &plan::bank_account(place)).await?;
        }
        self.members.insert(place, viewer(user_id, Role::PartnerMember, Some(partner), story.member, &email));
        Ok(())
    }

    fn member(&self, place: usize) -> Result<&Viewer> {
        self.members.get(&place).ok_or(Error::NotFound)
    }

    fn reviewer(&self) -> Result<&Viewer> {
        self.reviewer.as_ref().ok_or(Error::NotFound)
    }

    fn partner_id(&self, place: usize) -> Result<PartnerId> {
        self.member(place)?.partner.as_ref().map(|partner| partner.id).ok_or(Error::NotFound)
    }

    async fn late_exam(&self, place: usize, passed_on: BusinessDate) -> Result<()> {
        let fields = ExamFields { passed_on: passed_on.to_string() };
        match self.services.exam_record(self.reviewer()?, self.partner_id(place)?, &fields).await {
            Ok(_) | Err(Error::Refused(Refusal::LateFactKnown | Refusal::ExamKnown)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn exam(&self, place: usize, passed_on: BusinessDate) -> Result<()> {
        let (id, now) = (self.partner_id(place)?, self.services.now());
        let mut transaction = self.services.database.begin(Scope::Staff).await?;
        store::partners::lock_level(&mut transaction, id).await?;
        match store::partners::insert_exam(&mut transaction, id, passed_on, None, now).await {
            Err(error) if error.is_constraint("partner_exams_day_key") => return Ok(()),
            other => other?,
        }
        let object_id = id.to_string();
        let change = Change {
            action: "exam.record",
            object_kind: "partner",
            object_id: &object_id,
            partner_id: Some(id),
            before: None,
            after: Some(json!({ "passed_on": passed_on })),
        };
        audit::record(&mut transaction, ACTOR, now, change).await?;
        level_changes_record(&mut transaction, ACTOR, id, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn hold(&self, place: usize, from: BusinessDate, reason: &str) -> Result<()> {
        let (id, now) = (self.partner_id(place)?, self.services.now());
        let mut transaction = self.services.database.begin(Scope::Staff).await?;
        store::partners::lock_level(&mut transaction, id).await?;
        let standing = Standing::load(&mut transaction, id).await?;
        if standing.facts.level.staff_decisions.iter().any(|decision| decision.date == from) {
            return Ok(());
        }
        store::partners::insert_level_decision(&mut transaction, id, from, Level::Basic, reason, None, now).await?;
        let object_id = id.to_string();
        let change = Change {
            action: "level.decide",
            object_kind: "partner",
            object_id: &object_id,
            partner_id: Some(id),
            before: None,
            after: Some(json!({ "level": Level::Basic, "date": from, "reason": reason })),
        };
        audit::record(&mut transaction, ACTOR, now, change).await?;
        level_changes_record(&mut transaction, ACTOR, id, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn month(&self, months_ago: i32) -> Result<()> {
        let month = self.plan.month(months_ago);
        let mut transaction = self.services.database.begin(Scope::Staff).await?;
        let closed_through = store::months::closed_through(&mut transaction).await?;
        drop(transaction);
        if closed_through.is_some_and(|last| month <= last) {
            return Ok(());
        }
        let file = Cursor::new(self.plan.billing_file(months_ago).into_bytes());
        let preview = self.services.usage_preview(ACTOR, &format!("billing-{month}.csv"), file, false).await?;
        if let Some(problem) = preview.import.problems.first() {
            return Err(Error::unexpected(std::io::Error::other(format!("the demo's own file has a bad row: {problem:?}"))));
        }
        self.services.usage_commit(ACTOR, preview.import.id).await?;
        // The last month stays open: closing it is for whoever looks at the demo.
        if months_ago > 1 {
            self.services.month_close(ACTOR, month).await?;
        }
        Ok(())
    }

    /// A client of a partner by its place.
    async fn client(&mut self, partner: usize, client: usize) -> Result<ClientId> {
        if self.clients.get(&partner).is_none_or(|known| known.len() < CLIENTS) {
            let id = self.partner_id(partner)?;
            let mut transaction = self.services.database.begin(Scope::Partner(id)).await?;
            let known = store::clients::choices(&mut transaction, id, 500).await?;
            self.clients.insert(partner, known.into_iter().map(|client| (client.inn.to_string(), client.id)).collect());
        }
        let inn = self.inn(partner, client)?;
        self.clients.get(&partner).and_then(|known| known.get(inn.as_str())).copied().ok_or(Error::NotFound)
    }

    fn inn(&self, partner: usize, client: usize) -> Result<Inn> {
        self.plan.clients.get(partner).and_then(|clients| clients.get(client)).map(|client| client.inn.clone()).ok_or(Error::NotFound)
    }

    /// The client that only tries.
    async fn newcomer(&self, partner: usize, from: BusinessDate) -> Result<ClientId> {
        let (partner_id, now) = (self.partner_id(partner)?, self.services.now());
        let planned = self.plan.newcomer.as_ref().ok_or(Error::NotFound)?;
        let client = Client { id: secrets::id(), partner_id, inn: planned.inn.clone(), name: planned.name.clone(), start_date: from };
        let mut transaction = self.services.database.begin(Scope::Partner(partner_id)).await?;
        let known = store::clients::choices(&mut transaction, partner_id, 500).await?;
        if let Some(known) = known.into_iter().find(|known| known.inn == client.inn) {
            return Ok(known.id);
        }
        store::clients::insert(&mut transaction, &client, now).await?;
        let object_id = client.id.to_string();
        let change = Change {
            action: "client.add",
            object_kind: "client",
            object_id: &object_id,
            partner_id: Some(partner_id),
            before: None,
            after: Some(json!({ "inn": client.inn, "name": client.name, "start_date": from })),
        };
        audit::record(&mut transaction, ACTOR, now, change).await?;
        transaction.commit().await?;
        Ok(client.id)
    }

    /// A trial; without a recorded end it ends as the model says.
    async fn trial(&self, partner: usize, client_id: ClientId, from: BusinessDate, to: Option<BusinessDate>) -> Result<()> {
        let (partner_id, now) = (self.partner_id(partner)?, self.services.now());
        let mut transaction = self.services.database.begin(Scope::Partner(partner_id)).await?;
        if !store::trials::of_client(&mut transaction, partner_id, client_id).await?.is_empty() {
            return Ok(());
        }
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let fact = trial::record(from, to, standing.model_on(from), standing.terms.on(from)).map_err(Refusal::Trial)?;
        let services = vec!["kvm".to_owned(), "databases".to_owned()];
        let trial = Trial { id: secrets::id(), partner_id, client_id, services, started_on: fact.start, ended_on: fact.end };
        store::trials::insert(&mut transaction, &trial, None, now).await?;
        let object_id = trial.id.to_string();
        let change = Change {
            action: "trial.record",
            object_kind: "trial",
            object_id: &object_id,
            partner_id: Some(partner_id),
            before: None,
            after: Some(json!({ "client": client_id, "services": trial.services, "started_on": fact.start, "ended_on": fact.end })),
        };
        audit::record(&mut transaction, ACTOR, now, change).await?;
        Ok(transaction.commit().await?)
    }

    async fn codes(&mut self, key: u64, partner: usize, faces: &[i64], end: End) -> Result<()> {
        let notes = ["Продление", "Новый проект", "Перенос данных"];
        let asked = faces.iter().enumerate().map(|(place, face)| AskedCode {
            face: *face,
            note: notes.get(place).map(|note| (*note).to_owned()),
            client_id: None,
        });
        let member = self.member(partner)?;
        let reference = self.services.bonus_codes_submit(member, asked.collect(), Uuid::from_u64_pair(self.seed, key)).await?;
        self.end(partner, &reference, end).await?;
        self.requests.insert(key, (partner, reference));
        Ok(())
    }

    async fn case(&mut self, key: u64, partner: usize, title: &str, end: End) -> Result<()> {
        let member = self.member(partner)?;
        let done = "Магазин работал на своём сервере и останавливался в дни распродаж. Мы перенесли базу данных и каталог на виртуальные машины, \
                    настроили резервные копии и нагрузку проверили заранее.";
        let result = "Страница открывается за 0,8 секунды вместо 1,7; в ноябрьскую распродажу магазин не останавливался ни разу.";
        let fields = [
            (Brief::TITLE, title),
            (Brief::CLIENT, "ООО «Первоцвет»"),
            (Brief::INDUSTRY, "retail"),
            ("brief.services.kvm", "true"),
            (Brief::DONE, done),
            (Brief::RESULT, result),
        ];
        let fields: Vec<(String, String)> = fields.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
        let key = Uuid::from_u64_pair(self.seed, key);
        let saved = self.services.request_draft_save(member, RequestKind::CaseStudy, key, fields.clone(), None).await?;
        done_before(self.services.request_submit(member, &saved.reference, fields, saved.version).await)?;
        self.end(partner, &saved.reference, end).await
    }

    async fn free_month(&mut self, key: u64, partner: usize, client: usize, month: Month, end: End) -> Result<()> {
        let client_id = self.client(partner, client).await?;
        let member = self.member(partner)?;
        let mut transaction = self.services.database.begin(member.scope()).await?;
        let resources = store::clients::resources(&mut transaction, self.partner_id(partner)?, client_id).await?;
        drop(transaction);
        let resources = resources.into_iter().filter(|resource| resource.is_virtual_machine).map(|resource| resource.name).collect();
        let key = Uuid::from_u64_pair(self.seed, key);
        let reference = self.services.free_month_submit(member, client_id, Ask { month, resources }, key).await?;
        self.end(partner, &reference, end).await
    }

    /// Ends a request the next day. One that has ended already stays as it is.
    async fn end(&self, partner: usize, reference: &str, end: End) -> Result<()> {
        self.clock.set((self.services.now() + TimeDelta::hours(20)).min(self.now));
        let ended = match end {
            End::Waits => Ok(()),
            End::Approved => self.services.request_approve(self.reviewer()?, reference).await,
            End::Refused(reason, text) => {
                let text = RefusalText::try_from(text.to_owned()).map_err(Error::unexpected)?;
                self.services.request_refuse(self.reviewer()?, reference, reason, text).await
            }
            End::Withdrawn => self.services.request_withdraw(self.member(partner)?, reference).await,
        };
        done_before(ended)
    }

    /// A White Label partner publishes its brand, unless it did so before.
    async fn brand(&self, partner: usize) -> Result<()> {
        let (services, member) = (&self.services, self.member(partner)?);
        let page = services.brand_page(member).await?;
        if !page.versions.is_empty() {
            return Ok(());
        }
        let mut version = services.brand_save(member, &brand::form(), page.version).await?;
        // Pictures are drawn where files are kept.
        if services.files().is_some() {
            for (place, drawing) in brand::LOGOS {
                version = services.brand_picture_save(member, place, drawing.to_vec()).await?.map_err(Error::unexpected)?;
            }
        }
        services.brand_publish(member, version).await
    }

    async fn payer(&self) -> Result<()> {
        let fields = SettingsFields {
            second_person_above: "100 000,00".to_owned(),
            name: "ООО «Облако»".to_owned(),
            inn: self.plan.payer_inn.as_ref().ok_or(Error::NotFound)?.to_string(),
            account: plan::bank_account(STORIES.len()),
        };
        self.services.settlement_settings_edit(ACTOR, &fields).await
    }

    async fn approve(&self, through: Month) -> Result<()> {
        let filter = EntryFilter { to: Some(through), ..EntryFilter::default() };
        let waiting = self.services.ledger_waiting(self.reviewer()?, &filter).await?;
        if waiting.count > 0 {
            self.services.ledger_approve_matching(Actor::Person(self.reviewer()?), &filter, waiting).await?;
        }
        Ok(())
    }

    /// Makes a run of what is approved and has it carried out some days later.
    async fn settle(&self, key: u64, settlement: Settlement, day: BusinessDate) -> Result<()> {
        let accountant = self.accountant.as_ref().ok_or(Error::NotFound)?;
        let shown = self.services.settlement_preview(self.reviewer()?, settlement).await?.total;
        let key = Uuid::from_u64_pair(self.seed, key);
        let reference = self.services.settlement_make(self.reviewer()?, settlement, shown, key).await?;
        self.clock.set((day.starts_at() + TimeDelta::hours(15)).min(self.now));
        let fields = SettleFields { settled_on: day.to_string() };
        self.services.settlement_settle(accountant, &reference, &fields).await
    }

    async fn adjust(&self, key: u64, partner: usize, amount: &str) -> Result<()> {
        let fields = AdjustmentFields {
            partner: plan::code(partner),
            amount: amount.to_owned(),
            settlement: Settlement::Discount.as_str().to_owned(),
            reason: AdjustmentReason::BillingMistake.as_str().to_owned(),
            text: "Диск, который отключили в начале месяца, был посчитан до его конца.".to_owned(),
        };
        self.services.adjustment_propose(self.reviewer()?, &fields, Uuid::from_u64_pair(self.seed, key)).await
    }

    /// The text of a code that was granted.
    async fn code(&self, request: u64, place: usize) -> Result<domain::bonus_code::CodeText> {
        let (partner, reference) = self.requests.get(&request).ok_or(Error::NotFound)?;
        let detail = self.services.request_page(self.member(*partner)?, reference).await?;
        let code = detail.codes.get(place).ok_or(Error::NotFound)?;
        code.code.parse().map_err(Error::unexpected)
    }

    async fn redeem(&self, request: u64, place: usize, partner: usize, client: usize) -> Result<()> {
        let (code, inn) = (self.code(request, place).await?, self.inn(partner, client)?);
        done_before(self.services.bonus_code_redeem(self.reviewer()?, &code, &inn).await.map(drop))
    }

    async fn revoke(&self, request: u64, place: usize) -> Result<()> {
        let code = self.code(request, place).await?;
        done_before(self.services.bonus_code_revoke(self.reviewer()?, &code, "Клиент отказался от проекта").await.map(drop))
    }
}

/// What an interrupted run had done already counts as done.
fn done_before(result: Result<()>) -> Result<()> {
    match result {
        Err(Error::Refused(Refusal::Transition(_) | Refusal::Redeem(_) | Refusal::Revoke(_))) => Ok(()),
        other => other,
    }
}

fn viewer(user_id: domain::ids::UserId, role: Role, partner: Option<ViewerPartner>, name: &str, email: &str) -> Viewer {
    Viewer {
        user_id,
        role,
        partner,
        display_name: name.to_owned(),
        email: email.to_owned(),
        locale: Locale::Ru,
        email_notices: true,
        unread_notices: 0,
        request_identity: None,
    }
}
