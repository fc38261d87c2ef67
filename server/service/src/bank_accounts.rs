//! Where partners are paid, and from which account (`REB-4`).

use domain::bank_account::{AccountMismatch, BankAccount, Kpp};
use domain::form::{self, FieldProblem};
use domain::ids::PartnerId;
use domain::inn::Inn;
use domain::money::Money;
use domain::permission::{Action, may};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Scope;
pub use store::partner_bank_accounts::{Payee, RecordedAccount};
use store::settlement_runs::{Payer, Settings};

use crate::audit::{self, Change};
use crate::clients::field;
use crate::{Actor, Error, Result, Services, Viewer, error::FormProblems};

/// The page of a partner's account.
#[derive(Clone, Debug)]
pub struct BankAccountPage {
    /// Whose.
    pub partner_id: PartnerId,
    /// Its name.
    pub partner_name: String,
    /// Its INN.
    pub inn: String,
    /// The account; none where it is not known.
    pub recorded: Option<RecordedAccount>,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// An account as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BankAccountFields {
    /// The KPP; sole proprietors leave it out.
    pub kpp: String,
    /// The account.
    pub account: String,
    /// The name of the bank.
    pub bank_name: String,
    /// The BIK of the bank.
    pub bik: String,
    /// The correspondent account of the bank.
    pub correspondent_account: String,
}

/// The settings as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsFields {
    /// RUB: above it a second person settles.
    pub second_person_above: String,
    /// The payer's name.
    pub name: String,
    /// The payer's INN.
    pub inn: String,
    /// The payer's account.
    #[serde(flatten)]
    pub account: BankAccountFields,
}

impl BankAccountFields {
    /// The account that was typed, its keys checked against the bank.
    fn read(&self, problems: &mut FormProblems) -> Option<(Option<Kpp>, BankAccount)> {
        let kpp = field(problems, "kpp", form::optional_kpp(&self.kpp));
        let account = field(problems, "account", form::account_number(&self.account));
        let bank_name = field(problems, "bank_name", form::bank_name(&self.bank_name));
        let bik = field(problems, "bik", form::bik(&self.bik));
        let correspondent = field(problems, "correspondent_account", form::account_number(&self.correspondent_account));
        let made = BankAccount::new(account?, bank_name?, bik?, correspondent?).map_err(|mismatch| {
            let name = match mismatch {
                AccountMismatch::Account => "account",
                AccountMismatch::CorrespondentAccount => "correspondent_account",
            };
            (name, FieldProblem::AccountKey)
        });
        match made {
            Ok(account) => Some((kpp?, account)),
            Err((name, problem)) => {
                problems.insert(name.to_owned(), problem);
                None
            }
        }
    }
}

impl Services {
    /// Where a partner is paid.
    pub async fn bank_account_page(&self, viewer: &Viewer, id: PartnerId) -> Result<BankAccountPage> {
        viewer.require(Action::ViewLedger)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let facts = store::partners::facts(&mut transaction, &[id]).await?.into_iter().next().ok_or(Error::NotFound)?;
        let recorded = store::partner_bank_accounts::find(&mut transaction, id).await?;
        Ok(BankAccountPage {
            partner_id: id,
            partner_name: facts.partner.name,
            inn: facts.partner.inn,
            recorded,
            may_edit: may(viewer.role, Action::EditBankAccount),
        })
    }

    /// Records where a partner is paid from now on. Runs made before keep the account they were made with.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields of the account.
    pub async fn bank_account_edit(&self, actor: Actor<'_>, id: PartnerId, fields: &BankAccountFields) -> Result<()> {
        actor.require(Action::EditBankAccount)?;
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        store::partners::facts(&mut transaction, &[id]).await?.into_iter().next().ok_or(Error::NotFound)?;
        let mut problems = FormProblems::new();
        let Some((kpp, account)) = fields.read(&mut problems) else { return Err(Error::Invalid(problems)) };
        let before = store::partner_bank_accounts::find(&mut transaction, id).await?.map(|recorded| recorded.payee);
        if before.as_ref().is_some_and(|before| before.kpp == kpp && before.account == account) {
            return Ok(());
        }
        let by = actor.person().map(|viewer| viewer.user_id);
        store::partner_bank_accounts::upsert(&mut transaction, id, kpp.as_ref(), &account, by, now).await?;
        let change = Change {
            action: "bank_account.edit",
            object_kind: "partner",
            object_id: &id.to_string(),
            partner_id: Some(id),
            before: before.map(|before| json!({ "kpp": before.kpp, "account": before.account })),
            after: Some(json!({ "kpp": kpp, "account": account })),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        Ok(transaction.commit().await?)
    }

    /// How the provider settles.
    pub async fn settlement_settings_page(&self, viewer: &Viewer) -> Result<Settings> {
        viewer.require(Action::EditSettlementSettings)?;
        let mut transaction = self.database.begin(Scope::Staff).await?;
        Ok(store::settlement_runs::settings(&mut transaction).await?)
    }

    /// Changes how the provider settles.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields of the settings.
    pub async fn settlement_settings_edit(&self, actor: Actor<'_>, fields: &SettingsFields) -> Result<()> {
        actor.require(Action::EditSettlementSettings)?;
        let now = self.now();
        let mut problems = FormProblems::new();
        let above = form::amount(&fields.second_person_above)
            .and_then(|above| if above.is_negative() { Err(FieldProblem::TooSmall { minimum: 0 }) } else { Ok(above) });
        let above = field(&mut problems, "second_person_above", above);
        let name = field(&mut problems, "name", form::bank_name(&fields.name));
        let inn = field(&mut problems, "inn", form::inn(&fields.inn));
        let account = fields.account.read(&mut problems);
        let (Some(above), Some(name), Some(inn), Some((kpp, account))) = (above, name, inn, account) else {
            return Err(Error::Invalid(problems));
        };
        let settings = settings_of(above, Payee { name, inn, kpp, account });
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let before = store::settlement_runs::settings(&mut transaction).await?;
        if before == settings {
            return Ok(());
        }
        store::settlement_runs::update_settings(&mut transaction, &settings, actor.person().map(|viewer| viewer.user_id), now).await?;
        let shown = |settings: &Settings| json!({ "second_person_above": settings.second_person_above, "payer": settings.payer });
        let change = Change {
            action: "settlement_settings.edit",
            object_kind: "settlement_settings",
            object_id: "",
            partner_id: None,
            before: Some(shown(&before)),
            after: Some(shown(&settings)),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        Ok(transaction.commit().await?)
    }
}

fn settings_of(second_person_above: Money, payer: Payee) -> Settings {
    let Payee { name, inn, kpp, account } = payer;
    let payer = Payer {
        name,
        inn: inn.to_string(),
        kpp: kpp.map(Into::into),
        account: account.account().to_string(),
        bank_name: account.bank_name().to_owned(),
        bik: account.bik().to_string(),
        correspondent_account: account.correspondent_account().to_string(),
    };
    Settings { second_person_above, payer }
}

/// The payer as a bank takes it; none where it was not entered yet.
pub(crate) fn payer_of(settings: &Settings) -> Option<Payee> {
    let Payer { name, inn, kpp, account, bank_name, bik, correspondent_account } = &settings.payer;
    let account =
        BankAccount::new(account.parse().ok()?, bank_name.clone(), bik.parse().ok()?, correspondent_account.parse().ok()?).ok()?;
    let inn: Inn = inn.parse().ok()?;
    let kpp = match kpp {
        Some(kpp) => Some(kpp.parse().ok()?),
        None => None,
    };
    Some(Payee { name: name.clone(), inn, kpp, account })
}
