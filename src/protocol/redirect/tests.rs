//! What the redirect flow promises, rule by rule. Numbers in names of tests are avoided: SECURITY.md
//! says which test stands for which rule.

#[cfg(not(target_arch = "wasm32"))]
mod address;
mod begin;
mod id_token;
#[cfg(not(target_arch = "wasm32"))]
mod response;
mod token;

use super::flow::ENTROPY;
use super::{Flow, Request, Settings, query};
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;

const NOW: u64 = 1_780_000_000_000;
const PAGE: &str = "https://app.example/";

fn pool() -> Pool {
    Pool::parse("eu-west-1_Ab12", "client1", None).unwrap()
}

fn settings() -> Settings {
    let options = r#"{
        "domain": "login.example", "popupUri": "https://app.example/bridge.html",
        "redirectUris": ["https://app.example/", "https://app.example/back"],
        "logoutUris": ["https://app.example/", "https://www.example/bye"],
        "scopes": ["openid", "email"]
    }"#;
    Settings::read(&Value::parse(options).unwrap()).ok().unwrap()
}

/// Parameters of a request.
type Sent = Vec<(String, String)>;

fn begin(request: Request) -> Result<(Flow, Sent), &'static str> {
    begin_with(request, &[7; ENTROPY])
}

fn begin_with(request: Request, entropy: &[u8; ENTROPY]) -> Result<(Flow, Sent), &'static str> {
    let (flow, query) =
        request.begin(&settings(), &pool(), PAGE, entropy, NOW).map_err(|misuse| misuse.0)?;
    Ok((flow, query::parse(&query).unwrap()))
}

fn flow() -> Flow {
    begin(Request::default()).ok().unwrap().0
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut all = pairs.iter().filter(|(known, _)| known == name);
    let found = all.next().map(|(_, value)| value.as_str());
    assert!(all.next().is_none(), "{name} stands there twice");
    found
}
