use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::system_conf::read_system_conf;
use thiserror::Error;
use tokio::time::timeout;

use crate::{LookupError, ProofLookup, answer, error};

/// Asks the servers of DNS, over UDP, and over TCP where an answer is too long for that.
///
/// A CNAME record under the name of the proof is followed, as for certificates (RFC 8555, 8.4): who may put one there may put the proof
/// there as well.
#[derive(Clone)]
pub struct DnsLookup {
    resolver: TokioResolver,
    servers: Vec<SocketAddr>,
}

/// Why nobody can be asked.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// No server is named.
    #[error("no server of DNS is named")]
    NoServer,
    /// The settings of the system can't be read (`/etc/resolv.conf`).
    #[error("the system's settings of DNS can't be read")]
    Unreadable(#[source] Box<dyn Error + Send + Sync>),
    /// The library refuses the settings.
    #[error("the settings of DNS can't be used")]
    Unusable(#[source] Box<dyn Error + Send + Sync>),
}

impl DnsLookup {
    /// How long a server may take for one answer.
    pub const PATIENCE: Duration = Duration::from_secs(3);

    /// How often a question is put before it's given up.
    pub const ATTEMPTS: u8 = 2;

    /// After this time a question is given up, whatever the servers and the chain of names do: every attempt had its time, and a second
    /// more.
    pub const LONGEST: Duration = Duration::from_secs(7);

    /// Asks the servers that the system is set to ask, as they're set now: a later change needs another start.
    pub fn from_system() -> Result<Self, SettingsError> {
        let (settings, _) = read_system_conf().map_err(|error| SettingsError::Unreadable(Box::new(error)))?;
        // The search domains of the system are left out: names are asked for as they are.
        Self::asking(settings.into_parts().2)
    }

    /// Asks these servers.
    pub fn to(servers: &[SocketAddr]) -> Result<Self, SettingsError> {
        let servers = servers.iter().map(|server| {
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = server.port();
                connection
            });
            NameServerConfig::new(server.ip(), true, connections.into())
        });
        Self::asking(servers.collect())
    }

    fn asking(servers: Vec<NameServerConfig>) -> Result<Self, SettingsError> {
        if servers.is_empty() {
            return Err(SettingsError::NoServer);
        }
        let address = |server: &NameServerConfig| Some(SocketAddr::from((server.ip, server.connections.first()?.port)));
        let addresses = servers.iter().filter_map(address).collect();
        let settings = ResolverConfig::from_name_servers(servers);
        let mut builder = TokioResolver::builder_with_config(settings, TokioRuntimeProvider::default());
        let options = builder.options_mut();
        options.timeout = Self::PATIENCE;
        // The library counts the attempts after the first.
        options.attempts = usize::from(Self::ATTEMPTS - 1);
        // No answer is kept, neither that a record is there nor that none is.
        options.cache_size = 0;
        options.positive_max_ttl = Some(Duration::ZERO);
        options.negative_max_ttl = Some(Duration::ZERO);
        options.use_hosts_file = ResolveHosts::Never;
        // An answer forged by somebody who sees no questions has to guess this, too.
        options.case_randomization = true;
        let resolver = builder.build().map_err(|error| SettingsError::Unusable(Box::new(error)))?;
        Ok(Self { resolver, servers: addresses })
    }
}

/// The name as DNS has it, complete. Letters, digits, `-` and `_` only: the library reads more, such as escapes.
fn complete(name: &str) -> Result<Name, LookupError> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
        return Err(LookupError::NotAName);
    }
    let mut name = Name::from_ascii(name).map_err(|_| LookupError::NotAName)?;
    name.set_fqdn(true);
    if name.is_root() { Err(LookupError::NotAName) } else { Ok(name) }
}

#[async_trait]
impl ProofLookup for DnsLookup {
    async fn text_records(&self, name: &str) -> Result<Vec<String>, LookupError> {
        let name = complete(name)?;
        let answer = timeout(Self::LONGEST, self.resolver.txt_lookup(name.clone())).await.unwrap_or(Err(NetError::Timeout));
        match answer {
            Ok(answer) => Ok(answer::texts(&name, answer.answers())),
            Err(error) if error::says_none(&error) => Ok(Vec::new()),
            Err(error) => {
                tracing::warn!(%name, %error, "a lookup in DNS failed");
                Err(LookupError::from(&error))
            }
        }
    }
}

impl fmt::Debug for DnsLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DnsLookup").field("servers", &self.servers).finish_non_exhaustive()
    }
}
