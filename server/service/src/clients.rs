//! End clients of a partner: the list, a client's page, and entering one.

use chrono::{DateTime, Utc};
use domain::calendar::{BusinessDate, Month};
use domain::form;
use domain::ids::{ClientId, PartnerId};
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::trial::end_of;
use serde::{Deserialize, Serialize};
use store::bonus_codes::BonusCode;
use store::clients::{Client, ClientLine, ClientUsage, Resource, Service};
use store::free_month_requests::LiveFreeMonth;

use crate::audit::{self, Actor, Change};
use crate::paging::{cut_to_page, search_text};
use crate::rate_choices::RateChoices;
use crate::requests::{PAGE, Page};
use crate::trials::TrialLine;
use crate::{Error, Refusal, Result, Services, Standing, Viewer, error::FormProblems, secrets};

/// Months of usage that a client's page shows, the running one included.
const USAGE_MONTHS: i32 = 18;
/// How far ahead a client's work may begin, months.
const MOST_MONTHS_AHEAD: u32 = 12;
/// The longest name, in characters.
pub const LONGEST_NAME: u32 = 200;

/// The list of clients.
#[derive(Clone, Debug)]
pub struct ClientsPage {
    /// The clients, by name. Its `next` is the last client's id.
    pub page: Page<ClientLine>,
    /// What was looked for; none where all are shown. An empty list with a search found nothing, without one there are no clients yet.
    pub search: Option<String>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// A client's usage of a month.
#[derive(Clone, Debug)]
pub struct ClientMonth {
    /// The month.
    pub month: Month,
    /// By service, in the catalogue's order.
    pub services: Vec<ClientUsage>,
    /// Gross over all services, RUB.
    pub total: Money,
}

/// A client's page.
#[derive(Clone, Debug)]
pub struct ClientPage {
    /// The client.
    pub client: Client,
    /// Today.
    pub today: BusinessDate,
    /// The partner's model in force today.
    pub model: Model,
    /// What it runs: virtual machines first, then by name.
    pub resources: Vec<Resource>,
    /// Trials, newest first.
    pub trials: Vec<TrialLine>,
    /// Last day of a trial that begins today (`TRIAL-1`); none where it runs until its result is recorded.
    pub trial_end: Option<BusinessDate>,
    /// Usage of the last 18 months, newest first; months without usage are left out.
    pub usage: Vec<ClientMonth>,
    /// Codes meant for the client or redeemed by it, newest first. Of the client's own partner only.
    pub bonus_codes: Vec<BonusCode>,
    /// Requests for free months that are live, waiting or granted, by month.
    pub free_months: Vec<LiveFreeMonth>,
    /// Free months a client may have in all (`FREE-1`).
    pub free_months_limit: u32,
    /// How the partner is rewarded for it, and what each choice gives (`RATE-2`).
    pub rate: RateChoices,
    /// The provider's services: names, and the choice for a trial.
    pub services: Vec<Service>,
    /// When billing data last came in.
    pub data_as_of: Option<DateTime<Utc>>,
}

/// A new client as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientFields {
    /// INN.
    pub inn: String,
    /// Name.
    pub name: String,
    /// The day the client's work with the provider begins; today where nothing is typed.
    pub start_date: String,
}

/// Notes the problem of a field.
pub(crate) fn field<T>(problems: &mut FormProblems, name: &str, read: std::result::Result<T, form::FieldProblem>) -> Option<T> {
    read.map_err(|problem| problems.insert(name.to_owned(), problem)).ok()
}

/// A date, or the one that stands for nothing typed.
pub(crate) fn date_or(typed: &str, otherwise: BusinessDate) -> std::result::Result<BusinessDate, form::FieldProblem> {
    if typed.trim().is_empty() { Ok(otherwise) } else { form::date(typed) }
}

fn by_month(usage: Vec<ClientUsage>) -> Vec<ClientMonth> {
    let mut months: Vec<ClientMonth> = Vec::new();
    for line in usage {
        match months.last_mut() {
            Some(last) if last.month == line.month => {
                last.total += line.gross;
                last.services.push(line);
            }
            _ => months.push(ClientMonth { month: line.month, total: line.gross, services: vec![line] }),
        }
    }
    months
}

