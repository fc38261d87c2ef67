//! What the forms of the notices' page post to.

use leptos::prelude::*;

use crate::context::{services, viewer};
use crate::error::AppError;
use crate::form::redirect;
use crate::layouts::Notice;
use crate::paths;

/// Everything through a notice is read.
#[server(prefix = "/api", endpoint = "notices/read")]
pub async fn notices_read(
    /// The newest notice that the page showed.
    #[server(default)]
    through: String,
) -> Result<(), AppError> {
    let viewer = viewer()?;
    let through: i64 = through.parse().map_err(|_| AppError::BadRequest)?;
    services()?.notices_mark_read(&viewer, through).await?;
    redirect(&paths::with_query(paths::PARTNER_NOTICES, &[("notice", Notice::NoticesRead.code())]));
    Ok(())
}

/// Whether the person is told by e-mail, too.
#[server(prefix = "/api", endpoint = "notices/by-email")]
pub async fn notices_by_email(
    /// `true` or `false`.
    #[server(default)]
    wanted: String,
) -> Result<(), AppError> {
    let viewer = viewer()?;
    let wanted: bool = wanted.parse().map_err(|_| AppError::BadRequest)?;
    services()?.notices_by_email(&viewer, wanted).await?;
    redirect(&paths::with_query(paths::PARTNER_NOTICES, &[("notice", Notice::EmailNoticesSaved.code())]));
    Ok(())
}
