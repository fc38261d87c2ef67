//! A private PostgreSQL cluster under the data folder, made of the system's own binaries.
//!
//! ```text
//! DIR/portal.lock              held by the portal process that runs the server
//! DIR/postgres/data            the cluster
//! DIR/postgres/socket          its Unix socket, the only way in
//! DIR/postgres/server.log      what the server writes
//! ```
//!
//! The folder `postgres` belongs to the user the server runs as and is closed to others, so whoever
//! reaches the socket is that user or root, and local connections are trusted. Run by root, the server runs as the user
//! `postgres`, because PostgreSQL refuses to run as root.
//!
//! The server outlives a portal that is killed: it runs in its own process group, and the next start adopts it. Durability is
//! never traded for speed here (`fsync`, `synchronous_commit`, `full_page_writes` on).

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};
use thiserror::Error;
use tokio::process::{Child, Command};

/// The owner of the database: may sign in and create roles, is no superuser.
pub const OWNER: &str = "portal_owner";
/// The database.
pub const DATABASE: &str = "portal";
/// The user the server runs as when the portal is run by root.
const UNPRIVILEGED_USER: &str = "postgres";
/// The role `initdb` makes.
const SUPERUSER: &str = "postgres";
/// The port is part of the socket's name only.
const PORT: u16 = 5432;
/// What the kernel allows for the path of a Unix socket, without its final zero.
const LONGEST_SOCKET_PATH: usize = 107;
/// How long a start may take: recovery after a crash included.
const START_LIMIT: Duration = Duration::from_mins(2);
/// How long a fast shutdown may take before the server is stopped at once (it recovers at the next start).
const STOP_LIMIT: Duration = Duration::from_mins(1);
/// How long processes of a server that died may take to notice it.
const ORPHAN_LIMIT: Duration = Duration::from_secs(15);
/// A log larger than this is set aside at the next start.
const LARGEST_LOG: u64 = 16 * 1024 * 1024;

/// Settings given at every start, so that an old cluster gets them too. Values of rows stay out of the log: `terse`
/// leaves out the detail lines, the two lengths the parameters.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "timezone=UTC",
    "log_timezone=UTC",
    "max_connections=100",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
];

/// Why there is no private PostgreSQL.
#[derive(Debug, Error)]
pub enum Error {
    /// Another portal process runs the server of this folder.
    #[error("another portal is running on the data folder {}; stop it or choose another --data-dir", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// There is no PostgreSQL on this machine.
    #[error(
        "PostgreSQL{} is not installed (looked in /usr/lib/postgresql/*/bin, pg_config and PATH); on Debian: apt-get install postgresql{}",
        major(*version),
        dashed(*version)
    )]
    NotInstalled {
        /// The major version the data need, where there are data.
        version: Option<u32>,
    },
    /// Run by root, but without a user to run the server as.
    #[error("PostgreSQL does not run as root and there is no user `{UNPRIVILEGED_USER}`; on Debian the package postgresql makes one")]
    NoUnprivilegedUser,
    /// The user the server runs as cannot enter the folder.
    #[error("the user `{UNPRIVILEGED_USER}` cannot enter {}; choose a --data-dir outside root's own folders, such as /var/lib/partner-portal", folder.display())]
    Closed {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder for the socket belongs to somebody else.
    #[error("the socket folder {} belongs to another user or is open to others", folder.display())]
    ForeignSocketFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A tool of PostgreSQL failed.
    #[error("{tool} failed: {words}")]
    Tool {
        /// The tool.
        tool: &'static str,
        /// What it said.
        words: String,
    },
    /// The server did not come up.
    #[error("PostgreSQL did not start; the end of {}:\n{tail}", log.display())]
    NotStarted {
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// The server did not go down.
    #[error("PostgreSQL (process {pid}) does not stop")]
    NotStopped {
        /// The server's process.
        pid: i32,
    },
    /// Processes of a dead server still work on the data.
    #[error("processes of a PostgreSQL that died still work in {}; wait for them or end them", folder.display())]
    Orphans {
        /// The cluster's folder.
        folder: PathBuf,
    },
    /// The server runs and does not answer as expected.
    #[error("the private PostgreSQL does not let itself be set up")]
    SetUp(#[source] sqlx::Error),
    /// A file or folder.
    #[error("{doing} {}: {source}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On which path.
        path: PathBuf,
        /// What came of it.
        source: io::Error,
    },
}

fn major(version: Option<u32>) -> String {
    version.map(|version| format!(" {version}, which made the data in this folder,")).unwrap_or_default()
}

fn dashed(version: Option<u32>) -> String {
    version.map(|version| format!("-{version}")).unwrap_or_default()
}

/// Adds to an I/O error what was tried.
fn failed<T>(result: io::Result<T>, doing: &'static str, path: &Path) -> Result<T, Error> {
    result.map_err(|source| Error::File { doing, path: path.to_path_buf(), source })
}

/// A running private PostgreSQL. Dropping it leaves the server running; [`EmbeddedPostgres::stop`] ends it.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    paths: Paths,
    tenure: Tenure,
}

