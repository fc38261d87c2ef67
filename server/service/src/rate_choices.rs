//! How a Referral partner is rewarded for a client: a share of every month, or the whole of one (`RATE-2`).

use domain::calendar::{BusinessDate, Month};
use domain::form::FieldProblem;
use domain::ids::{ClientId, PartnerId};
use domain::model::Model;
use domain::money::Money;
use domain::permission::Action;
use domain::rate::{MonthSums, PartnerMoney, Pick, RateChoice, RateChoiceFacts, RewardShare, check_choice, once_month, overtaking_month};
use domain::service::ServiceCode;
use domain::verdict::Verdict;
use serde_json::json;
use store::Connection;
use store::clients::Client;

use crate::audit::{self, Actor, Change};
use crate::error::FormProblems;
use crate::{Error, Refusal, Result, Services, Standing, Viewer};

/// What each choice gives on the client's own usage so far.
#[derive(Clone, Debug, PartialEq)]
pub struct RateChoices {
    /// What was picked; none counts as monthly.
    pub chosen: Option<RateChoice>,
    /// Whether it may be picked now, and why not.
    pub verdict: Verdict,
    /// The month that *once* takes whole.
    pub once_month: Month,
    /// Whether that month is over, so that its figure is the last one unless it is corrected.
    pub once_month_is_over: bool,
    /// What *monthly* gives on everything billed so far, RUB.
    pub monthly: Money,
    /// What *once* gives on it, RUB.
    pub once: Money,
    /// Months with billed rows.
    pub billed_months: usize,
    /// The month of bills as they were so far in which *monthly* comes to more than *once*; none where it is there already, or unknown.
    pub overtaken_in: Option<u32>,
}

impl RateChoices {
    /// What is known of a client's pick.
    pub(crate) async fn load(connection: &mut Connection, standing: &Standing, client: &Client, today: BusinessDate) -> Result<Self> {
        // Nobody else may pick, so nobody else's page waits for the figures.
        let (chosen, rows) = if standing.model_on(today) == Model::Referral {
            let chosen = store::client_rate_choices::of_client(connection, client.partner_id, client.id).await?;
            (chosen, store::usage_rows::amounts_of_client(connection, client.partner_id, client.id).await?)
        } else {
            (None, Vec::new())
        };
        let money = PartnerMoney::new(&standing.facts.level, &standing.terms);
        let month = once_month(client.start_date, standing.facts.level.contract_date);
        let mut months: Vec<Month> = rows.iter().map(|(month, ..)| *month).collect();
        months.dedup();
        let facts = RateChoiceFacts {
            model: standing.model_on(today),
            first_billed: months.first().copied(),
            closed_through: standing.facts.level.closed_through,
        };
        let given = |choice| rewards(&money, money.reward_share(Pick { start_date: client.start_date, choice: Some(choice) }), &rows);
        let (monthly, once) = (given(RateChoice::Monthly), given(RateChoice::Once));
        let overtaken_in = overtaking_month(monthly, months.len(), once).filter(|_| monthly <= once);
        Ok(Self {
            chosen,
            verdict: check_choice(&facts),
            once_month: month,
            once_month_is_over: month < today.month(),
            monthly,
            once,
            billed_months: months.len(),
            overtaken_in,
        })
    }
}

/// What rows of a client earn under a pick, over all months.
fn rewards(money: &PartnerMoney<'_>, share: RewardShare, rows: &[(Month, ServiceCode, Money)]) -> Money {
    let mut sums = MonthSums::default();
    for (month, service, gross) in rows {
        if let Some(terms) = money.month_terms(*month) {
            sums.add_row(&terms, share, service, *gross);
        }
    }
    let total = sums.total(|_| true);
    total.reward + total.once_base
}

impl Services {
    /// Picks how the viewer's partner is rewarded for a client.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such client or it is another partner's; [`Error::Invalid`] by the field `choice`;
    /// [`Refusal::Rules`] where the model is not Referral or the first billed month is closed.
    pub async fn rate_choose(&self, viewer: &Viewer, client_id: ClientId, choice: &str) -> Result<()> {
        let partner_id: PartnerId = viewer.partner_for(Action::ChooseRate)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        // The pick and the close of its month can't pass each other.
        store::usage_rows::lock_against_close(&mut transaction).await?;
        if !store::clients::lock(&mut transaction, partner_id, client_id).await? {
            return Err(Error::NotFound);
        }
        let client = store::clients::find(&mut transaction, Some(partner_id), client_id).await?.ok_or(Error::NotFound)?;
        let problem = if choice.is_empty() { FieldProblem::Required } else { FieldProblem::UnknownChoice };
        let choice: RateChoice = choice.parse().map_err(|_| Error::Invalid(FormProblems::from([("choice".to_owned(), problem)])))?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let known = RateChoices::load(&mut transaction, &standing, &client, today).await?;
        if !known.verdict.is_allowed() {
            return Err(Refusal::Rules(known.verdict).into());
        }
        if known.chosen == Some(choice) {
            return Ok(());
        }
        store::client_rate_choices::set(&mut transaction, partner_id, client_id, choice, Some(viewer.user_id), now).await?;
        let object_id = client_id.to_string();
        let change = Change {
            action: "client.rate",
            object_kind: "client",
            object_id: &object_id,
            partner_id: Some(partner_id),
            before: Some(json!({ "choice": known.chosen })),
            after: Some(json!({ "choice": choice, "once_month": known.once_month })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(())
    }
}
