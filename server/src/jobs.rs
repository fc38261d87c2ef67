//! The worker of the queue of jobs, inside `portal serve`. Any number of processes may run one on the same database.
//!
//! A job is tried again after growing delays where it fails. One whose process died is found by the others (or by the next start)
//! when the process has not been heard of for a while.

use std::sync::Arc;
use std::time::Duration;

use graphile_worker::{Cron, IntoTaskHandlerResult, LocalQueueConfig, TaskHandler, WorkerContext, WorkerOptions, WorkerRecoveryConfig};
use serde::{Deserialize, Serialize};
use service::Services;
use service::emails::{EmailOutcome, Mailer};
use store::jobs::{CLOSE_UNANSWERED_COMMENTS, COLLECT_FILES, SCHEMA, SEND_EMAIL};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Jobs at the same time. Each holds a connection while the mail server answers.
const CONCURRENCY: usize = 3;
/// Connections of the worker: one listens, one a job, the rest fetch and settle jobs.
const CONNECTIONS: u32 = 8;
/// Jobs that are taken from the database at once. Those of a process that died are taken again by another one after a minute.
const FETCHED: usize = 50;
/// How long running jobs get at the stop; a job that is cut off is done again.
const GRACE: Duration = Duration::from_secs(5);
/// What comes at its time: every minute, in whichever process, the requests whose deadline has come by the portal's clock are closed.
const SCHEDULE: &str = "* * * * * close_unanswered_comments ?max=3 {}";
/// How long it waits where the database is away, at most.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Sends one e-mail of the outbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SendEmail {
    email: Uuid,
}

/// Closes requests for comments that nobody answered by the deadline (`TG-1`). Done twice it closes nothing twice.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct CloseUnansweredComments {}

/// Collects contents of files that nobody needs. Entered by the clock of the machine, once an hour whatever the number of processes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct CollectFiles {}

/// The minute of every hour in which files are collected. An hour that was missed is not made up for.
const COLLECTING: u32 = 15;

/// What the jobs work with.
#[derive(Clone)]
struct Tools {
    services: Services,
    mailer: Option<Arc<dyn Mailer>>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tools")
    }
}

impl TaskHandler for SendEmail {
    const IDENTIFIER: &'static str = SEND_EMAIL;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = context.get_ext::<Tools>().ok_or_else(|| "the worker has no tools".to_owned())?;
        let last_try = context.job().attempts() >= context.job().max_attempts();
        match tools.services.email_send(self.email, last_try, tools.mailer.as_deref()).await {
            Ok(EmailOutcome::Waits) => Err("the mail server gave no answer; it is tried again".to_owned()),
            Ok(outcome) => {
                tracing::debug!(email = %self.email, ?outcome, "an e-mail is settled");
                Ok(())
            }
            Err(error) => {
                tracing::warn!(email = %self.email, error = &error as &dyn std::error::Error, "an e-mail could not be worked on");
                Err(error.to_string())
            }
        }
    }
}

impl TaskHandler for CloseUnansweredComments {
    const IDENTIFIER: &'static str = CLOSE_UNANSWERED_COMMENTS;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = context.get_ext::<Tools>().ok_or_else(|| "the worker has no tools".to_owned())?;
        close_unanswered_comments(&tools.services).await.map_err(|error| error.to_string())
    }
}

async fn close_unanswered_comments(services: &Services) -> service::Result<()> {
    match services.telegram_comments_close_unanswered().await {
        Ok(0) => Ok(()),
        Ok(closed) => {
            tracing::info!(closed, "requests for comments were closed without an answer");
            Ok(())
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "requests for comments could not be closed");
            Err(error)
        }
    }
}

impl TaskHandler for CollectFiles {
    const IDENTIFIER: &'static str = COLLECT_FILES;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = context.get_ext::<Tools>().ok_or_else(|| "the worker has no tools".to_owned())?;
        match tools.services.files_collect().await {
            Ok(collected) => {
                tracing::info!(?collected, "files were collected");
                Ok(())
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "files could not be collected");
                Err(error.to_string())
            }
        }
    }
}

/// Works on jobs until the stop. Where the database goes away it waits for it.
pub async fn work(services: Services, mailer: Option<Arc<dyn Mailer>>, stop: CancellationToken) {
    let services = services.apart(CONNECTIONS);
    let mut wait = Duration::from_secs(1);
    while !stop.is_cancelled() {
        let started = std::time::Instant::now();
        if let Err(error) = run(&services, mailer.clone(), stop.clone()).await {
            tracing::warn!(error, "the worker of jobs stopped and starts again");
        }
        if started.elapsed() > LONGEST_WAIT {
            wait = Duration::from_secs(1);
        }
        let _ = stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
    services.database().close().await;
}

async fn run(services: &Services, mailer: Option<Arc<dyn Mailer>>, stop: CancellationToken) -> Result<(), String> {
    let recovery = WorkerRecoveryConfig::default()
        .heartbeat_interval(Duration::from_secs(10))
        .sweep_interval(Duration::from_secs(20))
        .sweep_threshold(Duration::from_mins(1))
        .recovery_delay(Duration::from_secs(1));
    let worker = WorkerOptions::default()
        .schema(SCHEMA)
        .concurrency(CONCURRENCY)
        .poll_interval(Duration::from_secs(2))
        // Without a queue of its own the worker takes one job at a time and then waits for the next poll.
        .local_queue(LocalQueueConfig::default().with_size(FETCHED).with_ttl(Duration::from_mins(1)))
        .define_job::<SendEmail>()
        .define_job::<CloseUnansweredComments>()
        .with_cron(SCHEDULE)
        .map_err(|error| error.to_string())?
        .define_job::<CollectFiles>()
        .with_cron(Cron::hourly_at::<CollectFiles>(COLLECTING).map_err(|error| error.to_string())?)
        .add_extension(Tools { services: services.clone(), mailer })
        .worker_recovery(recovery)
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(GRACE)
        .shutdown_interrupted_job_retry_delay(Duration::from_secs(1))
        .shutdown_signal(async move { stop.cancelled().await })
        .pg_pool(services.database().worker_pool())
        .init()
        .await
        .map_err(|error| error.to_string())?;
    // What came due while no process ran need not wait for the minute; a failure is seen by the job, too.
    let _ = close_unanswered_comments(services).await;
    worker.run().await.map_err(|error| error.to_string())
}
