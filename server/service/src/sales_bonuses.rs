//! The bonus of a partner's sales manager for one month of a client's work (`SALES-1`): the claim, the grant.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::accrual::{Explanation, Settlement};
use domain::calendar::{BusinessDate, Month, Period};
use domain::form;
use domain::ids::{ClientId, LedgerEntryId, PartnerId, RequestId};
use domain::ledger::EntryKind;
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::rate::RewardShare;
use domain::request::{Entries, RequestKind};
use domain::rule::Rule;
use domain::sales_bonus::{SalesFacts, check};
use domain::terms::TermsSchedule;
use domain::verdict::Verdict;
use rust_decimal::Decimal;
use store::Connection;
pub use store::clients::Client;
use store::ledger_entries::NewEntry;
use uuid::Uuid;

use crate::accruals::{PartnerBooks, by_partner};
use crate::clients::field;
use crate::error::FormProblems;
use crate::requests::{NewRequest, RequestLine, Subject, Submission, entered, submit};
use crate::{Error, Refusal, Result, Services, Standing, Viewer, secrets};

/// Closed months that the form offers.
const MONTHS_OFFERED: i32 = 12;
/// Clients that the form offers.
const CLIENTS_OFFERED: i64 = 500;
/// The longest name of a manager, in characters.
const LONGEST_NAME: u32 = 200;

/// What a client's month comes to for a claim, and what the rules say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct SalesBonusNow {
    /// What speaks against it.
    pub verdict: Verdict,
    /// What was billed, RUB.
    pub gross: Money,
    /// What is left after the rate, RUB: the bonus.
    pub net: Money,
}

/// The page of sales bonuses.
#[derive(Clone, Debug)]
pub struct SalesBonusesPage {
    /// The model in force.
    pub model: Model,
    /// Whether the model has the privilege (`PRIV-1`), and why not.
    pub privilege: Verdict,
    /// The clients to choose from, by name.
    pub clients: Vec<Client>,
    /// Whether there are more of them.
    pub clients_cut: bool,
    /// Closed months to choose from, the newest first.
    pub months: Vec<Month>,
    /// What was chosen, with what it comes to.
    pub chosen: Option<(Client, Month, SalesBonusNow)>,
    /// The key of the form.
    pub key: Uuid,
}

