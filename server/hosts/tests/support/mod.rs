//! A real server of DNS on this machine, authoritative for two zones of tests.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::rdata::{CNAME, SOA, TXT};
use hickory_server::proto::rr::{LowerName, Name, RData, Record};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, MessageResponseBuilder, ZoneHandler, ZoneType};
use tokio::net::{TcpListener, UdpSocket};

/// The zones: a partner's, and one that a partner's names may lead to.
const ZONES: [&str; 2] = ["partner.test.", "holder.test."];

/// How long a record may be kept: long, so that one that's kept would show.
const KEPT_SECONDS: u32 = 86_400;

type Zone = Arc<InMemoryZoneHandler>;
type Questions = Arc<Mutex<Vec<(String, Protocol)>>>;

/// The running server. It ends with the test.
pub struct TestServer {
    pub address: SocketAddr,
    zones: BTreeMap<&'static str, Zone>,
    questions: Questions,
    _server: Server<Handler>,
}

struct Handler {
    catalog: Catalog,
    questions: Questions,
    manner: Manner,
}

/// How the server answers.
#[derive(Clone, Copy)]
enum Manner {
    /// What stands in the zones.
    Knowing,
    /// This code, whatever is asked.
    Always(ResponseCode),
    /// What stands in the zones, after a while.
    After(Duration),
}

#[async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(&self, request: &Request, mut response: R) -> ResponseInfo {
        let name = request.request_info().expect("one question").query.name().to_string();
        self.questions.lock().expect("whole").push((name, request.protocol()));
        let code = match self.manner {
            Manner::Always(code) => code,
            Manner::Knowing => return self.catalog.handle_request::<R, T>(request, response).await,
            Manner::After(wait) => {
                tokio::time::sleep(wait).await;
                return self.catalog.handle_request::<R, T>(request, response).await;
            }
        };
        let answer = MessageResponseBuilder::from_message_request(request).error_msg(&request.metadata, code);
        response.send_response(answer).await.expect("sent")
    }
}

/// Which ways a server is reached on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    Both,
    UdpOnly,
}

impl TestServer {
    /// Knows the zones, without any record of a proof.
    pub async fn start() -> Self {
        Self::starting(Manner::Knowing, Ways::Both).await
    }

    /// Answers every question with this code.
    pub async fn answering(code: ResponseCode) -> Self {
        Self::starting(Manner::Always(code), Ways::Both).await
    }

    /// Lets everybody wait this long.
    pub async fn slow(wait: Duration) -> Self {
        Self::starting(Manner::After(wait), Ways::Both).await
    }

    /// Can't be reached over TCP.
    pub async fn without_tcp() -> Self {
        Self::starting(Manner::Knowing, Ways::UdpOnly).await
    }

    async fn starting(manner: Manner, ways: Ways) -> Self {
        let mut catalog = Catalog::new();
        let mut zones = BTreeMap::new();
        for zone in ZONES {
            let origin = name(zone);
            let handler: Zone = Arc::new(InMemoryZoneHandler::empty(origin.clone(), ZoneType::Primary, AxfrPolicy::Deny));
            let (main, mail) = (name("ns.holder.test."), name("mail.holder.test."));
            let start = SOA::new(main, mail, 1, 3_600, 600, 86_400, KEPT_SECONDS);
            assert!(handler.upsert(Record::from_rdata(origin.clone(), KEPT_SECONDS, RData::SOA(start)), 0).await);
            catalog.upsert(LowerName::new(&origin), vec![Arc::clone(&handler) as Arc<dyn ZoneHandler>]);
            zones.insert(zone, handler);
        }
        let questions = Questions::default();
        let mut server = Server::new(Handler { catalog, questions: Arc::clone(&questions), manner });
        let (listener, socket) = same_port().await;
        let address = socket.local_addr().expect("an address");
        server.register_socket(socket);
        if ways == Ways::Both {
            server.register_listener(listener, Duration::from_secs(5), 16);
        }
        Self { address, zones, questions, _server: server }
    }

    /// Adds a TXT record made of these strings.
    pub async fn says(&self, holder: &str, parts: &[&str]) {
        self.add(holder, RData::TXT(TXT::new(parts.iter().map(|part| (*part).to_owned()).collect()))).await;
    }

    /// Adds a CNAME record.
    pub async fn leads(&self, from: &str, to: &str) {
        self.add(from, RData::CNAME(CNAME(name(to)))).await;
    }

    async fn add(&self, holder: &str, data: RData) {
        let (_, zone) = self.zones.iter().find(|(zone, _)| holder.ends_with(**zone)).expect("a zone of ours");
        let serial = zone.serial().await;
        assert!(zone.upsert(Record::from_rdata(name(holder), KEPT_SECONDS, data), serial).await, "{holder} is added");
    }

    /// What was asked so far, and by which way.
    pub fn questions(&self) -> Vec<(String, Protocol)> {
        self.questions.lock().expect("whole").clone()
    }
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).expect("a name")
}

/// A port that is free for both ways.
async fn same_port() -> (TcpListener, UdpSocket) {
    for _ in 0..50 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().expect("an address")).await {
            return (listener, socket);
        }
    }
    panic!("no port is free for both ways");
}
