//! GetUser.

use crate::refusal::Answer;
use crate::server::{Caller, Server};
use crate::store::User;
use crate::tokens::{self, is_readable};
use serde_json::{Value, json};

/// GetUser: what the client may read of the person.
pub(super) fn get_user(server: &Server, _: &Caller, input: Value) -> Answer {
    let bearer = tokens::authorize(server, &input)?;
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

/// Adds `UserMFASettingList` and `PreferredMfaSetting`, where there is something to tell.
pub(crate) fn add_mfa(user: &User, reply: &mut Value) {
    let on = [
        (user.mfa.sms, "SMS_MFA"),
        (user.mfa.totp, "SOFTWARE_TOKEN_MFA"),
        (user.mfa.email, "EMAIL_OTP"),
    ];
    let list: Vec<_> = on.iter().filter(|(is_on, _)| *is_on).map(|(_, name)| name).collect();
    let Some(reply) = reply.as_object_mut() else { return };
    if !list.is_empty() {
        reply.insert("UserMFASettingList".to_owned(), json!(list));
    }
    if let Some(preferred) = &user.mfa.preferred {
        reply.insert("PreferredMfaSetting".to_owned(), json!(preferred));
    }
}
