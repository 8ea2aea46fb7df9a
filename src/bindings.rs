//! What JavaScript sees: one class with one method, so that the glue stays small. Translates; makes
//! no decision about a sign-in.

mod error;
mod types;
mod value;

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::browser::{Host, Page};
use crate::client::error::Error;
use crate::client::{
    Client, account, credentials, keeper, passkeys, resume, sign_in, signing, tasks,
};
use crate::platform::Platform;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::task;
use types::{Answered, Input, Output};

/// The core: one pool, one app client.
#[wasm_bindgen]
pub struct Core {
    client: Client,
    host: Host,
}

#[wasm_bindgen]
impl Core {
    /// Makes the core for `{ userPoolId, clientId, endpoint?, timeoutMs?, resumeMs?, seen? }`.
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
        client.keeps_legacy = config.is_true("keepsLegacy");
        client.resume_ms = config.number("resumeMs").map(|ms| ms as u64);
        client.identity = types::identity_pool(&config)
            .map_err(|misuse| value::to_js(&error::write(Error::Misuse(misuse))))?;
        if let Some(seen) = config.optional("seen") {
            client.assume(&seen);
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
        let client = &self.client;
        let pool = &client.pool;
        Ok(match operation {
            "prepare" => {
                client.prepare(page).await;
                Value::Null
            }
            "signIn" => {
                let start = types::start(input, |username| {
                    page.context_data(username, pool.id(), pool.client_id())
                })?;
                sign_in::start(client, page, input.store(), start).await?.output()
            }
            "answer" => {
                let Answered { question, answer, mediation } = types::answer(input)?;
                sign_in::answer(client, page, question, answer, mediation.as_deref())
                    .await?
                    .output()
            }
            "pendingSignIns" => resume::all(client, page).await.output(),
            "cancelSignIn" => {
                resume::forget(client, page, &input.text("id")?).await;
                Value::Null
            }
            "registerPasskey" => {
                passkeys::register(client, page).await?;
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
            "session" => match keeper::session_as(client, page, &types::wanted(input)).await? {
                Some(session) => session.output(),
                None => Value::Null,
            },
            "wake" => {
                let again = keeper::wake(client, page, &types::hint(input)).await;
                Value::object().with_some("againMs", again.map(f64::from))
            }
            "signOut" => keeper::sign_out(client, page, input.is_true("global")).await.output(),
            "srpVector" => types::srp_vector(input)?,
            _ => {
                let task = task::find(operation).ok_or(Misuse("no such operation"))?;
                tasks::run(client, page, task, input.value(), &input.extras()).await?
            }
        })
    }
}

const DEFAULT_TIMEOUT_MS: u32 = 15_000;
