//! The command line and the environment as one typed tree.
//!
//! Every setting is a flag with an environment variable of the same meaning; `portal serve --help` shows both.
//! What cannot be parsed is refused before anything starts, by name, with exit code 2.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::calendar::{BusinessDate, Month};
use domain::inn::{Inn, InnError};
use domain::model::BillingSide;
use ipnet::IpNet;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use service::request_files::{Allowance, FileSettings, Limits, LocalSettings, PictureLimits, ReceiveLimits, S3Settings, StoreSettings};
use sqlx::postgres::PgConnectOptions;
use thiserror::Error;

use crate::database::DatabaseSource;

/// The partner portal.
#[derive(Debug, Parser)]
#[command(name = "portal", version, about, propagate_version = true, after_help = "Exit codes: 0 done, 1 refused, 2 bad input.")]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the portal; where no database URL is given, with a PostgreSQL of its own.
    Serve(Box<ServeArguments>),
    /// Bring the database to the newest schema.
    Migrate(DatabaseArguments),
    /// Run the rules on the facts of one partner from a file and print levels and decisions as JSON. Touches no database.
    Simulate {
        /// The scenario; `-` reads standard input.
        file: PathBuf,
    },
    /// Fill the database with demo data; run again, it changes nothing.
    Demo(DemoArguments),
    /// The provider's billing.
    #[command(subcommand)]
    Usage(UsageCommand),
    /// Months of the provider's billing.
    #[command(subcommand)]
    Month(MonthCommand),
    /// The ledger.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Partners.
    #[command(subcommand)]
    Partner(PartnerCommand),
    /// The provider's staff.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Levels.
    #[command(subcommand)]
    Level(LevelCommand),
}

/// What can be done with billing.
#[derive(Debug, Subcommand)]
pub enum UsageCommand {
    /// Import a CSV file of usage rows, whole or not at all.
    Import(UsageImportArguments),
}

/// What can be done with months.
#[derive(Debug, Subcommand)]
pub enum MonthCommand {
    /// Close a month: the next one in order, once it is over.
    Close(MonthCloseArguments),
}

/// What can be done with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Compute every accrual and balance again and name the first difference.
    Verify(LedgerVerifyArguments),
}

/// What `portal ledger verify` can be told.
#[derive(Clone, Debug, Args)]
pub struct LedgerVerifyArguments {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// What can be done with partners.
#[derive(Debug, Subcommand)]
pub enum PartnerCommand {
    /// Enter a partner with its first member.
    Create(Box<PartnerCreateArguments>),
}

/// What can be done with staff.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Enter a member of staff.
    Create(StaffCreateArguments),
}

/// What can be done with levels.
#[derive(Debug, Subcommand)]
pub enum LevelCommand {
    /// Say which level a partner has on a day and why.
    Explain(LevelExplainArguments),
}

