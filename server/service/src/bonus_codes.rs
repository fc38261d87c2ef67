//! Bonus codes: ask for them, grant them, redeem and revoke them (`CODE-1` to `CODE-6`).

use chrono::{DateTime, Utc};
use domain::bonus_code::{CodeState, QuarterMeters, QuarterUse, RedeemRefusal, check, meter, redeem, revoke};
use domain::calendar::{BusinessDate, Quarter};
use domain::form;
use domain::ids::{BonusCodeId, ClientId, PartnerId};
use domain::inn::Inn;
use domain::model::Model;
use domain::permission::Action;
use domain::privilege::{self, Privilege};
use domain::request::{Entries, RequestKind};
use domain::terms::Terms;
use domain::verdict::Verdict;
pub use store::bonus_codes::BonusCode;
use store::bonus_codes::{CapacityChange, NewBonusCode, RequestItem};
use store::clients::Client;
use store::{Connection, Scope};
use uuid::Uuid;

use crate::audit::{self, Actor, Change};
use crate::clients::field;
use crate::error::FormProblems;
use crate::requests::{NewRequest, Page, RequestLine, Subject, Submission, entered, submit};
use crate::{Error, Refusal, Result, Services, Standing, Viewer, secrets};

/// Codes on a page of the list.
const PAGE: i64 = 50;
/// The largest number of characters in the note on a code.
pub const LONGEST_NOTE: u32 = 500;
/// Clients offered in the form, besides those that are named.
pub const CHOICES: i64 = 500;

/// One code asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedCode {
    /// Face value, whole RUB; the rules judge it.
    pub face: i64,
    /// A note of the partner.
    pub note: Option<String>,
    /// The client it is meant for.
    pub client_id: Option<ClientId>,
}

/// What the form for bonus codes needs, and the codes granted so far.
#[derive(Clone, Debug)]
pub struct BonusCodesPage {
    /// The model in force.
    pub model: Model,
    /// Whether the model has the privilege (`PRIV-1`), and why not.
    pub privilege: Verdict,
    /// What the quarter holds.
    pub quarter_use: QuarterUse,
    /// The same as meters.
    pub meters: QuarterMeters,
    /// The terms in force: the browser checks with the same rules.
    pub terms: Terms,
    /// The partner's clients, for the choice: the first [`CHOICES`] by name, and those that were named.
    pub clients: Vec<Client>,
    /// Whether the partner has more.
    pub more_clients: bool,
    /// The requests that hold capacity of the quarter: what the meters are made of.
    pub requests: Vec<RequestLine>,
    /// Codes granted, newest first.
    pub codes: Page<BonusCode>,
}

/// What the rules say now of a waiting request for codes; the request itself is left out of the figures.
#[derive(Clone, Debug)]
pub struct BonusCodesNow {
    /// The verdict.
    pub verdict: Verdict,
    /// The meters of its quarter without it.
    pub meters: QuarterMeters,
}

impl BonusCodesNow {
    /// From the codes asked for (whole RUB) and what the other requests hold of the quarter.
    pub(crate) fn new(faces: &[i64], used: &QuarterUse, terms: &Terms) -> Self {
        Self { verdict: check(faces, used, terms), meters: meter(used, terms) }
    }
}

fn without(mut used: QuarterUse, codes: u32, value: i64) -> QuarterUse {
    used.pending_codes = used.pending_codes.saturating_sub(codes);
    used.pending_value -= value;
    used
}

fn faces(items: &[RequestItem]) -> Vec<i64> {
    items.iter().map(|item| item.face).collect()
}

/// Gives back what a waiting request held of its quarter (`CODE-5`).
pub(crate) async fn release(connection: &mut Connection, partner_id: PartnerId, quarter: Quarter, codes: u32, value: i64) -> Result<()> {
    let change = CapacityChange { pending_codes: -i64::from(codes), pending_value: -value, ..CapacityChange::default() };
    Ok(store::bonus_codes::change_quarter(connection, partner_id, quarter, change).await?)
}

