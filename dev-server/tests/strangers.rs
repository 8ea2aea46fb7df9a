//! Who may not drive the server: pages of other sites, under whatever name they reach it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::{DEMO, PASSWORD, Reply, TestServer};
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv6Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const EVIL: &str = "https://evil.example";

/// All text of the sources: what the routers and the table of operations say.
fn sources() -> String {
    fn read(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    text
}

/// Every text that follows a mark, up to the next quote.
fn quoted(text: &str, mark: &str) -> Vec<String> {
    text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Every address of the server, with something in the place of its variables.
fn routes() -> Vec<String> {
    let routes = quoted(&sources(), ".route(\"");
    assert!(routes.len() > 20, "{routes:?}");
    let filled = |route: String| {
        route
            .replace("{pool}", "eu-west-1_LifeGuard")
            .replace("{pool_id}", "eu-west-1_LifeGuard")
            .replace("{document}", "jwks.json")
            .replace("{*path}", "public/x")
    };
    routes.into_iter().map(filled).collect()
}

fn is_turned_away(reply: &Reply) -> bool {
    let told = ["This server answers to", "Pages of this origin"];
    let is_refused = reply.status == 403 && told.iter().any(|text| reply.body.contains(text));
    assert!(!is_refused || reply.header("access-control-allow-origin").is_none(), "{reply:?}");
    is_refused
}

#[test]
fn no_route_answers_under_a_foreign_name() {
    let server = TestServer::start();
    for route in routes() {
        for method in ["GET", "POST", "OPTIONS"] {
            for name in ["evil.example", "localhost.evil.example:9320", "10.0.0.7", ""] {
                let reply = server.request(method, &route, &[("host", name)], "").unwrap();

                assert!(is_turned_away(&reply), "{method} {route} as {name:?}: {reply:?}");
            }
        }
        let whole = format!("http://evil.example{route}");
        let reply = server.request("GET", &whole, &[], "").unwrap();
        assert!(is_turned_away(&reply), "{whole}: {reply:?}");
    }
}

#[test]
fn every_name_of_this_machine_is_answered() {
    let server = TestServer::start();
    let port = server.port;
    for name in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "my-app.localhost"] {
        for host in [name.to_owned(), format!("{name}:{port}")] {
            let reply = server.request("GET", "/_dev/inbox", &[("host", &host)], "").unwrap();

            assert_eq!(reply.status, 200, "{host}");
        }
    }
}

#[test]
fn names_that_the_command_line_allows_are_answered() {
    let server = TestServer::with(&[
        "--allow-host",
        "pool.test",
        "--public-url",
        "https://login.example:8443/",
    ]);
    for (host, status) in [
        ("pool.test:9320", 200),
        ("login.example", 200),
        ("localhost", 200),
        ("other.test", 403),
        ("x.pool.test", 403),
    ] {
        let reply = server.request("GET", "/_dev/counters", &[("host", host)], "").unwrap();

        assert_eq!(reply.status, status, "{host}");
    }
    let own = [("origin", "https://login.example:8443")];
    assert_eq!(server.request("POST", "/_dev/reset", &own, "").unwrap().status, 200);
}

#[test]
fn page_of_another_site_reaches_no_route_of_the_developer() {
    let server = TestServer::start();
    for origin in [EVIL, "null", "https://localhost.evil.example", "file://"] {
        for route in routes() {
            for method in ["GET", "POST", "OPTIONS"] {
                let headers = [("origin", origin), ("content-type", "text/plain")];
                let reply = server.request(method, &route, &headers, "{}").unwrap();

                let is_guarded = route.starts_with("/_dev");
                assert_eq!(is_turned_away(&reply), is_guarded, "{method} {route}: {reply:?}");
            }
        }
    }
    let body = r#"{"urls":["https://evil.example/"]}"#;
    let headers = [("origin", EVIL), ("content-type", "text/plain")];
    let reply = server.request("POST", "/_dev/app-urls", &headers, body).unwrap();
    assert!(is_turned_away(&reply));
}

#[test]
fn request_of_two_origins_or_two_hosts_reaches_no_route() {
    let server = TestServer::start();
    let own = "http://localhost:5173";
    for route in routes() {
        for method in ["GET", "POST", "OPTIONS"] {
            for pair in [[own, EVIL], [EVIL, own], [own, own]] {
                let reply =
                    server.request(method, &route, &pair.map(|origin| ("origin", origin)), "{}");
                let reply = reply.unwrap();

                assert!(is_turned_away(&reply), "{method} {route} from {pair:?}: {reply:?}");
            }
            for pair in [["localhost", "evil.example"], ["localhost", "localhost"]] {
                let reply = server.request(method, &route, &pair.map(|name| ("host", name)), "{}");
                let reply = reply.unwrap();

                assert!(is_turned_away(&reply), "{method} {route} as {pair:?}: {reply:?}");
            }
        }
    }
}

#[test]
fn page_of_another_site_signs_no_operation() {
    let server = TestServer::start();
    let sources = sources();
    let signed =
        [quoted(&sources, "\n    signed(\""), quoted(&sources, "\n    signed_later(\"")].concat();
    assert!(signed.len() > 45, "{signed:?}");
    for operation in signed {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let send = |origin: &str| {
            let headers = [("x-amz-target", target.as_str()), ("origin", origin)];
            server.request("POST", "/", &headers, "{}").unwrap()
        };

        assert!(is_turned_away(&send(EVIL)), "{operation}");
        let unsigned = send("http://localhost:5173").refusal().0;
        assert_eq!(unsigned, "MissingAuthenticationTokenException", "{operation}");
    }
}

#[test]
fn open_operations_and_endpoints_answer_any_page_as_the_service_does() {
    let server = TestServer::start();
    let body = json!({
        "ClientId": DEMO,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
    });
    let target = "AWSCognitoIdentityProviderService.InitiateAuth";
    let headers = [("origin", EVIL), ("x-amz-target", target)];
    let sign_in = server.request("POST", "/", &headers, &body.to_string()).unwrap();
    let jwks = "/eu-west-1_LifeGuard/.well-known/jwks.json";
    let keys = server.request("GET", jwks, &[("origin", EVIL)], "").unwrap();
    let form = [("origin", EVIL), ("content-type", "application/x-www-form-urlencoded")];
    let token = server.request("POST", "/oauth2/token", &form, "grant_type=none").unwrap();

    assert_eq!((sign_in.status, keys.status), (200, 200));
    for reply in [sign_in, keys, token] {
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    }
}

#[test]
fn page_of_this_machine_or_of_an_app_may_read_what_the_developer_may() {
    let server = TestServer::with(&["--app-url", "https://app.test/callback"]);
    for origin in ["http://localhost:4200", "http://127.0.0.1:1", "https://app.test"] {
        let reply = server.request("GET", "/_dev/inbox", &[("origin", origin)], "").unwrap();

        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("access-control-allow-origin"), Some(origin));
        assert_eq!(reply.header("vary"), Some("origin"));
    }
    server.post("/_dev/app-urls", json!({ "urls": ["https://other.test/"] }));
    let known = [("origin", "https://other.test")];
    assert_eq!(server.request("GET", "/_dev/inbox", &known, "").unwrap().status, 200);
    let forgotten = [("origin", "https://app.test")];
    assert_eq!(server.request("GET", "/_dev/inbox", &forgotten, "").unwrap().status, 403);
}