/// What `portal demo` can be told.
#[derive(Clone, Debug, Args)]
pub struct DemoArguments {
    /// The same seed makes the same demo.
    #[arg(long, default_value_t = service::demo::DEMO_SEED)]
    pub seed: u64,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// What `portal usage import` can be told.
#[derive(Clone, Debug, Args)]
pub struct UsageImportArguments {
    /// The file: UTF-8, `;` or `,`, header names in Russian or English.
    pub file: PathBuf,
    /// Take rows of closed months as corrections.
    #[arg(long)]
    pub correction: bool,
    /// Say what the file would change, the ledger included, and import nothing.
    #[arg(long)]
    pub preview: bool,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// What `portal month close` can be told.
#[derive(Clone, Debug, Args)]
pub struct MonthCloseArguments {
    /// The month, such as 2026-10.
    #[arg(value_parser = parse_month)]
    pub month: Month,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// Somebody who is to sign in.
#[derive(Clone, Debug, Args)]
pub struct PersonArguments {
    /// The address they sign in with.
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// How the portal addresses them.
    #[arg(long, value_name = "NAME")]
    pub display_name: String,
    /// Read the password from the first line of standard input; otherwise one is made up and printed once.
    #[arg(long)]
    pub password_stdin: bool,
}

/// What `portal partner create` can be told.
#[derive(Clone, Debug, Args)]
pub struct PartnerCreateArguments {
    /// What billing calls the partner, such as P-0001.
    #[arg(long)]
    pub code: String,
    /// The company's name.
    #[arg(long)]
    pub name: String,
    /// The company's INN.
    #[arg(long, value_parser = parse_inn)]
    pub inn: Inn,
    /// Who signs with and bills the end client: provider or partner.
    #[arg(long, value_parser = parse_billing_side)]
    pub billing: BillingSide,
    /// Date of the contract, such as 2026-10-01 [default: today in Moscow].
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub contract_date: Option<BusinessDate>,
    /// Its first member.
    #[command(flatten)]
    pub member: PersonArguments,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// What `portal staff create` can be told.
#[derive(Clone, Debug, Args)]
pub struct StaffCreateArguments {
    /// The person may also decide on levels, months and people.
    #[arg(long)]
    pub admin: bool,
    /// The person.
    #[command(flatten)]
    pub person: PersonArguments,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// What `portal level explain` can be told.
#[derive(Clone, Debug, Args)]
pub struct LevelExplainArguments {
    /// The partner by code, INN or id.
    pub partner: String,
    /// The day, such as 2026-10-01 [default: today in Moscow].
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub on: Option<BusinessDate>,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// Where the data are, for every subcommand that needs them.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArguments {
    /// Folder of the portal's own PostgreSQL. Not used with a database URL.
    #[arg(long, env = "PORTAL_DATA_DIR", value_name = "DIR", default_value_os_t = default_data_folder(), help_heading = "Database")]
    pub data_dir: PathBuf,
    /// A PostgreSQL server to use; then the portal starts none. The environment keeps it out of the process list.
    #[arg(long, env = "DATABASE_URL", value_name = "postgres://USER@HOST/DATABASE", hide_env_values = true, help_heading = "Database")]
    pub database_url: Option<SecretString>,
    /// Database connections of this process at most.
    #[arg(long, env = "PORTAL_DATABASE_CONNECTIONS", value_name = "COUNT", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "Database")]
    pub database_connections: u32,
    /// How long a request waits for a database connection.
    #[arg(long, env = "PORTAL_DATABASE_ACQUIRE_LIMIT", value_name = "TIME", default_value = "2s", value_parser = parse_duration, help_heading = "Database")]
    pub database_acquire_limit: Duration,
    /// How long one statement of a request may run.
    #[arg(long, env = "PORTAL_DATABASE_STATEMENT_LIMIT", value_name = "TIME", default_value = "10s", value_parser = parse_duration, help_heading = "Database")]
    pub database_statement_limit: Duration,
    /// How long one statement may wait for a lock.
    #[arg(long, env = "PORTAL_DATABASE_LOCK_LIMIT", value_name = "TIME", default_value = "5s", value_parser = parse_duration, help_heading = "Database")]
    pub database_lock_limit: Duration,
}

impl DatabaseArguments {
    /// Which database that is. The URL is parsed here and not by the command line's parser, which would print it.
    pub fn source(&self) -> Result<DatabaseSource, BadConfiguration> {
        let Some(url) = &self.database_url else { return Ok(DatabaseSource::Embedded(self.data_dir.clone())) };
        let url = url.expose_secret();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(BadConfiguration::DatabaseUrl);
        }
        PgConnectOptions::from_str(url)
            .map(|options| DatabaseSource::External(Box::new(options)))
            .map_err(|_| BadConfiguration::DatabaseUrl)
    }

