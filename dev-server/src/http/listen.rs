//! The accept loop. It is our own because a fault must be able to close a connection without a reply.

use super::spoil::Dropped;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// How long requests under way may still take when the server is told to stop.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How often a port that is free on one loopback address may turn out to be taken on the other.
const MOST_PORTS: usize = 20;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Where connections come in.
#[derive(Debug)]
pub(crate) struct Listeners {
    first: TcpListener,
    /// `localhost` is two addresses.
    second: Option<TcpListener>,
}

impl Listeners {
    /// Listens on an address, or on both of loopback where none is named; port 0 takes a free one.
    pub(crate) async fn bind(host: Option<IpAddr>, port: u16) -> io::Result<Self> {
        if let Some(host) = host {
            return Ok(Self { first: TcpListener::bind((host, port)).await?, second: None });
        }
        let mut tries = MOST_PORTS;
        loop {
            tries -= 1;
            let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let taken = first.local_addr()?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, taken)).await {
                Ok(second) => return Ok(Self { first, second: Some(second) }),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    if port != 0 || tries == 0 {
                        return Err(error);
                    }
                }
                // A machine without IPv6.
                Err(_) => return Ok(Self { first, second: None }),
            }
        }
    }

    /// The first address.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.first.local_addr()
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.second {
            Some(second) => tokio::select! {
                accepted = self.first.accept() => accepted,
                accepted = second.accept() => accepted,
            },
            None => self.first.accept().await,
        }
    }
}

/// Serves until `stopped`; requests under way are answered before this returns.
pub(crate) async fn serve(listeners: Listeners, router: Router, stopped: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        tokio::select! {
            accepted = listeners.accept() => match accepted {
                Ok((stream, peer)) => connection(stream, peer, router.clone(), &graceful),
                // Out of descriptors or a connection gone before it was accepted: the next may work.
                Err(error) => tracing::warn!("accept: {error}"),
            },
            () = &mut stopped => break,
        }
    }
    drop(listeners);
    let _ = tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await;
}

/// The answer of a task that is gone: panics are caught before.
fn lost() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

fn connection(stream: TcpStream, peer: SocketAddr, router: Router, graceful: &GracefulShutdown) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let router = router.clone();
        async move {
            // In a task of its own: who hangs up does not cut an operation in the middle, whose wrong try would not
            // count, or whose code would be spent for nothing.
            let answer = tokio::spawn(router.oneshot(request.map(Body::new)));
            let response: Response<Body> =
                answer.await.map_or_else(|_| lost(), Result::unwrap_or_default);
            match response.extensions().get::<Dropped>() {
                Some(Dropped) => Err(io::Error::other("dropped on request")),
                None => Ok(response),
            }
        }
    });
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Its error is a peer that left, or a drop that was asked for.
        let _ = connection.await;
    });
}