impl Services {
    /// The form, and what a chosen client's month comes to.
    pub async fn sales_bonuses_page(&self, viewer: &Viewer, chosen: Option<(ClientId, Month)>) -> Result<SalesBonusesPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let today = self.today();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let mut clients = store::clients::choices(&mut transaction, partner_id, CLIENTS_OFFERED + 1).await?;
        let clients_cut = crate::paging::cut_to_page(&mut clients, CLIENTS_OFFERED);
        let model = standing.model_on(today);
        let missing = privilege::check(standing.terms.on(today), model, Privilege::SalesBonus);
        let first = standing.facts.level.contract_date.month();
        let months = standing.facts.level.closed_through.map(|last| first.max(last.plus(1 - MONTHS_OFFERED)).through(last).rev().collect());
        let chosen = match chosen {
            Some((client_id, month)) if missing.is_none() => {
                match store::clients::find(&mut transaction, Some(partner_id), client_id).await? {
                    Some(client) => {
                        let now = claim_now(&mut transaction, &standing, client_id, month, &[]).await?;
                        Some((client, month, now))
                    }
                    None => return Err(Error::NotFound),
                }
            }
            _ => None,
        };
        Ok(SalesBonusesPage {
            model,
            privilege: missing.into_iter().collect(),
            clients,
            clients_cut,
            months: months.unwrap_or_default(),
            chosen,
            key: secrets::id(),
        })
    }

    /// Claims the bonus. The same key again gives the first request's reference and changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the field `manager`; [`Refusal::Rules`]; [`Error::NotFound`] where the client is not the partner's.
    pub async fn sales_bonus_submit(
        &self,
        viewer: &Viewer,
        client_id: ClientId,
        month: Month,
        manager: &str,
        idempotency_key: Uuid,
    ) -> Result<String> {
        let partner_id = viewer.partner_for(Action::SubmitRequest)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut problems = FormProblems::new();
        let Some(manager) = field(&mut problems, "manager", form::text(manager, 1, LONGEST_NAME)) else {
            return Err(Error::Invalid(problems));
        };
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
        let found = claim_now(&mut transaction, &standing, client_id, month, &[]).await?;
        let verdict = found.verdict.preceded_by(privilege::check(&version.terms, model, Privilege::SalesBonus));
        if !verdict.is_allowed() {
            return Err(Refusal::Rules(verdict).into());
        }
        let request = NewRequest {
            kind: RequestKind::SalesBonus,
            partner_id,
            idempotency_key,
            model,
            terms_version_id: version.id,
            verdict: &verdict,
            entries: entered([
                ("client".to_owned(), client_id.to_string()),
                ("month".to_owned(), month.to_string()),
                ("manager".to_owned(), manager.clone()),
            ])?,
            asked: serde_json::json!({ "client": client_id, "month": month, "manager": manager, "amount": found.net }),
        };
        let (id, reference) = match submit(&mut transaction, viewer, request, now).await? {
            Submission::New(id, reference) => (id, reference),
            Submission::Before(reference) => return Ok(reference),
        };
        store::sales_bonus_requests::insert(&mut transaction, id, partner_id, client_id, month, &manager, found.net).await?;
        transaction.commit().await?;
        Ok(reference)
    }

    /// Writes the corrected month or manager of a live claim, if the rules let it through.
    pub(crate) async fn sales_bonus_correct(&self, connection: &mut Connection, line: &RequestLine, entries: &Entries) -> Result<()> {
        let Subject::SalesBonus { client_id, month, manager_name, .. } = &line.subject else { return Err(Error::NotFound) };
        store::clients::lock(connection, line.partner_id, *client_id).await?;
        let mut problems = FormProblems::new();
        let month = match entries.get("month") {
            Some(typed) => field(&mut problems, "month", form::month(typed)).unwrap_or(*month),
            None => *month,
        };
        let manager = match entries.get("manager") {
            Some(typed) => field(&mut problems, "manager", form::text(typed, 1, LONGEST_NAME)).unwrap_or_default(),
            None => manager_name.clone(),
        };
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let standing = Standing::load(connection, line.partner_id).await?;
        let found = claim_now(connection, &standing, *client_id, month, &[line.id]).await?;
        if !found.verdict.is_allowed() {
            return Err(Refusal::Rules(found.verdict).into());
        }
        Ok(store::sales_bonus_requests::correct(connection, line.id, line.partner_id, month, &manager, found.net).await?)
    }

    /// Asks the rules again for a claim that is being approved, and brings it into the ledger: what the month comes to now, RUB.
    pub(crate) async fn sales_bonus_grant(
        &self,
        connection: &mut Connection,
        viewer: &Viewer,
        line: &RequestLine,
        now: DateTime<Utc>,
    ) -> Result<Money> {
        let Subject::SalesBonus { client_id, month, .. } = &line.subject else { return Err(Error::NotFound) };
        store::clients::lock(connection, line.partner_id, *client_id).await?;
        let standing = Standing::load(connection, line.partner_id).await?;
        let found = claim_now(connection, &standing, *client_id, *month, &[line.id]).await?;
        if !found.verdict.is_allowed() {
            return Err(Refusal::Rules(found.verdict).into());
        }
        let today = BusinessDate::of(now);
        let explanation = Explanation::ClientMonth { gross: found.gross, net: found.net };
        let entry = NewEntry {
            id: LedgerEntryId(Uuid::now_v7()),
            partner_id: line.partner_id,
            kind: EntryKind::Accrual,
            rule: Rule::Sales1,
            period: Period::Month(*month),
            base: found.net,
            rate: Some(Decimal::ONE),
            amount: found.net,
            settlement: Settlement::of(standing.model_on(today)),
            terms: standing.terms.version_on(today).id,
            accrued_on: today,
            closed_month: None,
            request_id: Some(line.id),
            client_id: Some(*client_id),
            corrects: None,
            nothing: None,
            explanation: serde_json::to_value(&explanation).map_err(Error::unexpected)?,
            reason: None,
        };
        store::ledger_entries::insert(connection, &[entry], Some(viewer.user_id), now).await?;
        Ok(found.net)
    }
}