    /// Sizes and time limits of the pool.
    pub fn pool_limits(&self) -> store::PoolLimits {
        store::PoolLimits {
            connections: self.database_connections,
            acquire: self.database_acquire_limit,
            statement: self.database_statement_limit,
            lock: self.database_lock_limit,
        }
    }
}

/// Everything `portal serve` can be told.
#[derive(Clone, Debug, Args)]
pub struct ServeArguments {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "PORTAL_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where people reach the portal, the first one canonical; needed unless --demo, which takes the listening address.
    #[arg(long, env = "PORTAL_PUBLIC_ORIGIN", value_name = "https://HOST", value_delimiter = ',')]
    pub public_origin: Vec<Origin>,
    /// Networks of the proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8.
    #[arg(long, env = "PORTAL_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxy: Vec<IpNet>,
    /// Servers of DNS that are asked whether a name is a partner's, such as 10.0.0.53:53; those of the machine where none is given.
    #[arg(long, env = "PORTAL_DNS_SERVER", value_name = "ADDRESS:PORT", value_delimiter = ',')]
    pub dns_server: Vec<SocketAddr>,
    /// E-mail.
    #[command(flatten)]
    pub mail: MailArguments,
    /// Files.
    #[command(flatten)]
    pub files: FileArguments,
    /// Fill an empty database with demo data and allow what only a demonstration may do.
    #[arg(long, env = "PORTAL_DEMO")]
    pub demo: bool,
    /// Start the clock at this instant (2026-03-31T23:59:50+03:00); it ticks on from there. Only with --demo or in a test build.
    #[arg(long, env = "PORTAL_CLOCK_START", value_name = "RFC3339", value_parser = parse_instant)]
    pub clock_start: Option<DateTime<FixedOffset>>,
    /// Folder of the built site [default: `site` beside the executable or its folder, else target/site].
    #[arg(long, env = "PORTAL_SITE_DIR", value_name = "DIR")]
    pub site_dir: Option<PathBuf>,
    /// How log lines look.
    #[arg(long, env = "PORTAL_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, help_heading = "Log")]
    pub log_format: LogFormat,
    /// Which log lines are written, as `tracing` filters.
    #[arg(long, env = "PORTAL_LOG", value_name = "FILTER", default_value = "info,sqlx=warn,graphile_worker=warn", help_heading = "Log")]
    pub log: String,
    /// How long a request may take before it is answered with 503.
    #[arg(long, env = "PORTAL_REQUEST_LIMIT", value_name = "TIME", default_value = "30s", value_parser = parse_duration, help_heading = "Limits")]
    pub request_limit: Duration,
    /// How long what staff do to all partners at once may take: closing a month, a trial of new terms, approving all.
    #[arg(long, env = "PORTAL_LONG_REQUEST_LIMIT", value_name = "TIME", default_value = "3m", value_parser = parse_duration, help_heading = "Limits")]
    pub long_request_limit: Duration,
    /// How long the upload of a file and what follows from it may take.
    #[arg(long, env = "PORTAL_UPLOAD_LIMIT", value_name = "TIME", default_value = "10m", value_parser = parse_duration, help_heading = "Limits")]
    pub upload_limit: Duration,
    /// How long the next piece of a request's body may let wait.
    #[arg(long, env = "PORTAL_BODY_LIMIT", value_name = "TIME", default_value = "10s", value_parser = parse_duration, help_heading = "Limits")]
    pub body_limit: Duration,
    /// How long the headers of a request may let wait, and how long a connection may idle.
    #[arg(long, env = "PORTAL_HEADER_LIMIT", value_name = "TIME", default_value = "10s", value_parser = parse_duration, help_heading = "Limits")]
    pub header_limit: Duration,
    /// Connections served at the same time.
    #[arg(long, env = "PORTAL_CONNECTIONS", value_name = "COUNT", default_value_t = 1024, help_heading = "Limits")]
    pub connections: usize,
    /// How long running requests get to finish when the portal stops.
    #[arg(long, env = "PORTAL_STOP_LIMIT", value_name = "TIME", default_value = "10s", value_parser = parse_duration, help_heading = "Limits")]
    pub stop_limit: Duration,
}

/// How e-mails leave.
#[derive(Clone, Debug, Default, Args)]
pub struct MailArguments {
    /// The mail server: smtps://, or smtp:// with ?tls=required for STARTTLS. Without one, e-mails are recorded as not sent. The
    /// environment keeps the password out of the process list.
    #[arg(long, env = "PORTAL_SMTP_URL", value_name = "smtps://USER:PASSWORD@HOST", hide_env_values = true, help_heading = "E-mail")]
    pub smtp_url: Option<SecretString>,
    /// From whom e-mails come; needed with a mail server.
    #[arg(long, env = "PORTAL_MAIL_FROM", value_name = "NAME <ADDRESS>", value_parser = parse_mailbox, help_heading = "E-mail")]
    pub mail_from: Option<Mailbox>,
}

/// Where files of requests are kept and how much is taken.
#[derive(Clone, Debug, Args)]
pub struct FileArguments {
    /// Folder in which files of requests are kept [default: `files` in the folder of --data-dir]. With a bucket, files on their way only.
    #[arg(long, env = "PORTAL_FILES_DIR", value_name = "DIR", help_heading = "Files")]
    pub files_dir: Option<PathBuf>,
    /// Bucket of a service that speaks S3; then files are kept there and not in a folder.
    #[arg(long, env = "PORTAL_FILES_S3_BUCKET", value_name = "NAME", help_heading = "Files")]
    pub files_s3_bucket: Option<String>,
    /// Address of that service [default: Amazon's own].
    #[arg(long, env = "PORTAL_FILES_S3_ENDPOINT", value_name = "https://HOST", help_heading = "Files")]
    pub files_s3_endpoint: Option<String>,
    /// What that service calls its place.
    #[arg(long, env = "PORTAL_FILES_S3_REGION", value_name = "NAME", default_value = "us-east-1", help_heading = "Files")]
    pub files_s3_region: String,
    /// What stands before the name of every file in the bucket.
    #[arg(
        long,
        env = "PORTAL_FILES_S3_PREFIX",
        value_name = "PATH",
        default_value = "",
        hide_default_value = true,
        help_heading = "Files"
    )]
    pub files_s3_prefix: String,
    /// The public half of the credentials.
    #[arg(long, env = "PORTAL_FILES_S3_ACCESS_KEY_ID", value_name = "ID", help_heading = "Files")]
    pub files_s3_access_key_id: Option<String>,
    /// The secret half. The environment keeps it out of the process list.
    #[arg(long, env = "PORTAL_FILES_S3_SECRET_ACCESS_KEY", value_name = "KEY", hide_env_values = true, help_heading = "Files")]
    pub files_s3_secret_access_key: Option<SecretString>,
    /// The bucket is part of the host's name and not of the path.
    #[arg(long, env = "PORTAL_FILES_S3_BUCKET_IN_HOST", help_heading = "Files")]
    pub files_s3_bucket_in_host: bool,
    /// The service knows no If-None-Match on writing.
    #[arg(long, env = "PORTAL_FILES_S3_NO_CONDITIONAL_PUT", help_heading = "Files")]
    pub files_s3_no_conditional_put: bool,
    /// Plain http:// will do for that service: one on this machine.
    #[arg(long, env = "PORTAL_FILES_S3_ALLOW_HTTP", help_heading = "Files")]
    pub files_s3_allow_http: bool,
    /// The largest file of a request.
    #[arg(long, env = "PORTAL_FILE_LIMIT", value_name = "SIZE", default_value = "20MiB", value_parser = parse_size, help_heading = "Files")]
    pub file_limit: u64,
    /// The most pixels of a picture.
    #[arg(long, env = "PORTAL_FILE_PIXELS", value_name = "COUNT", default_value_t = 16_777_216, value_parser = clap::value_parser!(u64).range(10_000..=200_000_000), help_heading = "Files")]
    pub file_pixels: u64,
    /// Files of one request.
    #[arg(long, env = "PORTAL_FILES_PER_REQUEST", value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100), help_heading = "Files")]
    pub files_per_request: u16,
    /// Room for all files of one company.
    #[arg(long, env = "PORTAL_FILES_QUOTA", value_name = "SIZE", default_value = "1GiB", value_parser = parse_size, help_heading = "Files")]
    pub files_quota: u64,
    /// Files that are looked at at the same time; each may take a hundred megabytes of memory.
    #[arg(long, env = "PORTAL_FILES_AT_ONCE", value_name = "COUNT", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64), help_heading = "Files")]
    pub files_at_once: u16,
    /// How long a file that nobody needs any more is kept before it is collected.
    #[arg(long, env = "PORTAL_FILES_GRACE", value_name = "TIME", default_value = "24h", value_parser = parse_duration, help_heading = "Files")]
    pub files_grace: Duration,
}

impl FileArguments {
    /// Where files are kept and how much is taken; `data_folder` is where the data lie.
    pub fn settings(&self, data_folder: &Path) -> Result<FileSettings, BadConfiguration> {
        let folder = self.files_dir.clone().unwrap_or_else(|| data_folder.join("files"));
        let usual = Limits::default();
        Ok(FileSettings {
            store: match &self.files_s3_bucket {
                None => StoreSettings::Local(LocalSettings { folder: folder.join("kept") }),
                Some(bucket) => StoreSettings::S3(self.bucket(bucket)?),
            },
            received_folder: folder.join("received"),
            limits: Limits { bytes: self.file_limit, picture: PictureLimits { pixels: self.file_pixels, ..usual.picture }, ..usual },
            receiving: ReceiveLimits { bytes: self.file_limit, ..ReceiveLimits::default() },
            allowance: Allowance { bytes: self.files_quota, files_per_request: self.files_per_request.into() },
            at_once: self.files_at_once.into(),
            grace: self.files_grace,
        })
    }

