//! `portal serve` from its start to its stop, around whatever routes the portal has.

use std::time::Duration;

use app::paths;
use axum::Router;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::configuration::{BadConfiguration, DatabaseArguments, Origin, ServeArguments};
use crate::database::{Occupied, OpenDatabase};
use crate::health::probes;
use crate::layers::Ground;
use crate::layers::error_pages::ErrorPages;
use crate::layers::known_host::PartnerHosts;
use crate::layers::limits::RequestLimits;
use crate::listener::{self, ConnectionLimits};
use crate::{embedded_postgres, telemetry};

/// Where staff send a month's usage file: the one path that takes a large body.
pub const UPLOAD_PATHS: &[&str] = &["/staff/usage/upload"];

/// Forms of long texts: those of a case, and the editor of a text.
pub const TEXT_PATHS: &[&str] = &[paths::API_CASE_SAVE, paths::API_REQUEST_AUTOSAVE, paths::API_TEXT_EDIT];

/// Pictures of brands: what is larger than [`service::brands::PICTURE_BYTES`] by more than the form around it is not read.
pub const PICTURE_PATHS: &[&str] = &[paths::BRAND_PICTURE_UPLOAD];

/// What staff do to all partners at once, as long as it may take at the programme's size: closing a month and looking at what it would
/// bring, trying new terms out, approving everything that a filter shows, committing an import, making and ending a settlement.
pub const LONG_PATHS: &[&str] = &[
    paths::STAFF_MONTHS,
    paths::API_MONTH_CLOSE,
    paths::STAFF_TERMS_NEW,
    paths::API_TERMS_PUBLISH,
    paths::API_LEDGER_APPROVE_ALL,
    paths::API_USAGE_COMMIT,
    paths::API_SETTLEMENT_MAKE,
    paths::API_SETTLEMENT_SETTLE,
    paths::API_SETTLEMENT_DROP,
];

/// Why a command did not do what it was asked to.
#[derive(Debug, Error)]
pub enum Failure {
    /// What was given makes no sense: exit code 2.
    #[error("{0}")]
    BadInput(String),
    /// It was understood and cannot be done: exit code 1.
    #[error("{0}")]
    Refused(String),
}

impl Failure {
    /// The exit code of the command.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::BadInput(_) => 2,
        }
    }

    /// A refusal with everything the error knows: this is said to the operator on the terminal and to nobody else.
    pub fn refused(what: &str, error: &dyn std::error::Error) -> Self {
        let mut words = format!("{what}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_words = cause.to_string();
            if !words.contains(&cause_words) {
                words.push_str(": ");
                words.push_str(&cause_words);
            }
            source = cause.source();
        }
        Self::Refused(words)
    }
}

impl From<BadConfiguration> for Failure {
    fn from(error: BadConfiguration) -> Self {
        Self::BadInput(error.to_string())
    }
}

impl From<embedded_postgres::Error> for Failure {
    fn from(error: embedded_postgres::Error) -> Self {
        Self::refused("the database cannot be started", &error)
    }
}

/// What the routes of the portal are made from.
#[derive(Clone, Debug)]
pub struct Foundations {
    /// What was configured.
    pub arguments: ServeArguments,
    /// The migrated database.
    pub database: store::Database,
    /// Where people reach the portal, the first one canonical.
    pub origins: Vec<Origin>,
    /// Holds what must run to its end; awaited at the stop.
    pub tasks: TaskTracker,
    /// Cancelled at the stop: what streams or loops ends then.
    pub stop: CancellationToken,
}

/// The portal itself.
#[derive(Debug)]
pub struct Portal {
    /// Its routes, with their state.
    pub routes: Router,
    /// How an error looks.
    pub error_pages: ErrorPages,
    /// Names of partners' portals.
    pub partner_hosts: PartnerHosts,
}

/// Brings the database to the newest schema and lets it go again.
pub async fn migrate(arguments: &DatabaseArguments) -> Result<(), Failure> {
    let database = arguments.source()?.open(Occupied::Join).await?;
    let migrated = run_migrations(&database).await;
    database.close().await?;
    migrated
}

/// Brings an open database to the newest schema.
pub(crate) async fn run_migrations(database: &OpenDatabase) -> Result<(), Failure> {
    store::database::migrate(database.options()).await.map_err(|error| Failure::refused("the database cannot be migrated", &error))
}