/// Whose server it is.
#[derive(Debug)]
enum Tenure {
    /// Started or adopted by this process, which holds the lock.
    Ours { pid: Pid, child: Option<Child>, lock: File },
    /// Run by another portal process.
    Joined,
}

#[derive(Clone, Debug)]
struct Paths {
    home: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    log: PathBuf,
}

impl EmbeddedPostgres {
    /// Makes the cluster where there is none, starts its server or adopts a running one, and sets up database and owner.
    /// Refused with [`Error::InUse`] while another portal process runs it.
    pub async fn start(folder: &Path) -> Result<Self, Error> {
        Self::open(folder, false).await
    }

    /// Like [`Self::start`], but uses the server of another portal process where one runs.
    pub async fn start_or_join(folder: &Path) -> Result<Self, Error> {
        Self::open(folder, true).await
    }

    async fn open(folder: &Path, join: bool) -> Result<Self, Error> {
        failed(fs::create_dir_all(folder), "cannot create", folder)?;
        let folder = failed(fs::canonicalize(folder), "cannot find", folder)?;
        let account = Account::of_server()?;
        let paths = Paths::under(&folder, &account)?;

        let lock_file = folder.join("portal.lock");
        let lock = failed(File::options().create(true).append(true).open(&lock_file), "cannot open", &lock_file)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if join => {
                wait_until_it_answers(&paths, || Ok(())).await?;
                return Ok(Self { paths, tenure: Tenure::Joined });
            }
            Err(TryLockError::WouldBlock) => return Err(Error::InUse { folder }),
            Err(TryLockError::Error(source)) => return Err(Error::File { doing: "cannot lock", path: lock_file, source }),
        }