/// Holds again what a request needs of its quarter, if the quarter still has it (`CODE-1`, `CODE-2`).
pub(crate) async fn hold(
    connection: &mut Connection,
    line: &RequestLine,
    quarter: Quarter,
    (codes, value): (u32, i64),
    terms: &Terms,
) -> Result<()> {
    let limits = (terms.codes_per_quarter, terms.codes_value_per_quarter);
    let used = store::bonus_codes::lock_quarter(connection, line.partner_id, quarter, limits.0, limits.1).await?;
    let items = store::bonus_codes::items(connection, line.partner_id, line.id).await?;
    let verdict = check(&faces(&items), &used, terms);
    if !verdict.is_allowed() {
        return Err(Refusal::Rules(verdict).into());
    }
    let change = CapacityChange { pending_codes: i64::from(codes), pending_value: value, ..CapacityChange::default() };
    Ok(store::bonus_codes::change_quarter(connection, line.partner_id, quarter, change).await?)
}

/// Writes the corrected faces and notes of a live request, if the quarter has room for them (`CODE-1`, `CODE-2`).
pub(crate) async fn correct(
    connection: &mut Connection,
    line: &RequestLine,
    quarter: Quarter,
    entries: &Entries,
    terms: &Terms,
) -> Result<()> {
    let limits = (terms.codes_per_quarter, terms.codes_value_per_quarter);
    let used = store::bonus_codes::lock_quarter(connection, line.partner_id, quarter, limits.0, limits.1).await?;
    let mut items = store::bonus_codes::items(connection, line.partner_id, line.id).await?;
    let (codes, before) = (u32::try_from(items.len()).unwrap_or(u32::MAX), faces(&items).iter().sum::<i64>());
    let mut problems = FormProblems::new();
    for item in &mut items {
        let (face, note) = (format!("face_{}", item.position), format!("note_{}", item.position));
        if let Some(typed) = entries.get(face.as_str()) {
            item.face = field(&mut problems, &face, form::whole_roubles(typed)).unwrap_or(item.face);
        }
        if let Some(typed) = entries.get(note.as_str()) {
            item.note = field(&mut problems, &note, form::optional_text(typed, LONGEST_NOTE)).unwrap_or_default();
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let verdict = check(&faces(&items), &without(used, codes, before), terms);
    if !verdict.is_allowed() {
        return Err(Refusal::Rules(verdict).into());
    }
    store::bonus_codes::correct_items(connection, line.id, line.partner_id, &items).await?;
    let change = CapacityChange { pending_value: faces(&items).iter().sum::<i64>() - before, ..CapacityChange::default() };
    Ok(store::bonus_codes::change_quarter(connection, line.partner_id, quarter, change).await?)
}

fn code_state(code: &BonusCode) -> Result<CodeState> {
    code.state.parse().map_err(|_| Error::unexpected(store::Error::Inconsistent { table: "bonus_codes", column: "state" }))
}

impl Services {
    /// The page of bonus codes. `after` continues the list of codes; clients that are `named` are among the choices.
    pub async fn bonus_codes_page(&self, viewer: &Viewer, after: Option<&str>, named: &[ClientId]) -> Result<BonusCodesPage> {
        let partner_id = viewer.partner_for(Action::ViewOwnPages)?;
        let now = self.now();
        let today = self.today();
        let quarter = Quarter::of(now);
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let form = store::bonus_codes::form_facts(&mut transaction, partner_id, quarter, CHOICES, named).await?;
        let mut codes = store::bonus_codes::of_partner(&mut transaction, partner_id, place(after), PAGE + 1).await?;
        let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = codes.len() > page;
        codes.truncate(page);
        let next = codes.last().filter(|_| more).map(|last| format!("{}_{}", last.issued_at.timestamp_micros(), last.id));
        let terms = standing.terms.on(today).clone();
        let model = standing.model_on(today);
        Ok(BonusCodesPage {
            model,
            privilege: privilege::check(&terms, model, Privilege::BonusCodes).into_iter().collect(),
            meters: meter(&form.quarter_use, &terms),
            quarter_use: form.quarter_use,
            terms,
            clients: form.clients,
            more_clients: form.more_clients,
            requests: form.requests.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
            codes: Page { lines: codes, next },
        })
    }

    /// Asks for bonus codes. The same key again gives the first request's reference and changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Rules`] with every violation and its figures; [`Error::NotFound`] where a client is not the partner's.
    pub async fn bonus_codes_submit(&self, viewer: &Viewer, asked: Vec<AskedCode>, idempotency_key: Uuid) -> Result<String> {
        let partner_id = viewer.partner_for(Action::SubmitRequest)?;
        // Taken before the wait for the quarter's row: a request belongs to the quarter of its submission (`CODE-5`).
        let now = self.now();
        let today = BusinessDate::of(now);
        let quarter = today.quarter();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let standing = Standing::load(&mut transaction, partner_id).await?;
        let version = standing.terms.version_on(today);
        let terms = &version.terms;
        let model = standing.model_on(today);
        let used =
            store::bonus_codes::lock_quarter(&mut transaction, partner_id, quarter, terms.codes_per_quarter, terms.codes_value_per_quarter)
                .await?;
        if let Some(reference) = store::requests::find_by_idempotency_key(&mut transaction, partner_id, idempotency_key).await? {
            return Ok(reference);
        }
        let faces: Vec<i64> = asked.iter().map(|code| code.face).collect();
        let entries = entered((1..).zip(&asked).flat_map(|(position, code): (u32, &AskedCode)| {
            let client = code.client_id.map(|client| (format!("client_{position}"), client.to_string()));
            let note = code.note.clone().map(|note| (format!("note_{position}"), note));
            std::iter::once((format!("face_{position}"), code.face.to_string())).chain(note).chain(client)
        }))?;
        let verdict = check(&faces, &used, terms).preceded_by(privilege::check(terms, model, Privilege::BonusCodes));
        if !verdict.is_allowed() {
            return Err(Refusal::Rules(verdict).into());
        }
        let items: Vec<RequestItem> = (1..)
            .zip(asked)
            .map(|(position, code)| RequestItem {
                position,
                face: code.face,
                note: code.note,
                client_id: code.client_id,
                client_name: None,
            })
            .collect();
        let request = NewRequest {
            kind: RequestKind::BonusCodes,
            partner_id,
            idempotency_key,
            model,
            terms_version_id: version.id,
            verdict: &verdict,
            entries,
            asked: serde_json::json!({ "quarter": quarter, "faces": faces }),
        };
        let (id, reference) = match submit(&mut transaction, viewer, request, now).await? {
            Submission::New(id, reference) => (id, reference),
            Submission::Before(reference) => return Ok(reference),
        };
        match store::bonus_codes::insert_request(&mut transaction, id, partner_id, quarter, &items).await {
            Err(error) if error.is_constraint("bonus_code_request_items_client_fkey") => return Err(Error::NotFound),
            other => other?,
        }
        let change = CapacityChange {
            pending_codes: i64::try_from(faces.len()).unwrap_or(i64::MAX),
            pending_value: faces.iter().sum(),
            ..CapacityChange::default()
        };
        store::bonus_codes::change_quarter(&mut transaction, partner_id, quarter, change).await?;
        transaction.commit().await?;
        Ok(reference)
    }

    /// Draws the codes of a request that is being approved (`CODE-6`), after asking the rules again.
    pub(crate) async fn bonus_codes_grant(&self, connection: &mut Connection, line: &RequestLine, now: DateTime<Utc>) -> Result<()> {
        let Subject::BonusCodes { codes, value, quarter } = line.subject else { return Err(Error::NotFound) };
        let standing = Standing::load(connection, line.partner_id).await?;
        let terms = standing.terms.on(BusinessDate::of(now));
        let used =
            store::bonus_codes::lock_quarter(connection, line.partner_id, quarter, terms.codes_per_quarter, terms.codes_value_per_quarter)
                .await?;
        let items = store::bonus_codes::items(connection, line.partner_id, line.id).await?;
        let verdict = check(&faces(&items), &without(used, codes, value), terms);
        if !verdict.is_allowed() {
            return Err(Refusal::Rules(verdict).into());
        }
        let drawn = items
            .iter()
            .map(|item| {
                Ok(NewBonusCode {
                    id: secrets::id(),
                    position: item.position,
                    code: secrets::code_text()?.as_str().to_owned(),
                    face: item.face,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        store::bonus_codes::insert(connection, line.id, line.partner_id, quarter, &drawn, now).await?;
        let change = CapacityChange {
            granted_codes: i64::from(codes),
            pending_codes: -i64::from(codes),
            granted_value: value,
            pending_value: -value,
        };
        Ok(store::bonus_codes::change_quarter(connection, line.partner_id, quarter, change).await?)
    }

    /// A code by its text, for staff. The text is in its canonical form.
    pub async fn bonus_code_find(&self, viewer: &Viewer, code: &domain::bonus_code::CodeText) -> Result<BonusCode> {
        viewer.require(Action::RedeemCode)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        store::bonus_codes::find(&mut transaction, code.as_str()).await?.ok_or(Error::NotFound)
    }

    /// Redeems a code for a client (`CODE-3`, `CODE-6`). Refused, it changes nothing.
    pub async fn bonus_code_redeem(&self, viewer: &Viewer, code: &domain::bonus_code::CodeText, inn: &Inn) -> Result<BonusCode> {
        viewer.require(Action::RedeemCode)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut found = store::bonus_codes::find_for_update(&mut transaction, code.as_str()).await?.ok_or(Error::NotFound)?;
        let used_one = store::bonus_codes::client_redeemed_at(&mut transaction, inn.as_str()).await?;
        redeem(code_state(&found)?, used_one.map(BusinessDate::of)).map_err(Refusal::Redeem)?;
        match store::bonus_codes::redeem(&mut transaction, found.id, inn.as_str(), viewer.user_id, now).await {
            // Another code of this client was redeemed between the question and the write.
            Err(error) if error.is_constraint("bonus_codes_redeemed_inn_key") => {
                drop(transaction);
                let mut transaction = self.database.begin(Scope::Staff).await?;
                let used_at = store::bonus_codes::client_redeemed_at(&mut transaction, inn.as_str()).await?;
                return Err(Refusal::Redeem(RedeemRefusal::ClientHasRedeemed { on: BusinessDate::of(used_at.unwrap_or(now)) }).into());
            }
            other => other?,
        };
        self.code_change(
            &mut transaction,
            viewer,
            now,
            "bonus_code.redeem",
            &found,
            serde_json::json!({ "state": "redeemed", "inn": inn }),
        )
        .await?;
        transaction.commit().await?;
        "redeemed".clone_into(&mut found.state);
        found.redeemed_inn = Some(inn.to_string());
        found.ended_at = Some(now);
        Ok(found)
    }

    /// Revokes a code that was not used: its capacity is free again (`CODE-5`).
    pub async fn bonus_code_revoke(&self, viewer: &Viewer, code: &domain::bonus_code::CodeText, reason: &str) -> Result<BonusCode> {
        viewer.require(Action::RevokeCode)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let mut found = store::bonus_codes::find_for_update(&mut transaction, code.as_str()).await?.ok_or(Error::NotFound)?;
        revoke(code_state(&found)?).map_err(Refusal::Revoke)?;
        store::bonus_codes::revoke(&mut transaction, found.id, reason, viewer.user_id, now).await?;
        let change = CapacityChange { granted_codes: -1, granted_value: -found.face, ..CapacityChange::default() };
        store::bonus_codes::change_quarter(&mut transaction, found.partner_id, found.quarter(), change).await?;
        self.code_change(
            &mut transaction,
            viewer,
            now,
            "bonus_code.revoke",
            &found,
            serde_json::json!({ "state": "revoked", "reason": reason }),
        )
        .await?;
        transaction.commit().await?;
        "revoked".clone_into(&mut found.state);
        found.ended_at = Some(now);
        Ok(found)
    }

    /// The audit record names a code by its request and place, never by its text.
    async fn code_change(
        &self,
        connection: &mut Connection,
        viewer: &Viewer,
        now: DateTime<Utc>,
        action: &str,
        code: &BonusCode,
        after: serde_json::Value,
    ) -> Result<()> {
        let object_id = format!("{}/{}", code.reference, code.position);
        let change = Change {
            action,
            object_kind: "bonus_code",
            object_id: &object_id,
            partner_id: Some(code.partner_id),
            before: Some(serde_json::json!({ "state": code.state })),
            after: Some(after),
        };
        audit::record(connection, Actor::Person(viewer), now, change).await
    }
}

fn place(text: Option<&str>) -> Option<(DateTime<Utc>, BonusCodeId)> {
    let (microseconds, id) = text?.split_once('_')?;
    Some((DateTime::from_timestamp_micros(microseconds.parse().ok()?)?, id.parse().ok()?))
}
