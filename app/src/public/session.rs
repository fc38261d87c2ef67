//! Signing in and out.
#![expect(missing_docs, reason = "`#[server]` makes public items that take no comment")]

use leptos::prelude::*;

use crate::error::AppError;

/// Signs a person in and leads on to the page they wanted.
#[server(prefix = "/api", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    use crate::context::{client_address, host_partner, services, session};
    use crate::form::{FormRefusal, FormState, redirect};
    use crate::paths;

    let next = paths::local(&next).unwrap_or(paths::START);
    let refusal = match services()?.sign_in(&email, password, client_address(), host_partner()).await {
        Ok(Some(person)) => {
            session()?.begin(person).await?;
            redirect(next);
            return Ok(());
        }
        Ok(None) => FormRefusal::WrongCredentials,
        Err(service::Error::TooMany { .. }) => FormRefusal::TooManyAttempts,
        Err(error) => return Err(error.into()),
    };
    let values = [("email".to_owned(), email), ("next".to_owned(), next.to_owned())].into();
    FormState { values, refusal: Some(refusal), ..FormState::default() }.send_back(&paths::sign_in_then(next)).await
}

/// Ends the session.
#[server(prefix = "/api", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::form::redirect;
    use crate::layouts::Notice;
    use crate::paths;

    crate::context::session()?.end().await?;
    redirect(&paths::with_query(paths::SIGN_IN, &[("notice", Notice::SignedOut.code())]));
    Ok(())
}
