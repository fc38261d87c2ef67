//! The pool, and the scopes a transaction can have.
//!
//! Two findings shape this module (sqlx 0.9.0): a request cancelled inside `begin` leaves an open
//! transaction on a pooled connection, so every released connection is rolled back; and a
//! connection may have died with the server while it was idle, so `begin` tries again with
//! another one instead of failing a request after the database came back.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use domain::ids::PartnerId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor};

use crate::error::{Error, Result};

/// An open connection, as store functions take it.
pub type Connection = sqlx::PgConnection;

/// A connection that goes back to the pool when dropped.
pub type PooledConnection = sqlx::pool::PoolConnection<sqlx::Postgres>;

/// How long other connections are tried while the database is away.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// On whose behalf a transaction runs. It decides the database role and so what row-level security shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Sessions, people, rate limits: no partner's data.
    Application,
    /// One partner, and nothing of any other.
    Partner(PartnerId),
    /// The provider's staff and the command line.
    Staff,
}

/// Sizes and time limits of the pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolLimits {
    /// Connections of this process at most.
    pub connections: u32,
    /// How long a request waits for one.
    pub acquire: Duration,
    /// How long one statement may run.
    pub statement: Duration,
    /// How long one statement may wait for a lock.
    pub lock: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self { connections: 16, acquire: Duration::from_secs(2), statement: Duration::from_secs(10), lock: Duration::from_secs(5) }
    }
}

/// The database: a pool whose connections act as `portal_application` until a transaction says otherwise.
#[derive(Clone, Debug)]
pub struct Database {
    pool: PgPool,
    options: PgConnectOptions,
    limits: PoolLimits,
}

impl Database {
    /// A pool that connects when first used. The migrations must have run before that.
    pub fn new(options: PgConnectOptions, limits: PoolLimits) -> Self {
        let milliseconds = |limit: Duration| limit.as_millis().to_string();
        let options = options.application_name("portal").options([
            ("role", "portal_application".to_owned()),
            ("timezone", "UTC".to_owned()),
            // The rollback of every release mostly has nothing to roll back, and the server would say so each time.
            ("client_min_messages", "error".to_owned()),
            ("statement_timeout", milliseconds(limits.statement)),
            ("lock_timeout", milliseconds(limits.lock)),
            ("idle_in_transaction_session_timeout", "10000".to_owned()),
        ]);
        Self { pool: pool_options(limits).connect_lazy_with(options.clone()), options, limits }
    }

    /// The same database by a pool of its own, so that what waits for others there leaves requests their connections.
    #[must_use]
    pub fn apart(&self, connections: u32) -> Self {
        let limits = PoolLimits { connections, ..self.limits };
        Self { pool: pool_options(limits).connect_lazy_with(self.options.clone()), options: self.options.clone(), limits }
    }

    /// The pool itself, for the worker of the queue of jobs and for nobody else: its connections act as `portal_application`.
    pub fn worker_pool(&self) -> PgPool {
        self.pool.clone()
    }

    /// Begins a transaction in a scope: one round trip for both.
    pub async fn begin(&self, scope: Scope) -> Result<Transaction> {
        self.begin_with("begin", scope).await
    }

    /// Begins a transaction that sees the database as it is now, whatever others commit meanwhile: for reading much.
    pub async fn begin_snapshot(&self, scope: Scope) -> Result<Transaction> {
        self.begin_with("begin isolation level repeatable read read only", scope).await
    }

    async fn begin_with(&self, begin: &str, scope: Scope) -> Result<Transaction> {
        // The id is a UUID's own text, so nothing foreign can stand in the statement.
        let statement = match scope {
            Scope::Application => begin.to_owned(),
            Scope::Partner(id) => {
                format!("{begin}; select set_config('role', 'portal_partner', true), set_config('portal.partner_id', '{id}', true)")
            }
            Scope::Staff => format!("{begin}; select set_config('role', 'portal_staff', true)"),
        };
        let started = Instant::now();
        loop {
            match self.pool.begin_with(AssertSqlSafe(statement.clone())).await {
                Ok(transaction) => return Ok(Transaction { transaction }),
                Err(error) => {
                    let error = Error::from(error);
                    if !error.another_connection_may_answer() || started.elapsed() > PATIENCE {
                        return Err(error);
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// A connection in the scope [`Scope::Application`] without a transaction, for a single statement.
    pub async fn connection(&self) -> Result<PooledConnection> {
        Ok(self.pool.acquire().await?)
    }

    /// Asks the database for a sign of life and for the newest migration it has.
    pub async fn newest_migration(&self) -> Result<Option<i64>> {
        let mut transaction = self.begin(Scope::Application).await?;
        Ok(sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(&mut *transaction).await?)
    }

    /// Closes every connection; running transactions end first.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction. Dropped without a commit it is rolled back.
#[derive(Debug)]
pub struct Transaction {
    transaction: sqlx::Transaction<'static, sqlx::Postgres>,
}

impl Transaction {
    /// Makes what was written last.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }

    /// Does something to find out what it would lead to, and undoes it, whatever came of it.
    pub async fn try_out<Found, Failure: From<Error>>(
        &mut self,
        what: impl AsyncFnOnce(&mut Connection) -> std::result::Result<Found, Failure>,
    ) -> std::result::Result<Found, Failure> {
        let undone = |error: sqlx::Error| Failure::from(Error::from(error));
        self.transaction.execute("savepoint tried_out").await.map_err(undone)?;
        let found = what(&mut self.transaction).await;
        self.transaction.execute("rollback to savepoint tried_out; release savepoint tried_out").await.map_err(undone)?;
        found
    }

    /// Lets the transaction wait this long for something outside of the database. Only for a pool of its own ([`Database::apart`]).
    pub async fn allow_waiting(&mut self, limit: Duration) -> Result<()> {
        sqlx::query("select set_config('idle_in_transaction_session_timeout', $1, true)")
            .bind(limit.as_millis().to_string())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Lifts the time limit of statements for the rest of the transaction: imports and month closes take longer.
    pub async fn allow_long_statements(&mut self) -> Result<()> {
        self.transaction.execute("select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)").await?;
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.transaction
    }
}

/// How the pool treats its connections. Apart from [`Database::new`], so that a test can compare it with a pool that treats them otherwise.
pub fn pool_options(limits: PoolLimits) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(limits.connections)
        .acquire_timeout(limits.acquire)
        .idle_timeout(Duration::from_mins(5))
        .max_lifetime(Duration::from_mins(30))
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Ends what a cancelled `begin` may have left open; see the module's comment.
                connection.execute("rollback").await?;
                Ok(true)
            })
        })
}

/// Brings a database to the newest schema. It connects as the owner, apart from the pool.
pub async fn migrate(options: &PgConnectOptions) -> std::result::Result<(), sqlx::migrate::MigrateError> {
    use sqlx::ConnectOptions;
    let mut connection = options.clone().application_name("portal migrate").options([("timezone", "UTC")]).connect().await?;
    crate::MIGRATOR.run_direct(None, &mut connection, false).await
}