    fn bucket(&self, bucket: &str) -> Result<S3Settings, BadConfiguration> {
        if let Some(endpoint) = &self.files_s3_endpoint {
            let authority =
                endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://").filter(|_| self.files_s3_allow_http));
            if authority.is_none_or(|authority| authority.is_empty() || authority.contains(['@', '?', '#', ' '])) {
                return Err(BadConfiguration::FilesEndpoint);
            }
        }
        Ok(S3Settings {
            endpoint: self.files_s3_endpoint.clone(),
            region: self.files_s3_region.clone(),
            bucket: bucket.to_owned(),
            prefix: self.files_s3_prefix.trim_matches('/').to_owned(),
            access_key_id: self.files_s3_access_key_id.clone().ok_or(BadConfiguration::FilesAccessKeyId)?,
            secret_access_key: self.files_s3_secret_access_key.clone().ok_or(BadConfiguration::FilesSecretAccessKey)?,
            bucket_in_host: self.files_s3_bucket_in_host,
            conditional_put: !self.files_s3_no_conditional_put,
            allow_http: self.files_s3_allow_http,
        })
    }

    /// The largest body of an upload, in bytes: as many files as a request may have, and what a form puts around them.
    pub fn largest_upload(&self) -> usize {
        let bytes = self.file_limit.saturating_mul(self.files_per_request.into()).saturating_add(1024 * 1024);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

impl ServeArguments {
    /// What one flag alone cannot know.
    pub fn check(&self) -> Result<(), BadConfiguration> {
        let test_build = option_env!("PORTAL_TEST_BUILD").is_some();
        if self.clock_start.is_some() && !self.demo && !test_build {
            return Err(BadConfiguration::ClockStart);
        }
        if self.public_origin.is_empty() && !self.demo && !test_build {
            return Err(BadConfiguration::PublicOrigin);
        }
        crate::mail::transport(&self.mail)?;
        self.files.settings(&self.database.data_dir)?;
        Ok(())
    }

    /// The origins people use, the first one canonical: those given, or for a demonstration the address that was bound.
    pub fn origins(&self, bound: SocketAddr) -> Vec<Origin> {
        if !self.public_origin.is_empty() {
            return self.public_origin.clone();
        }
        let mut origins = vec![Origin { secure: false, host: host_text(bound), port: bound.port() }];
        if bound.ip().is_loopback() || bound.ip().is_unspecified() {
            origins.push(Origin { secure: false, host: "localhost".to_owned(), port: bound.port() });
        }
        origins
    }

    /// Folder of the built site.
    pub fn site_folder(&self) -> PathBuf {
        if let Some(folder) = &self.site_dir {
            return folder.clone();
        }
        // Installed, the site lies beside the executable; built by Cargo, beside the folder of its profile.
        let executable = std::env::current_exe().unwrap_or_default();
        let beside = executable.ancestors().skip(1).take(2).map(|folder| folder.join("site"));
        beside.into_iter().find(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
    }
}

/// An address bound to every interface is reached by this machine's name for itself.
fn host_text(bound: SocketAddr) -> String {
    match bound {
        address if address.ip().is_unspecified() => "127.0.0.1".to_owned(),
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// The look of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// A configuration that makes no sense as a whole.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadConfiguration {
    /// `DATABASE_URL` is no URL of a PostgreSQL server. Its value is not repeated: it may hold a password.
    #[error("DATABASE_URL (--database-url) is not the address of a PostgreSQL server, such as postgres://user@host:5432/database")]
    DatabaseUrl,
    /// A clock of one's own outside a demonstration.
    #[error("--clock-start (PORTAL_CLOCK_START) is refused without --demo: a portal with real data runs by the real clock")]
    ClockStart,
    /// `PORTAL_SMTP_URL` is no address of a mail server. Its value is not repeated: it may hold a password.
    #[error(
        "PORTAL_SMTP_URL (--smtp-url) is not the address of a mail server, such as smtps://user:password@host or smtp://host:587?tls=required"
    )]
    SmtpUrl,
    /// The password would travel in the open.
    #[error("PORTAL_SMTP_URL (--smtp-url) holds a password and no encryption: use smtps:// or add ?tls=required")]
    SmtpPassword,
    /// A mail server without a sender.
    #[error("--mail-from (PORTAL_MAIL_FROM) is missing: say from whom e-mails come, such as 'Partner portal <portal@example.com>'")]
    MailFrom,
    /// The address of the service that keeps files.
    #[error(
        "--files-s3-endpoint (PORTAL_FILES_S3_ENDPOINT) is not the address of a service, such as https://storage.example.net; http:// needs --files-s3-allow-http"
    )]
    FilesEndpoint,
    /// A bucket without the public half of its credentials.
    #[error("--files-s3-access-key-id (PORTAL_FILES_S3_ACCESS_KEY_ID) is missing: a bucket is given by --files-s3-bucket")]
    FilesAccessKeyId,
    /// A bucket without the secret half.
    #[error("PORTAL_FILES_S3_SECRET_ACCESS_KEY (--files-s3-secret-access-key) is missing: a bucket is given by --files-s3-bucket")]
    FilesSecretAccessKey,
    /// The public address is not known.
    #[error("--public-origin (PORTAL_PUBLIC_ORIGIN) is missing: say where people reach the portal, such as https://portal.example.com")]
    PublicOrigin,
}

/// Scheme, host and port, as browsers write them in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Whether it is https.
    pub secure: bool,
    /// Host name in lower case or an address; IPv6 in brackets.
    pub host: String,
    /// Port, also where it is the scheme's own.
    pub port: u16,
}

impl Origin {
    /// Host and port as `Host` carries them: without the port where it is the scheme's own.
    pub fn authority(&self) -> String {
        let own = if self.secure { 443 } else { 80 };
        if self.port == own { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", if self.secure { "https" } else { "http" }, self.authority())
    }
}

/// A text that is no origin.
#[derive(Debug, Error)]
#[error("expected https://host or http://host:port and nothing after it")]
pub struct BadOrigin;

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let (secure, authority) = match text.trim().split_once("://") {
            Some(("https", authority)) => (true, authority),
            Some(("http", authority)) => (false, authority),
            _ => return Err(BadOrigin),
        };
        if authority.contains(['/', '?', '#', '@']) {
            return Err(BadOrigin);
        }
        let authority: http::uri::Authority = authority.to_lowercase().parse().map_err(|_| BadOrigin)?;
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host) {
            Some("") => Some(if secure { 443 } else { 80 }),
            rest => rest.and_then(|rest| rest.strip_prefix(':')).and_then(|port| port.parse().ok()),
        };
        port.filter(|_| !host.is_empty()).map(|port| Self { secure, host: host.to_owned(), port }).ok_or(BadOrigin)
    }
}