        let (pid, child) = match adopt(&paths).await? {
            Some(pid) => (pid, None),
            None => launch(&paths, &account).await?,
        };
        let server = Self { paths, tenure: Tenure::Ours { pid, child, lock } };
        server.set_up().await.map_err(Error::SetUp)?;
        Ok(server)
    }

    /// How to connect, as the owner of the database.
    pub fn connect_options(&self) -> PgConnectOptions {
        options(&self.paths, OWNER, DATABASE)
    }

    /// The server's process, where this process runs it.
    pub fn process_id(&self) -> Option<i32> {
        match &self.tenure {
            Tenure::Ours { pid, .. } => Some(pid.as_raw_nonzero().get()),
            Tenure::Joined => None,
        }
    }

    /// Ends the server: transactions that run are rolled back, connections closed, what is committed is on disk. Does nothing where
    /// another process runs it.
    pub async fn stop(self) -> Result<(), Error> {
        let Tenure::Ours { pid, mut child, lock } = self.tenure else { return Ok(()) };
        // SIGINT asks for a fast shutdown, SIGQUIT for an immediate one, from which the next start recovers.
        for (signal, limit) in [(Signal::INT, STOP_LIMIT), (Signal::QUIT, ORPHAN_LIMIT)] {
            if alive(pid) {
                let _ = rustix::process::kill_process(pid, signal);
            }
            let started = Instant::now();
            while started.elapsed() < limit {
                let gone = match &mut child {
                    Some(child) => matches!(child.try_wait(), Ok(Some(_))),
                    None => !alive(pid),
                };
                if gone {
                    drop(lock);
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Err(Error::NotStopped { pid: pid.as_raw_nonzero().get() })
    }

    /// Makes the owner and the database where they are missing. These statements are about the cluster and
    /// run as its superuser, so they are not among the migrations.
    async fn set_up(&self) -> sqlx::Result<()> {
        let mut connection = superuser_options(&self.paths).connect().await?;
        let owner: bool =
            sqlx::query_scalar("select exists (select from pg_roles where rolname = 'portal_owner')").fetch_one(&mut connection).await?;
        if !owner {
            sqlx::raw_sql("create role portal_owner login createrole nosuperuser nocreatedb nobypassrls").execute(&mut connection).await?;
        }
        let database: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = 'portal')").fetch_one(&mut connection).await?;
        if !database {
            sqlx::raw_sql("create database portal owner portal_owner").execute(&mut connection).await?;
        }
        connection.close().await
    }
}

impl Paths {
    fn under(folder: &Path, account: &Account) -> Result<Self, Error> {
        let home = folder.join("postgres");
        account.make_folder(&home)?;
        account.check_entry(&home)?;
        let beside = home.join("socket");
        let socket = if socket_file(&beside).as_os_str().len() <= LONGEST_SOCKET_PATH { beside } else { short_socket_folder(&home) };
        account.make_folder(&socket)?;
        // A folder in a place everybody writes to may have been put there by somebody else.
        let metadata = failed(fs::symlink_metadata(&socket), "cannot read", &socket)?;
        if !metadata.is_dir() || metadata.uid() != account.uid || metadata.mode() & 0o077 != 0 {
            return Err(Error::ForeignSocketFolder { folder: socket });
        }
        Ok(Self { data: home.join("data"), log: home.join("server.log"), home, socket })
    }
}

fn socket_file(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}

/// A folder for the socket of a cluster whose own path is too long for one; the same at every start.
fn short_socket_folder(home: &Path) -> PathBuf {
    let digest = Sha256::digest(home.as_os_str().as_encoded_bytes());
    let key = digest.iter().take(8).fold(0_u64, |key, byte| key << 8 | u64::from(*byte));
    let base = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_dir() && !rustix::process::geteuid().is_root());
    let base = base.unwrap_or_else(|| PathBuf::from(if rustix::process::geteuid().is_root() { "/run" } else { "/tmp" }));
    base.join(format!("partner-portal-{key:016x}"))
}

/// The user the server runs as.
#[derive(Debug)]
struct Account {
    uid: u32,
    gid: u32,
    /// Whether that is another user than the portal's.
    other: bool,
}

impl Account {
    fn of_server() -> Result<Self, Error> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            return Ok(Self { uid: uid.as_raw(), gid: rustix::process::getegid().as_raw(), other: false });
        }
        let users = Path::new("/etc/passwd");
        let text = failed(fs::read_to_string(users), "cannot read", users)?;
        text.lines()
            .find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                let uid = fields.nth(1)?.parse().ok()?;
                let gid = fields.next()?.parse().ok()?;
                (name == UNPRIVILEGED_USER && uid != 0).then_some(Self { uid, gid, other: true })
            })
            .ok_or(Error::NoUnprivilegedUser)
    }

    /// A folder for the server alone.
    fn make_folder(&self, folder: &Path) -> Result<(), Error> {
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            made => failed(made, "cannot create", folder)?,
        }
        // The mask of the process may have taken away more than the mode above.
        failed(fs::set_permissions(folder, fs::Permissions::from_mode(0o700)), "cannot close to others", folder)?;
        if self.other {
            failed(std::os::unix::fs::chown(folder, Some(self.uid), Some(self.gid)), "cannot give away", folder)?;
        }
        Ok(())
    }

    /// Another user enters a folder only where every folder above lets it through.
    fn check_entry(&self, folder: &Path) -> Result<(), Error> {
        if !self.other {
            return Ok(());
        }
        for above in folder.ancestors().skip(1) {
            let metadata = failed(fs::metadata(above), "cannot read", above)?;
            let open = if metadata.uid() == self.uid {
                0o100
            } else if metadata.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & open == 0 {
                return Err(Error::Closed { folder: above.to_path_buf() });
            }
        }
        Ok(())
    }

    /// A command that runs as this user, in its own process group: Ctrl-C in a terminal reaches the
    /// portal alone, which stops the server when its requests are done.
    fn command(&self, program: &Path) -> Command {
        let mut command = if self.other {
            let mut command = Command::new("setpriv");
            command
                .args([format!("--reuid={}", self.uid), format!("--regid={}", self.gid), "--init-groups".to_owned(), "--".to_owned()])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        // The environment could point PostgreSQL at other folders and settings.
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir("/").process_group(0);
        command
    }
}

