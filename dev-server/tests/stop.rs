//! The end of the server: who still waits is answered, and nobody waits for it.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and may look at a clock"
)]

mod common;

use common::{DEMO, PASSWORD, TestServer};
use serde_json::json;
use std::net::TcpStream;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// Sends the signal to end; gives how the server ended and after how long.
fn end(mut server: TestServer) -> (ExitStatus, Duration) {
    let begin = Instant::now();
    terminate(&server);
    (server.child.wait().unwrap(), begin.elapsed())
}

fn terminate(server: &TestServer) {
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
}

#[test]
fn request_that_waits_for_a_letter_is_answered_at_the_end() {
    let mut server = TestServer::start();

    let (reply, took) = std::thread::scope(|scope| {
        let path = "/_dev/inbox?to=nobody@example.com&wait=60";
        let waiting = scope.spawn(|| server.request("GET", path, &[], ""));
        std::thread::sleep(Duration::from_millis(300));
        let begin = Instant::now();
        terminate(&server);
        (waiting.join().unwrap(), begin.elapsed())
    });

    let reply = reply.expect("the connection closed without a reply");
    assert_eq!((reply.status, reply.json()), (200, json!([])));
    // Requests under way have five seconds; this one needs none.
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(server.child.wait().unwrap().success());
}

/// Keys are being made then, each for a second or more in this build.
#[test]
fn server_ends_soon_after_its_start() {
    for _ in 0..3 {
        let (status, took) = end(TestServer::start());

        assert!(status.success(), "{status}");
        assert!(took < Duration::from_millis(2500), "{took:?}");
    }
}

#[test]
fn connection_without_a_request_keeps_no_server_from_ending() {
    let server = TestServer::start();
    server.sign_in(DEMO, "alice", PASSWORD);
    let _silent = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    std::thread::sleep(Duration::from_millis(100));

    let (status, took) = end(server);

    assert!(status.success(), "{status}");
    assert!(took < Duration::from_millis(2500), "{took:?}");
}
