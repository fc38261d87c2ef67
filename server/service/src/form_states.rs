//! What a person typed into a form that came back with problems: it survives with scripting off too.

use chrono::TimeDelta;
use domain::ids::FormStateId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Scope;

use crate::{Error, Result, Services, Viewer, secrets};

/// How long a state is kept.
fn lifetime() -> TimeDelta {
    TimeDelta::hours(1)
}

impl Services {
    /// Keeps what a person typed. The page is told the id in its address; nobody else may read it.
    /// Nobody signed in is somebody too: the sign-in form comes back as well.
    pub async fn form_state_save(&self, viewer: Option<&Viewer>, state: &(impl Serialize + Sync)) -> Result<FormStateId> {
        let id: FormStateId = secrets::id();
        let state = serde_json::to_value(state).map_err(Error::unexpected)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Application).await?;
        store::form_states::insert(&mut transaction, id, viewer.map(|viewer| viewer.user_id), &state, now, now - lifetime()).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// What a person typed, if it was them and not too long ago. A state that can't be read any more is as good as none.
    pub async fn form_state_find<State: DeserializeOwned>(&self, viewer: Option<&Viewer>, id: FormStateId) -> Result<Option<State>> {
        let mut transaction = self.database.begin(Scope::Application).await?;
        let user_id = viewer.map(|viewer| viewer.user_id);
        let found = store::form_states::find(&mut transaction, id, user_id, self.now() - lifetime()).await?;
        Ok(found.and_then(|state| serde_json::from_value(state).ok()))
    }
}