/// Takes over a server that still runs. One that dies while it is waited for, for it was being killed, is none.
async fn adopt(paths: &Paths) -> Result<Option<Pid>, Error> {
    // One whose portal was killed a moment after starting it has not written its file yet; and the processes of one that died end soon.
    let started = Instant::now();
    while running_server(&paths.data).is_none() && anybody_works_in(&paths.data) && started.elapsed() < ORPHAN_LIMIT {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let Some(pid) = running_server(&paths.data) else { return Ok(None) };
    tracing::info!(pid = pid.as_raw_nonzero().get(), "adopting the private PostgreSQL that is still running");
    let answers = wait_until_it_answers(paths, || if alive(pid) { Ok(()) } else { Err(not_started(paths)) }).await;
    match answers {
        Ok(()) => Ok(Some(pid)),
        Err(_) if !alive(pid) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the cluster where there is none and starts its server.
async fn launch(paths: &Paths, account: &Account) -> Result<(Pid, Option<Child>), Error> {
    let version = cluster_version(&paths.data)?;
    let binaries = Binaries::find(version).await?;
    if version.is_none() {
        initialise(paths, account, &binaries).await?;
    }
    clear_the_way(paths).await?;

    if fs::metadata(&paths.log).is_ok_and(|log| log.len() > LARGEST_LOG) {
        failed(fs::rename(&paths.log, paths.log.with_extension("log.1")), "cannot set aside", &paths.log)?;
    }
    let log = failed(File::options().create(true).append(true).open(&paths.log), "cannot open", &paths.log)?;
    let errors = failed(log.try_clone(), "cannot open", &paths.log)?;
    let mut command = account.command(&binaries.folder.join("postgres"));
    command.arg("-D").arg(&paths.data).arg("-k").arg(&paths.socket).arg("-p").arg(PORT.to_string());
    for setting in SETTINGS {
        command.arg("-c").arg(setting);
    }
    let mut child = failed(command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn(), "cannot start PostgreSQL for", &paths.data)?;
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw).ok_or_else(|| not_started(paths))?;
    wait_until_it_answers(paths, || match child.try_wait() {
        Ok(None) => Ok(()),
        _ => Err(not_started(paths)),
    })
    .await?;
    Ok((pid, Some(child)))
}

/// Major version of the cluster, where there is one.
fn cluster_version(data: &Path) -> Result<Option<u32>, Error> {
    let file = data.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::File { doing: "cannot read", path: file, source }),
    }
}

/// Makes a cluster aside and moves it into place, so that a kill in between leaves no half of one.
async fn initialise(paths: &Paths, account: &Account, binaries: &Binaries) -> Result<(), Error> {
    let unfinished = paths.home.join("data.unfinished");
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return failed(Err(error), "cannot remove", &unfinished),
        _ => {}
    }
    let mut command = account.command(&binaries.folder.join("initdb"));
    command.arg("--pgdata").arg(&unfinished).args([
        "--username",
        SUPERUSER,
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--data-checksums",
    ]);
    command.args(["--auth-local", "trust", "--auth-host", "reject", "--no-instructions"]);
    if binaries.version >= 15 {
        // Names sort as a Russian reader expects, on every machine alike.
        command.args(["--locale-provider", "icu", "--icu-locale", "ru-RU"]);
    }
    let output = failed(command.stdin(Stdio::null()).output().await, "cannot run initdb for", &paths.data)?;
    if !output.status.success() {
        return Err(Error::Tool { tool: "initdb", words: String::from_utf8_lossy(&output.stderr).trim().to_owned() });
    }
    failed(fs::rename(&unfinished, &paths.data), "cannot put in place", &paths.data)
}

