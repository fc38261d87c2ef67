//! The accept loop.
//!
//! `axum::serve` waits for ever: half a header line or an unread answer keeps a connection and its memory. Here every wait has an end:
//! for the first bytes, for headers and the next request, for a client to take its answer. (Waits for a body end in [`crate::layers::limits`].)
//! Connections are counted before they are accepted, so a flood waits in the kernel's queue.
//! At the stop running requests get time to finish, then the rest is cut off.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// How long the headers of a request, or the next request, may let wait.
    pub headers: Duration,
    /// How long a client may take none of its answer.
    pub answer: Duration,
    /// Connections at the same time.
    pub connections: usize,
    /// How long running requests may take after the stop was asked for.
    pub stop: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        let ten_seconds = Duration::from_secs(10);
        Self { headers: ten_seconds, answer: Duration::from_secs(30), connections: 1024, stop: ten_seconds }
    }
}

/// The longest request head, in bytes: request line and headers.
const LARGEST_HEAD: usize = 32 * 1024;

/// What an HTTP/2 connection begins with.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves until `stop` is cancelled, and returns when every connection is closed.
/// Requests carry `ConnectInfo<SocketAddr>`.
pub async fn serve(listener: TcpListener, router: Router, limits: ConnectionLimits, stop: CancellationToken) {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(LARGEST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.headers)
        .keep_alive_timeout(limits.headers)
        .max_concurrent_streams(64)
        .max_header_list_size(u32::try_from(LARGEST_HEAD).unwrap_or(u32::MAX));
    let builder = Arc::new(builder);
    let mut connections = JoinSet::new();

    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: the next attempt would fail at once, too.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        while connections.try_join_next().is_some() {}
        let (builder, router, stop) = (builder.clone(), router.clone(), stop.clone());
        connections.spawn(async move {
            let _permit = permit;
            tokio::select! {
                () = first_bytes(&stream, limits.headers) => {}
                () = stop.cancelled() => return,
            }
            connection(&builder, stream, peer, router, limits, stop).await;
        });
    }
    drop(listener);

    let drained = tokio::time::timeout(limits.stop, async { while connections.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!(connections = connections.len(), "cutting off connections that did not finish in time");
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, permit))
}

/// Waits until the protocol can be told, which hyper's builder would do without a time limit. When this returns early, because
/// the client is silent or gone, the builder finds less than a request and its own limit ends the connection: see [`connection`].
async fn first_bytes(stream: &TcpStream, limit: Duration) {
    let mut seen = [0; HTTP2_PREFACE.len()];
    let told = async {
        loop {
            match stream.peek(&mut seen).await {
                Ok(0) | Err(_) => return,
                Ok(count) if count == seen.len() || seen[..count] != HTTP2_PREFACE[..count] => return,
                // The bytes seen so far stay readable, so there is nothing to wait for but time.
                Ok(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let _ = tokio::time::timeout(limit, told).await;
}

async fn connection(
    builder: &auto::Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: ConnectionLimits,
    stop: CancellationToken,
) {
    // Silent clients got their time; what is not there now would make the builder wait for ever.
    let mut first = [0; HTTP2_PREFACE.len()];
    match futures::FutureExt::now_or_never(stream.peek(&mut first)) {
        Some(Ok(count)) if count == first.len() || (count > 0 && first[..count] != HTTP2_PREFACE[..count]) => {}
        _ => return,
    }
    let _ = stream.set_nodelay(true);
    let service = tower::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let io = TokioIo::new(Impatient::new(stream, limits.answer));
    let connection = builder.serve_connection_with_upgrades(io, TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // A client's doing: it went away, was too slow or spoke no HTTP.
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// A stream that fails when nothing of what is written is taken for a while.
struct Impatient {
    stream: TcpStream,
    limit: Duration,
    patience: Pin<Box<Sleep>>,
    waiting: bool,
}

impl Impatient {
    fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, limit, patience: Box::pin(tokio::time::sleep(limit)), waiting: false }
    }

    /// Passes on what a write came to, and counts how long it comes to nothing.
    fn judge<T>(&mut self, context: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = false;
            return outcome;
        }
        if !self.waiting {
            self.waiting = true;
            self.patience.as_mut().reset(Instant::now() + self.limit);
        }
        ready!(self.patience.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, outcome)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.judge(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
