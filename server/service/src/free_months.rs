//! Free months of a client: the calendar, the request, the grant (`FREE-1` to `FREE-6`).

use std::collections::BTreeSet;

use domain::calendar::{BusinessDate, Month};
use domain::form;
use domain::free_month::{Ask, BonusMonth, CalendarMonth, ClientFacts, Standing as MonthStanding, calendar, check, earliest};
use domain::ids::{ClientId, PartnerId};
use domain::model::Model;
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::request::{Entries, RequestKind};
use domain::terms::Terms;
use domain::trial::Trial;
use domain::verdict::Verdict;
use store::Connection;
use store::clients::{Client, Resource};
use uuid::Uuid;

use crate::clients::field;
use crate::error::FormProblems;
use crate::paging::cut_to_page;
use crate::requests::{NewRequest, Page, RequestLine, Subject, Submission, entered, submit};
use crate::{Error, Refusal, Result, Services, Standing, Viewer};

/// Clients on a page of the list.
const CLIENTS: i64 = 50;

/// What the calendar of a client shows.
#[derive(Clone, Debug)]
pub struct FreeMonthsPage {
    /// The client.
    pub client: Client,
    /// The model in force.
    pub model: Model,
    /// Whether the model has the privilege (`PRIV-1`), and why not.
    pub privilege: Verdict,
    /// The facts the rules look at: the browser checks with the same rules.
    pub facts: ClientFacts,
    /// The terms in force.
    pub terms: Terms,
    /// Today.
    pub today: BusinessDate,
    /// The calendar.
    pub months: Vec<CalendarMonth>,
    /// The first month that may be had.
    pub earliest: Option<Month>,
    /// The client's virtual machines.
    pub virtual_machines: Vec<Resource>,
}

/// A client in the list from which a calendar is opened.
#[derive(Clone, Debug)]
pub struct FreeMonthClient {
    /// The client.
    pub client: Client,
    /// The first month it may have.
    pub earliest: Option<Month>,
    /// Its live months, each once.
    pub months: Vec<(Month, MonthStanding)>,
    /// Months it may have in all (`FREE-1`).
    pub limit: u32,
    /// Why it may have none now: what speaks against the month running; empty where there is an earliest month.
    pub verdict: Verdict,
}

/// What the rules say now of a waiting request; the request itself is left out of the facts.
#[derive(Clone, Debug)]
pub struct FreeMonthNow {
    /// The verdict.
    pub verdict: Verdict,
    /// The client's calendar without it.
    pub months: Vec<CalendarMonth>,
}

impl FreeMonthNow {
    /// From what is asked for and the client without the request.
    pub(crate) fn new(ask: &Ask, client: &ClientFacts, today: BusinessDate, terms: &Terms) -> Self {
        Self { verdict: check(ask, client, today, terms), months: calendar(client, today, terms) }
    }
}

/// The facts of a client that the rules look at, and its virtual machines.
async fn facts(connection: &mut Connection, partner_id: PartnerId, client_id: ClientId) -> Result<(ClientFacts, Vec<Resource>)> {
    let resources: Vec<Resource> = store::clients::resources(connection, partner_id, client_id)
        .await?
        .into_iter()
        .filter(|resource| resource.is_virtual_machine)
        .collect();
    let trials = store::trials::of_client(connection, partner_id, client_id).await?;
    let live = store::free_month_requests::live_of_client(connection, partner_id, client_id).await?;
    let facts = ClientFacts {
        resources: resources.iter().map(|resource| resource.name.clone()).collect(),
        trials: trials.into_iter().map(|trial| Trial { start: trial.started_on, end: trial.ended_on }).collect(),
        months: live
            .into_iter()
            .map(|request| BonusMonth {
                month: request.month,
                standing: if request.granted { MonthStanding::Granted } else { MonthStanding::Pending },
                resources: request.resources,
            })
            .collect(),
    };
    Ok((facts, resources))
}

