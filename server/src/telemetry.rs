//! Log lines: on standard error, for people or machines.

use tracing_subscriber::EnvFilter;

use crate::configuration::LogFormat;

/// Starts the log. A filter that cannot be read is refused with its own words.
pub fn start(format: LogFormat, filter: &str) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter = EnvFilter::builder().parse(filter)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    // A second start, as in tests, keeps the first.
    let _ = started;
    Ok(())
}
