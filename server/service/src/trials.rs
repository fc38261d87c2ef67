//! Trials of services for a client, as facts (`TRIAL-1`). Partners record those of their clients, staff those of any.

use domain::calendar::BusinessDate;
use domain::form::FieldProblem;
use domain::ids::{ClientId, TrialId};
use domain::permission::Action;
use domain::trial::record;
use serde::{Deserialize, Serialize};
use store::trials::Trial;

use crate::audit::{self, Actor, Change};
use crate::clients::{date_or, field};
use crate::{Error, Refusal, Result, Services, Standing, Viewer, error::FormProblems, secrets};

/// How far ahead a trial may be recorded, months: what is planned later may still change.
const MOST_MONTHS_AHEAD: u32 = 3;

/// Where a trial stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialState {
    /// It begins later.
    Planned,
    /// It runs.
    Running,
    /// Its last day has passed.
    Ended,
}

/// A trial on a client's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialLine {
    /// The trial.
    pub trial: Trial,
    /// Where it stands today.
    pub state: TrialState,
}

impl TrialLine {
    pub(crate) fn new(trial: Trial, today: BusinessDate) -> Self {
        let state = if trial.started_on > today {
            TrialState::Planned
        } else if trial.ended_on.is_some_and(|end| end < today) {
            TrialState::Ended
        } else {
            TrialState::Running
        };
        Self { trial, state }
    }

    /// Whether its result may still be recorded: it has no last day yet.
    pub fn is_open(&self) -> bool {
        self.trial.ended_on.is_none()
    }
}

/// A new trial as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrialFields {
    /// Codes of services.
    pub services: Vec<String>,
    /// First day; today where nothing is typed.
    pub start: String,
}

impl Services {
    /// Records a trial of a client. Its end follows from the model in force on its first day (`TRIAL-1`).
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such client or it is another partner's; [`Error::Invalid`] by the fields `services`
    /// and `start`; [`Refusal::TrialKnown`], [`Refusal::DateTooFar`].
    pub async fn trial_record(&self, viewer: &Viewer, client_id: ClientId, fields: &TrialFields) -> Result<TrialId> {
        viewer.require(Action::RecordTrial)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let client = store::clients::find(&mut transaction, viewer.partner_id(), client_id).await?.ok_or(Error::NotFound)?;

        let mut problems = FormProblems::new();
        let catalogue = store::clients::services(&mut transaction).await?;
        let known = fields.services.iter().all(|code| catalogue.iter().any(|service| service.code == *code));
        if fields.services.is_empty() {
            problems.insert("services".to_owned(), FieldProblem::Required);
        } else if !known {
            problems.insert("services".to_owned(), FieldProblem::UnknownChoice);
        }
        let Some(start) = field(&mut problems, "start", date_or(&fields.start, today)).filter(|_| problems.is_empty()) else {
            return Err(Error::Invalid(problems));
        };
        let latest = today.plus_months(MOST_MONTHS_AHEAD);
        if start > latest {
            return Err(Refusal::DateTooFar { latest }.into());
        }
        // In the catalogue's order, each once.
        let services: Vec<String> =
            catalogue.into_iter().map(|service| service.code).filter(|code| fields.services.contains(code)).collect();

        // Free months are decided by the client's trials (`FREE-2`, `FREE-4`), so both wait for each other.
        store::clients::lock(&mut transaction, client.partner_id, client_id).await?;
        let before = store::trials::of_client(&mut transaction, client.partner_id, client_id).await?;
        if before.iter().any(|trial| trial.started_on == start && trial.services == services) {
            return Err(Refusal::TrialKnown.into());
        }
        let standing = Standing::load(&mut transaction, client.partner_id).await?;
        let decided = record(start, None, standing.model_on(start), standing.terms.on(start)).map_err(Refusal::Trial)?;
        let trial = Trial {
            id: secrets::id(),
            partner_id: client.partner_id,
            client_id,
            services,
            started_on: decided.start,
            ended_on: decided.end,
        };
        store::trials::insert(&mut transaction, &trial, Some(viewer.user_id), now).await?;
        let id = trial.id.to_string();
        let change = Change {
            action: "trial.record",
            object_kind: "trial",
            object_id: &id,
            partner_id: Some(trial.partner_id),
            before: None,
            after: Some(serde_json::json!({
                "client": client_id, "services": trial.services, "start": trial.started_on, "end": trial.ended_on
            })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(trial.id)
    }

    /// Records the result of a trial that runs without an end: its last day, today where nothing is typed. Returns the client.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such trial or it is another partner's; [`Error::Invalid`] by the field `ended_on`;
    /// [`Refusal::TrialEnded`] where it has a last day, [`Refusal::DateInFuture`], [`Refusal::Trial`] where it lies before the first.
    pub async fn trial_end(&self, viewer: &Viewer, id: TrialId, ended_on: &str) -> Result<ClientId> {
        viewer.require(Action::RecordTrial)?;
        let now = self.now();
        let today = BusinessDate::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let trial = store::trials::find(&mut transaction, viewer.partner_id(), id).await?.ok_or(Error::NotFound)?;
        let mut problems = FormProblems::new();
        let Some(ended_on) = field(&mut problems, "ended_on", date_or(ended_on, today)) else { return Err(Error::Invalid(problems)) };
        if trial.ended_on.is_some() {
            return Err(Refusal::TrialEnded.into());
        }
        if ended_on > today {
            return Err(Refusal::DateInFuture.into());
        }
        store::clients::lock(&mut transaction, trial.partner_id, trial.client_id).await?;
        let standing = Standing::load(&mut transaction, trial.partner_id).await?;
        // Without an end it began under a Professional model: what was recorded then stands, whatever became known since (`PRIV-1`).
        let professional = domain::model::Model::new(domain::model::Level::Professional, standing.facts.level.billing);
        record(trial.started_on, Some(ended_on), professional, standing.terms.on(trial.started_on)).map_err(Refusal::Trial)?;
        if !store::trials::end(&mut transaction, trial.partner_id, id, ended_on).await? {
            return Err(Refusal::TrialEnded.into());
        }
        let object_id = id.to_string();
        let change = Change {
            action: "trial.end",
            object_kind: "trial",
            object_id: &object_id,
            partner_id: Some(trial.partner_id),
            before: Some(serde_json::json!({ "end": null })),
            after: Some(serde_json::json!({ "end": ended_on })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(trial.client_id)
    }
}
