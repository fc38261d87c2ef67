//! The record of every change, written in the change's own transaction.

use chrono::{DateTime, Utc};
use domain::ids::PartnerId;
use domain::permission::Action;
use serde_json::Value;
use store::Connection;
use store::audit_records::{NewAuditRecord, insert};

use crate::{Result, Viewer};

/// Who does something: a person or the command line.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A person who is signed in.
    Person(&'a Viewer),
    /// A subcommand of the binary, such as `portal month close`.
    Command(&'a str),
}

impl<'a> Actor<'a> {
    /// Refuses what the person's role does not allow. The command line may do everything.
    pub(crate) fn require(&self, action: Action) -> Result<()> {
        self.person().map_or(Ok(()), |viewer| viewer.require(action))
    }

    /// The person; none for the command line.
    pub(crate) fn person(&self) -> Option<&'a Viewer> {
        match self {
            Self::Person(viewer) => Some(viewer),
            Self::Command(_) => None,
        }
    }
}

/// What was changed.
#[derive(Clone, Debug)]
pub(crate) struct Change<'a> {
    /// Such as `request.approve`.
    pub(crate) action: &'a str,
    /// The kind of thing, such as `request`.
    pub(crate) object_kind: &'a str,
    /// Which one.
    pub(crate) object_id: &'a str,
    /// The partner concerned.
    pub(crate) partner_id: Option<PartnerId>,
    /// How it was.
    pub(crate) before: Option<Value>,
    /// How it is.
    pub(crate) after: Option<Value>,
}

/// Records a change.
pub(crate) async fn record(connection: &mut Connection, actor: Actor<'_>, at: DateTime<Utc>, change: Change<'_>) -> Result<()> {
    let (actor_id, actor_name, request_identity) = match actor {
        Actor::Person(viewer) => (Some(viewer.user_id), viewer.display_name.as_str(), viewer.request_identity),
        Actor::Command(name) => (None, name, None),
    };
    let record = NewAuditRecord {
        at,
        actor_id,
        actor_name,
        action: change.action,
        object_kind: change.object_kind,
        object_id: change.object_id,
        partner_id: change.partner_id,
        before: change.before,
        after: change.after,
        request_identity,
    };
    Ok(insert(connection, &record).await?)
}
