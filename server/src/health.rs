//! The two questions machines ask: does the process run, and can it serve.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use tokio_util::sync::CancellationToken;

/// How long the database may take to answer.
const LIMIT: Duration = Duration::from_secs(1);

/// What readiness depends on.
#[derive(Clone, Debug)]
struct Readiness {
    database: store::Database,
    stop: CancellationToken,
}

/// `/live` answers 200 as long as the process answers at all. `/ready` answers 200 when the database answers within a second through the
/// pool the requests use and has the schema of this binary; else, and once the portal is stopping, 503.
pub fn probes(database: store::Database, stop: CancellationToken) -> Router {
    Router::new().route("/live", get(|| async { "live\n" })).route("/ready", get(ready)).with_state(Readiness { database, stop })
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    const NOT_READY: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "not ready\n");
    if readiness.stop.is_cancelled() {
        return NOT_READY;
    }
    // In a task of its own, so that a probe which hangs up leaves no connection behind in the middle of a statement.
    let asked = tokio::spawn(async move { readiness.database.newest_migration().await });
    match tokio::time::timeout(LIMIT, asked).await {
        Ok(Ok(Ok(newest))) if newest == newest_known_migration() => (StatusCode::OK, "ready\n"),
        Ok(Ok(Ok(newest))) => {
            tracing::warn!(?newest, known = ?newest_known_migration(), "the database has another schema");
            NOT_READY
        }
        _ => NOT_READY,
    }
}

/// The newest migration this binary has.
fn newest_known_migration() -> Option<i64> {
    store::MIGRATOR.iter().map(|migration| migration.version).max()
}
