//! Adjustments of the ledger by hand: one person proposes, another decides, and then there is an entry (`LED-1`).

use domain::accrual::Settlement;
use domain::calendar::{BusinessDate, Period};
use domain::form::{self, FieldProblem};
use domain::ids::{LedgerAdjustmentId, LedgerEntryId};
use domain::ledger::{AdjustmentReason, AdjustmentState, EntryKind};
use domain::permission::{Action, may};
use domain::rule::Rule;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Scope;
pub use store::ledger_adjustments::Adjustment;
use store::ledger_adjustments::NewAdjustment;
use store::ledger_entries::NewEntry;
use uuid::Uuid;

use crate::audit::{self, Change};
use crate::clients::field;
use crate::notices::{News, announce};
use crate::{Actor, Error, Refusal, Result, Services, Viewer, error::FormProblems, secrets};

/// Adjustments on the staff's list.
const LISTED: i64 = 200;

/// Adjustments, those that wait first.
#[derive(Clone, Debug)]
pub struct AdjustmentsPage {
    /// The adjustments.
    pub adjustments: Vec<Adjustment>,
    /// The key of the form for another one.
    pub key: Uuid,
    /// Whether the viewer may decide on those of others.
    pub may_decide: bool,
}

/// An adjustment as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdjustmentFields {
    /// What billing calls the partner, or its INN.
    pub partner: String,
    /// RUB with kopecks, below zero where it takes.
    pub amount: String,
    /// The stable text of the form.
    pub settlement: String,
    /// The reason's stable text.
    pub reason: String,
    /// Why, in 10 to 2000 characters; the partner reads it.
    pub text: String,
}

impl Services {
    /// Adjustments, those that wait first.
    pub async fn adjustments_page(&self, viewer: &Viewer) -> Result<AdjustmentsPage> {
        viewer.require(Action::ViewLedger)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let adjustments = store::ledger_adjustments::list(&mut transaction, LISTED).await?;
        Ok(AdjustmentsPage { adjustments, key: secrets::id(), may_decide: may(viewer.role, Action::DecideAdjustment) })
    }

    /// Proposes an adjustment. The same form sent twice is one.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `partner`, `amount`, `settlement`, `reason` and `text`.
    pub async fn adjustment_propose(&self, viewer: &Viewer, fields: &AdjustmentFields, key: Uuid) -> Result<()> {
        viewer.require(Action::ProposeAdjustment)?;
        let now = self.now();
        let mut problems = FormProblems::new();
        let amount =
            form::amount(&fields.amount).and_then(|amount| if amount.is_zero() { Err(FieldProblem::Required) } else { Ok(amount) });
        let amount = field(&mut problems, "amount", amount);
        let settlement = field(&mut problems, "settlement", form::choice::<Settlement>(&fields.settlement));
        let reason = field(&mut problems, "reason", form::choice::<AdjustmentReason>(&fields.reason));
        let text = field(&mut problems, "text", form::text(&fields.text, 10, 2_000));
        let name = field(&mut problems, "partner", form::text(&fields.partner, 1, 200));
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let partner_id = match &name {
            Some(name) => store::partners::find_by_name(&mut transaction, name).await?,
            None => None,
        };
        if name.is_some() && partner_id.is_none() {
            problems.insert("partner".to_owned(), FieldProblem::UnknownChoice);
        }
        let (Some(partner_id), Some(amount), Some(settlement), Some(reason), Some(text)) = (partner_id, amount, settlement, reason, text)
        else {
            return Err(Error::Invalid(problems));
        };
        let id: LedgerAdjustmentId = secrets::id();
        let adjustment = NewAdjustment {
            id,
            partner_id,
            amount,
            settlement,
            reason,
            text: &text,
            idempotency_key: key,
            proposed_by: viewer.user_id,
            proposed_at: now,
        };
        if !store::ledger_adjustments::insert(&mut transaction, &adjustment).await? {
            return Ok(());
        }
        let change = Change {
            action: "adjustment.propose",
            object_kind: "ledger_adjustment",
            object_id: &id.to_string(),
            partner_id: Some(partner_id),
            before: None,
            after: Some(json!({ "amount": amount, "settlement": settlement, "reason": reason, "text": text })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        Ok(transaction.commit().await?)
    }

    /// Accepts or declines an adjustment that somebody else proposed. Accepted, it is an entry that waits for approval like any
    /// other. Decided the same way by the same person again it changes nothing.
    ///
    /// # Errors
    /// [`Refusal::OwnAdjustment`], [`Refusal::AdjustmentDecided`].
    pub async fn adjustment_decide(&self, viewer: &Viewer, id: LedgerAdjustmentId, accept: bool) -> Result<Option<LedgerEntryId>> {
        viewer.require(Action::DecideAdjustment)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let found = store::ledger_adjustments::find_for_update(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        if found.state != AdjustmentState::Proposed {
            let same = (found.state == AdjustmentState::Accepted) == accept && found.decided_by == Some(viewer.user_id);
            return if same { Ok(found.entry_id) } else { Err(Refusal::AdjustmentDecided(found.state).into()) };
        }
        if found.proposed_by == viewer.user_id {
            return Err(Refusal::OwnAdjustment.into());
        }
        let today = BusinessDate::of(now);
        let entry_id = if accept {
            let terms = store::terms_versions::schedule(&mut transaction).await?.version_on(today).id;
            let entry = entry_of(&found, terms, today);
            store::ledger_entries::insert(&mut transaction, std::slice::from_ref(&entry), Some(viewer.user_id), now).await?;
            let news = News::Adjusted { entry: entry.id, amount: entry.amount };
            announce(&mut transaction, [(entry.partner_id, news)], now).await?;
            Some(entry.id)
        } else {
            None
        };
        store::ledger_adjustments::decide(&mut transaction, id, entry_id, viewer.user_id, now).await?;
        let change = Change {
            action: if accept { "adjustment.accept" } else { "adjustment.decline" },
            object_kind: "ledger_adjustment",
            object_id: &id.to_string(),
            partner_id: Some(found.partner_id),
            before: Some(json!({ "state": found.state, "amount": found.amount })),
            after: Some(json!({ "entry": entry_id })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        transaction.commit().await?;
        Ok(entry_id)
    }
}

/// The entry of an accepted adjustment: of the running month, its whole amount the base.
fn entry_of(adjustment: &Adjustment, terms: domain::ids::TermsVersionId, today: BusinessDate) -> NewEntry {
    NewEntry {
        id: secrets::id(),
        partner_id: adjustment.partner_id,
        kind: EntryKind::Adjustment,
        rule: Rule::Ledger1,
        period: Period::Month(today.month()),
        base: adjustment.amount,
        rate: None,
        amount: adjustment.amount,
        settlement: adjustment.settlement,
        terms,
        accrued_on: today,
        closed_month: None,
        request_id: None,
        client_id: None,
        corrects: None,
        nothing: None,
        explanation: json!({}),
        reason: Some((adjustment.reason.as_str().to_owned(), adjustment.text.clone())),
    }
}
