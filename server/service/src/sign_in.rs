//! Signing in by e-mail and password, and the pace at which it may be tried.

use std::net::IpAddr;

use domain::ids::{PartnerId, UserId};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Scope;
use store::sign_in_buckets::Bucket;

use crate::audit::{self, Change};
use crate::{Actor, Error, Locale, Result, Services, Viewer};

/// Tries from one address.
const ADDRESS: Bucket = Bucket { burst: 60.0, per_second: 0.5 };
/// Tries for one account, from wherever.
const ACCOUNT: Bucket = Bucket { burst: 10.0, per_second: 1.0 / 30.0 };

/// The hash stands in for the e-mail: who mistypes it should not find it in a table.
fn account_key(email: &str) -> String {
    let digest = Sha256::digest(email.as_bytes());
    digest[..16].iter().fold("account:".to_owned(), |key, byte| format!("{key}{byte:02x}"))
}

/// IPv6 addresses count by their /64, because one household has that many.
fn address_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("address:{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("address:{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl Services {
    /// The person an e-mail and a password belong to; `None` where they do not fit, whatever the cause. `within`: under a partner's own name
    /// only its people can sign in, and anybody else is as unknown as a stranger.
    ///
    /// # Errors
    /// [`Error::TooMany`] where the address or the account was tried too often, unknown accounts included.
    pub async fn sign_in(&self, email: &str, password: String, address: IpAddr, within: Option<PartnerId>) -> Result<Option<UserId>> {
        let email = email.trim().to_lowercase();
        let now = self.now();
        let account = account_key(&email);

        let mut transaction = self.database.begin(Scope::Application).await?;
        let by_address = store::sign_in_buckets::take(&mut transaction, &address_key(address), ADDRESS, now).await?;
        let by_account = by_address && store::sign_in_buckets::take(&mut transaction, &account, ACCOUNT, now).await?;
        let credentials = store::users::find_credentials(&mut transaction, &email).await?;
        transaction.commit().await?;
        if !by_account {
            return Err(Error::TooMany { retry_after_seconds: 30 });
        }

        let hash = credentials
            .as_ref()
            .filter(|person| !person.disabled && within.is_none_or(|partner| person.partner_id == Some(partner)))
            .map(|person| person.password_hash.clone());
        let fits = self.passwords.verify(password, hash).await?;
        let Some(person) = credentials.filter(|_| fits) else { return Ok(None) };

        let mut transaction = self.database.begin(Scope::Application).await?;
        store::sign_in_buckets::reset(&mut transaction, &account).await?;
        transaction.commit().await?;
        Ok(Some(person.id))
    }

    /// Keeps the language a person chose.
    pub async fn locale_choose(&self, viewer: &Viewer, locale: Locale) -> Result<()> {
        let mut transaction = self.database.begin(Scope::Application).await?;
        store::users::update_locale(&mut transaction, viewer.user_id, locale.as_str()).await?;
        let change = Change {
            action: "user.locale",
            object_kind: "user",
            object_id: &viewer.user_id.to_string(),
            partner_id: viewer.partner.as_ref().map(|partner| partner.id),
            before: Some(json!({ "locale": viewer.locale })),
            after: Some(json!({ "locale": locale })),
        };
        audit::record(&mut transaction, Actor::Person(viewer), self.now(), change).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets sessions and tries that are long over.
    pub async fn sessions_clean_up(&self) -> Result<()> {
        let moment = self.now() - chrono::TimeDelta::days(30);
        let mut transaction = self.database.begin(Scope::Application).await?;
        store::user_sessions::delete_ended_before(&mut transaction, moment).await?;
        store::sign_in_buckets::delete_older_than(&mut transaction, moment).await?;
        transaction.commit().await?;
        Ok(())
    }
}
