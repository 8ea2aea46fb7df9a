//! What a judge says of an answer. Which of them comes to what next is not its business: `step` alone decides that.

use crate::store::{Flow, User};
use serde_json::Value;

/// The outcome of one answer.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The person knows the password; their state may still stand in the way.
    Password(User, Flow),
    /// It is as clear who somebody is as the last answer could make it.
    Proved(User, Flow),
    /// A first factor was chosen in choice-based sign-in; its proof may be among the parameters.
    Chosen { user: Option<User>, typed: String, flow: Flow, choice: String, parameters: Value },
    /// A code is to be sent and asked for.
    Code { user: User, flow: Flow, code: Asking },
    /// A second factor was chosen.
    Second { user: User, flow: Flow, factor: &'static str },
    /// The triggers of custom authentication are to be asked what comes next.
    Custom { user: Option<User>, typed: String, flow: Flow, a_public: Option<String> },
    /// A question was put as part of the answer, or the flow goes on elsewhere: this is the reply.
    Asked(Value),
}

/// A code to be asked for.
#[derive(Debug)]
pub(super) struct Asking {
    /// As `ChallengeName` spells it.
    pub(super) challenge: &'static str,
    pub(super) purpose: Purpose,
    /// Where it goes, when not to the person's own address.
    pub(super) to: Option<String>,
}

/// What a right code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Who somebody is.
    First,
    /// That somebody has the second factor.
    Second,
    /// That an address can be the second factor from now on.
    SetUp,
}
