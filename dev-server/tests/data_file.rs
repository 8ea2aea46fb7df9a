//! The file of `--data`: what survives in it, and whose it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::{DEMO, PASSWORD, TestServer, claims, unique};
use lifeguard_dev_server::{Options, start};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

#[test]
fn keys_people_and_tokens_survive_a_restart_with_data() {
    let file = std::env::temp_dir().join(format!("lifeguard-{}.db", unique()));
    let server = TestServer::with_data(&file);
    let keys = server.get("/eu-west-1_LifeGuard/.well-known/jwks.json");
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    let person = json!({
        "ClientId": DEMO, "Username": "vera", "Password": PASSWORD,
        "UserAttributes": [
            { "Name": "email", "Value": "vera@example.com" }, { "Name": "name", "Value": "V" },
        ],
    });
    server.ok("SignUp", person);
    let code = server.code("vera@example.com");
    drop(server);

    let server = TestServer::with_data(&file);

    assert_eq!(server.get("/eu-west-1_LifeGuard/.well-known/jwks.json"), keys);
    let confirm = json!({ "ClientId": DEMO, "Username": "vera", "ConfirmationCode": code });
    server.ok("ConfirmSignUp", confirm);
    let refresh = json!({ "ClientId": DEMO, "RefreshToken": result["RefreshToken"] });
    let renewed = server.ok("GetTokensFromRefreshToken", refresh);
    let renewed = &renewed["AuthenticationResult"]["AccessToken"];
    assert_eq!(claims(renewed)["sub"], claims(&result["AccessToken"])["sub"]);
    drop(server);
    let part =
        |suffix: &str| std::fs::read(format!("{}{suffix}", file.display())).unwrap_or_default();
    let bytes = [part(""), part("-wal")].concat();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("vera@example.com"));
    assert!(!has(PASSWORD), "a password was stored");
    assert!(!has(result["RefreshToken"].as_str().unwrap()), "a refresh token was stored");
    remove(&file);
}

#[test]
fn second_server_over_one_file_is_refused_with_its_name() {
    let file = std::env::temp_dir().join(format!("lifeguard-{}.db", unique()));
    let server = TestServer::with_data(&file);
    server.sign_in(DEMO, "alice", PASSWORD);

    let (is_serving, told) = serve(&file);

    assert!(!is_serving, "{told}");
    assert!(told.contains(&format!("{} is in use by another process", file.display())), "{told}");
    drop(server);
    // A process that was killed holds nothing.
    let server = TestServer::with_data(&file);
    server.sign_in(DEMO, "alice", PASSWORD);
    drop(server);
    remove(&file);
}

/// A process that closes a file gives up all its locks on it, whoever within it took them.
#[test]
fn second_server_of_one_process_takes_no_file_from_the_first() {
    let file = std::env::temp_dir().join(format!("lifeguard-{}.db", unique()));
    let options = Options { data: Some(file.clone()), ..Options::default() };
    let first = start(options.clone()).unwrap();

    let refused = start(options.clone()).unwrap_err();

    assert!(refused.contains(&format!("{} is in use", file.display())), "{refused}");
    let (is_serving, told) = serve(&file);
    assert!(!is_serving && told.contains("is in use by another process"), "{told}");
    drop(first);
    drop(start(options).unwrap());
    remove(&file);
}

/// Starts a process over a file: whether it serves, and what it says. It has ended then.
fn serve(file: &Path) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lifeguard-dev-server"))
        .args(["--port", "0", "--data", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // That it listens, or nothing at its end.
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let _ = child.kill();
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    (status.success() || !line.is_empty(), line + &String::from_utf8(stderr).unwrap())
}

fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}
