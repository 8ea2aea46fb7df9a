//! Calls to others: triggers and identity providers. One client for all, so that connections are used again; no redirects,
//! small answers.

use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::LazyLock;
use std::time::Duration;

/// Shorter than servers keep a connection open (five seconds, where it is Node's), so that none is used that is closing.
const IDLE: Duration = Duration::from_secs(3);

static CLIENT: LazyLock<Client<HttpsConnector<HttpConnector>, Full<Bytes>>> = LazyLock::new(|| {
    let connector =
        HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(connector)
});

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No connection, or one that closed before the answer began.
    Unreachable,
    /// The answer ended early, or was too long.
    BrokenOff,
}

/// Sends a request and reads an answer of at most so many bytes.
pub(crate) async fn send(
    request: Request<Full<Bytes>>,
    longest: usize,
) -> Result<(StatusCode, Bytes), Trouble> {
    let response = CLIENT.request(request).await.map_err(|_| Trouble::Unreachable)?;
    let status = response.status();
    let body = Limited::new(response.into_body(), longest).collect().await;
    Ok((status, body.map_err(|_| Trouble::BrokenOff)?.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use std::net::SocketAddr;

    async fn server() -> String {
        let app = Router::new()
            .route(
                "/port",
                get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.port().to_string()),
            )
            .route("/long", get(async || "x".repeat(100)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        address
    }

    async fn get_from(address: &str, longest: usize) -> Result<(StatusCode, Bytes), Trouble> {
        send(Request::get(address).body(Full::default()).unwrap(), longest).await
    }

    #[tokio::test]
    async fn one_connection_carries_calls_that_follow_each_other() {
        let address = server().await;

        let (_, first) = get_from(&format!("{address}/port"), 10).await.unwrap();
        let (_, second) = get_from(&format!("{address}/port"), 10).await.unwrap();

        assert_eq!(first, second);
    }

    #[tokio::test]
    async fn long_answer_and_a_closed_port_are_told_apart() {
        let address = server().await;
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = format!("http://{}", closed.local_addr().unwrap());
        drop(closed);

        assert_eq!(get_from(&format!("{address}/long"), 100).await.unwrap().1.len(), 100);
        assert_eq!(get_from(&format!("{address}/long"), 99).await, Err(Trouble::BrokenOff));
        assert_eq!(get_from(&nobody, 10).await, Err(Trouble::Unreachable));
    }
}
