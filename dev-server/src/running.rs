//! A server that runs: started with its options, stopped when it is dropped.

use crate::config::Config;
use crate::http::gate::{host_of, host_of_authority};
use crate::http::listen::{self, Listeners};
use crate::router::router;
use crate::server::{Reach, Server};
use crate::store::Store;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// What a server is started with. The default listens on a free port of loopback, keeps everything in memory and has
/// the pools of the built-in configuration.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Port to listen on; 0 picks a free one.
    pub port: u16,
    /// Address to listen on; both of loopback when absent.
    pub host: Option<IpAddr>,
    /// Allows an address that other machines can reach.
    pub allow_remote: bool,
    /// Names that requests may find the server by, beside those of loopback and of the public URL.
    pub allow_hosts: Vec<String>,
    /// TOML file with pools, clients and people; the built-in one when absent.
    pub config: Option<PathBuf>,
    /// SQLite file that keeps users, tokens and keys over restarts; memory when absent.
    pub data: Option<PathBuf>,
    /// Address that token issuers begin with; `http://localhost:PORT` when absent.
    pub public_url: Option<String>,
    /// Addresses that every client with the redirect flow may return to, beside those it has.
    pub app_urls: Vec<String>,
    /// Refuses what the service takes though it is unsafe: a public client without PKCE.
    pub strict: bool,
    /// What stands for `{identity-provider}` in the configuration; `http://localhost:9340` when absent.
    pub identity_provider: Option<String>,
}

/// A server that answers. Dropping it stops it: requests under way are answered first.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client names as its endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts a server; it answers when this returns.
///
/// # Errors
/// A sentence for people: an address that is not to be had, a configuration or a file that cannot be used.
pub fn start(options: Options) -> Result<Running, String> {
    let (ready, answer) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    // A thread of its own, so that it can be started and dropped from within another runtime.
    let thread = std::thread::Builder::new()
        .name("lifeguard-dev-server".to_owned())
        .spawn(move || {
            let told = ready.clone();
            if let Err(message) = run(options, &ready, stopped) {
                let _ = told.send(Err(message));
            }
        })
        .map_err(|error| error.to_string())?;
    let address = answer.recv().map_err(|_| "the server did not start".to_owned())??;
    Ok(Running { address, stop: Some(stop), thread: Some(thread) })
}

