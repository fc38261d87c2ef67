//! What the forms of settlement runs post to.

use leptos::prelude::*;

use crate::error::AppError;

/// Makes a run of what its preview showed (`REB-4`).
#[server(prefix = "/api", endpoint = "settlements/make")]
pub async fn settlement_make(
    /// In which form.
    #[server(default)]
    settlement: String,
    /// How many entries the preview showed.
    #[server(default)]
    count: String,
    /// Their sum, RUB.
    #[server(default)]
    amount: String,
    /// The key of the form.
    #[server(default)]
    idempotency_key: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    viewer.require(domain::permission::Action::MakeSettlement)?;
    let of: domain::accrual::Settlement = settlement.parse().map_err(|_| AppError::BadRequest)?;
    let key: uuid::Uuid = idempotency_key.parse().map_err(|_| AppError::BadRequest)?;
    // What is no number can't be what was shown.
    let shown = service::ledger::Tally { count: count.parse().unwrap_or(-1), amount: amount.parse().unwrap_or_default() };
    match services()?.settlement_make(&viewer, of, shown, key).await {
        Ok(reference) => {
            redirect(&paths::with_query(&paths::staff_settlement(reference), &[("notice", Notice::RunMade.code())]));
            Ok(())
        }
        Err(error) => {
            let page = paths::with_query(paths::STAFF_SETTLEMENT_NEW, &[("settlement", of.as_str())]);
            FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(&page).await
        }
    }
}

/// Records that a run was carried out.
#[server(prefix = "/api", endpoint = "settlements/settle")]
pub async fn settlement_settle(
    /// The run.
    #[server(default)]
    reference: String,
    /// Date of the bank's payment or of the invoices.
    #[server(default)]
    settled_on: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    let page = paths::staff_settlement(&reference);
    let fields = service::settlements::SettleFields { settled_on };
    match services()?.settlement_settle(&viewer, &reference, &fields).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::RunSettled.code())]));
            Ok(())
        }
        Err(error) => FormState::refused([("settled_on".to_owned(), fields.settled_on)].into(), error)?.send_back(&page).await,
    }
}

/// Gives a run up.
#[server(prefix = "/api", endpoint = "settlements/drop")]
pub async fn settlement_drop(
    /// The run.
    #[server(default)]
    reference: String,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    let viewer = viewer()?;
    let page = paths::staff_settlement(&reference);
    match services()?.settlement_drop(&viewer, &reference).await {
        Ok(()) => {
            redirect(&paths::with_query(&page, &[("notice", Notice::RunDropped.code())]));
            Ok(())
        }
        Err(error) => FormState::refused(std::collections::BTreeMap::default(), error)?.send_back(&page).await,
    }
}

/// Changes who pays, and the amount above which a second person settles.
#[server(prefix = "/api", endpoint = "settlements/settings")]
pub async fn settlement_settings_edit(
    /// The settings by control: the amount, and the payer with its account.
    #[server(flatten)]
    fields: std::collections::HashMap<String, String>,
) -> Result<(), AppError> {
    use crate::context::{services, viewer};
    use crate::form::{FormState, redirect};
    use crate::layouts::Notice;
    use crate::paths;

    const CONTROLS: [&str; 8] = ["second_person_above", "name", "inn", "kpp", "account", "bank_name", "bik", "correspondent_account"];
    let viewer = viewer()?;
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let [second_person_above, name, inn, kpp, account, bank_name, bik, correspondent_account] = CONTROLS.map(text);
    let account = service::bank_accounts::BankAccountFields { kpp, account, bank_name, bik, correspondent_account };
    let typed = service::bank_accounts::SettingsFields { second_person_above, name, inn, account };
    let page = paths::STAFF_SETTLEMENT_SETTINGS;
    match services()?.settlement_settings_edit(service::Actor::Person(&viewer), &typed).await {
        Ok(()) => {
            redirect(&paths::with_query(page, &[("notice", Notice::SettingsSaved.code())]));
            Ok(())
        }
        Err(error) => {
            let values = CONTROLS.map(|name| (name.to_owned(), text(name))).into();
            FormState::refused(values, error)?.send_back(page).await
        }
    }
}
