//! A local user pool that speaks the Amazon Cognito protocol.
//!
//! `http` frames requests and replies, `dispatch` finds the operation, `shape` checks its input, `auth`,
//! `account`, `control` and `identity` carry it out over `store`; `sigv4` says who signed; `hosted` is managed
//! login and the OAuth endpoints. Shares no code with the SDK, so that the two can
//! prove each other wrong.

mod account;
mod attributes;
mod auth;
mod clock;
mod codes;
mod config;
mod control;
mod dispatch;
mod faults;
mod hex;
mod hosted;
mod http;
mod identity;
mod inbox_page;
mod input;
mod keys;
mod linking;
mod log;
mod messages;
mod paging;
mod passkey;
mod passwords;
mod random;
mod refusal;
mod risk;
mod saml;
mod sample;
mod schema;
mod seed;
mod server;
mod shape;
mod sigv4;
mod srp;
mod store;
#[cfg(test)]
mod testing;
mod timestamp;
mod tokens;
mod totp;
mod trigger;

use clap::Parser;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// A local Amazon Cognito user pool for development and tests.
///
/// Serves every pool of the configuration at one address. Codes that would go by mail or SMS are at
/// /_dev/inbox.
#[derive(Debug, Parser)]
#[command(name = "lifeguard-dev-server", version)]
struct Arguments {
    /// Port to listen on; 0 picks a free one and prints it
    #[arg(long, default_value_t = 9320)]
    port: u16,
    /// Address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// TOML file with pools, clients and people [default: built in]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// SQLite file that keeps users, tokens and keys over restarts [default: in memory]
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Address that token issuers begin with [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Address that every client with the redirect flow may return to, for sign-in and sign-out, beside
    /// those it has; may be repeated
    #[arg(long, value_name = "URL")]
    app_url: Vec<String>,
    /// What stands for {identity-provider} in the configuration
    #[arg(long, value_name = "URL", default_value = "http://localhost:9340")]
    identity_provider: String,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            log::line(&format!("lifeguard-dev-server: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    if !arguments.host.is_loopback() && !arguments.allow_remote {
        return Err(format!(
            "{} can be reached from other machines; add --allow-remote if that is wanted",
            arguments.host
        ));
    }
    let config =
        config::Config::load_with(arguments.config.as_deref(), &arguments.identity_provider)?;
    let store = store::Store::open(arguments.data.as_deref())
        .map_err(|error| format!("cannot open the database: {error}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((arguments.host, arguments.port))
            .await
            .map_err(|error| format!("cannot listen on port {}: {error}", arguments.port))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let public_url =
            arguments.public_url.unwrap_or_else(|| format!("http://localhost:{}", address.port()));
        let public_url = public_url.trim_end_matches('/').to_owned();
        let server =
            server::Server::new(store, config, public_url).map_err(|refusal| refusal.message)?;
        server.allow_app_urls(arguments.app_url);
        let router = http::router(Arc::new(server));
        // Scripts that chose port 0 read this line.
        let _ = writeln!(std::io::stdout(), "listening on http://{address}");
        http::serve(listener, router).await.map_err(|error| error.to_string())
    })
}