/// What a client's month comes to, without some requests.
async fn claim_now(
    connection: &mut Connection,
    standing: &Standing,
    client_id: ClientId,
    month: Month,
    except: &[RequestId],
) -> Result<SalesBonusNow> {
    let id = standing.facts.partner.id;
    let picks = store::client_rate_choices::once_picks(connection, &[id]).await?;
    let rows = store::partner_month_sums::usage(connection, &[id], month, month).await?;
    let live = store::sales_bonus_requests::live(connection, &[client_id], except).await?;
    let book = PartnerBooks::new(&standing.facts, &standing.terms, &picks);
    Ok(now_of(&book, standing.facts.level.closed_through, client_id, month, &rows, &live))
}

fn now_of(
    book: &PartnerBooks<'_>,
    closed_through: Option<Month>,
    client_id: ClientId,
    month: Month,
    rows: &[store::partner_month_sums::UsageLine],
    live: &[(ClientId, Month)],
) -> SalesBonusNow {
    let (gross, net) = book.client_net(client_id, month, rows.iter());
    let facts = SalesFacts {
        closed_through,
        claimed: live.iter().find(|(client, _)| *client == client_id).map(|(_, month)| *month),
        once_month: match book.share(client_id) {
            RewardShare::Once { month } => Some(month),
            RewardShare::Monthly => None,
        },
        net,
    };
    SalesBonusNow { verdict: check(month, &facts), gross, net }
}

/// What the rules say now of the waiting claims among some requests: a few statements, however many they are.
pub(crate) async fn claims_now(connection: &mut Connection, lines: &[RequestLine]) -> Result<HashMap<RequestId, SalesBonusNow>> {
    let claims: Vec<(&RequestLine, ClientId, Month)> = lines
        .iter()
        .filter(|line| !line.status.is_decided())
        .filter_map(|line| match &line.subject {
            Subject::SalesBonus { client_id, month, .. } => Some((line, *client_id, *month)),
            _ => None,
        })
        .collect();
    let (Some(first), Some(last)) = (claims.iter().map(|claim| claim.2).min(), claims.iter().map(|claim| claim.2).max()) else {
        return Ok(HashMap::new());
    };
    let mut ids: Vec<PartnerId> = claims.iter().map(|(line, ..)| line.partner_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let clients: Vec<ClientId> = claims.iter().map(|claim| claim.1).collect();
    let waiting: Vec<RequestId> = claims.iter().map(|(line, ..)| line.id).collect();
    let terms: TermsSchedule = store::terms_versions::schedule(connection).await?;
    let facts = store::partners::facts(connection, &ids).await?;
    let picks = store::client_rate_choices::once_picks(connection, &ids).await?;
    let rows = by_partner(store::partner_month_sums::usage(connection, &ids, first, last).await?);
    // A claim does not stand in its own way; two waiting ones for a client can't be, for each is checked when it is made.
    let live = store::sales_bonus_requests::live(connection, &clients, &waiting).await?;
    let books: BTreeMap<PartnerId, PartnerBooks<'_>> =
        facts.iter().map(|facts| (facts.partner.id, PartnerBooks::new(facts, &terms, &picks))).collect();
    let closed_through: BTreeMap<PartnerId, Option<Month>> =
        facts.iter().map(|facts| (facts.partner.id, facts.level.closed_through)).collect();
    Ok(claims
        .into_iter()
        .filter_map(|(line, client_id, month)| {
            let book = books.get(&line.partner_id)?;
            let own = rows.get(&line.partner_id).map(Vec::as_slice).unwrap_or_default();
            let closed = closed_through.get(&line.partner_id).copied().flatten();
            Some((line.id, now_of(book, closed, client_id, month, own, &live)))
        })
        .collect())
}
