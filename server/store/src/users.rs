//! People who can sign in.

use chrono::{DateTime, Utc};
use domain::ids::{PartnerId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Connection, Result};

/// A person to enter.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Which person.
    pub id: UserId,
    /// Address, in small letters.
    pub email: &'a str,
    /// PHC form.
    pub password_hash: &'a str,
    /// How the portal addresses them.
    pub display_name: &'a str,
    /// The stable text of the role.
    pub role: &'a str,
    /// The partner they work for.
    pub partner_id: Option<PartnerId>,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// What a sign-in looks at.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Which person.
    pub id: UserId,
    /// PHC form.
    pub password_hash: String,
    /// How the portal addresses them.
    pub display_name: String,
    /// The partner they work for.
    pub partner_id: Option<PartnerId>,
    /// Whether they may not sign in any more.
    pub disabled: bool,
}

#[derive(FromRow)]
struct CredentialsRow {
    id: Uuid,
    password_hash: String,
    display_name: String,
    partner_id: Option<Uuid>,
    disabled: bool,
}

/// Whether there is anybody at all.
pub async fn any(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from users)").fetch_one(connection).await?)
}

/// The person with an address (small letters).
pub async fn find_credentials(connection: &mut Connection, email: &str) -> Result<Option<Credentials>> {
    let row: Option<CredentialsRow> = sqlx::query_as(
        "select id, password_hash, display_name, partner_id, disabled_at is not null as disabled from users where email = $1",
    )
    .bind(email)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Credentials {
        id: row.id.into(),
        password_hash: row.password_hash,
        display_name: row.display_name,
        partner_id: row.partner_id.map(Into::into),
        disabled: row.disabled,
    }))
}

/// How the portal addresses a person, and the partner they work for.
pub async fn find_name(connection: &mut Connection, id: UserId) -> Result<Option<(String, Option<PartnerId>)>> {
    let row: Option<(String, Option<Uuid>)> =
        sqlx::query_as("select display_name, partner_id from users where id = $1").bind(id.0).fetch_optional(connection).await?;
    Ok(row.map(|(name, partner_id)| (name, partner_id.map(Into::into))))
}

/// Keeps the language a person chose.
pub async fn update_locale(connection: &mut Connection, id: UserId, locale: &str) -> Result<()> {
    sqlx::query("update users set locale = $2 where id = $1").bind(id.0).bind(locale).execute(connection).await?;
    Ok(())
}

/// Keeps whether a person is told by e-mail, too.
pub async fn update_email_notices(connection: &mut Connection, id: UserId, wanted: bool) -> Result<()> {
    sqlx::query("update users set email_notices = $2 where id = $1").bind(id.0).bind(wanted).execute(connection).await?;
    Ok(())
}

/// Enters a person. The address must be free: constraint `users_email_key`.
pub async fn insert(connection: &mut Connection, user: &NewUser<'_>) -> Result<()> {
    sqlx::query(
        "insert into users (id, email, password_hash, display_name, role, partner_id, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(user.id.0)
    .bind(user.email)
    .bind(user.password_hash)
    .bind(user.display_name)
    .bind(user.role)
    .bind(user.partner_id.map(|id| id.0))
    .bind(user.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// A person who works for a partner.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PartnerUser {
    /// Which person.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// Address.
    pub email: String,
    /// How the portal addresses them.
    pub display_name: String,
    /// When they were entered.
    pub created_at: DateTime<Utc>,
    /// From when on they may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// The people of a partner, by name.
pub async fn of_partner(connection: &mut Connection, partner_id: PartnerId) -> Result<Vec<PartnerUser>> {
    Ok(sqlx::query_as(
        "select id, email, display_name, created_at, disabled_at from users where partner_id = $1 order by lower(display_name), id",
    )
    .bind(partner_id.0)
    .fetch_all(connection)
    .await?)
}

/// Somebody of the provider's staff.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Deserialize)]
pub struct StaffMember {
    /// Who.
    #[sqlx(try_from = "Uuid")]
    pub id: UserId,
    /// How the portal addresses them.
    pub display_name: String,
}

/// Staff who may sign in, by name.
pub async fn active_staff(connection: &mut Connection) -> Result<Vec<StaffMember>> {
    Ok(sqlx::query_as(
        "select id, display_name from users where partner_id is null and disabled_at is null order by display_name, id limit 200",
    )
    .fetch_all(connection)
    .await?)
}

/// Whether somebody is of the staff and may sign in.
pub async fn is_active_staff(connection: &mut Connection, id: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from users where id = $1 and partner_id is null and disabled_at is null)")
        .bind(id.0)
        .fetch_one(connection)
        .await?)
}
