//! Log lines: on standard error, for people or machines.

use tracing_subscriber::EnvFilter;

use crate::configuration::LogFormat;

/// Starts the log. A filter that cannot be read is refused with its own words.
pub fn start(format: LogFormat, filter: &str) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter = EnvFilter::builder().parse(filter)?;
    // Where nobody reads any more a line is lost. To complain of that would be a line too, and `eprintln!` panics there: in the
    // middle of an answer, or of the stop.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    // A second start, as in tests, keeps the first.
    let _ = started;
    Ok(())
}
