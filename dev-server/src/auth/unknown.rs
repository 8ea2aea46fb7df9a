//! People who do not exist, where a client must not tell: codes are sent to nobody, and never right.

use super::context::Context;
use crate::codes::{self, DAY_MS, HOUR_MS};
use crate::messages;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::Code;
use serde_json::{Value, json};

/// Answers as if a code had been sent, as often in an hour as to somebody.
pub(super) fn pretend(
    server: &Server,
    context: &Context,
    typed: &str,
    budget: &str,
    per_hour: u32,
) -> Answer {
    let (owner, now) = (owner(typed), server.clock.now_ms());
    let store = server.store();
    store.spend(&context.pool.id, &owner, budget, per_hour, now)?;
    let is_reset = budget == "ForgotPassword";
    store.put(&Code {
        pool_id: context.pool.id.clone(),
        username: owner,
        purpose: purpose(is_reset).to_owned(),
        // Longer than any that can be typed.
        code: random::base64url::<2048>()?,
        attribute: String::new(),
        destination: String::new(),
        expires: now + if is_reset { HOUR_MS } else { DAY_MS },
        wrong_tries: 0,
    })?;
    Ok(json!({ "CodeDeliveryDetails": delivery(typed) }))
}

/// The refusal of a code that somebody types for nobody.
pub(super) fn judge(
    server: &Server,
    context: &Context,
    typed: &str,
    budget: &str,
    per_hour: u32,
    code: &str,
) -> Refusal {
    if !context.hides_users() {
        return Refusal::user_not_found();
    }
    let (owner, pool, now) = (owner(typed), &context.pool.id, server.clock.now_ms());
    let store = server.store();
    let judged = store.spend(pool, &owner, budget, per_hour, now).and_then(|()| {
        codes::spend(&store, pool, &owner, purpose(budget == "ForgotPassword"), code, now)
    });
    judged.err().unwrap_or_else(codes::mismatch)
}

fn purpose(is_reset: bool) -> &'static str {
    if is_reset { "forgot_password" } else { "sign_up" }
}

/// Nobody can have this user name.
fn owner(typed: &str) -> String {
    format!("\u{0}{}", typed.to_lowercase())
}

/// Where the code would have gone.
fn delivery(typed: &str) -> Value {
    if typed.starts_with('+') {
        return messages::details("phone_number", typed);
    }
    let address =
        if typed.contains('@') { typed.to_owned() } else { format!("{typed}@example.com") };
    messages::details("email", &address)
}