/// Where the data lie when nothing says otherwise. Root's own home is closed to the user `postgres`.
fn default_data_folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/partner-portal");
    }
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map_or_else(|| Path::new("partner-portal").to_path_buf(), |base| base.join("partner-portal"))
}

/// `500ms`, `2s`, `10m` or `1h`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected a positive time such as 500ms, 2s, 10m or 1h".to_owned();
    let split = text.find(|character: char| !character.is_ascii_digit()).ok_or_else(expected)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| expected())?;
    let factor = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(expected()),
    };
    number.checked_mul(factor).filter(|milliseconds| *milliseconds > 0).map(Duration::from_millis).ok_or_else(expected)
}

/// `512KiB`, `20MiB`, `1GiB`, or bytes.
fn parse_size(text: &str) -> Result<u64, String> {
    let expected = || "expected a size such as 512KiB, 20MiB or 1GiB".to_owned();
    let split = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| expected())?;
    let factor = match unit {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(expected()),
    };
    number.checked_mul(factor).filter(|bytes| *bytes > 0).ok_or_else(expected)
}

fn parse_mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| "expected an address such as 'Partner portal <portal@example.com>'".to_owned())
}

fn parse_billing_side(text: &str) -> Result<BillingSide, String> {
    text.parse().map_err(|_| "expected `provider` or `partner`".to_owned())
}

