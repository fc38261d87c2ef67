//! Entering partners with their first member, and members of staff.

use domain::calendar::BusinessDate;
use domain::form::FieldProblem;
use domain::ids::{PartnerId, UserId};
use domain::inn::Inn;
use domain::level::{Outlook, Timeline, outlook};
use domain::model::BillingSide;
use domain::permission::{Action, Role};
use serde_json::json;
use store::partners::Partner;
use store::users::NewUser;
use store::{Connection, Scope};

use crate::audit::{self, Change};
use crate::error::FormProblems;
use crate::level_record::level_changes_record;
use crate::{Actor, Error, Refusal, Result, Services, Standing, passwords, secrets};

/// A person to enter.
#[derive(Clone)]
pub struct NewPerson {
    /// The address they sign in with.
    pub email: String,
    /// How the portal addresses them.
    pub display_name: String,
    /// Their password; without one, one is made up and given back once.
    pub password: Option<String>,
}

/// A partner to enter.
#[derive(Clone)]
pub struct NewPartner {
    /// What billing calls it: capital letters, digits and `-`, at most 32.
    pub code: String,
    /// The company's name.
    pub name: String,
    /// The company's INN.
    pub inn: Inn,
    /// The day of the contract; not in the future.
    pub contract_date: BusinessDate,
    /// The billing side picked with the contract (`MODEL-1`).
    pub billing: BillingSide,
    /// Its first member.
    pub member: NewPerson,
}

/// A person who was entered.
#[derive(Clone)]
pub struct CreatedPerson {
    /// Which person.
    pub user_id: UserId,
    /// The password that was made up: it is shown once and kept nowhere.
    pub made_up_password: Option<String>,
}

/// The level of a partner on a day, with everything behind it (`LVL-9`).
#[derive(Clone, Debug)]
pub struct LevelExplanation {
    /// The partner.
    pub partner: Partner,
    /// The day.
    pub day: BusinessDate,
    /// The changes through the day.
    pub timeline: Timeline,
    /// The level, why, what is asked and what follows.
    pub outlook: Outlook,
}

/// A person whose fields were checked and whose password was hashed, before any transaction is open.
pub(crate) struct ReadyPerson {
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) password_hash: String,
    pub(crate) made_up_password: Option<String>,
}

impl Services {
    /// Enters a partner and its first member. The level begins with the contract (`LVL-1`) and is recorded.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `email`, `display_name`, `password`, `code` and `name`; [`Refusal::DateInFuture`];
    /// [`Refusal::Taken`] where the code, the INN or the address is known.
    pub async fn partner_create(&self, actor: Actor<'_>, new: NewPartner) -> Result<(PartnerId, CreatedPerson)> {
        actor.require(Action::CreatePartner)?;
        let now = self.now();
        let mut problems = FormProblems::new();
        let code = new.code.trim().to_uppercase();
        let code_fits = (1..=32).contains(&code.len())
            && !code.starts_with('-')
            && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
        if !code_fits {
            problems.insert("code".to_owned(), FieldProblem::UnknownChoice);
        }
        let name = field(&mut problems, "name", &new.name);
        let member = self.ready(new.member, problems).await?;
        if new.contract_date > BusinessDate::of(now) {
            return Err(Refusal::DateInFuture.into());
        }
        let partner = Partner { id: secrets::id(), code, name, inn: new.inn.to_string() };
        let created = self.partner_enter(actor, &partner, new.contract_date, new.billing, member).await?;
        Ok((partner.id, created))
    }

    /// Writes a partner whose fields were checked.
    pub(crate) async fn partner_enter(
        &self,
        actor: Actor<'_>,
        partner: &Partner,
        contract_date: BusinessDate,
        billing: BillingSide,
        member: ReadyPerson,
    ) -> Result<CreatedPerson> {
        let now = self.now();
        let mut transaction = self.database.begin(Scope::Staff).await?;
        store::partners::lock_level(&mut transaction, partner.id).await?;
        match store::partners::insert(&mut transaction, partner, contract_date, billing, now).await {
            Err(error) if error.is_constraint("partners_code_key") || error.is_constraint("partners_inn_key") => {
                return Err(Refusal::Taken.into());
            }
            other => other?,
        }
        let id = partner.id.to_string();
        let change = Change {
            action: "partner.create",
            object_kind: "partner",
            object_id: &id,
            partner_id: Some(partner.id),
            before: None,
            after: Some(json!({
                "code": partner.code, "name": partner.name, "inn": partner.inn,
                "contract_date": contract_date, "billing_side": billing
            })),
        };
        audit::record(&mut transaction, actor, now, change).await?;
        level_changes_record(&mut transaction, actor, partner.id, now).await?;
        let created = self.insert_person(&mut transaction, actor, member, Role::PartnerMember, Some(partner.id)).await?;
        transaction.commit().await?;
        Ok(created)
    }