/// Serves until SIGINT or SIGTERM. `build` makes the routes when the database is there and migrated; a demonstration fills it there.
pub async fn serve(arguments: ServeArguments, build: impl AsyncFnOnce(&Foundations) -> Result<Portal, Failure>) -> Result<(), Failure> {
    arguments.check()?;
    let source = arguments.database.source()?;
    telemetry::start(arguments.log_format, &arguments.log).map_err(|error| Failure::BadInput(format!("--log (PORTAL_LOG): {error}")))?;
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    // Before the database: a port that is taken is told at once.
    let taken = |error: std::io::Error| Failure::refused(&format!("cannot listen on {}", arguments.listen), &error);
    let listener = TcpListener::bind(arguments.listen).await.map_err(taken)?;
    let bound = listener.local_addr().map_err(taken)?;

    let open = source.open(Occupied::Refuse).await?;
    let foundations = Foundations {
        database: store::Database::new(open.options().clone(), arguments.database.pool_limits()),
        origins: arguments.origins(bound),
        tasks: TaskTracker::new(),
        stop,
        arguments,
    };
    let served = run(&open, listener, &foundations, build).await;
    // A connection that is still held is cut off with the server or by the operating system.
    let _ = tokio::time::timeout(Duration::from_secs(5), foundations.database.close()).await;
    open.close().await?;
    served
}

/// The portal's routes with everything a request passes on its way to them.
pub fn router(foundations: &Foundations, portal: Portal) -> Router {
    let Foundations { arguments, database, origins, stop, .. } = foundations;
    let ground = Ground {
        origins: origins.clone(),
        trusted_proxies: arguments.trusted_proxy.clone(),
        limits: RequestLimits {
            upload_paths: UPLOAD_PATHS,
            long_paths: LONG_PATHS,
            text_paths: TEXT_PATHS,
            picture_paths: PICTURE_PATHS,
            attachments_size: arguments.files.largest_upload(),
            time: arguments.request_limit,
            long_time: arguments.long_request_limit,
            upload_time: arguments.upload_limit,
            body: arguments.body_limit,
            ..RequestLimits::default()
        },
        error_pages: portal.error_pages,
        partner_hosts: portal.partner_hosts,
    };
    let questions = probes(database.clone(), stop.clone()).merge(ground.partner_hosts.question());
    ground.under(portal.routes, questions)
}

async fn run(
    open: &OpenDatabase,
    listener: TcpListener,
    foundations: &Foundations,
    build: impl AsyncFnOnce(&Foundations) -> Result<Portal, Failure>,
) -> Result<(), Failure> {
    run_migrations(open).await?;
    let portal = build(foundations).await?;
    let router = router(foundations, portal);
    let Foundations { arguments, origins, tasks, stop, .. } = foundations;
    if let Some(origin) = origins.first() {
        println!("The portal serves on {origin}");
    }
    let limits = ConnectionLimits {
        headers: arguments.header_limit,
        connections: arguments.connections,
        stop: arguments.stop_limit,
        ..ConnectionLimits::default()
    };
    listener::serve(listener, router, limits, stop.clone()).await;
    // Writes whose clients are gone finish, too.
    tasks.close();
    if tokio::time::timeout(arguments.stop_limit, tasks.wait()).await.is_err() {
        tracing::error!(tasks = tasks.len(), "stopping although not everything has finished");
    }
    Ok(())
}

/// The first signal asks for a stop; a second one does not wait for it.
fn stop_on_signal(stop: CancellationToken) -> Result<(), Failure> {
    let listen = |kind| signal(kind).map_err(|error| Failure::refused("cannot listen for signals", &error));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if !first {
                tracing::warn!("stopped without waiting; a private PostgreSQL keeps running until the next start");
                std::process::exit(1);
            }
            tracing::info!("stopping");
            stop.cancel();
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_take_longer_are_gestures_of_staff() {
        let gestures = app::server_functions::all();
        for path in LONG_PATHS {
            let is_gesture = gestures.iter().any(|(posted, action)| posted == path && action.is_some());
            assert!(is_gesture || [paths::STAFF_MONTHS, paths::STAFF_TERMS_NEW].contains(path), "{path}");
        }
    }
}