/// Sees to it that no process works on the data before a server starts, and removes the lock files that name a process which is none
/// of theirs. (PostgreSQL itself removes those that name no process, after looking at the shared memory; it
/// refuses to start where the number was given to another process of the same user, as after a reboot, and where the server was
/// killed and nobody has waited for it yet.)
async fn clear_the_way(paths: &Paths) -> Result<(), Error> {
    let data = &paths.data;
    let started = Instant::now();
    while anybody_works_in(data) {
        if started.elapsed() > ORPHAN_LIMIT {
            return Err(Error::Orphans { folder: data.clone() });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for file in [data.join("postmaster.pid"), paths.socket.join(format!(".s.PGSQL.{PORT}.lock"))] {
        if let Some(pid) = named_process(&file)
            && Path::new(&format!("/proc/{pid}")).exists()
        {
            let (pid, path) = (pid.as_raw_nonzero().get(), file.display());
            tracing::warn!(pid, "removing the stale {path}: the process it names is no server of this folder");
            failed(fs::remove_file(&file), "cannot remove", &file)?;
        }
    }
    Ok(())
}

/// The process `postmaster.pid` names.
fn recorded_process(data: &Path) -> Option<Pid> {
    named_process(&data.join("postmaster.pid"))
}

/// The process that a lock file names in its first line.
fn named_process(file: &Path) -> Option<Pid> {
    Pid::from_raw(fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok()?)
}

/// The server that runs on the data: the recorded process, if it works there.
fn running_server(data: &Path) -> Option<Pid> {
    let pid = recorded_process(data)?;
    (alive(pid) && works_in(&PathBuf::from(format!("/proc/{pid}")), data)).then_some(pid)
}

/// Every process of a server has the cluster as its working folder.
fn works_in(process: &Path, data: &Path) -> bool {
    fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == data)
}

fn anybody_works_in(data: &Path) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else { return false };
    processes.flatten().any(|entry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit) && works_in(&entry.path(), data))
}

/// Whether there is such a process; one that has ended and was not waited for is not there any more.
fn alive(pid: Pid) -> bool {
    let Ok(state) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    // The name in brackets may hold anything; the state follows the last bracket.
    !state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

fn options(paths: &Paths, role: &str, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(&paths.socket).ssl_mode(PgSslMode::Disable).port(PORT).username(role).database(database)
}

fn superuser_options(paths: &Paths) -> PgConnectOptions {
    options(paths, SUPERUSER, "postgres").disable_statement_logging()
}

/// Waits for an answer; `still_hoping` says whether there is a process that may give one.
async fn wait_until_it_answers(paths: &Paths, mut still_hoping: impl FnMut() -> Result<(), Error>) -> Result<(), Error> {
    let started = Instant::now();
    loop {
        let attempt = async { PgConnection::connect_with(&superuser_options(paths)).await?.close().await };
        if let Ok(Ok(())) = tokio::time::timeout(Duration::from_secs(5), attempt).await {
            return Ok(());
        }
        still_hoping()?;
        if started.elapsed() > START_LIMIT {
            return Err(not_started(paths));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn not_started(paths: &Paths) -> Error {
    let text = fs::read(&paths.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(12)..].join("\n");
    Error::NotStarted { log: paths.log.clone(), tail }
}

/// The programs of one PostgreSQL version.
#[derive(Debug)]
struct Binaries {
    folder: PathBuf,
    version: u32,
}

impl Binaries {
    /// The newest version there is, or exactly the one that made the data.
    async fn find(wanted: Option<u32>) -> Result<Self, Error> {
        let mut folders: Vec<PathBuf> = Vec::new();
        if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
            folders.extend(versions.flatten().map(|entry| entry.path().join("bin")));
        }
        if let Ok(output) = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output().await {
            folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
        }
        if let Some(path) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&path));
        }
        let mut best: Option<Self> = None;
        for folder in folders {
            if !folder.join("postgres").is_file() || !folder.join("initdb").is_file() {
                continue;
            }
            let Some(version) = version_of(&folder).await else { continue };
            if wanted.is_none_or(|wanted| wanted == version) && best.as_ref().is_none_or(|best| best.version < version) {
                best = Some(Self { folder, version });
            }
        }
        best.ok_or(Error::NotInstalled { version: wanted })
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian ..)`: 15.
async fn version_of(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").stdin(Stdio::null()).output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().nth(2)?.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}