impl Services {
    /// The partner's clients by name. `after` continues behind a client.
    pub async fn clients_page(&self, viewer: &Viewer, search: Option<&str>, after: Option<ClientId>) -> Result<ClientsPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let search = search_text(search);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let mut lines =
            store::clients::list(&mut transaction, partner_id, search.as_deref(), after, self.today().naive(), PAGE + 1).await?;
        let data_as_of = store::usage_imports::data_as_of(&mut transaction).await?;
        let more = cut_to_page(&mut lines, PAGE);
        let next = lines.last().filter(|_| more).map(|last| last.client.id.to_string());
        Ok(ClientsPage { page: Page { lines, next }, search, data_as_of })
    }

    /// A client's page, for its partner and for staff.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such client or it is another partner's.
    pub async fn client_page(&self, viewer: &Viewer, id: ClientId) -> Result<ClientPage> {
        viewer.require(if viewer.partner.is_some() { Action::ViewOwnPages } else { Action::ViewPartners })?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let client = store::clients::find(&mut transaction, viewer.partner_id(), id).await?.ok_or(Error::NotFound)?;
        let standing = Standing::load(&mut transaction, client.partner_id).await?;
        let resources = store::clients::resources(&mut transaction, client.partner_id, id).await?;
        let trials = store::trials::of_client(&mut transaction, client.partner_id, id).await?;
        let from = today.month().plus(1 - USAGE_MONTHS).first_day().naive();
        let usage = store::clients::usage(&mut transaction, client.partner_id, id, from).await?;
        let bonus_codes = store::bonus_codes::of_client(&mut transaction, client.partner_id, id, client.inn.as_str()).await?;
        let free_months = store::free_month_requests::live_of_client(&mut transaction, client.partner_id, id).await?;
        let services = store::clients::services(&mut transaction).await?;
        let data_as_of = store::usage_imports::data_as_of(&mut transaction).await?;
        let rate = RateChoices::load(&mut transaction, &standing, &client, today).await?;
        let model = standing.model_on(today);
        let terms = standing.terms.on(today);
        Ok(ClientPage {
            client,
            today,
            model,
            resources,
            trials: trials.into_iter().map(|trial| TrialLine::new(trial, today)).collect(),
            trial_end: end_of(today, model, terms),
            usage: by_month(usage),
            bonus_codes,
            free_months,
            free_months_limit: terms.free_months_per_client,
            rate,
            services,
            data_as_of,
        })
    }

    /// Enters a client of the viewer's partner.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `inn`, `name`, `start_date`; [`Refusal::ClientKnown`] where the partner has a client with
    /// this INN (another partner's is nobody's business), [`Refusal::DateTooFar`].
    pub async fn client_add(&self, viewer: &Viewer, fields: &ClientFields) -> Result<ClientId> {
        let partner_id: PartnerId = viewer.partner_for(Action::AddClient)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut problems = FormProblems::new();
        let inn = field(&mut problems, "inn", form::inn(&fields.inn));
        let name = field(&mut problems, "name", form::text(&fields.name, 1, LONGEST_NAME));
        let start_date = field(&mut problems, "start_date", date_or(&fields.start_date, today));
        let (Some(inn), Some(name), Some(start_date)) = (inn, name, start_date) else { return Err(Error::Invalid(problems)) };
        let latest = today.plus_months(MOST_MONTHS_AHEAD);
        if start_date > latest {
            return Err(Refusal::DateTooFar { latest }.into());
        }

        let client = Client { id: secrets::id(), partner_id, inn, name, start_date };
        let mut transaction = self.database.begin(viewer.scope()).await?;
        match store::clients::insert(&mut transaction, &client, now).await {
            Err(error) if error.is_constraint("clients_partner_inn_key") => return Err(Refusal::ClientKnown.into()),
            other => other?,
        }
        let id = client.id.to_string();
        let change = Change {
            action: "client.add",
            object_kind: "client",
            object_id: &id,
            partner_id: Some(partner_id),
            before: None,
            after: Some(serde_json::json!({ "inn": client.inn, "name": client.name, "start_date": client.start_date })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(client.id)
    }
}