fn parse_month(text: &str) -> Result<Month, String> {
    text.parse().map_err(|_| "expected a month such as 2026-10".to_owned())
}

fn parse_day(text: &str) -> Result<BusinessDate, String> {
    text.parse().map_err(|_| "expected a day such as 2026-10-01".to_owned())
}

fn parse_inn(text: &str) -> Result<Inn, String> {
    text.parse().map_err(|error: InnError| error.to_string())
}

fn parse_instant(text: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(text).map_err(|_| "expected an instant with its offset, such as 2026-03-31T23:59:50+03:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn serve(arguments: &[&str]) -> Result<ServeArguments, clap::Error> {
        let line = ["portal", "serve", "--data-dir", "/srv/portal"].iter().chain(arguments);
        CommandLine::try_parse_from(line).map(|parsed| match parsed.command {
            Command::Serve(arguments) => *arguments,
            _ => unreachable!("`serve` was asked for"),
        })
    }

    #[test]
    fn the_tree_of_commands_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn help_names_every_setting_with_its_environment_variable() {
        let mut command = CommandLine::command();
        let serve = command.find_subcommand_mut("serve").unwrap();
        for argument in serve.get_arguments().filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version")) {
            let variable = argument.get_env().unwrap_or_else(|| panic!("{} has no environment variable", argument.get_id()));
            assert!(variable == "DATABASE_URL" || variable.to_str().unwrap().starts_with("PORTAL_"), "{}", argument.get_id());
            assert!(argument.get_help().is_some(), "{} says nothing", argument.get_id());
        }
    }

    #[test]
    fn a_bad_value_names_itself_and_its_flag() {
        for (flag, value) in [
            ("--listen", "localhost"),
            ("--public-origin", "https://portal.example.com/path"),
            ("--trusted-proxy", "10.0.0.0/33"),
            ("--clock-start", "2026-03-31"),
            ("--request-limit", "30"),
            ("--long-request-limit", "180"),
            ("--database-connections", "0"),
            ("--mail-from", "nobody"),
            ("--file-limit", "20MB"),
            ("--files-quota", "0"),
            ("--files-per-request", "0"),
            ("--files-at-once", "many"),
            ("--file-pixels", "1"),
            ("--files-grace", "1d"),
            ("--log-format", "xml"),
        ] {
            let error = serve(&[flag, value]).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let words = error.to_string();
            assert!(words.contains(flag) && words.contains(value), "{words}");
        }
    }

    #[test]
    fn a_bad_database_url_is_refused_without_repeating_it() {
        let arguments = serve(&["--demo", "--database-url", "mysql://root:hunter2@host/x"]).unwrap();
        assert!(!format!("{arguments:?}").contains("hunter2"));
        let Err(error) = arguments.database.source() else { panic!("accepted") };
        assert!(!error.to_string().contains("hunter2"));
        assert!(error.to_string().contains("DATABASE_URL"));
    }

    #[test]
    fn a_bad_mail_server_is_refused_without_repeating_its_password() {
        for (url, from, refused) in [
            ("smtps://portal:hunter2@mail.example.com", "Portal <portal@example.com>", None),
            ("smtp://portal:hunter2@mail.example.com:587?tls=required", "portal@example.com", None),
            ("smtp://127.0.0.1:1025", "portal@example.com", None),
            ("smtp://portal:hunter2@mail.example.com", "portal@example.com", Some(BadConfiguration::SmtpPassword)),
            ("https://portal:hunter2@mail.example.com", "portal@example.com", Some(BadConfiguration::SmtpUrl)),
            ("hunter2", "portal@example.com", Some(BadConfiguration::SmtpUrl)),
            ("smtps://portal:hunter2@mail.example.com", "", Some(BadConfiguration::MailFrom)),
        ] {
            let from = if from.is_empty() { vec![] } else { vec!["--mail-from", from] };
            let arguments = serve(&[&["--demo", "--smtp-url", url][..], &from].concat()).unwrap();
            assert!(!format!("{arguments:?}").contains("hunter2"));
            let checked = arguments.check();
            assert_eq!(checked.clone().err(), refused, "{url}");
            assert!(!format!("{checked:?}").contains("hunter2"));
        }
    }

    #[test]
    fn files_are_kept_beside_the_data_or_where_the_settings_say() {
        let of = |arguments: &[&str]| serve(&[&["--demo"][..], arguments].concat()).unwrap();
        let settings = |arguments: &[&str]| of(arguments).files.settings(Path::new("/srv/portal")).unwrap();
        let usual = settings(&[]);
        let StoreSettings::Local(local) = &usual.store else { panic!("a folder") };
        assert_eq!(
            (local.folder.as_path(), usual.received_folder.as_path()),
            (Path::new("/srv/portal/files/kept"), Path::new("/srv/portal/files/received"))
        );
        assert_eq!((usual.limits, usual.receiving, usual.allowance), (Limits::default(), ReceiveLimits::default(), Allowance::default()));
        let own = settings(&["--files-dir", "/mnt/f", "--file-limit", "512KiB", "--files-quota", "3GiB", "--files-per-request", "4"]);
        assert_eq!(own.received_folder, Path::new("/mnt/f/received"));
        assert_eq!(
            (own.limits.bytes, own.receiving.bytes, own.allowance),
            (1 << 19, 1 << 19, Allowance { bytes: 3 << 30, files_per_request: 4 })
        );
        assert_eq!(of(&["--file-limit", "10", "--files-per-request", "4"]).files.largest_upload(), 40 + (1 << 20));

        let bucket = ["--files-s3-bucket", "portal", "--files-s3-endpoint", "https://s3.example.net", "--files-s3-access-key-id", "id"];
        let secret = ["--files-s3-secret-access-key", "hunter2"];
        let whole = of(&[&bucket[..], &secret].concat());
        assert!(whole.check().is_ok() && !format!("{whole:?}").contains("hunter2"));
        assert_eq!(of(&bucket).check(), Err(BadConfiguration::FilesSecretAccessKey));
        assert_eq!(of(&[&bucket[..4], &secret].concat()).check(), Err(BadConfiguration::FilesAccessKeyId));
        let plain = ["--files-s3-bucket", "portal", "--files-s3-endpoint", "http://localhost:9000", "--files-s3-access-key-id", "id"];
        assert_eq!(of(&[&plain[..], &secret].concat()).check(), Err(BadConfiguration::FilesEndpoint));
        assert_eq!(of(&[&plain[..], &secret, &["--files-s3-allow-http"]].concat()).check(), Ok(()));
    }

    #[test]
    fn sizes_are_written_with_their_unit() {
        assert_eq!((parse_size("7"), parse_size("2KiB"), parse_size("1GiB")), (Ok(7), Ok(2048), Ok(1 << 30)));
        for refused in ["", "0", "20MB", "1.5MiB", "-1", "MiB", "18446744073709551615GiB"] {
            assert!(parse_size(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn the_clock_moves_in_a_demonstration_only() {
        let clock = ["--clock-start", "2026-03-31T23:59:50+03:00", "--public-origin", "https://portal.example.com"];
        let refused = serve(&clock).unwrap().check();
        if option_env!("PORTAL_TEST_BUILD").is_none() {
            assert_eq!(refused, Err(BadConfiguration::ClockStart));
        }
        assert_eq!(serve(&[&clock[..], &["--demo"]].concat()).unwrap().check(), Ok(()));
    }

    #[test]
    fn a_real_portal_must_say_where_it_is_reached() {
        if option_env!("PORTAL_TEST_BUILD").is_none() {
            assert_eq!(serve(&[]).unwrap().check(), Err(BadConfiguration::PublicOrigin));
        }
        assert_eq!(serve(&["--demo"]).unwrap().check(), Ok(()));
    }

    #[test]
    fn a_demonstration_is_reached_where_it_listens() {
        let origins = serve(&["--demo"]).unwrap().origins("127.0.0.1:4000".parse().unwrap());
        let texts: Vec<String> = origins.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["http://127.0.0.1:4000", "http://localhost:4000"]);
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (given, written) in [
            ("https://Portal.Example.com", "https://portal.example.com"),
            ("https://portal.example.com:443", "https://portal.example.com"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(given.parse::<Origin>().unwrap().to_string(), written);
        }
        for refused in ["portal.example.com", "ftp://host", "https://", "https://host/", "https://user@host", "https://host:99999", "null"]
        {
            assert!(refused.parse::<Origin>().is_err(), "{refused}");
        }
    }

    #[test]
    fn times_are_written_with_their_unit() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("10m"), Ok(Duration::from_mins(10)));
        for refused in ["", "10", "s", "0s", "1d", "-1s", "1.5s", "18446744073709551615h"] {
            assert!(parse_duration(refused).is_err(), "{refused}");
        }
    }
}
