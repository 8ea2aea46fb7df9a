//! What JavaScript sees: one class with one method, so that the glue stays small. Translates; makes
//! no decision about a sign-in. Each of the package's two modules knows the operations of its
//! feature: `js/core.ts` has the list.

#[cfg(feature = "account")]
mod account;
mod error;
#[cfg(feature = "sign-in")]
mod sign_in;
mod types;
mod value;

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::browser::{Host, Page};
use crate::client::Client;
use crate::client::error::Error;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use types::Input;

/// The core: one pool, one app client.
#[wasm_bindgen]
pub struct Core {
    client: Client,
    host: Host,
}

#[wasm_bindgen]
impl Core {
    /// Makes the core for `{ userPoolId, clientId, endpoint?, timeoutMs?, resumeMs?, keepsLegacy?,
    /// seen?, heldIn? }`.
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue, host: Host) -> Result<Core, JsValue> {
        let config = Input::new(value::from_js(&config));
        if config.is_true("clientSecret") {
            let misuse = Error::Misuse(Misuse(
                "a browser cannot keep a client secret: use an app client that has none",
            ));
            return Err(value::to_js(&error::write(misuse)));
        }
        let pool = config
            .text("userPoolId")
            .and_then(|id| {
                Pool::parse(&id, &config.text("clientId")?, config.optional("endpoint").as_deref())
            })
            .map_err(|misuse| value::to_js(&error::write(Error::Misuse(misuse))))?;
        let timeout_ms = config.number("timeoutMs").map_or(DEFAULT_TIMEOUT_MS, |ms| ms as u32);
        let mut client = Client::new(pool, timeout_ms);
        client.resume_ms = config.number("resumeMs").map(|ms| ms as u64);
        #[cfg(feature = "account")]
        {
            client.identity = types::identity_pool(&config)
                .map_err(|misuse| value::to_js(&error::write(Error::Misuse(misuse))))?;
            client.keeps_legacy = config.is_true("keepsLegacy");
            if let Some(seen) = config.optional("seen") {
                let held_in = config.optional("heldIn").map(|_| config.store("heldIn"));
                client.assume(&seen, held_in);
            }
        }
        Ok(Core { client, host })
    }

    /// Runs an operation of `js/core.ts`: data in, data out, an object with a `code` thrown.
    pub async fn call(
        &self,
        operation: String,
        input: JsValue,
        signal: Option<AbortSignal>,
    ) -> Result<JsValue, JsValue> {
        let input = Input::new(value::from_js(&input));
        let timeout_ms = input.number("timeoutMs").map(|ms| ms as u32);
        let page = Page::new(&self.host, signal).with_timeout(timeout_ms);
        match self.run(&operation, &input, &page).await {
            Ok(output) => Ok(value::to_js(&output)),
            Err(error) => Err(value::to_js(&error::write(error))),
        }
    }
}

impl Core {
    async fn run(&self, operation: &str, input: &Input, page: &Page<'_>) -> Result<Value, Error> {
        #[cfg(feature = "sign-in")]
        if let Some(output) = sign_in::run(&self.client, operation, input, page).await? {
            return Ok(output);
        }
        #[cfg(feature = "account")]
        if let Some(output) = account::run(&self.client, operation, input, page).await? {
            return Ok(output);
        }
        Err(Error::Misuse(Misuse("no such operation")))
    }
}

const DEFAULT_TIMEOUT_MS: u32 = 15_000;
