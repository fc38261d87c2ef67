//! Names under which a White Label partner's portal is reached: added, proven by a record in DNS, looked for again, forbidden by staff.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::custom_host::{GRACE, HostName, HostProblem, HostStatus, ProofToken, ProofVerdict, proof_record, proves, recheck};
use domain::form::FieldProblem;
use domain::ids::{CustomHostId, PartnerId};
use domain::permission::Action;
use domain::request::Words;
use hosts::ProofLookup;
use serde_json::json;
use store::Scope;
pub use store::custom_hosts::CustomHost;

use crate::audit::{self, Actor, Change};
use crate::error::FormProblems;
use crate::{Error, Refusal, Result, Services, Viewer, secrets};

/// As many names a partner may have.
pub const MOST_HOSTS: u32 = 5;
/// As many of a partner are listed, those that staff forbade among them.
const KEPT: usize = 20;
/// As many are listed for staff, newest first.
pub const HOSTS_SHOWN: i64 = 200;
/// As many are looked for again at a time.
const RECHECKED: i64 = 50;

/// How often a proven name is looked for again.
fn recheck_after() -> TimeDelta {
    TimeDelta::hours(12)
}

/// What came of a look into DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostCheck {
    /// The name is the partner's.
    Proven,
    /// The record is not there, or says something else.
    NotProven(ProofVerdict),
}

/// The lookup of records, and the portal's own names.
#[derive(Clone, Debug)]
pub(crate) struct HostProofs {
    pub(crate) lookup: Arc<dyn ProofLookup>,
    pub(crate) own: Vec<HostName>,
}

impl Services {
    /// The same with a way to look into DNS. `own` are the portal's own names: no partner's lies under one of them.
    #[must_use]
    pub fn with_host_proofs(mut self, lookup: Arc<dyn ProofLookup>, own: Vec<HostName>) -> Self {
        self.host_proofs = Some(HostProofs { lookup, own });
        self
    }

