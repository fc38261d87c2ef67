use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use thiserror::Error;

/// Why a question got no answer. The portal asks again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LookupError {
    /// The text is no name in DNS: nobody was asked.
    #[error("not a name in DNS")]
    NotAName,
    /// Nobody answered in time.
    #[error("no answer from DNS in time")]
    TimedOut,
    /// A server answered that it couldn't find out: the servers of the zone are down or answer wrongly.
    #[error("the server of DNS failed")]
    ServerFailed,
    /// A server does not answer such questions, or not ours.
    #[error("the server of DNS refused to answer")]
    Refused,
    /// No server could be reached.
    #[error("no server of DNS can be reached")]
    Unreachable,
    /// What came back can't be understood or believed.
    #[error("an answer of DNS that makes no sense")]
    BadAnswer,
}

impl From<&NetError> for LookupError {
    fn from(error: &NetError) -> Self {
        match error {
            NetError::Timeout => Self::TimedOut,
            NetError::Io(_) | NetError::NoConnections | NetError::Busy => Self::Unreachable,
            NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => Self::ServerFailed,
            NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused | ResponseCode::NotAuth | ResponseCode::NotImp)) => Self::Refused,
            _ => Self::BadAnswer,
        }
    }
}

/// Whether an error of the library says that there is no such name, or no such record under it.
pub(crate) fn says_none(error: &NetError) -> bool {
    let NetError::Dns(DnsError::NoRecordsFound(none)) = error else { return false };
    matches!(none.response_code, ResponseCode::NoError | ResponseCode::NXDomain)
}