fn run(
    options: Options,
    ready: &mpsc::Sender<Result<SocketAddr, String>>,
    stopped: oneshot::Receiver<()>,
) -> Result<(), String> {
    if let Some(host) = options.host.filter(|host| !host.is_loopback() && !options.allow_remote) {
        return Err(format!(
            "{host} can be reached from other machines; add --allow-remote if that is wanted"
        ));
    }
    let identity_provider = options.identity_provider.as_deref();
    let config = Config::load_with(
        options.config.as_deref(),
        identity_provider.unwrap_or("http://localhost:9340"),
    )?;
    let reach = reach(&options)?;
    let store = Store::open(options.data.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let ended = runtime.block_on(async {
        let listeners = Listeners::bind(options.host, options.port)
            .await
            .map_err(|error| format!("cannot listen on port {}: {error}", options.port))?;
        let address = listeners.address().map_err(|error| error.to_string())?;
        let public_url =
            options.public_url.unwrap_or_else(|| format!("http://localhost:{}", address.port()));
        let public_url = public_url.trim_end_matches('/').to_owned();
        check_public_url(&public_url)?;
        let mut server =
            Server::new(store, config, public_url).map_err(|refusal| refusal.message)?;
        server.reach = reach;
        server.is_strict = options.strict;
        server.allow_app_urls(options.app_urls)?;
        let server = Arc::new(server);
        server.prepare_keys();
        tokio::spawn(tidy(server.clone(), TIDY_EVERY));
        let router = router(server.clone());
        let _ = ready.send(Ok(address));
        listen::serve(listeners, router, async {
            let _ = stopped.await;
            server.stop();
        })
        .await;
        Ok(())
    });
    // A key in the making is nobody's: it is not waited for.
    runtime.shutdown_timeout(LAST_WORK);
    ended
}

/// Deletes what has ended, for as long as the server runs.
async fn tidy(server: Arc<Server>, every: Duration) {
    let mut before = server.clock.now_ms();
    loop {
        tokio::time::sleep(every).await;
        let ended = settled(&mut before, server.clock.now_ms());
        let server = server.clone();
        let _ = tokio::task::spawn_blocking(move || server.forget(ended)).await;
    }
}

/// The time that it certainly is. What ended only since the last look stays: a test that moves the clock ahead for a
/// moment loses nothing.
fn settled(before: &mut i64, now: i64) -> i64 {
    std::mem::replace(before, now).min(now)
}

/// How often what has ended is looked for. Twice as long a busy pool's file may grow by what ended when the clock was
/// moved; a test has once as long to move it back.
const TIDY_EVERY: Duration = Duration::from_secs(10);

/// How long work on threads of its own may still take when all requests are answered.
const LAST_WORK: Duration = Duration::from_millis(500);

fn reach(options: &Options) -> Result<Reach, String> {
    let host = |name: &String| {
        host_of_authority(name).ok_or_else(|| {
            format!("'{name}' is no name of a host; --allow-host takes one like pool.test, without http://")
        })
    };
    Ok(Reach {
        hosts: options.allow_hosts.iter().map(host).collect::<Result<_, _>>()?,
        by_any_address: options.allow_remote,
    })
}

/// Issuers, cookies and redirects are made of it: what is no address here is found out later, and far from here.
fn check_public_url(text: &str) -> Result<(), String> {
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    if is_web && !text.contains(['?', '#']) && host_of(text).is_some() {
        return Ok(());
    }
    Err(format!(
        "'{text}' is no address of a server; --public-url takes one like https://login.example:8443"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{PASSWORD, World};
    use std::net::TcpStream;

    #[test]
    fn server_answers_until_it_is_dropped() {
        let running = start(Options::default()).unwrap();
        let address = running.address();
        assert!(TcpStream::connect(address).is_ok());

        drop(running);

        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn file_is_free_when_the_server_is_gone() {
        let name = format!("lifeguard-running-{}.sqlite", crate::random::uuid().unwrap());
        let file = std::env::temp_dir().join(name);
        let options = Options { data: Some(file.clone()), ..Options::default() };

        for _ in 0..2 {
            drop(start(options.clone()).unwrap());
        }

        // Written to the end: nothing is beside it.
        assert!(!std::fs::exists(file.with_extension("sqlite-wal")).unwrap());
        std::fs::remove_file(&file).unwrap();
    }

    #[tokio::test]
    async fn what_has_ended_by_the_clock_of_the_server_is_deleted_while_it_runs() {
        let world = World::with_client("RefreshTokenValidity = 1");
        world.sign_in("alice", PASSWORD).await;
        let server = Arc::new(world.server);
        let rows = || server.store().rows();
        let signed_in = rows();
        let every = Duration::from_millis(20);
        let task = tokio::spawn(tidy(server.clone(), every));

        // The week in which an expired token is still known is not over.
        server.clock.set_offset(7 * 86_400);
        tokio::time::sleep(every * 10).await;
        assert_eq!(rows(), signed_in);
        server.clock.set_offset(10 * 86_400);
        let mut turns = 0;
        while rows() == signed_in {
            turns += 1;
            assert!(turns < 500, "nothing was deleted");
            tokio::time::sleep(every).await;
        }

        assert_eq!(rows(), signed_in - 1);
        assert!(!task.is_finished());
        task.abort();
    }

    #[test]
    fn clock_that_is_moved_for_a_moment_ends_nothing() {
        let mut before = 1000;
        let looks = [1010, 900_000, 1030, 1040, 900_050, 900_060];

        let judged = looks.map(|now| settled(&mut before, now));

        assert_eq!(judged, [1000, 1010, 1030, 1030, 1040, 900_050]);
    }

    #[test]
    fn address_for_other_machines_is_refused_without_the_word() {
        let host = Some(IpAddr::from([0, 0, 0, 0]));

        let error = start(Options { host, ..Options::default() }).unwrap_err();

        assert!(error.contains("--allow-remote"), "{error}");
    }

    #[test]
    fn names_and_addresses_that_are_none_are_refused_at_the_start() {
        let text = str::to_owned;
        let refused = |options: Options| start(options).unwrap_err();

        for name in ["", "http://pool.test", "pool.test/x"] {
            let error = refused(Options { allow_hosts: vec![text(name)], ..Options::default() });
            assert!(error.contains("--allow-host"), "{error}");
        }
        for url in
            ["", "login.example", "ftp://login.example", "http://", "http://a:b@c", "http://a/?b"]
        {
            let error = refused(Options { public_url: Some(text(url)), ..Options::default() });
            assert!(error.contains("--public-url"), "{error}");
        }
        let error = refused(Options { app_urls: vec![text("app.test")], ..Options::default() });
        assert!(error.contains("app.test is no whole URL"), "{error}");
    }
}
