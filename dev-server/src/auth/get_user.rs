//! GetUser.

use crate::caller::Caller;
use crate::factors::add_mfa;
use crate::input::OnlyToken;
use crate::refusal::Answer;
use crate::server::Server;
use crate::tokens::{self, is_readable};
use serde_json::{Value, json};

/// GetUser: what the client may read of the person.
pub(crate) fn get_user(server: &Server, _: &Caller, input: OnlyToken) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let policy = bearer.client.policy();
    let attributes: Vec<Value> = bearer
        .user
        .attributes
        .iter()
        .filter(|(name, _)| is_readable(&policy, name))
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect();
    let mut reply = json!({ "Username": bearer.user.username, "UserAttributes": attributes });
    add_mfa(&bearer.user, &mut reply);
    Ok(reply)
}
