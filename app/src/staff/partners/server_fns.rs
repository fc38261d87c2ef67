//! What the forms of a partner's page post to.

use leptos::prelude::*;

use crate::error::AppError;

/// Records a passed exam (`LVL-2`, `LVL-4`, `LVL-6`).
#[server(prefix = "/api", endpoint = "partners/exam")]
pub async fn exam_record(
    /// The partner.
    #[server(default)]
    partner: String,
    /// The day it was passed, as `2026-10-01`.
    #[server(default)]
    passed_on: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;
    use service::partners::ExamOutcome;

    let id: domain::ids::PartnerId = partner.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::staff_partner(id);
    let fields = service::partners::ExamFields { passed_on };
    match services()?.exam_record(&viewer()?, id, &fields).await {
        Ok(ExamOutcome::Recorded) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::ExamRecorded.code())]));
            Ok(())
        }
        Ok(ExamOutcome::Proposed(fact)) => {
            redirect(&paths::with_query(&paths::staff_late_fact(fact), &[("notice", Notice::LateFactProposed.code())]));
            Ok(())
        }
        Err(error) => {
            let values = std::collections::BTreeMap::from([("passed_on".to_owned(), fields.passed_on)]);
            FormState::refused(values, error)?.send_back(&page).await
        }
    }
}

/// Decides on a partner's level from a day on (`LVL-8`).
#[server(prefix = "/api", endpoint = "partners/level")]
pub async fn level_decide(
    /// The partner.
    #[server(default)]
    partner: String,
    /// The level.
    #[server(default)]
    level: String,
    /// The first day, as `2026-10-01`.
    #[server(default)]
    date: String,
    /// Why; the partner reads it.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let id: domain::ids::PartnerId = partner.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::staff_partner(id);
    let fields = service::partners::LevelDecisionFields { level, date, reason };
    match services()?.level_decide(&viewer()?, id, &fields).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::LevelDecided.code())]));
            Ok(())
        }
        Err(error) => {
            let values = [("level", fields.level), ("date", fields.date), ("reason", fields.reason)];
            let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            FormState::refused(values, error)?.send_back(&page).await
        }
    }
}

/// Records where a partner is paid (`REB-4`).
#[server(prefix = "/api", endpoint = "partners/bank-account")]
pub async fn bank_account_edit(
    /// The partner.
    #[server(default)]
    partner: String,
    /// Its KPP.
    #[server(default)]
    kpp: String,
    /// The account.
    #[server(default)]
    account: String,
    /// The name of the bank.
    #[server(default)]
    bank_name: String,
    /// The BIK of the bank.
    #[server(default)]
    bik: String,
    /// The correspondent account of the bank.
    #[server(default)]
    correspondent_account: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let id: domain::ids::PartnerId = partner.parse().map_err(|_| AppError::NotFound)?;
    let page = paths::staff_bank_account(id);
    let viewer = viewer()?;
    let fields = service::bank_accounts::BankAccountFields { kpp, account, bank_name, bik, correspondent_account };
    match services()?.bank_account_edit(service::Actor::Person(&viewer), id, &fields).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::AccountSaved.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(super::bank_account_page::typed(fields), error)?.send_back(&page).await,
    }
}
