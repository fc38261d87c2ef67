//! Hashing of passwords: argon2id with OWASP's parameters, few at a time, off the async threads.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// The least length of a password that is the only factor, in characters.
pub const SHORTEST: usize = 15;
/// The largest length that is hashed, in characters.
pub const LONGEST: usize = 128;
/// How long a sign-in waits for its turn to hash.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes and verifies passwords. Cheap to clone; clones share the queue.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// What an unknown account is verified against, so that it takes as long as a known one.
    stand_in: Arc<str>,
}

impl Passwords {
    /// OWASP's parameters: 19 MiB, two passes, one lane. `turns` hashes run at once.
    pub fn new(turns: usize) -> Result<Self> {
        Self::with_parameters(Params::new(19_456, 2, 1, None).map_err(failure)?, turns)
    }

    /// The cheapest parameters there are: for tests and nothing else.
    pub fn for_tests() -> Result<Self> {
        Self::with_parameters(Params::new(8, 1, 1, None).map_err(failure)?, 8)
    }

    fn with_parameters(parameters: Params, turns: usize) -> Result<Self> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let stand_in = argon2.hash_password(b"nobody has this password").map_err(failure)?.to_string();
        Ok(Self { argon2, turns: Arc::new(Semaphore::new(turns)), stand_in: stand_in.into() })
    }

    /// The PHC form of a password.
    pub async fn hash(&self, password: String) -> Result<String> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(failure)).await?
    }

    /// Whether a password fits a hash. `None` stands for an unknown account: it costs the same and never fits.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        if password.chars().count() > LONGEST {
            return Ok(false);
        }
        let argon2 = self.argon2.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.stand_in.to_string());
        self.in_turn(move || {
            let hash = PasswordHash::new(&hash).map_err(failure)?;
            Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| Error::TooMany { retry_after_seconds: PATIENCE.as_secs() })?
            .map_err(Error::unexpected)?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await
        .map_err(Error::unexpected)
    }
}

/// The hasher's errors say nothing a person could act on.
fn failure(error: impl std::fmt::Display) -> Error {
    Error::unexpected(std::io::Error::other(error.to_string()))
}
