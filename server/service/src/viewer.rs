//! Who makes a call.

use domain::ids::{PartnerId, UserId};
use domain::permission::{Action, Role, may};
use serde::{Deserialize, Serialize};
use store::Scope;
use uuid::Uuid;

use crate::{Error, Result};

/// The language a person reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

impl Locale {
    /// The language tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language with a tag; none where the portal does not speak it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "ru" => Some(Self::Ru),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// The partner a person works for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerPartner {
    /// Which partner.
    pub id: PartnerId,
    /// Its name.
    pub name: String,
}

/// A person who is signed in, as they are at this call: a role taken away is gone with the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Which person.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// The partner they work for; staff have none.
    pub partner: Option<ViewerPartner>,
    /// How the portal addresses them.
    pub display_name: String,
    /// The address they sign in with.
    pub email: String,
    /// The language they chose.
    pub locale: Locale,
    /// Whether they are told by e-mail, too.
    #[serde(default)]
    pub email_notices: bool,
    /// Notices they have not read; see [`store::user_sessions::UNREAD_COUNTED`].
    #[serde(default)]
    pub unread_notices: i64,
    /// The request id of the call, for the audit record.
    #[serde(default)]
    pub request_identity: Option<Uuid>,
}

impl Viewer {
    /// The partner they work for: what every query on their behalf is bound to. None for staff.
    pub fn partner_id(&self) -> Option<PartnerId> {
        self.partner.as_ref().map(|partner| partner.id)
    }

    /// Refuses what the role does not allow.
    pub fn require(&self, action: Action) -> Result<()> {
        if may(self.role, action) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// The partner the person works for, if the role allows the action.
    pub(crate) fn partner_for(&self, action: Action) -> Result<PartnerId> {
        self.require(action)?;
        self.partner.as_ref().map(|partner| partner.id).ok_or(Error::Forbidden)
    }

    /// The scope of the person's transactions.
    pub(crate) fn scope(&self) -> Scope {
        self.partner.as_ref().map_or(Scope::Staff, |partner| Scope::Partner(partner.id))
    }
}
