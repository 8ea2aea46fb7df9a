//! Why a call did not do what it was asked.

use super::sign_in::Question;
use crate::platform::{PasskeyError, SendError};
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::refusal::Refusal;

/// Every way in which a call can end without its result.
#[derive(Clone)]
pub enum Error {
    /// The caller's code asked for something that cannot be.
    Misuse(Misuse),
    /// The server broke the protocol.
    Violation(Violation),
    /// The service said no.
    Refused(Box<Refusal>),
    /// The service said no to a sign-in that can go on from this question.
    Restart(Box<Refusal>, Box<Question>),
    /// There is no reply.
    Send(SendError),
    /// The store did not take the session.
    Store,
    /// There is no passkey.
    Passkey(PasskeyError),
    /// Nobody is signed in.
    SignedOut,
}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        Self::Send(error)
    }
}

impl From<PasskeyError> for Error {
    fn from(error: PasskeyError) -> Self {
        Self::Passkey(error)
    }
}
