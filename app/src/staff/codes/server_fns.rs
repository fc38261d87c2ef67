//! What the forms of the codes page post to. A code is a bearer secret: it travels in bodies and form states, never in an address.

use leptos::prelude::*;

use crate::error::AppError;

/// Looks for a code.
#[server(prefix = "/api", endpoint = "codes/find")]
pub async fn code_find(
    /// The code as typed.
    #[server(default)]
    code: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::FormState;
    use crate::paths;

    let typed = [("code".to_owned(), code.clone())].into();
    let state = match read(&code) {
        Err(refusal) => FormState { values: typed, refusal: Some(refusal), ..FormState::default() },
        Ok(text) => match services()?.bonus_code_find(&viewer()?, &text).await {
            Ok(_) => FormState { values: typed, ..FormState::default() },
            Err(error) => unknown_or(typed, error)?,
        },
    };
    state.send_back(paths::STAFF_CODES).await
}

/// Redeems a code for a client.
#[server(prefix = "/api", endpoint = "codes/redeem")]
pub async fn code_redeem(
    /// The code.
    #[server(default)]
    code: String,
    /// The client's INN.
    #[server(default)]
    inn: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::FormState;
    use crate::layouts::Notice;
    use crate::paths;

    let mut state =
        FormState { values: [("code".to_owned(), code.clone()), ("inn".to_owned(), inn.clone())].into(), ..FormState::default() };
    let text = match read(&code) {
        Ok(text) => text,
        Err(refusal) => {
            state.refusal = Some(refusal);
            return state.send_back(paths::STAFF_CODES).await;
        }
    };
    match domain::form::inn(&inn) {
        Err(problem) => {
            state.problems.insert("inn".to_owned(), problem);
            state.send_back(paths::STAFF_CODES).await
        }
        Ok(inn) => match services()?.bonus_code_redeem(&viewer()?, &text, &inn).await {
            Ok(_) => {
                let page = paths::with_query(paths::STAFF_CODES, &[("notice", Notice::CodeRedeemed.code())]);
                FormState { values: [("code".to_owned(), code)].into(), ..FormState::default() }.send_back(&page).await
            }
            Err(error) => unknown_or(state.values, error)?.send_back(paths::STAFF_CODES).await,
        },
    }
}

/// Revokes a code that nobody used.
#[server(prefix = "/api", endpoint = "codes/revoke")]
pub async fn code_revoke(
    /// The code.
    #[server(default)]
    code: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::FormState;
    use crate::layouts::Notice;
    use crate::paths;

    let mut state =
        FormState { values: [("code".to_owned(), code.clone()), ("reason".to_owned(), reason.clone())].into(), ..FormState::default() };
    let text = match read(&code) {
        Ok(text) => text,
        Err(refusal) => {
            state.refusal = Some(refusal);
            return state.send_back(paths::STAFF_CODES).await;
        }
    };
    match domain::form::text(&reason, 10, 2000) {
        Err(problem) => {
            state.problems.insert("reason".to_owned(), problem);
            state.send_back(paths::STAFF_CODES).await
        }
        Ok(reason) => match services()?.bonus_code_revoke(&viewer()?, &text, &reason).await {
            Ok(_) => {
                let page = paths::with_query(paths::STAFF_CODES, &[("notice", Notice::CodeRevoked.code())]);
                FormState { values: [("code".to_owned(), code)].into(), ..FormState::default() }.send_back(&page).await
            }
            Err(error) => unknown_or(state.values, error)?.send_back(paths::STAFF_CODES).await,
        },
    }
}

/// The code as typed, or what is wrong with it.
#[cfg(feature = "ssr")]
fn read(code: &str) -> Result<domain::bonus_code::CodeText, crate::form::FormRefusal> {
    use crate::form::FormRefusal;
    use domain::bonus_code::CodeTextError;

    code.parse().map_err(|error| match error {
        CodeTextError::Shape => FormRefusal::CodeShape,
        CodeTextError::Check => FormRefusal::CodeMistyped,
    })
}

/// A code that does not exist is something to say in the form, not a missing page.
#[cfg(feature = "ssr")]
fn unknown_or(values: std::collections::BTreeMap<String, String>, error: service::Error) -> Result<crate::form::FormState, AppError> {
    use crate::form::{FormRefusal, FormState};

    match error {
        service::Error::NotFound => Ok(FormState { values, refusal: Some(FormRefusal::UnknownCode), ..FormState::default() }),
        other => FormState::refused(values, other),
    }
}