    /// Enters a member of staff.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the fields `email`, `display_name`, `password` and `role`; [`Refusal::Taken`].
    pub async fn staff_create(&self, actor: Actor<'_>, role: Role, person: NewPerson) -> Result<CreatedPerson> {
        actor.require(Action::CreateStaff)?;
        let mut problems = FormProblems::new();
        if !role.is_staff() {
            problems.insert("role".to_owned(), FieldProblem::UnknownChoice);
        }
        let person = self.ready(person, problems).await?;
        self.staff_enter(actor, role, person).await
    }

    /// Writes a member of staff whose fields were checked.
    pub(crate) async fn staff_enter(&self, actor: Actor<'_>, role: Role, person: ReadyPerson) -> Result<CreatedPerson> {
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let created = self.insert_person(&mut transaction, actor, person, role, None).await?;
        transaction.commit().await?;
        Ok(created)
    }

    /// The level of a partner on a day (today without one) and why, for the command line. The partner by code, INN or id.
    pub async fn level_explain(&self, partner: &str, on: Option<BusinessDate>) -> Result<LevelExplanation> {
        let day = on.unwrap_or_else(|| self.today());
        let mut transaction = self.database.begin(Scope::Staff).await?;
        let id = store::partners::find_by_name(&mut transaction, partner).await?.ok_or(Error::NotFound)?;
        let standing = Standing::load(&mut transaction, id).await?;
        Ok(LevelExplanation {
            day,
            timeline: standing.timeline(day),
            outlook: outlook(&standing.facts.level, &standing.terms, day),
            partner: standing.facts.partner,
        })
    }

    /// Checks a person's fields and hashes the password; `problems` are those of the rest of the form.
    async fn ready(&self, person: NewPerson, mut problems: FormProblems) -> Result<ReadyPerson> {
        let email = person.email.trim().to_lowercase();
        if !is_address(&email) {
            problems.insert("email".to_owned(), FieldProblem::UnknownChoice);
        }
        let display_name = field(&mut problems, "display_name", &person.display_name);
        let (password, made_up_password) = if let Some(password) = person.password {
            (password, None)
        } else {
            let password = secrets::password()?;
            (password.clone(), Some(password))
        };
        let length = password.chars().count();
        if length < passwords::SHORTEST {
            problems.insert("password".to_owned(), FieldProblem::TooShort { minimum: limit(passwords::SHORTEST) });
        } else if length > passwords::LONGEST {
            problems.insert("password".to_owned(), FieldProblem::TooLong { maximum: limit(passwords::LONGEST) });
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let password_hash = self.passwords.hash(password).await?;
        Ok(ReadyPerson { email, display_name, password_hash, made_up_password })
    }

    async fn insert_person(
        &self,
        connection: &mut Connection,
        actor: Actor<'_>,
        person: ReadyPerson,
        role: Role,
        partner_id: Option<PartnerId>,
    ) -> Result<CreatedPerson> {
        let now = self.now();
        let user = NewUser {
            id: secrets::id(),
            email: &person.email,
            password_hash: &person.password_hash,
            display_name: &person.display_name,
            role: role.as_str(),
            partner_id,
            created_at: now,
        };
        match store::users::insert(connection, &user).await {
            Err(error) if error.is_constraint("users_email_key") => return Err(Refusal::Taken.into()),
            other => other?,
        }
        let id = user.id.to_string();
        let change = Change {
            action: "user.create",
            object_kind: "user",
            object_id: &id,
            partner_id,
            before: None,
            after: Some(json!({ "email": person.email, "name": person.display_name, "role": role })),
        };
        audit::record(connection, actor, now, change).await?;
        Ok(CreatedPerson { user_id: user.id, made_up_password: person.made_up_password })
    }
}

/// A name of 1 to 200 characters; empty where it is noted as a problem.
fn field(problems: &mut FormProblems, name: &str, text: &str) -> String {
    domain::form::text(text, 1, 200).unwrap_or_else(|problem| {
        problems.insert(name.to_owned(), problem);
        String::new()
    })
}

/// Whether a text has the shape of an address. That it is one, only a letter could tell.
fn is_address(text: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && !part.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '@');
    text.len() <= 254 && text.split_once('@').is_some_and(|(person, host)| fits(person) && fits(host))
}

fn limit(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