    /// Adds a name that waits for its proof. The one that is there already is not added again.
    ///
    /// # Errors
    /// [`Refusal::Rules`] (`PRIV-1`); [`Error::Invalid`] of `host`; [`Refusal::HostTaken`] for a name of the portal's own;
    /// [`Refusal::HostForbidden`] where staff forbade it; [`Refusal::TooManyHosts`].
    pub async fn custom_host_add(&self, viewer: &Viewer, typed: &str) -> Result<()> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let host: HostName = typed.trim().parse().map_err(|problem: HostProblem| {
            Error::Invalid(FormProblems::from([("host".to_owned(), FieldProblem::NotAHost { host: problem })]))
        })?;
        let own = self.host_proofs.iter().flat_map(|proofs| &proofs.own);
        if own.into_iter().any(|own| host.is_under(own) || own.is_under(&host)) {
            return Err(Refusal::HostTaken.into());
        }
        let now = self.now();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        store::brands::lock(&mut transaction, partner_id).await?;
        self.require_branding(&mut transaction, partner_id).await?;
        let present = store::custom_hosts::of_partner(&mut transaction, partner_id, i64::try_from(KEPT).unwrap_or(i64::MAX)).await?;
        match present.iter().find(|known| known.host == host).map(|known| known.status) {
            Some(HostStatus::Revoked) => return Err(Refusal::HostForbidden.into()),
            Some(_) => return Ok(()),
            None => {}
        }
        // What staff forbade leads nowhere and can't be given up: it takes nobody's place.
        let counted = present.iter().filter(|known| known.status != HostStatus::Revoked).count();
        if counted >= usize::try_from(MOST_HOSTS).unwrap_or(usize::MAX) || present.len() >= KEPT {
            return Err(Refusal::TooManyHosts { most: MOST_HOSTS }.into());
        }
        let (id, token) = (secrets::id(), ProofToken::from_bytes(secrets::proof_bytes()?));
        if store::custom_hosts::insert(&mut transaction, id, partner_id, &host, &token, viewer.user_id, now).await? {
            record(&mut transaction, Actor::Person(viewer), now, ("host.add", partner_id, &host), None, HostStatus::ADDED).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Looks for the record of a name, and records what came of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for another partner's; [`Refusal::HostNotLookedUp`] where DNS gave no answer: nothing changes;
    /// [`Refusal::HostTaken`] where another partner has proven it; [`Refusal::HostForbidden`].
    pub async fn custom_host_check(&self, viewer: &Viewer, id: CustomHostId) -> Result<HostCheck> {
        viewer.partner_for(Action::EditBrand)?;
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let host = store::custom_hosts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        drop(transaction);
        self.check(Actor::Person(viewer), viewer.scope(), host).await
    }

    /// The look itself happens outside of any transaction: DNS may take seconds.
    async fn check(&self, actor: Actor<'_>, scope: Scope, host: CustomHost) -> Result<HostCheck> {
        let proofs = self.host_proofs.as_ref().ok_or(Refusal::HostNotLookedUp)?;
        let now = self.now();
        let records = match proofs.lookup.text_records(&proof_record(&host.host)).await {
            Ok(records) => records,
            Err(error) => {
                tracing::warn!(host = %host.host, error = &error as &dyn std::error::Error, "DNS gave no answer about a name");
                // Nothing is known of the record; that it was looked for lets the other names have their turn.
                let mut transaction = self.database.begin(scope).await?;
                store::custom_hosts::record_check(&mut transaction, host.id, host.status, host.status, host.missing_since, now).await?;
                transaction.commit().await?;
                return Err(Refusal::HostNotLookedUp.into());
            }
        };
        let verdict = proves(&records, &host.token);
        let checked = host.status.checked(&verdict).map_err(|_| Refusal::HostForbidden)?;
        let (status, missing_since) = if host.status == HostStatus::Proven {
            let look = recheck(host.missing_since, &verdict, now, GRACE);
            let status = if matches!(look, domain::custom_host::Recheck::Lost { .. }) { HostStatus::Waiting } else { HostStatus::Proven };
            (status, look.missing_since())
        } else {
            (checked, None)
        };
        let mut transaction = self.database.begin(scope).await?;
        let written = store::custom_hosts::record_check(&mut transaction, host.id, host.status, status, missing_since, now).await;
        match written {
            Ok(true) => {}
            Ok(false) => return Err(Refusal::HostChanged.into()),
            Err(error) if error.is_constraint("custom_hosts_proven_key") => return Err(Refusal::HostTaken.into()),
            Err(error) => return Err(error.into()),
        }
        if status != host.status {
            record(&mut transaction, actor, now, ("host.check", host.partner_id, &host.host), Some(host.status), status).await?;
        }
        transaction.commit().await?;
        if status != host.status {
            self.brands_show_change().await;
        }
        Ok(if verdict == ProofVerdict::Proven { HostCheck::Proven } else { HostCheck::NotProven(verdict) })
    }

    /// Gives a name up.
    ///
    /// # Errors
    /// [`Refusal::HostForbidden`]: what staff forbade stays.
    pub async fn custom_host_remove(&self, viewer: &Viewer, id: CustomHostId) -> Result<()> {
        let partner_id = viewer.partner_for(Action::EditBrand)?;
        let now = self.now();
        let mut transaction = self.database.begin(viewer.scope()).await?;
        let host = store::custom_hosts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        host.status.check_removal().map_err(|_| Refusal::HostForbidden)?;
        if store::custom_hosts::delete(&mut transaction, id).await? {
            let change = Change {
                action: "host.remove",
                object_kind: "custom_host",
                object_id: host.host.as_str(),
                partner_id: Some(partner_id),
                before: Some(json!({ "status": host.status })),
                after: None,
            };
            audit::record(&mut transaction, Actor::Person(viewer), now, change).await?;
        }
        transaction.commit().await?;
        self.brands_show_change().await;
        Ok(())
    }

    /// The names of all partners that fit a search, for staff, newest first; no more than a list shows.
    pub async fn custom_hosts_page(&self, viewer: &Viewer, search: &str) -> Result<Vec<CustomHost>> {
        viewer.require(Action::RevokeHost)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        Ok(store::custom_hosts::newest(&mut transaction, search.trim(), HOSTS_SHOWN).await?)
    }

    /// Forbids a name, with words that its partner reads.
    ///
    /// # Errors
    /// [`Error::Invalid`] of `words`; [`Error::NotFound`]; [`Refusal::HostChanged`] where it is forbidden already.
    pub async fn custom_host_revoke(&self, viewer: &Viewer, id: CustomHostId, words: &str) -> Result<()> {
        viewer.require(Action::RevokeHost)?;
        let words = Words::try_from(words.to_owned()).map_err(|error| Error::Invalid([("words".to_owned(), error.0)].into()))?;
        self.decide(viewer, id, Some(String::from(words))).await
    }

    /// Admits a name again that was forbidden: with a new token, to be proven anew.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Refusal::HostChanged`] where it is not forbidden.
    pub async fn custom_host_readmit(&self, viewer: &Viewer, id: CustomHostId) -> Result<()> {
        viewer.require(Action::RevokeHost)?;
        self.decide(viewer, id, None).await
    }

    /// Forbids a name where there are words, and admits it again where there are none.
    async fn decide(&self, viewer: &Viewer, id: CustomHostId, words: Option<String>) -> Result<()> {
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let host = store::custom_hosts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        if words.is_some() == (host.status == HostStatus::Revoked) {
            return Err(Refusal::HostChanged.into());
        }
        let (status, token) = if words.is_some() {
            (host.status.revoked(), host.token.clone())
        } else {
            let status = host.status.readmitted().map_err(|_| Refusal::HostChanged)?;
            (status, ProofToken::from_bytes(secrets::proof_bytes()?))
        };
        let revoked = words.as_deref().map(|words| (viewer.user_id, now, words));
        if !store::custom_hosts::record_decision(&mut transaction, &host, status, &token, revoked).await? {
            return Err(Refusal::HostChanged.into());
        }
        let action = if words.is_some() { "host.revoke" } else { "host.readmit" };
        record(&mut transaction, Actor::Person(viewer), now, (action, host.partner_id, &host.host), Some(host.status), status).await?;
        transaction.commit().await?;
        self.brands_show_change().await;
        Ok(())
    }

    /// Looks for proven names again that were not looked for of late; gives how many.
    pub async fn custom_hosts_recheck(&self) -> Result<usize> {
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let due = store::custom_hosts::not_checked_since(&mut transaction, self.now() - recheck_after(), RECHECKED).await?;
        drop(transaction);
        let count = due.len();
        for host in due {
            match self.check(Actor::Command("hosts recheck"), Scope::Staff, host).await {
                // Nobody knows, or somebody was faster: the next look tells.
                Ok(_) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    /// Whether a server of certificates may ask for one for a name: it is a partner's and proven.
    pub async fn custom_host_is_served(&self, domain: &str) -> bool {
        let Some(host) = domain.parse::<HostName>().ok().filter(|host| host.as_str() == domain) else { return false };
        self.brands_in_force().await.partner_of_host(&host).is_some()
    }
}

async fn record(
    connection: &mut store::Connection,
    actor: Actor<'_>,
    at: DateTime<Utc>,
    (action, partner_id, host): (&str, PartnerId, &HostName),
    before: Option<HostStatus>,
    after: HostStatus,
) -> Result<()> {
    let change = Change {
        action,
        object_kind: "custom_host",
        object_id: host.as_str(),
        partner_id: Some(partner_id),
        before: before.map(|status| json!({ "status": status })),
        after: Some(json!({ "status": after })),
    };
    audit::record(connection, actor, at, change).await
}