impl Services {
    /// The calendar of a client.
    pub async fn free_months_page(&self, viewer: &Viewer, client_id: ClientId) -> Result<FreeMonthsPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let client = store::clients::find(&mut transaction, Some(partner_id), client_id).await?.ok_or(Error::NotFound)?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let (facts, virtual_machines) = facts(&mut transaction, partner_id, client_id).await?;
        let terms = standing.terms.on(today).clone();
        let model = standing.model_on(today);
        Ok(FreeMonthsPage {
            client,
            model,
            privilege: privilege::check(&terms, model, Privilege::FreeMonths).into_iter().collect(),
            months: calendar(&facts, today, &terms),
            earliest: earliest(&facts, today, &terms),
            facts,
            terms,
            today,
            virtual_machines,
        })
    }

    /// Asks for a free month. The same key again gives the first request's reference and changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Rules`] with every violation and its figures; [`Error::NotFound`] where the client is not the partner's.
    pub async fn free_month_submit(&self, viewer: &Viewer, client_id: ClientId, ask: Ask, idempotency_key: Uuid) -> Result<String> {
        let partner_id = viewer.partner_for(Action::SubmitRequest)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        if !store::clients::lock(&mut transaction, partner_id, client_id).await? {
            return Err(Error::NotFound);
        }
        if let Some(reference) = store::requests::find_by_idempotency_key(&mut transaction, partner_id, idempotency_key).await? {
            return Ok(reference);
        }
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let version = standing.terms.version_on(today);
        let model = standing.model_on(today);
        let (facts, virtual_machines) = facts(&mut transaction, partner_id, client_id).await?;
        let verdict =
            check(&ask, &facts, today, &version.terms).preceded_by(privilege::check(&version.terms, model, Privilege::FreeMonths));
        if !verdict.is_allowed() {
            return Err(Refusal::Rules(verdict).into());
        }
        let named: Vec<_> =
            virtual_machines.iter().filter(|resource| ask.resources.contains(&resource.name)).map(|resource| resource.id).collect();
        let request = NewRequest {
            kind: RequestKind::FreeMonth,
            partner_id,
            idempotency_key,
            model,
            terms_version_id: version.id,
            verdict: &verdict,
            entries: entered([
                ("client".to_owned(), client_id.to_string()),
                ("month".to_owned(), ask.month.to_string()),
                ("machines".to_owned(), ask.resources.join("\n")),
            ])?,
            asked: serde_json::json!({ "client": client_id, "month": ask.month, "resources": ask.resources }),
        };
        let (id, reference) = match submit(&mut transaction, viewer, request, now).await? {
            Submission::New(id, reference) => (id, reference),
            Submission::Before(reference) => return Ok(reference),
        };
        store::free_month_requests::insert(&mut transaction, id, partner_id, client_id, ask.month, &named).await?;
        transaction.commit().await?;
        Ok(reference)
    }

    /// Asks the rules again for a request that is being approved.
    pub(crate) async fn free_month_grant(&self, connection: &mut Connection, line: &RequestLine) -> Result<()> {
        let Subject::FreeMonth { client_id, .. } = &line.subject else { return Err(Error::NotFound) };
        store::clients::lock(connection, line.partner_id, *client_id).await?;
        let verdict = self.request_now(connection, line).await?.into_verdict();
        if verdict.is_allowed() { Ok(()) } else { Err(Refusal::Rules(verdict).into()) }
    }

    /// Writes the corrected month or machines of a live request. That the rules let them through is asked afterwards, of what is written.
    pub(crate) async fn free_month_correct(&self, connection: &mut Connection, line: &RequestLine, entries: &Entries) -> Result<()> {
        let Subject::FreeMonth { client_id, month, .. } = &line.subject else { return Err(Error::NotFound) };
        store::clients::lock(connection, line.partner_id, *client_id).await?;
        let mut problems = FormProblems::new();
        let month = match entries.get("month") {
            Some(typed) => field(&mut problems, "month", form::month(typed)).unwrap_or(*month),
            None => *month,
        };
        let machines: Vec<String> = match entries.get("machines") {
            Some(typed) => typed.lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            None => store::free_month_requests::resources(connection, line.partner_id, line.id).await?,
        };
        let known = store::clients::resources(connection, line.partner_id, *client_id).await?;
        // One named twice is one, as when it was asked for first.
        let names: BTreeSet<&str> = machines.iter().map(String::as_str).collect();
        let ids: Vec<_> = known
            .iter()
            .filter(|resource| resource.is_virtual_machine && names.contains(resource.name.as_str()))
            .map(|resource| resource.id)
            .collect();
        if ids.len() != names.len() {
            problems.insert("machines".to_owned(), form::FieldProblem::UnknownChoice);
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        Ok(store::free_month_requests::correct(connection, line.id, line.partner_id, month, &ids).await?)
    }

    /// Clients from which a calendar is opened, by name, with the first month each may have. `search` narrows, `after` continues
    /// behind a client.
    pub async fn free_month_clients(
        &self,
        viewer: &Viewer,
        search: Option<&str>,
        after: Option<ClientId>,
    ) -> Result<Page<FreeMonthClient>> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let terms = standing.terms.on(today);
        let missing = privilege::check(terms, standing.model_on(today), Privilege::FreeMonths);
        let mut all = store::free_month_requests::facts_of_partner(&mut transaction, partner_id, search, after, CLIENTS + 1).await?;
        let more = cut_to_page(&mut all, CLIENTS);
        let next = all.last().filter(|_| more).map(|(client, _)| client.id.to_string());
        let lines = all
            .into_iter()
            .map(|(client, facts)| {
                let first = earliest(&facts, today, terms).filter(|_| missing.is_none());
                let ask = Ask { month: today.month(), resources: facts.resources.clone() };
                let verdict =
                    if first.is_some() { Verdict::default() } else { check(&ask, &facts, today, terms).preceded_by(missing.clone()) };
                let mut months: Vec<_> = facts.months.iter().map(|month| (month.month, month.standing)).collect();
                months.sort_unstable();
                months.dedup_by_key(|(month, _)| *month);
                FreeMonthClient { client, earliest: first, months, limit: terms.free_months_per_client, verdict }
            })
            .collect();
        Ok(Page { lines, next })
    }
}