#[test]
fn no_cookie_has_a_frameworks_name() {
    let server = TestServer::start();
    server.post("/_dev/app-urls", json!({ "urls": ["http://localhost:5000/"] }));
    let query = format!(
        "client_id={DEMO}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2F&scope=openid\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );

    let reply = server.request("GET", &format!("/login?{query}"), &[], "").unwrap();

    assert_eq!(reply.status, 200);
    let cookies: Vec<_> = reply.headers.iter().filter(|(name, _)| name == "set-cookie").collect();
    assert_eq!(cookies.len(), 1);
    assert!(cookies[0].1.starts_with("lifeguard-form="), "{cookies:?}");
}

#[test]
fn both_addresses_of_localhost_are_listened_on() {
    // A machine without IPv6 has one.
    if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return;
    }
    let server = TestServer::start();
    let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, server.port)).unwrap();
    let request = "GET /_dev/counters HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();

    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

#[cfg(unix)]
#[test]
fn request_under_way_is_answered_before_the_server_ends() {
    let mut server = TestServer::start();
    let fault = json!([{ "operation": "GetUser", "kind": "delay", "ms": 600 }]);
    server.post("/_dev/faults", fault);
    let pid = server.child.id().to_string();

    let reply = std::thread::scope(|scope| {
        let call = scope.spawn(|| server.try_call("GetUser", json!({ "AccessToken": "x" })));
        std::thread::sleep(Duration::from_millis(200));
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        call.join().unwrap()
    });

    assert_eq!(reply.expect("the connection closed").refusal().0, "NotAuthorizedException");
    assert!(server.child.wait().unwrap().success());
}
