//! Why a call did not do what it was called for.

use super::sign_in::Question;
use crate::host::{PasskeyError, Run, SendError, Suspended};
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::json::Value;
use crate::protocol::refusal::Refusal;

/// Every way in which a call can end without its result.
#[derive(Clone)]
pub enum Error {
    /// The caller's code asked for something that cannot be.
    Misuse(Misuse),
    /// The server broke the protocol.
    Violation(Violation),
    /// The service refused.
    Refused(Box<Refusal>),
    /// The service refused a sign-in that can continue from this challenge.
    Restart(Box<Refusal>, Box<Question>),
    /// There is no reply.
    Send(SendError),
    /// The store did not take the session.
    Store,
    /// There is no passkey.
    Passkey(PasskeyError),
    /// Nobody is signed in.
    SignedOut,
    /// A refresh failed before, and its token is not to be retried yet: the failure as data.
    Cooling(Value),
}

/// Why a function ended early: it suspends, or it failed.
pub enum Stop {
    /// An effect is missing.
    Suspended(Suspended),
    /// An error for the caller.
    Failed(Error),
}

/// The result of a function that may suspend or fail. Leave by `?`, or tolerate the failure by
/// [`settle`]: a suspension cannot be taken for a failure.
pub type Attempt<T> = Result<T, Stop>;

/// A result whose failure can be looked at: only the suspension is left to `?`.
///
/// # Errors
/// The suspension.
pub fn settle<T>(attempt: Attempt<T>) -> Run<Result<T, Error>> {
    match attempt {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Failed(error)) => Ok(Err(error)),
        Err(Stop::Suspended(suspended)) => Err(suspended),
    }
}

impl From<Suspended> for Stop {
    fn from(suspended: Suspended) -> Self {
        Self::Suspended(suspended)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Misuse> for Stop {
    fn from(misuse: Misuse) -> Self {
        Self::Failed(Error::Misuse(misuse))
    }
}

impl From<Violation> for Stop {
    fn from(violation: Violation) -> Self {
        Self::Failed(Error::Violation(violation))
    }
}

impl From<SendError> for Stop {
    fn from(error: SendError) -> Self {
        Self::Failed(Error::Send(error))
    }
}

impl From<PasskeyError> for Stop {
    fn from(error: PasskeyError) -> Self {
        Self::Failed(Error::Passkey(error))
    }
}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}
