//! Reading a scenario: every mistake names its place and its reason.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::calendar::{BusinessDate, Month};
use crate::inn::Inn;
use crate::level::{BillingSideChange, StaffLevelDecision};
use crate::model::{BillingSide, Level};
use crate::money::Money;
use crate::rate::RateChoice;
use crate::terms::Terms;
use crate::trial::Trial;

/// The accepted facts of one partner, all known to every request.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The last day of the level's timeline.
    pub as_of: BusinessDate,
    /// The contract.
    pub partner: Partner,
    /// Days of passed exams.
    pub exams: Vec<BusinessDate>,
    /// Levels set by staff (`LVL-8`), the later in the file recorded later.
    pub staff_decisions: Vec<StaffLevelDecision>,
    /// Approved changes of the billing side (`MODEL-2`), the later in the file recorded later.
    pub billing_changes: Vec<BillingSideChange>,
    /// The clients.
    pub clients: Vec<Client>,
    /// Billing usage.
    pub usage: Vec<UsageRow>,
    /// The last closed month.
    pub closed_through: Option<Month>,
    /// Requests in the order of submission.
    pub requests: Vec<Request>,
    /// The terms in force for the whole file.
    pub terms: Terms,
}

/// The contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The billing side picked with it (`MODEL-1`).
    pub billing: BillingSide,
    /// Its first day.
    pub contract_date: BusinessDate,
}

/// A client of the partner.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its taxpayer number.
    pub inn: Inn,
    /// The first day of paid work.
    pub start_date: BusinessDate,
    /// What the partner picked (`RATE-2`).
    pub rate_choice: Option<RateChoice>,
    /// Its virtual machines.
    pub resources: Vec<String>,
    /// Its trials.
    pub trials: Vec<Trial>,
}

/// A row of billing usage (`USE-1`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageRow {
    /// The client.
    pub client: Inn,
    /// The service; any name may stand here.
    pub service: String,
    /// The resource.
    pub resource: String,
    /// The month.
    pub month: Month,
    /// The gross amount, RUB.
    pub gross: Money,
}

/// Something the partner did at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub gesture: Gesture,
}

/// What the partner did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// Asked for bonus codes.
    BonusCodes {
        /// Face values, whole RUB.
        faces: Vec<i64>,
    },
    /// Asked for a free month.
    FreeMonth {
        /// For which client.
        client: Inn,
        /// Which month.
        month: Month,
        /// For which machines.
        resources: Vec<String>,
    },
    /// Took an earlier request back.
    Withdraw {
        /// Its position, counted from 0.
        request: usize,
    },
}

/// A mistake in a scenario: one line with the place and the reason.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {reason}")]
pub struct ScenarioError {
    /// The place, such as `requests[3].faces`.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl ScenarioError {
    fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        // Both may cite the file, and the answer is one line.
        let one_line = |text: String| text.replace(char::is_control, " ");
        Self { place: one_line(place.into()), reason: one_line(reason.into()) }
    }
}

/// The file as it is written; its keys are in `simulate.md`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    as_of: BusinessDate,
    partner: Partner,
    exams: Vec<BusinessDate>,
    staff_decisions: Vec<StaffDecision>,
    billing_changes: Vec<BillingChange>,
    clients: Vec<Client>,
    usage: Vec<UsageRow>,
    closed_through: Option<Month>,
    requests: Vec<FileRequest>,
    #[serde(default)]
    terms: Terms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffDecision {
    date: BusinessDate,
    level: Level,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BillingChange {
    approved: BusinessDate,
    billing: BillingSide,
}

/// Flat, so that a mistake in a field is found at that field; which fields a kind has is looked at after.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRequest {
    #[serde(deserialize_with = "instant")]
    at: DateTime<Utc>,
    kind: Kind,
    faces: Option<Vec<i64>>,
    client: Option<Inn>,
    month: Option<Month>,
    resources: Option<Vec<String>>,
    request: Option<usize>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    BonusCodes,
    FreeMonth,
    Withdraw,
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let instant = DateTime::parse_from_rfc3339(&text).map_err(|_| serde::de::Error::custom("not an instant of RFC 3339 with an offset"))?;
    Ok(instant.with_timezone(&Utc))
}

