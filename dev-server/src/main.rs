//! The command: options in, one line out when the server answers.

use clap::Parser;
use lifeguard_dev_server::{Options, start};
use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

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
    /// Address to listen on [default: 127.0.0.1 and ::1]
    #[arg(long)]
    host: Option<IpAddr>,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// Name that requests may find the server by, beside localhost and the public URL's; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
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
    /// Refuse what the service takes though it is unsafe: a client without a secret that does not use PKCE
    #[arg(long)]
    strict: bool,
    /// No line for each call, only for what goes wrong
    #[arg(long)]
    quiet: bool,
    /// What stands for {identity-provider} in the configuration
    #[arg(long, value_name = "URL", default_value = "http://localhost:9340")]
    identity_provider: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tell(arguments.quiet);
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "lifeguard-dev-server: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Lines go to standard error. What is not this server's own is not told: others know nothing of what is a secret here.
fn tell(is_quiet: bool) {
    let level = if is_quiet { LevelFilter::WARN } else { LevelFilter::INFO };
    let lines = tracing_subscriber::fmt::layer()
        .compact()
        .without_time()
        .with_target(false)
        .with_writer(std::io::stderr)
        // A closed standard error is nobody's problem.
        .log_internal_errors(false)
        .with_filter(Targets::new().with_target("lifeguard_dev_server", level));
    tracing_subscriber::registry().with(lines).init();
}

fn run(arguments: Arguments) -> Result<(), String> {
    let running = start(Options {
        port: arguments.port,
        host: arguments.host,
        allow_remote: arguments.allow_remote,
        allow_hosts: arguments.allow_host,
        config: arguments.config,
        data: arguments.data,
        public_url: arguments.public_url,
        app_urls: arguments.app_url,
        strict: arguments.strict,
        identity_provider: Some(arguments.identity_provider),
    })?;
    // Before the line: whoever reads it may send the signal at once.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let stopped = stopped();
        // Scripts that chose port 0 read this line.
        let _ = writeln!(std::io::stdout(), "listening on http://{}", running.address());
        stopped.await;
    });
    drop(running);
    Ok(())
}

/// Ends with an interrupt, or with the polite signal to end.
fn stopped() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = interrupt.await;
    }
}
