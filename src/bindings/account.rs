//! The account module: operations of a session and of an account.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::redirect;
use super::types::{self, Input, Output};
use super::{error, open, value};
use crate::browser::{Host, Page};
use crate::client::error::Error;
use crate::client::{Client, account, credentials, keeper, passkeys, signing, tasks};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::task;

/// The core: one pool, one app client.
#[wasm_bindgen]
pub struct Core {
    client: Client,
    host: Host,
}

#[wasm_bindgen]
impl Core {
    /// Makes the core for `{ userPoolId, clientId, endpoint?, timeoutMs?, identityPool?, keepsLegacy?,
    /// seen?, heldIn? }`.
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue, host: Host) -> Result<Core, JsValue> {
        let client = made(&Input::new(&value::from_js(&config)));
        let client = client.map_err(|misuse| value::to_js(&error::write(Error::Misuse(misuse))))?;
        Ok(Core { client, host })
    }

    /// Runs an operation of `js/core.ts`: data in, data out, an object with a `code` thrown.
    pub async fn call(
        &self,
        operation: String,
        input: JsValue,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let input = value::from_js(&input);
        let input = Input::new(&input);
        let timeout_ms = input.number("timeoutMs").map(|ms| ms as u32);
        let page = Page::new(&self.host, signal).with_timeout(timeout_ms);
        match run(&self.client, &operation, &input, &page).await {
            Ok(output) => Ok(value::to_js(&output)),
            Err(error) => Err(value::to_js(&error::write(error))),
        }
    }
}

fn made(config: &Input) -> Result<Client, Misuse> {
    let mut client = open(config)?;
    client.identity = types::identity_pool(config)?;
    client.keeps_legacy = config.is_true("keepsLegacy");
    if let Some(seen) = config.optional("seen") {
        let held_in = config.optional("heldIn").map(|_| config.store("heldIn"));
        client.assume(&seen, held_in);
    }
    Ok(client)
}

async fn run(
    client: &Client,
    operation: &str,
    input: &Input<'_>,
    page: &Page<'_>,
) -> Result<Value, Error> {
    Ok(match operation {
        "session" => match keeper::session_as(client, page, &types::wanted(input)).await? {
            Some(session) => session.output(),
            None => Value::Null,
        },
        "wake" => {
            let again = keeper::wake(client, page, &types::hint(input)).await;
            Value::object().with_some("againMs", again.map(f64::from))
        }
        "signOut" => {
            let reason = types::reason(input);
            keeper::sign_out(client, page, input.is_true("global"), reason).await.output()
        }
        "beginRedirect" => redirect::begin(client, page, input)?,
        "finishRedirect" => redirect::finish(client, page, input).await?,
        "signOutUrl" => redirect::sign_out_url(client, input)?,
        "settleLegacy" => {
            keeper::settle_legacy(client, page).await;
            Value::Null
        }
        "updateAttributes" => account::update_attributes(client, page, input.value()).await?,
        "deleteUser" => {
            account::delete_user(client, page).await?;
            Value::Null
        }
        "credentials" => {
            let forced = input.is_true("forceRefresh");
            credentials::credentials(client, page, forced).await?.output()
        }
        "sign" => signing::sign(client, page, &input.value()).await?,
        "registerPasskey" => {
            passkeys::register(client, page).await?;
            Value::Null
        }
        _ => {
            let task = task::find(operation).ok_or(Misuse("no such operation"))?;
            tasks::run(client, page, task, input.value(), &input.extras()).await?
        }
    })
}