impl FileRequest {
    /// The gesture, or the field that is missing or out of place and why.
    fn gesture(self) -> Result<Gesture, (&'static str, &'static str)> {
        const MISSING: &str = "missing for this kind of request";
        const FOREIGN: &str = "does not belong to this kind of request";
        let foreign: &[(&str, bool)] = match self.kind {
            Kind::BonusCodes => &[
                ("client", self.client.is_some()),
                ("month", self.month.is_some()),
                ("resources", self.resources.is_some()),
                ("request", self.request.is_some()),
            ],
            Kind::FreeMonth => &[("faces", self.faces.is_some()), ("request", self.request.is_some())],
            Kind::Withdraw => &[
                ("faces", self.faces.is_some()),
                ("client", self.client.is_some()),
                ("month", self.month.is_some()),
                ("resources", self.resources.is_some()),
            ],
        };
        if let Some((field, _)) = foreign.iter().find(|(_, present)| *present) {
            return Err((field, FOREIGN));
        }
        Ok(match self.kind {
            Kind::BonusCodes => Gesture::BonusCodes { faces: self.faces.ok_or(("faces", MISSING))? },
            Kind::FreeMonth => Gesture::FreeMonth {
                client: self.client.ok_or(("client", MISSING))?,
                month: self.month.ok_or(("month", MISSING))?,
                resources: self.resources.ok_or(("resources", MISSING))?,
            },
            Kind::Withdraw => Gesture::Withdraw { request: self.request.ok_or(("request", MISSING))? },
        })
    }
}

impl Scenario {
    /// Reads a scenario from JSON.
    pub fn read(json: &str) -> Result<Self, ScenarioError> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let file: File = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let place = error.path().to_string();
            ScenarioError::new(if place == "." { "scenario".to_owned() } else { place }, error.into_inner().to_string())
        })?;
        deserializer.end().map_err(|error| ScenarioError::new("scenario", error.to_string()))?;
        Self::from_file(file)
    }

    fn from_file(file: File) -> Result<Self, ScenarioError> {
        file.terms.validate().map_err(|error| ScenarioError::new(format!("terms.{}", error.parameter), "out of its range"))?;
        if let Some(last) = file.closed_through
            && file.as_of <= last.last_day()
        {
            return Err(ScenarioError::new("as_of", format!("lies before the end of {last}, the last closed month")));
        }
        let mut known = BTreeSet::new();
        for (at, client) in file.clients.iter().enumerate() {
            if !known.insert(client.inn.clone()) {
                return Err(ScenarioError::new(format!("clients[{at}].inn"), "the client is listed twice"));
            }
            if let Some(trial) = client.trials.iter().position(|trial| trial.end.is_some_and(|end| end < trial.start)) {
                return Err(ScenarioError::new(format!("clients[{at}].trials[{trial}].end"), "lies before the start"));
            }
        }
        let mut keys = BTreeSet::new();
        for (at, row) in file.usage.iter().enumerate() {
            if !known.contains(&row.client) {
                return Err(ScenarioError::new(format!("usage[{at}].client"), "no client of the scenario"));
            }
            if row.gross.is_negative() {
                return Err(ScenarioError::new(format!("usage[{at}].gross"), "below zero"));
            }
            if !keys.insert((&row.client, &row.service, &row.resource, row.month)) {
                return Err(ScenarioError::new(format!("usage[{at}]"), "a second row for the same client, service, resource and month"));
            }
        }
        let mut requests = Vec::with_capacity(file.requests.len());
        for (position, request) in file.requests.into_iter().enumerate() {
            let mistake = |field: &str, reason: &str| ScenarioError::new(format!("requests[{position}].{field}"), reason);
            let at = request.at;
            let gesture = request.gesture().map_err(|(field, reason)| mistake(field, reason))?;
            match &gesture {
                Gesture::FreeMonth { client, .. } if !known.contains(client) => {
                    return Err(mistake("client", "no client of the scenario"));
                }
                Gesture::Withdraw { request } if *request >= position => return Err(mistake("request", "no earlier request")),
                _ => {}
            }
            requests.push(Request { at, gesture });
        }
        let staff_decisions = (0..).zip(file.staff_decisions).map(|(recorded, StaffDecision { date, level, reason })| StaffLevelDecision {
            date,
            recorded,
            level,
            reason,
        });
        let billing_changes = (0..).zip(file.billing_changes).map(|(recorded, BillingChange { approved, billing })| BillingSideChange {
            approved,
            recorded,
            billing,
        });
        Ok(Self {
            as_of: file.as_of,
            partner: file.partner,
            exams: file.exams,
            staff_decisions: staff_decisions.collect(),
            billing_changes: billing_changes.collect(),
            clients: file.clients,
            usage: file.usage,
            closed_through: file.closed_through,
            requests,
            terms: file.terms,
        })
    }
}
