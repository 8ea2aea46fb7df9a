//! The local pool that `npm test -- wasm` starts, and its control operations.

#![allow(
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "a test may fail, and needs not all of it"
)]

use gloo_net::http::Request;
use lifeguard::protocol::json::Value;
use lifeguard_web::{Auth, AuthOptions, Persistence};

/// Where it is. Named at compile time: a page has no environment.
pub(crate) fn url() -> &'static str {
    match option_env!("LIFEGUARD_POOL") {
        Some(url) => url,
        None => panic!("LIFEGUARD_POOL names a local pool: npm test -- wasm sets it"),
    }
}

/// Pools of `dev-server/default.toml`.
pub(crate) const PLAIN: (&str, &str) = ("eu-west-1_LifeGuard", "lifeguarddemoclient0000001");
pub(crate) const FACTORS: (&str, &str) = ("eu-west-1_LifeGuardMfa", "lifeguardmfaclient00000001");

/// The password of every user there.
pub(crate) const PASSWORD: &str = "Correct-Horse-9!";

pub(crate) fn options((pool, client): (&str, &str)) -> AuthOptions {
    AuthOptions { endpoint: Some(url().into()), ..AuthOptions::new(pool, client) }
}

/// An `Auth` whose session ends with it.
pub(crate) fn auth(of: (&str, &str)) -> Auth {
    Auth::new(AuthOptions { persistence: Persistence::Memory, ..options(of) }).expect("options")
}

/// The newest code that was sent to somebody, once it is there.
pub(crate) async fn code(to: &str) -> String {
    let address = [url(), "/_dev/inbox?wait=10&to=", &to.replace('+', "%2B")].concat();
    let text = Request::get(&address).send().await.expect("an inbox").text().await;
    let letters = Value::parse(&text.expect("letters")).expect("JSON");
    let letter = letters.items().first().expect("a letter");
    letter.string("code").expect("a code")
}
