//! What a person typed into a form that came back with problems: it survives with scripting off too.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::ids::FormStateId;
use store::Scope;

use crate::error::FormProblems;
use crate::{Error, Result, Services, Viewer, secrets};

/// How long a state is kept.
fn lifetime() -> TimeDelta {
    TimeDelta::hours(1)
}

/// Values and problems of a form by field name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormState {
    /// What was typed.
    pub fields: BTreeMap<String, String>,
    /// What is wrong with it.
    pub problems: FormProblems,
}

impl Services {
    /// Keeps what a person typed. The page is told the id in its address; nobody else may read it.
    pub async fn form_state_save(&self, viewer: &Viewer, form: &str, state: &FormState) -> Result<FormStateId> {
        let id: FormStateId = secrets::id();
        let fields = serde_json::to_value(&state.fields).map_err(Error::unexpected)?;
        let problems = serde_json::to_value(&state.problems).map_err(Error::unexpected)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Application).await?;
        store::form_states::insert(&mut transaction, id, viewer.user_id, form, &fields, &problems, now, now - lifetime()).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// What a person typed into this form, if it was them and not too long ago.
    pub async fn form_state_find(&self, viewer: &Viewer, form: &str, id: FormStateId) -> Result<Option<FormState>> {
        let mut transaction = self.database.begin(Scope::Application).await?;
        let found = store::form_states::find(&mut transaction, id, viewer.user_id, form, self.now() - lifetime()).await?;
        let Some((fields, problems)) = found else { return Ok(None) };
        let fields = serde_json::from_value(fields).map_err(Error::unexpected)?;
        let problems = serde_json::from_value(problems).map_err(Error::unexpected)?;
        Ok(Some(FormState { fields, problems }))
    }
}
