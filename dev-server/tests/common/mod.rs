//! Starts the real server on a free port and speaks raw HTTP to it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub
)]

pub mod browser;
pub mod srp;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

pub const PASSWORD: &str = "Correct-Horse-9!";
pub const DEMO: &str = "lifeguarddemoclient0000001";

/// A server of one test, stopped at its end.
pub struct TestServer {
    pub child: Child,
    pub port: u16,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A reply, headers in lower case.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The exception's name and message.
    pub fn refusal(&self) -> (String, String) {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        assert_ne!(self.status, 200, "not refused: {}", self.body);
        let header = self.header("x-amzn-errortype").unwrap();
        assert_eq!(header, format!("{}:", text("__type")));
        (text("__type"), text("message"))
    }
}

impl TestServer {
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn with(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lifeguard-dev-server"))
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Self { child, port: port.unwrap_or_else(|| panic!("did not start: {line}")) }
    }

    pub fn with_config(toml: &str) -> Self {
        let file = std::env::temp_dir().join(format!("lifeguard-{}.toml", unique()));
        std::fs::write(&file, toml).unwrap();
        let server = Self::with(&["--config", file.to_str().unwrap()]);
        std::fs::remove_file(&file).unwrap();
        server
    }

    pub fn with_data(file: &Path) -> Self {
        Self::with(&["--data", file.to_str().unwrap()])
    }

    /// One request; nothing when the connection closed without a reply.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Reply> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        if headers.iter().all(|(name, _)| *name != "host") {
            text.push_str("host: localhost\r\n");
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()));
        stream.write_all(text.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        read_reply(&String::from_utf8(bytes).unwrap())
    }

    /// One operation.
    pub fn call(&self, operation: &str, input: Value) -> Reply {
        self.try_call(operation, input).expect("the connection closed without a reply")
    }

    pub fn try_call(&self, operation: &str, input: Value) -> Option<Reply> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers =
            [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
        self.request("POST", "/", &headers, &input.to_string())
    }

    /// One operation that must succeed.
    pub fn ok(&self, operation: &str, input: Value) -> Value {
        let reply = self.call(operation, input);
        assert_eq!(reply.status, 200, "{operation}: {}", reply.body);
        reply.json()
    }

    /// One operation that must be refused: the exception's name and message.
    pub fn refused(&self, operation: &str, input: Value) -> (String, String) {
        self.call(operation, input).refusal()
    }

    pub fn get(&self, path: &str) -> Value {
        let reply = self.request("GET", path, &[], "").unwrap();
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.json()
    }

    pub fn post(&self, path: &str, body: Value) -> Value {
        let reply = self.request("POST", path, &[], &body.to_string()).unwrap();
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.json()
    }

    /// Moves the server's clock to so many seconds ahead.
    pub fn advance(&self, seconds: i64) {
        self.post("/_dev/clock", json!({ "offsetSeconds": seconds }));
    }

    /// The newest code sent to an address.
    pub fn code(&self, to: &str) -> String {
        let letters = self.get(&format!("/_dev/inbox?to={}", to.replace('+', "%2B")));
        letters[0]["code"].as_str().unwrap_or_else(|| panic!("no letter to {to}")).to_owned()
    }

    pub fn initiate(&self, client: &str, flow: &str, parameters: Value) -> Reply {
        let input = json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters });
        self.call("InitiateAuth", input)
    }

    pub fn answer(
        &self,
        client: &str,
        challenge: &str,
        session: &Value,
        responses: Value,
    ) -> Reply {
        let mut input = json!({
            "ClientId": client,
            "ChallengeName": challenge,
            "ChallengeResponses": responses,
        });
        if session.is_string() {
            input["Session"] = session.clone();
        }
        self.call("RespondToAuthChallenge", input)
    }

    /// Signs in by SRP as far as the reply after `PASSWORD_VERIFIER`.
    pub fn srp(&self, client: &str, pool: &str, username: &str, password: &str) -> Reply {
        self.srp_with(client, pool, username, password, json!({}))
    }

    /// The same with further parameters, `DEVICE_KEY` for instance, in both calls.
    pub fn srp_with(
        &self,
        client: &str,
        pool: &str,
        username: &str,
        password: &str,
        further: Value,
    ) -> Reply {
        let exchange = srp::Client::start();
        let parameters =
            merged(json!({ "USERNAME": username, "SRP_A": exchange.a_public() }), &further);
        let reply = self.initiate(client, "USER_SRP_AUTH", parameters);
        if reply.status != 200 {
            return reply;
        }
        let challenge = reply.json();
        assert_eq!(challenge["ChallengeName"], "PASSWORD_VERIFIER");
        assert!(challenge.get("Session").is_none());
        let responses = exchange.answer(
            pool.split_once('_').unwrap().1,
            password,
            &challenge["ChallengeParameters"],
            now(),
        );
        self.answer(client, "PASSWORD_VERIFIER", &Value::Null, merged(responses, &further))
    }

    /// Signs in by password and gives the `AuthenticationResult`.
    pub fn sign_in(&self, client: &str, username: &str, password: &str) -> Value {
        let parameters = json!({ "USERNAME": username, "PASSWORD": password });
        let reply = self.initiate(client, "USER_PASSWORD_AUTH", parameters);
        assert_eq!(reply.status, 200, "{}", reply.body);
        let result = reply.json()["AuthenticationResult"].take();
        assert!(result.is_object(), "{}", reply.body);
        result
    }
}

pub fn merged(mut object: Value, further: &Value) -> Value {
    for (name, value) in further.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

/// The claims of a token, not verified.
pub fn claims(token: &Value) -> Value {
    use base64::Engine;
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Seconds since the epoch by the machine's clock.
pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// RFC 6238 with SHA-1, six digits, thirty seconds.
pub fn totp(secret: &str, seconds: i64) -> String {
    let mut bits = String::new();
    for letter in secret.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(seconds / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Every header that a reply may carry. One that is not here says something of the server that nobody meant to say.
const HEADERS: &[&str] = &[
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "allow",
    "cache-control",
    "connection",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "location",
    "pragma",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "vary",
    "www-authenticate",
    "x-amzn-errormessage",
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-content-type-options",
    "x-frame-options",
];

/// A text no other test has.
pub fn unique() -> String {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_reply(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    for (name, _) in &headers {
        assert!(HEADERS.contains(&name.as_str()), "the header {name} is on no list");
    }
    Some(Reply { status, headers, body: body.to_owned() })
}
