//! Signing in: drives the conversation until the user is challenged, or signed in.

use super::call::{Reply, dated};
use super::error::{Attempt, Error, settle};
use super::session::Stored;
use super::{Client, Remembered, devices, fresh, passkeys, session};
use crate::host::{Host, Store};
use crate::protocol::challenge::{self, Answer, Challenge};
use crate::protocol::date;
use crate::protocol::secret::Secret;
use crate::protocol::session::accept;
use crate::protocol::sign_in::{self, Pending, Start, Step, Then};
use crate::protocol::srp::{Ephemeral, Spare};
use crate::protocol::text;
use crate::protocol::wire::factors;

/// How far a sign-in has come.
pub enum Outcome {
    /// The user is signed in, and the session is stored.
    SignedIn {
        /// The session.
        stored: Box<Stored>,
        /// This browser's device key, where the pool wants to know whether to remember it.
        unconfirmed_device: Option<String>,
    },
    /// The pool sent a challenge.
    Challenge(Box<Question>),
}

/// A challenge, and what it is known by in this page.
#[derive(Clone)]
pub struct Question {
    /// Handle; no secret.
    pub id: String,
    /// The challenge.
    pub pending: Pending,
    /// Where the session will be stored.
    pub store: Store,
}

/// Begins a sign-in. The session will be stored in `store`.
///
/// # Errors
/// See [`Error`]; nothing is stored then.
pub fn start(
    client: &Client,
    host: &impl Host,
    store: Store,
    mut input: Start,
) -> Attempt<Outcome> {
    input.device = devices::load(client, host, &input.username)?;
    let arithmetic = Remembered(host);
    let spare = Spare { ephemeral: client.ephemeral(host), arithmetic: &arithmetic };
    let step = Step::Send(Box::new(sign_in::start(input, &client.pool, spare)?));
    drive(client, host, store, None, step)
}

/// Continues a sign-in with the user's answer; for a passkey without one, runs the ceremony.
///
/// # Errors
/// See [`Error`]; after a refused answer the same challenge may be answered again.
pub fn answer(
    client: &Client,
    host: &impl Host,
    question: Question,
    answer: Option<Answer>,
    mediation: Option<&str>,
) -> Attempt<Outcome> {
    let Question { id, pending, store } = question;
    let device = match devices::load(client, host, pending.login())? {
        None => devices::load(client, host, pending.username())?,
        found => found,
    };
    let answer = match (answer, pending.challenge()) {
        (Some(answer), _) => answer,
        (None, Challenge::WebAuthn) => {
            let options = challenge::passkey_options(pending.parameters());
            let credential = passkeys::assertion(host, options, mediation)?;
            Answer::Credential(Secret::new(credential))
        }
        (None, _) => Answer::Responses(Vec::new()),
    };
    let has_password = matches!(
        answer,
        Answer::Password(_) | Answer::Option(_, Some(_)) | Answer::Restart(Some(_))
    );
    let ephemeral = if has_password { client.ephemeral(host) } else { fresh(host) };
    let step = pending.answer(answer, device, &client.pool, spare(ephemeral, &Remembered(host)))?;
    drive(client, host, store, Some(&id), step)
}

fn spare<'a>(ephemeral: Ephemeral, arithmetic: &'a Remembered<'_, impl Host>) -> Spare<'a> {
    Spare { ephemeral, arithmetic }
}

/// Gives a challenge its handle.
fn question(host: &impl Host, pending: Pending, store: Store, id: Option<&str>) -> Box<Question> {
    let id = id.map_or_else(
        || {
            let mut bytes = [0; 12];
            host.fill_random(&mut bytes);
            text::hex(&bytes)
        },
        String::from,
    );
    Box::new(Question { id, pending, store })
}

fn drive(
    client: &Client,
    host: &impl Host,
    store: Store,
    answered: Option<&str>,
    mut step: Step,
) -> Attempt<Outcome> {
    let arithmetic = Remembered(host);
    loop {
        step = match step {
            Step::Ask(pending) => {
                return Ok(Outcome::Challenge(question(host, *pending, store, None)));
            }
            Step::WrongCode(pending) => {
                let question = question(host, *pending, store, answered);
                return Err(Error::Restart(Box::new(factors::wrong_code()), question).into());
            }
            Step::Done { tokens, login, device_key } => {
                let new_device = tokens.new_device.clone();
                let mut session = accept(*tokens, None, &client.pool, host.now())?;
                // Refreshes must name the device, confirmed or not.
                session.device_key = session.device_key.or(device_key);
                let stored = session::put(client, host, store, session)?;
                let unconfirmed_device = match new_device {
                    Some(names) => {
                        devices::confirm(client, host, &stored.record.session, &login, &names)?
                    }
                    None => None,
                };
                return Ok(Outcome::SignedIn { stored: Box::new(stored), unconfirmed_device });
            }
            Step::Send(conversation) => {
                let reply = dated(host, &client.pool, client.timeout_ms, conversation.call());
                match settle(reply)? {
                    Ok(Reply { body: reply, date }) => {
                        let mut conversation = conversation;
                        if let Some(name) = conversation.device_wanted(&reply)
                            && let Some(device) = devices::load(client, host, &name)?
                        {
                            *conversation = conversation.with_device(device);
                        }
                        // A proof of the wrong time is refused: a device whose clock is off uses the
                        // service's time.
                        let seconds = date::agreed(host.now() / 1000, date);
                        let spare = spare(fresh(host), &arithmetic);
                        conversation.reply(&reply, &client.pool, seconds, spare)?
                    }
                    Err(Error::Refused(refusal)) => {
                        let names = conversation.names();
                        let spare = spare(fresh(host), &arithmetic);
                        let ending = conversation.refused(&refusal, &client.pool, spare);
                        if ending.device_is_gone {
                            for name in [&names.0, &names.1] {
                                devices::forget_local(client, host, name)?;
                            }
                        }
                        match ending.then {
                            Then::Again(conversation) => Step::Send(conversation),
                            Then::Restart(pending) => {
                                let question = question(host, *pending, store, None);
                                return Err(Error::Restart(refusal, question).into());
                            }
                            Then::Over => return Err(Error::Refused(refusal).into()),
                        }
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}
