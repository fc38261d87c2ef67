//! Sessions in PostgreSQL for `tower-sessions`.
//!
//! Our own store, for three reasons: the id is kept as a hash, a session belongs to a person, and saving
//! is an update only, so that a request still running cannot bring back a session that was ended. Loading also
//! reads the person as they are now, in the same statement.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::audit_records::NewAuditRecord;
use store::user_sessions::LiveSession;
use store::{Connection, Scope};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreError, Result as StoreResult};
use tower_sessions::{SessionStore, session_store};
use uuid::Uuid;

use crate::{Result, Services, Viewer, ViewerPartner, viewer::Locale};

/// The key under which a session keeps its person.
pub const USER_KEY: &str = "user_id";
/// The key under which a new session brings the id of the request that begins it. It is never saved.
pub const REQUEST_KEY: &str = "request_identity";
/// The key under which a loaded session shows its person as they are now. It is never saved.
pub const VIEWER_KEY: &str = "viewer";

/// How long a session lasts when used.
pub fn absolute_lifetime() -> TimeDelta {
    TimeDelta::hours(12)
}

/// How long it lasts unused.
pub fn idle_lifetime() -> TimeDelta {
    TimeDelta::hours(2)
}

/// The store of sessions over [`Services`].
#[derive(Clone)]
pub struct Sessions {
    services: Services,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    /// The store.
    pub fn new(services: Services) -> Self {
        Self { services }
    }

    /// Every request of a signed-in person begins with this one statement. Asked twice it does the same, so where its connection
    /// died with a server that came back since, it is asked again on another.
    async fn find_live(&self, hash: &[u8], now: DateTime<Utc>) -> store::Result<Option<LiveSession>> {
        // How long a caller waits is the machine's time, not the portal's.
        let started = std::time::Instant::now();
        loop {
            let asked = async {
                let mut connection = self.services.database.connection().await?;
                store::user_sessions::find_live(&mut connection, hash, now, now - idle_lifetime()).await
            };
            match asked.await {
                Err(error) if error.another_connection_may_answer() && started.elapsed() < store::database::PATIENCE => {}
                answer => return answer,
            }
        }
    }

    async fn insert(&self, record: &Record) -> StoreResult<bool> {
        let user_id = record.data.get(USER_KEY).and_then(Value::as_str).and_then(|id| id.parse::<UserId>().ok());
        // Only signed-in people have sessions; anything else is a mistake of ours.
        let user_id = user_id.ok_or_else(|| StoreError::Encode("a session without a person".to_owned()))?;
        let now = self.services.now();
        let mut transaction = self.services.database.begin(Scope::Application).await.map_err(backend)?;
        let inserted =
            store::user_sessions::insert(&mut transaction, &hash(record.id), user_id, &kept(&record.data), now, now + absolute_lifetime())
                .await
                .map_err(backend)?;
        if inserted {
            let request_identity = record.data.get(REQUEST_KEY).and_then(Value::as_str).and_then(|id| id.parse().ok());
            session_record(&mut transaction, "session.begin", user_id, request_identity, now).await.map_err(backend)?;
        }
        transaction.commit().await.map_err(backend)?;
        Ok(inserted)
    }
}

impl Services {
    /// Ends a session for good, with the record of it.
    pub async fn session_end(&self, viewer: &Viewer, id: Id) -> Result<()> {
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Application).await?;
        if store::user_sessions::revoke(&mut transaction, &hash(id), now).await? {
            session_record(&mut transaction, "session.end", viewer.user_id, viewer.request_identity, now).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

async fn session_record(
    connection: &mut Connection,
    action: &str,
    user_id: UserId,
    request_identity: Option<Uuid>,
    at: DateTime<Utc>,
) -> store::Result<()> {
    let Some((name, partner_id)) = store::users::find_name(connection, user_id).await? else { return Ok(()) };
    let id = user_id.to_string();
    let record = NewAuditRecord {
        at,
        actor_id: Some(user_id),
        actor_name: &name,
        action,
        object_kind: "user",
        object_id: &id,
        partner_id,
        before: None,
        after: None,
        request_identity,
    };
    store::audit_records::insert(connection, &record).await
}

fn hash(id: Id) -> Vec<u8> {
    Sha256::digest(id.0.to_be_bytes()).to_vec()
}

fn backend(error: store::Error) -> session_store::Error {
    tracing::warn!(error = &error as &dyn std::error::Error, "sessions are not available");
    StoreError::Backend(error.to_string())
}

/// What is written of a session: everything but the person as they were.
fn kept(data: &HashMap<String, Value>) -> Value {
    data.iter()
        .filter(|(key, _)| ![VIEWER_KEY, REQUEST_KEY].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn viewer(session: &LiveSession) -> Option<Viewer> {
    Some(Viewer {
        user_id: session.user_id,
        role: session.role.parse().ok()?,
        partner: session.partner.clone().map(|(id, name)| ViewerPartner { id, name }),
        display_name: session.display_name.clone(),
        email: session.email.clone(),
        locale: Locale::from_tag(&session.locale).unwrap_or_default(),
        email_notices: session.email_notices,
        unread_notices: session.unread_notices,
        request_identity: None,
    })
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        // A taken id is as good as impossible; drawing again costs nothing.
        while !self.insert(record).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let mut transaction = self.services.database.begin(Scope::Application).await.map_err(backend)?;
        store::user_sessions::update(&mut transaction, &hash(record.id), &kept(&record.data), self.services.now())
            .await
            .map_err(backend)?;
        transaction.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let now = self.services.now();
        let hash = hash(*id);
        let Some(session) = self.find_live(&hash, now).await.map_err(backend)? else { return Ok(None) };
        let mut data: HashMap<String, Value> =
            serde_json::from_value(session.data.clone()).map_err(|e| StoreError::Decode(e.to_string()))?;
        let viewer = viewer(&session).ok_or_else(|| StoreError::Decode("a person with an unknown role".to_owned()))?;
        data.insert(VIEWER_KEY.to_owned(), serde_json::to_value(viewer).map_err(|e| StoreError::Encode(e.to_string()))?);
        // The cookie's own clock is the machine's: it only says when the browser may forget.
        let remaining = (session.expires_at - now).num_seconds();
        #[expect(clippy::disallowed_methods, reason = "tower-sessions compares with the machine's clock; ours decided above")]
        let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::seconds(remaining);
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        let mut transaction = self.services.database.begin(Scope::Application).await.map_err(backend)?;
        // With `cycle_id`, a session of nobody; `Services::session_end` has ended those that were somebody's.
        store::user_sessions::revoke(&mut transaction, &hash(*id), self.services.now()).await.map_err(backend)?;
        transaction.commit().await.map_err(backend)
    }
}
