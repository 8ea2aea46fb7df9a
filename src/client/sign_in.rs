//! Signing in: drives the conversation until the person is asked something, or is in.

use maybe_async::maybe_async;

use super::call::{Reply, dated};
use super::error::Error;
use super::{Client, devices, keeper, passkeys};
use crate::platform::{Platform, Store};
use crate::protocol::challenge::{self, Answer, Challenge};
use crate::protocol::date;
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Session};
use crate::protocol::sign_in::{self, Pending, Start, Step, Then};
use crate::protocol::text;
use crate::protocol::wire::factors;

/// Where a sign-in has got to.
pub enum Outcome {
    /// The person is in, and the session is stored.
    SignedIn {
        /// The session.
        session: Box<Session>,
        /// This browser's device key, where the pool wants to know whether to remember it.
        unconfirmed_device: Option<String>,
    },
    /// The pool asks something.
    Challenge(Box<Question>),
}

/// A question, and what it is known by in this page.
#[derive(Clone)]
pub struct Question {
    /// Handle; no secret.
    pub id: String,
    /// The question.
    pub pending: Pending,
    /// Where the session will go.
    pub store: Store,
}

/// Begins a sign-in. The session is kept in `store`.
///
/// # Errors
/// See [`Error`]; nothing is stored then.
#[maybe_async]
pub async fn start(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    mut input: Start,
) -> Result<Outcome, Error> {
    // Before anything is asked: what a run draws after a question it does not know again, and would
    // do its arithmetic twice.
    let spare = client.ephemeral(platform);
    input.device = devices::load(client, platform, &input.username).await;
    let step = Step::Send(Box::new(sign_in::start(input, &client.pool, spare)?));
    drive(client, platform, store, None, step).await
}

/// Continues a sign-in with the person's answer; for a passkey without one, runs the ceremony.
///
/// # Errors
/// See [`Error`]; after a refused answer the same question may be answered again.
#[maybe_async]
pub async fn answer(
    client: &Client,
    platform: &impl Platform,
    asked: Question,
    answer: Option<Answer>,
    mediation: Option<&str>,
) -> Result<Outcome, Error> {
    let Question { id, pending, store } = asked;
    // As in `start`.
    let spare = match &answer {
        Some(Answer::Password(_) | Answer::Option(_, Some(_)) | Answer::Restart(Some(_))) => {
            client.ephemeral(platform)
        }
        _ => super::fresh(platform),
    };
    let device = match devices::load(client, platform, pending.login()).await {
        None => devices::load(client, platform, pending.username()).await,
        found => found,
    };
    let answer = match (answer, pending.challenge()) {
        (Some(answer), _) => answer,
        (None, Challenge::WebAuthn) => {
            let options = challenge::passkey_options(pending.parameters());
            let credential = passkeys::assertion(platform, options, mediation).await?;
            Answer::Credential(Secret::new(credential))
        }
        (None, _) => Answer::Responses(Vec::new()),
    };
    let step = pending.answer(answer, device, &client.pool, spare)?;
    drive(client, platform, store, Some(&id), step).await
}

/// Gives a question its handle.
fn question(
    platform: &impl Platform,
    pending: Pending,
    store: Store,
    id: Option<&str>,
) -> Question {
    let id = id.map_or_else(
        || {
            let mut bytes = [0; 12];
            platform.fill_random(&mut bytes);
            text::hex(&bytes)
        },
        String::from,
    );
    Question { id, pending, store }
}

#[maybe_async]
async fn drive(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    asked: Option<&str>,
    mut step: Step,
) -> Result<Outcome, Error> {
    loop {
        step = match step {
            Step::Ask(pending) => {
                let question = question(platform, *pending, store, None);
                return Ok(Outcome::Challenge(Box::new(question)));
            }
            Step::WrongCode(pending) => {
                let question = question(platform, *pending, store, asked);
                return Err(Error::Restart(Box::new(factors::wrong_code()), Box::new(question)));
            }
            Step::Done { tokens, login, device_key } => {
                let new_device = tokens.new_device.clone();
                let mut session = session::accept(*tokens, None, &client.pool, platform.now())?;
                // Refreshes must name the device, confirmed or not.
                session.device_key = session.device_key.or(device_key);
                keeper::put(client, platform, store, &session).await?;
                let unconfirmed_device = match new_device {
                    Some(names) => {
                        devices::confirm(client, platform, &session, &login, &names).await
                    }
                    None => None,
                };
                let session = Box::new(session);
                return Ok(Outcome::SignedIn { session, unconfirmed_device });
            }
            Step::Send(conversation) => {
                match dated(platform, &client.pool, client.timeout_ms, conversation.call()).await {
                    Ok(Reply { body: reply, date }) => {
                        let mut conversation = conversation;
                        let spare = super::fresh(platform);
                        if let Some(name) = conversation.device_wanted(&reply)
                            && let Some(device) = devices::load(client, platform, &name).await
                        {
                            *conversation = conversation.with_device(device);
                        }
                        // A proof of the wrong time is refused: a device whose clock is off goes by
                        // the service's.
                        let seconds = date::agreed(platform.now() / 1000, date);
                        conversation.reply(&reply, &client.pool, seconds, spare)?
                    }
                    Err(Error::Refused(refusal)) => {
                        let names = conversation.names();
                        let spare = super::fresh(platform);
                        let ending = conversation.refused(&refusal, &client.pool, spare);
                        if ending.device_is_gone {
                            for name in [&names.0, &names.1] {
                                devices::forget_local(client, platform, name).await;
                            }
                        }
                        match ending.then {
                            Then::Again(conversation) => Step::Send(conversation),
                            Then::Restart(pending) => {
                                let question = question(platform, *pending, store, None);
                                return Err(Error::Restart(refusal, Box::new(question)));
                            }
                            Then::Over => return Err(Error::Refused(refusal)),
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
}
