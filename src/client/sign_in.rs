//! Signing in: drives the conversation until the person is asked something, or is in.

use super::call::call;
use super::error::Error;
use super::{Client, devices, keeper};
use crate::platform::{Platform, Store};
use crate::protocol::challenge::{Answer, Challenge};
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Session};
use crate::protocol::sign_in::{self, Ending, Pending, Start, Step};

/// Where a sign-in has got to.
pub enum Outcome {
    /// The person is in, and the session is stored.
    SignedIn(Box<Session>),
    /// The pool asks something.
    Challenge(Box<Pending>),
}

/// Begins a sign-in. The session is kept in `store`.
///
/// # Errors
/// See [`Error`]; nothing is stored then.
pub async fn start(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    mut input: Start,
) -> Result<Outcome, Error> {
    input.device = devices::load(client, platform, &input.username).await;
    let spare = client.ephemeral(platform);
    let (call, conversation) = sign_in::start(input, &client.pool, spare)?;
    drive(client, platform, store, Step::Send(Box::new(call), Box::new(conversation))).await
}

/// Continues a sign-in with the person's answer.
///
/// # Errors
/// See [`Error`]; after a refused answer the same question may be answered again.
pub async fn answer(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    pending: Pending,
    answer: Option<Answer>,
) -> Result<Outcome, Error> {
    let device = devices::load(client, platform, pending.login()).await;
    let answer = match (answer, pending.challenge()) {
        (Some(answer), _) => answer,
        (None, Challenge::WebAuthn { options }) => {
            Answer::Credential(Secret::new(platform.passkey_get(&options).await?))
        }
        (None, _) => Answer::Responses(Vec::new()),
    };
    let spare = match &answer {
        Answer::Password(_) | Answer::Option(_, Some(_)) => client.ephemeral(platform),
        _ => super::fresh(platform),
    };
    let step = pending.answer(answer, device, &client.pool, spare)?;
    drive(client, platform, store, step).await
}

async fn drive(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    mut step: Step,
) -> Result<Outcome, Error> {
    loop {
        step = match step {
            Step::Ask(pending) => return Ok(Outcome::Challenge(pending)),
            Step::Done { tokens, login } => {
                let new_device = tokens.new_device.clone();
                let session = session::accept(*tokens, None, &client.pool, platform.now())?;
                keeper::put(client, platform, store, &session).await?;
                if let Some(names) = new_device {
                    devices::confirm(client, platform, &session, &login, &names).await;
                }
                return Ok(Outcome::SignedIn(Box::new(session)));
            }
            Step::Send(sent, conversation) => {
                match call(platform, &client.pool, client.timeout_ms, &sent).await {
                    Ok(reply) => conversation.reply(
                        &reply,
                        &client.pool,
                        platform.now() / 1000,
                        super::fresh(platform),
                    )?,
                    Err(Error::Refused(refusal)) => {
                        let login = String::from(conversation.login());
                        match conversation.refused(&refusal) {
                            Ending::Again(sent, conversation) => {
                                devices::forget_local(client, platform, &login).await;
                                Step::Send(sent, conversation)
                            }
                            Ending::Refused { device_is_gone, restart } => {
                                if device_is_gone {
                                    devices::forget_local(client, platform, &login).await;
                                }
                                return Err(match restart {
                                    Some(pending) => Error::Restart(refusal, pending),
                                    None => Error::Refused(refusal),
                                });
                            }
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
}
