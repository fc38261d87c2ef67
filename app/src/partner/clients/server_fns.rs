//! What the forms of clients and trials post to.
#![expect(missing_docs, reason = "`#[server]` makes public items that take no comment")]

use leptos::prelude::*;

use crate::error::AppError;

/// Adds a client and leads to its page.
#[server(prefix = "/api", endpoint = "clients/add")]
pub async fn add_client(
    #[server(default)] inn: String,
    #[server(default)] name: String,
    #[server(default)] start_date: String,
) -> Result<(), AppError> {
    use service::clients::ClientFields;

    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let fields = ClientFields { inn, name, start_date };
    match services()?.client_add(&viewer()?, &fields).await {
        Ok(id) => {
            redirect(&paths::with_query(&paths::partner_client(id), &[("notice", Notice::ClientAdded.code())]));
            Ok(())
        }
        Err(error) => {
            let values =
                [("inn".to_owned(), fields.inn), ("name".to_owned(), fields.name), ("start_date".to_owned(), fields.start_date)].into();
            FormState::refused(values, error)?.send_back(paths::PARTNER_CLIENT_NEW).await
        }
    }
}

/// Picks how the partner is rewarded for a client (`RATE-2`).
#[server(prefix = "/api", endpoint = "clients/rate")]
pub async fn choose_rate(#[server(default)] client: String, #[server(default)] choice: String) -> Result<(), AppError> {
    use domain::ids::ClientId;

    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let id: ClientId = client.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::partner_client(id);
    match services()?.rate_choose(&viewer()?, id, &choice).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::RateChosen.code())]));
            Ok(())
        }
        Err(error) => FormState::refused([(super::RATE.to_owned(), choice)].into(), error)?.send_back(&page).await,
    }
}

/// Records a trial of a client. `services` are the codes that were ticked.
#[server(prefix = "/api", endpoint = "trials/record")]
pub async fn record_trial(
    #[server(default)] client: String,
    #[server(default)] services: Vec<String>,
    #[server(default)] start: String,
) -> Result<(), AppError> {
    use domain::ids::ClientId;
    use service::trials::TrialFields;

    use crate::context::viewer;
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let id: ClientId = client.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::partner_client(id);
    let fields = TrialFields { services, start };
    match crate::context::services()?.trial_record(&viewer()?, id, &fields).await {
        Ok(_) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::TrialRecorded.code())]));
            Ok(())
        }
        Err(error) => {
            let mut values: std::collections::BTreeMap<_, _> =
                fields.services.into_iter().map(|code| (super::service_control(&code), "true".to_owned())).collect();
            values.insert("start".to_owned(), fields.start);
            FormState::refused(values, error)?.send_back(&page).await
        }
    }
}

/// Records the last day of a trial that runs without an end.
#[server(prefix = "/api", endpoint = "trials/end")]
pub async fn end_trial(
    #[server(default)] client: String,
    #[server(default)] trial: String,
    #[server(default)] ended_on: String,
) -> Result<(), AppError> {
    use domain::ids::{ClientId, TrialId};

    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let client: ClientId = client.parse().map_err(|_| AppError::NotFound)?;
    let id: TrialId = trial.parse().map_err(|_| AppError::NotFound)?;
    match services()?.trial_end(&viewer()?, id, &ended_on).await {
        Ok(client) => {
            redirect(&paths::with_query(&paths::partner_client(client), &[("notice", Notice::TrialEnded.code())]));
            Ok(())
        }
        Err(error) => {
            let values = [(super::TRIAL.to_owned(), trial), ("ended_on".to_owned(), ended_on)].into();
            FormState::refused(values, error)?.send_back(&paths::partner_client(client)).await
        }
    }
}
