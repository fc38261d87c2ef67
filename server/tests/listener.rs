//! Slow, silent and hanging clients.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use server::layers::limits::{RequestLimits, limit_requests};
use server::listener::{ConnectionLimits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Long enough for any limit below on a busy machine; a test that waits for it in vain fails.
const PATIENCE: Duration = Duration::from_secs(30);

struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    served: JoinHandle<()>,
}

async fn start(limits: ConnectionLimits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let request_limits = RequestLimits { body: Duration::from_millis(300), ..RequestLimits::default() };
    let router = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/echo", post(|body: String| async move { body }))
        .route("/large", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                "finished"
            }),
        )
        .route("/endless", get(|| async { std::future::pending::<()>().await }));
    let router = limit_requests(router, request_limits);
    let served = tokio::spawn(serve(listener, router, limits, stop.clone()));
    Running { address, stop, served }
}

fn short() -> ConnectionLimits {
    ConnectionLimits {
        headers: Duration::from_millis(300),
        answer: Duration::from_millis(300),
        stop: Duration::from_secs(10),
        connections: 64,
    }
}

/// Sends bytes and reads until the server closes.
async fn answer_until_closed(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A reset is a way to close, too.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server keeps the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_is_answered_and_knows_its_peer() {
    let running = start(short()).await;
    let answer = answer_until_closed(running.address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn silence_half_a_head_and_half_a_preface_are_not_waited_for() {
    let running = start(short()).await;
    for begun in [&b""[..], b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-Half", b"PRI * HTTP/2.0\r\n"] {
        let answer = answer_until_closed(running.address, begun).await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let running = start(short()).await;
    let answer = answer_until_closed(running.address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_stalled_body_is_not_waited_for() {
    let running = start(short()).await;
    let answer = answer_until_closed(running.address, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc").await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let running = start(short()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    // The connection is gone when the server can stop at once although nothing was read.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    assert!(answer.len() < 64 * 1024 * 1024, "the whole answer came although nothing was read for longer than the limit");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let running = start(ConnectionLimits { connections: 2, ..short() }).await;
    // Two silent ones take every place until their time is over, then the third is served.
    let _first = TcpStream::connect(running.address).await.unwrap();
    let _second = TcpStream::connect(running.address).await.unwrap();
    let answer = answer_until_closed(running.address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_running_request_is_finished_at_the_stop_and_no_new_one_taken() {
    let running = start(short()).await;
    let request = tokio::spawn(answer_until_closed(running.address, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.stop.cancel();
    let answer = request.await.unwrap();
    assert!(answer.ends_with("finished"), "{answer}");
    tokio::time::timeout(PATIENCE, running.served).await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn an_endless_request_does_not_hold_up_the_stop() {
    let running = start(ConnectionLimits { stop: Duration::from_millis(300), ..short() }).await;
    let request = tokio::spawn(answer_until_closed(running.address, b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.stop.cancel();
    tokio::time::timeout(PATIENCE, running.served).await.unwrap().unwrap();
    assert!(!request.await.unwrap().contains("200 OK"));
}
