//! What the page of names posts to.

use leptos::prelude::*;

use crate::error::AppError;

/// Takes a name back, with a reason that its partner reads; or admits it again.
#[server(prefix = "/api", endpoint = "hosts/revoke")]
pub async fn host_revoke(
    /// The name's id.
    #[server(default)]
    id: String,
    /// Why.
    #[server(default)]
    words: String,
    /// `revoke` or `readmit`.
    #[server(default)]
    gesture: String,
) -> Result<(), AppError> {
    use domain::ids::CustomHostId;

    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let host: CustomHostId = id.parse().map_err(|_| AppError::NotFound)?;
    let (services, viewer) = (services()?, viewer()?);
    let (done, notice) = if gesture == "readmit" {
        (services.custom_host_readmit(&viewer, host).await, Notice::HostReadmitted)
    } else {
        (services.custom_host_revoke(&viewer, host, &words).await, Notice::HostRevoked)
    };
    match done {
        Ok(()) => {
            redirect(&paths::with_query(paths::STAFF_HOSTS, &[("notice", notice.code())]));
            Ok(())
        }
        Err(error) => {
            FormState::refused([("words".to_owned(), words), ("id".to_owned(), id)].into(), error)?.send_back(paths::STAFF_HOSTS).await
        }
    }
}
